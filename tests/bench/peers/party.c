// party - the same two loops for every system.  How many messages there are in all is
// known when the last publisher is done, and only then can a subscriber be.

#include "tests/bench/peers/party.h"

#include "lib/base/memory.h"
#include "tests/bench/peers/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

// The first moments are left out of latencies: connections, caches and files are new.
#define WARM_NS INT64_C(300000000)
#define WAIT_NS INT64_C(50000000)
#define LATE_NS INT64_C(20000000) // what comes twice may come so late
#define SPIN_NS 80000             // before a message is due, since sleep is not so exact

enum { PATIENCE_S = 20 };

static int64_t now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void fail(party_t *self, const cause_t *why)
{
    (void)snprintf(self->failure, sizeof self->failure, "%s %u: %s",
        self->publishes ? "publisher" : "subscriber", self->index, why->text);
}

uint32_t party_index(const party_t *self)
{
    return self->index;
}

static void note_latency(party_t *self, int64_t stamp_ns)
{
    self->last_ns = now_ns();
    if (stamp_ns > self->load->start_ns + WARM_NS)
        histogram_add(&self->latency, self->last_ns - stamp_ns);
}

void party_acknowledged(party_t *self, uint32_t number)
{
    if (number != self->acknowledged || number >= self->sent) {
        self->strange++;
        return;
    }
    self->acknowledged++;
    note_latency(self, self->stamp_ns[number % self->load->options->window]);
}

void party_delivered(party_t *self, span_t message)
{
    message_t parsed;
    if (message_parse(&parsed, message) != 0 ||
        parsed.publisher >= self->load->options->publishers) {
        self->broken++;
        return;
    }
    tally_t *tally = &self->tally[parsed.publisher];
    uint64_t before = tally->once;
    tally_note(tally, parsed.number);
    self->received += tally->once - before;
    if (tally->once > before)
        note_latency(self, parsed.stamp_ns);
}

// ---------------------------------------------------------------------- publishers

static int publish_one(party_t *self, void *client, int64_t stamp_ns, cause_t *why)
{
    const load_t *load = self->load;
    uint8_t bytes[MESSAGE_BYTES];
    message_t message = {self->index, self->sent, stamp_ns};
    message_print(&message, self->filling, bytes);
    self->stamp_ns[self->sent % load->options->window] = stamp_ns;
    self->sent++;
    return load->peer->publish(client, span_of(bytes, sizeof bytes), message.number, why);
}

// When the next message is due; as fast as it goes: it is.
static int64_t due_ns(const party_t *self, int64_t now)
{
    const load_options_t *options = self->load->options;
    if (options->rate <= 0)
        return now;
    double apart_s = (double)options->publishers / options->rate;
    double offset_s = apart_s * self->index / (double)options->publishers;
    return self->load->start_ns +
           (int64_t)((offset_s + apart_s * (double)self->sent) * 1e9);
}

// Hand over what is due and the window allows; returns how long to wait then.
static int publish_due(
    party_t *self, void *client, int64_t end, int64_t *wait, cause_t *why)
{
    const load_options_t *options = self->load->options;
    int64_t now = now_ns();
    *wait = WAIT_NS;
    while (self->sent - self->acknowledged < options->window) {
        int64_t due = due_ns(self, now);
        if (due >= end)
            return 0;
        if (due > now) {
            *wait = due - now > SPIN_NS ? due - now - SPIN_NS : 0;
            return 0;
        }
        if (publish_one(self, client, due, why) != 0)
            return -1;
        now = now_ns();
    }
    return 0;
}

// For how long nothing may come of what is due: `patience=` seconds.
static int64_t patience_ns(const party_t *self)
{
    return load_more(self->load->options, "patience", PATIENCE_S) * INT64_C(1000000000);
}

static int publish_all(party_t *self, void *client, cause_t *why)
{
    const load_t *load = self->load;
    int64_t end = load->start_ns + (int64_t)(load->options->seconds * 1e9);
    int64_t wait, progress = load->start_ns;
    for (;;) {
        uint32_t before = self->acknowledged;
        if (publish_due(self, client, end, &wait, why) != 0)
            return -1;
        if (self->sent == self->acknowledged && due_ns(self, now_ns()) >= end)
            return 0;
        if (load->peer->collect(client, wait, why) != 0)
            return -1;
        int64_t now = now_ns();
        if (self->acknowledged != before || self->sent == before)
            progress = now;
        if (now - progress > patience_ns(self))
            return cause_set(why, "%u of %u messages were acknowledged",
                self->acknowledged, self->sent);
    }
}

static void *run_publisher(void *argument)
{
    party_t *self = argument;
    load_t *load = self->load;
    cause_t why;
    (void)prctl(PR_SET_TIMERSLACK, 1UL, 0, 0, 0);
    void *client = load->peer->publisher(load->world, self, &why);
    if (!client)
        fail(self, &why);
    (void)pthread_barrier_wait(&load->ready);
    (void)pthread_barrier_wait(&load->go);
    if (client && publish_all(self, client, &why) != 0)
        fail(self, &why);
    atomic_fetch_add(&load->sent, self->sent);
    atomic_fetch_sub(&load->publishing, 1);
    if (client)
        load->peer->publisher_close(client);
    return NULL;
}

// --------------------------------------------------------------------- subscribers

static bool all_received(const party_t *self)
{
    return atomic_load(&self->load->publishing) == 0 &&
           self->received >= atomic_load(&self->load->sent);
}

static int receive_all(party_t *self, void *client, cause_t *why)
{
    const load_t *load = self->load;
    int64_t progress = load->start_ns;
    while (!all_received(self)) {
        uint64_t before = self->received;
        if (load->peer->receive(client, WAIT_NS, why) != 0)
            return -1;
        int64_t now = now_ns();
        if (self->received != before || atomic_load(&load->publishing) > 0)
            progress = now;
        if (now - progress > patience_ns(self))
            return cause_set(why, "no more messages came");
    }
    return load->peer->receive(client, LATE_NS, why);
}

static void *run_subscriber(void *argument)
{
    party_t *self = argument;
    load_t *load = self->load;
    cause_t why;
    (void)prctl(PR_SET_TIMERSLACK, 1UL, 0, 0, 0);
    void *client = load->peer->subscriber(load->world, self, &why);
    if (!client)
        fail(self, &why);
    (void)pthread_barrier_wait(&load->ready);
    (void)pthread_barrier_wait(&load->go);
    if (client && receive_all(self, client, &why) != 0)
        fail(self, &why);
    if (client)
        load->peer->subscriber_close(client);
    return NULL;
}

// -------------------------------------------------------------------------------------

party_t *party_new(load_t *load, bool publishes, uint32_t index)
{
    party_t *self = memory_new(1, sizeof *self);
    self->load = load;
    self->publishes = publishes;
    self->index = index;
    if (publishes) {
        self->filling = memory_new(1, MESSAGE_FILLING);
        message_filling(self->filling);
        self->stamp_ns = memory_new(load->options->window, sizeof *self->stamp_ns);
    }
    if (task_start(&self->task, publishes ? "publisher" : "subscriber",
            publishes ? run_publisher : run_subscriber, self) != 0)
        abort(); // the others would wait for it
    return self;
}

void party_join(party_t *self)
{
    task_join(self->task);
}

void party_destroy(party_t **self_p)
{
    party_t *self = *self_p;
    *self_p = NULL;
    for (size_t i = 0; i < LOAD_PARTIES; i++)
        tally_destroy(&self->tally[i]);
    free(self->filling);
    free(self->stamp_ns);
    free(self);
}
