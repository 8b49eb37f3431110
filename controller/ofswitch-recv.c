/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* What an ofswitch does with the messages that it receives.  All of them are
 * taken to be hostile: what does not answer a request of ours is ignored. */

#include <config.h>
#include "controller/ofswitch-private.h"
#include "controller/ofswitch-features.h"

#include <inttypes.h>
#include <stdlib.h>

#include "openvswitch/ofp-flow.h"
#include "openvswitch/ofp-group.h"
#include "openvswitch/ofp-match.h"
#include "openvswitch/ofp-meter.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofp-packet.h"
#include "openvswitch/ofp-util.h"
#include "openvswitch/ofpbuf.h"
#include "openvswitch/rconn.h"
#include "openvswitch/vlog.h"
#include "tun-metadata.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(ofswitch);

static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(5, 20);

/* OVN's Geneve option, see ovn-architecture(7), "Tunnel Encapsulations". */
#define OVN_GENEVE_CLASS 0x0102
#define OVN_GENEVE_TYPE 0x80
#define OVN_GENEVE_LEN 4

/* Attempts to map it, each with what the switch said last about its table. */
#define MAX_TLV_ATTEMPTS 5

/* Returns true if 'oh' belongs to the answer to 'request'.  If it is the last
 * part, marks it as answered. */
bool
ofsw_is_reply(struct ofsw_request *request, const struct ofp_header *oh,
              bool last)
{
    if (!request->pending || request->xid != ntohl(oh->xid)) {
        return false;
    }
    request->pending = !last;
    return true;
}

/* Starts to update: all has been read. */
static void
end_read(struct ofswitch *sw)
{
    of_shared_end_read(&sw->groups);
    of_shared_end_read(&sw->meters);
    of_flows_end_read(&sw->flows, !sw->read_incomplete);
    sw->state = S_LIVE;
    if (sw->read_incomplete) {
        VLOG_WARN("%s: has flows that cannot be decoded, replacing all",
                  rconn_get_name(sw->rconn));
    }
    VLOG_INFO("%s: switch has %"PRIuSIZE" flows, %"PRIuSIZE" are desired, "
              "%"PRIuSIZE" differ", rconn_get_name(sw->rconn), sw->n_read,
              sw->flows.n_desired, sw->flows.tail - sw->flows.head);
}

/* Goes on if what was asked for in this state has been answered. */
static void
maybe_end_read(struct ofswitch *sw)
{
    if (sw->read_groups.pending || sw->read_meters.pending) {
        return;
    } else if (sw->state == S_HELLO && !sw->read_tlv.pending) {
        sw->ids_known = true;
        sw->state = S_WAIT;
    } else if (sw->state == S_READ && !sw->read_flows.pending) {
        end_read(sw);
    }
}

/* Geneve options. */

/* Asks for the table of Geneve options. */
void
ofsw_request_tlv_table(struct ofswitch *sw)
{
    ofsw_send_request(sw, ofpraw_alloc(OFPRAW_NXT_TLV_TABLE_REQUEST,
                                  OFP15_VERSION, 0), &sw->read_tlv);
}

/* Looks for OVN's option in 'mappings'.  Returns its index, or -1 if it is not
 * there; then '*free_idx' is an unused index, or -1 if there is none or the
 * option is mapped with another length. */
static int
find_tlv(const struct ofswitch *sw, const struct ovs_list *mappings,
         int *free_idx)
{
    const struct ofputil_tlv_map *map;
    uint64_t used = 0;

    BUILD_ASSERT(TUN_METADATA_NUM_OPTS == 64);
    *free_idx = -1;
    LIST_FOR_EACH (map, list_node, mappings) {
        if (map->option_class == OVN_GENEVE_CLASS
            && map->option_type == OVN_GENEVE_TYPE) {
            bool usable = (map->option_len == OVN_GENEVE_LEN
                           && map->index < TUN_METADATA_NUM_OPTS);
            return usable ? map->index : -1;
        }
        if (map->index < TUN_METADATA_NUM_OPTS) {
            used |= UINT64_C(1) << map->index;
        }
    }

    int last = sw->tun_field ? sw->tun_field - MFF_TUN_METADATA0 : 0;
    if (!(used & (UINT64_C(1) << last))) {
        *free_idx = last;
    } else if (used != UINT64_MAX) {
        *free_idx = rightmost_1bit_idx(~used);
    }
    return -1;
}

static void
add_tlv(struct ofswitch *sw, int idx)
{
    struct ofputil_tlv_table_mod ttm = {
        .command = NXTTMC_ADD,
        .mappings = OVS_LIST_INITIALIZER(&ttm.mappings),
    };
    struct ofputil_tlv_map map = {
        .option_class = OVN_GENEVE_CLASS,
        .option_type = OVN_GENEVE_TYPE,
        .option_len = OVN_GENEVE_LEN,
        .index = idx,
    };

    ovs_list_push_back(&ttm.mappings, &map.list_node);
    sw->tlv_mod_xid = ofsw_send(
        sw, ofputil_encode_tlv_table_mod(OFP15_VERSION, &ttm));
}

static void
end_tlv(struct ofswitch *sw, enum mf_field_id field)
{
    if (!field) {
        VLOG_WARN("%s: cannot map the Geneve option (class 0x%x, type 0x%x), "
                  "Geneve tunnels will not work", rconn_get_name(sw->rconn),
                  OVN_GENEVE_CLASS, OVN_GENEVE_TYPE);
    }
    sw->tun_field = field;
    sw->read_tlv.pending = false;
    maybe_end_read(sw);
}

/* Whether a mapping that we add is accepted shows in the table that is
 * requested right after it, whoever else may be adding some. */
static void
handle_tlv_table(struct ofswitch *sw, const struct ofp_header *oh)
{
    struct ofputil_tlv_table_reply reply;
    int idx, free_idx;

    if (!ofsw_is_reply(&sw->read_tlv, oh, true) || sw->state != S_HELLO) {
        return;
    }

    enum ofperr error = ofputil_decode_tlv_table_reply(oh, &reply);
    if (error) {
        VLOG_WARN_RL(&rl, "%s: bad table of Geneve options: %s",
                     rconn_get_name(sw->rconn), ofperr_to_string(error));
        end_tlv(sw, 0);
        return;
    }
    idx = find_tlv(sw, &reply.mappings, &free_idx);
    ofputil_uninit_tlv_table(&reply.mappings);

    if (idx >= 0) {
        end_tlv(sw, MFF_TUN_METADATA0 + idx);
    } else if (free_idx >= 0 && sw->n_tlv_attempts++ < MAX_TLV_ATTEMPTS) {
        add_tlv(sw, free_idx);
        ofsw_request_tlv_table(sw);
    } else {
        end_tlv(sw, 0);
    }
}

/* Flows, groups and meters. */

static void
handle_flow_stats(struct ofswitch *sw, const struct ofp_header *oh)
{
    if (!ofsw_is_reply(&sw->read_flows, oh, !ofpmp_more(oh))) {
        return;
    }

    struct ofpbuf msg = ofpbuf_const_initializer(oh, ntohs(oh->length));
    uint64_t stub[256];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);
    struct ofputil_flow_stats fs;
    int error;

    for (;;) {
        ofpbuf_clear(&ofpacts);
        error = ofputil_decode_flow_stats_reply(&fs, &msg, false, &ofpacts);
        if (error) {
            break;
        }
        sw->n_read++;
        of_flows_read(&sw->flows, &fs);
    }
    sw->read_incomplete |= error != EOF;
    ofpbuf_uninit(&ofpacts);
    maybe_end_read(sw);
}

static void
handle_group_desc(struct ofswitch *sw, const struct ofp_header *oh)
{
    if (!ofsw_is_reply(&sw->read_groups, oh, !ofpmp_more(oh))) {
        return;
    }

    struct ofpbuf msg = ofpbuf_const_initializer(oh, ntohs(oh->length));
    struct ofputil_group_desc gd;

    while (!ofputil_decode_group_desc_reply(&gd, &msg, OFP15_VERSION)) {
        of_shared_read_group(&sw->groups, &gd);
        ofputil_uninit_group_desc(&gd);
    }
    maybe_end_read(sw);
}

static void
handle_meter_config(struct ofswitch *sw, const struct ofp_header *oh)
{
    if (!ofsw_is_reply(&sw->read_meters, oh, !ofpmp_more(oh))) {
        return;
    }

    struct ofpbuf msg = ofpbuf_const_initializer(oh, ntohs(oh->length));
    struct ofputil_meter_config mc;
    struct ofpbuf bands;

    ofpbuf_init(&bands, 64);
    while (!ofputil_decode_meter_config(&msg, &mc, &bands)) {
        of_shared_read_meter(&sw->meters, &mc);
    }
    ofpbuf_uninit(&bands);
    maybe_end_read(sw);
}

/* Handles an error with the xid of 'oh' if it is about a read request.  A
 * switch without meters or groups may say so by an error. */
static bool
handle_read_error(struct ofswitch *sw, const struct ofp_header *oh)
{
    if (ofsw_is_reply(&sw->read_tlv, oh, true)) {
        end_tlv(sw, 0);
        return true;
    } else if (ofsw_is_reply(&sw->read_flows, oh, true)) {
        sw->read_incomplete = true;
    } else if (!ofsw_is_reply(&sw->read_groups, oh, true)
               && !ofsw_is_reply(&sw->read_meters, oh, true)) {
        return false;
    }
    maybe_end_read(sw);
    return true;
}

/* Errors and others. */

static void
handle_error(struct ofswitch *sw, const struct ofp_header *oh)
{
    enum ofperr error = ofperr_decode_msg(oh, NULL);

    if (!ofsw_handle_update_error(sw, ntohl(oh->xid), error)
        && !ofsw_handle_features_error(sw, ntohl(oh->xid), error)
        && !handle_read_error(sw, oh)) {
        VLOG_DBG_RL(&rl, "%s: switch reports %s about message %#"PRIx32,
                    rconn_get_name(sw->rconn),
                    error ? ofperr_to_string(error) : "unknown error",
                    ntohl(oh->xid));
    }
}

static void
handle_packet_in(struct ofswitch *sw, const struct ofp_header *oh)
{
    struct ofputil_packet_in pin;
    struct ofpbuf continuation;

    if (!sw->packet_in) {
        return;
    }
    enum ofperr error = ofputil_decode_packet_in(oh, true, NULL, NULL, &pin,
                                                 NULL, NULL, &continuation);
    if (error) {
        VLOG_WARN_RL(&rl, "%s: bad packet-in: %s", rconn_get_name(sw->rconn),
                     ofperr_to_string(error));
        return;
    }
    sw->packet_in(&pin, &continuation, sw->packet_in_aux);
}

/* Handles any message. */
void
ofsw_handle_msg(struct ofswitch *sw, const struct ofp_header *oh)
{
    enum ofptype type;

    if (oh->version != OFP15_VERSION || ofptype_decode(&type, oh)) {
        VLOG_DBG_RL(&rl, "%s: ignoring undecodable message",
                    rconn_get_name(sw->rconn));
        return;
    }

    if (type == OFPTYPE_ECHO_REQUEST) {
        rconn_send(sw->rconn, ofputil_encode_echo_reply(oh), NULL);
    } else if (type == OFPTYPE_ERROR) {
        handle_error(sw, oh);
    } else if (type == OFPTYPE_BARRIER_REPLY) {
        if (sw->update.active && ntohl(oh->xid) == sw->update.barrier_xid) {
            ofsw_end_update(sw);
        }
    } else if (type == OFPTYPE_BUNDLE_CONTROL) {
        ofsw_handle_bundle_control(sw, oh);
    } else if (type == OFPTYPE_NXT_TLV_TABLE_REPLY) {
        handle_tlv_table(sw, oh);
    } else if (type == OFPTYPE_FLOW_STATS_REPLY) {
        handle_flow_stats(sw, oh);
    } else if (type == OFPTYPE_GROUP_DESC_STATS_REPLY) {
        handle_group_desc(sw, oh);
    } else if (type == OFPTYPE_METER_CONFIG_STATS_REPLY) {
        handle_meter_config(sw, oh);
    } else if (type == OFPTYPE_GROUP_FEATURES_STATS_REPLY) {
        ofsw_handle_group_features(sw, oh);
    } else if (type == OFPTYPE_METER_FEATURES_STATS_REPLY) {
        ofsw_handle_meter_features(sw, oh);
    } else if (type == OFPTYPE_PACKET_IN) {
        handle_packet_in(sw, oh);
    }
}
