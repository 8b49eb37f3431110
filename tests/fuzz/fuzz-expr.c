/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* A fuzz target: match expressions. */

#include <config.h>
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "lib/expr.h"
#include "svec.h"
#include "util.h"

static const struct expr_constants *
address_set(void *aux, const char *name)
{
    return name[0] != 'x' ? aux : NULL;
}

static const char *const *
port_group(void *aux OVS_UNUSED, const char *name)
{
    static const char *const ports[] = { "a", "b", "x", NULL };

    return name[0] != 'x' ? ports : NULL;
}

/* Sets whose names begin with "o" are open. */
static bool
is_open(void *aux OVS_UNUSED, bool group OVS_UNUSED, const char *name)
{
    return name[0] == 'o';
}

/* Fills all holes for set 'name' of 'expr' with the members of 'set'. */
static void
fill_holes(const struct expr *expr, const struct expr_env *env, bool group,
           const char *name, const struct expr_constants *set)
{
    struct expr_holes *holes = expr_to_holes(expr, env, group, name);

    ovs_assert(!holes || (name[0] == 'o'
                          && expr_can_be_open(expr, group, name)));
    for (size_t i = 0; holes && i < MIN(holes->n, 100); i++) {
        const struct expr_conj *c = &holes->holes[i].conj;

        ovs_assert(!c->n_clauses || c->clause < c->n_clauses);
        ovs_assert(!c->n_clauses || c->id < expr_n_conj_ids(expr));
        for (size_t j = 0; j < set->n; j++) {
            struct expr_terms matches[2];
            size_t n = expr_hole_fill(holes, i, &set->constants[j], matches);

            ovs_assert(n <= 2);
            while (n) {
                free(matches[--n].terms);
            }
        }
    }
    free(holes);
}

/* Fills the holes for all sets of 'expr'. */
static void
fill_all_holes(const struct expr *expr, const struct expr_env *env,
               const struct expr_constants *set)
{
    for (int group = 0; group < 2; group++) {
        const char *const *names = (group ? expr_port_groups(expr)
                                    : expr_address_sets(expr));

        for (; *names; names++) {
            fill_holes(expr, env, group, *names, set);
        }
    }
}

/* Compiles 'expr' in an environment in which names that begin with "x" do not
 * exist. */
static void
compile(const struct expr *expr)
{
    static const char *const texts[] = {
        "10.0.0.1", "10.1.0.0/16", "0.0.0.0/0", "::1", "fe80::/10",
        "0a:00:00:00:00:01",
    };
    struct svec errors = SVEC_EMPTY_INITIALIZER;
    struct expr_constants *set = expr_constants_parse(texts,
                                                      ARRAY_SIZE(texts),
                                                      &errors);
    ovs_assert(svec_is_empty(&errors));

    struct expr_env env = {
        .lookup_port = fuzz_lookup_port,
        .is_chassis_resident = fuzz_is_resident,
        .address_set = address_set,
        .port_group = port_group,
        .is_open = is_open,
        .aux = set,
    };
    struct expr_matches matches;
    char *error = expr_to_matches(expr, &env, &matches);

    ovs_assert(!error || !matches.n);
    ovs_assert(!expr_is_false(expr) || !matches.n);
    for (size_t i = 0; i < MIN(matches.n, 100); i++) {
        struct match match;

        expr_match_get(&matches, i, &match);
        for (size_t j = 0; j < matches.matches[i].n_conjs; j++) {
            const struct expr_conj *c = &matches.matches[i].conjs[j];

            ovs_assert(c->id < matches.n_conj_ids);
            ovs_assert(c->n_clauses >= 2 && c->clause < c->n_clauses);
        }
    }
    expr_matches_destroy(&matches);
    fill_all_holes(expr, &env, set);
    free(error);
    free(set);
    svec_destroy(&errors);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = xmemdup0((const char *) data, size);
    struct expr *expr;
    char *error = expr_parse(text, logical_symtab(), NULL, &expr);

    ovs_assert(!error == (expr != NULL));
    if (expr) {
        struct ds s = DS_EMPTY_INITIALIZER;

        expr_format(expr, &s);
        ds_destroy(&s);
        compile(expr);
        expr_destroy(expr);
    }
    free(error);
    free(text);
    return 0;
}
