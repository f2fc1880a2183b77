// carry - the older messages that go along with one which brings a node in.
//
// Of a thread goes along what stands: what was corrected or taken back stays with those
// who had it.  Nobody hands over what it did not have itself, and no marking is passed:
// what it keeps from the node is counted, and said.  The limits are operational defaults.

#ifndef HUB_DECIDE_CARRY_H
#define HUB_DECIDE_CARRY_H

#include "hub/decide/marking.h"
#include "hub/state/recipients.h"
#include "lib/pki/roster.h"
#include "lib/rules/carries.h"

enum {
    CARRY_MESSAGES = 256,  // that one node is handed with one message
    CARRY_BYTES = 8 << 20, // of their documents and seals
    CARRY_LINES = 2048,    // that one message brings along, for all together
    CARRY_LOOKED_AT = 4096 // the newest of a thread
};

typedef struct {
    leaf_t leaf;
    tlp_t marking;
    size_t bytes;
    size_t to_count; // whom it is addressed to
    char (*to)[NODE_ID_MAX];
} carry_item_t;

typedef struct {
    // All is borrowed.
    const recipients_t *recipients;
    const member_t *author; // who hands over
    routing_t *routing;     // where its lines go
    size_t lines;           // so far
    reference_t first;      // what the thread at hand began with
    size_t n, room;
    carry_item_t *item; // that may be handed over, by position
} carry_t;

// Whether the node lacks what began as `first`.
bool carry_is_new(const carry_t *self, const reference_t *first, const char *node);
// Look at a thread: what names `first` as `what` says, and that itself.  The message at
// the position `except` is being replaced.
void carry_thread(carry_t *self, const carries_t *what, const reference_t *first,
    const uint64_t *except);
// Or at one message after the other.
void carry_offer(carry_t *self, const leaf_t *leaf);
// Write the lines for a node, which has the message at hand delivered.  `wished`: it was
// chosen by the author and not by law.  Returns whether it has what the thread began with
// by then.
bool carry_to(carry_t *self, const char *node, const receiver_t *receiver, bool wished);
void carry_clear(carry_t *self); // another thread
void carry_close(carry_t *self);

#endif
