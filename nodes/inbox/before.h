// before - what a node has of the log that it left: the file state/before, written when
// it went over to a successor.
//
//     dabyl-before/v1
//     position <decimal>               of the last delivery that it has of that log
//     had <author> <id> <hex SHA-256>  for the newest of them, document by document
//
// What a successor took over and delivers again is recognised by its position in the old
// log, what its author published again there by its bytes.  A message that the hub
// derived is recognised by its id alone: derived again, it has the same id and another
// time.

#ifndef NODES_INBOX_BEFORE_H
#define NODES_INBOX_BEFORE_H

#include "lib/tlog/leaf.h"

enum { BEFORE_HAD = 4096 }; // documents remembered

typedef struct before before_t;

// Of the node in this folder; nothing when it left no log.
before_t *before_open(const char *folder, cause_t *why);
void before_close(before_t **self_p);
// Whether a delivery of this leaf was stored in the log before; `by_hub`: the hub wrote
// it.
bool before_had(const before_t *self, const leaf_t *leaf, bool by_hub);

// Writing one: `position` when anything was delivered, and then each document.
void before_print(buf_t *out, bool any, uint64_t position);
void before_print_had(buf_t *out, const leaf_t *leaf);

#endif
