/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Sets that are written by element: each element is a claim of its own, and
 * what changes in the database is that element.  See inc-rows.h. */

#include <config.h>
#include "lib/inc-rows-private.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/ofpbuf.h"

static struct inc_set *
set_find(const struct inc_members_state *st, const void *key, size_t key_len)
{
    struct inc_set *set;

    HMAP_FOR_EACH_WITH_HASH (set, hmap_node, hash_bytes(key, key_len, 0),
                             &st->sets) {
        if (set->key_len == key_len && !memcmp(set->key, key, key_len)) {
            return set;
        }
    }
    return NULL;
}

static void
set_queue(struct inc_members_state *st, struct inc_set *set)
{
    if (!set->queued) {
        set->queued = true;
        st->n_queued++;
    }
}

static void
members_sync(void *members_, const void *key, size_t key_len,
             const struct inc_claim *claims OVS_UNUSED, size_t n)
{
    struct inc_members *members = members_;
    struct inc_members_state *st = members->st;
    struct ofpbuf b = ofpbuf_const_initializer(key, key_len);
    size_t row_key_len = inc_pull_u32(&b);
    const void *row_key = inc_pull(&b, row_key_len);

    struct inc_set *set = set_find(st, row_key, row_key_len);
    if (!set) {
        if (!n) {
            return;
        }
        set = xzalloc(sizeof *set + row_key_len);
        hmap_init(&set->elements);
        hmap_init(&set->pending);
        hmap_init(&set->inflight);
        set->key_len = row_key_len;
        memcpy(set->key, row_key, row_key_len);
        hmap_insert(&st->sets, &set->hmap_node,
                    hash_bytes(row_key, row_key_len, 0));
    }

    struct inc_blob *element = inc_blob_find(&set->elements, b.data, b.size);
    if (n && !element) {
        inc_blob_add(&set->elements, b.data, b.size);
    } else if (!n && element) {
        inc_blob_remove(&set->elements, element);
    } else {
        return;
    }
    inc_blob_add(&set->pending, b.data, b.size);
    set_queue(st, set);
}

static void
members_format(const void *members_, const void *key, size_t key_len,
               const void *value OVS_UNUSED, size_t value_len OVS_UNUSED,
               struct ds *s)
{
    const struct inc_members *members = members_;
    struct ofpbuf b = ofpbuf_const_initializer(key, key_len);
    size_t row_key_len = inc_pull_u32(&b);
    const void *row_key = inc_pull(&b, row_key_len);
    struct uuid owner = inc_rows_uuid(members->rows, row_key, row_key_len);
    struct uuid member = inc_pull_uuid(&b);

    ds_put_format(s, "%s: "UUID_FMT" in "UUID_FMT, members->name,
                  UUID_ARGS(&member), UUID_ARGS(&owner));
}

void
inc_writer_add_members(struct inc_writer *writer, struct inc_members *members)
{
    struct inc_members_state *st = xzalloc(sizeof *st);

    st->writer = writer;
    st->members = members;
    hmap_init(&st->sets);
    members->st = st;
    members->output.name = members->name;
    members->output.sync = members_sync;
    members->output.format = members_format;
    members->output.aux = members;
    inc_add_output(writer->inc, &members->output);
    inc_writer_check_column(writer, members->rows, members->column);

    writer->members = xrealloc(writer->members, (writer->n_members + 1)
                                                * sizeof *writer->members);
    writer->members[writer->n_members++] = members;
}

static void
set_destroy(struct inc_members_state *st, struct inc_set *set)
{
    hmap_remove(&st->sets, &set->hmap_node);
    inc_blobs_destroy(&set->elements);
    inc_blobs_destroy(&set->pending);
    inc_blobs_destroy(&set->inflight);
    free(set);
}

void
inc_members_destroy(struct inc_members *members)
{
    struct inc_members_state *st = members->st;
    struct inc_set *set;

    HMAP_FOR_EACH_SAFE (set, hmap_node, &st->sets) {
        set_destroy(st, set);
    }
    hmap_destroy(&st->sets);
    members->st = NULL;
    free(st);
}

/* Queues the sets whose rows the database reports as changed. */
void
inc_members_note(struct inc_members *members)
{
    struct inc_rows *rows = members->rows;
    struct ovsdb_idl *idl = members->st->writer->idl;
    struct inc_set *set;

    if (!ovsdb_idl_track_get_first(idl, rows->table->idl->class_)) {
        return;
    }
    HMAP_FOR_EACH (set, hmap_node, &members->st->sets) {
        struct uuid uuid = inc_rows_uuid(rows, set->key, set->key_len);
        const struct ovsdb_idl_row *row = inc_rows_find(rows, &uuid);

        if (!row || !ovs_list_is_empty(&row->track_node)) {
            set->all = true;
            set_queue(members->st, set);
        }
    }
}

void
inc_members_resync(struct inc_members *members)
{
    struct inc_set *set;

    HMAP_FOR_EACH (set, hmap_node, &members->st->sets) {
        set->all = true;
        set_queue(members->st, set);
    }
}

/* Writing. */

static union ovsdb_atom
element_atom(const struct inc_blob *element)
{
    struct ofpbuf b = ofpbuf_const_initializer(element->bytes, element->len);

    return (union ovsdb_atom) { .uuid = inc_pull_uuid(&b) };
}

/* All elements of 'set', sorted. */
static void
set_to_datum(const struct inc_set *set, const struct ovsdb_type *type,
             struct ovsdb_datum *datum)
{
    const struct inc_blob *element;

    ovsdb_datum_init_empty(datum);
    datum->keys = xmalloc(MAX(hmap_count(&set->elements), 1)
                          * sizeof *datum->keys);
    HMAP_FOR_EACH (element, hmap_node, &set->elements) {
        datum->keys[datum->n++] = element_atom(element);
    }
    ovsdb_datum_sort_unique(datum, type);
}

static void
write_element(struct inc_members *members, const struct ovsdb_idl_row *row,
              const struct ovsdb_idl_column *column,
              const union ovsdb_atom *atom, bool want)
{
    const struct ovsdb_datum *old = ovsdb_idl_read(row, column);

    if (ovsdb_datum_find_key(old, atom, OVSDB_TYPE_UUID, NULL) == want) {
        return;
    }

    struct ovsdb_datum *datum = xmalloc(sizeof *datum);
    ovsdb_datum_init_empty(datum);
    datum->n = 1;
    datum->keys = xmemdup(atom, sizeof *atom);
    if (want) {
        ovsdb_idl_txn_write_partial_set(row, column, datum);
    } else {
        ovsdb_idl_txn_delete_partial_set(row, column, datum);
    }
    members->st->writer->stats.members++;
}

/* Changes one element after another until the whole set agrees. */
static void
write_differences(struct inc_members *members, const struct inc_set *set,
                  const struct ovsdb_idl_row *row,
                  const struct ovsdb_idl_column *column)
{
    const struct ovsdb_datum *old = ovsdb_idl_read(row, column);
    struct ovsdb_datum new;

    set_to_datum(set, &column->type, &new);
    for (size_t i = 0; i < new.n; i++) {
        write_element(members, row, column, &new.keys[i], true);
    }
    for (size_t i = 0; i < old->n; i++) {
        if (!ovsdb_datum_find_key(&new, &old->keys[i], OVSDB_TYPE_UUID,
                                  NULL)) {
            write_element(members, row, column, &old->keys[i], false);
        }
    }
    ovsdb_datum_destroy(&new, &column->type);
}

static void
write_set(struct inc_members *members, struct inc_set *set)
{
    const struct inc_rows *rows = members->rows;
    const struct ovsdb_idl_column *column
        = &rows->table->idl->class_->columns[members->column];
    struct uuid uuid = inc_rows_uuid(rows, set->key, set->key_len);
    const struct ovsdb_idl_row *row = inc_rows_find(rows, &uuid);
    const struct inc_blob *b;

    if (!row) {
        /* It may come; then its set is written as a whole. */
        set->all = true;
    } else if (!row->old_datum) {
        struct ovsdb_datum datum;

        set_to_datum(set, &column->type, &datum);
        members->st->writer->stats.members += datum.n;
        ovsdb_idl_txn_write(row, column, &datum);
    } else if (set->all) {
        write_differences(members, set, row, column);
    } else {
        HMAP_FOR_EACH (b, hmap_node, &set->pending) {
            union ovsdb_atom atom = element_atom(b);

            write_element(members, row, column, &atom,
                          inc_blob_find(&set->elements, b->bytes, b->len));
        }
    }
}

void
inc_members_run(struct inc_members *members)
{
    struct inc_members_state *st = members->st;
    struct inc_set *set;

    if (!st->n_queued) {
        return;
    }
    HMAP_FOR_EACH (set, hmap_node, &st->sets) {
        if (set->queued) {
            set->queued = false;
            write_set(members, set);
            inc_blobs_move(&set->inflight, &set->pending);
            set->all_inflight |= set->all;
            set->all = false;
        }
    }
    st->n_queued = 0;
    st->n_inflight++;
}

void
inc_members_done(struct inc_members *members, bool success)
{
    struct inc_members_state *st = members->st;
    struct inc_set *set;

    if (!st->n_inflight) {
        return;
    }
    st->n_inflight = 0;
    HMAP_FOR_EACH_SAFE (set, hmap_node, &st->sets) {
        if (success) {
            inc_blobs_clear(&set->inflight);
        } else if (!hmap_is_empty(&set->inflight) || set->all_inflight) {
            inc_blobs_move(&set->pending, &set->inflight);
            set->all |= set->all_inflight;
            set_queue(st, set);
        }
        set->all_inflight = false;
        if (!set->queued && hmap_is_empty(&set->elements)) {
            set_destroy(st, set);
        }
    }
}
