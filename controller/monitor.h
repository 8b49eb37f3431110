/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef CONTROLLER_MONITOR_H
#define CONTROLLER_MONITOR_H 1

/* What the Southbound database sends us.
 *
 * A chassis needs the ports whose interfaces it has, and of the datapaths of
 * those ports the logical flows, ports and multicast groups.  Units say which
 * names and datapaths they want; the database is asked for those, and for what
 * is of interest everywhere.  With ovn-monitor-all it sends everything.
 *
 * Asking takes a round trip, and the answer may lead to more questions.  The
 * picture is complete ("settled") when no question is open. */

#include <stdbool.h>

#include "lib/inc.h"

struct ovsdb_idl;
struct sbrec_chassis;
struct svec;

extern struct inc_output monitor_ports_output;
extern struct inc_output monitor_dps_output;

/* For units. */
void monitor_want_port(struct inc_cx *, const char *logical_port);
void monitor_want_dp(struct inc_cx *, const struct uuid *dp);

/* Tells the database behind 'sb_idl' what is wanted, if that changed.
 * 'chassis' is our row, or NULL; 'name' the name under which we are
 * registered, or NULL: then Chassis_Private rows of all names are of
 * interest. */
void monitor_run(struct ovsdb_idl *sb_idl, const struct sbrec_chassis *,
                 const char *name, bool monitor_all);

/* Has 'sb_idl' received everything that was asked for? */
bool monitor_is_settled(struct ovsdb_idl *sb_idl);

/* Appends to 'names' the ports that were asked for by name. */
void monitor_list_ports(struct svec *names);

void monitor_destroy(void);

#endif /* controller/monitor.h */
