/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The connection to the local switch.
 *
 * An ofswitch holds the OpenFlow flows, groups and meters that the integration
 * bridge ought to have (the *desired* state), and makes the bridge have them.
 * The owner edits the desired state at any time; edits are cheap and send
 * nothing.  ofswitch_run() finds out what the switch has and sends the
 * difference.
 *
 * What it promises
 * ================
 *
 * 1. Nothing that is right is touched.  On each new connection, once the
 *    owner is ready, all flows, groups and meters are read from the switch.
 *    One that equals a desired one, for a flow in match, priority, actions
 *    and cookie, is adopted.  A restart of this program with nothing changed
 *    sends no modification.
 *
 * 2. Nothing is changed before the owner says that the desired state is
 *    complete (ofswitch_set_ready()).  Until then the switch keeps what an
 *    earlier incarnation gave it.  The one exception is the mapping of OVN's
 *    Geneve option, which is only ever added.
 *
 * 3. No packet sees half a change.  All flow edits between two calls of
 *    ofswitch_run() reach the switch in one atomic, ordered bundle.  Groups
 *    and meters that the flows need are added before it, those that no flow
 *    needs any more are deleted after it.  The one exception is a switch
 *    without flows (new, or restarted): it is filled in chunks, table 0, where
 *    packets enter, last, so that no packet finds a half-filled pipeline.
 *
 * 4. One bad flow spoils nothing else.  If the switch rejects a flow, the
 *    rest of the bundle is installed without it; the flow is reported once,
 *    by table, priority, match and cookie, and it is tried again when its
 *    content or a group or meter changes, or on the next connection.
 *
 * 5. A fence is acknowledged only when everything desired at the time of
 *    ofswitch_fence() was carried out and a barrier has confirmed it, however
 *    often the connection breaks in between.
 *
 * 6. At most one bundle is in flight.  What is edited meanwhile collects and
 *    goes out with the next one, so a slow switch makes for larger bundles,
 *    not for a longer queue.
 *
 * Memory
 * ======
 *
 * A desired flow costs one 'struct of_flow' (64 bytes) plus its minimatch and
 * its ofpacts.  There is no second table of installed flows: what the switch
 * has is a few bits in the same entry, and only a flow that the switch has and
 * nobody desires has an entry of its own, until it is deleted.
 *
 * Threads: none of this is thread-safe; one thread owns an ofswitch.
 */

#ifndef CONTROLLER_OFSWITCH_H
#define CONTROLLER_OFSWITCH_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "openvswitch/meta-flow.h"
#include "openvswitch/types.h"

struct ds;
struct ofpbuf;
struct ofputil_packet_in;
struct ofputil_packet_out;
struct ofswitch;
struct simap;
struct wire_flow;

/* Creation and connection. */

/* Returns a new ofswitch without target and with an empty desired state, not
 * ready. */
struct ofswitch *ofswitch_create(void);

/* Closes the connection and frees 'sw'.  The switch keeps what it has. */
void ofswitch_destroy(struct ofswitch *sw);

/* Connects 'sw' to 'target', an OpenFlow connection method such as
 * "unix:/var/run/openvswitch/br-int.mgmt", or to nothing if 'target' is NULL.
 * The bridge must allow OpenFlow 1.5.  'probe_interval_s' is the number of
 * seconds after which an idle connection is probed, 0 for never.
 *
 * Does nothing if nothing changed.  A new target drops the connection;
 * desired state and outstanding fences carry over. */
void ofswitch_set_target(struct ofswitch *sw, const char *target,
                         int probe_interval_s);

/* Tells whether the desired state is complete.  While it is not (at start-up,
 * or while the owner's databases are away), the switch is read but not
 * changed, and no fence is acknowledged.  Initially false. */
void ofswitch_set_ready(struct ofswitch *sw, bool ready);

/* Does what can be done without blocking: connects, reads messages (calling
 * the packet-in callback), and sends the difference. */
void ofswitch_run(struct ofswitch *sw);

/* Arranges for poll_block() to wake up when ofswitch_run() has work. */
void ofswitch_wait(struct ofswitch *sw);

/* Reads everything from the switch again and repairs what differs, in case
 * somebody else edited it.  A repair is as gentle as after a reconnect. */
void ofswitch_resync(struct ofswitch *sw);

/* Desired flows.
 *
 * See wire.h for what a flow is.  Matches on tun_metadata fields are not
 * supported (actions on them are). */

/* Makes 'flow' desired, or replaces the content of the one with this key.
 * Unless 'copy', its bytes must stay where they are until the next call of
 * this function or ofswitch_flow_del() for the same key has returned. */
void ofswitch_flow_set(struct ofswitch *sw, const struct wire_flow *flow,
                       bool copy);

/* Makes the flow with the key of 'flow' no longer desired.  Does nothing if it
 * was not. */
void ofswitch_flow_del(struct ofswitch *sw, const struct wire_flow *flow);

/* Makes all flows undesired. */
void ofswitch_flow_flush(struct ofswitch *sw);

/* The number of desired flows. */
size_t ofswitch_n_flows(const struct ofswitch *sw);

/* Groups.
 *
 * 'content' is a group in the syntax of ovs-ofctl(8) without "group_id=", such
 * as "type=select,selection_method=dp_hash,bucket=actions=ct(...)".  Equal
 * content shares one group.  The id is derived from a hash of the content, so
 * it is the same in each incarnation of this program and, but for collisions,
 * on each chassis.  After a collision an incarnation finds out from the switch
 * which content had which id, provided that nobody asks for one before
 * ofswitch_ids_are_known().
 *
 * A group exists on the switch as long as it is referenced.  References are
 * counted.  Take the reference before ofswitch_flow_set() of the flow that
 * uses the id, and give it back at the time of ofswitch_flow_del(). */

/* Returns the id, never 0, of the group with 'content' and references it.  If
 * 'content' cannot be parsed, that is logged, the group is not installed, and
 * flows that use the id will be rejected by the switch. */
uint32_t ofswitch_group_ref(struct ofswitch *sw, const char *content);
void ofswitch_group_unref(struct ofswitch *sw, const char *content);

/* The number of groups that are referenced, or on the switch. */
size_t ofswitch_n_groups(const struct ofswitch *sw);

/* Meters.
 *
 * A meter has a name, which determines its id, and a content, which may change
 * or come later: the rate of a meter changes without any flow changing.  A
 * flow needs only the name and takes a reference.  The meter exists on the
 * switch while it is referenced and has content.
 *
 * 'content' is a meter in the syntax of ovs-ofctl(8) without "meter=", such as
 * "pktps,burst,stats,bands=type=drop,rate=100,burst_size=200". */

/* Returns the id, never 0, of the meter 'name' and references it. */
uint32_t ofswitch_meter_ref(struct ofswitch *sw, const char *name);
void ofswitch_meter_unref(struct ofswitch *sw, const char *name);

/* Sets the content of the meter 'name', or removes it if 'content' is NULL.
 * Independent of references.  A meter that loses its content while it is
 * referenced stays as it is until it is not (a switch deletes the flows along
 * with the meter). */
void ofswitch_meter_set(struct ofswitch *sw, const char *name,
                        const char *content);

/* The number of meters that are referenced, on the switch, or have content. */
size_t ofswitch_n_meters(const struct ofswitch *sw);

/* Connection tracking. */

/* Forgets the connections of conntrack zone 'zone', before the next change of
 * flows.  Counts as desired state for ofswitch_fence(). */
void ofswitch_ct_flush_zone(struct ofswitch *sw, uint16_t zone);

/* Fences. */

/* Puts up a fence behind everything that is desired now.  Returns its sequence
 * number, one more than that of the last one (the first is 1). */
uint64_t ofswitch_fence(struct ofswitch *sw);

/* The highest fence behind which everything is in force on the switch.  It
 * never goes back; fences are acknowledged in order. */
uint64_t ofswitch_fence_done(const struct ofswitch *sw);

/* State. */

/* True if the OpenFlow handshake with the switch is complete. */
bool ofswitch_is_connected(const struct ofswitch *sw);

/* A number that changes whenever a connection is made or lost: as long as it
 * stays the same, this is the same switch, and it was not restarted. */
unsigned int ofswitch_connection(const struct ofswitch *sw);

/* True if it is known which ids the switch has things under from an earlier
 * incarnation, or if there is no switch to be connected to.  Once it is true
 * it stays so while the switch is there. */
bool ofswitch_ids_are_known(const struct ofswitch *sw);

/* True if the switch is known to have exactly what is desired (except flows
 * that it rejected). */
bool ofswitch_is_synced(const struct ofswitch *sw);

/* One or two words about the connection, for people: "disconnected",
 * "negotiating", "reading", "waiting", "updating" or "up to date". */
const char *ofswitch_status(const struct ofswitch *sw);

/* The field, MFF_TUN_METADATA0 or one of the following, that holds OVN's
 * Geneve option (class 0x0102, type 0x80, 4 bytes), or 0 if it is not known
 * (yet) or the switch has no room for it.
 *
 * It may change when the switch is restarted.  Nothing is installed in the
 * call of ofswitch_run() that learns it, so that the owner can adapt the
 * desired flows before the next call. */
enum mf_field_id ofswitch_tun_metadata_field(const struct ofswitch *sw);

/* Packets. */

/* Called from ofswitch_run() for each packet that the switch sends.  'pin'
 * includes the userdata of the action that sent it.  'continuation' is the
 * state to resume from, for ofputil_encode_resume(), empty unless the action
 * said "pause".  Both are valid only during the call, which may call any
 * function of this module but ofswitch_run() and ofswitch_destroy(). */
typedef void ofswitch_packet_in_func(const struct ofputil_packet_in *pin,
                                     const struct ofpbuf *continuation,
                                     void *aux);
void ofswitch_set_packet_in_cb(struct ofswitch *sw,
                               ofswitch_packet_in_func *cb, void *aux);

/* Sends a packet, or resumes one ('continuation' as passed to the callback).
 * Return false if the packet was dropped, because there is no connection or
 * too many packets are queued already. */
bool ofswitch_packet_out(struct ofswitch *sw,
                         const struct ofputil_packet_out *po);
bool ofswitch_resume(struct ofswitch *sw, const struct ofputil_packet_in *pin,
                     const struct ofpbuf *continuation);

/* For operators. */

/* Registers the unixctl commands "group-table-list" and "meter-table-list"
 * (lines of "CONTENT: ID" and "NAME: ID"), and "debug/ofswitch-show", for
 * 'sw'.  Call it at most once in a process; 'sw' must then live as long as the
 * unixctl server. */
void ofswitch_register_unixctl(struct ofswitch *sw);

/* Adds counts for "memory/show" to 'usage'. */
void ofswitch_get_memory_usage(const struct ofswitch *sw,
                               struct simap *usage);

/* Appends a description of the state to 'ds', a few "name: value" lines. */
void ofswitch_format(const struct ofswitch *sw, struct ds *ds);

#endif /* controller/ofswitch.h */
