/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The list of matches that step 2 makes, without two that are equal.  See
 * lib/expr-resolver.h.
 *
 * A match can be a member of several conjunctive matches, but not of two
 * clauses of the same one; and an ordinary flow makes it superfluous as a
 * member of any. */

#include <config.h>
#include "lib/expr-resolver.h"

#include <stdlib.h>
#include <string.h>
#include "lib/logical.h"
#include "lib/u128.h"
#include "util.h"

/* Finds a match among the results by its content. */
struct match_index {
    struct hmap_node hmap_node;
    uint32_t index;             /* Into 'matches' and 'nodes'. */
};

void
expr_too_many(struct resolver *r)
{
    if (!r->error) {
        r->error = xasprintf("expression is too complex: it needs more than "
                             "%d flows", EXPR_MAX_MATCHES);
    }
}

const struct expr_cube *
expr_cube_from_term(struct expr_arena *arena, const struct expr_term *term)
{
    struct expr_cube *cube = expr_alloc(arena, expr_cube_size(1));

    cube->n = !ovs_u128_is_zero(term->mask);
    cube->terms[0] = *term;
    return cube;
}

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
        expr_too_many(r);
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
void
expr_emit_plain(struct resolver *r, const struct expr_cube *cube)
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
                                        expr_cube_from_term(&r->arena, &term));
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
void
expr_emit_member(struct resolver *r, const struct expr_cube *cube, uint32_t id,
            size_t clause, size_t n_clauses)
{
    const struct expr_conj conj = {
        .id = id, .clause = clause, .n_clauses = n_clauses
    };

    if (!try_emit_member(r, cube, &conj)) {
        emit_halves(r, cube, &conj);
    }
}

/* Emits the flow to run when conjunctive match 'id' is complete. */
void
expr_emit_conj_id(struct resolver *r, const struct expr_cube *base,
                  uint32_t id)
{
    append_match(r, base, id);
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

/* Finishes the result, unless there was an error, and frees what is not
 * needed any more. */
void
expr_emit_finish(struct resolver *r)
{
    if (!r->error) {
        collect_conjs(r);
    }
    for (size_t i = 0; i < r->out->n; i++) {
        free(r->nodes[i].conjs);
    }
    free(r->nodes);
    hmap_destroy(&r->by_match);
}
