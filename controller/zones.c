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
#include "openvswitch/hmap.h"
#include "openvswitch/list.h"
#include "util.h"
#include "uuid.h"

/* A row that a zone is requested for. */
struct request {
    struct hmap_node hmap_node; /* In 'requests', by uuid. */
    struct ovs_list node;       /* In 'changed', or empty. */
    struct uuid row;
    char *name;                 /* Wanted; NULL: nothing any more. */
    char *given;                /* What a zone was given to, or NULL. */
};

static struct hmap requests = HMAP_INITIALIZER(&requests);
static struct ovs_list changed = OVS_LIST_INITIALIZER(&changed);

/* The zones that were handed out, by row. */
static struct inc_table zone_table = {
    .name = "zone",
    .kind = INC_MEM,
    .key_size = sizeof(struct uuid),
    .value_size = sizeof(uint32_t),
};

/* The request for 'key', a UUID, is now claims[0], or gone. */
static void
zones_sync(void *aux OVS_UNUSED, const void *key, size_t key_len OVS_UNUSED,
           const struct inc_claim *claims, size_t n)
{
    struct request *r;
    struct uuid row;

    memcpy(&row, key, sizeof row);
    HMAP_FOR_EACH_WITH_HASH (r, hmap_node, uuid_hash(&row), &requests) {
        if (uuid_equals(&r->row, &row)) {
            break;
        }
    }
    if (!r) {
        r = xzalloc(sizeof *r);
        r->row = row;
        ovs_list_init(&r->node);
        hmap_insert(&requests, &r->hmap_node, uuid_hash(&row));
    }

    free(r->name);
    r->name = n ? xmemdup0(claims[0].value, claims[0].value_len) : NULL;
    if (ovs_list_is_empty(&r->node)) {
        ovs_list_push_back(&changed, &r->node);
    }
}

struct inc_output zones_output = {
    .name = "zones",
    .sync = zones_sync,
};

void
zone_request(struct inc_cx *cx, struct inc_ref row, const char *name)
{
    inc_emit(cx, &zones_output, inc_uuid(cx, row), sizeof(struct uuid),
             name, strlen(name));
}

uint16_t
zone_get(struct inc_cx *cx, struct inc_ref row)
{
    struct inc_ref zone = inc_lookup(cx, &zone_table, inc_uuid(cx, row));

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
        inc_mem_delete(inc, &zone_table, &r->row);
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
    inc_mem_set(inc, &zone_table, &r->row, &zone);
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

    /* First everything that is given back. */
    LIST_FOR_EACH_SAFE (r, node, &changed) {
        take_back(inc, ct, r);
        if (!r->name) {
            ovs_list_remove(&r->node);
            request_free(r);
        }
    }
    if (all) {
        HMAP_FOR_EACH (r, hmap_node, &requests) {
            if (ovs_list_is_empty(&r->node)) {
                ovs_list_push_back(&changed, &r->node);
            }
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
