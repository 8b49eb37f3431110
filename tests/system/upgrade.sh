# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# The databases have the schemas of an older release.  Whether the hypervisors
# are upgraded first or the central node, no packet is lost, no flow changes,
# and the site works afterwards.

. "$(dirname "$0")/lib.sh"

RELEASE=23.03

# server_change NB-SCHEMA SB-SCHEMA: restarts the database servers, with other
# schemas.
server_change () {
    local db schema
    for db in nb sb; do
        schema=$1
        shift
        daemon_kill central ovn${db}_db TERM
        must ovsdb-tool convert $SITE_DIR/central/db/ovn${db}_db.db $schema
        daemon_start central ovn${db}_db
    done
}

# central_older: makes the central node one of the older release, which for
# this test only serves what is in its databases.
central_older () {
    local db tests=$SITE_LIB/..
    daemon_exit central ovn-northd
    for db in nb sb; do
        $SITE_PYTHON $tests/older-schema.py \
            $OVN_TREE/share/ovn/ovn-$db.ovsschema \
            $tests/data/schema-$db.tsv $RELEASE \
            > $SITE_DIR/older-$db.ovsschema || die "no older schema"
    done
    server_change $SITE_DIR/older-nb.ovsschema $SITE_DIR/older-sb.ovsschema
    all_connected
}

upgrade_central () {
    server_change $OVN_TREE/share/ovn/ovn-nb.ovsschema \
        $OVN_TREE/share/ovn/ovn-sb.ovsschema
    daemon_start central ovn-northd
    all_connected
}

upgrade_chassis () {
    local hv
    for hv in hv1 hv2; do
        daemon_exit $hv ovn-controller --restart
        daemon_start $hv ovn-controller
    done
    all_connected
}

connected () {
    [ "$(node_env $1 ovn-appctl -t ovn-controller connection-status)" \
        = connected ]
}

all_connected () {
    local hv
    for hv in hv1 hv2; do
        wait_for "the connection of $hv" connected $hv
    done
}

site_begin
site_central
site_hv hv1 hv2
site_ports sw0 4

for order in "chassis central" "central chassis"; do
    echo "Upgrade: $order"
    central_older
    must pings vm2 vm4
    must pings vm2 vm1
    flows hv1 > $SITE_DIR/flows.before
    flowmon_start hv1
    ping_start vm2 vm4
    ping_start vm2 vm1
    for what in $order; do
        upgrade_$what
        sleep 0.5
    done
    must nbctl --wait=hv sync
    ping_stop vm2
    for peer in vm1 vm4; do
        result=$(ping_result vm2 $peer)
        echo "vm2 -> $peer: $result"
        no_loss "$result" || die "packets from vm2 to $peer lost"
    done
    flows hv1 > $SITE_DIR/flows.after
    same "the flows of hv1 are others" \
        $SITE_DIR/flows.before $SITE_DIR/flows.after
    changes=$(flowmon_count hv1)
    [ $changes = 0 ] || die "$changes changes of flows at the switch"

    # What is done afterwards arrives.
    must nbctl --wait=hv lsp-set-addresses vm4 unknown
    must pings vm1 vm4
    must nbctl --wait=hv lsp-set-addresses vm4 \
        "50:54:00:00:00:04 192.168.0.4"
    must pings vm1 vm4
    engines_verify hv1 hv2
done
ovn_logs_quiet 'reconnect|ovsdb_idl|jsonrpc|rconn'
