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

extern const struct dbctl_topic nbctl_switch_topic;
extern const struct dbctl_topic nbctl_lsp_topic;
extern const struct dbctl_topic nbctl_address_topic;
extern const struct dbctl_topic nbctl_router_topic;
extern const struct dbctl_topic nbctl_lrp_topic;
extern const struct dbctl_topic nbctl_group_topic;

/* Finding rows by UUID or name.  If there is no such row then these store
 * null; if also 'must_exist', or if a name is ambiguous, they report an error
 * and return false. */
bool nbctl_find_switch(struct ctl_context *, const char *id, bool must_exist,
                       const struct nbrec_logical_switch **);
bool nbctl_find_lsp(struct ctl_context *, const char *id, bool must_exist,
                    const struct nbrec_logical_switch_port **);
bool nbctl_find_router(struct ctl_context *, const char *id, bool must_exist,
                       const struct nbrec_logical_router **);
bool nbctl_find_lrp(struct ctl_context *, const char *id, bool must_exist,
                    const struct nbrec_logical_router_port **);
const struct nbrec_logical_switch *nbctl_lsp_switch(
    struct ctl_context *, const struct nbrec_logical_switch_port *);

/* "enabled" and "disabled". */
bool nbctl_parse_enabled(struct ctl_context *, const char *, bool *);

/* A number from 0 to 32767. */
bool nbctl_parse_priority(struct ctl_context *, const char *, int64_t *);

/* "KEY=VALUE" arguments, from ctx->argv[i] on, and printing such. */
struct smap;
bool nbctl_parse_options(struct ctl_context *, int i, struct smap *);
void nbctl_print_options(const struct smap *, struct ds *);

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

/* Prerequisites that several topics share. */
void nbctl_pre_switch(struct ctl_context *);    /* Names of all switches. */
void nbctl_pre_show(struct ctl_context *);
void nbctl_show(struct ctl_context *);
const struct nbrec_gateway_chassis **nbctl_sort_gateway_chassis(
    const struct nbrec_logical_router_port *);

#endif /* utilities/ovn-nbctl.h */
