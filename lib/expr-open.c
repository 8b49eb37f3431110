/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Open sets: flows of one member of an address set or port group at a time.
 * See lib/expr.h for what that is, lib/expr-resolver.h for the neighbours.
 *
 * What keeps members independent of each other and of everything else:
 *
 *   - Step 2 treats an open set as if it had very many members: a clause
 *     with one is never empty, never moves into the base, and is never
 *     multiplied out.  So nothing but the holes depends on the members.
 *
 *   - Equal matches of several members, or plain ones, are dealt with by the
 *     caller, who adds them up.
 *
 *   - Open vSwitch cannot have one match in two clauses of a conjunctive
 *     match.  A filled hole mentions the field of the member, which no other
 *     clause does (that is a condition for being open), so it equals no match
 *     of another clause.  The exception is a member that says nothing new,
 *     such as 0.0.0.0/0.  Then the flow is divided into two halves, by a bit
 *     that does not matter, and that belongs to the clause: bit 64 + CLAUSE
 *     of xxreg1 (reg4 and reg5).  Closed clauses, when in the same need, take
 *     bits from 0 on. */

#include <config.h>
#include "lib/expr-resolver.h"

#include <stdlib.h>
#include <string.h>
#include "bitmap.h"
#include "lib/u128.h"
#include "openvswitch/meta-flow.h"
#include "util.h"

/* What belongs to clauses for dividing flows. */
#define HALVES_MF MFF_XXREG1
#define HALVES_OFS 64
BUILD_ASSERT_DECL(HALVES_OFS + EXPR_MAX_CLAUSES <= 128);

/* Which generators can be open. */

typedef unsigned long field_bits[BITMAP_N_LONGS(MFF_N_IDS)];

/* The field that 'term' is about, or MFF_N_IDS. */
static unsigned int
term_field(const struct expr *expr, const struct expr_term *term)
{
    uint32_t index = term->key & EXPR_KEY_INDEX;

    switch (term->key & EXPR_KEY_TYPE) {
    case EXPR_KEY_RESIDENT:
        return MFF_N_IDS;
    case EXPR_KEY_GEN:
        return expr->generators[index].dim.mf;
    default:
        return index;
    }
}

/* Whether 'cube' leaves all bits alone that flows can be divided by. */
static bool
is_divisible(const struct expr_cube *cube)
{
    for (size_t i = 0; i < cube->n; i++) {
        const struct expr_term *term = &cube->terms[i];

        if (term->key == (EXPR_KEY_MF | HALVES_MF) && term->mask.u64.hi) {
            return false;
        }
    }
    return true;
}

/* Sets in 'fields' what the cubes of 'clause' are about. */
static void
clause_fields(const struct expr *expr, const struct expr_clause *clause,
              field_bits fields)
{
    for (size_t i = 0; i < clause->n; i++) {
        const struct expr_cube *cube = clause->cubes[i];

        for (size_t j = 0; j < cube->n; j++) {
            unsigned int mf = term_field(expr, &cube->terms[j]);

            if (mf < MFF_N_IDS) {
                bitmap_set1(fields, mf);
            }
        }
    }
}

/* The first of the generators of 'cube', which are its last terms; its number
 * of terms if there is none. */
static size_t
first_generator(const struct expr_cube *cube)
{
    size_t i = cube->n;

    while (i > 0
           && (cube->terms[i - 1].key & EXPR_KEY_TYPE) == EXPR_KEY_GEN) {
        i--;
    }
    return i;
}

/* Excludes from being open the generators of 'clause' that share a cube, and
 * those about a field in 'others'; all of them if 'all'. */
static void
exclude(struct expr *expr, const struct expr_clause *clause,
        const field_bits others, bool all)
{
    for (size_t i = 0; i < clause->n; i++) {
        const struct expr_cube *cube = clause->cubes[i];
        size_t first = first_generator(cube);

        for (size_t j = first; j < cube->n; j++) {
            uint32_t index = cube->terms[j].key & EXPR_KEY_INDEX;
            struct expr_generator *gen = &expr->generators[index];

            if (all || cube->n - first > 1
                || (others && bitmap_is_set(others, gen->dim.mf))) {
                gen->openable = false;
            }
        }
    }
}

static bool
conj_is_divisible(const struct expr_conjunction *conj)
{
    for (size_t i = 0; i < conj->n; i++) {
        for (size_t j = 0; j < conj->clauses[i].n; j++) {
            if (!is_divisible(conj->clauses[i].cubes[j])) {
                return false;
            }
        }
    }
    return is_divisible(conj->base);
}

static void
exclude_in_conj(struct expr *expr, const struct expr_conjunction *conj)
{
    field_bits *fields = xcalloc(conj->n, sizeof *fields);
    bool all = !conj_is_divisible(conj);

    for (size_t i = 0; i < conj->n; i++) {
        clause_fields(expr, &conj->clauses[i], fields[i]);
    }
    for (size_t i = 0; i < conj->n; i++) {
        field_bits others = { 0 };

        for (size_t j = 0; j < conj->n; j++) {
            if (i != j) {
                bitmap_or(others, fields[j], MFF_N_IDS);
            }
        }
        exclude(expr, &conj->clauses[i], others, all);
    }
    free(fields);
}

static bool
is_same_set(const struct expr_generator *gen, bool group, const char *name)
{
    return (gen->op == EXPR_GROUP) == group && !strcmp(gen->name, name);
}

bool
expr_can_be_open(const struct expr *expr, bool group, const char *name)
{
    for (size_t i = 0; i < expr->n_generators; i++) {
        const struct expr_generator *gen = &expr->generators[i];

        if (is_same_set(gen, group, name) && !gen->openable) {
            return false;
        }
    }
    return true;
}

void
expr_find_openable(struct expr *expr)
{
    if (!expr->n_generators) {
        return;
    }
    for (size_t i = 0; i < expr->n_generators; i++) {
        expr->generators[i].openable = !expr->generators[i].negated;
    }
    exclude(expr, &expr->plain, NULL, false);
    for (size_t i = 0; i < expr->n_conjs; i++) {
        exclude_in_conj(expr, &expr->conjs[i]);
    }

    /* All generators of a set, or none. */
    for (size_t i = 0; i < expr->n_generators; i++) {
        struct expr_generator *gen = &expr->generators[i];

        gen->openable = expr_can_be_open(expr, gen->op == EXPR_GROUP,
                                         gen->name);
    }
}

/* Holes. */

static struct expr_term *
holes_terms(const struct expr_holes *holes)
{
    return ALIGNED_CAST(struct expr_term *,
                        CONST_CAST(struct expr_hole *,
                                   &holes->holes[holes->n]));
}

/* Copies 'hole', about 'gen', into '*dst' and its terms behind the 'first'
 * terms in 'terms', without copying padding. */
static void
copy_hole(const struct hole *hole, const struct expr_generator *gen,
          uint32_t first, struct expr_hole *dst, struct expr_term *terms)
{
    dst->mf = gen->dim.mf;
    dst->ofs = gen->dim.ofs;
    dst->n_bits = gen->dim.n_bits;
    dst->n_terms = hole->cube->n;
    dst->first_term = first;
    dst->conj.id = hole->conj.id;
    dst->conj.clause = hole->conj.clause;
    dst->conj.n_clauses = hole->conj.n_clauses;
    for (size_t i = 0; i < hole->cube->n; i++) {
        terms[first + i].key = hole->cube->terms[i].key;
        terms[first + i].value = hole->cube->terms[i].value;
        terms[first + i].mask = hole->cube->terms[i].mask;
    }
}

/* The holes of 'r' for a set, see expr_to_holes(). */
static struct expr_holes *
collect_holes(const struct resolver *r, bool group, const char *name)
{
    const struct expr_generator *gens = r->expr->generators;
    size_t n = 0, n_terms = 0;

    for (size_t i = 0; i < r->n_holes; i++) {
        if (is_same_set(&gens[r->holes[i].gen], group, name)) {
            n++;
            n_terms += r->holes[i].cube->n;
        }
    }
    if (!n) {
        return NULL;
    }

    size_t size = (sizeof(struct expr_holes) + n * sizeof(struct expr_hole)
                   + n_terms * sizeof(struct expr_term));
    struct expr_holes *holes = xzalloc(size);

    holes->size = size;
    holes->n = n;
    n = n_terms = 0;
    for (size_t i = 0; i < r->n_holes; i++) {
        const struct hole *hole = &r->holes[i];

        if (is_same_set(&gens[hole->gen], group, name)) {
            copy_hole(hole, &gens[hole->gen], n_terms, &holes->holes[n++],
                      holes_terms(holes));
            n_terms += hole->cube->n;
        }
    }
    return holes;
}

struct expr_holes *
expr_to_holes(const struct expr *expr, const struct expr_env *env,
              bool group, const char *name)
{
    struct expr_holes *holes = NULL;
    struct expr_matches matches;
    struct resolver r;

    expr_resolve(&r, expr, env, &matches);
    if (!r.error) {
        holes = collect_holes(&r, group, name);
        expr_matches_destroy(&matches);
    }
    free(r.error);
    expr_resolver_destroy(&r);
    return holes;
}

/* Merges '*a' and the term '*b' into '*match'.  Returns false if they
 * contradict each other. */
static bool
merge_into_match(struct expr_arena *arena, const struct expr_cube *a,
                 const struct expr_term *b, struct expr_terms *match)
{
    const struct expr_cube *both
        = expr_cube_merge(arena, a, expr_cube_from_term(arena, b));

    if (both) {
        match->n = both->n;
        match->terms = xmemdup(both->terms, both->n * sizeof *both->terms);
    }
    return both != NULL;
}

/* Divides 'cube', in clause 'clause', into two halves. */
static void
fill_halves(struct expr_arena *arena, const struct expr_cube *cube,
            unsigned int clause, struct expr_terms matches[2])
{
    ovs_u128 mask = u128_shl(u128_from_u64(1), HALVES_OFS + clause);

    for (int i = 0; i < 2; i++) {
        const struct expr_term term = {
            .key = EXPR_KEY_MF | HALVES_MF,
            .value = i ? mask : OVS_U128_ZERO,
            .mask = mask,
        };

        merge_into_match(arena, cube, &term, &matches[i]);
    }
}

size_t
expr_hole_fill(const struct expr_holes *holes, size_t i,
               const struct expr_constant *member,
               struct expr_terms matches[2])
{
    const struct expr_hole *hole = &holes->holes[i];
    struct expr_arena arena = { .next_size = 512 };
    struct expr_cube *cube;
    size_t n;

    if (member->width != hole->n_bits) {
        return 0;
    }

    const struct expr_term term = {
        .key = EXPR_KEY_MF | hole->mf,
        .value = u128_shl(member->value, hole->ofs),
        .mask = u128_shl(member->mask, hole->ofs),
    };
    cube = expr_alloc(&arena, expr_cube_size(hole->n_terms));
    cube->n = hole->n_terms;
    if (cube->n) {
        memcpy(cube->terms, holes_terms(holes) + hole->first_term,
               cube->n * sizeof *cube->terms);
    }

    const struct expr_cube *own = expr_cube_from_term(&arena, &term);
    if (hole->conj.n_clauses && expr_cube_implies(cube, own)) {
        fill_halves(&arena, cube, hole->conj.clause, matches);
        n = 2;
    } else {
        n = merge_into_match(&arena, cube, &term, &matches[0]);
    }
    expr_arena_destroy(&arena);
    return n;
}
