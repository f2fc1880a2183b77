// aside - what a receiver gets of an entry that the log sets aside.
//
// An alarm is delivered if it can be: where only its routing record is damaged, document
// and seal are as good as ever.  What no node would take goes out as its leaf alone, so
// that the number is accounted for and the receiver knows whom to ask.

#ifndef HUB_SEND_ASIDE_H
#define HUB_SEND_ASIDE_H

#include "lib/base/arena.h"
#include "lib/pki/roster.h"
#include "lib/tlog/segment.h"

// Whether a node of this log would take document and seal.
bool aside_is_whole(const entry_t *entry, const roster_t *roster, const char *origin);
// The line of a record, which cannot be read as a whole, that delivers it to this node.
span_t aside_line(span_t record, const char *node, arena_t *arena);

#endif
