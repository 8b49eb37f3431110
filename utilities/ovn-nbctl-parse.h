/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef UTILITIES_OVN_NBCTL_PARSE_H
#define UTILITIES_OVN_NBCTL_PARSE_H 1

/* Parsers of numbers and choices that commands of ovn-nbctl are about to
 * store, and that a schema could not hold if they were wrong.  (Other values
 * are checked by utilities/ovn-nbctl-check.h.)
 *
 * Every function reports an error with ctl_error() and returns false if its
 * argument is wrong; otherwise it stores what the argument means and returns
 * true. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ctl_context;

/* Parses the decimal integer 'arg' between 'min' and 'max'.  'what' names it
 * in the message, e.g. "priority". */
bool nbctl_parse_int(struct ctl_context *, const char *arg, const char *what,
                     int64_t min, int64_t max, int64_t *);

/* Parses a priority, from 0 to 32767, or a direction, "to-lport" or
 * "from-lport". */
bool nbctl_parse_priority(struct ctl_context *, const char *arg, int64_t *);
bool nbctl_parse_direction(struct ctl_context *, const char *arg,
                           const char **);

/* Finds the one of the 'n' 'choices' that is 'arg' or, if there is none, the
 * only one that begins with 'arg'.  'what' names it in the message. */
bool nbctl_parse_choice(struct ctl_context *, const char *arg,
                        const char *what, const char *const *choices,
                        size_t n, const char **);

#endif /* utilities/ovn-nbctl-parse.h */
