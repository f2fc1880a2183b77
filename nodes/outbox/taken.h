// taken - a take: what a file is called from being taken out of the outbox until it is
// sent, "<batch>/<the name it had>".
//
// A batch is a folder, and is called after the moment in milliseconds and 16 random
// bytes. So no take is ever given to a second file, also when state/ was lost, and nobody
// else can guess one.

#ifndef NODES_OUTBOX_TAKEN_H
#define NODES_OUTBOX_TAKEN_H

#include "lib/base/bytes.h"

#include <limits.h>

enum { TAKEN_BATCH = 46, TAKEN_MAX = TAKEN_BATCH + NAME_MAX + 1 }; // with slash and zero

const char *taken_name(const char *take);       // the name it had
int64_t taken_ms(const char *take);             // of the wall clock, when it was taken
void taken_seed(const char *take, hash_t *out); // bytes that nobody else can guess
void taken_batch(const char *take, char out[TAKEN_BATCH]);
bool taken_is_valid(const char *take);
bool taken_is_batch(const char *name);
void taken_new_batch(int64_t now_ms, char out[TAKEN_BATCH]); // a name that was never used

#endif
