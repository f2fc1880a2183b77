// take - what a file is called from when it was taken out of the outbox until it is sent:
// "<batch>/<the name it had>".
//
// A batch is a folder, and is called after the moment in milliseconds and 16 random
// bytes. So no take is ever given to a second file, also when state/ was lost, and nobody
// else can guess one.

#ifndef NODES_OUTBOX_TAKE_H
#define NODES_OUTBOX_TAKE_H

#include "lib/base/bytes.h"

#include <limits.h>

enum { TAKE_BATCH = 46, TAKE_MAX = TAKE_BATCH + NAME_MAX + 1 }; // with slash and zero

const char *take_name(const char *take);       // the name it had
int64_t take_ms(const char *take);             // of the wall clock, when it was taken
void take_seed(const char *take, hash_t *out); // bytes that nobody else can guess
void take_batch(const char *take, char out[TAKE_BATCH]);
bool take_is_valid(const char *take);
bool take_is_batch(const char *name);
void take_new_batch(int64_t now_ms, char out[TAKE_BATCH]); // a name that was never used

#endif
