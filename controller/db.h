/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef CONTROLLER_DB_H
#define CONTROLLER_DB_H 1

/* The two databases of ovn-controller: which parts of them are replicated,
 * whether the replica is of any use, and transactions that do not fail in a
 * hurry.
 *
 * While a server is away, the last replica of it is as good as before.  But a
 * server that has a database of the right name and the wrong schema replaces
 * the replica with nothing of use; then the database is frozen: nothing may be
 * concluded from it until there is a better server.  Somebody is told, once.
 *
 * The main loop opens a transaction on each database at the start of an
 * iteration, if none is under way, and commits it at the end.  What the
 * server refuses would be written again right away, and be refused again, as
 * fast as the machine can; so after repeated failures transactions are only
 * handed out now and then. */

#include <stdbool.h>

#include "ovsdb-idl.h"

/* What may be wrong with a server.  The later ones say more. */
enum db_trouble {
    DB_NO_TROUBLE,
    DB_UNREACHABLE,             /* It does not answer. */
    DB_NO_DATABASE,             /* It does not have the database. */
    DB_BAD_SCHEMA,              /* Its schema lacks tables. */
};

struct db {
    const char *name;           /* For messages. */
    struct ovsdb_idl_loop loop;
    unsigned int n_failures;    /* In a row. */
    long long int hold_until;   /* No transaction before this time. */

    /* The replica. */
    char *remote;               /* Where it is from, or NULL. */
    bool fresh;                 /* It is of the current connection. */
    unsigned int stale_seqno;   /* Until this changes, it is not. */
    bool ever_good;             /* From this remote. */
    bool frozen;                /* It is of no use. */

    /* What is wrong with the server. */
    long long int waiting_since; /* For a useful replica. */
    bool answered;
    enum db_trouble told;
};

struct ovsdb_idl *db_create_ovs(const char *remote);
struct ovsdb_idl *db_create_sb(void);

void db_init(struct db *, const char *name, struct ovsdb_idl *);
void db_destroy(struct db *);
void db_set_remote(struct db *, const char *remote);
bool db_is_frozen(const struct db *);
bool db_is_fresh(const struct db *);
struct ovsdb_idl_txn *db_begin(struct db *);
bool db_end(struct db *);

#endif /* controller/db.h */
