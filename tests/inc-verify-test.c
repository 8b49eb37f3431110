/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Does inc_verify() find what it is for?  Each test damages one part of the
 * engine's state, from inside, checks what inc_verify() says, and repairs it.
 *
 * usage: test-ovn inc-verify */

#include <config.h>
#include "tests/test-ovn.h"

#include "hash.h"
#include "lib/inc-private.h"
#include "openvswitch/dynamic-string.h"
#include "tests/inc-numbers.h"
#include "util.h"

/* Numbers, copies of them, and the pairs of both that have one value. */

static uint32_t secret;         /* Read behind the engine's back. */

static void
copy_format(const void *aux OVS_UNUSED, const void *key,
            size_t key_len OVS_UNUSED, const void *value OVS_UNUSED,
            size_t value_len OVS_UNUSED, struct ds *s)
{
    const uint32_t *k = key;

    ds_put_format(s, "of %"PRIu32, *k);
}

static struct inc_table copies = {
    .name = "copies", .kind = INC_DERIVED, .key_size = 4, .value_size = 4,
    .output.format = copy_format
};

static void
copy_unit(struct inc_cx *cx, struct inc_ref row)
{
    inc_derive(cx, &copies, inc_key(cx, row), inc_value(cx, row));
    if (secret) {
        inc_warn(cx, "secret %"PRIu32, secret);
    }
}

static struct inc_family copy = {
    .name = "copy", .over = &numbers, .unit = copy_unit,
    .emits = INC_EMITS(&copies.output)
};

static void
value_keys(struct inc_cx *cx, struct inc_ref row, struct inc_keys *keys)
{
    inc_key_add(keys, inc_value(cx, row), 4);
}

static struct inc_index by_value = {
    .name = "by_value", .table = &numbers, .keys = value_keys
};
static struct inc_index by_copy = {
    .name = "by_copy", .table = &copies, .keys = value_keys
};
static struct inc_table pairs = {
    .name = "pairs", .kind = INC_JOIN, .left = &by_value, .right = &by_copy
};

static void
pair_unit(struct inc_cx *cx, struct inc_ref row)
{
    const uint32_t *value = inc_value(cx, inc_left(cx, row));

    if (*value != secret) {
        inc_emit(cx, &words, value, sizeof *value, NULL, 0);
    }
}

static struct inc_family pair = {
    .name = "pair", .over = &pairs, .unit = pair_unit,
    .emits = INC_EMITS(&words)
};

static uint32_t
row_of(const struct inc_table *table, uint32_t key)
{
    uint32_t id = inc_table_find_key(table, &key);

    ovs_assert(id);
    return id;
}

/* A stored value is not what was claimed, or what the input is now. */
static void
damage_values(struct inc *inc)
{
    uint32_t number = row_of(&numbers, 1);
    uint32_t id = row_of(&copies, 1);
    char *value = inc_row_bytes(&copies, inc_node(inc, id), 1);

    *value ^= 1;
    check_finds(inc, "copies of 1: value is not the claimed one\n");
    *value ^= 1;
    check_verify(inc);

    value = inc_row_bytes(&numbers, inc_node(inc, number), 1);
    *value ^= 1;
    check_finds(inc, "numbers 0x1000000: by_value: indexed under an old key");
    check_finds(inc, "numbers 0x1000000: parity: stale value\n");
    check_finds(inc, "copy: numbers 0x1000000: missing claim in copies: of 1");
    check_finds(inc, "numbers 0x1000000: copy: stale claims (1 live, "
                "0 computed)\n");
    *value ^= 1;
    check_verify(inc);
}

static void
damage_rows(struct inc *inc)
{
    uint32_t key = 1;
    uint32_t hash = hash_bytes(&key, sizeof key, 0);
    uint32_t id = row_of(&copies, key);

    inc_htab_remove(&copies.st->rows, hash, id);
    check_finds(inc, "copies: a claimed row is missing\n");
    check_finds(inc, "copies: 1 rows, 2 claimed keys\n");
    inc_htab_insert(&copies.st->rows, hash, id);
    check_verify(inc);
}

static void
damage_pairs(struct inc *inc)
{
    uint32_t l = row_of(&numbers, 1), r = row_of(&copies, 1);
    uint32_t id = inc_join_find(&pairs, l, r);

    inc_htab_remove(&pairs.st->rows, hash_2words(l, r), id);
    check_finds(inc, "numbers 0x1000000: pairs: a pair is missing\n");
    inc_htab_insert(&pairs.st->rows, hash_2words(l, r), id);
    check_verify(inc);

    r = row_of(&copies, 2);
    inc_join_add(inc, &pairs, l, r);
    check_finds(inc, "pairs: 3 pairs, expected at most 2\n");
    inc_join_remove(inc, &pairs, l, r);
    check_verify(inc);
}

static void
damage_index(struct inc *inc)
{
    uint32_t row = row_of(&numbers, 1), pos = UINT32_MAX;
    struct inc_htab *by_row = &by_value.st->by_row;
    uint32_t bucket = inc_htab_next(by_row, inc_hash_id(row), &pos);

    inc_htab_remove(by_row, inc_hash_id(row), bucket);
    check_finds(inc, "numbers 0x1000000: by_value: has 1 keys, indexed "
                "under 0\n");
    inc_htab_insert(by_row, inc_hash_id(row), bucket);
    check_verify(inc);
}

static void
damage_units(struct inc *inc)
{
    uint32_t row = row_of(&numbers, 1);
    uint32_t unit = inc_family_find(&word, row);

    inc_htab_remove(&word.st->nodes, inc_hash_id(row), unit);
    check_finds(inc, "numbers 0x1000000: word: unit is missing\n");
    check_finds(inc, "word: 1 units for 2 rows\n");
    inc_htab_insert(&word.st->nodes, inc_hash_id(row), unit);
    check_verify(inc);
}

static void
damage_claims(struct inc *inc)
{
    const struct inc_node *unit
        = inc_node(inc, inc_family_find(&word, row_of(&numbers, 1)));
    struct inc_claims *claims = unit->data;
    struct inc_item *item = claims->items[0];

    item->n_claims++;
    check_finds(inc, "claims, outputs count ");
    item->n_claims--;
    check_verify(inc);

    /* As many claims, but another one. */
    claims->items[0] = inc_item_intern(words.st, "x", 1, NULL, 0);
    check_finds(inc, "word: stale claims (1 live, 1 computed)\n");
    hmap_remove(&words.st->items, &claims->items[0]->hmap_node);
    free(claims->items[0]);
    claims->items[0] = item;
    check_verify(inc);
}

/* A function that reads what the engine does not know of. */
static void
damage_functions(struct inc *inc)
{
    secret = 11;
    check_finds(inc, "pairs (numbers 0x1000000, copies of 1): pair: stale "
                "claims (1 live, 0 computed)\n");
    check_finds(inc, "copy: numbers 0x1000000: missing claim in warning: "
                "secret 11\n");
    secret = 0;
    check_verify(inc);
}

static void
test_inc_verify_main(int argc OVS_UNUSED, char *argv[] OVS_UNUSED)
{
    struct inc *inc = inc_create("test");

    inc_set_strict(inc, true);
    inc_set_verify_always(inc, false);
    inc_add_output(inc, &words);
    inc_add_family(inc, &parity);
    inc_add_family(inc, &word);
    inc_add_family(inc, &copy);
    inc_add_family(inc, &pair);
    inc_start(inc);
    set_number(inc, 1, 11);
    set_number(inc, 2, 12);
    inc_run(inc);
    check_verify(inc);

    damage_values(inc);
    damage_rows(inc);
    damage_pairs(inc);
    damage_index(inc);
    damage_units(inc);
    damage_claims(inc);
    damage_functions(inc);
    inc_destroy(inc);
}

TEST_OVN_REGISTER("inc-verify", test_inc_verify_main);
