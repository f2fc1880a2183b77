// operations_shown - what operators did, out of the log, for whoever asks on this
// machine.

#ifndef HUB_ASK_OPERATIONS_SHOWN_H
#define HUB_ASK_OPERATIONS_SHOWN_H

#include "hub/journal/column.h"
#include "hub/journal/entries.h"

enum { OPERATIONS_SHOWN_MOST = 256 }; // in one answer

// {"acts": [...], "more": true}: the newest before a position, oldest first, as the
// request asks ("last <n>" LF "before <position>" LF, each where it is given).
// `positions` are those of all acts, in the log's order.
int operations_shown(const column_t *positions, entries_t *entries, span_t request,
    buf_t *out, cause_t *why);

#endif
