/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The graph of the incremental engine: nodes, what each of them read, and
 * who read them.
 *
 * The forward list of a node (its reads) is exact and sorted.  The reverse
 * list (its readers) may hold entries that are no longer true, or twice; it
 * is checked against the forward lists whenever it is walked.  Therefore a
 * function that runs again and reads the same touches nothing but its own
 * forward list, and nothing is ever searched for in a reverse list. */

#include <config.h>
#include "lib/inc-private.h"

#include <stdlib.h>
#include <string.h>

#include "util.h"

void
inc_ids_push(struct inc_ids *v, uint32_t id)
{
    if (v->n >= v->allocated) {
        v->ids = x2nrealloc(v->ids, &v->allocated, sizeof *v->ids);
    }
    v->ids[v->n++] = id;
}

void
inc_ids_destroy(struct inc_ids *v)
{
    free(v->ids);
    *v = (struct inc_ids) { .n = 0 };
}

/* Hash table. */

static void
inc_htab_put(struct inc_htab *t, uint32_t hash, uint32_t id)
{
    uint32_t i = hash & t->mask;

    while (t->slots[i].id) {
        i = (i + 1) & t->mask;
    }
    t->slots[i] = (struct inc_slot) { hash, id };
}

static void
inc_htab_resize(struct inc_htab *t, uint32_t n_slots)
{
    struct inc_htab old = *t;

    t->slots = xcalloc(n_slots, sizeof *t->slots);
    t->mask = n_slots - 1;
    for (uint32_t i = 0; old.slots && i <= old.mask; i++) {
        if (old.slots[i].id) {
            inc_htab_put(t, old.slots[i].hash, old.slots[i].id);
        }
    }
    free(old.slots);
}

void
inc_htab_insert(struct inc_htab *t, uint32_t hash, uint32_t id)
{
    if (!t->slots) {
        inc_htab_resize(t, 8);
    } else if (t->n >= t->mask - t->mask / 4) {
        inc_htab_resize(t, (t->mask + 1) * 2);
    }
    inc_htab_put(t, hash, id);
    t->n++;
}

void
inc_htab_remove(struct inc_htab *t, uint32_t hash, uint32_t id)
{
    uint32_t i = hash & t->mask;

    while (t->slots[i].id != id || t->slots[i].hash != hash) {
        ovs_assert(t->slots[i].id);
        i = (i + 1) & t->mask;
    }

    /* Move back the entries behind it that would no longer be found. */
    for (uint32_t j = (i + 1) & t->mask; t->slots[j].id;
         j = (j + 1) & t->mask) {
        uint32_t home = t->slots[j].hash & t->mask;

        if (((j - home) & t->mask) >= ((j - i) & t->mask)) {
            t->slots[i] = t->slots[j];
            i = j;
        }
    }
    t->slots[i].id = 0;
    t->n--;
    if (t->mask > 63 && t->n < t->mask / 8) {
        inc_htab_resize(t, (t->mask + 1) / 2);
    }
}

uint32_t
inc_htab_next(const struct inc_htab *t, uint32_t hash, uint32_t *pos)
{
    if (!t->slots) {
        return 0;
    }

    uint32_t i = *pos == UINT32_MAX ? hash & t->mask : (*pos + 1) & t->mask;
    for (; t->slots[i].id; i = (i + 1) & t->mask) {
        if (t->slots[i].hash == hash) {
            *pos = i;
            return t->slots[i].id;
        }
    }
    return 0;
}

void
inc_htab_destroy(struct inc_htab *t)
{
    free(t->slots);
    *t = (struct inc_htab) { .slots = NULL };
}

/* Nodes. */

uint32_t
inc_node_alloc(struct inc *inc, enum inc_node_kind kind, uint16_t owner,
               uint32_t key)
{
    uint32_t id = inc->free_nodes;

    if (id) {
        inc->free_nodes = inc_node(inc, id)->key;
        inc->n_free--;
    } else {
        id = inc->n_nodes++;
        if (id >> INC_CHUNK_BITS >= inc->n_chunks) {
            inc->chunks = xrealloc(inc->chunks, (inc->n_chunks + 1)
                                                * sizeof *inc->chunks);
            inc->chunks[inc->n_chunks++]
                = xmalloc(INC_CHUNK_SIZE * sizeof(struct inc_node));
        }
    }
    *inc_node(inc, id) = (struct inc_node) {
        .kind = kind, .owner = owner, .key = key
    };
    return id;
}

/* Gives back a node that nobody reads and that reads nothing. */
void
inc_node_free(struct inc *inc, uint32_t id)
{
    struct inc_node *node = inc_node(inc, id);

    size_t n;

    inc_reads(node, &n);
    ovs_assert(!inc_node_live(node) && !n);
    inc_node_uninit(node);
    *node = (struct inc_node) {
        .kind = INC_NODE_FREE, .key = inc->free_nodes
    };
    inc->free_nodes = id;
    inc->n_free++;
}

/* Frees the lists of 'node'. */
void
inc_node_uninit(struct inc_node *node)
{
    if (!(node->flags & INC_ONE_READ)) {
        free(node->reads.list);
    }
    if (!(node->flags & INC_FEW_READERS)) {
        free(node->readers.list);
    }
}

/* Number of nodes that read 'node'. */
uint32_t
inc_node_live(const struct inc_node *node)
{
    if (node->flags & INC_FEW_READERS) {
        return (node->readers.few[0] != 0) + (node->readers.few[1] != 0);
    }
    return node->readers.list ? node->readers.list->live : 0;
}

/* Considers 'id' for being freed at the end of the run. */
void
inc_doom(struct inc *inc, uint32_t id)
{
    struct inc_node *node = inc_node(inc, id);

    if (!(node->flags & INC_DOOMED)) {
        node->flags |= INC_DOOMED;
        inc_ids_push(&inc->doomed, id);
    }
}

/* Edges. */

/* Returns what 'node' read, sorted by node, and stores the number in '*n'. */
const struct inc_edge *
inc_reads(const struct inc_node *node, size_t *n)
{
    if (node->flags & INC_ONE_READ) {
        *n = 1;
        return &node->reads.one;
    }
    *n = node->reads.list ? node->reads.list->n : 0;
    return node->reads.list ? node->reads.list->edges : NULL;
}

/* Returns what 'reader' read of 'node', or NULL. */
static const struct inc_edge *
inc_edges_find(const struct inc_node *reader, uint32_t node)
{
    size_t high;
    const struct inc_edge *edges = inc_reads(reader, &high);
    size_t n = high, low = 0;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (edges[mid].node < node) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low < n && edges[low].node == node ? &edges[low] : NULL;
}

static int
compare_edges(const void *a_, const void *b_)
{
    const struct inc_edge *a = a_;
    const struct inc_edge *b = b_;

    return a->node < b->node ? -1 : a->node > b->node;
}

static int
compare_ids(const void *a_, const void *b_)
{
    const uint32_t *a = a_;
    const uint32_t *b = b_;

    return *a < *b ? -1 : *a > *b;
}

/* Sorts 'ids' and drops duplicates.  Returns how many of the 'n' remain. */
size_t
inc_ids_normalize(uint32_t *ids, size_t n)
{
    size_t m = 0;

    if (n > 1) {
        qsort(ids, n, sizeof *ids, compare_ids);
    }
    for (size_t i = 0; i < n; i++) {
        if (!m || ids[m - 1] != ids[i]) {
            ids[m++] = ids[i];
        }
    }
    return m;
}

/* Sorts the 'n' reads in 'edges' and merges those of one node.  Returns how
 * many remain. */
/* Sorts 'edges' by node.  Most functions read a few things; for these this is
 * much faster than qsort(). */
static void
sort_edges(struct inc_edge *edges, size_t n)
{
    if (n > 128) {
        qsort(edges, n, sizeof *edges, compare_edges);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        struct inc_edge edge = edges[i];
        size_t j;

        for (j = i; j > 0 && edges[j - 1].node > edge.node; j--) {
            edges[j] = edges[j - 1];
        }
        edges[j] = edge;
    }
}

size_t
inc_edges_normalize(struct inc_edge *edges, size_t n)
{
    size_t m = 0;

    sort_edges(edges, n);
    for (size_t i = 0; i < n; i++) {
        if (m && edges[m - 1].node == edges[i].node) {
            edges[m - 1].mask |= edges[i].mask;
        } else {
            edges[m++] = edges[i];
        }
    }
    return m;
}

/* Is what 'node' read the 'n' 'edges'? */
bool
inc_edges_equal(const struct inc_node *node, const struct inc_edge *edges,
                size_t n)
{
    size_t n_old;
    const struct inc_edge *old = inc_reads(node, &n_old);

    return n_old == n && (!n || !memcmp(old, edges, n * sizeof *edges));
}

/* Drops from the reverse list of 'id' what is not true, or there twice. */
static void
inc_hints_compact(struct inc *inc, uint32_t id, struct inc_hints *h)
{
    size_t n = inc_ids_normalize(h->ids, h->n);

    h->n = 0;
    for (size_t i = 0; i < n; i++) {
        if (inc_edges_find(inc_node(inc, h->ids[i]), id)) {
            h->ids[h->n++] = h->ids[i];
        }
    }
}

/* Appends 'reader' to the list of those who read 'id'. */
static void
inc_hints_push(struct inc *inc, uint32_t id, uint32_t reader)
{
    struct inc_node *node = inc_node(inc, id);
    struct inc_hints *h = node->readers.list;

    if (h && h->n >= h->allocated && h->n > 2 * h->live + 4) {
        inc_hints_compact(inc, id, h);
    }
    if (!h || h->n >= h->allocated) {
        uint32_t allocated = h ? h->allocated + h->allocated / 2 + 1 : 4;

        h = xrealloc(h, sizeof *h + allocated * sizeof *h->ids);
        if (!node->readers.list) {
            *h = (struct inc_hints) { .n = 0 };
        }
        h->allocated = allocated;
        node->readers.list = h;
    }
    h->ids[h->n++] = reader;
    h->live++;
}

static void
inc_reader_add(struct inc *inc, uint32_t id, uint32_t reader)
{
    struct inc_node *node = inc_node(inc, id);

    if (!(node->flags & INC_FEW_READERS) && !node->readers.list) {
        node->flags |= INC_FEW_READERS;
        memset(node->readers.few, 0, sizeof node->readers.few);
    }
    if (node->flags & INC_FEW_READERS) {
        uint32_t few[INC_FEW];

        for (int i = 0; i < INC_FEW; i++) {
            if (!node->readers.few[i]) {
                node->readers.few[i] = reader;
                return;
            }
        }

        /* Too many: change to a list. */
        memcpy(few, node->readers.few, sizeof few);
        node->flags &= ~INC_FEW_READERS;
        node->readers.list = NULL;
        for (int i = 0; i < INC_FEW; i++) {
            inc_hints_push(inc, id, few[i]);
        }
    }
    inc_hints_push(inc, id, reader);
}

static void
inc_reader_remove(struct inc *inc, uint32_t id, uint32_t reader)
{
    struct inc_node *node = inc_node(inc, id);

    if (node->flags & INC_FEW_READERS) {
        int i = node->readers.few[0] != reader;

        ovs_assert(node->readers.few[i] == reader);
        node->readers.few[i] = 0;
    } else {
        struct inc_hints *h = node->readers.list;

        ovs_assert(h && h->live);
        if (!--h->live) {
            h->n = 0;
        }
    }
    if (!inc_node_live(node)) {
        inc_doom(inc, id);
    }
}

static void
inc_reads_install(struct inc_node *node, const struct inc_edge *edges,
                  size_t n)
{
    if (n == 1) {
        node->flags |= INC_ONE_READ;
        node->reads.one = edges[0];
        return;
    }

    node->flags &= ~INC_ONE_READ;
    node->reads.list = NULL;
    if (n) {
        struct inc_edges *new = xmalloc(sizeof *new + n * sizeof *edges);

        new->n = n;
        memcpy(new->edges, edges, n * sizeof *edges);
        node->reads.list = new;
    }
}

/* Makes the 'n' normalized 'edges' the forward list of 'id'. */
void
inc_set_reads(struct inc *inc, uint32_t id, const struct inc_edge *edges,
              size_t n)
{
    struct inc_node *node = inc_node(inc, id);

    if (inc_edges_equal(node, edges, n)) {
        return;
    }

    /* Install the new list before touching any reverse list, because
     * compacting one looks at forward lists. */
    struct inc_node was = *node;
    size_t n_old;
    const struct inc_edge *old = inc_reads(&was, &n_old);
    inc_reads_install(node, edges, n);

    size_t i = 0, j = 0;
    while (i < n_old || j < n) {
        if (j >= n || (i < n_old && old[i].node < edges[j].node)) {
            inc_reader_remove(inc, old[i++].node, id);
        } else if (i >= n_old || edges[j].node < old[i].node) {
            inc_reader_add(inc, edges[j++].node, id);
        } else {
            i++;
            j++;
        }
    }
    inc->n_edges += n - n_old;
    if (!(was.flags & INC_ONE_READ)) {
        free(was.reads.list);
    }
}

/* Marks fact or unit 'id' to be run. */
void
inc_dirty(struct inc *inc, uint32_t id)
{
    struct inc_node *node = inc_node(inc, id);

    if (!(node->flags & INC_DIRTY)) {
        node->flags |= INC_DIRTY;
        inc_ids_push(&inc->families[node->owner]->st->pending, id);
    }
}

/* Marks 'reader' if it read any of the columns in 'mask' of 'id'.  Returns
 * false if it did not read 'id' at all. */
static bool
inc_dirty_reader(struct inc *inc, uint32_t id, uint32_t mask,
                 uint32_t reader)
{
    const struct inc_edge *edge = inc_edges_find(inc_node(inc, reader), id);

    if (edge && edge->mask & mask) {
        inc_dirty(inc, reader);
    }
    return edge != NULL;
}

/* Marks everything that read any of the columns in 'mask' of 'id'. */
void
inc_dirty_readers(struct inc *inc, uint32_t id, uint32_t mask)
{
    struct inc_node *node = inc_node(inc, id);

    if (node->flags & INC_FEW_READERS) {
        for (int i = 0; i < INC_FEW; i++) {
            if (node->readers.few[i]) {
                inc_dirty_reader(inc, id, mask, node->readers.few[i]);
            }
        }
    } else if (node->readers.list) {
        struct inc_hints *h = node->readers.list;
        uint32_t m = 0;

        for (uint32_t i = 0; i < h->n; i++) {
            uint32_t reader = h->ids[i];

            if (inc_dirty_reader(inc, id, mask, reader)) {
                h->ids[m++] = reader;
            }
        }
        h->n = m;
    }
}
