/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The incremental engine between two real databases.
 *
 * usage: test-ovn inc-rows NB-REMOTE SB-REMOTE [BATCHES [SEED]]
 *
 * A small compiler turns the Northbound database's switches and ports into
 * Southbound rows of every kind that lib/inc-rows.h knows.  A second pair of
 * connections edits both databases at random: switches and ports come, go,
 * move and change, rows of the compiler's output are deleted, altered and
 * forged, and connections are cut.  After each batch the Southbound database
 * must be what the Northbound database asks for, and inc_verify() must
 * agree; and starting again must write nothing. */

#include <config.h>
#include "tests/inc-rows-test.h"
#include "tests/test-ovn.h"

#include <stdlib.h>
#include <string.h>

#include "lib/inc-rows.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/poll-loop.h"
#include "ovsdb/ovn-nb-idl.h"
#include "ovsdb/ovn-sb-idl.h"
#include "random.h"
#include "timeval.h"
#include "util.h"

/* Prints the lines of 'a' that are not in 'b'. */
static void
print_missing(const char *title, const struct ds *a, const struct ds *b)
{
    char *copy = xmemdup0(a->string, a->length);
    char *save = NULL;

    for (char *line = strtok_r(copy, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save)) {
        char *with_end = xasprintf("%s\n", line);

        if (!strstr(b->length ? b->string : "", with_end)) {
            fprintf(stderr, "%s: %s\n", title, line);
        }
        free(with_end);
    }
    free(copy);
}

/* Runs the compiler and the editor's connections until the databases are as
 * they should be. */
static void
converge(struct compiler *c, struct editor *e, uint32_t seed, int batch)
{
    long long int deadline = time_msec() + 20000;

    for (;;) {
        struct ds want = DS_EMPTY_INITIALIZER;
        struct ds have = DS_EMPTY_INITIALIZER;

        compiler_run(c);
        ovsdb_idl_run(e->nb);
        ovsdb_idl_run(e->sb);
        oracle_expect(e->nb, &want);
        oracle_observe(e->nb, e->sb, &have);

        bool done = (compiler_is_idle(c)
                     && !strcmp(ds_cstr(&want), ds_cstr(&have)));
        if (!done && time_msec() > deadline) {
            print_missing("missing", &want, &have);
            print_missing("extra", &have, &want);
            ovs_fatal(0, "seed %"PRIu32", batch %d: no agreement (%s)", seed,
                      batch, compiler_is_idle(c) ? "idle" : "busy");
        }
        ds_destroy(&want);
        ds_destroy(&have);
        if (done) {
            return;
        }

        ovsdb_idl_wait(e->nb);
        ovsdb_idl_wait(e->sb);
        ovsdb_idl_wait(c->nb.idl);
        ovsdb_idl_wait(c->sb.idl);
        poll_timer_wait(compiler_is_idle(c) ? 20 : 1);
        poll_block();
    }
}

static void
random_batch(struct compiler *c, struct editor *e)
{
    for (uint32_t i = 1 + random_range(4); i > 0; i--) {
        edit_something(e);
        if (random_range(2)) {
            compiler_run(c);
        }
    }
    if (!random_range(10)) {
        ovsdb_idl_force_reconnect(random_range(2) ? c->nb.idl : c->sb.idl);
    }
}

/* A new compiler on databases that are as they should be writes nothing. */
static void
check_restart(struct compiler *c, struct editor *e, const char *nb_remote,
              const char *sb_remote, uint32_t seed)
{
    struct inc_writer_stats nb, sb;

    compiler_destroy(c);
    compiler_init(c, nb_remote, sb_remote);
    converge(c, e, seed, -1);
    inc_writer_get_stats(c->nb_writer, &nb);
    inc_writer_get_stats(c->sb_writer, &sb);
    if (nb.changed || sb.inserted || sb.changed || sb.deleted
        || sb.members) {
        ovs_fatal(0, "seed %"PRIu32": a restart changed %"PRIu64" rows "
                  "north; south it inserted %"PRIu64", changed %"PRIu64", "
                  "deleted %"PRIu64" rows and %"PRIu64" members", seed,
                  nb.changed, sb.inserted, sb.changed, sb.deleted,
                  sb.members);
    }
}

static void
test_inc_rows_main(int argc, char *argv[])
{
    if (argc < 3) {
        ovs_fatal(0, "usage: test-ovn inc-rows NB SB [BATCHES [SEED]]");
    }

    int n_batches = argc > 3 ? strtol(argv[3], NULL, 10) : 300;
    uint32_t seed = argc > 4 ? strtoul(argv[4], NULL, 10) : 1;
    struct editor e = {
        .nb = ovsdb_idl_create(argv[1], &nbrec_idl_class, true, true),
        .sb = ovsdb_idl_create(argv[2], &sbrec_idl_class, true, true)
    };
    struct compiler c;

    random_set_seed(seed);
    compiler_init(&c, argv[1], argv[2]);
    for (int i = 0; i < n_batches; i++) {
        random_batch(&c, &e);
        converge(&c, &e, seed, i);
        if (!random_range(50)) {
            check_restart(&c, &e, argv[1], argv[2], seed);
        }
    }
    compiler_destroy(&c);
    ovsdb_idl_destroy(e.nb);
    ovsdb_idl_destroy(e.sb);
}

TEST_OVN_REGISTER("inc-rows", test_inc_rows_main);
