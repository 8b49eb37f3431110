# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# A disabled port is silent: nothing that it sends arrives anywhere, and it
# receives nothing, not even broadcasts, from its own host or another.

. "$(dirname "$0")/lib.sh"

site_begin
site_central
site_hv hv1 hv2
site_ports sw0 4

# hears FROM TO COUNT: of 3 broadcast frames that FROM sends, TO gets COUNT.
serial=0
hears () {
    local text=frame-$((++serial))
    listen_start $text $2
    broadcast $1 $text
    must_hear "$2 from $1" $3
}

must pings vm1 vm3
must nbctl --wait=hv lsp-set-enabled vm3 disabled
must silent vm1 vm3
must silent vm3 vm4
must silent vm4 vm3
hears vm1 vm3 0
hears vm4 vm3 0
hears vm3 vm4 0
hears vm3 vm1 0
must pings vm1 vm4
must pings vm1 vm2

must nbctl --wait=hv lsp-set-enabled vm3 enabled
must pings vm1 vm3
hears vm3 vm1 3
hears vm1 vm3 3
ovn_logs_quiet
