# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# A server of another database in the place of the Southbound one gives a
# warning that names the database, on a hypervisor and for ovn-northd; the rest
# works, and the right server mends it.

. "$(dirname "$0")/lib.sh"

site_begin
site_central
site_hv hv1 hv2
site_ports sw0 4

# A hypervisor that asks the Northbound server for the Southbound database.
vsctl hv2 set Open_vSwitch . external_ids:ovn-remote=tcp:10.201.0.1:6641
wait_for "a warning" warned hv2 ovn-controller OVN_Southbound
must pings vm1 vm3
must pings vm3 vm4
sleep 2
[ "$(warnings hv2 ovn-controller . | wc -l)" -le 5 ] \
    || die "too many warnings of the controller"
vsctl hv2 set Open_vSwitch . external_ids:ovn-remote=tcp:10.201.0.1:6642
must nbctl --wait=hv sync
must pings vm1 vm3

# An ovn-northd whose two databases are exchanged.
daemon_exit central ovn-northd
db=$SITE_DIR/central/run
daemon_start central ovn-northd --ovnnb-db=unix:$db/ovnsb_db.sock \
    --ovnsb-db=unix:$db/ovnnb_db.sock
wait_for "a warning" warned central ovn-northd OVN_Northbound
wait_for "a warning" warned central ovn-northd OVN_Southbound
sleep 2
[ "$(warnings central ovn-northd . | wc -l)" -le 8 ] \
    || die "too many warnings of northd"
must node_env central ovn-appctl -t ovn-northd version
must pings vm1 vm3
daemon_exit central ovn-northd
daemon_start central ovn-northd
must nbctl --wait=hv sync

# A Southbound database of another make: it has the name, and nothing else that
# is needed.
daemon_exit central ovn-northd
cat > $SITE_DIR/other.ovsschema <<'SCHEMA'
{"name": "OVN_Southbound", "version": "1.0.0",
 "tables": {"Chassis": {"columns": {"title": {"type": "string"}}}}}
SCHEMA
mkdir -p $SITE_DIR/other/run $SITE_DIR/other/log $SITE_DIR/other/db
(
    SITE_NS=central
    database_start other other_db $SITE_DIR/other.ovsschema -vconsole:off \
        --detach --no-chdir --pidfile=$SITE_DIR/other/run/other_db.pid \
        --log-file=$SITE_DIR/other/log/other_db.log --remote=ptcp:6643
) || die "no server for the other schema"
daemon_start central ovn-northd \
    --ovnsb-db=unix:$SITE_DIR/other/run/other_db.sock
wait_for "a warning" warned central ovn-northd \
    'OVN_Southbound|Logical_Flow|SB_Global|Datapath_Binding'
vsctl hv2 set Open_vSwitch . external_ids:ovn-remote=tcp:10.201.0.1:6643
wait_for "a warning" warned hv2 ovn-controller \
    'Logical_Flow|SB_Global|Datapath_Binding'
sleep 1
must node_env central ovn-appctl -t ovn-northd version
must node_env hv2 ovn-appctl -t ovn-controller version
must pings vm1 vm3
daemon_exit central ovn-northd
daemon_start central ovn-northd
vsctl hv2 set Open_vSwitch . external_ids:ovn-remote=tcp:10.201.0.1:6642
must nbctl --wait=hv sync
must pings vm1 vm3
must pings vm3 vm4
