/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef LIB_PORT_SEC_H
#define LIB_PORT_SEC_H 1

/* What users write into Logical_Switch_Port.port_security, see ovn-nb(5).
 *
 * An element has one of these forms, with words separated by spaces or
 * commas:
 *
 *     MAC [IP]...
 *     VRRPv3 MAC [VMAC[/PLEN]]... [IP]...
 *
 * The second is for a VRRP router (RFC 9568).  Its packets are from and to the
 * virtual addresses VMAC, of which the first PLEN bits count, 40 to 48.
 * Without any VMAC, all are meant that the RFC reserves, 00:00:5e:00:01:XX for
 * IPv4 and 00:00:5e:00:02:XX for IPv6.  MAC is the address of the interface:
 * only ARP and neighbour discovery about a virtual address may use it, as
 * source or destination of the frame. */

#include <stdbool.h>
#include <stddef.h>

#include "lib/addr.h"
#include "openvswitch/types.h"

/* A virtual address with a mask. */
struct port_sec_vmac {
    struct eth_addr mac, mask;
};

struct port_sec {
    struct lsp_addr addr;       /* LSP_ADDR_STATIC: MAC and IPs. */
    struct port_sec_vmac *vmacs; /* Of VRRP, otherwise none. */
    size_t n_vmacs;
};

bool port_sec_parse(const char *, struct port_sec *, char **errorp);
void port_sec_destroy(struct port_sec *);
bool port_sec_is_own(const struct port_sec *, struct eth_addr);

#endif /* lib/port-sec.h */
