/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-sbctl: chassis, and ports bound to them by hand.  Ordinarily
 * ovn-controller does this. */

#include <config.h>

#include "utilities/ovn-sbctl.h"

#include "lib/addr.h"
#include "openvswitch/shash.h"
#include "ovsdb-idl.h"
#include "smap.h"
#include "svec.h"
#include "util.h"

/* Returns the chassis named 'name', or null. */
static const struct sbrec_chassis *
find_chassis(struct ctl_context *ctx, const char *name)
{
    const struct sbrec_chassis *chassis;

    SBREC_CHASSIS_FOR_EACH (chassis, ctx->idl) {
        if (!strcmp(chassis->name, name)) {
            return chassis;
        }
    }
    return NULL;
}

static void
pre_chassis(struct ctl_context *ctx)
{
    ovsdb_idl_add_column(ctx->idl, &sbrec_chassis_col_name);
    ovsdb_idl_add_column(ctx->idl, &sbrec_chassis_col_encaps);
    ovsdb_idl_add_column(ctx->idl, &sbrec_chassis_private_col_name);
    ovsdb_idl_add_table(ctx->idl, &sbrec_table_encap);
    dbctl_limit_row(ctx, &sbrec_table_chassis, &sbrec_chassis_col_name,
                    ctx->argv[1]);
    dbctl_limit_row(ctx, &sbrec_table_chassis_private,
                    &sbrec_chassis_private_col_name, ctx->argv[1]);
    dbctl_need_whole(ctx, &sbrec_table_encap);
}

static void
cmd_chassis_add(struct ctl_context *ctx)
{
    const char *name = ctx->argv[1];
    const char *types = ctx->argv[2];
    const char *ip = ctx->argv[3];
    bool may_exist = shash_find(&ctx->options, "--may-exist");
    struct addr_ip parsed;

    if (find_chassis(ctx, name)) {
        if (!may_exist) {
            ctl_error(ctx, "cannot create a chassis named %s because a "
                      "chassis named %s already exists", name, name);
        }
        return;
    }
    if (!addr_ip_parse_host(ip, &parsed)) {
        ctl_error(ctx, "%s: not an IP address", ip);
        return;
    }

    struct svec words = SVEC_EMPTY_INITIALIZER;
    char *copy = xstrdup(types);
    char *save_ptr = NULL;
    for (char *type = strtok_r(copy, ",", &save_ptr); type;
         type = strtok_r(NULL, ",", &save_ptr)) {
        svec_add(&words, type);
    }
    free(copy);
    svec_sort_unique(&words);
    if (!words.n) {
        ctl_error(ctx, "an encapsulation type is required");
        svec_destroy(&words);
        return;
    }

    const struct smap options = SMAP_CONST1(&options, "csum", "true");
    struct sbrec_encap **encaps = xmalloc(words.n * sizeof *encaps);
    for (size_t i = 0; i < words.n; i++) {
        encaps[i] = sbrec_encap_insert(ctx->txn);
        sbrec_encap_set_type(encaps[i], words.names[i]);
        sbrec_encap_set_ip(encaps[i], ip);
        sbrec_encap_set_options(encaps[i], &options);
        sbrec_encap_set_chassis_name(encaps[i], name);
    }

    const struct sbrec_chassis *chassis = sbrec_chassis_insert(ctx->txn);
    sbrec_chassis_set_name(chassis, name);
    sbrec_chassis_set_encaps(chassis, encaps, words.n);
    free(encaps);
    svec_destroy(&words);
}

static void
cmd_chassis_del(struct ctl_context *ctx)
{
    const char *name = ctx->argv[1];
    const struct sbrec_chassis *chassis = find_chassis(ctx, name);

    if (!chassis) {
        if (!shash_find(&ctx->options, "--if-exists")) {
            ctl_error(ctx, "no chassis named %s", name);
        }
        return;
    }

    const struct sbrec_chassis_private *priv;
    SBREC_CHASSIS_PRIVATE_FOR_EACH_SAFE (priv, ctx->idl) {
        if (!strcmp(priv->name, name)) {
            sbrec_chassis_private_delete(priv);
        }
    }
    for (size_t i = 0; i < chassis->n_encaps; i++) {
        sbrec_encap_delete(chassis->encaps[i]);
    }
    sbrec_chassis_delete(chassis);
}

/* Port bindings. */

/* Returns the port binding of the port named 'name', or null. */
static const struct sbrec_port_binding *
find_binding(struct ctl_context *ctx, const char *name)
{
    const struct sbrec_port_binding *pb;

    SBREC_PORT_BINDING_FOR_EACH (pb, ctx->idl) {
        if (!strcmp(pb->logical_port, name)) {
            return pb;
        }
    }
    return NULL;
}

static void
pre_binding(struct ctl_context *ctx)
{
    ovsdb_idl_add_column(ctx->idl, &sbrec_chassis_col_name);
    ovsdb_idl_add_column(ctx->idl, &sbrec_port_binding_col_logical_port);
    ovsdb_idl_add_column(ctx->idl, &sbrec_port_binding_col_chassis);
    ovsdb_idl_add_column(ctx->idl, &sbrec_port_binding_col_up);
    dbctl_limit_row(ctx, &sbrec_table_port_binding,
                    &sbrec_port_binding_col_logical_port, ctx->argv[1]);
    /* Messages name the chassis that a port is bound to. */
    dbctl_need_whole(ctx, &sbrec_table_chassis);
}

static void
cmd_lsp_bind(struct ctl_context *ctx)
{
    const char *port = ctx->argv[1];
    const char *chassis_name = ctx->argv[2];
    bool may_exist = shash_find(&ctx->options, "--may-exist");

    const struct sbrec_port_binding *pb = find_binding(ctx, port);
    if (!pb) {
        ctl_error(ctx, "no port named %s", port);
        return;
    }
    const struct sbrec_chassis *chassis = find_chassis(ctx, chassis_name);
    if (!chassis) {
        ctl_error(ctx, "no chassis named %s", chassis_name);
        return;
    }

    if (pb->chassis) {
        if (!may_exist || pb->chassis != chassis) {
            ctl_error(ctx, "lport (%s) has already been binded to chassis "
                      "(%s)", port, pb->chassis->name);
        }
        return;
    }
    bool up = true;
    sbrec_port_binding_set_up(pb, &up, 1);
    sbrec_port_binding_set_chassis(pb, chassis);
}

static void
cmd_lsp_unbind(struct ctl_context *ctx)
{
    const struct sbrec_port_binding *pb = find_binding(ctx, ctx->argv[1]);

    if (pb) {
        sbrec_port_binding_set_up(pb, NULL, 0);
        sbrec_port_binding_set_chassis(pb, NULL);
    } else if (!shash_find(&ctx->options, "--if-exists")) {
        ctl_error(ctx, "no port named %s", ctx->argv[1]);
    }
}

static const struct dbctl_command chassis_commands[] = {
    {{"chassis-add", 3, 3, "CHASSIS ENCAP-TYPE ENCAP-IP", pre_chassis,
      cmd_chassis_add, NULL, "--may-exist", RW},
     "create a chassis with ENCAP-TYPE tunnels at ENCAP-IP"},
    {{"chassis-del", 1, 1, "CHASSIS", pre_chassis, cmd_chassis_del, NULL,
      "--if-exists", RW}, "delete CHASSIS and all of its encaps"},
    {{NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO}, NULL}
};

const struct dbctl_topic sbctl_chassis_topic = {
    "Chassis commands", chassis_commands
};

static const struct dbctl_command binding_commands[] = {
    {{"lsp-bind", 2, 2, "PORT CHASSIS", pre_binding, cmd_lsp_bind, NULL,
      "--may-exist", RW}, "bind logical port PORT to CHASSIS"},
    {{"lsp-unbind", 1, 1, "PORT", pre_binding, cmd_lsp_unbind, NULL,
      "--if-exists", RW}, "reset the port binding of logical port PORT"},
    {{NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO}, NULL}
};

const struct dbctl_topic sbctl_binding_topic = {
    "Port binding commands", binding_commands
};
