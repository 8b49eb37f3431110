/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef NORTHD_SB_ROWS_H
#define NORTHD_SB_ROWS_H 1

/* What is told from rows of the databases outside the engine.
 *
 * Features read databases through the engine, which records what they read.
 * Two things are none of its business, because they are about what this
 * daemon wrote itself, perhaps in an earlier life: which claim a row of the
 * Southbound database goes with, and which keys it says are in use. */

#include <stdbool.h>
#include <stdint.h>

#include "openvswitch/uuid.h"

struct key_space;
struct ofpbuf;
struct ovsdb_idl;
struct ovsdb_idl_row;

/* What identifies a Multicast_Group. */
struct mc_key {
    struct uuid ls;             /* The northbound switch. */
    uint32_t tunnel_key;
};

void sb_rows_init(struct ovsdb_idl *nb, struct ovsdb_idl *sb);

/* For 'row_key' of struct inc_rows. */
bool dp_row_key(const struct ovsdb_idl_row *, struct ofpbuf *key);
bool pb_row_key(const struct ovsdb_idl_row *, struct ofpbuf *key);
bool mc_row_key(const struct ovsdb_idl_row *, struct ofpbuf *key);

/* For allocators. */
void sb_seed_dp_keys(struct key_space *);
void sb_for_each_port_key(void (*cb)(const struct uuid *ls, const char *port,
                                     uint32_t key, void *aux), void *aux);
const char *nb_port_name(const struct uuid *lsp);

#endif /* northd/sb-rows.h */
