# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

# ovn-controller: the Southbound database compiled into OpenFlow.
EXTRA_DIST += controller/README.md

# The connection to the switch, apart so that its tests can link it.
noinst_LTLIBRARIES += controller/libofswitch.la
controller_libofswitch_la_SOURCES = \
	controller/ofswitch-flows.c \
	controller/ofswitch-flows.h \
	controller/ofswitch-groups.c \
	controller/ofswitch-groups.h \
	controller/ofswitch-private.h \
	controller/ofswitch-recv.c \
	controller/ofswitch-update.c \
	controller/ofswitch.c \
	controller/ofswitch.h
