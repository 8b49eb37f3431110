/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Parsers of what commands of ovn-nbctl are about to store; see
 * utilities/ovn-nbctl-parse.h. */

#include <config.h>

#include "utilities/ovn-nbctl-parse.h"

#include <stdlib.h>
#include <string.h>

#include "db-ctl-base.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"

/* Is 'arg' a decimal integer between 'min' and 'max'? */
static bool
parse_int(const char *arg, int64_t min, int64_t max, int64_t *value)
{
    long long int x;

    if (!str_to_llong(arg, 10, &x) || x < min || x > max) {
        return false;
    }
    *value = x;
    return true;
}

bool
nbctl_parse_int(struct ctl_context *ctx, const char *arg, const char *what,
                int64_t min, int64_t max, int64_t *value)
{
    if (!parse_int(arg, min, max, value)) {
        ctl_error(ctx, "%s: %s must be in the range %"PRId64"...%"PRId64,
                  arg, what, min, max);
        return false;
    }
    return true;
}

bool
nbctl_parse_priority(struct ctl_context *ctx, const char *arg,
                     int64_t *priority)
{
    if (!parse_int(arg, 0, 32767, priority)) {
        /* The words that scripts know. */
        ctl_error(ctx, "%s: priority must in range 0...32767", arg);
        return false;
    }
    return true;
}

/* Returns the only one of the 'n' 'choices' that is 'arg' or, failing that,
 * begins with it.  Returns null if there is none, or more than one. */
static const char *
find_choice(const char *arg, const char *const *choices, size_t n)
{
    const char *found = NULL;
    size_t n_found = 0;

    for (size_t i = 0; i < n; i++) {
        if (!strcmp(choices[i], arg)) {
            return choices[i];
        } else if (!strncmp(choices[i], arg, strlen(arg))) {
            found = choices[i];
            n_found++;
        }
    }
    return n_found == 1 && arg[0] ? found : NULL;
}

bool
nbctl_parse_choice(struct ctl_context *ctx, const char *arg, const char *what,
                   const char *const *choices, size_t n, const char **choice)
{
    const char *found = find_choice(arg, choices, n);

    if (found) {
        *choice = found;
        return true;
    }

    struct ds s = DS_EMPTY_INITIALIZER;
    for (size_t i = 0; i < n; i++) {
        const char *separator = i + 1 < n ? ", " : n > 2 ? ", and " : " or ";
        ds_put_format(&s, "%s\"%s\"", i ? separator : "", choices[i]);
    }
    ctl_error(ctx, "%s: %s must be %s%s", arg, what, n > 2 ? "one of " : "",
              ds_cstr(&s));
    ds_destroy(&s);
    return false;
}

bool
nbctl_parse_direction(struct ctl_context *ctx, const char *arg,
                      const char **direction)
{
    static const char *const directions[] = { "to-lport", "from-lport" };

    return nbctl_parse_choice(ctx, arg, "direction", directions,
                              ARRAY_SIZE(directions), direction);
}
