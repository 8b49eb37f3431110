/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Tables of elements in the incremental engine: sets that change at random,
 * beside an oracle; what runs when one changes; what inc_verify() finds.
 *
 * usage: test-ovn inc-elements [BATCHES [SEED]] */

#include <config.h>
#include "tests/test-ovn.h"

#include <stdlib.h>
#include <string.h>

#include "lib/inc-private.h"
#include "openvswitch/json.h"
#include "ovsdb-data.h"
#include "ovsdb-types.h"
#include "random.h"
#include "tests/inc-numbers.h"
#include "util.h"

/* The value of a number is its set: bit 'i' stands for the letter 'i'. */

enum { N_LETTERS = 26, N_NUMBERS = 8 };

static struct json *letters[N_LETTERS];
static uint32_t secret;         /* Added behind the engine's back. */

static const struct ovsdb_datum *
letters_of(struct inc_cx *cx, struct inc_ref number)
{
    uint32_t bits = *(const uint32_t *) inc_value(cx, number) | secret;
    struct ovsdb_datum *set = inc_alloc(cx, sizeof *set);

    if (!bits) {
        return NULL;
    }
    *set = (struct ovsdb_datum) {
        .keys = inc_alloc(cx, N_LETTERS * sizeof *set->keys)
    };
    for (int i = 0; i < N_LETTERS; i++) {
        if (bits & 1u << i) {
            set->keys[set->n++].s = letters[i];
        }
    }
    return set;
}

static struct inc_table elements = {
    .name = "elements", .kind = INC_ELEMENTS, .of = &numbers,
    .elements = letters_of
};

static uint32_t
number_of(struct inc_cx *cx, struct inc_ref element)
{
    return *(const uint32_t *) inc_key(cx, inc_element_of(cx, element));
}

static void
claim_word(struct inc_cx *cx, const char *s)
{
    inc_emit(cx, &words, s, strlen(s), NULL, 0);
}

/* Claims "NUMBER LETTER". */
static void
spell_unit(struct inc_cx *cx, struct inc_ref element)
{
    claim_word(cx, inc_sprintf(cx, "%"PRIu32" %s", number_of(cx, element),
                               inc_element(cx, element)));
}

static struct inc_family spell = {
    .name = "spell", .over = &elements, .unit = spell_unit,
    .emits = INC_EMITS(&words)
};

/* Claims "NUMBER LETTER...", with all letters. */
static void
number_keys(struct inc_cx *cx, struct inc_ref element, struct inc_keys *keys)
{
    inc_key_add_ref(keys, inc_element_of(cx, element));
}

static struct inc_index by_number = {
    .name = "by_number", .table = &elements, .keys = number_keys
};

static void
all_unit(struct inc_cx *cx, struct inc_ref number)
{
    const uint32_t *key = inc_key(cx, number);
    char *s = inc_sprintf(cx, "all %"PRIu32" ", *key);
    size_t n;
    const struct inc_ref *refs = inc_find_all_ref(cx, &by_number, number, &n);

    for (size_t i = 0; i < n; i++) {
        s = inc_sprintf(cx, "%s%s", s, inc_element(cx, refs[i]));
    }
    claim_word(cx, s);
}

static struct inc_family all = {
    .name = "all", .over = &numbers, .reads = INC_READS(&elements),
    .unit = all_unit, .emits = INC_EMITS(&words)
};

/* Claims "NUMBER NUMBER LETTER" for each letter that two numbers share. */
static void
letter_keys(struct inc_cx *cx, struct inc_ref element, struct inc_keys *keys)
{
    inc_key_add_string(keys, inc_element(cx, element));
}

static struct inc_index by_letter = {
    .name = "by_letter", .table = &elements, .keys = letter_keys
};
static struct inc_index by_same_letter = {
    .name = "by_same_letter", .table = &elements, .keys = letter_keys
};
static struct inc_table shared = {
    .name = "shared", .kind = INC_JOIN, .left = &by_letter,
    .right = &by_same_letter
};

static void
share_unit(struct inc_cx *cx, struct inc_ref pair)
{
    struct inc_ref left = inc_left(cx, pair), right = inc_right(cx, pair);

    claim_word(cx, inc_sprintf(cx, "%"PRIu32" %"PRIu32" %s",
                               number_of(cx, left), number_of(cx, right),
                               inc_element(cx, left)));
}

static struct inc_family share = {
    .name = "share", .over = &shared, .unit = share_unit,
    .emits = INC_EMITS(&words)
};

static struct inc *
make_elements_engine(void)
{
    struct inc *inc = inc_create("test");

    inc_set_strict(inc, true);
    inc_add_output(inc, &words);
    inc_add_family(inc, &spell);
    inc_add_family(inc, &all);
    inc_add_family(inc, &share);
    inc_start(inc);
    return inc;
}

/* Aborts unless 's' is claimed, and frees it. */
static void
check_claimed(char *s)
{
    if (!inc_output_get(&words, s, strlen(s), NULL, 0)) {
        ovs_fatal(0, "\"%s\" is not claimed", s);
    }
    free(s);
}

/* Aborts unless the claims are those for the sets 'bits' of the numbers that
 * are 'present'. */
static void
check_words(const uint32_t bits[N_NUMBERS], uint32_t present)
{
    size_t n = 0;

    for (uint32_t a = 0; a < N_NUMBERS; a++) {
        char set[N_LETTERS + 1], *p = set;

        if (!(present & 1u << a)) {
            continue;
        }
        for (int i = 0; i < N_LETTERS; i++) {
            if (!(bits[a] & 1u << i)) {
                continue;
            }
            *p++ = 'a' + i;
            check_claimed(xasprintf("%"PRIu32" %c", a, 'a' + i));
            n++;
            for (uint32_t b = 0; b < N_NUMBERS; b++) {
                if (present & 1u << b && bits[b] & 1u << i) {
                    check_claimed(xasprintf("%"PRIu32" %"PRIu32" %c", a, b,
                                            'a' + i));
                    n++;
                }
            }
        }
        *p = '\0';
        check_claimed(xasprintf("all %"PRIu32" %s", a, set));
        n++;
    }
    if (inc_output_count(&words) != n) {
        ovs_fatal(0, "%"PRIuSIZE" claims, expected %"PRIuSIZE,
                  inc_output_count(&words), n);
    }
}

/* Makes the letter 'i' another string with the same text. */
static void
renew_letter(int i)
{
    char text[] = { 'a' + i, '\0' };

    json_destroy(letters[i]);
    letters[i] = json_string_create(text);
}

static void
test_random(int n_batches, uint32_t seed)
{
    uint32_t bits[N_NUMBERS], present = 0;
    struct inc *inc = make_elements_engine();

    random_set_seed(seed);
    for (int batch = 0; batch < n_batches; batch++) {
        for (int n = 1 + random_range(3); n > 0; n--) {
            uint32_t a = random_range(N_NUMBERS);

            if (!random_range(5)) {
                present &= ~(1u << a);
                delete_number(inc, a);
                continue;
            } else if (!(present & 1u << a)) {
                bits[a] = random_range(1u << N_LETTERS);
            } else if (!random_range(10)) {
                bits[a] = 0;
            } else {
                bits[a] ^= 1u << random_range(N_LETTERS);
            }
            present |= 1u << a;
            set_number(inc, a, bits[a]);
            renew_letter(random_range(N_LETTERS));
        }
        if (!random_range(20)) {
            inc_recompute(inc);
        }
        inc_run(inc);
        check_words(bits, present);
        check_verify(inc);
    }
    inc_destroy(inc);
}

static void
check_ran(const struct inc_family *family, size_t n, uint64_t last)
{
    struct inc_stats stats;

    inc_family_stats(family, &stats);
    if (stats.n != n || stats.last != last) {
        ovs_fatal(0, "%s: %"PRIuSIZE" exist, %"PRIu64" ran; expected "
                  "%"PRIuSIZE" and %"PRIu64, family->name, stats.n,
                  stats.last, n, last);
    }
}

/* Only what is new runs. */
static void
test_ran(void)
{
    struct inc *inc = make_elements_engine();

    set_number(inc, 1, 0x3ff);
    inc_run(inc);
    check_ran(&spell, 10, 10);
    check_ran(&share, 10, 10);

    set_number(inc, 1, 0x3ff | 1u << 20);
    inc_run(inc);
    check_ran(&spell, 11, 1);
    check_ran(&share, 11, 1);
    check_ran(&all, 1, 1);

    set_number(inc, 1, 0x3fe | 1u << 20);
    inc_run(inc);
    check_ran(&spell, 10, 0);
    check_ran(&share, 10, 0);

    /* The same texts are the same elements, wherever they are. */
    for (int i = 0; i < N_LETTERS; i++) {
        renew_letter(i);
    }
    inc_recompute(inc);
    inc_run(inc);
    check_ran(&spell, 10, 10);
    set_number(inc, 1, 0x3fe);
    inc_run(inc);
    check_ran(&spell, 9, 0);

    delete_number(inc, 1);
    inc_run(inc);
    check_ran(&spell, 0, 0);
    check_ran(&share, 0, 0);
    inc_destroy(inc);
}

/* Some row of 'table'. */
static uint32_t
first_row(const struct inc_table *table)
{
    INC_HTAB_FOR_EACH (id, i, &table->st->rows) {
        return id;
    }
    OVS_NOT_REACHED();
}

static void
test_verify(void)
{
    struct inc *inc = make_elements_engine();
    uint32_t key = 1;

    inc_set_verify_always(inc, false);
    set_number(inc, key, 1);
    inc_run(inc);
    check_verify(inc);

    secret = 2;
    check_finds(inc, "numbers 0x1000000: elements: stale elements\n");
    secret = 0;
    check_verify(inc);

    /* As many elements, but another one. */
    set_number(inc, key, 2);
    check_finds(inc, "numbers 0x1000000: elements: stale elements\n");
    inc_run(inc);
    check_verify(inc);

    uint32_t row = first_row(&elements);
    struct inc_htab *rows = &elements.st->rows;
    inc_htab_remove(rows, inc_hash_id(row), row);
    check_finds(inc, "elements: 0 rows for 1 elements\n");
    check_finds(inc, "numbers 0x1000000: elements: stale elements\n");
    inc_htab_insert(rows, inc_hash_id(row), row);

    /* A row that has another text. */
    struct json *b = inc_node(inc, row)->data;
    inc_node(inc, row)->data = letters[2];
    check_finds(inc, "elements (numbers 0x1000000, c)");
    check_finds(inc, "numbers 0x1000000: elements: stale elements\n");
    inc_node(inc, row)->data = b;
    check_verify(inc);
    inc_destroy(inc);
}

static void
test_inc_elements_main(int argc, char *argv[])
{
    int n_batches = 2000;

    if (argc > 1 && !str_to_int(argv[1], 10, &n_batches)) {
        ovs_fatal(0, "%s is no number of batches", argv[1]);
    }
    for (int i = 0; i < N_LETTERS; i++) {
        renew_letter(i);
    }
    test_random(n_batches, argc > 2 ? strtoul(argv[2], NULL, 10) : 1);
    test_ran();
    test_verify();
    for (int i = 0; i < N_LETTERS; i++) {
        json_destroy(letters[i]);
    }
}

TEST_OVN_REGISTER("inc-elements", test_inc_elements_main);
