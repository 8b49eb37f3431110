# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

# The test suite: Autotest files, and one program for all module tests.

TESTSUITE_AT = \
	tests/testsuite.at \
	tests/actions.at \
	tests/controller-groups.at \
	tests/controller-lflow.at \
	tests/controller-sets.at \
	tests/controller-zones.at \
	tests/expr.at \
	tests/install.at \
	tests/language.at \
	tests/ovn-macros.at \
	tests/lint.at \
	tests/manual.at \
	tests/module.at \
	tests/incremental.at \
	tests/random.at \
	tests/ofswitch.at \
	tests/ovn-ctl.at \
	tests/ovn-controller.at \
	tests/ovn-controller-debug.at \
	tests/ovn-controller-flows.at \
	tests/ovn-controller-macros.at \
	tests/ovn-controller-packet.at \
	tests/ovn-controller-ports.at \
	tests/ovn-controller-restore.at \
	tests/ovn-northd.at \
	tests/ovn-macros-test.at \
	tests/ovn-nbctl.at \
	tests/ovn-nbctl-acl.at \
	tests/ovn-nbctl-bad.at \
	tests/ovn-nbctl-groups.at \
	tests/ovn-nbctl-meter.at \
	tests/ovn-nbctl-port.at \
	tests/ovn-nbctl-router.at \
	tests/ovn-nbctl-switch.at \
	tests/ovn-sbctl.at \
	tests/ovn-tools.at \
	tests/ovn-debug.at \
	tests/ovn-detrace.at \
	tests/ovn-trace.at \
	tests/schema.at
TESTSUITE = tests/testsuite
EXTRA_DIST += \
	$(TESTSUITE_AT) \
	tests/README.md \
	tests/atlocal.in \
	tests/data/actions-lines.txt \
	tests/data/expr-lines.txt \
	tests/data/install-layout.txt \
	tests/data/option-keys.tsv \
	tests/data/schema-nb.tsv \
	tests/data/schema-sb.tsv \
	tests/data/trace-actions.txt \
	tests/data/trace-network.txt \
	tests/data/trace-packets.txt \
	tests/log-noise \
	tests/ofswitch-proxy.py \
	tests/ovn-lib.sh \
	tests/older-schema.py \
	tests/random-nb.py \
	tests/schema-check.py \
	tests/trace-actions.py \
	tests/trace-verdict.py
CLEANFILES += tests/package.m4 $(TESTSUITE)
DISTCLEANFILES += tests/atconfig

noinst_PROGRAMS += tests/test-ovn
tests_test_ovn_SOURCES = \
	tests/idl-test.c \
	tests/ownership-test.c \
	tests/test-ovn.c \
	tests/test-ovn.h
tests_test_ovn_SOURCES += tests/actions-test.c tests/lex-test.c
tests_test_ovn_SOURCES += tests/expr-test.c tests/expr-lines-test.c
tests_test_ovn_SOURCES += tests/expr-limits-test.c
tests_test_ovn_SOURCES += tests/expr-names.c tests/expr-names.h
tests_test_ovn_SOURCES += tests/expr-oxm-test.c tests/expr-oxm.h
tests_test_ovn_SOURCES += tests/expr-random.c tests/expr-random.h
tests_test_ovn_SOURCES += tests/microflow-test.c
tests_test_ovn_SOURCES += tests/lang-bench.c
tests_test_ovn_LDADD = northd/libnorthd.la controller/libofswitch.la \
	$(OVN_LDADD)
tests_test_ovn_SOURCES += tests/addr-test.c tests/northd-keys-test.c
tests_test_ovn_SOURCES += tests/port-sec-test.c
tests_test_ovn_SOURCES += tests/ofswitch-test.c
tests_test_ovn_SOURCES += tests/inc-cx-test.c tests/inc-elements-test.c
tests_test_ovn_SOURCES += tests/inc-fuzz-test.c tests/inc-fuzz.h \
	tests/inc-fuzz-engine.c tests/inc-fuzz-naive.c tests/inc-fuzz-programs.c
tests_test_ovn_SOURCES += tests/inc-numbers.c tests/inc-numbers.h
tests_test_ovn_SOURCES += tests/inc-idl-test.c
tests_test_ovn_SOURCES += tests/inc-rules-test.c tests/inc-test.c
tests_test_ovn_SOURCES += tests/inc-unixctl-test.c tests/inc-verify-test.c

AUTOTEST = $(AUTOM4TE) --language=autotest
tests/package.m4: $(top_srcdir)/configure.ac
	$(AM_V_GEN)$(MKDIR_P) tests && { \
	  echo '# Signature of the current package.'; \
	  echo 'm4_define([AT_PACKAGE_NAME], [$(PACKAGE_NAME)])'; \
	  echo 'm4_define([AT_PACKAGE_TARNAME], [$(PACKAGE_TARNAME)])'; \
	  echo 'm4_define([AT_PACKAGE_VERSION], [$(PACKAGE_VERSION)])'; \
	  echo 'm4_define([AT_PACKAGE_STRING], [$(PACKAGE_STRING)])'; \
	  echo 'm4_define([AT_PACKAGE_BUGREPORT], [$(PACKAGE_BUGREPORT)])'; \
	} >'$@'
$(TESTSUITE): tests/package.m4 $(TESTSUITE_AT)
	$(AM_V_GEN)$(AUTOTEST) -I tests -I '$(srcdir)' -o $@.tmp \
	  '$(srcdir)/tests/testsuite.at' && mv $@.tmp $@

# "make check TESTSUITEFLAGS='-k engine'" runs the tests with that keyword.
check-local: all tests/atlocal $(TESTSUITE)
	$(SHELL) $(TESTSUITE) -C tests AUTOTEST_PATH=tests:northd:controller:utilities $(TESTSUITEFLAGS)
# (Not "testsuite --clean": the testsuite may be gone by now.)
clean-local:
	rm -rf tests/testsuite.dir tests/testsuite.log

# System tests, and the demo.
EXTRA_DIST += \
	tests/system/README.md \
	tests/system/check \
	tests/system/controller-restart.inc \
	tests/system/traffic.inc \
	tests/system/dbdump \
	tests/system/demo \
	tests/system/lib.sh \
	tests/system/migrate \
	tests/system/nettool \
	tests/system/run-doc \
	tests/system/units \
	tests/system/units-guest \
	$(SYSTEM_TESTS)
SYSTEM_TESTS = \
	tests/system/admission.sh \
	tests/system/bad-encap.sh \
	tests/system/bad-remote.sh \
	tests/system/bad-rows.sh \
	tests/system/bad-schema.sh \
	tests/system/cluster.sh \
	tests/system/config-changes.sh \
	tests/system/controller-exit.sh \
	tests/system/controller-kill.sh \
	tests/system/controller-restart.sh \
	tests/system/demo-runs.sh \
	tests/system/disabled-port.sh \
	tests/system/disk-full.sh \
	tests/system/documents.sh \
	tests/system/faults.sh \
	tests/system/flood.sh \
	tests/system/move.sh \
	tests/system/northd-restart.sh \
	tests/system/northd-standby.sh \
	tests/system/ovn-ctl.sh \
	tests/system/random-edits.sh \
	tests/system/recompute.sh \
	tests/system/start-order.sh \
	tests/system/three-hosts.sh \
	tests/system/tls-rbac.sh \
	tests/system/traffic-geneve.sh \
	tests/system/traffic-vxlan.sh \
	tests/system/two-claims.sh \
	tests/system/unplug.sh \
	tests/system/upgrade.sh
tests_test_ovn_SOURCES += tests/inc-rows-test.c tests/inc-rows-test.h \
	tests/inc-rows-compiler.c tests/inc-rows-edits.c tests/inc-rows-oracle.c

# The bench.
EXTRA_DIST += \
	tests/bench/README.md \
	tests/bench/bench \
	tests/bench/cli \
	tests/bench/lang.py \
	tests/bench/rpc.py \
	tests/bench/scenes.py \
	tests/bench/side.py
# Fuzz targets, see tests/fuzz/fuzz.h: with the sanitizers and a small fuzzer
# of our own, or with libFuzzer.
EXTRA_DIST += \
	tests/fuzz/actions.seeds \
	tests/fuzz/addr.seeds \
	tests/fuzz/check \
	tests/fuzz/expr.seeds \
	tests/fuzz/fuzz \
	tests/fuzz/microflow.seeds \
	tests/fuzz/packet-in.seeds
FUZZERS = \
	tests/fuzz/fuzz-actions \
	tests/fuzz/fuzz-addr \
	tests/fuzz/fuzz-expr \
	tests/fuzz/fuzz-microflow \
	tests/fuzz/fuzz-packet-in
EXTRA_PROGRAMS = $(FUZZERS)
CLEANFILES += $(FUZZERS)
if SANITIZERS
noinst_PROGRAMS += $(FUZZERS)
endif
fuzzers: $(BUILT_SOURCES)
	$(MAKE) $(AM_MAKEFLAGS) $(FUZZERS)
.PHONY: fuzzers

if FUZZER
FUZZ_DRIVER =
else
FUZZ_DRIVER = tests/fuzz/driver.c
endif
FUZZ_LINK = $(AM_LDFLAGS) $(FUZZER_LDFLAGS)
tests_fuzz_fuzz_actions_SOURCES = \
	tests/fuzz/fuzz-actions.c tests/fuzz/fuzz.h $(FUZZ_DRIVER)
tests_fuzz_fuzz_actions_LDADD = $(OVN_LDADD)
tests_fuzz_fuzz_actions_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_addr_SOURCES = \
	tests/fuzz/fuzz-addr.c tests/fuzz/fuzz.h $(FUZZ_DRIVER)
tests_fuzz_fuzz_addr_LDADD = $(OVN_LDADD)
tests_fuzz_fuzz_addr_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_expr_SOURCES = \
	tests/fuzz/fuzz-expr.c tests/fuzz/fuzz.h $(FUZZ_DRIVER)
tests_fuzz_fuzz_expr_LDADD = $(OVN_LDADD)
tests_fuzz_fuzz_expr_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_microflow_SOURCES = \
	tests/fuzz/fuzz-microflow.c tests/fuzz/fuzz.h $(FUZZ_DRIVER)
tests_fuzz_fuzz_microflow_LDADD = $(OVN_LDADD)
tests_fuzz_fuzz_microflow_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_packet_in_SOURCES = \
	tests/fuzz/fuzz-packet-in.c tests/fuzz/fuzz.h $(FUZZ_DRIVER)
tests_fuzz_fuzz_packet_in_LDADD = controller/libofswitch.la $(OVN_LDADD)
tests_fuzz_fuzz_packet_in_LDFLAGS = $(FUZZ_LINK)

# Transcripts of the tools.
EXTRA_DIST += \
	tests/data/tool-commands.tsv \
	tests/data/tool-option-lines.tsv \
	tests/data/tool-options.tsv \
	tests/tools/README.md \
	tests/tools/options \
	tests/tools/reference.py \
	tests/tools/trace-compare \
	tests/tools/trace-differences \
	tests/tools/coverage \
	tests/tools/differences \
	tests/tools/nbctl-acl.txt \
	tests/tools/nbctl-dhcp.txt \
	tests/tools/nbctl-general.txt \
	tests/tools/nbctl-groups.txt \
	tests/tools/nbctl-lb.txt \
	tests/tools/nbctl-meters.txt \
	tests/tools/nbctl-mirrors.txt \
	tests/tools/nbctl-nat.txt \
	tests/tools/nbctl-networks.txt \
	tests/tools/nbctl-policies.txt \
	tests/tools/nbctl-ports.txt \
	tests/tools/nbctl-qos.txt \
	tests/tools/nbctl-routes.txt \
	tests/tools/nbctl-switches.txt \
	tests/tools/sbctl-general.txt \
	tests/tools/sbctl-generic.txt \
	tests/tools/transcript.py \
	tests/tools/transcripts
