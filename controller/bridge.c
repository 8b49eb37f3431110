/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Creates and sets up the integration bridge; see bridge.h for the
 * contract. */

#include <config.h>

#include "controller/bridge.h"

#include <string.h>

#include "controller/config.h"
#include "openvswitch/vlog.h"
#include "ovsdb-idl.h"
#include "smap.h"
#include "util.h"
#include "vswitch-idl.h"

VLOG_DEFINE_THIS_MODULE(bridge);

/* The OpenFlow version that the controller speaks, as the Bridge table's
 * protocols column calls it. */
#define PROTOCOL "OpenFlow15"

/* Returns the bridge named 'name' in 'ovs', or NULL. */
const struct ovsrec_bridge *
bridge_find(const struct ovsrec_open_vswitch *ovs, const char *name)
{
    for (size_t i = 0; i < ovs->n_bridges; i++) {
        if (!strcmp(ovs->bridges[i]->name, name)) {
            return ovs->bridges[i];
        }
    }
    return NULL;
}

const char *
bridge_datapath_type(const struct ovsrec_bridge *bridge)
{
    return bridge->datapath_type[0] ? bridge->datapath_type : "system";
}

/* Creates the bridge named 'name', with its local port. */
static void
create_bridge(struct ovsdb_idl_txn *txn,
              const struct ovsrec_open_vswitch *ovs, const char *name,
              const char *datapath_type)
{
    const struct smap other_config
        = SMAP_CONST1(&other_config, "disable-in-band", "true");

    VLOG_INFO("creating integration bridge %s", name);

    struct ovsrec_interface *iface = ovsrec_interface_insert(txn);
    ovsrec_interface_set_name(iface, name);
    ovsrec_interface_set_type(iface, "internal");

    struct ovsrec_port *port = ovsrec_port_insert(txn);
    ovsrec_port_set_name(port, name);
    ovsrec_port_set_interfaces(port, &iface, 1);

    struct ovsrec_bridge *bridge = ovsrec_bridge_insert(txn);
    ovsrec_bridge_set_name(bridge, name);
    ovsrec_bridge_set_fail_mode(bridge, "secure");
    ovsrec_bridge_set_datapath_type(bridge, datapath_type);
    ovsrec_bridge_set_other_config(bridge, &other_config);
    ovsrec_bridge_set_ports(bridge, &port, 1);

    ovsrec_open_vswitch_update_bridges_addvalue(ovs, bridge);
}

/* If 'bridge' is restricted to some OpenFlow versions, adds ours. */
static void
allow_protocol(const struct ovsrec_bridge *bridge)
{
    if (!bridge->n_protocols) {
        return;                 /* All versions. */
    }
    for (size_t i = 0; i < bridge->n_protocols; i++) {
        if (!strcmp(bridge->protocols[i], PROTOCOL)) {
            return;
        }
    }
    VLOG_INFO("%s: adding %s to protocols", bridge->name, PROTOCOL);
    ovsrec_bridge_update_protocols_addvalue(bridge, PROTOCOL);
}

/* Makes the settings of 'bridge' what OVN needs. */
static void
set_up_bridge(const struct ovsrec_bridge *bridge, const char *datapath_type)
{
    if (datapath_type[0] && strcmp(bridge->datapath_type, datapath_type)) {
        ovsrec_bridge_set_datapath_type(bridge, datapath_type);
    }
    if (!bridge->fail_mode || strcmp(bridge->fail_mode, "secure")) {
        VLOG_INFO("%s: setting fail-mode to secure", bridge->name);
        ovsrec_bridge_set_fail_mode(bridge, "secure");
    }
    allow_protocol(bridge);
}

/* Adds the row in which ovs-vswitchd says what the datapath of 'bridge' can
 * do, if there is none. */
static void
add_datapath_row(struct ovsdb_idl_txn *txn,
                 const struct ovsrec_open_vswitch *ovs,
                 const struct ovsrec_bridge *bridge)
{
    const char *type = bridge_datapath_type(bridge);

    for (size_t i = 0; i < ovs->n_datapaths; i++) {
        if (!strcmp(ovs->key_datapaths[i], type)) {
            return;
        }
    }
    ovsrec_open_vswitch_update_datapaths_setkey(ovs, type,
                                                ovsrec_datapath_insert(txn));
}

/* Returns the integration bridge that 'config' names, or NULL if it does not
 * exist.  If 'ovs_txn' is nonnull, creates it in that case (it exists when the
 * transaction is through), and otherwise repairs its settings. */
const struct ovsrec_bridge *
bridge_run(struct ovsdb_idl_txn *ovs_txn,
           const struct ovsrec_open_vswitch *ovs, const struct config *config)
{
    const char *name = config_string(config, CFG_BRIDGE);
    const char *type = config_string(config, CFG_BRIDGE_DP_TYPE);
    const struct ovsrec_bridge *bridge = bridge_find(ovs, name);

    if (!ovs_txn) {
        return bridge;
    }

    if (!bridge) {
        create_bridge(ovs_txn, ovs, name, type);
    } else {
        set_up_bridge(bridge, type);
        add_datapath_row(ovs_txn, ovs, bridge);
    }

    const char *limit = smap_get(&ovs->other_config, "vlan-limit");
    if (!limit || strcmp(limit, "0")) {
        ovsrec_open_vswitch_update_other_config_setkey(ovs, "vlan-limit",
                                                       "0");
    }
    return bridge;
}
