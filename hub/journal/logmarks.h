// logmarks - what is known of this hub's log outside of its journal, and whether the
// journal may be taken for it.
//
// Two marks (lib/tlog/logmark.h) say which log this hub has kept and how far it went:
// one in the state folder, one where the operator wants it.  With them a journal that is
// not mounted, is another's, or was restored from an older copy is not begun anew or gone
// on with.

#ifndef HUB_JOURNAL_LOGMARKS_H
#define HUB_JOURNAL_LOGMARKS_H

#include "lib/config/hub_options.h"
#include "lib/tlog/logmark.h"

#include <limits.h>

enum { LOGMARKS = 2 };

typedef struct {
    log_vkey_t vkey;
    char path[LOGMARKS][PATH_MAX];
    bool marked;         // both are there, and of this log
    checkpoint_t newest; // the journal must contain it; size 0: none is known
} logmarks_t;

// `new_log`: the origin of a log that an operator wants begun, or NULL.  -1 when the
// journal's folder is not what the marks say: nothing was changed.
int logmarks_open(logmarks_t *self, const hub_options_t *options, const log_vkey_t *vkey,
    const char *new_log, cause_t *why);
// Whether the marks can be written at all.
int logmarks_check(const logmarks_t *self, cause_t *why);
// The log has come so far.  Alike on any thread: nothing of `self` changes.
int logmarks_keep(const logmarks_t *self, span_t note, cause_t *why);

#endif
