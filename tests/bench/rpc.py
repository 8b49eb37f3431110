# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

"""A client of an OVSDB server on a Unix socket (RFC 7047), in the standard
library alone.

One connection stays open for a whole measurement, so that an edit costs a
message and not a process.  Everything blocks: a call returns when it is done
or raises RpcError, Timeout included."""

import json
import socket
import time


class RpcError(Exception):
    """The server refused, or the connection broke."""


class Timeout(RpcError):
    """Something waited for did not come."""


def as_map(datum):
    """The Python dict of an OVSDB map."""
    return dict(datum[1])


def mutate(table, where, column, mutator, value):
    """A mutate operation with one mutation."""
    return {"op": "mutate", "table": table, "where": where,
            "mutations": [[column, mutator, value]]}


class Client:
    """A connection to the server at 'path', for its database 'db'.
    check() is called while waiting, and raises when that is in vain.

    'rows' has what is monitored: rows[table][uuid][column]."""

    def __init__(self, path, db, timeout, check):
        self.db = db
        self.check = check
        self.timeout = timeout
        self.rows = {}
        self._id = 0
        self._buffer = ""
        self._decoder = json.JSONDecoder()
        self._socket = self._connect(path)

    def close(self):
        self._socket.close()

    def transact(self, *ops):
        """Executes 'ops' as one transaction and returns their results."""
        results = self._call("transact", [self.db] + list(ops))
        for result in results:
            if result and result.get("error"):
                raise RpcError("%s: %s" % (self.db, json.dumps(result)))
        return results

    def select(self, table, columns, where=()):
        """The rows of 'table' that match 'where', 'columns' only."""
        return self.transact({"op": "select", "table": table,
                              "where": list(where),
                              "columns": list(columns)})[0]["rows"]

    def monitor(self, table, columns):
        """Keeps self.rows[table] up to date from now on."""
        self.rows[table] = {}
        self._update(self._call("monitor", [self.db, table, {
            table: {"columns": list(columns)}}]))

    def wait(self, what, condition):
        """Handles updates until condition(rows) holds.  'what' names it."""
        end = time.monotonic() + self.timeout
        while not condition(self.rows):
            try:
                self._notice(self._receive(end))
            except Timeout:
                raise Timeout("waited %d s for %s" % (self.timeout, what))

    def _connect(self, path):
        end = time.monotonic() + self.timeout
        while True:
            sock = socket.socket(socket.AF_UNIX)
            try:
                sock.connect(path)
                return sock
            except (FileNotFoundError, ConnectionRefusedError):
                sock.close()
                self.check()
                if time.monotonic() > end:
                    raise Timeout("no server at %s" % path)
                time.sleep(0.002)

    def _call(self, method, params):
        self._id += 1
        self._send({"method": method, "params": params, "id": self._id})
        end = time.monotonic() + self.timeout
        while True:
            message = self._receive(end)
            if message.get("id") == self._id and "method" not in message:
                break
            self._notice(message)
        if message.get("error"):
            raise RpcError("%s: %s" % (method, json.dumps(message["error"])))
        return message["result"]

    def _send(self, message):
        self._socket.settimeout(self.timeout)
        try:
            self._socket.sendall(json.dumps(message).encode())
        except OSError as error:
            raise RpcError("%s: %s" % (self.db, error))

    def _receive(self, end):
        """The next message, by the time 'end'."""
        while True:
            # Messages are objects; nothing separates one from the next.
            if "}" in self._buffer[-1:]:
                try:
                    message, used = self._decoder.raw_decode(self._buffer)
                    self._buffer = self._buffer[used:].lstrip()
                    return message
                except ValueError:
                    pass
            self._read(end)

    def _read(self, end):
        left = end - time.monotonic()
        if left <= 0:
            raise Timeout("%s: the server does not answer" % self.db)
        self._socket.settimeout(min(left, 1))
        try:
            data = self._socket.recv(1 << 20)
        except socket.timeout:
            self.check()
            return
        except OSError as error:
            raise RpcError("%s: %s" % (self.db, error))
        if not data:
            raise RpcError("%s: the server hung up" % self.db)
        # What this side and the daemons write is ASCII.
        self._buffer += data.decode("ascii", "replace")

    def _notice(self, message):
        if message.get("method") == "update":
            self._update(message["params"][1])
        elif message.get("method") == "echo":
            self._send({"result": message["params"], "error": None,
                        "id": message["id"]})

    def _update(self, tables):
        for table, updates in tables.items():
            rows = self.rows[table]
            for uuid, update in updates.items():
                if "new" in update:
                    rows[uuid] = update["new"]
                else:
                    rows.pop(uuid, None)
