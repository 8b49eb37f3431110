/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef UTILITIES_OVN_TRACE_H
#define UTILITIES_OVN_TRACE_H 1

/* ovn-trace: what becomes of a packet in the logical network
 * ==========================================================
 *
 * An interpreter of logical flows.  It follows one packet, and every copy that
 * is made of it, and leaves a tree of lines (ovn-trace-tree.h).
 *
 * - ovn-trace.c: the program: options, database, daemon.
 * - ovn-trace-run.c: one trace, from the microflow to the text.
 * - ovn-trace-db.c, ovn-trace-flows.c: the database (ovn-trace-db.h).
 * - ovn-trace-pipeline.c: how a packet goes through tables, pipelines and
 *   datapaths; the loop over the actions of a flow.
 * - ovn-trace-actions.c: which function does what an action says.
 * - ovn-trace-move.c, -ct.c, -lb.c, -lookup.c, -packet.c, -service.c: what
 *   each kind of action does, by topic.
 * - ovn-trace-psec.c: port security.
 * - ovn-trace-tree.c: output.
 *
 * A packet is a "struct flow", as Open vSwitch sees it, registers and
 * connection tracking included; actions change it as the OpenFlow actions
 * would that the controller makes of them.  What is not in the database -
 * connections, the content of DHCP messages, chance - is assumed, and the
 * output says what was assumed. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow.h"
#include "lib/actions.h"
#include "openvswitch/list.h"
#include "packets.h"
#include "utilities/ovn-trace-db.h"
#include "utilities/ovn-trace-tree.h"

struct ovs_flows;

/* What the user asked for. */
struct trace_options {
    bool detailed, summary, minimal; /* Forms of output. */
    bool friendly_names;
    uint32_t *ct_states;        /* Of one ct_next after another: CS_*. */
    size_t n_ct_states;
    struct ovnact_addr lb_dst;  /* width == 0: not given. */
    long select_id;             /* -1: not given. */
    struct ovs_flows *ovs;      /* Flows of the switch, or NULL. */
};

/* A trace in progress. */
struct trace {
    const struct trace_options *opts;
    const struct trace_db *db;
    size_t next_ct;             /* Index into ct_states. */
    unsigned int depth;         /* Tables below each other, now. */
    unsigned int n_tables;      /* Tables visited. */
    bool exhausted;             /* Ran into a limit; finishes. */
};

/* Limits.  Open vSwitch's are 64 levels of tables that lead backward and 4096
 * tables altogether, for each packet that it has to think about. */
#define TRACE_MAX_DEPTH 1000
#define TRACE_MAX_TABLES 20000

/* A packet, or a copy, on its way. */
struct trace_packet {
    const struct trace_datapath *dp;
    const struct sbrec_chassis *chassis; /* Where it is; NULL: who knows. */
    struct flow flow;
    ovs_u128 *stack;            /* Of push() and pop(). */
    size_t n_stack, allocated_stack;
};

/* A list of actions in execution. */
struct trace_exec {
    struct trace *trace;
    struct trace_packet *packet;
    bool ingress;               /* Pipeline and table of the flow. */
    uint8_t table;
    struct ovs_list *nodes;     /* Where to put what happens. */
    bool stop;                  /* Skip the rest of the list. */
};

/* ovn-trace-run.c */

/* Traces 'microflow' in 'dp_name' or, if that is NULL, where its inport is.
 * Returns NULL and appends the text to 'output', or returns an error that the
 * caller must free(). */
char *trace_run(const struct trace_db *, const struct trace_options *,
                const char *dp_name, const char *microflow, struct ds *output)
    OVS_WARN_UNUSED_RESULT;

/* ovn-trace-pipeline.c */

void trace_packet_clone(struct trace_packet *, const struct trace_packet *);
void trace_packet_destroy(struct trace_packet *);

/* Sends 'packet' into the ingress pipeline of its datapath. */
void trace_ingress(struct trace *, struct trace_packet *packet,
                   struct ovs_list *nodes);
void trace_table(struct trace *, struct trace_packet *, bool ingress,
                 uint8_t table, struct ovs_list *nodes);
void trace_actions(struct trace_exec *, const struct ofpbuf *actions);

/* The table behind the one of 'x', for 'packet'. */
void trace_next_table(struct trace_exec *x, struct trace_packet *packet,
                      struct ovs_list *nodes);

/* Runs 'actions' on 'packet', under the heading 'text'. */
void trace_nested(struct trace_exec *, struct trace_packet *packet,
                  const struct ofpbuf *actions, const char *text);

/* The text of 'action', which the caller must free. */
char *trace_format_action(const struct ovnact *action);

/* Lines of output. */
void trace_comment(struct trace_exec *, const char *format, ...)
    OVS_PRINTF_FORMAT(2, 3);
void trace_error(struct trace_exec *, const char *format, ...)
    OVS_PRINTF_FORMAT(2, 3);

/* Says that the packet was changed there, unless that is a register. */
void trace_modified(struct trace_exec *, const struct field_ref *);
void trace_modified_symbol(struct trace_exec *, const char *name);

/* The name of what has that key in the packet's datapath, for output. */
const char *trace_port_name(const struct trace_exec *, uint32_t key);

/* Bits of the packet. */
ovs_u128 trace_get(const struct trace_exec *, const struct field_ref *);
void trace_set(struct trace_exec *, const struct field_ref *, ovs_u128 value);
void trace_set_bit(struct trace_exec *, const struct field_ref *, bool value);

/* Arguments of calls: a value, an Ethernet address, an IP address (IPv4
 * mapped into IPv6), a port (NULL if there is none). */
ovs_u128 trace_arg(const struct trace_exec *, const struct ovnact_arg *);
struct eth_addr trace_arg_eth(const struct trace_exec *,
                              const struct ovnact_arg *);
struct in6_addr trace_arg_ip(const struct trace_exec *,
                             const struct ovnact_arg *);
const struct trace_port *trace_arg_port(const struct trace_exec *,
                                        const struct ovnact_arg *);

/* ovn-trace-psec.c: whether a packet violates the port security of 'port'. */
bool trace_psec_violates_in(const struct trace_port *port,
                            const struct flow *);
bool trace_psec_violates_out(const struct trace_port *port,
                             const struct flow *);

/* Does what an action says; and a function for each kind of action, with the
 * file that has it. */
typedef void trace_func(struct trace_exec *, const struct ovnact *);
trace_func trace_action;        /* ovn-trace-actions.c */

/* ovn-trace-move.c */
trace_func trace_load, trace_move, trace_exchange, trace_push, trace_pop,
    trace_dec_ttl, trace_check_pkt_larger, trace_select;

/* ovn-trace-lookup.c */
trace_func trace_get_neighbor, trace_lookup_neighbor, trace_chk_evpn_arp,
    trace_get_fdb, trace_get_remote_fdb, trace_lookup_fdb, trace_flood_remote,
    trace_check_port_sec;

/* ovn-trace-ct.c */
trace_func trace_ct_next, trace_ct_commit_to_zone, trace_ct_commit_nat,
    trace_ct_nat, trace_ct_clear, trace_ct_nw_dst, trace_ct_ip6_dst,
    trace_ct_tp_dst, trace_ct_proto, trace_ct_state_save;

/* ovn-trace-lb.c */
trace_func trace_ct_lb, trace_chk_lb_hairpin, trace_ct_snat_to_vip,
    trace_chk_learned;

/* ovn-trace-packet.c */
trace_func trace_make_packet, trace_reject, trace_pseudo_load;

/* ovn-trace-service.c */
trace_func trace_put_dhcp_opts, trace_put_dhcpv6_opts, trace_put_nd_ra_opts,
    trace_dns_lookup, trace_chk_dhcp_relay, trace_log;

/* ovn-trace-pipeline.c */
trace_func trace_output, trace_next, trace_clone, trace_mirror,
    trace_fwd_group;

#endif /* utilities/ovn-trace.h */
