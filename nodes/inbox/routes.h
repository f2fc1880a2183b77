// routes - who receives a message and why, in words: for receipts and for `explain`.
//
// Both come to the same JSON, which is also what --json shows:
//     {"receivers": [{"node", "rule", "cites"}],
//      "withheld": [{"node", "rule", "cites", "code"}],
//      "carries": [{"node", "author", "id"}], "omits": [{"node", "code", "messages"}],
//      "emits": [{"kind", "id", "rule", "cites"}],
//      "absent": [{"role", "rule", "cites"}],
//      "remarks": ["code"], "unreached": ["node"],
//      "acting": [{"person", "office", "territory", "author", "id"}]}

#ifndef NODES_INBOX_ROUTES_H
#define NODES_INBOX_ROUTES_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

#include <jansson.h>
#include <stdio.h>

// Of routing lines (lib/message/routing.h) as a receipt tells them.  NULL with the cause.
json_t *routes_json(span_t lines, cause_t *why);
typedef enum { ROUTES_DONE, ROUTES_ASKED } routes_tense_t; // "told" or "would be told"
void routes_print(const json_t *routes, routes_tense_t tense, FILE *out);

#endif
