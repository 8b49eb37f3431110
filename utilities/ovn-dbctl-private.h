/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef UTILITIES_OVN_DBCTL_PRIVATE_H
#define UTILITIES_OVN_DBCTL_PRIVATE_H 1

/* What the parts of the frame share: ovn-dbctl.c (options, help, running
 * directly), ovn-dbctl-run.c (one run of commands, from parsing to waiting),
 * ovn-dbctl-verbs.c (checking what generic verbs store) and
 * ovn-dbctl-daemon.c (the daemon and its clients). */

#include <getopt.h>

#include "openvswitch/dynamic-string.h"
#include "openvswitch/list.h"
#include "openvswitch/shash.h"
#include "svec.h"
#include "table.h"
#include "utilities/ovn-dbctl.h"

struct ovs_cmdl_parsed_option;
struct unixctl_conn;

/* Options that belong to one run, and so are also accepted by the daemon's
 * "run" command. */
enum {
    DBCTL_OPT_FIRST = UCHAR_MAX + 1,
    OPT_NO_WAIT = DBCTL_OPT_FIRST,
    OPT_WAIT,
    OPT_PRINT_WAIT_TIME,
    OPT_DRY_RUN,
    OPT_ONELINE,
    OPT_LOCAL,                  /* A command's own option. */
    TABLE_OPTION_ENUMS,
    DBCTL_OPT_LAST
};

struct dbctl_run_options {
    enum dbctl_wait wait;
    bool print_wait_time;
    bool dry_run;
    bool oneline;
    unsigned int timeout;       /* In seconds; 0 is forever. */
    struct table_style style;
    struct shash local;         /* Commands' options, "--name" to value. */
};

size_t dbctl_n_run_options(const struct dbctl_class *);
const struct option *dbctl_run_options(void);
bool dbctl_is_run_option(const struct option *);
void dbctl_run_options_init(struct dbctl_run_options *);
char *dbctl_apply_run_option(struct dbctl_run_options *,
                             const struct option *, const char *arg)
    OVS_WARN_UNUSED_RESULT;

/* A run of one or more commands in one transaction. */
enum dbctl_run_state {
    RUN_PENDING,                /* Waiting for contents to work on. */
    RUN_COMMITTING,             /* Waiting for the server's answer. */
    RUN_WAITING,                /* --wait: waiting for others. */
    RUN_DONE                    /* 'output' or 'error' is final. */
};

struct dbctl_run {
    struct ovs_list list_node;  /* For the owner's use. */
    struct unixctl_conn *conn;  /* For the owner's use. */
    long long int deadline;     /* For the owner's use, LLONG_MAX if none. */

    const struct dbctl_class *class;
    struct dbctl_run_options opts;
    struct svec argv;           /* What 'commands' point into. */
    char *args;                 /* For the transaction's comment. */
    struct ctl_command *commands;
    size_t n_commands;

    enum dbctl_run_state state;
    bool tried;                 /* Already tried with... */
    unsigned int seqno;         /* ...this version of the database. */
    bool force_wait;            /* The "sync" command ran. */
    int64_t start, cfg;         /* For --wait. */
    struct ovsdb_idl_txn *txn;
    struct ovsdb_symbol_table *symtab;

    struct ds output;
    char *error;                /* Null if all is well. */
};

struct dbctl_run *dbctl_run_create(const struct dbctl_class *,
                                   struct dbctl_run_options *,
                                   int argc, char *argv[], const char *args,
                                   char **errorp);
void dbctl_run_destroy(struct dbctl_run *);
void dbctl_run_prerequisites(struct dbctl_run *, struct ovsdb_idl *);
bool dbctl_run_writes(const struct dbctl_run *);
void dbctl_run_step(struct dbctl_run *, struct ovsdb_idl *);
void dbctl_run_wait(const struct dbctl_run *, const struct ovsdb_idl *);
void dbctl_run_cancel(struct dbctl_run *, char *error);

/* The generic verbs. */
char *dbctl_parse_commands(const struct dbctl_class *,
                           int argc, char *argv[], struct shash *local,
                           struct svec *args, struct ctl_command **commandsp,
                           size_t *n_commandsp) OVS_WARN_UNUSED_RESULT;
void dbctl_run_command(const struct dbctl_class *,
                       const struct ctl_command_syntax *,
                       struct ctl_context *);

/* The daemon. */
const struct option *dbctl_daemon_options(const struct dbctl_class *);
void dbctl_serve(const struct dbctl_class *, struct ovsdb_idl *,
                 const char *db, const char *unixctl_path);
OVS_NO_RETURN void dbctl_client(const struct dbctl_class *,
                                const char *socket,
                                const struct ovs_cmdl_parsed_option *,
                                size_t n, int argc, char *argv[]);

#endif /* utilities/ovn-dbctl-private.h */
