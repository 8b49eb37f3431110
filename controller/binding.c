/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Writes the bindings of local ports; see binding.h for the contract. */

#include <config.h>

#include "controller/binding.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "controller/encaps.h"
#include "controller/idl-watch.h"
#include "controller/ofswitch.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/hmap.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "ovsdb-idl.h"
#include "ovsdb/ovn-sb-idl.h"
#include "smap.h"
#include "svec.h"
#include "timeval.h"
#include "util.h"
#include "uuid.h"
#include "uuidset.h"
#include "vswitch-idl.h"

VLOG_DEFINE_THIS_MODULE(binding);

/* How long a port that another chassis took stays with it, in ms. */
#define CLAIM_PAUSE 500

enum binding_want { WANT_NOTHING, WANT_CLAIM, WANT_RELEASE };

/* What units claim about a port. */
struct binding_value {
    uint32_t want;              /* WANT_CLAIM or WANT_RELEASE. */
    uint32_t state;
    struct uuid iface;
};

/* A port that is here, or was. */
struct binding {
    struct hmap_node hmap_node; /* In 'bindings', by 'pb'. */
    struct uuid pb;             /* Port_Binding row. */
    struct uuid iface;          /* Interface row; zeros if unknown. */
    enum binding_want want;
    bool settled;               /* Nothing to do until something changes. */
    uint64_t fence;             /* Behind the port's flows; 0: none yet. */
    long long int claimed_at;   /* When we last claimed it, monotonic. */
};

static struct hmap bindings = HMAP_INITIALIZER(&bindings);
static size_t n_unsettled;
static struct idl_watch watch;
static bool sweep_due = true;   /* See sweep_installed(). */
static long long int next_wake = LLONG_MAX;

static void
unsettle(struct binding *b)
{
    if (b->settled) {
        b->settled = false;
        n_unsettled++;
    }
}

static void
settle(struct binding *b)
{
    if (!b->settled) {
        b->settled = true;
        n_unsettled--;
    }
}

static struct binding *
binding_get(const struct uuid *pb)
{
    struct binding *b;

    HMAP_FOR_EACH_WITH_HASH (b, hmap_node, uuid_hash(pb), &bindings) {
        if (uuid_equals(&b->pb, pb)) {
            return b;
        }
    }

    b = xzalloc(sizeof *b);
    b->pb = *pb;
    b->claimed_at = LLONG_MIN;
    hmap_insert(&bindings, &b->hmap_node, uuid_hash(pb));
    n_unsettled++;
    return b;
}

static void
binding_free(struct binding *b)
{
    settle(b);
    hmap_remove(&bindings, &b->hmap_node);
    free(b);
    sweep_due = true;
}

static void
binding_sync(void *aux OVS_UNUSED, const void *key,
             size_t key_len OVS_UNUSED, const struct inc_claim *claims,
             size_t n)
{
    struct uuid pb;

    memcpy(&pb, key, sizeof pb);

    struct binding *b = binding_get(&pb);
    unsettle(b);
    if (!n) {
        b->want = WANT_NOTHING;
        return;
    }

    struct binding_value value;
    memcpy(&value, claims[0].value, sizeof value);
    b->want = value.want;
    if (b->want == WANT_CLAIM && !uuid_equals(&b->iface, &value.iface)) {
        sweep_due |= !uuid_is_zero(&b->iface);
        b->iface = value.iface;
        b->fence = 0;
    }
}

struct inc_output binding_output = {
    .name = "binding",
    .sync = binding_sync,
};

static void
emit(struct inc_cx *cx, struct inc_ref pb, enum binding_want want,
     const struct uuid *iface, uint32_t state)
{
    const struct binding_value value = {
        .want = want,
        .state = state,
        .iface = *iface,
    };

    inc_emit(cx, &binding_output, inc_uuid(cx, pb), sizeof(struct uuid),
             &value, sizeof value);
}

void
binding_claim(struct inc_cx *cx, struct inc_ref pb, const struct uuid *iface,
              uint32_t state)
{
    emit(cx, pb, WANT_CLAIM, iface, state);
}

void
binding_release(struct inc_cx *cx, struct inc_ref pb)
{
    emit(cx, pb, WANT_RELEASE, &UUID_ZERO, 0);
}

/* Steps.  Each returns true if there is nothing (left) to do, and false if it
 * wrote something or has to wait. */

static bool
is_up(const struct sbrec_port_binding *pb)
{
    return pb->n_up && *pb->up;
}

/* Sets or clears 'up' of 'pb', if ovn-northd maintains it. */
static void
set_up(const struct sbrec_port_binding *pb, bool up)
{
    if (pb->n_up && *pb->up != up) {
        sbrec_port_binding_set_up(pb, &up, 1);
    }
}

/* Makes sure that 'iface', which may be NULL, does not say ovn-installed. */
static bool
remove_installed(const struct binding_ctx *ctx,
                 const struct ovsrec_interface *iface)
{
    if (!iface || !smap_get(&iface->external_ids, "ovn-installed")) {
        return true;
    }
    if (ctx->ovs_txn) {
        VLOG_INFO("removing ovn-installed from interface %s", iface->name);
        ovsrec_interface_update_external_ids_delkey(iface, "ovn-installed");
        ovsrec_interface_update_external_ids_delkey(iface,
                                                    "ovn-installed-ts");
    }
    return false;
}

/* Returns the interface of 'b', or NULL. */
static const struct ovsrec_interface *
binding_iface(const struct binding_ctx *ctx, const struct binding *b)
{
    return ovsrec_interface_get_for_uuid(ctx->ovs_idl, &b->iface);
}

/* Makes sure that 'pb' does not say that it is here. */
static bool
release(const struct binding_ctx *ctx, const struct sbrec_port_binding *pb)
{
    if (!pb || !ctx->chassis || pb->chassis != ctx->chassis) {
        return true;
    }
    if (ctx->sb_txn) {
        VLOG_INFO("releasing lport %s from this chassis", pb->logical_port);
        sbrec_port_binding_set_chassis(pb, NULL);
        if (pb->encap) {
            sbrec_port_binding_set_encap(pb, NULL);
        }
        set_up(pb, false);
    }
    return false;
}

/* Returns the encapsulation of ours that interface 'b->iface' asks for, or
 * NULL if it does not care. */
static const struct sbrec_encap *
preferred_encap(const struct binding_ctx *ctx, const struct binding *b)
{
    const struct ovsrec_interface *iface = binding_iface(ctx, b);
    const char *ip = (iface
                      ? smap_get(&iface->external_ids, "encap-ip") : NULL);
    const struct sbrec_encap *best = NULL;

    for (size_t i = 0; ip && i < ctx->chassis->n_encaps; i++) {
        const struct sbrec_encap *encap = ctx->chassis->encaps[i];

        if (!strcmp(encap->ip, ip)
            && (!best || (encaps_type_rank(encap->type)
                          > encaps_type_rank(best->type)))) {
            best = encap;
        }
    }
    return best;
}

/* Makes sure that 'pb' says that it is here. */
static bool
claim(const struct binding_ctx *ctx, struct binding *b,
      const struct sbrec_port_binding *pb)
{
    const struct sbrec_encap *encap = preferred_encap(ctx, b);

    if (pb->chassis == ctx->chassis) {
        if (pb->encap == encap) {
            return true;
        }
        if (ctx->sb_txn) {
            sbrec_port_binding_set_encap(pb, encap);
        }
        return false;
    }

    long long int due = (pb->chassis && b->claimed_at != LLONG_MIN
                         ? b->claimed_at + CLAIM_PAUSE : LLONG_MIN);
    if (time_msec() < due) {
        next_wake = MIN(next_wake, due);
        return false;
    }

    b->fence = 0;
    if (!remove_installed(ctx, binding_iface(ctx, b)) || !ctx->sb_txn) {
        return false;
    }
    if (pb->chassis) {
        VLOG_INFO("changing chassis for lport %s from %s to %s",
                  pb->logical_port, pb->chassis->name, ctx->chassis->name);
    } else {
        VLOG_INFO("claiming lport %s for this chassis", pb->logical_port);
    }
    sbrec_port_binding_set_chassis(pb, ctx->chassis);
    if (pb->encap != encap) {
        sbrec_port_binding_set_encap(pb, encap);
    }
    set_up(pb, false);
    b->claimed_at = time_msec();
    return false;
}

/* Makes sure that everyone knows that the flows of 'pb' are in place. */
static bool
announce(const struct binding_ctx *ctx, struct binding *b,
         const struct sbrec_port_binding *pb)
{
    const struct ovsrec_interface *iface = binding_iface(ctx, b);
    bool installed = (!iface
                      || smap_get_bool(&iface->external_ids, "ovn-installed",
                                       false));
    bool up = !pb->n_up || is_up(pb);

    if (installed && up) {
        return true;
    }
    if (!b->fence && ctx->complete) {
        b->fence = ofswitch_fence(ctx->sw);
    }
    if (!b->fence || ofswitch_fence_done(ctx->sw) < b->fence) {
        return false;
    }

    if (!installed && ctx->ovs_txn) {
        char *ts = xasprintf("%lld", time_wall_msec());

        VLOG_INFO("setting lport %s ovn-installed", pb->logical_port);
        ovsrec_interface_update_external_ids_setkey(iface, "ovn-installed",
                                                    "true");
        ovsrec_interface_update_external_ids_setkey(iface,
                                                    "ovn-installed-ts", ts);
        free(ts);
    }
    if (!up && ctx->sb_txn) {
        VLOG_INFO("setting lport %s up", pb->logical_port);
        set_up(pb, true);
    }
    return false;
}

/* Takes the next step for 'b'.  Returns true if there is none. */
static bool
step(const struct binding_ctx *ctx, struct binding *b)
{
    const struct sbrec_port_binding *pb
        = sbrec_port_binding_get_for_uuid(ctx->sb_idl, &b->pb);

    if (b->want != WANT_CLAIM) {
        bool done = remove_installed(ctx, binding_iface(ctx, b));
        return release(ctx, pb) && done;
    }
    return (!pb || !ctx->chassis
            || (claim(ctx, b, pb) && announce(ctx, b, pb)));
}

/* Makes sure that of the interfaces that step() does not look after, none says
 * ovn-installed.  Due whenever a binding lets go of an interface, which may
 * get it by a transaction that is under way, and once in the beginning, for
 * what changed while no controller was running. */
static void
sweep_installed(const struct binding_ctx *ctx)
{
    struct uuidset known = UUIDSET_INITIALIZER(&known);
    const struct binding *b;

    HMAP_FOR_EACH (b, hmap_node, &bindings) {
        uuidset_insert(&known, &b->iface);
    }
    for (size_t i = 0; i < ctx->br_int->n_ports; i++) {
        const struct ovsrec_port *port = ctx->br_int->ports[i];

        for (size_t j = 0; j < port->n_interfaces; j++) {
            const struct ovsrec_interface *iface = port->interfaces[j];

            if (!uuidset_contains(&known, &iface->header_.uuid)) {
                remove_installed(ctx, iface);
            }
        }
    }
    uuidset_destroy(&known);
}

/* Takes the next steps for the ports that need any: those whose claim is new
 * or changed, and all of them when our Chassis row did. */
void
binding_run(const struct binding_ctx *ctx)
{
    struct binding *b;
    uint64_t sum = (ctx->chassis
                    ? 1 + ovsdb_idl_row_get_seqno(&ctx->chassis->header_,
                                                  OVSDB_IDL_CHANGE_MODIFY)
                    : 0);

    next_wake = LLONG_MAX;
    bool look_at_all = idl_watch_changed(&watch, sum);

    if (sweep_due && ctx->complete && ctx->chassis && ctx->ovs_txn) {
        sweep_installed(ctx);
        sweep_due = false;
    }
    if (!look_at_all && !n_unsettled) {
        return;
    }
    HMAP_FOR_EACH_SAFE (b, hmap_node, &bindings) {
        if (look_at_all) {
            unsettle(b);
        }
        if (b->settled || !step(ctx, b)) {
            continue;
        }
        settle(b);
        if (b->want == WANT_NOTHING) {
            binding_free(b);
        }
    }
}

/* A transaction failed: look at everything again. */
void
binding_retry(void)
{
    idl_watch_reset(&watch);
    sweep_due = true;
}

/* Arranges for poll_block() to wake up when a postponed claim is due. */
void
binding_wait(void)
{
    if (next_wake != LLONG_MAX) {
        poll_timer_wait_until(next_wake);
    }
}

/* Releases all ports.  Returns true if there is nothing (left) to do. */
bool
binding_cleanup(const struct binding_ctx *ctx)
{
    const struct sbrec_port_binding *pb;
    const struct binding *b;
    bool done = true;

    SBREC_PORT_BINDING_FOR_EACH (pb, ctx->sb_idl) {
        done &= release(ctx, pb);
    }
    HMAP_FOR_EACH (b, hmap_node, &bindings) {
        done &= remove_installed(ctx, binding_iface(ctx, b));
    }
    return done;
}

/* Appends to 'ds' a list of the ports that are here, sorted by name. */
void
binding_format(struct ovsdb_idl *ovs_idl, struct ovsdb_idl *sb_idl,
               struct ds *ds)
{
    struct svec ports = SVEC_EMPTY_INITIALIZER;
    const struct binding *b;
    const char *port;
    size_t i;

    HMAP_FOR_EACH (b, hmap_node, &bindings) {
        const struct sbrec_port_binding *pb
            = sbrec_port_binding_get_for_uuid(sb_idl, &b->pb);
        const struct ovsrec_interface *iface
            = ovsrec_interface_get_for_uuid(ovs_idl, &b->iface);

        if (b->want == WANT_CLAIM && pb) {
            svec_add_nocopy(&ports, xasprintf(
                "name: [%s], OVS interface name : [%s], "
                "num binding lports : [1]\nprimary lport : [%s]\n",
                pb->logical_port, iface ? iface->name : "NULL",
                pb->logical_port));
        }
    }
    svec_sort(&ports);
    ds_put_cstr(ds, "Local bindings:\n");
    SVEC_FOR_EACH (i, port, &ports) {
        ds_put_format(ds, "%s----------------------------------------\n",
                      port);
    }
    svec_destroy(&ports);
}

void
binding_list(struct ovsdb_idl *sb_idl, struct svec *names)
{
    const struct binding *b;

    HMAP_FOR_EACH (b, hmap_node, &bindings) {
        const struct sbrec_port_binding *pb
            = sbrec_port_binding_get_for_uuid(sb_idl, &b->pb);

        if (b->want == WANT_CLAIM && pb) {
            svec_add(names, pb->logical_port);
        }
    }
}

/* Frees everything. */
void
binding_destroy(void)
{
    struct binding *b;

    HMAP_FOR_EACH_SAFE (b, hmap_node, &bindings) {
        binding_free(b);
    }
}
