/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The table of ovsdb/ownership.tsv at run time; see ownership.h. */

#include <config.h>
#include "ovsdb/ownership.h"

#include <stdlib.h>
#include <string.h>

#include "util.h"

struct ownership {
    const char *db;
    const char *table;
    const char *column;
    unsigned int writers;       /* OVN_WRITER_*. */
};

/* Sorted by 'db', 'table', 'column'. */
static const struct ownership ownerships[] = {
#include "ovsdb/ownership.inc"
};

static int
compare_ownerships(const void *a_, const void *b_)
{
    const struct ownership *a = a_;
    const struct ownership *b = b_;
    int cmp = strcmp(a->db, b->db);

    if (!cmp) {
        cmp = strcmp(a->table, b->table);
    }
    return cmp ? cmp : strcmp(a->column, b->column);
}

/* Returns who may write 'column' of 'table' in the database whose schema is
 * named 'db' ("OVN_Northbound", "OVN_Southbound"), as a mask of OVN_WRITER_*
 * bits, or 0 if there is no such column. */
unsigned int
ovn_column_writers(const char *db, const char *table, const char *column)
{
    struct ownership key = { .db = db, .table = table, .column = column };
    const struct ownership *o = bsearch(&key, ownerships,
                                        ARRAY_SIZE(ownerships),
                                        sizeof *ownerships,
                                        compare_ownerships);
    return o ? o->writers : 0;
}

/* Returns true if 'writer' may write the column. */
bool
ovn_column_writable(const char *db, const char *table, const char *column,
                    enum ovn_writer writer)
{
    return (ovn_column_writers(db, table, column) & writer) != 0;
}
