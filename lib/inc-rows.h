/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef LIB_INC_ROWS_H
#define LIB_INC_ROWS_H 1

/* Writing claimed rows to a database
 * ==================================
 *
 * Units do not write to databases; they claim rows, and a "writer" makes the
 * database agree with the claims: it inserts, changes and deletes rows, column
 * by column and only where they differ.  What another client does to a row
 * of ours is undone; what is already as it should be, say because an earlier
 * run of the daemon wrote it, is left alone.  A transaction that fails is
 * tried again.
 *
 * There are three kinds of rows, by what identifies them:
 *
 *   INC_ROWS_KEYED     The key can be told from a row's columns ('row_key'):
 *                      Port_Binding by its logical_port.  A new row's UUID
 *                      is derived from the key; a row that is already there
 *                      keeps its own.
 *
 *   INC_ROWS_CONTENT   A row's UUID is derived from everything that is
 *                      claimed: Logical_Flow.  Its columns are its key (pass
 *                      none to inc_row_init()), or it has none but the
 *                      members of sets: Logical_DP_Group.  A row is never
 *                      changed, only inserted and deleted, and of the
 *                      database only the UUIDs need be known, so the replica
 *                      can do without the columns.
 *
 *   INC_ROWS_EXISTING  Columns of rows that somebody else inserts and
 *                      deletes; the key is the row's UUID.
 *
 * A column that is a set with a life of its own, such as the datapaths of a
 * Logical_DP_Group, is an 'inc_members': each element is a claim, and the
 * database is changed by element. */

#include "lib/inc.h"
#include "openvswitch/ofpbuf.h"
#include "ovsdb/ownership.h"

struct inc_writer;
struct ovsdb_idl_txn;
struct smap;

enum inc_rows_kind {
    INC_ROWS_KEYED,
    INC_ROWS_CONTENT,
    INC_ROWS_EXISTING
};

/* Rows of one table that a daemon writes.  Static. */
struct inc_rows {
    const char *name;
    struct inc_table *table;    /* Of a database. */
    enum inc_rows_kind kind;

    /* Bits of the columns that the daemon writes: 1u << SB_PB_COL_TYPE, and
     * so on.  Those that a claim does not mention get their default value. */
    uint32_t columns;

    /* Those of 'columns' that are only set in a new row, and belong to
     * somebody else after that: Port_Binding.up. */
    uint32_t initial;

    /* INC_ROWS_KEYED: appends the key of 'row' to 'key', or returns false if
     * the row is none of the daemon's business. */
    bool (*row_key)(const struct ovsdb_idl_row *, struct ofpbuf *key);

    /* INC_ROWS_EXISTING: when nobody claims the row's columns any more, set
     * them to their defaults? */
    bool clear;

    /* Name this in 'emits' of the families that claim such rows. */
    struct inc_output output;

    /* Private. */
    struct inc_rows_state *st;
};

/* Elements of the set 'column' of 'rows'.  Static. */
struct inc_members {
    const char *name;
    struct inc_rows *rows;
    int column;
    struct inc_output output;

    /* Private. */
    struct inc_members_state *st;
};

/* Claiming a row.
 *
 *     struct inc_row row;
 *     inc_row_init(&row, &pb_rows, name, strlen(name));
 *     inc_row_string(&row, SB_PB_COL_TYPE, type);
 *     ...
 *     inc_row_emit(cx, &row);
 *
 * Set each column at most once, and always in the same order. */
struct inc_row {
    struct inc_rows *rows;
    struct ofpbuf key;
    struct ofpbuf value;
};

void inc_row_init(struct inc_row *, struct inc_rows *,
                  const void *key, size_t key_len);
void inc_row_integer(struct inc_row *, int column, int64_t);
void inc_row_boolean(struct inc_row *, int column, bool);
void inc_row_string(struct inc_row *, int column, const char *);
void inc_row_strings(struct inc_row *, int column, const char *const *,
                     size_t n);
void inc_row_smap(struct inc_row *, int column, const struct smap *);
/* A uuid, or a reference to a row that is in the database. */
void inc_row_uuid(struct inc_row *, int column, const struct uuid *);
void inc_row_uuids(struct inc_row *, int column, const struct uuid *,
                   size_t n);
/* A reference to a claimed row. */
void inc_row_ref(struct inc_row *, int column, const struct inc_rows *,
                 const void *key, size_t key_len);
void inc_row_emit(struct inc_cx *, struct inc_row *);

/* Claims that row 'member_key' of 'member_rows' is in the set of row 'key'. */
void inc_member_emit(struct inc_cx *, struct inc_members *,
                     const void *key, size_t key_len,
                     const struct inc_rows *member_rows,
                     const void *member_key, size_t member_key_len);

/* Writers.
 *
 * One for each database that a daemon writes.  Columns that are not the
 * daemon's to write (ovsdb/ownership.h) abort at start-up.  The replica must
 * be tracked, ovsdb_idl_track_add_all().  In the main loop:
 *
 *     txn = ovsdb_idl_loop_run(&loop);
 *     inc_writer_note(writer);            // Before inc_idl_sync().
 *     inc_idl_sync(inc, idl);
 *     inc_run(inc);
 *     if (txn) {
 *         inc_writer_run(writer, txn);
 *     }
 *     status = ovsdb_idl_loop_commit_and_wait(&loop);
 *     if (status >= 0) {
 *         inc_writer_done(writer, status == 1);
 *     }
 */
struct inc_writer *inc_writer_create(struct inc *, struct ovsdb_idl *,
                                     enum ovn_writer);
void inc_writer_destroy(struct inc_writer *);
void inc_writer_add_rows(struct inc_writer *, struct inc_rows *);
void inc_writer_add_members(struct inc_writer *, struct inc_members *);

/* Notes which rows of the writer's tables the database reports as changed.
 * Call before inc_idl_sync(), which clears the tracking. */
void inc_writer_note(struct inc_writer *);

/* Compares everything with the database: at start-up, and whenever the
 * connection was lost or the lock was gained. */
void inc_writer_resync(struct inc_writer *);

/* Writes what is pending to 'txn'.  Returns true if it wrote anything. */
bool inc_writer_run(struct inc_writer *, struct ovsdb_idl_txn *);

/* Tells how the transaction of the last inc_writer_run() ended. */
void inc_writer_done(struct inc_writer *, bool success);

/* Is there nothing left to write or to be acknowledged? */
bool inc_writer_is_idle(const struct inc_writer *);

/* The UUID of claimed row 'key' of 'rows', whether it is in the database yet
 * or not. */
struct uuid inc_rows_uuid(const struct inc_rows *, const void *key,
                          size_t key_len);

/* Number of rows inserted, changed and deleted since the start. */
struct inc_writer_stats {
    uint64_t inserted, changed, deleted, members;
};
void inc_writer_get_stats(const struct inc_writer *,
                          struct inc_writer_stats *);

#endif /* lib/inc-rows.h */
