// erasure - documents that were lawfully taken out of a log: an entry of the type
// `erasure`, in one batch with the operator's act, says which.
//
//     dabyl-erasure/v1
//     position <decimal>
//
// with a line for each entry whose document goes, earlier ones of messages, rising.  The
// octets of such a document become zeros, as many as there were; leaf, seal and record
// stay, so that the log still verifies.  Zeros that no later entry names are damage.
//
// Where files that these messages named go with them, the first line is dabyl-erasure/v2,
// and there is one more line for each, rising:
//
//     attachment <hex SHA-256>
//
// Such a file is gone until its digest is handed in anew, by an entry of a later batch.

#ifndef LIB_TLOG_ERASURE_H
#define LIB_TLOG_ERASURE_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

#include <limits.h>

enum { ERASURE_MAX = 16, ERASURE_FILES = 64 }; // that one entry names

typedef struct {
    size_t n;
    uint64_t position[ERASURE_MAX];
    size_t files; // attachments that go with them
    hash_t file[ERASURE_FILES];
} erasure_t;

// One more, in its place; false when there are as many as may be.  What is there already
// is there once.
bool erasure_add(erasure_t *self, uint64_t position);
bool erasure_add_file(erasure_t *self, const hash_t *digest);
void erasure_print(const erasure_t *self, buf_t *out);
// The entry stands at `at`: it names what is before it.
int erasure_parse(erasure_t *self, span_t text, uint64_t at, cause_t *why);
// Whether these octets are what is left of a document.
bool erasure_of(span_t document);

// What a reader of the log, from its front to its end, finds of both.  `{0}` is empty.
typedef struct {
    uint64_t *seen; // documents that are gone, named by no entry so far
    size_t n, room;
    uint64_t *named; // entries said to be erased that were not seen so
    size_t names, names_room;
    size_t erased; // documents that are gone and named
    hash_t *file;  // attachments that are said to be erased, and came in no more
    size_t files, files_room;
} erasures_t;

void erasures_close(erasures_t *self);
void erasures_see(erasures_t *self, uint64_t position);
void erasures_name(erasures_t *self, const erasure_t *erasure);
// A file of this digest was handed in, by an entry of a batch behind that of the erasure.
void erasures_handed_in(erasures_t *self, const hash_t *digest);
bool erasures_has_file(const erasures_t *self, const hash_t *digest);
// After everything was read: -1 when a document is gone and no entry says so.
int erasures_check(const erasures_t *self, cause_t *why);

#endif
