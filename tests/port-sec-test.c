/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Tests lib/port-sec.h: strings and what they mean. */

#include <config.h>

#include "lib/port-sec.h"

#include <stdlib.h>
#include <string.h>

#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "tests/test-ovn.h"
#include "util.h"

static const struct {
    const char *input;
    const char *expected;       /* As printed by format_result(). */
} cases[] = {
    { "00:00:00:00:00:01", "00:00:00:00:00:01" },
    { " 00:00:00:00:00:01,10.0.0.1/24\t, fd00::1 ",
      "00:00:00:00:00:01 1+1" },
    { "VRRPv3 00:00:00:00:00:01",
      "00:00:00:00:00:01 00:00:5e:00:01:00/ff:ff:ff:ff:ff:00 "
      "00:00:5e:00:02:00/ff:ff:ff:ff:ff:00" },
    { "VRRPv3 00:00:00:00:00:01 10.0.0.1",
      "00:00:00:00:00:01 00:00:5e:00:01:00/ff:ff:ff:ff:ff:00 "
      "00:00:5e:00:02:00/ff:ff:ff:ff:ff:00 1+0" },
    { "VRRPv3 00:00:00:00:00:01 00:00:5e:00:01:07 00:00:5e:00:02:30/44 fd00::1"
      " 10.0.0.1 10.0.0.2",
      "00:00:00:00:00:01 00:00:5e:00:01:07/ff:ff:ff:ff:ff:ff "
      "00:00:5e:00:02:30/ff:ff:ff:ff:ff:f0 2+1" },

    { "", "error: the address is empty" },
    { "VRRPv3", "error: the address is empty" },
    { "unknown", "error: \"unknown\" is not an Ethernet address with or "
      "without IP addresses" },
    { "vrrpv3 00:00:00:00:00:01",
      "error: \"vrrpv3\" is not an Ethernet address" },
    { "VRRPv3 10.0.0.1", "error: \"10.0.0.1\" is not an Ethernet address" },
    { "00:00:00:00:00:01 00:00:5e:00:01:07",
      "error: \"00:00:5e:00:01:07\" is not an IP address" },
    { "VRRPv3 00:00:00:00:00:01 10.0.0.1 00:00:5e:00:01:07",
      "error: \"00:00:5e:00:01:07\" is not an IP address" },
    { "VRRPv3 00:00:00:00:00:01 00:00:5e:00:01:00/39",
      "error: \"00:00:5e:00:01:00/39\" does not have a prefix length of 40 to "
      "48" },
    { "VRRPv3 00:00:00:00:00:01 00:00:5e:00:01:00/49",
      "error: \"00:00:5e:00:01:00/49\" does not have a prefix length of 40 to "
      "48" },
    { "VRRPv3 00:00:00:00:00:01 00:00:5e:00:01:00/",
      "error: \"00:00:5e:00:01:00/\" does not have a prefix length of 40 to "
      "48" },
};

static void
format_result(const struct port_sec *ps, struct ds *s)
{
    ds_put_format(s, ETH_ADDR_FMT, ETH_ADDR_ARGS(ps->addr.mac));
    for (size_t i = 0; i < ps->n_vmacs; i++) {
        ds_put_format(s, " "ETH_ADDR_FMT"/"ETH_ADDR_FMT,
                      ETH_ADDR_ARGS(ps->vmacs[i].mac),
                      ETH_ADDR_ARGS(ps->vmacs[i].mask));
    }
    if (ps->addr.n_ip4s || ps->addr.n_ip6s) {
        ds_put_format(s, " %"PRIuSIZE"+%"PRIuSIZE, ps->addr.n_ip4s,
                      ps->addr.n_ip6s);
    }
}

static void
test_port_sec(int argc OVS_UNUSED, char *argv[] OVS_UNUSED)
{
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct ds s = DS_EMPTY_INITIALIZER;
        struct port_sec ps;
        char *error;

        if (port_sec_parse(cases[i].input, &ps, &error)) {
            format_result(&ps, &s);
            port_sec_destroy(&ps);
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

TEST_OVN_REGISTER("port-sec", test_port_sec);
