// timeline - what happened about an incident, as one who asks may know it.
//
// The thread is everything that refers to a message, and to what refers to it.  Of that
// the asker is shown what it wrote and what was delivered to it, and of who else had
// something no more than the author's receipt told, and only to the author and to nccis.

#ifndef HUB_ASK_TIMELINE_H
#define HUB_ASK_TIMELINE_H

#include "lib/base/refusal.h"
#include "lib/rules/require.h"

#include <jansson.h>

enum {
    TIMELINE_MESSAGES = 300,  // of one answer: the first, and the newest
    TIMELINE_BYTES = 1 << 20, // of one answer
    TIMELINE_WORK = 32 << 20, // bytes of entries that are read for one
};

typedef struct {
    const precedents_t *log;
    // Whether the node has signed for the message at this position.
    bool (*stored)(void *context, const char *node, uint64_t position);
    void *context;
    const char *asker;
    bool nccis; // the asker is
} timeline_t;

// An answer that is being made; between its steps turns may pass, and `timeline_t` may be
// another each time.
typedef struct timeline_walk timeline_walk_t;

// `message` is any of the thread.
timeline_walk_t *timeline_begin(const reference_t *message);
void timeline_drop(timeline_walk_t **walk_p);
// A few entries are read; `work` is what the steps before have cost, in bytes.  False
// when there is nothing more to do.
bool timeline_step(const timeline_t *self, timeline_walk_t *walk, uint64_t work);
// {"incident", "messages", "more"}, the messages in the log's order; where there are too
// many, the first and the newest.  NULL and a refusal when the asker has no part in it,
// which reads the same as when there is no such message.
json_t *timeline_end(
    const timeline_t *self, timeline_walk_t **walk_p, refusal_t *refusal);

#endif
