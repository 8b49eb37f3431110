/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Carries groups and meters from the engine to the switch connection; see
 * groups.h for the contract.
 *
 * A claim's key is the name of the thing, which for groups is the content.
 * The value is the content of a meter that has no row, empty otherwise.  From
 * the first request for an id until nobody claims the name any more, the id is
 * kept here, and referenced in the switch connection.
 *
 * A switch has room for so many.  How much is left is found out between two
 * runs of the engine; a unit that gets none left reads the one row of
 * room_table, which changes when there is some again. */

#include <config.h>

#include "controller/groups.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "controller/compile.h"
#include "controller/ofswitch.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/shash.h"
#include "ovsdb/sb-inc.h"
#include "util.h"

static struct ofswitch *ofswitch;

/* Groups, or meters. */
struct kind {
    struct shash ids;           /* Of what is, or is about to be, claimed, by
                                 * name.  The data are ids. */
    size_t room;                /* How many more there may be. */
    bool refused;               /* Some unit got none. */

    uint32_t (*ref)(struct ofswitch *, const char *name);
    void (*unref)(struct ofswitch *, const char *name);
    size_t (*count)(const struct ofswitch *);
};

static struct kind groups = {
    .ids = SHASH_INITIALIZER(&groups.ids),
    .ref = ofswitch_group_ref,
    .unref = ofswitch_group_unref,
    .count = ofswitch_n_groups,
};
static struct kind meters = {
    .ids = SHASH_INITIALIZER(&meters.ids),
    .ref = ofswitch_meter_ref,
    .unref = ofswitch_meter_unref,
    .count = ofswitch_n_meters,
};

/* The row changes when there is room for something that was refused. */
static const uint32_t room_key = 0;
static uint32_t room_version;
static struct inc_table room_table = {
    .name = "group_room",
    .kind = INC_MEM,
    .key_size = sizeof room_key,
    .value_size = sizeof room_version,
};

static uint32_t
find_id(const struct kind *kind, const char *name)
{
    const void *id = shash_find_data(&kind->ids, name);

    return (uintptr_t) id;
}

/* Adds 'name' to 'kind' if there is room. */
static uint32_t
add_id(struct inc_cx *cx, struct kind *kind, const char *name)
{
    if (!kind->room) {
        kind->refused = true;
        inc_value(cx, inc_lookup(cx, &room_table, &room_key));
        return 0;
    }

    uint32_t id = kind->ref(ofswitch, name);

    kind->room--;
    shash_add(&kind->ids, name, (void *) (uintptr_t) id);
    return id;
}

/* Claims 'name' with 'value' in 'output' and returns its id in 'kind', 0 if
 * there is no room. */
static uint32_t
claim_id(struct inc_cx *cx, struct inc_output *output, struct kind *kind,
         const char *name, const char *value)
{
    uint32_t id = find_id(kind, name);

    if (!id) {
        id = add_id(cx, kind, name);
    }
    if (id) {
        inc_emit(cx, output, name, strlen(name), value, strlen(value));
    }
    return id;
}

/* Nobody claims 'name' any more: gives back the reference. */
static void
drop_id(struct kind *kind, const char *name)
{
    if (shash_find_and_delete(&kind->ids, name)) {
        kind->unref(ofswitch, name);
    }
}

/* Could something be had now that was refused? */
static bool
has_room(const struct kind *kind, uint32_t max)
{
    return kind->refused && kind->count(ofswitch) < max;
}

/* Finds out how many of 'kind' there may be besides those there are, 'max' in
 * all.  Returns true if that is of interest to a unit. */
static bool
make_room(struct kind *kind, uint32_t max)
{
    bool news = has_room(kind, max);
    size_t n = kind->count(ofswitch);

    kind->room = n < max ? max - n : 0;
    kind->refused &= !news;
    return news;
}

void
groups_make_room(struct inc *inc, const struct ofswitch_features *features)
{
    bool news = make_room(&groups, features->max_groups);

    news |= make_room(&meters, features->max_meters);
    room_version += news;
    inc_mem_set(inc, &room_table, &room_key, &room_version);
}

void
groups_wait(const struct ofswitch_features *features)
{
    if (has_room(&groups, features->max_groups)
        || has_room(&meters, features->max_meters)) {
        poll_immediate_wake();
    }
}

/* Formats a claim for inc-engine/why. */
static void
format_claim(const void *aux OVS_UNUSED, const void *key, size_t key_len,
             const void *value, size_t value_len, struct ds *s)
{
    ds_put_buffer(s, key, key_len);
    if (value_len) {
        ds_put_cstr(s, ": ");
        ds_put_buffer(s, value, value_len);
    }
}

/* Is the claim's key 'spec'? */
static bool
matches_claim(const void *aux OVS_UNUSED, const char *spec, const void *key,
              size_t key_len, const void *value OVS_UNUSED,
              size_t value_len OVS_UNUSED)
{
    return strlen(spec) == key_len && !memcmp(spec, key, key_len);
}

/* Groups. */

static void
groups_sync(void *aux OVS_UNUSED, const void *key, size_t key_len,
            const struct inc_claim *claims OVS_UNUSED, size_t n)
{
    if (!n) {
        char *content = xmemdup0(key, key_len);

        drop_id(&groups, content);
        free(content);
    }
}

struct inc_output groups_output = {
    .name = "groups",
    .sync = groups_sync,
    .format = format_claim,
    .matches = matches_claim,
};

uint32_t
group_get_id(struct inc_cx *cx, const char *content, bool claim)
{
    return (claim ? claim_id(cx, &groups_output, &groups, content, "")
            : find_id(&groups, content));
}

/* Meters. */

static void
meters_sync(void *aux OVS_UNUSED, const void *key, size_t key_len,
            const struct inc_claim *claims, size_t n)
{
    char *name = xmemdup0(key, key_len);
    bool own_content = n && claims[0].value_len;

    if (own_content) {
        char *content = xmemdup0(claims[0].value, claims[0].value_len);

        ofswitch_meter_set(ofswitch, name, content);
        free(content);
    } else if (!n) {
        drop_id(&meters, name);
        if (!strncmp(name, "__string: ", 10)) {
            ofswitch_meter_set(ofswitch, name, NULL);
        }
    }
    free(name);
}

struct inc_output meters_output = {
    .name = "meters",
    .sync = meters_sync,
    .format = format_claim,
    .matches = matches_claim,
};

uint32_t
meter_get_id(struct inc_cx *cx, const char *name, const char *content,
             bool claim)
{
    if (!content && !inc_find_string(cx, &sb_meter_by_name, name).id) {
        return 0;
    }
    return (claim
            ? claim_id(cx, &meters_output, &meters, name,
                       content ? content : "")
            : find_id(&meters, name));
}

/* Contents of meters that have a row. */

static void
meter_rows_sync(void *aux OVS_UNUSED, const void *key, size_t key_len,
                const struct inc_claim *claims, size_t n)
{
    char *name = xmemdup0(key, key_len);
    char *content = n ? xmemdup0(claims[0].value, claims[0].value_len) : NULL;

    ofswitch_meter_set(ofswitch, name, content);
    free(content);
    free(name);
}

static struct inc_output meter_rows_output = {
    .name = "meter_rows",
    .sync = meter_rows_sync,
    .format = format_claim,
    .matches = matches_claim,
};

/* Has a band of 'bands' a burst size? */
static bool
any_burst(struct inc_cx *cx, const struct inc_ref *bands, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (sb_meter_band_burst_size(cx, bands[i])) {
            return true;
        }
    }
    return false;
}

static void
format_band(struct inc_cx *cx, struct inc_ref band, struct ds *s)
{
    int64_t burst = sb_meter_band_burst_size(cx, band);

    ds_put_format(s, "type=%s,rate=%"PRId64, sb_meter_band_action(cx, band),
                  sb_meter_band_rate(cx, band));
    if (burst) {
        ds_put_format(s, ",burst_size=%"PRId64, burst);
    }
}

/* Returns what speaks against a meter with 'n' bands, or NULL. */
static const char *
meter_error(struct inc_cx *cx, const char *unit, bool burst, size_t n)
{
    const struct ofswitch_features *has = &chassis_cfg(cx)->features;

    if (!n) {
        return "no bands";
    } else if (n > has->max_bands) {
        return inc_sprintf(cx, "the local switch cannot do more than %"PRIu32
                           " bands", has->max_bands);
    } else if (burst && !ofswitch_has_feature(has, "meter_burst")) {
        return "the local switch lacks feature \"meter_burst\"";
    } else if (!ofswitch_has_feature(has, inc_sprintf(cx, "meter_%s", unit))) {
        return inc_sprintf(cx, "the local switch lacks feature \"meter_%s\"",
                           unit);
    }
    return NULL;
}

/* Unit over Meter. */
static void
meter_row(struct inc_cx *cx, struct inc_ref meter)
{
    const char *name = sb_meter_name(cx, meter);
    const char *unit = sb_meter_unit(cx, meter);
    struct ds s = DS_EMPTY_INITIALIZER;
    size_t n;
    const struct inc_ref *bands = sb_meter_bands(cx, meter, &n);
    bool burst = any_burst(cx, bands, n);
    const char *error = meter_error(cx, unit, burst, n);

    if (error) {
        inc_warn(cx, "meter %s: %s", name, error);
        return;
    }
    ds_put_format(&s, "%s%s,stats,bands=", unit, burst ? ",burst" : "");
    for (size_t i = 0; i < n; i++) {
        ds_put_cstr(&s, i ? "," : "");
        format_band(cx, bands[i], &s);
    }
    inc_emit(cx, &meter_rows_output, name, strlen(name), s.string, s.length);
    ds_destroy(&s);
}

static struct inc_family meter_row_unit = {
    .name = "meter_row",
    .over = &sb_meter_table,
    .emits = INC_EMITS(&meter_rows_output),
    .unit = meter_row,
};

void
groups_add(struct inc *inc, struct ofswitch *sw)
{
    ofswitch = sw;
    inc_add_table(inc, &room_table, NULL);
    inc_add_output(inc, &groups_output);
    inc_add_output(inc, &meters_output);
    inc_add_output(inc, &meter_rows_output);
    inc_add_family(inc, &meter_row_unit);
}

/* Frees what is not the engine's.  The switch connection goes next, so the
 * references in it do not matter any more. */
void
groups_destroy(void)
{
    shash_destroy(&groups.ids);
    shash_destroy(&meters.ids);
}
