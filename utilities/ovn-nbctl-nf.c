/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-nbctl: network functions, through which ACLs send packets, and groups
 * of them. */

#include <config.h>

#include "utilities/ovn-nbctl.h"

#include <limits.h>
#include <stdlib.h>

#include "openvswitch/dynamic-string.h"
#include "openvswitch/shash.h"
#include "ovsdb-idl.h"
#include "util.h"

/* Functions and groups each have a number of their own, from 1 to 255. */
static bool
parse_id(struct ctl_context *ctx, const char *arg, int64_t *id)
{
    return nbctl_parse_int(ctx, arg, "ID", 1, 255, id);
}

/* Network functions. */

struct nf_request {
    int64_t id;
    const struct nbrec_logical_switch_port *inport;
    const struct nbrec_logical_switch_port *outport; /* Or null. */
};

static void
pre_nf_columns(struct ctl_context *ctx)
{
    NBCTL_ADD_COLUMNS(ctx, &nbrec_network_function_col_id,
                      &nbrec_network_function_col_inport,
                      &nbrec_network_function_col_outport);
}

static void
pre_nf_add(struct ctl_context *ctx)
{
    pre_nf_columns(ctx);
    nbctl_pre_find(ctx, &nbctl_nf, NULL);
    if (shash_find(&ctx->options, "--may-exist")) {
        /* The ports of the one that exists may be others. */
        nbctl_pre_find(ctx, &nbctl_lsp, NULL);
        return;
    }
    nbctl_pre_find(ctx, &nbctl_lsp, ctx->argv[3]);
    if (ctx->argc > 4) {
        nbctl_pre_find(ctx, &nbctl_lsp, ctx->argv[4]);
    }
}

static bool
parse_nf(struct ctl_context *ctx, struct nf_request *req)
{
    *req = (struct nf_request) { .id = 0 };
    return (parse_id(ctx, ctx->argv[2], &req->id)
            && nbctl_find_lsp(ctx, ctx->argv[3], true, &req->inport)
            && (ctx->argc <= 4
                || nbctl_find_lsp(ctx, ctx->argv[4], true, &req->outport)));
}

/* Reports an error and returns false if another network function has 'id'. */
static bool
check_nf_id(struct ctl_context *ctx, int64_t id)
{
    const struct nbrec_network_function *nf;

    NBREC_NETWORK_FUNCTION_FOR_EACH (nf, ctx->idl) {
        if (nf->id == id) {
            ctl_error(ctx, "%"PRId64": network function %s has this ID", id,
                      nf->name);
            return false;
        }
    }
    return true;
}

static void
cmd_nf_add(struct ctl_context *ctx)
{
    const char *name = ctx->argv[1];
    const struct nbrec_network_function *nf;
    struct nf_request req;

    if (!nbctl_find_nf(ctx, name, false, &nf) || !parse_nf(ctx, &req)) {
        return;
    }
    if (nf) {
        if (!shash_find(&ctx->options, "--may-exist")) {
            ctl_error(ctx, "%s: a network function with this name already "
                      "exists", name);
        } else if (nf->id != req.id || nf->inport != req.inport
                   || nf->outport != req.outport) {
            ctl_error(ctx, "%s: network function already exists with "
                      "different ID or ports", name);
        }
        return;
    }
    if (!check_nf_id(ctx, req.id)) {
        return;
    }

    nf = nbrec_network_function_insert(ctx->txn);
    nbrec_network_function_set_name(nf, name);
    nbrec_network_function_set_id(nf, req.id);
    nbrec_network_function_set_inport(nf, req.inport);
    if (req.outport) {
        nbrec_network_function_set_outport(nf, req.outport);
    }
}

static void
pre_nf_del(struct ctl_context *ctx)
{
    nbctl_pre_named(ctx, &nbctl_nf);
    NBCTL_ADD_COLUMNS(ctx, &nbrec_network_function_group_col_name,
                      &nbrec_network_function_group_col_network_function);
    dbctl_need_whole(ctx, &nbrec_table_network_function_group);
}

static bool
is_member(const struct nbrec_network_function_group *nfg,
          const struct nbrec_network_function *nf)
{
    for (size_t i = 0; i < nfg->n_network_function; i++) {
        if (nfg->network_function[i] == nf) {
            return true;
        }
    }
    return false;
}

/* Returns the group that 'nf' is in, the first by name if there are several,
 * or null. */
static const struct nbrec_network_function_group *
group_of(struct ctl_context *ctx, const struct nbrec_network_function *nf)
{
    const struct nbrec_network_function_group *nfg, *first = NULL;

    NBREC_NETWORK_FUNCTION_GROUP_FOR_EACH (nfg, ctx->idl) {
        if (is_member(nfg, nf)
            && (!first || strcmp(nfg->name, first->name) < 0)) {
            first = nfg;
        }
    }
    return first;
}

static void
cmd_nf_del(struct ctl_context *ctx)
{
    bool must_exist = !shash_find(&ctx->options, "--if-exists");
    const struct nbrec_network_function *nf;

    if (!nbctl_find_nf(ctx, ctx->argv[1], must_exist, &nf) || !nf) {
        return;
    }
    const struct nbrec_network_function_group *nfg = group_of(ctx, nf);
    if (nfg) {
        ctl_error(ctx, "%s: network function is in network function group %s",
                  ctx->argv[1], nfg->name);
        return;
    }
    nbrec_network_function_delete(nf);
}

static void
pre_nf_list(struct ctl_context *ctx)
{
    nbctl_pre_find(ctx, &nbctl_nf, NULL);
    pre_nf_columns(ctx);
    nbctl_pre_find(ctx, &nbctl_lsp, NULL);
}

static void
cmd_nf_list(struct ctl_context *ctx)
{
    struct nbctl_names names = { .n = 0 };
    const struct nbrec_network_function *nf;

    NBREC_NETWORK_FUNCTION_FOR_EACH (nf, ctx->idl) {
        nbctl_names_add(&names, &nf->header_.uuid, nf->name, nf);
    }
    nbctl_names_sort(&names);
    for (size_t i = 0; i < names.n; i++) {
        nf = nbctl_names_row(&names, i);
        ds_put_format(&ctx->output, UUID_FMT" (%s) id=%"PRId64,
                      UUID_ARGS(&nf->header_.uuid), nf->name, nf->id);
        if (nf->inport) {
            ds_put_format(&ctx->output, " inport=%s", nf->inport->name);
        }
        if (nf->outport) {
            ds_put_format(&ctx->output, " outport=%s", nf->outport->name);
        }
        ds_put_char(&ctx->output, '\n');
    }
    nbctl_names_destroy(&names);
}

/* Groups. */

static void
pre_nfg_columns(struct ctl_context *ctx)
{
    NBCTL_ADD_COLUMNS(ctx, &nbrec_network_function_group_col_id,
                      &nbrec_network_function_group_col_mode,
                      &nbrec_network_function_group_col_network_function);
    nbctl_pre_find(ctx, &nbctl_nf, NULL);
}

static void
pre_nfg(struct ctl_context *ctx)
{
    nbctl_pre_find(ctx, &nbctl_nfg, NULL);
    pre_nfg_columns(ctx);
}

/* Finds the functions that the arguments from the 'i'th on name, which the
 * caller must free.  Otherwise reports an error and returns null. */
static struct nbrec_network_function **
find_nfs(struct ctl_context *ctx, int i, size_t *n)
{
    *n = 0;
    struct nbrec_network_function **nfs
        = xmalloc((ctx->argc - i + 1) * sizeof *nfs);

    for (; i < ctx->argc; i++) {
        const struct nbrec_network_function *nf;

        if (!nbctl_find_nf(ctx, ctx->argv[i], true, &nf)) {
            free(nfs);
            return NULL;
        }
        nfs[(*n)++] = CONST_CAST(struct nbrec_network_function *, nf);
    }
    return nfs;
}

/* Reports an error and returns false if another group has 'id'. */
static bool
check_nfg_id(struct ctl_context *ctx, int64_t id)
{
    const struct nbrec_network_function_group *nfg;

    NBREC_NETWORK_FUNCTION_GROUP_FOR_EACH (nfg, ctx->idl) {
        if (nfg->id == id) {
            ctl_error(ctx, "%"PRId64": network function group %s has this ID",
                      id, nfg->name);
            return false;
        }
    }
    return true;
}

static void
cmd_nfg_add(struct ctl_context *ctx)
{
    static const char *const modes[] = { "inline", "vtap" };
    const struct nbrec_network_function_group *nfg;
    const char *name = ctx->argv[1];
    const char *mode;
    int64_t id;
    size_t n;

    if (!nbctl_find_nfg(ctx, name, false, &nfg)
        || !parse_id(ctx, ctx->argv[2], &id)
        || !nbctl_parse_choice(ctx, ctx->argv[3], "mode", modes,
                               ARRAY_SIZE(modes), &mode)) {
        return;
    }
    if (nfg) {
        if (!shash_find(&ctx->options, "--may-exist")) {
            ctl_error(ctx, "%s: a network function group with this name "
                      "already exists", name);
        } else if (nfg->id != id || strcmp(nfg->mode, mode)) {
            ctl_error(ctx, "%s: network function group already exists with "
                      "different ID or mode", name);
        }
        return;
    }
    if (!check_nfg_id(ctx, id)) {
        return;
    }
    struct nbrec_network_function **nfs = find_nfs(ctx, 4, &n);
    if (!nfs) {
        return;
    }

    nfg = nbrec_network_function_group_insert(ctx->txn);
    nbrec_network_function_group_set_name(nfg, name);
    nbrec_network_function_group_set_id(nfg, id);
    nbrec_network_function_group_set_mode(nfg, mode);
    nbrec_network_function_group_set_network_function(nfg, nfs, n);
    free(nfs);
}

static void
pre_nfg_del(struct ctl_context *ctx)
{
    nbctl_pre_named(ctx, &nbctl_nfg);
}

static void
cmd_nfg_del(struct ctl_context *ctx)
{
    nbctl_del_named(ctx, &nbctl_nfg);
}

static void
print_nfg(const struct nbrec_network_function_group *nfg, struct ds *s)
{
    struct nbctl_names names = { .n = 0 };

    ds_put_format(s, UUID_FMT" (%s) id=%"PRId64" mode=%s\n",
                  UUID_ARGS(&nfg->header_.uuid), nfg->name, nfg->id,
                  nfg->mode);
    for (size_t i = 0; i < nfg->n_network_function; i++) {
        const struct nbrec_network_function *nf = nfg->network_function[i];
        nbctl_names_add(&names, &nf->header_.uuid, nf->name, nf);
    }
    nbctl_names_sort(&names);
    for (size_t i = 0; i < names.n; i++) {
        const struct nbrec_network_function *nf = nbctl_names_row(&names, i);
        ds_put_format(s, "    "UUID_FMT" (%s)\n",
                      UUID_ARGS(&nf->header_.uuid), nf->name);
    }
    nbctl_names_destroy(&names);
}

static void
cmd_nfg_list(struct ctl_context *ctx)
{
    const struct nbrec_network_function_group *nfg;
    struct nbctl_names names = { .n = 0 };

    if (ctx->argc > 1) {
        if (nbctl_find_nfg(ctx, ctx->argv[1], true, &nfg)) {
            print_nfg(nfg, &ctx->output);
        }
        return;
    }
    NBREC_NETWORK_FUNCTION_GROUP_FOR_EACH (nfg, ctx->idl) {
        nbctl_names_add(&names, &nfg->header_.uuid, nfg->name, nfg);
    }
    nbctl_names_sort(&names);
    for (size_t i = 0; i < names.n; i++) {
        print_nfg(nbctl_names_row(&names, i), &ctx->output);
    }
    nbctl_names_destroy(&names);
}

/* Members of a group. */

static void
cmd_nfg_add_nf(struct ctl_context *ctx)
{
    const struct nbrec_network_function_group *nfg;
    const struct nbrec_network_function *nf;

    if (!nbctl_find_nfg(ctx, ctx->argv[1], true, &nfg)
        || !nbctl_find_nf(ctx, ctx->argv[2], true, &nf)) {
        return;
    }
    if (!is_member(nfg, nf)) {
        dbctl_add_ref(ctx, &nfg->header_,
                      &nbrec_network_function_group_col_network_function,
                      &nf->header_);
    } else if (!shash_find(&ctx->options, "--may-exist")) {
        ctl_error(ctx, "%s: network function is already in network function "
                  "group %s", ctx->argv[2], ctx->argv[1]);
    }
}

static void
cmd_nfg_del_nf(struct ctl_context *ctx)
{
    bool must_exist = !shash_find(&ctx->options, "--if-exists");
    const struct nbrec_network_function_group *nfg;
    const struct nbrec_network_function *nf;

    if (!nbctl_find_nfg(ctx, ctx->argv[1], true, &nfg)
        || !nbctl_find_nf(ctx, ctx->argv[2], must_exist, &nf)) {
        return;
    }
    if (nf && is_member(nfg, nf)) {
        dbctl_del_ref(ctx, &nfg->header_,
                      &nbrec_network_function_group_col_network_function,
                      &nf->header_);
    } else if (must_exist) {
        ctl_error(ctx, "%s: network function is not in network function "
                  "group %s", ctx->argv[2], ctx->argv[1]);
    }
}

static const struct dbctl_command commands[] = {
    {{"nf-add", 3, 4, "NETWORK-FUNCTION ID PORT-IN [PORT-OUT]", pre_nf_add,
      cmd_nf_add, NULL, "--may-exist", RW},
     "add NETWORK-FUNCTION behind PORT-IN and PORT-OUT"},
    {{"nf-del", 1, 1, "NETWORK-FUNCTION", pre_nf_del, cmd_nf_del, NULL,
      "--if-exists", RW}, "delete NETWORK-FUNCTION"},
    {{"nf-list", 0, 0, "", pre_nf_list, cmd_nf_list, NULL, "", RO},
     "print all network functions"},
    {{"nfg-add", 3, INT_MAX, "NFG ID {inline|vtap} [NF]...", pre_nfg,
      cmd_nfg_add, NULL, "--may-exist", RW},
     "add a group of network functions"},
    {{"nfg-del", 1, 1, "NETWORK-FUNCTION-GROUP", pre_nfg_del, cmd_nfg_del,
      NULL, "--if-exists", RW}, "delete NETWORK-FUNCTION-GROUP"},
    {{"nfg-list", 0, 1, "[NETWORK-FUNCTION-GROUP]", pre_nfg, cmd_nfg_list,
      NULL, "", RO}, "print groups of network functions"},
    {{"nfg-add-nf", 2, 2, "NETWORK-FUNCTION-GROUP NETWORK-FUNCTION", pre_nfg,
      cmd_nfg_add_nf, NULL, "--may-exist", RW},
     "add NETWORK-FUNCTION to NETWORK-FUNCTION-GROUP"},
    {{"nfg-del-nf", 2, 2, "NETWORK-FUNCTION-GROUP NETWORK-FUNCTION", pre_nfg,
      cmd_nfg_del_nf, NULL, "--if-exists", RW},
     "remove NETWORK-FUNCTION from NETWORK-FUNCTION-GROUP"},
    {{NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO}, NULL}
};

const struct dbctl_topic nbctl_nf_topic = {
    "Network function commands", commands
};
