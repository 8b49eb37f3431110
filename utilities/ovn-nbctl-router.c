/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-nbctl: commands on logical routers. */

#include <config.h>

#include "utilities/ovn-nbctl.h"

static void
pre_lr(struct ctl_context *ctx)
{
    nbctl_pre_named(ctx, &nbctl_router);
}

static void
cmd_lr_add(struct ctl_context *ctx)
{
    nbctl_add_named(ctx, &nbctl_router);
}

static void
cmd_lr_del(struct ctl_context *ctx)
{
    nbctl_del_named(ctx, &nbctl_router);
}

static void
cmd_lr_list(struct ctl_context *ctx)
{
    nbctl_list_named(ctx, &nbctl_router);
}

static const struct dbctl_command commands[] = {
    {{"lr-add", 0, 1, "[ROUTER]", pre_lr, cmd_lr_add, NULL,
      "--may-exist,--add-duplicate", RW},
     "create a logical router named ROUTER"},
    {{"lr-del", 1, 1, "ROUTER", pre_lr, cmd_lr_del, NULL,
      "--if-exists", RW}, "delete ROUTER and all its ports"},
    {{"lr-list", 0, 0, "", pre_lr, cmd_lr_list, NULL, "", RO},
     "print the names of all logical routers"},
    {{NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO}, NULL}
};

const struct dbctl_topic nbctl_router_topic = {
    "Logical router commands", commands
};
