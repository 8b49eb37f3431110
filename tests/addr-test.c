/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Tests lib/addr.h: tables of strings and what they mean. */

#include <config.h>

#include <stdlib.h>

#include "lib/addr.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "tests/test-ovn.h"
#include "util.h"

/* IP addresses: as a host and as a prefix, in canonical form, or null. */
static const struct {
    const char *input;
    const char *host;
    const char *prefix;
} ip_cases[] = {
    { "10.0.0.1", "10.0.0.1", "10.0.0.1" },
    { "10.0.0.1/32", NULL, "10.0.0.1" },
    { "10.0.0.1/24", NULL, "10.0.0.0/24" },
    { "10.0.0.1/0", NULL, "0.0.0.0/0" },
    { "10.0.0.1/255.255.0.0", NULL, "10.0.0.0/16" },
    { "10.0.0.1/255.0.255.0", NULL, NULL },
    { "fd00:0:0::A", "fd00::a", "fd00::a" },
    { "fd00::a/128", NULL, "fd00::a" },
    { "fd00::a/64", NULL, "fd00::/64" },
    { "fd00::a/ffff::", NULL, "fd00::/16" },
    { "fd00::a/ffff::1", NULL, NULL },
    { "::/0", NULL, "::/0" },
    { "10.0.0.256", NULL, NULL },
    { "10.0.0", NULL, NULL },
    { "10.0.0.1/33", NULL, NULL },
    { "10.0.0.1/-1", NULL, NULL },
    { "10.0.0.1/+1", NULL, NULL },
    { "10.0.0.1/", NULL, NULL },
    { "10.0.0.1/24/24", NULL, NULL },
    { "fd00::a/129", NULL, NULL },
    { "fd00::a%eth0", NULL, NULL },
    { " 10.0.0.1", NULL, NULL },
    { "10.0.0.1 ", NULL, NULL },
    { "/24", NULL, NULL },
    { "", NULL, NULL },
};

/* Checks that 'actual', which is freed, is 'expected'; both may be null. */
static void
check_normalized(const char *input, const char *expected, char *actual)
{
    if (!nullable_string_is_equal(expected, actual)) {
        ovs_fatal(0, "\"%s\": expected %s, got %s", input,
                  expected ? expected : "(null)", actual ? actual : "(null)");
    }
    free(actual);
}

static void
test_ips(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(ip_cases); i++) {
        const char *input = ip_cases[i].input;

        check_normalized(input, ip_cases[i].host, addr_normalize_host(input));
        check_normalized(input, ip_cases[i].prefix,
                         addr_normalize_prefix(input));
    }
}

/* Addresses of logical switch ports. */
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
    { "00:00:00:00:00:01 dynamic 10.0.0.1", "error: nothing may follow "
      "\"dynamic\" after an Ethernet address" },
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
test_lsp_addr(void)
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

static void
test_addr(int argc OVS_UNUSED, char *argv[] OVS_UNUSED)
{
    test_ips();
    test_lsp_addr();
}

TEST_OVN_REGISTER("addr", test_addr);
