/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef UTILITIES_OVN_NBCTL_H
#define UTILITIES_OVN_NBCTL_H 1

/* What the files of ovn-nbctl share.  Each topic of commands is a file that
 * exports its table; utilities/ovn-nbctl.c lists them. */

#include "ovsdb/ovn-nb-idl.h"
#include "utilities/ovn-dbctl.h"
#include "utilities/ovn-nbctl-check.h"
#include "utilities/ovn-nbctl-parse.h"

extern const struct dbctl_topic nbctl_switch_topic;
extern const struct dbctl_topic nbctl_acl_topic;
extern const struct dbctl_topic nbctl_qos_topic;
extern const struct dbctl_topic nbctl_mirror_topic;
extern const struct dbctl_topic nbctl_meter_topic;
extern const struct dbctl_topic nbctl_dhcp_topic;
extern const struct dbctl_topic nbctl_hc_topic;
extern const struct dbctl_topic nbctl_nf_topic;
extern const struct dbctl_topic nbctl_fwd_group_topic;
extern const struct dbctl_topic nbctl_mac_binding_topic;
extern const struct dbctl_topic nbctl_ha_topic;
extern const struct dbctl_topic nbctl_copp_topic;
extern const struct dbctl_topic nbctl_lsp_topic;
extern const struct dbctl_topic nbctl_address_topic;
extern const struct dbctl_topic nbctl_router_topic;
extern const struct dbctl_topic nbctl_lrp_topic;
extern const struct dbctl_topic nbctl_route_topic;
extern const struct dbctl_topic nbctl_policy_topic;
extern const struct dbctl_topic nbctl_nat_topic;
extern const struct dbctl_topic nbctl_lb_topic;
extern const struct dbctl_topic nbctl_lb_user_topic;
extern const struct dbctl_topic nbctl_group_topic;

/* A kind of row that users call by its name. */
struct nbctl_kind {
    const struct ovsdb_idl_table_class *table;
    const struct ovsdb_idl_column *name;    /* A string. */
    const char *what;           /* "switch", as messages say. */
    const char *plural;         /* "logical switches"; null if no two may
                                 * have the same name. */
};
extern const struct nbctl_kind nbctl_switch;
extern const struct nbctl_kind nbctl_lsp;
extern const struct nbctl_kind nbctl_router;
extern const struct nbctl_kind nbctl_lrp;
extern const struct nbctl_kind nbctl_port_group;
extern const struct nbctl_kind nbctl_lb;
extern const struct nbctl_kind nbctl_address_set;
extern const struct nbctl_kind nbctl_mirror;
extern const struct nbctl_kind nbctl_meter;
extern const struct nbctl_kind nbctl_copp;
extern const struct nbctl_kind nbctl_nf;
extern const struct nbctl_kind nbctl_nfg;
extern const struct nbctl_kind nbctl_fwd_group;
extern const struct nbctl_kind nbctl_ha_group;

/* Finds the row of a kind by UUID or name.  If there is no such row then
 * stores null; if also 'must_exist', or if the name is ambiguous, reports an
 * error and returns false. */
struct ovsdb_idl_row;
bool nbctl_find(struct ctl_context *, const struct nbctl_kind *,
                const char *id, bool must_exist,
                const struct ovsdb_idl_row **);
bool nbctl_find_switch(struct ctl_context *, const char *id, bool must_exist,
                       const struct nbrec_logical_switch **);
bool nbctl_find_lsp(struct ctl_context *, const char *id, bool must_exist,
                    const struct nbrec_logical_switch_port **);
bool nbctl_find_router(struct ctl_context *, const char *id, bool must_exist,
                       const struct nbrec_logical_router **);
bool nbctl_find_lrp(struct ctl_context *, const char *id, bool must_exist,
                    const struct nbrec_logical_router_port **);
bool nbctl_find_port_group(struct ctl_context *, const char *id,
                           bool must_exist, const struct nbrec_port_group **);
bool nbctl_find_lb(struct ctl_context *, const char *id, bool must_exist,
                   const struct nbrec_load_balancer **);
bool nbctl_find_address_set(struct ctl_context *, const char *id,
                            bool must_exist,
                            const struct nbrec_address_set **);
bool nbctl_find_mirror(struct ctl_context *, const char *id, bool must_exist,
                       const struct nbrec_mirror **);
bool nbctl_find_meter(struct ctl_context *, const char *id, bool must_exist,
                      const struct nbrec_meter **);
bool nbctl_find_copp(struct ctl_context *, const char *id, bool must_exist,
                     const struct nbrec_copp **);
bool nbctl_find_nf(struct ctl_context *, const char *id, bool must_exist,
                   const struct nbrec_network_function **);
bool nbctl_find_nfg(struct ctl_context *, const char *id, bool must_exist,
                    const struct nbrec_network_function_group **);
bool nbctl_find_fwd_group(struct ctl_context *, const char *id,
                          bool must_exist,
                          const struct nbrec_forwarding_group **);
bool nbctl_find_ha_group(struct ctl_context *, const char *id,
                         bool must_exist,
                         const struct nbrec_ha_chassis_group **);
const char *nbctl_name(const struct ovsdb_idl_row *,
                       const struct nbctl_kind *);

/* For prerequisites functions: the command calls nbctl_find() for 'id', or, if
 * 'id' is null, for any or for all rows of that kind. */
void nbctl_pre_find(struct ctl_context *, const struct nbctl_kind *,
                    const char *id);

/* For prerequisites functions: the command edits 'refs', a set of references
 * to 'table', with dbctl_add_ref() or dbctl_del_ref(), and reads, of 'table',
 * only rows whose 'column', a string, is 'value'; or if that is null, all.
 * (For commands after it the set must be whole.) */
void nbctl_pre_refs(struct ctl_context *, const struct ovsdb_idl_column *refs,
                    const struct ovsdb_idl_table_class *table,
                    const struct ovsdb_idl_column *column, const char *value);

/* The whole of a command that adds a row, of which only the name is given, as
 * the first argument or not at all ("ls-add"; --may-exist, --add-duplicate);
 * that deletes the row that the first argument names ("ls-del"; --if-exists);
 * that lists all rows ("ls-list"); and the prerequisites of these. */
void nbctl_pre_named(struct ctl_context *, const struct nbctl_kind *);
void nbctl_add_named(struct ctl_context *, const struct nbctl_kind *);
void nbctl_del_named(struct ctl_context *, const struct nbctl_kind *);
void nbctl_list_named(struct ctl_context *, const struct nbctl_kind *);

const struct nbrec_logical_switch *nbctl_lsp_switch(
    struct ctl_context *, const struct nbrec_logical_switch_port *);

bool nbctl_check_lrp_router(struct ctl_context *,
                            const struct nbrec_logical_router *,
                            const struct nbrec_logical_router_port *);

/* "enabled" and "disabled". */
bool nbctl_parse_enabled(struct ctl_context *, const char *, bool *);

/* "KEY=VALUE" arguments, from ctx->argv[i] on, and printing such. */
struct smap;
bool nbctl_parse_options(struct ctl_context *, int i, struct smap *);
void nbctl_print_options(const struct smap *, struct ds *);

/* Rows to delete: nbctl_rows_delete() deletes them all, and the references to
 * them in 'column' of 'parent', and returns how many there were. */
struct nbctl_rows {
    const struct ovsdb_idl_row **rows;
    size_t n, allocated;
};
void nbctl_rows_add(struct nbctl_rows *, const struct ovsdb_idl_row *);
size_t nbctl_rows_delete(struct nbctl_rows *, struct ctl_context *,
                         const struct ovsdb_idl_row *parent,
                         const struct ovsdb_idl_column *column);

/* Deletes all rows that 'column' of 'parent', a set of references to 'table',
 * refers to. */
void nbctl_delete_all(struct ctl_context *,
                      const struct ovsdb_idl_row *parent,
                      const struct ovsdb_idl_column *column,
                      const struct ovsdb_idl_table_class *table);

/* The BFD session that --bfd asks for: of the UUID that it gives or else the
 * one to 'nexthop', through 'port' unless that is null.  With a port, creates
 * it if there is none.  Stores null if there is no such option.  On failure,
 * reports an error and returns false. */
void nbctl_pre_bfd(struct ctl_context *);
bool nbctl_get_bfd(struct ctl_context *, const char *nexthop,
                   const char *port, const struct nbrec_bfd **);

/* Printing "UUID (NAME)" lines in order of NAME. */
struct nbctl_names {
    struct nbctl_name *names;
    size_t n, allocated;
};
void nbctl_names_add(struct nbctl_names *, const struct uuid *,
                     const char *name, const void *row);
const void *nbctl_names_row(const struct nbctl_names *, size_t i);
void nbctl_names_sort(struct nbctl_names *);
void nbctl_names_print(struct nbctl_names *, struct ds *);
void nbctl_names_destroy(struct nbctl_names *);

/* Printing load balancers, rows of that table in order of name. */
void nbctl_add_lb_columns(struct ctl_context *);
void nbctl_print_lbs(struct nbctl_names *, struct ds *);

/* Prerequisites that several topics share. */
struct ovsdb_idl_column;
void nbctl_add_columns(struct ctl_context *,
                       const struct ovsdb_idl_column *const *columns);
#define NBCTL_ADD_COLUMNS(CTX, ...)                                     \
    nbctl_add_columns(CTX, (const struct ovsdb_idl_column *const[])     \
                           { __VA_ARGS__, NULL })
void nbctl_pre_switch(struct ctl_context *);    /* Names of all switches. */
void nbctl_pre_show(struct ctl_context *);
void nbctl_show(struct ctl_context *);
const struct nbrec_gateway_chassis **nbctl_sort_gateway_chassis(
    const struct nbrec_logical_router_port *);

#endif /* utilities/ovn-nbctl.h */
