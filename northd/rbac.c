/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The role "ovn-controller"; see rbac.h. */

#include <config.h>

#include "northd/rbac.h"

#include <string.h>

#include "northd/db.h"
#include "ovsdb/ovn-sb-idl.h"
#include "svec.h"
#include "util.h"

#define ROLE "ovn-controller"

/* A permission.  'auth' is the column that must hold the client's name (the
 * common name of its certificate), or "" if any client may.  'update' lists
 * the columns that may be written, by commas. */
struct permission {
    const char *table;
    const char *auth;
    bool insert_delete;
    const char *update;
};

static const struct permission permissions[] = {
    { "BFD", "chassis_name", false, "status" },
    { "Chassis", "name", true,
      "encaps,external_ids,nb_cfg,other_config,transport_zones,"
      "vtep_logical_switches" },
    { "Chassis_Private", "name", true,
      "chassis,external_ids,nb_cfg,nb_cfg_timestamp" },
    { "Controller_Event", "", true, "chassis,event_info,event_type,seq_num" },
    { "Encap", "chassis_name", true, "ip,options,type" },
    { "FDB", "", true, "dp_key,mac,port_key,timestamp" },
    { "IGMP_Group", "chassis_name", true,
      "address,chassis,datapath,ports,protocol" },
    { "Learned_Route", "", true,
      "datapath,external_ids,ip_prefix,logical_port,nexthop" },
    { "MAC_Binding", "", true, "datapath,ip,logical_port,mac,timestamp" },
    { "Port_Binding", "", false,
      "additional_chassis,additional_encap,chassis,encap,options,up,"
      "virtual_parent" },
    { "Service_Monitor", "chassis_name", false, "status" },
};

static bool
strings_equal(char **a, size_t n_a, const struct svec *b)
{
    if (n_a != b->n) {
        return false;
    }
    for (size_t i = 0; i < n_a; i++) {
        if (!svec_contains(b, a[i])) {
            return false;
        }
    }
    return true;
}

/* Makes 'row' say what 'p' says. */
static void
write_permission(const struct sbrec_rbac_permission *row,
                 const struct permission *p)
{
    struct svec update = SVEC_EMPTY_INITIALIZER;

    if (strcmp(row->table, p->table)) {
        sbrec_rbac_permission_set_table(row, p->table);
    }
    if (row->n_authorization != 1
        || strcmp(row->authorization[0], p->auth)) {
        const char *auth = p->auth;

        sbrec_rbac_permission_set_authorization(row, &auth, 1);
    }
    if (row->insert_delete != p->insert_delete) {
        sbrec_rbac_permission_set_insert_delete(row, p->insert_delete);
    }
    for (const char *s = p->update; *s; ) {
        size_t len = strcspn(s, ",");

        svec_add_nocopy(&update, xmemdup0(s, len));
        s += len + (s[len] == ',');
    }
    svec_sort(&update);
    if (!strings_equal(row->update, row->n_update, &update)) {
        sbrec_rbac_permission_set_update(
            row, (const char **) update.names, update.n);
    }
    svec_destroy(&update);
}

/* Returns the role's row, and deletes others of the same name. */
static const struct sbrec_rbac_role *
get_role(struct northd_db *sb)
{
    const struct sbrec_rbac_role *role = NULL;
    const struct sbrec_rbac_role *row;

    SBREC_RBAC_ROLE_FOR_EACH_SAFE (row, sb->loop.idl) {
        if (!strcmp(row->name, ROLE)) {
            if (role) {
                sbrec_rbac_role_delete(row);
            } else {
                role = row;
            }
        }
    }
    if (!role) {
        role = sbrec_rbac_role_insert(sb->txn);
        sbrec_rbac_role_set_name(role, ROLE);
    }
    return role;
}

static const struct sbrec_rbac_permission *
find_permission(const struct sbrec_rbac_role *role, const char *table)
{
    for (size_t i = 0; i < role->n_permissions; i++) {
        if (!strcmp(role->key_permissions[i], table)) {
            return role->value_permissions[i];
        }
    }
    return NULL;
}

/* Is 'table' one of those in 'permissions'? */
static bool
is_permitted(const char *table)
{
    for (size_t i = 0; i < ARRAY_SIZE(permissions); i++) {
        if (!strcmp(permissions[i].table, table)) {
            return true;
        }
    }
    return false;
}

/* Brings the role and its permissions up to date.  'sb' must have an open
 * transaction. */
void
northd_rbac_run(struct northd_db *sb)
{
    const struct sbrec_rbac_role *role = get_role(sb);
    const char *tables[ARRAY_SIZE(permissions)];
    struct sbrec_rbac_permission *rows[ARRAY_SIZE(permissions)];
    bool changed = role->n_permissions != ARRAY_SIZE(permissions);

    for (size_t i = 0; i < role->n_permissions; i++) {
        if (!is_permitted(role->key_permissions[i])) {
            sbrec_rbac_permission_delete(role->value_permissions[i]);
            changed = true;
        }
    }
    for (size_t i = 0; i < ARRAY_SIZE(permissions); i++) {
        const struct sbrec_rbac_permission *row
            = find_permission(role, permissions[i].table);

        if (!row) {
            row = sbrec_rbac_permission_insert(sb->txn);
            changed = true;
        }
        write_permission(row, &permissions[i]);
        tables[i] = permissions[i].table;
        rows[i] = CONST_CAST(struct sbrec_rbac_permission *, row);
    }
    if (changed) {
        sbrec_rbac_role_set_permissions(role, tables, rows,
                                        ARRAY_SIZE(permissions));
    }
}
