/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The incremental engine: families, their levels, inc_run(), and what the
 * functions of families call to read and to emit.  See inc.h. */

#include <config.h>
#include "lib/inc-private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coverage.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/vlog.h"
#include "simap.h"
#include "sset.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(inc);

COVERAGE_DEFINE(inc_function_run);
COVERAGE_DEFINE(inc_fact_unchanged);

static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(5, 20);

/* Life cycle. */

static void
warning_sync(void *inc_, const void *key, size_t key_len,
             const struct inc_claim *claims OVS_UNUSED, size_t n)
{
    struct inc *inc = inc_;
    char *text = xmemdup0(key, key_len);

    if (!n) {
        if (sset_find_and_delete(inc->warned, text)) {
            VLOG_INFO("withdrawn: %s", text);
        }
    } else if (sset_add(inc->warned, text)) {
        VLOG_WARN("%s", text);
    }
    free(text);
}

static void
warning_format(const void *aux OVS_UNUSED, const void *key, size_t key_len,
               const void *value OVS_UNUSED, size_t value_len OVS_UNUSED,
               struct ds *s)
{
    ds_put_buffer(s, key, key_len);
}

struct inc *
inc_create(const char *name)
{
    struct inc *inc = xzalloc(sizeof *inc);

    inc->name = xstrdup(name);
    inc->strict = inc->verify_always = getenv("OVN_INC_VERIFY") != NULL;
    inc->n_nodes = 1;           /* Id 0 is "none". */
    inc->chunks = xmalloc(sizeof *inc->chunks);
    inc->chunks[0] = xcalloc(INC_CHUNK_SIZE, sizeof **inc->chunks);
    inc->n_chunks = 1;

    inc->warned = xmalloc(sizeof(struct sset));
    sset_init(inc->warned);
    inc->warnings = (struct inc_output) {
        .name = "warning", .sync = warning_sync, .aux = inc,
        .format = warning_format
    };
    inc_output_init(inc, &inc->warnings, NULL);
    return inc;
}

static void
node_destroy(struct inc *inc, struct inc_node *node)
{
    free(node->reads);
    free(node->readers);
    switch ((enum inc_node_kind) node->kind) {
    case INC_NODE_ROW:
        inc_row_free_data(inc, node);
        break;
    case INC_NODE_FACT:
        inc_fact_drop(inc, node);
        break;
    case INC_NODE_UNIT:
        free(node->data);
        break;
    case INC_NODE_BUCKET:       /* inc_index_destroy() does it. */
    case INC_NODE_FREE:
        break;
    }
}

void
inc_destroy(struct inc *inc)
{
    if (!inc) {
        return;
    }
    for (uint32_t id = 1; id < inc->n_nodes; id++) {
        node_destroy(inc, inc_node(inc, id));
    }
    for (size_t i = 0; i < inc->n_indexes; i++) {
        inc_index_destroy(inc->indexes[i]);
    }
    for (size_t i = 0; i < inc->n_families; i++) {
        struct inc_family_state *st = inc->families[i]->st;

        inc_htab_destroy(&st->nodes);
        inc_ids_destroy(&st->pending);
        free(st);
        inc->families[i]->st = NULL;
    }
    for (size_t i = 0; i < inc->n_outputs; i++) {
        inc_output_destroy(inc->outputs[i]);
    }
    for (size_t i = 0; i < inc->n_tables; i++) {
        inc_table_destroy(inc->tables[i]);
    }
    for (size_t i = 0; i < inc->n_chunks; i++) {
        free(inc->chunks[i]);
    }
    while (inc->cx_pool) {
        struct inc_cx *cx = inc->cx_pool;

        inc->cx_pool = cx->next;
        free(cx->reads);
        free(cx->items);
        free(cx);
    }
    inc_ids_destroy(&inc->doomed);
    sset_destroy(inc->warned);
    free(inc->warned);
    free(inc->chunks);
    free(inc->tables);
    free(inc->indexes);
    free(inc->families);
    free(inc->outputs);
    free(inc->name);
    free(inc);
}

void
inc_add_output(struct inc *inc, struct inc_output *output)
{
    ovs_assert(!output->st);
    inc_output_init(inc, output, NULL);
}

static void
need_table(struct inc *inc, struct inc_table *table)
{
    if (!table->st) {
        if (table->kind == INC_IDL) {
            ovs_abort(0, "table %s is used but was not added", table->name);
        }
        inc_add_table(inc, table, NULL);
    }
}

void
inc_add_family(struct inc *inc, struct inc_family *family)
{
    ovs_assert(!inc->started && !family->st);
    ovs_assert(inc->n_families < UINT16_MAX);
    ovs_assert(!family->unit != !family->fact);

    struct inc_family_state *st = xzalloc(sizeof *st);
    st->inc = inc;
    st->family = family;
    st->no = inc->n_families;
    family->st = st;
    inc->families = xrealloc(inc->families, (inc->n_families + 1)
                                            * sizeof *inc->families);
    inc->families[inc->n_families++] = family;

    need_table(inc, family->over);
    for (size_t i = 0; family->reads && family->reads[i]; i++) {
        need_table(inc, family->reads[i]);
    }

    struct inc_table_state *ts = family->over->st;
    ts->families = xrealloc(ts->families, (ts->n_families + 1)
                                          * sizeof *ts->families);
    ts->families[ts->n_families++] = family;
}

/* The table whose rows 'output' claims, if it is a derived table's. */
static struct inc_table *
derived_table(struct inc *inc, struct inc_output *output)
{
    if (output->st) {
        return output->st->table;
    }

    /* Not added: it must be that of a table that nobody has named. */
    struct inc_table *table = CONTAINER_OF(output, struct inc_table, output);
    ovs_assert(table->kind == INC_DERIVED);
    inc_add_table(inc, table, NULL);
    return table;
}

static bool
raise_level(int *level, int at_least)
{
    if (*level < at_least) {
        *level = at_least;
        return true;
    }
    return false;
}

static bool
raise_family(struct inc *inc, struct inc_family *f)
{
    struct inc_family_state *st = f->st;
    bool changed = raise_level(&st->level, f->over->st->level);

    for (size_t i = 0; f->reads && f->reads[i]; i++) {
        changed |= raise_level(&st->level, f->reads[i]->st->level);
    }
    for (size_t i = 0; f->uses && f->uses[i]; i++) {
        if (!f->uses[i]->st || !f->uses[i]->fact) {
            ovs_abort(0, "family %s uses %s, which is not a fact family "
                      "of this engine", f->name, f->uses[i]->name);
        }
        changed |= raise_level(&st->level, f->uses[i]->st->level + 1);
    }
    for (size_t i = 0; f->emits && f->emits[i]; i++) {
        struct inc_table *table = derived_table(inc, f->emits[i]);

        if (table) {
            changed |= raise_level(&table->st->level, st->level + 1);
        }
    }
    return changed;
}

/* Finishes the setup: sorts the families into levels, and gives the rows that
 * are already there their units.  A cycle among the declarations aborts. */
void
inc_start(struct inc *inc)
{
    bool changed = true;

    for (size_t i = 0; changed; i++) {
        changed = false;
        for (size_t j = 0; j < inc->n_families; j++) {
            changed |= raise_family(inc, inc->families[j]);
        }
        for (size_t j = 0; j < inc->n_tables; j++) {
            struct inc_table *t = inc->tables[j];

            if (t->kind == INC_JOIN) {
                changed |= raise_level(&t->st->level,
                                       MAX(t->left->table->st->level,
                                           t->right->table->st->level));
            }
        }
        if (i > inc->n_families + inc->n_tables + 1) {
            ovs_abort(0, "%s: the families' declarations form a cycle",
                      inc->name);
        }
    }

    inc->started = true;
    for (size_t i = 0; i < inc->n_families; i++) {
        inc->n_levels = MAX(inc->n_levels, inc->families[i]->st->level + 1);
    }
    for (size_t i = 0; i < inc->n_tables; i++) {
        struct inc_table *table = inc->tables[i];

        inc->n_levels = MAX(inc->n_levels, table->st->level + 1);
        INC_HTAB_FOR_EACH (row, j, &table->st->rows) {
            inc_row_units_create(inc, table, row);
        }
    }
}

void
inc_set_strict(struct inc *inc, bool strict)
{
    inc->strict = strict;
}

void
inc_set_verify_always(struct inc *inc, bool verify)
{
    inc->verify_always = verify;
}

/* Facts and units. */

uint32_t
inc_family_find(const struct inc_family *family, uint32_t row)
{
    uint32_t pos = UINT32_MAX;

    return inc_htab_next(&family->st->nodes, inc_hash_id(row), &pos);
}

static uint32_t
family_node_create(struct inc *inc, struct inc_family *family, uint32_t row)
{
    uint32_t id = inc_node_alloc(inc,
                                 family->fact ? INC_NODE_FACT : INC_NODE_UNIT,
                                 family->st->no, row);

    inc_htab_insert(&family->st->nodes, inc_hash_id(row), id);
    return id;
}

void
inc_row_units_create(struct inc *inc, struct inc_table *table, uint32_t row)
{
    for (size_t i = 0; inc->started && i < table->st->n_families; i++) {
        struct inc_family *family = table->st->families[i];

        if (family->unit) {
            inc_dirty(inc, family_node_create(inc, family, row));
        }
    }
}

void
inc_fact_drop(struct inc *inc, struct inc_node *node)
{
    struct inc_family *family = inc->families[node->owner];

    if (node->data && family->fact_free) {
        family->fact_free(node->data);
    }
    free(node->data);
    node->data = NULL;
}

/* Withdraws all that was computed for 'row' of 'table', which is gone. */
void
inc_row_nodes_release(struct inc *inc, struct inc_table *table, uint32_t row)
{
    for (size_t i = 0; i < table->st->n_families; i++) {
        struct inc_family *family = table->st->families[i];
        uint32_t id = inc_family_find(family, row);

        if (!id) {
            continue;
        }

        struct inc_node *node = inc_node(inc, id);
        inc_htab_remove(&family->st->nodes, inc_hash_id(row), id);
        inc_set_reads(inc, id, NULL, 0);
        node->flags |= INC_GONE;
        if (family->unit) {
            inc_claims_set(inc, node, NULL, 0);
        } else {
            inc_dirty_readers(inc, id, INC_COL_ALL);
        }
        inc_doom(inc, id);
    }
}

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
    cx->report = NULL;
    cx->ok = true;
    return cx;
}

void
inc_cx_put(struct inc_cx *cx)
{
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

/* Runs the function of 'family' for 'cx->row'. */
static void
cx_call(struct inc_cx *cx, struct inc_family *family, void *value)
{
    struct inc_ref row = { cx->row };

    cx->family = family;
    if (family->fact) {
        family->fact(cx, row, value);
    } else {
        family->unit(cx, row);
    }
    cx->n_reads = inc_edges_normalize(cx->reads, cx->n_reads);
    cx->n_items = inc_items_normalize(cx->items, cx->n_items);
}

static bool
fact_equal(const struct inc_family *family, const void *a, const void *b)
{
    return (family->fact_equal
            ? family->fact_equal(a, b)
            : !memcmp(a, b, family->fact_size));
}

static void
run_fact(struct inc *inc, struct inc_family *family, uint32_t id,
         struct inc_cx *cx)
{
    void *value = xzalloc(MAX(family->fact_size, 1));

    cx_call(cx, family, value);

    struct inc_node *node = inc_node(inc, id);
    if (node->data && fact_equal(family, node->data, value)) {
        COVERAGE_INC(inc_fact_unchanged);
        if (family->fact_free) {
            family->fact_free(value);
        }
        free(value);
    } else {
        bool is_new = !node->data;

        inc_fact_drop(inc, node);
        node->data = value;
        if (!is_new) {
            inc_dirty_readers(inc, id, INC_COL_ALL);
        }
    }
}

static void
run_node(struct inc *inc, uint32_t id)
{
    struct inc_node *node = inc_node(inc, id);
    struct inc_family *family = inc->families[node->owner];
    struct inc_cx *cx = inc_cx_get(inc, INC_RUN, node->key);

    COVERAGE_INC(inc_function_run);
    node->flags &= ~INC_DIRTY;
    node->flags |= INC_COMPUTING;
    if (family->st->last_run != inc->run_no) {
        family->st->last_run = inc->run_no;
        family->st->n_run_before = family->st->n_run;
    }
    family->st->n_run++;

    if (family->fact) {
        run_fact(inc, family, id, cx);
    } else {
        cx_call(cx, family, NULL);
        inc_claims_set(inc, node, cx->items, cx->n_items);
    }
    inc_set_reads(inc, id, cx->reads, cx->n_reads);
    node->flags &= ~INC_COMPUTING;
    inc_cx_put(cx);
}

/* The run. */

static bool
run_level(struct inc *inc, int level)
{
    bool ran = false;

    for (size_t i = 0; i < inc->n_tables; i++) {
        struct inc_table *table = inc->tables[i];

        if (table->kind == INC_DERIVED && table->st->level == level
            && table->output.st->n_dirty) {
            inc_table_flush(inc, table);
            ran = true;
        }
    }
    for (size_t i = 0; i < inc->n_families; i++) {
        struct inc_family_state *st = inc->families[i]->st;

        if (st->level != level) {
            continue;
        }
        while (st->pending.n) {
            uint32_t id = st->pending.ids[--st->pending.n];
            struct inc_node *node = inc_node(inc, id);

            /* It may have gone, or even be another node by now. */
            if ((node->kind == INC_NODE_FACT || node->kind == INC_NODE_UNIT)
                && node->owner == st->no && node->flags & INC_DIRTY
                && !(node->flags & INC_GONE)) {
                run_node(inc, id);
                ran = true;
            }
        }
    }
    return ran;
}

/* Frees the doomed nodes that nobody came to read after all. */
static void
bury(struct inc *inc)
{
    while (inc->doomed.n) {
        uint32_t id = inc->doomed.ids[--inc->doomed.n];
        struct inc_node *node = inc_node(inc, id);

        node->flags &= ~INC_DOOMED;
        if (inc_node_live(node)) {
            continue;
        }
        switch ((enum inc_node_kind) node->kind) {
        case INC_NODE_ROW:
            if (node->flags & INC_GONE) {
                inc_row_free_data(inc, node);
                inc_node_free(inc, id);
            }
            break;
        case INC_NODE_BUCKET:
            if (!((struct inc_bucket *) node->data)->n) {
                inc_bucket_free(inc, id);
            }
            break;
        case INC_NODE_FACT:
            if (!(node->flags & INC_GONE)) {
                inc_htab_remove(&inc->families[node->owner]->st->nodes,
                                inc_hash_id(node->key), id);
                inc_set_reads(inc, id, NULL, 0);
            }
            inc_fact_drop(inc, node);
            inc_node_free(inc, id);
            break;
        case INC_NODE_UNIT:
            if (node->flags & INC_GONE) {
                inc_node_free(inc, id);
            }
            break;
        case INC_NODE_FREE:
            break;
        }
    }
}

/* Makes every fact and unit run again, and every output be written again. */
static void
make_all_dirty(struct inc *inc)
{
    inc->all_dirty = false;
    for (size_t i = 0; i < inc->n_families; i++) {
        INC_HTAB_FOR_EACH (id, j, &inc->families[i]->st->nodes) {
            inc_dirty(inc, id);
        }
    }
}

static void
check_after_run(struct inc *inc)
{
    struct ds report = DS_EMPTY_INITIALIZER;

    if (!inc_verify(inc, &report)) {
        VLOG_ERR("%s: verify:\n%s", inc->name, ds_cstr(&report));
    }
    ds_destroy(&report);
}

bool
inc_run(struct inc *inc)
{
    bool ran = false;

    ovs_assert(inc->started && !inc->running);
    inc->running = true;
    inc->run_no++;
    if (inc->all_dirty) {
        make_all_dirty(inc);
    }
    for (int level = 0; level < inc->n_levels; level++) {
        ran |= run_level(inc, level);
    }
    for (size_t i = 0; i < inc->n_outputs; i++) {
        struct inc_output *output = inc->outputs[i];

        if (!output->st->table && output->st->n_dirty) {
            inc_output_flush(output->st, output->sync, output->aux);
            ran = true;
        }
    }
    bury(inc);
    if (!ran) {
        inc->run_no--;
    }
    inc->running = false;

    if (ran && inc->verify_always) {
        check_after_run(inc);
    }
    return ran;
}

void
inc_recompute(struct inc *inc)
{
    inc->all_dirty = true;
}

/* Reading. */

static const char *
cx_name(const struct inc_cx *cx)
{
    return (cx->family ? cx->family->name
            : cx->index ? cx->index->name : "nobody");
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

    struct inc_edge *last = cx->reads + cx->n_reads - 1;
    if (cx->n_reads && last->node == id) {
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

/* Computes a fact without keeping it, for inc_verify() only. */
static const void *
fact_unkept(struct inc_cx *cx, struct inc_family *family, uint32_t row)
{
    struct inc_cx *sub = inc_cx_get(cx->inc, INC_VERIFY, row);
    void *value = inc_alloc(cx, MAX(family->fact_size, 1));

    memset(value, 0, MAX(family->fact_size, 1));
    sub->report = cx->report;
    cx_call(sub, family, value);
    cx->ok &= sub->ok;
    inc_cx_put(sub);
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
        id = family_node_create(inc, family, row.id);
        run_node(inc, id);
        inc_doom(inc, id);      /* In case the reader turns out stillborn. */
    } else if (inc_node(inc, id)->flags & INC_COMPUTING) {
        ovs_abort(0, "%s: fact %s depends on itself", inc->name,
                  family->name);
    } else if (inc_node(inc, id)->flags & INC_DIRTY
               && cx->mode == INC_RUN) {
        /* Only an undeclared use gets here before its level has run. */
        run_node(inc, id);
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
            return NULL;        /* The reads will differ: reported. */
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

    for (size_t i = 0; f && f->emits && f->emits[i]; i++) {
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

/* Numbers. */

void
inc_family_stats(const struct inc_family *family, struct inc_stats *stats)
{
    const struct inc_family_state *st = family->st;

    stats->n = st->nodes.n;
    stats->last = (st->last_run == st->inc->run_no
                   ? st->n_run - st->n_run_before : 0);
    stats->total = st->n_run - st->n_cleared;
}

void
inc_memory_usage(const struct inc *inc, struct simap *usage)
{
    size_t n_claims = 0;

    for (size_t i = 0; i < inc->n_outputs; i++) {
        n_claims += inc->outputs[i]->st->n_claimed;
    }
    simap_increase(usage, "inc-nodes", inc->n_nodes - inc->n_free - 1);
    simap_increase(usage, "inc-edges", inc->n_edges);
    simap_increase(usage, "inc-claims", n_claims);
}
