/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* What is on this chassis.
 *
 * An interface of the integration bridge whose external_ids:iface-id is the
 * name of a logical port implements that port, if the port may be here
 * (requested-chassis, iface-id-ver).  A datapath is local if it has a port
 * here, or can be reached from one that has (reach.h).  Everything else
 * follows: the port's zone, what is written to its Port_Binding, what the
 * Southbound database is asked for. */

#include <config.h>

#include "controller/local.h"

#include <inttypes.h>
#include <string.h>

#include "controller/binding.h"
#include "controller/compile.h"
#include "controller/monitor.h"
#include "controller/reach.h"
#include "controller/tunnel.h"
#include "controller/zones.h"
#include "flow.h"
#include "hash.h"
#include "ovsdb/ovs-inc.h"
#include "ovsdb/sb-inc.h"
#include "smap.h"
#include "svec.h"
#include "util.h"
#include "uuid.h"

/* Interfaces. */

/* Returns true if 'port', a Port row, is on the integration bridge. */
static bool
is_on_br_int(struct inc_cx *cx, struct inc_ref port)
{
    struct inc_ref bridge = inc_find_ref(cx, &ovs_bridge_by_ports, port);

    return (bridge.id && uuid_equals(inc_uuid(cx, bridge),
                                     &chassis_cfg(cx)->br_int));
}

static void
iface_compute(struct inc_cx *cx, struct inc_ref row, void *iface_)
{
    struct iface *iface = iface_;
    const int64_t *ofport = ovs_iface_ofport(cx, row);
    struct inc_ref port = inc_find_ref(cx, &ovs_port_by_interfaces, row);

    if (ofport && *ofport > 0 && *ofport < ofp_to_u16(OFPP_MAX)
        && port.id && is_on_br_int(cx, port)) {
        iface->ofport = *ofport;
    }
}

struct inc_family iface_fact = {
    .name = "iface",
    .over = &ovs_iface_table,
    .fact = iface_compute,
    .fact_size = sizeof(struct iface),
};

/* Interfaces by external_ids:iface-id. */
static void
iface_id_keys(struct inc_cx *cx, struct inc_ref iface, struct inc_keys *keys)
{
    const char *id = smap_get(ovs_iface_external_ids(cx, iface), "iface-id");

    if (id && id[0]) {
        inc_key_add_string(keys, id);
    }
}

static struct inc_index iface_by_iface_id = {
    .name = "iface_by_iface_id",
    .table = &ovs_iface_table,
    .keys = iface_id_keys,
};

/* Ports. */

/* Returns true if one of the names in 'list', separated by commas, is that of
 * this chassis or its host. */
static bool
names_this_chassis(struct inc_cx *cx, const char *list)
{
    const struct chassis_cfg *cfg = chassis_cfg(cx);

    for (const char *p = list; *p; ) {
        size_t n = strcspn(p, ",");

        if ((n == strlen(cfg->name) && !memcmp(p, cfg->name, n))
            || (n == strlen(cfg->hostname)
                && !memcmp(p, cfg->hostname, n))) {
            return n > 0;
        }
        p += n + (p[n] == ',');
    }
    return false;
}

/* Returns true if port 'pb' may be bound to this chassis. */
static bool
may_be_here(struct inc_cx *cx, struct inc_ref pb)
{
    const char *requested = smap_get(sb_pb_options(cx, pb),
                                     "requested-chassis");

    return !requested || !requested[0] || names_this_chassis(cx, requested);
}

/* Returns true if 'iface' is of the version that port 'pb' wants. */
static bool
version_fits(struct inc_cx *cx, struct inc_ref pb, struct inc_ref iface)
{
    const char *wanted = smap_get(sb_pb_options(cx, pb), "iface-id-ver");
    const char *is = smap_get(ovs_iface_external_ids(cx, iface),
                              "iface-id-ver");

    return !wanted || (is && !strcmp(wanted, is));
}

static void
vif_compute(struct inc_cx *cx, struct inc_ref pb, void *vif_)
{
    struct vif *vif = vif_;
    const char *name = sb_pb_logical_port(cx, pb);
    size_t n;
    const struct inc_ref *ifaces = inc_find_all(cx, &iface_by_iface_id, name,
                                                strlen(name), &n);

    if (!n || sb_pb_type(cx, pb)[0] || !may_be_here(cx, pb)) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const struct iface *iface = inc_fact(cx, &iface_fact, ifaces[i]);

        if (!iface->ofport || !version_fits(cx, pb, ifaces[i])) {
            continue;
        }
        vif->n_ifaces++;
        if (!vif->ofport || iface->ofport < vif->ofport) {
            vif->iface = *inc_uuid(cx, ifaces[i]);
            vif->ofport = iface->ofport;
        }
    }
}

struct inc_family vif_fact = {
    .name = "vif",
    .over = &sb_pb_table,
    .uses = INC_USES(&iface_fact),
    .fact = vif_compute,
    .fact_size = sizeof(struct vif),
};

/* Fills in 'place' for the patch port 'pb'. */
static void
place_patch(struct inc_cx *cx, struct inc_ref pb, struct place *place)
{
    struct inc_ref peer = reach_peer(cx, pb);
    struct inc_ref dp = peer.id ? sb_pb_datapath(cx, peer) : INC_NONE;

    if (dp.id) {
        place->where = PLACE_PATCH;
        place->peer_key = sb_pb_tunnel_key(cx, peer);
        place->peer_dp = dp;
    }
}

static void
place_compute(struct inc_cx *cx, struct inc_ref pb, void *place_)
{
    const struct vif *vif = inc_fact(cx, &vif_fact, pb);
    struct place *place = place_;

    if (vif->ofport) {
        place->where = PLACE_HERE;
        place->ofport = vif->ofport;
        place->zone = zone_get(cx, pb, ZONE_PORT);
        return;
    } else if (!strcmp(sb_pb_type(cx, pb), "patch")) {
        place_patch(cx, pb, place);
        return;
    }

    struct inc_ref chassis = sb_pb_chassis(cx, pb);
    if (chassis.id && !is_this_chassis(cx, chassis)) {
        const struct tunnel *tunnel = tunnel_to(cx, chassis,
                                                sb_pb_encap(cx, pb));

        if (tunnel->ofport) {
            place->where = PLACE_TUNNEL;
            place->ofport = tunnel->ofport;
            place->tunnel = tunnel->type;
        }
    }
}

struct inc_family place_fact = {
    .name = "place",
    .over = &sb_pb_table,
    .uses = INC_USES(&vif_fact, &chassis_tunnel_fact, &encap_tunnel_fact),
    .fact = place_compute,
    .fact_size = sizeof(struct place),
};

/* Datapaths. */

struct inc_table local_dp_table = {
    .name = "local_dp",
    .kind = INC_DERIVED,
    .key_size = sizeof(struct uuid),
    .value_size = sizeof(struct local_dp),
};

const struct local_dp *
local_dp_get(struct inc_cx *cx, struct inc_ref dp)
{
    struct inc_ref row = (dp.id
                          ? inc_lookup(cx, &local_dp_table, inc_uuid(cx, dp))
                          : INC_NONE);

    return row.id ? inc_value(cx, row) : NULL;
}

static void
list_dp(void *lines_, const void *key, size_t key_len OVS_UNUSED,
        const struct inc_claim *claims, size_t n)
{
    struct svec *lines = lines_;
    struct local_dp dp;
    struct uuid uuid;

    if (n) {
        memcpy(&uuid, key, sizeof uuid);
        memcpy(&dp, claims[0].value, sizeof dp);
        svec_add_nocopy(lines, xasprintf("Datapath: "UUID_FMT"%s",
                                         UUID_ARGS(&uuid),
                                         dp.indirect ? ", indirect" : ""));
    }
}

void
local_dp_list(struct svec *lines)
{
    inc_output_for_each(&local_dp_table.output, list_dp, lines);
}

bool
local_dp_exists(const struct uuid *dp)
{
    struct inc_claim claim;

    return inc_output_get(&local_dp_table.output, dp, sizeof *dp, &claim, 1);
}

/* Returns true if 'dp' is a logical switch. */
static bool
is_switch(struct inc_cx *cx, struct inc_ref dp)
{
    const char *type = sb_dp_type(cx, dp);

    /* Before there was a type, external_ids told. */
    return (type
            ? !strcmp(type, "logical-switch")
            : !smap_get(sb_dp_external_ids(cx, dp), "logical-router"));
}

/* Unit over Port_Binding: what a port that is here entails, and where a patch
 * port leads. */
static void
local_port(struct inc_cx *cx, struct inc_ref pb)
{
    const struct vif *vif = inc_fact(cx, &vif_fact, pb);

    if (vif->ofport) {
        reach_seed(cx, sb_pb_datapath(cx, pb));
        zone_request(cx, pb, ZONE_PORT, sb_pb_logical_port(cx, pb), 0);
    } else if (!strcmp(sb_pb_type(cx, pb), "patch")) {
        reach_joint(cx, pb);
    }
}

static struct inc_family local_port_unit = {
    .name = "local_port",
    .over = &sb_pb_table,
    .uses = INC_USES(&vif_fact),
    .emits = INC_EMITS(&reach_seeds_output, &reach_joints_output,
                       &zones_output),
    .unit = local_port,
};

/* Datapaths by their own UUID. */
static void
dp_uuid_keys(struct inc_cx *cx, struct inc_ref dp, struct inc_keys *keys)
{
    inc_key_add(keys, inc_uuid(cx, dp), sizeof(struct uuid));
}

static struct inc_index dp_by_uuid = {
    .name = "dp_by_uuid",
    .table = &sb_dp_table,
    .keys = dp_uuid_keys,
};

/* Datapaths by name. */
static void
dp_name_keys(struct inc_cx *cx, struct inc_ref dp, struct inc_keys *keys)
{
    const char *name = smap_get(sb_dp_external_ids(cx, dp), "name");

    if (name) {
        inc_key_add_string(keys, name);
    }
}

static struct inc_index dp_by_name = {
    .name = "dp_by_name",
    .table = &sb_dp_table,
    .keys = dp_name_keys,
};

/* Returns what the zones of router 'dp' are called after: its name, as is the
 * custom, but if other datapaths have that, too, its UUID. */
static const char *
zone_owner(struct inc_cx *cx, struct inc_ref dp)
{
    const char *name = smap_get(sb_dp_external_ids(cx, dp), "name");
    size_t n = 0;

    if (name) {
        inc_find_all(cx, &dp_by_name, name, strlen(name), &n);
    }
    return n == 1 ? name : inc_sprintf(cx, UUID_FMT,
                                       UUID_ARGS(inc_uuid(cx, dp)));
}

/* Returns the zone that router 'dp' wants for SNAT, 0 for any. */
static uint16_t
wanted_snat_zone(struct inc_cx *cx, struct inc_ref dp)
{
    unsigned int zone = smap_get_uint(sb_dp_external_ids(cx, dp),
                                      "snat-ct-zone", 0);

    return zone <= UINT16_MAX ? zone : 0;
}

static void
request_router_zones(struct inc_cx *cx, struct inc_ref dp)
{
    const char *owner = zone_owner(cx, dp);

    zone_request(cx, dp, ZONE_DNAT, inc_sprintf(cx, "%s_dnat", owner), 0);
    zone_request(cx, dp, ZONE_SNAT, inc_sprintf(cx, "%s_snat", owner),
                 wanted_snat_zone(cx, dp));
}

/* Unit over reached_table: a datapath that can be reached is local, and if it
 * is a router has zones of its own. */
static void
local_dp(struct inc_cx *cx, struct inc_ref row)
{
    const struct uuid *uuid = inc_key(cx, row);
    const struct reached *reached = inc_value(cx, row);
    struct inc_ref dp = inc_find(cx, &dp_by_uuid, uuid, sizeof *uuid);

    if (dp.id) {
        const struct local_dp value = {
            .indirect = reached->indirect,
            .is_switch = is_switch(cx, dp),
            .wants_snat_zone = wanted_snat_zone(cx, dp) != 0,
            .key = sb_dp_tunnel_key(cx, dp),
        };

        if (!value.is_switch) {
            request_router_zones(cx, dp);
        }
        inc_derive(cx, &local_dp_table, uuid, &value);
        monitor_want_dp(cx, uuid);
    }
}

static struct inc_family local_dp_unit = {
    .name = "local_dp",
    .over = &reached_table,
    .emits = INC_EMITS(&local_dp_table.output, &monitor_dps_output,
                       &zones_output),
    .unit = local_dp,
};

/* Returns a hash of everything in the rows of 'pb' and of its interface, that
 * of 'vif', that the writing of bindings depends on. */
static uint32_t
binding_state(struct inc_cx *cx, struct inc_ref pb, const struct vif *vif)
{
    const char *name = sb_pb_logical_port(cx, pb);
    struct inc_ref chassis = sb_pb_chassis(cx, pb);
    struct inc_ref encap = sb_pb_encap(cx, pb);
    const bool *up = sb_pb_up(cx, pb);
    uint32_t hash = up ? 1 + *up : 0;
    size_t n;
    const struct inc_ref *ifaces = inc_find_all(cx, &iface_by_iface_id, name,
                                                strlen(name), &n);

    hash = hash_add(hash, chassis.id ? uuid_hash(inc_uuid(cx, chassis)) : 0);
    hash = hash_add(hash, encap.id ? uuid_hash(inc_uuid(cx, encap)) : 0);
    for (size_t i = 0; i < n; i++) {
        if (uuid_equals(inc_uuid(cx, ifaces[i]), &vif->iface)) {
            const struct smap *ids = ovs_iface_external_ids(cx, ifaces[i]);
            const char *ip = smap_get_def(ids, "encap-ip", "");

            hash = hash_add(hash, smap_get_bool(ids, "ovn-installed", false));
            hash = hash_string(ip, hash);
        }
    }
    return hash;
}

/* Unit over Port_Binding: ports that are here, or that the database says are
 * here, have their rows looked after. */
static void
bind_port(struct inc_cx *cx, struct inc_ref pb)
{
    const struct vif *vif = inc_fact(cx, &vif_fact, pb);

    if (vif->n_ifaces > 1) {
        inc_warn(cx, "logical port %s: %"PRIu32" interfaces have its name as "
                 "iface-id, using the one with OpenFlow port %"PRIu32,
                 sb_pb_logical_port(cx, pb), vif->n_ifaces, vif->ofport);
    }
    if (vif->ofport) {
        binding_claim(cx, pb, &vif->iface, binding_state(cx, pb, vif));
    } else if (!sb_pb_type(cx, pb)[0]
               && is_this_chassis(cx, sb_pb_chassis(cx, pb))) {
        binding_release(cx, pb);
    }
}

static struct inc_family bind_port_unit = {
    .name = "bind_port",
    .over = &sb_pb_table,
    .uses = INC_USES(&vif_fact),
    .emits = INC_EMITS(&binding_output),
    .unit = bind_port,
};

/* Unit over Interface: ports whose interface is here are interesting, whatever
 * datapath they are on.  A port that is known to be here need not be asked for
 * by name: it comes along with its datapath. */
static void
watch_iface(struct inc_cx *cx, struct inc_ref row)
{
    const struct iface *iface = inc_fact(cx, &iface_fact, row);
    const char *id = smap_get(ovs_iface_external_ids(cx, row), "iface-id");

    if (iface->ofport && id && id[0]) {
        struct inc_ref pb = inc_find_string(cx, &sb_pb_by_logical_port, id);
        const struct vif *vif = inc_fact(cx, &vif_fact, pb);

        if (!vif->ofport) {
            monitor_want_port(cx, id);
        }
    }
}

static struct inc_family watch_iface_unit = {
    .name = "watch_iface",
    .over = &ovs_iface_table,
    .uses = INC_USES(&iface_fact, &vif_fact),
    .emits = INC_EMITS(&monitor_ports_output),
    .unit = watch_iface,
};

void
local_add(struct inc *inc)
{
    inc_add_family(inc, &iface_fact);
    inc_add_family(inc, &vif_fact);
    inc_add_family(inc, &place_fact);
    inc_add_family(inc, &local_port_unit);
    inc_add_family(inc, &local_dp_unit);
    inc_add_family(inc, &bind_port_unit);
    inc_add_family(inc, &watch_iface_unit);
}
