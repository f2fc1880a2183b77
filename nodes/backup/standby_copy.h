// standby_copy - a folder with the segments of a hub's journal, byte for byte, that grows
// as they come: `log` (whose it is), `lock`, `journal/segments` and `journal/checkpoint`.
//
// Nothing is written that was not checked: each batch by its checksum and by the entries
// before it, each document by its leaf, and all of it by the checkpoints that the log has
// signed.

#ifndef NODES_BACKUP_STANDBY_COPY_H
#define NODES_BACKUP_STANDBY_COPY_H

#include "lib/tlog/grown.h"
#include "lib/tlog/note.h"

typedef struct standby_copy standby_copy_t;

// Reads what the folder has, cuts what is no whole batch, and has go what the log says is
// erased.  NULL when it is in use, another log's, a hub's, or damaged.
standby_copy_t *standby_copy_open(
    const char *folder, const log_vkey_t *vkey, cause_t *why);
void standby_copy_close(standby_copy_t **self_p);

// Where the next bytes belong, and where what is on the disk ends.
typedef struct {
    uint64_t segment, offset;
} standby_place_t;
standby_place_t standby_copy_wants(const standby_copy_t *self);
standby_place_t standby_copy_kept(const standby_copy_t *self);
const merkle_t *standby_copy_tree(const standby_copy_t *self);
// The newest checkpoint that was found good; of size 0 when there is none, and its note.
const checkpoint_t *standby_copy_checkpoint(const standby_copy_t *self);
span_t standby_copy_note(const standby_copy_t *self);

size_t standby_copy_erased(const standby_copy_t *self); // documents that are gone

// More bytes of the segment that is wanted, `over` when it ends with them.  What makes
// whole batches is on the disk when it returns 0, and what they say is erased is gone
// from it; the rest waits in memory.  1: the batch behind these is not what its checksum
// says, and has to come again from the place that is kept; twice in the same place is -1.
int standby_copy_put(standby_copy_t *self, span_t data, bool over, cause_t *why);
// A checkpoint of all that is there: it is kept, not more often than now and then unless
// `now`.  -1 when it is not signed, or of other entries.
int standby_copy_sign(standby_copy_t *self, span_t note, bool now, cause_t *why);
// What waits in memory was cut off with the connection, and comes again.
void standby_copy_forget(standby_copy_t *self);

#endif
