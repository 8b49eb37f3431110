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

#include "lib/u128.h"
#include "util.h"

struct ofpact_conntrack *
action_start_ct(struct ofpbuf *ofpacts, enum mf_field_id zone)
{
    struct ofpact_conntrack *ct = ofpact_put_CT(ofpacts);

    ct->recirc_table = NX_CT_RECIRC_NONE;
    ct->zone_src.field = mf_from_id(zone);
    ct->zone_src.ofs = 0;
    ct->zone_src.n_bits = 16;
    return ct;
}

void
action_finish_ct(struct ofpbuf *ofpacts, size_t start)
{
    struct ofpact_conntrack *ct = ofpbuf_at_assert(ofpacts, start,
                                                   sizeof *ct);

    ofpacts->header = ct;
    ofpact_finish_CT(ofpacts, &ct);
}

/* The zone for NAT in one direction. */
static enum mf_field_id
nat_zone(const struct action_encoder *e, bool snat)
{
    return (e->params->is_switch ? MFF_LOG_CT_ZONE
            : snat ? MFF_LOG_SNAT_ZONE
            : MFF_LOG_DNAT_ZONE);
}

static void
check_not_last_table(struct action_parser *p, enum ovnact_type type)
{
    if (p->params->cur_ltable + 1 >= p->params->n_tables) {
        lexer_error(p->lexer, "%s runs the next table, but this is the last",
                    ovnact_name(type));
    }
}

/* CT_ZONE: "NAME;" "NAME(dnat);" "NAME(snat);" */

static void
parse_CT_ZONE(struct action_parser *p, enum ovnact_type type,
              const struct field_ref *result OVS_UNUSED)
{
    struct ovnact_ct_zone *zone = ovnact_put(p->ovnacts, type, sizeof *zone);

    check_not_last_table(p, type);
    if (type == OVNACT_CT_COMMIT_TO_ZONE
        && p->lexer->token.type != LEX_LPAREN) {
        lexer_expected(p->lexer, "(dnat) or (snat)");
    } else if (lexer_match(p->lexer, LEX_LPAREN)) {
        if (lexer_match_id(p->lexer, "snat")) {
            zone->snat_zone = true;
        } else if (type != OVNACT_CT_COMMIT_NAT
                   && lexer_match_id(p->lexer, "dnat")) {
            zone->dnat_zone = true;
        } else {
            lexer_expected(p->lexer, (type == OVNACT_CT_COMMIT_NAT
                                      ? "snat" : "dnat or snat"));
        }
        lexer_force(p->lexer, LEX_RPAREN);
    }
}

static void
format_CT_ZONE(const struct ovnact *ovnact, struct ds *s)
{
    const struct ovnact_ct_zone *zone = (const struct ovnact_ct_zone *) ovnact;

    ds_put_format(s, "%s%s", ovnact_name(ovnact->type),
                  (zone->dnat_zone ? "(dnat)"
                   : zone->snat_zone ? "(snat)" : ""));
}

const struct action_shape shape_CT_ZONE = {
    parse_CT_ZONE, format_CT_ZONE, NULL
};

static void
encode_ct_zone(const struct ovnact *ovnact, struct action_encoder *e,
               uint16_t flags, bool nat)
{
    const struct ovnact_ct_zone *zone = (const struct ovnact_ct_zone *) ovnact;
    size_t start = e->ofpacts->size;
    struct ofpact_conntrack *ct
        = action_start_ct(e->ofpacts, nat_zone(e, zone->snat_zone));

    ct->flags = flags;
    ct->recirc_table = action_next_ptable(e);
    if (nat) {
        ofpact_put_NAT(e->ofpacts);
    }
    action_finish_ct(e->ofpacts, start);
}

void
encode_CT_NEXT(const struct ovnact *ovnact, struct action_encoder *e)
{
    encode_ct_zone(ovnact, e, 0, false);
}

void
encode_CT_COMMIT_TO_ZONE(const struct ovnact *ovnact,
                         struct action_encoder *e)
{
    encode_ct_zone(ovnact, e, NX_CT_F_COMMIT, false);
}

void
encode_CT_COMMIT_NAT(const struct ovnact *ovnact, struct action_encoder *e)
{
    encode_ct_zone(ovnact, e, NX_CT_F_COMMIT, true);
}

/* CT_COMMIT: as NEST, for assignments to ct_mark and ct_label.  Also without
 * "{ }", as older versions of ovn-northd write it. */

static void
parse_CT_COMMIT(struct action_parser *p, enum ovnact_type type,
                const struct field_ref *result OVS_UNUSED)
{
    struct action_parser inner = *p;

    inner.in_ct_commit = true;
    if (p->lexer->token.type == LEX_SEMICOLON) {
        struct ovnact_nest *nest = ovnact_put(p->ovnacts, type, sizeof *nest);
        nest->nested = ofpbuf_new(0);
    } else {
        action_put_nest(&inner, type);
    }
}

const struct action_shape shape_CT_COMMIT = {
    parse_CT_COMMIT, action_format_nest, action_free_nest
};

void
encode_CT_COMMIT(const struct ovnact *ovnact, struct action_encoder *e)
{
    const struct ovnact_nest *nest = (const struct ovnact_nest *) ovnact;
    size_t start = e->ofpacts->size;

    action_start_ct(e->ofpacts, nat_zone(e, false))->flags = NX_CT_F_COMMIT;
    action_encode_nested(nest->nested, e, e->ofpacts);
    action_finish_ct(e->ofpacts, start);
}

/* CT_NAT: "NAME;" "NAME(IP[, PORT-PORT]);" */

static void
parse_ports(struct action_parser *p, struct ovnact_ct_nat *nat)
{
    uint64_t first, last;

    if (!lexer_force_int(p->lexer, "a port", 1, UINT16_MAX, &first)) {
        return;
    }
    last = first;
    if (lexer_match(p->lexer, LEX_HYPHEN)) {
        lexer_force_int(p->lexer, "a port", first, UINT16_MAX, &last);
    }
    nat->addr.port = first;
    nat->last_port = last;
}

static void
parse_CT_NAT(struct action_parser *p, enum ovnact_type type,
             const struct field_ref *result OVS_UNUSED)
{
    struct ovnact_ct_nat *nat = ovnact_put(p->ovnacts, type, sizeof *nat);

    check_not_last_table(p, type);
    if (lexer_match(p->lexer, LEX_LPAREN)) {
        if (action_parse_ip(p, &nat->addr)
            && lexer_match(p->lexer, LEX_COMMA)) {
            parse_ports(p, nat);
        }
        lexer_force(p->lexer, LEX_RPAREN);
    }
}

static void
format_CT_NAT(const struct ovnact *ovnact, struct ds *s)
{
    const struct ovnact_ct_nat *nat = (const struct ovnact_ct_nat *) ovnact;

    ds_put_cstr(s, ovnact_name(ovnact->type));
    if (nat->addr.width) {
        struct ovnact_addr ip = nat->addr;

        ip.port = 0;
        ds_put_char(s, '(');
        action_format_addr(&ip, s);
        if (nat->addr.port) {
            ds_put_format(s, ", %d", nat->addr.port);
            if (nat->last_port != nat->addr.port) {
                ds_put_format(s, "-%d", nat->last_port);
            }
        }
        ds_put_char(s, ')');
    }
}

const struct action_shape shape_CT_NAT = { parse_CT_NAT, format_CT_NAT, NULL };

static void
encode_nat(const struct ovnact *ovnact, struct action_encoder *e, bool snat,
           enum mf_field_id zone)
{
    const struct ovnact_ct_nat *cn = (const struct ovnact_ct_nat *) ovnact;
    size_t start = e->ofpacts->size;
    struct ofpact_conntrack *ct = action_start_ct(e->ofpacts, zone);

    ct->flags = cn->addr.width ? NX_CT_F_COMMIT : 0;
    ct->recirc_table = action_next_ptable(e);

    struct ofpact_nat *nat = ofpact_put_NAT(e->ofpacts);
    if (cn->addr.width) {
        nat->flags = snat ? NX_NAT_F_SRC : NX_NAT_F_DST;
        if (cn->addr.width == 32) {
            nat->range_af = AF_INET;
            nat->range.addr.ipv4.min = htonl(cn->addr.ip.u64.lo);
        } else {
            nat->range_af = AF_INET6;
            u128_put_be(cn->addr.ip, &nat->range.addr.ipv6.min, 16);
        }
        nat->range.proto.min = cn->addr.port;
        nat->range.proto.max = cn->last_port;
    }
    action_finish_ct(e->ofpacts, start);
}

void
encode_CT_DNAT(const struct ovnact *ovnact, struct action_encoder *e)
{
    encode_nat(ovnact, e, false, nat_zone(e, false));
}

void
encode_CT_SNAT(const struct ovnact *ovnact, struct action_encoder *e)
{
    encode_nat(ovnact, e, true, nat_zone(e, true));
}

/* The zone that DNAT and SNAT share. */
static enum mf_field_id
common_zone(const struct action_encoder *e)
{
    enum mf_field_id zone = e->params->common_nat_ct_zone_mf;

    return !e->params->is_switch && zone ? zone : nat_zone(e, false);
}

void
encode_CT_DNAT_IN_CZONE(const struct ovnact *ovnact, struct action_encoder *e)
{
    encode_nat(ovnact, e, false, common_zone(e));
}

void
encode_CT_SNAT_IN_CZONE(const struct ovnact *ovnact, struct action_encoder *e)
{
    encode_nat(ovnact, e, true, common_zone(e));
}

/* Others. */

void
encode_CT_CLEAR(const struct ovnact *ovnact OVS_UNUSED,
                struct action_encoder *e)
{
    ofpact_put_CT_CLEAR(e->ofpacts);
}

/* "R = NAME();" where a helper table leaves the result in MFF_LOG_RESULT: the
 * fields can only be read by flows that match on their prerequisites. */
static void
encode_result_table(const struct ovnact *ovnact, struct action_encoder *e,
                    uint8_t table)
{
    const struct ovnact_call *call = (const struct ovnact_call *) ovnact;
    const struct mf_subfield src = {
        .field = mf_from_id(MFF_LOG_RESULT),
        .n_bits = call->result.n_bits,
    };
    struct mf_subfield dst = field_ref_to_mf(&call->result);

    action_put_push(e->ofpacts, MFF_LOG_RESULT);
    action_put_load_value(e->ofpacts, &src, OVS_U128_ZERO,
                          u128_ones(src.n_bits));
    action_put_resubmit(e->ofpacts, table);
    action_put_move(e->ofpacts, &src, &dst);
    action_put_pop(e->ofpacts, MFF_LOG_RESULT);
}

void
encode_CT_NW_DST(const struct ovnact *ovnact, struct action_encoder *e)
{
    encode_result_table(ovnact, e, OFTABLE_CT_ORIG_NW_DST_LOAD);
}

void
encode_CT_IP6_DST(const struct ovnact *ovnact, struct action_encoder *e)
{
    encode_result_table(ovnact, e, OFTABLE_CT_ORIG_IP6_DST_LOAD);
}

void
encode_CT_TP_DST(const struct ovnact *ovnact, struct action_encoder *e)
{
    encode_result_table(ovnact, e, OFTABLE_CT_ORIG_TP_DST_LOAD);
}

void
encode_CT_PROTO(const struct ovnact *ovnact, struct action_encoder *e)
{
    encode_result_table(ovnact, e, OFTABLE_CT_ORIG_PROTO_LOAD);
}

void
encode_CT_STATE_SAVE(const struct ovnact *ovnact, struct action_encoder *e)
{
    encode_result_table(ovnact, e, OFTABLE_CT_STATE_SAVE);
}
