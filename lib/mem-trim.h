/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef LIB_MEM_TRIM_H
#define LIB_MEM_TRIM_H 1

/* Returns memory to the operating system when a daemon has nothing to do.
 *
 * A cold start, or a change of everything, leaves the allocator with much more
 * free memory than the daemon needs afterwards.  Once a daemon has been idle
 * for a while, that memory is given back, once for each time it was busy. */

#include <stdbool.h>

/* The default of the options that set the time, in ms. */
#define MEM_TRIM_TIMEOUT_MS 30000

struct mem_trim {
    long long int at;           /* When to trim; LLONG_MAX: not before there
                                 * is something to do. */
};

void mem_trim_init(struct mem_trim *);
void mem_trim_busy(struct mem_trim *, unsigned int timeout_ms);
bool mem_trim_run(struct mem_trim *);

#endif /* lib/mem-trim.h */
