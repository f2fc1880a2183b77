// standing - exercises and suspensions, as far as the messages that are here tell of
// them.

#ifndef WEB_API_STANDING_H
#define WEB_API_STANDING_H

#include "web/api/find.h"

#include <jansson.h>

// Each exercise, the newest first: {"exercise", "author", "id", "opens_at", "closes_at",
// "state": "announced|open|closed", "joined": whether this node takes part, "row"}.
json_t *standing_exercises(const web_t *web, find_t *find, int64_t now_ms);
// Those that were not lifted as a whole: {"author", "id", "suspended_at", "until",
// "lifted": [row] of what was lifted in part, "row"}.
json_t *standing_suspensions(const web_t *web, find_t *find);

#endif
