/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef UTILITIES_OVN_TRACE_DB_H
#define UTILITIES_OVN_TRACE_DB_H 1

/* The Southbound database as ovn-trace looks at it: datapaths, ports,
 * multicast groups and logical flows, found by name and by number.
 *
 * A "struct trace_db" is a snapshot.  It points into the IDL's rows, so it
 * must be destroyed when the database changes, and only then.  Nothing is
 * parsed before somebody asks for it: a trace of a few packets through a large
 * database parses the flows of the tables it visits.
 *
 * ovn-trace-db.c has what is not about flows, ovn-trace-flows.c has those. */

#include <stdbool.h>
#include <stdint.h>

#include "lib/actions.h"
#include "lib/expr.h"
#include "openvswitch/hmap.h"
#include "openvswitch/shash.h"
#include "openvswitch/uuid.h"

struct flow;
struct ovsdb_idl;
struct sbrec_chassis;
struct sbrec_datapath_binding;
struct sbrec_logical_flow;
struct sbrec_port_binding;

struct trace_db {
    struct ovsdb_idl *idl;
    struct hmap datapaths;      /* struct trace_datapath, by UUID. */
    struct shash ports;         /* struct trace_port, by name. */
    struct shash friendly_ports; /* The same, by friendly name. */
    struct shash address_sets;  /* struct trace_address_set. */
    struct shash port_groups;   /* const char **, NULL-terminated. */
    struct shash dhcp_opts;     /* struct dhcp_option. */
    struct shash dhcpv6_opts;   /* struct dhcp_option. */
    struct hmap flow_sets;      /* struct trace_flow_set. */
    uint8_t n_tables;           /* In a pipeline. */
};

/* A logical switch or router. */
struct trace_datapath {
    struct hmap_node hmap_node; /* In trace_db, by UUID. */
    struct trace_db *db;
    const struct sbrec_datapath_binding *sb;
    struct uuid uuid;
    struct uuid nb_uuid;        /* Of the Northbound row; or the same. */
    char *name;                 /* 'nb_uuid'. */
    char *friendly;             /* As the CMS calls it. */
    uint32_t key;
    struct hmap ports;          /* struct trace_port, by key. */
    struct hmap mcgroups;       /* struct trace_mcgroup, by key. */
    struct trace_flow_set **flow_sets;
    size_t n_flow_sets, allocated_flow_sets;
};

struct trace_port {
    struct hmap_node hmap_node; /* In trace_datapath, by key. */
    const struct sbrec_port_binding *sb;
    struct trace_datapath *dp;
    const char *name;
    char *friendly;
    uint32_t key;
};

struct trace_mcgroup {
    struct hmap_node hmap_node; /* In trace_datapath, by key. */
    const char *name;
    uint32_t key;
    const struct trace_port **ports; /* Sorted by key. */
    size_t n_ports;
};

/* A snapshot of the database behind 'idl'. */
struct trace_db *trace_db_create(struct ovsdb_idl *);
void trace_db_destroy(struct trace_db *);

/* The datapath that 'name' names: by its name, friendly name, UUID, or that of
 * the Northbound row.  NULL if there is none. */
const struct trace_datapath *trace_find_datapath(const struct trace_db *,
                                                 const char *name);
const struct trace_datapath *trace_datapath_from_row(
    const struct trace_db *, const struct sbrec_datapath_binding *);

/* The port with this name or friendly name; in 'dp' if that is nonnull. */
const struct trace_port *trace_find_port(const struct trace_db *,
                                         const struct trace_datapath *dp,
                                         const char *name);

/* What has this key, or NULL. */
const struct trace_port *trace_port_by_key(const struct trace_datapath *,
                                           uint32_t key);
const struct trace_mcgroup *trace_mcgroup_by_key(const struct trace_datapath *,
                                                 uint32_t key);

/* The port that option 'option' of 'port' names, e.g. "peer", or NULL. */
const struct trace_port *trace_port_option(const struct trace_port *,
                                           const char *option);

/* The key of the port or multicast group 'name'.  'dp' is a "struct
 * trace_datapath *". */
bool trace_lookup_port(void *dp, const char *name, unsigned int *key);

/* What names mean in 'dp'. */
struct expr_env trace_env(const struct trace_datapath *dp);

/* A copy of 'text' with friendly names in place of the names of ports in
 * double quotes.  The caller must free it. */
char *trace_make_friendly(const struct trace_db *, const char *text);

/* Flows. */

/* A logical flow, parsed when its turn comes.
 *
 * One with template variables in it is another flow on each chassis.  Then
 * 'variants' are what is parsed. */
struct trace_flow {
    const struct sbrec_logical_flow *sb;
    struct trace_flow *variants; /* List, linked by 'next'. */
    struct trace_flow *next;
    const struct sbrec_chassis *chassis; /* Of a variant; or NULL. */
    bool parsed;                /* The match? */
    bool actions_parsed;
    bool bad;                   /* Cannot be compiled; was reported. */
    struct expr *match;
    struct expr *prereqs;       /* Of the actions, or NULL: none. */
    struct ofpbuf actions;      /* struct ovnact. */
};

/* The flow that the packet matches in a table of 'dp' on 'chassis', which is
 * NULL if it is nowhere in particular; or NULL. */
struct trace_flow *trace_find_flow(const struct trace_datapath *dp,
                                   const struct sbrec_chassis *chassis,
                                   bool ingress, uint8_t table,
                                   const struct flow *packet);

/* The name of a table, or NULL. */
const char *trace_stage_name(const struct trace_datapath *, bool ingress,
                             uint8_t table);

/* For ovn-trace-db.c. */
void trace_flows_create(struct trace_db *);
void trace_flows_destroy(struct trace_db *);

#endif /* utilities/ovn-trace-db.h */
