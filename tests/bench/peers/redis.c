// redis - XADD, many in one write.  A subscriber has always one read waiting at the
// broker; with it go the acknowledgements of what the one before brought.

#include "tests/bench/peers/channel.h"
#include "tests/bench/peers/peers.h"
#include "tests/bench/peers/resp.h"

#include "lib/base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STREAM "notice"

enum { READ_MOST = 512, BLOCK_MS = 50, ID_ROOM = 48 };

typedef struct {
    const load_options_t *options;
    channel_keys_t *keys;
    bool groups;
} world_t;

typedef struct {
    const world_t *world;
    party_t *party;
    channel_t *channel;
    uint32_t answered; // a publisher's
    // a subscriber's
    char last[ID_ROOM];      // the newest that came
    buf_t ids;               // what came, for an acknowledgement
    size_t n;                // of those
    size_t acknowledgements; // sent, without an answer yet
    bool waiting;            // a read is at the broker
} client_t;

static channel_t *connect_to(const world_t *world, cause_t *why)
{
    return channel_open(world->keys, world->options->port, false, why);
}

static int ask(channel_t *channel, const char *command, cause_t *why)
{
    buf_put_text(&channel->out, command);
    buf_put_text(&channel->out, "\r\n");
    return channel_flush(channel, why);
}

static int check_flushes(channel_t *channel, cause_t *why)
{
    resp_part_t part;
    if (ask(channel, "CONFIG GET appendfsync", why) != 0 ||
        resp_expect(channel, RESP_ARRAY, &part, why) != 0 ||
        resp_expect(channel, RESP_TEXT, &part, why) != 0 ||
        resp_expect(channel, RESP_TEXT, &part, why) != 0)
        return -1;
    if (!span_is(part.text, "always"))
        return cause_set(why, "redis does not flush before it answers");
    return 0;
}

static int make_groups(channel_t *channel, size_t n, cause_t *why)
{
    char command[96];
    resp_part_t part;
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(
            command, sizeof command, "XGROUP CREATE " STREAM " g%zu 0 MKSTREAM", i);
        if (ask(channel, command, why) != 0 ||
            resp_expect(channel, RESP_TEXT, &part, why) != 0)
            return -1;
    }
    return 0;
}

static int prepare(const world_t *world, cause_t *why)
{
    channel_t *channel = connect_to(world, why);
    if (!channel)
        return -1;
    int result = check_flushes(channel, why);
    if (result == 0 && world->groups)
        result = make_groups(channel, world->options->subscribers, why);
    channel_close(&channel);
    if (result == 0)
        result = channel_refuses_strangers(world->keys, world->options->port, false, why);
    return result;
}

static void world_close(void *context)
{
    world_t *self = context;
    channel_keys_destroy(&self->keys);
    free(self);
}

static void *world_open(const load_options_t *options, bool groups, cause_t *why)
{
    world_t *self = memory_new(1, sizeof *self);
    self->options = options;
    self->groups = groups;
    self->keys = channel_keys_read(options->folder, why);
    if (!self->keys || prepare(self, why) != 0) {
        world_close(self);
        return NULL;
    }
    return self;
}

static void *open_groups(const load_options_t *options, cause_t *why)
{
    return world_open(options, true, why);
}

static void *open_cursor(const load_options_t *options, cause_t *why)
{
    return world_open(options, false, why);
}

static int ask_number(channel_t *channel, const char *command, uint64_t *n, cause_t *why)
{
    resp_part_t part;
    if (ask(channel, command, why) != 0 ||
        resp_expect(channel, RESP_NUMBER, &part, why) != 0)
        return -1;
    *n = (uint64_t)part.number;
    return 0;
}

// XPENDING begins with how many of a group are not acknowledged; nothing follows when
// there are none.
static int check_group(channel_t *channel, size_t i, cause_t *why)
{
    char command[64];
    resp_part_t part;
    (void)snprintf(command, sizeof command, "XPENDING " STREAM " g%zu", i);
    if (ask(channel, command, why) != 0 ||
        resp_expect(channel, RESP_ARRAY, &part, why) != 0 ||
        resp_expect(channel, RESP_NUMBER, &part, why) != 0)
        return -1;
    if (part.number != 0)
        return cause_set(why, "redis: %lld messages of group %zu are not acknowledged",
            (long long)part.number, i);
    for (int k = 0; k < 3; k++)
        if (resp_expect(channel, RESP_NOTHING, &part, why) != 0)
            return -1;
    return 0;
}

static int check(void *context, uint64_t messages, cause_t *why)
{
    const world_t *world = context;
    uint64_t n = 0;
    channel_t *channel = connect_to(world, why);
    if (!channel)
        return -1;
    int result = ask_number(channel, "XLEN " STREAM, &n, why);
    if (result == 0 && n != messages)
        result = cause_set(why, "redis has %llu of %llu messages", (unsigned long long)n,
            (unsigned long long)messages);
    for (size_t i = 0; world->groups && result == 0 && i < world->options->subscribers;
         i++)
        result = check_group(channel, i, why);
    channel_close(&channel);
    return result;
}

static void client_close(void *context)
{
    client_t *self = context;
    channel_close(&self->channel);
    buf_destroy(&self->ids);
    free(self);
}

static void *client_open(void *world, party_t *party, cause_t *why)
{
    client_t *self = memory_new(1, sizeof *self);
    self->world = world;
    self->party = party;
    (void)snprintf(self->last, sizeof self->last, "0-0");
    self->channel = connect_to(world, why);
    if (!self->channel) {
        client_close(self);
        return NULL;
    }
    return self;
}

static int publish(void *context, span_t message, uint32_t number, cause_t *why)
{
    client_t *self = context;
    buf_t *out = &self->channel->out;
    (void)number;
    (void)why;
    buf_put_text(out, "*5\r\n$4\r\nXADD\r\n$6\r\n" STREAM "\r\n$1\r\n*\r\n$1\r\nd\r\n$");
    buf_put_decimal(out, message.size);
    buf_put_text(out, "\r\n");
    buf_put_span(out, message);
    buf_put_text(out, "\r\n");
    return 0;
}

// Answers come in the order of what was asked.
static int collect(void *context, int64_t most_ns, cause_t *why)
{
    client_t *self = context;
    resp_part_t part;
    int got;
    if (channel_flush(self->channel, why) != 0)
        return -1;
    if (!channel_wait(self->channel, most_ns))
        return 0;
    if (channel_read(self->channel, why) != 0)
        return -1;
    while ((got = resp_take(self->channel, &part, why)) > 0)
        party_acknowledged(self->party, self->answered++);
    return got;
}

// ------------------------------------------------------------------------ subscribers

static void ask_for_more(client_t *self)
{
    buf_t *out = &self->channel->out;
    if (self->world->groups)
        buf_printf(out,
            "XREADGROUP GROUP g%u c COUNT %d BLOCK %d STREAMS " STREAM " >\r\n",
            party_index(self->party), READ_MOST, BLOCK_MS);
    else
        buf_printf(out, "XREAD COUNT %d BLOCK %d STREAMS " STREAM " %s\r\n", READ_MOST,
            BLOCK_MS, self->last);
    self->waiting = true;
}

static void acknowledge(client_t *self)
{
    char group[24];
    int size = snprintf(group, sizeof group, "g%u", party_index(self->party));
    buf_printf(&self->channel->out,
        "*%zu\r\n$4\r\nXACK\r\n$6\r\n" STREAM "\r\n$%d\r\n%s\r\n", self->n + 3, size,
        group);
    buf_put_span(&self->channel->out, buf_span(&self->ids));
    self->acknowledgements++;
}

static int keep_id(client_t *self, span_t id, cause_t *why)
{
    if (id.size >= sizeof self->last)
        return cause_set(why, "redis: an id of %zu bytes", id.size);
    memcpy(self->last, id.data, id.size);
    self->last[id.size] = '\0';
    self->n++;
    if (self->world->groups)
        buf_printf(&self->ids, "$%zu\r\n%s\r\n", id.size, self->last);
    return 0;
}

// An entry: its id, and an array of names and values, of which there is one.
static int take_entry(client_t *self, cause_t *why)
{
    resp_part_t part;
    if (resp_expect(self->channel, RESP_ARRAY, &part, why) != 0 ||
        resp_expect(self->channel, RESP_TEXT, &part, why) != 0 ||
        keep_id(self, part.text, why) != 0 ||
        resp_expect(self->channel, RESP_ARRAY, &part, why) != 0 ||
        resp_expect(self->channel, RESP_TEXT, &part, why) != 0 ||
        resp_expect(self->channel, RESP_TEXT, &part, why) != 0)
        return -1;
    party_delivered(self->party, part.text);
    return 0;
}

// What a read brings: an array of streams, each its name and its entries; or nothing.
static int take_entries(client_t *self, cause_t *why)
{
    resp_part_t part;
    do {
        if (resp_await(self->channel, &part, why) != 0)
            return -1;
        if (part.type == RESP_NUMBER)
            self->acknowledgements--;
    } while (part.type == RESP_NUMBER);
    self->waiting = false;
    if (part.type == RESP_NOTHING)
        return 0;
    if (resp_expect(self->channel, RESP_ARRAY, &part, why) != 0 ||
        resp_expect(self->channel, RESP_TEXT, &part, why) != 0 ||
        resp_expect(self->channel, RESP_ARRAY, &part, why) != 0)
        return -1;
    for (int64_t n = part.number; n > 0; n--)
        if (take_entry(self, why) != 0)
            return -1;
    return 0;
}

static int receive(void *context, int64_t most_ns, cause_t *why)
{
    client_t *self = context;
    if (!self->waiting)
        ask_for_more(self);
    if (channel_flush(self->channel, why) != 0)
        return -1;
    if (channel_rest(self->channel).size == 0 && !channel_wait(self->channel, most_ns))
        return 0;
    buf_clear(&self->ids);
    self->n = 0;
    if (take_entries(self, why) != 0)
        return -1;
    if (self->world->groups && self->n > 0)
        acknowledge(self);
    ask_for_more(self);
    return channel_flush(self->channel, why);
}

// Their answers are next, since they left before the read that waits.
static int settle(client_t *self, cause_t *why)
{
    resp_part_t part;
    for (; self->acknowledgements > 0; self->acknowledgements--)
        if (resp_expect(self->channel, RESP_NUMBER, &part, why) != 0)
            return -1;
    return 0;
}

static void subscriber_close(void *context)
{
    cause_t why;
    (void)settle(context, &why); // what was not acknowledged, `check` sees
    client_close(context);
}

const peer_t peer_redis_groups = {
    .name = "redis-groups",
    .open = open_groups,
    .close = world_close,
    .check = check,
    .publisher = client_open,
    .publish = publish,
    .collect = collect,
    .publisher_close = client_close,
    .subscriber = client_open,
    .receive = receive,
    .subscriber_close = subscriber_close,
};

const peer_t peer_redis_cursor = {
    .name = "redis-cursor",
    .open = open_cursor,
    .close = world_close,
    .check = check,
    .publisher = client_open,
    .publish = publish,
    .collect = collect,
    .publisher_close = client_close,
    .subscriber = client_open,
    .receive = receive,
    .subscriber_close = subscriber_close,
};
