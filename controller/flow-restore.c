/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Releases flow-restore-wait; see flow-restore.h for the contract. */

#include <config.h>

#include "controller/flow-restore.h"

#include "controller/config.h"
#include "controller/ofswitch.h"
#include "openvswitch/vlog.h"
#include "smap.h"
#include "vswitch-idl.h"

VLOG_DEFINE_THIS_MODULE(flow_restore);

#define KEY "flow-restore-wait"

static bool
key_is_set(const struct ovsrec_open_vswitch *ovs)
{
    return smap_get_bool(&ovs->other_config, KEY, false);
}

void
flow_restore_observe(struct flow_restore *fr,
                     const struct ovsrec_open_vswitch *ovs, bool fresh,
                     const struct ofswitch *sw)
{
    unsigned int connection = ofswitch_connection(sw);

    if (fr->connection != connection) {
        *fr = (struct flow_restore) { .connection = connection };
    }
    if (fresh && ofswitch_is_connected(sw) && !key_is_set(ovs)) {
        fr->forwards = true;
    }
}

void
flow_restore_run(struct flow_restore *fr, const struct config *config,
                 const struct ovsrec_open_vswitch *ovs, bool writable,
                 struct ofswitch *sw, bool complete)
{
    if (!key_is_set(ovs) || !config_bool(config, CFG_FLOW_RESTORE)
        || fr->forwards || fr->connection != ofswitch_connection(sw)
        || !ofswitch_is_connected(sw)) {
        return;
    }
    if (!fr->fence && complete) {
        fr->fence = ofswitch_fence(sw);
    }
    if (fr->fence && fr->fence <= ofswitch_fence_done(sw) && writable) {
        VLOG_INFO("all flows are in place: setting other_config:"KEY" to "
                  "false");
        ovsrec_open_vswitch_update_other_config_setkey(ovs, KEY, "false");
    }
}
