/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef LIB_OVN_GETOPT_H
#define LIB_OVN_GETOPT_H 1

/* The options of a program.
 *
 * A program calls ovn_getopt() until it returns -1, as it would call
 * getopt_long().  What is the same in all programs is done within: --help,
 * --version, --option(s), which lists the options, and the end after an option
 * that there is not. */

#include <getopt.h>
#include <stdint.h>

int ovn_getopt(int argc, char *argv[], const char *mode,
               const struct option *, void (*usage)(void),
               uint8_t ofp_version);

#endif /* lib/ovn-getopt.h */
