/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Giving back memory; see mem-trim.h. */

#include <config.h>

#include "lib/mem-trim.h"

#include <limits.h>
#include <malloc.h>
#include <stdlib.h>

#include "coverage.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "timeval.h"

VLOG_DEFINE_THIS_MODULE(mem_trim);
COVERAGE_DEFINE(mem_trim);

/* mimalloc's counterpart of malloc_trim(), if the program is linked with
 * mimalloc. */
void mi_collect(bool force) __attribute__((weak));

void
mem_trim_init(struct mem_trim *trim)
{
    trim->at = LLONG_MAX;
}

/* To be called whenever the daemon does something: it will be trimmed
 * 'timeout_ms' after the last time. */
void
mem_trim_busy(struct mem_trim *trim, unsigned int timeout_ms)
{
    trim->at = time_msec() + timeout_ms;
}

/* Trims when it is time to, and otherwise arranges for poll_block() to wake up
 * then.  Returns true if it trimmed. */
bool
mem_trim_run(struct mem_trim *trim)
{
    if (trim->at == LLONG_MAX) {
        return false;
    }
    if (time_msec() < trim->at) {
        poll_timer_wait_until(trim->at);
        return false;
    }
    trim->at = LLONG_MAX;
    COVERAGE_INC(mem_trim);
    VLOG_DBG("idle: giving back unused memory");
    if (mi_collect) {
        mi_collect(true);
    }
    malloc_trim(0);
    return true;
}
