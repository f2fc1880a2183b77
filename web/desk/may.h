// may - what a node of this role may do about a message, as far as rules tell by kinds:
// whether it is let pass is the hub's to say (`explain`).

#ifndef WEB_DESK_MAY_H
#define WEB_DESK_MAY_H

#include "nodes/roles/law_copy.h"

#include <jansson.h>

typedef struct {
    const json_t *root;      // the message
    const char *node, *role; // of who looks at it
    bool stands;
} may_subject_t;

// [{"act", "kind", "title", "cites", "by", "words"}]: "answer" names it in `re`, with the
// words of an acknowledgement; "follow" names it in `incident`, "share" brings others in
// that way; "correct" and "withdraw" are its author's; "delegate" gives an office on.
json_t *may_json(const law_copy_t *law, const may_subject_t *subject);

#endif
