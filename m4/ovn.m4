# Copyright (c) 2026 The authors, see NOTICE.
#
# Licensed under the Apache License, Version 2.0; see LICENSE.

# The questions that 'configure' asks, one macro each.

# OVN_CHECK_SANITIZERS
#
# --enable-sanitizers builds with the address and undefined-behaviour
# sanitizers.  Must come before AC_PROG_CC, to choose CFLAGS.
AC_DEFUN([OVN_CHECK_SANITIZERS],
  [AC_ARG_ENABLE(
     [sanitizers],
     [AS_HELP_STRING([--enable-sanitizers],
                     [build with ASan and UBSan, never with mimalloc])],
     [], [enable_sanitizers=no])
   SANITIZER_CFLAGS=
   if test "$enable_sanitizers" = yes; then
     SANITIZER_CFLAGS='-fsanitize=address,undefined -fno-omit-frame-pointer'
     : ${CFLAGS='-g -O1'}
   fi
   AC_SUBST([SANITIZER_CFLAGS])
   AM_CONDITIONAL([SANITIZERS], [test "$enable_sanitizers" = yes])])

# OVN_CHECK_PYTHON
#
# Finds the Python 3 that runs the code generators and the tests' scripts.
# The system's own comes first: it sees the distribution's packages.
AC_DEFUN([OVN_CHECK_PYTHON],
  [AC_ARG_VAR([PYTHON3], [Python 3 interpreter])
   if test -z "$PYTHON3"; then
     AC_PATH_PROG([PYTHON3], [python3], [no], [/usr/bin:$PATH])
   fi
   if test "$PYTHON3" = no; then
     AC_MSG_ERROR([Python 3 is needed to generate code])
   fi])

# OVN_CHECK_OVS
#
# Finds the source and build trees of Open vSwitch and sets OVS_CPPFLAGS and
# OVS_LIBS.  Its headers are system headers to us, so that only our own code
# is warned about.
AC_DEFUN([OVN_CHECK_OVS],
  [AC_ARG_WITH(
     [ovs-source],
     [AS_HELP_STRING([--with-ovs-source=DIR],
                     [source tree of Open vSwitch (required)])],
     [], [with_ovs_source=])
   AC_ARG_WITH(
     [ovs-build],
     [AS_HELP_STRING([--with-ovs-build=DIR],
                     [build tree of Open vSwitch, with static libraries
                      (default: the source tree)])],
     [], [with_ovs_build=])
   AC_MSG_CHECKING([for Open vSwitch])
   if test -z "$with_ovs_source"; then
     AC_MSG_ERROR([--with-ovs-source=DIR is needed ("./dev build" does it all)])
   fi
   OVS_SOURCE=`cd "$with_ovs_source" 2>/dev/null && pwd`
   OVS_BUILD=`cd "${with_ovs_build:-$with_ovs_source}" 2>/dev/null && pwd`
   if test ! -f "$OVS_SOURCE/ovsdb/ovsdb-idlc.in"; then
     AC_MSG_ERROR([$with_ovs_source is no source tree of Open vSwitch])
   fi
   for f in config.h lib/vswitch-idl.h lib/libopenvswitch.la ovsdb/libovsdb.la
   do
     if test ! -f "$OVS_BUILD/$f"; then
       AC_MSG_ERROR([$f is missing in ${with_ovs_build:-$with_ovs_source}, which
                     is no complete build of Open vSwitch])
     fi
   done
   OVS_VERSION=`$SED -n \
     's/^#define PACKAGE_VERSION "\(.*\)"/\1/p' "$OVS_BUILD/config.h"`
   AC_MSG_RESULT([$OVS_VERSION])
   OVS_CPPFLAGS=
   for d in "$OVS_SOURCE/include" "$OVS_BUILD/include" "$OVS_SOURCE/lib" \
            "$OVS_BUILD/lib" "$OVS_SOURCE" "$OVS_BUILD"; do
     OVS_CPPFLAGS="$OVS_CPPFLAGS -isystem $d"
   done
   OVS_LIBS="$OVS_BUILD/ovsdb/libovsdb.la $OVS_BUILD/lib/libopenvswitch.la"
   OVS_LIBS="$OVS_LIBS -lpthread"
   AC_SUBST([OVS_SOURCE])
   AC_SUBST([OVS_BUILD])
   AC_SUBST([OVS_VERSION])
   AC_SUBST([OVS_CPPFLAGS])
   AC_SUBST([OVS_LIBS])])

# OVN_CHECK_MIMALLOC
#
# What replicates a database spends most of its time in malloc() when it
# starts; mimalloc halves that.  It is linked when found, except under the
# sanitizers, which bring an allocator of their own.
AC_DEFUN([OVN_CHECK_MIMALLOC],
  [AC_ARG_WITH(
     [mimalloc],
     [AS_HELP_STRING([--without-mimalloc],
                     [do not link the programs with mimalloc])],
     [], [with_mimalloc=check])
   MIMALLOC_LIBS=
   if test "$enable_sanitizers$enable_fuzzer" != nono; then
     with_mimalloc=no
   fi
   if test "$with_mimalloc" != no; then
     AC_CHECK_LIB([mimalloc], [mi_version],
                  [MIMALLOC_LIBS='-Wl,--no-as-needed -lmimalloc'],
                  [if test "$with_mimalloc" = yes; then
                     AC_MSG_ERROR([mimalloc was asked for but not found])
                   fi])
   fi
   AC_SUBST([MIMALLOC_LIBS])])

# OVN_CHECK_FUZZER
#
# --enable-fuzzer builds the fuzz targets of tests/fuzz with libFuzzer, which
# needs CC=clang.
AC_DEFUN([OVN_CHECK_FUZZER],
  [AC_ARG_ENABLE(
     [fuzzer],
     [AS_HELP_STRING([--enable-fuzzer],
                     [build the fuzz targets with libFuzzer (CC=clang)])],
     [], [enable_fuzzer=no])
   FUZZER_LDFLAGS=
   if test "$enable_fuzzer" = yes; then
     SANITIZER_CFLAGS='-fsanitize=fuzzer-no-link,address,undefined'
     FUZZER_LDFLAGS='-fsanitize=fuzzer'
   fi
   AC_SUBST([FUZZER_LDFLAGS])
   AM_CONDITIONAL([FUZZER], [test "$enable_fuzzer" = yes])])

# OVN_ENABLE_OPTION([OPTION])
#
# Adds OPTION to WARNING_CFLAGS if the compiler takes it.
AC_DEFUN([OVN_ENABLE_OPTION],
  [AS_VAR_PUSHDEF([cache], [ovn_cv_option_$1])
   AC_CACHE_CHECK([whether $CC accepts $1], [cache],
     [ovn_save_CFLAGS=$CFLAGS
      dnl The compiler accepts any -Wno-X, so ask for -WX.
      CFLAGS="$CFLAGS -Werror m4_bpatsubst([$1], [-Wno-], [-W])"
      AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[]], [[]])],
                        [AS_VAR_SET([cache], [yes])],
                        [AS_VAR_SET([cache], [no])])
      CFLAGS=$ovn_save_CFLAGS])
   AS_VAR_IF([cache], [yes], [WARNING_CFLAGS="$WARNING_CFLAGS $1"])
   AS_VAR_POPDEF([cache])])

# OVN_WARNINGS
#
# Every warning that Open vSwitch builds with, and --enable-Werror.
AC_DEFUN([OVN_WARNINGS],
  [AC_ARG_ENABLE(
     [Werror],
     [AS_HELP_STRING([--enable-Werror], [treat warnings as errors])],
     [], [enable_Werror=no])
   WARNING_CFLAGS=
   m4_foreach_w([option],
     [-Wall -Wextra -Wno-sign-compare -Wno-unused-parameter -Wpointer-arith
      -Wformat -Wformat-security -Wswitch-enum -Wswitch-bool
      -Wbad-function-cast -Wcast-align -Wcast-align=strict
      -Wstrict-prototypes -Wold-style-definition -Wmissing-prototypes
      -Wmissing-field-initializers -Wthread-safety -Wlogical-not-parentheses
      -Wsizeof-array-argument -Wbool-compare -Wshift-negative-value
      -Wduplicated-cond -Wshadow -Wmultistatement-macros
      -Wno-null-pointer-arithmetic
      -fno-strict-aliasing],
     [OVN_ENABLE_OPTION(option)])
   if test "$enable_Werror" = yes; then
     WARNING_CFLAGS="$WARNING_CFLAGS -Werror"
   fi
   AC_SUBST([WARNING_CFLAGS])])
