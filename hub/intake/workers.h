// workers - a few threads that share one loop's work with the caller.
//
// Handing work over costs tens of microseconds, so small loops are run by the caller
// alone.

#ifndef HUB_INTAKE_WORKERS_H
#define HUB_INTAKE_WORKERS_H

#include <stddef.h>

typedef struct workers workers_t;
// On any of the threads: checks of what was published (intake_check), the checkpoint's
// signature beside the flush (head_sign).
typedef void (*work_fn)(void *context, size_t i);

workers_t *workers_new(unsigned threads); // besides the caller; 0 is fine
void workers_destroy(workers_t **self_p);
// work(context, i) for every i below n, in any order; returns when all are done.  Fewer
// than `alone` items are not shared.
void workers_each(workers_t *self, size_t n, size_t alone, work_fn work, void *context);
// One piece of work on the side: starts now, and is done when workers_join returns.
void workers_start(workers_t *self, work_fn work, void *context);
void workers_join(workers_t *self);

#endif
