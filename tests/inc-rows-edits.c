/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The random edits of inc-rows-test.c. */

#include <config.h>
#include "tests/inc-rows-test.h"

#include <stdio.h>
#include <string.h>

#include "hash.h"
#include "ovsdb/ovn-nb-idl.h"
#include "ovsdb/ovn-sb-idl.h"
#include "random.h"
#include "util.h"
#include "uuid.h"

enum { N_SWITCHES = 6, N_PORTS = 30 };

static const struct nbrec_logical_switch *
some_switch(struct ovsdb_idl *idl)
{
    const struct nbrec_logical_switch *ls;
    int i = random_range(N_SWITCHES);

    NBREC_LOGICAL_SWITCH_FOR_EACH (ls, idl) {
        if (!i--) {
            return ls;
        }
    }
    return NULL;
}

static const struct nbrec_logical_switch *
switch_of(struct ovsdb_idl *idl, const struct nbrec_logical_switch_port *lsp)
{
    const struct nbrec_logical_switch *ls;

    NBREC_LOGICAL_SWITCH_FOR_EACH (ls, idl) {
        for (size_t i = 0; i < ls->n_ports; i++) {
            if (ls->ports[i] == lsp) {
                return ls;
            }
        }
    }
    return NULL;
}

static const struct nbrec_logical_switch_port *
find_port(struct ovsdb_idl *idl, const char *name)
{
    const struct nbrec_logical_switch_port *lsp;

    NBREC_LOGICAL_SWITCH_PORT_FOR_EACH (lsp, idl) {
        if (!strcmp(lsp->name, name)) {
            return lsp;
        }
    }
    return NULL;
}

static void
set_addresses(const struct nbrec_logical_switch_port *lsp)
{
    const char *addresses[] = { "a", "b", "c", "d" };
    size_t first = random_range(4);

    nbrec_logical_switch_port_set_addresses(lsp, &addresses[first],
                                            random_range(5 - first));
}

static void
edit_port(struct editor *e, struct ovsdb_idl_txn *txn)
{
    const struct nbrec_logical_switch *ls = some_switch(e->nb);
    char name[8];

    snprintf(name, sizeof name, "p%"PRIu32, random_range(N_PORTS));
    const struct nbrec_logical_switch_port *lsp = find_port(e->nb, name);
    if (!lsp) {
        if (ls) {
            if (random_range(4)) {
                lsp = nbrec_logical_switch_port_insert(txn);
            } else {
                /* A UUID that comes again. */
                struct uuid uuid = { { 1, 2, 3, hash_string(name, 0) } };
                lsp = nbrec_logical_switch_port_insert_persist_uuid(txn,
                                                                    &uuid);
            }
            nbrec_logical_switch_port_set_name(lsp, name);
            set_addresses(lsp);
            nbrec_logical_switch_update_ports_addvalue(ls, lsp);
        }
        return;
    }

    const struct nbrec_logical_switch *old = switch_of(e->nb, lsp);
    switch (random_range(4)) {
    case 0:
        set_addresses(lsp);
        break;
    case 1:
        nbrec_logical_switch_port_update_options_setkey(
            lsp, "k", random_range(2) ? "x" : "y");
        break;
    case 2:
        if (old) {
            nbrec_logical_switch_update_ports_delvalue(old, lsp);
        }
        break;
    case 3:
        if (old && ls && ls != old) {
            nbrec_logical_switch_update_ports_delvalue(old, lsp);
            nbrec_logical_switch_update_ports_addvalue(ls, lsp);
        }
        break;
    }
}

static void
edit_switch(struct editor *e, struct ovsdb_idl_txn *txn)
{
    const struct nbrec_logical_switch *ls = some_switch(e->nb);

    if (!ls) {
        nbrec_logical_switch_insert(txn);
    } else if (!random_range(3)) {
        nbrec_logical_switch_delete(ls);
    } else {
        nbrec_logical_switch_set_name(ls, random_range(2) ? "x" : "y");
    }
}

/* What nobody should do to the compiler's output. */

/* A port binding loses what is in it, or goes, or takes another UUID, with
 * which the compiler must live. */
static void
tamper_with_binding(struct ovsdb_idl_txn *txn,
                    const struct sbrec_port_binding *pb)
{
    uint32_t what = random_range(3);

    if (!what) {
        sbrec_port_binding_set_mac(pb, NULL, 0);
        return;
    }
    if (what == 1) {
        const struct sbrec_port_binding *other
            = sbrec_port_binding_insert(txn);

        sbrec_port_binding_set_logical_port(other, pb->logical_port);
        sbrec_port_binding_set_datapath(other, pb->datapath);
        sbrec_port_binding_set_tunnel_key(other, pb->tunnel_key);
    }
    sbrec_port_binding_delete(pb);
}

static void
forge_binding(struct editor *e, struct ovsdb_idl_txn *txn)
{
    const struct sbrec_port_binding *pb = sbrec_port_binding_first(e->sb);

    if (pb && !find_port(e->nb, "forged")) {
        const struct sbrec_port_binding *forged
            = sbrec_port_binding_insert(txn);

        sbrec_port_binding_set_logical_port(forged, "forged");
        sbrec_port_binding_set_datapath(forged, pb->datapath);
        sbrec_port_binding_set_tunnel_key(forged, 999);
    }
}

/* A datapath that is nobody's, or of a switch that has one. */
static void
forge_datapath(struct editor *e, struct ovsdb_idl_txn *txn)
{
    const struct sbrec_datapath_binding *forged, *dp;

    dp = sbrec_datapath_binding_first(e->sb);
    forged = sbrec_datapath_binding_insert(txn);

    sbrec_datapath_binding_set_tunnel_key(forged,
                                          16000001 + random_range(10000));
    if (dp && dp->nb_uuid && random_range(4)) {
        sbrec_datapath_binding_set_nb_uuid(forged, dp->nb_uuid, 1);
    }
}

/* Takes a group's members away, or puts another in the place of one. */
static void
tamper_with_group(struct editor *e, const struct sbrec_logical_dp_group *dpg)
{
    const struct sbrec_datapath_binding *dp;

    if (!dpg->n_datapaths || random_range(2)) {
        sbrec_logical_dp_group_set_datapaths(dpg, NULL, 0);
        return;
    }
    SBREC_DATAPATH_BINDING_FOR_EACH (dp, e->sb) {
        if (dp->nb_uuid && group_of(dp->nb_uuid) != group_name(dpg)) {
            sbrec_logical_dp_group_set_datapaths(
                dpg, CONST_CAST(struct sbrec_datapath_binding **, &dp), 1);
            return;
        }
    }
}

static void
tamper(struct editor *e, struct ovsdb_idl_txn *txn)
{
    const struct sbrec_port_binding *pb = sbrec_port_binding_first(e->sb);
    const struct sbrec_logical_flow *lflow = sbrec_logical_flow_first(e->sb);
    const struct sbrec_logical_dp_group *dpg
        = sbrec_logical_dp_group_first(e->sb);

    switch (random_range(7)) {
    case 0:
    case 1:
        if (pb) {
            tamper_with_binding(txn, pb);
        }
        break;
    case 2:
        if (lflow) {
            sbrec_logical_flow_delete(lflow);
        }
        break;
    case 3:
        lflow = sbrec_logical_flow_insert(txn);
        sbrec_logical_flow_set_pipeline(lflow, "ingress");
        sbrec_logical_flow_set_match(lflow, "x");
        break;
    case 4:
        if (dpg) {
            tamper_with_group(e, dpg);
        }
        break;
    case 5:
        forge_binding(e, txn);
        break;
    case 6:
        forge_datapath(e, txn);
        break;
    }
}

static void
edit(struct editor *e, struct ovsdb_idl *idl,
     void (*cb)(struct editor *, struct ovsdb_idl_txn *))
{
    struct ovsdb_idl_txn *txn = ovsdb_idl_txn_create(idl);

    cb(e, txn);
    /* What the database refuses is as good as no edit. */
    ovsdb_idl_txn_commit_block(txn);
    ovsdb_idl_txn_destroy(txn);
}

void
edit_something(struct editor *e)
{
    switch (random_range(12)) {
    case 0:
    case 1:
        edit(e, e->sb, tamper);
        break;
    case 2:
    case 3:
        edit(e, e->nb, edit_switch);
        break;
    default:
        edit(e, e->nb, edit_port);
        break;
    }
}
