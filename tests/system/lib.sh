# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# A virtual site on one machine, for the demo and for the system tests: a
# central node and hypervisors, each a network namespace with its own database
# server and (on hypervisors) its own switch with the userspace datapath,
# joined by two Ethernets.  Virtual machines are namespaces with a veth pair.
#
#                    net: br-mgmt (10.201.0.0/24)  br-tun (10.200.0.0/24)
#                           |       |        |          |        |
#        central  --mgmt0---+       |        |          |        |
#        hv1      --mgmt0-----------+        |          |        |
#                 --eth0 in br-phys ---------|----------+        |
#        hv2      --mgmt0--------------------+                   |
#                 --eth0 in br-phys -----------------------------+
#
# The Southbound database is reached over br-mgmt, tunnels run over br-tun.
#
# This file is sourced by bash.  It promises:
#
#   - Nothing outside the site is touched: namespaces, processes and files all
#     carry the site's name, ovnt-PID, so any number of sites coexist, and with
#     an Open vSwitch that serves the machine.
#   - When the script that called site_begin ends, in whatever way short of
#     SIGKILL, the site is gone.
#   - The programs come from $OVN_TREE: programs and scripts in bin, database
#     schemas in share/ovn.  Open vSwitch is the machine's.
#
# Where a function takes NODE it is "central" or a hypervisor, such as "hv1".
# Nodes and virtual machines also become functions: "hv1 ovs-vsctl show",
# "vm1 ping 192.168.0.2".

: "${OVN_TREE:?must name a tree with bin/ovn-northd and share/ovn}"
: "${SITE_TIMEOUT:=30}"         # Seconds any single wait may take.

SITE_LIB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SITE_PYTHON=/usr/bin/python3
[ -x $SITE_PYTHON ] || SITE_PYTHON=python3
SITE_ENCAP=geneve

PATH=$OVN_TREE/bin:/usr/local/sbin:/usr/sbin:/sbin:$PATH
export PATH
export LC_ALL=C.UTF-8
unset OVS_RUNDIR OVS_LOGDIR OVS_DBDIR OVS_SYSCONFDIR
unset OVN_RUNDIR OVN_LOGDIR OVN_DBDIR OVN_SYSCONFDIR
unset OVN_NB_DB OVN_SB_DB OVN_NBCTL_OPTIONS OVN_SBCTL_OPTIONS
unset OVN_NB_DAEMON OVN_SB_DAEMON OVS_PAGER

# die MESSAGE...: says why and ends the script with status 1.
die () {
    echo "$(basename "$0"): $*" >&2
    exit 1
}

# skip REASON...: ends a test that cannot run here.
skip () {
    echo "skipped: $*" >&2
    exit 77
}

# retry SECONDS COMMAND...: runs COMMAND every 50 ms until it succeeds; fails
# when it has not within SECONDS.
retry () {
    local end=$((${EPOCHREALTIME/./} + $1 * 1000000))
    shift
    until "$@"; do
        [ ${EPOCHREALTIME/./} -lt $end ] || return 1
        sleep 0.05
    done
}

# wait_for DESCRIPTION COMMAND...: like retry, for as long as a wait may take
# at all; then dies.
wait_for () {
    local what=$1
    shift
    retry "$SITE_TIMEOUT" "$@" > /dev/null \
        || die "waited ${SITE_TIMEOUT} s in vain for: $what"
}

# now_ms: milliseconds since the epoch.
now_ms () {
    echo $((${EPOCHREALTIME/./} / 1000))
}

# ---------------------------------------------------------------------------
# The site.

# site_check_tools: dies, naming the package, when something is missing.
site_check_tools () {
    local tool package
    [ "$(id -u)" = 0 ] || die "must run as root"
    while read -r tool package; do
        command -v "$tool" > /dev/null \
            || die "'$tool' is missing (Debian package $package)"
    done <<TOOLS
ip          iproute2
ping        iputils-ping
ethtool     ethtool
python3     python3
ovsdb-tool  openvswitch-common
ovs-vswitchd openvswitch-switch
TOOLS
    for tool in ovn-nbctl ovn-sbctl ovn-northd ovn-controller ovn-appctl; do
        [ -x "$OVN_TREE/bin/$tool" ] || die "$OVN_TREE/bin/$tool is missing"
    done
}

# site_begin: makes an empty site (the two Ethernets) and arranges for its end.
site_begin () {
    site_check_tools
    SITE=ovnt-$$
    SITE_DIR=$(mktemp -d "${TMPDIR:-/tmp}/$SITE.XXXXXX") \
        || die "no temporary directory"
    SITE_JOBS=
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    trap 'site_on_exit $?' EXIT

    ip netns add $SITE-net || die "cannot make network namespaces"
    local bridge
    for bridge in br-mgmt br-tun; do
        ip -n $SITE-net link add $bridge type bridge forward_delay 0 \
            mcast_snooping 0 || die "cannot make a bridge"
        ip -n $SITE-net link set $bridge addrgenmode none
        ip -n $SITE-net link set $bridge up
    done
}

# site_on_exit STATUS: the end of a script.  A failed one leaves its logs in
# $SITE_LOGS, when that is set.
site_on_exit () {
    trap '' HUP INT TERM
    trap - EXIT
    if [ "$1" != 0 ] && [ "$1" != 77 ] && [ -n "${SITE_LOGS-}" ]; then
        local log
        for log in "$SITE_DIR"/*/log/*; do
            [ -s "$log" ] || continue
            mkdir -p "$SITE_LOGS"
            cp "$log" "$SITE_LOGS/$(basename \
                "$(dirname "$(dirname "$log")")")-$(basename "$log")"
        done
    fi
    site_end
    exit "$1"
}

# site_end: kills everything that runs in the site and removes it.
site_end () {
    local ns pid pids
    for pid in $SITE_JOBS; do
        disown $pid             # Or bash would report its death.
        kill -9 $pid
    done 2> /dev/null
    for ns in /run/netns/$SITE-*; do
        [ -e $ns ] || continue
        pids=$(ip netns pids ${ns##*/} 2> /dev/null)
        [ -z "$pids" ] || kill -9 $pids 2> /dev/null
    done
    wait 2> /dev/null
    for ns in /run/netns/$SITE-*; do
        [ ! -e $ns ] || ip netns del ${ns##*/}
    done
    rm -rf "$SITE_DIR"
}

# site_job COMMAND...: runs COMMAND in the background for as long as the site
# lives; sets $! as usual.
site_job () {
    "$@" &
    SITE_JOBS="$SITE_JOBS $!"
}

# site_node NODE ADDRESS: the namespace, directories and management interface
# of a node.
site_node () {
    local node=$1 address=$2 ns=$SITE-$1 d=$SITE_DIR/$1
    mkdir -p $d/run $d/log $d/db $d/etc
    ip netns add $ns || die "cannot make namespace $ns"
    ip -n $ns link set lo up
    site_plug $ns mgmt0 br-mgmt $node-m
    ip -n $ns addr add $address/24 dev mgmt0
    eval "$node () { node_run $node \"\$@\"; }"
}

# site_plug NS INTERFACE BRIDGE PEER: an interface of namespace NS, on one of
# the site's Ethernets.
site_plug () {
    ip -n $1 link add $2 type veth peer name $4 netns $SITE-net \
        || die "cannot make a veth pair"
    ip -n $1 link set $2 addrgenmode none
    ip -n $1 link set $2 up
    ip -n $SITE-net link set $4 addrgenmode none
    ip -n $SITE-net link set $4 master $3
    ip -n $SITE-net link set $4 up
}

# node_env NODE COMMAND...: runs COMMAND with NODE's directories, but not in
# its namespace: all that tools need which speak to daemons over sockets.  What
# a sanitizer finds, in programs built with one, goes to log/sanitizer.PID.
node_env () {
    local d=$SITE_DIR/$1
    shift
    env OVS_RUNDIR=$d/run OVS_LOGDIR=$d/log OVS_DBDIR=$d/db \
        OVS_SYSCONFDIR=$d/etc OVN_RUNDIR=$d/run OVN_LOGDIR=$d/log \
        OVN_DBDIR=$d/db OVN_SYSCONFDIR=$d/etc \
        ASAN_OPTIONS="log_path=$d/log/sanitizer:${ASAN_OPTIONS-}" \
        UBSAN_OPTIONS="log_path=$d/log/sanitizer:${UBSAN_OPTIONS-}" "$@"
}

# node_run NODE COMMAND...: runs COMMAND on NODE.
node_run () {
    node_env $1 ip netns exec $SITE-${SITE_NS:-$1} "${@:2}"
}

nbctl () {
    node_env central ovn-nbctl --db=unix:$SITE_DIR/central/run/ovnnb_db.sock \
        --timeout=$SITE_TIMEOUT "$@"
}

sbctl () {
    node_env central ovn-sbctl --db=unix:$SITE_DIR/central/run/ovnsb_db.sock \
        --timeout=$SITE_TIMEOUT "$@"
}

vsctl () {                      # vsctl HV COMMAND...
    local hv=$1
    shift
    node_env $hv ovs-vsctl --timeout=$SITE_TIMEOUT "$@"
}

ofctl () {                      # ofctl HV COMMAND...
    local hv=$1
    shift
    node_env $hv ovs-ofctl "$@"
}

# ---------------------------------------------------------------------------
# Daemons.  Each is known by the name of its pidfile: ovnnb_db, ovnsb_db and
# ovn-northd on the central node; ovsdb-server, ovs-vswitchd and ovn-controller
# on a hypervisor.

# daemon_start NODE DAEMON [OPTION]...: starts, or starts again.  Returns when
# the daemon says that it is ready.
daemon_start () {
    local node=$1 daemon=$2 d=$SITE_DIR/$1
    shift 2
    set -- -vconsole:off --detach --no-chdir --pidfile=$d/run/$daemon.pid \
        --log-file=$d/log/$daemon.log "$@"
    case $daemon in
    ovnnb_db)
        database_start $node $daemon $OVN_TREE/share/ovn/ovn-nb.ovsschema \
            --remote=db:OVN_Northbound,NB_Global,connections \
            --remote=ptcp:6641:10.201.0.1 --unixctl=$d/run/$daemon.ctl \
            "$@" ;;
    ovnsb_db)
        database_start $node $daemon $OVN_TREE/share/ovn/ovn-sb.ovsschema \
            --remote=db:OVN_Southbound,SB_Global,connections \
            --remote=ptcp:6642:10.201.0.1 --unixctl=$d/run/$daemon.ctl \
            --private-key=db:OVN_Southbound,SSL,private_key \
            --certificate=db:OVN_Southbound,SSL,certificate \
            --ca-cert=db:OVN_Southbound,SSL,ca_cert \
            "$@" ;;
    ovn-northd)
        node_run $node ovn-northd \
            --ovnnb-db=unix:$d/run/ovnnb_db.sock \
            --ovnsb-db=unix:$d/run/ovnsb_db.sock "$@" ;;
    ovsdb-server)
        database_start $node db \
            /usr/share/openvswitch/vswitch.ovsschema "$@" ;;
    ovs-vswitchd)
        node_run $node ovs-vswitchd --disable-system "$@" \
            unix:$d/run/db.sock ;;
    ovn-controller)
        node_run $node ovn-controller "$@" ;;
    *)
        die "no daemon '$daemon'" ;;
    esac || die "$daemon on $node does not start"
}

# database_start NODE NAME SCHEMA [OPTION]...: an ovsdb-server for one
# database, which is made when missing.
database_start () {
    local node=$1 name=$2 schema=$3 d=$SITE_DIR/$1
    shift 3
    [ -e $d/db/$name.db ] || ovsdb-tool create $d/db/$name.db $schema \
        || die "cannot make a database of $schema"
    node_run $node ovsdb-server --remote=punix:$d/run/$name.sock "$@" \
        $d/db/$name.db
}

# daemon_pid NODE DAEMON
daemon_pid () {
    cat $SITE_DIR/$1/run/$2.pid
}

# pid_gone PID: a zombie is gone too, whatever kill -0 says.
pid_gone () {
    local state
    { read -r _ _ state _ < /proc/$1/stat; } 2> /dev/null || return 0
    [ "$state" = Z ]
}

# daemon_kill NODE DAEMON [SIGNAL]: ends a daemon, by SIGKILL unless told
# otherwise, and waits for its end.
daemon_kill () {
    local pid
    pid=$(daemon_pid $1 $2) || die "$2 does not run on $1"
    kill -${3:-KILL} $pid || die "$2 does not run on $1"
    wait_for "the end of $2 on $1" pid_gone $pid
}

# daemon_exit NODE DAEMON [OPTION]: asks a daemon to end, and waits for it.
daemon_exit () {
    local node=$1 daemon=$2 pid
    shift 2
    pid=$(daemon_pid $node $daemon)
    node_env $node ovn-appctl -t $daemon exit "$@" \
        || die "$daemon on $node does not take 'exit'"
    wait_for "the end of $daemon on $node" pid_gone $pid
}

# site_central: the central node, with its three daemons.
site_central () {
    site_node central 10.201.0.1
    daemon_start central ovnnb_db
    daemon_start central ovnsb_db
    daemon_start central ovn-northd
    nbctl init
}

# site_hv NAME...: hypervisors, up to their registration in the Southbound
# database.  A name is "hv" and a number from 1 to 99.
site_hv () {
    local hv
    for hv; do
        site_hv_switch $hv
        site_hv_controller $hv
    done
    for hv; do
        wait_for "chassis $hv" chassis_is_there $hv
        wait_for "br-int on $hv" vsctl $hv --timeout=2 br-exists br-int
    done
    underlay_ready "$@"
}

# underlay_ready HV...: makes sure that tunnel packets between hypervisors have
# a way.  The userspace datapath drops the first packet to a tunnel endpoint
# whose Ethernet address it has not seen, and it learns that from any ARP.
underlay_ready () {
    local hv peer
    for hv; do
        for peer; do
            [ $hv = $peer ] || wait_for "a way from $hv to $peer" \
                $hv ping -c 1 -W 0.2 $(hv_tunnel_address $peer)
        done
    done
}

chassis_is_there () {
    [ -n "$(sbctl --bare --columns=name find Chassis name=$1)" ]
}

# hv_tunnel_address HV
hv_tunnel_address () {
    echo 10.200.0.$((10 + ${1#hv}))
}

# site_hv_switch HV: a hypervisor with Open vSwitch, without ovn-controller.
site_hv_switch () {
    local hv=$1 n=${1#hv}
    site_node $hv 10.201.0.$((10 + n))
    site_plug $SITE-$hv eth0 br-tun $hv-t
    daemon_start $hv ovsdb-server
    vsctl $hv --no-wait -- init -- set Open_vSwitch . \
        external_ids:system-id=$hv external_ids:hostname=$hv \
        external_ids:ovn-remote=tcp:10.201.0.1:6642 \
        external_ids:ovn-encap-type=$SITE_ENCAP \
        external_ids:ovn-encap-ip=$(hv_tunnel_address $hv) \
        external_ids:ovn-bridge-datapath-type=netdev \
        -- add-br br-phys -- set Bridge br-phys datapath_type=netdev \
        fail_mode=standalone \
        other_config:hwaddr=$(printf 0a:00:0a:c8:00:%02x $((10 + n))) \
        -- add-port br-phys eth0
    daemon_start $hv ovs-vswitchd
    vsctl $hv list Interface br-phys > /dev/null
    wait_for "br-phys on $hv" ip -n $SITE-$hv link show br-phys 2> /dev/null
    ip -n $SITE-$hv addr add $(hv_tunnel_address $hv)/24 dev br-phys
    ip -n $SITE-$hv link set br-phys up
}

# site_hv_controller HV
site_hv_controller () {
    daemon_start $1 ovn-controller
}

# ---------------------------------------------------------------------------
# Virtual machines.

# vm_add VM HV MAC IP [PORT]: a virtual machine on a hypervisor, attached to
# the logical port PORT (default: of its own name).
vm_add () {
    local vm=$1 hv=$2 mac=$3 ip=$4 port=${5-$1}
    ip netns add $SITE-$vm || die "cannot make namespace $SITE-$vm"
    ip -n $SITE-$vm link set lo up
    mkdir -p $SITE_DIR/$vm
    echo "$mac $ip $port" > $SITE_DIR/$vm/config
    eval "$vm () { ip netns exec $SITE-$vm \"\$@\"; }"
    vm_attach $vm $hv
}

# vm_attach VM HV: plugs a VM into a hypervisor's integration bridge.
vm_attach () {
    local vm=$1 hv=$2 mac ip port
    read -r mac ip port < $SITE_DIR/$vm/config
    ip -n $SITE-$vm link add eth0 address $mac mtu 1400 type veth \
        peer name $vm netns $SITE-$hv || die "cannot make a veth pair"
    ip -n $SITE-$vm link set eth0 addrgenmode none
    ip -n $SITE-$vm addr add $ip/24 dev eth0
    ip -n $SITE-$vm link set eth0 up
    # The userspace datapath would forward TCP without checksums.
    ip netns exec $SITE-$vm ethtool -K eth0 tx off > /dev/null 2>&1
    ip -n $SITE-$hv link set $vm addrgenmode none
    ip -n $SITE-$hv link set $vm up
    vsctl $hv -- add-port br-int $vm \
        -- set Interface $vm external_ids:iface-id=$port \
        || die "cannot attach $vm to $hv"
    echo $hv > $SITE_DIR/$vm/hv
}

# vm_detach VM: unplugs a VM, which keeps its namespace.
vm_detach () {
    local hv
    hv=$(cat $SITE_DIR/$1/hv)
    vsctl $hv del-port br-int $1
    ip -n $SITE-$1 link del eth0
}

# vm_move VM HV: another hypervisor for a VM, with the same addresses.
vm_move () {
    vm_detach $1
    vm_attach $1 $2
}

# vm_ip VM
vm_ip () {
    local ip
    read -r _ ip _ < $SITE_DIR/$1/config
    echo $ip
}

vm_mac () {
    local mac
    read -r mac _ < $SITE_DIR/$1/config
    echo $mac
}

# port_up PORT: whether a logical port is up.
port_up () {
    [ "$(nbctl get Logical_Switch_Port $1 up 2> /dev/null)" = true ]
}

# site_ports SWITCH COUNT [HV-COUNT]: the topology that most tests use: COUNT
# logical ports vm1, vm2, ... of one switch, and VMs of the same names: the
# first half on hv1, the second on hv2.  Returns when all carry traffic.
site_ports () {
    local sw=$1 n=$2 i args= hv mac
    for i in $(seq $n); do
        mac=$(printf 50:54:00:00:00:%02x $i)
        args="$args -- lsp-add $sw vm$i"
        args="$args -- lsp-set-addresses vm$i $mac\ 192.168.0.$i"
    done
    eval nbctl ls-add $sw $args || die "cannot make the logical switch"
    for i in $(seq $n); do
        hv=hv$((1 + (i - 1) * 2 / n))
        vm_add vm$i $hv $(printf 50:54:00:00:00:%02x $i) 192.168.0.$i
    done
    for i in $(seq $n); do
        wait_for "port vm$i up" port_up vm$i
    done
    nbctl --wait=hv sync || die "the hypervisors do not catch up"
}

# ---------------------------------------------------------------------------
# Looking.

# ready_job COMMAND...: a background job that gets --ready FILE appended, and
# has made FILE when this returns.  Sets $! as usual.
ready_job () {
    local file=$SITE_DIR/ready.$EPOCHREALTIME
    site_job "$@" --ready $file
    wait_for "$*" test -e $file
}

# listen_start TEXT VM...: from now on, counts the frames with TEXT that each
# VM receives.
listen_start () {
    local text=$1 vm
    shift
    SITE_LISTENERS=
    SITE_LISTENING=$*
    rm -f $SITE_DIR/enough
    for vm; do
        ready_job $vm $SITE_PYTHON $SITE_LIB/nettool listen eth0 "$text" \
            --seconds $SITE_TIMEOUT --until $SITE_DIR/enough \
            > $SITE_DIR/heard.$vm
        SITE_LISTENERS="$SITE_LISTENERS $!"
    done
}

# must_hear WHAT COUNT...: lets what is on its way arrive, and dies unless the
# VMs received so many frames.
must_hear () {
    local what=$1 vm got
    shift
    sleep 0.6
    touch $SITE_DIR/enough
    wait $SITE_LISTENERS
    got=$(for vm in $SITE_LISTENING; do cat $SITE_DIR/heard.$vm; done)
    got=$(echo $got)
    echo "$what: received $got"
    [ "$got" = "$*" ] || die "$what: $SITE_LISTENING received $got, not $*"
}

# broadcast VM TEXT [OPTION]...: 3 broadcast frames, which a switch floods.
broadcast () {
    send_frames $1 ff:ff:ff:ff:ff:ff "${@:2}"
}

# send_frames VM DESTINATION TEXT [OPTION]...: 3 raw frames.
send_frames () {
    $1 $SITE_PYTHON $SITE_LIB/nettool send eth0 $2 \
        ${SITE_SOURCE:-$(vm_mac $1)} "${@:3}" --count 3
}

# transfer FROM TO [CLIENT-OPTION]...: a TCP transfer between two VMs, whose
# digest is compared; prints a line about it.  Fails when it fails.
transfer () {
    local from=$1 to=$2 server status=0
    shift 2
    ready_job $to $SITE_PYTHON $SITE_LIB/nettool tcp-server 5001 --seconds 20
    server=$!
    $from $SITE_PYTHON $SITE_LIB/nettool tcp-client $(vm_ip $to) 5001 \
        --megabytes 20 "$@" || status=1
    wait $server && return $status
}

# capture_start HV REGEX [OPTION]...: a background job that writes the first
# tunnel packet on HV's underlay whose inner frame, described, matches REGEX,
# to $SITE_DIR/capture.
capture_start () {
    local hv=$1 regex=$2
    shift 2
    ready_job ip netns exec $SITE-net $SITE_PYTHON $SITE_LIB/nettool capture \
        $hv-t --containing "$regex" "$@" > $SITE_DIR/capture
}

# ping_start VM TO: pings from VM to another VM, 100 a second, until ping_stop.
ping_start () {
    site_job $1 ping -n -D -i 0.01 -W 1 $(vm_ip $2) > $SITE_DIR/ping-$1-$2
}

# ping_stop VM: ends all pings of a VM, in an orderly way.
ping_stop () {
    local pid
    for pid in $(ip netns pids $SITE-$1); do
        [ "$(cat /proc/$pid/comm 2> /dev/null)" != ping ] || kill -INT $pid
    done
    sleep 0.1
}

# ping_result VM TO [OPTION]...: a line about the pings from VM to TO, see
# "nettool gaps".
ping_result () {
    local file=$SITE_DIR/ping-$1-$2
    shift 2
    $SITE_PYTHON $SITE_LIB/nettool gaps $file "$@"
}

# field NAME TEXT: the value of NAME=VALUE in TEXT.
field () {
    sed -n "s/.*\<$1=\([^ ]*\).*/\1/p" <<< "$2"
}

# no_loss RESULT: whether no ping was lost; the end may catch some in flight.
no_loss () {
    [ $(field lost "$1") = 0 ] && [ $(field flying "$1") -le 20 ]
}

# pings FROM TO [OPTION]...: whether all of a few pings are answered.
pings () {
    local from=$1 to=$2
    shift 2
    $from ping -n -q -c 5 -i 0.05 -W 1 "$@" $(vm_ip $to) > $SITE_DIR/pings \
        && grep -q ' 0% packet loss' $SITE_DIR/pings
}

# silent FROM TO: whether no ping is answered.
silent () {
    ! $1 ping -n -q -c 5 -i 0.05 -W 0.5 $(vm_ip $2) > /dev/null
}

# must COMMAND...: dies when COMMAND fails, saying which.
must () {
    "$@" || die "failed: $*"
}

# same WHAT FILE FILE: dies when two files differ, showing how.
same () {
    diff -u "$2" "$3" > $SITE_DIR/diff && return
    head -50 $SITE_DIR/diff
    die "$1 ($(grep -c '^[-+][^-+]' $SITE_DIR/diff) lines differ)"
}

# port_key PORT: the tunnel key of a logical port.
port_key () {
    sbctl --bare --columns=tunnel_key find Port_Binding logical_port=$1
}

# sb_rows: the Southbound database to the last bit, _version included.
sb_rows () {
    $SITE_PYTHON $SITE_LIB/dbdump rows \
        unix:$SITE_DIR/central/run/ovnsb_db.sock OVN_Southbound
}

# sb_content [NODE]: what northd wrote into the Southbound database, in terms
# that do not depend on history.
sb_content () {
    $SITE_PYTHON $SITE_LIB/dbdump content \
        unix:$SITE_DIR/${1-central}/run/ovnsb_db.sock
}

# fresh_sb_content: what a fresh ovn-northd makes of the present Northbound
# database in an empty Southbound one that knows the same chassis.
fresh_sb_content () {
    local d=$SITE_DIR/fresh chassis
    rm -rf $d
    mkdir -p $d/run $d/log $d/db $d/etc
    eval "fresh_nb () { node_env fresh ovn-nbctl --timeout=$SITE_TIMEOUT \
                        --db=unix:$d/run/ovnnb_db.sock \"\$@\"; }
          fresh_sb () { node_env fresh ovn-sbctl --timeout=$SITE_TIMEOUT \
                        --db=unix:$d/run/ovnsb_db.sock \"\$@\"; }"
    ovsdb-client backup unix:$SITE_DIR/central/run/ovnnb_db.sock \
        OVN_Northbound > $d/db/ovnnb_db.db || die "cannot copy the database"
    (
        SITE_NS=central         # For want of a namespace of its own.
        database_start fresh ovnnb_db - -vconsole:off --detach --no-chdir \
            --pidfile=$d/run/nb.pid --log-file=$d/log/nb.log
        database_start fresh ovnsb_db $OVN_TREE/share/ovn/ovn-sb.ovsschema \
            -vconsole:off --detach --no-chdir \
            --pidfile=$d/run/sb.pid --log-file=$d/log/sb.log
    ) || die "no database servers for a comparison"
    fresh_sb init
    for chassis in $(sbctl --bare --columns=name list Chassis); do
        fresh_sb chassis-add $chassis $SITE_ENCAP \
            $(hv_tunnel_address $chassis) -- set Chassis $chassis \
            other_config="$(sbctl get Chassis $chassis other_config)"
    done
    (
        SITE_NS=central
        daemon_start fresh ovn-northd
    ) || die "no northd for a comparison"
    fresh_nb --wait=sb sync || die "the fresh northd does not answer"
    sb_content fresh
    local pid
    for pid in $d/run/*.pid; do
        kill -9 $(cat $pid)
    done
}

# fresh_flows HV: the flows that a freshly started ovn-controller installs in
# an integration bridge that has none.
fresh_flows () {
    daemon_exit $1 ovn-controller --restart
    ofctl $1 -O OpenFlow15 del-flows br-int
    ofctl $1 -O OpenFlow15 del-groups br-int
    daemon_start $1 ovn-controller
    nbctl --wait=hv sync || die "the fresh controller on $1 does not answer"
    flows $1
}

# engines_verify HV...: asks ovn-northd and the ovn-controllers to recompute
# everything beside their live state, if they can.
engines_verify () {
    local hv out
    verify_one central ovn-northd
    for hv; do
        verify_one $hv ovn-controller
    done
}

verify_one () {
    local out
    node_env $1 ovn-appctl -t $2 list-commands | grep -q inc-engine/verify \
        || return 0
    out=$(node_env $1 ovn-appctl -t $2 inc-engine/verify 2>&1) || {
        echo "$out"
        die "inc-engine/verify of $2 on $1 reports differences"
    }
}

# flows HV: the flows of br-int without counters, sorted.
flows () {
    ofctl $1 -O OpenFlow15 --no-stats dump-flows br-int | sed 's/^ *//' | sort
}

# flowmon_start HV: from now on, count every change of a flow of br-int, as the
# switch itself reports it, whoever makes it and even if it changes nothing.
flowmon_start () {
    local d=$SITE_DIR/$1
    : > $d/flowmon
    site_job node_env $1 ovs-ofctl monitor br-int watch:!initial \
        >> $d/flowmon 2>&1
    sleep 0.2
}

# flowmon_count HV: how many changes there were.
flowmon_count () {
    grep -c 'event=' $SITE_DIR/$1/flowmon
}

# youngest_flow HV: age in seconds, rounded down, of the youngest flow.
youngest_flow () {
    ofctl $1 -O OpenFlow15 dump-flows br-int \
        | sed -n 's/.*duration=\([0-9]*\).*/\1/p' | sort -n | head -1
}

# ovn_logs_quiet [ALLOWED-REGEX]: dies when a daemon of ours logged a warning
# or error that the test does not announce, or a sanitizer found something.
# $SITE_ALLOWED_LOGS is a regular expression for warnings that are always
# allowed, for runs with another OVN.  A switch that has made a new bridge's
# socket but does not listen on it yet is no news either.
ovn_logs_quiet () {
    local noise
    if cat $SITE_DIR/*/log/sanitizer* 2> /dev/null | head -60 | grep .; then
        die "a sanitizer found something"
    fi
    noise=$(grep -HE '\|(WARN|ERR|EMER)\|' \
                $SITE_DIR/*/log/ovn-northd.log \
                $SITE_DIR/*/log/ovn-controller.log 2> /dev/null \
            | sed "s,^$SITE_DIR/,," | grep -vE "${1:-^\$}" \
            | grep -vE "${SITE_ALLOWED_LOGS:-^\$}" \
            | sed -E -f "$SITE_LIB/../log-noise")
    [ -z "$noise" ] || {
        echo "$noise"
        die "unexpected warnings in the logs of the daemons"
    }
}

# warnings NODE DAEMON REGEX: the warnings and errors of a daemon that match
# REGEX, without time and sequence number.
warnings () {
    grep -E '\|(WARN|ERR|EMER)\|' $SITE_DIR/$1/log/$2.log | cut -d'|' -f 3- \
        | grep -E "$3"
}

# warned NODE DAEMON REGEX: whether there is such a warning.
warned () {
    [ -n "$(warnings "$@")" ]
}

# warned_once NODE DAEMON REGEX: whether there is just one.
warned_once () {
    warnings "$@"
    [ "$(warnings "$@" | wc -l)" = 1 ]
}
