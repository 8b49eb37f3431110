/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Instantiates logical flows; see lflow.h for how. */

#include <config.h>

#include "controller/lflow.h"

#include <stdlib.h>

#include "byte-order.h"
#include "controller/flows.h"
#include "controller/groups.h"
#include "controller/lflow-private.h"
#include "controller/local.h"
#include "controller/template.h"
#include "controller/wire.h"
#include "lib/actions.h"
#include "lib/logical.h"
#include "lib/u128.h"
#include "openvswitch/meta-flow.h"
#include "ovsdb/sb-inc.h"
#include "smap.h"
#include "util.h"
#include "uuid.h"

/* Does the flow's scope include the datapath?  A datapath without a workload
 * port here needs only flows that any packet can meet. */
static bool
in_scope(struct inc_cx *cx, struct inc_ref row, const struct local_dp *dp)
{
    return !dp->indirect || !smap_get(sb_lflow_tags(cx, row), "scope");
}

/* Sets '*term' to: the whole of field 'id' is 'value'. */
static void
put_term(struct expr_term *term, enum mf_field_id id, uint32_t value)
{
    *term = (struct expr_term) {
        .key = id,
        .value = u128_from_u64(value),
        .mask = u128_ones(mf_from_id(id)->n_bits),
    };
}

struct expr_term *
lflow_terms(struct inc_cx *cx, uint32_t dp_key, const struct expr_term *terms,
            size_t *n)
{
    struct expr_term *copy = inc_alloc(cx, (*n + 2) * sizeof *copy);

    if (*n) {
        memcpy(copy, terms, *n * sizeof *copy);
    }
    put_term(&copy[(*n)++], MFF_METADATA, dp_key);
    return copy;
}

/* Emits the OpenFlow flow for 'matches->matches[i]'. */
static void
emit_match(struct inc_cx *cx, const struct lflow_instance *in,
           const struct expr_matches *matches, size_t i,
           const struct ofpbuf *content)
{
    const struct expr_match *m = &matches->matches[i];
    uint32_t conj_base = (m->n_conjs || m->conj_id >= 0
                          ? lflow_first_conj_id(cx, in->row) : 0);
    size_t n;
    const struct expr_term *matched = expr_match_terms(matches, i, &n);
    struct expr_term *terms = lflow_terms(cx, in->dp->key, matched, &n);

    if (m->conj_id >= 0) {
        put_term(&terms[n++], MFF_CONJ_ID, conj_base + m->conj_id);
    }
    if (!m->n_conjs) {
        flow_emit_terms(cx, in->oftable, in->priority, terms, n, content);
        return;
    }

    for (size_t j = 0; j < m->n_conjs; j++) {
        struct expr_conj conj = m->conjs[j];

        conj.id += conj_base;
        flow_emit_conj(cx, in->oftable, in->priority, terms, n, &conj);
    }
}

char *
lflow_encode(struct lflow_instance *in, struct ofpbuf *content)
{
    struct inc_cx *cx = in->env.cx;
    uint32_t cookie = inc_uuid(cx, in->row)->parts[0];
    const struct actions_encode_params params = {
        .lookup_port = lflow_lookup_port,
        .is_chassis_resident = lflow_is_resident,
        .tunnel_ofport = lflow_tunnel_ofport,
        .group_id = lflow_group_id,
        .meter_id = lflow_meter_id,
        .named_meter_id = lflow_named_meter_id,
        .has_feature = lflow_has_feature,
        .aux = &in->env,
        .is_switch = in->dp->is_switch,
        .ingress = lflow_is_ingress(cx, in->row),
        .cur_ltable = sb_lflow_table_id(cx, in->row),
        .n_tables = LOG_PIPELINE_LEN,
        .common_nat_ct_zone_mf = (in->dp->wants_snat_zone ? MFF_LOG_SNAT_ZONE
                                  : MFF_LOG_DNAT_ZONE),
        .dp_key = in->dp->key,
        .lflow_cookie = cookie,
        .controller_meter = sb_lflow_controller_meter(cx, in->row),
    };
    uint64_t stub[1024 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);
    char *error = actions_encode(&in->lflow->ovnacts, &params, &ofpacts);

    if (!error) {
        wire_put_content(content, htonll(cookie), ofpacts.data, ofpacts.size);
    }
    ofpbuf_uninit(&ofpacts);
    return error;
}

/* Claims a warning about logical flow 'row', and frees 'error'. */
static void
warn_about(struct inc_cx *cx, struct inc_ref row, char *error)
{
    inc_warn(cx, "logical flow "UUID_FMT": %s",
             UUID_ARGS(inc_uuid(cx, row)), error);
    free(error);
}

/* Says what is wrong with logical flow 'row', which cannot be parsed.  (The
 * same warning from several datapaths is one warning.) */
static void
warn_unparsable(struct inc_cx *cx, struct inc_ref row)
{
    char *error = lflow_parse_error(cx, row);

    if (error) {
        warn_about(cx, row, error);
    }
}

bool
lflow_instance_init(struct lflow_instance *in, struct inc_cx *cx,
                    struct inc_ref dp_row, struct inc_ref row, bool claims)
{
    const struct lflow_value *value = inc_fact(cx, &lflow_fact, row);

    *in = (struct lflow_instance) {
        .row = row,
        .dp_row = dp_row,
        .lflow = value->lflow,
        .dp = inc_value(cx, dp_row),
    };
    if (!in->dp || !in_scope(cx, row, in->dp) || !in->lflow) {
        return false;
    }
    in->oftable = ((lflow_is_ingress(cx, row)
                    ? OFTABLE_LOG_INGRESS : OFTABLE_LOG_EGRESS)
                   + sb_lflow_table_id(cx, row));
    in->priority = sb_lflow_priority(cx, row);
    in->env = (struct lflow_env) {
        .cx = cx,
        .dp = inc_key(cx, dp_row),
        .dp_key = in->dp->key,
        .lflow = inc_uuid(cx, row),
        .local_field = (lflow_is_ingress(cx, row)
                        ? MFF_LOG_INPORT : MFF_LOG_OUTPORT),
        .claims = claims,
    };
    in->expr_env = (struct expr_env) {
        .lookup_port = lflow_lookup_port,
        .is_possible = lflow_is_possible,
        .is_chassis_resident = lflow_is_resident,
        .address_set = lflow_address_set,
        .port_group = lflow_port_group,
        .is_open = lflow_is_open,
        .aux = &in->env,
    };
    return true;
}

/* As lflow_encode(), but claims a warning and returns false if there is an
 * error. */
static bool
encode_or_warn(struct inc_cx *cx, struct lflow_instance *in,
               struct ofpbuf *content)
{
    char *error = lflow_encode(in, content);

    if (error) {
        warn_about(cx, in->row, error);
    }
    return !error;
}

/* Emits the flows of 'in', without those of members of large sets. */
static void
emit_flows(struct inc_cx *cx, struct lflow_instance *in)
{
    uint64_t stub[1024 / 8];
    struct ofpbuf content = OFPBUF_STUB_INITIALIZER(stub);
    struct expr_matches matches;
    char *error = expr_to_matches(in->lflow->expr, &in->expr_env, &matches);

    if (error) {
        warn_about(cx, in->row, error);
        return;
    }
    if (matches.n && encode_or_warn(cx, in, &content)) {
        for (size_t i = 0; i < matches.n; i++) {
            emit_match(cx, in, &matches, i, &content);
        }
    }
    ofpbuf_uninit(&content);
    expr_matches_destroy(&matches);
}

/* Claims what the actions of 'in' need, which is looked for, and not claimed,
 * for flows of members of large sets. */
static void
claim_actions(struct inc_cx *cx, struct lflow_instance *in)
{
    uint64_t stub[1024 / 8];
    struct ofpbuf content = OFPBUF_STUB_INITIALIZER(stub);

    encode_or_warn(cx, in, &content);
    ofpbuf_uninit(&content);
}

/* Emits the flows of logical flow 'row' in the datapath 'dp_row', a row of
 * local_dp_table.  If it has large sets, open_lflow() will do that. */
static void
instantiate(struct inc_cx *cx, struct inc_ref dp_row, struct inc_ref row)
{
    struct lflow_instance in;

    if (!lflow_instance_init(&in, cx, dp_row, row, true)) {
        if (in.dp && !in.lflow && in_scope(cx, row, in.dp)) {
            warn_unparsable(cx, row);
        }
    } else if (lflow_use_large_sets(cx, &in)) {
        claim_actions(cx, &in);
    } else {
        emit_flows(cx, &in);
    }
}

/* Unit over lflow_open_table. */
static void
open_lflow(struct inc_cx *cx, struct inc_ref open)
{
    const struct lflow_pair *pair = inc_value(cx, open);
    struct lflow_instance in;

    if (lflow_instance_init(&in, cx, pair->dp, pair->lflow, true)) {
        in.env.sets_known = true;
        emit_flows(cx, &in);
    }
}

/* The pairs of a local datapath and a logical flow. */

static void
local_dp_keys(struct inc_cx *cx, struct inc_ref dp, struct inc_keys *keys)
{
    inc_key_add(keys, inc_key(cx, dp), sizeof(struct uuid));
}

/* Adds the UUID of 'row', unless it is INC_NONE, to 'keys'. */
static void
add_uuid_key(struct inc_cx *cx, struct inc_ref row, struct inc_keys *keys)
{
    if (row.id) {
        inc_key_add(keys, inc_uuid(cx, row), sizeof(struct uuid));
    }
}

static void
lflow_dp_keys(struct inc_cx *cx, struct inc_ref row, struct inc_keys *keys)
{
    add_uuid_key(cx, sb_lflow_logical_datapath(cx, row), keys);
}

static void
lflow_group_keys(struct inc_cx *cx, struct inc_ref row,
                 struct inc_keys *keys)
{
    add_uuid_key(cx, sb_lflow_logical_dp_group(cx, row), keys);
}

static void
group_member_keys(struct inc_cx *cx, struct inc_ref group,
                  struct inc_keys *keys)
{
    size_t n;
    const struct inc_ref *dps = sb_dpg_datapaths(cx, group, &n);

    for (size_t i = 0; i < n; i++) {
        add_uuid_key(cx, dps[i], keys);
    }
}

/* Keys of a (local datapath, group) pair: the group. */
static void
local_group_keys(struct inc_cx *cx, struct inc_ref pair,
                 struct inc_keys *keys)
{
    add_uuid_key(cx, inc_right(cx, pair), keys);
}

static struct inc_index local_dp_by_dp = {
    .name = "local_dp_by_dp",
    .table = &local_dp_table,
    .keys = local_dp_keys,
};
static struct inc_index local_dp_by_member = {
    .name = "local_dp_by_member",
    .table = &local_dp_table,
    .keys = local_dp_keys,
};
static struct inc_index lflow_by_dp = {
    .name = "lflow_by_dp",
    .table = &sb_lflow_table,
    .keys = lflow_dp_keys,
};
static struct inc_index lflow_by_group = {
    .name = "lflow_by_group",
    .table = &sb_lflow_table,
    .keys = lflow_group_keys,
};
static struct inc_index group_by_member = {
    .name = "group_by_member",
    .table = &sb_dpg_table,
    .keys = group_member_keys,
};

/* Local datapaths and the flows that name them. */
static struct inc_table dp_lflow_table = {
    .name = "dp_lflow",
    .kind = INC_JOIN,
    .left = &local_dp_by_dp,
    .right = &lflow_by_dp,
};

/* Local datapaths and the groups that they are in ... */
static struct inc_table dp_group_table = {
    .name = "dp_group",
    .kind = INC_JOIN,
    .left = &local_dp_by_member,
    .right = &group_by_member,
};

static struct inc_index dp_group_by_group = {
    .name = "dp_group_by_group",
    .table = &dp_group_table,
    .keys = local_group_keys,
};

/* ... and with these the flows that name the groups. */
static struct inc_table dp_group_lflow_table = {
    .name = "dp_group_lflow",
    .kind = INC_JOIN,
    .left = &dp_group_by_group,
    .right = &lflow_by_group,
};

static void
dp_lflow(struct inc_cx *cx, struct inc_ref pair)
{
    instantiate(cx, inc_left(cx, pair), inc_right(cx, pair));
}

static void
dp_group_lflow(struct inc_cx *cx, struct inc_ref pair)
{
    instantiate(cx, inc_left(cx, inc_left(cx, pair)), inc_right(cx, pair));
}

static struct inc_family dp_lflow_unit = {
    .name = "dp_lflow",
    .over = &dp_lflow_table,
    .uses = INC_USES(&lflow_fact, &lflow_options_fact, &place_fact, &vif_fact,
                     LFLOW_SET_FACTS, &template_value_fact),
    .reads = INC_READS(&local_dp_table, &lflow_conj_table,
                       &template_var_table),
    .emits = INC_EMITS(&flows_output, &groups_output, &meters_output,
                       LFLOW_SET_OUTPUTS),
    .unit = dp_lflow,
};

static struct inc_family dp_group_lflow_unit = {
    .name = "dp_group_lflow",
    .over = &dp_group_lflow_table,
    .uses = INC_USES(&lflow_fact, &lflow_options_fact, &place_fact, &vif_fact,
                     LFLOW_SET_FACTS, &template_value_fact),
    .reads = INC_READS(&local_dp_table, &dp_group_table, &lflow_conj_table,
                       &template_var_table),
    .emits = INC_EMITS(&flows_output, &groups_output, &meters_output,
                       LFLOW_SET_OUTPUTS),
    .unit = dp_group_lflow,
};

static struct inc_family open_lflow_unit = {
    .name = "open_lflow",
    .over = &lflow_open_table,
    .uses = INC_USES(&lflow_fact, &place_fact, &vif_fact, LFLOW_SET_FACTS,
                     &lflow_populated_fact),
    .reads = INC_READS(&local_dp_table, &lflow_conj_table,
                       &lflow_large_set_table),
    .emits = INC_EMITS(&flows_output, &groups_output, &meters_output),
    .unit = open_lflow,
};

void
lflow_add(struct inc *inc)
{
    lflow_parse_add(inc);
    lflow_sets_add(inc);
    inc_add_family(inc, &dp_lflow_unit);
    inc_add_family(inc, &dp_group_lflow_unit);
    inc_add_family(inc, &open_lflow_unit);
}

size_t
lflow_n_parsed(void)
{
    struct inc_stats stats;

    inc_family_stats(&lflow_fact, &stats);
    return stats.n;
}

void
lflow_destroy(void)
{
    lflow_parse_destroy();
}
