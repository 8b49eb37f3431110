/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Writing claimed rows to a database; see inc-rows.h. */

#include <config.h>
#include "lib/inc-rows-private.h"

#include <stdlib.h>
#include <string.h>

#include "coverage.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/ofpbuf.h"

COVERAGE_DEFINE(inc_rows_insert);
COVERAGE_DEFINE(inc_rows_change);
COVERAGE_DEFINE(inc_rows_delete);

static size_t
n_rows_in_db(const struct inc_rows *rows)
{
    const struct ovsdb_idl_row *row
        = ovsdb_idl_first_row(rows->st->writer->idl,
                              rows->table->idl->class_);

    return row ? hmap_count(&row->table->rows) : 0;
}

/* Claims that change. */

static void
rows_sync(void *rows_, const void *key, size_t key_len,
          const struct inc_claim *claims OVS_UNUSED, size_t n OVS_UNUSED)
{
    struct inc_rows *rows = rows_;

    inc_blob_add(&rows->st->pending, key, key_len);
}

static void
rows_format(const void *rows_, const void *key, size_t key_len,
            const void *value, size_t value_len, struct ds *s)
{
    const struct inc_rows *rows = rows_;
    const struct ovsdb_idl_table_class *class = rows->table->idl->class_;
    struct uuid uuid = inc_rows_uuid(rows, key, key_len);
    struct ofpbuf b = inc_claimed_columns(rows, key, key_len,
                                          value, value_len);

    ds_put_format(s, "%s "UUID_FMT":", class->name, UUID_ARGS(&uuid));
    while (b.size) {
        const uint8_t *column = inc_pull(&b, 1);
        const struct ovsdb_idl_column *c = &class->columns[*column];
        struct ovsdb_datum datum;

        inc_pull_datum(&b, &c->type, &datum);
        ds_put_format(s, " %s=", c->name);
        ovsdb_datum_to_string(&datum, &c->type, s);
        ovsdb_datum_destroy(&datum, &c->type);
    }
}

/* Does 'spec' begin the UUID of the row?  After "0x" it may also be a flow's
 * cookie: the first 8 digits, less the zeros in front. */
static bool
rows_matches(const void *rows_, const char *spec,
             const void *key, size_t key_len,
             const void *value OVS_UNUSED, size_t value_len OVS_UNUSED)
{
    struct uuid uuid = inc_rows_uuid(rows_, key, key_len);
    char text[UUID_LEN + 1];

    snprintf(text, sizeof text, UUID_FMT, UUID_ARGS(&uuid));
    if (!strncasecmp(spec, "0x", 2)) {
        char cookie[16];

        snprintf(cookie, sizeof cookie, "%"PRIx32, uuid.parts[0]);
        spec += 2;
        if (!strcasecmp(cookie, spec)) {
            return true;
        }
    }
    return *spec && !strncasecmp(text, spec, strlen(spec));
}

/* Writers. */

struct inc_writer *
inc_writer_create(struct inc *inc, struct ovsdb_idl *idl,
                  enum ovn_writer owner)
{
    struct inc_writer *writer = xzalloc(sizeof *writer);

    writer->inc = inc;
    writer->idl = idl;
    writer->owner = owner;
    writer->resync = true;
    return writer;
}

/* Aborts if 'column' of 'rows' is not the writer's to write. */
void
inc_writer_check_column(const struct inc_writer *writer,
                        const struct inc_rows *rows, int column)
{
    const struct inc_idl_table *t = rows->table->idl;
    const char *name = t->class_->columns[column].name;

    if (!ovn_column_writable(t->db, t->class_->name, name, writer->owner)) {
        ovs_abort(0, "column %s of table %s in %s is written but is not "
                  "owned, see ovsdb/ownership.tsv", name, t->class_->name,
                  t->db);
    }
}

void
inc_writer_add_rows(struct inc_writer *writer, struct inc_rows *rows)
{
    struct inc_rows_state *st = xzalloc(sizeof *st);

    st->writer = writer;
    st->rows = rows;
    hmap_init(&st->pending);
    hmap_init(&st->inflight);
    hmap_init(&st->doomed);
    hmap_init(&st->inserted);
    hmap_init(&st->deleted);
    rows->st = st;
    rows->output.name = rows->name;
    rows->output.sync = rows_sync;
    rows->output.format = rows_format;
    rows->output.matches = rows_matches;
    rows->output.aux = rows;
    inc_add_output(writer->inc, &rows->output);
    for (int i = 0; i < 32; i++) {
        if (rows->columns & 1u << i) {
            inc_writer_check_column(writer, rows, i);
        }
    }

    writer->rows = xrealloc(writer->rows, (writer->n_rows + 1)
                                          * sizeof *writer->rows);
    writer->rows[writer->n_rows++] = rows;
}

/* Destroy the engine first. */
void
inc_writer_destroy(struct inc_writer *writer)
{
    if (!writer) {
        return;
    }
    for (size_t i = 0; i < writer->n_rows; i++) {
        struct inc_rows_state *st = writer->rows[i]->st;

        inc_blobs_destroy(&st->pending);
        inc_blobs_destroy(&st->inflight);
        inc_blobs_destroy(&st->doomed);
        inc_blobs_destroy(&st->inserted);
        inc_blobs_destroy(&st->deleted);
        writer->rows[i]->st = NULL;
        free(st);
    }
    for (size_t i = 0; i < writer->n_members; i++) {
        inc_members_destroy(writer->members[i]);
    }
    free(writer->rows);
    free(writer->members);
    free(writer);
}

void
inc_writer_resync(struct inc_writer *writer)
{
    writer->resync = true;
}

/* Notes that the row whose key gives UUID 'derived' has 'uuid' or, if not
 * 'exists', had it. */
static void
note_uuid(const struct uuid *derived, const struct uuid *uuid, bool exists)
{
    struct inc_blob *alias = inc_blob_find(&inc_aliases, derived,
                                           sizeof *derived);

    if (exists && !uuid_equals(uuid, derived)) {
        inc_blob_add(&inc_aliases, derived, sizeof *derived)->uuid = *uuid;
    } else if (alias && (exists || uuid_equals(&alias->uuid, uuid))) {
        inc_blob_remove(&inc_aliases, alias);
    }
}

/* Notes the key of a row that the database has, or had, and which UUID it has.
 * Returns false if that is not the one it should have, so that somebody else
 * has been at work. */
static bool
note_row(struct inc_rows *rows, const struct ovsdb_idl_row *row)
{
    struct inc_rows_state *st = rows->st;
    bool exists = inc_rows_find(rows, &row->uuid) != NULL;
    bool ok = true;
    struct ofpbuf key;

    ofpbuf_init(&key, 64);
    if (rows->row_key(row, &key)) {
        struct uuid derived = inc_rows_derive_uuid(rows, key.data, key.size);
        struct uuid ours = inc_apply_alias(derived);

        ok = uuid_equals(&row->uuid, &ours);
        if (!ok && exists && inc_rows_find(rows, &ours)) {
            /* A second row for one key. */
            inc_blob_add(&st->doomed, &row->uuid,
                         sizeof row->uuid)->uuid = row->uuid;
        } else {
            note_uuid(&derived, &row->uuid, exists);
        }
        inc_blob_add(&st->pending, key.data, key.size);
        inc_members_touch(st->writer, rows, &derived);
    }
    ofpbuf_uninit(&key);
    return ok;
}

static void
note_tracked(struct inc_rows *rows)
{
    struct inc_rows_state *st = rows->st;
    const struct ovsdb_idl_table_class *class = rows->table->idl->class_;

    for (const struct ovsdb_idl_row *t
             = ovsdb_idl_track_get_first(st->writer->idl, class);
         t; t = ovsdb_idl_track_get_next(t)) {
        const struct ovsdb_idl_row *row = inc_rows_find(rows, &t->uuid);

        if (rows->kind == INC_ROWS_EXISTING) {
            struct inc_claim claim;

            if (row && inc_output_get(&rows->output, &t->uuid,
                                      sizeof t->uuid, &claim, 1)) {
                inc_blob_add(&st->pending, &t->uuid, sizeof t->uuid);
            }
        } else if (row || t->tracked_old_datum || t->old_datum) {
            /* A row that is gone still has its parsed columns.  One that is
             * not where it should be may have had another key. */
            st->writer->resync |= !note_row(rows, row ? row : t);
        }
    }
}

/* The same for rows that are known by their UUIDs only. */
static void
note_content(struct inc_rows *rows)
{
    struct inc_rows_state *st = rows->st;
    struct inc_writer *writer = st->writer;
    const struct ovsdb_idl_table_class *class = rows->table->idl->class_;

    for (const struct ovsdb_idl_row *t
             = ovsdb_idl_track_get_first(writer->idl, class);
         t; t = ovsdb_idl_track_get_next(t)) {
        const struct ovsdb_idl_row *row = inc_rows_find(rows, &t->uuid);
        bool is_new = row && row->change_seqno[OVSDB_IDL_CHANGE_INSERT];
        struct hmap *ours = row ? &st->inserted : &st->deleted;
        struct inc_blob *b = inc_blob_find(ours, &t->uuid, sizeof t->uuid);

        if (b) {
            inc_blob_remove(ours, b);
            continue;
        }
        inc_members_touch(writer, rows, &t->uuid);
        if (!row) {
            writer->resync = true;
        } else if (is_new || rows->columns) {
            /* Somebody else's, or somebody changed it: out.  If it was
             * ours, its deletion will make us write it again. */
            inc_blob_add(&st->doomed, &row->uuid,
                     sizeof row->uuid)->uuid = row->uuid;
            writer->resync |= !is_new;
        }
    }
    if (!writer->in_txn && n_rows_in_db(rows) != st->n_expected) {
        writer->resync = true;
    }
}

void
inc_writer_note(struct inc_writer *writer)
{
    if (writer->resync) {
        return;
    }
    for (size_t i = 0; i < writer->n_rows; i++) {
        struct inc_rows *rows = writer->rows[i];

        if (rows->kind == INC_ROWS_CONTENT) {
            note_content(rows);
        } else {
            note_tracked(rows);
        }
    }
}

/* Comparing everything. */

static void
add_key(void *set_, const void *key, size_t key_len,
        const struct inc_claim *claims OVS_UNUSED, size_t n OVS_UNUSED)
{
    inc_blob_add(set_, key, key_len);
}

struct content_scan {
    struct inc_rows *rows;
    struct hmap uuids;          /* Of all claims. */
};

static void
add_content(void *scan_, const void *key, size_t key_len,
            const struct inc_claim *claims OVS_UNUSED, size_t n OVS_UNUSED)
{
    struct content_scan *scan = scan_;
    struct uuid uuid = inc_rows_derive_uuid(scan->rows, key, key_len);

    inc_blob_add(&scan->uuids, &uuid, sizeof uuid);
    if (!inc_rows_find(scan->rows, &uuid)) {
        inc_blob_add(&scan->rows->st->pending, key, key_len);
    }
}

static void
resync_rows(struct inc_rows *rows)
{
    struct inc_rows_state *st = rows->st;
    struct ovsdb_idl *idl = st->writer->idl;
    const struct ovsdb_idl_table_class *class = rows->table->idl->class_;
    struct content_scan scan = { .rows = rows };
    const struct ovsdb_idl_row *row;

    switch (rows->kind) {
    case INC_ROWS_KEYED:
        for (row = ovsdb_idl_first_row(idl, class); row;
             row = ovsdb_idl_next_row(row)) {
            note_row(rows, row);
        }
        /* Fall through. */
    case INC_ROWS_EXISTING:
        inc_output_for_each(&rows->output, add_key, &st->pending);
        break;

    case INC_ROWS_CONTENT:
        hmap_init(&scan.uuids);
        inc_blobs_clear(&st->doomed);
        inc_output_for_each(&rows->output, add_content, &scan);
        for (row = ovsdb_idl_first_row(idl, class); row;
             row = ovsdb_idl_next_row(row)) {
            if (!inc_blob_find(&scan.uuids, &row->uuid, sizeof row->uuid)) {
                inc_blob_add(&st->doomed, &row->uuid,
                         sizeof row->uuid)->uuid = row->uuid;
            }
        }
        inc_blobs_destroy(&scan.uuids);
        inc_blobs_clear(&st->inserted);
        inc_blobs_clear(&st->deleted);
        st->n_expected = n_rows_in_db(rows);
        break;

    default:
        OVS_NOT_REACHED();
    }
}

/* Writing. */

static bool
write_column(const struct ovsdb_idl_row *row,
             const struct ovsdb_idl_column *column,
             struct ovsdb_datum *datum)
{
    if (ovsdb_datum_equals(ovsdb_idl_read(row, column), datum,
                           &column->type)) {
        ovsdb_datum_destroy(datum, &column->type);
        return false;
    }
    ovsdb_idl_txn_write(row, column, datum);
    return true;
}

/* Makes the columns of 'row' what is encoded in 'b'.  Returns true if that
 * changed anything. */
static bool
write_row(const struct inc_rows *rows, const struct ovsdb_idl_row *row,
          struct ofpbuf b)
{
    const struct ovsdb_idl_table_class *class = rows->table->idl->class_;
    uint32_t skip = row->old_datum ? rows->initial : 0;
    uint32_t rest = row->old_datum ? rows->columns & ~skip : 0;
    bool changed = false;

    while (b.size) {
        const uint8_t *number = inc_pull(&b, 1);
        const struct ovsdb_idl_column *column = &class->columns[*number];
        struct ovsdb_datum datum;

        rest &= ~(1u << *number);
        inc_pull_datum(&b, &column->type, &datum);
        if (skip & 1u << *number) {
            ovsdb_datum_destroy(&datum, &column->type);
        } else {
            changed |= write_column(row, column, &datum);
        }
    }
    for (size_t i = 0; i < class->n_columns; i++) {
        if (i < 32 && rest & 1u << i) {
            struct ovsdb_datum datum;

            ovsdb_datum_init_default(&datum, &class->columns[i].type);
            changed |= write_column(row, &class->columns[i], &datum);
        }
    }
    return changed;
}

static void
delete_row(struct inc_rows *rows, const struct ovsdb_idl_row *row)
{
    COVERAGE_INC(inc_rows_delete);
    if (rows->kind == INC_ROWS_CONTENT) {
        inc_blob_add(&rows->st->deleted, &row->uuid, sizeof row->uuid);
    }
    rows->st->writer->stats.deleted++;
    rows->st->n_delta--;
    ovsdb_idl_txn_delete(row);
}

static const struct ovsdb_idl_row *
insert_row(struct inc_rows *rows, struct ovsdb_idl_txn *txn,
           const struct uuid *uuid)
{
    const struct ovsdb_idl_row *row
        = ovsdb_idl_txn_insert_persist_uuid(txn, rows->table->idl->class_,
                                            uuid);

    COVERAGE_INC(inc_rows_insert);
    if (rows->kind == INC_ROWS_CONTENT) {
        inc_blob_add(&rows->st->inserted, uuid, sizeof *uuid);
    }
    rows->st->writer->stats.inserted++;
    rows->st->n_delta++;
    return row;
}

static void
change_row(struct inc_rows *rows, const struct ovsdb_idl_row *row,
           struct ofpbuf columns)
{
    if (write_row(rows, row, columns)) {
        COVERAGE_INC(inc_rows_change);
        rows->st->writer->stats.changed++;
    }
}

/* Makes the database agree about 'key'. */
static void
write_key(struct inc_rows *rows, struct ovsdb_idl_txn *txn,
          const void *key, size_t key_len)
{
    struct inc_claim claim = { .value = NULL };
    size_t n = inc_output_get(&rows->output, key, key_len, &claim, 1);
    struct ofpbuf columns = inc_claimed_columns(rows, key, n ? key_len : 0,
                                            claim.value, claim.value_len);
    struct uuid derived;
    struct uuid uuid = inc_rows_uuid_derived(rows, key, key_len, &derived);
    const struct ovsdb_idl_row *row = inc_rows_find(rows, &uuid);

    if (rows->kind == INC_ROWS_EXISTING) {
        if (row && (n || rows->clear)) {
            change_row(rows, row, columns);
        }
    } else if (!n) {
        if (row) {
            delete_row(rows, row);
        }
    } else if (!row) {
        write_row(rows, insert_row(rows, txn, &uuid), columns);
        inc_members_touch(rows->st->writer, rows, &derived);
    } else if (rows->kind == INC_ROWS_KEYED) {
        change_row(rows, row, columns);
    }
}

static void
run_rows(struct inc_rows *rows, struct ovsdb_idl_txn *txn)
{
    struct inc_rows_state *st = rows->st;
    struct inc_blob *b;

    /* Second rows of one key first: the key's index may be unique. */
    HMAP_FOR_EACH (b, hmap_node, &st->doomed) {
        const struct ovsdb_idl_row *row = inc_rows_find(rows, &b->uuid);

        if (row) {
            delete_row(rows, row);
        }
    }
    inc_blobs_clear(&st->doomed);
    HMAP_FOR_EACH (b, hmap_node, &st->pending) {
        write_key(rows, txn, b->bytes, b->len);
    }
    inc_blobs_move(&st->inflight, &st->pending);
}

/* Returns a number that changes when everything has to be compared with what
 * is in the database. */
static unsigned int
count_doubts(const struct inc_writer *writer)
{
    return inc_idl_reloads(writer->inc) + inc_recomputes(writer->inc);
}

bool
inc_writer_run(struct inc_writer *writer, struct ovsdb_idl_txn *txn)
{
    struct inc_writer_stats old = writer->stats;
    unsigned int n_doubts = count_doubts(writer);

    if (writer->resync || writer->n_doubts != n_doubts) {
        writer->n_doubts = n_doubts;
        writer->resync = false;
        for (size_t i = 0; i < writer->n_rows; i++) {
            resync_rows(writer->rows[i]);
        }
        for (size_t i = 0; i < writer->n_members; i++) {
            inc_members_resync(writer->members[i]);
        }
    }
    for (size_t i = 0; i < writer->n_rows; i++) {
        run_rows(writer->rows[i], txn);
    }
    for (size_t i = 0; i < writer->n_members; i++) {
        inc_members_run(writer->members[i]);
    }
    writer->in_txn = true;
    return memcmp(&old, &writer->stats, sizeof old);
}

static void
rows_done(struct inc_rows *rows, bool success)
{
    struct inc_rows_state *st = rows->st;

    if (success) {
        st->n_expected += st->n_delta;
        inc_blobs_clear(&st->inflight);
    } else {
        inc_blobs_move(&st->pending, &st->inflight);
        inc_blobs_clear(&st->inserted);
        inc_blobs_clear(&st->deleted);
    }
    st->n_delta = 0;
}

void
inc_writer_done(struct inc_writer *writer, bool success)
{
    if (!writer->in_txn) {
        return;
    }
    writer->in_txn = false;
    for (size_t i = 0; i < writer->n_rows; i++) {
        rows_done(writer->rows[i], success);
    }
    for (size_t i = 0; i < writer->n_members; i++) {
        inc_members_done(writer->members[i], success);
    }
}

/* Is there something to write? */
static bool
is_pending(const struct inc_writer *writer)
{
    if (writer->resync || writer->n_doubts != count_doubts(writer)) {
        return true;
    }
    for (size_t i = 0; i < writer->n_rows; i++) {
        const struct inc_rows_state *st = writer->rows[i]->st;

        if (!hmap_is_empty(&st->pending) || !hmap_is_empty(&st->doomed)) {
            return true;
        }
    }
    for (size_t i = 0; i < writer->n_members; i++) {
        if (inc_members_is_pending(writer->members[i])) {
            return true;
        }
    }
    return false;
}

bool
inc_writer_is_idle(const struct inc_writer *writer)
{
    return !writer->in_txn && !is_pending(writer);
}

void
inc_writer_get_stats(const struct inc_writer *writer,
                     struct inc_writer_stats *stats)
{
    *stats = writer->stats;
}
