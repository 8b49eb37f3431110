/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Which function does what an action says.
 *
 * The compiler complains about an action of lib/actions.def that is not
 * here. */

#include <config.h>

#include "utilities/ovn-trace.h"

#include "util.h"

/* Nothing that the packet, or a trace of it, could show. */
static void
no_effect(struct trace_exec *x OVS_UNUSED, const struct ovnact *a OVS_UNUSED)
{
}

static trace_func *
action_func(enum ovnact_type type)
{
    switch (type) {
    case OVNACT_OUTPUT: return trace_output;
    case OVNACT_NEXT: return trace_next;
    case OVNACT_CLONE: return trace_clone;
    case OVNACT_MIRROR: return trace_mirror;
    case OVNACT_FWD_GROUP: return trace_fwd_group;

    case OVNACT_LOAD: return trace_load;
    case OVNACT_MOVE: return trace_move;
    case OVNACT_EXCHANGE: return trace_exchange;
    case OVNACT_PUSH: return trace_push;
    case OVNACT_POP: return trace_pop;
    case OVNACT_DEC_TTL: return trace_dec_ttl;
    case OVNACT_CHECK_PKT_LARGER: return trace_check_pkt_larger;
    case OVNACT_SELECT: return trace_select;

    case OVNACT_GET_ARP:
    case OVNACT_GET_ND: return trace_get_neighbor;
    case OVNACT_LOOKUP_ARP:
    case OVNACT_LOOKUP_ND:
    case OVNACT_LOOKUP_ARP_IP:
    case OVNACT_LOOKUP_ND_IP: return trace_lookup_neighbor;
    case OVNACT_CHK_EVPN_ARP: return trace_chk_evpn_arp;
    case OVNACT_GET_FDB: return trace_get_fdb;
    case OVNACT_GET_REMOTE_FDB: return trace_get_remote_fdb;
    case OVNACT_LOOKUP_FDB: return trace_lookup_fdb;
    case OVNACT_FLOOD_REMOTE: return trace_flood_remote;
    case OVNACT_CHECK_IN_PORT_SEC:
    case OVNACT_CHECK_OUT_PORT_SEC: return trace_check_port_sec;

    case OVNACT_CT_NEXT: return trace_ct_next;
    case OVNACT_CT_COMMIT_TO_ZONE: return trace_ct_commit_to_zone;
    case OVNACT_CT_COMMIT_NAT: return trace_ct_commit_nat;
    case OVNACT_CT_DNAT:
    case OVNACT_CT_SNAT:
    case OVNACT_CT_DNAT_IN_CZONE:
    case OVNACT_CT_SNAT_IN_CZONE: return trace_ct_nat;
    case OVNACT_CT_CLEAR: return trace_ct_clear;
    case OVNACT_CT_NW_DST: return trace_ct_nw_dst;
    case OVNACT_CT_IP6_DST: return trace_ct_ip6_dst;
    case OVNACT_CT_TP_DST: return trace_ct_tp_dst;
    case OVNACT_CT_PROTO: return trace_ct_proto;
    case OVNACT_CT_STATE_SAVE: return trace_ct_state_save;

    case OVNACT_CT_LB_MARK:
    case OVNACT_CT_LB_MARK_LOCAL: return trace_ct_lb;
    case OVNACT_CHK_LB_HAIRPIN:
    case OVNACT_CHK_LB_HAIRPIN_REPLY: return trace_chk_lb_hairpin;
    case OVNACT_CT_SNAT_TO_VIP: return trace_ct_snat_to_vip;
    case OVNACT_CHK_LB_AFF:
    case OVNACT_CHK_ECMP_NH:
    case OVNACT_CHK_ECMP_NH_MAC: return trace_chk_learned;

    case OVNACT_ARP:
    case OVNACT_ND_NS:
    case OVNACT_ND_NA:
    case OVNACT_ND_NA_ROUTER:
    case OVNACT_ICMP4:
    case OVNACT_ICMP4_ERROR:
    case OVNACT_ICMP6:
    case OVNACT_ICMP6_ERROR:
    case OVNACT_TCP_RESET:
    case OVNACT_SCTP_ABORT: return trace_make_packet;
    case OVNACT_REJECT: return trace_reject;
    case OVNACT_PSEUDO_LOAD: return trace_pseudo_load;

    case OVNACT_PUT_DHCP_OPTS: return trace_put_dhcp_opts;
    case OVNACT_PUT_DHCPV6_OPTS: return trace_put_dhcpv6_opts;
    case OVNACT_PUT_ND_RA_OPTS: return trace_put_nd_ra_opts;
    case OVNACT_DNS_LOOKUP: return trace_dns_lookup;
    case OVNACT_DHCP_RELAY_REQ_CHK:
    case OVNACT_DHCP_RELAY_RESP_CHK: return trace_chk_dhcp_relay;
    case OVNACT_LOG: return trace_log;

    case OVNACT_SET_QUEUE:      /* Concerns physical interfaces. */
    case OVNACT_SET_METER:      /* One packet is within every rate. */
    case OVNACT_SAMPLE:
    case OVNACT_MAC_CACHE_USE:
    case OVNACT_PUT_FDB:        /* What is learned or committed... */
    case OVNACT_PUT_ARP:
    case OVNACT_PUT_ND:
    case OVNACT_CT_COMMIT:
    case OVNACT_COMMIT_LB_AFF:
    case OVNACT_COMMIT_ECMP_NH: /* ...matters for later packets. */
    case OVNACT_IGMP:           /* The controller consumes the packet. */
    case OVNACT_TRIGGER_EVENT:
    case OVNACT_BIND_VPORT:
    case OVNACT_HANDLE_SVC_CHECK:
    case OVNACT_HANDLE_DHCPV6_REPLY:
    case OVNACT_HANDLE_BFD_MSG: return no_effect;

    case OVNACT_N_TYPES: break;
    }
    OVS_NOT_REACHED();
}

void
trace_action(struct trace_exec *x, const struct ovnact *a)
{
    action_func(a->type)(x, a);
}
