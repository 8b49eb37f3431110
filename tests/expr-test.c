/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Tests the expression compiler.
 *
 * "test-ovn expr [N]": N random expressions (100,000 by default) over a few
 * symbols.  For each, a trivial evaluator, expr_evaluate(), and the compiled
 * flows, put into Open vSwitch's own classifier, must agree on every packet of
 * a small universe, conjunctive matches included.  Half of them refer to
 * random address sets, some of which are open: there the flows of each member
 * are made without knowing of the others.  Packets that are not possible count
 * for nothing, and have no flows. */

#include <config.h>

#include <stdlib.h>

#include "classifier.h"
#include "lib/expr.h"
#include "lib/logical.h"
#include "lib/u128.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/match.h"
#include "ovs-rcu.h"
#include "random.h"
#include "tests/expr-names.h"
#include "tests/expr-oxm.h"
#include "tests/expr-random.h"
#include "tests/test-ovn.h"
#include "util.h"

/* The fields that have OpenFlow prerequisites and are in the test. */
static void
check_prereqs(const struct match *match, const char *text)
{
    static const enum mf_field_id ids[] = {
        MFF_IP_PROTO, MFF_TCP_DST, MFF_UDP_DST
    };

    for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
        const struct mf_field *mf = mf_from_id(ids[i]);
        union mf_value value, mask;

        /* TCP and UDP share the field in struct match. */
        if (mf->id != MFF_IP_PROTO
            && match->flow.nw_proto != (mf->id == MFF_TCP_DST
                                        ? IPPROTO_TCP : IPPROTO_UDP)
            && match->wc.masks.nw_proto) {
            continue;
        }
        mf_get(mf, match, &value, &mask);
        if (!is_all_zeros(&mask, mf->n_bytes)
            && !mf_are_match_prereqs_ok(mf, match)) {
            ovs_fatal(0, "%s: a flow lacks what %s requires", text, mf->name);
        }
    }
}

static void
check_match(const struct match *match, const char *text)
{
    check_prereqs(match, text);
    if (match->wc.masks.regs[14]
        && !test_is_possible_inport(match->flow.regs[14])) {
        ovs_fatal(0, "%s: a flow for an inport that cannot be", text);
    }
}

struct rule {
    struct cls_rule cls_rule;
    struct cls_conjunction *conjs;
    size_t n_conjs;
};

static struct rule *
new_rule(const struct match *match)
{
    struct rule *rule = xzalloc(sizeof *rule);

    cls_rule_init(&rule->cls_rule, match, 0);
    return rule;
}

static void
add_conj(struct rule *rule, const struct expr_conj *conj)
{
    for (size_t i = 0; i < rule->n_conjs; i++) {
        if (rule->conjs[i].id == conj->id + 1) {
            if (rule->conjs[i].clause != conj->clause
                || rule->conjs[i].n_clauses != conj->n_clauses) {
                ovs_fatal(0, "one match is in two clauses");
            }
            return;
        }
    }
    rule->conjs = xrealloc(rule->conjs,
                           (rule->n_conjs + 1) * sizeof *rule->conjs);
    rule->conjs[rule->n_conjs++] = (struct cls_conjunction) {
        .id = conj->id + 1,
        .clause = conj->clause,
        .n_clauses = conj->n_clauses,
    };
}

static void
insert_matches(struct classifier *cls, const struct expr_matches *matches,
               const char *text)
{
    for (size_t i = 0; i < matches->n; i++) {
        const struct expr_match *m = &matches->matches[i];
        struct match match;

        expr_match_get(matches, i, &match);
        check_match(&match, text);
        check_match_oxm(matches, i, text);
        if (m->conj_id >= 0) {
            match_set_conj_id(&match, m->conj_id + 1);
        }

        struct rule *rule = new_rule(&match);
        for (size_t j = 0; j < m->n_conjs; j++) {
            add_conj(rule, &m->conjs[j]);
        }
        if (classifier_find_rule_exactly(cls, &rule->cls_rule,
                                         OVS_VERSION_MIN)) {
            ovs_fatal(0, "%s: two equal flows", text);
        }
        classifier_insert(cls, &rule->cls_rule, OVS_VERSION_MIN, rule->conjs,
                          rule->n_conjs);
    }
}

static void
free_rule(struct rule *rule)
{
    cls_rule_destroy(&rule->cls_rule);
    free(rule->conjs);
    free(rule);
}

/* Inserts what a member of an open set adds, together with what is there. */
static void
insert_filled(struct classifier *cls, const struct match *match,
              const struct expr_conj *conj)
{
    struct rule *rule = new_rule(match);
    const struct cls_rule *found
        = classifier_find_rule_exactly(cls, &rule->cls_rule, OVS_VERSION_MIN);
    struct rule *old = (found
                        ? CONTAINER_OF(found, struct rule, cls_rule) : NULL);

    if (conj->n_clauses && (!old || old->n_conjs)) {
        for (size_t i = 0; old && i < old->n_conjs; i++) {
            const struct expr_conj c = {
                .id = old->conjs[i].id - 1,
                .clause = old->conjs[i].clause,
                .n_clauses = old->conjs[i].n_clauses,
            };
            add_conj(rule, &c);
        }
        add_conj(rule, conj);
    }
    if (old) {
        classifier_remove_assert(cls, &old->cls_rule);
        ovsrcu_postpone(free_rule, old);
    }
    classifier_insert(cls, &rule->cls_rule, OVS_VERSION_MIN, rule->conjs,
                      rule->n_conjs);
}

static void
insert_member(struct classifier *cls, const struct expr_holes *holes,
              const struct expr_constant *member, const char *text)
{
    for (size_t i = 0; holes && i < holes->n; i++) {
        struct expr_terms matches[2];
        size_t n = expr_hole_fill(holes, i, member, matches);

        for (size_t j = 0; j < n; j++) {
            struct match match;

            check_oxm(matches[j].terms, matches[j].n, text);
            expr_terms_to_match(matches[j].terms, matches[j].n, &match);
            check_match(&match, text);
            insert_filled(cls, &match, &holes->holes[i].conj);
            free(matches[j].terms);
        }
    }
}

/* Inserts the flows of the members of what is open in 'expr'. */
static void
insert_open(struct classifier *cls, const struct expr *expr, const char *text)
{
    for (size_t i = 0; i < ARRAY_SIZE(test_open_sets); i++) {
        const char *name = test_open_sets[i];
        bool group = name && name[0] == 'g';

        if (!name || !expr_can_be_open(expr, group, name)) {
            continue;
        }

        struct expr_holes *holes = expr_to_holes(expr, &test_env, group, name);
        for (size_t j = 0; group && j < 2; j++) {
            const struct expr_constant port = {
                .value = u128_from_u64(j + 1),
                .mask = u128_ones(32),
                .width = 32,
            };
            if (test_is_possible_inport(j + 1)) {
                insert_member(cls, holes, &port, text);
            }
        }
        for (size_t j = 0; !group && j < test_sets[i]->n; j++) {
            insert_member(cls, holes, &test_sets[i]->constants[j], text);
        }
        free(holes);
    }
}

static void
empty_classifier(struct classifier *cls)
{
    struct rule *rule;

    classifier_defer(cls);
    CLS_FOR_EACH (rule, cls_rule, cls) {
        classifier_remove_assert(cls, &rule->cls_rule);
        ovsrcu_postpone(free_rule, rule);
    }
    classifier_destroy(cls);
}

/* Reports that 'what' of the expression 'text' disagrees about a packet. */
static void
disagree(const char *what, const char *text, const struct universe_packet *p,
         bool expected, const struct expr_matches *matches)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    expr_matches_format(matches, &s);
    ovs_fatal(0, "%s\n%s: should be %s for reg0=%u inport=%u kind=%d "
              "dst=%u\n%s", text, what, expected ? "true" : "false", p->reg0,
              p->inport, p->kind, p->dst, ds_cstr(&s));
}

/* Fails on an error that should not be. */
static void
no_error(const char *text, char *error)
{
    if (error) {
        ovs_fatal(0, "%s: %s", text, error);
    }
}

static void
check_expr(const char *text, const unsigned char *t)
{
    struct expr_matches matches = { .n = 0 };
    struct classifier cls;
    struct expr *expr;

    no_error(text, expr_parse(text, logical_symtab(), NULL, &expr));
    no_error(text, expr_to_matches(expr, &test_env, &matches));

    classifier_init(&cls, NULL);
    insert_matches(&cls, &matches, text);
    insert_open(&cls, expr, text);
    for (size_t i = 0; i < universe_n; i++) {
        struct flow flow = universe_flows[i];
        bool found = classifier_lookup(&cls, OVS_VERSION_MIN, &flow, NULL);

        bool result;

        if (found != t[i] && test_is_possible_inport(universe[i].inport)) {
            disagree("flows", text, &universe[i], t[i], &matches);
        }
        no_error(text, expr_evaluate(expr, &test_env, &flow, &result));
        if (result != t[i]) {
            disagree("evaluation", text, &universe[i], t[i], &matches);
        }
    }
    empty_classifier(&cls);
    expr_matches_destroy(&matches);
    expr_destroy(expr);
}

static void
test_expr(int argc, char *argv[])
{
    int n = argc > 1 ? atoi(argv[1]) : 100000;
    struct ds s = DS_EMPTY_INITIALIZER;

    random_set_seed(argc > 2 ? atoi(argv[2]) : 1);
    test_sets_init();
    universe_init();
    for (int i = 0; i < n; i++) {
        truth t;

        ds_clear(&s);
        if (i % 2) {
            test_sets_randomize();
        }
        random_expr(&s, 1 + i % 3, false, t);
        check_expr(ds_cstr(&s), t);
        if (!(i % 256)) {
            ovsrcu_quiesce();
        }
    }
    ds_destroy(&s);
    test_sets_destroy();
}

TEST_OVN_REGISTER("expr", test_expr);
