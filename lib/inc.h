/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef LIB_INC_H
#define LIB_INC_H 1

/* The incremental engine
 * ======================
 *
 * Both compilers (ovn-northd, ovn-controller) are sets of pure functions from
 * rows to rows.  The engine calls the functions, remembers what each of them
 * read, and calls again exactly those whose inputs changed.  A feature has
 * no change handlers and no deletion code.
 *
 * Words
 * -----
 *
 * - A "table" holds rows.  There are five kinds:
 *
 *     INC_IDL      Rows of a database, replicated by the OVSDB IDL.
 *     INC_MEM      Rows that the daemon itself sets with inc_mem_set(), such
 *                  as OpenFlow port numbers.  Changed only between runs.
 *     INC_DERIVED  Rows that units claim with inc_emit().  A row exists as
 *                  long as somebody claims its key.
 *     INC_JOIN     The pairs (l, r) of rows of two other tables that have an
 *                  index key in common.  Maintained by the engine.
 *     INC_ELEMENTS The elements of sets of strings that the rows of another
 *                  table have.  Maintained by the engine, which keeps the rows
 *                  of elements that stay when a set changes: that costs what
 *                  comparing two arrays of pointers costs, and besides only
 *                  what came and went.
 *
 * - A "ref" names a row for as long as somebody reads it.  It is never a
 *   pointer into a database's replica.  INC_NONE is no row.
 *
 * - A "family" is a function and the table that it runs over: once per row.
 *   The function of a "unit" family claims output; the function of a "fact"
 *   family derives a value.  A fact is computed when somebody first asks for
 *   it, memoised, and freed when nobody reads it any more.  When a fact is
 *   recomputed and its bytes are the same as before, nothing that read it
 *   runs again.
 *
 * - A "read" is what a function asked for: columns of a row, a bucket of an
 *   index (the empty bucket too: a miss is a read), the value of a fact.  All
 *   reads pass through accessors that take the 'struct inc_cx' of the call,
 *   which record them.
 *
 * - A "claim" is what a unit emitted: (output, key, value).  When a unit runs
 *   again, what it does not claim again is withdrawn.  When its row goes,
 *   everything it claimed is withdrawn.
 *
 * Rules for the functions of families
 * -----------------------------------
 *
 * 1. Pure: the result depends on what was read through accessors and on
 *    nothing else.  No static state, no clock, no hash order.
 * 2. Whatever an accessor returns is valid until the function returns.
 * 3. A family declares in 'uses' the facts, in 'reads' the derived and join
 *    tables, and in 'emits' the outputs (derived tables included, with
 *    &table.output) that it touches.  The engine sorts families into levels
 *    from these declarations; a cycle aborts at start-up, an undeclared
 *    access aborts under 'inc_set_strict()', as in all tests, and is logged
 *    otherwise.  Tables of kind INC_IDL and INC_MEM need no declaration.
 * 4. A unit or fact never reads a column that its own daemon writes.
 * 5. A row that cannot be compiled claims a warning (inc_warn()) that names
 *    the row, and what can be compiled of it is.
 *
 * What inc_run() does
 * -------------------
 *
 *     for each level, from inputs to outputs:
 *         bring the derived tables of this level up to date with the claims
 *         run the dirty facts and units of this level
 *     hand the changed keys of each output to its 'sync' function
 *     free what nobody reads any more
 *
 * Cost is proportional to the number of functions that run.
 *
 * Representation
 * --------------
 *
 * Every row, index bucket, fact and unit is a node with a 32-bit id and a
 * header of 32 bytes, which has room for one read and two readers.  A node's
 * list of reads ("forward list", 8 bytes an edge: node, column mask) is the
 * truth.  A node's list of readers ("reverse list", 4 bytes an edge) is a
 * hint: when it is walked, each entry is checked against the reader's forward
 * list.  An unchanged set of reads writes nothing.  Besides, each node counts
 * its readers exactly, so that it can be freed, and its id used again, when
 * the count drops to zero.
 *
 * Not thread-safe: one engine belongs to one thread. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "openvswitch/compiler.h"
#include "openvswitch/hmap.h"
#include "openvswitch/uuid.h"
#include "util.h"

struct ds;
struct inc;
struct inc_cx;
struct inc_family;
struct inc_index;
struct ovsdb_datum;
struct ovsdb_idl;
struct ovsdb_idl_row;
struct ovsdb_idl_table_class;

struct inc_ref {
    uint32_t id;                /* 0: no row. */
};
#define INC_NONE ((struct inc_ref) { 0 })

static inline bool
inc_ref_equals(struct inc_ref a, struct inc_ref b)
{
    return a.id == b.id;
}

/* Outputs
 * ======= */

/* One claimed (key, value), as 'sync' functions get to see it. */
struct inc_claim {
    const void *value;
    size_t value_len;
};

/* What units emit.  Static; 'name', 'sync' and 'format' are set by the owner.
 *
 * An output is a map from keys to sets of values, both byte strings: the
 * claims.  Rows by content claim their content as key and no value.  Rows
 * by key claim the row's columns as value; when units disagree there are
 * several values, sorted bytewise, and what wins is up to the owner (usually
 * the first: it depends on nothing but content). */
struct inc_output {
    const char *name;

    /* Called at the end of inc_run() once for each key whose claims may have
     * changed.  'n' is 0 if nobody claims 'key' any more.
     *
     * The bytes of the key, and those of a claim, stay where they are as long
     * as the first claim, or that claim, exists; that is at least until the
     * next call for this key has returned, or inc_destroy(). */
    void (*sync)(void *aux, const void *key, size_t key_len,
                 const struct inc_claim *, size_t n);
    void *aux;

    /* Appends a readable form of the claim to 's', for 'why' and 'verify'.
     * NULL: hex. */
    void (*format)(const void *aux, const void *key, size_t key_len,
                   const void *value, size_t value_len, struct ds *s);

    /* Is the claim the one that the user means with 'spec' (a cookie, a UUID
     * prefix, a name)?  For inc-engine/why.  NULL: never. */
    bool (*matches)(const void *aux, const char *spec,
                    const void *key, size_t key_len,
                    const void *value, size_t value_len);

    /* Private. */
    struct inc_output_state *st;
};

/* Tables
 * ====== */

enum inc_kind { INC_IDL, INC_MEM, INC_DERIVED, INC_JOIN, INC_ELEMENTS };

/* What the engine knows of a table of a database; generated from the schema
 * by ovsdb/inc-accessors.py. */
struct inc_idl_table {
    const char *db;             /* Name of the database. */
    const struct ovsdb_idl_table_class *class_;
    /* Bit of column 'i' of the class in a read mask: 1 << MIN(i, 31). */
    /* Hash of the references that the row's columns resolve to, or NULL if
     * the table has no references. */
    uint32_t (*refs_hash)(const struct ovsdb_idl_row *);
    uint32_t refs_mask;         /* Bits of the columns that are references. */
};

/* Limit for 'value_size' and 'attr_size' of a table. */
#define INC_MAX_VALUE_SIZE 512

/* Columns of INC_MEM and INC_DERIVED rows, for read masks. */
#define INC_COL_VALUE (1u << 0)
#define INC_COL_ATTR (1u << 1)
#define INC_COL_ALL UINT32_MAX

/* A row of a derived table that appeared, went, or has a new value: what a
 * 'resolve' function gets. */
struct inc_change {
    struct inc_ref ref;
    const void *key;            /* 'key_size' bytes. */
    const void *value;          /* 'value_size' bytes; NULL if the row went. */
};

/* A table.  Static; the owner sets what the kind needs. */
struct inc_table {
    const char *name;
    enum inc_kind kind;

    /* INC_IDL. */
    const struct inc_idl_table *idl;

    /* INC_MEM and INC_DERIVED: fixed sizes, in bytes.  Keys and values are
     * compared as bytes, so zero them before filling them in.  The order of
     * rows, and which claimed value wins, is the order of the bytes: where it
     * matters use UUIDs in keys and values, not refs, whose numbers depend on
     * history. */
    size_t key_size;
    size_t value_size;

    /* INC_DERIVED: if 'resolve' is nonnull, a stateful allocator gives each
     * row an attribute of 'attr_size' bytes beside its claimed value, with
     * inc_set_attr().  It is called with all changes of a run at once, those
     * that went first, each group sorted by key, so that the outcome does not
     * depend on history beyond the allocator's own. */
    size_t attr_size;
    void (*resolve)(struct inc *, void *aux,
                    const struct inc_change *, size_t n);
    void *aux;

    /* INC_JOIN. */
    struct inc_index *left, *right;

    /* INC_ELEMENTS: tells the set of a row of 'of', sorted as the IDL sorts
     * sets of strings; or NULL, if it is empty.  The set must be valid until
     * the engine has seen it, as that of a database's row is (the accessors
     * PREFIX_T_C_set() return it).  May read columns of databases, keys and
     * values of rows of 'of' and of mem tables. */
    struct inc_table *of;
    const struct ovsdb_datum *(*elements)(struct inc_cx *,
                                          struct inc_ref row);

    /* INC_DERIVED: claims of the table's rows; name it in 'emits'. */
    struct inc_output output;

    /* Private. */
    struct inc_table_state *st;
};

/* Indexes
 * ======= */

struct inc_keys;

/* Finds the rows of a table by key.  Static.  Built when it is first used.
 *
 * 'keys' reports the keys of 'row' with inc_key_add*() and may only read
 * columns of 'row'; if several rows share a key they are all in the key's
 * bucket. */
struct inc_index {
    const char *name;
    struct inc_table *table;
    void (*keys)(struct inc_cx *, struct inc_ref row, struct inc_keys *);

    /* Private. */
    struct inc_index_state *st;
};

void inc_key_add(struct inc_keys *, const void *key, size_t key_len);
void inc_key_add_string(struct inc_keys *, const char *);
void inc_key_add_ref(struct inc_keys *, struct inc_ref);

/* Families
 * ======== */

/* Most facts, tables and outputs that one family may name. */
struct inc_family {
    const char *name;
    struct inc_table *over;     /* Runs once per row of this. */

    /* NULL-terminated, or NULL. */
    struct inc_family *const *uses;   /* Facts it may read. */
    struct inc_table *const *reads;   /* Derived and join tables, besides
                                       * 'over', it may read. */
    struct inc_output *const *emits;  /* Outputs it may claim. */

    /* Exactly one of these. */
    void (*unit)(struct inc_cx *, struct inc_ref);
    void (*fact)(struct inc_cx *, struct inc_ref, void *value);

    /* Facts: bytes of the value, which is zeroed before 'fact' is called.
     * Equal bytes mean "unchanged". */
    size_t fact_size;

    /* Facts: frees what a value refers to when it is dropped, for values
     * that hold references to interned objects.  'equal' decides about such
     * values instead of memcmp().  Both may be NULL. */
    void (*fact_free)(void *value);
    bool (*fact_equal)(const void *a, const void *b);

    /* Private. */
    struct inc_family_state *st;
};

/* For lists: .uses = INC_USES(&a_fact, &b_fact) and so on. */
#define INC_USES(...) ((struct inc_family *const[]) { __VA_ARGS__, NULL })
#define INC_READS(...) ((struct inc_table *const[]) { __VA_ARGS__, NULL })
#define INC_EMITS(...) ((struct inc_output *const[]) { __VA_ARGS__, NULL })

/* Life cycle
 * ========== */

/* With OVN_INC_VERIFY in the environment, as in tests, the engine is strict
 * and verifies itself after each run. */
struct inc *inc_create(const char *name);
void inc_destroy(struct inc *);

/* Adds 'table', whose rows come from 'idl', or a mem, derived or join
 * table ('idl' is then NULL).  Tables that a family, index or join names are
 * added by themselves if they are not INC_IDL. */
void inc_add_table(struct inc *, struct inc_table *, struct ovsdb_idl *idl);
void inc_add_output(struct inc *, struct inc_output *);
void inc_add_family(struct inc *, struct inc_family *);
void inc_start(struct inc *);

void inc_set_strict(struct inc *, bool);
void inc_set_verify_always(struct inc *, bool);

/* Takes the changes that 'idl' has tracked since the last call into the
 * engine and clears the IDL's tracking.  Call it after each ovsdb_idl_run()
 * (also when nothing seems to have changed) and before inc_run(). */
void inc_idl_sync(struct inc *, struct ovsdb_idl *);

/* Number of times that this found rows inserted again, as after a
 * reconnection, when what the IDL tracked may be incomplete.  Who writes to
 * the database compares everything then. */
unsigned int inc_idl_reloads(const struct inc *);

/* Sets the row with 'key' of mem table 'table' to 'value', adding it if
 * needed.  Does nothing if it is so already.  Not during inc_run(). */
void inc_mem_set(struct inc *, struct inc_table *, const void *key,
                 const void *value);
void inc_mem_delete(struct inc *, struct inc_table *, const void *key);

/* Runs what is dirty.  Returns true if anything ran or was withdrawn. */
bool inc_run(struct inc *);

/* Marks everything dirty, so that the next inc_run() computes everything
 * again. */
void inc_recompute(struct inc *);

/* Number of calls of inc_recompute().  Who asks for that doubts what is there,
 * so whoever carries output elsewhere, to a database or a switch, compares
 * everything when this changes. */
unsigned int inc_recomputes(const struct inc *);

/* From a 'resolve' function: sets the attribute of a row of the derived table
 * that is being resolved (or of any other of its rows). */
void inc_set_attr(struct inc *, struct inc_table *, struct inc_ref,
                  const void *attr);

/* Reading, for the functions of families
 * ====================================== */

/* Key of a row of a mem or derived table.  (Not a read: it never changes.) */
const void *inc_key(struct inc_cx *, struct inc_ref);
/* Value of a row of a mem or derived table.  Of a derived row, that of the
 * smallest claim. */
const void *inc_value(struct inc_cx *, struct inc_ref);
/* Attribute of a row of a derived table; all zeros until it is set. */
const void *inc_attr(struct inc_cx *, struct inc_ref);
/* Parts of a row of a join table. */
struct inc_ref inc_left(struct inc_cx *, struct inc_ref);
struct inc_ref inc_right(struct inc_cx *, struct inc_ref);

/* The string that a row of a table of elements is about; the row that it is an
 * element of.  (Not reads: they never change.) */
const char *inc_element(struct inc_cx *, struct inc_ref);
struct inc_ref inc_element_of(struct inc_cx *, struct inc_ref);

/* The row with 'key' of a mem or derived table, or INC_NONE.  Recorded as a
 * read of the key, whether the row exists or not. */
struct inc_ref inc_lookup(struct inc_cx *, struct inc_table *,
                          const void *key);

/* The value of fact 'family' of 'row'.  If 'row' is INC_NONE, or a row that
 * is gone, all zeros. */
const void *inc_fact(struct inc_cx *, struct inc_family *,
                     struct inc_ref row);

/* The first row (in a fixed order: by UUID or key) with 'key', or
 * INC_NONE. */
struct inc_ref inc_find(struct inc_cx *, struct inc_index *,
                        const void *key, size_t key_len);
struct inc_ref inc_find_string(struct inc_cx *, struct inc_index *,
                               const char *key);
struct inc_ref inc_find_ref(struct inc_cx *, struct inc_index *,
                            struct inc_ref key);

/* All rows with 'key', in the same order; their number in '*n'. */
const struct inc_ref *inc_find_all(struct inc_cx *, struct inc_index *,
                                   const void *key, size_t key_len,
                                   size_t *n);
const struct inc_ref *inc_find_all_ref(struct inc_cx *, struct inc_index *,
                                       struct inc_ref key, size_t *n);

/* The number of rows with 'key'; 'all rows' of a table: give the index a
 * 'keys' function that reports one constant key. */

/* For generated accessors: the IDL's row, with the columns in 'mask' recorded
 * as read; NULL if 'ref' is INC_NONE or the row is gone. */
const struct ovsdb_idl_row *inc_idl_row(struct inc_cx *, struct inc_ref,
                                        const struct inc_table *,
                                        uint32_t mask);
struct inc_ref inc_idl_ref(struct inc_cx *, struct inc_table *,
                           const struct ovsdb_idl_row *);
/* UUID of a row of a database (never changes, so not a read). */
const struct uuid *inc_uuid(struct inc_cx *, struct inc_ref);

/* Memory that is valid until the function that runs returns. */
void *inc_alloc(struct inc_cx *, size_t);
char *inc_sprintf(struct inc_cx *, const char *, ...)
    OVS_PRINTF_FORMAT(2, 3);

/* Emitting, for units
 * =================== */

void inc_emit(struct inc_cx *, struct inc_output *,
              const void *key, size_t key_len,
              const void *value, size_t value_len);

/* Claims the row of derived table 'table' with 'key' ('key_size' bytes) and
 * 'value' ('value_size' bytes; NULL: zeros). */
void inc_derive(struct inc_cx *, struct inc_table *,
                const void *key, const void *value);

/* Claims the warning, which should start with the kind and name of the row:
 * "logical switch port vm1: ...".  It is logged when it appears, and listed
 * by inc-engine/warnings until it is withdrawn. */
void inc_warn(struct inc_cx *, const char *, ...) OVS_PRINTF_FORMAT(2, 3);

/* Looking at an output from outside
 * ================================= */

/* The claims of 'key' in 'output' (at most 'max' into 'claims', sorted);
 * returns how many there are. */
size_t inc_output_get(const struct inc_output *, const void *key,
                      size_t key_len, struct inc_claim *claims, size_t max);
/* Calls 'cb' for each claimed key of 'output' with its claims. */
void inc_output_for_each(const struct inc_output *,
                         void (*cb)(void *aux,
                                    const void *key, size_t key_len,
                                    const struct inc_claim *, size_t n),
                         void *aux);
size_t inc_output_count(const struct inc_output *);

/* Diagnosis
 * ========= */

/* Computes everything from the inputs beside the live state and appends each
 * difference to 'report'.  Returns true if there is none. */
bool inc_verify(struct inc *, struct ds *report);

/* Number of units or facts of 'family' that exist, that ran in the last
 * inc_run() that returned true, and that ran since the last clearing. */
struct inc_stats {
    size_t n;
    uint64_t last;
    uint64_t total;
};
void inc_family_stats(const struct inc_family *, struct inc_stats *);

/* Registers the inc-engine/ commands with unixctl: show-stats, clear-stats,
 * recompute, verify, why, warnings ... */
void inc_unixctl_init(struct inc *);

/* Memory, for memory/show. */
struct simap;
void inc_memory_usage(const struct inc *, struct simap *);

#endif /* lib/inc.h */
