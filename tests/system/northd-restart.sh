# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# ovn-northd restarts, killed or asked to exit, while nothing changes: not one
# row of the Southbound or the Northbound database is written.  What changed
# while it was away is caught up with.

. "$(dirname "$0")/lib.sh"

site_begin
site_central
site_hv hv1 hv2
site_ports sw0 4
nbctl ls-add sw1 -- lsp-add sw1 lone \
    -- lsp-set-addresses lone unknown -- lsp-set-enabled lone disabled
must nbctl --wait=hv sync

nb_rows () {
    $SITE_PYTHON $SITE_LIB/dbdump rows \
        unix:$SITE_DIR/central/run/ovnnb_db.sock OVN_Northbound
}

active () {
    node_env central ovn-appctl -t ovn-northd status | grep -q 'active'
}

for how in daemon_exit daemon_kill; do
    sb_rows > $SITE_DIR/sb.before
    nb_rows > $SITE_DIR/nb.before
    $how central ovn-northd
    daemon_start central ovn-northd
    wait_for "ovn-northd active" active
    sleep 1
    sb_rows > $SITE_DIR/sb.after
    nb_rows > $SITE_DIR/nb.after
    same "the restart wrote to the Southbound database" \
        $SITE_DIR/sb.before $SITE_DIR/sb.after
    same "the restart wrote to the Northbound database" \
        $SITE_DIR/nb.before $SITE_DIR/nb.after
    must nbctl --wait=hv sync
done

daemon_kill central ovn-northd
nbctl lsp-del lone -- lsp-add sw1 pair1 -- lsp-add sw1 pair2 \
    -- ls-add sw2 -- lsp-add sw2 solo -- lsp-set-addresses vm4 unknown
daemon_start central ovn-northd
must nbctl --wait=hv sync
engines_verify hv1 hv2
sb_content > $SITE_DIR/sb.before
fresh_sb_content > $SITE_DIR/sb.after
same "a fresh northd writes something else" \
    $SITE_DIR/sb.before $SITE_DIR/sb.after
ovn_logs_quiet
