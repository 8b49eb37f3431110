/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Actions that the controller carries out: the packet goes there with the
 * opcode and arguments as userdata.  See lib/actions-private.h; the layout of
 * the userdata is in lib/logical.h and beside the struct in lib/actions.h. */

#include <config.h>
#include "lib/actions-private.h"

#include <string.h>
#include "util.h"

/* log */

const char *const log_severity_names[LOG_N_SEVERITIES] = {
    "alert", "warning", "notice", "info", "debug"
};

/* LOG_UNKNOWN is not written. */
const char *const log_verdict_names[LOG_N_VERDICTS] = {
    "<unknown>", "allow", "drop", "reject", "pass"
};

/* Parses one of 'names' from number 'first' on. */
static int
parse_enum(struct action_parser *p, const char *what,
           const char *const *names, int first, int n)
{
    for (int i = first; i < n; i++) {
        if (lexer_match_id(p->lexer, names[i])) {
            return i;
        }
    }

    struct ds s = DS_EMPTY_INITIALIZER;
    ds_put_format(&s, "a %s (", what);
    for (int i = first; i < n; i++) {
        ds_put_format(&s, "%s%s", i > first ? ", " : "", names[i]);
    }
    ds_put_char(&s, ')');
    lexer_expected(p->lexer, ds_cstr(&s));
    ds_destroy(&s);
    return first;
}

static void
parse_log_arg(struct action_parser *p, struct ovnact_log *log)
{
    if (lexer_match_id(p->lexer, "name")) {
        if (lexer_force(p->lexer, LEX_EQUALS)) {
            free(log->name);
            log->name = NULL;
            const char *where = p->lexer->token.start;
            if (lexer_force_string(p->lexer, "a name in quotes", &log->name)
                && strlen(log->name) > 64) {
                lexer_error_at(p->lexer, where,
                               "the name is longer than 64 bytes");
            }
        }
    } else if (lexer_match_id(p->lexer, "verdict")) {
        if (lexer_force(p->lexer, LEX_EQUALS)) {
            log->verdict = parse_enum(p, "verdict", log_verdict_names,
                                      LOG_ALLOW, LOG_N_VERDICTS);
        }
    } else if (lexer_match_id(p->lexer, "severity")) {
        if (lexer_force(p->lexer, LEX_EQUALS)) {
            log->severity = parse_enum(p, "severity", log_severity_names, 0,
                                       LOG_N_SEVERITIES);
        }
    } else if (lexer_match_id(p->lexer, "meter")) {
        if (lexer_force(p->lexer, LEX_EQUALS)) {
            free(log->meter);
            log->meter = NULL;
            lexer_force_string(p->lexer, "a name in quotes", &log->meter);
        }
    } else {
        lexer_expected(p->lexer, "name=, verdict=, severity= or meter=");
    }
}

static void
parse_LOG(struct action_parser *p, enum ovnact_type type,
          const struct field_ref *result OVS_UNUSED)
{
    struct ovnact_log *log = ovnact_put(p->ovnacts, type, sizeof *log);

    log->severity = LOG_INFO;
    if (!lexer_force(p->lexer, LEX_LPAREN)
        || lexer_match(p->lexer, LEX_RPAREN)) {
        return;
    }
    do {
        parse_log_arg(p, log);
    } while (lexer_match(p->lexer, LEX_COMMA));
    lexer_force(p->lexer, LEX_RPAREN);
}

static void
format_LOG(const struct ovnact *ovnact, struct ds *s)
{
    const struct ovnact_log *log = (const struct ovnact_log *) ovnact;

    ds_put_cstr(s, "log(");
    if (log->name) {
        ds_put_cstr(s, "name=");
        lex_format_string(log->name, s);
        ds_put_cstr(s, ", ");
    }
    if (log->verdict != LOG_UNKNOWN) {
        ds_put_format(s, "verdict=%s, ", log_verdict_names[log->verdict]);
    }
    ds_put_format(s, "severity=%s", log_severity_names[log->severity]);
    if (log->meter) {
        ds_put_cstr(s, ", meter=");
        lex_format_string(log->meter, s);
    }
    ds_put_char(s, ')');
}

static void
free_LOG(struct ovnact *ovnact)
{
    struct ovnact_log *log = (struct ovnact_log *) ovnact;

    free(log->name);
    free(log->meter);
}

const struct action_shape shape_LOG = { parse_LOG, format_LOG, free_LOG };

void
encode_LOG(const struct ovnact *ovnact, struct action_encoder *e)
{
    const struct ovnact_log *log = (const struct ovnact_log *) ovnact;
    size_t start = action_start_controller(e, CTRL_OP_LOG, false, log->meter);
    const struct log_userdata userdata = {
        .verdict = log->verdict,
        .severity = log->severity,
    };

    ofpbuf_put(e->ofpacts, &userdata, sizeof userdata);
    if (log->name) {
        ofpbuf_put(e->ofpacts, log->name, strlen(log->name));
    }
    action_finish_controller(e, start);
}
