/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef NORTHD_KEYS_H
#define NORTHD_KEYS_H 1

/* Sticky tunnel keys.
 *
 * A datapath has a tunnel key that is unique in the cluster, and a port has
 * one that is unique in its datapath.  The keys travel in every tunnelled
 * packet, so they must not change without need: what has a key keeps it, over
 * any edit and over restarts of the daemon.  That makes them a matter of
 * history, which the incremental engine knows nothing of; this allocator keeps
 * it, beside the engine.
 *
 * A 'struct key_space' holds the keys of one kind: all datapaths, or the ports
 * of one datapath.  An owner is a string that survives a restart (the UUID of
 * a northbound row, the name of a port).
 *
 *     key_space_seed() says, at start-up, what the database holds already.
 *     key_space_want() says that an owner exists, and which key it asks for.
 *     key_space_drop() says that it is gone.
 *     key_space_run()  hands out the keys and tells which changed.
 *
 * What key_space_run() promises:
 *
 *   - No two owners have the same key, and every key is in the range.
 *
 *   - A key that somebody asks for goes to one who asks for it.  Whoever had
 *     it without asking for it gets another.  If several ask for one key, the
 *     one who has it keeps it, otherwise the one whose name sorts first gets
 *     it; the others are told (KEY_CONFLICT) and get another key, so that they
 *     still work, until the key becomes free.
 *
 *   - Nobody else's key changes.
 *
 *   - The result depends on the state and on the set of calls since the last
 *     run, not on their order nor on the order of a hash table.
 *
 *   - An owner that nobody drops but that key_space_want() has not named by
 *     the first run is a leftover of the database: its key is free then.
 *
 * Other keys are handed out in ascending order, each after the one handed out
 * before, and from the start again at the end of the range: a key that was
 * just given back rests as long as possible, because packets that carry it may
 * still be on their way.
 *
 * Not thread-safe. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/inc.h"
#include "openvswitch/hmap.h"
#include "openvswitch/list.h"

/* Ranges (both ends belong to the range). */
#define KEY_DP_MIN 1
#define KEY_DP_MAX ((1 << 24) - 1)              /* What a tunnel carries. */
#define KEY_DP_MAX_LOCAL (KEY_DP_MAX - 65535)   /* Above: interconnection. */
#define KEY_DP_MAX_VXLAN ((1 << 12) - 1)
#define KEY_DP_MAX_LOCAL_VXLAN 1023
#define KEY_PORT_MIN 1
#define KEY_PORT_MAX ((1 << 15) - 1)
#define KEY_PORT_MAX_VXLAN ((1 << 11) - 1)      /* Bit 11 means multicast. */

/* How an owner fared. */
enum key_verdict {
    KEY_OK,             /* Has a key; the one it asked for, if it did. */
    KEY_CONFLICT,       /* Asked for a key that another one has. */
    KEY_OUT_OF_RANGE,   /* Asked for a key that tunnels cannot carry. */
    KEY_EXHAUSTED,      /* Has no key: there are too few. */
};

/* An owner's entry.  Read-only for others; valid until the key_space_run()
 * after key_space_drop(). */
struct key_owner {
    struct hmap_node name_node; /* In key_space's 'owners'. */
    struct hmap_node key_node;  /* In 'holders', if 'key' is nonzero. */
    struct hmap_node want_node; /* In 'wanters', if 'requested' is in range. */
    struct ovs_list dirty_node; /* In 'dirty', or empty. */

    char *name;
    uint32_t key;               /* 0 if it has none. */
    uint32_t requested;         /* 0 if any key will do. */
    enum key_verdict verdict;
    uint32_t reported;          /* 'key' and 'verdict' as last reported. */
    enum key_verdict reported_verdict;
    bool wanted;                /* False: seeded only, or dropped. */
    bool waiting;               /* In 'wanters'. */
    void *aux;                  /* From the last key_space_want(). */
};

struct key_space {
    struct hmap owners;         /* "struct key_owner"s by name. */
    struct hmap holders;        /* The same by 'key'. */
    struct hmap wanters;        /* The same by 'requested'. */
    struct ovs_list dirty;      /* Owners that key_space_run() must visit. */
    uint32_t min, max;          /* Keys that are handed out. */
    uint32_t max_requested;     /* Keys up to here may be asked for. */
    uint32_t n_unasked;         /* Keys up to 'max' that are in use. */
    size_t n_exhausted;         /* Owners with verdict KEY_EXHAUSTED. */
    uint32_t last;              /* Last key handed out unasked. */
    bool seeding;               /* Before the first run. */
};

void key_space_init(struct key_space *, uint32_t min, uint32_t max,
                    uint32_t max_requested);
void key_space_destroy(struct key_space *);
void key_space_set_range(struct key_space *, uint32_t max,
                         uint32_t max_requested);

void key_space_seed(struct key_space *, const char *owner, uint32_t key);
void key_space_want(struct key_space *, const char *owner, uint32_t requested,
                    void *aux);
void key_space_drop(struct key_space *, const char *owner);

typedef void key_changed_cb(const struct key_owner *, void *aux);
bool key_space_needs_run(const struct key_space *);
void key_space_run(struct key_space *, key_changed_cb *, void *aux);

const struct key_owner *key_space_get(const struct key_space *,
                                      const char *owner);
const struct key_owner *key_space_holder(const struct key_space *,
                                         uint32_t key);

/* In the engine: a derived table has a row for whoever asks for a key, and its
 * 'resolve' function has a key_space.  The attribute of the row is what came
 * of it. */
struct key_got {
    uint32_t key;               /* 0: none. */
    uint32_t verdict;           /* enum key_verdict. */
};

/* Returns 'aux' for key_space_want() that says that 'row' is asking. */
void *key_row(struct inc_ref row);

/* Makes what 'owner' got the attribute of its row in 'table', which is being
 * resolved. */
void key_got_publish(struct inc *, struct inc_table *table,
                     const struct key_owner *owner);

/* On what terms a row asked for a key. */
struct key_terms {
    uint32_t requested;         /* 0: for any. */
    uint32_t min, max;          /* Keys that are handed out. */
    uint32_t max_requested;     /* Keys up to here may be asked for. */
};

/* Claims a warning about the 'what' named 'name', such as "logical switch",
 * unless all is well with what it 'got'.  'rival' says who else may have the
 * key that it asked for. */
void key_got_warn(struct inc_cx *, const char *what, const char *name,
                  const char *rival, const struct key_got *got,
                  const struct key_terms *);

#endif /* northd/keys.h */
