/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-sbctl: logical flows, listed and counted by datapath and pipeline.
 *
 * A logical flow that names a group of datapaths is listed under each of
 * them. */

#include <config.h>

#include "utilities/ovn-sbctl.h"

#include <limits.h>
#include <stdlib.h>

#include "openvswitch/dynamic-string.h"
#include "openvswitch/shash.h"
#include "ovsdb-idl.h"
#include "smap.h"
#include "svec.h"
#include "util.h"
#include "uuid.h"
#include "utilities/ovs-flows.h"

/* Datapaths. */

static void
pre_datapath(struct ctl_context *ctx)
{
    ovsdb_idl_add_column(ctx->idl, &sbrec_datapath_binding_col_external_ids);
    ovsdb_idl_add_column(ctx->idl, &sbrec_datapath_binding_col_nb_uuid);
}

/* Returns the datapath of the Northbound switch or router 'uuid', or null. */
static const struct sbrec_datapath_binding *
find_datapath_by_nb_uuid(struct ctl_context *ctx, const char *id)
{
    const struct sbrec_datapath_binding *dp;
    struct uuid uuid;

    if (uuid_from_string(&uuid, id)) {
        SBREC_DATAPATH_BINDING_FOR_EACH (dp, ctx->idl) {
            if (dp->n_nb_uuid && uuid_equals(&dp->nb_uuid[0], &uuid)) {
                return dp;
            }
        }
    }
    return NULL;
}

/* Finds the datapath whose name, second name, UUID or beginning of one, or
 * Northbound UUID is 'id', and stores it, or null if there is none, in '*dpp'.
 * If 'id' is ambiguous reports an error and returns false. */
bool
sbctl_find_datapath(struct ctl_context *ctx, const char *id,
                    const struct sbrec_datapath_binding **dpp)
{
    const struct ovsdb_idl_row *row;

    *dpp = NULL;
    char *error = ctl_get_row(ctx, &sbrec_table_datapath_binding, id, false,
                              &row);
    if (error) {
        ctl_error(ctx, "%s", error);
        free(error);
        return false;
    }
    *dpp = (row ? CONTAINER_OF(row, struct sbrec_datapath_binding, header_)
            : find_datapath_by_nb_uuid(ctx, id));
    return true;
}

static const char *
datapath_name(const struct sbrec_datapath_binding *dp)
{
    return smap_get_def(&dp->external_ids, "name", "");
}

/* Appends the name of 'dp', quoted, and its second name if it has one. */
void
sbctl_put_datapath_name(struct ds *s, const struct sbrec_datapath_binding *dp)
{
    const char *name = smap_get(&dp->external_ids, "name");
    const char *name2 = smap_get(&dp->external_ids, "name2");

    if (name && name2) {
        ds_put_format(s, "\"%s\" aka \"%s\"", name, name2);
    } else if (name || name2) {
        ds_put_format(s, "\"%s\"", name ? name : name2);
    }
}

/* Appends 'label', the datapath of 'dp' and the name of 'pipeline'. */
static void
put_pipeline(struct ds *s, const char *label,
             const struct sbrec_datapath_binding *dp, const char *pipeline)
{
    ds_put_cstr(s, label);
    size_t start = s->length;
    sbctl_put_datapath_name(s, dp);
    if (s->length > start) {
        ds_put_char(s, ' ');
    }
    ds_put_format(s, "("UUID_FMT")%sPipeline: %s",
                  UUID_ARGS(&dp->header_.uuid),
                  label[0] == 'D' ? "  " : " ", pipeline);
}

/* Collecting. */

/* A logical flow in one of its datapaths. */
struct instance {
    const struct sbrec_logical_flow *lflow;
    const struct sbrec_datapath_binding *dp;
};

struct instances {
    struct instance *all;
    size_t n, allocated;
};

static void
add_instance(struct instances *instances,
             const struct sbrec_logical_flow *lflow,
             const struct sbrec_datapath_binding *dp,
             const struct sbrec_datapath_binding *only)
{
    if (only && dp != only) {
        return;
    }
    if (instances->n >= instances->allocated) {
        instances->all = x2nrealloc(instances->all, &instances->allocated,
                                    sizeof *instances->all);
    }
    instances->all[instances->n++]
        = (struct instance) { .lflow = lflow, .dp = dp };
}

static bool
is_egress(const struct sbrec_logical_flow *lflow)
{
    return lflow->pipeline[0] == 'e';
}

static int
compare_datapaths(const struct sbrec_datapath_binding *a,
                  const struct sbrec_datapath_binding *b)
{
    if (a == b) {
        return 0;
    }
    int cmp = strcmp(datapath_name(a), datapath_name(b));
    return cmp ? cmp : uuid_compare_3way(&a->header_.uuid, &b->header_.uuid);
}

static int
compare_instances(const void *a_, const void *b_)
{
    const struct instance *ai = a_;
    const struct instance *bi = b_;
    const struct sbrec_logical_flow *a = ai->lflow;
    const struct sbrec_logical_flow *b = bi->lflow;

    int cmp = compare_datapaths(ai->dp, bi->dp);
    if (cmp) {
        return cmp;
    }
    if (is_egress(a) != is_egress(b)) {
        return is_egress(a) ? 1 : -1;
    }
    if (a->table_id != b->table_id) {
        return a->table_id < b->table_id ? -1 : 1;
    }
    if (a->priority != b->priority) {
        return a->priority > b->priority ? -1 : 1;
    }
    cmp = strcmp(a->match, b->match);
    return cmp ? cmp : strcmp(a->actions, b->actions);
}

/* Does 'lflow''s UUID begin with one of 'prefixes'?  True if there is
 * none. */
static bool
match_prefixes(const struct sbrec_logical_flow *lflow,
               const struct svec *prefixes)
{
    for (size_t i = 0; i < prefixes->n; i++) {
        if (uuid_is_partial_match(&lflow->header_.uuid, prefixes->names[i])) {
            return true;
        }
    }
    return !prefixes->n;
}

/* Collects, sorted, all logical flows that begin with one of 'prefixes', in
 * datapath 'only' or if that is null in all. */
static void
collect(struct ctl_context *ctx, const struct sbrec_datapath_binding *only,
        const struct svec *prefixes, struct instances *instances)
{
    const struct sbrec_logical_flow *lflow;

    *instances = (struct instances) { .all = NULL };
    SBREC_LOGICAL_FLOW_FOR_EACH (lflow, ctx->idl) {
        if (!match_prefixes(lflow, prefixes)) {
            continue;
        }
        if (lflow->logical_datapath) {
            add_instance(instances, lflow, lflow->logical_datapath, only);
        }
        const struct sbrec_logical_dp_group *group = lflow->logical_dp_group;
        for (size_t i = 0; group && i < group->n_datapaths; i++) {
            add_instance(instances, lflow, group->datapaths[i], only);
        }
    }
    if (instances->n) {
        qsort(instances->all, instances->n, sizeof *instances->all,
              compare_instances);
    }
}

/* Is the 'i'th of 'instances' the first of its datapath and pipeline? */
static bool
starts_pipeline(const struct instances *instances, size_t i)
{
    const struct instance *all = instances->all;

    return (!i
            || all[i].dp != all[i - 1].dp
            || is_egress(all[i].lflow) != is_egress(all[i - 1].lflow));
}

static const char *
stage_name(const struct sbrec_logical_flow *lflow)
{
    return smap_get_def(&lflow->external_ids, "stage-name", "");
}

static void
put_table(struct ds *s, const struct sbrec_logical_flow *lflow)
{
    ds_put_format(s, "table=%-2"PRId64"(%-19s)",
                  lflow->table_id, stage_name(lflow));
}

/* lflow-list. */

static void
pre_lflow_list(struct ctl_context *ctx)
{
    static const struct ovsdb_idl_column *const columns[] = {
        &sbrec_logical_flow_col_logical_datapath,
        &sbrec_logical_flow_col_logical_dp_group,
        &sbrec_logical_flow_col_pipeline,
        &sbrec_logical_flow_col_table_id,
        &sbrec_logical_flow_col_priority,
        &sbrec_logical_flow_col_match,
        &sbrec_logical_flow_col_actions,
        &sbrec_logical_flow_col_external_ids,
        &sbrec_logical_dp_group_col_datapaths,
    };

    pre_datapath(ctx);
    for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
        ovsdb_idl_add_column(ctx->idl, columns[i]);
    }
    if (shash_find(&ctx->options, "--vflows")) {
        sbctl_pre_vflows(ctx);
    }
}

/* Adds the arguments from the 'i'th on, which must be beginnings of UUIDs, to
 * 'prefixes'.  One after "0x" may be a flow's cookie: the first 8 digits, less
 * the zeros in front. */
static bool
parse_prefixes(struct ctl_context *ctx, int i, struct svec *prefixes)
{
    for (; i < ctx->argc; i++) {
        const char *s = ctx->argv[i];
        bool is_hex = !strncasecmp(s, "0x", 2);

        s += is_hex ? 2 : 0;
        if (!s[0] || !uuid_is_partial_string(s)) {
            ctl_error(ctx, "%s is not a UUID or the beginning of a UUID", s);
            return false;
        }
        svec_add(prefixes, s);
        if (is_hex && strlen(s) < 8) {
            int n_zeros = 8 - strlen(s);

            svec_add_nocopy(prefixes, xasprintf("%0*d%s", n_zeros, 0, s));
        }
    }
    return true;
}

static void
print_lflow(const struct sbrec_logical_flow *lflow,
            const struct sbctl_vflow_options *opts, struct ds *s)
{
    ds_put_cstr(s, "  ");
    if (opts->uuid) {
        ds_put_format(s, "uuid=0x%08"PRIx32", ", lflow->header_.uuid.parts[0]);
    }
    put_table(s, lflow);
    ds_put_format(s, ", priority=%-5"PRId64", match=(%s), action=(%s)\n",
                  lflow->priority, lflow->match, lflow->actions);
    ovs_flows_print(opts->ovs, &lflow->header_.uuid, opts->stats, s);
}

static void
cmd_lflow_list(struct ctl_context *ctx)
{
    struct sbctl_vflow_options opts = {
        .uuid = shash_find(&ctx->options, "--uuid"),
        .stats = shash_find(&ctx->options, "--stats"),
    };
    int first = 1;

    if (ctx->argc > 1) {
        if (!sbctl_find_datapath(ctx, ctx->argv[1], &opts.datapath)) {
            return;
        }
        first += opts.datapath != NULL;
    }
    struct svec prefixes = SVEC_EMPTY_INITIALIZER;
    if (!parse_prefixes(ctx, first, &prefixes)) {
        svec_destroy(&prefixes);
        return;
    }

    struct shash_node *ovs = shash_find(&ctx->options, "--ovs");
    if (ovs) {
        opts.ovs = ovs_flows_open(ovs->data);
    }

    struct instances instances;
    collect(ctx, opts.datapath, &prefixes, &instances);
    svec_destroy(&prefixes);
    for (size_t i = 0; i < instances.n; i++) {
        const struct instance *instance = &instances.all[i];
        if (starts_pipeline(&instances, i)) {
            put_pipeline(&ctx->output, "Datapath: ", instance->dp,
                         instance->lflow->pipeline);
            ds_put_char(&ctx->output, '\n');
        }
        print_lflow(instance->lflow, &opts, &ctx->output);
    }
    free(instances.all);

    if (shash_find(&ctx->options, "--vflows")) {
        sbctl_print_vflows(ctx, &opts);
    }
    ovs_flows_close(opts.ovs);
}

/* count-flows. */

static void
put_pipeline_total(struct ds *s, const struct instance *instance, size_t n)
{
    put_pipeline(s, "Total number of logical flows in the datapath ",
                 instance->dp, instance->lflow->pipeline);
    ds_put_format(s, " = %"PRIuSIZE"\n\n", n);
}

static void
cmd_count_flows(struct ctl_context *ctx)
{
    const struct sbrec_datapath_binding *only = NULL;

    if (ctx->argc > 1) {
        if (!sbctl_find_datapath(ctx, ctx->argv[1], &only)) {
            return;
        }
        if (!only) {
            ctl_error(ctx, "%s: datapath not found", ctx->argv[1]);
            return;
        }
    }

    struct instances instances;
    collect(ctx, only, &(struct svec) SVEC_EMPTY_INITIALIZER, &instances);
    size_t n_table = 0, n_pipeline = 0;
    for (size_t i = 0; i < instances.n; i++) {
        const struct instance *instance = &instances.all[i];
        const struct sbrec_logical_flow *lflow = instance->lflow;

        if (starts_pipeline(&instances, i)) {
            put_pipeline(&ctx->output, "Datapath: ", instance->dp,
                         lflow->pipeline);
            ds_put_char(&ctx->output, '\n');
            n_pipeline = 0;
        }
        n_table++;
        n_pipeline++;

        bool last = (i + 1 >= instances.n
                     || starts_pipeline(&instances, i + 1));
        if (last || instances.all[i + 1].lflow->table_id != lflow->table_id) {
            ds_put_cstr(&ctx->output, "  ");
            put_table(&ctx->output, lflow);
            ds_put_format(&ctx->output, " lflows=%"PRIuSIZE"\n", n_table);
            n_table = 0;
        }
        if (last) {
            put_pipeline_total(&ctx->output, instance, n_pipeline);
        }
    }
    ds_put_format(&ctx->output, "Total number of logical flows = %"PRIuSIZE
                  "\n", instances.n);
    free(instances.all);
}

/* ip-multicast-flush. */

static void
pre_ip_multicast_flush(struct ctl_context *ctx)
{
    pre_datapath(ctx);
    ovsdb_idl_add_column(ctx->idl, &sbrec_ip_multicast_col_datapath);
    ovsdb_idl_add_column(ctx->idl, &sbrec_ip_multicast_col_seq_no);
}

static void
cmd_ip_multicast_flush(struct ctl_context *ctx)
{
    const struct sbrec_datapath_binding *only = NULL;

    if (ctx->argc > 1) {
        if (!sbctl_find_datapath(ctx, ctx->argv[1], &only)) {
            return;
        }
        if (!only) {
            ctl_error(ctx, "%s is not a valid datapath", ctx->argv[1]);
            return;
        }
    }

    const struct sbrec_ip_multicast *mcast;
    SBREC_IP_MULTICAST_FOR_EACH (mcast, ctx->idl) {
        if (!only || mcast->datapath == only) {
            sbrec_ip_multicast_set_seq_no(mcast, mcast->seq_no + 1);
        }
    }
}

static const struct dbctl_command commands[] = {
    {{"lflow-list", 0, INT_MAX, "[DATAPATH] [LFLOW...]", pre_lflow_list,
      cmd_lflow_list, NULL, "--uuid,--ovs?,--stats,--vflows?", RO},
     "list logical flows for DATAPATH"},
    {{"dump-flows", 0, INT_MAX, "[DATAPATH] [LFLOW...]", pre_lflow_list,
      cmd_lflow_list, NULL, "--uuid,--ovs?,--stats,--vflows?", RO},
     "alias for lflow-list"},
    {{"count-flows", 0, 1, "[DATAPATH]", pre_lflow_list, cmd_count_flows,
      NULL, "", RO}, "count logical flows for DATAPATH"},
    {{"ip-multicast-flush", 0, 1, "[SWITCH]", pre_ip_multicast_flush,
      cmd_ip_multicast_flush, NULL, "", RW},
     "forget the IP multicast groups learned on SWITCH"},
    {{NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO}, NULL}
};

const struct dbctl_topic sbctl_lflow_topic = {
    "Logical flow commands", commands
};
