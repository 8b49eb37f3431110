# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# The demo succeeds with each kind of tunnel and leaves nothing behind; the
# sandbox runs commands from its standard input, and returns their status.

. "$(dirname "$0")/lib.sh"

# No site of our own, only a place for files.
dir=$(mktemp -d)
trap 'rm -rf $dir' EXIT

for encap in geneve vxlan stt; do
    "$SITE_LIB"/demo --encap=$encap > $dir/out 2>&1 &
    pid=$!
    wait $pid || { cat $dir/out; die "the demo with $encap fails"; }
    ls -d /run/netns/ovnt-$pid-* ${TMPDIR:-/tmp}/ovnt-$pid.* 2> /dev/null \
        && die "the demo with $encap leaves something behind"
done

"$SITE_LIB"/demo --sandbox > $dir/out 2>&1 <<'COMMANDS'
ovn-nbctl ls-list | grep -q sw0 || exit 1
ovn-nbctl --wait=hv sync || exit 2
hv2 ovs-vsctl br-exists br-int || exit 3
hv2 ovn-appctl -t ovn-controller connection-status || exit 4
vm1 ping -c 1 -W 2 192.168.0.2 || exit 5
exit 42
COMMANDS
status=$?
[ $status = 42 ] || { cat $dir/out; die "the sandbox ends with $status"; }

# Interrupted in the middle, it still cleans up.
"$SITE_LIB"/demo > $dir/out 2>&1 &
pid=$!
wait_for "the demo's namespaces" test -e /run/netns/ovnt-$pid-hv1
kill -TERM $pid
wait $pid && die "the demo says that it succeeded"
ls -d /run/netns/ovnt-$pid-* ${TMPDIR:-/tmp}/ovnt-$pid.* 2> /dev/null \
    && die "the interrupted demo leaves something behind"
exit 0
