/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Multicast groups.
 *
 * A port claims the groups that it is in and its membership, so a group exists
 * as long as it has a member.  Ports that are disabled are in none. */

#include <config.h>

#include "northd/multicast.h"

#include <string.h>

#include "northd/compile.h"
#include "northd/datapath.h"
#include "northd/dpset.h"
#include "northd/port.h"
#include "northd/sb-rows.h"
#include "ovsdb/nb-inc.h"
#include "ovsdb/sb-inc.h"
#include "uuid.h"

static struct inc_rows mc_rows = {
    .name = "Multicast_Group",
    .table = &sb_mcg_table,
    .kind = INC_ROWS_KEYED,
    .columns = (1u << SB_MCG_COL_DATAPATH
                | 1u << SB_MCG_COL_NAME
                | 1u << SB_MCG_COL_TUNNEL_KEY),
    .row_key = mc_row_key,
};

static struct inc_members mc_members = {
    .name = "Multicast_Group ports",
    .rows = &mc_rows,
    .column = SB_MCG_COL_PORTS,
};

/* Claims that port 'lsp' of switch 'ls' is in a group. */
static void
join(struct inc_cx *cx, struct inc_ref ls, struct inc_ref lsp,
     const char *name, uint32_t tunnel_key)
{
    const struct mc_key key = {
        .ls = *inc_uuid(cx, ls),
        .tunnel_key = tunnel_key,
    };
    const char *port = nb_lsp_name(cx, lsp);
    struct inc_row row;

    inc_row_init(&row, &mc_rows, &key, sizeof key);
    inc_row_ref(&row, SB_MCG_COL_DATAPATH, &dp_rows, &key.ls, sizeof key.ls);
    inc_row_string(&row, SB_MCG_COL_NAME, name);
    inc_row_integer(&row, SB_MCG_COL_TUNNEL_KEY, tunnel_key);
    inc_row_emit(cx, &row);
    inc_member_emit(cx, &mc_members, &key, sizeof key,
                    &pb_rows, port, strlen(port));
}

static void
port_multicast(struct inc_cx *cx, struct inc_ref lsp)
{
    const struct lsp_info *info = lsp_info(cx, lsp);

    if (!info->key || !info->enabled) {
        return;
    }
    join(cx, info->ls, lsp, MC_FLOOD, MC_KEY_FLOOD);
    if (strcmp(nb_lsp_type(cx, lsp), "router")) {
        join(cx, info->ls, lsp, MC_FLOOD_L2, MC_KEY_FLOOD_L2);
    }
    if (info->unknown) {
        join(cx, info->ls, lsp, MC_UNKNOWN, MC_KEY_UNKNOWN);
        dpset_join(cx, DPSET_SWITCHES_UNKNOWN, info->ls);
    }
}

static struct inc_family port_multicast_family = {
    .name = "port_multicast",
    .over = &nb_lsp_table,
    .uses = INC_USES(&lsp_info_fact),
    .emits = INC_EMITS(&mc_rows.output, &mc_members.output,
                       DPSET_JOIN_EMITS),
    .unit = port_multicast,
};

const struct northd_feature multicast_feature = {
    .name = "multicast",
    .families = FEATURE_FAMILIES(&port_multicast_family),
    .sb_rows = FEATURE_ROWS(&mc_rows),
    .sb_members = FEATURE_MEMBERS(&mc_members),
};
