/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef CONTROLLER_GROUPS_H
#define CONTROLLER_GROUPS_H 1

/* OpenFlow groups and meters as output of the compilation.
 *
 * Flows refer to them by ids, which depend on history in rare cases: if the
 * hashes of two contents collide (see controller/ofswitch-groups.h).  So ids
 * are given out by the switch connection, an allocator beside the engine, and
 * stay as they are for as long as anybody claims the group or meter, or an
 * action of this program's predecessor that is still on the switch uses it.
 *
 * A unit that needs an id claims the group or meter, which then exists on the
 * switch before the unit's flows, and goes after them.  A fact cannot claim
 * anything, so some unit that runs before it must have claimed the same. */

#include <stdbool.h>
#include <stdint.h>

#include "lib/inc.h"

struct ofswitch;
struct ofswitch_features;

/* What units claim with the functions below; to be named in 'emits'. */
extern struct inc_output groups_output;
extern struct inc_output meters_output;

/* Makes groups and meters go to 'sw', and adds what there is to 'inc'. */
void groups_add(struct inc *inc, struct ofswitch *sw);
void groups_destroy(void);

/* To be called before each run of the engine: finds out how many groups and
 * meters there may be, in a switch with 'features'. */
void groups_make_room(struct inc *inc, const struct ofswitch_features *);

/* Arranges for poll_block() to wake up if something could be had now that was
 * refused. */
void groups_wait(const struct ofswitch_features *);

/* Returns the id of the group with 'content', in the syntax of ovs-ofctl(8)
 * without "group_id=".  A unit ('claim' true) claims it, or gets 0 if the
 * switch has as many as it can; it will be run again when it has less.  A fact
 * gets 0 if nobody has claimed it. */
uint32_t group_get_id(struct inc_cx *, const char *content, bool claim);

/* Returns the id of the meter 'name' in the same way.  If 'content', in the
 * syntax of ovs-ofctl(8) without "meter=", is NULL, it is that of the row in
 * table Meter, and the id 0 if there is no row. */
uint32_t meter_get_id(struct inc_cx *, const char *name, const char *content,
                      bool claim);

#endif /* controller/groups.h */
