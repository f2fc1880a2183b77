// background - threads beside the main one, which no signal reaches.

#ifndef LIB_BASE_BACKGROUND_H
#define LIB_BASE_BACKGROUND_H

#include "lib/base/cause.h"

#include <pthread.h>

// Start a thread; `name` (at most 15 bytes) is what the system shows of it.  The caller
// joins it.  On failure there is none.
int background_start(pthread_t *thread, const char *name, void *(*run)(void *context),
    void *context, cause_t *why);

// A condition whose timed waits go by the monotonic clock.  The caller destroys it.
void background_condition(pthread_cond_t *condition);

#endif
