/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef NORTHD_DPSET_H
#define NORTHD_DPSET_H 1

/* Live sets of datapaths.
 *
 * A flow that holds for many datapaths is one row that names a set of
 * datapaths by what the set means ("all switches").  The set's members are
 * another matter: each is a claim of its own, made by whatever brings the
 * datapath into the set.  When a switch is added, the sets it joins gain a
 * member each, and no flow is computed or written.
 *
 * A set is a row of Logical_DP_Group.  It exists as long as it has a member;
 * a family over 'dpset_table' emits the flows of a set. */

#include "lib/inc-rows.h"
#include "lib/inc.h"

enum dpset {
    DPSET_SWITCHES = 1,         /* All switches. */
    DPSET_SWITCHES_UNTAGGED,    /* Those that drop VLAN-tagged frames. */
    DPSET_SWITCHES_UNKNOWN,     /* Those with a port of unknown addresses. */
};

/* The sets.  The key is an "enum dpset" as a uint32_t. */
extern struct inc_table dpset_table;
extern struct inc_rows dpset_rows;
extern struct inc_members dpset_members;

/* For 'emits' of families that use dpset_join(). */
#define DPSET_JOIN_EMITS &dpset_table.output, &dpset_members.output

void dpset_join(struct inc_cx *, enum dpset, struct inc_ref ls);
enum dpset dpset_get(struct inc_cx *, struct inc_ref);

#endif /* northd/dpset.h */
