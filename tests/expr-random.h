/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef TESTS_EXPR_RANDOM_H
#define TESTS_EXPR_RANDOM_H 1

/* A small universe of packets, and random expressions with their meaning in
 * it. */

#include <stdbool.h>
#include <stddef.h>

#include "flow.h"

struct ds;

enum kind { ARP, TCP4, TCP6, UDP4, N_KINDS };

struct universe_packet {
    unsigned int reg0;          /* 0...7. */
    unsigned int inport;        /* 1...3. */
    enum kind kind;
    unsigned int dst;           /* 0...3. */
};

/* All packets, and what Open vSwitch makes of each. */
enum { UNIVERSE_MAX = 8 * 3 * N_KINDS * 4 };
extern struct universe_packet universe[UNIVERSE_MAX];
extern struct flow universe_flows[UNIVERSE_MAX];
extern size_t universe_n;
void universe_init(void);

/* Of which packets something is true. */
typedef unsigned char truth[UNIVERSE_MAX];

/* Appends a random expression to 's', of at most 'depth' levels of AND and OR
 * over symbols and the names of expr-names.h, and stores its meaning in 't':
 * with 'negated', its opposite. */
void random_expr(struct ds *s, int depth, bool negated, truth t);

#endif /* tests/expr-random.h */
