/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-nbctl: commands on logical switches. */

#include <config.h>

#include "utilities/ovn-nbctl.h"

#include "openvswitch/dynamic-string.h"
#include "openvswitch/shash.h"
#include "ovsdb-idl.h"
#include "util.h"

/* For commands that list or create switches, or that are given one. */
void
nbctl_pre_switch(struct ctl_context *ctx)
{
    ovsdb_idl_add_column(ctx->idl, &nbrec_logical_switch_col_name);
}

static void
pre_ls_add(struct ctl_context *ctx)
{
    nbctl_pre_switch(ctx);
    if (ctx->argc > 1) {
        dbctl_limit_row(ctx, &nbrec_table_logical_switch,
                        &nbrec_logical_switch_col_name, ctx->argv[1]);
    }
}

static void
cmd_ls_add(struct ctl_context *ctx)
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

    if (name && !add_duplicate) {
        const struct nbrec_logical_switch *ls;

        NBREC_LOGICAL_SWITCH_FOR_EACH (ls, ctx->idl) {
            if (!strcmp(ls->name, name)) {
                if (!may_exist) {
                    ctl_error(ctx, "%s: a switch with this name already "
                              "exists", name);
                }
                return;
            }
        }
    }

    const struct nbrec_logical_switch *ls
        = nbrec_logical_switch_insert(ctx->txn);
    if (name) {
        nbrec_logical_switch_set_name(ls, name);
    }
}

static void
cmd_ls_del(struct ctl_context *ctx)
{
    bool must_exist = !shash_find(&ctx->options, "--if-exists");
    const struct nbrec_logical_switch *ls;

    if (nbctl_find_switch(ctx, ctx->argv[1], must_exist, &ls) && ls) {
        nbrec_logical_switch_delete(ls);
    }
}

static void
cmd_ls_list(struct ctl_context *ctx)
{
    struct nbctl_names names = { .n = 0 };
    const struct nbrec_logical_switch *ls;

    NBREC_LOGICAL_SWITCH_FOR_EACH (ls, ctx->idl) {
        nbctl_names_add(&names, &ls->header_.uuid, ls->name, ls);
    }
    nbctl_names_print(&names, &ctx->output);
    nbctl_names_destroy(&names);
}

static const struct dbctl_command commands[] = {
    {{"ls-add", 0, 1, "[SWITCH]", pre_ls_add, cmd_ls_add, NULL,
      "--may-exist,--add-duplicate", RW},
     "create a logical switch named SWITCH"},
    {{"ls-del", 1, 1, "SWITCH", pre_ls_add, cmd_ls_del, NULL,
      "--if-exists", RW}, "delete SWITCH and all its ports"},
    {{"ls-list", 0, 0, "", nbctl_pre_switch, cmd_ls_list, NULL, "", RO},
     "print the names of all logical switches"},
    {{NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO}, NULL}
};

const struct dbctl_topic nbctl_switch_topic = {
    "Logical switch commands", commands
};
