// law_reading - a law that is read and verified on a thread of its own: it takes seconds
// where many nodes are enrolled, and the hub's turns go on meanwhile.

#ifndef HUB_LAW_LAW_READING_H
#define HUB_LAW_LAW_READING_H

#include "hub/law/law.h"

typedef struct law_reading law_reading_t;

law_reading_t *law_reading_new(cause_t *why);
// Waits for what is under way, and gives up what was read.
void law_reading_destroy(law_reading_t **self_p);
// Begin to read, with nothing else under way.  What `source` and `before` borrow stays as
// it is until law_reading_ended.  -1: nothing was begun.
int law_reading_begin(law_reading_t *self, const law_source_t *source,
    const law_before_t *before, int64_t now_ms, cause_t *why);
bool law_reading_runs(const law_reading_t *self);
int law_reading_fd(const law_reading_t *self); // readable from its end until taken
// Once for each that was begun: it has ended.
bool law_reading_ended(law_reading_t *self);
// After that, once: the law that was read, which is the caller's to close; or -1, and why
// there is none.
int law_reading_take(law_reading_t *self, law_t *law, cause_t *why);

#endif
