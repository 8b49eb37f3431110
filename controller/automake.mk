# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

# ovn-controller: the Southbound database compiled into OpenFlow.
EXTRA_DIST += controller/README.md

# The connection to the switch, and what comes from it, apart so that tests can
# link it.
noinst_LTLIBRARIES += controller/libofswitch.la
controller_libofswitch_la_SOURCES = \
	controller/ofswitch-features.c \
	controller/ofswitch-features.h \
	controller/ofswitch-flows.c \
	controller/ofswitch-flows.h \
	controller/ofswitch-groups.c \
	controller/ofswitch-groups.h \
	controller/ofswitch-private.h \
	controller/ofswitch-recv.c \
	controller/ofswitch-update.c \
	controller/ofswitch.c \
	controller/ofswitch.h \
	controller/packet-in.c \
	controller/packet-in.h \
	controller/wire.c \
	controller/wire.h

bin_PROGRAMS += controller/ovn-controller
controller_ovn_controller_SOURCES = \
	controller/binding.c \
	controller/binding.h \
	controller/bridge.c \
	controller/bridge.h \
	controller/chassis.c \
	controller/chassis.h \
	controller/commands.c \
	controller/compile.c \
	controller/compile.h \
	controller/config.c \
	controller/config.def \
	controller/config.h \
	controller/controller.h \
	controller/ct-zone.c \
	controller/ct-zone.h \
	controller/db.c \
	controller/db.h \
	controller/encaps.c \
	controller/encaps.h \
	controller/features.def \
	controller/flow-restore.c \
	controller/flow-restore.h \
	controller/flows.c \
	controller/flows.h \
	controller/groups.c \
	controller/groups.h \
	controller/idl-watch.h \
	controller/inject.c \
	controller/inject.h \
	controller/lflow-names.c \
	controller/lflow-options.c \
	controller/lflow-parse.c \
	controller/lflow-private.h \
	controller/lflow-sets.c \
	controller/lflow.c \
	controller/lflow.h \
	controller/local.c \
	controller/local.h \
	controller/mcast.c \
	controller/monitor.c \
	controller/monitor.h \
	controller/nb-cfg.c \
	controller/nb-cfg.h \
	controller/ovn-controller.c \
	controller/physical.c \
	controller/physical.h \
	controller/reach.c \
	controller/reach.h \
	controller/template.c \
	controller/template.h \
	controller/tunnel.c \
	controller/tunnel.h \
	controller/zones.c \
	controller/zones.h
controller_ovn_controller_LDADD = controller/libofswitch.la $(REPLICA_LDADD)

program_pages += controller/ovn-controller.8
