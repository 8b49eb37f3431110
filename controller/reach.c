/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The closure over patch ports; see reach.h for the contract. */

#include <config.h>

#include "controller/reach.h"

#include <stdlib.h>
#include <string.h>

#include "openvswitch/hmap.h"
#include "openvswitch/list.h"
#include "ovsdb-idl.h"
#include "ovsdb/ovn-sb-idl.h"
#include "ovsdb/sb-inc.h"
#include "smap.h"
#include "svec.h"
#include "util.h"
#include "uuid.h"

/* A datapath that is a seed, or was reached the last time. */
struct reach_dp {
    struct hmap_node hmap_node; /* In 'dps', by uuid. */
    struct ovs_list node;       /* In spread()'s queue. */
    struct uuid uuid;           /* Of the Datapath_Binding row. */
    bool seed;
    bool reached;               /* Has a row in reached_table. */
    bool marked;                /* Found by spread(). */
};
static struct hmap dps = HMAP_INITIALIZER(&dps);

/* What a patch port claims. */
struct joint_value {
    struct uuid from, to;       /* Datapath_Binding rows. */
};

/* A patch port with a peer: one direction of a pair. */
struct joint {
    struct hmap_node pb_node;   /* In 'joints', by 'pb'. */
    struct hmap_node from_node; /* In 'joints_from', by 'value.from'. */
    struct uuid pb;             /* Port_Binding row. */
    struct joint_value value;
};
static struct hmap joints = HMAP_INITIALIZER(&joints);
static struct hmap joints_from = HMAP_INITIALIZER(&joints_from);

static bool dirty;              /* reach_apply() has to look. */

struct inc_table reached_table = {
    .name = "reached",
    .kind = INC_MEM,
    .key_size = sizeof(struct uuid),
    .value_size = sizeof(struct reached),
};

/* Seeds. */

static struct reach_dp *
find_dp(const struct uuid *uuid)
{
    struct reach_dp *dp;

    HMAP_FOR_EACH_WITH_HASH (dp, hmap_node, uuid_hash(uuid), &dps) {
        if (uuid_equals(&dp->uuid, uuid)) {
            return dp;
        }
    }
    return NULL;
}

static struct reach_dp *
get_dp(const struct uuid *uuid)
{
    struct reach_dp *dp = find_dp(uuid);

    if (!dp) {
        dp = xzalloc(sizeof *dp);
        dp->uuid = *uuid;
        hmap_insert(&dps, &dp->hmap_node, uuid_hash(uuid));
    }
    return dp;
}

static void
seeds_sync(void *aux OVS_UNUSED, const void *key, size_t key_len OVS_UNUSED,
           const struct inc_claim *claims OVS_UNUSED, size_t n)
{
    struct uuid uuid;

    memcpy(&uuid, key, sizeof uuid);

    struct reach_dp *dp = get_dp(&uuid);
    dirty |= dp->seed != (n > 0);
    dp->seed = n > 0;
}

struct inc_output reach_seeds_output = {
    .name = "reach_seeds",
    .sync = seeds_sync,
};

void
reach_seed(struct inc_cx *cx, struct inc_ref dp)
{
    inc_emit(cx, &reach_seeds_output, inc_uuid(cx, dp), sizeof(struct uuid),
             NULL, 0);
}

/* Joints. */

static struct joint *
find_joint(const struct uuid *pb)
{
    struct joint *joint;

    HMAP_FOR_EACH_WITH_HASH (joint, pb_node, uuid_hash(pb), &joints) {
        if (uuid_equals(&joint->pb, pb)) {
            return joint;
        }
    }
    return NULL;
}

/* Notes that a joint that leads away from 'from' came or went: that matters if
 * anything comes from there. */
static void
note_joint(const struct uuid *from)
{
    const struct reach_dp *dp = find_dp(from);

    dirty |= dp && dp->reached;
}

static void
remove_joint(struct joint *joint)
{
    note_joint(&joint->value.from);
    hmap_remove(&joints, &joint->pb_node);
    hmap_remove(&joints_from, &joint->from_node);
    free(joint);
}

static void
joints_sync(void *aux OVS_UNUSED, const void *key, size_t key_len OVS_UNUSED,
            const struct inc_claim *claims, size_t n)
{
    struct joint *joint;
    struct uuid pb;

    memcpy(&pb, key, sizeof pb);
    joint = find_joint(&pb);
    if (joint) {
        remove_joint(joint);
    }
    if (n) {
        joint = xmalloc(sizeof *joint);
        joint->pb = pb;
        memcpy(&joint->value, claims[0].value, sizeof joint->value);
        hmap_insert(&joints, &joint->pb_node, uuid_hash(&pb));
        hmap_insert(&joints_from, &joint->from_node,
                    uuid_hash(&joint->value.from));
        note_joint(&joint->value.from);
    }
}

struct inc_output reach_joints_output = {
    .name = "reach_joints",
    .sync = joints_sync,
};

struct inc_ref
reach_peer(struct inc_cx *cx, struct inc_ref pb)
{
    const char *name = smap_get(sb_pb_options(cx, pb), "peer");
    struct inc_ref peer = (name
                           ? inc_find_string(cx, &sb_pb_by_logical_port, name)
                           : INC_NONE);

    if (!peer.id || strcmp(sb_pb_type(cx, peer), "patch")) {
        return INC_NONE;
    }

    const char *back = smap_get(sb_pb_options(cx, peer), "peer");
    return (back && !strcmp(back, sb_pb_logical_port(cx, pb))
            ? peer : INC_NONE);
}

void
reach_joint(struct inc_cx *cx, struct inc_ref pb)
{
    struct inc_ref from = sb_pb_datapath(cx, pb);
    struct inc_ref peer = reach_peer(cx, pb);
    struct inc_ref to = peer.id ? sb_pb_datapath(cx, peer) : INC_NONE;

    if (from.id && to.id) {
        const struct joint_value value = {
            .from = *inc_uuid(cx, from),
            .to = *inc_uuid(cx, to),
        };

        inc_emit(cx, &reach_joints_output, inc_uuid(cx, pb),
                 sizeof(struct uuid), &value, sizeof value);
    }
}

void
reach_add(struct inc *inc)
{
    inc_add_output(inc, &reach_seeds_output);
    inc_add_output(inc, &reach_joints_output);
    inc_add_table(inc, &reached_table, NULL);
}

/* The closure. */

/* Marks 'dp', unless it is marked, and appends it to 'queue'. */
static void
mark(struct reach_dp *dp, struct ovs_list *queue)
{
    if (!dp->marked) {
        dp->marked = true;
        ovs_list_push_back(queue, &dp->node);
    }
}

/* Marks everything that can be reached. */
static void
spread(void)
{
    struct ovs_list queue = OVS_LIST_INITIALIZER(&queue);
    const struct joint *joint;
    struct reach_dp *dp;

    HMAP_FOR_EACH (dp, hmap_node, &dps) {
        if (dp->seed) {
            mark(dp, &queue);
        }
    }
    LIST_FOR_EACH_POP (dp, node, &queue) {
        HMAP_FOR_EACH_WITH_HASH (joint, from_node, uuid_hash(&dp->uuid),
                                 &joints_from) {
            if (uuid_equals(&joint->value.from, &dp->uuid)) {
                mark(get_dp(&joint->value.to), &queue);
            }
        }
    }
}

/* Makes the row of 'dp' what the mark says, and removes the mark. */
static void
apply_mark(struct inc *inc, struct reach_dp *dp)
{
    if (dp->marked) {
        const struct reached value = { .indirect = !dp->seed };

        inc_mem_set(inc, &reached_table, &dp->uuid, &value);
    } else if (dp->reached) {
        inc_mem_delete(inc, &reached_table, &dp->uuid);
    }
    dp->reached = dp->marked;
    dp->marked = false;
    if (!dp->reached) {
        hmap_remove(&dps, &dp->hmap_node);
        free(dp);
    }
}

bool
reach_apply(struct inc *inc)
{
    struct reach_dp *dp;

    if (!dirty) {
        return false;
    }
    dirty = false;
    spread();
    HMAP_FOR_EACH_SAFE (dp, hmap_node, &dps) {
        apply_mark(inc, dp);
    }
    return true;
}

/* Looking at it. */

void
reach_list_patches(struct ovsdb_idl *sb_idl, struct svec *peers,
                   struct svec *names)
{
    const struct joint *joint;

    HMAP_FOR_EACH (joint, pb_node, &joints) {
        const struct reach_dp *dp = find_dp(&joint->value.from);
        const struct sbrec_port_binding *pb
            = sbrec_port_binding_get_for_uuid(sb_idl, &joint->pb);

        if (!dp || !dp->reached || !pb) {
            continue;
        }

        const char *peer = smap_get_def(&pb->options, "peer", "");
        if (peers) {
            svec_add_nocopy(peers, xasprintf(
                "lport: %s, peer: %s, datapath: "UUID_FMT", peer datapath: "
                UUID_FMT, pb->logical_port, peer,
                UUID_ARGS(&joint->value.from), UUID_ARGS(&joint->value.to)));
        }
        if (names) {
            svec_add(names, pb->logical_port);
            svec_add(names, peer);
        }
    }
}

/* Frees everything. */
void
reach_destroy(void)
{
    struct reach_dp *dp;
    struct joint *joint;

    HMAP_FOR_EACH_SAFE (joint, pb_node, &joints) {
        remove_joint(joint);
    }
    HMAP_FOR_EACH_SAFE (dp, hmap_node, &dps) {
        hmap_remove(&dps, &dp->hmap_node);
        free(dp);
    }
}
