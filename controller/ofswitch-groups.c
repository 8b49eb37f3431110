/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Groups and meters of an ofswitch.  See ofswitch-groups.h for how an update
 * goes. */

#include <config.h>
#include "controller/ofswitch-groups.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "coverage.h"
#include "hash.h"
#include "jhash.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/ofp-group.h"
#include "openvswitch/ofp-meter.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofpbuf.h"
#include "openvswitch/shash.h"
#include "openvswitch/vlog.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(ofswitch_groups);

COVERAGE_DEFINE(ofswitch_group_set);
COVERAGE_DEFINE(ofswitch_group_del);

/* Ids are 1...2 * HALF: from the first half if possible, from the second for
 * names whose hashes collide. */
#define HALF 0x3fffffff

/* What distinguishes groups from meters. */
struct of_shared_class {
    const char *title;
    bool content_is_name;

    /* Returns the message that gives the switch 'content' under 'id', where
     * 'exists' tells whether it has another one there.  If 'content' is
     * malformed, returns NULL and an explanation in '*errorp', which the
     * caller must free. */
    struct ofpbuf *(*encode)(uint32_t id, const char *content, bool exists,
                             char **errorp);
    struct ofpbuf *(*encode_del)(uint32_t id);
};

/* Groups. */

static struct ofpbuf *
encode_group_set(const struct ofputil_group_mod *gm)
{
    return ofputil_encode_group_mod(OFP15_VERSION, gm, NULL, -1);
}

/* Encodes a group the way the switch would report it: with everything filled
 * in that a switch fills in when it receives 'gm'. */
static struct ofpbuf *
encode_group_canonical(const struct ofputil_group_mod *gm)
{
    struct ofpbuf *msg = encode_group_set(gm);
    struct ofputil_group_mod decoded;

    if (msg->size <= UINT16_MAX
        && !ofputil_decode_group_mod(msg->data, &decoded)) {
        ofpbuf_delete(msg);
        msg = encode_group_set(&decoded);
        ofputil_uninit_group_mod(&decoded);
    }
    return msg;
}

static struct ofpbuf *
encode_group(uint32_t id, const char *content, bool exists OVS_UNUSED,
             char **errorp)
{
    char *text = xasprintf("group_id=%"PRIu32",%s", id, content);
    enum ofputil_protocol usable;
    struct ofputil_group_mod gm;
    struct ofpbuf *msg = NULL;

    *errorp = parse_ofp_group_mod_str(&gm, OFPGC11_ADD_OR_MOD, text, NULL,
                                      NULL, &usable);
    if (!*errorp) {
        if (usable & OFPUTIL_P_OF15_OXM) {
            msg = encode_group_canonical(&gm);
        } else {
            *errorp = xstrdup("not possible in OpenFlow 1.5");
        }
        ofputil_uninit_group_mod(&gm);
    }
    free(text);
    return msg;
}

static struct ofpbuf *
encode_group_del(uint32_t id)
{
    struct ofputil_group_mod gm = {
        .command = OFPGC11_DELETE,
        .group_id = id,
        .command_bucket_id = OFPG15_BUCKET_ALL,
        .buckets = OVS_LIST_INITIALIZER(&gm.buckets),
    };

    return encode_group_set(&gm);
}

const struct of_shared_class of_group_class = {
    .title = "group",
    .content_is_name = true,
    .encode = encode_group,
    .encode_del = encode_group_del,
};

/* Meters. */

static struct ofpbuf *
encode_meter(uint32_t id, const char *content, bool exists, char **errorp)
{
    char *text = xasprintf("meter=%"PRIu32",%s", id, content);
    int command = exists ? OFPMC13_MODIFY : OFPMC13_ADD;
    enum ofputil_protocol usable;
    struct ofputil_meter_mod mm;
    struct ofpbuf *msg = NULL;

    *errorp = parse_ofp_meter_mod_str(&mm, text, command, &usable);
    if (!*errorp) {
        msg = ofputil_encode_meter_mod(OFP15_VERSION, &mm);
        free(mm.meter.bands);
    }
    free(text);
    return msg;
}

static struct ofpbuf *
encode_meter_del(uint32_t id)
{
    struct ofputil_meter_mod mm = {
        .command = OFPMC13_DELETE,
        .meter.meter_id = id,
    };

    return ofputil_encode_meter_mod(OFP15_VERSION, &mm);
}

const struct of_shared_class of_meter_class = {
    .title = "meter",
    .encode = encode_meter,
    .encode_del = encode_meter_del,
};

/* Entries. */

static struct of_shared *
find_id(const struct of_shared_table *table, uint32_t id)
{
    struct of_shared *e;

    HMAP_FOR_EACH_WITH_HASH (e, id_node, hash_int(id, 0), &table->by_id) {
        if (e->id == id) {
            return e;
        }
    }
    return NULL;
}

static struct of_shared *
find_name(const struct of_shared_table *table, const char *name)
{
    struct of_shared *e;

    HMAP_FOR_EACH_WITH_HASH (e, name_node, hash_string(name, 0),
                             &table->by_name) {
        if (!strcmp(e->name, name)) {
            return e;
        }
    }
    return NULL;
}

static struct of_shared *
insert_id(struct of_shared_table *table, uint32_t id)
{
    struct of_shared *e = xzalloc(sizeof *e);

    e->id = id;
    ovs_list_init(&e->list_node);
    hmap_insert(&table->by_id, &e->id_node, hash_int(id, 0));
    return e;
}

static void
free_shared(struct of_shared_table *table, struct of_shared *e)
{
    hmap_remove(&table->by_id, &e->id_node);
    if (e->name) {
        hmap_remove(&table->by_name, &e->name_node);
    }
    ovs_list_remove(&e->list_node);
    ofpbuf_delete(e->found);
    free(e->name);
    free(e->content);
    free(e);
}

static const char *
get_content(const struct of_shared_table *table, const struct of_shared *e)
{
    return table->class->content_is_name ? e->name : e->content;
}

static void
mark_dirty(struct of_shared_table *table, struct of_shared *e)
{
    if (ovs_list_is_empty(&e->list_node)) {
        ovs_list_push_back(&table->dirty, &e->list_node);
    }
}

static void
unlist(struct of_shared *e)
{
    ovs_list_remove(&e->list_node);
    ovs_list_init(&e->list_node);
}

/* Is 'msg', which encodes what the switch has under 'id', the same as
 * 'content'? */
static bool
is_content(const struct of_shared_table *table, uint32_t id,
           const struct ofpbuf *msg, const char *content)
{
    size_t ofs = sizeof(struct ofp_header);
    char *error;
    struct ofpbuf *ours = table->class->encode(id, content, true, &error);
    bool same = (ours && ours->size == msg->size
                 && !memcmp((char *) ours->data + ofs,
                            (char *) msg->data + ofs, msg->size - ofs));

    free(error);
    ofpbuf_delete(ours);
    return same;
}

/* The id for 'name' if 'k' others are taken.  (Not from hash_string(), which
 * depends on how it was compiled.) */
static uint32_t
nth_id(const char *name, uint32_t k)
{
    uint32_t offset = jhash_bytes(name, strlen(name), k) % HALF;

    return 1 + offset + (k ? HALF : 0);
}

/* May 'name' have the id of 'e'?  Not if that is another name's or, as far as
 * can be told, was another's in an earlier incarnation. */
static bool
may_take(const struct of_shared_table *table, const struct of_shared *e,
         const char *name)
{
    return (!e->name
            && (!e->found || !table->class->content_is_name
                || is_content(table, e->id, e->found, name)));
}

/* Returns the entry for 'name', which has none so far: the one that it had in
 * an earlier incarnation, or a new one. */
static struct of_shared *
choose_entry(struct of_shared_table *table, const char *name)
{
    struct of_shared *e;
    uint32_t k;

    /* Something with an id of the second half is so rare that it tells what
     * name it was for. */
    for (k = 1; (e = find_id(table, nth_id(name, k))); k++) {
        if (may_take(table, e, name)) {
            return e;
        }
    }
    for (k = 0; (e = find_id(table, nth_id(name, k))); k++) {
        if (may_take(table, e, name)) {
            return e;
        }
    }
    return insert_id(table, nth_id(name, k));
}

static struct of_shared *
insert_name(struct of_shared_table *table, const char *name)
{
    struct of_shared *e = choose_entry(table, name);

    e->name = xstrdup(name);
    hmap_insert(&table->by_name, &e->name_node, hash_string(name, 0));
    ofpbuf_delete(e->found);
    e->found = NULL;
    return e;
}

/* Creation and destruction. */

void
of_shared_init(struct of_shared_table *table,
               const struct of_shared_class *class)
{
    *table = (struct of_shared_table) {
        .class = class,
        .by_name = HMAP_INITIALIZER(&table->by_name),
        .by_id = HMAP_INITIALIZER(&table->by_id),
        .dirty = OVS_LIST_INITIALIZER(&table->dirty),
        .unused = OVS_LIST_INITIALIZER(&table->unused),
    };
}

void
of_shared_destroy(struct of_shared_table *table)
{
    struct of_shared *e;

    HMAP_FOR_EACH_SAFE (e, id_node, &table->by_id) {
        free_shared(table, e);
    }
    hmap_destroy(&table->by_id);
    hmap_destroy(&table->by_name);
    free(table->batch);
}

/* Edits. */

/* Returns the id of 'name' and references it. */
uint32_t
of_shared_ref(struct of_shared_table *table, const char *name)
{
    struct of_shared *e = find_name(table, name);

    if (!e) {
        e = insert_name(table, name);
    }
    if (!e->refs++) {
        mark_dirty(table, e);
    }
    return e->id;
}

/* Frees 'e' if nobody will ever need it again, or else sees to it that the
 * switch loses it. */
static void
unwanted(struct of_shared_table *table, struct of_shared *e)
{
    if (table->known || e->flags & OSF_ON_SWITCH) {
        mark_dirty(table, e);
    } else if (!e->content) {
        free_shared(table, e);
    }
}

void
of_shared_unref(struct of_shared_table *table, const char *name)
{
    struct of_shared *e = find_name(table, name);

    if (e && e->refs && !--e->refs) {
        unwanted(table, e);
    }
}

/* Sets the content of 'name', or removes it if 'content' is NULL.  As long as
 * it is referenced, the switch keeps the old one: it would delete the flows
 * along with it. */
void
of_shared_set_content(struct of_shared_table *table, const char *name,
                      const char *content)
{
    struct of_shared *e = find_name(table, name);

    if (!e && !content) {
        return;
    } else if (!e) {
        e = insert_name(table, name);
    } else if (nullable_string_is_equal(e->content, content)) {
        return;
    }

    free(e->content);
    e->content = nullable_xstrdup(content);
    e->flags &= ~(OSF_IN_SYNC | OSF_IN_FLIGHT | OSF_REJECTED);
    if (e->refs) {
        mark_dirty(table, e);
    } else if (!content) {
        unwanted(table, e);
    }
}

/* Reading. */

static void
clear_batch(struct of_shared_table *table)
{
    free(table->batch);
    table->batch = NULL;
    table->n_batch = table->allocated_batch = 0;
}

/* Drops all knowledge about the switch. */
void
of_shared_forget(struct of_shared_table *table)
{
    struct of_shared *e;

    table->known = false;
    clear_batch(table);
    HMAP_FOR_EACH_SAFE (e, id_node, &table->by_id) {
        unlist(e);
        e->flags &= OSF_LATE;
        if (!e->refs && !e->content) {
            free_shared(table, e);
        }
    }
}

/* The switch has 'msg', as of_shared_class's encode() would encode it, under
 * 'id'.  Takes ownership of 'msg'. */
static void
read_one(struct of_shared_table *table, uint32_t id, struct ofpbuf *msg)
{
    struct of_shared *e = find_id(table, id);

    if (!e) {
        e = insert_id(table, id);
    }
    e->flags |= OSF_ON_SWITCH;

    const char *content = get_content(table, e);
    if (e->refs && content && is_content(table, id, msg, content)) {
        e->flags |= OSF_IN_SYNC;
    }
    if (e->name) {
        ofpbuf_delete(msg);
    } else {
        ofpbuf_delete(e->found);
        e->found = msg;
    }
}

/* Takes note of a group that the switch has. */
void
of_shared_read_group(struct of_shared_table *table,
                     const struct ofputil_group_desc *gd)
{
    struct ofputil_group_mod gm = {
        .command = OFPGC11_ADD_OR_MOD,
        .type = gd->type,
        .group_id = gd->group_id,
        .command_bucket_id = OFPG15_BUCKET_ALL,
        .buckets = OVS_LIST_INITIALIZER(&gm.buckets),
        .props = gd->props,
    };
    struct ofputil_group_desc *gd_ = CONST_CAST(struct ofputil_group_desc *,
                                                gd);

    ovs_list_splice(&gm.buckets, ovs_list_front(&gd_->buckets),
                    &gd_->buckets);
    read_one(table, gd->group_id, encode_group_set(&gm));
    ovs_list_splice(&gd_->buckets, ovs_list_front(&gm.buckets), &gm.buckets);
}

/* Takes note of a meter that the switch has, whose bands may be modified.
 * Meters with special ids, such as OFPM13_CONTROLLER, belong to the
 * operator. */
void
of_shared_read_meter(struct of_shared_table *table,
                     const struct ofputil_meter_config *mc)
{
    struct ofputil_meter_mod mm = {
        .command = OFPMC13_MODIFY,
        .meter = *mc,
    };

    if (!mc->meter_id || mc->meter_id > OFPM13_MAX) {
        return;
    }
    if (!(mc->flags & OFPMF13_BURST)) {
        /* The userspace datapath chose these itself. */
        for (size_t i = 0; i < mc->n_bands; i++) {
            mc->bands[i].burst_size = 0;
        }
    }
    read_one(table, mc->meter_id,
             ofputil_encode_meter_mod(OFP15_VERSION, &mm));
}

/* Ends reading.  What was not read, the switch has not. */
void
of_shared_end_read(struct of_shared_table *table)
{
    struct of_shared *e;

    table->known = true;
    HMAP_FOR_EACH (e, id_node, &table->by_id) {
        if (!e->refs || !(e->flags & OSF_IN_SYNC)) {
            mark_dirty(table, e);
        }
    }
}

/* Updating. */

/* Returns true if there is anything to be sent. */
bool
of_shared_changed(const struct of_shared_table *table)
{
    return table->known && !ovs_list_is_empty(&table->dirty);
}

static void
push_msg(struct ovs_list *msgs, struct ofpbuf *msg, uint32_t xid)
{
    struct ofp_header *oh = msg->data;

    oh->xid = htonl(xid);
    ovs_list_push_back(msgs, &msg->list_node);
}

static void
warn_rejected(const struct of_shared_table *table, const struct of_shared *e,
              const char *who, const char *reason)
{
    VLOG_WARN("%s rejected %s %"PRIu32" (%.200s): %s", who,
              table->class->title, e->id, get_content(table, e), reason);
}

static void
note_news(struct of_shared *e, struct of_shared_news *news)
{
    news->any = true;
    if (e->flags & OSF_LATE) {
        e->flags &= ~OSF_LATE;
        news->late_ids = xrealloc(news->late_ids, ((news->n_late + 1)
                                                   * sizeof *news->late_ids));
        news->late_ids[news->n_late++] = e->id;
    }
}

/* Appends the message that brings the content of 'e' to the switch. */
static void
take_one(struct of_shared_table *table, struct of_shared *e,
         uint32_t *next_xid, struct ovs_list *msgs,
         struct of_shared_news *news)
{
    const char *content = get_content(table, e);

    if (!content) {
        e->flags |= OSF_LATE;
        return;
    } else if (e->flags & (OSF_IN_SYNC | OSF_REJECTED)) {
        return;
    }

    char *error;
    struct ofpbuf *msg = table->class->encode(e->id, content,
                                              e->flags & OSF_ON_SWITCH,
                                              &error);
    if (!msg || msg->size > UINT16_MAX) {
        warn_rejected(table, e, "parser", error ? error : "too long");
        e->flags |= OSF_REJECTED;
        ofpbuf_delete(msg);
        free(error);
        return;
    }

    if (!(e->flags & OSF_ON_SWITCH)) {
        note_news(e, news);
    }
    e->flags |= OSF_IN_FLIGHT;
    e->xid = (*next_xid)++;
    push_msg(msgs, msg, e->xid);
    if (table->n_batch >= table->allocated_batch) {
        table->batch = x2nrealloc(table->batch, &table->allocated_batch,
                                  sizeof *table->batch);
    }
    table->batch[table->n_batch++] = e;
}

/* Appends to 'msgs' the messages that add and modify, and adds what is new to
 * 'news', whose 'late_ids' the caller must free.  Uses transaction ids from
 * '*next_xid' on.  Nothing may be in flight. */
void
of_shared_take(struct of_shared_table *table, uint32_t *next_xid,
               struct ovs_list *msgs, struct of_shared_news *news)
{
    struct of_shared *e;

    ovs_assert(!table->n_batch);
    LIST_FOR_EACH_SAFE (e, list_node, &table->dirty) {
        unlist(e);
        if (e->refs) {
            take_one(table, e, next_xid, msgs, news);
        } else if (e->flags & OSF_ON_SWITCH) {
            ovs_list_push_back(&table->unused, &e->list_node);
        } else if (!e->content) {
            free_shared(table, e);
        }
    }
}

/* Handles the refusal, for 'reason', of the message with 'xid'.  Returns false
 * if that is none of those in flight. */
bool
of_shared_reject(struct of_shared_table *table, uint32_t xid,
                 const char *reason)
{
    for (size_t i = 0; i < table->n_batch; i++) {
        struct of_shared *e = table->batch[i];

        if (e->xid == xid) {
            warn_rejected(table, e, "switch", reason);
            if (e->flags & OSF_IN_FLIGHT) {
                e->flags &= ~OSF_IN_FLIGHT;
                e->flags |= OSF_REJECTED;
            }
            e->xid = 0;
            return true;
        }
    }
    return false;
}

/* Frees 'e', whose deletion is the message appended to 'msgs'.  An entry with
 * content stays, without being on the switch. */
static void
delete_one(struct of_shared_table *table, struct of_shared *e,
           uint32_t *next_xid, struct ovs_list *msgs)
{
    COVERAGE_INC(ofswitch_group_del);
    push_msg(msgs, table->class->encode_del(e->id), (*next_xid)++);
    e->flags = 0;
    if (!e->content) {
        free_shared(table, e);
    }
}

static void
finish_one(struct of_shared *e)
{
    if (e->xid) {               /* Not rejected. */
        COVERAGE_INC(ofswitch_group_set);
        e->flags |= OSF_ON_SWITCH;
        if (e->flags & OSF_IN_FLIGHT) {
            e->flags |= OSF_IN_SYNC;
            e->flags &= ~OSF_IN_FLIGHT;
        }
    }
}

/* Everything sent has been answered.  If the flows were 'committed', appends
 * to 'msgs' the messages that delete what has not been used since the last
 * of_shared_take(). */
void
of_shared_finish(struct of_shared_table *table, bool committed,
                 uint32_t *next_xid, struct ovs_list *msgs)
{
    struct of_shared *e;

    for (size_t i = 0; i < table->n_batch; i++) {
        finish_one(table->batch[i]);
    }
    clear_batch(table);

    LIST_FOR_EACH_SAFE (e, list_node, &table->unused) {
        unlist(e);
        if (e->refs || !committed) {
            mark_dirty(table, e);
        } else {
            delete_one(table, e, next_xid, msgs);
        }
    }
}

/* For operators. */

/* Appends a line "NAME: ID" for each referenced entry, in order of names. */
void
of_shared_format(const struct of_shared_table *table, struct ds *ds)
{
    struct shash sorted = SHASH_INITIALIZER(&sorted);
    struct of_shared *e;

    HMAP_FOR_EACH (e, name_node, &table->by_name) {
        if (e->refs) {
            shash_add(&sorted, e->name, e);
        }
    }

    const struct shash_node **nodes = shash_sort(&sorted);
    for (size_t i = 0; i < shash_count(&sorted); i++) {
        e = nodes[i]->data;
        ds_put_format(ds, "%s: %"PRIu32"\n", e->name, e->id);
    }
    free(nodes);
    shash_destroy(&sorted);
}
