#! /usr/bin/env python3
# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

"""What ovn-trace says becomes of a packet, for trace_send in ovn-lib.sh.

usage: trace-verdict.py expect MICROFLOW
       trace-verdict.py compare EXPECTED RECEIVED

"expect" traces MICROFLOW, an "&&" of "FIELD == CONSTANT", and prints
"PORT PACKET" for each packet that the trace delivers, as it looks then, in
hexadecimal.  "compare" compares two files of such lines; the packets in
RECEIVED may have more bytes at their end."""

import re
import subprocess
import sys


def run(*args):
    return subprocess.run(args, check=True, stdout=subprocess.PIPE,
                          universal_newlines=True).stdout


def parse_fields(microflow):
    """{FIELD: CONSTANT} of MICROFLOW."""
    fields = {}
    for term in microflow.split("&&"):
        field, _, constant = term.strip().partition("==")
        fields[field.strip()] = constant.strip()
    return fields


def to_packet(fields):
    terms = [f + (" == " + c if c else "") for f, c in fields.items()]
    return run("test-ovn", "microflow-packet", " && ".join(terms)).strip()


def modify(fields, line):
    """Applies a line of ovn-trace's minimal output to FIELDS."""
    field, _, constant = line.rstrip(";").partition(" = ")
    if line == "ip.ttl--;":
        fields["ip.ttl"] = str(int(fields["ip.ttl"]) - 1)
    elif constant and "[" not in field and "/" not in constant:
        fields[field] = constant
    else:
        sys.exit("trace-verdict.py does not understand: " + line)


def expect(microflow):
    """Prints each delivery.  Within a block, a copy of the packet is changed,
    and the original continues behind it."""
    stack = [parse_fields(microflow)]
    for line in run("ovn-trace", "--minimal", microflow).splitlines()[1:]:
        line = line.strip()
        output = re.match(r'output\("(.*)"\);$', line)
        if line.endswith("{"):
            stack.append(dict(stack[-1]))
        elif line == "};":
            stack.pop()
        elif output:
            print(output.group(1), to_packet(stack[-1]))
        elif not re.match(r"\*\*\*|LOG:|ct_|/\*|push|pop", line):
            modify(stack[-1], line)


def read(name):
    with open(name) as f:
        return sorted(line.split() for line in f)


def compare(expected, received):
    """Whether each of EXPECTED is there, and nothing else."""
    for port, packet in expected:
        for other in received:
            if other[0] == port and other[1].startswith(packet):
                received.remove(other)
                break
        else:
            return False
    return not received


if sys.argv[1] == "expect":
    expect(sys.argv[2])
else:
    sys.exit(not compare(read(sys.argv[2]), read(sys.argv[3])))
