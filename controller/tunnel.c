/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Tunnels in the compilation: which one leads to a chassis, what to write into
 * its key (see tunnel.h for the layouts), and table 0 for what comes in. */

#include <config.h>

#include "controller/tunnel.h"

#include <string.h>

#include "byte-order.h"
#include "controller/compile.h"
#include "controller/encaps.h"
#include "controller/flows.h"
#include "controller/local.h"
#include "flow.h"
#include "lib/logical.h"
#include "openvswitch/match.h"
#include "openvswitch/ofp-actions.h"
#include "ovsdb/ovs-inc.h"
#include "ovsdb/sb-inc.h"
#include "smap.h"
#include "util.h"

/* Finding tunnel ports. */

/* Tunnel ports by the chassis and address they lead to: the keys are
 * "<chassis>" and "<chassis>@<remote ip>". */
static void
tunnel_port_keys(struct inc_cx *cx, struct inc_ref port,
                 struct inc_keys *keys)
{
    const char *s = smap_get(ovs_port_external_ids(cx, port),
                             "ovn-chassis-id");
    struct encaps_id id;

    if (s && encaps_id_parse(s, &id)) {
        char *to = xasprintf("%s@%s", id.chassis, id.remote_ip);

        inc_key_add_string(keys, id.chassis);
        inc_key_add_string(keys, to);
        free(to);
        encaps_id_destroy(&id);
    }
}

static struct inc_index tunnel_port_index = {
    .name = "tunnel_port",
    .table = &ovs_port_table,
    .keys = tunnel_port_keys,
};

static enum tunnel_type
parse_type(const char *type)
{
    return (!strcmp(type, "geneve") ? TUNNEL_GENEVE
            : !strcmp(type, "stt") ? TUNNEL_STT
            : !strcmp(type, "vxlan") ? TUNNEL_VXLAN
            : TUNNEL_NONE);
}

/* Fact over Port: the tunnel that it is.  All zeros if it is none, or not
 * ready. */
static void
tunnel_port(struct inc_cx *cx, struct inc_ref port, void *tunnel_)
{
    struct tunnel *tunnel = tunnel_;
    size_t n;
    const struct inc_ref *ifaces = ovs_port_interfaces(cx, port, &n);

    if (n == 1
        && smap_get(ovs_port_external_ids(cx, port), "ovn-chassis-id")) {
        const struct iface *iface = inc_fact(cx, &iface_fact, ifaces[0]);
        enum tunnel_type type = parse_type(ovs_iface_type(cx, ifaces[0]));

        if (iface->ofport && type) {
            tunnel->ofport = iface->ofport;
            tunnel->type = type;
        }
    }
}

static struct inc_family tunnel_port_fact = {
    .name = "tunnel_port",
    .over = &ovs_port_table,
    .uses = INC_USES(&iface_fact),
    .fact = tunnel_port,
    .fact_size = sizeof(struct tunnel),
};

/* Returns the address at which 'chassis' prefers to be reached, or NULL. */
static const char *
default_ip(struct inc_cx *cx, struct inc_ref chassis)
{
    size_t n;
    const struct inc_ref *encaps = sb_chassis_encaps(cx, chassis, &n);

    for (size_t i = 0; i < n; i++) {
        if (smap_get_bool(sb_encap_options(cx, encaps[i]), "is_default",
                          false)) {
            return sb_encap_ip(cx, encaps[i]);
        }
    }
    return NULL;
}

/* Returns the tunnel among those with 'key' in 'tunnel_port_index' that is
 * ready and comes first: the one to address 'ip' if that is nonnull, then in
 * the order of their ids. */
static const struct tunnel *
choose(struct inc_cx *cx, const char *key, const char *ip)
{
    size_t n;
    const struct inc_ref *ports = inc_find_all(cx, &tunnel_port_index, key,
                                               strlen(key), &n);
    const struct tunnel *best = NULL;
    const char *best_id = NULL;
    bool best_preferred = false;

    for (size_t i = 0; i < n; i++) {
        const struct tunnel *tunnel = inc_fact(cx, &tunnel_port_fact,
                                               ports[i]);
        const char *id = smap_get_def(ovs_port_external_ids(cx, ports[i]),
                                      "ovn-chassis-id", "");
        const char *at = strrchr(id, '@');
        bool preferred = (ip && at && !strncmp(at + 1, ip, strlen(ip))
                          && (!at[1 + strlen(ip)]
                              || at[1 + strlen(ip)] == '%'));

        if (tunnel->ofport
            && (!best || preferred > best_preferred
                || (preferred == best_preferred
                    && strcmp(id, best_id) < 0))) {
            best = tunnel;
            best_id = id;
            best_preferred = preferred;
        }
    }
    return best;
}

static void
chassis_tunnel(struct inc_cx *cx, struct inc_ref chassis, void *tunnel_)
{
    const struct tunnel *best = choose(cx, sb_chassis_name(cx, chassis),
                                       default_ip(cx, chassis));

    if (best) {
        *(struct tunnel *) tunnel_ = *best;
    }
}

struct inc_family chassis_tunnel_fact = {
    .name = "chassis_tunnel",
    .over = &sb_chassis_table,
    .uses = INC_USES(&tunnel_port_fact),
    .fact = chassis_tunnel,
    .fact_size = sizeof(struct tunnel),
};

/* Fact over Encap: the tunnel to that address. */
static void
encap_tunnel(struct inc_cx *cx, struct inc_ref encap, void *tunnel_)
{
    const char *key = inc_sprintf(cx, "%s@%s",
                                  sb_encap_chassis_name(cx, encap),
                                  sb_encap_ip(cx, encap));
    const struct tunnel *best = choose(cx, key, NULL);

    if (best) {
        *(struct tunnel *) tunnel_ = *best;
    }
}

struct inc_family encap_tunnel_fact = {
    .name = "encap_tunnel",
    .over = &sb_encap_table,
    .uses = INC_USES(&tunnel_port_fact),
    .fact = encap_tunnel,
    .fact_size = sizeof(struct tunnel),
};

const struct tunnel *
tunnel_to(struct inc_cx *cx, struct inc_ref chassis, struct inc_ref encap)
{
    if (encap.id) {
        const struct tunnel *tunnel = inc_fact(cx, &encap_tunnel_fact, encap);

        if (tunnel->ofport) {
            return tunnel;
        }
    }
    return inc_fact(cx, &chassis_tunnel_fact, chassis);
}

/* Tunnel keys. */

/* Returns the 12-bit form of 'outport' for VXLAN, or -1 if it has none. */
static int
vxlan_outport(uint16_t outport)
{
    if (outport >= MC_KEY_MIN) {
        return OVN_VXLAN_MIN_MULTICAST | (outport & 0x7ff);
    }
    return outport < OVN_VXLAN_MIN_MULTICAST ? outport : -1;
}

/* Sets all of 'tun_field', OVN's 4-byte Geneve option, to 'value'.  How long
 * the option is only the switch knows, so this is not a load of 32 bits: the
 * switch would report that as something else. */
static void
put_option(uint32_t value, enum mf_field_id tun_field,
           struct ofpbuf *ofpacts)
{
    const struct mf_field *mf = mf_from_id(tun_field);
    union mf_value mf_value;

    memset(&mf_value, 0, sizeof mf_value);
    bitwise_put(value, &mf_value, mf->n_bytes, 0, 32);
    ofpact_put_set_field(ofpacts, mf, &mf_value, NULL);
}

bool
tunnel_put_key(enum tunnel_type type, enum mf_field_id tun_field,
               uint32_t dp_key, uint16_t outport, struct ofpbuf *ofpacts)
{
    int outport12;

    switch (type) {
    case TUNNEL_GENEVE:
        if (!tun_field) {
            return false;
        }
        put_load(dp_key, MFF_TUN_ID, 0, 24, ofpacts);
        put_option(outport, tun_field, ofpacts);
        put_move(MFF_LOG_INPORT, 0, tun_field, 16, 15, ofpacts);
        return true;

    case TUNNEL_STT:
        put_load(dp_key | (uint64_t) outport << 24, MFF_TUN_ID, 0, 64,
                 ofpacts);
        put_move(MFF_LOG_INPORT, 0, MFF_TUN_ID, 40, 15, ofpacts);
        return true;

    case TUNNEL_VXLAN:
        outport12 = vxlan_outport(outport);
        if (outport12 < 0 || dp_key > OVN_MAX_DP_VXLAN_KEY) {
            return false;
        }
        put_load(dp_key | outport12 << 12, MFF_TUN_ID, 0, 24, ofpacts);
        return true;

    case TUNNEL_NONE:
    default:
        return false;
    }
}

/* Appends to 'ofpacts' what takes datapath and ports out of the key of a
 * packet from a tunnel of the given 'type', and goes on to local output. */
static void
put_decap(enum tunnel_type type, enum mf_field_id tun_field,
          struct ofpbuf *ofpacts)
{
    if (type == TUNNEL_GENEVE) {
        put_move(MFF_TUN_ID, 0, MFF_LOG_DATAPATH, 0, 24, ofpacts);
        put_move(tun_field, 16, MFF_LOG_INPORT, 0, 15, ofpacts);
        put_move(tun_field, 0, MFF_LOG_OUTPORT, 0, 16, ofpacts);
    } else if (type == TUNNEL_STT) {
        put_move(MFF_TUN_ID, 40, MFF_LOG_INPORT, 0, 15, ofpacts);
        put_move(MFF_TUN_ID, 24, MFF_LOG_OUTPORT, 0, 16, ofpacts);
        put_move(MFF_TUN_ID, 0, MFF_LOG_DATAPATH, 0, 24, ofpacts);
    } else {
        put_move(MFF_TUN_ID, 12, MFF_LOG_OUTPORT, 0, 12, ofpacts);
        put_move(MFF_TUN_ID, 0, MFF_LOG_DATAPATH, 0, 12, ofpacts);
    }
    put_resubmit(OFTABLE_LOCAL_OUTPUT, ofpacts);
}

/* Emits the flow for packets from VXLAN tunnel 'ofport' to a multicast
 * group. */
static void
emit_vxlan_multicast(struct inc_cx *cx, uint32_t ofport)
{
    uint64_t stub[1024 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);
    struct match match = MATCH_CATCHALL_INITIALIZER;
    const uint64_t bit = (uint64_t) OVN_VXLAN_MIN_MULTICAST << 12;

    match_set_in_port(&match, u16_to_ofp(ofport));
    match_set_tun_id_masked(&match, htonll(bit), htonll(bit));
    put_load(1, MFF_LOG_OUTPORT, 15, 1, &ofpacts);
    put_move(MFF_TUN_ID, 12, MFF_LOG_OUTPORT, 0, 11, &ofpacts);
    put_move(MFF_TUN_ID, 0, MFF_LOG_DATAPATH, 0, 12, &ofpacts);
    put_resubmit(OFTABLE_LOCAL_OUTPUT, &ofpacts);
    flow_emit(cx, OFTABLE_PHY_TO_LOG, 105, &match, &ofpacts, NULL);
    ofpbuf_uninit(&ofpacts);
}

/* Unit over Port: table 0 for packets from a tunnel. */
static void
tunnel_in(struct inc_cx *cx, struct inc_ref port)
{
    const struct tunnel *tunnel = inc_fact(cx, &tunnel_port_fact, port);

    if (!tunnel->ofport) {
        return;
    }

    enum mf_field_id tun_field = chassis_cfg(cx)->tun_field;
    if (tunnel->type == TUNNEL_GENEVE && !tun_field) {
        return;                 /* Not known yet. */
    }

    uint64_t stub[1024 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);
    struct match match = MATCH_CATCHALL_INITIALIZER;

    match_set_in_port(&match, u16_to_ofp(tunnel->ofport));
    put_decap(tunnel->type, tun_field, &ofpacts);
    flow_emit(cx, OFTABLE_PHY_TO_LOG, 100, &match, &ofpacts, NULL);
    ofpbuf_uninit(&ofpacts);

    if (tunnel->type == TUNNEL_VXLAN) {
        emit_vxlan_multicast(cx, tunnel->ofport);
    }
}

static struct inc_family tunnel_in_unit = {
    .name = "tunnel_in",
    .over = &ovs_port_table,
    .uses = INC_USES(&tunnel_port_fact),
    .emits = INC_EMITS(&flows_output),
    .unit = tunnel_in,
};

void
tunnel_add(struct inc *inc)
{
    inc_add_family(inc, &tunnel_port_fact);
    inc_add_family(inc, &chassis_tunnel_fact);
    inc_add_family(inc, &encap_tunnel_fact);
    inc_add_family(inc, &tunnel_in_unit);
}
