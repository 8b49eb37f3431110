/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef CONTROLLER_TEMPLATE_H
#define CONTROLLER_TEMPLATE_H 1

/* Template variables: "^name" in a logical flow stands for a text that differs
 * from chassis to chassis.  It is that of "name" in the variables of the
 * Chassis_Template_Var row of this chassis, and is put in before the flow is
 * parsed.
 *
 * When a variable changes, the flows that name it are looked at, and no
 * others. */

#include "lib/inc.h"

struct ds;
struct ovsdb_idl;

/* Bytes of a variable's name with its terminator, at most. */
#define TEMPLATE_NAME_SIZE 256

/* What somebody who calls template_expand() must declare: derived table of the
 * variables of this chassis by name (padded with zeros), and the fact over it
 * that has their values. */
extern struct inc_table template_var_table;
extern struct inc_family template_value_fact;

/* Returns 's' with the values of template variables in their places.  One that
 * has no value stays; what parses the text then says so. */
const char *template_expand(struct inc_cx *, const char *s);

/* Adds what this file has to 'inc'. */
void template_add(struct inc *inc);

/* Appends to 'ds' a list of the variables of 'chassis', which may be NULL,
 * sorted by name. */
void template_format(struct ovsdb_idl *sb_idl, const char *chassis,
                     struct ds *ds);

#endif /* controller/template.h */
