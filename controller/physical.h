/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef CONTROLLER_PHYSICAL_H
#define CONTROLLER_PHYSICAL_H 1

/* Between logical ports and the outside of the switch: OpenFlow tables
 *
 *     0    physical to logical: a local port's packets get their datapath and
 *          inport, and enter the ingress pipeline (tunnels: tunnel.c)
 *     32   remote output: copies for other chassis go into tunnels
 *     33   local output: what is for ports here enters the egress pipeline
 *     34   a packet does not leave through the port it came from
 *     64   unless it is allowed to: then OpenFlow must not object either
 *     65   logical to physical, or through a patch port into the ingress
 *          pipeline of its peer's datapath
 *
 * mcast.c does tables 32 and 33 for multicast groups. */

#include <stdint.h>

#include "lib/inc.h"

struct ofpbuf;

/* Appends to 'ofpacts' what sets the connection tracking zones of 'dp', a
 * Datapath_Binding, if it is a local router.  The caller must declare
 * local_dp_table. */
void physical_put_dp_zones(struct inc_cx *, struct inc_ref dp,
                           struct ofpbuf *ofpacts);

/* Appends to 'ofpacts' what delivers a packet to the local port 'key', which
 * has conntrack zone 'zone', through the loopback check. */
void physical_put_local_output(uint32_t key, uint16_t zone,
                               struct ofpbuf *ofpacts);

/* Adds what physical.c and mcast.c have to 'inc'. */
void physical_add(struct inc *inc);
void mcast_add(struct inc *inc);

#endif /* controller/physical.h */
