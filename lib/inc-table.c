/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Tables of the incremental engine: the rows of mem, derived and join
 * tables, and what all rows have in common.
 *
 * The 'data' of a row's node depends on the kind of table:
 *
 *     INC_IDL                 struct inc_idl_data (see inc-idl.c).
 *     INC_MEM, INC_DERIVED    Key, value and attribute, each padded to 8
 *                             bytes.
 *     INC_JOIN                The pair itself: left id in the upper, right
 *                             id in the lower 32 bits.
 *     INC_ELEMENTS            The string (see inc-elements.c).
 */

#include <config.h>
#include "lib/inc-private.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/json.h"
#include "util.h"
#include "uuid.h"

BUILD_ASSERT_DECL(sizeof(void *) == 8);

/* Rows in general. */

static size_t
pad8(size_t size)
{
    return ROUND_UP(size, 8);
}

/* Returns the key (0), value (1) or attribute (2) of a row of a mem or
 * derived table. */
char *
inc_row_bytes(const struct inc_table *table, const struct inc_node *node,
              int part)
{
    char *bytes = node->data;

    return (part == 0 ? bytes
            : part == 1 ? bytes + pad8(table->key_size)
            : bytes + pad8(table->key_size) + pad8(table->value_size));
}

static char *
row_bytes_alloc(const struct inc_table *table, const void *key,
                const void *value)
{
    char *bytes = xzalloc(pad8(table->key_size) + pad8(table->value_size)
                          + pad8(table->attr_size));

    memcpy(bytes, key, table->key_size);
    if (value) {
        memcpy(bytes + pad8(table->key_size), value, table->value_size);
    }
    return bytes;
}

uint32_t
inc_join_part(const struct inc_node *node, bool right)
{
    uintptr_t pair = (uintptr_t) node->data;

    return right ? pair & UINT32_MAX : pair >> 32;
}

/* Compares two rows of one table: by UUID, by key, by pair, or by whose
 * element it is and string. */
int
inc_row_compare(const struct inc *inc, uint32_t a, uint32_t b)
{
    const struct inc_node *na = inc_node(inc, a);
    const struct inc_node *nb = inc_node(inc, b);
    const struct inc_table *table = inc->tables[na->owner];

    switch (table->kind) {
    case INC_IDL:
        return uuid_compare_3way(&inc_idl_data(na)->uuid,
                                 &inc_idl_data(nb)->uuid);
    case INC_MEM:
    case INC_DERIVED:
        return memcmp(na->data, nb->data, table->key_size);
    case INC_JOIN:
        return na->data < nb->data ? -1 : na->data > nb->data;
    case INC_ELEMENTS:
        return inc_element_compare(inc, na, nb);
    default:
        OVS_NOT_REACHED();
    }
}

/* Adds a row with 'data', which it takes over, to 'table'. */
uint32_t
inc_row_create(struct inc *inc, struct inc_table *table, uint32_t hash,
               void *data)
{
    struct inc_table_state *st = table->st;
    uint32_t id = inc_node_alloc(inc, INC_NODE_ROW, st->no, 0);

    inc_node(inc, id)->data = data;
    inc_htab_insert(&st->rows, hash, id);
    return id;
}

/* Puts a new row in the indexes and gives it its units. */
void
inc_row_announce(struct inc *inc, struct inc_table *table, uint32_t id)
{
    struct inc_table_state *st = table->st;

    for (size_t i = 0; i < st->n_indexes; i++) {
        inc_index_update(inc, st->indexes[i], id, false);
    }
    inc_row_units_create(inc, table, id);
}

/* Takes row 'id' out of its table, whose hash of it is 'hash'.  The node and
 * its data live on until nobody reads it any more. */
void
inc_row_delete(struct inc *inc, uint32_t id, uint32_t hash)
{
    struct inc_node *node = inc_node(inc, id);
    struct inc_table *table = inc->tables[node->owner];
    struct inc_table_state *st = table->st;

    inc_htab_remove(&st->rows, hash, id);
    for (size_t i = 0; i < st->n_indexes; i++) {
        inc_index_update(inc, st->indexes[i], id, true);
    }
    node->flags |= INC_GONE;
    inc_dirty_readers(inc, id, INC_COL_ALL);
    inc_row_nodes_release(inc, table, id);
    inc_doom(inc, id);
}

/* Spreads the news that the columns in 'mask' of row 'id' have changed. */
void
inc_row_changed(struct inc *inc, uint32_t id, uint32_t mask)
{
    struct inc_table_state *st = inc->tables[inc_node(inc, id)->owner]->st;

    for (size_t i = 0; i < st->n_indexes; i++) {
        struct inc_index *index = st->indexes[i];

        if (index->st->columns & mask) {
            inc_index_update(inc, index, id, false);
        }
    }
    inc_dirty_readers(inc, id, mask);
}

void
inc_row_free_data(struct inc *inc, struct inc_node *node)
{
    switch (inc->tables[node->owner]->kind) {
    case INC_IDL:
    case INC_MEM:
    case INC_DERIVED:
        free(node->data);
        break;
    case INC_ELEMENTS:
        json_destroy(node->data);
        break;
    case INC_JOIN:
        break;
    }
    node->data = NULL;
}

/* Mem and derived tables. */

static uint32_t
key_hash(const struct inc_table *table, const void *key)
{
    return hash_bytes(key, table->key_size, 0);
}

/* Returns the row with 'key' of a mem or derived table, or 0. */
uint32_t
inc_table_find_key(const struct inc_table *table, const void *key)
{
    const struct inc_table_state *st = table->st;

    INC_HTAB_FOR_EACH_WITH_HASH (id, pos, key_hash(table, key), &st->rows) {
        if (!memcmp(inc_node(st->inc, id)->data, key, table->key_size)) {
            return id;
        }
    }
    return 0;
}

static uint32_t
keyed_row_create(struct inc *inc, struct inc_table *table, const void *key,
                 const void *value)
{
    uint32_t id = inc_row_create(inc, table, key_hash(table, key),
                                 row_bytes_alloc(table, key, value));

    inc_row_announce(inc, table, id);
    return id;
}

/* Sets part 'part' of the row.  Returns true if that changed it. */
static bool
keyed_row_set(struct inc *inc, struct inc_table *table, uint32_t id,
              int part, const void *data, size_t size)
{
    char *bytes = inc_row_bytes(table, inc_node(inc, id), part);

    if (!size || !memcmp(bytes, data, size)) {
        return false;
    }
    memcpy(bytes, data, size);
    inc_row_changed(inc, id, part == 1 ? INC_COL_VALUE : INC_COL_ATTR);
    return true;
}

void
inc_mem_set(struct inc *inc, struct inc_table *table, const void *key,
            const void *value)
{
    ovs_assert(table->kind == INC_MEM && !inc->running);

    uint32_t id = inc_table_find_key(table, key);
    if (id) {
        keyed_row_set(inc, table, id, 1, value, table->value_size);
    } else {
        keyed_row_create(inc, table, key, value);
    }
}

void
inc_mem_delete(struct inc *inc, struct inc_table *table, const void *key)
{
    ovs_assert(table->kind == INC_MEM && !inc->running);

    uint32_t id = inc_table_find_key(table, key);
    if (id) {
        inc_row_delete(inc, id, key_hash(table, key));
    }
}

void
inc_set_attr(struct inc *inc, struct inc_table *table, struct inc_ref ref,
             const void *attr)
{
    const struct inc_node *node = inc_node(inc, ref.id);

    ovs_assert(node->kind == INC_NODE_ROW && node->owner == table->st->no);
    if (!(node->flags & INC_GONE)) {
        keyed_row_set(inc, table, ref.id, 2, attr, table->attr_size);
    }
}

/* Bringing a derived table up to date with the claims of its rows. */

struct flush {
    struct inc *inc;
    struct inc_table *table;
    struct inc_change *changes;
    size_t n, allocated;
};

static void
flush_note(struct flush *f, uint32_t id, bool gone)
{
    const struct inc_node *node = inc_node(f->inc, id);

    if (!f->table->resolve) {
        return;
    }
    if (f->n >= f->allocated) {
        f->changes = x2nrealloc(f->changes, &f->allocated,
                                sizeof *f->changes);
    }
    f->changes[f->n++] = (struct inc_change) {
        .ref = { id },
        .key = inc_row_bytes(f->table, node, 0),
        .value = gone ? NULL : inc_row_bytes(f->table, node, 1)
    };
}

static void
flush_key(void *f_, const void *key, size_t key_len OVS_UNUSED,
          const struct inc_claim *claims, size_t n)
{
    struct flush *f = f_;
    uint32_t id = inc_table_find_key(f->table, key);

    if (!n) {
        if (id) {
            inc_row_delete(f->inc, id, key_hash(f->table, key));
            flush_note(f, id, true);
        }
    } else if (!id) {
        id = keyed_row_create(f->inc, f->table, key, claims[0].value);
        flush_note(f, id, false);
    } else if (keyed_row_set(f->inc, f->table, id, 1, claims[0].value,
                             f->table->value_size)) {
        flush_note(f, id, false);
    }
}

/* Size of the keys that compare_changes() compares.  (qsort() passes no
 * auxiliary data.) */
static size_t change_key_size;

static int
compare_changes(const void *a_, const void *b_)
{
    const struct inc_change *a = a_;
    const struct inc_change *b = b_;

    if (!a->value != !b->value) {
        return a->value ? 1 : -1;
    }
    return memcmp(a->key, b->key, change_key_size);
}

void
inc_table_flush(struct inc *inc, struct inc_table *table)
{
    struct flush f = { .inc = inc, .table = table };

    inc_output_flush(table->output.st, flush_key, &f);
    if (f.n) {
        change_key_size = table->key_size;
        qsort(f.changes, f.n, sizeof *f.changes, compare_changes);
        table->resolve(inc, table->aux, f.changes, f.n);
        free(f.changes);
    }
}

/* Join tables. */

static uint32_t
pair_hash(uint32_t l, uint32_t r)
{
    return hash_2words(l, r);
}

uint32_t
inc_join_find(const struct inc_table *join, uint32_t l, uint32_t r)
{
    const struct inc_table_state *st = join->st;
    void *pair = (void *) ((uintptr_t) l << 32 | r);

    INC_HTAB_FOR_EACH_WITH_HASH (id, pos, pair_hash(l, r), &st->rows) {
        if (inc_node(st->inc, id)->data == pair) {
            return id;
        }
    }
    return 0;
}

/* Adds the pair unless it is there, because of another key. */
void
inc_join_add(struct inc *inc, struct inc_table *join, uint32_t l, uint32_t r)
{
    if (!inc_join_find(join, l, r)) {
        void *pair = (void *) ((uintptr_t) l << 32 | r);

        inc_row_announce(inc, join, inc_row_create(inc, join, pair_hash(l, r),
                                                   pair));
    }
}

/* Do 'l' and 'r' have a key in common? */
static bool
join_holds(const struct inc *inc, const struct inc_table *join,
           uint32_t l, uint32_t r)
{
    const struct inc_index_state *left = join->left->st;
    const struct inc_index_state *right = join->right->st;

    INC_HTAB_FOR_EACH_WITH_HASH (lb, i, inc_hash_id(l), &left->by_row) {
        const struct inc_node *node = inc_node(inc, lb);
        const struct inc_bucket *b = node->data;
        uint32_t want = inc_index_find(right, b->key, b->key_len, node->key);

        if (want) {
            INC_HTAB_FOR_EACH_WITH_HASH (rb, j, inc_hash_id(r),
                                         &right->by_row) {
                if (rb == want) {
                    return true;
                }
            }
        }
    }
    return false;
}

/* Removes the pair unless another key still makes it one. */
void
inc_join_remove(struct inc *inc, struct inc_table *join, uint32_t l,
                uint32_t r)
{
    uint32_t id = inc_join_find(join, l, r);

    ovs_assert(id);             /* They had a key in common until now. */
    if (!join_holds(inc, join, l, r)) {
        inc_row_delete(inc, id, pair_hash(l, r));
    }
}

static void
join_init(struct inc *inc, struct inc_table *join)
{
    struct inc_index *sides[] = { join->left, join->right };

    ovs_assert(join->left != join->right);
    for (size_t i = 0; i < ARRAY_SIZE(sides); i++) {
        if (!sides[i]->st) {
            inc_index_activate(inc, sides[i]);
        }

        struct inc_index_state *st = sides[i]->st;
        st->joins = xrealloc(st->joins, (st->n_joins + 1)
                                        * sizeof *st->joins);
        st->joins[st->n_joins++] = join;
    }

    const struct inc_index_state *left = join->left->st;
    INC_HTAB_FOR_EACH (lb, i, &left->buckets) {
        const struct inc_node *node = inc_node(inc, lb);
        const struct inc_bucket *b = node->data;
        uint32_t rb = inc_index_find(join->right->st, b->key, b->key_len,
                                     node->key);
        const struct inc_bucket *o = rb ? inc_node(inc, rb)->data : NULL;

        for (size_t l = 0; o && l < b->n; l++) {
            for (size_t r = 0; r < o->n; r++) {
                inc_join_add(inc, join, b->rows[l], o->rows[r]);
            }
        }
    }
}

/* Tables. */

void
inc_add_table(struct inc *inc, struct inc_table *table, struct ovsdb_idl *idl)
{
    ovs_assert(!table->st && inc->n_tables < UINT16_MAX);
    ovs_assert((table->kind == INC_IDL) == (idl != NULL));
    ovs_assert(MAX(table->value_size, table->attr_size)
               <= INC_MAX_VALUE_SIZE);

    struct inc_table_state *st = xzalloc(sizeof *st);
    st->inc = inc;
    st->table = table;
    st->no = inc->n_tables;
    st->idl = idl;
    table->st = st;
    inc->tables = xrealloc(inc->tables, (inc->n_tables + 1)
                                        * sizeof *inc->tables);
    inc->tables[inc->n_tables++] = table;

    if (table->kind == INC_DERIVED) {
        table->output.name = table->name;
        inc_output_init(inc, &table->output, table);
    } else if (table->kind == INC_JOIN) {
        join_init(inc, table);
    } else if (table->kind == INC_ELEMENTS) {
        inc_elements_init(inc, table);
    }
}

void
inc_table_destroy(struct inc_table *table)
{
    struct inc_table_state *st = table->st;

    inc_htab_destroy(&st->rows);
    free(st->families);
    free(st->indexes);
    free(st->by_key);
    free(st);
    table->st = NULL;
}

/* Appends a readable name of row 'id' to 's'. */
void
inc_format_row(const struct inc *inc, uint32_t id, struct ds *s)
{
    const struct inc_node *node = inc_node(inc, id);
    const struct inc_table *table = inc->tables[node->owner];

    ds_put_format(s, "%s ", table->name);
    switch (table->kind) {
    case INC_IDL:
        ds_put_format(s, UUID_FMT, UUID_ARGS(&inc_idl_data(node)->uuid));
        break;
    case INC_JOIN:
        ds_put_char(s, '(');
        inc_format_row(inc, inc_join_part(node, false), s);
        ds_put_cstr(s, ", ");
        inc_format_row(inc, inc_join_part(node, true), s);
        ds_put_char(s, ')');
        break;
    case INC_ELEMENTS:
        ds_put_char(s, '(');
        inc_format_row(inc, node->key, s);
        ds_put_format(s, ", %s)", inc_element_string(node));
        break;
    case INC_MEM:
    case INC_DERIVED:
        if (table->output.format) {
            table->output.format(table->output.aux, node->data,
                                 table->key_size,
                                 inc_row_bytes(table, node, 1),
                                 table->value_size, s);
        } else {
            ds_put_hex(s, node->data, table->key_size);
        }
        break;
    default:
        OVS_NOT_REACHED();
    }
    if (node->flags & INC_GONE) {
        ds_put_cstr(s, " (gone)");
    }
}
