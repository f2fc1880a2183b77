// pick - the messages whose ids a person means by a piece: the beginning or the end of
// one.
//
// An id begins with the moment at which it was written: messages of one minute begin
// alike, and the end tells them apart sooner.

#ifndef NODES_INBOX_PICK_H
#define NODES_INBOX_PICK_H

#include "lib/base/bytes.h"
#include "lib/message/document.h"

enum { PICK_LEAST = 4 }; // characters of a piece

typedef struct {
    char piece[MESSAGE_ID_MAX]; // in lower case
    buf_t ids;                  // owned: each MESSAGE_ID_MAX octets
} pick_t;

// Whether the text may be a piece of an id, and no whole one.
bool pick_is_piece(const char *text);
void pick_begin(pick_t *self, const char *piece); // which pick_is_piece takes
// Those of a folder of messages.  One that cannot be looked at has none.
void pick_look(pick_t *self, const char *folder);
// Sort what was found, each once; how many there are.
size_t pick_count(pick_t *self);
// Valid after pick_count, as long as `self`; the oldest is 0.
const char *pick_id(const pick_t *self, size_t at);
void pick_close(pick_t *self);

#endif
