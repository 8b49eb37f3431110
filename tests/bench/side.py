# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

"""The two sides of the comparison, and running their programs.

A Side is where the programs and schemas of an OVN are.  A Site is one run of
it: a directory, database servers, daemons.  Site is a context manager; when
it ends, in whatever way, its processes are gone, and so is its directory.
Nothing runs detached, so a process is known by its id, not by a name."""

import ctypes
import glob
import os
import shutil
import signal
import subprocess
import tempfile
import time

import rpc

PR_SET_PDEATHSIG = 1

# Where the Open vSwitch of this machine is.
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

NB = "OVN_Northbound"
SB = "OVN_Southbound"
OVS = "Open_vSwitch"
SCHEMAS = {NB: "ovn-nb.ovsschema", SB: "ovn-sb.ovsschema"}


class Side:
    """The programs in 'bindir' and the schemas in 'schemadir'."""

    def __init__(self, name, bindir, schemadir, preload):
        self.name = name
        self.bindir = os.path.abspath(bindir)
        self.schemadir = os.path.abspath(schemadir)
        self.preload = preload      # For database servers, or None.
        for program in ("ovn-northd", "ovn-controller"):
            if not os.access(self.program(program), os.X_OK):
                raise FileNotFoundError("no %s in %s" % (program, bindir))
        self.version = subprocess.run(
            [self.program("ovn-northd"), "--version"], check=True,
            capture_output=True, text=True).stdout.splitlines()[0]

    def program(self, name):
        return os.path.join(self.bindir, name)

    def schema(self, db):
        if db == OVS:
            return "/usr/share/openvswitch/vswitch.ovsschema"
        return os.path.join(self.schemadir, SCHEMAS[db])


def find_mimalloc():
    """The allocator that ovn-ctl preloads for database servers, or None."""
    for library in ("libmimalloc.so.2", "libmimalloc.so"):
        # The loader looks for it, and says so if it is not there.
        if not subprocess.run(["/bin/true"], capture_output=True, check=True,
                              env={"LD_PRELOAD": library}).stderr:
            return library
    return None


class Process:
    """A child of ours, and what it has used."""

    def __init__(self, popen, errors):
        self.popen = popen
        self.pid = popen.pid
        self.errors = errors        # The file with its standard error.
        # The kernel's clock of the CPU time of all threads of a process, in
        # nanoseconds, see clock_getcpuclockid(3): /proc/PID/stat has only
        # hundredths of a second.
        self._clock = (~popen.pid << 3) | 2

    def check(self):
        """Raises RpcError if the process has ended."""
        if self.popen.poll() is not None:
            with open(self.errors, encoding="utf-8",
                      errors="replace") as stream:
                said = stream.read(1000).strip()
            raise rpc.RpcError("%s exited with status %s: %s"
                               % (os.path.basename(self.popen.args[0]),
                                  self.popen.returncode, said))

    def cpu(self):
        """The CPU time used so far, user and system, in seconds."""
        self.check()
        return time.clock_gettime(self._clock)

    def peak_rss(self):
        """The largest resident size so far, in megabytes (10^6 bytes)."""
        with open("/proc/%d/status" % self.pid, encoding="ascii") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024 / 1e6
        raise rpc.RpcError("process %d is gone" % self.pid)

    def stop(self):
        if self.popen.poll() is None:
            self.popen.terminate()
            try:
                self.popen.wait(5)
            except subprocess.TimeoutExpired:
                self.popen.kill()
                self.popen.wait()


def die_with_parent():
    """So that nothing stays when this script is killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def quiet(processes, timeout, still=0.3, idle=0.002):
    """Waits until 'processes' use less than 'idle' seconds of CPU in 'still'
    seconds: what an edit or a start caused is then done."""
    end = time.monotonic() + timeout
    before = [process.cpu() for process in processes]
    while time.monotonic() < end:
        time.sleep(still)
        now = [process.cpu() for process in processes]
        if all(b - a < idle for a, b in zip(before, now)):
            return
        before = now
    raise rpc.Timeout("daemons are still busy after %d s" % timeout)


class Site:
    """One run of 'side', in a directory of its own."""

    def __init__(self, side, timeout, keep=None):
        self.side = side
        self.timeout = timeout
        self.keep = keep        # Where logs of a failed run go, or None.
        self.processes = []
        self.clients = []

    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix="ovn-bench-")
        self.env = dict(os.environ, PATH=SYSTEM_PATH, LC_ALL="C.UTF-8")
        for name in list(self.env):
            if name.startswith(("OVN_", "OVS_")):
                del self.env[name]
        for name in ("RUNDIR", "LOGDIR", "DBDIR", "SYSCONFDIR"):
            self.env["OVN_" + name] = self.env["OVS_" + name] = self.dir
        return self

    def __exit__(self, kind, value, traceback):
        for client in self.clients:
            client.close()
        for process in reversed(self.processes):
            process.stop()
        if kind and self.keep:
            os.makedirs(self.keep, exist_ok=True)
            for log in glob.glob(self.path("*.log")):
                shutil.copy(log, self.keep)
        shutil.rmtree(self.dir, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.dir, name)

    def socket(self, db):
        return self.path(db + ".sock")

    def run(self, *args):
        """Runs a program of the machine to its end; returns its output."""
        done = subprocess.run(args, env=self.env, capture_output=True,
                              text=True, timeout=self.timeout)
        if done.returncode:
            raise rpc.RpcError("%s: %s" % (" ".join(args[:2]),
                                           done.stderr.strip()))
        return done.stdout

    def start(self, program, *args, preload=None):
        """Starts a daemon in the foreground, with a log of its own."""
        name = os.path.basename(program)
        log = self.path("%s-%d.log" % (name, len(self.processes)))
        env = dict(self.env)
        if preload:
            env["LD_PRELOAD"] = preload
        errors = log[:-len("log")] + "err.log"
        with open(errors, "w", encoding="utf-8") as stderr:
            popen = subprocess.Popen(
                [shutil.which(program, path=self.env["PATH"]) or program,
                 "-vconsole:off", "--log-file=" + log] + list(args),
                env=env, cwd=self.dir, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=stderr,
                preexec_fn=die_with_parent)
        process = Process(popen, errors)
        self.processes.append(process)
        return process

    def create_db(self, db):
        self.run("ovsdb-tool", "create", self.path(db + ".db"),
                 self.side.schema(db))

    def start_server(self, db):
        """Starts the server of 'db', in the way this side does it."""
        return self.start("ovsdb-server",
                          "--remote=punix:" + self.socket(db),
                          "--unixctl=" + self.path(db + ".ctl"),
                          self.path(db + ".db"), preload=self.side.preload)

    def check(self):
        """Raises RpcError if one of the processes has ended."""
        for process in self.processes:
            process.check()

    def client(self, db):
        client = rpc.Client(self.socket(db), db, self.timeout, self.check)
        self.clients.append(client)
        return client

    def start_northd(self):
        return self.start(self.side.program("ovn-northd"),
                          "--ovnnb-db=unix:" + self.socket(NB),
                          "--ovnsb-db=unix:" + self.socket(SB))

    def start_vswitchd(self):
        """Starts a switch that is a simulation: no datapath, no devices."""
        return self.start("ovs-vswitchd", "--enable-dummy",
                          "--disable-system", "--disable-system-route",
                          "unix:" + self.socket(OVS))

    def start_controller(self):
        return self.start(self.side.program("ovn-controller"),
                          "unix:" + self.socket(OVS))
