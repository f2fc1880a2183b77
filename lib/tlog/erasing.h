// erasing - takes documents out of the segments of a journal, each in its place: its
// octets become zeros, and the batch gets the checksum of what stands there then.
//
// A batch that is written in place is torn for a moment.  So what is to be written is
// first written down beside the segments, in `erasing`, and done from there: who was
// interrupted has it finished by erasing_finish, which has to come before anything else
// reads the segments.  A document that is gone already is left as it is.

#ifndef LIB_TLOG_ERASING_H
#define LIB_TLOG_ERASING_H

#include "lib/tlog/erasure.h"

// `folder` is the journal's, with `segments` below it; nobody else writes to it.  When it
// returns 0 the documents are gone on stable storage.  -1: what is on the disk is as it
// was, or erasing_finish will make it what it should be.
int erasing_run(const char *folder, const erasure_t *what, cause_t *why);
int erasing_finish(const char *folder, cause_t *why);
// The first step of one document alone: 1 when it is written down what is to be done, 0
// when there is nothing left to do.
int erasing_order(const char *folder, uint64_t position, cause_t *why);
// Whether something was begun and not finished: then a reader may meet a torn batch.
bool erasing_pending(const char *folder);

#endif
