/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Logical flows; see lflow.h. */

#include <config.h>

#include "northd/lflow.h"

#include "northd/compile.h"
#include "northd/datapath.h"
#include "ovsdb/sb-inc.h"
#include "smap.h"
#include "uuid.h"

struct inc_rows lflow_rows = {
    .name = "Logical_Flow",
    .table = &sb_lflow_table,
    .kind = INC_ROWS_CONTENT,
    .columns = (1u << SB_LFLOW_COL_LOGICAL_DATAPATH
                | 1u << SB_LFLOW_COL_LOGICAL_DP_GROUP
                | 1u << SB_LFLOW_COL_PIPELINE
                | 1u << SB_LFLOW_COL_TABLE_ID
                | 1u << SB_LFLOW_COL_PRIORITY
                | 1u << SB_LFLOW_COL_MATCH
                | 1u << SB_LFLOW_COL_ACTIONS
                | 1u << SB_LFLOW_COL_TAGS
                | 1u << SB_LFLOW_COL_CONTROLLER_METER
                | 1u << SB_LFLOW_COL_EXTERNAL_IDS
                | 1u << SB_LFLOW_COL_FLOW_DESC),
};

static void
put_tags(struct inc_row *row, const struct lflow_extra *extra)
{
    if (extra->scope == LFLOW_ANY && !extra->in_out_port) {
        return;
    }

    struct smap tags = SMAP_INITIALIZER(&tags);
    if (extra->scope != LFLOW_ANY) {
        smap_add(&tags, "scope", (extra->scope == LFLOW_FROM_LOCAL
                                  ? "from-local" : "to-local"));
    }
    if (extra->in_out_port) {
        smap_add(&tags, "in_out_port", extra->in_out_port);
    }
    inc_row_smap(row, SB_LFLOW_COL_TAGS, &tags);
    smap_destroy(&tags);
}

static void
put_external_ids(struct inc_cx *cx, struct inc_row *row, enum stage stage,
                 const struct lflow_extra *extra, const char *source)
{
    struct smap ids = SMAP_INITIALIZER(&ids);

    smap_add(&ids, "stage-name", stage_name(stage));
    smap_add(&ids, "source", source);
    if (extra->hint.id) {
        smap_add_format(&ids, "stage-hint", "%08x",
                        inc_uuid(cx, extra->hint)->parts[0]);
    }
    inc_row_smap(row, SB_LFLOW_COL_EXTERNAL_IDS, &ids);
    smap_destroy(&ids);
}

/* Claims the flow whose datapath is in 'row' already. */
static void
emit(struct inc_cx *cx, struct inc_row *row, enum stage stage,
     uint16_t priority, const char *match, const char *actions,
     const struct lflow_extra *extra, const char *source)
{
    static const struct lflow_extra none;

    extra = extra ? extra : &none;
    inc_row_string(row, SB_LFLOW_COL_PIPELINE, stage_pipeline_name(stage));
    inc_row_integer(row, SB_LFLOW_COL_TABLE_ID, stage_table(stage));
    inc_row_integer(row, SB_LFLOW_COL_PRIORITY, priority);
    inc_row_string(row, SB_LFLOW_COL_MATCH, match);
    inc_row_string(row, SB_LFLOW_COL_ACTIONS, actions);
    put_tags(row, extra);
    if (extra->meter) {
        inc_row_string(row, SB_LFLOW_COL_CONTROLLER_METER, extra->meter);
    }
    put_external_ids(cx, row, stage, extra, source);
    if (extra->desc) {
        inc_row_string(row, SB_LFLOW_COL_FLOW_DESC, extra->desc);
    }
    inc_row_emit(cx, row);
}

/* Use lflow_emit_set(). */
void
lflow_emit_set__(struct inc_cx *cx, enum dpset set, enum stage stage,
                 uint16_t priority, const char *match, const char *actions,
                 const struct lflow_extra *extra, const char *source)
{
    struct inc_row row;
    uint32_t key = set;

    inc_row_init(&row, &lflow_rows, NULL, 0);
    inc_row_ref(&row, SB_LFLOW_COL_LOGICAL_DP_GROUP, &dpset_rows,
                &key, sizeof key);
    emit(cx, &row, stage, priority, match, actions, extra, source);
}

/* Use lflow_emit_dp(). */
void
lflow_emit_dp__(struct inc_cx *cx, struct inc_ref ls, enum stage stage,
                uint16_t priority, const char *match, const char *actions,
                const struct lflow_extra *extra, const char *source)
{
    const struct uuid *uuid = inc_uuid(cx, ls);
    struct inc_row row;

    inc_row_init(&row, &lflow_rows, NULL, 0);
    inc_row_ref(&row, SB_LFLOW_COL_LOGICAL_DATAPATH, &dp_rows,
                uuid, sizeof *uuid);
    emit(cx, &row, stage, priority, match, actions, extra, source);
}

const struct northd_feature lflow_feature = {
    .name = "lflow",
    .sb_rows = FEATURE_ROWS(&lflow_rows),
};
