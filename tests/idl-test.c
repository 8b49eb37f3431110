/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* A test that the generated IDL has the tables and columns that the schemas
 * have; that the schemas are right is what tests/schema.at is about. */

#include <config.h>

#include "openvswitch/util.h"
#include "ovsdb-idl-provider.h"
#include "ovsdb/ovn-nb-idl.h"
#include "ovsdb/ovn-sb-idl.h"
#include "tests/test-ovn.h"
#include "util.h"

static size_t
count_columns(const struct ovsdb_idl_class *class)
{
    size_t n = 0;

    for (size_t i = 0; i < class->n_tables; i++) {
        n += class->tables[i].n_columns;
    }
    return n;
}

static void
test_idl(int argc OVS_UNUSED, char *argv[] OVS_UNUSED)
{
    ovs_assert(!strcmp(nbrec_idl_class.database, "OVN_Northbound"));
    ovs_assert(nbrec_idl_class.n_tables == 39);
    ovs_assert(count_columns(&nbrec_idl_class) == 251);

    ovs_assert(!strcmp(sbrec_idl_class.database, "OVN_Southbound"));
    ovs_assert(sbrec_idl_class.n_tables == 39);
    ovs_assert(count_columns(&sbrec_idl_class) == 223);
}

TEST_OVN_REGISTER("idl", test_idl);
