# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# The disk under the Southbound server fills up: there is a warning, packets
# go on, no daemon ends, and when there is room again everything is caught up
# with.

. "$(dirname "$0")/lib.sh"

site_begin
site_node central 10.201.0.1
daemon_start central ovnnb_db

# The server runs in a mount namespace of its own ("ip netns exec" makes it),
# with a tiny disk in the place of its directory.
d=$SITE_DIR/central
daemon_start central ovnsb_db
daemon_kill central ovnsb_db TERM
node_run central sh -c '
    d=$1
    cp $d/db/ovnsb_db.db $d/run/ovnsb_db.db &&
    mount -t tmpfs -o size=1m none $d/db && mv $d/run/ovnsb_db.db $d/db/ &&
    ovsdb-server -vconsole:off --detach --no-chdir \
        --pidfile=$d/run/ovnsb_db.pid --log-file=$d/log/ovnsb_db.log \
        --unixctl=$d/run/ovnsb_db.ctl --remote=punix:$d/run/ovnsb_db.sock \
        --remote=ptcp:6642:10.201.0.1 $d/db/ovnsb_db.db' sh $d \
    || skip "no tmpfs can be mounted"
disk=/proc/$(daemon_pid central ovnsb_db)/root$d/db
daemon_start central ovn-northd
nbctl init
site_hv hv1 hv2
site_ports sw0 4
must pings vm1 vm3

# Fill the disk, then ask for more.
dd if=/dev/zero of=$disk/filler bs=4k 2> /dev/null
df $disk | tail -1
for i in $(seq 20); do
    nbctl ls-add new$i -- lsp-add new$i port$i \
        -- lsp-set-addresses port$i unknown
done
sleep 2
must pings vm1 vm2
must pings vm1 vm3
grep -hE '\|(WARN|ERR)\|' $d/log/*.log | cut -d'|' -f 3- | sort | uniq -c
wait_for "a warning" warned central ovn-northd .
[ "$(warnings central ovn-northd . | wc -l)" -le 10 ] \
    || die "too many warnings of northd"
must node_env central ovn-appctl -t ovn-northd version
for hv in hv1 hv2; do
    must node_env $hv ovn-appctl -t ovn-controller version
done

# Room again.
rm $disk/filler
must nbctl --wait=hv sync
must sbctl --bare --columns=_uuid find Port_Binding logical_port=port20
must pings vm1 vm3
engines_verify hv1 hv2
sb_content > $SITE_DIR/sb.live
fresh_sb_content > $SITE_DIR/sb.fresh
same "a fresh northd writes something else" \
    $SITE_DIR/sb.live $SITE_DIR/sb.fresh
