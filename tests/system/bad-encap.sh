# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# A type of encapsulation that does not exist gives one warning that names it
# and the key; the other types, and everything else, work.

. "$(dirname "$0")/lib.sh"

site_begin
site_central
site_hv hv1 hv2
site_ports sw0 4

encaps () {                     # encaps HV TYPES
    [ "$(echo $(sbctl --bare --columns=type find Encap chassis_name=$1 \
                | sort))" = "$2" ]
}

set_encap () {
    vsctl hv2 set Open_vSwitch . external_ids:ovn-encap-type="$1"
}

set_encap geneve,bogus
wait_for "a warning" warned hv2 ovn-controller bogus
must warned_once hv2 ovn-controller \
    'ovn-encap-type.*bogus|bogus.*ovn-encap-type'
must encaps hv2 geneve
must nbctl --wait=hv sync
must pings vm1 vm3
must pings vm3 vm4

set_encap geneve,vxlan
wait_for "both encaps" encaps hv2 "geneve vxlan"
must nbctl --wait=hv sync
must pings vm1 vm3
set_encap geneve
wait_for "one encap" encaps hv2 geneve
must nbctl --wait=hv sync
must pings vm1 vm3
must warned_once hv2 ovn-controller bogus
ovn_logs_quiet bogus
