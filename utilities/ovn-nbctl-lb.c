/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-nbctl: load balancers, which map virtual addresses to those of their
 * backends.
 *
 * An endpoint - a virtual address or a backend - is "IP" or "IP:PORT", with
 * brackets around an IPv6 address that a port follows.  It is stored in
 * canonical form.  In a template, an endpoint or a part of it may be a
 * variable, "^NAME" (see Chassis_Template_Var in ovn-nb(5)). */

#include <config.h>

#include "utilities/ovn-nbctl.h"

#include <stdlib.h>

#include "lib/addr.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/shash.h"
#include "ovsdb-idl.h"
#include "smap.h"
#include "util.h"

/* An endpoint. */
struct endpoint {
    char *ip;                   /* Canonical. */
    unsigned int port;          /* 0 if there is none. */
};

static bool
is_ip6(const struct endpoint *e)
{
    return strchr(e->ip, ':') != NULL;
}

/* Parses 's' as "[IP]", "[IP]:PORT", "IP:PORT" (if 'ip' is IPv4) or "IP".
 * Returns false if it is none of them; otherwise the caller must free
 * 'e->ip'. */
static bool
parse_endpoint(const char *s, struct endpoint *e)
{
    bool brackets = s[0] == '[';
    const char *end = brackets ? strchr(s, ']') : strchr(s, ':');
    const char *port = "";

    e->port = 0;
    if (brackets) {
        if (!end || (end[1] && end[1] != ':')) {
            return false;
        }
        s++;
        port = &end[1];
    } else if (end && !strchr(end + 1, ':')) {
        port = end;
    } else {
        end = strchr(s, '\0');
    }
    if (port[0] && (!str_to_uint(port + 1, 10, &e->port)
                    || !e->port || e->port > UINT16_MAX)) {
        return false;
    }

    char *ip = xmemdup0(s, end - s);
    e->ip = addr_normalize_host(ip);
    free(ip);
    if (e->ip && brackets && !is_ip6(e)) {
        free(e->ip);
        e->ip = NULL;
    }
    return e->ip != NULL;
}

/* Returns the text for 'e', which the caller must free. */
static char *
format_endpoint(const struct endpoint *e)
{
    return (!e->port ? xstrdup(e->ip)
            : xasprintf(is_ip6(e) ? "[%s]:%u" : "%s:%u", e->ip, e->port));
}

/* Might 's' become an endpoint when variables have been replaced? */
static bool
is_template(const char *s)
{
    struct endpoint e;

    if (parse_endpoint(s, &e)) {
        free(e.ip);
        return true;
    }
    const char *colon = strchr(s, ':');
    return strchr(s, '^') && (!colon || !strchr(colon + 1, ':'));
}

/* A load balancer, and one of its virtual addresses, as a command line
 * describes them. */
struct lb_spec {
    const char *name;
    const char *protocol;       /* Null if not given. */
    const char *family;         /* Of a template. */
    char *vip;                  /* Canonical. */
    char *backends;             /* Canonical, separated by commas. */
    bool template;
};

static void
lb_spec_destroy(struct lb_spec *spec)
{
    free(spec->vip);
    free(spec->backends);
}

/* lb-add: arguments. */

static bool
parse_protocol(struct ctl_context *ctx, bool has_port, struct lb_spec *spec)
{
    if (ctx->argc <= 4) {
        return true;
    }
    spec->protocol = ctx->argv[4];
    if (strcmp(spec->protocol, "tcp") && strcmp(spec->protocol, "udp")
        && strcmp(spec->protocol, "sctp")) {
        ctl_error(ctx, "%s: protocol must be one of \"tcp\", \"udp\",  or "
                  "\"sctp\".", spec->protocol);
        return false;
    }
    if (!has_port) {
        ctl_error(ctx, "Protocol is unnecessary when no port of vip is "
                  "given.");
        return false;
    }
    return true;
}

static bool
parse_family(struct ctl_context *ctx, struct lb_spec *spec)
{
    spec->family = ctx->argc > 5 ? ctx->argv[5] : "ipv4";
    if (strcmp(spec->family, "ipv4") && strcmp(spec->family, "ipv6")) {
        ctl_error(ctx, "%s: address family must be \"ipv4\" or \"ipv6\"",
                  spec->family);
        return false;
    }
    return true;
}

/* Parses the backends of 'vip', words of 'arg' that commas separate. */
static bool
parse_backends(struct ctl_context *ctx, const struct endpoint *vip,
               const char *arg, struct ds *backends)
{
    char *copy = xstrdup(arg);
    char *save_ptr = NULL;
    bool ok = true;

    for (char *word = strtok_r(copy, ",", &save_ptr); ok && word;
         word = strtok_r(NULL, ",", &save_ptr)) {
        struct endpoint e = { .ip = NULL };

        ok = parse_endpoint(word, &e);
        if (ok && is_ip6(&e) != is_ip6(vip)) {
            ctl_error(ctx, "%s: IP address family is different from VIP %s.",
                      word, vip->ip);
            ok = false;
        } else if (!ok || !e.port != !vip->port) {
            ctl_error(ctx, vip->port
                      ? "%s: should be an IP address and a port number with "
                        ": as a separator."
                      : "%s: should be an IP address.", word);
            ok = false;
        } else {
            char *s = format_endpoint(&e);
            ds_put_format(backends, "%s%s", backends->length ? "," : "", s);
            free(s);
        }
        free(e.ip);
    }
    free(copy);
    return ok;
}

static bool
parse_vip(struct ctl_context *ctx, struct lb_spec *spec)
{
    struct endpoint vip;

    if (!parse_endpoint(ctx->argv[2], &vip)) {
        ctl_error(ctx, "%s: should be an IP address (or an IP address and a "
                  "port number with : as a separator).", ctx->argv[2]);
        return false;
    }
    spec->vip = format_endpoint(&vip);

    struct ds backends = DS_EMPTY_INITIALIZER;
    bool ok = (parse_protocol(ctx, vip.port, spec)
               && parse_backends(ctx, &vip, ctx->argv[3], &backends));
    spec->backends = ds_steal_cstr(&backends);
    free(vip.ip);
    return ok;
}

/* Parses VIP and backends that may have variables in them. */
static bool
parse_template(struct ctl_context *ctx, struct lb_spec *spec)
{
    if (!is_template(ctx->argv[2])) {
        ctl_error(ctx, "%s: should be a template of the form: "
                  "'^vip_variable[:^port_variable|:port]'.", ctx->argv[2]);
        return false;
    }
    spec->vip = xstrdup(ctx->argv[2]);

    struct ds backends = DS_EMPTY_INITIALIZER;
    char *copy = xstrdup(ctx->argv[3]);
    char *save_ptr = NULL;
    bool ok = (parse_protocol(ctx, strchr(spec->vip, ':'), spec)
               && parse_family(ctx, spec));
    for (char *word = strtok_r(copy, ",", &save_ptr); ok && word;
         word = strtok_r(NULL, ",", &save_ptr)) {
        if (!is_template(word)) {
            ctl_error(ctx, "%s: should be a template of the form: '"
                      "^backend_variable[:^port_variable|:port]'.", word);
            ok = false;
        }
        ds_put_format(&backends, "%s%s", backends.length ? "," : "", word);
    }
    spec->backends = ds_steal_cstr(&backends);
    free(copy);
    return ok;
}

/* Checks what can be checked before anything is parsed. */
static bool
check_options(struct ctl_context *ctx)
{
    if (shash_find(&ctx->options, "--reject")
        && shash_find(&ctx->options, "--event")) {
        ctl_error(ctx, "--reject and --event can't specified at the same "
                  "time");
        return false;
    }
    return true;
}

/* lb-add: the row. */

static void
insert_lb(struct ctl_context *ctx, const struct lb_spec *spec)
{
    static const struct {
        const char *option, *key;
    } flags[] = {
        { "--reject", "reject" },
        { "--event", "event" },
        { "--add-route", "add_route" },
        { "--template", "template" },
    };
    struct smap options = SMAP_INITIALIZER(&options);

    for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
        if (shash_find(&ctx->options, flags[i].option)) {
            smap_add(&options, flags[i].key, "true");
        }
    }
    if (spec->template) {
        smap_add(&options, "address-family", spec->family);
    }

    const struct smap vips = SMAP_CONST1(&vips, spec->vip, spec->backends);
    const struct nbrec_load_balancer *lb
        = nbrec_load_balancer_insert(ctx->txn);
    nbrec_load_balancer_set_name(lb, spec->name);
    nbrec_load_balancer_set_protocol(lb, spec->protocol
                                     ? spec->protocol : "tcp");
    nbrec_load_balancer_set_vips(lb, &vips);
    nbrec_load_balancer_set_options(lb, &options);
    smap_destroy(&options);
}

/* Adds 'spec''s virtual address to 'lb', or replaces its backends. */
static void
set_vip(struct ctl_context *ctx, const struct nbrec_load_balancer *lb,
        const struct lb_spec *spec)
{
    if (smap_get(&lb->vips, spec->vip)
        && !shash_find(&ctx->options, "--may-exist")) {
        ctl_error(ctx, "%s: a load balancer with this vip (%s) already "
                  "exists", spec->name, spec->vip);
        return;
    }

    struct smap vips;
    smap_clone(&vips, &lb->vips);
    smap_replace(&vips, spec->vip, spec->backends);
    nbrec_load_balancer_verify_vips(lb);
    nbrec_load_balancer_set_vips(lb, &vips);
    smap_destroy(&vips);
    if (spec->protocol) {
        nbrec_load_balancer_set_protocol(lb, spec->protocol);
    }
}

static void
lb_add(struct ctl_context *ctx, struct lb_spec *spec)
{
    const struct nbrec_load_balancer *lb = NULL;

    spec->name = ctx->argv[1];
    spec->template = shash_find(&ctx->options, "--template");
    if (!check_options(ctx)
        || !(spec->template ? parse_template(ctx, spec)
             : parse_vip(ctx, spec))) {
        return;
    }
    if (!shash_find(&ctx->options, "--add-duplicate")
        && !nbctl_find_lb(ctx, spec->name, false, &lb)) {
        return;
    }
    if (lb) {
        set_vip(ctx, lb, spec);
    } else {
        insert_lb(ctx, spec);
    }
}

static void
cmd_lb_add(struct ctl_context *ctx)
{
    struct lb_spec spec = { .name = NULL };

    lb_add(ctx, &spec);
    lb_spec_destroy(&spec);
}

/* lb-del. */

/* Returns how 'lb' spells the virtual address 'arg', or null if it has no
 * such. */
static const char *
find_vip(const struct nbrec_load_balancer *lb, const char *arg)
{
    const struct smap_node *node = smap_get_node(&lb->vips, arg);
    struct endpoint e;

    if (!node && parse_endpoint(arg, &e)) {
        char *canonical = format_endpoint(&e);
        node = smap_get_node(&lb->vips, canonical);
        free(canonical);
        free(e.ip);
    }
    return node ? node->key : NULL;
}

/* Deletes the virtual address 'arg' from 'lb', and 'lb' with the last one. */
static void
delete_vip(struct ctl_context *ctx, const struct nbrec_load_balancer *lb,
           const char *arg)
{
    const char *vip = find_vip(lb, arg);
    if (!vip) {
        if (!shash_find(&ctx->options, "--if-exists")) {
            ctl_error(ctx, "vip %s is not part of the load balancer.", arg);
        }
        return;
    }

    struct smap vips;
    smap_clone(&vips, &lb->vips);
    smap_remove(&vips, vip);
    nbrec_load_balancer_verify_vips(lb);
    if (smap_is_empty(&vips)) {
        nbrec_load_balancer_delete(lb);
    } else {
        nbrec_load_balancer_set_vips(lb, &vips);
    }
    smap_destroy(&vips);
}

static void
cmd_lb_del(struct ctl_context *ctx)
{
    const struct nbrec_load_balancer *lb;

    if (!nbctl_find_lb(ctx, ctx->argv[1], false, &lb) || !lb) {
        return;
    }
    if (ctx->argc > 2) {
        delete_vip(ctx, lb, ctx->argv[2]);
    } else {
        nbrec_load_balancer_delete(lb);
    }
}

/* lb-list. */

/* Appends the lines for 'lb' to 'output', with the virtual addresses in a
 * column of 'width'. */
static void
print_lb(const struct nbrec_load_balancer *lb, int width, struct ds *output)
{
    bool template = smap_get_bool(&lb->options, "template", false);
    const struct smap_node **nodes = smap_sort(&lb->vips);

    for (size_t i = 0; i < smap_count(&lb->vips); i++) {
        struct endpoint e = { .ip = NULL };
        bool has_protocol = (template || (parse_endpoint(nodes[i]->key, &e)
                                          && e.port));

        if (!i) {
            ds_put_format(output, UUID_FMT"    %-20.16s",
                          UUID_ARGS(&lb->header_.uuid), lb->name);
        } else {
            ds_put_format(output, "%60s", "");
        }
        ds_put_format(output, "%-11.7s%-*s%s\n",
                      !has_protocol ? "" : lb->protocol ? lb->protocol : "tcp",
                      width, nodes[i]->key, nodes[i]->value);
        free(e.ip);
    }
    free(nodes);
}

void
nbctl_print_lbs(struct nbctl_names *lbs, struct ds *output)
{
    int width = 0;

    for (size_t i = 0; i < lbs->n; i++) {
        const struct nbrec_load_balancer *lb = nbctl_names_row(lbs, i);
        struct smap_node *node;

        SMAP_FOR_EACH (node, &lb->vips) {
            width = MAX(width, (int) strlen(node->key) + 4);
        }
    }
    if (!width) {
        return;
    }

    nbctl_names_sort(lbs);
    ds_put_format(output, "%-40s%-20s%-11s%-*s%s\n", "UUID", "LB", "PROTO",
                  width, "VIP", "IPs");
    for (size_t i = 0; i < lbs->n; i++) {
        print_lb(nbctl_names_row(lbs, i), width, output);
    }
}

static void
cmd_lb_list(struct ctl_context *ctx)
{
    const char *id = ctx->argc > 1 ? ctx->argv[1] : NULL;
    const struct nbrec_load_balancer *lb;
    struct nbctl_names lbs = { .n = 0 };
    struct uuid uuid;

    bool is_uuid = id && uuid_from_string(&uuid, id);
    NBREC_LOAD_BALANCER_FOR_EACH (lb, ctx->idl) {
        if (!id || !strcmp(lb->name, id)
            || (is_uuid && uuid_equals(&uuid, &lb->header_.uuid))) {
            nbctl_names_add(&lbs, &lb->header_.uuid, lb->name, lb);
        }
    }
    nbctl_print_lbs(&lbs, &ctx->output);
    nbctl_names_destroy(&lbs);
}

void
nbctl_add_lb_columns(struct ctl_context *ctx)
{
    NBCTL_ADD_COLUMNS(ctx, &nbrec_load_balancer_col_name,
                      &nbrec_load_balancer_col_vips,
                      &nbrec_load_balancer_col_protocol,
                      &nbrec_load_balancer_col_options);
}

static void
pre_lb(struct ctl_context *ctx)
{
    nbctl_add_lb_columns(ctx);
    nbctl_pre_named(ctx, &nbctl_lb);
}

static const struct dbctl_command commands[] = {
    {{"lb-add", 3, 5,
      "LB VIP[:PORT] IP[:PORT]... [PROTOCOL] [ADDRESS_FAMILY]",
      pre_lb, cmd_lb_add, NULL,
      "--may-exist,--add-duplicate,--reject,--event,--add-route,--template",
      RW},
     "create a load balancer or add a VIP to one"},
    {{"lb-del", 1, 2, "LB [VIP]", pre_lb, cmd_lb_del, NULL, "--if-exists",
      RW}, "remove a load balancer or just the VIP from it"},
    {{"lb-list", 0, 1, "[LB]", pre_lb, cmd_lb_list, NULL, "", RO},
     "print load balancers"},
    {{NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO}, NULL}
};

const struct dbctl_topic nbctl_lb_topic = {
    "Load balancer commands", commands
};
