/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* A fuzz target: addresses of logical switch ports. */

#include <config.h>
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "lib/addr.h"
#include "packets.h"
#include "util.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = xmemdup0((const char *) data, size);
    struct lsp_addr addr;
    char *error = NULL;

    if (lsp_addr_parse(text, &addr, &error)) {
        ovs_assert(!error);
        ovs_assert(addr.kind != LSP_ADDR_STATIC || addr.has_mac);
        ovs_assert(!addr.has_mac || (!eth_addr_is_multicast(addr.mac)
                                     && !eth_addr_is_zero(addr.mac)));
        for (size_t i = 0; i < addr.n_ip4s; i++) {
            ovs_assert(addr.ip4s[i].plen <= 32);
        }
        for (size_t i = 0; i < addr.n_ip6s; i++) {
            ovs_assert(addr.ip6s[i].plen <= 128);
        }
        lsp_addr_destroy(&addr);
    } else {
        ovs_assert(error);
        free(error);
    }
    free(text);
    return 0;
}
