/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Connection tracking.
 *
 * No database knows the connections.  Each time a packet is tracked, the user
 * says by --ct in what state it is; otherwise it belongs to an established
 * connection.  NAT and commits keep a state that is known already.  NAT
 * without an address, which undoes earlier NAT, is assumed to find nothing to
 * undo; NAT with an address happens.
 *
 * Every action here that tracks the packet makes a copy of it, which continues
 * in the next table; the original is left as it was for the actions behind. */

#include <config.h>

#include "utilities/ovn-trace.h"

#include <stdlib.h>

#include "lib/u128.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"
#include "utilities/ovn-trace-ct.h"

static const char default_note[] = " /* default (use --ct to customize) */";

uint32_t
trace_ct_state(struct trace_exec *x, const char **note)
{
    struct trace *trace = x->trace;

    *note = "";
    if (trace->next_ct < trace->opts->n_ct_states) {
        return trace->opts->ct_states[trace->next_ct++];
    }
    *note = default_note;
    return CS_TRACKED | CS_ESTABLISHED;
}

/* Notes in 'flow' the addresses of the first packet of its connection, which
 * has state 'state'. */
static void
set_original_tuple(struct flow *flow, uint32_t state)
{
    bool reply = state & CS_REPLY_DIR;

    flow->ct_nw_proto = flow->nw_proto;
    flow->ct_tp_src = reply ? flow->tp_dst : flow->tp_src;
    flow->ct_tp_dst = reply ? flow->tp_src : flow->tp_dst;
    if (flow->dl_type == htons(ETH_TYPE_IP)) {
        flow->ct_nw_src = reply ? flow->nw_dst : flow->nw_src;
        flow->ct_nw_dst = reply ? flow->nw_src : flow->nw_dst;
    } else {
        flow->ct_ipv6_src = reply ? flow->ipv6_dst : flow->ipv6_src;
        flow->ct_ipv6_dst = reply ? flow->ipv6_src : flow->ipv6_dst;
    }
}

void
trace_ct_track(struct flow *flow, uint32_t state)
{
    flow_clear_conntrack(flow);
    flow->ct_state = state;
    if (!(state & CS_INVALID)) {
        set_original_tuple(flow, state);
    }
}

void
trace_ct_set_ip(struct flow *flow, const struct ovnact_addr *addr, bool dst)
{
    if (addr->width == 32) {
        ovs_be32 ip = htonl(addr->ip.u64.lo);

        if (dst) {
            flow->nw_dst = ip;
        } else {
            flow->nw_src = ip;
        }
    } else {
        u128_put_be(addr->ip, dst ? &flow->ipv6_dst : &flow->ipv6_src,
                    sizeof flow->ipv6_dst);
    }
}

bool
trace_ct_has_ports(const struct flow *flow)
{
    return (flow->nw_proto == IPPROTO_TCP || flow->nw_proto == IPPROTO_UDP
            || flow->nw_proto == IPPROTO_SCTP);
}

bool
trace_ct_fits(const struct flow *flow, const struct ovnact_addr *addr)
{
    return addr->width == (flow->dl_type == htons(ETH_TYPE_IP) ? 32
                           : flow->dl_type == htons(ETH_TYPE_IPV6) ? 128 : 0);
}

void
trace_ct_fork(struct trace_exec *x, struct trace_packet *packet,
              const char *text)
{
    struct trace_node *node = trace_node_add(x->nodes, TRACE_FORK, "%s", text);

    trace_next_table(x, packet, &node->kids);
    trace_packet_destroy(packet);
}

/* A copy of the packet of 'x' after it was tracked. */
static const char *
make_tracked(struct trace_exec *x, struct trace_packet *packet)
{
    const char *note;
    uint32_t state = trace_ct_state(x, &note);

    trace_packet_clone(packet, x->packet);
    trace_ct_track(&packet->flow, state);
    return note;
}

void
trace_ct_next(struct trace_exec *x, const struct ovnact *a OVS_UNUSED)
{
    struct trace_packet packet;
    const char *note = make_tracked(x, &packet);
    struct ds s = DS_EMPTY_INITIALIZER;

    ds_put_cstr(&s, "ct_next(ct_state=");
    format_flags(&s, ct_state_to_string, packet.flow.ct_state, '|');
    ds_put_format(&s, "%s)", note);
    trace_ct_fork(x, &packet, ds_cstr(&s));
    ds_destroy(&s);
}

/* The same for an action that is about the connection of the packet: if the
 * packet was tracked before, its state is known. */
static const char *
keep_tracked(struct trace_exec *x, struct trace_packet *packet)
{
    if (x->packet->flow.ct_state & CS_TRACKED) {
        trace_packet_clone(packet, x->packet);
        return "";
    }
    return make_tracked(x, packet);
}

/* Runs the next table with a copy of which the connection is committed. */
static void
fork_committed(struct trace_exec *x, const char *text)
{
    struct trace_packet packet;
    char *s = xasprintf("%s%s", text, keep_tracked(x, &packet));

    trace_ct_fork(x, &packet, s);
    free(s);
}

/* The name of the zone in an action, as argument. */
static const char *
zone_argument(const struct ovnact_ct_zone *zone)
{
    return zone->dnat_zone ? "(dnat)" : zone->snat_zone ? "(snat)" : "";
}

void
trace_ct_commit_to_zone(struct trace_exec *x, const struct ovnact *a)
{
    const struct ovnact_ct_zone *zone = CONTAINER_OF(a, struct ovnact_ct_zone,
                                                     ovnact);
    char *s = xasprintf("ct_commit_to_zone%s", zone_argument(zone));

    fork_committed(x, s);
    free(s);
}

void
trace_ct_commit_nat(struct trace_exec *x, const struct ovnact *a)
{
    const struct ovnact_ct_zone *zone = CONTAINER_OF(a, struct ovnact_ct_zone,
                                                     ovnact);
    char *s = xasprintf("ct_commit_nat%s /* assuming no un-nat entry, so no "
                        "change */", zone_argument(zone));

    fork_committed(x, s);
    free(s);
}

/* Puts the port of the side that is translated into the range of 'nat', if it
 * is not there. */
static void
nat_port(struct flow *flow, const struct ovnact_ct_nat *nat, bool dst)
{
    ovs_be16 *portp = dst ? &flow->tp_dst : &flow->tp_src;
    uint16_t port = ntohs(*portp);

    if (nat->addr.port && trace_ct_has_ports(flow)
        && (port < nat->addr.port
            || port > MAX(nat->addr.port, nat->last_port))) {
        *portp = htons(nat->addr.port);
    }
}

/* ct_dnat, ct_snat, and ..._in_czone. */
void
trace_ct_nat(struct trace_exec *x, const struct ovnact *a)
{
    bool dst = (a->type == OVNACT_CT_DNAT
                || a->type == OVNACT_CT_DNAT_IN_CZONE);
    const struct ovnact_ct_nat *nat = CONTAINER_OF(a, struct ovnact_ct_nat,
                                                   ovnact);
    struct trace_packet packet;
    const char *note = keep_tracked(x, &packet);
    struct flow *flow = &packet.flow;
    struct ds s = DS_EMPTY_INITIALIZER;

    ds_put_cstr(&s, ovnact_name(a->type));
    if (!nat->addr.width) {
        ds_put_format(&s, " /* assuming no un-%s entry, so no change */",
                      dst ? "dnat" : "snat");
    } else if (trace_ct_fits(flow, &nat->addr)) {
        trace_ct_set_ip(flow, &nat->addr, dst);
        nat_port(flow, nat, dst);
        flow->ct_state |= dst ? CS_DST_NAT : CS_SRC_NAT;
        ds_put_format(&s, "(ip%d.%s=", nat->addr.width == 32 ? 4 : 6,
                      dst ? "dst" : "src");
        if (nat->addr.width == 32) {
            ds_put_format(&s, IP_FMT")",
                          IP_ARGS(dst ? flow->nw_dst : flow->nw_src));
        } else {
            ipv6_format_addr(dst ? &flow->ipv6_dst : &flow->ipv6_src, &s);
            ds_put_char(&s, ')');
        }
    } else {
        ds_put_cstr(&s, " /* the packet is of the other IP version, so no "
                    "change */");
    }
    ds_put_cstr(&s, note);
    trace_ct_fork(x, &packet, ds_cstr(&s));
    ds_destroy(&s);
}

void
trace_ct_clear(struct trace_exec *x, const struct ovnact *a OVS_UNUSED)
{
    flow_clear_conntrack(&x->packet->flow);
}

/* Actions that read the connection. */

/* Puts 'value' into the result of 'a'. */
static void
set_result(struct trace_exec *x, const struct ovnact *a, ovs_u128 value)
{
    const struct ovnact_call *call = CONTAINER_OF(a, struct ovnact_call,
                                                  ovnact);

    trace_set(x, &call->result, value);
}

void
trace_ct_nw_dst(struct trace_exec *x, const struct ovnact *a)
{
    set_result(x, a, u128_from_u64(ntohl(x->packet->flow.ct_nw_dst)));
}

void
trace_ct_ip6_dst(struct trace_exec *x, const struct ovnact *a)
{
    set_result(x, a, u128_get_be(&x->packet->flow.ct_ipv6_dst,
                                 sizeof x->packet->flow.ct_ipv6_dst));
}

void
trace_ct_tp_dst(struct trace_exec *x, const struct ovnact *a)
{
    set_result(x, a, u128_from_u64(ntohs(x->packet->flow.ct_tp_dst)));
}

void
trace_ct_proto(struct trace_exec *x, const struct ovnact *a)
{
    set_result(x, a, u128_from_u64(x->packet->flow.ct_nw_proto));
}

void
trace_ct_state_save(struct trace_exec *x, const struct ovnact *a)
{
    set_result(x, a, u128_from_u64(x->packet->flow.ct_state & 0xff));
}
