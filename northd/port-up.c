/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* What the Northbound database is told about a port: whether it is up, and the
 * VLAN that it has got.
 *
 * A controller sets Port_Binding.up once a port's flows are in place; older
 * controllers only set Port_Binding.chassis.  Ports to routers have nothing to
 * wait for. */

#include <config.h>

#include <string.h>

#include "northd/compile.h"
#include "ovsdb/nb-inc.h"
#include "ovsdb/sb-inc.h"

static struct inc_rows lsp_up_rows = {
    .name = "Logical_Switch_Port up",
    .table = &nb_lsp_table,
    .kind = INC_ROWS_EXISTING,
    .columns = 1u << NB_LSP_COL_UP,
};

static struct inc_rows lsp_tag_rows = {
    .name = "Logical_Switch_Port tag",
    .table = &nb_lsp_table,
    .kind = INC_ROWS_EXISTING,
    .columns = 1u << NB_LSP_COL_TAG,
};

static bool
is_up(struct inc_cx *cx, struct inc_ref lsp)
{
    if (!strcmp(nb_lsp_type(cx, lsp), "router")) {
        return true;
    }

    struct inc_ref pb = inc_find_string(cx, &sb_pb_by_logical_port,
                                        nb_lsp_name(cx, lsp));
    const bool *up = sb_pb_up(cx, pb);
    return up ? *up : sb_pb_chassis(cx, pb).id != 0;
}

static void
port_up(struct inc_cx *cx, struct inc_ref lsp)
{
    const struct uuid *uuid = inc_uuid(cx, lsp);
    struct inc_row row;

    inc_row_init(&row, &lsp_up_rows, uuid, sizeof *uuid);
    inc_row_boolean(&row, NB_LSP_COL_UP, is_up(cx, lsp));
    inc_row_emit(cx, &row);
}

static struct inc_family port_up_family = {
    .name = "port_up",
    .over = &nb_lsp_table,
    .emits = INC_EMITS(&lsp_up_rows.output),
    .unit = port_up,
};

/* A port that asks for a certain VLAN gets it. */
static void
port_tag(struct inc_cx *cx, struct inc_ref lsp)
{
    const struct uuid *uuid = inc_uuid(cx, lsp);
    const int64_t *request = nb_lsp_tag_request(cx, lsp);

    if (request && *request) {
        struct inc_row row;

        inc_row_init(&row, &lsp_tag_rows, uuid, sizeof *uuid);
        inc_row_integer(&row, NB_LSP_COL_TAG, *request);
        inc_row_emit(cx, &row);
    }
}

static struct inc_family port_tag_family = {
    .name = "port_tag",
    .over = &nb_lsp_table,
    .emits = INC_EMITS(&lsp_tag_rows.output),
    .unit = port_tag,
};

const struct northd_feature port_up_feature = {
    .name = "port_up",
    .families = FEATURE_FAMILIES(&port_up_family, &port_tag_family),
    .nb_rows = FEATURE_ROWS(&lsp_up_rows, &lsp_tag_rows),
};
