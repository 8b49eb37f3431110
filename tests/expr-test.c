/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Tests of the expression compiler.
 *
 * "test-ovn expr [N]": N random expressions (100,000 by default) over a few
 * symbols.  For each, a trivial evaluator, expr_evaluate(), and the compiled
 * flows, put into Open vSwitch's own classifier, must agree on every packet of
 * a small universe, conjunctive matches included.  Half of them refer to
 * random address sets, some of which are open: there the flows of each member
 * are made without knowing of the others.
 *
 * "test-ovn expr-lines [explain]": compiles the expressions on standard
 * input, one each line, and prints them with their flows, or error messages;
 * for expr.at.  Lines that start with '#' are comments; "##original-tuple"
 * switches to the symbols for acl_ct_translation=true.
 *
 * "test-ovn expr-limits": inputs that blow up a naive compiler.
 *
 * "test-ovn lex": the lexer's errors and templates. */

#include <config.h>
#include "lib/expr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "classifier.h"
#include "lib/lex.h"
#include "lib/logical.h"
#include "lib/u128.h"
#include "openvswitch/dynamic-string.h"
#include "nx-match.h"
#include "openvswitch/match.h"
#include "openvswitch/ofpbuf.h"
#include "ovs-rcu.h"
#include "packets.h"
#include "random.h"
#include "svec.h"
#include "tests/expr-oxm.h"
#include "tests/test-ovn.h"
#include "timeval.h"
#include "util.h"

/* The environment that all tests share: ports "p1" to "p9" with their number
 * as key, of which "p1" is here; sets "$s1", "$s2", "$mixed", "$empty"; groups
 * "@g1" and "@none".  Those in 'open_sets' are open. */
static const char *open_sets[3];

static bool
test_is_open(void *aux OVS_UNUSED, bool group OVS_UNUSED, const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(open_sets); i++) {
        if (open_sets[i] && !strcmp(open_sets[i], name)) {
            return true;
        }
    }
    return false;
}

static bool
test_lookup_port(void *aux OVS_UNUSED, const char *name, unsigned int *key)
{
    if (name[0] == 'p' && name[1] >= '1' && name[1] <= '9' && !name[2]) {
        *key = name[1] - '0';
        return true;
    }
    return false;
}

static bool
test_is_chassis_resident(void *aux OVS_UNUSED, const char *name)
{
    return !strcmp(name, "p1");
}

static const char *const s1_members[] = { "0.0.0.1", "0.0.0.4/31" };
static const char *const s2_members[] = { "0.0.0.2/0.0.0.2" };
static const char *const mixed_members[] = {
    "10.0.0.1", "192.168.0.0/16", "::1", "00:00:00:00:00:01"
};
static struct expr_constants *test_sets[4];

static const struct expr_constants *
test_address_set(void *aux OVS_UNUSED, const char *name)
{
    return (!strcmp(name, "s1") ? test_sets[0]
            : !strcmp(name, "s2") ? test_sets[1]
            : !strcmp(name, "mixed") ? test_sets[2]
            : !strcmp(name, "empty") ? test_sets[3]
            : NULL);
}

static const char *const *
test_port_group(void *aux OVS_UNUSED, const char *name)
{
    static const char *const g1[] = { "p1", "p2", "unknown", NULL };
    static const char *const none[] = { NULL };

    return !strcmp(name, "g1") ? g1 : !strcmp(name, "none") ? none : NULL;
}

static const struct expr_env test_env = {
    .lookup_port = test_lookup_port,
    .is_chassis_resident = test_is_chassis_resident,
    .address_set = test_address_set,
    .port_group = test_port_group,
    .is_open = test_is_open,
};

static void
make_sets(void)
{
    struct svec errors = SVEC_EMPTY_INITIALIZER;

    test_sets[0] = expr_constants_parse(s1_members, ARRAY_SIZE(s1_members),
                                        &errors);
    test_sets[1] = expr_constants_parse(s2_members, ARRAY_SIZE(s2_members),
                                        &errors);
    test_sets[2] = expr_constants_parse(mixed_members,
                                        ARRAY_SIZE(mixed_members), &errors);
    test_sets[3] = expr_constants_parse(NULL, 0, &errors);
    ovs_assert(svec_is_empty(&errors));
    svec_destroy(&errors);
}

/* Makes a random set of values up to 7, with duplicates and overlaps. */
static struct expr_constants *
random_set(void)
{
    size_t n = random_range(random_range(8) ? 4 : 8);
    struct expr_constants *set = xmalloc(sizeof *set
                                         + n * sizeof *set->constants);

    set->n = n;
    for (size_t i = 0; i < n; i++) {
        uint32_t mask = (random_range(3) ? UINT32_MAX
                         : random_range(4) ? UINT32_MAX << random_range(4)
                         : random_range(4) ? UINT32_MAX - random_range(8)
                         : 0);

        set->constants[i] = (struct expr_constant) {
            .value = u128_from_u64(random_range(8) & mask),
            .mask = u128_from_u64(mask),
            .width = 32,
        };
    }
    return set;
}

/* Makes "$s1" and "$s2" others, and some sets open. */
static void
randomize_sets(void)
{
    static const char *const names[] = { "s1", "s2", "g1" };

    for (size_t i = 0; i < 2; i++) {
        free(test_sets[i]);
        test_sets[i] = random_set();
    }
    for (size_t i = 0; i < ARRAY_SIZE(open_sets); i++) {
        open_sets[i] = random_range(2) ? names[i] : NULL;
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
free_sets(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(test_sets); i++) {
        free(test_sets[i]);
    }
}

/* The universe. */

enum kind { ARP, TCP4, TCP6, UDP4, N_KINDS };

struct packet {
    unsigned int reg0;          /* 0...7. */
    unsigned int inport;        /* 1...3. */
    enum kind kind;
    unsigned int dst;           /* 0...3. */
};

static struct packet packets[8 * 3 * N_KINDS * 4];
static struct flow flows[ARRAY_SIZE(packets)];
static size_t n_packets;

static void
make_flow(const struct packet *p, struct flow *flow)
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

static void
make_universe(void)
{
    struct packet p;

    for (p.reg0 = 0; p.reg0 < 8; p.reg0++) {
        for (p.inport = 1; p.inport <= 3; p.inport++) {
            for (p.kind = 0; p.kind < N_KINDS; p.kind++) {
                for (p.dst = 0; p.dst < (p.kind == ARP ? 1 : 4); p.dst++) {
                    make_flow(&p, &flows[n_packets]);
                    packets[n_packets++] = p;
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

typedef unsigned char truth[ARRAY_SIZE(packets)];

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
has_ordinal(const struct packet *p, const struct ordinal *o, unsigned int *v)
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
    for (size_t i = 0; i < n_packets; i++) {
        unsigned int v;
        bool has = has_ordinal(&packets[i], &o, &v);
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
    for (size_t i = 0; i < n_packets; i++) {
        unsigned int v;
        bool has = has_ordinal(&packets[i], &o, &v);
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
    bool in[ARRAY_SIZE(packets)] = { false };
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
        for (size_t i = 0; i < n_packets; i++) {
            unsigned int v;
            has_ordinal(&packets[i], &o, &v);
            in[i] = in[i] || (v & mask) == c;
        }
    }
    ds_put_char(s, '}');
    for (size_t i = 0; i < n_packets; i++) {
        unsigned int v;
        t[i] = (has_ordinal(&packets[i], &o, &v)
                && in[i] != (ne != negated));
    }
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
    for (size_t i = 0; i < n_packets; i++) {
        unsigned int v = packets[i].reg0;
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
    for (size_t i = 0; i < n_packets; i++) {
        t[i] = (packets[i].reg0 >> bit & 1) != (not != negated);
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
    for (size_t i = 0; i < n_packets; i++) {
        t[i] = in >> packets[i].inport & 1;
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
    for (size_t i = 0; i < n_packets; i++) {
        t[i] = table[which].kinds >> packets[i].kind & 1;
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
    memset(t, (which == 1 || which == 2) != negated, n_packets);
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

static void
gen_expr(struct ds *s, int depth, bool negated, unsigned char *t)
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
        gen_expr(s, depth - 1, negated != not, kid);
        ds_put_char(s, ')');
        for (size_t j = 0; j < n_packets; j++) {
            t[j] = (!i ? kid[j]
                    : and != negated ? t[j] && kid[j] : t[j] || kid[j]);
        }
    }
}

/* Checking flows. */

/* The fields that have OpenFlow prerequisites and are in the test. */
static void
check_prereqs(const struct match *match, const char *text)
{
    static const enum mf_field_id ids[] = {
        MFF_IP_PROTO, MFF_TCP_DST, MFF_UDP_DST
    };

    for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
        const struct mf_field *mf = mf_from_id(ids[i]);
        union mf_value value, mask;

        /* TCP and UDP share the field in struct match. */
        if (mf->id != MFF_IP_PROTO
            && match->flow.nw_proto != (mf->id == MFF_TCP_DST
                                        ? IPPROTO_TCP : IPPROTO_UDP)
            && match->wc.masks.nw_proto) {
            continue;
        }
        mf_get(mf, match, &value, &mask);
        if (!is_all_zeros(&mask, mf->n_bytes)
            && !mf_are_match_prereqs_ok(mf, match)) {
            ovs_fatal(0, "%s: a flow lacks what %s requires", text, mf->name);
        }
    }
}

struct rule {
    struct cls_rule cls_rule;
    struct cls_conjunction *conjs;
    size_t n_conjs;
};

static struct rule *
new_rule(const struct match *match)
{
    struct rule *rule = xzalloc(sizeof *rule);

    cls_rule_init(&rule->cls_rule, match, 0);
    return rule;
}

static void
add_conj(struct rule *rule, const struct expr_conj *conj)
{
    for (size_t i = 0; i < rule->n_conjs; i++) {
        if (rule->conjs[i].id == conj->id + 1) {
            if (rule->conjs[i].clause != conj->clause
                || rule->conjs[i].n_clauses != conj->n_clauses) {
                ovs_fatal(0, "one match is in two clauses");
            }
            return;
        }
    }
    rule->conjs = xrealloc(rule->conjs,
                           (rule->n_conjs + 1) * sizeof *rule->conjs);
    rule->conjs[rule->n_conjs++] = (struct cls_conjunction) {
        .id = conj->id + 1,
        .clause = conj->clause,
        .n_clauses = conj->n_clauses,
    };
}

static void
insert_matches(struct classifier *cls, const struct expr_matches *matches,
               const char *text)
{
    for (size_t i = 0; i < matches->n; i++) {
        const struct expr_match *m = &matches->matches[i];
        struct match match;

        expr_match_get(matches, i, &match);
        check_prereqs(&match, text);
        check_oxm(matches, i, text);
        if (m->conj_id >= 0) {
            match_set_conj_id(&match, m->conj_id + 1);
        }

        struct rule *rule = new_rule(&match);
        for (size_t j = 0; j < m->n_conjs; j++) {
            add_conj(rule, &m->conjs[j]);
        }
        if (classifier_find_rule_exactly(cls, &rule->cls_rule,
                                         OVS_VERSION_MIN)) {
            ovs_fatal(0, "%s: two equal flows", text);
        }
        classifier_insert(cls, &rule->cls_rule, OVS_VERSION_MIN, rule->conjs,
                          rule->n_conjs);
    }
}

static void
free_rule(struct rule *rule)
{
    cls_rule_destroy(&rule->cls_rule);
    free(rule->conjs);
    free(rule);
}

/* Inserts what a member of an open set adds, together with what is there. */
static void
insert_filled(struct classifier *cls, const struct match *match,
              const struct expr_conj *conj)
{
    struct rule *rule = new_rule(match);
    const struct cls_rule *found
        = classifier_find_rule_exactly(cls, &rule->cls_rule, OVS_VERSION_MIN);
    struct rule *old = (found
                        ? CONTAINER_OF(found, struct rule, cls_rule) : NULL);

    if (conj->n_clauses && (!old || old->n_conjs)) {
        for (size_t i = 0; old && i < old->n_conjs; i++) {
            const struct expr_conj c = {
                .id = old->conjs[i].id - 1,
                .clause = old->conjs[i].clause,
                .n_clauses = old->conjs[i].n_clauses,
            };
            add_conj(rule, &c);
        }
        add_conj(rule, conj);
    }
    if (old) {
        classifier_remove_assert(cls, &old->cls_rule);
        ovsrcu_postpone(free_rule, old);
    }
    classifier_insert(cls, &rule->cls_rule, OVS_VERSION_MIN, rule->conjs,
                      rule->n_conjs);
}

static void
insert_member(struct classifier *cls, const struct expr_holes *holes,
              const struct expr_constant *member, const char *text)
{
    for (size_t i = 0; holes && i < holes->n; i++) {
        struct match matches[2];
        size_t n = expr_hole_fill(holes, i, member, matches);

        for (size_t j = 0; j < n; j++) {
            check_prereqs(&matches[j], text);
            insert_filled(cls, &matches[j], &holes->holes[i].conj);
        }
    }
}

/* Inserts the flows of the members of what is open in 'expr'. */
static void
insert_open(struct classifier *cls, const struct expr *expr, const char *text)
{
    for (size_t i = 0; i < ARRAY_SIZE(open_sets); i++) {
        const char *name = open_sets[i];
        bool group = name && name[0] == 'g';

        if (!name || !expr_can_be_open(expr, group, name)) {
            continue;
        }

        struct expr_holes *holes = expr_to_holes(expr, &test_env, group, name);
        for (size_t j = 0; group && j < 2; j++) {
            const struct expr_constant port = {
                .value = u128_from_u64(j + 1),
                .mask = u128_ones(32),
                .width = 32,
            };
            insert_member(cls, holes, &port, text);
        }
        for (size_t j = 0; !group && j < test_sets[i]->n; j++) {
            insert_member(cls, holes, &test_sets[i]->constants[j], text);
        }
        free(holes);
    }
}

static void
empty_classifier(struct classifier *cls)
{
    struct rule *rule;

    classifier_defer(cls);
    CLS_FOR_EACH (rule, cls_rule, cls) {
        classifier_remove_assert(cls, &rule->cls_rule);
        ovsrcu_postpone(free_rule, rule);
    }
    classifier_destroy(cls);
}

/* Reports that 'what' of the expression 'text' disagrees about a packet. */
static void
disagree(const char *what, const char *text, const struct packet *p,
         bool expected, const struct expr_matches *matches)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    expr_matches_format(matches, &s);
    ovs_fatal(0, "%s\n%s: should be %s for reg0=%u inport=%u kind=%d "
              "dst=%u\n%s", text, what, expected ? "true" : "false", p->reg0,
              p->inport, p->kind, p->dst, ds_cstr(&s));
}

/* Fails on an error that should not be. */
static void
no_error(const char *text, char *error)
{
    if (error) {
        ovs_fatal(0, "%s: %s", text, error);
    }
}

static void
check_expr(const char *text, const unsigned char *t)
{
    struct expr_matches matches = { .n = 0 };
    struct classifier cls;
    struct expr *expr;

    no_error(text, expr_parse(text, logical_symtab(), NULL, &expr));
    no_error(text, expr_to_matches(expr, &test_env, &matches));

    classifier_init(&cls, NULL);
    insert_matches(&cls, &matches, text);
    insert_open(&cls, expr, text);
    for (size_t i = 0; i < n_packets; i++) {
        struct flow flow = flows[i];
        bool found = classifier_lookup(&cls, OVS_VERSION_MIN, &flow, NULL);

        bool result;

        if (found != t[i]) {
            disagree("flows", text, &packets[i], t[i], &matches);
        }
        no_error(text, expr_evaluate(expr, &test_env, &flow, &result));
        if (result != t[i]) {
            disagree("evaluation", text, &packets[i], t[i], &matches);
        }
    }
    empty_classifier(&cls);
    expr_matches_destroy(&matches);
    expr_destroy(expr);
}

static void
test_expr(int argc, char *argv[])
{
    int n = argc > 1 ? atoi(argv[1]) : 100000;
    struct ds s = DS_EMPTY_INITIALIZER;

    random_set_seed(argc > 2 ? atoi(argv[2]) : 1);
    make_sets();
    make_universe();
    for (int i = 0; i < n; i++) {
        truth t;

        ds_clear(&s);
        if (i % 2) {
            randomize_sets();
        }
        gen_expr(&s, 1 + i % 3, false, t);
        check_expr(ds_cstr(&s), t);
        if (!(i % 256)) {
            ovsrcu_quiesce();
        }
    }
    ds_destroy(&s);
    free_sets();
}

TEST_OVN_REGISTER("expr", test_expr);

/* Checks that 'matches' get to a switch as they are. */
static void
check_openflow(const struct expr_matches *matches, const char *text)
{
    for (size_t i = 0; i < matches->n; i++) {
        struct match match, back;
        struct ofpbuf b;

        expr_match_get(matches, i, &match);
        check_oxm(matches, i, text);
        ofpbuf_init(&b, 0);
        oxm_put_match(&b, &match, OFP15_VERSION);
        enum ofperr error = oxm_pull_match(&b, false, NULL, NULL, &back);
        match_set_default_packet_type(&match);
        match_set_default_packet_type(&back);
        if (error || !match_equal(&match, &back)) {
            ovs_fatal(0, "%s: a flow gets changed in OpenFlow (%s)", text,
                      error ? ofperr_to_string(error) : "no error");
        }
        ofpbuf_uninit(&b);
    }
}

static void
test_expr_lines(int argc, char *argv[])
{
    bool explain = argc > 1 && !strcmp(argv[1], "explain");
    const struct field_symtab *symtab = logical_symtab();
    struct ds line = DS_EMPTY_INITIALIZER;
    struct ds s = DS_EMPTY_INITIALIZER;

    make_sets();
    while (!ds_get_line(&line, stdin)) {
        struct expr_matches matches = { .n = 0 };
        char *error;

        ds_clear(&s);
        if (line.length && line.string[0] == '#') {
            printf("%s\n", ds_cstr(&line));
            if (!strcmp(ds_cstr(&line), "##original-tuple")) {
                symtab = logical_symtab_ct();
            }
            continue;
        } else if (explain) {
            error = expr_explain(ds_cstr(&line), symtab, &s);
        } else {
            error = expr_compile(ds_cstr(&line), symtab, &test_env, &matches);
            expr_matches_format(&matches, &s);
            check_openflow(&matches, ds_cstr(&line));
            expr_matches_destroy(&matches);
        }
        printf("%s\n", ds_cstr(&line));
        if (error) {
            /* The text and the caret are just for humans. */
            error[strcspn(error, "\n")] = '\0';
            printf("  %s\n", error);
            free(error);
        } else if (!s.length) {
            printf("  (none)\n");
        }
        for (char *p = strtok(ds_cstr(&s), "\n"); p; p = strtok(NULL, "\n")) {
            printf("  %s\n", p);
        }
    }
    ds_destroy(&line);
    ds_destroy(&s);
    free_sets();
}

TEST_OVN_REGISTER("expr-lines", test_expr_lines);

/* Limits. */

/* Compiles 'text' and checks that it takes less than a second and gives at
 * most 'max' flows; with 'max' 0, that it is refused. */
static void
check_limit(const char *what, const char *text, size_t max)
{
    long long int start = time_msec();
    struct expr_matches matches;
    char *error = expr_compile(text, logical_symtab(), &test_env, &matches);
    long long int elapsed = time_msec() - start;

    if (max && error) {
        ovs_fatal(0, "%s: %s", what, error);
    } else if (matches.n > max) {
        ovs_fatal(0, "%s: %"PRIuSIZE" flows", what, matches.n);
    } else if (elapsed > 2000) {
        ovs_fatal(0, "%s: took %lld ms", what, elapsed);
    }
    free(error);
    expr_matches_destroy(&matches);
}

/* A thousand addresses that are not wanted. */
static void
test_long_exclusion(void)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    ds_put_cstr(&s, "ip4.src != {");
    for (int i = 0; i < 1000; i++) {
        ds_put_format(&s, "10.%d.%d.7, ", i / 250, i % 250);
    }
    ds_put_char(&s, '}');
    check_limit("exclusion", ds_cstr(&s), 10000);
    ds_destroy(&s);
}

/* Clauses over clauses: 2^60 products. */
static void
test_many_clauses(void)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    for (int i = 0; i < 60; i++) {
        ds_put_format(&s, "%s(reg%d[%d] || reg%d[%d])", i ? " && " : "",
                      i % 10, i / 10, (i + 1) % 10, 20 + i / 10);
    }
    check_limit("60 clauses", ds_cstr(&s), 121);
    for (int i = 0; i < 40; i++) {
        ds_put_format(&s, " && (reg%d[%d] || reg%d[%d])", i % 10, 8 + i / 10,
                      (i + 1) % 10, 28);
    }
    check_limit("100 clauses", ds_cstr(&s), 1000);
    ds_destroy(&s);
}

/* ORs in ANDs in ORs, each pair of which could be multiplied. */
static void
test_deep(void)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    for (int i = 0; i < 90; i++) {
        ds_put_format(&s, "(reg%d[%d] %s ", i % 10, i / 10,
                      i % 2 ? "&&" : "||");
    }
    ds_put_cstr(&s, "ip4");
    for (int i = 0; i < 90; i++) {
        ds_put_char(&s, ')');
    }
    check_limit("deep", ds_cstr(&s), 1000);

    ds_clear(&s);
    ds_put_char_multiple(&s, '(', 100000);
    check_limit("parentheses", ds_cstr(&s), 0);
    ds_clear(&s);
    ds_put_char_multiple(&s, '!', 100000);
    check_limit("not", ds_cstr(&s), 0);
    ds_destroy(&s);
}

/* Ranges of all fields at once. */
static void
test_ranges(void)
{
    check_limit("range", "tcp.dst >= 1024 && tcp.dst <= 4096", 6);
    check_limit("ranges",
                "1 <= tcp.dst <= 65534 && 1 <= tcp.src <= 65534"
                " && reg0 > 0 && reg1 < 0xffffffff && xxreg1 != 5"
                " && ip6.src > ::1 && eth.src != 00:00:00:00:00:01", 1000);
}

/* Distributing what cannot be flattened must stop somewhere. */
static void
test_refused(void)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    for (int i = 0; i < 10; i++) {
        ds_put_format(&s, "%s(", i ? " && " : "");
        for (int j = 0; j < 10; j++) {
            ds_put_format(&s, "%s(reg%d > 1 && reg%d > %d && reg%d > 2)",
                          j ? " || " : "", i % 10, (i + 1) % 10, j + 2,
                          (i + j + 2) % 10);
        }
        ds_put_char(&s, ')');
    }
    check_limit("refused", ds_cstr(&s), 0);
    ds_destroy(&s);
}

/* Random bytes, and random tokens, which come further. */
static void
test_garbage(void)
{
    static const char *const tokens[] = {
        "(", ")", "{", "}", "[", "]", "==", "!=", "<", "<=", ">", ">=", "!",
        "&&", "||", "..", ",", "0", "1", "0x10", "10.0.0.1/8", "::1", "\"p\"",
        "$s1", "@g1", "^t", "ip4", "tcp.dst", "inport", "reg0", "eth.src",
        "is_chassis_resident", "icmp4.frag_mtu", "aa:bb:cc:dd:ee:ff", "<->",
    };
    struct ds s = DS_EMPTY_INITIALIZER;

    for (int i = 0; i < 50000; i++) {
        struct expr_matches matches;

        ds_clear(&s);
        for (int n = random_range(20); n > 0; n--) {
            if (i % 2) {
                ds_put_format(&s, "%s ",
                              tokens[random_range(ARRAY_SIZE(tokens))]);
            } else {
                ds_put_char(&s, 1 + random_range(255));
            }
        }
        free(expr_compile(ds_cstr(&s), logical_symtab(), &test_env,
                          &matches));
        expr_matches_destroy(&matches);
    }
    ds_destroy(&s);
}

static void
test_expr_limits(int argc OVS_UNUSED, char *argv[] OVS_UNUSED)
{
    make_sets();
    test_long_exclusion();
    test_many_clauses();
    test_deep();
    test_ranges();
    test_refused();
    test_garbage();
    free_sets();
}

TEST_OVN_REGISTER("expr-limits", test_expr_limits);

/* The lexer. */

static const char *
lookup_template(void *aux OVS_UNUSED, const char *name)
{
    return !strcmp(name, "vip") ? "10.0.0.1" : NULL;
}

static void
check_template(const char *s, const char *expected)
{
    char *actual = lex_expand_templates(s, lookup_template, NULL);

    if (expected ? !actual || strcmp(actual, expected) : actual != NULL) {
        ovs_fatal(0, "%s expands to %s", s, actual ? actual : "itself");
    }
    free(actual);
}

static void
test_templates(void)
{
    check_template("ip4.src == 10.0.0.1", NULL);
    check_template("ip4.src == ^vip && tcp", "ip4.src == 10.0.0.1 && tcp");
    check_template("ip4.src == {^vip, ^vip}",
                   "ip4.src == {10.0.0.1, 10.0.0.1}");
    check_template("ip4.src == ^other", NULL);
    check_template("inport == \"^vip\" // ^vip", NULL);
    check_template("^vip \"", "10.0.0.1 \"");
}

static void
check_error(const char *s, const char *expected)
{
    struct lexer lexer;

    lexer_init(&lexer, s);
    while (lexer.token.type != LEX_END) {
        lexer_get(&lexer);
    }
    char *error = lexer_finish(&lexer);
    if (!error || strcmp(error, expected)) {
        ovs_fatal(0, "%s: %s", s, error ? error : "no error");
    }
    free(error);
    lexer_destroy(&lexer);
}

/* The caret is below the character that is wrong, also in UTF-8 and in long
 * texts, of which only a part is shown. */
static void
test_errors(void)
{
    check_error("ip4 & tcp",
                "column 5: `&' is only valid as part of `&&'\n"
                "  ip4 & tcp\n"
                "      ^");
    check_error("inport == \"\xc3\xa4\xc3\xb6\" `",
                "column 16: invalid character\n"
                "  inport == \"\xc3\xa4\xc3\xb6\" `\n"
                "                 ^");
    check_error("0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 ` "
                "5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4",
                "column 51: invalid character\n"
                "  ...5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 "
                "` 5 6 7 8 9 0 1 2 3 4 5 6 7 8 ...\n"
                "                                             ^");
    check_error("\"", "column 1: string without closing quote\n"
                "  \"\n"
                "  ^");
}

static void
test_lex(int argc OVS_UNUSED, char *argv[] OVS_UNUSED)
{
    test_templates();
    test_errors();
}

TEST_OVN_REGISTER("lex", test_lex);
