// link - a state machine around one channel at a time.
//
// A turn reads what came, then does what is due: hello, pulses, publishes,
// acknowledgements, requests for what is missing.  Handlers only note what is to be sent;
// sending is at the end of the turn, so that many small causes become one frame. Whatever
// goes wrong with a channel ends in `part`, which closes it and sets when to try the next
// endpoint.
//
// Invariants: `channel` is NULL in LINK_STOPPED; LINK_READY has a channel; nothing counts
// as sent in `flight` unless LINK_READY.

#include "nodes/link.h"

#include "lib/refusal.h"
#include "nodes/channel.h"
#include "nodes/flight.h"
#include "nodes/inflow.h"
#include "nodes/verifier.h"

#include <assert.h>
#include <limits.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
    FRAMES_A_TURN = 64,
    PAUSES_LOST = 8, // a lost connection is tried again at most this many pauses later
    PAUSES_REFUSED = 64, // and one that was refused, or cannot be believed
    HOLD_MS = 100,       // before publishing again what the hub asked to be sent later
    HOLD_MAX_MS = 5000,
    HELLO_MS = 200, // a hub that keeps asking for a hello gets one this often
};

struct link {
    link_options_t options; // strings owned
    link_events_t events;
    void *zmq;
    bool own_zmq;
    channel_keys_t keys;
    size_t endpoint_next;
    channel_t *channel;
    link_event_type_t state;
    bool up; // the handshake is done
    bool hello_wanted;
    int64_t hello_at_ms; // the last one
    int64_t heard_ms, spoke_ms;
    int64_t connect_at_ms; // while there is no channel
    int64_t pause_ms;
    int64_t hold_until_ms, hold_ms; // publishing waits
    flight_t *flight;
    verifier_t *verifier;
    inflow_t inflow;
    hash_t delivered_root; // of the checkpoint that came with the last delivery
    size_t certs_told;
    link_status_t status;
    now_t now;
    buf_t out, scratch;
    union {
        publish_t publish;
        receipt_t receipt;
        refused_t refused;
        deliver_t deliver;
    } frame;
    link_receipt_t receipt[FRAME_ITEMS_MAX];
    link_delivery_t delivery[FRAME_ITEMS_MAX];
};

static char *copy(const char *text)
{
    char *out = strdup(text);
    if (!out)
        abort();
    return out;
}

static void copy_options(link_t *self, const link_options_t *given)
{
    link_options_t *options = &self->options;
    *options = *given;
    options->node = copy(given->node);
    options->agent = copy(given->agent ? given->agent : "dabyl");
    char **endpoint = calloc(given->endpoints, sizeof *endpoint);
    if (!endpoint)
        abort();
    for (size_t i = 0; i < given->endpoints; i++)
        endpoint[i] = copy(given->endpoint[i]);
    options->endpoint = (const char *const *)endpoint;
    options->checkpoint = span_of("", 0); // the verifier has its own copy
    options->window = given->window ? given->window : 256;
    options->pulse_ms = given->pulse_ms ? given->pulse_ms : 2000;
    options->silence_ms = given->silence_ms ? given->silence_ms : 10000;
    options->retry_ms = given->retry_ms ? given->retry_ms : 250;
    memcpy(self->keys.hub_key, given->hub_key, 32);
    memcpy(self->keys.secret_key, given->secret_key, 32);
    memcpy(self->keys.public_key, given->public_key, 32);
}

static int open_verifier(link_t *self, span_t checkpoint, cause_t *why)
{
    verifier_options_t options = {
        .vkey = self->options.vkey, .ca = self->options.ca, .paths = self->options.paths};
    self->verifier = verifier_new(&options);
    if (checkpoint.size == 0)
        return 0;
    if (verifier_checkpoint(self->verifier, checkpoint, why) != VERIFIED)
        return cause_prefix(why, "the last checkpoint this node verified");
    return 0;
}

link_t *link_open(
    const link_options_t *options, const link_events_t *events, cause_t *why)
{
    assert(options->endpoints > 0);
    link_t *self = calloc(1, sizeof *self);
    if (!self)
        abort();
    copy_options(self, options);
    self->events = *events;
    self->zmq = options->zmq;
    self->own_zmq = !options->zmq;
    if (self->own_zmq)
        self->zmq = zmq_ctx_new();
    self->flight = flight_new();
    self->state = LINK_CONNECTING;
    self->pause_ms = self->options.retry_ms;
    self->inflow = (inflow_t){.stored = options->stored, .window = self->options.window};
    self->now = clock_now();
    if (!self->zmq)
        (void)cause_set(why, "cannot make a ZeroMQ context");
    else if (open_verifier(self, options->checkpoint, why) == 0)
        return self;
    link_close(&self);
    return NULL;
}

static void emit(link_t *self, link_event_type_t type, const char *code, const char *text)
{
    link_event_t event = {.type = type, .code = code, .text = text};
    if (self->events.event)
        self->events.event(self->events.context, &event);
}

static int64_t at_most(int64_t value, int64_t limit)
{
    return value < limit ? value : limit;
}

// End the connection and say so; the next is tried after a pause that doubles up to
// `pauses` times the first, give or take a half, so that a thousand nodes do not come at
// once.
static void part(link_t *self, link_event_type_t type, int64_t pauses, const char *code,
    const char *text)
{
    int64_t base = self->options.retry_ms;
    channel_close(&self->channel);
    flight_restart(self->flight, 0);
    self->up = false;
    self->state = type;
    int64_t pause = at_most(self->pause_ms, base * pauses);
    self->connect_at_ms = self->now.monotonic_ms + pause / 2 +
                          (int64_t)randombytes_uniform((uint32_t)pause + 1);
    self->pause_ms = at_most(self->pause_ms * 2, base * PAUSES_REFUSED);
    emit(self, type, code, text);
}

static void lose(link_t *self, const char *text)
{
    part(self, LINK_LOST, PAUSES_LOST, "", text);
}

static void give_up_on(link_t *self, verdict_t verdict, const cause_t *why)
{
    if (verdict == ROLLED_BACK)
        part(self, LINK_STOPPED, 1, "session.checkpoint", why->text);
    else
        part(self, LINK_BROKEN, PAUSES_REFUSED, "", why->text);
}

static void broken(link_t *self, cause_t *why, const char *what)
{
    (void)cause_prefix(why, "%s", what);
    give_up_on(self, UNVERIFIED, why);
}

static void connect_next(link_t *self)
{
    cause_t why;
    const char *endpoint =
        self->options.endpoint[self->endpoint_next++ % self->options.endpoints];
    self->status.endpoint = endpoint;
    self->state = LINK_CONNECTING;
    self->heard_ms = self->spoke_ms = self->now.monotonic_ms;
    self->channel = channel_open(self->zmq, endpoint, &self->keys, &why);
    if (!self->channel)
        lose(self, why.text);
}

// Send what is in `out`.  -1: the connection is gone, and parted with.
static int send_out(link_t *self)
{
    self->spoke_ms = self->now.monotonic_ms;
    if (channel_send(self->channel, buf_span(&self->out)) == 0)
        return 0;
    lose(self, "the hub takes nothing any more");
    return -1;
}

static void say_hello(link_t *self)
{
    hello_t hello = {
        .node = span_text(self->options.node),
        .agent = span_text(self->options.agent),
        .stored = self->inflow.stored,
        .window = self->options.window,
        .checkpoint = verifier_note(self->verifier),
    };
    self->hello_wanted = false;
    self->hello_at_ms = self->now.monotonic_ms;
    buf_clear(&self->out);
    hello_put(&self->out, &hello);
    (void)send_out(self);
}

static void on_welcome(link_t *self, span_t bytes)
{
    cause_t why;
    welcome_t welcome;
    if (welcome_take(&welcome, bytes, &why) != 0) {
        broken(self, &why, "welcome");
        return;
    }
    if (!span_is(welcome.origin, self->options.vkey.origin)) {
        (void)cause_set(&why, "the hub keeps another log than the one configured here");
        give_up_on(self, UNVERIFIED, &why);
        return;
    }
    verdict_t verdict = verifier_checkpoint(self->verifier, welcome.checkpoint, &why);
    if (verdict != VERIFIED) {
        give_up_on(self, verdict, &why);
        return;
    }
    self->state = LINK_READY;
    self->pause_ms = self->options.retry_ms;
    self->delivered_root = verifier_newest(self->verifier)->root;
    self->status.inbox_last = welcome.inbox_last;
    self->status.window = welcome.window;
    self->status.size_limit = welcome.size_limit;
    self->status.hub_ahead_ms = welcome.time_ms - self->now.wall_ms;
    self->status.sessions++;
    self->hold_until_ms = 0;
    flight_restart(self->flight, welcome.window);
    inflow_begin(&self->inflow);
    emit(self, LINK_READY, "", "welcomed by the hub");
}

// What a receipt's leaf says must be what was published.
static bool fits(const link_t *self, const leaf_t *leaf, const bundle_item_t *item)
{
    return strcmp(leaf->author, self->options.node) == 0 &&
           strcmp(leaf->id, item->id) == 0;
}

// The answers to what is on the way, in `receipt`; -1 when one of them is about something
// else than it claims.
static int match_receipts(link_t *self, const receipt_t *frame, size_t *n, cause_t *why)
{
    *n = 0;
    for (size_t i = 0; i < frame->n; i++) {
        const leaf_t *leaf = verifier_leaf(self->verifier, i);
        bundle_item_t item;
        if (!flight_find(self->flight, &leaf->document, &item))
            continue; // answered before
        if (!fits(self, leaf, &item))
            return cause_set(why, "the receipt for %s is about %s of %s", item.id,
                leaf->id, leaf->author);
        self->receipt[(*n)++] = (link_receipt_t){
            .tag = item.tag,
            .leaf = leaf,
            .leaf_text = frame->item[i].leaf,
            .told = frame->item[i].told,
            .path = verifier_path(self->verifier, i),
            .other_seal = !hash_equal(&leaf->seal, &item.seal),
        };
    }
    return 0;
}

static void on_receipt(link_t *self, span_t bytes)
{
    cause_t why;
    receipt_t *frame = &self->frame.receipt;
    size_t n;
    if (receipt_take(frame, bytes, &why) != 0) {
        broken(self, &why, "receipt");
        return;
    }
    verdict_t verdict = verifier_receipt(self->verifier, frame, &why);
    if (verdict == VERIFIED && match_receipts(self, frame, &n, &why) != 0)
        verdict = UNVERIFIED;
    if (verdict != VERIFIED) {
        (void)cause_prefix(&why, "receipt");
        give_up_on(self, verdict, &why);
        return;
    }
    for (size_t i = 0; i < n; i++)
        flight_answered(self->flight, &self->receipt[i].leaf->document);
    self->status.receipts += n;
    self->hold_ms = 0;
    if (n > 0 && self->events.receipts)
        self->events.receipts(self->events.context, self->receipt, n, frame->checkpoint);
}

// The hub is short of room or time: hold publishing for a while, longer each time.
static void hold(link_t *self, const refused_item_t *item)
{
    char text[256];
    const char *code = refusal_code(item->code);
    flight_again(self->flight, &item->document);
    if (self->now.monotonic_ms < self->hold_until_ms)
        return;
    self->hold_ms = self->hold_ms ? at_most(self->hold_ms * 2, HOLD_MAX_MS) : HOLD_MS;
    self->hold_until_ms = self->now.monotonic_ms + self->hold_ms / 2 +
                          (int64_t)randombytes_uniform((uint32_t)self->hold_ms);
    size_t size = item->text.size < sizeof text - 1 ? item->text.size : sizeof text - 1;
    memcpy(text, item->text.data, size);
    text[size] = 0;
    emit(self, LINK_RETRY, code ? code : "", text);
}

static void on_refused(link_t *self, span_t bytes)
{
    cause_t why;
    refused_t *frame = &self->frame.refused;
    if (refused_take(frame, bytes, &why) != 0) {
        broken(self, &why, "refusal");
        return;
    }
    for (size_t i = 0; i < frame->n; i++) {
        const refused_item_t *item = &frame->item[i];
        bundle_item_t sent;
        if (!flight_find(self->flight, &item->document, &sent))
            continue;
        if (item->retry) {
            hold(self, item);
            continue;
        }
        link_refused_t refused = {
            sent.tag, item->code, item->pointer, item->by, item->text};
        flight_answered(self->flight, &item->document);
        self->status.refusals++;
        if (self->events.refused)
            self->events.refused(self->events.context, &refused);
    }
}

static void tell_certificates(link_t *self)
{
    for (; self->certs_told < verifier_certs(self->verifier); self->certs_told++)
        if (self->events.certificate)
            self->events.certificate(
                self->events.context, verifier_cert(self->verifier, self->certs_told));
}

static size_t hand_over(link_t *self, const deliver_t *frame, size_t first, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const deliver_item_t *item = &frame->item[first + i];
        self->delivery[i] = (link_delivery_t){
            .number = item->number,
            .leaf = verifier_leaf(self->verifier, first + i),
            .leaf_text = item->leaf,
            .why = item->why,
            .document = item->sealed.document,
            .seal = verifier_seal(self->verifier, first + i),
            .path = verifier_path(self->verifier, first + i),
            .author = verifier_author(self->verifier, first + i),
        };
    }
    if (!self->events.deliveries)
        return n;
    return self->events.deliveries(
        self->events.context, self->delivery, n, frame->checkpoint);
}

static void on_deliver(link_t *self, span_t bytes)
{
    cause_t why;
    deliver_t *frame = &self->frame.deliver;
    if (deliver_take(frame, bytes, &why) != 0) {
        broken(self, &why, "delivery");
        return;
    }
    verdict_t verdict = verifier_deliver(self->verifier, frame, &why);
    if (verdict != VERIFIED) {
        (void)cause_prefix(&why, "delivery");
        give_up_on(self, verdict, &why);
        return;
    }
    size_t first;
    size_t n = inflow_offer(&self->inflow, frame, self->now.monotonic_ms, &first);
    if (n == 0)
        return;
    tell_certificates(self);
    size_t stored = hand_over(self, frame, first, n);
    assert(stored <= n);
    self->delivered_root = verifier_newest(self->verifier)->root;
    self->status.deliveries += stored;
    inflow_stored(&self->inflow, stored, self->now.monotonic_ms);
    if (stored < n)
        inflow_pause(&self->inflow);
}

static void on_explained(link_t *self, span_t bytes)
{
    cause_t why;
    explain_t answer;
    if (explain_take(&answer, bytes, &why) != 0)
        broken(self, &why, "answer");
    else if (self->events.explained)
        self->events.explained(self->events.context, answer.request, answer.text);
}

static void on_bye(link_t *self, span_t bytes)
{
    cause_t why;
    span_t code, text;
    if (bye_take(bytes, &code, &text, &why) != 0) {
        broken(self, &why, "good-bye");
        return;
    }
    const char *known = refusal_code(code);
    (void)cause_set(&why, "%.*s", (int)at_most((int64_t)text.size, 400), text.data);
    if (known && strcmp(known, "session.checkpoint") == 0)
        give_up_on(self, ROLLED_BACK, &why);
    else if (known && strncmp(known, "node.", 5) == 0)
        part(self, LINK_REFUSED, PAUSES_REFUSED, known, why.text);
    else if (known && strcmp(known, "session.replaced") == 0) {
        // Two daemons with one key would push each other out as fast as they can.
        self->pause_ms = self->options.retry_ms * PAUSES_REFUSED;
        part(self, LINK_LOST, PAUSES_REFUSED, known, why.text);
    } else
        part(self, LINK_LOST, PAUSES_LOST, known ? known : "", why.text);
}

// The hub knows no session of ours any more: nothing that was sent counts.
static void on_resync(link_t *self)
{
    self->hello_wanted = true;
    self->state = LINK_CONNECTING;
    flight_restart(self->flight, 0);
}

static void on_frame(link_t *self, span_t bytes)
{
    reader_t body;
    cause_t why;
    switch (frame_type(bytes, &body)) {
    case FRAME_WELCOME:
        on_welcome(self, bytes);
        break;
    case FRAME_RECEIPT:
        on_receipt(self, bytes);
        break;
    case FRAME_REFUSED:
        on_refused(self, bytes);
        break;
    case FRAME_DELIVER:
        on_deliver(self, bytes);
        break;
    case FRAME_EXPLAINED:
        on_explained(self, bytes);
        break;
    case FRAME_PULSE:
        break;
    case FRAME_RESYNC:
        on_resync(self);
        break;
    case FRAME_BYE:
        on_bye(self, bytes);
        break;
    default:
        (void)cause_set(&why, "a frame of a kind or version this node does not know");
        give_up_on(self, UNVERIFIED, &why);
    }
}

static void receive(link_t *self)
{
    zmq_msg_t frame;
    (void)zmq_msg_init(&frame);
    for (int i = 0; i < FRAMES_A_TURN && self->channel; i++) {
        if (!channel_receive(self->channel, &frame))
            break;
        self->heard_ms = self->now.monotonic_ms;
        on_frame(self, span_of(zmq_msg_data(&frame), zmq_msg_size(&frame)));
    }
    (void)zmq_msg_close(&frame);
}

static void watch_channel(link_t *self)
{
    cause_t why;
    while (self->channel)
        switch (channel_event(self->channel, &why)) {
        case CHANNEL_QUIET:
            return;
        case CHANNEL_UP:
            self->up = true;
            self->heard_ms = self->now.monotonic_ms;
            say_hello(self);
            break;
        case CHANNEL_REFUSED:
            part(self, LINK_REFUSED, PAUSES_REFUSED, "", why.text);
            break;
        case CHANNEL_DOWN:
            lose(self, why.text);
            break;
        }
}

static void publish_waiting(link_t *self)
{
    publish_t *frame = &self->frame.publish;
    while (self->state == LINK_READY && self->now.monotonic_ms >= self->hold_until_ms &&
           flight_next(self->flight, frame) > 0) {
        buf_clear(&self->out);
        publish_put(&self->out, frame);
        if (send_out(self) != 0)
            return;
    }
}

static void acknowledge(link_t *self)
{
    ack_t ack = {.number = self->inflow.stored, .root = self->delivered_root};
    const seal_key_t *key = self->options.seal;
    buf_clear(&self->scratch);
    ack_signed_text(
        self->options.vkey.origin, key->id, ack.number, &ack.root, &self->scratch);
    (void)crypto_sign_detached(
        ack.signature, NULL, self->scratch.data, self->scratch.size, key->secret_key);
    buf_clear(&self->out);
    ack_put(&self->out, &ack);
    (void)send_out(self);
}

static void ask_again(link_t *self)
{
    again_t again;
    switch (inflow_again_now(&self->inflow, self->now.monotonic_ms, &again)) {
    case 0:
        return;
    case 1:
        buf_clear(&self->out);
        again_put(&self->out, &again);
        (void)send_out(self);
        return;
    default:
        lose(self, "the hub does not send what is missing in the inbox");
    }
}

static void talk(link_t *self)
{
    if (self->state == LINK_READY &&
        inflow_ack_now(&self->inflow, self->now.monotonic_ms))
        acknowledge(self);
    if (self->state == LINK_READY)
        ask_again(self);
    publish_waiting(self);
    if (self->state == LINK_READY &&
        self->now.monotonic_ms - self->spoke_ms >= self->options.pulse_ms) {
        buf_clear(&self->out);
        bare_put(&self->out, FRAME_PULSE);
        (void)send_out(self);
    }
}

void link_turn(link_t *self, now_t now)
{
    self->now = now;
    if (self->state == LINK_STOPPED)
        return;
    if (!self->channel && now.monotonic_ms >= self->connect_at_ms)
        connect_next(self);
    watch_channel(self);
    receive(self);
    if (!self->channel)
        return;
    if (now.monotonic_ms - self->heard_ms >= self->options.silence_ms) {
        lose(self, self->up ? "the hub fell silent" : "nobody answers there");
        return;
    }
    if (self->hello_wanted && now.monotonic_ms - self->hello_at_ms >= HELLO_MS)
        say_hello(self);
    talk(self);
}

int64_t link_due_ms(const link_t *self)
{
    if (self->state == LINK_STOPPED)
        return INT64_MAX;
    if (!self->channel)
        return self->connect_at_ms;
    int64_t due = self->heard_ms + self->options.silence_ms;
    if (self->hello_wanted)
        due = at_most(due, self->hello_at_ms + HELLO_MS);
    if (self->state != LINK_READY)
        return due;
    due = at_most(due, self->spoke_ms + self->options.pulse_ms);
    due = at_most(due, inflow_due_ms(&self->inflow));
    if (flight_ready(self->flight))
        due = at_most(due, self->hold_until_ms);
    return due;
}

size_t link_poll_items(link_t *self, zmq_pollitem_t item[LINK_POLL_ITEMS])
{
    static_assert(
        (int)LINK_POLL_ITEMS == (int)CHANNEL_POLL_ITEMS, "one channel at a time");
    if (!self->channel)
        return 0;
    channel_poll_items(self->channel, item);
    return LINK_POLL_ITEMS;
}

void link_wait(link_t *self, int timeout_ms)
{
    zmq_pollitem_t item[LINK_POLL_ITEMS];
    size_t n = link_poll_items(self, item);
    int64_t left = link_due_ms(self);
    if (left != INT64_MAX)
        left -= clock_now().monotonic_ms;
    if (left < 0)
        left = 0;
    left = at_most(left, self->state == LINK_STOPPED ? 1000 : INT_MAX);
    if (timeout_ms >= 0)
        left = at_most(left, timeout_ms);
    (void)zmq_poll(item, (int)n, (long)left);
    link_turn(self, clock_now());
}

void link_close(link_t **self_p)
{
    link_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    if (self->state == LINK_READY && self->inflow.owing)
        acknowledge(self);
    channel_close(&self->channel);
    flight_destroy(&self->flight);
    verifier_destroy(&self->verifier);
    if (self->own_zmq && self->zmq)
        (void)zmq_ctx_term(self->zmq);
    for (size_t i = 0; i < self->options.endpoints; i++)
        free((char *)self->options.endpoint[i]);
    free((void *)self->options.endpoint);
    free((char *)self->options.node);
    free((char *)self->options.agent);
    buf_destroy(&self->out);
    buf_destroy(&self->scratch);
    sodium_memzero(&self->keys, sizeof self->keys);
    sodium_memzero(self->options.secret_key, sizeof self->options.secret_key);
    free(self);
}

void link_publish(link_t *self, bundle_t **bundle_p)
{
    flight_add(self->flight, bundle_p);
}

size_t link_unanswered(const link_t *self)
{
    return flight_unanswered(self->flight);
}

int link_explain(link_t *self, uint32_t request, span_t document, cause_t *why)
{
    if (self->state != LINK_READY)
        return cause_set(why, "there is no session with the hub now");
    explain_t question = {.request = request, .text = document};
    buf_clear(&self->out);
    explain_put(&self->out, FRAME_EXPLAIN, &question);
    return channel_send(self->channel, buf_span(&self->out)) == 0
               ? 0
               : cause_set(why, "the hub takes nothing now");
}

void link_resume(link_t *self)
{
    inflow_resume(&self->inflow, self->now.monotonic_ms);
}

void link_status(const link_t *self, link_status_t *out)
{
    *out = self->status;
    out->state = self->state;
    out->stored = self->inflow.stored;
    out->checkpoint = *verifier_newest(self->verifier);
    out->note = verifier_note(self->verifier);
}
