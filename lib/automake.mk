# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

# lib/libovn.la: what both compilers and the tools share.

noinst_LTLIBRARIES += lib/libovn.la
# One line for each module.
lib_libovn_la_SOURCES =
lib_libovn_la_SOURCES += lib/addr.c lib/addr.h
lib_libovn_la_SOURCES += lib/port-sec.c lib/port-sec.h
lib_libovn_la_SOURCES += lib/ovn-bootstrap.c lib/ovn-bootstrap.h
lib_libovn_la_SOURCES += lib/ovn-dirs.c lib/ovn-dirs.h
lib_libovn_la_SOURCES += lib/ovn-getopt.c lib/ovn-getopt.h
lib_libovn_la_SOURCES += lib/internal-version.c lib/internal-version.h
lib_libovn_la_SOURCES += lib/mem-trim.c lib/mem-trim.h
lib_libovn_la_SOURCES += \
	lib/inc-cx.c \
	lib/inc-elements.c \
	lib/inc-graph.c \
	lib/inc-idl.c \
	lib/inc-index.c \
	lib/inc-output.c \
	lib/inc-private.h \
	lib/inc-rows-claim.c \
	lib/inc-rows-members.c \
	lib/inc-rows-private.h \
	lib/inc-rows.c \
	lib/inc-rows.h \
	lib/inc-table.c \
	lib/inc-unixctl.c \
	lib/inc-verify.c \
	lib/inc.c \
	lib/inc.h
lib_libovn_la_SOURCES += \
	lib/actions-ct.c \
	lib/actions-encode.c \
	lib/actions-lb.c \
	lib/actions-learn.c \
	lib/actions-neighbor.c \
	lib/actions-options.c \
	lib/actions-private.h \
	lib/actions-service.c \
	lib/actions-shapes.c \
	lib/actions.c \
	lib/actions.def \
	lib/actions.h \
	lib/expr-clause.c \
	lib/expr-emit.c \
	lib/expr-evaluate.c \
	lib/expr-matches.c \
	lib/expr-names.c \
	lib/expr-normalize.c \
	lib/expr-open.c \
	lib/expr-oxm.c \
	lib/expr-parse.c \
	lib/expr-private.h \
	lib/expr-range.c \
	lib/expr-resolver.h \
	lib/expr-tree.c \
	lib/expr.c \
	lib/expr.h \
	lib/fields.c \
	lib/fields.def \
	lib/fields.h \
	lib/lex.c \
	lib/lex.h \
	lib/logical.h \
	lib/microflow.c \
	lib/microflow.h \
	lib/u128.h
nodist_lib_libovn_la_SOURCES =

# Where everything is, as "configure" was told.
BUILT_SOURCES += lib/ovn-paths.h
CLEANFILES += lib/ovn-paths.h
nodist_lib_libovn_la_SOURCES += lib/ovn-paths.h
lib/ovn-paths.h: Makefile
	$(AM_V_GEN)$(MKDIR_P) lib && { \
	  echo '/* Generated from "configure"; see lib/ovn-dirs.h. */'; \
	  echo '#define OVN_PATHS_VERSION "$(PACKAGE_VERSION)"'; \
	  echo '#define OVN_DEFAULT_BINDIR "$(bindir)"'; \
	  echo '#define OVN_DEFAULT_DBDIR "$(localstatedir)/lib/ovn"'; \
	  echo '#define OVN_DEFAULT_LOGDIR "$(localstatedir)/log/ovn"'; \
	  echo '#define OVN_DEFAULT_OVS_RUNDIR "$(localstatedir)/run/openvswitch"'; \
	  echo '#define OVN_DEFAULT_PKGDATADIR "$(pkgdatadir)"'; \
	  echo '#define OVN_DEFAULT_RUNDIR "$(localstatedir)/run/ovn"'; \
	  echo '#define OVN_DEFAULT_SYSCONFDIR "$(sysconfdir)"'; \
	} > $@.tmp && mv $@.tmp $@

EXTRA_DIST += lib/README.md
