/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* One trace: from the microflow to the text. */

#include <config.h>

#include "utilities/ovn-trace.h"

#include <stdlib.h>
#include <string.h>

#include "lib/microflow.h"
#include "lib/logical.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/vlog.h"
#include "ovsdb/ovn-sb-idl.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(trace);

/* In microflows, ports may have their friendly names. */
static bool
lookup_friendly_port(void *dp_, const char *name, unsigned int *key)
{
    const struct trace_datapath *dp = dp_;
    const struct trace_port *port;

    if (trace_lookup_port(dp_, name, key)) {
        return true;
    }
    port = trace_find_port(dp->db, dp, name);
    if (port) {
        *key = port->key;
    }
    return port != NULL;
}

/* Finds the datapath to start in.  Returns NULL, or an error. */
static char *
find_start(const struct trace_db *db, const char *dp_name, const char *inport,
           const struct trace_datapath **dpp)
{
    const struct trace_datapath *dp = NULL;
    const struct trace_port *port = NULL;

    if (dp_name) {
        dp = trace_find_datapath(db, dp_name);
        if (!dp) {
            return xasprintf("unknown datapath \"%s\"", dp_name);
        }
    }
    if (inport) {
        port = trace_find_port(db, NULL, inport);
        if (!port) {
            return xasprintf("unknown port \"%s\"", inport);
        } else if (dp && port->dp != dp) {
            return xasprintf("port \"%s\" is not in datapath \"%s\" but in "
                             "\"%s\"", inport, dp_name, port->dp->friendly);
        }
        dp = port->dp;
    } else if (!dp) {
        return xstrdup("microflow does not match on inport, and no datapath "
                       "is given");
    }
    *dpp = dp;
    return NULL;
}

/* A packet begins where its ingress port is bound. */
static void
set_chassis(struct trace_packet *packet)
{
    uint32_t key = packet->flow.regs[MFF_LOG_INPORT - MFF_REG0];
    const struct trace_port *port = trace_port_by_key(packet->dp, key);

    if (port) {
        packet->chassis = port->sb->chassis;
    } else if (!key) {
        VLOG_WARN("microflow does not specify ingress port");
    }
}

/* Makes the packet to start with. */
static char *
make_packet(const struct trace_db *db, const char *dp_name,
            const char *text, struct trace_packet *packet)
{
    struct microflow *microflow;
    char *error = microflow_parse(text, &microflow);

    *packet = (struct trace_packet) { .dp = NULL };
    if (error) {
        return error;
    }
    error = find_start(db, dp_name, microflow_inport(microflow), &packet->dp);
    if (!error) {
        struct expr_env env = trace_env(packet->dp);

        env.lookup_port = lookup_friendly_port;
        error = microflow_to_flow(microflow, &env, &packet->flow);
    }
    if (!error) {
        set_chassis(packet);
    }
    microflow_destroy(microflow);
    return error;
}

/* Prints a form of output, with a banner if there are several. */
static void
print_form(const struct ovs_list *nodes, bool wanted, bool banner,
           const char *name,
           void (*print)(const struct ovs_list *, struct ds *),
           struct ds *output)
{
    if (wanted) {
        if (banner) {
            ds_put_format(output, "# %s trace.\n", name);
        }
        print(nodes, output);
    }
}

static void
print_forms(const struct ovs_list *nodes, const struct trace_options *opts,
            struct ds *output)
{
    bool detailed = (opts->detailed || (!opts->summary && !opts->minimal));
    bool banner = detailed + opts->summary + opts->minimal > 1;

    print_form(nodes, detailed, banner, "Detailed", trace_print_detailed,
               output);
    print_form(nodes, opts->summary, banner, "Summary", trace_print_summary,
               output);
    print_form(nodes, opts->minimal, banner, "Minimal", trace_print_minimal,
               output);
}

char *
trace_run(const struct trace_db *db, const struct trace_options *opts,
          const char *dp_name, const char *microflow, struct ds *output)
{
    struct trace trace = { .opts = opts, .db = db };
    struct ovs_list nodes = OVS_LIST_INITIALIZER(&nodes);
    struct trace_packet packet;
    char *error = make_packet(db, dp_name, microflow, &packet);

    if (error) {
        return error;
    }
    ds_put_cstr(output, "# ");
    flow_format(output, &packet.flow, NULL);
    ds_put_char(output, '\n');
    trace_ingress(&trace, &packet, &nodes);
    print_forms(&nodes, opts, output);
    trace_nodes_destroy(&nodes);
    trace_packet_destroy(&packet);
    return NULL;
}
