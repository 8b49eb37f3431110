/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-sbctl show: chassis with their tunnel addresses and the ports that are
 * bound to them, in order of name. */

#include <config.h>

#include "utilities/ovn-sbctl.h"

#include <stdlib.h>

#include "openvswitch/dynamic-string.h"
#include "openvswitch/shash.h"
#include "ovsdb-data.h"
#include "ovsdb-idl.h"
#include "svec.h"
#include "util.h"
#include "uuid.h"

/* --filter: for each kind of record, the substrings of which a record's name
 * must contain one to be shown; none means that all are shown. */
enum show_kind { SHOW_CHASSIS, SHOW_ENCAP, SHOW_PORT_BINDING, N_SHOW_KINDS };

static const char *const kind_names[N_SHOW_KINDS] = {
    [SHOW_CHASSIS] = "Chassis",
    [SHOW_ENCAP] = "Encap",
    [SHOW_PORT_BINDING] = "Port_Binding",
};

struct filter {
    struct svec substrings[N_SHOW_KINDS];
};

static void
filter_init(struct filter *filter)
{
    for (int i = 0; i < N_SHOW_KINDS; i++) {
        svec_init(&filter->substrings[i]);
    }
}

static void
filter_destroy(struct filter *filter)
{
    for (int i = 0; i < N_SHOW_KINDS; i++) {
        svec_destroy(&filter->substrings[i]);
    }
}

static bool
filter_match(const struct filter *filter, enum show_kind kind,
             const char *name)
{
    const struct svec *substrings = &filter->substrings[kind];

    for (size_t i = 0; i < substrings->n; i++) {
        if (strstr(name, substrings->names[i])) {
            return true;
        }
    }
    return !substrings->n;
}

/* Adds one rule, "[TABLE](SUBSTRING[|SUBSTRING]...)".  Returns null or an
 * error message that the caller must free. */
static char * OVS_WARN_UNUSED_RESULT
filter_add_rule(struct filter *filter, char *rule)
{
    char *open = strchr(rule, '(');
    size_t n = strlen(rule);

    if (!open || rule[n - 1] != ')') {
        return xasprintf("%s: filter rule must have the form "
                         "[TABLE](SUBSTRING[|SUBSTRING]...)", rule);
    }
    *open = '\0';
    rule[n - 1] = '\0';

    bool known = !rule[0];
    for (int kind = 0; kind < N_SHOW_KINDS; kind++) {
        if (rule[0] && strcasecmp(rule, kind_names[kind])) {
            continue;
        }
        known = true;

        char *substrings = xstrdup(open + 1);
        char *save_ptr = NULL;
        for (char *s = strtok_r(substrings, "|", &save_ptr); s;
             s = strtok_r(NULL, "|", &save_ptr)) {
            svec_add(&filter->substrings[kind], s);
        }
        free(substrings);
    }
    return known ? NULL : xasprintf("%s: no such table in the output of "
                                    "\"show\"", rule);
}

/* Parses "RULE[,RULE]...". */
static char * OVS_WARN_UNUSED_RESULT
filter_parse(struct filter *filter, const char *s)
{
    char *copy = xstrdup(s);
    char *save_ptr = NULL;
    char *error = NULL;

    for (char *rule = strtok_r(copy, ",", &save_ptr); rule && !error;
         rule = strtok_r(NULL, ",", &save_ptr)) {
        error = filter_add_rule(filter, rule);
    }
    free(copy);
    return error;
}

void
sbctl_pre_show(struct ctl_context *ctx)
{
    static const struct ovsdb_idl_column *const columns[] = {
        &sbrec_chassis_col_name,
        &sbrec_chassis_col_hostname,
        &sbrec_chassis_col_encaps,
        &sbrec_encap_col_type,
        &sbrec_encap_col_ip,
        &sbrec_encap_col_options,
        &sbrec_port_binding_col_logical_port,
        &sbrec_port_binding_col_chassis,
    };

    for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
        ovsdb_idl_add_column(ctx->idl, columns[i]);
    }
}

/* Appends the value of 'column' of 'row' as a database value. */
static void
put_column(struct ds *output, const struct ovsdb_idl_row *row,
           const struct ovsdb_idl_column *column)
{
    ovsdb_datum_to_string(ovsdb_idl_read(row, column), &column->type, output);
}

/* Appends a line "    NAME: VALUE" unless the value is the default. */
static void
show_column(struct ds *output, int level, const struct ovsdb_idl_row *row,
            const struct ovsdb_idl_column *column)
{
    const struct ovsdb_datum *datum = ovsdb_idl_read(row, column);

    if (!ovsdb_datum_is_default(datum, &column->type)) {
        ds_put_char_multiple(output, ' ', level * 4);
        ds_put_format(output, "%s: ", column->name);
        ovsdb_datum_to_string(datum, &column->type, output);
        ds_put_char(output, '\n');
    }
}

static void
show_encap(const struct sbrec_encap *encap, struct ds *output)
{
    ds_put_cstr(output, "    Encap ");
    put_column(output, &encap->header_, &sbrec_encap_col_type);
    ds_put_char(output, '\n');
    show_column(output, 2, &encap->header_, &sbrec_encap_col_ip);
    show_column(output, 2, &encap->header_, &sbrec_encap_col_options);
}

/* Orders port bindings by chassis, then by name. */
static int
compare_bindings(const void *a_, const void *b_)
{
    const struct sbrec_port_binding *const *ap = a_;
    const struct sbrec_port_binding *const *bp = b_;
    const struct sbrec_port_binding *a = *ap;
    const struct sbrec_port_binding *b = *bp;

    return (a->chassis != b->chassis
            ? (a->chassis < b->chassis ? -1 : 1)
            : strcmp(a->logical_port, b->logical_port));
}

static int
compare_chassis(const void *a_, const void *b_)
{
    const struct sbrec_chassis *const *ap = a_;
    const struct sbrec_chassis *const *bp = b_;

    return strcmp((*ap)->name, (*bp)->name);
}

static int
compare_encaps(const void *a_, const void *b_)
{
    const struct sbrec_encap *const *ap = a_;
    const struct sbrec_encap *const *bp = b_;
    int cmp = strcmp((*ap)->type, (*bp)->type);

    return cmp ? cmp : strcmp((*ap)->ip, (*bp)->ip);
}

/* All bound ports, sorted by chassis. */
struct bindings {
    const struct sbrec_port_binding **pbs;
    size_t n, allocated;
};

static void
collect_bindings(struct ctl_context *ctx, struct bindings *b)
{
    const struct sbrec_port_binding *pb;

    *b = (struct bindings) { .pbs = NULL };
    SBREC_PORT_BINDING_FOR_EACH (pb, ctx->idl) {
        if (pb->chassis) {
            if (b->n >= b->allocated) {
                b->pbs = x2nrealloc(b->pbs, &b->allocated, sizeof *b->pbs);
            }
            b->pbs[b->n++] = pb;
        }
    }
    if (b->n) {
        qsort(b->pbs, b->n, sizeof *b->pbs, compare_bindings);
    }
}

/* Returns the index of the first of 'b' on 'chassis', or b->n. */
static size_t
first_binding(const struct bindings *b, const struct sbrec_chassis *chassis)
{
    size_t low = 0;
    size_t high = b->n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (b->pbs[mid]->chassis < chassis) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

static void
show_chassis(const struct sbrec_chassis *chassis, const struct bindings *b,
             const struct filter *filter, struct ds *output)
{
    ds_put_cstr(output, "Chassis ");
    put_column(output, &chassis->header_, &sbrec_chassis_col_name);
    ds_put_char(output, '\n');
    show_column(output, 1, &chassis->header_, &sbrec_chassis_col_hostname);

    struct sbrec_encap **encaps
        = xmemdup(chassis->encaps, chassis->n_encaps * sizeof *encaps);
    if (chassis->n_encaps) {
        qsort(encaps, chassis->n_encaps, sizeof *encaps, compare_encaps);
    }
    for (size_t i = 0; i < chassis->n_encaps; i++) {
        if (filter_match(filter, SHOW_ENCAP, encaps[i]->type)
            || filter_match(filter, SHOW_ENCAP, encaps[i]->ip)) {
            show_encap(encaps[i], output);
        }
    }
    free(encaps);

    for (size_t i = first_binding(b, chassis);
         i < b->n && b->pbs[i]->chassis == chassis; i++) {
        const struct sbrec_port_binding *pb = b->pbs[i];
        if (filter_match(filter, SHOW_PORT_BINDING, pb->logical_port)) {
            ds_put_cstr(output, "    Port_Binding ");
            put_column(output, &pb->header_,
                       &sbrec_port_binding_col_logical_port);
            ds_put_char(output, '\n');
        }
    }
}

void
sbctl_show(struct ctl_context *ctx)
{
    const char *filter_s = shash_find_data(&ctx->options, "--filter");
    struct filter filter;

    filter_init(&filter);
    char *error = filter_s ? filter_parse(&filter, filter_s) : NULL;
    if (error) {
        ctl_error(ctx, "%s", error);
        free(error);
        filter_destroy(&filter);
        return;
    }

    const struct sbrec_chassis **all = NULL;
    const struct sbrec_chassis *chassis;
    size_t n = 0, allocated = 0;
    SBREC_CHASSIS_FOR_EACH (chassis, ctx->idl) {
        if (filter_match(&filter, SHOW_CHASSIS, chassis->name)) {
            if (n >= allocated) {
                all = x2nrealloc(all, &allocated, sizeof *all);
            }
            all[n++] = chassis;
        }
    }
    if (n) {
        qsort(all, n, sizeof *all, compare_chassis);
    }

    struct bindings bindings;
    collect_bindings(ctx, &bindings);
    for (size_t i = 0; i < n; i++) {
        show_chassis(all[i], &bindings, &filter, &ctx->output);
    }
    free(bindings.pbs);
    free(all);
    filter_destroy(&filter);
}
