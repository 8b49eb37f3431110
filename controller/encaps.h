/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef CONTROLLER_ENCAPS_H
#define CONTROLLER_ENCAPS_H 1

/* Tunnel ports to the other chassis.
 *
 * The integration bridge gets one tunnel port for each encapsulation address
 * of each other chassis, times the local addresses if there are several.
 * A chassis is reached with the best type that both ends have: Geneve, then
 * STT, then VXLAN.  Left out are chassis that share no transport zone with
 * this one, and those of other availability zones (is-remote) unless this one
 * is a gateway between zones (is-interconn).
 *
 * A port is ours if its external_ids have ovn-chassis-id, which says where it
 * leads:
 *
 *     <chassis>@<remote ip>                one local address
 *     <chassis>@<remote ip>%<local ip>     several
 *
 * Ports that are there already are adopted, changed in place or deleted; what
 * is right is not written again. */

#include <stdbool.h>
#include <stddef.h>

#include "controller/idl-watch.h"
#include "sset.h"

struct config;
struct ovsdb_idl;
struct ovsdb_idl_txn;
struct ovsrec_bridge;
struct ovsrec_open_vswitch;

/* Where a tunnel port leads, taken apart from its ovn-chassis-id.  The strings
 * are owned by the struct. */
struct encaps_id {
    char *chassis;
    char *remote_ip;
    char *local_ip;             /* NULL if it does not say. */
};

struct encaps {
    struct ovsdb_idl *ovs_idl, *sb_idl;
    struct idl_watch watch;
    struct sset notes;          /* Logged and still true. */
};

void encaps_init(struct encaps *, struct ovsdb_idl *ovs_idl,
                 struct ovsdb_idl *sb_idl);
void encaps_destroy(struct encaps *);

void encaps_run(struct encaps *, struct ovsdb_idl_txn *ovs_txn,
                const struct config *, bool config_changed,
                const struct ovsrec_open_vswitch *,
                const struct ovsrec_bridge *br_int);
void encaps_retry(struct encaps *);
bool encaps_cleanup(const struct ovsrec_bridge *br_int);

int encaps_type_rank(const char *type);
bool encaps_id_parse(const char *s, struct encaps_id *);
void encaps_id_destroy(struct encaps_id *);

#endif /* controller/encaps.h */
