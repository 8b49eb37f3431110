/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Fuzz target: what the controller gets in packet-ins.
 *
 * An input is userdata, and also the body of a whole NXT_PACKET_IN2 message.
 * If it begins with '#', the rest is hexadecimal, so that seeds are text. */

#include <config.h>
#include "tests/fuzz/fuzz.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "controller/packet-in.h"
#include "openvswitch/match.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofp-packet.h"
#include "openvswitch/ofpbuf.h"
#include "util.h"

/* Appends the bytes that the hexadecimal digits in 'text' mean to 'b'. */
static void
put_hex(const uint8_t *text, size_t size, struct ofpbuf *b)
{
    for (size_t i = 0; i + 1 < size; i += 2) {
        int hi = hexit_value(text[i]);
        int lo = hexit_value(text[i + 1]);

        if (hi < 0 || lo < 0) {
            break;
        }
        *(uint8_t *) ofpbuf_put_zeros(b, 1) = hi << 4 | lo;
    }
}

/* What the header promises about a packet-in that was decoded. */
static void
check(const struct packet_in *msg, const struct ofputil_packet_in *pin)
{
    const char *end = (const char *) pin->userdata + pin->userdata_len;

    ovs_assert(msg->opcode < CTRL_OP_MAX);
    ovs_assert((const char *) ofpbuf_tail(&msg->args) <= end);
    ovs_assert(!msg->result.field
               || (msg->result.ofs < msg->result.field->n_bits
                   && msg->result.n_bits == 1));
    ovs_assert(strcmp(packet_in_opcode_name(msg->opcode), "unknown"));
}

static void
try_packet_in(const struct ofputil_packet_in *pin)
{
    const struct ofpbuf none = { .size = 0 };
    struct packet_in msg;

    if (packet_in_decode(pin, &none, &msg)) {
        check(&msg, pin);
        packet_in_uninit(&msg);
    }
    packet_in_run(pin, &none, NULL);
}

static void
try_userdata(const struct ofpbuf *input)
{
    struct ofputil_packet_in pin = {
        .reason = OFPR_ACTION,
        .userdata = input->size ? xmemdup(input->data, input->size) : NULL,
        .userdata_len = input->size,
    };

    try_packet_in(&pin);
    free(pin.userdata);
}

static void
try_message(const struct ofpbuf *input)
{
    struct ofpbuf *msg = ofpraw_alloc(OFPRAW_NXT_PACKET_IN2, OFP15_VERSION,
                                      input->size);
    struct ofputil_packet_in pin;
    struct ofpbuf continuation;
    enum ofptype type;

    ofpbuf_put(msg, input->data, input->size);
    ofpmsg_update_length(msg);
    if (!ofptype_decode(&type, msg->data) && type == OFPTYPE_PACKET_IN
        && !ofputil_decode_packet_in(msg->data, true, NULL, NULL, &pin,
                                     NULL, NULL, &continuation)) {
        try_packet_in(&pin);
    }
    ofpbuf_delete(msg);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ofpbuf input;

    if (size > 16384) {
        return 0;
    }
    ofpbuf_init(&input, size + 1);
    if (size && data[0] == '#') {
        put_hex(data + 1, size - 1, &input);
    } else {
        ofpbuf_put(&input, data, size);
    }
    try_userdata(&input);
    try_message(&input);
    ofpbuf_uninit(&input);
    return 0;
}
