/* Copyright (c) 2026 The authors, see NOTICE.
 *
 * Licensed under the Apache License, Version 2.0; see LICENSE.
 */

#ifndef LIB_INC_PRIVATE_H
#define LIB_INC_PRIVATE_H 1

/* The inside of the incremental engine, shared by the lib/inc-*.c files and
 * nobody else.  See inc.h for the words, then read in this order:
 *
 *     inc-graph.c    Nodes, reads and readers.
 *     inc-output.c   Claims.
 *     inc-table.c    Rows, derived tables, joins.
 *     inc-elements.c Tables of elements of sets.
 *     inc-index.c    Finding rows by key.
 *     inc-cx.c       What the functions of families call.
 *     inc.c          Families, levels, inc_run().
 *     inc-idl.c      Rows of databases.
 *     inc-verify.c   Checking the live state against a recomputation.
 *     inc-unixctl.c  The inc-engine/ commands. */

#include "lib/inc.h"
#include "openvswitch/hmap.h"
#include "openvswitch/uuid.h"

/* A vector of node ids. */
struct inc_ids {
    uint32_t *ids;
    size_t n, allocated;
};

void inc_ids_push(struct inc_ids *, uint32_t id);
void inc_ids_destroy(struct inc_ids *);

/* A hash table of node ids: 8 bytes an entry, open addressing.  Several
 * entries may have the same hash. */
struct inc_slot {
    uint32_t hash;
    uint32_t id;                /* 0: empty. */
};

struct inc_htab {
    struct inc_slot *slots;
    uint32_t mask;              /* Number of slots minus 1. */
    uint32_t n;
};

void inc_htab_insert(struct inc_htab *, uint32_t hash, uint32_t id);
void inc_htab_remove(struct inc_htab *, uint32_t hash, uint32_t id);
void inc_htab_destroy(struct inc_htab *);

/* Returns the next id with 'hash', or 0.  Start with '*pos' UINT32_MAX.  The
 * table may not change between calls. */
uint32_t inc_htab_next(const struct inc_htab *, uint32_t hash, uint32_t *pos);

#define INC_HTAB_FOR_EACH_WITH_HASH(ID, POS, HASH, HTAB)                 \
    for (uint32_t POS = UINT32_MAX, ID;                                 \
         (ID = inc_htab_next(HTAB, HASH, &POS)) != 0; )

#define INC_HTAB_FOR_EACH(ID, I, HTAB)                                  \
    for (uint32_t I = 0, ID; (HTAB)->slots && I <= (HTAB)->mask; I++)   \
        if ((ID = (HTAB)->slots[I].id) != 0)

/* Hash of a node id: a bijection, so equal hashes mean equal ids. */
static inline uint32_t
inc_hash_id(uint32_t id)
{
    uint32_t h = id * 0x9e3779b1u;
    return h ^ h >> 15;
}

/* Nodes. */

enum inc_node_kind {
    INC_NODE_FREE,
    INC_NODE_ROW,               /* 'owner' is a table. */
    INC_NODE_BUCKET,            /* 'owner' is an index. */
    INC_NODE_FACT,              /* 'owner' is a family. */
    INC_NODE_UNIT               /* 'owner' is a family. */
};

enum {
    INC_DIRTY = 1 << 0,         /* In its family's 'pending'. */
    INC_GONE = 1 << 1,          /* Its row is gone. */
    INC_DOOMED = 1 << 2,        /* In the engine's 'doomed'. */
    INC_COMPUTING = 1 << 3,     /* Its function runs. */
    INC_ONE_READ = 1 << 4,      /* 'reads.one', not 'reads.list'. */
    INC_FEW_READERS = 1 << 5    /* 'readers.few', not 'readers.list'. */
};

struct inc_edge {
    uint32_t node;
    uint32_t mask;              /* Columns read, if 'node' is a row. */
};

/* A forward list, sorted by node. */
struct inc_edges {
    size_t n;
    struct inc_edge edges[];
};

/* A reverse list of more than INC_FEW readers. */
struct inc_hints {
    uint32_t n, allocated;
    uint32_t live;              /* Exact number of readers. */
    uint32_t pad;
    uint32_t ids[];
};

#define INC_FEW 2

struct inc_node {
    uint8_t kind;               /* enum inc_node_kind. */
    uint8_t flags;
    uint16_t owner;             /* Number of the table, index or family. */
    uint32_t key;               /* Facts, units: the row.  Buckets: the hash.
                                 * Rows of INC_ELEMENTS: see
                                 * inc-elements.c.  Free nodes: the next free
                                 * node. */

    /* What it read: of facts and units.  Most read one thing, or have one or
     * two readers, and need no memory beside the node. */
    union {
        struct inc_edges *list; /* NULL if nothing. */
        struct inc_edge one;
    } reads;

    /* Who read it: of rows, buckets and facts. */
    union {
        struct inc_hints *list; /* NULL if nobody. */
        uint32_t few[INC_FEW];  /* Exact; 0 is nobody. */
    } readers;
    void *data;                 /* Rows: see inc-table.c.  Buckets: struct
                                 * inc_bucket.  Facts: the value.  Units:
                                 * struct inc_claims, or inc_elements. */
};
BUILD_ASSERT_DECL(sizeof(struct inc_node) <= 32);

/* A claim, interned.  In struct inc_output_state's 'items', hashed by the
 * key alone, so that all claims of a key are found together. */
struct inc_item {
    struct hmap_node hmap_node;
    uint32_t n_claims;
    uint32_t key_len;
    uint32_t value_len;
    uint16_t output;
    bool dirty;                 /* In the output's 'dirty'. */
    char bytes[];               /* Key, then value. */
};

struct inc_claims {
    size_t n;
    struct inc_item *items[];   /* Sorted by address. */
};

struct inc_output_state {
    struct inc *inc;
    struct inc_output *output;
    uint16_t no;
    struct inc_table *table;    /* Nonnull if this is a derived table's. */
    struct hmap items;
    size_t n_claimed;           /* Items with 'n_claims' > 0. */
    struct inc_item **dirty;
    size_t n_dirty, allocated_dirty;
};

struct inc_bucket {
    uint32_t n, allocated;
    uint32_t *rows;             /* Sorted by inc_row_compare(). */
    uint32_t key_len;
    char key[];
};

struct inc_index_state {
    struct inc *inc;
    struct inc_index *index;
    uint16_t no;
    uint32_t columns;           /* That the 'keys' function ever read. */
    struct inc_htab buckets;    /* By hash of the key. */
    struct inc_htab by_row;     /* Bucket ids, by inc_hash_id(row). */
    struct inc_table **joins;   /* Join tables this is a side of. */
    size_t n_joins;
};

/* Data of a row of an INC_IDL table. */
struct inc_idl_data {
    const struct ovsdb_idl_row *row; /* NULL if the row is gone. */
    struct uuid uuid;
    uint32_t refs_hash;
    unsigned int seqno;         /* Of the row's insertion, in the IDL. */
    uint32_t mark;              /* Of the last full scan that saw it. */
};

struct inc_table_state {
    struct inc *inc;
    struct inc_table *table;
    uint16_t no;
    int level;
    struct inc_htab rows;       /* By hash of UUID, key or pair. */
    struct inc_family **families; /* That run over this table. */
    size_t n_families;
    struct inc_index **indexes; /* That are built. */
    size_t n_indexes;
    struct inc_index *by_key;   /* For inc_lookup(), or NULL. */
    /* INC_IDL. */
    struct ovsdb_idl *idl;
    size_t n_orphans;           /* Rows in the IDL's table that are not rows
                                 * of the engine, at the last full scan. */
    /* INC_ELEMENTS. */
    struct inc_family tell;     /* Fills it, see inc-elements.c. */
};

struct inc_family_state {
    struct inc *inc;
    struct inc_family *family;
    uint16_t no;
    int level;
    struct inc_table *elements; /* The table that it fills instead of claiming,
                                 * or NULL. */
    struct inc_htab nodes;      /* Facts or units, by inc_hash_id(row). */
    struct inc_ids pending;
    uint64_t n_run, n_run_before; /* In total; before the last run. */
    uint64_t n_cleared;           /* At the last clearing. */
    uint64_t last_run;            /* Number of the run that ran it last. */
};

#define INC_CHUNK_BITS 12
#define INC_CHUNK_SIZE (1u << INC_CHUNK_BITS)

struct inc {
    char *name;
    bool strict;
    bool verify_always;
    bool started;
    bool running;
    bool all_dirty;             /* inc_recompute() was called. */

    /* Nodes.  Chunks, so that nodes do not move. */
    struct inc_node **chunks;
    size_t n_chunks;
    uint32_t n_nodes;           /* Ever used, including id 0. */
    uint32_t n_free;
    uint32_t free_nodes;        /* First of a list linked by 'key'. */
    struct inc_ids doomed;      /* Candidates for being freed. */

    struct inc_table **tables;
    size_t n_tables;
    struct inc_index **indexes;
    size_t n_indexes;
    struct inc_family **families;
    size_t n_families;
    struct inc_output **outputs;
    size_t n_outputs;
    int n_levels;

    struct inc_cx *cx_pool;     /* Unused contexts. */
    uint64_t run_no;
    uint64_t n_edges;           /* In all forward lists. */
    uint32_t scan_mark;
    unsigned int n_reloads;     /* inc_idl_reloads(). */
    unsigned int n_recomputes;  /* inc_recomputes(). */

    struct inc_output warnings;
    void *warned;               /* struct sset: warnings that were logged. */
};

/* inc-graph.c */

static inline struct inc_node *
inc_node(const struct inc *inc, uint32_t id)
{
    return &inc->chunks[id >> INC_CHUNK_BITS][id & (INC_CHUNK_SIZE - 1)];
}

uint32_t inc_node_alloc(struct inc *, enum inc_node_kind, uint16_t owner,
                        uint32_t key);
void inc_node_free(struct inc *, uint32_t id);
uint32_t inc_node_live(const struct inc_node *);
void inc_doom(struct inc *, uint32_t id);
void inc_dirty(struct inc *, uint32_t id);
void inc_dirty_readers(struct inc *, uint32_t id, uint32_t mask);
const struct inc_edge *inc_reads(const struct inc_node *, size_t *n);
void inc_node_uninit(struct inc_node *);
bool inc_edges_equal(const struct inc_node *, const struct inc_edge *,
                     size_t n);
void inc_set_reads(struct inc *, uint32_t id, const struct inc_edge *,
                   size_t n);
size_t inc_ids_normalize(uint32_t *ids, size_t n);
size_t inc_edges_normalize(struct inc_edge *, size_t n);

/* inc-output.c */

void inc_output_init(struct inc *, struct inc_output *, struct inc_table *);
void inc_output_destroy(struct inc_output *);
struct inc_item *inc_item_find(const struct inc_output_state *,
                               const void *key, size_t key_len,
                               const void *value, size_t value_len);
struct inc_item *inc_item_intern(struct inc_output_state *,
                                 const void *key, size_t key_len,
                                 const void *value, size_t value_len);
void inc_claims_set(struct inc *, struct inc_node *, struct inc_item **,
                    size_t n);
size_t inc_items_normalize(struct inc_item **, size_t n);
void inc_output_flush(struct inc_output_state *,
                      void (*cb)(void *aux, const void *key, size_t key_len,
                                 const struct inc_claim *, size_t n),
                      void *aux);

/* inc-table.c */

void inc_table_destroy(struct inc_table *);
uint32_t inc_row_create(struct inc *, struct inc_table *, uint32_t hash,
                        void *data);
void inc_row_delete(struct inc *, uint32_t id, uint32_t hash);
void inc_row_changed(struct inc *, uint32_t id, uint32_t mask);
void inc_row_announce(struct inc *, struct inc_table *, uint32_t id);
void inc_row_free_data(struct inc *, struct inc_node *);
int inc_row_compare(const struct inc *, uint32_t a, uint32_t b);
uint32_t inc_table_find_key(const struct inc_table *, const void *key);
void inc_table_flush(struct inc *, struct inc_table *);
uint32_t inc_join_find(const struct inc_table *, uint32_t l, uint32_t r);
void inc_join_add(struct inc *, struct inc_table *, uint32_t l, uint32_t r);
void inc_join_remove(struct inc *, struct inc_table *, uint32_t l,
                     uint32_t r);
uint32_t inc_join_part(const struct inc_node *, bool right);
char *inc_row_bytes(const struct inc_table *, const struct inc_node *,
                    int part);
void inc_format_row(const struct inc *, uint32_t id, struct ds *);

/* inc-elements.c */

void inc_elements_init(struct inc *, struct inc_table *);
void inc_elements_set(struct inc *, struct inc_node *unit,
                      const struct ovsdb_datum *set);
void inc_elements_clear(struct inc *, struct inc_node *unit);
bool inc_elements_equal(const struct inc *, const struct inc_node *unit,
                        const struct ovsdb_datum *set);
size_t inc_elements_count(const struct inc_node *unit);
const char *inc_element_string(const struct inc_node *row);
int inc_element_compare(const struct inc *, const struct inc_node *,
                        const struct inc_node *);

/* inc-index.c */

void inc_index_activate(struct inc *, struct inc_index *);
void inc_index_destroy(struct inc_index *);
void inc_index_update(struct inc *, struct inc_index *, uint32_t row,
                      bool gone);
uint32_t inc_index_find(const struct inc_index_state *, const void *key,
                        size_t key_len, uint32_t hash);
uint32_t inc_index_get(struct inc *, struct inc_index *, const void *key,
                       size_t key_len);
void inc_bucket_free(struct inc *, uint32_t id);
void inc_index_keys(struct inc *, struct inc_index *, uint32_t row,
                    struct inc_keys *);
void inc_keys_destroy(struct inc_keys *);
uint32_t inc_index_hash(const void *key, size_t key_len);

/* The keys of a row: bytes, each with its length. */
struct inc_keys {
    struct inc_one_key {
        size_t ofs, len;
    } *keys;
    size_t n, allocated;
    char *bytes;
    size_t n_bytes, allocated_bytes;
};

/* inc.c */

enum inc_mode { INC_RUN, INC_INDEX, INC_VERIFY };

struct inc_block {
    struct inc_block *next;
    size_t used, size;
    char bytes[] OVS_ALIGNED_VAR(16);
};

/* A fact that inc_verify() computed because it was not there. */
struct inc_unkept {
    struct inc_unkept *next;
    struct inc_family *family;
    void *value;
};

struct inc_cx {
    struct inc *inc;
    struct inc_cx *next;        /* In the pool. */
    enum inc_mode mode;
    struct inc_family *family;  /* NULL for an index. */
    struct inc_index *index;    /* INC_INDEX. */
    uint32_t row;
    struct inc_edge *reads;
    size_t n_reads, allocated_reads;
    struct inc_item **items;
    size_t n_items, allocated_items;
    const struct ovsdb_datum *set; /* Of a unit that fills a table of
                                    * elements. */
    struct inc_block *blocks;
    struct inc_unkept *unkept;  /* INC_VERIFY. */
    struct ds *report;          /* INC_VERIFY. */
    bool ok;                    /* INC_VERIFY. */
};

void inc_cx_call(struct inc_cx *, struct inc_family *, void *value);
void inc_run_node(struct inc *, uint32_t id);
uint32_t inc_family_add(struct inc *, struct inc_family *, uint32_t row);
void inc_row_units_create(struct inc *, struct inc_table *, uint32_t row);
void inc_row_nodes_release(struct inc *, struct inc_table *, uint32_t row);
uint32_t inc_family_find(const struct inc_family *, uint32_t row);
void inc_fact_drop(struct inc *, struct inc_node *);

/* inc-cx.c */

struct inc_cx *inc_cx_get(struct inc *, enum inc_mode, uint32_t row);
void inc_cx_put(struct inc_cx *);

/* inc-idl.c */

struct inc_idl_data *inc_idl_data(const struct inc_node *);
uint32_t inc_idl_find(const struct inc_table *, const struct uuid *);
bool inc_idl_verify(struct inc *, struct inc_table *, struct ds *);

#endif /* lib/inc-private.h */
