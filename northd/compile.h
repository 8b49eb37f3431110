/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef NORTHD_COMPILE_H
#define NORTHD_COMPILE_H 1

/* The compiler: the engine, the features that run in it, and the writers that
 * carry what they claim into the databases.
 *
 * A feature is a file of its own.  It lists its families, the rows and the
 * sets that it writes in a 'struct northd_feature', and features.def has a
 * line with its name.  That is all there is to it: there are no change
 * handlers.  Documentation/add-a-feature.md is the recipe. */

#include <stdbool.h>

#include "lib/inc-rows.h"
#include "lib/inc.h"
#include "northd/db.h"

/* What a feature consists of.  Each list is NULL-terminated, or NULL. */
struct northd_feature {
    const char *name;
    struct inc_family *const *families;
    struct inc_rows *const *sb_rows;        /* Rows it writes. */
    struct inc_members *const *sb_members;  /* Sets it writes. */
    struct inc_rows *const *nb_rows;
};

#define FEATURE_FAMILIES(...) ((struct inc_family *const[]) { __VA_ARGS__, \
                                                              NULL })
#define FEATURE_ROWS(...) ((struct inc_rows *const[]) { __VA_ARGS__, NULL })
#define FEATURE_MEMBERS(...) ((struct inc_members *const[]) { __VA_ARGS__, \
                                                              NULL })

/* What features need to know that is not a column of a database: the only row
 * of 'conf_table'. */
struct northd_conf {
    uint32_t vxlan_mode;        /* Nonzero: keys must fit into VXLAN. */
    uint32_t epoch;             /* Changes when this daemon becomes active, so
                                 * that allocators look at the database
                                 * again. */
};
extern struct inc_table conf_table;
const struct northd_conf *conf_get(struct inc_cx *);

struct compiler {
    struct inc *inc;
    struct inc_writer *nb_writer;
    struct inc_writer *sb_writer;
    struct northd_conf conf;
};

void compiler_init(struct compiler *, struct northd_db *nb,
                   struct northd_db *sb);
void compiler_destroy(struct compiler *);

void compiler_sync(struct compiler *, struct northd_db *nb,
                   struct northd_db *sb);
void compiler_activate(struct compiler *);
void compiler_run(struct compiler *, bool vxlan_mode);
void compiler_write(struct inc_writer *, struct northd_db *);
void compiler_done(struct inc_writer *, enum db_outcome);

void compiler_print_graph(const char *family);

#endif /* northd/compile.h */
