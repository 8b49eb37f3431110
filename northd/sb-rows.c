/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Rows of the databases outside the engine; see sb-rows.h. */

#include <config.h>

#include "northd/sb-rows.h"

#include <stdlib.h>
#include <string.h>

#include "northd/keys.h"
#include "openvswitch/ofpbuf.h"
#include "ovsdb/ovn-nb-idl.h"
#include "ovsdb/ovn-sb-idl.h"
#include "smap.h"
#include "util.h"
#include "uuid.h"

static struct ovsdb_idl *nb_idl, *sb_idl;

/* Remembers the replicas, and makes 'sb', which must not have been run yet,
 * replicate as little as possible: the UUID of a logical flow is derived from
 * its content, so its columns, which are most of the database, are not
 * needed. */
void
sb_rows_init(struct ovsdb_idl *nb, struct ovsdb_idl *sb)
{
    nb_idl = nb;
    sb_idl = sb;
    ovsdb_idl_add_table(sb, &sbrec_table_logical_flow);
    for (int i = 0; i < SBREC_LOGICAL_FLOW_N_COLUMNS; i++) {
        ovsdb_idl_omit(sb, &sbrec_logical_flow_columns[i]);
    }
}

/* Finds out which northbound row 'dp' stands for.  Older daemons wrote that to
 * external_ids only. */
static bool
dp_nb_uuid(const struct sbrec_datapath_binding *dp, struct uuid *uuid)
{
    if (!dp) {
        return false;
    } else if (dp->n_nb_uuid) {
        *uuid = *dp->nb_uuid;
        return true;
    }

    const char *s = smap_get(&dp->external_ids, "logical-switch");
    if (!s) {
        s = smap_get(&dp->external_ids, "logical-router");
    }
    return s && uuid_from_string(uuid, s);
}

/* Datapath_Binding: the UUID of the northbound row.  A row that stands for
 * none gets a key that nobody claims, so that it is deleted. */
bool
dp_row_key(const struct ovsdb_idl_row *row, struct ofpbuf *key)
{
    const struct sbrec_datapath_binding *dp
        = CONTAINER_OF(row, struct sbrec_datapath_binding, header_);
    struct uuid uuid;

    if (dp_nb_uuid(dp, &uuid)) {
        ofpbuf_put(key, &uuid, sizeof uuid);
    } else {
        ofpbuf_put(key, &row->uuid, sizeof row->uuid);
        ofpbuf_put(key, "?", 1);
    }
    return true;
}

/* Port_Binding: the name of the port. */
bool
pb_row_key(const struct ovsdb_idl_row *row, struct ofpbuf *key)
{
    const struct sbrec_port_binding *pb
        = CONTAINER_OF(row, struct sbrec_port_binding, header_);

    ofpbuf_put(key, pb->logical_port, strlen(pb->logical_port));
    return true;
}

/* Multicast_Group: a struct mc_key.  A group of no datapath that we know gets
 * a key that nobody claims. */
bool
mc_row_key(const struct ovsdb_idl_row *row, struct ofpbuf *key_)
{
    const struct sbrec_multicast_group *mcg
        = CONTAINER_OF(row, struct sbrec_multicast_group, header_);
    struct mc_key key = { .tunnel_key = mcg->tunnel_key };

    if (!dp_nb_uuid(mcg->datapath, &key.ls)) {
        key.ls = row->uuid;
    }
    ofpbuf_put(key_, &key, sizeof key);
    return true;
}

/* Seeds 'ks', whose owners are northbound UUIDs, with the keys of
 * datapaths. */
void
sb_seed_dp_keys(struct key_space *ks)
{
    const struct sbrec_datapath_binding *dp;

    SBREC_DATAPATH_BINDING_FOR_EACH (dp, sb_idl) {
        struct uuid uuid;

        if (dp_nb_uuid(dp, &uuid)) {
            char *name = xasprintf(UUID_FMT, UUID_ARGS(&uuid));

            key_space_seed(ks, name, dp->tunnel_key);
            free(name);
        }
    }
}

/* Calls 'cb' for each port with the northbound UUID of its switch and its
 * tunnel key. */
void
sb_for_each_port_key(void (*cb)(const struct uuid *ls, const char *port,
                                uint32_t key, void *aux), void *aux)
{
    const struct sbrec_port_binding *pb;

    SBREC_PORT_BINDING_FOR_EACH (pb, sb_idl) {
        struct uuid ls;

        if (dp_nb_uuid(pb->datapath, &ls)) {
            cb(&ls, pb->logical_port, pb->tunnel_key, aux);
        }
    }
}

/* Returns the name of the port with UUID 'lsp', or NULL if there is none. */
const char *
nb_port_name(const struct uuid *lsp)
{
    const struct nbrec_logical_switch_port *row
        = nbrec_logical_switch_port_get_for_uuid(nb_idl, lsp);

    return row ? row->name : NULL;
}
