/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Rows of databases in the incremental engine: the only place that looks at
 * what the OVSDB IDL replicates, other than write-back code.
 *
 * The IDL (Open vSwitch 3.1) sets these traps:
 *
 * - Rows change in place.  Indexes remember each row's old keys, and a row
 *   is known by its UUID, never by the IDL's pointer, across calls.
 *
 * - When a row changes, rows that refer to it are tracked as modified with no
 *   column set.  A hash of what each row's references resolve to tells
 *   whether they really changed.
 *
 * - Deleting and inserting one UUID can arrive as one insertion.  The
 *   sequence number of the row's insertion tells; everything about the row
 *   counts as changed.
 *
 * - A reconnection may free all rows without tracking their deletion and
 *   insert them again, and a row inserted with default values only is not
 *   tracked at all.  The number of rows tells that a table must be compared
 *   as a whole, and a row known to us that was inserted again tells that all
 *   tables must be.  Small tables are always compared. */

#include <config.h>
#include "lib/inc-private.h"

#include <stdlib.h>

#include "bitmap.h"
#include "openvswitch/dynamic-string.h"
#include "ovsdb-idl-provider.h"
#include "util.h"

/* Tables of up to this many rows are always compared as a whole. */
#define SMALL_TABLE 4

struct inc_idl_data *
inc_idl_data(const struct inc_node *node)
{
    return node->data;
}

/* Returns the row with 'uuid', or 0. */
uint32_t
inc_idl_find(const struct inc_table *table, const struct uuid *uuid)
{
    const struct inc_table_state *st = table->st;

    INC_HTAB_FOR_EACH_WITH_HASH (id, pos, uuid_hash(uuid), &st->rows) {
        if (uuid_equals(&inc_idl_data(inc_node(st->inc, id))->uuid, uuid)) {
            return id;
        }
    }
    return 0;
}

struct inc_ref
inc_idl_ref(struct inc_cx *cx OVS_UNUSED, struct inc_table *table,
            const struct ovsdb_idl_row *row)
{
    return (struct inc_ref) {
        row && table->st ? inc_idl_find(table, &row->uuid) : 0
    };
}

static bool
row_is_real(const struct ovsdb_idl_row *row)
{
    return row && row->old_datum;
}

/* What inc_idl_sync() found. */
struct event {
    struct inc_table *table;
    uint32_t id;
    enum { ROW_GONE, ROW_NEW, ROW_CHANGED } type;
    uint32_t mask;              /* ROW_CHANGED: columns. */
};

struct events {
    struct inc *inc;
    bool reinserted;            /* A row that we knew was inserted again. */
    struct event *events;
    size_t n, allocated;
};

static void
event_add(struct events *evs, struct event ev)
{
    if (evs->n >= evs->allocated) {
        evs->events = x2nrealloc(evs->events, &evs->allocated,
                                 sizeof *evs->events);
    }
    evs->events[evs->n++] = ev;
}

static uint32_t
refs_hash(const struct inc_table *table, const struct ovsdb_idl_row *row)
{
    return table->idl->refs_hash ? table->idl->refs_hash(row) : 0;
}

static void
note_new(struct events *evs, struct inc_table *table,
         const struct ovsdb_idl_row *row)
{
    struct inc_idl_data *data = xmalloc(sizeof *data);

    *data = (struct inc_idl_data) {
        .row = row,
        .uuid = row->uuid,
        .seqno = row->change_seqno[OVSDB_IDL_CHANGE_INSERT],
        .mark = evs->inc->scan_mark
    };

    uint32_t id = inc_row_create(evs->inc, table, uuid_hash(&row->uuid),
                                 data);
    event_add(evs, (struct event) { table, id, ROW_NEW, 0 });
}

static uint32_t
updated_columns(const struct ovsdb_idl_row *row)
{
    uint32_t mask = 0;

    if (row->updated) {
        size_t i;

        BITMAP_FOR_EACH_1 (i, row->table->class_->n_columns, row->updated) {
            mask |= 1u << MIN(i, 31);
        }
    }
    return mask;
}

/* 'row' is real and the engine knows it as 'id'. */
static void
note_changed(struct events *evs, struct inc_table *table, uint32_t id,
             const struct ovsdb_idl_row *row)
{
    struct inc_idl_data *data = inc_idl_data(inc_node(evs->inc, id));
    unsigned int seqno = row->change_seqno[OVSDB_IDL_CHANGE_INSERT];
    uint32_t mask;

    data->mark = evs->inc->scan_mark;
    /* Clearing the tracking zeroes the number of a row that was tracked. */
    if (data->row != row || (seqno && data->seqno != seqno)) {
        data->row = row;
        data->seqno = seqno;
        data->refs_hash = refs_hash(table, row);
        mask = INC_COL_ALL;
        evs->reinserted = true;
    } else if (ovs_list_is_empty(&row->track_node)) {
        return;                 /* Only looked at in a full scan. */
    } else {
        uint32_t hash = refs_hash(table, row);

        mask = updated_columns(row);
        if (hash != data->refs_hash) {
            data->refs_hash = hash;
            if (!(mask & table->idl->refs_mask)) {
                mask |= table->idl->refs_mask;
            }
        }
    }
    if (mask) {
        event_add(evs, (struct event) { table, id, ROW_CHANGED, mask });
    }
}

static void
note(struct events *evs, struct inc_table *table,
     const struct ovsdb_idl_row *row)
{
    uint32_t id = inc_idl_find(table, &row->uuid);

    if (id) {
        note_changed(evs, table, id, row);
    } else {
        note_new(evs, table, row);
    }
}

static void
note_gone(struct events *evs, struct inc_table *table, uint32_t id)
{
    event_add(evs, (struct event) { table, id, ROW_GONE, 0 });
}

static void
scan_tracked(struct events *evs, struct inc_table *table)
{
    const struct ovsdb_idl_table_class *class = table->idl->class_;
    struct ovsdb_idl *idl = table->st->idl;

    for (const struct ovsdb_idl_row *t = ovsdb_idl_track_get_first(idl, class);
         t; t = ovsdb_idl_track_get_next(t)) {
        const struct ovsdb_idl_row *row
            = ovsdb_idl_get_row_for_uuid(idl, class, &t->uuid);

        if (row_is_real(row)) {
            note(evs, table, row);
        } else {
            uint32_t id = inc_idl_find(table, &t->uuid);

            /* Twice in the list if it was deleted, inserted, deleted. */
            if (id && inc_idl_data(inc_node(evs->inc, id))->row) {
                inc_idl_data(inc_node(evs->inc, id))->row = NULL;
                note_gone(evs, table, id);
            }
        }
    }
}

static void
scan_all(struct events *evs, struct inc_table *table)
{
    const struct ovsdb_idl_table_class *class = table->idl->class_;
    struct inc_table_state *st = table->st;
    size_t n = 0, n_slots = 0;

    evs->inc->scan_mark++;
    for (const struct ovsdb_idl_row *row = ovsdb_idl_first_row(st->idl,
                                                               class);
         row; row = ovsdb_idl_next_row(row)) {
        n_slots = hmap_count(&row->table->rows);
        if (row_is_real(row)) {
            note(evs, table, row);
            n++;
        }
    }
    st->n_orphans = n_slots - n;

    INC_HTAB_FOR_EACH (id, i, &st->rows) {
        struct inc_idl_data *data = inc_idl_data(inc_node(evs->inc, id));

        if (data->mark != evs->inc->scan_mark && data->row) {
            data->row = NULL;
            note_gone(evs, table, id);
        }
    }
}

/* Number of rows of 'table' that the engine takes for present. */
static size_t
n_expected(const struct events *evs, const struct inc_table *table,
           size_t first_event)
{
    size_t n = table->st->rows.n;

    for (size_t i = first_event; i < evs->n; i++) {
        n -= evs->events[i].type == ROW_GONE;
    }
    return n;
}

static void
scan(struct events *evs, struct inc_table *table)
{
    size_t first_event = evs->n;
    const struct ovsdb_idl_row *row
        = ovsdb_idl_first_row(table->st->idl, table->idl->class_);
    size_t n_slots = row ? hmap_count(&row->table->rows) : 0;

    scan_tracked(evs, table);

    size_t n = n_expected(evs, table, first_event);
    if (n_slots <= SMALL_TABLE
        ? n || n_slots
        : n_slots != n + table->st->n_orphans) {
        scan_all(evs, table);
    }
}

static void
handle_gone(struct inc *inc, const struct event *ev)
{
    inc_row_delete(inc, ev->id,
                   uuid_hash(&inc_idl_data(inc_node(inc, ev->id))->uuid));
}

static void
handle_new(struct inc *inc, const struct event *ev)
{
    struct inc_table_state *st = ev->table->st;
    struct inc_idl_data *data = inc_idl_data(inc_node(inc, ev->id));

    if (!data->row) {
        return;                 /* Gone again; handle_gone() did it. */
    }
    data->refs_hash = refs_hash(ev->table, data->row);
    for (size_t i = 0; i < st->n_indexes; i++) {
        inc_index_update(inc, st->indexes[i], ev->id, false);
    }
    inc_row_units_create(inc, ev->table, ev->id);
}

static void
for_each_table(struct events *evs, const struct ovsdb_idl *idl,
               void (*cb)(struct events *, struct inc_table *))
{
    for (size_t i = 0; i < evs->inc->n_tables; i++) {
        struct inc_table *table = evs->inc->tables[i];

        if (table->kind == INC_IDL && table->st->idl == idl) {
            cb(evs, table);
        }
    }
}

void
inc_idl_sync(struct inc *inc, struct ovsdb_idl *idl)
{
    struct events evs = { .inc = inc };

    /* All rows first, so that references to new rows resolve. */
    for_each_table(&evs, idl, scan);
    if (evs.reinserted) {
        for_each_table(&evs, idl, scan_all);
        inc->n_reloads++;
    }

    for (size_t i = 0; i < evs.n; i++) {
        if (evs.events[i].type == ROW_GONE) {
            handle_gone(inc, &evs.events[i]);
        }
    }
    for (size_t i = 0; i < evs.n; i++) {
        if (evs.events[i].type == ROW_NEW) {
            handle_new(inc, &evs.events[i]);
        }
    }
    for (size_t i = 0; i < evs.n; i++) {
        const struct event *ev = &evs.events[i];

        if (ev->type == ROW_CHANGED
            && inc_idl_data(inc_node(inc, ev->id))->row) {
            inc_row_changed(inc, ev->id, ev->mask);
        }
    }
    free(evs.events);
    ovsdb_idl_track_clear(idl);
}

/* Number of times that rows of a database turned out to have been inserted
 * again, as after a reconnection: what was tracked may be incomplete. */
unsigned int
inc_idl_reloads(const struct inc *inc)
{
    return inc->n_reloads;
}

/* Compares the engine's rows with the IDL's.  The IDL must not have changed
 * since inc_idl_sync(). */
bool
inc_idl_verify(struct inc *inc, struct inc_table *table, struct ds *report)
{
    const struct ovsdb_idl_table_class *class = table->idl->class_;
    size_t n = 0;
    bool ok = true;

    for (const struct ovsdb_idl_row *row
             = ovsdb_idl_first_row(table->st->idl, class);
         row; row = ovsdb_idl_next_row(row)) {
        if (!row_is_real(row)) {
            continue;
        }

        uint32_t id = inc_idl_find(table, &row->uuid);
        if (!id || inc_idl_data(inc_node(inc, id))->row != row) {
            ds_put_format(report, "%s "UUID_FMT": %s\n", table->name,
                          UUID_ARGS(&row->uuid),
                          id ? "stale pointer" : "row missed");
            ok = false;
        }
        n++;
    }
    if (n != table->st->rows.n) {
        ds_put_format(report, "%s: %"PRIuSIZE" rows in the database, "
                      "%"PRIu32" in the engine\n", table->name, n,
                      table->st->rows.n);
        ok = false;
    }
    return ok;
}
