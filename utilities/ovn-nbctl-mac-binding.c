/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-nbctl: static MAC bindings, which say what Ethernet address a neighbor
 * of a router has. */

#include <config.h>

#include "utilities/ovn-nbctl.h"

#include <stdlib.h>

#include "lib/addr.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/shash.h"
#include "ovsdb-idl.h"
#include "packets.h"
#include "util.h"
#include "uuid.h"

static void
pre_binding(struct ctl_context *ctx)
{
    struct uuid uuid;

    nbctl_pre_find(ctx, &nbctl_lrp, ctx->argv[1]);
    NBCTL_ADD_COLUMNS(ctx, &nbrec_static_mac_binding_col_logical_port,
                      &nbrec_static_mac_binding_col_ip,
                      &nbrec_static_mac_binding_col_mac);
    if (uuid_from_string(&uuid, ctx->argv[1])) {
        /* Nobody knows the name yet. */
        dbctl_need_whole(ctx, &nbrec_table_static_mac_binding);
    } else {
        dbctl_limit_row(ctx, &nbrec_table_static_mac_binding,
                        &nbrec_static_mac_binding_col_logical_port,
                        ctx->argv[1]);
    }
}

/* Returns the IP address 'arg' in its canonical form, in which it is stored;
 * the caller must free it.  If it is something else, reports an error and
 * returns null. */
static char *
parse_ip(struct ctl_context *ctx, const char *arg)
{
    char *ip = addr_normalize_host(arg);

    if (!ip) {
        ctl_error(ctx, "%s: Not a valid IPv4 or IPv6 address.", arg);
    }
    return ip;
}

static const struct nbrec_static_mac_binding *
find_binding(struct ctl_context *ctx, const char *port, const char *ip)
{
    const struct nbrec_static_mac_binding *smb;

    NBREC_STATIC_MAC_BINDING_FOR_EACH (smb, ctx->idl) {
        if (!strcmp(smb->logical_port, port) && !strcmp(smb->ip, ip)) {
            return smb;
        }
    }
    return NULL;
}

static void
add_binding(struct ctl_context *ctx, const char *port, const char *ip,
            const char *mac)
{
    const struct nbrec_static_mac_binding *smb = find_binding(ctx, port, ip);

    if (!smb) {
        smb = nbrec_static_mac_binding_insert(ctx->txn);
        nbrec_static_mac_binding_set_logical_port(smb, port);
        nbrec_static_mac_binding_set_ip(smb, ip);
    } else if (!shash_find(&ctx->options, "--may-exist")) {
        ctl_error(ctx, "%s, %s: a Static_MAC_Binding with this logical_port "
                  "and ip already exists", port, ip);
        return;
    }
    nbrec_static_mac_binding_set_mac(smb, mac);
}

static void
cmd_binding_add(struct ctl_context *ctx)
{
    const char *mac = ctx->argv[3];
    const struct nbrec_logical_router_port *lrp;
    struct eth_addr ea;

    if (!nbctl_find_lrp(ctx, ctx->argv[1], true, &lrp)) {
        return;
    }
    char *ip = parse_ip(ctx, ctx->argv[2]);
    if (!ip) {
        return;
    }
    if (eth_addr_from_string(mac, &ea)) {
        add_binding(ctx, lrp->name, ip, mac);
    } else {
        ctl_error(ctx, "invalid mac address %s.", mac);
    }
    free(ip);
}

static void
cmd_binding_del(struct ctl_context *ctx)
{
    const struct nbrec_logical_router_port *lrp;

    if (!nbctl_find_lrp(ctx, ctx->argv[1], true, &lrp)) {
        return;
    }
    char *ip = parse_ip(ctx, ctx->argv[2]);
    if (!ip) {
        return;
    }
    const struct nbrec_static_mac_binding *smb
        = find_binding(ctx, lrp->name, ip);
    if (smb) {
        nbrec_static_mac_binding_delete(smb);
    } else if (!shash_find(&ctx->options, "--if-exists")) {
        ctl_error(ctx, "no matching Static_MAC_Binding with port %s and ip "
                  "%s", lrp->name, ip);
    }
    free(ip);
}

static void
pre_binding_list(struct ctl_context *ctx)
{
    NBCTL_ADD_COLUMNS(ctx, &nbrec_static_mac_binding_col_logical_port,
                      &nbrec_static_mac_binding_col_ip,
                      &nbrec_static_mac_binding_col_mac);
    dbctl_need_whole(ctx, &nbrec_table_static_mac_binding);
}

/* By port, then by address. */
static int
compare_bindings(const void *a_, const void *b_)
{
    const struct nbrec_static_mac_binding *const *a = a_;
    const struct nbrec_static_mac_binding *const *b = b_;
    int cmp = strcmp((*a)->logical_port, (*b)->logical_port);

    return cmp ? cmp : strcmp((*a)->ip, (*b)->ip);
}

static void
cmd_binding_list(struct ctl_context *ctx)
{
    const struct nbrec_static_mac_binding *smb, **bindings = NULL;
    size_t n = 0, allocated = 0;

    NBREC_STATIC_MAC_BINDING_FOR_EACH (smb, ctx->idl) {
        if (n >= allocated) {
            bindings = x2nrealloc(bindings, &allocated, sizeof *bindings);
        }
        bindings[n++] = smb;
    }
    if (n) {
        qsort(bindings, n, sizeof *bindings, compare_bindings);
        ds_put_format(&ctx->output, "%-25s%-25s%s\n", "LOGICAL_PORT", "IP",
                      "MAC");
    }
    for (size_t i = 0; i < n; i++) {
        ds_put_format(&ctx->output, "%-25s%-25s%s\n",
                      bindings[i]->logical_port, bindings[i]->ip,
                      bindings[i]->mac);
    }
    free(bindings);
}

static const struct dbctl_command commands[] = {
    {{"static-mac-binding-add", 3, 3, "LOGICAL_PORT IP MAC", pre_binding,
      cmd_binding_add, NULL, "--may-exist", RW},
     "add a static MAC binding of IP to MAC on router port LOGICAL_PORT"},
    {{"static-mac-binding-del", 2, 2, "LOGICAL_PORT IP", pre_binding,
      cmd_binding_del, NULL, "--if-exists", RW},
     "delete the static MAC binding of IP on LOGICAL_PORT"},
    {{"static-mac-binding-list", 0, 0, "", pre_binding_list,
      cmd_binding_list, NULL, "", RO}, "print all static MAC bindings"},
    {{NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO}, NULL}
};

const struct dbctl_topic nbctl_mac_binding_topic = {
    "Static MAC binding commands", commands
};
