/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef OVSDB_OWNERSHIP_H
#define OVSDB_OWNERSHIP_H 1

/* Who writes a column.
 *
 * Each column of the Northbound and Southbound databases has its writers in
 * ovsdb/ownership.tsv.  A daemon writes only what it owns: whoever writes rows
 * asks ovn_column_writable() for each column that it is going to write, once,
 * at start-up, and treats "no" as a bug of the program.  "make check" compares
 * the table with the schemas. */

#include <stdbool.h>

/* Writers, as a bit mask. */
enum ovn_writer {
    OVN_WRITER_CMS = 1 << 0,        /* A CMS or an operator. */
    OVN_WRITER_NORTHD = 1 << 1,     /* ovn-northd. */
    OVN_WRITER_CONTROLLER = 1 << 2, /* ovn-controller. */
    OVN_WRITER_SERVER = 1 << 3,     /* ovsdb-server. */
};

unsigned int ovn_column_writers(const char *db, const char *table,
                                const char *column);
bool ovn_column_writable(const char *db, const char *table,
                         const char *column, enum ovn_writer);

#endif /* ovsdb/ownership.h */
