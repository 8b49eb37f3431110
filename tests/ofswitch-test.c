/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Test of controller/ofswitch.c against a real switch, see ofswitch.at.
 *
 *     test-ovn ofswitch TARGET COMMAND...
 *
 * connects to TARGET and executes the commands in order.  Each is one argument
 * of the form NAME or NAME:ARGUMENT, see 'commands' at the end, or @FILE to
 * read them from the lines of FILE.  In flows, "$G" and "$M" stand for the id
 * of the last group and meter named. */

#include <config.h>
#include "controller/ofswitch.h"
#include "controller/wire.h"
#include "tests/test-ovn.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "byte-order.h"
#include "fatal-signal.h"
#include "hmapx.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/ofp-actions.h"
#include "openvswitch/ofp-flow.h"
#include "openvswitch/ofp-packet.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/shash.h"
#include "random.h"
#include "simap.h"
#include "timeval.h"
#include "unixctl.h"
#include "util.h"

#define TIMEOUT_MS 30000

struct driver {
    struct ofswitch *sw;
    uint32_t group_id, meter_id;
    unsigned int n_packets;
    struct unixctl_server *server;

    /* Oracle: what ought to be on the switch, from "table=T,priority=P,MATCH"
     * to the whole flow. */
    struct shash oracle;
};

static int
to_number(const char *arg)
{
    int n;

    if (!str_to_int(arg, 10, &n)) {
        ovs_fatal(0, "%s: not a number", arg);
    }
    return n;
}

static void
step(struct driver *d)
{
    ofswitch_run(d->sw);
    ofswitch_wait(d->sw);
    if (d->server) {
        unixctl_server_run(d->server);
        unixctl_server_wait(d->server);
    }
}

static void
run_until_fence(struct driver *d, uint64_t fence)
{
    long long int deadline = time_msec() + TIMEOUT_MS;
    uint64_t done = ofswitch_fence_done(d->sw);

    while (done < fence) {
        step(d);
        ovs_assert(ofswitch_fence_done(d->sw) >= done);
        done = ofswitch_fence_done(d->sw);
        if (time_msec() > deadline) {
            ovs_fatal(0, "fence timed out while %s", ofswitch_status(d->sw));
        }
        poll_timer_wait_until(deadline + 1);
        if (done >= fence) {
            poll_immediate_wake();
        }
        poll_block();
    }
}

/* Replaces each "$G" and "$M" in 'flow', which the caller must free. */
static char *
expand(const struct driver *d, const char *flow)
{
    struct ds ds = DS_EMPTY_INITIALIZER;

    for (const char *p = flow; *p; p++) {
        if (!strncmp(p, "$G", 2)) {
            ds_put_format(&ds, "%"PRIu32, d->group_id);
            p++;
        } else if (!strncmp(p, "$M", 2)) {
            ds_put_format(&ds, "%"PRIu32, d->meter_id);
            p++;
        } else {
            ds_put_char(&ds, *p);
        }
    }
    return ds_steal_cstr(&ds);
}

static void
parse_flow(struct ofputil_flow_mod *fm, const char *text, int command)
{
    enum ofputil_protocol usable;
    char *error = parse_ofp_flow_mod_str(fm, text, NULL, NULL, command,
                                         &usable);

    if (error) {
        ovs_fatal(0, "%s: %s", text, error);
    }
}

/* Makes the flow 'fm' desired, or undesired. */
static void
edit_flow(struct driver *d, const struct ofputil_flow_mod *fm, bool set)
{
    struct ofpbuf key, content;
    struct match match;

    ofpbuf_init(&key, 0);
    ofpbuf_init(&content, 0);
    minimatch_expand(&fm->match, &match);
    wire_put_key(&key, fm->table_id, fm->priority, &match);
    wire_put_content(&content, fm->new_cookie, fm->ofpacts, fm->ofpacts_len);

    const struct wire_flow flow = {
        .key = key.data,
        .key_len = key.size,
        .content = content.data,
        .content_len = content.size,
    };
    if (set) {
        ofswitch_flow_set(d->sw, &flow, true);
    } else {
        ofswitch_flow_del(d->sw, &flow);
    }
    ofpbuf_uninit(&key);
    ofpbuf_uninit(&content);
}

static void
edit_flow_text(struct driver *d, const char *text_, bool set)
{
    char *text = expand(d, text_);
    struct ofputil_flow_mod fm;

    parse_flow(&fm, text, set ? OFPFC_ADD : OFPFC_DELETE_STRICT);
    edit_flow(d, &fm, set);
    minimatch_destroy(&fm.match);
    free(CONST_CAST(struct ofpact *, fm.ofpacts));
    free(text);
}

static void
set_flow(struct driver *d, const char *text)
{
    edit_flow_text(d, text, true);
}

static void
del_flow(struct driver *d, const char *text)
{
    edit_flow_text(d, text, false);
}

/* Random edits.  All choices come from random_range(), so that a seed names a
 * sequence. */

static char *
random_match(void)
{
    static const char *const formats[] = {
        "ip,nw_dst=10.%u.%u.0/24", "ip,nw_src=10.%u.0.%u",
        "dl_dst=00:00:00:00:%02x:%02x", "reg14=%u,metadata=%u",
        "tcp,reg0=%u/0xff,tp_dst=%u", "arp,arp_tpa=10.0.%u.%u",
        "ipv6,ipv6_dst=fd00::%x:%x", "dl_vlan=%u,reg1=%u",
        "reg2=%u,icmp6,icmp_type=135,nd_target=fd01::%x",
        "ct_state=+trk+est,ip,ct_mark=%u/0xff,reg3=%u",
        "in_port=%u,tun_id=%u", "udp6,tp_src=%u,reg4=%u", "conj_id=%u,reg5=%u",
        /* Lacks its prerequisites, so that the switch drops a part. */
        "reg6=%u,xreg4=%u",
    };
    const char *format = formats[random_range(ARRAY_SIZE(formats))];

    return xasprintf(format, 1 + random_range(40), 1 + random_range(40));
}

/* All of these are dumped by a switch just as they are written here; what
 * becomes of others is the subject of a test of its own. */
static char *
random_actions(struct driver *d)
{
    static const char *const formats[] = {
        "drop", "resubmit(,%u)", "set_field:%u->reg1,resubmit(,%u)",
        "ct(table=%u,zone=%u,nat)", "ct(commit,table=%u,exec(set_field:%u->"
        "ct_mark))", "set_field:%u->tun_metadata0,output:%u",
        "move:NXM_NX_REG1[0..%u]->NXM_NX_TUN_METADATA0[0..%u],IN_PORT",
        "pop_vlan,output:%u", "controller(userdata=%02u.%02u)",
        "learn(table=%u,priority=%u,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],"
        "output:NXM_OF_IN_PORT[])", "clone(set_field:%u->reg15,"
        "resubmit(,%u)),dec_ttl", "set_field:%u->reg0,output:%u,dec_ttl",
        "push_vlan:0x8100,set_field:41%02u->vlan_vid,ct_clear,resubmit(,%u)",
        "multipath(eth_src,%u,modulo_n,16,0,NXM_NX_REG0[0..3]),output:%u",
        "set_field:00:00:00:00:%02u:%02u->eth_dst", "group:%u",
        "check_pkt_larger(%u)->NXM_NX_REG0[%u],note:01.02.03.04.05.06",
    };
    const char *format = formats[random_range(ARRAY_SIZE(formats))];

    if (!strncmp(format, "group", 5)) {
        return xasprintf(format, d->group_id);
    }
    return xasprintf(format, 1 + random_range(30), 1 + random_range(30));
}

/* Returns false if the match of 'flow' lacks the prerequisites of its
 * actions. */
static bool
flow_is_valid(const char *flow)
{
    enum ofputil_protocol usable;
    struct ofputil_flow_mod fm;
    char *error = parse_ofp_flow_mod_str(&fm, flow, NULL, NULL, OFPFC_ADD,
                                         &usable);

    if (!error) {
        minimatch_destroy(&fm.match);
        free(CONST_CAST(struct ofpact *, fm.ofpacts));
        return usable & OFPUTIL_P_OF15_OXM;
    }
    free(error);
    return false;
}

/* Sets a flow in both 'd->sw' and the oracle.  Takes ownership of 'key'. */
static void
random_set(struct driver *d, char *key)
{
    char *actions = random_actions(d);
    char *flow = xasprintf("%s,cookie=%#x,actions=%s", key,
                           1 + random_range(10), actions);

    if (flow_is_valid(flow)) {
        set_flow(d, flow);
        free(shash_replace(&d->oracle, key, flow));
    } else {
        free(flow);
    }
    free(actions);
    free(key);
}

static char *
random_key(void)
{
    char *match = random_match();
    char *key = xasprintf("table=%u,priority=%u,%s", random_range(70),
                          random_range(3) * 100, match);

    free(match);
    return key;
}

static void
random_del(struct driver *d)
{
    struct shash_node *node = shash_random_node(&d->oracle);

    del_flow(d, node->name);
    if (!random_range(10)) {
        /* Taken back. */
        set_flow(d, node->data);
    } else {
        free(node->data);
        free(shash_steal(&d->oracle, node));
    }
}

/* Makes about 'n_edits' edits, keeping the number of flows at about 'size'. */
static void
random_batch(struct driver *d, unsigned int size, unsigned int n_edits)
{
    for (unsigned int i = 0; i < n_edits; i++) {
        size_t n = shash_count(&d->oracle);
        unsigned int dice = random_range(4);

        if (!n || (n < size && dice)) {
            random_set(d, random_key());
        } else if (dice < 2) {
            random_del(d);
        } else {
            random_set(d, xstrdup(shash_random_node(&d->oracle)->name));
        }
    }
}

static void
write_oracle(const struct driver *d, const char *file_name)
{
    FILE *file = fopen(file_name, "w");
    struct shash_node *node;

    if (!file) {
        ovs_fatal(errno, "%s: open failed", file_name);
    }
    SHASH_FOR_EACH (node, &d->oracle) {
        fprintf(file, "%s\n", (char *) node->data);
    }
    fclose(file);
}

/* Commands. */

static void
do_flow(struct driver *d, const char *arg)
{
    set_flow(d, arg);
}

static void
do_del(struct driver *d, const char *arg)
{
    del_flow(d, arg);
}

static void
do_flush(struct driver *d, const char *arg OVS_UNUSED)
{
    ofswitch_flow_flush(d->sw);
}

static void
do_group(struct driver *d, const char *arg)
{
    d->group_id = ofswitch_group_ref(d->sw, arg);
}

static void
do_ungroup(struct driver *d, const char *arg)
{
    ofswitch_group_unref(d->sw, arg);
}

static void
do_meter(struct driver *d, const char *arg)
{
    d->meter_id = ofswitch_meter_ref(d->sw, arg);
}

static void
do_unmeter(struct driver *d, const char *arg)
{
    ofswitch_meter_unref(d->sw, arg);
}

/* "NAME=CONTENT" or "NAME". */
static void
do_meter_set(struct driver *d, const char *arg)
{
    const char *content = strchr(arg, '=');
    char *name = xmemdup0(arg, content ? content - arg : strlen(arg));

    ofswitch_meter_set(d->sw, name, content ? content + 1 : NULL);
    free(name);
}

static void
do_zone(struct driver *d, const char *arg)
{
    ofswitch_ct_flush_zone(d->sw, to_number(arg));
}

static void
do_ready(struct driver *d, const char *arg)
{
    ofswitch_set_ready(d->sw, !arg[0] || to_number(arg));
}

static void
do_target(struct driver *d, const char *arg)
{
    ofswitch_set_target(d->sw, arg[0] ? arg : NULL, 5);
}

static void
do_resync(struct driver *d, const char *arg OVS_UNUSED)
{
    ofswitch_resync(d->sw);
}

/* Waits until all that is desired is in force. */
static void
do_sync(struct driver *d, const char *arg OVS_UNUSED)
{
    run_until_fence(d, ofswitch_fence(d->sw));
}

/* Waits until the status is 'arg'. */
static void
do_wait(struct driver *d, const char *arg)
{
    long long int deadline = time_msec() + TIMEOUT_MS;

    for (;;) {
        step(d);
        if (!strcmp(ofswitch_status(d->sw), arg)) {
            poll_immediate_wake();
            poll_block();
            return;
        } else if (time_msec() > deadline) {
            ovs_fatal(0, "timeout waiting for \"%s\", status is \"%s\"",
                      arg, ofswitch_status(d->sw));
        }
        poll_timer_wait_until(deadline + 1);
        poll_block();
    }
}

/* Runs for 'arg' milliseconds. */
static void
do_run(struct driver *d, const char *arg)
{
    long long int deadline = time_msec() + to_number(arg);

    while (time_msec() < deadline) {
        step(d);
        poll_timer_wait_until(deadline);
        poll_block();
    }
}

/* Edits and puts up fences without waiting, runs one step at a time, and
 * checks that they are acknowledged in order. */
static void
do_fences(struct driver *d, const char *arg)
{
    uint64_t last = 0;

    for (int i = 0; i < to_number(arg); i++) {
        char *flow = xasprintf("table=9,reg0=%d,actions=drop", i);

        set_flow(d, flow);
        free(flow);
        last = ofswitch_fence(d->sw);
        ovs_assert(ofswitch_fence_done(d->sw) < last);
        ofswitch_run(d->sw);
        ovs_assert(ofswitch_fence_done(d->sw) < last);
    }
    run_until_fence(d, last);
    ovs_assert(ofswitch_fence_done(d->sw) == last);
}

static void
do_fence(struct driver *d, const char *arg OVS_UNUSED)
{
    ofswitch_fence(d->sw);
}

/* One step at a time, sets 'arg' flows. */
static void
do_edit_slowly(struct driver *d, const char *arg)
{
    for (int i = 0; i < to_number(arg); i++) {
        char *flow = xasprintf("table=9,reg0=%d,actions=drop", i);

        set_flow(d, flow);
        free(flow);
        ofswitch_run(d->sw);
    }
}

static void
do_step(struct driver *d, const char *arg OVS_UNUSED)
{
    ofswitch_run(d->sw);
}

/* Sets 'arg' flows that use a group that does not exist. */
static void
do_bad_groups(struct driver *d, const char *arg)
{
    for (int i = 0; i < to_number(arg); i++) {
        char *flow = xasprintf("table=9,reg0=%d,actions=group:%d", i, i);

        set_flow(d, flow);
        free(flow);
    }
}

/* Sets a flow, and makes a group, that no OpenFlow message can hold. */
static void
do_huge(struct driver *d, const char *arg OVS_UNUSED)
{
    struct ds group = DS_EMPTY_INITIALIZER;
    struct ofputil_flow_mod fm = { .table_id = 4, .new_cookie = htonll(4) };
    struct ofpbuf ofpacts;

    ofpbuf_init(&ofpacts, 0);
    ds_put_cstr(&group, "type=all");
    for (int i = 0; i < 5000; i++) {
        ofpact_put_OUTPUT(&ofpacts)->port = 1;
        ds_put_cstr(&group, ",bucket=actions=output:1");
    }
    minimatch_init_catchall(&fm.match);
    fm.ofpacts = ofpacts.data;
    fm.ofpacts_len = ofpacts.size;
    edit_flow(d, &fm, true);
    ofswitch_group_ref(d->sw, ds_cstr(&group));
    minimatch_destroy(&fm.match);
    ofpbuf_uninit(&ofpacts);
    ds_destroy(&group);
}

/* References so many meters that some hashes collide, twice. */
static void
do_many_meters(struct driver *d, const char *arg OVS_UNUSED)
{
    enum { N = 100000 };
    struct hmapx ids = HMAPX_INITIALIZER(&ids);

    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < N; i++) {
            char *name = xasprintf("meter%d", i);
            uint32_t id = ofswitch_meter_ref(d->sw, name);

            ovs_assert(id && hmapx_add(&ids, (void *) (uintptr_t) id));
            free(name);
        }
        for (int i = 0; i < N; i++) {
            char *name = xasprintf("meter%d", i);

            ofswitch_meter_unref(d->sw, name);
            free(name);
        }
        hmapx_clear(&ids);
    }
    hmapx_destroy(&ids);
}

/* Starts a unixctl server, run by the commands that wait. */
static void
do_serve(struct driver *d, const char *arg)
{
    if (unixctl_server_create(arg, &d->server)) {
        ovs_fatal(0, "%s: cannot listen", arg);
    }
    ofswitch_register_unixctl(d->sw);
}

static void
do_show(struct driver *d, const char *arg)
{
    struct ds ds = DS_EMPTY_INITIALIZER;
    char *save_ptr = NULL;

    ofswitch_format(d->sw, &ds);
    for (char *line = strtok_r(ds_cstr(&ds), "\n", &save_ptr); line;
         line = strtok_r(NULL, "\n", &save_ptr)) {
        if (!strncmp(line, arg, strlen(arg))) {
            puts(line);
        }
    }
    fflush(stdout);
    ds_destroy(&ds);
}

static void
do_memory(struct driver *d, const char *arg OVS_UNUSED)
{
    struct simap usage = SIMAP_INITIALIZER(&usage);
    struct simap_node *node;

    ofswitch_get_memory_usage(d->sw, &usage);
    SIMAP_FOR_EACH (node, &usage) {
        printf("%s: %u\n", node->name, node->data);
    }
    simap_destroy(&usage);
}

static void
do_sh(struct driver *d OVS_UNUSED, const char *arg)
{
    if (system(arg)) {
        ovs_fatal(0, "%s: failed", arg);
    }
}

static void
do_oracle(struct driver *d, const char *arg)
{
    write_oracle(d, arg);
}

static void
do_seed(struct driver *d OVS_UNUSED, const char *arg)
{
    random_set_seed(to_number(arg));
}

/* "SIZE,EDITS". */
static void
do_random(struct driver *d, const char *arg)
{
    unsigned int size, n_edits;

    if (!ovs_scan(arg, "%u,%u", &size, &n_edits)) {
        ovs_fatal(0, "%s: bad arguments", arg);
    }
    random_batch(d, size, n_edits);
}

/* "N": sets N plain flows, for measurements. */
static void
do_many(struct driver *d, const char *arg)
{
    long long int start = time_usec();

    for (int i = 0; i < to_number(arg); i++) {
        char *flow = xasprintf("table=%d,cookie=%#x,reg14=%d,metadata=%d,ip,"
                               "nw_dst=10.0.0.0/8,actions=load:%d->"
                               "NXM_NX_REG15[],resubmit(,33)", i % 30, i, i,
                               i % 100, i);

        set_flow(d, flow);
        free(flow);
    }
    fprintf(stderr, "%s flows in %lld us\n", arg, time_usec() - start);
}

static void
packet_in(const struct ofputil_packet_in *pin,
          const struct ofpbuf *continuation OVS_UNUSED, void *d_)
{
    struct driver *d = d_;

    d->n_packets++;
    printf("packet-in: %"PRIuSIZE" bytes, table %"PRIu8", cookie %#"PRIx64
           ", %"PRIuSIZE" bytes of userdata\n", pin->packet_len,
           pin->table_id, ntohll(pin->cookie), pin->userdata_len);
    fflush(stdout);
}

/* Waits for 'arg' packets. */
static void
do_packets(struct driver *d, const char *arg)
{
    long long int deadline = time_msec() + TIMEOUT_MS;

    while (d->n_packets < to_number(arg)) {
        step(d);
        ovs_assert(time_msec() < deadline);
        poll_timer_wait_until(deadline);
        poll_immediate_wake();
        poll_block();
    }
}

/* Sends a packet to OFPP_TABLE. */
static void
do_packet_out(struct driver *d, const char *arg OVS_UNUSED)
{
    uint64_t stub[8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);
    static const uint8_t packet[60] = { 0x50, 0x54, 0, 0, 0, 1,
                                        0x50, 0x54, 0, 0, 0, 2, 0x12, 0x34 };
    struct ofputil_packet_out po = {
        .packet = packet,
        .packet_len = sizeof packet,
        .buffer_id = UINT32_MAX,
    };

    match_init_catchall(&po.flow_metadata);
    match_set_in_port(&po.flow_metadata, OFPP_CONTROLLER);
    ofpact_put_OUTPUT(&ofpacts)->port = OFPP_TABLE;
    po.ofpacts = ofpacts.data;
    po.ofpacts_len = ofpacts.size;
    ovs_assert(ofswitch_packet_out(d->sw, &po));
    ofpbuf_uninit(&ofpacts);
}

static const struct command {
    const char *name;
    void (*func)(struct driver *, const char *arg);
} commands[] = {
    { "bad-groups", do_bad_groups },
    { "del", do_del },
    { "edit-slowly", do_edit_slowly },
    { "fence", do_fence },
    { "fences", do_fences },
    { "flow", do_flow },
    { "flush", do_flush },
    { "group", do_group },
    { "huge", do_huge },
    { "many", do_many },
    { "many-meters", do_many_meters },
    { "memory", do_memory },
    { "meter", do_meter },
    { "meter-set", do_meter_set },
    { "oracle", do_oracle },
    { "packet-out", do_packet_out },
    { "packets", do_packets },
    { "random", do_random },
    { "ready", do_ready },
    { "resync", do_resync },
    { "run", do_run },
    { "seed", do_seed },
    { "serve", do_serve },
    { "sh", do_sh },
    { "show", do_show },
    { "step", do_step },
    { "sync", do_sync },
    { "target", do_target },
    { "ungroup", do_ungroup },
    { "unmeter", do_unmeter },
    { "wait", do_wait },
    { "zone", do_zone },
};

static void execute(struct driver *, const char *text);

/* Executes each line of the file. */
static void
execute_file(struct driver *d, const char *file_name)
{
    struct ds line = DS_EMPTY_INITIALIZER;
    FILE *file = fopen(file_name, "r");

    if (!file) {
        ovs_fatal(errno, "%s: open failed", file_name);
    }
    while (!ds_get_preprocessed_line(&line, file, NULL)) {
        execute(d, ds_cstr(&line));
    }
    ds_destroy(&line);
    fclose(file);
}

static void
execute(struct driver *d, const char *text)
{
    if (text[0] == '@') {
        execute_file(d, text + 1);
        return;
    }

    size_t len = strcspn(text, ":");

    for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
        const struct command *c = &commands[i];

        if (strlen(c->name) == len && !strncmp(c->name, text, len)) {
            c->func(d, text + len + (text[len] == ':'));
            return;
        }
    }
    ovs_fatal(0, "%s: unknown command", text);
}

static void
test_ofswitch_main(int argc, char *argv[])
{
    struct driver d = {
        .sw = ofswitch_create(),
        .oracle = SHASH_INITIALIZER(&d.oracle),
    };

    if (argc < 2) {
        ovs_fatal(0, "usage: %s TARGET COMMAND...", argv[0]);
    }
    fatal_ignore_sigpipe();
    random_set_seed(1);
    ofswitch_set_target(d.sw, argv[1], 5);
    ofswitch_set_packet_in_cb(d.sw, packet_in, &d);
    for (int i = 2; i < argc; i++) {
        execute(&d, argv[i]);
    }
    unixctl_server_destroy(d.server);
    ofswitch_destroy(d.sw);
    shash_destroy_free_data(&d.oracle);
}

TEST_OVN_REGISTER("ofswitch", test_ofswitch_main);
