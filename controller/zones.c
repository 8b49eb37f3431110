/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Connects the allocator of connection tracking zones to the engine; see
 * zones.h for the contract. */

#include <config.h>

#include "controller/zones.h"

#include <stdlib.h>
#include <string.h>

#include "controller/ct-zone.h"
#include "hash.h"
#include "openvswitch/hmap.h"
#include "openvswitch/list.h"
#include "util.h"
#include "uuid.h"

/* What a zone is requested for. */
struct zone_key {
    struct uuid row;
    uint32_t use;               /* enum zone_use. */
};

/* The value of a claim; the name follows. */
struct zone_claim {
    uint16_t wanted;
};

/* A request for a zone. */
struct request {
    struct hmap_node hmap_node; /* In 'requests', by 'key'. */
    struct ovs_list node;       /* In 'changed', or empty. */
    struct zone_key key;
    char *name;                 /* NULL: nothing any more. */
    uint16_t wanted;            /* This zone; 0: any. */
    bool wants;                 /* A zone of its own choice, or did. */
    char *given;                /* What a zone was given to, or NULL. */
};

static struct hmap requests = HMAP_INITIALIZER(&requests);
static struct ovs_list changed = OVS_LIST_INITIALIZER(&changed);

/* The zones that were handed out. */
static struct inc_table zone_table = {
    .name = "zone",
    .kind = INC_MEM,
    .key_size = sizeof(struct zone_key),
    .value_size = sizeof(uint32_t),
};

/* Returns the request for 'key', a new one if there is none. */
static struct request *
get_request(const struct zone_key *key)
{
    uint32_t hash = hash_bytes(key, sizeof *key, 0);
    struct request *r;

    HMAP_FOR_EACH_WITH_HASH (r, hmap_node, hash, &requests) {
        if (!memcmp(&r->key, key, sizeof *key)) {
            return r;
        }
    }
    r = xzalloc(sizeof *r);
    r->key = *key;
    ovs_list_init(&r->node);
    hmap_insert(&requests, &r->hmap_node, hash);
    return r;
}

static void
mark_changed(struct request *r)
{
    if (ovs_list_is_empty(&r->node)) {
        ovs_list_push_back(&changed, &r->node);
    }
}

/* The request for 'key', a struct zone_key, is now claims[0], or gone. */
static void
zones_sync(void *aux OVS_UNUSED, const void *key_, size_t key_len OVS_UNUSED,
           const struct inc_claim *claims, size_t n)
{
    struct zone_claim claim = { .wanted = 0 };
    struct zone_key key;

    memcpy(&key, key_, sizeof key);
    struct request *r = get_request(&key);

    free(r->name);
    r->name = NULL;
    if (n) {
        const char *value = claims[0].value;

        memcpy(&claim, value, sizeof claim);
        r->name = xmemdup0(value + sizeof claim,
                           claims[0].value_len - sizeof claim);
    }
    r->wanted = claim.wanted;
    r->wants |= r->wanted != 0;
    mark_changed(r);
}

struct inc_output zones_output = {
    .name = "zones",
    .sync = zones_sync,
};

void
zone_request(struct inc_cx *cx, struct inc_ref row, enum zone_use use,
             const char *name, uint16_t wanted)
{
    const struct zone_key key = { .row = *inc_uuid(cx, row), .use = use };
    const struct zone_claim claim = { .wanted = wanted };
    size_t len = strlen(name);
    char *value = inc_alloc(cx, sizeof claim + len);

    memcpy(value, &claim, sizeof claim);
    memcpy(value + sizeof claim, name, len);
    inc_emit(cx, &zones_output, &key, sizeof key, value, sizeof claim + len);
}

uint16_t
zone_get(struct inc_cx *cx, struct inc_ref row, enum zone_use use)
{
    const struct zone_key key = { .row = *inc_uuid(cx, row), .use = use };
    struct inc_ref zone = inc_lookup(cx, &zone_table, &key);

    return zone.id ? *(const uint32_t *) inc_value(cx, zone) : 0;
}

void
zones_add(struct inc *inc)
{
    inc_add_output(inc, &zones_output);
    inc_add_table(inc, &zone_table, NULL);
}

/* Gives back what 'r' was given, if it wants that no longer. */
static void
take_back(struct inc *inc, struct ct_zones *ct, struct request *r)
{
    if (r->given && !nullable_string_is_equal(r->given, r->name)) {
        ct_zones_release(ct, r->given);
        free(r->given);
        r->given = NULL;
        inc_mem_delete(inc, &zone_table, &r->key);
    }
}

/* Gives 'r' what it wants. */
static void
give(struct inc *inc, struct ct_zones *ct, struct request *r)
{
    uint32_t zone = ct_zones_alloc(ct, r->name);

    if (!r->given) {
        r->given = xstrdup(r->name);
    }
    inc_mem_set(inc, &zone_table, &r->key, &zone);
}

static void
request_free(struct request *r)
{
    hmap_remove(&requests, &r->hmap_node);
    free(r->name);
    free(r->given);
    free(r);
}

static int
compare_requests(const void *a_, const void *b_)
{
    const struct request *const *a = a_;
    const struct request *const *b = b_;

    return strcmp((*a)->name, (*b)->name);
}

/* Gives the requests in 'changed' their zones, in the order of their names:
 * the outcome should not depend on hash order. */
static void
give_all(struct inc *inc, struct ct_zones *ct)
{
    size_t n = ovs_list_size(&changed), i = 0;
    struct request **sorted = xmalloc(n * sizeof *sorted);
    struct request *r;

    LIST_FOR_EACH_POP (r, node, &changed) {
        ovs_list_init(&r->node);
        sorted[i++] = r;
    }
    qsort(sorted, n, sizeof *sorted, compare_requests);
    for (i = 0; i < n; i++) {
        give(inc, ct, sorted[i]);
    }
    free(sorted);
}

bool
zones_apply(struct inc *inc, struct ct_zones *ct, bool all)
{
    struct request *r;
    bool any = all || !ovs_list_is_empty(&changed);

    /* First everything that is given back ... */
    LIST_FOR_EACH_SAFE (r, node, &changed) {
        all |= r->wants;
        take_back(inc, ct, r);
        if (!r->name) {
            ovs_list_remove(&r->node);
            request_free(r);
        }
    }
    /* ... then, if that may be of concern to others, what is wanted. */
    if (all) {
        ct_zones_forget_wanted(ct);
        HMAP_FOR_EACH (r, hmap_node, &requests) {
            r->wants = r->wanted != 0;
            ct_zones_want(ct, r->name, r->wanted);
            mark_changed(r);
        }
    }
    if (!ovs_list_is_empty(&changed)) {
        give_all(inc, ct);
    }
    return any;
}

/* Frees everything. */
void
zones_destroy(void)
{
    struct request *r;

    HMAP_FOR_EACH_SAFE (r, hmap_node, &requests) {
        request_free(r);
    }
    ovs_list_init(&changed);
}
