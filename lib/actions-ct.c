/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Actions for connection tracking and NAT.  See lib/actions-private.h.
 *
 * Zones: a logical switch tracks in the zone of the logical port (reg13), a
 * logical router has one for DNAT (reg11) and one for SNAT (reg12). */

#include <config.h>
#include "lib/actions-private.h"

#include "util.h"

/* Starts a ct() action in the zone that register 'zone' names. */
static struct ofpact_conntrack *
start_ct(struct action_encoder *e, enum mf_field_id zone)
{
    struct ofpact_conntrack *ct = ofpact_put_CT(e->ofpacts);

    ct->recirc_table = NX_CT_RECIRC_NONE;
    ct->zone_src.field = mf_from_id(zone);
    ct->zone_src.ofs = 0;
    ct->zone_src.n_bits = 16;
    return ct;
}

/* Finishes the ct() action that is at 'start'. */
static void
finish_ct(struct action_encoder *e, size_t start)
{
    struct ofpact_conntrack *ct = ofpbuf_at_assert(e->ofpacts, start,
                                                   sizeof *ct);

    e->ofpacts->header = ct;
    ofpact_finish_CT(e->ofpacts, &ct);
}

/* ct_next */

static void
parse_CT_NEXT(struct action_parser *p, enum ovnact_type type,
              const struct field_ref *result OVS_UNUSED)
{
    struct ovnact_ct_next *next = ovnact_put(p->ovnacts, type, sizeof *next);

    if (p->params->cur_ltable + 1 >= p->params->n_tables) {
        lexer_error(p->lexer, "ct_next cannot be used in the last table");
    } else if (lexer_match(p->lexer, LEX_LPAREN)) {
        if (lexer_match_id(p->lexer, "dnat")) {
            next->dnat_zone = true;
        } else if (lexer_match_id(p->lexer, "snat")) {
            next->snat_zone = true;
        } else {
            lexer_expected(p->lexer, "dnat or snat");
        }
        lexer_force(p->lexer, LEX_RPAREN);
    }
}

static void
format_CT_NEXT(const struct ovnact *ovnact, struct ds *s)
{
    const struct ovnact_ct_next *next = (const struct ovnact_ct_next *) ovnact;

    ds_put_format(s, "ct_next%s", (next->dnat_zone ? "(dnat)"
                                   : next->snat_zone ? "(snat)" : ""));
}

const struct action_shape shape_CT_NEXT = {
    parse_CT_NEXT, format_CT_NEXT, NULL
};

void
encode_CT_NEXT(const struct ovnact *ovnact, struct action_encoder *e)
{
    const struct ovnact_ct_next *next = (const struct ovnact_ct_next *) ovnact;
    enum mf_field_id zone = (e->params->is_switch ? MFF_LOG_CT_ZONE
                             : next->snat_zone ? MFF_LOG_SNAT_ZONE
                             : MFF_LOG_DNAT_ZONE);
    size_t start = e->ofpacts->size;

    start_ct(e, zone)->recirc_table = action_next_ptable(e);
    finish_ct(e, start);
}

/* ct_commit */

static void
parse_CT_COMMIT(struct action_parser *p, enum ovnact_type type,
                const struct field_ref *result OVS_UNUSED)
{
    struct action_parser inner = *p;

    inner.in_ct_commit = true;
    struct ofpbuf *nested = action_parse_nested(&inner);
    struct ovnact_nest *nest = ovnact_put(p->ovnacts, type, sizeof *nest);
    nest->nested = nested;
}

static void
format_CT_COMMIT(const struct ovnact *ovnact, struct ds *s)
{
    const struct ovnact_nest *nest = (const struct ovnact_nest *) ovnact;

    ds_put_cstr(s, "ct_commit { ");
    if (nest->nested->size) {
        actions_format(nest->nested, s);
        ds_put_char(s, ' ');
    }
    ds_put_char(s, '}');
}

static void
free_CT_COMMIT(struct ovnact *ovnact)
{
    struct ovnact_nest *nest = (struct ovnact_nest *) ovnact;

    actions_free(nest->nested);
    ofpbuf_delete(nest->nested);
}

const struct action_shape shape_CT_COMMIT = {
    parse_CT_COMMIT, format_CT_COMMIT, free_CT_COMMIT
};

void
encode_CT_COMMIT(const struct ovnact *ovnact, struct action_encoder *e)
{
    const struct ovnact_nest *nest = (const struct ovnact_nest *) ovnact;
    size_t start = e->ofpacts->size;

    start_ct(e, (e->params->is_switch ? MFF_LOG_CT_ZONE
                 : MFF_LOG_DNAT_ZONE))->flags = NX_CT_F_COMMIT;
    action_encode_nested(nest->nested, e, e->ofpacts);
    finish_ct(e, start);
}

/* ct_clear */

void
encode_CT_CLEAR(const struct ovnact *ovnact OVS_UNUSED,
                struct action_encoder *e)
{
    ofpact_put_CT_CLEAR(e->ofpacts);
}
