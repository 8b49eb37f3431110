# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# Ping and TCP on one host and between two, over Geneve; the tunnel packet
# carries the keys of the Southbound database in its VNI and in OVN's option.

. "$(dirname "$0")/lib.sh"

site_begin
site_central
site_hv hv1 hv2
site_ports sw0 4

must pings vm1 vm2
must pings vm3 vm4
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
grep -q "^kind=geneve src=10.200.0.11 dst=10.200.0.12 vni=$dp datapath=$dp\
 inport=$(port_key vm1) outport=$(port_key vm3) " $SITE_DIR/capture \
    || die "the tunnel packet has other addresses or keys"

# Large packets take the tunnel as well: the VMs' MTU allows for its headers.
must pings vm1 vm3 -s 1372 -M do

[ "$(vsctl hv1 --bare --columns=type find Interface name=ovn-hv2-0)" \
    = geneve ] || die "no interface ovn-hv2-0 of type geneve"
ovn_logs_quiet
