// client - libzmq's DEALER with CURVE; every party has keys of its own.

#include "tests/bench/floor/client.h"

#include "lib/base/memory.h"
#include "tests/bench/floor/group.h"
#include "tests/bench/floor/socket.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>

enum {
    SEAL_TOGETHER = 128, // unless `seal=` says otherwise
    ANSWER_NS = 100000000,
    AUDITS = 100
};

void world_close(void *context)
{
    world_t *self = context;
    if (self->context)
        (void)zmq_ctx_term(self->context);
    free(self->keys);
    free(self);
}

void *world_open(const load_options_t *options, cause_t *why)
{
    world_t *self = memory_new(1, sizeof *self);
    long together = load_more(options, "seal", SEAL_TOGETHER);
    self->options = options;
    self->together =
        together < 1 || together > FRAME_ITEMS_MAX ? FRAME_ITEMS_MAX : (size_t)together;
    self->keys = keys_new();
    self->context = socket_context((int)load_more(options, "io", FLOOR_IO_THREADS), why);
    if (!self->context) {
        world_close(self);
        return NULL;
    }
    return self;
}

void client_close(void *context)
{
    client_t *self = context;
    if (self->socket)
        (void)zmq_close(self->socket);
    free(self->sent);
    buf_destroy(&self->waiting);
    buf_destroy(&self->out);
    free(self);
}

client_t *client_open(const world_t *world, party_t *party, cause_t *why)
{
    client_t *self = memory_new(1, sizeof *self);
    self->world = world;
    self->party = party;
    self->socket =
        socket_dial(world->context, world->options->port, world->keys->hub_public, why);
    if (!self->socket) {
        client_close(self);
        return NULL;
    }
    return self;
}

// zmq_poll() knows milliseconds only.  The descriptor tells of changes, not of states.
bool client_wait(client_t *self, int64_t most_ns)
{
    struct pollfd item = {.events = POLLIN};
    size_t size = sizeof item.fd;
    if (socket_readable(self->socket))
        return true;
    struct timespec most = {most_ns / 1000000000, most_ns % 1000000000};
    if (zmq_getsockopt(self->socket, ZMQ_FD, &item.fd, &size) != 0 ||
        ppoll(&item, 1, &most, NULL) <= 0)
        return false;
    return socket_readable(self->socket);
}

int client_next(client_t *self, zmq_msg_t *frame, cause_t *why)
{
    (void)zmq_msg_init(frame);
    if (zmq_msg_recv(frame, self->socket, ZMQ_DONTWAIT) >= 0)
        return 1;
    (void)zmq_msg_close(frame);
    return zmq_errno() == EAGAIN ? 0 : socket_fail(why, "receive");
}

int client_send(client_t *self, cause_t *why)
{
    if (zmq_send(self->socket, self->out.data, self->out.size, 0) < 0)
        return socket_fail(why, "send");
    buf_clear(&self->out);
    return 0;
}

int client_take_all(client_t *self, client_take_fn take, cause_t *why)
{
    zmq_msg_t frame;
    int got, result = 0;
    while (result == 0 && (got = client_next(self, &frame, why)) != 0) {
        if (got < 0)
            return -1;
        result = take(self, span_of(zmq_msg_data(&frame), zmq_msg_size(&frame)), why);
        (void)zmq_msg_close(&frame);
    }
    return result;
}

// ------------------------------------------------------------------------------------

static int ask(client_t *client, cause_t *why)
{
    buf_put_u8(&client->out, FRAME_VERSION);
    buf_put_u8(&client->out, FLOOR_STATUS);
    return client_send(client, why);
}

// Ask until the last acknowledgements have come and are flushed.
static int wait_until(client_t *client, uint64_t messages, cause_t *why)
{
    uint64_t entries = 0, acked = 0;
    zmq_msg_t frame;
    int got = ask(client, why);
    for (int i = 0; i < AUDITS && got >= 0 && acked < messages; i++) {
        (void)client_wait(client, ANSWER_NS);
        got = client_next(client, &frame, why);
        if (got <= 0)
            continue;
        reader_t reader;
        (void)frame_type(span_of(zmq_msg_data(&frame), zmq_msg_size(&frame)), &reader);
        entries = take_u64(&reader);
        acked = take_u64(&reader);
        (void)zmq_msg_close(&frame);
        got = ask(client, why);
    }
    if (got < 0)
        return -1;
    if (entries == messages && acked == messages)
        return 0;
    return cause_set(why, "of %llu messages the hub has %llu, and %llu acknowledged",
        (unsigned long long)messages, (unsigned long long)entries,
        (unsigned long long)acked);
}

int world_check(void *context, uint64_t messages, cause_t *why)
{
    client_t *client = client_open(context, NULL, why);
    if (!client)
        return -1;
    int result = wait_until(client, messages, why);
    client_close(client);
    return result;
}
