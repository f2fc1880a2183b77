// names - the names in a folder, sorted.

#ifndef LIB_BASE_NAMES_H
#define LIB_BASE_NAMES_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

#include <stddef.h>

typedef struct {
    size_t n;
    char **name;
} names_t;

// Those that end in `suffix` ("" for all), without those that begin with a dot.
int names_list(names_t *self, const char *folder, const char *suffix, cause_t *why);
// Of `n` names, each with its zero behind it; sorted.
void names_of(names_t *self, size_t n, const buf_t *text);
// The same, and those that end in `other` as if they ended in `suffix`; each once.
int names_list_or(names_t *self, const char *folder, const char *suffix,
    const char *other, cause_t *why);
void names_free(names_t *self);

#endif
