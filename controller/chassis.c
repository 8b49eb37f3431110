/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Keeps this chassis's rows in the Southbound database; see chassis.h for the
 * contract. */

#include <config.h>

#include "controller/chassis.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "controller/config.h"
#include "hash.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/hmap.h"
#include "openvswitch/vlog.h"
#include "ovsdb/ovn-sb-idl.h"
#include "smap.h"
#include "sset.h"
#include "util.h"
#include "vswitch-idl.h"

VLOG_DEFINE_THIS_MODULE(chassis);

/* What this controller can do, and cannot do yet. */
static const struct {
    const char *key;
    bool have;
} features[] = {
#define FEATURE(KEY, HAVE) { KEY, HAVE },
#include "controller/features.def"
#undef FEATURE
};

/* An Encap row as it should be. */
struct wanted_encap {
    char *type;
    char *ip;
    bool is_default;
};

/* Prepares 'ch' to keep its rows in 'sb_idl', which must monitor all columns
 * of Chassis, Chassis_Private and Encap that this module writes. */
void
chassis_init(struct chassis *ch, struct ovsdb_idl *sb_idl)
{
    *ch = (struct chassis) {
        .idl = sb_idl,
        .by_name = ovsdb_idl_index_create1(sb_idl, &sbrec_chassis_col_name),
        .private_by_name = ovsdb_idl_index_create1(
            sb_idl, &sbrec_chassis_private_col_name),
        .warnings = SSET_INITIALIZER(&ch->warnings),
    };
}

/* Frees what 'ch' holds; the rows in the database stay. */
void
chassis_destroy(struct chassis *ch)
{
    sset_destroy(&ch->warnings);
    free(ch->name);
}

/* Makes the next chassis_run() compare everything again. */
void
chassis_retry(struct chassis *ch)
{
    idl_watch_reset(&ch->watch);
}

/* Returns the Chassis named 'name', or NULL. */
const struct sbrec_chassis *
chassis_get(const struct chassis *ch, const char *name)
{
    struct sbrec_chassis *key = sbrec_chassis_index_init_row(ch->by_name);
    const struct sbrec_chassis *row;

    sbrec_chassis_index_set_name(key, name);
    row = sbrec_chassis_index_find(ch->by_name, key);
    sbrec_chassis_index_destroy_row(key);
    return row;
}

/* Returns the Chassis_Private row named 'name', or NULL. */
const struct sbrec_chassis_private *
chassis_get_private(const struct chassis *ch, const char *name)
{
    struct sbrec_chassis_private *key
        = sbrec_chassis_private_index_init_row(ch->private_by_name);
    const struct sbrec_chassis_private *row;

    sbrec_chassis_private_index_set_name(key, name);
    row = sbrec_chassis_private_index_find(ch->private_by_name, key);
    sbrec_chassis_private_index_destroy_row(key);
    return row;
}

/* Logs 'message', which it takes over, unless it was among the warnings of
 * the last run, and adds it to 'now'. */
static void
warn(struct chassis *ch, struct sset *now, char *message)
{
    if (!sset_contains(&ch->warnings, message)) {
        VLOG_WARN("%s", message);
    }
    sset_add_and_free(now, message);
}

/* Returns the configured encapsulations in an array of '*n' elements, sorted,
 * which the caller must free with free_encaps(). */
static struct wanted_encap *
wanted_encaps(const struct config *config, size_t *n)
{
    const char *default_ip = config_string(config, CFG_ENCAP_IP_DEFAULT);
    struct sset type_set, ip_set;

    config_list(config, CFG_ENCAP_TYPE, &type_set);
    config_list(config, CFG_ENCAP_IP, &ip_set);

    size_t n_types = sset_count(&type_set);
    size_t n_ips = sset_count(&ip_set);
    const char **types = sset_sort(&type_set);
    const char **ips = sset_sort(&ip_set);
    struct wanted_encap *encaps = xcalloc(MAX(n_types * n_ips, 1),
                                          sizeof *encaps);

    *n = n_types * n_ips;
    for (size_t i = 0; i < *n; i++) {
        const char *ip = ips[i % n_ips];

        encaps[i] = (struct wanted_encap) {
            .type = xstrdup(types[i / n_ips]),
            .ip = xstrdup(ip),
            .is_default = n_ips > 1 && !strcmp(ip, default_ip),
        };
    }

    free(types);
    free(ips);
    sset_destroy(&type_set);
    sset_destroy(&ip_set);
    return encaps;
}

static void
free_encaps(struct wanted_encap *encaps, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(encaps[i].type);
        free(encaps[i].ip);
    }
    free(encaps);
}

/* Deletes chassis 'row' with its Encap rows and its Chassis_Private row. */
static void
delete_chassis(const struct chassis *ch, const struct sbrec_chassis *row)
{
    const struct sbrec_chassis_private *private
        = chassis_get_private(ch, row->name);

    for (size_t i = 0; i < row->n_encaps; i++) {
        sbrec_encap_delete(row->encaps[i]);
    }
    if (private) {
        sbrec_chassis_private_delete(private);
    }
    sbrec_chassis_delete(row);
}

/* Returns true if 'row' can only be an older record of this host, made under
 * another system-id: it has the same host name and no encapsulation but those
 * in 'encaps'. */
static bool
is_stale(const struct sbrec_chassis *row, const char *hostname,
         const struct wanted_encap *encaps, size_t n)
{
    if (!hostname[0] || strcmp(row->hostname, hostname)) {
        return false;
    }
    for (size_t i = 0; i < row->n_encaps; i++) {
        bool ours = false;

        for (size_t j = 0; j < n && !ours; j++) {
            ours = (!strcmp(row->encaps[i]->type, encaps[j].type)
                    && !strcmp(row->encaps[i]->ip, encaps[j].ip));
        }
        if (!ours) {
            return false;
        }
    }
    return row->n_encaps > 0;
}

/* Deletes records that this host left under other names. */
static void
delete_stale(const struct chassis *ch, const char *name, const char *hostname,
             const struct wanted_encap *encaps, size_t n)
{
    const struct sbrec_chassis *row;

    SBREC_CHASSIS_FOR_EACH_SAFE (row, ch->idl) {
        if (strcmp(row->name, name)
            && is_stale(row, hostname, encaps, n)) {
            VLOG_INFO("deleting stale record of this host under its former "
                      "name %s", row->name);
            delete_chassis(ch, row);
        }
    }
}

/* Returns the row of another chassis than 'name' that occupies 'encap', or
 * NULL.  Deletes such a row if it belongs to no chassis at all. */
static const struct sbrec_encap *
find_conflict(const struct chassis *ch, const struct wanted_encap *encap,
              const char *name)
{
    const struct sbrec_encap *row;

    SBREC_ENCAP_FOR_EACH_SAFE (row, ch->idl) {
        if (strcmp(row->type, encap->type) || strcmp(row->ip, encap->ip)
            || !strcmp(row->chassis_name, name)) {
            continue;
        }
        if (chassis_get(ch, row->chassis_name)) {
            return row;
        }
        VLOG_INFO("deleting Encap %s %s of chassis %s, which does not exist",
                  row->type, row->ip, row->chassis_name);
        sbrec_encap_delete(row);
    }
    return NULL;
}

/* Returns this chassis's row in 'txn' for 'encap', creating it if there is
 * none; NULL if another chassis has that encapsulation. */
static const struct sbrec_encap *
get_encap(struct chassis *ch, struct ovsdb_idl_txn *txn,
          const struct wanted_encap *encap, const char *name,
          struct sset *now)
{
    const struct sbrec_encap *row;

    SBREC_ENCAP_FOR_EACH (row, ch->idl) {
        if (!strcmp(row->type, encap->type) && !strcmp(row->ip, encap->ip)
            && !strcmp(row->chassis_name, name)) {
            return row;
        }
    }

    row = find_conflict(ch, encap, name);
    if (row) {
        warn(ch, now, xasprintf("encapsulation %s %s already belongs to "
                                "chassis %s, ignoring it for %s", encap->type,
                                encap->ip, row->chassis_name, name));
        return NULL;
    }

    row = sbrec_encap_insert(txn);
    sbrec_encap_set_type(row, encap->type);
    sbrec_encap_set_ip(row, encap->ip);
    sbrec_encap_set_chassis_name(row, name);
    return row;
}

/* Makes the options of Encap 'row' what 'encap' and 'csum' say. */
static void
set_encap_options(const struct sbrec_encap *row,
                  const struct wanted_encap *encap, const char *csum)
{
    struct smap options;

    smap_clone(&options, &row->options);
    smap_replace(&options, "csum", csum);
    if (encap->is_default) {
        smap_replace(&options, "is_default", "true");
    } else {
        smap_remove(&options, "is_default");
    }
    if (!smap_equal(&options, &row->options)) {
        sbrec_encap_set_options(row, &options);
    }
    smap_destroy(&options);
}

static bool
contains_row(const struct sbrec_encap *const *rows, size_t n,
             const struct sbrec_encap *row)
{
    for (size_t i = 0; i < n; i++) {
        if (rows[i] == row) {
            return true;
        }
    }
    return false;
}

/* Makes the encaps of chassis 'row' the 'n' rows in 'rows', and deletes those
 * it had besides. */
static void
set_encaps(const struct sbrec_chassis *row,
           const struct sbrec_encap **rows, size_t n)
{
    bool same = row->n_encaps == n;

    for (size_t i = 0; i < n && same; i++) {
        same = contains_row((const struct sbrec_encap *const *) row->encaps,
                            row->n_encaps, rows[i]);
    }
    if (same) {
        return;
    }

    size_t n_old = row->n_encaps;
    const struct sbrec_encap **old = xmemdup(row->encaps,
                                             n_old * sizeof *old);

    sbrec_chassis_set_encaps(row, CONST_CAST(struct sbrec_encap **, rows), n);
    for (size_t i = 0; i < n_old; i++) {
        if (!contains_row(rows, n, old[i])) {
            sbrec_encap_delete(old[i]);
        }
    }
    free(old);
}

/* Initializes 'config_' to what other_config of chassis 'row' (NULL if it does
 * not exist yet) should be. */
static void
build_other_config(struct smap *other_config, const struct sbrec_chassis *row,
                   const struct config *config,
                   const struct ovsrec_open_vswitch *ovs,
                   const struct ovsrec_bridge *br_int)
{
    struct ds types = DS_EMPTY_INITIALIZER;

    if (row) {
        smap_clone(other_config, &row->other_config);
    } else {
        smap_init(other_config);
    }

    config_mirror(config, other_config);
    for (size_t i = 0; i < ARRAY_SIZE(features); i++) {
        if (features[i].have) {
            smap_replace(other_config, features[i].key, "true");
        } else {
            smap_remove(other_config, features[i].key);
        }
    }

    for (size_t i = 0; i < ovs->n_iface_types; i++) {
        ds_put_format(&types, "%s%s", i ? "," : "", ovs->iface_types[i]);
    }
    smap_replace(other_config, "iface-types", ds_cstr(&types));
    if (br_int) {
        smap_replace(other_config, "datapath-type", br_int->datapath_type);
    }
    ds_destroy(&types);
}

/* Returns true if the 'n' strings in 'array' are the elements of 'set'. */
static bool
sset_equals_array(const struct sset *set, char *const *array, size_t n)
{
    if (sset_count(set) != n) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (!sset_contains(set, array[i])) {
            return false;
        }
    }
    return true;
}

static void
set_transport_zones(const struct sbrec_chassis *row,
                    const struct config *config)
{
    struct sset zones;

    config_list(config, CFG_TRANSPORT_ZONES, &zones);
    if (!sset_equals_array(&zones, row->transport_zones,
                           row->n_transport_zones)) {
        const char **array = sset_array(&zones);
        sbrec_chassis_set_transport_zones(row, array, sset_count(&zones));
        free(array);
    }
    sset_destroy(&zones);
}

/* Returns the host name to report: the configured one or the system's.  The
 * caller must free it. */
static char *
get_hostname(const struct config *config)
{
    const char *configured = config_string(config, CFG_HOSTNAME);
    char buffer[256];

    if (configured[0]) {
        return xstrdup(configured);
    }
    if (gethostname(buffer, sizeof buffer)) {
        static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(1, 1);
        VLOG_WARN_RL(&rl, "gethostname failed (%s)", ovs_strerror(errno));
        return xstrdup("");
    }
    buffer[sizeof buffer - 1] = '\0';
    return xstrdup(buffer);
}

/* Makes all columns of chassis 'row', which may be new, what they should be.
 * 'rows' are its 'n' encaps. */
static void
update_chassis(const struct sbrec_chassis *row, const struct config *config,
               const char *hostname, const struct ovsrec_open_vswitch *ovs,
               const struct ovsrec_bridge *br_int,
               const struct sbrec_encap **rows, size_t n)
{
    struct smap other_config;

    if (strcmp(row->name, config->chassis)) {
        sbrec_chassis_set_name(row, config->chassis);
    }
    if (strcmp(row->hostname, hostname)) {
        sbrec_chassis_set_hostname(row, hostname);
    }

    build_other_config(&other_config, row, config, ovs, br_int);
    if (!smap_equal(&other_config, &row->other_config)) {
        sbrec_chassis_set_other_config(row, &other_config);
    }
    smap_destroy(&other_config);

    set_transport_zones(row, config);
    set_encaps(row, rows, n);
}

/* Creates this chassis's Chassis_Private row, or points it to 'row'. */
static void
update_private(const struct chassis *ch, struct ovsdb_idl_txn *txn,
               const struct sbrec_chassis *row)
{
    const struct sbrec_chassis_private *private
        = chassis_get_private(ch, row->name);

    if (!private) {
        private = sbrec_chassis_private_insert(txn);
        sbrec_chassis_private_set_name(private, row->name);
    }
    if (private->chassis != row) {
        sbrec_chassis_private_set_chassis(private, row);
    }
}

/* Does the work of chassis_run() once the 'n' encapsulations in 'encaps' are
 * known.  Adds to 'now' the warnings that are true. */
static void
register_chassis(struct chassis *ch, struct ovsdb_idl_txn *txn,
                 const struct config *config,
                 const struct ovsrec_open_vswitch *ovs,
                 const struct ovsrec_bridge *br_int,
                 struct wanted_encap *encaps, size_t n, struct sset *now)
{
    const struct sbrec_encap **rows = xcalloc(MAX(n, 1), sizeof *rows);
    const char *csum = config_string(config, CFG_ENCAP_CSUM);
    const struct sbrec_chassis *row;
    char *hostname = get_hostname(config);
    size_t n_rows = 0;

    if (ch->name && strcmp(ch->name, config->chassis)) {
        row = chassis_get(ch, ch->name);
        if (row) {
            VLOG_INFO("this chassis was renamed from %s to %s", ch->name,
                      config->chassis);
            delete_chassis(ch, row);
        }
    } else if (!ch->name && !chassis_get(ch, config->chassis)) {
        delete_stale(ch, config->chassis, hostname, encaps, n);
    }

    for (size_t i = 0; i < n; i++) {
        const struct sbrec_encap *encap
            = get_encap(ch, txn, &encaps[i], config->chassis, now);
        if (encap) {
            set_encap_options(encap, &encaps[i], csum);
            rows[n_rows++] = encap;
        }
    }

    if (n_rows) {
        row = chassis_get(ch, config->chassis);
        if (!row) {
            row = sbrec_chassis_insert(txn);
        }
        update_chassis(row, config, hostname, ovs, br_int, rows, n_rows);
        update_private(ch, txn, row);

        free(ch->name);
        ch->name = xstrdup(config->chassis);
    }
    free(hostname);
    free(rows);
}

/* Makes this chassis's rows what they should be, in 'sb_txn', if anything they
 * depend on may have changed.  'br_int' may be NULL. */
void
chassis_run(struct chassis *ch, struct ovsdb_idl_txn *sb_txn,
            const struct config *config, bool config_changed,
            const struct ovsrec_open_vswitch *ovs,
            const struct ovsrec_bridge *br_int)
{
    uint64_t sum = ovsdb_idl_row_get_seqno(&ovs->header_,
                                           OVSDB_IDL_CHANGE_MODIFY);

    sum += br_int ? hash_string(br_int->datapath_type, 0) : 0;
    idl_watch_add(&sum, ch->idl, &sbrec_table_chassis);
    idl_watch_add(&sum, ch->idl, &sbrec_table_chassis_private);
    idl_watch_add(&sum, ch->idl, &sbrec_table_encap);
    if (!idl_watch_changed(&ch->watch, sum) && !config_changed) {
        return;
    }

    struct sset now = SSET_INITIALIZER(&now);

    if (!config->chassis) {
        warn(ch, &now, xstrdup("external_ids:system-id is not set: this "
                               "chassis has no name and stays unregistered"));
    } else {
        size_t n;
        struct wanted_encap *encaps = wanted_encaps(config, &n);

        if (n) {
            register_chassis(ch, sb_txn, config, ovs, br_int, encaps, n,
                             &now);
        } else {
            warn(ch, &now, xstrdup("external_ids:ovn-encap-type and "
                                   "ovn-encap-ip name no usable "
                                   "encapsulation: this chassis is not "
                                   "reachable"));
        }
        free_encaps(encaps, n);
    }

    sset_swap(&ch->warnings, &now);
    sset_destroy(&now);
}

/* Deletes this chassis's rows in the Southbound database's open transaction.
 * Returns true if there was nothing to delete. */
bool
chassis_cleanup(struct chassis *ch, const struct config *config)
{
    const struct sbrec_chassis *row
        = config->chassis ? chassis_get(ch, config->chassis) : NULL;

    if (row) {
        delete_chassis(ch, row);
        return false;
    }
    return true;
}
