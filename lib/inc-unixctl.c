/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The inc-engine/ commands of ovn-appctl. */

#include <config.h>
#include "lib/inc-private.h"

#include <stdlib.h>
#include <string.h>

#include "openvswitch/dynamic-string.h"
#include "sset.h"
#include "timeval.h"
#include "unixctl.h"
#include "util.h"

static struct inc_family *
find_family(const struct inc *inc, const char *name)
{
    for (size_t i = 0; i < inc->n_families; i++) {
        if (!strcmp(inc->families[i]->name, name)) {
            return inc->families[i];
        }
    }
    return NULL;
}

static void
format_stats(const struct inc_family *family, struct ds *s)
{
    struct inc_stats stats;

    inc_family_stats(family, &stats);
    ds_put_format(s, "Node: %s\n"
                  "- kind:      %s\n"
                  "- level:     %d\n"
                  "- exist:     %"PRIuSIZE"\n"
                  "- recompute: 0\n"
                  "- compute:   %"PRIu64"\n"
                  "- last:      %"PRIu64"\n"
                  "- cancel:    0\n",
                  family->name, family->fact ? "fact" : "unit",
                  family->st->level, stats.n, stats.total, stats.last);
}

/* show-stats [FAMILY [COUNTER]] */
static void
show_stats(struct unixctl_conn *conn, int argc, const char *argv[],
           void *inc_)
{
    const struct inc *inc = inc_;
    struct ds s = DS_EMPTY_INITIALIZER;

    if (argc < 2) {
        for (size_t i = 0; i < inc->n_families; i++) {
            format_stats(inc->families[i], &s);
        }
    } else {
        const struct inc_family *family = find_family(inc, argv[1]);
        struct inc_stats stats;

        if (!family) {
            ds_put_format(&s, "%s: no such node", argv[1]);
            unixctl_command_reply_error(conn, ds_cstr(&s));
            ds_destroy(&s);
            return;
        }
        inc_family_stats(family, &stats);
        if (argc < 3) {
            format_stats(family, &s);
        } else if (!strcmp(argv[2], "compute")) {
            ds_put_format(&s, "%"PRIu64"\n", stats.total);
        } else if (!strcmp(argv[2], "exist")) {
            ds_put_format(&s, "%"PRIuSIZE"\n", stats.n);
        } else if (!strcmp(argv[2], "last")) {
            ds_put_format(&s, "%"PRIu64"\n", stats.last);
        } else if (!strcmp(argv[2], "recompute")
                   || !strcmp(argv[2], "cancel")
                   || !strcmp(argv[2], "abort")) {
            ds_put_cstr(&s, "0\n");
        } else {
            ds_put_format(&s, "%s: no such counter (compute, exist, last, "
                          "recompute or cancel)", argv[2]);
            unixctl_command_reply_error(conn, ds_cstr(&s));
            ds_destroy(&s);
            return;
        }
    }
    unixctl_command_reply(conn, ds_cstr(&s));
    ds_destroy(&s);
}

static void
clear_stats(struct unixctl_conn *conn, int argc OVS_UNUSED,
            const char *argv[] OVS_UNUSED, void *inc_)
{
    struct inc *inc = inc_;

    for (size_t i = 0; i < inc->n_families; i++) {
        struct inc_family_state *st = inc->families[i]->st;

        st->n_cleared = st->n_run;
        st->last_run = 0;
    }
    unixctl_command_reply(conn, NULL);
}

static void
recompute(struct unixctl_conn *conn, int argc OVS_UNUSED,
          const char *argv[] OVS_UNUSED, void *inc_)
{
    inc_recompute(inc_);
    unixctl_command_reply(conn, NULL);
}

static void
verify(struct unixctl_conn *conn, int argc OVS_UNUSED,
       const char *argv[] OVS_UNUSED, void *inc_)
{
    struct ds report = DS_EMPTY_INITIALIZER;

    if (inc_verify(inc_, &report)) {
        unixctl_command_reply(conn, "no differences\n");
    } else {
        unixctl_command_reply_error(conn, ds_cstr(&report));
    }
    ds_destroy(&report);
}

static void
warnings(struct unixctl_conn *conn, int argc OVS_UNUSED,
         const char *argv[] OVS_UNUSED, void *inc_)
{
    const struct inc *inc = inc_;
    const char **sorted = sset_sort(inc->warned);
    size_t n = sset_count(inc->warned);
    struct ds s = DS_EMPTY_INITIALIZER;

    for (size_t i = 0; i < n; i++) {
        ds_put_format(&s, "%s\n", sorted[i]);
    }
    unixctl_command_reply(conn, ds_cstr(&s));
    ds_destroy(&s);
    free(sorted);
}

/* why FLOW */

static void
format_read(const struct inc *inc, const struct inc_edge *edge, struct ds *s)
{
    const struct inc_node *node = inc_node(inc, edge->node);

    ds_put_cstr(s, "    reads ");
    switch ((enum inc_node_kind) node->kind) {
    case INC_NODE_ROW:
        inc_format_row(inc, edge->node, s);
        break;
    case INC_NODE_BUCKET:
        ds_put_format(s, "index %s", inc->indexes[node->owner]->name);
        break;
    case INC_NODE_FACT:
        ds_put_format(s, "fact %s of ", inc->families[node->owner]->name);
        inc_format_row(inc, node->key, s);
        break;
    case INC_NODE_UNIT:
    case INC_NODE_FREE:
        OVS_NOT_REACHED();
    }
    ds_put_char(s, '\n');
}

static bool
unit_claims(const struct inc_node *unit, const struct inc_item *item)
{
    const struct inc_claims *claims = unit->data;

    for (size_t i = 0; claims && i < claims->n; i++) {
        if (claims->items[i] == item) {
            return true;
        }
    }
    return false;
}

static void
format_claimants(const struct inc *inc, const struct inc_item *item,
                 struct ds *s)
{
    for (size_t i = 0; i < inc->n_families; i++) {
        const struct inc_family *family = inc->families[i];

        if (!family->unit) {
            continue;
        }
        INC_HTAB_FOR_EACH (id, j, &family->st->nodes) {
            const struct inc_node *unit = inc_node(inc, id);

            if (!unit_claims(unit, item)) {
                continue;
            }
            ds_put_format(s, "  claimed by %s of ", family->name);
            inc_format_row(inc, unit->key, s);
            ds_put_char(s, '\n');

            size_t n;
            const struct inc_edge *reads = inc_reads(unit, &n);
            for (size_t k = 0; k < n; k++) {
                format_read(inc, &reads[k], s);
            }
        }
    }
}

static void
why(struct unixctl_conn *conn, int argc OVS_UNUSED, const char *argv[],
    void *inc_)
{
    const struct inc *inc = inc_;
    struct ds s = DS_EMPTY_INITIALIZER;

    for (size_t i = 0; i < inc->n_outputs; i++) {
        const struct inc_output *output = inc->outputs[i];
        const struct inc_item *item;

        if (!output->matches) {
            continue;
        }
        HMAP_FOR_EACH (item, hmap_node, &output->st->items) {
            const char *value = item->bytes + item->key_len;

            if (output->matches(output->aux, argv[1], item->bytes,
                                item->key_len, value, item->value_len)) {
                output->format(output->aux, item->bytes, item->key_len,
                               value, item->value_len, &s);
                ds_put_char(&s, '\n');
                format_claimants(inc, item, &s);
            }
        }
    }
    if (s.length) {
        unixctl_command_reply(conn, ds_cstr(&s));
    } else {
        ds_put_format(&s, "%s: nothing that is claimed has this UUID, cookie "
                      "or name", argv[1]);
        unixctl_command_reply_error(conn, ds_cstr(&s));
    }
    ds_destroy(&s);
}

/* Commands that scripts written for OVN call and that have no meaning here:
 * accepted, and without effect. */
static void
accept_silently(struct unixctl_conn *conn, int argc OVS_UNUSED,
                const char *argv[] OVS_UNUSED, void *aux OVS_UNUSED)
{
    unixctl_command_reply(conn, NULL);
}

void
inc_unixctl_init(struct inc *inc)
{
    unixctl_command_register("inc-engine/show-stats", "[FAMILY [COUNTER]]",
                             0, 2, show_stats, inc);
    unixctl_command_register("inc-engine/clear-stats", "", 0, 0,
                             clear_stats, inc);
    unixctl_command_register("inc-engine/recompute", "", 0, 0,
                             recompute, inc);
    unixctl_command_register("inc-engine/verify", "", 0, 0, verify, inc);
    unixctl_command_register("inc-engine/warnings", "", 0, 0, warnings, inc);
    unixctl_command_register("inc-engine/why", "FLOW", 1, 1, why, inc);
    unixctl_command_register("inc-engine/compute-log-timeout", "MSECS", 1, 1,
                             accept_silently, NULL);
}
