/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-nbctl: access control lists of switches and port groups. */

#include <config.h>

#include "utilities/ovn-nbctl.h"

#include <stdlib.h>

#include "openvswitch/dynamic-string.h"
#include "openvswitch/shash.h"
#include "ovsdb-idl.h"
#include "smap.h"
#include "util.h"
#include "utilities/ovn-nbctl-rule.h"

/* What ACLs belong to: a switch or a port group. */

struct acl_owner {
    const struct ovsdb_idl_row *row;
    const struct ovsdb_idl_column *acls_column;
    const char *name;
    struct nbrec_acl *const *acls;
    size_t n_acls;
    const struct nbrec_logical_switch *ls; /* Null for a port group. */
};

static struct acl_owner
switch_owner(const struct nbrec_logical_switch *ls)
{
    return (struct acl_owner) {
        .row = &ls->header_,
        .acls_column = &nbrec_logical_switch_col_acls,
        .name = ls->name,
        .acls = ls->acls,
        .n_acls = ls->n_acls,
        .ls = ls,
    };
}

static struct acl_owner
port_group_owner(const struct nbrec_port_group *pg)
{
    return (struct acl_owner) {
        .row = &pg->header_,
        .acls_column = &nbrec_port_group_col_acls,
        .name = pg->name,
        .acls = pg->acls,
        .n_acls = pg->n_acls,
    };
}

/* What --type says about the first argument.  (If it says something else then
 * finding the owner fails.) */
enum {
    MAY_BE_SWITCH = 1 << 0,
    MAY_BE_PORT_GROUP = 1 << 1
};

static unsigned int
owner_types(const struct ctl_context *ctx)
{
    const char *type = shash_find_data(&ctx->options, "--type");

    return (!type ? MAY_BE_SWITCH | MAY_BE_PORT_GROUP
            : !strcmp(type, "switch") ? MAY_BE_SWITCH
            : !strcmp(type, "port-group") ? MAY_BE_PORT_GROUP
            : 0);
}

/* Finds what the first argument names.  Otherwise reports an error and returns
 * false. */
static bool
find_owner(struct ctl_context *ctx, struct acl_owner *owner)
{
    const char *id = ctx->argv[1];
    const struct nbrec_logical_switch *ls = NULL;
    const struct nbrec_port_group *pg = NULL;
    unsigned int types = owner_types(ctx);

    if (!types) {
        ctl_error(ctx, "Invalid value '%s' for option --type",
                  (char *) shash_find_data(&ctx->options, "--type"));
        return false;
    }
    if ((types & MAY_BE_SWITCH
         && !nbctl_find_switch(ctx, id, types == MAY_BE_SWITCH, &ls))
        || (types & MAY_BE_PORT_GROUP
            && !nbctl_find_port_group(ctx, id, types == MAY_BE_PORT_GROUP,
                                      &pg))) {
        return false;
    }
    if (ls && pg) {
        ctl_error(ctx, "Same name '%s' exists in both port-groups and logical "
                  "switches. Specify --type=port-group or switch, or use a "
                  "UUID.", id);
        return false;
    } else if (!ls && !pg) {
        ctl_error(ctx, "'%s' is not found for port-group or switch.", id);
        return false;
    }
    *owner = ls ? switch_owner(ls) : port_group_owner(pg);
    return true;
}

/* The command finds its owner and looks at those of its ACLs that have
 * 'match' or, if that is null, at all. */
static void
pre_owner(struct ctl_context *ctx, const char *match)
{
    unsigned int types = owner_types(ctx);

    if (types & MAY_BE_SWITCH) {
        nbctl_pre_find(ctx, &nbctl_switch, ctx->argv[1]);
        nbctl_pre_refs(ctx, &nbrec_logical_switch_col_acls, &nbrec_table_acl,
                       &nbrec_acl_col_match, match);
    }
    if (types & MAY_BE_PORT_GROUP) {
        nbctl_pre_find(ctx, &nbctl_port_group, ctx->argv[1]);
        nbctl_pre_refs(ctx, &nbrec_port_group_col_acls, &nbrec_table_acl,
                       &nbrec_acl_col_match, match);
    }
    NBCTL_ADD_COLUMNS(ctx, &nbrec_acl_col_direction, &nbrec_acl_col_priority,
                      &nbrec_acl_col_match, &nbrec_acl_col_tier,
                      &nbrec_acl_col_options);
}

/* The columns that do not identify an ACL. */
static void
pre_effect(struct ctl_context *ctx)
{
    NBCTL_ADD_COLUMNS(ctx, &nbrec_acl_col_action, &nbrec_acl_col_log,
                      &nbrec_acl_col_severity, &nbrec_acl_col_name,
                      &nbrec_acl_col_meter, &nbrec_acl_col_label);
}

/* An ACL as a rule. */

enum { N_TIERS = 4 };

/* Does an ACL with these settings come after load balancing?  Those in the
 * other direction do anyway. */
static bool
is_after_lb(const char *direction, bool apply_after_lb)
{
    return apply_after_lb && !strcmp(direction, "from-lport");
}

static int
phase_of(const char *direction, bool apply_after_lb, int64_t tier)
{
    return (is_after_lb(direction, apply_after_lb) ? N_TIERS : 0) + tier;
}

static struct nbctl_rule
acl_rule(const struct nbrec_acl *acl)
{
    bool apply_after_lb = smap_get_bool(&acl->options, "apply-after-lb",
                                        false);

    return (struct nbctl_rule) {
        .direction = acl->direction,
        .phase = phase_of(acl->direction, apply_after_lb, acl->tier),
        .priority = acl->priority,
        .match = acl->match,
        .action = acl->action ? acl->action : "",
        .row = acl,
    };
}

/* acl-add. */

struct acl_request {
    const char *direction;
    int64_t priority;
    const char *match;
    const char *action;
    int64_t tier;
    int64_t label;
    bool apply_after_lb;
    const char *severity;       /* Or null. */
    const char *name;           /* Or null. */
    const char *meter;          /* Or null. */
    const struct nbrec_network_function_group *nfg; /* Or null. */
};

static void
pre_acl_add(struct ctl_context *ctx)
{
    pre_owner(ctx, ctx->argv[4]);
    pre_effect(ctx);
    if (ctx->argc > 6) {
        nbctl_pre_find(ctx, &nbctl_nfg, ctx->argv[6]);
        ovsdb_idl_add_column(ctx->idl, &nbrec_acl_col_network_function_group);
    }
    if (shash_find(&ctx->options, "--sample-new")
        || shash_find(&ctx->options, "--sample-est")) {
        NBCTL_ADD_COLUMNS(ctx, &nbrec_acl_col_sample_new,
                          &nbrec_acl_col_sample_est,
                          &nbrec_sample_col_metadata);
        dbctl_need_whole(ctx, &nbrec_table_sample);
    }
}

/* Parses --tier into '*tier', if it is there. */
static bool
parse_tier(struct ctl_context *ctx, int64_t *tier)
{
    const char *s = shash_find_data(&ctx->options, "--tier");

    return !s || nbctl_parse_int(ctx, s, "tier", 0, N_TIERS - 1, tier);
}

static bool
parse_label(struct ctl_context *ctx, struct acl_request *req)
{
    const char *s = shash_find_data(&ctx->options, "--label");

    if (!s) {
        return true;
    }
    if (strcmp(req->action, "allow") && strcmp(req->action, "allow-related")) {
        ctl_error(ctx, "label can only be set with actions \"allow\" or "
                  "\"allow-related\"");
        return false;
    }
    return nbctl_parse_int(ctx, s, "label", 0, UINT32_MAX, &req->label);
}

static bool
parse_logging(struct ctl_context *ctx, struct acl_request *req)
{
    static const char *const severities[] = {
        "alert", "warning", "notice", "info", "debug"
    };
    enum { MAX_NAME = 63 };
    const char *severity = shash_find_data(&ctx->options, "--severity");

    req->name = shash_find_data(&ctx->options, "--name");
    req->meter = shash_find_data(&ctx->options, "--meter");
    if (req->name && strlen(req->name) > MAX_NAME) {
        ctl_error(ctx, "%s: name is longer than %d characters", req->name,
                  MAX_NAME);
        return false;
    }
    return (!severity
            || nbctl_parse_choice(ctx, severity, "severity", severities,
                                  ARRAY_SIZE(severities), &req->severity));
}

static bool
parse_acl(struct ctl_context *ctx, struct acl_request *req)
{
    static const char *const actions[] = {
        "allow", "allow-related", "allow-stateless", "drop", "reject", "pass"
    };

    *req = (struct acl_request) {
        .match = ctx->argv[4],
        .apply_after_lb = shash_find(&ctx->options, "--apply-after-lb"),
    };
    return (nbctl_parse_direction(ctx, ctx->argv[2], &req->direction)
            && nbctl_parse_priority(ctx, ctx->argv[3], &req->priority)
            && nbctl_parse_choice(ctx, ctx->argv[5], "action", actions,
                                  ARRAY_SIZE(actions), &req->action)
            && nbctl_check(ctx, &nbrec_acl_col_match, req->match)
            && parse_logging(ctx, req)
            && parse_label(ctx, req)
            && parse_tier(ctx, &req->tier)
            && (ctx->argc <= 6
                || nbctl_find_nfg(ctx, ctx->argv[6], true, &req->nfg)));
}

/* Does 'owner' have an ACL that is looked at for the same packets, at the same
 * time, as the one 'req' asks for? */
static bool
acl_exists(const struct acl_owner *owner, const struct acl_request *req)
{
    const struct nbctl_rule new_rule = {
        .direction = req->direction,
        .phase = phase_of(req->direction, req->apply_after_lb, req->tier),
        .priority = req->priority,
        .match = req->match,
    };

    for (size_t i = 0; i < owner->n_acls; i++) {
        const struct nbctl_rule rule = acl_rule(owner->acls[i]);

        if (nbctl_rule_equal(&rule, &new_rule)) {
            return true;
        }
    }
    return false;
}

/* Finds the sample that 'option' names: by UUID, by its metadata, or, if the
 * same transaction creates it, as "@ID".  Stores it in 'column' of 'acl'. */
static void
set_sample(struct ctl_context *ctx, const struct nbrec_acl *acl,
           const char *option, const char *column)
{
    const char *id = shash_find_data(&ctx->options, option);
    const struct ovsdb_idl_row *sample;

    if (!id || ctx->error) {
        return;
    }
    if (id[0] == '@') {
        char *arg = xasprintf("%s=%s", column, id);
        ctx->error = ctl_set_column("ACL", &acl->header_, arg, ctx->symtab);
        free(arg);
        return;
    }
    ctx->error = ctl_get_row(ctx, &nbrec_table_sample, id, true, &sample);
    if (!ctx->error) {
        char *arg = xasprintf("%s="UUID_FMT, column, UUID_ARGS(&sample->uuid));
        ctx->error = ctl_set_column("ACL", &acl->header_, arg, ctx->symtab);
        free(arg);
    }
}

static void
set_logging(struct ctl_context *ctx, const struct nbrec_acl *acl,
            const struct acl_request *req)
{
    nbrec_acl_set_log(acl, (shash_find(&ctx->options, "--log")
                            || req->severity || req->name || req->meter));
    if (req->severity) {
        nbrec_acl_set_severity(acl, req->severity);
    }
    if (req->name) {
        nbrec_acl_set_name(acl, req->name);
    }
    if (req->meter) {
        nbrec_acl_set_meter(acl, req->meter);
    }
}

static void
cmd_acl_add(struct ctl_context *ctx)
{
    struct acl_request req;
    struct acl_owner owner;

    if (!find_owner(ctx, &owner) || !parse_acl(ctx, &req)) {
        return;
    }
    if (acl_exists(&owner, &req)) {
        if (!shash_find(&ctx->options, "--may-exist")) {
            ctl_error(ctx, "Same ACL already existed on the %s %s.",
                      owner.ls ? "ls" : "port group", ctx->argv[1]);
        }
        return;
    }

    const struct nbrec_acl *acl = nbrec_acl_insert(ctx->txn);
    nbrec_acl_set_direction(acl, req.direction);
    nbrec_acl_set_priority(acl, req.priority);
    nbrec_acl_set_match(acl, req.match);
    nbrec_acl_set_action(acl, req.action);
    nbrec_acl_set_tier(acl, req.tier);
    nbrec_acl_set_label(acl, req.label);
    set_logging(ctx, acl, &req);
    if (is_after_lb(req.direction, req.apply_after_lb)) {
        const struct smap options = SMAP_CONST1(&options, "apply-after-lb",
                                                "true");
        nbrec_acl_set_options(acl, &options);
    }
    if (req.nfg) {
        nbrec_acl_set_network_function_group(acl, req.nfg);
    }
    set_sample(ctx, acl, "--sample-new", "sample_new");
    set_sample(ctx, acl, "--sample-est", "sample_est");
    dbctl_add_ref(ctx, owner.row, owner.acls_column, &acl->header_);
}

/* acl-del. */

static void
pre_acl_del(struct ctl_context *ctx)
{
    pre_owner(ctx, ctx->argc > 4 ? ctx->argv[4] : NULL);
}

static void
cmd_acl_del(struct ctl_context *ctx)
{
    struct nbctl_rule_filter filter;
    struct acl_owner owner;
    int64_t tier = -1;

    if (!find_owner(ctx, &owner)
        || !nbctl_parse_rule_filter(ctx, 2, true, &filter)
        || !parse_tier(ctx, &tier)) {
        return;
    }

    /* The set changes while elements are deleted. */
    struct nbrec_acl **acls = xmemdup(owner.acls,
                                      owner.n_acls * sizeof *owner.acls);
    for (size_t i = 0; i < owner.n_acls; i++) {
        const struct nbctl_rule rule = acl_rule(acls[i]);

        if (nbctl_rule_filter_accepts(&filter, &rule)
            && (tier < 0 || tier == acls[i]->tier)) {
            dbctl_del_ref(ctx, owner.row, owner.acls_column,
                          &acls[i]->header_);
        }
    }
    free(acls);
}

/* acl-list. */

static void
pre_acl_list(struct ctl_context *ctx)
{
    pre_owner(ctx, NULL);
    pre_effect(ctx);
    ovsdb_idl_add_column(ctx->idl, &nbrec_acl_col_network_function_group);
    nbctl_pre_find(ctx, &nbctl_nfg, NULL);
    if (shash_find(&ctx->options, "--all")) {
        NBCTL_ADD_COLUMNS(ctx, &nbrec_logical_switch_col_ports,
                          &nbrec_port_group_col_ports,
                          &nbrec_port_group_col_acls);
        nbctl_pre_find(ctx, &nbctl_port_group, NULL);
        dbctl_need_whole(ctx, &nbrec_table_logical_switch_port);
    }
}

/* Appends ' log(name=NAME,severity=SEVERITY,meter="METER")' to 's', without
 * what 'acl' does not have. */
static void
print_logging(const struct nbrec_acl *acl, struct ds *s)
{
    ds_put_cstr(s, " log(");
    if (acl->name) {
        ds_put_format(s, "name=%s,", acl->name);
    }
    if (acl->severity) {
        ds_put_format(s, "severity=%s,", acl->severity);
    }
    if (acl->meter) {
        ds_put_format(s, "meter=\"%s\",", acl->meter);
    }
    ds_chomp(s, ',');
    ds_put_char(s, ')');
}

static void
print_acl(const struct nbctl_rule *rule, struct ds *s)
{
    const struct nbrec_acl *acl = rule->row;

    ds_put_format(s, "%10s %5"PRId64" (%s) %s", acl->direction,
                  acl->priority, acl->match, acl->action);
    if (acl->log) {
        print_logging(acl, s);
    }
    if (acl->label) {
        ds_put_format(s, " label=%"PRId64, acl->label);
    }
    if (rule->phase >= N_TIERS) {
        ds_put_cstr(s, " [after-lb]");
    }
    if (acl->tier) {
        ds_put_format(s, " tier=%"PRId64, acl->tier);
    }
    if (acl->network_function_group) {
        ds_put_format(s, " network-function-group=%s",
                      acl->network_function_group->name);
    }
    ds_put_char(s, '\n');
}

/* A growing array of ACLs. */
struct acl_rules {
    struct nbctl_rule *rules;
    size_t n, allocated;
};

static void
add_acls(struct acl_rules *rules, const struct acl_owner *owner)
{
    for (size_t i = 0; i < owner->n_acls; i++) {
        if (rules->n >= rules->allocated) {
            rules->rules = x2nrealloc(rules->rules, &rules->allocated,
                                      sizeof *rules->rules);
        }
        rules->rules[rules->n++] = acl_rule(owner->acls[i]);
    }
}

/* Is a port of 'ls' in 'pg'?  Both sets are sorted by UUID, and pointers to
 * equal rows are equal. */
static bool
has_port_in(const struct nbrec_logical_switch *ls,
            const struct nbrec_port_group *pg)
{
    size_t i = 0, j = 0;

    while (i < ls->n_ports && j < pg->n_ports) {
        int cmp = uuid_compare_3way(&ls->ports[i]->header_.uuid,
                                    &pg->ports[j]->header_.uuid);
        if (!cmp) {
            return true;
        } else if (cmp < 0) {
            i++;
        } else {
            j++;
        }
    }
    return false;
}

static void
cmd_acl_list(struct ctl_context *ctx)
{
    struct acl_rules rules = { .n = 0 };
    struct acl_owner owner;

    if (!find_owner(ctx, &owner)) {
        return;
    }
    add_acls(&rules, &owner);
    if (owner.ls && shash_find(&ctx->options, "--all")) {
        const struct nbrec_port_group *pg;

        NBREC_PORT_GROUP_FOR_EACH (pg, ctx->idl) {
            if (has_port_in(owner.ls, pg)) {
                const struct acl_owner group = port_group_owner(pg);
                add_acls(&rules, &group);
            }
        }
    }

    nbctl_rules_sort(rules.rules, rules.n);
    for (size_t i = 0; i < rules.n; i++) {
        print_acl(&rules.rules[i], &ctx->output);
    }
    free(rules.rules);
}

static const struct dbctl_command commands[] = {
    {{"acl-add", 5, 6,
      "{SWITCH | PORTGROUP} {from-lport|to-lport} PRIORITY MATCH "
      "{allow|allow-related|allow-stateless|drop|reject|pass} "
      "[NETWORK-FUNCTION-GROUP]", pre_acl_add, cmd_acl_add, NULL,
      "--log,--may-exist,--type=,--name=,--severity=,--meter=,--label=,"
      "--apply-after-lb,--tier=,--sample-new=,--sample-est=,"
      DBCTL_NO_VALIDATE, RW}, "add an ACL to SWITCH/PORTGROUP"},
    {{"acl-del", 1, 4, "{SWITCH | PORTGROUP} [DIRECTION [PRIORITY MATCH]]",
      pre_acl_del, cmd_acl_del, NULL, "--type=,--tier=", RW},
     "remove ACLs from SWITCH/PORTGROUP"},
    {{"acl-list", 1, 1, "{SWITCH | PORTGROUP}", pre_acl_list, cmd_acl_list,
      NULL, "--all,--type=", RO}, "print ACLs for SWITCH/PORTGROUP"},
    {{NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO}, NULL}
};

const struct dbctl_topic nbctl_acl_topic = {
    "ACL commands", commands
};
