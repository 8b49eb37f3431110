# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# Two hypervisors have an interface for one port.  The rest does not suffer,
# the two do not fight without end, and when one interface goes the other has
# the port.

. "$(dirname "$0")/lib.sh"

site_begin
site_central
site_hv hv1 hv2
site_ports sw0 4
must pings vm1 vm3

owner () {
    local id
    id=$(sbctl --bare --columns=chassis find Port_Binding logical_port=vm3)
    sbctl --bare --columns=name list Chassis $id
}
owned_by () {
    [ "$(owner)" = $1 ]
}

# An impostor of vm3 on hv1.
vm_add twin hv1 50:54:00:00:00:03 192.168.0.3 vm3
sleep 1
must pings vm1 vm2
must pings vm2 vm4
changes=0
last=
for i in $(seq 30); do
    now=$(sbctl --bare --columns=_version,chassis find Port_Binding \
        logical_port=vm3)
    [ "$now" = "$last" ] || changes=$((changes + 1))
    last=$now
    sleep 0.1
done
echo "in 3 s, vm3 was seen to change owner $changes times"
[ $changes -le 15 ] || die "the hypervisors fight for vm3"

vm_detach twin
wait_for "vm3 on hv2" owned_by hv2
wait_for "vm3 up" port_up vm3
must nbctl --wait=hv sync
must pings vm1 vm3

# The other way around: the one that came first goes.
vm_attach twin hv1
sleep 1
vm_detach vm3
wait_for "vm3 on hv1" owned_by hv1
wait_for "vm3 up" port_up vm3
must nbctl --wait=hv sync
must pings vm4 twin
engines_verify hv1 hv2
ovn_logs_quiet 'vm3'
