/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Services of the controller: DHCP, DNS, router advertisements, logging, and
 * what only has an effect elsewhere.
 *
 * A microflow has no payload.  Where a service depends on it, the trace
 * assumes what makes it useful: that the packet is a good request, which the
 * service answers. */

#include <config.h>

#include "utilities/ovn-trace.h"

#include <netinet/icmp6.h>
#include <stdlib.h>
#include <string.h>

#include "ovsdb/ovn-sb-idl.h"
#include "util.h"

/* Adds the action 'a' without its result, as a change of the packet. */
static void
add_call(struct trace_exec *x, const struct ovnact *a)
{
    char *s = trace_format_action(a);
    const char *call = strstr(s, " = ");

    s[strlen(s) - 1] = '\0';    /* The semicolon. */
    trace_node_add(x->nodes, TRACE_MODIFY, "%s", call ? call + 3 : s);
    free(s);
}

/* R = put_...(): the answer takes the place of the packet. */
static void
put_options(struct trace_exec *x, const struct ovnact *a)
{
    const struct ovnact_options *opts = CONTAINER_OF(a, struct ovnact_options,
                                                     ovnact);

    add_call(x, a);
    trace_set_bit(x, &opts->result, true);
}

void
trace_put_dhcp_opts(struct trace_exec *x, const struct ovnact *a)
{
    trace_comment(x, "We assume that this packet is DHCPDISCOVER or "
                  "DHCPREQUEST.");
    put_options(x, a);
}

void
trace_put_dhcpv6_opts(struct trace_exec *x, const struct ovnact *a)
{
    trace_comment(x, "We assume that this packet is DHCPv6 SOLICIT or "
                  "REQUEST.");
    put_options(x, a);
}

void
trace_put_nd_ra_opts(struct trace_exec *x, const struct ovnact *a)
{
    x->packet->flow.tp_src = htons(ND_ROUTER_ADVERT);
    put_options(x, a);
}

static bool
dns_is_on(const struct sbrec_dns *dns, const struct sbrec_datapath_binding *dp)
{
    for (size_t i = 0; i < dns->n_datapaths; i++) {
        if (dns->datapaths[i] == dp) {
            return true;
        }
    }
    return false;
}

void
trace_dns_lookup(struct trace_exec *x, const struct ovnact *a)
{
    const struct ovnact_call *call = CONTAINER_OF(a, struct ovnact_call,
                                                  ovnact);
    const struct sbrec_dns *dns;
    bool found = false;

    SBREC_DNS_FOR_EACH (dns, x->trace->db->idl) {
        found = found || (dns_is_on(dns, x->packet->dp->sb)
                          && !smap_is_empty(&dns->records));
    }
    trace_comment(x, found ? "We assume that this packet asks for a name that "
                  "is in table DNS."
                  : "Table DNS has no names for this datapath.");
    trace_set_bit(x, &call->result, found);
}

/* R = dhcp_relay_req_chk(...); R = dhcp_relay_resp_chk(...); */
void
trace_chk_dhcp_relay(struct trace_exec *x, const struct ovnact *a)
{
    const struct ovnact_call *call = CONTAINER_OF(a, struct ovnact_call,
                                                  ovnact);

    trace_comment(x, "We assume that this packet is a good DHCP message.");
    add_call(x, a);
    trace_set_bit(x, &call->result, true);
}

void
trace_log(struct trace_exec *x, const struct ovnact *a)
{
    const struct ovnact_log *log = CONTAINER_OF(a, struct ovnact_log, ovnact);
    char *packet = flow_to_string(&x->packet->flow, NULL);

    trace_node_add(x->nodes, TRACE_FORK, "LOG: ACL name=%s, direction=%s, "
                   "verdict=%s, severity=%s, packet=\"%s\"",
                   log->name ? log->name : "<unnamed>",
                   x->ingress ? "IN" : "OUT", log_verdict_names[log->verdict],
                   log_severity_names[log->severity], packet);
    free(packet);
}
