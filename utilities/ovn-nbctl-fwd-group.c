/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-nbctl: forwarding groups, each a virtual address that several ports of a
 * switch answer for. */

#include <config.h>

#include "utilities/ovn-nbctl.h"

#include <limits.h>
#include <stdlib.h>

#include "openvswitch/dynamic-string.h"
#include "openvswitch/shash.h"
#include "ovsdb-idl.h"
#include "packets.h"
#include "util.h"

/* fwd-group-add. */

static void
pre_fwd_group_add(struct ctl_context *ctx)
{
    nbctl_pre_find(ctx, &nbctl_fwd_group, ctx->argv[1]);
    nbctl_pre_find(ctx, &nbctl_switch, NULL);
    nbctl_pre_refs(ctx, &nbrec_logical_switch_col_forwarding_groups,
                   &nbrec_table_forwarding_group,
                   &nbrec_forwarding_group_col_name, ctx->argv[1]);
    NBCTL_ADD_COLUMNS(ctx, &nbrec_logical_switch_col_ports,
                      &nbrec_forwarding_group_col_vip,
                      &nbrec_forwarding_group_col_vmac,
                      &nbrec_forwarding_group_col_child_port,
                      &nbrec_forwarding_group_col_liveness);
    for (int i = 5; i < ctx->argc; i++) {
        nbctl_pre_find(ctx, &nbctl_lsp, ctx->argv[i]);
    }
}

/* Reports an error and returns false unless the arguments from the 'i'th on
 * are ports of 'ls'. */
static bool
check_ports(struct ctl_context *ctx, int i,
            const struct nbrec_logical_switch *ls)
{
    for (; i < ctx->argc; i++) {
        const struct nbrec_logical_switch_port *lsp;

        if (!nbctl_find_lsp(ctx, ctx->argv[i], false, &lsp)) {
            return false;
        }
        if (!lsp || strcmp(lsp->name, ctx->argv[i])) {
            ctl_error(ctx, "%s: logical switch port does not exist",
                      ctx->argv[i]);
            return false;
        }
        const struct nbrec_logical_switch *other = nbctl_lsp_switch(ctx, lsp);
        if (other != ls) {
            ctl_error(ctx, "%s: port already exists but in logical switch %s",
                      ctx->argv[i], other ? other->name : "(none)");
            return false;
        }
    }
    return true;
}

static void
cmd_fwd_group_add(struct ctl_context *ctx)
{
    const char *name = ctx->argv[1];
    const char *vip = ctx->argv[3];
    const char *vmac = ctx->argv[4];
    const struct nbrec_forwarding_group *group;
    const struct nbrec_logical_switch *ls;
    struct eth_addr mac;
    ovs_be32 ip4;

    if (ctx->argc < 6) {
        ctl_error(ctx, "Usage : ovn-nbctl fwd-group-add group switch vip vmac "
                  "child_ports...");
        return;
    }
    if (!nbctl_find_switch(ctx, ctx->argv[2], true, &ls)
        || !nbctl_find_fwd_group(ctx, name, false, &group)) {
        return;
    }
    if (group) {
        ctl_error(ctx, "%s: a forwarding group by this name already exists",
                  name);
        return;
    }
    if (!ip_parse(vip, &ip4)) {
        ctl_error(ctx, "invalid ip address %s", vip);
        return;
    }
    if (!eth_addr_from_string(vmac, &mac)) {
        ctl_error(ctx, "invalid mac address %s", vmac);
        return;
    }
    if (!check_ports(ctx, 5, ls)) {
        return;
    }

    group = nbrec_forwarding_group_insert(ctx->txn);
    nbrec_forwarding_group_set_name(group, name);
    nbrec_forwarding_group_set_vip(group, vip);
    nbrec_forwarding_group_set_vmac(group, vmac);
    nbrec_forwarding_group_set_liveness(
        group, shash_find(&ctx->options, "--liveness"));
    nbrec_forwarding_group_set_child_port(
        group, (const char **) ctx->argv + 5, ctx->argc - 5);
    dbctl_add_ref(ctx, &ls->header_,
                  &nbrec_logical_switch_col_forwarding_groups,
                  &group->header_);
}

/* fwd-group-del. */

static void
pre_fwd_group_del(struct ctl_context *ctx)
{
    nbctl_pre_find(ctx, &nbctl_fwd_group, ctx->argv[1]);
    nbctl_pre_refs(ctx, &nbrec_logical_switch_col_forwarding_groups,
                   &nbrec_table_forwarding_group,
                   &nbrec_forwarding_group_col_name, ctx->argv[1]);
    nbctl_pre_find(ctx, &nbctl_switch, NULL);
}

static void
cmd_fwd_group_del(struct ctl_context *ctx)
{
    bool must_exist = !shash_find(&ctx->options, "--if-exists");
    const struct nbrec_forwarding_group *group;
    const struct nbrec_logical_switch *ls;

    if (!nbctl_find_fwd_group(ctx, ctx->argv[1], must_exist, &group)
        || !group) {
        return;
    }
    NBREC_LOGICAL_SWITCH_FOR_EACH (ls, ctx->idl) {
        for (size_t i = 0; i < ls->n_forwarding_groups; i++) {
            if (ls->forwarding_groups[i] == group) {
                dbctl_del_ref(ctx, &ls->header_,
                              &nbrec_logical_switch_col_forwarding_groups,
                              &group->header_);
                return;
            }
        }
    }
}

/* fwd-group-list. */

static void
pre_fwd_group_list(struct ctl_context *ctx)
{
    nbctl_pre_find(ctx, &nbctl_switch, ctx->argc > 1 ? ctx->argv[1] : NULL);
    ovsdb_idl_add_column(ctx->idl,
                         &nbrec_logical_switch_col_forwarding_groups);
    nbctl_pre_find(ctx, &nbctl_fwd_group, NULL);
    NBCTL_ADD_COLUMNS(ctx, &nbrec_forwarding_group_col_vip,
                      &nbrec_forwarding_group_col_vmac,
                      &nbrec_forwarding_group_col_child_port);
}

static void
print_fwd_groups(const struct nbrec_logical_switch *ls, struct ds *s)
{
    struct nbctl_names names = { .n = 0 };

    for (size_t i = 0; i < ls->n_forwarding_groups; i++) {
        const struct nbrec_forwarding_group *group = ls->forwarding_groups[i];
        nbctl_names_add(&names, &group->header_.uuid, group->name, group);
    }
    nbctl_names_sort(&names);
    for (size_t i = 0; i < names.n; i++) {
        const struct nbrec_forwarding_group *group
            = nbctl_names_row(&names, i);

        ds_put_format(s, "%-15s %-13s %-14s %-22s", group->name, ls->name,
                      group->vip, group->vmac);
        for (size_t j = 0; j < group->n_child_port; j++) {
            ds_put_format(s, " %s", group->child_port[j]);
        }
        ds_put_char(s, '\n');
    }
    nbctl_names_destroy(&names);
}

static void
cmd_fwd_group_list(struct ctl_context *ctx)
{
    const struct nbrec_logical_switch *ls = NULL;
    struct nbctl_names names = { .n = 0 };

    if (ctx->argc > 1 && !nbctl_find_switch(ctx, ctx->argv[1], true, &ls)) {
        return;
    }
    ds_put_format(&ctx->output, "%-16s%-14s%-16s%-22s%s\n", "FWD_GROUP", "LS",
                  "VIP", "VMAC", "CHILD_PORTS");
    if (ls) {
        print_fwd_groups(ls, &ctx->output);
        return;
    }
    NBREC_LOGICAL_SWITCH_FOR_EACH (ls, ctx->idl) {
        nbctl_names_add(&names, &ls->header_.uuid, ls->name, ls);
    }
    nbctl_names_sort(&names);
    for (size_t i = 0; i < names.n; i++) {
        print_fwd_groups(nbctl_names_row(&names, i), &ctx->output);
    }
    nbctl_names_destroy(&names);
}

static const struct dbctl_command commands[] = {
    {{"fwd-group-add", 4, INT_MAX, "GROUP SWITCH VIP VMAC PORT...",
      pre_fwd_group_add, cmd_fwd_group_add, NULL, "--liveness", RW},
     "add a forwarding group on SWITCH"},
    {{"fwd-group-del", 1, 1, "GROUP", pre_fwd_group_del, cmd_fwd_group_del,
      NULL, "--if-exists", RW}, "delete a forwarding group"},
    {{"fwd-group-list", 0, 1, "[SWITCH]", pre_fwd_group_list,
      cmd_fwd_group_list, NULL, "", RO}, "print forwarding groups"},
    {{NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO}, NULL}
};

const struct dbctl_topic nbctl_fwd_group_topic = {
    "Forwarding group commands", commands
};
