/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* A fuzz target: addresses and port security of logical switch ports. */

#include <config.h>
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "lib/port-sec.h"
#include "packets.h"
#include "util.h"

static void
check_addr(const struct lsp_addr *addr)
{
    ovs_assert(addr->kind != LSP_ADDR_STATIC || addr->has_mac);
    ovs_assert(!addr->has_mac || (!eth_addr_is_multicast(addr->mac)
                                  && !eth_addr_is_zero(addr->mac)));
    for (size_t i = 0; i < addr->n_ip4s; i++) {
        ovs_assert(addr->ip4s[i].plen <= 32);
    }
    for (size_t i = 0; i < addr->n_ip6s; i++) {
        ovs_assert(addr->ip6s[i].plen <= 128);
    }
}

static void
parse_addr(const char *text)
{
    struct lsp_addr addr;
    char *error = NULL;

    if (lsp_addr_parse(text, &addr, &error)) {
        ovs_assert(!error);
        check_addr(&addr);
        lsp_addr_destroy(&addr);
    } else {
        ovs_assert(error);
        free(error);
    }
}

static void
parse_port_sec(const char *text)
{
    struct port_sec ps;
    char *error = NULL;

    if (port_sec_parse(text, &ps, &error)) {
        ovs_assert(!error && ps.addr.kind == LSP_ADDR_STATIC);
        check_addr(&ps.addr);
        port_sec_destroy(&ps);
    } else {
        ovs_assert(error);
        free(error);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = xmemdup0((const char *) data, size);

    parse_addr(text);
    parse_port_sec(text);
    free(text);
    return 0;
}
