/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Tests of the action compiler.
 *
 * "test-ovn actions-lines": parses the actions on standard input, one list
 * each line, and prints them with their canonical form, prerequisites and
 * OpenFlow, or the error; for actions.at.  Checks on the way that the
 * canonical form parses to itself, that the OpenFlow can be sent to a switch,
 * and that the switch accepts it in the flows that the prerequisites make.
 * Lines that start with '#' are comments; "##router" and "##switch" change the
 * kind of datapath.
 *
 * "test-ovn actions": random input.
 *
 * "test-ovn language symbols", "test-ovn language actions": print the tables
 * of Documentation/language.md. */

#include <config.h>
#include "lib/actions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/expr.h"
#include "openvswitch/ofp-actions.h"
#include "openvswitch/ofp-group.h"
#include "openvswitch/shash.h"
#include "openvswitch/vlog.h"
#include "random.h"
#include "tests/expr-names.h"
#include "tests/test-ovn.h"
#include "util.h"

/* The environment: names of expr-names.h; groups and meters all have id 7. */

static bool
test_tunnel_ofport(void *aux OVS_UNUSED, const char *name, ofp_port_t *port)
{
    *port = 5;
    return strcmp(name, "p1");
}

static bool verbose;

static uint32_t
test_group_id(void *aux OVS_UNUSED, const char *group)
{
    enum ofputil_protocol usable_protocols;
    struct ofputil_group_mod gm;
    char *text = xasprintf("group_id=7,%s", group);
    char *error = parse_ofp_group_mod_str(&gm, OFPGC15_ADD, text, NULL, NULL,
                                          &usable_protocols);

    if (error) {
        ovs_fatal(0, "%s: %s", group, error);
    }
    ofputil_uninit_group_mod(&gm);
    free(text);
    if (verbose) {
        printf("  group: %s\n", group);
    }
    return 7;
}

static uint32_t
test_meter_id(void *aux OVS_UNUSED, const char *meter)
{
    if (verbose) {
        printf("  meter: %s\n", meter);
    }
    return 7;
}

static struct actions_encode_params encode_params = {
    .lookup_port = test_lookup_port,
    .is_chassis_resident = test_is_chassis_resident,
    .tunnel_ofport = test_tunnel_ofport,
    .group_id = test_group_id,
    .meter_id = test_meter_id,
    .named_meter_id = test_meter_id,
    .is_switch = true,
    .ingress = true,
    .cur_ltable = 10,
    .n_tables = LOG_PIPELINE_LEN,
    .dp_key = 0x123,
    .lflow_cookie = 0xaaaaaaaa,
};

static struct actions_params params = {
    .ingress = true,
    .cur_ltable = 10,
    .n_tables = LOG_PIPELINE_LEN,
};

/* Some options as ovn-northd puts them into the database. */
static void
init_params(void)
{
    static const struct dhcp_option v4[] = {
        { "netmask", 1, "ipv4" },
        { "router", 3, "ipv4" },
        { "dns_server", 6, "ipv4" },
        { "domain_name", 15, "str" },
        { "ip_forward_enable", 19, "bool" },
        { "default_ttl", 23, "uint8" },
        { "mtu", 26, "uint16" },
        { "lease_time", 51, "uint32" },
        { "classless_static_route", 121, "static_routes" },
        { "tftp_server", 66, "host_id" },
        { "domain_search_list", 119, "domains" },
    };
    static const struct dhcp_option v6[] = {
        { "server_id", 2, "mac" },
        { "ia_addr", 5, "ipv6" },
        { "dns_server", 23, "ipv6" },
        { "domain_search", 24, "str" },
        { "fqdn", 39, "domain" },
    };
    static struct shash dhcp_opts = SHASH_INITIALIZER(&dhcp_opts);
    static struct shash dhcpv6_opts = SHASH_INITIALIZER(&dhcpv6_opts);

    for (size_t i = 0; i < ARRAY_SIZE(v4); i++) {
        shash_add(&dhcp_opts, v4[i].name, &v4[i]);
    }
    for (size_t i = 0; i < ARRAY_SIZE(v6); i++) {
        shash_add(&dhcpv6_opts, v6[i].name, &v6[i]);
    }
    params.symtab = logical_symtab();
    params.dhcp_opts = &dhcp_opts;
    params.dhcpv6_opts = &dhcpv6_opts;
}

static void
destroy_params(void)
{
    shash_destroy(CONST_CAST(struct shash *, params.dhcp_opts));
    shash_destroy(CONST_CAST(struct shash *, params.dhcpv6_opts));
}

/* Checks that the canonical form 'text' parses to the same. */
static void
check_canonical(const char *text)
{
    struct field_set prereqs = { .bits = { 0 } };
    struct ds s = DS_EMPTY_INITIALIZER;
    struct ofpbuf ovnacts;

    ofpbuf_init(&ovnacts, 0);
    char *error = actions_parse(text, &params, &ovnacts, &prereqs);
    if (error) {
        ovs_fatal(0, "canonical form \"%s\": %s", text, error);
    }
    actions_format(&ovnacts, &s);
    if (strcmp(ds_cstr(&s), text)) {
        ovs_fatal(0, "canonical form \"%s\" turns into \"%s\"", text,
                  ds_cstr(&s));
    }
    actions_free(&ovnacts);
    ofpbuf_uninit(&ovnacts);
    ds_destroy(&s);
}

/* Checks that the switch accepts 'ofpacts' in all flows that 'prereqs'
 * gives. */
static void
check_prereqs(const struct field_set *prereqs, const struct ofpbuf *ofpacts)
{
    const struct expr_env env = { .lookup_port = test_lookup_port };
    struct expr_matches matches;
    struct expr *expr;
    char *error = expr_parse("1", logical_symtab(), prereqs, &expr);

    ovs_assert(!error);
    error = expr_to_matches(expr, &env, &matches);
    ovs_assert(!error);
    for (size_t i = 0; i < matches.n; i++) {
        struct ofpbuf *copy = ofpbuf_clone(ofpacts);
        struct match match;

        expr_match_get(&matches, i, &match);
        struct ofpact_check_params cp = {
            .match = &match,
            .max_ports = OFPP_MAX,
            .table_id = OFTABLE_LOG_INGRESS + params.cur_ltable,
            .n_tables = 255,
        };
        enum ofperr ofperr = ofpacts_check(copy->data, copy->size, &cp);
        if (ofperr) {
            const struct ofpact_format_params fp = {
                .s = &(struct ds) DS_EMPTY_INITIALIZER
            };
            ofpacts_format(copy->data, copy->size, &fp);
            match_format(&match, NULL, fp.s, OFP_DEFAULT_PRIORITY);
            ovs_fatal(0, "%s: %s", ds_cstr(fp.s), ofperr_to_string(ofperr));
        }
        ofpbuf_delete(copy);
    }
    expr_matches_destroy(&matches);
    expr_destroy(expr);
}

/* Sends 'ofpacts' through the OpenFlow encoding and back. */
static void
check_openflow(const struct ofpbuf *ofpacts)
{
    struct ofpbuf msg, back;
    struct ds a = DS_EMPTY_INITIALIZER;
    struct ds b = DS_EMPTY_INITIALIZER;
    const struct ofpact_format_params fa = { .s = &a };
    const struct ofpact_format_params fb = { .s = &b };

    if (!ofpacts->size) {
        return;
    }
    ofpbuf_init(&msg, 0);
    ofpbuf_init(&back, 0);
    ofpacts_put_openflow_actions(ofpacts->data, ofpacts->size, &msg,
                                 OFP15_VERSION);
    enum ofperr error = ofpacts_pull_openflow_actions(
        &msg, msg.size, OFP15_VERSION, NULL, NULL, &back);
    ofpacts_format(ofpacts->data, ofpacts->size, &fa);
    if (error) {
        ovs_fatal(0, "%s: %s", ds_cstr(&a), ofperr_to_string(error));
    }
    ofpacts_format(back.data, back.size, &fb);
    if (strcmp(ds_cstr(&a), ds_cstr(&b))) {
        ovs_fatal(0, "\"%s\" comes back from OpenFlow as \"%s\"", ds_cstr(&a),
                  ds_cstr(&b));
    }
    ofpbuf_uninit(&msg);
    ofpbuf_uninit(&back);
    ds_destroy(&a);
    ds_destroy(&b);
}

static void
encode(const struct ofpbuf *ovnacts, const struct field_set *prereqs,
       struct ds *s)
{
    struct ofpbuf ofpacts;

    ofpbuf_init(&ofpacts, 0);
    char *error = actions_encode(ovnacts, &encode_params, &ofpacts);
    if (error) {
        ds_put_format(s, "  encode error: %s\n", error);
        free(error);
    } else {
        const struct ofpact_format_params fp = { .s = s };

        ds_put_cstr(s, "  OpenFlow: ");
        ofpacts_format(ofpacts.data, ofpacts.size, &fp);
        ds_put_char(s, '\n');
        check_openflow(&ofpacts);
        check_prereqs(prereqs, &ofpacts);
    }
    ofpbuf_uninit(&ofpacts);
}

/* Parses, formats and encodes 'text'.  Appends the results to 's'. */
static void
process(const char *text, struct ds *s)
{
    struct field_set prereqs = { .bits = { 0 } };
    struct ofpbuf ovnacts;

    ofpbuf_init(&ovnacts, 0);
    char *error = actions_parse(text, &params, &ovnacts, &prereqs);
    if (error) {
        ovs_assert(!ovnacts.size && field_set_is_empty(&prereqs));
        error[strcspn(error, "\n")] = '\0';
        ds_put_format(s, "  %s\n", error);
        free(error);
    } else {
        struct ds canonical = DS_EMPTY_INITIALIZER;

        actions_format(&ovnacts, &canonical);
        check_canonical(ds_cstr(&canonical));
        if (strcmp(ds_cstr(&canonical), text)) {
            ds_put_format(s, "  formats as %s\n", ds_cstr(&canonical));
        }
        if (!field_set_is_empty(&prereqs)) {
            ds_put_cstr(s, "  requires ");
            field_set_format(params.symtab, &prereqs, s);
            ds_put_char(s, '\n');
        }
        encode(&ovnacts, &prereqs, s);
        ds_destroy(&canonical);
    }
    actions_free(&ovnacts);
    ofpbuf_uninit(&ovnacts);
}

static void
test_actions_lines(int argc OVS_UNUSED, char *argv[] OVS_UNUSED)
{
    struct ds line = DS_EMPTY_INITIALIZER;
    struct ds s = DS_EMPTY_INITIALIZER;

    init_params();
    verbose = true;
    while (!ds_get_line(&line, stdin)) {
        puts(ds_cstr(&line));
        if (line.length && line.string[0] == '#') {
            if (!strcmp(ds_cstr(&line), "##router")) {
                encode_params.is_switch = false;
            } else if (!strcmp(ds_cstr(&line), "##switch")) {
                encode_params.is_switch = true;
            }
            continue;
        }
        ds_clear(&s);
        process(ds_cstr(&line), &s);
        fputs(ds_cstr(&s), stdout);
    }
    ds_destroy(&line);
    ds_destroy(&s);
    destroy_params();
}

TEST_OVN_REGISTER("actions-lines", test_actions_lines);

/* Random bytes, and random tokens, which come further. */
static void
test_actions(int argc, char *argv[])
{
    static const char *const tokens[] = {
        "(", ")", "{", "}", "[0]", "=", "<->", "--", ";", ";", ";", ",",
        ":", "-", "0", "1", "10.0.0.1", "::1", "\"p1\"", "\"tcp\"",
        "00:00:00:00:00:01", "@cookie", "reg0", "inport", "outport",
        "eth.dst", "ip4.src", "ip.ttl", "ct_mark", "icmp4.frag_mtu",
        "backends=10.0.0.1:80,10.0.0.2", "hash_fields=\"ip_src\"",
        "values=(1,2=3)", "offerip=10.0.0.1", "vip=\"10.0.0.1:80\"",
        "probability=1", "timeout=3", "proto=tcp", "ipv6=true", "1=2,2=3",
        "childports=\"p1\"", "event=\"empty_lb_backends\"", "dnat",
    };
    int n_iterations = argc > 1 ? atoi(argv[1]) : 100000;
    struct ds text = DS_EMPTY_INITIALIZER;
    struct ds s = DS_EMPTY_INITIALIZER;

    init_params();
    for (int i = 0; i < n_iterations; i++) {
        ds_clear(&text);
        for (int n = random_range(16); n > 0; n--) {
            if (i % 8 == 0) {
                ds_put_char(&text, 1 + random_range(255));
            } else if (random_range(3)) {
                ds_put_format(&text, "%s ",
                              tokens[random_range(ARRAY_SIZE(tokens))]);
            } else {
                ds_put_format(&text, "%s",
                              ovnact_name(random_range(OVNACT_N_TYPES)));
            }
        }
        ds_clear(&s);
        process(ds_cstr(&text), &s);
    }

    ds_clear(&text);
    for (int i = 0; i < 10000; i++) {
        ds_put_cstr(&text, "clone{");
    }
    ds_clear(&s);
    process(ds_cstr(&text), &s);
    ovs_assert(strstr(ds_cstr(&s), "nested more than"));

    ds_destroy(&text);
    ds_destroy(&s);
    destroy_params();
}

TEST_OVN_REGISTER("actions", test_actions);

static void
test_language(int argc, char *argv[])
{
    struct ds s = DS_EMPTY_INITIALIZER;

    if (argc > 1 && !strcmp(argv[1], "actions")) {
        actions_format_manual(&s);
    } else {
        field_symtab_format_manual(logical_symtab(), &s);
    }
    fputs(ds_cstr(&s), stdout);
    ds_destroy(&s);
}

TEST_OVN_REGISTER("language", test_language);
