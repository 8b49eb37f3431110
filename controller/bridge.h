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
 * all VLAN tags (vlan-limit 0).  What is right is not written again. */

struct config;
struct ovsdb_idl_txn;
struct ovsrec_bridge;
struct ovsrec_open_vswitch;

const struct ovsrec_bridge *bridge_find(const struct ovsrec_open_vswitch *,
                                        const char *name);
const struct ovsrec_bridge *bridge_run(struct ovsdb_idl_txn *ovs_txn,
                                       const struct ovsrec_open_vswitch *,
                                       const struct config *);

#endif /* controller/bridge.h */
