/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* What the files of ofswitch share: ofswitch.c (life of a connection),
 * ofswitch-update.c (what is sent to change the switch) and ofswitch-recv.c
 * (what is received). */

#ifndef CONTROLLER_OFSWITCH_PRIVATE_H
#define CONTROLLER_OFSWITCH_PRIVATE_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "controller/ofswitch-features.h"
#include "controller/ofswitch-flows.h"
#include "controller/ofswitch-groups.h"
#include "controller/ofswitch.h"
#include "openvswitch/ofp-errors.h"

struct ofp_header;
struct ovs_list;

/* The number of conntrack zones. */
#define OFSW_N_ZONES 65536

/* The state of the connection. */
enum ofsw_state {
    S_DISCONNECTED,
    S_HELLO,                    /* Asking for what the owner must know: the
                                 * table of Geneve options, ids in use. */
    S_WAIT,                     /* Waiting for the owner to be ready. */
    S_READ,                     /* Reading flows, groups and meters. */
    S_LIVE,                     /* The tables know what the switch has. */
};

/* A multipart request being answered. */
struct ofsw_request {
    bool pending;
    uint32_t xid;
};

/* The one update that may be in flight: groups, meters and zones, then flows
 * in a bundle, then a barrier. */
struct ofsw_update {
    bool active;
    bool bundled;               /* The flows are in a bundle. */
    uint32_t flow_xid;          /* Of the first flow; others follow. */
    size_t n_flows;
    uint32_t open_xid;          /* OFPBCT_OPEN_REQUEST. */
    uint32_t commit_xid;        /* OFPBCT_COMMIT_REQUEST. */
    uint32_t barrier_xid;
    bool committed;             /* OFPBCT_COMMIT_REPLY was received. */
    bool blamed;                /* A flow was rejected. */
    enum ofperr error;          /* Of the bundle as a whole, or 0. */
    uint64_t fence;             /* Acknowledged when this is complete. */
};

struct ofswitch {
    /* Connection. */
    struct rconn *rconn;
    struct rconn_packet_counter *packet_outs;
    char *target;               /* NULL if none. */
    int probe_interval;
    bool connecting;            /* 'rconn' knows the target. */
    unsigned int seqno;         /* Of the connection that 'state' is about. */
    enum ofsw_state state;
    uint32_t next_xid;
    uint32_t next_bundle_id;

    /* Desired state and what is known about the switch. */
    struct of_flows flows;
    struct of_shared_table groups;
    struct of_shared_table meters;
    bool ids_known;             /* Of groups and meters. */
    bool ready;
    bool resync;                /* Read again as soon as possible. */

    /* Reading. */
    struct ofsw_request read_flows, read_groups, read_meters;
    size_t n_read;              /* Flows seen. */
    bool read_incomplete;       /* There were some that cannot be decoded. */

    /* Updating. */
    struct ofsw_update update;
    int n_failures;             /* Bundles that failed in a row. */
    bool one_by_one;            /* The next update goes without a bundle. */
    uint64_t fence_last, fence_done;

    /* Conntrack zones to be flushed, and those in flight (bitmaps). */
    unsigned long *zones, *sent_zones;
    bool any_zone;

    /* What it can do. */
    struct ofsw_request read_group_features, read_meter_features;
    struct ofsw_request probe_ct_flush;
    struct ofswitch_features features;

    /* Geneve option. */
    struct ofsw_request read_tlv;
    uint32_t tlv_mod_xid;
    int n_tlv_attempts;
    enum mf_field_id tun_field; /* 0 if unknown. */

    ofswitch_packet_in_func *packet_in;
    void *packet_in_aux;
};

/* Sending, in ofswitch.c. */
uint32_t ofsw_alloc_xids(struct ofswitch *, size_t n);
void ofsw_set_xid(struct ofpbuf *, uint32_t xid);
void ofsw_send_xid(struct ofswitch *, struct ofpbuf *, uint32_t xid);
uint32_t ofsw_send(struct ofswitch *, struct ofpbuf *);
void ofsw_send_list(struct ofswitch *, struct ovs_list *msgs);
void ofsw_send_request(struct ofswitch *, struct ofpbuf *,
                       struct ofsw_request *);

/* Updating, in ofswitch-update.c. */
bool ofsw_update_needed(const struct ofswitch *);
void ofsw_begin_update(struct ofswitch *);
void ofsw_end_update(struct ofswitch *);
void ofsw_handle_bundle_control(struct ofswitch *, const struct ofp_header *);
bool ofsw_handle_update_error(struct ofswitch *, uint32_t xid, enum ofperr);

/* Receiving, in ofswitch-recv.c. */
bool ofsw_is_reply(struct ofsw_request *, const struct ofp_header *,
                   bool last);
void ofsw_request_tlv_table(struct ofswitch *);
void ofsw_handle_msg(struct ofswitch *, const struct ofp_header *);

#endif /* controller/ofswitch-private.h */
