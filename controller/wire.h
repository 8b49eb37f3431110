/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef CONTROLLER_WIRE_H
#define CONTROLLER_WIRE_H 1

/* OpenFlow flows in the form that they have on the wire.
 *
 * A flow consists of a key, which says which flow it is, and a content, which
 * says what it does.  Both are byte strings, made once and then compared,
 * hashed, kept and sent without being looked into: flows that a switch cannot
 * tell apart have equal bytes, whoever made them.
 *
 * A key is
 *
 *     table (1 byte), 0 (1 byte), priority (2 bytes), match (OXM)
 *
 * with the match as ovs-vswitchd would report it, and a content one of
 *
 *     0 (1 byte), cookie (8 bytes), instructions
 *     1 (1 byte), one or more "conjunction" actions (16 bytes each), sorted
 *
 * all in network byte order and as OpenFlow 1.5 has it.  The second form is
 * that of the members of conjunctive matches, whose cookie is 0. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "openvswitch/match.h"
#include "openvswitch/ofp-flow.h"
#include "openvswitch/types.h"

struct ofpact;
struct ofpbuf;

/* A flow, whose bytes belong to somebody else. */
struct wire_flow {
    const void *key;
    const void *content;
    uint32_t content_len;
    uint16_t key_len;
};

/* Making.  Each appends to 'b'. */

/* The beginning of a key, to be followed by a match in OXM. */
void wire_put_key_header(struct ofpbuf *b, uint8_t table_id,
                         uint16_t priority);

/* A whole key.  Fields of 'match' that lack their prerequisites are left out,
 * as a switch does it.  'match' may not be about tun_metadata fields. */
void wire_put_key(struct ofpbuf *b, uint8_t table_id, uint16_t priority,
                  const struct match *match);

/* A content.  The order of several "conjunction" actions, which means nothing,
 * is lost. */
void wire_put_content(struct ofpbuf *b, ovs_be64 cookie,
                      const struct ofpact *ofpacts, size_t ofpacts_len);

/* The content of a member of clause 'clause' (from 0 on) of the conjunctive
 * match 'id'. */
void wire_put_conjunction(struct ofpbuf *b, uint32_t id, uint8_t clause,
                          uint8_t n_clauses);

/* True if 'content' is of the second form. */
bool wire_is_conjunctive(const void *content);

/* Appends the actions of 'content' to those of 'b', both conjunctive and both
 * not empty.  To be called with contents that are in bytewise order. */
void wire_unite(struct ofpbuf *b, const void *content, size_t content_len);

/* Taking apart. */

uint8_t wire_table_id(const struct wire_flow *);
uint16_t wire_priority(const struct wire_flow *);
void wire_get_match(const struct wire_flow *, struct match *);
ovs_be64 wire_cookie(const void *content);

/* Appends the actions of 'content' to 'ofpacts'.  Returns false, without
 * having done so, if they are too many for OpenFlow. */
bool wire_get_actions(const void *content, size_t content_len,
                      struct ofpbuf *ofpacts);

/* Sending. */

/* Returns a message that adds or replaces the flow (OFPFC_ADD) or deletes it
 * (OFPFC_DELETE_STRICT), which the caller must free. */
struct ofpbuf *wire_encode_flow_mod(const struct wire_flow *,
                                    enum ofp_flow_mod_command);

/* True if what a switch reports in 'fs', a flow with the same key, is what it
 * would report had it been given 'flow'. */
bool wire_equals_stats(const struct wire_flow *flow,
                       const struct ofputil_flow_stats *fs);

#endif /* controller/wire.h */
