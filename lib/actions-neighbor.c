/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Actions for forwarding databases, port security and neighbours: lookups in
 * helper tables, and what the controller learns.  See lib/actions-private.h.
 *
 * A lookup copies its arguments to where the flows of the helper table expect
 * them, resubmits to the table, and takes the result from there:
 *
 *   table                  arguments              result
 *   ---------------------- ---------------------- -----------------------
 *   GET_FDB                eth.dst                outport
 *   GET_REMOTE_FDB         eth.dst                outport
 *   LOOKUP_FDB             inport, eth.src        MLF_LOOKUP_FDB
 *   CHK_IN_PORT_SEC        (the packet)           MLF_CHECK_PORT_SEC
 *   CHK_OUT_PORT_SEC       (the packet)           MLF_CHECK_PORT_SEC
 *   MAC_BINDING            outport, IP            eth.dst, MLF_LOOKUP_MAC
 *   MAC_LOOKUP             inport, IP, eth.src    MLF_LOOKUP_MAC
 *   EVPN_ARP_LOOKUP        outport, IP            eth.dst, MLF_EVPN_LOOKUP
 *
 * IP is reg0 for IPv4, xxreg0 for IPv6.  The controller finds the arguments of
 * PUT_FDB in inport and eth.src, those of PUT_ARP and PUT_ND in inport, IP and
 * eth.src. */

#include <config.h>
#include "lib/actions-private.h"

#include "util.h"

/* Forwarding database and port security. */

/* "P = get_...fdb(E);": the table sets outport. */
static void
encode_fdb_lookup(const struct ovnact *ovnact, struct action_encoder *e,
                  uint8_t table)
{
    static const enum mf_field_id dsts[] = { MFF_ETH_DST };
    const struct ovnact_call *call = (const struct ovnact_call *) ovnact;
    const struct mf_field *mf = mf_from_id(MFF_LOG_OUTPORT);
    const struct mf_subfield outport = { .field = mf, .n_bits = mf->n_bits };
    struct mf_subfield result = field_ref_to_mf(&call->result);
    bool elsewhere = result.field->id != MFF_LOG_OUTPORT;

    if (elsewhere) {
        action_put_push(e->ofpacts, MFF_LOG_OUTPORT);
    }
    action_setup_args(e, call->args, dsts, 1);
    action_put_load(e->ofpacts, MFF_LOG_OUTPORT, 0, 32, 0);
    action_put_resubmit(e->ofpacts, table);
    action_restore_args(e, call->args, dsts, 1);
    if (elsewhere) {
        action_put_move(e->ofpacts, &outport, &result);
        action_put_pop(e->ofpacts, MFF_LOG_OUTPORT);
    }
}

void
encode_GET_FDB(const struct ovnact *ovnact, struct action_encoder *e)
{
    encode_fdb_lookup(ovnact, e, OFTABLE_GET_FDB);
}

void
encode_GET_REMOTE_FDB(const struct ovnact *ovnact, struct action_encoder *e)
{
    encode_fdb_lookup(ovnact, e, OFTABLE_GET_REMOTE_FDB);
}

/* Where LOOKUP_FDB's table and the controller want to find a port and an
 * Ethernet address. */
static const enum mf_field_id fdb_dsts[] = { MFF_LOG_INPORT, MFF_ETH_SRC };

void
encode_LOOKUP_FDB(const struct ovnact *ovnact, struct action_encoder *e)
{
    const struct ovnact_call *call = (const struct ovnact_call *) ovnact;

    action_setup_args(e, call->args, fdb_dsts, 2);
    action_put_flag_lookup(e, OFTABLE_LOOKUP_FDB, MLF_LOOKUP_FDB_BIT, NULL);
    action_restore_args(e, call->args, fdb_dsts, 2);
    action_put_flag_move(e, MLF_LOOKUP_FDB_BIT, &call->result);
}

void
encode_PUT_FDB(const struct ovnact *ovnact, struct action_encoder *e)
{
    const struct ovnact_call *call = (const struct ovnact_call *) ovnact;

    action_setup_args(e, call->args, fdb_dsts, 2);
    action_finish_controller(e, action_start_controller(e, CTRL_OP_PUT_FDB,
                                                        false, NULL));
    action_restore_args(e, call->args, fdb_dsts, 2);
}

void
encode_CHECK_IN_PORT_SEC(const struct ovnact *ovnact,
                         struct action_encoder *e)
{
    const struct ovnact_call *call = (const struct ovnact_call *) ovnact;

    action_put_flag_lookup(e, OFTABLE_CHK_IN_PORT_SEC, MLF_CHECK_PORT_SEC_BIT,
                           &call->result);
}

void
encode_CHECK_OUT_PORT_SEC(const struct ovnact *ovnact,
                          struct action_encoder *e)
{
    const struct ovnact_call *call = (const struct ovnact_call *) ovnact;

    action_put_flag_lookup(e, OFTABLE_CHK_OUT_PORT_SEC,
                           MLF_CHECK_PORT_SEC_BIT, &call->result);
}

void
encode_FLOOD_REMOTE(const struct ovnact *ovnact OVS_UNUSED,
                    struct action_encoder *e)
{
    action_put_resubmit(e->ofpacts, OFTABLE_FLOOD_REMOTE_CHASSIS);
}

/* Neighbours. */

static void
encode_get_mac(const struct ovnact *ovnact, struct action_encoder *e,
               enum mf_field_id ip)
{
    const struct ovnact_call *call = (const struct ovnact_call *) ovnact;
    const enum mf_field_id dsts[] = { MFF_LOG_OUTPORT, ip };

    action_setup_args(e, call->args, dsts, 2);
    action_put_load(e->ofpacts, MFF_ETH_DST, 0, 48, 0);
    action_put_resubmit(e->ofpacts, OFTABLE_MAC_BINDING);
    action_restore_args(e, call->args, dsts, 2);
}

void
encode_GET_ARP(const struct ovnact *ovnact, struct action_encoder *e)
{
    encode_get_mac(ovnact, e, MFF_REG0);
}

void
encode_GET_ND(const struct ovnact *ovnact, struct action_encoder *e)
{
    encode_get_mac(ovnact, e, MFF_XXREG0);
}

static void
encode_put_mac(const struct ovnact *ovnact, struct action_encoder *e,
               enum mf_field_id ip, enum ctrl_opcode opcode)
{
    const struct ovnact_call *call = (const struct ovnact_call *) ovnact;
    const enum mf_field_id dsts[] = { MFF_LOG_INPORT, ip, MFF_ETH_SRC };

    action_setup_args(e, call->args, dsts, 3);
    action_finish_controller(e, action_start_controller(e, opcode, false,
                                                        NULL));
    action_restore_args(e, call->args, dsts, 3);
}

void
encode_PUT_ARP(const struct ovnact *ovnact, struct action_encoder *e)
{
    encode_put_mac(ovnact, e, MFF_REG0, CTRL_OP_PUT_ARP);
}

void
encode_PUT_ND(const struct ovnact *ovnact, struct action_encoder *e)
{
    encode_put_mac(ovnact, e, MFF_XXREG0, CTRL_OP_PUT_ND);
}

static void
encode_lookup_mac(const struct ovnact *ovnact, struct action_encoder *e,
                  enum mf_field_id ip)
{
    const struct ovnact_call *call = (const struct ovnact_call *) ovnact;
    const enum mf_field_id dsts[] = { MFF_LOG_INPORT, ip, MFF_ETH_SRC };

    action_setup_args(e, call->args, dsts, 3);
    action_put_flag_lookup(e, OFTABLE_MAC_LOOKUP, MLF_LOOKUP_MAC_BIT, NULL);
    action_restore_args(e, call->args, dsts, 3);
    action_put_flag_move(e, MLF_LOOKUP_MAC_BIT, &call->result);
}

void
encode_LOOKUP_ARP(const struct ovnact *ovnact, struct action_encoder *e)
{
    encode_lookup_mac(ovnact, e, MFF_REG0);
}

void
encode_LOOKUP_ND(const struct ovnact *ovnact, struct action_encoder *e)
{
    encode_lookup_mac(ovnact, e, MFF_XXREG0);
}

/* Uses the table of get_arp() and get_nd(), so eth.dst must be kept. */
static void
encode_lookup_ip(const struct ovnact *ovnact, struct action_encoder *e,
                 enum mf_field_id ip)
{
    const struct ovnact_call *call = (const struct ovnact_call *) ovnact;
    const enum mf_field_id dsts[] = { MFF_LOG_OUTPORT, ip };

    action_put_push(e->ofpacts, MFF_ETH_DST);
    action_setup_args(e, call->args, dsts, 2);
    action_put_flag_lookup(e, OFTABLE_MAC_BINDING, MLF_LOOKUP_MAC_BIT, NULL);
    action_restore_args(e, call->args, dsts, 2);
    action_put_pop(e->ofpacts, MFF_ETH_DST);
    action_put_flag_move(e, MLF_LOOKUP_MAC_BIT, &call->result);
}

void
encode_LOOKUP_ARP_IP(const struct ovnact *ovnact, struct action_encoder *e)
{
    encode_lookup_ip(ovnact, e, MFF_REG0);
}

void
encode_LOOKUP_ND_IP(const struct ovnact *ovnact, struct action_encoder *e)
{
    encode_lookup_ip(ovnact, e, MFF_XXREG0);
}

void
encode_MAC_CACHE_USE(const struct ovnact *ovnact OVS_UNUSED,
                     struct action_encoder *e)
{
    action_put_resubmit(e->ofpacts, OFTABLE_MAC_CACHE_USE);
}

void
encode_CHK_EVPN_ARP(const struct ovnact *ovnact, struct action_encoder *e)
{
    const struct ovnact_call *call = (const struct ovnact_call *) ovnact;
    const enum mf_field_id ip = (call->args[0].field.n_bits == 32
                                 ? MFF_REG0 : MFF_XXREG0);

    action_setup_args(e, call->args, &ip, 1);
    action_put_flag_lookup(e, OFTABLE_EVPN_ARP_LOOKUP, MLF_EVPN_LOOKUP_BIT,
                           NULL);
    action_restore_args(e, call->args, &ip, 1);
    action_put_flag_move(e, MLF_EVPN_LOOKUP_BIT, &call->result);
}
