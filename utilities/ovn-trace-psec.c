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
 * other. */

#include <config.h>

#include "utilities/ovn-trace.h"

#include <stdlib.h>
#include <string.h>

#include "lib/addr.h"
#include "ovsdb/ovn-sb-idl.h"
#include "util.h"

/* Whether 'element' says anything about IP. */
static bool
restricts_ip(const struct lsp_addr *element)
{
    return element->n_ip4s || element->n_ip6s;
}

/* Whether 'ip' is the address 'a', or in its subnet if 'a' names a subnet. */
static bool
ip4_matches(const struct addr_ip4 *a, ovs_be32 ip)
{
    ovs_be32 mask = be32_prefix_mask(a->plen);

    return ip == a->addr || (!(a->addr & ~mask) && (ip & mask) == a->addr);
}

static bool
has_ip4(const struct lsp_addr *element, ovs_be32 ip)
{
    for (size_t i = 0; i < element->n_ip4s; i++) {
        if (ip4_matches(&element->ip4s[i], ip)) {
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

/* The link-local address that goes with the Ethernet address is always
 * included. */
static bool
has_ip6(const struct lsp_addr *element, const struct in6_addr *ip)
{
    struct in6_addr lla;

    in6_generate_lla(element->mac, &lla);
    if (ipv6_addr_equals(ip, &lla)) {
        return true;
    }
    for (size_t i = 0; i < element->n_ip6s; i++) {
        if (ip6_matches(&element->ip6s[i], ip)) {
            return true;
        }
    }
    return false;
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

static bool
mac_is(struct eth_addr inner, const struct lsp_addr *element)
{
    return eth_addr_is_zero(inner) || eth_addr_equals(inner, element->mac);
}

static bool
allows_arp(const struct lsp_addr *element, const struct flow *flow)
{
    return (eth_addr_equals(flow->arp_sha, element->mac)
            && (!restricts_ip(element) || has_ip4(element, flow->nw_src)));
}

/* Whether the addresses inside of an ND packet are those of 'element'. */
static bool
allows_nd(const struct lsp_addr *element, const struct flow *flow)
{
    if (flow->tp_src == htons(135)) {
        return mac_is(flow->arp_sha, element);
    }
    return (mac_is(flow->arp_tha, element)
            && (!restricts_ip(element)
                || has_ip6(element, &flow->nd_target)));
}

static bool
allows_in_ip6(const struct lsp_addr *element, const struct flow *flow)
{
    if (restricts_ip(element)
        && (!element->n_ip6s || (!has_ip6(element, &flow->ipv6_src)
                                 && !is_unspecified_icmp6(flow)))) {
        return false;
    }
    return !is_nd(flow, NULL) || allows_nd(element, flow);
}

static bool
allows_in(const struct lsp_addr *element, const struct flow *flow)
{
    if (!eth_addr_equals(flow->dl_src, element->mac)) {
        return false;
    }
    switch (ntohs(flow->dl_type)) {
    case ETH_TYPE_IP:
        return (!restricts_ip(element) || has_ip4(element, flow->nw_src)
                || (element->n_ip4s && is_dhcp_request(flow)));
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
is_subnet_broadcast(const struct lsp_addr *element, ovs_be32 ip)
{
    for (size_t i = 0; i < element->n_ip4s; i++) {
        const struct addr_ip4 *a = &element->ip4s[i];

        if (a->plen < 32
            && ip == (a->addr | ~be32_prefix_mask(a->plen))) {
            return true;
        }
    }
    return false;
}

static bool
allows_out_ip4(const struct lsp_addr *element, ovs_be32 ip)
{
    return (element->n_ip4s
            && (has_ip4(element, ip) || ip == htonl(UINT32_MAX)
                || ip_is_multicast(ip) || is_subnet_broadcast(element, ip)));
}

static bool
allows_out(const struct lsp_addr *element, const struct flow *flow)
{
    if (!eth_addr_equals(flow->dl_dst, element->mac)) {
        return false;
    }
    if (!restricts_ip(element)) {
        return true;
    }
    switch (ntohs(flow->dl_type)) {
    case ETH_TYPE_IP:
        return allows_out_ip4(element, flow->nw_dst);
    case ETH_TYPE_IPV6:
        return (element->n_ip6s
                && (has_ip6(element, &flow->ipv6_dst)
                    || ipv6_addr_is_multicast(&flow->ipv6_dst)));
    default:
        return true;
    }
}

/* Both. */

/* Parses an element, whose words may be separated by commas, too. */
static bool
parse_element(const char *s, struct lsp_addr *element)
{
    char *copy = xstrdup(s);
    char *error;

    for (char *p = copy; *p; p++) {
        *p = *p == ',' ? ' ' : *p;
    }
    bool ok = lsp_addr_parse(copy, element, &error);
    free(copy);
    if (!ok) {
        free(error);
        return false;
    }
    if (!element->has_mac) {
        lsp_addr_destroy(element);
        return false;
    }
    return true;
}

static bool
violates(const struct trace_port *port, const struct flow *flow,
         bool (*allows)(const struct lsp_addr *, const struct flow *))
{
    size_t n = 0;

    for (size_t i = 0; i < port->sb->n_port_security; i++) {
        struct lsp_addr element;

        if (parse_element(port->sb->port_security[i], &element)) {
            bool allowed = allows(&element, flow);

            lsp_addr_destroy(&element);
            if (allowed) {
                return false;
            }
            n++;
        }
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
