/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* nb_cfg, sb_cfg and hv_cfg; see cfg-seq.h. */

#include <config.h>

#include "northd/cfg-seq.h"

#include "northd/db.h"
#include "openvswitch/poll-loop.h"
#include "ovsdb/ovn-nb-idl.h"
#include "ovsdb/ovn-sb-idl.h"
#include "smap.h"
#include "timeval.h"

/* Returns how many steps 'cfg' is behind 'newest' in the cycle of 2^63
 * numbers: negative if it is ahead. */
int64_t
cfg_seq_behind(int64_t newest, int64_t cfg)
{
    uint64_t steps = ((uint64_t) newest - (uint64_t) cfg) & INT64_MAX;

    return steps <= INT64_MAX / 2 ? (int64_t) steps
                                  : -(int64_t) (INT64_MAX - steps) - 1;
}

/* Writes the latest nb_cfg to SB_Global, in the open transaction of 'sb',
 * which must hold everything else that follows from the replica of 'nb'. */
void
cfg_seq_to_sb(struct cfg_seq *cs, const struct northd_db *nb,
              struct northd_db *sb)
{
    const struct nbrec_nb_global *nbg = nbrec_nb_global_first(nb->loop.idl);
    const struct sbrec_sb_global *sbg = sbrec_sb_global_first(sb->loop.idl);

    if (!nbg || !sbg) {
        return;
    }
    if (!cs->valid || nbg->nb_cfg != cs->nb_cfg) {
        cs->valid = true;
        cs->nb_cfg = nbg->nb_cfg;
        cs->nb_cfg_time = time_wall_msec();
    }
    if (sbg->nb_cfg != cs->nb_cfg) {
        sbrec_sb_global_set_nb_cfg(sbg, cs->nb_cfg);
        sbrec_sb_global_set_nb_cfg_timestamp(sbg, cs->nb_cfg_time);
    }
    cs->sent = true;
    cs->sent_cfg = cs->nb_cfg;
}

/* Takes note of the end of the transaction that cfg_seq_to_sb() wrote to. */
void
cfg_seq_sb_done(struct cfg_seq *cs, bool success)
{
    if (cs->sent && success
        && (!cs->acked || cs->acked_cfg != cs->sent_cfg)) {
        cs->acked = true;
        cs->acked_cfg = cs->sent_cfg;
        cs->acked_time = time_wall_msec();
        poll_immediate_wake();
    }
    cs->sent = false;
}

/* Does the hypervisor of 'row' belong to this availability zone? */
static bool
is_ours(const struct sbrec_chassis_private *row)
{
    return !row->chassis
           || !smap_get_bool(&row->chassis->other_config, "is-remote", false);
}

/* Finds the number that the slowest chassis has reached, and the time at which
 * the last of the slowest reached it.  Without chassis that is the latest
 * number, and time 0. */
static void
find_slowest(struct cfg_seq *cs, const struct northd_db *sb)
{
    const struct sbrec_chassis_private *row;
    int64_t max_behind = 0;
    bool any = false;

    cs->hv_cfg = cs->nb_cfg;
    cs->hv_time = 0;
    SBREC_CHASSIS_PRIVATE_FOR_EACH (row, sb->loop.idl) {
        if (!is_ours(row)) {
            continue;
        }

        int64_t behind = cfg_seq_behind(cs->nb_cfg, row->nb_cfg);
        if (!any || behind > max_behind) {
            any = true;
            max_behind = behind;
            cs->hv_cfg = row->nb_cfg;
            cs->hv_time = row->nb_cfg_timestamp;
        } else if (behind == max_behind
                   && row->nb_cfg_timestamp > cs->hv_time) {
            cs->hv_time = row->nb_cfg_timestamp;
        }
    }
}

/* Writes to NB_Global what has been reached, in the open transaction of
 * 'nb'. */
void
cfg_seq_to_nb(struct cfg_seq *cs, struct northd_db *nb,
              const struct northd_db *sb)
{
    const struct nbrec_nb_global *nbg = nbrec_nb_global_first(nb->loop.idl);
    unsigned int sb_seqno = ovsdb_idl_get_seqno(sb->loop.idl);

    if (!nbg || !cs->valid) {
        return;
    }

    /* What was finished before this northd started keeps its timestamp. */
    if (nbg->nb_cfg == cs->nb_cfg && nbg->sb_cfg != cs->nb_cfg
        && nbg->nb_cfg_timestamp != cs->nb_cfg_time) {
        nbrec_nb_global_set_nb_cfg_timestamp(nbg, cs->nb_cfg_time);
    }
    if (cs->acked && nbg->sb_cfg != cs->acked_cfg) {
        nbrec_nb_global_set_sb_cfg(nbg, cs->acked_cfg);
        nbrec_nb_global_set_sb_cfg_timestamp(nbg, cs->acked_time);
    }

    if (cs->sb_seqno != sb_seqno || nbg->hv_cfg != cs->hv_cfg
        || nbg->nb_cfg != cs->hv_cfg) {
        cs->sb_seqno = sb_seqno;
        find_slowest(cs, sb);
        if (nbg->hv_cfg != cs->hv_cfg) {
            nbrec_nb_global_set_hv_cfg(nbg, cs->hv_cfg);
        }
        if (nbg->hv_cfg_timestamp != cs->hv_time) {
            nbrec_nb_global_set_hv_cfg_timestamp(nbg, cs->hv_time);
        }
    }
}
