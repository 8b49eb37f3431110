/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Parsers and formatters of the shapes that many actions have, and of those
 * that control the flow and move data.  See lib/actions-private.h. */

#include <config.h>
#include "lib/actions-private.h"

#include <string.h>
#include "lib/u128.h"
#include "util.h"

/* WORD: "NAME;" */

static void
parse_WORD(struct action_parser *p, enum ovnact_type type,
           const struct field_ref *result OVS_UNUSED)
{
    ovnact_put(p->ovnacts, type, sizeof(struct ovnact_word));
}

static void
format_WORD(const struct ovnact *ovnact, struct ds *s)
{
    ds_put_cstr(s, ovnact_name(ovnact->type));
}

const struct action_shape shape_WORD = { parse_WORD, format_WORD, NULL };

/* Parses nested actions and appends an action of 'type' for them. */
void
action_put_nest(struct action_parser *p, enum ovnact_type type)
{
    struct ofpbuf *nested = action_parse_nested(p);
    struct ovnact_nest *nest = ovnact_put(p->ovnacts, type, sizeof *nest);

    nest->nested = nested;
}

/* NEST: "NAME { ACTION... };" */

static void
parse_NEST(struct action_parser *p, enum ovnact_type type,
           const struct field_ref *result OVS_UNUSED)
{
    action_put_nest(p, type);
}

void
action_format_nest(const struct ovnact *ovnact, struct ds *s)
{
    const struct ovnact_nest *nest = (const struct ovnact_nest *) ovnact;

    ds_put_format(s, "%s { ", ovnact_name(ovnact->type));
    if (nest->nested->size) {
        actions_format(nest->nested, s);
        ds_put_char(s, ' ');
    }
    ds_put_char(s, '}');
}

void
action_free_nest(struct ovnact *ovnact)
{
    struct ovnact_nest *nest = (struct ovnact_nest *) ovnact;

    actions_free(nest->nested);
    ofpbuf_delete(nest->nested);
}

const struct action_shape shape_NEST = {
    parse_NEST, action_format_nest, action_free_nest
};

/* PACKET: as NEST, but the nested actions run on another packet, so what they
 * require need not be true of this one. */

static void
parse_PACKET(struct action_parser *p, enum ovnact_type type,
             const struct field_ref *result OVS_UNUSED)
{
    struct field_set ignored = { .bits = { 0 } };
    struct action_parser inner = *p;

    inner.prereqs = &ignored;
    action_put_nest(&inner, type);
}

const struct action_shape shape_PACKET = {
    parse_PACKET, action_format_nest, action_free_nest
};

/* CALL: "[RESULT =] NAME(ARG, ...);" */

/* Checks that 'result' is what "=SPEC" asks for. */
static bool
check_result(struct action_parser *p, const char *name, const char *spec,
             const struct field_ref *result)
{
    if (*spec == 'S') {
        if (!result->symbol->is_string) {
            lexer_error_at(p->lexer, p->start, "the result of %s must be "
                           "assigned to a string field", name);
            return false;
        }
        return true;
    }

    unsigned int n_bits = strtoul(spec, NULL, 10);
    if (result->symbol->is_string || result->n_bits != n_bits) {
        lexer_error_at(p->lexer, p->start, "the result of %s must be assigned "
                       "to %u bit%s", name, n_bits, n_bits == 1 ? "" : "s");
        return false;
    }
    return true;
}

static bool
parse_field_arg(struct action_parser *p, char spec, struct field_ref *field)
{
    const char *where = p->lexer->token.start;
    unsigned int width = (spec == '4' ? 32
                          : spec == '6' ? 128
                          : spec == 'E' ? 48
                          : 0);

    if (spec == 'W') {
        return action_parse_dest(p, field);
    } else if (!action_parse_source(p, field)) {
        return false;
    } else if (spec == 'S' && !field->symbol->is_string) {
        lexer_error_at(p->lexer, where, "expected a string field");
        return false;
    } else if (width && (field->symbol->is_string || field->n_bits != width)) {
        lexer_error_at(p->lexer, where, "expected a field of %u bits", width);
        return false;
    } else if (spec == 'A' && field->n_bits != 32 && field->n_bits != 128) {
        lexer_error_at(p->lexer, where, "expected a field of 32 or 128 bits");
        return false;
    }
    return true;
}

/* Parses an argument as in 'spec', see actions.def. */
static bool
parse_arg(struct action_parser *p, const char *spec, struct ovnact_arg *arg)
{
    const struct lex_token *token = &p->lexer->token;
    unsigned long long min, max;
    uint64_t value;

    switch (*spec) {
    case 'Q':
        return lexer_force_string(p->lexer, "a string", &arg->imm.string);

    case 'N':
        if (!ovs_scan(spec, "N%llu:%llu", &min, &max)) {
            OVS_NOT_REACHED();
        }
        arg->imm.format = token->format;
        if (!lexer_force_int(p->lexer, "an integer", min, max, &value)) {
            return false;
        }
        arg->imm.value = u128_from_u64(value);
        return true;

    case 'C':
        if (token->type != LEX_INTEGER || token->format != LEX_F_IPV4) {
            lexer_expected(p->lexer, "an IPv4 address");
            return false;
        }
        arg->imm.value = token->value;
        arg->imm.format = token->format;
        lexer_get(p->lexer);
        return true;

    default:
        arg->is_field = true;
        return parse_field_arg(p, *spec, &arg->field);
    }
}

static void
parse_CALL(struct action_parser *p, enum ovnact_type type,
           const struct field_ref *result)
{
    const struct action_info *info = &action_infos[type];
    const char *spec = info->args;

    if (*spec == '=' && !check_result(p, info->name, spec + 1, result)) {
        return;
    }
    size_t ofs = p->ovnacts->size;
    struct ovnact_call *call = ovnact_put(p->ovnacts, type, sizeof *call);
    if (*spec == '=') {
        call->result = *result;
        spec += strcspn(spec, " ");
    }

    lexer_force(p->lexer, LEX_LPAREN);
    for (spec += strspn(spec, " "); *spec && !p->lexer->error;
         spec += strcspn(spec, " "), spec += strspn(spec, " ")) {
        bool optional = *spec == '?';

        spec += optional;
        if (optional && p->lexer->token.type == LEX_RPAREN) {
            break;
        }
        if (call->n_args && !lexer_force(p->lexer, LEX_COMMA)) {
            break;
        }
        call = ofpbuf_at_assert(p->ovnacts, ofs, sizeof *call);
        parse_arg(p, spec, &call->args[call->n_args++]);
    }
    lexer_force(p->lexer, LEX_RPAREN);
}

static void
format_CALL(const struct ovnact *ovnact, struct ds *s)
{
    const struct ovnact_call *call = (const struct ovnact_call *) ovnact;

    if (call->result.symbol) {
        field_ref_format(&call->result, s);
        ds_put_cstr(s, " = ");
    }
    ds_put_format(s, "%s(", ovnact_name(ovnact->type));
    for (size_t i = 0; i < call->n_args; i++) {
        const struct ovnact_arg *arg = &call->args[i];

        ds_put_cstr(s, i ? ", " : "");
        if (arg->is_field) {
            field_ref_format(&arg->field, s);
        } else {
            action_format_constant(&arg->imm, s);
        }
    }
    ds_put_char(s, ')');
}

static void
free_CALL(struct ovnact *ovnact)
{
    struct ovnact_call *call = (struct ovnact_call *) ovnact;

    for (size_t i = 0; i < call->n_args; i++) {
        free(call->args[i].imm.string);
    }
}

const struct action_shape shape_CALL = { parse_CALL, format_CALL, free_CALL };

/* NEXT */

static void
parse_next_table(struct action_parser *p, struct ovnact_next *next)
{
    uint64_t table;

    if (lexer_force_int(p->lexer, "a table number", 0,
                        p->params->n_tables - 1, &table)) {
        next->ltable = table;
        next->explicit_table = true;
    }
}

static void
parse_next_args(struct action_parser *p, struct ovnact_next *next)
{
    if (p->lexer->token.type == LEX_INTEGER) {
        parse_next_table(p, next);
        return;
    }
    do {
        if (lexer_match_id(p->lexer, "pipeline")) {
            lexer_force(p->lexer, LEX_EQUALS);
            if (lexer_match_id(p->lexer, "ingress")) {
                next->ingress = true;
            } else if (lexer_match_id(p->lexer, "egress")) {
                next->ingress = false;
            } else {
                lexer_expected(p->lexer, "ingress or egress");
            }
            next->explicit_pipeline = true;
        } else if (lexer_match_id(p->lexer, "table")) {
            lexer_force(p->lexer, LEX_EQUALS);
            parse_next_table(p, next);
        } else {
            lexer_expected(p->lexer, "a table number, pipeline= or table=");
        }
    } while (lexer_match(p->lexer, LEX_COMMA));
}

static void
parse_NEXT(struct action_parser *p, enum ovnact_type type,
           const struct field_ref *result OVS_UNUSED)
{
    const char *where = p->lexer->token.start;
    struct ovnact_next next = {
        .ltable = p->params->cur_ltable + 1,
        .ingress = p->params->ingress,
    };

    if (lexer_match(p->lexer, LEX_LPAREN)) {
        parse_next_args(p, &next);
        lexer_force(p->lexer, LEX_RPAREN);
    }
    if (next.ltable >= p->params->n_tables) {
        lexer_error_at(p->lexer, where, "there is no table after the last");
    }

    struct ovnact_next *new = ovnact_put(p->ovnacts, type, sizeof *new);
    next.ovnact = new->ovnact;
    *new = next;
}

static void
format_NEXT(const struct ovnact *ovnact, struct ds *s)
{
    const struct ovnact_next *next = (const struct ovnact_next *) ovnact;

    ds_put_cstr(s, "next");
    if (next->explicit_pipeline) {
        ds_put_format(s, "(pipeline=%s, table=%d)",
                      next->ingress ? "ingress" : "egress", next->ltable);
    } else if (next->explicit_table) {
        ds_put_format(s, "(%d)", next->ltable);
    }
}

const struct action_shape shape_NEXT = { parse_NEXT, format_NEXT, NULL };

/* LOAD */

static void
parse_LOAD(struct action_parser *p, enum ovnact_type type,
           const struct field_ref *dst)
{
    struct ovnact_constant imm;

    if (action_parse_constant(p, dst, &imm)) {
        struct ovnact_load *load = ovnact_put(p->ovnacts, type, sizeof *load);

        load->dst = *dst;
        load->imm = imm;
    }
}

static void
format_LOAD(const struct ovnact *ovnact, struct ds *s)
{
    const struct ovnact_load *load = (const struct ovnact_load *) ovnact;

    field_ref_format(&load->dst, s);
    ds_put_cstr(s, " = ");
    action_format_constant(&load->imm, s);
}

static void
free_LOAD(struct ovnact *ovnact)
{
    free(((struct ovnact_load *) ovnact)->imm.string);
}

const struct action_shape shape_LOAD = { parse_LOAD, format_LOAD, free_LOAD };

/* MOVE */

static void
parse_MOVE(struct action_parser *p, enum ovnact_type type,
           const struct field_ref *lhs)
{
    const char *where = p->lexer->token.start;
    struct field_ref rhs;

    if (type == OVNACT_EXCHANGE ? !action_parse_dest(p, &rhs)
        : !action_parse_source(p, &rhs)) {
        return;
    }
    if (lhs->symbol->is_string != rhs.symbol->is_string) {
        lexer_error_at(p->lexer, where, "%s %s cannot be combined with %s %s",
                       lhs->symbol->is_string ? "string field" : "field",
                       lhs->symbol->name,
                       rhs.symbol->is_string ? "string field" : "field",
                       rhs.symbol->name);
        return;
    } else if (lhs->n_bits != rhs.n_bits) {
        lexer_error_at(p->lexer, where, "cannot combine %u bits with %u bits",
                       lhs->n_bits, rhs.n_bits);
        return;
    }

    struct ovnact_move *move = ovnact_put(p->ovnacts, type, sizeof *move);
    move->lhs = *lhs;
    move->rhs = rhs;
}

static void
format_MOVE(const struct ovnact *ovnact, struct ds *s)
{
    const struct ovnact_move *move = (const struct ovnact_move *) ovnact;

    field_ref_format(&move->lhs, s);
    ds_put_cstr(s, ovnact->type == OVNACT_EXCHANGE ? " <-> " : " = ");
    field_ref_format(&move->rhs, s);
}

const struct action_shape shape_MOVE = { parse_MOVE, format_MOVE, NULL };

/* DEC_TTL */

static void
format_DEC_TTL(const struct ovnact *ovnact OVS_UNUSED, struct ds *s)
{
    ds_put_cstr(s, "ip.ttl--");
}

const struct action_shape shape_DEC_TTL = { parse_WORD, format_DEC_TTL, NULL };
