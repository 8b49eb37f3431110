/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-nbctl: health checks of switch ports. */

#include <config.h>

#include "utilities/ovn-nbctl.h"

#include <limits.h>
#include <stdlib.h>

#include "lib/addr.h"
#include "openvswitch/dynamic-string.h"
#include "ovsdb-idl.h"
#include "util.h"
#include "uuid.h"

static void
pre_hc(struct ctl_context *ctx)
{
    nbctl_pre_find(ctx, &nbctl_lsp, ctx->argv[1]);
    nbctl_pre_refs(ctx, &nbrec_logical_switch_port_col_health_checks,
                   &nbrec_table_logical_switch_port_health_check, NULL, NULL);
    NBCTL_ADD_COLUMNS(ctx,
                      &nbrec_logical_switch_port_health_check_col_protocol,
                      &nbrec_logical_switch_port_health_check_col_src_ip,
                      &nbrec_logical_switch_port_health_check_col_port,
                      &nbrec_logical_switch_port_health_check_col_address,
                      &nbrec_logical_switch_port_health_check_col_status);
}

/* lsp-hc-add. */

struct hc_request {
    const char *protocol;
    int64_t port;               /* 0 for ICMP, which has none. */
    const char *src_ip;
    const char *address;
};

/* Parses the port, which the protocol may or may not have. */
static bool
parse_port(struct ctl_context *ctx, struct hc_request *req)
{
    bool has_port = ctx->argc == 6;

    if (!strcmp(req->protocol, "icmp")) {
        if (has_port) {
            ctl_error(ctx, "%s: protocol icmp has no ports", ctx->argv[4]);
        }
        return !has_port;
    }
    if (!has_port) {
        ctl_error(ctx, "protocol %s requires a port", req->protocol);
        return false;
    }
    return nbctl_parse_int(ctx, ctx->argv[4], "port", 1, 65535, &req->port);
}

static bool
parse_ip(struct ctl_context *ctx, const char *arg, struct addr_ip *ip)
{
    if (!addr_ip_parse_host(arg, ip)) {
        ctl_error(ctx, "%s: Not a valid IPv4 or IPv6 address.", arg);
        return false;
    }
    return true;
}

/* Parses "PROTOCOL SRC_IP [DST_PORT] ADDRESS". */
static bool
parse_hc(struct ctl_context *ctx, struct hc_request *req)
{
    static const char *const protocols[] = { "tcp", "udp", "icmp" };
    struct addr_ip src, dst;

    *req = (struct hc_request) {
        .src_ip = ctx->argv[3],
        .address = ctx->argv[ctx->argc - 1],
    };
    if (!nbctl_parse_choice(ctx, ctx->argv[2], "protocol", protocols,
                            ARRAY_SIZE(protocols), &req->protocol)
        || !parse_ip(ctx, req->src_ip, &src)
        || !parse_port(ctx, req)
        || !parse_ip(ctx, req->address, &dst)) {
        return false;
    }
    if (src.is_ip4 != dst.is_ip4) {
        ctl_error(ctx, "%s and %s are of different IP versions", req->src_ip,
                  req->address);
        return false;
    }
    return true;
}

static void
cmd_lsp_hc_add(struct ctl_context *ctx)
{
    const struct nbrec_logical_switch_port *lsp;
    struct hc_request req;

    if (!nbctl_find_lsp(ctx, ctx->argv[1], true, &lsp)
        || !parse_hc(ctx, &req)) {
        return;
    }

    const struct nbrec_logical_switch_port_health_check *hc
        = nbrec_logical_switch_port_health_check_insert(ctx->txn);
    nbrec_logical_switch_port_health_check_set_protocol(hc, req.protocol);
    nbrec_logical_switch_port_health_check_set_src_ip(hc, req.src_ip);
    nbrec_logical_switch_port_health_check_set_port(hc, req.port);
    nbrec_logical_switch_port_health_check_set_address(hc, req.address);
    dbctl_add_ref(ctx, &lsp->header_,
                  &nbrec_logical_switch_port_col_health_checks,
                  &hc->header_);
}

/* lsp-hc-del. */

/* Finds the health check of 'lsp' whose UUID is 'id'.  Otherwise reports an
 * error and returns null. */
static const struct nbrec_logical_switch_port_health_check *
find_hc(struct ctl_context *ctx, const struct nbrec_logical_switch_port *lsp,
        const char *id)
{
    struct uuid uuid;

    if (uuid_from_string(&uuid, id)) {
        for (size_t i = 0; i < lsp->n_health_checks; i++) {
            if (uuid_equals(&uuid, &lsp->health_checks[i]->header_.uuid)) {
                return lsp->health_checks[i];
            }
        }
    }
    ctl_error(ctx, "%s: health check UUID not found on port %s", id,
              lsp->name);
    return NULL;
}

static void
cmd_lsp_hc_del(struct ctl_context *ctx)
{
    const struct nbrec_logical_switch_port *lsp;

    if (!nbctl_find_lsp(ctx, ctx->argv[1], true, &lsp)) {
        return;
    }
    if (ctx->argc == 2) {
        nbrec_logical_switch_port_set_health_checks(lsp, NULL, 0);
        return;
    }
    for (int i = 2; i < ctx->argc; i++) {
        const struct nbrec_logical_switch_port_health_check *hc
            = find_hc(ctx, lsp, ctx->argv[i]);

        if (!hc) {
            return;
        }
        dbctl_del_ref(ctx, &lsp->header_,
                      &nbrec_logical_switch_port_col_health_checks,
                      &hc->header_);
    }
}

/* lsp-hc-list. */

static void
cmd_lsp_hc_list(struct ctl_context *ctx)
{
    const struct nbrec_logical_switch_port *lsp;
    struct nbctl_names names = { .n = 0 };

    if (!nbctl_find_lsp(ctx, ctx->argv[1], true, &lsp)) {
        return;
    }
    for (size_t i = 0; i < lsp->n_health_checks; i++) {
        const struct nbrec_logical_switch_port_health_check *hc
            = lsp->health_checks[i];
        nbctl_names_add(&names, &hc->header_.uuid, hc->address, hc);
    }
    nbctl_names_sort(&names);
    for (size_t i = 0; i < names.n; i++) {
        const struct nbrec_logical_switch_port_health_check *hc
            = nbctl_names_row(&names, i);

        ds_put_format(&ctx->output, UUID_FMT" %s src_ip=%s",
                      UUID_ARGS(&hc->header_.uuid), hc->protocol, hc->src_ip);
        if (hc->port) {
            ds_put_format(&ctx->output, " port=%"PRId64, hc->port);
        }
        ds_put_format(&ctx->output, " address=%s", hc->address);
        if (hc->status) {
            ds_put_format(&ctx->output, " status=%s", hc->status);
        }
        ds_put_char(&ctx->output, '\n');
    }
    nbctl_names_destroy(&names);
}

static const struct dbctl_command commands[] = {
    {{"lsp-hc-add", 4, 5, "PORT PROTOCOL SRC_IP [DST_PORT] ADDRESS", pre_hc,
      cmd_lsp_hc_add, NULL, "", RW},
     "have ADDRESS behind PORT probed from SRC_IP"},
    {{"lsp-hc-del", 1, INT_MAX, "PORT [HC_UUID]...", pre_hc, cmd_lsp_hc_del,
      NULL, "", RW}, "delete all or some health checks of PORT"},
    {{"lsp-hc-list", 1, 1, "PORT", pre_hc, cmd_lsp_hc_list, NULL, "", RO},
     "print the health checks of PORT"},
    {{NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO}, NULL}
};

const struct dbctl_topic nbctl_hc_topic = {
    "Logical switch port health check commands", commands
};
