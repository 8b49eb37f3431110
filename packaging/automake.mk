# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

# systemd units, their options, log rotation; see packaging/README.md.
SYSTEMD_UNITS = \
	packaging/ovn-central.service \
	packaging/ovn-controller.service \
	packaging/ovn-host.service \
	packaging/ovn-northd.service \
	packaging/ovn-ovsdb-server-nb.service \
	packaging/ovn-ovsdb-server-sb.service
substituted += $(SYSTEMD_UNITS) packaging/ovn-common.logrotate
nodist_systemdsystemunit_DATA = $(SYSTEMD_UNITS)
EXTRA_DIST += \
	packaging/README.md \
	packaging/ovn-central.default \
	packaging/ovn-host.default
EXTRA_DIST += \
	debian/README.md \
	debian/changelog \
	debian/control \
	debian/copyright \
	debian/ovn-central.install \
	debian/ovn-common.dirs \
	debian/ovn-common.docs \
	debian/ovn-common.install \
	debian/ovn-common.postrm \
	debian/ovn-doc.install \
	debian/ovn-host.install \
	debian/ovn-host.postinst \
	debian/ovn-host.triggers \
	debian/rules \
	debian/source/format
all-local: packaging/ovn-common.logrotate

# Each of these has another name where it goes.
install-data-local: packaging/ovn-common.logrotate
	$(MKDIR_P) '$(DESTDIR)$(sysconfdir)/default' \
	  '$(DESTDIR)$(sysconfdir)/logrotate.d'
	$(INSTALL_DATA) $(srcdir)/packaging/ovn-central.default \
	  '$(DESTDIR)$(sysconfdir)/default/ovn-central'
	$(INSTALL_DATA) $(srcdir)/packaging/ovn-host.default \
	  '$(DESTDIR)$(sysconfdir)/default/ovn-host'
	$(INSTALL_DATA) packaging/ovn-common.logrotate \
	  '$(DESTDIR)$(sysconfdir)/logrotate.d/ovn-common'
uninstall-local:
	rm -f '$(DESTDIR)$(sysconfdir)/default/ovn-central' \
	  '$(DESTDIR)$(sysconfdir)/default/ovn-host' \
	  '$(DESTDIR)$(sysconfdir)/logrotate.d/ovn-common'
