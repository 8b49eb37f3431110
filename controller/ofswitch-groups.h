/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Groups and meters of an ofswitch: things on the switch that flows refer to
 * by an id.
 *
 * Both kinds are kept in a table of type 'struct of_shared_table': an entry
 * has a name and a content.  The name, by a hash of it, determines the id, so
 * ids are the same in each incarnation of the program without being stored
 * anywhere.  A group's name is its content.  A meter has a name of its own,
 * and its content may change or come later.
 *
 * If the hashes of two names collide, the later one has an id from another
 * hash, in a range of its own.  Which of them is the later one, a new
 * incarnation learns from the switch: what is there under an id of that range
 * shows whose it was.  For groups, it also never takes an id that the switch
 * has something else under; for meters, whose names the switch does not know,
 * a new one that comes before the one it collides with can have that one's id,
 * and with it, until the flows change, its packets.
 *
 * The cycle of an update, around the one of the flows:
 *
 *     of_shared_take()      Gives the messages that add and modify, to be sent
 *                           before the flows.
 *     of_shared_reject()    ... for those that the switch refuses.
 *     of_shared_finish()    After the flows: gives the messages that delete
 *                           what was unused at the time of of_shared_take(),
 *                           and so is used by no flow on the switch.  (The
 *                           switch deletes a flow along with its group.)
 *
 * This is a part of ofswitch, used by ofswitch.c only. */

#ifndef CONTROLLER_OFSWITCH_GROUPS_H
#define CONTROLLER_OFSWITCH_GROUPS_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "openvswitch/hmap.h"
#include "openvswitch/list.h"

struct ds;
struct ofpbuf;
struct ofputil_group_desc;
struct ofputil_meter_config;

struct of_shared_class;
extern const struct of_shared_class of_group_class;
extern const struct of_shared_class of_meter_class;

enum of_shared_flags {
    OSF_ON_SWITCH = 1 << 0,     /* The switch has something with this id. */
    OSF_IN_SYNC = 1 << 1,       /* ...and with this content. */
    OSF_IN_FLIGHT = 1 << 2,     /* The present content is in flight. */
    OSF_REJECTED = 1 << 3,      /* The switch, or a parser, refused it. */
    OSF_LATE = 1 << 4,          /* Was referenced before it had content. */
};

struct of_shared {
    struct hmap_node name_node; /* In 'by_name', if 'name'. */
    struct hmap_node id_node;   /* In 'by_id'. */
    struct ovs_list list_node;  /* In 'dirty', 'unused', or empty. */
    char *name;                 /* NULL: only known to be on the switch. */
    char *content;              /* NULL: none, or same as the name. */
    struct ofpbuf *found;       /* Nobody's: what the switch has, encoded. */
    uint32_t id;
    uint32_t refs;
    uint32_t xid;               /* Of the last message, if in 'batch'. */
    uint8_t flags;              /* Of OSF_*. */
};

struct of_shared_table {
    const struct of_shared_class *class;
    struct hmap by_name;
    struct hmap by_id;
    struct ovs_list dirty;      /* Those that may need a message. */
    struct ovs_list unused;     /* Those to be deleted by "finish". */
    struct of_shared **batch;   /* Those whose messages are in flight. */
    size_t n_batch, allocated_batch;
    bool known;                 /* The flags say what the switch has. */
};

void of_shared_init(struct of_shared_table *, const struct of_shared_class *);
void of_shared_destroy(struct of_shared_table *);

/* Edits. */
uint32_t of_shared_ref(struct of_shared_table *, const char *name);
void of_shared_unref(struct of_shared_table *, const char *name);
void of_shared_set_content(struct of_shared_table *, const char *name,
                           const char *content);

/* Reading. */
void of_shared_forget(struct of_shared_table *);
void of_shared_read_group(struct of_shared_table *,
                          const struct ofputil_group_desc *);
void of_shared_read_meter(struct of_shared_table *,
                          const struct ofputil_meter_config *);
void of_shared_end_read(struct of_shared_table *);

/* What of_shared_take() is about to put on the switch. */
struct of_shared_news {
    bool any;                   /* Something that it did not have. */
    uint32_t *late_ids;         /* Of these, those first used without. */
    size_t n_late;
};

/* Updating.  Messages are appended to a list of "struct ofpbuf"s. */
bool of_shared_changed(const struct of_shared_table *);
void of_shared_take(struct of_shared_table *, uint32_t *next_xid,
                    struct ovs_list *msgs, struct of_shared_news *);
bool of_shared_reject(struct of_shared_table *, uint32_t xid,
                      const char *reason);
void of_shared_finish(struct of_shared_table *, bool committed,
                      uint32_t *next_xid, struct ovs_list *msgs);

/* For operators. */
void of_shared_format(const struct of_shared_table *, struct ds *);

#endif /* controller/ofswitch-groups.h */
