/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef NORTHD_CFG_SEQ_H
#define NORTHD_CFG_SEQ_H 1

/* The sequence numbers that tell a client how far its change has come.
 *
 *        client        northd                      controllers
 *   NB.nb_cfg + 1 --> SB.nb_cfg ---------------> Chassis_Private.nb_cfg
 *                     NB.sb_cfg <-- commit acked          |
 *                     NB.hv_cfg <------- the slowest -----'
 *
 * A client raises NB_Global.nb_cfg in the transaction with its change.  northd
 * writes the number to SB_Global in the transaction with the result, and when
 * the Southbound server has acknowledged that, to NB_Global.sb_cfg.  Each
 * controller reports the number in its Chassis_Private row once its flows are
 * in place; NB_Global.hv_cfg is that of the slowest chassis, or nb_cfg if
 * there are no chassis.  Chassis of other availability zones do not count.
 *
 * Beside each number stands the time at which it was reached, in milliseconds
 * since the epoch: nb_cfg_timestamp when northd saw the change,
 * sb_cfg_timestamp when the commit was acknowledged, hv_cfg_timestamp when the
 * last of the slowest chassis said so.
 *
 * The numbers run from 0 to INT64_MAX and start over at 0.  "Slowest" is
 * therefore meant cyclically: of two numbers that are less than half the range
 * apart, the one from which the other is reached by counting up is older. */

#include <stdbool.h>
#include <stdint.h>

struct northd_db;

struct cfg_seq {
    bool valid;                 /* 'nb_cfg' has been read. */
    int64_t nb_cfg;             /* NB_Global.nb_cfg. */
    long long int nb_cfg_time;  /* When it was first seen. */

    bool sent;                  /* 'sent_cfg' is in the transaction. */
    int64_t sent_cfg;

    bool acked;                 /* 'acked_cfg' is in the SB database. */
    int64_t acked_cfg;
    long long int acked_time;

    unsigned int sb_seqno;      /* Of the last look at the chassis. */
    int64_t hv_cfg;             /* The result of that look. */
    int64_t hv_time;
};

void cfg_seq_to_sb(struct cfg_seq *, const struct northd_db *nb,
                   struct northd_db *sb);
void cfg_seq_sb_done(struct cfg_seq *, bool success);
void cfg_seq_to_nb(struct cfg_seq *, struct northd_db *nb,
                   const struct northd_db *sb);

/* For tests. */
int64_t cfg_seq_behind(int64_t newest, int64_t cfg);

#endif /* northd/cfg-seq.h */
