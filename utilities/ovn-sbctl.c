/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-sbctl, which reads, and in an emergency edits, the Southbound database:
 * the description of the program for the frame (utilities/ovn-dbctl.h) and the
 * general commands.  The other commands are in the files ovn-sbctl-*.c. */

#include <config.h>

#include "utilities/ovn-sbctl.h"

#include <stdlib.h>

#include "lib/ovn-dirs.h"
#include "openvswitch/vlog.h"
#include "ovsdb-idl.h"
#include "smap.h"
#include "util.h"
#include "utilities/ovn-dbctl-global.h"

VLOG_DEFINE_THIS_MODULE(sbctl);

static void
cmd_init(struct ctl_context *ctx OVS_UNUSED)
{
    /* The frame has made the global row already. */
}

static const struct dbctl_command general_commands[] = {
    {{"init", 0, 0, "", NULL, cmd_init, NULL, "", RW},
     "initialize the database"},
    {{"show", 0, 0, "", sbctl_pre_show, sbctl_show, NULL, "--filter=", RO},
     "print overview of database contents"},
    {{NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO}, NULL}
};

static const struct dbctl_topic general_topic = {
    "General commands", general_commands
};

static void
add_base(struct ovsdb_idl *idl, enum dbctl_wait wait OVS_UNUSED)
{
    ovsdb_idl_add_table(idl, &sbrec_table_sb_global);
}

static void
prepare(struct ovsdb_idl *idl, struct ovsdb_idl_txn *txn)
{
    if (!sbrec_sb_global_first(idl)) {
        sbrec_sb_global_insert(txn);
    }
}

static int
probe_interval(const struct ovsdb_idl *idl)
{
    enum { DEFAULT_MSEC = 120000 };
    const struct sbrec_sb_global *sb = sbrec_sb_global_first(idl);

    return sb ? smap_get_int(&sb->options, "sbctl_probe_interval",
                             DEFAULT_MSEC) : DEFAULT_MSEC;
}

/* How rows may be named, beside by their UUIDs. */

static const struct ctl_table_class tables[] = {
    [SBREC_TABLE_ADDRESS_SET].row_ids[0]
    = {&sbrec_address_set_col_name, NULL, NULL},
    [SBREC_TABLE_CHASSIS].row_ids[0] = {&sbrec_chassis_col_name, NULL, NULL},
    [SBREC_TABLE_CHASSIS_PRIVATE].row_ids[0]
    = {&sbrec_chassis_private_col_name, NULL, NULL},
    [SBREC_TABLE_CHASSIS_TEMPLATE_VAR].row_ids[0]
    = {&sbrec_chassis_template_var_col_chassis, NULL, NULL},
    [SBREC_TABLE_CONNECTION].row_ids[0]
    = {&sbrec_connection_col_target, NULL, NULL},
    [SBREC_TABLE_DATAPATH_BINDING].row_ids = {
        {&sbrec_datapath_binding_col_external_ids, "name", NULL},
        {&sbrec_datapath_binding_col_external_ids, "name2", NULL},
        {&sbrec_datapath_binding_col_external_ids, "logical-switch", NULL},
        {&sbrec_datapath_binding_col_external_ids, "logical-router", NULL},
    },
    [SBREC_TABLE_DHCP_OPTIONS].row_ids[0]
    = {&sbrec_dhcp_options_col_name, NULL, NULL},
    [SBREC_TABLE_DHCPV6_OPTIONS].row_ids[0]
    = {&sbrec_dhcpv6_options_col_name, NULL, NULL},
    [SBREC_TABLE_GATEWAY_CHASSIS].row_ids[0]
    = {&sbrec_gateway_chassis_col_name, NULL, NULL},
    [SBREC_TABLE_HA_CHASSIS_GROUP].row_ids[0]
    = {&sbrec_ha_chassis_group_col_name, NULL, NULL},
    [SBREC_TABLE_LOAD_BALANCER].row_ids[0]
    = {&sbrec_load_balancer_col_name, NULL, NULL},
    [SBREC_TABLE_MAC_BINDING].row_ids[0]
    = {&sbrec_mac_binding_col_logical_port, NULL, NULL},
    [SBREC_TABLE_METER].row_ids[0] = {&sbrec_meter_col_name, NULL, NULL},
    [SBREC_TABLE_MIRROR].row_ids[0] = {&sbrec_mirror_col_name, NULL, NULL},
    [SBREC_TABLE_PORT_BINDING].row_ids = {
        {&sbrec_port_binding_col_logical_port, NULL, NULL},
        {&sbrec_port_binding_col_external_ids, "name", NULL},
    },
    [SBREC_TABLE_PORT_GROUP].row_ids[0]
    = {&sbrec_port_group_col_name, NULL, NULL},
    [SBREC_TABLE_RBAC_PERMISSION].row_ids[0]
    = {&sbrec_rbac_permission_col_table, NULL, NULL},
    [SBREC_TABLE_RBAC_ROLE].row_ids[0]
    = {&sbrec_rbac_role_col_name, NULL, NULL},
    [SBREC_TABLE_SERVICE_MONITOR].row_ids[0]
    = {&sbrec_service_monitor_col_logical_port, NULL, NULL},
    [SBREC_N_TABLES - 1].row_ids[3] = {NULL, NULL, NULL},
};
BUILD_ASSERT_DECL(ARRAY_SIZE(tables) == SBREC_N_TABLES);

static const struct dbctl_topic *const topics[] = {
    &general_topic,
    &sbctl_chassis_topic,
    &sbctl_binding_topic,
    &sbctl_lflow_topic,
    &dbctl_connection_topic,
    &dbctl_ssl_topic,
    NULL
};

int
main(int argc, char *argv[])
{
    static const struct dbctl_global global = {
        .global = &sbrec_table_sb_global,
        .global_connections = &sbrec_sb_global_col_connections,
        .global_ssl = &sbrec_sb_global_col_ssl,
        .connection = &sbrec_table_connection,
        .target = &sbrec_connection_col_target,
        .inactivity_probe = &sbrec_connection_col_inactivity_probe,
        .read_only = &sbrec_connection_col_read_only,
        .role = &sbrec_connection_col_role,
        .ssl = &sbrec_table_ssl,
        .private_key = &sbrec_ssl_col_private_key,
        .certificate = &sbrec_ssl_col_certificate,
        .ca_cert = &sbrec_ssl_col_ca_cert,
        .bootstrap_ca_cert = &sbrec_ssl_col_bootstrap_ca_cert,
        .ssl_protocols = &sbrec_ssl_col_ssl_protocols,
        .ssl_ciphers = &sbrec_ssl_col_ssl_ciphers,
        .ssl_ciphersuites = &sbrec_ssl_col_ssl_ciphersuites,
    };
    static const struct dbctl_class sbctl = {
        .idl_class = &sbrec_idl_class,
        .tables = tables,
        .topics = topics,
        .log_module = &this_module,
        .title = "OVN southbound DB management utility",
        .default_db = ovn_default_sb_db,
        .db_version = sbrec_get_db_version,
        .options_env = "OVN_SBCTL_OPTIONS",
        .daemon_env = "OVN_SB_DAEMON",
        .add_base = add_base,
        .prepare = prepare,
        .probe_interval = probe_interval,
    };

    dbctl_global_init(&global);
    return dbctl_main(&sbctl, argc, argv);
}
