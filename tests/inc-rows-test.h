/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef TESTS_INC_ROWS_TEST_H
#define TESTS_INC_ROWS_TEST_H 1

/* What the files of inc-rows share. */

#include <stdbool.h>
#include "ovsdb-idl.h"

struct ds;
struct sbrec_logical_dp_group;
struct uuid;

/* The compiler: inc-rows-compiler.c. */

struct compiler {
    struct ovsdb_idl_loop nb, sb;
    struct inc *inc;
    struct inc_writer *nb_writer, *sb_writer;
    unsigned int nb_seqno, sb_seqno;
};

void compiler_init(struct compiler *, const char *nb_remote,
                   const char *sb_remote);
void compiler_destroy(struct compiler *);

/* Does what can be done without waiting. */
void compiler_run(struct compiler *);

/* Is everything written that there was to write? */
bool compiler_is_idle(const struct compiler *);

/* What it makes of a switch: switches of one parity form a group; and of a
 * port: they are called p0, p1, ... */
char group_of(const struct uuid *ls);
char group_name(const struct sbrec_logical_dp_group *);
uint32_t key_of(const struct uuid *ls);
int port_number(const char *name);

/* Editing, through connections of our own: inc-rows-edits.c. */

struct editor {
    struct ovsdb_idl *nb, *sb;
};

/* Makes one random edit, of what the compiler reads or of what it wrote. */
void edit_something(struct editor *);

/* The oracle: inc-rows-oracle.c.  Sorted lines that say what the databases
 * must hold, by what is in 'nb', and what they hold. */
void oracle_expect(struct ovsdb_idl *nb, struct ds *);
void oracle_observe(struct ovsdb_idl *nb, struct ovsdb_idl *sb, struct ds *);

#endif /* tests/inc-rows-test.h */
