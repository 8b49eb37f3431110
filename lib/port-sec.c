/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Port security as users write it; see lib/port-sec.h. */

#include <config.h>

#include "lib/port-sec.h"

#include <stdlib.h>
#include <string.h>

#include "packets.h"
#include "svec.h"
#include "util.h"

enum { VMAC_MIN_PLEN = 40, VMAC_MAX_PLEN = 48 };

static void
add_vmac(struct port_sec *ps, struct eth_addr mac, unsigned int plen)
{
    ps->vmacs = xrealloc(ps->vmacs, (ps->n_vmacs + 1) * sizeof *ps->vmacs);
    struct port_sec_vmac *vmac = &ps->vmacs[ps->n_vmacs++];

    vmac->mac = mac;
    vmac->mask = eth_addr_exact;
    vmac->mask.ea[5] <<= VMAC_MAX_PLEN - plen;
}

/* If 'word' begins with an Ethernet address, adds it to 'ps', stores true into
 * '*is_vmac', and returns NULL or what is wrong with the rest of it, which the
 * caller frees. */
static char *
parse_vmac(const char *word, struct port_sec *ps, bool *is_vmac)
{
    unsigned int plen = VMAC_MAX_PLEN;
    size_t len = strcspn(word, "/");
    char *text = xmemdup0(word, len);
    struct eth_addr mac;

    *is_vmac = eth_addr_from_string(text, &mac);
    free(text);
    if (!*is_vmac) {
        return NULL;
    }
    if (word[len] && (!str_to_uint(word + len + 1, 10, &plen)
                      || plen < VMAC_MIN_PLEN || plen > VMAC_MAX_PLEN)) {
        return xasprintf("\"%s\" does not have a prefix length of %d to %d",
                         word, VMAC_MIN_PLEN, VMAC_MAX_PLEN);
    }
    add_vmac(ps, mac, plen);
    return NULL;
}

static void
add_default_vmacs(struct port_sec *ps)
{
    static const struct eth_addr vrid4 = ETH_ADDR_C(00, 00, 5e, 00, 01, 00);
    static const struct eth_addr vrid6 = ETH_ADDR_C(00, 00, 5e, 00, 02, 00);

    add_vmac(ps, vrid4, VMAC_MIN_PLEN);
    add_vmac(ps, vrid6, VMAC_MIN_PLEN);
}

/* Parses 'words', an Ethernet address and IP addresses, into 'addr'.  Returns
 * NULL or an error, which the caller frees. */
static char *
parse_addr(const struct svec *words, struct lsp_addr *addr)
{
    char *text = svec_join(words, " ", "");
    char *error = NULL;

    if (lsp_addr_parse(text, addr, &error)
        && addr->kind != LSP_ADDR_STATIC) {
        error = xasprintf("\"%s\" is not an Ethernet address with or without "
                          "IP addresses", text);
    }
    free(text);
    return error;
}

/* Parses 'words' into 'ps', which is all zeros.  Returns NULL or an error,
 * which the caller frees. */
static char *
parse_words(const struct svec *words, struct port_sec *ps)
{
    bool vrrp = words->n && !strcmp(words->names[0], "VRRPv3");
    struct svec others = SVEC_EMPTY_INITIALIZER;
    char *error = NULL;

    for (size_t i = vrrp; i < words->n && !error; i++) {
        bool is_vmac = false;

        if (vrrp && others.n == 1) {
            error = parse_vmac(words->names[i], ps, &is_vmac);
        }
        if (!is_vmac) {
            svec_add(&others, words->names[i]);
        }
    }
    if (vrrp && !ps->n_vmacs) {
        add_default_vmacs(ps);
    }
    if (!error) {
        error = parse_addr(&others, &ps->addr);
    }
    svec_destroy(&others);
    return error;
}

/* Parses 's', an element of port_security.  If it is right, stores it in
 * '*ps', which the caller frees with port_sec_destroy(), and returns true.
 * Otherwise stores in '*errorp' what is wrong with it, which the caller frees,
 * clears '*ps', and returns false. */
bool
port_sec_parse(const char *s, struct port_sec *ps, char **errorp)
{
    struct svec words = SVEC_EMPTY_INITIALIZER;

    memset(ps, 0, sizeof *ps);
    addr_split_words(s, " \t,", &words);
    char *error = parse_words(&words, ps);
    svec_destroy(&words);
    if (error) {
        port_sec_destroy(ps);
        memset(ps, 0, sizeof *ps);
        *errorp = error;
        return false;
    }
    return true;
}

/* Frees what '*ps' holds, but not 'ps' itself. */
void
port_sec_destroy(struct port_sec *ps)
{
    lsp_addr_destroy(&ps->addr);
    free(ps->vmacs);
}

/* Is 'ea' an Ethernet address of the port: the one that it has or, for VRRP, a
 * virtual one? */
bool
port_sec_is_own(const struct port_sec *ps, struct eth_addr ea)
{
    for (size_t i = 0; i < ps->n_vmacs; i++) {
        const struct port_sec_vmac *vmac = &ps->vmacs[i];

        if (eth_addr_equal_except(ea, vmac->mac, vmac->mask)) {
            return true;
        }
    }
    return !ps->n_vmacs && eth_addr_equals(ea, ps->addr.mac);
}
