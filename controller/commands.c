/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* What "ovn-appctl -t ovn-controller" can ask.  (The commands of the engine
 * and of the switch connection are registered by those.) */

#include <config.h>

#include "controller/controller.h"

#include <stdlib.h>
#include <string.h>

#include "controller/binding.h"
#include "controller/inject.h"
#include "controller/lflow.h"
#include "controller/local.h"
#include "controller/monitor.h"
#include "controller/reach.h"
#include "controller/template.h"
#include "dummy.h"
#include "lib/inc.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "ovsdb-idl.h"
#include "ovsdb/ovn-sb-idl.h"
#include "svec.h"
#include "unixctl.h"
#include "util.h"
#include "uuid.h"

VLOG_DEFINE_THIS_MODULE(commands);

/* "exit [--restart]": the reply comes when the databases are cleaned up. */
static void
cmd_exit(struct unixctl_conn *conn, int argc, const char *argv[], void *c_)
{
    struct controller *c = c_;

    if (argc > 1 && strcmp(argv[1], "--restart")) {
        unixctl_command_reply_error(conn, "usage: exit [--restart]");
        return;
    }
    c->exiting = true;
    c->keep = argc > 1;
    c->exit_conns = xrealloc(c->exit_conns, (c->n_exit_conns + 1)
                                            * sizeof *c->exit_conns);
    c->exit_conns[c->n_exit_conns++] = conn;
}

/* Replies to everyone who asked for the end. */
void
commands_reply_exit(struct controller *c)
{
    for (size_t i = 0; i < c->n_exit_conns; i++) {
        unixctl_command_reply(c->exit_conns[i], NULL);
    }
    free(c->exit_conns);
    c->exit_conns = NULL;
    c->n_exit_conns = 0;
}

static void
cmd_connection_status(struct unixctl_conn *conn, int argc OVS_UNUSED,
                      const char *argv[] OVS_UNUSED, void *c_)
{
    const struct controller *c = c_;
    bool connected = ovsdb_idl_is_connected(c->sb.loop.idl);

    unixctl_command_reply(conn, connected ? "connected" : "not connected");
}

static void
cmd_sb_cluster_state_reset(struct unixctl_conn *conn, int argc OVS_UNUSED,
                           const char *argv[] OVS_UNUSED, void *c_)
{
    struct controller *c = c_;

    VLOG_INFO("resetting southbound database cluster state");
    ovsdb_idl_reset_min_index(c->sb.loop.idl);
    unixctl_command_reply(conn, NULL);
}

static void
cmd_pause(struct unixctl_conn *conn, int argc OVS_UNUSED,
          const char *argv[] OVS_UNUSED, void *c_)
{
    struct controller *c = c_;

    c->paused = true;
    unixctl_command_reply(conn, NULL);
}

static void
cmd_resume(struct unixctl_conn *conn, int argc OVS_UNUSED,
           const char *argv[] OVS_UNUSED, void *c_)
{
    struct controller *c = c_;

    c->paused = false;
    unixctl_command_reply(conn, NULL);
}

static void
cmd_status(struct unixctl_conn *conn, int argc OVS_UNUSED,
           const char *argv[] OVS_UNUSED, void *c_)
{
    const struct controller *c = c_;

    unixctl_command_reply(conn, c->paused ? "paused" : "running");
}

static void
cmd_delay_nb_cfg(struct unixctl_conn *conn, int argc OVS_UNUSED,
                 const char *argv[], void *c_)
{
    struct controller *c = c_;
    unsigned int seconds;

    if (!str_to_uint(argv[1], 10, &seconds)) {
        unixctl_command_reply_error(conn, "unsigned integer required");
        return;
    }
    nb_cfg_set_delay(&c->nb_cfg, seconds);
    unixctl_command_reply(conn,
                          seconds ? NULL : "no delay for nb_cfg report.");
}

static void
cmd_inject_pkt(struct unixctl_conn *conn, int argc OVS_UNUSED,
               const char *argv[], void *c_)
{
    struct controller *c = c_;
    const struct sbrec_chassis *chassis
        = (c->config.chassis
           ? chassis_get(&c->chassis, c->config.chassis) : NULL);
    char *error = inject_packet(c->sb.loop.idl, chassis, &c->ct_zones, c->sw,
                                argv[1]);

    if (error) {
        unixctl_command_reply_error(conn, error);
        free(error);
    } else {
        unixctl_command_reply(conn, NULL);
    }
}

/* "recompute", the former name of "inc-engine/recompute". */
static void
cmd_recompute(struct unixctl_conn *conn, int argc OVS_UNUSED,
              const char *argv[] OVS_UNUSED, void *c_)
{
    struct controller *c = c_;

    inc_recompute(c->compile.inc);
    poll_immediate_wake();
    unixctl_command_reply(conn, NULL);
}

/* What is parsed of logical flows is part of the engine's state, and cannot be
 * dropped apart from it. */
static void
cmd_flush_cache(struct unixctl_conn *conn, int argc OVS_UNUSED,
                const char *argv[] OVS_UNUSED, void *c_ OVS_UNUSED)
{
    unixctl_command_reply(conn, NULL);
}

/* Commands that print something, and do nothing: each appends to 'ds'. */

/* Appends the lines in 'lines', sorted, each once, to 'ds', and destroys
 * 'lines'. */
static void
put_lines(struct svec *lines, struct ds *ds)
{
    const char *line;
    size_t i;

    svec_sort_unique(lines);
    SVEC_FOR_EACH (i, line, lines) {
        ds_put_format(ds, "%s\n", line);
    }
    svec_destroy(lines);
}

static void
format_ct_zones(const struct controller *c, struct ds *ds)
{
    ct_zones_format(&c->ct_zones, ds);
}

static void
format_cache_stats(const struct controller *c OVS_UNUSED, struct ds *ds)
{
    size_t n = lflow_n_parsed();

    ds_put_format(ds, "Enabled: true\n"
                  "total           : %"PRIuSIZE"\n"
                  "cache-expr      : %"PRIuSIZE"\n"
                  "cache-matches   : 0\n", n, n);
}

static void
format_bindings(const struct controller *c, struct ds *ds)
{
    binding_format(c->ovs.loop.idl, c->sb.loop.idl, ds);
}

static void
format_datapaths(const struct controller *c OVS_UNUSED, struct ds *ds)
{
    struct svec lines = SVEC_EMPTY_INITIALIZER;

    local_dp_list(&lines);
    ds_put_cstr(ds, "Local datapaths:\n");
    put_lines(&lines, ds);
}

static void
format_conj_ids(const struct controller *c OVS_UNUSED, struct ds *ds)
{
    lflow_format_conj_ids(ds);
}

static void
format_template_vars(const struct controller *c, struct ds *ds)
{
    template_format(c->sb.loop.idl, c->config.chassis, ds);
}

/* MAC bindings of local datapaths. */
static void
format_mac_bindings(const struct controller *c, struct ds *ds)
{
    const struct sbrec_mac_binding *mb;
    struct svec lines = SVEC_EMPTY_INITIALIZER;

    SBREC_MAC_BINDING_FOR_EACH (mb, c->sb.loop.idl) {
        if (mb->datapath && local_dp_exists(&mb->datapath->header_.uuid)) {
            svec_add_nocopy(&lines, xasprintf(
                "lport: %s, ip: %s, mac: %s, datapath: "UUID_FMT,
                mb->logical_port, mb->ip, mb->mac,
                UUID_ARGS(&mb->datapath->header_.uuid)));
        }
    }
    ds_put_cstr(ds, "MAC bindings:\n");
    put_lines(&lines, ds);
}

static void
format_peer_ports(const struct controller *c, struct ds *ds)
{
    struct svec lines = SVEC_EMPTY_INITIALIZER;

    reach_list_patches(c->sb.loop.idl, &lines, NULL);
    ds_put_cstr(ds, "Peer ports:\n");
    put_lines(&lines, ds);
}

/* Ports whose bindings this chassis follows because of the interfaces that it
 * has: those that they implement, or are waiting for, and the patch ports that
 * lead away from there. */
static void
format_related_ports(const struct controller *c, struct ds *ds)
{
    struct svec names = SVEC_EMPTY_INITIALIZER;

    binding_list(c->sb.loop.idl, &names);
    monitor_list_ports(&names);
    reach_list_patches(c->sb.loop.idl, NULL, &names);
    ds_put_cstr(ds, "Related ports:\n");
    put_lines(&names, ds);
}

struct dump {
    const char *name;
    void (*format)(const struct controller *, struct ds *);
    const struct controller *c;
};

static struct dump dumps[] = {
    { "ct-zone-list", format_ct_zones, NULL },
    { "lflow-cache/show-stats", format_cache_stats, NULL },
    { "debug/dump-local-bindings", format_bindings, NULL },
    { "debug/dump-local-datapaths", format_datapaths, NULL },
    { "debug/dump-lflow-conj-ids", format_conj_ids, NULL },
    { "debug/dump-local-template-vars", format_template_vars, NULL },
    { "debug/dump-peer-ports", format_peer_ports, NULL },
    { "debug/dump-related-ports", format_related_ports, NULL },
    { "debug/dump-mac-bindings", format_mac_bindings, NULL },
};

static void
cmd_dump(struct unixctl_conn *conn, int argc OVS_UNUSED,
         const char *argv[] OVS_UNUSED, void *dump_)
{
    const struct dump *dump = dump_;
    struct ds ds = DS_EMPTY_INITIALIZER;

    dump->format(dump->c, &ds);
    unixctl_command_reply(conn, ds_cstr(&ds));
    ds_destroy(&ds);
}

/* "debug/enable-timewarp": registers the commands that move the clock. */
static void
cmd_enable_timewarp(struct unixctl_conn *conn, int argc OVS_UNUSED,
                    const char *argv[] OVS_UNUSED, void *c_ OVS_UNUSED)
{
    timeval_dummy_register();
    unixctl_command_reply(conn, NULL);
}

/* Registers all commands for 'c', which must live as long as the unixctl
 * server. */
void
commands_register(struct controller *c)
{
    static const struct {
        const char *name, *usage;
        int min_args, max_args;
        unixctl_cb_func *cb;
    } commands[] = {
        { "exit", "[--restart]", 0, 1, cmd_exit },
        { "connection-status", "", 0, 0, cmd_connection_status },
        { "sb-cluster-state-reset", "", 0, 0, cmd_sb_cluster_state_reset },
        { "debug/pause", "", 0, 0, cmd_pause },
        { "debug/resume", "", 0, 0, cmd_resume },
        { "debug/status", "", 0, 0, cmd_status },
        { "debug/delay-nb-cfg-report", "SECONDS", 1, 1, cmd_delay_nb_cfg },
        { "debug/enable-timewarp", "", 0, 0, cmd_enable_timewarp },
        { "inject-pkt", "MICROFLOW", 1, 1, cmd_inject_pkt },
        { "recompute", "[deprecated]", 0, 0, cmd_recompute },
        { "lflow-cache/flush", "", 0, 0, cmd_flush_cache },
        { "flush-lflow-cache", "[deprecated]", 0, 0, cmd_flush_cache },
    };

    for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
        unixctl_command_register(commands[i].name, commands[i].usage,
                                 commands[i].min_args, commands[i].max_args,
                                 commands[i].cb, c);
    }
    for (size_t i = 0; i < ARRAY_SIZE(dumps); i++) {
        dumps[i].c = c;
        unixctl_command_register(dumps[i].name, "", 0, 0, cmd_dump,
                                 &dumps[i]);
    }
    ofswitch_register_unixctl(c->sw);
    inc_unixctl_init(c->compile.inc);
}
