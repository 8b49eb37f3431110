/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Cubes and clauses without names, and the choice between products and
 * conjunctive matches.  See lib/expr-resolver.h. */

#include <config.h>
#include "lib/expr-resolver.h"

#include <stdlib.h>
#include <string.h>
#include "lib/u128.h"
#include "openvswitch/meta-flow.h"
#include "util.h"

/* A cube that is complete but for a member of an open set. */
struct open_cube {
    const struct expr_cube *cube;
    uint32_t gen;               /* Index into expr->generators. */
};

/* A list of resolved cubes. */
struct cubes {
    const struct expr_cube **v;
    size_t n, allocated;
    struct open_cube *open;
    size_t n_open, allocated_open;
};

/* A resolved clause. */
struct clause {
    struct expr_clause closed;
    struct open_cube *open;
    size_t n_open;
};

static void
add_cube(struct resolver *r, struct cubes *cubes, const struct expr_cube *cube)
{
    if (cubes->n >= cubes->allocated) {
        cubes->v = x2nrealloc(cubes->v, &cubes->allocated, sizeof *cubes->v);
    }
    cubes->v[cubes->n++] = cube;
    if (cubes->n > EXPR_MAX_MATCHES) {
        expr_too_many(r);
    }
}

static void
add_open_cube(struct cubes *cubes, const struct expr_cube *cube, uint32_t gen)
{
    if (cubes->n_open >= cubes->allocated_open) {
        cubes->open = x2nrealloc(cubes->open, &cubes->allocated_open,
                                 sizeof *cubes->open);
    }
    cubes->open[cubes->n_open++] = (struct open_cube) { cube, gen };
}

/* Adds to 'cubes' what 'done' and the symbolic terms of 'cube' from number 'i'
 * on stand for. */
static void
expand(struct resolver *r, const struct expr_cube *done,
       const struct expr_cube *cube, size_t i, struct cubes *cubes)
{
    if (r->error) {
        return;
    } else if (i >= cube->n) {
        add_cube(r, cubes, done);
        return;
    }

    const struct expr_term *term = &cube->terms[i];
    uint32_t index = term->key & EXPR_KEY_INDEX;
    uint64_t port = term->value.u64.lo;
    const struct values *values;
    struct expr_term t;

    switch (term->key & EXPR_KEY_TYPE) {
    case EXPR_KEY_PORT:
        if (r->ports[port].exists
            && expr_is_possible(r, index, false, r->expr->ports.names[port])) {
            t.key = EXPR_KEY_MF | index;
            t.value = u128_from_u64(r->ports[port].key);
            t.mask = u128_ones(mf_from_id(index)->n_bits);
            done = expr_cube_merge(&r->arena, done,
                                   expr_cube_from_term(&r->arena, &t));
            if (done) {
                expand(r, done, cube, i + 1, cubes);
            }
        }
        break;
    case EXPR_KEY_RESIDENT:
        if (r->residents[index] == (term->value.u64.lo != 0)) {
            expand(r, done, cube, i + 1, cubes);
        }
        break;
    case EXPR_KEY_GEN:
        if (r->open[index]) {
            /* The only generator of its cube, and so the last term. */
            add_open_cube(cubes, done, index);
            break;
        }
        values = &r->values[index];
        for (size_t j = 0; j < values->n; j++) {
            const struct expr_cube *value
                = expr_cube_from_term(&r->arena, &values->v[j]);
            const struct expr_cube *next = expr_cube_merge(&r->arena, done,
                                                           value);
            if (next) {
                expand(r, next, cube, i + 1, cubes);
            }
        }
        break;
    default:
        OVS_NOT_REACHED();
    }
}

/* Adds to 'cubes' what 'cube' stands for. */
static void
resolve_cube(struct resolver *r, const struct expr_cube *cube,
             struct cubes *cubes)
{
    size_t n = 0;

    while (n < cube->n && !(cube->terms[n].key & EXPR_KEY_TYPE)) {
        n++;
    }
    if (n == cube->n) {
        add_cube(r, cubes, cube);
        return;
    }

    struct expr_cube *done = expr_alloc(&r->arena, expr_cube_size(n));
    done->n = n;
    memcpy(done->terms, cube->terms, n * sizeof *done->terms);
    expand(r, done, cube, n, cubes);
}

/* Conjunctions. */

/* Merges 'base' into each member of 'clause', dropping contradictions and
 * duplicates. */
static void
merge_base(struct resolver *r, const struct expr_cube *base,
           struct clause *clause)
{
    const struct expr_clause b = { .n = 1, .cubes = &base };
    struct expr_clause product;
    size_t n = 0;

    expr_clause_product(&r->arena, &b, &clause->closed, SIZE_MAX, &product);
    clause->closed = product;

    for (size_t i = 0; i < clause->n_open; i++) {
        struct open_cube open = clause->open[i];

        open.cube = expr_cube_merge(&r->arena, base, open.cube);
        if (open.cube) {
            clause->open[n++] = open;
        }
    }
    clause->n_open = n;
}

/* A copy of the 'size' bytes at 'p' in the memory of 'r'. */
static void *
copy_array(struct resolver *r, const void *p, size_t size)
{
    void *copy = expr_alloc(&r->arena, size);

    return size ? memcpy(copy, p, size) : copy;
}

/* The members of 'clause' in this environment. */
static struct clause
resolve_clause(struct resolver *r, const struct expr_clause *clause)
{
    struct cubes cubes = { .n = 0 };

    for (size_t i = 0; i < clause->n && !r->error; i++) {
        resolve_cube(r, clause->cubes[i], &cubes);
    }

    struct clause out = {
        .closed.n = cubes.n,
        .closed.cubes = copy_array(r, cubes.v, cubes.n * sizeof *cubes.v),
        .n_open = cubes.n_open,
        .open = copy_array(r, cubes.open, cubes.n_open * sizeof *cubes.open),
    };
    free(cubes.v);
    free(cubes.open);
    return out;
}

/* Emits the product of 'base' and 'clauses', which are not open, if it is not
 * larger than the conjunctive match. */
static bool
emit_product(struct resolver *r, const struct expr_cube *base,
             const struct clause *clauses, size_t n)
{
    struct expr_clause acc = { .n = 1, .cubes = &base };
    size_t sum = 1;

    for (size_t i = 0; i < n; i++) {
        sum += clauses[i].closed.n;
    }
    for (size_t i = 0; i < n; i++) {
        struct expr_clause product;

        if (!expr_clause_product(&r->arena, &acc, &clauses[i].closed, sum,
                                 &product)) {
            return false;
        }
        acc = product;
    }
    for (size_t i = 0; i < acc.n; i++) {
        expr_emit_plain(r, acc.cubes[i]);
    }
    return true;
}

/* Adds a hole for each open cube of 'clause', which is a member of a
 * conjunctive match if 'conj' has clauses. */
static void
add_holes(struct resolver *r, const struct clause *clause,
          struct expr_conj conj)
{
    for (size_t i = 0; i < clause->n_open; i++) {
        if (r->n_holes >= r->allocated_holes) {
            r->holes = x2nrealloc(r->holes, &r->allocated_holes,
                                  sizeof *r->holes);
        }
        r->holes[r->n_holes++] = (struct hole) {
            .cube = clause->open[i].cube,
            .gen = clause->open[i].gen,
            .conj = conj,
        };
    }
}

static void
emit_plain_clause(struct resolver *r, const struct clause *clause)
{
    for (size_t i = 0; i < clause->closed.n && !r->error; i++) {
        expr_emit_plain(r, clause->closed.cubes[i]);
    }
    add_holes(r, clause, (struct expr_conj) { .n_clauses = 0 });
}

/* Resolves the clauses of 'conj' into 'clauses' and '*n', without those that
 * say nothing; those that have only one member go into '*base'.  Returns false
 * if nothing can match.  An open set counts as having many members. */
static bool
resolve_clauses(struct resolver *r, const struct expr_conjunction *conj,
                const struct expr_cube **base, struct clause *clauses,
                size_t *n)
{
    *n = 0;
    for (size_t i = 0; i < conj->n; i++) {
        struct clause clause = resolve_clause(r, &conj->clauses[i]);

        if (r->error) {
            return false;
        }
        merge_base(r, *base, &clause);
        if (!clause.closed.n && !clause.n_open) {
            return false;
        } else if (expr_clause_has(&clause.closed, *base)) {
            continue;
        } else if (clause.closed.n == 1 && !clause.n_open) {
            *base = clause.closed.cubes[0];
        } else {
            clauses[(*n)++] = clause;
        }
    }

    /* The base may have grown since the first clauses were resolved. */
    for (size_t i = 0; i < *n; i++) {
        merge_base(r, *base, &clauses[i]);
        if (!clauses[i].closed.n && !clauses[i].n_open) {
            return false;
        }
    }
    return true;
}

static bool
any_open(const struct clause *clauses, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (clauses[i].n_open) {
            return true;
        }
    }
    return false;
}

static void
emit_conjunction(struct resolver *r, uint32_t id, const struct expr_cube *base,
                 const struct expr_conjunction *conj)
{
    struct clause clauses[EXPR_MAX_CLAUSES];
    size_t n;

    if (!resolve_clauses(r, conj, &base, clauses, &n)) {
        return;
    } else if (n == 1) {
        emit_plain_clause(r, &clauses[0]);
        return;
    } else if (!any_open(clauses, n) && emit_product(r, base, clauses, n)) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const struct clause *clause = &clauses[i];

        for (size_t j = 0; j < clause->closed.n && !r->error; j++) {
            expr_emit_member(r, clause->closed.cubes[j], id, i, n);
        }
        add_holes(r, clause, (struct expr_conj) {
            .id = id, .clause = i, .n_clauses = n
        });
    }
    expr_emit_conj_id(r, base, id);
}

static void
emit_all(struct resolver *r)
{
    const struct expr *expr = r->expr;
    struct clause plain = resolve_clause(r, &expr->plain);

    emit_plain_clause(r, &plain);
    for (size_t i = 0; i < expr->n_conjs && !r->error; i++) {
        const struct expr_conjunction *conj = &expr->conjs[i];
        struct cubes bases = { .n = 0 };

        /* A base has no generators, so it resolves to one cube or none. */
        resolve_cube(r, conj->base, &bases);
        if (bases.n) {
            emit_conjunction(r, i, bases.v[0], conj);
        }
        free(bases.v);
    }
}

void
expr_resolve(struct resolver *r, const struct expr *expr,
             const struct expr_env *env, struct expr_matches *matches)
{
    *r = (struct resolver) {
        .expr = expr,
        .env = env,
        .out = matches,
        .by_match = HMAP_INITIALIZER(&r->by_match),
    };

    *matches = (struct expr_matches) { .n_conj_ids = expr->n_conjs };
    expr_resolve_names(r);
    if (!r->error) {
        emit_all(r);
    }
    expr_emit_finish(r);
    matches->n_holes = r->n_holes;
    if (r->error) {
        expr_matches_destroy(matches);
    }
}

void
expr_resolver_destroy(struct resolver *r)
{
    free(r->holes);
    expr_forget_names(r);
    expr_arena_destroy(&r->arena);
}

char *
expr_to_matches(const struct expr *expr, const struct expr_env *env,
                struct expr_matches *matches)
{
    struct resolver r;

    expr_resolve(&r, expr, env, matches);
    expr_resolver_destroy(&r);
    return r.error;
}

void
expr_matches_destroy(struct expr_matches *matches)
{
    free(matches->matches);
    free(matches->terms);
    free(matches->conjs);
    *matches = (struct expr_matches) { .n = 0 };
}

const struct expr_term *
expr_match_terms(const struct expr_matches *matches, size_t i, size_t *n)
{
    const struct expr_match *m = &matches->matches[i];

    *n = m->n_terms;
    return &matches->terms[m->ofs];
}

void
expr_match_get(const struct expr_matches *matches, size_t i,
               struct match *match)
{
    size_t n;
    const struct expr_term *terms = expr_match_terms(matches, i, &n);

    expr_terms_to_match(terms, n, match);
}

void
expr_terms_to_match(const struct expr_term *terms, size_t n,
                    struct match *match)
{
    match_init_catchall(match);
    for (size_t j = 0; j < n; j++) {
        const struct expr_term *term = &terms[j];
        const struct mf_field *mf = mf_from_id(term->key & EXPR_KEY_INDEX);
        union mf_value value, mask;
        char *error;

        bool exact = ovs_u128_equals(term->mask, u128_ones(mf->n_bits));

        u128_put_be(term->value, &value, mf->n_bytes);
        u128_put_be(term->mask, &mask, mf->n_bytes);
        mf_set(mf, &value, exact ? NULL : &mask, match, &error);
        ovs_assert(!error);
    }
}
