/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef CONTROLLER_IDL_WATCH_H
#define CONTROLLER_IDL_WATCH_H 1

/* Has anything in these tables changed since last time?
 *
 * The write-back modules (chassis record, integration bridge, tunnel ports)
 * are idempotent: running one when nothing changed writes nothing.  A watch
 * saves even the comparison: it sums up the change numbers that the IDL keeps
 * for each table.  It never misses a change, and it may report one that does
 * not matter. */

#include <stdbool.h>
#include <stdint.h>

#include "ovsdb-idl.h"

/* Initialize to zeros: the first look always reports a change. */
struct idl_watch {
    uint64_t seen;              /* Sum of change numbers, plus one. */
};

/* Adds what changed in 'class' of 'idl' to '*sum'. */
static inline void
idl_watch_add(uint64_t *sum, const struct ovsdb_idl *idl,
              const struct ovsdb_idl_table_class *class)
{
    *sum += ovsdb_idl_table_get_seqno(idl, class);
}

/* Returns true if 'sum', built with idl_watch_add() over always the same
 * tables, is not what it was at the last call. */
static inline bool
idl_watch_changed(struct idl_watch *watch, uint64_t sum)
{
    bool changed = watch->seen != sum + 1;
    watch->seen = sum + 1;
    return changed;
}

/* Makes the next look report a change, for instance because what was written
 * after the last one did not reach the database. */
static inline void
idl_watch_reset(struct idl_watch *watch)
{
    watch->seen = 0;
}

#endif /* controller/idl-watch.h */
