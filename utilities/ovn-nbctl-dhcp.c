/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-nbctl: DHCP options, and which ports get them. */

#include <config.h>

#include "utilities/ovn-nbctl.h"

#include <limits.h>
#include <stdlib.h>

#include "lib/addr.h"
#include "openvswitch/dynamic-string.h"
#include "ovsdb-idl.h"
#include "smap.h"
#include "util.h"
#include "uuid.h"

/* DHCP options have no name, only a UUID. */

static void
pre_dhcp_options(struct ctl_context *ctx)
{
    NBCTL_ADD_COLUMNS(ctx, &nbrec_dhcp_options_col_cidr,
                      &nbrec_dhcp_options_col_options);
    dbctl_limit_row(ctx, &nbrec_table_dhcp_options,
                    &nbrec_dhcp_options_col_cidr, ctx->argv[1]);
}

/* Finds the options whose UUID is 'id'.  Otherwise reports an error and
 * returns null. */
static const struct nbrec_dhcp_options *
find_dhcp_options(struct ctl_context *ctx, const char *id)
{
    const struct nbrec_dhcp_options *dhcp = NULL;
    struct uuid uuid;

    if (uuid_from_string(&uuid, id)) {
        dhcp = nbrec_dhcp_options_get_for_uuid(ctx->idl, &uuid);
    }
    if (!dhcp) {
        ctl_error(ctx, "%s: dhcp options UUID not found", id);
    }
    return dhcp;
}

static void
pre_dhcp_options_create(struct ctl_context *ctx)
{
    NBCTL_ADD_COLUMNS(ctx, &nbrec_dhcp_options_col_cidr,
                      &nbrec_dhcp_options_col_external_ids);
    dbctl_limit_row(ctx, &nbrec_table_dhcp_options,
                    &nbrec_dhcp_options_col_cidr, ctx->argv[1]);
}

static void
cmd_dhcp_options_create(struct ctl_context *ctx)
{
    struct smap ids = SMAP_INITIALIZER(&ids);
    struct addr_ip ip;

    if (!addr_ip_parse(ctx->argv[1], &ip)) {
        ctl_error(ctx, "Invalid cidr format '%s'", ctx->argv[1]);
    } else if (nbctl_parse_options(ctx, 2, &ids)) {
        const struct nbrec_dhcp_options *dhcp
            = nbrec_dhcp_options_insert(ctx->txn);

        nbrec_dhcp_options_set_cidr(dhcp, ctx->argv[1]);
        nbrec_dhcp_options_set_external_ids(dhcp, &ids);
    }
    smap_destroy(&ids);
}

static void
cmd_dhcp_options_del(struct ctl_context *ctx)
{
    const struct nbrec_dhcp_options *dhcp
        = find_dhcp_options(ctx, ctx->argv[1]);

    if (dhcp) {
        nbrec_dhcp_options_delete(dhcp);
    }
}

static void
pre_dhcp_options_list(struct ctl_context *ctx)
{
    ovsdb_idl_add_column(ctx->idl, &nbrec_dhcp_options_col_cidr);
    dbctl_need_whole(ctx, &nbrec_table_dhcp_options);
}

static void
cmd_dhcp_options_list(struct ctl_context *ctx)
{
    const struct nbrec_dhcp_options *dhcp;
    struct nbctl_names names = { .n = 0 };

    NBREC_DHCP_OPTIONS_FOR_EACH (dhcp, ctx->idl) {
        nbctl_names_add(&names, &dhcp->header_.uuid, dhcp->cidr, dhcp);
    }
    nbctl_names_sort(&names);
    for (size_t i = 0; i < names.n; i++) {
        dhcp = nbctl_names_row(&names, i);
        ds_put_format(&ctx->output, UUID_FMT"\n",
                      UUID_ARGS(&dhcp->header_.uuid));
    }
    nbctl_names_destroy(&names);
}

static void
cmd_dhcp_options_set_options(struct ctl_context *ctx)
{
    const struct nbrec_dhcp_options *dhcp
        = find_dhcp_options(ctx, ctx->argv[1]);
    struct smap options = SMAP_INITIALIZER(&options);

    if (dhcp && nbctl_parse_options(ctx, 2, &options)) {
        nbrec_dhcp_options_set_options(dhcp, &options);
    }
    smap_destroy(&options);
}

static void
cmd_dhcp_options_get_options(struct ctl_context *ctx)
{
    const struct nbrec_dhcp_options *dhcp
        = find_dhcp_options(ctx, ctx->argv[1]);

    if (dhcp) {
        nbctl_print_options(&dhcp->options, &ctx->output);
    }
}

/* Options of a port, for each version of IP. */

static void
pre_lsp_dhcp(struct ctl_context *ctx)
{
    nbctl_pre_find(ctx, &nbctl_lsp, ctx->argv[1]);
    NBCTL_ADD_COLUMNS(ctx, &nbrec_logical_switch_port_col_dhcpv4_options,
                      &nbrec_logical_switch_port_col_dhcpv6_options,
                      &nbrec_dhcp_options_col_cidr);
    if (ctx->argc > 2) {
        dbctl_limit_row(ctx, &nbrec_table_dhcp_options,
                        &nbrec_dhcp_options_col_cidr, ctx->argv[2]);
    } else {
        dbctl_need_whole(ctx, &nbrec_table_dhcp_options);
    }
}

static void
lsp_set_dhcp(struct ctl_context *ctx, int version,
             void (*set)(const struct nbrec_logical_switch_port *,
                         const struct nbrec_dhcp_options *))
{
    const struct nbrec_dhcp_options *dhcp = NULL;
    const struct nbrec_logical_switch_port *lsp;

    if (!nbctl_find_lsp(ctx, ctx->argv[1], true, &lsp)) {
        return;
    }
    if (ctx->argc > 2) {
        struct addr_ip ip;

        dhcp = find_dhcp_options(ctx, ctx->argv[2]);
        if (!dhcp) {
            return;
        }
        if (!addr_ip_parse(dhcp->cidr, &ip) || ip.is_ip4 != (version == 4)) {
            ctl_error(ctx, "DHCP options cidr '%s' is not IPv%d", dhcp->cidr,
                      version);
            return;
        }
    }
    set(lsp, dhcp);
}

static void
lsp_get_dhcp(struct ctl_context *ctx, int version)
{
    const struct nbrec_logical_switch_port *lsp;

    if (!nbctl_find_lsp(ctx, ctx->argv[1], true, &lsp)) {
        return;
    }
    const struct nbrec_dhcp_options *dhcp
        = version == 4 ? lsp->dhcpv4_options : lsp->dhcpv6_options;
    if (dhcp) {
        ds_put_format(&ctx->output, UUID_FMT" (%s)\n",
                      UUID_ARGS(&dhcp->header_.uuid), dhcp->cidr);
    }
}

static void
cmd_lsp_set_dhcpv4_options(struct ctl_context *ctx)
{
    lsp_set_dhcp(ctx, 4, nbrec_logical_switch_port_set_dhcpv4_options);
}

static void
cmd_lsp_get_dhcpv4_options(struct ctl_context *ctx)
{
    lsp_get_dhcp(ctx, 4);
}

static void
cmd_lsp_set_dhcpv6_options(struct ctl_context *ctx)
{
    lsp_set_dhcp(ctx, 6, nbrec_logical_switch_port_set_dhcpv6_options);
}

static void
cmd_lsp_get_dhcpv6_options(struct ctl_context *ctx)
{
    lsp_get_dhcp(ctx, 6);
}

static const struct dbctl_command commands[] = {
    {{"lsp-set-dhcpv4-options", 1, 2, "PORT [DHCP_OPT_UUID]", pre_lsp_dhcp,
      cmd_lsp_set_dhcpv4_options, NULL, "", RW},
     "set DHCPv4 options for PORT"},
    {{"lsp-get-dhcpv4-options", 1, 1, "PORT", pre_lsp_dhcp,
      cmd_lsp_get_dhcpv4_options, NULL, "", RO},
     "get the DHCPv4 options of PORT"},
    {{"lsp-set-dhcpv6-options", 1, 2, "PORT [DHCP_OPT_UUID]", pre_lsp_dhcp,
      cmd_lsp_set_dhcpv6_options, NULL, "", RW},
     "set DHCPv6 options for PORT"},
    {{"lsp-get-dhcpv6-options", 1, 1, "PORT", pre_lsp_dhcp,
      cmd_lsp_get_dhcpv6_options, NULL, "", RO},
     "get the DHCPv6 options of PORT"},
    {{"dhcp-options-create", 1, INT_MAX, "CIDR [KEY=VALUE]...",
      pre_dhcp_options_create, cmd_dhcp_options_create, NULL, "", RW},
     "create DHCP options for CIDR, with external IDs KEY=VALUE"},
    {{"dhcp-options-del", 1, 1, "DHCP_OPT_UUID", pre_dhcp_options,
      cmd_dhcp_options_del, NULL, "", RW}, "delete DHCP_OPT_UUID"},
    {{"dhcp-options-list", 0, 0, "", pre_dhcp_options_list,
      cmd_dhcp_options_list, NULL, "", RO},
     "print the UUIDs of all DHCP options"},
    {{"dhcp-options-set-options", 1, INT_MAX,
      "DHCP_OPT_UUID KEY=VALUE [KEY=VALUE]...", pre_dhcp_options,
      cmd_dhcp_options_set_options, NULL, "", RW},
     "set the options of DHCP_OPT_UUID"},
    {{"dhcp-options-get-options", 1, 1, "DHCP_OPT_UUID", pre_dhcp_options,
      cmd_dhcp_options_get_options, NULL, "", RO},
     "print the options of DHCP_OPT_UUID"},
    {{NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO}, NULL}
};

const struct dbctl_topic nbctl_dhcp_topic = {
    "DHCP options commands", commands
};
