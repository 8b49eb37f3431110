/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Claims of rows: building them, decoding them, and the UUIDs that rows get
 * from them.  See inc-rows-private.h for the encoding. */

#include <config.h>
#include "lib/inc-rows-private.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "openvswitch/ofpbuf.h"
#include "sha1.h"
#include "smap.h"

enum { LITERAL, CLAIMED };

/* Byte strings. */

struct inc_blob *
inc_blob_find(const struct hmap *map, const void *bytes, size_t len)
{
    struct inc_blob *b;

    HMAP_FOR_EACH_WITH_HASH (b, hmap_node, hash_bytes(bytes, len, 0), map) {
        if (b->len == len && !memcmp(b->bytes, bytes, len)) {
            return b;
        }
    }
    return NULL;
}

/* Finds an element of a set. */
struct inc_blob *
inc_blob_find_uuid(const struct hmap *map, const struct uuid *uuid)
{
    struct {
        uint8_t tag;
        uint8_t uuid[16];
    } element = { .tag = CLAIMED };
    BUILD_ASSERT(sizeof element == 17);

    memcpy(element.uuid, uuid, sizeof *uuid);

    return inc_blob_find(map, &element, sizeof element);
}

struct inc_blob *
inc_blob_add(struct hmap *map, const void *bytes, size_t len)
{
    struct inc_blob *b = inc_blob_find(map, bytes, len);

    if (!b) {
        b = xmalloc(sizeof *b + len);
        b->uuid = UUID_ZERO;
        b->len = len;
        memcpy(b->bytes, bytes, len);
        hmap_insert(map, &b->hmap_node, hash_bytes(bytes, len, 0));
    }
    return b;
}

void
inc_blob_remove(struct hmap *map, struct inc_blob *b)
{
    hmap_remove(map, &b->hmap_node);
    free(b);
}

void
inc_blobs_clear(struct hmap *map)
{
    struct inc_blob *b;

    HMAP_FOR_EACH_POP (b, hmap_node, map) {
        free(b);
    }
    hmap_shrink(map);
}

void
inc_blobs_destroy(struct hmap *map)
{
    inc_blobs_clear(map);
    hmap_destroy(map);
}

/* Moves all of 'src' to 'dst'. */
void
inc_blobs_move(struct hmap *dst, struct hmap *src)
{
    struct inc_blob *b;

    if (hmap_is_empty(dst)) {
        hmap_swap(dst, src);
        return;
    }
    HMAP_FOR_EACH_POP (b, hmap_node, src) {
        if (inc_blob_find(dst, b->bytes, b->len)) {
            free(b);
        } else {
            hmap_insert(dst, &b->hmap_node, hash_bytes(b->bytes, b->len, 0));
        }
    }
    hmap_shrink(src);
}

/* INC_ROWS_KEYED: UUIDs derived from keys, of rows that have another UUID in
 * the database, with that UUID. */
struct hmap inc_aliases = HMAP_INITIALIZER(&inc_aliases);

struct uuid
inc_apply_alias(struct uuid derived)
{
    const struct inc_blob *alias = inc_blob_find(&inc_aliases, &derived,
                                                 sizeof derived);

    return alias ? alias->uuid : derived;
}

/* UUIDs. */

/* Derives the UUID of a row from what it is: a "name-based" UUID in the
 * manner of RFC 4122, section 4.3, over SHA-1. */
struct uuid
inc_rows_derive_uuid(const struct inc_rows *rows,
                     const void *key, size_t key_len)
{
    struct sha1_ctx ctx;
    uint8_t digest[SHA1_DIGEST_SIZE];
    struct uuid uuid;
    uint32_t n = key_len;

    /* Not sha1_bytes(), which goes through OpenSSL: for a few hundred bytes,
     * that spends more on setting up than on hashing. */
    ovs_sha1_init(&ctx);
    ovs_sha1_update(&ctx, rows->name, strlen(rows->name) + 1);
    ovs_sha1_update(&ctx, &n, sizeof n);
    ovs_sha1_update(&ctx, key, key_len);
    ovs_sha1_final(&ctx, digest);
    memcpy(&uuid, digest, sizeof uuid);
    uuid.parts[1] = (uuid.parts[1] & ~0xf000u) | 0x5000;
    uuid.parts[2] = (uuid.parts[2] & ~0xc0000000u) | 0x80000000u;
    return uuid;
}

struct uuid
inc_rows_uuid_derived(const struct inc_rows *rows, const void *key,
                      size_t key_len, struct uuid *derived)
{
    switch (rows->kind) {
    case INC_ROWS_KEYED:
        *derived = inc_rows_derive_uuid(rows, key, key_len);
        return inc_apply_alias(*derived);
    case INC_ROWS_CONTENT:
        *derived = inc_rows_derive_uuid(rows, key, key_len);
        return *derived;
    case INC_ROWS_EXISTING:
        ovs_assert(key_len == sizeof *derived);
        memcpy(derived, key, sizeof *derived);
        return *derived;
    default:
        OVS_NOT_REACHED();
    }
}

struct uuid
inc_rows_uuid(const struct inc_rows *rows, const void *key, size_t key_len)
{
    struct uuid derived;

    return inc_rows_uuid_derived(rows, key, key_len, &derived);
}

/* Returns the row with 'uuid' in the replica, or NULL.  'committed' tells
 * whether it has been in the database before this transaction. */
const struct ovsdb_idl_row *
inc_rows_find(const struct inc_rows *rows, const struct uuid *uuid)
{
    const struct ovsdb_idl_row *row
        = ovsdb_idl_get_row_for_uuid(rows->st->writer->idl,
                                     rows->table->idl->class_, uuid);

    return row && row->new_datum ? row : NULL;
}

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

void
inc_put_u32(struct ofpbuf *b, uint32_t x)
{
    ofpbuf_put(b, &x, sizeof x);
}

static void
put_column(struct inc_row *row, int column, size_t n)
{
    uint8_t number = column;

    ovs_assert(column < 32 && row->rows->columns & 1u << column);
    ofpbuf_put(&row->value, &number, sizeof number);
    inc_put_u32(&row->value, n);
}

static void
put_string(struct ofpbuf *b, const char *s)
{
    size_t len = strlen(s);

    inc_put_u32(b, len);
    ofpbuf_put(b, s, len);
}

static void
put_uuid(struct ofpbuf *b, uint8_t tag, const struct uuid *uuid)
{
    ofpbuf_put(b, &tag, sizeof tag);
    ofpbuf_put(b, uuid, sizeof *uuid);
}

static void
put_claimed(struct ofpbuf *b, const struct inc_rows *rows,
            const void *key, size_t key_len)
{
    struct uuid uuid = inc_rows_derive_uuid(rows, key, key_len);

    ovs_assert(rows->kind != INC_ROWS_EXISTING);
    put_uuid(b, CLAIMED, &uuid);
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
    put_uuid(&row->value, LITERAL, uuid);
}

void
inc_row_uuids(struct inc_row *row, int column, const struct uuid *uuids,
              size_t n)
{
    put_column(row, column, n);
    for (size_t i = 0; i < n; i++) {
        put_uuid(&row->value, LITERAL, &uuids[i]);
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
    struct uuid row = inc_rows_derive_uuid(members->rows, key, key_len);
    struct ofpbuf b;

    ofpbuf_init(&b, sizeof row + atom->size);
    ofpbuf_put(&b, &row, sizeof row);
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

/* Decoding. */

const void *
inc_pull(struct ofpbuf *b, size_t n)
{
    const void *p = ofpbuf_try_pull(b, n);

    ovs_assert(p);              /* We wrote it ourselves. */
    return p;
}

uint32_t
inc_pull_u32(struct ofpbuf *b)
{
    uint32_t x;

    memcpy(&x, inc_pull(b, sizeof x), sizeof x);
    return x;
}

struct uuid
inc_pull_uuid(struct ofpbuf *b)
{
    struct uuid uuid;
    uint8_t tag;

    memcpy(&tag, inc_pull(b, sizeof tag), sizeof tag);
    memcpy(&uuid, inc_pull(b, sizeof uuid), sizeof uuid);
    return tag == CLAIMED ? inc_apply_alias(uuid) : uuid;
}

static void
pull_atom(struct ofpbuf *b, enum ovsdb_atomic_type type,
          union ovsdb_atom *atom)
{
    uint8_t byte;
    uint32_t len;

    switch (type) {
    case OVSDB_TYPE_INTEGER:
        memcpy(&atom->integer, inc_pull(b, sizeof atom->integer),
               sizeof atom->integer);
        break;
    case OVSDB_TYPE_BOOLEAN:
        memcpy(&byte, inc_pull(b, sizeof byte), sizeof byte);
        atom->boolean = byte;
        break;
    case OVSDB_TYPE_STRING:
        len = inc_pull_u32(b);
        atom->s = ovsdb_atom_string_create_nocopy(xmemdup0(inc_pull(b, len),
                                                           len));
        break;
    case OVSDB_TYPE_UUID:
        atom->uuid = inc_pull_uuid(b);
        break;
    case OVSDB_TYPE_REAL:       /* No inc_row_*() makes one. */
    case OVSDB_TYPE_VOID:
    case OVSDB_N_TYPES:
    default:
        OVS_NOT_REACHED();
    }
}

void
inc_pull_datum(struct ofpbuf *b, const struct ovsdb_type *type,
           struct ovsdb_datum *datum)
{
    bool is_map = type->value.type != OVSDB_TYPE_VOID;
    size_t n = inc_pull_u32(b);

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

/* The encoded columns of a claim. */
struct ofpbuf
inc_claimed_columns(const struct inc_rows *rows,
                    const void *key, size_t key_len,
                    const void *value, size_t value_len)
{
    if (rows->kind != INC_ROWS_CONTENT) {
        return ofpbuf_const_initializer(value, value_len);
    }
    return ofpbuf_const_initializer(key, rows->columns ? key_len : 0);
}
