/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The flow table of an ofswitch: what is desired, what the switch has, and the
 * flow_mods that lead from the one to the other.
 *
 * One hash table, by key (see wire.h), serves as the desired
 * and as the installed table.  An entry's flags say whether the flow is
 * desired and what is known of it on the switch:
 *
 *     DESIRED    ON_SWITCH   IN_SYNC
 *     yes        no          -         To be added.
 *     yes        yes         no        To be replaced: the switch has other
 *                                      actions or another cookie.
 *     yes        yes         yes       As it should be.
 *     no         yes         -         To be deleted.  The content is the
 *                                      switch's if IN_SYNC.
 *     no         no          -         Freed at once.
 *
 * While it is not known what the switch has (no connection, or it is being
 * read), the table only collects.  of_flows_end_read() computes the difference
 * in one pass; from then on each edit puts its entry into a queue of changes,
 * so that work is proportional to the number of edits.  The cycle of an update
 * is:
 *
 *     of_flows_take()       A batch of changes becomes the "batch in flight".
 *     of_flows_encode()     Each gives one flow_mod.
 *     of_flows_reject()     ... for those that the switch refuses.
 *     of_flows_finish()     The batch was committed, or failed as a whole.
 *
 * Edits are allowed at any time in between; they queue for the next batch.
 *
 * This is a part of ofswitch, used by ofswitch.c only. */

#ifndef CONTROLLER_OFSWITCH_FLOWS_H
#define CONTROLLER_OFSWITCH_FLOWS_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "controller/wire.h"
#include "openvswitch/hmap.h"

struct ofpbuf;
struct ofputil_flow_stats;

enum of_flow_flags {
    OFF_DESIRED = 1 << 0,       /* The owner wants it. */
    OFF_ON_SWITCH = 1 << 1,     /* The switch has a flow with this key. */
    OFF_IN_SYNC = 1 << 2,       /* ...with this cookie and these actions. */
    OFF_QUEUED = 1 << 3,        /* In 'queue'. */
    OFF_IN_FLIGHT = 1 << 4,     /* In 'batch'. */
    OFF_REJECTED = 1 << 5,      /* The switch refused this content. */
    OFF_WARNED = 1 << 6,        /* ...and that has been logged. */
    OFF_OWNED = 1 << 7,         /* 'wire' is this entry's own, one block. */
};

struct of_flow {
    struct hmap_node node;      /* In struct of_flows's 'flows'. */
    struct wire_flow wire;      /* The owner's, unless OFF_OWNED.  'content'
                                 * is NULL if it is not known. */
    uint8_t flags;              /* Of OFF_*. */
    uint8_t table_id;           /* As in the key. */
};

/* A change in flight. */
struct of_change {
    struct of_flow *flow;       /* NULL: delete all flows. */
    bool add;                   /* Add or replace, or else delete. */
    bool failed;                /* The switch refused it. */
};

/* What has been done, for operators and tests. */
struct of_flow_counts {
    uint64_t adopted;           /* Found as desired when reading. */
    uint64_t added;
    uint64_t modified;
    uint64_t deleted;
    uint64_t rejected;
};

struct of_flows {
    struct hmap flows;          /* Contains "struct of_flow"s. */
    size_t n_desired;           /* With OFF_DESIRED. */
    size_t n_on_switch;         /* With OFF_ON_SWITCH. */
    size_t n_rejected;          /* With OFF_REJECTED. */
    size_t owned_bytes;         /* Of keys and contents with OFF_OWNED. */
    struct of_flow_counts counts;

    /* True if the flags say what the switch has. */
    bool known;

    /* Entries that may differ from the switch, in [head, tail).  Each entry is
     * in it at most once, see OFF_QUEUED.  Empty unless 'known'. */
    struct of_flow **queue;
    size_t head, tail, allocated_queue;

    /* The batch in flight. */
    struct of_change *batch;
    size_t n_batch, allocated_batch;

    /* True while a switch that had no flows is filled from 'queue', in which
     * case it need not be taken as a whole. */
    bool filling;

    /* True if the switch has flows that could not be read, so that the next
     * batch must start by deleting everything. */
    bool delete_all;
};

void of_flows_init(struct of_flows *);
void of_flows_destroy(struct of_flows *);

/* Edits, as in ofswitch.h. */
void of_flows_set(struct of_flows *, const struct wire_flow *, bool copy);
void of_flows_del(struct of_flows *, const struct wire_flow *);
void of_flows_flush(struct of_flows *);

/* Reading. */
void of_flows_forget(struct of_flows *);
void of_flows_read(struct of_flows *, const struct ofputil_flow_stats *);
void of_flows_end_read(struct of_flows *, bool complete);

/* Updating. */
bool of_flows_changed(const struct of_flows *);
size_t of_flows_take(struct of_flows *, size_t max_fill);
struct ofpbuf *of_flows_encode(struct of_flows *, size_t idx);
void of_flows_reject(struct of_flows *, size_t idx, const char *reason);
bool of_flows_finish(struct of_flows *, bool committed);
void of_flows_retry_rejected(struct of_flows *);
void of_flows_resend_meter(struct of_flows *, uint32_t meter_id);

#endif /* controller/ofswitch-flows.h */
