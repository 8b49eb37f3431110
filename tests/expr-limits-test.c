/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* "test-ovn expr-limits": inputs that blow up a naive compiler. */

#include <config.h>

#include <stdlib.h>

#include "lib/expr.h"
#include "lib/logical.h"
#include "openvswitch/dynamic-string.h"
#include "random.h"
#include "tests/expr-names.h"
#include "tests/test-ovn.h"
#include "timeval.h"
#include "util.h"

/* Compiles 'text' and checks that it takes less than a second and gives at
 * most 'max' flows; with 'max' 0, that it is refused. */
static void
check_limit(const char *what, const char *text, size_t max)
{
    long long int start = time_msec();
    struct expr_matches matches;
    char *error = expr_compile(text, logical_symtab(), &test_env, &matches);
    long long int elapsed = time_msec() - start;

    if (max && error) {
        ovs_fatal(0, "%s: %s", what, error);
    } else if (matches.n > max) {
        ovs_fatal(0, "%s: %"PRIuSIZE" flows", what, matches.n);
    } else if (elapsed > 2000) {
        ovs_fatal(0, "%s: took %lld ms", what, elapsed);
    }
    free(error);
    expr_matches_destroy(&matches);
}

/* A thousand addresses that are not wanted. */
static void
test_long_exclusion(void)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    ds_put_cstr(&s, "ip4.src != {");
    for (int i = 0; i < 1000; i++) {
        ds_put_format(&s, "10.%d.%d.7, ", i / 250, i % 250);
    }
    ds_put_char(&s, '}');
    check_limit("exclusion", ds_cstr(&s), 10000);
    ds_destroy(&s);
}

/* Clauses over clauses: 2^60 products. */
static void
test_many_clauses(void)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    for (int i = 0; i < 60; i++) {
        ds_put_format(&s, "%s(reg%d[%d] || reg%d[%d])", i ? " && " : "",
                      i % 10, i / 10, (i + 1) % 10, 20 + i / 10);
    }
    check_limit("60 clauses", ds_cstr(&s), 121);
    for (int i = 0; i < 40; i++) {
        ds_put_format(&s, " && (reg%d[%d] || reg%d[%d])", i % 10, 8 + i / 10,
                      (i + 1) % 10, 28);
    }
    check_limit("100 clauses", ds_cstr(&s), 1000);
    ds_destroy(&s);
}

/* ORs in ANDs in ORs, each pair of which could be multiplied. */
static void
test_deep(void)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    for (int i = 0; i < 90; i++) {
        ds_put_format(&s, "(reg%d[%d] %s ", i % 10, i / 10,
                      i % 2 ? "&&" : "||");
    }
    ds_put_cstr(&s, "ip4");
    for (int i = 0; i < 90; i++) {
        ds_put_char(&s, ')');
    }
    check_limit("deep", ds_cstr(&s), 1000);

    ds_clear(&s);
    ds_put_char_multiple(&s, '(', 100000);
    check_limit("parentheses", ds_cstr(&s), 0);
    ds_clear(&s);
    ds_put_char_multiple(&s, '!', 100000);
    check_limit("not", ds_cstr(&s), 0);
    ds_destroy(&s);
}

/* Ranges of all fields at once. */
static void
test_ranges(void)
{
    check_limit("range", "tcp.dst >= 1024 && tcp.dst <= 4096", 6);
    check_limit("ranges",
                "1 <= tcp.dst <= 65534 && 1 <= tcp.src <= 65534"
                " && reg0 > 0 && reg1 < 0xffffffff && xxreg1 != 5"
                " && ip6.src > ::1 && eth.src != 00:00:00:00:00:01", 1000);
}

/* Distributing what cannot be flattened must stop somewhere. */
static void
test_refused(void)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    for (int i = 0; i < 10; i++) {
        ds_put_format(&s, "%s(", i ? " && " : "");
        for (int j = 0; j < 10; j++) {
            ds_put_format(&s, "%s(reg%d > 1 && reg%d > %d && reg%d > 2)",
                          j ? " || " : "", i % 10, (i + 1) % 10, j + 2,
                          (i + j + 2) % 10);
        }
        ds_put_char(&s, ')');
    }
    check_limit("refused", ds_cstr(&s), 0);
    ds_destroy(&s);
}

/* Random bytes, and random tokens, which come further. */
static void
test_garbage(void)
{
    static const char *const tokens[] = {
        "(", ")", "{", "}", "[", "]", "==", "!=", "<", "<=", ">", ">=", "!",
        "&&", "||", "..", ",", "0", "1", "0x10", "10.0.0.1/8", "::1", "\"p\"",
        "$s1", "@g1", "^t", "ip4", "tcp.dst", "inport", "reg0", "eth.src",
        "is_chassis_resident", "icmp4.frag_mtu", "aa:bb:cc:dd:ee:ff", "<->",
    };
    struct ds s = DS_EMPTY_INITIALIZER;

    for (int i = 0; i < 50000; i++) {
        struct expr_matches matches;

        ds_clear(&s);
        for (int n = random_range(20); n > 0; n--) {
            if (i % 2) {
                ds_put_format(&s, "%s ",
                              tokens[random_range(ARRAY_SIZE(tokens))]);
            } else {
                ds_put_char(&s, 1 + random_range(255));
            }
        }
        free(expr_compile(ds_cstr(&s), logical_symtab(), &test_env,
                          &matches));
        expr_matches_destroy(&matches);
    }
    ds_destroy(&s);
}

static void
test_expr_limits(int argc OVS_UNUSED, char *argv[] OVS_UNUSED)
{
    test_sets_init();
    test_long_exclusion();
    test_many_clauses();
    test_deep();
    test_ranges();
    test_refused();
    test_garbage();
    test_sets_destroy();
}

TEST_OVN_REGISTER("expr-limits", test_expr_limits);
