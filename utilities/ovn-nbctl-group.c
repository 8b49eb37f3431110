/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-nbctl: commands on groups of logical switch ports. */

#include <config.h>

#include "utilities/ovn-nbctl.h"

#include <limits.h>
#include <stdlib.h>

#include "openvswitch/dynamic-string.h"
#include "ovsdb-idl.h"
#include "util.h"

static void
pre_pg(struct ctl_context *ctx)
{
    NBCTL_ADD_COLUMNS(ctx, &nbrec_port_group_col_name,
                      &nbrec_port_group_col_ports,
                      &nbrec_logical_switch_port_col_name);
}

static void
pre_pg_del(struct ctl_context *ctx)
{
    nbctl_pre_named(ctx, &nbctl_port_group);
}

/* Makes the ports of 'pg' those named by the arguments from the second on. */
static void
set_ports(struct ctl_context *ctx, const struct nbrec_port_group *pg)
{
    size_t n = ctx->argc - 2;
    struct nbrec_logical_switch_port **ports = xmalloc(n * sizeof *ports);

    for (size_t i = 0; i < n; i++) {
        const struct nbrec_logical_switch_port *lsp;
        if (!nbctl_find_lsp(ctx, ctx->argv[i + 2], true, &lsp)) {
            free(ports);
            return;
        }
        ports[i] = CONST_CAST(struct nbrec_logical_switch_port *, lsp);
    }
    nbrec_port_group_set_ports(pg, ports, n);
    free(ports);
}

static void
cmd_pg_add(struct ctl_context *ctx)
{
    const char *name = ctx->argv[1];
    const struct nbrec_port_group *pg;

    if (!nbctl_find_port_group(ctx, name, false, &pg)) {
        return;
    }
    if (pg) {
        ctl_error(ctx, "%s: a port group with this name already exists",
                  name);
        return;
    }
    pg = nbrec_port_group_insert(ctx->txn);
    nbrec_port_group_set_name(pg, name);
    set_ports(ctx, pg);
}

static void
cmd_pg_set_ports(struct ctl_context *ctx)
{
    const struct nbrec_port_group *pg;

    if (nbctl_find_port_group(ctx, ctx->argv[1], true, &pg)) {
        set_ports(ctx, pg);
    }
}

static void
cmd_pg_del(struct ctl_context *ctx)
{
    nbctl_del_named(ctx, &nbctl_port_group);
}

static void
cmd_pg_get_ports(struct ctl_context *ctx)
{
    const struct nbrec_port_group *pg;

    if (!nbctl_find_port_group(ctx, ctx->argv[1], true, &pg)) {
        return;
    }

    struct nbctl_names names = { .n = 0 };
    for (size_t i = 0; i < pg->n_ports; i++) {
        nbctl_names_add(&names, &pg->ports[i]->header_.uuid,
                        pg->ports[i]->name, pg->ports[i]);
    }
    nbctl_names_print(&names, &ctx->output);
    nbctl_names_destroy(&names);
}

static const struct dbctl_command commands[] = {
    {{"pg-add", 1, INT_MAX, "GROUP [PORT]...", pre_pg, cmd_pg_add, NULL, "",
      RW}, "create port group GROUP with PORTs"},
    {{"pg-set-ports", 2, INT_MAX, "GROUP PORT...", pre_pg, cmd_pg_set_ports,
      NULL, "", RW}, "set PORTs on port group GROUP"},
    {{"pg-del", 1, 1, "GROUP", pre_pg_del, cmd_pg_del, NULL, "", RW},
     "delete port group GROUP"},
    {{"pg-get-ports", 1, 1, "PORT_GROUP", pre_pg, cmd_pg_get_ports, NULL, "",
      RO}, "print the ports of PORT_GROUP"},
    {{NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO}, NULL}
};

const struct dbctl_topic nbctl_group_topic = {
    "Port group commands", commands
};
