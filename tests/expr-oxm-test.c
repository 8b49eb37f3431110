/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Tests the encoding of matches in OXM, lib/expr-oxm.c, against the library's,
 * with random expressions about all symbols. */

#include <config.h>
#include "tests/expr-oxm.h"

#include <stdlib.h>

#include "lib/expr.h"
#include "lib/u128.h"
#include "nx-match.h"
#include "openvswitch/ofp-match.h"
#include "openvswitch/ofpbuf.h"
#include "random.h"
#include "tests/test-ovn.h"
#include "util.h"

static struct expr_oxm *oxm;

static void
destroy_oxm(void)
{
    expr_oxm_destroy(oxm);
}

void
check_oxm(const struct expr_term *terms, size_t n, const char *text)
{
    struct ofpbuf a, b;
    struct match match;

    if (!oxm) {
        oxm = expr_oxm_create();
        atexit(destroy_oxm);
    }
    ofpbuf_init(&a, 0);
    ofpbuf_init(&b, 0);
    expr_oxm_put(oxm, terms, n, &a);
    expr_terms_to_match(terms, n, &match);
    ofputil_normalize_match_quiet(&match);
    oxm_put_raw(&b, &match, OFP15_VERSION);
    if (!ofpbuf_equal(&a, &b)) {
        ovs_fatal(0, "%s: a match is encoded wrongly", text);
    }
    ofpbuf_uninit(&a);
    ofpbuf_uninit(&b);
}

void
check_match_oxm(const struct expr_matches *matches, size_t i, const char *text)
{
    size_t n;
    const struct expr_term *terms = expr_match_terms(matches, i, &n);

    check_oxm(terms, n, text);
}

static const struct field_symbol *
random_symbol(const struct field_symtab *symtab)
{
    for (;;) {
        const struct field_symbol *symbol
            = field_get(symtab, random_range(field_count(symtab)));

        if (!symbol->is_string && symbol->kind != FIELD_PSEUDO) {
            return symbol;
        }
    }
}

/* A random number of 'width' bits, often one without many bits. */
static ovs_u128
random_number(unsigned int width)
{
    ovs_u128 x = u128_make((uint64_t) random_uint32() << 32 | random_uint32(),
                           (uint64_t) random_uint32() << 32 | random_uint32());

    if (random_range(2)) {
        x = u128_shl(u128_from_u64(1), random_range(width));
    }
    return ovs_u128_and(x, u128_ones(width));
}

static void
put_number(struct ds *s, ovs_u128 x)
{
    ds_put_format(s, "0x%"PRIx64"%016"PRIx64, x.u64.hi, x.u64.lo);
}

/* Appends a comparison of a random symbol. */
static void
put_comparison(const struct field_symtab *symtab, struct ds *s)
{
    const struct field_symbol *symbol = random_symbol(symtab);

    ds_put_cstr(s, symbol->name);
    if (symbol->kind == FIELD_PREDICATE) {
        return;
    }

    ovs_u128 value = random_number(symbol->width);
    ds_put_cstr(s, " == ");
    if (symbol->level == FIELD_ORDINAL && random_range(2)) {
        ovs_u128 mask = random_number(symbol->width);

        put_number(s, ovs_u128_and(value, mask));
        ds_put_char(s, '/');
        put_number(s, mask);
    } else {
        put_number(s, value);
    }
}

/* Checks the matches of 'text'.  Returns how many there are. */
static size_t
check_text(const char *text, const struct field_symtab *symtab)
{
    const struct expr_env env = { .aux = NULL };
    struct expr_matches matches;
    char *error = expr_compile(text, symtab, &env, &matches);

    if (error) {
        free(error);            /* A nominal symbol, or a zero mask. */
        return 0;
    }

    size_t n = matches.n;
    for (size_t i = 0; i < n; i++) {
        check_match_oxm(&matches, i, text);
    }
    expr_matches_destroy(&matches);
    return n;
}

static void
test_expr_oxm(int argc, char *argv[])
{
    int n = argc > 1 ? atoi(argv[1]) : 50000;
    struct ds s = DS_EMPTY_INITIALIZER;
    size_t n_matches = 0;

    random_set_seed(argc > 2 ? atoi(argv[2]) : 1);
    for (int i = 0; i < n; i++) {
        const struct field_symtab *symtab
            = random_range(4) ? logical_symtab() : logical_symtab_ct();

        ds_clear(&s);
        put_comparison(symtab, &s);
        for (unsigned int more = random_range(3); more > 0; more--) {
            ds_put_cstr(&s, " && ");
            put_comparison(symtab, &s);
        }
        n_matches += check_text(ds_cstr(&s), symtab);
    }
    ds_destroy(&s);
    ovs_assert(n_matches > n / 10);
}

TEST_OVN_REGISTER("expr-oxm", test_expr_oxm);
