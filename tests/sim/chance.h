// chance - whatever a run draws: from one seed, so that the same seed is the same run.

#ifndef TESTS_SIM_CHANCE_H
#define TESTS_SIM_CHANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void chance_seed(uint64_t seed);
uint64_t chance_next(void);
uint64_t chance_below(uint64_t bound);               // 0 to bound - 1
int64_t chance_between(int64_t least, int64_t most); // both may come
bool chance_one_in(uint64_t n);
void chance_bytes(void *out, size_t size);

// From now on libsodium and OpenSSL draw here as well.
void chance_rules(void);

#endif
