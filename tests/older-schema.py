#! /usr/bin/env python3
# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

"""Makes the database schema of an older release from the present one.

usage: older-schema.py SCHEMA TSV RELEASE

Prints SCHEMA without the columns, tables and indexes that came after RELEASE
(such as 23.03), according to the column "since" of the table in TSV."""

import json
import sys


def release_key(release):
    """Orders releases; "main" comes last."""
    return [99] if release == "main" else [int(n) for n in release.split(".")]


def known_columns(tsv, release):
    """The set of (table, column) that RELEASE had."""
    known = set()
    with open(tsv, encoding="utf-8") as f:
        rows = [line.rstrip("\n").split("\t") for line in f
                if not line.startswith("#")]
    head = rows[0]
    for row in rows[1:]:
        fields = dict(zip(head, row))
        if release_key(fields["since"]) <= release_key(release):
            known.add((fields["table"], fields["column"]))
    return known


def make_older(schema, known):
    """Removes from 'schema' what is not in 'known'."""
    for name, table in list(schema["tables"].items()):
        table["columns"] = {c: v for c, v in table["columns"].items()
                            if (name, c) in known}
        if not table["columns"]:
            del schema["tables"][name]
        elif "indexes" in table:
            table["indexes"] = [index for index in table["indexes"]
                                if all(c in table["columns"] for c in index)]


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as f:
        schema = json.load(f)
    before = sum(len(t["columns"]) for t in schema["tables"].values())
    make_older(schema, known_columns(sys.argv[2], sys.argv[3]))
    if before == sum(len(t["columns"]) for t in schema["tables"].values()):
        sys.exit("%s: nothing came after %s" % (sys.argv[2], sys.argv[3]))
    schema["version"] = "0.0.1"
    schema.pop("cksum", None)
    json.dump(schema, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
