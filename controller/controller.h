/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef CONTROLLER_CONTROLLER_H
#define CONTROLLER_CONTROLLER_H 1

/* The daemon's state: what ovn-controller.c, which runs it, and commands.c,
 * which answers questions about it, share.  No other module sees this; each of
 * them gets what it needs as arguments. */

#include <stdbool.h>
#include <stddef.h>

#include "controller/chassis.h"
#include "controller/compile.h"
#include "controller/config.h"
#include "controller/ct-zone.h"
#include "controller/db.h"
#include "controller/encaps.h"
#include "controller/flow-restore.h"
#include "controller/nb-cfg.h"
#include "controller/ofswitch.h"

struct unixctl_conn;

struct controller {
    const char *chassis_arg;    /* From the command line, or NULL. */
    long long int startup_ts;   /* In ms since the epoch. */
    bool startup_marked;        /* 'startup_ts' is in the bridge's keys. */

    /* Databases. */
    struct db ovs;
    struct db sb;

    /* Configuration. */
    struct config config;
    struct idl_watch config_watch;
    bool config_changed;        /* Since the last iteration. */
    bool ovs_config_changed;    /* Since the local database was written. */
    bool sb_config_changed;     /* Since the Southbound one was written. */

    /* Parts with state of their own. */
    struct chassis chassis;
    struct encaps encaps;
    struct ct_zones ct_zones;
    bool zones_moved;           /* Zones in use changed. */
    struct nb_cfg nb_cfg;
    struct ofswitch *sw;
    char *switch_target;        /* Where 'sw' connects to, or NULL. */
    struct flow_restore flow_restore;
    struct compile compile;
    bool ready;                 /* Everything was compiled once. */
    bool version_differs;       /* From ovn-northd's, and that matters. */

    /* Requested by commands. */
    bool paused;
    bool exiting;
    bool keep;                  /* Exit leaves the databases as they are. */
    struct unixctl_conn **exit_conns;   /* To reply to at the very end. */
    size_t n_exit_conns;
};

/* commands.c. */
void commands_register(struct controller *);
void commands_reply_exit(struct controller *);

#endif /* controller/controller.h */
