/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* NB_Global and SB_Global; see global.h. */

#include <config.h>

#include "northd/global.h"

#include <errno.h>
#include <stdlib.h>

#include "lib/internal-version.h"
#include "lib/mem-trim.h"
#include "northd/db.h"
#include "northd/keys.h"
#include "openvswitch/vlog.h"
#include "ovsdb/ovn-nb-idl.h"
#include "ovsdb/ovn-sb-idl.h"
#include "packets.h"
#include "smap.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(northd_global);

/* Returns NB_Global option 'key', a number, or 'default_' if it is not set. */
static int
get_number(const struct northd_db *nb, const char *key, int default_)
{
    const struct nbrec_nb_global *row = nbrec_nb_global_first(nb->loop.idl);

    return row ? smap_get_int(&row->options, key, default_) : default_;
}

/* Returns "northd_probe_interval" in ms, or -1 if it is not set. */
int
northd_global_probe_interval(const struct northd_db *nb)
{
    return get_number(nb, "northd_probe_interval", -1);
}

/* Returns "northd_trim_timeout": after how many ms without work memory is
 * given back. */
unsigned int
northd_global_trim_timeout(const struct northd_db *nb)
{
    int ms = get_number(nb, "northd_trim_timeout", MEM_TRIM_TIMEOUT_MS);

    return ms > 0 ? ms : MEM_TRIM_TIMEOUT_MS;
}

/* Returns "northd-backoff-interval-ms": by how many ms a compilation is put
 * off at most. */
unsigned int
northd_global_backoff(const struct northd_db *nb)
{
    return MAX(0, get_number(nb, "northd-backoff-interval-ms", 0));
}

static bool
mac_is_set(const struct eth_addr mac)
{
    return !eth_addr_is_zero(mac);
}

/* Reads "mac_prefix" ("0a:1b:2c") into '*prefix'.  If there is none, or it is
 * none, '*prefix' becomes a random one, of the locally administered kind,
 * unless it has been set before. */
static void
get_mac_prefix(const struct smap *options, struct eth_addr *prefix)
{
    const char *s = smap_get(options, "mac_prefix");
    struct eth_addr mac;

    if (s) {
        char *full = xasprintf("%s:00:00:00", s);
        bool ok = eth_addr_from_string(full, &mac);

        free(full);
        if (ok && !eth_addr_is_multicast(mac) && mac_is_set(mac)) {
            *prefix = mac;
            return;
        }
        static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(1, 1);
        VLOG_WARN_RL(&rl, "NB_Global option mac_prefix: \"%s\" is not the "
                     "first half of a unicast Ethernet address", s);
    }
    if (!mac_is_set(*prefix)) {
        eth_addr_random(prefix);
        prefix->ea[3] = prefix->ea[4] = prefix->ea[5] = 0;
    }
}

/* The same for "svc_monitor_mac". */
static void
get_svc_monitor_mac(const struct smap *options, struct eth_addr *macp)
{
    const char *s = smap_get(options, "svc_monitor_mac");
    struct eth_addr mac;

    if (s) {
        if (eth_addr_from_string(s, &mac) && !eth_addr_is_multicast(mac)) {
            *macp = mac;
            return;
        }
        static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(1, 1);
        VLOG_WARN_RL(&rl, "NB_Global option svc_monitor_mac: \"%s\" is not a "
                     "unicast Ethernet address", s);
    }
    if (!mac_is_set(*macp)) {
        eth_addr_random(macp);
    }
}

/* Do tunnel keys have to fit into VXLAN's 24 bits?  They do as soon as one
 * chassis may be reached in no other way, unless the administrator says that
 * VXLAN is only for hardware VTEP gateways. */
static bool
get_vxlan_mode(const struct smap *options, const struct northd_db *sb)
{
    if (!smap_get_bool(options, "vxlan_mode", true)) {
        return false;
    }

    const struct sbrec_chassis *chassis;
    SBREC_CHASSIS_FOR_EACH (chassis, sb->loop.idl) {
        for (size_t i = 0; i < chassis->n_encaps; i++) {
            if (!strcmp(chassis->encaps[i]->type, "vxlan")) {
                return true;
            }
        }
    }
    return false;
}

/* Reads what the databases say into '*g', if they have changed. */
void
northd_global_read(struct northd_global *g, const struct northd_db *nb,
                   const struct northd_db *sb)
{
    unsigned int nb_seqno = ovsdb_idl_get_seqno(nb->loop.idl);
    unsigned int sb_seqno = ovsdb_idl_get_seqno(sb->loop.idl);

    if (g->nb_read == nb_seqno && g->sb_read == sb_seqno) {
        return;
    }
    g->nb_read = nb_seqno;
    g->sb_read = sb_seqno;

    const struct nbrec_nb_global *row = nbrec_nb_global_first(nb->loop.idl);
    static const struct smap none = SMAP_INITIALIZER(&none);
    const struct smap *options = row ? &row->options : &none;

    get_mac_prefix(options, &g->mac_prefix);
    get_svc_monitor_mac(options, &g->svc_monitor_mac);
    g->vxlan_mode = get_vxlan_mode(options, sb);
    g->max_dp_key = (g->vxlan_mode ? KEY_DP_MAX_LOCAL_VXLAN
                     : KEY_DP_MAX_LOCAL);
}

/* Adds to 'options' what northd says itself, where it says something else or
 * nothing. */
static void
add_own_options(const struct northd_global *g, struct smap *options)
{
    const struct eth_addr p = g->mac_prefix;
    char *s = xasprintf("%02"PRIx8":%02"PRIx8":%02"PRIx8,
                        p.ea[0], p.ea[1], p.ea[2]);

    smap_replace_nocopy(options, "mac_prefix", s);
    smap_replace_nocopy(options, "svc_monitor_mac",
                        xasprintf(ETH_ADDR_FMT,
                                  ETH_ADDR_ARGS(g->svc_monitor_mac)));
    smap_replace_nocopy(options, "max_tunid",
                        xasprintf("%"PRIu32, g->max_dp_key));
    smap_replace(options, "northd_internal_version",
                 ovn_internal_version());
}

/* Writes to 'row' the options in 'wanted' that it lacks, key by key, so that
 * another client's change to other keys is not undone. */
static void
write_nb_options(const struct nbrec_nb_global *row, const struct smap *wanted)
{
    struct smap_node *node;

    SMAP_FOR_EACH (node, wanted) {
        const char *old = smap_get(&row->options, node->key);

        if (!old || strcmp(old, node->value)) {
            nbrec_nb_global_update_options_setkey(row, node->key,
                                                  node->value);
        }
    }
}

static void
write_sb(const struct northd_db *sb, const struct smap *options, bool ipsec)
{
    const struct sbrec_sb_global *row = sbrec_sb_global_first(sb->loop.idl);

    if (!row) {
        row = sbrec_sb_global_insert(sb->txn);
    }
    if (!smap_equal(&row->options, options)) {
        sbrec_sb_global_set_options(row, options);
    }
    if (row->ipsec != ipsec) {
        sbrec_sb_global_set_ipsec(row, ipsec);
    }
}

/* Brings NB_Global and SB_Global up to date with what northd_global_read()
 * read.  Both 'nb' and 'sb' must have an open transaction.  Returns false if
 * neither database has changed since the last time. */
bool
northd_global_run(struct northd_global *g, struct northd_db *nb,
                  struct northd_db *sb)
{
    unsigned int nb_seqno = ovsdb_idl_get_seqno(nb->loop.idl);
    unsigned int sb_seqno = ovsdb_idl_get_seqno(sb->loop.idl);

    if (g->nb_seqno == nb_seqno && g->sb_seqno == sb_seqno) {
        return false;
    }
    g->nb_seqno = nb_seqno;
    g->sb_seqno = sb_seqno;

    const struct nbrec_nb_global *row = nbrec_nb_global_first(nb->loop.idl);
    if (!row) {
        row = nbrec_nb_global_insert(nb->txn);
    }
    struct smap options;
    smap_clone(&options, &row->options);
    add_own_options(g, &options);
    write_nb_options(row, &options);
    write_sb(sb, &options, row->ipsec);
    smap_destroy(&options);
    return true;
}

/* Makes the next northd_global_run() compare everything, because a transaction
 * was lost. */
void
northd_global_invalidate(struct northd_global *g)
{
    g->nb_seqno = g->sb_seqno = 0;
}
