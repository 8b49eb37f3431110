/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The small compiler of inc-rows-test.c. */

#include <config.h>
#include "tests/inc-rows-test.h"

#include <string.h>

#include "lib/inc-rows.h"
#include "ovsdb/nb-inc.h"
#include "ovsdb/ovn-nb-idl.h"
#include "ovsdb/ovn-sb-idl.h"
#include "ovsdb/sb-inc.h"
#include "util.h"
#include "uuid.h"

static bool
dp_key(const struct ovsdb_idl_row *row_, struct ofpbuf *key)
{
    const struct sbrec_datapath_binding *row
        = CONTAINER_OF(row_, struct sbrec_datapath_binding, header_);

    if (!row->nb_uuid) {
        return false;
    }
    ofpbuf_put(key, row->nb_uuid, sizeof *row->nb_uuid);
    return true;
}

static bool
pb_key(const struct ovsdb_idl_row *row_, struct ofpbuf *key)
{
    const struct sbrec_port_binding *row = CONTAINER_OF(
        row_, struct sbrec_port_binding, header_);

    ofpbuf_put(key, row->logical_port, strlen(row->logical_port));
    return true;
}

static struct inc_rows dp_rows = {
    .name = "dp", .table = &sb_dp_table, .kind = INC_ROWS_KEYED,
    .columns = 1u << SB_DP_COL_TUNNEL_KEY | 1u << SB_DP_COL_NB_UUID,
    .row_key = dp_key
};
static struct inc_rows pb_rows = {
    .name = "pb", .table = &sb_pb_table, .kind = INC_ROWS_KEYED,
    .columns = (1u << SB_PB_COL_LOGICAL_PORT | 1u << SB_PB_COL_DATAPATH
                | 1u << SB_PB_COL_TUNNEL_KEY | 1u << SB_PB_COL_MAC
                | 1u << SB_PB_COL_OPTIONS),
    .row_key = pb_key
};
static struct inc_rows group_rows = {
    .name = "group", .table = &sb_dpg_table, .kind = INC_ROWS_CONTENT
};
static struct inc_rows lflow_rows = {
    .name = "lflow", .table = &sb_lflow_table, .kind = INC_ROWS_CONTENT,
    .columns = (1u << SB_LFLOW_COL_LOGICAL_DP_GROUP
                | 1u << SB_LFLOW_COL_MATCH | 1u << SB_LFLOW_COL_PIPELINE)
};
static struct inc_rows lsp_rows = {
    .name = "lsp", .table = &nb_lsp_table, .kind = INC_ROWS_EXISTING,
    .columns = 1u << NB_LSP_COL_UP, .clear = true
};
static struct inc_members group_members = {
    .name = "group members", .rows = &group_rows,
    .column = SB_DPG_COL_DATAPATHS
};

char
group_of(const struct uuid *ls)
{
    return 'a' + ls->parts[0] % 2;
}

uint32_t
key_of(const struct uuid *ls)
{
    return 1 + ls->parts[0] % 16000000;
}

char
group_name(const struct sbrec_logical_dp_group *dpg)
{
    return (dpg && dpg->n_datapaths && dpg->datapaths[0]->nb_uuid
            ? group_of(dpg->datapaths[0]->nb_uuid) : '?');
}

int
port_number(const char *name)
{
    int number;

    return str_to_int(name + 1, 10, &number) ? number + 1 : 0;
}

static void
ls_unit(struct inc_cx *cx, struct inc_ref ls)
{
    const struct uuid *uuid = inc_uuid(cx, ls);
    char group = group_of(uuid);
    struct inc_row row;

    inc_row_init(&row, &dp_rows, uuid, sizeof *uuid);
    inc_row_integer(&row, SB_DP_COL_TUNNEL_KEY, key_of(uuid));
    inc_row_uuid(&row, SB_DP_COL_NB_UUID, uuid);
    inc_row_emit(cx, &row);

    inc_row_init(&row, &group_rows, &group, 1);
    inc_row_emit(cx, &row);
    inc_member_emit(cx, &group_members, &group, 1,
                    &dp_rows, uuid, sizeof *uuid);

    inc_row_init(&row, &lflow_rows, NULL, 0);
    inc_row_ref(&row, SB_LFLOW_COL_LOGICAL_DP_GROUP, &group_rows, &group, 1);
    inc_row_string(&row, SB_LFLOW_COL_MATCH, "1");
    inc_row_string(&row, SB_LFLOW_COL_PIPELINE, "ingress");
    inc_row_emit(cx, &row);
}

static void
lsp_unit(struct inc_cx *cx, struct inc_ref lsp)
{
    struct inc_ref ls = inc_find_ref(cx, &nb_ls_by_ports, lsp);
    const char *name = nb_lsp_name(cx, lsp);
    size_t n;
    const char *const *addresses = nb_lsp_addresses(cx, lsp, &n);
    struct inc_row row;

    if (n) {
        inc_row_init(&row, &lsp_rows, inc_uuid(cx, lsp), sizeof(struct uuid));
        inc_row_boolean(&row, NB_LSP_COL_UP, n > 1);
        inc_row_emit(cx, &row);
    }
    if (!ls.id) {
        return;
    }

    const struct uuid *uuid = inc_uuid(cx, ls);
    inc_row_init(&row, &pb_rows, name, strlen(name));
    inc_row_string(&row, SB_PB_COL_LOGICAL_PORT, name);
    inc_row_ref(&row, SB_PB_COL_DATAPATH, &dp_rows, uuid, sizeof *uuid);
    inc_row_integer(&row, SB_PB_COL_TUNNEL_KEY, port_number(name));
    inc_row_strings(&row, SB_PB_COL_MAC, addresses, n);
    inc_row_smap(&row, SB_PB_COL_OPTIONS, nb_lsp_options(cx, lsp));
    inc_row_emit(cx, &row);

    char group = group_of(uuid);
    for (size_t i = 0; i < n; i++) {
        inc_row_init(&row, &lflow_rows, NULL, 0);
        inc_row_ref(&row, SB_LFLOW_COL_LOGICAL_DP_GROUP, &group_rows,
                    &group, 1);
        inc_row_string(&row, SB_LFLOW_COL_MATCH, addresses[i]);
        inc_row_string(&row, SB_LFLOW_COL_PIPELINE, "egress");
        inc_row_emit(cx, &row);
    }
}

static struct inc_family ls_family = {
    .name = "ls", .over = &nb_ls_table, .unit = ls_unit,
    .emits = INC_EMITS(&dp_rows.output, &group_rows.output,
                       &group_members.output, &lflow_rows.output)
};
static struct inc_family lsp_family = {
    .name = "lsp", .over = &nb_lsp_table, .unit = lsp_unit,
    .emits = INC_EMITS(&pb_rows.output, &lflow_rows.output,
                       &lsp_rows.output)
};

void
compiler_init(struct compiler *c, const char *nb_remote,
              const char *sb_remote)
{
    memset(c, 0, sizeof *c);
    c->nb = (struct ovsdb_idl_loop) OVSDB_IDL_LOOP_INITIALIZER(
        ovsdb_idl_create(nb_remote, &nbrec_idl_class, true, true));
    c->sb = (struct ovsdb_idl_loop) OVSDB_IDL_LOOP_INITIALIZER(
        ovsdb_idl_create(sb_remote, &sbrec_idl_class, true, true));
    ovsdb_idl_track_add_all(c->nb.idl);
    ovsdb_idl_track_add_all(c->sb.idl);

    c->inc = inc_create("rows");
    inc_set_strict(c->inc, true);
    inc_set_verify_always(c->inc, true);
    nb_inc_add_tables(c->inc, c->nb.idl);
    sb_inc_add_tables(c->inc, c->sb.idl);
    c->nb_writer = inc_writer_create(c->inc, c->nb.idl, OVN_WRITER_NORTHD);
    c->sb_writer = inc_writer_create(c->inc, c->sb.idl, OVN_WRITER_NORTHD);
    inc_writer_add_rows(c->nb_writer, &lsp_rows);
    inc_writer_add_rows(c->sb_writer, &dp_rows);
    inc_writer_add_rows(c->sb_writer, &pb_rows);
    inc_writer_add_rows(c->sb_writer, &group_rows);
    inc_writer_add_rows(c->sb_writer, &lflow_rows);
    inc_writer_add_members(c->sb_writer, &group_members);
    inc_add_family(c->inc, &ls_family);
    inc_add_family(c->inc, &lsp_family);
    inc_start(c->inc);
}

void
compiler_destroy(struct compiler *c)
{
    inc_destroy(c->inc);
    inc_writer_destroy(c->nb_writer);
    inc_writer_destroy(c->sb_writer);
    ovsdb_idl_loop_destroy(&c->nb);
    ovsdb_idl_loop_destroy(&c->sb);
}

static void
compiler_commit(struct ovsdb_idl_loop *loop, struct inc_writer *writer)
{
    int status = ovsdb_idl_loop_commit_and_wait(loop);

    if (status >= 0) {
        inc_writer_done(writer, status == 1);
    }
}

void
compiler_run(struct compiler *c)
{
    struct ovsdb_idl_txn *nb_txn = ovsdb_idl_loop_run(&c->nb);
    struct ovsdb_idl_txn *sb_txn = ovsdb_idl_loop_run(&c->sb);

    inc_writer_note(c->nb_writer);
    inc_writer_note(c->sb_writer);
    inc_idl_sync(c->inc, c->nb.idl);
    inc_idl_sync(c->inc, c->sb.idl);
    if (ovsdb_idl_has_ever_connected(c->nb.idl)
        && ovsdb_idl_has_ever_connected(c->sb.idl)) {
        inc_run(c->inc);
        if (nb_txn) {
            inc_writer_run(c->nb_writer, nb_txn);
        }
        if (sb_txn) {
            inc_writer_run(c->sb_writer, sb_txn);
        }
    }
    compiler_commit(&c->nb, c->nb_writer);
    compiler_commit(&c->sb, c->sb_writer);
}

bool
compiler_is_idle(const struct compiler *c)
{
    return (inc_writer_is_idle(c->nb_writer)
            && inc_writer_is_idle(c->sb_writer));
}
