/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef LIB_MICROFLOW_H
#define LIB_MICROFLOW_H 1

/* Microflows
 * ==========
 *
 * A microflow describes one packet, and where it enters a logical network, as
 * an expression:
 *
 *     inport == "vif1" && eth.src == 0a:00:00:00:00:01 && ip4.dst == 10.0.0.2
 *
 * It must leave no choice: "tcp.dst == 80" is ambiguous, because the packet
 * could be IPv4 or IPv6, and "ip4 && ip6" is contradictory.  Fields and bits
 * that it does not speak about are 0.
 *
 * The controller's "inject-pkt" and ovn-trace make packets of microflows.  The
 * language is that of matches, see lib/expr.h. */

#include "openvswitch/util.h"

struct expr_env;
struct flow;
struct microflow;

/* Parses 'text'.  On success returns NULL and stores into '*microflowp' a
 * microflow that the caller must eventually microflow_destroy().  On failure
 * returns an error that the caller must free(), and stores NULL.
 *
 * Whether the microflow leaves a choice is known only in
 * microflow_to_flow(), when names have a meaning. */
char *microflow_parse(const char *text, struct microflow **microflowp)
    OVS_WARN_UNUSED_RESULT;
void microflow_destroy(struct microflow *);

/* The name that "inport" must have, or NULL if the microflow does not say, or
 * says by number ("__inport == 5").  With two different ones the microflow is
 * ambiguous, and microflow_parse() has failed.  Owned by the microflow. */
const char *microflow_inport(const struct microflow *);

/* Fills in '*flow' with the only packet for which the microflow is true where
 * names mean what 'env' says.  Returns NULL, or an error that the caller must
 * free(); then '*flow' is zeroed. */
char *microflow_to_flow(const struct microflow *, const struct expr_env *env,
                        struct flow *flow) OVS_WARN_UNUSED_RESULT;

#endif /* lib/microflow.h */
