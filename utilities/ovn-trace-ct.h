/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef UTILITIES_OVN_TRACE_CT_H
#define UTILITIES_OVN_TRACE_CT_H 1

/* What NAT and load balancing share: tracked packets. */

#include <stdbool.h>
#include <stdint.h>

struct flow;
struct ovnact_addr;
struct trace_exec;
struct trace_packet;

/* The state that the next action which tracks a packet finds, with CS_TRACKED,
 * and in '*note' what to say about it in the output. */
uint32_t trace_ct_state(struct trace_exec *, const char **note);

/* Makes 'flow' a packet of a connection in 'state'. */
void trace_ct_track(struct flow *, uint32_t state);

/* Runs the next table with 'packet', which it destroys, under 'text'. */
void trace_ct_fork(struct trace_exec *, struct trace_packet *packet,
                   const char *text);

/* Whether 'addr' is of the IP version of 'flow'. */
bool trace_ct_fits(const struct flow *, const struct ovnact_addr *);
bool trace_ct_has_ports(const struct flow *);

/* Sets the destination, or the source, to the address without port. */
void trace_ct_set_ip(struct flow *, const struct ovnact_addr *, bool dst);

#endif /* utilities/ovn-trace-ct.h */
