# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# The parts of a site may start in any order: hypervisors before the central
# node, virtual machines before their ports, ports before ovn-northd, a
# controller before its database server.

. "$(dirname "$0")/lib.sh"

site_begin
site_node central 10.201.0.1

# Hypervisors without anybody to talk to; the controller of hv2 even without
# its own database.
site_hv_switch hv1
site_hv_switch hv2
daemon_start hv1 ovn-controller
daemon_kill hv2 ovs-vswitchd
daemon_kill hv2 ovsdb-server
daemon_start hv2 ovn-controller
sleep 0.5
daemon_start hv2 ovsdb-server
daemon_start hv2 ovs-vswitchd

# VIFs that nobody knows yet.  The bridge too may come from elsewhere.
for hv in hv1 hv2; do
    vsctl $hv -- --may-exist add-br br-int \
        -- set Bridge br-int datapath_type=netdev fail_mode=secure
done
for i in 1 2 3 4; do
    vm_add vm$i hv$(((i + 1) / 2)) 50:54:00:00:00:0$i 192.168.0.$i
done

# Ports, before ovn-northd and the Southbound database.
daemon_start central ovnnb_db
nbctl init
nbctl ls-add sw0
for i in 1 2 3 4; do
    must nbctl lsp-add sw0 vm$i
    must nbctl lsp-set-addresses vm$i "50:54:00:00:00:0$i 192.168.0.$i"
done
daemon_start central ovn-northd
sleep 0.3
daemon_start central ovnsb_db

for hv in hv1 hv2; do
    wait_for "chassis $hv" chassis_is_there $hv
done
for i in 1 2 3 4; do
    wait_for "vm$i up" port_up vm$i
done
underlay_ready hv1 hv2
must nbctl --wait=hv sync
must pings vm1 vm2
must pings vm1 vm3
must pings vm4 vm2
engines_verify hv1 hv2
ovn_logs_quiet 'reconnect|ovsdb_idl|rconn'
