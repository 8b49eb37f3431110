# -*- shell-script -*-
# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

# What tests are written with, as shell functions: databases, daemons and
# simulated hypervisors inside a test's directory.  Read by every test through
# atlocal; ovn-macros.at wraps around it what must be a macro.
#
# Every place that daemons run at is a directory below the test's: "central"
# for the databases and ovn-northd, "net" for the network between hypervisors,
# and one for each hypervisor.  All sockets, logs, pid files and databases of
# a place are in its directory.  Commands outside "as" work on "central".
#
# Everything that is started is stopped when the test ends, in whatever way.

# What a sanitizer finds ends the program.
ASAN_OPTIONS=detect_leaks=1:abort_on_error=1
UBSAN_OPTIONS=halt_on_error=1:abort_on_error=1:print_stacktrace=1
export ASAN_OPTIONS UBSAN_OPTIONS

## Cleaning up.

# on_exit COMMAND: runs COMMAND when the test ends; the last one first.
on_exit () {
    { echo "$1"; cat "$base/cleanup"; } > "$base/cleanup.new"
    mv "$base/cleanup.new" "$base/cleanup"
}

# init_test: to be called first, by OVN_SETUP.
init_test () {
    base=$PWD
    : > cleanup
    : > announced
    mkdir central
    trap '. "$base/cleanup"' 0
    trap 'exit 1' 1 2 13 14 15

    set_place central
    unset OVN_NBCTL_OPTIONS OVN_SBCTL_OPTIONS OVN_NB_DAEMON OVN_SB_DAEMON
    unset OVS_PAGER PAGER
    OVN_NB_DB=unix:$base/central/ovnnb_db.sock
    OVN_SB_DB=unix:$base/central/ovnsb_db.sock
    OVN_PKGDATADIR=$abs_top_srcdir/ovsdb

    # The daemons verify the state of their engine after every iteration, and
    # what a sanitizer finds ends up in a file, even from a daemon.
    OVN_INC_VERIFY=1
    ASAN_OPTIONS=$ASAN_OPTIONS:log_path=$base/sanitizer
    UBSAN_OPTIONS=$UBSAN_OPTIONS:log_path=$base/sanitizer
    export OVN_NB_DB OVN_SB_DB OVN_PKGDATADIR OVN_INC_VERIFY

    # A tool that waits for a daemon that is gone must not hang the suite.
    OVS_CTL_TIMEOUT=120
    export OVS_CTL_TIMEOUT
}

# set_place PLACE: makes later commands find the daemons of PLACE.
set_place () {
    local var
    for var in OVS_RUNDIR OVS_LOGDIR OVS_DBDIR OVS_SYSCONFDIR \
               OVN_RUNDIR OVN_LOGDIR OVN_DBDIR OVN_SYSCONFDIR; do
        eval "$var=\$base/\$1; export $var"
    done
}

# as PLACE COMMAND...: runs COMMAND there.
as () {
    (set_place "$1"; shift; "$@")
}

## Waiting.

# wait_until COMMAND...: runs COMMAND every 0.1 s until it succeeds; fails
# after OVN_TEST_TIMEOUT seconds (30, or 4 times as many under sanitizers).
wait_until () {
    local i=0 n=${OVN_TEST_TIMEOUT-30}
    [ -z "$SANITIZERS" ] || n=$((n * 4))
    n=$((n * 10))
    while [ $i -lt $n ]; do
        if "$@"; then
            return 0
        fi
        sleep 0.1
        i=$((i + 1))
    done
    echo "waited in vain for: $*"
    return 1
}

# pid_gone PID: whether the process ended; a zombie has.
pid_gone () {
    ! kill -0 "$1" 2>/dev/null ||
        grep -q '^State:.*Z' "/proc/$1/status" 2>/dev/null
}

## Daemons.

# stop_pidfile FILE [SIGNAL]: ends the process that FILE names.
stop_pidfile () {
    local pid
    [ -s "$1" ] || return 0
    pid=$(cat "$1")
    kill ${2--TERM} "$pid" 2>/dev/null || return 0
    wait_until pid_gone "$pid"
}

# start_daemon NAME COMMAND...: runs a daemon at the current place, as NAME,
# with NAME.pid and NAME.log.
start_daemon () {
    local name=$1
    shift
    on_exit "kill \$(cat $OVS_RUNDIR/$name.pid) 2>/dev/null"
    "$@" -vconsole:off -vsyslog:off --detach --no-chdir \
        --pidfile="$OVS_RUNDIR/$name.pid" --log-file="$OVS_RUNDIR/$name.log"
}

# start_db nb|sb: starts a standalone Northbound or Southbound database.
start_db () {
    local name=ovn$1_db
    [ -e "$OVN_DBDIR/$name.db" ] ||
        ovsdb-tool create "$OVN_DBDIR/$name.db" \
            "$abs_top_srcdir/ovsdb/ovn-$1.ovsschema" || return 1
    start_daemon $name ovsdb-server --remote=punix:"$OVN_RUNDIR/$name.sock" \
        --unixctl="$OVN_RUNDIR/$name.ctl" "$OVN_DBDIR/$name.db"
}

# start_northd [NAME [ARG]...]: starts ovn-northd, at the place "central" or,
# for NAME other than "northd", at a place of that name.
start_northd () {
    local place=${1-northd}
    [ $# = 0 ] || shift
    [ "$place" != northd ] || place=central
    mkdir -p "$base/$place"
    as $place start_daemon ovn-northd ovn-northd "$@"
}

# stop_northd [NAME]: tells it to exit.
stop_northd () {
    local place=${1-northd}
    [ "$place" != northd ] || place=central
    stop_daemon "$place" ovn-northd
}

# stop_daemon PLACE NAME [EXIT-ARG]...: asks a daemon of ours to exit, waits.
stop_daemon () {
    local place=$1 name=$2 pid
    shift 2
    pid=$(cat "$base/$place/$name.pid") || return 1
    as $place ovs-appctl -t "$name" exit "$@" &&
        wait_until pid_gone "$pid"
}

## Hypervisors.
#
# A hypervisor is an ovsdb-server, an ovs-vswitchd with dummy devices and an
# ovn-controller.  Its underlay port, phys0 in br-phys, leads to a switch of
# its own in the place "net" that connects all hypervisors.  Tunnels are real:
# what phys0 sends is encapsulated.

# start_ovs PLACE: starts ovsdb-server and ovs-vswitchd.
start_ovs () {
    mkdir -p "$base/$1" &&
    as "$1" start_ovs__
}

start_ovs__ () {
    local schema=$OVS_SOURCE/vswitchd/vswitch.ovsschema
    ovsdb-tool create "$OVS_DBDIR/conf.db" "$schema" &&
    start_ovsdb &&
    ovs-vsctl --no-wait init &&
    start_vswitchd
}

# start_ovsdb, start_vswitchd: start one of the two at the current place, as
# after it was stopped.
start_ovsdb () {
    start_daemon ovsdb-server ovsdb-server \
        --remote=punix:"$OVS_RUNDIR/db.sock" "$OVS_DBDIR/conf.db"
}

start_vswitchd () {
    start_daemon ovs-vswitchd ovs-vswitchd --enable-dummy --disable-system \
        --disable-system-route -vvconn:warn -vofproto_dpif:warn
}

# hv_mac IP: the Ethernet address of the hypervisor with that tunnel address.
hv_mac () {
    echo "$1" | { IFS=. read -r a b c d
                  printf 'aa:55:%02x:%02x:%02x:%02x\n' "$a" "$b" "$c" "$d"; }
}

# hv_add HV IP [KEY=VALUE]...: adds a hypervisor with tunnel address IP/24 and
# these keys in Open_vSwitch external_ids, and starts its controller.
hv_add () {
    local hv=$1
    hv_add_switch "$@" && hv_start_controller "$hv"
}

# hv_add_switch HV IP [KEY=VALUE]...: the same without the controller.
hv_add_switch () {
    local hv=$1 ip=$2 key other mac
    shift 2
    if [ ! -d "$base/net" ]; then
        start_ovs net &&
        as net ovs-vsctl add-br br-net -- \
            set Bridge br-net datapath_type=dummy || return 1
        : > "$base/hypervisors"
    fi
    as net ovs-vsctl add-port br-net "$hv" -- set Interface "$hv" type=dummy \
        options:pstream=punix:"$base/net/$hv.sock" &&
    start_ovs "$hv" || return 1

    mac=$(hv_mac "$ip")
    as "$hv" ovs-vsctl \
        -- add-br br-phys \
        -- set Bridge br-phys datapath_type=dummy fail-mode=standalone \
               other-config:hwaddr="\"$mac\"" \
        -- add-port br-phys phys0 \
        -- set Interface phys0 type=dummy \
               options:stream=unix:"$base/net/$hv.sock" \
               options:tx_pcap="$base/$hv/phys0-tx.pcap" \
               options:rxq_pcap="$base/$hv/phys0-rx.pcap" \
        -- set Open_vSwitch . external_ids:system-id="$hv" \
               external_ids:hostname="$hv" \
               external_ids:ovn-remote="$OVN_SB_DB" \
               external_ids:ovn-encap-type=geneve,vxlan \
               external_ids:ovn-encap-ip="$ip" \
               external_ids:ovn-bridge-datapath-type=dummy &&
    as "$hv" ovs-appctl netdev-dummy/ip4addr br-phys "$ip/24" > /dev/null &&
    as "$hv" ovs-appctl ovs/route/add "$ip/24" br-phys > /dev/null || return 1

    for key; do
        as "$hv" ovs-vsctl set Open_vSwitch . "external_ids:$key" || return 1
    done
    while read -r other ip2; do
        hv_neighbor "$other" "$ip" && hv_neighbor "$hv" "$ip2" || return 1
    done < "$base/hypervisors"
    echo "$hv $ip" >> "$base/hypervisors"
}

# hv_neighbor HV IP: tells HV the Ethernet address that goes with IP.
hv_neighbor () {
    as "$1" ovs-appctl tnl/neigh/set br-phys "$2" "$(hv_mac "$2")" > /dev/null
}

# hv_start_controller HV [ARG]...
hv_start_controller () {
    local hv=$1
    shift
    as "$hv" start_daemon ovn-controller ovn-controller "$@"
}

# hv_stop_controller HV [--restart]
hv_stop_controller () {
    local hv=$1
    shift
    stop_daemon "$hv" ovn-controller "$@"
}

# vif_add HV PORT [IFACE-ID]: plugs in a VIF; what it is sent is captured.
vif_add () {
    as "$1" ovs-vsctl -- --may-exist add-br br-int -- set Bridge br-int \
            datapath_type=dummy fail-mode=secure \
        -- add-port br-int "$2" -- set Interface "$2" type=dummy \
            external_ids:iface-id="${3-$2}" \
            options:tx_pcap="$base/$1/$2-tx.pcap" \
            options:rxq_pcap="$base/$1/$2-rx.pcap"
}

# vif_del HV PORT: unplugs it.
vif_del () {
    as "$1" ovs-vsctl del-port br-int "$2"
}

# vif_send HV PORT PACKET...: the VM behind PORT sends packets, in hexadecimal
# or in the notation of flows.
vif_send () {
    local hv=$1 port=$2
    shift 2
    as "$hv" ovs-appctl netdev-dummy/receive "$port" "$@"
}

# vif_received HV PORT: prints what the VM behind PORT received, a packet a
# line, in hexadecimal.
vif_received () {
    ovs-pcap "$base/$1/$2-tx.pcap"
}

# vif_received_n HV PORT N: whether it received N packets.
vif_received_n () {
    [ "$(vif_received "$1" "$2" | wc -l)" = "$3" ]
}

# vif_received_all: prints "PORT PACKET" for everything that any VM received.
vif_received_all () {
    local file port
    for file in "$base"/*/*-tx.pcap; do
        port=$(basename "$file" -tx.pcap)
        [ "$port" = phys0 ] || ovs-pcap "$file" | sed "s/^/$port /"
    done | LC_ALL=C sort
}

# trace_send HV PORT MICROFLOW: the VM behind PORT, which is a logical port of
# that name, sends the packet that MICROFLOW describes ("FIELD == CONSTANT &&
# ..." without inport), and every VM must receive what ovn-trace says, and
# nothing else: the same copies with the same changes.  What the trace sends to
# ports that no VM is behind does not count.
trace_send () {
    local verdict="$PYTHON3 $abs_top_srcdir/tests/trace-verdict.py"
    local microflow="inport == \"$2\" && $3"
    local port rest
    $verdict expect "$microflow" > trace.all || return 1
    while read -r port rest; do
        set -- "$1" "$2" "$base"/*/"$port-tx.pcap"
        [ ! -e "$3" ] || echo "$port $rest"
    done < trace.all > trace.expected
    vif_received_all > trace.before
    vif_send "$1" "$2" "$(test-ovn microflow-packet "$microflow")" || return 1
    if wait_until trace_verdict_holds && sleep 0.3 && trace_verdict_holds; then
        return 0
    fi
    echo "ovn-trace and the switches disagree about: $microflow"
    echo "ovn-trace:"
    cat trace.expected
    echo "received:"
    cat trace.received
    return 1
}

# trace_verdict_holds: whether what was received is what is expected.
trace_verdict_holds () {
    vif_received_all > trace.after
    LC_ALL=C comm -13 trace.before trace.after > trace.received
    $PYTHON3 "$abs_top_srcdir/tests/trace-verdict.py" compare \
        trace.expected trace.received
}

# vif_forget HV PORT: empties what vif_received prints.
vif_forget () {
    # The switch appends; the first 24 bytes are the file's header.
    truncate -s 24 "$base/$1/$2-tx.pcap"
}

## Databases' content.  DB:TABLE is a table, such as nb:Logical_Switch.

# db_ctl DB ARG...: ovn-nbctl or ovn-sbctl.
db_ctl () {
    local db=$1
    shift
    "ovn-${db}ctl" --no-leader-only "$@"
}

# db_get DB:TABLE COLUMN [CONDITION]...: prints the column of matching rows,
# sorted, in one line.
db_get () {
    local table=$1 column=$2
    shift 2
    db_ctl "${table%%:*}" --bare --no-headings --columns="$column" \
        find "${table#*:}" "$@" |
        sed '/^$/d' | LC_ALL=C sort | tr '\n' ' ' | sed 's/ $//'
}

# db_count DB:TABLE [CONDITION]...: prints how many rows match.
db_count () {
    local table=$1
    shift
    db_ctl "${table%%:*}" --bare --no-headings --columns=_uuid \
        find "${table#*:}" "$@" | grep -c .
}

# db_is EXPECTED DB:TABLE COLUMN [CONDITION]...
db_is () {
    local expected=$1
    shift
    [ "$(db_get "$@")" = "$expected" ]
}

# db_has N DB:TABLE [CONDITION]...
db_has () {
    local expected=$1
    shift
    [ "$(db_count "$@")" = "$expected" ]
}

## Logs.

# without_noise [FILE]...: copies FILEs or its input, without the lines that
# say only that the machine is slow.
without_noise () {
    sed -E -f "$abs_top_srcdir/tests/log-noise" "$@"
}

# announce_log REGEX: lines at WARN or above that match are expected.
announce_log () {
    echo "$1" >> "$base/announced"
}

# bad_logs: prints the lines at WARN or above that nobody announced, and what
# the sanitizers found.  Only our own daemons are held to it; from the others,
# only ERR and worse counts.
bad_logs () {
    local log
    for log in "$base"/*/*.log; do
        [ -e "$log" ] || continue
        case $log in
        */ovn-*.log) grep -E '\|(WARN|ERR|EMER)\|' "$log" ;;
        *) grep -E '\|(ERR|EMER)\|' "$log" ;;
        esac | sed "s|^|${log#"$base/"}: |"
    done | without_noise | grep -v -E -f "$base/announced"
    cat "$base"/sanitizer.* 2>/dev/null || :
}

# verify_engines: asks all our daemons that run to verify their engines.
verify_engines () {
    local pidfile place daemon report
    for pidfile in "$base"/*/ovn-northd.pid "$base"/*/ovn-controller.pid; do
        [ -s "$pidfile" ] || continue
        ! pid_gone "$(cat "$pidfile")" || continue
        place=$(basename "$(dirname "$pidfile")")
        daemon=$(basename "$pidfile" .pid)
        report=$(as "$place" ovs-appctl -t "$daemon" inc-engine/verify 2>&1) ||
            { echo "$place/$daemon: inc-engine/verify: $report"; return 1; }
    done
}

# stop_all: stops all daemons of ours, so that leaks are found.
stop_all () {
    local pidfile place daemon
    for pidfile in "$base"/*/ovn-controller.pid "$base"/*/ovn-northd.pid; do
        [ -s "$pidfile" ] || continue
        ! pid_gone "$(cat "$pidfile")" || continue
        place=$(basename "$(dirname "$pidfile")")
        stop_daemon "$place" "$(basename "$pidfile" .pid)" || return 1
    done
}

# mask_uuids: copies its input, with <uuid> for each UUID.
mask_uuids () {
    sed 's/[0-9a-f]\{8\}\(-[0-9a-f]\{4\}\)\{3\}-[0-9a-f]\{12\}/<uuid>/g'
}
