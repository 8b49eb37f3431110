/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef LIB_EXPR_RESOLVER_H
#define LIB_EXPR_RESOLVER_H 1

/* Step 2 of the expression compiler, from the normal form to OpenFlow matches
 * for one datapath on this chassis (see lib/expr.h), in four parts that share
 * a "struct resolver"; private to them:
 *
 * - expr-names.c: what the names in the expression mean.
 * - expr-matches.c: from cubes and clauses with names to such without, and the
 *   choice between products and conjunctive matches.
 * - expr-emit.c: the list of matches, without two that are equal.
 * - expr-open.c: what a member of an open set adds. */

#include "lib/expr-private.h"
#include "openvswitch/hmap.h"

/* The values that a generator stands for, as terms with its field as key. */
struct values {
    struct expr_term *v;
    size_t n, allocated;
};

/* The conjunctions that a match among the results takes part in, until they
 * are all known. */
struct match_node {
    struct expr_conj *conjs;
    size_t n_conjs, allocated_conjs;
};

/* Where a member of an open set is missing. */
struct hole {
    const struct expr_cube *cube;
    uint32_t gen;               /* Index into expr->generators. */
    struct expr_conj conj;      /* 'n_clauses' is 0 for an ordinary flow. */
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
    bool *open;                 /* Likewise: left out, see expr_env. */

    struct hmap by_match;
    struct match_node *nodes;   /* As out->matches. */
    size_t allocated_nodes;

    struct hole *holes;
    size_t n_holes, allocated_holes;
};

/* expr-matches.c */

/* Runs step 2; the caller must expr_resolver_destroy() '*r', and free
 * r->error, if it is nonnull, and otherwise '*matches'. */
void expr_resolve(struct resolver *r, const struct expr *,
                  const struct expr_env *, struct expr_matches *matches);
void expr_resolver_destroy(struct resolver *);

/* expr-names.c */
void expr_resolve_names(struct resolver *);
bool expr_is_possible(const struct resolver *, enum mf_field_id, bool group,
                      const char *name);
void expr_forget_names(struct resolver *);

/* expr-emit.c */
void expr_too_many(struct resolver *);
const struct expr_cube *expr_cube_from_term(struct expr_arena *,
                                            const struct expr_term *);
void expr_emit_plain(struct resolver *, const struct expr_cube *);
void expr_emit_member(struct resolver *, const struct expr_cube *,
                      uint32_t id, size_t clause, size_t n_clauses);
void expr_emit_conj_id(struct resolver *, const struct expr_cube *,
                       uint32_t id);
void expr_emit_finish(struct resolver *);

#endif /* lib/expr-resolver.h */
