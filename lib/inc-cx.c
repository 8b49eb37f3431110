/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* What the functions of families call: reading, which is recorded, and
 * emitting.  See inc.h.
 *
 * A context belongs to one call of one function; contexts are taken from a
 * pool because a function that asks for a fact that is not known yet makes
 * another one run. */

#include <config.h>
#include "lib/inc-private.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "openvswitch/dynamic-string.h"
#include "openvswitch/vlog.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(inc_cx);

static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(5, 20);

/* Contexts. */

struct inc_cx *
inc_cx_get(struct inc *inc, enum inc_mode mode, uint32_t row)
{
    struct inc_cx *cx = inc->cx_pool;

    if (cx) {
        inc->cx_pool = cx->next;
    } else {
        cx = xzalloc(sizeof *cx);
    }
    cx->inc = inc;
    cx->mode = mode;
    cx->row = row;
    cx->family = NULL;
    cx->index = NULL;
    cx->n_reads = cx->n_items = 0;
    cx->set = NULL;
    cx->report = NULL;
    cx->ok = true;
    return cx;
}

void
inc_cx_put(struct inc_cx *cx)
{
    for (struct inc_unkept *u = cx->unkept; u; u = u->next) {
        if (u->family->fact_free) {
            u->family->fact_free(u->value);
        }
    }
    cx->unkept = NULL;
    while (cx->blocks) {
        struct inc_block *block = cx->blocks;

        cx->blocks = block->next;
        free(block);
    }
    cx->next = cx->inc->cx_pool;
    cx->inc->cx_pool = cx;
}

void *
inc_alloc(struct inc_cx *cx, size_t size)
{
    struct inc_block *block = cx->blocks;

    size = ROUND_UP(MAX(size, 1), 16);
    if (!block || block->size - block->used < size) {
        size_t block_size = MAX(size, 1024);

        block = xmalloc(sizeof *block + block_size);
        block->used = 0;
        block->size = block_size;
        block->next = cx->blocks;
        cx->blocks = block;
    }

    void *p = block->bytes + block->used;
    block->used += size;
    return p;
}

char *
inc_sprintf(struct inc_cx *cx, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *s = xvasprintf(format, args);
    va_end(args);

    size_t size = strlen(s) + 1;
    char *copy = inc_alloc(cx, size);
    memcpy(copy, s, size);
    free(s);
    return copy;
}

/* Reading. */

static const char *
cx_name(const struct inc_cx *cx)
{
    return cx->family ? cx->family->name : cx->index->name;
}

/* Reports that the function that runs broke a rule of the engine. */
static void OVS_PRINTF_FORMAT(2, 3)
cx_breach(const struct inc_cx *cx, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *msg = xvasprintf(format, args);
    va_end(args);

    if (cx->inc->strict) {
        ovs_abort(0, "%s: %s", cx_name(cx), msg);
    }
    VLOG_ERR_RL(&rl, "%s: %s", cx_name(cx), msg);
    free(msg);
}

static void
cx_read(struct inc_cx *cx, uint32_t id, uint32_t mask)
{
    if (cx->mode == INC_INDEX) {
        if (id != cx->row) {
            cx_breach(cx, "an index may only read its own row");
        }
        cx->index->st->columns |= mask;
        return;
    }

    struct inc_edge *last = cx->n_reads ? &cx->reads[cx->n_reads - 1] : NULL;
    if (last && last->node == id) {
        last->mask |= mask;
        return;
    }
    if (cx->n_reads >= cx->allocated_reads) {
        cx->reads = x2nrealloc(cx->reads, &cx->allocated_reads,
                               sizeof *cx->reads);
    }
    cx->reads[cx->n_reads++] = (struct inc_edge) { id, mask };
}

/* Checks that the function may read 'table'. */
static void
cx_check_table(const struct inc_cx *cx, const struct inc_table *table)
{
    const struct inc_family *f = cx->family;

    if (!f || table == f->over
        || table->kind == INC_IDL || table->kind == INC_MEM) {
        return;
    }
    for (size_t i = 0; f->reads && f->reads[i]; i++) {
        if (f->reads[i] == table) {
            return;
        }
    }
    cx_breach(cx, "undeclared read of table %s", table->name);
}

static const struct inc_node *
cx_row(struct inc_cx *cx, struct inc_ref ref)
{
    if (!ref.id || ref.id >= cx->inc->n_nodes) {
        return NULL;
    }

    const struct inc_node *node = inc_node(cx->inc, ref.id);
    return (node->kind == INC_NODE_ROW && !(node->flags & INC_GONE)
            ? node : NULL);
}

/* Zeros, to be returned for rows that are not there. */
static const uint64_t zeros[INC_MAX_VALUE_SIZE / 8];

static const void *
cx_zeros(struct inc_cx *cx, size_t size)
{
    if (size <= sizeof zeros) {
        return zeros;
    }

    void *p = inc_alloc(cx, size);
    memset(p, 0, size);
    return p;
}

static const void *
read_part(struct inc_cx *cx, struct inc_ref ref, int part, uint32_t mask)
{
    const struct inc_node *node = cx_row(cx, ref);

    if (!node) {
        return zeros;
    }

    const struct inc_table *table = cx->inc->tables[node->owner];
    if (table->kind != INC_MEM && table->kind != INC_DERIVED) {
        cx_breach(cx, "%s is not a mem or derived table", table->name);
        return zeros;
    }
    if (mask) {
        cx_check_table(cx, table);
        cx_read(cx, ref.id, mask);
    }
    return inc_row_bytes(table, node, part);
}

const void *
inc_key(struct inc_cx *cx, struct inc_ref ref)
{
    return read_part(cx, ref, 0, 0);
}

const void *
inc_value(struct inc_cx *cx, struct inc_ref ref)
{
    return read_part(cx, ref, 1, INC_COL_VALUE);
}

const void *
inc_attr(struct inc_cx *cx, struct inc_ref ref)
{
    return read_part(cx, ref, 2, INC_COL_ATTR);
}

static struct inc_ref
read_pair(struct inc_cx *cx, struct inc_ref ref, bool right)
{
    const struct inc_node *node = cx_row(cx, ref);

    if (!node) {
        return INC_NONE;
    }
    if (cx->inc->tables[node->owner]->kind != INC_JOIN) {
        cx_breach(cx, "%s is not a join table",
                  cx->inc->tables[node->owner]->name);
        return INC_NONE;
    }
    return (struct inc_ref) { inc_join_part(node, right) };
}

struct inc_ref
inc_left(struct inc_cx *cx, struct inc_ref ref)
{
    return read_pair(cx, ref, false);
}

struct inc_ref
inc_right(struct inc_cx *cx, struct inc_ref ref)
{
    return read_pair(cx, ref, true);
}

/* Returns the node of 'ref', a row of a table of elements; NULL if it is gone,
 * or not such a row. */
static const struct inc_node *
cx_element(struct inc_cx *cx, struct inc_ref ref)
{
    const struct inc_node *node = cx_row(cx, ref);

    if (node && cx->inc->tables[node->owner]->kind != INC_ELEMENTS) {
        cx_breach(cx, "%s is not a table of elements",
                  cx->inc->tables[node->owner]->name);
        return NULL;
    }
    return node;
}

const char *
inc_element(struct inc_cx *cx, struct inc_ref ref)
{
    const struct inc_node *node = cx_element(cx, ref);

    return node ? inc_element_string(node) : "";
}

struct inc_ref
inc_element_of(struct inc_cx *cx, struct inc_ref ref)
{
    const struct inc_node *node = cx_element(cx, ref);

    return node ? (struct inc_ref) { node->key } : INC_NONE;
}

static void
by_key_keys(struct inc_cx *cx, struct inc_ref row, struct inc_keys *keys)
{
    inc_key_add(keys, inc_key(cx, row), cx->index->table->key_size);
}

struct inc_ref
inc_lookup(struct inc_cx *cx, struct inc_table *table, const void *key)
{
    struct inc_table_state *st = table->st;

    if (!st->by_key) {
        st->by_key = xmalloc(sizeof *st->by_key);
        *st->by_key = (struct inc_index) {
            .name = table->name, .table = table, .keys = by_key_keys
        };
    }
    return inc_find(cx, st->by_key, key, table->key_size);
}

static bool
family_uses(const struct inc_family *family, const struct inc_family *fact)
{
    for (size_t i = 0; family->uses && family->uses[i]; i++) {
        if (family->uses[i] == fact) {
            return true;
        }
    }
    return false;
}

/* For inc_verify(): notes a read of something that is not there, so that it
 * was not read when the function ran.  The reads differ, since no function can
 * read INC_NONE. */
static void
cx_read_missing(struct inc_cx *cx)
{
    cx_read(cx, INC_NONE.id, INC_COL_ALL);
}

/* Computes a fact without keeping it beyond 'cx', for inc_verify() only. */
static const void *
fact_unkept(struct inc_cx *cx, struct inc_family *family, uint32_t row)
{
    struct inc_cx *sub = inc_cx_get(cx->inc, INC_VERIFY, row);
    struct inc_unkept *u = inc_alloc(cx, sizeof *u);
    void *value = inc_alloc(cx, MAX(family->fact_size, 1));

    memset(value, 0, MAX(family->fact_size, 1));
    inc_cx_call(sub, family, value);
    inc_cx_put(sub);
    *u = (struct inc_unkept) { cx->unkept, family, value };
    cx->unkept = u;
    cx_read_missing(cx);
    return value;
}

const void *
inc_fact(struct inc_cx *cx, struct inc_family *family, struct inc_ref row)
{
    struct inc *inc = cx->inc;
    const struct inc_node *rn = cx_row(cx, row);

    if (!rn) {
        return cx_zeros(cx, family->fact_size);
    }
    if (!cx->family || !family_uses(cx->family, family)) {
        cx_breach(cx, "undeclared use of fact %s", family->name);
    }
    if (inc->tables[rn->owner] != family->over) {
        cx_breach(cx, "fact %s is not about rows of %s", family->name,
                  inc->tables[rn->owner]->name);
        return cx_zeros(cx, family->fact_size);
    }

    uint32_t id = inc_family_find(family, row.id);
    if (!id) {
        if (cx->mode == INC_VERIFY) {
            return fact_unkept(cx, family, row.id);
        }
        id = inc_family_add(inc, family, row.id);
        inc_run_node(inc, id);
        inc_doom(inc, id);      /* In case the reader turns out stillborn. */
    } else if (inc_node(inc, id)->flags & INC_COMPUTING) {
        ovs_abort(0, "%s: fact %s depends on itself", inc->name,
                  family->name);
    } else if (inc_node(inc, id)->flags & INC_DIRTY
               && cx->mode == INC_RUN) {
        /* Only an undeclared use gets here before its level has run. */
        inc_run_node(inc, id);
    }
    cx_read(cx, id, INC_COL_ALL);
    return inc_node(inc, id)->data;
}

static const struct inc_bucket *
read_bucket(struct inc_cx *cx, struct inc_index *index, const void *key,
            size_t key_len)
{
    if (cx->mode == INC_VERIFY) {
        uint32_t id = (index->st
                       ? inc_index_find(index->st, key, key_len,
                                        inc_index_hash(key, key_len))
                       : 0);
        if (!id) {
            cx_read_missing(cx);
            return NULL;
        }
        cx_read(cx, id, INC_COL_ALL);
        return inc_node(cx->inc, id)->data;
    }

    uint32_t id = inc_index_get(cx->inc, index, key, key_len);
    cx_check_table(cx, index->table);
    cx_read(cx, id, INC_COL_ALL);
    inc_doom(cx->inc, id);
    return inc_node(cx->inc, id)->data;
}

struct inc_ref
inc_find(struct inc_cx *cx, struct inc_index *index, const void *key,
         size_t key_len)
{
    const struct inc_bucket *b = read_bucket(cx, index, key, key_len);

    return b && b->n ? (struct inc_ref) { b->rows[0] } : INC_NONE;
}

struct inc_ref
inc_find_string(struct inc_cx *cx, struct inc_index *index, const char *key)
{
    return inc_find(cx, index, key, strlen(key));
}

struct inc_ref
inc_find_ref(struct inc_cx *cx, struct inc_index *index, struct inc_ref key)
{
    return key.id ? inc_find(cx, index, &key, sizeof key) : INC_NONE;
}

const struct inc_ref *
inc_find_all(struct inc_cx *cx, struct inc_index *index, const void *key,
             size_t key_len, size_t *n)
{
    BUILD_ASSERT(sizeof(struct inc_ref) == sizeof(uint32_t));
    const struct inc_bucket *b = read_bucket(cx, index, key, key_len);

    *n = b ? b->n : 0;
    return b ? (const struct inc_ref *) b->rows : NULL;
}

const struct inc_ref *
inc_find_all_ref(struct inc_cx *cx, struct inc_index *index,
                 struct inc_ref key, size_t *n)
{
    if (!key.id) {
        *n = 0;
        return NULL;
    }
    return inc_find_all(cx, index, &key, sizeof key, n);
}

const struct ovsdb_idl_row *
inc_idl_row(struct inc_cx *cx, struct inc_ref ref,
            const struct inc_table *table, uint32_t mask)
{
    const struct inc_node *node = cx_row(cx, ref);

    if (!node) {
        return NULL;
    }
    if (!table->st || node->owner != table->st->no) {
        cx_breach(cx, "a row of %s taken for one of %s",
                  cx->inc->tables[node->owner]->name, table->name);
        return NULL;
    }
    cx_read(cx, ref.id, mask);
    return inc_idl_data(node)->row;
}

const struct uuid *
inc_uuid(struct inc_cx *cx, struct inc_ref ref)
{
    const struct inc_node *node = cx_row(cx, ref);

    if (node && cx->inc->tables[node->owner]->kind == INC_IDL) {
        return &inc_idl_data(node)->uuid;
    }
    return (const struct uuid *) zeros;
}

/* Emitting. */

static void
cx_check_output(const struct inc_cx *cx, const struct inc_output *output)
{
    const struct inc_family *f = cx->family;

    for (size_t i = 0; f->emits && f->emits[i]; i++) {
        if (f->emits[i] == output) {
            return;
        }
    }
    if (output != &cx->inc->warnings) {
        cx_breach(cx, "undeclared claim in %s", output->name);
    }
}

void
inc_emit(struct inc_cx *cx, struct inc_output *output,
         const void *key, size_t key_len, const void *value, size_t value_len)
{
    struct inc_item *item;

    if (!cx->family || !cx->family->unit) {
        cx_breach(cx, "only a unit may claim");
        return;
    }
    cx_check_output(cx, output);

    const struct inc_table *table = output->st->table;
    ovs_assert(!table || (key_len == table->key_size
                          && value_len == table->value_size));
    if (cx->mode == INC_VERIFY) {
        item = inc_item_find(output->st, key, key_len, value, value_len);
        if (!item) {
            ds_put_format(cx->report, "%s: ", cx->family->name);
            inc_format_row(cx->inc, cx->row, cx->report);
            ds_put_format(cx->report, ": missing claim in %s: ",
                          output->name);
            if (output->format) {
                output->format(output->aux, key, key_len, value, value_len,
                               cx->report);
            } else {
                ds_put_hex(cx->report, key, key_len);
            }
            ds_put_char(cx->report, '\n');
            cx->ok = false;
            return;
        }
    } else {
        item = inc_item_intern(output->st, key, key_len, value, value_len);
    }
    if (cx->n_items >= cx->allocated_items) {
        cx->items = x2nrealloc(cx->items, &cx->allocated_items,
                               sizeof *cx->items);
    }
    cx->items[cx->n_items++] = item;
}

void
inc_derive(struct inc_cx *cx, struct inc_table *table, const void *key,
           const void *value)
{
    if (!value) {
        value = cx_zeros(cx, table->value_size);
    }
    inc_emit(cx, &table->output, key, table->key_size,
             value, table->value_size);
}

void
inc_warn(struct inc_cx *cx, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *s = xvasprintf(format, args);
    va_end(args);

    inc_emit(cx, &cx->inc->warnings, s, strlen(s), NULL, 0);
    free(s);
}
