/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Maintains tunnel ports; see encaps.h for the contract.
 *
 * A run builds the list of tunnels that ought to exist, looks up each among
 * the bridge's ports by its ovn-chassis-id, writes what differs, and deletes
 * the ports that nobody looked up. */

#include <config.h>

#include "controller/encaps.h"

#include <string.h>

#include "controller/config.h"
#include "openvswitch/shash.h"
#include "openvswitch/vlog.h"
#include "ovsdb-idl.h"
#include "ovsdb/ovn-sb-idl.h"
#include "smap.h"
#include "sset.h"
#include "util.h"
#include "vswitch-idl.h"

VLOG_DEFINE_THIS_MODULE(encaps);

/* A tunnel port as it should be. */
struct tunnel {
    char *id;                   /* Value of ovn-chassis-id. */
    const char *chassis;
    const char *type;
    struct smap options;
};

/* What a run works with. */
struct run {
    struct encaps *encaps;
    struct ovsdb_idl_txn *txn;
    const struct config *config;
    const struct ovsrec_bridge *br_int;
    struct sset types;          /* Local encapsulation types. */
    struct sset ips;            /* Local addresses. */
    struct sset zones;          /* Transport zones. */
    struct shash ports;         /* Our ovsrec_port rows left, by tunnel id. */
    struct sset names;          /* Names of all ports, once needed. */
    const char *index;          /* Between "ovn" and "-" in port names. */
    struct sset notes;
};

void
encaps_init(struct encaps *encaps, struct ovsdb_idl *ovs_idl,
            struct ovsdb_idl *sb_idl)
{
    *encaps = (struct encaps) {
        .ovs_idl = ovs_idl,
        .sb_idl = sb_idl,
        .notes = SSET_INITIALIZER(&encaps->notes),
    };
}

void
encaps_destroy(struct encaps *encaps)
{
    sset_destroy(&encaps->notes);
}

/* Makes the next encaps_run() compare everything again. */
void
encaps_retry(struct encaps *encaps)
{
    idl_watch_reset(&encaps->watch);
}

/* Returns how much encapsulation 'type' is liked, 0 if it is unknown. */
int
encaps_type_rank(const char *type)
{
    return (!strcmp(type, "geneve") ? 3
            : !strcmp(type, "stt") ? 2
            : !strcmp(type, "vxlan") ? 1
            : 0);
}

/* Takes 's', an ovn-chassis-id, apart into '*id', which the caller must
 * destroy.  Returns false, leaving nothing to destroy, if 's' is malformed. */
bool
encaps_id_parse(const char *s, struct encaps_id *id)
{
    const char *at = strrchr(s, '@');

    if (!at || at == s || !at[1]) {
        return false;
    }

    size_t remote_len = strcspn(at + 1, "%");
    const char *local = at[1 + remote_len] ? &at[2 + remote_len] : NULL;
    *id = (struct encaps_id) {
        .chassis = xmemdup0(s, at - s),
        .remote_ip = xmemdup0(at + 1, remote_len),
        .local_ip = nullable_xstrdup(local),
    };
    return true;
}

/* Frees what 'id' holds. */
void
encaps_id_destroy(struct encaps_id *id)
{
    free(id->chassis);
    free(id->remote_ip);
    free(id->local_ip);
}

/* Logs 'message', which it takes over, unless the last run did. */
static void
note(struct run *run, enum vlog_level level, char *message)
{
    if (!sset_contains(&run->encaps->notes, message)) {
        VLOG(level, "%s", message);
    }
    sset_add_and_free(&run->notes, message);
}

/* Returns true if there should be tunnels to 'chassis'. */
static bool
is_peer(const struct run *run, const struct sbrec_chassis *chassis)
{
    if (!strcmp(chassis->name, run->config->chassis)) {
        return false;
    }
    if (smap_get_bool(&chassis->other_config, "is-remote", false)
        && !config_bool(run->config, CFG_IS_INTERCONN)) {
        return false;
    }

    if (!chassis->n_transport_zones || sset_is_empty(&run->zones)) {
        return !chassis->n_transport_zones && sset_is_empty(&run->zones);
    }
    for (size_t i = 0; i < chassis->n_transport_zones; i++) {
        if (sset_contains(&run->zones, chassis->transport_zones[i])) {
            return true;
        }
    }
    return false;
}

/* Returns the best type that both 'chassis' and this one have, or NULL. */
static const char *
choose_type(struct run *run, const struct sbrec_chassis *chassis)
{
    const char *best = NULL;

    for (size_t i = 0; i < chassis->n_encaps; i++) {
        const char *type = chassis->encaps[i]->type;
        int rank = encaps_type_rank(type);

        if (!rank) {
            note(run, VLL_WARN, xasprintf("chassis %s: encapsulation type "
                                          "\"%s\" is not known, ignoring it",
                                          chassis->name, type));
        } else if (sset_contains(&run->types, type)
                   && (!best || rank > encaps_type_rank(best))) {
            best = type;
        }
    }
    if (!best) {
        note(run, VLL_INFO, xasprintf("chassis %s: no encapsulation type in "
                                      "common, not reachable",
                                      chassis->name));
    }
    return best;
}

/* Initializes 'options' to those of the tunnel to 'encap' from 'local_ip',
 * which may be NULL. */
static void
build_options(const struct run *run, const struct sbrec_encap *encap,
              const char *local_ip, struct smap *options)
{
    const char *tos = config_string(run->config, CFG_ENCAP_TOS);
    const char *df = config_string(run->config, CFG_ENCAP_DF);
    const char *dst_port = smap_get(&encap->options, "dst_port");
    const char *csum = smap_get(&encap->options, "csum");

    smap_init(options);
    smap_add(options, "remote_ip", encap->ip);
    smap_add(options, "key", "flow");
    if (local_ip) {
        smap_add(options, "local_ip", local_ip);
    }
    if (dst_port) {
        smap_add(options, "dst_port", dst_port);
    }
    if (csum && (!strcmp(csum, "true") || !strcmp(csum, "false"))) {
        smap_add(options, "csum", csum);
    }
    if (tos[0] && strcmp(tos, "none")) {
        smap_add(options, "tos", tos);
    }
    if (df[0]) {
        smap_add(options, "df_default", df);
    }
}

/* Returns a port name that is not in use yet. */
static char *
new_port_name(struct run *run, const char *chassis)
{
    if (sset_is_empty(&run->names)) {
        const struct ovsrec_port *port;

        OVSREC_PORT_FOR_EACH (port, run->encaps->ovs_idl) {
            sset_add(&run->names, port->name);
        }
    }

    for (unsigned int n = 0; ; n++) {
        char *name = xasprintf("ovn%s-%.6s-%u", run->index, chassis, n);

        if (sset_add(&run->names, name)) {
            return name;
        }
        free(name);
    }
}

static void
create_port(struct run *run, const struct tunnel *tunnel)
{
    struct smap ids = SMAP_CONST1(&ids, "ovn-chassis-id", tunnel->id);
    char *name = new_port_name(run, tunnel->chassis);

    struct ovsrec_interface *iface = ovsrec_interface_insert(run->txn);
    ovsrec_interface_set_name(iface, name);
    ovsrec_interface_set_type(iface, tunnel->type);
    ovsrec_interface_set_options(iface, &tunnel->options);

    struct ovsrec_port *port = ovsrec_port_insert(run->txn);
    ovsrec_port_set_name(port, name);
    ovsrec_port_set_interfaces(port, &iface, 1);
    ovsrec_port_set_external_ids(port, &ids);

    ovsrec_bridge_update_ports_addvalue(run->br_int, port);
    free(name);
}

/* Makes the bridge have the port that 'tunnel' describes. */
static void
set_port(struct run *run, const struct tunnel *tunnel)
{
    const struct ovsrec_port *port = shash_find_and_delete(&run->ports,
                                                           tunnel->id);

    if (!port) {
        create_port(run, tunnel);
        return;
    }

    const struct ovsrec_interface *iface = port->interfaces[0];
    if (strcmp(iface->type, tunnel->type)) {
        ovsrec_interface_set_type(iface, tunnel->type);
    }
    if (!smap_equal(&iface->options, &tunnel->options)) {
        ovsrec_interface_set_options(iface, &tunnel->options);
    }
}

/* Makes the bridge have the port that leads from 'local_ip', which is NULL if
 * routing decides, to 'encap' of 'chassis'. */
static void
add_tunnel(struct run *run, const struct sbrec_chassis *chassis,
           const struct sbrec_encap *encap, const char *local_ip)
{
    bool several = sset_count(&run->ips) > 1;
    struct tunnel tunnel = {
        .id = (several
               ? xasprintf("%s@%s%%%s", chassis->name, encap->ip, local_ip)
               : xasprintf("%s@%s", chassis->name, encap->ip)),
        .chassis = chassis->name,
        .type = encap->type,
    };

    build_options(run, encap, local_ip, &tunnel.options);
    set_port(run, &tunnel);
    smap_destroy(&tunnel.options);
    free(tunnel.id);
}

/* True if 'a' and 'b', both IP addresses, are of the same version. */
static bool
same_family(const char *a, const char *b)
{
    return !strchr(a, ':') == !strchr(b, ':');
}

static void
add_tunnels_to_encap(struct run *run, const struct sbrec_chassis *chassis,
                     const struct sbrec_encap *encap)
{
    const char *ip;

    if (sset_count(&run->ips) > 1) {
        SSET_FOR_EACH (ip, &run->ips) {
            if (same_family(ip, encap->ip)) {
                add_tunnel(run, chassis, encap, ip);
            }
        }
    } else {
        bool set = config_bool(run->config, CFG_SET_LOCAL_IP);

        ip = set ? SSET_FIRST(&run->ips) : NULL;
        add_tunnel(run, chassis, encap, ip);
    }
}

static void
add_tunnels(struct run *run)
{
    const struct sbrec_chassis *chassis;

    SBREC_CHASSIS_FOR_EACH (chassis, run->encaps->sb_idl) {
        const char *type = (is_peer(run, chassis)
                            ? choose_type(run, chassis) : NULL);

        for (size_t i = 0; type && i < chassis->n_encaps; i++) {
            if (!strcmp(chassis->encaps[i]->type, type)) {
                add_tunnels_to_encap(run, chassis, chassis->encaps[i]);
            }
        }
    }
}

/* Deletes 'port' from 'br_int'. */
static void
delete_port(const struct ovsrec_bridge *br_int,
            const struct ovsrec_port *port)
{
    ovsrec_bridge_update_ports_delvalue(br_int, port);
}

/* Adds the tunnel ports of the bridge to 'run->ports'; deletes duplicates and
 * ports without exactly one interface, which nobody can use. */
static void
collect_ports(struct run *run)
{
    for (size_t i = 0; i < run->br_int->n_ports; i++) {
        const struct ovsrec_port *port = run->br_int->ports[i];
        const char *id = smap_get(&port->external_ids, "ovn-chassis-id");

        if (id && (port->n_interfaces != 1
                   || !shash_add_once(&run->ports, id, port))) {
            delete_port(run->br_int, port);
        }
    }
}

/* Returns the mark that distinguishes this controller's port names from those
 * of others on the host: what other_config:ovn-chassis-idx-<chassis> says,
 * which is empty for the first controller. */
static const char *
get_index(const struct run *run, const struct ovsrec_open_vswitch *ovs)
{
    static const char *const marks[] = {
        "", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c",
        "d", "e", "f"
    };
    const char prefix[] = "ovn-chassis-idx-";
    char *key = xasprintf("%s%s", prefix, run->config->chassis);
    const char *index = smap_get(&ovs->other_config, key);

    for (size_t i = 0; !index && i < ARRAY_SIZE(marks); i++) {
        const struct smap_node *node;
        bool used = false;

        SMAP_FOR_EACH (node, &ovs->other_config) {
            used |= (!strncmp(node->key, prefix, strlen(prefix))
                     && !strcmp(node->value, marks[i]));
        }
        if (!used) {
            index = marks[i];
            ovsrec_open_vswitch_update_other_config_setkey(ovs, key, index);
        }
    }
    free(key);
    return index ? index : "";
}

/* Makes 'br_int' have exactly the tunnel ports it should, in 'ovs_txn', if
 * anything they depend on may have changed. */
void
encaps_run(struct encaps *encaps, struct ovsdb_idl_txn *ovs_txn,
           const struct config *config, bool config_changed,
           const struct ovsrec_open_vswitch *ovs,
           const struct ovsrec_bridge *br_int)
{
    uint64_t sum = 0;

    idl_watch_add(&sum, encaps->sb_idl, &sbrec_table_chassis);
    idl_watch_add(&sum, encaps->sb_idl, &sbrec_table_encap);
    idl_watch_add(&sum, encaps->ovs_idl, &ovsrec_table_bridge);
    idl_watch_add(&sum, encaps->ovs_idl, &ovsrec_table_port);
    idl_watch_add(&sum, encaps->ovs_idl, &ovsrec_table_interface);
    if (!config->chassis
        || (!idl_watch_changed(&encaps->watch, sum) && !config_changed)) {
        return;
    }

    struct run run = {
        .encaps = encaps,
        .txn = ovs_txn,
        .config = config,
        .br_int = br_int,
        .ports = SHASH_INITIALIZER(&run.ports),
        .names = SSET_INITIALIZER(&run.names),
        .notes = SSET_INITIALIZER(&run.notes),
    };
    config_list(config, CFG_ENCAP_TYPE, &run.types);
    config_list(config, CFG_ENCAP_IP, &run.ips);
    config_list(config, CFG_TRANSPORT_ZONES, &run.zones);
    run.index = get_index(&run, ovs);

    struct shash_node *node;
    collect_ports(&run);
    add_tunnels(&run);
    SHASH_FOR_EACH (node, &run.ports) {
        delete_port(br_int, node->data);
    }

    sset_swap(&encaps->notes, &run.notes);
    shash_destroy(&run.ports);
    sset_destroy(&run.types);
    sset_destroy(&run.ips);
    sset_destroy(&run.zones);
    sset_destroy(&run.names);
    sset_destroy(&run.notes);
}

/* Deletes all tunnel ports of 'br_int', in the local database's open
 * transaction.  Returns true if there were none. */
bool
encaps_cleanup(const struct ovsrec_bridge *br_int)
{
    bool done = true;

    for (size_t i = br_int->n_ports; i-- > 0; ) {
        const struct ovsrec_port *port = br_int->ports[i];

        if (smap_get(&port->external_ids, "ovn-chassis-id")) {
            delete_port(br_int, port);
            done = false;
        }
    }
    return done;
}
