/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef UTILITIES_OVN_DBCTL_H
#define UTILITIES_OVN_DBCTL_H 1

/* The frame of the programs that edit one database: ovn-nbctl, ovn-sbctl.
 *
 * A program describes itself in a 'struct dbctl_class' - its database, its
 * tables of commands - and calls dbctl_main().  The frame does the rest:
 * global options and those in the environment, help, several commands in one
 * transaction, retrying, waiting, output formats, and the daemon with its
 * clients.  The commands and the generic database verbs (get, list, set ...)
 * follow the conventions of Open vSwitch's db-ctl-base.h.
 *
 * Commands
 * ========
 *
 * Commands are rows of tables, one table ("topic") per subject and file.  The
 * usage message and --commands are derived from the rows.  A command's
 * functions must
 *
 *     - report errors with ctl_error() and return, never exit: in the daemon
 *       the next client's command follows;
 *
 *     - be repeatable: if the database changed under the transaction, all
 *       commands of the run are executed again on the new contents;
 *
 *     - name in 'prerequisites' every table and column they read or write.
 *
 * Reading only what is needed
 * ===========================
 *
 * A command that concerns a few rows whose names it is given should not read
 * tables of 100,000 rows.  If its prerequisites function calls
 * dbctl_limit_row() or dbctl_need_whole() for *every* table that it
 * adds, then only the rows named are fetched (unless another command in the
 * same run, or the daemon, needs the rest).  A command that makes no such call
 * gets whole tables.  The generic verbs do, because they find a row by the
 * beginning of its UUID too, which no other command does with a limited table.
 *
 * A set of references, as the IDL shows it, has only the rows that were
 * fetched.  So such a set must never be written back: dbctl_add_ref() and
 * dbctl_del_ref() change one element and keep all others. */

#include <stdbool.h>
#include <stdint.h>

#include "db-ctl-base.h"
#include "openvswitch/vlog.h"

struct ovsdb_idl;
struct ovsdb_idl_column;
struct ovsdb_idl_row;
struct ovsdb_idl_table_class;

/* The option of generic verbs that turns off 'check' of struct dbctl_class,
 * and for commands that check likewise. */
#define DBCTL_NO_VALIDATE "--no-validate"

/* One command. */
struct dbctl_command {
    struct ctl_command_syntax syntax;
    const char *help;           /* One line, no full stop. */
};

/* A group of commands, under one heading of the usage message. */
struct dbctl_topic {
    const char *title;          /* E.g. "Logical switch commands". */
    const struct dbctl_command *commands; /* Up to one with a null name. */
};

/* --wait: what to wait for after a change. */
enum dbctl_wait {
    DBCTL_WAIT_NONE,            /* Only the database. */
    DBCTL_WAIT_SB,              /* ovn-northd. */
    DBCTL_WAIT_HV               /* Every ovn-controller as well. */
};

/* What a wait for 'nb_cfg' has come to. */
struct dbctl_progress {
    bool done;
    char *report;               /* --print-wait-time text, if done. */
};

/* A program. */
struct dbctl_class {
    const struct ovsdb_idl_class *idl_class;
    const struct ctl_table_class *tables; /* One for each of idl_class's. */
    const struct dbctl_topic *const *topics; /* Null-terminated. */
    struct vlog_module *log_module;

    const char *title;          /* "OVN northbound DB management utility" */
    const char *(*default_db)(void);
    const char *(*db_version)(void);
    const char *options_env;    /* "OVN_NBCTL_OPTIONS" */
    const char *daemon_env;     /* "OVN_NB_DAEMON" */

    /* Called once for each IDL, before it connects: adds what every run
     * needs and creates indexes. */
    void (*add_base)(struct ovsdb_idl *, enum dbctl_wait);

    /* Called in each attempt at a run that may write or wait, before its
     * commands: makes sure that the database's global row exists. */
    void (*prepare)(struct ovsdb_idl *, struct ovsdb_idl_txn *);

    /* Null, or called when a generic verb has stored values in 'row': reports
     * an error with ctl_error() if one is wrong.  Not called with
     * --no-validate. */
    void (*check)(struct ctl_context *, const struct ovsdb_idl_row *);

    /* How long without traffic until the daemon probes the server, in ms. */
    int (*probe_interval)(const struct ovsdb_idl *);

    /* Null if the program has no --wait.  Otherwise, called after the commands
     * of a run that is to wait: increments 'nb_cfg', if 'force' even in a
     * transaction that changes nothing. */
    void (*increment)(struct ovsdb_idl *, struct ovsdb_idl_txn *, bool force);

    /* Null if the program has no --wait.  Otherwise, says whether the
     * components to wait for have reached 'cfg'.  'start' is the wall clock
     * time, in milliseconds, when the transaction was started. */
    struct dbctl_progress (*progress)(const struct ovsdb_idl *,
                                      enum dbctl_wait, int64_t cfg,
                                      int64_t start);
};

int dbctl_main(const struct dbctl_class *, int argc, char *argv[]);

/* For commands. */
void dbctl_force_wait(struct ctl_context *);
void dbctl_limit_row(struct ctl_context *,
                     const struct ovsdb_idl_table_class *,
                     const struct ovsdb_idl_column *name_column,
                     const char *record);
void dbctl_need_whole(struct ctl_context *,
                      const struct ovsdb_idl_table_class *);
void dbctl_add_ref(struct ctl_context *, const struct ovsdb_idl_row *,
                   const struct ovsdb_idl_column *,
                   const struct ovsdb_idl_row *ref);
void dbctl_del_ref(struct ctl_context *, const struct ovsdb_idl_row *,
                   const struct ovsdb_idl_column *,
                   const struct ovsdb_idl_row *ref);

#endif /* utilities/ovn-dbctl.h */
