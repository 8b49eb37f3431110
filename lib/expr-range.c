/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Data of the expression compiler: memory, sets of integers, cubes.
 *
 * A test such as "tcp.dst != {80, 443}" is a set of integers, kept as sorted
 * ranges, on which AND, OR and NOT cost linear time whatever the width.  Only
 * at the end, a range becomes the few prefixes (value and mask) that OpenFlow
 * can match: a range of W-bit integers needs at most 2 * W - 2. */

#include <config.h>
#include "lib/expr-private.h"

#include <stdlib.h>
#include <string.h>
#include "hash.h"
#include "lib/u128.h"
#include "util.h"

/* Memory. */

struct expr_chunk {
    struct expr_chunk *next;
    size_t pad;
};

void *
expr_alloc(struct expr_arena *arena, size_t size)
{
    size = ROUND_UP(MAX(size, 1), 8);
    if (size > arena->left) {
        size_t next_size = arena->next_size ? arena->next_size : 4096;
        size_t want = MAX(size, next_size);
        struct expr_chunk *chunk = xmalloc(sizeof *chunk + want);

        arena->next_size = MIN(2 * next_size, 65536);
        chunk->next = arena->chunks;
        arena->chunks = chunk;
        arena->next = (char *) (chunk + 1);
        arena->left = want;
    }

    void *p = arena->next;
    arena->next += size;
    arena->left -= size;
    return p;
}

/* Gives back all but 'size' bytes of 'p', the latest allocation. */
static void
arena_trim(struct expr_arena *arena, void *p, size_t size)
{
    char *end = (char *) p + ROUND_UP(size, 8);

    arena->left += arena->next - end;
    arena->next = end;
}

void
expr_arena_destroy(struct expr_arena *arena)
{
    while (arena->chunks) {
        struct expr_chunk *next = arena->chunks->next;

        free(arena->chunks);
        arena->chunks = next;
    }
    arena->left = 0;
}

/* Ranges. */

static int
compare_ranges(const void *a_, const void *b_)
{
    const struct expr_range *a = a_;
    const struct expr_range *b = b_;

    return u128_cmp(a->lo, b->lo);
}

/* Sorts 'ranges' and merges those that overlap or, with 'merge_adjacent',
 * touch each other. */
void
expr_ranges_sort(struct expr_ranges *ranges, bool merge_adjacent)
{
    size_t n = 0;

    qsort(ranges->r, ranges->n, sizeof *ranges->r, compare_ranges);
    for (size_t i = 0; i < ranges->n; i++) {
        struct expr_range r = ranges->r[i];

        if (n) {
            struct expr_range *last = &ranges->r[n - 1];
            if (u128_cmp(r.lo, last->hi) <= 0
                || (merge_adjacent
                    && !ovs_u128_is_ones(last->hi)
                    && ovs_u128_equals(r.lo, u128_inc(last->hi)))) {
                if (u128_cmp(r.hi, last->hi) > 0) {
                    last->hi = r.hi;
                }
                continue;
            }
        }
        ranges->r[n++] = r;
    }
    ranges->n = n;
}

struct expr_ranges
expr_ranges_intersect(struct expr_arena *arena, const struct expr_ranges *a,
                      const struct expr_ranges *b)
{
    struct expr_ranges out = {
        .r = expr_alloc(arena, (a->n + b->n) * sizeof *out.r),
    };

    for (size_t i = 0, j = 0; i < a->n && j < b->n; ) {
        const struct expr_range *x = &a->r[i];
        const struct expr_range *y = &b->r[j];
        ovs_u128 lo = u128_cmp(x->lo, y->lo) > 0 ? x->lo : y->lo;
        ovs_u128 hi = u128_cmp(x->hi, y->hi) < 0 ? x->hi : y->hi;

        if (u128_cmp(lo, hi) <= 0) {
            out.r[out.n++] = (struct expr_range) { lo, hi };
        }
        if (u128_cmp(x->hi, y->hi) < 0) {
            i++;
        } else {
            j++;
        }
    }
    return out;
}

struct expr_ranges
expr_ranges_complement(struct expr_arena *arena, const struct expr_ranges *a,
                       unsigned int width)
{
    struct expr_ranges out = {
        .r = expr_alloc(arena, (a->n + 1) * sizeof *out.r),
    };
    ovs_u128 max = u128_ones(width);
    ovs_u128 lo = OVS_U128_ZERO;

    for (size_t i = 0; i < a->n; i++) {
        const struct expr_range *r = &a->r[i];

        if (u128_cmp(lo, r->lo) < 0) {
            out.r[out.n++] = (struct expr_range) { lo, u128_dec(r->lo) };
        }
        if (ovs_u128_equals(r->hi, max)) {
            return out;
        }
        lo = u128_inc(r->hi);
    }
    out.r[out.n++] = (struct expr_range) { lo, max };
    return out;
}

bool
expr_ranges_is_full(const struct expr_ranges *a, unsigned int width)
{
    return (a->n == 1 && ovs_u128_is_zero(a->r[0].lo)
            && ovs_u128_equals(a->r[0].hi, u128_ones(width)));
}

unsigned int
expr_prefix_bits(ovs_u128 lo, ovs_u128 hi, unsigned int width)
{
    unsigned int bits = MIN(u128_ctz(lo), width);

    while (bits && u128_cmp(u128_or(lo, u128_ones(bits)), hi) > 0) {
        bits--;
    }
    return bits;
}

size_t
expr_ranges_count_prefixes(const struct expr_ranges *a, unsigned int width)
{
    size_t n = 0;

    for (size_t i = 0; i < a->n; i++) {
        for (ovs_u128 lo = a->r[i].lo; ; lo = u128_inc(lo)) {
            unsigned int bits = expr_prefix_bits(lo, a->r[i].hi, width);

            n++;
            lo = u128_or(lo, u128_ones(bits));
            if (ovs_u128_equals(lo, a->r[i].hi)) {
                break;
            }
        }
    }
    return n;
}

/* Cubes. */

size_t
expr_cube_size(uint32_t n_terms)
{
    return sizeof(struct expr_cube) + n_terms * sizeof(struct expr_term);
}

struct expr_cube *
expr_cube_merge(struct expr_arena *arena, const struct expr_cube *a,
                const struct expr_cube *b)
{
    struct expr_cube *out = expr_alloc(arena, expr_cube_size(a->n + b->n));

    out->n = 0;
    for (size_t i = 0, j = 0; i < a->n || j < b->n; ) {
        const struct expr_term *x = i < a->n ? &a->terms[i] : NULL;
        const struct expr_term *y = j < b->n ? &b->terms[j] : NULL;
        struct expr_term *t = &out->terms[out->n++];

        if (!y || (x && x->key < y->key)) {
            *t = *x;
            i++;
        } else if (!x || x->key > y->key) {
            *t = *y;
            j++;
        } else {
            ovs_u128 common = ovs_u128_and(x->mask, y->mask);
            ovs_u128 diff = u128_xor(x->value, y->value);

            if (!ovs_u128_is_zero(ovs_u128_and(diff, common))) {
                arena_trim(arena, out, 0);
                return NULL;
            }
            t->key = x->key;
            t->value = u128_or(x->value, y->value);
            t->mask = u128_or(x->mask, y->mask);
            i++;
            j++;
        }
    }
    arena_trim(arena, out, expr_cube_size(out->n));
    return out;
}

bool
expr_cube_implies(const struct expr_cube *a, const struct expr_cube *b)
{
    size_t i = 0;

    for (size_t j = 0; j < b->n; j++) {
        const struct expr_term *y = &b->terms[j];

        while (i < a->n && a->terms[i].key < y->key) {
            i++;
        }
        if (i >= a->n || a->terms[i].key != y->key) {
            return false;
        }

        const struct expr_term *x = &a->terms[i];
        if (!ovs_u128_equals(ovs_u128_and(x->mask, y->mask), y->mask)
            || !ovs_u128_equals(ovs_u128_and(x->value, y->mask), y->value)) {
            return false;
        }
    }
    return true;
}

bool
expr_cube_equals(const struct expr_cube *a, const struct expr_cube *b)
{
    if (a->n != b->n) {
        return false;
    }
    for (size_t i = 0; i < a->n; i++) {
        const struct expr_term *x = &a->terms[i];
        const struct expr_term *y = &b->terms[i];

        if (x->key != y->key || !ovs_u128_equals(x->value, y->value)
            || !ovs_u128_equals(x->mask, y->mask)) {
            return false;
        }
    }
    return true;
}

uint32_t
expr_cube_hash(const struct expr_cube *cube)
{
    uint32_t hash = cube->n;

    for (size_t i = 0; i < cube->n; i++) {
        const struct expr_term *t = &cube->terms[i];

        /* Values make the difference, and rarely in their upper half. */
        hash = hash_add64(hash, t->value.u64.lo ^ t->key);
        if (t->value.u64.hi) {
            hash = hash_add64(hash, t->value.u64.hi);
        }
        hash = hash_add(hash, t->mask.u64.lo ^ t->mask.u64.lo >> 32
                              ^ t->mask.u64.hi ^ t->mask.u64.hi >> 32);
    }
    return hash_finish(hash, cube->n);
}
