/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef TESTS_EXPR_NAMES_H
#define TESTS_EXPR_NAMES_H 1

/* What names mean in tests of the language: ports "p1" to "p9" with their
 * number as key, of which "p1" is here; sets "$s1", "$s2", "$mixed", "$empty";
 * groups "@g1" (p1, p2 and one that is unknown) and "@none". */

#include <stdbool.h>

#include "lib/expr.h"

extern const struct expr_env test_env;

bool test_lookup_port(void *aux, const char *name, unsigned int *key);
bool test_is_chassis_resident(void *aux, const char *name);

/* The members of the address sets, in the order from above. */
enum { TEST_N_SETS = 4 };
extern struct expr_constants *test_sets[TEST_N_SETS];

/* The open ones of "s1", "s2" and "g1", each in its place, otherwise NULL. */
enum { TEST_N_OPEN = 3 };
extern const char *test_open_sets[TEST_N_OPEN];

/* Whether packets can have the port with 'key' as inport. */
bool test_is_possible_inport(unsigned int key);

/* Makes the address sets, with no set open; replaces "$s1" and "$s2" by random
 * ones, of values up to 7, opens some, and makes some ports impossible; frees
 * all. */
void test_sets_init(void);
void test_sets_randomize(void);
void test_sets_destroy(void);

#endif /* tests/expr-names.h */
