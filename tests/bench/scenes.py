# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

"""What is measured: scenes that a Site plays.

Every function here that measures returns a dict from the name of a metric to
its value: seconds, megabytes (10^6 bytes) or a count, as METRICS in "bench"
says.  CPU time of an edit is the difference of the process's clock over many
edits, read when the daemon is at rest."""

import shutil
import statistics
import time

import rpc
import side as sides
from side import NB, SB, OVS

BRIDGE = "br-int"
CHASSIS = "bench-local"
REMOTE = "bench-remote"

# How many operations go into one transaction, where there are many.
CHUNK = 1000

# How many ports are added, one by one, before they are removed again.
BATCH = 25


class Net:
    """Northbound content: 'switches' logical switches of 'ports' ports, and
    the ports that are added to them one by one."""

    def __init__(self, switches, ports, addresses="mac-ip"):
        self.switches = switches
        self.ports = ports
        self.addresses = addresses

    def __str__(self):
        return "%dx%d" % (self.switches, self.ports)

    @staticmethod
    def switch(number):
        return "sw%d" % number

    def port(self, switch, number):
        """The Logical_Switch_Port of this number in this switch."""
        address = "02:00:%02x:%02x:%02x:%02x" % (
            switch >> 8, switch & 255, number >> 8, number & 255)
        if self.addresses == "mac-ip":
            address += " 10.%d.%d.%d" % (switch & 255, number >> 8,
                                         number & 255)
        return {"name": "sw%d-p%d" % (switch, number), "addresses": address}

    def ops(self):
        """Operations that write all of it into an empty database."""
        yield {"op": "insert", "table": "NB_Global", "row": {"nb_cfg": 1}}
        for switch in range(self.switches):
            ports = []
            for number in range(1, self.ports + 1):
                name = "r%d_%d" % (switch, number)
                ports.append(["named-uuid", name])
                yield {"op": "insert", "table": "Logical_Switch_Port",
                       "uuid-name": name, "row": self.port(switch, number)}
            yield {"op": "insert", "table": "Logical_Switch",
                   "row": {"name": self.switch(switch),
                           "ports": ["set", ports]}}

    def write(self, side, path, timeout):
        """Makes a database file with this content, in the side's schema."""
        with sides.Site(side, timeout) as site:
            site.create_db(NB)
            site.start_server(NB)
            site.client(NB).transact(*self.ops())
            for process in site.processes:
                process.stop()
            shutil.copy(site.path(NB + ".db"), path)


class Central:
    """The databases and northd of 'site', with the content of 'net'."""

    def __init__(self, site, net, nb_file):
        self.site = site
        self.net = net
        shutil.copy(nb_file, site.path(NB + ".db"))
        site.create_db(SB)
        self.added = [0] * net.switches
        self.next_switch = 0

    def start(self):
        """Starts everything and measures the cold start.  northd starts
        when the servers listen."""
        site = self.site
        start = time.monotonic()
        site.start_server(NB)
        self.sb_server = site.start_server(SB)
        self.nb = site.client(NB)
        self.sb = site.client(SB)
        self.northd = site.start_northd()
        self.nb.monitor("NB_Global", ["nb_cfg", "sb_cfg"])
        self.wait_sb_cfg()
        wall = time.monotonic() - start
        sides.quiet([self.northd, self.sb_server], site.timeout)

        self.switch_uuids = {
            row["name"]: row["_uuid"]
            for row in self.nb.select("Logical_Switch", ["name", "_uuid"])}
        result = {
            "northd-cold-cpu": self.northd.cpu(),
            "northd-cold-wall": wall,
            "northd-cold-sb-cpu": self.sb_server.cpu(),
            "northd-rss": self.northd.peak_rss(),
            "sb-rss": self.sb_server.peak_rss(),
        }
        result["sb-lflows"] = len(self.sb.select("Logical_Flow", ["_uuid"]))
        result["sb-groups"] = len(self.sb.select("Logical_DP_Group",
                                                 ["_uuid"]))
        return result

    def nb_global(self):
        """The (uuid, row) of NB_Global."""
        return next(iter(self.nb.rows["NB_Global"].items()))

    def bump(self):
        """The operation that asks for the next nb_cfg."""
        return rpc.mutate("NB_Global", [], "nb_cfg", "+=", 1)

    def wait_sb_cfg(self):
        """Waits until northd has compiled what was written so far."""
        nb_cfg = self.nb.select("NB_Global", ["nb_cfg"])[0]["nb_cfg"]
        self.nb.wait("sb_cfg", lambda rows: any(
            row["sb_cfg"] >= nb_cfg for row in rows["NB_Global"].values()))
        return nb_cfg

    def add_port(self):
        """Adds one port to the next switch, asks for the next nb_cfg and
        waits for sb_cfg.  Returns the port's name and that nb_cfg."""
        switch = self.next_switch
        self.next_switch = (switch + 1) % self.net.switches
        self.added[switch] += 1
        row = self.net.port(switch, self.net.ports + self.added[switch])
        uuid = self.switch_uuids[self.net.switch(switch)]
        self.nb.transact(
            {"op": "insert", "table": "Logical_Switch_Port",
             "uuid-name": "port", "row": row},
            rpc.mutate("Logical_Switch", [["_uuid", "==", uuid]], "ports",
                       "insert", ["set", [["named-uuid", "port"]]]),
            self.bump())
        return row["name"], self.wait_sb_cfg()

    def remove_added(self):
        """Removes what add_port() added."""
        ports = {row["name"]: row["_uuid"] for row in self.nb.select(
            "Logical_Switch_Port", ["name", "_uuid"])}
        ops = [self.bump()]
        for switch, n in enumerate(self.added):
            if n:
                gone = [ports[self.net.port(switch, self.net.ports + i)
                              ["name"]] for i in range(1, n + 1)]
                where = ["_uuid", "==",
                         self.switch_uuids[self.net.switch(switch)]]
                ops.append(rpc.mutate("Logical_Switch", [where], "ports",
                                      "delete", ["set", gone]))
        self.nb.transact(*ops)
        self.wait_sb_cfg()
        self.added = [0] * self.net.switches

    def measure_ports(self, label, edits):
        """Adds ports one by one; what each costs northd and the server.
        Every BATCH ports they go again, lest the network grow."""
        watched = [self.northd, self.sb_server]
        used = [0, 0]
        walls = []
        while edits.want_more(walls, used[0]):
            sides.quiet(watched, self.site.timeout)
            before = [process.cpu() for process in watched]
            walls += edits.repeat([self.northd], self.add_port, walls,
                                  used[0], BATCH)
            sides.quiet(watched, self.site.timeout)
            for i, process in enumerate(watched):
                used[i] += process.cpu() - before[i]
            self.remove_added()
        return {
            "northd-port-%s-cpu" % label: used[0] / len(walls),
            "northd-port-%s-sb-cpu" % label: used[1] / len(walls),
            "northd-port-%s-wall" % label: statistics.median(walls),
        }


class Edits:
    """How many edits a measurement makes: 'count', or fewer when they take
    more than 'budget' seconds of the daemons' CPU; at least 'least'."""

    def __init__(self, count, budget, least=5):
        self.count = count
        self.budget = budget
        self.least = min(least, count)

    def want_more(self, walls, used):
        """Whether to go on after len(walls) edits and 'used' seconds."""
        return (len(walls) < self.least
                or len(walls) < self.count and used <= self.budget)

    def repeat(self, daemons, edit, earlier=(), used=0, most=1 << 30):
        """Calls edit() again and again, at most 'most' times, after the
        'earlier' edits, which took 'used' seconds.  Returns how long each
        took."""
        walls = []
        begin = sum(daemon.cpu() for daemon in daemons) - used
        while len(walls) < most and self.want_more(
                list(earlier) + walls,
                sum(daemon.cpu() for daemon in daemons) - begin):
            start = time.monotonic()
            edit()
            walls.append(time.monotonic() - start)
        return walls


class Hypervisor:
    """A chassis on 'central', with a switch that is a simulation.

    'local' ports are here, spread over the switches, and all others are on
    another chassis, which exists in the database only."""

    def __init__(self, central, local):
        self.central = central
        self.site = central.site
        self.local = local

    def prepare(self):
        """All that there is before the controller starts."""
        names = [self.central.net.port(i % self.central.net.switches,
                                       1 + i // self.central.net.switches)
                 ["name"] for i in range(self.local)]
        self.remote = self.make_remote_chassis()
        self.bind_remotely(lambda name: name not in names)

        self.site.create_db(OVS)
        self.site.start_server(OVS)
        self.ovs = self.site.client(OVS)
        self.configure_switch()
        self.vswitchd = self.site.start_vswitchd()
        self.ovs.monitor("Interface", ["name", "ofport", "external_ids"])
        for name in names:
            self.plug(name)
        self.ovs.wait("the switch's ports", lambda rows: all(
            isinstance(row["ofport"], int)
            for row in rows["Interface"].values()))
        sides.quiet([self.vswitchd, self.central.northd,
                     self.central.sb_server], self.site.timeout)

    def start(self):
        """Starts the controller and measures the cold start."""
        watched = [self.central.sb_server, self.vswitchd]
        before = [process.cpu() for process in watched]
        self.sb = self.site.client(SB)
        self.sb.monitor("Chassis_Private", ["name", "nb_cfg"])
        nb_cfg = self.central.wait_sb_cfg()

        start = time.monotonic()
        self.controller = self.site.start_controller()
        self.wait_nb_cfg(nb_cfg)
        wall = time.monotonic() - start
        self.wait_installed(self.local)
        wall_all = time.monotonic() - start
        sides.quiet([self.controller] + watched, self.site.timeout)
        after = [process.cpu() for process in watched]
        return {
            "controller-cold-cpu": self.controller.cpu(),
            "controller-cold-wall": wall,
            "controller-cold-installed": wall_all,
            "controller-cold-sb-cpu": after[0] - before[0],
            "controller-cold-vswitchd-cpu": after[1] - before[1],
            "controller-rss": self.controller.peak_rss(),
            "controller-flows": self.count_flows(),
        }

    def measure_local_ports(self, edits):
        """Plugs ports in, and creates them, one by one."""
        return self.measure("local", edits, self.add_local_port)

    def measure_remote_ports(self, edits):
        """Creates ports, and binds them elsewhere, one by one."""
        return self.measure("remote", edits, self.add_remote_port)

    def measure(self, label, edits, edit):
        watched = [self.controller, self.vswitchd]
        sides.quiet(watched, self.site.timeout)
        before = [process.cpu() for process in watched]
        walls = edits.repeat([self.controller, self.central.northd], edit)
        sides.quiet(watched, self.site.timeout)
        after = [process.cpu() for process in watched]
        return {
            "controller-%s-cpu" % label: (after[0] - before[0]) / len(walls),
            "controller-%s-vswitchd-cpu" % label:
                (after[1] - before[1]) / len(walls),
            "controller-%s-wall" % label: statistics.median(walls),
        }

    def add_local_port(self):
        name, nb_cfg = self.central.add_port()
        self.plug(name)
        self.local += 1
        self.wait_installed(self.local)
        self.wait_nb_cfg(nb_cfg)

    def add_remote_port(self):
        name, _ = self.central.add_port()
        self.bind_remotely(lambda other: other == name,
                           [["logical_port", "==", name]])
        self.central.nb.transact(self.central.bump())
        self.wait_nb_cfg(self.central.wait_sb_cfg())

    def make_remote_chassis(self):
        encap = {"type": "geneve", "ip": "192.0.2.2", "chassis_name": REMOTE,
                 "options": ["map", [["csum", "true"]]]}
        self.central.sb.transact(
            {"op": "insert", "table": "Encap", "uuid-name": "encap",
             "row": encap},
            {"op": "insert", "table": "Chassis",
             "row": {"name": REMOTE, "hostname": REMOTE,
                     "encaps": ["named-uuid", "encap"]}})
        return self.central.sb.select("Chassis", ["_uuid"], [
            ["name", "==", REMOTE]])[0]["_uuid"]

    def bind_remotely(self, wanted, where=()):
        """Binds the ports for whose name wanted() holds to the chassis that
        is not here, as its controller would."""
        rows = self.central.sb.select(
            "Port_Binding", ["_uuid", "logical_port"], where)
        ops = [{"op": "update", "table": "Port_Binding",
                "where": [["_uuid", "==", row["_uuid"]]],
                "row": {"chassis": self.remote, "up": True}}
               for row in rows if wanted(row["logical_port"])]
        for i in range(0, len(ops), CHUNK):
            self.central.sb.transact(*ops[i:i + CHUNK])

    def configure_switch(self):
        ids = {"system-id": CHASSIS, "hostname": CHASSIS,
               "ovn-remote": "unix:" + self.site.socket(SB),
               "ovn-encap-type": "geneve", "ovn-encap-ip": "127.0.0.1",
               "ovn-bridge": BRIDGE, "ovn-bridge-datapath-type": "dummy"}
        self.ovs.transact(
            {"op": "insert", "table": "Interface", "uuid-name": "iface",
             "row": {"name": BRIDGE, "type": "internal"}},
            {"op": "insert", "table": "Port", "uuid-name": "port",
             "row": {"name": BRIDGE, "interfaces": ["named-uuid", "iface"]}},
            {"op": "insert", "table": "Bridge", "uuid-name": "bridge",
             "row": {"name": BRIDGE, "datapath_type": "dummy",
                     "fail_mode": "secure",
                     "ports": ["named-uuid", "port"]}},
            {"op": "insert", "table": "Open_vSwitch",
             "row": {"bridges": ["named-uuid", "bridge"],
                     "external_ids": ["map", list(ids.items())]}})

    def plug(self, name):
        """Adds the interface of the logical port 'name' to the bridge."""
        ids = [["iface-id", name]]
        self.ovs.transact(
            {"op": "insert", "table": "Interface", "uuid-name": "iface",
             "row": {"name": name, "type": "dummy",
                     "external_ids": ["map", ids]}},
            {"op": "insert", "table": "Port", "uuid-name": "port",
             "row": {"name": name, "interfaces": ["named-uuid", "iface"]}},
            rpc.mutate("Bridge", [["name", "==", BRIDGE]], "ports", "insert",
                       ["set", [["named-uuid", "port"]]]),
            # Tells the switch that there is something to do.
            rpc.mutate("Open_vSwitch", [], "next_cfg", "+=", 1))

    def wait_installed(self, count):
        """Waits until the controller says that 'count' ports work."""
        self.ovs.wait("ovn-installed", lambda rows: count <= sum(
            rpc.as_map(row["external_ids"]).get("ovn-installed") == "true"
            for row in rows["Interface"].values()))

    def wait_nb_cfg(self, nb_cfg):
        self.sb.wait("the chassis's nb_cfg", lambda rows: any(
            row["name"] == CHASSIS and row["nb_cfg"] >= nb_cfg
            for row in rows["Chassis_Private"].values()))

    def count_flows(self):
        summary = self.site.run(
            "ovs-ofctl", "-O", "OpenFlow15", "dump-aggregate",
            "unix:" + self.site.path(BRIDGE + ".mgmt"))
        return int(summary.split("flow_count=")[1].split()[0])
