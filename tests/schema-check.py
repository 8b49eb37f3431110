#! /usr/bin/env python3
# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

"""Compares a database schema with a table of what it must contain.

usage: schema-check.py SCHEMA TSV

The table, one line a column, was written from OVN's schemas independently of
ours; the notation is explained at its top.  EXTENSIONS lists what our schemas
have beyond it (see ovsdb/README.md).  Prints each difference and exits with
status 1, or prints a summary and exits with 0."""

import json
import re
import sys

# (database, table, column): the type it has instead.
EXTENSIONS = {
    ("OVN_Southbound", "Encap", "type"): "string{geneve|stt|vxlan}",
}


def base_to_text(base):
    """The notation of a base type, such as "integer[0..7]"."""
    if isinstance(base, str):
        return base
    text = base["type"]
    if "refTable" in base:
        text += "->%s(%s)" % (base["refTable"], base.get("refType", "strong"))
    if "enum" in base:
        text += "{%s}" % "|".join(base["enum"][1])
    if "minInteger" in base or "maxInteger" in base:
        text += "[%s..%s]" % (base.get("minInteger", ""),
                              base.get("maxInteger", ""))
    if "minLength" in base or "maxLength" in base:
        text += "(len %s..%s)" % (base.get("minLength", 0),
                                  base.get("maxLength", ""))
    return text


def type_to_text(type_):
    """The notation of a column's type."""
    if isinstance(type_, str):
        return type_
    key = base_to_text(type_["key"])
    low, high = type_.get("min", 1), type_.get("max", 1)
    if "value" in type_:
        text = "map<%s,%s>" % (key, base_to_text(type_["value"]))
        return text if (low, high) == (0, "unlimited") else "odd " + text
    if (low, high) == (1, 1):
        return key
    if (low, high) == (0, 1):
        return key + " ?"
    return "set<%s> %s..%s" % (key, low, "*" if high == "unlimited" else high)


def normalize(text):
    """Makes the order of an enumeration's members not matter."""
    return re.sub(r"\{([^}]*)\}",
                  lambda m: "{%s}" % "|".join(sorted(m[1].split("|"))), text)


def wanted(tsv):
    """Returns the database's name and version, {(table, column): (type,
    flags)} and {table: (isRoot, maxRows, indexes)}."""
    columns, tables = {}, {}
    name, version = None, None
    with open(tsv, encoding="utf-8") as stream:
        for line in stream:
            line = line.rstrip("\n")
            m = re.match(r"# database (\S+)\s+schema version (\S+)", line)
            if m:
                name, version = m[1], m[2]
            if line.startswith("#") or line.startswith("table\t"):
                continue
            table, column, type_, _, flags, root, rows, indexes = \
                line.split("\t")
            type_ = EXTENSIONS.get((name, table, column), type_)
            columns[table, column] = (normalize(type_), flags)
            if table not in tables:
                tables[table] = (root == "True", int(rows) if rows else None,
                                 json.loads(indexes) if indexes else [])
    return name, version, columns, tables


def actual(schema):
    """The same of a schema."""
    columns, tables = {}, {}
    for table, content in schema["tables"].items():
        tables[table] = (content.get("isRoot", False), content.get("maxRows"),
                         content.get("indexes", []))
        for column, spec in content["columns"].items():
            flags = ",".join((["eph"] if spec.get("ephemeral") else [])
                             + ([] if spec.get("mutable", True) else ["imm"]))
            columns[table, column] = (normalize(type_to_text(spec["type"])),
                                      flags)
    return schema["name"], schema["version"], columns, tables


def differences(want, have, what):
    for key in sorted(set(want) | set(have), key=str):
        if want.get(key) != have.get(key):
            yield "%s %s: want %s, have %s" % (what, key, want.get(key),
                                               have.get(key))


def main():
    with open(sys.argv[1], encoding="utf-8") as stream:
        have = actual(json.load(stream))
    want = wanted(sys.argv[2])
    found = list(differences(want[2], have[2], "column"))
    found += differences(want[3], have[3], "table")
    if want[:2] != have[:2]:
        found.append("want %s, have %s" % (want[:2], have[:2]))
    if found:
        print("\n".join(found))
        return 1
    print("%s %s: %d tables, %d columns"
          % (have[0], have[1], len(have[3]), len(have[2])))
    return 0


if __name__ == "__main__":
    sys.exit(main())
