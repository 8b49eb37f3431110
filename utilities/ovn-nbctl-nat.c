/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-nbctl: network address translation on logical routers.
 *
 * What a rule translates is its key: of "snat" the logical address, of the
 * other types the external one.  There can be one rule for a type, key and
 * match at each gateway port. */

#include <config.h>

#include "utilities/ovn-nbctl.h"

#include <stdlib.h>

#include "lib/addr.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/shash.h"
#include "ovsdb-idl.h"
#include "packets.h"
#include "smap.h"
#include "util.h"
#include "utilities/ovn-nbctl-parse.h"
#include "uuid.h"

/* A rule as a command line describes it. */
struct nat_spec {
    const char *type;
    const char *external_ip;    /* As given... */
    char *external_key;         /* ...and canonical. */
    char *logical_ip;           /* Canonical. */
    const char *logical_port;   /* Or null. */
    const char *external_mac;   /* Or null. */
    const char *port_range;     /* Or null. */
    const char *match;          /* "" if none. */
    int64_t priority;
    bool stateless, add_route;
    const struct nbrec_logical_router_port *gateway_port; /* Or null. */
};

static void
nat_spec_destroy(struct nat_spec *spec)
{
    free(spec->external_key);
    free(spec->logical_ip);
}

static bool
is_snat(const char *type)
{
    return !strcmp(type, "snat");
}

static bool
is_dnat_and_snat(const char *type)
{
    return !strcmp(type, "dnat_and_snat");
}

static bool
check_type(struct ctl_context *ctx, const char *type)
{
    if (strcmp(type, "dnat") && !is_snat(type) && !is_dnat_and_snat(type)) {
        ctl_error(ctx, "%s: type must be one of \"dnat\", \"snat\" and "
                  "\"dnat_and_snat\".", type);
        return false;
    }
    return true;
}

/* Prerequisites. */

static void
pre_nats(struct ctl_context *ctx)
{
    NBCTL_ADD_COLUMNS(ctx, &nbrec_logical_router_col_name,
                      &nbrec_logical_router_col_ports,
                      &nbrec_logical_router_col_nat,
                      &nbrec_logical_router_port_col_name,
                      &nbrec_logical_router_port_col_networks,
                      &nbrec_logical_router_port_col_gateway_chassis,
                      &nbrec_logical_router_port_col_ha_chassis_group,
                      &nbrec_nat_col_type, &nbrec_nat_col_external_ip,
                      &nbrec_nat_col_external_mac,
                      &nbrec_nat_col_external_port_range,
                      &nbrec_nat_col_logical_ip, &nbrec_nat_col_logical_port,
                      &nbrec_nat_col_gateway_port, &nbrec_nat_col_match,
                      &nbrec_nat_col_priority, &nbrec_nat_col_options);
    dbctl_limit_row(ctx, &nbrec_table_logical_router,
                    &nbrec_logical_router_col_name, ctx->argv[1]);
    dbctl_need_whole(ctx, &nbrec_table_logical_router_port);
    dbctl_need_whole(ctx, &nbrec_table_gateway_chassis);
    dbctl_need_whole(ctx, &nbrec_table_ha_chassis_group);
    dbctl_need_whole(ctx, &nbrec_table_nat);
}

static void
pre_lr_nat_add(struct ctl_context *ctx)
{
    pre_nats(ctx);
    ovsdb_idl_add_column(ctx->idl, &nbrec_logical_switch_port_col_name);
    dbctl_limit_row(ctx, &nbrec_table_logical_switch_port,
                    &nbrec_logical_switch_port_col_name,
                    ctx->argc > 5 ? ctx->argv[5] : "");
}

static void
pre_lr_nat_update_ext_ip(struct ctl_context *ctx)
{
    pre_nats(ctx);
    NBCTL_ADD_COLUMNS(ctx, &nbrec_address_set_col_name,
                      &nbrec_nat_col_allowed_ext_ips,
                      &nbrec_nat_col_exempted_ext_ips);
    dbctl_limit_row(ctx, &nbrec_table_address_set,
                    &nbrec_address_set_col_name, ctx->argv[4]);
}

/* lr-nat-add: arguments. */

static bool
parse_addresses(struct ctl_context *ctx, struct nat_spec *spec)
{
    const char *logical = ctx->argv[4];

    spec->external_ip = ctx->argv[3];
    spec->external_key = addr_normalize_host(spec->external_ip);
    if (!spec->external_key) {
        ctl_error(ctx, "%s: Not a valid IPv4 or IPv6 address.",
                  spec->external_ip);
        return false;
    }

    bool is_ip6 = strchr(spec->external_key, ':') != NULL;
    spec->logical_ip = (is_snat(spec->type)
                        ? addr_normalize_prefix(logical)
                        : addr_normalize_host(logical));
    if (spec->logical_ip
        && (strchr(spec->logical_ip, ':') != NULL) == is_ip6) {
        return true;
    }
    ctl_error(ctx, is_snat(spec->type)
              ? "%s: should be an IPv%d address or network."
              : "%s: Not a valid IPv%d address.", logical, is_ip6 ? 6 : 4);
    return false;
}

/* Is 's' "PORT" or "PORT-PORT", the second larger? */
static bool
is_port_range(const char *s)
{
    char *copy = xstrdup(s);
    char *dash = strchr(copy, '-');
    unsigned int low, high = UINT16_MAX + 1;

    if (dash) {
        *dash = '\0';
    }
    bool ok = (str_to_uint(copy, 10, &low) && low > 0 && low <= UINT16_MAX
               && (!dash
                   || (str_to_uint(dash + 1, 10, &high)
                       && high > low && high <= UINT16_MAX)));
    free(copy);
    return ok;
}

/* Finds the LOGICAL_PORT, EXTERNAL_MAC and EXTERNAL_PORT_RANGE among the
 * arguments.  All are optional, but the first two come together, and with
 * --portrange what stands alone is the third. */
static bool
split_optional(struct ctl_context *ctx, struct nat_spec *spec)
{
    bool has_range = shash_find(&ctx->options, "--portrange");

    switch (ctx->argc) {
    case 5:
        return true;
    case 6:
        if (has_range) {
            spec->port_range = ctx->argv[5];
            return true;
        }
        ctl_error(ctx, "lr-nat-add with logical_port must also specify "
                  "external_mac.");
        return false;
    case 7:
        if (has_range) {
            ctl_error(ctx, "lr-nat-add with --portrange must also specify "
                      "external_port_range.");
            return false;
        }
        break;
    default:
        spec->port_range = ctx->argv[7];
        break;
    }
    spec->logical_port = ctx->argv[5];
    spec->external_mac = ctx->argv[6];
    return true;
}

static bool
parse_optional(struct ctl_context *ctx, struct nat_spec *spec)
{
    const struct nbrec_logical_switch_port *lsp;
    struct eth_addr mac;

    if (!split_optional(ctx, spec)) {
        return false;
    }
    if (spec->logical_port) {
        if (!is_dnat_and_snat(spec->type)) {
            ctl_error(ctx, "logical_port and external_mac are only valid "
                      "when type is \"dnat_and_snat\".");
            return false;
        }
        if (!nbctl_find_lsp(ctx, spec->logical_port, true, &lsp)) {
            return false;
        }
        spec->logical_port = lsp->name;
        if (!eth_addr_from_string(spec->external_mac, &mac)) {
            ctl_error(ctx, "invalid mac address %s.", spec->external_mac);
            return false;
        }
    }
    if (spec->port_range && !is_port_range(spec->port_range)) {
        ctl_error(ctx, "invalid port range %s.", spec->port_range);
        return false;
    }
    return true;
}

/* Parses the options that are about the rule by itself. */
static bool
parse_options(struct ctl_context *ctx, struct nat_spec *spec)
{
    const char *match = shash_find_data(&ctx->options, "--match");
    const char *priority = shash_find_data(&ctx->options, "--priority");

    spec->stateless = shash_find(&ctx->options, "--stateless");
    spec->add_route = shash_find(&ctx->options, "--add-route");
    if (spec->stateless && !is_dnat_and_snat(spec->type)) {
        ctl_error(ctx, "stateless is not applicable to dnat or snat types");
        return false;
    }
    spec->match = match ? match : "";
    return (nbctl_check(ctx, &nbrec_nat_col_match, spec->match)
            && (!priority
                || nbctl_parse_priority(ctx, priority, &spec->priority)));
}

/* Gateway ports. */

static bool
is_gateway_port(const struct nbrec_logical_router_port *lrp)
{
    return lrp->n_gateway_chassis || lrp->ha_chassis_group;
}

/* Finds the gateway port of 'lr' that --gateway-port names, if any. */
static bool
parse_gateway_port(struct ctl_context *ctx,
                   const struct nbrec_logical_router *lr,
                   struct nat_spec *spec)
{
    const char *name = shash_find_data(&ctx->options, "--gateway-port");

    if (!name) {
        return true;
    }
    if (!nbctl_find_lrp(ctx, name, true, &spec->gateway_port)
        || !nbctl_check_lrp_router(ctx, lr, spec->gateway_port)) {
        return false;
    }
    if (!is_gateway_port(spec->gateway_port)) {
        ctl_error(ctx, "%s is not a distributed gateway router port.", name);
        return false;
    }
    return true;
}

/* Is 'ip' on a network of 'lrp'? */
static bool
is_on_network(const struct nbrec_logical_router_port *lrp,
              const struct addr_ip *ip)
{
    for (size_t i = 0; i < lrp->n_networks; i++) {
        struct addr_ip network;

        if (addr_ip_parse(lrp->networks[i], &network)
            && network.is_ip4 == ip->is_ip4) {
            struct addr_ip masked = *ip;
            if (ip->is_ip4) {
                masked.ip4.plen = network.ip4.plen;
            } else {
                masked.ip6.plen = network.ip6.plen;
            }
            addr_ip_mask(&masked);
            addr_ip_mask(&network);
            if (ip->is_ip4
                ? masked.ip4.addr == network.ip4.addr
                : ipv6_addr_equals(&masked.ip6.addr, &network.ip6.addr)) {
                return true;
            }
        }
    }
    return false;
}

/* Returns the gateway port of 'lr' where a rule for 'external_ip' belongs: the
 * only one, or the one on the same network.  Stores in '*n_portsp' how many
 * gateway ports there are. */
static const struct nbrec_logical_router_port *
infer_gateway_port(const struct nbrec_logical_router *lr,
                   const char *external_ip, size_t *n_portsp)
{
    const struct nbrec_logical_router_port *only = NULL;
    const struct nbrec_logical_router_port *near = NULL;
    struct addr_ip ip;
    bool valid = addr_ip_parse_host(external_ip, &ip);

    *n_portsp = 0;
    for (size_t i = 0; i < lr->n_ports; i++) {
        const struct nbrec_logical_router_port *lrp = lr->ports[i];

        if (is_gateway_port(lrp)) {
            ++*n_portsp;
            only = lrp;
            if (!near && valid && is_on_network(lrp, &ip)) {
                near = lrp;
            }
        }
    }
    return *n_portsp == 1 ? only : near;
}

static bool
check_gateway_port(struct ctl_context *ctx,
                   const struct nbrec_logical_router *lr,
                   const struct nat_spec *spec)
{
    size_t n_ports;

    if (!spec->gateway_port
        && !infer_gateway_port(lr, spec->external_ip, &n_ports)
        && n_ports > 1) {
        ctl_error(ctx, "logical router: %s has multiple distributed gateway "
                  "ports and gateway_port can not be determined from "
                  "external IP of NAT rule.", lr->name);
        return false;
    }
    return true;
}

/* Is 'nat' at the gateway port where 'spec' belongs? */
static bool
same_gateway_port(const struct nbrec_logical_router *lr,
                  const struct nbrec_nat *nat, const struct nat_spec *spec)
{
    const struct nbrec_logical_router_port *a = nat->gateway_port;
    const struct nbrec_logical_router_port *b = spec->gateway_port;
    size_t n_ports;

    if (!a) {
        a = infer_gateway_port(lr, nat->external_ip, &n_ports);
    }
    if (!b) {
        b = infer_gateway_port(lr, spec->external_ip, &n_ports);
    }
    return a == b;
}

/* Rules. */

static bool
same_host(const char *s, const char *canonical)
{
    char *t = addr_normalize_host(s);
    bool same = t && !strcmp(t, canonical);
    free(t);
    return same;
}

static bool
same_prefix(const char *s, const char *canonical)
{
    char *t = addr_normalize_prefix(s);
    bool same = t && !strcmp(t, canonical);
    free(t);
    return same;
}

/* Is the key of 'nat' the address 'key', which is canonical? */
static bool
same_key(const struct nbrec_nat *nat, const char *key)
{
    return (is_snat(nat->type)
            ? same_prefix(nat->logical_ip, key)
            : same_host(nat->external_ip, key));
}

/* Do 'nat' and 'spec' have the same external address, although one of them is
 * stateless, which does not share its address? */
static bool
shares_stateless(const struct nbrec_nat *nat, const struct nat_spec *spec)
{
    return ((spec->stateless
             || smap_get_bool(&nat->options, "stateless", false))
            && same_host(nat->external_ip, spec->external_key));
}

/* Stores in '*samep' the rule of 'lr' that translates the same addresses in
 * the same way as 'spec', or null.  If another rule is in the way, reports an
 * error and returns false. */
static bool
check_conflicts(struct ctl_context *ctx, const struct nbrec_logical_router *lr,
                const struct nat_spec *spec, const struct nbrec_nat **samep)
{
    bool snat = is_snat(spec->type);
    const char *key = snat ? spec->logical_ip : spec->external_key;

    *samep = NULL;
    for (size_t i = 0; i < lr->n_nat; i++) {
        const struct nbrec_nat *nat = lr->nat[i];

        if (!strcmp(nat->type, spec->type)
            && !strcmp(nat->match, spec->match)
            && same_key(nat, key)
            && same_gateway_port(lr, nat, spec)) {
            if (snat
                ? same_host(nat->external_ip, spec->external_key)
                : same_prefix(nat->logical_ip, spec->logical_ip)) {
                *samep = nat;
                return true;
            }
            ctl_error(ctx, "a NAT with this type (%s), %s (%s) already "
                      "exists", spec->type,
                      snat ? "logical_ip" : "external_ip", key);
            return false;
        }
    }
    for (size_t i = 0; i < lr->n_nat; i++) {
        if (shares_stateless(lr->nat[i], spec)) {
            ctl_error(ctx, "%s, %s: External ip cannot be shared across "
                      "stateless and stateful NATs",
                      spec->external_ip, spec->logical_ip);
            return false;
        }
    }
    return true;
}

/* lr-nat-add: the row. */

static void
insert_nat(struct ctl_context *ctx, const struct nbrec_logical_router *lr,
           const struct nat_spec *spec)
{
    const struct nbrec_nat *nat = nbrec_nat_insert(ctx->txn);
    struct smap options = SMAP_INITIALIZER(&options);

    nbrec_nat_set_type(nat, spec->type);
    nbrec_nat_set_external_ip(nat, spec->external_ip);
    nbrec_nat_set_logical_ip(nat, spec->logical_ip);
    if (spec->logical_port) {
        nbrec_nat_set_logical_port(nat, spec->logical_port);
        nbrec_nat_set_external_mac(nat, spec->external_mac);
    }
    if (spec->port_range) {
        nbrec_nat_set_external_port_range(nat, spec->port_range);
    }
    nbrec_nat_set_match(nat, spec->match);
    nbrec_nat_set_priority(nat, spec->priority);
    if (spec->gateway_port) {
        nbrec_nat_set_gateway_port(nat, spec->gateway_port);
    }

    smap_add(&options, "stateless", spec->stateless ? "true" : "false");
    if (spec->add_route) {
        smap_add(&options, "add_route", "true");
    }
    nbrec_nat_set_options(nat, &options);
    smap_destroy(&options);
    dbctl_add_ref(ctx, &lr->header_, &nbrec_logical_router_col_nat,
                  &nat->header_);
}

static void
lr_nat_add(struct ctl_context *ctx, struct nat_spec *spec)
{
    const struct nbrec_logical_router *lr;
    const struct nbrec_nat *same;

    spec->type = ctx->argv[2];
    if (!nbctl_find_router(ctx, ctx->argv[1], true, &lr)
        || !check_type(ctx, spec->type)
        || !parse_addresses(ctx, spec)
        || !parse_optional(ctx, spec)
        || !parse_options(ctx, spec)
        || !parse_gateway_port(ctx, lr, spec)
        || !check_conflicts(ctx, lr, spec, &same)) {
        return;
    }
    if (!same) {
        if (check_gateway_port(ctx, lr, spec)) {
            insert_nat(ctx, lr, spec);
        }
    } else if (shash_find(&ctx->options, "--may-exist")) {
        nbrec_nat_set_logical_port(same, spec->logical_port);
        nbrec_nat_set_external_mac(same, spec->external_mac);
    } else {
        ctl_error(ctx, "%s, %s: a NAT with this external_ip and logical_ip "
                  "already exists", spec->external_ip, spec->logical_ip);
    }
}

static void
cmd_lr_nat_add(struct ctl_context *ctx)
{
    struct nat_spec spec = { .type = NULL };

    lr_nat_add(ctx, &spec);
    nat_spec_destroy(&spec);
}

/* lr-nat-del. */

/* Which rules to delete.  What is null is left open. */
struct nat_selection {
    const char *type;
    char *key;                  /* Canonical. */
    const struct nbrec_logical_router_port *gateway_port;
    const char *match;
};

/* Parses the TYPE, IP and GATEWAY_PORT arguments of lr-nat-del. */
static bool
parse_nat_selection(struct ctl_context *ctx, struct nat_selection *sel)
{
    const char *port = ctx->argc > 4 ? ctx->argv[4] : NULL;

    sel->match = shash_find_data(&ctx->options, "--match");
    if (ctx->argc > 2) {
        sel->type = ctx->argv[2];
        if (!check_type(ctx, sel->type)) {
            return false;
        }
    }
    if (ctx->argc > 3) {
        const char *arg = ctx->argv[3];

        sel->key = (is_snat(sel->type) ? addr_normalize_prefix(arg)
                    : addr_normalize_host(arg));
        if (!sel->key) {
            if (port) {
                ctl_error(ctx, "%s: Invalid IP address or CIDR", arg);
                return false;
            }
            port = arg;
        }
    }
    return !port || nbctl_find_lrp(ctx, port, true, &sel->gateway_port);
}

static size_t
delete_nats(struct ctl_context *ctx, const struct nbrec_logical_router *lr,
            const struct nat_selection *sel)
{
    struct nbctl_rows doomed = { .n = 0 };

    for (size_t i = 0; i < lr->n_nat; i++) {
        const struct nbrec_nat *nat = lr->nat[i];

        if ((!sel->type || !strcmp(nat->type, sel->type))
            && (!sel->key || same_key(nat, sel->key))
            && (!sel->gateway_port || nat->gateway_port == sel->gateway_port)
            && (!sel->match || !strcmp(nat->match, sel->match))) {
            nbctl_rows_add(&doomed, &nat->header_);
        }
    }
    return nbctl_rows_delete(&doomed, ctx, &lr->header_,
                             &nbrec_logical_router_col_nat);
}

static void
lr_nat_del(struct ctl_context *ctx, struct nat_selection *sel)
{
    const struct nbrec_logical_router *lr;

    if (!nbctl_find_router(ctx, ctx->argv[1], true, &lr)
        || !parse_nat_selection(ctx, sel)) {
        return;
    }
    if (!sel->type && !sel->match) {
        nbctl_delete_all(ctx, &lr->header_, &nbrec_logical_router_col_nat,
                         &nbrec_table_nat);
    } else if (!delete_nats(ctx, lr, sel) && sel->key && sel->gateway_port
               && !shash_find(&ctx->options, "--if-exists")) {
        ctl_error(ctx, "no matching NAT with the type (%s), %s (%s) and "
                  "gateway_port (%s)", sel->type,
                  is_snat(sel->type) ? "logical_ip" : "external_ip",
                  sel->key, sel->gateway_port->name);
    }
}

static void
cmd_lr_nat_del(struct ctl_context *ctx)
{
    struct nat_selection sel = { .type = NULL };

    lr_nat_del(ctx, &sel);
    free(sel.key);
}

/* lr-nat-update-ext-ip. */

/* Finds the rule of 'lr' of 'type' whose key is 'arg'. */
static const struct nbrec_nat *
find_nat(struct ctl_context *ctx, const struct nbrec_logical_router *lr,
         const char *type, const char *arg)
{
    const struct nbrec_nat *found = NULL;
    char *key = (is_snat(type)
                 ? addr_normalize_prefix(arg) : addr_normalize_host(arg));
    if (!key) {
        ctl_error(ctx, "%s: Invalid IP address or CIDR", arg);
        return NULL;
    }
    for (size_t i = 0; i < lr->n_nat && !found; i++) {
        if (!strcmp(lr->nat[i]->type, type) && same_key(lr->nat[i], key)) {
            found = lr->nat[i];
        }
    }
    if (!found) {
        ctl_error(ctx, "%s: Could not locate nat rule for: %s.", type, arg);
    }
    free(key);
    return found;
}

static void
cmd_lr_nat_update_ext_ip(struct ctl_context *ctx)
{
    bool exempted = shash_find(&ctx->options, "--is-exempted");
    const struct nbrec_logical_router *lr;
    const struct nbrec_address_set *as;

    if (!nbctl_find_router(ctx, ctx->argv[1], true, &lr)
        || !check_type(ctx, ctx->argv[2])
        || !nbctl_find_address_set(ctx, ctx->argv[4], true, &as)) {
        return;
    }

    const struct nbrec_nat *nat = find_nat(ctx, lr, ctx->argv[2],
                                           ctx->argv[3]);
    if (nat) {
        /* One excludes the other. */
        nbrec_nat_set_allowed_ext_ips(nat, exempted ? NULL : as);
        nbrec_nat_set_exempted_ext_ips(nat, exempted ? as : NULL);
    }
}

/* lr-nat-list. */

static const char *
gateway_port_name(const struct nbrec_nat *nat)
{
    return nat->gateway_port ? nat->gateway_port->name : "";
}

static int
compare_nats(const void *a_, const void *b_)
{
    const struct nbrec_nat *const *ap = a_;
    const struct nbrec_nat *const *bp = b_;
    const struct nbrec_nat *a = *ap;
    const struct nbrec_nat *b = *bp;

    int cmp = strcmp(a->type, b->type);
    cmp = cmp ? cmp : strcmp(gateway_port_name(a), gateway_port_name(b));
    cmp = cmp ? cmp : strcmp(a->external_ip, b->external_ip);
    cmp = cmp ? cmp : strcmp(a->logical_ip, b->logical_ip);
    cmp = cmp ? cmp : strcmp(a->match, b->match);
    return cmp ? cmp : uuid_compare_3way(&a->header_.uuid, &b->header_.uuid);
}

/* Prints a line of the table.  The column for matches is there only if some
 * rule has one. */
static void
print_nat(struct ds *s, bool matches, const char *type,
          const char *gateway_port, const char *match,
          const char *external_ip, const char *external_port,
          const char *logical_ip, const char *external_mac,
          const char *logical_port)
{
    ds_put_format(s, "%-17s%-22s", type, gateway_port);
    if (matches) {
        ds_put_format(s, "%-22s", match);
    }
    ds_put_format(s, "%-19s%-17s%-20s%-21s%s", external_ip, external_port,
                  logical_ip, external_mac, logical_port);
    while (ds_chomp(s, ' ')) {
        continue;
    }
    ds_put_char(s, '\n');
}

static void
cmd_lr_nat_list(struct ctl_context *ctx)
{
    const struct nbrec_logical_router *lr;

    if (!nbctl_find_router(ctx, ctx->argv[1], true, &lr) || !lr->n_nat) {
        return;
    }

    bool matches = false;
    for (size_t i = 0; i < lr->n_nat; i++) {
        matches = matches || lr->nat[i]->match[0];
    }

    const struct nbrec_nat **nats = xmemdup(lr->nat,
                                            lr->n_nat * sizeof *nats);
    qsort(nats, lr->n_nat, sizeof *nats, compare_nats);
    print_nat(&ctx->output, matches, "TYPE", "GATEWAY_PORT", "MATCH",
              "EXTERNAL_IP", "EXTERNAL_PORT", "LOGICAL_IP", "EXTERNAL_MAC",
              "LOGICAL_PORT");
    for (size_t i = 0; i < lr->n_nat; i++) {
        const struct nbrec_nat *nat = nats[i];

        print_nat(&ctx->output, matches, nat->type, gateway_port_name(nat),
                  nat->match, nat->external_ip, nat->external_port_range,
                  nat->logical_ip,
                  nat->external_mac ? nat->external_mac : "",
                  nat->logical_port ? nat->logical_port : "");
    }
    free(nats);
}

static const struct dbctl_command commands[] = {
    {{"lr-nat-add", 4, 7,
      "ROUTER {snat|dnat|dnat_and_snat} EXTERNAL_IP LOGICAL_IP "
      "[LOGICAL_PORT EXTERNAL_MAC] [EXTERNAL_PORT_RANGE]",
      pre_lr_nat_add, cmd_lr_nat_add, NULL,
      "--may-exist,--stateless,--portrange,--add-route,--gateway-port=,"
      "--priority=,--match=," DBCTL_NO_VALIDATE, RW},
     "add a NAT to ROUTER"},
    {{"lr-nat-del", 1, 4, "ROUTER [TYPE [IP] [GATEWAY_PORT]]", pre_nats,
      cmd_lr_nat_del, NULL, "--if-exists,--match=", RW},
     "remove NATs from ROUTER"},
    {{"lr-nat-list", 1, 1, "ROUTER", pre_nats, cmd_lr_nat_list, NULL, "",
      RO}, "print NATs for ROUTER"},
    {{"lr-nat-update-ext-ip", 4, 4, "ROUTER TYPE IP ADDRESS_SET",
      pre_lr_nat_update_ext_ip, cmd_lr_nat_update_ext_ip, NULL,
      "--is-exempted", RW},
     "limit a NAT to an address set, or exempt the set from it"},
    {{NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO}, NULL}
};

const struct dbctl_topic nbctl_nat_topic = { "NAT commands", commands };
