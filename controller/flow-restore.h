/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef CONTROLLER_FLOW_RESTORE_H
#define CONTROLLER_FLOW_RESTORE_H 1

/* Lets a restarted switch go, once it has its flows.
 *
 * An ovs-vswitchd that starts with Open_vSwitch other_config:flow-restore-wait
 * set to true has no OpenFlow flows, and takes some, but leaves all packets to
 * what an earlier incarnation left in the datapath until the key is false
 * (ovs-vswitchd.conf.db(5)).  Somebody has to know when the flows are there.
 * With external_ids:ovn-managed-flow-restore-wait=true that is this program:
 * it sets other_config:flow-restore-wait to false once everything that both
 * databases say is compiled, and a barrier has confirmed that the switch has
 * it.  Otherwise it does not touch the key.
 *
 * An ovs-vswitchd looks at the key until it has once been false.  So whoever
 * is about to restart it may set the key while the old one is still running,
 * and that one, which does not wait, must not be taken for the new one.  It is
 * known by its OpenFlow connection: a switch does not wait if its key has been
 * seen to be false, in a replica that was up to date, during the present
 * connection. */

#include <stdbool.h>
#include <stdint.h>

struct config;
struct ofswitch;
struct ovsrec_open_vswitch;

struct flow_restore {
    unsigned int connection;    /* ofswitch_connection() that the rest is
                                 * about. */
    bool forwards;              /* The switch does not wait (any more). */
    uint64_t fence;             /* Behind all flows; 0: none yet. */
};

/* Looks at the key in 'ovs'.  To be called when the replica has been brought
 * up to date ('fresh': it is the present server's) and before ofswitch_run()
 * is, so that the key is not older than the connection. */
void flow_restore_observe(struct flow_restore *,
                          const struct ovsrec_open_vswitch *ovs, bool fresh,
                          const struct ofswitch *);

/* Takes the next step.  'complete' says that the desired state of 'sw' is
 * all that there is to say; 'writable', that 'ovs' can be written now. */
void flow_restore_run(struct flow_restore *, const struct config *,
                      const struct ovsrec_open_vswitch *ovs, bool writable,
                      struct ofswitch *sw, bool complete);

#endif /* controller/flow-restore.h */
