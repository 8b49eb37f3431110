/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef UTILITIES_OVN_NBCTL_CHECK_H
#define UTILITIES_OVN_NBCTL_CHECK_H 1

/* Checks on matches and addresses that ovn-nbctl is about to store.
 *
 * Only what is certain to be wrong, by itself and whatever else the database
 * holds now or later, is refused.  So a match is compiled, but the ports,
 * address sets and port groups that it names need not exist.
 *
 * One table says what each column takes.  The commands of topics call
 * nbctl_check() for their arguments, except where they need the parsed value
 * anyway; the generic verbs, which may store anything anywhere, are followed
 * by nbctl_check_row().  With DBCTL_NO_VALIDATE both find nothing wrong. */

#include <stdbool.h>

struct ctl_context;
struct ovsdb_idl_column;
struct ovsdb_idl_row;

/* May 'column' have the element 'value'?  If not, reports an error and returns
 * false. */
bool nbctl_check(struct ctl_context *, const struct ovsdb_idl_column *,
                 const char *value);

/* Reports an error if the current transaction stores in 'row' an element that
 * nbctl_check() refuses, and that was not there before. */
void nbctl_check_row(struct ctl_context *, const struct ovsdb_idl_row *);

#endif /* utilities/ovn-nbctl-check.h */
