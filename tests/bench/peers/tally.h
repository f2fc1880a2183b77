// tally - which numbers of one publisher have come: each once, in order, or not.

#ifndef TESTS_BENCH_PEERS_TALLY_H
#define TESTS_BENCH_PEERS_TALLY_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint64_t once;     // different numbers that came
    uint64_t again;    // came although they had come
    uint64_t disorder; // came where another was expected
    uint64_t expected;
    uint8_t *seen; // one bit a number
    size_t room;
} tally_t;

void tally_destroy(tally_t *self);
void tally_note(tally_t *self, uint32_t number);

#endif
