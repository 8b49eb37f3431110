/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef NORTHD_PORT_H
#define NORTHD_PORT_H 1

/* Logical switch ports as port bindings.
 *
 * A Logical_Switch_Port becomes a Port_Binding with a tunnel key that is
 * unique in its switch and sticky (keys.h). */

#include <stdbool.h>
#include <stdint.h>

#include "lib/inc-rows.h"
#include "lib/inc.h"

/* Rows of Port_Binding.  The key is the port's name. */
extern struct inc_rows pb_rows;

/* What most others want to know of a port.  Churn elsewhere in the row stops
 * here. */
struct lsp_info {
    struct inc_ref ls;          /* Its switch. */
    uint32_t key;               /* Its tunnel key; 0: it has no binding, and
                                 * nothing should be emitted for it. */
    bool enabled;
    bool unknown;               /* Owns addresses that nobody knows. */
};
extern struct inc_family lsp_info_fact;
const struct lsp_info *lsp_info(struct inc_cx *, struct inc_ref lsp);

char *lsp_match(struct inc_cx *, const char *format, struct inc_ref lsp);

#endif /* northd/port.h */
