// opened - who at this node has opened a message, and when: state/opened/AUTHOR.ID, a
// line for each officer, "<name> <time>".

#ifndef NODES_INBOX_OPENED_H
#define NODES_INBOX_OPENED_H

#include "lib/base/cause.h"
#include "lib/message/document.h"

#include <jansson.h>

// The officer has opened it at this moment, unless he has before.
int opened_note(const char *node, const reference_t *message, const char *officer,
    int64_t now_ms, cause_t *why);
// [{"officer", "at"}] in that order; empty where nobody has.
json_t *opened_json(const char *node, const reference_t *message);

#endif
