// turnstile - how often something may be done at once and in a while, by all together, so
// that it leaves others their part.

#ifndef WEB_DESK_TURNSTILE_H
#define WEB_DESK_TURNSTILE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct turnstile turnstile_t;

// At most so many are inside at once, and enter in a second; as many at once after a
// pause.
turnstile_t *turnstile_new(unsigned inside_most, unsigned each_second);
void turnstile_destroy(turnstile_t **self_p);
// From any thread.  False: not now; who is let in leaves again.
bool turnstile_enter(turnstile_t *self, int64_t now_ms);
void turnstile_leave(turnstile_t *self);

#endif
