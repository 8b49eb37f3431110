/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* inc_verify(): is the live state what computing everything from the inputs
 * would give?
 *
 * Every row, index entry, pair, fact and unit is computed again from what is
 * below it and compared with what is stored.  Since the inputs themselves
 * are compared with the databases, agreement everywhere means, level by
 * level, that the whole state is what a fresh start would compute; and it
 * takes no second copy of the state.  A function that reads something
 * behind the engine's back is found when its result differs. */

#include <config.h>
#include "lib/inc-private.h"

#include <stdlib.h>
#include <string.h>

#include "openvswitch/dynamic-string.h"
#include "util.h"

struct verify {
    struct inc *inc;
    struct ds *report;
    bool ok;
};

/* What verify_derived() passes around. */
struct verify_keys {
    struct verify *v;
    struct inc_table *table;
    size_t n;
};

static void OVS_PRINTF_FORMAT(3, 4)
differ(struct verify *v, uint32_t row, const char *format, ...)
{
    va_list args;

    if (row) {
        inc_format_row(v->inc, row, v->report);
        ds_put_cstr(v->report, ": ");
    }
    va_start(args, format);
    ds_put_format_valist(v->report, format, args);
    va_end(args);
    ds_put_char(v->report, '\n');
    v->ok = false;
}

/* Rows. */

static void
verify_derived_key(void *a_, const void *key, size_t key_len OVS_UNUSED,
                   const struct inc_claim *claims, size_t n OVS_UNUSED)
{
    struct verify_keys *a = a_;
    uint32_t id = inc_table_find_key(a->table, key);

    a->n++;
    if (!id) {
        differ(a->v, 0, "%s: a claimed row is missing", a->table->name);
    } else if (memcmp(inc_row_bytes(a->table, inc_node(a->v->inc, id), 1),
                      claims[0].value, a->table->value_size)) {
        differ(a->v, id, "value is not the claimed one");
    }
}

static void
verify_derived(struct verify *v, struct inc_table *table)
{
    struct verify_keys a = { v, table, 0 };

    inc_output_for_each(&table->output, verify_derived_key, &a);
    if (a.n != table->st->rows.n) {
        differ(v, 0, "%s: %"PRIu32" rows, %"PRIuSIZE" claimed keys",
               table->name, table->st->rows.n, a.n);
    }
}

static void
verify_join(struct verify *v, struct inc_table *join)
{
    const struct inc_index_state *left = join->left->st;
    size_t n = 0;

    INC_HTAB_FOR_EACH (lb, i, &left->buckets) {
        const struct inc_node *node = inc_node(v->inc, lb);
        const struct inc_bucket *b = node->data;
        uint32_t rb = inc_index_find(join->right->st, b->key, b->key_len,
                                     node->key);
        const struct inc_bucket *o = rb ? inc_node(v->inc, rb)->data : NULL;

        for (size_t l = 0; o && l < b->n; l++) {
            for (size_t r = 0; r < o->n; r++) {
                if (!inc_join_find(join, b->rows[l], o->rows[r])) {
                    differ(v, b->rows[l], "%s: a pair is missing",
                           join->name);
                }
                n++;
            }
        }
    }
    /* A pair with several keys in common counts several times. */
    if (n < join->st->rows.n) {
        differ(v, 0, "%s: %"PRIu32" pairs, expected at most %"PRIuSIZE,
               join->name, join->st->rows.n, n);
    }
}

/* Does each row of 'table' belong to a unit?  (That each unit has its rows,
 * verify_elements() tells.) */
static void
verify_element_rows(struct verify *v, const struct inc_table *table)
{
    size_t n = 0;

    INC_HTAB_FOR_EACH (id, i, &table->st->tell.st->nodes) {
        n += inc_elements_count(inc_node(v->inc, id));
    }
    if (n != table->st->rows.n) {
        differ(v, 0, "%s: %"PRIu32" rows for %"PRIuSIZE" elements",
               table->name, table->st->rows.n, n);
    }
}

/* Indexes. */

static void
verify_index_row(struct verify *v, struct inc_index *index, uint32_t row)
{
    struct inc_index_state *st = index->st;
    struct inc_keys keys = { .n = 0 };
    struct inc_ids want = { .n = 0 };

    inc_index_keys(v->inc, index, row, &keys);
    for (size_t i = 0; i < keys.n; i++) {
        const char *key = keys.bytes + keys.keys[i].ofs;
        uint32_t id = inc_index_find(st, key, keys.keys[i].len,
                                     inc_index_hash(key, keys.keys[i].len));
        size_t j = 0;

        while (j < want.n && want.ids[j] != id) {
            j++;
        }
        if (j == want.n) {
            inc_ids_push(&want, id);
        }
    }

    size_t n = 0;
    INC_HTAB_FOR_EACH_WITH_HASH (id, pos, inc_hash_id(row), &st->by_row) {
        size_t j = 0;

        while (j < want.n && want.ids[j] != id) {
            j++;
        }
        if (j == want.n) {
            differ(v, row, "%s: indexed under an old key", index->name);
        }
        n++;
    }
    if (n != want.n) {
        differ(v, row, "%s: has %"PRIuSIZE" keys, indexed under %"PRIuSIZE,
               index->name, want.n, n);
    }
    inc_keys_destroy(&keys);
    inc_ids_destroy(&want);
}

static void
verify_index(struct verify *v, struct inc_index *index)
{
    INC_HTAB_FOR_EACH (row, i, &index->table->st->rows) {
        verify_index_row(v, index, row);
    }
}

/* Facts and units. */

static void
verify_value(struct verify *v, struct inc_family *family,
             const struct inc_node *node, struct inc_cx *cx)
{
    void *value = inc_alloc(cx, MAX(family->fact_size, 1));

    memset(value, 0, MAX(family->fact_size, 1));
    family->fact(cx, (struct inc_ref) { node->key }, value);
    if (family->fact_equal
        ? !family->fact_equal(value, node->data)
        : memcmp(value, node->data, family->fact_size)) {
        differ(v, node->key, "%s: stale value", family->name);
    }
    if (family->fact_free) {
        family->fact_free(value);
    }
}

static void
verify_claims(struct verify *v, struct inc_family *family,
              const struct inc_node *node, struct inc_cx *cx)
{
    const struct inc_claims *claims = node->data;
    size_t n = claims ? claims->n : 0;

    family->unit(cx, (struct inc_ref) { node->key });
    cx->n_items = inc_items_normalize(cx->items, cx->n_items);
    v->ok &= cx->ok;
    if (cx->n_items != n
        || (n && memcmp(cx->items, claims->items,
                        n * sizeof *cx->items))) {
        differ(v, node->key, "%s: stale claims (%"PRIuSIZE" live, "
               "%"PRIuSIZE" computed)", family->name, n, cx->n_items);
    }
}

static void
verify_elements(struct verify *v, struct inc_family *family,
                const struct inc_node *node, struct inc_cx *cx)
{
    family->unit(cx, (struct inc_ref) { node->key });
    if (!inc_elements_equal(v->inc, node, cx->set)) {
        differ(v, node->key, "%s: stale elements", family->name);
    }
}

static void
verify_node(struct verify *v, struct inc_family *family, uint32_t id)
{
    const struct inc_node *node = inc_node(v->inc, id);
    struct inc_cx *cx = inc_cx_get(v->inc, INC_VERIFY, node->key);

    cx->family = family;
    cx->report = v->report;
    if (family->fact) {
        verify_value(v, family, node, cx);
    } else if (family->st->elements) {
        verify_elements(v, family, node, cx);
    } else {
        verify_claims(v, family, node, cx);
    }
    cx->n_reads = inc_edges_normalize(cx->reads, cx->n_reads);
    if (!inc_edges_equal(node, cx->reads, cx->n_reads)) {
        differ(v, node->key, "%s: stale reads", family->name);
    }
    inc_cx_put(cx);
}

static void
verify_family(struct verify *v, struct inc_family *family)
{
    INC_HTAB_FOR_EACH (id, i, &family->st->nodes) {
        verify_node(v, family, id);
    }
    if (family->unit) {
        INC_HTAB_FOR_EACH (row, i, &family->over->st->rows) {
            if (!inc_family_find(family, row)) {
                differ(v, row, "%s: unit is missing", family->name);
            }
        }
        if (family->st->nodes.n != family->over->st->rows.n) {
            differ(v, 0, "%s: %"PRIu32" units for %"PRIu32" rows",
                   family->name, family->st->nodes.n,
                   family->over->st->rows.n);
        }
    }
}

/* Outputs: does each item count the units that claim it? */
static void
verify_counts(struct verify *v)
{
    size_t claimed = 0, counted = 0;

    for (size_t i = 0; i < v->inc->n_families; i++) {
        struct inc_family *family = v->inc->families[i];

        if (!family->unit || family->st->elements) {
            continue;
        }
        INC_HTAB_FOR_EACH (id, j, &family->st->nodes) {
            const struct inc_claims *claims = inc_node(v->inc, id)->data;

            claimed += claims ? claims->n : 0;
        }
    }
    for (size_t i = 0; i < v->inc->n_outputs; i++) {
        struct inc_item *item;

        HMAP_FOR_EACH (item, hmap_node, &v->inc->outputs[i]->st->items) {
            counted += item->n_claims;
            if (!item->n_claims) {
                differ(v, 0, "%s: an item that nobody claims",
                       v->inc->outputs[i]->name);
            }
        }
    }
    if (claimed != counted) {
        differ(v, 0, "units hold %"PRIuSIZE" claims, outputs count "
               "%"PRIuSIZE, claimed, counted);
    }
}

bool
inc_verify(struct inc *inc, struct ds *report)
{
    struct verify v = { .inc = inc, .report = report, .ok = true };

    for (size_t i = 0; i < inc->n_tables; i++) {
        struct inc_table *table = inc->tables[i];

        switch (table->kind) {
        case INC_IDL:
            v.ok &= inc_idl_verify(inc, table, report);
            break;
        case INC_DERIVED:
            verify_derived(&v, table);
            break;
        case INC_JOIN:
            verify_join(&v, table);
            break;
        case INC_ELEMENTS:
            verify_element_rows(&v, table);
            break;
        case INC_MEM:
            break;
        }
    }
    for (size_t i = 0; i < inc->n_indexes; i++) {
        verify_index(&v, inc->indexes[i]);
    }
    for (size_t i = 0; i < inc->n_families; i++) {
        verify_family(&v, inc->families[i]);
    }
    verify_counts(&v);
    return v.ok;
}
