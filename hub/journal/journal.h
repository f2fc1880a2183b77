// journal - the hub's durable memory: an append-only sequence of entries in segment
// files.
//
// The batch is the atomic frame.  It is written by journal_append, and durable when
// journal_wait returns JOURNAL_OK, not before.  Entries keep the bytes of their four
// parts for ever, and are read by their positions.
//
// These calls are all that the rest of the hub has of a journal: append, wait, read.  It
// does not know of files: another engine can stand behind them.

#ifndef HUB_JOURNAL_JOURNAL_H
#define HUB_JOURNAL_JOURNAL_H

#include "lib/config/hub_options.h"
#include "lib/tlog/segments.h"

// What a turn's batch can come to, carried documents included: bytes.
enum { JOURNAL_BATCH = 48 << 20 };

typedef struct journal journal_t;

// What journal_save wrote, whose entries are known, and not handed over at an opening.
typedef struct {
    reader_t *from;
    // The root over the first `size` entries, and whether the one at a position is this:
    // both are asked of the last batch of those that are known.
    int (*root_at)(void *context, uint64_t size, hash_t *root, cause_t *why);
    int (*knows)(void *context, uint64_t position, const entry_t *entry, cause_t *why);
    // What is known can be read, and nothing is handed over yet.
    int (*resumed)(void *context, const journal_t *journal, cause_t *why);
    void *context;
} journal_saved_t;

typedef struct {
    const char *folder;     // "segments" and "lock" are made in it
    const char *state;      // folder for what is cached of it (offsets)
    uint64_t segment_bytes; // size reserved for one segment; at least turn_bytes + 64
    uint64_t turn_bytes;    // the most that one batch may take
    const char *origin;     // its hash is in each segment's header
    // The log's size as last published, 0 when nothing was: a journal that ends before it
    // has lost more than an interrupted write, and is refused untouched.
    uint64_t published;
    const journal_saved_t *saved; // NULL: nothing was
} journal_options_t;

// The part of a configuration that is the journal's, which must contain so many entries.
journal_options_t journal_options_of(const hub_options_t *options, uint64_t published);

// A visitor, called at opening for every entry in order, and only once the entry's batch
// is known to be on stable storage: fold_replay of a hub, and that of a trial (check.c).
// -1 stops the opening with the cause.
typedef struct {
    int (*entry)(void *context, uint64_t position, const entry_t *entry, cause_t *why);
    // The root over the entries seen so far, to be compared with the batch's "root
    // before".
    void (*root)(void *context, hash_t *root);
    void *context;
} journal_replay_t;

typedef enum {
    JOURNAL_OK,
    JOURNAL_CONFLICT, // another writer took `first`
    JOURNAL_UNKNOWN,  // the outcome was not seen: read again before replying
    JOURNAL_FULL,     // no room could be reserved; nothing was written; try again later
    JOURNAL_FAILED,   // a write or flush failed: the only safe thing left is to exit
} journal_result_t;

// Opens or creates.  Takes an exclusive lock on the folder; cuts an incomplete last
// batch, rewrites and flushes the last good one; refuses damage naming file and offset.
// What counts as incomplete, and what as damage, is said in lib/tlog/torn.h.
journal_t *journal_open(
    const journal_options_t *options, const journal_replay_t *replay, cause_t *why);
void journal_close(journal_t **self_p);
// What it takes to open it again without reading what there is now: where the last batch
// lies, and the places of entries.  Nothing is being written.
void journal_save(const journal_t *self, buf_t *out);
// Whether each place that was wanted could be read.
int journal_check(const journal_t *self, cause_t *why);
// All that journal_open would hand over, without a lock and without changing anything;
// `next` is the position behind it.  -1 where journal_open would fail for what it reads.
int journal_read_all(const journal_options_t *options, const journal_replay_t *replay,
    uint64_t *next, cause_t *why);

// How many bytes of an incomplete last batch were cut at opening.
uint64_t journal_cut_bytes(const journal_t *self);

uint64_t journal_next(const journal_t *self); // the position the next entry takes
// Whether a whole turn would fit: tries to reserve the next segment when it has to.
bool journal_has_room(journal_t *self);
// Write entries at first..first+n-1 as one batch.  `root_before` is the tree's root over
// the entries before `first`.  A batch above turn_bytes is the caller's error, answered
// with JOURNAL_FAILED; nothing is written then.  After any JOURNAL_FAILED all further
// appends fail.
journal_result_t journal_append(journal_t *self, uint64_t first,
    const hash_t *root_before, const entry_t *entries, size_t n, cause_t *why);
// Wait until what was appended is durable, before anything else is appended.  Between the
// two there is time for what needs the disk no more.
journal_result_t journal_wait(journal_t *self, cause_t *why);
// Read one entry; its spans borrow from `memory`, whose contents are replaced, and its
// seal lives until the next look at any.  For the thread that appends, and no other.
int journal_read(const journal_t *self, uint64_t position, buf_t *memory, entry_t *entry,
    cause_t *why);
// The same with the path to its place under its seal, for which the batch is read that it
// was written in.
int journal_read_placed(const journal_t *self, uint64_t position, buf_t *memory,
    entry_t *entry, cause_t *why);
// Bytes of the segments as they lie there, for who keeps the same: `most` at most, from
// this place on, of what is durable.  1, and `over` when the segment ends behind them; 0
// when that is the end of all; -1 when there is no such place, or it cannot be read.
int journal_read_raw(const journal_t *self, const segments_place_t *place, size_t most,
    buf_t *out, bool *over, cause_t *why);
// Only its record, or its leaf, which costs little however large the document is.
int journal_read_record(const journal_t *self, uint64_t position, buf_t *memory,
    span_t *record, cause_t *why);
int journal_read_leaf(
    const journal_t *self, uint64_t position, buf_t *memory, span_t *leaf, cause_t *why);

#endif
