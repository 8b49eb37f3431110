/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-nbctl: commands on logical switches. */

#include <config.h>

#include "utilities/ovn-nbctl.h"

#include "ovsdb-idl.h"

/* For commands that list or create switches, or that are given one. */
void
nbctl_pre_switch(struct ctl_context *ctx)
{
    ovsdb_idl_add_column(ctx->idl, &nbrec_logical_switch_col_name);
}

static void
pre_ls(struct ctl_context *ctx)
{
    nbctl_pre_named(ctx, &nbctl_switch);
}

static void
cmd_ls_add(struct ctl_context *ctx)
{
    nbctl_add_named(ctx, &nbctl_switch);
}

static void
cmd_ls_del(struct ctl_context *ctx)
{
    nbctl_del_named(ctx, &nbctl_switch);
}

static void
cmd_ls_list(struct ctl_context *ctx)
{
    nbctl_list_named(ctx, &nbctl_switch);
}

static const struct dbctl_command commands[] = {
    {{"ls-add", 0, 1, "[SWITCH]", pre_ls, cmd_ls_add, NULL,
      "--may-exist,--add-duplicate", RW},
     "create a logical switch named SWITCH"},
    {{"ls-del", 1, 1, "SWITCH", pre_ls, cmd_ls_del, NULL,
      "--if-exists", RW}, "delete SWITCH and all its ports"},
    {{"ls-list", 0, 0, "", pre_ls, cmd_ls_list, NULL, "", RO},
     "print the names of all logical switches"},
    {{NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO}, NULL}
};

const struct dbctl_topic nbctl_switch_topic = {
    "Logical switch commands", commands
};
