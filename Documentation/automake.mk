# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

# Manuals and manual pages.
EXTRA_DIST += Documentation/README.md Documentation/md2man.py
dist_doc_DATA += \
	Documentation/add-a-feature.md \
	Documentation/architecture.md \
	Documentation/engine.md \
	Documentation/language.md \
	Documentation/ovn-architecture.md \
	Documentation/roadmap.md \
	Documentation/tutorial.md
howtodir = $(docdir)/howto
dist_howto_DATA = \
	Documentation/howto/clustering-and-failover.md \
	Documentation/howto/packet-is-dropped.md \
	Documentation/howto/port-stays-down.md \
	Documentation/howto/tls-and-roles.md

# The pages of section 7, from Markdown.
SEVEN_PAGES = \
	Documentation/ovn-architecture.7 \
	Documentation/ovn-logical-language.7
MD2MAN = $(run_python) $(srcdir)/Documentation/md2man.py
man_MANS += $(SEVEN_PAGES)
CLEANFILES += $(SEVEN_PAGES)
$(SEVEN_PAGES): Documentation/md2man.py Makefile
Documentation/ovn-architecture.7: Documentation/ovn-architecture.md \
		Documentation/pipeline.md
	$(AM_V_GEN)$(MKDIR_P) Documentation && \
	$(MD2MAN) ovn-architecture 7 $(PACKAGE_VERSION) \
	  $(srcdir)/Documentation/ovn-architecture.md \
	  Documentation/pipeline.md > $@.tmp && mv $@.tmp $@
Documentation/ovn-logical-language.7: Documentation/language.md
	$(AM_V_GEN)$(MKDIR_P) Documentation && \
	$(MD2MAN) ovn-logical-language 7 $(PACKAGE_VERSION) \
	  $(srcdir)/Documentation/language.md > $@.tmp && mv $@.tmp $@
