# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# ovn-controller restarts ("exit --restart") while nothing changes: no packet
# of a stream is lost, a TCP transfer goes on, and no flow is touched.

. "$(dirname "$0")/lib.sh"

controller_stops () {
    daemon_exit hv1 ovn-controller --restart
}
. "$SITE_LIB/controller-restart.inc"
