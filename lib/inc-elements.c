/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

/* Tables of elements: what sets consist of, row by row.
 *
 * A unit that looked at each element of a large set whenever one changes would
 * cost as much as the set is large.  A table of elements makes a row of each,
 * and keeps the rows of those that stay: when the set changes, what it was and
 * what it is are merged, at the speed of comparing pointers, since the OVSDB
 * IDL keeps the strings of elements that stay.  Then only what runs over new
 * or gone elements runs.
 *
 * A unit over each row of the table 'of' asks for its set.  Its 'data' are not
 * claims but the elements as they were when it ran last.  Their strings belong
 * to the rows, so that what is at the same address is the same string.
 *
 * The node of a row has the row whose set it is from as 'key' and the string
 * as 'data'.  Its hash in the table is that of its own id: it is looked for
 * through indexes only. */

#include <config.h>
#include "lib/inc-private.h"

#include <stdlib.h>
#include <string.h>

#include "openvswitch/json.h"
#include "ovsdb-data.h"
#include "util.h"

struct inc_elements {
    size_t n;
    struct inc_element {
        const struct json *string;
        uint32_t row;
    } elements[];
};

/* The unit's function. */
static void
tell_elements(struct inc_cx *cx, struct inc_ref row)
{
    cx->set = cx->family->st->elements->elements(cx, row);
}

/* Sets up 'table', which is of kind INC_ELEMENTS. */
void
inc_elements_init(struct inc *inc, struct inc_table *table)
{
    struct inc_family *family = &table->st->tell;

    *family = (struct inc_family) {
        .name = table->name, .over = table->of, .unit = tell_elements
    };
    inc_add_family(inc, family);
    family->st->elements = table;
}

/* Compares two strings, at once if they are the same. */
static int
compare(const struct json *a, const struct json *b)
{
    return a == b ? 0 : strcmp(json_string(a), json_string(b));
}

const char *
inc_element_string(const struct inc_node *row)
{
    return json_string(row->data);
}

/* Compares two rows of one table of elements. */
int
inc_element_compare(const struct inc *inc, const struct inc_node *a,
                    const struct inc_node *b)
{
    int cmp = a->key == b->key ? 0 : inc_row_compare(inc, a->key, b->key);

    return cmp ? cmp : compare(a->data, b->data);
}

static uint32_t
create_row(struct inc *inc, struct inc_table *table, uint32_t of,
           const struct json *string)
{
    uint32_t id = inc_node_alloc(inc, INC_NODE_ROW, table->st->no, of);

    inc_node(inc, id)->data = json_clone(string);
    inc_htab_insert(&table->st->rows, inc_hash_id(id), id);
    inc_row_announce(inc, table, id);
    return id;
}

static void
delete_row(struct inc *inc, uint32_t id)
{
    inc_row_delete(inc, id, inc_hash_id(id));
}

/* Makes 'string', which equals the one that row 'id' has, its string. */
static void
replace_string(struct inc *inc, uint32_t id, const struct json *string)
{
    struct inc_node *row = inc_node(inc, id);

    json_destroy(row->data);
    row->data = json_clone(string);
}

/* Makes the elements that 'unit' is responsible for those of 'set', which may
 * be NULL. */
void
inc_elements_set(struct inc *inc, struct inc_node *unit,
                 const struct ovsdb_datum *set)
{
    struct inc_table *table = inc->families[unit->owner]->st->elements;
    size_t n = set ? set->n : 0;
    struct inc_elements *new = xmalloc(sizeof *new
                                       + n * sizeof *new->elements);
    struct inc_elements *old = unit->data;
    size_t n_old = old ? old->n : 0;
    size_t i = 0;

    new->n = n;
    for (size_t j = 0; j < n; j++) {
        struct inc_element *element = &new->elements[j];

        element->string = set->keys[j].s;
        while (i < n_old
               && compare(old->elements[i].string, element->string) < 0) {
            delete_row(inc, old->elements[i++].row);
        }
        if (i == n_old || compare(old->elements[i].string, element->string)) {
            element->row = create_row(inc, table, unit->key, element->string);
            continue;
        }
        element->row = old->elements[i].row;
        if (old->elements[i++].string != element->string) {
            replace_string(inc, element->row, element->string);
        }
    }
    while (i < n_old) {
        delete_row(inc, old->elements[i++].row);
    }
    free(old);
    unit->data = new;
}

/* Withdraws all elements that 'unit' is responsible for. */
void
inc_elements_clear(struct inc *inc, struct inc_node *unit)
{
    inc_elements_set(inc, unit, NULL);
    free(unit->data);
    unit->data = NULL;
}

/* Are the elements that 'unit' is responsible for those of 'set'? */
bool
inc_elements_equal(const struct inc *inc, const struct inc_node *unit,
                   const struct ovsdb_datum *set)
{
    const struct inc_elements *have = unit->data;
    size_t n = set ? set->n : 0;

    if (have->n != n) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        const struct inc_element *element = &have->elements[i];
        const struct inc_node *row = inc_node(inc, element->row);
        uint32_t pos = UINT32_MAX;

        if (compare(element->string, set->keys[i].s)
            || row->data != element->string || row->key != unit->key
            || !inc_htab_next(&inc->tables[row->owner]->st->rows,
                              inc_hash_id(element->row), &pos)) {
            return false;
        }
    }
    return true;
}

/* The number of elements that 'unit' is responsible for. */
size_t
inc_elements_count(const struct inc_node *unit)
{
    const struct inc_elements *have = unit->data;

    return have->n;
}
