/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* One run of commands in one transaction: a small state machine that never
 * blocks, so that a daemon can have many runs under way.
 *
 * A run is executed when the database's contents are there.  If the server
 * answers that they had changed meanwhile, everything is undone and the run
 * is executed again on the new contents.  See 'enum dbctl_run_state'. */

#include <config.h>

#include "utilities/ovn-dbctl-private.h"

#include <limits.h>

#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "ovsdb-data.h"
#include "ovsdb-idl.h"
#include "ovsdb-idl-provider.h"
#include "timeval.h"
#include "util.h"
#include "uuid.h"

VLOG_DEFINE_THIS_MODULE(ovn_dbctl_run);

/* The run whose commands are being executed, for dbctl_force_wait(). */
static struct dbctl_run *executing;

/* Which rows of a table the commands of a run need. */
struct limit {
    const struct ovsdb_idl_table_class *table;
    bool whole;
    struct ovsdb_idl_condition rows; /* If not 'whole'. */
};

/* Collected by the prerequisites functions of a run; null in the daemon, which
 * reads everything. */
static struct shash *limits;
static bool limits_declared;    /* Did the current command declare any? */

/* Options of a run. */

static const struct option run_options[] = {
    {"dry-run", no_argument, NULL, OPT_DRY_RUN},
    {"oneline", no_argument, NULL, OPT_ONELINE},
    {"timeout", required_argument, NULL, 't'},
    TABLE_LONG_OPTIONS,

    /* Only for programs that can wait: these must be last. */
    {"no-wait", no_argument, NULL, OPT_NO_WAIT},
    {"wait", required_argument, NULL, OPT_WAIT},
    {"print-wait-time", no_argument, NULL, OPT_PRINT_WAIT_TIME},
};
enum { N_WAIT_OPTIONS = 3 };

/* Returns the options of a run, of which 'class' has the first
 * dbctl_n_run_options(class). */
const struct option *
dbctl_run_options(void)
{
    return run_options;
}

size_t
dbctl_n_run_options(const struct dbctl_class *class)
{
    return ARRAY_SIZE(run_options) - (class->progress ? 0 : N_WAIT_OPTIONS);
}

/* Is 'o' an option of a run, or of a command? */
bool
dbctl_is_run_option(const struct option *o)
{
    return (o->val >= DBCTL_OPT_FIRST && o->val < DBCTL_OPT_LAST)
           || o->val == 't' || o->val == 'f' || o->val == 'd';
}

void
dbctl_run_options_init(struct dbctl_run_options *opts)
{
    *opts = (struct dbctl_run_options) {
        .style = table_style_default,
        .local = SHASH_INITIALIZER(&opts->local),
    };
}

/* The parsers of table.h exit on error, which is not for a daemon. */
static char * OVS_WARN_UNUSED_RESULT
check_one_of(const char *what, const char *arg, const char *const names[])
{
    for (; *names; names++) {
        if (!strcmp(arg, *names)) {
            return NULL;
        }
    }
    return xasprintf("unknown %s format \"%s\"", what, arg);
}

static char * OVS_WARN_UNUSED_RESULT
parse_wait(const char *arg, enum dbctl_wait *wait)
{
    if (!strcmp(arg, "none")) {
        *wait = DBCTL_WAIT_NONE;
    } else if (!strcmp(arg, "sb")) {
        *wait = DBCTL_WAIT_SB;
    } else if (!strcmp(arg, "hv")) {
        *wait = DBCTL_WAIT_HV;
    } else {
        return xstrdup("argument to --wait must be "
                       "\"none\", \"sb\", or \"hv\"");
    }
    return NULL;
}

static char * OVS_WARN_UNUSED_RESULT
add_local_option(struct dbctl_run_options *opts, const char *name,
                 const char *arg)
{
    char *key = xasprintf("--%s", name);

    if (shash_find(&opts->local, key)) {
        free(key);
        return xasprintf("'--%s' option specified multiple times", name);
    }
    shash_add_nocopy(&opts->local, key, nullable_xstrdup(arg));
    return NULL;
}

/* Stores option 'o' with argument 'arg', if it is one of a run (see
 * dbctl_is_run_option()), in 'opts'.  Returns null, or an error message that
 * the caller must free. */
char * OVS_WARN_UNUSED_RESULT
dbctl_apply_run_option(struct dbctl_run_options *opts,
                       const struct option *o, const char *arg)
{
    static const char *const formats[] = {
        "table", "list", "html", "csv", "json", NULL
    };
    static const char *const cells[] = { "string", "bare", "json", NULL };
    char *error = NULL;

    switch (o->val) {
    case OPT_NO_WAIT:
        opts->wait = DBCTL_WAIT_NONE;
        break;
    case OPT_WAIT:
        return parse_wait(arg, &opts->wait);
    case OPT_PRINT_WAIT_TIME:
        opts->print_wait_time = true;
        break;
    case OPT_DRY_RUN:
        opts->dry_run = true;
        break;
    case OPT_ONELINE:
        opts->oneline = true;
        break;
    case 't':
        if (!str_to_uint(arg, 10, &opts->timeout) || !opts->timeout) {
            error = xasprintf("value %s on -t or --timeout is invalid", arg);
        }
        return error;
    case OPT_LOCAL:
        return add_local_option(opts, o->name, arg);
    case 'f':
        error = check_one_of("output", arg, formats);
        if (!error) {
            table_parse_format(&opts->style, arg);
        }
        return error;
    case 'd':
        error = check_one_of("data", arg, cells);
        if (!error) {
            table_parse_cell_format(&opts->style, arg);
        }
        return error;
    case OPT_NO_HEADINGS:
        opts->style.headings = false;
        break;
    case OPT_PRETTY:
        opts->style.json_flags |= JSSF_PRETTY;
        break;
    case OPT_BARE:
        opts->style.format = TF_LIST;
        opts->style.cell_format = CF_BARE;
        opts->style.headings = false;
        break;
    case OPT_MAX_COLUMN_WIDTH:
        if (!str_to_int(arg, 10, &opts->style.max_column_width)
            || opts->style.max_column_width < 0) {
            error = xasprintf("value %s on --max-column-width is invalid",
                              arg);
        }
        return error;
    }
    return NULL;
}

/* Creation and destruction. */

/* Creates a run of the commands in 'argv', which starts with a command or its
 * "--".  Takes over what 'opts' holds.  'args' is how the user would write it,
 * for logs.  On failure returns null and stores in '*errorp' an error message
 * that the caller must free. */
struct dbctl_run *
dbctl_run_create(const struct dbctl_class *class,
                 struct dbctl_run_options *opts, int argc, char *argv[],
                 const char *args, char **errorp)
{
    struct dbctl_run *run = xzalloc(sizeof *run);

    run->deadline = LLONG_MAX;
    run->class = class;
    run->opts = *opts;
    shash_moved(&run->opts.local);
    shash_init(&opts->local);
    run->args = xstrdup(args);
    ds_init(&run->output);

    /* The parser wants the options before the command it starts with, and
     * keeps pointers to the arguments. */
    *errorp = dbctl_parse_commands(class, argc, argv, &run->opts.local,
                                   &run->argv, &run->commands,
                                   &run->n_commands);
    if (*errorp) {
        dbctl_run_destroy(run);
        return NULL;
    }
    for (size_t i = 0; i < run->n_commands; i++) {
        ds_init(&run->commands[i].output);
        run->commands[i].table = NULL;
    }
    vlog(class->log_module, dbctl_run_writes(run) ? VLL_INFO : VLL_DBG,
         "Called as %s", run->args);
    return run;
}

static void
free_outputs(struct dbctl_run *run)
{
    for (size_t i = 0; i < run->n_commands; i++) {
        struct ctl_command *c = &run->commands[i];

        ds_destroy(&c->output);
        ds_init(&c->output);
        table_destroy(c->table);
        free(c->table);
        c->table = NULL;
    }
}

/* Forgets the transaction, undoing it if it has not been committed. */
static void
free_txn(struct dbctl_run *run)
{
    if (run->txn) {
        ovsdb_idl_txn_abort(run->txn);
        ovsdb_idl_txn_destroy(run->txn);
        run->txn = NULL;
    }
    ovsdb_symbol_table_destroy(run->symtab);
    run->symtab = NULL;
}

void
dbctl_run_destroy(struct dbctl_run *run)
{
    if (run) {
        free_txn(run);
        free_outputs(run);
        for (size_t i = 0; i < run->n_commands; i++) {
            shash_destroy_free_data(&run->commands[i].options);
        }
        free(run->commands);
        shash_destroy_free_data(&run->opts.local);
        svec_destroy(&run->argv);
        free(run->args);
        ds_destroy(&run->output);
        free(run->error);
        free(run);
    }
}

/* Might 'run' modify the database? */
bool
dbctl_run_writes(const struct dbctl_run *run)
{
    return ctl_might_write_to_db(run->commands, run->n_commands);
}

/* Limits. */

static struct limit *
get_limit(const struct ovsdb_idl_table_class *table)
{
    struct limit *limit = shash_find_data(limits, table->name);
    if (!limit) {
        limit = xzalloc(sizeof *limit);
        limit->table = table;
        ovsdb_idl_condition_init(&limit->rows);
        shash_add(limits, table->name, limit);
    }
    return limit;
}

/* Adds the rows whose 'column' is 'atom', which is taken over, to those that
 * are needed. */
static void
add_clause(struct limit *limit, const struct ovsdb_idl_column *column,
           union ovsdb_atom atom)
{
    struct ovsdb_datum datum;

    ovsdb_datum_init_empty(&datum);
    datum.n = 1;
    datum.keys = xmemdup(&atom, sizeof atom);
    ovsdb_idl_condition_add_clause(&limit->rows, OVSDB_F_EQ, column, &datum);
    ovsdb_datum_destroy(&datum, &column->type);
}

/* For a prerequisites function: the command needs, of 'table', only the rows
 * whose 'name_column' (a string) is 'record' or whose UUID is 'record'.  See
 * "Reading only what is needed" in utilities/ovn-dbctl.h. */
void
dbctl_limit_row(struct ctl_context *ctx OVS_UNUSED,
                const struct ovsdb_idl_table_class *table,
                const struct ovsdb_idl_column *name_column,
                const char *record)
{
    static const struct ovsdb_idl_column uuid_column = {
        .name = "_uuid",
        .type = OVSDB_TYPE_SCALAR_INITIALIZER(OVSDB_BASE_UUID_INIT)
    };

    if (!limits) {
        return;
    }
    limits_declared = true;

    struct limit *limit = get_limit(table);
    add_clause(limit, name_column,
               (union ovsdb_atom) { .s = ovsdb_atom_string_create(record) });

    struct uuid uuid;
    if (uuid_from_string(&uuid, record)) {
        add_clause(limit, &uuid_column, (union ovsdb_atom) { .uuid = uuid });
    }
}

/* For a prerequisites function that calls dbctl_limit_row() for some other
 * table: the command needs all rows of 'table'. */
void
dbctl_need_whole(struct ctl_context *ctx OVS_UNUSED,
                 const struct ovsdb_idl_table_class *table)
{
    if (limits) {
        limits_declared = true;
        get_limit(table)->whole = true;
    }
}

/* Calls the prerequisites functions of the commands in 'run' for 'idl', which
 * must not have been connected yet, and has the server send only the rows they
 * need. */
void
dbctl_run_prerequisites(struct dbctl_run *run, struct ovsdb_idl *idl)
{
    struct shash sh = SHASH_INITIALIZER(&sh);
    bool all_declared = true;

    limits = &sh;
    run->class->add_base(idl, run->opts.wait);
    for (size_t i = 0; i < run->n_commands; i++) {
        struct ctl_command *c = &run->commands[i];
        if (!c->syntax->prerequisites) {
            continue;
        }

        struct ctl_context ctx = { .argc = 0 };

        limits_declared = false;
        ctl_context_init(&ctx, c, idl, NULL, NULL, NULL);
        ctx.last_command = i == run->n_commands - 1;
        c->syntax->prerequisites(&ctx);
        char *error = ctx.error;
        ctx.error = NULL;
        ctl_context_done(&ctx, c);
        if (error) {
            ctl_fatal("%s", error);
        }
        all_declared = all_declared && limits_declared;
    }
    limits = NULL;

    struct shash_node *node;
    SHASH_FOR_EACH (node, &sh) {
        struct limit *limit = node->data;
        if (all_declared && !limit->whole) {
            ovsdb_idl_set_condition(idl, limit->table, &limit->rows);
        }
        ovsdb_idl_condition_destroy(&limit->rows);
    }
    shash_destroy_free_data(&sh);
}

/* Execution. */

/* For a command: with --wait, wait even if nothing was changed. */
void
dbctl_force_wait(struct ctl_context *ctx OVS_UNUSED)
{
    if (executing) {
        executing->force_wait = true;
    }
}

/* Adds 'ref' to, or deletes it from, 'column' of 'row', a set of references.
 *
 * If no command follows that might look at the set then the database is told
 * only the one element, which costs the same for a set of any size and does
 * not conflict with others who edit it.  The IDL can do that only for a row
 * that is there already, and does not show the result. */
static void
edit_ref(struct ctl_context *ctx, const struct ovsdb_idl_row *row,
         const struct ovsdb_idl_column *column,
         const struct ovsdb_idl_row *ref, bool add)
{
    union ovsdb_atom atom = { .uuid = ref->uuid };

    if (ctx->last_command && row->old_datum) {
        struct ovsdb_datum *element = xmalloc(sizeof *element);

        ovsdb_datum_init_empty(element);
        element->n = 1;
        element->keys = xmemdup(&atom, sizeof atom);
        if (add) {
            ovsdb_idl_txn_write_partial_set(row, column, element);
        } else {
            ovsdb_idl_txn_delete_partial_set(row, column, element);
        }
        return;
    }

    /* Unlike the typed columns, this has also the references to rows that
     * have not been fetched. */
    struct ovsdb_datum datum;
    unsigned int pos;
    ovsdb_idl_txn_verify(row, column);
    ovsdb_datum_clone(&datum, ovsdb_idl_read(row, column));
    if (add) {
        ovsdb_datum_add_unsafe(&datum, &atom, NULL, &column->type, NULL);
        ovsdb_datum_sort_unique(&datum, &column->type);
    } else if (ovsdb_datum_find_key(&datum, &atom, OVSDB_TYPE_UUID, &pos)) {
        ovsdb_datum_remove_unsafe(&datum, pos, &column->type);
        ovsdb_datum_sort_assert(&datum, &column->type);
    }
    ovsdb_idl_txn_write(row, column, &datum);
}

/* For a command: adds 'ref' to 'column' of 'row', a set of references.  The
 * command must have added 'column' in its prerequisites. */
void
dbctl_add_ref(struct ctl_context *ctx, const struct ovsdb_idl_row *row,
              const struct ovsdb_idl_column *column,
              const struct ovsdb_idl_row *ref)
{
    edit_ref(ctx, row, column, ref, true);
}

/* For a command: deletes 'ref' from 'column' of 'row', a set of references.
 * The command must have added 'column' in its prerequisites. */
void
dbctl_del_ref(struct ctl_context *ctx, const struct ovsdb_idl_row *row,
              const struct ovsdb_idl_column *column,
              const struct ovsdb_idl_row *ref)
{
    edit_ref(ctx, row, column, ref, false);
}

/* Ends 'run' with 'error', which it takes over. */
static void
fail(struct dbctl_run *run, char *error)
{
    free_txn(run);
    free_outputs(run);
    free(run->error);
    run->error = error;
    run->state = RUN_DONE;
}

/* Ends 'run' now, with 'error', which it takes over.  If it was being
 * committed then nobody knows whether it was. */
void
dbctl_run_cancel(struct dbctl_run *run, char *error)
{
    fail(run, error);
}

/* Undoes this attempt at 'run', to try again when the database changes. */
static void
try_again(struct dbctl_run *run)
{
    free_txn(run);
    free_outputs(run);
    run->state = RUN_PENDING;
}

/* Returns an error message if a command names a row with "@name" that no
 * command created. */
static char * OVS_WARN_UNUSED_RESULT
check_symbols(const struct ovsdb_symbol_table *symtab)
{
    const struct shash_node *node;

    SHASH_FOR_EACH (node, &symtab->sh) {
        const struct ovsdb_symbol *symbol = node->data;

        if (!symbol->created) {
            return xasprintf("row id \"%s\" is referenced but never created "
                             "(e.g. with \"-- --id=%s create ...\")",
                             node->name, node->name);
        }
        if (!symbol->strong_ref) {
            VLOG_WARN("row id \"%s\" was created but %s reference to it was "
                      "inserted, so it will not actually appear in the "
                      "database", node->name,
                      symbol->weak_ref ? "only a weak" : "no");
        }
    }
    return NULL;
}

/* Executes the commands of 'run'.  Returns true if all of them are done. */
static bool
execute_commands(struct dbctl_run *run, struct ovsdb_idl *idl)
{
    struct ctl_context ctx = { .argc = 0 };

    ctl_context_init(&ctx, NULL, idl, run->txn, run->symtab, NULL);
    for (size_t i = 0; i < run->n_commands; i++) {
        struct ctl_command *c = &run->commands[i];

        ctl_context_init_command(&ctx, c, i == run->n_commands - 1);
        if (c->syntax->run) {
            dbctl_run_command(run->class, c->syntax, &ctx);
        }
        char *error = ctx.error;
        ctx.error = NULL;
        ctl_context_done_command(&ctx, c);

        if (error) {
            fail(run, error);
            return false;
        } else if (ctx.try_again) {
            try_again(run);
            return false;
        }
    }
    ctl_context_done(&ctx, NULL);
    return true;
}

static void
execute(struct dbctl_run *run, struct ovsdb_idl *idl)
{
    run->txn = ovsdb_idl_txn_create(idl);
    if (run->opts.dry_run) {
        ovsdb_idl_txn_set_dry_run(run->txn);
    }
    ovsdb_idl_txn_add_comment(run->txn, "%s: %s",
                              ovs_get_program_name(), run->args);
    run->symtab = ovsdb_symbol_table_create();
    run->start = time_wall_msec();
    run->force_wait = false;

    bool wait = run->class->progress && run->opts.wait != DBCTL_WAIT_NONE;
    if (wait || dbctl_run_writes(run)) {
        run->class->prepare(idl, run->txn);
    }
    executing = run;
    bool ok = execute_commands(run, idl);
    executing = NULL;
    if (!ok) {
        return;
    }
    if (wait) {
        run->class->increment(idl, run->txn, run->force_wait);
    }

    char *error = check_symbols(run->symtab);
    if (error) {
        fail(run, error);
        return;
    }
    run->state = RUN_COMMITTING;
}

/* Appends the output of command 'c' to 'run''s. */
static void
format_output(struct dbctl_run *run, struct ctl_command *c)
{
    if (c->table) {
        table_format(c->table, &run->opts.style, &run->output);
    } else if (run->opts.oneline) {
        ds_chomp(&c->output, '\n');
        for (size_t i = 0; i < c->output.length; i++) {
            char ch = c->output.string[i];
            if (ch == '\n') {
                ds_put_cstr(&run->output, "\\n");
            } else if (ch == '\\') {
                ds_put_cstr(&run->output, "\\\\");
            } else {
                ds_put_char(&run->output, ch);
            }
        }
        ds_put_char(&run->output, '\n');
    } else {
        ds_put_buffer(&run->output, c->output.string ? c->output.string : "",
                      c->output.length);
    }
}

/* The server has accepted 'run''s transaction, or had nothing to do. */
static void
committed(struct dbctl_run *run, struct ovsdb_idl *idl, bool changed)
{
    bool wait = (changed && !run->opts.dry_run && run->class->progress
                 && run->opts.wait != DBCTL_WAIT_NONE);
    if (wait) {
        run->cfg = ovsdb_idl_txn_get_increment_new_value(run->txn);
    }

    for (size_t i = 0; i < run->n_commands; i++) {
        struct ctl_command *c = &run->commands[i];
        if (!c->syntax->postprocess) {
            continue;
        }

        struct ctl_context ctx = { .argc = 0 };
        ctl_context_init(&ctx, c, idl, run->txn, run->symtab, NULL);
        c->syntax->postprocess(&ctx);
        char *error = ctx.error;
        ctx.error = NULL;
        ctl_context_done(&ctx, c);
        if (error) {
            fail(run, error);
            return;
        }
    }

    table_format_reset();
    for (size_t i = 0; i < run->n_commands; i++) {
        format_output(run, &run->commands[i]);
    }
    free_txn(run);
    free_outputs(run);
    run->state = wait ? RUN_WAITING : RUN_DONE;
}

static void
commit(struct dbctl_run *run, struct ovsdb_idl *idl)
{
    enum ovsdb_idl_txn_status status = ovsdb_idl_txn_commit(run->txn);

    switch (status) {
    case TXN_INCOMPLETE:
        break;

    case TXN_UNCHANGED:
    case TXN_SUCCESS:
        committed(run, idl, status == TXN_SUCCESS);
        break;

    case TXN_TRY_AGAIN:
        try_again(run);
        break;

    case TXN_ERROR:
        fail(run, xasprintf("transaction error: %s",
                            ovsdb_idl_txn_get_error(run->txn)));
        break;

    case TXN_ABORTED:
    case TXN_NOT_LOCKED:
    case TXN_UNCOMMITTED:
        /* Nobody aborts it or takes a lock. */
        OVS_NOT_REACHED();
    }
}

static void
check_progress(struct dbctl_run *run, const struct ovsdb_idl *idl)
{
    struct dbctl_progress p
        = run->class->progress(idl, run->opts.wait, run->cfg, run->start);

    if (p.done) {
        if (run->opts.print_wait_time && p.report) {
            ds_put_cstr(&run->output, p.report);
        }
        run->state = RUN_DONE;
    }
    free(p.report);
}

/* Takes 'run' as far as it gets without blocking.  Until it is RUN_DONE,
 * call ovsdb_idl_run() and this function again after each wakeup. */
void
dbctl_run_step(struct dbctl_run *run, struct ovsdb_idl *idl)
{
    if (run->state == RUN_PENDING) {
        unsigned int seqno = ovsdb_idl_get_seqno(idl);
        if (!ovsdb_idl_has_ever_connected(idl)
            || (run->tried && run->seqno == seqno)) {
            return;
        }
        run->tried = true;
        run->seqno = seqno;
        execute(run, idl);
    }
    if (run->state == RUN_COMMITTING) {
        commit(run, idl);
    }
    if (run->state == RUN_WAITING) {
        check_progress(run, idl);
    }
}

/* Makes poll_block() wake up when dbctl_run_step() might get further.  The
 * caller must also call ovsdb_idl_wait(). */
void
dbctl_run_wait(const struct dbctl_run *run, const struct ovsdb_idl *idl)
{
    if (run->state == RUN_COMMITTING) {
        ovsdb_idl_txn_wait(run->txn);
    } else if (run->state == RUN_DONE
               || (run->state == RUN_PENDING
                   && run->tried
                   && run->seqno != ovsdb_idl_get_seqno(idl))) {
        poll_immediate_wake();
    }
    if (run->deadline != LLONG_MAX) {
        poll_timer_wait_until(run->deadline);
    }
}
