/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* How packets go through tables, pipelines and datapaths.
 *
 *     ingress pipeline -> "output" -> egress pipeline -> "output" -> port
 *                             |                                      |
 *                    one for each member                 behind a patch port,
 *                    of a multicast group                the peer's ingress
 *                                                        pipeline
 */

#include <config.h>

#include "utilities/ovn-trace.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/logical.h"
#include "ovsdb/ovn-sb-idl.h"
#include "smap.h"
#include "util.h"
#include "utilities/ovs-flows.h"

/* Registers by their meaning. */
#define LOG_FLAGS regs[MFF_LOG_FLAGS - MFF_REG0]
#define LOG_INPORT regs[MFF_LOG_INPORT - MFF_REG0]
#define LOG_OUTPORT regs[MFF_LOG_OUTPORT - MFF_REG0]

/* Scratch registers: reg0...reg9. */
enum { N_SCRATCH = 10 };

/* Packets. */

void
trace_packet_clone(struct trace_packet *dst, const struct trace_packet *src)
{
    *dst = *src;
    dst->stack = NULL;
    dst->allocated_stack = dst->n_stack;
    if (dst->n_stack) {
        dst->stack = xmemdup(src->stack, src->n_stack * sizeof *src->stack);
    }
}

void
trace_packet_destroy(struct trace_packet *packet)
{
    free(packet->stack);
}

/* Output. */

static struct trace_node *
add_text(const struct trace *trace, struct ovs_list *nodes,
         enum trace_node_type type, const char *text)
{
    char *friendly = (trace->opts->friendly_names
                      ? trace_make_friendly(trace->db, text) : NULL);
    struct trace_node *node = trace_node_add(nodes, type, "%s",
                                             friendly ? friendly : text);
    free(friendly);
    return node;
}

void
trace_comment(struct trace_exec *x, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *text = xvasprintf(format, args);
    va_end(args);
    trace_node_add(x->nodes, TRACE_COMMENT, "/* %s */", text);
    free(text);
}

void
trace_error(struct trace_exec *x, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *text = xvasprintf(format, args);
    va_end(args);
    trace_node_add(x->nodes, TRACE_ERROR, "%s", text);
    free(text);
}

static const char *
key_to_name(const struct trace *trace, const struct trace_datapath *dp,
            uint32_t key)
{
    const struct trace_port *port = trace_port_by_key(dp, key);
    const struct trace_mcgroup *mcgroup = trace_mcgroup_by_key(dp, key);

    return (port ? (trace->opts->friendly_names ? port->friendly : port->name)
            : mcgroup ? mcgroup->name : "");
}

const char *
trace_port_name(const struct trace_exec *x, uint32_t key)
{
    return key_to_name(x->trace, x->packet->dp, key);
}

static const char *
datapath_name(const struct trace *trace, const struct trace_datapath *dp)
{
    return trace->opts->friendly_names ? dp->friendly : dp->name;
}

/* Adds the heading of a pipeline.  With 'jump', an egress pipeline that was
 * entered by "next", not from the ingress pipeline. */
static struct trace_node *
add_pipeline(const struct trace *trace, const struct trace_packet *packet,
             bool ingress, bool jump, struct ovs_list *nodes)
{
    const char *dp = datapath_name(trace, packet->dp);
    const char *inport = key_to_name(trace, packet->dp,
                                     packet->flow.LOG_INPORT);
    const char *outport = key_to_name(trace, packet->dp,
                                      packet->flow.LOG_OUTPORT);

    if (ingress) {
        return trace_node_add(nodes, TRACE_PIPELINE,
                              "ingress(dp=\"%s\", inport=\"%s\")", dp, inport);
    } else if (jump) {
        return trace_node_add(nodes, TRACE_PIPELINE,
                              "egress(dp=\"%s\", outport=\"%s\")", dp,
                              outport);
    }
    return trace_node_add(nodes, TRACE_PIPELINE,
                          "egress(dp=\"%s\", inport=\"%s\", outport=\"%s\")",
                          dp, inport, outport);
}

/* Tables. */

/* Adds the line of a table where 'flow' was found, or none if that is NULL. */
static struct trace_node *
add_table(const struct trace *trace, const struct trace_datapath *dp,
          bool ingress, uint8_t table, const struct trace_flow *flow,
          struct ovs_list *nodes)
{
    const char *stage = trace_stage_name(dp, ingress, table);
    struct ds s = DS_EMPTY_INITIALIZER;

    ds_put_format(&s, "%2u. ", table);
    if (stage) {
        ds_put_cstr(&s, stage);
        const char *source = (flow ? smap_get(&flow->sb->external_ids,
                                              "source") : NULL);
        if (source) {
            ds_put_format(&s, " (%s)", source);
        }
        ds_put_cstr(&s, ": ");
    }
    if (flow) {
        ds_put_format(&s, "%s, priority %"PRId64", uuid %08x",
                      flow->sb->match, flow->sb->priority,
                      flow->sb->header_.uuid.parts[0]);
    } else {
        ds_put_cstr(&s, "no match (implicit drop)");
    }
    struct trace_node *node = add_text(trace, nodes, TRACE_TABLE,
                                       ds_cstr(&s));
    ds_destroy(&s);
    return node;
}

/* Adds a line for each OpenFlow flow that was made of 'flow'. */
static void
add_openflow(const struct trace *trace, const struct trace_flow *flow,
             struct ovs_list *nodes)
{
    struct ds s = DS_EMPTY_INITIALIZER;
    char *save_ptr = NULL;

    if (!trace->opts->ovs) {
        return;
    }
    ovs_flows_print(trace->opts->ovs, &flow->sb->header_.uuid, false, &s);
    if (!s.length) {
        trace_node_add(nodes, TRACE_COMMENT, "/* no OpenFlow flows */");
    }
    for (char *line = strtok_r(ds_cstr(&s), "\n", &save_ptr); line;
         line = strtok_r(NULL, "\n", &save_ptr)) {
        trace_node_add(nodes, TRACE_COMMENT, "/* %s */",
                       line + strspn(line, " "));
    }
    ds_destroy(&s);
}

/* Whether 'flow' lets everything through: it is not worth a line. */
static bool
is_trivial(const struct trace_flow *flow)
{
    return (!strcmp(flow->sb->match, "1")
            && !strcmp(flow->sb->actions, "next;"));
}

/* Counts a table.  Returns false, and says so, if that is one too many. */
static bool
enter_table(struct trace *trace, struct ovs_list *nodes)
{
    if (trace->exhausted) {
        return false;
    }
    trace->n_tables++;
    trace->exhausted = (trace->depth >= TRACE_MAX_DEPTH
                        || trace->n_tables > TRACE_MAX_TABLES);
    if (!trace->exhausted) {
        return true;
    }
    if (trace->depth >= TRACE_MAX_DEPTH) {
        trace_node_add(nodes, TRACE_ERROR, "the trace ends here: it is more "
                       "than %d tables deep (a loop?)", TRACE_MAX_DEPTH);
    } else {
        trace_node_add(nodes, TRACE_ERROR, "the trace ends here: it went "
                       "through %d tables", TRACE_MAX_TABLES);
    }
    return false;
}

void
trace_table(struct trace *trace, struct trace_packet *packet, bool ingress,
            uint8_t table, struct ovs_list *nodes)
{
    struct trace_flow *flow;

    if (!enter_table(trace, nodes)) {
        return;
    }
    for (;;) {
        flow = trace_find_flow(packet->dp, packet->chassis, ingress, table,
                               &packet->flow);
        if (!flow || !is_trivial(flow)) {
            break;
        }
        table++;
    }

    struct trace_node *node = add_table(trace, packet->dp, ingress, table,
                                        flow, nodes);
    if (flow) {
        struct trace_exec x = {
            .trace = trace,
            .packet = packet,
            .ingress = ingress,
            .table = table,
            .nodes = &node->kids,
        };

        add_openflow(trace, flow, &node->kids);
        trace->depth++;
        trace_actions(&x, &flow->actions);
        trace->depth--;
    }
}

void
trace_next_table(struct trace_exec *x, struct trace_packet *packet,
                 struct ovs_list *nodes)
{
    trace_table(x->trace, packet, x->ingress, x->table + 1, nodes);
}

/* Actions. */

char *
trace_format_action(const struct ovnact *action)
{
    struct ds s = DS_EMPTY_INITIALIZER;
    struct ofpbuf one;

    ofpbuf_use_const(&one, action, action->len);
    actions_format(&one, &s);
    return ds_steal_cstr(&s);
}

static bool
is_jump(const struct ovnact *action)
{
    const struct ovnact_next *next
        = CONTAINER_OF(action, struct ovnact_next, ovnact);

    return (action->type == OVNACT_NEXT
            && (next->explicit_table || next->explicit_pipeline));
}

/* Adds the line of 'action'. */
static void
add_action(struct trace_exec *x, const struct ovnact *action)
{
    char *s = trace_format_action(action);

    add_text(x->trace, x->nodes,
             is_jump(action) ? TRACE_JUMP : TRACE_ACTION, s);
    free(s);
}

void
trace_actions(struct trace_exec *x, const struct ofpbuf *actions)
{
    const struct ovnact *a;

    if (!actions->size) {
        trace_node_add(x->nodes, TRACE_ACTION, "drop;");
    }
    OVNACT_FOR_EACH (a, actions) {
        if (x->stop || x->trace->exhausted) {
            break;
        }
        add_action(x, a);
        trace_action(x, a);
    }
}

void
trace_nested(struct trace_exec *x, struct trace_packet *packet,
             const struct ofpbuf *actions, const char *text)
{
    struct trace_node *node = trace_node_add(x->nodes, TRACE_FORK, "%s", text);
    struct trace_exec nested = {
        .trace = x->trace,
        .packet = packet,
        .ingress = x->ingress,
        .table = x->table,
        .nodes = &node->kids,
    };

    trace_actions(&nested, actions);
}

void
trace_clone(struct trace_exec *x, const struct ovnact *a)
{
    const struct ovnact_nest *nest = CONTAINER_OF(a, struct ovnact_nest,
                                                  ovnact);
    struct trace_packet copy;

    trace_packet_clone(&copy, x->packet);
    trace_nested(x, &copy, nest->nested, "clone");
    trace_packet_destroy(&copy);
}

void
trace_next(struct trace_exec *x, const struct ovnact *a)
{
    const struct ovnact_next *next = CONTAINER_OF(a, struct ovnact_next,
                                                  ovnact);
    struct ovs_list *nodes = x->nodes;

    if (next->ingress != x->ingress) {
        nodes = &add_pipeline(x->trace, x->packet, next->ingress, true,
                              nodes)->kids;
    }
    trace_table(x->trace, x->packet, next->ingress, next->ltable, nodes);
}

/* Pipelines. */

void
trace_ingress(struct trace *trace, struct trace_packet *packet,
              struct ovs_list *nodes)
{
    struct trace_node *node = add_pipeline(trace, packet, true, false, nodes);

    trace_table(trace, packet, true, 0, &node->kids);
}

/* Whether a packet may not leave by 'key' because it came from there. */
static bool
is_reflected(const struct trace_packet *packet, uint32_t key)
{
    return (packet->flow.LOG_INPORT == key
            && !(packet->flow.LOG_FLAGS & MLF_ALLOW_LOOPBACK));
}

static void
add_omission(struct ovs_list *nodes)
{
    trace_node_add(nodes, TRACE_COMMENT, "/* omitting output because inport "
                   "== outport && !flags.loopback */");
}

/* Takes 'packet' where 'port' is bound, maybe through a tunnel.  A port that
 * is bound nowhere is everywhere. */
static void
move_to(struct trace_packet *packet, const struct trace_port *port)
{
    if (port->sb->chassis) {
        packet->chassis = port->sb->chassis;
    }
}

/* Runs the egress pipeline for 'port' on a copy of the packet. */
static void
trace_egress(struct trace_exec *x, const struct trace_port *port, bool member)
{
    struct trace_packet copy;
    bool reflected = is_reflected(x->packet, port->key);

    if (reflected && !member) {
        add_omission(x->nodes);
        return;
    }
    trace_packet_clone(&copy, x->packet);
    move_to(&copy, port);
    copy.flow.LOG_OUTPORT = port->key;
    memset(copy.flow.regs, 0, N_SCRATCH * sizeof *copy.flow.regs);

    struct trace_node *node = add_pipeline(x->trace, &copy, false, false,
                                           x->nodes);
    if (reflected) {
        add_omission(&node->kids);
    } else {
        trace_table(x->trace, &copy, false, 0, &node->kids);
    }
    trace_packet_destroy(&copy);
}

static void
output_to_mcgroup(struct trace_exec *x, const struct trace_mcgroup *mcgroup)
{
    struct trace_node *node = trace_node_add(
        x->nodes, TRACE_MULTICAST, "multicast(dp=\"%s\", mcgroup=\"%s\")",
        datapath_name(x->trace, x->packet->dp), mcgroup->name);
    struct trace_exec members = *x;

    members.nodes = &node->kids;
    for (size_t i = 0; i < mcgroup->n_ports; i++) {
        trace_egress(&members, mcgroup->ports[i], true);
    }
}

/* "output" in an ingress pipeline. */
static void
output_to_egress(struct trace_exec *x)
{
    const struct trace_datapath *dp = x->packet->dp;
    uint32_t key = x->packet->flow.LOG_OUTPORT;
    const struct trace_mcgroup *mcgroup = trace_mcgroup_by_key(dp, key);
    const struct trace_port *port = trace_port_by_key(dp, key);
    const struct sbrec_chassis *chassis = x->packet->chassis;

    if (mcgroup) {
        output_to_mcgroup(x, mcgroup);
        return;
    } else if (!port) {
        if (key) {
            trace_error(x, "output to unknown logical port with key %"PRIu32,
                        key);
        } else {
            trace_error(x, "output to null logical port");
        }
        return;
    }

    if (!strcmp(port->sb->type, "chassisredirect")) {
        const struct trace_port *distributed
            = trace_port_option(port, "distributed-port");

        if (!distributed || distributed->dp != dp) {
            trace_error(x, "\"%s\" of type \"chassisredirect\" has no "
                        "distributed port", trace_port_name(x, key));
            return;
        }
        trace_comment(x, "Replacing type \"chassisredirect\" outport \"%s\" "
                      "with distributed port \"%s\".",
                      trace_port_name(x, key),
                      trace_port_name(x, distributed->key));
        move_to(x->packet, port);
        port = distributed;
    }
    trace_egress(x, port, false);
    x->packet->chassis = chassis;
}

/* The port to which 'port' leads in another datapath, or NULL. */
static const struct trace_port *
find_peer(const struct trace_port *port)
{
    const char *type = port->sb->type;

    return (!strcmp(type, "patch") || !strcmp(type, "l3gateway")
            ? trace_port_option(port, "peer") : NULL);
}

/* Lets a copy of the packet enter at 'peer': nothing but the packet itself
 * goes with it. */
static void
enter_peer(struct trace_exec *x, const struct trace_port *peer)
{
    struct trace_packet copy;

    trace_packet_clone(&copy, x->packet);
    copy.dp = peer->dp;
    copy.n_stack = 0;
    memset(copy.flow.regs, 0, sizeof copy.flow.regs);
    copy.flow.LOG_INPORT = peer->key;
    flow_clear_conntrack(&copy.flow);
    trace_ingress(x->trace, &copy, x->nodes);
    trace_packet_destroy(&copy);
}

/* "output" in an egress pipeline. */
static void
output_to_port(struct trace_exec *x)
{
    uint32_t key = x->packet->flow.LOG_OUTPORT;
    const struct trace_port *port = trace_port_by_key(x->packet->dp, key);

    if (!port) {
        trace_error(x, key ? "output to unknown logical port"
                    : "output to null logical port");
        return;
    }

    const struct trace_port *peer = find_peer(port);
    trace_comment(x, "output to \"%s\", type \"%s\"", trace_port_name(x, key),
                  port->sb->type);
    if (peer) {
        enter_peer(x, peer);
    } else {
        trace_node_add(x->nodes, TRACE_OUTPUT, "output(\"%s\")",
                       trace_port_name(x, key));
    }
}

void
trace_output(struct trace_exec *x, const struct ovnact *a OVS_UNUSED)
{
    if (x->ingress) {
        output_to_egress(x);
    } else {
        output_to_port(x);
    }
}

/* mirror("P"): a copy goes where P is, past the egress pipeline's ACLs but
 * through the pipeline. */
void
trace_mirror(struct trace_exec *x, const struct ovnact *a)
{
    const struct ovnact_call *call = CONTAINER_OF(a, struct ovnact_call,
                                                  ovnact);
    const struct trace_port *port = trace_arg_port(x, &call->args[0]);

    if (!port) {
        trace_error(x, "mirror to unknown logical port \"%s\"",
                    call->args[0].imm.string);
        return;
    }

    struct trace_node *node = trace_node_add(x->nodes, TRACE_FORK,
                                             "mirror(\"%s\")",
                                             trace_port_name(x, port->key));
    struct trace_exec copy = *x;
    copy.nodes = &node->kids;
    trace_egress(&copy, port, true);
}

/* fwd_group(): the ports share the packets by a hash. */
void
trace_fwd_group(struct trace_exec *x, const struct ovnact *a)
{
    const struct ovnact_fwd_group *group
        = CONTAINER_OF(a, struct ovnact_fwd_group, ovnact);
    size_t i = group->n_ports ? (flow_hash_5tuple(&x->packet->flow, 0)
                                 % group->n_ports) : 0;
    const struct trace_port *port
        = (group->n_ports
           ? trace_find_port(x->trace->db, x->packet->dp, group->ports[i])
           : NULL);

    if (!port) {
        trace_error(x, "fwd_group has no such port");
        return;
    }

    struct trace_node *node = trace_node_add(
        x->nodes, TRACE_FORK, "fwd_group: outport = \"%s\" /* one of "
        "%"PRIuSIZE" */", trace_port_name(x, port->key), group->n_ports);
    struct trace_exec fork = *x;
    fork.nodes = &node->kids;
    trace_egress(&fork, port, false);
}
