/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* What a logical switch accepts and delivers: the first and the last stages,
 * and the defaults of all stages between them.
 *
 * Frames with a VLAN tag (unless the switch passes them) and frames with a
 * multicast source are dropped.  Port security is checked on both sides; a
 * disabled port is treated like one whose every frame fails the check. */

#include <config.h>

#include "northd/compile.h"
#include "northd/lflow.h"
#include "northd/port.h"
#include "ovsdb/nb-inc.h"

/* The port-security bit, shared between "check" and "apply" stages. */
#define REG_PORT_SEC_DROP "reg0[15]"

/* Emits the default of each stage of a switch that has one. */
static void
ls_default(struct inc_cx *cx)
{
    for (size_t i = 0; i < n_stage_infos; i++) {
        const struct stage_info *s = &stage_infos[i];
        const char *actions = stage_default_actions(s->dflt);

        if (s->dp == STAGE_DP_SWITCH && actions) {
            lflow_emit_set(cx, DPSET_SWITCHES, s->stage, 0, "1", actions,
                           NULL);
        }
    }
}

static void
ls_port_sec(struct inc_cx *cx)
{
    lflow_emit_set(cx, DPSET_SWITCHES, S_SWITCH_IN_CHECK_PORT_SEC, 100,
                   "eth.src[40]", "drop;", NULL);
    lflow_emit_set(cx, DPSET_SWITCHES, S_SWITCH_IN_CHECK_PORT_SEC, 50, "1",
                   REG_PORT_SEC_DROP" = check_in_port_sec(); next;", NULL);
    lflow_emit_set(cx, DPSET_SWITCHES, S_SWITCH_IN_APPLY_PORT_SEC, 65535,
                   REG_PORT_SEC_DROP" == 1", "drop;", NULL);

    lflow_emit_set(cx, DPSET_SWITCHES, S_SWITCH_OUT_CHECK_PORT_SEC, 100,
                   "eth.mcast", REG_PORT_SEC_DROP" = 0; next;", NULL);
    lflow_emit_set(cx, DPSET_SWITCHES, S_SWITCH_OUT_CHECK_PORT_SEC, 0, "1",
                   REG_PORT_SEC_DROP" = check_out_port_sec(); next;", NULL);
    lflow_emit_set(cx, DPSET_SWITCHES, S_SWITCH_OUT_APPLY_PORT_SEC, 50,
                   REG_PORT_SEC_DROP" == 1", "drop;", NULL);
}

static void
ls_admission(struct inc_cx *cx, struct inc_ref set)
{
    switch (dpset_get(cx, set)) {
    case DPSET_SWITCHES:
        ls_default(cx);
        ls_port_sec(cx);
        break;
    case DPSET_SWITCHES_UNTAGGED:
        lflow_emit_set(cx, DPSET_SWITCHES_UNTAGGED,
                       S_SWITCH_IN_CHECK_PORT_SEC, 100, "vlan.present",
                       "drop;", NULL);
        break;
    case DPSET_SWITCHES_UNKNOWN:
        break;
    }
}

static struct inc_family ls_admission_family = {
    .name = "ls_admission",
    .over = &dpset_table,
    .emits = INC_EMITS(&lflow_rows.output),
    .unit = ls_admission,
};

/* A disabled port neither sends nor receives. */
static void
port_disabled(struct inc_cx *cx, struct inc_ref lsp)
{
    const struct lsp_info *info = lsp_info(cx, lsp);

    if (info->key && !info->enabled) {
        struct lflow_extra extra = {
            .hint = lsp,
            .in_out_port = nb_lsp_name(cx, lsp),
        };

        lflow_emit_dp(cx, info->ls, S_SWITCH_IN_CHECK_PORT_SEC, 100,
                      lsp_match(cx, "inport == %s", lsp),
                      REG_PORT_SEC_DROP" = 1; next;", &extra);
        lflow_emit_dp(cx, info->ls, S_SWITCH_OUT_CHECK_PORT_SEC, 150,
                      lsp_match(cx, "outport == %s", lsp),
                      "drop;", &extra);
    }
}

static struct inc_family port_disabled_family = {
    .name = "port_disabled",
    .over = &nb_lsp_table,
    .uses = INC_USES(&lsp_info_fact),
    .emits = INC_EMITS(&lflow_rows.output),
    .unit = port_disabled,
};

const struct northd_feature ls_admission_feature = {
    .name = "ls_admission",
    .families = FEATURE_FAMILIES(&ls_admission_family, &port_disabled_family),
};
