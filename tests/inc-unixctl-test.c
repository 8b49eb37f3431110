/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The inc-engine/ commands, through a control socket of our own.
 *
 * usage: test-ovn inc-unixctl */

#include <config.h>
#include "tests/test-ovn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "jsonrpc.h"
#include "lib/inc.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/json.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "simap.h"
#include "tests/inc-numbers.h"
#include "unixctl.h"
#include "util.h"

/* A unit that reads the next number, if there is one, and warns of 13. */
static void
next_unit(struct inc_cx *cx, struct inc_ref row)
{
    uint32_t next = *(const uint32_t *) inc_key(cx, row) + 1;
    struct inc_ref ref = inc_lookup(cx, &numbers, &next);

    if (*(const uint32_t *) inc_value(cx, row) == 13) {
        inc_warn(cx, "13 is bad luck");
    }
    if (ref.id) {
        inc_value(cx, ref);
        inc_emit(cx, &words, "next", 4, NULL, 0);
    }
}

static struct inc_family next = {
    .name = "next", .over = &numbers, .unit = next_unit,
    .emits = INC_EMITS(&words)
};

static void
word_format(const void *aux OVS_UNUSED, const void *key, size_t key_len,
            const void *value OVS_UNUSED, size_t value_len OVS_UNUSED,
            struct ds *s)
{
    ds_put_format(s, "word %.*s", (int) key_len, (const char *) key);
}

static bool
word_matches(const void *aux OVS_UNUSED, const char *spec, const void *key,
             size_t key_len, const void *value OVS_UNUSED,
             size_t value_len OVS_UNUSED)
{
    return strlen(spec) == key_len && !memcmp(spec, key, key_len);
}

/* Client and server in one thread. */

static struct unixctl_server *server;
static struct jsonrpc *client;

static void
connect_client(void)
{
    char *cwd = get_cwd();
    char *path = xasprintf("%s/inc-unixctl-%ld.ctl", cwd, (long) getpid());

    if (unixctl_server_create(path, &server)
        || unixctl_client_create(path, &client)) {
        ovs_fatal(0, "%s: no control socket", path);
    }
    free(path);
    free(cwd);
}

/* Gives command 'line', words with spaces between, and returns the reply. */
static struct jsonrpc_msg *
transact(const char *line)
{
    struct jsonrpc_msg *reply;
    char *copy = xasprintf("inc-engine/%s", line), *save = NULL;
    char *name = strtok_r(copy, " ", &save);
    struct json *args = json_array_create_empty();

    for (char *arg = strtok_r(NULL, " ", &save); arg;
         arg = strtok_r(NULL, " ", &save)) {
        for (char *p = arg; *p; p++) {
            *p = *p == '_' ? ' ' : *p;
        }
        json_array_add(args, json_string_create(arg));
    }
    ovs_assert(!jsonrpc_send(client, jsonrpc_create_request(name, args,
                                                            NULL)));
    free(copy);
    for (;;) {
        unixctl_server_run(server);
        jsonrpc_run(client);
        int error = jsonrpc_recv(client, &reply);

        if (!error) {
            return reply;
        }
        ovs_assert(error == EAGAIN);
        unixctl_server_wait(server);
        jsonrpc_wait(client);
        jsonrpc_recv_wait(client);
        poll_block();
    }
}

/* Aborts unless command 'line' ('_' for spaces within words) is answered with
 * 'want', or, if 'is_error', with that error. */
static void
expect(const char *line, bool is_error, const char *want)
{
    struct jsonrpc_msg *reply = transact(line);
    const struct json *have = is_error ? reply->error : reply->result;

    if (!have || have->type != JSON_STRING
        || strcmp(json_string(have), want)) {
        struct json *all = jsonrpc_msg_to_json(reply);

        ovs_fatal(0, "%s: expected %s \"%s\", got %s", line,
                  is_error ? "error" : "reply", want,
                  json_to_string(all, JSSF_PRETTY));
    }
    jsonrpc_msg_destroy(reply);
}

static void
test_stats(struct inc *inc)
{
    const char *parity_stats =
        "Node: parity\n- kind:      fact\n- level:     0\n- exist:     2\n"
        "- recompute: 0\n- compute:   2\n- last:      2\n- cancel:    0\n";
    char *all = xasprintf(
        "%sNode: word\n- kind:      unit\n- level:     1\n- exist:     2\n"
        "- recompute: 0\n- compute:   2\n- last:      2\n- cancel:    0\n"
        "Node: next\n- kind:      unit\n- level:     0\n- exist:     2\n"
        "- recompute: 0\n- compute:   2\n- last:      2\n- cancel:    0\n",
        parity_stats);

    expect("show-stats", false, all);
    expect("show-stats parity", false, parity_stats);
    expect("show-stats parity exist", false, "2\n");
    expect("show-stats parity compute", false, "2\n");
    expect("show-stats parity last", false, "2\n");
    expect("show-stats parity recompute", false, "0\n");
    expect("show-stats parity cancel", false, "0\n");
    expect("show-stats parity abort", false, "0\n");
    expect("show-stats parity color", true,
           "color: no such counter (compute, exist, last, recompute or "
           "cancel)\n");
    expect("show-stats oddity", true, "oddity: no such node\n");
    free(all);

    expect("clear-stats", false, "");
    expect("show-stats parity compute", false, "0\n");
    expect("show-stats parity last", false, "0\n");
    expect("recompute", false, "");
    ovs_assert(inc_recomputes(inc) == 1);
    inc_run(inc);
    expect("show-stats next compute", false, "2\n");
    expect("compute-log-timeout 500", false, "");
}

static void
test_why(struct inc *inc)
{
    expect("why 1_odd", false,
           "word 1 odd\n"
           "  claimed by word of numbers 0x1000000\n"
           "    reads fact parity of numbers 0x1000000\n");
    expect("why next", false,
           "word next\n"
           "  claimed by next of numbers 0x1000000\n"
           "    reads numbers 0x1000000\n"
           "    reads numbers 0x2000000\n"
           "    reads index numbers\n");
    expect("why nothing", true,
           "nothing: nothing that is claimed has this UUID, cookie or name\n");

    /* Between a change and the run that follows it. */
    delete_number(inc, 2);
    expect("why next", false,
           "word next\n"
           "  claimed by next of numbers 0x1000000\n"
           "    reads numbers 0x1000000\n"
           "    reads numbers 0x2000000 (gone)\n"
           "    reads index numbers\n");
    set_number(inc, 2, 2);
    inc_run(inc);
}

static void
test_verify(struct inc *inc)
{
    expect("verify", false, "no differences\n");
    set_number(inc, 1, 2);
    expect("verify", true,
           "numbers 0x1000000: parity: stale value\n");
    set_number(inc, 1, 1);
    inc_run(inc);
    expect("verify", false, "no differences\n");
}

/* A warning that one row takes over from another stays. */
static void
test_warnings(struct inc *inc)
{
    expect("warnings", false, "");
    set_number(inc, 1, 13);
    inc_run(inc);
    expect("warnings", false, "13 is bad luck\n");
    set_number(inc, 2, 13);
    set_number(inc, 1, 1);
    inc_run(inc);
    expect("warnings", false, "13 is bad luck\n");
    set_number(inc, 2, 2);
    inc_run(inc);
    expect("warnings", false, "");
}

/* Nodes: two numbers, their facts and units, and keys 1, 2 and 3 of the index.
 * Edges: of the facts, of the words, and of the other units.  Claims: a word
 * each, and "next". */
static void
test_memory(struct inc *inc)
{
    struct simap usage = SIMAP_INITIALIZER(&usage);

    inc_memory_usage(inc, &usage);
    ovs_assert(simap_get(&usage, "inc-claims") == 3);
    ovs_assert(simap_get(&usage, "inc-nodes") == 2 * 4 + 3);
    ovs_assert(simap_get(&usage, "inc-edges") == 2 + 2 + 3 + 2);
    simap_destroy(&usage);
}

static void
test_inc_unixctl_main(int argc OVS_UNUSED, char *argv[] OVS_UNUSED)
{
    struct inc *inc = inc_create("test");

    vlog_set_levels(NULL, VLF_CONSOLE, VLL_ERR); /* We cause warnings. */
    words.format = word_format;
    words.matches = word_matches;
    inc_set_strict(inc, true);
    inc_add_output(inc, &words);
    inc_add_family(inc, &parity);
    inc_add_family(inc, &word);
    inc_add_family(inc, &next);
    inc_start(inc);
    inc_unixctl_init(inc);
    connect_client();

    set_number(inc, 1, 1);
    set_number(inc, 2, 2);
    inc_run(inc);
    test_stats(inc);
    test_why(inc);
    test_verify(inc);
    test_warnings(inc);
    test_memory(inc);

    jsonrpc_close(client);
    unixctl_server_destroy(server);
    inc_destroy(inc);
}

TEST_OVN_REGISTER("inc-unixctl", test_inc_unixctl_main);
