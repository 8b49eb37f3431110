/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Actions that spread packets: load balancing, select groups, forwarding
 * groups; and sampling.  See lib/actions-private.h. */

#include <config.h>
#include "lib/actions-private.h"

#include <string.h>
#include "lib/u128.h"
#include "packets.h"
#include "util.h"

/* Select groups. */

/* Starts the text of a select group that hashes 'hash_fields', or the default
 * if it is NULL. */
static void
start_group(const char *hash_fields, struct ds *s)
{
    ds_put_cstr(s, "type=select,selection_method=");
    if (hash_fields) {
        ds_put_format(s, "hash,fields(%s)", hash_fields);
    } else {
        ds_put_cstr(s, "dp_hash");
    }
}

static void
put_group(struct action_encoder *e, struct ds *s)
{
    const struct actions_encode_params *params = e->params;
    uint32_t id = params->group_id ? params->group_id(params->aux,
                                                      ds_cstr(s)) : 0;

    if (id) {
        ofpact_put_GROUP(e->ofpacts)->group_id = id;
    } else {
        action_encode_error(e, "no OpenFlow group is left");
    }
}

/* CT_LB: "NAME;" "NAME(backends=...[; ...]...);" */

static void
parse_backend(struct action_parser *p, enum ovnact_type type,
              struct ovnact_ct_lb *lb, size_t *allocated)
{
    const char *where = p->lexer->token.start;

    if (lb->n_backends >= *allocated) {
        lb->backends = x2nrealloc(lb->backends, allocated,
                                  sizeof *lb->backends);
    }
    struct ovnact_lb_backend *backend = &lb->backends[lb->n_backends++];
    *backend = (struct ovnact_lb_backend) { .lport = NULL };

    if (type == OVNACT_CT_LB_MARK_LOCAL
        && (!lexer_force_string(p->lexer, "a port name in quotes",
                                &backend->lport)
            || !lexer_force(p->lexer, LEX_COLON))) {
        return;
    }
    if (action_parse_addr(p, &backend->addr)
        && backend->addr.width != lb->backends[0].addr.width) {
        lexer_error_at(p->lexer, where,
                       "IPv4 and IPv6 backends cannot be mixed");
    }
}

static void
parse_lb_arg(struct action_parser *p, struct ovnact_ct_lb *lb)
{
    if (lexer_match_id(p->lexer, "hash_fields")) {
        action_parse_hash_fields(p, &lb->hash_fields);
    } else if (lexer_match_id(p->lexer, "skip_snat")) {
        lb->flag = LB_SKIP_SNAT;
    } else if (lexer_match_id(p->lexer, "force_snat")) {
        lb->flag = LB_FORCE_SNAT;
    } else {
        lexer_expected(p->lexer, "hash_fields=, skip_snat or force_snat");
    }
}

static void
parse_lb_args(struct action_parser *p, enum ovnact_type type,
              struct ovnact_ct_lb *lb)
{
    size_t allocated = 0;

    if (!lexer_match_id(p->lexer, "backends")) {
        lexer_expected(p->lexer, "backends=");
    } else if (lexer_force(p->lexer, LEX_EQUALS)) {
        do {
            parse_backend(p, type, lb, &allocated);
        } while (lexer_match(p->lexer, LEX_COMMA));
        while (lexer_match(p->lexer, LEX_SEMICOLON)
               && p->lexer->token.type != LEX_RPAREN) {
            parse_lb_arg(p, lb);
        }
    }
    lexer_force(p->lexer, LEX_RPAREN);
}

static void
parse_CT_LB(struct action_parser *p, enum ovnact_type type,
            const struct field_ref *result OVS_UNUSED)
{
    struct ovnact_ct_lb *lb = ovnact_put(p->ovnacts, type, sizeof *lb);

    if (p->params->cur_ltable + 1 >= p->params->n_tables) {
        lexer_error(p->lexer, "%s runs the next table, but this is the last",
                    ovnact_name(type));
    } else if (lexer_match(p->lexer, LEX_LPAREN)) {
        parse_lb_args(p, type, lb);
    } else if (type == OVNACT_CT_LB_MARK_LOCAL) {
        lexer_expected(p->lexer, "`('");
    }
}

static void
format_CT_LB(const struct ovnact *ovnact, struct ds *s)
{
    const struct ovnact_ct_lb *lb = (const struct ovnact_ct_lb *) ovnact;

    ds_put_cstr(s, ovnact_name(ovnact->type));
    if (!lb->n_backends) {
        return;
    }
    ds_put_cstr(s, "(backends=");
    for (size_t i = 0; i < lb->n_backends; i++) {
        const struct ovnact_lb_backend *backend = &lb->backends[i];

        ds_put_cstr(s, i ? "," : "");
        if (backend->lport) {
            lex_format_string(backend->lport, s);
            ds_put_char(s, ':');
        }
        action_format_addr(&backend->addr, s);
    }
    if (lb->hash_fields) {
        ds_put_cstr(s, "; hash_fields=");
        lex_format_string(lb->hash_fields, s);
    }
    ds_put_cstr(s, lb->flag == LB_SKIP_SNAT ? "; skip_snat"
                : lb->flag == LB_FORCE_SNAT ? "; force_snat"
                : "");
    ds_put_char(s, ')');
}

static void
free_CT_LB(struct ovnact *ovnact)
{
    struct ovnact_ct_lb *lb = (struct ovnact_ct_lb *) ovnact;

    for (size_t i = 0; i < lb->n_backends; i++) {
        free(lb->backends[i].lport);
    }
    free(lb->backends);
    free(lb->hash_fields);
}

const struct action_shape shape_CT_LB = {
    parse_CT_LB, format_CT_LB, free_CT_LB
};

static void
put_lb_bucket(const struct ovnact_ct_lb *lb,
              const struct ovnact_lb_backend *backend, size_t id,
              const struct action_encoder *e, struct ds *s)
{
    ds_put_format(s, ",bucket=bucket_id=%"PRIuSIZE",weight:100,"
                  "actions=ct(nat(dst=", id);
    action_format_addr(&backend->addr, s);
    ds_put_format(s, "),commit,table=%d,zone=%s[0..15],"
                  "exec(set_field:0x2/0x2->ct_mark",
                  action_next_ptable(e),
                  e->params->is_switch ? "NXM_NX_REG13" : "NXM_NX_REG11");
    ds_put_cstr(s, lb->flag == LB_SKIP_SNAT ? ",set_field:0x4/0x4->ct_mark"
                : lb->flag == LB_FORCE_SNAT ? ",set_field:0x8/0x8->ct_mark"
                : "");
    ds_put_cstr(s, "))");
}

static void
encode_lb(const struct ovnact *ovnact, struct action_encoder *e)
{
    const struct ovnact_ct_lb *lb = (const struct ovnact_ct_lb *) ovnact;
    const struct actions_encode_params *params = e->params;

    if (!lb->n_backends) {
        size_t start = e->ofpacts->size;
        struct ofpact_conntrack *ct = action_start_ct(
            e->ofpacts, (params->is_switch ? MFF_LOG_CT_ZONE
                         : MFF_LOG_DNAT_ZONE));

        ct->recirc_table = action_next_ptable(e);
        ofpact_put_NAT(e->ofpacts);
        action_finish_ct(e->ofpacts, start);
        return;
    }

    struct ds s = DS_EMPTY_INITIALIZER;
    size_t n = 0;
    start_group(lb->hash_fields, &s);
    for (size_t i = 0; i < lb->n_backends; i++) {
        const struct ovnact_lb_backend *backend = &lb->backends[i];

        if (!backend->lport
            || (params->is_chassis_resident
                && params->is_chassis_resident(params->aux,
                                               backend->lport))) {
            put_lb_bucket(lb, backend, i, e, &s);
            n++;
        }
    }
    if (n) {
        put_group(e, &s);
    }
    ds_destroy(&s);
}

void
encode_CT_LB_MARK(const struct ovnact *ovnact, struct action_encoder *e)
{
    encode_lb(ovnact, e);
}

void
encode_CT_LB_MARK_LOCAL(const struct ovnact *ovnact, struct action_encoder *e)
{
    encode_lb(ovnact, e);
}

/* Hairpin traffic and lookups. */

static void
encode_lookup(const struct ovnact *ovnact, struct action_encoder *e,
              uint8_t table, enum mlf_bit bit)
{
    const struct ovnact_call *call = (const struct ovnact_call *) ovnact;

    action_put_flag_lookup(e, table, bit, &call->result);
}

void
encode_CHK_LB_HAIRPIN(const struct ovnact *ovnact, struct action_encoder *e)
{
    encode_lookup(ovnact, e, OFTABLE_CHK_LB_HAIRPIN,
                  MLF_LOOKUP_LB_HAIRPIN_BIT);
}

void
encode_CHK_LB_HAIRPIN_REPLY(const struct ovnact *ovnact,
                            struct action_encoder *e)
{
    encode_lookup(ovnact, e, OFTABLE_CHK_LB_HAIRPIN_REPLY,
                  MLF_LOOKUP_LB_HAIRPIN_BIT);
}

void
encode_CT_SNAT_TO_VIP(const struct ovnact *ovnact OVS_UNUSED,
                      struct action_encoder *e)
{
    action_put_resubmit(e->ofpacts, OFTABLE_CT_SNAT_HAIRPIN);
}

void
encode_CHK_LB_AFF(const struct ovnact *ovnact, struct action_encoder *e)
{
    encode_lookup(ovnact, e, OFTABLE_CHK_LB_AFFINITY,
                  MLF_USE_LB_AFF_SESSION_BIT);
}

void
encode_CHK_ECMP_NH_MAC(const struct ovnact *ovnact, struct action_encoder *e)
{
    encode_lookup(ovnact, e, OFTABLE_ECMP_NH_MAC,
                  MLF_LOOKUP_COMMIT_ECMP_NH_BIT);
}

void
encode_CHK_ECMP_NH(const struct ovnact *ovnact, struct action_encoder *e)
{
    encode_lookup(ovnact, e, OFTABLE_ECMP_NH, MLF_LOOKUP_COMMIT_ECMP_NH_BIT);
}

/* SELECT: "R = NAME(VALUE[=WEIGHT], ...);"
 *         "R = NAME(values=(VALUE[=WEIGHT], ...)[; hash_fields="..."]);" */

static void
parse_select_values(struct action_parser *p, struct ovnact_select *select)
{
    size_t allocated = 0;
    uint64_t id, weight;

    do {
        if (!lexer_force_int(p->lexer, "an integer", 0, UINT16_MAX, &id)) {
            return;
        }
        weight = 100;
        if (lexer_match(p->lexer, LEX_EQUALS)
            && !lexer_force_int(p->lexer, "a weight", 1, UINT16_MAX,
                                &weight)) {
            return;
        }
        if (select->n_values >= allocated) {
            select->values = x2nrealloc(select->values, &allocated,
                                        sizeof *select->values);
        }
        select->values[select->n_values++] = (struct ovnact_select_value) {
            .id = id, .weight = weight
        };
    } while (lexer_match(p->lexer, LEX_COMMA));
}

static void
parse_SELECT(struct action_parser *p, enum ovnact_type type,
             const struct field_ref *result)
{
    struct ovnact_select *select = ovnact_put(p->ovnacts, type,
                                              sizeof *select);

    select->result = *result;
    if (result->symbol->is_string || result->n_bits < 16) {
        lexer_error_at(p->lexer, p->start, "the result of select must be "
                       "assigned to at least 16 bits");
        return;
    } else if (p->params->cur_ltable + 1 >= p->params->n_tables) {
        lexer_error(p->lexer, "select runs the next table, but this is the "
                    "last");
        return;
    }

    lexer_force(p->lexer, LEX_LPAREN);
    if (lexer_match_id(p->lexer, "values")) {
        lexer_force(p->lexer, LEX_EQUALS);
        lexer_force(p->lexer, LEX_LPAREN);
        parse_select_values(p, select);
        lexer_force(p->lexer, LEX_RPAREN);
        if (lexer_match(p->lexer, LEX_SEMICOLON)) {
            if (lexer_match_id(p->lexer, "hash_fields")) {
                action_parse_hash_fields(p, &select->hash_fields);
            } else {
                lexer_expected(p->lexer, "hash_fields=");
            }
        }
    } else {
        parse_select_values(p, select);
    }
    if (!p->lexer->error && select->n_values < 2) {
        lexer_error(p->lexer, "select needs at least two values");
    }
    lexer_force(p->lexer, LEX_RPAREN);
}

static void
format_SELECT(const struct ovnact *ovnact, struct ds *s)
{
    const struct ovnact_select *select = (const struct ovnact_select *) ovnact;

    field_ref_format(&select->result, s);
    ds_put_format(s, " = %s(%s", ovnact_name(ovnact->type),
                  select->hash_fields ? "values=(" : "");
    for (size_t i = 0; i < select->n_values; i++) {
        ds_put_format(s, "%s%d=%d", i ? ", " : "", select->values[i].id,
                      select->values[i].weight);
    }
    if (select->hash_fields) {
        ds_put_cstr(s, "); hash_fields=");
        lex_format_string(select->hash_fields, s);
    }
    ds_put_char(s, ')');
}

static void
free_SELECT(struct ovnact *ovnact)
{
    struct ovnact_select *select = (struct ovnact_select *) ovnact;

    free(select->values);
    free(select->hash_fields);
}

const struct action_shape shape_SELECT = {
    parse_SELECT, format_SELECT, free_SELECT
};

void
encode_SELECT(const struct ovnact *ovnact, struct action_encoder *e)
{
    const struct ovnact_select *select = (const struct ovnact_select *) ovnact;
    struct mf_subfield dst = field_ref_to_mf(&select->result);
    struct ds s = DS_EMPTY_INITIALIZER;

    start_group(select->hash_fields, &s);
    for (size_t i = 0; i < select->n_values; i++) {
        ds_put_format(&s, ",bucket=bucket_id=%"PRIuSIZE",weight:%d,"
                      "actions=load:0x%x->%s[%u..%u],resubmit(,%d)", i,
                      select->values[i].weight, select->values[i].id,
                      dst.field->name, dst.ofs, dst.ofs + dst.n_bits - 1,
                      action_next_ptable(e));
    }
    put_group(e, &s);
    ds_destroy(&s);
}

/* FWD_GROUP: "NAME([liveness=...,] childports="...", ...);" */

static void
parse_FWD_GROUP(struct action_parser *p, enum ovnact_type type,
                const struct field_ref *result OVS_UNUSED)
{
    struct ovnact_fwd_group *fwd = ovnact_put(p->ovnacts, type, sizeof *fwd);
    size_t allocated = 0;
    char *port;

    lexer_force(p->lexer, LEX_LPAREN);
    if (lexer_match_id(p->lexer, "liveness")) {
        fwd->liveness = action_parse_bool(p);
        lexer_force(p->lexer, LEX_COMMA);
    }
    if (!lexer_match_id(p->lexer, "childports")) {
        lexer_expected(p->lexer, "childports=");
    }
    lexer_force(p->lexer, LEX_EQUALS);
    do {
        if (!lexer_force_string(p->lexer, "a port name in quotes", &port)) {
            break;
        }
        if (fwd->n_ports >= allocated) {
            fwd->ports = x2nrealloc(fwd->ports, &allocated,
                                    sizeof *fwd->ports);
        }
        fwd->ports[fwd->n_ports++] = port;
    } while (lexer_match(p->lexer, LEX_COMMA));
    lexer_force(p->lexer, LEX_RPAREN);
}

static void
format_FWD_GROUP(const struct ovnact *ovnact, struct ds *s)
{
    const struct ovnact_fwd_group *fwd
        = (const struct ovnact_fwd_group *) ovnact;

    ds_put_format(s, "%s(%schildports=", ovnact_name(ovnact->type),
                  fwd->liveness ? "liveness=\"true\", " : "");
    for (size_t i = 0; i < fwd->n_ports; i++) {
        ds_put_cstr(s, i ? ", " : "");
        lex_format_string(fwd->ports[i], s);
    }
    ds_put_char(s, ')');
}

static void
free_FWD_GROUP(struct ovnact *ovnact)
{
    struct ovnact_fwd_group *fwd = (struct ovnact_fwd_group *) ovnact;

    for (size_t i = 0; i < fwd->n_ports; i++) {
        free(fwd->ports[i]);
    }
    free(fwd->ports);
}

const struct action_shape shape_FWD_GROUP = {
    parse_FWD_GROUP, format_FWD_GROUP, free_FWD_GROUP
};

void
encode_FWD_GROUP(const struct ovnact *ovnact, struct action_encoder *e)
{
    const struct ovnact_fwd_group *fwd
        = (const struct ovnact_fwd_group *) ovnact;
    const struct actions_encode_params *params = e->params;
    struct ds s = DS_EMPTY_INITIALIZER;
    size_t n = 0;

    start_group(NULL, &s);
    for (size_t i = 0; i < fwd->n_ports; i++) {
        unsigned int key;
        ofp_port_t tunnel;

        if (!action_lookup_port(e, fwd->ports[i], &key)) {
            continue;
        }
        ds_put_format(&s, ",bucket=bucket_id=%"PRIuSIZE",weight:100,", i);
        if (fwd->liveness && params->tunnel_ofport
            && params->tunnel_ofport(params->aux, fwd->ports[i], &tunnel)) {
            ds_put_format(&s, "watch_port:%"PRIu32",", tunnel);
        }
        ds_put_format(&s, "actions=load:0x%x->NXM_NX_REG15[],resubmit(,%d)",
                      key, OFTABLE_REMOTE_OUTPUT);
        n++;
    }
    if (n) {
        put_group(e, &s);
    }
    ds_destroy(&s);
}

/* SAMPLE: "NAME(probability=...[, ...]);" */

static void
parse_obs_point(struct action_parser *p, struct ovnact_sample *sample)
{
    const struct lex_token *token = &p->lexer->token;
    uint64_t value;

    if (token->type == LEX_PORT_GROUP && token->len == strlen("cookie")
        && !memcmp(token->text, "cookie", token->len)) {
        sample->obs_type = OBS_COOKIE;
        lexer_get(p->lexer);
    } else if (token->type == LEX_ID) {
        const char *where = token->start;

        sample->obs_type = OBS_FIELD;
        if (action_parse_source(p, &sample->obs_field)
            && (sample->obs_field.symbol->is_string
                || sample->obs_field.n_bits != 32)) {
            lexer_error_at(p->lexer, where, "expected a field of 32 bits");
        }
    } else if (lexer_force_int(p->lexer, "an integer, a field or @cookie", 0,
                               UINT32_MAX, &value)) {
        sample->obs_type = OBS_INTEGER;
        sample->obs_point = value;
    }
}

static void
parse_sample_arg(struct action_parser *p, struct ovnact_sample *sample)
{
    uint64_t value = 0;

    if (lexer_match_id(p->lexer, "probability")) {
        lexer_force(p->lexer, LEX_EQUALS);
        lexer_force_int(p->lexer, "a probability", 1, UINT16_MAX, &value);
        sample->probability = value;
    } else if (lexer_match_id(p->lexer, "collector_set")) {
        lexer_force(p->lexer, LEX_EQUALS);
        lexer_force_int(p->lexer, "a collector set", 0, UINT32_MAX, &value);
        sample->collector_set = value;
    } else if (lexer_match_id(p->lexer, "obs_domain")) {
        lexer_force(p->lexer, LEX_EQUALS);
        lexer_force_int(p->lexer, "a domain", 0, UINT8_MAX, &value);
        sample->obs_domain = value;
    } else if (lexer_match_id(p->lexer, "obs_point")) {
        lexer_force(p->lexer, LEX_EQUALS);
        parse_obs_point(p, sample);
    } else {
        lexer_expected(p->lexer, "probability=, collector_set=, obs_domain= "
                       "or obs_point=");
    }
}

static void
parse_SAMPLE(struct action_parser *p, enum ovnact_type type,
             const struct field_ref *result OVS_UNUSED)
{
    struct ovnact_sample *sample = ovnact_put(p->ovnacts, type,
                                              sizeof *sample);

    lexer_force(p->lexer, LEX_LPAREN);
    do {
        parse_sample_arg(p, sample);
    } while (lexer_match(p->lexer, LEX_COMMA));
    if (!p->lexer->error && !sample->probability) {
        lexer_error(p->lexer, "sample needs probability=");
    }
    lexer_force(p->lexer, LEX_RPAREN);
}

static void
format_SAMPLE(const struct ovnact *ovnact, struct ds *s)
{
    const struct ovnact_sample *sample = (const struct ovnact_sample *) ovnact;

    ds_put_format(s, "%s(probability=%d, collector_set=%"PRIu32
                  ", obs_domain=%d", ovnact_name(ovnact->type),
                  sample->probability, sample->collector_set,
                  sample->obs_domain);
    switch (sample->obs_type) {
    case OBS_NONE:
        break;
    case OBS_INTEGER:
        ds_put_format(s, ", obs_point=%"PRIu32, sample->obs_point);
        break;
    case OBS_COOKIE:
        ds_put_cstr(s, ", obs_point=@cookie");
        break;
    case OBS_FIELD:
        ds_put_cstr(s, ", obs_point=");
        field_ref_format(&sample->obs_field, s);
        break;
    }
    ds_put_char(s, ')');
}

const struct action_shape shape_SAMPLE = { parse_SAMPLE, format_SAMPLE, NULL };

void
encode_SAMPLE(const struct ovnact *ovnact, struct action_encoder *e)
{
    const struct ovnact_sample *sample = (const struct ovnact_sample *) ovnact;

    if (sample->obs_type == OBS_FIELD) {
        action_encode_error(e, "this Open vSwitch cannot take obs_point from "
                            "a field");
        return;
    }

    struct ofpact_sample *os = ofpact_put_SAMPLE(e->ofpacts);
    os->probability = sample->probability;
    os->collector_set_id = sample->collector_set;
    os->obs_domain_id = ((uint32_t) sample->obs_domain << 24
                         | (e->params->dp_key & OVN_MAX_DP_KEY));
    os->obs_point_id = (sample->obs_type == OBS_COOKIE
                        ? e->params->lflow_cookie : sample->obs_point);
    os->sampling_port = OFPP_NONE;
}
