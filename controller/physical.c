/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The physical tables for ports; see physical.h for what is where. */

#include <config.h>

#include "controller/physical.h"

#include <string.h>

#include "byte-order.h"
#include "controller/compile.h"
#include "controller/flows.h"
#include "controller/local.h"
#include "controller/tunnel.h"
#include "controller/zones.h"
#include "flow.h"
#include "lib/logical.h"
#include "openvswitch/match.h"
#include "openvswitch/ofp-actions.h"
#include "openvswitch/ofpbuf.h"
#include "ovsdb/sb-inc.h"
#include "util.h"

/* A local or remote port for which flows are to be made. */
struct port {
    const struct uuid *uuid;    /* Port_Binding row. */
    struct inc_ref dp;          /* Datapath_Binding row ... */
    uint32_t dp_key;            /* ... and its tunnel key. */
    uint32_t key;               /* Port. */
    const struct place *place;
};

/* Emits one flow of 'port' and clears 'ofpacts'. */
static void
emit(struct inc_cx *cx, const struct port *port, uint8_t table_id,
     uint16_t priority, const struct match *match, struct ofpbuf *ofpacts)
{
    flow_emit(cx, table_id, priority, match, ofpacts, port->uuid);
    ofpbuf_clear(ofpacts);
}

/* Makes 'match' match packets in the datapath of 'port' that are for it. */
static void
match_outport(const struct port *port, struct match *match)
{
    match_init_catchall(match);
    match_set_metadata(match, htonll(port->dp_key));
    match_set_reg(match, MFF_LOG_OUTPORT - MFF_REG0, port->key);
}

void
physical_put_dp_zones(struct inc_cx *cx, struct inc_ref dp,
                      struct ofpbuf *ofpacts)
{
    const struct local_dp *local = local_dp_get(cx, dp);

    if (local && !local->is_switch) {
        put_load(zone_get(cx, dp, ZONE_DNAT), MFF_LOG_DNAT_ZONE, 0, 32,
                 ofpacts);
        put_load(zone_get(cx, dp, ZONE_SNAT), MFF_LOG_SNAT_ZONE, 0, 32,
                 ofpacts);
    }
}

/* Table 0: what 'port' sends enters its datapath. */
static void
emit_input(struct inc_cx *cx, const struct port *port,
           struct ofpbuf *ofpacts)
{
    struct match match = MATCH_CATCHALL_INITIALIZER;

    match_set_in_port(&match, u16_to_ofp(port->place->ofport));
    physical_put_dp_zones(cx, port->dp, ofpacts);
    put_load(port->place->zone, MFF_LOG_CT_ZONE, 0, 32, ofpacts);
    put_load(port->dp_key, MFF_LOG_DATAPATH, 0, 64, ofpacts);
    put_load(port->key, MFF_LOG_INPORT, 0, 32, ofpacts);
    put_resubmit(OFTABLE_LOG_INGRESS, ofpacts);
    emit(cx, port, OFTABLE_PHY_TO_LOG, 100, &match, ofpacts);
}

void
physical_put_local_output(uint32_t key, uint16_t zone,
                          struct ofpbuf *ofpacts)
{
    put_load(zone, MFF_LOG_CT_ZONE, 0, 16, ofpacts);
    put_load(key, MFF_LOG_OUTPORT, 0, 32, ofpacts);
    put_resubmit(OFTABLE_CHECK_LOOPBACK, ofpacts);
}

/* Table 33: 'port' is here. */
static void
emit_local_output(struct inc_cx *cx, const struct port *port,
                  struct ofpbuf *ofpacts)
{
    struct match match;

    match_outport(port, &match);
    physical_put_dp_zones(cx, port->dp, ofpacts);
    put_load(port->place->zone, MFF_LOG_CT_ZONE, 0, 16, ofpacts);
    put_resubmit(OFTABLE_CHECK_LOOPBACK, ofpacts);
    emit(cx, port, OFTABLE_LOCAL_OUTPUT, 100, &match, ofpacts);
}

/* Table 34: drop what 'port' sent to itself. */
static void
emit_loopback_check(struct inc_cx *cx, const struct port *port,
                    struct ofpbuf *ofpacts)
{
    struct match match;

    match_outport(port, &match);
    match_set_reg(&match, MFF_LOG_INPORT - MFF_REG0, port->key);
    match_set_reg_masked(&match, MFF_LOG_FLAGS - MFF_REG0, 0,
                         MLF_ALLOW_LOOPBACK);
    emit(cx, port, OFTABLE_CHECK_LOOPBACK, 100, &match, ofpacts);
}

/* Table 64: if it may go back to where it came from, make OpenFlow forget
 * where that was while it leaves. */
static void
emit_save_inport(struct inc_cx *cx, const struct port *port,
                 struct ofpbuf *ofpacts)
{
    struct match match;

    match_outport(port, &match);
    match_set_reg_masked(&match, MFF_LOG_FLAGS - MFF_REG0,
                         MLF_ALLOW_LOOPBACK, MLF_ALLOW_LOOPBACK);
    put_push(MFF_IN_PORT, ofpacts);
    put_load(ofp_to_u16(OFPP_NONE), MFF_IN_PORT, 0, 16, ofpacts);
    put_resubmit(OFTABLE_LOG_TO_PHY, ofpacts);
    put_pop(MFF_IN_PORT, ofpacts);
    emit(cx, port, OFTABLE_SAVE_INPORT, 100, &match, ofpacts);
}

/* Table 65: through 'port', a patch port, into the datapath of its peer, with
 * empty registers.  As far as OpenFlow is concerned, the packet may leave
 * through the port that it came from. */
static void
emit_patch(struct inc_cx *cx, const struct port *port,
           struct ofpbuf *ofpacts)
{
    struct inc_ref dp = port->place->peer_dp;
    const struct local_dp *local = local_dp_get(cx, dp);
    struct match match;

    if (!local) {
        return;
    }

    ofpact_put_CLONE(ofpacts);
    ofpact_put_CT_CLEAR(ofpacts);
    for (enum mf_field_id reg = MFF_XREG0; reg <= MFF_XREG7; reg++) {
        put_load(0, reg, 0, 64, ofpacts);
    }
    physical_put_dp_zones(cx, dp, ofpacts);
    put_load(local->key, MFF_LOG_DATAPATH, 0, 64, ofpacts);
    put_load(port->place->peer_key, MFF_LOG_INPORT, 0, 32, ofpacts);
    put_load(ofp_to_u16(OFPP_NONE), MFF_IN_PORT, 0, 16, ofpacts);
    put_resubmit(OFTABLE_LOG_INGRESS, ofpacts);

    struct ofpact_nest *clone = ofpacts->data;
    ofpacts->header = clone;
    ofpact_finish_CLONE(ofpacts, &clone);

    match_outport(port, &match);
    emit(cx, port, OFTABLE_LOG_TO_PHY, 100, &match, ofpacts);
}

/* Table 65: out to 'port'. */
static void
emit_output(struct inc_cx *cx, const struct port *port,
            struct ofpbuf *ofpacts)
{
    struct match match;

    match_outport(port, &match);
    put_output(port->place->ofport, ofpacts);
    emit(cx, port, OFTABLE_LOG_TO_PHY, 100, &match, ofpacts);
}

/* Table 32: to the chassis where 'port' is. */
static void
emit_remote_output(struct inc_cx *cx, const struct port *port,
                   struct ofpbuf *ofpacts)
{
    struct match match;

    if (!tunnel_put_key(port->place->tunnel, chassis_cfg(cx)->tun_field,
                        port->dp_key, port->key, ofpacts)) {
        return;
    }
    match_outport(port, &match);
    put_output(port->place->ofport, ofpacts);
    emit(cx, port, OFTABLE_REMOTE_OUTPUT, 100, &match, ofpacts);
}

/* Unit over Port_Binding: all flows of a port. */
static void
port_flows(struct inc_cx *cx, struct inc_ref pb)
{
    const struct place *place = inc_fact(cx, &place_fact, pb);
    struct inc_ref dp_row = sb_pb_datapath(cx, pb);
    const struct local_dp *dp = (place->where == PLACE_NOWHERE ? NULL
                                 : local_dp_get(cx, dp_row));
    if (!dp) {
        return;
    }

    uint64_t stub[1024 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);
    const struct port port = {
        .uuid = inc_uuid(cx, pb),
        .dp = dp_row,
        .dp_key = dp->key,
        .key = sb_pb_tunnel_key(cx, pb),
        .place = place,
    };

    if (place_is_local(place)) {
        emit_local_output(cx, &port, &ofpacts);
        emit_loopback_check(cx, &port, &ofpacts);
    }
    if (place->where == PLACE_HERE) {
        emit_input(cx, &port, &ofpacts);
        emit_save_inport(cx, &port, &ofpacts);
        emit_output(cx, &port, &ofpacts);
    } else if (place->where == PLACE_PATCH) {
        emit_patch(cx, &port, &ofpacts);
    } else {
        emit_remote_output(cx, &port, &ofpacts);
    }
    ofpbuf_uninit(&ofpacts);
}

static struct inc_family port_flows_unit = {
    .name = "port_flows",
    .over = &sb_pb_table,
    .uses = INC_USES(&place_fact),
    .reads = INC_READS(&local_dp_table),
    .emits = INC_EMITS(&flows_output),
    .unit = port_flows,
};

/* Flows that are always there. */

/* Emits a flow that sends packets whose MFF_LOG_FLAGS have, in the bits of
 * 'mask', the value 'flags' from 'table_id' to 'next'; to nowhere if 'next' is
 * 0. */
static void
emit_default(struct inc_cx *cx, uint8_t table_id, uint16_t priority,
             uint32_t flags, uint32_t mask, uint8_t next)
{
    uint64_t stub[256 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);
    struct match match = MATCH_CATCHALL_INITIALIZER;

    if (mask) {
        match_set_reg_masked(&match, MFF_LOG_FLAGS - MFF_REG0, flags, mask);
    }
    if (next) {
        put_resubmit(next, &ofpacts);
    }
    flow_emit(cx, table_id, priority, &match, &ofpacts, NULL);
    ofpbuf_uninit(&ofpacts);
}

/* Table 34: what passes the check enters the egress pipeline, with empty
 * scratch registers. */
static void
emit_enter_egress(struct inc_cx *cx)
{
    uint64_t stub[1024 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);
    struct match match = MATCH_CATCHALL_INITIALIZER;

    for (int i = 0; i < 10; i++) {
        put_load(0, MFF_REG0 + i, 0, 32, &ofpacts);
    }
    put_resubmit(OFTABLE_LOG_EGRESS, &ofpacts);
    flow_emit(cx, OFTABLE_CHECK_LOOPBACK, 0, &match, &ofpacts, NULL);
    ofpbuf_uninit(&ofpacts);
}

/* Unit over chassis_cfg_table, which has one row. */
static void
default_flows(struct inc_cx *cx, struct inc_ref cfg OVS_UNUSED)
{
    emit_default(cx, OFTABLE_PHY_TO_LOG, 0, 0, 0, 0);

    /* Packets from a hardware gateway, and those that every chassis makes for
     * itself, do not go to other chassis. */
    emit_default(cx, OFTABLE_REMOTE_OUTPUT, 150, MLF_RCV_FROM_RAMP,
                 MLF_RCV_FROM_RAMP | MLF_ALLOW_LOOPBACK,
                 OFTABLE_LOCAL_OUTPUT);
    emit_default(cx, OFTABLE_REMOTE_OUTPUT, 150, MLF_LOCAL_ONLY,
                 MLF_LOCAL_ONLY, OFTABLE_LOCAL_OUTPUT);
    emit_default(cx, OFTABLE_REMOTE_OUTPUT, 0, 0, 0, OFTABLE_LOCAL_OUTPUT);

    emit_default(cx, OFTABLE_LOCAL_OUTPUT, 0, 0, 0, 0);
    emit_enter_egress(cx);
    emit_default(cx, OFTABLE_SAVE_INPORT, 0, 0, 0, OFTABLE_LOG_TO_PHY);
    emit_default(cx, OFTABLE_LOG_TO_PHY, 0, 0, 0, 0);
}

static struct inc_family default_flows_unit = {
    .name = "default_flows",
    .over = &chassis_cfg_table,
    .emits = INC_EMITS(&flows_output),
    .unit = default_flows,
};

void
physical_add(struct inc *inc)
{
    inc_add_family(inc, &port_flows_unit);
    inc_add_family(inc, &default_flows_unit);
}
