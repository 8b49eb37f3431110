/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-nbctl: rows that live in a column of another row, such as the routes of
 * a router, and are deleted together with the reference to them. */

#include <config.h>

#include "utilities/ovn-nbctl.h"

#include <stdlib.h>

#include "ovsdb-data.h"
#include "ovsdb-idl.h"
#include "ovsdb-idl-provider.h"
#include "util.h"

/* Adds the 'columns', up to a null, to what is read. */
void
nbctl_add_columns(struct ctl_context *ctx,
                  const struct ovsdb_idl_column *const *columns)
{
    for (; *columns; columns++) {
        ovsdb_idl_add_column(ctx->idl, *columns);
    }
}

void
nbctl_rows_add(struct nbctl_rows *rows, const struct ovsdb_idl_row *row)
{
    if (rows->n >= rows->allocated) {
        rows->rows = x2nrealloc(rows->rows, &rows->allocated,
                                sizeof *rows->rows);
    }
    rows->rows[rows->n++] = row;
}

size_t
nbctl_rows_delete(struct nbctl_rows *rows, struct ctl_context *ctx,
                  const struct ovsdb_idl_row *parent,
                  const struct ovsdb_idl_column *column)
{
    size_t n = rows->n;

    for (size_t i = 0; i < n; i++) {
        dbctl_del_ref(ctx, parent, column, rows->rows[i]);
        ovsdb_idl_txn_delete(rows->rows[i]);
    }
    free(rows->rows);
    *rows = (struct nbctl_rows) { .n = 0 };
    return n;
}

void
nbctl_delete_all(struct ctl_context *ctx, const struct ovsdb_idl_row *parent,
                 const struct ovsdb_idl_column *column,
                 const struct ovsdb_idl_table_class *table)
{
    struct nbctl_rows rows = { .n = 0 };
    struct ovsdb_datum none;

    const struct ovsdb_datum *refs = ovsdb_idl_read(parent, column);
    for (size_t i = 0; i < refs->n; i++) {
        const struct ovsdb_idl_row *row
            = ovsdb_idl_get_row_for_uuid(ctx->idl, table, &refs->keys[i].uuid);
        if (row) {
            nbctl_rows_add(&rows, row);
        }
    }

    ovsdb_datum_init_empty(&none);
    ovsdb_idl_txn_write(parent, column, &none);
    for (size_t i = 0; i < rows.n; i++) {
        ovsdb_idl_txn_delete(rows.rows[i]);
    }
    free(rows.rows);
}
