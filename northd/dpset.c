/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Live sets of datapaths; see dpset.h. */

#include <config.h>

#include "northd/dpset.h"

#include "northd/compile.h"
#include "northd/datapath.h"
#include "ovsdb/sb-inc.h"

struct inc_table dpset_table = {
    .name = "dpset",
    .kind = INC_DERIVED,
    .key_size = sizeof(uint32_t),
};

struct inc_rows dpset_rows = {
    .name = "Logical_DP_Group",
    .table = &sb_dpg_table,
    .kind = INC_ROWS_CONTENT,
};

struct inc_members dpset_members = {
    .name = "Logical_DP_Group datapaths",
    .rows = &dpset_rows,
    .column = SB_DPG_COL_DATAPATHS,
};

/* Claims that switch 'ls', which must have a tunnel key, is in 'set'. */
void
dpset_join(struct inc_cx *cx, enum dpset set, struct inc_ref ls)
{
    const struct uuid *uuid = inc_uuid(cx, ls);
    uint32_t key = set;

    inc_derive(cx, &dpset_table, &key, NULL);
    inc_member_emit(cx, &dpset_members, &key, sizeof key,
                    &dp_rows, uuid, sizeof *uuid);
}

/* Returns the set that 'row', of 'dpset_table', is. */
enum dpset
dpset_get(struct inc_cx *cx, struct inc_ref row)
{
    const uint32_t *key = inc_key(cx, row);

    return *key;
}

static void
dpset_row(struct inc_cx *cx, struct inc_ref set)
{
    uint32_t key = dpset_get(cx, set);
    struct inc_row row;

    inc_row_init(&row, &dpset_rows, &key, sizeof key);
    inc_row_emit(cx, &row);
}

static struct inc_family dpset_row_family = {
    .name = "dpset_row",
    .over = &dpset_table,
    .emits = INC_EMITS(&dpset_rows.output),
    .unit = dpset_row,
};

const struct northd_feature dpset_feature = {
    .name = "dpset",
    .families = FEATURE_FAMILIES(&dpset_row_family),
    .sb_rows = FEATURE_ROWS(&dpset_rows),
    .sb_members = FEATURE_MEMBERS(&dpset_members),
};
