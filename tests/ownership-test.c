/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* A test of ovsdb/ownership.h: every column of the IDL is found, and what does
 * not exist is not.  That the table fits the schemas is tests/schema.at. */

#include <config.h>

#include "openvswitch/util.h"
#include "ovsdb-idl-provider.h"
#include "ovsdb/ovn-nb-idl.h"
#include "ovsdb/ovn-sb-idl.h"
#include "ovsdb/ownership.h"
#include "tests/test-ovn.h"
#include "util.h"

static void
check_class(const struct ovsdb_idl_class *class)
{
    for (size_t i = 0; i < class->n_tables; i++) {
        const struct ovsdb_idl_table_class *table = &class->tables[i];

        for (size_t j = 0; j < table->n_columns; j++) {
            ovs_assert(ovn_column_writers(class->database, table->name,
                                          table->columns[j].name));
        }
    }
}

static void
test_ownership(int argc OVS_UNUSED, char *argv[] OVS_UNUSED)
{
    static const char sb[] = "OVN_Southbound";

    check_class(&nbrec_idl_class);
    check_class(&sbrec_idl_class);

    ovs_assert(ovn_column_writable(sb, "Port_Binding", "chassis",
                                   OVN_WRITER_CONTROLLER));
    ovs_assert(!ovn_column_writable(sb, "Port_Binding", "chassis",
                                    OVN_WRITER_NORTHD));
    ovs_assert(ovn_column_writers(sb, "Port_Binding", "up")
               == (OVN_WRITER_NORTHD | OVN_WRITER_CONTROLLER));
    ovs_assert(ovn_column_writable("OVN_Northbound", "ACL", "match",
                                   OVN_WRITER_CMS));
    ovs_assert(!ovn_column_writers(sb, "Port_Binding", "nonesuch"));
    ovs_assert(!ovn_column_writers(sb, "nonesuch", "chassis"));
    ovs_assert(!ovn_column_writers("nonesuch", "Port_Binding", "chassis"));
}

TEST_OVN_REGISTER("ownership", test_ownership);
