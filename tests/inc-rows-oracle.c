/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The oracle of inc-rows-test.c. */

#include <config.h>
#include "tests/inc-rows-test.h"

#include <stdlib.h>
#include <string.h>

#include "openvswitch/dynamic-string.h"
#include "ovsdb/ovn-nb-idl.h"
#include "ovsdb/ovn-sb-idl.h"
#include "util.h"
#include "uuid.h"

static void
put_sorted_set(struct ds *s, char *const *strings, size_t n)
{
    /* The IDL sorts sets. */
    for (size_t i = 0; i < n; i++) {
        ds_put_format(s, " %s", strings[i]);
    }
}

static int
compare_lines(const void *a_, const void *b_)
{
    const char *const *a = a_;
    const char *const *b = b_;

    return strcmp(*a, *b);
}

/* Sorts the lines of 's' and removes duplicates. */
static void
sort_lines(struct ds *s)
{
    char **lines = NULL;
    size_t n = 0, allocated = 0;
    struct ds out = DS_EMPTY_INITIALIZER;
    char *save = NULL;

    for (char *line = strtok_r(ds_cstr(s), "\n", &save); line;
         line = strtok_r(NULL, "\n", &save)) {
        if (n >= allocated) {
            lines = x2nrealloc(lines, &allocated, sizeof *lines);
        }
        lines[n++] = line;
    }
    if (n) {
        qsort(lines, n, sizeof *lines, compare_lines);
    }
    for (size_t i = 0; i < n; i++) {
        if (!i || strcmp(lines[i - 1], lines[i])) {
            ds_put_format(&out, "%s\n", lines[i]);
        }
    }
    free(lines);
    ds_swap(s, &out);
    ds_destroy(&out);
}

static void
put_group(struct ds *s, const struct uuid *ls)
{
    ds_put_format(s, "group %c has "UUID_FMT"\n", group_of(ls),
                  UUID_ARGS(ls));
}

void
oracle_expect(struct ovsdb_idl *nb, struct ds *s)
{
    const struct nbrec_logical_switch *ls;

    NBREC_LOGICAL_SWITCH_FOR_EACH (ls, nb) {
        const struct uuid *uuid = &ls->header_.uuid;

        ds_put_format(s, "dp "UUID_FMT" %"PRIu32"\n", UUID_ARGS(uuid),
                      key_of(uuid));
        put_group(s, uuid);
        ds_put_format(s, "lflow %c ingress 1\n", group_of(uuid));
        for (size_t i = 0; i < ls->n_ports; i++) {
            const struct nbrec_logical_switch_port *lsp = ls->ports[i];
            const char *k = smap_get_def(&lsp->options, "k", "-");

            ds_put_format(s, "pb %s "UUID_FMT" %s", lsp->name,
                          UUID_ARGS(uuid), k);
            put_sorted_set(s, lsp->addresses, lsp->n_addresses);
            ds_put_char(s, '\n');
            ds_put_format(s, "up %s %s\n", lsp->name,
                          (!lsp->n_addresses ? "unset"
                           : lsp->n_addresses > 1 ? "true" : "false"));
            for (size_t j = 0; j < lsp->n_addresses; j++) {
                ds_put_format(s, "lflow %c egress %s\n", group_of(uuid),
                              lsp->addresses[j]);
            }
        }
    }
    sort_lines(s);
}

void
oracle_observe(struct ovsdb_idl *nb, struct ovsdb_idl *sb, struct ds *s)
{
    const struct nbrec_logical_switch_port *lsp;
    const struct sbrec_datapath_binding *dp;
    const struct sbrec_port_binding *pb;
    const struct sbrec_logical_flow *lflow;
    const struct sbrec_logical_dp_group *dpg;

    NBREC_LOGICAL_SWITCH_PORT_FOR_EACH (lsp, nb) {
        ds_put_format(s, "up %s %s\n", lsp->name,
                      lsp->n_up ? *lsp->up ? "true" : "false" : "unset");
    }
    SBREC_DATAPATH_BINDING_FOR_EACH (dp, sb) {
        /* Without a key it is nobody's. */
        if (dp->nb_uuid) {
            ds_put_format(s, "dp "UUID_FMT" %"PRId64"\n",
                          UUID_ARGS(dp->nb_uuid), dp->tunnel_key);
        }
    }
    SBREC_LOGICAL_DP_GROUP_FOR_EACH (dpg, sb) {
        for (size_t i = 0; i < dpg->n_datapaths; i++) {
            ds_put_format(s, "group %c has "UUID_FMT"\n", group_name(dpg),
                          UUID_ARGS(dpg->datapaths[i]->nb_uuid));
        }
    }
    SBREC_PORT_BINDING_FOR_EACH (pb, sb) {
        ds_put_format(s, "pb %s "UUID_FMT" %s", pb->logical_port,
                      UUID_ARGS(pb->datapath->nb_uuid),
                      smap_get_def(&pb->options, "k", "-"));
        put_sorted_set(s, pb->mac, pb->n_mac);
        ds_put_char(s, '\n');
    }
    SBREC_LOGICAL_FLOW_FOR_EACH (lflow, sb) {
        ds_put_format(s, "lflow %c %s %s\n",
                      group_name(lflow->logical_dp_group), lflow->pipeline,
                      lflow->match);
    }
    sort_lines(s);
}
