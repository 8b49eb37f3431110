/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-nbctl: mirrors of switch ports, and which packets they copy. */

#include <config.h>

#include "utilities/ovn-nbctl.h"

#include <stdlib.h>

#include "lib/addr.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/shash.h"
#include "ovsdb-idl.h"
#include "util.h"
#include "utilities/ovn-nbctl-rule.h"

/* Mirrors to "gre" and "erspan" are tunnels to an IP address, with a key;
 * "local" ones lead to an interface, "lport" ones to a logical port, by
 * name. */
static bool
is_tunnel(const char *type)
{
    return !strcmp(type, "gre") || !strcmp(type, "erspan");
}

/* mirror-add. */

struct mirror_request {
    const char *type;
    const char *filter;
    const char *sink;
    int64_t index;
};

static void
pre_effect(struct ctl_context *ctx)
{
    NBCTL_ADD_COLUMNS(ctx, &nbrec_mirror_col_type, &nbrec_mirror_col_filter,
                      &nbrec_mirror_col_sink, &nbrec_mirror_col_index);
}

static void
pre_mirror_add(struct ctl_context *ctx)
{
    nbctl_pre_find(ctx, &nbctl_mirror, ctx->argv[1]);
    pre_effect(ctx);
}

/* Parses the index, which only tunnels have.  '*i' is where it would be among
 * the arguments; stores there where the next is. */
static bool
parse_index(struct ctl_context *ctx, int *i, struct mirror_request *req)
{
    bool has_index = ctx->argc == 6;

    if (!is_tunnel(req->type)) {
        if (has_index) {
            ctl_error(ctx, "%s: a mirror of type %s has no index",
                      ctx->argv[*i], req->type);
        }
        return !has_index;
    }
    if (!has_index) {
        ctl_error(ctx, "a mirror of type %s requires an index", req->type);
        return false;
    }
    return nbctl_parse_int(ctx, ctx->argv[(*i)++], "index", 0, UINT32_MAX,
                           &req->index);
}

static bool
parse_sink(struct ctl_context *ctx, const char *arg,
           struct mirror_request *req)
{
    struct addr_ip ip;

    if (is_tunnel(req->type) && !addr_ip_parse_host(arg, &ip)) {
        ctl_error(ctx, "Invalid sink ip: %s", arg);
        return false;
    }
    req->sink = arg;
    return true;
}

/* Parses "TYPE [INDEX] FILTER SINK". */
static bool
parse_mirror(struct ctl_context *ctx, struct mirror_request *req)
{
    static const char *const types[] = { "gre", "erspan", "local", "lport" };
    static const char *const filters[] = { "from-lport", "to-lport", "both" };
    int i = 2;

    *req = (struct mirror_request) { .index = 0 };
    return (nbctl_parse_choice(ctx, ctx->argv[i++], "type", types,
                               ARRAY_SIZE(types), &req->type)
            && parse_index(ctx, &i, req)
            && nbctl_parse_choice(ctx, ctx->argv[i++], "selection", filters,
                                  ARRAY_SIZE(filters), &req->filter)
            && parse_sink(ctx, ctx->argv[i], req));
}

static void
cmd_mirror_add(struct ctl_context *ctx)
{
    const char *name = ctx->argv[1];
    const struct nbrec_mirror *mirror;
    struct mirror_request req;

    if (!parse_mirror(ctx, &req)
        || !nbctl_find_mirror(ctx, name, false, &mirror)) {
        return;
    }
    if (!mirror) {
        mirror = nbrec_mirror_insert(ctx->txn);
        nbrec_mirror_set_name(mirror, name);
    } else if (!shash_find(&ctx->options, "--may-exist")) {
        ctl_error(ctx, "Mirror with %s name already exists.", name);
        return;
    }
    nbrec_mirror_set_type(mirror, req.type);
    nbrec_mirror_set_filter(mirror, req.filter);
    nbrec_mirror_set_sink(mirror, req.sink);
    nbrec_mirror_set_index(mirror, req.index);
}

/* mirror-del. */

static void
pre_mirror_del(struct ctl_context *ctx)
{
    nbctl_pre_find(ctx, &nbctl_mirror, ctx->argc > 1 ? ctx->argv[1] : NULL);
}

static void
cmd_mirror_del(struct ctl_context *ctx)
{
    const struct nbrec_mirror *mirror, *next;

    if (ctx->argc > 1) {
        if (nbctl_find_mirror(ctx, ctx->argv[1], false, &mirror) && mirror) {
            nbrec_mirror_delete(mirror);
        }
        return;
    }
    NBREC_MIRROR_FOR_EACH_SAFE (mirror, next, ctx->idl) {
        nbrec_mirror_delete(mirror);
    }
}

/* Rules of a mirror. */

static struct nbctl_rule
mirror_rule(const struct nbrec_mirror_rule *mr)
{
    return (struct nbctl_rule) {
        .direction = "",
        .priority = mr->priority,
        .match = mr->match,
        .action = mr->action ? mr->action : "",
        .row = mr,
    };
}

/* The command looks at those rules of the mirror that is its first argument
 * that have 'match' or, if that is null, at all. */
static void
pre_rule(struct ctl_context *ctx, const char *match)
{
    nbctl_pre_find(ctx, &nbctl_mirror, ctx->argv[1]);
    nbctl_pre_refs(ctx, &nbrec_mirror_col_mirror_rules,
                   &nbrec_table_mirror_rule, &nbrec_mirror_rule_col_match,
                   match);
    NBCTL_ADD_COLUMNS(ctx, &nbrec_mirror_col_type,
                      &nbrec_mirror_rule_col_priority,
                      &nbrec_mirror_rule_col_match,
                      &nbrec_mirror_rule_col_action);
}

static void
pre_mirror_rule_add(struct ctl_context *ctx)
{
    pre_rule(ctx, ctx->argv[3]);
}

static void
cmd_mirror_rule_add(struct ctl_context *ctx)
{
    static const char *const actions[] = { "mirror", "skip" };
    struct nbctl_rule rule = { .direction = "", .match = ctx->argv[3] };
    const struct nbrec_mirror *mirror;

    if (!nbctl_find_mirror(ctx, ctx->argv[1], true, &mirror)
        || !nbctl_parse_priority(ctx, ctx->argv[2], &rule.priority)
        || !nbctl_check(ctx, &nbrec_mirror_rule_col_match, rule.match)
        || !nbctl_parse_choice(ctx, ctx->argv[4], "action", actions,
                               ARRAY_SIZE(actions), &rule.action)) {
        return;
    }
    if (strcmp(mirror->type, "lport")) {
        ctl_error(ctx, "%s: only a mirror of type lport can have rules, not "
                  "one of type %s", ctx->argv[1], mirror->type);
        return;
    }
    for (size_t i = 0; i < mirror->n_mirror_rules; i++) {
        const struct nbctl_rule old = mirror_rule(mirror->mirror_rules[i]);

        if (nbctl_rule_equal(&old, &rule)) {
            ctl_error(ctx, "Same rule already exists in mirror %s.",
                      ctx->argv[1]);
            return;
        }
    }

    const struct nbrec_mirror_rule *mr = nbrec_mirror_rule_insert(ctx->txn);
    nbrec_mirror_rule_set_priority(mr, rule.priority);
    nbrec_mirror_rule_set_match(mr, rule.match);
    nbrec_mirror_rule_set_action(mr, rule.action);
    dbctl_add_ref(ctx, &mirror->header_, &nbrec_mirror_col_mirror_rules,
                  &mr->header_);
}

static void
pre_mirror_rule_del(struct ctl_context *ctx)
{
    pre_rule(ctx, ctx->argc > 3 ? ctx->argv[3] : NULL);
}

static void
cmd_mirror_rule_del(struct ctl_context *ctx)
{
    const struct nbrec_mirror *mirror;
    struct nbctl_rule_filter filter;

    if (!nbctl_find_mirror(ctx, ctx->argv[1], true, &mirror)
        || !nbctl_parse_rule_filter(ctx, 2, false, &filter)) {
        return;
    }

    /* The set changes while elements are deleted. */
    size_t n = mirror->n_mirror_rules;
    struct nbrec_mirror_rule **rules = xmemdup(mirror->mirror_rules,
                                               n * sizeof *rules);
    for (size_t i = 0; i < n; i++) {
        const struct nbctl_rule rule = mirror_rule(rules[i]);

        if (nbctl_rule_filter_accepts(&filter, &rule)) {
            dbctl_del_ref(ctx, &mirror->header_,
                          &nbrec_mirror_col_mirror_rules,
                          &rules[i]->header_);
        }
    }
    free(rules);
}

/* mirror-list. */

static void
pre_mirror_list(struct ctl_context *ctx)
{
    ovsdb_idl_add_column(ctx->idl, &nbrec_mirror_col_name);
    pre_effect(ctx);
    NBCTL_ADD_COLUMNS(ctx, &nbrec_mirror_col_mirror_rules,
                      &nbrec_mirror_rule_col_priority,
                      &nbrec_mirror_rule_col_match,
                      &nbrec_mirror_rule_col_action);
}

static void
print_rules(const struct nbrec_mirror *mirror, struct ds *s)
{
    size_t n = mirror->n_mirror_rules;
    struct nbctl_rule *rules = xmalloc(n * sizeof *rules);

    for (size_t i = 0; i < n; i++) {
        rules[i] = mirror_rule(mirror->mirror_rules[i]);
    }
    nbctl_rules_sort(rules, n);
    if (n) {
        ds_put_cstr(s, "  Rules    :\n");
    }
    for (size_t i = 0; i < n; i++) {
        ds_put_format(s, "    %5"PRId64" (%s) %s\n", rules[i].priority,
                      rules[i].match, rules[i].action);
    }
    free(rules);
}

static void
cmd_mirror_list(struct ctl_context *ctx)
{
    struct nbctl_names names = { .n = 0 };
    const struct nbrec_mirror *mirror;
    struct ds *s = &ctx->output;

    NBREC_MIRROR_FOR_EACH (mirror, ctx->idl) {
        nbctl_names_add(&names, &mirror->header_.uuid, mirror->name, mirror);
    }
    nbctl_names_sort(&names);
    for (size_t i = 0; i < names.n; i++) {
        mirror = nbctl_names_row(&names, i);
        ds_put_format(s, "%s:\n", mirror->name);
        ds_put_format(s, "  Type     :  %s\n", mirror->type);
        ds_put_format(s, "  Sink     :  %s\n", mirror->sink);
        ds_put_format(s, "  Filter   :  %s\n", mirror->filter);
        if (is_tunnel(mirror->type)) {
            ds_put_format(s, "  Index/Key:  %"PRId64"\n", mirror->index);
        }
        print_rules(mirror, s);
        ds_put_char(s, '\n');
    }
    nbctl_names_destroy(&names);
}

/* Mirrors of a port. */

static void
pre_lsp_mirror(struct ctl_context *ctx)
{
    nbctl_pre_find(ctx, &nbctl_lsp, ctx->argv[1]);
    nbctl_pre_find(ctx, &nbctl_mirror, ctx->argv[2]);
    nbctl_pre_refs(ctx, &nbrec_logical_switch_port_col_mirror_rules,
                   &nbrec_table_mirror, &nbrec_mirror_col_name, ctx->argv[2]);
}

/* Finds port and mirror, and whether the port has it. */
static bool
find_lsp_mirror(struct ctl_context *ctx,
                const struct nbrec_logical_switch_port **lspp,
                const struct nbrec_mirror **mirrorp, bool *attached)
{
    if (!nbctl_find_lsp(ctx, ctx->argv[1], true, lspp)
        || !nbctl_find_mirror(ctx, ctx->argv[2], true, mirrorp)) {
        return false;
    }
    *attached = false;
    for (size_t i = 0; i < (*lspp)->n_mirror_rules; i++) {
        if ((*lspp)->mirror_rules[i] == *mirrorp) {
            *attached = true;
        }
    }
    return true;
}

static void
cmd_lsp_attach_mirror(struct ctl_context *ctx)
{
    const struct nbrec_logical_switch_port *lsp;
    const struct nbrec_mirror *mirror;
    bool attached;

    if (!find_lsp_mirror(ctx, &lsp, &mirror, &attached)) {
        return;
    }
    if (!attached) {
        dbctl_add_ref(ctx, &lsp->header_,
                      &nbrec_logical_switch_port_col_mirror_rules,
                      &mirror->header_);
    } else if (!shash_find(&ctx->options, "--may-exist")) {
        ctl_error(ctx, "mirror %s is already attached to the logical port "
                  "%s.", ctx->argv[2], ctx->argv[1]);
    }
}

static void
cmd_lsp_detach_mirror(struct ctl_context *ctx)
{
    const struct nbrec_logical_switch_port *lsp;
    const struct nbrec_mirror *mirror;
    bool attached;

    if (find_lsp_mirror(ctx, &lsp, &mirror, &attached) && attached) {
        dbctl_del_ref(ctx, &lsp->header_,
                      &nbrec_logical_switch_port_col_mirror_rules,
                      &mirror->header_);
    }
}

static const struct dbctl_command commands[] = {
    {{"mirror-add", 4, 5, "NAME TYPE [INDEX] FILTER SINK", pre_mirror_add,
      cmd_mirror_add, NULL, "--may-exist", RW}, "add a mirror"},
    {{"mirror-del", 0, 1, "[NAME]", pre_mirror_del, cmd_mirror_del, NULL, "",
      RW}, "remove mirrors"},
    {{"mirror-list", 0, 0, "", pre_mirror_list, cmd_mirror_list, NULL, "",
      RO}, "print mirrors"},
    {{"mirror-rule-add", 4, 4, "MIRROR-NAME PRIORITY MATCH ACTION",
      pre_mirror_rule_add, cmd_mirror_rule_add, NULL, DBCTL_NO_VALIDATE, RW},
     "add a rule to MIRROR-NAME"},
    {{"mirror-rule-del", 1, 3, "MIRROR-NAME [PRIORITY MATCH]",
      pre_mirror_rule_del, cmd_mirror_rule_del, NULL, "", RW},
     "remove rules from MIRROR-NAME"},
    {{"lsp-attach-mirror", 2, 2, "PORT MIRROR", pre_lsp_mirror,
      cmd_lsp_attach_mirror, NULL, "--may-exist", RW},
     "attach MIRROR to PORT"},
    {{"lsp-detach-mirror", 2, 2, "PORT MIRROR", pre_lsp_mirror,
      cmd_lsp_detach_mirror, NULL, "", RW}, "detach MIRROR from PORT"},
    {{NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO}, NULL}
};

const struct dbctl_topic nbctl_mirror_topic = {
    "Mirror commands", commands
};
