/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Packets that the controller makes in place of another: each action turns a
 * copy of the packet into a new one and runs its nested actions on that.  The
 * fields are as ovn-sb(5) describes them. */

#include <config.h>

#include "utilities/ovn-trace.h"

#include <netinet/icmp6.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"

enum { TTL_MAX = 255 };

/* Packets. */

/* Clears what 'flow' says about layers above Ethernet; the VLAN stays. */
static void
clear_l3(struct flow *flow)
{
    memset((char *) flow + FLOW_SEGMENT_2_ENDS_AT, 0,
           sizeof *flow - FLOW_SEGMENT_2_ENDS_AT);
}

/* Clears what 'flow' says about the layer above IP. */
static void
clear_l4(struct flow *flow)
{
    flow->nd_target = in6addr_any;
    flow->arp_sha = flow->arp_tha = eth_addr_zero;
    flow->tcp_flags = 0;
    flow->tp_src = flow->tp_dst = 0;
    flow->igmp_group_ip4 = 0;
}

static void
make_arp(struct flow *flow)
{
    ovs_be32 src = flow->nw_src;
    ovs_be32 dst = flow->nw_dst;

    clear_l3(flow);
    flow->dl_type = htons(ETH_TYPE_ARP);
    flow->nw_proto = ARP_OP_REQUEST;
    flow->arp_sha = flow->dl_src;
    flow->nw_src = src;
    flow->nw_dst = dst;
}

/* Makes 'flow' an ICMPv6 packet with what is in 'src' and 'dst'. */
static void
make_icmp6_header(struct flow *flow, struct in6_addr src, struct in6_addr dst,
                  uint8_t type, uint8_t code)
{
    clear_l4(flow);
    flow->dl_type = htons(ETH_TYPE_IPV6);
    flow->ipv6_src = src;
    flow->ipv6_dst = dst;
    flow->nw_proto = IPPROTO_ICMPV6;
    flow->nw_ttl = TTL_MAX;
    flow->nw_frag = 0;
    flow->tp_src = htons(type);
    flow->tp_dst = htons(code);
}

static void
make_nd_ns(struct flow *flow)
{
    struct in6_addr target = flow->ipv6_dst;
    struct in6_addr group;

    in6_addr_solicited_node(&group, &target);
    make_icmp6_header(flow, flow->ipv6_src, group, ND_NEIGHBOR_SOLICIT, 0);
    ipv6_multicast_to_ethernet(&flow->dl_dst, &group);
    flow->nd_target = target;
    flow->arp_sha = flow->dl_src;
}

static void
swap_eth(struct flow *flow)
{
    struct eth_addr src = flow->dl_src;

    flow->dl_src = flow->dl_dst;
    flow->dl_dst = src;
}

/* The source of a multicast solicitation's answer is yet to be set. */
static void
make_nd_na(struct flow *flow)
{
    struct in6_addr target = flow->nd_target;

    swap_eth(flow);
    make_icmp6_header(flow, target, flow->ipv6_src, ND_NEIGHBOR_ADVERT, 0);
    flow->nd_target = target;
    flow->arp_tha = flow->dl_src;
}

static void
make_icmp4(struct flow *flow)
{
    clear_l4(flow);
    flow->nw_proto = IPPROTO_ICMP;
    flow->nw_ttl = TTL_MAX;
    flow->nw_frag = 0;
    flow->tp_src = htons(3);    /* Destination unreachable, */
    flow->tp_dst = htons(1);    /* host unreachable. */
}

static void
make_icmp6(struct flow *flow)
{
    /* Destination unreachable, administratively prohibited. */
    make_icmp6_header(flow, flow->ipv6_src, flow->ipv6_dst,
                      ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_ADMIN);
}

static void
swap_l4_ports(struct flow *flow)
{
    ovs_be16 src = flow->tp_src;

    flow->tp_src = flow->tp_dst;
    flow->tp_dst = src;
}

/* Ports change sides; addresses do not, actions do that if they want to. */
static void
make_tcp_reset(struct flow *flow)
{
    swap_l4_ports(flow);
    flow->tcp_flags = htons(TCP_RST);
    flow->nw_ttl = TTL_MAX;
}

static void
make_sctp_abort(struct flow *flow)
{
    swap_l4_ports(flow);
    flow->nw_ttl = TTL_MAX;
}

/* The packets of "reject" go back to the sender. */

static void
swap_addresses(struct flow *flow)
{
    struct in6_addr src6 = flow->ipv6_src;
    ovs_be32 src = flow->nw_src;

    swap_eth(flow);
    flow->nw_src = flow->nw_dst;
    flow->nw_dst = src;
    flow->ipv6_src = flow->ipv6_dst;
    flow->ipv6_dst = src6;
}

static void
make_reject_reset(struct flow *flow)
{
    swap_addresses(flow);
    make_tcp_reset(flow);
}

static void
make_reject_abort(struct flow *flow)
{
    swap_addresses(flow);
    make_sctp_abort(flow);
}

static void
make_reject_icmp4(struct flow *flow)
{
    swap_addresses(flow);
    make_icmp4(flow);
}

static void
make_reject_icmp6(struct flow *flow)
{
    swap_addresses(flow);
    make_icmp6(flow);
}

/* Actions. */

/* What makes the packet of an action out of 'flow', and the heading of what
 * becomes of it. */
struct maker {
    void (*make)(struct flow *flow);
    const char *heading;
};

/* Runs the nested actions of 'a' on the packet that 'maker' makes. */
static void
run_maker(struct trace_exec *x, const struct ovnact *a,
          const struct maker *maker)
{
    const struct ovnact_nest *nest = CONTAINER_OF(a, struct ovnact_nest,
                                                  ovnact);
    struct trace_packet packet;

    trace_packet_clone(&packet, x->packet);
    flow_clear_conntrack(&packet.flow);
    maker->make(&packet.flow);
    trace_nested(x, &packet, nest->nested, maker->heading);
    trace_packet_destroy(&packet);
}

/* NAME { ... }, with one of the names below. */
void
trace_make_packet(struct trace_exec *x, const struct ovnact *a)
{
    static const struct maker makers[] = {
        [OVNACT_ARP] = { make_arp, "arp" },
        [OVNACT_ND_NS] = { make_nd_ns, "nd_ns" },
        [OVNACT_ND_NA] = { make_nd_na, "nd_na" },
        [OVNACT_ND_NA_ROUTER] = { make_nd_na, "nd_na_router" },
        [OVNACT_ICMP4] = { make_icmp4, "icmp4" },
        [OVNACT_ICMP4_ERROR] = { make_icmp4, "icmp4" },
        [OVNACT_ICMP6] = { make_icmp6, "icmp6" },
        [OVNACT_ICMP6_ERROR] = { make_icmp6, "icmp6" },
        [OVNACT_TCP_RESET] = { make_tcp_reset, "tcp_reset" },
        [OVNACT_SCTP_ABORT] = { make_sctp_abort, "sctp_abort" },
    };

    run_maker(x, a, &makers[a->type]);
}

/* reject { ... } */
void
trace_reject(struct trace_exec *x, const struct ovnact *a)
{
    static const struct maker reset = { make_reject_reset, "tcp_reset" };
    static const struct maker abort = { make_reject_abort, "sctp_abort" };
    static const struct maker icmp4 = { make_reject_icmp4, "icmp4" };
    static const struct maker icmp6 = { make_reject_icmp6, "icmp6" };
    const struct flow *flow = &x->packet->flow;

    run_maker(x, a, (flow->nw_proto == IPPROTO_TCP ? &reset
                     : flow->nw_proto == IPPROTO_SCTP ? &abort
                     : flow->dl_type == htons(ETH_TYPE_IP) ? &icmp4
                     : &icmp6));
}

/* What only the controller can write into a packet. */
void
trace_pseudo_load(struct trace_exec *x, const struct ovnact *a)
{
    char *s = trace_format_action(a);

    trace_node_add(x->nodes, TRACE_MODIFY, "%.*s", (int) strlen(s) - 1, s);
    free(s);
}
