/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef CONTROLLER_REACH_H
#define CONTROLLER_REACH_H 1

/* Which datapaths packets on this chassis can reach.
 *
 * A datapath with a port here is a seed.  Two Port_Binding rows of type
 * "patch" whose options:peer name each other join their datapaths; what a
 * seed is joined to, however far, can be reached.
 *
 * That is a closure, and the engine (lib/inc.h) has none: a family cannot
 * read what it derives.  So it stands beside it, as the zones of zones.h do:
 * units say what the seeds and joints are, and reach_apply(), between two
 * runs, makes the rows of a table of what follows.  It costs time in
 * proportion to the patch ports of the datapaths that can be reached, and
 * only when a seed or one of those patch ports came, went or moved. */

#include <stdbool.h>
#include <stdint.h>

#include "lib/inc.h"

struct ovsdb_idl;
struct svec;

extern struct inc_output reach_seeds_output;
extern struct inc_output reach_joints_output;

/* For units and facts: the peer of 'pb', a patch port, or INC_NONE.  They must
 * name each other. */
struct inc_ref reach_peer(struct inc_cx *, struct inc_ref pb);

/* For units: there is a port here on datapath 'dp'. */
void reach_seed(struct inc_cx *, struct inc_ref dp);

/* For units: 'pb' is a patch port; it leads to the datapath of its peer, if it
 * has one. */
void reach_joint(struct inc_cx *, struct inc_ref pb);

/* Table of the datapaths that can be reached, by the UUID of their
 * Datapath_Binding rows. */
struct reached {
    uint32_t indirect;          /* No port is here: it is not a seed. */
};
extern struct inc_table reached_table;

/* Adds to 'inc' what this module has. */
void reach_add(struct inc *inc);

/* Brings reached_table up to date with the last run.  Returns true if the
 * engine has to run again. */
bool reach_apply(struct inc *inc);

/* Appends to 'peers' a line of text for each patch port on a datapath that can
 * be reached, and to 'names' the names of these ports and their peers.  Either
 * may be NULL. */
void reach_list_patches(struct ovsdb_idl *sb_idl, struct svec *peers,
                        struct svec *names);

void reach_destroy(void);

#endif /* controller/reach.h */
