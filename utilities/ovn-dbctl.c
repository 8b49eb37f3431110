/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The frame's main program: options, help, and a run of commands that
 * connects to the database itself.  See utilities/ovn-dbctl.h. */

#include <config.h>

#include "utilities/ovn-dbctl-private.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "command-line.h"
#include "daemon.h"
#include "fatal-signal.h"
#include "lib/ovn-bootstrap.h"
#include "lib/ovn-dirs.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "ovsdb-idl.h"
#include "ovsdb-idl-provider.h"
#include "process.h"
#include "stream.h"
#include "stream-ssl.h"
#include "timeval.h"
#include "unixctl.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(ovn_dbctl);

/* How long a connection may be silent before the server is probed. */
enum { DEFAULT_PROBE_INTERVAL_MSEC = 120000 };

/* Options of the program as a whole. */
enum {
    OPT_DB = DBCTL_OPT_LAST,
    OPT_NO_SYSLOG,
    OPT_COMMANDS,
    OPT_OPTIONS,
    OPT_LEADER_ONLY,
    OPT_NO_LEADER_ONLY,
    OPT_SHUFFLE_REMOTES,
    OPT_NO_SHUFFLE_REMOTES,
    OPT_BOOTSTRAP_CA_CERT,
    OPT_PEER_CA_CERT,
    DAEMON_OPTION_ENUMS,
    VLOG_OPTION_ENUMS,
    SSL_OPTION_ENUMS
};

static const struct option main_options[] = {
    {"db", required_argument, NULL, OPT_DB},
    {"no-syslog", no_argument, NULL, OPT_NO_SYSLOG},
    {"help", no_argument, NULL, 'h'},
    {"commands", no_argument, NULL, OPT_COMMANDS},
    {"options", no_argument, NULL, OPT_OPTIONS},
    {"leader-only", no_argument, NULL, OPT_LEADER_ONLY},
    {"no-leader-only", no_argument, NULL, OPT_NO_LEADER_ONLY},
    {"shuffle-remotes", no_argument, NULL, OPT_SHUFFLE_REMOTES},
    {"no-shuffle-remotes", no_argument, NULL, OPT_NO_SHUFFLE_REMOTES},
    {"version", no_argument, NULL, 'V'},
    {"unixctl", required_argument, NULL, 'u'},
    DAEMON_LONG_OPTIONS,
    VLOG_LONG_OPTIONS,
    STREAM_SSL_LONG_OPTIONS,
    {"bootstrap-ca-cert", required_argument, NULL, OPT_BOOTSTRAP_CA_CERT},
    {"peer-ca-cert", required_argument, NULL, OPT_PEER_CA_CERT},
};

/* The program's settings, from its options. */
struct settings {
    const char *db;
    const char *unixctl_path;
    const char *bootstrap_file; /* Of --bootstrap-ca-cert, or NULL. */
    bool leader_only;
    bool shuffle_remotes;
};

/* The IDL, for exit_function(). */
static struct ovsdb_idl *the_idl;
static struct dbctl_run *the_run;

/* ctl_fatal() calls this.  The memory is freed so that leak checkers can tell
 * real leaks. */
static void
exit_function(int status)
{
    dbctl_run_destroy(the_run);
    ovsdb_idl_destroy(the_idl);
    exit(status);
}

/* Help. */

/* Appends "[--a] [--b=VALUE] " for the 'options' of a command. */
static void
put_command_options(struct ds *s, const char *options)
{
    char *copy = xstrdup(options);
    char *save_ptr = NULL;

    for (char *o = strtok_r(copy, ",", &save_ptr); o;
         o = strtok_r(NULL, ",", &save_ptr)) {
        size_t n = strcspn(o, "=?");
        ds_put_format(s, "[%.*s%s] ", (int) n, o,
                      o[n] == '=' ? "=VALUE" : o[n] == '?' ? "[=VALUE]" : "");
    }
    free(copy);
}

static void
put_topic(struct ds *s, const struct dbctl_topic *topic)
{
    enum { HELP_COLUMN = 34 };

    ds_put_format(s, "%s:\n", topic->title);
    for (const struct dbctl_command *c = topic->commands; c->syntax.name;
         c++) {
        size_t start = s->length;

        ds_put_cstr(s, "  ");
        put_command_options(s, c->syntax.options);
        ds_put_cstr(s, c->syntax.name);
        if (c->syntax.arguments[0]) {
            ds_put_format(s, " %s", c->syntax.arguments);
        }

        size_t width = s->length - start;
        if (width + 1 >= HELP_COLUMN) {
            ds_put_char(s, '\n');
            width = 0;
        }
        ds_put_char_multiple(s, ' ', HELP_COLUMN - width);
        ds_put_format(s, "%s\n", c->help);
    }
    ds_put_char(s, '\n');
}

OVS_NO_RETURN static void
usage(const struct dbctl_class *class)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    ds_put_format(&s, "%s: %s\n\nusage: %s [OPTIONS] COMMAND [ARG...]\n\n",
                  program_name, class->title, program_name);
    for (const struct dbctl_topic *const *t = class->topics; *t; t++) {
        put_topic(&s, *t);
    }
    ds_put_format(&s, "%s%s\n", ctl_get_db_cmd_usage(),
                  ctl_list_db_tables_usage());
    ds_put_format(&s, "Options:\n\
  --db=DATABASE               connect to DATABASE\n\
                              (default: %s)\n\
  --no-leader-only            accept any cluster member, not just the leader\n\
  --no-shuffle-remotes        do not shuffle the order of remotes\n",
                  class->default_db());
    if (class->progress) {
        ds_put_cstr(&s, "\
  --no-wait, --wait=none      do not wait for OVN reconfiguration (default)\n\
  --wait=sb                   wait for southbound database update\n\
  --wait=hv                   wait for all chassis to catch up\n\
  --print-wait-time           print time spent on waiting\n");
    }
    if (class->check) {
        ds_put_cstr(&s, "\
  --no-validate               of set, add, create: store what is malformed\n");
    }
    ds_put_format(&s, "\
  -t, --timeout=SECS          wait at most SECS seconds\n\
  --dry-run                   do not commit changes to database\n\
  --oneline                   print exactly one line of output per command\n\
  -u, --unixctl=SOCKET        control socket of a daemon\n\
Options are also taken from %s.\n", class->options_env);
    fputs(ds_cstr(&s), stdout);
    ds_destroy(&s);

    table_usage();
    daemon_usage();
    vlog_usage();
    printf("  --no-syslog             equivalent to "
           "--verbose=%s:syslog:warn\n",
           vlog_get_module_name(class->log_module));
    printf("\n\
Other options:\n\
  --commands                  print all commands, for completion scripts\n\
  --options                   print all options, for completion scripts\n\
  -h, --help                  display this help message\n\
  -V, --version               display version information\n");
    stream_usage("database", true, true, true);
    exit(EXIT_SUCCESS);
}

/* Registering commands. */

static void
register_topic(const struct dbctl_topic *topic)
{
    size_t n = 0;
    while (topic->commands[n].syntax.name) {
        n++;
    }

    /* The library keeps pointers to this. */
    struct ctl_command_syntax *commands = xcalloc(n + 1, sizeof *commands);
    for (size_t i = 0; i < n; i++) {
        commands[i] = topic->commands[i].syntax;
    }
    ctl_register_commands(commands);
}

static void
register_commands(const struct dbctl_class *class)
{
    ctl_init__(class->idl_class, class->tables, NULL, exit_function);
    for (const struct dbctl_topic *const *t = class->topics; *t; t++) {
        register_topic(*t);
    }
}

/* Options. */

/* Returns all options: of the program, of a run, of the commands. */
static struct option *
make_options(const struct dbctl_class *class, bool with_main)
{
    size_t n_run = dbctl_n_run_options(class);
    size_t n = (with_main ? ARRAY_SIZE(main_options) : 0) + n_run;
    size_t allocated = n;
    struct option *options = xmalloc(n * sizeof *options);

    size_t i = 0;
    if (with_main) {
        memcpy(options, main_options, sizeof main_options);
        i = ARRAY_SIZE(main_options);
    }
    memcpy(&options[i], dbctl_run_options(), n_run * sizeof *options);
    ctl_add_cmd_options(&options, &n, &allocated, OPT_LOCAL);
    return options;
}

/* Frees what make_options() returned for the main program. */
static void
free_options(const struct dbctl_class *class, struct option *options)
{
    /* The names of the commands' options are copies. */
    size_t i = ARRAY_SIZE(main_options) + dbctl_n_run_options(class);
    for (; options[i].name; i++) {
        free(CONST_CAST(char *, options[i].name));
    }
    free(options);
}

/* The options of the daemon's "run" command. */
const struct option *
dbctl_daemon_options(const struct dbctl_class *class)
{
    static struct option *options;
    if (!options) {
        options = make_options(class, false);
    }
    return options;
}

static void
apply_main_option(const struct dbctl_class *class, struct settings *settings,
                  const struct option *options,
                  const struct ovs_cmdl_parsed_option *po)
{
    optarg = po->arg;
    switch (po->o->val) {
    case OPT_DB:
        settings->db = po->arg;
        break;
    case OPT_NO_SYSLOG:
        vlog_set_levels(class->log_module, VLF_SYSLOG, VLL_WARN);
        break;
    case OPT_LEADER_ONLY:
        settings->leader_only = true;
        break;
    case OPT_NO_LEADER_ONLY:
        settings->leader_only = false;
        break;
    case OPT_SHUFFLE_REMOTES:
        settings->shuffle_remotes = true;
        break;
    case OPT_NO_SHUFFLE_REMOTES:
        settings->shuffle_remotes = false;
        break;
    case 'u':
        settings->unixctl_path = po->arg;
        break;
    case OPT_BOOTSTRAP_CA_CERT:
        stream_ssl_set_ca_cert_file(po->arg, true);
        settings->bootstrap_file = po->arg;
        break;
    case OPT_PEER_CA_CERT:
        stream_ssl_set_peer_ca_cert_file(po->arg);
        break;
    case 'h':
        usage(class);
    case OPT_COMMANDS:
        ctl_print_commands();
        /* fall through */
    case OPT_OPTIONS:
        ctl_print_options(options);
        /* fall through */
    case 'V':
        ovn_print_version(0, 0);
        printf("DB Schema %s\n", class->db_version());
        exit(EXIT_SUCCESS);
    DAEMON_OPTION_HANDLERS
    VLOG_OPTION_HANDLERS
    STREAM_SSL_OPTION_HANDLERS
    default:
        OVS_NOT_REACHED();
    }
}

static void
apply_options(const struct dbctl_class *class, const struct option *options,
              const struct ovs_cmdl_parsed_option *po, size_t n_po,
              struct settings *settings, struct dbctl_run_options *opts)
{
    for (size_t i = 0; i < n_po; i++) {
        if (dbctl_is_run_option(po[i].o)) {
            char *error = dbctl_apply_run_option(opts, po[i].o, po[i].arg);
            if (error) {
                ctl_fatal("%s", error);
            }
        } else {
            apply_main_option(class, settings, options, &po[i]);
        }
    }
}

/* Returns the option in the 'n' of 'po' because of which a daemon named by the
 * environment is not to be used, or null. */
static const struct option *
find_non_daemon_option(const struct ovs_cmdl_parsed_option *po, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        switch (po[i].o->val) {
        case OPT_DB:
        DAEMON_OPTION_CASES
            return po[i].o;
        }
    }
    return NULL;
}

static bool
has_option(const struct ovs_cmdl_parsed_option *po, size_t n, int val)
{
    for (size_t i = 0; i < n; i++) {
        if (po[i].o->val == val) {
            return true;
        }
    }
    return false;
}

/* Returns the socket of the daemon that is to do the work, or null if this
 * process is. */
static const char *
choose_daemon(const struct dbctl_class *class,
              const struct ovs_cmdl_parsed_option *po, size_t n)
{
    /* The help is the same everywhere. */
    if (has_option(po, n, 'h') || has_option(po, n, 'V')
        || has_option(po, n, OPT_COMMANDS)
        || has_option(po, n, OPT_OPTIONS)
        || has_option(po, n, OPT_DETACH)) {
        return NULL;
    }

    const char *socket = NULL;
    for (size_t i = 0; i < n; i++) {
        if (po[i].o->val == 'u') {
            socket = po[i].arg;
        }
    }
    if (!socket) {
        socket = getenv(class->daemon_env);
    }
    if (!socket || !socket[0]) {
        return NULL;
    }

    const struct option *o = find_non_daemon_option(po, n);
    if (o) {
        VLOG_WARN("not using %s daemon because of %s option",
                  program_name, o->name);
        return NULL;
    }
    return socket;
}

/* Running. */

/* Creates an IDL that is not connected yet. */
static struct ovsdb_idl *
create_idl(const struct dbctl_class *class, const struct settings *settings,
           bool everything)
{
    struct ovsdb_idl *idl
        = ovsdb_idl_create_unconnected(class->idl_class, everything);
    ovsdb_idl_set_shuffle_remotes(idl, settings->shuffle_remotes);
    ovsdb_idl_set_leader_only(idl, settings->leader_only);
    ovsdb_idl_set_db_change_aware(idl, false);
    return idl;
}

static void
print_output(struct dbctl_run *run)
{
    if (run->output.length) {
        fputs(ds_cstr(&run->output), stdout);
        fflush(stdout);
        ds_clear(&run->output);
    }
}

/* Exits because 'idl', which does not reconnect, has lost its server. */
OVS_NO_RETURN static void
connection_failed(const struct dbctl_class *class, const char *db,
                  const struct ovsdb_idl *idl)
{
    int error = ovsdb_idl_get_last_error(idl);

    if (error) {
        ctl_fatal("%s: database connection failed (%s)",
                  db, ovs_retval_to_string(error));
    } else {
        ctl_fatal("%s: database connection failed (the server does not serve "
                  "%s, or is not the leader of its cluster)",
                  db, class->idl_class->database);
    }
}

/* Does 'run' in this process. */
static void
run_here(const struct dbctl_class *class, const struct settings *settings,
         struct dbctl_run *run)
{
    ovn_bootstrap(settings->bootstrap_file, settings->db, class->idl_class);

    struct ovsdb_idl *idl = create_idl(class, settings, false);

    the_run = run;
    the_idl = idl;
    dbctl_run_prerequisites(run, idl);
    ovsdb_idl_set_remote(idl, settings->db, false);
    ovsdb_idl_set_probe_interval(idl, stream_or_pstream_needs_probes(
        settings->db) > 0 ? DEFAULT_PROBE_INTERVAL_MSEC : 0);

    for (;;) {
        ovsdb_idl_run(idl);
        if (!ovsdb_idl_is_alive(idl)) {
            connection_failed(class, settings->db, idl);
        }

        enum dbctl_run_state old_state = run->state;
        dbctl_run_step(run, idl);
        print_output(run);
        if (run->state == RUN_DONE) {
            break;
        }
        if (run->state == RUN_WAITING && old_state != RUN_WAITING) {
            /* The change is made.  If the server goes away now, wait for it
             * to come back. */
            ovsdb_idl_enable_reconnect(idl);
        }

        ovsdb_idl_wait(idl);
        dbctl_run_wait(run, idl);
        poll_block();
    }
    if (run->error) {
        ctl_fatal("%s", run->error);
    }
    the_run = NULL;
    the_idl = NULL;
    dbctl_run_destroy(run);
    ovsdb_idl_destroy(idl);
}

/* Becomes a daemon. */
static void
run_daemon(const struct dbctl_class *class, const struct settings *settings)
{
    struct ovsdb_idl *idl = create_idl(class, settings, true);

    class->add_base(idl, DBCTL_WAIT_HV);
    ovsdb_idl_set_remote(idl, settings->db, true);
    dbctl_serve(class, idl, settings->db, settings->unixctl_path);
    ovsdb_idl_destroy(idl);
}

/* The main() function of the program that 'class' describes. */
int
dbctl_main(const struct dbctl_class *class, int argc, char *argv[])
{
    ovn_set_program_name(argv[0]);
    fatal_ignore_sigpipe();
    vlog_set_levels(NULL, VLF_CONSOLE, VLL_WARN);
    vlog_set_levels_from_string_assert("reconnect:warn");
    /* A client says itself what is wrong with its daemon. */
    vlog_set_levels_from_string_assert("unixctl:console:err");
    register_commands(class);

    /* Static, so that no leak is found when an option ends the program. */
    static char **argv_;
    argv_ = ovs_cmdl_env_parse_all(&argc, argv, getenv(class->options_env));
    struct option *options = make_options(class, true);
    struct ovs_cmdl_parsed_option *po;
    size_t n_po;
    char *error = ovs_cmdl_parse_all(argc, argv_, options, &po, &n_po);
    if (error) {
        ctl_fatal("%s", error);
    }

    const char *socket = choose_daemon(class, po, n_po);
    if (socket) {
        /* Only what concerns this process. */
        for (size_t i = 0; i < n_po; i++) {
            optarg = po[i].arg;
            switch (po[i].o->val) {
            VLOG_OPTION_HANDLERS
            }
        }
        dbctl_client(class, socket, po, n_po, argc - optind, argv_ + optind);
    }

    struct settings settings = {
        .leader_only = true,
        .shuffle_remotes = true,
    };
    struct dbctl_run_options opts;
    dbctl_run_options_init(&opts);
    apply_options(class, options, po, n_po, &settings, &opts);
    if (!settings.db) {
        settings.db = class->default_db();
    }

    if (get_detach()) {
        if (optind < argc) {
            ctl_fatal("non-option arguments not supported with --detach "
                      "(use --help for help)");
        }
        run_daemon(class, &settings);
    } else {
        char *args = process_escape_args(argv_);
        struct dbctl_run *run = dbctl_run_create(
            class, &opts, argc - optind, argv_ + optind, args, &error);
        if (error) {
            ctl_fatal("%s", error);
        }
        free(args);
        ctl_timeout_setup(opts.timeout);
        run_here(class, &settings, run);
    }

    shash_destroy_free_data(&opts.local);
    free(po);
    free_options(class, options);
    for (int i = 0; i < argc; i++) {
        free(argv_[i]);
    }
    free(argv_);
    return EXIT_SUCCESS;
}
