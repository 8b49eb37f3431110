# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.
#
# ovn-controller is killed and starts again while nothing changes: no packet of
# a stream is lost, a TCP transfer goes on, and no flow is touched.

. "$(dirname "$0")/lib.sh"

controller_stops () {
    daemon_kill hv1 ovn-controller
}
. "$SITE_LIB/controller-restart.inc"
