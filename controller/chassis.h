/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef CONTROLLER_CHASSIS_H
#define CONTROLLER_CHASSIS_H 1

/* The record of this chassis in the Southbound database.
 *
 * One Chassis row, one Encap row for each pair of configured encapsulation
 * type and address, and one Chassis_Private row are kept equal to the local
 * configuration.  A row is written only where it differs, so restarting the
 * daemon writes nothing.  Keys of other_config that this program does not know
 * are left alone.
 *
 * Errors are warnings, each logged once until it changes: no system-id, no
 * usable encapsulation, an encapsulation that another chassis already has. */

#include <stdbool.h>

#include "controller/idl-watch.h"
#include "sset.h"

struct config;
struct ovsdb_idl_index;
struct ovsdb_idl_txn;
struct ovsrec_bridge;
struct ovsrec_open_vswitch;
struct sbrec_chassis;
struct sbrec_chassis_private;

struct chassis {
    struct ovsdb_idl *idl;              /* Southbound database. */
    struct ovsdb_idl_index *by_name;    /* Chassis rows. */
    struct ovsdb_idl_index *private_by_name;
    struct idl_watch watch;
    struct sset warnings;               /* Logged and still true. */
    char *name;                         /* Name registered under, or NULL. */
};

void chassis_init(struct chassis *, struct ovsdb_idl *sb_idl);
void chassis_destroy(struct chassis *);

void chassis_run(struct chassis *, struct ovsdb_idl_txn *sb_txn,
                 const struct config *, bool config_changed,
                 const struct ovsrec_open_vswitch *,
                 const struct ovsrec_bridge *br_int);
void chassis_retry(struct chassis *);
bool chassis_cleanup(struct chassis *, const struct config *);

const struct sbrec_chassis *chassis_get(const struct chassis *,
                                        const char *name);
const struct sbrec_chassis_private *chassis_get_private(
    const struct chassis *, const char *name);

#endif /* controller/chassis.h */
