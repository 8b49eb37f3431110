/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef CONTROLLER_ZONES_H
#define CONTROLLER_ZONES_H 1

/* Connection tracking zones in the compilation.
 *
 * The zones themselves are handed out by ct-zone.h, which depends on history
 * and so stands beside the engine: units request a zone, and find it in the
 * next run, in a table whose rows are set in between. */

#include <stdbool.h>
#include <stdint.h>

#include "lib/inc.h"

struct ct_zones;

extern struct inc_output zones_output;

/* What a row has a zone for. */
enum zone_use {
    ZONE_PORT,                  /* Port_Binding: packets from and to it. */
    ZONE_DNAT,                  /* Datapath_Binding of a router: DNAT ... */
    ZONE_SNAT,                  /* ... and SNAT. */
};

/* For units: requests a zone for 'use' of 'row', under 'name': the zone
 * 'wanted' or, if that is 0, any. */
void zone_request(struct inc_cx *, struct inc_ref row, enum zone_use use,
                  const char *name, uint16_t wanted);

/* For units and facts: the zone for 'use' of 'row', 0 if it has none (yet). */
uint16_t zone_get(struct inc_cx *, struct inc_ref row, enum zone_use use);

/* Adds to 'inc' what this module has. */
void zones_add(struct inc *inc);

/* Hands out what was requested since the last call, from 'ct'.  If 'all', also
 * looks at zones handed out earlier, which may have changed.  Returns true if
 * the engine has to run again. */
bool zones_apply(struct inc *inc, struct ct_zones *ct, bool all);

void zones_destroy(void);

#endif /* controller/zones.h */
