// publisher - writes what the public may fetch: `checkpoint`, tiles and entry bundles in
// the C2SP tlog-tiles layout below the journal's folder.
//
// A thread of its own, off the hot path.  It is given every leaf in order, and now and
// then a signed checkpoint that is already durable; it writes what that checkpoint needs
// and then the checkpoint itself, at most once per interval and at closing.  Everything
// it writes can be written again from the journal: where tiles may be missing, leaves are
// given again at start.

#ifndef HUB_JOURNAL_PUBLISHER_H
#define HUB_JOURNAL_PUBLISHER_H

#include "hub/journal/logmarks.h"
#include "lib/base/bytes.h"
#include "lib/base/cause.h"
#include "lib/tlog/merkle.h"

typedef struct publisher publisher_t;

typedef struct {
    const char *folder;
    int64_t interval_ms;
    const logmarks_t *marks; // move on with each checkpoint that is published; or NULL
    // Leaves whose tiles are there, a multiple of TILE_WIDTH, and what knows the hashes
    // of their subtrees while it is opened.
    uint64_t made;
    merkle_fetch_fn fetch;
    void *context;
} publisher_setup_t;

publisher_t *publisher_open(const publisher_setup_t *setup, cause_t *why);
// The next leaf and its hash, whose entry is on stable storage by now (full tiles do not
// wait for a checkpoint).  Copied.
void publisher_leaf(publisher_t *self, span_t leaf, const hash_t *hash);
// The log's newest durable checkpoint, covering `size` leaves, all given before.
void publisher_checkpoint(publisher_t *self, uint64_t size, span_t note);
// As many leaves of whole tiles are on their way to the disk: a setup's `made` once that
// is flushed.
uint64_t publisher_made(publisher_t *self);
// The size of the newest checkpoint that the public has from this process (0: none yet),
// and how long a newer one has been waiting for its turn, or for the disk.
typedef struct {
    uint64_t size;
    int64_t waiting_ms;
} published_t;
published_t publisher_published(publisher_t *self);
// Waits until there are tiles of all that was given, or the disk takes none.
void publisher_settle(publisher_t *self);
// The first failure since the last call (a full disk: it tries again by itself), or 0.
int publisher_trouble(publisher_t *self, cause_t *why);
// Writes the last checkpoint given, then stops.
void publisher_close(publisher_t **self_p);

#endif
