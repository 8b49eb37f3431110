/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The incremental engine between two real databases.
 *
 * usage: test-ovn inc-rows NB-REMOTE SB-REMOTE [BATCHES [SEED]]
 *
 * A small compiler turns the Northbound database's switches and ports into
 * Southbound rows of every kind that lib/inc-rows.h knows.  A second pair of
 * connections edits both databases at random: switches and ports come, go,
 * move and change, rows of the compiler's output are deleted, altered and
 * forged, and connections are cut.  After each batch the Southbound database
 * must be what the Northbound database asks for, and inc_verify() must
 * agree; and starting again must write nothing. */

#include <config.h>
#include "tests/test-ovn.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "lib/inc-rows.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "ovsdb-idl.h"
#include "ovsdb/nb-inc.h"
#include "ovsdb/ovn-nb-idl.h"
#include "ovsdb/ovn-sb-idl.h"
#include "ovsdb/sb-inc.h"
#include "random.h"
#include "timeval.h"
#include "util.h"
#include "uuid.h"

enum { N_SWITCHES = 6, N_PORTS = 30 };

/* The compiler. */

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

/* Switches of one parity form a group. */
static char
group_of(const struct uuid *ls)
{
    return 'a' + ls->parts[0] % 2;
}

static uint32_t
key_of(const struct uuid *ls)
{
    return 1 + ls->parts[0] % 16000000;
}

static char
group_name(const struct sbrec_logical_dp_group *dpg)
{
    return (dpg && dpg->n_datapaths && dpg->datapaths[0]->nb_uuid
            ? group_of(dpg->datapaths[0]->nb_uuid) : '?');
}

/* Ports are called p0, p1, ... */
static int
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

struct compiler {
    struct ovsdb_idl_loop nb, sb;
    struct inc *inc;
    struct inc_writer *nb_writer, *sb_writer;
    unsigned int nb_seqno, sb_seqno;
};

static void
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

static void
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

static void
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

static bool
compiler_is_idle(const struct compiler *c)
{
    return (inc_writer_is_idle(c->nb_writer)
            && inc_writer_is_idle(c->sb_writer));
}

/* Editing, through connections of our own. */

struct editor {
    struct ovsdb_idl *nb, *sb;
};

static uint32_t
pick(uint32_t n)
{
    return random_range(n);
}

static const struct nbrec_logical_switch *
some_switch(struct ovsdb_idl *idl)
{
    const struct nbrec_logical_switch *ls;
    int i = pick(N_SWITCHES);

    NBREC_LOGICAL_SWITCH_FOR_EACH (ls, idl) {
        if (!i--) {
            return ls;
        }
    }
    return NULL;
}

static const struct nbrec_logical_switch *
switch_of(struct ovsdb_idl *idl, const struct nbrec_logical_switch_port *lsp)
{
    const struct nbrec_logical_switch *ls;

    NBREC_LOGICAL_SWITCH_FOR_EACH (ls, idl) {
        for (size_t i = 0; i < ls->n_ports; i++) {
            if (ls->ports[i] == lsp) {
                return ls;
            }
        }
    }
    return NULL;
}

static const struct nbrec_logical_switch_port *
find_port(struct ovsdb_idl *idl, const char *name)
{
    const struct nbrec_logical_switch_port *lsp;

    NBREC_LOGICAL_SWITCH_PORT_FOR_EACH (lsp, idl) {
        if (!strcmp(lsp->name, name)) {
            return lsp;
        }
    }
    return NULL;
}

static void
set_addresses(const struct nbrec_logical_switch_port *lsp)
{
    const char *addresses[] = { "a", "b", "c", "d" };
    size_t first = pick(4);

    nbrec_logical_switch_port_set_addresses(lsp, &addresses[first],
                                            pick(5 - first));
}

static void
edit_port(struct editor *e, struct ovsdb_idl_txn *txn)
{
    const struct nbrec_logical_switch *ls = some_switch(e->nb);
    char name[8];

    snprintf(name, sizeof name, "p%"PRIu32, pick(N_PORTS));
    const struct nbrec_logical_switch_port *lsp = find_port(e->nb, name);
    if (!lsp) {
        if (ls) {
            if (pick(4)) {
                lsp = nbrec_logical_switch_port_insert(txn);
            } else {
                /* A UUID that comes again. */
                struct uuid uuid = { { 1, 2, 3, hash_string(name, 0) } };
                lsp = nbrec_logical_switch_port_insert_persist_uuid(txn,
                                                                    &uuid);
            }
            nbrec_logical_switch_port_set_name(lsp, name);
            set_addresses(lsp);
            nbrec_logical_switch_update_ports_addvalue(ls, lsp);
        }
        return;
    }

    const struct nbrec_logical_switch *old = switch_of(e->nb, lsp);
    switch (pick(4)) {
    case 0:
        set_addresses(lsp);
        break;
    case 1:
        nbrec_logical_switch_port_update_options_setkey(
            lsp, "k", pick(2) ? "x" : "y");
        break;
    case 2:
        if (old) {
            nbrec_logical_switch_update_ports_delvalue(old, lsp);
        }
        break;
    case 3:
        if (old && ls && ls != old) {
            nbrec_logical_switch_update_ports_delvalue(old, lsp);
            nbrec_logical_switch_update_ports_addvalue(ls, lsp);
        }
        break;
    }
}

static void
edit_switch(struct editor *e, struct ovsdb_idl_txn *txn)
{
    const struct nbrec_logical_switch *ls = some_switch(e->nb);

    if (!ls) {
        nbrec_logical_switch_insert(txn);
    } else if (!pick(3)) {
        nbrec_logical_switch_delete(ls);
    } else {
        nbrec_logical_switch_set_name(ls, pick(2) ? "x" : "y");
    }
}

/* What nobody should do to the compiler's output. */

/* A port binding loses what is in it, or goes, or takes another UUID, with
 * which the compiler must live. */
static void
tamper_with_binding(struct ovsdb_idl_txn *txn,
                    const struct sbrec_port_binding *pb)
{
    uint32_t what = pick(3);

    if (!what) {
        sbrec_port_binding_set_mac(pb, NULL, 0);
        return;
    }
    if (what == 1) {
        const struct sbrec_port_binding *other
            = sbrec_port_binding_insert(txn);

        sbrec_port_binding_set_logical_port(other, pb->logical_port);
        sbrec_port_binding_set_datapath(other, pb->datapath);
        sbrec_port_binding_set_tunnel_key(other, pb->tunnel_key);
    }
    sbrec_port_binding_delete(pb);
}

static void
forge_binding(struct editor *e, struct ovsdb_idl_txn *txn)
{
    const struct sbrec_port_binding *pb = sbrec_port_binding_first(e->sb);

    if (pb && !find_port(e->nb, "forged")) {
        const struct sbrec_port_binding *forged
            = sbrec_port_binding_insert(txn);

        sbrec_port_binding_set_logical_port(forged, "forged");
        sbrec_port_binding_set_datapath(forged, pb->datapath);
        sbrec_port_binding_set_tunnel_key(forged, 999);
    }
}

/* A datapath that is nobody's, or of a switch that has one. */
static void
forge_datapath(struct editor *e, struct ovsdb_idl_txn *txn)
{
    const struct sbrec_datapath_binding *forged, *dp;

    dp = sbrec_datapath_binding_first(e->sb);
    forged = sbrec_datapath_binding_insert(txn);

    sbrec_datapath_binding_set_tunnel_key(forged, 16000001 + pick(10000));
    if (dp && dp->nb_uuid && pick(4)) {
        sbrec_datapath_binding_set_nb_uuid(forged, dp->nb_uuid, 1);
    }
}

/* Takes a group's members away, or puts another in the place of one. */
static void
tamper_with_group(struct editor *e, const struct sbrec_logical_dp_group *dpg)
{
    const struct sbrec_datapath_binding *dp;

    if (!dpg->n_datapaths || pick(2)) {
        sbrec_logical_dp_group_set_datapaths(dpg, NULL, 0);
        return;
    }
    SBREC_DATAPATH_BINDING_FOR_EACH (dp, e->sb) {
        if (dp->nb_uuid && group_of(dp->nb_uuid) != group_name(dpg)) {
            sbrec_logical_dp_group_set_datapaths(
                dpg, CONST_CAST(struct sbrec_datapath_binding **, &dp), 1);
            return;
        }
    }
}

static void
tamper(struct editor *e, struct ovsdb_idl_txn *txn)
{
    const struct sbrec_port_binding *pb = sbrec_port_binding_first(e->sb);
    const struct sbrec_logical_flow *lflow = sbrec_logical_flow_first(e->sb);
    const struct sbrec_logical_dp_group *dpg
        = sbrec_logical_dp_group_first(e->sb);

    switch (pick(7)) {
    case 0:
    case 1:
        if (pb) {
            tamper_with_binding(txn, pb);
        }
        break;
    case 2:
        if (lflow) {
            sbrec_logical_flow_delete(lflow);
        }
        break;
    case 3:
        lflow = sbrec_logical_flow_insert(txn);
        sbrec_logical_flow_set_pipeline(lflow, "ingress");
        sbrec_logical_flow_set_match(lflow, "x");
        break;
    case 4:
        if (dpg) {
            tamper_with_group(e, dpg);
        }
        break;
    case 5:
        forge_binding(e, txn);
        break;
    case 6:
        forge_datapath(e, txn);
        break;
    }
}

static void
edit(struct editor *e, struct ovsdb_idl *idl,
     void (*cb)(struct editor *, struct ovsdb_idl_txn *))
{
    struct ovsdb_idl_txn *txn = ovsdb_idl_txn_create(idl);

    cb(e, txn);
    /* What the database refuses is as good as no edit. */
    ovsdb_idl_txn_commit_block(txn);
    ovsdb_idl_txn_destroy(txn);
}

/* The oracle: a list of lines that says what the databases must hold. */

static void
put_sorted_set(struct ds *s, char *const *strings, size_t n)
{
    /* The IDL sorts sets. */
    for (size_t i = 0; i < n; i++) {
        ds_put_format(s, " %s", strings[i]);
    }
}

static int
compare_lines(const void *a_, const void *b_)
{
    const char *const *a = a_;
    const char *const *b = b_;

    return strcmp(*a, *b);
}

/* Sorts the lines of 's' and removes duplicates. */
static void
sort_lines(struct ds *s)
{
    char **lines = NULL;
    size_t n = 0, allocated = 0;
    struct ds out = DS_EMPTY_INITIALIZER;
    char *save = NULL;

    for (char *line = strtok_r(ds_cstr(s), "\n", &save); line;
         line = strtok_r(NULL, "\n", &save)) {
        if (n >= allocated) {
            lines = x2nrealloc(lines, &allocated, sizeof *lines);
        }
        lines[n++] = line;
    }
    if (n) {
        qsort(lines, n, sizeof *lines, compare_lines);
    }
    for (size_t i = 0; i < n; i++) {
        if (!i || strcmp(lines[i - 1], lines[i])) {
            ds_put_format(&out, "%s\n", lines[i]);
        }
    }
    free(lines);
    ds_swap(s, &out);
    ds_destroy(&out);
}

static void
put_group(struct ds *s, const struct uuid *ls)
{
    ds_put_format(s, "group %c has "UUID_FMT"\n", group_of(ls),
                  UUID_ARGS(ls));
}

static void
expect(struct ovsdb_idl *nb, struct ds *s)
{
    const struct nbrec_logical_switch *ls;

    NBREC_LOGICAL_SWITCH_FOR_EACH (ls, nb) {
        const struct uuid *uuid = &ls->header_.uuid;

        ds_put_format(s, "dp "UUID_FMT" %"PRIu32"\n", UUID_ARGS(uuid),
                      key_of(uuid));
        put_group(s, uuid);
        ds_put_format(s, "lflow %c ingress 1\n", group_of(uuid));
        for (size_t i = 0; i < ls->n_ports; i++) {
            const struct nbrec_logical_switch_port *lsp = ls->ports[i];
            const char *k = smap_get_def(&lsp->options, "k", "-");

            ds_put_format(s, "pb %s "UUID_FMT" %s", lsp->name,
                          UUID_ARGS(uuid), k);
            put_sorted_set(s, lsp->addresses, lsp->n_addresses);
            ds_put_char(s, '\n');
            ds_put_format(s, "up %s %s\n", lsp->name,
                          (!lsp->n_addresses ? "unset"
                           : lsp->n_addresses > 1 ? "true" : "false"));
            for (size_t j = 0; j < lsp->n_addresses; j++) {
                ds_put_format(s, "lflow %c egress %s\n", group_of(uuid),
                              lsp->addresses[j]);
            }
        }
    }
    sort_lines(s);
}

static void
observe(struct ovsdb_idl *nb, struct ovsdb_idl *sb, struct ds *s)
{
    const struct nbrec_logical_switch_port *lsp;
    const struct sbrec_datapath_binding *dp;
    const struct sbrec_port_binding *pb;
    const struct sbrec_logical_flow *lflow;
    const struct sbrec_logical_dp_group *dpg;

    NBREC_LOGICAL_SWITCH_PORT_FOR_EACH (lsp, nb) {
        ds_put_format(s, "up %s %s\n", lsp->name,
                      lsp->n_up ? *lsp->up ? "true" : "false" : "unset");
    }
    SBREC_DATAPATH_BINDING_FOR_EACH (dp, sb) {
        /* Without a key it is nobody's. */
        if (dp->nb_uuid) {
            ds_put_format(s, "dp "UUID_FMT" %"PRId64"\n",
                          UUID_ARGS(dp->nb_uuid), dp->tunnel_key);
        }
    }
    SBREC_LOGICAL_DP_GROUP_FOR_EACH (dpg, sb) {
        for (size_t i = 0; i < dpg->n_datapaths; i++) {
            ds_put_format(s, "group %c has "UUID_FMT"\n", group_name(dpg),
                          UUID_ARGS(dpg->datapaths[i]->nb_uuid));
        }
    }
    SBREC_PORT_BINDING_FOR_EACH (pb, sb) {
        ds_put_format(s, "pb %s "UUID_FMT" %s", pb->logical_port,
                      UUID_ARGS(pb->datapath->nb_uuid),
                      smap_get_def(&pb->options, "k", "-"));
        put_sorted_set(s, pb->mac, pb->n_mac);
        ds_put_char(s, '\n');
    }
    SBREC_LOGICAL_FLOW_FOR_EACH (lflow, sb) {
        ds_put_format(s, "lflow %c %s %s\n",
                      group_name(lflow->logical_dp_group), lflow->pipeline,
                      lflow->match);
    }
    sort_lines(s);
}

/* Prints the lines of 'a' that are not in 'b'. */
static void
print_missing(const char *title, const struct ds *a, const struct ds *b)
{
    char *copy = xmemdup0(a->string, a->length);
    char *save = NULL;

    for (char *line = strtok_r(copy, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save)) {
        char *with_end = xasprintf("%s\n", line);

        if (!strstr(b->length ? b->string : "", with_end)) {
            fprintf(stderr, "%s: %s\n", title, line);
        }
        free(with_end);
    }
    free(copy);
}

/* Runs the compiler and the editor's connections until the databases are as
 * they should be. */
static void
converge(struct compiler *c, struct editor *e, uint32_t seed, int batch)
{
    long long int deadline = time_msec() + 20000;

    for (;;) {
        struct ds want = DS_EMPTY_INITIALIZER;
        struct ds have = DS_EMPTY_INITIALIZER;

        compiler_run(c);
        ovsdb_idl_run(e->nb);
        ovsdb_idl_run(e->sb);
        expect(e->nb, &want);
        observe(e->nb, e->sb, &have);

        bool done = (compiler_is_idle(c)
                     && !strcmp(ds_cstr(&want), ds_cstr(&have)));
        if (!done && time_msec() > deadline) {
            print_missing("missing", &want, &have);
            print_missing("extra", &have, &want);
            ovs_fatal(0, "seed %"PRIu32", batch %d: no agreement (%s)", seed,
                      batch, compiler_is_idle(c) ? "idle" : "busy");
        }
        ds_destroy(&want);
        ds_destroy(&have);
        if (done) {
            return;
        }

        ovsdb_idl_wait(e->nb);
        ovsdb_idl_wait(e->sb);
        ovsdb_idl_wait(c->nb.idl);
        ovsdb_idl_wait(c->sb.idl);
        poll_timer_wait(compiler_is_idle(c) ? 20 : 1);
        poll_block();
    }
}

static void
random_batch(struct compiler *c, struct editor *e)
{
    for (uint32_t i = 1 + pick(4); i > 0; i--) {
        switch (pick(12)) {
        case 0:
        case 1:
            edit(e, e->sb, tamper);
            break;
        case 2:
        case 3:
            edit(e, e->nb, edit_switch);
            break;
        default:
            edit(e, e->nb, edit_port);
            break;
        }
        if (pick(2)) {
            compiler_run(c);
        }
    }
    if (!pick(10)) {
        ovsdb_idl_force_reconnect(pick(2) ? c->nb.idl : c->sb.idl);
    }
}

/* A new compiler on databases that are as they should be writes nothing. */
static void
check_restart(struct compiler *c, struct editor *e, const char *nb_remote,
              const char *sb_remote, uint32_t seed)
{
    struct inc_writer_stats nb, sb;

    compiler_destroy(c);
    compiler_init(c, nb_remote, sb_remote);
    converge(c, e, seed, -1);
    inc_writer_get_stats(c->nb_writer, &nb);
    inc_writer_get_stats(c->sb_writer, &sb);
    if (nb.changed || sb.inserted || sb.changed || sb.deleted
        || sb.members) {
        ovs_fatal(0, "seed %"PRIu32": a restart changed %"PRIu64" rows "
                  "north; south it inserted %"PRIu64", changed %"PRIu64", "
                  "deleted %"PRIu64" rows and %"PRIu64" members", seed,
                  nb.changed, sb.inserted, sb.changed, sb.deleted,
                  sb.members);
    }
}

static void
test_inc_rows_main(int argc, char *argv[])
{
    if (argc < 3) {
        ovs_fatal(0, "usage: test-ovn inc-rows NB SB [BATCHES [SEED]]");
    }

    int n_batches = argc > 3 ? strtol(argv[3], NULL, 10) : 300;
    uint32_t seed = argc > 4 ? strtoul(argv[4], NULL, 10) : 1;
    struct editor e = {
        .nb = ovsdb_idl_create(argv[1], &nbrec_idl_class, true, true),
        .sb = ovsdb_idl_create(argv[2], &sbrec_idl_class, true, true)
    };
    struct compiler c;

    random_set_seed(seed);
    compiler_init(&c, argv[1], argv[2]);
    for (int i = 0; i < n_batches; i++) {
        random_batch(&c, &e);
        converge(&c, &e, seed, i);
        if (!pick(50)) {
            check_restart(&c, &e, argv[1], argv[2], seed);
        }
    }
    compiler_destroy(&c);
    ovsdb_idl_destroy(e.nb);
    ovsdb_idl_destroy(e.sb);
}

TEST_OVN_REGISTER("inc-rows", test_inc_rows_main);
