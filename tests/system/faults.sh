# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# Every daemon in turn is killed and started again while the Northbound
# database is edited.  When the edits end, everything converges to what a fresh
# start would give: the Southbound database to what a fresh ovn-northd writes,
# the flows of each hypervisor to what a fresh ovn-controller installs.

. "$(dirname "$0")/lib.sh"

site_begin
site_central
site_hv hv1 hv2
site_ports sw0 4
must pings vm1 vm3

# A stream of edits: ports and switches come and go, ports change.  One that
# fails, because the server is dead, is not repeated.
edit () {
    local n=0 last
    while [ ! -e $SITE_DIR/enough ]; do
        n=$((n + 1))
        last=$((n - 7))
        nbctl --timeout=2 -- lsp-add sw0 port$n -- lsp-set-addresses port$n \
            "50:54:00:01:$(printf %02x:%02x $((n / 256)) $((n % 256)))"
        nbctl --timeout=2 -- --if-exists lsp-del port$last \
            -- --if-exists ls-del extra$((n - 3))
        nbctl --timeout=2 -- --may-exist ls-add extra$n \
            -- lsp-add extra$n only$n \
            -- lsp-set-addresses only$n unknown
        case $((n % 3)) in
        0) nbctl --timeout=2 lsp-set-addresses vm2 \
               "$(vm_mac vm2) $(vm_ip vm2)" ;;
        1) nbctl --timeout=2 lsp-set-addresses vm2 \
               "$(vm_mac vm2) $(vm_ip vm2)" unknown ;;
        2) nbctl --timeout=2 lsp-set-enabled vm4 \
               $( ((n % 2)) && echo enabled || echo disabled) ;;
        esac
    done
    echo $n > $SITE_DIR/edits
}
site_job edit > $SITE_DIR/edit.log 2>&1
edits=$!

for victim in "central ovn-northd" "central ovnsb_db" "central ovnnb_db" \
              "hv1 ovn-controller" "hv1 ovsdb-server" "hv1 ovs-vswitchd" \
              "hv2 ovn-controller" "central ovn-northd"; do
    echo "killing $victim"
    daemon_kill $victim
    sleep 0.4
    daemon_start $victim
    sleep 0.6
done
touch $SITE_DIR/enough
wait $edits
echo "$(cat $SITE_DIR/edits) rounds of edits"
must nbctl lsp-set-enabled vm4 enabled \
    -- lsp-set-addresses vm2 "$(vm_mac vm2) $(vm_ip vm2)"

must nbctl --wait=hv sync
for vm in vm1 vm2 vm3 vm4; do
    wait_for "$vm up" port_up $vm
done
underlay_ready hv1 hv2
must nbctl --wait=hv sync
for pair in "vm1 vm2" "vm1 vm3" "vm4 vm2" "vm3 vm4"; do
    must pings $pair
done

engines_verify hv1 hv2
sb_content > $SITE_DIR/sb.live
fresh_sb_content > $SITE_DIR/sb.fresh
same "a fresh northd writes something else" \
    $SITE_DIR/sb.live $SITE_DIR/sb.fresh
echo "Southbound: $(wc -l < $SITE_DIR/sb.live) lines as from a fresh start"
for hv in hv1 hv2; do
    flows $hv > $SITE_DIR/flows.live
    fresh_flows $hv > $SITE_DIR/flows.fresh
    same "a fresh controller on $hv installs other flows" \
        $SITE_DIR/flows.live $SITE_DIR/flows.fresh
    echo "$hv: $(wc -l < $SITE_DIR/flows.live) flows as from a fresh start"
done
ovn_logs_quiet 'reconnect|rconn|jsonrpc|ovsdb_idl'
