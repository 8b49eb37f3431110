# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# Hypervisors reach the Southbound database over TLS, with the role
# "ovn-controller": everything works within what the role may write, and a
# hypervisor may not write what belongs to another.

. "$(dirname "$0")/lib.sh"

command -v ovs-pki > /dev/null || skip "no ovs-pki"
command -v openssl > /dev/null || skip "no openssl"

site_begin
site_central
pki=$SITE_DIR/pki
mkdir $pki
(
    cd $pki && ovs-pki --dir=$pki/ca --log=$pki/log init &&
    for name in central hv1 hv2; do
        ovs-pki --dir=$pki/ca --log=$pki/log -b -u req+sign $name || exit 1
    done
) > $SITE_DIR/pki.log 2>&1 || { cat $SITE_DIR/pki.log; die "ovs-pki fails"; }
must sbctl set-ssl $pki/central-privkey.pem $pki/central-cert.pem \
    $pki/ca/switchca/cacert.pem
must sbctl set-connection role=ovn-controller pssl:6645:10.201.0.1

# The certificate's name is the chassis's.
for hv in hv1 hv2; do
    site_hv_switch $hv
    vsctl $hv set-ssl $pki/$hv-privkey.pem $pki/$hv-cert.pem \
        $pki/ca/switchca/cacert.pem -- set Open_vSwitch . \
        external_ids:ovn-remote=ssl:10.201.0.1:6645
    site_hv_controller $hv
done
for hv in hv1 hv2; do
    wait_for "chassis $hv" chassis_is_there $hv
    wait_for "br-int on $hv" vsctl $hv --timeout=2 br-exists br-int
done
underlay_ready hv1 hv2
site_ports sw0 4
must pings vm1 vm2
must pings vm1 vm3
must transfer vm1 vm4

# A hypervisor that changes and leaves stays within its rights.
vsctl hv2 set Open_vSwitch . external_ids:ovn-cms-options=some-option
changed () {
    sbctl get Chassis hv2 other_config | grep -q some-option
}
wait_for "the new option" changed
vm_move vm4 hv1
wait_for "vm4 up" port_up vm4
must nbctl --wait=hv sync
must pings vm3 vm4
daemon_exit hv2 ovn-controller
gone () {
    ! chassis_is_there $1
}
wait_for "chassis hv2 gone" gone hv2

# Somebody with hv2's certificate cannot touch hv1's chassis.
central ovsdb-client --timeout=5 --private-key=$pki/hv2-privkey.pem \
    --certificate=$pki/hv2-cert.pem --ca-cert=$pki/ca/switchca/cacert.pem \
    transact ssl:10.201.0.1:6645 \
    '["OVN_Southbound", {"op": "update", "table": "Chassis",
      "where": [["name", "==", "hv1"]], "row": {"hostname": "stolen"}}]' \
    > $SITE_DIR/stolen 2>&1
grep -q 'permission error\|RBAC' $SITE_DIR/stolen \
    || { cat $SITE_DIR/stolen; die "hv2 may write to the chassis of hv1"; }
must pings vm1 vm2
ovn_logs_quiet
