/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-northd: compiles the Northbound database into the Southbound one.
 *
 * This file is the frame: options, start-up, and the main loop, whose whole
 * course is northd_iteration().  What is compiled is in the files that
 * northd/README.md lists. */

#include <config.h>

#include <stdlib.h>
#include <unistd.h>

#include "command-line.h"
#include "daemon.h"
#include "fatal-signal.h"
#include "lib/internal-version.h"
#include "lib/ovn-dirs.h"
#include "lib/ovn-getopt.h"
#include "memory.h"
#include "northd/northd.h"
#include "northd/rbac.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "ovsdb/ovn-nb-idl.h"
#include "ovsdb/ovn-sb-idl.h"
#include "simap.h"
#include "stream.h"
#include "stream-ssl.h"
#include "timeval.h"
#include "unixctl.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(ovn_northd);

/* What the command line says. */
struct northd_options {
    const char *nb_remote;
    const char *sb_remote;
    char *unixctl_path;
    bool dry_run;
    bool dump_graph;
    const char *dump_family;    /* NULL: all. */
    int n_threads;
};

/* Options
 * ======= */

OVS_NO_RETURN static void
usage(void)
{
    printf("%s: compiles the OVN Northbound database into the Southbound "
           "database\n"
           "usage: %s [OPTIONS]\n"
           "\nOptions:\n"
           "  --ovnnb-db=DATABASE       connect to ovn-nb database at "
           "DATABASE\n"
           "                            (default: %s)\n"
           "  --ovnsb-db=DATABASE       connect to ovn-sb database at "
           "DATABASE\n"
           "                            (default: %s)\n"
           "  --dry-run                 start in paused state (do not commit "
           "db changes)\n"
           "  --n-threads=N             accepted for compatibility (1 to "
           "256)\n"
           "  --dump-inc-proc-graph[=FAMILY]\n"
           "                            print the graph of the compiler, for "
           "dot(1), and exit\n"
           "  --unixctl=SOCKET          override default control socket name\n"
           "  -h, --help                display this help message\n"
           "  -o, --options             list available options\n"
           "  -V, --version             display version information\n",
           program_name, program_name,
           ovn_default_nb_db(), ovn_default_sb_db());
    daemon_usage();
    vlog_usage();
    stream_usage("database", true, true, false);
    exit(EXIT_SUCCESS);
}

static int
parse_n_threads(const char *arg)
{
    int n;

    if (!str_to_int(arg, 10, &n)) {
        ovs_fatal(0, "--n-threads: \"%s\" is not a number", arg);
    }
    if (n < NORTHD_THREADS_MIN) {
        VLOG_WARN("--n-threads=%d: using %d", n, NORTHD_THREADS_MIN);
        return NORTHD_THREADS_MIN;
    }
    if (n > NORTHD_THREADS_MAX) {
        VLOG_WARN("--n-threads=%d: using %d", n, NORTHD_THREADS_MAX);
        return NORTHD_THREADS_MAX;
    }
    return n;
}

static void
parse_options(int argc, char *argv[], struct northd_options *o)
{
    enum {
        OPT_NB = UCHAR_MAX + 1,
        OPT_SB,
        OPT_UNIXCTL,
        OPT_DRY_RUN,
        OPT_N_THREADS,
        OPT_DUMP_GRAPH,
        DAEMON_OPTION_ENUMS,
        VLOG_OPTION_ENUMS,
        SSL_OPTION_ENUMS,
    };
    static const struct option long_options[] = {
        { "ovnnb-db", required_argument, NULL, OPT_NB },
        { "ovnsb-db", required_argument, NULL, OPT_SB },
        { "unixctl", required_argument, NULL, OPT_UNIXCTL },
        { "dry-run", no_argument, NULL, OPT_DRY_RUN },
        { "n-threads", required_argument, NULL, OPT_N_THREADS },
        { "dump-inc-proc-graph", optional_argument, NULL, OPT_DUMP_GRAPH },
        { "help", no_argument, NULL, 'h' },
        { "options", no_argument, NULL, 'o' },
        { "version", no_argument, NULL, 'V' },
        DAEMON_LONG_OPTIONS,
        VLOG_LONG_OPTIONS,
        STREAM_SSL_LONG_OPTIONS,
        { NULL, 0, NULL, 0 },
    };
    int c;

    while ((c = ovn_getopt(argc, argv, "", long_options, usage, 0)) != -1) {
        switch (c) {
        DAEMON_OPTION_HANDLERS;
        VLOG_OPTION_HANDLERS;
        STREAM_SSL_OPTION_HANDLERS;

        case OPT_NB:
            o->nb_remote = optarg;
            break;

        case OPT_SB:
            o->sb_remote = optarg;
            break;

        case OPT_UNIXCTL:
            o->unixctl_path = optarg;
            break;

        case OPT_DRY_RUN:
            o->dry_run = true;
            break;

        case OPT_N_THREADS:
            o->n_threads = parse_n_threads(optarg);
            break;

        case OPT_DUMP_GRAPH:
            o->dump_graph = true;
            o->dump_family = optarg;
            break;

        default:
            OVS_NOT_REACHED();
        }
    }

    if (optind < argc) {
        ovs_fatal(0, "%s: this program takes no arguments; use --help for "
                  "help", argv[optind]);
    }
    if (!o->nb_remote || !o->nb_remote[0]) {
        o->nb_remote = ovn_default_nb_db();
    }
    if (!o->sb_remote || !o->sb_remote[0]) {
        o->sb_remote = ovn_default_sb_db();
    }
}

/* Databases
 * ========= */

/* Columns that only northd writes wake nobody up. */
static void
omit_own_columns(struct northd *nd)
{
    static const struct ovsdb_idl_column *const nb_columns[] = {
        &nbrec_nb_global_col_nb_cfg_timestamp,
        &nbrec_nb_global_col_sb_cfg,
        &nbrec_nb_global_col_sb_cfg_timestamp,
        &nbrec_nb_global_col_hv_cfg,
        &nbrec_nb_global_col_hv_cfg_timestamp,
    };
    static const struct ovsdb_idl_column *const sb_columns[] = {
        &sbrec_sb_global_col_nb_cfg,
        &sbrec_sb_global_col_nb_cfg_timestamp,
    };

    for (size_t i = 0; i < ARRAY_SIZE(nb_columns); i++) {
        ovsdb_idl_omit_alert(nd->nb.loop.idl, nb_columns[i]);
    }
    for (size_t i = 0; i < ARRAY_SIZE(sb_columns); i++) {
        ovsdb_idl_omit_alert(nd->sb.loop.idl, sb_columns[i]);
    }
}

static void
northd_open(struct northd *nd, const struct northd_options *o)
{
    *nd = (struct northd) {
        .paused = o->dry_run,
        .role = NORTHD_STANDBY,
        .n_threads = o->n_threads,
    };
    mem_trim_init(&nd->trim);
    db_open(&nd->nb, o->nb_remote, &nbrec_idl_class);
    db_open(&nd->sb, o->sb_remote, &sbrec_idl_class);
    compiler_init(&nd->compiler, &nd->nb, &nd->sb);
    omit_own_columns(nd);
    if (!nd->paused) {
        ovsdb_idl_set_lock(nd->sb.loop.idl, NORTHD_LOCK);
    }
}

static void
northd_close(struct northd *nd)
{
    compiler_destroy(&nd->compiler);
    db_close(&nd->nb);
    db_close(&nd->sb);
}

/* Roles
 * ===== */

/* Returns what this daemon is at the moment. */
enum northd_role
northd_get_role(const struct northd *nd)
{
    return (nd->paused ? NORTHD_PAUSED
            : (db_is_usable(&nd->sb)
               && ovsdb_idl_has_lock(nd->sb.loop.idl)) ? NORTHD_ACTIVE
            : NORTHD_STANDBY);
}

/* Pauses or resumes the daemon.  When paused it follows the databases, but
 * leaves the lock to others and writes nothing. */
void
northd_pause(struct northd *nd, bool pause)
{
    if (pause != nd->paused) {
        VLOG_INFO("This ovn-northd instance is %s",
                  pause ? "now paused." : "resumed.");
        nd->paused = pause;
        ovsdb_idl_set_lock(nd->sb.loop.idl, pause ? NULL : NORTHD_LOCK);
    }
}

/* Notices a change of role.  Whoever becomes active knows nothing of what
 * another one did meanwhile, and starts from what the databases hold. */
static void
update_role(struct northd *nd)
{
    enum northd_role role = northd_get_role(nd);

    if (role == nd->role) {
        return;
    }
    if (role == NORTHD_ACTIVE) {
        VLOG_INFO("ovn-northd lock acquired. "
                  "This ovn-northd instance is now active.");
        nd->cfg_seq = (struct cfg_seq) { .valid = false };
        northd_global_invalidate(&nd->global);
        compiler_activate(&nd->compiler);
    } else if (nd->role == NORTHD_ACTIVE && role == NORTHD_STANDBY) {
        VLOG_INFO("ovn-northd lock lost. "
                  "This ovn-northd instance is now on standby.");
    }
    nd->role = role;
}

/* Main loop
 * ========= */

/* Takes note of what became of the transactions under way. */
static void
sb_done(struct northd *nd, enum db_outcome outcome)
{
    compiler_done(nd->compiler.sb_writer, outcome);
    if (outcome != DB_NONE) {
        cfg_seq_sb_done(&nd->cfg_seq, outcome == DB_SUCCESS);
    }
    if (outcome == DB_FAILURE) {
        northd_global_invalidate(&nd->global);
    }
}

static void
nb_done(struct northd *nd, enum db_outcome outcome)
{
    compiler_done(nd->compiler.nb_writer, outcome);
    if (outcome == DB_FAILURE) {
        northd_global_invalidate(&nd->global);
    }
}

/* After a connection was lost, nobody knows what happened to the database
 * meanwhile.  (For the Southbound database, the loss of the lock says the
 * same.) */
static void
update_fresh(struct northd *nd)
{
    if (nd->nb.fresh) {
        nd->nb.fresh = false;
        inc_writer_resync(nd->compiler.nb_writer);
    }
}

/* Writes what follows from the databases to the open transactions. */
static void
northd_write(struct northd *nd)
{
    if (nd->nb.txn && nd->sb.txn) {
        if (northd_global_run(&nd->global, &nd->nb, &nd->sb)) {
            northd_rbac_run(&nd->sb);
        }
    }
    compiler_write(nd->compiler.nb_writer, &nd->nb);
    compiler_write(nd->compiler.sb_writer, &nd->sb);
    if (nd->sb.txn) {
        cfg_seq_to_sb(&nd->cfg_seq, &nd->nb, &nd->sb);
    }
    if (nd->nb.txn) {
        cfg_seq_to_nb(&nd->cfg_seq, &nd->nb, &nd->sb);
    }
}

static void
update_probe_intervals(struct northd *nd)
{
    int ms = northd_global_probe_interval(&nd->nb);

    db_set_probe_interval(&nd->nb, ms);
    db_set_probe_interval(&nd->sb, ms);
}

/* Returns a number that changes when there may be something to compile. */
static unsigned int
work_seqno(struct northd *nd)
{
    return (ovsdb_idl_get_seqno(nd->nb.loop.idl)
            + ovsdb_idl_get_seqno(nd->sb.loop.idl));
}

/* Is it too early to compile?  With "northd-backoff-interval-ms" there is a
 * pause after each compilation, as long as the compilation was but no longer
 * than the option says, so that changes which come fast are compiled
 * together. */
static bool
is_backing_off(struct northd *nd)
{
    if (time_msec() >= nd->not_before) {
        return false;
    }
    poll_timer_wait_until(nd->not_before);
    return true;
}

/* Compiles, and writes what follows if this daemon is to. */
static void
compile(struct northd *nd)
{
    unsigned int max_backoff = northd_global_backoff(&nd->nb);
    long long int start = time_msec();

    northd_global_read(&nd->global, &nd->nb, &nd->sb);
    compiler_run(&nd->compiler, nd->global.vxlan_mode);
    if (nd->role == NORTHD_ACTIVE) {
        northd_write(nd);
    }
    if (max_backoff) {
        long long int now = time_msec();
        nd->not_before = now + MIN(now - start, max_backoff);
    }
}

static void
northd_iteration(struct northd *nd)
{
    unsigned int seqno = work_seqno(nd);

    nb_done(nd, db_run(&nd->nb));
    sb_done(nd, db_run(&nd->sb));
    update_role(nd);
    update_fresh(nd);
    update_probe_intervals(nd);
    compiler_sync(&nd->compiler, &nd->nb, &nd->sb);
    if (db_is_usable(&nd->nb) && db_is_usable(&nd->sb)
        && !is_backing_off(nd)) {
        compile(nd);
    }

    nb_done(nd, db_commit(&nd->nb));
    sb_done(nd, db_commit(&nd->sb));
    if (work_seqno(nd) != seqno) {
        mem_trim_busy(&nd->trim, northd_global_trim_timeout(&nd->nb));
    }
    mem_trim_run(&nd->trim);
}

static void
run_memory(struct northd *nd)
{
    memory_run();
    if (memory_should_report()) {
        struct simap usage = SIMAP_INITIALIZER(&usage);

        ovsdb_idl_get_memory_usage(nd->nb.loop.idl, &usage);
        ovsdb_idl_get_memory_usage(nd->sb.loop.idl, &usage);
        memory_report(&usage);
        simap_destroy(&usage);
    }
    memory_wait();
}

static void
northd_main_loop(struct northd *nd, struct unixctl_server *unixctl)
{
    daemonize_complete();
    while (!nd->exiting) {
        unixctl_server_run(unixctl);
        if (nd->exiting) {
            poll_immediate_wake();
        }
        run_memory(nd);
        northd_iteration(nd);

        unixctl_server_wait(unixctl);
        poll_block();
    }
}

/* --dump-inc-proc-graph. */
OVS_NO_RETURN static void
dump_graph(const struct northd_options *o)
{
    struct northd nd;

    northd_open(&nd, o);
    compiler_print_graph(o->dump_family);
    northd_close(&nd);
    exit(EXIT_SUCCESS);
}

int
main(int argc, char *argv[])
{
    struct northd_options options = { .n_threads = NORTHD_THREADS_MIN };
    struct unixctl_server *unixctl;
    struct northd nd;

    ovn_set_program_name(argv[0]);
    ovs_cmdl_proctitle_init(argc, argv);
    fatal_ignore_sigpipe();
    parse_options(argc, argv, &options);
    if (options.dump_graph) {
        dump_graph(&options);
    }

    daemonize_start(false);
    int error = unixctl_server_create(options.unixctl_path, &unixctl);
    if (error) {
        exit(EXIT_FAILURE);
    }
    VLOG_INFO("OVN internal version is : [%s]", ovn_internal_version());

    northd_open(&nd, &options);
    northd_control_init(&nd);
    northd_main_loop(&nd, unixctl);

    northd_close(&nd);
    unixctl_server_destroy(unixctl);
    return 0;
}
