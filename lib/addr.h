/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef LIB_ADDR_H
#define LIB_ADDR_H 1

/* IP addresses and prefixes as users write them, and the addresses of a
 * logical switch port.
 *
 * Open vSwitch's ip_parse_cidr() takes 10.0.0.256 for 10.0.0.0, therefore
 * these.  What they print is canonical: equal addresses give equal strings.
 *
 * An element of Logical_Switch_Port.addresses has one of these forms, with
 * words separated by spaces:
 *
 *     MAC [IP]...          the port owns these addresses
 *     unknown              the port owns addresses that nobody knows
 *     dynamic [IP]...      northd chooses the MAC, and IPs that are not given
 *     MAC dynamic          northd chooses the IPs
 *     router               the addresses are those of the router port beyond
 *
 * IP is an IPv4 or an IPv6 address, which may have a prefix length ("/24") or
 * a network mask ("/255.255.255.0").  See ovn-nb(5). */

#include <stdbool.h>
#include <stddef.h>
#include <netinet/in.h>

#include "openvswitch/dynamic-string.h"
#include "openvswitch/types.h"

struct svec;

/* IP addresses. */

struct addr_ip4 {
    ovs_be32 addr;
    unsigned int plen;          /* 32 if none was given. */
};

struct addr_ip6 {
    struct in6_addr addr;
    unsigned int plen;          /* 128 if none was given. */
};

struct addr_ip {
    bool is_ip4;                /* Which one of the union? */
    union {
        struct addr_ip4 ip4;
        struct addr_ip6 ip6;
    };
};

bool addr_ip_parse(const char *, struct addr_ip *);
bool addr_ip_parse_host(const char *, struct addr_ip *);
bool addr_ip_is_host(const struct addr_ip *);
void addr_ip_mask(struct addr_ip *);
void addr_ip_format(const struct addr_ip *, struct ds *);
void addr_ip_format_host(const struct addr_ip *, struct ds *);
char *addr_normalize_host(const char *);
char *addr_normalize_prefix(const char *);

/* Addresses of logical switch ports. */

enum lsp_addr_kind {
    LSP_ADDR_STATIC,
    LSP_ADDR_UNKNOWN,
    LSP_ADDR_DYNAMIC,
    LSP_ADDR_ROUTER,
};

struct lsp_addr {
    enum lsp_addr_kind kind;
    bool has_mac;               /* LSP_ADDR_STATIC always has one. */
    struct eth_addr mac;        /* Unicast and not zero. */
    struct addr_ip4 *ip4s;
    size_t n_ip4s;
    struct addr_ip6 *ip6s;
    size_t n_ip6s;
};

void addr_split_words(const char *, const char *separators, struct svec *);
bool lsp_addr_parse(const char *, struct lsp_addr *, char **errorp);
void lsp_addr_destroy(struct lsp_addr *);

#endif /* lib/addr.h */
