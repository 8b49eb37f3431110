#! /usr/bin/env python3
# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

"""Generates the accessors through which features read a database.

usage: inc-accessors.py (header|source) PREFIX SCHEMA INCLUDE...

PREFIX is nb, sb or ovs.  For each table T of the schema (by its short name,
see SHORT) and each column C:

    struct inc_table PREFIX_T_table;
    TYPE PREFIX_T_C(struct inc_cx *, struct inc_ref);

What is returned is valid until the function that reads returns; for a row
that is gone, or INC_NONE, it is empty, 0, false or NULL.  By type of column:

    string, integer, real, boolean  const char *, int64_t, double, bool
    optional string                 const char *, NULL if absent
    optional integer or boolean     const int64_t *, const bool *, likewise
    set of strings or integers      const char *const *, const int64_t *, with
                                    the number in a size_t * argument
    map of strings to strings       const struct smap *
    other maps                      not generated (add when needed)
    uuid                            const struct uuid *, NULL if absent
    (optional) reference            struct inc_ref
    set of references               const struct inc_ref *, size_t *

for each set of strings, besides,

    const struct ovsdb_datum *PREFIX_T_C_set(struct inc_cx *, struct inc_ref);

that is NULL for a row that is gone, for tables of kind INC_ELEMENTS,

and the numbers of the columns, for lib/inc-rows.h,

    enum { PREFIX_T_COL_C ... }                        (in upper case)

and these indexes, which cost nothing until they are used:

    PREFIX_T_by_C   rows by C, for strings (each of a set) and references
                    (each of a set: "who contains this row?"), and for
                    integers (the key is an int64_t)

HEADER goes with it: one array of all the tables, PREFIX_inc_tables.
"""

import os
import sys

import ovs.db.schema
import ovs.db.types
import ovs.json

DB = {"nb": ("nbrec", "OVN_Northbound"), "sb": ("sbrec", "OVN_Southbound"),
      "ovs": ("ovsrec", "Open_vSwitch")}

SHORT = {
    "NB_Global": "global", "SB_Global": "global", "Open_vSwitch": "cfg",
    "Logical_Switch": "ls", "Logical_Switch_Port": "lsp",
    "Logical_Router": "lr", "Logical_Router_Port": "lrp",
    "Logical_Router_Static_Route": "route",
    "Logical_Router_Policy": "policy",
    "Load_Balancer": "lb", "Port_Group": "pg",
    "Datapath_Binding": "dp", "Port_Binding": "pb",
    "Logical_Flow": "lflow", "Logical_DP_Group": "dpg",
    "Multicast_Group": "mcg", "Interface": "iface",
}


def short(table):
    return SHORT.get(table, table.lower())


def kind(column):
    """Classifies a column; see the table in the module's description."""
    t = column.type
    key = t.key
    if t.value:
        if (key.type == ovs.db.types.StringType
                and t.value.type == ovs.db.types.StringType
                and not key.enum):
            return "smap"
        if (key.type == ovs.db.types.StringType
                and t.value.type == ovs.db.types.StringType):
            return "smap"
        return None
    if key.ref_table_name:
        return "refs" if t.n_max > 1 else "ref"
    scalar = {ovs.db.types.StringType: "string",
              ovs.db.types.IntegerType: "integer",
              ovs.db.types.RealType: "real",
              ovs.db.types.BooleanType: "boolean",
              ovs.db.types.UuidType: "uuid"}[key.type]
    if t.n_max > 1:
        return {"string": "strings", "integer": "integers"}.get(scalar)
    if t.n_min == 0:
        return "optional " + scalar
    return scalar


# kind -> (return type, extra parameters)
PROTO = {
    "string": ("const char *", ""),
    "integer": ("int64_t ", ""),
    "real": ("double ", ""),
    "boolean": ("bool ", ""),
    "uuid": ("const struct uuid *", ""),
    "optional string": ("const char *", ""),
    "optional integer": ("const int64_t *", ""),
    "optional real": ("const double *", ""),
    "optional boolean": ("const bool *", ""),
    "optional uuid": ("const struct uuid *", ""),
    "strings": ("const char *const *", ", size_t *n"),
    "integers": ("const int64_t *", ", size_t *n"),
    "smap": ("const struct smap *", ""),
    "ref": ("struct inc_ref ", ""),
    "refs": ("const struct inc_ref *", ", size_t *n"),
}

INDEXED = ("string", "optional string", "strings", "ref", "refs", "integer")


class Column(object):
    def __init__(self, table, column):
        self.table = table
        self.c = column.name
        # As ovsdb-idlc renames what is a keyword of C or C++.
        self.field = column.name + ("_" if column.name in KEYWORDS else "")
        self.kind = kind(column)
        self.ref_table = column.type.key.ref_table_name
        # PREFIX_T_table is the table itself.
        self.func = "%s_%s" % (table.p, {"table": "table_name"}.get(self.c,
                                                                  self.c))
        self.bit = "BIT(%s_COL_%s)" % (table.struct.upper(),
                                       self.field.upper())


KEYWORDS = frozenset("""alignas alignof and and_eq asm auto bitand bitor bool
break case catch char class compl concept const constexpr const_cast continue
decltype default delete do double dynamic_cast else enum explicit export
extern false float for friend goto if inline int long mutable namespace new
noexcept not not_eq nullptr operator or or_eq private protected public register
reinterpret_cast requires restrict return short signed sizeof static
static_assert static_cast struct switch template this thread_local throw true
try typedef typeid typename union unsigned using virtual void volatile wchar_t
while xor xor_eq""".split())


class Table(object):
    def __init__(self, prefix, table):
        self.name = table.name
        self.p = "%s_%s" % (prefix, short(table.name))
        self.struct = "%s_%s" % (DB[prefix][0], table.name.lower())
        self.all_columns = [
            Column(self, c) for _, c in sorted(table.columns.items())
            if not c.name.startswith("_")]
        self.columns = [c for c in self.all_columns if c.kind]


def proto(c):
    ret, extra = PROTO[c.kind]
    return "%s%s(struct inc_cx *, struct inc_ref%s)" % (
        ret, c.func, extra.replace("size_t *n", "size_t *"))


def print_header(prefix, tables, source, dest):
    guard = "OVSDB_%s_INC_H" % prefix.upper()
    print("""\
/* Generated from %s by inc-accessors.py; see there. */

#ifndef %s
#define %s 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/inc.h"
#include "smap.h"

/* Adds all tables of the database, replicated by 'idl', to 'inc'. */
void %s_inc_add_tables(struct inc *inc, struct ovsdb_idl *idl);
""" % (source, guard, guard, prefix))
    for t in tables:
        print("\n/* %s. */" % t.name)
        print("extern struct inc_table %s_table;" % t.p)
        print("enum {")
        for c in t.all_columns:
            print("    %s_COL_%s," % (t.p.upper(), c.c.upper()))
        print("};")
        for c in t.columns:
            print("%s;" % proto(c))
            if c.kind == "strings":
                print("const struct ovsdb_datum *%s_set(struct inc_cx *, "
                      "struct inc_ref);" % c.func)
        for c in t.columns:
            if c.kind in INDEXED:
                print("extern struct inc_index %s_by_%s;" % (t.p, c.c))
    print("\n#endif /* %s */" % guard)


BODY = {
    "string": "return row ? row->%(f)s : \"\";",
    "integer": "return row ? row->%(f)s : 0;",
    "real": "return row ? row->%(f)s : 0;",
    "boolean": "return row ? row->%(f)s : false;",
    "uuid": "return row ? &row->%(f)s : NULL;",
    "optional string": "return row ? row->%(f)s : NULL;",
    "optional integer": "return row && row->n_%(f)s ? row->%(f)s : NULL;",
    "optional real": "return row && row->n_%(f)s ? row->%(f)s : NULL;",
    "optional boolean": "return row && row->n_%(f)s ? row->%(f)s : NULL;",
    "optional uuid": "return row && row->n_%(f)s ? row->%(f)s : NULL;",
    "strings": "*n = row ? row->n_%(f)s : 0;\n"
               "    return row ? (const char *const *) row->%(f)s : NULL;",
    "integers": "*n = row ? row->n_%(f)s : 0;\n"
                "    return row ? row->%(f)s : NULL;",
    "smap": "return row ? &row->%(f)s : &empty_smap;",
    "ref": "return (row && row->%(f)s\n"
           "            ? inc_idl_ref(cx, &%(r)s, &row->%(f)s->header_)\n"
           "            : INC_NONE);",
    "refs": """\
struct inc_ref *refs = row ? inc_alloc(cx, row->n_%(f)s * sizeof *refs)
                              : NULL;
    size_t m = 0;
    for (size_t i = 0; row && i < row->n_%(f)s; i++) {
        refs[m] = inc_idl_ref(cx, &%(r)s, &row->%(f)s[i]->header_);
        m += refs[m].id != 0;
    }
    *n = m;
    return refs;""",
}

KEYS = {
    "string": "inc_key_add_string(keys, %(func)s(cx, ref));",
    "optional string": """\
const char *s = %(func)s(cx, ref);
    if (s) {
        inc_key_add_string(keys, s);
    }""",
    "strings": """\
size_t n;
    const char *const *s = %(func)s(cx, ref, &n);
    for (size_t i = 0; i < n; i++) {
        inc_key_add_string(keys, s[i]);
    }""",
    "integer": "int64_t x = %(func)s(cx, ref);\n"
               "    inc_key_add(keys, &x, sizeof x);",
    "ref": "inc_key_add_ref(keys, %(func)s(cx, ref));",
    "refs": """\
size_t n;
    const struct inc_ref *refs = %(func)s(cx, ref, &n);
    for (size_t i = 0; i < n; i++) {
        inc_key_add_ref(keys, refs[i]);
    }""",
}


def print_column(prefix, t, c):
    ret, extra = PROTO[c.kind]
    values = {"f": c.field, "func": c.func,
              "r": "%s_%s_table" % (prefix, short(c.ref_table or ""))}
    print("""
%s
%s(struct inc_cx *cx, struct inc_ref ref%s)
{
    const struct %s *row = ROW(%s, cx, ref, %s_table,
        %s);
    %s
}""" % (ret.rstrip(), c.func, extra, t.struct, t.struct, t.p, c.bit,
        BODY[c.kind] % values))
    if c.kind == "strings":
        print("""
const struct ovsdb_datum *
%s_set(struct inc_cx *cx, struct inc_ref ref)
{
    const struct ovsdb_idl_row *row = inc_idl_row(cx, ref, &%s_table, %s);
    return row ? ovsdb_idl_read(row, &%s_col_%s) : NULL;
}""" % (c.func, t.p, c.bit, t.struct, c.field))
    if c.kind in INDEXED:
        print("""
static void
%s_keys(struct inc_cx *cx, struct inc_ref ref, struct inc_keys *keys)
{
    %s
}

struct inc_index %s_by_%s = {
    .name = "%s_by_%s", .table = &%s_table, .keys = %s_keys
};""" % (c.func, KEYS[c.kind] % values, t.p, c.c, t.p, c.c, t.p, c.func))


def print_refs_hash(t):
    refs = [c for c in t.columns if c.kind in ("ref", "refs")]
    if not refs:
        return "NULL", "0"
    print("""
static uint32_t
%s_refs_hash(const struct ovsdb_idl_row *row_)
{
    const struct %s *row = (const struct %s *) row_;
    uint32_t hash = 0;
""" % (t.p, t.struct, t.struct))
    for c in refs:
        if c.kind == "ref":
            print("    hash = hash_ref(row->%s ? &row->%s->header_ : NULL, "
                  "hash);" % (c.field, c.field))
        else:
            print("    hash = hash_int(row->n_%s, hash);" % c.field)
            print("    for (size_t i = 0; i < row->n_%s; i++) {" % c.field)
            print("        hash = hash_ref(&row->%s[i]->header_, hash);"
                  % c.field)
            print("    }")
    print("    return hash;\n}")
    return ("%s_refs_hash" % t.p, "\n          | ".join(c.bit for c in refs))


def print_source(prefix, tables, source, includes):
    print("""\
/* Generated from %s by inc-accessors.py; see there. */

#include <config.h>
#include "%s"

%s
#include "hash.h"
#include "ovsdb-idl-provider.h"
#include "util.h"

#define BIT(COLUMN) (1u << MIN((int) (COLUMN), 31))

/* The row 'REF' of 'TABLE' as a STRUCT, with the columns in MASK recorded as
 * read. */
#define ROW(STRUCT, CX, REF, TABLE, MASK) \\
    ((const struct STRUCT *) inc_idl_row(CX, REF, &TABLE, MASK))

static const struct smap empty_smap = SMAP_INITIALIZER(&empty_smap);

static inline uint32_t
hash_ref(const struct ovsdb_idl_row *row, uint32_t basis)
{
    return row ? hash_int(uuid_hash(&row->uuid), basis) : hash_int(0, basis);
}
""" % (source, includes[0],
       "\n".join('#include "%s"' % i for i in includes[1:])))
    for t in tables:
        for c in t.columns:
            print_column(prefix, t, c)
        print("")
        for c in t.all_columns:
            print("BUILD_ASSERT_DECL((int) %s_COL_%s\n"
                  "                  == (int) %s_COL_%s);"
                  % (t.p.upper(), c.c.upper(),
                     t.struct.upper(), c.field.upper()))
        func, mask = print_refs_hash(t)
        print("""
static const struct inc_idl_table %s_idl = {
    .db = "%s",
    .class_ = &%s_table_%s,
    .refs_hash = %s,
    .refs_mask = %s
};

struct inc_table %s_table = {
    .name = "%s", .kind = INC_IDL, .idl = &%s_idl
};""" % (t.p, DB[prefix][1], DB[prefix][0], t.name.lower(), func, mask,
        t.p, t.name, t.p))
    print("""
void
%s_inc_add_tables(struct inc *inc, struct ovsdb_idl *idl)
{""" % prefix)
    for t in tables:
        print("    inc_add_table(inc, &%s_table, idl);" % t.p)
    print("}")


def main(argv):
    if len(argv) < 4 or argv[1] not in ("header", "source"):
        sys.stderr.write("usage: inc-accessors.py (header|source) PREFIX "
                         "SCHEMA [INCLUDE]...\n")
        sys.exit(1)
    what, prefix, source = argv[1:4]
    schema = ovs.db.schema.DbSchema.from_json(ovs.json.from_file(source))
    tables = [Table(prefix, t) for _, t in sorted(schema.tables.items())]
    source = os.path.basename(source)
    if what == "header":
        print_header(prefix, tables, source, None)
    else:
        print_source(prefix, tables, source, argv[4:])


if __name__ == "__main__":
    main(sys.argv)
