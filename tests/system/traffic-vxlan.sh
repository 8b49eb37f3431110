# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# Ping and TCP on one host and between two, over VXLAN, whose VNI holds the
# datapath key (low 12 bits) and the key of the output port (high 12 bits).

. "$(dirname "$0")/lib.sh"

SITE_ENCAP=vxlan
site_begin
site_central
site_hv hv1 hv2
site_ports sw0 4

must pings vm1 vm2
must transfer vm1 vm2

capture_start hv1 'echo request' --brief
capture=$!
for peer in vm3 vm4; do
    must pings vm1 $peer
    must pings $peer vm2
done
must transfer vm1 vm3
must transfer vm4 vm2
wait $capture || die "no tunnel packet seen"
cat $SITE_DIR/capture
dp=$(sbctl --bare --columns=tunnel_key list Datapath_Binding)
out=$(port_key vm3)
grep -q "^kind=vxlan src=10.200.0.11 dst=10.200.0.12 vni=$((out << 12 | dp))\
 datapath=$dp inport=None outport=$out " $SITE_DIR/capture \
    || die "the tunnel packet has other addresses or keys"

must pings vm1 vm3 -s 1372 -M do
ovn_logs_quiet
