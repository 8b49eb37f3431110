/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* What ACLs, QoS rules and mirror rules have in common; see
 * utilities/ovn-nbctl-rule.h. */

#include <config.h>

#include "utilities/ovn-nbctl-rule.h"

#include <stdlib.h>
#include <string.h>

#include "db-ctl-base.h"
#include "util.h"
#include "utilities/ovn-nbctl-parse.h"

/* The order in which rules are looked at: "from-lport" before "to-lport", the
 * higher priority first. */
static int
compare_identities(const struct nbctl_rule *a, const struct nbctl_rule *b)
{
    int cmp = strcmp(a->direction, b->direction);

    if (cmp) {
        return cmp;
    } else if (a->phase != b->phase) {
        return a->phase < b->phase ? -1 : 1;
    } else if (a->priority != b->priority) {
        return a->priority > b->priority ? -1 : 1;
    }
    return strcmp(a->match, b->match);
}

static int
compare_rules(const void *a_, const void *b_)
{
    const struct nbctl_rule *a = a_;
    const struct nbctl_rule *b = b_;
    int cmp = compare_identities(a, b);

    return cmp ? cmp : strcmp(a->action, b->action);
}

/* Would 'a' and 'b', of one owner, be the same rule, whatever they do? */
bool
nbctl_rule_equal(const struct nbctl_rule *a, const struct nbctl_rule *b)
{
    return !compare_identities(a, b);
}

/* Sorts the 'n' 'rules' into the order of evaluation, and what is left of
 * freedom by match and action. */
void
nbctl_rules_sort(struct nbctl_rule *rules, size_t n)
{
    if (n) {
        qsort(rules, n, sizeof *rules, compare_rules);
    }
}

/* Parses the arguments of 'ctx' from the 'i'th on, "[DIRECTION [PRIORITY
 * MATCH]]" or, unless 'has_direction', "[PRIORITY MATCH]", into '*filter',
 * which refers to them.  If they are wrong, reports an error and returns
 * false. */
bool
nbctl_parse_rule_filter(struct ctl_context *ctx, int i, bool has_direction,
                        struct nbctl_rule_filter *filter)
{
    *filter = (struct nbctl_rule_filter) { .direction = NULL };
    if (has_direction && i < ctx->argc
        && !nbctl_parse_direction(ctx, ctx->argv[i++], &filter->direction)) {
        return false;
    }
    if (i >= ctx->argc) {
        return true;
    }
    if (i + 1 >= ctx->argc) {
        ctl_error(ctx, "cannot specify priority without match");
        return false;
    }
    filter->match = ctx->argv[i + 1];
    return nbctl_parse_priority(ctx, ctx->argv[i], &filter->priority);
}

/* Is 'rule' among those that 'filter' selects? */
bool
nbctl_rule_filter_accepts(const struct nbctl_rule_filter *filter,
                          const struct nbctl_rule *rule)
{
    return ((!filter->direction
             || !strcmp(filter->direction, rule->direction))
            && (!filter->match
                || (filter->priority == rule->priority
                    && !strcmp(filter->match, rule->match))));
}
