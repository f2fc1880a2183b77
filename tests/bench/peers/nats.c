// nats - the text protocol of NATS: JetStream is asked by requests, a publish is answered
// on the subject that it names, and a delivery is acknowledged on the one it brings.

#include "tests/bench/peers/channel.h"
#include "tests/bench/peers/peers.h"

#include "lib/base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PAYLOAD_MAX = 1 << 20, PENDING_MOST = 8192, PAUSE_NS = 10000000, PAUSES = 500 };

typedef struct {
    const load_options_t *options;
    channel_keys_t *keys;
} world_t;

typedef struct {
    party_t *party;
    channel_t *channel;
} client_t;

// What the broker said: a message, or one of its own words.
typedef struct {
    bool message, pong;
    span_t subject, reply; // `reply` may be empty
    span_t payload;        // all until the channel is read again
} said_t;

// The next word of a line, which is taken off it.
static span_t word(span_t *line)
{
    const uint8_t *space = line->size ? memchr(line->data, ' ', line->size) : NULL;
    span_t result = *line;
    if (space)
        result.size = (size_t)(space - line->data);
    size_t taken = result.size + (space ? 1 : 0);
    *line = span_of(line->data + taken, line->size - taken);
    return result;
}

// MSG subject sid [reply] size
static int take_message(channel_t *channel, span_t line, said_t *said, cause_t *why)
{
    uint64_t size;
    size_t whole = line.size + 2;
    (void)word(&line);
    said->subject = word(&line);
    (void)word(&line);
    span_t third = word(&line);
    said->reply = line.size ? third : span_of(NULL, 0);
    if (!decimal_decode(line.size ? line : third, &size) || size > PAYLOAD_MAX)
        return cause_set(why, "nats: a message without a size");
    span_t rest = channel_rest(channel);
    if (rest.size < size + 2) {
        channel->taken -= whole;
        return 0;
    }
    said->message = true;
    said->payload = span_of(rest.data, size);
    channel_take(channel, size + 2);
    return 1;
}

static bool begins(span_t line, const char *text)
{
    size_t size = strlen(text);
    return line.size >= size && memcmp(line.data, text, size) == 0;
}

// 1, or 0 when it is not there yet, or -1.
static int take_said(channel_t *channel, said_t *said, cause_t *why)
{
    span_t line;
    *said = (said_t){0};
    if (!channel_line(channel, &line))
        return 0;
    if (begins(line, "MSG "))
        return take_message(channel, line, said, why);
    if (begins(line, "-ERR"))
        return cause_set(why, "nats: %.*s", (int)line.size, (const char *)line.data);
    if (begins(line, "PING"))
        buf_put_text(&channel->out, "PONG\r\n");
    said->pong = begins(line, "PONG");
    return 1;
}

static int await_message(channel_t *channel, said_t *said, cause_t *why)
{
    int got;
    while ((got = take_said(channel, said, why)) >= 0) {
        if (got > 0 && said->message)
            return 0;
        if (got == 0 && channel_read(channel, why) != 0)
            return -1;
    }
    return -1;
}

static channel_t *connect_to(const world_t *world, cause_t *why)
{
    channel_t *channel = channel_open(world->keys, world->options->port, true, why);
    if (!channel)
        return NULL;
    buf_put_text(&channel->out,
        "CONNECT {\"verbose\":false,\"pedantic\":false,\"tls_required\":true,"
        "\"lang\":\"c\",\"version\":\"1\",\"protocol\":1}\r\n");
    return channel;
}

static bool has(span_t text, const char *part)
{
    return text.size && memmem(text.data, text.size, part, strlen(part));
}

// Ask JetStream; the answer lives until the channel is read again.
static int ask(channel_t *channel, const char *subject, const char *text, span_t *answer,
    cause_t *why)
{
    said_t said;
    buf_printf(&channel->out,
        "SUB _INBOX.ask 9\r\nUNSUB 9 1\r\nPUB %s _INBOX.ask %zu\r\n%s\r\n", subject,
        strlen(text), text);
    if (channel_flush(channel, why) != 0 || await_message(channel, &said, why) != 0)
        return -1;
    *answer = said.payload;
    if (has(said.payload, "\"error\""))
        return cause_set(why, "nats: %s: %.*s", subject, (int)said.payload.size,
            (const char *)said.payload.data);
    return 0;
}

static int prepare(const world_t *world, cause_t *why)
{
    span_t answer;
    channel_t *channel = connect_to(world, why);
    if (!channel)
        return -1;
    int result = ask(channel, "$JS.API.STREAM.CREATE.NOTICE",
        "{\"name\":\"NOTICE\",\"subjects\":[\"notice.>\"],\"retention\":\"limits\","
        "\"storage\":\"file\",\"discard\":\"old\",\"num_replicas\":1,"
        "\"max_consumers\":-1,\"max_msgs\":-1,\"max_bytes\":-1,\"max_msg_size\":-1}",
        &answer, why);
    channel_close(&channel);
    if (result == 0)
        result = channel_refuses_strangers(world->keys, world->options->port, true, why);
    return result;
}

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
    if (!self->keys || prepare(self, why) != 0) {
        world_close(self);
        return NULL;
    }
    return self;
}

// The number behind a name of an answer.
static int ask_number(
    channel_t *channel, const char *subject, const char *name, uint64_t *n, cause_t *why)
{
    span_t answer;
    size_t size = strlen(name);
    if (ask(channel, subject, "", &answer, why) != 0)
        return -1;
    const uint8_t *at = memmem(answer.data, answer.size, name, size);
    if (!at)
        return cause_set(why, "nats: %s: no %s", subject, name);
    *n = 0;
    for (at += size; at < answer.data + answer.size && *at >= '0' && *at <= '9'; at++)
        *n = *n * 10 + (uint64_t)(*at - '0');
    return 0;
}

// The broker takes acknowledgements in when it has time.
static int check_consumer(channel_t *channel, size_t i, cause_t *why)
{
    char subject[96];
    uint64_t n = 1;
    const struct timespec pause = {0, PAUSE_NS};
    (void)snprintf(subject, sizeof subject, "$JS.API.CONSUMER.INFO.NOTICE.d%zu", i);
    for (int k = 0; k < PAUSES && n > 0; k++) {
        if (k > 0)
            (void)nanosleep(&pause, NULL);
        if (ask_number(channel, subject, "\"num_ack_pending\":", &n, why) != 0)
            return -1;
    }
    return n == 0 ? 0
                  : cause_set(why,
                        "nats: %llu messages of consumer %zu are not acknowledged",
                        (unsigned long long)n, i);
}

static int check(void *context, uint64_t messages, cause_t *why)
{
    const world_t *world = context;
    uint64_t n = 0;
    channel_t *channel = connect_to(world, why);
    if (!channel)
        return -1;
    int result =
        ask_number(channel, "$JS.API.STREAM.INFO.NOTICE", "\"messages\":", &n, why);
    if (result == 0 && n != messages)
        result = cause_set(why, "nats has %llu of %llu messages", (unsigned long long)n,
            (unsigned long long)messages);
    for (size_t i = 0; result == 0 && i < world->options->subscribers; i++)
        result = check_consumer(channel, i, why);
    channel_close(&channel);
    return result;
}

static void client_close(void *context)
{
    client_t *self = context;
    channel_close(&self->channel);
    free(self);
}

static client_t *client_open(void *world, party_t *party, cause_t *why)
{
    client_t *self = memory_new(1, sizeof *self);
    self->party = party;
    self->channel = connect_to(world, why);
    if (!self->channel) {
        client_close(self);
        return NULL;
    }
    return self;
}

static void *publisher_open(void *world, party_t *party, cause_t *why)
{
    client_t *self = client_open(world, party, why);
    if (self)
        buf_printf(&self->channel->out, "SUB _INBOX.%u.* 1\r\n", party_index(party));
    return self;
}

static int publish(void *context, span_t message, uint32_t number, cause_t *why)
{
    client_t *self = context;
    (void)why;
    buf_printf(&self->channel->out, "PUB notice.a _INBOX.%u.%u %zu\r\n",
        party_index(self->party), number, message.size);
    buf_put_span(&self->channel->out, message);
    buf_put_text(&self->channel->out, "\r\n");
    return 0;
}

// The number is the last word of the subject that we named.
static int take_acknowledgement(client_t *self, const said_t *said, cause_t *why)
{
    uint64_t number;
    span_t digits = said->subject;
    const uint8_t *dot = memrchr(digits.data, '.', digits.size);
    if (dot)
        digits = span_of(dot + 1, digits.size - (size_t)(dot + 1 - digits.data));
    if (!has(said->payload, "\"seq\":") || has(said->payload, "\"error\"") ||
        !decimal_decode(digits, &number) || number > UINT32_MAX)
        return cause_set(why, "nats: not stored: %.*s", (int)said->payload.size,
            (const char *)said->payload.data);
    party_acknowledged(self->party, (uint32_t)number);
    return 0;
}

static int collect(void *context, int64_t most_ns, cause_t *why)
{
    client_t *self = context;
    said_t said;
    int got;
    if (channel_flush(self->channel, why) != 0)
        return -1;
    if (!channel_wait(self->channel, most_ns))
        return 0;
    if (channel_read(self->channel, why) != 0)
        return -1;
    while ((got = take_said(self->channel, &said, why)) > 0)
        if (said.message && take_acknowledgement(self, &said, why) != 0)
            return -1;
    return got;
}

// A durable consumer that the broker pushes to, and that acknowledges each message.
static void *subscriber_open(void *world, party_t *party, cause_t *why)
{
    char subject[96], text[320];
    uint32_t i = party_index(party);
    span_t answer;
    client_t *self = client_open(world, party, why);
    if (!self)
        return NULL;
    (void)snprintf(
        subject, sizeof subject, "$JS.API.CONSUMER.DURABLE.CREATE.NOTICE.d%u", i);
    (void)snprintf(text, sizeof text,
        "{\"stream_name\":\"NOTICE\",\"config\":{\"durable_name\":\"d%u\","
        "\"deliver_subject\":\"deliver.%u\",\"deliver_policy\":\"all\","
        "\"ack_policy\":\"explicit\",\"replay_policy\":\"instant\","
        "\"max_ack_pending\":%d}}",
        i, i, PENDING_MOST);
    buf_printf(&self->channel->out, "SUB deliver.%u 1\r\n", i);
    if (ask(self->channel, subject, text, &answer, why) != 0) {
        client_close(self);
        return NULL;
    }
    return self;
}

// What was read is told and acknowledged together.
static int receive(void *context, int64_t most_ns, cause_t *why)
{
    client_t *self = context;
    buf_t *out = &self->channel->out;
    said_t said;
    int got;
    if (!channel_wait(self->channel, most_ns))
        return 0;
    if (channel_read(self->channel, why) != 0)
        return -1;
    while ((got = take_said(self->channel, &said, why)) > 0) {
        if (!said.message)
            continue;
        party_delivered(self->party, said.payload);
        buf_put_text(out, "PUB ");
        buf_put_span(out, said.reply);
        buf_put_text(out, " 4\r\n+ACK\r\n");
    }
    return got < 0 ? -1 : channel_flush(self->channel, why);
}

// Behind a PONG everything before the PING has been read.
static int settle(client_t *self, cause_t *why)
{
    said_t said = {0};
    buf_put_text(&self->channel->out, "PING\r\n");
    if (channel_flush(self->channel, why) != 0)
        return -1;
    while (!said.pong) {
        int got = take_said(self->channel, &said, why);
        if (got < 0 || (got == 0 && channel_read(self->channel, why) != 0))
            return -1;
        if (said.message)
            party_delivered(self->party, said.payload);
    }
    return 0;
}

static void subscriber_close(void *context)
{
    cause_t why;
    (void)settle(context, &why); // what was not acknowledged, `check` sees
    client_close(context);
}

const peer_t peer_nats = {
    .name = "nats",
    .open = world_open,
    .close = world_close,
    .check = check,
    .publisher = publisher_open,
    .publish = publish,
    .collect = collect,
    .publisher_close = client_close,
    .subscriber = subscriber_open,
    .receive = receive,
    .subscriber_close = subscriber_close,
};
