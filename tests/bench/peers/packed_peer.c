// packed_peer - the packed hub's client: see packed.h.

#include "lib/base/memory.h"
#include "tests/bench/peers/channel.h"
#include "tests/bench/peers/packed.h"
#include "tests/bench/peers/peers.h"

#include <stdlib.h>

typedef struct {
    const load_options_t *options;
    channel_keys_t *keys;
} world_t;

typedef struct {
    party_t *party;
    channel_t *channel;
    uint64_t taken; // of a publisher's messages
    uint64_t got;   // by a subscriber
    bool subscribed;
} client_t;

static void world_close(void *context)
{
    world_t *self = context;
    channel_keys_destroy(&self->keys);
    free(self);
}

static void *world_open(const load_options_t *options, cause_t *why)
{
    world_t *self = memory_new(1, sizeof *self);
    self->options = options;
    self->keys = channel_keys_read(options->folder, why);
    if (!self->keys ||
        channel_refuses_strangers(self->keys, options->port, false, why) != 0) {
        world_close(self);
        return NULL;
    }
    return self;
}

static void client_close(void *context)
{
    client_t *self = context;
    channel_close(&self->channel);
    free(self);
}

static void *publisher_open(void *context, party_t *party, cause_t *why)
{
    const world_t *world = context;
    client_t *self = memory_new(1, sizeof *self);
    self->party = party;
    self->channel = channel_open(world->keys, world->options->port, false, why);
    if (!self->channel) {
        client_close(self);
        return NULL;
    }
    return self;
}

static int publish(void *context, span_t message, uint32_t number, cause_t *why)
{
    client_t *self = context;
    (void)number;
    (void)why;
    packed_put(&self->channel->out, PACKED_PUBLISH, message);
    return 0;
}

static int hear(client_t *self, packed_kind_t kind, span_t rest, cause_t *why)
{
    reader_t reader = reader_of(rest);
    switch (kind) {
    case PACKED_TAKEN:
        for (uint64_t n = take_u64(&reader); self->taken < n;)
            party_acknowledged(self->party, (uint32_t)self->taken++);
        return 0;
    case PACKED_MESSAGE:
        party_delivered(self->party, rest);
        self->got++;
        return 0;
    case PACKED_SUBSCRIBE:
        self->subscribed = true;
        return 0;
    default:
        return cause_set(why, "the packed hub says what only clients say");
    }
}

static int read_some(client_t *self, cause_t *why)
{
    packed_kind_t kind;
    span_t rest;
    size_t whole;
    int got;
    if (channel_read(self->channel, why) != 0)
        return -1;
    while ((got = packed_take(channel_rest(self->channel), &kind, &rest, &whole)) > 0) {
        channel_take(self->channel, whole);
        if (hear(self, kind, rest, why) != 0)
            return -1;
    }
    return got == 0 ? 0 : cause_set(why, "the packed hub sent no frame");
}

static int collect(void *context, int64_t most_ns, cause_t *why)
{
    client_t *self = context;
    if (channel_flush(self->channel, why) != 0)
        return -1;
    return channel_wait(self->channel, most_ns) ? read_some(self, why) : 0;
}

static void *subscriber_open(void *world, party_t *party, cause_t *why)
{
    client_t *self = publisher_open(world, party, why);
    if (!self)
        return NULL;
    packed_put(&self->channel->out, PACKED_SUBSCRIBE, span_of(NULL, 0));
    int result = channel_flush(self->channel, why);
    while (result == 0 && !self->subscribed)
        result = read_some(self, why);
    if (result != 0) {
        client_close(self);
        return NULL;
    }
    return self;
}

static int receive(void *context, int64_t most_ns, cause_t *why)
{
    client_t *self = context;
    uint64_t before = self->got;
    if (!channel_wait(self->channel, most_ns))
        return 0;
    if (read_some(self, why) != 0)
        return -1;
    if (self->got != before)
        packed_put_number(&self->channel->out, PACKED_CURSOR, self->got);
    return channel_flush(self->channel, why);
}

const peer_t peer_packed = {
    .name = "packed-tls",
    .open = world_open,
    .close = world_close,
    .publisher = publisher_open,
    .publish = publish,
    .collect = collect,
    .publisher_close = client_close,
    .subscriber = subscriber_open,
    .receive = receive,
    .subscriber_close = client_close,
};
