#! /usr/bin/env python3
# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

"""A bad switch: between an OpenFlow controller and a real switch, it passes on
what the controller says, and something else than what the switch says.

    ofswitch-proxy.py LISTEN CONNECT mad SEED CALM
    ofswitch-proxy.py LISTEN CONNECT poor GROUPS METERS

listens on the Unix socket LISTEN and connects each client to the Unix socket
CONNECT.  A mad switch garbles messages.  Once the file CALM exists, it drops
all connections, and from then on is an honest proxy.  A poor switch says that
it can have GROUPS and METERS only, the latter with one band and without
bursts, and that it does not know NXT_CT_FLUSH."""

import os
import random
import select
import socket
import struct
import sys
from functools import partial

OFPT_HELLO = 0
OFPT_ERROR = 1
OFPT_ECHO_REQUEST = 2
OFPT_ECHO_REPLY = 3
OFPT_MULTIPART_REPLY = 19

OFPET_BAD_REQUEST = 1
OFPBRC_BAD_EXPERIMENTER_TYPE = 4
OFPET_EXPERIMENTER = 0xffff

OFPMP_GROUP_FEATURES = 8
OFPMP_METER_FEATURES = 11
OFPMF_BURST = 1 << 2


def garble(rng, msg):
    """Returns a list of messages to pass on in place of 'msg'."""
    dice = rng.randrange(12)
    body = bytearray(msg)
    if dice < 4 or body[1] in (OFPT_HELLO, OFPT_ECHO_REQUEST,
                               OFPT_ECHO_REPLY):
        return [msg]
    elif dice < 7:              # Some other bytes.
        for _ in range(rng.choice((1, 1, 1, 2, 5, 20))):
            # Offsets 2 and 3 are the length.
            where = rng.choice((1, rng.randrange(4, len(body)),
                                rng.randrange(4, min(len(body), 64))))
            body[where] = rng.choice((0, 1, 0x7f, 0x80, 0xff,
                                      rng.randrange(256)))
    elif dice == 7:             # Cut short.
        del body[rng.randrange(8, len(body) + 1):]
    elif dice == 8:             # Longer than it says inside.
        body += bytes(rng.randrange(256) for _ in range(rng.randrange(40)))
    elif dice == 9:             # Twice.
        return [msg, msg]
    elif dice == 10:            # An error instead.
        body = bytearray(struct.pack('!BBHLHH', body[0], 1, 12,
                                     struct.unpack('!L', body[4:8])[0],
                                     rng.randrange(18), rng.randrange(16)))
    else:                       # An error about something else, as well.
        error = struct.pack('!BBHLHH', body[0], 1, 12,
                            0x40000000 + rng.randrange(3000),
                            rng.randrange(18), rng.randrange(16))
        return [error, msg]
    del body[65535:]
    body[2:4] = struct.pack('!H', len(body))
    return [bytes(body)]


def impoverish(groups, meters, msg):
    """Returns a list of messages to pass on in place of 'msg'."""
    body = bytearray(msg)
    kind = struct.unpack_from('!H', body, 8)[0] if len(body) >= 10 else None
    if body[1] == OFPT_ERROR and kind == OFPET_EXPERIMENTER:
        struct.pack_into('!HH', body, 8, OFPET_BAD_REQUEST,
                         OFPBRC_BAD_EXPERIMENTER_TYPE)
    elif body[1] == OFPT_MULTIPART_REPLY and kind == OFPMP_GROUP_FEATURES:
        struct.pack_into('!4L', body, 24, *[groups] * 4)
    elif body[1] == OFPT_MULTIPART_REPLY and kind == OFPMP_METER_FEATURES:
        capabilities = struct.unpack_from('!L', body, 24)[0]
        struct.pack_into('!L', body, 16, meters)
        struct.pack_into('!LB', body, 24, capabilities & ~OFPMF_BURST, 1)
    return [bytes(body)]


class Connection:
    """A client and its connection to the switch."""

    def __init__(self, client, target):
        self.client = client
        self.switch = socket.socket(socket.AF_UNIX)
        self.switch.connect(target)
        self.buffer = b''

    def close(self):
        self.client.close()
        self.switch.close()

    def from_client(self):
        data = self.client.recv(65536)
        self.switch.sendall(data)
        return bool(data)

    def from_switch(self, change):
        data = self.switch.recv(65536)
        self.buffer += data
        while len(self.buffer) >= 8:
            length = struct.unpack('!H', self.buffer[2:4])[0]
            if len(self.buffer) < length:
                break
            msg, self.buffer = self.buffer[:length], self.buffer[length:]
            for m in change(msg) if change else [msg]:
                self.client.sendall(m)
        return bool(data)


def run(listener, target, change, calm):
    connections = []
    while True:
        if change and calm and os.path.exists(calm):
            change = None
            for c in connections:
                c.close()
            connections = []
        sockets = [s for c in connections for s in (c.client, c.switch)]
        ready = select.select([listener] + sockets, [], [], 0.1)[0]
        if listener in ready:
            connections.append(Connection(listener.accept()[0], target))
        for c in list(connections):
            try:
                alive = ((c.client not in ready or c.from_client())
                         and (c.switch not in ready or c.from_switch(change)))
            except OSError:
                alive = False
            if not alive:
                c.close()
                connections.remove(c)


def main():
    listen, target, how, first, second = sys.argv[1:]
    if how == 'mad':
        change, calm = partial(garble, random.Random(int(first))), second
    else:
        change, calm = partial(impoverish, int(first), int(second)), None
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(listen)
    listener.listen()
    run(listener, target, change, calm)


if __name__ == '__main__':
    main()
