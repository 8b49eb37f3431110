/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Rows of a database in the incremental engine, beyond what inc-rows shows:
 * UUIDs whose hashes are equal, and what inc_verify() finds when rows and
 * database disagree.
 *
 * usage: test-ovn inc-idl NB-REMOTE
 *        test-ovn inc-idl unowned
 *
 * "unowned" aborts: it would write a column that is not northd's. */

#include <config.h>
#include "tests/test-ovn.h"

#include <string.h>

#include "lib/inc-private.h"
#include "lib/inc-rows.h"
#include "openvswitch/poll-loop.h"
#include "ovsdb-idl.h"
#include "ovsdb/nb-inc.h"
#include "ovsdb/ovn-nb-idl.h"
#include "tests/inc-numbers.h"
#include "util.h"
#include "uuid.h"

static uint32_t secret;         /* Read behind the engine's back. */

/* Claims the names of switches. */
static void
name_unit(struct inc_cx *cx, struct inc_ref ls)
{
    const char *name = nb_ls_name(cx, ls);

    inc_emit(cx, &words, name, strlen(name), &secret, sizeof secret);
}

static struct inc_family name = {
    .name = "name", .over = &nb_ls_table, .unit = name_unit,
    .emits = INC_EMITS(&words)
};

/* uuid_hash() is the first word. */
static const struct uuid uuids[] = {
    { { 1, 2, 3, 4 } }, { { 1, 2, 3, 5 } }
};
#define FIRST "00000001-0000-0002-0000-000300000004"

static void
wait_connected(struct ovsdb_idl *idl)
{
    for (;;) {
        ovsdb_idl_run(idl);
        if (ovsdb_idl_has_ever_connected(idl)) {
            return;
        }
        ovsdb_idl_wait(idl);
        poll_block();
    }
}

static void
insert_switches(struct ovsdb_idl *idl)
{
    struct ovsdb_idl_txn *txn = ovsdb_idl_txn_create(idl);

    for (size_t i = 0; i < ARRAY_SIZE(uuids); i++) {
        struct nbrec_logical_switch *ls
            = nbrec_logical_switch_insert_persist_uuid(txn, &uuids[i]);

        nbrec_logical_switch_set_name(ls, i ? "b" : "a");
    }
    ovs_assert(ovsdb_idl_txn_commit_block(txn) == TXN_SUCCESS);
    ovsdb_idl_txn_destroy(txn);
}

/* What verification says of rows that are not those of the database. */
static void
damage_rows(struct inc *inc)
{
    uint32_t id = inc_idl_find(&nb_ls_table, &uuids[0]);
    struct inc_idl_data *data = inc_idl_data(inc_node(inc, id));
    const struct ovsdb_idl_row *row = data->row;

    data->row = NULL;
    check_finds(inc, "Logical_Switch "FIRST": stale pointer\n");
    data->row = row;
    check_verify(inc);

    inc_htab_remove(&nb_ls_table.st->rows, uuid_hash(&uuids[0]), id);
    check_finds(inc, "Logical_Switch "FIRST": row missed\n");
    check_finds(inc, "Logical_Switch: 2 rows in the database, 1 in the "
                "engine\n");
    inc_htab_insert(&nb_ls_table.st->rows, uuid_hash(&uuids[0]), id);
    check_verify(inc);

    secret = 1;
    check_finds(inc, "Logical_Switch "FIRST": name: stale claims (1 live, "
                "0 computed)\n");
    secret = 0;
    check_verify(inc);
}

static void
test_rows(const char *remote)
{
    struct ovsdb_idl *idl = ovsdb_idl_create(remote, &nbrec_idl_class, true,
                                             true);
    struct ovsdb_idl *other = ovsdb_idl_create("unix:no-such-database",
                                               &nbrec_idl_class, true, false);
    struct inc *inc = inc_create("test");

    ovsdb_idl_track_add_all(idl);
    inc_set_strict(inc, true);
    inc_add_output(inc, &words);
    inc_add_table(inc, &numbers, NULL);
    inc_add_table(inc, &nb_ls_table, idl);
    inc_add_table(inc, &nb_lr_table, other);
    inc_add_family(inc, &name);
    inc_start(inc);

    wait_connected(idl);
    insert_switches(idl);
    inc_idl_sync(inc, idl);
    inc_run(inc);
    ovs_assert(inc_output_count(&words) == 2);
    damage_rows(inc);

    inc_destroy(inc);
    ovsdb_idl_destroy(idl);
    ovsdb_idl_destroy(other);
}

static struct inc_rows names = {
    .name = "names", .table = &nb_ls_table, .kind = INC_ROWS_EXISTING,
    .columns = 1u << NB_LS_COL_NAME
};

static void
test_unowned(void)
{
    struct ovsdb_idl *idl = ovsdb_idl_create("unix:no-such-database",
                                             &nbrec_idl_class, true, false);
    struct inc *inc = inc_create("test");

    inc_writer_destroy(NULL);
    inc_add_table(inc, &nb_ls_table, idl);
    inc_writer_add_rows(inc_writer_create(inc, idl, OVN_WRITER_NORTHD),
                        &names);
}

static void
test_inc_idl_main(int argc, char *argv[])
{
    if (argc != 2) {
        ovs_fatal(0, "usage: test-ovn inc-idl NB | unowned");
    } else if (!strcmp(argv[1], "unowned")) {
        test_unowned();
    } else {
        test_rows(argv[1]);
    }
}

TEST_OVN_REGISTER("inc-idl", test_inc_idl_main);
