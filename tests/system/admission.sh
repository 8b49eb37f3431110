# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# A switch drops frames with a VLAN tag and frames whose source address is a
# multicast address.

. "$(dirname "$0")/lib.sh"

site_begin
site_central
site_hv hv1 hv2
site_ports sw0 4

# expect WHAT COUNT SRC TYPE: sends 3 broadcast frames from vm1; vm2 and vm3
# must each get COUNT.
expect () {
    local i pids= got
    for i in 2 3; do
        ready_job vm$i $SITE_PYTHON $SITE_LIB/nettool listen eth0 "$1" \
            --seconds 1.2 > $SITE_DIR/heard$i
        pids="$pids $!"
    done
    vm1 $SITE_PYTHON $SITE_LIB/nettool send eth0 ff:ff:ff:ff:ff:ff $3 "$1" \
        --type $4 --count 3
    wait $pids
    got=$(echo $(cat $SITE_DIR/heard[23]))
    echo "$1: received $got"
    [ "$got" = "$2 $2" ] || die "$1: vm2 and vm3 received $got, not $2 $2"
}

expect plain-frames 3 $(vm_mac vm1) 0x88b5
expect tagged-frames 0 $(vm_mac vm1) 0x8100
expect multicast-source 0 01:00:5e:00:00:01 0x88b5
expect plain-again 3 $(vm_mac vm1) 0x88b5
ovn_logs_quiet
