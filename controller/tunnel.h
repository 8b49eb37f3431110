/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef CONTROLLER_TUNNEL_H
#define CONTROLLER_TUNNEL_H 1

/* Tunnels: which port leads to a chassis, and how the logical metadata of a
 * packet travels.  The layouts of the tunnel keys, most significant bit first:
 *
 *     Geneve   VNI: datapath (24).
 *              Option class 0x0102, type 0x80: 0 (1), inport (15),
 *              outport (16).
 *     STT      Key: 0 (9), inport (15), outport (16), datapath (24).
 *     VXLAN    VNI: outport (12), datapath (12).  A multicast outport, which
 *              is 0x8000 or more, travels as 0x800 plus its low 11 bits.  The
 *              inport does not travel. */

#include <stdbool.h>
#include <stdint.h>

#include "lib/inc.h"
#include "openvswitch/meta-flow.h"
#include "openvswitch/ofpbuf.h"

/* Types in the order in which a multicast packet goes out: each can build on
 * the fields that the one before it has set. */
enum tunnel_type {
    TUNNEL_NONE,
    TUNNEL_VXLAN,
    TUNNEL_STT,
    TUNNEL_GENEVE,
};

/* Facts over Chassis and over Encap: the tunnel to it. */
struct tunnel {
    uint32_t ofport;            /* 0 if there is none. */
    uint8_t type;               /* enum tunnel_type. */
    uint8_t zero[3];
};
extern struct inc_family chassis_tunnel_fact;
extern struct inc_family encap_tunnel_fact;

/* The tunnel to 'chassis'; to its address 'encap', an Encap row, unless that
 * is INC_NONE or no tunnel leads there.  Uses the two facts above. */
const struct tunnel *tunnel_to(struct inc_cx *, struct inc_ref chassis,
                               struct inc_ref encap);

/* Appends to 'ofpacts' what puts datapath, the packet's inport and 'outport'
 * into the tunnel key.  'tun_field' is the field for OVN's Geneve option.
 * Returns false, appending nothing, if a tunnel of this type cannot carry
 * that. */
bool tunnel_put_key(enum tunnel_type, enum mf_field_id tun_field,
                    uint32_t dp_key, uint16_t outport,
                    struct ofpbuf *ofpacts);

/* Adds what tunnel.c has to 'inc'. */
void tunnel_add(struct inc *inc);

#endif /* controller/tunnel.h */
