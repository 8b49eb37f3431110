/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Tests northd/keys.h.
 *
 * Random owners come, go and ask for keys.  Two allocators get the same calls,
 * the second one in reverse order inside each batch, and must agree.  The
 * oracle is the list of promises in keys.h, checked naively, owner by owner,
 * against the state before the batch. */

#include <config.h>

#include "northd/keys.h"
#include "random.h"
#include "tests/test-ovn.h"
#include "util.h"

#define N_OWNERS 40

/* What the test knows of an owner. */
struct model {
    bool exists;
    uint32_t requested;
    uint32_t key;               /* After the last run. */
};

static const char *
owner_name(size_t i)
{
    static char names[N_OWNERS][8];

    snprintf(names[i], sizeof names[i], "p%"PRIuSIZE, i);
    return names[i];
}

static void
apply(struct key_space *ks, const struct model *m, size_t i)
{
    if (m->exists) {
        key_space_want(ks, owner_name(i), m->requested, NULL);
    } else {
        key_space_drop(ks, owner_name(i));
    }
}

static bool
in_range(const struct key_space *ks, uint32_t key)
{
    return key >= ks->min && key <= ks->max_requested;
}

/* Is there an owner that asks for 'key'? */
static bool
is_requested(const struct key_space *ks, const struct model *models,
             uint32_t key)
{
    for (size_t i = 0; i < N_OWNERS; i++) {
        if (models[i].exists && models[i].requested == key) {
            return in_range(ks, key);
        }
    }
    return false;
}

/* Checks owner 'i', which has 'before->key' from the run before. */
static void
check_owner(const struct key_space *ks, const struct model *models, size_t i,
            const struct model *before)
{
    const struct model *m = &models[i];
    const struct key_owner *o = key_space_get(ks, owner_name(i));

    if (!m->exists) {
        ovs_assert(!o);
        return;
    }
    ovs_assert(o);
    if (!o->key) {
        ovs_assert(o->verdict == KEY_EXHAUSTED);
        return;
    }
    ovs_assert(in_range(ks, o->key));
    ovs_assert(key_space_holder(ks, o->key) == o);
    ovs_assert(o->key <= ks->max || o->key == m->requested);

    if (!m->requested || o->key == m->requested) {
        ovs_assert(o->verdict == KEY_OK);
    } else if (in_range(ks, m->requested)) {
        /* Somebody else who asks for it has it. */
        const struct key_owner *h = key_space_holder(ks, m->requested);

        ovs_assert(o->verdict == KEY_CONFLICT);
        ovs_assert(h && h->requested == m->requested);
    } else {
        ovs_assert(o->verdict == KEY_OUT_OF_RANGE);
    }

    /* Sticky: only a request moves a key. */
    if (before->exists && before->key && before->key <= ks->max
        && o->key != before->key) {
        ovs_assert(o->key == m->requested
                   || is_requested(ks, models, before->key));
    }
    if (before->exists && before->key && before->key == m->requested
        && in_range(ks, before->key)) {
        ovs_assert(o->key == before->key);
    }
}

static void
check(const struct key_space *ks, const struct model *models,
      const struct model *before)
{
    size_t n = 0, n_keys = 0, n_high = 0;

    for (size_t i = 0; i < N_OWNERS; i++) {
        check_owner(ks, models, i, &before[i]);
        if (models[i].exists) {
            uint32_t key = key_space_get(ks, owner_name(i))->key;

            n++;
            n_keys += key != 0;
            n_high += key > ks->max;
        }
    }
    if (n_keys < n) {
        ovs_assert(n_keys - n_high == ks->max - ks->min + 1);
    }
}

static void
check_same(const struct key_space *a, const struct key_space *b)
{
    for (size_t i = 0; i < N_OWNERS; i++) {
        const struct key_owner *oa = key_space_get(a, owner_name(i));
        const struct key_owner *ob = key_space_get(b, owner_name(i));

        ovs_assert(!oa == !ob);
        if (oa) {
            ovs_assert(oa->key == ob->key && oa->verdict == ob->verdict);
        }
    }
}

static void
count_change(const struct key_owner *o OVS_UNUSED, void *n_)
{
    size_t *n = n_;

    ++*n;
}

/* One batch of random changes. */
static void
run_batch(struct key_space *a, struct key_space *b, struct model *models)
{
    struct model before[N_OWNERS];
    bool touched[N_OWNERS] = { false };

    memcpy(before, models, sizeof before);
    for (int i = random_range(8); i >= 0; i--) {
        size_t j = random_range(N_OWNERS);
        struct model *m = &models[j];

        m->exists = random_range(4) != 0;
        m->requested = (random_range(3)
                        ? 0 : random_range(a->max_requested + 3));
        touched[j] = true;
    }
    if (!random_range(20)) {
        uint32_t max = 5 + random_range(50);

        key_space_set_range(a, max, max + 5);
        key_space_set_range(b, max, max + 5);
    }
    for (size_t i = 0; i < N_OWNERS; i++) {
        size_t j = N_OWNERS - 1 - i;

        if (touched[i]) {
            apply(a, &models[i], i);
        }
        if (touched[j]) {
            apply(b, &models[j], j);
        }
    }

    size_t n_a = 0, n_b = 0;
    key_space_run(a, count_change, &n_a);
    key_space_run(b, count_change, &n_b);
    ovs_assert(n_a == n_b);
    ovs_assert(!key_space_needs_run(a));
    check(a, models, before);
    check_same(a, b);
    for (size_t i = 0; i < N_OWNERS; i++) {
        const struct key_owner *o = key_space_get(a, owner_name(i));

        models[i].key = o ? o->key : 0;
    }
}

static void
test_random(void)
{
    for (uint32_t seed = 1; seed <= 50; seed++) {
        struct model models[N_OWNERS] = { { .exists = false } };
        struct key_space a, b;

        random_set_seed(seed);
        key_space_init(&a, 1, 30, 35);
        key_space_init(&b, 1, 30, 35);
        for (int i = 0; i < 200; i++) {
            run_batch(&a, &b, models);
        }
        key_space_destroy(&a);
        key_space_destroy(&b);
    }
}

/* What the database holds at start-up stays, as long as it is still wanted. */
static void
test_seed(void)
{
    struct key_space ks;

    key_space_init(&ks, 1, 10, 10);
    key_space_seed(&ks, "a", 7);
    key_space_seed(&ks, "b", 3);
    key_space_seed(&ks, "gone", 5);
    key_space_seed(&ks, "duplicate", 7);
    key_space_seed(&ks, "outside", 11);
    key_space_want(&ks, "b", 0, NULL);
    key_space_want(&ks, "a", 0, NULL);
    key_space_want(&ks, "new", 0, NULL);
    key_space_want(&ks, "c", 5, NULL);
    key_space_run(&ks, NULL, NULL);
    ovs_assert(key_space_get(&ks, "a")->key == 7);
    ovs_assert(key_space_get(&ks, "b")->key == 3);
    ovs_assert(key_space_get(&ks, "c")->key == 5);
    ovs_assert(key_space_get(&ks, "new")->key == 8);
    ovs_assert(!key_space_get(&ks, "gone"));
    key_space_destroy(&ks);
}

/* A freed key goes to whoever has asked for it in vain. */
static void
test_conflict(void)
{
    struct key_space ks;

    key_space_init(&ks, 1, 100, 100);
    key_space_want(&ks, "x", 9, NULL);
    key_space_want(&ks, "m", 9, NULL);
    key_space_run(&ks, NULL, NULL);
    ovs_assert(key_space_get(&ks, "m")->key == 9);
    ovs_assert(key_space_get(&ks, "x")->key == 1);
    ovs_assert(key_space_get(&ks, "x")->verdict == KEY_CONFLICT);

    /* "a" sorts first but "m" has it. */
    key_space_want(&ks, "a", 9, NULL);
    key_space_run(&ks, NULL, NULL);
    ovs_assert(key_space_get(&ks, "m")->key == 9);

    key_space_drop(&ks, "m");
    key_space_run(&ks, NULL, NULL);
    ovs_assert(key_space_get(&ks, "a")->key == 9);
    ovs_assert(key_space_get(&ks, "x")->verdict == KEY_CONFLICT);
    key_space_want(&ks, "a", 0, NULL);
    key_space_run(&ks, NULL, NULL);
    ovs_assert(key_space_get(&ks, "x")->key == 9);
    ovs_assert(key_space_get(&ks, "x")->verdict == KEY_OK);
    ovs_assert(key_space_get(&ks, "a")->key != 9);
    key_space_destroy(&ks);
}

/* More owners than keys: the late ones wait. */
static void
test_exhausted(void)
{
    struct key_space ks;

    key_space_init(&ks, 1, 2, 2);
    key_space_want(&ks, "a", 0, NULL);
    key_space_want(&ks, "b", 0, NULL);
    key_space_want(&ks, "c", 0, NULL);
    key_space_run(&ks, NULL, NULL);
    ovs_assert(key_space_get(&ks, "c")->verdict == KEY_EXHAUSTED);
    ovs_assert(!key_space_get(&ks, "c")->key);

    key_space_drop(&ks, "a");
    key_space_run(&ks, NULL, NULL);
    ovs_assert(key_space_get(&ks, "c")->key == 1);
    ovs_assert(key_space_get(&ks, "c")->verdict == KEY_OK);
    key_space_destroy(&ks);
}

static void
test_northd_keys(int argc OVS_UNUSED, char *argv[] OVS_UNUSED)
{
    test_seed();
    test_conflict();
    test_exhausted();
    test_random();
}

TEST_OVN_REGISTER("northd-keys", test_northd_keys);
