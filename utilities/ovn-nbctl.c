/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-nbctl, which edits the Northbound database: the description of the
 * program for the frame (utilities/ovn-dbctl.h), --wait, and the general
 * commands.  The other commands are in the files ovn-nbctl-*.c, one for each
 * topic. */

#include <config.h>

#include "utilities/ovn-nbctl.h"

#include <stdlib.h>

#include "lib/ovn-dirs.h"
#include "openvswitch/vlog.h"
#include "ovsdb-idl.h"
#include "smap.h"
#include "timeval.h"
#include "util.h"
#include "utilities/ovn-dbctl-global.h"

VLOG_DEFINE_THIS_MODULE(nbctl);

/* General commands. */

static void
cmd_init(struct ctl_context *ctx OVS_UNUSED)
{
    /* The frame has made the global row already. */
}

static void
pre_sync(struct ctl_context *ctx)
{
    dbctl_need_whole(ctx, &nbrec_table_nb_global);
}

static void
cmd_sync(struct ctl_context *ctx)
{
    dbctl_force_wait(ctx);
}

static const struct dbctl_command general_commands[] = {
    {{"init", 0, 0, "", NULL, cmd_init, NULL, "", RW},
     "initialize the database"},
    {{"show", 0, 1, "[SWITCH | ROUTER]", nbctl_pre_show, nbctl_show, NULL,
      "", RO}, "print overview of database contents"},
    {{NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO}, NULL}
};

static const struct dbctl_topic general_topic = {
    "General commands", general_commands
};

static const struct dbctl_command sync_commands[] = {
    {{"sync", 0, 0, "", pre_sync, cmd_sync, NULL, "", RO},
     "wait even for earlier changes to take effect"},
    {{NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO}, NULL}
};

static const struct dbctl_topic sync_topic = {
    "Synchronization command (use with --wait=sb|hv)", sync_commands
};

/* The global row and --wait. */

static void
add_base(struct ovsdb_idl *idl, enum dbctl_wait wait)
{
    ovsdb_idl_add_table(idl, &nbrec_table_nb_global);
    if (wait != DBCTL_WAIT_NONE) {
        ovsdb_idl_add_column(idl, &nbrec_nb_global_col_nb_cfg);
        ovsdb_idl_add_column(idl, &nbrec_nb_global_col_nb_cfg_timestamp);
        ovsdb_idl_add_column(idl, &nbrec_nb_global_col_sb_cfg);
        ovsdb_idl_add_column(idl, &nbrec_nb_global_col_sb_cfg_timestamp);
    }
    if (wait == DBCTL_WAIT_HV) {
        ovsdb_idl_add_column(idl, &nbrec_nb_global_col_hv_cfg);
        ovsdb_idl_add_column(idl, &nbrec_nb_global_col_hv_cfg_timestamp);
    }
}

static void
prepare(struct ovsdb_idl *idl, struct ovsdb_idl_txn *txn)
{
    if (!nbrec_nb_global_first(idl)) {
        nbrec_nb_global_insert(txn);
    }
}

static void
increment(struct ovsdb_idl *idl, struct ovsdb_idl_txn *txn, bool force)
{
    const struct nbrec_nb_global *nb = nbrec_nb_global_first(idl);

    if (nb->nb_cfg == INT64_MAX) {
        /* The next generation is 1. */
        nbrec_nb_global_set_nb_cfg(nb, 0);
    }
    ovsdb_idl_txn_increment(txn, &nb->header_, &nbrec_nb_global_col_nb_cfg,
                            force);
}

/* Returns how many milliseconds after 'start' the time 'when' is. */
static long long int
elapsed(int64_t when, int64_t start)
{
    return when > start ? when - start : 0;
}

static struct dbctl_progress
progress(const struct ovsdb_idl *idl, enum dbctl_wait wait, int64_t cfg,
         int64_t start)
{
    struct dbctl_progress p = { .done = false };
    const struct nbrec_nb_global *nb = nbrec_nb_global_first(idl);

    if (!nb || nb->sb_cfg < cfg
        || (wait == DBCTL_WAIT_HV && nb->hv_cfg < cfg)) {
        return p;
    }

    struct ds s = DS_EMPTY_INITIALIZER;
    ds_put_format(&s, "Time spent on processing nb_cfg %"PRId64":\n"
                  "\tovn-northd delay before processing:\t%lldms\n"
                  "\tovn-northd completion:\t\t\t%lldms\n", cfg,
                  elapsed(nb->nb_cfg_timestamp, start),
                  elapsed(nb->sb_cfg_timestamp, start));
    if (wait == DBCTL_WAIT_HV) {
        ds_put_format(&s, "\tovn-controller(s) completion:\t\t%lldms\n",
                      elapsed(nb->hv_cfg_timestamp, start));
    }
    p.done = true;
    p.report = ds_steal_cstr(&s);
    return p;
}

static int
probe_interval(const struct ovsdb_idl *idl)
{
    enum { DEFAULT_MSEC = 120000 };
    const struct nbrec_nb_global *nb = nbrec_nb_global_first(idl);

    return nb ? smap_get_int(&nb->options, "nbctl_probe_interval",
                             DEFAULT_MSEC) : DEFAULT_MSEC;
}

/* How rows may be named, beside by their UUIDs. */

static const struct ctl_table_class tables[] = {
    [NBREC_TABLE_ACL].row_ids[0] = {&nbrec_acl_col_name, NULL, NULL},
    [NBREC_TABLE_ADDRESS_SET].row_ids[0]
    = {&nbrec_address_set_col_name, NULL, NULL},
    [NBREC_TABLE_CHASSIS_TEMPLATE_VAR].row_ids[0]
    = {&nbrec_chassis_template_var_col_chassis, NULL, NULL},
    [NBREC_TABLE_CONNECTION].row_ids[0]
    = {&nbrec_connection_col_target, NULL, NULL},
    [NBREC_TABLE_COPP].row_ids[0] = {&nbrec_copp_col_name, NULL, NULL},
    [NBREC_TABLE_DHCP_OPTIONS].row_ids = {
        {&nbrec_logical_switch_port_col_name, NULL,
         &nbrec_logical_switch_port_col_dhcpv4_options},
        {&nbrec_logical_switch_port_col_external_ids, "neutron:port_name",
         &nbrec_logical_switch_port_col_dhcpv4_options},
        {&nbrec_logical_switch_port_col_name, NULL,
         &nbrec_logical_switch_port_col_dhcpv6_options},
        {&nbrec_logical_switch_port_col_external_ids, "neutron:port_name",
         &nbrec_logical_switch_port_col_dhcpv6_options},
    },
    [NBREC_TABLE_DHCP_RELAY].row_ids[0]
    = {&nbrec_dhcp_relay_col_name, NULL, NULL},
    [NBREC_TABLE_FORWARDING_GROUP].row_ids[0]
    = {&nbrec_forwarding_group_col_name, NULL, NULL},
    [NBREC_TABLE_GATEWAY_CHASSIS].row_ids[0]
    = {&nbrec_gateway_chassis_col_name, NULL, NULL},
    [NBREC_TABLE_HA_CHASSIS].row_ids[0]
    = {&nbrec_ha_chassis_col_chassis_name, NULL, NULL},
    [NBREC_TABLE_HA_CHASSIS_GROUP].row_ids[0]
    = {&nbrec_ha_chassis_group_col_name, NULL, NULL},
    [NBREC_TABLE_LOAD_BALANCER].row_ids[0]
    = {&nbrec_load_balancer_col_name, NULL, NULL},
    [NBREC_TABLE_LOAD_BALANCER_GROUP].row_ids[0]
    = {&nbrec_load_balancer_group_col_name, NULL, NULL},
    [NBREC_TABLE_LOAD_BALANCER_HEALTH_CHECK].row_ids[0]
    = {&nbrec_load_balancer_health_check_col_vip, NULL, NULL},
    [NBREC_TABLE_LOGICAL_ROUTER].row_ids = {
        {&nbrec_logical_router_col_name, NULL, NULL},
        {&nbrec_logical_router_col_external_ids, "neutron:router_name", NULL},
    },
    [NBREC_TABLE_LOGICAL_ROUTER_PORT].row_ids[0]
    = {&nbrec_logical_router_port_col_name, NULL, NULL},
    [NBREC_TABLE_LOGICAL_SWITCH].row_ids = {
        {&nbrec_logical_switch_col_name, NULL, NULL},
        {&nbrec_logical_switch_col_external_ids, "neutron:network_name",
         NULL},
    },
    [NBREC_TABLE_LOGICAL_SWITCH_PORT].row_ids = {
        {&nbrec_logical_switch_port_col_name, NULL, NULL},
        {&nbrec_logical_switch_port_col_external_ids, "neutron:port_name",
         NULL},
    },
    [NBREC_TABLE_METER].row_ids[0] = {&nbrec_meter_col_name, NULL, NULL},
    [NBREC_TABLE_MIRROR].row_ids[0] = {&nbrec_mirror_col_name, NULL, NULL},
    [NBREC_TABLE_NAT].row_ids[0] = {&nbrec_nat_col_external_ip, NULL, NULL},
    [NBREC_TABLE_NETWORK_FUNCTION].row_ids[0]
    = {&nbrec_network_function_col_name, NULL, NULL},
    [NBREC_TABLE_NETWORK_FUNCTION_GROUP].row_ids[0]
    = {&nbrec_network_function_group_col_name, NULL, NULL},
    [NBREC_TABLE_NETWORK_FUNCTION_HEALTH_CHECK].row_ids[0]
    = {&nbrec_network_function_health_check_col_name, NULL, NULL},
    [NBREC_TABLE_PORT_GROUP].row_ids[0]
    = {&nbrec_port_group_col_name, NULL, NULL},
    [NBREC_TABLE_SAMPLE].row_ids[0] = {&nbrec_sample_col_metadata, NULL, NULL},
    [NBREC_TABLE_SAMPLE_COLLECTOR].row_ids = {
        {&nbrec_sample_collector_col_name, NULL, NULL},
        {&nbrec_sample_collector_col_id, NULL, NULL},
    },
    [NBREC_TABLE_SAMPLING_APP].row_ids[0]
    = {&nbrec_sampling_app_col_type, NULL, NULL},
    [NBREC_N_TABLES - 1].row_ids[3] = {NULL, NULL, NULL},
};
BUILD_ASSERT_DECL(ARRAY_SIZE(tables) == NBREC_N_TABLES);

static const struct dbctl_topic *const topics[] = {
    &general_topic,
    &nbctl_switch_topic,
    &nbctl_acl_topic,
    &nbctl_qos_topic,
    &nbctl_mirror_topic,
    &nbctl_meter_topic,
    &nbctl_lsp_topic,
    &nbctl_address_topic,
    &nbctl_dhcp_topic,
    &nbctl_hc_topic,
    &nbctl_nf_topic,
    &nbctl_fwd_group_topic,
    &nbctl_router_topic,
    &nbctl_lrp_topic,
    &nbctl_route_topic,
    &nbctl_policy_topic,
    &nbctl_nat_topic,
    &nbctl_lb_topic,
    &nbctl_lb_user_topic,
    &nbctl_mac_binding_topic,
    &nbctl_ha_topic,
    &nbctl_copp_topic,
    &nbctl_group_topic,
    &dbctl_connection_topic,
    &dbctl_ssl_topic,
    &sync_topic,
    NULL
};

int
main(int argc, char *argv[])
{
    static const struct dbctl_global global = {
        .global = &nbrec_table_nb_global,
        .global_connections = &nbrec_nb_global_col_connections,
        .global_ssl = &nbrec_nb_global_col_ssl,
        .connection = &nbrec_table_connection,
        .target = &nbrec_connection_col_target,
        .inactivity_probe = &nbrec_connection_col_inactivity_probe,
        .ssl = &nbrec_table_ssl,
        .private_key = &nbrec_ssl_col_private_key,
        .certificate = &nbrec_ssl_col_certificate,
        .ca_cert = &nbrec_ssl_col_ca_cert,
        .bootstrap_ca_cert = &nbrec_ssl_col_bootstrap_ca_cert,
        .ssl_protocols = &nbrec_ssl_col_ssl_protocols,
        .ssl_ciphers = &nbrec_ssl_col_ssl_ciphers,
        .ssl_ciphersuites = &nbrec_ssl_col_ssl_ciphersuites,
    };
    static const struct dbctl_class nbctl = {
        .idl_class = &nbrec_idl_class,
        .tables = tables,
        .topics = topics,
        .log_module = &this_module,
        .title = "OVN northbound DB management utility",
        .default_db = ovn_default_nb_db,
        .db_version = nbrec_get_db_version,
        .options_env = "OVN_NBCTL_OPTIONS",
        .daemon_env = "OVN_NB_DAEMON",
        .add_base = add_base,
        .prepare = prepare,
        .check = nbctl_check_row,
        .increment = increment,
        .probe_interval = probe_interval,
        .progress = progress,
    };

    dbctl_global_init(&global);
    return dbctl_main(&nbctl, argc, argv);
}
