/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The driver of the module tests; see test-ovn.h for how a test joins it. */

#include <config.h>
#include "tests/test-ovn.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "openvswitch/vlog.h"
#include "util.h"

struct test {
    const char *name;
    test_ovn_func *func;
};

/* Tests register before main(), in no particular order. */
static struct test *tests;
static size_t n_tests;

/* Adds subcommand 'name', which must outlive the program. */
void
test_ovn_register(const char *name, test_ovn_func *func)
{
    tests = xrealloc(tests, (n_tests + 1) * sizeof *tests);
    tests[n_tests++] = (struct test) { .name = name, .func = func };
}

static int
compare_tests(const void *a_, const void *b_)
{
    const struct test *a = a_;
    const struct test *b = b_;

    return strcmp(a->name, b->name);
}

static void
usage(void)
{
    printf("usage: %s TEST [ARG]...\nTests:", program_name);
    for (size_t i = 0; i < n_tests; i++) {
        printf(" %s", tests[i].name);
    }
    putchar('\n');
}

/* gcov's, in a build that measures coverage (see README.md); else NULL. */
void __gcov_dump(void) __attribute__((weak));

/* A test that aborts on purpose has covered code as well: writes down what,
 * and dies as it would have. */
static void
dump_coverage(int sig)
{
    __gcov_dump();
    signal(sig, SIG_DFL);
    raise(sig);
}

int
main(int argc, char *argv[])
{
    set_program_name(argv[0]);
    if (__gcov_dump) {
        signal(SIGABRT, dump_coverage);
    }
    vlog_set_levels(NULL, VLF_ANY_DESTINATION, VLL_WARN);
    vlog_set_levels(NULL, VLF_SYSLOG, VLL_OFF);
    if (n_tests) {
        qsort(tests, n_tests, sizeof *tests, compare_tests);
    }

    if (argc < 2 || !strcmp(argv[1], "--help")) {
        usage();
        return argc < 2;
    }
    for (size_t i = 0; i < n_tests; i++) {
        if (!strcmp(argv[1], tests[i].name)) {
            tests[i].func(argc - 1, argv + 1);
            free(tests);
            return 0;
        }
    }
    fprintf(stderr, "%s: no test \"%s\" (--help lists them)\n",
            program_name, argv[1]);
    return 1;
}
