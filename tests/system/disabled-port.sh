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
    local text=frame-$((++serial)) listener
    ready_job $2 $SITE_PYTHON $SITE_LIB/nettool listen eth0 $text \
        --seconds 1 > $SITE_DIR/heard
    listener=$!
    $1 $SITE_PYTHON $SITE_LIB/nettool send eth0 ff:ff:ff:ff:ff:ff \
        $(vm_mac $1) $text --count 3
    wait $listener
    [ "$(cat $SITE_DIR/heard)" = $3 ] \
        || die "$2 gets $(cat $SITE_DIR/heard) frames of $1, not $3"
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
