# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

# ovn-northd: the Northbound database compiled into the Southbound one.

bin_PROGRAMS += northd/ovn-northd
northd_ovn_northd_SOURCES = northd/ovn-northd.c
northd_ovn_northd_LDADD = northd/libnorthd.la $(REPLICA_LDADD)

# Everything but main(), for the module tests too.
noinst_LTLIBRARIES += northd/libnorthd.la
northd_libnorthd_la_SOURCES = \
	northd/cfg-seq.c \
	northd/cfg-seq.h \
	northd/compile.c \
	northd/compile.h \
	northd/control.c \
	northd/datapath.c \
	northd/datapath.h \
	northd/db.c \
	northd/db.h \
	northd/dpset.c \
	northd/dpset.h \
	northd/features.def \
	northd/global.c \
	northd/global.h \
	northd/keys.c \
	northd/keys.h \
	northd/lflow.c \
	northd/lflow.h \
	northd/ls-admission.c \
	northd/ls-lookup.c \
	northd/multicast.c \
	northd/multicast.h \
	northd/northd.h \
	northd/pipeline.c \
	northd/pipeline.def \
	northd/pipeline.h \
	northd/port-key.c \
	northd/port-key.h \
	northd/port-up.c \
	northd/port.c \
	northd/port.h \
	northd/rbac.c \
	northd/rbac.h \
	northd/sb-rows.c \
	northd/sb-rows.h
EXTRA_DIST += northd/README.md

# The page of the pipelines' stages.
noinst_PROGRAMS += northd/pipeline-doc
northd_pipeline_doc_SOURCES = northd/pipeline-doc.c
northd_pipeline_doc_LDADD = northd/libnorthd.la $(OVN_LDADD)

nodist_doc_DATA = Documentation/pipeline.md
CLEANFILES += Documentation/pipeline.md
Documentation/pipeline.md: northd/pipeline-doc$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) Documentation && \
	  northd/pipeline-doc$(EXEEXT) > $@.tmp && mv $@.tmp $@

program_pages += northd/ovn-northd.8
