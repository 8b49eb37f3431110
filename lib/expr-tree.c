/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Trees of the expression compiler, and the passes that turn trees into
 * trees: annotate and simplify.  See lib/expr-private.h. */

#include <config.h>
#include "lib/expr-private.h"

#include <stdlib.h>
#include <string.h>
#include "lib/lex.h"
#include "lib/u128.h"
#include "ovs-thread.h"
#include "util.h"

struct expr_node *
expr_node_new(struct expr_arena *arena, enum expr_op op)
{
    struct expr_node *node = expr_alloc(arena, sizeof *node);

    memset(node, 0, sizeof *node);
    node->op = op;
    return node;
}

struct expr_node *
expr_node_pair(struct expr_arena *arena, enum expr_op op,
               struct expr_node *a, struct expr_node *b)
{
    struct expr_node *node = expr_node_new(arena, op);

    node->n_kids = 2;
    node->kids = expr_alloc(arena, 2 * sizeof *node->kids);
    node->kids[0] = a;
    node->kids[1] = b;
    return node;
}

void
expr_nodes_add(struct expr_nodes *nodes, struct expr_node *node)
{
    if (nodes->n >= nodes->allocated) {
        nodes->nodes = x2nrealloc(nodes->nodes, &nodes->allocated,
                                  sizeof *nodes->nodes);
    }
    nodes->nodes[nodes->n++] = node;
}

struct expr_node *
expr_node_join(struct expr_arena *arena, enum expr_op op,
               struct expr_nodes *nodes)
{
    struct expr_node *node;

    if (!nodes->n) {
        node = expr_node_new(arena, op == EXPR_AND ? EXPR_TRUE : EXPR_FALSE);
    } else if (nodes->n == 1) {
        node = nodes->nodes[0];
    } else {
        size_t size = nodes->n * sizeof *node->kids;

        node = expr_node_new(arena, op);
        node->kids = expr_alloc(arena, size);
        node->n_kids = nodes->n;
        memcpy(node->kids, nodes->nodes, size);
    }
    free(nodes->nodes);
    *nodes = (struct expr_nodes) { .n = 0 };
    return node;
}

struct expr_dim
expr_dim_from_ref(const struct field_ref *ref)
{
    const struct field_symbol *symbol = ref->symbol;

    return (struct expr_dim) {
        .mf = symbol->wide_mf->id,
        .ofs = symbol->wide_ofs + ref->ofs,
        .n_bits = symbol->is_string ? symbol->mf->n_bits : ref->n_bits,
        .nominal = symbol->level == FIELD_NOMINAL,
    };
}

/* Annotate: adds its prerequisites to each use of a symbol.
 *
 * This happens after '!' was pushed to the leaves, because prerequisites are
 * not to be negated: "!(tcp.dst == 80)" is still about TCP packets. */

/* The prerequisites of each symbol as simplified trees, made once. */
struct prereqs {
    const struct field_symtab *symtab;
    struct expr_node *trees[FIELD_MAX_SYMBOLS];
};
static struct expr_arena prereqs_arena;
static struct prereqs prereqs_tables[2];

static struct expr_node *
annotate__(struct expr_arena *arena, const struct prereqs *prereqs,
           struct expr_node *node)
{
    if (node->op == EXPR_AND || node->op == EXPR_OR) {
        struct expr_nodes kids = { .n = 0 };

        for (size_t i = 0; i < node->n_kids; i++) {
            expr_nodes_add(&kids, annotate__(arena, prereqs, node->kids[i]));
        }
        return expr_node_join(arena, node->op, &kids);
    }
    if (!node->symbol || !prereqs->trees[node->symbol->id]) {
        return node;
    }
    return expr_node_pair(arena, EXPR_AND, node,
                          prereqs->trees[node->symbol->id]);
}

/* The tree for 'text', a PREREQS or predicate from fields.def. */
static struct expr_node *
tree_from_text(struct expr_arena *arena, const struct prereqs *prereqs,
               const char *text)
{
    struct lexer lexer;

    lexer_init(&lexer, text);
    struct expr_node *node = expr_parse_tree(arena, &lexer, prereqs->symtab);
    ovs_assert(node && !lexer.error);
    lexer_destroy(&lexer);

    return expr_simplify(arena, annotate__(arena, prereqs, node));
}

static const struct prereqs *
get_prereqs(const struct field_symtab *symtab)
{
    static struct ovsthread_once once = OVSTHREAD_ONCE_INITIALIZER;

    if (ovsthread_once_start(&once)) {
        prereqs_tables[0].symtab = logical_symtab();
        prereqs_tables[1].symtab = logical_symtab_ct();
        for (size_t i = 0; i < ARRAY_SIZE(prereqs_tables); i++) {
            struct prereqs *p = &prereqs_tables[i];

            for (size_t id = 0; id < field_count(p->symtab); id++) {
                const struct field_symbol *s = field_get(p->symtab, id);
                p->trees[id] = (s->prereqs
                                ? tree_from_text(&prereqs_arena, p,
                                                 s->prereqs)
                                : NULL);
            }
        }
        ovsthread_once_done(&once);
    }

    for (size_t i = 0; i < ARRAY_SIZE(prereqs_tables); i++) {
        if (prereqs_tables[i].symtab == symtab) {
            return &prereqs_tables[i];
        }
    }
    OVS_NOT_REACHED();
}

struct expr_node *
expr_annotate(struct expr_arena *arena, struct expr_node *node,
              const struct field_symtab *symtab)
{
    return annotate__(arena, get_prereqs(symtab), node);
}

struct expr_node *
expr_prereqs_tree(struct expr_arena *arena, const struct field_symtab *symtab,
                  const struct field_set *set)
{
    const struct prereqs *prereqs = get_prereqs(symtab);
    struct expr_nodes nodes = { .n = 0 };

    for (size_t id = 0; id < field_count(symtab); id++) {
        if (set->bits[id / 64] >> id % 64 & 1) {
            const char *name = field_get(symtab, id)->name;
            expr_nodes_add(&nodes, tree_from_text(arena, prereqs, name));
        }
    }
    return expr_node_join(arena, EXPR_AND, &nodes);
}

/* Simplify. */

/* Orders nodes so that those that can be merged are neighbours, and that the
 * result does not depend on the order of the input more than necessary. */
static int
compare_nodes(const void *a_, const void *b_)
{
    const struct expr_node *a = *(const struct expr_node *const *) a_;
    const struct expr_node *b = *(const struct expr_node *const *) b_;

    if (a->op != b->op) {
        return a->op < b->op ? -1 : 1;
    }
    if (a->op >= EXPR_AND) {
        return 0;
    }
    if (a->dim.mf != b->dim.mf) {
        return a->dim.mf < b->dim.mf ? -1 : 1;
    }
    if (a->dim.ofs != b->dim.ofs) {
        return a->dim.ofs < b->dim.ofs ? -1 : 1;
    }
    if (a->dim.n_bits != b->dim.n_bits) {
        return a->dim.n_bits < b->dim.n_bits ? -1 : 1;
    }
    if (a->name && b->name) {
        return strcmp(a->name, b->name);
    }
    return 0;
}

static void
sort_nodes(struct expr_nodes *nodes)
{
    /* Insertion sort is stable; qsort() is not, but leaves that compare equal
     * get merged, so that only the order of AND and OR nodes matters.  These
     * compare greatest; bring them back into their order by address of their
     * place: first partition, then sort only the leaves. */
    struct expr_node **joins = xmalloc(nodes->n * sizeof *joins);
    size_t n_leaves = 0, n_joins = 0;

    for (size_t i = 0; i < nodes->n; i++) {
        if (nodes->nodes[i]->op >= EXPR_AND) {
            joins[n_joins++] = nodes->nodes[i];
        } else {
            nodes->nodes[n_leaves++] = nodes->nodes[i];
        }
    }
    if (n_leaves) {
        qsort(nodes->nodes, n_leaves, sizeof *nodes->nodes, compare_nodes);
    }
    for (size_t i = 0; i < n_joins; i++) {
        nodes->nodes[n_leaves + i] = joins[i];
    }
    free(joins);
}

/* One leaf for 'leaves[0...n - 1]', which are about the same bits, joined by
 * 'op'. */
static struct expr_node *
merge_leaves(struct expr_arena *arena, enum expr_op op,
             struct expr_node **leaves, size_t n)
{
    struct expr_ranges ranges = leaves[0]->ranges;
    const struct expr_dim *dim = &leaves[0]->dim;

    if (op == EXPR_AND) {
        for (size_t i = 1; i < n; i++) {
            ranges = expr_ranges_intersect(arena, &ranges,
                                           &leaves[i]->ranges);
        }
    } else if (n > 1) {
        size_t total = 0;
        for (size_t i = 0; i < n; i++) {
            total += leaves[i]->ranges.n;
        }
        ranges.r = expr_alloc(arena, total * sizeof *ranges.r);
        ranges.n = 0;
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < leaves[i]->ranges.n; j++) {
                ranges.r[ranges.n++] = leaves[i]->ranges.r[j];
            }
        }
        expr_ranges_sort(&ranges, !dim->nominal);
    }

    if (!ranges.n) {
        return expr_node_new(arena, EXPR_FALSE);
    } else if (!dim->nominal && expr_ranges_is_full(&ranges, dim->n_bits)) {
        return expr_node_new(arena, EXPR_TRUE);
    } else if (n == 1) {
        return leaves[0];
    }

    struct expr_node *node = expr_node_new(arena, EXPR_LEAF);
    node->dim = *dim;
    node->ranges = ranges;
    return node;
}

/* Whether 'a' and 'b', neighbours in the order of compare_nodes(), joined by
 * 'op' are just 'a' (1), the zero element of 'op' (-1), or neither (0). */
static int
relate(enum expr_op op, const struct expr_node *a, const struct expr_node *b)
{
    if (a == b) {
        return 1;
    }
    if (a->op != b->op || !a->name || a->dim.mf != b->dim.mf
        || a->dim.ofs != b->dim.ofs || a->dim.n_bits != b->dim.n_bits) {
        return 0;
    }
    if (!strcmp(a->name, b->name)) {
        return a->negated == b->negated ? 1 : -1;
    }
    return a->op == EXPR_PORT && op == EXPR_AND ? -1 : 0;
}

/* Adds the kids of 'node', simplified, to 'out', with the kids of kids that
 * have the same operator in their place. */
static void
gather(struct expr_arena *arena, const struct expr_node *node,
       struct expr_nodes *out)
{
    for (size_t i = 0; i < node->n_kids; i++) {
        struct expr_node *kid = expr_simplify(arena, node->kids[i]);

        if (kid->op == node->op) {
            for (size_t j = 0; j < kid->n_kids; j++) {
                expr_nodes_add(out, kid->kids[j]);
            }
        } else {
            expr_nodes_add(out, kid);
        }
    }
}

static struct expr_node *
simplify_join(struct expr_arena *arena, const struct expr_node *node)
{
    enum expr_op op = node->op;
    enum expr_op unit = op == EXPR_AND ? EXPR_TRUE : EXPR_FALSE;
    enum expr_op zero = op == EXPR_AND ? EXPR_FALSE : EXPR_TRUE;
    struct expr_nodes in = { .n = 0 };
    struct expr_nodes out = { .n = 0 };

    gather(arena, node, &in);
    sort_nodes(&in);
    for (size_t i = 0; i < in.n; ) {
        struct expr_node *kid = in.nodes[i];
        size_t n = 1;

        if (kid->op == EXPR_LEAF) {
            while (i + n < in.n && !compare_nodes(&in.nodes[i],
                                                  &in.nodes[i + n])) {
                n++;
            }
            kid = merge_leaves(arena, op, &in.nodes[i], n);
        }
        i += n;

        int relation = out.n ? relate(op, out.nodes[out.n - 1], kid) : 0;
        if (kid->op == zero || relation < 0) {
            free(in.nodes);
            free(out.nodes);
            return expr_node_new(arena, zero);
        } else if (kid->op != unit && !relation) {
            expr_nodes_add(&out, kid);
        }
    }
    free(in.nodes);
    return expr_node_join(arena, op, &out);
}

struct expr_node *
expr_simplify(struct expr_arena *arena, struct expr_node *node)
{
    return (node->op >= EXPR_AND ? simplify_join(arena, node)
            : node->op == EXPR_LEAF ? merge_leaves(arena, EXPR_AND, &node, 1)
            : node);
}

/* Formatting. */

static void
format_dim(const struct expr_dim *dim, struct ds *s)
{
    const struct mf_field *mf = mf_from_id(dim->mf);

    ds_put_cstr(s, mf->name);
    if (dim->ofs || dim->n_bits != mf->n_bits) {
        ds_put_format(s, "[%d", dim->ofs);
        if (dim->n_bits > 1) {
            ds_put_format(s, "..%d", dim->ofs + dim->n_bits - 1);
        }
        ds_put_char(s, ']');
    }
}

static void
format_leaf(const struct expr_node *node, struct ds *s)
{
    const struct expr_ranges *ranges = &node->ranges;

    format_dim(&node->dim, s);
    ds_put_cstr(s, " == {");
    for (size_t i = 0; i < ranges->n; i++) {
        const struct expr_range *r = &ranges->r[i];

        ds_put_cstr(s, i ? ", " : "");
        lex_format_integer(r->lo, LEX_F_HEXADECIMAL, s);
        if (!ovs_u128_equals(r->lo, r->hi)) {
            ds_put_cstr(s, "..");
            lex_format_integer(r->hi, LEX_F_HEXADECIMAL, s);
        }
    }
    ds_put_char(s, '}');
}

void
expr_node_format(const struct expr_node *node, struct ds *s)
{
    switch (node->op) {
    case EXPR_FALSE:
        ds_put_char(s, '0');
        break;
    case EXPR_TRUE:
        ds_put_char(s, '1');
        break;
    case EXPR_LEAF:
        format_leaf(node, s);
        break;
    case EXPR_PORT:
        format_dim(&node->dim, s);
        ds_put_cstr(s, " == ");
        lex_format_string(node->name, s);
        break;
    case EXPR_SET:
    case EXPR_GROUP:
        format_dim(&node->dim, s);
        ds_put_format(s, " %s %c%s", node->negated ? "!=" : "==",
                      node->op == EXPR_SET ? '$' : '@', node->name);
        break;
    case EXPR_RESIDENT:
        ds_put_format(s, "%sis_chassis_resident(", node->negated ? "!" : "");
        lex_format_string(node->name, s);
        ds_put_char(s, ')');
        break;
    case EXPR_AND:
    case EXPR_OR:
        for (size_t i = 0; i < node->n_kids; i++) {
            const struct expr_node *kid = node->kids[i];
            bool parens = kid->op >= EXPR_AND;

            ds_put_cstr(s, !i ? "" : node->op == EXPR_AND ? " && " : " || ");
            ds_put_cstr(s, parens ? "(" : "");
            expr_node_format(kid, s);
            ds_put_cstr(s, parens ? ")" : "");
        }
        break;
    }
}
