/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Writing claimed rows to a database; see inc-rows.h.
 *
 * A claim's value holds the row's columns in this form, in host byte order:
 *
 *     value  := column*
 *     column := number (1 byte), n (4 bytes), n elements
 *     element:= atom, and for a map another atom
 *     atom   := integer (8) | real (8) | boolean (1)
 *             | length (4), string
 *             | LITERAL (1), uuid (16)
 *             | CLAIMED (1), number of the inc_rows (2), length (4), key
 *
 * Types come from the schema.  Nothing of a row is kept here beyond the
 * claims: a list of pending keys says where the database may differ, and
 * inc_writer_run() compares these with the replica. */

#include <config.h>
#include "lib/inc-rows.h"

#include <stdlib.h>
#include <string.h>

#include "coverage.h"
#include "hash.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/hmap.h"
#include "openvswitch/vlog.h"
#include "ovsdb-data.h"
#include "ovsdb-idl-provider.h"
#include "sha1.h"
#include "smap.h"
#include "unaligned.h"
#include "util.h"
#include "uuid.h"

VLOG_DEFINE_THIS_MODULE(inc_rows);

COVERAGE_DEFINE(inc_rows_insert);
COVERAGE_DEFINE(inc_rows_change);
COVERAGE_DEFINE(inc_rows_delete);

enum { LITERAL, CLAIMED };

/* Byte strings: a set of pending keys, or a map from keys to UUIDs. */

struct blob {
    struct hmap_node hmap_node;
    struct uuid uuid;           /* For a map. */
    size_t len;
    char bytes[];
};

static struct blob *
blob_find(const struct hmap *map, const void *bytes, size_t len)
{
    struct blob *b;

    HMAP_FOR_EACH_WITH_HASH (b, hmap_node, hash_bytes(bytes, len, 0), map) {
        if (b->len == len && !memcmp(b->bytes, bytes, len)) {
            return b;
        }
    }
    return NULL;
}

static struct blob *
blob_add(struct hmap *map, const void *bytes, size_t len)
{
    struct blob *b = blob_find(map, bytes, len);

    if (!b) {
        b = xmalloc(sizeof *b + len);
        b->uuid = UUID_ZERO;
        b->len = len;
        memcpy(b->bytes, bytes, len);
        hmap_insert(map, &b->hmap_node, hash_bytes(bytes, len, 0));
    }
    return b;
}

static void
blob_remove(struct hmap *map, struct blob *b)
{
    hmap_remove(map, &b->hmap_node);
    free(b);
}

static void
blobs_clear(struct hmap *map)
{
    struct blob *b;

    HMAP_FOR_EACH_POP (b, hmap_node, map) {
        free(b);
    }
    hmap_shrink(map);
}

static void
blobs_destroy(struct hmap *map)
{
    blobs_clear(map);
    hmap_destroy(map);
}

/* Moves all of 'src' to 'dst'. */
static void
blobs_move(struct hmap *dst, struct hmap *src)
{
    struct blob *b;

    HMAP_FOR_EACH_POP (b, hmap_node, src) {
        if (blob_find(dst, b->bytes, b->len)) {
            free(b);
        } else {
            hmap_insert(dst, &b->hmap_node, hash_bytes(b->bytes, b->len, 0));
        }
    }
}

/* State. */

struct inc_rows_state {
    struct inc_writer *writer;
    struct inc_rows *rows;
    uint16_t no;
    struct hmap pending;        /* Keys that may differ. */
    struct hmap inflight;       /* Keys of the transaction under way. */
    struct hmap aliases;        /* INC_ROWS_KEYED: keys whose row has another
                                 * UUID than the one derived from it. */
    struct hmap doomed;         /* UUIDs of rows that nobody claims and that
                                 * no key leads to. */
    /* INC_ROWS_CONTENT. */
    size_t n_expected;          /* Rows in the database, if all went well. */
    long long int n_delta;      /* Of the transaction under way. */
};

/* The elements of one row's set. */
struct set {
    struct hmap_node hmap_node; /* In inc_members_state's 'sets'. */
    struct hmap elements;       /* struct blob: encoded atoms. */
    struct hmap pending;        /* Elements that may differ. */
    struct hmap inflight;
    bool all;                   /* All may differ. */
    bool all_inflight;
    bool queued;                /* Something pending. */
    size_t key_len;
    char key[];
};

struct inc_members_state {
    struct inc_writer *writer;
    struct inc_members *members;
    struct hmap sets;           /* struct set. */
    size_t n_queued, n_inflight;
};

struct inc_writer {
    struct inc *inc;
    struct ovsdb_idl *idl;
    struct inc_rows **rows;
    size_t n_rows;
    struct inc_members **members;
    size_t n_members;
    bool resync;                /* Compare everything. */
    bool in_txn;                /* A transaction is under way. */
    struct inc_writer_stats stats;
};

/* Registry, so that an encoded reference can name an inc_rows. */
static struct inc_rows **all_rows;
static size_t n_all_rows;

/* Building claims. */

void
inc_row_init(struct inc_row *row, struct inc_rows *rows,
             const void *key, size_t key_len)
{
    row->rows = rows;
    ofpbuf_init(&row->key, key_len);
    if (key_len) {
        ofpbuf_put(&row->key, key, key_len);
    }
    ofpbuf_init(&row->value, 128);
}

static void
put_u32(struct ofpbuf *b, uint32_t x)
{
    ofpbuf_put(b, &x, sizeof x);
}

static void
put_column(struct inc_row *row, int column, size_t n)
{
    uint8_t number = column;

    ovs_assert(column < 32 && row->rows->columns & 1u << column);
    ofpbuf_put(&row->value, &number, sizeof number);
    put_u32(&row->value, n);
}

static void
put_string(struct ofpbuf *b, const char *s)
{
    size_t len = strlen(s);

    put_u32(b, len);
    ofpbuf_put(b, s, len);
}

static void
put_uuid(struct ofpbuf *b, const struct uuid *uuid)
{
    uint8_t tag = LITERAL;

    ofpbuf_put(b, &tag, sizeof tag);
    ofpbuf_put(b, uuid, sizeof *uuid);
}

static void
put_claimed(struct ofpbuf *b, const struct inc_rows *rows,
            const void *key, size_t key_len)
{
    uint8_t tag = CLAIMED;
    uint16_t no = rows->st->no;

    ofpbuf_put(b, &tag, sizeof tag);
    ofpbuf_put(b, &no, sizeof no);
    put_u32(b, key_len);
    ofpbuf_put(b, key, key_len);
}

void
inc_row_integer(struct inc_row *row, int column, int64_t x)
{
    put_column(row, column, 1);
    ofpbuf_put(&row->value, &x, sizeof x);
}

void
inc_row_boolean(struct inc_row *row, int column, bool x)
{
    uint8_t byte = x;

    put_column(row, column, 1);
    ofpbuf_put(&row->value, &byte, sizeof byte);
}

void
inc_row_string(struct inc_row *row, int column, const char *s)
{
    put_column(row, column, 1);
    put_string(&row->value, s);
}

void
inc_row_strings(struct inc_row *row, int column, const char *const *strings,
                size_t n)
{
    put_column(row, column, n);
    for (size_t i = 0; i < n; i++) {
        put_string(&row->value, strings[i]);
    }
}

void
inc_row_smap(struct inc_row *row, int column, const struct smap *smap)
{
    const struct smap_node **nodes = smap_sort(smap);

    put_column(row, column, smap_count(smap));
    for (size_t i = 0; i < smap_count(smap); i++) {
        put_string(&row->value, nodes[i]->key);
        put_string(&row->value, nodes[i]->value);
    }
    free(nodes);
}

void
inc_row_uuid(struct inc_row *row, int column, const struct uuid *uuid)
{
    put_column(row, column, 1);
    put_uuid(&row->value, uuid);
}

void
inc_row_uuids(struct inc_row *row, int column, const struct uuid *uuids,
              size_t n)
{
    put_column(row, column, n);
    for (size_t i = 0; i < n; i++) {
        put_uuid(&row->value, &uuids[i]);
    }
}

void
inc_row_ref(struct inc_row *row, int column, const struct inc_rows *rows,
            const void *key, size_t key_len)
{
    put_column(row, column, 1);
    put_claimed(&row->value, rows, key, key_len);
}

void
inc_row_emit(struct inc_cx *cx, struct inc_row *row)
{
    if (row->rows->kind == INC_ROWS_CONTENT && row->rows->columns) {
        inc_emit(cx, &row->rows->output, row->value.data, row->value.size,
                 NULL, 0);
    } else {
        inc_emit(cx, &row->rows->output, row->key.data, row->key.size,
                 row->value.data, row->value.size);
    }
    ofpbuf_uninit(&row->key);
    ofpbuf_uninit(&row->value);
}

static void
member_emit(struct inc_cx *cx, struct inc_members *members,
            const void *key, size_t key_len, struct ofpbuf *atom)
{
    struct ofpbuf b;

    ofpbuf_init(&b, 4 + key_len + atom->size);
    put_u32(&b, key_len);
    ofpbuf_put(&b, key, key_len);
    ofpbuf_put(&b, atom->data, atom->size);
    inc_emit(cx, &members->output, b.data, b.size, NULL, 0);
    ofpbuf_uninit(&b);
    ofpbuf_uninit(atom);
}

void
inc_member_emit(struct inc_cx *cx, struct inc_members *members,
                const void *key, size_t key_len,
                const struct inc_rows *member_rows,
                const void *member_key, size_t member_key_len)
{
    struct ofpbuf atom;

    ofpbuf_init(&atom, 8 + member_key_len);
    put_claimed(&atom, member_rows, member_key, member_key_len);
    member_emit(cx, members, key, key_len, &atom);
}

void
inc_member_emit_uuid(struct inc_cx *cx, struct inc_members *members,
                     const void *key, size_t key_len,
                     const struct uuid *member)
{
    struct ofpbuf atom;

    ofpbuf_init(&atom, 1 + sizeof *member);
    put_uuid(&atom, member);
    member_emit(cx, members, key, key_len, &atom);
}

/* Decoding. */

static const void *
pull(struct ofpbuf *b, size_t n)
{
    const void *p = ofpbuf_try_pull(b, n);

    ovs_assert(p);              /* We wrote it ourselves. */
    return p;
}

static uint32_t
pull_u32(struct ofpbuf *b)
{
    uint32_t x;

    memcpy(&x, pull(b, sizeof x), sizeof x);
    return x;
}

static struct uuid
pull_uuid(struct ofpbuf *b)
{
    struct uuid uuid;
    uint8_t tag;
    uint16_t no;

    memcpy(&tag, pull(b, sizeof tag), sizeof tag);
    if (tag == LITERAL) {
        memcpy(&uuid, pull(b, sizeof uuid), sizeof uuid);
        return uuid;
    }
    memcpy(&no, pull(b, sizeof no), sizeof no);

    uint32_t len = pull_u32(b);
    return inc_rows_uuid(all_rows[no], pull(b, len), len);
}

static void
pull_atom(struct ofpbuf *b, enum ovsdb_atomic_type type,
          union ovsdb_atom *atom)
{
    uint8_t byte;
    uint32_t len;

    switch (type) {
    case OVSDB_TYPE_INTEGER:
        memcpy(&atom->integer, pull(b, sizeof atom->integer),
               sizeof atom->integer);
        break;
    case OVSDB_TYPE_REAL:
        memcpy(&atom->real, pull(b, sizeof atom->real), sizeof atom->real);
        break;
    case OVSDB_TYPE_BOOLEAN:
        memcpy(&byte, pull(b, sizeof byte), sizeof byte);
        atom->boolean = byte;
        break;
    case OVSDB_TYPE_STRING:
        len = pull_u32(b);
        atom->s = ovsdb_atom_string_create_nocopy(xmemdup0(pull(b, len),
                                                           len));
        break;
    case OVSDB_TYPE_UUID:
        atom->uuid = pull_uuid(b);
        break;
    case OVSDB_TYPE_VOID:
    case OVSDB_N_TYPES:
    default:
        OVS_NOT_REACHED();
    }
}

static void
pull_datum(struct ofpbuf *b, const struct ovsdb_type *type,
           struct ovsdb_datum *datum)
{
    bool is_map = type->value.type != OVSDB_TYPE_VOID;
    size_t n = pull_u32(b);

    datum->n = n;
    datum->refcnt = NULL;
    datum->keys = n ? xmalloc(n * sizeof *datum->keys) : NULL;
    datum->values = n && is_map ? xmalloc(n * sizeof *datum->values) : NULL;
    for (size_t i = 0; i < n; i++) {
        pull_atom(b, type->key.type, &datum->keys[i]);
        if (is_map) {
            pull_atom(b, type->value.type, &datum->values[i]);
        }
    }
    if (n > 1) {
        ovsdb_datum_sort_unique(datum, type);
    }
}

/* UUIDs. */

/* Derives the UUID of a row from what it is: a "name-based" UUID in the
 * manner of RFC 4122, section 4.3, over SHA-1. */
static struct uuid
derive_uuid(const struct inc_rows *rows, const void *key, size_t key_len)
{
    struct sha1_ctx ctx;
    uint8_t digest[SHA1_DIGEST_SIZE];
    struct uuid uuid;
    uint32_t n = key_len;

    sha1_init(&ctx);
    sha1_update(&ctx, rows->name, strlen(rows->name) + 1);
    sha1_update(&ctx, &n, sizeof n);
    sha1_update(&ctx, key, key_len);
    sha1_final(&ctx, digest);
    memcpy(&uuid, digest, sizeof uuid);
    uuid.parts[1] = (uuid.parts[1] & ~0xf000u) | 0x5000;
    uuid.parts[2] = (uuid.parts[2] & ~0xc0000000u) | 0x80000000u;
    return uuid;
}

struct uuid
inc_rows_uuid(const struct inc_rows *rows, const void *key, size_t key_len)
{
    const struct blob *alias;
    struct uuid uuid;

    switch (rows->kind) {
    case INC_ROWS_KEYED:
        alias = blob_find(&rows->st->aliases, key, key_len);
        return alias ? alias->uuid : derive_uuid(rows, key, key_len);
    case INC_ROWS_CONTENT:
        return derive_uuid(rows, key, key_len);
    case INC_ROWS_EXISTING:
        ovs_assert(key_len == sizeof uuid);
        memcpy(&uuid, key, sizeof uuid);
        return uuid;
    default:
        OVS_NOT_REACHED();
    }
}

/* The encoded columns of a claim. */
static struct ofpbuf
claimed_columns(const struct inc_rows *rows, const void *key, size_t key_len,
                const void *value, size_t value_len)
{
    if (rows->kind != INC_ROWS_CONTENT) {
        return ofpbuf_const_initializer(value, value_len);
    }
    return ofpbuf_const_initializer(key, rows->columns ? key_len : 0);
}

/* Returns the row with 'uuid' in the replica, or NULL.  'committed' tells
 * whether it has been in the database before this transaction. */
static const struct ovsdb_idl_row *
find_row(const struct inc_rows *rows, const struct uuid *uuid)
{
    const struct ovsdb_idl_row *row
        = ovsdb_idl_get_row_for_uuid(rows->st->writer->idl,
                                     rows->table->idl->class_, uuid);

    return row && row->new_datum ? row : NULL;
}

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

    blob_add(&rows->st->pending, key, key_len);
}

static void
rows_format(const void *rows_, const void *key, size_t key_len,
            const void *value, size_t value_len, struct ds *s)
{
    const struct inc_rows *rows = rows_;
    const struct ovsdb_idl_table_class *class = rows->table->idl->class_;
    struct uuid uuid = inc_rows_uuid(rows, key, key_len);
    struct ofpbuf b = claimed_columns(rows, key, key_len, value, value_len);

    ds_put_format(s, "%s "UUID_FMT":", class->name, UUID_ARGS(&uuid));
    while (b.size) {
        const uint8_t *column = pull(&b, 1);
        const struct ovsdb_idl_column *c = &class->columns[*column];
        struct ovsdb_datum datum;

        pull_datum(&b, &c->type, &datum);
        ds_put_format(s, " %s=", c->name);
        ovsdb_datum_to_string(&datum, &c->type, s);
        ovsdb_datum_destroy(&datum, &c->type);
    }
}

/* Does 'spec' begin the UUID of the row?  (With or without 0x, so that a
 * flow's cookie does.) */
static bool
rows_matches(const void *rows_, const char *spec,
             const void *key, size_t key_len,
             const void *value OVS_UNUSED, size_t value_len OVS_UNUSED)
{
    struct uuid uuid = inc_rows_uuid(rows_, key, key_len);
    char text[UUID_LEN + 1];

    snprintf(text, sizeof text, UUID_FMT, UUID_ARGS(&uuid));
    if (!strncasecmp(spec, "0x", 2)) {
        spec += 2;
    }
    return *spec && !strncasecmp(text, spec, strlen(spec));
}

static struct set *
set_find(const struct inc_members_state *st, const void *key, size_t key_len)
{
    struct set *set;

    HMAP_FOR_EACH_WITH_HASH (set, hmap_node, hash_bytes(key, key_len, 0),
                             &st->sets) {
        if (set->key_len == key_len && !memcmp(set->key, key, key_len)) {
            return set;
        }
    }
    return NULL;
}

static void
set_queue(struct inc_members_state *st, struct set *set)
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
    size_t row_key_len = pull_u32(&b);
    const void *row_key = pull(&b, row_key_len);

    struct set *set = set_find(st, row_key, row_key_len);
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

    struct blob *element = blob_find(&set->elements, b.data, b.size);
    if (n && !element) {
        blob_add(&set->elements, b.data, b.size);
    } else if (!n && element) {
        blob_remove(&set->elements, element);
    } else {
        return;
    }
    blob_add(&set->pending, b.data, b.size);
    set_queue(st, set);
}

static void
members_format(const void *members_, const void *key, size_t key_len,
               const void *value OVS_UNUSED, size_t value_len OVS_UNUSED,
               struct ds *s)
{
    const struct inc_members *members = members_;
    struct ofpbuf b = ofpbuf_const_initializer(key, key_len);
    size_t row_key_len = pull_u32(&b);
    const void *row_key = pull(&b, row_key_len);
    struct uuid owner = inc_rows_uuid(members->rows, row_key, row_key_len);
    struct uuid member = pull_uuid(&b);

    ds_put_format(s, "%s: "UUID_FMT" in "UUID_FMT, members->name,
                  UUID_ARGS(&member), UUID_ARGS(&owner));
}

/* Writers. */

struct inc_writer *
inc_writer_create(struct inc *inc, struct ovsdb_idl *idl)
{
    struct inc_writer *writer = xzalloc(sizeof *writer);

    writer->inc = inc;
    writer->idl = idl;
    writer->resync = true;
    return writer;
}

void
inc_writer_add_rows(struct inc_writer *writer, struct inc_rows *rows)
{
    struct inc_rows_state *st = xzalloc(sizeof *st);

    st->writer = writer;
    st->rows = rows;
    hmap_init(&st->pending);
    hmap_init(&st->inflight);
    hmap_init(&st->aliases);
    hmap_init(&st->doomed);
    rows->st = st;
    rows->output.name = rows->name;
    rows->output.sync = rows_sync;
    rows->output.format = rows_format;
    rows->output.matches = rows_matches;
    rows->output.aux = rows;
    inc_add_output(writer->inc, &rows->output);

    writer->rows = xrealloc(writer->rows, (writer->n_rows + 1)
                                          * sizeof *writer->rows);
    writer->rows[writer->n_rows++] = rows;
    st->no = n_all_rows;
    all_rows = xrealloc(all_rows, (n_all_rows + 1) * sizeof *all_rows);
    all_rows[n_all_rows++] = rows;
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

    writer->members = xrealloc(writer->members, (writer->n_members + 1)
                                                * sizeof *writer->members);
    writer->members[writer->n_members++] = members;
}

static void
set_destroy(struct inc_members_state *st, struct set *set)
{
    hmap_remove(&st->sets, &set->hmap_node);
    blobs_destroy(&set->elements);
    blobs_destroy(&set->pending);
    blobs_destroy(&set->inflight);
    free(set);
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

        blobs_destroy(&st->pending);
        blobs_destroy(&st->inflight);
        blobs_destroy(&st->aliases);
        blobs_destroy(&st->doomed);
        all_rows[st->no] = NULL;
        writer->rows[i]->st = NULL;
        free(st);
    }
    for (size_t i = 0; i < writer->n_members; i++) {
        struct inc_members_state *st = writer->members[i]->st;
        struct set *set;

        HMAP_FOR_EACH_SAFE (set, hmap_node, &st->sets) {
            set_destroy(st, set);
        }
        hmap_destroy(&st->sets);
        writer->members[i]->st = NULL;
        free(st);
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

/* Notes the key of a row that the database reports as changed, and which
 * UUID it has. */
static void
note_row(struct inc_rows *rows, const struct ovsdb_idl_row *row,
         struct hmap *seen)
{
    struct inc_rows_state *st = rows->st;
    struct ofpbuf key;

    ofpbuf_init(&key, 64);
    if (rows->row_key(row, &key)) {
        struct uuid derived = derive_uuid(rows, key.data, key.size);
        struct blob *alias = blob_find(&st->aliases, key.data, key.size);

        if (seen && blob_find(seen, key.data, key.size)) {
            /* A second row for one key. */
            blob_add(&st->doomed, &row->uuid,
                     sizeof row->uuid)->uuid = row->uuid;
        } else if (uuid_equals(&row->uuid, &derived)) {
            if (alias) {
                blob_remove(&st->aliases, alias);
            }
        } else if (!find_row(rows, &derived)) {
            blob_add(&st->aliases, key.data, key.size)->uuid = row->uuid;
        }
        if (seen) {
            blob_add(seen, key.data, key.size);
        }
        blob_add(&st->pending, key.data, key.size);
    }
    ofpbuf_uninit(&key);
}

static void
note_tracked(struct inc_rows *rows)
{
    struct inc_rows_state *st = rows->st;
    const struct ovsdb_idl_table_class *class = rows->table->idl->class_;

    for (const struct ovsdb_idl_row *t
             = ovsdb_idl_track_get_first(st->writer->idl, class);
         t; t = ovsdb_idl_track_get_next(t)) {
        const struct ovsdb_idl_row *row = find_row(rows, &t->uuid);

        if (rows->kind == INC_ROWS_EXISTING) {
            struct inc_claim claim;

            if (row && inc_output_get(&rows->output, &t->uuid,
                                      sizeof t->uuid, &claim, 1)) {
                blob_add(&st->pending, &t->uuid, sizeof t->uuid);
            }
        } else if (row) {
            note_row(rows, row, NULL);
        } else if (t->tracked_old_datum || t->old_datum) {
            /* It is gone; its parsed columns are still there. */
            note_row(rows, t, NULL);
        }
    }
}

/* Queues the sets whose rows the database reports as changed. */
static void
note_members(struct inc_members *members)
{
    struct inc_rows *rows = members->rows;
    struct ovsdb_idl *idl = members->st->writer->idl;
    struct set *set;

    if (!ovsdb_idl_track_get_first(idl, rows->table->idl->class_)) {
        return;
    }
    HMAP_FOR_EACH (set, hmap_node, &members->st->sets) {
        struct uuid uuid = inc_rows_uuid(rows, set->key, set->key_len);
        const struct ovsdb_idl_row *row = find_row(rows, &uuid);

        if (!row || !ovs_list_is_empty(&row->track_node)) {
            set->all = true;
            set_queue(members->st, set);
        }
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

        if (rows->kind != INC_ROWS_CONTENT) {
            note_tracked(rows);
        } else if (!writer->in_txn
                   && n_rows_in_db(rows) != rows->st->n_expected) {
            /* Somebody else inserted or deleted rows. */
            writer->resync = true;
        }
    }
    for (size_t i = 0; i < writer->n_members; i++) {
        note_members(writer->members[i]);
    }
}

/* Comparing everything. */

static void
add_key(void *set_, const void *key, size_t key_len,
        const struct inc_claim *claims OVS_UNUSED, size_t n OVS_UNUSED)
{
    blob_add(set_, key, key_len);
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
    struct uuid uuid = derive_uuid(scan->rows, key, key_len);

    blob_add(&scan->uuids, &uuid, sizeof uuid);
    if (!find_row(scan->rows, &uuid)) {
        blob_add(&scan->rows->st->pending, key, key_len);
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
    struct hmap seen;

    switch (rows->kind) {
    case INC_ROWS_KEYED:
        hmap_init(&seen);
        blobs_clear(&st->aliases);
        for (row = ovsdb_idl_first_row(idl, class); row;
             row = ovsdb_idl_next_row(row)) {
            note_row(rows, row, &seen);
        }
        blobs_destroy(&seen);
        /* Fall through. */
    case INC_ROWS_EXISTING:
        inc_output_for_each(&rows->output, add_key, &st->pending);
        break;

    case INC_ROWS_CONTENT:
        hmap_init(&scan.uuids);
        blobs_clear(&st->doomed);
        inc_output_for_each(&rows->output, add_content, &scan);
        for (row = ovsdb_idl_first_row(idl, class); row;
             row = ovsdb_idl_next_row(row)) {
            if (!blob_find(&scan.uuids, &row->uuid, sizeof row->uuid)) {
                blob_add(&st->doomed, &row->uuid,
                         sizeof row->uuid)->uuid = row->uuid;
            }
        }
        blobs_destroy(&scan.uuids);
        st->n_expected = n_rows_in_db(rows);
        break;

    default:
        OVS_NOT_REACHED();
    }
}

static void
resync_members(struct inc_members *members)
{
    struct set *set;

    HMAP_FOR_EACH (set, hmap_node, &members->st->sets) {
        set->all = true;
        set_queue(members->st, set);
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
    uint32_t rest = row->old_datum ? rows->columns : 0;
    bool changed = false;

    while (b.size) {
        const uint8_t *number = pull(&b, 1);
        const struct ovsdb_idl_column *column = &class->columns[*number];
        struct ovsdb_datum datum;

        rest &= ~(1u << *number);
        pull_datum(&b, &column->type, &datum);
        changed |= write_column(row, column, &datum);
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
    rows->st->writer->stats.deleted++;
    rows->st->n_delta--;
    ovsdb_idl_txn_delete(row);
}

static const struct ovsdb_idl_row *
insert_row(struct inc_rows *rows, struct ovsdb_idl_txn *txn,
           const struct uuid *uuid)
{
    COVERAGE_INC(inc_rows_insert);
    rows->st->writer->stats.inserted++;
    rows->st->n_delta++;
    return ovsdb_idl_txn_insert_persist_uuid(txn, rows->table->idl->class_,
                                             uuid);
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
    struct ofpbuf columns = claimed_columns(rows, key, n ? key_len : 0,
                                            claim.value, claim.value_len);
    struct uuid uuid = inc_rows_uuid(rows, key, key_len);
    const struct ovsdb_idl_row *row = find_row(rows, &uuid);

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
    } else if (rows->kind == INC_ROWS_KEYED) {
        change_row(rows, row, columns);
    }
}

static void
run_rows(struct inc_rows *rows, struct ovsdb_idl_txn *txn)
{
    struct inc_rows_state *st = rows->st;
    struct blob *b;

    /* Second rows of one key first: the key's index may be unique. */
    HMAP_FOR_EACH (b, hmap_node, &st->doomed) {
        const struct ovsdb_idl_row *row = find_row(rows, &b->uuid);

        if (row) {
            delete_row(rows, row);
        }
    }
    blobs_clear(&st->doomed);
    HMAP_FOR_EACH (b, hmap_node, &st->pending) {
        write_key(rows, txn, b->bytes, b->len);
    }
    blobs_move(&st->inflight, &st->pending);
}

/* Sets. */

static union ovsdb_atom
element_atom(const struct blob *element)
{
    struct ofpbuf b = ofpbuf_const_initializer(element->bytes, element->len);

    return (union ovsdb_atom) { .uuid = pull_uuid(&b) };
}

/* All elements of 'set', sorted. */
static void
set_to_datum(const struct set *set, const struct ovsdb_type *type,
             struct ovsdb_datum *datum)
{
    const struct blob *element;

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
write_differences(struct inc_members *members, const struct set *set,
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
write_set(struct inc_members *members, struct set *set)
{
    const struct inc_rows *rows = members->rows;
    const struct ovsdb_idl_column *column
        = &rows->table->idl->class_->columns[members->column];
    struct uuid uuid = inc_rows_uuid(rows, set->key, set->key_len);
    const struct ovsdb_idl_row *row = find_row(rows, &uuid);
    const struct blob *b;

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
                          blob_find(&set->elements, b->bytes, b->len));
        }
    }
}

static void
run_members(struct inc_members *members)
{
    struct inc_members_state *st = members->st;
    struct set *set;

    if (!st->n_queued) {
        return;
    }
    HMAP_FOR_EACH (set, hmap_node, &st->sets) {
        if (set->queued) {
            set->queued = false;
            write_set(members, set);
            blobs_move(&set->inflight, &set->pending);
            set->all_inflight |= set->all;
            set->all = false;
        }
    }
    st->n_queued = 0;
    st->n_inflight++;
}

bool
inc_writer_run(struct inc_writer *writer, struct ovsdb_idl_txn *txn)
{
    struct inc_writer_stats old = writer->stats;

    if (writer->resync) {
        writer->resync = false;
        for (size_t i = 0; i < writer->n_rows; i++) {
            resync_rows(writer->rows[i]);
        }
        for (size_t i = 0; i < writer->n_members; i++) {
            resync_members(writer->members[i]);
        }
    }
    for (size_t i = 0; i < writer->n_rows; i++) {
        run_rows(writer->rows[i], txn);
    }
    for (size_t i = 0; i < writer->n_members; i++) {
        run_members(writer->members[i]);
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
        blobs_clear(&st->inflight);
    } else {
        blobs_move(&st->pending, &st->inflight);
    }
    st->n_delta = 0;
}

static void
members_done(struct inc_members *members, bool success)
{
    struct inc_members_state *st = members->st;
    struct set *set;

    if (!st->n_inflight) {
        return;
    }
    st->n_inflight = 0;
    HMAP_FOR_EACH_SAFE (set, hmap_node, &st->sets) {
        if (success) {
            blobs_clear(&set->inflight);
        } else if (!hmap_is_empty(&set->inflight) || set->all_inflight) {
            blobs_move(&set->pending, &set->inflight);
            set->all |= set->all_inflight;
            set_queue(st, set);
        }
        set->all_inflight = false;
        if (!set->queued && hmap_is_empty(&set->elements)) {
            set_destroy(st, set);
        }
    }
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
        members_done(writer->members[i], success);
    }
}

bool
inc_writer_is_pending(const struct inc_writer *writer)
{
    if (writer->resync) {
        return true;
    }
    for (size_t i = 0; i < writer->n_rows; i++) {
        const struct inc_rows_state *st = writer->rows[i]->st;

        if (!hmap_is_empty(&st->pending) || !hmap_is_empty(&st->doomed)) {
            return true;
        }
    }
    for (size_t i = 0; i < writer->n_members; i++) {
        if (writer->members[i]->st->n_queued) {
            return true;
        }
    }
    return false;
}

bool
inc_writer_is_idle(const struct inc_writer *writer)
{
    return !writer->in_txn && !inc_writer_is_pending(writer);
}

void
inc_writer_get_stats(const struct inc_writer *writer,
                     struct inc_writer_stats *stats)
{
    *stats = writer->stats;
}
