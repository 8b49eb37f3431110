/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Directories, default database remotes and the program's name and version.
 * See lib/ovn-dirs.h for what they are for and in which order to call.
 *
 * The values that "configure" decides come from lib/ovn-paths.h, which the
 * build generates. */

#include <config.h>

#include "lib/ovn-dirs.h"

#include <stdlib.h>

#include "daemon.h"
#include "lib/ovn-paths.h"
#include "ovs-thread.h"
#include "util.h"

/* A string that is computed when it is first asked for. */
struct lazy {
    struct ovsthread_once once;
    const char *value;
};
#define LAZY_INITIALIZER { OVSTHREAD_ONCE_INITIALIZER, NULL }

/* Returns the value of the environment variable 'name', or 'fallback' if it
 * is unset or empty. */
static const char *
env_or(const char *name, const char *fallback)
{
    const char *value = getenv(name);
    return value && value[0] ? value : fallback;
}

/* Fills in 'lazy' from the environment variable 'name', or else with
 * 'fallback', unless that has been done already, and returns the value.
 *
 * The value is copied: a later setenv() must not change it. */
static const char *
lazy_env(struct lazy *lazy, const char *name, const char *fallback)
{
    if (ovsthread_once_start(&lazy->once)) {
        lazy->value = xstrdup(env_or(name, fallback));
        ovsthread_once_done(&lazy->once);
    }
    return lazy->value;
}

const char *
ovn_sysconfdir(void)
{
    static struct lazy dir = LAZY_INITIALIZER;
    return lazy_env(&dir, "OVN_SYSCONFDIR", OVN_DEFAULT_SYSCONFDIR);
}

const char *
ovn_pkgdatadir(void)
{
    static struct lazy dir = LAZY_INITIALIZER;
    return lazy_env(&dir, "OVN_PKGDATADIR", OVN_DEFAULT_PKGDATADIR);
}

const char *
ovn_bindir(void)
{
    static struct lazy dir = LAZY_INITIALIZER;
    return lazy_env(&dir, "OVN_BINDIR", OVN_DEFAULT_BINDIR);
}

const char *
ovn_rundir(void)
{
    static struct lazy dir = LAZY_INITIALIZER;
    return lazy_env(&dir, "OVN_RUNDIR", OVN_DEFAULT_RUNDIR);
}

const char *
ovn_logdir(void)
{
    static struct lazy dir = LAZY_INITIALIZER;
    return lazy_env(&dir, "OVN_LOGDIR", OVN_DEFAULT_LOGDIR);
}

/* As in Open vSwitch, somebody who sets only OVN_SYSCONFDIR keeps the
 * databases there too. */
const char *
ovn_dbdir(void)
{
    static struct lazy dir = LAZY_INITIALIZER;

    if (ovsthread_once_start(&dir.once)) {
        const char *sysconfdir = env_or("OVN_SYSCONFDIR", NULL);
        char *fallback = sysconfdir ? xasprintf("%s/ovn", sysconfdir)
                                    : xstrdup(OVN_DEFAULT_DBDIR);
        dir.value = xstrdup(env_or("OVN_DBDIR", fallback));
        free(fallback);
        ovsthread_once_done(&dir.once);
    }
    return dir.value;
}

/* Open vSwitch's run directory, whatever ovn_set_program_name() made
 * ovs_rundir() mean. */
const char *
ovn_ovs_rundir(void)
{
    static struct lazy dir = LAZY_INITIALIZER;
    return lazy_env(&dir, "OVS_RUNDIR", OVN_DEFAULT_OVS_RUNDIR);
}

/* Fills in 'lazy' with "unix:'dir'/'file'" the first time. */
static const char *
lazy_socket(struct lazy *lazy, const char *dir, const char *file)
{
    if (ovsthread_once_start(&lazy->once)) {
        lazy->value = xasprintf("unix:%s/%s", dir, file);
        ovsthread_once_done(&lazy->once);
    }
    return lazy->value;
}

const char *
ovn_nb_db_socket(void)
{
    static struct lazy socket = LAZY_INITIALIZER;
    return lazy_socket(&socket, ovn_rundir(), "ovnnb_db.sock");
}

const char *
ovn_sb_db_socket(void)
{
    static struct lazy socket = LAZY_INITIALIZER;
    return lazy_socket(&socket, ovn_rundir(), "ovnsb_db.sock");
}

const char *
ovn_default_nb_db(void)
{
    static struct lazy db = LAZY_INITIALIZER;
    return lazy_env(&db, "OVN_NB_DB", ovn_nb_db_socket());
}

const char *
ovn_default_sb_db(void)
{
    static struct lazy db = LAZY_INITIALIZER;
    return lazy_env(&db, "OVN_SB_DB", ovn_sb_db_socket());
}

const char *
ovn_default_ovs_db(void)
{
    static struct lazy db = LAZY_INITIALIZER;
    return lazy_socket(&db, ovn_ovs_rundir(), "db.sock");
}

/* Makes the program's name the last component of 'argv0' and its version this
 * suite's, and makes the Open vSwitch library use our run and log directories
 * (see the top of lib/ovn-dirs.h).  Must be called first in main(). */
void
ovn_set_program_name(const char *argv0)
{
    ovs_set_program_name(argv0, ovn_version());

    /* Remember the originals before they are overwritten. */
    ovn_ovs_rundir();
    setenv("OVS_RUNDIR", ovn_rundir(), 1);
    setenv("OVS_LOGDIR", ovn_logdir(), 1);
}

/* Returns this suite's version, e.g. "26.03.90". */
const char *
ovn_version(void)
{
    return OVN_PATHS_VERSION;
}

/* Prints the program's name and version and, unless both are 0, the OpenFlow
 * versions it speaks, as "--version" does. */
void
ovn_print_version(uint8_t min_ofp, uint8_t max_ofp)
{
    ovs_print_version(min_ofp, max_ofp);
}

/* Finds the control socket of the daemon 'target', which may be
 *
 *     - an absolute file name: that socket, or
 *
 *     - a daemon's name, e.g. "ovn-northd", whose pid is in
 *       OVN_RUNDIR/'target'.pid.
 *
 * On success stores the socket's file name in '*socketp', which the caller
 * must free, and returns NULL.  On failure stores NULL and returns an error
 * message, which the caller must free. */
char *
ovn_find_daemon_socket(const char *target, char **socketp)
{
    *socketp = NULL;
    if (target[0] == '/') {
        *socketp = xstrdup(target);
        return NULL;
    }

    char *pidfile = xasprintf("%s/%s.pid", ovn_rundir(), target);
    pid_t pid = read_pidfile(pidfile);
    char *error = NULL;
    if (pid < 0) {
        error = xasprintf("cannot read pidfile \"%s\" (%s)",
                          pidfile, ovs_strerror(-pid));
    } else {
        *socketp = xasprintf("%s/%s.%ld.ctl",
                             ovn_rundir(), target, (long int) pid);
    }
    free(pidfile);
    return error;
}
