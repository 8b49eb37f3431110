/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The compiler; see compile.h. */

#include <config.h>

#include "northd/compile.h"

#include <stdio.h>
#include <string.h>

#include "northd/sb-rows.h"
#include "ovsdb/nb-inc.h"
#include "ovsdb/sb-inc.h"
#include "util.h"

#define FEATURE(NAME, FILE, PURPOSE) \
    extern const struct northd_feature NAME##_feature;
#include "northd/features.def"

static const struct northd_feature *const features[] = {
#define FEATURE(NAME, FILE, PURPOSE) &NAME##_feature,
#include "northd/features.def"
};

/* The configuration
 * ================= */

struct inc_table conf_table = {
    .name = "conf",
    .kind = INC_MEM,
    .key_size = sizeof(uint32_t),
    .value_size = sizeof(struct northd_conf),
};

static const uint32_t conf_key;

/* Returns the configuration; what reads it is computed again when it
 * changes. */
const struct northd_conf *
conf_get(struct inc_cx *cx)
{
    return inc_value(cx, inc_lookup(cx, &conf_table, &conf_key));
}

/* Life cycle
 * ========== */

static void
add_feature(struct compiler *c, const struct northd_feature *f)
{
    for (struct inc_rows *const *p = f->sb_rows; p && *p; p++) {
        inc_writer_add_rows(c->sb_writer, *p);
    }
    for (struct inc_members *const *p = f->sb_members; p && *p; p++) {
        inc_writer_add_members(c->sb_writer, *p);
    }
    for (struct inc_rows *const *p = f->nb_rows; p && *p; p++) {
        inc_writer_add_rows(c->nb_writer, *p);
    }
}

/* Initializes 'c' for the databases 'nb' and 'sb', which must not have been
 * run yet. */
void
compiler_init(struct compiler *c, struct northd_db *nb, struct northd_db *sb)
{
    struct ovsdb_idl *nb_idl = nb->loop.idl;
    struct ovsdb_idl *sb_idl = sb->loop.idl;

    sb_rows_init(nb_idl, sb_idl);
    ovsdb_idl_track_add_all(nb_idl);
    ovsdb_idl_track_add_all(sb_idl);

    *c = (struct compiler) {
        .inc = inc_create("northd"),
        .conf.epoch = 1,
    };
    nb_inc_add_tables(c->inc, nb_idl);
    sb_inc_add_tables(c->inc, sb_idl);
    inc_add_table(c->inc, &conf_table, NULL);
    c->nb_writer = inc_writer_create(c->inc, nb_idl, OVN_WRITER_NORTHD);
    c->sb_writer = inc_writer_create(c->inc, sb_idl, OVN_WRITER_NORTHD);

    /* Rows before families, which name them. */
    for (size_t i = 0; i < ARRAY_SIZE(features); i++) {
        add_feature(c, features[i]);
    }
    for (size_t i = 0; i < ARRAY_SIZE(features); i++) {
        for (struct inc_family *const *p = features[i]->families; p && *p;
             p++) {
            inc_add_family(c->inc, *p);
        }
    }
    inc_mem_set(c->inc, &conf_table, &conf_key, &c->conf);
    inc_start(c->inc);
    inc_unixctl_init(c->inc);
}

/* Frees what 'c' holds. */
void
compiler_destroy(struct compiler *c)
{
    inc_destroy(c->inc);
    inc_writer_destroy(c->nb_writer);
    inc_writer_destroy(c->sb_writer);
}

/* Takes what has changed in the databases into the engine.  To be called in
 * each iteration. */
void
compiler_sync(struct compiler *c, struct northd_db *nb, struct northd_db *sb)
{
    inc_writer_note(c->nb_writer);
    inc_writer_note(c->sb_writer);
    inc_idl_sync(c->inc, nb->loop.idl);
    inc_idl_sync(c->inc, sb->loop.idl);
}

/* To be called when this daemon becomes active: others may have written to
 * the databases, so everything is compared with them. */
void
compiler_activate(struct compiler *c)
{
    c->conf.epoch++;
    inc_writer_resync(c->nb_writer);
    inc_writer_resync(c->sb_writer);
}

/* Compiles what has changed.  A standby does that too, so that it can take
 * over at once, but does not write anything. */
void
compiler_run(struct compiler *c, bool vxlan_mode)
{
    c->conf.vxlan_mode = vxlan_mode;
    inc_mem_set(c->inc, &conf_table, &conf_key, &c->conf);
    inc_run(c->inc);
}

/* Writes what 'writer' has to write to the open transaction of 'db', if it
 * has one. */
void
compiler_write(struct inc_writer *writer, struct northd_db *db)
{
    if (db->txn) {
        inc_writer_run(writer, db->txn);
    }
}

/* Tells 'writer' what became of its transaction. */
void
compiler_done(struct inc_writer *writer, enum db_outcome outcome)
{
    if (outcome != DB_NONE) {
        inc_writer_done(writer, outcome == DB_SUCCESS);
    }
}

/* The graph
 * ========= */

static void
print_edge(const char *from, const char *to)
{
    printf("    \"%s\" -> \"%s\";\n", from, to);
}

static void
print_family(const struct inc_family *f)
{
    printf("    \"%s\" [shape=%s];\n", f->name, f->fact ? "box" : "ellipse");
    print_edge(f->over->name, f->name);
    for (struct inc_family *const *p = f->uses; p && *p; p++) {
        print_edge((*p)->name, f->name);
    }
    for (struct inc_table *const *p = f->reads; p && *p; p++) {
        print_edge((*p)->name, f->name);
    }
    for (struct inc_output *const *p = f->emits; p && *p; p++) {
        print_edge(f->name, (*p)->name);
    }
}

/* Prints, for dot(1), which family runs over which table, which facts and
 * derived tables it may read, and what it claims.  Facts are boxes.  If
 * 'family' is nonnull, prints only what is connected to that one.  A compiler
 * must have been initialised. */
void
compiler_print_graph(const char *family)
{
    puts("digraph \"ovn-northd\" {\n    rankdir=LR;");
    for (size_t i = 0; i < ARRAY_SIZE(features); i++) {
        for (struct inc_family *const *p = features[i]->families; p && *p;
             p++) {
            if (!family || !strcmp((*p)->name, family)) {
                print_family(*p);
            }
        }
    }
    puts("}");
}
