/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The stage table in memory; see pipeline.h. */

#include <config.h>

#include "northd/pipeline.h"

#include "util.h"

const struct stage_info stage_infos[] = {
#define STAGE(DP, PIPELINE, NAME, TABLE, STRING, DEFAULT, PURPOSE)  \
    {                                                               \
        .stage = S_##DP##_##PIPELINE##_##NAME,                      \
        .dp = STAGE_DP_##DP,                                        \
        .pipeline = STAGE_PIPELINE_##PIPELINE,                      \
        .table = TABLE,                                             \
        .dflt = STAGE_DEFAULT_##DEFAULT,                            \
        .name = STRING,                                             \
        .purpose = PURPOSE,                                         \
    },
#include "northd/pipeline.def"
};
const size_t n_stage_infos = ARRAY_SIZE(stage_infos);

#define STAGE(DP, PIPELINE, NAME, TABLE, STRING, DEFAULT, PURPOSE)  \
    BUILD_ASSERT_DECL(TABLE < PIPELINE_LEN);
#include "northd/pipeline.def"

/* Returns the line of pipeline.def for 'stage'. */
const struct stage_info *
stage_get(enum stage stage)
{
    for (size_t i = 0; i < n_stage_infos; i++) {
        if (stage_infos[i].stage == stage) {
            return &stage_infos[i];
        }
    }
    OVS_NOT_REACHED();
}

/* Returns the name of 'stage', e.g. "ls_in_l2_lkup". */
const char *
stage_name(enum stage stage)
{
    return stage_get(stage)->name;
}

/* Returns the value of Logical_Flow.pipeline for 'stage'. */
const char *
stage_pipeline_name(enum stage stage)
{
    return stage_pipeline(stage) == STAGE_PIPELINE_IN ? "ingress" : "egress";
}

/* Returns the logical actions that carry out 'dflt', or NULL if 'dflt' says
 * that a feature emits them. */
const char *
stage_default_actions(enum stage_default dflt)
{
    switch (dflt) {
    case STAGE_DEFAULT_NEXT:
        return "next;";
    case STAGE_DEFAULT_OUTPUT:
        return "output;";
    case STAGE_DEFAULT_DROP:
        return "drop;";
    case STAGE_DEFAULT_OWN:
        return NULL;
    default:
        OVS_NOT_REACHED();
    }
}
