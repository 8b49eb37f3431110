/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-trace, which follows a packet through the logical network: options, the
 * database, and the daemon.  See ovn-trace.h for the whole. */

#include <config.h>

#include "utilities/ovn-trace.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "daemon.h"
#include "fatal-signal.h"
#include "lib/ovn-bootstrap.h"
#include "lib/ovn-dirs.h"
#include "lib/ovn-getopt.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vconn.h"
#include "openvswitch/vlog.h"
#include "ovsdb-idl.h"
#include "ovsdb/ovn-sb-idl.h"
#include "socket-util.h"
#include "stream-ssl.h"
#include "stream.h"
#include "timeval.h"
#include "unixctl.h"
#include "util.h"
#include "utilities/ovs-flows.h"

VLOG_DEFINE_THIS_MODULE(ovntrace);

/* What the command line says about the program. */
struct settings {
    const char *db;             /* The remote. */
    char *unixctl_path;         /* Or NULL. */
    bool leader_only;
    const char *bootstrap_file; /* Of --bootstrap-ca-cert, or NULL. */
};

/* The program. */
struct ovntrace {
    struct ovsdb_idl *idl;
    struct trace_db *db;        /* NULL: to be made of 'idl'. */
    unsigned int idl_seqno;     /* That 'db' was made of. */
    bool exiting;
};

/* Options. */

/* The options of a trace, for the command line and for the daemon's command
 * "trace". */
enum {
    OPT_DETAILED = UCHAR_MAX + 1,
    OPT_SUMMARY,
    OPT_MINIMAL,
    OPT_ALL,
    OPT_OVS,
    OPT_CT,
    OPT_FRIENDLY_NAMES,
    OPT_NO_FRIENDLY_NAMES,
    OPT_LB_DST,
    OPT_SELECT_ID,
    OPT_LAST_OF_TRACE
};
#define TRACE_LONG_OPTIONS                                                  \
    {"detailed", no_argument, NULL, OPT_DETAILED},                          \
    {"summary", no_argument, NULL, OPT_SUMMARY},                            \
    {"minimal", no_argument, NULL, OPT_MINIMAL},                            \
    {"all", no_argument, NULL, OPT_ALL},                                    \
    {"ovs", optional_argument, NULL, OPT_OVS},                              \
    {"ct", required_argument, NULL, OPT_CT},                                \
    {"friendly-names", no_argument, NULL, OPT_FRIENDLY_NAMES},              \
    {"no-friendly-names", no_argument, NULL, OPT_NO_FRIENDLY_NAMES}

/* A trace's options while they are being parsed. */
struct parsed_options {
    struct trace_options trace;
    bool want_ovs;
    const char *ovs_remote;     /* Or NULL: the default. */
};

static void
init_options(struct parsed_options *o)
{
    *o = (struct parsed_options) {
        .trace = { .friendly_names = true, .select_id = -1 },
    };
}

/* Makes ready what must wait until all options are known. */
static void
open_options(struct parsed_options *o)
{
    if (o->want_ovs) {
        o->trace.ovs = ovs_flows_open(o->ovs_remote);
    }
}

static void
close_options(struct parsed_options *o)
{
    ovs_flows_close(o->trace.ovs);
    free(o->trace.ct_states);
}

/* Adds the states in 'flags', the argument of --ct. */
static char *
parse_ct(struct trace_options *opts, const char *flags)
{
    struct ds error = DS_EMPTY_INITIALIZER;
    uint32_t state;

    if (!parse_ct_state(flags, CS_TRACKED, &state, &error)) {
        return ds_steal_cstr(&error);
    }
    ds_destroy(&error);
    if (!validate_ct_state(state, &error)) {
        VLOG_WARN("--ct=%s: %s", flags, ds_cstr(&error));
    }
    ds_destroy(&error);
    opts->ct_states = xrealloc(opts->ct_states, (opts->n_ct_states + 1)
                                                * sizeof *opts->ct_states);
    opts->ct_states[opts->n_ct_states++] = state;
    return NULL;
}

static char *
parse_lb_dst(struct trace_options *opts, const char *s)
{
    struct sockaddr_storage ss;

    if (!inet_parse_active(s, 0, &ss, false, NULL)) {
        return xasprintf("%s: bad address", s);
    }

    struct in6_addr ip = ss_get_address(&ss);
    opts->lb_dst.port = ss_get_port(&ss);
    if (IN6_IS_ADDR_V4MAPPED(&ip)) {
        opts->lb_dst.width = 32;
        opts->lb_dst.ip.u64.hi = 0;
        opts->lb_dst.ip.u64.lo = ntohl(in6_addr_get_mapped_ipv4(&ip));
    } else {
        ovs_be128 be;

        memcpy(&be, &ip, sizeof be);
        opts->lb_dst.width = 128;
        opts->lb_dst.ip = ntoh128(be);
    }
    return NULL;
}

static char *
parse_select_id(struct trace_options *opts, const char *s)
{
    unsigned int id;

    if (!str_to_uint(s, 10, &id) || id > UINT16_MAX) {
        return xasprintf("%s: bad select-id", s);
    }
    opts->select_id = id;
    return NULL;
}

/* Handles option 'c' with argument 'arg'.  Returns NULL, or an error. */
static char *
parse_trace_option(struct parsed_options *o, int c, const char *arg)
{
    struct trace_options *opts = &o->trace;

    switch (c) {
    case OPT_DETAILED:
        opts->detailed = true;
        break;
    case OPT_SUMMARY:
        opts->summary = true;
        break;
    case OPT_MINIMAL:
        opts->minimal = true;
        break;
    case OPT_ALL:
        opts->detailed = opts->summary = opts->minimal = true;
        break;
    case OPT_OVS:
        o->want_ovs = true;
        o->ovs_remote = arg;
        break;
    case OPT_CT:
        return parse_ct(opts, arg);
    case OPT_FRIENDLY_NAMES:
        opts->friendly_names = true;
        break;
    case OPT_NO_FRIENDLY_NAMES:
        opts->friendly_names = false;
        break;
    case OPT_LB_DST:
        return parse_lb_dst(opts, arg);
    case OPT_SELECT_ID:
        return parse_select_id(opts, arg);
    default:
        OVS_NOT_REACHED();
    }
    return NULL;
}

OVS_NO_RETURN static void
usage(void)
{
    printf("\
%s: OVN trace utility\n\
usage: %s [OPTIONS] [DATAPATH] MICROFLOW\n\
       %s [OPTIONS] --detach\n\
\n\
Output format options:\n\
  --detailed              table-by-table \"backtrace\" (default)\n\
  --summary               less detailed, more parseable\n\
  --minimal               minimum to explain externally visible behavior\n\
  --all                   provide all forms of output\n\
Output style options:\n\
  --no-friendly-names     do not substitute human friendly names for UUIDs\n\
\n\
What the database does not say:\n\
  --ct=FLAGS              state of the connection at the next ct_next, e.g.\n\
                          \"trk,new\"; may be repeated (default: trk,est)\n\
  --lb-dst=IP[:PORT]      the backend that load balancing chooses\n\
  --select-id=ID          the value that \"select\" chooses\n",
           program_name, program_name, program_name);
    daemon_usage();
    vlog_usage();
    printf("\
\n\
Other options:\n\
  --db=DATABASE           connect to DATABASE\n\
                          (default: %s)\n\
  --no-leader-only        accept any cluster member, not just the leader\n\
  --ovs[=REMOTE]          obtain corresponding OpenFlow flows from REMOTE\n\
                          (default: unix:%s/br-int.mgmt)\n\
  --unixctl=SOCKET        set control socket name\n\
  -h, --help              display this help message\n\
  -V, --version           display version information\n",
           ovn_default_sb_db(), ovn_ovs_rundir());
    stream_usage("database", true, true, false);
    vconn_usage(true, false, false);
    exit(EXIT_SUCCESS);
}

static void
parse_options(int argc, char *argv[], struct settings *settings,
              struct parsed_options *o)
{
    enum {
        OPT_DB = OPT_LAST_OF_TRACE,
        OPT_UNIXCTL,
        OPT_LEADER_ONLY,
        OPT_NO_LEADER_ONLY,
        OPT_BOOTSTRAP_CA_CERT,
        DAEMON_OPTION_ENUMS,
        SSL_OPTION_ENUMS,
        VLOG_OPTION_ENUMS
    };
    static const struct option long_options[] = {
        TRACE_LONG_OPTIONS,
        {"lb-dst", required_argument, NULL, OPT_LB_DST},
        {"select-id", required_argument, NULL, OPT_SELECT_ID},
        {"db", required_argument, NULL, OPT_DB},
        {"unixctl", required_argument, NULL, OPT_UNIXCTL},
        {"leader-only", no_argument, NULL, OPT_LEADER_ONLY},
        {"no-leader-only", no_argument, NULL, OPT_NO_LEADER_ONLY},
        {"bootstrap-ca-cert", required_argument, NULL, OPT_BOOTSTRAP_CA_CERT},
        {"help", no_argument, NULL, 'h'},
        {"option", no_argument, NULL, 'o'},
        {"version", no_argument, NULL, 'V'},
        DAEMON_LONG_OPTIONS,
        VLOG_LONG_OPTIONS,
        STREAM_SSL_LONG_OPTIONS,
        {NULL, 0, NULL, 0},
    };
    char *error;
    int c;

    while ((c = ovn_getopt(argc, argv, "", long_options, usage, 0)) != -1) {
        switch (c) {
        case OPT_DETAILED: case OPT_SUMMARY: case OPT_MINIMAL: case OPT_ALL:
        case OPT_OVS: case OPT_CT: case OPT_FRIENDLY_NAMES:
        case OPT_NO_FRIENDLY_NAMES: case OPT_LB_DST: case OPT_SELECT_ID:
            error = parse_trace_option(o, c, optarg);
            if (error) {
                ovs_fatal(0, "%s", error);
            }
            break;
        case OPT_DB:
            settings->db = optarg;
            break;
        case OPT_UNIXCTL:
            settings->unixctl_path = optarg;
            break;
        case OPT_LEADER_ONLY:
            settings->leader_only = true;
            break;
        case OPT_NO_LEADER_ONLY:
            settings->leader_only = false;
            break;
        case OPT_BOOTSTRAP_CA_CERT:
            stream_ssl_set_ca_cert_file(optarg, true);
            settings->bootstrap_file = optarg;
            break;
        DAEMON_OPTION_HANDLERS
        VLOG_OPTION_HANDLERS
        STREAM_SSL_OPTION_HANDLERS
        default:
            OVS_NOT_REACHED();
        }
    }
}

static void
check_arguments(int n_args)
{
    if (get_detach()) {
        if (n_args > 0) {
            ovs_fatal(0, "non-option arguments not supported with --detach "
                      "(use --help for help)");
        }
    } else if (n_args != 1 && n_args != 2) {
        ovs_fatal(0, "one or two non-option arguments are required "
                  "(use --help for help)");
    }
}

/* The database. */

static void
add_columns(struct ovsdb_idl *idl)
{
    static const struct ovsdb_idl_table_class *const tables[] = {
        &sbrec_table_address_set,
        &sbrec_table_chassis_template_var,
        &sbrec_table_datapath_binding,
        &sbrec_table_dhcp_options,
        &sbrec_table_dhcpv6_options,
        &sbrec_table_dns,
        &sbrec_table_fdb,
        &sbrec_table_load_balancer,
        &sbrec_table_logical_dp_group,
        &sbrec_table_logical_flow,
        &sbrec_table_mac_binding,
        &sbrec_table_multicast_group,
        &sbrec_table_port_group,
        &sbrec_table_static_mac_binding,
    };
    static const struct ovsdb_idl_column *const columns[] = {
        &sbrec_chassis_col_name,
        &sbrec_port_binding_col_chassis,
        &sbrec_port_binding_col_datapath,
        &sbrec_port_binding_col_external_ids,
        &sbrec_port_binding_col_logical_port,
        &sbrec_port_binding_col_options,
        &sbrec_port_binding_col_port_security,
        &sbrec_port_binding_col_tunnel_key,
        &sbrec_port_binding_col_type,
    };

    for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
        for (size_t j = 0; j < tables[i]->n_columns; j++) {
            ovsdb_idl_add_column(idl, &tables[i]->columns[j]);
        }
    }
    for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
        ovsdb_idl_add_column(idl, columns[i]);
    }
}

/* Connects to the database: a daemon again and again, otherwise once. */
static void
open_database(struct ovntrace *ot, const struct settings *settings)
{
    if (!get_detach()) {
        ovn_bootstrap(settings->bootstrap_file, settings->db,
                      &sbrec_idl_class);
    }
    ot->idl = ovsdb_idl_create(settings->db, &sbrec_idl_class, false,
                               get_detach());
    ovsdb_idl_set_leader_only(ot->idl, settings->leader_only);
    add_columns(ot->idl);
}

/* Forgets what was made of the database if it is about to change. */
static void
run_database(struct ovntrace *ot)
{
    ovsdb_idl_run(ot->idl);
    if (ot->db && ot->idl_seqno != ovsdb_idl_get_seqno(ot->idl)) {
        trace_db_destroy(ot->db);
        ot->db = NULL;
    }
}

/* What is in the database now. */
static const struct trace_db *
get_db(struct ovntrace *ot)
{
    if (!ot->db) {
        ot->db = trace_db_create(ot->idl);
        ot->idl_seqno = ovsdb_idl_get_seqno(ot->idl);
    }
    return ot->db;
}

/* The daemon. */

static void
cmd_exit(struct unixctl_conn *conn, int argc OVS_UNUSED,
         const char *argv[] OVS_UNUSED, void *ot_)
{
    struct ovntrace *ot = ot_;

    ot->exiting = true;
    unixctl_command_reply(conn, NULL);
}

/* Parses the options of command "trace".  Returns NULL, or an error. */
static char *
parse_command_options(int argc, char *argv[], struct parsed_options *o)
{
    static const struct option long_options[] = {
        TRACE_LONG_OPTIONS,
        {NULL, 0, NULL, 0},
    };

    optind = 0;
    opterr = 0;
    for (;;) {
        int c = getopt_long(argc, argv, ":", long_options, NULL);

        if (c == -1) {
            break;
        } else if (c == '?' || c == ':') {
            const char *arg = argv[optind > 1 ? optind - 1 : 1];

            return xasprintf(c == '?' ? "%s: unknown option"
                             : "%s: missing argument", arg);
        }
        char *error = parse_trace_option(o, c, optarg);
        if (error) {
            return error;
        }
    }
    return (argc - optind == 1 || argc - optind == 2 ? NULL
            : xstrdup("one or two non-option arguments are required"));
}

/* Command "trace".  getopt_long() changes the order of 'argv', and nobody else
 * needs it any more. */
static void
cmd_trace(struct unixctl_conn *conn, int argc, const char *argv_[], void *ot_)
{
    char **argv = CONST_CAST(char **, argv_);
    struct ovntrace *ot = ot_;
    struct parsed_options o;
    struct ds output = DS_EMPTY_INITIALIZER;

    init_options(&o);
    char *error = parse_command_options(argc, argv, &o);
    if (!error) {
        open_options(&o);
        error = trace_run(get_db(ot), &o.trace,
                          argc - optind > 1 ? argv[optind] : NULL,
                          argv[argc - 1], &output);
    }
    if (error) {
        unixctl_command_reply_error(conn, error);
        free(error);
    } else {
        unixctl_command_reply(conn, ds_cstr(&output));
    }
    close_options(&o);
    ds_destroy(&output);
}

/* The program. */

/* Ends if the database cannot be reached. */
static void
check_connection(struct ovntrace *ot, const char *remote)
{
    if (!ovsdb_idl_is_alive(ot->idl)) {
        int retval = ovsdb_idl_get_last_error(ot->idl);

        ovs_fatal(0, "%s: database connection failed (%s)", remote,
                  ovs_retval_to_string(retval));
    }
}

/* Serves until told to exit.  'unixctl' is NULL without --detach: then until
 * the database is there. */
static void
main_loop(struct ovntrace *ot, struct unixctl_server *unixctl,
          const char *remote)
{
    bool ready = false;

    while (!ot->exiting) {
        run_database(ot);
        if (!unixctl) {
            check_connection(ot, remote);
        } else {
            unixctl_server_run(unixctl);
        }
        if (!ready && ovsdb_idl_has_ever_connected(ot->idl)) {
            ready = true;
            daemonize_complete();
            if (!unixctl) {
                break;
            }
        }
        if (ot->exiting) {
            break;
        }
        ovsdb_idl_wait(ot->idl);
        if (unixctl) {
            unixctl_server_wait(unixctl);
        }
        poll_block();
    }
}

/* Traces once, as the command line says.  Returns the exit status. */
static int
trace_once(struct ovntrace *ot, const struct trace_options *opts, int argc,
           char *argv[])
{
    struct ds output = DS_EMPTY_INITIALIZER;
    char *error = trace_run(get_db(ot), opts, argc > 1 ? argv[0] : NULL,
                            argv[argc - 1], &output);

    fputs(ds_cstr(&output), stdout);
    if (error) {
        ovs_error(0, "%s", error);
    }
    free(error);
    ds_destroy(&output);
    return error ? EXIT_FAILURE : EXIT_SUCCESS;
}

static struct unixctl_server *
start_server(const struct settings *settings, struct ovntrace *ot)
{
    struct unixctl_server *unixctl;

    if (unixctl_server_create(settings->unixctl_path, &unixctl)) {
        ovs_fatal(0, "failed to create unixctl server");
    }
    unixctl_command_register("exit", "", 0, 0, cmd_exit, ot);
    unixctl_command_register("trace", "[OPTIONS] [DATAPATH] MICROFLOW", 1,
                             INT_MAX, cmd_trace, ot);
    return unixctl;
}

int
main(int argc, char *argv[])
{
    struct settings settings = {
        .db = ovn_default_sb_db(), .leader_only = true
    };
    struct unixctl_server *unixctl = NULL;
    struct ovntrace ot = { .db = NULL };
    struct parsed_options o;
    int status = EXIT_SUCCESS;

    ovn_set_program_name(argv[0]);
    fatal_ignore_sigpipe();
    vlog_set_levels_from_string_assert("reconnect:warn");
    init_options(&o);
    parse_options(argc, argv, &settings, &o);
    check_arguments(argc - optind);
    argc -= optind;
    argv += optind;

    daemonize_start(false);
    if (get_detach()) {
        unixctl = start_server(&settings, &ot);
    }
    open_database(&ot, &settings);
    main_loop(&ot, unixctl, settings.db);
    if (!unixctl) {
        open_options(&o);
        status = trace_once(&ot, &o.trace, argc, argv);
    }

    close_options(&o);
    trace_db_destroy(ot.db);
    ovsdb_idl_destroy(ot.idl);
    unixctl_server_destroy(unixctl);
    return status;
}
