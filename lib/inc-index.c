/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Indexes of the incremental engine.
 *
 * An index maps keys to buckets of rows.  A bucket is a node, so that finding
 * something by key can be recorded as a read of the bucket; a bucket without
 * rows exists as long as somebody reads it.  The index remembers each row's
 * buckets in 'by_row', because a database row changes in place and its old
 * keys cannot be asked for. */

#include <config.h>
#include "lib/inc-private.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "openvswitch/vlog.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(inc_index);

void
inc_key_add(struct inc_keys *keys, const void *key, size_t key_len)
{
    while (keys->n_bytes + key_len > keys->allocated_bytes) {
        keys->bytes = x2nrealloc(keys->bytes, &keys->allocated_bytes, 1);
    }
    if (keys->n >= keys->allocated) {
        keys->keys = x2nrealloc(keys->keys, &keys->allocated,
                                sizeof *keys->keys);
    }
    keys->keys[keys->n++] = (struct inc_one_key) { keys->n_bytes, key_len };
    if (key_len) {
        memcpy(keys->bytes + keys->n_bytes, key, key_len);
    }
    keys->n_bytes += key_len;
}

void
inc_key_add_string(struct inc_keys *keys, const char *key)
{
    inc_key_add(keys, key, strlen(key));
}

void
inc_key_add_ref(struct inc_keys *keys, struct inc_ref key)
{
    if (key.id) {
        inc_key_add(keys, &key, sizeof key);
    }
}

void
inc_keys_destroy(struct inc_keys *keys)
{
    free(keys->keys);
    free(keys->bytes);
    *keys = (struct inc_keys) { .n = 0 };
}

/* Fills 'keys' with the keys of 'row' in 'index'. */
void
inc_index_keys(struct inc *inc, struct inc_index *index, uint32_t row,
               struct inc_keys *keys)
{
    struct inc_cx *cx = inc_cx_get(inc, INC_INDEX, row);

    cx->index = index;
    index->keys(cx, (struct inc_ref) { row }, keys);
    inc_cx_put(cx);
}

uint32_t
inc_index_hash(const void *key, size_t key_len)
{
    return hash_bytes(key, key_len, 0);
}

static struct inc_bucket *
bucket(const struct inc *inc, uint32_t id)
{
    return inc_node(inc, id)->data;
}

/* Returns the bucket for 'key', or 0. */
uint32_t
inc_index_find(const struct inc_index_state *st, const void *key,
               size_t key_len, uint32_t hash)
{
    INC_HTAB_FOR_EACH_WITH_HASH (id, pos, hash, &st->buckets) {
        const struct inc_bucket *b = bucket(st->inc, id);

        if (b->key_len == key_len
            && (!key_len || !memcmp(b->key, key, key_len))) {
            return id;
        }
    }
    return 0;
}

/* Returns the bucket for 'key', making it if needed, and building the index
 * if this is its first use. */
uint32_t
inc_index_get(struct inc *inc, struct inc_index *index, const void *key,
              size_t key_len)
{
    if (!index->st) {
        inc_index_activate(inc, index);
    }

    struct inc_index_state *st = index->st;
    uint32_t hash = inc_index_hash(key, key_len);
    uint32_t id = inc_index_find(st, key, key_len, hash);
    if (!id) {
        struct inc_bucket *b = xmalloc(sizeof *b + key_len);

        *b = (struct inc_bucket) { .key_len = key_len };
        if (key_len) {
            memcpy(b->key, key, key_len);
        }
        id = inc_node_alloc(inc, INC_NODE_BUCKET, st->no, hash);
        inc_node(inc, id)->data = b;
        inc_htab_insert(&st->buckets, hash, id);
    }
    return id;
}

/* Frees the bucket, which must have no rows and no readers. */
void
inc_bucket_free(struct inc *inc, uint32_t id)
{
    struct inc_node *node = inc_node(inc, id);
    struct inc_bucket *b = node->data;

    ovs_assert(!b->n);
    inc_htab_remove(&inc->indexes[node->owner]->st->buckets, node->key, id);
    free(b->rows);
    free(b);
    inc_node_free(inc, id);
}

static void
joins_update(struct inc *inc, struct inc_index_state *st,
             const struct inc_bucket *b, uint32_t hash, uint32_t row,
             bool add)
{
    for (size_t i = 0; i < st->n_joins; i++) {
        struct inc_table *join = st->joins[i];
        bool is_left = join->left == st->index;
        const struct inc_index_state *other
            = (is_left ? join->right : join->left)->st;
        uint32_t id = inc_index_find(other, b->key, b->key_len, hash);

        if (id) {
            const struct inc_bucket *ob = bucket(inc, id);

            for (size_t j = 0; j < ob->n; j++) {
                uint32_t l = is_left ? row : ob->rows[j];
                uint32_t r = is_left ? ob->rows[j] : row;

                if (add) {
                    inc_join_add(inc, join, l, r);
                } else {
                    inc_join_remove(inc, join, l, r);
                }
            }
        }
    }
}

/* Position of 'row' in 'b', or where it belongs. */
static size_t
bucket_position(const struct inc *inc, const struct inc_bucket *b,
                uint32_t row)
{
    size_t low = 0, high = b->n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (b->rows[mid] != row && inc_row_compare(inc, b->rows[mid],
                                                   row) < 0) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

static void
bucket_add(struct inc *inc, struct inc_index_state *st, uint32_t id,
           uint32_t row)
{
    struct inc_bucket *b = bucket(inc, id);
    size_t pos = bucket_position(inc, b, row);

    if (b->n >= b->allocated) {
        b->allocated = b->allocated ? b->allocated * 2 : 1;
        b->rows = xrealloc(b->rows, b->allocated * sizeof *b->rows);
    }
    memmove(&b->rows[pos + 1], &b->rows[pos],
            (b->n - pos) * sizeof *b->rows);
    b->rows[pos] = row;
    b->n++;
    inc_htab_insert(&st->by_row, inc_hash_id(row), id);

    inc_dirty_readers(inc, id, INC_COL_ALL);
    joins_update(inc, st, b, inc_node(inc, id)->key, row, true);
}

static void
bucket_remove(struct inc *inc, struct inc_index_state *st, uint32_t id,
              uint32_t row)
{
    struct inc_bucket *b = bucket(inc, id);
    size_t pos = bucket_position(inc, b, row);

    ovs_assert(pos < b->n && b->rows[pos] == row);
    b->n--;
    memmove(&b->rows[pos], &b->rows[pos + 1],
            (b->n - pos) * sizeof *b->rows);
    inc_htab_remove(&st->by_row, inc_hash_id(row), id);

    inc_dirty_readers(inc, id, INC_COL_ALL);
    joins_update(inc, st, b, inc_node(inc, id)->key, row, false);
    if (!b->n) {
        inc_doom(inc, id);
    }
}

/* Moves 'row' to the buckets of its present keys, or to none if it is
 * gone. */
void
inc_index_update(struct inc *inc, struct inc_index *index, uint32_t row,
                 bool gone)
{
    struct inc_index_state *st = index->st;
    struct inc_keys keys = { .n = 0 };
    struct inc_ids old = { .n = 0 };
    struct inc_ids new = { .n = 0 };

    if (!gone) {
        inc_index_keys(inc, index, row, &keys);
    }
    for (size_t i = 0; i < keys.n; i++) {
        inc_ids_push(&new, inc_index_get(inc, index,
                                         keys.bytes + keys.keys[i].ofs,
                                         keys.keys[i].len));
    }
    INC_HTAB_FOR_EACH_WITH_HASH (id, pos, inc_hash_id(row), &st->by_row) {
        inc_ids_push(&old, id);
    }
    old.n = inc_ids_normalize(old.ids, old.n);
    new.n = inc_ids_normalize(new.ids, new.n);

    size_t i = 0, j = 0;
    while (i < old.n || j < new.n) {
        if (j >= new.n || (i < old.n && old.ids[i] < new.ids[j])) {
            bucket_remove(inc, st, old.ids[i++], row);
        } else if (i >= old.n || new.ids[j] < old.ids[i]) {
            bucket_add(inc, st, new.ids[j++], row);
        } else {
            i++;
            j++;
        }
    }

    inc_keys_destroy(&keys);
    inc_ids_destroy(&old);
    inc_ids_destroy(&new);
}

/* Builds 'index', which is used for the first time. */
void
inc_index_activate(struct inc *inc, struct inc_index *index)
{
    struct inc_index_state *st = xzalloc(sizeof *st);
    struct inc_table_state *ts;

    ovs_assert(inc->n_indexes < UINT16_MAX);
    if (!index->table->st) {
        ovs_assert(index->table->kind != INC_IDL);
        inc_add_table(inc, index->table, NULL);
    }
    ts = index->table->st;

    st->inc = inc;
    st->index = index;
    st->no = inc->n_indexes;
    index->st = st;
    inc->indexes = xrealloc(inc->indexes, (inc->n_indexes + 1)
                                          * sizeof *inc->indexes);
    inc->indexes[inc->n_indexes++] = index;
    ts->indexes = xrealloc(ts->indexes, (ts->n_indexes + 1)
                                        * sizeof *ts->indexes);
    ts->indexes[ts->n_indexes++] = index;

    INC_HTAB_FOR_EACH (row, i, &ts->rows) {
        inc_index_update(inc, index, row, false);
    }
}

void
inc_index_destroy(struct inc_index *index)
{
    struct inc_index_state *st = index->st;

    INC_HTAB_FOR_EACH (id, i, &st->buckets) {
        struct inc_bucket *b = bucket(st->inc, id);

        free(b->rows);
        free(b);
    }
    inc_htab_destroy(&st->buckets);
    inc_htab_destroy(&st->by_row);
    free(st->joins);
    free(st);
    index->st = NULL;
}
