/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The certificate of the authority; see lib/ovn-bootstrap.h. */

#include <config.h>
#include "lib/ovn-bootstrap.h"

#include <unistd.h>

#include "openvswitch/poll-loop.h"
#include "ovsdb-idl.h"

/* Unless 'file', the argument of --bootstrap-ca-cert, is there, has a
 * connection to the database of 'class' at 'remote' get it.  Says nothing if
 * that fails, because then the next connection fails, too.  'file' may be
 * NULL, for a program without that option. */
void
ovn_bootstrap(const char *file, const char *remote,
              const struct ovsdb_idl_class *class)
{
    if (!file || !access(file, F_OK)) {
        return;
    }

    struct ovsdb_idl *idl = ovsdb_idl_create(remote, class, false, false);
    for (;;) {
        ovsdb_idl_run(idl);
        if (!ovsdb_idl_is_alive(idl) || ovsdb_idl_has_ever_connected(idl)) {
            break;
        }
        ovsdb_idl_wait(idl);
        poll_block();
    }
    ovsdb_idl_destroy(idl);
}
