// peers - the systems that Dabyl is measured beside.

#ifndef TESTS_BENCH_PEERS_PEERS_H
#define TESTS_BENCH_PEERS_PEERS_H

#include "tests/bench/peers/load.h"

// Redis Streams, flushed before each answer.  A consumer group for each subscriber, whose
// place Redis keeps and flushes, too; or the place is kept by the subscriber.
extern const peer_t peer_redis_groups, peer_redis_cursor;
// NATS JetStream, which writes before it answers, and flushes every two minutes.
extern const peer_t peer_nats;
// No broker, see packed.h: what TLS, packed, and a flush a batch give at best.
extern const peer_t peer_packed;

#endif
