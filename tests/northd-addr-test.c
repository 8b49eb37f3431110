/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Tests northd/addr.h: a table of strings and what they mean. */

#include <config.h>

#include <stdlib.h>

#include "northd/addr.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "tests/test-ovn.h"
#include "util.h"

static const struct {
    const char *input;
    const char *expected;       /* As printed by format_result(). */
} cases[] = {
    { "00:00:00:00:00:01", "static 00:00:00:00:00:01" },
    { "80:FA:5b:06:72:b7", "static 80:fa:5b:06:72:b7" },
    { "  00:00:00:00:00:01\t10.0.0.4  ",
      "static 00:00:00:00:00:01 10.0.0.4/32" },
    { "00:00:00:00:00:01 10.0.0.4 20.0.0.4/24",
      "static 00:00:00:00:00:01 10.0.0.4/32 20.0.0.4/24" },
    { "00:00:00:00:00:01 fd00::1", "static 00:00:00:00:00:01 fd00::1/128" },
    { "00:00:00:00:00:01 fd00::1/64 10.0.0.4 fd00::2",
      "static 00:00:00:00:00:01 10.0.0.4/32 fd00::1/64 fd00::2/128" },
    { "unknown", "unknown" },
    { "router", "router" },
    { "dynamic", "dynamic" },
    { "dynamic 192.168.0.1 2001::1", "dynamic 192.168.0.1/32 2001::1/128" },
    { "00:00:00:00:00:01 dynamic", "dynamic 00:00:00:00:00:01" },

    { "", "error: the address is empty" },
    { "  ", "error: the address is empty" },
    { "unknown 10.0.0.1", "error: nothing may follow \"unknown\"" },
    { "router x", "error: nothing may follow \"router\"" },
    { "Unknown", "error: \"Unknown\" is not an Ethernet address" },
    { "10.0.0.1", "error: \"10.0.0.1\" is not an Ethernet address" },
    { "00:00:00:00:00", "error: \"00:00:00:00:00\" is not an Ethernet "
      "address" },
    { "00:00:00:00:00:01:02", "error: \"00:00:00:00:00:01:02\" is not an "
      "Ethernet address" },
    { "00:00:00:00:00:0g", "error: \"00:00:00:00:00:0g\" is not an Ethernet "
      "address" },
    { "01:00:00:00:00:01", "error: 01:00:00:00:00:01 is a multicast Ethernet "
      "address" },
    { "00:00:00:00:00:00", "error: 00:00:00:00:00:00 is not an address that "
      "a port can have" },
    { "00:00:00:00:00:01 10.0.0", "error: \"10.0.0\" is not an IP address" },
    { "00:00:00:00:00:01 10.0.0.256",
      "error: \"10.0.0.256\" is not an IP address" },
    { "00:00:00:00:00:01 10.0.0.1/33",
      "error: \"10.0.0.1/33\" is not an IP address" },
    { "00:00:00:00:00:01 fd00::1::2",
      "error: \"fd00::1::2\" is not an IP address" },
    { "00:00:00:00:00:01 fd00::1/129",
      "error: \"fd00::1/129\" is not an IP address" },
    { "00:00:00:00:00:01 00:00:00:00:00:02",
      "error: \"00:00:00:00:00:02\" is not an IP address" },
    { "dynamic dynamic", "error: \"dynamic\" is not an IP address" },
};

static void
format_result(const struct lsp_addr *a, struct ds *s)
{
    static const char *const kinds[] = {
        [LSP_ADDR_STATIC] = "static",
        [LSP_ADDR_UNKNOWN] = "unknown",
        [LSP_ADDR_DYNAMIC] = "dynamic",
        [LSP_ADDR_ROUTER] = "router",
    };

    ds_put_cstr(s, kinds[a->kind]);
    if (a->has_mac) {
        ds_put_format(s, " "ETH_ADDR_FMT, ETH_ADDR_ARGS(a->mac));
    }
    for (size_t i = 0; i < a->n_ip4s; i++) {
        ds_put_format(s, " "IP_FMT"/%u", IP_ARGS(a->ip4s[i].addr),
                      a->ip4s[i].plen);
    }
    for (size_t i = 0; i < a->n_ip6s; i++) {
        ds_put_char(s, ' ');
        ipv6_format_addr(&a->ip6s[i].addr, s);
        ds_put_format(s, "/%u", a->ip6s[i].plen);
    }
}

static void
test_northd_addr(int argc OVS_UNUSED, char *argv[] OVS_UNUSED)
{
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct ds s = DS_EMPTY_INITIALIZER;
        struct lsp_addr a;
        char *error;

        if (lsp_addr_parse(cases[i].input, &a, &error)) {
            format_result(&a, &s);
            lsp_addr_destroy(&a);
        } else {
            ds_put_format(&s, "error: %s", error);
            free(error);
        }
        if (strcmp(ds_cstr(&s), cases[i].expected)) {
            ovs_fatal(0, "\"%s\": expected \"%s\", got \"%s\"",
                      cases[i].input, cases[i].expected, ds_cstr(&s));
        }
        ds_destroy(&s);
    }
}

TEST_OVN_REGISTER("northd-addr", test_northd_addr);
