/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef LIB_ACTIONS_PRIVATE_H
#define LIB_ACTIONS_PRIVATE_H 1

/* What the parts of the action compiler share; private to lib/actions*.c.
 *
 * - actions.c: table of actions, the frame of parser and formatter.
 * - actions-shapes.c: parsers and formatters of the shapes that many actions
 *   have.
 * - actions-encode.c: what encoders are written with, encoders for moving
 *   data.
 * - actions-neighbor.c, actions-ct.c, actions-lb.c, actions-learn.c,
 *   actions-service.c, actions-options.c: shapes and encoders of one topic
 *   each.
 *
 * How to add an action: a line in actions.def, and encode_NAME() in the file
 * of its topic; if no shape fits, also a struct in actions.h and a shape.  The
 * linker tells what is missing. */

#include "lib/actions.h"
#include "lib/lex.h"
#include "openvswitch/ofp-actions.h"

enum action_where {
    WHERE_ANY,
    WHERE_INGRESS,
    WHERE_EGRESS,
};

/* State of parsing one list of actions. */
struct action_parser {
    const struct actions_params *params;
    struct lexer *lexer;
    const char *start;          /* Of the action; its result, if it has one. */
    struct ofpbuf *ovnacts;     /* Where to put what was parsed. */
    struct field_set *prereqs;
    int depth;                  /* Of nested { ... }. */
    bool in_ct_commit;
};

struct action_shape {
    /* Parses an action whose name, or the field in front if it has no name,
     * has been read, up to but not including the semicolon.  'result' is NULL
     * or the field in front.  Reports errors to the lexer. */
    void (*parse)(struct action_parser *, enum ovnact_type,
                  const struct field_ref *result);

    /* Appends the action without semicolon. */
    void (*format)(const struct ovnact *, struct ds *);

    /* Frees what the action points to; may be NULL. */
    void (*free)(struct ovnact *);
};

/* State of encoding one list of actions. */
struct action_encoder {
    const struct actions_encode_params *params;
    struct ofpbuf *ofpacts;
    char *error;                /* First error, or NULL. */
};

typedef void action_encode_func(const struct ovnact *,
                                struct action_encoder *);

struct action_info {
    const char *name;
    const struct action_shape *shape;
    const char *args;
    const char *prereq;
    enum action_where where;
    action_encode_func *encode;
    const char *syntax;
    const char *help;
};
extern const struct action_info action_infos[];

#define ACTION(ENUM, NAME, SHAPE, ARGS, PREREQ, WHERE, SYNTAX, HELP)        \
    extern const struct action_shape shape_##SHAPE;                         \
    action_encode_func encode_##ENUM;
#include "lib/actions.def"

/* For parsers. */

/* Appends a zeroed action of 'len' bytes. */
void *ovnact_put(struct ofpbuf *, enum ovnact_type, size_t len);

/* Adds the prerequisites of 'ref', or symbol 'name', to those of the list. */
void action_require_field(struct action_parser *, const struct field_ref *);
void action_require(struct action_parser *, const char *name);

/* Parses a field, which must be readable, or writable here, respectively. */
bool action_parse_source(struct action_parser *, struct field_ref *);
bool action_parse_dest(struct action_parser *, struct field_ref *);
bool action_check_dest(struct action_parser *, const struct field_ref *,
                       const char *where);

/* Parses a constant that fits 'ref'. */
bool action_parse_constant(struct action_parser *, const struct field_ref *,
                           struct ovnact_constant *);
void action_format_constant(const struct ovnact_constant *, struct ds *);

/* Parses an IP address; an address with optional ":PORT" behind it (and IPv6
 * in square brackets then). */
bool action_parse_ip(struct action_parser *, struct ovnact_addr *);
bool action_parse_addr(struct action_parser *, struct ovnact_addr *);
void action_format_addr(const struct ovnact_addr *, struct ds *);

/* Parses a string that lists fields for a hash. */
void action_parse_hash_fields(struct action_parser *, char **);

/* Parses one of 'names' from number 'first' on. */
int action_parse_enum(struct action_parser *, const char *what,
                      const char *const *names, int first, int n);

/* Parses '=' and true or false. */
bool action_parse_bool(struct action_parser *);

/* Parses '=' and a string.  Frees the old '*s'. */
bool action_parse_string_value(struct action_parser *, char **s);

/* Parses "{ ACTION... }".  Returns a new list, empty after an error. */
struct ofpbuf *action_parse_nested(struct action_parser *);

/* The parts of shape NEST. */
void action_put_nest(struct action_parser *, enum ovnact_type);
void action_format_nest(const struct ovnact *, struct ds *);
void action_free_nest(struct ovnact *);

/* Parses the action that starts at the current token. */
void action_parse(struct action_parser *);

/* For encoders. */

/* Reports an error. */
void action_encode_error(struct action_encoder *, const char *format, ...)
    OVS_PRINTF_FORMAT(2, 3);

/* Reports an error if the local switch lacks 'feature', without which it
 * cannot do 'type'. */
void action_need_feature(struct action_encoder *, enum ovnact_type,
                         const char *feature);

/* Encodes nested actions into 'ofpacts'. */
void action_encode_nested(const struct ofpbuf *ovnacts,
                          struct action_encoder *, struct ofpbuf *ofpacts);

/* Starts a ct() action in the zone that register 'zone' names.  Finishes the
 * ct() action that is at 'start'. */
struct ofpact_conntrack *action_start_ct(struct ofpbuf *ofpacts,
                                         enum mf_field_id zone);
void action_finish_ct(struct ofpbuf *ofpacts, size_t start);

/* Pushes and pops a whole field. */
void action_put_push(struct ofpbuf *ofpacts, enum mf_field_id);
void action_put_pop(struct ofpbuf *ofpacts, enum mf_field_id);

/* The OpenFlow table of logical table 'ltable'; of the next logical table. */
uint8_t action_ptable(bool ingress, uint8_t ltable);
uint8_t action_next_ptable(const struct action_encoder *);

void action_put_resubmit(struct ofpbuf *ofpacts, uint8_t table);
void action_put_load(struct ofpbuf *ofpacts, enum mf_field_id, unsigned ofs,
                     unsigned n_bits, uint64_t value);
void action_put_load_value(struct ofpbuf *ofpacts, const struct mf_subfield *,
                           ovs_u128 value, ovs_u128 mask);
void action_put_move(struct ofpbuf *ofpacts, const struct mf_subfield *src,
                     const struct mf_subfield *dst);

/* Stores the key of the port or multicast group 'name'.  Returns false if
 * there is none. */
bool action_lookup_port(const struct action_encoder *, const char *name,
                        unsigned int *key);

/* Fields to be in fixed places while a helper table or the controller runs.
 * Values in 'n' 'args' go to the fields 'dsts'; the old content of these is
 * kept on the stack until action_restore_args(). */
void action_setup_args(struct action_encoder *, const struct ovnact_arg *args,
                       const enum mf_field_id *dsts, size_t n);
void action_restore_args(struct action_encoder *,
                         const struct ovnact_arg *args,
                         const enum mf_field_id *dsts, size_t n);

/* Clears bit 'bit' of the flags, runs helper table 'table', and copies the bit
 * to 'result'.  If 'result' is NULL, the caller copies it, by
 * action_put_flag_move(), when the arguments are back in their places. */
void action_put_flag_lookup(struct action_encoder *, uint8_t table,
                            enum mlf_bit bit, const struct field_ref *result);
void action_put_flag_move(struct action_encoder *, enum mlf_bit bit,
                          const struct field_ref *result);

/* A "controller" action with 'opcode': first start, then append to 'ofpacts'
 * whatever else belongs into the userdata, then finish. */
size_t action_start_controller(struct action_encoder *, enum ctrl_opcode,
                               bool pause, const char *meter);
void action_finish_controller(struct action_encoder *, size_t start);

/* Appends where to put a result to the userdata. */
void action_put_result_oxm(struct action_encoder *, const struct field_ref *);

#endif /* lib/actions-private.h */
