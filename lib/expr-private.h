/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef LIB_EXPR_PRIVATE_H
#define LIB_EXPR_PRIVATE_H 1

/* What the passes of the expression compiler share; private to lib/expr*.c.
 *
 *     text --parse--> tree --annotate--> tree --simplify--> tree
 *          --normalize--> struct expr --to_matches--> struct expr_matches
 *
 * - expr-parse.c: the grammar; pushes '!' down to the leaves, so that trees
 *   have only AND, OR and leaves; expands predicates.
 * - expr-tree.c: trees, annotate (adds prerequisites), simplify (merges
 *   leaves about the same bits, folds constants), formatting.
 * - expr-normalize.c, expr-clause.c: brings a tree into normal form (see
 *   lib/expr.h).
 * - expr-matches.c, expr-names.c, expr-emit.c: step 2, see
 *   expr-resolver.h.
 * - expr-oxm.c: matches as OpenFlow wants them.
 * - expr-evaluate.c: whether an expression is true for one packet.
 * - microflow.c: the one packet for which an expression is true.
 * - expr-range.c: sets of integers, cubes, memory.
 * - expr.c: the list of passes, accessors. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/expr.h"
#include "lib/fields.h"
#include "openvswitch/shash.h"
#include "openvswitch/types.h"

struct lexer;

/* Memory of one compilation, or its result: freed all at once.  Initialise
 * with zeros, or with 'next_size' set for less than 4096 bytes to begin
 * with. */
struct expr_arena {
    struct expr_chunk *chunks;
    size_t next_size;           /* Of next chunk. */
    char *next;
    size_t left;
};
void *expr_alloc(struct expr_arena *, size_t);
void expr_arena_destroy(struct expr_arena *);

/* A set of integers: sorted and disjoint ranges. */
struct expr_range {
    ovs_u128 lo, hi;
};
struct expr_ranges {
    size_t n;
    struct expr_range *r;
};
void expr_ranges_sort(struct expr_ranges *, bool merge_adjacent);
struct expr_ranges expr_ranges_intersect(struct expr_arena *,
                                         const struct expr_ranges *,
                                         const struct expr_ranges *);
struct expr_ranges expr_ranges_complement(struct expr_arena *,
                                          const struct expr_ranges *,
                                          unsigned int width);
bool expr_ranges_is_full(const struct expr_ranges *, unsigned int width);

/* The largest block of the form VALUE/PREFIX that starts at 'lo' and ends at
 * or before 'hi'.  Returns the number of wildcarded bits. */
unsigned int expr_prefix_bits(ovs_u128 lo, ovs_u128 hi, unsigned int width);

/* Number of prefixes that cover 'ranges' exactly. */
size_t expr_ranges_count_prefixes(const struct expr_ranges *,
                                  unsigned int width);

/* Some bits of a field, as leaves speak about them.  Always in terms of the
 * widest view of registers. */
struct expr_dim {
    uint16_t mf;                /* enum mf_field_id. */
    uint16_t ofs;
    uint16_t n_bits;
    bool nominal;               /* Only single values can be matched. */
};
struct expr_dim expr_dim_from_ref(const struct field_ref *);

/* Trees.  A node never changes once it is part of a tree, so trees can share
 * nodes. */
enum expr_op {
    EXPR_FALSE,
    EXPR_TRUE,
    EXPR_LEAF,                  /* 'dim' is in 'ranges'. */
    EXPR_PORT,                  /* 'dim' is port 'name'. */
    EXPR_SET,                   /* 'dim' is [not] in address set 'name'. */
    EXPR_GROUP,                 /* 'dim' is in port group 'name'. */
    EXPR_RESIDENT,              /* Port 'name' is [not] here. */
    EXPR_AND,
    EXPR_OR,
};

struct expr_node {
    enum expr_op op;
    const struct field_symbol *symbol; /* Add its prerequisites. */
    bool negated;               /* EXPR_SET, EXPR_RESIDENT. */
    struct expr_dim dim;
    struct expr_ranges ranges;
    const char *name;
    struct expr_node **kids;    /* EXPR_AND, EXPR_OR. */
    size_t n_kids;
};

struct expr_node *expr_node_new(struct expr_arena *, enum expr_op);
struct expr_node *expr_node_pair(struct expr_arena *, enum expr_op,
                                 struct expr_node *, struct expr_node *);
void expr_node_format(const struct expr_node *, struct ds *);

/* A growing list of nodes, in malloc()'d memory. */
struct expr_nodes {
    struct expr_node **nodes;
    size_t n, allocated;
};
void expr_nodes_add(struct expr_nodes *, struct expr_node *);

/* An AND or OR of 'nodes', whose memory it frees; with 1 node, that node; with
 * none, TRUE or FALSE. */
struct expr_node *expr_node_join(struct expr_arena *, enum expr_op,
                                 struct expr_nodes *nodes);

/* Passes over trees. */

/* Parses a whole expression; returns NULL if there is an error in 'lexer'. */
struct expr_node *expr_parse_tree(struct expr_arena *, struct lexer *,
                                  const struct field_symtab *);
struct expr_node *expr_annotate(struct expr_arena *, struct expr_node *,
                                const struct field_symtab *);
struct expr_node *expr_simplify(struct expr_arena *, struct expr_node *);

/* The condition that all of 'set' be true, ready to be put into a tree. */
struct expr_node *expr_prereqs_tree(struct expr_arena *,
                                    const struct field_symtab *,
                                    const struct field_set *set);

/* Normal form.
 *
 * The key of a term is a field, or stands for something only known in
 * step 2. */
#define EXPR_KEY_MF     0x00000000 /* + MFF_*. */
#define EXPR_KEY_PORT   0x10000000 /* + MFF_*; value: index into ports. */
#define EXPR_KEY_RESIDENT 0x20000000 /* + index into residents; 0 or 1. */
#define EXPR_KEY_GEN    0x30000000 /* + index into generators; no value. */
#define EXPR_KEY_TYPE   0xf0000000
#define EXPR_KEY_INDEX  0x0fffffff

/* A plain match: AND of terms.  Sorted by key, keys unique. */
struct expr_cube {
    uint32_t n;
    struct expr_term terms[];
};
size_t expr_cube_size(uint32_t n_terms);

/* a AND b, or NULL if that is impossible. */
struct expr_cube *expr_cube_merge(struct expr_arena *,
                                  const struct expr_cube *a,
                                  const struct expr_cube *b);

/* Whether every packet that matches 'a' matches 'b'. */
bool expr_cube_implies(const struct expr_cube *a, const struct expr_cube *b);
bool expr_cube_equals(const struct expr_cube *a, const struct expr_cube *b);
uint32_t expr_cube_hash(const struct expr_cube *);

/* OR of cubes. */
struct expr_clause {
    size_t n;
    const struct expr_cube **cubes;
};

/* Base AND each of the clauses. */
struct expr_conjunction {
    const struct expr_cube *base;
    size_t n;
    struct expr_clause *clauses;
};

/* Stands for many values that are known only in step 2. */
struct expr_generator {
    uint32_t index;             /* Into 'generators' of struct expr. */
    enum expr_op op;            /* EXPR_SET or EXPR_GROUP. */
    bool negated;
    const char *name;
    struct expr_dim dim;
    bool openable;              /* See expr-open.c. */
};

/* Sorted names, NULL-terminated for users. */
struct expr_names {
    const char **names;
    size_t n;
};

/* The result of step 1: 'plain' OR any of 'conjs'. */
struct expr {
    struct expr_clause plain;
    struct expr_conjunction *conjs;
    size_t n_conjs;

    struct expr_generator *generators;
    size_t n_generators;
    struct expr_names ports;    /* Tested by ==. */
    struct expr_names residents;
    struct expr_names sets;
    struct expr_names groups;

    struct expr_arena arena;    /* All of the above. */
    size_t size;
};

/* Names that an expression refers to.  The data are indexes into the arrays of
 * struct expr; for generators, "struct expr_generator *"s. */
struct expr_name_tables {
    struct shash ports, residents, sets, groups, generators;
};

/* Makes an expression with memory of its own from copies of all that. */
struct expr *expr_create(const struct expr_name_tables *,
                         const struct expr_clause *plain,
                         const struct expr_conjunction *conjs,
                         size_t n_conjs);

/* Finds out which generators of 'expr' can be open. */
void expr_find_openable(struct expr *expr);

/* Makes '*exprp' from 'tree'.  Returns NULL or an error. */
char *expr_normalize(const struct expr_node *tree, struct expr **exprp);

/* Whether OpenFlow can match on 'a' only together with other fields, or is one
 * of these other fields. */
bool expr_is_structural(enum mf_field_id);

/* Lists of up to this many cubes are checked for those that another makes
 * superfluous. */
#define EXPR_MAX_SUBSUME 128

bool expr_clause_is_symbolic(const struct expr_clause *);

/* How many flows something will become, roughly, to decide how to combine
 * it. */
size_t expr_count_generators(const struct expr_cube *);
size_t expr_clause_weight(const struct expr_clause *);
size_t expr_conj_weight(const struct expr_conjunction *, bool as_sum);

bool expr_clause_has(const struct expr_clause *, const struct expr_cube *);

/* Remove cubes that equal, or imply, another one. */
void expr_clause_remove_duplicates(struct expr_clause *);
void expr_clause_remove_subsumed(struct expr_clause *);

/* Product of two lists of cubes without contradictions and duplicates.  Stops
 * at more than 'max' cubes and then returns false. */
bool expr_clause_product(struct expr_arena *, const struct expr_clause *a,
                         const struct expr_clause *b, size_t max,
                         struct expr_clause *product);

static inline size_t
saturating_mul(size_t a, size_t b)
{
    return a && b > SIZE_MAX / a ? SIZE_MAX : a * b;
}

#endif /* lib/expr-private.h */
