/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-debug: numbers of stages of the logical pipelines, for people and
 * scripts that read OpenFlow tables.  All of them come from
 * northd/pipeline.def and lib/logical.h. */

#include <config.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command-line.h"
#include "lib/logical.h"
#include "lib/ovn-dirs.h"
#include "lib/ovn-getopt.h"
#include "northd/pipeline.h"
#include "openvswitch/vlog.h"
#include "util.h"

OVS_NO_RETURN static void
usage(void)
{
    printf("\
%s: OVN debug utility\n\
usage: %s COMMAND [ARG...]\n\
\n\
lflow-stage-to-ltable STAGE_NAME\n\
  Converts STAGE_NAME into logical flow table number.\n\
\n\
lflow-stage-to-oftable STAGE_NAME\n\
  Converts STAGE_NAME into OpenFlow table number.\n\
\n\
lflow-pipeline-oftable-start-list\n\
  Lists the first OpenFlow table of each part of the pipeline.\n\
\n\
Options:\n\
  -h, --help              display this help message\n\
  -V, --version           display version information\n",
           program_name, program_name);
    exit(EXIT_SUCCESS);
}

/* The stage with that name.  Exits if there is none. */
static const struct stage_info *
find_stage(const char *name)
{
    for (size_t i = 0; i < n_stage_infos; i++) {
        if (!strcmp(stage_infos[i].name, name)) {
            return &stage_infos[i];
        }
    }
    ovs_fatal(0, "couldn't find OVN stage \"%s\"", name);
}

static void
cmd_stage_to_ltable(struct ovs_cmdl_context *ctx)
{
    printf("%u\n", find_stage(ctx->argv[1])->table);
}

static void
cmd_stage_to_oftable(struct ovs_cmdl_context *ctx)
{
    const struct stage_info *info = find_stage(ctx->argv[1]);

    printf("%u\n", info->table + (info->pipeline == STAGE_PIPELINE_IN
                                  ? OFTABLE_LOG_INGRESS
                                  : OFTABLE_LOG_EGRESS));
}

static void
cmd_start_list(struct ovs_cmdl_context *ctx OVS_UNUSED)
{
    static const struct {
        const char *name;
        unsigned int table;
    } starts[] = {
        { "PHY_TO_LOG", OFTABLE_PHY_TO_LOG },
        { "LOG_INGRESS_PIPELINE", OFTABLE_LOG_INGRESS },
        { "REMOTE_OUTPUT", OFTABLE_REMOTE_OUTPUT },
        { "LOCAL_OUTPUT", OFTABLE_LOCAL_OUTPUT },
        { "CHECK_LOOPBACK", OFTABLE_CHECK_LOOPBACK },
        { "LOG_EGRESS_PIPELINE", OFTABLE_LOG_EGRESS },
        { "SAVE_INPORT", OFTABLE_SAVE_INPORT },
        { "LOG_TO_PHY", OFTABLE_LOG_TO_PHY },
    };

    for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
        printf("%s %u\n", starts[i].name, starts[i].table);
    }
}

static void
cmd_help(struct ovs_cmdl_context *ctx OVS_UNUSED)
{
    usage();
}

static const struct ovs_cmdl_command commands[] = {
    { "lflow-stage-to-ltable", "STAGE_NAME", 1, 1, cmd_stage_to_ltable,
      OVS_RO },
    { "lflow-stage-to-oftable", "STAGE_NAME", 1, 1, cmd_stage_to_oftable,
      OVS_RO },
    { "lflow-pipeline-oftable-start-list", NULL, 0, 0, cmd_start_list,
      OVS_RO },
    { "help", NULL, 0, INT_MAX, cmd_help, OVS_RO },
    { NULL, NULL, 0, 0, NULL, OVS_RO },
};

static void
parse_options(int argc, char *argv[])
{
    enum {
        OPT_START = UCHAR_MAX + 1,
        VLOG_OPTION_ENUMS
    };
    static const struct option long_options[] = {
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'V'},
        VLOG_LONG_OPTIONS,
        {NULL, 0, NULL, 0},
    };
    int c;

    while ((c = ovn_getopt(argc, argv, "+", long_options, usage, 0)) != -1) {
        switch (c) {
        VLOG_OPTION_HANDLERS
        default:
            OVS_NOT_REACHED();
        }
    }
}

int
main(int argc, char *argv[])
{
    ovn_set_program_name(argv[0]);
    parse_options(argc, argv);
    if (optind >= argc) {
        ovs_fatal(0, "missing command; use --help for help");
    }

    struct ovs_cmdl_context ctx = {
        .argc = argc - optind,
        .argv = argv + optind,
    };
    ovs_cmdl_run_command(&ctx, commands);
    return EXIT_SUCCESS;
}
