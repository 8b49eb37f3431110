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

#include <stddef.h>
#include <stdint.h>

/* Tries one input.  Always returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif /* tests/fuzz/fuzz.h */
