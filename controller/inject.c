/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Injects packets; see inject.h for the contract. */

#include <config.h>

#include "controller/inject.h"

#include <stdlib.h>
#include <string.h>

#include "byte-order.h"
#include "controller/ct-zone.h"
#include "controller/flows.h"
#include "controller/ofswitch.h"
#include "dp-packet.h"
#include "flow.h"
#include "lib/expr.h"
#include "lib/logical.h"
#include "lib/microflow.h"
#include "openvswitch/match.h"
#include "openvswitch/ofp-packet.h"
#include "openvswitch/ofpbuf.h"
#include "ovsdb/ovn-sb-idl.h"
#include "util.h"

static const struct sbrec_port_binding *
find_port(struct ovsdb_idl *sb_idl, const char *name)
{
    const struct sbrec_port_binding *pb;

    SBREC_PORT_BINDING_FOR_EACH (pb, sb_idl) {
        if (!strcmp(pb->logical_port, name)) {
            return pb;
        }
    }
    return NULL;
}

/* For struct expr_env; 'sb_idl_' is the Southbound database. */
static bool
lookup_port(void *sb_idl_, const char *name, unsigned int *key)
{
    struct ovsdb_idl *sb_idl = sb_idl_;
    const struct sbrec_port_binding *pb = find_port(sb_idl, name);

    if (pb) {
        *key = pb->tunnel_key;
    }
    return pb != NULL;
}

/* Sends the packet that 'flow' describes into the ingress pipeline at 'pb'.
 * Returns false if the switch does not take it. */
static bool
send_packet(const struct sbrec_port_binding *pb, uint16_t zone,
            const struct flow *flow, struct ofswitch *sw)
{
    uint64_t packet_stub[128 / 8];
    uint64_t ofpacts_stub[256 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(ofpacts_stub);
    struct dp_packet packet;

    dp_packet_use_stub(&packet, packet_stub, sizeof packet_stub);
    flow_compose(&packet, flow, NULL, 64);

    put_load(zone, MFF_LOG_CT_ZONE, 0, 32, &ofpacts);
    put_load(pb->datapath->tunnel_key, MFF_LOG_DATAPATH, 0, 64, &ofpacts);
    put_load(pb->tunnel_key, MFF_LOG_INPORT, 0, 32, &ofpacts);
    put_resubmit(OFTABLE_LOG_INGRESS, &ofpacts);

    struct ofputil_packet_out po = {
        .packet = dp_packet_data(&packet),
        .packet_len = dp_packet_size(&packet),
        .buffer_id = UINT32_MAX,
        .ofpacts = ofpacts.data,
        .ofpacts_len = ofpacts.size,
    };
    match_set_in_port(&po.flow_metadata, OFPP_CONTROLLER);

    bool ok = ofswitch_packet_out(sw, &po);
    dp_packet_uninit(&packet);
    ofpbuf_uninit(&ofpacts);
    return ok;
}

char *
inject_packet(struct ovsdb_idl *sb_idl, const struct sbrec_chassis *chassis,
              const struct ct_zones *zones, struct ofswitch *sw,
              const char *microflow)
{
    struct microflow *mf;
    char *error = microflow_parse(microflow, &mf);

    if (error) {
        return error;
    }

    const struct expr_env env = { .lookup_port = lookup_port, .aux = sb_idl };
    const char *inport = microflow_inport(mf);
    const struct sbrec_port_binding *pb
        = inport ? find_port(sb_idl, inport) : NULL;
    struct flow flow;

    if (!pb || !chassis || pb->chassis != chassis) {
        error = xstrdup("microflow does not name an ingress port that is on "
                        "this chassis");
    } else {
        error = microflow_to_flow(mf, &env, &flow);
    }
    if (!error && !send_packet(pb, ct_zones_get(zones, pb->logical_port),
                               &flow, sw)) {
        error = xstrdup("no connection to the switch");
    }
    microflow_destroy(mf);
    return error;
}
