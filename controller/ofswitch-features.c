/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* What the local switch can do; see ofswitch-features.h. */

#include <config.h>
#include "controller/ofswitch-features.h"

#include <string.h>

#include "controller/ofswitch-private.h"
#include "openvswitch/ofp-group.h"
#include "openvswitch/ofp-meter.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofpbuf.h"
#include "openvswitch/rconn.h"
#include "openvswitch/vlog.h"
#include "smap.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(ofswitch_features);

static const struct feature {
    const char *text;
    const char *capability;
} features[] = {
#define FEATURE(NAME, TEXT, CAPABILITY) { TEXT, CAPABILITY },
    OFSWITCH_FEATURES
#undef FEATURE
};

uint32_t
ofswitch_features(const struct ofswitch *sw, const struct smap *capabilities)
{
    uint32_t bits = sw->features;

    for (size_t i = 0; capabilities && i < ARRAY_SIZE(features); i++) {
        /* An Open vSwitch that does not know of a capability has not probed
         * it, which says nothing. */
        if (features[i].capability
            && !smap_get_bool(capabilities, features[i].capability, true)) {
            bits &= ~(1u << i);
        }
    }
    return bits;
}

bool
ofswitch_has_feature(uint32_t bits, const char *text)
{
    for (size_t i = 0; i < ARRAY_SIZE(features); i++) {
        if (!strcmp(features[i].text, text)) {
            return bits >> i & 1;
        }
    }
    return false;
}

/* What OpenFlow tells. */

void
ofsw_request_features(struct ofswitch *sw)
{
    sw->features = OFSWITCH_ALL_FEATURES;
    ofsw_send_request(sw, ofputil_encode_group_features_request(OFP15_VERSION),
                      &sw->read_group_features);
    ofsw_send_request(sw, ofputil_encode_meter_request(
                          OFP15_VERSION, OFPUTIL_METER_FEATURES, 0),
                      &sw->read_meter_features);
}

/* Notes that the switch has, or lacks, 'feature'. */
static void
set_feature(struct ofswitch *sw, enum ofswitch_feature feature, bool has)
{
    if (!has) {
        VLOG_INFO("%s: the switch lacks feature \"%s\"",
                  rconn_get_name(sw->rconn), features[feature].text);
        sw->features &= ~(1u << feature);
    }
}

void
ofsw_handle_group_features(struct ofswitch *sw, const struct ofp_header *oh)
{
    struct ofputil_group_features gf;

    if (ofsw_is_reply(&sw->read_group_features, oh, true)) {
        ofputil_decode_group_features_reply(oh, &gf);
        set_feature(sw, OFSWITCH_F_SELECT_GROUP,
                    gf.types & 1u << OFPGT11_SELECT
                    && gf.max_groups[OFPGT11_SELECT]);
    }
}

void
ofsw_handle_meter_features(struct ofswitch *sw, const struct ofp_header *oh)
{
    struct ofputil_meter_features mf;

    if (ofsw_is_reply(&sw->read_meter_features, oh, true)) {
        ofputil_decode_meter_features(oh, &mf);
        set_feature(sw, OFSWITCH_F_METER, mf.max_meters);
    }
}
