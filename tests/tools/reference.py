# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

"""What comparisons with another OVN, the reference, have in common."""

import os
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def find():
    """Returns the directory with the reference's usr/bin and usr/share/ovn, or
    None: OVN_REFERENCE, or where "./dev bench --install-reference" puts it."""
    cache = os.environ.get("XDG_CACHE_HOME",
                           os.path.expanduser("~/.cache"))
    for path in (os.environ.get("OVN_REFERENCE"),
                 os.path.join(cache, "ovn-suite", "ovn-reference")):
        if path and os.access(path + "/usr/bin/ovn-nbctl", os.X_OK):
            return path
    return None


def reasons(name):
    """The words that the file of differences 'name' explains."""
    with open(os.path.join(HERE, name), encoding="utf-8") as stream:
        return {line.split(":")[0] for line in stream
                if line[0] not in "#\n "}


class Server:
    """A database server in 'directory', of a schema."""

    def __init__(self, directory, name, schema):
        self.remote = "unix:%s/%s.sock" % (directory, name)
        db = os.path.join(directory, name + ".db")
        subprocess.run(["ovsdb-tool", "create", db, schema], check=True)
        self.process = subprocess.Popen(
            ["ovsdb-server", "-vconsole:off", "--unixctl=none",
             "--remote=p" + self.remote, db])
        while not os.path.exists(self.remote[len("unix:"):]):
            time.sleep(0.01)

    def stop(self):
        self.process.terminate()
        self.process.wait()
