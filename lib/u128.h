/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef LIB_U128_H
#define LIB_U128_H 1

/* Arithmetic on 128-bit integers, the widest that fields have.
 *
 * Open vSwitch has the type and a few operations ("util.h"); these are the
 * rest that the expression compiler wants.  All are in host byte order, also
 * on machines whose compiler has no 128-bit integer. */

#include <stdbool.h>
#include <stdint.h>
#include "byte-order.h"
#include "openvswitch/types.h"
#include "util.h"

static inline ovs_u128
u128_make(uint64_t hi, uint64_t lo)
{
    ovs_u128 x;

    x.u64.hi = hi;
    x.u64.lo = lo;
    return x;
}

static inline ovs_u128
u128_from_u64(uint64_t lo)
{
    return u128_make(0, lo);
}

static inline ovs_u128
u128_or(ovs_u128 a, ovs_u128 b)
{
    return u128_make(a.u64.hi | b.u64.hi, a.u64.lo | b.u64.lo);
}

static inline ovs_u128
u128_xor(ovs_u128 a, ovs_u128 b)
{
    return u128_make(a.u64.hi ^ b.u64.hi, a.u64.lo ^ b.u64.lo);
}

static inline ovs_u128
u128_not(ovs_u128 a)
{
    return u128_make(~a.u64.hi, ~a.u64.lo);
}

/* 'a' << 'n'; 0 if 'n' is 128 or more. */
static inline ovs_u128
u128_shl(ovs_u128 a, unsigned int n)
{
    return (!n ? a
            : n >= 128 ? OVS_U128_ZERO
            : n >= 64 ? u128_make(a.u64.lo << (n - 64), 0)
            : u128_make(a.u64.hi << n | a.u64.lo >> (64 - n),
                        a.u64.lo << n));
}

/* 'a' >> 'n'; 0 if 'n' is 128 or more. */
static inline ovs_u128
u128_shr(ovs_u128 a, unsigned int n)
{
    return (!n ? a
            : n >= 128 ? OVS_U128_ZERO
            : n >= 64 ? u128_make(0, a.u64.hi >> (n - 64))
            : u128_make(a.u64.hi >> n,
                        a.u64.lo >> n | a.u64.hi << (64 - n)));
}

/* The 'n' low-order bits. */
static inline ovs_u128
u128_ones(unsigned int n)
{
    return n >= 128 ? OVS_U128_MAX : u128_not(u128_shl(OVS_U128_MAX, n));
}

/* -1, 0, 1 if 'a' is less than, equal to, or greater than 'b'. */
static inline int
u128_cmp(ovs_u128 a, ovs_u128 b)
{
    return (a.u64.hi != b.u64.hi ? (a.u64.hi < b.u64.hi ? -1 : 1)
            : a.u64.lo != b.u64.lo ? (a.u64.lo < b.u64.lo ? -1 : 1)
            : 0);
}

/* 'a' + 1; wraps around. */
static inline ovs_u128
u128_inc(ovs_u128 a)
{
    a.u64.lo++;
    a.u64.hi += !a.u64.lo;
    return a;
}

/* 'a' - 1; wraps around. */
static inline ovs_u128
u128_dec(ovs_u128 a)
{
    a.u64.hi -= !a.u64.lo;
    a.u64.lo--;
    return a;
}

static inline bool
u128_bit(ovs_u128 a, unsigned int n)
{
    return u128_shr(a, n).u64.lo & 1;
}

/* Number of bits needed to represent 'a': 0 for 0, 128 for the maximum. */
static inline unsigned int
u128_width(ovs_u128 a)
{
    return (a.u64.hi ? 128 - clz64(a.u64.hi)
            : a.u64.lo ? 64 - clz64(a.u64.lo)
            : 0);
}

/* Number of low-order 0-bits; 128 for 0. */
static inline unsigned int
u128_ctz(ovs_u128 a)
{
    return (a.u64.lo ? ctz64(a.u64.lo)
            : a.u64.hi ? 64 + ctz64(a.u64.hi)
            : 128);
}

/* Stores the 'n' low-order bytes of 'a', in network byte order, into 'p'. */
static inline void
u128_put_be(ovs_u128 a, void *p_, size_t n)
{
    uint8_t *p = p_;

    for (size_t i = n; i-- > 0; ) {
        p[i] = a.u64.lo;
        a = u128_shr(a, 8);
    }
}

/* The reverse of u128_put_be(). */
static inline ovs_u128
u128_get_be(const void *p_, size_t n)
{
    const uint8_t *p = p_;
    ovs_u128 a = OVS_U128_ZERO;

    for (size_t i = 0; i < n; i++) {
        a = u128_shl(a, 8);
        a.u64.lo |= p[i];
    }
    return a;
}

#endif /* lib/u128.h */
