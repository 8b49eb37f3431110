/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* What the functions of families of the incremental engine get from its
 * accessors at the edges: rows that are not there, keys that are empty or
 * collide, pairs of pairs, values that hold references.
 *
 * usage: test-ovn inc-cx reads | stale | collide | pairs | boxes | derived */

#include <config.h>
#include "tests/test-ovn.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "lib/inc.h"
#include "tests/inc-numbers.h"
#include "util.h"
#include "uuid.h"

/* Reads. */

enum { BIG = 2 * INC_MAX_VALUE_SIZE };

static struct inc_ref stale;    /* A row that is gone. */

static void
big_fact(struct inc_cx *cx OVS_UNUSED, struct inc_ref row OVS_UNUSED,
         void *value)
{
    memset(value, 0xff, BIG);
}

static struct inc_family big = {
    .name = "big", .over = &numbers, .fact = big_fact, .fact_size = BIG
};

/* Keys: "odd" or "even", the row itself, and the empty key. */
static void
by_nature_keys(struct inc_cx *cx, struct inc_ref row, struct inc_keys *keys)
{
    uint32_t value = *(const uint32_t *) inc_value(cx, row);

    inc_key_add_string(keys, value % 2 ? "odd" : "even");
    inc_key_add_ref(keys, row);
    inc_key_add_ref(keys, INC_NONE);
    inc_key_add(keys, NULL, 0);
}

static struct inc_index by_nature = {
    .name = "by_nature", .table = &numbers, .keys = by_nature_keys
};

static struct inc_table plain = {
    .name = "plain", .kind = INC_DERIVED, .key_size = 4, .value_size = 4
};

/* Nothing comes of a ref that names no row, whatever it names. */
static void
check_no_row(struct inc_cx *cx, struct inc_ref ref)
{
    static const char nothing[BIG];

    ovs_assert(!memcmp(inc_fact(cx, &big, ref), nothing, BIG));
    ovs_assert(!*(const uint32_t *) inc_key(cx, ref));
    ovs_assert(!*(const uint32_t *) inc_value(cx, ref));
    ovs_assert(!*(const uint32_t *) inc_attr(cx, ref));
    ovs_assert(uuid_is_zero(inc_uuid(cx, ref)));
    ovs_assert(!inc_left(cx, ref).id && !inc_right(cx, ref).id);
    ovs_assert(!inc_element_of(cx, ref).id && !inc_element(cx, ref)[0]);
}

static void
reads_unit(struct inc_cx *cx, struct inc_ref row)
{
    const uint32_t *key = inc_key(cx, row);
    size_t n;

    check_no_row(cx, INC_NONE);
    check_no_row(cx, stale);
    if (stale.id) {
        check_no_row(cx, (struct inc_ref) { stale.id + 1 }); /* Its unit. */
    }
    check_no_row(cx, (struct inc_ref) { UINT32_MAX });
    ovs_assert(*(const uint8_t *) inc_fact(cx, &big, row) == 0xff);
    ovs_assert(uuid_is_zero(inc_uuid(cx, row)));

    ovs_assert(inc_find_ref(cx, &by_nature, row).id == row.id);
    ovs_assert(inc_find_all_ref(cx, &by_nature, row, &n)->id == row.id
               && n == 1);
    ovs_assert(!inc_find_ref(cx, &by_nature, INC_NONE).id);
    ovs_assert(!inc_find_all_ref(cx, &by_nature, INC_NONE, &n) && !n);
    ovs_assert(inc_find_string(cx, &by_nature, "odd").id);
    ovs_assert(!inc_find_string(cx, &by_nature, "green").id);
    inc_find_all(cx, &by_nature, NULL, 0, &n);

    /* Memory comes in any size, and stays. */
    char *small = inc_alloc(cx, 1);
    *small = 7;
    memset(inc_alloc(cx, 5000), 0xff, 5000);
    memset(inc_alloc(cx, 0), 0xff, 1);
    ovs_assert(*small == 7);

    inc_derive(cx, &plain, key, NULL);
    inc_emit(cx, &words, NULL, 0, &n, sizeof n);
    inc_emit(cx, &words, "k", 1, "abc", *key);
    inc_emit(cx, &words, "m", 1, "abc", 4 - *key);
}

static struct inc_family reads = {
    .name = "reads", .over = &numbers, .uses = INC_USES(&big),
    .emits = INC_EMITS(&plain.output, &words), .unit = reads_unit
};

static void
note_unit(struct inc_cx *cx OVS_UNUSED, struct inc_ref row)
{
    stale = row;
}

static struct inc_family note = {
    .name = "note", .over = &numbers, .unit = note_unit
};

static void
test_reads(void)
{
    struct inc *inc = make_engine(&big, &reads);
    struct inc_claim claims[2];

    inc_set_verify_always(inc, true);
    for (uint32_t i = 1; i <= 3; i++) {
        set_number(inc, i, i);
    }
    inc_run(inc);
    check_verify(inc);

    /* The claims of a key are sorted: "a" before "ab" before "abc". */
    ovs_assert(inc_output_get(&words, "k", 1, claims, 2) == 3);
    ovs_assert(claims[0].value_len == 1 && claims[1].value_len == 2);
    ovs_assert(inc_output_get(&words, "k", 1, claims, 0) == 3);
    ovs_assert(inc_output_get(&words, NULL, 0, claims, 2) == 1);
    size_t n = 3;
    ovs_assert(!memcmp(claims[0].value, &n, sizeof n));

    /* Between a change and the next run, verification says so. */
    delete_number(inc, 3);
    check_finds(inc, "words: an item that nobody claims");
    inc_run(inc);
    check_verify(inc);
    ovs_assert(inc_output_get(&words, "k", 1, claims, 2) == 2);
    inc_destroy(inc);
}

/* Functions may keep the ref of a row (they should not): it names nothing
 * once the row is gone. */
static void
test_stale(void)
{
    struct inc *inc = make_engine(&note, NULL);

    set_number(inc, 1, 1);
    inc_run(inc);
    inc_destroy(inc);

    /* Node ids start again, so 'stale' is the first row here as well. */
    inc = make_engine(&big, &reads);
    set_number(inc, 1, 1);
    delete_number(inc, 1);
    set_number(inc, 2, 1);
    inc_run(inc);
    inc_run(inc);
    inc_destroy(inc);
    inc_destroy(NULL);
}

/* Keys whose hashes are equal. */

enum { N_TRIED = 300000, KEY_SIZE = 12 };

static uint64_t colliding[2];   /* Of one size, and one hash. */
static char shorter[8], longer[KEY_SIZE]; /* Of two sizes, and one hash. */

struct hashed {
    uint32_t hash;
    uint32_t n;                 /* Key: this, in 8 or 12 bytes. */
    size_t size;
};

static int
compare_hashed(const void *a_, const void *b_)
{
    const struct hashed *a = a_;
    const struct hashed *b = b_;

    return a->hash < b->hash ? -1 : a->hash > b->hash;
}

static void
find_collisions(void)
{
    struct hashed *h = xmalloc(2 * N_TRIED * sizeof *h);
    bool found_same = false, found_other = false;

    for (uint32_t i = 0; i < 2 * N_TRIED; i++) {
        char key[KEY_SIZE] = { 0 };

        h[i].n = i / 2;
        h[i].size = i % 2 ? 8 : KEY_SIZE;
        memcpy(key, &h[i].n, sizeof h[i].n);
        memcpy(key + 4, &h[i].n, sizeof h[i].n);
        h[i].hash = hash_bytes(key, h[i].size, 0);
    }
    qsort(h, 2 * N_TRIED, sizeof *h, compare_hashed);
    for (uint32_t i = 1; i < 2 * N_TRIED; i++) {
        const struct hashed *a = &h[i - 1], *b = &h[i];

        if (a->hash != b->hash) {
            continue;
        }
        if (a->size == 8 && b->size == 8) {
            colliding[0] = a->n | (uint64_t) a->n << 32;
            colliding[1] = b->n | (uint64_t) b->n << 32;
            found_same = true;
        } else if (a->size != b->size) {
            uint32_t short_n = a->size == 8 ? a->n : b->n;
            uint32_t long_n = a->size == 8 ? b->n : a->n;

            for (int j = 0; j < 2; j++) {
                memcpy(shorter + 4 * j, &short_n, sizeof short_n);
                memcpy(longer + 4 * j, &long_n, sizeof long_n);
            }
            found_other = true;
        }
    }
    ovs_assert(found_same && found_other);
    free(h);
}

static struct inc_table twins = {
    .name = "twins", .kind = INC_MEM, .key_size = 8
};

static void
by_twin_keys(struct inc_cx *cx, struct inc_ref row, struct inc_keys *keys)
{
    const uint64_t *key = inc_key(cx, row);

    inc_key_add(keys, key, sizeof *key);
    inc_key_add(keys, longer, sizeof longer);
    inc_key_add(keys, shorter, sizeof shorter);
}

static struct inc_index by_twin = {
    .name = "by_twin", .table = &twins, .keys = by_twin_keys
};

static void
twin_unit(struct inc_cx *cx, struct inc_ref row)
{
    const uint64_t *key = inc_key(cx, row);
    size_t n;

    ovs_assert(inc_lookup(cx, &twins, key).id == row.id);
    ovs_assert(inc_find(cx, &by_twin, key, sizeof *key).id == row.id);
    inc_find_all(cx, &by_twin, longer, sizeof longer, &n);
    ovs_assert(n == 2);
    inc_find_all(cx, &by_twin, shorter, sizeof shorter, &n);
    ovs_assert(n == 2);
    inc_emit(cx, &words, key, sizeof *key, key, sizeof *key);
    inc_emit(cx, &words, longer, sizeof longer, NULL, 0);
    inc_emit(cx, &words, shorter, sizeof shorter, NULL, 0);
}

static struct inc_family twin = {
    .name = "twin", .over = &twins, .emits = INC_EMITS(&words),
    .unit = twin_unit
};

/* What has the same hash is not mixed up. */
static void
test_collide(void)
{
    struct inc *inc = make_engine(&twin, NULL);
    struct inc_claim claim;

    find_collisions();
    for (int i = 0; i < 2; i++) {
        inc_mem_set(inc, &twins, &colliding[i], NULL);
        inc_mem_set(inc, &twins, &colliding[i], NULL);
    }
    inc_run(inc);
    check_verify(inc);
    ovs_assert(inc_output_count(&words) == 4);
    for (int i = 0; i < 2; i++) {
        ovs_assert(inc_output_get(&words, &colliding[i], 8, &claim, 1) == 1);
        ovs_assert(!memcmp(claim.value, &colliding[i], claim.value_len));
    }
    inc_mem_delete(inc, &twins, &colliding[0]);
    inc_mem_delete(inc, &twins, &colliding[0]);
    ovs_assert(inc_output_get(&words, &colliding[0], 8, &claim, 1) == 0);
    inc_destroy(inc);
}

/* Pairs. */

/* The decimal digits of the value: a number has up to three keys. */
static void
digit_keys(struct inc_cx *cx, struct inc_ref row, struct inc_keys *keys)
{
    for (uint32_t v = *(const uint32_t *) inc_value(cx, row); v; v /= 10) {
        uint8_t digit = v % 10;

        inc_key_add(keys, &digit, 1);
    }
}

static struct inc_index by_digit = {
    .name = "by_digit", .table = &numbers, .keys = digit_keys
};
static struct inc_index by_digit2 = {
    .name = "by_digit2", .table = &numbers, .keys = digit_keys
};
static struct inc_table pairs = {
    .name = "pairs", .kind = INC_JOIN, .left = &by_digit, .right = &by_digit2
};

static void
left_keys(struct inc_cx *cx, struct inc_ref row, struct inc_keys *keys)
{
    inc_key_add_ref(keys, inc_left(cx, row));
}

static struct inc_index by_left = {
    .name = "by_left", .table = &pairs, .keys = left_keys
};

/* A number and a pair of which it is the left part. */
static void
self_keys(struct inc_cx *cx OVS_UNUSED, struct inc_ref row,
          struct inc_keys *keys)
{
    inc_key_add_ref(keys, row);
}

static struct inc_index by_self = {
    .name = "by_self", .table = &numbers, .keys = self_keys
};
static struct inc_table tripled = {
    .name = "tripled", .kind = INC_JOIN, .left = &by_self, .right = &by_left
};

static void
pair_unit(struct inc_cx *cx, struct inc_ref pair)
{
    uint32_t key[2] = {
        *(const uint32_t *) inc_key(cx, inc_left(cx, pair)),
        *(const uint32_t *) inc_key(cx, inc_right(cx, pair))
    };

    inc_emit(cx, &words, key, sizeof key, NULL, 0);
}

static struct inc_family pair_family = {
    .name = "pair", .over = &pairs, .emits = INC_EMITS(&words),
    .unit = pair_unit
};

static void
triple_unit(struct inc_cx *cx, struct inc_ref triple)
{
    struct inc_ref number = inc_left(cx, triple);
    struct inc_ref pair = inc_right(cx, triple);
    size_t n;
    const struct inc_ref *all = inc_find_all_ref(cx, &by_left, number, &n);

    ovs_assert(inc_left(cx, pair).id == number.id);
    for (size_t i = 1; i < n; i++) {        /* In order, each once. */
        ovs_assert(inc_right(cx, all[i - 1]).id
                   < inc_right(cx, all[i]).id);
    }
    inc_emit(cx, &words, inc_key(cx, inc_right(cx, pair)), 4, &n, sizeof n);
}

static struct inc_family triple = {
    .name = "triple", .over = &tripled, .reads = INC_READS(&pairs),
    .emits = INC_EMITS(&words), .unit = triple_unit
};

static bool
paired(uint32_t l, uint32_t r)
{
    uint32_t key[2] = { l, r };

    return inc_output_get(&words, key, sizeof key, NULL, 0);
}

/* Pairs come with the first key in common and go with the last; a join of
 * indexes that are there already, and of another join, has all its rows. */
static void
test_pairs(void)
{
    struct inc *inc = inc_create("pairs");

    inc_set_strict(inc, true);
    inc_add_output(inc, &words);
    inc_add_table(inc, &numbers, NULL);
    set_number(inc, 1, 12);
    set_number(inc, 2, 123);
    set_number(inc, 3, 4);
    set_number(inc, 9, 0);                  /* Of no pair. */
    inc_add_family(inc, &pair_family);      /* After its rows. */
    inc_add_family(inc, &triple);
    inc_start(inc);
    set_number(inc, 4, 4);
    inc_run(inc);
    check_verify(inc);
    ovs_assert(paired(1, 1) && paired(1, 2) && paired(2, 1));
    ovs_assert(!paired(1, 3) && paired(3, 3) && paired(3, 4));

    set_number(inc, 2, 13);                 /* 1 in common, no longer 2. */
    inc_run(inc);
    check_verify(inc);
    ovs_assert(paired(1, 2) && paired(2, 1));

    set_number(inc, 2, 3);                  /* Nothing. */
    inc_run(inc);
    check_verify(inc);
    ovs_assert(!paired(1, 2) && !paired(2, 1));

    set_number(inc, 1, 444);                /* The same key thrice. */
    delete_number(inc, 4);
    inc_run(inc);
    check_verify(inc);
    ovs_assert(paired(1, 3) && paired(3, 1) && !paired(4, 4));
    inc_destroy(inc);
}

/* Facts that hold references. */

static int n_boxes;             /* That exist. */
static uint32_t peek;           /* Read behind the engine's back. */

struct box {
    uint32_t *content;
};

static void
box_fact(struct inc_cx *cx, struct inc_ref row, void *box_)
{
    struct box *box = box_;

    n_boxes++;
    box->content = xmalloc(sizeof *box->content);
    *box->content = *(const uint32_t *) inc_value(cx, row) % 2;
}

static void
box_free(void *box_)
{
    struct box *box = box_;

    n_boxes--;
    free(box->content);
}

static bool
box_equal(const void *a_, const void *b_)
{
    const struct box *a = a_;
    const struct box *b = b_;

    return *a->content == *b->content;
}

static struct inc_family box = {
    .name = "box", .over = &numbers, .fact = box_fact,
    .fact_size = sizeof(struct box), .fact_free = box_free,
    .fact_equal = box_equal
};

static void
unbox_unit(struct inc_cx *cx, struct inc_ref row)
{
    const uint32_t *value = inc_value(cx, row);

    if (*value > 9 || peek) {
        const struct box *b = inc_fact(cx, &box, row);

        inc_emit(cx, &words, b->content, sizeof *b->content, NULL, 0);
        inc_fact(cx, &parity, row);
        inc_lookup(cx, &plain, inc_key(cx, row));
        if (peek) {
            size_t n;

            inc_find_all(cx, &by_nature, "green", 5, &n);
            ovs_assert(!n);
        }
    } else {
        uint32_t content = *value % 2;

        inc_emit(cx, &words, &content, sizeof content, NULL, 0);
    }
}

static struct inc_family unbox = {
    .name = "unbox", .over = &numbers, .uses = INC_USES(&box, &parity),
    .reads = INC_READS(&plain), .emits = INC_EMITS(&words),
    .unit = unbox_unit
};

/* Each value is freed once: when it is replaced, when it turns out to be the
 * same, when it is computed for comparison only, and when its readers go. */
static void
test_boxes(void)
{
    struct inc *inc = inc_create("boxes");
    struct inc_stats stats;

    inc_set_strict(inc, true);
    inc_add_output(inc, &words);
    inc_add_family(inc, &box);
    inc_add_family(inc, &parity);
    inc_add_family(inc, &unbox);
    inc_start(inc);

    set_number(inc, 3, 3);
    inc_run(inc);
    peek = 1;                               /* Facts, indexes: none yet. */
    check_finds(inc, "numbers 0x3000000: unbox: stale reads\n");
    peek = 0;
    set_number(inc, 1, 11);
    set_number(inc, 2, 12);
    inc_run(inc);
    check_verify(inc);
    ovs_assert(n_boxes == 2);

    set_number(inc, 1, 13);                 /* The same value. */
    set_number(inc, 2, 13);                 /* Another. */
    inc_run(inc);
    inc_family_stats(&box, &stats);
    ovs_assert(n_boxes == 2 && stats.n == 2 && stats.last == 2);

    /* What a function would read now but has not read before is found, even
     * if its claims are the same. */
    peek = 1;
    check_finds(inc, "numbers 0x3000000: unbox: stale reads\n");
    ovs_assert(n_boxes == 2);
    peek = 0;
    check_verify(inc);

    set_number(inc, 2, 2);                  /* Nobody reads it any more. */
    inc_run(inc);
    ovs_assert(n_boxes == 1);
    delete_number(inc, 1);
    inc_run(inc);
    ovs_assert(n_boxes == 0);
    set_number(inc, 1, 11);
    inc_run(inc);
    inc_destroy(inc);
    ovs_assert(n_boxes == 0);
}

/* Derived tables. */

static int n_resolved;

/* Sets the attribute of each row, of those that are gone too. */
static void
attr_resolve(struct inc *inc, void *table, const struct inc_change *changes,
             size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t attr = *(const uint32_t *) changes[i].key + 100;

        inc_set_attr(inc, table, changes[i].ref, &attr);
        n_resolved++;
    }
}

static struct inc_table resolved = {
    .name = "resolved", .kind = INC_DERIVED, .key_size = 4, .value_size = 4,
    .attr_size = 4, .resolve = attr_resolve, .aux = &resolved
};

static void
derive_unit(struct inc_cx *cx, struct inc_ref row)
{
    inc_derive(cx, &resolved, inc_key(cx, row), inc_value(cx, row));
    inc_derive(cx, &plain, inc_key(cx, row), inc_value(cx, row));
}

static struct inc_family derive = {
    .name = "derive", .over = &numbers, .unit = derive_unit,
    .emits = INC_EMITS(&resolved.output, &plain.output)
};

static void
attr_unit(struct inc_cx *cx, struct inc_ref row)
{
    uint32_t sum[2] = {
        *(const uint32_t *) inc_attr(cx, row),
        *(const uint32_t *) inc_value(
            cx, inc_lookup(cx, &plain, inc_key(cx, row)))
    };

    inc_emit(cx, &words, sum, sizeof sum, NULL, 0);
}

static struct inc_family attr = {
    .name = "attr", .over = &resolved, .reads = INC_READS(&plain),
    .emits = INC_EMITS(&words), .unit = attr_unit
};

/* Tables with and without an allocator. */
static void
test_derived(void)
{
    struct inc *inc = make_engine(&derive, &attr);
    uint32_t want[2] = { 105, 6 };

    set_number(inc, 5, 6);
    inc_run(inc);
    check_verify(inc);
    ovs_assert(n_resolved == 1);
    ovs_assert(inc_output_get(&words, want, sizeof want, NULL, 0) == 1);

    set_number(inc, 5, 7);
    inc_run(inc);
    check_verify(inc);
    ovs_assert(n_resolved == 2);
    want[1] = 7;
    ovs_assert(inc_output_get(&words, want, sizeof want, NULL, 0) == 1);

    delete_number(inc, 5);
    inc_run(inc);
    check_verify(inc);
    ovs_assert(n_resolved == 3 && !inc_output_count(&words));
    inc_destroy(inc);
}

static void
test_inc_cx_main(int argc, char *argv[])
{
    static const struct {
        const char *name;
        void (*run)(void);
    } tests[] = {
        { "reads", test_reads },
        { "stale", test_stale },
        { "collide", test_collide },
        { "pairs", test_pairs },
        { "boxes", test_boxes },
        { "derived", test_derived },
    };

    for (size_t i = 0; i < ARRAY_SIZE(tests); i++) {
        if (argc > 1 && !strcmp(argv[1], tests[i].name)) {
            tests[i].run();
            return;
        }
    }
    ovs_fatal(0, "usage: test-ovn inc-cx TEST, see tests/inc-cx-test.c");
}

TEST_OVN_REGISTER("inc-cx", test_inc_cx_main);
