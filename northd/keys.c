/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Sticky tunnel keys; see keys.h for what is promised.
 *
 * A run works in two steps.  First the keys that somebody asks for find their
 * holder, key by key: this may take a key away from an owner who had it by
 * chance.  Then all who have no key get one, in the order of their names.  A
 * holder by request is never disturbed by the second step, and the first step
 * visits only keys whose holder or wanters changed, so a run costs as much as
 * has changed. */

#include <config.h>

#include "northd/keys.h"

#include <stdlib.h>

#include "hash.h"
#include "util.h"

/* A growing array of owners. */
struct owner_vec {
    struct key_owner **a;
    size_t n, allocated;
};

static void
owner_vec_add(struct owner_vec *v, struct key_owner *o)
{
    if (v->n >= v->allocated) {
        v->a = x2nrealloc(v->a, &v->allocated, sizeof *v->a);
    }
    v->a[v->n++] = o;
}

static int
compare_owners(const void *a_, const void *b_)
{
    const struct key_owner *const *a = a_;
    const struct key_owner *const *b = b_;

    return strcmp((*a)->name, (*b)->name);
}

/* Initializes 'ks' for keys 'min' to 'max'.  Owners may ask for keys up to
 * 'max_requested', which is at least 'max'. */
void
key_space_init(struct key_space *ks, uint32_t min, uint32_t max,
               uint32_t max_requested)
{
    hmap_init(&ks->owners);
    hmap_init(&ks->holders);
    hmap_init(&ks->wanters);
    ovs_list_init(&ks->dirty);
    ks->min = min;
    ks->max = max;
    ks->max_requested = max_requested;
    ks->last = min - 1;
    ks->n_unasked = 0;
    ks->n_exhausted = 0;
    ks->seeding = true;
}

static void
set_dirty(struct key_space *ks, struct key_owner *o)
{
    if (ovs_list_is_empty(&o->dirty_node)) {
        ovs_list_push_back(&ks->dirty, &o->dirty_node);
    }
}

static void
take_key(struct key_space *ks, struct key_owner *o)
{
    if (o->key) {
        ks->n_unasked -= o->key <= ks->max;
        hmap_remove(&ks->holders, &o->key_node);
        o->key = 0;
    }
}

static void
give_key(struct key_space *ks, struct key_owner *o, uint32_t key)
{
    take_key(ks, o);
    o->key = key;
    ks->n_unasked += key <= ks->max;
    hmap_insert(&ks->holders, &o->key_node, hash_int(key, 0));
}

/* Puts 'o' among those who ask for its 'requested' key if it is alive and may
 * have that key, otherwise takes it out. */
static void
update_waiting(struct key_space *ks, struct key_owner *o)
{
    if (o->waiting) {
        hmap_remove(&ks->wanters, &o->want_node);
    }
    o->waiting = (o->wanted && o->requested >= ks->min
                  && o->requested <= ks->max_requested);
    if (o->waiting) {
        hmap_insert(&ks->wanters, &o->want_node, hash_int(o->requested, 0));
    }
}

static void
set_verdict(struct key_space *ks, struct key_owner *o,
            enum key_verdict verdict)
{
    ks->n_exhausted -= o->verdict == KEY_EXHAUSTED;
    ks->n_exhausted += verdict == KEY_EXHAUSTED;
    o->verdict = verdict;
}

static void
free_owner(struct key_space *ks, struct key_owner *o)
{
    take_key(ks, o);
    set_verdict(ks, o, KEY_OK);
    o->wanted = false;
    update_waiting(ks, o);
    ovs_list_remove(&o->dirty_node);
    hmap_remove(&ks->owners, &o->name_node);
    free(o->name);
    free(o);
}

/* Frees what 'ks' holds. */
void
key_space_destroy(struct key_space *ks)
{
    struct key_owner *o;

    HMAP_FOR_EACH_SAFE (o, name_node, &ks->owners) {
        free_owner(ks, o);
    }
    hmap_destroy(&ks->owners);
    hmap_destroy(&ks->holders);
    hmap_destroy(&ks->wanters);
}

/* Changes the range of 'ks'.  Owners whose key is outside the new range get
 * another one at the next run, and those who asked in vain get another
 * chance. */
void
key_space_set_range(struct key_space *ks, uint32_t max, uint32_t max_requested)
{
    if (ks->max == max && ks->max_requested == max_requested) {
        return;
    }
    ks->max = max;
    ks->max_requested = max_requested;

    ks->n_unasked = 0;

    struct key_owner *o;
    HMAP_FOR_EACH (o, name_node, &ks->owners) {
        ks->n_unasked += o->key && o->key <= max;
        update_waiting(ks, o);
        set_dirty(ks, o);
    }
}

static struct key_owner *
find_owner(const struct key_space *ks, const char *name)
{
    struct key_owner *o;

    HMAP_FOR_EACH_WITH_HASH (o, name_node, hash_string(name, 0),
                             &ks->owners) {
        if (!strcmp(o->name, name)) {
            return o;
        }
    }
    return NULL;
}

static struct key_owner *
find_holder(const struct key_space *ks, uint32_t key)
{
    struct key_owner *o;

    HMAP_FOR_EACH_WITH_HASH (o, key_node, hash_int(key, 0), &ks->holders) {
        if (o->key == key) {
            return o;
        }
    }
    return NULL;
}

static struct key_owner *
add_owner(struct key_space *ks, const char *name)
{
    struct key_owner *o = xzalloc(sizeof *o);

    o->name = xstrdup(name);
    o->verdict = KEY_OK;
    o->reported_verdict = KEY_OK;
    ovs_list_init(&o->dirty_node);
    hmap_insert(&ks->owners, &o->name_node, hash_string(name, 0));
    return o;
}

/* Tells 'ks', before its first run, that in the database 'owner' has 'key'.
 * If the database gives one key to two owners, the first one keeps it. */
void
key_space_seed(struct key_space *ks, const char *owner, uint32_t key)
{
    ovs_assert(ks->seeding);
    if (key < ks->min || key > ks->max_requested || find_holder(ks, key)) {
        return;
    }

    struct key_owner *o = find_owner(ks, owner);
    if (!o) {
        o = add_owner(ks, owner);
        set_dirty(ks, o);
    } else if (o->key) {
        return;
    }
    give_key(ks, o, key);
    if (key <= ks->max && key > ks->last) {
        ks->last = key;
    }
}

/* Makes the next run report 'o', changed or not. */
static void
forget_report(struct key_owner *o)
{
    o->reported = 0;
    o->reported_verdict = KEY_OK;
}

/* Tells 'ks' that 'owner' exists and asks for key 'requested', or for any key
 * if that is 0.  'aux' is kept for the caller. */
void
key_space_want(struct key_space *ks, const char *owner, uint32_t requested,
               void *aux)
{
    struct key_owner *o = find_owner(ks, owner);

    if (!o) {
        o = add_owner(ks, owner);
    }
    if (o->aux != aux) {
        o->aux = aux;
        forget_report(o);
        set_dirty(ks, o);
    }
    if (!o->wanted || o->requested != requested) {
        o->wanted = true;
        o->requested = requested;
        update_waiting(ks, o);
        set_dirty(ks, o);
    }
}

/* Tells 'ks' that 'owner' is gone.  If key_space_want() names it again before
 * the next run, it keeps its key. */
void
key_space_drop(struct key_space *ks, const char *owner)
{
    struct key_owner *o = find_owner(ks, owner);

    if (o && o->wanted) {
        o->wanted = false;
        forget_report(o);
        update_waiting(ks, o);
        set_dirty(ks, o);
    }
}

/* Returns true if something has changed since the last key_space_run(). */
bool
key_space_needs_run(const struct key_space *ks)
{
    return !ovs_list_is_empty(&ks->dirty);
}

/* Returns the owner that should have 'key' because it asks for it, or NULL if
 * nobody does. */
static struct key_owner *
find_winner(const struct key_space *ks, uint32_t key)
{
    struct key_owner *winner = NULL;
    struct key_owner *o;

    HMAP_FOR_EACH_WITH_HASH (o, want_node, hash_int(key, 0), &ks->wanters) {
        if (o->requested == key) {
            if (o->key == key) {
                return o;
            }
            if (!winner || strcmp(o->name, winner->name) < 0) {
                winner = o;
            }
        }
    }
    return winner;
}

/* Gives 'key' to the one who asks for it, if somebody does.  Adds the owners
 * that are affected to 'touched'. */
static void
settle_key(struct key_space *ks, uint32_t key, struct owner_vec *touched)
{
    struct key_owner *winner = find_winner(ks, key);

    if (!winner) {
        return;
    }
    if (winner->key != key) {
        struct key_owner *holder = find_holder(ks, key);

        if (holder) {
            take_key(ks, holder);
            owner_vec_add(touched, holder);
        }
        give_key(ks, winner, key);
    }

    struct key_owner *o;
    HMAP_FOR_EACH_WITH_HASH (o, want_node, hash_int(key, 0), &ks->wanters) {
        if (o->requested == key) {
            owner_vec_add(touched, o);
        }
    }
}

/* Takes all owners from the list of the dirty, in the order of their names.
 * An owner that is gone, or whose key is no longer in the range, loses its
 * key. */
static struct owner_vec
collect_dirty(struct key_space *ks)
{
    struct owner_vec dirty = { NULL, 0, 0 };
    struct key_owner *o;

    LIST_FOR_EACH_SAFE (o, dirty_node, &ks->dirty) {
        ovs_list_remove(&o->dirty_node);
        ovs_list_init(&o->dirty_node);
        owner_vec_add(&dirty, o);
    }
    if (dirty.n) {
        qsort(dirty.a, dirty.n, sizeof *dirty.a, compare_owners);
    }
    return dirty;
}

/* Returns the next key that nobody has, or 0 if there is none. */
static uint32_t
next_free_key(struct key_space *ks)
{
    if (ks->n_unasked >= ks->max - ks->min + 1) {
        return 0;
    }
    do {
        ks->last = (ks->last < ks->min || ks->last >= ks->max
                    ? ks->min : ks->last + 1);
    } while (find_holder(ks, ks->last));
    return ks->last;
}

/* Makes sure that 'o' has a key, if there is one, and notes how it fared. */
static void
finish_owner(struct key_space *ks, struct key_owner *o)
{
    if (!o->key) {
        uint32_t key = next_free_key(ks);

        if (key) {
            give_key(ks, o, key);
        }
    }
    set_verdict(ks, o, (!o->key ? KEY_EXHAUSTED
                        : !o->requested || o->key == o->requested ? KEY_OK
                        : o->waiting ? KEY_CONFLICT
                        : KEY_OUT_OF_RANGE));
}

/* Owners without a key are tried again when keys may have become free. */
static void
retry_exhausted(struct key_space *ks, struct owner_vec *touched)
{
    struct key_owner *o;

    if (!ks->n_exhausted) {
        return;
    }
    HMAP_FOR_EACH (o, name_node, &ks->owners) {
        if (!o->key && o->wanted) {
            owner_vec_add(touched, o);
        }
    }
}

/* Hands out keys as keys.h describes.  Calls 'cb', if it is nonnull, for each
 * owner whose key or verdict changed, in the order of their names; it must not
 * call back into 'ks'. */
void
key_space_run(struct key_space *ks, key_changed_cb *cb, void *aux)
{
    struct owner_vec dirty = collect_dirty(ks);
    struct owner_vec touched = { NULL, 0, 0 };

    ks->seeding = false;

    /* Keys that become free, then keys that are asked for.  A winner leaves a
     * key that it had by chance, which nobody asks for, or one that it asked
     * for earlier, which is in 'freed'. */
    uint32_t *freed = xmalloc(dirty.n * sizeof *freed);
    for (size_t i = 0; i < dirty.n; i++) {
        struct key_owner *o = dirty.a[i];
        bool may_keep = o->wanted && o->key >= ks->min
                        && (o->key <= ks->max || o->key == o->requested);

        freed[i] = o->key;
        if (o->key && (!may_keep || o->key > ks->max_requested)) {
            take_key(ks, o);
        }
    }
    for (size_t i = 0; i < dirty.n; i++) {
        struct key_owner *o = dirty.a[i];

        if (o->waiting) {
            settle_key(ks, o->requested, &touched);
        }
        if (freed[i]) {
            settle_key(ks, freed[i], &touched);
        }
        if (o->wanted) {
            owner_vec_add(&touched, o);
        }
    }
    free(freed);
    retry_exhausted(ks, &touched);

    if (touched.n) {
        qsort(touched.a, touched.n, sizeof *touched.a, compare_owners);
    }
    for (size_t i = 0; i < touched.n; i++) {
        struct key_owner *o = touched.a[i];

        if (o->wanted && (!i || o != touched.a[i - 1])) {
            finish_owner(ks, o);
        }
    }
    for (size_t i = 0; i < touched.n; i++) {
        struct key_owner *o = touched.a[i];

        if (o->wanted && (o->key != o->reported
                          || o->verdict != o->reported_verdict)) {
            o->reported = o->key;
            o->reported_verdict = o->verdict;
            if (cb) {
                cb(o, aux);
            }
        }
    }
    for (size_t i = 0; i < dirty.n; i++) {
        if (!dirty.a[i]->wanted) {
            free_owner(ks, dirty.a[i]);
        }
    }
    free(dirty.a);
    free(touched.a);
}

/* Returns the entry of 'owner', or NULL if 'ks' does not know it. */
const struct key_owner *
key_space_get(const struct key_space *ks, const char *owner)
{
    return find_owner(ks, owner);
}

/* Returns the owner that has 'key', or NULL. */
const struct key_owner *
key_space_holder(const struct key_space *ks, uint32_t key)
{
    return find_holder(ks, key);
}

void *
key_row(struct inc_ref row)
{
    return (void *) (uintptr_t) row.id;
}

void
key_got_publish(struct inc *inc, struct inc_table *table,
                const struct key_owner *owner)
{
    const struct key_got got = {
        .key = owner->key,
        .verdict = owner->verdict,
    };
    const struct inc_ref row = { (uint32_t) (uintptr_t) owner->aux };

    inc_set_attr(inc, table, row, &got);
}

void
key_got_warn(struct inc_cx *cx, const char *what, const char *name,
             const char *rival, const struct key_got *got,
             const struct key_terms *t)
{
    switch ((enum key_verdict) got->verdict) {
    case KEY_CONFLICT:
        inc_warn(cx, "%s %s: requested tunnel key %"PRIu32" is in use by %s; "
                 "using %"PRIu32, what, name, t->requested, rival, got->key);
        break;
    case KEY_OUT_OF_RANGE:
        inc_warn(cx, "%s %s: requested tunnel key %"PRIu32" is not in the "
                 "range %"PRIu32" to %"PRIu32"; using %"PRIu32, what, name,
                 t->requested, t->min, t->max_requested, got->key);
        break;
    case KEY_EXHAUSTED:
        inc_warn(cx, "%s %s: no tunnel key left (%"PRIu32" to %"PRIu32" are "
                 "in use)", what, name, t->min, t->max);
        break;
    case KEY_OK:
    default:
        break;
    }
}
