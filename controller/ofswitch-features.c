/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* What the local switch can do; see ofswitch-features.h. */

#include <config.h>
#include "controller/ofswitch-features.h"

#include <string.h>

#include "controller/ofswitch-private.h"
#include "openflow/nicira-ext.h"
#include "openvswitch/dynamic-string.h"
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

struct ofswitch_features
ofswitch_features(const struct ofswitch *sw, const struct smap *capabilities)
{
    struct ofswitch_features result = sw->features;

    for (size_t i = 0; capabilities && i < ARRAY_SIZE(features); i++) {
        /* An Open vSwitch that does not know of a capability has not probed
         * it, which says nothing. */
        if (features[i].capability
            && !smap_get_bool(capabilities, features[i].capability, true)) {
            result.bits &= ~(1u << i);
        }
    }
    return result;
}

bool
ofswitch_has_feature(const struct ofswitch_features *has, const char *text)
{
    for (size_t i = 0; i < ARRAY_SIZE(features); i++) {
        if (!strcmp(features[i].text, text)) {
            return has->bits >> i & 1;
        }
    }
    return false;
}

/* What OpenFlow tells. */

void
ofsw_request_features(struct ofswitch *sw)
{
    ofsw_send_request(sw, ofputil_encode_group_features_request(OFP15_VERSION),
                      &sw->read_group_features);
    ofsw_send_request(sw, ofputil_encode_meter_request(
                          OFP15_VERSION, OFPUTIL_METER_FEATURES, 0),
                      &sw->read_meter_features);

    /* A message that cannot be right: what is wrong with it, according to the
     * switch, tells whether it knows the type. */
    struct ofpbuf *msg = ofpraw_alloc(OFPRAW_NXT_CT_FLUSH, OFP15_VERSION, 0);
    struct nx_ct_flush *flush = ofpbuf_put_zeros(msg, sizeof *flush);
    flush->pad[0] = 1;
    ofsw_send_request(sw, msg, &sw->probe_ct_flush);
}

/* Notes that the switch has, or lacks, 'feature'. */
static void
set_feature(struct ofswitch *sw, enum ofswitch_feature feature, bool has)
{
    uint32_t bit = 1u << feature;

    if (has) {
        sw->features.bits |= bit;
    } else {
        VLOG_INFO("%s: the switch lacks feature \"%s\"",
                  rconn_get_name(sw->rconn), features[feature].text);
        sw->features.bits &= ~bit;
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
        sw->features.max_groups = gf.max_groups[OFPGT11_SELECT];
    }
}

void
ofsw_handle_meter_features(struct ofswitch *sw, const struct ofp_header *oh)
{
    struct ofputil_meter_features mf;

    if (ofsw_is_reply(&sw->read_meter_features, oh, true)) {
        ofputil_decode_meter_features(oh, &mf);
        set_feature(sw, OFSWITCH_F_METER,
                    mf.max_meters && mf.max_bands
                    && mf.band_types & 1u << OFPMBT13_DROP);
        set_feature(sw, OFSWITCH_F_METER_KBPS,
                    mf.capabilities & OFPMF13_KBPS);
        set_feature(sw, OFSWITCH_F_METER_PKTPS,
                    mf.capabilities & OFPMF13_PKTPS);
        set_feature(sw, OFSWITCH_F_METER_BURST,
                    mf.capabilities & OFPMF13_BURST);
        sw->features.max_meters = mf.max_meters;
        sw->features.max_bands = mf.max_bands;
    }
}

bool
ofsw_handle_features_error(struct ofswitch *sw, uint32_t xid,
                           enum ofperr error)
{
    if (!sw->probe_ct_flush.pending || xid != sw->probe_ct_flush.xid) {
        return false;
    }
    sw->probe_ct_flush.pending = false;
    set_feature(sw, OFSWITCH_F_CT_FLUSH, error == OFPERR_NXBRC_MUST_BE_ZERO);
    return true;
}

void
ofsw_format_features(const struct ofswitch *sw, struct ds *ds)
{
    for (size_t i = 0; i < ARRAY_SIZE(features); i++) {
        if (!features[i].capability && sw->features.bits & 1u << i) {
            ds_put_format(ds, " %s", features[i].text);
        }
    }
}
