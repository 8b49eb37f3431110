/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Conditional replication of the Southbound database; see monitor.h for the
 * contract. */

#include <config.h>

#include "controller/monitor.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "openvswitch/poll-loop.h"
#include "ovsdb-condition.h"
#include "ovsdb-idl.h"
#include "ovsdb/ovn-sb-idl.h"
#include "smap.h"
#include "sset.h"
#include "svec.h"
#include "timeval.h"
#include "util.h"
#include "uuid.h"

/* Types of ports that are of interest on every chassis. */
static const char *const special_types[] = {
    "patch", "chassisredirect", "external", "l2gateway", "l3gateway",
};

#define UNASKED UINT_MAX

/* Pause between two questions about when the conditions are in effect, in
 * ms. */
#define ASK_AGAIN 50

/* What is wanted.  Datapaths as UUIDs in text. */
static struct sset ports = SSET_INITIALIZER(&ports);
static struct sset dps = SSET_INITIALIZER(&dps);
static bool dirty = true;

/* What the last question depended on besides, and its number. */
static struct uuid asked_chassis;
static bool asked_all;
static bool asked_templates;    /* Does the server have that table? */
static char *asked_name;
static unsigned int expected_seqno = UNASKED;   /* When it is answered. */
static unsigned int asked_at_seqno;             /* When it was asked. */
static long long int ask_again_at;

/* Adds 'name' to 'set' or removes it. */
static void
update(struct sset *set, const char *name, bool wanted)
{
    if (wanted) {
        dirty |= sset_add(set, name) != NULL;
    } else {
        dirty |= sset_find_and_delete(set, name);
    }
}

static void
ports_sync(void *aux OVS_UNUSED, const void *key, size_t key_len,
           const struct inc_claim *claims OVS_UNUSED, size_t n)
{
    char *name = xmemdup0(key, key_len);

    update(&ports, name, n > 0);
    free(name);
}

static void
dps_sync(void *aux OVS_UNUSED, const void *key, size_t key_len OVS_UNUSED,
         const struct inc_claim *claims OVS_UNUSED, size_t n)
{
    char name[UUID_LEN + 1];
    struct uuid uuid;

    memcpy(&uuid, key, sizeof uuid);
    snprintf(name, sizeof name, UUID_FMT, UUID_ARGS(&uuid));
    update(&dps, name, n > 0);
}

struct inc_output monitor_ports_output = {
    .name = "monitor_ports",
    .sync = ports_sync,
};

struct inc_output monitor_dps_output = {
    .name = "monitor_dps",
    .sync = dps_sync,
};

void
monitor_want_port(struct inc_cx *cx, const char *logical_port)
{
    inc_emit(cx, &monitor_ports_output, logical_port, strlen(logical_port),
             NULL, 0);
}

void
monitor_want_dp(struct inc_cx *cx, const struct uuid *dp)
{
    inc_emit(cx, &monitor_dps_output, dp, sizeof *dp, NULL, 0);
}

/* The conditions, one for each table that has one. */
struct conditions {
    struct ovsdb_idl_condition pb, lflow, mcg, mac, private, templates;
};

static void
add_port_conditions(struct ovsdb_idl_condition *pb,
                    const struct uuid *chassis)
{
    const char *name;

    for (size_t i = 0; i < ARRAY_SIZE(special_types); i++) {
        sbrec_port_binding_add_clause_type(pb, OVSDB_F_EQ, special_types[i]);
    }
    SSET_FOR_EACH (name, &ports) {
        sbrec_port_binding_add_clause_logical_port(pb, OVSDB_F_EQ, name);
    }

    /* Ports inside of others, which may be on any datapath. */
    sbrec_port_binding_add_clause_parent_port(pb, OVSDB_F_NE, NULL);
    if (!uuid_is_zero(chassis)) {
        sbrec_port_binding_add_clause_chassis(pb, OVSDB_F_EQ, chassis);
        sbrec_port_binding_add_clause_requested_chassis(pb, OVSDB_F_EQ,
                                                        chassis);
    }
}

static void
add_datapath_conditions(struct conditions *c)
{
    const char *name;

    SSET_FOR_EACH (name, &dps) {
        struct uuid uuid;

        uuid_from_string(&uuid, name);
        sbrec_port_binding_add_clause_datapath(&c->pb, OVSDB_F_EQ, &uuid);
        sbrec_logical_flow_add_clause_logical_datapath(&c->lflow, OVSDB_F_EQ,
                                                       &uuid);
        sbrec_multicast_group_add_clause_datapath(&c->mcg, OVSDB_F_EQ, &uuid);
        sbrec_mac_binding_add_clause_datapath(&c->mac, OVSDB_F_EQ, &uuid);
    }

    /* Which datapaths are in a group cannot be asked; there are few rows, as
     * each is for many datapaths. */
    if (!sset_is_empty(&dps)) {
        sbrec_logical_flow_add_clause_logical_dp_group(&c->lflow, OVSDB_F_NE,
                                                       NULL);
    }
}

/* What was asked for last. */
static struct conditions asked;

/* Sends the conditions in 'asked', those that were not sent yet.  Returns the
 * IDL's condition sequence number as of which they are in effect. */
static unsigned int
send_conditions(struct ovsdb_idl *idl)
{
    unsigned int seqnos[] = {
        sbrec_port_binding_set_condition(idl, &asked.pb),
        sbrec_logical_flow_set_condition(idl, &asked.lflow),
        sbrec_multicast_group_set_condition(idl, &asked.mcg),
        sbrec_chassis_private_set_condition(idl, &asked.private),
        sbrec_mac_binding_set_condition(idl, &asked.mac),
        (asked_templates
         ? sbrec_chassis_template_var_set_condition(idl, &asked.templates)
         : 0),
    };
    unsigned int max = seqnos[0];

    for (size_t i = 1; i < ARRAY_SIZE(seqnos); i++) {
        max = MAX(max, seqnos[i]);
    }
    return max;
}

/* Sends the conditions and notes when they will be in effect. */
static void
note_question(struct ovsdb_idl *idl)
{
    asked_at_seqno = ovsdb_idl_get_condition_seqno(idl);
    expected_seqno = send_conditions(idl);
    ask_again_at = time_msec() + ASK_AGAIN;
}

static void
destroy_conditions(struct conditions *c)
{
    ovsdb_idl_condition_destroy(&c->pb);
    ovsdb_idl_condition_destroy(&c->lflow);
    ovsdb_idl_condition_destroy(&c->mcg);
    ovsdb_idl_condition_destroy(&c->mac);
    ovsdb_idl_condition_destroy(&c->private);
    ovsdb_idl_condition_destroy(&c->templates);
}

/* Makes 'asked' what is wanted. */
static void
build_conditions(const struct uuid *chassis, const char *name, bool all)
{
    if (expected_seqno != UNASKED) {
        destroy_conditions(&asked);
    }
    ovsdb_idl_condition_init(&asked.pb);
    ovsdb_idl_condition_init(&asked.lflow);
    ovsdb_idl_condition_init(&asked.mcg);
    ovsdb_idl_condition_init(&asked.mac);
    ovsdb_idl_condition_init(&asked.private);
    ovsdb_idl_condition_init(&asked.templates);

    if (all) {
        ovsdb_idl_condition_add_clause_true(&asked.pb);
        ovsdb_idl_condition_add_clause_true(&asked.lflow);
        ovsdb_idl_condition_add_clause_true(&asked.mcg);
        ovsdb_idl_condition_add_clause_true(&asked.mac);
        ovsdb_idl_condition_add_clause_true(&asked.templates);
    } else {
        add_port_conditions(&asked.pb, chassis);
        add_datapath_conditions(&asked);
        if (name) {
            sbrec_chassis_template_var_add_clause_chassis(&asked.templates,
                                                          OVSDB_F_EQ, name);
        }
    }
    if (name) {
        sbrec_chassis_private_add_clause_name(&asked.private, OVSDB_F_EQ,
                                              name);
    } else {
        ovsdb_idl_condition_add_clause_true(&asked.private);
    }
}

void
monitor_run(struct ovsdb_idl *sb_idl, const struct sbrec_chassis *chassis,
            const char *name, bool monitor_all)
{
    const struct uuid uuid = chassis ? chassis->header_.uuid : UUID_ZERO;

    /* A condition for a table that the server does not have would never be
     * answered. */
    bool templates
        = ovsdb_idl_server_has_table(sb_idl,
                                     &sbrec_table_chassis_template_var);

    if (dirty || asked_all != monitor_all
        || asked_templates != templates
        || !uuid_equals(&asked_chassis, &uuid)
        || !nullable_string_is_equal(asked_name, name)) {
        asked_templates = templates;
        build_conditions(&uuid, name, monitor_all);
        note_question(sb_idl);
        dirty = false;
        asked_all = monitor_all;
        asked_chassis = uuid;
        free(asked_name);
        asked_name = nullable_xstrdup(name);
    }
}

bool
monitor_is_settled(struct ovsdb_idl *sb_idl)
{
    if (dirty || expected_seqno == UNASKED) {
        return false;
    }

    /* A new connection starts with all conditions in effect; then the number
     * that was promised on the old one is never reached, and asking again
     * gives the right one.  That is not for nothing, so only after the number
     * has moved, or now and then. */
    unsigned int seqno = ovsdb_idl_get_condition_seqno(sb_idl);
    if (seqno != expected_seqno
        && (seqno != asked_at_seqno || time_msec() >= ask_again_at)) {
        note_question(sb_idl);
    }
    if (seqno != expected_seqno) {
        poll_timer_wait_until(ask_again_at);
    }
    return seqno == expected_seqno;
}

void
monitor_list_ports(struct svec *names)
{
    const char *name;

    SSET_FOR_EACH (name, &ports) {
        svec_add(names, name);
    }
}

/* Frees everything. */
void
monitor_destroy(void)
{
    sset_destroy(&ports);
    sset_destroy(&dps);
    free(asked_name);
    if (expected_seqno != UNASKED) {
        destroy_conditions(&asked);
        expected_seqno = UNASKED;
    }
}
