/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* lflow-list --vflows: the Southbound records, other than logical flows, that
 * ovn-controller turns into OpenFlow flows. */

#include <config.h>

#include "utilities/ovn-sbctl.h"

#include <stdlib.h>

#include "openvswitch/dynamic-string.h"
#include "ovsdb-idl.h"
#include "smap.h"
#include "util.h"
#include "uuid.h"
#include "utilities/ovs-flows.h"

void
sbctl_pre_vflows(struct ctl_context *ctx)
{
    static const struct ovsdb_idl_column *const columns[] = {
        &sbrec_port_binding_col_logical_port,
        &sbrec_port_binding_col_tunnel_key,
        &sbrec_port_binding_col_datapath,
        &sbrec_mac_binding_col_logical_port,
        &sbrec_mac_binding_col_ip,
        &sbrec_mac_binding_col_mac,
        &sbrec_mac_binding_col_datapath,
        &sbrec_multicast_group_col_name,
        &sbrec_multicast_group_col_tunnel_key,
        &sbrec_multicast_group_col_ports,
        &sbrec_multicast_group_col_datapath,
        &sbrec_chassis_col_name,
        &sbrec_load_balancer_col_name,
        &sbrec_load_balancer_col_protocol,
        &sbrec_load_balancer_col_vips,
        &sbrec_load_balancer_col_datapaths,
        &sbrec_load_balancer_col_datapath_group,
        &sbrec_load_balancer_col_ls_datapath_group,
        &sbrec_load_balancer_col_lr_datapath_group,
        &sbrec_logical_dp_group_col_datapaths,
    };

    for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
        ovsdb_idl_add_column(ctx->idl, columns[i]);
    }
}

/* Records of one table, each with its text. */
struct record {
    const struct ovsdb_idl_row *row;
    char *sort_key;
    char *text;
};

struct records {
    struct record *all;
    size_t n, allocated;
};

/* Adds 'row', which will be sorted by 'sort_key' and printed as 'text'.  Takes
 * over both. */
static void
add_record(struct records *records, const struct ovsdb_idl_row *row,
           char *sort_key, char *text)
{
    if (records->n >= records->allocated) {
        records->all = x2nrealloc(records->all, &records->allocated,
                                  sizeof *records->all);
    }
    records->all[records->n++] = (struct record) {
        .row = row, .sort_key = sort_key, .text = text
    };
}

static int
compare_records(const void *a_, const void *b_)
{
    const struct record *a = a_;
    const struct record *b = b_;
    int cmp = strcmp(a->sort_key, b->sort_key);

    return cmp ? cmp : uuid_compare_3way(&a->row->uuid, &b->row->uuid);
}

/* Prints 'records' under 'heading' and frees them. */
static void
print_records(struct ctl_context *ctx, const char *heading,
              struct records *records, const struct sbctl_vflow_options *opts)
{
    if (records->n) {
        ds_put_format(&ctx->output, "\n%s:\n", heading);
        qsort(records->all, records->n, sizeof *records->all,
              compare_records);
    }
    for (size_t i = 0; i < records->n; i++) {
        struct record *r = &records->all[i];

        ds_put_cstr(&ctx->output, "  ");
        if (opts->uuid) {
            ds_put_format(&ctx->output, "uuid=0x%08"PRIx32", ",
                          r->row->uuid.parts[0]);
        }
        ds_put_format(&ctx->output, "%s\n", r->text);
        ovs_flows_print(opts->ovs, &r->row->uuid, opts->stats, &ctx->output);
        free(r->sort_key);
        free(r->text);
    }
    free(records->all);
}

/* Is 'dp' to be listed? */
static bool
wanted(const struct sbctl_vflow_options *opts,
       const struct sbrec_datapath_binding *dp)
{
    return !opts->datapath || dp == opts->datapath;
}

/* Appends "datapath=NAME, ", unless only one datapath is listed anyway. */
static void
put_datapath(struct ds *s, const struct sbctl_vflow_options *opts,
             const struct sbrec_datapath_binding *dp)
{
    if (!opts->datapath) {
        ds_put_cstr(s, "datapath=");
        sbctl_put_datapath_name(s, dp);
        ds_put_cstr(s, ", ");
    }
}

/* Returns a key that sorts records by datapath, then by 'name'. */
static char *
make_key(const struct sbrec_datapath_binding *dp, const char *name)
{
    return xasprintf("%s\n%s", smap_get_def(&dp->external_ids, "name", ""),
                     name);
}

static void
print_port_bindings(struct ctl_context *ctx,
                    const struct sbctl_vflow_options *opts)
{
    struct records records = { .n = 0 };
    const struct sbrec_port_binding *pb;

    SBREC_PORT_BINDING_FOR_EACH (pb, ctx->idl) {
        if (wanted(opts, pb->datapath)) {
            struct ds s = DS_EMPTY_INITIALIZER;
            put_datapath(&s, opts, pb->datapath);
            ds_put_format(&s, "logical_port=%s, tunnel_key=%-5"PRId64,
                          pb->logical_port, pb->tunnel_key);
            add_record(&records, &pb->header_,
                       make_key(pb->datapath, pb->logical_port),
                       ds_steal_cstr(&s));
        }
    }
    print_records(ctx, "Port Bindings", &records, opts);
}

static void
print_mac_bindings(struct ctl_context *ctx,
                   const struct sbctl_vflow_options *opts)
{
    struct records records = { .n = 0 };
    const struct sbrec_mac_binding *mb;

    SBREC_MAC_BINDING_FOR_EACH (mb, ctx->idl) {
        if (wanted(opts, mb->datapath)) {
            struct ds s = DS_EMPTY_INITIALIZER;
            put_datapath(&s, opts, mb->datapath);
            ds_put_format(&s, "logical_port=%s, ip=%s, mac=%s",
                          mb->logical_port, mb->ip, mb->mac);
            add_record(&records, &mb->header_,
                       make_key(mb->datapath, mb->logical_port),
                       ds_steal_cstr(&s));
        }
    }
    print_records(ctx, "MAC Bindings", &records, opts);
}

static void
print_multicast_groups(struct ctl_context *ctx,
                       const struct sbctl_vflow_options *opts)
{
    struct records records = { .n = 0 };
    const struct sbrec_multicast_group *mc;

    SBREC_MULTICAST_GROUP_FOR_EACH (mc, ctx->idl) {
        if (wanted(opts, mc->datapath)) {
            struct ds s = DS_EMPTY_INITIALIZER;
            put_datapath(&s, opts, mc->datapath);
            ds_put_format(&s, "name=%s, tunnel_key=%-5"PRId64", ports=(",
                          mc->name, mc->tunnel_key);
            for (size_t i = 0; i < mc->n_ports; i++) {
                ds_put_format(&s, "%s%s", i ? ", " : "",
                              mc->ports[i]->logical_port);
            }
            ds_put_char(&s, ')');
            add_record(&records, &mc->header_,
                       make_key(mc->datapath, mc->name), ds_steal_cstr(&s));
        }
    }
    print_records(ctx, "MC Groups", &records, opts);
}

static void
print_chassis(struct ctl_context *ctx, const struct sbctl_vflow_options *opts)
{
    struct records records = { .n = 0 };
    const struct sbrec_chassis *chassis;

    SBREC_CHASSIS_FOR_EACH (chassis, ctx->idl) {
        add_record(&records, &chassis->header_, xstrdup(chassis->name),
                   xasprintf("name=%s", chassis->name));
    }
    print_records(ctx, "Chassis", &records, opts);
}

/* The datapaths of a load balancer: its own, and those of three groups. */
struct lb_datapaths {
    const struct sbrec_datapath_binding *const *dps;
    size_t n;
};
enum { N_LB_DATAPATHS = 4 };

static void
get_lb_datapaths(const struct sbrec_load_balancer *lb,
                 struct lb_datapaths dps[N_LB_DATAPATHS])
{
    const struct sbrec_logical_dp_group *const groups[] = {
        lb->datapath_group, lb->ls_datapath_group, lb->lr_datapath_group
    };

    dps[0] = (struct lb_datapaths) {
        .dps = (const struct sbrec_datapath_binding *const *) lb->datapaths,
        .n = lb->n_datapaths
    };
    for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
        const struct sbrec_logical_dp_group *g = groups[i];
        dps[i + 1] = (struct lb_datapaths) {
            .dps = g ? (const struct sbrec_datapath_binding *const *)
                       g->datapaths : NULL,
            .n = g ? g->n_datapaths : 0
        };
    }
}

/* Appends the datapaths of 'lb' to 's' and returns whether one of them is to
 * be listed. */
static bool
put_lb_datapaths(const struct sbrec_load_balancer *lb,
                 const struct sbctl_vflow_options *opts, struct ds *s)
{
    struct lb_datapaths dps[N_LB_DATAPATHS];
    bool any = !opts->datapath;

    get_lb_datapaths(lb, dps);
    for (size_t i = 0; i < N_LB_DATAPATHS; i++) {
        for (size_t j = 0; j < dps[i].n; j++) {
            any = any || wanted(opts, dps[i].dps[j]);
            put_datapath(s, opts, dps[i].dps[j]);
        }
    }
    return any;
}

static void
print_load_balancers(struct ctl_context *ctx,
                     const struct sbctl_vflow_options *opts)
{
    struct records records = { .n = 0 };
    const struct sbrec_load_balancer *lb;

    SBREC_LOAD_BALANCER_FOR_EACH (lb, ctx->idl) {
        struct ds s = DS_EMPTY_INITIALIZER;
        ds_put_format(&s, "name=\"%s\", protocol=\"%s\", ",
                      lb->name, lb->protocol ? lb->protocol : "");
        if (!put_lb_datapaths(lb, opts, &s)) {
            ds_destroy(&s);
            continue;
        }

        const struct smap_node **vips = smap_sort(&lb->vips);
        ds_put_cstr(&s, "\n  vips:\n");
        for (size_t i = 0; i < smap_count(&lb->vips); i++) {
            ds_put_format(&s, "    %s = %s\n", vips[i]->key, vips[i]->value);
        }
        free(vips);
        add_record(&records, &lb->header_, xstrdup(lb->name),
                   ds_steal_cstr(&s));
    }
    print_records(ctx, "Load Balancers", &records, opts);
}

/* Prints the records that 'opts' says. */
void
sbctl_print_vflows(struct ctl_context *ctx,
                   const struct sbctl_vflow_options *opts)
{
    print_port_bindings(ctx, opts);
    print_mac_bindings(ctx, opts);
    print_multicast_groups(ctx, opts);
    print_chassis(ctx, opts);
    print_load_balancers(ctx, opts);
}
