/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The example of the incremental engine's tests; see inc-numbers.h. */

#include <config.h>
#include "tests/inc-numbers.h"

#include <string.h>

#include "openvswitch/dynamic-string.h"
#include "util.h"

struct inc_table numbers = {
    .name = "numbers", .kind = INC_MEM, .key_size = 4, .value_size = 4
};

static void
parity_fact(struct inc_cx *cx, struct inc_ref row, void *value)
{
    *(uint32_t *) value = *(const uint32_t *) inc_value(cx, row) % 2;
}

struct inc_family parity = {
    .name = "parity", .over = &numbers, .fact = parity_fact, .fact_size = 4
};

struct inc_output words = { .name = "words" };

static void
word_unit(struct inc_cx *cx, struct inc_ref row)
{
    const uint32_t *odd = inc_fact(cx, &parity, row);
    const uint32_t *key = inc_key(cx, row);
    char *s = inc_sprintf(cx, "%"PRIu32" %s", *key, *odd ? "odd" : "even");

    inc_emit(cx, &words, s, strlen(s), NULL, 0);
}

struct inc_family word = {
    .name = "word", .over = &numbers, .uses = INC_USES(&parity),
    .emits = INC_EMITS(&words), .unit = word_unit
};

void
set_number(struct inc *inc, uint32_t key, uint32_t value)
{
    inc_mem_set(inc, &numbers, &key, &value);
}

void
delete_number(struct inc *inc, uint32_t key)
{
    inc_mem_delete(inc, &numbers, &key);
}

struct inc *
make_engine(struct inc_family *a, struct inc_family *b)
{
    struct inc *inc = inc_create("test");

    inc_set_strict(inc, true);
    inc_add_output(inc, &words);
    inc_add_family(inc, a);
    if (b) {
        inc_add_family(inc, b);
    }
    inc_start(inc);
    return inc;
}

void
check_verify(struct inc *inc)
{
    struct ds report = DS_EMPTY_INITIALIZER;

    if (!inc_verify(inc, &report)) {
        ovs_fatal(0, "verify found:\n%s", ds_cstr(&report));
    }
    ovs_assert(!report.length);
    ds_destroy(&report);
}

void
check_finds(struct inc *inc, const char *text)
{
    struct ds report = DS_EMPTY_INITIALIZER;

    if (inc_verify(inc, &report) || !strstr(ds_cstr(&report), text)) {
        ovs_fatal(0, "verify did not find \"%s\" but:\n%s", text,
                  ds_cstr(&report));
    }
    ds_destroy(&report);
}
