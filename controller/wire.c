/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#include <config.h>

#include "controller/wire.h"

#include <stdlib.h>
#include <string.h>

#include "nx-match.h"
#include "openflow/openflow-1.1.h"
#include "openflow/openflow-1.2.h"
#include "openvswitch/ofp-actions.h"
#include "openvswitch/ofp-match.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofp-port.h"
#include "openvswitch/ofpbuf.h"
#include "unaligned.h"
#include "util.h"

struct key_header {
    uint8_t table_id;
    uint8_t zero;
    ovs_be16 priority;
};
BUILD_ASSERT_DECL(sizeof(struct key_header) == 4);

/* Forms of contents: the first byte. */
enum { ORDINARY, CONJUNCTIVE };

#define ORDINARY_HEADER (1 + sizeof(ovs_be64))
#define CONJUNCTIVE_HEADER 1

/* Bytes of a "conjunction" action. */
#define CONJ_SIZE 16

/* Making. */

void
wire_put_key_header(struct ofpbuf *b, uint8_t table_id, uint16_t priority)
{
    const struct key_header header = {
        .table_id = table_id,
        .priority = htons(priority),
    };

    ofpbuf_put(b, &header, sizeof header);
}

void
wire_put_key(struct ofpbuf *b, uint8_t table_id, uint16_t priority,
             const struct match *match)
{
    struct match normal = *match;

    ofputil_normalize_match_quiet(&normal);
    if (match_has_default_packet_type(&normal)) {
        normal.flow.packet_type = 0;
        normal.wc.masks.packet_type = 0;
    }
    wire_put_key_header(b, table_id, priority);
    oxm_put_raw(b, &normal, OFP15_VERSION);
}

/* Are the 'ofpacts_len' bytes at 'ofpacts' "conjunction" actions only? */
static bool
all_conjunctions(const struct ofpact *ofpacts, size_t ofpacts_len)
{
    const struct ofpact *a;

    OFPACT_FOR_EACH (a, ofpacts, ofpacts_len) {
        if (a->type != OFPACT_CONJUNCTION) {
            return false;
        }
    }
    return ofpacts_len > 0;
}

static int
compare_conjunctions(const void *a, const void *b)
{
    return memcmp(a, b, CONJ_SIZE);
}

void
wire_put_content(struct ofpbuf *b, ovs_be64 cookie,
                 const struct ofpact *ofpacts, size_t ofpacts_len)
{
    bool conjunctive = !cookie && all_conjunctions(ofpacts, ofpacts_len);
    const uint8_t form = conjunctive ? CONJUNCTIVE : ORDINARY;
    uint64_t stub[1024 / 8];
    struct ofpbuf encoded = OFPBUF_STUB_INITIALIZER(stub); /* Aligned. */

    ofpbuf_put(b, &form, sizeof form);
    if (conjunctive) {
        ofpacts_put_openflow_actions(ofpacts, ofpacts_len, &encoded,
                                     OFP15_VERSION);
        qsort(encoded.data, encoded.size / CONJ_SIZE, CONJ_SIZE,
              compare_conjunctions);
    } else {
        ofpbuf_put(b, &cookie, sizeof cookie);
        ofpacts_put_openflow_instructions(ofpacts, ofpacts_len, &encoded,
                                          OFP15_VERSION);
    }
    ofpbuf_put(b, encoded.data, encoded.size);
    ofpbuf_uninit(&encoded);
}

void
wire_put_conjunction(struct ofpbuf *b, uint32_t id, uint8_t clause,
                     uint8_t n_clauses)
{
    struct ofpact_conjunction conj;

    ofpact_init_CONJUNCTION(&conj);
    conj.id = id;
    conj.clause = clause;
    conj.n_clauses = n_clauses;
    wire_put_content(b, 0, &conj.ofpact, sizeof conj);
}

bool
wire_is_conjunctive(const void *content)
{
    return *(const uint8_t *) content == CONJUNCTIVE;
}

void
wire_unite(struct ofpbuf *b, const void *content, size_t content_len)
{
    ofpbuf_put(b, (const char *) content + CONJUNCTIVE_HEADER,
               content_len - CONJUNCTIVE_HEADER);
}

/* Taking apart. */

static struct key_header
key_header(const struct wire_flow *flow)
{
    struct key_header header;

    memcpy(&header, flow->key, sizeof header);
    return header;
}

uint8_t
wire_table_id(const struct wire_flow *flow)
{
    return key_header(flow).table_id;
}

uint16_t
wire_priority(const struct wire_flow *flow)
{
    return ntohs(key_header(flow).priority);
}

/* The match of 'flow', in OXM, and its length. */
static const void *
oxm_match(const struct wire_flow *flow, size_t *len)
{
    *len = flow->key_len - sizeof(struct key_header);
    return (const char *) flow->key + sizeof(struct key_header);
}

void
wire_get_match(const struct wire_flow *flow, struct match *match)
{
    size_t len;
    const void *oxm = oxm_match(flow, &len);

    if (oxm_decode_match(oxm, len, false, NULL, NULL, match)) {
        OVS_NOT_REACHED();      /* We made it. */
    }
}

ovs_be64
wire_cookie(const void *content)
{
    return (wire_is_conjunctive(content) ? 0
            : get_unaligned_be64(ALIGNED_CAST(
                  const ovs_be64 *, (const char *) content + 1)));
}

/* Appends the instructions that 'content' stands for. */
static void
put_instructions(const void *content, size_t content_len, struct ofpbuf *b)
{
    const char *bytes = content;

    if (wire_is_conjunctive(content)) {
        size_t len = content_len - CONJUNCTIVE_HEADER;
        const struct ofp11_instruction_actions apply = {
            .type = htons(OFPIT11_APPLY_ACTIONS),
            .len = htons(sizeof apply + len),
        };

        ofpbuf_put(b, &apply, sizeof apply);
        ofpbuf_put(b, bytes + CONJUNCTIVE_HEADER, len);
    } else {
        ofpbuf_put(b, bytes + ORDINARY_HEADER, content_len - ORDINARY_HEADER);
    }
}

bool
wire_get_actions(const void *content, size_t content_len,
                 struct ofpbuf *ofpacts)
{
    if (content_len > UINT16_MAX) {
        return false;
    }

    uint64_t stub[1024 / 8];
    struct ofpbuf instructions = OFPBUF_STUB_INITIALIZER(stub);

    put_instructions(content, content_len, &instructions);
    if (ofpacts_pull_openflow_instructions(&instructions, instructions.size,
                                           OFP15_VERSION, NULL, NULL,
                                           ofpacts)) {
        OVS_NOT_REACHED();      /* We made them. */
    }
    ofpbuf_uninit(&instructions);
    return true;
}

/* Sending. */

static void
put_match(const struct wire_flow *flow, struct ofpbuf *b)
{
    size_t len;
    const void *oxm = oxm_match(flow, &len);
    const struct ofp11_match_header omh = {
        .type = htons(OFPMT_OXM),
        .length = htons(sizeof omh + len),
    };

    ofpbuf_put(b, &omh, sizeof omh);
    ofpbuf_put(b, oxm, len);
    ofpbuf_put_zeros(b, ROUND_UP(sizeof omh + len, 8)
                        - (sizeof omh + len));
}

struct ofpbuf *
wire_encode_flow_mod(const struct wire_flow *flow,
                     enum ofp_flow_mod_command command)
{
    bool add = command == OFPFC_ADD;
    const struct ofp11_flow_mod ofm = {
        .cookie = add ? wire_cookie(flow->content) : 0,
        .table_id = wire_table_id(flow),
        .command = command,
        .priority = key_header(flow).priority,
        .buffer_id = htonl(UINT32_MAX),
        .out_port = ofputil_port_to_ofp11(OFPP_ANY),
        .out_group = htonl(OFPG_ANY),
    };
    struct ofpbuf *b = ofpraw_alloc(OFPRAW_OFPT11_FLOW_MOD, OFP15_VERSION,
                                    sizeof ofm + flow->key_len + 16
                                    + (add ? flow->content_len : 0));

    ofpbuf_put(b, &ofm, sizeof ofm);
    put_match(flow, b);
    if (add) {
        put_instructions(flow->content, flow->content_len, b);
    }
    ofpmsg_update_length(b);
    return b;
}

/* Puts into 'content' what a switch would report for 'flow', which differs
 * from what it was given where the switch completes or reorders actions.
 * Returns false if a switch would refuse it. */
static bool
put_reported_content(const struct wire_flow *flow, struct ofpbuf *content)
{
    struct ofpbuf *msg = wire_encode_flow_mod(flow, OFPFC_ADD);
    struct ofputil_flow_mod fm;
    struct ofpbuf ofpacts;

    ofpbuf_init(&ofpacts, 0);
    bool ok = (msg->size <= UINT16_MAX
               && !ofputil_decode_flow_mod(&fm, msg->data, OFPUTIL_P_OF15_OXM,
                                           NULL, NULL, &ofpacts, OFPP_MAX,
                                           UINT8_MAX));
    if (ok) {
        ofpbuf_clear(content);
        wire_put_content(content, fm.new_cookie, fm.ofpacts, fm.ofpacts_len);
        minimatch_destroy(&fm.match);
    }
    ofpbuf_uninit(&ofpacts);
    ofpbuf_delete(msg);
    return ok;
}

static bool
content_is(const struct wire_flow *flow, const struct ofpbuf *content)
{
    return (flow->content_len == content->size
            && !memcmp(flow->content, content->data, content->size));
}

bool
wire_equals_stats(const struct wire_flow *flow,
                  const struct ofputil_flow_stats *fs)
{
    if (fs->idle_timeout || fs->hard_timeout || fs->importance || fs->flags) {
        return false;
    }

    uint64_t stub_a[64], stub_b[64];
    struct ofpbuf a = OFPBUF_STUB_INITIALIZER(stub_a);
    struct ofpbuf b = OFPBUF_STUB_INITIALIZER(stub_b);

    /* (Comparing "struct ofpact"s would not do: they remember from which of
     * several encodings they came.) */
    wire_put_content(&b, fs->cookie, fs->ofpacts, fs->ofpacts_len);
    bool equal = (content_is(flow, &b)
                  || (put_reported_content(flow, &a) && ofpbuf_equal(&a, &b)));
    ofpbuf_uninit(&a);
    ofpbuf_uninit(&b);
    return equal;
}
