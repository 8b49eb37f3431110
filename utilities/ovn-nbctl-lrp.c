/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-nbctl: commands on logical router ports and their gateways. */

#include <config.h>

#include "utilities/ovn-nbctl.h"

#include <limits.h>
#include <stdlib.h>

#include "lib/addr.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/shash.h"
#include "ovsdb-idl.h"
#include "packets.h"
#include "smap.h"
#include "svec.h"
#include "util.h"

/* Arguments of lrp-add. */

/* What follows ROUTER, PORT and MAC: networks, then settings, each of which
 * has a "=". */
struct lrp_arguments {
    char **networks;
    size_t n_networks;
    char **settings;
    size_t n_settings;
};

static struct lrp_arguments
split_arguments(struct ctl_context *ctx)
{
    enum { FIRST = 4 };
    int i = FIRST;

    while (i < ctx->argc && !strchr(ctx->argv[i], '=')) {
        i++;
    }
    return (struct lrp_arguments) {
        .networks = &ctx->argv[FIRST],
        .n_networks = i - FIRST,
        .settings = &ctx->argv[i],
        .n_settings = ctx->argc - i,
    };
}

static bool
check_networks(struct ctl_context *ctx, const char *port,
               const struct lrp_arguments *args)
{
    for (size_t i = 0; i < args->n_networks; i++) {
        struct addr_ip ip;

        if (!addr_ip_parse(args->networks[i], &ip)) {
            ctl_error(ctx, "%s: invalid network address: %s",
                      port, args->networks[i]);
            return false;
        }
    }
    return true;
}

/* Are the 'n_a' addresses in 'a' in the same networks as the 'n_b' in 'b'? */
static bool
same_networks(char *const *a, size_t n_a, char *const *b, size_t n_b)
{
    struct svec sa = SVEC_EMPTY_INITIALIZER;
    struct svec sb = SVEC_EMPTY_INITIALIZER;

    for (size_t i = 0; i < n_a; i++) {
        char *network = addr_normalize_prefix(a[i]);
        svec_add_nocopy(&sa, network ? network : xstrdup(a[i]));
    }
    for (size_t i = 0; i < n_b; i++) {
        char *network = addr_normalize_prefix(b[i]);
        svec_add_nocopy(&sb, network ? network : xstrdup(b[i]));
    }
    svec_sort_unique(&sa);
    svec_sort_unique(&sb);
    bool same = svec_equal(&sa, &sb);
    svec_destroy(&sa);
    svec_destroy(&sb);
    return same;
}

/* Returns the router that 'lrp' is on, or null. */
static const struct nbrec_logical_router *
lrp_router(struct ctl_context *ctx,
           const struct nbrec_logical_router_port *lrp)
{
    const struct nbrec_logical_router *lr;

    NBREC_LOGICAL_ROUTER_FOR_EACH (lr, ctx->idl) {
        for (size_t i = 0; i < lr->n_ports; i++) {
            if (lr->ports[i] == lrp) {
                return lr;
            }
        }
    }
    return NULL;
}

/* Reports an error and returns false unless 'lrp' is on 'lr'. */
bool
nbctl_check_lrp_router(struct ctl_context *ctx,
                       const struct nbrec_logical_router *lr,
                       const struct nbrec_logical_router_port *lrp)
{
    for (size_t i = 0; i < lr->n_ports; i++) {
        if (lr->ports[i] == lrp) {
            return true;
        }
    }
    ctl_error(ctx, "%s is not a router port of logical router: %s.",
              lrp->name, lr->name);
    return false;
}

/* "lrp-add --may-exist": reports an error unless 'lrp' is what the caller
 * wants. */
static void
check_existing_lrp(struct ctl_context *ctx,
                   const struct nbrec_logical_router_port *lrp,
                   const struct nbrec_logical_router *lr,
                   const struct eth_addr *mac,
                   const struct lrp_arguments *args)
{
    const struct nbrec_logical_router *other = lrp_router(ctx, lrp);
    const char *peer = NULL;
    struct eth_addr lrp_mac;

    for (size_t i = 0; i < args->n_settings; i++) {
        if (!strncmp(args->settings[i], "peer=", 5)) {
            peer = args->settings[i] + 5;
        }
    }
    if (!other) {
        ctl_error(ctx, "%s: port already exists but is not part of any "
                  "router", lrp->name);
    } else if (other != lr) {
        ctl_error(ctx, "%s: port already exists but in router %s",
                  lrp->name, other->name);
    } else if (!nullable_string_is_equal(peer, lrp->peer)) {
        ctl_error(ctx, "%s: port already exists with mismatching peer",
                  lrp->name);
    } else if (!eth_addr_from_string(lrp->mac, &lrp_mac)
               || !eth_addr_equals(*mac, lrp_mac)) {
        ctl_error(ctx, "%s: port already exists with mac %s",
                  lrp->name, lrp->mac);
    } else if (!same_networks(args->networks, args->n_networks,
                              lrp->networks, lrp->n_networks)) {
        ctl_error(ctx, "%s: port already exists with different network",
                  lrp->name);
    }
}

static void
pre_lrp_add(struct ctl_context *ctx)
{
    const struct ovsdb_idl_table_class *table
        = &nbrec_table_logical_router_port;

    NBCTL_ADD_COLUMNS(ctx, &nbrec_logical_router_col_name,
                      &nbrec_logical_router_col_ports);
    /* Settings may be about any column. */
    for (size_t i = 0; i < table->n_columns; i++) {
        ovsdb_idl_add_column(ctx->idl, &table->columns[i]);
    }
    dbctl_limit_row(ctx, table, &nbrec_logical_router_port_col_name,
                    ctx->argv[2]);
    dbctl_need_whole(ctx, &nbrec_table_logical_router);
    dbctl_need_whole(ctx, &nbrec_table_gateway_chassis);
    dbctl_need_whole(ctx, &nbrec_table_ha_chassis_group);
    dbctl_need_whole(ctx, &nbrec_table_dhcp_relay);
}

static void
cmd_lrp_add(struct ctl_context *ctx)
{
    const char *name = ctx->argv[2];
    const char *mac_s = ctx->argv[3];
    const struct lrp_arguments args = split_arguments(ctx);

    const struct nbrec_logical_router *lr;
    if (!nbctl_find_router(ctx, ctx->argv[1], true, &lr)) {
        return;
    }
    struct eth_addr mac;
    if (!eth_addr_from_string(mac_s, &mac)) {
        ctl_error(ctx, "%s: invalid mac address %s", name, mac_s);
        return;
    }
    if (!check_networks(ctx, name, &args)) {
        return;
    }

    const struct nbrec_logical_router_port *lrp;
    if (!nbctl_find_lrp(ctx, name, false, &lrp)) {
        return;
    }
    if (lrp) {
        if (!shash_find(&ctx->options, "--may-exist")) {
            ctl_error(ctx, "%s: a port with this name already exists", name);
        } else {
            check_existing_lrp(ctx, lrp, lr, &mac, &args);
        }
        return;
    }

    lrp = nbrec_logical_router_port_insert(ctx->txn);
    nbrec_logical_router_port_set_name(lrp, name);
    nbrec_logical_router_port_set_mac(lrp, mac_s);
    nbrec_logical_router_port_set_networks(
        lrp, (const char **) args.networks, args.n_networks);
    for (size_t i = 0; i < args.n_settings; i++) {
        char *error = ctl_set_column("Logical_Router_Port", &lrp->header_,
                                     args.settings[i], ctx->symtab);
        if (error) {
            ctl_error(ctx, "%s", error);
            free(error);
            return;
        }
    }
    dbctl_add_ref(ctx, &lr->header_, &nbrec_logical_router_col_ports,
                  &lrp->header_);
}

/* lrp-del and lrp-list. */

static void
pre_lrp_del(struct ctl_context *ctx)
{
    NBCTL_ADD_COLUMNS(ctx, &nbrec_logical_router_col_ports,
                      &nbrec_logical_router_port_col_name);
    dbctl_limit_row(ctx, &nbrec_table_logical_router_port,
                    &nbrec_logical_router_port_col_name, ctx->argv[1]);
    dbctl_need_whole(ctx, &nbrec_table_logical_router);
}

static void
cmd_lrp_del(struct ctl_context *ctx)
{
    bool must_exist = !shash_find(&ctx->options, "--if-exists");
    const struct nbrec_logical_router_port *lrp;

    if (!nbctl_find_lrp(ctx, ctx->argv[1], must_exist, &lrp) || !lrp) {
        return;
    }

    const struct nbrec_logical_router *lr = lrp_router(ctx, lrp);
    if (lr) {
        dbctl_del_ref(ctx, &lr->header_, &nbrec_logical_router_col_ports,
                      &lrp->header_);
    }
    nbrec_logical_router_port_delete(lrp);
}

static void
pre_lrp_list(struct ctl_context *ctx)
{
    NBCTL_ADD_COLUMNS(ctx, &nbrec_logical_router_col_name,
                      &nbrec_logical_router_col_ports,
                      &nbrec_logical_router_port_col_name);
}

static void
cmd_lrp_list(struct ctl_context *ctx)
{
    const struct nbrec_logical_router *lr;

    if (!nbctl_find_router(ctx, ctx->argv[1], true, &lr)) {
        return;
    }

    struct nbctl_names names = { .n = 0 };
    for (size_t i = 0; i < lr->n_ports; i++) {
        nbctl_names_add(&names, &lr->ports[i]->header_.uuid,
                        lr->ports[i]->name, lr->ports[i]);
    }
    nbctl_names_print(&names, &ctx->output);
    nbctl_names_destroy(&names);
}

/* One column of one port. */

#define LRP_COLUMN(COLUMN)                                              \
    static void                                                         \
    pre_lrp_##COLUMN(struct ctl_context *ctx)                           \
    {                                                                   \
        ovsdb_idl_add_column(ctx->idl,                                  \
                             &nbrec_logical_router_port_col_name);      \
        ovsdb_idl_add_column(ctx->idl,                                  \
                             &nbrec_logical_router_port_col_##COLUMN);  \
        dbctl_limit_row(ctx, &nbrec_table_logical_router_port,          \
                        &nbrec_logical_router_port_col_name,            \
                        ctx->argv[1]);                                  \
    }
LRP_COLUMN(enabled)
LRP_COLUMN(options)

static void
cmd_lrp_set_enabled(struct ctl_context *ctx)
{
    const struct nbrec_logical_router_port *lrp;
    bool enabled;

    if (nbctl_find_lrp(ctx, ctx->argv[1], true, &lrp)
        && nbctl_parse_enabled(ctx, ctx->argv[2], &enabled)) {
        nbrec_logical_router_port_set_enabled(lrp, &enabled, 1);
    }
}

static void
cmd_lrp_get_enabled(struct ctl_context *ctx)
{
    const struct nbrec_logical_router_port *lrp;

    if (nbctl_find_lrp(ctx, ctx->argv[1], true, &lrp)) {
        bool enabled = !lrp->n_enabled || lrp->enabled[0];
        ds_put_format(&ctx->output, "%s\n",
                      enabled ? "enabled" : "disabled");
    }
}

static void
cmd_lrp_set_options(struct ctl_context *ctx)
{
    const struct nbrec_logical_router_port *lrp;
    struct smap options = SMAP_INITIALIZER(&options);

    if (nbctl_find_lrp(ctx, ctx->argv[1], true, &lrp)
        && nbctl_parse_options(ctx, 2, &options)) {
        nbrec_logical_router_port_set_options(lrp, &options);
    }
    smap_destroy(&options);
}

static void
cmd_lrp_set_redirect_type(struct ctl_context *ctx)
{
    const struct nbrec_logical_router_port *lrp;
    const char *type = ctx->argv[2];

    if (!nbctl_find_lrp(ctx, ctx->argv[1], true, &lrp)) {
        return;
    }
    if (strcasecmp(type, "overlay") && strcasecmp(type, "bridged")) {
        ctl_error(ctx, "Invalid redirect type: %s", type);
        return;
    }

    struct smap options;
    smap_clone(&options, &lrp->options);
    smap_replace(&options, "redirect-type", type);
    nbrec_logical_router_port_verify_options(lrp);
    nbrec_logical_router_port_set_options(lrp, &options);
    smap_destroy(&options);
}

static void
cmd_lrp_get_redirect_type(struct ctl_context *ctx)
{
    const struct nbrec_logical_router_port *lrp;

    if (nbctl_find_lrp(ctx, ctx->argv[1], true, &lrp)) {
        ds_put_format(&ctx->output, "%s\n",
                      smap_get_def(&lrp->options, "redirect-type",
                                   "overlay"));
    }
}

/* Gateway chassis. */

static void
pre_gateway_chassis(struct ctl_context *ctx)
{
    NBCTL_ADD_COLUMNS(ctx, &nbrec_logical_router_port_col_name,
                      &nbrec_logical_router_port_col_gateway_chassis,
                      &nbrec_gateway_chassis_col_name,
                      &nbrec_gateway_chassis_col_chassis_name,
                      &nbrec_gateway_chassis_col_priority);
    dbctl_limit_row(ctx, &nbrec_table_logical_router_port,
                    &nbrec_logical_router_port_col_name, ctx->argv[1]);
    dbctl_need_whole(ctx, &nbrec_table_gateway_chassis);
}

/* Returns the gateway of 'lrp' on 'chassis', or null. */
static const struct nbrec_gateway_chassis *
find_gateway_chassis(const struct nbrec_logical_router_port *lrp,
                     const char *chassis)
{
    for (size_t i = 0; i < lrp->n_gateway_chassis; i++) {
        if (!strcmp(lrp->gateway_chassis[i]->chassis_name, chassis)) {
            return lrp->gateway_chassis[i];
        }
    }
    return NULL;
}

static void
cmd_lrp_set_gateway_chassis(struct ctl_context *ctx)
{
    const struct nbrec_logical_router_port *lrp;
    const char *chassis = ctx->argv[2];
    int64_t priority = 0;

    if (!nbctl_find_lrp(ctx, ctx->argv[1], true, &lrp)
        || (ctx->argc > 3
            && !nbctl_parse_priority(ctx, ctx->argv[3], &priority))) {
        return;
    }

    const struct nbrec_gateway_chassis *gc
        = find_gateway_chassis(lrp, chassis);
    if (gc) {
        nbrec_gateway_chassis_set_priority(gc, priority);
        return;
    }

    char *name = xasprintf("%s-%s", lrp->name, chassis);
    gc = nbrec_gateway_chassis_insert(ctx->txn);
    nbrec_gateway_chassis_set_name(gc, name);
    nbrec_gateway_chassis_set_chassis_name(gc, chassis);
    nbrec_gateway_chassis_set_priority(gc, priority);
    free(name);
    dbctl_add_ref(ctx, &lrp->header_,
                  &nbrec_logical_router_port_col_gateway_chassis,
                  &gc->header_);
}

static void
cmd_lrp_del_gateway_chassis(struct ctl_context *ctx)
{
    const struct nbrec_logical_router_port *lrp;
    const char *chassis = ctx->argv[2];

    if (!nbctl_find_lrp(ctx, ctx->argv[1], true, &lrp)) {
        return;
    }

    const struct nbrec_gateway_chassis *gc
        = find_gateway_chassis(lrp, chassis);
    if (!gc) {
        ctl_error(ctx, "chassis %s is not added to logical port %s",
                  chassis, ctx->argv[1]);
        return;
    }
    dbctl_del_ref(ctx, &lrp->header_,
                  &nbrec_logical_router_port_col_gateway_chassis,
                  &gc->header_);
    nbrec_gateway_chassis_delete(gc);
}

static void
cmd_lrp_get_gateway_chassis(struct ctl_context *ctx)
{
    const struct nbrec_logical_router_port *lrp;

    if (!nbctl_find_lrp(ctx, ctx->argv[1], true, &lrp)) {
        return;
    }

    const struct nbrec_gateway_chassis **gcs
        = nbctl_sort_gateway_chassis(lrp);
    for (size_t i = 0; i < lrp->n_gateway_chassis; i++) {
        ds_put_format(&ctx->output, "%s-%s %5"PRId64"\n",
                      lrp->name, gcs[i]->chassis_name, gcs[i]->priority);
    }
    free(gcs);
}

static const struct dbctl_command commands[] = {
    {{"lrp-add", 3, INT_MAX, "ROUTER PORT MAC [NETWORK]... "
      "[COLUMN[:KEY]=VALUE]...", pre_lrp_add, cmd_lrp_add, NULL,
      "--may-exist", RW}, "add logical port PORT on ROUTER"},
    {{"lrp-del", 1, 1, "PORT", pre_lrp_del, cmd_lrp_del, NULL,
      "--if-exists", RW}, "delete PORT from its attached router"},
    {{"lrp-list", 1, 1, "ROUTER", pre_lrp_list, cmd_lrp_list, NULL, "", RO},
     "print the names of all ports on ROUTER"},
    {{"lrp-set-enabled", 2, 2, "PORT {enabled|disabled}", pre_lrp_enabled,
      cmd_lrp_set_enabled, NULL, "", RW},
     "set administrative state of PORT"},
    {{"lrp-get-enabled", 1, 1, "PORT", pre_lrp_enabled, cmd_lrp_get_enabled,
      NULL, "", RO}, "get administrative state of PORT"},
    {{"lrp-set-options", 1, INT_MAX, "PORT KEY=VALUE [KEY=VALUE]...",
      pre_lrp_options, cmd_lrp_set_options, NULL, "", RW},
     "set router port options"},
    {{"lrp-set-gateway-chassis", 2, 3, "PORT CHASSIS [PRIORITY]",
      pre_gateway_chassis, cmd_lrp_set_gateway_chassis, NULL,
      "--may-exist", RW}, "make CHASSIS a gateway of distributed port PORT"},
    {{"lrp-del-gateway-chassis", 2, 2, "PORT CHASSIS", pre_gateway_chassis,
      cmd_lrp_del_gateway_chassis, NULL, "", RW},
     "make CHASSIS no gateway of PORT any more"},
    {{"lrp-get-gateway-chassis", 1, 1, "PORT", pre_gateway_chassis,
      cmd_lrp_get_gateway_chassis, NULL, "", RO},
     "print the gateways of PORT, with priorities"},
    {{"lrp-set-redirect-type", 2, 2, "PORT {overlay|bridged}",
      pre_lrp_options, cmd_lrp_set_redirect_type, NULL, "", RW},
     "set how traffic of PORT gets to its gateway"},
    {{"lrp-get-redirect-type", 1, 1, "PORT", pre_lrp_options,
      cmd_lrp_get_redirect_type, NULL, "", RO},
     "get how traffic of PORT gets to its gateway"},
    {{NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO}, NULL}
};

const struct dbctl_topic nbctl_lrp_topic = {
    "Logical router port commands", commands
};
