/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef NORTHD_PIPELINE_H
#define NORTHD_PIPELINE_H 1

/* Stages of the logical pipelines.
 *
 * A logical datapath is a switch or a router, and each has an ingress and an
 * egress pipeline of up to PIPELINE_LEN stages.  pipeline.def lists the stages
 * with their numbers, names and purposes; this header turns the list into
 * values of 'enum stage', which carry all three coordinates:
 *
 *     bit 6      bit 5       bits 4..0
 *     datapath   pipeline    table
 *
 * so that a feature names a stage once (S_SWITCH_IN_L2_LKUP) and neither its
 * number nor its pipeline appears in feature code. */

#include <stddef.h>
#include <stdint.h>

/* Stages in a pipeline: logical tables 0..23. */
#define PIPELINE_LEN 24

enum stage_datapath {
    STAGE_DP_SWITCH,
    STAGE_DP_ROUTER,
};

enum stage_pipeline {
    STAGE_PIPELINE_IN,
    STAGE_PIPELINE_OUT,
};

/* What becomes of a packet that matches no flow of a stage. */
enum stage_default {
    STAGE_DEFAULT_NEXT,         /* Goes to the next stage. */
    STAGE_DEFAULT_OUTPUT,       /* Leaves the pipeline toward outport. */
    STAGE_DEFAULT_DROP,         /* Is dropped. */
    STAGE_DEFAULT_OWN,          /* What the owner of the stage emits. */
};

#define STAGE_ID(DP, PIPELINE, TABLE) \
    (((DP) << 6) | ((PIPELINE) << 5) | (TABLE))

enum stage {
#define STAGE(DP, PIPELINE, NAME, TABLE, STRING, DEFAULT, PURPOSE)  \
    S_##DP##_##PIPELINE##_##NAME                                    \
        = STAGE_ID(STAGE_DP_##DP, STAGE_PIPELINE_##PIPELINE, TABLE),
#include "northd/pipeline.def"
};

/* One line of pipeline.def. */
struct stage_info {
    enum stage stage;
    enum stage_datapath dp;
    enum stage_pipeline pipeline;
    uint8_t table;              /* Logical_Flow.table_id. */
    enum stage_default dflt;
    const char *name;           /* As in "stage-name". */
    const char *purpose;        /* Completes "This stage ...". */
};

/* All stages, in the order of pipeline.def. */
extern const struct stage_info stage_infos[];
extern const size_t n_stage_infos;

static inline enum stage_datapath
stage_dp(enum stage stage)
{
    return stage >> 6;
}

static inline enum stage_pipeline
stage_pipeline(enum stage stage)
{
    return (stage >> 5) & 1;
}

static inline uint8_t
stage_table(enum stage stage)
{
    return stage & 0x1f;
}

const struct stage_info *stage_get(enum stage);
const char *stage_name(enum stage);
const char *stage_pipeline_name(enum stage);
const char *stage_default_actions(enum stage_default);

#endif /* northd/pipeline.h */
