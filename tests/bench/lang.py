# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

"""The part "lang": logical flows, as they are typical, into OpenFlow.

Both sides' controllers get the same Southbound rows, written here and not by
an ovn-northd, so that it is only their compilation of the logical flow
language that differs.  Besides, our compiler alone is measured, by a program
that reads the flows as text."""

import json
import os
import subprocess

import rpc
from scenes import CHUNK, Hypervisor
from side import SB

PORTS = 100             # Of the one switch, all on the hypervisor.
SETS = 50               # Address sets, and as many port groups.
SET_SIZE = 10           # Members of each.


def mac(port):
    return "0a:00:00:00:%02x:%02x" % (port // 256, port % 256)


def address(port):
    return "10.0.%d.%d" % (port // 250, port % 250 + 1)


def port_security(i):
    port = i % PORTS
    here = 'inport == "p%d" && eth.src == %s' % (port, mac(port))
    matches = [here, here + " && ip4.src == {%s, 0.0.0.0}" % address(port),
               here + " && arp.sha == %s && arp.spa == %s"
               % (mac(port), address(port))]
    return ("ingress", i % 3, 50 + i // PORTS, matches[i % 3], "next;")


def acl(i):
    services = ["tcp.dst == {80, 443, %d}" % (1024 + i),
                "1024 <= udp.dst <= %d" % (4096 + i),
                "icmp4.type == 8", "tcp && tcp.flags[1]"]
    group = i % SETS
    match = ("reg0[7] == 1 && (outport == @pg%d && ip4 && ip4.src == $as%d "
             "&& %s)" % (group, group, services[i % 4]))
    return ("egress", 4, 1000 + i, match, "reg0[1] = 1; next;")


def route(i):
    actions = ('ip.ttl--; reg0 = 10.0.0.1; reg1 = 10.0.0.2; '
               'eth.src = %s; outport = "p%d"; flags.loopback = 1; next;'
               % (mac(i), i % PORTS))
    return ("ingress", 10, 100,
            "ip4.dst == 172.%d.%d.0/24" % (16 + i // 250, i % 250), actions)


def lookup(i):
    return ("ingress", 20, 50, "eth.dst == %s" % mac(i),
            'outport = "p%d"; output;' % (i % PORTS))


# How many of each kind, of 10.
MIX = [port_security] * 3 + [acl] * 3 + [route] * 3 + [lookup]


def logical_flows(count):
    """Returns 'count' (pipeline, table, priority, match, actions)."""
    numbers = {}
    flows = []
    for i in range(count):
        kind = MIX[i % len(MIX)]
        numbers[kind] = numbers.get(kind, -1) + 1
        flows.append(kind(numbers[kind]))
    return flows


def members(i):
    """The ports that are in set, and in group, number 'i'."""
    return [(i * 7 + j * 3) % PORTS for j in range(SET_SIZE)]


class Network:
    """What Hypervisor wants of a network: names of ports."""
    switches = 1

    @staticmethod
    def port(_, number):
        return {"name": "p%d" % (number - 1)}


class Southbound:
    """A Southbound database with 'count' logical flows; stands for a Central
    towards a Hypervisor."""

    net = Network()

    def __init__(self, site, count):
        self.site = site
        site.create_db(SB)
        self.sb_server = self.northd = site.start_server(SB)
        self.sb = site.client(SB)
        with open(site.side.schema(SB), encoding="utf-8") as stream:
            self.tables = json.load(stream)["tables"]
        self.write(count)

    @staticmethod
    def wait_sb_cfg():
        return 1

    def insert(self, rows):
        """Inserts (table, row)s, without columns that this side lacks."""
        ops = [{"op": "insert", "table": table, "row": {
            name: value for name, value in row.items()
            if name in self.tables[table]["columns"]}} for table, row in rows]
        for i in range(0, len(ops), CHUNK):
            self.sb.transact(*ops[i:i + CHUNK])

    def write(self, count):
        self.insert([
            ("SB_Global", {"nb_cfg": 1}),
            ("Datapath_Binding", {
                "tunnel_key": 1, "type": "logical-switch",
                "external_ids": ["map", [
                    ["logical-switch",
                     "11111111-2222-3333-4444-555555555555"]]]})])
        dp = self.sb.select("Datapath_Binding", ["_uuid"])[0]["_uuid"]
        rows = [("Port_Binding", {"logical_port": "p%d" % i, "datapath": dp,
                                  "tunnel_key": i + 1, "up": False,
                                  "mac": "%s %s" % (mac(i), address(i))})
                for i in range(PORTS)]
        for i in range(SETS):
            rows.append(("Address_Set", {
                "name": "as%d" % i,
                "addresses": ["set", [address(j) for j in members(i)]]}))
            rows.append(("Port_Group", {
                "name": "1_pg%d" % i,
                "ports": ["set", ["p%d" % j for j in members(i)]]}))
        for pipeline, table, priority, match, actions in logical_flows(count):
            rows.append(("Logical_Flow", {
                "logical_datapath": dp, "pipeline": pipeline,
                "table_id": table, "priority": priority, "match": match,
                "actions": actions}))
        self.insert(rows)


def measure_controller(site, count):
    """The cold start of a controller with 'count' logical flows."""
    hypervisor = Hypervisor(Southbound(site, count), PORTS)
    hypervisor.prepare()
    cold = hypervisor.start()
    return {"lang-" + name: cold["controller-" + name]
            for name in ("cold-cpu", "cold-wall", "rss", "flows")}


def measure_compiler(count):
    """The time that our compiler alone takes, from text to matches; {} if the
    build is not known."""
    program = os.path.join(os.environ.get("OVN_BUILD", ""), "tests/test-ovn")
    if not os.access(program, os.X_OK):
        return {}
    text = "".join("$as%d %s\n@pg%d %s\n" % (
        i, ",".join(address(j) for j in members(i)),
        i, ",".join("p%d" % j for j in members(i))) for i in range(SETS))
    text += "".join("%s\t%s\n" % flow[3:] for flow in logical_flows(count))
    done = subprocess.run([program, "lang-bench"], input=text, text=True,
                          capture_output=True, check=False)
    if done.returncode:
        raise rpc.RpcError("test-ovn lang-bench: " + done.stderr.strip())
    return {"lang-" + name: value
            for name, value in json.loads(done.stdout).items()}
