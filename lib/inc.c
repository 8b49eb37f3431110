/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The incremental engine: families, their levels, and inc_run().  See
 * inc.h. */

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

/* Life cycle. */

static void
warning_sync(void *inc_, const void *key, size_t key_len,
             const struct inc_claim *claims OVS_UNUSED, size_t n)
{
    struct inc *inc = inc_;
    char *text = xmemdup0(key, key_len);

    if (!n) {
        sset_find_and_delete(inc->warned, text);
        VLOG_INFO("withdrawn: %s", text);
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
    inc_node_uninit(node);
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
    if (st->elements) {
        changed |= raise_level(&st->elements->st->level, st->level + 1);
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

uint32_t
inc_family_add(struct inc *inc, struct inc_family *family, uint32_t row)
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
            inc_dirty(inc, inc_family_add(inc, family, row));
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
        if (family->st->elements) {
            inc_elements_clear(inc, node);
        } else if (family->unit) {
            inc_claims_set(inc, node, NULL, 0);
        } else {
            inc_dirty_readers(inc, id, INC_COL_ALL);
        }
        inc_doom(inc, id);
    }
}

/* Runs the function of 'family' for 'cx->row'. */
void
inc_cx_call(struct inc_cx *cx, struct inc_family *family, void *value)
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

    inc_cx_call(cx, family, value);

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

/* Runs fact or unit 'id'. */
void
inc_run_node(struct inc *inc, uint32_t id)
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
        inc_cx_call(cx, family, NULL);
        if (family->st->elements) {
            inc_elements_set(inc, node, cx->set);
        } else {
            inc_claims_set(inc, node, cx->items, cx->n_items);
        }
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
                inc_run_node(inc, id);
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
        case INC_NODE_UNIT:     /* Its row is gone: nobody reads a unit. */
            inc_node_free(inc, id);
            break;
        case INC_NODE_FREE:
            OVS_NOT_REACHED();
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
    inc->n_recomputes++;
}

unsigned int
inc_recomputes(const struct inc *inc)
{
    return inc->n_recomputes;
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
