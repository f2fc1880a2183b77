// snapshot - the state of a moment in one file of the state folder, bound to the root of
// the tree that it is the state of.
//
//     snapshot = "DABYLSTA" u32 format u32 order-of-bytes short version-of-the-hub
//                32 SHA-256(origin) u64 size 32 root body 32 SHA-256(all before)
//
// It is a cache: who finds none that is whole, of this log, format and version, reads the
// journal.  What the state folder holds beside it is flushed before it has its name, so
// that it never knows of more than there is.

#ifndef HUB_STATE_SNAPSHOT_H
#define HUB_STATE_SNAPSHOT_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

typedef struct {
    uint64_t size; // entries
    hash_t root;
    int64_t made_ms; // when it was written
    reader_t body;   // of `bytes`
    buf_t bytes;     // owned
} snapshot_t;

// 1: there is one.  0: there is none.  -1: what there is is of no use, and why.
int snapshot_read(
    snapshot_t *self, const char *state_folder, const char *origin, cause_t *why);
void snapshot_close(snapshot_t *self);
// What stands before the body.
void snapshot_begin(buf_t *out, const char *origin, uint64_t size, const hash_t *root);
// There is none from now on, also after a power cut.
int snapshot_forget(const char *state_folder, cause_t *why);

// Writing them, on a thread of its own.
typedef struct snapshots snapshots_t;

// What lies below either folder is flushed before.
snapshots_t *snapshots_new(
    const char *state_folder, const char *journal_folder, cause_t *why);
void snapshots_destroy(snapshots_t **self_p); // waits
bool snapshots_busy(const snapshots_t *self);
// Write this one, which is taken and left empty; none is being written.
int snapshots_write(snapshots_t *self, buf_t *bytes, cause_t *why);
void snapshots_wait(const snapshots_t *self);
// 1: the one that was being written is there, once for each.  0: nothing new.  -1: it
// could not be written.
int snapshots_done(snapshots_t *self, cause_t *why);

#endif
