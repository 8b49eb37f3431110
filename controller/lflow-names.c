/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* What names in logical flows mean; see lflow-private.h. */

#include <config.h>

#include "controller/lflow-private.h"

#include <stdlib.h>
#include <string.h>

#include "controller/compile.h"
#include "controller/groups.h"
#include "controller/local.h"
#include "controller/ofswitch-features.h"
#include "flow.h"
#include "lib/logical.h"
#include "ovsdb/sb-inc.h"
#include "util.h"
#include "uuid.h"

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

/* The row with 'name' in 'index', which is one of the two above, or
 * INC_NONE. */
static struct inc_ref
find_name(const struct lflow_env *env, struct inc_index *index,
          const char *name)
{
    size_t len = strlen(name);
    char *key = inc_alloc(env->cx, sizeof *env->dp + len);

    memcpy(key, env->dp, sizeof *env->dp);
    memcpy(key + sizeof *env->dp, name, len);
    return inc_find(env->cx, index, key, sizeof *env->dp + len);
}

bool
lflow_lookup_port(void *env_, const char *name, unsigned int *key)
{
    const struct lflow_env *env = env_;

    if (!strcmp(name, LOG_PORT_NONE)) {
        *key = 0;
        return true;
    }

    struct inc_ref row = find_name(env, &port_by_name, name);
    if (row.id) {
        *key = sb_pb_tunnel_key(env->cx, row);
        return true;
    }
    row = find_name(env, &group_by_name, name);
    if (row.id) {
        *key = sb_mcg_tunnel_key(env->cx, row);
        return true;
    }
    return false;
}

/* Is 'pb' a VIF that is here? */
static bool
is_here(struct inc_cx *cx, struct inc_ref pb)
{
    const struct vif *vif = inc_fact(cx, &vif_fact, pb);

    return vif->ofport != 0;
}

bool
lflow_port_is_elsewhere(const struct lflow_env *env, const char *name)
{
    struct inc_ref pb = find_name(env, &port_by_name, name);

    return pb.id && !sb_pb_type(env->cx, pb)[0] && !is_here(env->cx, pb);
}

bool
lflow_is_resident(void *env_, const char *name)
{
    const struct lflow_env *env = env_;

    return is_here(env->cx, inc_find_string(env->cx, &sb_pb_by_logical_port,
                                            name));
}

/* The tunnel to where port 'name' is. */
bool
lflow_tunnel_ofport(void *env_, const char *name, ofp_port_t *port)
{
    const struct lflow_env *env = env_;
    struct inc_ref pb = inc_find_string(env->cx, &sb_pb_by_logical_port,
                                        name);
    const struct place *place = inc_fact(env->cx, &place_fact, pb);

    *port = u16_to_ofp(place->ofport);
    return place->where == PLACE_TUNNEL;
}

uint32_t
lflow_group_id(void *env_, const char *group)
{
    const struct lflow_env *env = env_;

    return group_get_id(env->cx, group, env->claims);
}

/* The meter with content 'meter' of a single logical flow: two that want the
 * same rate must not share it. */
uint32_t
lflow_meter_id(void *env_, const char *meter)
{
    const struct lflow_env *env = env_;
    const char *name = inc_sprintf(env->cx, "__string: uuid "UUID_FMT" %s",
                                   UUID_ARGS(env->lflow), meter);

    return meter_get_id(env->cx, name, meter, env->claims);
}

uint32_t
lflow_named_meter_id(void *env_, const char *name)
{
    const struct lflow_env *env = env_;

    return meter_get_id(env->cx, name, NULL, env->claims);
}

bool
lflow_has_feature(void *env_, const char *feature)
{
    const struct lflow_env *env = env_;

    return ofswitch_has_feature(&chassis_cfg(env->cx)->features, feature);
}
