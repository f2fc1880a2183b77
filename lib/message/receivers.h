// receivers - the lines of a routing record by whom they are for, looked for once for all
// who get the message.

#ifndef LIB_MESSAGE_RECEIVERS_H
#define LIB_MESSAGE_RECEIVERS_H

#include "lib/base/arena.h"

typedef enum { LINES_BY_LAW, LINES_BY_SUBSCRIPTION, LINES_OF_FEED } lines_why_t;

// Lines that stand together, each with its LF.
typedef struct {
    span_t node, text;
    lines_why_t why;
} own_lines_t;

// Borrowed from the record and from the arena.
typedef struct {
    size_t n;
    own_lines_t *own; // by node; of one node, the line that delivers it first
    span_t told;      // lines that the author may know, each with its LF
    span_t remarks;   // of these, the ones about the message
} receivers_t;

// Of a record that routing_parse takes.
void receivers_read(receivers_t *self, span_t record, arena_t *arena);

// Who asks for the lines of one record after the other.
typedef struct {
    span_t node;
    bool remarks; // the coordination centre reads what the author is told beside
    size_t at;    // where they stood last: there, or right behind, they stand again
} receiver_t;

// All lines that are this node's: that by which it has the message first, then what is
// carried along for it and what is omitted, of which of its feeds the message is, and the
// remarks.  Without the last LF, borrowed from the record or from the arena; nothing when
// no line delivers it to the node.
span_t receivers_lines(const receivers_t *self, receiver_t *receiver, arena_t *arena);

#endif
