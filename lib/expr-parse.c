/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Parser of expressions.  See lib/expr-private.h for its place.
 *
 *     expr    := not ('&&' not)* | not ('||' not)*
 *     not     := '!' not | primary
 *     primary := '(' expr ')' | '0' | '1'
 *              | 'is_chassis_resident' '(' STRING ')'
 *              | field                           (1 bit wide, or predicate)
 *              | field relop constants
 *              | constants relop field [relop constants]
 *     field   := ID ['[' INT ['..' INT] ']']
 *     constants := constant | '{' constant [','] ... '}'
 *     constant := INT | INT '/' MASK | STRING | $set | @group
 *
 * The parser builds the tree for the expression or, within an odd number of
 * '!', for its opposite: then AND becomes OR, "==" becomes "!=", and so on, so
 * that a tree needs no NOT.  This is also how nominal fields are checked, of
 * which only "==" can be expressed in OpenFlow. */

#include <config.h>
#include "lib/expr-private.h"

#include <stdlib.h>
#include <string.h>
#include "lib/lex.h"
#include "lib/u128.h"
#include "util.h"

struct parser {
    struct expr_arena *arena;
    struct lexer *lexer;
    const struct field_symtab *symtab;
    int depth;
};

/* What may follow '!' must not be a comparison without parentheses. */
enum context { ANYTHING, AFTER_NOT };

static struct expr_node *parse_expr(struct parser *, bool negate);

static struct expr_node *
truth(struct parser *p, bool value)
{
    return expr_node_new(p->arena, value ? EXPR_TRUE : EXPR_FALSE);
}

/* A constant that was read from the input, and where. */
struct operand {
    enum lex_type type;
    const char *where;
    ovs_u128 value, mask;
    enum lex_format format;
    char *text;                 /* In arena, for strings and macros. */
};

struct operands {
    struct operand *v;
    size_t n, allocated;
    bool braces;                /* Written as a set. */
    const char *where;
};

static bool
is_constant(enum lex_type type)
{
    return (type == LEX_STRING || type == LEX_INTEGER
            || type == LEX_MASKED_INTEGER || type == LEX_ADDRESS_SET
            || type == LEX_PORT_GROUP);
}

static bool
parse_operand(struct parser *p, struct operands *ops)
{
    const struct lex_token *token = &p->lexer->token;

    if (token->type == LEX_TEMPLATE) {
        lexer_error(p->lexer, "template variable `%.*s' has no value on this "
                    "chassis", (int) MIN(token->len, 64), token->text);
        return false;
    } else if (!is_constant(token->type)) {
        lexer_expected(p->lexer, "a constant");
        return false;
    }

    if (ops->n >= ops->allocated) {
        ops->v = x2nrealloc(ops->v, &ops->allocated, sizeof *ops->v);
    }
    struct operand *op = &ops->v[ops->n++];
    *op = (struct operand) {
        .type = token->type,
        .where = token->start,
        .value = token->value,
        .mask = token->mask,
        .format = token->format,
    };
    if (token->type != LEX_INTEGER && token->type != LEX_MASKED_INTEGER) {
        op->text = expr_alloc(p->arena, token->len + 1);
        memcpy(op->text, token->text, token->len);
        op->text[token->len] = '\0';
    }
    lexer_get(p->lexer);
    return true;
}

/* Parses one constant or a set in braces.  The caller must free(ops->v). */
static bool
parse_operands(struct parser *p, struct operands *ops)
{
    *ops = (struct operands) { .where = p->lexer->token.start };
    if (!lexer_match(p->lexer, LEX_LCURLY)) {
        return parse_operand(p, ops);
    }

    ops->braces = true;
    while (!lexer_match(p->lexer, LEX_RCURLY)) {
        if (p->lexer->token.type == LEX_END) {
            lexer_expected(p->lexer, "a constant or `}'");
            return false;
        }
        if (!parse_operand(p, ops)) {
            return false;
        }
        lexer_match(p->lexer, LEX_COMMA);
    }
    return true;
}

static bool
is_relop(enum lex_type type)
{
    return (type == LEX_EQ || type == LEX_NE || type == LEX_LT
            || type == LEX_LE || type == LEX_GT || type == LEX_GE);
}

/* The operator for "b OP a", given that for "a OP b". */
static enum lex_type
turn_relop(enum lex_type type)
{
    return (type == LEX_LT ? LEX_GT
            : type == LEX_LE ? LEX_GE
            : type == LEX_GT ? LEX_LT
            : type == LEX_GE ? LEX_LE
            : type);
}

static enum lex_type
negate_relop(enum lex_type type)
{
    return (type == LEX_EQ ? LEX_NE
            : type == LEX_NE ? LEX_EQ
            : type == LEX_LT ? LEX_GE
            : type == LEX_LE ? LEX_GT
            : type == LEX_GT ? LEX_LE
            : LEX_LT);
}

static bool
parse_field(struct parser *p, struct field_ref *ref)
{
    const char *where = p->lexer->token.start;

    if (!field_ref_parse(p->lexer, p->symtab, ref)) {
        return false;
    } else if (ref->symbol->kind == FIELD_PSEUDO) {
        lexer_error_at(p->lexer, where, "%s can only be assigned to",
                       ref->symbol->name);
        return false;
    }
    return true;
}

/* Leaves. */

static struct expr_node *
new_leaf(struct parser *p, enum expr_op op, const struct field_ref *ref)
{
    struct expr_node *node = expr_node_new(p->arena, op);

    node->symbol = ref->symbol;
    node->dim = expr_dim_from_ref(ref);
    return node;
}

/* A test for one range. */
static struct expr_node *
new_range(struct parser *p, const struct field_ref *ref, ovs_u128 lo,
          ovs_u128 hi)
{
    struct expr_node *node = new_leaf(p, EXPR_LEAF, ref);

    node->ranges.n = 1;
    node->ranges.r = expr_alloc(p->arena, sizeof *node->ranges.r);
    node->ranges.r[0] = (struct expr_range) { lo, hi };
    return node;
}

static struct expr_node *
complement(struct parser *p, struct expr_node *leaf)
{
    leaf->ranges = expr_ranges_complement(p->arena, &leaf->ranges,
                                          leaf->dim.n_bits);
    return leaf;
}

/* A test of the bits that 'op->mask' selects: each run of 1-bits in it is a
 * test of its own. */
static struct expr_node *
new_masked(struct parser *p, const struct field_ref *ref,
           const struct operand *op, bool negate)
{
    struct expr_nodes nodes = { .n = 0 };

    for (unsigned int ofs = 0; ofs < ref->n_bits; ) {
        unsigned int n = u128_ctz(u128_not(u128_shr(op->mask, ofs)));

        if (n) {
            struct field_ref run = *ref;
            run.ofs += ofs;
            run.n_bits = MIN(n, ref->n_bits - ofs);

            ovs_u128 value = ovs_u128_and(u128_shr(op->value, ofs),
                                          u128_ones(run.n_bits));
            struct expr_node *leaf = new_range(p, &run, value, value);
            expr_nodes_add(&nodes, negate ? complement(p, leaf) : leaf);
        }
        ofs += n + 1;
    }
    return expr_node_join(p->arena, negate ? EXPR_OR : EXPR_AND, &nodes);
}

/* Comparisons. */

static bool
check_integer(struct parser *p, const struct field_ref *ref,
              const struct operand *op)
{
    const char *name = ref->symbol->name;

    if (op->type == LEX_PORT_GROUP) {
        lexer_error_at(p->lexer, op->where, "integer field %s cannot be "
                       "compared with a port group", name);
        return false;
    } else if (op->type == LEX_STRING) {
        lexer_error_at(p->lexer, op->where, "integer field %s cannot be "
                       "compared with a string", name);
        return false;
    } else if (op->type == LEX_ADDRESS_SET) {
        return true;
    }

    unsigned int width = ref->symbol->width;
    if ((op->format == LEX_F_IPV6 && width < 128)
        || (op->format == LEX_F_ETHERNET && width < 48)
        || (op->format == LEX_F_IPV4 && width < 32)
        || u128_width(op->value) > ref->n_bits
        || (op->type == LEX_MASKED_INTEGER && op->format != LEX_F_IPV4
            && u128_width(op->mask) > ref->n_bits)) {
        lexer_error_at(p->lexer, op->where, "constant is too wide for %s, "
                       "which has %u bit%s", name, ref->n_bits,
                       ref->n_bits == 1 ? "" : "s");
        return false;
    }
    return true;
}

/* The bits that 'op' fixes are the topmost of the field: a range. */
static bool
is_prefix(const struct field_ref *ref, const struct operand *op)
{
    ovs_u128 wild = ovs_u128_and(u128_not(op->mask), u128_ones(ref->n_bits));

    return (op->type == LEX_INTEGER
            || ovs_u128_is_zero(ovs_u128_and(wild, u128_inc(wild))));
}

/* "ref == {ops}", or "!=" if 'negate', for an integer field. */
static struct expr_node *
integer_equality(struct parser *p, const struct field_ref *ref,
                 const struct operands *ops, bool negate)
{
    struct expr_nodes nodes = { .n = 0 };
    struct expr_ranges ranges = {
        .r = expr_alloc(p->arena, ops->n * sizeof *ranges.r)
    };

    for (size_t i = 0; i < ops->n; i++) {
        struct operand *op = &ops->v[i];

        if (!check_integer(p, ref, op)) {
            free(nodes.nodes);
            return NULL;
        } else if (op->type == LEX_ADDRESS_SET) {
            struct expr_node *node = new_leaf(p, EXPR_SET, ref);
            node->name = op->text;
            node->negated = negate;
            expr_nodes_add(&nodes, node);
        } else if (!is_prefix(ref, op)) {
            if (ref->symbol->level == FIELD_NOMINAL) {
                lexer_error_at(p->lexer, op->where, "nominal field %s cannot "
                               "be tested with a mask", ref->symbol->name);
                free(nodes.nodes);
                return NULL;
            }
            expr_nodes_add(&nodes, new_masked(p, ref, op, negate));
        } else {
            ovs_u128 ones = u128_ones(ref->n_bits);
            ovs_u128 wild = (op->type == LEX_INTEGER ? OVS_U128_ZERO
                             : ovs_u128_and(u128_not(op->mask), ones));

            if (!ovs_u128_is_zero(wild)
                && ref->symbol->level == FIELD_NOMINAL) {
                lexer_error_at(p->lexer, op->where, "nominal field %s cannot "
                               "be tested with a mask", ref->symbol->name);
                free(nodes.nodes);
                return NULL;
            }
            ranges.r[ranges.n++] = (struct expr_range) {
                op->value, u128_or(op->value, wild)
            };
        }
    }

    if (ranges.n) {
        struct expr_node *leaf = new_leaf(p, EXPR_LEAF, ref);

        expr_ranges_sort(&ranges, !leaf->dim.nominal);
        leaf->ranges = ranges;
        expr_nodes_add(&nodes, negate ? complement(p, leaf) : leaf);
    }
    if (!nodes.n) {
        /* The empty set; with the prerequisites of the field. */
        struct expr_node *node = truth(p, negate);
        node->symbol = ref->symbol;
        return node;
    }
    return expr_node_join(p->arena, negate ? EXPR_AND : EXPR_OR, &nodes);
}

static struct expr_node *
string_equality(struct parser *p, const struct field_ref *ref,
                const struct operands *ops)
{
    struct expr_nodes nodes = { .n = 0 };

    for (size_t i = 0; i < ops->n; i++) {
        const struct operand *op = &ops->v[i];

        if (op->type != LEX_STRING && op->type != LEX_PORT_GROUP) {
            lexer_error_at(p->lexer, op->where, "string field %s cannot be "
                           "compared with an integer or address set",
                           ref->symbol->name);
            free(nodes.nodes);
            return NULL;
        }
        struct expr_node *node = new_leaf(p, (op->type == LEX_STRING
                                              ? EXPR_PORT : EXPR_GROUP), ref);
        node->name = op->text;
        expr_nodes_add(&nodes, node);
    }
    return expr_node_join(p->arena, EXPR_OR, &nodes);
}

/* "ref relop ops" where 'relop' is one of < <= > >=. */
static struct expr_node *
integer_order(struct parser *p, const struct field_ref *ref,
              enum lex_type relop, const struct operand *op)
{
    ovs_u128 max = u128_ones(ref->n_bits);
    ovs_u128 lo = OVS_U128_ZERO, hi = max;

    if (!check_integer(p, ref, op)) {
        return NULL;
    } else if (op->type != LEX_INTEGER) {
        lexer_error_at(p->lexer, op->where, "only == and != can be used with "
                       "%s", (op->type == LEX_ADDRESS_SET ? "sets"
                              : "masked constants"));
        return NULL;
    }

    if ((relop == LEX_LT && ovs_u128_is_zero(op->value))
        || (relop == LEX_GT && ovs_u128_equals(op->value, max))) {
        return truth(p, false);
    } else if (relop == LEX_LT) {
        hi = u128_dec(op->value);
    } else if (relop == LEX_LE) {
        hi = op->value;
    } else if (relop == LEX_GT) {
        lo = u128_inc(op->value);
    } else {
        lo = op->value;
    }
    return new_range(p, ref, lo, hi);
}

/* The expression that predicate 'symbol' abbreviates. */
static struct expr_node *
expand_predicate(struct parser *p, const struct field_symbol *symbol,
                 bool negate, const char *where)
{
    if (negate && symbol->level == FIELD_NOMINAL) {
        lexer_error_at(p->lexer, where, "nominal predicate %s can only be "
                       "tested positively (taking enclosing `!' operators "
                       "into account)", symbol->name);
        return NULL;
    }

    struct lexer lexer;
    lexer_init(&lexer, symbol->expansion);
    struct parser inner = {
        .arena = p->arena,
        .lexer = &lexer,
        .symtab = p->symtab,
    };
    struct expr_node *node = parse_expr(&inner, negate);
    ovs_assert(node && !lexer.error && lexer.token.type == LEX_END);
    lexer_destroy(&lexer);
    return node;
}

/* "predicate relop ops", where 'ops' must be 0 or 1. */
static struct expr_node *
compare_predicate(struct parser *p, const struct field_symbol *symbol,
                  enum lex_type relop, const struct operands *ops,
                  const char *where)
{
    const struct operand *op = ops->v;

    if (ops->n != 1 || op->type != LEX_INTEGER || op->value.u64.hi
        || op->value.u64.lo > 1) {
        lexer_error_at(p->lexer, ops->where, "predicate %s can only be "
                       "compared with 0 or 1", symbol->name);
        return NULL;
    } else if (relop != LEX_EQ && relop != LEX_NE) {
        lexer_error_at(p->lexer, where, "only == and != can be used with "
                       "predicate %s", symbol->name);
        return NULL;
    }
    return expand_predicate(p, symbol,
                            (relop == LEX_NE) != !op->value.u64.lo, where);
}

/* "ref relop ops", or its opposite if 'negate'. */
static struct expr_node *
compare(struct parser *p, const struct field_ref *ref, enum lex_type relop,
        const struct operands *ops, bool negate, const char *where)
{
    const struct field_symbol *symbol = ref->symbol;

    if (negate) {
        relop = negate_relop(relop);
    }
    if (symbol->kind == FIELD_PREDICATE) {
        return compare_predicate(p, symbol, relop, ops, where);
    }
    if (symbol->level == FIELD_NOMINAL && relop != LEX_EQ) {
        lexer_error_at(p->lexer, where, "%s field %s can only be tested for "
                       "equality (taking enclosing `!' operators into "
                       "account)", symbol->is_string ? "string" : "nominal",
                       symbol->name);
        return NULL;
    }
    if (symbol->is_string) {
        return string_equality(p, ref, ops);
    }
    if (relop == LEX_EQ || relop == LEX_NE) {
        return integer_equality(p, ref, ops, relop == LEX_NE);
    }
    if (ops->braces) {
        lexer_error_at(p->lexer, ops->where,
                       "only == and != can be used with sets");
        return NULL;
    }
    return integer_order(p, ref, relop, ops->v);
}

/* Grammar. */

static bool
parse_relop(struct parser *p, enum lex_type *relop, enum context context)
{
    *relop = p->lexer->token.type;
    if (!is_relop(*relop)) {
        lexer_expected(p->lexer, "a relational operator");
        return false;
    } else if (context == AFTER_NOT) {
        lexer_error(p->lexer, "`!' must be followed by a comparison in "
                    "parentheses");
        return false;
    }
    lexer_get(p->lexer);
    return true;
}

/* field, or field relop constants */
static struct expr_node *
parse_field_first(struct parser *p, bool negate, enum context context)
{
    const char *where = p->lexer->token.start;
    struct field_ref ref;

    if (!parse_field(p, &ref)) {
        return NULL;
    }
    if (!is_relop(p->lexer->token.type)) {
        if (ref.symbol->kind == FIELD_PREDICATE) {
            return expand_predicate(p, ref.symbol, negate, where);
        } else if (ref.n_bits != 1 || ref.symbol->is_string) {
            lexer_expected(p->lexer, "a relational operator");
            return NULL;
        }
        ovs_u128 value = u128_from_u64(!negate);
        return new_range(p, &ref, value, value);
    }

    enum lex_type relop;
    if (!parse_relop(p, &relop, context)) {
        return NULL;
    }
    if (p->lexer->token.type == LEX_ID) {
        lexer_error(p->lexer, "a field can only be compared with a constant, "
                    "not with another field");
        return NULL;
    }

    struct operands ops;
    struct expr_node *node = NULL;
    if (parse_operands(p, &ops)) {
        if (is_relop(p->lexer->token.type)) {
            lexer_error(p->lexer, "a range must be written with the field in "
                        "the middle: `1 <= field <= 5'");
        } else {
            node = compare(p, &ref, relop, &ops, negate, where);
        }
    }
    free(ops.v);
    return node;
}

/* constants relop field [relop constants] */
static struct expr_node *
parse_constants_first(struct parser *p, const struct operands *left,
                      bool negate, enum context context)
{
    enum lex_type relop;
    struct field_ref ref;
    const char *where;

    if (!parse_relop(p, &relop, context)) {
        return NULL;
    }
    where = p->lexer->token.start;
    if (!parse_field(p, &ref)) {
        return NULL;
    }
    struct expr_node *node = compare(p, &ref, turn_relop(relop), left, negate,
                                     where);
    if (!node || !is_relop(p->lexer->token.type)) {
        return node;
    }

    enum lex_type relop2 = p->lexer->token.type;
    bool up = ((relop == LEX_LT || relop == LEX_LE)
               && (relop2 == LEX_LT || relop2 == LEX_LE));
    bool down = ((relop == LEX_GT || relop == LEX_GE)
                 && (relop2 == LEX_GT || relop2 == LEX_GE));
    if (!up && !down) {
        lexer_error(p->lexer, "both operators of a range must be < or <=, or "
                    "both > or >=");
        return NULL;
    }
    lexer_get(p->lexer);

    struct operands right;
    struct expr_node *node2 = NULL;
    if (parse_operands(p, &right)) {
        node2 = compare(p, &ref, relop2, &right, negate, where);
    }
    free(right.v);
    return node2 ? expr_node_pair(p->arena, negate ? EXPR_OR : EXPR_AND,
                                  node, node2) : NULL;
}

/* 0, 1, or a comparison */
static struct expr_node *
parse_constant(struct parser *p, bool negate, enum context context)
{
    struct expr_node *node = NULL;
    struct operands ops;

    if (parse_operands(p, &ops)) {
        const struct operand *op = ops.v;

        if (!is_relop(p->lexer->token.type) && !ops.braces
            && op->type == LEX_INTEGER && op->format == LEX_F_DECIMAL
            && !op->value.u64.hi && op->value.u64.lo <= 1) {
            node = truth(p, op->value.u64.lo != negate);
        } else {
            node = parse_constants_first(p, &ops, negate, context);
        }
    }
    free(ops.v);
    return node;
}

static struct expr_node *
parse_resident(struct parser *p, bool negate)
{
    const struct lex_token *token = &p->lexer->token;

    if (!lexer_force(p->lexer, LEX_LPAREN)) {
        return NULL;
    } else if (token->type != LEX_STRING) {
        lexer_expected(p->lexer, "a port name in quotes");
        return NULL;
    }

    struct expr_node *node = expr_node_new(p->arena, EXPR_RESIDENT);
    char *name = expr_alloc(p->arena, token->len + 1);
    memcpy(name, token->text, token->len);
    name[token->len] = '\0';
    node->name = name;
    node->negated = negate;
    lexer_get(p->lexer);
    return lexer_force(p->lexer, LEX_RPAREN) ? node : NULL;
}

static struct expr_node *
parse_primary(struct parser *p, bool negate, enum context context)
{
    struct lexer *lexer = p->lexer;

    if (lexer_match(lexer, LEX_LPAREN)) {
        struct expr_node *node = parse_expr(p, negate);

        return node && lexer_force(lexer, LEX_RPAREN) ? node : NULL;
    }
    if (lexer_match_id(lexer, "is_chassis_resident")) {
        return parse_resident(p, negate);
    }
    if (lexer->token.type == LEX_ID) {
        return parse_field_first(p, negate, context);
    }

    if (is_constant(lexer->token.type) || lexer->token.type == LEX_LCURLY
        || lexer->token.type == LEX_TEMPLATE) {
        return parse_constant(p, negate, context);
    }
    lexer_expected(lexer, "an expression");
    return NULL;
}

static struct expr_node *
parse_not(struct parser *p, bool negate)
{
    enum context context = ANYTHING;

    while (lexer_match(p->lexer, LEX_NOT)) {
        negate = !negate;
        context = AFTER_NOT;
    }
    return parse_primary(p, negate, context);
}

static struct expr_node *
parse_expr(struct parser *p, bool negate)
{
    if (p->depth >= EXPR_MAX_DEPTH) {
        lexer_error(p->lexer, "parentheses nested more than %d deep",
                    EXPR_MAX_DEPTH);
        return NULL;
    }
    p->depth++;

    struct expr_node *node = parse_not(p, negate);
    enum lex_type type = p->lexer->token.type;

    if (node && (type == LEX_AND || type == LEX_OR)) {
        struct expr_nodes nodes = { .n = 0 };

        expr_nodes_add(&nodes, node);
        while (node && lexer_match(p->lexer, type)) {
            node = parse_not(p, negate);
            expr_nodes_add(&nodes, node);
        }
        if (node && (p->lexer->token.type == LEX_AND
                     || p->lexer->token.type == LEX_OR)) {
            lexer_error(p->lexer, "&& and || must be parenthesized when used "
                        "together");
            node = NULL;
        }
        if (node) {
            bool and = (type == LEX_AND) != negate;
            node = expr_node_join(p->arena, and ? EXPR_AND : EXPR_OR, &nodes);
        } else {
            free(nodes.nodes);
        }
    }

    p->depth--;
    return node;
}

struct expr_node *
expr_parse_tree(struct expr_arena *arena, struct lexer *lexer,
                const struct field_symtab *symtab)
{
    struct parser p = { .arena = arena, .lexer = lexer, .symtab = symtab };
    struct expr_node *node = parse_expr(&p, false);

    if (node && !lexer->error && lexer->token.type != LEX_END) {
        lexer_expected(lexer, "&&, ||, or the end");
    }
    return lexer->error ? NULL : node;
}
