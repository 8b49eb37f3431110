/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Address sets and port groups in logical flows; see lflow-private.h.
 *
 * A small set is a value: the logical flows that name it are instantiated with
 * all of its members, and instantiated again when one changes.
 *
 * A set of LARGE_SET members or more is *open* where the expression allows it
 * (see lib/expr.h): the logical flow is instantiated without the members, and
 * each member adds its own flows:
 *
 *     dp_lflow        claims that the pair of logical flow and datapath uses
 *                     the set (set_use), that the set is wanted (large_set),
 *                     and that the pair has such sets (open_lflow)
 *     set_element     a table with a row for each text in a set that is wanted
 *     set_member      claims what one of them means, a member (set_member)
 *     open_lflow      emits what does not depend on members
 *     set_holes       what the flows of a member have in common: a fact for
 *                     each use
 *     member_flows    emits the flows of one member in one use
 *
 * So one member more is: one run of 'set_member', and for each use one unit
 * and its flow.  What grows with the size of the set is only that the engine
 * compares two arrays of pointers to see what is new, and what the IDL does,
 * which hands over the column as a whole.
 *
 * A port group that is compared to the field that VIFs elsewhere cannot be in
 * (lflow.h) is another set than the same group compared to other fields: those
 * VIFs are no members.  While no member is left, nothing that needs one makes
 * flows.
 *
 * A set that grows from small to large, or back, or from no member to one,
 * costs instantiating what uses it. */

#include <config.h>

#include "controller/lflow-private.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "controller/flows.h"
#include "controller/local.h"
#include "lib/u128.h"
#include "openvswitch/match.h"
#include "openvswitch/ofp-actions.h"
#include "ovsdb/sb-inc.h"
#include "svec.h"
#include "util.h"
#include "uuid.h"

/* Members from which on a set is large.  Not less than makes conjunctive
 * matches better than products, which are not considered for open sets; not
 * more than is cheap to instantiate as a whole. */
#define LARGE_SET 64

/* Members of an address set, and what is wrong with those that are none.  Fact
 * over Address_Set. */
struct set_value {
    struct expr_constants *constants;
    struct svec errors;
};

static void
set_value_free(void *value_)
{
    struct set_value *value = value_;
    free(value->constants);
    svec_destroy(&value->errors);
}

static bool
set_value_equal(const void *a_, const void *b_)
{
    const struct set_value *set_a = a_;
    const struct set_value *set_b = b_;
    const struct expr_constants *a = set_a->constants;
    const struct expr_constants *b = set_b->constants;

    return (svec_equal(&set_a->errors, &set_b->errors)
            && (a == b
                || (a && b && a->n == b->n
                    && !memcmp(a->constants, b->constants,
                               a->n * sizeof *a->constants))));
}

static void
set_compute(struct inc_cx *cx, struct inc_ref row, void *value_)
{
    struct set_value *value = value_;
    size_t n;
    const char *const *texts = sb_address_set_addresses(cx, row, &n);

    value->constants = expr_constants_parse(texts, n, &value->errors);
}

struct inc_family lflow_set_fact = {
    .name = "address_set",
    .over = &sb_address_set_table,
    .fact = set_compute,
    .fact_size = sizeof(struct set_value),
    .fact_free = set_value_free,
    .fact_equal = set_value_equal,
};

/* Facts over Address_Set and Port_Group: is it large? */
struct large_value {
    uint32_t large;
};

static void
large_set_compute(struct inc_cx *cx, struct inc_ref row, void *value_)
{
    struct large_value *value = value_;
    size_t n;

    sb_address_set_addresses(cx, row, &n);
    value->large = n >= LARGE_SET;
}

static void
large_group_compute(struct inc_cx *cx, struct inc_ref row, void *value_)
{
    struct large_value *value = value_;
    size_t n;

    sb_pg_ports(cx, row, &n);
    value->large = n >= LARGE_SET;
}

struct inc_family lflow_large_set_fact = {
    .name = "is_large_set",
    .over = &sb_address_set_table,
    .fact = large_set_compute,
    .fact_size = sizeof(struct large_value),
};

struct inc_family lflow_large_group_fact = {
    .name = "is_large_group",
    .over = &sb_pg_table,
    .fact = large_group_compute,
    .fact_size = sizeof(struct large_value),
};

/* The row of set '$name', or INC_NONE. */
static struct inc_ref
find_set(const struct lflow_env *env, const char *name)
{
    return inc_find_string(env->cx, &sb_address_set_by_name, name);
}

/* The row of group '@name', or INC_NONE.  In the Southbound database there is
 * a row for each datapath that a port group has ports on, named
 * "<tunnel key>_<name>". */
static struct inc_ref
find_group(const struct lflow_env *env, const char *name)
{
    const char *full_name = inc_sprintf(env->cx, "%"PRIu32"_%s", env->dp_key,
                                        name);
    struct inc_ref row = inc_find_string(env->cx, &sb_pg_by_name, full_name);

    return row.id ? row : inc_find_string(env->cx, &sb_pg_by_name, name);
}

/* Claims a warning about each member of the set 'name' that is not an
 * address. */
static void
warn_about_members(struct inc_cx *cx, const char *name,
                   const struct svec *errors)
{
    const char *error;
    size_t i;

    SVEC_FOR_EACH (i, error, errors) {
        inc_warn(cx, "address set %s: %s", name, error);
    }
}

const struct expr_constants *
lflow_address_set(void *env_, const char *name)
{
    const struct lflow_env *env = env_;
    struct inc_ref row = find_set(env, name);
    const struct set_value *value = inc_fact(env->cx, &lflow_set_fact, row);

    if (env->claims) {
        warn_about_members(env->cx, name, &value->errors);
    }
    return row.id ? value->constants : NULL;
}

const char *const *
lflow_port_group(void *env_, const char *name)
{
    const struct lflow_env *env = env_;
    struct inc_ref row = find_group(env, name);

    if (!row.id) {
        return NULL;
    }

    size_t n;
    const char *const *ports = sb_pg_ports(env->cx, row, &n);
    const char **copy = inc_alloc(env->cx, (n + 1) * sizeof *copy);
    for (size_t i = 0; i < n; i++) {
        copy[i] = ports[i];
    }
    copy[n] = NULL;
    return copy;
}

/* Returns the row of '$name' ('@name' if 'group') if it is large, otherwise
 * INC_NONE. */
static struct inc_ref
find_large(const struct lflow_env *env, bool group, const char *name)
{
    struct inc_ref row = (group ? find_group(env, name)
                          : find_set(env, name));
    const struct large_value *value
        = inc_fact(env->cx, (group ? &lflow_large_group_fact
                             : &lflow_large_set_fact), row);

    return value->large ? row : INC_NONE;
}

bool
lflow_is_open(void *env, bool group, const char *name)
{
    return find_large(env, group, name).id != 0;
}

/* The members of large sets. */

/* A set.  The members of a port group are looked up in a datapath, so with it
 * belongs that. */
struct set_id {
    struct uuid set;            /* Address_Set or Port_Group row. */
    struct uuid dp;             /* Port_Group: Datapath_Binding row. */
    uint32_t local;             /* Port_Group: without VIFs elsewhere? */
};

static bool
is_group(const struct set_id *id)
{
    return !uuid_is_zero(&id->dp);
}

/* Derived table: large sets that are used.  Key: struct set_id. */
struct large_set {
    struct inc_ref row;         /* Address_Set or Port_Group. */
};
struct inc_table lflow_large_set_table = {
    .name = "large_set",
    .kind = INC_DERIVED,
    .key_size = sizeof(struct set_id),
    .value_size = sizeof(struct large_set),
};

/* Derived table: the members of these. */
struct set_member {
    struct set_id id;
    uint32_t width;
    ovs_u128 value, mask;
};
BUILD_ASSERT_DECL(sizeof(struct set_member)
                  == sizeof(struct set_id) + 2 * sizeof(ovs_u128) + 4);
static struct inc_table set_member_table = {
    .name = "set_member",
    .kind = INC_DERIVED,
    .key_size = sizeof(struct set_member),
};

/* The elements of large sets, as they are written in the database. */
static const struct ovsdb_datum *
large_set_elements(struct inc_cx *cx, struct inc_ref large)
{
    const struct large_set *value = inc_value(cx, large);

    return (is_group(inc_key(cx, large))
            ? sb_pg_ports_set(cx, value->row)
            : sb_address_set_addresses_set(cx, value->row));
}

static struct inc_table set_element_table = {
    .name = "set_element",
    .kind = INC_ELEMENTS,
    .of = &lflow_large_set_table,
    .elements = large_set_elements,
};

static void
derive_member(struct inc_cx *cx, const struct set_id *id, ovs_u128 value,
              ovs_u128 mask, uint32_t width)
{
    const struct set_member member = {
        .id = *id,
        .value = ovs_u128_and(value, mask),
        .mask = mask,
        .width = width,
    };

    inc_derive(cx, &set_member_table, &member, NULL);
}

/* Claims the member 'address' of the address set 'large'. */
static void
address_member(struct inc_cx *cx, struct inc_ref large, const char *address)
{
    struct svec errors = SVEC_EMPTY_INITIALIZER;
    struct expr_constants *set = expr_constants_parse(&address, 1, &errors);

    for (size_t i = 0; i < set->n; i++) {
        const struct expr_constant *c = &set->constants[i];

        derive_member(cx, inc_key(cx, large), c->value, c->mask, c->width);
    }
    if (!svec_is_empty(&errors)) {
        const struct large_set *value = inc_value(cx, large);

        warn_about_members(cx, sb_address_set_name(cx, value->row), &errors);
    }
    free(set);
    svec_destroy(&errors);
}

/* Claims the member 'port' of the port group 'large', if it is in the
 * datapath, and not elsewhere if that matters. */
static void
port_member(struct inc_cx *cx, struct inc_ref large, const char *port)
{
    const struct set_id *id = inc_key(cx, large);
    struct lflow_env env = { .cx = cx, .dp = &id->dp };
    unsigned int key;

    if (lflow_lookup_port(&env, port, &key)
        && !(id->local && lflow_port_is_elsewhere(&env, port))) {
        derive_member(cx, id, u128_from_u64(key), u128_ones(32), 32);
    }
}

/* Unit over set_element. */
static void
set_member(struct inc_cx *cx, struct inc_ref element)
{
    struct inc_ref large = inc_element_of(cx, element);
    const char *text = inc_element(cx, element);

    if (is_group(inc_key(cx, large))) {
        port_member(cx, large, text);
    } else {
        address_member(cx, large, text);
    }
}

static struct inc_family set_member_unit = {
    .name = "set_member",
    .over = &set_element_table,
    .uses = INC_USES(&vif_fact),
    .reads = INC_READS(&lflow_large_set_table),
    .emits = INC_EMITS(&set_member_table.output),
    .unit = set_member,
};

static void
set_member_keys(struct inc_cx *cx, struct inc_ref row, struct inc_keys *keys)
{
    const struct set_member *member = inc_key(cx, row);

    inc_key_add(keys, &member->id, sizeof member->id);
}

static struct inc_index set_member_by_set = {
    .name = "set_member_by_set",
    .table = &set_member_table,
    .keys = set_member_keys,
};

/* Fact over large_set: has it any members? */
struct populated_value {
    uint32_t populated;
};

static void
populated_compute(struct inc_cx *cx, struct inc_ref large, void *value_)
{
    struct populated_value *value = value_;
    const struct set_id *id = inc_key(cx, large);

    value->populated = inc_find(cx, &set_member_by_set, id,
                                sizeof *id).id != 0;
}

struct inc_family lflow_populated_fact = {
    .name = "is_populated_set",
    .over = &lflow_large_set_table,
    .reads = INC_READS(&set_member_table),
    .fact = populated_compute,
    .fact_size = sizeof(struct populated_value),
};

/* What the engine knows of set 'row', in the datapath of 'env', by. */
static struct set_id
make_id(const struct lflow_env *env, struct inc_ref row, bool group,
        bool local)
{
    struct set_id id = { .set = *inc_uuid(env->cx, row), .local = local };

    if (group) {
        id.dp = *env->dp;
    }
    return id;
}

/* Can 'env->local_field' be one of the ports of '@name'?  Only known of open
 * groups; others have few members, which are asked for one by one. */
static bool
group_is_possible(const struct lflow_env *env, const char *name)
{
    struct inc_ref row = (env->sets_known ? find_large(env, true, name)
                          : INC_NONE);

    if (!row.id) {
        return true;
    }

    struct set_id id = make_id(env, row, true, true);
    struct inc_ref large = inc_lookup(env->cx, &lflow_large_set_table, &id);
    const struct populated_value *value
        = inc_fact(env->cx, &lflow_populated_fact, large);

    return !large.id || value->populated;
}

bool
lflow_is_possible(void *env_, enum mf_field_id mf, bool group,
                  const char *name)
{
    const struct lflow_env *env = env_;

    if (mf != env->local_field) {
        return true;
    }
    return (group ? group_is_possible(env, name)
            : !lflow_port_is_elsewhere(env, name));
}

/* Uses of large sets. */

/* Derived table: which instances use which sets.  The value is a
 * "struct lflow_pair". */
struct set_use_key {
    struct set_id id;
    struct uuid lflow;          /* Logical_Flow row. */
    struct uuid dp;             /* Datapath_Binding row. */
    uint32_t group;             /* Is it a port group? */
    uint32_t name;              /* Index into expr_port_groups() or
                                 * expr_address_sets(). */
};
struct inc_table lflow_set_use_table = {
    .name = "set_use",
    .kind = INC_DERIVED,
    .key_size = sizeof(struct set_use_key),
    .value_size = sizeof(struct lflow_pair),
};

struct open_key {
    struct uuid lflow;          /* Logical_Flow row. */
    struct uuid dp;             /* Datapath_Binding row. */
};
struct inc_table lflow_open_table = {
    .name = "open_lflow",
    .kind = INC_DERIVED,
    .key_size = sizeof(struct open_key),
    .value_size = sizeof(struct lflow_pair),
};

/* The names that 'expr' has of address sets, or of port groups. */
static const char *const *
set_names(const struct expr *expr, bool group)
{
    return group ? expr_port_groups(expr) : expr_address_sets(expr);
}

/* Claims that 'in' uses 'set', which is number 'name' of its address sets, or
 * port groups. */
static void
use_set(struct inc_cx *cx, const struct lflow_instance *in, struct inc_ref set,
        bool group, uint32_t name, bool local)
{
    const struct set_use_key key = {
        .id = make_id(&in->env, set, group, local),
        .lflow = *inc_uuid(cx, in->row),
        .dp = *in->env.dp,
        .group = group,
        .name = name,
    };
    const struct lflow_pair use = { .lflow = in->row, .dp = in->dp_row };
    const struct large_set large = { .row = set };

    inc_derive(cx, &lflow_set_use_table, &key, &use);
    inc_derive(cx, &lflow_large_set_table, &key.id, &large);
}

/* Claims that 'in' uses number 'name' of its port groups, or address sets, if
 * it is open, and returns whether it is.  A port group may be compared to
 * fields that VIFs elsewhere can be in, and to the one that they cannot be
 * in. */
static bool
use_set_if_open(struct inc_cx *cx, const struct lflow_instance *in, bool group,
                uint32_t name)
{
    const struct expr *expr = in->lflow->expr;
    const char *s = set_names(expr, group)[name];
    struct inc_ref set = (expr_can_be_open(expr, group, s)
                          ? find_large(&in->env, group, s) : INC_NONE);

    if (!set.id) {
        return false;
    }
    for (int local = 0; local < 2; local++) {
        if (group
            ? expr_compares_group(expr, s, in->env.local_field, !local)
            : !local) {
            use_set(cx, in, set, group, name, local);
        }
    }
    return true;
}

bool
lflow_use_large_sets(struct inc_cx *cx, const struct lflow_instance *in)
{
    const struct open_key key = {
        .lflow = *inc_uuid(cx, in->row), .dp = *in->env.dp
    };
    const struct lflow_pair pair = { .lflow = in->row, .dp = in->dp_row };
    bool any = false;

    for (int group = 0; group < 2; group++) {
        const char *const *names = set_names(in->lflow->expr, group);

        for (uint32_t i = 0; names[i]; i++) {
            any |= use_set_if_open(cx, in, group, i);
        }
    }
    if (any) {
        inc_derive(cx, &lflow_open_table, &key, &pair);
    }
    return any;
}

/* Fact over set_use: what the flows of all members have in common.  NULL if
 * there are none. */
struct holes {
    uint32_t dp_key;
    uint32_t conj_base;         /* Number of the first conjunctive match. */
    uint16_t priority;
    uint8_t oftable;
    enum mf_field_id local_field;
    struct ofpbuf content;
    struct expr_holes *holes;
};
struct holes_value {
    struct holes *holes;
};

static void
holes_value_free(void *value_)
{
    struct holes_value *value = value_;
    struct holes *holes = value->holes;

    if (holes) {
        ofpbuf_uninit(&holes->content);
        free(holes->holes);
        free(holes);
    }
}

static bool
holes_value_equal(const void *a_, const void *b_)
{
    const struct holes *a = ((const struct holes_value *) a_)->holes;
    const struct holes *b = ((const struct holes_value *) b_)->holes;

    return (a == b
            || (a && b
                && a->dp_key == b->dp_key
                && a->conj_base == b->conj_base
                && a->priority == b->priority
                && a->oftable == b->oftable
                && a->local_field == b->local_field
                && ofpbuf_equal(&a->content, &b->content)
                && a->holes->size == b->holes->size
                && !memcmp(a->holes, b->holes, a->holes->size)));
}

static void
holes_compute(struct inc_cx *cx, struct inc_ref row, void *value_)
{
    const struct set_use_key *key = inc_key(cx, row);
    const struct lflow_pair *use = inc_value(cx, row);
    struct holes_value *value = value_;
    struct lflow_instance in;

    if (!lflow_instance_init(&in, cx, use->dp, use->lflow, false)) {
        return;
    }
    in.env.sets_known = true;

    const char *name = set_names(in.lflow->expr, key->group)[key->name];
    struct expr_holes *expr_holes = expr_to_holes(in.lflow->expr, &in.expr_env,
                                                  key->group, name);
    if (!expr_holes) {
        return;
    }

    struct holes *holes = xmalloc(sizeof *holes);
    *holes = (struct holes) {
        .dp_key = in.dp->key,
        .conj_base = lflow_first_conj_id(cx, in.row),
        .priority = in.priority,
        .oftable = in.oftable,
        .local_field = in.env.local_field,
        .holes = expr_holes,
    };
    ofpbuf_init(&holes->content, 0);
    value->holes = holes;

    char *error = lflow_encode(&in, &holes->content);
    if (error) {
        holes_value_free(value);
        value->holes = NULL;
        free(error);
    } else {
        ofpbuf_trim(&holes->content);
    }
}

static struct inc_family holes_fact = {
    .name = "set_holes",
    .over = &lflow_set_use_table,
    .uses = INC_USES(&lflow_fact, &place_fact, &vif_fact, LFLOW_SET_FACTS,
                     &lflow_populated_fact),
    .reads = INC_READS(&local_dp_table, &lflow_conj_table,
                       &lflow_large_set_table),
    .fact = holes_compute,
    .fact_size = sizeof(struct holes_value),
    .fact_free = holes_value_free,
    .fact_equal = holes_value_equal,
};

/* Flows of members. */

static void
set_use_keys(struct inc_cx *cx, struct inc_ref row, struct inc_keys *keys)
{
    const struct set_use_key *key = inc_key(cx, row);

    inc_key_add(keys, &key->id, sizeof key->id);
}

static struct inc_index set_use_by_set = {
    .name = "set_use_by_set",
    .table = &lflow_set_use_table,
    .keys = set_use_keys,
};

/* Uses of sets, and the sets' members. */
static struct inc_table use_member_table = {
    .name = "use_member",
    .kind = INC_JOIN,
    .left = &set_use_by_set,
    .right = &set_member_by_set,
};

/* Emits the flows of 'member' in hole number 'i' of 'holes'. */
static void
fill_hole(struct inc_cx *cx, const struct holes *holes, size_t i,
          const struct expr_constant *member)
{
    struct expr_conj conj = holes->holes->holes[i].conj;
    struct expr_terms matches[2];
    size_t n = expr_hole_fill(holes->holes, i, member, matches);

    conj.id += holes->conj_base;
    for (size_t j = 0; j < n; j++) {
        struct expr_term *terms = lflow_terms(cx, holes->dp_key,
                                              matches[j].terms, &matches[j].n);

        if (conj.n_clauses) {
            flow_emit_conj(cx, holes->oftable, holes->priority, terms,
                           matches[j].n, &conj);
        } else {
            flow_emit_terms(cx, holes->oftable, holes->priority, terms,
                            matches[j].n, &holes->content);
        }
        free(matches[j].terms);
    }
}

/* Unit over use_member. */
static void
member_flows(struct inc_cx *cx, struct inc_ref pair)
{
    struct inc_ref use = inc_left(cx, pair);
    const struct set_use_key *key = inc_key(cx, use);
    const struct holes_value *value = inc_fact(cx, &holes_fact, use);
    const struct holes *holes = value->holes;
    const struct set_member *member = inc_key(cx, inc_right(cx, pair));
    const struct expr_constant constant = {
        .value = member->value,
        .mask = member->mask,
        .width = member->width,
    };

    for (size_t i = 0; holes && i < holes->holes->n; i++) {
        /* Without VIFs elsewhere, or with them? */
        bool local = holes->holes->holes[i].mf == holes->local_field;

        if (local == key->id.local) {
            fill_hole(cx, holes, i, &constant);
        }
    }
}

static struct inc_family member_flows_unit = {
    .name = "member_flows",
    .over = &use_member_table,
    .uses = INC_USES(&holes_fact),
    .reads = INC_READS(&lflow_set_use_table, &set_member_table),
    .emits = INC_EMITS(&flows_output),
    .unit = member_flows,
};

void
lflow_sets_add(struct inc *inc)
{
    inc_add_family(inc, &lflow_set_fact);
    inc_add_family(inc, &lflow_large_set_fact);
    inc_add_family(inc, &lflow_large_group_fact);
    inc_add_family(inc, &set_member_unit);
    inc_add_family(inc, &lflow_populated_fact);
    inc_add_family(inc, &holes_fact);
    inc_add_family(inc, &member_flows_unit);
}
