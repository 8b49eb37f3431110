/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Reports nb_cfg behind a fence; see nb-cfg.h for the contract.
 *
 * Several numbers can be under way at once, so a stream of changes does not
 * hold back the report of the older ones.  The number compared with is "not
 * the same", never "greater": it may wrap, and start over with a new
 * database. */

#include <config.h>

#include "controller/nb-cfg.h"

#include <inttypes.h>
#include <stdlib.h>

#include "controller/ofswitch.h"
#include "openvswitch/poll-loop.h"
#include "ovsdb/ovn-sb-idl.h"
#include "smap.h"
#include "timeval.h"
#include "util.h"
#include "vswitch-idl.h"

/* A number that the switch has not been seen to reach yet. */
struct nb_cfg_pending {
    struct ovs_list node;       /* In struct nb_cfg's 'pending'. */
    int64_t nb_cfg;
    long long int sb_ts;
    uint64_t fence;
    bool passed;
    long long int passed_at;    /* Monotonic, in ms; if 'passed'. */
    long long int passed_ts;    /* Since the epoch, in ms; if 'passed'. */
};

void
nb_cfg_init(struct nb_cfg *nc)
{
    *nc = (struct nb_cfg) {
        .pending = OVS_LIST_INITIALIZER(&nc->pending),
    };
}

void
nb_cfg_destroy(struct nb_cfg *nc)
{
    struct nb_cfg_pending *p;

    LIST_FOR_EACH_POP (p, node, &nc->pending) {
        free(p);
    }
}

/* Makes reports wait for 'seconds' after the switch has passed the fence. */
void
nb_cfg_set_delay(struct nb_cfg *nc, unsigned int seconds)
{
    nc->delay_s = seconds;
}

/* Looks at the current number in 'sb', and puts up a fence in 'sw' if it is
 * new.  To be called when everything received from the Southbound database has
 * been compiled and handed to 'sw'. */
void
nb_cfg_observe(struct nb_cfg *nc, const struct sbrec_sb_global *sb,
               struct ofswitch *sw)
{
    if (nc->have_seen && nc->seen == sb->nb_cfg) {
        return;
    }
    nc->have_seen = true;
    nc->seen = sb->nb_cfg;

    struct nb_cfg_pending *p = xmalloc(sizeof *p);
    *p = (struct nb_cfg_pending) {
        .nb_cfg = sb->nb_cfg,
        .sb_ts = sb->nb_cfg_timestamp,
        .fence = ofswitch_fence(sw),
    };
    ovs_list_push_back(&nc->pending, &p->node);
}

/* Finds out how far 'sw' has come. */
void
nb_cfg_collect(struct nb_cfg *nc, const struct ofswitch *sw)
{
    uint64_t done = ofswitch_fence_done(sw);
    struct nb_cfg_pending *p;

    LIST_FOR_EACH_SAFE (p, node, &nc->pending) {
        if (p->fence > done) {
            break;
        }
        if (!p->passed) {
            p->passed = true;
            p->passed_at = time_msec();
            p->passed_ts = time_wall_msec();
        }
        if (time_msec() < p->passed_at + nc->delay_s * 1000LL) {
            break;
        }
        nc->have_done = true;
        nc->done = p->nb_cfg;
        nc->done_ts = p->passed_ts;
        nc->sb_ts = p->sb_ts;
        ovs_list_remove(&p->node);
        free(p);
    }
}

/* Writes the last number reached to 'private', in the Southbound database's
 * open transaction, unless SB_Global tells the chassis not to. */
void
nb_cfg_report_sb(const struct nb_cfg *nc, const struct sbrec_sb_global *sb,
                 const struct sbrec_chassis_private *private)
{
    if (nc->have_done && private->nb_cfg != nc->done
        && smap_get_bool(&sb->options, "enable_chassis_nb_cfg_update",
                         true)) {
        sbrec_chassis_private_set_nb_cfg(private, nc->done);
        sbrec_chassis_private_set_nb_cfg_timestamp(private, nc->done_ts);
    }
}

/* Sets 'key' in external_ids of 'br_int' to 'value', if it is not. */
static void
set_key(const struct ovsrec_bridge *br_int, const char *key, int64_t value)
{
    char *s = xasprintf("%"PRId64, value);

    if (!nullable_string_is_equal(smap_get(&br_int->external_ids, key), s)) {
        ovsrec_bridge_update_external_ids_setkey(br_int, key, s);
    }
    free(s);
}

/* Writes the last number reached to 'br_int', in the local database's open
 * transaction. */
void
nb_cfg_report_ovs(const struct nb_cfg *nc, const struct ovsrec_bridge *br_int)
{
    int64_t old = smap_get_ullong(&br_int->external_ids, "ovn-nb-cfg", 0);

    if (nc->have_done && old != nc->done) {
        set_key(br_int, "ovn-nb-cfg", nc->done);
        set_key(br_int, "ovn-nb-cfg-ts", nc->done_ts);
        if (nc->sb_ts) {
            set_key(br_int, "ovn-nb-cfg-sb-ts", nc->sb_ts);
        }
    }
}

/* Arranges for poll_block() to wake up when a held-back report is due. */
void
nb_cfg_wait(const struct nb_cfg *nc)
{
    const struct nb_cfg_pending *p;

    LIST_FOR_EACH (p, node, &nc->pending) {
        if (p->passed) {
            poll_timer_wait_until(p->passed_at + nc->delay_s * 1000LL);
            return;
        }
    }
}
