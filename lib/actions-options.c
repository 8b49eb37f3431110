/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Actions with options of DHCP, DHCPv6 and router advertisements, which are
 * encoded here as they are on the wire, so that the controller only copies
 * them.  See lib/actions-private.h. */

#include <config.h>
#include "lib/actions-private.h"

#include <netinet/icmp6.h>
#include <string.h>
#include "lib/u128.h"
#include "openvswitch/shash.h"
#include "packets.h"
#include "util.h"

/* The common syntax: "R = NAME(OPTION=VALUE, OPTION={VALUE, ...}, ...);" */

static void
parse_value(struct action_parser *p, struct ovnact_option *o,
            size_t *allocated)
{
    const struct lex_token *token = &p->lexer->token;

    if (o->n_values >= *allocated) {
        o->values = x2nrealloc(o->values, allocated, sizeof *o->values);
    }
    struct ovnact_constant *c = &o->values[o->n_values];
    *c = (struct ovnact_constant) { .string = NULL };
    if (token->type == LEX_STRING) {
        c->string = lexer_text(p->lexer);
    } else if (token->type == LEX_INTEGER
               || token->type == LEX_MASKED_INTEGER) {
        c->value = token->value;
        c->format = token->format;
        c->masked = token->type == LEX_MASKED_INTEGER;
        c->mask = c->masked ? token->mask : OVS_U128_MAX;
    } else {
        lexer_expected(p->lexer, "a constant");
        return;
    }
    o->n_values++;
    lexer_get(p->lexer);
}

static void
parse_values(struct action_parser *p, struct ovnact_option *o)
{
    size_t allocated = 0;

    if (!lexer_match(p->lexer, LEX_LCURLY)) {
        parse_value(p, o, &allocated);
        return;
    }
    o->braces = true;
    while (!p->lexer->error && !lexer_match(p->lexer, LEX_RCURLY)) {
        parse_value(p, o, &allocated);
        lexer_match(p->lexer, LEX_COMMA);
    }
    if (!p->lexer->error && !o->n_values) {
        lexer_error(p->lexer, "option %s has no value", o->name);
    }
}

/* What a value must be, for each type of option in the database. */
static const struct option_type {
    const char *name;
    enum {
        V_INTEGER, V_IPV4, V_IPV6, V_MAC, V_STRING, V_IPV4_OR_STRING,
        V_ROUTES, V_PREFIX
    } value;
    unsigned int max_bits;      /* V_INTEGER only. */
    bool many;                  /* More than one? */
    const char *what;
} option_types[] = {
    { "bool", V_INTEGER, 1, false, "0 or 1" },
    { "uint8", V_INTEGER, 8, false, "an integer of 8 bits" },
    { "uint16", V_INTEGER, 16, false, "an integer of 16 bits" },
    { "uint32", V_INTEGER, 32, false, "an integer of 32 bits" },
    { "ipv4", V_IPV4, 0, true, "an IPv4 address" },
    { "static_routes", V_ROUTES, 0, true, "pairs of network and router" },
    { "str", V_STRING, 0, false, "a string" },
    { "host_id", V_IPV4_OR_STRING, 0, false, "an IPv4 address or string" },
    { "domains", V_STRING, 0, false, "a string" },
    { "ipv6", V_IPV6, 0, true, "an IPv6 address" },
    { "mac", V_MAC, 0, false, "an Ethernet address" },
    { "domain", V_STRING, 0, false, "a string" },
    { "prefix", V_PREFIX, 0, false, "an IPv6 prefix" },
};

static const struct option_type *
find_option_type(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(option_types); i++) {
        if (!strcmp(name, option_types[i].name)) {
            return &option_types[i];
        }
    }
    return NULL;
}

static bool
value_is_ok(const struct ovnact_constant *c, const struct option_type *type)
{
    bool ip4 = !c->string && c->format == LEX_F_IPV4;
    bool ip6 = !c->string && c->format == LEX_F_IPV6;

    switch (type->value) {
    case V_INTEGER:
        return (!c->string && !c->masked && c->format <= LEX_F_HEXADECIMAL
                && u128_width(c->value) <= type->max_bits);
    case V_IPV4:
        return ip4 && !c->masked;
    case V_IPV6:
        return ip6 && !c->masked;
    case V_MAC:
        return !c->string && c->format == LEX_F_ETHERNET && !c->masked;
    case V_STRING:
        return c->string != NULL;
    case V_IPV4_OR_STRING:
        return c->string || (ip4 && !c->masked);
    case V_ROUTES:
        return ip4;
    case V_PREFIX:
        return ip6 && c->masked;
    }
    OVS_NOT_REACHED();
}

static void
check_option(struct action_parser *p, const struct ovnact_option *o,
             const char *where)
{
    const struct option_type *type = find_option_type(o->type);

    if (!type) {
        lexer_error_at(p->lexer, where, "option %s has unknown type %s",
                       o->name, o->type);
        return;
    }
    bool ok = ((o->n_values == 1 || type->many)
               && (type->value != V_ROUTES || o->n_values % 2 == 0));
    for (size_t i = 0; i < o->n_values; i++) {
        ok = ok && value_is_ok(&o->values[i], type);
    }
    if (!ok) {
        lexer_error_at(p->lexer, where, "option %s must be %s", o->name,
                       type->what);
    }
}

static bool
has_option(const struct ovnact_options *opts, const char *name)
{
    for (size_t i = 0; i < opts->n_options; i++) {
        if (!strcmp(opts->options[i].name, name)) {
            return true;
        }
    }
    return false;
}

/* Finds out about option 'name'. */
typedef bool option_lookup_func(const struct action_parser *,
                                enum ovnact_type, const char *name,
                                uint16_t *code, const char **type);

static void
parse_option(struct action_parser *p, enum ovnact_type type,
             option_lookup_func *lookup, struct ovnact_options *opts,
             size_t *allocated)
{
    const char *where = p->lexer->token.start;
    const char *opt_type;
    uint16_t code;

    if (p->lexer->token.type != LEX_ID) {
        lexer_expected(p->lexer, "the name of an option");
        return;
    }
    char *name = lexer_text(p->lexer);
    lexer_get(p->lexer);
    if (!lookup(p, type, name, &code, &opt_type)) {
        lexer_error_at(p->lexer, where, "unknown option %.64s", name);
        free(name);
        return;
    }

    if (opts->n_options >= *allocated) {
        opts->options = x2nrealloc(opts->options, allocated,
                                   sizeof *opts->options);
    }
    struct ovnact_option *o = &opts->options[opts->n_options++];
    *o = (struct ovnact_option) {
        .name = name, .type = xstrdup(opt_type), .code = code
    };
    if (lexer_force(p->lexer, LEX_EQUALS)) {
        where = p->lexer->token.start;
        parse_values(p, o);
        if (!p->lexer->error) {
            check_option(p, o, where);
        }
    }
}

static struct ovnact_options *
parse_options(struct action_parser *p, enum ovnact_type type,
              const struct field_ref *result, option_lookup_func *lookup)
{
    struct ovnact_options *opts = ovnact_put(p->ovnacts, type, sizeof *opts);
    size_t allocated = 0;

    opts->result = *result;
    if (result->symbol->is_string || result->n_bits != 1) {
        lexer_error_at(p->lexer, p->start, "the result of %s must be assigned "
                       "to 1 bit", ovnact_name(type));
        return opts;
    }
    lexer_force(p->lexer, LEX_LPAREN);
    do {
        parse_option(p, type, lookup, opts, &allocated);
    } while (lexer_match(p->lexer, LEX_COMMA));
    return opts;
}

static void
format_options(const struct ovnact *ovnact, struct ds *s)
{
    const struct ovnact_options *opts = (const struct ovnact_options *) ovnact;

    field_ref_format(&opts->result, s);
    ds_put_format(s, " = %s(", ovnact_name(ovnact->type));
    for (size_t i = 0; i < opts->n_options; i++) {
        const struct ovnact_option *o = &opts->options[i];

        ds_put_format(s, "%s%s = %s", i ? ", " : "", o->name,
                      o->braces ? "{" : "");
        for (size_t j = 0; j < o->n_values; j++) {
            ds_put_cstr(s, j ? ", " : "");
            action_format_constant(&o->values[j], s);
        }
        ds_put_cstr(s, o->braces ? "}" : "");
    }
    ds_put_char(s, ')');
}

static void
free_options(struct ovnact *ovnact)
{
    struct ovnact_options *opts = (struct ovnact_options *) ovnact;

    for (size_t i = 0; i < opts->n_options; i++) {
        struct ovnact_option *o = &opts->options[i];

        for (size_t j = 0; j < o->n_values; j++) {
            free(o->values[j].string);
        }
        free(o->values);
        free(o->name);
        free(o->type);
    }
    free(opts->options);
}

/* DHCP: options are rows of a database table.  "offerip" always exists. */

static bool
lookup_dhcp_option(const struct action_parser *p, enum ovnact_type type,
                   const char *name, uint16_t *code, const char **opt_type)
{
    const struct shash *table = (type == OVNACT_PUT_DHCP_OPTS
                                 ? p->params->dhcp_opts
                                 : p->params->dhcpv6_opts);
    const struct dhcp_option *o = table ? shash_find_data(table, name) : NULL;

    if (o) {
        *code = o->code;
        *opt_type = o->type;
        return true;
    } else if (type == OVNACT_PUT_DHCP_OPTS && !strcmp(name, "offerip")) {
        *code = 0;
        *opt_type = "ipv4";
        return true;
    }
    return false;
}

static void
parse_DHCP(struct action_parser *p, enum ovnact_type type,
           const struct field_ref *result)
{
    struct ovnact_options *opts = parse_options(p, type, result,
                                                lookup_dhcp_option);

    if (!p->lexer->error && type == OVNACT_PUT_DHCP_OPTS
        && !has_option(opts, "offerip")) {
        lexer_error(p->lexer, "put_dhcp_opts needs option offerip");
    }
    lexer_force(p->lexer, LEX_RPAREN);
}

const struct action_shape shape_DHCP = {
    parse_DHCP, format_options, free_options
};

/* Appends the low-order 'n' bytes of 'value'. */
static void
put_int(struct ofpbuf *b, ovs_u128 value, size_t n)
{
    u128_put_be(value, ofpbuf_put_uninit(b, n), n);
}

/* Appends 'name' as in DNS messages: "\3www\7example\0". */
static void
put_dns_name(struct ofpbuf *b, const char *name)
{
    while (*name) {
        size_t n = strcspn(name, ".");
        uint8_t len = MIN(n, 63);

        if (len) {
            ofpbuf_put(b, &len, 1);
            ofpbuf_put(b, name, len);
        }
        name += n;
        name += *name == '.';
    }
    ofpbuf_put_zeros(b, 1);
}

/* Appends 'names', separated by commas. */
static void
put_dns_names(struct ofpbuf *b, const char *names)
{
    char *copy = xstrdup(names);
    char *save_ptr = NULL;

    for (char *name = strtok_r(copy, ", ", &save_ptr); name;
         name = strtok_r(NULL, ", ", &save_ptr)) {
        put_dns_name(b, name);
    }
    free(copy);
}

/* Appends a route as in RFC 3442. */
static void
put_route(struct ofpbuf *b, const struct ovnact_constant *network,
          const struct ovnact_constant *router)
{
    uint8_t plen = (!network->masked ? 32
                    : 32 - MIN(u128_ctz(network->mask), 32));

    ofpbuf_put(b, &plen, 1);
    put_int(b, u128_shr(network->value, 32 - ROUND_UP(plen, 8)),
            DIV_ROUND_UP(plen, 8));
    put_int(b, router->value, 4);
}

static void
put_option_values(struct ofpbuf *b, const struct ovnact_option *o)
{
    const struct option_type *type = find_option_type(o->type);
    const struct ovnact_constant *first = &o->values[0];

    switch (type->value) {
    case V_INTEGER:
        put_int(b, first->value, DIV_ROUND_UP(type->max_bits, 8));
        break;
    case V_IPV4:
    case V_IPV6:
        for (size_t i = 0; i < o->n_values; i++) {
            put_int(b, o->values[i].value, type->value == V_IPV4 ? 4 : 16);
        }
        break;
    case V_MAC:
        put_int(b, first->value, 6);
        break;
    case V_STRING:
    case V_IPV4_OR_STRING:
        if (!strcmp(type->name, "domains")) {
            put_dns_names(b, first->string);
        } else if (!strcmp(type->name, "domain")) {
            put_dns_name(b, first->string);
        } else if (first->string) {
            ofpbuf_put(b, first->string, strlen(first->string));
        } else {
            struct ds s = DS_EMPTY_INITIALIZER;
            lex_format_integer(first->value, LEX_F_IPV4, &s);
            ofpbuf_put(b, s.string, s.length);
            ds_destroy(&s);
        }
        break;
    case V_ROUTES:
        for (size_t i = 0; i + 1 < o->n_values; i += 2) {
            put_route(b, &o->values[i], &o->values[i + 1]);
        }
        break;
    case V_PREFIX:
        OVS_NOT_REACHED();
    }
}

void
encode_PUT_DHCP_OPTS(const struct ovnact *ovnact, struct action_encoder *e)
{
    const struct ovnact_options *opts = (const struct ovnact_options *) ovnact;
    size_t start = action_start_controller(e, CTRL_OP_PUT_DHCP_OPTS, true,
                                           NULL);

    action_put_result_oxm(e, &opts->result);
    for (size_t i = 0; i < opts->n_options; i++) {
        if (!strcmp(opts->options[i].name, "offerip")) {
            put_int(e->ofpacts, opts->options[i].values[0].value, 4);
            break;
        }
    }
    for (size_t i = 0; i < opts->n_options; i++) {
        const struct ovnact_option *o = &opts->options[i];
        struct ofpbuf data;

        if (!strcmp(o->name, "offerip")) {
            continue;
        }
        ofpbuf_init(&data, 0);
        put_option_values(&data, o);
        if (data.size > UINT8_MAX) {
            action_encode_error(e, "DHCP option %s is longer than 255 bytes",
                                o->name);
        }
        const uint8_t header[] = { o->code, data.size };
        ofpbuf_put(e->ofpacts, header, sizeof header);
        ofpbuf_put(e->ofpacts, data.data, data.size);
        ofpbuf_uninit(&data);
    }
    action_finish_controller(e, start);
}

void
encode_PUT_DHCPV6_OPTS(const struct ovnact *ovnact, struct action_encoder *e)
{
    const struct ovnact_options *opts = (const struct ovnact_options *) ovnact;
    size_t start = action_start_controller(e, CTRL_OP_PUT_DHCPV6_OPTS, true,
                                           NULL);

    action_put_result_oxm(e, &opts->result);
    for (size_t i = 0; i < opts->n_options; i++) {
        const struct ovnact_option *o = &opts->options[i];
        struct ofpbuf data;

        ofpbuf_init(&data, 0);
        put_option_values(&data, o);
        if (data.size > UINT16_MAX / 2) {
            action_encode_error(e, "DHCPv6 option %s is too long", o->name);
            data.size = 0;
        }
        const ovs_be16 header[] = { htons(o->code), htons(data.size) };
        ofpbuf_put(e->ofpacts, header, sizeof header);
        ofpbuf_put(e->ofpacts, data.data, data.size);
        ofpbuf_uninit(&data);
    }
    action_finish_controller(e, start);
}

/* RA: options of router advertisements. */

static const struct ra_option {
    const char *name;
    const char *type;
} ra_options[] = {
    { "addr_mode", "str" },     /* "slaac", "dhcpv6_stateful", ... */
    { "slla", "mac" },
    { "mtu", "uint32" },
    { "prefix", "prefix" },
    { "router_preference", "str" }, /* "HIGH", "MEDIUM", "LOW". */
    { "route_info", "str" },    /* "PREFERENCE-PREFIX,..." */
    { "rdnss", "ipv6" },
    { "dnssl", "domains" },
};

static bool
lookup_ra_option(const struct action_parser *p OVS_UNUSED,
                 enum ovnact_type type OVS_UNUSED, const char *name,
                 uint16_t *code, const char **opt_type)
{
    for (size_t i = 0; i < ARRAY_SIZE(ra_options); i++) {
        if (!strcmp(name, ra_options[i].name)) {
            *code = i;
            *opt_type = ra_options[i].type;
            return true;
        }
    }
    return false;
}

static const struct ovnact_option *
find_option(const struct ovnact_options *opts, const char *name)
{
    for (size_t i = 0; i < opts->n_options; i++) {
        if (!strcmp(opts->options[i].name, name)) {
            return &opts->options[i];
        }
    }
    return NULL;
}

/* Flags of the advertisement for an addr_mode, or -1. */
static int
addr_mode_flags(const char *mode)
{
    return (!strcmp(mode, "slaac") ? 0
            : !strcmp(mode, "dhcpv6_stateful") ? ND_RA_MANAGED_ADDRESS
            : !strcmp(mode, "dhcpv6_stateless") ? ND_RA_OTHER_CONFIG
            : -1);
}

/* Bits for a preference, as in RFC 4191, or -1. */
static int
preference_bits(const char *preference, size_t n)
{
    return (n == 4 && !strncasecmp(preference, "HIGH", n) ? 0x08
            : n == 6 && !strncasecmp(preference, "MEDIUM", n) ? 0x00
            : n == 3 && !strncasecmp(preference, "LOW", n) ? 0x18
            : -1);
}

/* Parses one "PREFERENCE-PREFIX" of option route_info. */
static bool
parse_route_info(const char *s, int *preference, struct in6_addr *ip,
                 unsigned int *plen)
{
    size_t n = strcspn(s, "-");

    *preference = preference_bits(s, n);
    if (*preference < 0 || s[n] != '-') {
        return false;
    }
    char *error = ipv6_parse_cidr(s + n + 1, ip, plen);
    free(error);
    return !error;
}

/* Calls 'cb', which may be NULL, for each route in 'text'.  Returns false if
 * one is wrong. */
static bool
for_each_route_info(const char *text,
                    void (*cb)(struct ofpbuf *, int preference,
                               const struct in6_addr *, unsigned int plen),
                    struct ofpbuf *b)
{
    char *copy = xstrdup(text);
    char *save_ptr = NULL;
    bool ok = true;

    for (char *route = strtok_r(copy, ", ", &save_ptr); route && ok;
         route = strtok_r(NULL, ", ", &save_ptr)) {
        struct in6_addr ip;
        unsigned int plen;
        int preference;

        ok = parse_route_info(route, &preference, &ip, &plen);
        if (ok && cb) {
            cb(b, preference, &ip, plen);
        }
    }
    free(copy);
    return ok;
}

static void
check_ra_options(struct action_parser *p, const struct ovnact_options *opts)
{
    const struct ovnact_option *mode = find_option(opts, "addr_mode");
    const struct ovnact_option *pref = find_option(opts, "router_preference");
    const struct ovnact_option *route = find_option(opts, "route_info");

    if (!mode || !has_option(opts, "slla")) {
        lexer_error(p->lexer, "put_nd_ra_opts needs options addr_mode and "
                    "slla");
        return;
    }

    int flags = addr_mode_flags(mode->values[0].string);
    if (flags < 0) {
        lexer_error(p->lexer, "addr_mode must be \"slaac\", "
                    "\"dhcpv6_stateful\" or \"dhcpv6_stateless\"");
    } else if (!(flags & ND_RA_MANAGED_ADDRESS)
               && !has_option(opts, "prefix")) {
        lexer_error(p->lexer, "addr_mode \"%s\" needs option prefix",
                    mode->values[0].string);
    } else if (pref && preference_bits(pref->values[0].string,
                                       strlen(pref->values[0].string)) < 0) {
        lexer_error(p->lexer, "router_preference must be \"HIGH\", "
                    "\"MEDIUM\" or \"LOW\"");
    } else if (route && !for_each_route_info(route->values[0].string, NULL,
                                             NULL)) {
        lexer_error(p->lexer, "route_info must be \"PREFERENCE-PREFIX, "
                    "...\"");
    }
}

static void
parse_RA(struct action_parser *p, enum ovnact_type type,
         const struct field_ref *result)
{
    struct ovnact_options *opts = parse_options(p, type, result,
                                                lookup_ra_option);

    if (!p->lexer->error) {
        check_ra_options(p, opts);
    }
    lexer_force(p->lexer, LEX_RPAREN);
}

const struct action_shape shape_RA = {
    parse_RA, format_options, free_options
};

/* Starts an option of a neighbour discovery message.  Its length, in units of
 * 8 bytes, is filled in by finish_nd_option(). */
static size_t
start_nd_option(struct ofpbuf *b, uint8_t type)
{
    const uint8_t header[] = { type, 0 };
    size_t start = b->size;

    ofpbuf_put(b, header, sizeof header);
    return start;
}

static void
finish_nd_option(struct ofpbuf *b, size_t start)
{
    size_t n = b->size - start;

    ofpbuf_put_zeros(b, ROUND_UP(n, 8) - n);
    uint8_t *header = ofpbuf_at_assert(b, start, 2);
    header[1] = MIN(DIV_ROUND_UP(n, 8), UINT8_MAX);
}

static void
put_u32(struct ofpbuf *b, uint32_t value)
{
    put_int(b, u128_from_u64(value), 4);
}

/* Flags of a prefix, from RFC 4861. */
#define ND_PREFIX_ON_LINK 0x80
#define ND_PREFIX_AUTONOMOUS 0x40

static void
put_prefix(struct ofpbuf *b, const struct ovnact_constant *c, uint8_t flags)
{
    size_t start = start_nd_option(b, ND_OPT_PREFIX_INFORMATION);
    uint8_t header[] = { 128 - MIN(u128_ctz(c->mask), 128), flags };

    ofpbuf_put(b, header, sizeof header);
    put_u32(b, UINT32_MAX);     /* Valid forever. */
    put_u32(b, UINT32_MAX);     /* Preferred forever. */
    put_u32(b, 0);
    put_int(b, c->value, 16);
    finish_nd_option(b, start);
}

/* Types from RFC 4191 and RFC 8106. */
#define ND_OPT_ROUTE_INFO 24
#define ND_OPT_RDNSS_INFO 25
#define ND_OPT_DNSSL_INFO 31

static void
put_route_info(struct ofpbuf *b, int preference, const struct in6_addr *ip,
               unsigned int plen)
{
    size_t start = start_nd_option(b, ND_OPT_ROUTE_INFO);
    uint8_t header[] = { plen, preference };

    ofpbuf_put(b, header, sizeof header);
    put_u32(b, UINT32_MAX);
    ofpbuf_put(b, ip, plen > 64 ? 16 : plen ? 8 : 0);
    finish_nd_option(b, start);
}

static void
put_ra_option(struct ofpbuf *b, const struct ovnact_option *o, int mo_flags)
{
    size_t start;

    if (!strcmp(o->name, "slla")) {
        start = start_nd_option(b, ND_OPT_SOURCE_LINKADDR);
        put_int(b, o->values[0].value, 6);
        finish_nd_option(b, start);
    } else if (!strcmp(o->name, "mtu")) {
        start = start_nd_option(b, ND_OPT_MTU);
        ofpbuf_put_zeros(b, 2);
        put_int(b, o->values[0].value, 4);
        finish_nd_option(b, start);
    } else if (!strcmp(o->name, "prefix")) {
        put_prefix(b, &o->values[0], (mo_flags & ND_RA_MANAGED_ADDRESS
                                      ? ND_PREFIX_ON_LINK
                                      : (ND_PREFIX_ON_LINK
                                         | ND_PREFIX_AUTONOMOUS)));
    } else if (!strcmp(o->name, "rdnss")) {
        start = start_nd_option(b, ND_OPT_RDNSS_INFO);
        ofpbuf_put_zeros(b, 2);
        put_u32(b, UINT32_MAX);
        put_option_values(b, o);
        finish_nd_option(b, start);
    } else if (!strcmp(o->name, "dnssl")) {
        start = start_nd_option(b, ND_OPT_DNSSL_INFO);
        ofpbuf_put_zeros(b, 2);
        put_u32(b, UINT32_MAX);
        put_option_values(b, o);
        finish_nd_option(b, start);
    } else if (!strcmp(o->name, "route_info")) {
        for_each_route_info(o->values[0].string, put_route_info, b);
    }
}

void
encode_PUT_ND_RA_OPTS(const struct ovnact *ovnact, struct action_encoder *e)
{
    const struct ovnact_options *opts = (const struct ovnact_options *) ovnact;
    const struct ovnact_option *mode = find_option(opts, "addr_mode");
    const struct ovnact_option *pref = find_option(opts, "router_preference");
    int flags = addr_mode_flags(mode->values[0].string);
    size_t start = action_start_controller(e, CTRL_OP_PUT_ND_RA_OPTS, true,
                                           NULL);

    if (pref) {
        flags |= preference_bits(pref->values[0].string,
                                 strlen(pref->values[0].string));
    }
    const struct ovs_ra_msg ra = {
        .icmph = { .icmp6_type = ND_ROUTER_ADVERT },
        .cur_hop_limit = 255,
        .mo_flags = flags,
        .router_lifetime = htons(UINT16_MAX),
    };
    action_put_result_oxm(e, &opts->result);
    ofpbuf_put(e->ofpacts, &ra, sizeof ra);
    for (size_t i = 0; i < opts->n_options; i++) {
        put_ra_option(e->ofpacts, &opts->options[i], flags);
    }
    action_finish_controller(e, start);
}
