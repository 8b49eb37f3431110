/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Finding and naming rows of the Northbound database, for all topics. */

#include <config.h>

#include "utilities/ovn-nbctl.h"

#include <stdlib.h>

#include "ovsdb-idl.h"
#include "smap.h"
#include "util.h"
#include "uuid.h"
#include "utilities/ovn-nbctl-validate.h"

/* Finds the switch whose UUID or name is 'id'. */
bool
nbctl_find_switch(struct ctl_context *ctx, const char *id, bool must_exist,
                  const struct nbrec_logical_switch **lsp)
{
    const struct nbrec_logical_switch *ls = NULL;
    struct uuid uuid;

    *lsp = NULL;
    bool is_uuid = uuid_from_string(&uuid, id);
    if (is_uuid) {
        ls = nbrec_logical_switch_get_for_uuid(ctx->idl, &uuid);
    }
    if (!ls) {
        const struct nbrec_logical_switch *iter;

        NBREC_LOGICAL_SWITCH_FOR_EACH (iter, ctx->idl) {
            if (!strcmp(iter->name, id)) {
                if (ls) {
                    ctl_error(ctx, "Multiple logical switches named '%s'.  "
                              "Use a UUID.", id);
                    return false;
                }
                ls = iter;
            }
        }
    }
    if (!ls && must_exist) {
        ctl_error(ctx, "%s: switch %s not found", id,
                  is_uuid ? "UUID" : "name");
        return false;
    }
    *lsp = ls;
    return true;
}

/* Finds the switch port whose UUID or name is 'id'. */
bool
nbctl_find_lsp(struct ctl_context *ctx, const char *id, bool must_exist,
               const struct nbrec_logical_switch_port **lspp)
{
    const struct nbrec_logical_switch_port *lsp = NULL;
    struct uuid uuid;

    *lspp = NULL;
    bool is_uuid = uuid_from_string(&uuid, id);
    if (is_uuid) {
        lsp = nbrec_logical_switch_port_get_for_uuid(ctx->idl, &uuid);
    }
    if (!lsp) {
        const struct nbrec_logical_switch_port *iter;

        NBREC_LOGICAL_SWITCH_PORT_FOR_EACH (iter, ctx->idl) {
            if (!strcmp(iter->name, id)) {
                lsp = iter;
                break;
            }
        }
    }
    if (!lsp && must_exist) {
        ctl_error(ctx, "%s: port %s not found", id,
                  is_uuid ? "UUID" : "name");
        return false;
    }
    *lspp = lsp;
    return true;
}

/* Finds the router whose UUID or name is 'id'. */
bool
nbctl_find_router(struct ctl_context *ctx, const char *id, bool must_exist,
                  const struct nbrec_logical_router **lrp)
{
    const struct nbrec_logical_router *lr = NULL;
    struct uuid uuid;

    *lrp = NULL;
    bool is_uuid = uuid_from_string(&uuid, id);
    if (is_uuid) {
        lr = nbrec_logical_router_get_for_uuid(ctx->idl, &uuid);
    }
    if (!lr) {
        const struct nbrec_logical_router *iter;

        NBREC_LOGICAL_ROUTER_FOR_EACH (iter, ctx->idl) {
            if (!strcmp(iter->name, id)) {
                if (lr) {
                    ctl_error(ctx, "Multiple logical routers named '%s'.  "
                              "Use a UUID.", id);
                    return false;
                }
                lr = iter;
            }
        }
    }
    if (!lr && must_exist) {
        ctl_error(ctx, "%s: router %s not found", id,
                  is_uuid ? "UUID" : "name");
        return false;
    }
    *lrp = lr;
    return true;
}

/* Finds the router port whose UUID or name is 'id'. */
bool
nbctl_find_lrp(struct ctl_context *ctx, const char *id, bool must_exist,
               const struct nbrec_logical_router_port **lrpp)
{
    const struct nbrec_logical_router_port *lrp = NULL;
    struct uuid uuid;

    *lrpp = NULL;
    bool is_uuid = uuid_from_string(&uuid, id);
    if (is_uuid) {
        lrp = nbrec_logical_router_port_get_for_uuid(ctx->idl, &uuid);
    }
    if (!lrp) {
        const struct nbrec_logical_router_port *iter;

        NBREC_LOGICAL_ROUTER_PORT_FOR_EACH (iter, ctx->idl) {
            if (!strcmp(iter->name, id)) {
                lrp = iter;
                break;
            }
        }
    }
    if (!lrp && must_exist) {
        ctl_error(ctx, "%s: port %s not found", id,
                  is_uuid ? "UUID" : "name");
        return false;
    }
    *lrpp = lrp;
    return true;
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

/* Stores the priority 'arg' in '*priority', or reports an error and returns
 * false. */
bool
nbctl_parse_priority(struct ctl_context *ctx, const char *arg,
                     int64_t *priority)
{
    return nbctl_parse_int(ctx, arg, "priority", 0, 32767, priority);
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
