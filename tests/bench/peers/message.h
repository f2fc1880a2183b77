// message - the 700 bytes that every peer carries: whose it is, its number and when it
// was handed over stand at fixed places, the rest does not repeat.

#ifndef TESTS_BENCH_PEERS_MESSAGE_H
#define TESTS_BENCH_PEERS_MESSAGE_H

#include "lib/base/bytes.h"

enum { MESSAGE_BYTES = 700, MESSAGE_PUBLISHERS = 64, MESSAGE_FILLING = 1 << 16 };

typedef struct {
    uint32_t publisher; // below MESSAGE_PUBLISHERS
    uint32_t number;    // among those of its publisher
    int64_t stamp_ns;   // CLOCK_MONOTONIC
} message_t;

// What messages are filled with: made once, by whoever prints them.
void message_filling(uint8_t out[MESSAGE_FILLING]);
void message_print(const message_t *self, const uint8_t filling[MESSAGE_FILLING],
    uint8_t out[MESSAGE_BYTES]);
// -1: it is not such a message.
int message_parse(message_t *self, span_t text);

#endif
