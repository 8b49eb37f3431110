# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# The configuration of a hypervisor changes while it runs: its tunnel address,
# its kind of tunnel, its name; its integration bridge is removed.  Each time
# traffic is back.

. "$(dirname "$0")/lib.sh"

site_begin
site_central
site_hv hv1 hv2
site_ports sw0 4
must pings vm1 vm3

set_id () {                     # set_id HV KEY=VALUE...
    local hv=$1 arg args=
    shift
    for arg; do
        args="$args external_ids:$arg"
    done
    vsctl $hv set Open_vSwitch . $args
}

tunnel () {                     # tunnel HV TYPE REMOTE-IP
    [ "$(vsctl $1 --bare --columns=name find Interface type=$2 \
         options:remote_ip=$3 | grep -c .)" = 1 ]
}

all_well () {
    local vm
    for vm in vm1 vm2 vm3 vm4; do
        wait_for "$vm up" port_up $vm
    done
    must nbctl --wait=hv sync
    must pings vm1 vm2
    must pings vm1 vm3
    must pings vm4 vm2
}

# Another tunnel address.
ip -n $SITE-hv2 addr del 10.200.0.12/24 dev br-phys
ip -n $SITE-hv2 addr add 10.200.0.99/24 dev br-phys
set_id hv2 ovn-encap-ip=10.200.0.99
wait_for "the tunnel to the new address" tunnel hv1 geneve 10.200.0.99
wait_for "a way to the new address" hv1 ping -c 1 -W 0.2 10.200.0.99
all_well
wait_for "no tunnel to the old address" retry 1 eval \
    '! tunnel hv1 geneve 10.200.0.12'

# Another kind of tunnel.
set_id hv1 ovn-encap-type=vxlan
set_id hv2 ovn-encap-type=vxlan
wait_for "a vxlan tunnel on hv1" tunnel hv1 vxlan 10.200.0.99
wait_for "a vxlan tunnel on hv2" tunnel hv2 vxlan 10.200.0.11
all_well
set_id hv1 ovn-encap-type=geneve
set_id hv2 ovn-encap-type=geneve
wait_for "a geneve tunnel on hv1" tunnel hv1 geneve 10.200.0.99
wait_for "a geneve tunnel on hv2" tunnel hv2 geneve 10.200.0.11
all_well

# No checksums in tunnels to it.
csum () {
    [ "$(vsctl hv1 --bare --columns=options find Interface type=geneve \
         | grep -o 'csum=[a-z]*')" = "$1" ]
}
set_id hv2 ovn-encap-csum=false
wait_for "a tunnel without checksums" csum csum=false
all_well

# Another host name.
set_id hv2 hostname=somewhere
renamed () {
    [ "$(sbctl --bare --columns=hostname find Chassis name=hv2)" = somewhere ]
}
wait_for "the new host name" renamed

# Somebody removes the integration bridge, and with it the VIFs.
vsctl hv1 del-br br-int
wait_for "br-int" vsctl hv1 --timeout=2 br-exists br-int
for vm in vm1 vm2; do
    vsctl hv1 -- add-port br-int $vm \
        -- set Interface $vm external_ids:iface-id=$vm
done
wait_for "the tunnel on the new bridge" tunnel hv1 geneve 10.200.0.99
all_well

# Somebody removes flows, and adds some.  A recompute reads what the switch
# has, and so does a restart.
recompute () {
    must node_env hv1 ovn-appctl -t ovn-controller inc-engine/recompute
}
restart () {
    daemon_exit hv1 ovn-controller --restart
    daemon_start hv1 ovn-controller
}
flows hv1 > $SITE_DIR/flows.before
for how in recompute restart; do
    ofctl hv1 -O OpenFlow15 del-flows br-int table=8
    ofctl hv1 -O OpenFlow15 add-flow br-int table=9,priority=65000,actions=drop
    $how
    all_well
    flows hv1 > $SITE_DIR/flows.after
    same "$how does not mend the flows of hv1" \
        $SITE_DIR/flows.before $SITE_DIR/flows.after
done
engines_verify hv1 hv2
ovn_logs_quiet 'br-int.mgmt: connection dropped'
