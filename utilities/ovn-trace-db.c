/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Datapaths, ports and names; see ovn-trace-db.h for the contract. */

#include <config.h>

#include "utilities/ovn-trace-db.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "lib/logical.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/vlog.h"
#include "ovsdb/ovn-sb-idl.h"
#include "smap.h"
#include "svec.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(trace_db);

/* The members of an address set, parsed when first asked for. */
struct trace_address_set {
    const struct sbrec_address_set *sb;
    struct expr_constants *constants;
};

/* Friendly names. */

/* What to call 'name': 'given' if the CMS has given a name for humans,
 * otherwise 'name' with only the first digits of each UUID in it. */
static char *
make_friendly_name(const char *name, const char *given)
{
    enum { KEEP = 6 };
    struct ds s = DS_EMPTY_INITIALIZER;
    struct uuid uuid;

    if (given && given[0]) {
        return xstrdup(given);
    }
    while (*name) {
        if (uuid_from_string_prefix(&uuid, name)) {
            ds_put_buffer(&s, name, KEEP);
            name += UUID_LEN;
        } else {
            ds_put_char(&s, *name++);
        }
    }
    return ds_steal_cstr(&s);
}

char *
trace_make_friendly(const struct trace_db *db, const char *text)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    while (*text) {
        const char *end = *text == '"' ? strchr(text + 1, '"') : NULL;
        char *name = end ? xmemdup0(text + 1, end - text - 1) : NULL;
        const struct trace_port *port
            = name ? shash_find_data(&db->ports, name) : NULL;

        if (port) {
            ds_put_format(&s, "\"%s\"", port->friendly);
        } else {
            ds_put_buffer(&s, text, end ? end + 1 - text : 1);
        }
        text = end ? end + 1 : text + 1;
        free(name);
    }
    return ds_steal_cstr(&s);
}

/* Creating. */

/* The UUID of the Northbound row that 'sb' was made of, if it is known. */
static bool
get_nb_uuid(const struct sbrec_datapath_binding *sb, struct uuid *uuid)
{
    const char *const keys[] = { "logical-switch", "logical-router" };

    if (sb->n_nb_uuid) {
        *uuid = sb->nb_uuid[0];
        return true;
    }
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        const char *s = smap_get(&sb->external_ids, keys[i]);

        if (s && uuid_from_string(uuid, s)) {
            return true;
        }
    }
    return false;
}

static void
add_datapaths(struct trace_db *db)
{
    const struct sbrec_datapath_binding *sb;

    SBREC_DATAPATH_BINDING_FOR_EACH (sb, db->idl) {
        struct trace_datapath *dp = xzalloc(sizeof *dp);

        dp->db = db;
        dp->sb = sb;
        dp->uuid = sb->header_.uuid;
        if (!get_nb_uuid(sb, &dp->nb_uuid)) {
            dp->nb_uuid = dp->uuid;
        }
        dp->name = xasprintf(UUID_FMT, UUID_ARGS(&dp->nb_uuid));
        dp->friendly = make_friendly_name(
            smap_get_def(&sb->external_ids, "name", dp->name),
            smap_get(&sb->external_ids, "name2"));
        dp->key = sb->tunnel_key;
        hmap_init(&dp->ports);
        hmap_init(&dp->mcgroups);
        hmap_insert(&db->datapaths, &dp->hmap_node, uuid_hash(&dp->uuid));
    }
}

static struct trace_datapath *
find_datapath_row(const struct trace_db *db,
                  const struct sbrec_datapath_binding *sb)
{
    return CONST_CAST(struct trace_datapath *,
                      trace_datapath_from_row(db, sb));
}

static void
add_ports(struct trace_db *db)
{
    const struct sbrec_port_binding *sb;

    SBREC_PORT_BINDING_FOR_EACH (sb, db->idl) {
        struct trace_datapath *dp = find_datapath_row(db, sb->datapath);

        if (!dp) {
            continue;
        }
        struct trace_port *port = xmalloc(sizeof *port);
        *port = (struct trace_port) {
            .sb = sb,
            .dp = dp,
            .name = sb->logical_port,
            .friendly = make_friendly_name(sb->logical_port,
                                           smap_get(&sb->external_ids,
                                                    "name")),
            .key = sb->tunnel_key,
        };
        hmap_insert(&dp->ports, &port->hmap_node, hash_int(port->key, 0));
        shash_add_once(&db->ports, port->name, port);
        shash_add_once(&db->friendly_ports, port->friendly, port);
    }
}

static int
compare_ports(const void *a_, const void *b_)
{
    const struct trace_port *const *a = a_;
    const struct trace_port *const *b = b_;

    return (*a)->key < (*b)->key ? -1 : (*a)->key > (*b)->key;
}

static void
add_mcgroups(struct trace_db *db)
{
    const struct sbrec_multicast_group *sb;

    SBREC_MULTICAST_GROUP_FOR_EACH (sb, db->idl) {
        struct trace_datapath *dp = find_datapath_row(db, sb->datapath);

        if (!dp) {
            continue;
        }
        struct trace_mcgroup *mcgroup = xzalloc(sizeof *mcgroup);
        mcgroup->name = sb->name;
        mcgroup->key = sb->tunnel_key;
        mcgroup->ports = xcalloc(MAX(sb->n_ports, 1), sizeof *mcgroup->ports);
        for (size_t i = 0; i < sb->n_ports; i++) {
            const struct trace_port *port
                = shash_find_data(&db->ports, sb->ports[i]->logical_port);

            if (port && port->dp == dp) {
                mcgroup->ports[mcgroup->n_ports++] = port;
            }
        }
        qsort(mcgroup->ports, mcgroup->n_ports, sizeof *mcgroup->ports,
              compare_ports);
        hmap_insert(&dp->mcgroups, &mcgroup->hmap_node,
                    hash_int(mcgroup->key, 0));
    }
}

static void
add_sets(struct trace_db *db)
{
    const struct sbrec_address_set *as;
    const struct sbrec_port_group *pg;

    SBREC_ADDRESS_SET_FOR_EACH (as, db->idl) {
        struct trace_address_set *set = xzalloc(sizeof *set);

        set->sb = as;
        if (!shash_add_once(&db->address_sets, as->name, set)) {
            free(set);
        }
    }
    SBREC_PORT_GROUP_FOR_EACH (pg, db->idl) {
        const char **ports = xcalloc(pg->n_ports + 1, sizeof *ports);

        for (size_t i = 0; i < pg->n_ports; i++) {
            ports[i] = pg->ports[i];
        }
        if (!shash_add_once(&db->port_groups, pg->name, ports)) {
            free(ports);
        }
    }
}

static void
add_dhcp_option(struct shash *options, const char *name, uint16_t code,
                const char *type)
{
    struct dhcp_option *option = xmalloc(sizeof *option);

    *option = (struct dhcp_option) {
        .name = name, .code = code, .type = type
    };
    if (!shash_add_once(options, name, option)) {
        free(option);
    }
}

static void
add_dhcp_options(struct trace_db *db)
{
    const struct sbrec_dhcp_options *o4;
    const struct sbrec_dhcpv6_options *o6;

    SBREC_DHCP_OPTIONS_FOR_EACH (o4, db->idl) {
        add_dhcp_option(&db->dhcp_opts, o4->name, o4->code, o4->type);
    }
    SBREC_DHCPV6_OPTIONS_FOR_EACH (o6, db->idl) {
        add_dhcp_option(&db->dhcpv6_opts, o6->name, o6->code, o6->type);
    }
}

struct trace_db *
trace_db_create(struct ovsdb_idl *idl)
{
    struct trace_db *db = xzalloc(sizeof *db);

    db->idl = idl;
    hmap_init(&db->datapaths);
    shash_init(&db->ports);
    shash_init(&db->friendly_ports);
    shash_init(&db->address_sets);
    shash_init(&db->port_groups);
    shash_init(&db->dhcp_opts);
    shash_init(&db->dhcpv6_opts);
    add_datapaths(db);
    add_ports(db);
    add_mcgroups(db);
    add_sets(db);
    add_dhcp_options(db);
    trace_flows_create(db);
    return db;
}

/* Destroying. */

static void
destroy_datapath(struct trace_datapath *dp)
{
    struct trace_mcgroup *mcgroup;
    struct trace_port *port;

    HMAP_FOR_EACH_POP (port, hmap_node, &dp->ports) {
        free(port->friendly);
        free(port);
    }
    hmap_destroy(&dp->ports);
    HMAP_FOR_EACH_POP (mcgroup, hmap_node, &dp->mcgroups) {
        free(mcgroup->ports);
        free(mcgroup);
    }
    hmap_destroy(&dp->mcgroups);
    free(dp->flow_sets);
    free(dp->name);
    free(dp->friendly);
    free(dp);
}

void
trace_db_destroy(struct trace_db *db)
{
    struct trace_datapath *dp;
    struct shash_node *node;

    if (!db) {
        return;
    }
    trace_flows_destroy(db);
    HMAP_FOR_EACH_POP (dp, hmap_node, &db->datapaths) {
        destroy_datapath(dp);
    }
    hmap_destroy(&db->datapaths);
    shash_destroy(&db->ports);
    shash_destroy(&db->friendly_ports);
    SHASH_FOR_EACH (node, &db->address_sets) {
        struct trace_address_set *set = node->data;

        free(set->constants);
    }
    shash_destroy_free_data(&db->address_sets);
    shash_destroy_free_data(&db->port_groups);
    shash_destroy_free_data(&db->dhcp_opts);
    shash_destroy_free_data(&db->dhcpv6_opts);
    free(db);
}

/* Finding. */

const struct trace_datapath *
trace_datapath_from_row(const struct trace_db *db,
                        const struct sbrec_datapath_binding *sb)
{
    const struct trace_datapath *dp;

    if (sb) {
        HMAP_FOR_EACH_WITH_HASH (dp, hmap_node, uuid_hash(&sb->header_.uuid),
                                 &db->datapaths) {
            if (uuid_equals(&dp->uuid, &sb->header_.uuid)) {
                return dp;
            }
        }
    }
    return NULL;
}

const struct trace_datapath *
trace_find_datapath(const struct trace_db *db, const char *name)
{
    const struct trace_datapath *dp, *friendly = NULL;
    struct uuid uuid;
    bool is_uuid = uuid_from_string(&uuid, name);

    HMAP_FOR_EACH (dp, hmap_node, &db->datapaths) {
        if (!strcmp(smap_get_def(&dp->sb->external_ids, "name", ""), name)
            || (is_uuid && (uuid_equals(&dp->uuid, &uuid)
                            || uuid_equals(&dp->nb_uuid, &uuid)))) {
            return dp;
        } else if (!strcmp(dp->friendly, name)) {
            friendly = dp;
        }
    }
    return friendly;
}

const struct trace_port *
trace_find_port(const struct trace_db *db, const struct trace_datapath *dp,
                const char *name)
{
    const struct trace_port *port = shash_find_data(&db->ports, name);

    if (!port) {
        port = shash_find_data(&db->friendly_ports, name);
    }
    return port && (!dp || port->dp == dp) ? port : NULL;
}

const struct trace_port *
trace_port_by_key(const struct trace_datapath *dp, uint32_t key)
{
    const struct trace_port *port;

    HMAP_FOR_EACH_WITH_HASH (port, hmap_node, hash_int(key, 0), &dp->ports) {
        if (port->key == key) {
            return port;
        }
    }
    return NULL;
}

const struct trace_mcgroup *
trace_mcgroup_by_key(const struct trace_datapath *dp, uint32_t key)
{
    const struct trace_mcgroup *mcgroup;

    HMAP_FOR_EACH_WITH_HASH (mcgroup, hmap_node, hash_int(key, 0),
                             &dp->mcgroups) {
        if (mcgroup->key == key) {
            return mcgroup;
        }
    }
    return NULL;
}

const struct trace_port *
trace_port_option(const struct trace_port *port, const char *option)
{
    const char *name = smap_get(&port->sb->options, option);

    return name ? shash_find_data(&port->dp->db->ports, name) : NULL;
}

/* The environment of expressions.  Of each function, the first argument is the
 * datapath. */

bool
trace_lookup_port(void *dp_, const char *name, unsigned int *key)
{
    const struct trace_datapath *dp = dp_;
    const struct trace_port *port = shash_find_data(&dp->db->ports, name);
    const struct trace_mcgroup *mcgroup;

    if (!strcmp(name, LOG_PORT_NONE)) {
        *key = 0;
        return true;
    }
    if (port && port->dp == dp) {
        *key = port->key;
        return true;
    }
    HMAP_FOR_EACH (mcgroup, hmap_node, &dp->mcgroups) {
        if (!strcmp(mcgroup->name, name)) {
            *key = mcgroup->key;
            return true;
        }
    }
    return false;
}

/* There is no chassis in a trace: every port is where the packet is. */
static bool
is_chassis_resident(void *dp_, const char *name)
{
    const struct trace_datapath *dp = dp_;

    return shash_find(&dp->db->ports, name) != NULL;
}

static const struct expr_constants *
find_address_set(void *dp_, const char *name)
{
    const struct trace_datapath *dp = dp_;
    struct trace_address_set *set = shash_find_data(&dp->db->address_sets,
                                                    name);

    if (set && !set->constants) {
        struct svec errors = SVEC_EMPTY_INITIALIZER;
        const char *error;
        size_t i;

        set->constants = expr_constants_parse(
            (const char *const *) set->sb->addresses, set->sb->n_addresses,
            &errors);
        SVEC_FOR_EACH (i, error, &errors) {
            VLOG_WARN("address set %s: %s", name, error);
        }
        svec_destroy(&errors);
    }
    return set ? set->constants : NULL;
}

/* The part of the group that is on the datapath has a row of its own. */
static const char *const *
find_port_group(void *dp_, const char *name)
{
    const struct trace_datapath *dp = dp_;
    char *name_here = xasprintf("%"PRIu32"_%s", dp->key, name);
    const char *const *ports = shash_find_data(&dp->db->port_groups,
                                               name_here);

    free(name_here);
    return ports ? ports : shash_find_data(&dp->db->port_groups, name);
}

struct expr_env
trace_env(const struct trace_datapath *dp)
{
    return (struct expr_env) {
        .lookup_port = trace_lookup_port,
        .is_chassis_resident = is_chassis_resident,
        .address_set = find_address_set,
        .port_group = find_port_group,
        .aux = CONST_CAST(struct trace_datapath *, dp),
    };
}
