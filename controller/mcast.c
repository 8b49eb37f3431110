/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Multicast groups.
 *
 * A packet for a group goes once to each chassis that has members, with the
 * group as outport (table 32), and on each chassis to the members that are
 * there (table 33). */

#include <config.h>

#include "controller/physical.h"

#include <stdlib.h>
#include <string.h>

#include "byte-order.h"
#include "controller/compile.h"
#include "controller/flows.h"
#include "controller/local.h"
#include "controller/tunnel.h"
#include "lib/logical.h"
#include "openvswitch/match.h"
#include "openvswitch/ofpbuf.h"
#include "ovsdb/sb-inc.h"
#include "util.h"

/* A member of a group. */
struct member {
    uint32_t key;               /* Port. */
    struct place place;
};

/* A group and its members. */
struct group {
    const struct uuid *uuid;    /* Multicast_Group row. */
    struct inc_ref dp;          /* Datapath_Binding row ... */
    uint32_t dp_key;            /* ... and its tunnel key. */
    uint16_t key;
    struct member *here;        /* Members on this chassis. */
    size_t n_here;
    struct member *remote;      /* One for each tunnel. */
    size_t n_remote;
};

/* Orders local members by port, and remote ones by type of tunnel and port of
 * the tunnel. */
static int
compare_members(const void *a_, const void *b_)
{
    const struct member *a = a_;
    const struct member *b = b_;

    if (place_is_local(&a->place)) {
        return a->key < b->key ? -1 : a->key > b->key;
    } else if (a->place.tunnel != b->place.tunnel) {
        return a->place.tunnel < b->place.tunnel ? -1 : 1;
    } else {
        return (a->place.ofport < b->place.ofport ? -1
                : a->place.ofport > b->place.ofport);
    }
}

/* Removes the second and further members behind one tunnel. */
static void
merge_tunnels(struct group *group)
{
    size_t n = 0;

    for (size_t i = 0; i < group->n_remote; i++) {
        if (!n || compare_members(&group->remote[n - 1], &group->remote[i])) {
            group->remote[n++] = group->remote[i];
        }
    }
    group->n_remote = n;
}

/* Fills in the members of 'group', which is 'mcg'. */
static void
find_members(struct inc_cx *cx, struct inc_ref mcg, struct group *group)
{
    size_t n;
    const struct inc_ref *ports = sb_mcg_ports(cx, mcg, &n);

    group->here = inc_alloc(cx, n * sizeof *group->here);
    group->remote = inc_alloc(cx, n * sizeof *group->remote);
    for (size_t i = 0; i < n; i++) {
        const struct place *place = inc_fact(cx, &place_fact, ports[i]);

        if (place_is_local(place)) {
            group->here[group->n_here++] = (struct member) {
                .key = sb_pb_tunnel_key(cx, ports[i]),
                .place = *place,
            };
        } else if (place->where == PLACE_TUNNEL) {
            group->remote[group->n_remote++].place = *place;
        }
    }
    qsort(group->here, group->n_here, sizeof *group->here, compare_members);
    qsort(group->remote, group->n_remote, sizeof *group->remote,
          compare_members);
    merge_tunnels(group);
}

/* Makes 'match' match packets for 'group'. */
static void
match_group(const struct group *group, struct match *match)
{
    match_init_catchall(match);
    match_set_metadata(match, htonll(group->dp_key));
    match_set_reg(match, MFF_LOG_OUTPORT - MFF_REG0, group->key);
}

/* Table 32: a copy through each tunnel, then what is here. */
static void
emit_remote(struct inc_cx *cx, const struct group *group)
{
    enum mf_field_id tun_field = chassis_cfg(cx)->tun_field;
    enum tunnel_type type = TUNNEL_NONE;
    uint64_t stub[1024 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);
    struct match match;
    bool usable = false;

    for (size_t i = 0; i < group->n_remote; i++) {
        const struct place *place = &group->remote[i].place;

        if (place->tunnel != type) {
            type = place->tunnel;
            usable = tunnel_put_key(type, tun_field, group->dp_key,
                                    group->key, &ofpacts);
        }
        if (usable) {
            put_output(place->ofport, &ofpacts);
        }
    }

    if (ofpacts.size) {
        if (group->n_here) {
            put_resubmit(OFTABLE_LOCAL_OUTPUT, &ofpacts);
        }
        match_group(group, &match);
        flow_emit(cx, OFTABLE_REMOTE_OUTPUT, 100, &match, &ofpacts,
                  group->uuid);
    }
    ofpbuf_uninit(&ofpacts);
}

/* Table 33: a copy for each member that is here. */
static void
emit_local(struct inc_cx *cx, const struct group *group)
{
    uint64_t stub[1024 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);
    struct match match;

    physical_put_dp_zones(cx, group->dp, &ofpacts);
    for (size_t i = 0; i < group->n_here; i++) {
        physical_put_local_output(group->here[i].key,
                                  group->here[i].place.zone, &ofpacts);
    }
    match_group(group, &match);
    flow_emit(cx, OFTABLE_LOCAL_OUTPUT, 100, &match, &ofpacts, group->uuid);
    ofpbuf_uninit(&ofpacts);
}

/* Unit over Multicast_Group. */
static void
mcast_flows(struct inc_cx *cx, struct inc_ref mcg)
{
    struct inc_ref dp_row = sb_mcg_datapath(cx, mcg);
    const struct local_dp *dp = local_dp_get(cx, dp_row);

    if (!dp) {
        return;
    }

    struct group group = {
        .uuid = inc_uuid(cx, mcg),
        .dp = dp_row,
        .dp_key = dp->key,
        .key = sb_mcg_tunnel_key(cx, mcg),
    };
    find_members(cx, mcg, &group);
    if (group.n_remote) {
        emit_remote(cx, &group);
    }
    if (group.n_here) {
        emit_local(cx, &group);
    }
}

static struct inc_family mcast_flows_unit = {
    .name = "mcast_flows",
    .over = &sb_mcg_table,
    .uses = INC_USES(&place_fact),
    .reads = INC_READS(&local_dp_table),
    .emits = INC_EMITS(&flows_output),
    .unit = mcast_flows,
};

void
mcast_add(struct inc *inc)
{
    inc_add_family(inc, &mcast_flows_unit);
}
