// begun - what commands have begun at a CA and not ended: a line in its folder for each,
// there before the first of the files that it writes and gone after the last.
//
//     2026-11-30T18:00:00.000Z renew isoc-energy
//
// The words are those that end it when they are said again behind `dabyl ca`.

#ifndef CERTS_FOLDER_BEGUN_H
#define CERTS_FOLDER_BEGUN_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

typedef struct {
    int64_t since_ms;
    char *what;
} begun_line_t;

// `{0}` is a valid empty one.
typedef struct {
    size_t n;
    begun_line_t *item; // the oldest first
} begun_t;

// Nothing is owed where there is no such file.
int begun_read(begun_t *self, const char *path, cause_t *why);
// An empty one leaves no file.
int begun_write(const begun_t *self, const char *path, cause_t *why);
void begun_free(begun_t *self);
// Borrowed; NULL when this is not owed.
const begun_line_t *begun_find(const begun_t *self, const char *what);
// What is owed already stays as old as it is.
void begun_add(begun_t *self, const char *what, int64_t now_ms);
void begun_drop(begun_t *self, const char *what);

#endif
