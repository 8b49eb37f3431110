/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Runtime management: the commands of "ovn-appctl -t ovn-northd", except those
 * of the engine (lib/inc.h). */

#include <config.h>

#include <stdlib.h>

#include "dummy.h"
#include "northd/northd.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/vlog.h"
#include "ovsdb/ovn-sb-idl.h"
#include "smap.h"
#include "unixctl.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(northd_control);

static void
control_exit(struct unixctl_conn *conn, int argc OVS_UNUSED,
             const char *argv[] OVS_UNUSED, void *nd_)
{
    struct northd *nd = nd_;

    nd->exiting = true;
    unixctl_command_reply(conn, NULL);
}

static void
control_pause(struct unixctl_conn *conn, int argc OVS_UNUSED,
              const char *argv[] OVS_UNUSED, void *nd_)
{
    northd_pause(nd_, true);
    unixctl_command_reply(conn, NULL);
}

static void
control_resume(struct unixctl_conn *conn, int argc OVS_UNUSED,
               const char *argv[] OVS_UNUSED, void *nd_)
{
    northd_pause(nd_, false);
    unixctl_command_reply(conn, NULL);
}

static void
control_is_paused(struct unixctl_conn *conn, int argc OVS_UNUSED,
                  const char *argv[] OVS_UNUSED, void *nd_)
{
    const struct northd *nd = nd_;

    unixctl_command_reply(conn, nd->paused ? "true" : "false");
}

static void
control_status(struct unixctl_conn *conn, int argc OVS_UNUSED,
               const char *argv[] OVS_UNUSED, void *nd_)
{
    static const char *const names[] = {
        [NORTHD_ACTIVE] = "active",
        [NORTHD_STANDBY] = "standby",
        [NORTHD_PAUSED] = "paused",
    };
    char *reply = xasprintf("Status: %s\n", names[northd_get_role(nd_)]);

    unixctl_command_reply(conn, reply);
    free(reply);
}

static void
control_connection_status(struct unixctl_conn *conn, int argc OVS_UNUSED,
                          const char *argv[] OVS_UNUSED, void *db)
{
    unixctl_command_reply(conn, (db_is_connected(db)
                                 ? "connected\n" : "not connected\n"));
}

/* The index of the database log that the client has seen protects it from a
 * cluster member that lags behind.  It is in the way when a cluster is built
 * anew. */
static void
control_cluster_state_reset(struct unixctl_conn *conn, int argc OVS_UNUSED,
                            const char *argv[] OVS_UNUSED, void *db_)
{
    struct northd_db *db = db_;

    VLOG_INFO("%s: forgetting the state of the cluster", db->remote);
    ovsdb_idl_reset_min_index(db->loop.idl);
    unixctl_command_reply(conn, NULL);
}

static void
control_set_n_threads(struct unixctl_conn *conn, int argc OVS_UNUSED,
                      const char *argv[], void *nd_)
{
    struct northd *nd = nd_;
    int n;

    if (!str_to_int(argv[1], 10, &n)
        || n < NORTHD_THREADS_MIN || n > NORTHD_THREADS_MAX) {
        char *error = xasprintf("%s: not a number of threads from %d to %d",
                                argv[1], NORTHD_THREADS_MIN,
                                NORTHD_THREADS_MAX);

        unixctl_command_reply_error(conn, error);
        free(error);
        return;
    }
    nd->n_threads = n;
    unixctl_command_reply(conn, NULL);
}

static void
control_get_n_threads(struct unixctl_conn *conn, int argc OVS_UNUSED,
                      const char *argv[] OVS_UNUSED, void *nd_)
{
    const struct northd *nd = nd_;
    char *reply = xasprintf("%d\n", nd->n_threads);

    unixctl_command_reply(conn, reply);
    free(reply);
}

/* Lists the features that chassis advertise, and whether all of them do. */
static void
control_chassis_features(struct unixctl_conn *conn, int argc OVS_UNUSED,
                         const char *argv[] OVS_UNUSED, void *nd_)
{
    static const char *const features[] = {
        "ct-commit-nat-v2", "ct-commit-to-zone", "ct-label-flush",
        "ct-next-zone", "ct-state-save", "ovn-sample-with-registers",
    };
    const struct northd *nd = nd_;
    struct ds s = DS_EMPTY_INITIALIZER;

    for (size_t i = 0; i < ARRAY_SIZE(features); i++) {
        const struct sbrec_chassis *row;
        bool all = true;

        SBREC_CHASSIS_FOR_EACH (row, nd->sb.loop.idl) {
            all = all
                && (smap_get_bool(&row->other_config, "is-remote", false)
                    || smap_get_bool(&row->other_config, features[i], false));
        }
        ds_put_format(&s, "%s: %s\n", features[i], all ? "true" : "false");
    }
    unixctl_command_reply(conn, ds_cstr(&s));
    ds_destroy(&s);
}

static void
control_enable_timewarp(struct unixctl_conn *conn, int argc OVS_UNUSED,
                        const char *argv[] OVS_UNUSED, void *aux OVS_UNUSED)
{
    timeval_dummy_register();
    unixctl_command_reply(conn, NULL);
}

/* Registers the commands, which act on 'nd'. */
void
northd_control_init(struct northd *nd)
{
    const struct {
        const char *name;
        const char *usage;
        int n_args;
        unixctl_cb_func *function;
        void *aux;
    } commands[] = {
        { "exit", "", 0, control_exit, nd },
        { "pause", "", 0, control_pause, nd },
        { "resume", "", 0, control_resume, nd },
        { "is-paused", "", 0, control_is_paused, nd },
        { "status", "", 0, control_status, nd },
        { "nb-connection-status", "", 0, control_connection_status, &nd->nb },
        { "sb-connection-status", "", 0, control_connection_status, &nd->sb },
        { "nb-cluster-state-reset", "", 0, control_cluster_state_reset,
          &nd->nb },
        { "sb-cluster-state-reset", "", 0, control_cluster_state_reset,
          &nd->sb },
        { "parallel-build/set-n-threads", "N", 1, control_set_n_threads, nd },
        { "parallel-build/get-n-threads", "", 0, control_get_n_threads, nd },
        { "debug/chassis-features-list", "", 0, control_chassis_features,
          nd },
        { "debug/enable-timewarp", "", 0, control_enable_timewarp, NULL },
    };

    for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
        unixctl_command_register(commands[i].name, commands[i].usage,
                                 commands[i].n_args, commands[i].n_args,
                                 commands[i].function, commands[i].aux);
    }
}
