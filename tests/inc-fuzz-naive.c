/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The oracle of inc-fuzz-test.c. */

#include <config.h>
#include "tests/inc-fuzz.h"

#include <string.h>

#include "util.h"

/* The naive interpreter.  Rows are numbered by position + 1, and positions
 * are in order of keys. */

struct naive_table {
    size_t n;
    uint32_t keys[MAX_ROWS];
    struct value values[MAX_ROWS];
    uint32_t left[MAX_ROWS], right[MAX_ROWS]; /* Join tables. */
};

static struct naive_table naive[N_ALL];
struct claims naive_claims;

/* Claims of rows of derived tables, before they are sorted out. */
static bool naive_claimed[N_TABLES][N_KEYS];
static struct value naive_derived[N_TABLES][N_KEYS];

static uint32_t
naive_field(void *aux OVS_UNUSED, int table, uint32_t row, int field)
{
    return row ? naive[table].values[row - 1].fields[field] : 0;
}

static uint32_t
naive_key(void *aux OVS_UNUSED, int table, uint32_t row)
{
    return row ? naive[table].keys[row - 1] + 1 : 0;
}

static uint32_t
naive_attr(void *aux OVS_UNUSED, int table, uint32_t row)
{
    return (row && table >= N_MEM
            ? attr_of(naive[table].keys[row - 1],
                      &naive[table].values[row - 1])
            : 0);
}

static uint32_t
naive_find(void *aux OVS_UNUSED, int index, uint32_t key)
{
    const struct naive_table *t = &naive[index / N_FIELDS];

    for (size_t i = 0; i < t->n; i++) {
        if (t->values[i].fields[index % N_FIELDS] == key) {
            return i + 1;
        }
    }
    return 0;
}

static uint32_t
naive_find_all(void *aux OVS_UNUSED, int index, uint32_t key)
{
    const struct naive_table *t = &naive[index / N_FIELDS];
    uint32_t sum = 0;

    for (size_t i = 0; i < t->n; i++) {
        if (t->values[i].fields[index % N_FIELDS] == key) {
            sum = mix(sum, t->keys[i] + 1);
        }
    }
    return sum;
}

static uint32_t
naive_lookup(void *aux OVS_UNUSED, int table, uint32_t key)
{
    for (size_t i = 0; i < naive[table].n; i++) {
        if (naive[table].keys[i] == key) {
            return i + 1;
        }
    }
    return 0;
}

static uint32_t naive_fact(void *aux, int fact, uint32_t row);

static void
naive_emit(void *aux OVS_UNUSED, int output, uint32_t key, uint32_t value)
{
    claims_add(&naive_claims, (struct claim) { output, key, value });
}

static void
naive_derive(void *aux OVS_UNUSED, int table, uint32_t key,
             struct value value)
{
    struct value *old = &naive_derived[table][key];

    if (!naive_claimed[table][key]
        || memcmp(&value, old, sizeof value) < 0) {
        naive_claimed[table][key] = true;
        *old = value;
    }
}

static const struct world naive_world = {
    naive_field, naive_attr, naive_key, naive_find, naive_find_all,
    naive_lookup, naive_fact, naive_emit, naive_derive
};

static uint32_t
naive_fact(void *aux, int fact, uint32_t row)
{
    int over = programs[fact].over;

    if (!row) {
        return 0;
    }
    /* Facts are about half as fine as what they read, so that they often
     * do not change. */
    return run_program(fact, &naive_world, aux, row,
                       naive[over].left[row - 1],
                       naive[over].right[row - 1]) % 4 + 1;
}

static void
naive_fill(struct naive_table *t, const bool *has, const struct value *values)
{
    t->n = 0;
    for (uint32_t key = 0; key < N_KEYS; key++) {
        if (has[key]) {
            t->keys[t->n] = key;
            t->values[t->n++] = values[key];
        }
    }
}

static void
naive_join(int j)
{
    const struct naive_table *l = &naive[joins[j].left / N_FIELDS];
    const struct naive_table *r = &naive[joins[j].right / N_FIELDS];
    struct naive_table *t = &naive[N_TABLES + j];

    t->n = 0;
    for (size_t a = 0; a < l->n; a++) {
        for (size_t b = 0; b < r->n; b++) {
            if (l->values[a].fields[joins[j].left % N_FIELDS]
                == r->values[b].fields[joins[j].right % N_FIELDS]) {
                ovs_assert(t->n < MAX_ROWS);
                t->left[t->n] = a + 1;
                t->right[t->n++] = b + 1;
            }
        }
    }
}

void
naive_run(void)
{
    naive_claims.n = 0;
    memset(naive_claimed, 0, sizeof naive_claimed);
    for (int i = 0; i < N_MEM; i++) {
        naive_fill(&naive[i], present[i], inputs[i]);
    }
    for (int stage = 0; stage <= N_DERIVED; stage++) {
        if (stage > 0) {
            int t = N_MEM + stage - 1;

            naive_fill(&naive[t], naive_claimed[t], naive_derived[t]);
        }
        for (int j = 0; j < N_JOIN; j++) {
            if (table_stage(N_TABLES + j) == stage) {
                naive_join(j);
            }
        }
        for (int f = N_FACTS; f < N_FAMILIES; f++) {
            const struct naive_table *t = &naive[programs[f].over];

            for (size_t i = 0; programs[f].stage == stage && i < t->n; i++) {
                run_program(f, &naive_world, NULL, i + 1,
                            t->left[i], t->right[i]);
            }
        }
    }
    claims_sort(&naive_claims);
}
