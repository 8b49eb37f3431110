/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Actions that the controller carries out: the packet goes there with the
 * opcode and arguments as userdata.  See lib/actions-private.h; the layout of
 * the userdata is in lib/logical.h and beside the struct in lib/actions.h. */

#include <config.h>
#include "lib/actions-private.h"

#include <string.h>
#include "util.h"

/* log */

const char *const log_severity_names[LOG_N_SEVERITIES] = {
    "alert", "warning", "notice", "info", "debug"
};

/* LOG_UNKNOWN is not written. */
const char *const log_verdict_names[LOG_N_VERDICTS] = {
    "<unknown>", "allow", "drop", "reject", "pass"
};

static void
parse_log_arg(struct action_parser *p, struct ovnact_log *log)
{
    if (lexer_match_id(p->lexer, "name")) {
        const char *where = p->lexer->token.start;

        if (action_parse_string_value(p, &log->name)
            && strlen(log->name) > 64) {
            lexer_error_at(p->lexer, where,
                           "the name is longer than 64 bytes");
        }
    } else if (lexer_match_id(p->lexer, "verdict")) {
        if (lexer_force(p->lexer, LEX_EQUALS)) {
            log->verdict = action_parse_enum(p, "a verdict",
                                             log_verdict_names, LOG_ALLOW,
                                             LOG_N_VERDICTS);
        }
    } else if (lexer_match_id(p->lexer, "severity")) {
        if (lexer_force(p->lexer, LEX_EQUALS)) {
            log->severity = action_parse_enum(p, "a severity",
                                              log_severity_names, 0,
                                              LOG_N_SEVERITIES);
        }
    } else if (lexer_match_id(p->lexer, "meter")) {
        action_parse_string_value(p, &log->meter);
    } else {
        lexer_expected(p->lexer, "name=, verdict=, severity= or meter=");
    }
}

static void
parse_LOG(struct action_parser *p, enum ovnact_type type,
          const struct field_ref *result OVS_UNUSED)
{
    struct ovnact_log *log = ovnact_put(p->ovnacts, type, sizeof *log);

    log->severity = LOG_INFO;
    if (!lexer_force(p->lexer, LEX_LPAREN)
        || lexer_match(p->lexer, LEX_RPAREN)) {
        return;
    }
    do {
        parse_log_arg(p, log);
    } while (lexer_match(p->lexer, LEX_COMMA));
    lexer_force(p->lexer, LEX_RPAREN);
}

static void
format_LOG(const struct ovnact *ovnact, struct ds *s)
{
    const struct ovnact_log *log = (const struct ovnact_log *) ovnact;

    ds_put_cstr(s, "log(");
    if (log->name) {
        ds_put_cstr(s, "name=");
        lex_format_string(log->name, s);
        ds_put_cstr(s, ", ");
    }
    if (log->verdict != LOG_UNKNOWN) {
        ds_put_format(s, "verdict=%s, ", log_verdict_names[log->verdict]);
    }
    ds_put_format(s, "severity=%s", log_severity_names[log->severity]);
    if (log->meter) {
        ds_put_cstr(s, ", meter=");
        lex_format_string(log->meter, s);
    }
    ds_put_char(s, ')');
}

static void
free_LOG(struct ovnact *ovnact)
{
    struct ovnact_log *log = (struct ovnact_log *) ovnact;

    free(log->name);
    free(log->meter);
}

const struct action_shape shape_LOG = { parse_LOG, format_LOG, free_LOG };

void
encode_LOG(const struct ovnact *ovnact, struct action_encoder *e)
{
    const struct ovnact_log *log = (const struct ovnact_log *) ovnact;
    size_t start = action_start_controller(e, CTRL_OP_LOG, false, log->meter);
    const struct log_userdata userdata = {
        .verdict = log->verdict,
        .severity = log->severity,
    };

    ofpbuf_put(e->ofpacts, &userdata, sizeof userdata);
    if (log->name) {
        ofpbuf_put(e->ofpacts, log->name, strlen(log->name));
    }
    action_finish_controller(e, start);
}

/* Opcodes without arguments. */

static void
encode_opcode(struct action_encoder *e, enum ctrl_opcode opcode, bool pause)
{
    action_finish_controller(e, action_start_controller(e, opcode, pause,
                                                        NULL));
}

void
encode_IGMP(const struct ovnact *ovnact OVS_UNUSED, struct action_encoder *e)
{
    encode_opcode(e, CTRL_OP_IGMP, false);
}

void
encode_HANDLE_DHCPV6_REPLY(const struct ovnact *ovnact OVS_UNUSED,
                           struct action_encoder *e)
{
    encode_opcode(e, CTRL_OP_DHCP6_SERVER, false);
}

void
encode_HANDLE_BFD_MSG(const struct ovnact *ovnact OVS_UNUSED,
                      struct action_encoder *e)
{
    encode_opcode(e, CTRL_OP_BFD_MSG, false);
}

/* Opcodes with a port, which the controller finds in inport. */

static const enum mf_field_id inport_dst[] = { MFF_LOG_INPORT };

void
encode_HANDLE_SVC_CHECK(const struct ovnact *ovnact, struct action_encoder *e)
{
    const struct ovnact_call *call = (const struct ovnact_call *) ovnact;

    action_setup_args(e, call->args, inport_dst, 1);
    encode_opcode(e, CTRL_OP_HANDLE_SVC_CHECK, false);
    action_restore_args(e, call->args, inport_dst, 1);
}

void
encode_BIND_VPORT(const struct ovnact *ovnact, struct action_encoder *e)
{
    const struct ovnact_call *call = (const struct ovnact_call *) ovnact;
    unsigned int key;

    if (!action_lookup_port(e, call->args[0].imm.string, &key)) {
        return;
    }

    ovs_be32 vport = htonl(key);
    action_setup_args(e, &call->args[1], inport_dst, 1);
    size_t start = action_start_controller(e, CTRL_OP_BIND_VPORT, false, NULL);
    ofpbuf_put(e->ofpacts, &vport, sizeof vport);
    action_finish_controller(e, start);
    action_restore_args(e, &call->args[1], inport_dst, 1);
}

/* Opcodes with a result: the packet waits until it is there. */

void
encode_DNS_LOOKUP(const struct ovnact *ovnact, struct action_encoder *e)
{
    const struct ovnact_call *call = (const struct ovnact_call *) ovnact;
    size_t start = action_start_controller(e, CTRL_OP_DNS_LOOKUP, true, NULL);

    action_put_result_oxm(e, &call->result);
    action_finish_controller(e, start);
}

static void
encode_dhcp_relay(const struct ovnact *ovnact, struct action_encoder *e,
                  enum ctrl_opcode opcode)
{
    const struct ovnact_call *call = (const struct ovnact_call *) ovnact;
    size_t start = action_start_controller(e, opcode, true, NULL);

    action_put_result_oxm(e, &call->result);
    for (int i = 0; i < 2; i++) {
        ovs_be32 ip = htonl(call->args[i].imm.value.u64.lo);
        ofpbuf_put(e->ofpacts, &ip, sizeof ip);
    }
    action_finish_controller(e, start);
}

void
encode_DHCP_RELAY_REQ_CHK(const struct ovnact *ovnact,
                          struct action_encoder *e)
{
    encode_dhcp_relay(ovnact, e, CTRL_OP_DHCP_RELAY_REQ_CHK);
}

void
encode_DHCP_RELAY_RESP_CHK(const struct ovnact *ovnact,
                           struct action_encoder *e)
{
    encode_dhcp_relay(ovnact, e, CTRL_OP_DHCP_RELAY_RESP_CHK);
}

/* Packets that the controller makes, on which it runs nested actions. */

static void
encode_packet(const struct ovnact *ovnact, struct action_encoder *e,
              enum ctrl_opcode opcode, bool pause)
{
    const struct ovnact_nest *nest = (const struct ovnact_nest *) ovnact;
    size_t start = action_start_controller(e, opcode, pause, NULL);
    struct ofpbuf inner;

    ofpbuf_init(&inner, 0);
    action_encode_nested(nest->nested, e, &inner);
    ofpacts_put_openflow_actions(inner.data, inner.size, e->ofpacts,
                                 OFP13_VERSION);
    ofpbuf_uninit(&inner);
    action_finish_controller(e, start);
}

/* Action, opcode, and whether the packet waits for what the controller finds
 * out. */
#define PACKET_ACTIONS                                  \
    PACKET_ACTION(ARP, ARP, true)                       \
    PACKET_ACTION(ND_NS, ND_NS, true)                   \
    PACKET_ACTION(ND_NA, ND_NA, false)                  \
    PACKET_ACTION(ND_NA_ROUTER, ND_NA_ROUTER, false)    \
    PACKET_ACTION(ICMP4, ICMP, false)                   \
    PACKET_ACTION(ICMP4_ERROR, ICMP4_ERROR, false)      \
    PACKET_ACTION(ICMP6, ICMP, false)                   \
    PACKET_ACTION(ICMP6_ERROR, ICMP6_ERROR, false)      \
    PACKET_ACTION(TCP_RESET, TCP_RESET, false)          \
    PACKET_ACTION(SCTP_ABORT, SCTP_ABORT, false)        \
    PACKET_ACTION(REJECT, REJECT, false)

#define PACKET_ACTION(ENUM, OPCODE, PAUSE)                              \
    void                                                                \
    encode_##ENUM(const struct ovnact *ovnact, struct action_encoder *e) \
    {                                                                   \
        encode_packet(ovnact, e, CTRL_OP_##OPCODE, PAUSE);              \
    }
PACKET_ACTIONS
#undef PACKET_ACTION

/* PSEUDO: "FIELD = CONSTANT;" for fields that OpenFlow does not have. */

static void
parse_PSEUDO(struct action_parser *p, enum ovnact_type type,
             const struct field_ref *dst)
{
    struct ovnact_constant imm;
    const char *where = p->lexer->token.start;

    if (!action_parse_constant(p, dst, &imm)) {
        return;
    } else if (dst->symbol->pseudo == FIELD_PSEUDO_ICMP4_INNER_IP4_SRC
               && imm.format != LEX_F_IPV4) {
        lexer_error_at(p->lexer, where, "expected an IPv4 address");
        return;
    }

    struct ovnact_pseudo_load *load = ovnact_put(p->ovnacts, type,
                                                 sizeof *load);
    load->dst = dst->symbol;
    load->imm = imm;
}

static void
format_PSEUDO(const struct ovnact *ovnact, struct ds *s)
{
    const struct ovnact_pseudo_load *load
        = (const struct ovnact_pseudo_load *) ovnact;

    ds_put_format(s, "%s = ", load->dst->name);
    action_format_constant(&load->imm, s);
}

const struct action_shape shape_PSEUDO = { parse_PSEUDO, format_PSEUDO, NULL };

/* Appends a "note" that the handler of icmp4_error or icmp6_error reads. */
static void
put_note(struct action_encoder *e, enum ctrl_opcode opcode, const void *data,
         size_t n)
{
    const struct ctrl_header header = { .opcode = htonl(opcode) };
    struct ofpact_note *note = ofpact_put_NOTE(e->ofpacts);

    ofpbuf_put(e->ofpacts, &header, sizeof header);
    ofpbuf_put(e->ofpacts, data, n);
    note = e->ofpacts->header;
    note->length = sizeof header + n;
    ofpact_finish_NOTE(e->ofpacts, &note);
}

void
encode_PSEUDO_LOAD(const struct ovnact *ovnact, struct action_encoder *e)
{
    const struct ovnact_pseudo_load *load
        = (const struct ovnact_pseudo_load *) ovnact;
    uint32_t value = load->imm.value.u64.lo;
    ovs_be16 be16 = htons(value);
    ovs_be32 be32 = htonl(value);

    switch (load->dst->pseudo) {
    case FIELD_PSEUDO_ICMP4_FRAG_MTU:
        put_note(e, CTRL_OP_PUT_ICMP4_FRAG_MTU, &be16, sizeof be16);
        break;
    case FIELD_PSEUDO_ICMP6_FRAG_MTU:
        put_note(e, CTRL_OP_PUT_ICMP6_FRAG_MTU, &be32, sizeof be32);
        break;
    case FIELD_PSEUDO_ICMP4_INNER_IP4_SRC: {
        size_t start = action_start_controller(
            e, CTRL_OP_PUT_ICMP4_INNER_IP4_SRC, true, NULL);
        ofpbuf_put(e->ofpacts, &be32, sizeof be32);
        action_finish_controller(e, start);
        break;
    }
    case FIELD_PSEUDO_NONE:
        OVS_NOT_REACHED();
    }
}

/* EVENT: "NAME(event="...", ...);" */

static void
parse_event_arg(struct action_parser *p, struct ovnact_event *event,
                bool *has_event)
{
    if (lexer_match_id(p->lexer, "event")) {
        const char *where = p->lexer->token.start;
        char *name = NULL;

        if (action_parse_string_value(p, &name)
            && strcmp(name, "empty_lb_backends")) {
            lexer_error_at(p->lexer, where,
                           "the only event is \"empty_lb_backends\"");
        }
        free(name);
        *has_event = true;
    } else if (lexer_match_id(p->lexer, "vip")) {
        action_parse_string_value(p, &event->vip);
    } else if (lexer_match_id(p->lexer, "protocol")) {
        action_parse_string_value(p, &event->protocol);
    } else if (lexer_match_id(p->lexer, "load_balancer")) {
        action_parse_string_value(p, &event->load_balancer);
    } else if (lexer_match_id(p->lexer, "meter")) {
        action_parse_string_value(p, &event->meter);
    } else {
        lexer_expected(p->lexer, "event=, vip=, protocol=, load_balancer= or "
                       "meter=");
    }
}

static void
parse_EVENT(struct action_parser *p, enum ovnact_type type,
            const struct field_ref *result OVS_UNUSED)
{
    struct ovnact_event *event = ovnact_put(p->ovnacts, type, sizeof *event);
    bool has_event = false;

    lexer_force(p->lexer, LEX_LPAREN);
    do {
        parse_event_arg(p, event, &has_event);
    } while (lexer_match(p->lexer, LEX_COMMA));
    if (!p->lexer->error && (!has_event || !event->vip || !event->protocol
                             || !event->load_balancer)) {
        lexer_error(p->lexer, "%s needs event, vip, protocol and "
                    "load_balancer", ovnact_name(type));
    }
    lexer_force(p->lexer, LEX_RPAREN);
}

static void
format_event_arg(const char *name, const char *value, struct ds *s)
{
    if (value) {
        ds_put_format(s, ", %s=", name);
        lex_format_string(value, s);
    }
}

static void
format_EVENT(const struct ovnact *ovnact, struct ds *s)
{
    const struct ovnact_event *event = (const struct ovnact_event *) ovnact;

    ds_put_format(s, "%s(event=\"empty_lb_backends\"",
                  ovnact_name(ovnact->type));
    format_event_arg("meter", event->meter, s);
    format_event_arg("vip", event->vip, s);
    format_event_arg("protocol", event->protocol, s);
    format_event_arg("load_balancer", event->load_balancer, s);
    ds_put_char(s, ')');
}

static void
free_EVENT(struct ovnact *ovnact)
{
    struct ovnact_event *event = (struct ovnact_event *) ovnact;

    free(event->vip);
    free(event->protocol);
    free(event->load_balancer);
    free(event->meter);
}

const struct action_shape shape_EVENT = {
    parse_EVENT, format_EVENT, free_EVENT
};

static void
put_event_option(struct action_encoder *e, uint16_t option, const char *value)
{
    ovs_be16 header[] = { htons(option), htons(strlen(value)) };

    ofpbuf_put(e->ofpacts, header, sizeof header);
    ofpbuf_put(e->ofpacts, value, strlen(value));
}

void
encode_TRIGGER_EVENT(const struct ovnact *ovnact, struct action_encoder *e)
{
    const struct ovnact_event *event = (const struct ovnact_event *) ovnact;
    size_t start = action_start_controller(e, CTRL_OP_EVENT, false,
                                           event->meter);
    ovs_be32 type = htonl(0);   /* empty_lb_backends */

    ofpbuf_put(e->ofpacts, &type, sizeof type);
    put_event_option(e, CTRL_EVENT_VIP, event->vip);
    put_event_option(e, CTRL_EVENT_PROTOCOL, event->protocol);
    put_event_option(e, CTRL_EVENT_LOAD_BALANCER, event->load_balancer);
    action_finish_controller(e, start);
}
