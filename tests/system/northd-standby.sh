# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# Of two ovn-northd daemons one is active.  The other takes over when the first
# is killed, or pauses, and carries on without writing what is already there.

. "$(dirname "$0")/lib.sh"

site_begin
site_central
site_hv hv1 hv2
site_ports sw0 4

# A second one, with directories of its own.
d=$SITE_DIR/second
mkdir -p $d/run $d/log $d/db $d/etc
db=$SITE_DIR/central/run
SITE_NS=central node_run second ovn-northd -vconsole:off --detach --no-chdir \
    --pidfile=$d/run/ovn-northd.pid --log-file=$d/log/ovn-northd.log \
    --ovnnb-db=unix:$db/ovnnb_db.sock --ovnsb-db=unix:$db/ovnsb_db.sock \
    || die "the second northd does not start"

is () {                         # is NODE STATUS
    node_env $1 ovn-appctl -t ovn-northd status | grep -q "Status: $2"
}

must is central active
wait_for "the second northd on standby" is second standby
must nbctl --wait=hv sync

sb_rows > $SITE_DIR/sb.before
daemon_kill central ovn-northd
wait_for "the second northd active" is second active
sleep 0.5
sb_rows > $SITE_DIR/sb.after
same "taking over wrote rows" $SITE_DIR/sb.before $SITE_DIR/sb.after
must nbctl --wait=hv lsp-set-addresses vm4 unknown

daemon_start central ovn-northd
wait_for "the first northd on standby" is central standby
must node_env second ovn-appctl -t ovn-northd pause
wait_for "the second northd paused" is second paused
wait_for "the first northd active" is central active
must nbctl --wait=hv lsp-set-addresses vm4 "$(vm_mac vm4) $(vm_ip vm4)"
must pings vm1 vm4
must node_env second ovn-appctl -t ovn-northd resume
wait_for "the second northd on standby" is second standby
must nbctl --wait=hv sync
ovn_logs_quiet
