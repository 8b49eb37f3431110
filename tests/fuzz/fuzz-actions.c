/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* A fuzz target: logical actions.  What parses must format to something that
 * parses to the same, and encode. */

#include <config.h>
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "lib/actions.h"
#include "openvswitch/ofp-actions.h"
#include "openvswitch/shash.h"
#include "util.h"

static uint32_t
text_id(void *aux OVS_UNUSED, const char *text)
{
    return 1 + (uint8_t) text[0];
}

static void
encode(const struct ofpbuf *ovnacts, const struct actions_params *params)
{
    struct actions_encode_params ep = {
        .lookup_port = fuzz_lookup_port,
        .is_chassis_resident = fuzz_is_resident,
        .group_id = text_id,
        .meter_id = text_id,
        .named_meter_id = text_id,
        .is_switch = true,
        .ingress = params->ingress,
        .cur_ltable = params->cur_ltable,
        .n_tables = params->n_tables,
        .dp_key = 1,
        .lflow_cookie = 0x12345678,
    };
    struct ofpbuf ofpacts;

    ofpbuf_init(&ofpacts, 0);
    char *error = actions_encode(ovnacts, &ep, &ofpacts);

    ovs_assert(!error || !ofpacts.size);
    ovs_assert(!(ofpacts.size % OFPACT_ALIGNTO));
    free(error);
    ofpbuf_uninit(&ofpacts);
}

/* Parses 'text' and, if it is right, replaces '*canonical' by what it formats
 * to and returns true. */
static bool
parse(const char *text, const struct actions_params *params, bool do_encode,
      struct ds *canonical)
{
    struct field_set prereqs = { .bits = { 0 } };
    struct ofpbuf ovnacts;

    ofpbuf_init(&ovnacts, 0);
    char *error = actions_parse(text, params, &ovnacts, &prereqs);
    bool ok = !error;

    ovs_assert(ok || !ovnacts.size);
    if (ok) {
        if (do_encode) {
            encode(&ovnacts, params);
        }
        ds_clear(canonical);
        actions_format(&ovnacts, canonical);
    }
    actions_free(&ovnacts);
    ofpbuf_uninit(&ovnacts);
    free(error);
    return ok;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct dhcp_option options[] = {
        { "offerip", 0, "ipv4" }, { "netmask", 1, "ipv4" },
        { "router", 3, "ipv4" }, { "lease_time", 51, "uint32" },
        { "classless_static_route", 121, "static_routes" },
        { "domain_search_list", 119, "domains" },
        { "wpad", 252, "str" }, { "ip_forward_enable", 19, "bool" },
        { "tftp_server", 66, "host_id" },
    };
    struct shash dhcp_opts = SHASH_INITIALIZER(&dhcp_opts);

    for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
        shash_add(&dhcp_opts, options[i].name, &options[i]);
    }

    struct actions_params params = {
        .symtab = logical_symtab(),
        .ingress = !(size % 2),
        .cur_ltable = size % 24,
        .n_tables = 24,
        .dhcp_opts = &dhcp_opts,
    };
    struct ds once = DS_EMPTY_INITIALIZER;
    struct ds twice = DS_EMPTY_INITIALIZER;
    char *text = xmemdup0((const char *) data, size);

    if (parse(text, &params, true, &once)) {
        ovs_assert(parse(ds_cstr(&once), &params, false, &twice));
        ovs_assert(!strcmp(ds_cstr(&once), ds_cstr(&twice)));
    }
    free(text);
    ds_destroy(&once);
    ds_destroy(&twice);
    shash_destroy(&dhcp_opts);
    return 0;
}
