/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef LIB_LEX_H
#define LIB_LEX_H 1

/* Lexer of the logical flow language
 * ==================================
 *
 * Cuts a string into tokens, for the parsers of expressions (lib/expr.h) and
 * actions (lib/actions.h).  Tokens are slices of the input; nothing is
 * allocated but the text of a string with escapes in it.
 *
 * The lexer also collects the error message for the parser above it, because
 * it knows where in the text the parser is.  The first error wins; from then
 * on, the current token is always LEX_END, so that parsers stop by
 * themselves. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "openvswitch/compiler.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/types.h"

/* Tokens that are always written the same way: enum and text.  A token must
 * come before any other that is a prefix of its text. */
#define LEX_FIXED_TOKENS                        \
    LEX_FIXED(LEX_LPAREN,   "(")                \
    LEX_FIXED(LEX_RPAREN,   ")")                \
    LEX_FIXED(LEX_LCURLY,   "{")                \
    LEX_FIXED(LEX_RCURLY,   "}")                \
    LEX_FIXED(LEX_LSQUARE,  "[")                \
    LEX_FIXED(LEX_RSQUARE,  "]")                \
    LEX_FIXED(LEX_EQ,       "==")               \
    LEX_FIXED(LEX_NE,       "!=")               \
    LEX_FIXED(LEX_EXCHANGE, "<->")              \
    LEX_FIXED(LEX_LE,       "<=")               \
    LEX_FIXED(LEX_LT,       "<")                \
    LEX_FIXED(LEX_GE,       ">=")               \
    LEX_FIXED(LEX_GT,       ">")                \
    LEX_FIXED(LEX_NOT,      "!")                \
    LEX_FIXED(LEX_AND,      "&&")               \
    LEX_FIXED(LEX_OR,       "||")               \
    LEX_FIXED(LEX_ELLIPSIS, "..")               \
    LEX_FIXED(LEX_COMMA,    ",")                \
    LEX_FIXED(LEX_SEMICOLON, ";")               \
    LEX_FIXED(LEX_EQUALS,   "=")                \
    LEX_FIXED(LEX_DECREMENT, "--")              \
    LEX_FIXED(LEX_HYPHEN,   "-")                \
    LEX_FIXED(LEX_COLON,    ":")

enum lex_type {
    LEX_END,                    /* End of input, or after an error. */
    LEX_ID,                     /* Identifier: 'text'. */
    LEX_STRING,                 /* String: 'text', without quotes. */
    LEX_INTEGER,                /* Integer: 'value'. */
    LEX_MASKED_INTEGER,         /* Integer: 'value', 'mask'. */
    LEX_ADDRESS_SET,            /* $name: 'text' is the name. */
    LEX_PORT_GROUP,             /* @name: likewise. */
    LEX_TEMPLATE,               /* ^name: likewise. */
#define LEX_FIXED(ENUM, TEXT) ENUM,
    LEX_FIXED_TOKENS
#undef LEX_FIXED
};

/* How an integer was written. */
enum lex_format {
    LEX_F_DECIMAL,
    LEX_F_HEXADECIMAL,
    LEX_F_IPV4,
    LEX_F_IPV6,
    LEX_F_ETHERNET,
};

struct lex_token {
    enum lex_type type;
    const char *start;          /* First byte of the token in the input. */
    const char *text;           /* Not null-terminated. */
    size_t len;
    ovs_u128 value;
    ovs_u128 mask;
    enum lex_format format;
};

struct lexer {
    const char *input;
    const char *next;           /* Right after 'token'. */
    struct lex_token token;     /* Current token. */
    struct ds unescaped;        /* Text of current LEX_STRING with escapes. */
    char *error;                /* First error, or NULL. */
};

/* Starts with the first token of 'input', which must stay valid. */
void lexer_init(struct lexer *, const char *input);
void lexer_destroy(struct lexer *);

/* Advances to the next token. */
void lexer_get(struct lexer *);

/* If the current token is of 'type', advances and returns true. */
bool lexer_match(struct lexer *, enum lex_type type);

/* Likewise, if it is the identifier 'id'. */
bool lexer_match_id(struct lexer *, const char *id);

/* Like lexer_match(); it is an error if the token is another. */
bool lexer_force(struct lexer *, enum lex_type type);

/* If the current token is an unmasked integer in 'min'...'max', stores it,
 * advances and returns true.  Otherwise, error: "expected WHAT". */
bool lexer_force_int(struct lexer *, const char *what, uint64_t min,
                     uint64_t max, uint64_t *value);

/* If the current token is a string, stores a copy that the caller must
 * free(), advances and returns true.  Otherwise, error: "expected WHAT". */
bool lexer_force_string(struct lexer *, const char *what, char **);

bool lexer_is_id(const struct lexer *, const char *id);

/* A copy of the current token's text; the caller must free it. */
char *lexer_text(const struct lexer *);

/* Records an error at the current token, or at 'where' in the input. */
void lexer_error(struct lexer *, const char *format, ...)
    OVS_PRINTF_FORMAT(2, 3);
void lexer_error_at(struct lexer *, const char *where, const char *format, ...)
    OVS_PRINTF_FORMAT(3, 4);

/* Records "expected WHAT, found ...". */
void lexer_expected(struct lexer *, const char *what);

/* Error if the current token is not the last; then hands over the first
 * error, or NULL.  The caller must free it. */
char *lexer_finish(struct lexer *) OVS_WARN_UNUSED_RESULT;

const char *lex_type_to_string(enum lex_type);

/* Appends an integer as it was written. */
void lex_format_integer(ovs_u128 value, enum lex_format, struct ds *);
void lex_format_masked(ovs_u128 value, ovs_u128 mask, enum lex_format,
                       struct ds *);

/* Appends 's' as a quoted string. */
void lex_format_string(const char *s, struct ds *);

/* Appends 'token' in a form that gives the same token again. */
void lex_token_format(const struct lex_token *, struct ds *);

/* Replaces each "^name" outside of strings and comments in 's' by
 * lookup(aux, "name").  Where that is NULL, "^name" stays.  Returns NULL if
 * there is nothing to replace, otherwise a string that the caller must
 * free. */
char *lex_expand_templates(const char *s,
                           const char *(*lookup)(void *aux, const char *name),
                           void *aux);

#endif /* lib/lex.h */
