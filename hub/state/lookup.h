// lookup - what is found by name: from the keyed hash of a name to numbers, newest first.
//
// The newest are in memory, the others in a few sorted files below the state folder
// (lookup_run.h), written and merged on a thread of their own.  So memory holds one byte
// for each that there is, and a look costs the same however many there are.  The hash has
// 128 bits and a key that nobody outside knows: no two names share one.
//
// Without a folder all of it is in memory: a turn's draft, and tests.

#ifndef HUB_STATE_LOOKUP_H
#define HUB_STATE_LOOKUP_H

#include "hub/state/lookup_run.h"

// After so many at most a file is written; when so many wait, nothing more should be
// taken in.
enum { LOOKUP_ROOM = 1 << 16, LOOKUP_WAITING_MAX = 1 << 21, LOOKUP_KEY = 16 };
// How many that are beside so large a memory for the files' pages.
size_t lookup_room(size_t cache_bytes);

// What a name is looked up as: names of different kinds are different names.
typedef enum {
    LOOKUP_ID = 'i',      // a message, by author and id
    LOOKUP_THREAD = 't',  // who refers to a message
    LOOKUP_DERIVED = 'd', // what was derived of an incident
    LOOKUP_CARRIED = 'c', // who carries a message
    LOOKUP_LINEAGE = 'l', // what a message is of others
    LOOKUP_DUTY = 'o',    // entries of duties that are kept no more
    LOOKUP_ANSWER = 'a',  // the same, by what met them
} lookup_kind_t;

typedef struct lookup lookup_t;

lookup_t *lookup_new(void); // in memory
// Below this folder; `room` as LOOKUP_ROOM, and the files' pages take so many bytes of
// memory.  What was there is gone; or, of lookup_again, as it was when lookup_save wrote
// this.  The key stays the same, or lookup_again fails.
lookup_t *lookup_open(
    const char *state_folder, size_t room, size_t cache_bytes, cause_t *why);
lookup_t *lookup_again(const char *state_folder, size_t room, size_t cache_bytes,
    reader_t *from, cause_t *why);
void lookup_destroy(lookup_t **self_p);
const uint8_t *lookup_key(const lookup_t *self); // LOOKUP_KEY bytes

// The hash of up to three words.
lookup_tag_t lookup_tag(const lookup_t *self, lookup_kind_t kind, const char *a,
    const char *b, const char *c);
// Values of one tag rise, are above 0, and below UINT64_MAX.
void lookup_add(lookup_t *self, const lookup_tag_t *tag, uint64_t value);
// The next value, the greatest first.  Start with *cursor == 0; false when there are no
// more.  What is added in between makes no difference.
bool lookup_find(
    lookup_t *self, const lookup_tag_t *tag, size_t *cursor, uint64_t *value);
void lookup_clear(lookup_t *self); // of one in memory

// Takes over what the thread has written and gives it the next.
void lookup_turn(lookup_t *self);
// Waits until nothing has to be written: what is there depends on what was added alone.
void lookup_settle(lookup_t *self);
// Whether lookup_save may be called: lookup_settle would not have to wait.
bool lookup_settled(const lookup_t *self);
void lookup_save(lookup_t *self, buf_t *out);
// What lookup_save wrote last is where a start finds it: files that were merged before
// are removed.
void lookup_saved(lookup_t *self);
// Whether too many wait in memory for a disk that takes none.
bool lookup_overfull(const lookup_t *self);
// -1, and why, when something could not be read since it was opened: what was looked for
// since then may be there.
int lookup_check(const lookup_t *self, cause_t *why);

#endif
