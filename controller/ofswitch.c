/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The connection to the local switch: the life of a connection, from which
 * everything else is called.  ofswitch.h says what it promises.
 *
 * A connection goes through these states:
 *
 *     S_DISCONNECTED
 *         |   The handshake is complete: ask for groups and meters, and the
 *         |   table of Geneve options.
 *       S_HELLO
 *         |   Ids that are in use are known, and OVN's option is in the table,
 *         |   perhaps after having added it.
 *       S_WAIT
 *         |   The owner is ready: ask for all flows, groups and meters.
 *       S_READ <---.
 *         |        |  ofswitch_resync().
 *       S_LIVE ----'
 *
 * Only in S_LIVE is anything changed on the switch, by one update after the
 * other, see ofswitch-update.c.  Reading waits for the owner so that what is
 * read can be compared at once, and need not be kept.
 *
 * What ought to be on the switch and what is there are kept by
 * ofswitch-flows.c and ofswitch-groups.c.
 *
 * Each message sent that may be answered has a transaction id ("xid") of our
 * own numbering, so that an answer or an error is attributed by its xid and
 * nothing else. */

#include <config.h>
#include "controller/ofswitch.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bitmap.h"
#include "controller/ofswitch-private.h"
#include "controller/ofswitch-features.h"
#include "coverage.h"
#include "dirs.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/ofp-connection.h"
#include "openvswitch/ofp-flow.h"
#include "openvswitch/ofp-group.h"
#include "openvswitch/ofp-meter.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofp-packet.h"
#include "openvswitch/ofp-switch.h"
#include "openvswitch/ofp-util.h"
#include "openvswitch/ofpbuf.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/rconn.h"
#include "simap.h"
#include "unixctl.h"
#include "util.h"

COVERAGE_DEFINE(ofswitch_read);

/* Ours, so that they collide with none that the library allocates. */
#define FIRST_XID 0x40000000
#define LAST_XID  0x70000000

/* At most this many received messages are handled in one ofswitch_run().  A
 * message with flow statistics holds some hundred flows. */
#define MAX_RECV 50

/* Milliseconds between looks whether the switch's socket has appeared. */
#define POLL_TARGET_MS 100

/* Packet-outs that may wait for the switch to read them. */
#define MAX_PACKET_OUTS 1000

/* Creation and connection. */

struct ofswitch *
ofswitch_create(void)
{
    struct ofswitch *sw = xzalloc(sizeof *sw);

    sw->rconn = rconn_create(0, 1, 0, 1u << OFP15_VERSION);
    sw->packet_outs = rconn_packet_counter_create();
    sw->next_xid = FIRST_XID;
    sw->features = OFSWITCH_ALL_FEATURES;
    of_flows_init(&sw->flows);
    of_shared_init(&sw->groups, &of_group_class);
    of_shared_init(&sw->meters, &of_meter_class);
    sw->zones = bitmap_allocate(OFSW_N_ZONES);
    sw->sent_zones = bitmap_allocate(OFSW_N_ZONES);
    return sw;
}

void
ofswitch_destroy(struct ofswitch *sw)
{
    if (sw) {
        rconn_destroy(sw->rconn);
        rconn_packet_counter_destroy(sw->packet_outs);
        of_flows_destroy(&sw->flows);
        of_shared_destroy(&sw->groups);
        of_shared_destroy(&sw->meters);
        bitmap_free(sw->zones);
        bitmap_free(sw->sent_zones);
        free(sw->target);
        free(sw);
    }
}

void
ofswitch_set_target(struct ofswitch *sw, const char *target,
                    int probe_interval_s)
{
    if (!nullable_string_is_equal(sw->target, target)) {
        free(sw->target);
        sw->target = nullable_xstrdup(target);
        sw->connecting = false;
        rconn_disconnect(sw->rconn);
    }
    if (sw->probe_interval != probe_interval_s) {
        sw->probe_interval = probe_interval_s;
        rconn_set_probe_interval(sw->rconn, probe_interval_s);
    }
}

void
ofswitch_set_ready(struct ofswitch *sw, bool ready)
{
    sw->ready = ready;
}

void
ofswitch_resync(struct ofswitch *sw)
{
    sw->resync = true;
}

/* Sending. */

/* Returns an xid for a message, or the first of 'n' consecutive ones. */
uint32_t
ofsw_alloc_xids(struct ofswitch *sw, size_t n)
{
    if (sw->next_xid >= LAST_XID) {
        sw->next_xid = FIRST_XID;
    }

    uint32_t xid = sw->next_xid;
    sw->next_xid += n;
    return xid;
}

void
ofsw_set_xid(struct ofpbuf *msg, uint32_t xid)
{
    struct ofp_header *oh = msg->data;

    oh->xid = htonl(xid);
}

/* Sends and frees 'msg'.  A message that cannot be sent is lost, along with
 * the connection and all knowledge about what was sent on it. */
void
ofsw_send_xid(struct ofswitch *sw, struct ofpbuf *msg, uint32_t xid)
{
    ofsw_set_xid(msg, xid);
    rconn_send(sw->rconn, msg, NULL);
}

/* Sends and frees 'msg' with a new xid, and returns that. */
uint32_t
ofsw_send(struct ofswitch *sw, struct ofpbuf *msg)
{
    uint32_t xid = ofsw_alloc_xids(sw, 1);

    ofsw_send_xid(sw, msg, xid);
    return xid;
}

/* Sends and frees 'msg', whose answer 'request' is to wait for. */
void
ofsw_send_request(struct ofswitch *sw, struct ofpbuf *msg,
                  struct ofsw_request *request)
{
    request->pending = true;
    request->xid = ofsw_send(sw, msg);
}

/* Sends and frees 'msgs', which have their xids. */
void
ofsw_send_list(struct ofswitch *sw, struct ovs_list *msgs)
{
    struct ofpbuf *msg;

    LIST_FOR_EACH_POP (msg, list_node, msgs) {
        rconn_send(sw->rconn, msg, NULL);
    }
}

/* States. */

/* Forgets about the last connection.  What was in flight on it may or may not
 * have arrived. */
static void
disconnected(struct ofswitch *sw)
{
    sw->state = S_DISCONNECTED;
    sw->resync = false;
    sw->update.active = false;
    sw->one_by_one = false;
    sw->n_failures = 0;
    sw->read_flows.pending = false;
    sw->read_groups.pending = false;
    sw->read_meters.pending = false;
    sw->read_tlv.pending = false;
    sw->read_group_features.pending = false;
    sw->read_meter_features.pending = false;
    sw->probe_ct_flush.pending = false;
    bitmap_or(sw->zones, sw->sent_zones, OFSW_N_ZONES);
    memset(sw->sent_zones, 0, bitmap_n_bytes(OFSW_N_ZONES));
    sw->any_zone = !bitmap_is_all_zeros(sw->zones, OFSW_N_ZONES);
    of_flows_forget(&sw->flows);
    of_shared_forget(&sw->groups);
    of_shared_forget(&sw->meters);
}

/* Asks for all groups and meters. */
static void
request_shared(struct ofswitch *sw)
{
    ofsw_send_request(sw, ofputil_encode_group_desc_request(OFP15_VERSION,
                                                            OFPG_ALL),
                      &sw->read_groups);
    ofsw_send_request(sw, ofputil_encode_meter_request(OFP15_VERSION,
                                                       OFPUTIL_METER_CONFIG,
                                                       OFPM13_ALL),
                      &sw->read_meters);
}

/* Sets up a new connection: which messages it shall carry, and the first
 * request. */
static void
connected(struct ofswitch *sw)
{
    struct ofputil_switch_config config = {
        .frag = OFPUTIL_FRAG_NORMAL,
        .invalid_ttl_to_controller = -1,
        /* Connections to a ".mgmt" socket get nothing before this is set. */
        .miss_send_len = UINT16_MAX,
    };
    struct ofputil_async_cfg async = OFPUTIL_ASYNC_CFG_INIT;

    async.primary[OAM_PACKET_IN] =
        ofputil_async_cfg_default(OFP15_VERSION).primary[OAM_PACKET_IN];

    sw->seqno = rconn_get_connection_seqno(sw->rconn);
    ofsw_send(sw, ofputil_encode_set_config(&config, OFP15_VERSION));
    ofsw_send(sw, ofputil_encode_set_packet_in_format(
                 OFP15_VERSION, OFPUTIL_PACKET_IN_NXT2));
    ofsw_send(sw, ofputil_encode_set_async_config(
                 &async, (1u << OAM_N_TYPES) - 1, OFP15_VERSION));
    ofsw_request_features(sw);
    sw->n_tlv_attempts = 0;
    ofsw_request_tlv_table(sw);
    request_shared(sw);
    sw->state = S_HELLO;
}

static void
begin_read(struct ofswitch *sw)
{
    struct ofputil_flow_stats_request fsr = {
        .table_id = OFPTT_ALL,
        .out_port = OFPP_ANY,
        .out_group = OFPG_ANY,
    };

    match_init_catchall(&fsr.match);
    COVERAGE_INC(ofswitch_read);
    sw->resync = false;
    sw->n_read = 0;
    sw->read_incomplete = false;
    of_flows_forget(&sw->flows);
    of_shared_forget(&sw->groups);
    of_shared_forget(&sw->meters);
    request_shared(sw);
    ofsw_send_request(sw, ofputil_encode_flow_stats_request(&fsr,
                                                       OFPUTIL_P_OF15_OXM),
                 &sw->read_flows);
    sw->state = S_READ;
}

/* The main loop. */

/* Returns true if there may be a switch at 'target'. */
static bool
target_exists(const char *target)
{
    if (!target || strncmp(target, "unix:", 5)) {
        return target != NULL;
    }

    char *path = abs_file_name(ovs_rundir(), target + 5);
    bool exists = !access(path, F_OK);
    free(path);
    return exists;
}

/* Has 'sw->rconn' connect only while there is something to connect to.  A
 * bridge that was just created does not listen yet, which is not worth the
 * warning and the pause that rconn makes of it. */
static void
run_connecting(struct ofswitch *sw)
{
    bool exists = target_exists(sw->target);

    if (exists && !sw->connecting) {
        rconn_connect(sw->rconn, sw->target, sw->target);
    } else if (!exists && sw->connecting) {
        rconn_disconnect(sw->rconn);
    }
    sw->connecting = exists;
}

static void
receive(struct ofswitch *sw)
{
    for (int i = 0; i < MAX_RECV; i++) {
        struct ofpbuf *msg = rconn_recv(sw->rconn);

        if (!msg) {
            break;
        }
        ofsw_handle_msg(sw, msg->data);
        ofpbuf_delete(msg);
    }
}

/* Is there something that can be sent now? */
static bool
can_act(const struct ofswitch *sw)
{
    if (sw->state == S_WAIT) {
        return sw->ready;
    }
    return (sw->state == S_LIVE && !sw->update.active
            && (sw->resync || (sw->ready && ofsw_update_needed(sw))));
}

static void
act(struct ofswitch *sw)
{
    if (sw->state == S_WAIT || sw->resync) {
        begin_read(sw);
    } else {
        ofsw_begin_update(sw);
    }
}

void
ofswitch_run(struct ofswitch *sw)
{
    if (!rconn_is_connected(sw->rconn)) {
        run_connecting(sw);
    }
    rconn_run(sw->rconn);
    if (sw->state != S_DISCONNECTED
        && (!rconn_is_connected(sw->rconn)
            || sw->seqno != rconn_get_connection_seqno(sw->rconn))) {
        disconnected(sw);
    }
    if (!rconn_is_connected(sw->rconn)) {
        return;
    }
    if (sw->state == S_DISCONNECTED) {
        connected(sw);
    }
    receive(sw);
    if (can_act(sw)) {
        act(sw);
        rconn_run(sw->rconn);
    }
}

void
ofswitch_wait(struct ofswitch *sw)
{
    rconn_run_wait(sw->rconn);
    rconn_recv_wait(sw->rconn);
    if (sw->target && !sw->connecting) {
        poll_timer_wait(POLL_TARGET_MS);
    }
    if (rconn_is_connected(sw->rconn) != (sw->state != S_DISCONNECTED)
        || can_act(sw)) {
        poll_immediate_wake();
    }
}

/* Desired state. */

void
ofswitch_flow_set(struct ofswitch *sw, const struct wire_flow *flow, bool copy)
{
    of_flows_set(&sw->flows, flow, copy);
}

void
ofswitch_flow_del(struct ofswitch *sw, const struct wire_flow *flow)
{
    of_flows_del(&sw->flows, flow);
}

void
ofswitch_flow_flush(struct ofswitch *sw)
{
    of_flows_flush(&sw->flows);
}

size_t
ofswitch_n_flows(const struct ofswitch *sw)
{
    return sw->flows.n_desired;
}

uint32_t
ofswitch_group_ref(struct ofswitch *sw, const char *content)
{
    return of_shared_ref(&sw->groups, content);
}

void
ofswitch_group_unref(struct ofswitch *sw, const char *content)
{
    of_shared_unref(&sw->groups, content);
}

uint32_t
ofswitch_meter_ref(struct ofswitch *sw, const char *name)
{
    return of_shared_ref(&sw->meters, name);
}

void
ofswitch_meter_unref(struct ofswitch *sw, const char *name)
{
    of_shared_unref(&sw->meters, name);
}

void
ofswitch_meter_set(struct ofswitch *sw, const char *name, const char *content)
{
    of_shared_set_content(&sw->meters, name, content);
}

void
ofswitch_ct_flush_zone(struct ofswitch *sw, uint16_t zone)
{
    bitmap_set1(sw->zones, zone);
    sw->any_zone = true;
}

size_t
ofswitch_n_groups(const struct ofswitch *sw)
{
    return hmap_count(&sw->groups.by_id);
}

size_t
ofswitch_n_meters(const struct ofswitch *sw)
{
    return hmap_count(&sw->meters.by_id);
}

/* Fences. */

uint64_t
ofswitch_fence(struct ofswitch *sw)
{
    return ++sw->fence_last;
}

uint64_t
ofswitch_fence_done(const struct ofswitch *sw)
{
    return sw->fence_done;
}

/* State. */

bool
ofswitch_is_connected(const struct ofswitch *sw)
{
    return rconn_is_connected(sw->rconn);
}

unsigned int
ofswitch_connection(const struct ofswitch *sw)
{
    return rconn_get_connection_seqno(sw->rconn);
}

bool
ofswitch_ids_are_known(const struct ofswitch *sw)
{
    return (sw->ids_known || !target_exists(sw->target)
            || rconn_get_last_error(sw->rconn));
}

bool
ofswitch_is_synced(const struct ofswitch *sw)
{
    return (sw->state == S_LIVE && sw->ready && !sw->resync
            && !sw->update.active && !ofsw_update_needed(sw));
}

const char *
ofswitch_status(const struct ofswitch *sw)
{
    switch (sw->state) {
    case S_DISCONNECTED:
        return "disconnected";
    case S_HELLO:
        return "negotiating";
    case S_WAIT:
        return "waiting";
    case S_READ:
        return "reading";
    case S_LIVE:
        return (ofswitch_is_synced(sw) ? "up to date"
                : sw->ready ? "updating"
                : "waiting");
    default:
        OVS_NOT_REACHED();
    }
}

enum mf_field_id
ofswitch_tun_metadata_field(const struct ofswitch *sw)
{
    return sw->tun_field;
}

/* Packets. */

void
ofswitch_set_packet_in_cb(struct ofswitch *sw, ofswitch_packet_in_func *cb,
                          void *aux)
{
    sw->packet_in = cb;
    sw->packet_in_aux = aux;
}

static bool
send_packet(struct ofswitch *sw, struct ofpbuf *msg)
{
    return !rconn_send_with_limit(sw->rconn, msg, sw->packet_outs,
                                  MAX_PACKET_OUTS);
}

bool
ofswitch_packet_out(struct ofswitch *sw, const struct ofputil_packet_out *po)
{
    return (rconn_is_connected(sw->rconn)
            && send_packet(sw, ofputil_encode_packet_out(
                               po, OFPUTIL_P_OF15_OXM)));
}

bool
ofswitch_resume(struct ofswitch *sw, const struct ofputil_packet_in *pin,
                const struct ofpbuf *continuation)
{
    return (rconn_is_connected(sw->rconn)
            && send_packet(sw, ofputil_encode_resume(pin, continuation,
                                                     OFPUTIL_P_OF15_OXM)));
}

/* For operators. */

static void
list_shared(struct unixctl_conn *conn, int argc OVS_UNUSED,
            const char *argv[] OVS_UNUSED, void *table)
{
    struct ds ds = DS_EMPTY_INITIALIZER;

    of_shared_format(table, &ds);
    unixctl_command_reply(conn, ds_cstr(&ds));
    ds_destroy(&ds);
}

static void
show(struct unixctl_conn *conn, int argc OVS_UNUSED,
     const char *argv[] OVS_UNUSED, void *sw)
{
    struct ds ds = DS_EMPTY_INITIALIZER;

    ofswitch_format(sw, &ds);
    unixctl_command_reply(conn, ds_cstr(&ds));
    ds_destroy(&ds);
}

void
ofswitch_register_unixctl(struct ofswitch *sw)
{
    unixctl_command_register("group-table-list", "", 0, 0, list_shared,
                             &sw->groups);
    unixctl_command_register("meter-table-list", "", 0, 0, list_shared,
                             &sw->meters);
    unixctl_command_register("debug/ofswitch-show", "", 0, 0, show, sw);
}

void
ofswitch_get_memory_usage(const struct ofswitch *sw, struct simap *usage)
{
    const struct of_flows *flows = &sw->flows;
    size_t bytes = (hmap_count(&flows->flows) * sizeof(struct of_flow)
                    + flows->owned_bytes
                    + flows->allocated_queue * sizeof *flows->queue
                    + flows->allocated_batch * sizeof *flows->batch);

    simap_increase(usage, "ofswitch-flows", flows->n_desired);
    simap_increase(usage, "ofswitch-flows-KB", bytes / 1024);
    simap_increase(usage, "ofswitch-groups", hmap_count(&sw->groups.by_name));
    simap_increase(usage, "ofswitch-meters", hmap_count(&sw->meters.by_name));
}

void
ofswitch_format(const struct ofswitch *sw, struct ds *ds)
{
    const struct of_flows *flows = &sw->flows;
    const struct of_flow_counts *c = &flows->counts;

    ds_put_format(ds, "status: %s\n", ofswitch_status(sw));
    ds_put_format(ds, "target: %s\n", sw->target ? sw->target : "none");
    if (sw->tun_field) {
        ds_put_format(ds, "geneve field: tun_metadata%d\n",
                      sw->tun_field - MFF_TUN_METADATA0);
    }
    ds_put_format(ds, "flows: %"PRIuSIZE" desired, %"PRIuSIZE" on switch, "
                  "%"PRIuSIZE" queued, %"PRIuSIZE" in flight, "
                  "%"PRIuSIZE" rejected\n",
                  flows->n_desired, flows->n_on_switch,
                  flows->tail - flows->head, flows->n_batch,
                  flows->n_rejected);
    ds_put_format(ds, "changes: %"PRIu64" adopted, %"PRIu64" added, "
                  "%"PRIu64" modified, %"PRIu64" deleted, "
                  "%"PRIu64" rejected\n", c->adopted, c->added, c->modified,
                  c->deleted, c->rejected);
    ds_put_format(ds, "fences: %"PRIu64" set, %"PRIu64" done\n",
                  sw->fence_last, sw->fence_done);
    ds_put_cstr(ds, "features:");
    ofsw_format_features(sw, ds);
    ds_put_format(ds, "\nlimits: %"PRIu32" groups, %"PRIu32" meters, "
                  "%"PRIu32" bands\n", sw->features.max_groups,
                  sw->features.max_meters, sw->features.max_bands);
}
