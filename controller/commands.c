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
#include "lib/inc.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "ovsdb-idl.h"
#include "svec.h"
#include "unixctl.h"
#include "util.h"

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
cmd_ct_zone_list(struct unixctl_conn *conn, int argc OVS_UNUSED,
                 const char *argv[] OVS_UNUSED, void *c_)
{
    const struct controller *c = c_;
    struct ds ds = DS_EMPTY_INITIALIZER;

    ct_zones_format(&c->ct_zones, &ds);
    unixctl_command_reply(conn, ds_cstr(&ds));
    ds_destroy(&ds);
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

static void
cmd_cache_stats(struct unixctl_conn *conn, int argc OVS_UNUSED,
                const char *argv[] OVS_UNUSED, void *c_ OVS_UNUSED)
{
    size_t n = lflow_n_parsed();
    char *reply = xasprintf("Enabled: true\n"
                            "total           : %"PRIuSIZE"\n"
                            "cache-expr      : %"PRIuSIZE"\n"
                            "cache-matches   : 0\n", n, n);

    unixctl_command_reply(conn, reply);
    free(reply);
}

static void
cmd_dump_bindings(struct unixctl_conn *conn, int argc OVS_UNUSED,
                  const char *argv[] OVS_UNUSED, void *c_)
{
    const struct controller *c = c_;
    struct ds ds = DS_EMPTY_INITIALIZER;

    binding_format(c->ovs.loop.idl, c->sb.loop.idl, &ds);
    unixctl_command_reply(conn, ds_cstr(&ds));
    ds_destroy(&ds);
}

static void
cmd_dump_datapaths(struct unixctl_conn *conn, int argc OVS_UNUSED,
                   const char *argv[] OVS_UNUSED, void *c_ OVS_UNUSED)
{
    struct svec uuids = SVEC_EMPTY_INITIALIZER;
    struct ds ds = DS_EMPTY_INITIALIZER;
    const char *uuid;
    size_t i;

    local_dp_list(&uuids);
    svec_sort(&uuids);
    ds_put_cstr(&ds, "Local datapaths:\n");
    SVEC_FOR_EACH (i, uuid, &uuids) {
        ds_put_format(&ds, "Datapath: %s\n", uuid);
    }
    unixctl_command_reply(conn, ds_cstr(&ds));
    ds_destroy(&ds);
    svec_destroy(&uuids);
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
        { "ct-zone-list", "", 0, 0, cmd_ct_zone_list },
        { "sb-cluster-state-reset", "", 0, 0, cmd_sb_cluster_state_reset },
        { "debug/pause", "", 0, 0, cmd_pause },
        { "debug/resume", "", 0, 0, cmd_resume },
        { "debug/status", "", 0, 0, cmd_status },
        { "debug/delay-nb-cfg-report", "SECONDS", 1, 1, cmd_delay_nb_cfg },
        { "debug/dump-local-bindings", "", 0, 0, cmd_dump_bindings },
        { "debug/dump-local-datapaths", "", 0, 0, cmd_dump_datapaths },
        { "inject-pkt", "MICROFLOW", 1, 1, cmd_inject_pkt },
        { "recompute", "[deprecated]", 0, 0, cmd_recompute },
        { "lflow-cache/flush", "", 0, 0, cmd_flush_cache },
        { "flush-lflow-cache", "[deprecated]", 0, 0, cmd_flush_cache },
        { "lflow-cache/show-stats", "", 0, 0, cmd_cache_stats },
    };

    for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
        unixctl_command_register(commands[i].name, commands[i].usage,
                                 commands[i].min_args, commands[i].max_args,
                                 commands[i].cb, c);
    }
    ofswitch_register_unixctl(c->sw);
    inc_unixctl_init(c->compile.inc);
}
