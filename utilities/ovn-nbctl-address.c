/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-nbctl: the addresses and the port security of logical switch ports.
 *
 * What is stored is checked first: northd ignores an address that it cannot
 * parse, and a port whose port security cannot be parsed is not secured, so
 * that a typing mistake would show only much later. */

#include <config.h>

#include "utilities/ovn-nbctl.h"

#include <limits.h>
#include <stdlib.h>

#include "lib/addr.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/shash.h"
#include "ovsdb-idl.h"
#include "sset.h"
#include "svec.h"
#include "util.h"

/* May 'column' have all arguments of 'ctx' from the 'i'th on?  If not, reports
 * an error that names the first that is wrong and returns false. */
static bool
check_arguments(struct ctl_context *ctx, int i,
                const struct ovsdb_idl_column *column)
{
    for (; i < ctx->argc; i++) {
        if (!nbctl_check(ctx, column, ctx->argv[i])) {
            return false;
        }
    }
    return true;
}

/* Duplicates. */

/* Adds 'ip' in its canonical form, without a prefix length, to 'ips'. */
static void
collect_ip(const struct addr_ip *ip, struct sset *ips)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    addr_ip_format_host(ip, &s);
    sset_add(ips, ds_cstr(&s));
    ds_destroy(&s);
}

/* Adds the IP addresses in 'address', if it is a right one, to 'ips'. */
static void
collect_ips(const char *address, struct sset *ips)
{
    struct lsp_addr a;
    char *error;

    if (!lsp_addr_parse(address, &a, &error)) {
        free(error);
        return;
    }
    for (size_t i = 0; i < a.n_ip4s; i++) {
        struct addr_ip ip = { .is_ip4 = true, .ip4 = a.ip4s[i] };
        collect_ip(&ip, ips);
    }
    for (size_t i = 0; i < a.n_ip6s; i++) {
        struct addr_ip ip = { .is_ip4 = false, .ip6 = a.ip6s[i] };
        collect_ip(&ip, ips);
    }
    lsp_addr_destroy(&a);
}

/* Returns an element of both 'a' and 'b', or null. */
static const char *
find_common(const struct sset *a, const struct sset *b)
{
    const char *s;

    SSET_FOR_EACH (s, a) {
        if (sset_contains(b, s)) {
            return s;
        }
    }
    return NULL;
}

/* Reports an error and returns false if another port on the switch of 'lsp'
 * has one of 'ips'. */
static bool
check_duplicates(struct ctl_context *ctx,
                 const struct nbrec_logical_switch_port *lsp,
                 const struct sset *ips)
{
    const struct nbrec_logical_switch *ls = nbctl_lsp_switch(ctx, lsp);

    for (size_t i = 0; ls && i < ls->n_ports; i++) {
        const struct nbrec_logical_switch_port *other = ls->ports[i];
        if (other == lsp) {
            continue;
        }

        struct sset other_ips = SSET_INITIALIZER(&other_ips);
        for (size_t j = 0; j < other->n_addresses; j++) {
            collect_ips(other->addresses[j], &other_ips);
        }
        if (other->dynamic_addresses) {
            collect_ips(other->dynamic_addresses, &other_ips);
        }
        const char *ip = find_common(ips, &other_ips);
        if (ip) {
            ctl_error(ctx, "Error on switch %s: duplicate IPv%d address '%s' "
                      "found on logical switch port '%s'", ls->name,
                      strchr(ip, ':') ? 6 : 4, ip, other->name);
        }
        sset_destroy(&other_ips);
        if (ctx->error) {
            return false;
        }
    }
    return true;
}

/* Commands. */

static void
pre_lsp_addresses(struct ctl_context *ctx)
{
    struct sset ips = SSET_INITIALIZER(&ips);
    for (int i = 2; i < ctx->argc; i++) {
        collect_ips(ctx->argv[i], &ips);
    }

    NBCTL_ADD_COLUMNS(ctx, &nbrec_logical_switch_port_col_name,
                      &nbrec_logical_switch_port_col_addresses);
    if (sset_is_empty(&ips)) {
        dbctl_limit_row(ctx, &nbrec_table_logical_switch_port,
                        &nbrec_logical_switch_port_col_name, ctx->argv[1]);
    } else {
        /* Look for duplicates. */
        NBCTL_ADD_COLUMNS(ctx,
                          &nbrec_logical_switch_port_col_dynamic_addresses,
                          &nbrec_logical_switch_col_name,
                          &nbrec_logical_switch_col_ports);
    }
    sset_destroy(&ips);
}

static void
cmd_lsp_set_addresses(struct ctl_context *ctx)
{
    const struct nbrec_logical_switch_port *lsp;

    if (!nbctl_find_lsp(ctx, ctx->argv[1], true, &lsp)
        || !check_arguments(ctx, 2,
                            &nbrec_logical_switch_port_col_addresses)) {
        return;
    }

    struct sset ips = SSET_INITIALIZER(&ips);
    for (int i = 2; i < ctx->argc; i++) {
        collect_ips(ctx->argv[i], &ips);
    }
    if (sset_is_empty(&ips) || check_duplicates(ctx, lsp, &ips)) {
        nbrec_logical_switch_port_set_addresses(
            lsp, (const char **) ctx->argv + 2, ctx->argc - 2);
    }
    sset_destroy(&ips);
}

static void
pre_lsp_get_addresses(struct ctl_context *ctx)
{
    NBCTL_ADD_COLUMNS(ctx, &nbrec_logical_switch_port_col_name,
                      &nbrec_logical_switch_port_col_addresses,
                      &nbrec_logical_switch_port_col_type,
                      &nbrec_logical_switch_port_col_options,
                      &nbrec_logical_router_port_col_name,
                      &nbrec_logical_router_port_col_mac,
                      &nbrec_logical_router_port_col_networks);
    dbctl_limit_row(ctx, &nbrec_table_logical_switch_port,
                    &nbrec_logical_switch_port_col_name, ctx->argv[1]);
    dbctl_need_whole(ctx, &nbrec_table_logical_router_port);
}

/* Returns the router port that 'lsp' is attached to, or null. */
static const struct nbrec_logical_router_port *
lsp_router_port(struct ctl_context *ctx,
                const struct nbrec_logical_switch_port *lsp)
{
    const char *name = smap_get(&lsp->options, "router-port");
    const struct nbrec_logical_router_port *lrp;

    if (name && !strcmp(lsp->type, "router")) {
        NBREC_LOGICAL_ROUTER_PORT_FOR_EACH (lrp, ctx->idl) {
            if (!strcmp(lrp->name, name)) {
                return lrp;
            }
        }
    }
    return NULL;
}

/* Returns what "router" in the addresses of 'lsp' stands for, or "router" if
 * it stands for nothing.  The caller must free it. */
static char *
resolve_router(struct ctl_context *ctx,
               const struct nbrec_logical_switch_port *lsp)
{
    const struct nbrec_logical_router_port *lrp = lsp_router_port(ctx, lsp);
    if (!lrp) {
        return xstrdup("router");
    }

    struct ds s = DS_EMPTY_INITIALIZER;
    ds_put_cstr(&s, lrp->mac);
    for (size_t i = 0; i < lrp->n_networks; i++) {
        ds_put_format(&s, " %s", lrp->networks[i]);
    }
    return ds_steal_cstr(&s);
}

static void
print_lines(struct svec *lines, struct ds *output)
{
    const char *line;
    size_t i;

    svec_sort(lines);
    SVEC_FOR_EACH (i, line, lines) {
        ds_put_format(output, "%s\n", line);
    }
}

static void
cmd_lsp_get_addresses(struct ctl_context *ctx)
{
    const struct nbrec_logical_switch_port *lsp;

    if (!nbctl_find_lsp(ctx, ctx->argv[1], true, &lsp)) {
        return;
    }

    struct svec lines = SVEC_EMPTY_INITIALIZER;
    for (size_t i = 0; i < lsp->n_addresses; i++) {
        if (!strcmp(lsp->addresses[i], "router")) {
            svec_add_nocopy(&lines, resolve_router(ctx, lsp));
        } else {
            svec_add(&lines, lsp->addresses[i]);
        }
    }
    print_lines(&lines, &ctx->output);
    svec_destroy(&lines);
}

static void
pre_lsp_port_security(struct ctl_context *ctx)
{
    NBCTL_ADD_COLUMNS(ctx, &nbrec_logical_switch_port_col_name,
                      &nbrec_logical_switch_port_col_port_security);
    dbctl_limit_row(ctx, &nbrec_table_logical_switch_port,
                    &nbrec_logical_switch_port_col_name, ctx->argv[1]);
}

static void
cmd_lsp_set_port_security(struct ctl_context *ctx)
{
    const struct nbrec_logical_switch_port *lsp;

    if (nbctl_find_lsp(ctx, ctx->argv[1], true, &lsp)
        && check_arguments(ctx, 2,
                           &nbrec_logical_switch_port_col_port_security)) {
        nbrec_logical_switch_port_set_port_security(
            lsp, (const char **) ctx->argv + 2, ctx->argc - 2);
    }
}

static void
cmd_lsp_get_port_security(struct ctl_context *ctx)
{
    const struct nbrec_logical_switch_port *lsp;

    if (!nbctl_find_lsp(ctx, ctx->argv[1], true, &lsp)) {
        return;
    }

    struct svec lines = SVEC_EMPTY_INITIALIZER;
    for (size_t i = 0; i < lsp->n_port_security; i++) {
        svec_add(&lines, lsp->port_security[i]);
    }
    print_lines(&lines, &ctx->output);
    svec_destroy(&lines);
}

static const struct dbctl_command commands[] = {
    {{"lsp-set-addresses", 1, INT_MAX, "PORT [ADDRESS]...",
      pre_lsp_addresses, cmd_lsp_set_addresses, NULL, "", RW},
     "set MAC or MAC+IP addresses for PORT"},
    {{"lsp-get-addresses", 1, 1, "PORT", pre_lsp_get_addresses,
      cmd_lsp_get_addresses, NULL, "", RO},
     "get a list of MAC or MAC+IP addresses on PORT"},
    {{"lsp-set-port-security", 1, INT_MAX, "PORT [ADDRS]...",
      pre_lsp_port_security, cmd_lsp_set_port_security, NULL, "", RW},
     "set port security addresses for PORT"},
    {{"lsp-get-port-security", 1, 1, "PORT", pre_lsp_port_security,
      cmd_lsp_get_port_security, NULL, "", RO},
     "get PORT's port security addresses"},
    {{NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO}, NULL}
};

const struct dbctl_topic nbctl_address_topic = {
    "Logical switch port address commands", commands
};
