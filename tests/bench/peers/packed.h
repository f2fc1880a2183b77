// packed - what the packed hub and its clients say over TLS, as many at once as there
// are.
//
//     u32 bytes that follow; u8 kind; the rest
//
// A hub that keeps messages and hands them to all, and does nothing else: one write and
// one flush for all that came in a turn, then one cumulative acknowledgement to each
// publisher, and all of them to each subscriber.

#ifndef TESTS_BENCH_PEERS_PACKED_H
#define TESTS_BENCH_PEERS_PACKED_H

#include "lib/base/bytes.h"

typedef enum {
    PACKED_PUBLISH = 1, // client: a message
    PACKED_SUBSCRIBE,   // client: nothing more; the hub says the same when it did
    PACKED_TAKEN,       // hub: u64, so many of this client's messages are flushed
    PACKED_MESSAGE,     // hub: a message
    PACKED_CURSOR       // client: u64, so many messages it has got
} packed_kind_t;

enum { PACKED_HEAD = 5, PACKED_MAX = 1 << 16 };

void packed_put(buf_t *out, packed_kind_t kind, span_t rest);
void packed_put_number(buf_t *out, packed_kind_t kind, uint64_t number);
// The first of `bytes`, whose size with its head is then in `whole`.  1, or 0 when it is
// not all there, or -1: it is none.
int packed_take(span_t bytes, packed_kind_t *kind, span_t *rest, size_t *whole);

#endif
