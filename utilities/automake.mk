# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

# The operator's tools: ovn-nbctl, ovn-sbctl, ovn-appctl, ovn-ctl ...

EXTRA_DIST += utilities/README.md utilities/checkpatch.py utilities/idl-users
# The frame that the database tools share.
DBCTL_SOURCES = \
	utilities/ovn-dbctl.c \
	utilities/ovn-dbctl.h \
	utilities/ovn-dbctl-daemon.c \
	utilities/ovn-dbctl-global.c \
	utilities/ovn-dbctl-global.h \
	utilities/ovn-dbctl-private.h \
	utilities/ovn-dbctl-run.c \
	utilities/ovn-dbctl-verbs.c

bin_PROGRAMS += utilities/ovn-nbctl
utilities_ovn_nbctl_SOURCES = $(DBCTL_SOURCES) \
	utilities/ovn-nbctl.c \
	utilities/ovn-nbctl.h \
	utilities/ovn-nbctl-acl.c \
	utilities/ovn-nbctl-address.c \
	utilities/ovn-nbctl-check.c \
	utilities/ovn-nbctl-check.h \
	utilities/ovn-nbctl-children.c \
	utilities/ovn-nbctl-dhcp.c \
	utilities/ovn-nbctl-find.c \
	utilities/ovn-nbctl-fwd-group.c \
	utilities/ovn-nbctl-group.c \
	utilities/ovn-nbctl-ha.c \
	utilities/ovn-nbctl-hc.c \
	utilities/ovn-nbctl-lb-user.c \
	utilities/ovn-nbctl-lb.c \
	utilities/ovn-nbctl-lrp.c \
	utilities/ovn-nbctl-lsp.c \
	utilities/ovn-nbctl-mac-binding.c \
	utilities/ovn-nbctl-meter.c \
	utilities/ovn-nbctl-mirror.c \
	utilities/ovn-nbctl-nat.c \
	utilities/ovn-nbctl-nf.c \
	utilities/ovn-nbctl-parse.c \
	utilities/ovn-nbctl-parse.h \
	utilities/ovn-nbctl-policy.c \
	utilities/ovn-nbctl-qos.c \
	utilities/ovn-nbctl-route.c \
	utilities/ovn-nbctl-router.c \
	utilities/ovn-nbctl-rule.c \
	utilities/ovn-nbctl-rule.h \
	utilities/ovn-nbctl-show.c \
	utilities/ovn-nbctl-switch.c
utilities_ovn_nbctl_LDADD = $(REPLICA_LDADD)

bin_PROGRAMS += utilities/ovn-sbctl
utilities_ovn_sbctl_SOURCES = $(DBCTL_SOURCES) \
	utilities/ovn-sbctl.c \
	utilities/ovn-sbctl.h \
	utilities/ovn-sbctl-chassis.c \
	utilities/ovn-sbctl-lflow.c \
	utilities/ovn-sbctl-show.c \
	utilities/ovn-sbctl-vflow.c \
	utilities/ovs-flows.c \
	utilities/ovs-flows.h
utilities_ovn_sbctl_LDADD = $(REPLICA_LDADD)

bin_PROGRAMS += utilities/ovn-appctl
utilities_ovn_appctl_SOURCES = utilities/ovn-appctl.c
utilities_ovn_appctl_LDADD = $(OVN_LDADD)

bin_PROGRAMS += utilities/ovn-trace
utilities_ovn_trace_SOURCES = \
	utilities/ovn-trace.c \
	utilities/ovn-trace.h \
	utilities/ovn-trace-actions.c \
	utilities/ovn-trace-ct.c \
	utilities/ovn-trace-ct.h \
	utilities/ovn-trace-db.c \
	utilities/ovn-trace-db.h \
	utilities/ovn-trace-flows.c \
	utilities/ovn-trace-lb.c \
	utilities/ovn-trace-lookup.c \
	utilities/ovn-trace-move.c \
	utilities/ovn-trace-packet.c \
	utilities/ovn-trace-pipeline.c \
	utilities/ovn-trace-psec.c \
	utilities/ovn-trace-run.c \
	utilities/ovn-trace-service.c \
	utilities/ovn-trace-tree.c \
	utilities/ovn-trace-tree.h \
	utilities/ovs-flows.c \
	utilities/ovs-flows.h
utilities_ovn_trace_LDADD = $(REPLICA_LDADD)

bin_PROGRAMS += utilities/ovn-debug
utilities_ovn_debug_SOURCES = utilities/ovn-debug.c
utilities_ovn_debug_LDADD = northd/libnorthd.la $(OVN_LDADD)

# Scripts; "ovn-lib" is what start-up scripts share.
bin_SCRIPTS += utilities/ovn-detrace
scripts_SCRIPTS += utilities/ovn-ctl
scripts_DATA = utilities/ovn-lib
substituted += utilities/ovn-detrace utilities/ovn-ctl utilities/ovn-lib

# Completion for bash, which looks for a file of the command's name.
bashcompletiondir = $(datadir)/bash-completion/completions
EXTRA_DIST += utilities/ovn-completion.bash
install-data-local: install-bash-completion
install-bash-completion:
	$(MKDIR_P) '$(DESTDIR)$(bashcompletiondir)'
	for tool in ovn-nbctl ovn-sbctl; do \
	  $(INSTALL_DATA) '$(srcdir)/utilities/ovn-completion.bash' \
	    "$(DESTDIR)$(bashcompletiondir)/$$tool" || exit 1; \
	done
uninstall-local: uninstall-bash-completion
uninstall-bash-completion:
	rm -f '$(DESTDIR)$(bashcompletiondir)/ovn-nbctl' \
	  '$(DESTDIR)$(bashcompletiondir)/ovn-sbctl'
.PHONY: install-bash-completion uninstall-bash-completion

# Manual pages.
utility_pages = \
	utilities/ovn-appctl.8 \
	utilities/ovn-ctl.8 \
	utilities/ovn-debug.8 \
	utilities/ovn-detrace.1 \
	utilities/ovn-nbctl.8 \
	utilities/ovn-sbctl.8 \
	utilities/ovn-trace.8
page_parts = utilities/dbctl-commands.man utilities/dbctl-options.man
program_pages += $(utility_pages)
EXTRA_DIST += $(page_parts)
$(utility_pages): $(page_parts)
