/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* "test-ovn expr-lines [explain]": compiles the expressions on standard input,
 * one each line, and prints them with their flows, or error messages; for
 * expr.at.  Lines that start with '#' are comments; "##original-tuple"
 * switches to the symbols for acl_ct_translation=true. */

#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/expr.h"
#include "lib/logical.h"
#include "nx-match.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/match.h"
#include "openvswitch/ofpbuf.h"
#include "tests/expr-names.h"
#include "tests/expr-oxm.h"
#include "tests/test-ovn.h"
#include "util.h"

/* Checks that 'matches' get to a switch as they are. */
static void
check_openflow(const struct expr_matches *matches, const char *text)
{
    for (size_t i = 0; i < matches->n; i++) {
        struct match match, back;
        struct ofpbuf b;

        expr_match_get(matches, i, &match);
        check_match_oxm(matches, i, text);
        ofpbuf_init(&b, 0);
        oxm_put_match(&b, &match, OFP15_VERSION);
        enum ofperr error = oxm_pull_match(&b, false, NULL, NULL, &back);
        match_set_default_packet_type(&match);
        match_set_default_packet_type(&back);
        if (error || !match_equal(&match, &back)) {
            ovs_fatal(0, "%s: a flow gets changed in OpenFlow (%s)", text,
                      error ? ofperr_to_string(error) : "no error");
        }
        ofpbuf_uninit(&b);
    }
}

static void
test_expr_lines(int argc, char *argv[])
{
    bool explain = argc > 1 && !strcmp(argv[1], "explain");
    const struct field_symtab *symtab = logical_symtab();
    struct ds line = DS_EMPTY_INITIALIZER;
    struct ds s = DS_EMPTY_INITIALIZER;

    test_sets_init();
    while (!ds_get_line(&line, stdin)) {
        struct expr_matches matches = { .n = 0 };
        char *error;

        ds_clear(&s);
        if (line.length && line.string[0] == '#') {
            printf("%s\n", ds_cstr(&line));
            if (!strcmp(ds_cstr(&line), "##original-tuple")) {
                symtab = logical_symtab_ct();
            }
            continue;
        } else if (explain) {
            error = expr_explain(ds_cstr(&line), symtab, &s);
        } else {
            error = expr_compile(ds_cstr(&line), symtab, &test_env, &matches);
            expr_matches_format(&matches, &s);
            check_openflow(&matches, ds_cstr(&line));
            expr_matches_destroy(&matches);
        }
        printf("%s\n", ds_cstr(&line));
        if (error) {
            /* The text and the caret are just for humans. */
            error[strcspn(error, "\n")] = '\0';
            printf("  %s\n", error);
            free(error);
        } else if (!s.length) {
            printf("  (none)\n");
        }
        for (char *p = strtok(ds_cstr(&s), "\n"); p; p = strtok(NULL, "\n")) {
            printf("  %s\n", p);
        }
    }
    ds_destroy(&line);
    ds_destroy(&s);
    test_sets_destroy();
}

TEST_OVN_REGISTER("expr-lines", test_expr_lines);
