// load - one case of a benchmark: P publishers with at most W unacknowledged messages
// each, S subscribers that receive and acknowledge all of them, one thread for each.
//
// What differs between systems is a peer_t; the loop, the counts that are checked, the
// clock and the line that is printed are the same for all.  A message is stamped when it
// is handed over; at a fixed rate with the moment at which it was due, so that a stall
// counts for all that had to wait for it.

#ifndef TESTS_BENCH_PEERS_LOAD_H
#define TESTS_BENCH_PEERS_LOAD_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

typedef struct {
    size_t publishers, subscribers, window;
    double rate;        // messages/s of all publishers together; 0: as fast as it goes
    double seconds;     // publishing goes on for so long
    int port;           // of the hub, on 127.0.0.1
    int hub;            // its process
    const char *folder; // where keys and certificates are
    const char *const *more; // what this peer knows besides: "name=value", up to NULL
} load_options_t;

// One of the publishers or subscribers.
typedef struct party party_t;

// Its number among its like.
uint32_t party_index(const party_t *self);
// The hub has acknowledged this message of a publisher: they come in order.
void party_acknowledged(party_t *self, uint32_t number);
// A subscriber was handed this.
void party_delivered(party_t *self, span_t message);

// A system under load.  `world` is what its clients share, `client` a connection, used by
// its thread alone.  Failures: NULL or -1, with a cause.
typedef struct {
    const char *name;
    void *(*open)(const load_options_t *options, cause_t *why);
    void (*close)(void *world);
    // That the hub says it holds so many messages, and that all subscribers acknowledged
    // them, when all clients are closed; NULL where it does not say.
    int (*check)(void *world, uint64_t messages, cause_t *why);
    void *(*publisher)(void *world, party_t *party, cause_t *why);
    // Take one message along; it may leave with the next call of `collect`.
    int (*publish)(void *client, span_t message, uint32_t number, cause_t *why);
    // Let all leave, wait for at most `most_ns`, tell what was acknowledged.
    int (*collect)(void *client, int64_t most_ns, cause_t *why);
    void (*publisher_close)(void *client);
    void *(*subscriber)(void *world, party_t *party, cause_t *why); // it will get all
    // Wait for at most `most_ns`, tell what came, acknowledge it.
    int (*receive)(void *client, int64_t most_ns, cause_t *why);
    void (*subscriber_close)(void *client);
} peer_t;

enum { LOAD_PARTIES = 64 }; // publishers, and subscribers, at most

// Runs the case and prints its line.  0: all counts are right.
int load_run(const peer_t *peer, const load_options_t *options);
// The same with the options of a command line behind the peer's name:
//     P S W SECONDS RATE PORT HUB FOLDER [NAME=VALUE ...]
int load_main(const peer_t *peer, char **arguments, int n);
// The value of one of `more`, or `otherwise`.
long load_more(const load_options_t *options, const char *name, long otherwise);

#endif
