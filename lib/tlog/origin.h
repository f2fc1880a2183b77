// origin - the document of a log's first entry: its key, and which log it goes on from.
//
//     <the log's verifier key> LF
//
// and for a successor behind that
//
//     predecessor <its verifier key> LF
//     taken <decimal> LF        entries of it were read, from its first one on
//     formers <decimal> LF      entries that follow here were made of them
//     <the newest checkpoint of it that was known: a signed note>

#ifndef LIB_TLOG_ORIGIN_H
#define LIB_TLOG_ORIGIN_H

#include "lib/tlog/note.h"

typedef struct {
    log_vkey_t vkey;
    bool succeeds;
    log_vkey_t predecessor;
    uint64_t taken, formers;
    checkpoint_t checkpoint; // of the predecessor
    span_t note;             // its text, borrowed
} origin_t;

void origin_print(const origin_t *self, buf_t *out);
// -1 also when the note is not signed by the predecessor's key.
int origin_parse(origin_t *self, span_t text, cause_t *why);

// Below this position of the predecessor everything is in the successor's log.
uint64_t origin_carried(const origin_t *self);

#endif
