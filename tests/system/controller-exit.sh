# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# ovn-controller that is asked to exit takes its chassis, its claims and its
# tunnels with it; other hypervisors go on.  Started again, all is back.

. "$(dirname "$0")/lib.sh"

site_begin
site_central
site_hv hv1 hv2
site_ports sw0 4
must pings vm1 vm3

gone () {
    ! chassis_is_there $1
}

tunnels () {                    # tunnels HV COUNT
    [ "$(vsctl $1 --bare --columns=name find Interface type=$SITE_ENCAP \
         | grep -c .)" = $2 ]
}

daemon_exit hv2 ovn-controller
wait_for "chassis hv2 gone" gone hv2
[ -z "$(sbctl --bare --columns=logical_port find Port_Binding 'chassis!=[]' \
        | grep -E 'vm3|vm4')" ] || die "ports are still bound to hv2"
wait_for "no tunnel on hv1" tunnels hv1 0
wait_for "no tunnel on hv2" tunnels hv2 0
must silent vm1 vm3
must pings vm1 vm2

daemon_start hv2 ovn-controller
wait_for "chassis hv2" chassis_is_there hv2
for vm in vm3 vm4; do
    wait_for "$vm up" port_up $vm
done
must nbctl --wait=hv sync
underlay_ready hv1 hv2
must pings vm1 vm3
must pings vm3 vm4
ovn_logs_quiet
