// ids - which messages there are: (author, id) to a position in the log, sixteen bytes a
// message.
//
// The table keeps a keyed hash of the name, not the name: what it finds is a candidate
// that the caller confirms by reading the entry.

#ifndef HUB_STATE_IDS_H
#define HUB_STATE_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ids ids_t;

ids_t *ids_new(void);
void ids_destroy(ids_t **self_p);
void ids_add(ids_t *self, const char *author, const char *id, uint64_t position);
// The next candidate.  Start with *cursor == 0; false when there are no more.
bool ids_find(const ids_t *self, const char *author, const char *id, size_t *cursor,
    uint64_t *position);
void ids_clear(ids_t *self);

#endif
