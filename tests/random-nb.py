#! /usr/bin/env python3
# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

"""Random Northbound transactions, and a canonical form of the Southbound.

usage: random-nb.py edit SOCKET N SEED [HV]...  applies N random transactions
       random-nb.py canon SOCKET             prints the Southbound database
       random-nb.py versions SOCKET          prints the versions of its rows
       random-nb.py settle SOCKET HV...      leaves each VIF in one place
       random-nb.py bindings SOCKET HV...    prints what is bound wrongly

"edit" adds, changes and deletes switches and ports, with good and bad values.
After every 20 transactions, and at the end, it waits for sb_cfg.  What the
database refuses does not count.

HV is the directory of a hypervisor.  With some of them, "edit" also plugs in,
moves, changes and unplugs VIFs on them between the transactions, and waits
for hv_cfg instead.  VIFs may then be at several places at once, which keeps
their hypervisors busy for ever; "settle" unplugs all but one.

"bindings" compares the Southbound database, at SOCKET, with the interfaces of
all hypervisors: a port that is at exactly one place where it may be is bound
there and up, and one interface there says so; all others are not bound.

"canon" prints what the Southbound database says in a form that does not
depend on UUIDs, tunnel keys, or on how datapaths are grouped: two databases
that print the same mean the same.

"versions" prints what changes whenever somebody writes to a row, for all rows
that come from the compilation.
"""

import json
import os
import random
import socket
import subprocess
import sys
import time


class Client(object):
    """A minimal OVSDB client (RFC 7047)."""

    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(path)
        self.buf = ""
        self.decoder = json.JSONDecoder()
        self.next_id = 0

    def _receive(self):
        while True:
            text = self.buf.lstrip()
            if text:
                try:
                    msg, end = self.decoder.raw_decode(text)
                    self.buf = text[end:]
                    return msg
                except ValueError:
                    pass
            data = self.sock.recv(1 << 20)
            if not data:
                sys.exit("the database server closed the connection")
            self.buf += data.decode()

    def call(self, method, params):
        self.next_id += 1
        self.sock.sendall(json.dumps({"method": method, "params": params,
                                      "id": self.next_id}).encode())
        while True:
            msg = self._receive()
            if msg.get("method") == "echo":
                self.sock.sendall(json.dumps(
                    {"id": msg["id"], "result": msg["params"],
                     "error": None}).encode())
            elif msg.get("id") == self.next_id:
                return msg["result"]

    def transact(self, db, ops):
        """Returns the results, or None if the database refused."""
        result = self.call("transact", [db] + ops)
        if any(r and "error" in r for r in result):
            return None
        return result

    def select(self, db, table, columns=None):
        op = {"op": "select", "table": table, "where": []}
        if columns:
            op["columns"] = columns
        return self.transact(db, [op])[0]["rows"]


NB = "OVN_Northbound"
SB = "OVN_Southbound"
OVS = "Open_vSwitch"

N_SWITCHES = 8
N_PORTS = 40
N_VIFS = 15                     # On each hypervisor.
ADDRESSES = [
    "00:00:00:00:00:0%x" % i for i in range(1, 8)
] + [
    "00:00:00:00:01:01 10.0.0.1", "00:00:00:00:01:02 10.0.0.2 fd00::2",
    "00:00:00:00:01:03 10.0.0.3 10.0.0.4", "unknown", "unknown",
    # What is wrong with these must harm nothing else.
    "", "00:00:00:00:00", "not an address", "00:00:00:00:01:04 10.0.0.999",
    "00:00:00:00:01:05 10.0.0.5/24 x", "\"quoted\" \\ \u00e9", "01:00" * 50,
]
NAMES = {3: "p\"3\"", 4: "p 4 ", 5: "p\u00fc5", 6: "p\\6", 7: "7" * 200}
VERSIONS = ["1", "2"]


def port_name(i):
    return NAMES.get(i, "p%d" % i)


def uuid_of(row):
    return row["_uuid"]


def where_uuid(uuid):
    return [["_uuid", "==", uuid]]


def as_set(value):
    return value[1] if isinstance(value, list) and value[0] == "set" \
        else [value]


def as_dict(value):
    return dict(value[1])


def omap(d):
    return ["map", [[k, v] for k, v in d.items()]]


def random_port_row(rng, name=None):
    row = {}
    if name is not None:
        row["name"] = name
    if name is not None or rng.random() < .6:
        row["addresses"] = ["set", rng.sample(ADDRESSES,
                                              rng.randrange(0, 4))]
    if rng.random() < .3:
        row["enabled"] = rng.choice([True, False, ["set", []]])
    if rng.random() < .3:
        row["options"] = omap(rng.choice([
            {}, {"requested-tnl-key": str(rng.randrange(1, 6))},
            {"requested-tnl-key": "40000"}, {"requested-tnl-key": "x"},
            {"requested-chassis": rng.choice(["hv1", "hv2", "nobody"])},
            {"iface-id-ver": rng.choice(VERSIONS)}, {"k": "v"}]))
    if rng.random() < .2:
        row["external_ids"] = omap(rng.choice(
            [{}, {"neutron:port_name": "nice"}]))
    if rng.random() < .1:
        row["port_security"] = ["set", rng.sample(ADDRESSES, 1)]
    if rng.random() < .1:
        row["tag_request"] = rng.choice([1, 7, ["set", []]])
        row["parent_name"] = rng.choice([port_name(0), ["set", []]])
    return row or {"name": port_name(0)} if name else row


def random_switch_row(rng):
    return {
        "name": rng.choice(["a", "b", "c\"", ""]),
        "other_config": omap(rng.choice([
            {}, {}, {"requested-tnl-key": str(rng.randrange(1, 6))},
            {"requested-tnl-key": "-1"}, {"vlan-passthru": "true"}])),
        "external_ids": omap(rng.choice(
            [{}, {"neutron:network_name": "net"}])),
    }


def present(client):
    """The switches and ports that there are, in an order that depends only on
    what was done before."""
    ports = client.select(NB, "Logical_Switch_Port", ["_uuid", "name"])
    ports.sort(key=lambda p: p["name"])
    names = {p["_uuid"][1]: p["name"] for p in ports}
    switches = client.select(NB, "Logical_Switch", ["_uuid", "name", "ports"])
    switches.sort(key=lambda s: (s["name"], sorted(
        names[p[1]] for p in as_set(s["ports"]))))
    return switches, ports


def random_renaming(rng, ports):
    """Gives a port another name, or the name of one that gets its name."""
    port = rng.choice(ports)
    other = rng.choice(ports)
    name = (other["name"] if rng.random() < .5
            else port_name(rng.randrange(N_PORTS)))
    return [{"op": "update", "table": "Logical_Switch_Port",
             "where": where_uuid(uuid_of(p)), "row": {"name": new}}
            for p, new in ((port, name), (other, port["name"]))
            if p is port or name == other["name"]]


def insert_port(rng, name, switch):
    return [{"op": "insert", "table": "Logical_Switch_Port",
             "uuid-name": "p", "row": random_port_row(rng, name)},
            {"op": "mutate", "table": "Logical_Switch",
             "where": where_uuid(uuid_of(switch)),
             "mutations": [["ports", "insert", ["named-uuid", "p"]]]}]


def random_ops(rng, client):
    """Operations for one random edit of the present content."""
    switches, ports = present(client)
    switch = rng.choice(switches) if switches else None
    kind = rng.random()

    if kind < .08 or not switch:
        if len(switches) >= N_SWITCHES:
            return []
        return [{"op": "insert", "table": "Logical_Switch",
                 "row": random_switch_row(rng)}]
    if kind < .12:
        return [{"op": "delete", "table": "Logical_Switch",
                 "where": where_uuid(uuid_of(switch))}]
    if kind < .2:
        return [{"op": "update", "table": "Logical_Switch",
                 "where": where_uuid(uuid_of(switch)),
                 "row": random_switch_row(rng)}]
    if kind < .55:
        return insert_port(rng, port_name(rng.randrange(N_PORTS)), switch)
    if not ports:
        return []
    port = rng.choice(ports)
    if kind < .58:
        return random_renaming(rng, ports)
    if kind < .85:
        row = random_port_row(rng)
        return [{"op": "update", "table": "Logical_Switch_Port",
                 "where": where_uuid(uuid_of(port)), "row": row}] if row \
            else []
    owner = [s for s in switches if uuid_of(port) in as_set(s["ports"])]
    ops = [{"op": "mutate", "table": "Logical_Switch",
            "where": where_uuid(uuid_of(s)),
            "mutations": [["ports", "delete", uuid_of(port)]]}
           for s in owner]
    if kind < .92:
        # To another switch, keeping the row.
        ops.append({"op": "mutate", "table": "Logical_Switch",
                    "where": where_uuid(uuid_of(switch)),
                    "mutations": [["ports", "insert", uuid_of(port)]]})
    elif kind < .95:
        # Deleted, and there again.
        ops += insert_port(rng, port["name"], switch)
    return ops


class Hypervisor(object):
    """What is plugged in on a hypervisor, in a directory as tests/ovn-lib.sh
    lays it out."""

    def __init__(self, directory):
        self.name = os.path.basename(directory)
        self.socket = directory + "/db.sock"
        self.client = Client(self.socket)

    def vifs(self):
        """The interfaces, by name, of VIFs on the integration bridge."""
        return {row["name"]: row for row in self.client.select(
            OVS, "Interface", ["name", "external_ids", "ofport"])
            if row["name"].startswith("vif")}

    def vsctl(self, *args):
        subprocess.check_call(["ovs-vsctl", "--db=unix:" + self.socket]
                              + list(args))

    @staticmethod
    def plugging(name, ids):
        """The arguments of vsctl() that plug in a VIF."""
        return ["--", "add-port", "br-int", name,
                "--", "set", "Interface", name, "type=dummy"] + [
                    "external_ids:%s=%s" % (k, json.dumps(v))
                    for k, v in ids.items()]

    @staticmethod
    def unplugging(name):
        return ["--", "del-port", "br-int", name]

    def free_name(self):
        """A name for a new interface, or None if there are enough."""
        names = set("vif%d" % i for i in range(N_VIFS)) - set(self.vifs())
        return min(names) if names else None


def random_ids(rng):
    ids = {"iface-id": port_name(rng.randrange(N_PORTS))}
    if rng.random() < .3:
        ids["iface-id-ver"] = rng.choice(VERSIONS)
    return ids


def random_plugging(rng, hvs):
    """Plugs in, changes, moves or unplugs a random VIF."""
    hv = rng.choice(hvs)
    vifs = hv.vifs()
    kind = rng.random()
    name = hv.free_name()
    if kind < .35 or not vifs:
        if name:
            hv.vsctl(*hv.plugging(name, random_ids(rng)))
        return

    name = rng.choice(sorted(vifs))
    gone = hv.unplugging(name)
    if kind < .5:
        hv.vsctl(*gone)
    elif kind < .7:
        # A migration, with or without a time at both places, or at none.
        to = rng.choice(hvs)
        ids = as_dict(vifs[name]["external_ids"])
        ids = {k: v for k, v in ids.items() if k.startswith("iface-id")}
        first = rng.choice([[to], [hv], []])
        if hv in first:
            hv.vsctl(*gone)
        if to.free_name():
            to.vsctl(*to.plugging(to.free_name(), ids))
        if hv not in first:
            hv.vsctl(*gone)
    elif kind < .8:
        hv.vsctl("set", "Interface", name, "external_ids:iface-id="
                 + json.dumps(random_ids(rng)["iface-id"]))
    elif kind < .85:
        hv.vsctl("remove", "Interface", name, "external_ids", "iface-id")
    elif kind < .92:
        hv.vsctl(*gone + hv.plugging(name, random_ids(rng)))
    else:
        hv.vsctl("set", "Interface", name,
                 "ofport_request=%d" % rng.randrange(100, 200))


def may_be_at(port, vif, hv):
    """Whether 'vif' on 'hv' implements 'port', a Port_Binding."""
    ids = as_dict(vif["external_ids"])
    options = as_dict(port["options"])
    ver = options.get("iface-id-ver")
    return (ids.get("iface-id") == port["logical_port"]
            and vif["ofport"] != ["set", []] and vif["ofport"] > 0
            and options.get("requested-chassis", hv.name) == hv.name
            and (ver is None or ids.get("iface-id-ver") == ver))


def places(port, hvs):
    """The interfaces that implement 'port', by hypervisor that has any."""
    where = {hv: [name for name, vif in sorted(hv.vifs().items())
                  if may_be_at(port, vif, hv)] for hv in hvs}
    return {hv: names for hv, names in where.items() if names}


def settle(path, hvs):
    for port in Client(path).select(SB, "Port_Binding"):
        for hv, names in list(places(port, hvs).items())[1:]:
            for name in names:
                hv.vsctl(*hv.unplugging(name))


def bindings(path, hvs):
    client = Client(path)
    chassis = {c["_uuid"][1]: c["name"]
               for c in client.select(SB, "Chassis", ["_uuid", "name"])}
    installed = {(hv, name) for hv in hvs
                 for name, vif in hv.vifs().items()
                 if "ovn-installed" in as_dict(vif["external_ids"])}
    for port in client.select(SB, "Port_Binding"):
        where = places(port, hvs)
        here = [c[1] for c in as_set(port["chassis"])]
        actual = ([chassis.get(c, "nowhere") for c in here],
                  port["up"])
        expected = ([hv.name for hv in where], bool(where))
        announced = {(hv, name) for hv in where for name in where[hv]
                     if (hv, name) in installed}
        installed -= announced
        if actual != expected or len(announced) != len(where):
            print("port %s: %s, not %s; %d interfaces say ovn-installed"
                  % (port["logical_port"], actual, expected, len(announced)))
    for hv, name in installed:
        print("%s %s: ovn-installed for no reason" % (hv.name, name))


def wait_cfg(client, column):
    """Bumps nb_cfg and waits until 'column' says that everybody has caught
    up."""
    client.transact(NB, [{"op": "mutate", "table": "NB_Global", "where": [],
                          "mutations": [["nb_cfg", "+=", 1]]}])
    deadline = time.time() + 120
    while time.time() < deadline:
        row = client.select(NB, "NB_Global", ["nb_cfg", column])[0]
        if row[column] >= row["nb_cfg"]:
            return
        time.sleep(.01)
    sys.exit("%s does not catch up" % column)


def edit(path, n, seed, hvs):
    rng = random.Random(seed)
    client = Client(path)
    column = "hv_cfg" if hvs else "sb_cfg"
    for i in range(n):
        ops = []
        for _ in range(rng.choice([1, 1, 1, 2, 4])):
            more = random_ops(rng, client)
            if not any(o.get("uuid-name") for o in ops):
                ops += more
        if ops:
            client.transact(NB, ops)
        if hvs and rng.random() < .5:
            random_plugging(rng, hvs)
        if i % 20 == 19:
            wait_cfg(client, column)
    wait_cfg(client, column)


def canon(path):
    client = Client(path)
    dps = {}
    lines = []
    for dp in client.select(SB, "Datapath_Binding"):
        ids = dict(dp["external_ids"][1])
        name = ids.get("logical-switch", ids.get("name", "?"))
        dps[dp["_uuid"][1]] = name
        lines.append("datapath %s %s" % (name, sorted(ids.items())))
    groups = {g["_uuid"][1]: sorted(dps[d[1]]
                                    for d in as_set(g["datapaths"]))
              for g in client.select(SB, "Logical_DP_Group")}
    ports = {}
    for pb in client.select(SB, "Port_Binding"):
        ports[pb["_uuid"][1]] = pb["logical_port"]
        lines.append("port %s" % json.dumps(
            [pb["logical_port"], dps[pb["datapath"][1]]]
            + [pb[c] for c in ("type", "mac", "options", "parent_port", "tag",
                               "port_security", "external_ids")]))
    for mcg in client.select(SB, "Multicast_Group"):
        lines.append("group %s %s %d %s" % (
            dps[mcg["datapath"][1]], mcg["name"], mcg["tunnel_key"],
            sorted(ports[p[1]] for p in as_set(mcg["ports"]))))
    for f in client.select(SB, "Logical_Flow"):
        if f["logical_datapath"][0] == "uuid":
            members = [dps[f["logical_datapath"][1]]]
        else:
            members = groups[f["logical_dp_group"][1]]
        for member in members:
            lines.append("flow %s %s" % (member, json.dumps(
                [f[c] for c in ("pipeline", "table_id", "priority", "match",
                                "actions", "tags", "controller_meter")])))
    print("\n".join(sorted(lines)))


def versions(path):
    client = Client(path)
    for table in ("Datapath_Binding", "Logical_DP_Group", "Logical_Flow",
                  "Multicast_Group", "Port_Binding"):
        rows = client.select(SB, table, ["_uuid", "_version"])
        print("\n".join(sorted("%s %s %s" % (table, r["_uuid"][1],
                                             r["_version"][1])
                               for r in rows)))


def hypervisors(directories):
    return [Hypervisor(d) for d in directories]


def main(argv):
    if len(argv) >= 5 and argv[1] == "edit":
        edit(argv[2], int(argv[3]), int(argv[4]), hypervisors(argv[5:]))
    elif len(argv) > 3 and argv[1] == "settle":
        settle(argv[2], hypervisors(argv[3:]))
    elif len(argv) > 3 and argv[1] == "bindings":
        bindings(argv[2], hypervisors(argv[3:]))
    elif len(argv) == 3 and argv[1] == "canon":
        canon(argv[2])
    elif len(argv) == 3 and argv[1] == "versions":
        versions(argv[2])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv)
