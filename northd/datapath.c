/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Logical switches as datapaths; see datapath.h. */

#include <config.h>

#include "northd/datapath.h"

#include <stdlib.h>

#include "northd/compile.h"
#include "northd/dpset.h"
#include "northd/keys.h"
#include "northd/sb-rows.h"
#include "ovsdb/nb-inc.h"
#include "ovsdb/sb-inc.h"
#include "smap.h"
#include "util.h"
#include "uuid.h"

/* Rows
 * ==== */

struct inc_rows dp_rows = {
    .name = "Datapath_Binding",
    .table = &sb_dp_table,
    .kind = INC_ROWS_KEYED,
    .columns = (1u << SB_DP_COL_TUNNEL_KEY
                | 1u << SB_DP_COL_TYPE
                | 1u << SB_DP_COL_NB_UUID
                | 1u << SB_DP_COL_EXTERNAL_IDS),
    .row_key = dp_row_key,
};

/* Keys
 * ==== */

/* What a switch asks for: the value of its row in 'dp_key_table'. */
struct dp_want {
    uint32_t requested;         /* 0: any. */
    uint32_t max;
    uint32_t max_requested;
    uint32_t epoch;
};

/* The allocator. */
static struct key_space dp_keys;
static uint32_t dp_keys_epoch;  /* 0: 'dp_keys' is not initialised. */

static void
seed_dp_keys(const struct dp_want *want)
{
    if (dp_keys_epoch) {
        key_space_destroy(&dp_keys);
    }
    dp_keys_epoch = want->epoch;
    key_space_init(&dp_keys, KEY_DP_MIN, want->max, want->max_requested);
    sb_seed_dp_keys(&dp_keys);
}

static void dp_keys_resolve(struct inc *, void *aux,
                            const struct inc_change *, size_t n);

/* A row for each switch.  The key is the UUID of the northbound row. */
static struct inc_table dp_key_table = {
    .name = "dp_key",
    .kind = INC_DERIVED,
    .key_size = sizeof(struct uuid),
    .value_size = sizeof(struct dp_want),
    .attr_size = sizeof(struct key_got),
    .resolve = dp_keys_resolve,
};

static void
dp_key_changed(const struct key_owner *o, void *inc_)
{
    key_got_publish(inc_, &dp_key_table, o);
}

static void
dp_keys_resolve(struct inc *inc, void *aux OVS_UNUSED,
                const struct inc_change *changes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct dp_want *want = changes[i].value;
        const struct uuid *uuid = changes[i].key;
        char *name = xasprintf(UUID_FMT, UUID_ARGS(uuid));

        if (!want) {
            if (dp_keys_epoch) {
                key_space_drop(&dp_keys, name);
            }
        } else {
            if (want->epoch != dp_keys_epoch) {
                seed_dp_keys(want);
            }
            key_space_set_range(&dp_keys, want->max, want->max_requested);
            key_space_want(&dp_keys, name, want->requested,
                           key_row(changes[i].ref));
        }
        free(name);
    }
    if (dp_keys_epoch) {
        key_space_run(&dp_keys, dp_key_changed, inc);
    }
}

/* Asks for a key. */
static void
ls_want_key(struct inc_cx *cx, struct inc_ref ls)
{
    const struct smap *config = nb_ls_other_config(cx, ls);
    const struct northd_conf *conf = conf_get(cx);
    struct dp_want want = {
        .requested = smap_get_uint(config, "requested-tnl-key", 0),
        .max = conf->vxlan_mode ? KEY_DP_MAX_LOCAL_VXLAN : KEY_DP_MAX_LOCAL,
        .max_requested = conf->vxlan_mode ? KEY_DP_MAX_VXLAN : KEY_DP_MAX,
        .epoch = conf->epoch,
    };

    inc_derive(cx, &dp_key_table, inc_uuid(cx, ls), &want);
}

static struct inc_family ls_want_key_family = {
    .name = "ls_want_key",
    .over = &nb_ls_table,
    .emits = INC_EMITS(&dp_key_table.output),
    .unit = ls_want_key,
};

static void
ls_key__(struct inc_cx *cx, struct inc_ref ls, void *key_)
{
    struct inc_ref row = inc_lookup(cx, &dp_key_table, inc_uuid(cx, ls));
    uint32_t *key = key_;

    if (row.id) {
        const struct key_got *got = inc_attr(cx, row);

        *key = got->key;
    }
}

struct inc_family ls_key_fact = {
    .name = "ls_key",
    .over = &nb_ls_table,
    .reads = INC_READS(&dp_key_table),
    .fact = ls_key__,
    .fact_size = sizeof(uint32_t),
};

/* Returns the tunnel key of 'ls', or 0 if it has none. */
uint32_t
ls_key(struct inc_cx *cx, struct inc_ref ls)
{
    const uint32_t *key = inc_fact(cx, &ls_key_fact, ls);

    return *key;
}

/* Says what is wrong with the key of 'ls'. */
static void
ls_key_warn(struct inc_cx *cx, struct inc_ref ls)
{
    struct inc_ref row = inc_lookup(cx, &dp_key_table, inc_uuid(cx, ls));
    const struct dp_want *want = inc_value(cx, row);
    const struct key_got *got = inc_attr(cx, row);
    const struct key_terms terms = {
        .requested = want->requested,
        .min = KEY_DP_MIN,
        .max = want->max,
        .max_requested = want->max_requested,
    };

    key_got_warn(cx, "logical switch", nb_ls_name(cx, ls), "another datapath",
                 got, &terms);
}

/* Bindings
 * ======== */

/* Keys of other_config that go to external_ids as they are. */
static const char *const copied_keys[] = {
    "ct-zone-limit",
    "dynamic-routing-advertise-ifname",
    "dynamic-routing-arp-prefer-local",
    "dynamic-routing-bridge-ifname",
    "dynamic-routing-fdb-prefer-local",
    "dynamic-routing-redistribute",
    "dynamic-routing-vni",
    "dynamic-routing-vxlan-ifname",
    "fdb_age_threshold",
    "interconn-ts",
};

static void
ls_external_ids(struct inc_cx *cx, struct inc_ref ls, struct smap *ids)
{
    const struct smap *config = nb_ls_other_config(cx, ls);
    const char *name2 = smap_get(nb_ls_external_ids(cx, ls),
                                 "neutron:network_name");

    smap_add_format(ids, "logical-switch", UUID_FMT,
                    UUID_ARGS(inc_uuid(cx, ls)));
    smap_add(ids, "name", nb_ls_name(cx, ls));
    if (name2 && name2[0]) {
        smap_add(ids, "name2", name2);
    }
    for (size_t i = 0; i < ARRAY_SIZE(copied_keys); i++) {
        const char *value = smap_get(config, copied_keys[i]);

        if (value) {
            smap_add(ids, copied_keys[i], value);
        }
    }
}

static void
ls_datapath(struct inc_cx *cx, struct inc_ref ls)
{
    const struct uuid *uuid = inc_uuid(cx, ls);
    uint32_t key = ls_key(cx, ls);

    ls_key_warn(cx, ls);
    if (!key) {
        return;
    }

    struct smap ids = SMAP_INITIALIZER(&ids);
    ls_external_ids(cx, ls, &ids);

    struct inc_row row;
    inc_row_init(&row, &dp_rows, uuid, sizeof *uuid);
    inc_row_integer(&row, SB_DP_COL_TUNNEL_KEY, key);
    inc_row_string(&row, SB_DP_COL_TYPE, "logical-switch");
    inc_row_uuid(&row, SB_DP_COL_NB_UUID, uuid);
    inc_row_smap(&row, SB_DP_COL_EXTERNAL_IDS, &ids);
    inc_row_emit(cx, &row);
    smap_destroy(&ids);
}

static struct inc_family ls_datapath_family = {
    .name = "ls_datapath",
    .over = &nb_ls_table,
    .uses = INC_USES(&ls_key_fact),
    .reads = INC_READS(&dp_key_table),
    .emits = INC_EMITS(&dp_rows.output),
    .unit = ls_datapath,
};

/* Sets
 * ==== */

/* Joins the sets that a switch is in by its own configuration. */
static void
ls_sets(struct inc_cx *cx, struct inc_ref ls)
{
    if (!ls_key(cx, ls)) {
        return;
    }
    dpset_join(cx, DPSET_SWITCHES, ls);
    if (!smap_get_bool(nb_ls_other_config(cx, ls), "vlan-passthru", false)) {
        dpset_join(cx, DPSET_SWITCHES_UNTAGGED, ls);
    }
}

static struct inc_family ls_sets_family = {
    .name = "ls_sets",
    .over = &nb_ls_table,
    .uses = INC_USES(&ls_key_fact),
    .emits = INC_EMITS(DPSET_JOIN_EMITS),
    .unit = ls_sets,
};

const struct northd_feature datapath_feature = {
    .name = "datapath",
    .families = FEATURE_FAMILIES(&ls_want_key_family, &ls_key_fact,
                                 &ls_datapath_family, &ls_sets_family),
    .sb_rows = FEATURE_ROWS(&dp_rows),
};
