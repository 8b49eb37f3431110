/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* A fuzz target: microflows, and the evaluation of expressions. */

#include <config.h>
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "dp-packet.h"
#include "flow.h"
#include "lib/expr.h"
#include "lib/microflow.h"
#include "util.h"

static const struct expr_env env = {
    .lookup_port = fuzz_lookup_port,
    .is_chassis_resident = fuzz_is_resident,
};

/* Makes a packet of 'flow', which 'text' describes.  'text' must be true of
 * it. */
static void
check_flow(const char *text, const struct flow *flow)
{
    struct dp_packet packet;
    struct expr *expr;
    bool result;

    dp_packet_init(&packet, 0);
    flow_compose(&packet, flow, NULL, 64);
    dp_packet_uninit(&packet);

    char *error = expr_parse(text, logical_symtab(), NULL, &expr);
    ovs_assert(!error);
    error = expr_evaluate(expr, &env, flow, &result);
    ovs_assert(!error && result);
    expr_destroy(expr);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = xmemdup0((const char *) data, size);
    struct microflow *microflow;
    char *error = microflow_parse(text, &microflow);

    ovs_assert(!error == (microflow != NULL));
    if (microflow) {
        struct flow flow;

        microflow_inport(microflow);
        error = microflow_to_flow(microflow, &env, &flow);
        if (!error) {
            check_flow(text, &flow);
        }
        microflow_destroy(microflow);
    }
    free(error);
    free(text);
    return 0;
}
