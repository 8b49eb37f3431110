#! /usr/bin/env python3
# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

"""The manual pages of the databases.

usage: manual.py page SCHEMA XML          prints XML for ovsdb-doc
       manual.py check SCHEMA XML KEYS    compares with the schema and KEYS
       manual.py examples SCHEMA XML      prints the commands of the examples

XML is what Open vSwitch's ovsdb-doc reads, with three conveniences:

  <include file="F"/>   stands for the children of F's document element
  <relations/>          stands for a table of the references between tables
  type="..." of a key   is "boolean", "integer", "integer LOW..HIGH" (either
                        may be missing), "uuid", or "A|B|C" for an enumeration

A <pre> without attributes is an example: each line is a command that the
tests run, in the order of the page, on a network that has only what the
lines before made.  A line that ends with a backslash goes on in the next.

KEYS has a line DATABASE TABLE COLUMN KEY TYPE for each key of a map, with
tabs.  "check" prints what is missing on either side and exits with status 1
if there is any difference."""

import json
import os
import re
import sys
import xml.dom.minidom

BAD_TYPE = "key %s:%s has a malformed type \"%s\""


def type_to_json(text):
    """The base type that 'text', the value of a type attribute, stands for;
    None if it is malformed."""
    if text in ("boolean", "uuid", "integer"):
        return {"type": text}
    m = re.fullmatch(r"integer (-?\d*)\.\.(-?\d*)", text)
    if m:
        low, high = m.groups()
        spec = {"type": "integer"}
        if low:
            spec["minInteger"] = int(low)
        if high:
            spec["maxInteger"] = int(high)
        return spec
    if re.fullmatch(r"[\w.-]+(\|[\w.-]+)+", text):
        return {"type": "string", "enum": ["set", text.split("|")]}
    return None


def elements(node, tag):
    """The descendants of 'node' that are <tag>, as a list that stays valid
    when nodes are replaced."""
    return list(node.getElementsByTagName(tag))


def include(doc, directory):
    """Replaces each <include> by what it stands for, also in inclusions."""
    while True:
        node = next(iter(elements(doc, "include")), None)
        if not node:
            return
        name = os.path.join(directory, node.getAttribute("file"))
        part = xml.dom.minidom.parse(name).documentElement
        for child in part.childNodes:
            node.parentNode.insertBefore(doc.importNode(child, True), node)
        node.parentNode.removeChild(node)


def references(schema):
    """Yields (table, column, arity, strength, referred table)."""
    for table, content in schema["tables"].items():
        for column, spec in content["columns"].items():
            type_ = spec["type"]
            if isinstance(type_, str):
                continue
            low, high = type_.get("min", 1), type_.get("max", 1)
            arity = {(0, 1): "?", (1, 1): " "}.get(
                (low, high), "*" if low == 0 else "+")
            for base in (type_["key"], type_.get("value")):
                if isinstance(base, dict) and "refTable" in base:
                    yield (table, column, arity,
                           base.get("refType", "strong"), base["refTable"])


def relations(schema):
    """The table that <relations/> stands for, as text."""
    lines, last = [], None
    for table, column, arity, strength, target in references(schema):
        if table != last:
            root = schema["tables"][table].get("isRoot", False)
            lines.append(table + (" (root)" if root else ""))
            last = table
        arrow = "==>" if strength == "strong" else "-->"
        lines.append("    %-28s %s %s %s" % (column, arity, arrow, target))
    return "\n".join(lines)


def load(schema_name, xml_name):
    """Returns the schema, and the page with includes and relations."""
    with open(schema_name, encoding="utf-8") as stream:
        schema = json.load(stream)
    doc = xml.dom.minidom.parse(xml_name)
    include(doc, os.path.dirname(xml_name))
    for node in elements(doc, "relations"):
        pre = doc.createElement("pre")
        pre.setAttribute("fixed", "yes")
        pre.appendChild(doc.createTextNode(relations(schema)))
        node.parentNode.replaceChild(pre, node)
    return schema, doc


def squeeze(text):
    """'text' without what its lines are indented by, nor empty ends."""
    lines = text.strip("\n").rstrip().split("\n")
    indent = min(len(line) - len(line.lstrip()) for line in lines)
    return "\n".join(line[indent:] for line in lines)


def page(schema, doc):
    for column in elements(doc, "column"):
        if column.hasAttribute("type"):
            column.setAttribute("type", json.dumps(
                type_to_json(column.getAttribute("type"))))
    for pre in elements(doc, "pre"):
        pre.firstChild.data = squeeze(pre.firstChild.data)
    print(doc.documentElement.toxml())
    return 0


def documented(doc):
    """Yields (table, column, key, type) of each entry."""
    for table in elements(doc, "table"):
        for column in elements(table, "column"):
            yield (table.getAttribute("name"), column.getAttribute("name"),
                   column.getAttribute("key"), column.getAttribute("type"))


def wanted_keys(name, keys_name):
    """The set of (table, column, key, type) of database 'name'."""
    with open(keys_name, encoding="utf-8") as stream:
        rows = [line.rstrip("\n").split("\t") for line in stream
                if not line.startswith("#")]
    return {tuple(row[1:]) for row in rows if row[0] == name}


def refs_to_nowhere(schema, doc, have):
    """Yields each <ref> that points to nothing."""
    for ref in elements(doc, "ref"):
        table, column, key = (ref.getAttribute(a)
                              for a in ("table", "column", "key"))
        node = ref
        while not table and node.parentNode:
            node = node.parentNode
            if node.nodeName == "table":
                table = node.getAttribute("name")
        if column and (table, column, key) not in have:
            yield "reference to %s %s:%s" % (table, column, key)
        elif not column and table not in schema["tables"]:
            yield "reference to table %s" % table


def differences(schema, doc, wanted):
    """Yields what is wrong with the page."""
    entries = list(documented(doc))
    have = {entry[:3] for entry in entries}
    for table, column, key, type_ in entries:
        if type_ and type_to_json(type_) is None:
            yield BAD_TYPE % (column, key, type_)
    seen = set()
    for entry in entries:
        if entry[:3] in seen:
            yield "documented twice: %s %s:%s" % entry[:3]
        seen.add(entry[:3])
    columns = {(table, column, "")
               for table, content in schema["tables"].items()
               for column in content["columns"]}
    # An entry of a key stands for the column too.
    covered = have | {(table, column, "") for table, column, _ in have}
    for table, column, _ in sorted(columns - covered):
        yield "not documented: %s.%s" % (table, column)
    for table, column, _ in sorted({e[:2] + ("",) for e in have} - columns):
        yield "no such column: %s.%s" % (table, column)
    keys = {entry for entry in entries if entry[2]}
    for key in sorted(wanted - keys):
        yield "not documented: %s %s:%s (type \"%s\")" % key
    for key in sorted(keys - wanted):
        yield "no such key: %s %s:%s (type \"%s\")" % key
    yield from refs_to_nowhere(schema, doc, covered)


def check(schema, doc, keys_name):
    wanted = wanted_keys(schema["name"], keys_name)
    found = list(differences(schema, doc, wanted))
    if found:
        print("\n".join(found))
        return 1
    print("%s: %d tables, %d columns, %d keys" % (
        schema["name"], len(schema["tables"]),
        sum(len(t["columns"]) for t in schema["tables"].values()),
        len(wanted)))
    return 0


def examples(doc):
    for pre in elements(doc, "pre"):
        if not pre.hasAttributes():
            print(squeeze(pre.firstChild.data).replace("\\\n", " "))
    return 0


def main():
    commands = {"page": 4, "check": 5, "examples": 4}
    if len(sys.argv) < 2 or len(sys.argv) != commands.get(sys.argv[1]):
        sys.stderr.write(__doc__)
        return 1
    schema, doc = load(sys.argv[2], sys.argv[3])
    if sys.argv[1] == "page":
        return page(schema, doc)
    if sys.argv[1] == "check":
        return check(schema, doc, sys.argv[4])
    return examples(doc)


if __name__ == "__main__":
    sys.exit(main())
