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

static bool
is_resident(void *sb_idl OVS_UNUSED, const char *name OVS_UNUSED)
{
    return false;
}

static const struct expr_constants *
no_address_set(void *sb_idl OVS_UNUSED, const char *name OVS_UNUSED)
{
    return NULL;
}

static const char *const *
no_port_group(void *sb_idl OVS_UNUSED, const char *name OVS_UNUSED)
{
    return NULL;
}

/* Fills '*match' with the only way in which 'expr' can be true.  Returns NULL,
 * or an error that the caller must free. */
static char *
evaluate(struct ovsdb_idl *sb_idl, const struct expr *expr,
         struct match *match)
{
    const struct expr_env env = {
        .lookup_port = lookup_port,
        .is_chassis_resident = is_resident,
        .address_set = no_address_set,
        .port_group = no_port_group,
        .aux = sb_idl,
    };
    struct expr_matches matches;
    char *error = expr_to_matches(expr, &env, &matches);

    if (error) {
        return error;
    }
    if (matches.n == 1) {
        expr_match_get(&matches, 0, match);
    } else if (!matches.n) {
        error = xstrdup("microflow cannot be true");
    } else {
        error = xstrdup("microflow is ambiguous");
    }
    expr_matches_destroy(&matches);
    return error;
}

/* Finds the port that 'match' gives as inport among those that 'expr' names.
 * Returns NULL if it is not on 'chassis'. */
static const struct sbrec_port_binding *
find_inport(struct ovsdb_idl *sb_idl, const struct sbrec_chassis *chassis,
            const struct expr *expr, const struct match *match)
{
    const int reg = MFF_LOG_INPORT - MFF_REG0;

    if (match->wc.masks.regs[reg] != UINT32_MAX) {
        return NULL;
    }
    for (const char *const *p = expr_ports(expr); *p; p++) {
        const struct sbrec_port_binding *pb = find_port(sb_idl, *p);

        if (pb && pb->tunnel_key == match->flow.regs[reg]) {
            return chassis && pb->chassis == chassis ? pb : NULL;
        }
    }
    return NULL;
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
    const struct sbrec_port_binding *pb;
    struct expr *expr;
    struct match match;
    char *error = expr_parse(microflow, logical_symtab(), NULL, &expr);

    if (error) {
        return error;
    }
    error = evaluate(sb_idl, expr, &match);
    if (!error) {
        pb = find_inport(sb_idl, chassis, expr, &match);
        if (!pb) {
            error = xstrdup("microflow does not name an ingress port that is "
                            "on this chassis");
        } else if (!send_packet(pb, ct_zones_get(zones, pb->logical_port),
                                &match.flow, sw)) {
            error = xstrdup("no connection to the switch");
        }
    }
    expr_destroy(expr);
    return error;
}
