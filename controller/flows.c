/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Carries OpenFlow flows from the engine to the switch connection; see flows.h
 * for the contract.
 *
 * What the engine keeps of a flow, as key and value of claims, is its key and
 * its content as wire.h defines them.  The switch connection refers to these
 * bytes and has no copies. */

#include <config.h>

#include "controller/flows.h"

#include <stdlib.h>
#include <string.h>

#include "byte-order.h"
#include "controller/ofswitch.h"
#include "controller/wire.h"
#include "flow.h"
#include "lib/expr.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/ofp-actions.h"
#include "util.h"

static struct ofswitch *ofswitch;
static struct expr_oxm *oxm;

/* The conjunctive claims about a flow, united. */
static void
set_united(struct wire_flow *flow, const struct inc_claim *claims, size_t n)
{
    uint64_t stub[1024 / 8];
    struct ofpbuf content = OFPBUF_STUB_INITIALIZER(stub);

    ofpbuf_put(&content, claims[0].value, claims[0].value_len);
    for (size_t i = 1; i < n; i++) {
        wire_unite(&content, claims[i].value, claims[i].value_len);
    }
    flow->content = content.data;
    flow->content_len = content.size;
    ofswitch_flow_set(ofswitch, flow, true);
    ofpbuf_uninit(&content);
}

/* The claims about a flow changed: tells the switch connection. */
static void
flows_sync(void *aux OVS_UNUSED, const void *key, size_t key_len,
           const struct inc_claim *claims, size_t n)
{
    struct wire_flow flow = { .key = key, .key_len = key_len };

    if (!n) {
        ofswitch_flow_del(ofswitch, &flow);
        return;
    }

    /* Ordinary contents come before conjunctive ones. */
    flow.content = claims[0].value;
    flow.content_len = claims[0].value_len;
    if (n > 1 && wire_is_conjunctive(flow.content)) {
        set_united(&flow, claims, n);
    } else {
        ofswitch_flow_set(ofswitch, &flow, false);
    }
}

/* Formats a claimed flow as ovs-ofctl does. */
static void
flows_format(const void *aux OVS_UNUSED, const void *key, size_t key_len,
             const void *content, size_t content_len, struct ds *s)
{
    const struct wire_flow flow = { .key = key, .key_len = key_len };
    const struct ofpact_format_params params = { .s = s };
    uint64_t stub[1024 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);
    struct match match;

    wire_get_match(&flow, &match);
    ds_put_format(s, "cookie=0x%"PRIx64", table=%u, ",
                  ntohll(wire_cookie(content)), wire_table_id(&flow));
    match_format(&match, NULL, s, wire_priority(&flow));
    ds_put_cstr(s, " actions=");
    if (wire_get_actions(content, content_len, &ofpacts)) {
        ofpacts_format(ofpacts.data, ofpacts.size, &params);
    } else {
        ds_put_cstr(s, "(too many)");
    }
    ofpbuf_uninit(&ofpacts);
}

/* Is the flow's cookie 'spec' (hexadecimal, "0x" or not, or a UUID)? */
static bool
flows_matches(const void *aux OVS_UNUSED, const char *spec,
              const void *key OVS_UNUSED, size_t key_len OVS_UNUSED,
              const void *content, size_t content_len OVS_UNUSED)
{
    char *end;
    uint64_t cookie = strtoull(spec, &end, 16);

    return end != spec && (!*end || *end == '-')
           && cookie == ntohll(wire_cookie(content));
}

struct inc_output flows_output = {
    .name = "flows",
    .sync = flows_sync,
    .format = flows_format,
    .matches = flows_matches,
};

void
flows_init(struct ofswitch *sw)
{
    ofswitch = sw;
    oxm = expr_oxm_create();
}

void
flows_destroy(void)
{
    expr_oxm_destroy(oxm);
    oxm = NULL;
}

/* What a flow is made in. */
struct draft {
    uint64_t key_stub[128 / 8];
    uint64_t content_stub[1024 / 8];
    struct ofpbuf key;
    struct ofpbuf content;
};

static void
draft_init(struct draft *draft)
{
    ofpbuf_use_stub(&draft->key, draft->key_stub, sizeof draft->key_stub);
    ofpbuf_use_stub(&draft->content, draft->content_stub,
                    sizeof draft->content_stub);
}

/* Claims what is in 'draft', with 'content', and destroys it. */
static void
draft_emit(struct inc_cx *cx, struct draft *draft,
           const struct ofpbuf *content)
{
    inc_emit(cx, &flows_output, draft->key.data, draft->key.size,
             content->data, content->size);
    ofpbuf_uninit(&draft->key);
    ofpbuf_uninit(&draft->content);
}

void
flow_emit(struct inc_cx *cx, uint8_t table_id, uint16_t priority,
          const struct match *match, const struct ofpbuf *ofpacts,
          const struct uuid *cookie)
{
    struct draft draft;

    draft_init(&draft);
    wire_put_key(&draft.key, table_id, priority, match);
    wire_put_content(&draft.content, htonll(cookie ? cookie->parts[0] : 0),
                     ofpacts->data, ofpacts->size);
    draft_emit(cx, &draft, &draft.content);
}

void
flow_emit_terms(struct inc_cx *cx, uint8_t table_id, uint16_t priority,
                const struct expr_term *terms, size_t n,
                const struct ofpbuf *content)
{
    struct draft draft;

    draft_init(&draft);
    wire_put_key_header(&draft.key, table_id, priority);
    expr_oxm_put(oxm, terms, n, &draft.key);
    draft_emit(cx, &draft, content);
}

void
flow_emit_conj(struct inc_cx *cx, uint8_t table_id, uint16_t priority,
               const struct expr_term *terms, size_t n,
               const struct expr_conj *conj)
{
    struct draft draft;

    draft_init(&draft);
    wire_put_key_header(&draft.key, table_id, priority);
    expr_oxm_put(oxm, terms, n, &draft.key);
    wire_put_conjunction(&draft.content, conj->id, conj->clause,
                         conj->n_clauses);
    draft_emit(cx, &draft, &draft.content);
}

/* Sets 'n_bits' bits of 'dst' from bit 'ofs' on to 'value'. */
void
put_load(uint64_t value, enum mf_field_id dst, unsigned int ofs,
         unsigned int n_bits, struct ofpbuf *ofpacts)
{
    const struct mf_field *mf = mf_from_id(dst);
    union mf_value mf_value, mf_mask;

    memset(&mf_value, 0, sizeof mf_value);
    memset(&mf_mask, 0, sizeof mf_mask);
    bitwise_put(value, &mf_value, mf->n_bytes, ofs, n_bits);
    bitwise_one(&mf_mask, mf->n_bytes, ofs, n_bits);
    ofpact_put_set_field(ofpacts, mf, &mf_value, &mf_mask);
}

/* Copies 'n_bits' bits from 'src' to 'dst'. */
void
put_move(enum mf_field_id src, unsigned int src_ofs,
         enum mf_field_id dst, unsigned int dst_ofs,
         unsigned int n_bits, struct ofpbuf *ofpacts)
{
    struct ofpact_reg_move *move = ofpact_put_REG_MOVE(ofpacts);

    move->src.field = mf_from_id(src);
    move->src.ofs = src_ofs;
    move->src.n_bits = n_bits;
    move->dst.field = mf_from_id(dst);
    move->dst.ofs = dst_ofs;
    move->dst.n_bits = n_bits;
}

/* Continues in 'table_id'. */
void
put_resubmit(uint8_t table_id, struct ofpbuf *ofpacts)
{
    struct ofpact_resubmit *resubmit = ofpact_put_RESUBMIT(ofpacts);

    resubmit->in_port = OFPP_IN_PORT;
    resubmit->table_id = table_id;
}

/* Sends the packet out of 'ofport'. */
void
put_output(uint32_t ofport, struct ofpbuf *ofpacts)
{
    ofpact_put_OUTPUT(ofpacts)->port = u16_to_ofp(ofport);
}

static void
put_stack(struct ofpact_stack *stack, enum mf_field_id id)
{
    stack->subfield.field = mf_from_id(id);
    stack->subfield.ofs = 0;
    stack->subfield.n_bits = stack->subfield.field->n_bits;
}

/* Saves field 'id' on the stack. */
void
put_push(enum mf_field_id id, struct ofpbuf *ofpacts)
{
    put_stack(ofpact_put_STACK_PUSH(ofpacts), id);
}

/* Restores field 'id' from the stack. */
void
put_pop(enum mf_field_id id, struct ofpbuf *ofpacts)
{
    put_stack(ofpact_put_STACK_POP(ofpacts), id);
}
