# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# Random transactions on the Northbound database, and ports plugged and
# unplugged at random: at every pause both daemons' engines verify, and at the
# end everything is what a fresh start gives.  SITE_EDITS says how many
# transactions (default 300), SITE_SEED which.

. "$(dirname "$0")/lib.sh"

site_begin
site_central
site_hv hv1 hv2
site_ports sw0 4

edits=${SITE_EDITS:-300}
seed=${SITE_SEED:-$((EPOCHSECONDS % 32768))}
RANDOM=$seed
echo "SITE_SEED=$seed SITE_EDITS=$edits"

# A few switches and ports, so that the same names come and go.
a_switch () {
    REPLY=rsw$((RANDOM % 5))
}
a_port () {
    REPLY=rport$((RANDOM % 25))
}
an_address () {
    local byte
    byte=$(printf %02x $((RANDOM % 40)))
    case $((RANDOM % 6)) in
    0) REPLY=unknown ;;
    1) REPLY="50:54:00:00:01:$byte" ;;
    2) REPLY="50:54:00:00:01:$byte 10.0.0.$((RANDOM % 40))" ;;
    3) REPLY="50:54:00:00:01:$byte 10.0.0.$((RANDOM % 40)) fd00::$byte" ;;
    4) REPLY="50:54:00:00:01:$byte 10.0.1.2 10.0.1.3" ;;
    5) REPLY="malformed-$byte" ;;
    esac
}

# one_edit: appends an nbctl command to the array 'command'.
one_edit () {
    local sw port
    a_switch; sw=$REPLY
    a_port; port=$REPLY
    command+=(--)
    case $((RANDOM % 12)) in
    0) command+=(--may-exist ls-add $sw) ;;
    1) ((RANDOM % 4)) || command+=(--if-exists ls-del $sw) ;;
    2) command+=(--if-exists lsp-del $port) ;;
    3 | 4 | 5)
       command+=(--may-exist ls-add $sw -- --if-exists lsp-del $port
                 -- lsp-add $sw $port) ;;
    6) command+=(--if-exists set Logical_Switch_Port $port
                 enabled=$( ((RANDOM % 2)) && echo true || echo false)) ;;
    7) command+=(--if-exists set Logical_Switch_Port $port
                 options:requested-tnl-key=$((RANDOM % 30 + 1))) ;;
    8) command+=(--if-exists remove Logical_Switch_Port $port
                 options requested-tnl-key) ;;
    9) command+=(--if-exists set Logical_Switch $sw
                 other_config:requested-tnl-key=$((RANDOM % 9 + 1))) ;;
    *) an_address
       command+=(--if-exists set Logical_Switch_Port $port
                 addresses="\"$REPLY\"") ;;
    esac
    [ "${command[-1]}" != -- ] || unset 'command[-1]'
}

# Ports rport0 ... rport5 are wanted by interfaces, on either host.
for i in 0 1 2 3 4 5; do
    vm_add vif$i hv$((i % 2 + 1)) 50:54:00:00:02:0$i 10.0.9.$i rport$i
done

refused=0
for n in $(seq $edits); do
    command=()
    for i in $(seq $((RANDOM % 4 + 1))); do
        one_edit
    done
    [ ${#command[@]} = 0 ] || nbctl "${command[@]}" >> $SITE_DIR/refused 2>&1 \
        || refused=$((refused + 1))
    case $((RANDOM % 20)) in
    0) i=$((RANDOM % 6))
       vm_move vif$i hv$((RANDOM % 2 + 1)) ;;
    1) vsctl hv1 -- --if-exists remove Interface vif$((RANDOM % 6)) \
           external_ids iface-id ;;
    esac
    if [ $((n % 50)) = 0 ]; then
        must nbctl --wait=hv sync
        engines_verify hv1 hv2
    fi
done
echo "$edits transactions, of which the tool refused $refused"
[ $refused -lt $((edits / 4)) ] || { head $SITE_DIR/refused; die "too many"; }

must nbctl --wait=hv sync
sleep 0.5
must nbctl --wait=hv sync
engines_verify hv1 hv2
must pings vm1 vm2
must pings vm1 vm3
sb_content > $SITE_DIR/sb.live
fresh_sb_content > $SITE_DIR/sb.fresh
same "a fresh northd writes something else" \
    $SITE_DIR/sb.live $SITE_DIR/sb.fresh
for hv in hv1 hv2; do
    flows $hv > $SITE_DIR/flows.live
    fresh_flows $hv > $SITE_DIR/flows.fresh
    same "a fresh controller on $hv installs other flows" \
        $SITE_DIR/flows.live $SITE_DIR/flows.fresh
done
ovn_logs_quiet 'malformed-|requested-tnl-key|tunnel key|duplicate'
