# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

# The databases' schemas and the code generated from them.

EXTRA_DIST += \
	ovsdb/README.md \
	ovsdb/ovn-nb.ovsschema \
	ovsdb/ovn-nb-idl.ann \
	ovsdb/ovn-sb.ovsschema \
	ovsdb/ovn-sb-idl.ann
pkgdata_DATA += \
	ovsdb/ovn-nb.ovsschema \
	ovsdb/ovn-sb.ovsschema

# The typed IDL: nbrec_ and sbrec_.
OVSDB_IDLC = $(run_python) $(OVS_SOURCE)/ovsdb/ovsdb-idlc.in
OVSIDL_BUILT = \
	ovsdb/ovn-nb-idl.c \
	ovsdb/ovn-nb-idl.h \
	ovsdb/ovn-nb-idl.ovsidl \
	ovsdb/ovn-sb-idl.c \
	ovsdb/ovn-sb-idl.h \
	ovsdb/ovn-sb-idl.ovsidl
BUILT_SOURCES += $(OVSIDL_BUILT)
CLEANFILES += $(OVSIDL_BUILT)
nodist_lib_libovn_la_SOURCES += \
	ovsdb/ovn-nb-idl.c \
	ovsdb/ovn-nb-idl.h \
	ovsdb/ovn-sb-idl.c \
	ovsdb/ovn-sb-idl.h

ovsdb/ovn-nb-idl.ovsidl: ovsdb/ovn-nb.ovsschema ovsdb/ovn-nb-idl.ann
	$(AM_V_GEN)$(MKDIR_P) ovsdb && $(OVSDB_IDLC) annotate \
	  $(srcdir)/ovsdb/ovn-nb.ovsschema $(srcdir)/ovsdb/ovn-nb-idl.ann \
	  > $@.tmp && mv $@.tmp $@
ovsdb/ovn-sb-idl.ovsidl: ovsdb/ovn-sb.ovsschema ovsdb/ovn-sb-idl.ann
	$(AM_V_GEN)$(MKDIR_P) ovsdb && $(OVSDB_IDLC) annotate \
	  $(srcdir)/ovsdb/ovn-sb.ovsschema $(srcdir)/ovsdb/ovn-sb-idl.ann \
	  > $@.tmp && mv $@.tmp $@
ovsdb/ovn-nb-idl.c: ovsdb/ovn-nb-idl.ovsidl
	$(AM_V_GEN)$(OVSDB_IDLC) c-idl-source $< > $@.tmp && mv $@.tmp $@
ovsdb/ovn-nb-idl.h: ovsdb/ovn-nb-idl.ovsidl
	$(AM_V_GEN)$(OVSDB_IDLC) c-idl-header $< > $@.tmp && mv $@.tmp $@
ovsdb/ovn-sb-idl.c: ovsdb/ovn-sb-idl.ovsidl
	$(AM_V_GEN)$(OVSDB_IDLC) c-idl-source $< > $@.tmp && mv $@.tmp $@
ovsdb/ovn-sb-idl.h: ovsdb/ovn-sb-idl.ovsidl
	$(AM_V_GEN)$(OVSDB_IDLC) c-idl-header $< > $@.tmp && mv $@.tmp $@

# Accessors for the features: nb_, sb_ and ovs_.
EXTRA_DIST += ovsdb/inc-accessors.py
INC_ACCESSORS = $(run_python) $(srcdir)/ovsdb/inc-accessors.py
OVS_SCHEMA = $(OVS_SOURCE)/vswitchd/vswitch.ovsschema
INC_BUILT = \
	ovsdb/nb-inc.c \
	ovsdb/nb-inc.h \
	ovsdb/ovs-inc.c \
	ovsdb/ovs-inc.h \
	ovsdb/sb-inc.c \
	ovsdb/sb-inc.h
BUILT_SOURCES += $(INC_BUILT)
CLEANFILES += $(INC_BUILT)
nodist_lib_libovn_la_SOURCES += $(INC_BUILT)
$(INC_BUILT): ovsdb/inc-accessors.py

ovsdb/nb-inc.h: ovsdb/ovn-nb.ovsschema
	$(AM_V_GEN)$(MKDIR_P) ovsdb && $(INC_ACCESSORS) header nb \
	  $(srcdir)/ovsdb/ovn-nb.ovsschema > $@.tmp && mv $@.tmp $@
ovsdb/nb-inc.c: ovsdb/ovn-nb.ovsschema
	$(AM_V_GEN)$(MKDIR_P) ovsdb && $(INC_ACCESSORS) source nb \
	  $(srcdir)/ovsdb/ovn-nb.ovsschema ovsdb/nb-inc.h \
	  ovsdb/ovn-nb-idl.h > $@.tmp && mv $@.tmp $@
ovsdb/sb-inc.h: ovsdb/ovn-sb.ovsschema
	$(AM_V_GEN)$(MKDIR_P) ovsdb && $(INC_ACCESSORS) header sb \
	  $(srcdir)/ovsdb/ovn-sb.ovsschema > $@.tmp && mv $@.tmp $@
ovsdb/sb-inc.c: ovsdb/ovn-sb.ovsschema
	$(AM_V_GEN)$(MKDIR_P) ovsdb && $(INC_ACCESSORS) source sb \
	  $(srcdir)/ovsdb/ovn-sb.ovsschema ovsdb/sb-inc.h \
	  ovsdb/ovn-sb-idl.h > $@.tmp && mv $@.tmp $@
ovsdb/ovs-inc.h: $(OVS_SCHEMA)
	$(AM_V_GEN)$(MKDIR_P) ovsdb && $(INC_ACCESSORS) header ovs \
	  $(OVS_SCHEMA) > $@.tmp && mv $@.tmp $@
ovsdb/ovs-inc.c: $(OVS_SCHEMA)
	$(AM_V_GEN)$(MKDIR_P) ovsdb && $(INC_ACCESSORS) source ovs \
	  $(OVS_SCHEMA) ovsdb/ovs-inc.h vswitch-idl.h > $@.tmp && mv $@.tmp $@

# Who writes each column.
EXTRA_DIST += ovsdb/ownership.py ovsdb/ownership.tsv
lib_libovn_la_SOURCES += ovsdb/ownership.c ovsdb/ownership.h
BUILT_SOURCES += ovsdb/ownership.inc
CLEANFILES += ovsdb/ownership.inc
ovsdb/ownership.inc: ovsdb/ownership.tsv ovsdb/ownership.py
	$(AM_V_GEN)$(MKDIR_P) ovsdb && $(run_python) \
	  $(srcdir)/ovsdb/ownership.py c $(srcdir)/ovsdb/ownership.tsv \
	  > $@.tmp && mv $@.tmp $@

# Manual pages: manual.py makes of the XML what ovsdb-doc of Open vSwitch
# reads.  With graphviz, PostScript and PDF have a diagram as well.
DB_PAGES = ovsdb/ovn-nb.5 ovsdb/ovn-sb.5
DB_PAGE_PARTS = \
	ovsdb/db-connection.xml \
	ovsdb/db-external-ids.xml \
	ovsdb/db-health-check.xml \
	ovsdb/db-ssl.xml \
	ovsdb/ovn-nb-gateway.xml \
	ovsdb/ovn-nb-global.xml \
	ovsdb/ovn-nb-lb.xml \
	ovsdb/ovn-nb-router.xml \
	ovsdb/ovn-nb-security.xml \
	ovsdb/ovn-nb-services.xml \
	ovsdb/ovn-nb-switch.xml \
	ovsdb/ovn-nb.xml \
	ovsdb/ovn-sb-binding.xml \
	ovsdb/ovn-sb-chassis.xml \
	ovsdb/ovn-sb-learned.xml \
	ovsdb/ovn-sb-logical.xml \
	ovsdb/ovn-sb-services.xml \
	ovsdb/ovn-sb.xml
DB_MANUAL = $(run_python) $(srcdir)/ovsdb/manual.py
man_MANS += $(DB_PAGES)
EXTRA_DIST += ovsdb/manual.py $(DB_PAGE_PARTS)
CLEANFILES += $(DB_PAGES) $(DB_PAGES:.5=.page.xml) $(DB_PAGES:.5=.pic)
$(DB_PAGES): ovsdb/%.5: ovsdb/%.ovsschema ovsdb/manual.py $(DB_PAGE_PARTS) \
		Makefile
	$(AM_V_GEN)$(MKDIR_P) ovsdb && \
	$(DB_MANUAL) page $< $(srcdir)/ovsdb/$*.xml > ovsdb/$*.page.xml && \
	diagram= && \
	if test -n "$(DOT)"; then \
	  $(run_python) $(OVS_SOURCE)/ovsdb/ovsdb-dot.in $< | $(DOT) -Tplain | \
	    $(run_python) $(OVS_SOURCE)/ovsdb/dot2pic -f 3 > ovsdb/$*.pic && \
	  diagram=--er-diagram=ovsdb/$*.pic; \
	fi && \
	$(run_python) $(OVS_SOURCE)/ovsdb/ovsdb-doc $$diagram \
	  --version=$(PACKAGE_VERSION) $< ovsdb/$*.page.xml > $@.tmp && \
	$(SED) -e '/^\.TH/s/"Open vSwitch \([^"]*\)" "Open vSwitch Manual"/"OVN \1" "OVN Manual"/' \
	  $@.tmp > $@ && rm -f $@.tmp
