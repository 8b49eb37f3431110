/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Template variables in logical flows; see template.h for the contract.
 *
 * A row has all variables of a chassis in one column, so that a change of one
 * looks like a change of all.  The facts, one a variable, tell them apart. */

#include <config.h>

#include "controller/template.h"

#include <stdlib.h>
#include <string.h>

#include "controller/compile.h"
#include "lib/lex.h"
#include "openvswitch/dynamic-string.h"
#include "ovsdb-idl.h"
#include "ovsdb/ovn-sb-idl.h"
#include "ovsdb/sb-inc.h"
#include "smap.h"
#include "util.h"

struct inc_table template_var_table = {
    .name = "template_var",
    .kind = INC_DERIVED,
    .key_size = TEMPLATE_NAME_SIZE,
};

/* Unit over Chassis_Template_Var: the names in the row of this chassis. */
static void
template_names(struct inc_cx *cx, struct inc_ref row)
{
    const char *chassis = sb_chassis_template_var_chassis(cx, row);
    const struct smap_node *node;

    if (strcmp(chassis, chassis_cfg(cx)->name)) {
        return;
    }
    SMAP_FOR_EACH (node, sb_chassis_template_var_variables(cx, row)) {
        char key[TEMPLATE_NAME_SIZE] = { 0 };
        size_t len = strlen(node->key);

        if (len >= sizeof key) {
            inc_warn(cx, "template variables of chassis %s: a name is longer "
                     "than %d bytes: %s", chassis, TEMPLATE_NAME_SIZE - 1,
                     node->key);
            continue;
        }
        memcpy(key, node->key, len);
        inc_derive(cx, &template_var_table, key, NULL);
    }
}

static struct inc_family template_names_unit = {
    .name = "template_names",
    .over = &sb_chassis_template_var_table,
    .emits = INC_EMITS(&template_var_table.output),
    .unit = template_names,
};

/* Fact over template_var_table: the value. */
struct template_value {
    char *text;
};

static void
value_compute(struct inc_cx *cx, struct inc_ref var, void *value_)
{
    struct template_value *value = value_;
    struct inc_ref row = inc_find_string(cx,
                                         &sb_chassis_template_var_by_chassis,
                                         chassis_cfg(cx)->name);
    const struct smap *variables = sb_chassis_template_var_variables(cx, row);

    value->text = nullable_xstrdup(smap_get(variables, inc_key(cx, var)));
}

static void
value_free(void *value_)
{
    struct template_value *value = value_;

    free(value->text);
}

static bool
value_equal(const void *a_, const void *b_)
{
    const struct template_value *a = a_;
    const struct template_value *b = b_;

    return nullable_string_is_equal(a->text, b->text);
}

struct inc_family template_value_fact = {
    .name = "template_value",
    .over = &template_var_table,
    .fact = value_compute,
    .fact_size = sizeof(struct template_value),
    .fact_free = value_free,
    .fact_equal = value_equal,
};

/* Returns the value of variable 'name', or NULL if it has none. */
static const char *
lookup(void *cx, const char *name)
{
    char key[TEMPLATE_NAME_SIZE] = { 0 };
    size_t len = strlen(name);

    if (len >= sizeof key) {
        return NULL;
    }
    memcpy(key, name, len);

    struct inc_ref var = inc_lookup(cx, &template_var_table, key);
    const struct template_value *value = inc_fact(cx, &template_value_fact,
                                                  var);
    return value->text;
}

const char *
template_expand(struct inc_cx *cx, const char *s)
{
    char *expanded = lex_expand_templates(s, lookup, cx);

    if (!expanded) {
        return s;
    }

    char *copy = inc_sprintf(cx, "%s", expanded);
    free(expanded);
    return copy;
}

void
template_add(struct inc *inc)
{
    inc_add_family(inc, &template_names_unit);
    inc_add_family(inc, &template_value_fact);
}

/* Appends to 'ds' the variables in 'row'. */
static void
format_row(const struct sbrec_chassis_template_var *row, struct ds *ds)
{
    const struct smap_node **nodes = smap_sort(&row->variables);

    for (size_t i = 0; i < smap_count(&row->variables); i++) {
        ds_put_format(ds, "name: '%s' value: '%s'\n", nodes[i]->key,
                      nodes[i]->value);
    }
    free(nodes);
}

void
template_format(struct ovsdb_idl *sb_idl, const char *chassis, struct ds *ds)
{
    const struct sbrec_chassis_template_var *row;

    ds_put_cstr(ds, "Local template vars:\n");
    SBREC_CHASSIS_TEMPLATE_VAR_FOR_EACH (row, sb_idl) {
        if (nullable_string_is_equal(row->chassis, chassis)) {
            format_row(row, ds);
        }
    }
}
