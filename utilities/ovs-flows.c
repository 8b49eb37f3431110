/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The OpenFlow flows of a switch, by record; see ovs-flows.h. */

#include <config.h>

#include "utilities/ovs-flows.h"

#include <stdlib.h>

#include "byte-order.h"
#include "lib/ovn-dirs.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/hmap.h"
#include "openvswitch/match.h"
#include "openvswitch/ofp-actions.h"
#include "openvswitch/ofp-flow.h"
#include "openvswitch/ofp-protocol.h"
#include "openvswitch/vconn.h"
#include "openvswitch/vlog.h"
#include "socket-util.h"
#include "util.h"
#include "uuid.h"

VLOG_DEFINE_THIS_MODULE(ovs_flows);

/* The switch's flows, fetched once. */
struct ovs_flows {
    struct ofputil_flow_stats *flows; /* Sorted by cookie. */
    size_t n;
};

static int
compare_flows(const void *a_, const void *b_)
{
    const struct ofputil_flow_stats *a = a_;
    const struct ofputil_flow_stats *b = b_;
    uint64_t a_cookie = ntohll(a->cookie);
    uint64_t b_cookie = ntohll(b->cookie);

    if (a_cookie != b_cookie) {
        return a_cookie < b_cookie ? -1 : 1;
    } else if (a->table_id != b->table_id) {
        return a->table_id < b->table_id ? -1 : 1;
    } else {
        return (a->priority > b->priority ? -1
                : a->priority < b->priority ? 1
                : 0);
    }
}

/* Fetches all flows over 'vconn' into 'ovs'.  Returns 0 or a positive errno
 * value. */
static int
fetch_flows(struct vconn *vconn, struct ovs_flows *ovs)
{
    struct ofputil_flow_stats_request request = {
        .cookie = htonll(0),
        .cookie_mask = htonll(0),
        .out_port = OFPP_ANY,
        .out_group = OFPG_ANY,
        .table_id = OFPTT_ALL,
    };
    enum ofputil_protocol protocol
        = ofputil_protocol_from_ofp_version(vconn_get_version(vconn));

    match_init_catchall(&request.match);
    int error = vconn_dump_flows(vconn, &request, protocol,
                                 &ovs->flows, &ovs->n);
    if (!error && ovs->n) {
        qsort(ovs->flows, ovs->n, sizeof *ovs->flows, compare_flows);
    }
    return error;
}

struct ovs_flows *
ovs_flows_open(const char *remote)
{
    char *default_remote = xasprintf("unix:%s/br-int.mgmt", ovn_ovs_rundir());
    struct ovs_flows *ovs = xzalloc(sizeof *ovs);
    struct vconn *vconn;

    if (!remote) {
        remote = default_remote;
    } else if (vconn_verify_name(remote)) {
        VLOG_WARN("%s: not an active OpenFlow connection method", remote);
        free(default_remote);
        free(ovs);
        return NULL;
    }

    int error = vconn_open_block(remote, 1u << OFP15_VERSION, 0, -1, &vconn);
    if (!error) {
        error = fetch_flows(vconn, ovs);
        vconn_close(vconn);
    }
    if (error) {
        VLOG_WARN("%s: connection failed (%s)",
                  remote, ovs_retval_to_string(error));
        free(ovs);
        ovs = NULL;
    }
    free(default_remote);
    return ovs;
}

void
ovs_flows_close(struct ovs_flows *ovs)
{
    if (ovs) {
        for (size_t i = 0; i < ovs->n; i++) {
            free(CONST_CAST(struct ofpact *, ovs->flows[i].ofpacts));
        }
        free(ovs->flows);
        free(ovs);
    }
}

static void
print_flow(const struct ofputil_flow_stats *flow, bool stats, struct ds *s)
{
    ds_put_cstr(s, "    ");
    if (stats) {
        ofputil_flow_stats_format(s, flow, NULL, NULL, true);
    } else {
        ds_put_format(s, "table=%"PRIu8" ", flow->table_id);
        size_t start = s->length;
        match_format(&flow->match, NULL, s, OFP_DEFAULT_PRIORITY);
        if (s->length > start && ds_last(s) != ' ') {
            ds_put_char(s, ' ');
        }
        ds_put_cstr(s, "actions=");
        struct ofpact_format_params params = { .s = s };
        ofpacts_format(flow->ofpacts, flow->ofpacts_len, &params);
    }
    ds_put_char(s, '\n');
}

void
ovs_flows_print(const struct ovs_flows *ovs, const struct uuid *uuid,
                bool stats, struct ds *s)
{
    if (!ovs) {
        return;
    }

    uint64_t cookie = uuid->parts[0];
    size_t low = 0;
    size_t high = ovs->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (ntohll(ovs->flows[mid].cookie) < cookie) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    for (; low < ovs->n && ntohll(ovs->flows[low].cookie) == cookie; low++) {
        print_flow(&ovs->flows[low], stats, s);
    }
}
