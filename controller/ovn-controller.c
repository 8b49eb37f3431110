/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-controller: what runs on each hypervisor.
 *
 * This file is the daemon's frame: the command line, the two databases, the
 * main loop and its end.  Read iterate() first: it is the order of everything.
 * What the steps do is in a file each:
 *
 *     config        the local configuration, checked and comparable
 *     bridge        the integration bridge
 *     chassis       this chassis's rows in the Southbound database
 *     encaps        tunnel ports to the other chassis
 *     ct-zone       connection tracking zones
 *     compile       Southbound and local rows into OpenFlow, with the engine
 *     monitor       what the Southbound database should send us
 *     binding       which ports are here, told to both databases
 *     ofswitch      the connection to the switch
 *     nb-cfg        how far this chassis has come
 *     flow-restore  a restarted switch is let go
 *     commands      what ovn-appctl can ask
 *
 * Each step is idempotent: it compares what is with what should be, and writes
 * the difference.  A step that cannot write now, because its last transaction
 * is under way, is simply called again. */

#include <config.h>

#include "controller/controller.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command-line.h"
#include "controller/binding.h"
#include "controller/bridge.h"
#include "controller/groups.h"
#include "controller/monitor.h"
#include "controller/ofswitch-features.h"
#include "controller/packet-in.h"
#include "daemon.h"
#include "dirs.h"
#include "fatal-signal.h"
#include "lib/internal-version.h"
#include "lib/ovn-dirs.h"
#include "lib/ovn-getopt.h"
#include "memory.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "ovsdb/ovn-sb-idl.h"
#include "simap.h"
#include "smap.h"
#include "stream-ssl.h"
#include "stream.h"
#include "timeval.h"
#include "unixctl.h"
#include "util.h"
#include "vswitch-idl.h"

VLOG_DEFINE_THIS_MODULE(main);

/* The command line. */
struct options {
    char *ovs_remote;
    char *unixctl_path;
    char *chassis;
};

/* TLS files from the command line, used unless the local database has some. */
static const char *ssl_private_key_file;
static const char *ssl_certificate_file;
static const char *ssl_ca_cert_file;
static bool ssl_bootstrap;

static void parse_options(int argc, char *argv[], struct options *);
OVS_NO_RETURN static void usage(void);

/* Tells the stream library which TLS files to use: those in the local
 * database or, failing that, those from the command line. */
static void
update_ssl(const struct ovsrec_open_vswitch *ovs)
{
    const struct ovsrec_ssl *ssl = ovs->ssl;

    if (ssl) {
        stream_ssl_set_key_and_cert(ssl->private_key, ssl->certificate);
        stream_ssl_set_ca_cert_file(ssl->ca_cert, ssl->bootstrap_ca_cert);
        return;
    }
    if (ssl_private_key_file && ssl_certificate_file) {
        stream_ssl_set_key_and_cert(ssl_private_key_file,
                                    ssl_certificate_file);
    }
    if (ssl_ca_cert_file) {
        stream_ssl_set_ca_cert_file(ssl_ca_cert_file, ssl_bootstrap);
    }
}

/* Returns the interval of inactivity probes to 'remote', in ms. */
static int
probe_interval(const struct config *config, const char *remote)
{
    unsigned int interval = config_uint(config, CFG_REMOTE_PROBE);

    if (!remote[0] || !stream_or_pstream_needs_probes(remote)) {
        return 0;
    }
    return interval ? MAX(interval, 1000) : 0;
}

/* Connects to the Southbound database that the configuration names. */
static void
update_sb_remote(struct controller *c)
{
    const char *remote = config_string(&c->config, CFG_REMOTE);

    db_set_remote(&c->sb, remote);
    ovsdb_idl_set_probe_interval(c->sb.loop.idl,
                                 probe_interval(&c->config, remote));
}

/* Returns true if ovs-vswitchd has set up 'br_int', and so listens for
 * connections to it: its local port has an OpenFlow port number. */
static bool
switch_listens(const struct ovsrec_bridge *br_int)
{
    for (size_t i = 0; i < br_int->n_ports; i++) {
        const struct ovsrec_port *port = br_int->ports[i];

        if (!strcmp(port->name, br_int->name)) {
            return port->n_interfaces && port->interfaces[0]->n_ofport;
        }
    }
    return false;
}

/* Connects to the integration bridge, 'br_int', as soon as possible. */
static void
update_switch_target(struct controller *c, const struct ovsrec_bridge *br_int)
{
    const char *configured = config_string(&c->config, CFG_BRIDGE_REMOTE);
    int probe = config_uint(&c->config, CFG_OPENFLOW_PROBE);
    char *target = (configured[0] ? xstrdup(configured)
                    : xasprintf("unix:%s/%s.mgmt", ovn_ovs_rundir(),
                                br_int->name));

    if (!nullable_string_is_equal(target, c->switch_target)) {
        if (!configured[0] && !switch_listens(br_int)) {
            free(target);
            return;
        }
        free(c->switch_target);
        c->switch_target = xstrdup(target);
    }
    ofswitch_set_target(c->sw, target, probe ? MAX(probe, 5) : 0);
    free(target);
}

/* Reads the configuration, and applies what concerns connections. */
static void
configure(struct controller *c, const struct ovsrec_open_vswitch *ovs)
{
    const struct ovsdb_idl *ovs_idl = c->ovs.loop.idl;
    uint64_t sum = 0;

    idl_watch_add(&sum, ovs_idl, &ovsrec_table_open_vswitch);
    idl_watch_add(&sum, ovs_idl, &ovsrec_table_ssl);
    if (idl_watch_changed(&c->config_watch, sum)) {
        c->config_changed |= config_read(&c->config, ovs, c->chassis_arg);
        update_ssl(ovs);
    }
    if (c->config_changed) {
        update_sb_remote(c);
        c->zones_moved |= ct_zones_set_range(&c->ct_zones, &c->config);
    }
}

/* Records when this process started, once. */
static void
mark_startup(struct controller *c, const struct ovsrec_bridge *br_int)
{
    if (!c->startup_marked) {
        char *ts = xasprintf("%lld", c->startup_ts);

        ovsrec_bridge_update_external_ids_setkey(br_int, "ovn-startup-ts", ts);
        free(ts);
        c->startup_marked = true;
    }
}

/* Writes to the local database what belongs there. */
static void
write_ovs(struct controller *c, struct ovsdb_idl_txn *ovs_txn,
          const struct ovsrec_open_vswitch *ovs,
          const struct ovsrec_bridge *br_int)
{
    if (ovsdb_idl_has_ever_connected(c->sb.loop.idl)) {
        encaps_run(&c->encaps, ovs_txn, &c->config, c->ovs_config_changed,
                   ovs, br_int);
        c->ovs_config_changed = false;
    }
    ct_zones_save(&c->ct_zones, br_int);
    nb_cfg_report_ovs(&c->nb_cfg, br_int);
    mark_startup(c, br_int);
}

/* Writes to the Southbound database what belongs there. */
static void
write_sb(struct controller *c, struct ovsdb_idl_txn *sb_txn,
         const struct ovsrec_open_vswitch *ovs,
         const struct ovsrec_bridge *br_int)
{
    const struct sbrec_sb_global *sb = sbrec_sb_global_first(c->sb.loop.idl);

    /* A row that is not replicated (yet) would be inserted a second time. */
    if (monitor_is_settled(c->sb.loop.idl)) {
        chassis_run(&c->chassis, sb_txn, &c->config, c->sb_config_changed,
                    ovs, br_int);
        c->sb_config_changed = false;
    }

    const struct sbrec_chassis_private *private
        = (c->config.chassis
           ? chassis_get_private(&c->chassis, c->config.chassis) : NULL);
    if (sb && private) {
        nb_cfg_report_sb(&c->nb_cfg, sb, private);
    }
}

/* Returns our row in the Southbound database, or NULL. */
static const struct sbrec_chassis *
our_chassis(const struct controller *c)
{
    return (c->config.chassis
            ? chassis_get(&c->chassis, c->config.chassis) : NULL);
}

/* Has the Southbound database told us everything that it has for us?  Then
 * what is compiled is what should be in force. */
static bool
is_complete(const struct controller *c)
{
    struct ovsdb_idl *sb_idl = c->sb.loop.idl;

    return (ovsdb_idl_has_ever_connected(sb_idl)
            && sbrec_sb_global_first(sb_idl)
            && monitor_is_settled(sb_idl));
}

/* What Open vSwitch says that the datapath of 'br_int' can do, NULL if
 * nothing. */
static const struct smap *
datapath_capabilities(const struct controller *c,
                      const struct ovsrec_bridge *br_int)
{
    const struct ovsrec_open_vswitch *cfg
        = ovsrec_open_vswitch_first(c->ovs.loop.idl);
    const char *type = bridge_datapath_type(br_int);

    for (size_t i = 0; cfg && i < cfg->n_datapaths; i++) {
        if (!strcmp(cfg->key_datapaths[i], type)) {
            return &cfg->value_datapaths[i]->capabilities;
        }
    }
    return NULL;
}

/* Compiles what the databases say now, hands it to the switch, and says what
 * else there is to know. */
static void
run_switch(struct controller *c, const struct ovsrec_bridge *br_int)
{
    struct ovsdb_idl *sb_idl = c->sb.loop.idl;
    const struct sbrec_chassis *chassis = our_chassis(c);
    const struct ofswitch_features features
        = ofswitch_features(c->sw, datapath_capabilities(c, br_int));

    compile_set_chassis(&c->compile, br_int, chassis,
                        ofswitch_tun_metadata_field(c->sw), &features);
    compile_run(&c->compile, c->zones_moved);
    c->zones_moved = false;
    monitor_run(sb_idl, chassis,
                (nullable_string_is_equal(c->chassis.name, c->config.chassis)
                 ? c->chassis.name : NULL),
                config_bool(&c->config, CFG_MONITOR_ALL));

    if (is_complete(c)) {
        if (!c->ready && chassis) {
            ct_zones_forget_restored(&c->ct_zones);
            ofswitch_set_ready(c->sw, true);
            c->ready = true;
        }
        nb_cfg_observe(&c->nb_cfg, sbrec_sb_global_first(sb_idl), c->sw);
    }
    ofswitch_run(c->sw);
    groups_wait(&features);
    nb_cfg_collect(&c->nb_cfg, c->sw);
}

/* Nothing may be compiled before it is known which ids groups and meters have
 * from our predecessor. */
static void
meet_switch(struct controller *c)
{
    ofswitch_run(c->sw);
    if (ofswitch_ids_are_known(c->sw)) {
        poll_immediate_wake();
    }
}

/* Tells both databases which ports are here. */
static void
run_bindings(struct controller *c, struct ovsdb_idl_txn *ovs_txn,
             struct ovsdb_idl_txn *sb_txn, const struct ovsrec_bridge *br_int)
{
    const struct binding_ctx ctx = {
        .ovs_idl = c->ovs.loop.idl,
        .sb_idl = c->sb.loop.idl,
        .ovs_txn = ovs_txn,
        .sb_txn = sb_txn,
        .br_int = br_int,
        .chassis = our_chassis(c),
        .sw = c->sw,
        .complete = is_complete(c),
    };

    binding_run(&ctx);
}

/* Runs everything that needs the integration bridge. */
static void
run_all(struct controller *c, struct ovsdb_idl_txn *ovs_txn,
        struct ovsdb_idl_txn *sb_txn, const struct ovsrec_open_vswitch *ovs)
{
    const struct ovsrec_bridge *br_int = bridge_run(ovs_txn, ovs, &c->config);

    if (br_int) {
        ct_zones_restore(&c->ct_zones, br_int);
        update_switch_target(c, br_int);
        if (ofswitch_ids_are_known(c->sw)) {
            run_switch(c, br_int);
        } else {
            meet_switch(c);
        }
        if (ovs_txn) {
            write_ovs(c, ovs_txn, ovs, br_int);
        }
        flow_restore_run(&c->flow_restore, &c->config, ovs, ovs_txn != NULL,
                         c->sw, c->ready && is_complete(c));
        run_bindings(c, ovs_txn, sb_txn, br_int);
    }
    if (sb_txn) {
        write_sb(c, sb_txn, ovs, br_int);
    }
}

/* If the configuration says so, compares our version with that of ovn-northd.
 * Returns false if they differ: then nothing may be done, because the two may
 * mean different things by the same logical flows. */
static bool
version_matches(struct controller *c)
{
    const struct sbrec_sb_global *sb = sbrec_sb_global_first(c->sb.loop.idl);
    const char *ours = ovn_internal_version();
    const char *theirs = (sb
                          ? smap_get_def(&sb->options,
                                         "northd_internal_version", "")
                          : ours);
    bool matches = (!config_bool(&c->config, CFG_MATCH_NORTHD)
                    || !strcmp(ours, theirs));

    if (matches == c->version_differs) {
        c->version_differs = !matches;
        if (!matches) {
            VLOG_WARN("controller version %s differs from northd version "
                      "\"%s\"; doing nothing until they match", ours, theirs);
        } else {
            VLOG_INFO("controller and northd versions match");
        }
    }
    return matches;
}

/* One round of the main loop, without waiting. */
static void
iterate(struct controller *c)
{
    struct ovsdb_idl_txn *ovs_txn = db_begin(&c->ovs);
    struct ovsdb_idl_txn *sb_txn = db_begin(&c->sb);
    const struct ovsrec_open_vswitch *ovs
        = ovsrec_open_vswitch_first(c->ovs.loop.idl);

    if (ovs) {
        flow_restore_observe(&c->flow_restore, ovs, db_is_fresh(&c->ovs),
                             c->sw);
    }
    if (ovs && !c->paused) {
        configure(c, ovs);
        c->ovs_config_changed |= c->config_changed;
        c->sb_config_changed |= c->config_changed;
        c->config_changed = false;
        if (db_is_frozen(&c->sb) || !version_matches(c)) {
            ofswitch_run(c->sw);
        } else {
            run_all(c, ovs_txn, sb_txn, ovs);
        }
    }

    if (!db_end(&c->ovs)) {
        encaps_retry(&c->encaps);
        ct_zones_save_failed(&c->ct_zones);
        binding_retry();
        c->startup_marked = false;
    }
    if (!db_end(&c->sb)) {
        chassis_retry(&c->chassis);
        binding_retry();
    }
}

/* Arranges for poll_block() to wake up when iterate() has something to do.
 * (The databases arrange for themselves in db_end().) */
static void
wait_for_work(struct controller *c)
{
    if (!c->paused) {
        ofswitch_wait(c->sw);
        nb_cfg_wait(&c->nb_cfg);
        binding_wait();
    }
}

/* Removes what this chassis has in the databases.  Returns true if there is
 * nothing left to do. */
static bool
clean_up(struct controller *c, struct ovsdb_idl_txn *ovs_txn,
         struct ovsdb_idl_txn *sb_txn)
{
    const struct ovsrec_open_vswitch *ovs
        = ovsrec_open_vswitch_first(c->ovs.loop.idl);
    const struct ovsrec_bridge *br_int
        = ovs ? bridge_run(NULL, ovs, &c->config) : NULL;
    bool done = true;

    if (br_int) {
        done &= ovs_txn && encaps_cleanup(br_int);
    }
    if (ovsdb_idl_is_connected(c->sb.loop.idl) && !db_is_frozen(&c->sb)) {
        const struct binding_ctx ctx = {
            .ovs_idl = c->ovs.loop.idl,
            .sb_idl = c->sb.loop.idl,
            .ovs_txn = ovs_txn,
            .sb_txn = sb_txn,
            .chassis = our_chassis(c),
        };

        done &= binding_cleanup(&ctx);
        done &= sb_txn && chassis_cleanup(&c->chassis, &c->config);
    }
    return done;
}

/* Ends a run that is not to be taken up by another: cleans up, and waits until
 * that is through, though not for ever. */
static void
finish(struct controller *c)
{
    long long int deadline = time_msec() + 5000;
    bool done = false;

    while (!done && time_msec() < deadline) {
        struct ovsdb_idl_txn *ovs_txn = db_begin(&c->ovs);
        struct ovsdb_idl_txn *sb_txn = db_begin(&c->sb);

        done = clean_up(c, ovs_txn, sb_txn);
        db_end(&c->ovs);
        db_end(&c->sb);
        if (!done) {
            poll_timer_wait_until(deadline);
            poll_block();
        }
    }
    if (!done) {
        VLOG_WARN("gave up cleaning up: a database does not answer");
    }
}

static void
flush_ct_zone(void *sw_, uint16_t zone)
{
    struct ofswitch *sw = sw_;

    ofswitch_ct_flush_zone(sw, zone);
}

/* Answers memory/show, and logs usage when it has grown. */
static void
report_memory(const struct controller *c)
{
    memory_run();
    if (memory_should_report()) {
        struct simap usage = SIMAP_INITIALIZER(&usage);

        ovsdb_idl_get_memory_usage(c->ovs.loop.idl, &usage);
        ovsdb_idl_get_memory_usage(c->sb.loop.idl, &usage);
        inc_memory_usage(c->compile.inc, &usage);
        ofswitch_get_memory_usage(c->sw, &usage);
        memory_report(&usage);
        simap_destroy(&usage);
    }
    memory_wait();
}

static void
controller_init(struct controller *c, const struct options *options)
{
    *c = (struct controller) {
        .chassis_arg = options->chassis,
        .config = CONFIG_INITIALIZER,
        .startup_ts = time_wall_msec(),
        .sw = ofswitch_create(),
    };
    db_init(&c->ovs, "OVS", db_create_ovs(options->ovs_remote));
    db_init(&c->sb, "OVNSB", db_create_sb());
    chassis_init(&c->chassis, c->sb.loop.idl);
    encaps_init(&c->encaps, c->ovs.loop.idl, c->sb.loop.idl);
    ofswitch_set_packet_in_cb(c->sw, packet_in_run, NULL);
    ct_zones_init(&c->ct_zones, flush_ct_zone, c->sw);
    nb_cfg_init(&c->nb_cfg);
    compile_init(&c->compile, c->ovs.loop.idl, c->sb.loop.idl, c->sw,
                 &c->ct_zones);
}

static void
controller_destroy(struct controller *c)
{
    compile_destroy(&c->compile);
    nb_cfg_destroy(&c->nb_cfg);
    ct_zones_destroy(&c->ct_zones);
    encaps_destroy(&c->encaps);
    chassis_destroy(&c->chassis);
    ofswitch_destroy(c->sw);
    db_destroy(&c->sb);
    db_destroy(&c->ovs);
    config_destroy(&c->config);
    free(c->switch_target);
}

int
main(int argc, char *argv[])
{
    struct unixctl_server *unixctl;
    struct options options;
    struct controller c;
    int retval;

    ovs_cmdl_proctitle_init(argc, argv);
    ovn_set_program_name(argv[0]);
    service_start(&argc, &argv);
    parse_options(argc, argv, &options);
    fatal_ignore_sigpipe();

    daemonize_start(true);
    retval = unixctl_server_create(options.unixctl_path, &unixctl);
    if (retval) {
        exit(EXIT_FAILURE);
    }
    controller_init(&c, &options);
    commands_register(&c);
    VLOG_INFO("OVN internal version is : [%s]", ovn_internal_version());
    daemonize_complete();

    while (!c.exiting) {
        iterate(&c);
        unixctl_server_run(unixctl);
        unixctl_server_wait(unixctl);
        wait_for_work(&c);
        report_memory(&c);
        if (c.exiting || should_service_stop()) {
            poll_immediate_wake();
            c.exiting = true;
        }
        poll_block();
    }

    if (!c.keep && config_bool(&c.config, CFG_CLEANUP_ON_EXIT)) {
        finish(&c);
    }
    commands_reply_exit(&c);
    unixctl_server_destroy(unixctl);
    controller_destroy(&c);
    free(options.ovs_remote);
    free(options.unixctl_path);
    free(options.chassis);
    service_stop();
    return EXIT_SUCCESS;
}

static void
parse_options(int argc, char *argv[], struct options *o)
{
    enum {
        OPT_PEER_CA_CERT = UCHAR_MAX + 1,
        OPT_BOOTSTRAP_CA_CERT,
        OPT_DUMMY_VIF_PLUG,
        OPT_UNIXCTL,
        VLOG_OPTION_ENUMS,
        DAEMON_OPTION_ENUMS,
        SSL_OPTION_ENUMS,
    };
    static const struct option long_options[] = {
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'V'},
        {"unixctl", required_argument, NULL, OPT_UNIXCTL},
        {"chassis", required_argument, NULL, 'n'},
        {"enable-dummy-vif-plug", no_argument, NULL, OPT_DUMMY_VIF_PLUG},
        VLOG_LONG_OPTIONS,
        DAEMON_LONG_OPTIONS,
        STREAM_SSL_LONG_OPTIONS,
        {"peer-ca-cert", required_argument, NULL, OPT_PEER_CA_CERT},
        {"bootstrap-ca-cert", required_argument, NULL, OPT_BOOTSTRAP_CA_CERT},
        {NULL, 0, NULL, 0},
    };
    int c;

    *o = (struct options) { .ovs_remote = NULL };
    while ((c = ovn_getopt(argc, argv, "", long_options, usage,
                           OFP15_VERSION)) != -1) {
        switch (c) {
        case 'n':
            free(o->chassis);
            o->chassis = xstrdup(optarg);
            break;

        case OPT_UNIXCTL:
            free(o->unixctl_path);
            o->unixctl_path = xstrdup(optarg);
            break;

        case OPT_DUMMY_VIF_PLUG:
            /* There is no plug provider that it could enable so far. */
            break;

        VLOG_OPTION_HANDLERS
        DAEMON_OPTION_HANDLERS

        case 'p':
            ssl_private_key_file = optarg;
            break;

        case 'c':
            ssl_certificate_file = optarg;
            break;

        case 'C':
            ssl_ca_cert_file = optarg;
            ssl_bootstrap = false;
            break;

        case OPT_SSL_PROTOCOLS:
            stream_ssl_set_protocols(optarg);
            break;

        case OPT_SSL_CIPHERS:
            stream_ssl_set_ciphers(optarg);
            break;

        case OPT_PEER_CA_CERT:
            stream_ssl_set_peer_ca_cert_file(optarg);
            break;

        case OPT_BOOTSTRAP_CA_CERT:
            ssl_ca_cert_file = optarg;
            ssl_bootstrap = true;
            break;

        default:
            OVS_NOT_REACHED();
        }
    }

    argc -= optind;
    argv += optind;
    if (argc > 1) {
        ovs_fatal(0, "too many arguments; use --help for usage");
    }
    o->ovs_remote = xstrdup(argc ? argv[0] : ovn_default_ovs_db());
}

static void
usage(void)
{
    printf("%s: OVN controller\n"
           "usage: %s [OPTIONS] [OVS-DATABASE]\n"
           "where OVS-DATABASE is a socket on which the local Open vSwitch "
           "database listens\n"
           "(default: %s).\n",
           program_name, program_name, ovn_default_ovs_db());
    stream_usage("OVS-DATABASE", true, false, true);
    daemon_usage();
    vlog_usage();
    printf("\nOther options:\n"
           "  -n, --chassis=NAME      name of this chassis, in place of "
           "system-id\n"
           "  --enable-dummy-vif-plug  for tests\n"
           "  --unixctl=SOCKET        override default control socket name\n"
           "  -h, --help              display this help message\n"
           "  -V, --version           display version information\n");
    exit(EXIT_SUCCESS);
}
