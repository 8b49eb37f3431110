/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The version that ovn-northd and ovn-controller compare. */

#include <config.h>

#include "lib/internal-version.h"

#include "lib/actions.h"
#include "lib/logical.h"
#include "lib/ovn-dirs.h"
#include "ovsdb/ovn-sb-idl.h"
#include "util.h"

const char *
ovn_internal_version(void)
{
    static char *version;

    if (!version) {
        version = xasprintf("%s-%s-%d.%d", ovn_version(),
                            sbrec_get_db_version(), OVNACT_N_TYPES,
                            LOG_PIPELINE_LEN);
    }
    return version;
}
