/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The random programs of inc-fuzz-test.c. */

#include <config.h>
#include "tests/inc-fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "random.h"
#include "util.h"

struct program programs[N_FAMILIES];
struct join joins[N_JOIN];

int
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

uint32_t
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

uint32_t
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

uint32_t
attr_of(uint32_t key, const struct value *value)
{
    return hash_bytes(value, sizeof *value, key) % 5;
}

/* Random programs. */

static struct op
random_op(int family)
{
    const struct program *p = &programs[family];
    struct op op = { .salt = random_uint32() };

    for (;;) {
        op.type = random_range(N_OP_TYPES);
        switch (op.type) {
        case OP_FIELD:
        case OP_ATTR:
            op.which = random_range(N_FIELDS);
            return op;
        case OP_FIND:
        case OP_FIND_ALL:
            op.which = random_range(N_INDEXES);
            if (table_stage(op.which / N_FIELDS) <= p->stage) {
                return op;
            }
            break;
        case OP_LOOKUP:
            op.which = random_range(N_TABLES);
            if (table_stage(op.which) <= p->stage) {
                return op;
            }
            break;
        case OP_FACT:
            op.which = random_range(N_FACTS);
            if (op.which < family && programs[op.which].stage <= p->stage) {
                return op;
            }
            break;
        case OP_EMIT:
            op.which = random_range(N_OUTPUTS);
            if (family >= N_FACTS) {
                return op;
            }
            break;
        case OP_DERIVE:
            op.which = N_MEM + random_range(N_DERIVED);
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

void
random_programs(void)
{
    for (int j = 0; j < N_JOIN; j++) {
        joins[j].left = random_range(N_INDEXES);
        do {
            joins[j].right = random_range(N_INDEXES);
        } while (joins[j].right == joins[j].left);
    }
    for (int f = 0; f < N_FAMILIES; f++) {
        struct program *p = &programs[f];

        p->over = random_range(N_ALL);
        p->stage = MIN(table_stage(p->over) + random_range(2), N_DERIVED);
        p->n_ops = 2 + random_range(N_OPS - 1);
        for (int i = 0; i < p->n_ops; i++) {
            p->ops[i] = random_op(f);
        }
        if (f >= N_FACTS) {
            p->ops[p->n_ops - 1] = (struct op) {
                OP_EMIT, random_range(N_OUTPUTS), random_uint32()
            };
        }
    }
}

/* Claims. */

void
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

void
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
