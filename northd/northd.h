/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef NORTHD_NORTHD_H
#define NORTHD_NORTHD_H 1

/* The state of the daemon: two databases, and what runs over them. */

#include <stdbool.h>

#include "lib/mem-trim.h"
#include "northd/cfg-seq.h"
#include "northd/compile.h"
#include "northd/db.h"
#include "northd/global.h"

/* Of several daemons on one Southbound database, the one that holds this lock
 * works; the others stand by. */
#define NORTHD_LOCK "ovn_northd"

enum northd_role {
    NORTHD_ACTIVE,              /* Has the lock: compiles and writes. */
    NORTHD_STANDBY,             /* Waits for the lock. */
    NORTHD_PAUSED,              /* Was told not to ask for it. */
};

struct northd {
    struct northd_db nb, sb;
    struct compiler compiler;
    struct northd_global global;
    struct cfg_seq cfg_seq;

    bool paused;
    bool exiting;
    enum northd_role role;      /* As of the last iteration. */
    int n_threads;

    /* When to compile again at the earliest, if there is a lot to do. */
    long long int not_before;
    struct mem_trim trim;
};

/* Range of --n-threads. */
#define NORTHD_THREADS_MIN 1
#define NORTHD_THREADS_MAX 256

enum northd_role northd_get_role(const struct northd *);
void northd_pause(struct northd *, bool pause);

/* control.c: the commands of "ovn-appctl -t ovn-northd". */
void northd_control_init(struct northd *);

#endif /* northd/northd.h */
