/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-nbctl: HA chassis groups, ordered sets of chassis of which one is
 * active. */

#include <config.h>

#include "utilities/ovn-nbctl.h"

#include <stdlib.h>

#include "openvswitch/dynamic-string.h"
#include "ovsdb-idl.h"
#include "util.h"

static void
pre_group(struct ctl_context *ctx)
{
    nbctl_pre_find(ctx, &nbctl_ha_group,
                   ctx->argc > 1 ? ctx->argv[1] : NULL);
}

/* The command looks at the members of the group that is its first
 * argument: those called 'chassis', or all if that is null. */
static void
pre_members(struct ctl_context *ctx, const char *chassis)
{
    pre_group(ctx);
    nbctl_pre_refs(ctx, &nbrec_ha_chassis_group_col_ha_chassis,
                   &nbrec_table_ha_chassis,
                   &nbrec_ha_chassis_col_chassis_name, chassis);
    NBCTL_ADD_COLUMNS(ctx, &nbrec_ha_chassis_col_chassis_name,
                      &nbrec_ha_chassis_col_priority);
}

static void
pre_member(struct ctl_context *ctx)
{
    pre_members(ctx, ctx->argv[2]);
}

static void
pre_list(struct ctl_context *ctx)
{
    pre_members(ctx, NULL);
}

static const struct nbrec_ha_chassis *
find_member(const struct nbrec_ha_chassis_group *group, const char *chassis)
{
    for (size_t i = 0; i < group->n_ha_chassis; i++) {
        if (!strcmp(group->ha_chassis[i]->chassis_name, chassis)) {
            return group->ha_chassis[i];
        }
    }
    return NULL;
}

/* Finds the group and, in it, the chassis that the first two arguments name.
 * Otherwise reports an error and returns false. */
static bool
find_both(struct ctl_context *ctx,
          const struct nbrec_ha_chassis_group **groupp,
          const struct nbrec_ha_chassis **memberp)
{
    if (!nbctl_find_ha_group(ctx, ctx->argv[1], true, groupp)) {
        return false;
    }
    *memberp = find_member(*groupp, ctx->argv[2]);
    if (!*memberp) {
        ctl_error(ctx, "%s: ha chassis not found in %s ha chassis group",
                  ctx->argv[2], ctx->argv[1]);
        return false;
    }
    return true;
}

static void
cmd_group_add(struct ctl_context *ctx)
{
    const char *name = ctx->argv[1];
    const struct nbrec_ha_chassis_group *group;

    if (!nbctl_find_ha_group(ctx, name, false, &group)) {
        return;
    }
    if (group) {
        ctl_error(ctx, "%s: an HA chassis group with this name already "
                  "exists", name);
        return;
    }
    group = nbrec_ha_chassis_group_insert(ctx->txn);
    nbrec_ha_chassis_group_set_name(group, name);
}

static void
cmd_group_del(struct ctl_context *ctx)
{
    const struct nbrec_ha_chassis_group *group;

    if (nbctl_find_ha_group(ctx, ctx->argv[1], true, &group)) {
        nbrec_ha_chassis_group_delete(group);
    }
}

static void
cmd_add_chassis(struct ctl_context *ctx)
{
    const struct nbrec_ha_chassis_group *group;
    const char *chassis = ctx->argv[2];
    int64_t priority;

    if (!nbctl_find_ha_group(ctx, ctx->argv[1], true, &group)
        || !nbctl_parse_priority(ctx, ctx->argv[3], &priority)) {
        return;
    }
    const struct nbrec_ha_chassis *member = find_member(group, chassis);
    if (!member) {
        member = nbrec_ha_chassis_insert(ctx->txn);
        nbrec_ha_chassis_set_chassis_name(member, chassis);
        dbctl_add_ref(ctx, &group->header_,
                      &nbrec_ha_chassis_group_col_ha_chassis,
                      &member->header_);
    }
    nbrec_ha_chassis_set_priority(member, priority);
}

static void
cmd_remove_chassis(struct ctl_context *ctx)
{
    const struct nbrec_ha_chassis_group *group;
    const struct nbrec_ha_chassis *member;

    if (find_both(ctx, &group, &member)) {
        dbctl_del_ref(ctx, &group->header_,
                      &nbrec_ha_chassis_group_col_ha_chassis,
                      &member->header_);
    }
}

static void
cmd_set_chassis_prio(struct ctl_context *ctx)
{
    const struct nbrec_ha_chassis_group *group;
    const struct nbrec_ha_chassis *member;
    int64_t priority;

    if (find_both(ctx, &group, &member)
        && nbctl_parse_priority(ctx, ctx->argv[3], &priority)) {
        nbrec_ha_chassis_set_priority(member, priority);
    }
}

/* The highest priority first, and by name among equals. */
static int
compare_members(const void *a_, const void *b_)
{
    const struct nbrec_ha_chassis *const *a = a_;
    const struct nbrec_ha_chassis *const *b = b_;

    if ((*a)->priority != (*b)->priority) {
        return (*a)->priority > (*b)->priority ? -1 : 1;
    }
    return strcmp((*a)->chassis_name, (*b)->chassis_name);
}

static void
print_group(const struct nbrec_ha_chassis_group *group, struct ds *s)
{
    size_t n = group->n_ha_chassis;
    struct nbrec_ha_chassis **members = xmemdup(group->ha_chassis,
                                                n * sizeof *members);
    if (n) {
        qsort(members, n, sizeof *members, compare_members);
    }

    ds_put_format(s, UUID_FMT" (%s)\n", UUID_ARGS(&group->header_.uuid),
                  group->name);
    for (size_t i = 0; i < n; i++) {
        ds_put_format(s, "    "UUID_FMT" (%s)\n    priority %"PRId64"\n\n",
                      UUID_ARGS(&members[i]->header_.uuid),
                      members[i]->chassis_name, members[i]->priority);
    }
    ds_put_char(s, '\n');
    free(members);
}

static void
cmd_group_list(struct ctl_context *ctx)
{
    const struct nbrec_ha_chassis_group *group;
    struct nbctl_names names = { .n = 0 };

    if (ctx->argc > 1) {
        if (nbctl_find_ha_group(ctx, ctx->argv[1], true, &group)) {
            print_group(group, &ctx->output);
        }
        return;
    }
    NBREC_HA_CHASSIS_GROUP_FOR_EACH (group, ctx->idl) {
        nbctl_names_add(&names, &group->header_.uuid, group->name, group);
    }
    nbctl_names_sort(&names);
    for (size_t i = 0; i < names.n; i++) {
        print_group(nbctl_names_row(&names, i), &ctx->output);
    }
    nbctl_names_destroy(&names);
}

static const struct dbctl_command commands[] = {
    {{"ha-chassis-group-add", 1, 1, "GROUP", pre_group, cmd_group_add, NULL,
      "", RW}, "create an HA chassis group GROUP"},
    {{"ha-chassis-group-del", 1, 1, "GROUP", pre_group, cmd_group_del, NULL,
      "", RW}, "delete the HA chassis group GROUP"},
    {{"ha-chassis-group-list", 0, 1, "[GROUP]", pre_list, cmd_group_list,
      NULL, "", RO}, "print the HA chassis group GROUP, or all"},
    {{"ha-chassis-group-add-chassis", 3, 3, "GROUP CHASSIS PRIORITY",
      pre_member, cmd_add_chassis, NULL, "", RW},
     "add CHASSIS to GROUP, or change its priority"},
    {{"ha-chassis-group-remove-chassis", 2, 2, "GROUP CHASSIS", pre_member,
      cmd_remove_chassis, NULL, "", RW}, "remove CHASSIS from GROUP"},
    {{"ha-chassis-group-set-chassis-prio", 3, 3, "GROUP CHASSIS PRIORITY",
      pre_member, cmd_set_chassis_prio, NULL, "", RW},
     "set the priority of CHASSIS in GROUP"},
    {{NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO}, NULL}
};

const struct dbctl_topic nbctl_ha_topic = {
    "HA chassis group commands", commands
};
