/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Connections and TLS settings of a database; see
 * utilities/ovn-dbctl-global.h.  As the code serves two schemas, it uses the
 * IDL's generic interface. */

#include <config.h>

#include "utilities/ovn-dbctl-global.h"

#include <limits.h>
#include <stdlib.h>

#include "openvswitch/shash.h"
#include "ovsdb-data.h"
#include "ovsdb-idl.h"
#include "ovsdb-idl-provider.h"
#include "stream.h"
#include "svec.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(dbctl_global);

/* The program's schema. */
static const struct dbctl_global *g;

void
dbctl_global_init(const struct dbctl_global *g_)
{
    g = g_;
}

/* Reading and writing columns. */

static const char *
get_string(const struct ovsdb_idl_row *row,
           const struct ovsdb_idl_column *column)
{
    const struct ovsdb_datum *datum = ovsdb_idl_read(row, column);
    return datum->n ? datum->keys[0].s->string : "";
}

static bool
get_bool(const struct ovsdb_idl_row *row,
         const struct ovsdb_idl_column *column)
{
    const struct ovsdb_datum *datum = ovsdb_idl_read(row, column);
    return datum->n && datum->keys[0].boolean;
}

/* Makes 'atom', which is taken over, the value of 'column'. */
static void
set_atom(const struct ovsdb_idl_row *row,
         const struct ovsdb_idl_column *column, union ovsdb_atom atom)
{
    struct ovsdb_datum datum;

    ovsdb_datum_init_empty(&datum);
    datum.n = 1;
    datum.keys = xmemdup(&atom, sizeof atom);
    ovsdb_idl_txn_write(row, column, &datum);
}

static void
set_string(const struct ovsdb_idl_row *row,
           const struct ovsdb_idl_column *column, const char *s)
{
    set_atom(row, column,
             (union ovsdb_atom) { .s = ovsdb_atom_string_create(s) });
}

static void
set_bool(const struct ovsdb_idl_row *row,
         const struct ovsdb_idl_column *column, bool b)
{
    set_atom(row, column, (union ovsdb_atom) { .boolean = b });
}

/* Makes 'column', a set of references, refer to the 'n' 'rows'. */
static void
set_refs(const struct ovsdb_idl_row *row,
         const struct ovsdb_idl_column *column,
         const struct ovsdb_idl_row *rows[], size_t n)
{
    struct ovsdb_datum datum;

    ovsdb_datum_init_empty(&datum);
    datum.n = n;
    datum.keys = n ? xmalloc(n * sizeof *datum.keys) : NULL;
    for (size_t i = 0; i < n; i++) {
        datum.keys[i].uuid = rows[i]->uuid;
    }
    ovsdb_datum_sort_assert(&datum, &column->type);
    ovsdb_idl_txn_write(row, column, &datum);
}

/* Deletes the rows of 'table' that 'column' of 'row' refers to, and the
 * references. */
static void
delete_refs(struct ctl_context *ctx, const struct ovsdb_idl_row *row,
            const struct ovsdb_idl_column *column,
            const struct ovsdb_idl_table_class *table)
{
    const struct ovsdb_datum *datum = ovsdb_idl_read(row, column);

    for (size_t i = 0; i < datum->n; i++) {
        const struct ovsdb_idl_row *ref
            = ovsdb_idl_get_row_for_uuid(ctx->idl, table,
                                         &datum->keys[i].uuid);
        if (ref) {
            ovsdb_idl_txn_delete(ref);
        }
    }
    set_refs(row, column, NULL, 0);
}

/* Returns the database's one global row, or null before "init". */
static const struct ovsdb_idl_row *
global_row(struct ctl_context *ctx)
{
    return ovsdb_idl_first_row(ctx->idl, g->global);
}

static void
add_column(struct ovsdb_idl *idl, const struct ovsdb_idl_column *column)
{
    if (column) {
        ovsdb_idl_add_column(idl, column);
    }
}

/* Connections. */

static void
pre_connection(struct ctl_context *ctx)
{
    ovsdb_idl_add_column(ctx->idl, g->global_connections);
    ovsdb_idl_add_table(ctx->idl, g->connection);
    add_column(ctx->idl, g->target);
    add_column(ctx->idl, g->inactivity_probe);
    add_column(ctx->idl, g->read_only);
    add_column(ctx->idl, g->role);
}

static void
cmd_get_connection(struct ctl_context *ctx)
{
    struct svec lines = SVEC_EMPTY_INITIALIZER;
    const struct ovsdb_idl_row *row;

    const struct ovsdb_idl_row *global = global_row(ctx);
    if (global) {
        ovsdb_idl_txn_verify(global, g->global_connections);
    }
    for (row = ovsdb_idl_first_row(ctx->idl, g->connection); row;
         row = ovsdb_idl_next_row(row)) {
        const char *target = get_string(row, g->target);
        svec_add_nocopy(&lines, g->role
                        ? xasprintf("%s role=\"%s\" %s",
                                    get_bool(row, g->read_only)
                                    ? "read-only" : "read-write",
                                    get_string(row, g->role), target)
                        : xstrdup(target));
    }

    const char *line;
    size_t i;
    svec_sort_unique(&lines);
    SVEC_FOR_EACH (i, line, &lines) {
        ds_put_format(&ctx->output, "%s\n", line);
    }
    svec_destroy(&lines);
}

static void
cmd_del_connection(struct ctl_context *ctx)
{
    const struct ovsdb_idl_row *global = global_row(ctx);

    ovsdb_idl_txn_verify(global, g->global_connections);
    delete_refs(ctx, global, g->global_connections, g->connection);
}

/* What words before a target say about it. */
struct connection_words {
    bool read_only;
    const char *role;
};

/* If 'arg' is such a word, stores it in 'words' and returns true. */
static bool
parse_connection_word(const char *arg, struct connection_words *words)
{
    if (!g->role) {
        return false;
    } else if (!strcmp(arg, "read-only")) {
        words->read_only = true;
    } else if (!strcmp(arg, "read-write")) {
        words->read_only = false;
    } else if (!strncmp(arg, "role=", 5)) {
        words->role = arg + 5;
    } else {
        return false;
    }
    return true;
}

static const struct ovsdb_idl_row *
insert_connection(struct ctl_context *ctx, const char *target,
                  const struct connection_words *words, const int *probe)
{
    if (stream_verify_name(target) && pstream_verify_name(target)) {
        VLOG_WARN("target type \"%s\" is possibly erroneous", target);
    }

    const struct ovsdb_idl_row *row
        = ovsdb_idl_txn_insert(ctx->txn, g->connection, NULL);
    set_string(row, g->target, target);
    if (probe) {
        set_atom(row, g->inactivity_probe,
                 (union ovsdb_atom) { .integer = *probe });
    }
    if (g->role) {
        set_bool(row, g->read_only, words->read_only);
        set_string(row, g->role, words->role);
    }
    return row;
}

static void
cmd_set_connection(struct ctl_context *ctx)
{
    const char *probe_s = shash_find_data(&ctx->options, "--inactivity-probe");
    int probe = 0;
    if (probe_s && (!str_to_int(probe_s, 10, &probe) || probe < 0)) {
        ctl_error(ctx, "%s: --inactivity-probe must be a number of "
                  "milliseconds", probe_s);
        return;
    }

    const struct ovsdb_idl_row *global = global_row(ctx);
    ovsdb_idl_txn_verify(global, g->global_connections);
    delete_refs(ctx, global, g->global_connections, g->connection);

    const struct ovsdb_idl_row **rows = xmalloc(ctx->argc * sizeof *rows);
    struct connection_words words = { .read_only = false, .role = "" };
    size_t n = 0;
    for (int i = 1; i < ctx->argc; i++) {
        if (!parse_connection_word(ctx->argv[i], &words)) {
            rows[n++] = insert_connection(ctx, ctx->argv[i], &words,
                                          probe_s ? &probe : NULL);
        }
    }
    set_refs(global, g->global_connections, rows, n);
    free(rows);
}

/* TLS. */

static void
pre_ssl(struct ctl_context *ctx)
{
    ovsdb_idl_add_column(ctx->idl, g->global_ssl);
    ovsdb_idl_add_table(ctx->idl, g->ssl);
    add_column(ctx->idl, g->private_key);
    add_column(ctx->idl, g->certificate);
    add_column(ctx->idl, g->ca_cert);
    add_column(ctx->idl, g->bootstrap_ca_cert);
    add_column(ctx->idl, g->ssl_protocols);
    add_column(ctx->idl, g->ssl_ciphers);
    add_column(ctx->idl, g->ssl_ciphersuites);
}

static void
cmd_get_ssl(struct ctl_context *ctx)
{
    const struct ovsdb_idl_row *global = global_row(ctx);
    if (!global) {
        return;
    }

    ovsdb_idl_txn_verify(global, g->global_ssl);
    const struct ovsdb_datum *ref = ovsdb_idl_read(global, g->global_ssl);
    const struct ovsdb_idl_row *ssl
        = ref->n ? ovsdb_idl_get_row_for_uuid(ctx->idl, g->ssl,
                                              &ref->keys[0].uuid) : NULL;
    if (ssl) {
        ds_put_format(&ctx->output, "Private key: %s\n",
                      get_string(ssl, g->private_key));
        ds_put_format(&ctx->output, "Certificate: %s\n",
                      get_string(ssl, g->certificate));
        ds_put_format(&ctx->output, "CA Certificate: %s\n",
                      get_string(ssl, g->ca_cert));
        ds_put_format(&ctx->output, "Bootstrap: %s\n",
                      get_bool(ssl, g->bootstrap_ca_cert) ? "true" : "false");
    }
}

static void
cmd_del_ssl(struct ctl_context *ctx)
{
    const struct ovsdb_idl_row *global = global_row(ctx);

    ovsdb_idl_txn_verify(global, g->global_ssl);
    delete_refs(ctx, global, g->global_ssl, g->ssl);
}

static void
cmd_set_ssl(struct ctl_context *ctx)
{
    const struct ovsdb_idl_row *global = global_row(ctx);

    ovsdb_idl_txn_verify(global, g->global_ssl);
    delete_refs(ctx, global, g->global_ssl, g->ssl);

    const struct ovsdb_idl_row *ssl
        = ovsdb_idl_txn_insert(ctx->txn, g->ssl, NULL);
    set_string(ssl, g->private_key, ctx->argv[1]);
    set_string(ssl, g->certificate, ctx->argv[2]);
    set_string(ssl, g->ca_cert, ctx->argv[3]);
    set_bool(ssl, g->bootstrap_ca_cert,
             shash_find(&ctx->options, "--bootstrap") != NULL);
    if (ctx->argc > 4) {
        set_string(ssl, g->ssl_protocols, ctx->argv[4]);
    }
    if (ctx->argc > 5) {
        set_string(ssl, g->ssl_ciphers, ctx->argv[5]);
    }
    if (ctx->argc > 6) {
        set_string(ssl, g->ssl_ciphersuites, ctx->argv[6]);
    }
    set_refs(global, g->global_ssl, &ssl, 1);
}

static const struct dbctl_command connection_commands[] = {
    {{"get-connection", 0, 0, "", pre_connection, cmd_get_connection, NULL,
      "", RO}, "print the connections"},
    {{"del-connection", 0, 0, "", pre_connection, cmd_del_connection, NULL,
      "", RW}, "delete the connections"},
    {{"set-connection", 1, INT_MAX, "TARGET...", pre_connection,
      cmd_set_connection, NULL, "--inactivity-probe=", RW},
     "set the list of connections to TARGET..."},
    {{NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO}, NULL}
};

const struct dbctl_topic dbctl_connection_topic = {
    "Connection commands", connection_commands
};

static const struct dbctl_command ssl_commands[] = {
    {{"get-ssl", 0, 0, "", pre_ssl, cmd_get_ssl, NULL, "", RO},
     "print the SSL configuration"},
    {{"del-ssl", 0, 0, "", pre_ssl, cmd_del_ssl, NULL, "", RW},
     "delete the SSL configuration"},
    {{"set-ssl", 3, 6, "PRIVATE-KEY CERTIFICATE CA-CERT "
      "[SSL-PROTOS [SSL-CIPHERS [SSL-CIPHERSUITES]]]", pre_ssl, cmd_set_ssl,
      NULL, "--bootstrap", RW}, "set the SSL configuration"},
    {{NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO}, NULL}
};

const struct dbctl_topic dbctl_ssl_topic = {
    "SSL commands", ssl_commands
};
