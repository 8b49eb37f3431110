/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The options that put_dhcp_opts() and put_dhcpv6_opts() in logical flows
 * know: tables DHCP_Options and DHCPv6_Options.  See lflow-private.h. */

#include <config.h>

#include "controller/lflow-private.h"

#include <stdlib.h>

#include "controller/compile.h"
#include "hash.h"
#include "lib/actions.h"
#include "openvswitch/shash.h"
#include "ovsdb/sb-inc.h"
#include "util.h"

/* All rows of a table: an index with one key. */
static const char all_rows[] = "";

static void
all_rows_keys(struct inc_cx *cx OVS_UNUSED, struct inc_ref row OVS_UNUSED,
              struct inc_keys *keys)
{
    inc_key_add_string(keys, all_rows);
}

static struct inc_index all_dhcp_options = {
    .name = "all_dhcp_options",
    .table = &sb_dhcp_options_table,
    .keys = all_rows_keys,
};
static struct inc_index all_dhcpv6_options = {
    .name = "all_dhcpv6_options",
    .table = &sb_dhcpv6_options_table,
    .keys = all_rows_keys,
};

static void
free_options(struct shash *options)
{
    struct shash_node *node;

    SHASH_FOR_EACH (node, options) {
        struct dhcp_option *option = node->data;

        free(CONST_CAST(char *, option->name));
        free(CONST_CAST(char *, option->type));
    }
    shash_destroy_free_data(options);
}

static void
options_value_free(void *value_)
{
    struct lflow_options_value *value = value_;

    if (value->options) {
        free_options(&value->options->dhcp);
        free_options(&value->options->dhcpv6);
        free(value->options);
    }
}

/* Options are equal if their digests are. */
static bool
options_value_equal(const void *a_, const void *b_)
{
    const struct lflow_options_value *a = a_;
    const struct lflow_options_value *b = b_;

    return (a->options == b->options
            || (a->options && b->options
                && a->options->digest == b->options->digest));
}

/* Adds an option to 'options', unless there is one of this name, and mixes it
 * into '*digest' (as the hash function FNV-1 does with bytes). */
static void
add_option(struct shash *options, const char *name, uint16_t code,
           const char *type, uint64_t *digest)
{
    struct dhcp_option *option = xmalloc(sizeof *option);
    uint32_t hash = hash_string(type, hash_string(name, code));

    *option = (struct dhcp_option) {
        .name = xstrdup(name),
        .code = code,
        .type = xstrdup(type),
    };
    if (!shash_add_once(options, name, option)) {
        free(CONST_CAST(char *, option->name));
        free(CONST_CAST(char *, option->type));
        free(option);
    }
    *digest = *digest * UINT64_C(0x100000001b3) ^ hash;
}

/* Fact over chassis_cfg_table, which has one row. */
static void
options_compute(struct inc_cx *cx, struct inc_ref row OVS_UNUSED,
                void *value_)
{
    struct lflow_options_value *value = value_;
    struct lflow_options *options = xzalloc(sizeof *options);
    const struct inc_ref *rows;
    size_t n;

    shash_init(&options->dhcp);
    shash_init(&options->dhcpv6);
    rows = inc_find_all(cx, &all_dhcp_options, all_rows, 0, &n);
    for (size_t i = 0; i < n; i++) {
        add_option(&options->dhcp, sb_dhcp_options_name(cx, rows[i]),
                   sb_dhcp_options_code(cx, rows[i]),
                   sb_dhcp_options_type(cx, rows[i]), &options->digest);
    }
    rows = inc_find_all(cx, &all_dhcpv6_options, all_rows, 0, &n);
    for (size_t i = 0; i < n; i++) {
        add_option(&options->dhcpv6, sb_dhcpv6_options_name(cx, rows[i]),
                   sb_dhcpv6_options_code(cx, rows[i]),
                   sb_dhcpv6_options_type(cx, rows[i]), &options->digest);
    }
    value->options = options;
}

struct inc_family lflow_options_fact = {
    .name = "dhcp_options",
    .over = &chassis_cfg_table,
    .fact = options_compute,
    .fact_size = sizeof(struct lflow_options_value),
    .fact_free = options_value_free,
    .fact_equal = options_value_equal,
};

const struct lflow_options *
lflow_options(struct inc_cx *cx)
{
    const struct lflow_options_value *value
        = inc_fact(cx, &lflow_options_fact, chassis_cfg_row(cx));

    return value->options;
}
