/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Finding and naming rows of the Northbound database, for all topics. */

#include <config.h>

#include "utilities/ovn-nbctl.h"

#include <stdlib.h>

#include "openvswitch/dynamic-string.h"
#include "openvswitch/shash.h"
#include "ovsdb-data.h"
#include "ovsdb-idl.h"
#include "ovsdb-idl-provider.h"
#include "smap.h"
#include "util.h"
#include "uuid.h"

/* Kinds of rows. */

const struct nbctl_kind nbctl_switch = {
    &nbrec_table_logical_switch, &nbrec_logical_switch_col_name,
    "switch", "logical switches"
};
const struct nbctl_kind nbctl_lsp = {
    &nbrec_table_logical_switch_port, &nbrec_logical_switch_port_col_name,
    "port", NULL
};
const struct nbctl_kind nbctl_router = {
    &nbrec_table_logical_router, &nbrec_logical_router_col_name,
    "router", "logical routers"
};
const struct nbctl_kind nbctl_lrp = {
    &nbrec_table_logical_router_port, &nbrec_logical_router_port_col_name,
    "port", NULL
};
const struct nbctl_kind nbctl_port_group = {
    &nbrec_table_port_group, &nbrec_port_group_col_name, "port group", NULL
};
const struct nbctl_kind nbctl_lb = {
    &nbrec_table_load_balancer, &nbrec_load_balancer_col_name,
    "load balancer", "load balancers"
};
const struct nbctl_kind nbctl_address_set = {
    &nbrec_table_address_set, &nbrec_address_set_col_name, "Address Set", NULL
};
const struct nbctl_kind nbctl_mirror = {
    &nbrec_table_mirror, &nbrec_mirror_col_name, "mirror", NULL
};
const struct nbctl_kind nbctl_meter = {
    &nbrec_table_meter, &nbrec_meter_col_name, "meter", NULL
};
const struct nbctl_kind nbctl_copp = {
    &nbrec_table_copp, &nbrec_copp_col_name, "copp", NULL
};
const struct nbctl_kind nbctl_nf = {
    &nbrec_table_network_function, &nbrec_network_function_col_name,
    "network function", NULL
};
const struct nbctl_kind nbctl_nfg = {
    &nbrec_table_network_function_group,
    &nbrec_network_function_group_col_name, "network function group", NULL
};
const struct nbctl_kind nbctl_fwd_group = {
    &nbrec_table_forwarding_group, &nbrec_forwarding_group_col_name,
    "forwarding group", "forwarding groups"
};
const struct nbctl_kind nbctl_ha_group = {
    &nbrec_table_ha_chassis_group, &nbrec_ha_chassis_group_col_name,
    "ha_chassis_group", NULL
};

/* Returns the name of 'row', of 'kind'. */
const char *
nbctl_name(const struct ovsdb_idl_row *row, const struct nbctl_kind *kind)
{
    return ovsdb_idl_read(row, kind->name)->keys[0].s->string;
}

/* Finds the row of 'kind' that is called 'name', and stores it or null in
 * '*rowp'.  If there are several, reports an error and returns false. */
static bool
find_by_name(struct ctl_context *ctx, const struct nbctl_kind *kind,
             const char *name, const struct ovsdb_idl_row **rowp)
{
    const struct ovsdb_idl_row *row;

    *rowp = NULL;
    for (row = ovsdb_idl_first_row(ctx->idl, kind->table); row;
         row = ovsdb_idl_next_row(row)) {
        if (strcmp(nbctl_name(row, kind), name)) {
            continue;
        } else if (*rowp) {
            ctl_error(ctx, "Multiple %s named '%s'.  Use a UUID.",
                      kind->plural, name);
            return false;
        }
        *rowp = row;
        if (!kind->plural) {
            break;
        }
    }
    return true;
}

bool
nbctl_find(struct ctl_context *ctx, const struct nbctl_kind *kind,
           const char *id, bool must_exist, const struct ovsdb_idl_row **rowp)
{
    struct uuid uuid;
    bool is_uuid = uuid_from_string(&uuid, id);

    *rowp = (is_uuid
             ? ovsdb_idl_get_row_for_uuid(ctx->idl, kind->table, &uuid)
             : NULL);
    if (!*rowp && !find_by_name(ctx, kind, id, rowp)) {
        return false;
    }
    if (!*rowp && must_exist) {
        ctl_error(ctx, "%s: %s %s not found", id, kind->what,
                  is_uuid ? "UUID" : "name");
        return false;
    }
    return true;
}

/* nbctl_find(), for one kind each. */
#define NBCTL_FINDER(KIND, STRUCT)                                      \
    bool                                                                \
    nbctl_find_##KIND(struct ctl_context *ctx, const char *id,          \
                      bool must_exist, const struct STRUCT **resultp)   \
    {                                                                   \
        const struct ovsdb_idl_row *row;                                \
        bool ok = nbctl_find(ctx, &nbctl_##KIND, id, must_exist, &row); \
        *resultp = (ok && row                                           \
                    ? CONTAINER_OF(row, struct STRUCT, header_)         \
                    : NULL);                                            \
        return ok;                                                      \
    }
NBCTL_FINDER(switch, nbrec_logical_switch)
NBCTL_FINDER(lsp, nbrec_logical_switch_port)
NBCTL_FINDER(router, nbrec_logical_router)
NBCTL_FINDER(lrp, nbrec_logical_router_port)
NBCTL_FINDER(port_group, nbrec_port_group)
NBCTL_FINDER(lb, nbrec_load_balancer)
NBCTL_FINDER(address_set, nbrec_address_set)
NBCTL_FINDER(mirror, nbrec_mirror)
NBCTL_FINDER(meter, nbrec_meter)
NBCTL_FINDER(copp, nbrec_copp)
NBCTL_FINDER(nf, nbrec_network_function)
NBCTL_FINDER(nfg, nbrec_network_function_group)
NBCTL_FINDER(fwd_group, nbrec_forwarding_group)
NBCTL_FINDER(ha_group, nbrec_ha_chassis_group)

void
nbctl_pre_find(struct ctl_context *ctx, const struct nbctl_kind *kind,
               const char *id)
{
    ovsdb_idl_add_column(ctx->idl, kind->name);
    if (id) {
        dbctl_limit_row(ctx, kind->table, kind->name, id);
    } else {
        dbctl_need_whole(ctx, kind->table);
    }
}

void
nbctl_pre_refs(struct ctl_context *ctx,
               const struct ovsdb_idl_column *refs,
               const struct ovsdb_idl_table_class *table,
               const struct ovsdb_idl_column *column, const char *value)
{
    ovsdb_idl_add_column(ctx->idl, refs);
    if (value && ctx->last_command) {
        dbctl_limit_row(ctx, table, column, value);
    } else {
        dbctl_need_whole(ctx, table);
    }
}

/* Rows that have nothing but a name: add, delete, list. */

void
nbctl_pre_named(struct ctl_context *ctx, const struct nbctl_kind *kind)
{
    ovsdb_idl_add_column(ctx->idl, kind->name);
    if (ctx->argc > 1) {
        dbctl_limit_row(ctx, kind->table, kind->name, ctx->argv[1]);
    }
}

/* Is there a row of 'kind' called 'name'? */
static bool
name_exists(struct ctl_context *ctx, const struct nbctl_kind *kind,
            const char *name)
{
    const struct ovsdb_idl_row *row;

    for (row = ovsdb_idl_first_row(ctx->idl, kind->table); row;
         row = ovsdb_idl_next_row(row)) {
        if (!strcmp(nbctl_name(row, kind), name)) {
            return true;
        }
    }
    return false;
}

void
nbctl_add_named(struct ctl_context *ctx, const struct nbctl_kind *kind)
{
    const char *name = ctx->argc > 1 ? ctx->argv[1] : NULL;
    bool may_exist = shash_find(&ctx->options, "--may-exist");
    bool add_duplicate = shash_find(&ctx->options, "--add-duplicate");

    if (may_exist && add_duplicate) {
        ctl_error(ctx, "--may-exist and --add-duplicate may not be used "
                  "together");
        return;
    }
    if (!name && (may_exist || add_duplicate)) {
        ctl_error(ctx, "--%s requires specifying a name",
                  may_exist ? "may-exist" : "add-duplicate");
        return;
    }
    if (name && !add_duplicate && name_exists(ctx, kind, name)) {
        if (!may_exist) {
            ctl_error(ctx, "%s: a %s with this name already exists",
                      name, kind->what);
        }
        return;
    }

    const struct ovsdb_idl_row *row
        = ovsdb_idl_txn_insert(ctx->txn, kind->table, NULL);
    if (name) {
        union ovsdb_atom atom = { .s = ovsdb_atom_string_create(name) };
        struct ovsdb_datum datum = {
            .n = 1, .keys = xmemdup(&atom, sizeof atom)
        };
        ovsdb_idl_txn_write(row, kind->name, &datum);
    }
}

void
nbctl_del_named(struct ctl_context *ctx, const struct nbctl_kind *kind)
{
    bool must_exist = !shash_find(&ctx->options, "--if-exists");
    const struct ovsdb_idl_row *row;

    if (nbctl_find(ctx, kind, ctx->argv[1], must_exist, &row) && row) {
        ovsdb_idl_txn_delete(row);
    }
}

void
nbctl_list_named(struct ctl_context *ctx, const struct nbctl_kind *kind)
{
    struct nbctl_names names = { .n = 0 };
    const struct ovsdb_idl_row *row;

    for (row = ovsdb_idl_first_row(ctx->idl, kind->table); row;
         row = ovsdb_idl_next_row(row)) {
        nbctl_names_add(&names, &row->uuid, nbctl_name(row, kind), row);
    }
    nbctl_names_print(&names, &ctx->output);
    nbctl_names_destroy(&names);
}

/* Returns the switch that 'lsp' is on, or null if there is none. */
const struct nbrec_logical_switch *
nbctl_lsp_switch(struct ctl_context *ctx,
                 const struct nbrec_logical_switch_port *lsp)
{
    const struct nbrec_logical_switch *ls;

    NBREC_LOGICAL_SWITCH_FOR_EACH (ls, ctx->idl) {
        for (size_t i = 0; i < ls->n_ports; i++) {
            if (ls->ports[i] == lsp) {
                return ls;
            }
        }
    }
    return NULL;
}

/* Stores whether 'arg' says "enabled" in '*enabled', or reports an error and
 * returns false. */
bool
nbctl_parse_enabled(struct ctl_context *ctx, const char *arg, bool *enabled)
{
    if (!strcasecmp(arg, "enabled")) {
        *enabled = true;
    } else if (!strcasecmp(arg, "disabled")) {
        *enabled = false;
    } else {
        ctl_error(ctx, "%s: state must be \"enabled\" or \"disabled\"", arg);
        return false;
    }
    return true;
}

/* Adds the arguments of 'ctx' from the 'i'th on, each "KEY=VALUE", to
 * 'options'; of several for one key, the first counts.  Reports an error and
 * returns false for one that has another form. */
bool
nbctl_parse_options(struct ctl_context *ctx, int i, struct smap *options)
{
    for (; i < ctx->argc; i++) {
        const char *arg = ctx->argv[i];
        const char *equals = strchr(arg, '=');

        if (!equals || equals == arg) {
            ctl_error(ctx, "%s: expected KEY=VALUE", arg);
            return false;
        }
        char *key = xmemdup0(arg, equals - arg);
        smap_add_once(options, key, equals + 1);
        free(key);
    }
    return true;
}

/* Appends a line "KEY=VALUE" for each of 'options', in order of keys. */
void
nbctl_print_options(const struct smap *options, struct ds *output)
{
    const struct smap_node **nodes = smap_sort(options);

    for (size_t i = 0; i < smap_count(options); i++) {
        ds_put_format(output, "%s=%s\n", nodes[i]->key, nodes[i]->value);
    }
    free(nodes);
}

/* Lists of names. */

struct nbctl_name {
    struct uuid uuid;
    const char *name;
    const void *row;
};

/* Adds 'row', of 'uuid' and 'name', to 'names', which must not outlive
 * them. */
void
nbctl_names_add(struct nbctl_names *names, const struct uuid *uuid,
                const char *name, const void *row)
{
    if (names->n >= names->allocated) {
        names->names = x2nrealloc(names->names, &names->allocated,
                                  sizeof *names->names);
    }
    names->names[names->n++] = (struct nbctl_name) {
        .uuid = *uuid, .name = name, .row = row
    };
}

const void *
nbctl_names_row(const struct nbctl_names *names, size_t i)
{
    return names->names[i].row;
}

static int
compare_names(const void *a_, const void *b_)
{
    const struct nbctl_name *a = a_;
    const struct nbctl_name *b = b_;
    int cmp = strcmp(a->name, b->name);
    return cmp ? cmp : uuid_compare_3way(&a->uuid, &b->uuid);
}

/* Sorts 'names' by name and then by UUID. */
void
nbctl_names_sort(struct nbctl_names *names)
{
    if (names->n) {
        qsort(names->names, names->n, sizeof *names->names, compare_names);
    }
}

/* Sorts 'names' and appends a line for each to 'output'. */
void
nbctl_names_print(struct nbctl_names *names, struct ds *output)
{
    nbctl_names_sort(names);
    for (size_t i = 0; i < names->n; i++) {
        ds_put_format(output, UUID_FMT" (%s)\n",
                      UUID_ARGS(&names->names[i].uuid), names->names[i].name);
    }
}

void
nbctl_names_destroy(struct nbctl_names *names)
{
    free(names->names);
}
