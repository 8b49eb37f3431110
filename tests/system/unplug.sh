# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# A VIF that is unplugged takes its port down, in the Southbound and in the
# Northbound database; one whose port goes loses "ovn-installed".  Plugged in
# again, or with its port back, everything returns.

. "$(dirname "$0")/lib.sh"

site_begin
site_central
site_hv hv1 hv2
site_ports sw0 4

port_down () {
    [ "$(nbctl get Logical_Switch_Port $1 up)" = false ]
}

bound_to () {                   # bound_to PORT CHASSIS
    [ "$(sbctl show | awk -v port="$1" '
        /^Chassis/ { chassis = $2; gsub(/"/, "", chassis) }
        $1 == "Port_Binding" { gsub(/"/, "", $2) }
        $1 == "Port_Binding" && $2 == port { print chassis }')" = "$2" ]
}

installed () {                  # installed HV VM
    [ "$(vsctl $1 --if-exists get Interface $2 external_ids:ovn-installed)" \
        = '"true"' ]
}

not_installed () {
    ! installed "$@"
}

must bound_to vm3 hv2
must installed hv2 vm3

# Unplugged from the bridge.
vm_detach vm3
wait_for "vm3 down" port_down vm3
wait_for "vm3 unbound" bound_to vm3 ""
must pings vm1 vm4
vm_attach vm3 hv2
wait_for "vm3 up" port_up vm3
must bound_to vm3 hv2
wait_for "vm3 installed" installed hv2 vm3
nbctl --wait=hv sync
must pings vm1 vm3

# The interface stays, but loses its name.
vsctl hv2 remove Interface vm3 external_ids iface-id
wait_for "vm3 down" port_down vm3
wait_for "vm3 unbound" bound_to vm3 ""
wait_for "vm3 not installed" not_installed hv2 vm3
must silent vm1 vm3
vsctl hv2 set Interface vm3 external_ids:iface-id=vm3
wait_for "vm3 up" port_up vm3
wait_for "vm3 installed" installed hv2 vm3
must pings vm1 vm3

# The interface stays, and becomes another port.
must nbctl lsp-set-addresses vm3 "50:54:00:00:00:33 192.168.0.33"
must nbctl --wait=hv lsp-add sw0 other \
    -- lsp-set-addresses other "50:54:00:00:00:03 192.168.0.3"
vsctl hv2 set Interface vm3 external_ids:iface-id=other
wait_for "other up" port_up other
wait_for "vm3 down" port_down vm3
nbctl --wait=hv sync
must pings vm1 vm3
must nbctl --wait=hv lsp-del other
must silent vm1 vm3
must nbctl lsp-set-addresses vm3 "50:54:00:00:00:03 192.168.0.3"
vsctl hv2 set Interface vm3 external_ids:iface-id=vm3
wait_for "vm3 up" port_up vm3
wait_for "vm3 installed" installed hv2 vm3

# The port goes, and comes back.
must nbctl --wait=hv lsp-del vm3
wait_for "vm3 not installed" not_installed hv2 vm3
must nbctl lsp-add sw0 vm3 \
    -- lsp-set-addresses vm3 "50:54:00:00:00:03 192.168.0.3"
wait_for "vm3 up" port_up vm3
wait_for "vm3 installed" installed hv2 vm3
nbctl --wait=hv sync
must pings vm1 vm3
ovn_logs_quiet
