/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef CONTROLLER_CT_ZONE_H
#define CONTROLLER_CT_ZONE_H 1

/* Connection tracking zones.
 *
 * Whoever tracks connections (a local VIF, a router) has a name, and a name
 * that is in use has a zone of its own.  A zone is sticky: it stays with its
 * name while the name is in use, across restarts too, because it is kept in
 * external_ids:ct-zone-<name> of the integration bridge.
 *
 * A name may want a certain zone, in or out of the range for the others: then
 * it has that one, and whoever had it has another.
 *
 * A zone that is handed to a new name is to be flushed first, so that it does
 * not inherit connections: 'flush' is called for it.
 *
 * This is an allocator beside the engine: it depends on its history, so no
 * unit or fact calls it. */

#include <stdbool.h>
#include <stdint.h>

#include "simap.h"
#include "sset.h"

struct config;
struct ds;
struct ovsrec_bridge;

struct ct_zones {
    struct simap zones;         /* Zone by name: names in use. */
    struct simap restored;      /* From the bridge, not asked for so far. */
    struct simap wanted;        /* Zones that names want, if any. */
    unsigned long *used;        /* Bitmap of zones in either. */
    uint16_t min, max;          /* Zones that may be given out. */
    uint16_t hint;              /* Where to look for a free zone. */
    bool is_restored;
    struct sset dirty;          /* Names whose key may need writing. */

    void (*flush)(void *aux, uint16_t zone);
    void *aux;
};

void ct_zones_init(struct ct_zones *,
                   void (*flush)(void *aux, uint16_t zone), void *aux);
void ct_zones_destroy(struct ct_zones *);

void ct_zones_restore(struct ct_zones *, const struct ovsrec_bridge *br_int);
bool ct_zones_set_range(struct ct_zones *, const struct config *);

void ct_zones_forget_wanted(struct ct_zones *);
void ct_zones_want(struct ct_zones *, const char *name, uint16_t zone);
uint16_t ct_zones_alloc(struct ct_zones *, const char *name);
void ct_zones_release(struct ct_zones *, const char *name);
void ct_zones_forget_restored(struct ct_zones *);
uint16_t ct_zones_get(const struct ct_zones *, const char *name);

void ct_zones_save(struct ct_zones *, const struct ovsrec_bridge *br_int);
void ct_zones_save_failed(struct ct_zones *);
void ct_zones_format(const struct ct_zones *, struct ds *);

#endif /* controller/ct-zone.h */
