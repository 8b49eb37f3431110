/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H 1

/* Fuzz targets.
 *
 * A target is a program tests/fuzz/fuzz-NAME that gives one parser bytes that
 * somebody might send.  It consists of one function, below, which libFuzzer
 * calls when the tree is configured with --enable-fuzzer, and driver.c
 * otherwise.  Inputs to start from are in NAME.seeds, one a line.
 *
 * A target crashes, best with ovs_assert(), if something that the parser's
 * header promises is not so. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "openvswitch/compiler.h"

/* Tries one input.  Always returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What names mean, for struct expr_env and struct actions_encode_params: those
 * that begin with "x" are unknown. */

static inline bool
fuzz_lookup_port(void *aux OVS_UNUSED, const char *name, unsigned int *key)
{
    *key = 1 + (uint8_t) name[0];
    return name[0] != 'x';
}

static inline bool
fuzz_is_resident(void *aux OVS_UNUSED, const char *name)
{
    return name[0] != 'x';
}

#endif /* tests/fuzz/fuzz.h */
