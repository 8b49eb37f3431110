/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Logical switch ports as port bindings; see port.h.  How ports get their
 * tunnel keys is in port-key.c. */

#include <config.h>

#include "northd/port.h"

#include <string.h>

#include "northd/compile.h"
#include "northd/datapath.h"
#include "northd/port-key.h"
#include "northd/sb-rows.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/json.h"
#include "ovsdb/nb-inc.h"
#include "ovsdb/sb-inc.h"
#include "smap.h"
#include "util.h"
#include "uuid.h"

/* Rows
 * ==== */

struct inc_rows pb_rows = {
    .name = "Port_Binding",
    .table = &sb_pb_table,
    .kind = INC_ROWS_KEYED,
    .columns = (1u << SB_PB_COL_LOGICAL_PORT
                | 1u << SB_PB_COL_TYPE
                | 1u << SB_PB_COL_DATAPATH
                | 1u << SB_PB_COL_TUNNEL_KEY
                | 1u << SB_PB_COL_OPTIONS
                | 1u << SB_PB_COL_PARENT_PORT
                | 1u << SB_PB_COL_TAG
                | 1u << SB_PB_COL_MAC
                | 1u << SB_PB_COL_PORT_SECURITY
                | 1u << SB_PB_COL_EXTERNAL_IDS
                | 1u << SB_PB_COL_REQUESTED_CHASSIS
                | 1u << SB_PB_COL_REQUESTED_ADDITIONAL_CHASSIS
                | 1u << SB_PB_COL_UP),
    .initial = 1u << SB_PB_COL_UP,
    .row_key = pb_row_key,
};

/* What others want to know
 * ======================== */

static void
lsp_info__(struct inc_cx *cx, struct inc_ref lsp, void *info_)
{
    const bool *enabled = nb_lsp_enabled(cx, lsp);
    struct inc_ref ls = inc_find_ref(cx, &nb_ls_by_ports, lsp);
    struct lsp_info *info = info_;
    size_t n;

    info->ls = ls;
    info->key = ls_key(cx, ls) ? lsp_key(cx, lsp) : 0;
    info->enabled = !enabled || *enabled;

    const char *const *addresses = nb_lsp_addresses(cx, lsp, &n);
    for (size_t i = 0; i < n; i++) {
        info->unknown |= !strcmp(addresses[i], "unknown");
    }
}

struct inc_family lsp_info_fact = {
    .name = "lsp_info",
    .over = &nb_lsp_table,
    .uses = INC_USES(&ls_key_fact),
    .reads = INC_READS(&lsp_key_table),
    .fact = lsp_info__,
    .fact_size = sizeof(struct lsp_info),
};

/* Returns what is known of 'lsp'. */
const struct lsp_info *
lsp_info(struct inc_cx *cx, struct inc_ref lsp)
{
    return inc_fact(cx, &lsp_info_fact, lsp);
}

/* Returns 'format', in which "%s" stands for the name of 'lsp' as a quoted
 * string of the logical flow language. */
char *
lsp_match(struct inc_cx *cx, const char *format, struct inc_ref lsp)
{
    struct ds name = DS_EMPTY_INITIALIZER;
    const char *hole = strstr(format, "%s");

    json_string_escape(nb_lsp_name(cx, lsp), &name);
    char *s = inc_sprintf(cx, "%.*s%s%s", (int) (hole - format), format,
                          ds_cstr(&name), hole + 2);
    ds_destroy(&name);
    return s;
}

/* Bindings
 * ======== */

/* Returns the chassis that 'name' is the name or else the host name of, or
 * INC_NONE. */
static struct inc_ref
find_chassis(struct inc_cx *cx, const char *name)
{
    struct inc_ref chassis = inc_find_string(cx, &sb_chassis_by_name, name);

    return (chassis.id ? chassis
            : inc_find_string(cx, &sb_chassis_by_hostname, name));
}

/* Sets the chassis that "requested-chassis", a list with commas, names: the
 * first one is where the port should be, the others are where it may be at
 * the same time. */
static void
put_requested_chassis(struct inc_cx *cx, struct inc_row *row,
                      const struct smap *options)
{
    const char *names = smap_get(options, "requested-chassis");
    struct uuid main = UUID_ZERO;
    struct uuid *additional = NULL;
    size_t n = 0;

    if (!names) {
        return;
    }

    char *copy = xstrdup(names);
    char *save_ptr = NULL;
    bool first = true;
    for (char *name = strtok_r(copy, ",", &save_ptr); name;
         name = strtok_r(NULL, ",", &save_ptr)) {
        struct inc_ref chassis = find_chassis(cx, name);

        if (chassis.id && first) {
            main = *inc_uuid(cx, chassis);
        } else if (chassis.id) {
            additional = xrealloc(additional, (n + 1) * sizeof *additional);
            additional[n++] = *inc_uuid(cx, chassis);
        }
        first = false;
    }
    free(copy);

    if (!uuid_is_zero(&main)) {
        inc_row_uuid(row, SB_PB_COL_REQUESTED_CHASSIS, &main);
    }
    if (n) {
        inc_row_uuids(row, SB_PB_COL_REQUESTED_ADDITIONAL_CHASSIS,
                      additional, n);
    }
    free(additional);
}

/* Sets the port that carries this one, for ports of containers, and the VLAN
 * that tells them apart. */
static void
put_parent(struct inc_cx *cx, struct inc_row *row, struct inc_ref lsp)
{
    const char *parent = nb_lsp_parent_name(cx, lsp);
    const int64_t *tag = nb_lsp_tag_request(cx, lsp);

    if (parent && parent[0]) {
        inc_row_string(row, SB_PB_COL_PARENT_PORT, parent);
    }
    if (tag && *tag) {
        inc_row_integer(row, SB_PB_COL_TAG, *tag);
    }
}

static void
put_external_ids(struct inc_cx *cx, struct inc_row *row, struct inc_ref lsp)
{
    struct smap ids;

    smap_clone(&ids, nb_lsp_external_ids(cx, lsp));
    const char *name = smap_get(&ids, "neutron:port_name");
    if (name && name[0]) {
        smap_replace(&ids, "name", name);
    }
    if (!smap_is_empty(&ids)) {
        inc_row_smap(row, SB_PB_COL_EXTERNAL_IDS, &ids);
    }
    smap_destroy(&ids);
}

static void
put_strings(struct inc_row *row, int column, const char *const *strings,
            size_t n)
{
    if (n) {
        inc_row_strings(row, column, strings, n);
    }
}

static void
port_binding(struct inc_cx *cx, struct inc_ref lsp)
{
    const struct lsp_info *info = lsp_info(cx, lsp);
    const char *name = nb_lsp_name(cx, lsp);

    lsp_key_warn(cx, lsp);
    if (!info->key) {
        return;
    }

    const struct smap *options = nb_lsp_options(cx, lsp);
    const struct uuid *ls = inc_uuid(cx, info->ls);
    struct inc_row row;
    size_t n;

    inc_row_init(&row, &pb_rows, name, strlen(name));
    inc_row_string(&row, SB_PB_COL_LOGICAL_PORT, name);
    inc_row_string(&row, SB_PB_COL_TYPE, nb_lsp_type(cx, lsp));
    inc_row_ref(&row, SB_PB_COL_DATAPATH, &dp_rows, ls, sizeof *ls);
    inc_row_integer(&row, SB_PB_COL_TUNNEL_KEY, info->key);
    inc_row_smap(&row, SB_PB_COL_OPTIONS, options);
    put_parent(cx, &row, lsp);
    const char *const *macs = nb_lsp_addresses(cx, lsp, &n);
    put_strings(&row, SB_PB_COL_MAC, macs, n);
    const char *const *security = nb_lsp_port_security(cx, lsp, &n);
    put_strings(&row, SB_PB_COL_PORT_SECURITY, security, n);
    put_external_ids(cx, &row, lsp);
    put_requested_chassis(cx, &row, options);
    inc_row_boolean(&row, SB_PB_COL_UP, false);
    inc_row_emit(cx, &row);
}

static struct inc_family port_binding_family = {
    .name = "port_binding",
    .over = &nb_lsp_table,
    .uses = INC_USES(&lsp_info_fact),
    .reads = INC_READS(&lsp_key_table),
    .emits = INC_EMITS(&pb_rows.output),
    .unit = port_binding,
};

const struct northd_feature port_feature = {
    .name = "port",
    .families = FEATURE_FAMILIES(&lsp_want_key_family, &lsp_info_fact,
                                 &port_binding_family),
    .sb_rows = FEATURE_ROWS(&pb_rows),
};
