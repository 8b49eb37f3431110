# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# An ovn-remote that is wrong gives a warning that names the key, once; what is
# installed stays, other hypervisors go on, and a right one mends it.

. "$(dirname "$0")/lib.sh"

site_begin
site_central
site_hv hv1 hv2
site_ports sw0 4
must pings vm1 vm3

set_remote () {                 # set_remote VALUE
    vsctl hv2 set Open_vSwitch . external_ids:ovn-remote="$1"
}

alive () {
    node_env hv2 ovn-appctl -t ovn-controller version
}

# Not a remote at all.
set_remote "nonsense"
wait_for "a warning" warned hv2 ovn-controller ovn-remote
must pings vm1 vm3
must pings vm3 vm4
sleep 2
must warned_once hv2 ovn-controller ovn-remote
must alive

# Mended: what changed meanwhile is caught up with.
set_remote tcp:10.201.0.1:6642
must nbctl --wait=hv sync
must pings vm1 vm3

# Nobody listens there.  That may be nobody's fault; the log says so.
set_remote tcp:10.201.0.1:1
wait_for "a line in the log" grep 'tcp:10.201.0.1:1: .*refused' \
    $SITE_DIR/hv2/log/ovn-controller.log
must pings vm1 vm3
must pings vm3 vm4
set_remote tcp:10.201.0.1:6642
must nbctl --wait=hv sync
must pings vm1 vm3
ovn_logs_quiet 'ovn-remote|10.201.0.1:1\>|nonsense'
