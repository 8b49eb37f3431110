/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The tunnel keys of ports; see port-key.h.
 *
 * In a key space a port is known by its name, because that is what the
 * Southbound database has; if a port is deleted and added again in one
 * transaction, it keeps its key. */

#include <config.h>

#include "northd/port-key.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "northd/compile.h"
#include "northd/datapath.h"
#include "northd/keys.h"
#include "northd/sb-rows.h"
#include "openvswitch/hmap.h"
#include "openvswitch/list.h"
#include "ovsdb/nb-inc.h"
#include "smap.h"
#include "util.h"
#include "uuid.h"

/* What a port asks for. */
struct port_want {
    struct uuid ls;             /* Its switch. */
    uint32_t requested;         /* 0: any. */
    uint32_t max;
    uint32_t epoch;
    uint32_t name_hash;         /* So that a new name is a change. */
};

static void port_keys_resolve(struct inc *, void *aux,
                              const struct inc_change *, size_t n);

struct inc_table lsp_key_table = {
    .name = "lsp_key",
    .kind = INC_DERIVED,
    .key_size = sizeof(struct uuid),
    .value_size = sizeof(struct port_want),
    .attr_size = sizeof(struct key_got),
    .resolve = port_keys_resolve,
};

/* The allocator
 * ============= */

/* The keys of a switch's ports. */
struct ls_keys {
    struct hmap_node hmap_node; /* In 'all_keys'. */
    struct uuid ls;
    struct key_space ks;
    size_t n_ports;             /* In 'all_ports'. */
    struct ovs_list node;       /* In 'changed_keys', or empty. */
};

/* A port that has asked, and how. */
struct port_owner {
    struct hmap_node hmap_node; /* In 'all_ports'. */
    struct uuid lsp;
    struct ls_keys *keys;
    char *name;
};

static struct hmap all_keys = HMAP_INITIALIZER(&all_keys);
static struct hmap all_ports = HMAP_INITIALIZER(&all_ports);
static struct ovs_list changed_keys = OVS_LIST_INITIALIZER(&changed_keys);
static uint32_t keys_epoch;

static struct ls_keys *
find_keys(const struct uuid *ls)
{
    struct ls_keys *keys;

    HMAP_FOR_EACH_WITH_HASH (keys, hmap_node, uuid_hash(ls), &all_keys) {
        if (uuid_equals(&keys->ls, ls)) {
            return keys;
        }
    }
    return NULL;
}

static struct ls_keys *
get_keys(const struct uuid *ls, uint32_t max)
{
    struct ls_keys *keys = find_keys(ls);

    if (!keys) {
        keys = xzalloc(sizeof *keys);
        keys->ls = *ls;
        key_space_init(&keys->ks, KEY_PORT_MIN, max, max);
        ovs_list_init(&keys->node);
        hmap_insert(&all_keys, &keys->hmap_node, uuid_hash(ls));
    }
    return keys;
}

/* Notes that 'keys' has to be run. */
static void
keys_changed(struct ls_keys *keys)
{
    if (ovs_list_is_empty(&keys->node)) {
        ovs_list_push_back(&changed_keys, &keys->node);
    }
}

static void
free_keys(struct ls_keys *keys)
{
    ovs_list_remove(&keys->node);
    hmap_remove(&all_keys, &keys->hmap_node);
    key_space_destroy(&keys->ks);
    free(keys);
}

static struct port_owner *
find_port(const struct uuid *lsp)
{
    struct port_owner *port;

    HMAP_FOR_EACH_WITH_HASH (port, hmap_node, uuid_hash(lsp), &all_ports) {
        if (uuid_equals(&port->lsp, lsp)) {
            return port;
        }
    }
    return NULL;
}

static void
free_port(struct port_owner *port)
{
    hmap_remove(&all_ports, &port->hmap_node);
    port->keys->n_ports--;
    free(port->name);
    free(port);
}

static void
seed_port(const struct uuid *ls, const char *port, uint32_t key, void *want_)
{
    const struct port_want *want = want_;
    struct ls_keys *keys = get_keys(ls, want->max);

    key_space_seed(&keys->ks, port, key);
    keys_changed(keys);
}

/* Forgets everything and reads from the Southbound database which keys are in
 * use. */
static void
seed(const struct port_want *want)
{
    struct port_owner *port;
    struct ls_keys *keys;

    HMAP_FOR_EACH_SAFE (port, hmap_node, &all_ports) {
        free_port(port);
    }
    HMAP_FOR_EACH_SAFE (keys, hmap_node, &all_keys) {
        free_keys(keys);
    }
    keys_epoch = want->epoch;

    sb_for_each_port_key(seed_port, CONST_CAST(struct port_want *, want));
}

/* Takes back what the port of 'change' asked for before. */
static void
withdraw(const struct inc_change *change)
{
    struct port_owner *port = find_port(change->key);

    if (port) {
        key_space_drop(&port->keys->ks, port->name);
        keys_changed(port->keys);
        free_port(port);
    }
}

/* Asks for what the port of 'change' asks for now. */
static void
ask(const struct inc_change *change)
{
    const struct port_want *want = change->value;
    const char *name = nb_port_name(change->key);

    if (!name) {
        return;
    }

    struct port_owner *port = xmalloc(sizeof *port);
    memcpy(&port->lsp, change->key, sizeof port->lsp);
    port->keys = get_keys(&want->ls, want->max);
    port->keys->n_ports++;
    keys_changed(port->keys);
    port->name = xstrdup(name);
    hmap_insert(&all_ports, &port->hmap_node, uuid_hash(&port->lsp));

    key_space_set_range(&port->keys->ks, want->max, want->max);
    key_space_want(&port->keys->ks, port->name, want->requested,
                   key_row(change->ref));
}

static void
key_changed(const struct key_owner *o, void *inc_)
{
    key_got_publish(inc_, &lsp_key_table, o);
}

static void
port_keys_resolve(struct inc *inc, void *aux OVS_UNUSED,
                  const struct inc_change *changes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct port_want *want = changes[i].value;

        if (want && want->epoch != keys_epoch) {
            seed(want);
            break;
        }
    }
    for (size_t i = 0; i < n; i++) {
        withdraw(&changes[i]);
    }
    for (size_t i = 0; i < n; i++) {
        if (changes[i].value) {
            ask(&changes[i]);
        }
    }

    struct ls_keys *keys;
    LIST_FOR_EACH_SAFE (keys, node, &changed_keys) {
        ovs_list_remove(&keys->node);
        ovs_list_init(&keys->node);
        key_space_run(&keys->ks, key_changed, inc);
        if (!keys->n_ports) {
            free_keys(keys);
        }
    }
}

/* Asking and being told
 * ===================== */

static void
lsp_want_key(struct inc_cx *cx, struct inc_ref lsp)
{
    struct inc_ref ls = inc_find_ref(cx, &nb_ls_by_ports, lsp);

    if (!ls_key(cx, ls)) {
        return;
    }

    const struct northd_conf *conf = conf_get(cx);
    struct port_want want = {
        .ls = *inc_uuid(cx, ls),
        .requested = smap_get_uint(nb_lsp_options(cx, lsp),
                                   "requested-tnl-key", 0),
        .max = conf->vxlan_mode ? KEY_PORT_MAX_VXLAN : KEY_PORT_MAX,
        .epoch = conf->epoch,
        .name_hash = hash_string(nb_lsp_name(cx, lsp), 0),
    };
    inc_derive(cx, &lsp_key_table, inc_uuid(cx, lsp), &want);
}

struct inc_family lsp_want_key_family = {
    .name = "lsp_want_key",
    .over = &nb_lsp_table,
    .uses = INC_USES(&ls_key_fact),
    .emits = INC_EMITS(&lsp_key_table.output),
    .unit = lsp_want_key,
};

/* Returns the tunnel key of 'lsp', or 0 if it has none. */
uint32_t
lsp_key(struct inc_cx *cx, struct inc_ref lsp)
{
    struct inc_ref row = inc_lookup(cx, &lsp_key_table, inc_uuid(cx, lsp));

    if (!row.id) {
        return 0;
    }
    const struct key_got *got = inc_attr(cx, row);
    return got->key;
}

/* Says what is wrong with the key of 'lsp'. */
void
lsp_key_warn(struct inc_cx *cx, struct inc_ref lsp)
{
    struct inc_ref row = inc_lookup(cx, &lsp_key_table, inc_uuid(cx, lsp));

    if (!row.id) {
        return;
    }
    const struct port_want *want = inc_value(cx, row);
    const struct key_got *got = inc_attr(cx, row);
    const struct key_terms terms = {
        .requested = want->requested,
        .min = KEY_PORT_MIN,
        .max = want->max,
        .max_requested = want->max,
    };

    key_got_warn(cx, "logical switch port", nb_lsp_name(cx, lsp),
                 "another port of the switch", got, &terms);
}
