/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* "test-ovn lex": the lexer's errors and templates. */

#include <config.h>

#include "lib/lex.h"

#include <stdlib.h>
#include <string.h>

#include "tests/test-ovn.h"
#include "util.h"

static const char *
lookup_template(void *aux OVS_UNUSED, const char *name)
{
    return !strcmp(name, "vip") ? "10.0.0.1" : NULL;
}

static void
check_template(const char *s, const char *expected)
{
    char *actual = lex_expand_templates(s, lookup_template, NULL);

    if (expected ? !actual || strcmp(actual, expected) : actual != NULL) {
        ovs_fatal(0, "%s expands to %s", s, actual ? actual : "itself");
    }
    free(actual);
}

static void
test_templates(void)
{
    check_template("ip4.src == 10.0.0.1", NULL);
    check_template("ip4.src == ^vip && tcp", "ip4.src == 10.0.0.1 && tcp");
    check_template("ip4.src == {^vip, ^vip}",
                   "ip4.src == {10.0.0.1, 10.0.0.1}");
    check_template("ip4.src == ^other", NULL);
    check_template("inport == \"^vip\" // ^vip", NULL);
    check_template("^vip \"", "10.0.0.1 \"");
}

static void
check_error(const char *s, const char *expected)
{
    struct lexer lexer;

    lexer_init(&lexer, s);
    while (lexer.token.type != LEX_END) {
        lexer_get(&lexer);
    }
    char *error = lexer_finish(&lexer);
    if (!error || strcmp(error, expected)) {
        ovs_fatal(0, "%s: %s", s, error ? error : "no error");
    }
    free(error);
    lexer_destroy(&lexer);
}

/* The caret is below the character that is wrong, also in UTF-8 and in long
 * texts, of which only a part is shown. */
static void
test_errors(void)
{
    check_error("ip4 & tcp",
                "column 5: `&' is only valid as part of `&&'\n"
                "  ip4 & tcp\n"
                "      ^");
    check_error("inport == \"\xc3\xa4\xc3\xb6\" `",
                "column 16: expected a name, a constant or an operator\n"
                "  inport == \"\xc3\xa4\xc3\xb6\" `\n"
                "                 ^");
    check_error("0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 ` "
                "5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4",
                "column 51: expected a name, a constant or an operator\n"
                "  ...5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 "
                "` 5 6 7 8 9 0 1 2 3 4 5 6 7 8 ...\n"
                "                                             ^");
    check_error("\"", "column 1: string without closing quote\n"
                "  \"\n"
                "  ^");
}

static void
test_lex(int argc OVS_UNUSED, char *argv[] OVS_UNUSED)
{
    test_templates();
    test_errors();
}

TEST_OVN_REGISTER("lex", test_lex);
