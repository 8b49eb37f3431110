#! /usr/bin/env python3
# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

"""Who writes each column of the databases.

usage: ownership.py check TSV SCHEMA...   compares it with the schemas
       ownership.py c TSV                 prints it as entries of a C array

"check" prints each difference, such as a column without an owner, and then
exits with status 1."""

import json
import sys

WRITERS = {"cms": "OVN_WRITER_CMS",
           "northd": "OVN_WRITER_NORTHD",
           "controller": "OVN_WRITER_CONTROLLER",
           "ovsdb-server": "OVN_WRITER_SERVER"}


class Error(Exception):
    """Something wrong with the table, said with file name and line."""


def read(tsv):
    """Returns {(database, table, column): [writer...]}."""
    owners = {}
    with open(tsv, encoding="utf-8") as stream:
        for number, line in enumerate(stream, 1):
            line = line.rstrip("\n")
            if not line or line.startswith("#"):
                continue
            where = "%s:%d" % (tsv, number)
            fields = line.split("\t")
            if len(fields) != 4:
                raise Error("%s: want 4 fields, have %d"
                            % (where, len(fields)))
            key, writers = tuple(fields[:3]), fields[3].split(",")
            unknown = [w for w in writers if w not in WRITERS]
            if unknown:
                raise Error("%s: no writer \"%s\"" % (where, unknown[0]))
            if key in owners:
                raise Error("%s: %s again" % (where, ":".join(key)))
            owners[key] = writers
    return owners


def check(owners, schemas):
    """Yields every difference between 'owners' and the schemas' columns."""
    columns = set()
    for name in schemas:
        with open(name, encoding="utf-8") as stream:
            schema = json.load(stream)
        columns |= {(schema["name"], table, column)
                    for table, content in schema["tables"].items()
                    for column in content["columns"]}
    for key in sorted(columns - set(owners)):
        yield "%s: nobody owns it" % ":".join(key)
    for key in sorted(set(owners) - columns):
        yield "%s: no such column" % ":".join(key)


def print_c(owners):
    print("/* Generated from ovsdb/ownership.tsv, sorted for bsearch(). */")
    for key in sorted(owners, key=lambda key: [s.encode() for s in key]):
        print("{ \"%s\", \"%s\", \"%s\",\n  %s },"
              % (*key, " | ".join(WRITERS[w] for w in owners[key])))


def main(argv):
    try:
        if len(argv) == 3 and argv[1] == "c":
            print_c(read(argv[2]))
            return 0
        if len(argv) > 3 and argv[1] == "check":
            found = list(check(read(argv[2]), argv[3:]))
            for line in found:
                print(line)
            return 1 if found else 0
    except Error as error:
        print(error, file=sys.stderr)
        return 1
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv))
