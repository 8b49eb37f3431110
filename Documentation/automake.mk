# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

# Manuals and manual pages.
EXTRA_DIST += \
	Documentation/README.md \
	Documentation/add-a-feature.md \
	Documentation/architecture.md \
	Documentation/engine.md \
	Documentation/roadmap.md \
	Documentation/language.md
