/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Changing the switch.  An update consists of these messages, sent without
 * waiting for answers in between:
 *
 *     - flush conntrack zones
 *     - add or modify meters, then groups
 *     - open a bundle, add flow_mods, commit it
 *     - a barrier
 *
 * The answer to the barrier ends the update: by then the switch has answered
 * all the rest.  Only then, and if the bundle was committed, groups and meters
 * that no flow uses any more are deleted.
 *
 * If the switch finds fault with one flow, there are two cases.  If it cannot
 * decode it, it leaves it out of the bundle, says so, and commits the others.
 * If it can but commit fails, it says because of which flow and changes
 * nothing; then the next update contains the same flows without that one.  If
 * that happens too often in a row, or if the switch blames none, the flows are
 * sent once without a bundle, so that each stands for itself. */

#include <config.h>
#include "controller/ofswitch-private.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bitmap.h"
#include "coverage.h"
#include "openflow/nicira-ext.h"
#include "openvswitch/ofp-bundle.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofp-util.h"
#include "openvswitch/ofpbuf.h"
#include "openvswitch/rconn.h"
#include "openvswitch/vlog.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(ofswitch_update);

COVERAGE_DEFINE(ofswitch_bundle);
COVERAGE_DEFINE(ofswitch_bundle_failed);

static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(5, 20);

/* Changes per bundle when an empty switch is filled. */
#define MAX_FILL 5000

/* A bundle from which this many flows had to be removed, one after the other,
 * because the switch refused them, is sent flow by flow instead. */
#define MAX_BUNDLE_FAILURES 8

static void
send_zones(struct ofswitch *sw)
{
    size_t zone;

    if (!sw->any_zone) {
        return;
    }
    BITMAP_FOR_EACH_1 (zone, OFSW_N_ZONES, sw->zones) {
        struct ofpbuf *msg = ofpraw_alloc(OFPRAW_NXT_CT_FLUSH_ZONE,
                                          OFP15_VERSION, 0);
        struct nx_zone_id *nzi = ofpbuf_put_zeros(msg, sizeof *nzi);

        nzi->zone_id = htons(zone);
        ofsw_send(sw, msg);
    }
    bitmap_or(sw->sent_zones, sw->zones, OFSW_N_ZONES);
    memset(sw->zones, 0, bitmap_n_bytes(OFSW_N_ZONES));
    sw->any_zone = false;
}

/* Sends what flows refer to, and queues flows again that had to do without. */
static void
send_shared(struct ofswitch *sw)
{
    struct ovs_list msgs = OVS_LIST_INITIALIZER(&msgs);
    struct of_shared_news groups = { .any = false };
    struct of_shared_news meters = { .any = false };

    /* A group may refer to a meter. */
    of_shared_take(&sw->meters, &sw->next_xid, &msgs, &meters);
    of_shared_take(&sw->groups, &sw->next_xid, &msgs, &groups);
    ofsw_send_list(sw, &msgs);

    if (groups.any || meters.any) {
        of_flows_retry_rejected(&sw->flows);
    }
    for (size_t i = 0; i < meters.n_late; i++) {
        of_flows_resend_meter(&sw->flows, meters.late_ids[i]);
    }
    free(groups.late_ids);
    free(meters.late_ids);
}

static uint32_t
send_bundle_ctrl(struct ofswitch *sw, uint16_t type)
{
    struct ofputil_bundle_ctrl_msg bc = {
        .bundle_id = sw->next_bundle_id,
        .type = type,
        .flags = OFPBF_ATOMIC | OFPBF_ORDERED,
    };

    return ofsw_send(sw, ofputil_encode_bundle_ctrl_request(OFP15_VERSION,
                                                           &bc));
}

/* Sends flow 'idx' of the batch, as part of the bundle if there is one. */
static void
send_flow(struct ofswitch *sw, size_t idx)
{
    uint32_t xid = sw->update.flow_xid + idx;
    struct ofpbuf *msg = of_flows_encode(&sw->flows, idx);

    if (!msg) {
        return;
    }
    if (sw->update.bundled) {
        struct ofputil_bundle_add_msg bam = {
            .bundle_id = sw->next_bundle_id,
            .flags = OFPBF_ATOMIC | OFPBF_ORDERED,
            .msg = msg->data,
        };

        ofsw_set_xid(msg, xid);
        struct ofpbuf *add = ofputil_encode_bundle_add(OFP15_VERSION, &bam);
        ofpbuf_delete(msg);
        msg = add;
    }
    ofsw_send_xid(sw, msg, xid);
}

static void
send_flows(struct ofswitch *sw)
{
    struct ofsw_update *u = &sw->update;

    u->n_flows = of_flows_take(&sw->flows, MAX_FILL);
    if (!u->n_flows) {
        return;
    }
    u->flow_xid = ofsw_alloc_xids(sw, u->n_flows);

    if (u->bundled) {
        COVERAGE_INC(ofswitch_bundle);
        sw->next_bundle_id++;
        u->open_xid = send_bundle_ctrl(sw, OFPBCT_OPEN_REQUEST);
    }
    for (size_t i = 0; i < u->n_flows; i++) {
        send_flow(sw, i);
    }
    if (u->bundled) {
        u->commit_xid = send_bundle_ctrl(sw, OFPBCT_COMMIT_REQUEST);
    }
}

/* Returns true if there is something to be sent, or a fence to be
 * acknowledged. */
bool
ofsw_update_needed(const struct ofswitch *sw)
{
    return (of_flows_changed(&sw->flows)
            || of_shared_changed(&sw->groups)
            || of_shared_changed(&sw->meters)
            || sw->any_zone
            || sw->fence_last > sw->fence_done);
}

/* Sends all that has changed since the last update, which must have ended. */
void
ofsw_begin_update(struct ofswitch *sw)
{
    sw->update = (struct ofsw_update) {
        .active = true,
        .bundled = !sw->one_by_one,
    };
    send_zones(sw);
    send_shared(sw);
    send_flows(sw);
    sw->update.fence = (of_flows_changed(&sw->flows) ? sw->fence_done
                        : sw->fence_last);
    sw->update.barrier_xid = ofsw_send(
        sw, ofputil_encode_barrier_request(OFP15_VERSION));
}

/* The bundle failed as a whole: decides how to go on. */
static void
bundle_failed(struct ofswitch *sw)
{
    const struct ofsw_update *u = &sw->update;

    COVERAGE_INC(ofswitch_bundle_failed);
    if (!u->blamed || ++sw->n_failures >= MAX_BUNDLE_FAILURES) {
        VLOG_WARN_RL(&rl, "%s: bundle of %"PRIuSIZE" flows failed (%s), "
                     "sending them one by one", rconn_get_name(sw->rconn),
                     u->n_flows,
                     u->error ? ofperr_to_string(u->error) : "no reason");
        sw->one_by_one = true;
    }
}

/* The barrier has been answered, and so all that was before it. */
void
ofsw_end_update(struct ofswitch *sw)
{
    struct ofsw_update *u = &sw->update;
    struct ovs_list msgs = OVS_LIST_INITIALIZER(&msgs);
    bool ok = !u->n_flows || !u->bundled || u->committed;

    u->active = false;
    if (ok) {
        sw->n_failures = 0;
        sw->one_by_one = false;
    } else {
        bundle_failed(sw);
    }
    if (of_flows_finish(&sw->flows, ok)) {
        /* (If a flow was rejected, its predecessor may have to go first.) */
        sw->fence_done = u->fence;
    }
    of_shared_finish(&sw->groups, ok, &sw->next_xid, &msgs);
    of_shared_finish(&sw->meters, ok, &sw->next_xid, &msgs);
    ofsw_send_list(sw, &msgs);
    memset(sw->sent_zones, 0, bitmap_n_bytes(OFSW_N_ZONES));
}

/* Answers. */

/* Handles OFPT_BUNDLE_CONTROL. */
void
ofsw_handle_bundle_control(struct ofswitch *sw, const struct ofp_header *oh)
{
    struct ofsw_update *u = &sw->update;
    struct ofputil_bundle_ctrl_msg bc;

    if (u->active && u->commit_xid && ntohl(oh->xid) == u->commit_xid
        && !ofputil_decode_bundle_ctrl(oh, &bc)
        && bc.type == OFPBCT_COMMIT_REPLY) {
        u->committed = true;
    }
}

/* Handles an error with 'xid' if it is about the update in flight.  Returns
 * false if it is not. */
bool
ofsw_handle_update_error(struct ofswitch *sw, uint32_t xid, enum ofperr error)
{
    struct ofsw_update *u = &sw->update;
    const char *reason = error ? ofperr_to_string(error) : "unknown error";

    if (!u->active) {
        return false;
    } else if (u->n_flows && xid - u->flow_xid < u->n_flows) {
        u->blamed = true;
        of_flows_reject(&sw->flows, xid - u->flow_xid, reason);
        return true;
    } else if (u->n_flows && u->bundled
               && (xid == u->open_xid || xid == u->commit_xid)) {
        u->error = error;
        return true;
    }
    return (of_shared_reject(&sw->groups, xid, reason)
            || of_shared_reject(&sw->meters, xid, reason));
}
