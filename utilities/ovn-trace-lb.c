/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Load balancing, with hairpins and affinity, and ECMP.
 *
 * A hairpin is a packet that was load balanced to its own sender.  The
 * controller keeps flows for them that it makes of table Load_Balancer; the
 * same table answers here. */

#include <config.h>

#include "utilities/ovn-trace.h"

#include <stdlib.h>
#include <string.h>

#include "lib/logical.h"
#include "lib/u128.h"
#include "openvswitch/dynamic-string.h"
#include "ovsdb/ovn-sb-idl.h"
#include "smap.h"
#include "socket-util.h"
#include "util.h"
#include "utilities/ovn-trace-ct.h"

/* Bits of ct_mark that ct_lb_mark sets. */
enum {
    CT_MARK_NATTED = 1 << 1,
    CT_MARK_SKIP_SNAT = 1 << 2,
    CT_MARK_FORCE_SNAT = 1 << 3,
};

/* Choosing a backend. */

/* Whether 'b' may get packets such as 'flow'. */
static bool
is_candidate(const struct trace_exec *x, const struct ovnact_lb_backend *b)
{
    return (trace_ct_fits(&x->packet->flow, &b->addr)
            && (!b->lport
                || trace_find_port(x->trace->db, NULL, b->lport)));
}

static bool
addr_equals(const struct ovnact_addr *a, const struct ovnact_addr *b)
{
    return (a->width == b->width && ovs_u128_equals(a->ip, b->ip)
            && (!a->port || !b->port || a->port == b->port));
}

/* The backend that --lb-dst names, or another one, chosen by a hash of the
 * packet; NULL if there is none. */
static const struct ovnact_addr *
choose_backend(const struct trace_exec *x, const struct ovnact_ct_lb *lb)
{
    const struct ovnact_addr *wanted = &x->trace->opts->lb_dst;
    size_t n = 0;

    for (size_t i = 0; i < lb->n_backends; i++) {
        if (is_candidate(x, &lb->backends[i])) {
            if (addr_equals(wanted, &lb->backends[i].addr)) {
                return &lb->backends[i].addr;
            }
            n++;
        }
    }
    if (!n) {
        return NULL;
    }
    n = flow_hash_5tuple(&x->packet->flow, 0) % n;
    for (size_t i = 0; ; i++) {
        if (is_candidate(x, &lb->backends[i]) && !n--) {
            return &lb->backends[i].addr;
        }
    }
}

static void
balance(struct flow *flow, const struct ovnact_addr *addr,
        const struct ovnact_ct_lb *lb)
{
    trace_ct_set_ip(flow, addr, true);
    if (addr->port && trace_ct_has_ports(flow)) {
        flow->tp_dst = htons(addr->port);
    }
    flow->ct_state |= CS_DST_NAT;
    flow->ct_mark |= (CT_MARK_NATTED
                      | (lb->flag == LB_SKIP_SNAT ? CT_MARK_SKIP_SNAT : 0)
                      | (lb->flag == LB_FORCE_SNAT ? CT_MARK_FORCE_SNAT : 0));
}

/* ct_lb_mark and ct_lb_mark_local. */
void
trace_ct_lb(struct trace_exec *x, const struct ovnact *a)
{
    const struct ovnact_ct_lb *lb = CONTAINER_OF(a, struct ovnact_ct_lb,
                                                 ovnact);
    const struct ovnact_addr *addr = choose_backend(x, lb);
    const char *note;
    uint32_t state = trace_ct_state(x, &note);
    struct trace_packet packet;

    if (!lb->n_backends && x->trace->opts->lb_dst.width
        && trace_ct_fits(&x->packet->flow, &x->trace->opts->lb_dst)) {
        addr = &x->trace->opts->lb_dst;
    } else if (lb->n_backends && !addr) {
        trace_error(x, "%s has no backend for this packet",
                    ovnact_name(a->type));
        return;
    }

    trace_packet_clone(&packet, x->packet);
    trace_ct_track(&packet.flow, state);
    if (addr) {
        balance(&packet.flow, addr, lb);
    }
    char *s = xasprintf("%s%s", ovnact_name(a->type), note);
    trace_ct_fork(x, &packet, s);
    free(s);
}

/* Hairpins. */

/* An address and port of a load balancer. */
struct endpoint {
    struct in6_addr ip;         /* IPv4 is mapped. */
    uint16_t port;              /* 0: none. */
};

static bool
parse_endpoint(const char *s, struct endpoint *e)
{
    struct sockaddr_storage ss;

    if (!inet_parse_active(s, 0, &ss, false, NULL)) {
        return false;
    }
    e->ip = ss_get_address(&ss);
    e->port = ss_get_port(&ss);
    return true;
}

static struct in6_addr
flow_ip(const struct flow *flow, bool dst)
{
    struct in6_addr ip;

    if (flow->dl_type == htons(ETH_TYPE_IP)) {
        in6_addr_set_mapped_ipv4(&ip, dst ? flow->nw_dst : flow->nw_src);
        return ip;
    }
    return dst ? flow->ipv6_dst : flow->ipv6_src;
}

static bool
has_datapath(const struct sbrec_logical_dp_group *group,
             const struct sbrec_datapath_binding *dp)
{
    for (size_t i = 0; group && i < group->n_datapaths; i++) {
        if (group->datapaths[i] == dp) {
            return true;
        }
    }
    return false;
}

static bool
lb_is_on(const struct sbrec_load_balancer *lb,
         const struct sbrec_datapath_binding *dp)
{
    for (size_t i = 0; i < lb->n_datapaths; i++) {
        if (lb->datapaths[i] == dp) {
            return true;
        }
    }
    return (has_datapath(lb->datapath_group, dp)
            || has_datapath(lb->ls_datapath_group, dp));
}

static uint8_t
lb_proto(const struct sbrec_load_balancer *lb)
{
    return (!lb->protocol || !strcmp(lb->protocol, "tcp") ? IPPROTO_TCP
            : !strcmp(lb->protocol, "udp") ? IPPROTO_UDP
            : IPPROTO_SCTP);
}

/* The address that replaces the source of hairpins of VIP 'vip' in 'lb'. */
static struct in6_addr
hairpin_snat_ip(const struct sbrec_load_balancer *lb,
                const struct endpoint *vip)
{
    const char *option = smap_get_def(&lb->options, "hairpin_snat_ip", "");
    char *copy = xstrdup(option);
    struct in6_addr result = vip->ip;
    char *save_ptr = NULL;

    for (char *word = strtok_r(copy, " ,", &save_ptr); word;
         word = strtok_r(NULL, " ,", &save_ptr)) {
        struct in6_addr ip;
        ovs_be32 ip4;

        if (ip_parse(word, &ip4)) {
            in6_addr_set_mapped_ipv4(&ip, ip4);
        } else if (!ipv6_parse(word, &ip)) {
            continue;
        }
        if (IN6_IS_ADDR_V4MAPPED(&ip) == IN6_IS_ADDR_V4MAPPED(&vip->ip)) {
            result = ip;
            break;
        }
    }
    free(copy);
    return result;
}

/* Whether 'flow' is a hairpin from 'vip' to 'backend' or, with 'reply', the
 * answer to one, whose source had become 'snat_ip'. */
static bool
is_hairpin(const struct flow *flow, const struct endpoint *vip,
           const struct endpoint *backend, const struct in6_addr *snat_ip,
           bool reply)
{
    struct in6_addr src = flow_ip(flow, false);
    struct in6_addr dst = flow_ip(flow, true);

    if (reply) {
        return (ipv6_addr_equals(&src, &backend->ip)
                && ipv6_addr_equals(&dst, snat_ip)
                && (!vip->port || ntohs(flow->tp_src) == backend->port));
    }
    return (flow->ct_mark & CT_MARK_NATTED
            && ipv6_addr_equals(&src, &backend->ip)
            && ipv6_addr_equals(&dst, &backend->ip)
            && (!vip->port || (ntohs(flow->tp_dst) == backend->port
                               && ntohs(flow->ct_tp_dst) == vip->port)));
}

/* Looks for a VIP 'text' with 'backends', separated by commas, of which the
 * packet is a hairpin. */
static bool
vip_has_hairpin(const struct trace_exec *x,
                const struct sbrec_load_balancer *lb, const char *text,
                const char *backends, bool reply, struct in6_addr *snat_ip)
{
    const struct flow *flow = &x->packet->flow;
    struct endpoint vip, backend;
    char *save_ptr = NULL;
    bool found = false;

    if (!parse_endpoint(text, &vip)
        || (vip.port && flow->nw_proto != lb_proto(lb))) {
        return false;
    }
    *snat_ip = hairpin_snat_ip(lb, &vip);
    char *copy = xstrdup(backends);
    for (char *word = strtok_r(copy, ", ", &save_ptr); word && !found;
         word = strtok_r(NULL, ", ", &save_ptr)) {
        found = (parse_endpoint(word, &backend)
                 && is_hairpin(flow, &vip, &backend, snat_ip, reply));
    }
    free(copy);
    return found;
}

/* Whether the packet was load balanced to its own sender or, with 'reply', is
 * the answer to such a packet.  Then stores the address that replaces the
 * sender's into '*snat_ip'. */
static bool
find_hairpin(const struct trace_exec *x, bool reply, struct in6_addr *snat_ip)
{
    const struct sbrec_load_balancer *lb;

    if (!is_ip_any(&x->packet->flow)) {
        return false;
    }
    SBREC_LOAD_BALANCER_FOR_EACH (lb, x->trace->db->idl) {
        const struct smap_node *node;

        if (!lb_is_on(lb, x->packet->dp->sb)) {
            continue;
        }
        SMAP_FOR_EACH (node, &lb->vips) {
            if (vip_has_hairpin(x, lb, node->key, node->value, reply,
                                snat_ip)) {
                return true;
            }
        }
    }
    return false;
}

/* R = chk_lb_hairpin(); R = chk_lb_hairpin_reply(); */
void
trace_chk_lb_hairpin(struct trace_exec *x, const struct ovnact *a)
{
    const struct ovnact_call *call = CONTAINER_OF(a, struct ovnact_call,
                                                  ovnact);
    bool reply = a->type == OVNACT_CHK_LB_HAIRPIN_REPLY;
    struct in6_addr snat_ip;

    trace_set_bit(x, &call->result, find_hairpin(x, reply, &snat_ip));
}

void
trace_ct_snat_to_vip(struct trace_exec *x, const struct ovnact *a OVS_UNUSED)
{
    struct flow *flow = &x->packet->flow;
    struct in6_addr ip;

    if (!find_hairpin(x, false, &ip)) {
        return;
    }
    if (flow->dl_type == htons(ETH_TYPE_IP)) {
        flow->nw_src = in6_addr_get_mapped_ipv4(&ip);
        trace_modified_symbol(x, "ip4.src");
    } else {
        flow->ipv6_src = ip;
        trace_modified_symbol(x, "ip6.src");
    }
    flow->ct_state |= CS_SRC_NAT;
}

/* Affinity and ECMP: the switch learns them from packets; this one is the
 * first. */
void
trace_chk_learned(struct trace_exec *x, const struct ovnact *a)
{
    const struct ovnact_call *call = CONTAINER_OF(a, struct ovnact_call,
                                                  ovnact);

    trace_set_bit(x, &call->result, false);
}
