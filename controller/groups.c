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
 * kept here, and referenced in the switch connection. */

#include <config.h>

#include "controller/groups.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "controller/ofswitch.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/shash.h"
#include "ovsdb/sb-inc.h"
#include "util.h"

static struct ofswitch *ofswitch;

/* Ids of what is, or is about to be, claimed, by name.  The data are ids. */
static struct shash group_ids = SHASH_INITIALIZER(&group_ids);
static struct shash meter_ids = SHASH_INITIALIZER(&meter_ids);

static uint32_t
find_id(const struct shash *ids, const char *name)
{
    const void *id = shash_find_data(ids, name);

    return (uintptr_t) id;
}

/* Claims 'name' with 'value' in 'output' and returns its id from 'ids', which
 * 'ref' adds if needed. */
static uint32_t
claim_id(struct inc_cx *cx, struct inc_output *output, struct shash *ids,
         uint32_t (*ref)(struct ofswitch *, const char *name),
         const char *name, const char *value)
{
    uint32_t id = find_id(ids, name);

    if (!id) {
        id = ref(ofswitch, name);
        if (id) {
            shash_add(ids, name, (void *) (uintptr_t) id);
        }
    }
    inc_emit(cx, output, name, strlen(name), value, strlen(value));
    return id;
}

/* Nobody claims 'name' any more: takes it out of 'ids' and gives back the
 * reference. */
static void
drop_id(struct shash *ids,
        void (*unref)(struct ofswitch *, const char *name), const char *name)
{
    if (shash_find_and_delete(ids, name)) {
        unref(ofswitch, name);
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

        drop_id(&group_ids, ofswitch_group_unref, content);
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
    return (claim
            ? claim_id(cx, &groups_output, &group_ids, ofswitch_group_ref,
                       content, "")
            : find_id(&group_ids, content));
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
        drop_id(&meter_ids, ofswitch_meter_unref, name);
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
            ? claim_id(cx, &meters_output, &meter_ids, ofswitch_meter_ref,
                       name, content ? content : "")
            : find_id(&meter_ids, name));
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

/* Unit over Meter. */
static void
meter_row(struct inc_cx *cx, struct inc_ref meter)
{
    const char *name = sb_meter_name(cx, meter);
    struct ds s = DS_EMPTY_INITIALIZER;
    size_t n;
    const struct inc_ref *bands = sb_meter_bands(cx, meter, &n);

    ds_put_cstr(&s, sb_meter_unit(cx, meter));
    for (size_t i = 0; i < n; i++) {
        if (sb_meter_band_burst_size(cx, bands[i])) {
            ds_put_cstr(&s, ",burst");
            break;
        }
    }
    ds_put_cstr(&s, ",stats,bands=");
    for (size_t i = 0; i < n; i++) {
        int64_t burst = sb_meter_band_burst_size(cx, bands[i]);

        ds_put_format(&s, "%stype=%s,rate=%"PRId64, i ? "," : "",
                      sb_meter_band_action(cx, bands[i]),
                      sb_meter_band_rate(cx, bands[i]));
        if (burst) {
            ds_put_format(&s, ",burst_size=%"PRId64, burst);
        }
    }
    if (n) {
        inc_emit(cx, &meter_rows_output, name, strlen(name), s.string,
                 s.length);
    } else {
        inc_warn(cx, "meter %s: no bands", name);
    }
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
    shash_destroy(&group_ids);
    shash_destroy(&meter_ids);
}
