/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-nbctl: meters, which limit rates, and control plane protection,
 * which says which meter limits what packets cost the controllers. */

#include <config.h>

#include "utilities/ovn-nbctl.h"

#include <stdlib.h>

#include "openvswitch/dynamic-string.h"
#include "openvswitch/shash.h"
#include "ovsdb-idl.h"
#include "smap.h"
#include "util.h"

/* meter-add. */

struct meter_request {
    const char *action;
    const char *unit;
    int64_t rate;
    int64_t burst;              /* 0 if none was given. */
};

static void
pre_effect(struct ctl_context *ctx)
{
    NBCTL_ADD_COLUMNS(ctx, &nbrec_meter_col_unit, &nbrec_meter_col_bands,
                      &nbrec_meter_col_fair, &nbrec_meter_band_col_action,
                      &nbrec_meter_band_col_rate,
                      &nbrec_meter_band_col_burst_size);
}

static void
pre_meter_add(struct ctl_context *ctx)
{
    nbctl_pre_find(ctx, &nbctl_meter, ctx->argv[1]);
    pre_effect(ctx);
    dbctl_need_whole(ctx, &nbrec_table_meter_band);
}

/* Parses "ACTION RATE UNIT [BURST]". */
static bool
parse_meter(struct ctl_context *ctx, struct meter_request *req)
{
    static const char *const actions[] = { "drop" };
    static const char *const units[] = { "kbps", "pktps" };

    *req = (struct meter_request) { .burst = 0 };
    return (nbctl_parse_choice(ctx, ctx->argv[2], "action", actions,
                               ARRAY_SIZE(actions), &req->action)
            && nbctl_parse_choice(ctx, ctx->argv[4], "unit", units,
                                  ARRAY_SIZE(units), &req->unit)
            && nbctl_parse_int(ctx, ctx->argv[3], "rate", 1, UINT32_MAX,
                               &req->rate)
            && (ctx->argc <= 5
                || nbctl_parse_int(ctx, ctx->argv[5], "burst", 0, UINT32_MAX,
                                   &req->burst)));
}

static void
cmd_meter_add(struct ctl_context *ctx)
{
    const char *name = ctx->argv[1];
    const struct nbrec_meter *meter;
    struct meter_request req;

    if (!strncmp(name, "__", 2)) {
        ctl_error(ctx, "meter names that begin with \"__\" are reserved");
        return;
    }
    if (!parse_meter(ctx, &req)
        || !nbctl_find_meter(ctx, name, false, &meter)) {
        return;
    }
    if (!meter) {
        meter = nbrec_meter_insert(ctx->txn);
        nbrec_meter_set_name(meter, name);
    } else if (!shash_find(&ctx->options, "--may-exist")) {
        ctl_error(ctx, "meter with name \"%s\" already exists", name);
        return;
    }

    struct nbrec_meter_band *band = nbrec_meter_band_insert(ctx->txn);
    nbrec_meter_band_set_action(band, req.action);
    nbrec_meter_band_set_rate(band, req.rate);
    nbrec_meter_band_set_burst_size(band, req.burst);
    nbrec_meter_set_bands(meter, &band, 1);
    nbrec_meter_set_unit(meter, req.unit);
    if (shash_find(&ctx->options, "--fair")) {
        bool fair = true;
        nbrec_meter_set_fair(meter, &fair, 1);
    }
}

/* meter-del. */

static void
pre_meter_del(struct ctl_context *ctx)
{
    nbctl_pre_find(ctx, &nbctl_meter, ctx->argc > 1 ? ctx->argv[1] : NULL);
}

static void
cmd_meter_del(struct ctl_context *ctx)
{
    const struct nbrec_meter *meter, *next;

    if (ctx->argc > 1) {
        if (nbctl_find_meter(ctx, ctx->argv[1], false, &meter) && meter) {
            nbrec_meter_delete(meter);
        }
        return;
    }
    NBREC_METER_FOR_EACH_SAFE (meter, next, ctx->idl) {
        nbrec_meter_delete(meter);
    }
}

/* meter-list. */

static void
pre_meter_list(struct ctl_context *ctx)
{
    ovsdb_idl_add_column(ctx->idl, &nbrec_meter_col_name);
    pre_effect(ctx);
}

static void
print_meter(const struct nbrec_meter *meter, struct ds *s)
{
    bool fair = meter->n_fair && meter->fair[0];

    ds_put_format(s, "%s:%s bands:\n", meter->name, fair ? " (fair)" : "");
    for (size_t i = 0; i < meter->n_bands; i++) {
        const struct nbrec_meter_band *band = meter->bands[i];

        ds_put_format(s, "  %s: %"PRId64" %s", band->action, band->rate,
                      meter->unit);
        if (band->burst_size) {
            ds_put_format(s, ", %"PRId64" %s burst", band->burst_size,
                          strcmp(meter->unit, "kbps") ? "packet" : "kb");
        }
    }
    ds_put_char(s, '\n');
}

static void
cmd_meter_list(struct ctl_context *ctx)
{
    struct nbctl_names names = { .n = 0 };
    const struct nbrec_meter *meter;

    NBREC_METER_FOR_EACH (meter, ctx->idl) {
        nbctl_names_add(&names, &meter->header_.uuid, meter->name, meter);
    }
    nbctl_names_sort(&names);
    for (size_t i = 0; i < names.n; i++) {
        print_meter(nbctl_names_row(&names, i), &ctx->output);
    }
    nbctl_names_destroy(&names);
}

/* Control plane protection. */

/* The keys of Copp.meters, ovn-nb(5). */
static const char *const protocols[] = {
    "arp", "arp-resolve", "dhcpv4-opts", "dhcpv6-opts", "dns", "event-elb",
    "icmp4-error", "icmp6-error", "igmp", "nd-na", "nd-ns", "nd-ns-resolve",
    "nd-ra-opts", "tcp-reset", "bfd", "reject", "svc-monitor",
    "dhcpv4-relay",
};

static bool
check_protocol(struct ctl_context *ctx, const char *arg)
{
    for (size_t i = 0; i < ARRAY_SIZE(protocols); i++) {
        if (!strcmp(arg, protocols[i])) {
            return true;
        }
    }

    struct ds s = DS_EMPTY_INITIALIZER;
    for (size_t i = 0; i < ARRAY_SIZE(protocols); i++) {
        ds_put_format(&s, "%s%s", i ? ", " : "", protocols[i]);
    }
    ctl_error(ctx, "Invalid control protocol. Allowed values: %s.",
              ds_cstr(&s));
    ds_destroy(&s);
    return false;
}

static void
pre_copp(struct ctl_context *ctx)
{
    nbctl_pre_find(ctx, &nbctl_copp, ctx->argv[1]);
    ovsdb_idl_add_column(ctx->idl, &nbrec_copp_col_meters);
}

static void
cmd_copp_add(struct ctl_context *ctx)
{
    const char *name = ctx->argv[1];
    const struct nbrec_copp *copp;

    if (!check_protocol(ctx, ctx->argv[2])
        || !nbctl_find_copp(ctx, name, false, &copp)) {
        return;
    }
    if (!copp) {
        copp = nbrec_copp_insert(ctx->txn);
        nbrec_copp_set_name(copp, name);
    }

    struct smap meters;
    smap_clone(&meters, &copp->meters);
    smap_replace(&meters, ctx->argv[2], ctx->argv[3]);
    nbrec_copp_set_meters(copp, &meters);
    smap_destroy(&meters);
}

static void
cmd_copp_del(struct ctl_context *ctx)
{
    const char *protocol = ctx->argc > 2 ? ctx->argv[2] : NULL;
    const struct nbrec_copp *copp;

    if ((protocol && !check_protocol(ctx, protocol))
        || !nbctl_find_copp(ctx, ctx->argv[1], false, &copp) || !copp) {
        return;
    }
    if (!protocol) {
        nbrec_copp_delete(copp);
        return;
    }

    struct smap meters;
    smap_clone(&meters, &copp->meters);
    smap_remove(&meters, protocol);
    nbrec_copp_set_meters(copp, &meters);
    smap_destroy(&meters);
}

static void
cmd_copp_list(struct ctl_context *ctx)
{
    const struct nbrec_copp *copp;

    if (!nbctl_find_copp(ctx, ctx->argv[1], false, &copp) || !copp) {
        return;
    }

    const struct smap_node **nodes = smap_sort(&copp->meters);
    for (size_t i = 0; i < smap_count(&copp->meters); i++) {
        ds_put_format(&ctx->output, "%s: %s\n", nodes[i]->key,
                      nodes[i]->value);
    }
    free(nodes);
}

static void
pre_ls_copp_add(struct ctl_context *ctx)
{
    nbctl_pre_find(ctx, &nbctl_copp, ctx->argv[1]);
    nbctl_pre_find(ctx, &nbctl_switch, ctx->argv[2]);
    ovsdb_idl_add_column(ctx->idl, &nbrec_logical_switch_col_copp);
}

static void
cmd_ls_copp_add(struct ctl_context *ctx)
{
    const struct nbrec_logical_switch *ls;
    const struct nbrec_copp *copp;

    if (nbctl_find_switch(ctx, ctx->argv[2], true, &ls)
        && nbctl_find_copp(ctx, ctx->argv[1], true, &copp)) {
        nbrec_logical_switch_set_copp(ls, copp);
    }
}

static void
pre_lr_copp_add(struct ctl_context *ctx)
{
    nbctl_pre_find(ctx, &nbctl_copp, ctx->argv[1]);
    nbctl_pre_find(ctx, &nbctl_router, ctx->argv[2]);
    ovsdb_idl_add_column(ctx->idl, &nbrec_logical_router_col_copp);
}

static void
cmd_lr_copp_add(struct ctl_context *ctx)
{
    const struct nbrec_logical_router *lr;
    const struct nbrec_copp *copp;

    if (nbctl_find_router(ctx, ctx->argv[2], true, &lr)
        && nbctl_find_copp(ctx, ctx->argv[1], true, &copp)) {
        nbrec_logical_router_set_copp(lr, copp);
    }
}

static const struct dbctl_command meter_commands[] = {
    {{"meter-add", 4, 5, "NAME ACTION RATE UNIT [BURST]", pre_meter_add,
      cmd_meter_add, NULL, "--fair,--may-exist", RW}, "add a meter"},
    {{"meter-del", 0, 1, "[NAME]", pre_meter_del, cmd_meter_del, NULL, "",
      RW}, "remove meters"},
    {{"meter-list", 0, 0, "", pre_meter_list, cmd_meter_list, NULL, "", RO},
     "print meters"},
    {{NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO}, NULL}
};

const struct dbctl_topic nbctl_meter_topic = {
    "Meter commands", meter_commands
};

static const struct dbctl_command copp_commands[] = {
    {{"copp-add", 3, 3, "NAME PROTO METER", pre_copp, cmd_copp_add, NULL, "",
      RW}, "limit packets of PROTO by METER in protection policy NAME"},
    {{"copp-del", 1, 2, "NAME [PROTO]", pre_copp, cmd_copp_del, NULL, "", RW},
     "delete protection policy NAME, or its limit for PROTO"},
    {{"copp-list", 1, 1, "NAME", pre_copp, cmd_copp_list, NULL, "", RO},
     "print the limits of protection policy NAME"},
    {{"ls-copp-add", 2, 2, "NAME SWITCH", pre_ls_copp_add, cmd_ls_copp_add,
      NULL, "", RW}, "apply protection policy NAME to SWITCH"},
    {{"lr-copp-add", 2, 2, "NAME ROUTER", pre_lr_copp_add, cmd_lr_copp_add,
      NULL, "", RW}, "apply protection policy NAME to ROUTER"},
    {{NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO}, NULL}
};

const struct dbctl_topic nbctl_copp_topic = {
    "Control plane protection commands", copp_commands
};
