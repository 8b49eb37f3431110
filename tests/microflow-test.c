/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* "test-ovn microflow-packet MICROFLOW": prints the packet that the microflow
 * describes, in hexadecimal.  Every port exists. */

#include <config.h>
#include "lib/microflow.h"

#include <stdio.h>
#include "dp-packet.h"
#include "flow.h"
#include "lib/expr.h"
#include "tests/test-ovn.h"
#include "util.h"

static bool
lookup_any_port(void *aux OVS_UNUSED, const char *name OVS_UNUSED,
                unsigned int *key)
{
    *key = 1;
    return true;
}

static void
print_packet(const struct flow *flow)
{
    enum { PAYLOAD = 64 };
    struct dp_packet packet;

    dp_packet_init(&packet, 0);
    flow_compose(&packet, flow, NULL, PAYLOAD);
    for (size_t i = 0; i < dp_packet_size(&packet); i++) {
        printf("%02x", ((uint8_t *) dp_packet_data(&packet))[i]);
    }
    putchar('\n');
    dp_packet_uninit(&packet);
}

static void
test_microflow_packet(int argc, char *argv[])
{
    const struct expr_env env = { .lookup_port = lookup_any_port };
    struct microflow *microflow;
    struct flow flow;

    if (argc != 2) {
        ovs_fatal(0, "usage: test-ovn microflow-packet MICROFLOW");
    }
    char *error = microflow_parse(argv[1], &microflow);
    if (!error) {
        error = microflow_to_flow(microflow, &env, &flow);
    }
    if (error) {
        ovs_fatal(0, "%s", error);
    }
    print_packet(&flow);
    microflow_destroy(microflow);
}

TEST_OVN_REGISTER("microflow-packet", test_microflow_packet);
