/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef CONTROLLER_COMPILE_H
#define CONTROLLER_COMPILE_H 1

/* The compilation: Southbound and local rows in, OpenFlow flows out.
 *
 * This is the frame around the families of functions that the incremental
 * engine (lib/inc.h) runs.  They are in a file for each concern, and read in
 * this order they follow a port from the hypervisor's interface to its flows:
 *
 *     local.c      which ports and datapaths are on this chassis
 *     tunnel.c     which tunnel leads where
 *     template.c   texts that differ from chassis to chassis
 *     lflow.c      logical flows of local datapaths, tables 8-31 and 40-63
 *     physical.c   ports and tunnels, tables 0, 32, 33, 34, 64 and 65
 *     mcast.c      multicast groups, tables 32 and 33
 *
 * What they emit goes to
 *
 *     flows.c      the switch connection: flows ...
 *     groups.c     ... groups and meters
 *     binding.c    Port_Binding and Interface rows
 *     zones.c      connection tracking zones
 *     reach.c      which datapaths can be reached from those with ports here
 *     monitor.c    what the Southbound database should send us
 *
 * compile_run() runs the engine and carries what came out to its places. */

#include <stdbool.h>
#include <stdint.h>

#include "controller/ofswitch-features.h"
#include "lib/inc.h"
#include "openvswitch/meta-flow.h"

struct ct_zones;
struct ofswitch;
struct ovsdb_idl;
struct ovsrec_bridge;
struct sbrec_chassis;

/* What the functions have to know about this chassis besides database rows.
 * There is one such row in 'chassis_cfg_table'. */
struct chassis_cfg {
    struct uuid br_int;         /* The integration bridge. */
    struct uuid chassis;        /* Our Chassis row; zeros if there is none. */
    uint32_t tun_field;         /* MFF_TUN_METADATA<n> that holds OVN's Geneve
                                 * option; 0 if there is none. */
    struct ofswitch_features features; /* Of the switch. */
    char name[128];             /* Chassis name ... */
    char hostname[256];         /* ... and host name, as in our row. */
};

extern struct inc_table chassis_cfg_table;

/* The row of chassis_cfg_table, and its value.  Never INC_NONE or NULL. */
struct inc_ref chassis_cfg_row(struct inc_cx *);
const struct chassis_cfg *chassis_cfg(struct inc_cx *);

/* True if 'chassis' is the row of this chassis. */
bool is_this_chassis(struct inc_cx *, struct inc_ref chassis);

struct compile {
    struct inc *inc;
    struct ovsdb_idl *ovs_idl, *sb_idl;
    struct ofswitch *sw;
    struct ct_zones *ct_zones;
    struct ofswitch_features features;
    unsigned int n_recomputes;  /* inc_recomputes() at the last run. */
};

void compile_init(struct compile *, struct ovsdb_idl *ovs_idl,
                  struct ovsdb_idl *sb_idl, struct ofswitch *,
                  struct ct_zones *);
void compile_destroy(struct compile *);

void compile_set_chassis(struct compile *, const struct ovsrec_bridge *br_int,
                         const struct sbrec_chassis *,
                         enum mf_field_id tun_field,
                         const struct ofswitch_features *);
void compile_run(struct compile *, bool zones_moved);

#endif /* controller/compile.h */
