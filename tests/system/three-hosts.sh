# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# With three hypervisors: a flood reaches each once; a hypervisor gets the
# flows of a switch when one of its ports is plugged in there, and loses them
# with the last; ovn-monitor-all changes what it reads, not what it installs.

. "$(dirname "$0")/lib.sh"

site_begin
site_central
site_hv hv1 hv2 hv3
site_ports sw0 4
flows hv3 > $SITE_DIR/flows.none

nbctl lsp-add sw0 vm5 \
    -- lsp-set-addresses vm5 "50:54:00:00:00:05 192.168.0.5"
vm_add vm5 hv3 50:54:00:00:00:05 192.168.0.5
wait_for "vm5 up" port_up vm5
must nbctl --wait=hv sync
for vm in vm1 vm2 vm3 vm4; do
    must pings $vm vm5
    must pings vm5 $vm
done

# Broadcasts from a third host.
listen_start flood-frame vm1 vm2 vm3 vm4 vm5
broadcast vm5 flood-frame
must_hear "flood from hv3" 3 3 3 3 0

# Everything monitored: the same flows.
nbctl ls-add sw1 -- lsp-add sw1 far -- lsp-set-addresses far unknown
must nbctl --wait=hv sync
flows hv3 > $SITE_DIR/flows.some
for value in true false; do
    vsctl hv3 set Open_vSwitch . external_ids:ovn-monitor-all=$value
    must nbctl --wait=hv sync
    sleep 0.5
    must nbctl --wait=hv sync
    flows hv3 > $SITE_DIR/flows.now
    same "ovn-monitor-all=$value changes flows" \
        $SITE_DIR/flows.some $SITE_DIR/flows.now
    must pings vm1 vm5
done

# The last port goes, and with it the switch.
in_metadata () {
    flows $1 | grep -c 'metadata=0x'
}
few_flows () {
    [ $(in_metadata $1) -le $(grep -c 'metadata=0x' $SITE_DIR/flows.none) ]
}
before=$(in_metadata hv3)
vm_detach vm5
wait_for "flows to go from hv3" few_flows hv3
echo "flows with a datapath on hv3: $before, after the last port" \
     "$(in_metadata hv3)"
vm_attach vm5 hv3
wait_for "vm5 up" port_up vm5
must nbctl --wait=hv sync
must pings vm3 vm5
engines_verify hv1 hv2 hv3
ovn_logs_quiet
