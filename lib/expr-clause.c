/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Lists of cubes, and how the normal form is stored.  See
 * lib/expr-private.h. */

#include <config.h>
#include "lib/expr-private.h"

#include <stdlib.h>
#include <string.h>
#include "openvswitch/hmap.h"
#include "util.h"

/* Weights. */

/* A generator stands for an unknown number of values.  Guess this many, to
 * decide how to combine it. */
#define GENERATOR_SIZE 64

static bool
cube_is_symbolic(const struct expr_cube *cube)
{
    return cube->n && cube->terms[cube->n - 1].key & EXPR_KEY_TYPE;
}

bool
expr_clause_is_symbolic(const struct expr_clause *clause)
{
    for (size_t i = 0; i < clause->n; i++) {
        if (cube_is_symbolic(clause->cubes[i])) {
            return true;
        }
    }
    return false;
}

size_t
expr_count_generators(const struct expr_cube *cube)
{
    size_t n = 0;

    for (size_t i = 0; i < cube->n; i++) {
        n += (cube->terms[i].key & EXPR_KEY_TYPE) == EXPR_KEY_GEN;
    }
    return n;
}

/* Number of plain matches that 'cube' will become, roughly. */
static size_t
cube_weight(const struct expr_cube *cube)
{
    size_t weight = 1;

    for (size_t n = expr_count_generators(cube); n > 0; n--) {
        weight = saturating_mul(weight, GENERATOR_SIZE);
    }
    return weight;
}

size_t
expr_clause_weight(const struct expr_clause *clause)
{
    size_t weight = 0;

    for (size_t i = 0; i < clause->n; i++) {
        weight += cube_weight(clause->cubes[i]);
    }
    return weight;
}

/* Number of flows for 'conj' as a product or, with 'as_sum', as a conjunctive
 * match, of which each generator in the base becomes a clause. */
size_t
expr_conj_weight(const struct expr_conjunction *conj, bool as_sum)
{
    size_t weight = (as_sum
                     ? 1 + GENERATOR_SIZE * expr_count_generators(conj->base)
                     : cube_weight(conj->base));

    for (size_t i = 0; i < conj->n; i++) {
        size_t w = expr_clause_weight(&conj->clauses[i]);
        weight = as_sum ? weight + w : saturating_mul(weight, w);
    }
    return weight;
}

/* Duplicates. */

struct cube_node {
    struct hmap_node hmap_node;
    const struct expr_cube *cube;
};

/* Up to this many cubes are compared one by one, without a hash table. */
#define MAX_FEW 16

bool
expr_clause_has(const struct expr_clause *clause, const struct expr_cube *cube)
{
    for (size_t i = 0; i < clause->n; i++) {
        if (expr_cube_equals(clause->cubes[i], cube)) {
            return true;
        }
    }
    return false;
}

static void
remove_few_duplicates(struct expr_clause *clause)
{
    struct expr_clause kept = { .cubes = clause->cubes };

    for (size_t i = 0; i < clause->n; i++) {
        const struct expr_cube *cube = clause->cubes[i];

        if (!expr_clause_has(&kept, cube)) {
            kept.cubes[kept.n++] = cube;
        }
    }
    *clause = kept;
}

void
expr_clause_remove_duplicates(struct expr_clause *clause)
{
    if (clause->n <= MAX_FEW) {
        remove_few_duplicates(clause);
        return;
    }

    struct cube_node *nodes = xmalloc(clause->n * sizeof *nodes);
    struct hmap hmap = HMAP_INITIALIZER(&hmap);
    size_t n = 0;

    hmap_reserve(&hmap, clause->n);
    for (size_t i = 0; i < clause->n; i++) {
        const struct expr_cube *cube = clause->cubes[i];
        uint32_t hash = expr_cube_hash(cube);
        const struct cube_node *node;
        bool found = false;

        HMAP_FOR_EACH_WITH_HASH (node, hmap_node, hash, &hmap) {
            if (expr_cube_equals(node->cube, cube)) {
                found = true;
                break;
            }
        }
        if (!found) {
            nodes[n].cube = cube;
            hmap_insert(&hmap, &nodes[n].hmap_node, hash);
            clause->cubes[n++] = cube;
        }
    }
    clause->n = n;
    hmap_destroy(&hmap);
    free(nodes);
}

/* Removes cubes that imply another one. */
void
expr_clause_remove_subsumed(struct expr_clause *clause)
{
    if (clause->n > EXPR_MAX_SUBSUME) {
        return;
    }

    size_t n = 0;
    for (size_t i = 0; i < clause->n; i++) {
        bool subsumed = false;

        for (size_t j = 0; j < clause->n && !subsumed; j++) {
            /* The earlier ones up to 'n' were kept, the rest are those not
             * looked at yet. */
            if (j < n || j > i) {
                subsumed = expr_cube_implies(clause->cubes[i],
                                             clause->cubes[j]);
            }
        }
        if (!subsumed) {
            clause->cubes[n++] = clause->cubes[i];
        }
    }
    clause->n = n;
}

bool
expr_clause_product(struct expr_arena *arena, const struct expr_clause *a,
                    const struct expr_clause *b, size_t max,
                    struct expr_clause *product)
{
    size_t allocated = MIN(max, saturating_mul(a->n, b->n)) + 1;

    *product = (struct expr_clause) {
        .cubes = expr_alloc(arena, allocated * sizeof *product->cubes),
    };
    for (size_t i = 0; i < a->n; i++) {
        for (size_t j = 0; j < b->n; j++) {
            struct expr_cube *cube = expr_cube_merge(arena, a->cubes[i],
                                                     b->cubes[j]);
            if (!cube) {
                continue;
            }
            if (product->n >= max) {
                expr_clause_remove_duplicates(product);
                if (product->n >= max) {
                    return false;
                }
            }
            product->cubes[product->n++] = cube;
        }
    }
    expr_clause_remove_duplicates(product);
    return true;
}

/* Copying the result into the memory of 'expr'. */

static const struct expr_cube *
copy_cube(struct expr *expr, const struct expr_cube *cube)
{
    size_t size = expr_cube_size(cube->n);

    expr->size += size;
    return memcpy(expr_alloc(&expr->arena, size), cube, size);
}

static struct expr_clause
copy_clause(struct expr *expr, const struct expr_clause *clause)
{
    size_t size = clause->n * sizeof *clause->cubes;
    struct expr_clause copy = {
        .n = clause->n,
        .cubes = expr_alloc(&expr->arena, size),
    };

    expr->size += size;
    for (size_t i = 0; i < clause->n; i++) {
        copy.cubes[i] = copy_cube(expr, clause->cubes[i]);
    }
    return copy;
}

static const char *
copy_string(struct expr *expr, const char *s)
{
    size_t size = strlen(s) + 1;

    expr->size += size;
    return memcpy(expr_alloc(&expr->arena, size), s, size);
}

static struct expr_names
copy_names(struct expr *expr, const struct shash *shash)
{
    struct expr_names names = { .n = shash_count(shash) };
    size_t size = (names.n + 1) * sizeof *names.names;
    const struct shash_node *node;

    expr->size += size;
    names.names = expr_alloc(&expr->arena, size);
    SHASH_FOR_EACH (node, shash) {
        names.names[(uintptr_t) node->data] = copy_string(expr, node->name);
    }
    names.names[names.n] = NULL;
    return names;
}

static void
copy_generators(struct expr *expr, const struct expr_name_tables *tables)
{
    size_t size = shash_count(&tables->generators) * sizeof *expr->generators;
    const struct shash_node *node;

    expr->size += size;
    expr->n_generators = shash_count(&tables->generators);
    expr->generators = expr_alloc(&expr->arena, size);
    SHASH_FOR_EACH (node, &tables->generators) {
        const struct expr_generator *gen = node->data;
        struct expr_generator *copy = &expr->generators[gen->index];

        *copy = *gen;
        copy->name = copy_string(expr, gen->name);
    }
}

struct expr *
expr_create(const struct expr_name_tables *tables,
            const struct expr_clause *plain,
            const struct expr_conjunction *conjs, size_t n_conjs)
{
    struct expr *expr = xzalloc(sizeof *expr);
    size_t size = n_conjs * sizeof *expr->conjs;

    expr->arena.next_size = 256;
    expr->size = sizeof *expr + size;
    expr->plain = copy_clause(expr, plain);
    expr->conjs = expr_alloc(&expr->arena, size);
    expr->n_conjs = n_conjs;
    for (size_t i = 0; i < n_conjs; i++) {
        const struct expr_conjunction *src = &conjs[i];
        struct expr_conjunction *dst = &expr->conjs[i];

        dst->base = copy_cube(expr, src->base);
        dst->n = src->n;
        dst->clauses = expr_alloc(&expr->arena,
                                  src->n * sizeof *dst->clauses);
        expr->size += src->n * sizeof *dst->clauses;
        for (size_t j = 0; j < src->n; j++) {
            dst->clauses[j] = copy_clause(expr, &src->clauses[j]);
        }
    }
    copy_generators(expr, tables);
    expr->ports = copy_names(expr, &tables->ports);
    expr->residents = copy_names(expr, &tables->residents);
    expr->sets = copy_names(expr, &tables->sets);
    expr->groups = copy_names(expr, &tables->groups);
    expr_find_openable(expr);
    return expr;
}
