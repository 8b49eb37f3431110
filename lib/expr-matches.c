/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Step 2 of the expression compiler: from the normal form to OpenFlow matches
 * for one datapath on this chassis.  See lib/expr.h. */

#include <config.h>
#include "lib/expr-private.h"

#include <stdlib.h>
#include <string.h>
#include "lib/logical.h"
#include "lib/u128.h"
#include "openvswitch/hmap.h"
#include "openvswitch/meta-flow.h"
#include "util.h"

/* The values that a generator stands for, as terms with its field as key. */
struct values {
    struct expr_term *v;
    size_t n, allocated;
};

/* A list of resolved cubes. */
struct cubes {
    const struct expr_cube **v;
    size_t n, allocated;
};

/* The conjunctions that a match among the results takes part in, until they
 * are all known. */
struct match_node {
    struct expr_conj *conjs;
    size_t n_conjs, allocated_conjs;
};

/* Finds a match among the results by its content. */
struct match_index {
    struct hmap_node hmap_node;
    uint32_t index;             /* Into 'matches' and 'nodes'. */
};

struct resolver {
    const struct expr *expr;
    const struct expr_env *env;
    struct expr_matches *out;
    struct expr_arena arena;
    char *error;

    struct {
        bool exists;
        unsigned int key;
    } *ports;                   /* As expr->ports. */
    bool *residents;            /* As expr->residents. */
    struct values *values;      /* As expr->generators. */

    struct hmap by_match;
    struct match_node *nodes;   /* As out->matches. */
    size_t allocated_nodes;
};

/* Names. */

static void
add_value(struct values *values, uint32_t key, ovs_u128 value, ovs_u128 mask)
{
    if (values->n >= values->allocated) {
        values->v = x2nrealloc(values->v, &values->allocated,
                               sizeof *values->v);
    }
    values->v[values->n++] = (struct expr_term) {
        .key = key, .value = value, .mask = mask
    };
}

/* Replaces each of 'values' by what of it does not match 'c', whose mask is
 * not a prefix. */
static void
subtract(struct values *values, const struct expr_dim *dim,
         const struct expr_constant *c)
{
    struct values out = { .n = 0 };

    for (size_t i = 0; i < values->n; i++) {
        /* "Not all bits are equal" is: the first bit differs, or the first is
         * equal and the second differs, and so on. */
        struct expr_term t = values->v[i];
        unsigned int bit;

        for (bit = dim->n_bits; bit-- > 0; ) {
            if (!u128_bit(c->mask, bit)) {
                continue;
            }
            ovs_u128 m = u128_shl(u128_from_u64(1), dim->ofs + bit);
            ovs_u128 v = u128_bit(c->value, bit) ? m : OVS_U128_ZERO;
            ovs_u128 other = u128_xor(v, m);
            ovs_u128 fixed = ovs_u128_and(t.mask, m);

            if (!ovs_u128_is_zero(fixed)) {
                if (!ovs_u128_equals(ovs_u128_and(t.value, m), v)) {
                    add_value(&out, t.key, t.value, t.mask);
                    break;
                }
                continue;
            }
            add_value(&out, t.key, u128_or(t.value, other),
                      u128_or(t.mask, m));
            t.value = u128_or(t.value, v);
            t.mask = u128_or(t.mask, m);
        }
        if (out.n > EXPR_MAX_MATCHES) {
            break;
        }
    }
    free(values->v);
    *values = out;
}

static bool
is_prefix_mask(ovs_u128 mask, unsigned int width)
{
    ovs_u128 wild = ovs_u128_and(u128_not(mask), u128_ones(width));

    return ovs_u128_is_zero(ovs_u128_and(wild, u128_inc(wild)));
}

/* The values not in 'set'. */
static void
resolve_negated_set(struct resolver *r, const struct expr_generator *gen,
                    const struct expr_constants *set, struct values *values)
{
    const struct expr_dim *dim = &gen->dim;
    struct expr_ranges in = {
        .r = expr_alloc(&r->arena, set->n * sizeof *in.r)
    };

    for (size_t i = 0; i < set->n; i++) {
        const struct expr_constant *c = &set->constants[i];

        if (c->width == dim->n_bits && is_prefix_mask(c->mask, c->width)) {
            ovs_u128 wild = ovs_u128_and(u128_not(c->mask),
                                         u128_ones(c->width));
            in.r[in.n++] = (struct expr_range) {
                c->value, u128_or(c->value, wild)
            };
        }
    }
    expr_ranges_sort(&in, true);

    struct expr_ranges out = expr_ranges_complement(&r->arena, &in,
                                                    dim->n_bits);
    for (size_t i = 0; i < out.n; i++) {
        const struct expr_range *x = &out.r[i];

        for (ovs_u128 lo = x->lo; ; lo = u128_inc(lo)) {
            unsigned int bits = expr_prefix_bits(lo, x->hi, dim->n_bits);
            ovs_u128 mask = u128_xor(u128_ones(dim->n_bits), u128_ones(bits));

            add_value(values, EXPR_KEY_MF | dim->mf, u128_shl(lo, dim->ofs),
                      u128_shl(mask, dim->ofs));
            lo = u128_or(lo, u128_ones(bits));
            if (ovs_u128_equals(lo, x->hi)) {
                break;
            }
        }
    }

    for (size_t i = 0; i < set->n; i++) {
        const struct expr_constant *c = &set->constants[i];

        if (c->width == dim->n_bits && !is_prefix_mask(c->mask, c->width)) {
            subtract(values, dim, c);
        }
    }
}

static void
resolve_set(struct resolver *r, const struct expr_generator *gen,
            struct values *values)
{
    const struct expr_env *env = r->env;
    const struct expr_constants *set
        = env->address_set ? env->address_set(env->aux, gen->name) : NULL;

    if (!set) {
        r->error = xasprintf("address set $%s does not exist", gen->name);
        return;
    }
    for (size_t i = 0; i < set->n; i++) {
        const struct expr_constant *c = &set->constants[i];

        if (c->width != gen->dim.n_bits) {
            r->out->n_unfit++;
        } else if (!gen->negated) {
            add_value(values, EXPR_KEY_MF | gen->dim.mf,
                      u128_shl(c->value, gen->dim.ofs),
                      u128_shl(c->mask, gen->dim.ofs));
        }
    }
    if (gen->negated) {
        resolve_negated_set(r, gen, set, values);
    }
}

static bool
lookup_port(const struct resolver *r, const char *name, unsigned int *key)
{
    return r->env->lookup_port && r->env->lookup_port(r->env->aux, name, key);
}

static void
resolve_group(struct resolver *r, const struct expr_generator *gen,
              struct values *values)
{
    const struct expr_env *env = r->env;
    const char *const *group = (env->port_group
                                ? env->port_group(env->aux, gen->name) : NULL);

    if (!group) {
        r->error = xasprintf("port group @%s does not exist", gen->name);
        return;
    }
    for (; *group; group++) {
        unsigned int key;

        if (lookup_port(r, *group, &key)) {
            add_value(values, EXPR_KEY_MF | gen->dim.mf, u128_from_u64(key),
                      u128_ones(gen->dim.n_bits));
        }
    }
}

/* Finds out what all names in the expression mean. */
static void
resolve_names(struct resolver *r)
{
    const struct expr *expr = r->expr;

    r->ports = expr_alloc(&r->arena, expr->ports.n * sizeof *r->ports);
    for (size_t i = 0; i < expr->ports.n; i++) {
        r->ports[i].exists = lookup_port(r, expr->ports.names[i],
                                         &r->ports[i].key);
    }

    r->residents = expr_alloc(&r->arena,
                              expr->residents.n * sizeof *r->residents);
    for (size_t i = 0; i < expr->residents.n; i++) {
        r->residents[i] = (r->env->is_chassis_resident
                           && r->env->is_chassis_resident(
                               r->env->aux, expr->residents.names[i]));
    }

    r->values = xcalloc(MAX(expr->n_generators, 1), sizeof *r->values);
    for (size_t i = 0; i < expr->n_generators && !r->error; i++) {
        const struct expr_generator *gen = &expr->generators[i];

        if (gen->op == EXPR_SET) {
            resolve_set(r, gen, &r->values[i]);
        } else {
            resolve_group(r, gen, &r->values[i]);
        }
    }
}

/* Cubes. */

static void
too_many(struct resolver *r)
{
    if (!r->error) {
        r->error = xasprintf("expression is too complex: it needs more than "
                             "%d flows", EXPR_MAX_MATCHES);
    }
}

static void
add_cube(struct resolver *r, struct cubes *cubes, const struct expr_cube *cube)
{
    if (cubes->n >= cubes->allocated) {
        cubes->v = x2nrealloc(cubes->v, &cubes->allocated, sizeof *cubes->v);
    }
    cubes->v[cubes->n++] = cube;
    if (cubes->n > EXPR_MAX_MATCHES) {
        too_many(r);
    }
}

static const struct expr_cube *
cube_from_term(struct expr_arena *arena, const struct expr_term *term)
{
    struct expr_cube *cube = expr_alloc(arena, expr_cube_size(1));

    cube->n = !ovs_u128_is_zero(term->mask);
    cube->terms[0] = *term;
    return cube;
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
    const struct values *values;
    struct expr_term t;

    switch (term->key & EXPR_KEY_TYPE) {
    case EXPR_KEY_PORT:
        if (r->ports[term->value.u64.lo].exists) {
            t.key = EXPR_KEY_MF | index;
            t.value = u128_from_u64(r->ports[term->value.u64.lo].key);
            t.mask = u128_ones(mf_from_id(index)->n_bits);
            done = expr_cube_merge(&r->arena, done,
                                   cube_from_term(&r->arena, &t));
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
        values = &r->values[index];
        for (size_t j = 0; j < values->n; j++) {
            const struct expr_cube *next = expr_cube_merge(
                &r->arena, done, cube_from_term(&r->arena, &values->v[j]));
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

/* Results. */

static bool
match_equals(const struct expr_matches *out, uint32_t index,
             const struct expr_cube *cube)
{
    const struct expr_match *m = &out->matches[index];

    if (m->n_terms != cube->n || m->conj_id >= 0) {
        return false;
    }
    for (size_t i = 0; i < cube->n; i++) {
        const struct expr_term *a = &out->terms[m->ofs + i];
        const struct expr_term *b = &cube->terms[i];

        if (a->key != b->key || !ovs_u128_equals(a->value, b->value)
            || !ovs_u128_equals(a->mask, b->mask)) {
            return false;
        }
    }
    return true;
}

/* Adds a new match that 'cube' says. */
static struct match_node *
append_match(struct resolver *r, const struct expr_cube *cube, int32_t conj_id)
{
    struct expr_matches *out = r->out;

    if (out->n >= out->allocated) {
        out->matches = x2nrealloc(out->matches, &out->allocated,
                                  sizeof *out->matches);
    }
    if (out->n >= r->allocated_nodes) {
        r->nodes = xrealloc(r->nodes, out->allocated * sizeof *r->nodes);
        r->allocated_nodes = out->allocated;
    }
    if (out->n >= EXPR_MAX_MATCHES) {
        too_many(r);
    }

    struct expr_match *m = &out->matches[out->n];
    *m = (struct expr_match) {
        .n_terms = cube->n,
        .conj_id = conj_id,
        .ofs = out->n_terms,
    };
    while (out->n_terms + cube->n > out->allocated_terms) {
        out->terms = x2nrealloc(out->terms, &out->allocated_terms,
                                sizeof *out->terms);
    }
    if (cube->n) {
        memcpy(&out->terms[out->n_terms], cube->terms,
               cube->n * sizeof *cube->terms);
    }
    out->n_terms += cube->n;

    struct match_node *node = &r->nodes[out->n];
    *node = (struct match_node) { .n_conjs = 0 };
    out->n++;
    return node;
}

static struct match_node *
find_match(struct resolver *r, const struct expr_cube *cube, uint32_t hash)
{
    const struct match_index *found;

    HMAP_FOR_EACH_WITH_HASH (found, hmap_node, hash, &r->by_match) {
        if (match_equals(r->out, found->index, cube)) {
            return &r->nodes[found->index];
        }
    }
    return NULL;
}

static struct match_node *
find_or_add_match(struct resolver *r, const struct expr_cube *cube,
                  bool *is_new)
{
    uint32_t hash = expr_cube_hash(cube);
    struct match_node *node = find_match(r, cube, hash);

    *is_new = !node;
    if (!node) {
        struct match_index *found = expr_alloc(&r->arena, sizeof *found);

        found->index = r->out->n;
        hmap_insert(&r->by_match, &found->hmap_node, hash);
        node = append_match(r, cube, -1);
    }
    return node;
}

/* Emits an ordinary flow.  If the same match is already part of a conjunctive
 * match, the ordinary flow replaces it: it does the same, and earlier. */
static void
emit_plain(struct resolver *r, const struct expr_cube *cube)
{
    bool is_new;
    struct match_node *node = find_or_add_match(r, cube, &is_new);

    free(node->conjs);
    node->conjs = NULL;
    node->n_conjs = node->allocated_conjs = 0;
}

/* The conjunction with 'id' in 'node', or NULL. */
static const struct expr_conj *
find_conj(const struct match_node *node, uint32_t id)
{
    for (size_t i = 0; i < node->n_conjs; i++) {
        if (node->conjs[i].id == id) {
            return &node->conjs[i];
        }
    }
    return NULL;
}

/* Emits 'cube' with 'conj', unless there is an ordinary flow for it.  Returns
 * false if the flow is already in another clause of the same conjunctive
 * match. */
static bool
try_emit_member(struct resolver *r, const struct expr_cube *cube,
                const struct expr_conj *conj)
{
    bool is_new;
    struct match_node *node = find_or_add_match(r, cube, &is_new);
    const struct expr_conj *old = find_conj(node, conj->id);

    if (old) {
        return old->clause == conj->clause;
    } else if (is_new || node->n_conjs) {
        if (node->n_conjs >= node->allocated_conjs) {
            node->conjs = x2nrealloc(node->conjs, &node->allocated_conjs,
                                     sizeof *node->conjs);
        }
        node->conjs[node->n_conjs++] = *conj;
    }
    return true;
}

/* Whether 'cube' is not yet in the conjunctive match 'id'. */
static bool
is_free(struct resolver *r, const struct expr_cube *cube, uint32_t id)
{
    struct match_node *node = find_match(r, cube, expr_cube_hash(cube));

    return !node || (node->n_conjs && !find_conj(node, id));
}

/* Emits 'cube', which is also in another clause of the same conjunctive match.
 *
 * Open vSwitch wants as many different flows as there are clauses.  So this
 * divides 'cube' into two halves, by a bit that does not matter.  A bit of a
 * register does not show up in datapath flows. */
static void
emit_halves(struct resolver *r, const struct expr_cube *cube,
            const struct expr_conj *conj)
{
    for (unsigned int bit = 0; bit < 128; bit++) {
        const struct expr_cube *halves[2];

        for (int i = 0; i < 2; i++) {
            ovs_u128 mask = u128_shl(u128_from_u64(1), bit);
            struct expr_term term = {
                .key = EXPR_KEY_MF | MFF_XXREG1,
                .value = i ? mask : OVS_U128_ZERO,
                .mask = mask,
            };

            halves[i] = expr_cube_merge(&r->arena, cube,
                                        cube_from_term(&r->arena, &term));
        }
        if (halves[0] && halves[1] && is_free(r, halves[0], conj->id)
            && is_free(r, halves[1], conj->id)) {
            try_emit_member(r, halves[0], conj);
            try_emit_member(r, halves[1], conj);
            return;
        }
    }
    if (!r->error) {
        r->error = xstrdup("expression is too complex: too many clauses "
                           "share a match");
    }
}

/* Emits a member of a clause. */
static void
emit_member(struct resolver *r, const struct expr_cube *cube, uint32_t id,
            size_t clause, size_t n_clauses)
{
    const struct expr_conj conj = {
        .id = id, .clause = clause, .n_clauses = n_clauses
    };

    if (!try_emit_member(r, cube, &conj)) {
        emit_halves(r, cube, &conj);
    }
}

/* Conjunctions. */

/* Merges 'base' into each member of 'clause', dropping contradictions and
 * duplicates. */
static void
merge_base(struct resolver *r, const struct expr_cube *base,
           struct expr_clause *clause)
{
    const struct expr_clause b = { .n = 1, .cubes = &base };
    struct expr_clause product;

    expr_clause_product(&r->arena, &b, clause, SIZE_MAX, &product);
    *clause = product;
}

/* The members of 'clause' in this environment. */
static struct expr_clause
resolve_clause(struct resolver *r, const struct expr_clause *clause)
{
    struct cubes cubes = { .n = 0 };

    for (size_t i = 0; i < clause->n && !r->error; i++) {
        resolve_cube(r, clause->cubes[i], &cubes);
    }

    struct expr_clause out = {
        .n = cubes.n,
        .cubes = expr_alloc(&r->arena, cubes.n * sizeof *out.cubes),
    };
    if (cubes.n) {
        memcpy(out.cubes, cubes.v, cubes.n * sizeof *out.cubes);
    }
    free(cubes.v);
    return out;
}

static bool
has_cube(const struct expr_clause *clause, const struct expr_cube *cube)
{
    for (size_t i = 0; i < clause->n; i++) {
        if (expr_cube_equals(clause->cubes[i], cube)) {
            return true;
        }
    }
    return false;
}

/* Emits the product of 'base' and 'clauses' if it is not larger than the
 * conjunctive match. */
static bool
emit_product(struct resolver *r, const struct expr_cube *base,
             const struct expr_clause *clauses, size_t n)
{
    struct expr_clause acc = { .n = 1, .cubes = &base };
    size_t sum = 1;

    for (size_t i = 0; i < n; i++) {
        sum += clauses[i].n;
    }
    for (size_t i = 0; i < n; i++) {
        struct expr_clause product;

        if (n > 1 && !expr_clause_product(&r->arena, &acc, &clauses[i], sum,
                                          &product)) {
            return false;
        } else if (n == 1) {
            product = clauses[0];
        }
        acc = product;
    }
    for (size_t i = 0; i < acc.n; i++) {
        emit_plain(r, acc.cubes[i]);
    }
    return true;
}

static void
emit_conjunction(struct resolver *r, uint32_t id, const struct expr_cube *base,
                 const struct expr_conjunction *conj)
{
    struct expr_clause clauses[EXPR_MAX_CLAUSES];
    size_t n = 0;

    for (size_t i = 0; i < conj->n; i++) {
        struct expr_clause clause = resolve_clause(r, &conj->clauses[i]);

        if (r->error) {
            return;
        }
        merge_base(r, base, &clause);
        if (!clause.n) {
            return;
        } else if (has_cube(&clause, base)) {
            continue;
        } else if (clause.n == 1) {
            base = clause.cubes[0];
        } else {
            clauses[n++] = clause;
        }
    }

    /* The base may have grown since the first clauses were resolved. */
    for (size_t i = 0; i < n; i++) {
        merge_base(r, base, &clauses[i]);
        if (!clauses[i].n) {
            return;
        }
    }

    if (emit_product(r, base, clauses, n)) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < clauses[i].n && !r->error; j++) {
            emit_member(r, clauses[i].cubes[j], id, i, n);
        }
    }
    append_match(r, base, id);
}

static void
emit_all(struct resolver *r)
{
    const struct expr *expr = r->expr;
    struct expr_clause plain = resolve_clause(r, &expr->plain);

    for (size_t i = 0; i < plain.n && !r->error; i++) {
        emit_plain(r, plain.cubes[i]);
    }
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

/* Moves the conjunctions that were collected in 'nodes' into the result. */
static void
collect_conjs(struct resolver *r)
{
    struct expr_matches *out = r->out;
    size_t n = 0;

    for (size_t i = 0; i < out->n; i++) {
        n += r->nodes[i].n_conjs;
    }
    out->conjs = n ? xmalloc(n * sizeof *out->conjs) : NULL;
    n = 0;
    for (size_t i = 0; i < out->n; i++) {
        struct match_node *node = &r->nodes[i];

        if (node->n_conjs) {
            memcpy(&out->conjs[n], node->conjs,
                   node->n_conjs * sizeof *node->conjs);
            out->matches[i].conjs = &out->conjs[n];
            out->matches[i].n_conjs = node->n_conjs;
            n += node->n_conjs;
        }
    }
}

char *
expr_to_matches(const struct expr *expr, const struct expr_env *env,
                struct expr_matches *matches)
{
    struct resolver r = {
        .expr = expr,
        .env = env,
        .out = matches,
        .by_match = HMAP_INITIALIZER(&r.by_match),
    };

    *matches = (struct expr_matches) { .n_conj_ids = expr->n_conjs };
    resolve_names(&r);
    if (!r.error) {
        emit_all(&r);
    }
    if (!r.error) {
        collect_conjs(&r);
    }

    for (size_t i = 0; i < matches->n; i++) {
        free(r.nodes[i].conjs);
    }
    free(r.nodes);
    for (size_t i = 0; i < expr->n_generators; i++) {
        free(r.values[i].v);
    }
    free(r.values);
    hmap_destroy(&r.by_match);
    expr_arena_destroy(&r.arena);
    if (r.error) {
        expr_matches_destroy(matches);
    }
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

void
expr_match_get(const struct expr_matches *matches, size_t i,
               struct match *match)
{
    const struct expr_match *m = &matches->matches[i];

    match_init_catchall(match);
    for (size_t j = 0; j < m->n_terms; j++) {
        const struct expr_term *term = &matches->terms[m->ofs + j];
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
