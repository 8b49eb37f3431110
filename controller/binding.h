/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef CONTROLLER_BINDING_H
#define CONTROLLER_BINDING_H 1

/* Tells the databases which ports are here.
 *
 * Units claim or release a port.  A claimed port goes through these steps, all
 * derived from what the databases say, so that it does not matter where an
 * earlier incarnation or a failed transaction left off:
 *
 *     claim      Port_Binding's chassis (and encap) become ours.  A port that
 *                another chassis took from us a moment ago is left to it for
 *                a while: two chassis with the same interface must not fight
 *                as fast as they can.
 *     install    A fence is put up in the switch connection, once everything
 *                about the port's datapath is known and compiled.
 *     announce   When the switch has passed the fence, the interface gets
 *                external_ids:ovn-installed, and Port_Binding's up is set.
 *
 * A released port loses all of these. */

#include <stdbool.h>
#include <stdint.h>

#include "lib/inc.h"

struct ds;
struct ofswitch;
struct ovsdb_idl;
struct ovsdb_idl_txn;
struct ovsrec_bridge;
struct sbrec_chassis;
struct svec;

extern struct inc_output binding_output;

/* For units: port 'pb' is here, implemented by 'iface', an Interface row.
 * 'state' is a hash of whatever in the databases the steps above depend on:
 * when it changes, they are gone through again. */
void binding_claim(struct inc_cx *, struct inc_ref pb,
                   const struct uuid *iface, uint32_t state);

/* For units: port 'pb' says that it is here, but it is not. */
void binding_release(struct inc_cx *, struct inc_ref pb);

/* What binding_run() and binding_cleanup() work with. */
struct binding_ctx {
    struct ovsdb_idl *ovs_idl, *sb_idl;
    struct ovsdb_idl_txn *ovs_txn, *sb_txn;     /* NULL: cannot write now. */
    const struct ovsrec_bridge *br_int;         /* For binding_run(). */
    const struct sbrec_chassis *chassis;        /* Ours, or NULL. */
    struct ofswitch *sw;
    bool complete;              /* Everything known so far is compiled, and
                                 * nothing is being waited for. */
};

void binding_run(const struct binding_ctx *);
void binding_retry(void);
void binding_wait(void);
bool binding_cleanup(const struct binding_ctx *);
void binding_format(struct ovsdb_idl *ovs_idl, struct ovsdb_idl *sb_idl,
                    struct ds *);

/* Appends the names of the ports that are here to 'names'. */
void binding_list(struct ovsdb_idl *sb_idl, struct svec *names);
void binding_destroy(void);

#endif /* controller/binding.h */
