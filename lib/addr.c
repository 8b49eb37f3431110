/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* IP addresses and the addresses of logical switch ports; see lib/addr.h. */

#include <config.h>

#include "lib/addr.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "packets.h"
#include "svec.h"
#include "util.h"

/* IP addresses. */

/* Parses the prefix length 's' of at most 'max' bits into '*plen'. */
static bool
parse_plen(const char *s, unsigned int max, unsigned int *plen)
{
    return (isdigit((unsigned char) *s)
            && str_to_uint(s, 10, plen) && *plen <= max);
}

/* Parses 's', which follows the "/" after an IPv4 address: a prefix length or
 * a network mask without holes. */
static bool
parse_ip4_mask(const char *s, unsigned int *plen)
{
    ovs_be32 mask;

    if (parse_plen(s, 32, plen)) {
        return true;
    } else if (ip_parse(s, &mask) && ip_is_cidr(mask)) {
        *plen = ip_count_cidr_bits(mask);
        return true;
    }
    return false;
}

/* Likewise, for an IPv6 address. */
static bool
parse_ip6_mask(const char *s, unsigned int *plen)
{
    struct in6_addr mask;

    if (parse_plen(s, 128, plen)) {
        return true;
    } else if (ipv6_parse(s, &mask) && ipv6_is_cidr(&mask)) {
        *plen = ipv6_count_cidr_bits(&mask);
        return true;
    }
    return false;
}

/* Parses 's', an IPv4 or IPv6 address without prefix length, into '*ip'.
 * Returns true if successful. */
bool
addr_ip_parse_host(const char *s, struct addr_ip *ip)
{
    ip->is_ip4 = ip_parse(s, &ip->ip4.addr);
    if (ip->is_ip4) {
        ip->ip4.plen = 32;
        return true;
    }
    ip->ip6.plen = 128;
    return ipv6_parse(s, &ip->ip6.addr);
}

/* Parses 's', an IPv4 or IPv6 address that may be followed by "/" and a prefix
 * length or network mask, into '*ip'.  Returns true if successful. */
bool
addr_ip_parse(const char *s, struct addr_ip *ip)
{
    const char *slash = strchr(s, '/');
    if (!slash) {
        return addr_ip_parse_host(s, ip);
    }

    char *host = xmemdup0(s, slash - s);
    bool ok = (addr_ip_parse_host(host, ip)
               && (ip->is_ip4 ? parse_ip4_mask(slash + 1, &ip->ip4.plen)
                   : parse_ip6_mask(slash + 1, &ip->ip6.plen)));
    free(host);
    return ok;
}

/* Is 'ip' one address, not a prefix or an address with its network? */
bool
addr_ip_is_host(const struct addr_ip *ip)
{
    return ip->is_ip4 ? ip->ip4.plen == 32 : ip->ip6.plen == 128;
}

/* Clears the bits of 'ip' beyond its prefix length. */
void
addr_ip_mask(struct addr_ip *ip)
{
    if (ip->is_ip4) {
        ip->ip4.addr &= be32_prefix_mask(ip->ip4.plen);
    } else {
        struct in6_addr mask = ipv6_create_mask(ip->ip6.plen);
        ip->ip6.addr = ipv6_addr_bitand(&ip->ip6.addr, &mask);
    }
}

/* Appends the address of 'ip', without its prefix length, to 's'. */
void
addr_ip_format_host(const struct addr_ip *ip, struct ds *s)
{
    if (ip->is_ip4) {
        ds_put_format(s, IP_FMT, IP_ARGS(ip->ip4.addr));
    } else {
        ipv6_format_addr(&ip->ip6.addr, s);
    }
}

/* Appends 'ip' to 's', with its prefix length unless that is the longest. */
void
addr_ip_format(const struct addr_ip *ip, struct ds *s)
{
    addr_ip_format_host(ip, s);
    if (!addr_ip_is_host(ip)) {
        ds_put_format(s, "/%u", ip->is_ip4 ? ip->ip4.plen : ip->ip6.plen);
    }
}

/* Returns the IP address 's', which must have no prefix length, in its
 * canonical form, or null if it is something else.  The caller must free
 * it. */
char *
addr_normalize_host(const char *s)
{
    struct ds ds = DS_EMPTY_INITIALIZER;
    struct addr_ip ip;

    if (!addr_ip_parse_host(s, &ip)) {
        return NULL;
    }
    addr_ip_format_host(&ip, &ds);
    return ds_steal_cstr(&ds);
}

/* Returns the prefix that the IP address 's', with or without a prefix length,
 * is in, in its canonical form: with the bits beyond its length cleared and
 * the length left out if it is the longest.  Returns null if 's' is something
 * else.  The caller must free it. */
char *
addr_normalize_prefix(const char *s)
{
    struct ds ds = DS_EMPTY_INITIALIZER;
    struct addr_ip ip;

    if (!addr_ip_parse(s, &ip)) {
        return NULL;
    }
    addr_ip_mask(&ip);
    addr_ip_format(&ip, &ds);
    return ds_steal_cstr(&ds);
}

/* Addresses of logical switch ports. */

/* Adds the IP address in 'word' to 'a'.  Returns NULL or an error, which the
 * caller frees. */
static char *
parse_ip(const char *word, struct lsp_addr *a)
{
    struct addr_ip ip;

    if (!addr_ip_parse(word, &ip)) {
        return xasprintf("\"%s\" is not an IP address", word);
    }
    if (ip.is_ip4) {
        a->ip4s = xrealloc(a->ip4s, (a->n_ip4s + 1) * sizeof *a->ip4s);
        a->ip4s[a->n_ip4s++] = ip.ip4;
    } else {
        a->ip6s = xrealloc(a->ip6s, (a->n_ip6s + 1) * sizeof *a->ip6s);
        a->ip6s[a->n_ip6s++] = ip.ip6;
    }
    return NULL;
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
            return (words->n == 2 ? NULL
                    : xstrdup("nothing may follow \"dynamic\" after an "
                              "Ethernet address"));
        } else {
            a->kind = LSP_ADDR_STATIC;
        }
    }

    for (size_t i = 1; i < words->n; i++) {
        char *error = parse_ip(words->names[i], a);

        if (error) {
            return error;
        }
    }
    return NULL;
}

/* Adds the words of 's', which any of 'separators' separate, to 'words'. */
void
addr_split_words(const char *s, const char *separators, struct svec *words)
{
    char *copy = xstrdup(s);
    char *save_ptr = NULL;

    for (char *word = strtok_r(copy, separators, &save_ptr); word;
         word = strtok_r(NULL, separators, &save_ptr)) {
        svec_add(words, word);
    }
    free(copy);
}

/* Parses 's', an element of Logical_Switch_Port.addresses.  If it is right,
 * stores it in '*a', which the caller frees with lsp_addr_destroy(), and
 * returns true.  Otherwise stores in '*errorp' what is wrong with it, which
 * the caller frees, clears '*a', and returns false. */
bool
lsp_addr_parse(const char *s, struct lsp_addr *a, char **errorp)
{
    struct svec words = SVEC_EMPTY_INITIALIZER;

    addr_split_words(s, " \t", &words);
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
