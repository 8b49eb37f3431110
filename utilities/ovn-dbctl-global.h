/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef UTILITIES_OVN_DBCTL_GLOBAL_H
#define UTILITIES_OVN_DBCTL_GLOBAL_H 1

/* The commands about how a database server is reached: get-connection,
 * del-connection, set-connection, get-ssl, del-ssl, set-ssl.  They are the
 * same in both databases, with other tables. */

#include "utilities/ovn-dbctl.h"

/* Where a database keeps its connections.  Columns that it has not are
 * null. */
struct dbctl_global {
    const struct ovsdb_idl_table_class *global; /* NB_Global, SB_Global. */
    const struct ovsdb_idl_column *global_connections;
    const struct ovsdb_idl_column *global_ssl;

    const struct ovsdb_idl_table_class *connection;
    const struct ovsdb_idl_column *target;
    const struct ovsdb_idl_column *inactivity_probe;
    const struct ovsdb_idl_column *read_only;
    const struct ovsdb_idl_column *role;

    const struct ovsdb_idl_table_class *ssl;
    const struct ovsdb_idl_column *private_key;
    const struct ovsdb_idl_column *certificate;
    const struct ovsdb_idl_column *ca_cert;
    const struct ovsdb_idl_column *bootstrap_ca_cert;
    const struct ovsdb_idl_column *ssl_protocols;
    const struct ovsdb_idl_column *ssl_ciphers;
    const struct ovsdb_idl_column *ssl_ciphersuites;
};

/* Must be called before a command of the topics below is executed. */
void dbctl_global_init(const struct dbctl_global *);

extern const struct dbctl_topic dbctl_connection_topic;
extern const struct dbctl_topic dbctl_ssl_topic;

#endif /* utilities/ovn-dbctl-global.h */
