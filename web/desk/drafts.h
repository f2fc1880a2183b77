// drafts - messages that an officer has begun and not sent yet:
// state/drafts/OFFICER/ID.json in the node's folder.
//
//     {"id", "version", "kind", "document", "note", "changed"}
//
// Who saves says which version that was made from: what another window saved meanwhile is
// never written over.  What was kept is flushed; a failure leaves what was there.

#ifndef WEB_DESK_DRAFTS_H
#define WEB_DESK_DRAFTS_H

#include "lib/base/cause.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum { DRAFTS_MOST = 64, DRAFT_SIZE_MOST = 1 << 20, DRAFT_NOTE_MOST = 2000 }; // bytes

typedef struct {
    int folder; // held open, and locked: nobody else changes anything there meanwhile
} drafts_t;

typedef enum {
    DRAFTS_DONE,
    DRAFTS_ABSENT,  // there is none of this id
    DRAFTS_CHANGED, // there is another version than the one that was named, or none
    DRAFTS_LARGE,
    DRAFTS_MANY,
    DRAFTS_FAILED, // with the cause
} drafts_result_t;

// Of this officer; waits for whoever has it open.  Closed also when it failed.
int drafts_open(drafts_t *self, const char *node, const char *officer, cause_t *why);
void drafts_close(drafts_t *self);

// Whether this can be the id of a draft: at most 64 of a-z, 0-9 and inner hyphens.
bool drafts_id(const char *id);
// All of them, the newest first, without their documents but with their summaries.
json_t *drafts_list(const drafts_t *self);
// NULL: there is none, or it cannot be read.
json_t *drafts_get(const drafts_t *self, const char *id);
// Keep this instead of the version; 0: there is none yet.  `draft` has kind, document and
// note, and gets the rest.  With DRAFTS_CHANGED *current is what is there, or NULL.
drafts_result_t drafts_put(const drafts_t *self, const char *id, int64_t version,
    int64_t now_ms, json_t *draft, json_t **current, cause_t *why);
drafts_result_t drafts_delete(const drafts_t *self, const char *id, int64_t version,
    json_t **current, cause_t *why);

#endif
