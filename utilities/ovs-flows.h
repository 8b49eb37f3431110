/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef UTILITIES_OVS_FLOWS_H
#define UTILITIES_OVS_FLOWS_H 1

/* The OpenFlow flows that a switch has for a record of the Southbound
 * database, found by the cookie, which is the first 32 bits of the record's
 * UUID: for option --ovs of ovn-sbctl and ovn-trace. */

#include <stdbool.h>

struct ds;
struct ovs_flows;
struct uuid;

/* Fetches the flows of the switch at 'remote', an OpenFlow connection method,
 * or if that is null those of the local integration bridge.  If that fails,
 * warns and returns null. */
struct ovs_flows *ovs_flows_open(const char *remote);
void ovs_flows_close(struct ovs_flows *);

/* Appends a line for each of the flows of the record 'uuid', with 'stats' or
 * without.  Does nothing if 'ovs' is null. */
void ovs_flows_print(const struct ovs_flows *ovs, const struct uuid *uuid,
                     bool stats, struct ds *);

#endif /* utilities/ovs-flows.h */
