// folder_watch - waits until something appears in folders.
//
// It only makes waiting shorter.  Where the system has no inotify instance left, or
// cannot watch a folder, whoever waits looks into the folder now and then instead.

#ifndef NODES_CLI_FOLDER_WATCH_H
#define NODES_CLI_FOLDER_WATCH_H

#include "lib/base/cause.h"

#include <stddef.h>
#include <stdint.h>

typedef struct {
    int fd; // inotify, or -1: nothing is told
} folder_watch_t;

enum { WATCH_BLIND_MS = 250 }; // between looks where nothing is told

// All of these folders, or none.
void folder_watch_set(folder_watch_t *self, const char *const *folders, size_t n);
void folder_watch_close(
    folder_watch_t *self); // accepts one that was never set, with fd -1
// 1 when a name may have appeared since the last call, 0 at `until_ms` of the monotonic
// clock (MOMENT_NEVER: no end) or on a signal, -1 on failure.  Which name is not told:
// look.
int folder_watch_wait(folder_watch_t *self, int64_t until_ms, cause_t *why);
// As folder_watch_wait, and each name that appeared is shown; NULL stands for names that
// were lost: look at the folder.  Where nothing is told, 0 at `until_ms`: look then, too.
typedef void folder_watch_visit_t(void *context, const char *name);
int folder_watch_names(folder_watch_t *self, int64_t until_ms,
    folder_watch_visit_t *visit, void *context, cause_t *why);

#endif
