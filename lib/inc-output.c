/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Claims of the incremental engine.
 *
 * A claim (output, key, value) is interned as a 'struct inc_item', which
 * counts the units that claim it.  A unit holds the sorted list of its items.
 * When an item's count becomes zero or stops being zero, its key is dirty
 * until inc_output_flush() hands it to the output's owner; only then are items
 * that nobody claims freed. */

#include <config.h>
#include "lib/inc-private.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "util.h"

static const char *
item_value(const struct inc_item *item)
{
    return item->bytes + item->key_len;
}

static bool
item_has_key(const struct inc_item *item, const void *key, size_t key_len)
{
    return (item->key_len == key_len
            && (!key_len || !memcmp(item->bytes, key, key_len)));
}

void
inc_output_init(struct inc *inc, struct inc_output *output,
                struct inc_table *table)
{
    struct inc_output_state *st = xzalloc(sizeof *st);

    st->inc = inc;
    st->output = output;
    st->table = table;
    st->no = inc->n_outputs;
    hmap_init(&st->items);
    output->st = st;

    inc->outputs = xrealloc(inc->outputs, (inc->n_outputs + 1)
                                          * sizeof *inc->outputs);
    inc->outputs[inc->n_outputs++] = output;
}

void
inc_output_destroy(struct inc_output *output)
{
    struct inc_output_state *st = output->st;
    struct inc_item *item;

    HMAP_FOR_EACH_POP (item, hmap_node, &st->items) {
        free(item);
    }
    hmap_destroy(&st->items);
    free(st->dirty);
    free(st);
    output->st = NULL;
}

static struct inc_item *
item_find__(const struct inc_output_state *st, uint32_t hash,
            const void *key, size_t key_len,
            const void *value, size_t value_len)
{
    struct inc_item *item;

    HMAP_FOR_EACH_WITH_HASH (item, hmap_node, hash, &st->items) {
        if (item->value_len == value_len
            && item_has_key(item, key, key_len)
            && (!value_len || !memcmp(item_value(item), value, value_len))) {
            return item;
        }
    }
    return NULL;
}

struct inc_item *
inc_item_find(const struct inc_output_state *st,
              const void *key, size_t key_len,
              const void *value, size_t value_len)
{
    return item_find__(st, hash_bytes(key, key_len, 0), key, key_len,
                       value, value_len);
}

/* Returns the item for the claim, adding it if nobody has claimed it. */
struct inc_item *
inc_item_intern(struct inc_output_state *st, const void *key, size_t key_len,
                const void *value, size_t value_len)
{
    uint32_t hash = hash_bytes(key, key_len, 0);
    struct inc_item *item = item_find__(st, hash, key, key_len,
                                        value, value_len);

    if (!item) {
        item = xmalloc(sizeof *item + key_len + value_len);
        *item = (struct inc_item) {
            .key_len = key_len, .value_len = value_len, .output = st->no
        };
        if (key_len) {
            memcpy(item->bytes, key, key_len);
        }
        if (value_len) {
            memcpy(item->bytes + key_len, value, value_len);
        }
        hmap_insert(&st->items, &item->hmap_node, hash);
    }
    return item;
}

static void
item_set_dirty(struct inc *inc, struct inc_item *item)
{
    struct inc_output_state *st = inc->outputs[item->output]->st;

    if (!item->dirty) {
        item->dirty = true;
        if (st->n_dirty >= st->allocated_dirty) {
            st->dirty = x2nrealloc(st->dirty, &st->allocated_dirty,
                                   sizeof *st->dirty);
        }
        st->dirty[st->n_dirty++] = item;
    }
}

static void
item_claim(struct inc *inc, struct inc_item *item)
{
    if (!item->n_claims++) {
        inc->outputs[item->output]->st->n_claimed++;
        item_set_dirty(inc, item);
    }
}

static void
item_release(struct inc *inc, struct inc_item *item)
{
    if (!--item->n_claims) {
        inc->outputs[item->output]->st->n_claimed--;
        item_set_dirty(inc, item);
    }
}

static int
compare_items(const void *a_, const void *b_)
{
    uintptr_t a = (uintptr_t) *(struct inc_item *const *) a_;
    uintptr_t b = (uintptr_t) *(struct inc_item *const *) b_;

    return a < b ? -1 : a > b;
}

/* Sorts 'items' and removes duplicates.  Returns how many remain. */
size_t
inc_items_normalize(struct inc_item **items, size_t n)
{
    size_t m = 0;

    if (n > 1) {
        qsort(items, n, sizeof *items, compare_items);
    }
    for (size_t i = 0; i < n; i++) {
        if (!m || items[m - 1] != items[i]) {
            items[m++] = items[i];
        }
    }
    return m;
}

/* Makes the 'n' normalized 'items' the claims of unit 'node'. */
void
inc_claims_set(struct inc *inc, struct inc_node *node,
               struct inc_item **items, size_t n)
{
    struct inc_claims *old = node->data;
    size_t n_old = old ? old->n : 0;

    if (n == n_old
        && (!n || !memcmp(old->items, items, n * sizeof *items))) {
        return;
    }

    size_t i = 0, j = 0;
    while (i < n_old || j < n) {
        if (j >= n || (i < n_old && old->items[i] < items[j])) {
            item_release(inc, old->items[i++]);
        } else if (i >= n_old || items[j] < old->items[i]) {
            item_claim(inc, items[j++]);
        } else {
            i++;
            j++;
        }
    }

    free(old);
    node->data = NULL;
    if (n) {
        struct inc_claims *new = xmalloc(sizeof *new + n * sizeof *items);
        new->n = n;
        memcpy(new->items, items, n * sizeof *items);
        node->data = new;
    }
}

static int
compare_claims(const void *a_, const void *b_)
{
    const struct inc_claim *a = a_;
    const struct inc_claim *b = b_;
    int cmp = memcmp(a->value, b->value, MIN(a->value_len, b->value_len));

    return cmp ? cmp : a->value_len < b->value_len ? -1
                       : a->value_len > b->value_len;
}

/* The claims of one key, growing as needed. */
struct claim_list {
    struct inc_claim *claims;
    size_t n, allocated;
};

static void
claim_list_gather(const struct inc_output_state *st, uint32_t hash,
                  const void *key, size_t key_len, struct claim_list *list)
{
    struct inc_item *item;

    list->n = 0;
    HMAP_FOR_EACH_WITH_HASH (item, hmap_node, hash, &st->items) {
        if (item->n_claims && item_has_key(item, key, key_len)) {
            if (list->n >= list->allocated) {
                list->claims = x2nrealloc(list->claims, &list->allocated,
                                          sizeof *list->claims);
            }
            list->claims[list->n++] = (struct inc_claim) {
                .value = item_value(item), .value_len = item->value_len
            };
        }
    }
    if (list->n > 1) {
        qsort(list->claims, list->n, sizeof *list->claims, compare_claims);
    }
}

/* The key of 'item' and all of 'list', where it lives as long as the first
 * claim does. */
static const void *
claim_list_key(const struct claim_list *list, const struct inc_item *item)
{
    return (list->n ? (const char *) list->claims[0].value - item->key_len
            : item->bytes);
}

/* Calls 'cb' for each dirty key of 'st', once, and frees what nobody claims
 * any more.  'cb' may be null. */
void
inc_output_flush(struct inc_output_state *st,
                 void (*cb)(void *aux, const void *key, size_t key_len,
                            const struct inc_claim *, size_t n),
                 void *aux)
{
    struct claim_list list = { .claims = NULL };
    struct inc_item **dirty = st->dirty;
    size_t n = st->n_dirty;

    st->dirty = NULL;
    st->n_dirty = st->allocated_dirty = 0;

    for (size_t i = 0; i < n; i++) {
        struct inc_item *item = dirty[i];
        struct inc_item *sibling;

        if (!item->dirty) {
            continue;           /* Done with a sibling. */
        }
        HMAP_FOR_EACH_WITH_HASH (sibling, hmap_node,
                                 item->hmap_node.hash, &st->items) {
            if (item_has_key(sibling, item->bytes, item->key_len)) {
                sibling->dirty = false;
            }
        }
        if (cb) {
            claim_list_gather(st, item->hmap_node.hash, item->bytes,
                              item->key_len, &list);
            cb(aux, claim_list_key(&list, item), item->key_len, list.claims,
               list.n);
        }
    }
    for (size_t i = 0; i < n; i++) {
        struct inc_item *item = dirty[i];

        if (!item->n_claims) {
            hmap_remove(&st->items, &item->hmap_node);
            free(item);
        }
    }
    free(dirty);
    free(list.claims);
}

size_t
inc_output_get(const struct inc_output *output, const void *key,
               size_t key_len, struct inc_claim *claims, size_t max)
{
    struct claim_list list = { .claims = NULL };

    claim_list_gather(output->st, hash_bytes(key, key_len, 0), key, key_len,
                      &list);
    if (list.n && max) {
        memcpy(claims, list.claims, MIN(list.n, max) * sizeof *claims);
    }

    size_t n = list.n;
    free(list.claims);
    return n;
}

void
inc_output_for_each(const struct inc_output *output,
                    void (*cb)(void *aux, const void *key, size_t key_len,
                               const struct inc_claim *, size_t n),
                    void *aux)
{
    const struct inc_output_state *st = output->st;
    struct claim_list list = { .claims = NULL };
    struct inc_item *item;

    HMAP_FOR_EACH (item, hmap_node, &st->items) {
        if (!item->n_claims) {
            continue;
        }
        claim_list_gather(st, item->hmap_node.hash, item->bytes,
                          item->key_len, &list);
        /* Once per key: when we are at its smallest claim. */
        if (list.claims[0].value == item_value(item)) {
            cb(aux, item->bytes, item->key_len, list.claims, list.n);
        }
    }
    free(list.claims);
}

/* Number of claimed (key, value) pairs in 'output'. */
size_t
inc_output_count(const struct inc_output *output)
{
    return output->st->n_claimed;
}
