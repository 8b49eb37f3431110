/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Frame of the action compiler: the table of actions, and parsing,
 * formatting and freeing lists of them.  See lib/actions.h for the interface,
 * lib/actions-private.h for what is where. */

#include <config.h>
#include "lib/actions-private.h"

#include <stdarg.h>
#include <string.h>
#include "lib/u128.h"
#include "openvswitch/util.h"
#include "util.h"

const struct action_info action_infos[] = {
#define ACTION(ENUM, NAME, SHAPE, ARGS, PREREQ, WHERE, SYNTAX, HELP)        \
    [OVNACT_##ENUM] = {                                                     \
        NAME, &shape_##SHAPE, ARGS, PREREQ, WHERE_##WHERE,                  \
        encode_##ENUM, SYNTAX, HELP                                         \
    },
#include "lib/actions.def"
};

const char *
ovnact_name(enum ovnact_type type)
{
    return action_infos[type].name;
}

/* Looks up an action by name, among those with or without a result. */
static bool
find_action(const struct lex_token *token, bool result,
            enum ovnact_type *typep)
{
    for (size_t i = 0; i < OVNACT_N_TYPES; i++) {
        const struct action_info *info = &action_infos[i];

        if (info->name[0] == token->text[0]
            && (info->args && info->args[0] == '=') == result
            && strlen(info->name) == token->len
            && !memcmp(info->name, token->text, token->len)) {
            *typep = i;
            return true;
        }
    }
    return false;
}

void *
ovnact_put(struct ofpbuf *ovnacts, enum ovnact_type type, size_t len)
{
    len = ROUND_UP(len, OVNACT_ALIGN);

    struct ovnact *ovnact = ofpbuf_put_zeros(ovnacts, len);
    ovnact->type = type;
    ovnact->len = len;
    return ovnact;
}

/* Prerequisites. */

void
action_require(struct action_parser *p, const char *name)
{
    const struct field_symbol *symbol
        = field_lookup(p->params->symtab, name, strlen(name));

    ovs_assert(symbol);
    field_set_add(p->prereqs, symbol);
}

void
action_require_field(struct action_parser *p, const struct field_ref *ref)
{
    if (ref->symbol->prereqs) {
        action_require(p, ref->symbol->prereqs);
    }
}

/* Fields and constants. */

bool
action_parse_source(struct action_parser *p, struct field_ref *ref)
{
    const char *where = p->lexer->token.start;

    if (!field_ref_parse(p->lexer, p->params->symtab, ref)) {
        return false;
    } else if (ref->symbol->kind == FIELD_PREDICATE
               || ref->symbol->kind == FIELD_PSEUDO) {
        lexer_error_at(p->lexer, where, "expected a field with a value, but "
                       "%s is a %s", ref->symbol->name,
                       (ref->symbol->kind == FIELD_PSEUDO
                        ? "write-only field" : "predicate"));
        return false;
    }
    action_require_field(p, ref);
    return true;
}

bool
action_check_dest(struct action_parser *p, const struct field_ref *ref,
                  const char *where)
{
    const struct field_symbol *symbol = ref->symbol;

    if (symbol->kind == FIELD_PREDICATE
        || symbol->write == FIELD_READ_ONLY) {
        lexer_error_at(p->lexer, where, "%s %s cannot be modified",
                       (symbol->kind == FIELD_PREDICATE ? "predicate"
                        : "field"), symbol->name);
    } else if (symbol->write == FIELD_WRITE_CT_COMMIT && !p->in_ct_commit) {
        lexer_error_at(p->lexer, where, "%s can only be modified within "
                       "ct_commit { ... }", symbol->name);
    } else if (symbol->write != FIELD_WRITE_CT_COMMIT && p->in_ct_commit) {
        lexer_error_at(p->lexer, where, "only ct_mark and ct_label can be "
                       "modified within ct_commit { ... }");
    } else {
        action_require_field(p, ref);
        return true;
    }
    return false;
}

bool
action_parse_dest(struct action_parser *p, struct field_ref *ref)
{
    const char *where = p->lexer->token.start;

    if (!field_ref_parse(p->lexer, p->params->symtab, ref)) {
        return false;
    } else if (ref->symbol->kind == FIELD_PSEUDO) {
        lexer_error_at(p->lexer, where, "%s can only be assigned a constant",
                       ref->symbol->name);
        return false;
    }
    return action_check_dest(p, ref, where);
}

bool
action_parse_constant(struct action_parser *p, const struct field_ref *ref,
                      struct ovnact_constant *c)
{
    const struct lex_token *token = &p->lexer->token;
    const struct field_symbol *symbol = ref->symbol;

    *c = (struct ovnact_constant) { .string = NULL };
    if (symbol->is_string) {
        return lexer_force_string(p->lexer, "a string", &c->string);
    } else if (token->type != LEX_INTEGER
               && token->type != LEX_MASKED_INTEGER) {
        lexer_expected(p->lexer, "an integer constant");
        return false;
    }

    c->value = token->value;
    c->format = token->format;
    c->masked = token->type == LEX_MASKED_INTEGER;
    c->mask = c->masked ? token->mask : u128_ones(ref->n_bits);
    if (u128_width(c->value) > ref->n_bits
        || (c->masked && u128_width(c->mask) > ref->n_bits)) {
        lexer_error(p->lexer, "constant is too wide for %s, which has %u "
                    "bit%s", symbol->name, ref->n_bits,
                    ref->n_bits == 1 ? "" : "s");
        return false;
    } else if (c->masked && symbol->level != FIELD_ORDINAL) {
        lexer_error(p->lexer, "%s can only be modified as a whole",
                    symbol->name);
        return false;
    }
    lexer_get(p->lexer);
    return true;
}

void
action_format_constant(const struct ovnact_constant *c, struct ds *s)
{
    if (c->string) {
        lex_format_string(c->string, s);
    } else if (c->masked) {
        lex_format_masked(c->value, c->mask, c->format, s);
    } else {
        lex_format_integer(c->value, c->format, s);
    }
}

bool
action_parse_ip(struct action_parser *p, struct ovnact_addr *addr)
{
    const struct lex_token *token = &p->lexer->token;

    if (token->type != LEX_INTEGER || (token->format != LEX_F_IPV4
                                       && token->format != LEX_F_IPV6)) {
        lexer_expected(p->lexer, "an IP address");
        return false;
    }
    addr->width = token->format == LEX_F_IPV4 ? 32 : 128;
    addr->ip = token->value;
    lexer_get(p->lexer);
    return true;
}

bool
action_parse_addr(struct action_parser *p, struct ovnact_addr *addr)
{
    bool brackets = lexer_match(p->lexer, LEX_LSQUARE);
    uint64_t port;

    if (!action_parse_ip(p, addr)
        || (brackets && !lexer_force(p->lexer, LEX_RSQUARE))) {
        return false;
    }
    if ((brackets || addr->width == 32) && lexer_match(p->lexer, LEX_COLON)) {
        if (!lexer_force_int(p->lexer, "a port", 1, UINT16_MAX, &port)) {
            return false;
        }
        addr->port = port;
    }
    return true;
}

void
action_format_addr(const struct ovnact_addr *addr, struct ds *s)
{
    bool brackets = addr->width == 128 && addr->port;

    ds_put_cstr(s, brackets ? "[" : "");
    lex_format_integer(addr->ip, addr->width == 32 ? LEX_F_IPV4 : LEX_F_IPV6,
                       s);
    ds_put_cstr(s, brackets ? "]" : "");
    if (addr->port) {
        ds_put_format(s, ":%d", addr->port);
    }
}

bool
action_parse_string_value(struct action_parser *p, char **s)
{
    free(*s);
    *s = NULL;
    return (lexer_force(p->lexer, LEX_EQUALS)
            && lexer_force_string(p->lexer, "a string", s));
}

void
action_parse_hash_fields(struct action_parser *p, char **fields)
{
    const char *where = p->lexer->token.start;

    if (action_parse_string_value(p, fields)
        && (!**fields
            || (*fields)[strspn(*fields, "abcdefghijklmnopqrstuvwxyz"
                                "0123456789_,")])) {
        lexer_error_at(p->lexer, where, "expected names of fields, separated "
                       "by commas");
    }
}

int
action_parse_enum(struct action_parser *p, const char *what,
                  const char *const *names, int first, int n)
{
    for (int i = first; i < n; i++) {
        if (lexer_match_id(p->lexer, names[i])) {
            return i;
        }
    }

    struct ds s = DS_EMPTY_INITIALIZER;
    ds_put_format(&s, "%s (", what);
    for (int i = first; i < n; i++) {
        ds_put_format(&s, "%s%s", i > first ? ", " : "", names[i]);
    }
    ds_put_char(&s, ')');
    lexer_expected(p->lexer, ds_cstr(&s));
    ds_destroy(&s);
    return first;
}

bool
action_parse_bool(struct action_parser *p)
{
    static const char *const names[] = { "false", "true" };

    if (!lexer_force(p->lexer, LEX_EQUALS)) {
        return false;
    }
    if (p->lexer->token.type == LEX_STRING) {
        p->lexer->token.type = LEX_ID;  /* Quotes make no difference. */
    }
    return action_parse_enum(p, "a truth value", names, 0, 2);
}

/* Lists of actions. */

static void
check_where(struct action_parser *p, const struct action_info *info,
            const char *where)
{
    if (info->where == (p->params->ingress ? WHERE_EGRESS : WHERE_INGRESS)) {
        lexer_error_at(p->lexer, where, "%s is only allowed in the %s "
                       "pipeline", info->name,
                       p->params->ingress ? "egress" : "ingress");
    }
}

/* Parses the rest of an action of 'type', whose name is at 'where'. */
static void
parse_type(struct action_parser *p, enum ovnact_type type,
           const struct field_ref *result, const char *where)
{
    const struct action_info *info = &action_infos[type];

    check_where(p, info, where);
    if (p->in_ct_commit && type != OVNACT_LOAD && type != OVNACT_MOVE) {
        lexer_error_at(p->lexer, where, "only assignments are allowed within "
                       "ct_commit { ... }");
    }
    if (info->prereq) {
        action_require(p, info->prereq);
    }
    if (!p->lexer->error) {
        info->shape->parse(p, type, result);
    }
}

/* "FIELD = ..." with the field and '=' read already. */
static void
parse_assignment(struct action_parser *p, const struct field_ref *dst,
                 const char *where)
{
    const struct lex_token *token = &p->lexer->token;
    enum ovnact_type type = OVNACT_LOAD;

    if (token->type == LEX_ID) {
        const char *name = token->start;

        if (find_action(token, true, &type)) {
            lexer_get(p->lexer);
        } else {
            type = OVNACT_MOVE;
            if (!field_lookup(p->params->symtab, token->text, token->len)) {
                lexer_error(p->lexer, "no field or action with a result has "
                            "name %.*s", (int) MIN(token->len, 64),
                            token->text);
                return;
            }
        }
        if (dst->symbol->kind == FIELD_PSEUDO) {
            lexer_error_at(p->lexer, where, "%s can only be assigned a "
                           "constant", dst->symbol->name);
        } else if (action_check_dest(p, dst, where)) {
            parse_type(p, type, dst, name);
        }
    } else if (dst->symbol->kind == FIELD_PSEUDO) {
        action_require_field(p, dst);
        parse_type(p, OVNACT_PSEUDO_LOAD, dst, where);
    } else if (action_check_dest(p, dst, where)) {
        parse_type(p, type, dst, where);
    }
}

/* An action that starts with a field. */
static void
parse_field_first(struct action_parser *p)
{
    const char *where = p->lexer->token.start;
    struct field_ref field;

    if (!field_ref_parse(p->lexer, p->params->symtab, &field)) {
        return;
    }
    if (lexer_match(p->lexer, LEX_EQUALS)) {
        parse_assignment(p, &field, where);
    } else if (lexer_match(p->lexer, LEX_EXCHANGE)) {
        if (field.symbol->kind == FIELD_PSEUDO) {
            lexer_error_at(p->lexer, where, "%s can only be assigned a "
                           "constant", field.symbol->name);
        } else if (action_check_dest(p, &field, where)) {
            parse_type(p, OVNACT_EXCHANGE, &field, where);
        }
    } else if (lexer_match(p->lexer, LEX_DECREMENT)) {
        if (strcmp(field.symbol->name, "ip.ttl")) {
            lexer_error_at(p->lexer, where, "only ip.ttl can be decremented");
        } else {
            parse_type(p, OVNACT_DEC_TTL, &field, where);
        }
    } else {
        lexer_expected(p->lexer, "`=', `<->' or `--'");
    }
}

void
action_parse(struct action_parser *p)
{
    const struct lex_token *token = &p->lexer->token;
    const char *where = token->start;
    enum ovnact_type type;

    p->start = where;
    if (token->type != LEX_ID) {
        lexer_expected(p->lexer, "an action");
    } else if (find_action(token, false, &type)) {
        lexer_get(p->lexer);
        parse_type(p, type, NULL, where);
    } else if (field_lookup(p->params->symtab, token->text, token->len)) {
        parse_field_first(p);
    } else if (find_action(token, true, &type)) {
        lexer_error(p->lexer, "the result of %s must be assigned to a field",
                    ovnact_name(type));
    } else {
        lexer_error(p->lexer, "unknown action %.*s",
                    (int) MIN(token->len, 64), token->text);
    }
    lexer_force(p->lexer, LEX_SEMICOLON);
}

/* Parses actions up to 'end', which is LEX_END or LEX_RCURLY. */
static void
parse_list(struct action_parser *p, enum lex_type end)
{
    /* "drop;" only stands alone. */
    if (lexer_match_id(p->lexer, "drop")) {
        lexer_force(p->lexer, LEX_SEMICOLON);
        if (p->lexer->token.type != end) {
            lexer_error(p->lexer, "drop; must not be combined with other "
                        "actions");
        }
    }
    while (!p->lexer->error && p->lexer->token.type != end) {
        if (lexer_is_id(p->lexer, "drop")) {
            lexer_error(p->lexer, "drop; must not be combined with other "
                        "actions");
        } else {
            action_parse(p);
        }
    }
}

struct ofpbuf *
action_parse_nested(struct action_parser *p)
{
    struct ofpbuf *nested = ofpbuf_new(0);

    if (p->depth >= ACTIONS_MAX_DEPTH) {
        lexer_error(p->lexer, "actions nested more than %d deep",
                    ACTIONS_MAX_DEPTH);
    } else if (lexer_force(p->lexer, LEX_LCURLY)) {
        struct action_parser inner = *p;

        inner.ovnacts = nested;
        inner.depth++;
        parse_list(&inner, LEX_RCURLY);
        lexer_force(p->lexer, LEX_RCURLY);
    }
    return nested;
}

/* Frees what the actions in 'ovnacts' from 'ofs' on point to, and removes
 * them. */
static void
free_from(struct ofpbuf *ovnacts, size_t ofs)
{
    for (size_t i = ofs; i < ovnacts->size; ) {
        struct ovnact *ovnact = ofpbuf_at_assert(ovnacts, i, sizeof *ovnact);
        const struct action_shape *shape = action_infos[ovnact->type].shape;

        if (shape->free) {
            shape->free(ovnact);
        }
        i += ovnact->len;
    }
    ovnacts->size = ofs;
}

void
actions_free(struct ofpbuf *ovnacts)
{
    free_from(ovnacts, 0);
}

char *
actions_parse(const char *s, const struct actions_params *params,
              struct ofpbuf *ovnacts, struct field_set *prereqs)
{
    struct field_set new_prereqs = { .bits = { 0 } };
    size_t ofs = ovnacts->size;
    struct lexer lexer;

    lexer_init(&lexer, s);
    struct action_parser p = {
        .params = params,
        .lexer = &lexer,
        .ovnacts = ovnacts,
        .prereqs = &new_prereqs,
    };
    parse_list(&p, LEX_END);
    char *error = lexer_finish(&lexer);
    lexer_destroy(&lexer);

    if (error) {
        free_from(ovnacts, ofs);
    } else {
        field_set_union(prereqs, &new_prereqs);
    }
    return error;
}

void
actions_format(const struct ofpbuf *ovnacts, struct ds *s)
{
    const struct ovnact *ovnact;
    bool first = true;

    if (!ovnacts->size) {
        ds_put_cstr(s, "drop;");
        return;
    }
    OVNACT_FOR_EACH (ovnact, ovnacts) {
        if (!first) {
            ds_put_char(s, ' ');
        }
        first = false;
        action_infos[ovnact->type].shape->format(ovnact, s);
        ds_put_char(s, ';');
    }
}

/* Encoding. */

void
action_encode_error(struct action_encoder *e, const char *format, ...)
{
    if (!e->error) {
        va_list args;

        va_start(args, format);
        e->error = xvasprintf(format, args);
        va_end(args);
    }
}

/* What actions need of the local switch, beyond what each Open vSwitch can
 * do. */
static const char *const needed_features[OVNACT_N_TYPES] = {
    [OVNACT_CHECK_PKT_LARGER] = "check_pkt_len",
    [OVNACT_SET_METER] = "meter",
    [OVNACT_SELECT] = "select_group",
    [OVNACT_FWD_GROUP] = "select_group",
    [OVNACT_CT_NEXT] = "ct",
    [OVNACT_CT_COMMIT] = "ct",
    [OVNACT_CT_COMMIT_TO_ZONE] = "ct",
    [OVNACT_CT_COMMIT_NAT] = "ct_nat",
    [OVNACT_CT_DNAT] = "ct_nat",
    [OVNACT_CT_SNAT] = "ct_nat",
    [OVNACT_CT_DNAT_IN_CZONE] = "ct_nat",
    [OVNACT_CT_SNAT_IN_CZONE] = "ct_nat",
    [OVNACT_CT_LB_MARK] = "ct_nat",
    [OVNACT_CT_LB_MARK_LOCAL] = "ct_nat",
    [OVNACT_CT_NW_DST] = "ct_orig_tuple",
    [OVNACT_CT_IP6_DST] = "ct_orig_tuple",
    [OVNACT_CT_TP_DST] = "ct_orig_tuple",
    [OVNACT_CT_PROTO] = "ct_orig_tuple",
};

void
action_need_feature(struct action_encoder *e, enum ovnact_type type,
                    const char *feature)
{
    const struct actions_encode_params *params = e->params;

    if (params->has_feature
        && !params->has_feature(params->aux, feature)) {
        action_encode_error(e, "the local switch cannot do %s: it lacks "
                            "feature \"%s\"", ovnact_name(type), feature);
    }
}

static void
encode_list(const struct ofpbuf *ovnacts, struct action_encoder *e)
{
    const struct ovnact *ovnact;

    OVNACT_FOR_EACH (ovnact, ovnacts) {
        if (needed_features[ovnact->type]) {
            action_need_feature(e, ovnact->type,
                                needed_features[ovnact->type]);
        }
        if (e->error) {
            return;
        }
        action_infos[ovnact->type].encode(ovnact, e);
    }
}

void
action_encode_nested(const struct ofpbuf *ovnacts, struct action_encoder *e,
                     struct ofpbuf *ofpacts)
{
    struct ofpbuf *outer = e->ofpacts;

    e->ofpacts = ofpacts;
    encode_list(ovnacts, e);
    e->ofpacts = outer;
}

char *
actions_encode(const struct ofpbuf *ovnacts,
               const struct actions_encode_params *params,
               struct ofpbuf *ofpacts)
{
    struct action_encoder e = { .params = params, .ofpacts = ofpacts };
    size_t ofs = ofpacts->size;

    encode_list(ovnacts, &e);
    if (e.error) {
        ofpacts->size = ofs;
    }
    return e.error;
}

/* The manual. */

/* Appends 's' with what would end a table cell escaped. */
static void
put_cell(const char *text, struct ds *s)
{
    for (; *text; text++) {
        ds_put_cstr(s, *text == '|' ? "\\" : "");
        ds_put_char(s, *text);
    }
}

void
actions_format_manual(struct ds *s)
{
    ds_put_cstr(s, "| action | effect | requires |\n"
                   "| --- | --- | --- |\n");
    for (size_t i = 0; i < OVNACT_N_TYPES; i++) {
        const struct action_info *info = &action_infos[i];

        ds_put_cstr(s, "| `");
        put_cell(info->syntax, s);
        ds_put_cstr(s, "` | ");
        put_cell(info->help, s);
        ds_put_format(s, " | %s |\n", info->prereq ? info->prereq : "");
    }
}
