/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The flow table of an ofswitch.  See ofswitch-flows.h for the life of an
 * entry. */

#include <config.h>
#include "controller/ofswitch-flows.h"

#include <inttypes.h>
#include <stdlib.h>

#include "byte-order.h"
#include "coverage.h"
#include "hash.h"
#include "openvswitch/ofp-actions.h"
#include "openvswitch/ofp-flow.h"
#include "openvswitch/ofp-group.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofpbuf.h"
#include "openvswitch/vlog.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(ofswitch_flows);

COVERAGE_DEFINE(ofswitch_flow_adopt);
COVERAGE_DEFINE(ofswitch_flow_add);
COVERAGE_DEFINE(ofswitch_flow_mod);
COVERAGE_DEFINE(ofswitch_flow_del);
COVERAGE_DEFINE(ofswitch_flow_reject);

/* A compiler gone wrong may produce many bad flows, all alike. */
static struct vlog_rate_limit reject_rl = VLOG_RATE_LIMIT_INIT(30, 60);

/* An OpenFlow message, inside the header of OFPT_BUNDLE_ADD_MESSAGE, has at
 * most this many bytes. */
#define MAX_FLOW_MOD_SIZE (UINT16_MAX - 64)

/* A queue with more room than this gives it back when it is empty. */
#define MAX_IDLE_QUEUE 4096

/* Entries. */

static uint32_t
wire_hash(const struct wire_flow *wire)
{
    return hash_bytes(wire->key, wire->key_len, 0);
}

static struct of_flow *
find_flow(const struct of_flows *flows, const struct wire_flow *wire,
          uint32_t hash)
{
    struct of_flow *flow;

    HMAP_FOR_EACH_WITH_HASH (flow, node, hash, &flows->flows) {
        if (flow->wire.key_len == wire->key_len
            && !memcmp(flow->wire.key, wire->key, wire->key_len)) {
            return flow;
        }
    }
    return NULL;
}

/* Returns a copy of 'wire' in one block of memory, which begins with the
 * key. */
static struct wire_flow
copy_wire(const struct wire_flow *wire)
{
    char *bytes = xmalloc(wire->key_len + wire->content_len);

    memcpy(bytes, wire->key, wire->key_len);
    if (wire->content_len) {
        memcpy(bytes + wire->key_len, wire->content, wire->content_len);
    }
    return (struct wire_flow) {
        .key = bytes,
        .key_len = wire->key_len,
        .content = wire->content ? bytes + wire->key_len : NULL,
        .content_len = wire->content_len,
    };
}

static size_t
wire_size(const struct wire_flow *wire)
{
    return wire->key_len + wire->content_len;
}

/* Makes 'wire', or a copy of it if 'copy', what 'flow' refers to. */
static void
set_wire(struct of_flows *flows, struct of_flow *flow,
         const struct wire_flow *wire, bool copy)
{
    const struct wire_flow new = copy ? copy_wire(wire) : *wire;

    if (flow->flags & OFF_OWNED) {
        flows->owned_bytes -= wire_size(&flow->wire);
        free(CONST_CAST(void *, flow->wire.key));
    }
    flow->wire = new;
    flow->flags = (flow->flags & ~OFF_OWNED) | (copy ? OFF_OWNED : 0);
    flows->owned_bytes += copy ? wire_size(&new) : 0;
}

/* Makes 'flow' independent of its owner. */
static void
own_wire(struct of_flows *flows, struct of_flow *flow)
{
    if (!(flow->flags & OFF_OWNED)) {
        const struct wire_flow wire = flow->wire;

        set_wire(flows, flow, &wire, true);
    }
}

/* Adds an entry without flags. */
static struct of_flow *
insert_flow(struct of_flows *flows, const struct wire_flow *wire, bool copy,
            uint32_t hash)
{
    struct of_flow *flow = xzalloc(sizeof *flow);

    set_wire(flows, flow, wire, copy);
    flow->table_id = wire_table_id(wire);
    hmap_insert(&flows->flows, &flow->node, hash);
    return flow;
}

static bool
same_content(const struct wire_flow *a, const struct wire_flow *b)
{
    return (a->content && a->content_len == b->content_len
            && !memcmp(a->content, b->content, a->content_len));
}

/* Sets and clears flags, keeping the counts of 'flows'. */
static void
set_flags(struct of_flows *flows, struct of_flow *flow,
          uint8_t set, uint8_t clear)
{
    uint8_t old = flow->flags;

    flow->flags = (old & ~clear) | set;

    uint8_t on = flow->flags & ~old;
    uint8_t off = old & ~flow->flags;

    flows->n_desired += !!(on & OFF_DESIRED) - !!(off & OFF_DESIRED);
    flows->n_on_switch += !!(on & OFF_ON_SWITCH) - !!(off & OFF_ON_SWITCH);
    flows->n_rejected += !!(on & OFF_REJECTED) - !!(off & OFF_REJECTED);
}

static void
free_flow(struct of_flows *flows, struct of_flow *flow)
{
    const struct wire_flow nothing = { .key = NULL };

    set_wire(flows, flow, &nothing, false);
    set_flags(flows, flow, 0, UINT8_MAX);
    hmap_remove(&flows->flows, &flow->node);
    free(flow);
}

/* Queues a change of 'flow', if it is known what to compare it with. */
static void
enqueue(struct of_flows *flows, struct of_flow *flow)
{
    if (!flows->known || flow->flags & OFF_QUEUED) {
        return;
    }

    if (flows->tail >= flows->allocated_queue) {
        flows->queue = x2nrealloc(flows->queue, &flows->allocated_queue,
                                  sizeof *flows->queue);
    }
    flows->queue[flows->tail++] = flow;
    flow->flags |= OFF_QUEUED;
}

static void
clear_queue(struct of_flows *flows)
{
    flows->head = flows->tail = 0;
    if (flows->allocated_queue > MAX_IDLE_QUEUE) {
        free(flows->queue);
        flows->queue = NULL;
        flows->allocated_queue = 0;
    }
}

static void
clear_batch(struct of_flows *flows)
{
    flows->n_batch = 0;
    if (flows->allocated_batch > MAX_IDLE_QUEUE) {
        free(flows->batch);
        flows->batch = NULL;
        flows->allocated_batch = 0;
    }
}

/* Creation and destruction. */

void
of_flows_init(struct of_flows *flows)
{
    *flows = (struct of_flows) {
        .flows = HMAP_INITIALIZER(&flows->flows),
    };
}

void
of_flows_destroy(struct of_flows *flows)
{
    struct of_flow *flow;

    HMAP_FOR_EACH_SAFE (flow, node, &flows->flows) {
        free_flow(flows, flow);
    }
    hmap_destroy(&flows->flows);
    free(flows->queue);
    free(flows->batch);
}

/* Edits. */

void
of_flows_set(struct of_flows *flows, const struct wire_flow *wire, bool copy)
{
    uint32_t hash = wire_hash(wire);
    struct of_flow *flow = find_flow(flows, wire, hash);

    if (!flow) {
        flow = insert_flow(flows, wire, copy, hash);
    } else {
        /* No change, or a deletion taken back before it was sent? */
        bool same = (flow->flags & (OFF_DESIRED | OFF_IN_SYNC)
                     && same_content(&flow->wire, wire));

        set_wire(flows, flow, wire, copy);
        if (same) {
            set_flags(flows, flow, OFF_DESIRED, 0);
            return;
        }
    }
    set_flags(flows, flow, OFF_DESIRED,
              OFF_IN_SYNC | OFF_REJECTED | OFF_WARNED);
    enqueue(flows, flow);
}

static void
undesire(struct of_flows *flows, struct of_flow *flow)
{
    set_flags(flows, flow, 0, OFF_DESIRED | OFF_REJECTED | OFF_WARNED);
    if (flow->flags & (OFF_ON_SWITCH | OFF_IN_FLIGHT)) {
        own_wire(flows, flow);
        enqueue(flows, flow);
    } else if (flow->flags & OFF_QUEUED) {
        own_wire(flows, flow);
    } else {
        free_flow(flows, flow);
    }
}

void
of_flows_del(struct of_flows *flows, const struct wire_flow *wire)
{
    struct of_flow *flow = find_flow(flows, wire, wire_hash(wire));

    if (flow && flow->flags & OFF_DESIRED) {
        undesire(flows, flow);
    }
}

void
of_flows_flush(struct of_flows *flows)
{
    struct of_flow *flow;

    HMAP_FOR_EACH_SAFE (flow, node, &flows->flows) {
        if (flow->flags & OFF_DESIRED) {
            undesire(flows, flow);
        }
    }
}

/* Reading. */

/* Drops all knowledge about the switch: the connection broke, or it is about
 * to be read. */
void
of_flows_forget(struct of_flows *flows)
{
    struct of_flow *flow;

    flows->known = flows->filling = flows->delete_all = false;
    clear_queue(flows);
    clear_batch(flows);
    HMAP_FOR_EACH_SAFE (flow, node, &flows->flows) {
        set_flags(flows, flow, 0, OFF_ON_SWITCH | OFF_IN_SYNC | OFF_QUEUED
                                  | OFF_IN_FLIGHT | OFF_REJECTED);
        if (!(flow->flags & OFF_DESIRED)) {
            free_flow(flows, flow);
        }
    }
}

/* Takes note of a flow that the switch has. */
void
of_flows_read(struct of_flows *flows, const struct ofputil_flow_stats *fs)
{
    uint64_t stub[256 / 8];
    struct ofpbuf key = OFPBUF_STUB_INITIALIZER(stub);

    wire_put_key(&key, fs->table_id, fs->priority, &fs->match);

    const struct wire_flow wire = { .key = key.data, .key_len = key.size };
    uint32_t hash = wire_hash(&wire);
    struct of_flow *flow = find_flow(flows, &wire, hash);
    if (!flow) {
        flow = insert_flow(flows, &wire, true, hash);
    }
    set_flags(flows, flow, OFF_ON_SWITCH, 0);
    if (flow->flags & OFF_DESIRED && wire_equals_stats(&flow->wire, fs)) {
        set_flags(flows, flow, OFF_IN_SYNC, 0);
    }
    ofpbuf_uninit(&key);
}

/* Forgets which flows the switch has, because nobody could tell, and arranges
 * for all of them to be replaced in one batch. */
static void
replace_all(struct of_flows *flows)
{
    of_flows_forget(flows);
    flows->delete_all = true;
}

/* Ends reading: of_flows_read() was called for each flow that the switch has
 * or, if 'complete' is false, for an unknown subset. */
void
of_flows_end_read(struct of_flows *flows, bool complete)
{
    if (!complete) {
        replace_all(flows);
    }
    flows->known = true;
    flows->filling = !flows->n_on_switch && !flows->delete_all;

    /* Queue the difference, table 0 last, which matters when filling. */
    for (int pass = 0; pass < 2; pass++) {
        struct of_flow *flow;

        HMAP_FOR_EACH (flow, node, &flows->flows) {
            uint8_t right = OFF_DESIRED | OFF_IN_SYNC;

            if ((flow->table_id == 0) != (pass == 1)) {
                continue;
            } else if ((flow->flags & right) != right) {
                enqueue(flows, flow);
            } else {
                flows->counts.adopted++;
                COVERAGE_INC(ofswitch_flow_adopt);
            }
        }
    }
}

/* Updating. */

/* Returns true if there is anything to be sent. */
bool
of_flows_changed(const struct of_flows *flows)
{
    return flows->known && (flows->tail > flows->head || flows->delete_all);
}

static void
add_change(struct of_flows *flows, struct of_flow *flow, bool add)
{
    if (flows->n_batch >= flows->allocated_batch) {
        flows->batch = x2nrealloc(flows->batch, &flows->allocated_batch,
                                  sizeof *flows->batch);
    }
    flows->batch[flows->n_batch++] = (struct of_change) {
        .flow = flow,
        .add = add,
    };
    if (flow) {
        set_flags(flows, flow, OFF_IN_FLIGHT, add ? 0 : OFF_IN_SYNC);
    }
}

/* Does the switch have, for 'flow', something to be deleted?  A flow whose new
 * content was rejected is better absent than there with its old content. */
static bool
wants_deletion(const struct of_flow *flow)
{
    return (flow->flags & OFF_ON_SWITCH
            && (!(flow->flags & OFF_DESIRED) || flow->flags & OFF_REJECTED));
}

static bool
wants_addition(const struct of_flow *flow)
{
    return (flow->flags & OFF_DESIRED
            && !(flow->flags & (OFF_IN_SYNC | OFF_REJECTED)));
}

/* Makes a batch of all that is queued, or of up to 'max_fill' changes when
 * filling an empty switch.  Returns the number of changes, which may be 0 if
 * all edits cancelled each other.  No batch may be in flight.
 *
 * Deletions come before additions, so that if this code and the switch should
 * ever disagree about whether two matches are the same, what is desired
 * wins. */
size_t
of_flows_take(struct of_flows *flows, size_t max_fill)
{
    size_t n = flows->tail - flows->head;

    ovs_assert(!flows->n_batch);
    if (flows->filling) {
        n = MIN(n, max_fill);
    }

    if (flows->delete_all) {
        add_change(flows, NULL, false);
    }
    for (size_t i = 0; i < n; i++) {
        struct of_flow *flow = flows->queue[flows->head + i];

        flow->flags &= ~OFF_QUEUED;
        if (wants_deletion(flow)) {
            add_change(flows, flow, false);
        }
    }
    for (size_t i = 0; i < n; i++) {
        struct of_flow *flow = flows->queue[flows->head + i];

        if (wants_addition(flow)) {
            add_change(flows, flow, true);
        } else if (!(flow->flags & (OFF_DESIRED | OFF_ON_SWITCH))) {
            free_flow(flows, flow);
        }
    }

    flows->head += n;
    if (flows->head == flows->tail) {
        clear_queue(flows);
        flows->filling = false;
    }
    return flows->n_batch;
}

/* Has the processor fetch what encoding the changes after 'idx' will read:
 * they are in the order of a hash table, all over the memory.  (GCC would drop
 * calls of a function that does nothing but that.) */
static inline ALWAYS_INLINE void
fetch_ahead(const struct of_flows *flows, size_t idx)
{
    if (idx + 16 < flows->n_batch && flows->batch[idx + 16].flow) {
        OVS_PREFETCH(flows->batch[idx + 16].flow);
    }
    if (idx + 8 < flows->n_batch && flows->batch[idx + 8].flow) {
        const struct wire_flow *wire = &flows->batch[idx + 8].flow->wire;

        OVS_PREFETCH(wire->key);
        OVS_PREFETCH((const char *) wire->key + CACHE_LINE_SIZE);
        OVS_PREFETCH(wire->content);
    }
}

/* Returns the message for change 'idx' of the batch in flight, to be freed by
 * the caller.  Returns NULL, after having rejected it, for a flow too large
 * for OpenFlow. */
struct ofpbuf *
of_flows_encode(struct of_flows *flows, size_t idx)
{
    const struct of_change *c = &flows->batch[idx];

    fetch_ahead(flows, idx);
    if (!c->flow) {
        struct minimatch catchall;
        struct ofputil_flow_mod fm = {
            .table_id = OFPTT_ALL,
            .command = OFPFC_DELETE,
            .new_cookie = OVS_BE64_MAX,
            .buffer_id = UINT32_MAX,
            .out_port = OFPP_ANY,
            .out_group = OFPG_ANY,
        };

        minimatch_init_catchall(&catchall);
        fm.match = catchall;
        struct ofpbuf *msg = ofputil_encode_flow_mod(&fm, OFPUTIL_P_OF15_OXM);
        minimatch_destroy(&catchall);
        return msg;
    }

    struct ofpbuf *msg = wire_encode_flow_mod(&c->flow->wire,
                                              (c->add ? OFPFC_ADD
                                               : OFPFC_DELETE_STRICT));
    if (msg->size > MAX_FLOW_MOD_SIZE) {
        of_flows_reject(flows, idx, "too long for an OpenFlow message");
        ofpbuf_delete(msg);
        return NULL;
    }
    return msg;
}

/* The switch refused change 'idx' of the batch in flight for 'reason'. */
void
of_flows_reject(struct of_flows *flows, size_t idx, const char *reason)
{
    struct of_change *c = &flows->batch[idx];
    struct of_flow *flow = c->flow;

    if (c->failed) {
        return;
    }
    c->failed = true;
    COVERAGE_INC(ofswitch_flow_reject);
    if (!flow) {
        VLOG_WARN("switch refused to delete all flows: %s", reason);
        return;
    }

    /* If the flow was edited meanwhile, that is another content. */
    bool current = !(flow->flags & OFF_QUEUED);
    struct match match;
    wire_get_match(&flow->wire, &match);
    char *s = match_to_string(&match, NULL, OFP_DEFAULT_PRIORITY);
    VLOG_RL(&reject_rl,
            current && flow->flags & OFF_WARNED ? VLL_DBG : VLL_WARN,
            "switch rejected %s of flow table=%"PRIu8", priority=%"PRIu16
            ", match=(%s), cookie=0x%"PRIx64": %s",
            c->add ? "addition" : "deletion", flow->table_id,
            wire_priority(&flow->wire), s,
            flow->wire.content ? ntohll(wire_cookie(flow->wire.content)) : 0,
            reason);
    free(s);
    if (current) {
        flow->flags |= OFF_WARNED;
    }
}

static void
finish_failed(struct of_flows *flows, const struct of_change *c)
{
    struct of_flow *flow = c->flow;

    flows->counts.rejected++;
    if (!c->add) {
        set_flags(flows, flow, 0, OFF_ON_SWITCH);
    } else if (!(flow->flags & OFF_QUEUED)) {
        set_flags(flows, flow, OFF_REJECTED, 0);
        if (flow->flags & OFF_ON_SWITCH) {
            enqueue(flows, flow);
        }
    }
}

static void
finish_committed(struct of_flows *flows, const struct of_change *c)
{
    struct of_flow *flow = c->flow;

    if (!c->add) {
        flows->counts.deleted++;
        COVERAGE_INC(ofswitch_flow_del);
        set_flags(flows, flow, 0, OFF_ON_SWITCH | OFF_IN_SYNC);
        return;
    }

    if (flow->flags & OFF_ON_SWITCH) {
        flows->counts.modified++;
        COVERAGE_INC(ofswitch_flow_mod);
    } else {
        flows->counts.added++;
        COVERAGE_INC(ofswitch_flow_add);
    }
    /* If it was edited meanwhile, what the switch has is not what is here. */
    set_flags(flows, flow,
              OFF_ON_SWITCH | (flow->flags & OFF_QUEUED ? 0 : OFF_IN_SYNC), 0);
}

/* Ends the batch in flight.  If 'committed', all its changes but the rejected
 * ones are in force; otherwise, none is, and those not rejected are queued
 * again.  Returns true if all of them are in force. */
bool
of_flows_finish(struct of_flows *flows, bool committed)
{
    bool all = committed;

    for (size_t i = 0; i < flows->n_batch; i++) {
        const struct of_change *c = &flows->batch[i];
        struct of_flow *flow = c->flow;

        all &= !c->failed;
        if (!flow) {
            flows->delete_all = !committed && !c->failed;
            continue;
        }

        flow->flags &= ~OFF_IN_FLIGHT;
        if (c->failed) {
            finish_failed(flows, c);
        } else if (committed) {
            finish_committed(flows, c);
        } else {
            enqueue(flows, flow);
        }
        if (!(flow->flags & (OFF_DESIRED | OFF_ON_SWITCH | OFF_QUEUED))) {
            free_flow(flows, flow);
        }
    }
    clear_batch(flows);
    return all;
}

/* Tries rejected flows again, because something that they may refer to has
 * come into being. */
void
of_flows_retry_rejected(struct of_flows *flows)
{
    struct of_flow *flow;

    if (!flows->n_rejected) {
        return;
    }
    HMAP_FOR_EACH (flow, node, &flows->flows) {
        if (flow->flags & OFF_REJECTED) {
            set_flags(flows, flow, 0, OFF_REJECTED);
            enqueue(flows, flow);
        }
    }
}

static bool
uses_controller_meter(const struct of_flow *flow, uint32_t meter_id)
{
    uint64_t stub[1024 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);
    const struct ofpact *a;
    bool uses = false;

    if (wire_get_actions(flow->wire.content, flow->wire.content_len,
                         &ofpacts)) {
        OFPACT_FOR_EACH_FLATTENED (a, ofpacts.data, ofpacts.size) {
            uses |= (a->type == OFPACT_CONTROLLER
                     && ofpact_get_CONTROLLER(a)->meter_id == meter_id);
        }
    }
    ofpbuf_uninit(&ofpacts);
    return uses;
}

/* Sends again the flows whose "controller" actions use meter 'meter_id'.  The
 * switch resolves the meter when it is given the flow; if there is no such
 * meter at that time the action stays unlimited. */
void
of_flows_resend_meter(struct of_flows *flows, uint32_t meter_id)
{
    struct of_flow *flow;

    HMAP_FOR_EACH (flow, node, &flows->flows) {
        if (flow->flags & OFF_IN_SYNC && flow->flags & OFF_DESIRED
            && uses_controller_meter(flow, meter_id)) {
            set_flags(flows, flow, 0, OFF_IN_SYNC);
            enqueue(flows, flow);
        }
    }
}
