/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef NORTHD_DATAPATH_H
#define NORTHD_DATAPATH_H 1

/* Logical switches as datapaths.
 *
 * A Logical_Switch becomes a Datapath_Binding with a tunnel key.  The key is
 * sticky (keys.h); 'dp_key_table' is where switches ask for keys and find
 * what they got. */

#include "lib/inc-rows.h"
#include "lib/inc.h"

/* Rows of Datapath_Binding.  The key is the UUID of the northbound row. */
extern struct inc_rows dp_rows;

/* The tunnel key of a switch, a uint32_t: 0 if it has none. */
extern struct inc_family ls_key_fact;
uint32_t ls_key(struct inc_cx *, struct inc_ref ls);

#endif /* northd/datapath.h */
