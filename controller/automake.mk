# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

# ovn-controller: the Southbound database compiled into OpenFlow.
EXTRA_DIST += controller/README.md
