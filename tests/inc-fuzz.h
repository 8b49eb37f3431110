/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef TESTS_INC_FUZZ_H
#define TESTS_INC_FUZZ_H 1

/* What the files of inc-fuzz share:
 *
 *     inc-fuzz-programs.c  random programs, and how one runs in a world
 *     inc-fuzz-naive.c     the world of the naive interpreter
 *     inc-fuzz-engine.c    that of the engine
 *     inc-fuzz-test.c      edits, and the comparison of the two */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct inc;

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
    N_OUTPUTS = 2,
    N_OPS = 6,                  /* Of a program, at most. */
    N_KEYS = 24,                /* Different keys of a table. */
    N_VALUES = 6,               /* Different values of a field. */
    MAX_ROWS = 4096
};

struct value {
    uint32_t fields[N_FIELDS];
};

/* The inputs. */
extern struct value inputs[N_MEM][N_KEYS];
extern bool present[N_MEM][N_KEYS];

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

extern struct program programs[N_FAMILIES];
extern struct join {
    int left, right;            /* Indexes. */
} joins[N_JOIN];

void random_programs(void);

/* The stage at which 'table' is complete. */
int table_stage(int table);

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

/* Runs the program of 'family' in 'w', with 'aux', on row 'self', which is
 * made of 'left' and 'right' if its table is a join.  Returns what it
 * computes. */
uint32_t run_program(int family, const struct world *w, void *aux,
                     uint32_t self, uint32_t left, uint32_t right);

/* The attribute that the "allocator" of derived tables gives. */
uint32_t attr_of(uint32_t key, const struct value *);

uint32_t mix(uint32_t acc, uint32_t);

/* The outputs: lists of (output, key, value). */

struct claim {
    uint32_t output, key, value;
};

struct claims {
    struct claim *claims;
    size_t n, allocated;
};

void claims_add(struct claims *, struct claim);

/* Sorts the claims and removes duplicates. */
void claims_sort(struct claims *);

/* The naive interpreter: computes everything from nothing.  Its claims are
 * sorted. */
extern struct claims naive_claims;
void naive_run(void);

/* An engine that runs the programs.  Its claims come in any order. */
extern struct claims engine_claims;
struct inc *make_fuzz_engine(void);

/* Sets row 'key' of input table 'table' to 'value', or deletes it if that is
 * NULL. */
void engine_edit(struct inc *, int table, uint32_t key, const struct value *);

#endif /* tests/inc-fuzz.h */
