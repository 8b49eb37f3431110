/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef NORTHD_DB_H
#define NORTHD_DB_H 1

/* One of northd's two database connections.
 *
 * Wraps 'struct ovsdb_idl_loop' with what both connections need besides: a
 * decision whether the replica may be compiled at all (db_is_usable()), clear
 * words about a server that is wrong, a retry after a transaction that failed,
 * and the inactivity probe.
 *
 * An iteration of the main loop calls db_run(), reads the replica, writes to
 * 'txn' if that is nonnull, and calls db_commit().  Both calls may report what
 * became of the transaction that an earlier db_commit() sent; while it is
 * under way, 'txn' is null. */

#include <stdbool.h>
#include <stddef.h>

#include "ovsdb-idl.h"

/* What may be wrong with a server.  The later ones say more. */
enum db_trouble {
    DB_NO_TROUBLE,
    DB_UNREACHABLE,             /* It does not answer. */
    DB_NO_DATABASE,             /* It does not have the database. */
    DB_OLD_SCHEMA,              /* Its schema lacks something. */
};

struct northd_db {
    struct ovsdb_idl_loop loop;
    struct ovsdb_idl_txn *txn;  /* Open between db_run() and db_commit(), or
                                 * null if nothing may be written now. */
    char *remote;

    bool usable;                /* The replica is complete and current. */
    bool fresh;                 /* Became usable; for the user to clear. */
    unsigned int stale_seqno;   /* The replica is stale at this number. */

    /* While not usable: what is wrong with the server. */
    long long int unusable_since;
    size_t lacking;             /* Tables and columns it does not have. */
    bool answered;              /* It could be connected to. */
    enum db_trouble trouble;    /* What has been said about it. */

    /* After a transaction that the server refused. */
    long long int retry_at;     /* No transaction before this. */
    unsigned int backoff;       /* In ms; 0 after success. */
};

/* What became of a transaction. */
enum db_outcome {
    DB_NONE,                    /* Nothing finished. */
    DB_SUCCESS,                 /* Committed, or there was nothing to do. */
    DB_FAILURE,                 /* Was lost; must be said again. */
};

void db_open(struct northd_db *, const char *remote,
             const struct ovsdb_idl_class *);
void db_close(struct northd_db *);

enum db_outcome db_run(struct northd_db *);
enum db_outcome db_commit(struct northd_db *);

bool db_is_usable(const struct northd_db *);
bool db_is_connected(const struct northd_db *);
void db_set_probe_interval(struct northd_db *, int ms);

#endif /* northd/db.h */
