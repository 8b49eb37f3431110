/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef LIB_OVN_DIRS_H
#define LIB_OVN_DIRS_H 1

/* Where this suite's programs find each other.
 *
 * Everything is found through a few directories.  Each comes from an
 * environment variable if that is set and not empty, otherwise from
 * "configure".  OVN_X directories belong to this suite, OVS_X directories to
 * the Open vSwitch that runs beside it.
 *
 * The Open vSwitch library writes pid files, control sockets and log files in
 * *its* directories.  Ours must be in OVN_RUNDIR and OVN_LOGDIR, so a program
 * starts with
 *
 *     ovn_set_program_name(argv[0]);
 *
 * before anything else, even before it parses options.  From then on
 * ovs_rundir(), ovs_logdir() and the library's functions that use them
 * (--pidfile, --log-file, --unixctl, "unix:FILE" with a relative FILE) mean
 * ovn_rundir() and ovn_logdir().  A program that needs Open vSwitch's own run
 * directory after that (the controller: the local database, the bridges'
 * management sockets) asks ovn_ovs_rundir().
 *
 * All functions return strings that live as long as the program; the caller
 * must not free them.  They are meant for the main thread at start-up, though
 * reading them again later from any thread is fine. */

#include <stdint.h>

/* Directories. */
const char *ovn_sysconfdir(void);   /* OVN_SYSCONFDIR, e.g. /etc. */
const char *ovn_pkgdatadir(void);   /* OVN_PKGDATADIR, /usr/share/ovn. */
const char *ovn_bindir(void);       /* OVN_BINDIR, e.g. /usr/bin. */
const char *ovn_rundir(void);       /* OVN_RUNDIR, e.g. /var/run/ovn. */
const char *ovn_logdir(void);       /* OVN_LOGDIR, e.g. /var/log/ovn. */
const char *ovn_dbdir(void);        /* OVN_DBDIR, e.g. /var/lib/ovn. */
const char *ovn_ovs_rundir(void);   /* OVS_RUNDIR, /var/run/openvswitch. */

/* Default remotes, for ovsdb_idl_create() and usage messages. */
const char *ovn_default_nb_db(void);  /* OVN_NB_DB or the socket below. */
const char *ovn_default_sb_db(void);  /* OVN_SB_DB or the socket below. */
const char *ovn_default_ovs_db(void); /* unix:OVS_RUNDIR/db.sock. */

/* The sockets "ovn-ctl" has database servers listen on: "unix:FILE". */
const char *ovn_nb_db_socket(void);   /* unix:OVN_RUNDIR/ovnnb_db.sock. */
const char *ovn_sb_db_socket(void);   /* unix:OVN_RUNDIR/ovnsb_db.sock. */

/* Program name and version. */
void ovn_set_program_name(const char *argv0);
const char *ovn_version(void);
void ovn_print_version(uint8_t min_ofp, uint8_t max_ofp);

/* Names of running daemons. */
char *ovn_find_daemon_socket(const char *target, char **socketp);

#endif /* lib/ovn-dirs.h */
