/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Port security: which packets the host behind a port may send, and receive.
 *
 * Each element of Port_Binding.port_security is an Ethernet address, maybe
 * with IP addresses behind it; see port_security in ovn-nb(5).  A packet is
 * allowed if one of the elements allows it.  An element without IP addresses
 * says nothing about IP; one with addresses of one version forbids the
 * other.  An element for VRRP is about packets of the virtual router, see
 * lib/port-sec.h. */

#include <config.h>

#include "utilities/ovn-trace.h"

#include <stdlib.h>
#include <string.h>

#include "lib/port-sec.h"
#include "ovsdb/ovn-sb-idl.h"
#include "util.h"

/* Whether 'element' says anything about IP. */
static bool
restricts_ip(const struct port_sec *element)
{
    return element->addr.n_ip4s || element->addr.n_ip6s;
}

/* Whether 'ip' is the address 'a', or in its subnet if 'a' names a subnet. */
static bool
ip4_matches(const struct addr_ip4 *a, ovs_be32 ip)
{
    ovs_be32 mask = be32_prefix_mask(a->plen);

    return ip == a->addr || (!(a->addr & ~mask) && (ip & mask) == a->addr);
}

static bool
has_ip4(const struct port_sec *element, ovs_be32 ip)
{
    for (size_t i = 0; i < element->addr.n_ip4s; i++) {
        if (ip4_matches(&element->addr.ip4s[i], ip)) {
            return true;
        }
    }
    return false;
}

static bool
ip6_matches(const struct addr_ip6 *a, const struct in6_addr *ip)
{
    struct in6_addr mask = ipv6_create_mask(a->plen);
    struct in6_addr subnet = ipv6_addr_bitand(&a->addr, &mask);
    struct in6_addr masked = ipv6_addr_bitand(ip, &mask);

    return (ipv6_addr_equals(ip, &a->addr)
            || (ipv6_addr_equals(&subnet, &a->addr)
                && ipv6_addr_equals(&masked, &subnet)));
}

/* Whether 'ea' may be in the header of an ARP or ND packet. */
static bool
may_carry_neighbor(const struct port_sec *element, struct eth_addr ea)
{
    return (port_sec_is_own(element, ea)
            || eth_addr_equals(ea, element->addr.mac));
}

/* Whether 'ip' is the link-local address that goes with an Ethernet address of
 * 'element'. */
static bool
is_own_lla(const struct port_sec *element, const struct in6_addr *ip)
{
    const uint8_t *b = ip->s6_addr;
    struct eth_addr ea = { .ea = { b[8] ^ 2, b[9], b[10], b[13], b[14],
                                   b[15] } };
    struct in6_addr lla;

    in6_generate_lla(ea, &lla);
    return ipv6_addr_equals(ip, &lla) && may_carry_neighbor(element, ea);
}

/* Those link-local addresses are always included. */
static bool
has_ip6(const struct port_sec *element, const struct in6_addr *ip)
{
    for (size_t i = 0; i < element->addr.n_ip6s; i++) {
        if (ip6_matches(&element->addr.ip6s[i], ip)) {
            return true;
        }
    }
    return is_own_lla(element, ip);
}

/* Whether 'ea' may be the port's address in the header of 'flow'. */
static bool
is_allowed_mac(const struct port_sec *element, const struct flow *flow,
               struct eth_addr ea)
{
    return (flow->dl_type == htons(ETH_TYPE_ARP) || is_nd(flow, NULL)
            ? may_carry_neighbor(element, ea) : port_sec_is_own(element, ea));
}

/* Sending. */

/* Before it has an address, a host sends DHCP requests without one. */
static bool
is_dhcp_request(const struct flow *flow)
{
    return (flow->nw_proto == IPPROTO_UDP && !flow->nw_src
            && flow->nw_dst == htonl(UINT32_MAX)
            && flow->tp_src == htons(68) && flow->tp_dst == htons(67));
}

/* The same for IPv6: duplicate address detection, MLD, router discovery. */
static bool
is_unspecified_icmp6(const struct flow *flow)
{
    struct in6_addr all_link_local = ipv6_create_mask(16);
    struct in6_addr prefix = ipv6_addr_bitand(&flow->ipv6_dst,
                                              &all_link_local);
    uint8_t type = ntohs(flow->tp_src);

    return (flow->nw_proto == IPPROTO_ICMPV6
            && ipv6_addr_equals(&flow->ipv6_src, &in6addr_any)
            && prefix.s6_addr[0] == 0xff && prefix.s6_addr[1] == 0x02
            && (type == 131 || type == 133 || type == 135 || type == 143));
}

/* Whether 'inner', the sender's address inside of an ND packet, is right. */
static bool
mac_is(struct eth_addr inner, const struct port_sec *element)
{
    return eth_addr_is_zero(inner) || port_sec_is_own(element, inner);
}

static bool
allows_arp(const struct port_sec *element, const struct flow *flow)
{
    return (port_sec_is_own(element, flow->arp_sha)
            && (!restricts_ip(element) || has_ip4(element, flow->nw_src)));
}

/* Whether the addresses inside of an ND packet are those of 'element'. */
static bool
allows_nd(const struct port_sec *element, const struct flow *flow)
{
    if (flow->tp_src == htons(135)) {
        return mac_is(flow->arp_sha, element);
    }
    return (mac_is(flow->arp_tha, element)
            && (!restricts_ip(element)
                || has_ip6(element, &flow->nd_target)));
}

static bool
allows_in_ip6(const struct port_sec *element, const struct flow *flow)
{
    if (restricts_ip(element)
        && (!element->addr.n_ip6s || (!has_ip6(element, &flow->ipv6_src)
                                 && !is_unspecified_icmp6(flow)))) {
        return false;
    }
    return !is_nd(flow, NULL) || allows_nd(element, flow);
}

static bool
allows_in(const struct port_sec *element, const struct flow *flow)
{
    if (!is_allowed_mac(element, flow, flow->dl_src)) {
        return false;
    }
    switch (ntohs(flow->dl_type)) {
    case ETH_TYPE_IP:
        return (!restricts_ip(element) || has_ip4(element, flow->nw_src)
                || (element->addr.n_ip4s && is_dhcp_request(flow)));
    case ETH_TYPE_ARP:
        return allows_arp(element, flow);
    case ETH_TYPE_IPV6:
        return allows_in_ip6(element, flow);
    default:
        return true;
    }
}

/* Receiving. */

/* Whether 'ip' is the broadcast address of a subnet of 'element'. */
static bool
is_subnet_broadcast(const struct port_sec *element, ovs_be32 ip)
{
    for (size_t i = 0; i < element->addr.n_ip4s; i++) {
        const struct addr_ip4 *a = &element->addr.ip4s[i];

        if (a->plen < 32
            && ip == (a->addr | ~be32_prefix_mask(a->plen))) {
            return true;
        }
    }
    return false;
}

static bool
allows_out_ip4(const struct port_sec *element, ovs_be32 ip)
{
    return (element->addr.n_ip4s
            && (has_ip4(element, ip) || ip == htonl(UINT32_MAX)
                || ip_is_multicast(ip) || is_subnet_broadcast(element, ip)));
}

static bool
allows_out(const struct port_sec *element, const struct flow *flow)
{
    if (!is_allowed_mac(element, flow, flow->dl_dst)) {
        return false;
    }
    if (!restricts_ip(element)) {
        return true;
    }
    switch (ntohs(flow->dl_type)) {
    case ETH_TYPE_IP:
        return allows_out_ip4(element, flow->nw_dst);
    case ETH_TYPE_IPV6:
        return (element->addr.n_ip6s
                && (has_ip6(element, &flow->ipv6_dst)
                    || ipv6_addr_is_multicast(&flow->ipv6_dst)));
    default:
        return true;
    }
}

/* Both. */

static bool
violates(const struct trace_port *port, const struct flow *flow,
         bool (*allows)(const struct port_sec *, const struct flow *))
{
    size_t n = 0;

    for (size_t i = 0; i < port->sb->n_port_security; i++) {
        struct port_sec element;
        char *error;

        if (!port_sec_parse(port->sb->port_security[i], &element, &error)) {
            free(error);
            continue;
        }
        bool allowed = allows(&element, flow);
        port_sec_destroy(&element);
        if (allowed) {
            return false;
        }
        n++;
    }
    return n > 0;
}

bool
trace_psec_violates_in(const struct trace_port *port, const struct flow *flow)
{
    return violates(port, flow, allows_in);
}

bool
trace_psec_violates_out(const struct trace_port *port,
                        const struct flow *flow)
{
    return (!eth_addr_is_multicast(flow->dl_dst)
            && violates(port, flow, allows_out));
}
