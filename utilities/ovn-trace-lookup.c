/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* What was learned: neighbours and the forwarding database, in the tables
 * MAC_Binding, Static_MAC_Binding and FDB; and port security.
 *
 * The controller keeps flows in helper tables that answer these questions; the
 * rows that it makes them of answer here.  put_arp and the like would add
 * rows, and do nothing here. */

#include <config.h>

#include "utilities/ovn-trace.h"

#include <stdlib.h>
#include <string.h>

#include "lib/u128.h"
#include "ovsdb/ovn-sb-idl.h"
#include "util.h"

/* Neighbours. */

/* Whether the row with 'row_port' and 'row_ip' is for 'ip' on 'port'. */
static bool
row_is_for(const char *row_port, const char *row_ip,
           const struct trace_port *port, const struct in6_addr *ip)
{
    struct in6_addr row_addr;
    ovs_be32 ip4;

    if (strcmp(row_port, port->name)) {
        return false;
    }
    if (ip_parse(row_ip, &ip4)) {
        in6_addr_set_mapped_ipv4(&row_addr, ip4);
    } else if (!ipv6_parse(row_ip, &row_addr)) {
        return false;
    }
    return ipv6_addr_equals(&row_addr, ip);
}

/* Finds the row of Static_MAC_Binding; 'override' tells of which kind. */
static bool
find_static(const struct trace_db *db, const struct trace_port *port,
            const struct in6_addr *ip, bool override, struct eth_addr *ea)
{
    const struct sbrec_static_mac_binding *row;

    SBREC_STATIC_MAC_BINDING_FOR_EACH (row, db->idl) {
        if (row->override_dynamic_mac == override
            && row_is_for(row->logical_port, row->ip, port, ip)
            && eth_addr_from_string(row->mac, ea)) {
            return true;
        }
    }
    return false;
}

static bool
find_dynamic(const struct trace_db *db, const struct trace_port *port,
             const struct in6_addr *ip, struct eth_addr *ea)
{
    const struct sbrec_mac_binding *row;

    SBREC_MAC_BINDING_FOR_EACH (row, db->idl) {
        if (row_is_for(row->logical_port, row->ip, port, ip)
            && eth_addr_from_string(row->mac, ea)) {
            return true;
        }
    }
    return false;
}

/* Finds the Ethernet address of 'ip' on 'port', as table MAC_BINDING would:
 * static and meant to override, learned, other static. */
static bool
find_neighbor(const struct trace_exec *x, const struct trace_port *port,
              const struct in6_addr *ip, struct eth_addr *ea)
{
    const struct trace_db *db = x->trace->db;

    return port && (find_static(db, port, ip, true, ea)
                    || find_dynamic(db, port, ip, ea)
                    || find_static(db, port, ip, false, ea));
}

/* get_arp(P, A); get_nd(P, A); */
void
trace_get_neighbor(struct trace_exec *x, const struct ovnact *a)
{
    const struct ovnact_call *call = CONTAINER_OF(a, struct ovnact_call,
                                                  ovnact);
    struct in6_addr ip = trace_arg_ip(x, &call->args[1]);
    struct eth_addr ea;

    if (find_neighbor(x, trace_arg_port(x, &call->args[0]), &ip, &ea)) {
        trace_node_add(x->nodes, TRACE_ACTION, "/* MAC binding to "
                       ETH_ADDR_FMT". */", ETH_ADDR_ARGS(ea));
    } else {
        ea = eth_addr_zero;
        trace_node_add(x->nodes, TRACE_ACTION, "/* No MAC binding. */");
    }
    x->packet->flow.dl_dst = ea;
    trace_modified_symbol(x, "eth.dst");
}

/* R = lookup_arp(P, A, M); R = lookup_arp_ip(P, A); and for IPv6. */
void
trace_lookup_neighbor(struct trace_exec *x, const struct ovnact *a)
{
    const struct ovnact_call *call = CONTAINER_OF(a, struct ovnact_call,
                                                  ovnact);
    struct in6_addr ip = trace_arg_ip(x, &call->args[1]);
    bool any_mac = call->n_args < 3;
    struct eth_addr ea;
    bool found = find_neighbor(x, trace_arg_port(x, &call->args[0]), &ip,
                               &ea);

    if (found && any_mac) {
        trace_node_add(x->nodes, TRACE_ACTION, "/* MAC binding found. */");
    } else if (found && eth_addr_equals(ea, trace_arg_eth(x,
                                                          &call->args[2]))) {
        trace_node_add(x->nodes, TRACE_ACTION, "/* MAC binding to "
                       ETH_ADDR_FMT" found. */", ETH_ADDR_ARGS(ea));
    } else {
        found = false;
        trace_node_add(x->nodes, TRACE_ACTION,
                       "/* lookup failed - No MAC binding. */");
    }
    trace_set_bit(x, &call->result, found);
}

/* Only the kernel of a chassis knows neighbours behind EVPN. */
void
trace_chk_evpn_arp(struct trace_exec *x, const struct ovnact *a)
{
    const struct ovnact_call *call = CONTAINER_OF(a, struct ovnact_call,
                                                  ovnact);

    trace_comment(x, "We assume that EVPN does not know this address.");
    trace_set_bit(x, &call->result, false);
}

/* The forwarding database. */

/* The key of the port behind 'ea', or 0. */
static uint32_t
find_fdb(const struct trace_exec *x, struct eth_addr ea)
{
    const struct sbrec_fdb *row;

    SBREC_FDB_FOR_EACH (row, x->trace->db->idl) {
        struct eth_addr row_ea;

        if (row->dp_key == x->packet->dp->key
            && eth_addr_from_string(row->mac, &row_ea)
            && eth_addr_equals(row_ea, ea)) {
            return row->port_key;
        }
    }
    return 0;
}

void
trace_get_fdb(struct trace_exec *x, const struct ovnact *a)
{
    const struct ovnact_call *call = CONTAINER_OF(a, struct ovnact_call,
                                                  ovnact);
    struct eth_addr ea = trace_arg_eth(x, &call->args[0]);

    trace_set(x, &call->result, u128_from_u64(find_fdb(x, ea)));
}

/* VTEPs beyond EVPN are only known to the kernel of a chassis. */
void
trace_get_remote_fdb(struct trace_exec *x, const struct ovnact *a)
{
    const struct ovnact_call *call = CONTAINER_OF(a, struct ovnact_call,
                                                  ovnact);

    trace_comment(x, "We assume that no remote VTEP has this address.");
    trace_set(x, &call->result, OVS_U128_ZERO);
}

void
trace_lookup_fdb(struct trace_exec *x, const struct ovnact *a)
{
    const struct ovnact_call *call = CONTAINER_OF(a, struct ovnact_call,
                                                  ovnact);
    struct eth_addr ea = trace_arg_eth(x, &call->args[1]);
    const struct trace_port *port = trace_arg_port(x, &call->args[0]);
    bool found = port && find_fdb(x, ea) == port->key;

    if (found) {
        trace_node_add(x->nodes, TRACE_ACTION, "/* MAC lookup for "
                       ETH_ADDR_FMT" found in FDB. */", ETH_ADDR_ARGS(ea));
    } else {
        trace_node_add(x->nodes, TRACE_ACTION,
                       "/* lookup mac failed in mac learning table. */");
    }
    trace_set_bit(x, &call->result, found);
}

void
trace_flood_remote(struct trace_exec *x, const struct ovnact *a OVS_UNUSED)
{
    trace_comment(x, "A copy goes to every remote chassis.");
}

/* Port security. */

/* R = check_in_port_sec(); R = check_out_port_sec(); */
void
trace_check_port_sec(struct trace_exec *x, const struct ovnact *a)
{
    const struct ovnact_call *call = CONTAINER_OF(a, struct ovnact_call,
                                                  ovnact);
    const struct flow *flow = &x->packet->flow;
    bool in = a->type == OVNACT_CHECK_IN_PORT_SEC;
    uint32_t key = flow->regs[(in ? MFF_LOG_INPORT : MFF_LOG_OUTPORT)
                              - MFF_REG0];
    const struct trace_port *port = trace_port_by_key(x->packet->dp, key);

    trace_set_bit(x, &call->result,
                  port && (in ? trace_psec_violates_in(port, flow)
                           : trace_psec_violates_out(port, flow)));
}
