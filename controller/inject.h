/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef CONTROLLER_INJECT_H
#define CONTROLLER_INJECT_H 1

/* The command "inject-pkt": a packet that nobody sent. */

struct ct_zones;
struct ofswitch;
struct ovsdb_idl;
struct sbrec_chassis;

/* Makes a packet of 'microflow', an expression that says all about it,
 * including its 'inport', which must be on 'chassis', and lets it enter the
 * logical pipeline in the switch behind 'sw'.  Returns NULL, or an error that
 * the caller must free. */
char *inject_packet(struct ovsdb_idl *sb_idl, const struct sbrec_chassis *,
                    const struct ct_zones *, struct ofswitch *sw,
                    const char *microflow);

#endif /* controller/inject.h */
