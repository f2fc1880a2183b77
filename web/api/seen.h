// seen - somebody at this node has taken note of what waits, without an answer: for a
// while it does not press, and then it does again by itself.
//
//     state/seen/AUTHOR.ID       OFFICER TIME UNTIL

#ifndef WEB_API_SEEN_H
#define WEB_API_SEEN_H

#include "lib/base/cause.h"
#include "lib/message/document.h"

#include <jansson.h>

// Instead of what was noted of it before.
int seen_note(const char *node, const reference_t *message, const char *officer,
    int64_t now_ms, int64_t until_ms, cause_t *why);
// {"officer", "at", "until"}; null where nobody has, or it has lapsed.
json_t *seen_json(const char *node, const reference_t *message, int64_t now_ms);

#endif
