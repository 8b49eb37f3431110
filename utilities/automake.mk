# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

# The operator's tools: ovn-nbctl, ovn-sbctl, ovn-appctl, ovn-ctl ...

EXTRA_DIST += utilities/README.md utilities/checkpatch.py utilities/idl-users
