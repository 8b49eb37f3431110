/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Parses logical flows, once each; see lflow-private.h. */

#include <config.h>

#include "controller/lflow-private.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "controller/lflow.h"
#include "controller/template.h"
#include "hash.h"
#include "lib/actions.h"
#include "lib/logical.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/hmap.h"
#include "ovsdb/sb-inc.h"
#include "smap.h"
#include "util.h"
#include "uuid.h"

static void
lflow_value_free(void *value_)
{
    struct lflow_value *value = value_;
    struct lflow *lflow = value->lflow;

    if (lflow) {
        expr_destroy(lflow->expr);
        actions_free(&lflow->ovnacts);
        ofpbuf_uninit(&lflow->ovnacts);
        free(lflow);
    }
}

static bool
lflow_value_equal(const void *a_, const void *b_)
{
    const struct lflow_value *a = a_;
    const struct lflow_value *b = b_;

    return (a->lflow == b->lflow
            || (a->lflow && b->lflow
                && !memcmp(a->lflow->digest, b->lflow->digest,
                           sizeof a->lflow->digest)));
}

bool
lflow_is_ingress(struct inc_cx *cx, struct inc_ref row)
{
    return !strcmp(sb_lflow_pipeline(cx, row), "ingress");
}

/* The text of a logical flow, as it is on this chassis. */
struct lflow_text {
    const char *match, *actions;
};

static struct lflow_text
read_text(struct inc_cx *cx, struct inc_ref row)
{
    return (struct lflow_text) {
        .match = template_expand(cx, sb_lflow_match(cx, row)),
        .actions = template_expand(cx, sb_lflow_actions(cx, row)),
    };
}

/* The DHCP options, if 'actions' can name any. */
static const struct lflow_options *
wanted_options(struct inc_cx *cx, const char *actions)
{
    return strstr(actions, "put_dhcp") ? lflow_options(cx) : NULL;
}

/* Parses logical flow 'row', which says 'text', into 'lflow', whose 'digest'
 * is set already.  Returns NULL, or an error that the caller must free. */
static char *
parse(struct inc_cx *cx, struct inc_ref row, const struct lflow_text *text,
      struct lflow *lflow)
{
    const struct field_symtab *symtab
        = logical_symtab_for_tags(sb_lflow_tags(cx, row));
    const struct lflow_options *options = wanted_options(cx, text->actions);
    const struct actions_params params = {
        .symtab = symtab,
        .ingress = lflow_is_ingress(cx, row),
        .cur_ltable = sb_lflow_table_id(cx, row),
        .n_tables = LOG_PIPELINE_LEN,
        .dhcp_opts = options ? &options->dhcp : NULL,
        .dhcpv6_opts = options ? &options->dhcpv6 : NULL,
    };
    struct field_set prereqs = { .bits = { 0 } };
    char *error = actions_parse(text->actions, &params, &lflow->ovnacts,
                                &prereqs);

    if (!error) {
        error = expr_parse(text->match, symtab, &prereqs,
                           &lflow->expr);
    }
    if (!error) {
        lflow->n_conj_ids = expr_n_conj_ids(lflow->expr);
    }
    return error;
}

/* Computes the digest of what parse() reads. */
static void
compute_digest(struct inc_cx *cx, struct inc_ref row,
               const struct lflow_text *text, uint64_t digest[2])
{
    uint32_t place = (sb_lflow_table_id(cx, row) << 2
                      | lflow_is_ingress(cx, row) << 1
                      | smap_get_bool(sb_lflow_tags(cx, row),
                                      "acl_ct_translation", false));
    ovs_u128 a, b;

    hash_bytes128(text->match, strlen(text->match), place, &a);
    hash_bytes128(text->actions, strlen(text->actions), place + 1, &b);
    const struct lflow_options *options = wanted_options(cx, text->actions);
    digest[0] = a.u64.lo ^ b.u64.hi ^ (options ? options->digest : 0);
    digest[1] = a.u64.hi + b.u64.lo;
}

/* Fact over Logical_Flow: struct lflow_value. */
static void
lflow_compute(struct inc_cx *cx, struct inc_ref row, void *value_)
{
    struct lflow_value *value = value_;
    struct lflow *lflow = xzalloc(sizeof *lflow);

    if (sb_lflow_table_id(cx, row) >= LOG_PIPELINE_LEN) {
        free(lflow);
        return;
    }

    ofpbuf_init(&lflow->ovnacts, 0);
    value->lflow = lflow;

    const struct lflow_text text = read_text(cx, row);
    compute_digest(cx, row, &text, lflow->digest);

    char *error = parse(cx, row, &text, lflow);
    if (error) {
        lflow_value_free(value);
        value->lflow = NULL;
        free(error);
    } else {
        ofpbuf_trim(&lflow->ovnacts);
    }
}

struct inc_family lflow_fact = {
    .name = "lflow",
    .over = &sb_lflow_table,
    .uses = INC_USES(&lflow_options_fact, &template_value_fact),
    .reads = INC_READS(&template_var_table),
    .fact = lflow_compute,
    .fact_size = sizeof(struct lflow_value),
    .fact_free = lflow_value_free,
    .fact_equal = lflow_value_equal,
};

char *
lflow_parse_error(struct inc_cx *cx, struct inc_ref row)
{
    struct lflow lflow = { .expr = NULL };
    char *error;

    if (sb_lflow_table_id(cx, row) >= LOG_PIPELINE_LEN) {
        return xasprintf("table_id %"PRId64" is out of range 0-%d",
                         sb_lflow_table_id(cx, row), LOG_PIPELINE_LEN - 1);
    }
    ofpbuf_init(&lflow.ovnacts, 0);

    const struct lflow_text text = read_text(cx, row);
    error = parse(cx, row, &text, &lflow);
    expr_destroy(lflow.expr);
    actions_free(&lflow.ovnacts);
    ofpbuf_uninit(&lflow.ovnacts);
    return error;
}

/* Numbers of conjunctive matches.
 *
 * A flow's number must not change while others come and go, and must differ
 * from those of all other flows of its datapath.  So each logical flow that
 * needs any gets a range for itself, the same in all datapaths. */

/* Derived table: Logical_Flow UUID, how many numbers, and the first one. */
static void conj_resolve(struct inc *, void *aux, const struct inc_change *,
                         size_t n);
struct inc_table lflow_conj_table = {
    .name = "conj",
    .kind = INC_DERIVED,
    .key_size = sizeof(struct uuid),
    .value_size = sizeof(uint32_t),
    .attr_size = sizeof(uint32_t),
    .resolve = conj_resolve,
};

/* A range of numbers, [first, first + n). */
struct conj_range {
    struct hmap_node hmap_node; /* In 'conj_ranges', by 'lflow'. */
    struct uuid lflow;
    uint32_t first, n;
};
static struct hmap conj_ranges = HMAP_INITIALIZER(&conj_ranges);
static uint32_t conj_next = 1;

static struct conj_range *
conj_find(const struct uuid *lflow)
{
    struct conj_range *range;

    HMAP_FOR_EACH_WITH_HASH (range, hmap_node, uuid_hash(lflow),
                             &conj_ranges) {
        if (uuid_equals(&range->lflow, lflow)) {
            return range;
        }
    }
    return NULL;
}

/* Returns true if [first, first + n) is free. */
static bool
conj_is_free(uint32_t first, uint32_t n)
{
    const struct conj_range *range;

    HMAP_FOR_EACH (range, hmap_node, &conj_ranges) {
        if (first < range->first + range->n && range->first < first + n) {
            return false;
        }
    }
    return true;
}

/* Returns the first of 'n' unused numbers.  They are given out in order; only
 * after 2^31 are some used again. */
static uint32_t
conj_allocate(uint32_t n)
{
    const uint32_t max = INT32_MAX;
    static bool wrapped;

    for (;;) {
        if (conj_next > max - n) {
            conj_next = 1;
            wrapped = true;
        }
        uint32_t first = conj_next;
        conj_next += n;
        if (!wrapped || conj_is_free(first, n)) {
            return first;
        }
    }
}

static void
conj_resolve(struct inc *inc, void *aux OVS_UNUSED,
             const struct inc_change *changes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct uuid lflow;
        uint32_t count = 0;

        memcpy(&lflow, changes[i].key, sizeof lflow);
        if (changes[i].value) {
            memcpy(&count, changes[i].value, sizeof count);
        }

        struct conj_range *range = conj_find(&lflow);
        if (range && range->n < count) {
            hmap_remove(&conj_ranges, &range->hmap_node);
            free(range);
            range = NULL;
        }
        if (!count) {
            if (range) {
                hmap_remove(&conj_ranges, &range->hmap_node);
                free(range);
            }
            continue;
        }
        if (!range) {
            range = xmalloc(sizeof *range);
            range->lflow = lflow;
            range->n = count;
            range->first = conj_allocate(count);
            hmap_insert(&conj_ranges, &range->hmap_node, uuid_hash(&lflow));
        }
        inc_set_attr(inc, &lflow_conj_table, changes[i].ref, &range->first);
    }
}

/* Unit over Logical_Flow.
 *
 * Only what has an OR or a comparison in it, or what a template variable may
 * stand for, can need a conjunctive match; all other flows, which are most,
 * are not parsed for this. */
static void
conj_request(struct inc_cx *cx, struct inc_ref row)
{
    if (!strpbrk(sb_lflow_match(cx, row), "{|$@!<>^")) {
        return;
    }

    const struct lflow_value *value = inc_fact(cx, &lflow_fact, row);
    if (value->lflow && value->lflow->n_conj_ids) {
        inc_derive(cx, &lflow_conj_table, inc_uuid(cx, row),
                   &value->lflow->n_conj_ids);
    }
}

static struct inc_family conj_unit = {
    .name = "conj",
    .over = &sb_lflow_table,
    .uses = INC_USES(&lflow_fact),
    .emits = INC_EMITS(&lflow_conj_table.output),
    .unit = conj_request,
};

static int
compare_ranges(const void *a_, const void *b_)
{
    const struct conj_range *const *a = a_;
    const struct conj_range *const *b = b_;

    return (*a)->first < (*b)->first ? -1 : (*a)->first > (*b)->first;
}

void
lflow_format_conj_ids(struct ds *ds)
{
    size_t n = hmap_count(&conj_ranges), i = 0;
    const struct conj_range **sorted = xcalloc(MAX(n, 1), sizeof *sorted);
    const struct conj_range *range;
    uint64_t total = 0;

    HMAP_FOR_EACH (range, hmap_node, &conj_ranges) {
        sorted[i++] = range;
        total += range->n;
    }
    qsort(sorted, n, sizeof *sorted, compare_ranges);

    ds_put_cstr(ds, "Conjunction IDs allocations:\n");
    for (i = 0; i < n; i++) {
        ds_put_format(ds, "lflow: "UUID_FMT", IDs: %"PRIu32"..%"PRIu32"\n",
                      UUID_ARGS(&sorted[i]->lflow), sorted[i]->first,
                      sorted[i]->first + sorted[i]->n - 1);
    }
    ds_put_format(ds, "---\nTotal %"PRIu64" IDs used.\n", total);
    free(sorted);
}

uint32_t
lflow_first_conj_id(struct inc_cx *cx, struct inc_ref row)
{
    struct inc_ref range = inc_lookup(cx, &lflow_conj_table,
                                      inc_uuid(cx, row));
    uint32_t first = 0;

    if (range.id) {
        memcpy(&first, inc_attr(cx, range), sizeof first);
    }
    return first;
}

void
lflow_parse_add(struct inc *inc)
{
    inc_add_family(inc, &lflow_options_fact);
    inc_add_family(inc, &lflow_fact);
    inc_add_family(inc, &conj_unit);
}

/* Frees what is not the engine's. */
void
lflow_parse_destroy(void)
{
    struct conj_range *range;

    HMAP_FOR_EACH_SAFE (range, hmap_node, &conj_ranges) {
        hmap_remove(&conj_ranges, &range->hmap_node);
        free(range);
    }
}
