// crew - a few threads that answer requests, and a queue before them in which no
// officer can take every place.

#ifndef WEB_HTTP_CREW_H
#define WEB_HTTP_CREW_H

#include "lib/base/cause.h"

#include <stdbool.h>
#include <stddef.h>

typedef void crew_do_t(void *context, void *job);

typedef struct crew crew_t;

crew_t *crew_new(size_t n, crew_do_t *work, void *context, cause_t *why);
// What is queued is done first; then nothing is taken any more.
void crew_end(crew_t *self);
void crew_destroy(crew_t **self_p);
// False, with the cause: too much waits, of all or of this officer.
bool crew_give(crew_t *self, void *job, const char *officer, cause_t *why);
size_t crew_busy(crew_t *self); // jobs that are queued or being done

#endif
