// job - a piece of work on a thread of its own, one at a time, whose end can be polled
// for.

#ifndef LIB_BASE_JOB_H
#define LIB_BASE_JOB_H

#include "lib/base/cause.h"

#include <stdbool.h>

typedef struct job job_t;

// `name` (at most 15 bytes) is what the system shows of the thread.
job_t *job_new(const char *name, cause_t *why);
void job_destroy(job_t **self_p); // waits for what runs
// Nothing else runs.  `context` is the work's alone until job_done says so.  On failure
// nothing runs.
int job_start(job_t *self, void (*run)(void *context), void *context, cause_t *why);
bool job_runs(const job_t *self); // it was started, and job_done has not said true
// Once for each that was started: it has ended.
bool job_done(job_t *self);
int job_fd(const job_t *self); // readable from its end until job_done

#endif
