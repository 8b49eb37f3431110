/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Lexer of the logical flow language, see lib/lex.h. */

#include <config.h>
#include "lib/lex.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>
#include "lib/u128.h"
#include "openvswitch/json.h"
#include "openvswitch/util.h"
#include "packets.h"
#include "util.h"

/* Longest piece of the input to show in an error, before and after it. */
#define SHOW_BEFORE 40
#define SHOW_AFTER 30

static bool
is_id_first(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || c == '_' || c == '.';
}

static bool
is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static bool
is_id(int c)
{
    return is_id_first(c) || is_digit(c);
}

static bool
is_xdigit(int c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static size_t
span(const char *s, bool (*pred)(int c))
{
    size_t n = 0;

    while (pred(s[n])) {
        n++;
    }
    return n;
}

/* Errors. */

/* Backs up from 's' within 'start' by at most 'n' characters. */
static const char *
utf8_back(const char *start, const char *s, int n)
{
    while (s > start && n > 0) {
        s--;
        if ((*s & 0xc0) != 0x80) {
            n--;
        }
    }
    return s;
}

/* Puts the first line of error 's': the part of the input around 'where', and
 * below it a caret. */
static void
put_caret(const struct lexer *lexer, const char *where, struct ds *s)
{
    const char *first = utf8_back(lexer->input, where, SHOW_BEFORE);
    bool left = first > lexer->input;
    int column = 0;

    ds_put_format(s, "\n  %s", left ? "..." : "");
    for (const char *p = first; *p && p < where + SHOW_AFTER; p++) {
        ds_put_char(s, (uint8_t) *p < ' ' || *p == 0x7f ? ' ' : *p);
        column += p < where && (*p & 0xc0) != 0x80;
    }
    ds_put_format(s, "%s\n  %*s^", strlen(where) > SHOW_AFTER ? "..." : "",
                  column + (left ? 3 : 0), "");
}

static void
lexer_verror(struct lexer *lexer, const char *where, const char *format,
             va_list args)
{
    if (lexer->error) {
        return;
    }

    int column = 1;
    for (const char *p = lexer->input; p < where; p++) {
        column += (*p & 0xc0) != 0x80;
    }

    struct ds s = DS_EMPTY_INITIALIZER;
    ds_put_format(&s, "column %d: ", column);
    ds_put_format_valist(&s, format, args);
    put_caret(lexer, where, &s);
    lexer->error = ds_steal_cstr(&s);
    lexer->token.type = LEX_END;
}

void
lexer_error_at(struct lexer *lexer, const char *where,
               const char *format, ...)
{
    va_list args;

    va_start(args, format);
    lexer_verror(lexer, where, format, args);
    va_end(args);
}

void
lexer_error(struct lexer *lexer, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    lexer_verror(lexer, lexer->token.start, format, args);
    va_end(args);
}

void
lexer_expected(struct lexer *lexer, const char *what)
{
    const struct lex_token *token = &lexer->token;

    if (token->type == LEX_END) {
        lexer_error(lexer, "expected %s, found the end", what);
    } else {
        int n = MIN(lexer->next - token->start, SHOW_AFTER);
        lexer_error(lexer, "expected %s, found %.*s", what, n, token->start);
    }
}

char *
lexer_finish(struct lexer *lexer)
{
    if (!lexer->error && lexer->token.type != LEX_END) {
        lexer_expected(lexer, "the end");
    }

    char *error = lexer->error;
    lexer->error = NULL;
    return error;
}

/* Integers. */

static bool
scan_decimal(const char *s, size_t n, ovs_u128 *value)
{
    ovs_u128 x = OVS_U128_ZERO;

    for (size_t i = 0; i < n; i++) {
        /* x = x * 10 + digit, in two halves of which the lower is in pieces
         * of 32 bits, so that nothing overflows unseen. */
        uint64_t l = (x.u64.lo & UINT32_MAX) * 10 + (s[i] - '0');
        uint64_t m = (x.u64.lo >> 32) * 10 + (l >> 32);
        uint64_t carry = m >> 32;

        if (x.u64.hi > (UINT64_MAX - carry) / 10) {
            return false;
        }
        x.u64.hi = x.u64.hi * 10 + carry;
        x.u64.lo = m << 32 | (l & UINT32_MAX);
    }
    *value = x;
    return true;
}

static bool
scan_hex(const char *s, size_t n, ovs_u128 *value)
{
    ovs_u128 x = OVS_U128_ZERO;

    for (size_t i = 0; i < n; i++) {
        if (x.u64.hi >> 60) {
            return false;
        }
        x = u128_shl(x, 4);
        x.u64.lo |= hexit_value(s[i]);
    }
    *value = x;
    return true;
}

/* If an address or number starts at 's', stores it and returns its length in
 * bytes.  Returns 0 for anything else.  Returns -1 for something that starts
 * like a number but is wrong; then stores what's wrong in '*error'. */
static int
scan_integer(const char *s, ovs_u128 *value, enum lex_format *format,
             const char **error)
{
    size_t n_hex = span(s, is_xdigit);
    char buf[64];

    if (s[n_hex] == ':' && (n_hex || s[1] == ':')) {
        size_t n = strspn(s, "0123456789abcdefABCDEF:");
        if (s[n] == '.' && n && s[n - 1] != ':') {
            n += strspn(s + n, "0123456789.");  /* ::ffff:192.0.2.1 */
        }
        if (n >= sizeof buf) {
            *error = "invalid numeric constant";
            return -1;
        }
        ovs_strlcpy(buf, s, n + 1);

        struct eth_addr ea;
        struct in6_addr in6;
        if (eth_addr_from_string(buf, &ea)) {
            *value = u128_get_be(&ea, sizeof ea);
            *format = LEX_F_ETHERNET;
        } else if (ipv6_parse(buf, &in6)) {
            *value = u128_get_be(&in6, sizeof in6);
            *format = LEX_F_IPV6;
        } else {
            *error = "invalid Ethernet or IPv6 address";
            return -1;
        }
        return n;
    }

    if (!is_digit(s[0])) {
        return 0;
    }

    size_t n = span(s, is_digit);
    if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) {
        n = span(s + 2, is_xdigit);
        if (!n) {
            *error = "hexadecimal digits expected following 0x";
            return -1;
        } else if (!scan_hex(s + 2, n, value)) {
            *error = "hexadecimal constant requires more than 128 bits";
            return -1;
        }
        *format = LEX_F_HEXADECIMAL;
        n += 2;
    } else if (s[n] == '.' && is_digit(s[n + 1])) {
        ovs_be32 ip;

        n = 0;
        while (is_digit(s[n]) || (s[n] == '.' && is_digit(s[n + 1]))) {
            n++;
        }
        ovs_strlcpy(buf, s, MIN(n + 1, sizeof buf));
        if (n >= sizeof buf || !ip_parse(buf, &ip)) {
            *error = "invalid IPv4 address";
            return -1;
        }
        *value = u128_from_u64(ntohl(ip));
        *format = LEX_F_IPV4;
    } else {
        if (!scan_decimal(s, n, value)) {
            *error = "decimal constant requires more than 128 bits";
            return -1;
        }
        *format = LEX_F_DECIMAL;
    }

    if (is_id(s[n]) && s[n] != '.') {
        *error = "invalid numeric constant";
        return -1;
    }
    return n;
}

static unsigned int
format_width(enum lex_format format)
{
    return (format == LEX_F_IPV4 ? 32
            : format == LEX_F_ETHERNET ? 48
            : 128);
}

/* Continues with the "/MASK" at 's', if there is one.  Returns its length, or
 * -1 on error. */
static int
scan_mask(struct lexer *lexer, const char *s)
{
    struct lex_token *token = &lexer->token;
    enum lex_format format;
    const char *error = "a mask or a prefix length must follow `/'";
    ovs_u128 mask;

    if (*s != '/' || s[1] == '/' || s[1] == '*') {
        return 0;
    }

    int n = scan_integer(s + 1, &mask, &format, &error);
    if (n <= 0) {
        lexer_error_at(lexer, s + 1, "%s", error);
        return -1;
    } else if (format == token->format) {
        /* As it is. */
    } else if (format <= LEX_F_HEXADECIMAL
               && token->format <= LEX_F_HEXADECIMAL) {
        token->format = LEX_F_HEXADECIMAL;
    } else if (format == LEX_F_DECIMAL && (token->format == LEX_F_IPV4
                                           || token->format == LEX_F_IPV6)) {
        unsigned int width = format_width(token->format);
        if (u128_cmp(mask, u128_from_u64(width)) > 0) {
            lexer_error_at(lexer, s + 1, "prefix length is not in 0...%u",
                           width);
            return -1;
        }
        mask = u128_xor(u128_ones(width), u128_ones(width - mask.u64.lo));
    } else {
        lexer_error_at(lexer, s + 1, "a mask must be written like its value, "
                       "or be a prefix length");
        return -1;
    }

    if (!ovs_u128_is_zero(ovs_u128_and(token->value, u128_not(mask)))) {
        lexer_error_at(lexer, token->start,
                       "value contains 1-bits that the mask leaves out");
        return -1;
    }
    token->mask = mask;
    token->type = LEX_MASKED_INTEGER;
    return n + 1;
}

/* Tokens. */

/* Skips white space and comments.  Returns NULL after an error. */
static const char *
skip_space(struct lexer *lexer, const char *s)
{
    for (;;) {
        if (*s && strchr(" \t\r\n\v\f", *s)) {
            s++;
        } else if (s[0] == '/' && s[1] == '/') {
            s += strcspn(s, "\n");
        } else if (s[0] == '/' && s[1] == '*') {
            const char *end = strstr(s + 2, "*/");
            if (!end || memchr(s, '\n', end - s)) {
                lexer_error_at(lexer, s, "comment without */ on this line");
                return NULL;
            }
            s = end + 2;
        } else {
            return s;
        }
    }
}

/* The string whose opening quote is at 's'. */
static void
get_string(struct lexer *lexer, const char *s)
{
    struct lex_token *token = &lexer->token;
    size_t n = 1;

    while (s[n] != '"') {
        if (!s[n]) {
            lexer_error_at(lexer, s, "string without closing quote");
            return;
        }
        n += s[n] == '\\' && s[n + 1] ? 2 : 1;
    }

    token->type = LEX_STRING;
    token->text = s + 1;
    token->len = n - 1;
    lexer->next = s + n + 1;

    /* Almost all strings are names without anything to unescape. */
    bool plain = true;
    for (size_t i = 0; i < token->len; i++) {
        plain = plain && token->text[i] != '\\' && token->text[i] >= ' ';
    }
    if (!plain) {
        char *text;
        bool ok = json_string_unescape(token->text, token->len, &text);
        if (!ok) {
            lexer_error_at(lexer, s, "invalid string: %s", text);
        } else {
            ds_clear(&lexer->unescaped);
            ds_put_cstr(&lexer->unescaped, text);
            token->text = ds_cstr(&lexer->unescaped);
            token->len = lexer->unescaped.length;
        }
        free(text);
    }
}

/* "$name", "@name", "^name". */
static void
get_macro(struct lexer *lexer, const char *s)
{
    struct lex_token *token = &lexer->token;

    token->type = (*s == '$' ? LEX_ADDRESS_SET
                   : *s == '@' ? LEX_PORT_GROUP
                   : LEX_TEMPLATE);
    token->text = s + 1;
    token->len = is_id_first(s[1]) ? span(s + 1, is_id) : 0;
    lexer->next = s + 1 + token->len;
    if (!token->len) {
        lexer_error_at(lexer, s, "a name must follow `%c'", *s);
    }
}

static void
get_fixed(struct lexer *lexer, const char *s)
{
    static const struct {
        enum lex_type type;
        const char *text;
    } table[] = {
#define LEX_FIXED(ENUM, TEXT) { ENUM, TEXT },
        LEX_FIXED_TOKENS
#undef LEX_FIXED
    };

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        const char *text = table[i].text;

        if (s[0] == text[0] && !strncmp(s, text, strlen(text))) {
            lexer->token.type = table[i].type;
            lexer->next = s + strlen(text);
            return;
        }
    }
    if (s[0] == '&' || s[0] == '|') {
        lexer_error_at(lexer, s, "`%c' is only valid as part of `%c%c'",
                       s[0], s[0], s[0]);
    } else {
        lexer_error_at(lexer, s, "expected a name, a constant or an operator");
    }
}

void
lexer_get(struct lexer *lexer)
{
    struct lex_token *token = &lexer->token;

    token->type = LEX_END;
    if (lexer->error) {
        return;
    }

    const char *s = skip_space(lexer, lexer->next);
    if (!s) {
        return;
    }
    token->start = lexer->next = s;
    if (!*s) {
        return;
    }

    const char *error;
    int n = scan_integer(s, &token->value, &token->format, &error);
    if (n < 0) {
        lexer_error_at(lexer, s, "%s", error);
    } else if (n > 0) {
        token->type = LEX_INTEGER;
        int m = scan_mask(lexer, s + n);
        if (m >= 0) {
            lexer->next = s + n + m;
        }
    } else if (*s == '"') {
        get_string(lexer, s);
    } else if (*s == '$' || *s == '@' || *s == '^') {
        get_macro(lexer, s);
    } else if (is_id_first(*s) && !(s[0] == '.' && s[1] == '.')) {
        token->type = LEX_ID;
        token->text = s;
        token->len = 0;
        while (is_id(s[token->len])
               && !(s[token->len] == '.' && s[token->len + 1] == '.')) {
            token->len++;
        }
        lexer->next = s + token->len;
    } else {
        get_fixed(lexer, s);
    }
}

void
lexer_init(struct lexer *lexer, const char *input)
{
    *lexer = (struct lexer) {
        .input = input,
        .next = input,
        .token.start = input,
        .unescaped = DS_EMPTY_INITIALIZER,
    };
    lexer_get(lexer);
}

void
lexer_destroy(struct lexer *lexer)
{
    ds_destroy(&lexer->unescaped);
    free(lexer->error);
}

bool
lexer_match(struct lexer *lexer, enum lex_type type)
{
    if (lexer->token.type == type && type != LEX_END) {
        lexer_get(lexer);
        return true;
    }
    return false;
}

bool
lexer_is_id(const struct lexer *lexer, const char *id)
{
    const struct lex_token *token = &lexer->token;

    return (token->type == LEX_ID && token->len == strlen(id)
            && !memcmp(token->text, id, token->len));
}

bool
lexer_match_id(struct lexer *lexer, const char *id)
{
    return lexer_is_id(lexer, id) && lexer_match(lexer, LEX_ID);
}

bool
lexer_force(struct lexer *lexer, enum lex_type type)
{
    if (lexer_match(lexer, type)) {
        return true;
    }
    lexer_expected(lexer, lex_type_to_string(type));
    return false;
}

bool
lexer_force_int(struct lexer *lexer, const char *what, uint64_t min,
                uint64_t max, uint64_t *value)
{
    const struct lex_token *token = &lexer->token;

    if (token->type != LEX_INTEGER) {
        lexer_expected(lexer, what);
    } else if (token->value.u64.hi || token->value.u64.lo < min
               || token->value.u64.lo > max) {
        lexer_error(lexer, "%s must be in %"PRIu64"...%"PRIu64, what,
                    min, max);
    } else {
        *value = token->value.u64.lo;
        lexer_get(lexer);
        return true;
    }
    return false;
}

bool
lexer_force_string(struct lexer *lexer, const char *what, char **string)
{
    if (lexer->token.type != LEX_STRING) {
        lexer_expected(lexer, what);
        return false;
    }
    *string = lexer_text(lexer);
    lexer_get(lexer);
    return true;
}

char *
lexer_text(const struct lexer *lexer)
{
    return xmemdup0(lexer->token.text, lexer->token.len);
}

/* Formatting. */

const char *
lex_type_to_string(enum lex_type type)
{
    switch (type) {
    case LEX_END: return "the end";
    case LEX_ID: return "an identifier";
    case LEX_STRING: return "a string";
    case LEX_INTEGER: return "an integer";
    case LEX_MASKED_INTEGER: return "an integer with mask";
    case LEX_ADDRESS_SET: return "an address set";
    case LEX_PORT_GROUP: return "a port group";
    case LEX_TEMPLATE: return "a template variable";
#define LEX_FIXED(ENUM, TEXT) case ENUM: return "`" TEXT "'";
    LEX_FIXED_TOKENS
#undef LEX_FIXED
    }
    OVS_NOT_REACHED();
}

void
lex_format_integer(ovs_u128 value, enum lex_format format, struct ds *s)
{
    struct eth_addr ea;
    struct in6_addr in6;

    if (format != LEX_F_HEXADECIMAL
        && u128_width(value) > (format == LEX_F_DECIMAL ? 64
                                : format_width(format))) {
        format = LEX_F_HEXADECIMAL;
    }

    switch (format) {
    case LEX_F_DECIMAL:
        ds_put_format(s, "%"PRIu64, value.u64.lo);
        break;
    case LEX_F_HEXADECIMAL:
        if (value.u64.hi) {
            ds_put_format(s, "0x%"PRIx64"%016"PRIx64, value.u64.hi,
                          value.u64.lo);
        } else {
            ds_put_format(s, "0x%"PRIx64, value.u64.lo);
        }
        break;
    case LEX_F_IPV4:
        ds_put_format(s, IP_FMT, IP_ARGS(htonl(value.u64.lo)));
        break;
    case LEX_F_IPV6:
        u128_put_be(value, &in6, sizeof in6);
        ipv6_format_addr(&in6, s);
        break;
    case LEX_F_ETHERNET:
        u128_put_be(value, &ea, sizeof ea);
        ds_put_format(s, ETH_ADDR_FMT, ETH_ADDR_ARGS(ea));
        break;
    }
}

void
lex_format_masked(ovs_u128 value, ovs_u128 mask, enum lex_format format,
                  struct ds *s)
{
    unsigned int width = format_width(format);

    lex_format_integer(value, format, s);
    ds_put_char(s, '/');
    if (format == LEX_F_IPV4 || format == LEX_F_IPV6) {
        unsigned int zeros = MIN(u128_ctz(mask), width);
        if (ovs_u128_equals(mask, u128_xor(u128_ones(width),
                                           u128_ones(zeros)))) {
            ds_put_format(s, "%u", width - zeros);
            return;
        }
    }
    lex_format_integer(mask, format, s);
}

void
lex_format_string(const char *string, struct ds *s)
{
    json_string_escape(string, s);
}

void
lex_token_format(const struct lex_token *token, struct ds *s)
{
    char *text;

    switch (token->type) {
    case LEX_END:
        break;
    case LEX_ID:
        ds_put_buffer(s, token->text, token->len);
        break;
    case LEX_STRING:
        text = xmemdup0(token->text, token->len);
        lex_format_string(text, s);
        free(text);
        break;
    case LEX_INTEGER:
        lex_format_integer(token->value, token->format, s);
        break;
    case LEX_MASKED_INTEGER:
        lex_format_masked(token->value, token->mask, token->format, s);
        break;
    case LEX_ADDRESS_SET:
    case LEX_PORT_GROUP:
    case LEX_TEMPLATE:
        ds_put_char(s, (token->type == LEX_ADDRESS_SET ? '$'
                        : token->type == LEX_PORT_GROUP ? '@'
                        : '^'));
        ds_put_buffer(s, token->text, token->len);
        break;
#define LEX_FIXED(ENUM, TEXT) case ENUM: ds_put_cstr(s, TEXT); break;
    LEX_FIXED_TOKENS
#undef LEX_FIXED
    }
}

char *
lex_expand_templates(const char *s,
                     const char *(*lookup)(void *aux, const char *name),
                     void *aux)
{
    if (!strchr(s, '^')) {
        return NULL;
    }

    struct ds out = DS_EMPTY_INITIALIZER;
    const char *copied = s;
    struct lexer lexer;

    lexer_init(&lexer, s);
    while (lexer.token.type != LEX_END) {
        if (lexer.token.type == LEX_TEMPLATE) {
            char *name = lexer_text(&lexer);
            const char *value = lookup(aux, name);
            if (value) {
                ds_put_buffer(&out, copied, lexer.token.start - copied);
                ds_put_cstr(&out, value);
                copied = lexer.next;
            }
            free(name);
        }
        lexer_get(&lexer);
    }
    lexer_destroy(&lexer);

    if (copied == s) {
        ds_destroy(&out);
        return NULL;
    }
    ds_put_cstr(&out, copied);
    return ds_steal_cstr(&out);
}
