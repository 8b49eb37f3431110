/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The frame of the compilation; see compile.h. */

#include <config.h>

#include "controller/compile.h"

#include <string.h>

#include "controller/binding.h"
#include "controller/flows.h"
#include "controller/groups.h"
#include "controller/lflow.h"
#include "controller/local.h"
#include "controller/monitor.h"
#include "controller/ofswitch.h"
#include "controller/physical.h"
#include "controller/reach.h"
#include "controller/template.h"
#include "controller/tunnel.h"
#include "controller/zones.h"
#include "ovsdb-idl.h"
#include "ovsdb/ovn-sb-idl.h"
#include "ovsdb/ovs-inc.h"
#include "ovsdb/sb-inc.h"
#include "util.h"
#include "uuid.h"
#include "vswitch-idl.h"

/* The database tables that are read. */
static struct inc_table *const ovs_tables[] = {
    &ovs_bridge_table, &ovs_port_table, &ovs_iface_table,
};
static struct inc_table *const sb_tables[] = {
    &sb_chassis_table, &sb_encap_table, &sb_dp_table, &sb_pb_table,
    &sb_lflow_table, &sb_dpg_table, &sb_mcg_table, &sb_address_set_table,
    &sb_pg_table, &sb_chassis_template_var_table, &sb_dhcp_options_table,
    &sb_dhcpv6_options_table, &sb_meter_table, &sb_meter_band_table,
};

/* Key of the only row of chassis_cfg_table. */
static const uint32_t cfg_key = 0;

struct inc_table chassis_cfg_table = {
    .name = "chassis_cfg",
    .kind = INC_MEM,
    .key_size = sizeof cfg_key,
    .value_size = sizeof(struct chassis_cfg),
};

struct inc_ref
chassis_cfg_row(struct inc_cx *cx)
{
    return inc_lookup(cx, &chassis_cfg_table, &cfg_key);
}

const struct chassis_cfg *
chassis_cfg(struct inc_cx *cx)
{
    return inc_value(cx, chassis_cfg_row(cx));
}

bool
is_this_chassis(struct inc_cx *cx, struct inc_ref chassis)
{
    return chassis.id && uuid_equals(inc_uuid(cx, chassis),
                                     &chassis_cfg(cx)->chassis);
}

/* Initializes 'compile' to read 'ovs_idl' and 'sb_idl' and to make flows go to
 * 'sw'.  The bridge, the chassis and so on are unknown so far. */
void
compile_init(struct compile *compile, struct ovsdb_idl *ovs_idl,
             struct ovsdb_idl *sb_idl, struct ofswitch *sw,
             struct ct_zones *ct_zones)
{
    struct inc *inc = inc_create("ovn-controller");

    *compile = (struct compile) {
        .inc = inc,
        .ovs_idl = ovs_idl,
        .sb_idl = sb_idl,
        .sw = sw,
        .ct_zones = ct_zones,
    };
    for (size_t i = 0; i < ARRAY_SIZE(ovs_tables); i++) {
        inc_add_table(inc, ovs_tables[i], ovs_idl);
    }
    for (size_t i = 0; i < ARRAY_SIZE(sb_tables); i++) {
        inc_add_table(inc, sb_tables[i], sb_idl);
    }
    inc_add_table(inc, &chassis_cfg_table, NULL);

    flows_init(sw);
    inc_add_output(inc, &flows_output);
    groups_add(inc, sw);
    inc_add_output(inc, &binding_output);
    inc_add_output(inc, &monitor_ports_output);
    inc_add_output(inc, &monitor_dps_output);
    zones_add(inc);
    reach_add(inc);
    local_add(inc);
    tunnel_add(inc);
    template_add(inc);
    lflow_add(inc);
    physical_add(inc);
    mcast_add(inc);
    inc_start(inc);

    compile->features = OFSWITCH_ALL_FEATURES;
    const struct chassis_cfg cfg = { .features = compile->features };
    inc_mem_set(inc, &chassis_cfg_table, &cfg_key, &cfg);
}

/* Frees everything. */
void
compile_destroy(struct compile *compile)
{
    inc_destroy(compile->inc);
    flows_destroy();
    zones_destroy();
    reach_destroy();
    binding_destroy();
    monitor_destroy();
    lflow_destroy();
    groups_destroy();
}

/* Tells the compilation about the chassis: the bridge, our Chassis row (NULL
 * if there is none), the field that holds OVN's Geneve option, and what the
 * switch can do (see ofswitch-features.h). */
void
compile_set_chassis(struct compile *compile,
                    const struct ovsrec_bridge *br_int,
                    const struct sbrec_chassis *chassis,
                    enum mf_field_id tun_field,
                    const struct ofswitch_features *features)
{
    struct chassis_cfg cfg;

    memset(&cfg, 0, sizeof cfg);
    cfg.br_int = br_int->header_.uuid;
    cfg.tun_field = tun_field;
    cfg.features = *features;
    compile->features = *features;
    if (chassis) {
        cfg.chassis = chassis->header_.uuid;
        ovs_strzcpy(cfg.name, chassis->name, sizeof cfg.name);
        ovs_strzcpy(cfg.hostname, chassis->hostname, sizeof cfg.hostname);
    }
    inc_mem_set(compile->inc, &chassis_cfg_table, &cfg_key, &cfg);
}

/* Takes in what changed in the databases, and compiles it.  'zones_moved' says
 * that connection tracking zones that are in use may have changed.  After a
 * request to recompute, also reads again what the switch has. */
void
compile_run(struct compile *compile, bool zones_moved)
{
    struct inc *inc = compile->inc;

    inc_idl_sync(inc, compile->ovs_idl);
    inc_idl_sync(inc, compile->sb_idl);
    groups_make_room(inc, &compile->features);
    inc_run(inc);

    bool again = zones_apply(inc, compile->ct_zones, zones_moved);
    again |= reach_apply(inc);
    if (again) {
        inc_run(inc);
    }
    if (compile->n_recomputes != inc_recomputes(inc)) {
        compile->n_recomputes = inc_recomputes(inc);
        ofswitch_resync(compile->sw);
    }
}
