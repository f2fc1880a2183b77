// client - a connection to the floor's hub, and what all of a process share.

#ifndef TESTS_BENCH_FLOOR_CLIENT_H
#define TESTS_BENCH_FLOOR_CLIENT_H

#include "tests/bench/floor/check.h"
#include "tests/bench/peers/load.h"

#include <zmq.h>

typedef struct {
    const load_options_t *options;
    keys_t *keys;
    void *context;
    size_t together; // documents under one signature
} world_t;

// What a publisher waits for the receipt of.
typedef struct {
    hash_t document, seal;
} sent_t;

typedef struct {
    const world_t *world;
    party_t *party;
    void *socket;
    buf_t out;
    run_t run; // of the frame at hand
    // a publisher
    buf_t waiting;       // messages that are not sealed yet
    publish_t publish;   // as it leaves
    receipt_t receipt;   // as it comes
    sent_t *sent;        // in order: a ring
    uint64_t first, end; // of those, and so their numbers
    // a subscriber
    deliver_t deliver; // as it comes
    batch_t batch;
    uint64_t has, acked; // entries
    hash_t root;         // under which it got the last
    int64_t due_us;      // of an acknowledgement
} client_t;

void *world_open(const load_options_t *options, cause_t *why);
void world_close(void *world);
// That the hub has all messages, and everybody's acknowledgement of them.
int world_check(void *world, uint64_t messages, cause_t *why);

client_t *client_open(const world_t *world, party_t *party, cause_t *why);
void client_close(void *client);

bool client_wait(client_t *self, int64_t most_ns); // whether there is a frame
// The next frame: 1, and it is the caller's to close; 0: there is none; or -1.
int client_next(client_t *self, zmq_msg_t *frame, cause_t *why);
int client_send(client_t *self, cause_t *why); // what is in `out`
// All frames that are there, one after the other.
typedef int (*client_take_fn)(client_t *self, span_t frame, cause_t *why);
int client_take_all(client_t *self, client_take_fn take, cause_t *why);

// What load.h wants of a peer.
void *publisher_open(void *world, party_t *party, cause_t *why);
int publisher_publish(void *client, span_t message, uint32_t number, cause_t *why);
int publisher_collect(void *client, int64_t most_ns, cause_t *why);
void *subscriber_open(void *world, party_t *party, cause_t *why);
int subscriber_receive(void *client, int64_t most_ns, cause_t *why);
void subscriber_close(void *client);

#endif
