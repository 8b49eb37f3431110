/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Where a logical switch sends a frame, by its destination:
 *
 *   - broadcast and multicast: to all ports;
 *   - an Ethernet address that a port owns: to that port, or nowhere if the
 *     port is disabled;
 *   - another address: to where the FDB has seen it, otherwise to the ports
 *     whose addresses are unknown, if there are any. */

#include <config.h>

#include <stdlib.h>

#include "lib/addr.h"
#include "northd/compile.h"
#include "northd/lflow.h"
#include "northd/multicast.h"
#include "northd/port.h"
#include "ovsdb/nb-inc.h"
#include "packets.h"

static void
ls_lookup(struct inc_cx *cx, struct inc_ref set)
{
    switch (dpset_get(cx, set)) {
    case DPSET_SWITCHES:
        lflow_emit_set(cx, DPSET_SWITCHES, S_SWITCH_IN_L2_LKUP, 70,
                       "eth.mcast", "outport = \""MC_FLOOD"\"; output;",
                       NULL);
        lflow_emit_set(cx, DPSET_SWITCHES, S_SWITCH_IN_L2_LKUP, 0, "1",
                       "outport = get_fdb(eth.dst); next;", NULL);
        lflow_emit_set(cx, DPSET_SWITCHES, S_SWITCH_IN_L2_UNKNOWN, 50,
                       "outport == \"none\"", "drop;", NULL);
        break;
    case DPSET_SWITCHES_UNKNOWN:
        lflow_emit_set(cx, DPSET_SWITCHES_UNKNOWN, S_SWITCH_IN_L2_UNKNOWN, 55,
                       "outport == \"none\"",
                       "outport = \""MC_UNKNOWN"\"; output;", NULL);
        break;
    case DPSET_SWITCHES_UNTAGGED:
        break;
    }
}

static struct inc_family ls_lookup_family = {
    .name = "ls_lookup",
    .over = &dpset_table,
    .emits = INC_EMITS(&lflow_rows.output),
    .unit = ls_lookup,
};

/* Emits the flow that sends frames for 'mac' to 'lsp'. */
static void
port_mac(struct inc_cx *cx, struct inc_ref lsp, const struct lsp_info *info,
         const struct eth_addr mac)
{
    const char *match = inc_sprintf(cx, "eth.dst == "ETH_ADDR_FMT,
                                    ETH_ADDR_ARGS(mac));
    const char *actions = (info->enabled
                           ? lsp_match(cx, "outport = %s; output;", lsp)
                           : "drop;");

    lflow_emit_dp(cx, info->ls, S_SWITCH_IN_L2_LKUP, 50, match, actions,
                  LFLOW_HINT(lsp));
}

static void
port_address(struct inc_cx *cx, struct inc_ref lsp,
             const struct lsp_info *info, const char *s)
{
    struct lsp_addr addr;
    char *error;

    if (!lsp_addr_parse(s, &addr, &error)) {
        inc_warn(cx, "logical switch port %s: address \"%s\": %s",
                 nb_lsp_name(cx, lsp), s, error);
        free(error);
        return;
    }
    switch (addr.kind) {
    case LSP_ADDR_STATIC:
        port_mac(cx, lsp, info, addr.mac);
        break;
    case LSP_ADDR_DYNAMIC:
        inc_warn(cx, "logical switch port %s: address \"%s\": dynamic "
                 "addresses are not supported yet", nb_lsp_name(cx, lsp), s);
        break;
    case LSP_ADDR_ROUTER:
        inc_warn(cx, "logical switch port %s: address \"%s\": routers are "
                 "not supported yet", nb_lsp_name(cx, lsp), s);
        break;
    case LSP_ADDR_UNKNOWN:      /* See multicast.c. */
        break;
    }
    lsp_addr_destroy(&addr);
}

static void
port_lookup(struct inc_cx *cx, struct inc_ref lsp)
{
    const struct lsp_info *info = lsp_info(cx, lsp);
    size_t n;

    if (!info->key) {
        return;
    }
    const char *const *addresses = nb_lsp_addresses(cx, lsp, &n);
    for (size_t i = 0; i < n; i++) {
        port_address(cx, lsp, info, addresses[i]);
    }
}

static struct inc_family port_lookup_family = {
    .name = "port_lookup",
    .over = &nb_lsp_table,
    .uses = INC_USES(&lsp_info_fact),
    .emits = INC_EMITS(&lflow_rows.output),
    .unit = port_lookup,
};

const struct northd_feature ls_lookup_feature = {
    .name = "ls_lookup",
    .families = FEATURE_FAMILIES(&ls_lookup_family, &port_lookup_family),
};
