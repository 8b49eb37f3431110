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

#include "lib/inc.h"
#include "openvswitch/dynamic-string.h"
#include "random.h"
#include "tests/inc-fuzz.h"
#include "util.h"

struct value inputs[N_MEM][N_KEYS];
bool present[N_MEM][N_KEYS];

/* Edits. */

static void
random_edit(struct inc *inc)
{
    int table = random_range(N_MEM);
    uint32_t key = random_range(N_KEYS);

    if (random_range(3)) {
        struct value v;

        for (int i = 0; i < N_FIELDS; i++) {
            v.fields[i] = random_range(N_VALUES);
        }
        inputs[table][key] = v;
        present[table][key] = true;
        engine_edit(inc, table, key, &v);
    } else {
        present[table][key] = false;
        engine_edit(inc, table, key, NULL);
    }
}

static bool
claims_equal(const struct claims *a, const struct claims *b)
{
    return (a->n == b->n
            && (!a->n
                || !memcmp(a->claims, b->claims, a->n * sizeof *a->claims)));
}

static void
compare(struct inc *inc, uint32_t seed, int batch)
{
    struct ds report = DS_EMPTY_INITIALIZER;

    naive_run();
    claims_sort(&engine_claims);
    if (!claims_equal(&engine_claims, &naive_claims)) {
        ovs_fatal(0, "seed %"PRIu32", batch %d: the engine claims "
                  "%"PRIuSIZE", the oracle %"PRIuSIZE", and they differ",
                  seed, batch, engine_claims.n, naive_claims.n);
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
    engine_claims.n = 0;

    struct inc *inc = make_fuzz_engine();
    for (int i = 0; i < n_batches; i++) {
        int n_edits = (random_range(10) ? 1 + random_range(4)
                       : random_range(60));

        for (int j = 0; j < n_edits; j++) {
            random_edit(inc);
        }
        if (!random_range(20)) {
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
    free(engine_claims.claims);
    free(naive_claims.claims);
}

TEST_OVN_REGISTER("inc-fuzz", test_inc_fuzz_main);
