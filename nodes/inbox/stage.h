// stage - several files of one folder that become durable together, and visible in order.
//
// They are flushed together, since a node that catches up stores hundreds of messages at
// once.

#ifndef NODES_INBOX_STAGE_H
#define NODES_INBOX_STAGE_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

typedef struct stage stage_t;

// Removes what an earlier process left unfinished in the folder.
stage_t *stage_open(const char *folder, cause_t *why);
void stage_close(stage_t **self_p);

// How many files are about to come: decides how they are flushed.
void stage_begin(stage_t *self, size_t files);
// -1: nothing of this stage will become visible; begin again.
int stage_put(stage_t *self, const char *name, span_t data, cause_t *why);
// The files get their names in the order they were put, on stable storage when this
// returns 0. -1: the first ones may have theirs, the others are gone.
int stage_commit(stage_t *self, cause_t *why);

#endif
