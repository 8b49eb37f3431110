/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The expression compiler: its passes in order, and access to its result.  See
 * lib/expr.h for the interface, lib/expr-private.h for the passes. */

#include <config.h>
#include "lib/expr.h"

#include <stdlib.h>
#include "lib/expr-private.h"
#include "lib/lex.h"
#include "lib/u128.h"
#include "openvswitch/util.h"
#include "svec.h"
#include "util.h"

static void
explain(struct ds *s, const char *pass, const struct expr_node *tree)
{
    if (s) {
        ds_put_format(s, "%s: ", pass);
        expr_node_format(tree, s);
        ds_put_char(s, '\n');
    }
}

/* All passes of step 1.  Puts a line about each into 's' if it is nonnull. */
static char *
compile(const char *match, const struct field_symtab *symtab,
        const struct field_set *prereqs, struct ds *s, struct expr **exprp)
{
    struct expr_arena arena = { .left = 0 };
    struct lexer lexer;
    char *error;

    *exprp = NULL;
    lexer_init(&lexer, match);
    struct expr_node *tree = expr_parse_tree(&arena, &lexer, symtab);
    error = lexer_finish(&lexer);
    lexer_destroy(&lexer);

    if (!error) {
        explain(s, "parse", tree);

        tree = expr_annotate(&arena, tree, symtab);
        if (prereqs && !field_set_is_empty(prereqs)) {
            tree = expr_node_pair(&arena, EXPR_AND, tree,
                                  expr_prereqs_tree(&arena, symtab, prereqs));
        }
        explain(s, "annotate", tree);

        tree = expr_simplify(&arena, tree);
        explain(s, "simplify", tree);

        error = expr_normalize(tree, exprp);
        if (s && *exprp) {
            ds_put_cstr(s, "normalize:\n");
            expr_format(*exprp, s);
        }
    }
    expr_arena_destroy(&arena);
    return error;
}

char *
expr_parse(const char *match, const struct field_symtab *symtab,
           const struct field_set *prereqs, struct expr **exprp)
{
    return compile(match, symtab, prereqs, NULL, exprp);
}

char *
expr_explain(const char *match, const struct field_symtab *symtab,
             struct ds *s)
{
    struct expr *expr;
    char *error = compile(match, symtab, NULL, s, &expr);

    expr_destroy(expr);
    return error;
}

char *
expr_compile(const char *match, const struct field_symtab *symtab,
             const struct expr_env *env, struct expr_matches *matches)
{
    struct expr *expr;
    char *error = expr_parse(match, symtab, NULL, &expr);

    *matches = (struct expr_matches) { .n = 0 };
    if (!error) {
        error = expr_to_matches(expr, env, matches);
        expr_destroy(expr);
    }
    return error;
}

void
expr_destroy(struct expr *expr)
{
    if (expr) {
        expr_arena_destroy(&expr->arena);
        free(expr);
    }
}

bool
expr_is_false(const struct expr *expr)
{
    return !expr->plain.n && !expr->n_conjs;
}

const char *const *
expr_ports(const struct expr *expr)
{
    return expr->ports.names;
}

const char *const *
expr_residents(const struct expr *expr)
{
    return expr->residents.names;
}

const char *const *
expr_address_sets(const struct expr *expr)
{
    return expr->sets.names;
}

const char *const *
expr_port_groups(const struct expr *expr)
{
    return expr->groups.names;
}

uint32_t
expr_n_conj_ids(const struct expr *expr)
{
    return expr->n_conjs;
}

size_t
expr_size(const struct expr *expr)
{
    return expr->size;
}

/* Formatting. */

static void
format_term(const struct expr *expr, const struct expr_term *term,
            struct ds *s)
{
    uint32_t index = term->key & EXPR_KEY_INDEX;
    const struct expr_generator *gen;
    const struct mf_field *mf;

    switch (term->key & EXPR_KEY_TYPE) {
    case EXPR_KEY_PORT:
        ds_put_format(s, "%s=", mf_from_id(index)->name);
        lex_format_string(expr->ports.names[term->value.u64.lo], s);
        break;
    case EXPR_KEY_RESIDENT:
        ds_put_cstr(s, term->value.u64.lo ? "" : "!");
        ds_put_cstr(s, "resident=");
        lex_format_string(expr->residents.names[index], s);
        break;
    case EXPR_KEY_GEN:
        gen = &expr->generators[index];
        mf = mf_from_id(gen->dim.mf);
        ds_put_format(s, "%s[%d..%d]%s%c%s", mf->name, gen->dim.ofs,
                      gen->dim.ofs + gen->dim.n_bits - 1,
                      gen->negated ? "!=" : "=",
                      gen->op == EXPR_SET ? '$' : '@', gen->name);
        break;
    default:
        mf = mf_from_id(index);
        ds_put_format(s, "%s=", mf->name);
        lex_format_integer(term->value, LEX_F_HEXADECIMAL, s);
        if (!ovs_u128_equals(term->mask, u128_ones(mf->n_bits))) {
            ds_put_char(s, '/');
            lex_format_integer(term->mask, LEX_F_HEXADECIMAL, s);
        }
        break;
    }
}

static void
format_cube(const struct expr *expr, const struct expr_cube *cube,
            const char *indent, struct ds *s)
{
    ds_put_cstr(s, indent);
    for (size_t i = 0; i < cube->n; i++) {
        ds_put_cstr(s, i ? ", " : "");
        format_term(expr, &cube->terms[i], s);
    }
    ds_put_cstr(s, cube->n ? "\n" : "any\n");
}

bool
expr_compares_group(const struct expr *expr, const char *name,
                    enum mf_field_id mf, bool other)
{
    for (size_t i = 0; i < expr->n_generators; i++) {
        const struct expr_generator *gen = &expr->generators[i];

        if (gen->op == EXPR_GROUP && !strcmp(gen->name, name)
            && (gen->dim.mf == mf) != other) {
            return true;
        }
    }
    return false;
}

void
expr_format(const struct expr *expr, struct ds *s)
{
    for (size_t i = 0; i < expr->plain.n; i++) {
        format_cube(expr, expr->plain.cubes[i], "  ", s);
    }
    for (size_t i = 0; i < expr->n_conjs; i++) {
        const struct expr_conjunction *conj = &expr->conjs[i];

        ds_put_format(s, "  conjunction %"PRIuSIZE":\n", i + 1);
        format_cube(expr, conj->base, "    base: ", s);
        for (size_t j = 0; j < conj->n; j++) {
            ds_put_format(s, "    clause %"PRIuSIZE":\n", j + 1);
            for (size_t k = 0; k < conj->clauses[j].n; k++) {
                format_cube(expr, conj->clauses[j].cubes[k], "      ", s);
            }
        }
    }
}

void
expr_matches_format(const struct expr_matches *matches, struct ds *s)
{
    for (size_t i = 0; i < matches->n; i++) {
        const struct expr_match *m = &matches->matches[i];
        struct match match;

        expr_match_get(matches, i, &match);
        if (m->conj_id >= 0) {
            ds_put_format(s, "conj_id=%d,", m->conj_id + 1);
        }
        match_format(&match, NULL, s, OFP_DEFAULT_PRIORITY);
        for (size_t j = 0; j < m->n_conjs; j++) {
            const struct expr_conj *c = &m->conjs[j];

            ds_put_format(s, "%sconjunction(%u,%u/%u)", j ? "," : " ",
                          c->id + 1, c->clause + 1, c->n_clauses);
        }
        ds_put_char(s, '\n');
    }
}

/* Address sets. */

struct expr_constants *
expr_constants_parse(const char *const *texts, size_t n, struct svec *errors)
{
    struct expr_constants *set = xmalloc(sizeof *set
                                         + n * sizeof *set->constants);

    set->n = 0;
    for (size_t i = 0; i < n; i++) {
        struct lexer lexer;

        lexer_init(&lexer, texts[i]);
        const struct lex_token *token = &lexer.token;
        struct expr_constant c = { .value = token->value };

        c.width = (token->type != LEX_INTEGER
                   && token->type != LEX_MASKED_INTEGER ? 0
                   : token->format == LEX_F_IPV4 ? 32
                   : token->format == LEX_F_ETHERNET ? 48
                   : token->format == LEX_F_IPV6 ? 128
                   : 0);
        c.mask = (token->type == LEX_MASKED_INTEGER ? token->mask
                  : u128_ones(c.width));
        if (c.width) {
            lexer_get(&lexer);
        } else {
            lexer_expected(&lexer, "an IP or Ethernet address");
        }

        char *error = lexer_finish(&lexer);
        if (error) {
            svec_add_nocopy(errors, error);
        } else {
            set->constants[set->n++] = c;
        }
        lexer_destroy(&lexer);
    }
    return set;
}
