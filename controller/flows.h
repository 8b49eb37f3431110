/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef CONTROLLER_FLOWS_H
#define CONTROLLER_FLOWS_H 1

/* OpenFlow flows as output of the compilation.
 *
 * A flow is known by table, priority and match; what units claim about it is
 * its actions and cookie.  If several claim one flow with different actions,
 * the switch gets the first of them in a fixed order; but members of
 * conjunctive matches ("conjunction" actions only) are united, with cookie 0.
 *
 * The second part is a small vocabulary for writing flows by hand. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/inc.h"
#include "openvswitch/match.h"
#include "openvswitch/meta-flow.h"
#include "openvswitch/ofpbuf.h"
#include "openvswitch/types.h"

struct expr_conj;
struct expr_term;
struct ofpact;
struct ofswitch;

extern struct inc_output flows_output;

/* Makes flows go to 'sw', which must live as long as the engine, and not be
 * run without it. */
void flows_init(struct ofswitch *sw);
void flows_destroy(void);

/* Claims the flow that matches 'match' in 'table_id'.  'cookie' is the row
 * that the flow is made from, or NULL. */
void flow_emit(struct inc_cx *, uint8_t table_id, uint16_t priority,
               const struct match *, const struct ofpbuf *ofpacts,
               const struct uuid *cookie);

/* The same for the match that the 'n' 'terms' make, which must include all
 * prerequisites; quicker.  'content' is as wire_put_content() makes it. */
void flow_emit_terms(struct inc_cx *, uint8_t table_id, uint16_t priority,
                     const struct expr_term *terms, size_t n,
                     const struct ofpbuf *content);

/* Claims the flow that matches 'terms' in 'table_id' as member 'conj' of a
 * conjunctive match. */
void flow_emit_conj(struct inc_cx *, uint8_t table_id, uint16_t priority,
                    const struct expr_term *terms, size_t n,
                    const struct expr_conj *conj);

/* Vocabulary: each appends one action to 'ofpacts'. */
void put_load(uint64_t value, enum mf_field_id dst, unsigned int ofs,
              unsigned int n_bits, struct ofpbuf *ofpacts);
void put_move(enum mf_field_id src, unsigned int src_ofs,
              enum mf_field_id dst, unsigned int dst_ofs,
              unsigned int n_bits, struct ofpbuf *ofpacts);
void put_resubmit(uint8_t table_id, struct ofpbuf *ofpacts);
void put_output(uint32_t ofport, struct ofpbuf *ofpacts);
void put_push(enum mf_field_id, struct ofpbuf *ofpacts);
void put_pop(enum mf_field_id, struct ofpbuf *ofpacts);

#endif /* controller/flows.h */
