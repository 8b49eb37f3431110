/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef LIB_FIELDS_H
#define LIB_FIELDS_H 1

/* Symbols of the logical flow language
 * ====================================
 *
 * A symbol is a name that expressions and actions may use: a field, some bits
 * of a field (a subfield), or a predicate, which abbreviates an expression.
 * lib/fields.def defines them, one line each; this module makes that into
 * immutable tables that are built once per process and never freed, so a
 * "const struct field_symbol *" is good forever and symbols are equal when
 * their pointers are.
 *
 * lib/expr.h compiles expressions over symbols, lib/actions.h actions. */

#include <stdbool.h>
#include <stdint.h>
#include "openvswitch/dynamic-string.h"
#include "openvswitch/hmap.h"
#include "openvswitch/meta-flow.h"

struct lexer;
struct smap;

/* What can be asked about a symbol's value. */
enum field_level {
    FIELD_NOMINAL,              /* Only equality. */
    FIELD_ORDINAL,              /* Order and single bits, too. */
    FIELD_BOOLEAN,              /* Predicate of non-nominal symbols. */
};

enum field_kind {
    FIELD_PLAIN,                /* A packet or metadata field. */
    FIELD_SUBFIELD,             /* Some bits of a field. */
    FIELD_PREDICATE,            /* Abbreviation of 'expansion'. */
    FIELD_PSEUDO,               /* Only written, by the controller. */
};

/* Where actions may write to a symbol. */
enum field_write {
    FIELD_READ_ONLY,
    FIELD_WRITE_DEFAULT,        /* Anywhere but inside ct_commit. */
    FIELD_WRITE_CT_COMMIT,      /* Only inside ct_commit { ... }. */
};

enum field_pseudo {
    FIELD_PSEUDO_NONE,
    FIELD_PSEUDO_ICMP4_FRAG_MTU,
    FIELD_PSEUDO_ICMP6_FRAG_MTU,
    FIELD_PSEUDO_ICMP4_INNER_IP4_SRC,
};

struct field_symbol {
    struct hmap_node hmap_node; /* In symbol table, by 'name'. */
    const char *name;
    unsigned int id;            /* Index into the symbol table. */
    enum field_kind kind;
    enum field_level level;
    enum field_write write;
    bool is_string;             /* A port name?  (Else an integer.) */
    unsigned int width;         /* In bits.  Predicates have 1. */

    /* FIELD_PLAIN, FIELD_SUBFIELD.
     *
     * 'mf', 'ofs' name the bits as OpenFlow users would.  Registers can be
     * seen in several widths; 'wide_mf', 'wide_ofs' name the same bits within
     * the widest view, so that different symbols for the same bits compare
     * equal. */
    const struct mf_field *mf;
    unsigned int ofs;
    const struct mf_field *wide_mf;
    unsigned int wide_ofs;

    const char *prereqs;        /* Expression implied by any use, or NULL. */
    const char *expansion;      /* FIELD_PREDICATE only. */
    enum field_pseudo pseudo;   /* FIELD_PSEUDO only. */
};

struct field_symtab;

/* All symbols for logical flows.  Built at first use; thread-safe. */
const struct field_symtab *logical_symtab(void);

/* The same with 'tcp.src', 'tcp.dst' and so on for UDP and SCTP read from the
 * original direction of the packet's connection: for logical flows with tag
 * "acl_ct_translation=true". */
const struct field_symtab *logical_symtab_ct(void);

/* The one of the two for a logical flow with these tags. */
const struct field_symtab *logical_symtab_for_tags(const struct smap *tags);

/* The symbol 'name' (of 'len' bytes) or NULL. */
const struct field_symbol *field_lookup(const struct field_symtab *,
                                        const char *name, size_t len);

/* Iteration, in the order of fields.def. */
size_t field_count(const struct field_symtab *);
const struct field_symbol *field_get(const struct field_symtab *, size_t id);

/* A set of symbols that must be true, by id; for the prerequisites that
 * actions have.  Initialise with zeros. */
#define FIELD_MAX_SYMBOLS 256
struct field_set {
    uint64_t bits[FIELD_MAX_SYMBOLS / 64];
};
void field_set_add(struct field_set *, const struct field_symbol *);
void field_set_union(struct field_set *, const struct field_set *);
bool field_set_is_empty(const struct field_set *);

/* Appends the members' names to 's' joined by "&&" or nothing if empty. */
void field_set_format(const struct field_symtab *, const struct field_set *,
                      struct ds *s);

/* Some bits of a symbol: what "reg0[3..5]" means.  The whole symbol if
 * 'ofs' is 0 and 'n_bits' its width. */
struct field_ref {
    const struct field_symbol *symbol;
    unsigned int ofs;           /* Relative to the symbol. */
    unsigned int n_bits;        /* 0 for a string. */
};

/* Parses "NAME", "NAME[BIT]" or "NAME[LOW..HIGH]" at the current token.
 * Returns false after reporting an error to the lexer. */
bool field_ref_parse(struct lexer *, const struct field_symtab *,
                     struct field_ref *);

/* 'ref' as OpenFlow sees it.  'ref' must not be a predicate or pseudo
 * symbol. */
struct mf_subfield field_ref_to_mf(const struct field_ref *);
void field_ref_format(const struct field_ref *, struct ds *);

/* Formats the symbol table as a Markdown table, for the manual. */
void field_symtab_format_manual(const struct field_symtab *, struct ds *);

#endif /* lib/fields.h */
