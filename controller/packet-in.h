/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef CONTROLLER_PACKET_IN_H
#define CONTROLLER_PACKET_IN_H 1

/* Packets that flows send to the controller.
 *
 * A logical action that OpenFlow cannot do is a "controller" action with
 * userdata that begins with a "struct ctrl_header" (see lib/logical.h).  This
 * is the frame around what the controller does then: it takes the userdata
 * apart, checks all of it, and calls the handler that packet-in.c lists for
 * the opcode.
 *
 * All of a packet-in may be hostile: the packet comes from anywhere, and
 * userdata from whoever can talk OpenFlow to the bridge.  What is malformed,
 * or has no handler, is dropped and counted (coverage/show). */

#include <stdbool.h>
#include <stdint.h>

#include "lib/logical.h"
#include "openvswitch/meta-flow.h"
#include "openvswitch/ofpbuf.h"

struct ofputil_packet_in;

/* A packet-in taken apart.  Everything points into the message it came from,
 * but 'ofpacts'. */
struct packet_in {
    enum ctrl_opcode opcode;
    const struct ofputil_packet_in *pin; /* The packet and its metadata. */
    const struct ofpbuf *continuation;   /* For ofswitch_resume(). */

    /* Actions with a result: the bit to store it in; otherwise 'field' is
     * NULL. */
    struct mf_subfield result;

    /* Actions with "{ ... }": what to do with the packet that the controller
     * makes, as ofpacts; otherwise empty. */
    struct ofpbuf ofpacts;

    /* What else there is, see "Userdata of opcodes" in lib/actions.h; at least
     * as long as the fixed part of the opcode's arguments. */
    struct ofpbuf args;
};

/* Takes '*pin' apart.  Returns true if it is all right; then the caller must
 * packet_in_uninit() '*msg'. */
bool packet_in_decode(const struct ofputil_packet_in *pin,
                      const struct ofpbuf *continuation,
                      struct packet_in *msg);
void packet_in_uninit(struct packet_in *);

/* Name of an opcode, such as "PUT_ARP". */
const char *packet_in_opcode_name(enum ctrl_opcode);

/* Does what is to be done with 'pin'.  An ofswitch_packet_in_func. */
void packet_in_run(const struct ofputil_packet_in *pin,
                   const struct ofpbuf *continuation, void *aux);

#endif /* controller/packet-in.h */
