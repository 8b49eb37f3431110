/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* A small fuzzer for where there is no libFuzzer; see fuzz.h.
 *
 * usage: fuzz-NAME [-runs=N] [-seed=N] SEEDS...
 *        fuzz-NAME -try FILE...
 *
 * Takes the lines of files SEEDS as inputs, and then N inputs that it makes
 * from pieces of them, by chance.  Has no feedback from the code, so it finds
 * what is shallow, always the same for the same seed, in a time that is known.
 * The input at hand is in the file "fuzz-input" if the target crashes; with
 * -try, each FILE is one input. */

#include <config.h>
#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "openvswitch/dynamic-string.h"
#include "openvswitch/vlog.h"
#include "random.h"
#include "svec.h"
#include "util.h"

#define MAX_SIZE 4096

/* What to save if the target crashes. */
static const char *current;
static size_t current_size;

static void
save_input(int sig_nr)
{
    int fd = open("fuzz-input", O_WRONLY | O_CREAT | O_TRUNC, 0666);

    if (fd >= 0) {
        ignore(write(fd, current, current_size));
        close(fd);
    }
    signal(sig_nr, SIG_DFL);
    raise(sig_nr);
}

static void
try_input(const char *data, size_t size)
{
    /* In memory of its own, so that the sanitizer sees a read past its end. */
    uint8_t *copy = xmemdup(data, MAX(size, 1));

    current = data;
    current_size = size;
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static void
read_seeds(const char *name, struct svec *seeds)
{
    FILE *stream = fopen(name, "r");
    struct ds line = DS_EMPTY_INITIALIZER;

    if (!stream) {
        ovs_fatal(errno, "%s: open failed", name);
    }
    while (!ds_get_line(&line, stream)) {
        svec_add(seeds, ds_cstr(&line));
    }
    ds_destroy(&line);
    fclose(stream);
}

static void
try_file(const char *name)
{
    char buffer[1 << 16];
    FILE *stream = fopen(name, "rb");

    if (!stream) {
        ovs_fatal(errno, "%s: open failed", name);
    }
    size_t n = fread(buffer, 1, sizeof buffer, stream);
    fclose(stream);
    try_input(buffer, n);
}

/* A place in 's' where a word begins or ends, or any. */
static size_t
pick_place(const struct ds *s)
{
    size_t ofs = random_range(s->length + 1);

    if (random_range(4)) {
        while (ofs < s->length && s->string[ofs] != ' ') {
            ofs++;
        }
    }
    return ofs;
}

/* Replaces the bytes of 's' from 'start' to 'end' by the 'n' bytes at 'p'. */
static void
replace(struct ds *s, size_t start, size_t end, const char *p, size_t n)
{
    struct ds new = DS_EMPTY_INITIALIZER;

    ds_put_buffer(&new, s->string, start);
    ds_put_buffer(&new, p, n);
    ds_put_buffer(&new, s->string + end, s->length - end);
    ds_swap(s, &new);
    ds_destroy(&new);
}

static void
mutate(struct ds *s, const struct svec *seeds)
{
    static const char *const oddities[] = {
        "0", "1", "-1", "4095", "4096", "65535", "65536", "4294967295",
        "4294967296", "18446744073709551616", "0x", "0xffffffffffffffff",
        "(", ")", "{", "}", "[", "]", "\"", "\\", "$", "@", "^", "!", "<",
        ">=", "==", "&&", "||", "..", ",", ";", "=", "/", "/*", "//", "::",
        "255.255.255.256", "ff:ff:ff:ff:ff:ff", "%n", "\x80",
    };
    size_t start = pick_place(s);
    size_t end = pick_place(s);

    if (start > end) {
        size_t tmp = start;
        start = end;
        end = tmp;
    }
    switch (random_range(6)) {
    case 0: {                   /* A piece of another input. */
        const char *other = seeds->names[random_range(seeds->n)];
        size_t len = strlen(other);
        size_t from = random_range(len + 1);

        replace(s, start, random_range(2) ? start : end, other + from,
                random_range(len - from + 1));
        break;
    }
    case 1:                     /* Something odd. */
    case 2: {
        const char *odd = oddities[random_range(ARRAY_SIZE(oddities))];

        replace(s, start, start, odd, strlen(odd));
        break;
    }
    case 3:                     /* Less. */
        replace(s, start, end, "", 0);
        break;
    case 4: {                   /* More of the same. */
        char *piece = xmemdup0(s->string + start, end - start);

        replace(s, end, end, piece, end - start);
        free(piece);
        break;
    }
    case 5:                     /* Another byte. */
        if (start < s->length) {
            s->string[start] = random_range(256);
        }
        break;
    }
    if (s->length > MAX_SIZE) {
        ds_truncate(s, MAX_SIZE);
    }
}

static void
fuzz(const struct svec *seeds, int n_runs)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    for (size_t i = 0; i < seeds->n; i++) {
        try_input(seeds->names[i], strlen(seeds->names[i]));
    }
    for (int i = 0; i < n_runs; i++) {
        ds_clear(&s);
        ds_put_cstr(&s, seeds->names[random_range(seeds->n)]);
        for (int n = random_range(2) ? 1 : 1 + random_range(6); n > 0; n--) {
            mutate(&s, seeds);
        }
        try_input(ds_cstr(&s), s.length);
    }
    ds_destroy(&s);
}

int
main(int argc, char *argv[])
{
    struct svec seeds = SVEC_EMPTY_INITIALIZER;
    int n_runs = 10000;
    int seed = 1;
    int n_tried = 0;

    set_program_name(argv[0]);
    vlog_set_levels(NULL, VLF_ANY_DESTINATION, VLL_OFF);
    signal(SIGABRT, save_input);
    signal(SIGSEGV, save_input);

    for (int i = 1; i < argc; i++) {
        if (!strncmp(argv[i], "-runs=", 6)) {
            if (!str_to_int(argv[i] + 6, 10, &n_runs)) {
                ovs_fatal(0, "%s: bad number", argv[i]);
            }
        } else if (!strncmp(argv[i], "-seed=", 6)) {
            if (!str_to_int(argv[i] + 6, 10, &seed)) {
                ovs_fatal(0, "%s: bad number", argv[i]);
            }
        } else if (!strcmp(argv[i], "-try")) {
            while (++i < argc) {
                try_file(argv[i]);
                n_tried++;
            }
        } else {
            read_seeds(argv[i], &seeds);
        }
    }
    random_set_seed(seed);
    if (seeds.n) {
        fuzz(&seeds, n_runs);
    } else if (!n_tried) {
        ovs_fatal(0, "usage: %s [-runs=N] [-seed=N] SEEDS... | -try FILE...",
                  program_name);
    }
    svec_destroy(&seeds);
    return 0;
}
