/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* ovn-appctl, which sends a command to a running daemon and prints the
 * answer.  It is to our daemons what ovs-appctl is to Open vSwitch's: it looks
 * for them in OVN_RUNDIR. */

#include <config.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "jsonrpc.h"
#include "lib/ovn-dirs.h"
#include "lib/ovn-getopt.h"
#include "openvswitch/json.h"
#include "openvswitch/vlog.h"
#include "process.h"
#include "timeval.h"
#include "unixctl.h"
#include "util.h"

struct settings {
    const char *target;
    unsigned int timeout;
    bool json;
};

OVS_NO_RETURN static void
usage(void)
{
    printf("\
%s, for querying and controlling OVN daemon\n\
usage: %s [TARGET] COMMAND [ARG...]\n\
Targets:\n\
  -t, --target=TARGET  pidfile or socket to contact\n\
                       (default: ovn-northd)\n\
Common commands:\n\
  list-commands      List commands supported by the target\n\
  version            Print version of the target\n\
  vlog/list          List current logging levels\n\
  vlog/list-pattern  List logging patterns for each destination.\n\
  vlog/set [SPEC]\n\
      Set log levels as detailed in SPEC, which may include:\n\
      A valid module name (all modules, by default)\n\
      'syslog', 'console', 'file' (all destinations, by default)\n\
      'off', 'emer', 'err', 'warn', 'info', or 'dbg' ('dbg', by default)\n\
  vlog/reopen        Make the program reopen its log file\n\
Other options:\n\
  -T, --timeout=SECS wait at most SECS seconds for a response\n\
  -f, --format=FMT   output format: \"text\" (the default) or \"json\"\n\
  -h, --help         Print this helpful information\n\
  -V, --version      Display ovn-appctl version information\n",
           program_name, program_name);
    exit(EXIT_SUCCESS);
}

static struct settings
parse_options(int argc, char *argv[])
{
    enum {
        OPT_START = UCHAR_MAX + 1,
        VLOG_OPTION_ENUMS
    };
    static const struct option long_options[] = {
        {"target", required_argument, NULL, 't'},
        {"execute", no_argument, NULL, 'e'},
        {"format", required_argument, NULL, 'f'},
        {"help", no_argument, NULL, 'h'},
        {"option", no_argument, NULL, 'o'},
        {"version", no_argument, NULL, 'V'},
        {"timeout", required_argument, NULL, 'T'},
        VLOG_LONG_OPTIONS,
        {NULL, 0, NULL, 0},
    };
    struct settings settings = { .target = NULL };
    int c;

    while ((c = ovn_getopt(argc, argv, "+", long_options, usage, 0)) != -1) {
        switch (c) {
        case 't':
            if (settings.target) {
                ovs_fatal(0, "-t or --target may be specified only once");
            }
            settings.target = optarg;
            break;
        case 'e':
            /* Old scripts write "-e COMMAND". */
            break;
        case 'f':
            if (strcmp(optarg, "text") && strcmp(optarg, "json")) {
                ovs_fatal(0, "argument to -f or --format must be "
                          "\"text\" or \"json\"");
            }
            settings.json = !strcmp(optarg, "json");
            break;
        case 'T':
            if (!str_to_uint(optarg, 10, &settings.timeout)
                || !settings.timeout) {
                ovs_fatal(0, "value %s on -T or --timeout is invalid", optarg);
            }
            break;
        VLOG_OPTION_HANDLERS
        default:
            OVS_NOT_REACHED();
        }
    }

    if (optind >= argc) {
        ovs_fatal(0, "at least one non-option argument is required "
                  "(use --help for help)");
    }
    if (!settings.target) {
        settings.target = "ovn-northd";
    }
    return settings;
}

/* Connects to the daemon 'target', or exits. */
static struct jsonrpc *
connect_to_target(const char *target)
{
    struct jsonrpc *client;
    char *socket;

    char *error_s = ovn_find_daemon_socket(target, &socket);
    if (error_s) {
        ovs_fatal(0, "%s", error_s);
    }
    int error = unixctl_client_create(socket, &client);
    if (error) {
        ovs_fatal(error, "cannot connect to \"%s\"", socket);
    }
    free(socket);
    return client;
}

/* Prints 'text', a daemon's answer, as JSON: in the form that a daemon uses
 * that has only text to answer with. */
static void
print_as_json(const char *text)
{
    struct json *json = json_object_create();

    json_object_put_string(json, "reply-format", "plain");
    json_object_put_string(json, "reply", text);
    char *s = json_to_string(json, JSSF_SORT);
    puts(s);
    free(s);
    json_destroy(json);
}

int
main(int argc, char *argv[])
{
    ovn_set_program_name(argv[0]);
    struct settings settings = parse_options(argc, argv);
    ctl_timeout_setup(settings.timeout);

    struct jsonrpc *client = connect_to_target(settings.target);
    char *cmd = argv[optind++];
    char *result, *cmd_error;
    int error = unixctl_client_transact(client, cmd, argc - optind,
                                        argc > optind ? argv + optind : NULL,
                                        &result, &cmd_error);
    if (error) {
        ovs_fatal(error, "%s: transaction error", settings.target);
    }
    jsonrpc_close(client);

    if (cmd_error) {
        fputs(cmd_error, stderr);
        ovs_error(0, "%s: server returned an error", settings.target);
        exit(2);
    }
    if (settings.json) {
        print_as_json(result);
    } else {
        fputs(result, stdout);
    }
    free(result);
    return EXIT_SUCCESS;
}
