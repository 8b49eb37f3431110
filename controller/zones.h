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

/* For units: requests a zone for 'row', under 'name'. */
void zone_request(struct inc_cx *, struct inc_ref row, const char *name);

/* For units and facts: the zone of 'row', 0 if it has none (yet). */
uint16_t zone_get(struct inc_cx *, struct inc_ref row);

/* Adds to 'inc' what this module has. */
void zones_add(struct inc *inc);

/* Hands out what was requested since the last call, from 'ct'.  If 'all', also
 * looks at zones handed out earlier, which may have changed.  Returns true if
 * the engine has to run again. */
bool zones_apply(struct inc *inc, struct ct_zones *ct, bool all);

void zones_destroy(void);

#endif /* controller/zones.h */
