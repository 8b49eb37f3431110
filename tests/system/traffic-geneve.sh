# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# Ping and TCP on one host and between two, over Geneve; the tunnel packet
# carries the keys of the Southbound database in its VNI and in OVN's option.

. "$(dirname "$0")/lib.sh"

SITE_ENCAP=geneve
tunnel_keys () {
    echo "vni=$1 datapath=$1 inport=$2 outport=$3"
}
. "$(dirname "$0")/traffic.inc"
