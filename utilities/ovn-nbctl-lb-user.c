/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-nbctl: which load balancers switches and routers use. */

#include <config.h>

#include "utilities/ovn-nbctl.h"

#include <stdlib.h>

#include "openvswitch/shash.h"
#include "ovsdb-data.h"
#include "ovsdb-idl.h"
#include "ovsdb-idl-provider.h"
#include "util.h"

/* What may use load balancers. */
struct user {
    const struct nbctl_kind *kind;
    const struct ovsdb_idl_column *column; /* The references to them. */
    const char *text;           /* "logical switch" */
};

static const struct user switch_user = {
    &nbctl_switch, &nbrec_logical_switch_col_load_balancer, "logical switch"
};
static const struct user router_user = {
    &nbctl_router, &nbrec_logical_router_col_load_balancer, "logical router"
};

/* Prerequisites of the commands that name a user and maybe a load
 * balancer. */
static void
pre_user(struct ctl_context *ctx, const struct user *user)
{
    ovsdb_idl_add_column(ctx->idl, user->column);
    nbctl_pre_named(ctx, user->kind);
    ovsdb_idl_add_column(ctx->idl, nbctl_lb.name);
    if (ctx->argc > 2) {
        dbctl_limit_row(ctx, nbctl_lb.table, nbctl_lb.name, ctx->argv[2]);
    } else {
        dbctl_need_whole(ctx, nbctl_lb.table);
    }
}

static bool
uses(const struct ovsdb_idl_row *row, const struct user *user,
     const struct nbrec_load_balancer *lb)
{
    union ovsdb_atom atom = { .uuid = lb->header_.uuid };
    unsigned int pos;

    return ovsdb_datum_find_key(ovsdb_idl_read(row, user->column), &atom,
                                OVSDB_TYPE_UUID, &pos);
}

/* Finds the user and the load balancer that the arguments name. */
static bool
find_both(struct ctl_context *ctx, const struct user *user,
          const struct ovsdb_idl_row **rowp,
          const struct nbrec_load_balancer **lbp)
{
    return (nbctl_find(ctx, user->kind, ctx->argv[1], true, rowp)
            && nbctl_find_lb(ctx, ctx->argv[2], true, lbp));
}

static void
add_lb(struct ctl_context *ctx, const struct user *user)
{
    const struct nbrec_load_balancer *lb;
    const struct ovsdb_idl_row *row;

    if (!find_both(ctx, user, &row, &lb)) {
        return;
    }
    if (!uses(row, user, lb)) {
        dbctl_add_ref(ctx, row, user->column, &lb->header_);
    } else if (!shash_find(&ctx->options, "--may-exist")) {
        ctl_error(ctx, UUID_FMT" : a load balancer with this UUID already "
                  "exists", UUID_ARGS(&lb->header_.uuid));
    }
}

static void
del_all_lbs(struct ctl_context *ctx, const struct user *user)
{
    const struct ovsdb_idl_row *row;
    struct ovsdb_datum none;

    if (nbctl_find(ctx, user->kind, ctx->argv[1], true, &row)) {
        ovsdb_datum_init_empty(&none);
        ovsdb_idl_txn_write(row, user->column, &none);
    }
}

static void
del_lb(struct ctl_context *ctx, const struct user *user)
{
    const struct nbrec_load_balancer *lb;
    const struct ovsdb_idl_row *row;

    if (ctx->argc == 2) {
        del_all_lbs(ctx, user);
    } else if (!find_both(ctx, user, &row, &lb)) {
        /* Nothing. */
    } else if (uses(row, user, lb)) {
        dbctl_del_ref(ctx, row, user->column, &lb->header_);
    } else if (!shash_find(&ctx->options, "--if-exists")) {
        ctl_error(ctx, "load balancer %s is not part of any %s.",
                  ctx->argv[2], user->text);
    }
}

static void
list_lbs(struct ctl_context *ctx, const struct user *user)
{
    struct nbctl_names lbs = { .n = 0 };
    const struct nbrec_load_balancer *lb;
    const struct ovsdb_idl_row *row;

    if (!nbctl_find(ctx, user->kind, ctx->argv[1], true, &row)) {
        return;
    }
    NBREC_LOAD_BALANCER_FOR_EACH (lb, ctx->idl) {
        if (uses(row, user, lb)) {
            nbctl_names_add(&lbs, &lb->header_.uuid, lb->name, lb);
        }
    }
    nbctl_print_lbs(&lbs, &ctx->output);
    nbctl_names_destroy(&lbs);
}

/* The commands: those of switches, those of routers. */

#define LB_USER(PREFIX, USER)                   \
    static void                                 \
    pre_##PREFIX##_lb(struct ctl_context *ctx)  \
    {                                           \
        pre_user(ctx, &USER);                   \
    }                                           \
    static void                                 \
    pre_##PREFIX##_lb_list(struct ctl_context *ctx) \
    {                                           \
        pre_user(ctx, &USER);                   \
        nbctl_add_lb_columns(ctx);              \
    }                                           \
    static void                                 \
    cmd_##PREFIX##_lb_add(struct ctl_context *ctx) \
    {                                           \
        add_lb(ctx, &USER);                     \
    }                                           \
    static void                                 \
    cmd_##PREFIX##_lb_del(struct ctl_context *ctx) \
    {                                           \
        del_lb(ctx, &USER);                     \
    }                                           \
    static void                                 \
    cmd_##PREFIX##_lb_list(struct ctl_context *ctx) \
    {                                           \
        list_lbs(ctx, &USER);                   \
    }
LB_USER(lr, router_user)
LB_USER(ls, switch_user)

static const struct dbctl_command commands[] = {
    {{"lr-lb-add", 2, 2, "ROUTER LB", pre_lr_lb, cmd_lr_lb_add, NULL,
      "--may-exist", RW}, "add a load balancer to ROUTER"},
    {{"lr-lb-del", 1, 2, "ROUTER [LB]", pre_lr_lb, cmd_lr_lb_del, NULL,
      "--if-exists", RW}, "remove load balancers from ROUTER"},
    {{"lr-lb-list", 1, 1, "ROUTER", pre_lr_lb_list, cmd_lr_lb_list, NULL, "",
      RO}, "print load balancers of ROUTER"},
    {{"ls-lb-add", 2, 2, "SWITCH LB", pre_ls_lb, cmd_ls_lb_add, NULL,
      "--may-exist", RW}, "add a load balancer to SWITCH"},
    {{"ls-lb-del", 1, 2, "SWITCH [LB]", pre_ls_lb, cmd_ls_lb_del, NULL,
      "--if-exists", RW}, "remove load balancers from SWITCH"},
    {{"ls-lb-list", 1, 1, "SWITCH", pre_ls_lb_list, cmd_ls_lb_list, NULL, "",
      RO}, "print load balancers of SWITCH"},
    {{NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO}, NULL}
};

const struct dbctl_topic nbctl_lb_user_topic = {
    "Load balancers in use", commands
};
