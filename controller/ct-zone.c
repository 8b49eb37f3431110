/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Allocates connection tracking zones; see ct-zone.h for the contract.
 *
 * At start-up the bridge's keys are taken as reservations ("restored").  The
 * first request for a name turns its reservation into an allocation, without
 * flush.  What is still only reserved once everything has been asked for is
 * forgotten, with ct_zones_forget_restored(). */

#include <config.h>

#include "controller/ct-zone.h"

#include <string.h>

#include "bitmap.h"
#include "controller/config.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/vlog.h"
#include "smap.h"
#include "util.h"
#include "vswitch-idl.h"

VLOG_DEFINE_THIS_MODULE(ct_zone);

#define KEY_PREFIX "ct-zone-"
#define MIN_ZONE 1
#define MAX_ZONE 65535

/* Initializes 'zones', with no name.  'flush' is called with 'aux' for each
 * zone that is handed to a new name. */
void
ct_zones_init(struct ct_zones *zones,
              void (*flush)(void *aux, uint16_t zone), void *aux)
{
    *zones = (struct ct_zones) {
        .zones = SIMAP_INITIALIZER(&zones->zones),
        .restored = SIMAP_INITIALIZER(&zones->restored),
        .wanted = SIMAP_INITIALIZER(&zones->wanted),
        .used = bitmap_allocate(MAX_ZONE + 1),
        .min = MIN_ZONE,
        .max = MAX_ZONE,
        .hint = MIN_ZONE,
        .dirty = SSET_INITIALIZER(&zones->dirty),
        .flush = flush,
        .aux = aux,
    };
}

void
ct_zones_destroy(struct ct_zones *zones)
{
    simap_destroy(&zones->zones);
    simap_destroy(&zones->restored);
    simap_destroy(&zones->wanted);
    bitmap_free(zones->used);
    sset_destroy(&zones->dirty);
}

/* Reserves the zone read from the database as 'value' for 'name', unless it is
 * none or taken. */
static void
restore(struct ct_zones *zones, const char *name, const char *value)
{
    unsigned int zone;

    if (!str_to_uint(value, 10, &zone)
        || zone < MIN_ZONE || zone > MAX_ZONE
        || bitmap_is_set(zones->used, zone)) {
        sset_add(&zones->dirty, name);
        return;
    }
    bitmap_set1(zones->used, zone);
    simap_put(&zones->restored, name, zone);
}

/* Reads the zones that 'br_int' remembers.  Does nothing after the first
 * time. */
void
ct_zones_restore(struct ct_zones *zones, const struct ovsrec_bridge *br_int)
{
    if (zones->is_restored) {
        return;
    }
    zones->is_restored = true;

    /* Sorted, so that of two names with one zone always the same keeps it. */
    const struct smap_node **nodes = smap_sort(&br_int->external_ids);
    for (size_t i = 0; i < smap_count(&br_int->external_ids); i++) {
        const char *key = nodes[i]->key;

        if (!strncmp(key, KEY_PREFIX, strlen(KEY_PREFIX))) {
            restore(zones, key + strlen(KEY_PREFIX), nodes[i]->value);
        }
    }
    free(nodes);
}

/* Returns a free zone in the range, or 0 if there is none. */
static uint16_t
find_free(struct ct_zones *zones)
{
    size_t start = MAX(zones->hint, zones->min);
    size_t end = zones->max + 1;
    size_t zone = start < end ? bitmap_scan(zones->used, 0, start, end) : end;

    if (zone >= end) {
        zone = bitmap_scan(zones->used, 0, zones->min, end);
    }
    if (zone >= end) {
        return 0;
    }
    zones->hint = zone + 1;
    return zone;
}

/* Gives 'zone', which is free, to 'name', which has none. */
static void
put(struct ct_zones *zones, const char *name, uint16_t zone)
{
    bitmap_set1(zones->used, zone);
    simap_put(&zones->zones, name, zone);
    sset_add(&zones->dirty, name);
    zones->flush(zones->aux, zone);
}

/* Gives 'name', which has no zone, a free one and returns it, or 0 if there is
 * none left. */
static uint16_t
assign(struct ct_zones *zones, const char *name)
{
    uint16_t zone = find_free(zones);

    if (!zone) {
        static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(1, 1);
        VLOG_WARN_RL(&rl, "%s: no connection tracking zone left in range "
                     "%u-%u", name, zones->min, zones->max);
        return 0;
    }
    put(zones, name, zone);
    return zone;
}

/* May 'name' have 'zone'? */
static bool
is_allowed(const struct ct_zones *zones, const char *name, uint16_t zone)
{
    return ((zone >= zones->min && zone <= zones->max)
            || simap_get(&zones->wanted, name) == zone);
}

/* Moves the names in 'zones->zones' whose zone is out of range.  Returns true
 * if there was one. */
static bool
move_out_of_range(struct ct_zones *zones)
{
    const struct simap_node **nodes = simap_sort(&zones->zones);
    size_t n = simap_count(&zones->zones);
    bool moved = false;

    for (size_t i = 0; i < n; i++) {
        if (!is_allowed(zones, nodes[i]->name, nodes[i]->data)) {
            char *name = xstrdup(nodes[i]->name);

            ct_zones_release(zones, name);
            assign(zones, name);
            free(name);
            moved = true;
        }
    }
    free(nodes);
    return moved;
}

/* Applies the ct-zone-range of 'config'.  Returns true if a zone that is in
 * use changed because of it. */
bool
ct_zones_set_range(struct ct_zones *zones, const struct config *config)
{
    unsigned int min, max;

    config_range(config, CFG_CT_ZONE_RANGE, &min, &max);
    if (min == zones->min && max == zones->max) {
        return false;
    }
    zones->min = min;
    zones->max = max;
    zones->hint = min;
    return move_out_of_range(zones);
}

/* Frees the zone of 'node', which is in 'map'. */
static void
free_zone(struct ct_zones *zones, struct simap *map, struct simap_node *node)
{
    sset_add(&zones->dirty, node->name);
    bitmap_set0(zones->used, node->data);
    simap_delete(map, node);
}

/* Returns the node of 'map' with 'zone', or NULL. */
static struct simap_node *
find_zone(const struct simap *map, uint16_t zone)
{
    struct simap_node *node;

    SIMAP_FOR_EACH (node, map) {
        if (node->data == zone) {
            return node;
        }
    }
    return NULL;
}

/* Frees the zone that 'name' has, if any, and 'zone', if anybody has it. */
static void
evict(struct ct_zones *zones, const char *name, uint16_t zone)
{
    struct simap *const maps[] = { &zones->zones, &zones->restored };

    for (size_t i = 0; i < ARRAY_SIZE(maps); i++) {
        struct simap_node *own = simap_find(maps[i], name);
        if (own) {
            free_zone(zones, maps[i], own);
        }

        struct simap_node *node = find_zone(maps[i], zone);
        if (node) {
            free_zone(zones, maps[i], node);
        }
    }
}

/* Forgets all that was said with ct_zones_want(), which is to be said anew. */
void
ct_zones_forget_wanted(struct ct_zones *zones)
{
    simap_clear(&zones->wanted);
}

/* 'name' wants 'zone', 0 for any: gives it that, unless a smaller name wants
 * the same.  Whoever had it has none until the next ct_zones_alloc(). */
void
ct_zones_want(struct ct_zones *zones, const char *name, uint16_t zone)
{
    struct simap_node *other = zone ? find_zone(&zones->wanted, zone) : NULL;
    uint16_t now = simap_get(&zones->zones, name);

    if (other && strcmp(other->name, name) < 0) {
        static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(5, 20);
        VLOG_WARN_RL(&rl, "%s: connection tracking zone %u is also wanted by "
                     "%s, using another", name, zone, other->name);
        zone = 0;
    } else if (other) {
        simap_delete(&zones->wanted, other);
    }

    if (zone) {
        simap_put(&zones->wanted, name, zone);
        if (now != zone && simap_get(&zones->restored, name) != zone) {
            evict(zones, name, zone);
            put(zones, name, zone);
        }
    } else if (now && !is_allowed(zones, name, now)) {
        ct_zones_release(zones, name);
    }
}

/* Returns the zone of 'name', giving it one if it has none.  Returns 0 if all
 * zones are taken. */
uint16_t
ct_zones_alloc(struct ct_zones *zones, const char *name)
{
    uint16_t zone = simap_get(&zones->zones, name);

    if (zone) {
        return zone;
    }

    struct simap_node *node = simap_find(&zones->restored, name);
    if (node) {
        zone = node->data;
        if (is_allowed(zones, name, zone)) {
            simap_put(&zones->zones, name, zone);
            simap_delete(&zones->restored, node);
            return zone;
        }
        free_zone(zones, &zones->restored, node);
    }
    return assign(zones, name);
}

/* 'name' needs its zone no longer. */
void
ct_zones_release(struct ct_zones *zones, const char *name)
{
    struct simap_node *node = simap_find(&zones->zones, name);

    simap_find_and_delete(&zones->wanted, name);
    if (node) {
        free_zone(zones, &zones->zones, node);
    }
}

/* Gives up the zones that the bridge remembered and nobody asked for. */
void
ct_zones_forget_restored(struct ct_zones *zones)
{
    struct simap_node *node;

    SIMAP_FOR_EACH_SAFE (node, &zones->restored) {
        free_zone(zones, &zones->restored, node);
    }
}

/* Returns the zone of 'name', or 0. */
uint16_t
ct_zones_get(const struct ct_zones *zones, const char *name)
{
    return simap_get(&zones->zones, name);
}

/* Writes what changed to 'br_int', in the local database's open
 * transaction. */
void
ct_zones_save(struct ct_zones *zones, const struct ovsrec_bridge *br_int)
{
    const char *name;

    SSET_FOR_EACH (name, &zones->dirty) {
        char *key = xasprintf(KEY_PREFIX "%s", name);
        const char *old = smap_get(&br_int->external_ids, key);
        uint16_t zone = simap_get(&zones->zones, name);

        if (!zone) {
            zone = simap_get(&zones->restored, name);
        }
        if (zone) {
            char *new = xasprintf("%u", zone);
            if (!old || strcmp(old, new)) {
                ovsrec_bridge_update_external_ids_setkey(br_int, key, new);
            }
            free(new);
        } else if (old) {
            ovsrec_bridge_update_external_ids_delkey(br_int, key);
        }
        free(key);
    }
    sset_clear(&zones->dirty);
}

/* The transaction of the last ct_zones_save() failed: write everything that
 * differs next time. */
void
ct_zones_save_failed(struct ct_zones *zones)
{
    const struct simap_node *node;

    SIMAP_FOR_EACH (node, &zones->zones) {
        sset_add(&zones->dirty, node->name);
    }
}

/* Appends "NAME ZONE" lines to 'ds', sorted by name. */
void
ct_zones_format(const struct ct_zones *zones, struct ds *ds)
{
    const struct simap_node **nodes = simap_sort(&zones->zones);

    for (size_t i = 0; i < simap_count(&zones->zones); i++) {
        ds_put_format(ds, "%s %u\n", nodes[i]->name, nodes[i]->data);
    }
    free(nodes);
}
