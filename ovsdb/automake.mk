# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

# The databases' schemas and the code generated from them.

EXTRA_DIST += \
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
