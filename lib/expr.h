/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef LIB_EXPR_H
#define LIB_EXPR_H 1

/* Expressions
 * ===========
 *
 * Compiles what users write into ACLs, policies and so on, and ovn-northd
 * into Logical_Flow.match, such as "ip4.src == $web && tcp.dst == {80, 443}",
 * into OpenFlow matches.  The language is in ovn-sb(5).
 *
 * Two steps:
 *
 *   1. expr_parse() turns the text into an immutable "struct expr".  It
 *      depends on nothing but the text: names of ports, address sets, port
 *      groups stay names.  A logical flow that is on many datapaths is parsed
 *      once, and equal texts can share one result, also between threads.
 *
 *   2. expr_to_matches() asks its environment what these names mean in one
 *      datapath on this chassis, and yields the OpenFlow matches.  It costs
 *      about as much as its output is large.
 *
 * Normal form
 * -----------
 *
 * expr_parse() brings the expression into an OR of "conjunctions".  A
 * conjunction is a base, a plain match that all its flows share, and any
 * number of clauses, each an OR of plain matches.  Clauses come from ORs
 * inside of an AND.
 *
 * From a conjunction of clauses with a, b, c members, one can make a * b * c
 * plain flows, or a + b + c + 1 flows with OpenFlow's conjunctive matches (see
 * ovs-fields(7)).  expr_to_matches() does what needs fewer flows.
 *
 * Open sets
 * ---------
 *
 * An address set or port group may have very many members, and change all the
 * time.  So step 2 can leave its members out: expr_to_matches() then yields
 * only what does not depend on them, and expr_to_holes() the places where each
 * member adds a flow.  Filling a hole with a member costs the same whatever
 * the number of members, and no other flow changes.
 *
 * A set cannot be open, and its members are asked for as usual, if in the
 * expression
 *
 *   - it is negated, as in "ip4.src != $set": one member more changes many
 *     prefixes of what is not in the set;
 *   - it is combined with another set in one member of a clause, as in
 *     "ip4.src == $a && ip4.dst == $b" within another OR and AND, if it is
 *     multiplied out: that is a product;
 *   - the field it is compared to is in another clause of the same
 *     conjunctive match, as in "ip4.src == $a && ip4.src == $b": a member
 *     could have to be in both clauses;
 *   - reg4 or reg5 is in the same conjunctive match (see expr-open.c).
 *
 * Limits
 * ------
 *
 * No input takes long or much memory: expressions nest at most
 * EXPR_MAX_DEPTH deep, a normal form has at most EXPR_MAX_CUBES plain matches,
 * one logical flow makes at most EXPR_MAX_MATCHES OpenFlow flows in each
 * datapath.  Beyond that there is an error that says so.
 *
 * Errors are malloc()'d strings for the user.  They name the column, and show
 * the place with a caret. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/fields.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/match.h"
#include "openvswitch/types.h"

struct flow;
struct ofpbuf;
struct svec;

#define EXPR_MAX_DEPTH 100      /* Levels of parentheses and '!'. */
#define EXPR_MAX_CUBES 65536    /* Plain matches in a normal form. */
#define EXPR_MAX_MATCHES 262144 /* Flows of one expression, one datapath. */
#define EXPR_MAX_CLAUSES 64     /* Clauses in a conjunctive match (OVS). */

/* Step 1. */

struct expr;

/* Parses 'match', with '*prereqs' as additional condition if it is nonnull
 * (see actions_parse()).  On success returns NULL and stores an expression
 * that the caller must eventually expr_destroy() into '*exprp'.  On failure
 * returns an error that the caller must free, and stores NULL. */
char *expr_parse(const char *match, const struct field_symtab *,
                 const struct field_set *prereqs, struct expr **exprp)
    OVS_WARN_UNUSED_RESULT;
void expr_destroy(struct expr *);

/* True if no packet can match in any environment. */
bool expr_is_false(const struct expr *);

/* What 'expr' refers to by name: ports that are compared to inport and so on,
 * ports in is_chassis_resident(), address sets, port groups.  NULL-terminated,
 * without duplicates, owned by 'expr'. */
const char *const *expr_ports(const struct expr *);
const char *const *expr_residents(const struct expr *);
const char *const *expr_address_sets(const struct expr *);
const char *const *expr_port_groups(const struct expr *);

/* Whether 'expr' compares '@name' to field 'mf', or, if 'other', to any other
 * field. */
bool expr_compares_group(const struct expr *, const char *name,
                         enum mf_field_id mf, bool other);

/* The normal form, for humans and tests. */
void expr_format(const struct expr *, struct ds *);

/* Number of conjunctive matches that 'expr' needs at most, whatever the
 * environment: 'n_conj_ids' in struct expr_matches. */
uint32_t expr_n_conj_ids(const struct expr *);

/* Memory used by 'expr', in bytes. */
size_t expr_size(const struct expr *);

/* The intermediate results of the passes that expr_parse() runs, one line
 * each, for debugging and tests. */
char *expr_explain(const char *match, const struct field_symtab *,
                   struct ds *) OVS_WARN_UNUSED_RESULT;

/* Step 2. */

/* Members of an address set: IPv4, IPv6 or Ethernet constants, masked or
 * not.  Immutable once made. */
struct expr_constant {
    ovs_u128 value;
    ovs_u128 mask;
    uint8_t width;              /* 32: IPv4, 48: Ethernet, 128: IPv6. */
};
struct expr_constants {
    size_t n;
    struct expr_constant constants[];
};

/* Parses the 'n' strings in 'texts' into a set that the caller must free().
 * Adds an error to 'errors' for each that is not an address (and leaves it out
 * of the set). */
struct expr_constants *expr_constants_parse(const char *const *texts,
                                            size_t n, struct svec *errors);

/* What names mean in one datapath on this chassis.  Each function gets 'aux'
 * first. */
struct expr_env {
    /* Finds the tunnel key of the port or multicast group 'name' within the
     * datapath.  A test for a port that does not exist is false. */
    bool (*lookup_port)(void *aux, const char *name, unsigned int *key);

    /* Whether a packet here can have the port 'name', or one of the ports of
     * '@name' if 'group', in field 'mf'.  Comparisons that cannot be true make
     * no matches.  Members of groups are asked for, too, unless the group as a
     * whole is impossible.  NULL: everything is possible. */
    bool (*is_possible)(void *aux, enum mf_field_id mf, bool group,
                        const char *name);

    /* Whether the port 'name' is on this chassis. */
    bool (*is_chassis_resident)(void *aux, const char *name);

    /* The members of '$name', NULL if there is no such set.  Must be valid
     * until expr_to_matches() returns. */
    const struct expr_constants *(*address_set)(void *aux, const char *name);

    /* The members of '@name' (whose tunnel keys lookup_port() then tells),
     * NULL-terminated, or NULL if there is no such group. */
    const char *const *(*port_group)(void *aux, const char *name);

    /* Whether '$name' ('@name' if 'group') exists and is to be open, that is,
     * the caller cares for its members with expr_to_holes().  Only called for
     * sets that can be.  NULL: none is. */
    bool (*is_open)(void *aux, bool group, const char *name);

    void *aux;
};

/* A member of a conjunctive match. */
struct expr_conj {
    uint32_t id;                /* 0...; see expr_matches. */
    uint8_t clause;             /* 0...n_clauses - 1. */
    uint8_t n_clauses;          /* At least 2. */
};

/* A part of a match: the bits 'mask' of field 'key', an enum mf_field_id, have
 * the values 'value', which is 0 elsewhere.  (Inside of the compiler 'key' may
 * name other things.) */
struct expr_term {
    uint32_t key;
    ovs_u128 value, mask;
};

/* One OpenFlow flow: matches what expr_match_get() says.
 *
 * - n_conjs == 0, conj_id < 0: an ordinary flow.
 * - n_conjs > 0: its actions are one conjunction() for each of 'conjs'.
 * - conj_id >= 0: the flow to run when conjunctive match 'conj_id' is
 *   complete.  expr_match_get() leaves its conj_id out of the match. */
struct expr_match {
    const struct expr_conj *conjs;
    uint16_t n_conjs;
    uint16_t n_terms;
    int32_t conj_id;
    uint32_t ofs;               /* Index of first term, private. */
};

/* The flows of one expression in one datapath.
 *
 * Numbers of conjunctive matches count from 0; 'n_conj_ids' is a bound that
 * depends on the expression alone.  So a caller that keeps a base for each
 * (logical flow, datapath), and adds it to the number, has ids that do not
 * change as long as the logical flow does not. */
struct expr_matches {
    struct expr_match *matches;
    size_t n;
    size_t n_holes;             /* What open sets fill, see expr_holes. */
    uint32_t n_conj_ids;
    size_t n_unfit;             /* Members of address sets left out because
                                 * they cannot be compared to the field. */
    struct expr_term *terms;    /* Private. */
    size_t n_terms, allocated_terms;
    struct expr_conj *conjs;    /* Private. */
    size_t allocated;
};

/* Translates 'expr' for 'env'.  On success returns NULL and initialises
 * '*matches', which may have 0 matches, and which the caller must
 * expr_matches_destroy().  On failure (unknown address set or port group, too
 * many flows) returns an error that the caller must free(), and '*matches' is
 * empty.  Two matches of one result are never equal. */
char *expr_to_matches(const struct expr *, const struct expr_env *env,
                      struct expr_matches *matches) OVS_WARN_UNUSED_RESULT;
void expr_matches_destroy(struct expr_matches *);

/* Initialises '*match' from match 'i'.  It has no metadata and no priority. */
void expr_match_get(const struct expr_matches *, size_t i,
                    struct match *match);

/* The same as terms, each about another field: sets '*n' to their number. */
const struct expr_term *expr_match_terms(const struct expr_matches *, size_t i,
                                         size_t *n);

/* Initialises '*match' from the 'n' 'terms'. */
void expr_terms_to_match(const struct expr_term *terms, size_t n,
                         struct match *match);

/* Matches in OXM, OpenFlow's form of them.
 *
 * Encodes terms as the library does it (with prerequisites, or the fields that
 * need them are lost), only faster: what it has learnt from one match serves
 * for all that differ from it in values alone. */
struct expr_oxm *expr_oxm_create(void);
void expr_oxm_destroy(struct expr_oxm *);

/* Appends the match that the 'n' 'terms' make, in OXM of OpenFlow 1.5, to
 * 'b'. */
void expr_oxm_put(struct expr_oxm *, const struct expr_term *terms, size_t n,
                  struct ofpbuf *b);

/* Formats all matches, one each line, for humans and tests. */
void expr_matches_format(const struct expr_matches *, struct ds *);

/* Whether 'expr' is true for the packet and metadata in 'flow', without making
 * any matches.  Names mean what 'env' says, whatever is possible.  On success
 * returns NULL and stores the answer into '*result'; on failure (unknown
 * address set or port group) returns an error that the caller must free(), and
 * stores false. */
char *expr_evaluate(const struct expr *, const struct expr_env *env,
                    const struct flow *flow, bool *result)
    OVS_WARN_UNUSED_RESULT;

/* Open sets. */

/* A place in the flows of an expression that each member of an open set fills
 * once: the terms that the member's flow has besides the one of the member. */
struct expr_hole {
    uint16_t mf, ofs, n_bits;   /* What is compared to the member. */
    uint16_t n_terms;
    uint32_t first_term;
    struct expr_conj conj;      /* 'n_clauses' is 0 for an ordinary flow. */
    uint32_t zero;
};

/* All such places for one set.  One block of memory, of 'size' bytes, that the
 * caller must free(); equal contents are equal bytes. */
struct expr_holes {
    size_t size;
    size_t n;
    struct expr_hole holes[];   /* Followed by the terms. */
};

/* Whether '$name' ('@name' if 'group') can be open in 'expr'. */
bool expr_can_be_open(const struct expr *, bool group, const char *name);

/* Translates 'expr' for 'env' and returns the holes for '$name' ('@name' if
 * 'group'), or NULL if there are none, for which errors are a reason, too
 * (expr_to_matches() tells them). */
struct expr_holes *expr_to_holes(const struct expr *, const struct expr_env *,
                                 bool group, const char *name);

/* A match, as terms in memory of its own. */
struct expr_terms {
    size_t n;
    struct expr_term *terms;
};

/* Fills hole 'i' with 'member', which for a port group is its tunnel key with
 * a width of 32 bits.  Stores 0 to 2 matches, all to be treated alike, whose
 * terms the caller must free(), into 'matches' and returns how many.
 *
 * Matches of several members, or of members and expr_to_matches(), may be
 * equal.  Then an ordinary flow goes before members of conjunctive matches,
 * and those add up, without duplicates. */
size_t expr_hole_fill(const struct expr_holes *, size_t i,
                      const struct expr_constant *member,
                      struct expr_terms matches[2]);

/* Both steps at once. */
char *expr_compile(const char *match, const struct field_symtab *,
                   const struct expr_env *, struct expr_matches *)
    OVS_WARN_UNUSED_RESULT;

#endif /* lib/expr.h */
