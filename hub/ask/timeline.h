// timeline - what happened about an incident, as one who asks may know it.
//
// The thread is everything that refers to a message, and to what refers to it.  Of that
// the asker is shown what it wrote and what was delivered to it, and of who else had
// something no more than the author's receipt told, and only to the author and to nccis.

#ifndef HUB_ASK_TIMELINE_H
#define HUB_ASK_TIMELINE_H

#include "hub/state/inboxes.h"
#include "lib/base/refusal.h"
#include "lib/json/writer.h"
#include "lib/rules/require.h"

enum {
    TIMELINE_MESSAGES = 300,  // of one answer: the first, and the newest
    TIMELINE_BYTES = 1 << 20, // of one answer
    TIMELINE_WORK = 32 << 20, // bytes of entries that are read for one
};

// All is borrowed.
typedef struct {
    const precedents_t *log;
    inboxes_t *inboxes;
    uint64_t former_last; // as inboxes_stored has it
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
// When there is not: whether there is anything to show; else a refusal, which reads the
// same when the asker has no part in it and when there is no such message.
bool timeline_found(
    const timeline_t *self, const timeline_walk_t *walk, refusal_t *refusal);
// Into an open object: "incident", whether there is "more", "messages" in the log's
// order; where there are too many, the first and the newest.
void timeline_write(const timeline_walk_t *walk, writer_t *to);
// The messages that are shown, one after the other: the name of the next one at or behind
// `*at`, which then stands on it.  False when there is none.
bool timeline_message(const timeline_walk_t *walk, size_t *at, reference_t *name);

#endif
