// lost - the entries of a log that a copy of it has not, and what nodes have of each.

#ifndef NODES_BACKUP_LOST_H
#define NODES_BACKUP_LOST_H

#include "nodes/backup/holding.h"

// What one node has of one entry.
typedef struct {
    leaf_t leaf;
    char node[NODE_ID_MAX];
    bool again;         // the message is in the log that goes on,
    uint64_t new_place; // at this position
} lost_row_t;

typedef struct {
    log_vkey_t vkey;
    uint64_t from, to; // positions from .. to-1 are lost
    size_t n, room;
    lost_row_t *row; // by position once lost_sort was called
} lost_t;

// A copy has the first `from` entries, and there were `to` at least.
void lost_begin(lost_t *self, const log_vkey_t *vkey, uint64_t from, uint64_t to);
void lost_close(lost_t *self);
// What the file has of what is lost; a proof that goes further than `to` moves that.
int lost_add(lost_t *self, const char *path, cause_t *why);
// After all is added.  -1 when two proofs of one position are of different entries: the
// log has told two histories.
int lost_sort(lost_t *self, cause_t *why);
// The rows of one position, and how many; NULL: nobody has anything.
const lost_row_t *lost_at(const lost_t *self, uint64_t position, size_t *n);
// Finds the messages in the journal of the log that goes on.
int lost_find_again(lost_t *self, const char *journal, const char *origin, cause_t *why);

#endif
