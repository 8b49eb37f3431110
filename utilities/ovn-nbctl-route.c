/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-nbctl: static routes of logical routers.
 *
 * What identifies a route is its table, policy and prefix.  Several routes
 * that have these in common are one equal-cost multipath route, and differ in
 * the next hop or the port. */

#include <config.h>

#include "utilities/ovn-nbctl.h"

#include <stdlib.h>

#include "lib/addr.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/shash.h"
#include "openvswitch/vlog.h"
#include "ovsdb-idl.h"
#include "packets.h"
#include "smap.h"
#include "util.h"
#include "uuid.h"

VLOG_DEFINE_THIS_MODULE(nbctl_route);

#define DISCARD "discard"

/* A route as a command line describes it.  What is null was not given. */
struct route_spec {
    const char *policy;         /* "dst-ip" or "src-ip". */
    const char *table;
    char *prefix;               /* Canonical. */
    char *nexthop;              /* Canonical, DISCARD, or "". */
    const char *port;
    bool ecmp, symmetric, override_connected;
};

static void
route_spec_destroy(struct route_spec *spec)
{
    free(spec->prefix);
    free(spec->nexthop);
}

/* Arguments. */

static bool
parse_policy(struct ctl_context *ctx, const char **policyp)
{
    const char *policy = shash_find_data(&ctx->options, "--policy");

    if (policy && strcmp(policy, "dst-ip") && strcmp(policy, "src-ip")) {
        ctl_error(ctx, "bad policy: %s", policy);
        return false;
    }
    *policyp = policy;
    return true;
}

static bool
parse_prefix(struct ctl_context *ctx, const char *arg, char **prefixp)
{
    *prefixp = addr_normalize_prefix(arg);
    if (!*prefixp) {
        ctl_error(ctx, "bad prefix argument: %s", arg);
        return false;
    }
    return true;
}

/* Is 's', which is canonical, an IPv6 address or prefix? */
static bool
is_ip6(const char *s)
{
    return strchr(s, ':') != NULL;
}

static bool
check_discard(struct ctl_context *ctx, const struct route_spec *spec)
{
    if (spec->ecmp) {
        ctl_error(ctx, "ecmp is not valid for discard routes.");
    } else if (ctx->argc > 4) {
        ctl_error(ctx, "outport is not valid for discard routes.");
    } else if (shash_find(&ctx->options, "--bfd")) {
        ctl_error(ctx, "bfd dst_ip cannot be discard.");
    } else {
        return true;
    }
    return false;
}

/* Parses the NEXTHOP and PORT arguments of lr-route-add.  NEXTHOP is an
 * address of the same family as the prefix, DISCARD, or the name of a router
 * port for a route to what is attached to it. */
static bool
parse_nexthop(struct ctl_context *ctx, struct route_spec *spec)
{
    const struct nbrec_logical_router_port *lrp;
    const char *arg = ctx->argv[3];

    if (!strcmp(arg, DISCARD)) {
        spec->nexthop = xstrdup(DISCARD);
        return check_discard(ctx, spec);
    }

    spec->nexthop = addr_normalize_host(arg);
    if (spec->nexthop && is_ip6(spec->nexthop) != is_ip6(spec->prefix)) {
        free(spec->nexthop);
        spec->nexthop = NULL;
    }
    if (!spec->nexthop) {
        if (!nbctl_find_lrp(ctx, arg, false, &lrp)) {
            return false;
        } else if (!lrp) {
            ctl_error(ctx, "bad IPv%d nexthop argument: %s",
                      is_ip6(spec->prefix) ? 6 : 4, arg);
            return false;
        }
        spec->nexthop = xstrdup("");
        spec->port = lrp->name;
    }
    if (ctx->argc > 4) {
        if (!nbctl_find_lrp(ctx, ctx->argv[4], true, &lrp)) {
            return false;
        }
        spec->port = lrp->name;
    }
    return true;
}

/* Parses the options and arguments of lr-route-add. */
static bool
parse_route(struct ctl_context *ctx, struct route_spec *spec)
{
    *spec = (struct route_spec) {
        .table = shash_find_data(&ctx->options, "--route-table"),
        .symmetric = shash_find(&ctx->options, "--ecmp-symmetric-reply"),
        .override_connected = shash_find(&ctx->options,
                                         "--override-connected"),
    };
    spec->ecmp = spec->symmetric || shash_find(&ctx->options, "--ecmp");
    return (parse_policy(ctx, &spec->policy)
            && parse_prefix(ctx, ctx->argv[2], &spec->prefix)
            && parse_nexthop(ctx, spec));
}

/* BFD sessions. */

/* Finds the BFD session to 'dst_ip' through 'port', or through any port if
 * that is null. */
static const struct nbrec_bfd *
find_bfd(struct ctl_context *ctx, const char *dst_ip, const char *port)
{
    const struct nbrec_bfd *bfd;

    NBREC_BFD_FOR_EACH (bfd, ctx->idl) {
        if (!strcmp(bfd->dst_ip, dst_ip)
            && (!port || !strcmp(bfd->logical_port, port))) {
            return bfd;
        }
    }
    return NULL;
}

bool
nbctl_get_bfd(struct ctl_context *ctx, const char *nexthop, const char *port,
              const struct nbrec_bfd **bfdp)
{
    const struct shash_node *option = shash_find(&ctx->options, "--bfd");
    struct uuid uuid;

    *bfdp = NULL;
    if (!option) {
        return true;
    }
    if (option->data) {
        if (uuid_from_string(&uuid, option->data)) {
            *bfdp = nbrec_bfd_get_for_uuid(ctx->idl, &uuid);
        }
        if (!*bfdp) {
            ctl_error(ctx, "no entry found in the BFD table");
        }
        return *bfdp != NULL;
    }

    *bfdp = find_bfd(ctx, nexthop, port);
    if (!*bfdp) {
        if (!port || !nexthop[0]) {
            ctl_error(ctx, "insert entry in the BFD table failed");
            return false;
        }
        *bfdp = nbrec_bfd_insert(ctx->txn);
        nbrec_bfd_set_dst_ip(*bfdp, nexthop);
        nbrec_bfd_set_logical_port(*bfdp, port);
    }
    return true;
}

void
nbctl_pre_bfd(struct ctl_context *ctx)
{
    NBCTL_ADD_COLUMNS(ctx, &nbrec_bfd_col_dst_ip, &nbrec_bfd_col_logical_port);
    dbctl_need_whole(ctx, &nbrec_table_bfd);
}

/* Routes. */

static const char *
route_policy(const struct nbrec_logical_router_static_route *route)
{
    return route->policy ? route->policy : "dst-ip";
}

static const char *
output_port(const struct nbrec_logical_router_static_route *route)
{
    return route->output_port ? route->output_port : "";
}

/* Is 'route' in 'spec''s table, with its policy and its prefix?  Anything
 * will do for what 'spec' leaves open, except that no table is the main
 * one. */
static bool
same_destination(const struct nbrec_logical_router_static_route *route,
                 const struct route_spec *spec)
{
    if (strcmp(route->route_table, spec->table ? spec->table : "")
        || (spec->policy && strcmp(route_policy(route), spec->policy))) {
        return false;
    }
    if (!spec->prefix) {
        return true;
    }
    char *prefix = addr_normalize_prefix(route->ip_prefix);
    bool same = prefix && !strcmp(prefix, spec->prefix);
    free(prefix);
    return same;
}

static bool
same_nexthop(const struct nbrec_logical_router_static_route *route,
             const char *nexthop)
{
    char *canonical = addr_normalize_host(route->nexthop);
    bool same = !strcmp(canonical ? canonical : route->nexthop, nexthop);
    free(canonical);
    return same;
}

/* Looks for what keeps lr-route-add from just adding a route for 'spec': a
 * route to the same destination or, with --ecmp, one that is the same or that
 * excludes others.  Returns it, or null. */
static const struct nbrec_logical_router_static_route *
find_obstacle(const struct nbrec_logical_router *lr,
              const struct route_spec *spec)
{
    struct route_spec key = *spec;
    if (!key.policy) {
        key.policy = "dst-ip";
    }

    const struct nbrec_logical_router_static_route *obstacle = NULL;
    for (size_t i = 0; i < lr->n_static_routes; i++) {
        const struct nbrec_logical_router_static_route *route
            = lr->static_routes[i];

        if (!same_destination(route, &key)) {
            continue;
        }
        if (same_nexthop(route, spec->nexthop)
            && (!spec->port || !route->output_port
                || !strcmp(spec->port, route->output_port))) {
            return route;
        }
        if (!obstacle && (!spec->ecmp || !strcmp(route->nexthop, DISCARD))) {
            obstacle = route;
        }
    }
    return obstacle;
}

static void
set_route(const struct nbrec_logical_router_static_route *route,
          const struct route_spec *spec, const struct nbrec_bfd *bfd)
{
    nbrec_logical_router_static_route_set_ip_prefix(route, spec->prefix);
    nbrec_logical_router_static_route_set_nexthop(route, spec->nexthop);
    if (spec->port || !strcmp(spec->nexthop, DISCARD)) {
        nbrec_logical_router_static_route_set_output_port(route, spec->port);
    }
    if (spec->policy) {
        nbrec_logical_router_static_route_set_policy(route, spec->policy);
    }
    if (spec->table) {
        nbrec_logical_router_static_route_set_route_table(route, spec->table);
    }
    if (bfd) {
        nbrec_logical_router_static_route_set_bfd(route, bfd);
    }
}

/* Sets the options of 'route', which keeps those that it has. */
static void
set_route_options(const struct nbrec_logical_router_static_route *route,
                  const struct route_spec *spec)
{
    struct smap options;

    if (!spec->symmetric && !spec->override_connected) {
        return;
    }
    smap_clone(&options, &route->options);
    if (spec->symmetric) {
        smap_replace(&options, "ecmp_symmetric_reply", "true");
    }
    if (spec->override_connected) {
        smap_replace(&options, "override-connected", "true");
    }
    nbrec_logical_router_static_route_set_options(route, &options);
    smap_destroy(&options);
}

/* lr-route-add. */

static void
pre_routes(struct ctl_context *ctx)
{
    NBCTL_ADD_COLUMNS(ctx, &nbrec_logical_router_col_name,
                      &nbrec_logical_router_col_static_routes,
                      &nbrec_logical_router_static_route_col_route_table,
                      &nbrec_logical_router_static_route_col_policy,
                      &nbrec_logical_router_static_route_col_ip_prefix,
                      &nbrec_logical_router_static_route_col_nexthop,
                      &nbrec_logical_router_static_route_col_output_port,
                      &nbrec_logical_router_static_route_col_options,
                      &nbrec_logical_router_static_route_col_external_ids,
                      &nbrec_logical_router_static_route_col_bfd);
    dbctl_limit_row(ctx, &nbrec_table_logical_router,
                    &nbrec_logical_router_col_name, ctx->argv[1]);
    dbctl_need_whole(ctx, &nbrec_table_logical_router_static_route);
    nbctl_pre_bfd(ctx);
}

static void
pre_lr_route_add(struct ctl_context *ctx)
{
    pre_routes(ctx);
    ovsdb_idl_add_column(ctx->idl, &nbrec_logical_router_port_col_name);
    for (int i = 3; i < ctx->argc; i++) {
        dbctl_limit_row(ctx, &nbrec_table_logical_router_port,
                        &nbrec_logical_router_port_col_name, ctx->argv[i]);
    }
}

/* Deals with 'old', which find_obstacle() found: turns it into 'spec' if that
 * is what --may-exist asks for, or reports an error. */
static void
reuse_route(struct ctl_context *ctx,
            const struct nbrec_logical_router_static_route *old,
            const struct route_spec *spec, const struct nbrec_bfd *bfd)
{
    bool may_exist = shash_find(&ctx->options, "--may-exist");

    if (!spec->ecmp && !may_exist) {
        ctl_error(ctx, "duplicate prefix: %s (policy: %s). Use option --ecmp "
                  "to allow this for ECMP routing.", spec->prefix,
                  spec->policy ? spec->policy : "dst-ip");
    } else if (spec->ecmp && !strcmp(old->nexthop, DISCARD)) {
        ctl_error(ctx, "discard nexthop for the same ECMP route exists.");
    } else if (spec->ecmp && !may_exist) {
        ctl_error(ctx, "duplicate nexthop for the same ECMP route");
    } else {
        set_route(old, spec, bfd);
        set_route_options(old, spec);
    }
}

static void
lr_route_add(struct ctl_context *ctx, const struct nbrec_logical_router *lr,
             const struct route_spec *spec)
{
    const struct nbrec_bfd *bfd;

    if (!nbctl_get_bfd(ctx, spec->nexthop, spec->port, &bfd)) {
        return;
    }

    const struct nbrec_logical_router_static_route *route
        = find_obstacle(lr, spec);
    if (route) {
        reuse_route(ctx, route, spec, bfd);
        return;
    }
    route = nbrec_logical_router_static_route_insert(ctx->txn);
    set_route(route, spec, bfd);
    set_route_options(route, spec);
    dbctl_add_ref(ctx, &lr->header_, &nbrec_logical_router_col_static_routes,
                  &route->header_);
}

static void
cmd_lr_route_add(struct ctl_context *ctx)
{
    const struct nbrec_logical_router *lr;
    struct route_spec spec = { .prefix = NULL };

    if (nbctl_find_router(ctx, ctx->argv[1], true, &lr)
        && parse_route(ctx, &spec)) {
        lr_route_add(ctx, lr, &spec);
    }
    route_spec_destroy(&spec);
}

/* lr-route-del. */

static bool
parse_selection(struct ctl_context *ctx, struct route_spec *spec)
{
    *spec = (struct route_spec) {
        .table = shash_find_data(&ctx->options, "--route-table"),
        .port = ctx->argc > 4 ? ctx->argv[4] : NULL,
    };
    if (!parse_policy(ctx, &spec->policy)
        || (ctx->argc > 2
            && !parse_prefix(ctx, ctx->argv[2], &spec->prefix))) {
        return false;
    }
    if (ctx->argc > 3) {
        const char *arg = ctx->argv[3];
        spec->nexthop = (!strcmp(arg, DISCARD)
                         ? xstrdup(arg) : addr_normalize_host(arg));
        if (!spec->nexthop) {
            ctl_error(ctx, "bad nexthop argument: %s", arg);
            return false;
        }
    }
    return true;
}

/* Deletes the routes of 'lr' that 'spec' selects.  Returns how many those
 * were. */
static size_t
delete_routes(struct ctl_context *ctx, const struct nbrec_logical_router *lr,
              const struct route_spec *spec)
{
    struct nbctl_rows doomed = { .n = 0 };

    for (size_t i = 0; i < lr->n_static_routes; i++) {
        const struct nbrec_logical_router_static_route *route
            = lr->static_routes[i];

        if (same_destination(route, spec)
            && (!spec->nexthop || same_nexthop(route, spec->nexthop))
            && (!spec->port
                || nullable_string_is_equal(route->output_port,
                                            spec->port))) {
            nbctl_rows_add(&doomed, &route->header_);
        }
    }
    return nbctl_rows_delete(&doomed, ctx, &lr->header_,
                             &nbrec_logical_router_col_static_routes);
}

static void
lr_route_del(struct ctl_context *ctx, const struct nbrec_logical_router *lr,
             const struct route_spec *spec)
{
    if (delete_routes(ctx, lr, spec)
        || shash_find(&ctx->options, "--if-exists")) {
        return;
    }

    char *table = (spec->table
                   ? xasprintf(", route_table '%s'", spec->table)
                   : xstrdup(""));
    ctl_error(ctx, "no matching route: policy '%s', prefix '%s', "
              "nexthop '%s', output_port '%s'%s.",
              spec->policy ? spec->policy : "any",
              spec->prefix ? spec->prefix : "any",
              spec->nexthop ? spec->nexthop : "any",
              spec->port ? spec->port : "any", table);
    free(table);
}

static void
cmd_lr_route_del(struct ctl_context *ctx)
{
    const struct nbrec_logical_router *lr;
    struct route_spec spec = { .prefix = NULL };

    if (!nbctl_find_router(ctx, ctx->argv[1], true, &lr)
        || !parse_selection(ctx, &spec)) {
        /* Nothing. */
    } else if (!spec.policy && !spec.table && !spec.prefix) {
        /* All of them, in all tables, and no matter if there are none. */
        nbctl_delete_all(ctx, &lr->header_,
                         &nbrec_logical_router_col_static_routes,
                         &nbrec_table_logical_router_static_route);
    } else {
        lr_route_del(ctx, lr, &spec);
    }
    route_spec_destroy(&spec);
}

/* lr-route-list. */

/* A route with what it is sorted by. */
struct listed_route {
    const struct nbrec_logical_router_static_route *route;
    struct addr_ip prefix;
};

/* Compares two routes' destinations: within a table, the more specific prefix
 * first, destination before source routes, then by address.  Returns 0 if
 * these are multipath routes of each other. */
static int
compare_destinations(const struct listed_route *a,
                     const struct listed_route *b)
{
    unsigned int plen_a, plen_b;

    if (a->prefix.is_ip4 != b->prefix.is_ip4) {
        return a->prefix.is_ip4 ? -1 : 1;
    }
    int cmp = strcmp(a->route->route_table, b->route->route_table);
    if (cmp) {
        return cmp;
    }
    plen_a = a->prefix.is_ip4 ? a->prefix.ip4.plen : a->prefix.ip6.plen;
    plen_b = b->prefix.is_ip4 ? b->prefix.ip4.plen : b->prefix.ip6.plen;
    if (plen_a != plen_b) {
        return plen_a > plen_b ? -1 : 1;
    }
    cmp = strcmp(route_policy(a->route), route_policy(b->route));
    if (cmp) {
        return cmp;
    }
    return (a->prefix.is_ip4
            ? memcmp(&a->prefix.ip4.addr, &b->prefix.ip4.addr,
                     sizeof a->prefix.ip4.addr)
            : memcmp(&a->prefix.ip6.addr, &b->prefix.ip6.addr,
                     sizeof a->prefix.ip6.addr));
}

static int
compare_routes(const void *a_, const void *b_)
{
    const struct listed_route *a = a_;
    const struct listed_route *b = b_;
    int cmp = compare_destinations(a, b);

    cmp = cmp ? cmp : strcmp(a->route->nexthop, b->route->nexthop);
    cmp = cmp ? cmp : strcmp(output_port(a->route), output_port(b->route));
    return cmp ? cmp : uuid_compare_3way(&a->route->header_.uuid,
                                         &b->route->header_.uuid);
}

static void
print_route(const struct listed_route *lr, bool ecmp, struct ds *s)
{
    const struct nbrec_logical_router_static_route *route = lr->route;
    struct ds prefix = DS_EMPTY_INITIALIZER;
    char *nexthop = addr_normalize_host(route->nexthop);

    addr_ip_format(&lr->prefix, &prefix);
    ds_put_format(s, "%25s %25s %s", ds_cstr(&prefix),
                  nexthop ? nexthop : route->nexthop, route_policy(route));
    if (route->output_port) {
        ds_put_format(s, " %s", route->output_port);
    }
    if (smap_get(&route->external_ids, "ic-learned-route")) {
        ds_put_cstr(s, " (learned)");
    }
    if (ecmp) {
        ds_put_cstr(s, " ecmp");
    }
    if (smap_get_bool(&route->options, "ecmp_symmetric_reply", false)) {
        ds_put_cstr(s, " ecmp-symmetric-reply");
    }
    if (smap_get_bool(&route->options, "override-connected", false)) {
        ds_put_cstr(s, " override-connected");
    }
    if (route->bfd) {
        ds_put_cstr(s, " bfd");
    }
    ds_put_char(s, '\n');
    free(nexthop);
    ds_destroy(&prefix);
}

/* Prints the headings of 'r', which follows 'prev' (or nothing, if null). */
static void
print_route_headings(const struct listed_route *r,
                     const struct listed_route *prev, struct ds *s)
{
    const char *table = r->route->route_table;
    bool new_family = !prev || prev->prefix.is_ip4 != r->prefix.is_ip4;

    if (!new_family && !strcmp(prev->route->route_table, table)) {
        return;
    }
    if (prev) {
        ds_put_char(s, '\n');
    }
    if (new_family) {
        ds_put_format(s, "IPv%d Routes\n", r->prefix.is_ip4 ? 4 : 6);
    }
    ds_put_format(s, "Route Table %s:\n", table[0] ? table : "<main>");
}

/* Collects the routes of 'lr' in 'table', or in any if that is null.  Returns
 * their number and stores them in '*routesp', which the caller must free. */
static size_t
collect_routes(const struct nbrec_logical_router *lr, const char *table,
               struct listed_route **routesp)
{
    struct listed_route *routes = xmalloc(lr->n_static_routes
                                          * sizeof *routes);
    size_t n = 0;

    for (size_t i = 0; i < lr->n_static_routes; i++) {
        struct listed_route *r = &routes[n];

        r->route = lr->static_routes[i];
        if (table && strcmp(table, r->route->route_table)) {
            continue;
        }
        if (!addr_ip_parse(r->route->ip_prefix, &r->prefix)) {
            VLOG_WARN("router "UUID_FMT" (%s) has invalid prefix: %s",
                      UUID_ARGS(&lr->header_.uuid), lr->name,
                      r->route->ip_prefix);
            continue;
        }
        addr_ip_mask(&r->prefix);
        n++;
    }
    *routesp = routes;
    return n;
}

static void
cmd_lr_route_list(struct ctl_context *ctx)
{
    const char *table = shash_find_data(&ctx->options, "--route-table");
    const struct nbrec_logical_router *lr;

    if (!nbctl_find_router(ctx, ctx->argv[1], true, &lr)) {
        return;
    }

    struct listed_route *routes;
    size_t n = collect_routes(lr, table, &routes);
    if (n) {
        qsort(routes, n, sizeof *routes, compare_routes);
    }
    for (size_t i = 0; i < n; i++) {
        const struct listed_route *prev = i ? &routes[i - 1] : NULL;
        bool ecmp = ((prev && !compare_destinations(prev, &routes[i]))
                     || (i + 1 < n && !compare_destinations(&routes[i],
                                                       &routes[i + 1])));

        print_route_headings(&routes[i], prev, &ctx->output);
        print_route(&routes[i], ecmp, &ctx->output);
    }
    free(routes);
}

static const struct dbctl_command commands[] = {
    {{"lr-route-add", 3, 4, "ROUTER PREFIX NEXTHOP [PORT]", pre_lr_route_add,
      cmd_lr_route_add, NULL,
      "--may-exist,--ecmp,--ecmp-symmetric-reply,--override-connected,"
      "--policy=,--route-table=,--bfd?", RW},
     "add a route to ROUTER"},
    {{"lr-route-del", 1, 4, "ROUTER [PREFIX [NEXTHOP [PORT]]]", pre_routes,
      cmd_lr_route_del, NULL, "--if-exists,--policy=,--route-table=", RW},
     "remove routes from ROUTER"},
    {{"lr-route-list", 1, 1, "ROUTER", pre_routes, cmd_lr_route_list, NULL,
      "--route-table=", RO}, "print routes for ROUTER"},
    {{NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO}, NULL}
};

const struct dbctl_topic nbctl_route_topic = {
    "Logical router route commands", commands
};
