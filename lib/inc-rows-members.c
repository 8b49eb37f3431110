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

/* A claim's key is the UUID derived from the key of the row (16 bytes), then
 * the element, encoded as in inc-rows-private.h. */

static struct inc_set *
set_find(const struct inc_members_state *st, const struct uuid *row)
{
    struct inc_set *set;

    HMAP_FOR_EACH_WITH_HASH (set, hmap_node, uuid_hash(row), &st->sets) {
        if (uuid_equals(&set->row, row)) {
            return set;
        }
    }
    return NULL;
}

static struct inc_set *
set_create(struct inc_members_state *st, const struct uuid *row)
{
    struct inc_set *set = xzalloc(sizeof *set);

    hmap_init(&set->elements);
    hmap_init(&set->pending);
    hmap_init(&set->inflight);
    ovs_list_init(&set->pending_node);
    ovs_list_init(&set->inflight_node);
    set->row = *row;
    hmap_insert(&st->sets, &set->hmap_node, uuid_hash(row));
    return set;
}

static void
set_destroy(struct inc_members_state *st, struct inc_set *set)
{
    hmap_remove(&st->sets, &set->hmap_node);
    ovs_list_remove(&set->pending_node);
    ovs_list_remove(&set->inflight_node);
    inc_blobs_destroy(&set->elements);
    inc_blobs_destroy(&set->pending);
    inc_blobs_destroy(&set->inflight);
    free(set);
}

static void
set_queue(struct inc_members_state *st, struct inc_set *set)
{
    if (ovs_list_is_empty(&set->pending_node)) {
        ovs_list_push_back(&st->pending, &set->pending_node);
    }
}

static void
set_unlink(struct ovs_list *node)
{
    ovs_list_remove(node);
    ovs_list_init(node);
}

static void
members_sync(void *members_, const void *key, size_t key_len,
             const struct inc_claim *claims OVS_UNUSED, size_t n)
{
    struct inc_members *members = members_;
    struct inc_members_state *st = members->st;
    struct ofpbuf b = ofpbuf_const_initializer(key, key_len);
    struct uuid row;

    memcpy(&row, inc_pull(&b, sizeof row), sizeof row);

    struct inc_set *set = set_find(st, &row);
    if (!set) {
        if (!n) {
            return;
        }
        set = set_create(st, &row);
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
    struct uuid row;

    memcpy(&row, inc_pull(&b, sizeof row), sizeof row);
    row = inc_apply_alias(row);

    struct uuid member = inc_pull_uuid(&b);
    ds_put_format(s, "%s: "UUID_FMT" in "UUID_FMT, members->name,
                  UUID_ARGS(&member), UUID_ARGS(&row));
}

void
inc_writer_add_members(struct inc_writer *writer, struct inc_members *members)
{
    struct inc_members_state *st = xzalloc(sizeof *st);

    st->writer = writer;
    st->members = members;
    hmap_init(&st->sets);
    ovs_list_init(&st->pending);
    ovs_list_init(&st->inflight);
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

static void
set_check(struct inc_members_state *st, struct inc_set *set)
{
    set->all = true;
    set_queue(st, set);
}

/* To be called when 'row', a UUID derived from the key of a row of 'rows', is
 * that of a row that is new or that the database reports as changed: its sets
 * may not be what they should be. */
void
inc_members_touch(struct inc_writer *writer, const struct inc_rows *rows,
                  const struct uuid *row)
{
    for (size_t i = 0; i < writer->n_members; i++) {
        struct inc_members *members = writer->members[i];

        if (members->rows == rows) {
            struct inc_set *set = set_find(members->st, row);

            if (set) {
                set_check(members->st, set);
            }
        }
    }
}

void
inc_members_resync(struct inc_members *members)
{
    struct inc_set *set;

    HMAP_FOR_EACH (set, hmap_node, &members->st->sets) {
        set_check(members->st, set);
    }
}

bool
inc_members_is_pending(const struct inc_members *members)
{
    return !ovs_list_is_empty(&members->st->pending);
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

/* Is the set in the database, 'old', what 'set' says?  May say no wrongly, if
 * a member has an alias. */
static bool
set_is(const struct inc_set *set, const struct ovsdb_datum *old)
{
    if (old->n != hmap_count(&set->elements)) {
        return false;
    }
    for (size_t i = 0; i < old->n; i++) {
        if (!inc_blob_find_uuid(&set->elements, &old->keys[i].uuid)) {
            return false;
        }
    }
    return true;
}

/* Changes one element after another until the whole set agrees. */
static void
write_differences(struct inc_members *members, const struct inc_set *set,
                  const struct ovsdb_idl_row *row,
                  const struct ovsdb_idl_column *column)
{
    const struct ovsdb_datum *old = ovsdb_idl_read(row, column);
    struct ovsdb_datum new;

    if (set_is(set, old)) {
        return;
    }
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
    struct uuid uuid = inc_apply_alias(set->row);
    const struct ovsdb_idl_row *row = inc_rows_find(rows, &uuid);
    const struct inc_blob *b;

    if (!row) {
        /* If it comes, inc_members_touch() is called. */
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

    LIST_FOR_EACH_SAFE (set, pending_node, &st->pending) {
        write_set(members, set);
        inc_blobs_move(&set->inflight, &set->pending);
        set->all_inflight |= set->all;
        set->all = false;
        set_unlink(&set->pending_node);
        if (ovs_list_is_empty(&set->inflight_node)) {
            ovs_list_push_back(&st->inflight, &set->inflight_node);
        }
    }
}

void
inc_members_done(struct inc_members *members, bool success)
{
    struct inc_members_state *st = members->st;
    struct inc_set *set;

    LIST_FOR_EACH_SAFE (set, inflight_node, &st->inflight) {
        set_unlink(&set->inflight_node);
        if (success) {
            inc_blobs_clear(&set->inflight);
        } else {
            inc_blobs_move(&set->pending, &set->inflight);
            set->all |= set->all_inflight;
            set_queue(st, set);
        }
        set->all_inflight = false;
        if (ovs_list_is_empty(&set->pending_node)
            && hmap_is_empty(&set->elements)) {
            set_destroy(st, set);
        }
    }
}
