/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-nbctl: commands on logical switch ports, except for their addresses,
 * which are in utilities/ovn-nbctl-address.c. */

#include <config.h>

#include "utilities/ovn-nbctl.h"

#include <limits.h>
#include <stdlib.h>

#include "openvswitch/dynamic-string.h"
#include "openvswitch/shash.h"
#include "ovsdb-idl.h"
#include "smap.h"
#include "util.h"

/* What a switch is called in messages. */
static const char *
switch_name(const struct nbrec_logical_switch *ls)
{
    static char uuid_s[UUID_LEN + 1];

    if (ls->name[0]) {
        return ls->name;
    }
    snprintf(uuid_s, sizeof uuid_s, UUID_FMT, UUID_ARGS(&ls->header_.uuid));
    return uuid_s;
}

/* Adding and deleting. */

/* Unless the command is the last of its transaction, the whole set of a
 * switch's ports is written, which must not lack those that were not
 * fetched. */
static void
pre_write_ports(struct ctl_context *ctx)
{
    ovsdb_idl_add_column(ctx->idl, &nbrec_logical_switch_col_ports);
    if (!ctx->last_command) {
        dbctl_need_whole(ctx, &nbrec_table_logical_switch_port);
    }
}

static void
pre_lsp_add(struct ctl_context *ctx)
{
    nbctl_pre_switch(ctx);
    pre_write_ports(ctx);
    NBCTL_ADD_COLUMNS(ctx, &nbrec_logical_switch_port_col_name,
                      &nbrec_logical_switch_port_col_parent_name,
                      &nbrec_logical_switch_port_col_tag_request);
    dbctl_limit_row(ctx, &nbrec_table_logical_switch_port,
                    &nbrec_logical_switch_port_col_name, ctx->argv[2]);
    if (shash_find(&ctx->options, "--may-exist")) {
        /* The port may be on another switch. */
        dbctl_need_whole(ctx, &nbrec_table_logical_switch);
    } else {
        dbctl_limit_row(ctx, &nbrec_table_logical_switch,
                        &nbrec_logical_switch_col_name, ctx->argv[1]);
    }
}

/* "lsp-add --may-exist": reports an error unless 'lsp' is what the caller
 * wants: on 'ls', with 'parent' (which may be null) and 'tag_request'. */
static void
check_existing_lsp(struct ctl_context *ctx,
                   const struct nbrec_logical_switch_port *lsp,
                   const struct nbrec_logical_switch *ls,
                   const char *parent, int64_t tag_request)
{
    const char *name = lsp->name;
    const struct nbrec_logical_switch *other = nbctl_lsp_switch(ctx, lsp);

    if (!other) {
        ctl_error(ctx, "%s: port already exists but is not part of any "
                  "switch", name);
    } else if (other != ls) {
        ctl_error(ctx, "%s: port already exists but in switch %s",
                  name, switch_name(other));
    } else if (!parent) {
        if (lsp->parent_name) {
            ctl_error(ctx, "%s: port already exists but has parent %s",
                      name, lsp->parent_name);
        }
    } else if (!lsp->parent_name) {
        ctl_error(ctx, "%s: port already exists but has no parent", name);
    } else if (strcmp(parent, lsp->parent_name)) {
        ctl_error(ctx, "%s: port already exists with different parent %s",
                  name, lsp->parent_name);
    } else if (!lsp->n_tag_request) {
        ctl_error(ctx, "%s: port already exists but has no tag_request",
                  name);
    } else if (lsp->tag_request[0] != tag_request) {
        ctl_error(ctx, "%s: port already exists with different "
                  "tag_request %"PRId64, name, lsp->tag_request[0]);
    }
}

static void
cmd_lsp_add(struct ctl_context *ctx)
{
    bool may_exist = shash_find(&ctx->options, "--may-exist");
    const char *name = ctx->argv[2];
    const char *parent = NULL;
    int tag = 0;

    if (ctx->argc == 4) {
        ctl_error(ctx, "lsp-add with parent must also specify a tag");
        return;
    } else if (ctx->argc == 5) {
        parent = ctx->argv[3];
        if (!str_to_int(ctx->argv[4], 10, &tag) || tag < 0 || tag > 4095) {
            ctl_error(ctx, "%s: invalid tag (must be in range 0 to 4095)",
                      ctx->argv[4]);
            return;
        }
    }

    const struct nbrec_logical_switch *ls;
    if (!nbctl_find_switch(ctx, ctx->argv[1], true, &ls)) {
        return;
    }
    const struct nbrec_logical_switch_port *lsp;
    if (!nbctl_find_lsp(ctx, name, false, &lsp)) {
        return;
    }
    if (lsp) {
        if (!may_exist) {
            ctl_error(ctx, "%s: a port with this name already exists", name);
        } else {
            check_existing_lsp(ctx, lsp, ls, parent, tag);
        }
        return;
    }

    lsp = nbrec_logical_switch_port_insert(ctx->txn);
    nbrec_logical_switch_port_set_name(lsp, name);
    if (parent) {
        int64_t tag_request = tag;
        nbrec_logical_switch_port_set_parent_name(lsp, parent);
        nbrec_logical_switch_port_set_tag_request(lsp, &tag_request, 1);
    }
    dbctl_add_ref(ctx, &ls->header_, &nbrec_logical_switch_col_ports,
                  &lsp->header_);
}

/* Ports that lead elsewhere: lsp-add-router-port and lsp-add-localnet-port.
 *
 * Each is lsp-add with the type, the one option and the one address that such
 * a port has. */
struct special_port {
    const char *type;
    const char *option;
    const char *address;
};

static void
pre_lsp_add_special(struct ctl_context *ctx)
{
    pre_lsp_add(ctx);
    NBCTL_ADD_COLUMNS(ctx, &nbrec_logical_switch_port_col_type,
                      &nbrec_logical_switch_port_col_options,
                      &nbrec_logical_switch_port_col_addresses);
}

/* "--may-exist": reports an error unless 'lsp' is on 'ls' and as 'special'
 * says, with 'value' for its option. */
static void
check_existing_special(struct ctl_context *ctx,
                       const struct nbrec_logical_switch_port *lsp,
                       const struct nbrec_logical_switch *ls,
                       const struct special_port *special, const char *value)
{
    const char *old = smap_get(&lsp->options, special->option);

    check_existing_lsp(ctx, lsp, ls, NULL, 0);
    if (ctx->error) {
        return;
    } else if (strcmp(lsp->type, special->type)) {
        ctl_error(ctx, "%s: port already exists with different type \"%s\"",
                  lsp->name, lsp->type);
    } else if (!old || strcmp(old, value)) {
        ctl_error(ctx, "%s: port already exists with different %s \"%s\"",
                  lsp->name, special->option, old ? old : "");
    }
}

static void
lsp_add_special(struct ctl_context *ctx, const struct special_port *special)
{
    const char *name = ctx->argv[2];
    const char *value = ctx->argv[3];
    const struct nbrec_logical_switch_port *lsp;
    const struct nbrec_logical_switch *ls;

    if (!nbctl_find_switch(ctx, ctx->argv[1], true, &ls)
        || !nbctl_find_lsp(ctx, name, false, &lsp)) {
        return;
    }
    if (lsp) {
        if (!shash_find(&ctx->options, "--may-exist")) {
            ctl_error(ctx, "%s: a port with this name already exists", name);
        } else {
            check_existing_special(ctx, lsp, ls, special, value);
        }
        return;
    }

    const struct smap options = SMAP_CONST1(&options, special->option, value);
    lsp = nbrec_logical_switch_port_insert(ctx->txn);
    nbrec_logical_switch_port_set_name(lsp, name);
    nbrec_logical_switch_port_set_type(lsp, special->type);
    nbrec_logical_switch_port_set_options(lsp, &options);
    nbrec_logical_switch_port_set_addresses(
        lsp, (const char **) &special->address, 1);
    dbctl_add_ref(ctx, &ls->header_, &nbrec_logical_switch_col_ports,
                  &lsp->header_);
}

static void
cmd_lsp_add_router_port(struct ctl_context *ctx)
{
    static const struct special_port router = {
        .type = "router", .option = "router-port", .address = "router"
    };
    lsp_add_special(ctx, &router);
}

static void
cmd_lsp_add_localnet_port(struct ctl_context *ctx)
{
    static const struct special_port localnet = {
        .type = "localnet", .option = "network_name", .address = "unknown"
    };
    lsp_add_special(ctx, &localnet);
}

static void
pre_lsp_del(struct ctl_context *ctx)
{
    pre_write_ports(ctx);
    ovsdb_idl_add_column(ctx->idl, &nbrec_logical_switch_port_col_name);
    dbctl_limit_row(ctx, &nbrec_table_logical_switch_port,
                    &nbrec_logical_switch_port_col_name, ctx->argv[1]);
    dbctl_need_whole(ctx, &nbrec_table_logical_switch);
}

static void
cmd_lsp_del(struct ctl_context *ctx)
{
    bool must_exist = !shash_find(&ctx->options, "--if-exists");
    const struct nbrec_logical_switch_port *lsp;

    if (!nbctl_find_lsp(ctx, ctx->argv[1], must_exist, &lsp) || !lsp) {
        return;
    }

    const struct nbrec_logical_switch *ls = nbctl_lsp_switch(ctx, lsp);
    if (ls) {
        dbctl_del_ref(ctx, &ls->header_, &nbrec_logical_switch_col_ports,
                      &lsp->header_);
    }
    nbrec_logical_switch_port_delete(lsp);
}

static void
pre_lsp_list(struct ctl_context *ctx)
{
    nbctl_pre_switch(ctx);
    NBCTL_ADD_COLUMNS(ctx, &nbrec_logical_switch_col_ports,
                      &nbrec_logical_switch_port_col_name);
    dbctl_limit_row(ctx, &nbrec_table_logical_switch,
                    &nbrec_logical_switch_col_name, ctx->argv[1]);
    dbctl_need_whole(ctx, &nbrec_table_logical_switch_port);
}

static void
cmd_lsp_list(struct ctl_context *ctx)
{
    const struct nbrec_logical_switch *ls;

    if (!nbctl_find_switch(ctx, ctx->argv[1], true, &ls)) {
        return;
    }

    struct nbctl_names names = { .n = 0 };
    for (size_t i = 0; i < ls->n_ports; i++) {
        const struct nbrec_logical_switch_port *lsp = ls->ports[i];
        nbctl_names_add(&names, &lsp->header_.uuid, lsp->name, lsp);
    }
    nbctl_names_print(&names, &ctx->output);
    nbctl_names_destroy(&names);
}

static void
cmd_lsp_get_ls(struct ctl_context *ctx)
{
    const struct nbrec_logical_switch_port *lsp;

    if (!nbctl_find_lsp(ctx, ctx->argv[1], true, &lsp)) {
        return;
    }
    const struct nbrec_logical_switch *ls = nbctl_lsp_switch(ctx, lsp);
    if (ls) {
        ds_put_format(&ctx->output, UUID_FMT" (%s)\n",
                      UUID_ARGS(&ls->header_.uuid), ls->name);
    }
}

static void
pre_lsp_get_ls(struct ctl_context *ctx)
{
    pre_lsp_del(ctx);
    nbctl_pre_switch(ctx);
}

/* One column of one port.
 *
 * The prerequisites of all commands that read or write one column of the port
 * that is their first argument. */

#define LSP_COLUMN(COLUMN)                                              \
    static void                                                         \
    pre_lsp_##COLUMN(struct ctl_context *ctx)                           \
    {                                                                   \
        ovsdb_idl_add_column(ctx->idl,                                  \
                             &nbrec_logical_switch_port_col_name);      \
        ovsdb_idl_add_column(ctx->idl,                                  \
                             &nbrec_logical_switch_port_col_##COLUMN);  \
        dbctl_limit_row(ctx, &nbrec_table_logical_switch_port,          \
                        &nbrec_logical_switch_port_col_name,            \
                        ctx->argv[1]);                                  \
    }
LSP_COLUMN(parent_name)
LSP_COLUMN(tag)
LSP_COLUMN(up)
LSP_COLUMN(enabled)
LSP_COLUMN(type)
LSP_COLUMN(options)

static void
cmd_lsp_get_parent(struct ctl_context *ctx)
{
    const struct nbrec_logical_switch_port *lsp;

    if (nbctl_find_lsp(ctx, ctx->argv[1], true, &lsp) && lsp->parent_name) {
        ds_put_format(&ctx->output, "%s\n", lsp->parent_name);
    }
}

static void
cmd_lsp_get_tag(struct ctl_context *ctx)
{
    const struct nbrec_logical_switch_port *lsp;

    if (nbctl_find_lsp(ctx, ctx->argv[1], true, &lsp) && lsp->n_tag) {
        ds_put_format(&ctx->output, "%"PRId64"\n", lsp->tag[0]);
    }
}

static void
cmd_lsp_get_up(struct ctl_context *ctx)
{
    const struct nbrec_logical_switch_port *lsp;

    if (nbctl_find_lsp(ctx, ctx->argv[1], true, &lsp)) {
        ds_put_format(&ctx->output, "%s\n",
                      lsp->n_up && lsp->up[0] ? "up" : "down");
    }
}

static void
cmd_lsp_set_enabled(struct ctl_context *ctx)
{
    const struct nbrec_logical_switch_port *lsp;
    bool enabled;

    if (nbctl_find_lsp(ctx, ctx->argv[1], true, &lsp)
        && nbctl_parse_enabled(ctx, ctx->argv[2], &enabled)) {
        nbrec_logical_switch_port_set_enabled(lsp, &enabled, 1);
    }
}

static void
cmd_lsp_get_enabled(struct ctl_context *ctx)
{
    const struct nbrec_logical_switch_port *lsp;

    if (nbctl_find_lsp(ctx, ctx->argv[1], true, &lsp)) {
        bool enabled = !lsp->n_enabled || lsp->enabled[0];
        ds_put_format(&ctx->output, "%s\n",
                      enabled ? "enabled" : "disabled");
    }
}

static bool
is_lsp_type(const char *type)
{
    static const char *const types[] = {
        "", "external", "l2gateway", "localnet", "localport", "remote",
        "router", "switch", "virtual", "vtep",
    };

    for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
        if (!strcmp(type, types[i])) {
            return true;
        }
    }
    return false;
}

static void
pre_lsp_set_type(struct ctl_context *ctx)
{
    pre_lsp_type(ctx);
    ovsdb_idl_add_column(ctx->idl, &nbrec_logical_switch_port_col_peer);
}

static void
cmd_lsp_set_type(struct ctl_context *ctx)
{
    const struct nbrec_logical_switch_port *lsp;
    const char *type = ctx->argv[2];
    const char *peer = NULL;

    if (ctx->argc > 3) {
        if (strncmp(ctx->argv[3], "peer=", 5) || !ctx->argv[3][5]) {
            ctl_error(ctx, "%s: expected peer=PEER", ctx->argv[3]);
            return;
        }
        peer = ctx->argv[3] + 5;
    }
    if (!nbctl_find_lsp(ctx, ctx->argv[1], true, &lsp)) {
        return;
    }
    if (!is_lsp_type(type)) {
        ctl_error(ctx, "Logical switch port type '%s' is unrecognized. "
                  "Not setting type.", type);
        return;
    }
    if (peer && strcmp(type, "switch")) {
        ctl_error(ctx, "peer can only be set for type switch");
        return;
    }

    nbrec_logical_switch_port_set_type(lsp, type);
    if (peer) {
        nbrec_logical_switch_port_set_peer(lsp, peer);
    }
}

static void
cmd_lsp_get_type(struct ctl_context *ctx)
{
    const struct nbrec_logical_switch_port *lsp;

    if (nbctl_find_lsp(ctx, ctx->argv[1], true, &lsp)) {
        ds_put_format(&ctx->output, "%s\n", lsp->type);
    }
}

static void
cmd_lsp_set_options(struct ctl_context *ctx)
{
    const struct nbrec_logical_switch_port *lsp;
    struct smap options = SMAP_INITIALIZER(&options);

    if (nbctl_find_lsp(ctx, ctx->argv[1], true, &lsp)
        && nbctl_parse_options(ctx, 2, &options)) {
        nbrec_logical_switch_port_set_options(lsp, &options);
    }
    smap_destroy(&options);
}

static void
cmd_lsp_get_options(struct ctl_context *ctx)
{
    const struct nbrec_logical_switch_port *lsp;

    if (nbctl_find_lsp(ctx, ctx->argv[1], true, &lsp)) {
        nbctl_print_options(&lsp->options, &ctx->output);
    }
}

static const struct dbctl_command commands[] = {
    {{"lsp-add", 2, 4, "SWITCH PORT [PARENT TAG_REQUEST]", pre_lsp_add,
      cmd_lsp_add, NULL, "--may-exist", RW},
     "add logical port PORT on SWITCH, within PARENT on TAG"},
    {{"lsp-add-router-port", 3, 3, "LOGICAL_SWITCH PORT LRP_PEER",
      pre_lsp_add_special, cmd_lsp_add_router_port, NULL, "--may-exist", RW},
     "add PORT, attached to router port LRP_PEER"},
    {{"lsp-add-localnet-port", 3, 3, "LOGICAL_SWITCH PORT NETWORK",
      pre_lsp_add_special, cmd_lsp_add_localnet_port, NULL, "--may-exist",
      RW}, "add PORT, attached to the physical NETWORK"},
    {{"lsp-del", 1, 1, "PORT", pre_lsp_del, cmd_lsp_del, NULL,
      "--if-exists", RW}, "delete PORT from its attached switch"},
    {{"lsp-list", 1, 1, "SWITCH", pre_lsp_list, cmd_lsp_list, NULL, "", RO},
     "print the names of all logical ports on SWITCH"},
    {{"lsp-get-parent", 1, 1, "PORT", pre_lsp_parent_name,
      cmd_lsp_get_parent, NULL, "", RO},
     "get the parent of PORT if set"},
    {{"lsp-get-tag", 1, 1, "PORT", pre_lsp_tag, cmd_lsp_get_tag, NULL, "",
      RO}, "get the PORT's tag if set"},
    {{"lsp-get-ls", 1, 1, "PORT", pre_lsp_get_ls, cmd_lsp_get_ls, NULL, "",
      RO}, "get the logical switch which the port belongs to"},
    {{"lsp-get-up", 1, 1, "PORT", pre_lsp_up, cmd_lsp_get_up, NULL, "", RO},
     "get state of PORT ('up' or 'down')"},
    {{"lsp-set-enabled", 2, 2, "PORT {enabled|disabled}", pre_lsp_enabled,
      cmd_lsp_set_enabled, NULL, "", RW},
     "set administrative state of PORT"},
    {{"lsp-get-enabled", 1, 1, "PORT", pre_lsp_enabled, cmd_lsp_get_enabled,
      NULL, "", RO}, "get administrative state of PORT"},
    {{"lsp-set-type", 2, 3, "PORT TYPE [peer=PEER]", pre_lsp_set_type,
      cmd_lsp_set_type, NULL, "", RW}, "set the type for PORT"},
    {{"lsp-get-type", 1, 1, "PORT", pre_lsp_type, cmd_lsp_get_type, NULL,
      "", RO}, "get the type for PORT"},
    {{"lsp-set-options", 1, INT_MAX, "PORT KEY=VALUE [KEY=VALUE]...",
      pre_lsp_options, cmd_lsp_set_options, NULL, "", RW},
     "set options related to the type of PORT"},
    {{"lsp-get-options", 1, 1, "PORT", pre_lsp_options, cmd_lsp_get_options,
      NULL, "", RO}, "get the type specific options for PORT"},
    {{NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO}, NULL}
};

const struct dbctl_topic nbctl_lsp_topic = {
    "Logical switch port commands", commands
};
