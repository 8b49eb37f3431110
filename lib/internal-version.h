/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef LIB_INTERNAL_VERSION_H
#define LIB_INTERNAL_VERSION_H 1

/* Returns a string that is equal in two programs if they agree on the
 * Southbound schema and on what may stand in logical flows.  ovn-northd writes
 * it to "northd_internal_version" in the options of NB_Global and SB_Global;
 * an ovn-controller with "ovn-match-northd-version" does nothing while its own
 * is another.  It lives as long as the program. */
const char *ovn_internal_version(void);

#endif /* lib/internal-version.h */
