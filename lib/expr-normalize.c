/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Normal form of expressions: an OR of conjunctions, see lib/expr.h.
 *
 * The tree is walked bottom-up.  A leaf is a clause whose members are the
 * prefixes of its ranges.  OR puts the conjunctions of its kids side by side.
 * AND joins bases and collects clauses.  The interesting case is an OR within
 * an AND: its kids can be
 *
 *   - flattened into one more clause of the AND, if they are plain matches
 *     (or not many more when multiplied out), or
 *   - distributed over the AND, that is, "a && (b || c)" becomes
 *     "a && b || a && c".
 *
 * Fields of upper layers can be matched only together with Ethernet type and
 * so on, which are in the same AND because prerequisites are added next to
 * where they are needed.  If such a "structural" field has several values,
 * they are always distributed, so that they become part of the base, which is
 * in all flows of a conjunction.
 *
 * All of this is bounded by EXPR_MAX_CUBES. */

#include <config.h>
#include "lib/expr-private.h"

#include <stdlib.h>
#include <string.h>
#include "lib/u128.h"
#include "util.h"

/* More clauses than this in one conjunction are refused early; more than
 * EXPR_MAX_CLAUSES are combined. */
#define MAX_RAW_CLAUSES 256

/* Distribute at most until there are this many conjunctions. */
#define MAX_DISTRIBUTE 1024

struct cx {
    struct expr_arena arena;
    size_t n_cubes;
    bool too_big;

    struct expr_name_tables names;
};

/* An OR of conjunctions under construction. */
struct dnf {
    struct expr_conjunction *v;
    size_t n, allocated;
};

static const struct expr_cube empty_cube = { .n = 0 };

static struct expr_cube *
new_cube(struct cx *cx, uint32_t n_terms)
{
    struct expr_cube *cube = expr_alloc(&cx->arena, expr_cube_size(n_terms));

    if (++cx->n_cubes > EXPR_MAX_CUBES) {
        cx->too_big = true;
    }
    cube->n = n_terms;
    return cube;
}

static void
dnf_add(struct cx *cx, struct dnf *dnf, struct expr_conjunction conj)
{
    if (dnf->n >= dnf->allocated) {
        size_t allocated = dnf->allocated ? 2 * dnf->allocated : 1;
        struct expr_conjunction *v = expr_alloc(&cx->arena,
                                                allocated * sizeof *v);
        if (dnf->n) {
            memcpy(v, dnf->v, dnf->n * sizeof *v);
        }
        dnf->v = v;
        dnf->allocated = allocated;
    }
    dnf->v[dnf->n++] = conj;
    if (dnf->n > EXPR_MAX_CUBES) {
        cx->too_big = true;
    }
}

static struct expr_conjunction
conj_from_cube(const struct expr_cube *cube)
{
    return (struct expr_conjunction) { .base = cube };
}

/* A conjunction whose only condition is 'clause'. */
static struct expr_conjunction
conj_from_clause(struct cx *cx, struct expr_clause clause)
{
    struct expr_conjunction conj = { .base = &empty_cube };

    if (clause.n == 1) {
        conj.base = clause.cubes[0];
    } else {
        conj.n = 1;
        conj.clauses = expr_alloc(&cx->arena, sizeof clause);
        conj.clauses[0] = clause;
    }
    return conj;
}

static struct expr_clause
clause_new(struct cx *cx, size_t n)
{
    return (struct expr_clause) {
        .cubes = expr_alloc(&cx->arena,
                            n * sizeof(const struct expr_cube *)),
    };
}

/* Appends 'cube' to 'clause', which must have been made by this function from
 * an empty one: its capacity is the next power of 2. */
static void
clause_append(struct cx *cx, struct expr_clause *clause,
              const struct expr_cube *cube)
{
    if (!(clause->n & (clause->n - 1))) {
        struct expr_clause new = clause_new(cx, MAX(2 * clause->n, 1));

        if (clause->n) {
            memcpy(new.cubes, clause->cubes, clause->n * sizeof *new.cubes);
        }
        clause->cubes = new.cubes;
    }
    clause->cubes[clause->n++] = cube;
}

static size_t
dnf_weight(const struct dnf *dnf, bool as_sum)
{
    size_t weight = 0;

    for (size_t i = 0; i < dnf->n; i++) {
        size_t w = expr_conj_weight(&dnf->v[i], as_sum);
        weight = w > SIZE_MAX - weight ? SIZE_MAX : weight + w;
    }
    return weight;
}

/* Tidying a conjunction. */

/* Removes the members of 'clause' that contradict 'base'.  Returns true if the
 * clause says nothing beyond 'base'. */
static bool
filter_clause(struct cx *cx, const struct expr_cube *base,
              struct expr_clause *clause)
{
    struct expr_clause out = clause_new(cx, clause->n);
    struct expr_arena scratch = { .left = 0 };
    bool redundant = false;

    for (size_t i = 0; i < clause->n && !redundant; i++) {
        const struct expr_cube *cube = clause->cubes[i];

        if (expr_cube_implies(base, cube)) {
            redundant = true;
        } else if (expr_cube_merge(&scratch, base, cube)) {
            out.cubes[out.n++] = cube;
        }
    }
    expr_arena_destroy(&scratch);
    *clause = out;
    return redundant;
}

/* Whether 'a' is superfluous because 'b' says more: each member of 'b' implies
 * a member of 'a'. */
static bool
clause_is_implied(const struct expr_clause *a, const struct expr_clause *b)
{
    if (saturating_mul(a->n, b->n) > EXPR_MAX_SUBSUME * EXPR_MAX_SUBSUME) {
        return false;
    }
    for (size_t j = 0; j < b->n; j++) {
        bool found = false;

        for (size_t i = 0; i < a->n && !found; i++) {
            found = expr_cube_implies(b->cubes[j], a->cubes[i]);
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

static void
remove_clause(struct expr_conjunction *conj, size_t i)
{
    conj->n--;
    memmove(&conj->clauses[i], &conj->clauses[i + 1],
            (conj->n - i) * sizeof *conj->clauses);
}

/* Removes from 'conj' what contradicts its base or follows from it, and moves
 * clauses with only one member into it.  Returns false if nothing can match
 * 'conj'. */
static bool
tidy_conj(struct cx *cx, struct expr_conjunction *conj)
{
    struct expr_clause *clauses = expr_alloc(&cx->arena,
                                             conj->n * sizeof *clauses);
    bool changed;

    if (conj->n) {
        memcpy(clauses, conj->clauses, conj->n * sizeof *clauses);
    }
    conj->clauses = clauses;

    do {
        changed = false;
        for (size_t i = 0; i < conj->n; ) {
            if (filter_clause(cx, conj->base, &clauses[i])) {
                remove_clause(conj, i);
            } else if (!clauses[i].n) {
                return false;
            } else if (clauses[i].n == 1) {
                conj->base = expr_cube_merge(&cx->arena, conj->base,
                                             clauses[i].cubes[0]);
                remove_clause(conj, i);
                changed = true;
            } else {
                i++;
            }
        }
    } while (changed && conj->n);

    for (size_t i = 0; i < conj->n; ) {
        bool implied = false;

        for (size_t j = 0; j < conj->n && !implied; j++) {
            implied = i != j && clause_is_implied(&clauses[i], &clauses[j]);
        }
        if (implied) {
            remove_clause(conj, i);
        } else {
            i++;
        }
    }
    return true;
}

/* Multiplies out 'conj'.  Returns false if there are more than 'max'
 * results. */
static bool
flatten_conj(struct cx *cx, const struct expr_conjunction *conj, size_t max,
             struct expr_clause *out)
{
    *out = clause_new(cx, 1);
    out->cubes[out->n++] = conj->base;
    for (size_t i = 0; i < conj->n; i++) {
        struct expr_clause product;

        if (!expr_clause_product(&cx->arena, out, &conj->clauses[i], max,
                                 &product)) {
            return false;
        }
        *out = product;
    }
    return true;
}

/* Leaves. */

/* Adds 'name' to 'names' and returns its index. */
static uint32_t
intern(struct shash *names, const char *name)
{
    struct shash_node *node = shash_find(names, name);

    if (!node) {
        node = shash_add(names, name, (void *) (uintptr_t) shash_count(names));
    }
    return (uintptr_t) node->data;
}

static uint32_t
intern_generator(struct cx *cx, const struct expr_node *node)
{
    const struct expr_dim *dim = &node->dim;
    char *key = xasprintf("%d,%d,%d,%d,%d,%s", node->op, node->negated,
                          dim->mf, dim->ofs, dim->n_bits, node->name);
    struct shash_node *found = shash_find(&cx->names.generators, key);
    uint32_t index;

    if (found) {
        index = ((const struct expr_generator *) found->data)->index;
    } else {
        struct expr_generator *gen = xmalloc(sizeof *gen);

        index = shash_count(&cx->names.generators);
        *gen = (struct expr_generator) {
            .index = index,
            .op = node->op,
            .negated = node->negated,
            .name = node->name,
            .dim = *dim,
        };
        shash_add(&cx->names.generators, key, gen);
    }
    free(key);
    return index;
}

static struct dnf
normalize_symbolic(struct cx *cx, const struct expr_node *node)
{
    struct expr_cube *cube = new_cube(cx, 1);
    struct expr_term *term = &cube->terms[0];

    *term = (struct expr_term) { .key = 0 };
    if (node->op == EXPR_PORT) {
        term->key = EXPR_KEY_PORT | node->dim.mf;
        term->value = u128_from_u64(intern(&cx->names.ports, node->name));
        term->mask = OVS_U128_MAX;
    } else if (node->op == EXPR_RESIDENT) {
        term->key = EXPR_KEY_RESIDENT | intern(&cx->names.residents,
                                               node->name);
        term->value = u128_from_u64(!node->negated);
        term->mask = OVS_U128_MAX;
    } else {
        intern((node->op == EXPR_SET ? &cx->names.sets
                : &cx->names.groups), node->name);
        term->key = EXPR_KEY_GEN | intern_generator(cx, node);
    }

    struct dnf dnf = { .n = 0 };
    dnf_add(cx, &dnf, conj_from_cube(cube));
    return dnf;
}

static void
add_prefix(struct cx *cx, const struct expr_dim *dim, ovs_u128 value,
           unsigned int wild_bits, struct expr_clause *clause)
{
    ovs_u128 mask = u128_xor(u128_ones(dim->n_bits), u128_ones(wild_bits));
    struct expr_cube *cube = new_cube(cx, 1);

    cube->terms[0] = (struct expr_term) {
        .key = EXPR_KEY_MF | dim->mf,
        .value = u128_shl(value, dim->ofs),
        .mask = u128_shl(mask, dim->ofs),
    };
    clause->cubes[clause->n++] = cube;
}

static struct dnf
normalize_leaf(struct cx *cx, const struct expr_node *node)
{
    const struct expr_dim *dim = &node->dim;
    size_t n = expr_ranges_count_prefixes(&node->ranges, dim->n_bits);
    struct dnf dnf = { .n = 0 };

    if (n > EXPR_MAX_CUBES) {
        cx->too_big = true;
        return dnf;
    }

    struct expr_clause clause = clause_new(cx, n);
    for (size_t i = 0; i < node->ranges.n; i++) {
        const struct expr_range *r = &node->ranges.r[i];

        for (ovs_u128 lo = r->lo; ; lo = u128_inc(lo)) {
            unsigned int bits = (dim->nominal ? 0
                                 : expr_prefix_bits(lo, r->hi, dim->n_bits));

            add_prefix(cx, dim, lo, bits, &clause);
            lo = u128_or(lo, u128_ones(bits));
            if (ovs_u128_equals(lo, r->hi)) {
                break;
            }
        }
    }
    dnf_add(cx, &dnf, conj_from_clause(cx, clause));
    return dnf;
}

/* AND and OR. */

static struct dnf normalize(struct cx *, const struct expr_node *);

/* Number of clauses that 'conj' has, or will have when its generators become
 * such. */
static size_t
count_clauses(const struct expr_conjunction *conj)
{
    return conj->n + expr_count_generators(conj->base);
}

/* OR: conjunctions that are not more than a list of plain matches are put
 * together, the others stand beside. */
static struct dnf
normalize_or(struct cx *cx, const struct expr_node *node)
{
    struct dnf all = { .n = 0 };
    struct dnf out = { .n = 0 };
    size_t n_plain = 0;

    for (size_t i = 0; i < node->n_kids && !cx->too_big; i++) {
        struct dnf kid = normalize(cx, node->kids[i]);

        for (size_t j = 0; j < kid.n; j++) {
            dnf_add(cx, &all, kid.v[j]);
            if (count_clauses(&kid.v[j]) <= 1) {
                n_plain += kid.v[j].n ? kid.v[j].clauses[0].n : 1;
            }
        }
    }
    if (cx->too_big) {
        return out;
    }

    struct expr_clause plain = clause_new(cx, n_plain);
    for (size_t i = 0; i < all.n; i++) {
        struct expr_clause flat;

        if (count_clauses(&all.v[i]) > 1) {
            dnf_add(cx, &out, all.v[i]);
        } else if (flatten_conj(cx, &all.v[i], SIZE_MAX, &flat)) {
            for (size_t j = 0; j < flat.n; j++) {
                plain.cubes[plain.n++] = flat.cubes[j];
            }
        }
    }
    expr_clause_remove_duplicates(&plain);
    expr_clause_remove_subsumed(&plain);
    if (plain.n) {
        dnf_add(cx, &out, conj_from_clause(cx, plain));
    }
    return out;
}

/* a AND b.  Returns false if there is a contradiction. */
static bool
conj_and(struct cx *cx, const struct expr_conjunction *a,
         const struct expr_conjunction *b, struct expr_conjunction *out)
{
    if (a->n + b->n > MAX_RAW_CLAUSES) {
        cx->too_big = true;
        return false;
    }

    out->base = expr_cube_merge(&cx->arena, a->base, b->base);
    out->n = a->n + b->n;
    out->clauses = expr_alloc(&cx->arena, out->n * sizeof *out->clauses);
    for (size_t i = 0; i < out->n; i++) {
        out->clauses[i] = (i < a->n ? a->clauses[i] : b->clauses[i - a->n]);
    }
    return out->base != NULL;
}

static struct dnf
distribute(struct cx *cx, const struct dnf *a, const struct dnf *b)
{
    struct dnf out = { .n = 0 };

    for (size_t i = 0; i < a->n; i++) {
        for (size_t j = 0; j < b->n && !cx->too_big; j++) {
            struct expr_conjunction conj;

            if (conj_and(cx, &a->v[i], &b->v[j], &conj)) {
                dnf_add(cx, &out, conj);
            }
        }
    }
    return out;
}

/* The conjunctions in 'dnf' as one, by multiplying them out. */
static struct dnf
flatten(struct cx *cx, const struct dnf *dnf)
{
    struct expr_clause all = { .n = 0 };
    struct dnf out = { .n = 0 };

    for (size_t i = 0; i < dnf->n; i++) {
        struct expr_clause flat;

        if (!flatten_conj(cx, &dnf->v[i], EXPR_MAX_CUBES - all.n, &flat)) {
            cx->too_big = true;
            return out;
        }
        for (size_t j = 0; j < flat.n; j++) {
            clause_append(cx, &all, flat.cubes[j]);
        }
    }
    cx->n_cubes += all.n;
    if (cx->n_cubes > EXPR_MAX_CUBES) {
        cx->too_big = true;
    }
    expr_clause_remove_duplicates(&all);
    if (all.n) {
        dnf_add(cx, &out, conj_from_clause(cx, all));
    }
    return out;
}

/* acc AND kid, where 'kid' may be an OR. */
static struct dnf
and_in(struct cx *cx, const struct dnf *acc, const struct dnf *kid)
{
    if (kid->n > 1) {
        size_t product = dnf_weight(kid, false);
        size_t sum = dnf_weight(kid, true);

        if (product <= 4 * sum
            || saturating_mul(acc->n, kid->n) > MAX_DISTRIBUTE) {
            struct dnf flat = flatten(cx, kid);
            return distribute(cx, acc, &flat);
        }
    }
    return distribute(cx, acc, kid);
}

/* One conjunction for each member of the only clause of 'dnf'. */
static struct dnf
split(struct cx *cx, const struct dnf *dnf)
{
    const struct expr_clause *clause = dnf->v[0].clauses;
    struct dnf out = { .n = 0 };

    for (size_t i = 0; i < clause->n; i++) {
        dnf_add(cx, &out, conj_from_cube(clause->cubes[i]));
    }
    return out;
}

bool
expr_is_structural(enum mf_field_id id)
{
    return (id == MFF_ETH_TYPE || id == MFF_IP_PROTO
            || id == MFF_ICMPV4_TYPE || id == MFF_ICMPV6_TYPE
            || id == MFF_ICMPV6_CODE);
}

static bool
is_structural_leaf(const struct expr_node *node)
{
    return node->op == EXPR_LEAF && expr_is_structural(node->dim.mf);
}

/* Whether 'node', an AND, has a kid that OpenFlow can only match together with
 * structural fields. */
static bool
has_dependents(const struct expr_node *node)
{
    for (size_t i = 0; i < node->n_kids; i++) {
        const struct expr_node *kid = node->kids[i];

        if ((kid->op == EXPR_LEAF || kid->op == EXPR_SET)
            && mf_from_id(kid->dim.mf)->prereqs > MFP_ETHERNET) {
            return true;
        }
    }
    return false;
}

static struct dnf
normalize_and(struct cx *cx, const struct expr_node *node)
{
    bool dependents = has_dependents(node);
    struct dnf acc = { .n = 0 };

    dnf_add(cx, &acc, conj_from_cube(&empty_cube));
    for (size_t i = 0; i < node->n_kids && acc.n && !cx->too_big; i++) {
        struct dnf kid = normalize(cx, node->kids[i]);

        if (dependents && is_structural_leaf(node->kids[i])
            && kid.n == 1 && kid.v[0].n) {
            kid = split(cx, &kid);
            acc = distribute(cx, &acc, &kid);
        } else {
            acc = and_in(cx, &acc, &kid);
        }
    }

    struct dnf out = { .n = 0 };
    for (size_t i = 0; i < acc.n && !cx->too_big; i++) {
        if (tidy_conj(cx, &acc.v[i])) {
            dnf_add(cx, &out, acc.v[i]);
        }
    }
    return out;
}

static struct dnf
normalize(struct cx *cx, const struct expr_node *node)
{
    struct dnf dnf = { .n = 0 };

    switch (node->op) {
    case EXPR_FALSE:
        return dnf;
    case EXPR_TRUE:
        dnf_add(cx, &dnf, conj_from_cube(&empty_cube));
        return dnf;
    case EXPR_LEAF:
        return normalize_leaf(cx, node);
    case EXPR_AND:
        return normalize_and(cx, node);
    case EXPR_OR:
        return normalize_or(cx, node);
    case EXPR_PORT:
    case EXPR_SET:
    case EXPR_GROUP:
    case EXPR_RESIDENT:
        return normalize_symbolic(cx, node);
    }
    OVS_NOT_REACHED();
}

/* Finishing. */

/* Makes a clause of its own of each generator in the base of 'conj', if it has
 * anything to be combined with. */
static void
move_generators(struct cx *cx, struct expr_conjunction *conj)
{
    const struct expr_cube *base = conj->base;
    size_t n_gens = expr_count_generators(base);

    if (!n_gens || n_gens + conj->n < 2) {
        return;
    }

    struct expr_clause *clauses = expr_alloc(&cx->arena, (conj->n + n_gens)
                                             * sizeof *clauses);
    struct expr_cube *rest = new_cube(cx, base->n - n_gens);
    size_t n = 0;

    rest->n = 0;
    for (size_t i = 0; i < base->n; i++) {
        if ((base->terms[i].key & EXPR_KEY_TYPE) == EXPR_KEY_GEN) {
            struct expr_cube *cube = new_cube(cx, 1);

            cube->terms[0] = base->terms[i];
            clauses[n] = clause_new(cx, 1);
            clauses[n].cubes[clauses[n].n++] = cube;
            n++;
        } else {
            rest->terms[rest->n++] = base->terms[i];
        }
    }
    for (size_t i = 0; i < conj->n; i++) {
        clauses[n++] = conj->clauses[i];
    }
    conj->base = rest;
    conj->clauses = clauses;
    conj->n = n;
}

static int
compare_clauses(const void *a_, const void *b_)
{
    size_t a = expr_clause_weight(a_);
    size_t b = expr_clause_weight(b_);

    return a < b ? 1 : a > b ? -1 : 0;
}

/* Combines the smallest clauses until there are only as many as Open vSwitch
 * can do. */
static void
limit_clauses(struct cx *cx, struct expr_conjunction *conj)
{
    while (conj->n > EXPR_MAX_CLAUSES && !cx->too_big) {
        struct expr_clause *a = &conj->clauses[conj->n - 2];
        struct expr_clause *b = &conj->clauses[conj->n - 1];
        struct expr_clause product;

        qsort(conj->clauses, conj->n, sizeof *conj->clauses, compare_clauses);
        if (!expr_clause_product(&cx->arena, a, b, EXPR_MAX_CUBES, &product)) {
            cx->too_big = true;
        }
        *a = product;
        conj->n--;
    }
}

/* Multiplies out 'conj' if that makes not more flows than a conjunctive match.
 * (If it depends on names, only step 2 can tell.) */
static bool
is_better_flat(struct cx *cx, const struct expr_conjunction *conj,
               struct expr_clause *flat)
{
    if (conj->n <= 1) {
        return flatten_conj(cx, conj, SIZE_MAX, flat);
    }
    for (size_t i = 0; i < conj->n; i++) {
        if (expr_clause_is_symbolic(&conj->clauses[i])) {
            return false;
        }
    }

    size_t sum = expr_conj_weight(conj, true);
    return flatten_conj(cx, conj, 4 * sum, flat) && flat->n <= sum;
}

/* Divides 'dnf' into plain matches and what is better done by conjunctive
 * matches. */
static struct expr *
finish(struct cx *cx, struct dnf *dnf)
{
    struct expr_clause plain = { .n = 0 };
    struct dnf conjs = { .n = 0 };

    for (size_t i = 0; i < dnf->n && !cx->too_big; i++) {
        struct expr_conjunction *conj = &dnf->v[i];
        struct expr_clause flat;

        move_generators(cx, conj);
        if (!is_better_flat(cx, conj, &flat)) {
            limit_clauses(cx, conj);
            dnf_add(cx, &conjs, *conj);
        } else if (plain.n + flat.n > EXPR_MAX_CUBES) {
            cx->too_big = true;
        } else {
            for (size_t j = 0; j < flat.n; j++) {
                clause_append(cx, &plain, flat.cubes[j]);
            }
        }
    }
    if (cx->too_big) {
        return NULL;
    }
    expr_clause_remove_duplicates(&plain);
    expr_clause_remove_subsumed(&plain);
    return expr_create(&cx->names, &plain, conjs.v, conjs.n);
}

char *
expr_normalize(const struct expr_node *tree, struct expr **exprp)
{
    struct cx cx = {
        .names.ports = SHASH_INITIALIZER(&cx.names.ports),
        .names.residents = SHASH_INITIALIZER(&cx.names.residents),
        .names.sets = SHASH_INITIALIZER(&cx.names.sets),
        .names.groups = SHASH_INITIALIZER(&cx.names.groups),
        .names.generators = SHASH_INITIALIZER(&cx.names.generators),
    };
    struct dnf dnf = normalize(&cx, tree);

    *exprp = cx.too_big ? NULL : finish(&cx, &dnf);

    expr_arena_destroy(&cx.arena);
    shash_destroy(&cx.names.ports);
    shash_destroy(&cx.names.residents);
    shash_destroy(&cx.names.sets);
    shash_destroy(&cx.names.groups);
    shash_destroy_free_data(&cx.names.generators);
    return *exprp ? NULL : xasprintf("expression is too complex: it needs "
                                     "more than %d matches", EXPR_MAX_CUBES);
}
