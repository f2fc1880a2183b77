// schema_tree - a compiled schema: what the sources schema*.c share.  Nobody else
// includes this.
//
// A schema becomes a node, each keyword that asserts something a clause of it.  Nodes
// live in the set's arena, never change after loading and may be checked by any number of
// threads.

#ifndef LIB_JSON_SCHEMA_TREE_H
#define LIB_JSON_SCHEMA_TREE_H

#define PCRE2_CODE_UNIT_WIDTH 8

#include "lib/base/arena.h"
#include "lib/base/cause.h"
#include "lib/base/refusal.h"
#include "lib/json/format.h"
#include "lib/json/schema.h"
#include "lib/json/value.h"

#include <pcre2.h>

// JSON types as bits.  A real number with no fraction is an integer too (see
// type_matches).
enum {
    T_NULL = 1,
    T_BOOLEAN = 2,
    T_OBJECT = 4,
    T_ARRAY = 8,
    T_STRING = 16,
    T_INTEGER = 32,
    T_REAL = 64,
    T_NUMBER = T_INTEGER | T_REAL,
    T_ANY = 127,
};

typedef struct node schema_node_t;
typedef struct clause clause_t;
typedef struct keyword keyword_t;

// Where a value stands in the message: a chain on the stack that ends in NULL at the
// root.
typedef struct place {
    const struct place *up;
    const char *key; // NULL: `number` is an index
    size_t number;   // length of key, or the index
} schema_place_t;

// One check of one message by one thread.
typedef struct {
    refusal_t *refusal;
    unsigned quiet;          // > 0: a branch is only tried, do not write the refusal
    pcre2_match_data *match; // made when the first pattern is met
    pcre2_match_context *limits;
    bool gave_up; // a pattern took too many steps: the message is refused
} schema_run_t;

typedef bool schema_check_t(schema_run_t *run, const clause_t *clause,
    const value_t *value, const schema_place_t *at);
// Whether the clause has looked at this member of an object that it accepted (what the
// standard calls evaluated).
typedef bool covers_t(schema_run_t *run, const clause_t *clause, const value_t *object,
    const value_t *member);

// Names to schemas, by open addressing; an empty slot has no node.
typedef struct {
    const char *key;
    uint32_t length, hash; // see value_hash
    schema_node_t *node;
} field_t;

typedef struct {
    size_t n;
    size_t mask; // slots - 1; there is always a free slot
    field_t *slot;
} fields_t;

static inline field_t *fields_slot(
    const fields_t *self, const char *key, size_t length, uint32_t hash)
{
    size_t i = hash & self->mask;
    for (; self->slot[i].node; i = (i + 1) & self->mask)
        if (self->slot[i].hash == hash && self->slot[i].length == length &&
            value_same_key(self->slot[i].key, key, length))
            break;
    return &self->slot[i];
}

// The schema of this name, or NULL.
static inline const schema_node_t *fields_find(
    const fields_t *self, const char *key, size_t length, uint32_t hash)
{
    return fields_slot(self, key, length, hash)->node;
}

static inline const schema_node_t *fields_of_member(
    const fields_t *self, const value_t *member)
{
    return fields_find(self, member->key, member->key_length, member->key_hash);
}

typedef struct {
    size_t n;
    schema_node_t **node;
} nodes_t;

// Names alone, in the order of the schema.
typedef struct {
    size_t n;
    field_t *name;
} required_t;

// A row of characters, each part of it so many of one class.
enum { SHAPE_PARTS = 16 };

typedef struct {
    size_t size, n;
    uint8_t count[SHAPE_PARTS];
    uint16_t parts_of[256]; // in which parts a character may stand
} shape_t;

typedef struct pattern {
    pcre2_code *code;
    shape_t *shape; // says the same; NULL: it is none
    struct pattern *next;
} pattern_t;

// properties, patternProperties and additionalProperties of one schema: one walk serves
// all.
typedef struct {
    fields_t fields;
    const field_t *only; // when there is nothing but this one; or NULL
    nodes_t by_pattern;
    const pattern_t **pattern; // as many as by_pattern.n
    schema_node_t *others;     // additionalProperties, or NULL
} members_t;

struct clause {
    const keyword_t *keyword;
    schema_check_t *check;       // the keyword's
    unsigned applies;            // the keyword's
    const value_t *value;        // the keyword's value, borrowed from the file
    const char *file;            // for the refusal
    const char *title;           // of the schema, NULL without one
    const schema_node_t *schema; // that it stands in
    union {
        size_t count;
        unsigned types;
        const pattern_t *pattern;
        const format_t *format;
        schema_node_t *node;
        nodes_t list;
        required_t required;
        fields_t *fields;
        members_t *members;
        struct {
            schema_node_t *node;
            size_t skip; // items: what prefixItems has taken
        } items;
        struct {
            schema_node_t *node;
            size_t min, max;
        } contains;
        struct {
            schema_node_t *test, *yes, *no; // yes and no may be NULL
        } branch;
    } as;
};

typedef struct edge {
    schema_node_t *to;
    struct edge *next;
} schema_edge_t;

struct node {
    size_t n;
    clause_t *clause; // in the order of the keyword table: cheap ones first
    // What is asked in its place: the one that it refers to when it says nothing else,
    // or itself.
    const struct node *acts;
    unsigned surely;           // types that its first clause takes whatever the value is
    const struct node *refers; // what its $ref means, or NULL
    const fields_t *named;     // its `properties`, or NULL
    const value_t *json;
    const char *anchor;
    schema_edge_t *in_place; // schemas applied to the same value: must not lead back here
    int colour;              // 0 unseen, 1 on the way, 2 done: the search for such loops
};

// A file, or the one schema of schema_compile.
typedef struct {
    char name[80];
    char id[160];       // absolute, without fragment; "" without one
    uint32_t kind_hash; // see value_hash
    value_t *owned;     // NULL when the caller keeps the schema
    const value_t *json;
    schema_node_t *root;
    size_t first_node, end_node; // its nodes in the set's list
    const value_t *kind;         // that it describes: its properties.kind.const; or NULL
} schema_file_t;

typedef struct pending {
    struct pending *next;
    const schema_file_t *file;
    schema_node_t *from;
    clause_t *clause;
} unresolved_t;

struct schemas {
    arena_t *arena;
    size_t files, nodes, nodes_room;
    schema_file_t *file;
    schema_node_t **node;
    pattern_t *patterns;   // all: their codes are to be freed
    unresolved_t *pending; // $ref not resolved yet; empty after loading
    pcre2_match_context *match;
    buf_t text;   // see schemas_text
    bool bounded; // uniqueItems only beside maxItems: comparing all pairs must end
};

// While a file is compiled.
typedef struct {
    struct schemas *set;
    schema_file_t *file;
    cause_t *why;
} loader_t;

// Where a keyword stands while it is compiled.
typedef struct {
    loader_t *loader;
    schema_node_t *node;
    const value_t *schema; // all keywords of the node
} site_t;

// How a keyword's value becomes a clause.  1: there is a clause, 0: none, -1: failed.
typedef int compile_t(const site_t *site, clause_t *clause);

struct keyword {
    const char *name;
    unsigned applies;   // to which types it says anything
    compile_t *compile; // NULL: an annotation
    schema_check_t *check;
    covers_t *covers; // NULL: looks at no members
};

// schema_keywords.c
const keyword_t *keyword_next(
    const keyword_t *after); // in checking order; NULL: first, last
const keyword_t *keyword_find(const char *name);

int keyword_fault(const site_t *site, const clause_t *clause, const char *expected); // -1

// schema.c
const schema_file_t *schema_file_of(
    const struct schemas *set, const char *kind); // or NULL

// schema_fields.c
compile_t compile_members, compile_dependent_schemas;

// schema_words.c
compile_t compile_words;
// schema_field.c: in English, of the first schema that has one; NULL: none has.
const char *schema_description(
    const struct schemas *self, const char *kind, const char *pointer);

// schema_compile.c
schema_node_t *schema_node(loader_t *loader, const value_t *json);
int schema_link(struct schemas *set, cause_t *why); // resolve $ref, refuse loops
// The same, for a subschema that applies to the same value as the one it stands in.
schema_node_t *schema_beside(const site_t *site, const value_t *json);
void *schema_take(loader_t *loader, size_t size); // zeroed, from the set's arena

// schema_value.c
unsigned type_of(const value_t *value);
bool type_matches(unsigned types, const value_t *value);
unsigned type_named(const char *name); // 0: no such type
const char *type_words(const value_t *value);
bool number_divides(const value_t *divisor, const value_t *value);
size_t schema_characters(const value_t *string);

// schema_check.c: assertions
// Write the refusal unless the branch is only tried.  Always false.
bool schema_fail(schema_run_t *run, const clause_t *clause, const schema_place_t *at,
    const char *format, ...) __attribute__((format(printf, 4, 5)));
schema_check_t check_type, check_const, check_enum, check_required,
    check_dependent_required;
schema_check_t check_min_properties, check_max_properties, check_min_items,
    check_max_items;
schema_check_t check_unique_items, check_min_length, check_max_length, check_pattern,
    check_format;
schema_check_t check_minimum, check_maximum, check_exclusive_minimum,
    check_exclusive_maximum;
schema_check_t check_multiple_of, check_never;

// schema_pattern.c
const pattern_t *pattern_compile(loader_t *loader, const char *text); // NULL: the cause
bool pattern_matches(
    schema_run_t *run, const pattern_t *self, const char *text, size_t size);

// schema_apply.c: keywords that hand a value, or parts of it, to other nodes
bool node_accepts(schema_run_t *run, const schema_node_t *node, const value_t *value,
    const schema_place_t *at);
schema_check_t check_members, check_prefix_items, check_items, check_contains, check_ref;
schema_check_t check_all_of, check_any_of, check_one_of, check_not, check_if;
schema_check_t check_dependent_schemas, check_unevaluated;
covers_t covers_members, covers_ref, covers_all_of, covers_any_of, covers_if;
covers_t covers_dependent_schemas, covers_everything;

#endif
