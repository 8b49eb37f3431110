/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Reads, checks and resolves this chassis's configuration; see config.h for
 * the contract and config.def for the keys. */

#include <config.h>

#include "controller/config.h"

#include <errno.h>
#include <string.h>

#include "lib/addr.h"
#include "lib/ovn-dirs.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/shash.h"
#include "openvswitch/vlog.h"
#include "smap.h"
#include "sset.h"
#include "stream.h"
#include "util.h"
#include "vswitch-idl.h"

VLOG_DEFINE_THIS_MODULE(config);

enum config_type {
    STRING, BOOL, FLAG, UINT, RANGE, LIST, ENCAPS, IPS, REMOTES
};

/* One row of config.def. */
struct config_def {
    const char *key;
    enum config_type type;
    unsigned int min, max;      /* For UINT and RANGE. */
    const char *default_value;
    const char *mirror;         /* Key in Chassis other_config, or NULL. */
};

static const struct config_def defs[CFG_N_KEYS] = {
#define CONFIG(ID, KEY, TYPE, MIN, MAX, DEFAULT, MIRROR) \
    [CFG_##ID] = { KEY, TYPE, MIN, MAX, DEFAULT, MIRROR },
#include "controller/config.def"
#undef CONFIG
};

/* The bad value that was last warned about, by the key as configured. */
static struct shash warned = SHASH_INITIALIZER(&warned);

/* Logs that external_ids:'key' has the bad 'value', unless this was the last
 * thing said about 'key'.  'what' says what is wrong with it and what happens
 * instead. */
static void
warn_once(const char *key, const char *value, const char *what)
{
    char *last = shash_find_data(&warned, key);

    if (last && !strcmp(last, value)) {
        return;
    }
    VLOG_WARN("external_ids:%s=\"%s\": %s", key, value, what);
    free(shash_replace(&warned, key, xstrdup(value)));
}

/* Forgets what was said about 'key': its value is good now. */
static void
unwarn(const char *key)
{
    if (!shash_is_empty(&warned)) {
        free(shash_find_and_delete(&warned, key));
    }
}

/* Parses 'value', of the form FIRST-LAST.  Returns false if it is
 * malformed. */
static bool
parse_range(const char *value, unsigned int *first, unsigned int *last)
{
    int n = 0;

    return (ovs_scan_len(value, &n, "%u-%u", first, last) && !value[n]
            && *first <= *last);
}

/* Returns true if 'item' may be an item of a list of type 'type'. */
static bool
check_item(enum config_type type, const char *item)
{
    struct addr_ip ip;

    if (type == ENCAPS) {
        return (!strcmp(item, "geneve") || !strcmp(item, "vxlan")
                || !strcmp(item, "stt"));
    } else if (type == IPS) {
        return addr_ip_parse_host(item, &ip);
    } else if (type == REMOTES) {
        return !stream_verify_name(item);
    } else {
        return true;
    }
}

/* Returns the good items of list 'value', of type 'type', joined by commas.
 * Appends the others to 'bad', a comma before each.  The caller must free the
 * returned string. */
static char *
filter_list(enum config_type type, const char *value, struct ds *bad)
{
    struct ds good = DS_EMPTY_INITIALIZER;
    char *save_ptr = NULL;
    char *copy = xstrdup(value);

    for (char *item = strtok_r(copy, ", ", &save_ptr); item;
         item = strtok_r(NULL, ", ", &save_ptr)) {
        ds_put_format(check_item(type, item) ? &good : bad, ",%s", item);
    }
    free(copy);

    char *list = xstrdup(good.length ? ds_cstr(&good) + 1 : "");
    ds_destroy(&good);
    return list;
}

/* Returns what 'value' means for 'def', which the caller must free: 'value'
 * itself if it is good.  Otherwise stores in '*error' what is wrong with it
 * and what happens instead, which the caller must free too. */
static char *
normalize(const struct config_def *def, const char *value, char **error)
{
    struct ds bad = DS_EMPTY_INITIALIZER;
    unsigned int first, last;
    char *list;

    switch (def->type) {
    case FLAG:
    case BOOL:
        if (strcmp(value, "true") && strcmp(value, "false")
            && !(def->type == FLAG && !value[0])) {
            *error = xasprintf("is neither \"true\" nor \"false\", "
                               "using \"%s\"", def->default_value);
        }
        break;

    case UINT:
        if (!str_to_uint(value, 10, &first)
            || first < def->min || first > def->max) {
            *error = xasprintf("is not a number from %u to %u, using %s",
                               def->min, def->max, def->default_value);
        }
        break;

    case RANGE:
        if (!parse_range(value, &first, &last)
            || first < def->min || last > def->max) {
            *error = xasprintf("is not a range within %u-%u, using %s",
                               def->min, def->max, def->default_value);
        }
        break;

    case LIST:
    case ENCAPS:
    case IPS:
    case REMOTES:
        list = filter_list(def->type, value, &bad);
        if (bad.length) {
            *error = xasprintf("ignoring %s, not %s", ds_cstr(&bad) + 1,
                               (def->type == ENCAPS
                                ? "encapsulation types (geneve, vxlan, stt)"
                                : def->type == IPS ? "IP addresses"
                                : "active OVSDB connection methods"));
        }
        ds_destroy(&bad);
        return list;

    case STRING:
    default:
        break;
    }
    return xstrdup(*error ? def->default_value : value);
}

/* Returns the value of 'def' in 'ids' for 'chassis'.  The caller must free
 * it. */
static char *
resolve(const struct config_def *def, const struct smap *ids,
        const char *chassis)
{
    char *special = chassis ? xasprintf("%s-%s", def->key, chassis) : NULL;
    const char *value = special ? smap_get(ids, special) : NULL;
    const char *key = value ? special : def->key;

    if (!value) {
        value = smap_get_def(ids, def->key, def->default_value);
    }

    char *error = NULL;
    char *normal = normalize(def, value, &error);
    if (error) {
        warn_once(key, value, error);
        free(error);
    } else {
        unwarn(key);
    }
    free(special);
    return normal;
}

/* Returns the first line of the file system-id-override in OVN's configuration
 * directory, or NULL if there is none.  The caller must free it. */
static char *
read_id_override(void)
{
    char *name = xasprintf("%s/system-id-override", ovn_sysconfdir());
    FILE *stream = fopen(name, "r");
    char *id = NULL;

    if (stream) {
        struct ds line = DS_EMPTY_INITIALIZER;

        if (!ds_get_line(&line, stream)) {
            ds_chomp(&line, '\r');
            if (line.length) {
                id = ds_steal_cstr(&line);
            }
        }
        ds_destroy(&line);
        fclose(stream);
    } else if (errno != ENOENT) {
        static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(1, 1);
        VLOG_WARN_RL(&rl, "%s: open failed (%s)", name, ovs_strerror(errno));
    }
    free(name);
    return id;
}

/* Returns the name of this chassis: 'chassis_arg' from the command line, or
 * the content of system-id-override, or external_ids:system-id, or NULL.  The
 * caller must free it. */
static char *
read_chassis_name(const struct ovsrec_open_vswitch *ovs,
                  const char *chassis_arg)
{
    if (chassis_arg) {
        return xstrdup(chassis_arg);
    }

    char *id = read_id_override();
    if (id) {
        return id;
    }

    const char *system_id = smap_get(&ovs->external_ids, "system-id");
    return system_id && system_id[0] ? xstrdup(system_id) : NULL;
}

/* Reads 'config' anew from 'ovs'.  'chassis_arg' is the chassis name from the
 * command line, or NULL.  Returns true if anything in 'config' changed. */
bool
config_read(struct config *config, const struct ovsrec_open_vswitch *ovs,
            const char *chassis_arg)
{
    struct config new = CONFIG_INITIALIZER;
    bool changed;

    new.chassis = read_chassis_name(ovs, chassis_arg);
    changed = !nullable_string_is_equal(new.chassis, config->chassis);
    for (size_t i = 0; i < CFG_N_KEYS; i++) {
        new.value[i] = resolve(&defs[i], &ovs->external_ids, new.chassis);
        changed |= !nullable_string_is_equal(new.value[i], config->value[i]);
    }

    config_destroy(config);
    *config = new;
    return changed;
}

/* Frees what 'config' holds. */
void
config_destroy(struct config *config)
{
    free(config->chassis);
    config->chassis = NULL;
    for (size_t i = 0; i < CFG_N_KEYS; i++) {
        free(config->value[i]);
        config->value[i] = NULL;
    }
}

/* Returns the value of 'key' as text; the empty string if it is not set and
 * has no default. */
const char *
config_string(const struct config *config, enum config_key key)
{
    return config->value[key] ? config->value[key] : defs[key].default_value;
}

/* Returns the value of 'key', which must be of type BOOL. */
bool
config_bool(const struct config *config, enum config_key key)
{
    ovs_assert(defs[key].type == BOOL);
    return !strcmp(config_string(config, key), "true");
}

/* Returns the value of 'key', which must be of type UINT. */
unsigned int
config_uint(const struct config *config, enum config_key key)
{
    unsigned int number = 0;

    ovs_assert(defs[key].type == UINT);
    str_to_uint(config_string(config, key), 10, &number);
    return number;
}

/* Stores the bounds of 'key', which must be of type RANGE. */
void
config_range(const struct config *config, enum config_key key,
             unsigned int *first, unsigned int *last)
{
    ovs_assert(defs[key].type == RANGE);
    parse_range(config_string(config, key), first, last);
}

/* Initializes 'list' with the items of 'key', which must be some kind of list.
 * The caller must destroy 'list'. */
void
config_list(const struct config *config, enum config_key key,
            struct sset *list)
{
    ovs_assert(defs[key].type >= LIST);
    sset_from_delimited_string(list, config_string(config, key), ",");
}

/* Adds to 'other_config' everything in 'config' that others may see. */
void
config_mirror(const struct config *config, struct smap *other_config)
{
    for (size_t i = 0; i < CFG_N_KEYS; i++) {
        if (defs[i].mirror) {
            smap_replace(other_config, defs[i].mirror,
                         config_string(config, i));
        }
    }
}
