# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# Ping and TCP on one host and between two, over VXLAN, whose VNI holds the
# datapath key (low 12 bits) and the key of the output port (high 12 bits).

. "$(dirname "$0")/lib.sh"

SITE_ENCAP=vxlan
tunnel_keys () {
    echo "vni=$(($3 << 12 | $1)) datapath=$1 inport=None outport=$3"
}
. "$(dirname "$0")/traffic.inc"
