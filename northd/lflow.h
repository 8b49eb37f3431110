/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef NORTHD_LFLOW_H
#define NORTHD_LFLOW_H 1

/* Logical flows.
 *
 * A unit that emits flows has
 *
 *     .emits = INC_EMITS(&lflow_rows.output)
 *
 * and calls lflow_emit_set() for a flow that holds for a set of datapaths, or
 * lflow_emit_dp() for one that holds for a single switch:
 *
 *     lflow_emit_dp(cx, ls, S_SWITCH_IN_L2_LKUP, 50,
 *                   "eth.dst == 00:00:00:00:00:01",
 *                   "outport = \"vm1\"; output;", LFLOW_HINT(lsp));
 *
 * Hints and tags are optional; see struct lflow_extra.
 *
 * A row's external_ids tell where it comes from: "stage-name", "source" (the
 * function that emitted it; not the line, so that a flow stays the same when
 * the source is edited) and "stage-hint" (the first 32 bits of the UUID of the
 * northbound row that it is for). */

#include <stdint.h>

#include "lib/inc-rows.h"
#include "lib/inc.h"
#include "northd/dpset.h"
#include "northd/pipeline.h"

extern struct inc_rows lflow_rows;

/* Where packets that reach a flow can come from: what lets a controller leave
 * out flows that cannot match on its chassis.  LFLOW_ANY is always right. */
enum lflow_scope {
    LFLOW_ANY,
    LFLOW_FROM_LOCAL,           /* Enter the datapath at a port bound here. */
    LFLOW_TO_LOCAL,             /* Leave it at a port bound here. */
};

/* What a flow may have besides. */
struct lflow_extra {
    struct inc_ref hint;        /* Northbound row, or INC_NONE. */
    enum lflow_scope scope;
    const char *in_out_port;    /* The only port that matters, or NULL. */
    const char *meter;          /* Controller meter, or NULL. */
    const char *desc;           /* For the reader, or NULL. */
};

#define LFLOW_HINT(REF) &(struct lflow_extra) { .hint = (REF) }

void lflow_emit_set__(struct inc_cx *, enum dpset, enum stage,
                      uint16_t priority, const char *match,
                      const char *actions, const struct lflow_extra *,
                      const char *source);
void lflow_emit_dp__(struct inc_cx *, struct inc_ref ls, enum stage,
                     uint16_t priority, const char *match,
                     const char *actions, const struct lflow_extra *,
                     const char *source);

/* Claims a flow for all members of SET; EXTRA may be NULL. */
#define lflow_emit_set(CX, SET, STAGE, PRIORITY, MATCH, ACTIONS, EXTRA)    \
    lflow_emit_set__(CX, SET, STAGE, PRIORITY, MATCH, ACTIONS, EXTRA,      \
                     __func__)
/* Claims a flow for switch LS, which must have a tunnel key. */
#define lflow_emit_dp(CX, LS, STAGE, PRIORITY, MATCH, ACTIONS, EXTRA)      \
    lflow_emit_dp__(CX, LS, STAGE, PRIORITY, MATCH, ACTIONS, EXTRA,        \
                    __func__)

#endif /* northd/lflow.h */
