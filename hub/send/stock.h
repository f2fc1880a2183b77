// stock - entries made ready to be sent: each is read, divided and looked through once,
// for its author, who has a receipt, and for all who get it.
//
// What was made ready last is kept, in bounded memory and over turns: who is only a
// little behind costs no look into the journal.

#ifndef HUB_SEND_STOCK_H
#define HUB_SEND_STOCK_H

#include "hub/journal/entries.h"
#include "lib/message/receivers.h"
#include "lib/pki/roster.h"
#include "lib/tlog/quarantine.h"

enum { STOCK_BYTES = 4 << 20 }; // about; twice that is kept

// A seal, and the certificates behind its signatures by this turn's roster.
typedef struct {
    span_t text; // its head at least
    bool own;    // of the hub's key
    size_t certs;
    const cert_t *cert[SEAL_SIGNATURES_MAX];
    uint64_t turn;
} stock_seal_t;

// Nothing of it changes while a frame is filled.
typedef struct {
    uint64_t position;
    span_t leaf;
    bool aside; // neither document nor seal goes: the log sets it aside.  Otherwise:
    span_t front, back; // what is around their hashes in the leaf
    span_t document;
    stock_seal_t *seal, *carried; // its own; of the message it carries, or NULL
    seal_place_t place;           // under its own

    receivers_t receivers;
    span_t record;
    bool proven, named; // as entries.h has it; as the quarantine names it
    uint64_t turn;
} stock_item_t;

// All is borrowed for as long as the stock lives.
typedef struct {
    entries_t *entries;
    const quarantine_t *quarantine;
    const char *origin;  // of the log
    const char *own_key; // id of the hub's own: what it sealed may carry another's seal
} stock_setup_t;

typedef struct stock stock_t;

stock_t *stock_new(const stock_setup_t *setup);
void stock_destroy(stock_t **self_p);
// A turn begins; the roster is borrowed until the next.
void stock_begin(stock_t *self, const roster_t *roster);
// A frame is to be filled: items that were had before may go now, and only now.
void stock_make_room(stock_t *self);
// The frame being filled has enough: more would take more memory than is meant.
bool stock_is_full(const stock_t *self);
// The entry at this position.  NULL when it cannot be read.
const stock_item_t *stock_item(stock_t *self, uint64_t position, cause_t *why);
// What is at this position is another by now: it is read again.
void stock_forget(stock_t *self, uint64_t position);
// The lines of its record that are the receiver's, as receivers_lines; of a record that
// cannot be read as a whole only that which delivers it.
span_t stock_lines(const stock_item_t *item, receiver_t *receiver, arena_t *arena);
// What its author is told of it: the lines of its record that are told; of an entry that
// has none, the document.
span_t stock_told(const stock_item_t *item, arena_t *arena);

#endif
