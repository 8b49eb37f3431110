/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef LIB_OVN_BOOTSTRAP_H
#define LIB_OVN_BOOTSTRAP_H 1

/* --bootstrap-ca-cert for a program that connects to its database once.
 *
 * A connection that gets the certificate of the authority is good for nothing
 * else.  A program that connects again and again does not notice; one that
 * takes the first failure for an answer calls ovn_bootstrap() before. */

struct ovsdb_idl_class;

void ovn_bootstrap(const char *file, const char *remote,
                   const struct ovsdb_idl_class *);

#endif /* lib/ovn-bootstrap.h */
