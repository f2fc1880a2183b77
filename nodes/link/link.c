// link - a state machine around one channel at a time.
//
// A turn reads what came, then does what is due: hello, pulses, publishes,
// acknowledgements, requests for what is missing.  Handlers only note what is to be sent;
// sending is at the end of the turn, so that many small causes become one frame. Whatever
// goes wrong with a channel ends in `link_part`, which closes it and sets when to try the
// next endpoint.

#include "lib/base/memory.h"
#include "lib/base/moment.h"
#include "lib/sys/random.h"
#include "nodes/link/link_state.h"

#include <assert.h>
#include <limits.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static void copy_options(link_t *self, const link_options_t *given)
{
    link_options_t *options = &self->options;
    *options = *given;
    options->node = memory_text(given->node);
    options->agent = memory_text(given->agent ? given->agent : "dabyl");
    char **endpoint = memory_new(given->endpoints, sizeof *endpoint);
    for (size_t i = 0; i < given->endpoints; i++)
        endpoint[i] = memory_text(given->endpoint[i]);
    options->endpoint = (const char *const *)endpoint;
    options->checkpoint = span_of("", 0); // the verifier has its own copy
    options->window = given->window ? given->window : 256;
    options->pulse_ms = given->pulse_ms ? given->pulse_ms : 2000;
    options->silence_ms = given->silence_ms ? given->silence_ms : 10000;
    options->retry_ms = given->retry_ms ? given->retry_ms : 250;
    self->identity = (link_identity_t){.hub_keys = 1, .ca = given->ca};
    memcpy(self->identity.hub_key[0], given->hub_key, 32);
    memcpy(self->identity.secret_key, given->secret_key, 32);
    memcpy(self->identity.public_key, given->public_key, 32);
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

static int check_endpoints(const link_options_t *options, cause_t *why)
{
    for (size_t i = 0; i < options->endpoints; i++)
        if (channel_check(options->endpoint[i], why) != 0)
            return -1;
    return 0;
}

link_t *link_open(
    const link_options_t *options, const link_events_t *events, cause_t *why)
{
    assert(options->endpoints > 0);
    link_t *self = memory_new(1, sizeof *self);
    copy_options(self, options);
    self->events = *events;
    self->flight = flight_new();
    self->carrying = carrying_new();
    self->state = LINK_CONNECTING;
    self->pause_ms = self->options.retry_ms;
    self->inflow = (inflow_t){.stored = options->stored, .window = self->options.window};
    self->position = options->position;
    self->now = clock_now();
    if (check_endpoints(options, why) == 0 &&
        open_verifier(self, options->checkpoint, why) == 0)
        return self;
    link_close(&self);
    return NULL;
}

static bool still_known(const link_t *self, const link_identity_t *identity, size_t *at)
{
    if (memcmp(self->keys.public_key, identity->public_key, 32) != 0)
        return false;
    for (*at = 0; *at < identity->hub_keys; (*at)++)
        if (memcmp(self->keys.hub_key, identity->hub_key[*at], 32) == 0)
            return true;
    return false;
}

void link_identify(link_t *self, const link_identity_t *identity)
{
    size_t at = 0;
    const bool keep = self->channel && still_known(self, identity, &at);
    verifier_trust(self->verifier, identity->ca);
    self->options.ca = identity->ca;
    self->identity = *identity;
    self->hub_key = self->hub_reached = keep ? at : 0;
    if (!self->channel || keep)
        return;
    self->failed = 0;
    self->pause_ms = self->options.retry_ms;
    link_part(self, LINK_LOST, 1, "", "its keys were changed");
}

size_t link_hub_key(const link_t *self)
{
    return self->hub_key;
}

void link_emit(link_t *self, link_event_type_t type, const char *code, const char *text)
{
    link_event_t event = {.type = type, .code = code, .text = text};
    if (self->events.event)
        self->events.event(self->events.context, &event);
}

// Give or take a half, so that a thousand nodes do not come back at once.
void link_part(link_t *self, link_event_type_t type, int64_t pauses, const char *code,
    const char *text)
{
    int64_t base = self->options.retry_ms;
    channel_close(&self->channel);
    flight_restart(self->flight, 0);
    self->up = false;
    self->stopped |= type == LINK_STOPPED;
    self->state = type;
    int64_t pause = at_most(self->pause_ms, base * pauses);
    self->connect_at_ms =
        self->now.monotonic_ms + pause / 2 + (int64_t)random_below((uint32_t)pause + 1);
    self->pause_ms = at_most(self->pause_ms * 2, base * PAUSES_REFUSED);
    link_emit(self, type, code, text);
}

static void lose(link_t *self, const char *text)
{
    link_part(self, LINK_LOST, PAUSES_LOST, "", text);
}

// A name may have addresses of one kind or the other, or of both, of which one leads
// nowhere: what was reached last is tried first, then the other.
static channel_family_t next_family(link_t *self)
{
    size_t rounds = self->failed / self->options.endpoints;
    bool other = rounds % 2 != 0;
    self->trying = other == (self->reached == CHANNEL_IPV6) ? CHANNEL_IPV4 : CHANNEL_IPV6;
    return self->trying;
}

// A hub whose key has changed is reached by the next one that is known: each is tried at
// all addresses of both families.
static void choose_key(link_t *self)
{
    const link_identity_t *identity = &self->identity;
    size_t rounds = self->failed / self->options.endpoints / 2;
    self->hub_key = (self->hub_reached + rounds) % identity->hub_keys;
    memcpy(self->keys.hub_key, identity->hub_key[self->hub_key], 32);
    memcpy(self->keys.secret_key, identity->secret_key, 32);
    memcpy(self->keys.public_key, identity->public_key, 32);
}

static void connect_next(link_t *self)
{
    cause_t why;
    const char *endpoint =
        self->options.endpoint[self->endpoint_next++ % self->options.endpoints];
    self->status.endpoint = endpoint;
    self->state = LINK_CONNECTING;
    self->heard_ms = self->spoke_ms = self->now.monotonic_ms;
    choose_key(self);
    self->channel = channel_open(endpoint, next_family(self), &self->keys, &why);
    self->failed++;
    if (!self->channel)
        lose(self, why.text);
    link_work(self);
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

bool link_hub_knows(const link_t *self, peer_word_t word)
{
    return self->state == LINK_READY && peer_knows(self->hub, word);
}

static void say_hello(link_t *self)
{
    buf_t agent = {0};
    peer_put_agent(&agent, self->options.agent);
    hello_t hello = {
        .node = span_text(self->options.node),
        .agent = buf_span(&agent),
        .stored = self->inflow.stored,
        .position = self->position,
        .window = self->options.window,
        .checkpoint = verifier_note(self->verifier),
    };
    self->hello_wanted = false;
    self->hello_at_ms = self->now.monotonic_ms;
    buf_clear(&self->out);
    hello_put(&self->out, &hello);
    buf_destroy(&agent);
    (void)send_out(self);
}

static void receive(link_t *self)
{
    for (int i = 0; i < FRAMES_A_TURN && self->channel; i++) {
        zframe_t *frame = channel_receive(self->channel);
        if (!frame)
            break;
        self->heard_ms = self->now.monotonic_ms;
        link_hear(self, span_of(zframe_data(frame), zframe_size(frame)));
        zframe_destroy(&frame);
    }
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
            self->failed = 0;
            self->reached = self->trying;
            self->hub_reached = self->hub_key;
            self->heard_ms = self->now.monotonic_ms;
            say_hello(self);
            break;
        case CHANNEL_REFUSED:
            link_part(self, LINK_REFUSED, PAUSES_REFUSED, "", why.text);
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

// What the next delivery brings along, one frame after the other.
static void ask_carried(link_t *self)
{
    carry_ask_t ask;
    if (!carrying_ask_now(self->carrying, &ask))
        return;
    carrying_asked(self->carrying, self->now.monotonic_ms);
    buf_clear(&self->out);
    carry_ask_put(&self->out, &ask);
    (void)send_out(self);
}

static int64_t carried_due_ms(const link_t *self)
{
    return moment_after(
        carrying_asked_ms(self->carrying), CARRY_SILENCES * self->options.silence_ms);
}

static void talk(link_t *self)
{
    if (self->state == LINK_READY &&
        inflow_ack_now(&self->inflow, self->now.monotonic_ms))
        acknowledge(self);
    if (self->state == LINK_READY)
        ask_again(self);
    if (self->state == LINK_READY)
        ask_carried(self);
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
    if (self->state == LINK_READY && now.monotonic_ms >= carried_due_ms(self)) {
        link_not_handed_over(self);
        return;
    }
    talk(self);
}

int64_t link_due_ms(const link_t *self)
{
    if (!self->channel)
        return self->connect_at_ms;
    int64_t due = moment_after(self->heard_ms, self->options.silence_ms);
    if (self->hello_wanted)
        moment_sooner(&due, moment_after(self->hello_at_ms, HELLO_MS));
    if (self->state != LINK_READY)
        return due;
    moment_sooner(&due, moment_after(self->spoke_ms, self->options.pulse_ms));
    moment_sooner(&due, inflow_due_ms(&self->inflow));
    moment_sooner(&due, carried_due_ms(self));
    if (flight_ready(self->flight))
        moment_sooner(&due, self->hold_until_ms);
    return due;
}

size_t link_poll_items(link_t *self, struct pollfd item[LINK_POLL_ITEMS])
{
    static_assert(
        (int)LINK_POLL_ITEMS == (int)CHANNEL_POLL_ITEMS, "one channel at a time");
    if (!self->channel)
        return 0;
    channel_poll_items(self->channel, item);
    return LINK_POLL_ITEMS;
}

void link_work(link_t *self)
{
    if (self->channel)
        channel_work(self->channel);
}

void link_wait(link_t *self, int timeout_ms)
{
    struct pollfd item[LINK_POLL_ITEMS];
    size_t n = link_poll_items(self, item);
    int64_t left = moment_left(link_due_ms(self), clock_now().monotonic_ms);
    moment_sooner(&left, INT_MAX);
    if (timeout_ms >= 0)
        moment_sooner(&left, timeout_ms);
    (void)poll(item, n, (int)left);
    link_work(self);
    link_turn(self, clock_now());
}

void link_close(link_t **self_p)
{
    link_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    self->events = (link_events_t){0}; // the owner has let go
    if (self->state == LINK_READY && self->inflow.owing)
        acknowledge(self);
    channel_close(&self->channel);
    flight_destroy(&self->flight);
    carrying_destroy(&self->carrying);
    verifier_destroy(&self->verifier);
    for (size_t i = 0; i < self->options.endpoints; i++)
        free((char *)self->options.endpoint[i]);
    free((void *)self->options.endpoint);
    free((char *)self->options.node);
    free((char *)self->options.agent);
    buf_destroy(&self->out);
    buf_destroy(&self->scratch);
    sodium_memzero(&self->keys, sizeof self->keys);
    sodium_memzero(self->options.secret_key, sizeof self->options.secret_key);
    sodium_memzero(&self->identity, sizeof self->identity);
    free(self);
}

void link_publish(link_t *self, parcel_t **parcel_p)
{
    flight_add(self->flight, parcel_p);
}

size_t link_unanswered(const link_t *self)
{
    return flight_unanswered(self->flight);
}

// What is in `out`.  Questions are not repeated: who asked is told and asks again.
static int send_question(link_t *self, cause_t *why)
{
    if (self->state != LINK_READY)
        return cause_set(why, "there is no session with the hub now");
    return channel_send(self->channel, buf_span(&self->out)) == 0
               ? 0
               : cause_set(why, "the hub takes nothing now");
}

int link_explain(link_t *self, uint32_t request, span_t document, cause_t *why)
{
    explain_t question = {.request = request, .text = document};
    buf_clear(&self->out);
    explain_put(&self->out, FRAME_EXPLAIN, &question);
    return send_question(self, why);
}

int link_query(
    link_t *self, uint32_t request, const char *topic, span_t arguments, cause_t *why)
{
    query_t question = {request, span_text(topic), arguments};
    buf_clear(&self->out);
    query_put(&self->out, &question);
    return send_question(self, why);
}

int link_give(link_t *self, const give_t *give, cause_t *why)
{
    buf_clear(&self->out);
    give_put(&self->out, give);
    return send_question(self, why);
}

int link_piece(link_t *self, const piece_t *piece, cause_t *why)
{
    buf_clear(&self->out);
    piece_put(&self->out, piece);
    return send_question(self, why);
}

int link_fetch(link_t *self, const fetch_t *fetch, cause_t *why)
{
    buf_clear(&self->out);
    fetch_put(&self->out, fetch);
    return send_question(self, why);
}

void link_resume(link_t *self)
{
    inflow_resume(&self->inflow, self->now.monotonic_ms);
}

void link_status(const link_t *self, link_status_t *out)
{
    *out = self->status;
    out->state = self->stopped ? LINK_STOPPED : self->state;
    out->stored = self->inflow.stored;
    out->checkpoint = *verifier_newest(self->verifier);
    out->note = verifier_note(self->verifier);
    out->contradiction = self->contradiction.text;
}
