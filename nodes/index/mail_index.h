// mail_index - a catalogue of a node's inbox, sent and what came along, so that one among
// hundreds of thousands is found at once: NODE/state/index.sqlite (SQLite, FTS5).
//
// It is a copy and nothing else.  Who holds the lock beside it brings it up to date with
// the folders (index_update.h); everybody reads.  Where it is not there, damaged, of
// another node or of another version, it is made anew; nobody takes its word for a
// message being there without looking at the file.

#ifndef NODES_INDEX_MAIL_INDEX_H
#define NODES_INDEX_MAIL_INDEX_H

#include "lib/base/cause.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct mail_index mail_index_t;

// For who only asks; NULL where there is none that can be read.
mail_index_t *mail_index_read(const char *node, cause_t *why);

typedef enum {
    INDEX_WRITES, // ours, until it is closed
    INDEX_HELD,   // somebody else brings it up to date
    INDEX_CANNOT, // with the cause: the folder cannot be written to, the disk is full
} index_hold_t;
typedef enum { INDEX_CHECK_NONE, INDEX_CHECK_SMALL, INDEX_CHECK_ALL } index_check_t;
// For who makes it.  Every page of what is there is looked at, when it is small, or in
// any case, or not; one that will not do is made anew.
index_hold_t mail_index_write(
    const char *node, index_check_t check, mail_index_t **self_p, cause_t *why);
// It goes, with all its words, and nobody makes it anew before this is closed.
index_hold_t mail_index_forget(const char *node, mail_index_t **self_p, cause_t *why);
// The same in memory, for a folder where nothing can be written.
mail_index_t *mail_index_in_memory(const char *node, cause_t *why);
// Why it was made anew when it was opened; NULL: it was not, or there was none before.
const char *mail_index_anew(const mail_index_t *self);
// One that turned out to be damaged is marked, so that the next writer makes it anew.
void mail_index_close(mail_index_t **self_p);
// Whether another file has its name by now, or none.
bool mail_index_replaced(const mail_index_t *self);
bool mail_index_damaged(const mail_index_t *self);

// How much of the folders it has.
typedef struct {
    bool ready; // all that there was when somebody looked last
    uint64_t done, of;
} index_state_t;
void mail_index_state(mail_index_t *self, index_state_t *out);
// Whether nothing was put into the folders, or taken away, since.
bool mail_index_current(mail_index_t *self);

#endif
