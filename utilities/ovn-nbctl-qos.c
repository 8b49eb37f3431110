/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-nbctl: QoS rules of switches, which mark packets and limit rates. */

#include <config.h>

#include "utilities/ovn-nbctl.h"

#include <stdlib.h>

#include "openvswitch/dynamic-string.h"
#include "openvswitch/shash.h"
#include "ovsdb-idl.h"
#include "util.h"
#include "utilities/ovn-nbctl-rule.h"
#include "uuid.h"

static struct nbctl_rule
qos_rule(const struct nbrec_qos *qos)
{
    return (struct nbctl_rule) {
        .direction = qos->direction,
        .priority = qos->priority,
        .match = qos->match,
        .action = "",
        .row = qos,
    };
}

/* The command looks at those QoS rules of the switch that is its first
 * argument that have 'match' or, if that is null, at all. */
static void
pre_qos(struct ctl_context *ctx, const char *match)
{
    nbctl_pre_find(ctx, &nbctl_switch, ctx->argv[1]);
    nbctl_pre_refs(ctx, &nbrec_logical_switch_col_qos_rules,
                   &nbrec_table_qos, &nbrec_qos_col_match, match);
    NBCTL_ADD_COLUMNS(ctx, &nbrec_qos_col_direction, &nbrec_qos_col_priority,
                      &nbrec_qos_col_match);
}

static void
pre_effect(struct ctl_context *ctx)
{
    NBCTL_ADD_COLUMNS(ctx, &nbrec_qos_col_action, &nbrec_qos_col_bandwidth);
}

/* Settings: "KEY=NUMBER" arguments.  Each is one of these, kept as the element
 * of a map. */
enum qos_setting { QOS_RATE, QOS_BURST, QOS_MARK, QOS_DSCP, N_QOS_SETTINGS };

static const struct {
    const char *key;
    int64_t min, max;
} qos_settings[N_QOS_SETTINGS] = {
    [QOS_RATE] = { "rate", 1, UINT32_MAX },     /* In kbps. */
    [QOS_BURST] = { "burst", 1, UINT32_MAX },   /* In kilobits. */
    [QOS_MARK] = { "mark", 0, UINT32_MAX },
    [QOS_DSCP] = { "dscp", 0, 63 },
};

/* Their values; -1 is "not given". */
struct qos_values {
    int64_t values[N_QOS_SETTINGS];
};

/* Parses "KEY=NUMBER" in 'arg'. */
static bool
parse_setting(struct ctl_context *ctx, const char *arg, struct qos_values *v)
{
    for (size_t i = 0; i < N_QOS_SETTINGS; i++) {
        const char *key = qos_settings[i].key;
        size_t n = strlen(key);

        if (!strncmp(arg, key, n) && arg[n] == '=') {
            return nbctl_parse_int(ctx, arg + n + 1, key, qos_settings[i].min,
                                   qos_settings[i].max, &v->values[i]);
        }
    }
    ctl_error(ctx, "%s: supported arguments are \"dscp=\", \"mark=\", "
              "\"rate=\", and \"burst=\"", arg);
    return false;
}

static bool
parse_settings(struct ctl_context *ctx, struct qos_values *v)
{
    *v = (struct qos_values) { { -1, -1, -1, -1 } };
    for (int i = 5; i < ctx->argc; i++) {
        if (!parse_setting(ctx, ctx->argv[i], v)) {
            return false;
        }
    }
    if (v->values[QOS_RATE] < 0 && v->values[QOS_DSCP] < 0
        && v->values[QOS_MARK] < 0) {
        ctl_error(ctx, "Either \"rate\", \"mark\" and/or \"dscp\" must be "
                  "specified");
        return false;
    }
    if (v->values[QOS_BURST] >= 0 && v->values[QOS_RATE] < 0) {
        ctl_error(ctx, "\"burst\" requires \"rate\"");
        return false;
    }
    return true;
}

/* Stores settings 'first' to 'last' of 'v' that were given in 'keys' and
 * 'values'.  Returns how many. */
static size_t
collect_settings(const struct qos_values *v, enum qos_setting first,
                 enum qos_setting last, const char *keys[], int64_t values[])
{
    size_t n = 0;

    for (enum qos_setting i = first; i <= last; i++) {
        if (v->values[i] >= 0) {
            keys[n] = qos_settings[i].key;
            values[n++] = v->values[i];
        }
    }
    return n;
}

/* Makes the maps of 'qos' have the settings 'v'. */
static void
set_settings(const struct nbrec_qos *qos, const struct qos_values *v)
{
    const char *keys[N_QOS_SETTINGS];
    int64_t values[N_QOS_SETTINGS];

    size_t n = collect_settings(v, QOS_RATE, QOS_BURST, keys, values);
    nbrec_qos_set_bandwidth(qos, keys, values, n);
    n = collect_settings(v, QOS_MARK, QOS_DSCP, keys, values);
    nbrec_qos_set_action(qos, keys, values, n);
}

/* qos-add. */

static void
pre_qos_add(struct ctl_context *ctx)
{
    pre_qos(ctx, ctx->argv[4]);
    pre_effect(ctx);
}

static bool
qos_exists(const struct nbrec_logical_switch *ls,
           const struct nbctl_rule *new_rule)
{
    for (size_t i = 0; i < ls->n_qos_rules; i++) {
        const struct nbctl_rule rule = qos_rule(ls->qos_rules[i]);

        if (nbctl_rule_equal(&rule, new_rule)) {
            return true;
        }
    }
    return false;
}

static void
cmd_qos_add(struct ctl_context *ctx)
{
    const struct nbrec_logical_switch *ls;
    struct nbctl_rule rule = { .match = ctx->argv[4] };
    struct qos_values values;

    if (!nbctl_find_switch(ctx, ctx->argv[1], true, &ls)
        || !nbctl_parse_direction(ctx, ctx->argv[2], &rule.direction)
        || !nbctl_parse_priority(ctx, ctx->argv[3], &rule.priority)
        || !nbctl_check(ctx, &nbrec_qos_col_match, rule.match)
        || !parse_settings(ctx, &values)) {
        return;
    }
    if (qos_exists(ls, &rule)) {
        if (!shash_find(&ctx->options, "--may-exist")) {
            ctl_error(ctx, "Same qos already existed on the ls %s.",
                      ctx->argv[1]);
        }
        return;
    }

    const struct nbrec_qos *qos = nbrec_qos_insert(ctx->txn);
    nbrec_qos_set_direction(qos, rule.direction);
    nbrec_qos_set_priority(qos, rule.priority);
    nbrec_qos_set_match(qos, rule.match);
    set_settings(qos, &values);
    dbctl_add_ref(ctx, &ls->header_, &nbrec_logical_switch_col_qos_rules,
                  &qos->header_);
}

/* qos-del. */

static void
pre_qos_del(struct ctl_context *ctx)
{
    pre_qos(ctx, ctx->argc > 4 ? ctx->argv[4] : NULL);
}

static void
del_qos(struct ctl_context *ctx, const struct nbrec_logical_switch *ls,
        const struct nbrec_qos *qos)
{
    dbctl_del_ref(ctx, &ls->header_, &nbrec_logical_switch_col_qos_rules,
                  &qos->header_);
}

/* "qos-del SWITCH UUID". */
static void
del_qos_by_uuid(struct ctl_context *ctx,
                const struct nbrec_logical_switch *ls,
                const struct uuid *uuid)
{
    if (ctx->argc > 3) {
        ctl_error(ctx, "uuid must be the only argument");
        return;
    }
    for (size_t i = 0; i < ls->n_qos_rules; i++) {
        if (uuid_equals(uuid, &ls->qos_rules[i]->header_.uuid)) {
            del_qos(ctx, ls, ls->qos_rules[i]);
            return;
        }
    }
    ctl_error(ctx, "uuid is not found");
}

static void
cmd_qos_del(struct ctl_context *ctx)
{
    const struct nbrec_logical_switch *ls;
    struct nbctl_rule_filter filter;
    struct uuid uuid;

    if (!nbctl_find_switch(ctx, ctx->argv[1], true, &ls)) {
        return;
    }
    if (ctx->argc > 2 && uuid_from_string(&uuid, ctx->argv[2])) {
        del_qos_by_uuid(ctx, ls, &uuid);
        return;
    }
    if (!nbctl_parse_rule_filter(ctx, 2, true, &filter)) {
        return;
    }

    /* The set changes while elements are deleted. */
    size_t n = ls->n_qos_rules;
    struct nbrec_qos **rules = xmemdup(ls->qos_rules, n * sizeof *rules);
    for (size_t i = 0; i < n; i++) {
        const struct nbctl_rule rule = qos_rule(rules[i]);

        if (nbctl_rule_filter_accepts(&filter, &rule)) {
            del_qos(ctx, ls, rules[i]);
        }
    }
    free(rules);
}

/* qos-list. */

static void
pre_qos_list(struct ctl_context *ctx)
{
    pre_qos(ctx, NULL);
    pre_effect(ctx);
}

static void
print_settings(char *const *keys, const int64_t *values, size_t n,
               struct ds *s)
{
    /* The keys are sorted; "rate" comes before its "burst". */
    for (size_t i = n; i-- > 0; ) {
        ds_put_format(s, " %s=%"PRId64, keys[i], values[i]);
    }
}

static void
print_qos(const struct nbrec_qos *qos, struct ds *s)
{
    ds_put_format(s, "%10s %5"PRId64" (%s)", qos->direction, qos->priority,
                  qos->match);
    print_settings(qos->key_bandwidth, qos->value_bandwidth,
                   qos->n_bandwidth, s);
    print_settings(qos->key_action, qos->value_action, qos->n_action, s);
    ds_put_char(s, '\n');
}

static void
cmd_qos_list(struct ctl_context *ctx)
{
    const struct nbrec_logical_switch *ls;

    if (!nbctl_find_switch(ctx, ctx->argv[1], true, &ls)) {
        return;
    }

    size_t n = ls->n_qos_rules;
    struct nbctl_rule *rules = xmalloc(n * sizeof *rules);
    for (size_t i = 0; i < n; i++) {
        rules[i] = qos_rule(ls->qos_rules[i]);
    }
    nbctl_rules_sort(rules, n);
    for (size_t i = 0; i < n; i++) {
        print_qos(rules[i].row, &ctx->output);
    }
    free(rules);
}

static const struct dbctl_command commands[] = {
    {{"qos-add", 5, 8,
      "SWITCH DIRECTION PRIORITY MATCH [mark=MARK] [dscp=DSCP] "
      "[rate=RATE [burst=BURST]]", pre_qos_add, cmd_qos_add, NULL,
      "--may-exist,"DBCTL_NO_VALIDATE, RW}, "add a QoS rule to SWITCH"},
    {{"qos-del", 1, 4, "SWITCH [{DIRECTION | UUID} [PRIORITY MATCH]]",
      pre_qos_del, cmd_qos_del, NULL, "", RW},
     "remove QoS rules from SWITCH"},
    {{"qos-list", 1, 1, "SWITCH", pre_qos_list, cmd_qos_list, NULL, "", RO},
     "print QoS rules for SWITCH"},
    {{NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO}, NULL}
};

const struct dbctl_topic nbctl_qos_topic = {
    "QoS commands", commands
};
