/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Replicas of and transactions on the two databases; see db.h for the
 * contract. */

#include <config.h>

#include "controller/db.h"

#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "ovsdb-idl.h"
#include "ovsdb/ovn-sb-idl.h"
#include "timeval.h"
#include "util.h"
#include "vswitch-idl.h"

VLOG_DEFINE_THIS_MODULE(db);

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
        &ovsrec_open_vswitch_col_ssl } },
    { &ovsrec_table_ssl,
      { &ovsrec_ssl_col_private_key,
        &ovsrec_ssl_col_certificate,
        &ovsrec_ssl_col_ca_cert,
        &ovsrec_ssl_col_bootstrap_ca_cert } },
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
 * but those below. */
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

/* Returns a replica of the Southbound database, without remote so far.  Any
 * server of a cluster will do. */
struct ovsdb_idl *
db_create_sb(void)
{
    struct ovsdb_idl *idl = ovsdb_idl_create_unconnected(&sbrec_idl_class,
                                                         false);

    ovsdb_idl_set_leader_only(idl, false);
    for (size_t i = 0; i < ARRAY_SIZE(sb_tables); i++) {
        const struct ovsdb_idl_table_class *class = sb_tables[i];

        ovsdb_idl_add_table(idl, class);
        for (size_t j = 0; j < class->n_columns; j++) {
            const struct ovsdb_idl_column *column = &class->columns[j];

            if (!is_in(column, sb_omitted, ARRAY_SIZE(sb_omitted))) {
                ovsdb_idl_add_column(idl, column);
            }
        }
    }
    ovsdb_idl_track_add_all(idl);
    for (size_t i = 0; i < ARRAY_SIZE(sb_silent); i++) {
        ovsdb_idl_omit_alert(idl, sb_silent[i]);
    }
    return idl;
}

/* Initializes 'db' to do transactions on 'idl', which it takes over. */
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
}

/* Brings the replica up to date.  Returns an open transaction, or NULL if the
 * last one is not through yet, or if the database cannot be written now. */
struct ovsdb_idl_txn *
db_begin(struct db *db)
{
    struct ovsdb_idl_txn *txn = ovsdb_idl_loop_run(&db->loop);

    return (ovsdb_idl_is_connected(db->loop.idl)
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
