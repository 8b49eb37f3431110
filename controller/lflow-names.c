/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* What names in logical flows mean; see lflow-private.h. */

#include <config.h>

#include "controller/lflow-private.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "controller/local.h"
#include "openvswitch/dynamic-string.h"
#include "ovsdb/sb-inc.h"
#include "util.h"

/* Ports and multicast groups by datapath and name. */
static void
add_name_key(struct inc_cx *cx, struct inc_ref dp, const char *name,
             struct inc_keys *keys)
{
    if (dp.id) {
        size_t len = strlen(name);
        char *key = xmalloc(sizeof(struct uuid) + len);

        memcpy(key, inc_uuid(cx, dp), sizeof(struct uuid));
        memcpy(key + sizeof(struct uuid), name, len);
        inc_key_add(keys, key, sizeof(struct uuid) + len);
        free(key);
    }
}

static void
port_name_keys(struct inc_cx *cx, struct inc_ref pb, struct inc_keys *keys)
{
    add_name_key(cx, sb_pb_datapath(cx, pb), sb_pb_logical_port(cx, pb),
                 keys);
}

static void
group_name_keys(struct inc_cx *cx, struct inc_ref mcg, struct inc_keys *keys)
{
    add_name_key(cx, sb_mcg_datapath(cx, mcg), sb_mcg_name(cx, mcg), keys);
}

static struct inc_index port_by_name = {
    .name = "port_by_name",
    .table = &sb_pb_table,
    .keys = port_name_keys,
};

static struct inc_index group_by_name = {
    .name = "group_by_name",
    .table = &sb_mcg_table,
    .keys = group_name_keys,
};

bool
lflow_lookup_port(void *env_, const char *name, unsigned int *key)
{
    const struct lflow_env *env = env_;
    struct inc_cx *cx = env->cx;
    size_t len = strlen(name);

    if (!strcmp(name, "none")) {
        /* No port: what the output port is before it is set. */
        *key = 0;
        return true;
    }

    char *k = inc_alloc(cx, sizeof *env->dp + len);

    memcpy(k, env->dp, sizeof *env->dp);
    memcpy(k + sizeof *env->dp, name, len);

    struct inc_ref row = inc_find(cx, &port_by_name, k,
                                  sizeof *env->dp + len);
    if (row.id) {
        *key = sb_pb_tunnel_key(cx, row);
        return true;
    }
    row = inc_find(cx, &group_by_name, k, sizeof *env->dp + len);
    if (row.id) {
        *key = sb_mcg_tunnel_key(cx, row);
        return true;
    }
    return false;
}

bool
lflow_is_resident(void *env_, const char *name)
{
    const struct lflow_env *env = env_;
    struct inc_ref pb = inc_find_string(env->cx, &sb_pb_by_logical_port,
                                        name);
    const struct place *place = inc_fact(env->cx, &place_fact, pb);

    return place->where == PLACE_HERE;
}

/* Members of an address set.  Fact over Address_Set. */
struct set_value {
    struct expr_constants *constants;
};

static void
set_value_free(void *value_)
{
    struct set_value *value = value_;
    free(value->constants);
}

static bool
set_value_equal(const void *a_, const void *b_)
{
    const struct set_value *set_a = a_;
    const struct set_value *set_b = b_;
    const struct expr_constants *a = set_a->constants;
    const struct expr_constants *b = set_b->constants;

    return (a == b
            || (a && b && a->n == b->n
                && !memcmp(a->constants, b->constants,
                           a->n * sizeof *a->constants)));
}

static void
set_compute(struct inc_cx *cx, struct inc_ref row, void *value_)
{
    struct set_value *value = value_;
    struct ds errors = DS_EMPTY_INITIALIZER;
    size_t n;
    const char *const *texts = sb_address_set_addresses(cx, row, &n);

    value->constants = expr_constants_parse(texts, n, &errors);
    ds_destroy(&errors);
}

struct inc_family lflow_set_fact = {
    .name = "address_set",
    .over = &sb_address_set_table,
    .fact = set_compute,
    .fact_size = sizeof(struct set_value),
    .fact_free = set_value_free,
    .fact_equal = set_value_equal,
};

const struct expr_constants *
lflow_address_set(void *env_, const char *name)
{
    const struct lflow_env *env = env_;
    struct inc_ref row = inc_find_string(env->cx, &sb_address_set_by_name,
                                         name);
    const struct set_value *value = inc_fact(env->cx, &lflow_set_fact, row);

    return row.id ? value->constants : NULL;
}

/* In the Southbound database there is a row for each datapath that a port
 * group has ports on, named "<tunnel key>_<name>". */
const char *const *
lflow_port_group(void *env_, const char *name)
{
    const struct lflow_env *env = env_;
    const char *full_name = inc_sprintf(env->cx, "%"PRIu32"_%s", env->dp_key,
                                        name);
    struct inc_ref row = inc_find_string(env->cx, &sb_pg_by_name, full_name);

    if (!row.id) {
        row = inc_find_string(env->cx, &sb_pg_by_name, name);
    }
    if (!row.id) {
        return NULL;
    }

    size_t n;
    const char *const *ports = sb_pg_ports(env->cx, row, &n);
    const char **copy = inc_alloc(env->cx, (n + 1) * sizeof *copy);
    for (size_t i = 0; i < n; i++) {
        copy[i] = ports[i];
    }
    copy[n] = NULL;
    return copy;
}

void
lflow_names_add(struct inc *inc)
{
    inc_add_family(inc, &lflow_set_fact);
}
