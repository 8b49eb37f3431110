/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef CONTROLLER_LFLOW_PRIVATE_H
#define CONTROLLER_LFLOW_PRIVATE_H 1

/* What the controller/lflow*.c files share, and nobody else:
 *
 *     lflow-parse.c   What a logical flow says, and numbers for its
 *                     conjunctive matches.
 *     lflow-names.c   What names in it mean in one datapath.
 *     lflow.c         OpenFlow flows from both. */

#include <stdbool.h>
#include <stdint.h>

#include "lib/expr.h"
#include "lib/inc.h"
#include "openvswitch/ofpbuf.h"

/* lflow-parse.c */

/* What a logical flow says, independent of datapath and chassis. */
struct lflow {
    uint64_t digest[2];         /* Of everything it was made from. */
    struct expr *expr;
    struct ofpbuf ovnacts;
    uint32_t n_conj_ids;        /* Conjunctive matches it may need. */
};

/* Fact over Logical_Flow: a pointer, NULL if the flow cannot be parsed. */
struct lflow_value {
    struct lflow *lflow;
};
extern struct inc_family lflow_fact;

/* Why logical flow 'row' cannot be parsed: an error that the caller must free,
 * or NULL if it can. */
char *lflow_parse_error(struct inc_cx *, struct inc_ref row);

/* True if logical flow 'row' is in the ingress pipeline. */
bool lflow_is_ingress(struct inc_cx *, struct inc_ref row);

/* The first number for conjunctive matches of logical flow 'row', which is a
 * row of conj_table (a read that the caller must declare). */
uint32_t lflow_first_conj_id(struct inc_cx *, struct inc_ref row);
extern struct inc_table lflow_conj_table;

void lflow_parse_add(struct inc *);
void lflow_parse_destroy(void);

/* lflow-names.c */

/* Where names are looked up. */
struct lflow_env {
    struct inc_cx *cx;
    const struct uuid *dp;      /* Datapath_Binding ... */
    uint32_t dp_key;            /* ... and its tunnel key. */
};

/* The members of "struct expr_env", with a struct lflow_env as 'aux'.  The
 * caller must declare the use of lflow_set_fact and place_fact. */
bool lflow_lookup_port(void *env, const char *name, unsigned int *key);
bool lflow_is_resident(void *env, const char *name);
const struct expr_constants *lflow_address_set(void *env, const char *name);
const char *const *lflow_port_group(void *env, const char *name);

/* Fact over Address_Set: its members. */
extern struct inc_family lflow_set_fact;

void lflow_names_add(struct inc *);

#endif /* controller/lflow-private.h */
