// shared - an answer that all consoles get alike: made once for as long as it is fresh
// and nothing that it is made of has changed.

#ifndef WEB_SHARED_H
#define WEB_SHARED_H

#include "lib/base/bytes.h"

#include <jansson.h>

typedef struct shared shared_t;

typedef struct {
    hash_t made_of;   // what can be told apart cheaply of what it is made of
    int64_t now_ms;   // monotonic
    int64_t fresh_ms; // for so long
    void *context;
    // `changed`: what it is made of is not what it was before.  The caller's.
    json_t *(*make)(void *context, bool changed);
} shared_want_t;

shared_t *shared_new(void);
void shared_destroy(shared_t **self_p);
// From any thread: the text, appended to `out`; whoever comes while it is made waits for
// it.  False: it could not be made.
bool shared_take(shared_t *self, const shared_want_t *want, buf_t *out);

#endif
