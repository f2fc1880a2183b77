// timeline - what happened about an incident, as one who asks may know it.
//
// The thread is everything that refers to a message, and to what refers to it.  Of that
// the asker is shown what it wrote and what was delivered to it, and of who else had
// something no more than the author's receipt told, and only to the author and to nccis.

#ifndef HUB_TIMELINE_H
#define HUB_TIMELINE_H

#include "lib/refusal.h"
#include "lib/require.h"

#include <jansson.h>

enum {
    TIMELINE_MESSAGES = 300, // looked at for one answer, the newest
    TIMELINE_BYTES = 1 << 20 // of one answer
};

typedef struct {
    const precedents_t *log;
    // Whether the node has signed for the message at this position.
    bool (*stored)(void *context, const char *node, uint64_t position);
    void *context;
    const char *asker;
    bool nccis; // the asker is
} timeline_t;

// {"incident", "messages", "more"}, the messages in the log's order.  `message` is any of
// the thread.  NULL and a refusal when the asker has no part in it, which reads the same
// as when there is no such message.
json_t *timeline_of(
    const timeline_t *self, const reference_t *message, refusal_t *refusal);

#endif
