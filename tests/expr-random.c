/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* A small universe, and random expressions about it; see expr-random.h. */

#include <config.h>

#include "tests/expr-random.h"

#include <string.h>

#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "random.h"
#include "tests/expr-names.h"
#include "util.h"

struct universe_packet universe[UNIVERSE_MAX];
struct flow universe_flows[UNIVERSE_MAX];
size_t universe_n;

static void
make_flow(const struct universe_packet *p, struct flow *flow)
{
    memset(flow, 0, sizeof *flow);
    flow->regs[0] = p->reg0;
    flow->regs[14] = p->inport;
    flow->dl_type = htons(p->kind == ARP ? ETH_TYPE_ARP
                          : p->kind == TCP6 ? ETH_TYPE_IPV6
                          : ETH_TYPE_IP);
    flow->nw_proto = (p->kind == ARP ? 1
                      : p->kind == UDP4 ? IPPROTO_UDP
                      : IPPROTO_TCP);
    flow->tp_dst = htons(p->dst);
}

void
universe_init(void)
{
    struct universe_packet p;

    for (p.reg0 = 0; p.reg0 < 8; p.reg0++) {
        for (p.inport = 1; p.inport <= 3; p.inport++) {
            for (p.kind = 0; p.kind < N_KINDS; p.kind++) {
                for (p.dst = 0; p.dst < (p.kind == ARP ? 1 : 4); p.dst++) {
                    make_flow(&p, &universe_flows[universe_n]);
                    universe[universe_n++] = p;
                }
            }
        }
    }
}

/* Random expressions, with their meaning: a bit for each packet.
 *
 * 'negated' says whether an odd number of '!' surrounds the place: then the
 * result is the meaning of the opposite, as the compiler defines it, and
 * nominal fields have to be written with "!=". */

static const char *const relops[] = { "==", "!=", "<", "<=", ">", ">=" };

static bool
apply_relop(int op, unsigned int a, unsigned int b)
{
    switch (op) {
    case 0: return a == b;
    case 1: return a != b;
    case 2: return a < b;
    case 3: return a <= b;
    case 4: return a > b;
    default: return a >= b;
    }
}

/* An ordinal field: some bits of reg0, tcp.dst, or udp.dst. */
struct ordinal {
    char name[32];
    int which;
    unsigned int ofs, n_bits;
};

static void
random_ordinal(struct ordinal *o)
{
    unsigned int lo, hi;

    o->which = random_range(3);
    lo = random_range(o->which ? 2 : 3);
    hi = lo + random_range((o->which ? 2 : 3) - lo);
    o->ofs = 0;
    o->n_bits = o->which ? 16 : 32;
    switch (random_range(3)) {
    case 0:
        strcpy(o->name, !o->which ? "reg0"
               : o->which == 1 ? "tcp.dst" : "udp.dst");
        break;
    case 1:
        o->ofs = lo;
        o->n_bits = hi - lo + 1;
        snprintf(o->name, sizeof o->name, "%s[%u..%u]",
                 !o->which ? "reg0" : o->which == 1 ? "tcp.dst" : "udp.dst",
                 lo, hi);
        break;
    default:
        if (o->which) {
            strcpy(o->name, o->which == 1 ? "tcp.dst" : "udp.dst");
        } else {
            o->ofs = lo;
            o->n_bits = hi - lo + 1;
            snprintf(o->name, sizeof o->name, "xxreg0[%u..%u]", 96 + lo,
                     96 + hi);
        }
        break;
    }
}

/* Whether 'p' has field 'o', and its value. */
static bool
has_ordinal(const struct universe_packet *p, const struct ordinal *o,
            unsigned int *v)
{
    *v = o->which ? p->dst : p->reg0;
    *v >>= o->ofs;
    if (o->n_bits < 32) {
        *v &= (1u << o->n_bits) - 1;
    }
    return (!o->which
            || (o->which == 1 && (p->kind == TCP4 || p->kind == TCP6))
            || (o->which == 2 && p->kind == UDP4));
}

static unsigned int
random_value(const struct ordinal *o)
{
    return random_range(1u << MIN(o->n_bits, 3));
}

static void
gen_relop(struct ds *s, bool negated, unsigned char *t)
{
    int op = random_range(6);
    struct ordinal o;

    random_ordinal(&o);
    unsigned int c = random_value(&o);
    if (random_range(4)) {
        ds_put_format(s, "%s %s %u", o.name, relops[op], c);
    } else {
        static const int turned[] = { 0, 1, 4, 5, 2, 3 };
        ds_put_format(s, "%u %s %s", c, relops[turned[op]], o.name);
    }
    for (size_t i = 0; i < universe_n; i++) {
        unsigned int v;
        bool has = has_ordinal(&universe[i], &o, &v);
        t[i] = has && apply_relop(op, v, c) != negated;
    }
}

static void
gen_range(struct ds *s, bool negated, unsigned char *t)
{
    struct ordinal o;

    random_ordinal(&o);
    unsigned int a = random_value(&o);
    unsigned int b = random_value(&o);
    bool strict = random_range(2);
    ds_put_format(s, "%u %s %s <= %u", a, strict ? "<" : "<=", o.name, b);
    for (size_t i = 0; i < universe_n; i++) {
        unsigned int v;
        bool has = has_ordinal(&universe[i], &o, &v);
        bool in = (strict ? a < v : a <= v) && v <= b;
        t[i] = has && in != negated;
    }
}

/* "field == {a, b/mask, ...}", or "!=". */
static void
gen_set(struct ds *s, bool negated, unsigned char *t)
{
    bool ne = random_range(2);
    int n = random_range(4);
    bool in[ARRAY_SIZE(universe)] = { false };
    struct ordinal o;

    random_ordinal(&o);
    ds_put_format(s, "%s %s {", o.name, relops[ne]);
    for (int j = 0; j < n; j++) {
        unsigned int mask = random_range(3) ? UINT_MAX : random_value(&o);
        unsigned int c = random_value(&o) & mask;

        ds_put_format(s, "%s0x%x", j ? ", " : "", c);
        if (mask != UINT_MAX) {
            ds_put_format(s, "/0x%x", mask);
        }
        for (size_t i = 0; i < universe_n; i++) {
            unsigned int v;
            has_ordinal(&universe[i], &o, &v);
            in[i] = in[i] || (v & mask) == c;
        }
    }
    ds_put_char(s, '}');
    for (size_t i = 0; i < universe_n; i++) {
        unsigned int v;
        t[i] = (has_ordinal(&universe[i], &o, &v)
                && in[i] != (ne != negated));
    }
}

static bool
set_has(const struct expr_constants *set, unsigned int v)
{
    for (size_t i = 0; i < set->n; i++) {
        const struct expr_constant *c = &set->constants[i];

        if ((v & c->mask.u64.lo) == c->value.u64.lo) {
            return true;
        }
    }
    return false;
}

static void
gen_address_set(struct ds *s, bool negated, unsigned char *t)
{
    static const char *const names[] = { "s1", "s2", "empty" };
    static const int sets[] = { 0, 1, 3 };
    int which = random_range(3);
    bool ne = random_range(2);
    bool extra = random_range(2);

    ds_put_format(s, extra ? "reg0 %s {$%s, 6}" : "reg0 %s $%s", relops[ne],
                  names[which]);
    for (size_t i = 0; i < universe_n; i++) {
        unsigned int v = universe[i].reg0;
        bool in = set_has(test_sets[sets[which]], v) || (extra && v == 6);
        t[i] = in != (ne != negated);
    }
}

static void
gen_bit(struct ds *s, bool negated, unsigned char *t)
{
    unsigned int bit = random_range(3);
    bool not = random_range(2);

    ds_put_format(s, "%sreg0[%u]", not ? "!" : "", bit);
    for (size_t i = 0; i < universe_n; i++) {
        t[i] = (universe[i].reg0 >> bit & 1) != (not != negated);
    }
}

static void
gen_port(struct ds *s, bool negated, unsigned char *t)
{
    const char *op = relops[negated];
    unsigned int in;            /* Bit-map. */

    switch (random_range(4)) {
    case 0:
        in = 1u << (1 + random_range(3));
        ds_put_format(s, "inport %s \"p%d\"", op, raw_ctz(in));
        break;
    case 1:
        in = 1u << 1 | 1u << 3;
        ds_put_format(s, "inport %s {\"p1\", \"p3\"}", op);
        break;
    case 2:
        in = 1u << 1 | 1u << 2;
        ds_put_format(s, "inport %s @g1", op);
        break;
    default:
        in = 1u << 3;
        ds_put_format(s, "inport %s {\"p3\", \"unknown\", @none}", op);
        break;
    }
    for (size_t i = 0; i < universe_n; i++) {
        t[i] = in >> universe[i].inport & 1;
    }
}

static void
gen_kind(struct ds *s, bool negated, unsigned char *t)
{
    static const struct {
        const char *name;
        unsigned int kinds;
    } table[] = {
        { "ip4", 1u << TCP4 | 1u << UDP4 },
        { "ip6", 1u << TCP6 },
        { "ip", 1u << TCP4 | 1u << TCP6 | 1u << UDP4 },
        { "arp", 1u << ARP },
        { "tcp", 1u << TCP4 | 1u << TCP6 },
        { "udp", 1u << UDP4 },
        { "icmp", 0 },
        { "eth.type == {0x800, 0x806}", 1u << ARP | 1u << TCP4 | 1u << UDP4 },
        { "ip.proto == {6, 17}", 1u << TCP4 | 1u << TCP6 | 1u << UDP4 },
    };
    size_t which = random_range(negated ? 7 : ARRAY_SIZE(table));

    ds_put_format(s, negated ? "%s == 0" : "%s", table[which].name);
    for (size_t i = 0; i < universe_n; i++) {
        t[i] = table[which].kinds >> universe[i].kind & 1;
    }
}

static void
gen_constant(struct ds *s, bool negated, unsigned char *t)
{
    int which = random_range(4);

    ds_put_cstr(s, which == 0 ? "0"
                : which == 1 ? "1"
                : which == 2 ? "is_chassis_resident(\"p1\")"
                : "is_chassis_resident(\"p2\")");
    memset(t, (which == 1 || which == 2) != negated, universe_n);
}

static void
gen_leaf(struct ds *s, bool negated, unsigned char *t)
{
    switch (random_range(16)) {
    case 0: case 1: case 2:
        gen_relop(s, negated, t);
        break;
    case 3:
        gen_range(s, negated, t);
        break;
    case 4: case 5: case 6:
        gen_set(s, negated, t);
        break;
    case 7: case 8:
        gen_address_set(s, negated, t);
        break;
    case 9: case 10: case 11:
        gen_port(s, negated, t);
        break;
    case 12: case 13:
        gen_kind(s, negated, t);
        break;
    case 14:
        gen_bit(s, negated, t);
        break;
    default:
        gen_constant(s, negated, t);
        break;
    }
}

void
random_expr(struct ds *s, int depth, bool negated, truth t)
{
    if (!depth || !random_range(5)) {
        /* gen_bit() can start with '!', which is fine, but "!a == b" is
         * not: so parenthesize whatever follows '!'. */
        if (!random_range(6)) {
            ds_put_cstr(s, "!(");
            gen_leaf(s, !negated, t);
            ds_put_char(s, ')');
        } else {
            gen_leaf(s, negated, t);
        }
        return;
    }

    bool and = random_range(2);
    int n = 2 + random_range(3);
    for (int i = 0; i < n; i++) {
        bool not = !random_range(5);
        truth kid;

        ds_put_cstr(s, !i ? "" : and ? " && " : " || ");
        ds_put_cstr(s, not ? "!(" : "(");
        random_expr(s, depth - 1, negated != not, kid);
        ds_put_char(s, ')');
        for (size_t j = 0; j < universe_n; j++) {
            t[j] = (!i ? kid[j]
                    : and != negated ? t[j] && kid[j] : t[j] || kid[j]);
        }
    }
}
