/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef UTILITIES_OVN_NBCTL_RULE_H
#define UTILITIES_OVN_NBCTL_RULE_H 1

/* Rules: what ACLs, QoS rules and mirror rules have in common.
 *
 * A rule belongs to an owner, such as a switch, and is identified among its
 * rules by when it is looked at (direction, phase, priority) and its match.
 * The commands find one with that, delete a selection, or list all in the
 * order of evaluation. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ctl_context;

/* What identifies a rule.  The strings belong to its row. */
struct nbctl_rule {
    const char *direction;      /* "from-lport", "to-lport" or "". */
    int phase;                  /* Order within the direction, from 0. */
    int64_t priority;
    const char *match;
    const char *action;         /* Only for order, or "". */
    const void *row;            /* Of the caller's. */
};

bool nbctl_rule_equal(const struct nbctl_rule *, const struct nbctl_rule *);
void nbctl_rules_sort(struct nbctl_rule *, size_t n);

/* Which rules to delete: "[DIRECTION [PRIORITY MATCH]]". */
struct nbctl_rule_filter {
    const char *direction;      /* Null: any. */
    const char *match;          /* Null: any match and any priority. */
    int64_t priority;
};

bool nbctl_parse_rule_filter(struct ctl_context *, int i, bool has_direction,
                             struct nbctl_rule_filter *);
bool nbctl_rule_filter_accepts(const struct nbctl_rule_filter *,
                               const struct nbctl_rule *);

#endif /* utilities/ovn-nbctl-rule.h */
