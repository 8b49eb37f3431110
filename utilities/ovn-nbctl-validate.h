/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef UTILITIES_OVN_NBCTL_VALIDATE_H
#define UTILITIES_OVN_NBCTL_VALIDATE_H 1

/* Checks on what commands of ovn-nbctl are about to store.
 *
 * Only what is certain to be wrong, by itself and whatever else the database
 * holds now or later, is refused.  So a match is compiled, but the ports,
 * address sets and port groups that it names need not exist.
 *
 * Every function reports an error with ctl_error() and returns false if its
 * argument is wrong; otherwise it stores what the argument means, if it stores
 * anything, and returns true.
 *
 * Numbers and choices that a schema could not hold are always refused.  A
 * command with a match, which a later version of the language might accept,
 * also has the option --no-validate to store it all the same:
 * NBCTL_NO_VALIDATE in its table of options. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ctl_context;

/* The option that turns off nbctl_check_match(). */
#define NBCTL_NO_VALIDATE "--no-validate"

/* Is 'match' an expression that the controllers can compile (ovn-sb(5),
 * lib/expr.h)?  Always true with --no-validate. */
bool nbctl_check_match(struct ctl_context *, const char *match);

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

#endif /* utilities/ovn-nbctl-validate.h */
