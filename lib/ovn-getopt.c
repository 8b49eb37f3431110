/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* The options of a program; see lib/ovn-getopt.h. */

#include <config.h>
#include "lib/ovn-getopt.h"

#include <stdlib.h>

#include "command-line.h"
#include "lib/ovn-dirs.h"
#include "util.h"

/* Returns the next of the 'options' in 'argv', with its argument in 'optarg',
 * or -1 if there is none; 'optind' is the index of what follows.  'mode' is
 * "+" if options end at the first argument that is not one, otherwise "".
 * 'usage' prints the help and exits.  'ofp_version' is the version of OpenFlow
 * that --version names, or 0. */
int
ovn_getopt(int argc, char *argv[], const char *mode,
           const struct option *options, void (*usage)(void),
           uint8_t ofp_version)
{
    char *letters = ovs_cmdl_long_options_to_short_options(options);
    char *short_options = xasprintf("%s%s", mode, letters);
    int c = getopt_long(argc, argv, short_options, options, NULL);

    free(short_options);
    free(letters);
    switch (c) {
    case 'h':
        usage();
        OVS_NOT_REACHED();
    case 'o':
        ovs_cmdl_print_options(options);
        exit(EXIT_SUCCESS);
    case 'V':
        ovn_print_version(ofp_version, ofp_version);
        exit(EXIT_SUCCESS);
    case '?':
        exit(EXIT_FAILURE);
    default:
        return c;
    }
}
