/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Whether an expression is true for one packet, without any OpenFlow matches:
 * for ovn-trace, which asks about many expressions and few packets.  See
 * lib/expr.h. */

#include <config.h>
#include "lib/expr-private.h"

#include <stdlib.h>
#include <string.h>
#include "flow.h"
#include "lib/u128.h"
#include "openvswitch/meta-flow.h"
#include "util.h"

/* A question: is this true for that packet? */
struct question {
    const struct expr *expr;
    const struct expr_env *env;
    const struct flow *flow;
};

static ovs_u128
get_field(const struct question *q, enum mf_field_id id)
{
    const struct mf_field *mf = mf_from_id(id);
    union mf_value value;

    mf_get_value(mf, q->flow, &value);
    return u128_get_be(&value, mf->n_bytes);
}

static bool
is_port(const struct question *q, enum mf_field_id id, const char *name)
{
    const struct expr_env *env = q->env;
    unsigned int key;

    return (env->lookup_port && env->lookup_port(env->aux, name, &key)
            && get_field(q, id).u64.lo == key);
}

static bool
is_resident(const struct question *q, const char *name)
{
    const struct expr_env *env = q->env;

    return (env->is_chassis_resident
            && env->is_chassis_resident(env->aux, name));
}

static const struct expr_constants *
find_set(const struct expr_env *env, const char *name)
{
    return env->address_set ? env->address_set(env->aux, name) : NULL;
}

static const char *const *
find_group(const struct expr_env *env, const char *name)
{
    return env->port_group ? env->port_group(env->aux, name) : NULL;
}

/* Whether the bits of 'gen' are those of a member of its address set. */
static bool
is_in_set(const struct question *q, const struct expr_generator *gen)
{
    const struct expr_dim *dim = &gen->dim;
    const struct expr_constants *set = find_set(q->env, gen->name);
    ovs_u128 value = ovs_u128_and(u128_shr(get_field(q, dim->mf), dim->ofs),
                                  u128_ones(dim->n_bits));

    for (size_t i = 0; i < set->n; i++) {
        const struct expr_constant *c = &set->constants[i];

        if (c->width == dim->n_bits
            && ovs_u128_equals(ovs_u128_and(value, c->mask),
                               ovs_u128_and(c->value, c->mask))) {
            return true;
        }
    }
    return false;
}

static bool
is_in_group(const struct question *q, const struct expr_generator *gen)
{
    for (const char *const *p = find_group(q->env, gen->name); *p; p++) {
        if (is_port(q, gen->dim.mf, *p)) {
            return true;
        }
    }
    return false;
}

static bool
evaluate_term(const struct question *q, const struct expr_term *term)
{
    uint32_t index = term->key & EXPR_KEY_INDEX;
    const struct expr *expr = q->expr;
    const struct expr_generator *gen;

    switch (term->key & EXPR_KEY_TYPE) {
    case EXPR_KEY_MF:
        return ovs_u128_equals(ovs_u128_and(get_field(q, index), term->mask),
                               term->value);
    case EXPR_KEY_PORT:
        return is_port(q, index, expr->ports.names[term->value.u64.lo]);
    case EXPR_KEY_RESIDENT:
        return (is_resident(q, expr->residents.names[index])
                == (term->value.u64.lo != 0));
    case EXPR_KEY_GEN:
        gen = &expr->generators[index];
        return (gen->op == EXPR_SET ? is_in_set(q, gen) != gen->negated
                : is_in_group(q, gen));
    default:
        OVS_NOT_REACHED();
    }
}

static bool
evaluate_cube(const struct question *q, const struct expr_cube *cube)
{
    for (size_t i = 0; i < cube->n; i++) {
        if (!evaluate_term(q, &cube->terms[i])) {
            return false;
        }
    }
    return true;
}

static bool
evaluate_clause(const struct question *q, const struct expr_clause *clause)
{
    for (size_t i = 0; i < clause->n; i++) {
        if (evaluate_cube(q, clause->cubes[i])) {
            return true;
        }
    }
    return false;
}

static bool
evaluate_conjunction(const struct question *q,
                     const struct expr_conjunction *conj)
{
    if (!evaluate_cube(q, conj->base)) {
        return false;
    }
    for (size_t i = 0; i < conj->n; i++) {
        if (!evaluate_clause(q, &conj->clauses[i])) {
            return false;
        }
    }
    return true;
}

static bool
evaluate(const struct question *q)
{
    if (evaluate_clause(q, &q->expr->plain)) {
        return true;
    }
    for (size_t i = 0; i < q->expr->n_conjs; i++) {
        if (evaluate_conjunction(q, &q->expr->conjs[i])) {
            return true;
        }
    }
    return false;
}

char *
expr_evaluate(const struct expr *expr, const struct expr_env *env,
              const struct flow *flow, bool *result)
{
    const struct question q = { .expr = expr, .env = env, .flow = flow };

    *result = false;
    for (size_t i = 0; i < expr->n_generators; i++) {
        const struct expr_generator *gen = &expr->generators[i];

        if (gen->op == EXPR_SET && !find_set(env, gen->name)) {
            return xasprintf("address set $%s does not exist", gen->name);
        } else if (gen->op == EXPR_GROUP && !find_group(env, gen->name)) {
            return xasprintf("port group @%s does not exist", gen->name);
        }
    }
    *result = evaluate(&q);
    return NULL;
}
