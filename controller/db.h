/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef CONTROLLER_DB_H
#define CONTROLLER_DB_H 1

/* The two databases of ovn-controller: which parts of them are replicated, and
 * transactions that do not fail in a hurry.
 *
 * The main loop opens a transaction on each database at the start of an
 * iteration, if none is under way, and commits it at the end.  What the
 * server refuses would be written again right away, and be refused again, as
 * fast as the machine can; so after repeated failures transactions are only
 * handed out now and then. */

#include <stdbool.h>

#include "ovsdb-idl.h"

struct db {
    const char *name;           /* For messages. */
    struct ovsdb_idl_loop loop;
    unsigned int n_failures;    /* In a row. */
    long long int hold_until;   /* No transaction before this time. */
};

struct ovsdb_idl *db_create_ovs(const char *remote);
struct ovsdb_idl *db_create_sb(void);

void db_init(struct db *, const char *name, struct ovsdb_idl *);
void db_destroy(struct db *);
struct ovsdb_idl_txn *db_begin(struct db *);
bool db_end(struct db *);

#endif /* controller/db.h */
