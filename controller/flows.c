/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Carries OpenFlow flows from the engine to the switch connection; see flows.h
 * for the contract.
 *
 * The engine keeps claims as bytes.  A flow's key is
 *
 *     struct flow_key, n values of the flow, n values of the mask
 *
 * where n is the number of bits in the key's map: the innards of a minimatch
 * laid out flat, so that making a minimatch from it costs two copies.  The
 * value is a struct flow_value and the actions. */

#include <config.h>

#include "controller/flows.h"

#include <string.h>

#include "controller/ofswitch.h"
#include "flow.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/ofp-actions.h"
#include "openvswitch/ofp-flow.h"
#include "util.h"

struct flow_key {
    uint8_t table_id;
    uint8_t zero;
    uint16_t priority;
    uint32_t zero2;
    struct flowmap map;
};
BUILD_ASSERT_DECL(sizeof(struct flow_key) % 8 == 0);

/* Sorted bytewise, so that an ordinary flow comes before a conjunctive one. */
struct flow_value {
    uint8_t is_conj;            /* All actions are "conjunction". */
    uint8_t zero[7];
    ovs_be64 cookie;
};

static struct ofswitch *ofswitch;

/* A flow key taken apart. */
struct flow_id {
    uint8_t table_id;
    uint16_t priority;
    struct minimatch match;     /* Points into 'buf'. */
    uint64_t buf[2 * (sizeof(struct miniflow) / 8 + FLOW_U64S)];
};

/* Fills '*id' from 'key'. */
static void
flow_id_init(struct flow_id *id, const void *key, size_t key_len)
{
    struct flow_key header;
    const char *values = (const char *) key + sizeof header;
    size_t size = (key_len - sizeof header) / 2;

    memcpy(&header, key, sizeof header);
    id->table_id = header.table_id;
    id->priority = header.priority;
    for (size_t i = 0; i < 2; i++) {
        /* One right behind the other, as minimatch_hash() wants them. */
        struct miniflow *mf = ALIGNED_CAST(
            struct miniflow *,
            (char *) id->buf + i * (sizeof(struct miniflow) + size));

        mf->map = header.map;
        memcpy(miniflow_values(mf), values + i * size, size);
        id->match.flows[i] = mf;
    }
    id->match.tun_md = NULL;
}

/* Appends to 'ofpacts' the actions of all the 'n' conjunctive claims in
 * 'claims'. */
static void
unite(const struct inc_claim *claims, size_t n, struct ofpbuf *ofpacts)
{
    for (size_t i = 0; i < n; i++) {
        ofpbuf_put(ofpacts,
                   (const char *) claims[i].value + sizeof(struct flow_value),
                   claims[i].value_len - sizeof(struct flow_value));
    }
}

/* The claims about a flow changed: tells the switch connection. */
static void
flows_sync(void *aux OVS_UNUSED, const void *key, size_t key_len,
           const struct inc_claim *claims, size_t n)
{
    struct flow_id id;

    flow_id_init(&id, key, key_len);
    if (!n) {
        ofswitch_flow_del(ofswitch, id.table_id, id.priority, &id.match);
        return;
    }

    uint64_t stub[1024 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);
    struct flow_value value;

    memcpy(&value, claims[0].value, sizeof value);
    unite(claims, value.is_conj ? n : 1, &ofpacts);
    ofswitch_flow_set(ofswitch, id.table_id, id.priority, &id.match,
                      value.cookie, ofpacts.data, ofpacts.size);
    ofpbuf_uninit(&ofpacts);
}

/* Formats a claimed flow as ovs-ofctl does. */
static void
flows_format(const void *aux OVS_UNUSED, const void *key, size_t key_len,
             const void *value_, size_t value_len, struct ds *s)
{
    struct flow_value value;
    struct flow_id id;
    struct match match;

    memcpy(&value, value_, sizeof value);
    flow_id_init(&id, key, key_len);
    minimatch_expand(&id.match, &match);
    ds_put_format(s, "cookie=0x%"PRIx64", table=%u, ", ntohll(value.cookie),
                  id.table_id);
    match_format(&match, NULL, s, id.priority);
    ds_put_cstr(s, " actions=");

    const struct ofpact_format_params params = { .s = s };
    uint64_t stub[1024 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);
    ofpbuf_put(&ofpacts, (const char *) value_ + sizeof value,
               value_len - sizeof value);
    ofpacts_format(ofpacts.data, ofpacts.size, &params);
    ofpbuf_uninit(&ofpacts);
}

/* Is the flow's cookie 'spec' (hexadecimal, "0x" or not, or a UUID)? */
static bool
flows_matches(const void *aux OVS_UNUSED, const char *spec,
              const void *key OVS_UNUSED, size_t key_len OVS_UNUSED,
              const void *value_, size_t value_len OVS_UNUSED)
{
    struct flow_value value;
    char *end;

    memcpy(&value, value_, sizeof value);
    uint64_t cookie = strtoull(spec, &end, 16);
    return end != spec && (!*end || *end == '-')
           && cookie == ntohll(value.cookie);
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
}

void
flow_zero_padding(struct ofpact *ofpacts, size_t len)
{
    struct ofpact *a;

    OFPACT_FOR_EACH_FLATTENED (a, ofpacts, len) {
        if (a->type == OFPACT_SET_FIELD) {
            struct ofpact_set_field *sf = ofpact_get_SET_FIELD(a);
            size_t n = sf->field->n_bytes;
            size_t padding = ROUND_UP(n, OFPACT_ALIGNTO) - n;

            memset((char *) sf->value + n, 0, padding);
            memset((char *) ofpact_set_field_mask(sf) + n, 0, padding);
        }
    }
}

/* Claims a flow with the given 'value' and actions. */
static void
emit(struct inc_cx *cx, uint8_t table_id, uint16_t priority,
     const struct match *match, const struct flow_value *value,
     const struct ofpbuf *ofpacts)
{
    struct minimatch mm;

    minimatch_init(&mm, match);

    size_t size = MINIFLOW_VALUES_SIZE(miniflow_n_values(mm.flow));
    size_t key_len = sizeof(struct flow_key) + 2 * size;
    size_t value_len = sizeof *value + ofpacts->size;
    char *key_buf = inc_alloc(cx, key_len);
    char *value_buf = inc_alloc(cx, value_len);
    const struct flow_key key = {
        .table_id = table_id,
        .priority = priority,
        .map = mm.flow->map,
    };

    memcpy(key_buf, &key, sizeof key);
    memcpy(key_buf + sizeof key, miniflow_get_values(mm.flow), size);
    memcpy(key_buf + sizeof key + size,
           miniflow_get_values(&mm.mask->masks), size);
    memcpy(value_buf, value, sizeof *value);
    if (ofpacts->size) {
        struct ofpact *copy = ALIGNED_CAST(struct ofpact *,
                                           value_buf + sizeof *value);

        memcpy(copy, ofpacts->data, ofpacts->size);
        flow_zero_padding(copy, ofpacts->size);
    }
    inc_emit(cx, &flows_output, key_buf, key_len, value_buf, value_len);
    minimatch_destroy(&mm);
}

void
flow_emit(struct inc_cx *cx, uint8_t table_id, uint16_t priority,
          const struct match *match, const struct ofpbuf *ofpacts,
          const struct uuid *cookie)
{
    const struct flow_value value = {
        .cookie = htonll(cookie ? cookie->parts[0] : 0),
    };

    emit(cx, table_id, priority, match, &value, ofpacts);
}

void
flow_emit_conj(struct inc_cx *cx, uint8_t table_id, uint16_t priority,
               const struct match *match, uint32_t id, uint8_t clause,
               uint8_t n_clauses)
{
    const struct flow_value value = { .is_conj = 1 };
    uint64_t stub[64 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);
    struct ofpact_conjunction *conj = ofpact_put_CONJUNCTION(&ofpacts);

    conj->id = id;
    conj->clause = clause;
    conj->n_clauses = n_clauses;
    emit(cx, table_id, priority, match, &value, &ofpacts);
    ofpbuf_uninit(&ofpacts);
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
