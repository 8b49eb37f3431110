/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef TESTS_EXPR_OXM_H
#define TESTS_EXPR_OXM_H 1

#include <stddef.h>

struct expr_matches;
struct expr_term;

/* Checks that expr_oxm_put() encodes the match that the 'n' 'terms' make, from
 * the expression 'text', as the library does, and that a switch would keep it
 * like that. */
void check_oxm(const struct expr_term *terms, size_t n, const char *text);

/* The same for match 'i'. */
void check_match_oxm(const struct expr_matches *, size_t i, const char *text);

#endif /* tests/expr-oxm.h */
