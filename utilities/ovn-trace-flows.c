/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Logical flows; see ovn-trace-db.h for the contract.
 *
 * A row of Logical_Flow holds for one datapath, or for a group of them, and
 * the groups are shared by many rows.  So the flows are kept by what they name
 * (a "flow set"), once, sorted; a datapath has a list of the sets that concern
 * it, and a lookup takes the best of what it finds in each. */

#include <config.h>

#include "utilities/ovn-trace-db.h"

#include <stdlib.h>
#include <string.h>

#include "lib/lex.h"
#include "lib/logical.h"
#include "openvswitch/vlog.h"
#include "ovsdb/ovn-sb-idl.h"
#include "smap.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(trace_flows);

/* The flows that name one datapath, or one group. */
struct trace_flow_set {
    struct hmap_node hmap_node; /* In trace_db, by UUID. */
    struct uuid uuid;           /* Of the datapath or group. */
    struct trace_flow *flows;   /* Sorted by compare_flows(). */
    size_t n, allocated;
};

static bool
is_ingress(const struct trace_flow *flow)
{
    return flow->sb->pipeline[0] == 'i';
}

/* Orders by pipeline, table, falling priority. */
static int
compare_flows(const void *a_, const void *b_)
{
    const struct trace_flow *a = a_;
    const struct trace_flow *b = b_;

    if (is_ingress(a) != is_ingress(b)) {
        return is_ingress(a) ? -1 : 1;
    } else if (a->sb->table_id != b->sb->table_id) {
        return a->sb->table_id < b->sb->table_id ? -1 : 1;
    } else if (a->sb->priority != b->sb->priority) {
        return a->sb->priority > b->sb->priority ? -1 : 1;
    }
    return uuid_compare_3way(&a->sb->header_.uuid, &b->sb->header_.uuid);
}

/* Creating. */

static struct trace_flow_set *
find_flow_set(const struct trace_db *db, const struct uuid *uuid)
{
    struct trace_flow_set *set;

    HMAP_FOR_EACH_WITH_HASH (set, hmap_node, uuid_hash(uuid),
                             &db->flow_sets) {
        if (uuid_equals(&set->uuid, uuid)) {
            return set;
        }
    }
    return NULL;
}

static void
add_set_to_datapath(struct trace_db *db, struct trace_flow_set *set,
                    const struct sbrec_datapath_binding *sb)
{
    struct trace_datapath *dp = CONST_CAST(
        struct trace_datapath *, trace_datapath_from_row(db, sb));

    if (!dp) {
        return;
    }
    if (dp->n_flow_sets >= dp->allocated_flow_sets) {
        dp->flow_sets = x2nrealloc(dp->flow_sets, &dp->allocated_flow_sets,
                                   sizeof *dp->flow_sets);
    }
    dp->flow_sets[dp->n_flow_sets++] = set;
}

static struct trace_flow_set *
new_flow_set(struct trace_db *db, const struct uuid *uuid)
{
    struct trace_flow_set *set = xzalloc(sizeof *set);

    set->uuid = *uuid;
    hmap_insert(&db->flow_sets, &set->hmap_node, uuid_hash(uuid));
    return set;
}

static struct trace_flow_set *
set_of_datapath(struct trace_db *db, const struct sbrec_datapath_binding *sb)
{
    struct trace_flow_set *set = find_flow_set(db, &sb->header_.uuid);

    if (!set) {
        set = new_flow_set(db, &sb->header_.uuid);
        add_set_to_datapath(db, set, sb);
    }
    return set;
}

static struct trace_flow_set *
set_of_group(struct trace_db *db, const struct sbrec_logical_dp_group *group)
{
    struct trace_flow_set *set = find_flow_set(db, &group->header_.uuid);

    if (!set) {
        set = new_flow_set(db, &group->header_.uuid);
        for (size_t i = 0; i < group->n_datapaths; i++) {
            add_set_to_datapath(db, set, group->datapaths[i]);
        }
    }
    return set;
}

static void
add_flow(struct trace_flow_set *set, const struct sbrec_logical_flow *sb)
{
    if (set->n >= set->allocated) {
        set->flows = x2nrealloc(set->flows, &set->allocated,
                                sizeof *set->flows);
    }
    set->flows[set->n++] = (struct trace_flow) { .sb = sb };
}

void
trace_flows_create(struct trace_db *db)
{
    const struct sbrec_logical_flow *sb;
    struct trace_flow_set *set;

    hmap_init(&db->flow_sets);
    db->n_tables = LOG_PIPELINE_LEN;
    SBREC_LOGICAL_FLOW_FOR_EACH (sb, db->idl) {
        if (sb->logical_datapath) {
            add_flow(set_of_datapath(db, sb->logical_datapath), sb);
        }
        if (sb->logical_dp_group) {
            add_flow(set_of_group(db, sb->logical_dp_group), sb);
        }
        db->n_tables = MAX(db->n_tables, sb->table_id + 1);
    }
    HMAP_FOR_EACH (set, hmap_node, &db->flow_sets) {
        qsort(set->flows, set->n, sizeof *set->flows, compare_flows);
    }
}

/* Frees what 'flow' points to. */
static void
uninit_flow(struct trace_flow *flow)
{
    struct trace_flow *variant;

    while ((variant = flow->variants)) {
        flow->variants = variant->next;
        uninit_flow(variant);
        free(variant);
    }
    expr_destroy(flow->match);
    expr_destroy(flow->prereqs);
    if (flow->actions_parsed) {
        actions_free(&flow->actions);
        ofpbuf_uninit(&flow->actions);
    }
}

void
trace_flows_destroy(struct trace_db *db)
{
    struct trace_flow_set *set;

    HMAP_FOR_EACH_POP (set, hmap_node, &db->flow_sets) {
        for (size_t i = 0; i < set->n; i++) {
            uninit_flow(&set->flows[i]);
        }
        free(set->flows);
        free(set);
    }
    hmap_destroy(&db->flow_sets);
}

/* Template variables: what a flow is on a chassis. */

/* Returns the variant of 'flow' on 'chassis', or 'flow' if it is the same
 * everywhere. */
static struct trace_flow *
find_variant(struct trace_flow *flow, const struct sbrec_chassis *chassis)
{
    struct trace_flow *variant;

    if (!strchr(flow->sb->match, '^') && !strchr(flow->sb->actions, '^')) {
        return flow;
    }
    for (variant = flow->variants; variant; variant = variant->next) {
        if (variant->chassis == chassis) {
            return variant;
        }
    }
    variant = xmalloc(sizeof *variant);
    *variant = (struct trace_flow) {
        .sb = flow->sb, .chassis = chassis, .next = flow->variants
    };
    flow->variants = variant;
    return variant;
}

/* What parsing 'flow' needs to know. */
struct flow_place {
    const struct trace_db *db;
    const struct trace_flow *flow;
};

/* Returns the value of template variable 'name' where 'place' is, or NULL. */
static const char *
lookup_variable(void *place_, const char *name)
{
    const struct flow_place *place = place_;
    const struct sbrec_chassis *chassis = place->flow->chassis;
    const struct sbrec_chassis_template_var *row;

    SBREC_CHASSIS_TEMPLATE_VAR_FOR_EACH (row, place->db->idl) {
        if (chassis && !strcmp(row->chassis, chassis->name)) {
            return smap_get(&row->variables, name);
        }
    }
    return NULL;
}

/* Returns 'text' with the values of variables in it.  The caller must free
 * it. */
static char *
expand(const struct trace_db *db, const struct trace_flow *flow,
       const char *text)
{
    struct flow_place place = { db, flow };
    char *expanded = lex_expand_templates(text, lookup_variable, &place);

    return expanded ? expanded : xstrdup(text);
}

/* Parsing. */

/* Reports that 'flow' cannot be compiled; frees 'error'. */
static void
report_bad_flow(struct trace_flow *flow, const char *what, char *error)
{
    VLOG_WARN("logical flow "UUID_FMT": %s: %s",
              UUID_ARGS(&flow->sb->header_.uuid), what, error);
    free(error);
    flow->bad = true;
}

static void
parse_match(const struct trace_db *db, struct trace_flow *flow)
{
    char *text = expand(db, flow, flow->sb->match);
    char *error = expr_parse(text, logical_symtab_for_tags(&flow->sb->tags),
                             NULL, &flow->match);

    free(text);
    flow->parsed = true;
    if (error) {
        report_bad_flow(flow, "match", error);
    }
}

static void
parse_actions(const struct trace_db *db, struct trace_flow *flow)
{
    const struct actions_params params = {
        .symtab = logical_symtab_for_tags(&flow->sb->tags),
        .ingress = is_ingress(flow),
        .cur_ltable = flow->sb->table_id,
        .n_tables = db->n_tables,
        .dhcp_opts = &db->dhcp_opts,
        .dhcpv6_opts = &db->dhcpv6_opts,
    };
    struct field_set prereqs = { .bits = { 0 } };
    char *text = expand(db, flow, flow->sb->actions);

    flow->actions_parsed = true;
    ofpbuf_init(&flow->actions, 0);
    char *error = actions_parse(text, &params, &flow->actions, &prereqs);
    if (!error && !field_set_is_empty(&prereqs)) {
        error = expr_parse("1", params.symtab, &prereqs, &flow->prereqs);
    }
    free(text);
    if (error) {
        report_bad_flow(flow, "actions", error);
    }
}

/* Matching. */

/* Whether 'expr' is true for 'packet'. */
static bool
is_true(struct trace_flow *flow, const struct expr *expr,
        const struct expr_env *env, const struct flow *packet)
{
    bool result;
    char *error = expr_evaluate(expr, env, packet, &result);

    if (error) {
        report_bad_flow(flow, "match", error);
    }
    return result;
}

static bool
flow_matches(struct trace_flow *flow, const struct trace_datapath *dp,
             const struct flow *packet)
{
    const struct expr_env env = trace_env(dp);

    if (!flow->parsed) {
        parse_match(dp->db, flow);
    }
    if (flow->bad || !is_true(flow, flow->match, &env, packet)) {
        return false;
    }

    /* What the actions require is part of the match, but matters only now. */
    if (!flow->actions_parsed) {
        parse_actions(dp->db, flow);
    }
    return (!flow->bad && (!flow->prereqs
                           || is_true(flow, flow->prereqs, &env, packet)));
}

/* Whether 'flow' comes before all flows of a table. */
static bool
is_before_table(const struct trace_flow *flow, bool ingress, uint8_t table)
{
    return (is_ingress(flow) != ingress ? is_ingress(flow)
            : flow->sb->table_id < table);
}

static bool
is_in_table(const struct trace_flow *flow, bool ingress, uint8_t table)
{
    return is_ingress(flow) == ingress && flow->sb->table_id == table;
}

/* The index of the first flow in 'set' that is not before a table. */
static size_t
find_table(const struct trace_flow_set *set, bool ingress, uint8_t table)
{
    size_t low = 0, high = set->n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (is_before_table(&set->flows[mid], ingress, table)) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

struct trace_flow *
trace_find_flow(const struct trace_datapath *dp,
                const struct sbrec_chassis *chassis, bool ingress,
                uint8_t table, const struct flow *packet)
{
    struct trace_flow *best = NULL;

    for (size_t i = 0; i < dp->n_flow_sets; i++) {
        struct trace_flow_set *set = dp->flow_sets[i];

        for (size_t j = find_table(set, ingress, table); j < set->n; j++) {
            struct trace_flow *flow = &set->flows[j];

            if (!is_in_table(flow, ingress, table)
                || (best && compare_flows(best, flow) < 0)) {
                break;
            }
            flow = find_variant(flow, chassis);
            if (flow_matches(flow, dp, packet)) {
                best = flow;
                break;
            }
        }
    }
    return best;
}

const char *
trace_stage_name(const struct trace_datapath *dp, bool ingress, uint8_t table)
{
    for (size_t i = 0; i < dp->n_flow_sets; i++) {
        const struct trace_flow_set *set = dp->flow_sets[i];
        size_t j = find_table(set, ingress, table);

        if (j < set->n && is_in_table(&set->flows[j], ingress, table)) {
            const char *name = smap_get(&set->flows[j].sb->external_ids,
                                        "stage-name");
            if (name) {
                return name;
            }
        }
    }
    return NULL;
}
