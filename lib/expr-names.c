/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* What the names in an expression mean: ports, residents, members of address
 * sets and port groups.  See lib/expr-resolver.h. */

#include <config.h>
#include "lib/expr-resolver.h"

#include <stdlib.h>
#include <string.h>
#include "lib/u128.h"
#include "openvswitch/meta-flow.h"
#include "util.h"

static void
add_value(struct values *values, uint32_t key, ovs_u128 value, ovs_u128 mask)
{
    if (values->n >= values->allocated) {
        values->v = x2nrealloc(values->v, &values->allocated,
                               sizeof *values->v);
    }
    values->v[values->n++] = (struct expr_term) {
        .key = key, .value = value, .mask = mask
    };
}

/* Replaces each of 'values' by what of it does not match 'c', whose mask is
 * not a prefix. */
static void
subtract(struct values *values, const struct expr_dim *dim,
         const struct expr_constant *c)
{
    struct values out = { .n = 0 };

    for (size_t i = 0; i < values->n; i++) {
        /* "Not all bits are equal" is: the first bit differs, or the first is
         * equal and the second differs, and so on. */
        struct expr_term t = values->v[i];
        unsigned int bit;

        for (bit = dim->n_bits; bit-- > 0; ) {
            if (!u128_bit(c->mask, bit)) {
                continue;
            }
            ovs_u128 m = u128_shl(u128_from_u64(1), dim->ofs + bit);
            ovs_u128 v = u128_bit(c->value, bit) ? m : OVS_U128_ZERO;
            ovs_u128 other = u128_xor(v, m);
            ovs_u128 fixed = ovs_u128_and(t.mask, m);

            if (!ovs_u128_is_zero(fixed)) {
                if (!ovs_u128_equals(ovs_u128_and(t.value, m), v)) {
                    add_value(&out, t.key, t.value, t.mask);
                    break;
                }
                continue;
            }
            add_value(&out, t.key, u128_or(t.value, other),
                      u128_or(t.mask, m));
            t.value = u128_or(t.value, v);
            t.mask = u128_or(t.mask, m);
        }
        if (out.n > EXPR_MAX_MATCHES) {
            break;
        }
    }
    free(values->v);
    *values = out;
}

static bool
is_prefix_mask(ovs_u128 mask, unsigned int width)
{
    ovs_u128 wild = ovs_u128_and(u128_not(mask), u128_ones(width));

    return ovs_u128_is_zero(ovs_u128_and(wild, u128_inc(wild)));
}

/* The values not in 'set'. */
static void
resolve_negated_set(struct resolver *r, const struct expr_generator *gen,
                    const struct expr_constants *set, struct values *values)
{
    const struct expr_dim *dim = &gen->dim;
    struct expr_ranges in = {
        .r = expr_alloc(&r->arena, set->n * sizeof *in.r)
    };

    for (size_t i = 0; i < set->n; i++) {
        const struct expr_constant *c = &set->constants[i];

        if (c->width == dim->n_bits && is_prefix_mask(c->mask, c->width)) {
            ovs_u128 wild = ovs_u128_and(u128_not(c->mask),
                                         u128_ones(c->width));
            in.r[in.n++] = (struct expr_range) {
                c->value, u128_or(c->value, wild)
            };
        }
    }
    expr_ranges_sort(&in, true);

    struct expr_ranges out = expr_ranges_complement(&r->arena, &in,
                                                    dim->n_bits);
    for (size_t i = 0; i < out.n; i++) {
        const struct expr_range *x = &out.r[i];

        for (ovs_u128 lo = x->lo; ; lo = u128_inc(lo)) {
            unsigned int bits = expr_prefix_bits(lo, x->hi, dim->n_bits);
            ovs_u128 mask = u128_xor(u128_ones(dim->n_bits), u128_ones(bits));

            add_value(values, EXPR_KEY_MF | dim->mf, u128_shl(lo, dim->ofs),
                      u128_shl(mask, dim->ofs));
            lo = u128_or(lo, u128_ones(bits));
            if (ovs_u128_equals(lo, x->hi)) {
                break;
            }
        }
    }

    for (size_t i = 0; i < set->n; i++) {
        const struct expr_constant *c = &set->constants[i];

        if (c->width == dim->n_bits && !is_prefix_mask(c->mask, c->width)) {
            subtract(values, dim, c);
        }
    }
}

static void
resolve_set(struct resolver *r, const struct expr_generator *gen,
            struct values *values)
{
    const struct expr_env *env = r->env;
    const struct expr_constants *set
        = env->address_set ? env->address_set(env->aux, gen->name) : NULL;

    if (!set) {
        r->error = xasprintf("address set $%s does not exist", gen->name);
        return;
    }
    for (size_t i = 0; i < set->n; i++) {
        const struct expr_constant *c = &set->constants[i];

        if (c->width != gen->dim.n_bits) {
            r->out->n_unfit++;
        } else if (!gen->negated) {
            add_value(values, EXPR_KEY_MF | gen->dim.mf,
                      u128_shl(c->value, gen->dim.ofs),
                      u128_shl(c->mask, gen->dim.ofs));
        }
    }
    if (gen->negated) {
        resolve_negated_set(r, gen, set, values);
    }
}

static bool
lookup_port(const struct resolver *r, const char *name, unsigned int *key)
{
    return r->env->lookup_port && r->env->lookup_port(r->env->aux, name, key);
}

bool
expr_is_possible(const struct resolver *r, enum mf_field_id mf, bool group,
                 const char *name)
{
    const struct expr_env *env = r->env;

    return !env->is_possible || env->is_possible(env->aux, mf, group, name);
}

static void
resolve_group(struct resolver *r, const struct expr_generator *gen,
              struct values *values)
{
    const struct expr_env *env = r->env;
    const char *const *group = (env->port_group
                                ? env->port_group(env->aux, gen->name) : NULL);

    if (!group) {
        r->error = xasprintf("port group @%s does not exist", gen->name);
        return;
    }
    for (; *group; group++) {
        unsigned int key;

        if (lookup_port(r, *group, &key)
            && expr_is_possible(r, gen->dim.mf, false, *group)) {
            add_value(values, EXPR_KEY_MF | gen->dim.mf, u128_from_u64(key),
                      u128_ones(gen->dim.n_bits));
        }
    }
}

/* Finds out what all names in the expression mean. */
void
expr_resolve_names(struct resolver *r)
{
    const struct expr *expr = r->expr;

    r->ports = expr_alloc(&r->arena, expr->ports.n * sizeof *r->ports);
    for (size_t i = 0; i < expr->ports.n; i++) {
        r->ports[i].exists = lookup_port(r, expr->ports.names[i],
                                         &r->ports[i].key);
    }

    r->residents = expr_alloc(&r->arena,
                              expr->residents.n * sizeof *r->residents);
    for (size_t i = 0; i < expr->residents.n; i++) {
        r->residents[i] = (r->env->is_chassis_resident
                           && r->env->is_chassis_resident(
                               r->env->aux, expr->residents.names[i]));
    }

    r->open = expr_alloc(&r->arena, expr->n_generators * sizeof *r->open);
    r->values = xcalloc(MAX(expr->n_generators, 1), sizeof *r->values);
    for (size_t i = 0; i < expr->n_generators && !r->error; i++) {
        const struct expr_generator *gen = &expr->generators[i];

        r->open[i] = false;
        if (gen->op == EXPR_GROUP
            && !expr_is_possible(r, gen->dim.mf, true, gen->name)) {
            continue;
        }
        r->open[i] = (gen->openable && r->env->is_open
                      && r->env->is_open(r->env->aux, gen->op == EXPR_GROUP,
                                         gen->name));
        if (r->open[i]) {
            continue;
        } else if (gen->op == EXPR_SET) {
            resolve_set(r, gen, &r->values[i]);
        } else {
            resolve_group(r, gen, &r->values[i]);
        }
    }
}

void
expr_forget_names(struct resolver *r)
{
    for (size_t i = 0; r->values && i < r->expr->n_generators; i++) {
        free(r->values[i].v);
    }
    free(r->values);
}
