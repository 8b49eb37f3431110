/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Takes packet-ins apart and calls their handlers; see packet-in.h. */

#include <config.h>

#include "controller/packet-in.h"

#include <string.h>

#include "coverage.h"
#include "nx-match.h"
#include "openvswitch/ofp-actions.h"
#include "openvswitch/ofp-errors.h"
#include "openvswitch/ofp-packet.h"
#include "openvswitch/vlog.h"
#include "unaligned.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(packet_in);

COVERAGE_DEFINE(pinctrl_total_pin_pkts);
COVERAGE_DEFINE(pinctrl_drop_malformed);
COVERAGE_DEFINE(pinctrl_drop_unhandled);

static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(5, 5);

/* What is called for an opcode.  Add yours: "[CTRL_OP_X] = handle_x,". */
typedef void packet_in_func(const struct packet_in *);
static packet_in_func *const handlers[CTRL_OP_MAX] = {
    NULL,
};

/* What the userdata of an opcode consist of, in this order. */
static const struct userdata {
    bool result;                /* OXM header and bit offset. */
    bool nested;                /* OpenFlow 1.3 actions, up to the end. */
    uint8_t min_args;           /* Bytes that follow at least. */
} userdata[CTRL_OP_MAX] = {
    [CTRL_OP_ARP] = { .nested = true },
    [CTRL_OP_PUT_DHCP_OPTS] = { .result = true, .min_args = 4 },
    [CTRL_OP_ND_NA] = { .nested = true },
    [CTRL_OP_PUT_DHCPV6_OPTS] = { .result = true },
    [CTRL_OP_DNS_LOOKUP] = { .result = true },
    [CTRL_OP_LOG] = { .min_args = 2 },
    [CTRL_OP_PUT_ND_RA_OPTS] = { .result = true },
    [CTRL_OP_ND_NS] = { .nested = true },
    [CTRL_OP_ICMP] = { .nested = true },
    [CTRL_OP_TCP_RESET] = { .nested = true },
    [CTRL_OP_ND_NA_ROUTER] = { .nested = true },
    [CTRL_OP_PUT_ICMP4_FRAG_MTU] = { .min_args = 2 },
    [CTRL_OP_ICMP4_ERROR] = { .nested = true },
    [CTRL_OP_EVENT] = { .min_args = 4 },
    [CTRL_OP_BIND_VPORT] = { .min_args = 4 },
    [CTRL_OP_ICMP6_ERROR] = { .nested = true },
    [CTRL_OP_PUT_ICMP6_FRAG_MTU] = { .min_args = 4 },
    [CTRL_OP_REJECT] = { .nested = true },
    [CTRL_OP_SCTP_ABORT] = { .nested = true },
    [CTRL_OP_DHCP_RELAY_REQ_CHK] = { .result = true, .min_args = 8 },
    [CTRL_OP_DHCP_RELAY_RESP_CHK] = { .result = true, .min_args = 8 },
    [CTRL_OP_PUT_ICMP4_INNER_IP4_SRC] = { .min_args = 4 },
};

const char *
packet_in_opcode_name(enum ctrl_opcode opcode)
{
    static const char *const names[CTRL_OP_MAX] = {
#define CTRL_OPCODE(NAME) [CTRL_OP_##NAME] = #NAME,
        CTRL_OPCODES
#undef CTRL_OPCODE
    };

    return opcode < CTRL_OP_MAX ? names[opcode] : "unknown";
}

/* Takes the place of a result from 'b'.  It must be a bit that can be
 * written. */
static bool
pull_result(struct ofpbuf *b, struct mf_subfield *result)
{
    const ovs_be32 *ofs;

    if (nx_pull_header(b, NULL, &result->field, NULL)) {
        return false;
    }
    ofs = ofpbuf_try_pull(b, sizeof *ofs);
    if (!result->field || !ofs) {
        return false;
    }

    uint32_t bit = ntohl(get_unaligned_be32(ofs));
    if (bit >= result->field->n_bits || !result->field->writable) {
        return false;
    }
    result->ofs = bit;
    result->n_bits = 1;
    return true;
}

/* Takes all that is left in 'b', nested actions, and appends the ofpacts to
 * 'ofpacts'. */
static bool
pull_nested(struct ofpbuf *b, struct ofpbuf *ofpacts)
{
    return !ofpacts_pull_openflow_actions(b, b->size, OFP13_VERSION, NULL,
                                          NULL, ofpacts);
}

/* Takes apart what 'msg' has as 'args', all that follows the header. */
static bool
pull_userdata(struct packet_in *msg)
{
    const struct userdata *u = &userdata[msg->opcode];

    return ((!u->result || pull_result(&msg->args, &msg->result))
            && (!u->nested || pull_nested(&msg->args, &msg->ofpacts))
            && msg->args.size >= u->min_args);
}

bool
packet_in_decode(const struct ofputil_packet_in *pin,
                 const struct ofpbuf *continuation, struct packet_in *msg)
{
    struct ofpbuf b = ofpbuf_const_initializer(pin->userdata,
                                               pin->userdata_len);
    const struct ctrl_header *header = ofpbuf_try_pull(&b, sizeof *header);

    if (!header) {
        return false;
    }

    uint32_t opcode = ntohl(get_unaligned_be32(&header->opcode));
    if (opcode >= CTRL_OP_MAX) {
        return false;
    }
    *msg = (struct packet_in) {
        .opcode = opcode,
        .pin = pin,
        .continuation = continuation,
        .args = b,
    };
    ofpbuf_init(&msg->ofpacts, 0);
    if (!pull_userdata(msg)) {
        packet_in_uninit(msg);
        return false;
    }
    return true;
}

void
packet_in_uninit(struct packet_in *msg)
{
    ofpbuf_uninit(&msg->ofpacts);
}

void
packet_in_run(const struct ofputil_packet_in *pin,
              const struct ofpbuf *continuation, void *aux OVS_UNUSED)
{
    struct packet_in msg;

    if (pin->reason != OFPR_ACTION) {
        return;                 /* Not from a logical action. */
    }
    COVERAGE_INC(pinctrl_total_pin_pkts);
    if (!packet_in_decode(pin, continuation, &msg)) {
        COVERAGE_INC(pinctrl_drop_malformed);
        VLOG_DBG_RL(&rl, "dropping packet-in with malformed userdata, "
                    "cookie=%#"PRIx64, ntohll(pin->cookie));
        return;
    }
    if (handlers[msg.opcode]) {
        handlers[msg.opcode](&msg);
    } else {
        COVERAGE_INC(pinctrl_drop_unhandled);
        VLOG_DBG_RL(&rl, "dropping packet-in for %s, which has no handler",
                    packet_in_opcode_name(msg.opcode));
    }
    packet_in_uninit(&msg);
}
