/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef CONTROLLER_LFLOW_H
#define CONTROLLER_LFLOW_H 1

/* Logical flows of local datapaths, as OpenFlow flows in tables 8-31 (ingress
 * pipeline) and 40-63 (egress).
 *
 * A row of Logical_Flow is parsed once, whatever number of datapaths it holds
 * for, and instantiated once for each of these that is local: a unit for each
 * (local datapath, logical flow) pair.  A flow names one datapath, or a group
 * of them; both are joins, so that neither a new flow nor a new local datapath
 * costs more than the pairs that it adds.
 *
 * No packet enters a switch's ingress pipeline here from a VIF that is on
 * another chassis, and none is in the egress pipeline to one: those are where
 * the VIF is.  So comparisons of inport in ingress, and of outport in egress,
 * to VIFs that are elsewhere make no flows.  That holds for VIFs only: packets
 * for or from any other kind of port may be here. */

#include <stddef.h>

struct ds;
struct inc;

/* Adds what lflow.c has to 'inc'. */
void lflow_add(struct inc *inc);

/* How many logical flows are parsed. */
size_t lflow_n_parsed(void);

/* Appends to 'ds' which numbers of conjunctive matches belong to which logical
 * flow, in the order of the numbers. */
void lflow_format_conj_ids(struct ds *ds);

/* Frees what is not the engine's. */
void lflow_destroy(void);

#endif /* controller/lflow.h */
