/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* A database connection; see db.h. */

#include <config.h>

#include "northd/db.h"

#include <limits.h>
#include <stdlib.h>

#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "ovsdb-idl-provider.h"
#include "stream.h"
#include "timeval.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(northd_db);

/* A server may take this long to start before somebody is told, in ms. */
#define PATIENCE 5000

/* Pause after a transaction that the server refused, in ms: doubles. */
#define BACKOFF_MIN 500
#define BACKOFF_MAX 8000

#define DEFAULT_PROBE_INTERVAL 60000

/* Opens 'db', a connection to 'remote' of a database of 'class'.  The caller
 * then chooses what is monitored (everything is, by default, and with
 * alerts) before the first db_run(). */
void
db_open(struct northd_db *db, const char *remote,
        const struct ovsdb_idl_class *class)
{
    struct ovsdb_idl *idl = ovsdb_idl_create(remote, class, true, true);

    /* A follower may lag behind: what it says could undo what was done. */
    ovsdb_idl_set_leader_only(idl, true);

    /* Have the server drop us when it converts the database, because the IDL
     * would go on with what it knows of the old schema. */
    ovsdb_idl_set_db_change_aware(idl, false);
    *db = (struct northd_db) {
        .loop = OVSDB_IDL_LOOP_INITIALIZER(idl),
        .remote = xstrdup(remote),
        .unusable_since = time_msec(),
        .retry_at = LLONG_MIN,
    };
    db_set_probe_interval(db, -1);
}

/* Closes 'db'. */
void
db_close(struct northd_db *db)
{
    ovsdb_idl_loop_destroy(&db->loop);
    free(db->remote);
}

/* Returns the number of tables and columns of the class of 'idl' that the
 * server's schema lacks.  Sets '*example' to one of them, if 'example' is
 * nonnull; the caller frees it. */
static size_t
count_missing(const struct ovsdb_idl *idl, char **example)
{
    const struct ovsdb_idl_class *class = ovsdb_idl_get_class(idl);
    size_t n = 0;

    for (size_t i = 0; i < class->n_tables; i++) {
        const struct ovsdb_idl_table_class *tc = &class->tables[i];

        if (!ovsdb_idl_server_has_table(idl, tc)) {
            if (!n++ && example) {
                *example = xasprintf("table %s", tc->name);
            }
            continue;
        }
        for (size_t j = 0; j < tc->n_columns; j++) {
            if (!ovsdb_idl_server_has_column(idl, &tc->columns[j])
                && !n++ && example) {
                *example = xasprintf("column %s of table %s",
                                     tc->columns[j].name, tc->name);
            }
        }
    }
    return n;
}

/* Finds out what is wrong with the server.  Returns DB_NO_TROUBLE while it is
 * too early to say. */
static enum db_trouble
diagnose(const struct northd_db *db)
{
    if (db->lacking) {
        return DB_OLD_SCHEMA;
    } else if (time_msec() < db->unusable_since + PATIENCE) {
        poll_timer_wait_until(db->unusable_since + PATIENCE);
        return DB_NO_TROUBLE;
    } else {
        return db->answered ? DB_NO_DATABASE : DB_UNREACHABLE;
    }
}

/* Says what is wrong with the server, once. */
static void
complain(struct northd_db *db)
{
    const char *name = ovsdb_idl_get_class(db->loop.idl)->database;
    enum db_trouble trouble = diagnose(db);

    if (trouble <= db->trouble) {
        return;
    }
    db->trouble = trouble;

    char *example = NULL;
    switch (trouble) {
    case DB_OLD_SCHEMA:
        count_missing(db->loop.idl, &example);
        VLOG_WARN("%s: the schema of database %s is too old: it lacks %s (and "
                  "%"PRIuSIZE" more); nothing is done until it is converted",
                  db->remote, name, example, db->lacking - 1);
        free(example);
        break;
    case DB_NO_DATABASE:
        VLOG_WARN("%s: the server answers but does not offer database %s (or, "
                  "clustered, has no leader for it); still trying",
                  db->remote, name);
        break;
    case DB_UNREACHABLE:
        VLOG_WARN("%s: cannot connect to database %s; still trying",
                  db->remote, name);
        break;
    case DB_NO_TROUBLE:
        break;
    }
}

/* Decides whether the replica is complete and current, and of a schema that
 * has all we read and write. */
static void
update_usable(struct northd_db *db)
{
    bool connected = ovsdb_idl_is_connected(db->loop.idl);
    unsigned int seqno = ovsdb_idl_get_seqno(db->loop.idl);

    /* Between the loss of a connection and the reply to the next monitor
     * request, which always changes the sequence number, the replica and what
     * is known of the schema are those of the old server.  After that the
     * schema cannot change. */
    if (!connected) {
        db->usable = false;
        db->lacking = 0;
        db->stale_seqno = seqno;
    } else if (!db->usable && seqno != db->stale_seqno) {
        db->lacking = count_missing(db->loop.idl, NULL);
        db->usable = !db->lacking;
        db->fresh = db->usable;
    }

    if (db->usable) {
        if (db->trouble) {
            VLOG_INFO("%s: database %s is usable now", db->remote,
                      ovsdb_idl_get_class(db->loop.idl)->database);
        }
        db->trouble = DB_NO_TROUBLE;
        db->unusable_since = 0;
        db->answered = false;
    } else {
        if (!db->unusable_since) {
            db->unusable_since = time_msec();
        }
        db->answered |= connected;
        complain(db);
    }
}

/* Processes what the server said.  Afterward 'db->txn' is an open transaction
 * if one may be written to.  Returns DB_SUCCESS if the transaction that was
 * under way has succeeded, otherwise DB_NONE. */
enum db_outcome
db_run(struct northd_db *db)
{
    bool was_committing = db->loop.committing_txn != NULL;
    struct ovsdb_idl_txn *txn = ovsdb_idl_loop_run(&db->loop);

    update_usable(db);
    if (!db->usable) {
        txn = NULL;
    } else if (time_msec() < db->retry_at) {
        poll_timer_wait_until(db->retry_at);
        txn = NULL;
    }
    db->txn = txn;
    if (was_committing && !db->loop.committing_txn) {
        db->backoff = 0;
        return DB_SUCCESS;
    }
    return DB_NONE;
}

/* Commits the open transaction, if there is one, and arranges for the main
 * loop to wake up when the database, or the transaction, moves on.  Returns
 * what became of the transaction that was under way. */
enum db_outcome
db_commit(struct northd_db *db)
{
    bool had_txn = db->txn || db->loop.committing_txn;
    int retval = ovsdb_idl_loop_commit_and_wait(&db->loop);

    db->txn = NULL;
    if (!had_txn || retval < 0) {
        return DB_NONE;
    } else if (retval) {
        db->backoff = 0;
        return DB_SUCCESS;
    }

    /* After TXN_TRY_AGAIN, which sets 'skip_seqno', the IDL itself waits for
     * news.  Other errors (a full disk, a constraint that another client
     * violates) may mend themselves without any. */
    if (db->loop.skip_seqno != db->loop.precommit_seqno) {
        db->backoff = MIN(BACKOFF_MAX, MAX(BACKOFF_MIN, db->backoff * 2));
        if (db->backoff == BACKOFF_MIN) {
            VLOG_WARN("%s: the server refused a transaction on %s (see "
                      "above); retrying", db->remote,
                      ovsdb_idl_get_class(db->loop.idl)->database);
        }
        db->retry_at = time_msec() + db->backoff;
        poll_timer_wait_until(db->retry_at);
    }
    return DB_FAILURE;
}

/* Is the replica complete and current, so that it may be compiled? */
bool
db_is_usable(const struct northd_db *db)
{
    return db->usable;
}

/* Is there a connection to the server right now? */
bool
db_is_connected(const struct northd_db *db)
{
    return ovsdb_idl_is_connected(db->loop.idl);
}

/* Sets the inactivity probe to 'ms' milliseconds: 0 turns it off, and other
 * values below 1000 mean 1000.  A negative value means the default, which is
 * off for a local socket. */
void
db_set_probe_interval(struct northd_db *db, int ms)
{
    if (ms < 0) {
        ms = (stream_or_pstream_needs_probes(db->remote) > 0
              ? DEFAULT_PROBE_INTERVAL : 0);
    } else if (ms) {
        ms = MAX(ms, 1000);
    }
    ovsdb_idl_set_probe_interval(db->loop.idl, ms);
}
