/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Checks on matches and addresses; see utilities/ovn-nbctl-check.h. */

#include <config.h>

#include "utilities/ovn-nbctl-check.h"

#include <stdlib.h>
#include <string.h>

#include "bitmap.h"
#include "lib/addr.h"
#include "lib/expr.h"
#include "lib/fields.h"
#include "lib/lex.h"
#include "lib/port-sec.h"
#include "openvswitch/shash.h"
#include "ovsdb-idl.h"
#include "ovsdb-idl-provider.h"
#include "ovsdb-set-op.h"
#include "packets.h"
#include "svec.h"
#include "util.h"
#include "utilities/ovn-nbctl.h"

/* What a column may take.  Each function returns null or what is wrong with
 * 'value', which the caller must free. */

/* Notes that there is a template variable. */
static const char *
note_template(void *found_, const char *name OVS_UNUSED)
{
    bool *found = found_;

    *found = true;
    return NULL;
}

/* Does 'match' have variables such as "^vip", which each chassis replaces by
 * text of its own (Chassis_Template_Var)?  Then nobody knows yet what it
 * says. */
static bool
has_templates(const char *match)
{
    bool found = false;

    free(lex_expand_templates(match, note_template, &found));
    return found;
}

static char *
check_match(const char *value)
{
    if (has_templates(value)) {
        return NULL;
    }

    struct expr *expr;
    char *error = expr_parse(value, logical_symtab(), NULL, &expr);
    expr_destroy(expr);
    return error;
}

static char *
check_optional_match(const char *value)
{
    return value[0] ? check_match(value) : NULL;
}

static char *
check_mac(const char *value)
{
    struct eth_addr mac;

    return (eth_addr_from_string(value, &mac)
            ? NULL : xasprintf("%s: Not a valid Ethernet address.", value));
}

static char *
check_ip(const char *value)
{
    struct addr_ip ip;

    return (addr_ip_parse(value, &ip) && addr_ip_is_host(&ip)
            ? NULL : xasprintf("%s: Not a valid IPv4 or IPv6 address.",
                               value));
}

static char *
check_prefix(const char *value)
{
    struct addr_ip ip;

    return (addr_ip_parse(value, &ip)
            ? NULL : xasprintf("%s: Not a valid IPv4 or IPv6 address or "
                               "network.", value));
}

/* Of a static route: also nothing, if there is an output port, and a word. */
static char *
check_nexthop(const char *value)
{
    return value[0] && strcmp(value, "discard") ? check_ip(value) : NULL;
}

/* Returns the error for 'value' if 'detail', which is freed, is one. */
static char *
port_address_error(const char *value, char *detail)
{
    if (!detail) {
        return NULL;
    }
    free(detail);
    return xasprintf("%s: Invalid address format. See ovn-nb(5). Hint: "
                     "An Ethernet address must be listed before an IP "
                     "address, together as a single argument.", value);
}

static char *
check_port_address(const char *value)
{
    struct lsp_addr addr;
    char *error = NULL;

    if (lsp_addr_parse(value, &addr, &error)) {
        lsp_addr_destroy(&addr);
    }
    return port_address_error(value, error);
}

static char *
check_port_security(const char *value)
{
    struct port_sec ps;
    char *error = NULL;

    if (port_sec_parse(value, &ps, &error)) {
        port_sec_destroy(&ps);
    }
    return port_address_error(value, error);
}

static char *
check_set_member(const char *value)
{
    struct svec errors = SVEC_EMPTY_INITIALIZER;

    free(expr_constants_parse(&value, 1, &errors));
    char *error = errors.n ? xstrdup(errors.names[0]) : NULL;
    svec_destroy(&errors);
    return error;
}

/* The table. */

struct check {
    const struct ovsdb_idl_column *column; /* Of strings. */
    char *(*check)(const char *value);
};

static const struct check checks[] = {
    { &nbrec_acl_col_match, check_match },
    { &nbrec_address_set_col_addresses, check_set_member },
    { &nbrec_dhcp_options_col_cidr, check_prefix },
    { &nbrec_forwarding_group_col_vip, check_ip },
    { &nbrec_forwarding_group_col_vmac, check_mac },
    { &nbrec_logical_router_policy_col_match, check_match },
    { &nbrec_logical_router_policy_col_nexthop, check_ip },
    { &nbrec_logical_router_policy_col_nexthops, check_ip },
    { &nbrec_logical_router_port_col_mac, check_mac },
    { &nbrec_logical_router_port_col_networks, check_prefix },
    { &nbrec_logical_router_static_route_col_ip_prefix, check_prefix },
    { &nbrec_logical_router_static_route_col_nexthop, check_nexthop },
    { &nbrec_logical_switch_port_col_addresses, check_port_address },
    { &nbrec_logical_switch_port_col_port_security, check_port_security },
    { &nbrec_mirror_rule_col_match, check_match },
    { &nbrec_nat_col_external_ip, check_ip },
    { &nbrec_nat_col_external_mac, check_mac },
    { &nbrec_nat_col_logical_ip, check_prefix },
    { &nbrec_nat_col_match, check_optional_match },
    { &nbrec_qos_col_match, check_match },
    { &nbrec_static_mac_binding_col_ip, check_ip },
    { &nbrec_static_mac_binding_col_mac, check_mac },
};

static const struct check *
find_check(const struct ovsdb_idl_column *column)
{
    for (size_t i = 0; i < ARRAY_SIZE(checks); i++) {
        if (checks[i].column == column) {
            return &checks[i];
        }
    }
    return NULL;
}

bool
nbctl_check(struct ctl_context *ctx, const struct ovsdb_idl_column *column,
            const char *value)
{
    if (shash_find(&ctx->options, DBCTL_NO_VALIDATE)) {
        return true;
    }

    char *error = find_check(column)->check(value);
    if (error) {
        ctl_error(ctx, "%s", error);
        free(error);
    }
    return !error;
}

/* Rows. */

/* Checks the elements of 'datum' that are not in 'old', which may be null. */
static void
check_datum(struct ctl_context *ctx, const struct ovsdb_idl_column *column,
            const struct ovsdb_datum *datum, const struct ovsdb_datum *old)
{
    unsigned int pos;

    for (size_t i = 0; i < datum->n && !ctx->error; i++) {
        if (!old || !ovsdb_datum_find_key(old, &datum->keys[i],
                                          OVSDB_TYPE_STRING, &pos)) {
            nbctl_check(ctx, column, datum->keys[i].s->string);
        }
    }
}

/* Checks the elements that are added one by one to a set, which the IDL does
 * not show. */
static void
check_set_ops(struct ctl_context *ctx, const struct ovsdb_idl_column *column,
              struct set_op_list *ops)
{
    for (struct set_op *op = set_op_list_first(ops); op && !ctx->error;
         op = set_op_list_next(ops, op)) {
        if (set_op_type(op) == SET_OP_INSERT) {
            check_datum(ctx, column, set_op_datum(op), NULL);
        }
    }
}

void
nbctl_check_row(struct ctl_context *ctx, const struct ovsdb_idl_row *row)
{
    const struct ovsdb_idl_table_class *table = row->table->class_;

    for (size_t i = 0; i < table->n_columns && !ctx->error; i++) {
        const struct ovsdb_idl_column *column = &table->columns[i];

        if (!find_check(column)) {
            continue;
        } else if (row->written && bitmap_is_set(row->written, i)) {
            check_datum(ctx, column, &row->new_datum[i],
                        row->old_datum ? &row->old_datum[i] : NULL);
        } else if (row->set_op_written
                   && bitmap_is_set(row->set_op_written, i)) {
            check_set_ops(ctx, column, row->set_op_lists[i]);
        }
    }
}
