// watch - waits until something appears in folders.

#ifndef NODES_WATCH_H
#define NODES_WATCH_H

#include "lib/cause.h"

#include <stdint.h>

typedef struct {
    int fd; // inotify, or -1
} watch_t;

int watch_open(watch_t *self, cause_t *why);
int watch_add(watch_t *self, const char *folder, cause_t *why);
void watch_close(watch_t *self); // accepts one that never opened with fd -1
// 1 when a name appeared since the last call, 0 at `until_ms` of the monotonic clock
// (MOMENT_NEVER: no end) or on a signal, -1 on failure.  Which name is not told: look.
int watch_wait(watch_t *self, int64_t until_ms, cause_t *why);
// As watch_wait, and each name that appeared is shown; NULL stands for names that were
// lost: look at the folder.
typedef void watch_visit_t(void *context, const char *name);
int watch_names(
    watch_t *self, int64_t until_ms, watch_visit_t *visit, void *context, cause_t *why);

#endif
