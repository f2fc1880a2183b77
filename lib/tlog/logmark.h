// logmark - that there is a log, and how far it went, kept where its journal is not:
//
//     dabyl-log/v2
//     <the log's verifier key>
//     <a signed checkpoint of it>
//
// Version 2 says that the journal may have entries of types that came after the first
// hubs: those read version 1 alone, and refuse to start instead of passing them over.
//
// An empty folder says nothing about what ought to be in it; this does.

#ifndef LIB_TLOG_LOGMARK_H
#define LIB_TLOG_LOGMARK_H

#include "lib/tlog/note.h"

typedef struct {
    bool there; // false: there is no such file
    log_vkey_t vkey;
    checkpoint_t checkpoint;
} logmark_t;

// -1 when there is a file and it is no mark.
int logmark_read(logmark_t *self, const char *path, cause_t *why);
// `note` is a checkpoint signed by this log.  On stable storage when it returns 0.
int logmark_write(const char *path, const log_vkey_t *vkey, span_t note, cause_t *why);

#endif
