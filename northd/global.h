/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef NORTHD_GLOBAL_H
#define NORTHD_GLOBAL_H 1

/* The cluster's global state: NB_Global and SB_Global.
 *
 * Makes sure that both rows exist, completes NB_Global's options with what
 * northd chooses itself, and copies to SB_Global what controllers read there:
 * the options and "ipsec".
 *
 *     mac_prefix              of generated MACs; chosen once at random
 *     svc_monitor_mac         source MAC of health checks; the same
 *     max_tunid               highest datapath key, a result
 *     northd_internal_version what ovn-match-northd-version compares
 *
 * All of this is a handful of columns of two rows, so it is not worth a family
 * of the engine: it is compared again whenever either database changes. */

#include <stdbool.h>
#include <stdint.h>

#include "openvswitch/types.h"

struct northd_db;

struct northd_global {
    struct eth_addr mac_prefix;         /* Only the first three bytes. */
    struct eth_addr svc_monitor_mac;
    bool vxlan_mode;                    /* Keys must fit into VXLAN. */
    uint32_t max_dp_key;                /* "max_tunid". */
    unsigned int nb_read, sb_read;      /* As of these sequence numbers. */
    unsigned int nb_seqno, sb_seqno;    /* Of the last comparison. */
};

void northd_global_read(struct northd_global *, const struct northd_db *nb,
                        const struct northd_db *sb);
bool northd_global_run(struct northd_global *, struct northd_db *nb,
                       struct northd_db *sb);
void northd_global_invalidate(struct northd_global *);
int northd_global_probe_interval(const struct northd_db *nb);
unsigned int northd_global_trim_timeout(const struct northd_db *nb);
unsigned int northd_global_backoff(const struct northd_db *nb);

#endif /* northd/global.h */
