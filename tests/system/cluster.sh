# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# The Southbound database is a cluster of three servers.  Its leader is killed
# again and again: ovn-northd and the hypervisors find the next one, edits are
# compiled, traffic goes on.

. "$(dirname "$0")/lib.sh"

site_begin
site_node central 10.201.0.1
daemon_start central ovnnb_db
d=$SITE_DIR/central

# Member N listens on ports 66N2 (clients) and 66N4 (members).
member_start () {
    local n=$1
    node_run central ovsdb-server -vconsole:off --detach --no-chdir \
        --pidfile=$d/run/sb$n.pid --log-file=$d/log/sb$n.log \
        --unixctl=$d/run/sb$n.ctl --remote=punix:$d/run/sb$n.sock \
        --remote=ptcp:66${n}2:10.201.0.1 $d/db/sb$n.db \
        || die "member $n does not start"
}
joined () {
    node_env central ovs-appctl -t $d/run/sb$1.ctl cluster/status \
        OVN_Southbound | grep -q '^Status: cluster member'
}
leads () {
    node_env central ovs-appctl -t $d/run/sb$1.ctl cluster/status \
        OVN_Southbound 2> /dev/null | grep -q '^Role: leader'
}
leader () {
    local n
    for n in 1 2 3; do
        if ! pid_gone "$(cat $d/run/sb$n.pid)" && leads $n; then
            echo $n
            return
        fi
    done
    return 1
}

ovsdb-tool create-cluster $d/db/sb1.db \
    $OVN_TREE/share/ovn/ovn-sb.ovsschema tcp:10.201.0.1:6614 \
    || die "no cluster"
member_start 1
for n in 2 3; do
    ovsdb-tool join-cluster $d/db/sb$n.db OVN_Southbound \
        tcp:10.201.0.1:66${n}4 tcp:10.201.0.1:6614 || die "cannot join"
    member_start $n
done
for n in 1 2 3; do
    wait_for "member $n" joined $n
done

remotes=tcp:10.201.0.1:6612,tcp:10.201.0.1:6622,tcp:10.201.0.1:6632
sbctl () {
    central ovn-sbctl --db=$remotes --timeout=$SITE_TIMEOUT "$@"
}
daemon_start central ovn-northd --ovnsb-db=$remotes
nbctl init
for hv in hv1 hv2; do
    site_hv_switch $hv
    vsctl $hv set Open_vSwitch . external_ids:ovn-remote='"'$remotes'"'
    site_hv_controller $hv
done
for hv in hv1 hv2; do
    wait_for "chassis $hv" chassis_is_there $hv
    wait_for "br-int on $hv" vsctl $hv --timeout=2 br-exists br-int
done
underlay_ready hv1 hv2
site_ports sw0 4
must pings vm1 vm3

ping_start vm1 vm3
for round in 1 2 3; do
    wait_for "a leader" leader
    n=$(leader)
    kill -9 $(cat $d/run/sb$n.pid)
    must nbctl lsp-add sw0 port$round \
        -- lsp-set-addresses port$round 50:54:00:00:01:0$round
    nbctl lsp-set-addresses vm4 unknown
    start=$(now_ms)
    must nbctl --wait=hv lsp-set-addresses vm4 "$(vm_mac vm4) $(vm_ip vm4)"
    echo "round $round: caught up $(($(now_ms) - start)) ms after the leader" \
         "was killed"
    member_start $n
    wait_for "member $n" joined $n
done
ping_stop vm1
result=$(ping_result vm1 vm3)
echo "$result"
no_loss "$result" || die "packets lost"
for round in 1 2 3; do
    [ -n "$(sbctl --bare --columns=_uuid find Port_Binding \
            logical_port=port$round)" ] || die "port$round is missing"
done
must pings vm1 vm4
engines_verify hv1 hv2
expected='reconnect|ovsdb_idl|ovsdb_cs|rconn|jsonrpc|raft|leader|offer'
ovn_logs_quiet "$expected|cannot connect"
