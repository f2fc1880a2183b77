// guard - what a message costs in instructions: a hub, a publisher and receivers in one
// thread, for a tool that counts what runs (tests/guard/instructions.t).
//
//     guard HUB.CONF WORLD PUBLISHER RECEIVER...     nodes of the folder WORLD
//
// The hub is the real one, from hub_open to hub_close, and so are the links of the nodes.
// In the place of the network between them stand queues (hub/net/gate.h and
// nodes/link/channel.h are the seams), in that of the clock a number that goes on a
// millisecond a turn, in that of randomness a fixed sequence.  So every run does the
// same.
//
// Under callgrind it says after each piece of work whose it was, so that there is a dump
// of each; a start and the first messages are not counted.

#include "hub/hub.h"
#include "hub/net/gate.h"
#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "lib/config/hub_options.h"
#include "lib/pki/keyfile.h"
#include "lib/sys/clock.h"
#include "lib/sys/random.h"
#include "nodes/link/channel.h"
#include "nodes/link/link.h"
#include "nodes/link/parcel.h"

#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_START_INSTRUMENTATION (void)0
#define CALLGRIND_STOP_INSTRUMENTATION (void)0
#define CALLGRIND_TOGGLE_COLLECT (void)0
#define CALLGRIND_DUMP_STATS_AT(name) (void)(name)
#endif

enum {
    MESSAGES = 512,
    WARM =
        128, // the first, which are not counted: certificates are checked, memory grows
    BATCH = 128, // messages of a turn
    TOGETHER = 64,
    DOCUMENT = 700,
    PARTIES = 32,
    TURNS_MAX = 10000, // or it hangs
};

// What the hub gave away, and the same as frames of the network.
typedef struct {
    buf_t given[4096];
    zframe_t *frame[4096];
    size_t first, end;
} queue_t;

// A node; the first is the publisher.
typedef struct {
    const char *name;
    link_t *link;
    seal_key_t seal;
    uint8_t public_key[32];
    bool up, ready; // its channel; its link
    size_t received;
    queue_t queue; // from the hub
} party_t;

static struct {
    party_t party[PARTIES];
    size_t parties;
    struct {
        zframe_t *frame;
        const party_t *from;
    } arrived[4096]; // at the hub
    size_t arrived_first, arrived_end;
    size_t handed, answered, turns;
    int64_t now_us;
    uint64_t random;
    const char *origin;
    buf_t text;
} stage;

static void die(const char *what, const char *why)
{
    (void)fprintf(stderr, "guard: %s: %s\n", what, why);
    exit(1);
}

// --- clock and randomness --------------------------------------------------------------

int64_t clock_us(clock_kind_t kind)
{
    (void)kind;
    return stage.now_us;
}

int64_t clock_ms(clock_kind_t kind)
{
    return clock_us(kind) / 1000;
}

static uint64_t next_random(void)
{
    stage.random ^= stage.random << 13;
    stage.random ^= stage.random >> 7;
    stage.random ^= stage.random << 17;
    return stage.random;
}

void random_bytes(void *out, size_t size)
{
    uint8_t *bytes = out;
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(next_random() >> 24);
}

uint32_t random_below(uint32_t bound)
{
    return (uint32_t)((next_random() >> 16) % bound);
}

// --- between a node and the hub --------------------------------------------------------

// Which of the parties: nothing but its place.
struct channel {
    party_t *party;
};

int channel_check(const char *endpoint, cause_t *why)
{
    (void)endpoint;
    (void)why;
    return 0;
}

channel_t *channel_open(const char *endpoint, channel_family_t family,
    const channel_keys_t *keys, cause_t *why)
{
    channel_t *self = memory_new(1, sizeof *self);
    (void)endpoint;
    (void)family;
    (void)why;
    for (size_t i = 0; i < stage.parties; i++)
        if (memcmp(stage.party[i].public_key, keys->public_key, 32) == 0)
            self->party = &stage.party[i];
    return self;
}

void channel_close(channel_t **self_p)
{
    free(*self_p);
    *self_p = NULL;
}

channel_event_t channel_event(channel_t *self, cause_t *why)
{
    (void)why;
    if (self->party->up)
        return CHANNEL_QUIET;
    self->party->up = true;
    return CHANNEL_UP;
}

int channel_send(channel_t *self, span_t frame)
{
    if (stage.arrived_end == sizeof stage.arrived / sizeof stage.arrived[0])
        die(self->party->name, "too many frames");
    stage.arrived[stage.arrived_end].frame = zframe_new(frame.data, frame.size);
    stage.arrived[stage.arrived_end++].from = self->party;
    return 0;
}

zframe_t *channel_receive(channel_t *self)
{
    queue_t *queue = &self->party->queue;
    return queue->first < queue->end ? queue->frame[queue->first++] : NULL;
}

void channel_poll_items(channel_t *self, struct pollfd item[CHANNEL_POLL_ITEMS])
{
    (void)self;
    (void)item;
}

void channel_work(channel_t *self)
{
    (void)self;
}

struct gate {
    zframe_t *frame; // received last
};

gate_options_t gate_options_of(const hub_options_t *options, const uint8_t secret_key[32],
    const uint8_t public_key[32])
{
    (void)options;
    (void)secret_key;
    (void)public_key;
    return (gate_options_t){0};
}

gate_t *gate_new(void)
{
    return memory_new(1, sizeof(gate_t));
}

int gate_open(gate_t *self, const gate_options_t *options, cause_t *why)
{
    (void)self;
    (void)options;
    (void)why;
    return 0;
}

void gate_close(gate_t **self_p)
{
    if (*self_p)
        zframe_destroy(&(*self_p)->frame);
    free(*self_p);
    *self_p = NULL;
}

const char *gate_endpoint(const gate_t *self, size_t i)
{
    (void)self;
    return i == 0 ? "none" : NULL;
}

int gate_knock(gate_t *self, const uint8_t **key, cause_t *why)
{
    (void)self;
    (void)key;
    (void)why;
    return 0;
}

int gate_answer(gate_t *self, bool admitted, cause_t *why)
{
    (void)self;
    (void)admitted;
    (void)why;
    return 0;
}

bool gate_receive(gate_t *self, gate_message_t *message)
{
    if (stage.arrived_first == stage.arrived_end)
        return false;
    const party_t *from = stage.arrived[stage.arrived_first].from;
    zframe_destroy(&self->frame);
    self->frame = stage.arrived[stage.arrived_first++].frame;
    *message = (gate_message_t){.event = GATE_SAID,
        .route = span_text(from->name),
        .key = from->public_key,
        .frame = span_of(zframe_data(self->frame), zframe_size(self->frame))};
    return true;
}

gate_result_t gate_send(gate_t *self, int whose, span_t route, buf_t *frame)
{
    (void)self;
    (void)whose;
    for (size_t i = 0; i < stage.parties; i++) {
        queue_t *queue = &stage.party[i].queue;
        if (!span_is(route, stage.party[i].name))
            continue;
        if (queue->end == sizeof queue->frame / sizeof queue->frame[0])
            die(stage.party[i].name, "too many frames");
        queue->given[queue->end++] = *frame;
        *frame = (buf_t){0};
        return GATE_SENT;
    }
    buf_destroy(frame);
    return GATE_GONE;
}

size_t gate_unsent(const gate_t *self, int whose)
{
    (void)self;
    (void)whose;
    return 0;
}

void gate_end(gate_t *self, const uint8_t key[32], span_t route)
{
    (void)self;
    (void)key;
    (void)route;
    die("hub", "it ends a connection");
}

void gate_keep(gate_t *self, const uint8_t key[32], span_t route)
{
    (void)self;
    (void)key;
    (void)route;
}

bool gate_next(gate_t *self, size_t *cursor, connection_name_t *name)
{
    (void)self;
    (void)cursor;
    (void)name;
    return false;
}

bool gate_left(gate_t *self, connection_name_t *name)
{
    (void)self;
    (void)name;
    return false;
}

gate_counts_t gate_counts(gate_t *self)
{
    (void)self;
    return (gate_counts_t){0};
}

// --- nodes -----------------------------------------------------------------------------

static void on_event(void *context, const link_event_t *event)
{
    party_t *party = context;
    if (event->type == LINK_READY)
        party->ready = true;
    else if (event->type != LINK_CONNECTING)
        die(party->name, event->text);
}

static void on_receipts(
    void *context, const link_receipt_t *receipt, size_t n, span_t checkpoint)
{
    (void)context;
    (void)receipt;
    (void)checkpoint;
    stage.answered += n;
}

static void on_refused(void *context, const link_refused_t *refused)
{
    const party_t *party = context;
    (void)fprintf(stderr, "guard: %.*s\n", (int)refused->code.size,
        (const char *)refused->code.data);
    die(party->name, "refused");
}

static size_t on_deliveries(
    void *context, const link_delivery_t *delivery, size_t n, span_t checkpoint)
{
    party_t *party = context;
    (void)delivery;
    (void)checkpoint;
    party->received += n;
    return n;
}

static const char *path_in(const char *world, const char *name, const char *file)
{
    static char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s/%s", world, name, file);
    return path;
}

static void read_keys(party_t *party, const char *world, link_options_t *options)
{
    cause_t why;
    cert_t hub;
    buf_t vkey = {0};
    if (keyfile_read_ed25519(
            path_in(world, party->name, "keys/seal.key"), &party->seal, &why) != 0 ||
        keyfile_read_x25519(path_in(world, party->name, "keys/channel.key"),
            options->secret_key, options->public_key, &why) != 0 ||
        cert_read(&hub, path_in(world, party->name, "certs/hub-channel.pem"), &why) !=
            0 ||
        file_read(path_in(world, party->name, "hub.vkey"), 1 << 16, &vkey, &why) != 0)
        die(party->name, why.text);
    memcpy(options->hub_key, hub.key, sizeof options->hub_key);
    memcpy(party->public_key, options->public_key, sizeof party->public_key);
    cert_close(&hub);
    while (vkey.size && vkey.data[vkey.size - 1] == '\n')
        vkey.size--;
    if (log_vkey_parse(&options->vkey, buf_span(&vkey), &why) != 0)
        die("hub.vkey", why.text);
    buf_destroy(&vkey);
}

static void open_party(party_t *party, const char *world)
{
    static const char *const endpoint = "none";
    cause_t why;
    const link_events_t events = {.context = party,
        .event = on_event,
        .receipts = on_receipts,
        .refused = on_refused,
        .deliveries = on_deliveries};
    link_options_t options = {.node = party->name,
        .agent = "guard",
        .endpoint = &endpoint,
        .endpoints = 1,
        .seal = &party->seal,
        .ca = authority_open(path_in(world, "ca", "ca.pem"), NULL, &why),
        .window = 1024};
    if (!options.ca)
        die("the CA", why.text);
    read_keys(party, world, &options);
    party->link = link_open(&options, &events, &why);
    if (!party->link)
        die(party->name, why.text);
}

static span_t make_document(size_t number, const char *from, char id[37])
{
    uint8_t nonce[16], bytes[10] = {0};
    char nonce_text[33], sent[TIME_TEXT];
    buf_t *text = &stage.text;
    bytes[8] = (uint8_t)(number >> 8);
    bytes[9] = (uint8_t)number;
    uuid7_from(clock_ms(CLOCK_WALL), bytes, id);
    random_bytes(nonce, sizeof nonce);
    hex_encode(nonce, sizeof nonce, nonce_text);
    time_print(clock_ms(CLOCK_WALL), sent);
    buf_clear(text);
    buf_printf(text,
        "{\"dabyl\":1,\"id\":\"%s\",\"kind\":\"incident.notice\",\"from\":\"%s\","
        "\"sent\":\"%s\",\"status\":\"actual\",\"marking\":\"TLP:AMBER\",\"nonce\":"
        "\"%s\",\"summary\":{\"en\":\"Scanning of a control network segment from a "
        "foreign range\"},\"body\":{\"level\":1,\"determination\":\"suspected\","
        "\"sector\":\"power-supply\",\"cross_border\":false,\"detected_at\":\"%s\","
        "\"description\":\"",
        id, from, sent, nonce_text, sent);
    size_t filler = DOCUMENT - 3 - text->size;
    buf_reserve(text, filler);
    memset(text->data + text->size, 'x', filler);
    text->size += filler;
    buf_put_text(text, "\"}}");
    return buf_span(text);
}

static bool all_have(size_t messages)
{
    bool all = stage.answered == messages;
    for (size_t i = 1; i < stage.parties; i++)
        all &= stage.party[i].received == messages;
    return all;
}

static bool all_ready(void)
{
    bool all = true;
    for (size_t i = 0; i < stage.parties; i++)
        all &= stage.party[i].ready;
    return all;
}

static void publish_together(party_t *party)
{
    const seal_key_t *const keys[] = {&party->seal};
    char id[37];
    cause_t why;
    parcel_t *parcel = parcel_new();
    for (size_t n = 0; n < TOGETHER; n++, stage.handed++) {
        CALLGRIND_TOGGLE_COLLECT; // to write a message is not to publish it
        span_t document = make_document(stage.handed, party->name, id);
        CALLGRIND_TOGGLE_COLLECT;
        parcel_add(parcel, id, document, stage.handed);
    }
    if (parcel_seal(parcel, stage.origin, keys, 1, &why) != 0)
        die("seal", why.text);
    link_publish(party->link, &parcel);
}

// A batch, when the one before is answered; and whatever the link has to do.
static void publish(party_t *party, now_t now)
{
    if (all_ready() && stage.answered == stage.handed && stage.handed < MESSAGES)
        for (size_t n = 0; n < BATCH; n += TOGETHER)
            publish_together(party);
    link_turn(party->link, now);
}

static void carry_frames(queue_t *queue)
{
    for (size_t i = queue->first; i < queue->end; i++) {
        queue->frame[i] = zframe_new(queue->given[i].data, queue->given[i].size);
        buf_destroy(&queue->given[i]);
    }
}

// What nodes do between two turns of the hub.  When all has come, the hub is asked to
// end.
static void nodes_turn(void)
{
    stage.now_us += 1000;
    now_t now = clock_now();
    if (++stage.turns > TURNS_MAX)
        die("hub", "not everything arrives");
    stage.arrived_first = stage.arrived_end = 0;
    for (size_t i = 0; i < stage.parties; i++)
        carry_frames(&stage.party[i].queue);
    CALLGRIND_DUMP_STATS_AT("network");
    publish(&stage.party[0], now);
    CALLGRIND_DUMP_STATS_AT("publisher");
    for (size_t i = 1; i < stage.parties; i++)
        link_turn(stage.party[i].link, now);
    CALLGRIND_DUMP_STATS_AT("receiver");
    for (size_t i = 0; i < stage.parties; i++)
        stage.party[i].queue.first = stage.party[i].queue.end = 0;
    if (all_have(MESSAGES))
        (void)raise(SIGTERM); // which is blocked, and read
    if (all_have(WARM))
        CALLGRIND_START_INSTRUMENTATION;
}

bool gate_wait(gate_t *self, struct pollfd *others, size_t n, long most_ms)
{
    (void)self;
    (void)most_ms;
    CALLGRIND_DUMP_STATS_AT("hub");
    nodes_turn();
    return poll(others, n, 0) > 0;
}

int main(int argc, char **argv)
{
    cause_t why;
    hub_options_t options = {0};
    hub_start_t start = {0};
    struct timespec at;
    if (argc < 5 || argc - 3 > PARTIES || sodium_init() < 0)
        die("usage", "guard HUB.CONF WORLD PUBLISHER RECEIVER...");
    (void)clock_gettime(CLOCK_REALTIME, &at); // the certificates are of this day
    stage.now_us = (int64_t)at.tv_sec * 1000000;
    stage.random = 0x9e3779b97f4a7c15;
    log_open();
    if (conf_read(hub_options_table, argv[1], &options, &why) != 0 ||
        log_set_level("error", &why) != 0)
        die(argv[1], why.text);
    options.workers = 0; // all on one thread
    stage.origin = options.origin;
    for (int i = 3; i < argc; i++) {
        stage.party[stage.parties].name = argv[i];
        open_party(&stage.party[stage.parties++], argv[2]);
    }
    hub_t *hub = hub_open(&options, &start, &why);
    if (!hub)
        die("hub", why.text);
    supervisor_t nobody = SUPERVISOR_NONE;
    if (hub_run(hub, &nobody, &why) != 0)
        die("hub", why.text);
    CALLGRIND_STOP_INSTRUMENTATION;
    hub_close(&hub);
    (void)printf("%d messages, %zu receivers\n", MESSAGES - WARM, stage.parties - 1);
    conf_free(hub_options_table, &options);
    return 0;
}
