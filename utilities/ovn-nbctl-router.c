/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-nbctl: commands on logical routers. */

#include <config.h>

#include "utilities/ovn-nbctl.h"

#include "openvswitch/dynamic-string.h"
#include "openvswitch/shash.h"
#include "ovsdb-idl.h"
#include "util.h"

static void
pre_router(struct ctl_context *ctx)
{
    ovsdb_idl_add_column(ctx->idl, &nbrec_logical_router_col_name);
}

static void
pre_lr_add(struct ctl_context *ctx)
{
    pre_router(ctx);
    if (ctx->argc > 1) {
        dbctl_limit_row(ctx, &nbrec_table_logical_router,
                        &nbrec_logical_router_col_name, ctx->argv[1]);
    }
}

/* Is there a router named 'name'? */
static bool
router_exists(struct ctl_context *ctx, const char *name)
{
    const struct nbrec_logical_router *lr;

    NBREC_LOGICAL_ROUTER_FOR_EACH (lr, ctx->idl) {
        if (!strcmp(lr->name, name)) {
            return true;
        }
    }
    return false;
}

static void
cmd_lr_add(struct ctl_context *ctx)
{
    const char *name = ctx->argc > 1 ? ctx->argv[1] : NULL;
    bool may_exist = shash_find(&ctx->options, "--may-exist");
    bool add_duplicate = shash_find(&ctx->options, "--add-duplicate");

    if (may_exist && add_duplicate) {
        ctl_error(ctx, "--may-exist and --add-duplicate may not be used "
                  "together");
        return;
    }
    if (!name && (may_exist || add_duplicate)) {
        ctl_error(ctx, "--%s requires specifying a name",
                  may_exist ? "may-exist" : "add-duplicate");
        return;
    }
    if (name && !add_duplicate && router_exists(ctx, name)) {
        if (!may_exist) {
            ctl_error(ctx, "%s: a router with this name already exists",
                      name);
        }
        return;
    }

    const struct nbrec_logical_router *lr
        = nbrec_logical_router_insert(ctx->txn);
    if (name) {
        nbrec_logical_router_set_name(lr, name);
    }
}

static void
cmd_lr_del(struct ctl_context *ctx)
{
    bool must_exist = !shash_find(&ctx->options, "--if-exists");
    const struct nbrec_logical_router *lr;

    if (nbctl_find_router(ctx, ctx->argv[1], must_exist, &lr) && lr) {
        nbrec_logical_router_delete(lr);
    }
}

static void
cmd_lr_list(struct ctl_context *ctx)
{
    struct nbctl_names names = { .n = 0 };
    const struct nbrec_logical_router *lr;

    NBREC_LOGICAL_ROUTER_FOR_EACH (lr, ctx->idl) {
        nbctl_names_add(&names, &lr->header_.uuid, lr->name, lr);
    }
    nbctl_names_print(&names, &ctx->output);
    nbctl_names_destroy(&names);
}

static const struct dbctl_command commands[] = {
    {{"lr-add", 0, 1, "[ROUTER]", pre_lr_add, cmd_lr_add, NULL,
      "--may-exist,--add-duplicate", RW},
     "create a logical router named ROUTER"},
    {{"lr-del", 1, 1, "ROUTER", pre_lr_add, cmd_lr_del, NULL,
      "--if-exists", RW}, "delete ROUTER and all its ports"},
    {{"lr-list", 0, 0, "", pre_router, cmd_lr_list, NULL, "", RO},
     "print the names of all logical routers"},
    {{NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO}, NULL}
};

const struct dbctl_topic nbctl_router_topic = {
    "Logical router commands", commands
};
