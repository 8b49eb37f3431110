# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# A whole site that only ovn-ctl starts, stops and queries.  What it starts is
# watched: a daemon that is killed comes back by itself.  Stopping everything
# and starting it again loses nothing.

. "$(dirname "$0")/lib.sh"

[ -x "$OVN_TREE/bin/ovn-ctl" ] || skip "no ovn-ctl in $OVN_TREE/bin"

site_begin
site_node central 10.201.0.1

# ctl NODE ARG...: ovn-ctl, with its output only if it fails.
ctl () {
    node_run "$1" ovn-ctl "${@:2}" > $SITE_DIR/ctl 2>&1 \
        || { cat $SITE_DIR/ctl; die "failed on $1: ovn-ctl ${*:2}"; }
}

status () {                     # status NODE COMMAND
    node_run $1 ovn-ctl $2 2>&1 | tail -1
}

expect_status () {              # expect_status NODE COMMAND REGEX
    status $1 $2 | grep -q "$3" \
        || die "ovn-ctl $2 on $1 says: $(status $1 $2)"
}

start_central () {
    ctl central start_northd --db-nb-create-insecure-remote=yes \
        --db-nb-addr=10.201.0.1 --db-sb-create-insecure-remote=yes \
        --db-sb-addr=10.201.0.1
}

start_central
expect_status central status_northd "is running"
expect_status central status_ovnnb "running/active"
expect_status central status_ovnsb "running/active"
for hv in hv1 hv2; do
    site_hv_switch $hv
    ctl $hv start_controller
    expect_status $hv status_controller "is running"
done
for hv in hv1 hv2; do
    wait_for "chassis $hv" chassis_is_there $hv
    wait_for "br-int on $hv" vsctl $hv --timeout=2 br-exists br-int
done
underlay_ready hv1 hv2
site_ports sw0 4
must pings vm1 vm2
must pings vm1 vm3

# Killed, it comes back.
other_pid () {                  # other_pid NODE DAEMON PID
    local pid
    pid=$(daemon_pid $1 $2 2> /dev/null) && [ "$pid" != $3 ] \
        && ! pid_gone "$pid"
}
for victim in "central ovn-northd" "central ovnsb_db" "hv1 ovn-controller"; do
    set -- $victim
    pid=$(daemon_pid $1 $2)
    kill -SEGV $pid
    wait_for "another $2 on $1" other_pid $1 $2 $pid
done
must nbctl --wait=hv lsp-set-addresses vm4 unknown
must pings vm1 vm3

# A restart with --restart leaves everything in place.
flows hv1 > $SITE_DIR/flows.before
flowmon_start hv1
ctl hv1 stop_controller --restart
expect_status hv1 status_controller "not running"
must pings vm1 vm3
ctl hv1 start_controller
must nbctl --wait=hv sync
flows hv1 > $SITE_DIR/flows.after
same "restart changed flows" $SITE_DIR/flows.before $SITE_DIR/flows.after
[ $(flowmon_count hv1) = 0 ] || die "restart wrote flows"
ctl hv1 restart_controller
must nbctl --wait=hv sync

# All of it stops, and starts.
for hv in hv1 hv2; do
    ctl $hv stop_controller
    expect_status $hv status_controller "not running"
done
ctl central stop_northd
expect_status central status_northd "not running"
expect_status central status_ovnnb "not-running"
expect_status central status_ovnsb "not-running"
for node in central hv1 hv2; do
    for pidfile in $SITE_DIR/$node/run/ov*.pid; do
        case $pidfile in
        *ovs* | *'*'*) ;;
        *) pid_gone "$(cat $pidfile)" || die "$pidfile: still runs" ;;
        esac
    done
done
start_central
for hv in hv1 hv2; do
    ctl $hv start_controller
done
for hv in hv1 hv2; do
    wait_for "chassis $hv" chassis_is_there $hv
done
must nbctl --wait=hv sync
for vm in vm1 vm2 vm3 vm4; do
    wait_for "$vm up" port_up $vm
done
underlay_ready hv1 hv2
must pings vm1 vm2
must pings vm1 vm3
engines_verify hv1 hv2
expected='backtrace|daemon|reconnect|jsonrpc|ovsdb_idl|rconn|fatal_signal'
ovn_logs_quiet "$expected|killed|terminat"
