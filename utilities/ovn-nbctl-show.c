/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-nbctl show: switches and routers with their ports, in order of name. */

#include <config.h>

#include "utilities/ovn-nbctl.h"

#include "openvswitch/dynamic-string.h"
#include "ovsdb-idl.h"
#include "smap.h"
#include "svec.h"
#include "util.h"
#include "uuid.h"

void
nbctl_pre_show(struct ctl_context *ctx)
{
    NBCTL_ADD_COLUMNS(ctx, &nbrec_logical_switch_col_name,
                      &nbrec_logical_switch_col_ports,
                      &nbrec_logical_switch_col_external_ids,
                      &nbrec_logical_switch_port_col_name,
                      &nbrec_logical_switch_port_col_type,
                      &nbrec_logical_switch_port_col_parent_name,
                      &nbrec_logical_switch_port_col_tag,
                      &nbrec_logical_switch_port_col_addresses,
                      &nbrec_logical_switch_port_col_options,
                      &nbrec_logical_switch_port_col_external_ids,
                      &nbrec_logical_router_col_name,
                      &nbrec_logical_router_col_ports,
                      &nbrec_logical_router_col_nat,
                      &nbrec_logical_router_col_external_ids,
                      &nbrec_logical_router_port_col_name,
                      &nbrec_logical_router_port_col_mac,
                      &nbrec_logical_router_port_col_networks,
                      &nbrec_logical_router_port_col_gateway_chassis,
                      &nbrec_gateway_chassis_col_chassis_name,
                      &nbrec_gateway_chassis_col_priority,
                      &nbrec_nat_col_external_ip, &nbrec_nat_col_logical_ip,
                      &nbrec_nat_col_type);
}

/* As smap_get(), but quick for the empty maps that most ports have. */
static const char *
get_value(const struct smap *map, const char *key)
{
    return smap_is_empty(map) ? NULL : smap_get(map, key);
}

/* Appends the value of 'key' in 'external_ids', as " (aka VALUE)", if there is
 * one. */
static void
put_aka(struct ds *output, const struct smap *external_ids, const char *key)
{
    const char *value = get_value(external_ids, key);

    if (value && value[0]) {
        ds_put_format(output, " (aka %s)", value);
    }
}

/* Appends a line "        NAME: ["ELEMENT", ...]". */
static void
put_string_set(struct ds *output, const char *name, char *const *elements,
               size_t n)
{
    ds_put_format(output, "        %s: [", name);
    for (size_t i = 0; i < n; i++) {
        ds_put_format(output, "%s\"%s\"", i ? ", " : "", elements[i]);
    }
    ds_put_cstr(output, "]\n");
}

static void
show_lsp(const struct nbrec_logical_switch_port *lsp, struct ds *output)
{
    ds_put_format(output, "    port %s", lsp->name);
    put_aka(output, &lsp->external_ids, "neutron:port_name");
    ds_put_char(output, '\n');

    if (lsp->type[0]) {
        ds_put_format(output, "        type: %s\n", lsp->type);
    }
    if (lsp->parent_name) {
        ds_put_format(output, "        parent: %s\n", lsp->parent_name);
    }
    if (lsp->n_tag) {
        ds_put_format(output, "        tag: %"PRId64"\n", lsp->tag[0]);
    }
    /* "router" alone says no more than the router-port line. */
    if (lsp->n_addresses
        && (lsp->n_addresses > 1 || strcmp(lsp->addresses[0], "router"))) {
        put_string_set(output, "addresses", lsp->addresses,
                       lsp->n_addresses);
    }
    const char *router_port = get_value(&lsp->options, "router-port");
    if (router_port) {
        ds_put_format(output, "        router-port: %s\n", router_port);
    }
}

static void
show_switch(const struct nbrec_logical_switch *ls, struct ds *output)
{
    ds_put_format(output, "switch "UUID_FMT" (%s)",
                  UUID_ARGS(&ls->header_.uuid), ls->name);
    put_aka(output, &ls->external_ids, "neutron:network_name");
    ds_put_char(output, '\n');

    struct nbctl_names ports = { .n = 0 };
    for (size_t i = 0; i < ls->n_ports; i++) {
        const struct nbrec_logical_switch_port *lsp = ls->ports[i];

        nbctl_names_add(&ports, &lsp->header_.uuid, lsp->name, lsp);

        /* Ports are all over the memory, so ask for it early. */
        OVS_PREFETCH(&lsp->external_ids);
        OVS_PREFETCH(&lsp->options);
        OVS_PREFETCH(&lsp->type);
    }
    nbctl_names_sort(&ports);
    for (size_t i = 0; i < ports.n; i++) {
        show_lsp(nbctl_names_row(&ports, i), output);
    }
    nbctl_names_destroy(&ports);
}

/* Orders by descending priority, then by name. */
static int
compare_gateway_chassis(const void *a_, const void *b_)
{
    const struct nbrec_gateway_chassis *const *ap = a_;
    const struct nbrec_gateway_chassis *const *bp = b_;
    const struct nbrec_gateway_chassis *a = *ap;
    const struct nbrec_gateway_chassis *b = *bp;

    return (a->priority != b->priority
            ? (a->priority > b->priority ? -1 : 1)
            : strcmp(a->chassis_name, b->chassis_name));
}

/* Returns the gateways of 'lrp', the first choice first, in an array that the
 * caller must free. */
const struct nbrec_gateway_chassis **
nbctl_sort_gateway_chassis(const struct nbrec_logical_router_port *lrp)
{
    size_t n = lrp->n_gateway_chassis;
    const struct nbrec_gateway_chassis **gcs = xmalloc(n * sizeof *gcs);

    for (size_t i = 0; i < n; i++) {
        gcs[i] = lrp->gateway_chassis[i];
    }
    if (n) {
        qsort(gcs, n, sizeof *gcs, compare_gateway_chassis);
    }
    return gcs;
}

static void
show_gateway_chassis(const struct nbrec_logical_router_port *lrp,
                     struct ds *output)
{
    if (!lrp->n_gateway_chassis) {
        return;
    }

    const struct nbrec_gateway_chassis **gcs
        = nbctl_sort_gateway_chassis(lrp);
    ds_put_cstr(output, "        gateway chassis: [");
    for (size_t i = 0; i < lrp->n_gateway_chassis; i++) {
        ds_put_format(output, "%s%s", i ? " " : "", gcs[i]->chassis_name);
    }
    ds_put_cstr(output, "]\n");
    free(gcs);
}

static void
show_lrp(const struct nbrec_logical_router_port *lrp, struct ds *output)
{
    ds_put_format(output, "    port %s\n", lrp->name);
    if (lrp->mac[0]) {
        ds_put_format(output, "        mac: \"%s\"\n", lrp->mac);
    }
    if (lrp->n_networks) {
        put_string_set(output, "networks", lrp->networks, lrp->n_networks);
    }
    show_gateway_chassis(lrp, output);
}

static void
show_nat(const struct nbrec_nat *nat, struct ds *output)
{
    ds_put_format(output, "    nat "UUID_FMT"\n",
                  UUID_ARGS(&nat->header_.uuid));
    ds_put_format(output, "        external ip: \"%s\"\n", nat->external_ip);
    ds_put_format(output, "        logical ip: \"%s\"\n", nat->logical_ip);
    ds_put_format(output, "        type: \"%s\"\n", nat->type);
}

static void
show_router(const struct nbrec_logical_router *lr, struct ds *output)
{
    ds_put_format(output, "router "UUID_FMT" (%s)",
                  UUID_ARGS(&lr->header_.uuid), lr->name);
    put_aka(output, &lr->external_ids, "neutron:router_name");
    ds_put_char(output, '\n');

    struct nbctl_names ports = { .n = 0 };
    for (size_t i = 0; i < lr->n_ports; i++) {
        nbctl_names_add(&ports, &lr->ports[i]->header_.uuid,
                        lr->ports[i]->name, lr->ports[i]);
    }
    nbctl_names_sort(&ports);
    for (size_t i = 0; i < ports.n; i++) {
        show_lrp(nbctl_names_row(&ports, i), output);
    }
    nbctl_names_destroy(&ports);

    for (size_t i = 0; i < lr->n_nat; i++) {
        show_nat(lr->nat[i], output);
    }
}

/* Is the row of 'uuid' and 'name' the one, or one of those, that 'id' asks
 * for?  A null 'id' asks for all. */
static bool
matches(const char *id, const struct uuid *uuid, const char *name)
{
    struct uuid id_uuid;

    return (!id
            || !strcmp(id, name)
            || (uuid_from_string(&id_uuid, id)
                && uuid_equals(&id_uuid, uuid)));
}

void
nbctl_show(struct ctl_context *ctx)
{
    const char *id = ctx->argc > 1 ? ctx->argv[1] : NULL;

    struct nbctl_names switches = { .n = 0 };
    const struct nbrec_logical_switch *ls;
    NBREC_LOGICAL_SWITCH_FOR_EACH (ls, ctx->idl) {
        if (matches(id, &ls->header_.uuid, ls->name)) {
            nbctl_names_add(&switches, &ls->header_.uuid, ls->name, ls);
        }
    }
    nbctl_names_sort(&switches);
    for (size_t i = 0; i < switches.n; i++) {
        show_switch(nbctl_names_row(&switches, i), &ctx->output);
    }
    nbctl_names_destroy(&switches);

    struct nbctl_names routers = { .n = 0 };
    const struct nbrec_logical_router *lr;
    NBREC_LOGICAL_ROUTER_FOR_EACH (lr, ctx->idl) {
        if (matches(id, &lr->header_.uuid, lr->name)) {
            nbctl_names_add(&routers, &lr->header_.uuid, lr->name, lr);
        }
    }
    nbctl_names_sort(&routers);
    for (size_t i = 0; i < routers.n; i++) {
        show_router(nbctl_names_row(&routers, i), &ctx->output);
    }
    nbctl_names_destroy(&routers);
}
