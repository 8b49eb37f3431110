/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef NORTHD_MULTICAST_H
#define NORTHD_MULTICAST_H 1

/* Multicast groups of a switch, by name and tunnel key. */

#define MC_FLOOD "_MC_flood"            /* All ports. */
#define MC_UNKNOWN "_MC_unknown"        /* Ports with unknown addresses. */
#define MC_FLOOD_L2 "_MC_flood_l2"      /* All ports but those to routers. */

enum {
    MC_KEY_FLOOD = 32768,
    MC_KEY_UNKNOWN = 32769,
    MC_KEY_MROUTER_FLOOD = 32770,
    MC_KEY_STATIC = 32771,
    MC_KEY_FLOOD_L2 = 32772,
    MC_KEY_FIRST_LEARNED = 32773,       /* Of IP multicast groups. */
};

#endif /* northd/multicast.h */
