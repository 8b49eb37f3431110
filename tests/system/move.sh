# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# A virtual machine that moves to the other hypervisor, with its addresses, has
# its traffic back within a second of being plugged in there.

. "$(dirname "$0")/lib.sh"

site_begin
site_central
site_hv hv1 hv2
site_ports sw0 4

# move VM HV FROM: moves VM under a stream of pings from FROM.
move () {
    local start result
    ping_start $3 $1
    sleep 0.5
    vm_detach $1
    sleep 0.2
    start=$(now_ms)
    vm_attach $1 $2
    sleep 2
    ping_stop $3
    result=$(ping_result $3 $1 --since $start)
    echo "$1 to $2, seen from $3: $result"
    case $result in
    *first=never*) die "$3 never reaches $1 on $2" ;;
    esac
    [ $(field first "$result") -le 1000 ] \
        || die "$3 reaches $1 too late"
    [ $(field silence "$result") -le 1500 ] \
        || die "$3 lost $1 for longer than the move"
}

move vm1 hv2 vm3                # The tunnel is no longer needed.
move vm1 hv1 vm4                # Now it is.
move vm3 hv1 vm2
move vm3 hv2 vm2
for vm in vm1 vm2 vm3 vm4; do
    wait_for "$vm up" port_up $vm
done
must pings vm1 vm3
must pings vm2 vm4
ovn_logs_quiet
