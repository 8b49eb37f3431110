/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Actions that make the switch learn flows, for load balancer affinity and
 * ECMP.  See lib/actions-private.h. */

#include <config.h>
#include "lib/actions-private.h"

#include <netinet/in.h>
#include "lib/u128.h"
#include "packets.h"
#include "util.h"

/* Learning flows.
 *
 * start_learn(), any number of learn_*(), finish_learn(). */

static void
start_learn(struct action_encoder *e, uint8_t table, uint16_t idle_timeout)
{
    struct ofpact_learn *learn = ofpact_put_LEARN(e->ofpacts);

    learn->flags = NX_LEARN_F_DELETE_LEARNED;
    learn->priority = OFP_DEFAULT_PRIORITY;
    learn->table_id = table;
    learn->idle_timeout = idle_timeout;
    learn->cookie = htonll(e->params->lflow_cookie);
}

static void
finish_learn(struct action_encoder *e)
{
    struct ofpact_learn *learn = e->ofpacts->header;

    ofpact_finish_LEARN(e->ofpacts, &learn);
}

/* The learned flow matches 'dst' being what 'src' is now. */
static void
learn_match_field(struct action_encoder *e, enum mf_field_id dst,
                  enum mf_field_id src)
{
    struct ofpact_learn_spec *spec = ofpbuf_put_zeros(e->ofpacts,
                                                      sizeof *spec);

    spec->n_bits = mf_from_id(dst)->n_bits;
    spec->src_type = NX_LEARN_SRC_FIELD;
    spec->src.field = mf_from_id(src);
    spec->src.n_bits = spec->n_bits;
    spec->dst_type = NX_LEARN_DST_MATCH;
    spec->dst.field = mf_from_id(dst);
    spec->dst.n_bits = spec->n_bits;
}

/* The learned flow matches 'dst' being 'value', or sets it. */
static void
learn_value(struct action_encoder *e, uint16_t dst_type, enum mf_field_id dst,
            unsigned int ofs, unsigned int n_bits, ovs_u128 value)
{
    struct ofpact_learn_spec *spec = ofpbuf_put_zeros(e->ofpacts,
                                                      sizeof *spec);

    spec->n_bits = n_bits;
    spec->src_type = NX_LEARN_SRC_IMMEDIATE;
    spec->dst_type = dst_type;
    spec->dst.field = mf_from_id(dst);
    spec->dst.ofs = ofs;
    spec->dst.n_bits = n_bits;

    size_t n_bytes = DIV_ROUND_UP(n_bits, 8);
    u128_put_be(value, ofpbuf_put_zeros(e->ofpacts, OFPACT_ALIGN(n_bytes)),
                n_bytes);
}

static void
learn_match_value(struct action_encoder *e, enum mf_field_id dst,
                  uint64_t value)
{
    learn_value(e, NX_LEARN_DST_MATCH, dst, 0, mf_from_id(dst)->n_bits,
                u128_from_u64(value));
}

static void
learn_set_flag(struct action_encoder *e, enum mlf_bit bit)
{
    learn_value(e, NX_LEARN_DST_LOAD, MFF_LOG_FLAGS, bit, 1,
                u128_from_u64(1));
}

/* LB_AFF: "NAME(vip=..., backend=..., [proto=...,] timeout=...);" */

static const struct {
    const char *name;
    uint8_t proto;
    enum mf_field_id dst_port;
} protos[] = {
    { "tcp", IPPROTO_TCP, MFF_TCP_DST },
    { "udp", IPPROTO_UDP, MFF_UDP_DST },
    { "sctp", IPPROTO_SCTP, MFF_SCTP_DST },
};

/* Parses '=' and a string with an address in it. */
static void
parse_quoted_addr(struct action_parser *p, struct ovnact_addr *addr)
{
    const char *where = p->lexer->token.start;
    char *text = NULL;

    if (!action_parse_string_value(p, &text)) {
        return;
    }

    struct action_parser inner = *p;
    struct lexer lexer;
    lexer_init(&lexer, text);
    inner.lexer = &lexer;
    action_parse_addr(&inner, addr);
    char *error = lexer_finish(&lexer);
    if (error) {
        lexer_error_at(p->lexer, where, "expected an IP address with or "
                       "without port");
        free(error);
    }
    lexer_destroy(&lexer);
    free(text);
}

static void
parse_lb_aff_arg(struct action_parser *p, struct ovnact_lb_aff *aff)
{
    uint64_t timeout;

    if (lexer_match_id(p->lexer, "vip")) {
        parse_quoted_addr(p, &aff->vip);
    } else if (lexer_match_id(p->lexer, "backend")) {
        parse_quoted_addr(p, &aff->backend);
    } else if (lexer_match_id(p->lexer, "proto")) {
        static const char *const names[] = { "tcp", "udp", "sctp" };

        if (lexer_force(p->lexer, LEX_EQUALS)) {
            int i = action_parse_enum(p, "a protocol", names, 0,
                                      ARRAY_SIZE(names));
            aff->proto = protos[i].proto;
        }
    } else if (lexer_match_id(p->lexer, "timeout")) {
        if (lexer_force(p->lexer, LEX_EQUALS)
            && lexer_force_int(p->lexer, "a timeout in seconds", 1,
                               UINT16_MAX, &timeout)) {
            aff->timeout = timeout;
        }
    } else {
        lexer_expected(p->lexer, "vip=, backend=, proto= or timeout=");
    }
}

static void
parse_LB_AFF(struct action_parser *p, enum ovnact_type type,
             const struct field_ref *result OVS_UNUSED)
{
    struct ovnact_lb_aff *aff = ovnact_put(p->ovnacts, type, sizeof *aff);

    lexer_force(p->lexer, LEX_LPAREN);
    do {
        parse_lb_aff_arg(p, aff);
    } while (lexer_match(p->lexer, LEX_COMMA));
    if (p->lexer->error) {
        return;
    }
    if (!aff->vip.width || !aff->backend.width || !aff->timeout) {
        lexer_error(p->lexer, "%s needs vip, backend and timeout",
                    ovnact_name(type));
    } else if (aff->vip.width != aff->backend.width) {
        lexer_error(p->lexer, "vip and backend must both be IPv4 or IPv6");
    } else if ((aff->vip.port || aff->backend.port) && !aff->proto) {
        lexer_error(p->lexer, "a port requires proto=");
    }
    lexer_force(p->lexer, LEX_RPAREN);
    action_require(p, aff->vip.width == 32 ? "ip4" : "ip6");
}

static void
format_LB_AFF(const struct ovnact *ovnact, struct ds *s)
{
    const struct ovnact_lb_aff *aff = (const struct ovnact_lb_aff *) ovnact;

    ds_put_format(s, "%s(vip=\"", ovnact_name(ovnact->type));
    action_format_addr(&aff->vip, s);
    ds_put_cstr(s, "\", backend=\"");
    action_format_addr(&aff->backend, s);
    ds_put_char(s, '"');
    for (size_t i = 0; i < ARRAY_SIZE(protos); i++) {
        if (aff->proto == protos[i].proto) {
            ds_put_format(s, ", proto=%s", protos[i].name);
        }
    }
    ds_put_format(s, ", timeout=%d)", aff->timeout);
}

const struct action_shape shape_LB_AFF = { parse_LB_AFF, format_LB_AFF, NULL };

void
encode_COMMIT_LB_AFF(const struct ovnact *ovnact, struct action_encoder *e)
{
    const struct ovnact_lb_aff *aff = (const struct ovnact_lb_aff *) ovnact;
    bool v4 = aff->vip.width == 32;

    start_learn(e, OFTABLE_CHK_LB_AFFINITY, aff->timeout);
    learn_match_value(e, MFF_LOG_DATAPATH, e->params->dp_key);
    learn_match_value(e, MFF_ETH_TYPE, v4 ? ETH_TYPE_IP : ETH_TYPE_IPV6);
    learn_match_field(e, v4 ? MFF_IPV4_SRC : MFF_IPV6_SRC,
                      v4 ? MFF_IPV4_SRC : MFF_IPV6_SRC);
    learn_value(e, NX_LEARN_DST_MATCH, v4 ? MFF_IPV4_DST : MFF_IPV6_DST, 0,
                aff->vip.width, aff->vip.ip);
    for (size_t i = 0; i < ARRAY_SIZE(protos); i++) {
        if (aff->proto == protos[i].proto) {
            learn_match_value(e, MFF_IP_PROTO, aff->proto);
            if (aff->vip.port) {
                learn_match_value(e, protos[i].dst_port, aff->vip.port);
            }
        }
    }

    learn_set_flag(e, MLF_USE_LB_AFF_SESSION_BIT);
    learn_value(e, NX_LEARN_DST_LOAD, (v4 ? MFF_LOG_LB_AFF_MATCH_IP4
                                       : MFF_LOG_LB_AFF_MATCH_IP6), 0,
                aff->backend.width, aff->backend.ip);
    if (aff->backend.port) {
        learn_value(e, NX_LEARN_DST_LOAD, MFF_LOG_LB_AFF_MATCH_PORT, 0, 16,
                    u128_from_u64(aff->backend.port));
    }
    finish_learn(e);
}

/* ECMP_NH: "NAME(ipv6=true|false);" */

static void
parse_ECMP_NH(struct action_parser *p, enum ovnact_type type,
              const struct field_ref *result OVS_UNUSED)
{
    struct ovnact_ecmp_nh *nh = ovnact_put(p->ovnacts, type, sizeof *nh);

    lexer_force(p->lexer, LEX_LPAREN);
    if (lexer_match_id(p->lexer, "ipv6")) {
        nh->ipv6 = action_parse_bool(p);
    } else {
        lexer_expected(p->lexer, "ipv6=");
    }
    lexer_force(p->lexer, LEX_RPAREN);
    action_require(p, nh->ipv6 ? "ip6" : "ip4");
}

static void
format_ECMP_NH(const struct ovnact *ovnact, struct ds *s)
{
    const struct ovnact_ecmp_nh *nh = (const struct ovnact_ecmp_nh *) ovnact;

    ds_put_format(s, "%s(ipv6=%s)", ovnact_name(ovnact->type),
                  nh->ipv6 ? "true" : "false");
}

const struct action_shape shape_ECMP_NH = {
    parse_ECMP_NH, format_ECMP_NH, NULL
};

/* How long a learned next hop stays after its last packet. */
#define ECMP_NH_IDLE_TIMEOUT 20

static void
learn_ecmp_nh(struct action_encoder *e, uint8_t table, bool v6, bool reply)
{
    enum mf_field_id src = v6 ? MFF_IPV6_SRC : MFF_IPV4_SRC;
    enum mf_field_id dst = v6 ? MFF_IPV6_DST : MFF_IPV4_DST;

    start_learn(e, table, ECMP_NH_IDLE_TIMEOUT);
    learn_match_value(e, MFF_LOG_DATAPATH, e->params->dp_key);
    learn_match_value(e, MFF_ETH_TYPE, v6 ? ETH_TYPE_IPV6 : ETH_TYPE_IP);
    learn_match_field(e, MFF_IP_PROTO, MFF_IP_PROTO);
    learn_match_field(e, src, reply ? dst : src);
    learn_match_field(e, dst, reply ? src : dst);
    if (!reply) {
        learn_match_field(e, MFF_ETH_SRC, MFF_ETH_SRC);
    }
    learn_set_flag(e, MLF_LOOKUP_COMMIT_ECMP_NH_BIT);
    finish_learn(e);
}

void
encode_COMMIT_ECMP_NH(const struct ovnact *ovnact, struct action_encoder *e)
{
    const struct ovnact_ecmp_nh *nh = (const struct ovnact_ecmp_nh *) ovnact;

    learn_ecmp_nh(e, OFTABLE_ECMP_NH_MAC, nh->ipv6, false);
    learn_ecmp_nh(e, OFTABLE_ECMP_NH, nh->ipv6, true);
}
