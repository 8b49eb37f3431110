/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* "test-ovn lang-bench": how long the compiler of logical flows takes, for
 * ./dev bench lang.
 *
 * Standard input has lines "$NAME ADDRESS,...", "@NAME PORT,...", and
 * "MATCH<tab>ACTIONS".  Ports are called "p0", "p1" and so on.  Prints, as
 * JSON, the seconds of CPU for parsing and for translating everything, and how
 * many matches there are. */

#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "lib/actions.h"
#include "lib/expr.h"
#include "lib/logical.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/ofpbuf.h"
#include "openvswitch/shash.h"
#include "svec.h"
#include "tests/test-ovn.h"
#include "util.h"

/* What names mean. */
struct names {
    struct shash sets;          /* Of "struct expr_constants"s. */
    struct shash groups;        /* Of "struct svec"s. */
};

struct lflow {
    char *match, *actions;
    struct expr *expr;
    struct ofpbuf ovnacts;
};

static double
cpu_seconds(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return ts.tv_sec + ts.tv_nsec / 1e9;
}

static bool
bench_lookup_port(void *aux OVS_UNUSED, const char *name, unsigned int *key)
{
    *key = name[0] == 'p' ? atoi(name + 1) + 1 : 0;
    return *key != 0;
}

static bool
bench_is_resident(void *aux OVS_UNUSED, const char *name OVS_UNUSED)
{
    return true;
}

static const struct expr_constants *
bench_address_set(void *names_, const char *name)
{
    const struct names *names = names_;

    return shash_find_data(&names->sets, name);
}

static const char *const *
bench_port_group(void *names_, const char *name)
{
    const struct names *names = names_;
    const struct svec *ports = shash_find_data(&names->groups, name);

    return ports ? (const char *const *) ports->names : NULL;
}

/* Adds the set or group that 'line' defines to 'names'. */
static void
add_set(struct names *names, char *line)
{
    struct svec *members = xmalloc(sizeof *members);
    char *list = strchr(line, ' ');

    if (!list) {
        ovs_fatal(0, "%s: no members", line);
    }
    *list++ = '\0';
    svec_init(members);
    for (char *save = NULL, *p = strtok_r(list, ",", &save); p;
         p = strtok_r(NULL, ",", &save)) {
        svec_add(members, p);
    }
    svec_terminate(members);
    if (line[0] == '@') {
        shash_add(&names->groups, line + 1, members);
        return;
    }

    struct svec errors = SVEC_EMPTY_INITIALIZER;
    shash_add(&names->sets, line + 1,
              expr_constants_parse((const char *const *) members->names,
                                   members->n, &errors));
    if (!svec_is_empty(&errors)) {
        ovs_fatal(0, "%s", errors.names[0]);
    }
    svec_destroy(members);
    free(members);
}

/* Reads everything.  Returns the flows, '*n' of them. */
static struct lflow *
read_input(struct names *names, size_t *n)
{
    struct ds line = DS_EMPTY_INITIALIZER;
    struct lflow *lflows = NULL;
    size_t allocated = 0;

    *n = 0;
    while (!ds_get_line(&line, stdin)) {
        char *s = ds_cstr(&line);
        char *tab = strchr(s, '\t');

        if (!tab) {
            add_set(names, s);
            continue;
        }
        if (*n >= allocated) {
            lflows = x2nrealloc(lflows, &allocated, sizeof *lflows);
        }
        lflows[(*n)++] = (struct lflow) {
            .match = xmemdup0(s, tab - s),
            .actions = xstrdup(tab + 1),
        };
    }
    ds_destroy(&line);
    return lflows;
}

/* Parses and normalises 'lflow'. */
static void
parse(struct lflow *lflow)
{
    const struct actions_params params = {
        .symtab = logical_symtab(),
        .ingress = true,
        .cur_ltable = 10,
        .n_tables = LOG_PIPELINE_LEN,
    };
    struct field_set prereqs = { .bits = { 0 } };
    char *error;

    ofpbuf_init(&lflow->ovnacts, 0);
    error = actions_parse(lflow->actions, &params, &lflow->ovnacts, &prereqs);
    if (!error) {
        error = expr_parse(lflow->match, params.symtab, &prereqs,
                           &lflow->expr);
    }
    if (error) {
        ovs_fatal(0, "%s: %s", lflow->match, error);
    }
}

/* Translates 'lflow' and returns the number of matches. */
static size_t
translate(const struct lflow *lflow, struct names *names)
{
    const struct expr_env env = {
        .lookup_port = bench_lookup_port,
        .is_chassis_resident = bench_is_resident,
        .address_set = bench_address_set,
        .port_group = bench_port_group,
        .aux = names,
    };
    const struct actions_encode_params params = {
        .lookup_port = bench_lookup_port,
        .is_switch = true,
        .ingress = true,
        .cur_ltable = 10,
        .n_tables = LOG_PIPELINE_LEN,
    };
    struct expr_matches matches;
    struct ofpbuf ofpacts;
    struct match match;
    char *error = expr_to_matches(lflow->expr, &env, &matches);

    ofpbuf_init(&ofpacts, 0);
    if (!error) {
        error = actions_encode(&lflow->ovnacts, &params, &ofpacts);
    }
    if (error) {
        ovs_fatal(0, "%s: %s", lflow->match, error);
    }

    size_t n = matches.n;
    for (size_t i = 0; i < n; i++) {
        expr_match_get(&matches, i, &match);
    }
    expr_matches_destroy(&matches);
    ofpbuf_uninit(&ofpacts);
    return n;
}

static void
free_input(struct names *names, struct lflow *lflows, size_t n)
{
    struct shash_node *node;

    for (size_t i = 0; i < n; i++) {
        free(lflows[i].match);
        free(lflows[i].actions);
        expr_destroy(lflows[i].expr);
        actions_free(&lflows[i].ovnacts);
        ofpbuf_uninit(&lflows[i].ovnacts);
    }
    free(lflows);
    SHASH_FOR_EACH (node, &names->groups) {
        svec_destroy(node->data);
    }
    shash_destroy_free_data(&names->groups);
    shash_destroy_free_data(&names->sets);
}

static void
lang_bench(int argc OVS_UNUSED, char *argv[] OVS_UNUSED)
{
    struct names names = {
        .sets = SHASH_INITIALIZER(&names.sets),
        .groups = SHASH_INITIALIZER(&names.groups),
    };
    size_t n, n_matches = 0;
    struct lflow *lflows = read_input(&names, &n);

    double start = cpu_seconds();
    for (size_t i = 0; i < n; i++) {
        parse(&lflows[i]);
    }
    double parsed = cpu_seconds();
    for (size_t i = 0; i < n; i++) {
        n_matches += translate(&lflows[i], &names);
    }
    double translated = cpu_seconds();

    printf("{\"parse\": %.6f, \"translate\": %.6f, \"matches\": %"PRIuSIZE
           "}\n", parsed - start, translated - parsed, n_matches);
    free_input(&names, lflows, n);
}

TEST_OVN_REGISTER("lang-bench", lang_bench);
