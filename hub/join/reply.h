// reply - what a newcomer's request is answered by: what the hub says of itself, and what
// became of the request.

#ifndef HUB_JOIN_REPLY_H
#define HUB_JOIN_REPLY_H

#include "lib/config/hub_options.h"
#include "lib/enrol/joins.h"

typedef struct {
    const hub_options_t *options;
    const char *vkey;
    const joins_limits_t *limits;
} reply_setup_t;

// The answer, a JSON object (schemas/PROTOCOL.md, section 14), appended to `out`.  A
// request that is new is kept, where there is room.
void reply_print(
    const reply_setup_t *setup, span_t request, const char *from, buf_t *out);

#endif
