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
    FEATURE(METER, "meter", NULL)                                           \
    FEATURE(SELECT_GROUP, "select_group", NULL)

#include <stdbool.h>
#include <stdint.h>

struct ofp_header;
struct ofswitch;
struct smap;

enum ofswitch_feature {
#define FEATURE(NAME, TEXT, CAPABILITY) OFSWITCH_F_##NAME,
    OFSWITCH_FEATURES
#undef FEATURE
    OFSWITCH_N_FEATURES
};

/* Returns a bit, 1u << OFSWITCH_F_*, for each feature of 'sw', whose datapath
 * has the given 'capabilities', NULL if they are unknown. */
uint32_t ofswitch_features(const struct ofswitch *sw,
                           const struct smap *capabilities);

/* Is the feature 'text' among 'features'?  False if there is no such
 * feature. */
bool ofswitch_has_feature(uint32_t features, const char *text);

/* For the other ofswitch files: the features to begin a connection with; asks
 * the switch, and takes in what it answers. */
#define OFSWITCH_ALL_FEATURES ((1u << OFSWITCH_N_FEATURES) - 1)
void ofsw_request_features(struct ofswitch *);
void ofsw_handle_group_features(struct ofswitch *, const struct ofp_header *);
void ofsw_handle_meter_features(struct ofswitch *, const struct ofp_header *);

#endif /* controller/ofswitch-features.h */
