/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef UTILITIES_OVN_SBCTL_H
#define UTILITIES_OVN_SBCTL_H 1

/* What the files of ovn-sbctl share.  Each topic of commands is a file that
 * exports its table; utilities/ovn-sbctl.c lists them. */

#include "ovsdb/ovn-sb-idl.h"
#include "utilities/ovn-dbctl.h"

extern const struct dbctl_topic sbctl_chassis_topic;
extern const struct dbctl_topic sbctl_binding_topic;
extern const struct dbctl_topic sbctl_lflow_topic;

/* ovn-sbctl-show.c. */
void sbctl_pre_show(struct ctl_context *);
void sbctl_show(struct ctl_context *);

/* ovn-sbctl-lflow.c: datapaths. */
bool sbctl_find_datapath(struct ctl_context *, const char *id,
                         const struct sbrec_datapath_binding **);
void sbctl_put_datapath_name(struct ds *,
                             const struct sbrec_datapath_binding *);

/* ovn-sbctl-vflow.c: records that become OpenFlow flows without a logical
 * flow. */
struct sbctl_vflow_options {
    const struct sbrec_datapath_binding *datapath; /* Null for all. */
    bool uuid;                  /* Print each record's UUID? */
    struct ovs_flows *ovs;      /* Null for no OpenFlow flows. */
    bool stats;                 /* Print OpenFlow flows' statistics? */
};
void sbctl_pre_vflows(struct ctl_context *);
void sbctl_print_vflows(struct ctl_context *,
                        const struct sbctl_vflow_options *);

#endif /* utilities/ovn-sbctl.h */
