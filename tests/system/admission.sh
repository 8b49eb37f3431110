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
    listen_start $1 vm2 vm3
    SITE_SOURCE=$3 broadcast vm1 $1 --type $4
    must_hear $1 $2 $2
}

expect plain-frames 3 $(vm_mac vm1) 0x88b5
expect tagged-frames 0 $(vm_mac vm1) 0x8100
expect multicast-source 0 01:00:5e:00:00:01 0x88b5
expect plain-again 3 $(vm_mac vm1) 0x88b5
ovn_logs_quiet
