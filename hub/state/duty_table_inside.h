// duty_table_inside - what a table of duties holds: shared by duty_table.c (places and
// look-ups) and duty_table_keep.c (a snapshot's part), nobody else.

#ifndef HUB_STATE_DUTY_TABLE_INSIDE_H
#define HUB_STATE_DUTY_TABLE_INSIDE_H

#include "hub/state/due.h"
#include "hub/state/duty_table.h"
#include "hub/state/tags.h"
#include "lib/rules/duty_counts.h"

// What a duty is looked for by; BY_ANSWER, BY_DRAFTED: by what met it, folded and in the
// draft.
enum {
    BY_ID,
    BY_MESSAGE,
    BY_CAUSE,
    BY_ANSWER,
    BY_DRAFTED,
    BY_TOWARDS,
    BY_DEBTOR,
    BY_EXERCISE,
    KEYS
};

typedef struct {
    duty_t *folded;                     // owned; NULL: it is only drafted
    const duty_t *drafted;              // the newest of this turn
    uint64_t number, brought, position; // as duty_entry_t has them; the newest position
    uint64_t corrected; // the number of the newest correction with its debtor, or 0
    uint64_t serial;    // in the list or a ring
    uint64_t born;      // which place of all it was when it was taken
    size_t tag[KEYS];
} place_t;

typedef struct {
    uint64_t serial;
    size_t place;
} row_t;

typedef struct {
    uint64_t added; // so far
    size_t *place;  // of serial s at (s - 1) % settled_max
} ring_t;

struct duty_table {
    size_t settled_max;
    place_t *place; // from 1
    size_t n, room;
    size_t *unused; // places to be used again
    size_t unused_n, unused_room;
    tags_t *ids, *messages, *causes, *answers, *creditors, *debtors, *exercises;
    lookup_t *lookup, *own; // of lapsed ones; its own, or NULL
    uint64_t lapses;        // so far
    uint64_t births;
    due_t *due[DUTY_WORLDS];
    row_t *row; // unsettled, by serial
    size_t rows, rows_room;
    uint64_t serial;
    size_t unsettled[DUTY_WORLDS];
    size_t owed_nobody;    // real ones of these, towards a role that nobody has
    duty_counts_t *counts; // of what is folded
    ring_t settled[DUTY_WORLDS];
    duty_t **draft; // owned
    size_t drafts, drafts_room;
};

duty_t *duty_table_copy(const duty_t *duty); // the caller frees it
size_t duty_table_add_place(duty_table_t *self, const duty_t *duty); // moves the places
// Among the unsettled, or in the ring of the settled.
void duty_table_order(duty_table_t *self, size_t i);
void duty_table_set_due(duty_table_t *self, size_t i);
void duty_table_tag_debtor(duty_table_t *self, size_t i);
void duty_table_tag_message(
    duty_table_t *self, size_t i, int key, const reference_t *name);
bool duty_table_stands(const duty_table_t *self, const row_t *row); // unsettled still
size_t *duty_table_ring_place(
    const duty_table_t *self, duty_world_t world, uint64_t serial);

#endif
