// index_find - messages of a catalogue by what they say and are about, the newest first.

#ifndef NODES_INDEX_INDEX_FIND_H
#define NODES_INDEX_INDEX_FIND_H

#include "lib/base/bytes.h"
#include "lib/base/names.h"
#include "nodes/index/index_entry.h"
#include "nodes/index/mail_index.h"

// What is NULL or not said is not asked for.
typedef struct {
    bool folder[INDEX_FOLDERS]; // none: inbox and sent
    const char *text;           // words; each is there, or one begins so
    const char *kind, *from, *sector, *object, *feed, *exercise;
    const char *author, *id;   // the message of this name
    const reference_t *thread; // what names it, or corrects it, and this message itself
    int level;                 // this one or higher; 0: any, also none
    bool has_since, has_until, has_before;
    int64_t since_ms, until_ms; // by the hub's time; until is not among them
    int64_t before;             // a key: only what is older
    uint64_t after;             // an inbox number: only what comes after it
    uint64_t number;            // this inbox number; 0: any
} index_query_t;

typedef struct index_found index_found_t;

// At most `most`.  NULL with the cause; what was asked in words without a letter or digit
// finds nothing.
index_found_t *index_find(
    mail_index_t *self, const index_query_t *query, size_t most, cause_t *why);
void index_found_close(index_found_t **self_p);
// 1: another one; 0: that was all.
int index_found_next(index_found_t *self, cause_t *why);
int64_t index_found_key(const index_found_t *self);
const char *index_found_stem(index_found_t *self);
index_folder_t index_found_folder(index_found_t *self);

// How many there are, at most `most` (0: all); -1 with the cause.
int64_t index_count(
    mail_index_t *self, const index_query_t *query, int64_t most, cause_t *why);
// Of a query for one folder: the file names of the newest `last` of them (0: all), in
// order; files among these that cannot be read are named as well.
int index_names(mail_index_t *self, const index_query_t *query, uint64_t last,
    names_t *names, cause_t *why);
// The query as SQLite would go about it, a line for each step: for tests.
int index_plan(mail_index_t *self, const index_query_t *query, buf_t *out, cause_t *why);

#endif
