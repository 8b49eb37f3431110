/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Encodes matches in OXM.
 *
 * The library does that from a "struct match", which says something about
 * every field there is, so it takes long to make one and to look through it.
 * But the flows of one expression, and those of all expressions that northd
 * makes for one purpose, have the same shape: they are about the same bits of
 * the same fields.  So this has the library encode one match of each shape,
 * and finds out, by changing one bit after the other, where in the encoding
 * each byte of each value is.  Other matches of this shape are then made by
 * copying.
 *
 * Fields on whose values it depends how others are encoded (the type of the
 * Ethernet frame, and so on) belong to the shape, with their values.  A shape
 * for which this does not work (a VLAN's TCI is divided among two fields of
 * OpenFlow) is left to the library: every shape is tried out, with all bits
 * 0, all 1, and the values of the first match. */

#include <config.h>
#include "lib/expr-private.h"
#include "lib/expr-resolver.h"

#include <stdlib.h>
#include <string.h>
#include "hash.h"
#include "lib/u128.h"
#include "nx-match.h"
#include "openvswitch/hmap.h"
#include "openvswitch/meta-flow.h"
#include "openvswitch/ofpbuf.h"
#include "util.h"

/* Bytes of a value, right-aligned and in network byte order. */
#define VALUE_SIZE sizeof(ovs_u128)

/* So many shapes are remembered, and then all are forgotten. */
#define MAX_SHAPES 4096

/* Terms beyond this are left to the library. */
#define MAX_TERMS 32

/* Copy 'len' bytes from 'from' in the value of 'term' to 'to' in the
 * encoding. */
struct copy {
    uint16_t to;
    uint8_t term;
    uint8_t from;
    uint8_t len;
};

struct shape {
    struct hmap_node hmap_node;
    struct expr_term *terms;    /* Values are 0, except of fixed fields. */
    size_t n_terms;
    bool regular;               /* Are the rest valid? */
    struct ofpbuf oxm;          /* The encoding of 'terms'. */
    struct copy *copies;
    size_t n_copies, allocated_copies;
};

struct expr_oxm {
    struct hmap shapes;
    const struct shape *last;   /* The one used last. */
};

struct expr_oxm *
expr_oxm_create(void)
{
    struct expr_oxm *oxm = xmalloc(sizeof *oxm);

    *oxm = (struct expr_oxm) { .shapes = HMAP_INITIALIZER(&oxm->shapes) };
    return oxm;
}

static void
forget_all(struct expr_oxm *oxm)
{
    struct shape *shape;

    HMAP_FOR_EACH_POP (shape, hmap_node, &oxm->shapes) {
        free(shape->terms);
        free(shape->copies);
        ofpbuf_uninit(&shape->oxm);
        free(shape);
    }
    oxm->last = NULL;
}

void
expr_oxm_destroy(struct expr_oxm *oxm)
{
    if (oxm) {
        forget_all(oxm);
        hmap_destroy(&oxm->shapes);
        free(oxm);
    }
}

/* The library's encoding. */
static void
encode(const struct expr_term *terms, size_t n, struct ofpbuf *b)
{
    struct match match;

    expr_terms_to_match(terms, n, &match);
    oxm_put_raw(b, &match, OFP15_VERSION);
}

/* Does the value of the term's field belong to the shape? */
static bool
is_fixed(const struct expr_term *term)
{
    return expr_is_structural(term->key) || term->key == MFF_ARP_OP;
}

/* Byte 'i' of the VALUE_SIZE bytes of 'value'. */
static uint8_t
byte_at(ovs_u128 value, size_t i)
{
    return u128_shr(value, 8 * (VALUE_SIZE - 1 - i)).u64.lo;
}

static void
put_value(ovs_u128 value, uint8_t bytes[VALUE_SIZE])
{
    const ovs_be64 words[] = { htonll(value.u64.hi), htonll(value.u64.lo) };

    memcpy(bytes, words, sizeof words);
}

/* Appends the encoding of 'terms', which have the shape 'shape'. */
static void
copy_values(const struct shape *shape, const struct expr_term *terms,
            struct ofpbuf *b)
{
    uint8_t *out = ofpbuf_put(b, shape->oxm.data, shape->oxm.size);
    uint8_t values[MAX_TERMS][VALUE_SIZE];

    for (size_t i = 0; i < shape->n_terms; i++) {
        put_value(terms[i].value, values[i]);
    }
    for (size_t i = 0; i < shape->n_copies; i++) {
        const struct copy *c = &shape->copies[i];

        memcpy(out + c->to, &values[c->term][c->from], c->len);
    }
}

/* Learning. */

/* The index of the only byte in which 'a' and 'b' differ, by 'bits', or
 * SIZE_MAX. */
static size_t
find_difference(const struct ofpbuf *a_, const struct ofpbuf *b_, uint8_t bits)
{
    const uint8_t *a = a_->data;
    const uint8_t *b = b_->data;
    size_t at = SIZE_MAX;

    if (a_->size != b_->size) {
        return SIZE_MAX;
    }
    for (size_t i = 0; i < a_->size; i++) {
        if (a[i] != b[i]) {
            if (at != SIZE_MAX || (a[i] ^ b[i]) != bits) {
                return SIZE_MAX;
            }
            at = i;
        }
    }
    return at;
}

static void
add_copy(struct shape *shape, size_t term, size_t from, size_t to)
{
    struct copy *last = (shape->n_copies
                         ? &shape->copies[shape->n_copies - 1] : NULL);

    if (last && last->term == term && last->from + last->len == from
        && last->to + last->len == to) {
        last->len++;
        return;
    }
    if (shape->n_copies >= shape->allocated_copies) {
        shape->copies = x2nrealloc(shape->copies, &shape->allocated_copies,
                                   sizeof *shape->copies);
    }
    shape->copies[shape->n_copies++] = (struct copy) {
        .to = to, .term = term, .from = from, .len = 1
    };
}

/* Finds where the bytes of the value of term 'i' are. */
static bool
learn_term(struct shape *shape, size_t i)
{
    struct expr_term *term = &shape->terms[i];
    bool ok = true;

    for (size_t from = 0; from < VALUE_SIZE && ok; from++) {
        uint8_t mask = byte_at(term->mask, from);
        uint8_t bit = mask & -mask;
        uint64_t stub[64];
        struct ofpbuf b = OFPBUF_STUB_INITIALIZER(stub);

        if (mask) {
            term->value = u128_shl(u128_from_u64(bit),
                                   8 * (VALUE_SIZE - 1 - from));
            encode(shape->terms, shape->n_terms, &b);

            size_t to = find_difference(&shape->oxm, &b, bit);
            ok = to != SIZE_MAX;
            if (ok) {
                add_copy(shape, i, from, to);
            }
        }
        ofpbuf_uninit(&b);
    }
    term->value = OVS_U128_ZERO;
    return ok;
}

/* Is the encoding of 'terms' as the library makes it? */
static bool
works_for(const struct shape *shape, const struct expr_term *terms)
{
    uint64_t stub_a[64], stub_b[64];
    struct ofpbuf a = OFPBUF_STUB_INITIALIZER(stub_a);
    struct ofpbuf b = OFPBUF_STUB_INITIALIZER(stub_b);

    encode(terms, shape->n_terms, &a);
    copy_values(shape, terms, &b);
    bool equal = ofpbuf_equal(&a, &b);
    ofpbuf_uninit(&a);
    ofpbuf_uninit(&b);
    return equal;
}

/* Tries to make 'shape', which has its terms, regular; 'example' has this
 * shape. */
static void
learn(struct shape *shape, const struct expr_term *example)
{
    struct expr_term ones[MAX_TERMS];

    if (shape->n_terms > MAX_TERMS) {
        return;
    }
    encode(shape->terms, shape->n_terms, &shape->oxm);
    for (size_t i = 0; i < shape->n_terms; i++) {
        ones[i] = shape->terms[i];
        if (!is_fixed(&shape->terms[i])) {
            ones[i].value = ones[i].mask;
            if (!learn_term(shape, i)) {
                return;
            }
        }
    }
    shape->regular = works_for(shape, ones) && works_for(shape, example);
}

/* Shapes. */

static uint32_t
hash_shape(const struct expr_term *terms, size_t n)
{
    uint32_t hash = n;

    for (size_t i = 0; i < n; i++) {
        const struct expr_term *t = &terms[i];

        hash = hash_add(hash, t->key);
        hash = hash_add64(hash, t->mask.u64.hi);
        hash = hash_add64(hash, t->mask.u64.lo);
        if (is_fixed(t)) {
            hash = hash_add64(hash, t->value.u64.lo);
        }
    }
    return hash_finish(hash, n);
}

static bool
has_shape(const struct shape *shape, const struct expr_term *terms, size_t n)
{
    if (shape->n_terms != n) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        const struct expr_term *a = &shape->terms[i];
        const struct expr_term *b = &terms[i];

        if (a->key != b->key || !ovs_u128_equals(a->mask, b->mask)
            || (is_fixed(a) && !ovs_u128_equals(a->value, b->value))) {
            return false;
        }
    }
    return true;
}

static const struct shape *
find_shape(const struct expr_oxm *oxm, const struct expr_term *terms, size_t n,
           uint32_t hash)
{
    const struct shape *shape;

    HMAP_FOR_EACH_WITH_HASH (shape, hmap_node, hash, &oxm->shapes) {
        if (has_shape(shape, terms, n)) {
            return shape;
        }
    }
    return NULL;
}

static const struct shape *
add_shape(struct expr_oxm *oxm, const struct expr_term *terms, size_t n,
          uint32_t hash)
{
    struct shape *shape = xmalloc(sizeof *shape);

    if (hmap_count(&oxm->shapes) >= MAX_SHAPES) {
        forget_all(oxm);
    }
    *shape = (struct shape) {
        .terms = n ? xmemdup(terms, n * sizeof *terms) : NULL,
        .n_terms = n,
    };
    for (size_t i = 0; i < n; i++) {
        if (!is_fixed(&shape->terms[i])) {
            shape->terms[i].value = OVS_U128_ZERO;
        }
    }
    ofpbuf_init(&shape->oxm, 64);
    hmap_insert(&oxm->shapes, &shape->hmap_node, hash);
    learn(shape, terms);
    return shape;
}

static const struct shape *
get_shape(struct expr_oxm *oxm, const struct expr_term *terms, size_t n)
{
    if (!oxm->last || !has_shape(oxm->last, terms, n)) {
        uint32_t hash = hash_shape(terms, n);

        oxm->last = find_shape(oxm, terms, n, hash);
        if (!oxm->last) {
            oxm->last = add_shape(oxm, terms, n, hash);
        }
    }
    return oxm->last;
}

void
expr_oxm_put(struct expr_oxm *oxm, const struct expr_term *terms, size_t n,
             struct ofpbuf *b)
{
    const struct shape *shape = get_shape(oxm, terms, n);

    if (shape->regular) {
        copy_values(shape, terms, b);
    } else {
        encode(terms, n, b);
    }
}
