/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef CONTROLLER_LOCAL_H
#define CONTROLLER_LOCAL_H 1

/* Which ports and datapaths are on this chassis. */

#include <stdbool.h>
#include <stdint.h>

#include "lib/inc.h"

struct inc_table;
struct svec;
struct uuid;

/* Fact over Interface: is it attached to the integration bridge? */
struct iface {
    uint32_t ofport;            /* OpenFlow port number; 0 if it is not. */
};
extern struct inc_family iface_fact;

/* Fact over Port_Binding: the interface that implements a VIF here.  If there
 * are several, the one with the lowest OpenFlow port does: mostly that is the
 * oldest, and it does not depend on when we learned of them. */
struct vif {
    struct uuid iface;          /* Interface row; zeros if there is none. */
    uint32_t ofport;            /* 0 if there is none. */
    uint32_t n_ifaces;          /* How many there are to choose from. */
};
extern struct inc_family vif_fact;

/* Fact over Port_Binding: which way packets to it go. */
enum place_where {
    PLACE_NOWHERE,
    PLACE_HERE,                 /* 'ofport' leads to it. */
    PLACE_PATCH,                /* A patch port, whose peer has 'peer_key' in
                                 * the datapath 'peer_dp'. */
    PLACE_TUNNEL,               /* 'ofport' is a tunnel of type 'tunnel'. */
};
struct place {
    uint32_t ofport;
    uint8_t where;              /* enum place_where. */
    uint8_t tunnel;             /* enum tunnel_type. */
    uint16_t zone;              /* PLACE_HERE: connection tracking zone, 0 if
                                 * it has none yet. */
    uint32_t peer_key;
    struct inc_ref peer_dp;     /* Datapath_Binding. */
};
extern struct inc_family place_fact;

/* Is the port, if it is on a local datapath, reached without a tunnel? */
static inline bool
place_is_local(const struct place *place)
{
    return place->where == PLACE_HERE || place->where == PLACE_PATCH;
}

/* Derived table: the datapaths that packets on this chassis can reach; those
 * of reach.h that exist.  The key is the UUID of the Datapath_Binding row. */
struct local_dp {
    uint8_t indirect;           /* No workload port is here; it is only
                                 * reached through others. */
    uint8_t is_switch;
    uint8_t wants_snat_zone;    /* A router that wants a certain zone for
                                 * SNAT. */
    uint8_t zero;
    uint32_t key;               /* Tunnel key. */
};
extern struct inc_table local_dp_table;

/* The value of the row of 'dp', a Datapath_Binding, in local_dp_table, or NULL
 * if it is not local.  The caller must declare the read. */
const struct local_dp *local_dp_get(struct inc_cx *, struct inc_ref dp);

/* From outside of the compilation: is 'dp' local? */
bool local_dp_exists(const struct uuid *dp);

/* Appends a line of text for each local datapath to 'lines'. */
void local_dp_list(struct svec *lines);

/* Adds what this file has to 'inc'. */
void local_add(struct inc *inc);

#endif /* controller/local.h */
