/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef CONTROLLER_BRIDGE_H
#define CONTROLLER_BRIDGE_H 1

/* The integration bridge.
 *
 * It is created when it is missing, and set up so that OVN can use it: it
 * forwards nothing by itself (fail-mode secure), talks OpenFlow 1.5 without
 * in-band control, has the configured datapath type, and lets OpenFlow see
 * all VLAN tags (vlan-limit 0).  A row in table Datapath has ovs-vswitchd tell
 * what the datapath can do.  What is right is not written again. */

struct config;
struct ovsdb_idl_txn;
struct ovsrec_bridge;
struct ovsrec_open_vswitch;

const struct ovsrec_bridge *bridge_find(const struct ovsrec_open_vswitch *,
                                        const char *name);

/* The datapath type of the bridge, the default if none is set. */
const char *bridge_datapath_type(const struct ovsrec_bridge *);

const struct ovsrec_bridge *bridge_run(struct ovsdb_idl_txn *ovs_txn,
                                       const struct ovsrec_open_vswitch *,
                                       const struct config *);

#endif /* controller/bridge.h */
