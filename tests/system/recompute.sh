# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# The flows of a hypervisor are the same before and after recompute, under the
# command's old name and its new one, and the switch is not told anything.

. "$(dirname "$0")/lib.sh"

site_begin
site_central
site_hv hv1 hv2
site_ports sw0 4
for i in 1 2 3 4 5; do
    nbctl lsp-set-enabled vm$((i % 4 + 1)) disabled -- ls-add sw$i \
        -- lsp-add sw$i p$i -- lsp-set-addresses p$i unknown
    nbctl --wait=hv lsp-set-enabled vm$((i % 4 + 1)) enabled
done

sb_rows > $SITE_DIR/sb.before
for hv in hv1 hv2; do
    flows $hv > $SITE_DIR/flows.before
    flowmon_start $hv
    for command in recompute inc-engine/recompute; do
        out=$(node_env $hv ovn-appctl -t ovn-controller $command) \
            || die "'$command' fails"
        [ -z "$out" ] || die "'$command' prints: $out"
    done
    sleep 0.5
    flows $hv > $SITE_DIR/flows.after
    same "flows changed on $hv" $SITE_DIR/flows.before $SITE_DIR/flows.after
    [ $(flowmon_count $hv) = 0 ] || die "flows were written on $hv"
done
must node_env central ovn-appctl -t ovn-northd inc-engine/recompute
sleep 0.5
sb_rows > $SITE_DIR/sb.after
same "northd wrote rows" $SITE_DIR/sb.before $SITE_DIR/sb.after
engines_verify hv1 hv2
ovn_logs_quiet
