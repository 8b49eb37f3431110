/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Symbol tables, made from lib/fields.def.  See lib/fields.h. */

#include <config.h>
#include "lib/fields.h"

#include <string.h>
#include "hash.h"
#include "lib/lex.h"
#include "lib/logical.h"
#include "openvswitch/thread.h"
#include "openvswitch/util.h"
#include "ovs-thread.h"
#include "smap.h"
#include "util.h"

struct field_symtab {
    struct hmap by_name;
    size_t n;
    struct field_symbol symbols[FIELD_MAX_SYMBOLS];
};

/* Sets 'symbol->wide_mf' and 'symbol->wide_ofs'. */
static void
widen_register(struct field_symbol *symbol)
{
    enum mf_field_id id = symbol->mf->id;

    symbol->wide_mf = symbol->mf;
    symbol->wide_ofs = symbol->ofs;
    if (id >= MFF_REG0 && id <= MFF_REG7) {
        int idx = id - MFF_REG0;
        symbol->wide_mf = mf_from_id(MFF_XXREG0 + idx / 4);
        symbol->wide_ofs += 96 - idx % 4 * 32;
    } else if (id == MFF_REG8 || id == MFF_REG9) {
        symbol->wide_mf = mf_from_id(MFF_XREG4);
        symbol->wide_ofs += id == MFF_REG8 ? 32 : 0;
    } else if (id >= MFF_XREG0 && id <= MFF_XREG3) {
        int idx = id - MFF_XREG0;
        symbol->wide_mf = mf_from_id(MFF_XXREG0 + idx / 2);
        symbol->wide_ofs += idx % 2 ? 0 : 64;
    }
}

static struct field_symbol *
add_symbol(struct field_symtab *symtab, const char *name,
           enum field_kind kind, unsigned int width, const char *prereqs)
{
    ovs_assert(symtab->n < FIELD_MAX_SYMBOLS);
    ovs_assert(!field_lookup(symtab, name, strlen(name)));

    struct field_symbol *symbol = &symtab->symbols[symtab->n];
    symbol->name = name;
    symbol->id = symtab->n++;
    symbol->kind = kind;
    symbol->width = width;
    symbol->prereqs = prereqs;
    hmap_insert(&symtab->by_name, &symbol->hmap_node, hash_string(name, 0));
    return symbol;
}

static struct field_symbol *
add_field(struct field_symtab *symtab, const char *name, enum field_kind kind,
          enum mf_field_id id, unsigned int ofs, unsigned int n_bits,
          const char *prereqs, enum field_write write)
{
    const struct mf_field *mf = mf_from_id(id);
    struct field_symbol *symbol = add_symbol(symtab, name, kind,
                                             n_bits ? n_bits : mf->n_bits,
                                             prereqs);

    ovs_assert(ofs + symbol->width <= mf->n_bits);
    symbol->mf = mf;
    symbol->ofs = ofs;
    symbol->write = write;
    symbol->level = (mf->maskable == MFM_FULLY ? FIELD_ORDINAL
                     : FIELD_NOMINAL);
    widen_register(symbol);
    return symbol;
}

static void
add_string(struct field_symtab *symtab, const char *name, enum mf_field_id id,
           const char *prereqs, enum field_write write)
{
    struct field_symbol *symbol = add_field(symtab, name, FIELD_PLAIN, id, 0,
                                            0, prereqs, write);

    symbol->is_string = true;
    symbol->level = FIELD_NOMINAL;
    symbol->width = 0;
}

/* Whether the expression in 'expansion' refers to a nominal symbol. */
static bool
refers_to_nominal(const struct field_symtab *symtab, const char *expansion)
{
    const char *id_chars = "abcdefghijklmnopqrstuvwxyz"
                           "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.";

    for (const char *s = expansion; *s; ) {
        size_t n = strspn(s, id_chars);
        const struct field_symbol *symbol = field_lookup(symtab, s, n);
        if (symbol && symbol->level == FIELD_NOMINAL) {
            return true;
        }
        s += n ? n : 1;
    }
    return false;
}

static void
add_predicate(struct field_symtab *symtab, const char *name,
              const char *expansion)
{
    struct field_symbol *symbol = add_symbol(symtab, name, FIELD_PREDICATE, 1,
                                             NULL);

    symbol->expansion = expansion;
    symbol->level = (refers_to_nominal(symtab, expansion)
                     ? FIELD_NOMINAL : FIELD_BOOLEAN);
}

static void
add_pseudo(struct field_symtab *symtab, const char *name,
           enum field_pseudo pseudo, unsigned int n_bits, const char *prereqs)
{
    struct field_symbol *symbol = add_symbol(symtab, name, FIELD_PSEUDO,
                                             n_bits, prereqs);

    symbol->pseudo = pseudo;
    symbol->level = FIELD_NOMINAL;
    symbol->write = FIELD_WRITE_DEFAULT;
}

static void
replace_field(struct field_symtab *symtab, const char *name,
              enum mf_field_id id, const char *prereqs)
{
    struct field_symbol *symbol = CONST_CAST(
        struct field_symbol *, field_lookup(symtab, name, strlen(name)));

    symbol->mf = symbol->wide_mf = mf_from_id(id);
    symbol->prereqs = prereqs;
    symbol->write = FIELD_READ_ONLY;
    ovs_assert(symbol->width == symbol->mf->n_bits);
}

static struct field_symtab symtab;
static struct field_symtab symtab_ct;

static void
build(struct field_symtab *t)
{
    hmap_init(&t->by_name);

#define FIELD(NAME, MFF, PREREQS, WRITE)                                    \
    add_field(t, NAME, FIELD_PLAIN, MFF, 0, 0, PREREQS, WRITE);
#define STRING(NAME, MFF, PREREQS, WRITE)                                   \
    add_string(t, NAME, MFF, PREREQS, WRITE);
#define SUBFIELD(NAME, MFF, OFS, N_BITS, PREREQS, WRITE)                    \
    add_field(t, NAME, FIELD_SUBFIELD, MFF, OFS, N_BITS, PREREQS, WRITE);
#define PREDICATE(NAME, EXPANSION)                                          \
    add_predicate(t, NAME, EXPANSION);
#define PSEUDO(NAME, ID, N_BITS, PREREQS)                                   \
    add_pseudo(t, NAME, ID, N_BITS, PREREQS);
#include "lib/fields.def"
}

static void
init(void)
{
    static struct ovsthread_once once = OVSTHREAD_ONCE_INITIALIZER;

    if (ovsthread_once_start(&once)) {
        build(&symtab);
        build(&symtab_ct);
#define CT_FIELD(NAME, MFF, PREREQS)                                        \
        replace_field(&symtab_ct, NAME, MFF, PREREQS);
#include "lib/fields.def"
        ovsthread_once_done(&once);
    }
}

const struct field_symtab *
logical_symtab(void)
{
    init();
    return &symtab;
}

const struct field_symtab *
logical_symtab_ct(void)
{
    init();
    return &symtab_ct;
}

const struct field_symtab *
logical_symtab_for_tags(const struct smap *tags)
{
    return (smap_get_bool(tags, "acl_ct_translation", false)
            ? logical_symtab_ct() : logical_symtab());
}

const struct field_symbol *
field_lookup(const struct field_symtab *t, const char *name, size_t len)
{
    const struct field_symbol *symbol;

    HMAP_FOR_EACH_WITH_HASH (symbol, hmap_node, hash_bytes(name, len, 0),
                             &t->by_name) {
        if (strlen(symbol->name) == len && !memcmp(symbol->name, name, len)) {
            return symbol;
        }
    }
    return NULL;
}

size_t
field_count(const struct field_symtab *t)
{
    return t->n;
}

const struct field_symbol *
field_get(const struct field_symtab *t, size_t id)
{
    ovs_assert(id < t->n);
    return &t->symbols[id];
}

void
field_set_add(struct field_set *set, const struct field_symbol *symbol)
{
    set->bits[symbol->id / 64] |= UINT64_C(1) << symbol->id % 64;
}

void
field_set_union(struct field_set *dst, const struct field_set *src)
{
    for (size_t i = 0; i < ARRAY_SIZE(dst->bits); i++) {
        dst->bits[i] |= src->bits[i];
    }
}

bool
field_set_is_empty(const struct field_set *set)
{
    for (size_t i = 0; i < ARRAY_SIZE(set->bits); i++) {
        if (set->bits[i]) {
            return false;
        }
    }
    return true;
}

void
field_set_format(const struct field_symtab *t, const struct field_set *set,
                 struct ds *s)
{
    const char *separator = "";

    for (size_t id = 0; id < t->n; id++) {
        if (set->bits[id / 64] >> id % 64 & 1) {
            ds_put_format(s, "%s%s", separator, t->symbols[id].name);
            separator = " && ";
        }
    }
}

struct mf_subfield
field_ref_to_mf(const struct field_ref *ref)
{
    const struct field_symbol *symbol = ref->symbol;

    ovs_assert(symbol->mf);
    return (struct mf_subfield) {
        .field = symbol->mf,
        .ofs = symbol->ofs + ref->ofs,
        .n_bits = symbol->is_string ? symbol->mf->n_bits : ref->n_bits,
    };
}

void
field_ref_format(const struct field_ref *ref, struct ds *s)
{
    ds_put_cstr(s, ref->symbol->name);
    if (ref->ofs || ref->n_bits != ref->symbol->width) {
        ds_put_format(s, "[%u", ref->ofs);
        if (ref->n_bits > 1) {
            ds_put_format(s, "..%u", ref->ofs + ref->n_bits - 1);
        }
        ds_put_char(s, ']');
    }
}

static bool
parse_bits(struct lexer *lexer, struct field_ref *ref)
{
    const struct field_symbol *symbol = ref->symbol;
    const char *where = lexer->token.start;
    uint64_t low, high;

    if (!lexer_match(lexer, LEX_LSQUARE)) {
        return true;
    }
    if (symbol->is_string || symbol->level != FIELD_ORDINAL) {
        lexer_error_at(lexer, where, "cannot take bits of %s %s",
                       (symbol->is_string ? "string field"
                        : symbol->kind == FIELD_PREDICATE ? "predicate"
                        : "nominal field"), symbol->name);
        return false;
    }

    const char *low_where = lexer->token.start;
    if (!lexer_force_int(lexer, "a bit number", 0, UINT32_MAX, &low)) {
        return false;
    }
    high = low;
    if (lexer_match(lexer, LEX_ELLIPSIS)
        && !lexer_force_int(lexer, "a bit number", 0, UINT32_MAX, &high)) {
        return false;
    }
    if (low > high) {
        lexer_error_at(lexer, low_where, "bit range %"PRIu64"..%"PRIu64
                       " should be written %"PRIu64"..%"PRIu64,
                       low, high, high, low);
        return false;
    } else if (high >= symbol->width) {
        lexer_error_at(lexer, low_where, "%s has only bits 0..%u",
                       symbol->name, symbol->width - 1);
        return false;
    }
    ref->ofs = low;
    ref->n_bits = high - low + 1;
    return lexer_force(lexer, LEX_RSQUARE);
}

bool
field_ref_parse(struct lexer *lexer, const struct field_symtab *t,
                struct field_ref *ref)
{
    const struct lex_token *token = &lexer->token;

    if (token->type != LEX_ID) {
        lexer_expected(lexer, "a field name");
        return false;
    }
    const struct field_symbol *symbol = field_lookup(t, token->text,
                                                     token->len);
    if (!symbol) {
        lexer_error(lexer, "unknown symbol %.*s", (int) MIN(token->len, 64),
                    token->text);
        return false;
    }
    *ref = (struct field_ref) { .symbol = symbol, .n_bits = symbol->width };
    lexer_get(lexer);
    return parse_bits(lexer, ref);
}

/* The manual. */

static void
format_value_type(const struct field_symbol *symbol, struct ds *s)
{
    if (symbol->kind == FIELD_PREDICATE) {
        ds_put_cstr(s, "predicate, `");
        for (const char *p = symbol->expansion; *p; p++) {
            ds_put_cstr(s, *p == '|' ? "\\" : "");
            ds_put_char(s, *p);
        }
        ds_put_char(s, '`');
    } else if (symbol->is_string) {
        ds_put_cstr(s, "string");
    } else {
        ds_put_format(s, "%u bit%s", symbol->width,
                      symbol->width == 1 ? "" : "s");
    }
}

void
field_symtab_format_manual(const struct field_symtab *t, struct ds *s)
{
    static const char *level[] = {
        [FIELD_NOMINAL] = "nominal",
        [FIELD_ORDINAL] = "ordinal",
        [FIELD_BOOLEAN] = "boolean",
    };
    static const char *writable[] = {
        [FIELD_READ_ONLY] = "no",
        [FIELD_WRITE_DEFAULT] = "yes",
        [FIELD_WRITE_CT_COMMIT] = "in `ct_commit`",
    };

    ds_put_cstr(s, "| symbol | value | level | requires | writable |\n"
                   "| --- | --- | --- | --- | --- |\n");
    for (size_t id = 0; id < t->n; id++) {
        const struct field_symbol *symbol = &t->symbols[id];

        ds_put_format(s, "| `%s` | ", symbol->name);
        format_value_type(symbol, s);
        ds_put_format(s, " | %s | %s | %s |\n", level[symbol->level],
                      symbol->prereqs ? symbol->prereqs : "",
                      writable[symbol->write]);
    }
}
