/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* What encoders of actions are written with, and the encoders for flow
 * control and moving data.  See lib/actions-private.h. */

#include <config.h>
#include "lib/actions-private.h"

#include <string.h>
#include "lib/u128.h"
#include "nx-match.h"
#include "openvswitch/ofp-actions.h"
#include "util.h"

/* Tools. */

uint8_t
action_ptable(bool ingress, uint8_t ltable)
{
    return (ingress ? OFTABLE_LOG_INGRESS : OFTABLE_LOG_EGRESS) + ltable;
}

uint8_t
action_next_ptable(const struct action_encoder *e)
{
    return action_ptable(e->params->ingress, e->params->cur_ltable + 1);
}

void
action_put_resubmit(struct ofpbuf *ofpacts, uint8_t table)
{
    struct ofpact_resubmit *resubmit = ofpact_put_RESUBMIT(ofpacts);

    resubmit->in_port = OFPP_IN_PORT;
    resubmit->table_id = table;
}

void
action_put_load_value(struct ofpbuf *ofpacts, const struct mf_subfield *dst,
                      ovs_u128 value, ovs_u128 mask)
{
    union mf_value v, m;
    bool all = (dst->n_bits == dst->field->n_bits
                && ovs_u128_equals(mask, u128_ones(dst->n_bits)));

    u128_put_be(u128_shl(value, dst->ofs), &v, dst->field->n_bytes);
    u128_put_be(u128_shl(mask, dst->ofs), &m, dst->field->n_bytes);
    ofpact_put_set_field(ofpacts, dst->field, &v, all ? NULL : &m);
}

void
action_put_load(struct ofpbuf *ofpacts, enum mf_field_id id, unsigned ofs,
                unsigned n_bits, uint64_t value)
{
    const struct mf_subfield dst = {
        .field = mf_from_id(id), .ofs = ofs, .n_bits = n_bits
    };

    action_put_load_value(ofpacts, &dst, u128_from_u64(value),
                          u128_ones(n_bits));
}

void
action_put_move(struct ofpbuf *ofpacts, const struct mf_subfield *src,
                const struct mf_subfield *dst)
{
    struct ofpact_reg_move *move = ofpact_put_REG_MOVE(ofpacts);

    move->src = *src;
    move->dst = *dst;
}

static struct mf_subfield
whole_field(enum mf_field_id id)
{
    const struct mf_field *mf = mf_from_id(id);

    return (struct mf_subfield) { .field = mf, .n_bits = mf->n_bits };
}

void
action_put_push(struct ofpbuf *ofpacts, enum mf_field_id id)
{
    ofpact_put_STACK_PUSH(ofpacts)->subfield = whole_field(id);
}

void
action_put_pop(struct ofpbuf *ofpacts, enum mf_field_id id)
{
    ofpact_put_STACK_POP(ofpacts)->subfield = whole_field(id);
}

static void
put_push(struct ofpbuf *ofpacts, const struct mf_subfield *sf)
{
    ofpact_put_STACK_PUSH(ofpacts)->subfield = *sf;
}

static void
put_pop(struct ofpbuf *ofpacts, const struct mf_subfield *sf)
{
    ofpact_put_STACK_POP(ofpacts)->subfield = *sf;
}

/* Whether 'arg' is where 'dst' is already. */
static bool
in_place(const struct ovnact_arg *arg, enum mf_field_id dst)
{
    struct mf_subfield sf = field_ref_to_mf(&arg->field);

    return (sf.field->id == dst && !sf.ofs
            && sf.n_bits == mf_from_id(dst)->n_bits);
}

/* Arguments may be in each other's places: so all go over the stack. */
void
action_setup_args(struct action_encoder *e, const struct ovnact_arg *args,
                  const enum mf_field_id *dsts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!in_place(&args[i], dsts[i])) {
            action_put_push(e->ofpacts, dsts[i]);
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (!in_place(&args[i], dsts[i])) {
            struct mf_subfield src = field_ref_to_mf(&args[i].field);
            put_push(e->ofpacts, &src);
        }
    }
    for (size_t i = n; i-- > 0; ) {
        if (!in_place(&args[i], dsts[i])) {
            action_put_pop(e->ofpacts, dsts[i]);
        }
    }
}

void
action_restore_args(struct action_encoder *e, const struct ovnact_arg *args,
                    const enum mf_field_id *dsts, size_t n)
{
    for (size_t i = n; i-- > 0; ) {
        if (!in_place(&args[i], dsts[i])) {
            action_put_pop(e->ofpacts, dsts[i]);
        }
    }
}

void
action_put_flag_move(struct action_encoder *e, enum mlf_bit bit,
                     const struct field_ref *result)
{
    const struct mf_subfield flag = {
        .field = mf_from_id(MFF_LOG_FLAGS), .ofs = bit, .n_bits = 1
    };
    struct mf_subfield dst = field_ref_to_mf(result);

    action_put_move(e->ofpacts, &flag, &dst);
}

void
action_put_flag_lookup(struct action_encoder *e, uint8_t table,
                       enum mlf_bit bit, const struct field_ref *result)
{
    action_put_load(e->ofpacts, MFF_LOG_FLAGS, bit, 1, 0);
    action_put_resubmit(e->ofpacts, table);
    if (result) {
        action_put_flag_move(e, bit, result);
    }
}

size_t
action_start_controller(struct action_encoder *e, enum ctrl_opcode opcode,
                        bool pause, const char *meter)
{
    const struct actions_encode_params *params = e->params;
    size_t start = e->ofpacts->size;
    struct ofpact_controller *oc = ofpact_put_CONTROLLER(e->ofpacts);

    if (!meter) {
        meter = params->controller_meter;
    }
    oc->max_len = UINT16_MAX;
    oc->reason = OFPR_ACTION;
    oc->pause = pause;
    oc->meter_id = (meter && params->named_meter_id
                    ? params->named_meter_id(params->aux, meter)
                    : NX_CTLR_NO_METER);

    struct ctrl_header header = { .opcode = htonl(opcode) };
    ofpbuf_put(e->ofpacts, &header, sizeof header);
    return start;
}

void
action_finish_controller(struct action_encoder *e, size_t start)
{
    struct ofpact_controller *oc = ofpbuf_at_assert(e->ofpacts, start,
                                                    sizeof *oc);

    e->ofpacts->header = oc;
    oc->userdata_len = e->ofpacts->size - (start + sizeof *oc);
    ofpact_finish_CONTROLLER(e->ofpacts, &oc);
}

void
action_put_result_oxm(struct action_encoder *e, const struct field_ref *result)
{
    struct mf_subfield dst = field_ref_to_mf(result);
    ovs_be32 ofs = htonl(dst.ofs);

    nx_put_header(e->ofpacts, dst.field->id, OFP13_VERSION, false);
    ofpbuf_put(e->ofpacts, &ofs, sizeof ofs);
}

/* Flow control and moving data. */

void
encode_OUTPUT(const struct ovnact *ovnact OVS_UNUSED, struct action_encoder *e)
{
    action_put_resubmit(e->ofpacts, (e->params->ingress
                                     ? OFTABLE_REMOTE_OUTPUT
                                     : OFTABLE_SAVE_INPORT));
}

void
encode_NEXT(const struct ovnact *ovnact, struct action_encoder *e)
{
    const struct ovnact_next *next = (const struct ovnact_next *) ovnact;

    action_put_resubmit(e->ofpacts, action_ptable(next->ingress,
                                                  next->ltable));
}

bool
action_lookup_port(const struct action_encoder *e, const char *name,
                   unsigned int *key)
{
    const struct actions_encode_params *params = e->params;

    return (params->lookup_port
            && params->lookup_port(params->aux, name, key));
}

void
encode_LOAD(const struct ovnact *ovnact, struct action_encoder *e)
{
    const struct ovnact_load *load = (const struct ovnact_load *) ovnact;
    struct mf_subfield dst = field_ref_to_mf(&load->dst);

    if (load->imm.string) {
        unsigned int key = 0;

        action_lookup_port(e, load->imm.string, &key);
        action_put_load_value(e->ofpacts, &dst, u128_from_u64(key),
                              u128_ones(dst.n_bits));
    } else {
        action_put_load_value(e->ofpacts, &dst, load->imm.value,
                              load->imm.mask);
    }
}

void
encode_MOVE(const struct ovnact *ovnact, struct action_encoder *e)
{
    const struct ovnact_move *move = (const struct ovnact_move *) ovnact;
    struct mf_subfield dst = field_ref_to_mf(&move->lhs);
    struct mf_subfield src = field_ref_to_mf(&move->rhs);

    action_put_move(e->ofpacts, &src, &dst);
}

void
encode_EXCHANGE(const struct ovnact *ovnact, struct action_encoder *e)
{
    const struct ovnact_move *move = (const struct ovnact_move *) ovnact;
    struct mf_subfield a = field_ref_to_mf(&move->lhs);
    struct mf_subfield b = field_ref_to_mf(&move->rhs);

    put_push(e->ofpacts, &a);
    put_push(e->ofpacts, &b);
    put_pop(e->ofpacts, &a);
    put_pop(e->ofpacts, &b);
}

void
encode_PUSH(const struct ovnact *ovnact, struct action_encoder *e)
{
    const struct ovnact_call *call = (const struct ovnact_call *) ovnact;
    struct mf_subfield sf = field_ref_to_mf(&call->args[0].field);

    put_push(e->ofpacts, &sf);
}

void
encode_POP(const struct ovnact *ovnact, struct action_encoder *e)
{
    const struct ovnact_call *call = (const struct ovnact_call *) ovnact;
    struct mf_subfield sf = field_ref_to_mf(&call->args[0].field);

    put_pop(e->ofpacts, &sf);
}

void
encode_DEC_TTL(const struct ovnact *ovnact OVS_UNUSED,
               struct action_encoder *e)
{
    struct ofpact_cnt_ids *ids = ofpact_put_DEC_TTL(e->ofpacts);
    uint16_t id = 0;

    ids->n_controllers = 1;
    ofpbuf_put(e->ofpacts, &id, sizeof id);
    ids = e->ofpacts->header;
    ofpact_finish_DEC_TTL(e->ofpacts, &ids);
}

void
encode_CLONE(const struct ovnact *ovnact, struct action_encoder *e)
{
    const struct ovnact_nest *nest = (const struct ovnact_nest *) ovnact;
    size_t start = e->ofpacts->size;

    ofpact_put_CLONE(e->ofpacts);
    action_encode_nested(nest->nested, e, e->ofpacts);

    struct ofpact_nest *clone = ofpbuf_at_assert(e->ofpacts, start,
                                                 sizeof *clone);
    e->ofpacts->header = clone;
    ofpact_finish_CLONE(e->ofpacts, &clone);
}

void
encode_MIRROR(const struct ovnact *ovnact, struct action_encoder *e)
{
    const struct ovnact_call *call = (const struct ovnact_call *) ovnact;
    unsigned int key;

    if (!action_lookup_port(e, call->args[0].imm.string, &key)) {
        return;
    }

    size_t start = e->ofpacts->size;
    ofpact_put_CLONE(e->ofpacts);
    action_put_load(e->ofpacts, MFF_IN_PORT, 0, 16, 0);
    action_put_load(e->ofpacts, MFF_LOG_OUTPORT, 0, 32, key);
    action_put_resubmit(e->ofpacts, OFTABLE_REMOTE_OUTPUT);

    struct ofpact_nest *clone = ofpbuf_at_assert(e->ofpacts, start,
                                                 sizeof *clone);
    e->ofpacts->header = clone;
    ofpact_finish_CLONE(e->ofpacts, &clone);
}

void
encode_SET_QUEUE(const struct ovnact *ovnact, struct action_encoder *e)
{
    const struct ovnact_call *call = (const struct ovnact_call *) ovnact;

    ofpact_put_SET_QUEUE(e->ofpacts)->queue_id = call->args[0].imm.value
                                                     .u64.lo;
}

void
encode_CHECK_PKT_LARGER(const struct ovnact *ovnact, struct action_encoder *e)
{
    const struct ovnact_call *call = (const struct ovnact_call *) ovnact;
    struct ofpact_check_pkt_larger *check
        = ofpact_put_CHECK_PKT_LARGER(e->ofpacts);

    check->pkt_len = call->args[0].imm.value.u64.lo;
    check->dst = field_ref_to_mf(&call->result);
}

void
encode_SET_METER(const struct ovnact *ovnact, struct action_encoder *e)
{
    const struct ovnact_call *call = (const struct ovnact_call *) ovnact;
    const struct actions_encode_params *params = e->params;
    uint64_t rate = call->args[0].imm.value.u64.lo;
    bool burst = call->n_args > 1;
    struct ds s = DS_EMPTY_INITIALIZER;

    action_need_feature(e, ovnact->type, "meter_kbps");
    if (burst) {
        action_need_feature(e, ovnact->type, "meter_burst");
    }
    if (e->error) {
        return;
    }

    ds_put_format(&s, "kbps%s stats bands=type=drop rate=%"PRIu64,
                  burst ? " burst" : "", rate);
    if (burst) {
        ds_put_format(&s, " burst_size=%"PRIu64,
                      call->args[1].imm.value.u64.lo);
    }

    uint32_t id = params->meter_id ? params->meter_id(params->aux,
                                                      ds_cstr(&s)) : 0;
    if (id) {
        ofpact_put_METER(e->ofpacts)->meter_id = id;
    } else {
        action_encode_error(e, "no OpenFlow meter is left");
    }
    ds_destroy(&s);
}
