/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Replicas of and transactions on the two databases; see db.h for the
 * contract. */

#include <config.h>

#include "controller/db.h"

#include <stdlib.h>
#include <string.h>

#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "ovsdb-idl-provider.h"
#include "ovsdb-idl.h"
#include "ovsdb/ovn-sb-idl.h"
#include "timeval.h"
#include "util.h"
#include "vswitch-idl.h"

VLOG_DEFINE_THIS_MODULE(db);

/* A server may take this long to answer before somebody is told, in ms. */
#define PATIENCE 5000

/* What is replicated of a table. */
struct table_use {
    const struct ovsdb_idl_table_class *class;
    const struct ovsdb_idl_column *columns[8];
};

/* The local database: ovs-vswitchd updates many columns all the time, so only
 * what is needed. */
static const struct table_use ovs_tables[] = {
    { &ovsrec_table_open_vswitch,
      { &ovsrec_open_vswitch_col_bridges,
        &ovsrec_open_vswitch_col_external_ids,
        &ovsrec_open_vswitch_col_other_config,
        &ovsrec_open_vswitch_col_iface_types,
        &ovsrec_open_vswitch_col_datapaths,
        &ovsrec_open_vswitch_col_ssl } },
    { &ovsrec_table_ssl,
      { &ovsrec_ssl_col_private_key,
        &ovsrec_ssl_col_certificate,
        &ovsrec_ssl_col_ca_cert,
        &ovsrec_ssl_col_bootstrap_ca_cert } },
    { &ovsrec_table_datapath,
      { &ovsrec_datapath_col_capabilities } },
    { &ovsrec_table_bridge,
      { &ovsrec_bridge_col_name,
        &ovsrec_bridge_col_ports,
        &ovsrec_bridge_col_fail_mode,
        &ovsrec_bridge_col_datapath_type,
        &ovsrec_bridge_col_other_config,
        &ovsrec_bridge_col_external_ids,
        &ovsrec_bridge_col_protocols } },
    { &ovsrec_table_port,
      { &ovsrec_port_col_name,
        &ovsrec_port_col_interfaces,
        &ovsrec_port_col_external_ids } },
    { &ovsrec_table_interface,
      { &ovsrec_interface_col_name,
        &ovsrec_interface_col_type,
        &ovsrec_interface_col_options,
        &ovsrec_interface_col_ofport,
        &ovsrec_interface_col_external_ids } },
};

/* The tables of the Southbound database that the controller uses, all columns
 * but those below.  Without the former nothing can be done. */
static const struct ovsdb_idl_table_class *const sb_tables[] = {
    &sbrec_table_sb_global,
    &sbrec_table_chassis,
    &sbrec_table_chassis_private,
    &sbrec_table_encap,
    &sbrec_table_datapath_binding,
    &sbrec_table_port_binding,
    &sbrec_table_logical_flow,
    &sbrec_table_logical_dp_group,
    &sbrec_table_multicast_group,
    &sbrec_table_address_set,
    &sbrec_table_port_group,
    &sbrec_table_dhcp_options,
    &sbrec_table_dhcpv6_options,
    &sbrec_table_meter,
    &sbrec_table_meter_band,
    &sbrec_table_mac_binding,
};
static const struct ovsdb_idl_table_class *const sb_optional_tables[] = {
    &sbrec_table_chassis_template_var,
};

/* Columns that are not replicated: they are large, or change often, and nobody
 * here reads them. */
static const struct ovsdb_idl_column *const sb_omitted[] = {
    &sbrec_sb_global_col_connections,
    &sbrec_sb_global_col_ssl,
    &sbrec_sb_global_col_external_ids,
    &sbrec_chassis_col_external_ids,
    &sbrec_chassis_col_nb_cfg,
    &sbrec_chassis_col_vtep_logical_switches,
    &sbrec_chassis_private_col_external_ids,
    &sbrec_logical_flow_col_external_ids,
    &sbrec_logical_flow_col_flow_desc,
    &sbrec_port_binding_col_external_ids,
    &sbrec_port_binding_col_nat_addresses,
};

/* Columns that only this program changes, in its own rows. */
static const struct ovsdb_idl_column *const sb_silent[] = {
    &sbrec_chassis_private_col_nb_cfg,
    &sbrec_chassis_private_col_nb_cfg_timestamp,
};

/* Returns a replica of the local Open vSwitch database at 'remote'. */
struct ovsdb_idl *
db_create_ovs(const char *remote)
{
    struct ovsdb_idl *idl = ovsdb_idl_create(remote, &ovsrec_idl_class,
                                             false, true);

    for (size_t i = 0; i < ARRAY_SIZE(ovs_tables); i++) {
        const struct table_use *use = &ovs_tables[i];

        ovsdb_idl_add_table(idl, use->class);
        for (size_t j = 0; j < ARRAY_SIZE(use->columns); j++) {
            if (use->columns[j]) {
                ovsdb_idl_add_column(idl, use->columns[j]);
            }
        }
    }
    ovsdb_idl_track_add_all(idl);
    return idl;
}

static bool
is_in(const struct ovsdb_idl_column *column,
      const struct ovsdb_idl_column *const *array, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (array[i] == column) {
            return true;
        }
    }
    return false;
}

/* Makes 'idl' replicate the Southbound database's 'table'. */
static void
add_sb_table(struct ovsdb_idl *idl, const struct ovsdb_idl_table_class *table)
{
    ovsdb_idl_add_table(idl, table);
    for (size_t i = 0; i < table->n_columns; i++) {
        const struct ovsdb_idl_column *column = &table->columns[i];

        if (!is_in(column, sb_omitted, ARRAY_SIZE(sb_omitted))) {
            ovsdb_idl_add_column(idl, column);
        }
    }
}

/* Returns a replica of the Southbound database, without remote so far.  Any
 * server of a cluster will do. */
struct ovsdb_idl *
db_create_sb(void)
{
    struct ovsdb_idl *idl = ovsdb_idl_create_unconnected(&sbrec_idl_class,
                                                         false);

    ovsdb_idl_set_leader_only(idl, false);
    for (size_t i = 0; i < ARRAY_SIZE(sb_tables); i++) {
        add_sb_table(idl, sb_tables[i]);
    }
    for (size_t i = 0; i < ARRAY_SIZE(sb_optional_tables); i++) {
        add_sb_table(idl, sb_optional_tables[i]);
    }
    ovsdb_idl_track_add_all(idl);
    for (size_t i = 0; i < ARRAY_SIZE(sb_silent); i++) {
        ovsdb_idl_omit_alert(idl, sb_silent[i]);
    }
    return idl;
}

/* Initializes 'db' to do transactions on 'idl', which it takes over.  A
 * replica of the Southbound database still needs db_set_remote(). */
void
db_init(struct db *db, const char *name, struct ovsdb_idl *idl)
{
    *db = (struct db) {
        .name = name,
        .loop = OVSDB_IDL_LOOP_INITIALIZER(idl),
    };
}

void
db_destroy(struct db *db)
{
    ovsdb_idl_loop_destroy(&db->loop);
    free(db->remote);
}

/* Makes 'db' replicate from 'remote', which may be a list; from nowhere if it
 * is empty. */
void
db_set_remote(struct db *db, const char *remote)
{
    if (db->remote && !strcmp(db->remote, remote)) {
        return;
    }
    if (!remote[0]) {
        VLOG_INFO("%s: no server is configured", db->name);
    }
    ovsdb_idl_set_remote(db->loop.idl, remote[0] ? remote : NULL, true);
    free(db->remote);
    db->remote = xstrdup(remote);
    db->ever_good = false;
    db->waiting_since = time_msec();
    db->answered = false;
    db->told = DB_NO_TROUBLE;
}

/* Returns true if nothing may be concluded from the replica. */
bool
db_is_frozen(const struct db *db)
{
    return db->frozen;
}

/* Returns true if the replica is the one of the server that 'db' is connected
 * to, rather than of one that is gone. */
bool
db_is_fresh(const struct db *db)
{
    return db->fresh;
}

/* Returns the first table in sb_tables[] that the server does not have, or
 * NULL.  (A column that it does not have yet is no harm.) */
static const char *
find_missing_table(const struct ovsdb_idl *idl)
{
    for (size_t i = 0; i < ARRAY_SIZE(sb_tables); i++) {
        if (!ovsdb_idl_server_has_table(idl, sb_tables[i])) {
            return sb_tables[i]->name;
        }
    }
    return NULL;
}

/* Finds out what is wrong with the server, if anything, as far as it is time
 * to say so. */
static enum db_trouble
diagnose(const struct db *db)
{
    if (db->fresh) {
        return db->frozen ? DB_BAD_SCHEMA : DB_NO_TROUBLE;
    } else if (db->ever_good || !db->remote || !db->remote[0]) {
        return DB_NO_TROUBLE;   /* It was fine, it will come back. */
    } else if (time_msec() < db->waiting_since + PATIENCE) {
        poll_timer_wait_until(db->waiting_since + PATIENCE);
        return DB_NO_TROUBLE;
    } else {
        return db->answered ? DB_NO_DATABASE : DB_UNREACHABLE;
    }
}

/* Says what is wrong with the server, once. */
static void
complain(struct db *db)
{
    const char *database = ovsdb_idl_get_class(db->loop.idl)->database;
    enum db_trouble trouble = diagnose(db);

    if (trouble <= db->told) {
        return;
    }
    db->told = trouble;

    switch (trouble) {
    case DB_BAD_SCHEMA:
        VLOG_WARN("%s: the schema of database %s lacks table %s; it is "
                  "ignored, and everything stays as it is", db->remote,
                  database, find_missing_table(db->loop.idl));
        break;
    case DB_NO_DATABASE:
        VLOG_WARN("%s: the server answers but does not offer database %s (or, "
                  "clustered, has no leader for it); still trying",
                  db->remote, database);
        break;
    case DB_UNREACHABLE:
        VLOG_WARN("%s: cannot connect to database %s; still trying",
                  db->remote, database);
        break;
    case DB_NO_TROUBLE:
        break;
    }
}

/* Finds out where the replica is from. */
static void
check_origin(struct db *db)
{
    unsigned int seqno = ovsdb_idl_get_seqno(db->loop.idl);

    /* From the loss of a connection to the reply to the next monitor request,
     * which always changes the sequence number, the replica is that of the
     * old server. */
    if (!ovsdb_idl_is_connected(db->loop.idl)) {
        db->fresh = false;
        db->stale_seqno = seqno;
    } else if (!db->fresh) {
        db->answered = true;
        if (seqno != db->stale_seqno) {
            db->fresh = true;
        }
    }
}

/* Finds out whether a replica of the Southbound database is of use. */
static void
check_replica(struct db *db)
{
    bool was_fresh = db->fresh;

    check_origin(db);
    if (db->fresh && !was_fresh) {
        db->frozen = find_missing_table(db->loop.idl) != NULL;
        db->ever_good |= !db->frozen;
    }
    complain(db);
}

/* Brings the replica up to date.  Returns an open transaction, or NULL if the
 * last one is not through yet, or if the database cannot be written now. */
struct ovsdb_idl_txn *
db_begin(struct db *db)
{
    struct ovsdb_idl_txn *txn = ovsdb_idl_loop_run(&db->loop);

    if (ovsdb_idl_get_class(db->loop.idl) == &sbrec_idl_class) {
        check_replica(db);
    } else {
        check_origin(db);
    }
    return (!db->frozen
            && ovsdb_idl_is_connected(db->loop.idl)
            && ovsdb_idl_has_ever_connected(db->loop.idl)
            && time_msec() >= db->hold_until
            ? txn : NULL);
}

/* Commits what was written since db_begin(), and arranges for poll_block() to
 * wake up when there is news.  Returns false if a transaction failed: then
 * what it wrote must be written again. */
bool
db_end(struct db *db)
{
    bool held = time_msec() < db->hold_until;
    int status = ovsdb_idl_loop_commit_and_wait(&db->loop);

    if (!status) {
        /* Once may be a race with another writer; then it is serious. */
        if (db->n_failures++) {
            unsigned int shift = MIN(db->n_failures, 7);

            VLOG_DBG("%s: commit failed %u times in a row", db->name,
                     db->n_failures);
            db->hold_until = time_msec() + (50 << shift);
        }
        poll_immediate_wake();
    } else if (status > 0 && !held) {
        db->n_failures = 0;
    }
    if (db->hold_until > time_msec()) {
        poll_timer_wait_until(db->hold_until);
    }
    return status != 0;
}
