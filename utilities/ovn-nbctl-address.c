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

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>

#include "openvswitch/dynamic-string.h"
#include "openvswitch/shash.h"
#include "ovsdb-idl.h"
#include "packets.h"
#include "sset.h"
#include "svec.h"
#include "util.h"

/* Grammar. */

/* Is 's' an IPv4 address, an IPv6 address, or one of them with "/PLEN"? */
static bool
is_ip_or_cidr(const char *s)
{
    unsigned int plen;
    ovs_be32 ip4;
    char *error = ip_parse_cidr(s, &ip4, &plen);
    if (error) {
        struct in6_addr ip6;

        free(error);
        error = ipv6_parse_cidr(s, &ip6, &plen);
    }
    bool ok = !error;
    free(error);
    return ok;
}

/* Is each word of 'words' from the 'i'th on an IP address? */
static bool
are_ips(const struct svec *words, size_t i)
{
    for (; i < words->n; i++) {
        if (!is_ip_or_cidr(words->names[i])) {
            return false;
        }
    }
    return true;
}

static void
split_words(const char *s, struct svec *words)
{
    char *copy = xstrdup(s);
    char *save_ptr = NULL;

    svec_init(words);
    for (char *word = strtok_r(copy, " ", &save_ptr); word;
         word = strtok_r(NULL, " ", &save_ptr)) {
        svec_add(words, word);
    }
    free(copy);
}

/* Is 'words' one of the forms of an address:
 *
 *     unknown
 *     router
 *     dynamic [IP]...
 *     MAC dynamic
 *     MAC [IP[/PLEN]]...  ? */
static bool
is_address(const struct svec *words)
{
    struct eth_addr mac;

    if (!words->n) {
        return false;
    }
    const char *first = words->names[0];
    if (!strcmp(first, "unknown") || !strcmp(first, "router")) {
        return words->n == 1;
    } else if (!strcmp(first, "dynamic")) {
        return are_ips(words, 1);
    } else if (!eth_addr_from_string(first, &mac)) {
        return false;
    } else if (words->n == 2 && !strcmp(words->names[1], "dynamic")) {
        return true;
    } else {
        return are_ips(words, 1);
    }
}

/* Is 's' a MAC address, with "/40" to "/48" after it if 'masked'? */
static bool
is_vrrp_mac(const char *s)
{
    struct eth_addr mac;
    char *copy = xstrdup(s);
    char *slash = strchr(copy, '/');
    int plen = 48;

    if (slash) {
        *slash = '\0';
    }
    bool ok = (eth_addr_from_string(copy, &mac)
               && (!slash || (str_to_int(slash + 1, 10, &plen)
                              && plen >= 40 && plen <= 48)));
    free(copy);
    return ok;
}

/* Is 'words' one of the forms of a port security entry:
 *
 *     MAC [IP[/PLEN]]...
 *     VRRPv3 MAC [VMAC[/PLEN]]... [IP[/PLEN]]...  ? */
static bool
is_port_security(const struct svec *words)
{
    struct eth_addr mac;

    if (!words->n) {
        return false;
    }
    if (strcmp(words->names[0], "VRRPv3")) {
        return eth_addr_from_string(words->names[0], &mac)
               && are_ips(words, 1);
    }
    if (words->n < 2 || !eth_addr_from_string(words->names[1], &mac)) {
        return false;
    }
    size_t i = 2;
    while (i < words->n && is_vrrp_mac(words->names[i])) {
        i++;
    }
    return are_ips(words, i);
}

/* Applies 'is_valid' to the words of each argument of 'ctx' from the 'i'th on.
 * Reports an error that names the first that is not valid and returns
 * false. */
static bool
check_arguments(struct ctl_context *ctx, int i,
                bool (*is_valid)(const struct svec *words))
{
    for (; i < ctx->argc; i++) {
        struct svec words;

        split_words(ctx->argv[i], &words);
        bool ok = is_valid(&words);
        svec_destroy(&words);
        if (!ok) {
            ctl_error(ctx, "%s: Invalid address format. See ovn-nb(5). Hint: "
                      "An Ethernet address must be listed before an IP "
                      "address, together as a single argument.",
                      ctx->argv[i]);
            return false;
        }
    }
    return true;
}

/* Duplicates. */

/* If 'word' is an IP address, returns it in its canonical form, without a
 * prefix length; the caller must free it.  Otherwise returns null. */
static char *
canonical_ip(const char *word)
{
    unsigned int plen;
    ovs_be32 ip4;
    char *error = ip_parse_cidr(word, &ip4, &plen);
    if (!error) {
        return xasprintf(IP_FMT, IP_ARGS(ip4));
    }
    free(error);

    struct in6_addr ip6;
    error = ipv6_parse_cidr(word, &ip6, &plen);
    if (!error) {
        struct ds s = DS_EMPTY_INITIALIZER;
        ipv6_format_addr(&ip6, &s);
        return ds_steal_cstr(&s);
    }
    free(error);
    return NULL;
}

/* Adds the IP addresses in 'address' to 'ips'. */
static void
collect_ips(const char *address, struct sset *ips)
{
    struct svec words;
    const char *word;
    size_t i;

    split_words(address, &words);
    SVEC_FOR_EACH (i, word, &words) {
        char *ip = canonical_ip(word);
        if (ip) {
            sset_add(ips, ip);
            free(ip);
        }
    }
    svec_destroy(&words);
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

    ovsdb_idl_add_column(ctx->idl, &nbrec_logical_switch_port_col_name);
    ovsdb_idl_add_column(ctx->idl, &nbrec_logical_switch_port_col_addresses);
    if (sset_is_empty(&ips)) {
        dbctl_limit_row(ctx, &nbrec_table_logical_switch_port,
                        &nbrec_logical_switch_port_col_name, ctx->argv[1]);
    } else {
        /* Look for duplicates. */
        ovsdb_idl_add_column(
            ctx->idl, &nbrec_logical_switch_port_col_dynamic_addresses);
        ovsdb_idl_add_column(ctx->idl, &nbrec_logical_switch_col_name);
        ovsdb_idl_add_column(ctx->idl, &nbrec_logical_switch_col_ports);
    }
    sset_destroy(&ips);
}

static void
cmd_lsp_set_addresses(struct ctl_context *ctx)
{
    const struct nbrec_logical_switch_port *lsp;

    if (!nbctl_find_lsp(ctx, ctx->argv[1], true, &lsp)
        || !check_arguments(ctx, 2, is_address)) {
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
    ovsdb_idl_add_column(ctx->idl, &nbrec_logical_switch_port_col_name);
    ovsdb_idl_add_column(ctx->idl, &nbrec_logical_switch_port_col_addresses);
    ovsdb_idl_add_column(ctx->idl, &nbrec_logical_switch_port_col_type);
    ovsdb_idl_add_column(ctx->idl, &nbrec_logical_switch_port_col_options);
    ovsdb_idl_add_column(ctx->idl, &nbrec_logical_router_port_col_name);
    ovsdb_idl_add_column(ctx->idl, &nbrec_logical_router_port_col_mac);
    ovsdb_idl_add_column(ctx->idl, &nbrec_logical_router_port_col_networks);
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
    ovsdb_idl_add_column(ctx->idl, &nbrec_logical_switch_port_col_name);
    ovsdb_idl_add_column(ctx->idl,
                         &nbrec_logical_switch_port_col_port_security);
    dbctl_limit_row(ctx, &nbrec_table_logical_switch_port,
                    &nbrec_logical_switch_port_col_name, ctx->argv[1]);
}

static void
cmd_lsp_set_port_security(struct ctl_context *ctx)
{
    const struct nbrec_logical_switch_port *lsp;

    if (nbctl_find_lsp(ctx, ctx->argv[1], true, &lsp)
        && check_arguments(ctx, 2, is_port_security)) {
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
