/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The incremental engine against an oracle.
 *
 * usage: test-ovn inc-fuzz [BATCHES [SEED]]
 *
 * Each round draws a random "schema of families": which facts and units run
 * over which tables, and a random program for each, made of reads of fields,
 * lookups in indexes, uses of facts, and claims.  Then it applies random
 * batches of edits to the input tables.  After each batch the engine's outputs
 * must equal those of a naive interpreter of the same programs, which
 * computes everything from nothing, and inc_verify() must agree.
 *
 * The interpreter shares with the engine's side only the programs: it reads
 * rows from plain arrays, finds by scanning, and remembers nothing. */

#include <config.h>
#include "tests/test-ovn.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "lib/inc.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/vlog.h"
#include "random.h"
#include "unaligned.h"
#include "util.h"

enum {
    N_MEM = 3,                  /* Input tables. */
    N_DERIVED = 3,              /* Derived table 'i' is at stage i + 1. */
    N_TABLES = N_MEM + N_DERIVED,
    N_JOIN = 2,
    N_ALL = N_TABLES + N_JOIN,
    N_FIELDS = 2,               /* Of a value. */
    N_INDEXES = N_TABLES * N_FIELDS,
    N_FACTS = 6,
    N_UNITS = 6,
    N_FAMILIES = N_FACTS + N_UNITS,
    N_OPS = 6,
    N_KEYS = 24,                /* Different keys of a table. */
    N_VALUES = 6,               /* Different values of a field. */
    MAX_ROWS = 4096
};

struct value {
    uint32_t fields[N_FIELDS];
};

/* The random programs. */

enum op_type { OP_FIELD, OP_FIND, OP_LOOKUP, OP_FIND_ALL, OP_FACT, OP_EMIT,
               OP_DERIVE, OP_ATTR, N_OP_TYPES };

struct op {
    enum op_type type;
    int which;                  /* Field, index, table or fact. */
    uint32_t salt;
};

struct program {
    int over;                   /* Table. */
    int stage;
    int n_ops;
    struct op ops[N_OPS];
};

static struct program programs[N_FAMILIES];
static struct {
    int left, right;            /* Indexes. */
} joins[N_JOIN];

static int
table_stage(int table)
{
    if (table < N_MEM) {
        return 0;
    } else if (table < N_TABLES) {
        return table - N_MEM + 1;
    }
    int j = table - N_TABLES;
    return MAX(table_stage(joins[j].left / N_FIELDS),
               table_stage(joins[j].right / N_FIELDS));
}

/* What a program sees: either the engine or the naive interpreter.  A row is
 * a number; 0 is none. */
struct world {
    uint32_t (*field)(void *, int table, uint32_t row, int field);
    uint32_t (*attr)(void *, int table, uint32_t row);
    uint32_t (*key)(void *, int table, uint32_t row);
    uint32_t (*find)(void *, int index, uint32_t key);
    uint32_t (*find_all)(void *, int index, uint32_t key); /* Sum of keys. */
    uint32_t (*lookup)(void *, int table, uint32_t key);
    uint32_t (*fact)(void *, int fact, uint32_t row);
    void (*emit)(void *, int output, uint32_t key, uint32_t value);
    void (*derive)(void *, int table, uint32_t key, struct value);
};

static uint32_t
mix(uint32_t acc, uint32_t x)
{
    return hash_2words(acc, x);
}

/* Runs one operation on the cursor ('*table', '*row') and accumulator. */
static uint32_t
run_op(const struct op *op, const struct world *w, void *aux, int over,
       uint32_t self, int *table, uint32_t *row, uint32_t acc)
{
    switch (op->type) {
    case OP_FIELD:
        return mix(acc, w->field(aux, *table, *row, op->which % N_FIELDS));
    case OP_ATTR:
        return mix(acc, w->attr(aux, *table, *row));
    case OP_FIND:
        *row = w->find(aux, op->which, acc % N_VALUES);
        *table = op->which / N_FIELDS;
        return mix(acc, w->key(aux, *table, *row));
    case OP_FIND_ALL:
        return mix(acc, w->find_all(aux, op->which, acc % N_VALUES));
    case OP_LOOKUP:
        *row = w->lookup(aux, op->which, acc % N_KEYS);
        *table = op->which;
        return mix(acc, w->key(aux, *table, *row));
    case OP_FACT:
        return mix(acc, programs[op->which].over == *table
                        ? w->fact(aux, op->which, *row)
                        : programs[op->which].over == over
                        ? w->fact(aux, op->which, self) : 0);
    case OP_EMIT:
        w->emit(aux, op->which, mix(acc, op->salt) % N_KEYS, acc % 3);
        return acc;
    case OP_DERIVE:
        w->derive(aux, op->which, mix(acc, op->salt) % N_KEYS,
                  (struct value) {{ acc % N_VALUES, acc / 7 % N_VALUES }});
        return acc;
    case N_OP_TYPES:
    default:
        OVS_NOT_REACHED();
    }
}

static uint32_t
run_program(int family, const struct world *w, void *aux, uint32_t self,
            uint32_t left, uint32_t right)
{
    const struct program *p = &programs[family];
    int table = p->over;
    uint32_t row = self;
    uint32_t acc;

    if (p->over >= N_TABLES) {
        int j = p->over - N_TABLES;
        int lt = joins[j].left / N_FIELDS;
        int rt = joins[j].right / N_FIELDS;

        acc = mix(w->key(aux, lt, left), w->key(aux, rt, right));
        table = lt;
        row = left;
    } else {
        acc = w->key(aux, table, row);
    }
    for (int i = 0; i < p->n_ops; i++) {
        acc = run_op(&p->ops[i], w, aux, p->over, self, &table, &row, acc);
    }
    return acc;
}

/* The attribute that the "allocator" of derived tables gives. */
static uint32_t
attr_of(uint32_t key, const struct value *value)
{
    return hash_bytes(value, sizeof *value, key) % 5;
}

/* The inputs. */

static struct value inputs[N_MEM][N_KEYS];
static bool present[N_MEM][N_KEYS];

/* The outputs: sorted lists of (output, key, value). */

struct claim {
    uint32_t output, key, value;
};

struct claims {
    struct claim *claims;
    size_t n, allocated;
};

static void
claims_add(struct claims *list, struct claim claim)
{
    if (list->n >= list->allocated) {
        list->claims = x2nrealloc(list->claims, &list->allocated,
                                  sizeof *list->claims);
    }
    list->claims[list->n++] = claim;
}

static int
compare_claims(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct claim));
}

static void
claims_sort(struct claims *list)
{
    size_t m = 0;

    if (list->n) {
        qsort(list->claims, list->n, sizeof *list->claims, compare_claims);
    }
    for (size_t i = 0; i < list->n; i++) {
        if (!m || compare_claims(&list->claims[m - 1], &list->claims[i])) {
            list->claims[m++] = list->claims[i];
        }
    }
    list->n = m;
}

/* The naive interpreter.  Rows are numbered by position + 1, and positions
 * are in order of keys. */

struct naive_table {
    size_t n;
    uint32_t keys[MAX_ROWS];
    struct value values[MAX_ROWS];
    uint32_t left[MAX_ROWS], right[MAX_ROWS]; /* Join tables. */
};

static struct naive_table naive[N_ALL];
static struct claims naive_claims;

/* Claims of rows of derived tables, before they are sorted out. */
static bool naive_claimed[N_TABLES][N_KEYS];
static struct value naive_derived[N_TABLES][N_KEYS];

static uint32_t
naive_field(void *aux OVS_UNUSED, int table, uint32_t row, int field)
{
    return row ? naive[table].values[row - 1].fields[field] : 0;
}

static uint32_t
naive_key(void *aux OVS_UNUSED, int table, uint32_t row)
{
    return row ? naive[table].keys[row - 1] + 1 : 0;
}

static uint32_t
naive_attr(void *aux OVS_UNUSED, int table, uint32_t row)
{
    return (row && table >= N_MEM
            ? attr_of(naive[table].keys[row - 1],
                      &naive[table].values[row - 1])
            : 0);
}

static uint32_t
naive_find(void *aux OVS_UNUSED, int index, uint32_t key)
{
    const struct naive_table *t = &naive[index / N_FIELDS];

    for (size_t i = 0; i < t->n; i++) {
        if (t->values[i].fields[index % N_FIELDS] == key) {
            return i + 1;
        }
    }
    return 0;
}

static uint32_t
naive_find_all(void *aux OVS_UNUSED, int index, uint32_t key)
{
    const struct naive_table *t = &naive[index / N_FIELDS];
    uint32_t sum = 0;

    for (size_t i = 0; i < t->n; i++) {
        if (t->values[i].fields[index % N_FIELDS] == key) {
            sum = mix(sum, t->keys[i] + 1);
        }
    }
    return sum;
}

static uint32_t
naive_lookup(void *aux OVS_UNUSED, int table, uint32_t key)
{
    for (size_t i = 0; i < naive[table].n; i++) {
        if (naive[table].keys[i] == key) {
            return i + 1;
        }
    }
    return 0;
}

static uint32_t naive_fact(void *aux, int fact, uint32_t row);

static void
naive_emit(void *aux OVS_UNUSED, int output, uint32_t key, uint32_t value)
{
    claims_add(&naive_claims, (struct claim) { output, key, value });
}

static void
naive_derive(void *aux OVS_UNUSED, int table, uint32_t key,
             struct value value)
{
    struct value *old = &naive_derived[table][key];

    if (!naive_claimed[table][key]
        || memcmp(&value, old, sizeof value) < 0) {
        naive_claimed[table][key] = true;
        *old = value;
    }
}

static const struct world naive_world = {
    naive_field, naive_attr, naive_key, naive_find, naive_find_all,
    naive_lookup, naive_fact, naive_emit, naive_derive
};

static uint32_t
naive_fact(void *aux, int fact, uint32_t row)
{
    int over = programs[fact].over;

    if (!row) {
        return 0;
    }
    /* Facts are about half as fine as what they read, so that they often
     * do not change. */
    return run_program(fact, &naive_world, aux, row,
                       naive[over].left[row - 1],
                       naive[over].right[row - 1]) % 4 + 1;
}

static void
naive_fill(struct naive_table *t, const bool *has, const struct value *values)
{
    t->n = 0;
    for (uint32_t key = 0; key < N_KEYS; key++) {
        if (has[key]) {
            t->keys[t->n] = key;
            t->values[t->n++] = values[key];
        }
    }
}

static void
naive_join(int j)
{
    const struct naive_table *l = &naive[joins[j].left / N_FIELDS];
    const struct naive_table *r = &naive[joins[j].right / N_FIELDS];
    struct naive_table *t = &naive[N_TABLES + j];

    t->n = 0;
    for (size_t a = 0; a < l->n; a++) {
        for (size_t b = 0; b < r->n; b++) {
            if (l->values[a].fields[joins[j].left % N_FIELDS]
                == r->values[b].fields[joins[j].right % N_FIELDS]) {
                ovs_assert(t->n < MAX_ROWS);
                t->left[t->n] = a + 1;
                t->right[t->n++] = b + 1;
            }
        }
    }
}

static void
naive_run(void)
{
    naive_claims.n = 0;
    memset(naive_claimed, 0, sizeof naive_claimed);
    for (int i = 0; i < N_MEM; i++) {
        naive_fill(&naive[i], present[i], inputs[i]);
    }
    for (int stage = 0; stage <= N_DERIVED; stage++) {
        if (stage > 0) {
            int t = N_MEM + stage - 1;

            naive_fill(&naive[t], naive_claimed[t], naive_derived[t]);
        }
        for (int j = 0; j < N_JOIN; j++) {
            if (table_stage(N_TABLES + j) == stage) {
                naive_join(j);
            }
        }
        for (int f = N_FACTS; f < N_FAMILIES; f++) {
            const struct naive_table *t = &naive[programs[f].over];

            for (size_t i = 0; programs[f].stage == stage && i < t->n; i++) {
                run_program(f, &naive_world, NULL, i + 1,
                            t->left[i], t->right[i]);
            }
        }
    }
    claims_sort(&naive_claims);
}

/* The engine's side. */

static struct inc_table tables[N_ALL];
static struct inc_index indexes[N_INDEXES];
static struct inc_family families[N_FAMILIES];
static struct inc_output outputs[2];
static struct claims inc_claims;

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

    for (size_t i = 0; i < inc_claims.n; i++) {
        if (inc_claims.claims[i].output != no
            || inc_claims.claims[i].key != key) {
            inc_claims.claims[m++] = inc_claims.claims[i];
        }
    }
    inc_claims.n = m;
    for (size_t i = 0; i < n; i++) {
        claims_add(&inc_claims, (struct claim) {
            no, key, get_unaligned_u32(claims[i].value)
        });
    }
}

/* Random programs. */

static uint32_t
pick(uint32_t n)
{
    return random_range(n);
}

static struct op
random_op(int family)
{
    const struct program *p = &programs[family];
    struct op op = { .salt = random_uint32() };

    for (;;) {
        op.type = pick(N_OP_TYPES);
        switch (op.type) {
        case OP_FIELD:
        case OP_ATTR:
            op.which = pick(N_FIELDS);
            return op;
        case OP_FIND:
        case OP_FIND_ALL:
            op.which = pick(N_INDEXES);
            if (table_stage(op.which / N_FIELDS) <= p->stage) {
                return op;
            }
            break;
        case OP_LOOKUP:
            op.which = pick(N_TABLES);
            if (table_stage(op.which) <= p->stage) {
                return op;
            }
            break;
        case OP_FACT:
            op.which = pick(N_FACTS);
            if (op.which < family && programs[op.which].stage <= p->stage) {
                return op;
            }
            break;
        case OP_EMIT:
            op.which = pick(ARRAY_SIZE(outputs));
            if (family >= N_FACTS) {
                return op;
            }
            break;
        case OP_DERIVE:
            op.which = N_MEM + pick(N_DERIVED);
            if (family >= N_FACTS && table_stage(op.which) > p->stage) {
                return op;
            }
            break;
        case N_OP_TYPES:
        default:
            OVS_NOT_REACHED();
        }
    }
}

static void
random_programs(void)
{
    for (int j = 0; j < N_JOIN; j++) {
        joins[j].left = pick(N_INDEXES);
        do {
            joins[j].right = pick(N_INDEXES);
        } while (joins[j].right == joins[j].left);
    }
    for (int f = 0; f < N_FAMILIES; f++) {
        struct program *p = &programs[f];

        p->over = pick(N_ALL);
        p->stage = MIN(table_stage(p->over) + pick(2), N_DERIVED);
        p->n_ops = 2 + pick(N_OPS - 1);
        for (int i = 0; i < p->n_ops; i++) {
            p->ops[i] = random_op(f);
        }
        if (f >= N_FACTS) {
            p->ops[p->n_ops - 1] = (struct op) {
                OP_EMIT, pick(ARRAY_SIZE(outputs)), random_uint32()
            };
        }
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

static struct inc *
make_engine(void)
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
    for (uintptr_t i = 0; i < ARRAY_SIZE(outputs); i++) {
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

/* Edits. */

static void
random_edit(struct inc *inc)
{
    int table = pick(N_MEM);
    uint32_t key = pick(N_KEYS);
    ovs_be32 k = htonl(key);

    if (pick(3)) {
        struct value v, vn;

        for (int i = 0; i < N_FIELDS; i++) {
            v.fields[i] = pick(N_VALUES);
        }
        vn = value_hton(v);
        inputs[table][key] = v;
        present[table][key] = true;
        inc_mem_set(inc, &tables[table], &k, &vn);
    } else {
        present[table][key] = false;
        inc_mem_delete(inc, &tables[table], &k);
    }
}

static void
compare(struct inc *inc, uint32_t seed, int batch)
{
    struct ds report = DS_EMPTY_INITIALIZER;

    naive_run();
    claims_sort(&inc_claims);
    if (inc_claims.n != naive_claims.n
        || (inc_claims.n && memcmp(inc_claims.claims, naive_claims.claims,
                                   inc_claims.n
                                   * sizeof *inc_claims.claims))) {
        ovs_fatal(0, "seed %"PRIu32", batch %d: the engine claims "
                  "%"PRIuSIZE", the oracle %"PRIuSIZE", and they differ",
                  seed, batch, inc_claims.n, naive_claims.n);
    }
    if (!inc_verify(inc, &report)) {
        ovs_fatal(0, "seed %"PRIu32", batch %d: verify:\n%s", seed, batch,
                  ds_cstr(&report));
    }
    ds_destroy(&report);
}

/* Runs a round of batches with a new set of programs. */
static void
run_round(uint32_t seed, int n_batches)
{
    random_set_seed(seed);
    random_programs();
    memset(present, 0, sizeof present);
    inc_claims.n = 0;

    struct inc *inc = make_engine();
    for (int i = 0; i < n_batches; i++) {
        int n_edits = pick(10) ? 1 + pick(4) : pick(60);

        for (int j = 0; j < n_edits; j++) {
            random_edit(inc);
        }
        if (!pick(20)) {
            inc_recompute(inc);
        }
        inc_run(inc);
        compare(inc, seed, i);
    }
    inc_destroy(inc);
}

static void
test_inc_fuzz_main(int argc, char *argv[])
{
    int n_batches = 2000;

    if (argc > 1 && !str_to_int(argv[1], 10, &n_batches)) {
        ovs_fatal(0, "%s is no number of batches", argv[1]);
    }
    uint32_t seed = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;

    for (int done = 0; done < n_batches; done += 40) {
        run_round(seed++, MIN(40, n_batches - done));
    }
    free(inc_claims.claims);
    free(naive_claims.claims);
}

TEST_OVN_REGISTER("inc-fuzz", test_inc_fuzz_main);
