// reached - who has a message: whom its author was told of, who has signed for it, and
// what each has answered.

#ifndef WEB_API_REACHED_H
#define WEB_API_REACHED_H

#include "lib/message/document.h"

#include <jansson.h>

// [{"node", "rule", "cites", "told", "stored", "answer"}] of the routes of its receipt
// (nodes/inbox/routes.h), or NULL, and of the hub's answer about its incident, or NULL:
// then `stored` is null.  `answer` is null or {"word" or "kind", "id", "at"}, the newest.
json_t *reached_json(
    const json_t *routes, const json_t *timeline, const reference_t *message);
// What the timeline has of this message; NULL: nothing.  Borrowed.
const json_t *reached_entry(const json_t *timeline, const reference_t *message);

#endif
