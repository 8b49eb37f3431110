/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The daemon, which keeps a copy of the database and so answers at once, and
 * its clients.
 *
 * A client hands its commands to the daemon's unixctl command "run".  Runs are
 * committed one after the other, but any number of them may be waiting, with
 * --wait, for something that takes long: the others pass them by.  A client
 * that has a timeout passes it on, so that the daemon forgets the run of a
 * client that has given up. */

#include <config.h>

#include "utilities/ovn-dbctl-private.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "command-line.h"
#include "daemon.h"
#include "jsonrpc.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "ovsdb-idl.h"
#include "process.h"
#include "stream.h"
#include "timeval.h"
#include "unixctl.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(ovn_dbctl_daemon);

struct server {
    const struct dbctl_class *class;
    struct ovs_list queue;      /* Of runs; the first may be committing. */
    struct ovs_list waiting;    /* Of runs that are RUN_WAITING. */
    bool exit;
};

/* Parses "run [OPTIONS] COMMAND..." in 'argv' into '*runp'.  Returns null or
 * an error message that the caller must free. */
static char * OVS_WARN_UNUSED_RESULT
parse_run(const struct dbctl_class *class, int argc, char *argv[],
          struct dbctl_run **runp)
{
    struct ovs_cmdl_parsed_option *po;
    size_t n_po;

    *runp = NULL;
    char *error = ovs_cmdl_parse_all(argc, argv, dbctl_daemon_options(class),
                                     &po, &n_po);
    if (error) {
        return error;
    }

    struct dbctl_run_options opts;
    dbctl_run_options_init(&opts);
    for (size_t i = 0; i < n_po && !error; i++) {
        error = dbctl_apply_run_option(&opts, po[i].o, po[i].arg);
    }
    free(po);

    if (!error) {
        char *args = process_escape_args(argv);
        *runp = dbctl_run_create(class, &opts, argc - optind, argv + optind,
                                 args, &error);
        free(args);
    }
    shash_destroy_free_data(&opts.local);
    return error;
}

static void
server_cmd_run(struct unixctl_conn *conn, int argc, const char *argv_[],
               void *server_)
{
    struct server *server = server_;
    struct dbctl_run *run;

    /* getopt() wants to permute its arguments, and a terminator. */
    struct svec args = SVEC_EMPTY_INITIALIZER;
    for (int i = 0; i < argc; i++) {
        svec_add(&args, argv_[i]);
    }
    svec_terminate(&args);
    char *error = parse_run(server->class, argc, args.names, &run);
    svec_destroy(&args);
    if (error) {
        unixctl_command_reply_error(conn, error);
        free(error);
        return;
    }

    run->conn = conn;
    if (run->opts.timeout) {
        run->deadline = time_msec() + run->opts.timeout * 1000LL;
    }
    ovs_list_push_back(&server->queue, &run->list_node);
}

static void
server_cmd_exit(struct unixctl_conn *conn, int argc OVS_UNUSED,
                const char *argv[] OVS_UNUSED, void *server_)
{
    struct server *server = server_;

    server->exit = true;
    unixctl_command_reply(conn, NULL);
}

/* Answers 'run''s client and forgets 'run'. */
static void
finish_run(struct dbctl_run *run)
{
    if (run->error) {
        unixctl_command_reply_error(run->conn, run->error);
    } else {
        unixctl_command_reply(run->conn, ds_cstr(&run->output));
    }
    ovs_list_remove(&run->list_node);
    dbctl_run_destroy(run);
}

/* Takes the runs in 'list' as far as they get.  Stops at the first that is
 * being committed; one that cannot be executed yet ("wait-until") does not
 * hold up the others. */
static void
step_list(struct server *server, struct ovs_list *list, struct ovsdb_idl *idl)
{
    struct dbctl_run *run;

    LIST_FOR_EACH_SAFE (run, list_node, list) {
        dbctl_run_step(run, idl);
        if (run->state == RUN_COMMITTING) {
            break;
        } else if (run->state == RUN_DONE) {
            finish_run(run);
        } else if (run->state == RUN_WAITING && list == &server->queue) {
            ovs_list_remove(&run->list_node);
            ovs_list_push_back(&server->waiting, &run->list_node);
        }
    }
}

/* Gives up the runs in 'list' whose time is over. */
static void
expire_list(struct ovs_list *list)
{
    struct dbctl_run *run;

    LIST_FOR_EACH_SAFE (run, list_node, list) {
        if (time_msec() >= run->deadline) {
            dbctl_run_cancel(run, xasprintf("timed out after %u seconds",
                                            run->opts.timeout));
            finish_run(run);
        }
    }
}

static void
abandon_list(struct ovs_list *list)
{
    struct dbctl_run *run;

    LIST_FOR_EACH_SAFE (run, list_node, list) {
        dbctl_run_cancel(run, xstrdup("daemon is exiting"));
        finish_run(run);
    }
}

static void
wait_list(const struct ovs_list *list, const struct ovsdb_idl *idl)
{
    const struct dbctl_run *run;

    LIST_FOR_EACH (run, list_node, list) {
        dbctl_run_wait(run, idl);
    }
}

static void
set_probe_interval(const struct dbctl_class *class, struct ovsdb_idl *idl,
                   const char *db)
{
    ovsdb_idl_set_probe_interval(
        idl, stream_or_pstream_needs_probes(db) > 0
             ? class->probe_interval(idl) : 0);
}

/* Becomes a daemon that executes commands on 'idl', the database at 'db', for
 * clients of a control socket at 'unixctl_path' (or at the default place if
 * that is null), whose name it prints.  Returns when told to exit. */
void
dbctl_serve(const struct dbctl_class *class, struct ovsdb_idl *idl,
            const char *db, const char *unixctl_path)
{
    struct server server = {
        .class = class,
        .queue = OVS_LIST_INITIALIZER(&server.queue),
        .waiting = OVS_LIST_INITIALIZER(&server.waiting),
    };

    daemonize_start(false);
    struct unixctl_server *unixctl;
    int error = unixctl_server_create(unixctl_path, &unixctl);
    if (error) {
        ctl_fatal("failed to create unixctl server (%s)",
                  ovs_retval_to_string(error));
    }
    unixctl_command_register("exit", "", 0, 0, server_cmd_exit, &server);
    unixctl_command_register("run", "[OPTIONS] COMMAND [ARG...]", 0, INT_MAX,
                             server_cmd_run, &server);
    puts(unixctl_server_get_path(unixctl));
    fflush(stdout);
    daemonize_complete();

    while (!server.exit) {
        ovsdb_idl_run(idl);
        set_probe_interval(class, idl, db);
        unixctl_server_run(unixctl);
        step_list(&server, &server.queue, idl);
        step_list(&server, &server.waiting, idl);
        expire_list(&server.queue);
        expire_list(&server.waiting);
        if (server.exit) {
            break;
        }

        ovsdb_idl_wait(idl);
        unixctl_server_wait(unixctl);
        wait_list(&server.queue, idl);
        wait_list(&server.waiting, idl);
        poll_block();
    }
    abandon_list(&server.queue);
    abandon_list(&server.waiting);
    unixctl_server_destroy(unixctl);
}

/* Has the daemon at 'socket' execute the commands in 'argv' with those of the
 * 'n_po' options in 'po' that concern them, prints the result and exits. */
void
dbctl_client(const struct dbctl_class *class, const char *socket,
             const struct ovs_cmdl_parsed_option *po, size_t n_po,
             int argc, char *argv[])
{
    struct dbctl_run_options opts;
    struct svec args = SVEC_EMPTY_INITIALIZER;

    /* Check the options here: errors are the same wherever the work is. */
    dbctl_run_options_init(&opts);
    for (size_t i = 0; i < n_po; i++) {
        const struct option *o = po[i].o;
        if (dbctl_is_run_option(o)) {
            char *error = dbctl_apply_run_option(&opts, o, po[i].arg);
            if (error) {
                ctl_fatal("%s", error);
            }
            svec_add_nocopy(&args, po[i].arg
                            ? xasprintf("--%s=%s", o->name, po[i].arg)
                            : xasprintf("--%s", o->name));
        }
    }
    svec_add(&args, "--");
    for (int i = 0; i < argc; i++) {
        svec_add(&args, argv[i]);
    }
    svec_terminate(&args);
    ctl_timeout_setup(opts.timeout);

    struct jsonrpc *client;
    int error = unixctl_client_create(socket, &client);
    if (error) {
        ctl_fatal("%s: could not connect to %s daemon (%s); "
                  "unset %s to avoid using daemon",
                  socket, program_name, ovs_retval_to_string(error),
                  class->daemon_env);
    }

    char *result, *cmd_error;
    error = unixctl_client_transact(client, "run", args.n, args.names,
                                    &result, &cmd_error);
    if (error) {
        ctl_fatal("%s: transaction error (%s)",
                  socket, ovs_retval_to_string(error));
    }
    if (cmd_error) {
        size_t n = strlen(cmd_error);
        if (n && cmd_error[n - 1] == '\n') {
            cmd_error[n - 1] = '\0';
        }
        ctl_fatal("%s", cmd_error);
    }
    fputs(result, stdout);
    free(result);
    jsonrpc_close(client);
    svec_destroy(&args);
    shash_destroy_free_data(&opts.local);
    exit(EXIT_SUCCESS);
}
