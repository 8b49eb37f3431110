# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# Broadcast and multicast frames reach every other port of the switch once, on
# this host and on others; a frame to an unknown address reaches the ports
# that have the address "unknown", once, and no others.

. "$(dirname "$0")/lib.sh"

site_begin
site_central
site_hv hv1 hv2
site_ports sw0 4

# expect DST COUNT1 COUNT2 COUNT3 COUNT4: sends 3 frames from vm1, and compares
# how many vm1 ... vm4 receive.
serial=0
expect () {
    local text=frame-$((++serial))
    listen_start $text vm1 vm2 vm3 vm4
    send_frames vm1 $1 $text
    must_hear "to $1" "${@:2}"
}

expect ff:ff:ff:ff:ff:ff 0 3 3 3
expect 01:00:5e:01:02:03 0 3 3 3
expect 33:33:00:00:12:34 0 3 3 3
expect $(vm_mac vm2) 0 3 0 0
expect $(vm_mac vm4) 0 0 0 3

# Nobody takes unknown addresses.
expect 50:54:00:00:00:99 0 0 0 0

# One on the other host, then also one on this host.
must nbctl --wait=hv lsp-set-addresses vm4 "$(vm_mac vm4) $(vm_ip vm4)" unknown
expect 50:54:00:00:00:99 0 0 0 3
must nbctl --wait=hv lsp-set-addresses vm2 unknown
expect 50:54:00:00:00:99 0 3 0 3
expect $(vm_mac vm3) 0 0 3 0
expect ff:ff:ff:ff:ff:ff 0 3 3 3

# The sender too is such a port, and does not get its own frame back.
must nbctl --wait=hv lsp-set-addresses vm1 "$(vm_mac vm1)" unknown
expect 50:54:00:00:00:99 0 3 0 3
ovn_logs_quiet
