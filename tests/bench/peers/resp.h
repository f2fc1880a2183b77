// resp - what Redis answers, part by part, as it comes.

#ifndef TESTS_BENCH_PEERS_RESP_H
#define TESTS_BENCH_PEERS_RESP_H

#include "tests/bench/peers/channel.h"

typedef enum {
    RESP_TEXT,   // a simple or a bulk string
    RESP_NUMBER, // an integer
    RESP_ARRAY,  // `number` parts follow
    RESP_NOTHING
} resp_type_t;

typedef struct {
    resp_type_t type;
    int64_t number;
    span_t text; // until the channel is read again
} resp_part_t;

// The next part: 1, or 0 when it is not there yet, or -1: it is an error of Redis, or
// none of its answers.
int resp_take(channel_t *channel, resp_part_t *part, cause_t *why);
// The same, and waits for it: 0 or -1.
int resp_await(channel_t *channel, resp_part_t *part, cause_t *why);
// The same, and it is of this type.
int resp_expect(channel_t *channel, resp_type_t type, resp_part_t *part, cause_t *why);

#endif
