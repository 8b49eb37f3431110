/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef LIB_ACTIONS_H
#define LIB_ACTIONS_H 1

/* Logical actions
 * ===============
 *
 * Parses, formats and encodes what stands in Logical_Flow.actions, such as
 * "reg0[5] = 1; outport = \"vif0\"; next;".  The language is in ovn-sb(5).
 *
 * lib/actions.def has one line for each action.  Everything else about an
 * action is derived from that line, or the compiler insists on it: an action
 * without parser, formatter or encoder does not link.
 *
 * A parsed list of actions is a sequence of "struct ovnact"s in an ofpbuf,
 * similar to ofpacts.  It is independent of datapath and chassis, immutable
 * once parsed, and can be shared.  actions_encode() turns it into OpenFlow
 * for one datapath on this chassis.
 *
 * Errors are malloc()'d strings for the user.  They name the column, and show
 * the place with a caret. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/fields.h"
#include "lib/logical.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/ofpbuf.h"
#include "openvswitch/types.h"

struct shash;

#define ACTIONS_MAX_DEPTH 16    /* Levels of nested { ... }. */

/* What actions_parse() has to know about where the actions stand. */
struct actions_params {
    const struct field_symtab *symtab;
    bool ingress;               /* Which pipeline? */
    uint8_t cur_ltable;         /* Logical table, 0...n_tables - 1. */
    uint8_t n_tables;           /* LOG_PIPELINE_LEN. */

    /* Options that put_dhcp_opts() and put_dhcpv6_opts() know, by name; the
     * data are "struct dhcp_option"s.  NULL means that there are none. */
    const struct shash *dhcp_opts;
    const struct shash *dhcpv6_opts;
};

/* A DHCP or DHCPv6 option: a row of SB table DHCP_Options or
 * DHCPv6_Options. */
struct dhcp_option {
    const char *name;
    uint16_t code;
    const char *type;           /* As in the database, e.g. "ipv4". */
};

/* Parses 's'.  On success returns NULL, appends the actions to 'ovnacts', and
 * adds what they require of a packet to '*prereqs' (which the caller must have
 * initialised).  On failure returns an error that the caller must free;
 * 'ovnacts' is as before. */
char *actions_parse(const char *s, const struct actions_params *,
                    struct ofpbuf *ovnacts, struct field_set *prereqs)
    OVS_WARN_UNUSED_RESULT;

/* Frees what the actions in 'ovnacts' point to, and clears 'ovnacts' (which
 * stays initialised). */
void actions_free(struct ofpbuf *ovnacts);

/* Appends the actions to 's' in their canonical form, which parses to the
 * same actions. */
void actions_format(const struct ofpbuf *ovnacts, struct ds *s);

/* What actions_encode() has to know about datapath and chassis.  Each function
 * gets 'aux' first, and may be NULL: then nothing can be looked up. */
struct actions_encode_params {
    /* As in struct expr_env.  An assignment of a port that does not exist
     * stores 0. */
    bool (*lookup_port)(void *aux, const char *name, unsigned int *key);
    bool (*is_chassis_resident)(void *aux, const char *name);

    /* OpenFlow port of the tunnel to where port 'name' is, for fwd_group();
     * false if it is here or nowhere. */
    bool (*tunnel_ofport)(void *aux, const char *name, ofp_port_t *);

    /* The id of the OpenFlow group, of type select, whose buckets have the
     * text 'buckets' in the syntax of ovs-ofctl(8), with
     * "type=select,selection_method=..." in front; or of the meter with text
     * 'meter' ("kbps burst stats bands=...").  Equal texts have equal ids.  0
     * if there is no id left. */
    uint32_t (*group_id)(void *aux, const char *group);
    uint32_t (*meter_id)(void *aux, const char *meter);

    /* The id of the OpenFlow meter for the SB Meter row 'name', 0 if none. */
    uint32_t (*named_meter_id)(void *aux, const char *name);

    /* Whether the local switch has a feature that some action needs, such as
     * "ct_nat"; see controller/ofswitch-features.h.  NULL: it has all. */
    bool (*has_feature)(void *aux, const char *feature);

    void *aux;

    bool is_switch;             /* Datapath is a logical switch? */
    bool ingress;               /* Pipeline. */
    uint8_t cur_ltable;         /* Logical table. */
    uint8_t n_tables;           /* LOG_PIPELINE_LEN. */
    uint32_t dp_key;            /* Tunnel key of the datapath. */
    uint32_t lflow_cookie;      /* First 32 bits of the row's UUID. */
    uint16_t common_nat_ct_zone_mf; /* MFF_LOG_SNAT_ZONE or _DNAT_ZONE, for
                                     * the "common zone" of a router; 0:
                                     * DNAT's. */
    const char *controller_meter; /* Logical_Flow.controller_meter or NULL. */
};

/* Appends the OpenFlow for 'ovnacts' to 'ofpacts'.  Returns NULL, or an error
 * that the caller must free if the local switch cannot do this; then
 * 'ofpacts' is as before.  (No ofpacts at all means "drop".) */
char *actions_encode(const struct ofpbuf *ovnacts,
                     const struct actions_encode_params *,
                     struct ofpbuf *ofpacts) OVS_WARN_UNUSED_RESULT;

/* The representation, for programs that interpret actions (ovn-trace). */

enum ovnact_type {
#define ACTION(ENUM, NAME, SHAPE, ARGS, PREREQ, WHERE, SYNTAX, HELP)        \
    OVNACT_##ENUM,
#include "lib/actions.def"
    OVNACT_N_TYPES
};

/* Header of each action.  'len' includes the header and is a multiple of
 * OVNACT_ALIGN. */
#define OVNACT_ALIGN 8
OVS_ALIGNED_STRUCT(OVNACT_ALIGN, ovnact) {
    uint16_t type;              /* OVNACT_*. */
    uint16_t pad;
    uint32_t len;
};

#define OVNACT_FOR_EACH(OVNACT, OVNACTS)                                    \
    for ((OVNACT) = (const struct ovnact *) (OVNACTS)->data;                \
         (const char *) (OVNACT)                                            \
             < (const char *) (OVNACTS)->data + (OVNACTS)->size;            \
         (OVNACT) = (const struct ovnact *) (const void *)                  \
             ((const char *) (OVNACT) + (OVNACT)->len))

/* A constant operand. */
struct ovnact_constant {
    char *string;               /* String, or NULL: integer. */
    ovs_u128 value;
    ovs_u128 mask;
    bool masked;
    uint8_t format;             /* enum lex_format. */
};

/* Actions that are a word: "output;", "ct_clear;". */
struct ovnact_word {
    struct ovnact ovnact;
};

/* next; next(...); */
struct ovnact_next {
    struct ovnact ovnact;
    uint8_t ltable;
    bool ingress;
    bool explicit_table;        /* Not just "next;". */
    bool explicit_pipeline;
};

/* DST = CONSTANT; */
struct ovnact_load {
    struct ovnact ovnact;
    struct field_ref dst;
    struct ovnact_constant imm;
};

/* LHS = RHS; LHS <-> RHS; */
struct ovnact_move {
    struct ovnact ovnact;
    struct field_ref lhs;
    struct field_ref rhs;
};

/* NAME { ... } */
struct ovnact_nest {
    struct ovnact ovnact;
    struct ofpbuf *nested;
};

/* [RESULT =] NAME(ARG, ...);  What each argument is, is in the action's SHAPE
 * in actions.def. */
#define OVNACT_MAX_ARGS 4
struct ovnact_arg {
    bool is_field;
    struct field_ref field;
    struct ovnact_constant imm;
};
struct ovnact_call {
    struct ovnact ovnact;
    struct field_ref result;    /* result.symbol is NULL if there is none. */
    uint8_t n_args;
    struct ovnact_arg args[OVNACT_MAX_ARGS];
};

/* ct_next; ct_next(ZONE); ct_commit_to_zone(ZONE); ct_commit_nat;
 * ct_commit_nat(snat); */
struct ovnact_ct_zone {
    struct ovnact ovnact;
    bool dnat_zone, snat_zone;  /* Neither: as the datapath wants. */
};

/* An IP address, maybe with port. */
struct ovnact_addr {
    uint8_t width;              /* 32, 128, or 0: none. */
    uint16_t port;              /* 0: none. */
    ovs_u128 ip;
};

/* ct_dnat, ct_snat, and ..._in_czone. */
struct ovnact_ct_nat {
    struct ovnact ovnact;
    struct ovnact_addr addr;    /* 'port' is first of a range. */
    uint16_t last_port;
};

/* ct_lb_mark, ct_lb_mark_local. */
enum ovnact_lb_flag { LB_NO_FLAG, LB_SKIP_SNAT, LB_FORCE_SNAT };
struct ovnact_lb_backend {
    char *lport;                /* ct_lb_mark_local only. */
    struct ovnact_addr addr;
};
struct ovnact_ct_lb {
    struct ovnact ovnact;
    struct ovnact_lb_backend *backends;
    size_t n_backends;
    char *hash_fields;          /* Or NULL. */
    enum ovnact_lb_flag flag;
};

/* R = select(...); */
struct ovnact_select_value {
    uint16_t id, weight;
};
struct ovnact_select {
    struct ovnact ovnact;
    struct field_ref result;
    struct ovnact_select_value *values;
    size_t n_values;
    char *hash_fields;          /* Or NULL. */
};

/* fwd_group(...); */
struct ovnact_fwd_group {
    struct ovnact ovnact;
    bool liveness;
    char **ports;
    size_t n_ports;
};

/* sample(...); */
struct ovnact_sample {
    struct ovnact ovnact;
    uint16_t probability;       /* Out of 65535. */
    uint8_t obs_domain;
    uint32_t collector_set;
    enum { OBS_NONE, OBS_INTEGER, OBS_COOKIE, OBS_FIELD } obs_type;
    uint32_t obs_point;         /* OBS_INTEGER. */
    struct field_ref obs_field; /* OBS_FIELD. */
};

/* commit_lb_aff(...); */
struct ovnact_lb_aff {
    struct ovnact ovnact;
    struct ovnact_addr vip, backend;
    uint8_t proto;              /* IPPROTO_*, 0: any. */
    uint16_t timeout;           /* In seconds. */
};

/* commit_ecmp_nh(...); */
struct ovnact_ecmp_nh {
    struct ovnact ovnact;
    bool ipv6;
};

/* icmp4.frag_mtu = N; and so on. */
struct ovnact_pseudo_load {
    struct ovnact ovnact;
    const struct field_symbol *dst;
    struct ovnact_constant imm;
};

/* trigger_event(...); */
struct ovnact_event {
    struct ovnact ovnact;
    char *vip, *protocol, *load_balancer; /* Or NULL. */
    char *meter;                /* Or NULL. */
};

/* R = put_dhcp_opts(...); put_dhcpv6_opts(...); put_nd_ra_opts(...); */
struct ovnact_option {
    char *name;
    char *type;                 /* See struct dhcp_option. */
    uint16_t code;
    struct ovnact_constant *values;
    size_t n_values;
    bool braces;                /* Written as a set. */
};
struct ovnact_options {
    struct ovnact ovnact;
    struct field_ref result;
    struct ovnact_option *options;
    size_t n_options;
};

/* log(...); */
enum log_severity {
    LOG_ALERT, LOG_WARNING, LOG_NOTICE, LOG_INFO, LOG_DEBUG, LOG_N_SEVERITIES
};
enum log_verdict {
    LOG_UNKNOWN, LOG_ALLOW, LOG_DROP, LOG_REJECT, LOG_PASS, LOG_N_VERDICTS
};
extern const char *const log_severity_names[LOG_N_SEVERITIES];
extern const char *const log_verdict_names[LOG_N_VERDICTS];
struct ovnact_log {
    struct ovnact ovnact;
    enum log_severity severity;
    enum log_verdict verdict;
    char *name;                 /* Or NULL. */
    char *meter;                /* Or NULL. */
};

/* Userdata of opcodes, after struct ctrl_header.
 *
 * - Of actions with a result: first, an OXM header (4 or 8 bytes) and a be32
 *   bit offset, which say where to put the result.
 * - Of actions with { ... }: the nested actions in OpenFlow 1.3.
 * - PUT_DHCP_OPTS: the result; be32 offered address; options as in a DHCP
 *   message.
 * - PUT_DHCPV6_OPTS: the result; options as in a DHCPv6 message.
 * - PUT_ND_RA_OPTS: the result; a whole ICMPv6 router advertisement without
 *   checksum.
 * - DHCP_RELAY_*: the result; be32 address of the relay, and of the server.
 * - BIND_VPORT: be32 key of the virtual port.
 * - EVENT: be32 0 (empty_lb_backends); then, for VIP (0), protocol (1) and
 *   load balancer (2): be16 number, be16 length, text.
 * - PUT_ICMP4_INNER_IP4_SRC: be32 address.
 * - LOG: as below.
 *
 * PUT_ICMP4_FRAG_MTU and PUT_ICMP6_FRAG_MTU are in a "note" action within
 * nested actions: header and be16 or be32 MTU. */
enum ctrl_event_option {
    CTRL_EVENT_VIP,
    CTRL_EVENT_PROTOCOL,
    CTRL_EVENT_LOAD_BALANCER,
};

/* Userdata of CTRL_OP_LOG after the header; the name follows, without null
 * terminator. */
struct log_userdata {
    uint8_t verdict;            /* enum log_verdict. */
    uint8_t severity;           /* enum log_severity. */
};

/* Name of an action, e.g. "next".  Empty for those that start with a
 * field. */
const char *ovnact_name(enum ovnact_type);

/* Formats all actions as a Markdown table, for the manual. */
void actions_format_manual(struct ds *);

#endif /* lib/actions.h */
