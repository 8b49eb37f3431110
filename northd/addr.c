/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The addresses of a logical switch port; see addr.h. */

#include <config.h>

#include "northd/addr.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "packets.h"
#include "svec.h"
#include "util.h"

static void
add_ip4(struct lsp_addr *a, struct addr_ip4 ip)
{
    a->ip4s = xrealloc(a->ip4s, (a->n_ip4s + 1) * sizeof *a->ip4s);
    a->ip4s[a->n_ip4s++] = ip;
}

static void
add_ip6(struct lsp_addr *a, struct addr_ip6 ip)
{
    a->ip6s = xrealloc(a->ip6s, (a->n_ip6s + 1) * sizeof *a->ip6s);
    a->ip6s[a->n_ip6s++] = ip;
}

/* Parses the prefix length 's', which may be null, into '*plen'. */
static bool
parse_plen(const char *s, unsigned int max, unsigned int *plen)
{
    *plen = max;
    return !s || (isdigit((unsigned char) *s)
                  && str_to_uint(s, 10, plen) && *plen <= max);
}

/* Adds the IP address in 'word' to 'a'.  Returns NULL or an error, which the
 * caller frees.  (The library's ip_parse_cidr() would take 10.0.0.256.) */
static char *
parse_ip(const char *word, struct lsp_addr *a)
{
    const char *slash = strchr(word, '/');
    char *host = slash ? xmemdup0(word, slash - word) : xstrdup(word);
    const char *plen = slash ? slash + 1 : NULL;
    struct addr_ip4 ip4;
    struct addr_ip6 ip6;
    char *error = NULL;

    if (ip_parse(host, &ip4.addr) && parse_plen(plen, 32, &ip4.plen)) {
        add_ip4(a, ip4);
    } else if (ipv6_parse(host, &ip6.addr)
               && parse_plen(plen, 128, &ip6.plen)) {
        add_ip6(a, ip6);
    } else {
        error = xasprintf("\"%s\" is not an IP address", word);
    }
    free(host);
    return error;
}

static char *
parse_mac(const char *word, struct lsp_addr *a)
{
    if (!eth_addr_from_string(word, &a->mac)) {
        return xasprintf("\"%s\" is not an Ethernet address", word);
    }
    if (eth_addr_is_multicast(a->mac)) {
        return xasprintf("%s is a multicast Ethernet address", word);
    }
    if (eth_addr_is_zero(a->mac)) {
        return xasprintf("%s is not an address that a port can have", word);
    }
    a->has_mac = true;
    return NULL;
}

/* Parses 'words', which is not empty, into 'a', which is all zeros.  Returns
 * NULL or an error, which the caller frees; 'a' may then be half filled. */
static char *
parse_words(const struct svec *words, struct lsp_addr *a)
{
    const char *first = words->names[0];
    size_t rest = 1;

    if (!strcmp(first, "unknown") || !strcmp(first, "router")) {
        a->kind = first[0] == 'u' ? LSP_ADDR_UNKNOWN : LSP_ADDR_ROUTER;
        return (words->n == 1 ? NULL
                : xasprintf("nothing may follow \"%s\"", first));
    } else if (!strcmp(first, "dynamic")) {
        a->kind = LSP_ADDR_DYNAMIC;
    } else {
        char *error = parse_mac(first, a);

        if (error) {
            return error;
        }
        if (words->n > 1 && !strcmp(words->names[1], "dynamic")) {
            a->kind = LSP_ADDR_DYNAMIC;
            rest = 2;
        } else {
            a->kind = LSP_ADDR_STATIC;
        }
    }

    for (size_t i = rest; i < words->n; i++) {
        char *error = parse_ip(words->names[i], a);

        if (error) {
            return error;
        }
    }
    return NULL;
}

/* Parses 's', an element of Logical_Switch_Port.addresses.  If it is right,
 * stores it in '*a', which the caller frees with lsp_addr_destroy(), and
 * returns true.  Otherwise stores in '*errorp' what is wrong with it, which
 * the caller frees, clears '*a', and returns false. */
bool
lsp_addr_parse(const char *s, struct lsp_addr *a, char **errorp)
{
    struct svec words = SVEC_EMPTY_INITIALIZER;
    char *copy = xstrdup(s);
    char *save_ptr = NULL;

    for (char *word = strtok_r(copy, " \t", &save_ptr); word;
         word = strtok_r(NULL, " \t", &save_ptr)) {
        svec_add(&words, word);
    }
    free(copy);

    *a = (struct lsp_addr) { .kind = LSP_ADDR_STATIC };
    char *error = (words.n ? parse_words(&words, a)
                   : xstrdup("the address is empty"));
    svec_destroy(&words);
    if (error) {
        lsp_addr_destroy(a);
        *a = (struct lsp_addr) { .kind = LSP_ADDR_STATIC };
        *errorp = error;
        return false;
    }
    return true;
}

/* Frees what '*a' holds, but not 'a' itself. */
void
lsp_addr_destroy(struct lsp_addr *a)
{
    free(a->ip4s);
    free(a->ip6s);
}
