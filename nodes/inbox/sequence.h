// sequence - the messages of an inbox one after the other, none passed over.
//
// A listing of a folder may miss a file that is renamed into it meanwhile, and yet have
// one that came later.  So a missing number stops the reader, until a listing that was
// begun when a later number was known already lacks it, too: then somebody has moved the
// file away, which is allowed, and the reader is told.

#ifndef NODES_INBOX_SEQUENCE_H
#define NODES_INBOX_SEQUENCE_H

#include "lib/base/cause.h"
#include "lib/tlog/leaf.h"

#include <limits.h>
#include <stdint.h>

typedef enum {
    SEQUENCE_END,     // nothing is there yet behind the last one taken
    SEQUENCE_MESSAGE, // `first`, with its name
    SEQUENCE_GONE,    // first to last were there and are not any more
} sequence_place_t;

typedef struct {
    sequence_place_t place;
    uint64_t first, last;
    char name[NAME_MAX + 1];
} sequence_next_t;

typedef struct sequence sequence_t;

// What comes after the number `after`.  Nothing is looked at yet.
sequence_t *sequence_new(const char *folder, uint64_t after);
void sequence_destroy(sequence_t **self_p);

// A name of the folder that was seen; false when it is no message's.
bool sequence_saw(sequence_t *self, const char *name);
// All numbers up to this one have been there, whether they are seen or not.
void sequence_expect(sequence_t *self, uint64_t last);
// The same, and no others: a name with a higher number counts for nothing until this is
// said again with that number.
void sequence_bound(sequence_t *self, uint64_t last);
// List the folder.  Names that were seen need no listing.
int sequence_look(sequence_t *self, cause_t *why);
// What stands behind the last one taken.  Lists the folder when a number is missing.
int sequence_next(sequence_t *self, sequence_next_t *next, cause_t *why);
// Go on behind what sequence_next said.
void sequence_took(sequence_t *self, const sequence_next_t *next);
void sequence_pass(sequence_t *self, uint64_t last); // go on behind this number
uint64_t sequence_after(const sequence_t *self);     // the last number taken
uint64_t sequence_known(const sequence_t *self);     // the highest one heard of
size_t sequence_listings(const sequence_t *self);    // so far: each costs a walk

#endif
