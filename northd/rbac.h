/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef NORTHD_RBAC_H
#define NORTHD_RBAC_H 1

/* What a hypervisor may write to the Southbound database.
 *
 * A database server enforces the rows of RBAC_Role and RBAC_Permission for
 * clients that connect through a Connection with a role.  northd writes those
 * of the role "ovn-controller".  Tables without a permission are read-only to
 * the role.  Rows of other roles belong to the administrator and are left
 * alone. */

struct northd_db;

void northd_rbac_run(struct northd_db *sb);

#endif /* northd/rbac.h */
