/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef TESTS_INC_NUMBERS_H
#define TESTS_INC_NUMBERS_H 1

/* The example that the tests of the incremental engine share: numbers (key)
 * with a value; a fact that says whether the value is even; a unit that claims
 * "KEY even" or "KEY odd". */

#include "lib/inc.h"

extern struct inc_table numbers;
extern struct inc_family parity;
extern struct inc_family word;
extern struct inc_output words;

void set_number(struct inc *, uint32_t key, uint32_t value);
void delete_number(struct inc *, uint32_t key);

/* A strict engine with 'words' and families 'a' and, unless it is NULL, 'b',
 * started. */
struct inc *make_engine(struct inc_family *a, struct inc_family *b);

/* Aborts unless inc_verify() agrees. */
void check_verify(struct inc *);

/* Aborts unless inc_verify() disagrees and its report contains 'text'. */
void check_finds(struct inc *, const char *text);

#endif /* tests/inc-numbers.h */
