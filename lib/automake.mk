# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

# lib/libovn.la: what both compilers and the tools share.

noinst_LTLIBRARIES += lib/libovn.la
lib_libovn_la_SOURCES =
nodist_lib_libovn_la_SOURCES =
