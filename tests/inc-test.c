/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Properties of the incremental engine that the fuzzer cannot show.
 *
 * usage: test-ovn inc cutoff | lenient | untracked | undeclared | cycle |
 *                     scale
 *
 * "scale" prints what many units cost; it is for looking at, not a test. */

#include <config.h>
#include "tests/test-ovn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "lib/inc.h"
#include "simap.h"
#include "tests/inc-numbers.h"
#include "timeval.h"
#include "util.h"

/* A unit that reads behind the engine's back. */
static uint32_t secret;

static void
untracked_unit(struct inc_cx *cx, struct inc_ref row OVS_UNUSED)
{
    inc_emit(cx, &words, &secret, sizeof secret, NULL, 0);
}

static struct inc_family untracked = {
    .name = "untracked", .over = &numbers, .emits = INC_EMITS(&words),
    .unit = untracked_unit
};

/* A unit that uses a fact it does not declare. */
static void
undeclared_unit(struct inc_cx *cx, struct inc_ref row)
{
    word.unit(cx, row);
}

static struct inc_family undeclared = {
    .name = "undeclared", .over = &numbers, .emits = INC_EMITS(&words),
    .unit = undeclared_unit
};

/* A unit that claims the rows it runs over. */
static struct inc_table snake = {
    .name = "snake", .kind = INC_DERIVED, .key_size = 4
};

static void
bite(struct inc_cx *cx, struct inc_ref row)
{
    inc_derive(cx, &snake, inc_key(cx, row), NULL);
}

static struct inc_family cycle = {
    .name = "cycle", .over = &snake, .emits = INC_EMITS(&snake.output),
    .unit = bite
};

/* A fact and a unit that break every rule, and what they get. */
static void
claiming_fact(struct inc_cx *cx, struct inc_ref row, void *value OVS_UNUSED)
{
    inc_emit(cx, &words, inc_key(cx, row), sizeof(uint32_t), NULL, 0);
}

static struct inc_family claiming = {
    .name = "claiming", .over = &numbers, .fact = claiming_fact, .fact_size = 4
};

static void
about_snakes_fact(struct inc_cx *cx OVS_UNUSED, struct inc_ref row OVS_UNUSED,
                  void *value)
{
    *(uint32_t *) value = 1;
}

static struct inc_family about_snakes = {
    .name = "about_snakes", .over = &snake, .fact = about_snakes_fact,
    .fact_size = 4
};

static void
rude_unit(struct inc_cx *cx, struct inc_ref row)
{
    const uint32_t *key = inc_key(cx, row);
    const uint32_t *odd = inc_fact(cx, &parity, row);
    const uint32_t *wrong = inc_fact(cx, &about_snakes, row);

    ovs_assert(*odd == *key % 2);           /* Undeclared, but answered. */
    ovs_assert(!*wrong);                    /* Not about this row. */
    ovs_assert(!inc_left(cx, row).id && !inc_right(cx, row).id);
    ovs_assert(!inc_element_of(cx, row).id && !inc_element(cx, row)[0]);
    ovs_assert(!inc_lookup(cx, &snake, key).id);
    inc_fact(cx, &claiming, row);           /* May not claim, and does not. */
    ovs_assert(!*(const uint32_t *) inc_fact(cx, &parity, INC_NONE));
    ovs_assert(!*(const uint32_t *) inc_value(cx, INC_NONE));
    inc_warn(cx, "number %"PRIu32" is rude", *key);
    inc_emit(cx, &words, "rude", 4, NULL, 0);
}

static struct inc_family rude = {
    .name = "rude", .over = &numbers, .unit = rude_unit
};

static void
check_stats(const struct inc_family *family, size_t n, uint64_t last)
{
    struct inc_stats stats;

    inc_family_stats(family, &stats);
    if (stats.n != n || stats.last != last) {
        ovs_fatal(0, "%s: %"PRIuSIZE" exist, %"PRIu64" ran; expected "
                  "%"PRIuSIZE" and %"PRIu64, family->name,
                  stats.n, stats.last, n, last);
    }
}

/* A change that leaves a fact as it is stops there, a change of one row runs
 * nothing of another, and what goes takes its claims along. */
static void
test_cutoff(void)
{
    struct inc *inc = make_engine(&parity, &word);

    for (uint32_t i = 0; i < 2000; i++) {
        set_number(inc, i, i);
    }
    inc_run(inc);
    check_stats(&parity, 2000, 2000);
    check_stats(&word, 2000, 2000);

    set_number(inc, 7, 9);
    inc_run(inc);
    check_stats(&parity, 2000, 1);
    check_stats(&word, 2000, 0);

    set_number(inc, 7, 8);
    inc_run(inc);
    check_stats(&parity, 2000, 1);
    check_stats(&word, 2000, 1);
    ovs_assert(inc_output_get(&words, "7 even", 6, NULL, 0) == 1);
    ovs_assert(!inc_output_get(&words, "7 odd", 5, NULL, 0));

    delete_number(inc, 7);
    inc_run(inc);
    check_stats(&parity, 1999, 0);
    check_stats(&word, 1999, 0);
    ovs_assert(inc_output_count(&words) == 1999);
    ovs_assert(!inc_run(inc));
    inc_destroy(inc);
}

/* Without strictness, as outside of tests, who breaks a rule is named in the
 * log, gets something harmless, and the rest works. */
static void
test_lenient(void)
{
    struct inc *inc = inc_create("test");

    inc_set_strict(inc, false);
    inc_add_output(inc, &words);
    inc_add_table(inc, &snake, NULL);
    inc_add_family(inc, &parity);
    inc_add_family(inc, &claiming);
    inc_add_family(inc, &about_snakes);
    inc_add_family(inc, &word);
    inc_add_family(inc, &rude);
    inc_start(inc);

    set_number(inc, 1, 1);
    set_number(inc, 2, 2);
    inc_run(inc);
    check_stats(&rude, 2, 2);
    check_stats(&about_snakes, 0, 0);
    ovs_assert(inc_output_count(&words) == 3);      /* "1 odd", "2 even". */
    ovs_assert(inc_output_get(&words, "rude", 4, NULL, 0) == 1);
    inc_destroy(inc);
}

/* inc_verify() finds an untracked read. */
static void
test_untracked(void)
{
    struct inc *inc = make_engine(&untracked, NULL);

    set_number(inc, 1, 1);
    inc_run(inc);
    check_verify(inc);
    secret = 1;
    check_finds(inc, "untracked: numbers 0x1000000: missing claim in "
                "words: 0x1000000\n");
    inc_destroy(inc);
}

/* Aborts: the caller expects that. */
static void
test_undeclared(void)
{
    struct inc *inc = make_engine(&parity, &undeclared);

    set_number(inc, 1, 1);
    inc_run(inc);
}

/* Aborts at start-up. */
static void
test_cycle(void)
{
    make_engine(&cycle, NULL);
}

/* 100,000 numbers, three nodes each, and one edit among them. */
static void
test_scale(void)
{
    enum { N = 100000 };
    struct inc *inc = make_engine(&parity, &word);
    struct simap usage = SIMAP_INITIALIZER(&usage);
    struct rusage before, after;

    for (uint32_t i = 0; i < N; i++) {
        set_number(inc, i, i);
    }
    getrusage(RUSAGE_SELF, &before);
    long long int start = time_usec();
    inc_run(inc);
    long long int cold = time_usec() - start;
    getrusage(RUSAGE_SELF, &after);

    start = time_usec();
    for (uint32_t i = 0; i < 1000; i++) {
        set_number(inc, i, i + 1);
        inc_run(inc);
    }
    long long int edit = time_usec() - start;

    inc_memory_usage(inc, &usage);
    printf("%d units and %d facts: cold %lld us, 1000 edits %lld us\n"
           "%u nodes, %u edges, %u claims, %ld kB\n",
           N, N, cold, edit, simap_get(&usage, "inc-nodes"),
           simap_get(&usage, "inc-edges"), simap_get(&usage, "inc-claims"),
           after.ru_maxrss - before.ru_maxrss);
    simap_destroy(&usage);
    inc_destroy(inc);
}

static void
test_inc_main(int argc, char *argv[])
{
    const char *what = argc > 1 ? argv[1] : "cutoff";

    if (!strcmp(what, "cutoff")) {
        test_cutoff();
    } else if (!strcmp(what, "lenient")) {
        test_lenient();
    } else if (!strcmp(what, "untracked")) {
        test_untracked();
    } else if (!strcmp(what, "undeclared")) {
        test_undeclared();
    } else if (!strcmp(what, "cycle")) {
        test_cycle();
    } else if (!strcmp(what, "scale")) {
        test_scale();
    } else {
        ovs_fatal(0, "%s: no such test", what);
    }
}

TEST_OVN_REGISTER("inc", test_inc_main);
