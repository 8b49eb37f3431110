/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef NORTHD_PORT_KEY_H
#define NORTHD_PORT_KEY_H 1

/* The tunnel keys of ports: a part of port.c.
 *
 * Each switch has a key space (keys.h) of its own.  A port asks for a key with
 * a row of 'lsp_key_table', whose key is the UUID of the northbound row, and
 * finds there what it got. */

#include <stdint.h>

#include "lib/inc.h"

extern struct inc_table lsp_key_table;
extern struct inc_family lsp_want_key_family;

uint32_t lsp_key(struct inc_cx *, struct inc_ref lsp);
void lsp_key_warn(struct inc_cx *, struct inc_ref lsp);

#endif /* northd/port-key.h */
