/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef CONTROLLER_OFSWITCH_FEATURES_H
#define CONTROLLER_OFSWITCH_FEATURES_H 1

/* What the local switch can do, of what some logical actions need.
 *
 * Two sources: Open vSwitch probes its datapath and tells the outcome in
 * Datapath.capabilities (see ovs-vswitchd.conf.db(5)); what concerns OpenFlow,
 * the switch is asked when the connection comes up.  As long as nothing is
 * known, the switch is taken to be able to do everything: then it is the one
 * that refuses a flow.
 *
 * The first column is for this program, the second what lib/actions-encode.c
 * asks for, the third the key in Datapath.capabilities, if it is a feature of
 * the datapath. */
#define OFSWITCH_FEATURES                                                   \
    FEATURE(CT, "ct", "ct_zone")                                            \
    FEATURE(CT_NAT, "ct_nat", "ct_state_nat")                               \
    FEATURE(CT_ORIG_TUPLE, "ct_orig_tuple", "ct_orig_tuple")                \
    FEATURE(CHECK_PKT_LEN, "check_pkt_len", "check_pkt_len")                \
    FEATURE(CT_FLUSH, "ct_flush", NULL)                                     \
    FEATURE(METER, "meter", NULL)                                           \
    FEATURE(METER_KBPS, "meter_kbps", NULL)                                 \
    FEATURE(METER_PKTPS, "meter_pktps", NULL)                               \
    FEATURE(METER_BURST, "meter_burst", NULL)                               \
    FEATURE(SELECT_GROUP, "select_group", NULL)

#include <stdbool.h>
#include <stdint.h>
#include "openvswitch/ofp-errors.h"

struct ds;
struct ofp_header;
struct ofswitch;
struct smap;

enum ofswitch_feature {
#define FEATURE(NAME, TEXT, CAPABILITY) OFSWITCH_F_##NAME,
    OFSWITCH_FEATURES
#undef FEATURE
    OFSWITCH_N_FEATURES
};

struct ofswitch_features {
    uint32_t bits;              /* 1u << OFSWITCH_F_* for each that it has. */
    uint32_t max_groups;        /* Groups of type "select" ... */
    uint32_t max_meters;        /* ... and meters that it can have. */
    uint32_t max_bands;         /* In a meter. */
};

/* Everything, without limit. */
#define OFSWITCH_ALL_FEATURES                                               \
    ((struct ofswitch_features) { UINT32_MAX, UINT32_MAX, UINT32_MAX,       \
                                  UINT32_MAX })

/* Returns the features of 'sw', whose datapath has the given 'capabilities',
 * NULL if they are unknown. */
struct ofswitch_features ofswitch_features(const struct ofswitch *sw,
                                           const struct smap *capabilities);

/* Is the feature 'text' among 'features'?  False if there is no such
 * feature. */
bool ofswitch_has_feature(const struct ofswitch_features *features,
                          const char *text);

/* For the other ofswitch files.  Asks the switch; until it answers, what the
 * last one said holds. */
void ofsw_request_features(struct ofswitch *);

/* Take in what it answers.  An error, with 'xid', can be an answer, too; false
 * if it is not. */
void ofsw_handle_group_features(struct ofswitch *, const struct ofp_header *);
void ofsw_handle_meter_features(struct ofswitch *, const struct ofp_header *);
bool ofsw_handle_features_error(struct ofswitch *, uint32_t xid, enum ofperr);

/* Appends the names of what 'sw' has, by what it says of itself. */
void ofsw_format_features(const struct ofswitch *, struct ds *);

#endif /* controller/ofswitch-features.h */
