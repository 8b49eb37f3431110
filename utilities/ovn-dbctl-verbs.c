/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The generic verbs that store values, in programs that check such values
 * (see 'check' in struct dbctl_class).
 *
 * Open vSwitch's library has these verbs, and knows nothing of checks.  So
 * their option --no-validate is kept from its parser, and given to the
 * commands when they have been parsed; and what they have stored is looked at
 * when they have run. */

#include <config.h>

#include "utilities/ovn-dbctl-private.h"

#include <stdlib.h>
#include <string.h>

#include "bitmap.h"
#include "ovsdb-idl.h"
#include "ovsdb-idl-provider.h"
#include "util.h"

/* Is 'name' a generic verb whose values 'class' checks? */
static bool
is_checked(const struct dbctl_class *class, const char *name)
{
    return (class->check
            && (!strcmp(name, "set") || !strcmp(name, "add")
                || !strcmp(name, "create")));
}

/* Returns the number of elements of 'argv', from its 'i'th to before the
 * 'end'th, that are options before a command. */
static int
count_options(char *argv[], int i, int end)
{
    int n = 0;

    while (i + n < end && argv[i + n][0] == '-') {
        n++;
    }
    return n;
}

/* Appends the 'argc' elements of 'argv', some commands, to 'args', except for
 * --no-validate of the verbs that are checked.  Sets the bits in 'hidden' of
 * commands that had it, among them the first if 'local', its options, has it,
 * from which it is removed. */
static void
hide_options(const struct dbctl_class *class, int argc, char *argv[],
             struct shash *local, struct svec *args, unsigned long *hidden)
{
    size_t n_commands = 0;

    for (int i = 0; i < argc; i++) {
        int end = i;
        while (end < argc && strcmp(argv[end], "--")) {
            end++;
        }

        int verb = i + count_options(argv, i, end);
        bool checked = verb < end && is_checked(class, argv[verb]);
        if (checked && !n_commands && shash_find(local, DBCTL_NO_VALIDATE)) {
            shash_find_and_delete(local, DBCTL_NO_VALIDATE);
            bitmap_set1(hidden, 0);
        }
        n_commands += i < end;
        for (; i < end; i++) {
            if (checked && i < verb && !strcmp(argv[i], DBCTL_NO_VALIDATE)) {
                bitmap_set1(hidden, n_commands - 1);
            } else {
                svec_add(args, argv[i]);
            }
        }
        if (end < argc) {
            svec_add(args, "--");
        }
    }
    svec_terminate(args);
}

/* Parses the commands in 'argv', the first of which has the options 'local',
 * into '*commandsp' and '*n_commandsp', which refer to what becomes of the
 * arguments in 'args', an empty vector.  Returns null or an error message that
 * the caller must free. */
char *
dbctl_parse_commands(const struct dbctl_class *class, int argc, char *argv[],
                     struct shash *local, struct svec *args,
                     struct ctl_command **commandsp, size_t *n_commandsp)
{
    unsigned long *hidden = bitmap_allocate(argc + 1);
    size_t i;

    hide_options(class, argc, argv, local, args, hidden);
    char *error = ctl_parse_commands(args->n, args->names, local,
                                     commandsp, n_commandsp);
    BITMAP_FOR_EACH_1 (i, *n_commandsp, hidden) {
        shash_add(&(*commandsp)[i].options, DBCTL_NO_VALIDATE, NULL);
    }
    bitmap_free(hidden);
    return error;
}

/* Returns the table that a verb calls 'name', which may be the beginning of
 * its name, or null. */
static const struct ovsdb_idl_table_class *
find_table(const struct ovsdb_idl_class *class, const char *name)
{
    const struct ovsdb_idl_table_class *found = NULL;
    size_t n = strlen(name);

    for (size_t i = 0; i < class->n_tables; i++) {
        const struct ovsdb_idl_table_class *table = &class->tables[i];

        if (!strncasecmp(table->name, name, n)
            && (!found || !table->name[n])) {
            found = table;
        }
    }
    return found;
}

/* Returns the row that a verb calls 'record', or null if that is not one. */
static const struct ovsdb_idl_row *
find_row(const struct dbctl_class *class, struct ctl_context *ctx,
         const char *record)
{
    const struct ovsdb_idl_table_class *table
        = find_table(class->idl_class, ctx->argv[1]);
    const struct ovsdb_idl_row *row = NULL;

    if (table) {
        free(ctl_get_row(ctx, table, record, false, &row));
    }
    return row;
}

/* Runs a command of 'syntax' and, if it is a verb that 'class' checks, has it
 * look at the row. */
void
dbctl_run_command(const struct dbctl_class *class,
                  const struct ctl_command_syntax *syntax,
                  struct ctl_context *ctx)
{
    if (!is_checked(class, syntax->name)
        || shash_find(&ctx->options, DBCTL_NO_VALIDATE)) {
        syntax->run(ctx);
        return;
    }

    /* Afterwards the row may have another name, or only then exist; "create"
     * prints its UUID. */
    bool creates = !strcmp(syntax->name, "create");
    const struct ovsdb_idl_row *row
        = creates ? NULL : find_row(class, ctx, ctx->argv[2]);
    syntax->run(ctx);
    if (!ctx->error && creates) {
        row = find_row(class, ctx, ds_cstr(&ctx->output));
    }
    if (!ctx->error && row) {
        class->check(ctx, row);
    }
}
