/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef LIB_INC_ROWS_PRIVATE_H
#define LIB_INC_ROWS_PRIVATE_H 1

/* The inside of the writer of claimed rows; see inc-rows.h.
 *
 *     inc-rows-claim.c    Building claims, UUIDs, decoding claims.
 *     inc-rows-members.c  Sets that are written by element.
 *     inc-rows.c          Rows, and the writer itself.
 *
 * A claim's value holds the row's columns in this form, in host byte order:
 *
 *     value  := column*
 *     column := number (1 byte), n (4 bytes), n elements
 *     element:= atom, and for a map another atom
 *     atom   := integer (8) | boolean (1)
 *             | length (4), string
 *             | LITERAL (1), uuid (16)
 *             | CLAIMED (1), uuid (16), derived from the key
 *
 * Types come from the schema.  Nothing of a row is kept beyond the claims: a
 * list of pending keys says where the database may differ, and
 * inc_writer_run() compares these with the replica. */

#include "lib/inc-rows.h"
#include "openvswitch/hmap.h"
#include "openvswitch/list.h"
#include "openvswitch/uuid.h"
#include "ovsdb-data.h"
#include "ovsdb-idl-provider.h"
#include "util.h"
#include "uuid.h"

/* Byte strings: a set of pending keys, or a map from keys to UUIDs. */

struct inc_blob {
    struct hmap_node hmap_node;
    struct uuid uuid;           /* For a map. */
    size_t len;
    char bytes[];
};

struct inc_blob *inc_blob_find(const struct hmap *, const void *bytes,
                               size_t len);
struct inc_blob *inc_blob_find_uuid(const struct hmap *,
                                    const struct uuid *);
struct inc_blob *inc_blob_add(struct hmap *, const void *bytes, size_t len);
void inc_blob_remove(struct hmap *, struct inc_blob *);
void inc_blobs_clear(struct hmap *);
void inc_blobs_destroy(struct hmap *);
void inc_blobs_move(struct hmap *dst, struct hmap *src);

/* State. */

struct inc_rows_state {
    struct inc_writer *writer;
    struct inc_rows *rows;
    struct hmap pending;        /* Keys that may differ. */
    struct hmap inflight;       /* Keys of the transaction under way. */
    struct hmap doomed;         /* UUIDs of rows that nobody claims and that
                                 * no key leads to. */
    /* INC_ROWS_CONTENT: UUIDs of rows that we inserted or deleted and of
     * which the database has not told us yet.  What it tells us of others is
     * somebody else's work. */
    struct hmap inserted, deleted;
    size_t n_expected;          /* Rows in the database, if all went well. */
    long long int n_delta;      /* Of the transaction under way. */
};

/* The elements of one row's set. */
struct inc_set {
    struct hmap_node hmap_node; /* In inc_members_state's 'sets'. */
    struct ovs_list pending_node;  /* In 'pending' there, or empty. */
    struct ovs_list inflight_node; /* In 'inflight' there, or empty. */
    struct uuid row;            /* Derived from the row's key. */
    struct hmap elements;       /* struct inc_blob: encoded atoms. */
    struct hmap pending;        /* Elements that may differ. */
    struct hmap inflight;
    bool all;                   /* All may differ. */
    bool all_inflight;
};

struct inc_members_state {
    struct inc_writer *writer;
    struct inc_members *members;
    struct hmap sets;           /* struct inc_set. */
    struct ovs_list pending;    /* Sets with something to write. */
    struct ovs_list inflight;   /* Sets in the transaction under way. */
};

struct inc_writer {
    struct inc *inc;
    struct ovsdb_idl *idl;
    enum ovn_writer owner;      /* Who we are. */
    struct inc_rows **rows;
    size_t n_rows;
    struct inc_members **members;
    size_t n_members;
    bool resync;                /* Compare everything. */
    unsigned int n_doubts;      /* count_doubts() at the last look. */
    bool in_txn;                /* A transaction is under way. */
    struct inc_writer_stats stats;
};

/* inc-rows-claim.c */

extern struct hmap inc_aliases;

struct uuid inc_apply_alias(struct uuid derived);

/* As inc_rows_uuid(), and stores into '*derived' the UUID without aliases. */
struct uuid inc_rows_uuid_derived(const struct inc_rows *, const void *key,
                                  size_t key_len, struct uuid *derived);
struct uuid inc_rows_derive_uuid(const struct inc_rows *, const void *key,
                                 size_t key_len);
void inc_put_u32(struct ofpbuf *, uint32_t);
const void *inc_pull(struct ofpbuf *, size_t n);
uint32_t inc_pull_u32(struct ofpbuf *);
struct uuid inc_pull_uuid(struct ofpbuf *);
void inc_pull_datum(struct ofpbuf *, const struct ovsdb_type *,
                    struct ovsdb_datum *);
struct ofpbuf inc_claimed_columns(const struct inc_rows *,
                                  const void *key, size_t key_len,
                                  const void *value, size_t value_len);
const struct ovsdb_idl_row *inc_rows_find(const struct inc_rows *,
                                          const struct uuid *);

/* inc-rows.c */

void inc_writer_check_column(const struct inc_writer *,
                             const struct inc_rows *, int column);

/* inc-rows-members.c */

void inc_members_destroy(struct inc_members *);
void inc_members_touch(struct inc_writer *, const struct inc_rows *,
                       const struct uuid *row);
bool inc_members_is_pending(const struct inc_members *);
void inc_members_resync(struct inc_members *);
void inc_members_run(struct inc_members *);
void inc_members_done(struct inc_members *, bool success);

#endif /* lib/inc-rows-private.h */
