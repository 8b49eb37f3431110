/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* What names mean in tests of the language; see expr-names.h. */

#include <config.h>

#include "tests/expr-names.h"

#include <stdlib.h>
#include <string.h>

#include "lib/logical.h"
#include "lib/u128.h"
#include "random.h"
#include "svec.h"
#include "util.h"

const char *test_open_sets[TEST_N_OPEN];

static bool
test_is_open(void *aux OVS_UNUSED, bool group OVS_UNUSED, const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(test_open_sets); i++) {
        if (test_open_sets[i] && !strcmp(test_open_sets[i], name)) {
            return true;
        }
    }
    return false;
}

bool
test_lookup_port(void *aux OVS_UNUSED, const char *name, unsigned int *key)
{
    if (name[0] == 'p' && name[1] >= '1' && name[1] <= '9' && !name[2]) {
        *key = name[1] - '0';
        return true;
    }
    return false;
}

/* The ports that packets can have as inport: a bit for each key. */
static uint32_t possible_ports = UINT32_MAX;

bool
test_is_possible_inport(unsigned int key)
{
    return possible_ports & 1u << key;
}

static bool
test_is_possible(void *aux OVS_UNUSED, enum mf_field_id mf, bool group,
                 const char *name)
{
    unsigned int key;

    if (mf != MFF_LOG_INPORT) {
        return true;
    } else if (group) {
        return (strcmp(name, "g1") || test_is_possible_inport(1)
                || test_is_possible_inport(2));
    }
    return test_lookup_port(NULL, name, &key) && test_is_possible_inport(key);
}

bool
test_is_chassis_resident(void *aux OVS_UNUSED, const char *name)
{
    return !strcmp(name, "p1");
}

static const char *const s1_members[] = { "0.0.0.1", "0.0.0.4/31" };
static const char *const s2_members[] = { "0.0.0.2/0.0.0.2" };
static const char *const mixed_members[] = {
    "10.0.0.1", "192.168.0.0/16", "::1", "00:00:00:00:00:01"
};
struct expr_constants *test_sets[TEST_N_SETS];

static const struct expr_constants *
test_address_set(void *aux OVS_UNUSED, const char *name)
{
    return (!strcmp(name, "s1") ? test_sets[0]
            : !strcmp(name, "s2") ? test_sets[1]
            : !strcmp(name, "mixed") ? test_sets[2]
            : !strcmp(name, "empty") ? test_sets[3]
            : NULL);
}

static const char *const *
test_port_group(void *aux OVS_UNUSED, const char *name)
{
    static const char *const g1[] = { "p1", "p2", "unknown", NULL };
    static const char *const none[] = { NULL };

    return !strcmp(name, "g1") ? g1 : !strcmp(name, "none") ? none : NULL;
}

const struct expr_env test_env = {
    .lookup_port = test_lookup_port,
    .is_possible = test_is_possible,
    .is_chassis_resident = test_is_chassis_resident,
    .address_set = test_address_set,
    .port_group = test_port_group,
    .is_open = test_is_open,
};

void
test_sets_init(void)
{
    struct svec errors = SVEC_EMPTY_INITIALIZER;

    test_sets[0] = expr_constants_parse(s1_members, ARRAY_SIZE(s1_members),
                                        &errors);
    test_sets[1] = expr_constants_parse(s2_members, ARRAY_SIZE(s2_members),
                                        &errors);
    test_sets[2] = expr_constants_parse(mixed_members,
                                        ARRAY_SIZE(mixed_members), &errors);
    test_sets[3] = expr_constants_parse(NULL, 0, &errors);
    ovs_assert(svec_is_empty(&errors));
    svec_destroy(&errors);
}

/* Makes a random set of values up to 7, with duplicates and overlaps. */
static struct expr_constants *
random_set(void)
{
    size_t n = random_range(random_range(8) ? 4 : 8);
    struct expr_constants *set = xmalloc(sizeof *set
                                         + n * sizeof *set->constants);

    set->n = n;
    for (size_t i = 0; i < n; i++) {
        uint32_t mask = (random_range(3) ? UINT32_MAX
                         : random_range(4) ? UINT32_MAX << random_range(4)
                         : random_range(4) ? UINT32_MAX - random_range(8)
                         : 0);

        set->constants[i] = (struct expr_constant) {
            .value = u128_from_u64(random_range(8) & mask),
            .mask = u128_from_u64(mask),
            .width = 32,
        };
    }
    return set;
}

void
test_sets_randomize(void)
{
    static const char *const names[] = { "s1", "s2", "g1" };

    for (size_t i = 0; i < 2; i++) {
        free(test_sets[i]);
        test_sets[i] = random_set();
    }
    for (size_t i = 0; i < ARRAY_SIZE(test_open_sets); i++) {
        test_open_sets[i] = random_range(2) ? names[i] : NULL;
    }
    possible_ports = random_range(2) ? UINT32_MAX : random_range(16);
}

void
test_sets_destroy(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(test_sets); i++) {
        free(test_sets[i]);
    }
}
