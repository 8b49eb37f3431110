#! /usr/bin/env python3
# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

"""Random Northbound transactions, and a canonical form of the Southbound.

usage: random-nb.py edit SOCKET N SEED    applies N random transactions
       random-nb.py canon SOCKET          prints the Southbound database
       random-nb.py versions SOCKET       prints the versions of its rows

"edit" adds, changes and deletes switches and ports, with good and bad values.
After every 20 transactions, and at the end, it waits for sb_cfg.  What the
database refuses does not count.

"canon" prints what the Southbound database says in a form that does not
depend on UUIDs, tunnel keys, or on how datapaths are grouped: two databases
that print the same mean the same.

"versions" prints what changes whenever somebody writes to a row, for all rows
that come from the compilation.
"""

import json
import random
import socket
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

N_SWITCHES = 8
N_PORTS = 40
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


def port_name(i):
    return NAMES.get(i, "p%d" % i)


def uuid_of(row):
    return row["_uuid"]


def where_uuid(uuid):
    return [["_uuid", "==", uuid]]


def as_set(value):
    return value[1] if isinstance(value, list) and value[0] == "set" \
        else [value]


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
            {"k": "v"}]))
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


def random_ops(rng, client):
    """Operations for one random edit of the present content."""
    switches = client.select(NB, "Logical_Switch", ["_uuid", "ports"])
    ports = client.select(NB, "Logical_Switch_Port", ["_uuid", "name"])
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
        name = port_name(rng.randrange(N_PORTS))
        return [{"op": "insert", "table": "Logical_Switch_Port",
                 "uuid-name": "p", "row": random_port_row(rng, name)},
                {"op": "mutate", "table": "Logical_Switch",
                 "where": where_uuid(uuid_of(switch)),
                 "mutations": [["ports", "insert", ["named-uuid", "p"]]]}]
    if not ports:
        return []
    port = rng.choice(ports)
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
    return ops


def wait_sb(client):
    """Bumps nb_cfg and waits until ovn-northd has caught up."""
    client.transact(NB, [{"op": "mutate", "table": "NB_Global", "where": [],
                          "mutations": [["nb_cfg", "+=", 1]]}])
    deadline = time.time() + 60
    while time.time() < deadline:
        row = client.select(NB, "NB_Global", ["nb_cfg", "sb_cfg"])[0]
        if row["sb_cfg"] >= row["nb_cfg"]:
            return
        time.sleep(.01)
    sys.exit("ovn-northd does not catch up")


def edit(path, n, seed):
    rng = random.Random(seed)
    client = Client(path)
    for i in range(n):
        ops = []
        for _ in range(rng.choice([1, 1, 1, 2, 4])):
            more = random_ops(rng, client)
            if not any(o.get("uuid-name") for o in ops):
                ops += more
        if ops:
            client.transact(NB, ops)
        if i % 20 == 19:
            wait_sb(client)
    wait_sb(client)


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


def main(argv):
    if len(argv) == 5 and argv[1] == "edit":
        edit(argv[2], int(argv[3]), int(argv[4]))
    elif len(argv) == 3 and argv[1] == "canon":
        canon(argv[2])
    elif len(argv) == 3 and argv[1] == "versions":
        versions(argv[2])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv)
