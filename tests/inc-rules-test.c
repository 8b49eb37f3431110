/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Families and indexes that break the rules of the incremental engine.
 *
 * usage: test-ovn inc-rules nosy | sneaky | mistaken | impure | selfish |
 *                           unadded | not-a-fact | foreign
 *
 * The first three check what they get in an engine that is not strict, and
 * the caller what the log says; "impure" logs what inc_verify() finds; the
 * others abort. */

#include <config.h>
#include "tests/test-ovn.h"

#include <string.h>

#include "lib/inc.h"
#include "ovsdb-idl.h"
#include "ovsdb/nb-inc.h"
#include "ovsdb/ovn-nb-idl.h"
#include "tests/inc-numbers.h"
#include "util.h"

/* An index that reads rows other than its own, asks for facts, looks things up
 * and claims. */

static struct inc_ref first;    /* Number 1, once that is known. */

static void
nosy_keys(struct inc_cx *cx, struct inc_ref row, struct inc_keys *keys)
{
    uint32_t odd = *(const uint32_t *) inc_fact(cx, &parity, row);

    if (!first.id) {
        first = row;
    }
    inc_value(cx, first);
    inc_lookup(cx, &numbers, inc_key(cx, row));
    inc_emit(cx, &words, "nosy", 4, NULL, 0);
    inc_warn(cx, "nosy");
    inc_key_add(keys, &odd, sizeof odd);
}

static struct inc_index nosy = {
    .name = "nosy", .table = &numbers, .keys = nosy_keys
};

/* A unit that uses a fact before the fact's turn.  It reads all numbers. */
static void
early_unit(struct inc_cx *cx, struct inc_ref row)
{
    uint32_t claim[2] = {
        *(const uint32_t *) inc_key(cx, row),
        *(const uint32_t *) inc_fact(cx, &parity, row)
    };
    size_t n;

    inc_value(cx, row);
    inc_find_all(cx, &nosy, &claim[1], sizeof claim[1], &n);
    inc_emit(cx, &words, claim, sizeof claim, NULL, 0);
}

static struct inc_family early = {
    .name = "early", .over = &numbers, .unit = early_unit,
    .emits = INC_EMITS(&words)
};

/* A unit that claims a derived table it does not declare. */
static struct inc_table secrets = {
    .name = "secrets", .kind = INC_DERIVED, .key_size = 4
};

static void
nothing_fact(struct inc_cx *cx OVS_UNUSED, struct inc_ref row OVS_UNUSED,
             void *value OVS_UNUSED)
{
}

static struct inc_family nothing = {
    .name = "nothing", .over = &numbers, .fact = nothing_fact
};

/* (Nor what it reads, though it declares something.) */
static void
sneaky_unit(struct inc_cx *cx, struct inc_ref row)
{
    inc_fact(cx, &nothing, row);
    inc_lookup(cx, &secrets, inc_key(cx, row));
    inc_derive(cx, &secrets, inc_key(cx, row), NULL);
}

static struct inc_table declared = {
    .name = "declared", .kind = INC_DERIVED, .key_size = 4
};

static struct inc_family sneaky = {
    .name = "sneaky", .over = &numbers, .unit = sneaky_unit,
    .uses = INC_USES(&parity), .reads = INC_READS(&declared)
};

/* A unit over pairs that takes them for something else. */
static void
key_keys(struct inc_cx *cx, struct inc_ref row, struct inc_keys *keys)
{
    inc_key_add(keys, inc_key(cx, row), 4);
}

static struct inc_index by_key = {
    .name = "by_key", .table = &numbers, .keys = key_keys
};
static struct inc_index by_key2 = {
    .name = "by_key2", .table = &numbers, .keys = key_keys
};
static struct inc_table couples = {
    .name = "couples", .kind = INC_JOIN, .left = &by_key, .right = &by_key2
};

static void
mistaken_unit(struct inc_cx *cx, struct inc_ref row)
{
    ovs_assert(!*(const uint32_t *) inc_value(cx, row));
    ovs_assert(!*nb_ls_name(cx, row));      /* In the engine. */
    ovs_assert(!*nb_lr_name(cx, row));      /* Not in the engine. */
    ovs_assert(!*nb_ls_name(cx, INC_NONE));
    ovs_assert(!inc_idl_ref(cx, &nb_ls_table, NULL).id);
}

static struct inc_family mistaken = {
    .name = "mistaken", .over = &couples, .unit = mistaken_unit
};

static struct inc *
make_lenient(struct inc_family *a, struct inc_family *b)
{
    struct inc *inc = inc_create("test");

    inc_set_strict(inc, false);
    inc_set_verify_always(inc, false);
    inc_add_output(inc, &words);
    inc_add_table(inc, &secrets, NULL);
    inc_add_family(inc, &nothing);
    inc_add_family(inc, a);
    inc_add_family(inc, b);
    inc_start(inc);
    return inc;
}

static void
test_nosy(void)
{
    struct inc *inc = make_lenient(&early, &parity);
    uint32_t claim[2] = { 1, 0 };

    set_number(inc, 1, 1);
    set_number(inc, 2, 1);
    inc_run(inc);
    set_number(inc, 1, 2);
    inc_run(inc);
    ovs_assert(inc_output_count(&words) == 2);
    ovs_assert(inc_output_get(&words, claim, sizeof claim, NULL, 0) == 1);
    inc_destroy(inc);
}

/* What was claimed behind the engine's back, and withdrawn before it could
 * notice, was never there. */
static void
test_sneaky(void)
{
    struct inc *inc = make_lenient(&sneaky, &parity);

    set_number(inc, 1, 1);
    set_number(inc, 2, 2);
    inc_run(inc);
    delete_number(inc, 1);
    inc_run(inc);
    ovs_assert(inc_output_count(&secrets.output) == 1);
    delete_number(inc, 2);
    inc_run(inc);
    ovs_assert(inc_output_count(&secrets.output) == 0);
    check_verify(inc);
    inc_destroy(inc);
}

static void
test_mistaken(void)
{
    struct ovsdb_idl *idl = ovsdb_idl_create("unix:no-such-database",
                                             &nbrec_idl_class, true, false);
    struct inc *inc = inc_create("test");

    inc_set_strict(inc, false);
    inc_add_table(inc, &nb_ls_table, idl);
    inc_add_family(inc, &mistaken);
    inc_start(inc);
    set_number(inc, 1, 1);
    inc_run(inc);
    check_verify(inc);
    inc_destroy(inc);
    ovsdb_idl_destroy(idl);
}

/* A unit that never claims the same twice. */
static void
impure_unit(struct inc_cx *cx, struct inc_ref row OVS_UNUSED)
{
    static uint32_t n;

    n++;
    inc_emit(cx, &words, &n, sizeof n, NULL, 0);
}

static struct inc_family impure = {
    .name = "impure", .over = &numbers, .unit = impure_unit,
    .emits = INC_EMITS(&words)
};

static void
test_impure(void)
{
    struct inc *inc = make_engine(&impure, NULL);

    inc_set_verify_always(inc, true);
    set_number(inc, 1, 1);
    inc_run(inc);
    inc_destroy(inc);
}

/* A fact that depends on itself, which it cannot declare. */
static struct inc_family selfish;

static void
selfish_fact(struct inc_cx *cx, struct inc_ref row, void *value OVS_UNUSED)
{
    inc_fact(cx, &selfish, row);
}

static struct inc_family selfish = {
    .name = "selfish", .over = &numbers, .fact = selfish_fact, .fact_size = 4
};

static void
admirer_unit(struct inc_cx *cx, struct inc_ref row)
{
    inc_fact(cx, &selfish, row);
}

static struct inc_family admirer = {
    .name = "admirer", .over = &numbers, .unit = admirer_unit,
    .uses = INC_USES(&selfish)
};

static void
test_selfish(void)
{
    struct inc *inc = make_lenient(&selfish, &admirer);

    set_number(inc, 1, 1);
    inc_run(inc);
}

/* Declarations that name what the engine does not have. */

static struct inc_family unadded = {
    .name = "unadded", .over = &nb_ls_table, .unit = admirer_unit
};

static void
test_unadded(void)
{
    make_engine(&unadded, NULL);
}

static struct inc_family not_a_fact = {
    .name = "not_a_fact", .over = &numbers, .unit = admirer_unit,
    .uses = INC_USES(&early)
};

static void
test_not_a_fact(void)
{
    make_engine(&early, &not_a_fact);
}

static void
test_foreign(void)
{
    make_engine(&admirer, NULL);
}

static void
test_inc_rules_main(int argc, char *argv[])
{
    static const struct {
        const char *name;
        void (*run)(void);
    } tests[] = {
        { "nosy", test_nosy },
        { "sneaky", test_sneaky },
        { "mistaken", test_mistaken },
        { "impure", test_impure },
        { "selfish", test_selfish },
        { "unadded", test_unadded },
        { "not-a-fact", test_not_a_fact },
        { "foreign", test_foreign },
    };

    for (size_t i = 0; i < ARRAY_SIZE(tests); i++) {
        if (argc > 1 && !strcmp(argv[1], tests[i].name)) {
            tests[i].run();
            return;
        }
    }
    ovs_fatal(0, "usage: test-ovn inc-rules TEST, see inc-rules-test.c");
}

TEST_OVN_REGISTER("inc-rules", test_inc_rules_main);
