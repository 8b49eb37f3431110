/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Microflows; see lib/microflow.h for the contract. */

#include <config.h>
#include "lib/microflow.h"

#include <stdlib.h>
#include <string.h>
#include "flow.h"
#include "lib/expr-private.h"
#include "lib/logical.h"
#include "lib/u128.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/match.h"
#include "packets.h"
#include "util.h"

struct microflow {
    struct expr *expr;
    const char *inport;         /* Or NULL.  Owned by 'expr'. */
};

/* What an expression says about the name of inport. */
struct inport_names {
    const char *name;           /* Or NULL: nothing yet. */
    bool several;
};

/* Inports. */

static void
note_inports_in_cube(const struct expr *expr, const struct expr_cube *cube,
                     struct inport_names *inports)
{
    for (size_t i = 0; i < cube->n; i++) {
        const struct expr_term *term = &cube->terms[i];

        if (term->key == (EXPR_KEY_PORT | MFF_LOG_INPORT)) {
            const char *name = expr->ports.names[term->value.u64.lo];

            inports->several |= inports->name && inports->name != name;
            inports->name = name;
        }
    }
}

static void
note_inports_in_clause(const struct expr *expr,
                       const struct expr_clause *clause,
                       struct inport_names *inports)
{
    for (size_t i = 0; i < clause->n; i++) {
        note_inports_in_cube(expr, clause->cubes[i], inports);
    }
}

static struct inport_names
find_inports(const struct expr *expr)
{
    struct inport_names inports = { .name = NULL };

    note_inports_in_clause(expr, &expr->plain, &inports);
    for (size_t i = 0; i < expr->n_conjs; i++) {
        const struct expr_conjunction *conj = &expr->conjs[i];

        note_inports_in_cube(expr, conj->base, &inports);
        for (size_t j = 0; j < conj->n; j++) {
            note_inports_in_clause(expr, &conj->clauses[j], &inports);
        }
    }
    return inports;
}

/* Errors. */

static char *
contradictory(void)
{
    return xstrdup("microflow is contradictory: no packet can match it");
}

/* The symbol that users know the field 'id' by, if they do. */
static const struct field_symbol *
symbol_from_mf(enum mf_field_id id)
{
    const struct field_symtab *symtab = logical_symtab();

    for (size_t i = 0; i < field_count(symtab); i++) {
        const struct field_symbol *symbol = field_get(symtab, i);

        if (symbol->kind == FIELD_PLAIN && symbol->mf->id == id) {
            return symbol;
        }
    }
    return NULL;
}

/* The first field about which 'a' and 'b' disagree. */
static const struct mf_field *
find_difference(const struct match *a, const struct match *b)
{
    for (enum mf_field_id id = 0; id < MFF_N_IDS; id++) {
        const struct mf_field *mf = mf_from_id(id);
        union mf_value va, ma, vb, mb;

        mf_get(mf, a, &va, &ma);
        mf_get(mf, b, &vb, &mb);
        if (symbol_from_mf(id) && (memcmp(&va, &vb, mf->n_bytes)
                                   || memcmp(&ma, &mb, mf->n_bytes))) {
            return mf;
        }
    }
    return NULL;
}

/* Says which field has no single value. */
static char *
ambiguous(const struct expr_matches *matches)
{
    struct match a, b;

    expr_match_get(matches, 0, &a);
    expr_match_get(matches, 1, &b);
    const struct mf_field *mf = find_difference(&a, &b);
    return (mf ? xasprintf("microflow is ambiguous: it leaves more than one "
                           "value for %s", symbol_from_mf(mf->id)->name)
            : xstrdup("microflow is ambiguous: it describes more than one "
                      "packet"));
}

/* Makes '*flow' of 'match', the only way in which 'expr' can be true. */
static char *
flow_from_match(const struct expr *expr, const struct expr_env *env,
                const struct match *match, struct flow *flow)
{
    bool ok;

    *flow = match->flow;
    if (flow->vlans[0].tci & htons(VLAN_CFI)) {
        flow->vlans[0].tpid = htons(ETH_TYPE_VLAN);
    }

    /* Some fields have more bits than a flow, e.g. arp.op. */
    char *error = expr_evaluate(expr, env, flow, &ok);
    return error || ok ? error : contradictory();
}

/* The interface. */

char *
microflow_parse(const char *text, struct microflow **microflowp)
{
    struct expr *expr;
    char *error = expr_parse(text, logical_symtab(), NULL, &expr);

    *microflowp = NULL;
    if (error) {
        return error;
    }

    struct inport_names inports = find_inports(expr);
    if (expr_is_false(expr)) {
        error = contradictory();
    } else if (inports.several) {
        error = xstrdup("microflow is ambiguous: it matches on multiple "
                        "inports");
    }
    if (error) {
        expr_destroy(expr);
        return error;
    }
    *microflowp = xmalloc(sizeof **microflowp);
    **microflowp = (struct microflow) { expr, inports.name };
    return NULL;
}

void
microflow_destroy(struct microflow *microflow)
{
    if (microflow) {
        expr_destroy(microflow->expr);
        free(microflow);
    }
}

const char *
microflow_inport(const struct microflow *microflow)
{
    return microflow->inport;
}

char *
microflow_to_flow(const struct microflow *microflow,
                  const struct expr_env *env, struct flow *flow)
{
    struct expr_matches matches;
    char *error = expr_to_matches(microflow->expr, env, &matches);

    memset(flow, 0, sizeof *flow);
    if (error) {
        return error;
    }
    if (matches.n == 1) {
        struct match match;

        expr_match_get(&matches, 0, &match);
        error = flow_from_match(microflow->expr, env, &match, flow);
    } else {
        error = matches.n ? ambiguous(&matches) : contradictory();
    }
    if (error) {
        memset(flow, 0, sizeof *flow);
    }
    expr_matches_destroy(&matches);
    return error;
}
