/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-nbctl: routing policies of logical routers.
 *
 * A policy is identified by its chain, priority and match.  Packets start in
 * the main chain, which has no name; "jump" takes them to another one. */

#include <config.h>

#include "utilities/ovn-nbctl.h"

#include <limits.h>
#include <stdlib.h>

#include "lib/addr.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/shash.h"
#include "ovsdb-idl.h"
#include "smap.h"
#include "svec.h"
#include "util.h"
#include "utilities/ovn-nbctl-parse.h"
#include "uuid.h"

/* A policy as a command line describes it. */
struct policy_spec {
    const char *chain;          /* "" for the main one. */
    int64_t priority;
    const char *match;
    const char *action;
    const char *jump_chain;     /* Null unless 'action' is "jump". */
    struct svec nexthops;       /* Canonical; for "reroute" only. */
    const struct nbrec_logical_router_port *output_port; /* Or null. */
    struct smap options;
};

static void
policy_spec_init(struct policy_spec *spec)
{
    *spec = (struct policy_spec) { .chain = "" };
    svec_init(&spec->nexthops);
    smap_init(&spec->options);
}

static void
policy_spec_destroy(struct policy_spec *spec)
{
    svec_destroy(&spec->nexthops);
    smap_destroy(&spec->options);
}

static const char *
policy_chain(const struct nbrec_logical_router_policy *policy)
{
    return policy->chain ? policy->chain : "";
}

static void
pre_policies(struct ctl_context *ctx)
{
    NBCTL_ADD_COLUMNS(ctx, &nbrec_logical_router_col_name,
                      &nbrec_logical_router_col_ports,
                      &nbrec_logical_router_col_policies,
                      &nbrec_logical_router_port_col_name,
                      &nbrec_logical_router_policy_col_chain,
                      &nbrec_logical_router_policy_col_priority,
                      &nbrec_logical_router_policy_col_match,
                      &nbrec_logical_router_policy_col_action,
                      &nbrec_logical_router_policy_col_jump_chain,
                      &nbrec_logical_router_policy_col_nexthop,
                      &nbrec_logical_router_policy_col_nexthops,
                      &nbrec_logical_router_policy_col_output_port,
                      &nbrec_logical_router_policy_col_bfd_sessions,
                      &nbrec_logical_router_policy_col_options);
    dbctl_limit_row(ctx, &nbrec_table_logical_router,
                    &nbrec_logical_router_col_name, ctx->argv[1]);
    dbctl_need_whole(ctx, &nbrec_table_logical_router_policy);
    dbctl_need_whole(ctx, &nbrec_table_logical_router_port);
    nbctl_pre_bfd(ctx);
}

/* lr-policy-add: arguments. */

static bool
parse_action(struct ctl_context *ctx, struct policy_spec *spec)
{
    static const char *const actions[] = {
        "allow", "drop", "reroute", "jump"
    };

    spec->action = ctx->argv[4];
    for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
        if (!strcmp(spec->action, actions[i])) {
            return true;
        }
    }
    ctl_error(ctx, "%s: action must be one of \"allow\", \"drop\", "
              "\"reroute\", and \"jump\"", spec->action);
    return false;
}

/* Splits 'arg' into next hops, separated by commas. */
static bool
parse_nexthops(struct ctl_context *ctx, const char *arg, struct svec *nexthops)
{
    char *copy = xstrdup(arg);
    char *save_ptr = NULL;
    bool ok = true;

    for (char *word = strtok_r(copy, ",", &save_ptr); ok && word;
         word = strtok_r(NULL, ",", &save_ptr)) {
        char *nexthop = addr_normalize_host(word);
        if (!nexthop) {
            ctl_error(ctx, "bad next hop argument: %s", arg);
            ok = false;
            break;
        }
        svec_add_nocopy(nexthops, nexthop);
        if (!strchr(nexthop, ':') != !strchr(nexthops->names[0], ':')) {
            ctl_error(ctx, "bad next hops argument, not in the same addr "
                      "family : %s", arg);
            ok = false;
        }
    }
    if (ok && !nexthops->n) {
        ctl_error(ctx, "bad next hop argument: %s", arg);
        ok = false;
    }
    svec_sort_unique(nexthops);
    free(copy);
    return ok;
}

/* Parses what the action needs: the next hops of "reroute", the chain of
 * "jump".  Stores the index of the next argument in '*nextp'. */
static bool
parse_action_argument(struct ctl_context *ctx, struct policy_spec *spec,
                      int *nextp)
{
    bool reroute = !strcmp(spec->action, "reroute");
    bool jump = !strcmp(spec->action, "jump");

    *nextp = 5;
    if (!reroute && !jump) {
        return true;
    }
    if (ctx->argc <= *nextp) {
        ctl_error(ctx, "%s is required when action is %s.",
                  reroute ? "Nexthop" : "Jump chain", spec->action);
        return false;
    }

    const char *arg = ctx->argv[(*nextp)++];
    if (reroute) {
        return parse_nexthops(ctx, arg, &spec->nexthops);
    }
    if (!arg[0] || !strcmp(arg, spec->chain)) {
        ctl_error(ctx, "%s: a policy cannot jump to %s", arg,
                  arg[0] ? "its own chain" : "the main chain");
        return false;
    }
    spec->jump_chain = arg;
    return true;
}

static bool
parse_policy_options(struct ctl_context *ctx, int i, struct smap *options)
{
    for (; i < ctx->argc; i++) {
        const char *arg = ctx->argv[i];
        const char *equals = strchr(arg, '=');

        if (!equals || equals == arg || !equals[1]) {
            ctl_error(ctx, "No %s specified for the option : %.*s",
                      equals == arg ? "key" : "value",
                      (int) strcspn(arg, "="), arg);
            return false;
        }
        smap_add_nocopy(options, xmemdup0(arg, equals - arg),
                        xstrdup(equals + 1));
    }
    return true;
}

static bool
parse_output_port(struct ctl_context *ctx,
                  const struct nbrec_logical_router *lr,
                  struct policy_spec *spec)
{
    const char *name = shash_find_data(&ctx->options, "--output-port");

    if (!name) {
        return true;
    }
    if (strcmp(spec->action, "reroute")) {
        ctl_error(ctx, "Output port is valid only with reroute action.");
        return false;
    }
    return (nbctl_find_lrp(ctx, name, true, &spec->output_port)
            && nbctl_check_lrp_router(ctx, lr, spec->output_port));
}

/* Returns the policy of 'lr' of 'chain', 'priority' and 'match', or null. */
static const struct nbrec_logical_router_policy *
find_policy(const struct nbrec_logical_router *lr, const char *chain,
            int64_t priority, const char *match)
{
    for (size_t i = 0; i < lr->n_policies; i++) {
        const struct nbrec_logical_router_policy *policy = lr->policies[i];

        if (policy->priority == priority
            && !strcmp(policy->match, match)
            && !strcmp(policy_chain(policy), chain)) {
            return policy;
        }
    }
    return NULL;
}

/* Parses what identifies the policy, and its action. */
static bool
parse_policy_key(struct ctl_context *ctx, struct policy_spec *spec)
{
    const char *chain = shash_find_data(&ctx->options, "--chain");

    spec->chain = chain ? chain : "";
    spec->match = ctx->argv[3];
    return (nbctl_parse_priority(ctx, ctx->argv[2], &spec->priority)
            && parse_action(ctx, spec)
            && nbctl_check(ctx, &nbrec_logical_router_policy_col_match,
                           spec->match));
}

static bool
parse_policy_rest(struct ctl_context *ctx,
                  const struct nbrec_logical_router *lr,
                  struct policy_spec *spec)
{
    int next;

    if (shash_find(&ctx->options, "--bfd")
        && strcmp(spec->action, "reroute")) {
        ctl_error(ctx, "BFD is valid only with reroute action.");
        return false;
    }
    return (parse_action_argument(ctx, spec, &next)
            && parse_policy_options(ctx, next, &spec->options)
            && parse_output_port(ctx, lr, spec));
}

/* lr-policy-add: the row. */

/* Sets the BFD sessions of 'policy', one for each next hop, if the command
 * asks for them. */
static bool
set_bfd_sessions(struct ctl_context *ctx,
                 const struct nbrec_logical_router_policy *policy,
                 const struct policy_spec *spec)
{
    if (!shash_find(&ctx->options, "--bfd")) {
        return true;
    }

    const char *port = spec->output_port ? spec->output_port->name : NULL;
    size_t n = spec->nexthops.n;
    struct nbrec_bfd **bfds = xmalloc(n * sizeof *bfds);
    bool ok = true;

    for (size_t i = 0; i < n && ok; i++) {
        const struct nbrec_bfd *bfd;

        ok = nbctl_get_bfd(ctx, spec->nexthops.names[i], port, &bfd);
        bfds[i] = CONST_CAST(struct nbrec_bfd *, bfd);
    }
    if (ok) {
        nbrec_logical_router_policy_set_bfd_sessions(policy, bfds, n);
    }
    free(bfds);
    return ok;
}

static void
insert_policy(struct ctl_context *ctx, const struct nbrec_logical_router *lr,
              const struct policy_spec *spec)
{
    const struct nbrec_logical_router_policy *policy
        = nbrec_logical_router_policy_insert(ctx->txn);

    if (spec->chain[0]) {
        nbrec_logical_router_policy_set_chain(policy, spec->chain);
    }
    nbrec_logical_router_policy_set_priority(policy, spec->priority);
    nbrec_logical_router_policy_set_match(policy, spec->match);
    nbrec_logical_router_policy_set_action(policy, spec->action);
    if (spec->jump_chain) {
        nbrec_logical_router_policy_set_jump_chain(policy, spec->jump_chain);
    }
    nbrec_logical_router_policy_set_nexthops(
        policy, (const char **) spec->nexthops.names, spec->nexthops.n);
    if (spec->output_port) {
        nbrec_logical_router_policy_set_output_port(policy,
                                                    spec->output_port);
    }
    nbrec_logical_router_policy_set_options(policy, &spec->options);
    if (set_bfd_sessions(ctx, policy, spec)) {
        dbctl_add_ref(ctx, &lr->header_, &nbrec_logical_router_col_policies,
                      &policy->header_);
    }
}

static void
lr_policy_add(struct ctl_context *ctx, struct policy_spec *spec)
{
    const struct nbrec_logical_router *lr;

    if (!nbctl_find_router(ctx, ctx->argv[1], true, &lr)
        || !parse_policy_key(ctx, spec)) {
        return;
    }
    if (find_policy(lr, spec->chain, spec->priority, spec->match)) {
        if (!shash_find(&ctx->options, "--may-exist")) {
            ctl_error(ctx, "Same routing policy already existed on the "
                      "logical router %s.", ctx->argv[1]);
        }
        return;
    }
    if (parse_policy_rest(ctx, lr, spec)) {
        insert_policy(ctx, lr, spec);
    }
}

static void
cmd_lr_policy_add(struct ctl_context *ctx)
{
    struct policy_spec spec;

    policy_spec_init(&spec);
    lr_policy_add(ctx, &spec);
    policy_spec_destroy(&spec);
}

/* lr-policy-del. */

/* Which policies to delete.  What is null is left open. */
struct policy_selection {
    const char *chain;
    const int64_t *priority;
    const struct uuid *uuid;
    const char *match;
};

static bool
is_selected(const struct nbrec_logical_router_policy *policy,
            const struct policy_selection *sel)
{
    return ((!sel->chain || !strcmp(sel->chain, policy_chain(policy)))
            && (!sel->priority || *sel->priority == policy->priority)
            && (!sel->uuid || uuid_equals(sel->uuid, &policy->header_.uuid))
            && (!sel->match || !strcmp(sel->match, policy->match)));
}

static size_t
delete_policies(struct ctl_context *ctx,
                const struct nbrec_logical_router *lr,
                const struct policy_selection *sel)
{
    struct nbctl_rows doomed = { .n = 0 };

    for (size_t i = 0; i < lr->n_policies; i++) {
        if (is_selected(lr->policies[i], sel)) {
            nbctl_rows_add(&doomed, &lr->policies[i]->header_);
        }
    }
    return nbctl_rows_delete(&doomed, ctx, &lr->header_,
                             &nbrec_logical_router_col_policies);
}

static void
cmd_lr_policy_del(struct ctl_context *ctx)
{
    const struct nbrec_logical_router *lr;
    struct uuid uuid;
    int64_t priority;

    if (!nbctl_find_router(ctx, ctx->argv[1], true, &lr)) {
        return;
    }

    struct policy_selection sel = {
        .chain = shash_find_data(&ctx->options, "--chain"),
        .match = ctx->argc > 3 ? ctx->argv[3] : NULL,
    };
    if (ctx->argc == 2) {
        if (!sel.chain) {
            nbctl_delete_all(ctx, &lr->header_,
                             &nbrec_logical_router_col_policies,
                             &nbrec_table_logical_router_policy);
            return;
        }
    } else if (uuid_from_string(&uuid, ctx->argv[2])) {
        sel.uuid = &uuid;
    } else {
        if (!nbctl_parse_priority(ctx, ctx->argv[2], &priority)) {
            return;
        }
        sel.priority = &priority;
        sel.chain = sel.chain ? sel.chain : "";
    }

    if (!delete_policies(ctx, lr, &sel) && sel.uuid
        && !shash_find(&ctx->options, "--if-exists")) {
        ctl_error(ctx, "Logical router policy uuid is not found.");
    }
}

/* lr-policy-list. */

static int
compare_policies(const void *a_, const void *b_)
{
    const struct nbrec_logical_router_policy *const *ap = a_;
    const struct nbrec_logical_router_policy *const *bp = b_;
    const struct nbrec_logical_router_policy *a = *ap;
    const struct nbrec_logical_router_policy *b = *bp;

    int cmp = strcmp(policy_chain(a), policy_chain(b));
    if (cmp) {
        return cmp;
    }
    if (a->priority != b->priority) {
        return a->priority > b->priority ? -1 : 1;
    }
    cmp = strcmp(a->match, b->match);
    return cmp ? cmp : uuid_compare_3way(&a->header_.uuid, &b->header_.uuid);
}

static void
print_policy_options(const struct smap *options, struct ds *s)
{
    const struct smap_node **nodes = smap_sort(options);

    for (size_t i = 0; i < smap_count(options); i++) {
        ds_put_format(s, "%s%s=%s", i ? "," : "", nodes[i]->key,
                      nodes[i]->value);
    }
    free(nodes);
}

static void
print_policy(const struct nbrec_logical_router_policy *policy, struct ds *s)
{
    ds_put_format(s, "%10"PRId64" %50s %15s", policy->priority,
                  policy->match, policy->action);
    if (policy->jump_chain) {
        ds_put_format(s, " %25s", policy->jump_chain);
    } else if (!policy->n_nexthops && policy->nexthop) {
        ds_put_format(s, " %25s", policy->nexthop);
    }
    for (size_t i = 0; i < policy->n_nexthops; i++) {
        ds_put_format(s, i ? ", %s" : " %25s", policy->nexthops[i]);
    }
    if (policy->output_port) {
        ds_put_format(s, " %s", policy->output_port->name);
    }
    if (policy->n_bfd_sessions) {
        ds_put_cstr(s, " bfd");
    }
    if (!smap_is_empty(&policy->options)) {
        ds_put_format(s, "%15s", "");
        print_policy_options(&policy->options, s);
    }
    ds_put_char(s, '\n');
}

static void
cmd_lr_policy_list(struct ctl_context *ctx)
{
    const struct nbrec_logical_router *lr;

    if (!nbctl_find_router(ctx, ctx->argv[1], true, &lr)
        || !lr->n_policies) {
        return;
    }

    size_t n = lr->n_policies;
    const struct nbrec_logical_router_policy **policies
        = xmemdup(lr->policies, n * sizeof *policies);
    qsort(policies, n, sizeof *policies, compare_policies);

    const char *chain = "";
    ds_put_cstr(&ctx->output, "Routing Policies\n");
    for (size_t i = 0; i < n; i++) {
        if (strcmp(policy_chain(policies[i]), chain)) {
            chain = policies[i]->chain;
            ds_put_format(&ctx->output, "Chain %s\n", chain);
        }
        print_policy(policies[i], &ctx->output);
    }
    free(policies);
}

static const struct dbctl_command commands[] = {
    {{"lr-policy-add", 4, INT_MAX,
      "ROUTER PRIORITY MATCH {allow|drop|reroute|jump} "
      "[NEXTHOP[,NEXTHOP]... | JUMP_CHAIN] [KEY=VALUE]...",
      pre_policies, cmd_lr_policy_add, NULL,
      "--may-exist,--bfd?,--chain=,--output-port=," DBCTL_NO_VALIDATE, RW},
     "add a policy to ROUTER"},
    {{"lr-policy-del", 1, 3, "ROUTER [{PRIORITY | UUID} [MATCH]]",
      pre_policies, cmd_lr_policy_del, NULL, "--if-exists,--chain=", RW},
     "remove policies from ROUTER"},
    {{"lr-policy-list", 1, 1, "ROUTER", pre_policies, cmd_lr_policy_list,
      NULL, "", RO}, "print policies for ROUTER"},
    {{NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO}, NULL}
};

const struct dbctl_topic nbctl_policy_topic = {
    "Logical router policy commands", commands
};
