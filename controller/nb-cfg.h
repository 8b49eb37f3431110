/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef CONTROLLER_NB_CFG_H
#define CONTROLLER_NB_CFG_H 1

/* Reports how far this chassis has come.
 *
 * SB_Global's nb_cfg numbers the states of the Northbound database.  When a
 * new number arrives, everything that belongs to it has arrived too and has
 * been compiled; a fence is put up behind it in the switch connection.  Once
 * the switch has passed the fence the number is written to Chassis_Private's
 * nb_cfg, and to external_ids:ovn-nb-cfg of the integration bridge, with the
 * time.  So "ovn-nbctl --wait=hv" waits for flows that are really there. */

#include <stdbool.h>
#include <stdint.h>

#include "openvswitch/list.h"

struct ofswitch;
struct ovsrec_bridge;
struct sbrec_chassis_private;
struct sbrec_sb_global;

struct nb_cfg {
    struct ovs_list pending;    /* struct nb_cfg_pending, oldest first. */
    bool have_seen;
    int64_t seen;               /* Last number a fence was put up for. */

    bool have_done;
    int64_t done;               /* Last number whose fence was passed ... */
    long long int done_ts;      /* ... when, in ms since the epoch ... */
    long long int sb_ts;        /* ... and its own time stamp. */

    unsigned int delay_s;       /* Seconds to hold back reports. */
};

void nb_cfg_init(struct nb_cfg *);
void nb_cfg_destroy(struct nb_cfg *);
void nb_cfg_set_delay(struct nb_cfg *, unsigned int seconds);

void nb_cfg_observe(struct nb_cfg *, const struct sbrec_sb_global *,
                    struct ofswitch *);
void nb_cfg_collect(struct nb_cfg *, const struct ofswitch *);
void nb_cfg_report_sb(const struct nb_cfg *, const struct sbrec_sb_global *,
                      const struct sbrec_chassis_private *);
void nb_cfg_report_ovs(const struct nb_cfg *, const struct ovsrec_bridge *);
void nb_cfg_wait(const struct nb_cfg *);

#endif /* controller/nb-cfg.h */
