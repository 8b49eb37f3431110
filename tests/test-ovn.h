/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef TESTS_TEST_OVN_H
#define TESTS_TEST_OVN_H 1

/* Module tests.
 *
 * All module tests are linked into one program, tests/test-ovn, and each is a
 * subcommand of it.  A test of module lib/x.c is tests/x-test.c, which ends
 * with
 *
 *     TEST_OVN_REGISTER("x", test_x_main);
 *
 * and is listed in tests/automake.mk and, with OVN_MODULE_TEST([x]), in
 * tests/module.at.  It reports a failure by ovs_assert(), ovs_fatal() or by
 * exiting with a status other than 0, and prints nothing if all is well, so
 * that one line in module.at is enough. */

#include "compiler.h"

/* Runs a test.  'argv[0]' is the subcommand's name; 'argv[argc]' is NULL. */
typedef void test_ovn_func(int argc, char *argv[]);

void test_ovn_register(const char *name, test_ovn_func *);

/* Makes FUNCTION the subcommand NAME of test-ovn. */
#define TEST_OVN_REGISTER(NAME, FUNCTION)       \
    OVS_CONSTRUCTOR(register_##FUNCTION)        \
    {                                           \
        test_ovn_register(NAME, FUNCTION);      \
    }

#endif /* tests/test-ovn.h */
