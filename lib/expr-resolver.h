/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef LIB_EXPR_RESOLVER_H
#define LIB_EXPR_RESOLVER_H 1

/* Step 2 of the expression compiler, from the normal form to OpenFlow matches
 * for one datapath on this chassis (see lib/expr.h), in three parts that share
 * a "struct resolver"; private to them:
 *
 * - expr-names.c: what the names in the expression mean.
 * - expr-matches.c: from cubes and clauses with names to such without, the
 *   choice between products and conjunctive matches, and open sets.
 * - expr-emit.c: the list of matches, without two that are equal. */

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

/* expr-names.c */
void expr_resolve_names(struct resolver *);
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
