/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Moving data: fields, arguments of actions, and the actions that do nothing
 * else than to change the packet. */

#include <config.h>

#include "utilities/ovn-trace.h"

#include <stdlib.h>
#include <string.h>

#include "lib/lex.h"
#include "lib/u128.h"
#include "openvswitch/meta-flow.h"
#include "openvswitch/vlog.h"
#include "random.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(trace_move);

/* Fields. */

static ovs_u128
get_subfield(const struct mf_subfield *sf, const struct flow *flow)
{
    union mf_subvalue value;

    mf_read_subfield(sf, flow, &value);
    return u128_get_be(&value.u8[sizeof value - 16], 16);
}

ovs_u128
trace_get(const struct trace_exec *x, const struct field_ref *ref)
{
    struct mf_subfield sf = field_ref_to_mf(ref);

    return get_subfield(&sf, &x->packet->flow);
}

void
trace_set(struct trace_exec *x, const struct field_ref *ref, ovs_u128 value)
{
    struct mf_subfield sf = field_ref_to_mf(ref);
    struct flow *flow = &x->packet->flow;
    union mf_subvalue subvalue;

    memset(&subvalue, 0, sizeof subvalue);
    u128_put_be(ovs_u128_and(value, u128_ones(sf.n_bits)),
                &subvalue.u8[sizeof subvalue - 16], 16);
    mf_write_subfield_flow(&sf, &subvalue, flow);
    if (flow->vlans[0].tci & htons(VLAN_CFI) && !flow->vlans[0].tpid) {
        flow->vlans[0].tpid = htons(ETH_TYPE_VLAN);
    }
}

void
trace_set_bit(struct trace_exec *x, const struct field_ref *ref, bool value)
{
    trace_set(x, ref, u128_from_u64(value));
}

/* Whether 'ref' is part of the packet, and not only known inside the logical
 * network. */
static bool
is_packet_field(const struct field_ref *ref)
{
    return !mf_is_register(ref->symbol->mf->id);
}

/* Formats what 'ref' holds: as OpenFlow users write the field, or a number if
 * it is a part of it. */
static void
format_value(const struct trace_exec *x, const struct field_ref *ref,
             struct ds *s)
{
    struct mf_subfield sf = field_ref_to_mf(ref);

    if (!sf.ofs && sf.n_bits == sf.field->n_bits) {
        union mf_value value;

        mf_get_value(sf.field, &x->packet->flow, &value);
        mf_format(sf.field, &value, NULL, NULL, s);
    } else {
        union mf_subvalue value;

        mf_read_subfield(&sf, &x->packet->flow, &value);
        mf_format_subvalue(&value, s);
    }
}

void
trace_modified(struct trace_exec *x, const struct field_ref *ref)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    if (is_packet_field(ref)) {
        field_ref_format(ref, &s);
        ds_put_cstr(&s, " = ");
        format_value(x, ref, &s);
        trace_node_add(x->nodes, TRACE_MODIFY, "%s", ds_cstr(&s));
    }
    ds_destroy(&s);
}

void
trace_modified_symbol(struct trace_exec *x, const char *name)
{
    struct field_ref ref = {
        .symbol = field_lookup(logical_symtab(), name, strlen(name))
    };

    ref.n_bits = ref.symbol->width;
    trace_modified(x, &ref);
}

/* Arguments. */

ovs_u128
trace_arg(const struct trace_exec *x, const struct ovnact_arg *arg)
{
    return arg->is_field ? trace_get(x, &arg->field) : arg->imm.value;
}

struct eth_addr
trace_arg_eth(const struct trace_exec *x, const struct ovnact_arg *arg)
{
    struct eth_addr ea;

    u128_put_be(trace_arg(x, arg), &ea, sizeof ea);
    return ea;
}

struct in6_addr
trace_arg_ip(const struct trace_exec *x, const struct ovnact_arg *arg)
{
    unsigned int width = (arg->is_field ? arg->field.n_bits
                          : arg->imm.format == LEX_F_IPV6 ? 128 : 32);
    ovs_u128 value = trace_arg(x, arg);
    struct in6_addr ip;

    if (width <= 32) {
        in6_addr_set_mapped_ipv4(&ip, htonl(value.u64.lo));
    } else {
        u128_put_be(value, &ip, sizeof ip);
    }
    return ip;
}

const struct trace_port *
trace_arg_port(const struct trace_exec *x, const struct ovnact_arg *arg)
{
    return (arg->is_field
            ? trace_port_by_key(x->packet->dp, trace_arg(x, arg).u64.lo)
            : trace_find_port(x->trace->db, x->packet->dp, arg->imm.string));
}

/* Assignments. */

/* The key of the port 'name', 0 if there is none. */
static ovs_u128
port_value(const struct trace_exec *x, const char *name)
{
    unsigned int key = 0;

    if (name[0] && !trace_lookup_port(CONST_CAST(struct trace_datapath *,
                                                 x->packet->dp), name, &key)) {
        VLOG_WARN("%s: unknown logical port", name);
    }
    return u128_from_u64(key);
}

void
trace_load(struct trace_exec *x, const struct ovnact *a)
{
    const struct ovnact_load *load = CONTAINER_OF(a, struct ovnact_load,
                                                  ovnact);
    const struct ovnact_constant *imm = &load->imm;
    ovs_u128 value = imm->string ? port_value(x, imm->string) : imm->value;

    if (!imm->string && imm->masked) {
        ovs_u128 old = trace_get(x, &load->dst);

        value = u128_or(ovs_u128_and(old, u128_not(imm->mask)),
                        ovs_u128_and(value, imm->mask));
    }
    trace_set(x, &load->dst, value);
    if (is_packet_field(&load->dst)) {
        char *s = trace_format_action(a);

        trace_node_add(x->nodes, TRACE_MODIFY, "%.*s", (int) strlen(s) - 1, s);
        free(s);
    }
}

void
trace_move(struct trace_exec *x, const struct ovnact *a)
{
    const struct ovnact_move *move = CONTAINER_OF(a, struct ovnact_move,
                                                  ovnact);

    trace_set(x, &move->lhs, trace_get(x, &move->rhs));
    trace_modified(x, &move->lhs);
}

void
trace_exchange(struct trace_exec *x, const struct ovnact *a)
{
    const struct ovnact_move *move = CONTAINER_OF(a, struct ovnact_move,
                                                  ovnact);
    ovs_u128 lhs = trace_get(x, &move->lhs);

    trace_set(x, &move->lhs, trace_get(x, &move->rhs));
    trace_set(x, &move->rhs, lhs);
    trace_modified(x, &move->lhs);
    trace_modified(x, &move->rhs);
}

/* The stack. */

static void
add_stack_line(struct trace_exec *x, const char *verb,
               const struct field_ref *ref, const char *arrow,
               const char *value)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    field_ref_format(ref, &s);
    trace_node_add(x->nodes, TRACE_MODIFY, "%s(%s) %s %s", verb, ds_cstr(&s),
                   arrow, value);
    ds_destroy(&s);
}

static char *
value_to_string(ovs_u128 value)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    if (ovs_u128_is_zero(value)) {
        ds_put_char(&s, '0');
    } else {
        lex_format_integer(value, LEX_F_HEXADECIMAL, &s);
    }
    return ds_steal_cstr(&s);
}

void
trace_push(struct trace_exec *x, const struct ovnact *a)
{
    const struct ovnact_call *call = CONTAINER_OF(a, struct ovnact_call,
                                                  ovnact);
    struct trace_packet *p = x->packet;
    ovs_u128 value = trace_get(x, &call->args[0].field);
    char *s = value_to_string(value);

    if (p->n_stack >= p->allocated_stack) {
        p->stack = x2nrealloc(p->stack, &p->allocated_stack,
                              sizeof *p->stack);
    }
    p->stack[p->n_stack++] = value;
    add_stack_line(x, "push", &call->args[0].field, "->", s);
    free(s);
}

void
trace_pop(struct trace_exec *x, const struct ovnact *a)
{
    const struct ovnact_call *call = CONTAINER_OF(a, struct ovnact_call,
                                                  ovnact);
    const struct field_ref *ref = &call->args[0].field;
    struct trace_packet *p = x->packet;

    if (!p->n_stack) {
        add_stack_line(x, "pop", ref, "<-", "/* empty stack */");
        return;
    }
    ovs_u128 value = p->stack[--p->n_stack];
    char *s = value_to_string(value);
    trace_set(x, ref, value);
    add_stack_line(x, "pop", ref, "<-", s);
    free(s);
}

/* Other changes of the packet. */

/* As Open vSwitch, ends the list of actions rather than to send a packet with
 * a TTL of 0. */
void
trace_dec_ttl(struct trace_exec *x, const struct ovnact *a OVS_UNUSED)
{
    struct flow *flow = &x->packet->flow;

    if (flow->nw_ttl > 1) {
        flow->nw_ttl--;
        trace_node_add(x->nodes, TRACE_MODIFY, "ip.ttl--");
    } else {
        trace_error(x, "TTL underflow");
        x->stop = true;
    }
}

void
trace_check_pkt_larger(struct trace_exec *x, const struct ovnact *a)
{
    const struct ovnact_call *call = CONTAINER_OF(a, struct ovnact_call,
                                                  ovnact);

    trace_comment(x, "We assume that this packet is not larger.");
    trace_set_bit(x, &call->result, false);
}

/* Which value select() takes: the one that the user wants if there is such a
 * one, otherwise a random one. */
static const struct ovnact_select_value *
select_value(const struct trace_exec *x, const struct ovnact_select *select,
             bool *wanted)
{
    *wanted = true;
    for (size_t i = 0; i < select->n_values; i++) {
        if (select->values[i].id == x->trace->opts->select_id) {
            return &select->values[i];
        }
    }
    *wanted = false;
    return &select->values[random_range(select->n_values)];
}

void
trace_select(struct trace_exec *x, const struct ovnact *a)
{
    const struct ovnact_select *select = CONTAINER_OF(a, struct ovnact_select,
                                                      ovnact);
    struct ds s = DS_EMPTY_INITIALIZER;
    bool wanted;
    const struct ovnact_select_value *v = select_value(x, select, &wanted);

    ds_put_cstr(&s, "select: ");
    field_ref_format(&select->result, &s);
    ds_put_format(&s, " = %u%s", v->id, wanted ? ""
                  : " /* Randomly selected. Use --select-id to specify. */");
    struct trace_node *node = trace_node_add(x->nodes, TRACE_FORK, "%s",
                                             ds_cstr(&s));
    ds_destroy(&s);

    trace_set(x, &select->result, u128_from_u64(v->id));
    trace_next_table(x, x->packet, &node->kids);
}
