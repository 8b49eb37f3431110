/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef CONTROLLER_CONFIG_H
#define CONTROLLER_CONFIG_H 1

/* This chassis's configuration.
 *
 * It comes from the Open_vSwitch table's external_ids of the local database;
 * "controller/config.def" lists the keys.  'struct config' holds one resolved
 * value per key: overrides for this chassis are applied, a missing value is
 * replaced by the default, and so is a malformed one, after one warning.  Two
 * configurations can be compared, so that a module re-runs only when the
 * configuration really changed.  A reader never sees a malformed value. */

#include <limits.h>
#include <stdbool.h>

struct ds;
struct ovsrec_open_vswitch;
struct smap;
struct sset;

/* Names for the rows of config.def. */
enum config_key {
#define CONFIG(ID, KEY, TYPE, MIN, MAX, DEFAULT, MIRROR) CFG_##ID,
#include "controller/config.def"
#undef CONFIG
    CFG_N_KEYS
};

/* A chassis's configuration.  Initialize with CONFIG_INITIALIZER. */
struct config {
    char *chassis;              /* The system-id; NULL if there is none. */
    char *value[CFG_N_KEYS];    /* NULL until config_read(): defaults. */
};
#define CONFIG_INITIALIZER { .chassis = NULL }

bool config_read(struct config *, const struct ovsrec_open_vswitch *,
                 const char *chassis_arg);
void config_destroy(struct config *);

const char *config_string(const struct config *, enum config_key);
bool config_bool(const struct config *, enum config_key);
unsigned int config_uint(const struct config *, enum config_key);
void config_range(const struct config *, enum config_key,
                  unsigned int *first, unsigned int *last);
void config_list(const struct config *, enum config_key, struct sset *);

void config_mirror(const struct config *, struct smap *other_config);

#endif /* controller/config.h */
