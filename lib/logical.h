/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef LIB_LOGICAL_H
#define LIB_LOGICAL_H 1

/* Numbers of the logical network
 * ==============================
 *
 * Everything that the two compilers and the tools must agree on when they
 * speak about OpenFlow: the tables of the 24+24 layout, which register holds
 * what, the flag bits in reg10, reserved tunnel keys, and the opcodes that
 * OpenFlow flows use to ask ovn-controller for a service.
 *
 * Only numbers live here.  The symbols that users write in expressions are in
 * lib/fields.def, the actions in lib/actions.def, the stages of the pipelines
 * in northd/pipeline.def. */

#include "openvswitch/meta-flow.h"
#include "openvswitch/util.h"

/* Stages of each logical pipeline (ingress as well as egress). */
#define LOG_PIPELINE_LEN 24

/* OpenFlow tables.
 *
 * Packets enter at OFTABLE_PHY_TO_LOG, run through the ingress pipeline, go
 * to tunnels in OFTABLE_REMOTE_OUTPUT, and for ports on this hypervisor
 * through OFTABLE_LOCAL_OUTPUT, OFTABLE_CHECK_LOOPBACK, the egress pipeline,
 * and leave through OFTABLE_SAVE_INPORT and OFTABLE_LOG_TO_PHY.  The tables
 * from OFTABLE_MAC_BINDING on are subroutines that single actions call. */
enum oftable {
    OFTABLE_PHY_TO_LOG = 0,
    OFTABLE_LOG_INGRESS = 8,            /* 8...31. */
    OFTABLE_REMOTE_OUTPUT = 32,
    OFTABLE_LOCAL_OUTPUT = 33,
    OFTABLE_CHECK_LOOPBACK = 34,
    OFTABLE_OUTPUT_LARGE_PKT_DETECT = 35,
    OFTABLE_OUTPUT_LARGE_PKT_PROCESS = 36,
    OFTABLE_REMOTE_VTEP_OUTPUT = 37,
    OFTABLE_LOG_EGRESS = 40,            /* 40...63. */
    OFTABLE_SAVE_INPORT = 64,
    OFTABLE_LOG_TO_PHY = 65,
    OFTABLE_MAC_BINDING = 66,
    OFTABLE_MAC_LOOKUP = 67,
    OFTABLE_CHK_LB_HAIRPIN = 68,
    OFTABLE_CHK_LB_HAIRPIN_REPLY = 69,
    OFTABLE_CT_SNAT_HAIRPIN = 70,
    OFTABLE_GET_FDB = 71,
    OFTABLE_LOOKUP_FDB = 72,
    OFTABLE_CHK_IN_PORT_SEC = 73,
    OFTABLE_CHK_IN_PORT_SEC_ND = 74,
    OFTABLE_CHK_OUT_PORT_SEC = 75,
    OFTABLE_ECMP_NH_MAC = 76,
    OFTABLE_ECMP_NH = 77,
    OFTABLE_CHK_LB_AFFINITY = 78,
    OFTABLE_MAC_CACHE_USE = 79,
    OFTABLE_CT_ZONE_LOOKUP = 80,
    OFTABLE_CT_ORIG_NW_DST_LOAD = 81,
    OFTABLE_CT_ORIG_IP6_DST_LOAD = 82,
    OFTABLE_CT_ORIG_TP_DST_LOAD = 83,
    OFTABLE_FLOOD_REMOTE_CHASSIS = 84,
    OFTABLE_CT_STATE_SAVE = 85,
    OFTABLE_CT_ORIG_PROTO_LOAD = 86,
    OFTABLE_GET_REMOTE_FDB = 87,
    OFTABLE_LEARN_REMOTE_FDB = 88,
    OFTABLE_EVPN_ARP_LOOKUP = 89,
};
BUILD_ASSERT_DECL(OFTABLE_LOG_INGRESS + LOG_PIPELINE_LEN
                  <= OFTABLE_REMOTE_OUTPUT);
BUILD_ASSERT_DECL(OFTABLE_LOG_EGRESS + LOG_PIPELINE_LEN
                  <= OFTABLE_SAVE_INPORT);

/* Registers with a fixed meaning.  reg0...reg9 are scratch for the logical
 * pipelines. */
#define MFF_LOG_DATAPATH       MFF_METADATA /* Datapath tunnel key. */
#define MFF_LOG_FLAGS          MFF_REG10    /* MLF_* below. */
#define MFF_LOG_DNAT_ZONE      MFF_REG11    /* Router's DNAT zone. */
#define MFF_LOG_SNAT_ZONE      MFF_REG12    /* Router's SNAT zone. */
#define MFF_LOG_CT_ZONE        MFF_REG13    /* 0..15: zone of logical port,
                                             * 16..31: encap id. */
#define MFF_LOG_INPORT         MFF_REG14    /* Tunnel key of logical inport. */
#define MFF_LOG_OUTPORT        MFF_REG15    /* Key of outport or group. */
#define MFF_LOG_REMOTE_OUTPORT MFF_REG1     /* Key of remote outport. */

/* Where tables CT_ORIG_*_LOAD and CT_STATE_SAVE leave their result, in the
 * low-order bits.  (This covers reg12...reg15; who calls the table saves
 * them.) */
#define MFF_LOG_RESULT MFF_XXREG3

/* Registers that actions use to hand addresses to their helper table. */
#define MFF_LOG_LB_ORIG_DIP_IPV4 MFF_REG1
#define MFF_LOG_LB_AFF_MATCH_PORT MFF_REG8  /* 0..15. */
#define MFF_LOG_LB_AFF_MATCH_IP4 MFF_REG4
#define MFF_LOG_LB_AFF_MATCH_IP6 MFF_XXREG1

/* Bits of MFF_LOG_FLAGS.
 *
 * MLF(NAME, BIT) gives MLF_NAME_BIT, the number of the bit, and MLF_NAME, its
 * mask. */
#define MLF_BITS                                                            \
    MLF(ALLOW_LOOPBACK, 0)        /* May leave through its inport. */       \
    MLF(RCV_FROM_RAMP, 1)         /* From a hardware VTEP. */               \
    MLF(FORCE_SNAT_FOR_DNAT, 2)                                             \
    MLF(FORCE_SNAT_FOR_LB, 3)                                               \
    MLF(LOCAL_ONLY, 4)            /* Not to other hypervisors. */           \
    MLF(NESTED_CONTAINER, 5)      /* From a container inside a VM. */       \
    MLF(LOOKUP_MAC, 6)            /* Result of MAC table lookups. */        \
    MLF(LOOKUP_LB_HAIRPIN, 7)     /* Result of hairpin lookups. */          \
    MLF(LOOKUP_FDB, 8)            /* Result of FDB lookups. */              \
    MLF(SKIP_SNAT_FOR_LB, 9)                                                \
    MLF(LOCALPORT, 10)            /* From a localport. */                   \
    MLF(USE_SNAT_ZONE, 11)                                                  \
    MLF(CHECK_PORT_SEC, 12)       /* Result of port security checks. */     \
    MLF(LOOKUP_COMMIT_ECMP_NH, 13) /* Result of ECMP next hop lookups. */   \
    MLF(USE_LB_AFF_SESSION, 14)   /* Result of LB affinity lookup. */       \
    MLF(LOCALNET, 15)             /* From a localnet port. */               \
    MLF(RX_FROM_TUNNEL, 16)                                                 \
    MLF(ICMP_SNAT, 17)                                                      \
    MLF(OVERRIDE_LOCAL_ONLY, 18)                                            \
    MLF(FROM_CTRL, 19)            /* Injected by ovn-controller. */         \
    MLF(UNSNAT_NEW, 20)                                                     \
    MLF(UNSNAT_NOT_TRACKED, 21)                                             \
    MLF(IGMP_SNOOP_INJECT, 22)                                              \
    MLF(PKT_SAMPLED, 23)                                                    \
    MLF(RECIRC, 24)               /* Has seen OFTABLE_LOCAL_OUTPUT. */      \
    MLF(EVPN_LOOKUP, 25)          /* Result of EVPN ARP lookup. */

enum mlf_bit {
#define MLF(NAME, BIT) MLF_##NAME##_BIT = BIT,
    MLF_BITS
#undef MLF
    MLF_NETWORK_ID_START_BIT = 28,
    MLF_NETWORK_ID_END_BIT = 31,
};

enum mlf_flag {
#define MLF(NAME, BIT) MLF_##NAME = 1u << BIT,
    MLF_BITS
#undef MLF
};

/* Tunnel keys. */
#define OVN_MAX_DP_KEY 0xffffff         /* 24 bits. */
#define OVN_MAX_DP_GLOBAL_NUM 65535     /* Topmost keys: interconnection. */
#define OVN_MAX_DP_KEY_LOCAL (OVN_MAX_DP_KEY - OVN_MAX_DP_GLOBAL_NUM)
#define OVN_MAX_DP_VXLAN_KEY 0xfff      /* 12 bits; 1...1023 local. */
#define OVN_MAX_DP_VXLAN_KEY_LOCAL 1023
#define OVN_MAX_PORT_KEY 32767

/* In expressions and actions, the name of no port: key 0, as outport has it
 * before it is set. */
#define LOG_PORT_NONE "none"
#define OVN_VXLAN_MIN_MULTICAST 0x800   /* Group on a VXLAN wire: this plus
                                         * the low 11 bits of its key. */

/* Multicast groups that exist by themselves: name and key. */
#define MC_GROUPS                                                           \
    MC_GROUP(FLOOD, "_MC_flood", 32768)                                     \
    MC_GROUP(UNKNOWN, "_MC_unknown", 32769)                                 \
    MC_GROUP(MROUTER_FLOOD, "_MC_mrouter_flood", 32770)                     \
    MC_GROUP(STATIC, "_MC_static", 32771)                                   \
    MC_GROUP(FLOOD_L2, "_MC_flood_l2", 32772)

enum mc_key {
#define MC_GROUP(ID, NAME, KEY) MC_KEY_##ID = KEY,
    MC_GROUPS
#undef MC_GROUP
    MC_KEY_MIN = 32768,
    MC_KEY_IGMP_MIN = 32773,            /* Learned IP multicast groups. */
    MC_KEY_MAX = 65535,
};

/* Bits of ct_state as OpenFlow numbers them, for ct_state_save(). */
#define LOG_CT_STATE_BITS 8

/* Opcodes of packet-ins: the first 4 bytes (big-endian) of the userdata of a
 * "controller" action that a logical action compiles to.
 *
 *     0       3 4       7
 *    +---------+---------+----------------------------------------+
 *    | opcode  | pad (0) | depends on the opcode: nested OpenFlow  |
 *    |         |         | 1.3 actions, or an OXM header + bit     |
 *    |         |         | offset for a result, and arguments      |
 *    +---------+---------+----------------------------------------+
 *
 * The order is part of the format only within one controller: flows are
 * written and read by the same program. */
#define CTRL_OPCODES                                                        \
    CTRL_OPCODE(ARP)                                                        \
    CTRL_OPCODE(PUT_ARP)                                                    \
    CTRL_OPCODE(PUT_DHCP_OPTS)                                              \
    CTRL_OPCODE(ND_NA)                                                      \
    CTRL_OPCODE(PUT_ND)                                                     \
    CTRL_OPCODE(PUT_DHCPV6_OPTS)                                            \
    CTRL_OPCODE(DNS_LOOKUP)                                                 \
    CTRL_OPCODE(LOG)                                                        \
    CTRL_OPCODE(PUT_ND_RA_OPTS)                                             \
    CTRL_OPCODE(ND_NS)                                                      \
    CTRL_OPCODE(ICMP)                                                       \
    CTRL_OPCODE(TCP_RESET)                                                  \
    CTRL_OPCODE(ND_NA_ROUTER)                                               \
    CTRL_OPCODE(PUT_ICMP4_FRAG_MTU)                                         \
    CTRL_OPCODE(ICMP4_ERROR)                                                \
    CTRL_OPCODE(EVENT)                                                      \
    CTRL_OPCODE(IGMP)                                                       \
    CTRL_OPCODE(BIND_VPORT)                                                 \
    CTRL_OPCODE(HANDLE_SVC_CHECK)                                           \
    CTRL_OPCODE(DHCP6_SERVER)                                               \
    CTRL_OPCODE(ICMP6_ERROR)                                                \
    CTRL_OPCODE(PUT_ICMP6_FRAG_MTU)                                         \
    CTRL_OPCODE(REJECT)                                                     \
    CTRL_OPCODE(BFD_MSG)                                                    \
    CTRL_OPCODE(SCTP_ABORT)                                                 \
    CTRL_OPCODE(PUT_FDB)                                                    \
    CTRL_OPCODE(ACTIVATION_STRATEGY)                                        \
    CTRL_OPCODE(SPLIT_BUF_ACTION)                                           \
    CTRL_OPCODE(DHCP_RELAY_REQ_CHK)                                         \
    CTRL_OPCODE(DHCP_RELAY_RESP_CHK)                                        \
    CTRL_OPCODE(PUT_ICMP4_INNER_IP4_SRC)

enum ctrl_opcode {
#define CTRL_OPCODE(NAME) CTRL_OP_##NAME,
    CTRL_OPCODES
#undef CTRL_OPCODE
    CTRL_OP_MAX
};

/* Header of a packet-in's userdata. */
struct ctrl_header {
    ovs_be32 opcode;            /* One of CTRL_OP_*. */
    uint8_t pad[4];
};
BUILD_ASSERT_DECL(sizeof(struct ctrl_header) == 8);

#endif /* lib/logical.h */
