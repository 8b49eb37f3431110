/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef NORTHD_ADDR_H
#define NORTHD_ADDR_H 1

/* The addresses of a logical switch port.
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
 * IP is an IPv4 or an IPv6 address, which may have a prefix length ("/24").
 * See ovn-nb(5). */

#include <stdbool.h>
#include <stddef.h>
#include <netinet/in.h>

#include "openvswitch/types.h"

enum lsp_addr_kind {
    LSP_ADDR_STATIC,
    LSP_ADDR_UNKNOWN,
    LSP_ADDR_DYNAMIC,
    LSP_ADDR_ROUTER,
};

struct addr_ip4 {
    ovs_be32 addr;
    unsigned int plen;          /* 32 if none was given. */
};

struct addr_ip6 {
    struct in6_addr addr;
    unsigned int plen;          /* 128 if none was given. */
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

bool lsp_addr_parse(const char *, struct lsp_addr *, char **errorp);
void lsp_addr_destroy(struct lsp_addr *);

#endif /* northd/addr.h */
