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
 *     lflow-options.c DHCP options that actions may name.
 *     lflow-names.c   What names in it mean in one datapath.
 *     lflow-sets.c    Address sets and port groups, small and large.
 *     lflow.c         OpenFlow flows from all that. */

#include <stdbool.h>
#include <stdint.h>

#include "lib/actions.h"
#include "lib/expr.h"
#include "lib/inc.h"
#include "openvswitch/ofpbuf.h"
#include "openvswitch/shash.h"

struct local_dp;

/* lflow-parse.c */

/* What a logical flow says on this chassis, in any datapath. */
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
 * or NULL if it can.  The caller must declare what template.h says, and the
 * use of lflow_options_fact. */
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
    const struct uuid *lflow;   /* Logical_Flow. */
    enum mf_field_id local_field; /* No VIF elsewhere is in it, see lflow.h. */
    bool claims;                /* May the caller claim something? */
    bool sets_known;            /* Are the members of large sets known?  (Set
                                 * by who runs behind the claims of them.) */
};

/* Members of "struct expr_env" and of "struct actions_encode_params", with a
 * struct lflow_env as 'aux'.  The caller must declare the use of vif_fact. */
bool lflow_lookup_port(void *env, const char *name, unsigned int *key);
bool lflow_is_resident(void *env, const char *name);

/* Is 'name' a VIF of the datapath that is not on this chassis?  The caller
 * must declare the use of vif_fact. */
bool lflow_port_is_elsewhere(const struct lflow_env *, const char *name);

/* Further members of "struct actions_encode_params".  The caller must declare
 * the use of place_fact, and groups_output and meters_output unless
 * env->claims is false. */
bool lflow_tunnel_ofport(void *env, const char *name, ofp_port_t *);
uint32_t lflow_group_id(void *env, const char *group);
uint32_t lflow_meter_id(void *env, const char *meter);
uint32_t lflow_named_meter_id(void *env, const char *name);
bool lflow_has_feature(void *env, const char *feature);

/* lflow-options.c */

/* All options, by name; the data are "struct dhcp_option"s. */
struct lflow_options {
    struct shash dhcp, dhcpv6;
    uint64_t digest;
};

/* Fact over chassis_cfg_table: a pointer, never NULL. */
struct lflow_options_value {
    struct lflow_options *options;
};
extern struct inc_family lflow_options_fact;
const struct lflow_options *lflow_options(struct inc_cx *);

/* lflow-sets.c */

/* Further members of "struct expr_env".  The caller must declare the use of
 * the facts below. */
const struct expr_constants *lflow_address_set(void *env, const char *name);
const char *const *lflow_port_group(void *env, const char *name);
bool lflow_is_open(void *env, bool group, const char *name);
bool lflow_is_possible(void *env, enum mf_field_id, bool group,
                       const char *name);

/* Facts over Address_Set: its members; over Address_Set and Port_Group: is it
 * large? */
extern struct inc_family lflow_set_fact;
extern struct inc_family lflow_large_set_fact;
extern struct inc_family lflow_large_group_fact;
#define LFLOW_SET_FACTS \
    &lflow_set_fact, &lflow_large_set_fact, &lflow_large_group_fact

/* Who comes behind the claims must declare the use of this, too, and to read
 * lflow_large_set_table. */
extern struct inc_family lflow_populated_fact;

struct lflow_instance;

/* Claims that the members of the large sets of 'instance' get flows.  Returns
 * false if it has none; otherwise its own flows are to be made when it is
 * known what has members here: for its row of lflow_open_table.  The caller
 * must declare the outputs below. */
bool lflow_use_large_sets(struct inc_cx *, const struct lflow_instance *);
#define LFLOW_SET_OUTPUTS \
    &lflow_set_use_table.output, &lflow_large_set_table.output, \
    &lflow_open_table.output
extern struct inc_table lflow_set_use_table;
extern struct inc_table lflow_large_set_table;

/* Derived table: instances with large sets.  The value is a
 * "struct lflow_pair". */
extern struct inc_table lflow_open_table;
struct lflow_pair {
    struct inc_ref lflow;       /* Logical_Flow. */
    struct inc_ref dp;          /* local_dp_table. */
};

void lflow_sets_add(struct inc *);

/* lflow.c */

/* A logical flow in a datapath.  Points into itself. */
struct lflow_instance {
    struct inc_ref row;         /* Logical_Flow. */
    struct inc_ref dp_row;      /* Of local_dp_table. */
    const struct lflow *lflow;
    const struct local_dp *dp;
    uint8_t oftable;
    uint16_t priority;
    struct lflow_env env;
    struct expr_env expr_env;
};

/* Initializes '*in' for logical flow 'row' in the datapath 'dp_row', a row of
 * local_dp_table.  'claims' is true for a unit.  Returns false if it makes no
 * flows there; then in->lflow is NULL if it cannot be parsed. */
bool lflow_instance_init(struct lflow_instance *in, struct inc_cx *,
                         struct inc_ref dp_row, struct inc_ref row,
                         bool claims);

/* Appends what the flows of 'in' do, a content as wire.h has it, to 'content'.
 * Returns NULL, or an error that the caller must free. */
char *lflow_encode(struct lflow_instance *in, struct ofpbuf *content);

/* Returns a copy of the '*n' 'terms' with one more, that the packet be in the
 * datapath with key 'dp_key', and room for another one.  Adds 1 to '*n'. */
struct expr_term *lflow_terms(struct inc_cx *, uint32_t dp_key,
                              const struct expr_term *terms, size_t *n);

#endif /* controller/lflow-private.h */
