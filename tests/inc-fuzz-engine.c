/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The engine, with the programs of inc-fuzz-test.c. */

#include <config.h>
#include "tests/inc-fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "lib/inc.h"
#include "unaligned.h"
#include "util.h"

/* The engine's side. */

static struct inc_table tables[N_ALL];
static struct inc_index indexes[N_INDEXES];
static struct inc_family families[N_FAMILIES];
static struct inc_output outputs[N_OUTPUTS];
struct claims engine_claims;

/* Keys in memory are big-endian, so that their bytes sort as numbers. */
static uint32_t
engine_key(void *cx, int table OVS_UNUSED, uint32_t row)
{
    return (row
            ? ntohl(*(const ovs_be32 *) inc_key(cx, (struct inc_ref) { row }))
              + 1
            : 0);
}

static uint32_t
engine_field(void *cx, int table OVS_UNUSED, uint32_t row, int field)
{
    const struct value *value = inc_value(cx, (struct inc_ref) { row });

    return ntohl(value->fields[field]);
}

static uint32_t
engine_attr(void *cx, int table, uint32_t row)
{
    return (row && table >= N_MEM
            ? *(const uint32_t *) inc_attr(cx, (struct inc_ref) { row }) : 0);
}

static uint32_t
engine_find(void *cx, int index, uint32_t key)
{
    return inc_find(cx, &indexes[index], &key, sizeof key).id;
}

static uint32_t
engine_find_all(void *cx, int index, uint32_t key)
{
    uint32_t sum = 0;
    size_t n;
    const struct inc_ref *refs = inc_find_all(cx, &indexes[index],
                                              &key, sizeof key, &n);

    for (size_t i = 0; i < n; i++) {
        sum = mix(sum, engine_key(cx, 0, refs[i].id));
    }
    return sum;
}

static uint32_t
engine_lookup(void *cx, int table, uint32_t key)
{
    ovs_be32 k = htonl(key);

    return inc_lookup(cx, &tables[table], &k).id;
}

static uint32_t
engine_fact(void *cx, int fact, uint32_t row)
{
    return *(const uint32_t *) inc_fact(cx, &families[fact],
                                        (struct inc_ref) { row });
}

static void
engine_emit(void *cx, int output, uint32_t key, uint32_t value)
{
    inc_emit(cx, &outputs[output], &key, sizeof key, &value, sizeof value);
}

static struct value
value_hton(struct value v)
{
    for (int i = 0; i < N_FIELDS; i++) {
        v.fields[i] = htonl(v.fields[i]);
    }
    return v;
}

static void
engine_derive(void *cx, int table, uint32_t key, struct value value)
{
    ovs_be32 k = htonl(key);
    struct value v = value_hton(value);

    inc_derive(cx, &tables[table], &k, &v);
}

static const struct world engine_world = {
    engine_field, engine_attr, engine_key, engine_find, engine_find_all,
    engine_lookup, engine_fact, engine_emit, engine_derive
};

static uint32_t
engine_run(int family, struct inc_cx *cx, struct inc_ref row)
{
    bool join = programs[family].over >= N_TABLES;

    return run_program(family, &engine_world, cx, row.id,
                       join ? inc_left(cx, row).id : 0,
                       join ? inc_right(cx, row).id : 0);
}

/* The engine passes no closure to functions, so each family and index has its
 * own. */
#define FAMILY(I)                                                       \
    static void                                                         \
    family_fact_##I(struct inc_cx *cx, struct inc_ref row, void *value) \
    {                                                                   \
        *(uint32_t *) value = engine_run(I, cx, row) % 4 + 1;           \
    }                                                                   \
    static void                                                         \
    family_unit_##I(struct inc_cx *cx, struct inc_ref row)              \
    {                                                                   \
        engine_run(I, cx, row);                                         \
    }
#define INDEX(I)                                                        \
    static void                                                         \
    index_##I(struct inc_cx *cx, struct inc_ref row,                    \
              struct inc_keys *keys)                                    \
    {                                                                   \
        uint32_t key = engine_field(cx, 0, row.id, (I) % N_FIELDS);     \
        inc_key_add(keys, &key, sizeof key);                            \
    }
#define TWELVE(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) \
    X(11)
TWELVE(FAMILY)
TWELVE(INDEX)
BUILD_ASSERT_DECL(N_FAMILIES == 12 && N_INDEXES == 12);

#define FACT_NAME(I) family_fact_##I,
#define UNIT_NAME(I) family_unit_##I,
#define INDEX_NAME(I) index_##I,
static void (*const fact_functions[])(struct inc_cx *, struct inc_ref, void *)
    = { TWELVE(FACT_NAME) };
static void (*const unit_functions[])(struct inc_cx *, struct inc_ref)
    = { TWELVE(UNIT_NAME) };
static void (*const index_functions[])(struct inc_cx *, struct inc_ref,
                                       struct inc_keys *)
    = { TWELVE(INDEX_NAME) };

static void
resolve(struct inc *inc, void *table, const struct inc_change *changes,
        size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (changes[i].value) {
            struct value v = value_hton(*(const struct value *)
                                        changes[i].value);
            uint32_t attr = attr_of(ntohl(*(const ovs_be32 *)
                                          changes[i].key), &v);

            inc_set_attr(inc, table, changes[i].ref, &attr);
        }
    }
}

/* Keeps what 'sync' reported in a list, so that a missing call is found. */
static void
output_sync(void *output, const void *key_, size_t key_len OVS_UNUSED,
            const struct inc_claim *claims, size_t n)
{
    uint32_t no = (uintptr_t) output;
    uint32_t key = get_unaligned_u32(key_);
    size_t m = 0;

    for (size_t i = 0; i < engine_claims.n; i++) {
        if (engine_claims.claims[i].output != no
            || engine_claims.claims[i].key != key) {
            engine_claims.claims[m++] = engine_claims.claims[i];
        }
    }
    engine_claims.n = m;
    for (size_t i = 0; i < n; i++) {
        claims_add(&engine_claims, (struct claim) {
            no, key, get_unaligned_u32(claims[i].value)
        });
    }
}

/* Declarations, as generous as the stages allow. */
static struct inc_family *uses[N_FAMILIES][N_FACTS + 1];
static struct inc_table *reads[N_FAMILIES][N_ALL + 1];
static struct inc_output *emits[N_FAMILIES][N_DERIVED + 3];

static void
declare(int f)
{
    const struct program *p = &programs[f];
    int n_uses = 0, n_reads = 0, n_emits = 0;

    for (int i = 0; i < N_FACTS && i < f; i++) {
        if (programs[i].stage <= p->stage) {
            uses[f][n_uses++] = &families[i];
        }
    }
    for (int i = N_MEM; i < N_TABLES; i++) {
        if (table_stage(i) <= p->stage) {
            reads[f][n_reads++] = &tables[i];
        } else if (f >= N_FACTS) {
            emits[f][n_emits++] = &tables[i].output;
        }
    }
    emits[f][n_emits++] = &outputs[0];
    emits[f][n_emits++] = &outputs[1];
    uses[f][n_uses] = NULL;
    reads[f][n_reads] = NULL;
    emits[f][n_emits] = NULL;
}

struct inc *
make_fuzz_engine(void)
{
    struct inc *inc = inc_create("fuzz");
    static const char *const table_names[N_ALL] = {
        "m0", "m1", "m2", "d0", "d1", "d2", "j0", "j1"
    };
    static const char *const family_names[N_FAMILIES] = {
        "f0", "f1", "f2", "f3", "f4", "f5",
        "u0", "u1", "u2", "u3", "u4", "u5"
    };

    inc_set_strict(inc, true);
    for (int i = 0; i < N_ALL; i++) {
        tables[i] = (struct inc_table) {
            .name = table_names[i],
            .kind = (i < N_MEM ? INC_MEM : i < N_TABLES ? INC_DERIVED
                     : INC_JOIN),
        };
        if (i < N_TABLES) {
            tables[i].key_size = 4;
            tables[i].value_size = sizeof(struct value);
        } else {
            tables[i].left = &indexes[joins[i - N_TABLES].left];
            tables[i].right = &indexes[joins[i - N_TABLES].right];
        }
        if (tables[i].kind == INC_DERIVED) {
            tables[i].attr_size = 4;
            tables[i].resolve = resolve;
            tables[i].aux = &tables[i];
        }
    }
    for (int i = 0; i < N_INDEXES; i++) {
        indexes[i] = (struct inc_index) {
            .name = "index", .table = &tables[i / N_FIELDS],
            .keys = index_functions[i]
        };
    }
    for (uintptr_t i = 0; i < N_OUTPUTS; i++) {
        outputs[i] = (struct inc_output) {
            .name = "output", .sync = output_sync, .aux = (void *) i
        };
        inc_add_output(inc, &outputs[i]);
    }
    for (int i = 0; i < N_TABLES; i++) {
        inc_add_table(inc, &tables[i], NULL);
    }
    for (int i = 0; i < N_FAMILIES; i++) {
        declare(i);
        families[i] = (struct inc_family) {
            .name = family_names[i], .over = &tables[programs[i].over],
            .uses = uses[i], .reads = reads[i], .emits = emits[i],
            .unit = i >= N_FACTS ? unit_functions[i] : NULL,
            .fact = i < N_FACTS ? fact_functions[i] : NULL,
            .fact_size = 4
        };
        inc_add_family(inc, &families[i]);
    }
    inc_start(inc);
    return inc;
}

void
engine_edit(struct inc *inc, int table, uint32_t key,
            const struct value *value)
{
    ovs_be32 k = htonl(key);

    if (value) {
        struct value v = value_hton(*value);

        inc_mem_set(inc, &tables[table], &k, &v);
    } else {
        inc_mem_delete(inc, &tables[table], &k);
    }
}
