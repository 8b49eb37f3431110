#! /usr/bin/env python3
# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

"""Traces a packet through each logical action, for ovn-trace.at.

usage: trace-actions.py DATA insert ACTIONS.DEF
       trace-actions.py DATA trace

Each line of DATA that is not indented is "ENUM PACKET: ACTIONS".  "insert"
makes a logical flow of each, in table 0 of datapath "sw" of the Southbound
database, and complains if not every action of ACTIONS.DEF is there.  "trace"
traces the packet, whose kind is PACKET, with the daemon ovn-trace, and prints
the line and, indented, the minimal output; that is DATA if all is well."""

import json
import os
import re
import subprocess
import sys

IP4 = "ip4.src == 10.0.0.1 && ip4.dst == 10.0.0.2 && ip.ttl == 64"
IP6 = "ip6.src == fe80::1 && ip6.dst == fe80::2 && ip.ttl == 255"
PACKETS = {
    "eth": "reg9 == 0",
    "arp": "arp.op == 1 && arp.spa == 10.0.0.1 && arp.tpa == 10.0.0.2",
    "tcp": IP4 + " && tcp.src == 1 && tcp.dst == 2",
    "udp": IP4 + " && udp.src == 68 && udp.dst == 67",
    "sctp": IP4 + " && sctp.src == 1 && sctp.dst == 2",
    "igmp": IP4 + " && ip.proto == 2",
    "icmp4": IP4 + " && icmp4.type == 8",
    "ip6": IP6,
    "tcp6": IP6 + " && tcp.src == 1 && tcp.dst == 2",
    "udp6": IP6 + " && udp.src == 546 && udp.dst == 547",
    "ns": IP6 + " && icmp6.type == 135 && icmp6.code == 0"
                " && nd.target == fe80::2",
    "rs": IP6 + " && icmp6.type == 133 && icmp6.code == 0",
}
START = ("inport == \"p1\" && eth.src == 0a:00:00:00:00:01"
         " && eth.dst == 0a:00:00:00:00:02 && ")


def read(name):
    with open(name) as f:
        return f.read()


def run(*args):
    return subprocess.run(args, check=True, stdout=subprocess.PIPE,
                          universal_newlines=True).stdout


def insert(tests):
    """Inserts the flows; the one of test N matches reg7 == N."""
    datapath = run("ovn-sbctl", "--bare", "--columns=_uuid", "find",
                   "Datapath_Binding", "external_ids:name=sw").strip()
    ops = ["OVN_Southbound"]
    for number, (_enum, _packet, actions) in enumerate(tests, 1):
        ops.append({"op": "insert", "table": "Logical_Flow", "row": {
            "logical_datapath": ["uuid", datapath], "pipeline": "ingress",
            "table_id": 0, "priority": 1, "match": "reg7 == %d" % number,
            "actions": actions}})
    results = json.loads(run("ovsdb-client", "transact",
                             os.environ["OVN_SB_DB"], json.dumps(ops)))
    for result in results:
        if "error" in result:
            sys.exit("cannot insert: %s" % result)


def compare(tests, definitions):
    """Complains about actions that are only in one of both files."""
    enums = re.findall(r"^ACTION\((\w+),", definitions, re.M)
    for enum in sorted(set(enums) ^ {enum for enum, _, _ in tests}):
        print("not in both files: %s" % enum)


def trace(tests):
    for number, (enum, packet, actions) in enumerate(tests, 1):
        print("%s %s: %s" % (enum, packet, actions))
        out = run("ovn-appctl", "-t", "ovn-trace", "trace", "--minimal", "sw",
                  START + PACKETS[packet] + " && reg7 == %d" % number)
        for line in out.splitlines()[1:]:
            print("    " + line.replace("reg7=0x%x," % number, ""))


def main():
    tests = re.findall(r"^([A-Z0-9_]+) (\w+): (.*)$", read(sys.argv[1]), re.M)
    if sys.argv[2] == "insert":
        compare(tests, read(sys.argv[3]))
        insert(tests)
    else:
        trace(tests)


main()
