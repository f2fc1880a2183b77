// floor - what any broker that flushes and encrypts must at least do with one message a
// frame: receive, append, one fdatasync for all that had come, answer, send to every
// subscriber.  A CURVE echo in a process of its own, and its publishers and subscribers.

#include "lib/sys/task.h"
#include "tests/bench/load/load.h"

#include <fcntl.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

enum { PARTIES_MAX = 64, BATCH = 1024, FLAGS_MS = 20, RESERVED = 256 << 20 };

// What a subscriber says first, so that the echo knows it.
static const char subscribe[] = "S";

// ------------------------------------------------------------------------------- echo

typedef struct {
    uint8_t bytes[255];
    size_t size;
} origin_t;

typedef struct {
    origin_t from;
    uint8_t bytes[DOCUMENT];
} waiting_t;

typedef struct {
    load_t *load;
    void *socket;
    int file;
    origin_t subscriber[PARTIES_MAX];
    size_t subscribers;
    size_t n; // messages that wait for the flush
    waiting_t waiting[BATCH];
    uint8_t block[BATCH * DOCUMENT];
} echo_t;

static void give_up(load_t *load, const char *what)
{
    fault(load, "floor", what);
    _exit(1);
}

static void say(echo_t *echo, const origin_t *to, const void *data, size_t size)
{
    if (zmq_send(echo->socket, to->bytes, to->size, ZMQ_SNDMORE) < 0 ||
        zmq_send(echo->socket, data, size, 0) < 0)
        give_up(echo->load, zmq_strerror(zmq_errno()));
}

static bool hear(echo_t *echo, int flags)
{
    origin_t from;
    uint8_t bytes[DOCUMENT];
    int origin = zmq_recv(echo->socket, from.bytes, sizeof from.bytes, flags);
    if (origin < 0)
        return false;
    from.size = (size_t)origin;
    int size = zmq_recv(echo->socket, bytes, sizeof bytes, 0);
    if (size == 1 && echo->subscribers < PARTIES_MAX) {
        echo->subscriber[echo->subscribers++] = from;
        say(echo, &from, subscribe, 1);
    } else if (size == DOCUMENT) {
        echo->waiting[echo->n].from = from;
        memcpy(echo->waiting[echo->n++].bytes, bytes, sizeof bytes);
    } // anything else is a subscriber's acknowledgement
    return true;
}

static void flush(echo_t *echo, off_t *at)
{
    size_t size = echo->n * DOCUMENT;
    for (size_t i = 0; i < echo->n; i++)
        memcpy(echo->block + i * DOCUMENT, echo->waiting[i].bytes, DOCUMENT);
    if (pwrite(echo->file, echo->block, size, *at) != (ssize_t)size ||
        fdatasync(echo->file) != 0)
        give_up(echo->load, "cannot write");
    *at += (off_t)size;
}

static void answer(echo_t *echo)
{
    for (size_t i = 0; i < echo->n; i++) {
        say(echo, &echo->waiting[i].from, echo->waiting[i].bytes, 8);
        for (size_t k = 0; k < echo->subscribers; k++)
            say(echo, &echo->subscriber[k], echo->waiting[i].bytes, DOCUMENT);
    }
}

static void bind_echo(echo_t *echo, const char *folder)
{
    char path[512];
    int one = 1, none = 0;
    load_t *load = echo->load;
    size_t room = sizeof load->endpoint;
    (void)snprintf(path, sizeof path, "%s/floor.log", folder);
    echo->file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (echo->file < 0 || posix_fallocate(echo->file, 0, RESERVED) != 0)
        give_up(load, "cannot make its file");
    echo->socket = zmq_socket(zmq_ctx_new(), ZMQ_ROUTER);
    (void)zmq_setsockopt(echo->socket, ZMQ_CURVE_SERVER, &one, sizeof one);
    (void)zmq_setsockopt(echo->socket, ZMQ_CURVE_SECRETKEY, load->echo_secret, 32);
    (void)zmq_setsockopt(echo->socket, ZMQ_SNDHWM, &none, sizeof none);
    (void)zmq_setsockopt(echo->socket, ZMQ_RCVHWM, &none, sizeof none);
    if (zmq_bind(echo->socket, "tcp://127.0.0.1:*") != 0 ||
        zmq_getsockopt(echo->socket, ZMQ_LAST_ENDPOINT, load->endpoint, &room) != 0)
        give_up(load, zmq_strerror(zmq_errno()));
}

void echo_run(load_t *load, const char *folder)
{
    off_t at = 0;
    echo_t *echo = calloc(1, sizeof *echo);
    if (!echo)
        abort();
    echo->load = load;
    bind_echo(echo, folder);
    atomic_store(&load->listening, true);
    for (;;) { // until it is ended
        echo->n = 0;
        if (hear(echo, 0))
            while (echo->n < BATCH && hear(echo, ZMQ_DONTWAIT)) {
            }
        if (echo->n == 0)
            continue;
        flush(echo, &at);
        answer(echo);
    }
}

// ----------------------------------------------------------------------------- parties

typedef struct {
    load_t *load;
    side_name_t side;
    size_t index;
    void *socket;
    struct pollfd item;
    uint64_t next[PARTIES_MAX]; // number that each publisher's next message must have
    size_t handed, done;
} dealer_t;

static void connect_dealer(dealer_t *self)
{
    uint8_t public_key[32], secret_key[32];
    int none = 0;
    size_t size = sizeof self->item.fd;
    load_t *load = self->load;
    self->socket = zmq_socket(zmq_ctx_new(), ZMQ_DEALER);
    crypto_box_keypair(public_key, secret_key);
    (void)zmq_setsockopt(self->socket, ZMQ_CURVE_SERVERKEY, load->echo_public, 32);
    (void)zmq_setsockopt(self->socket, ZMQ_CURVE_PUBLICKEY, public_key, 32);
    (void)zmq_setsockopt(self->socket, ZMQ_CURVE_SECRETKEY, secret_key, 32);
    (void)zmq_setsockopt(self->socket, ZMQ_SNDHWM, &none, sizeof none);
    (void)zmq_setsockopt(self->socket, ZMQ_RCVHWM, &none, sizeof none);
    (void)zmq_setsockopt(self->socket, ZMQ_LINGER, &none, sizeof none);
    if (zmq_connect(self->socket, load->endpoint) != 0 ||
        zmq_getsockopt(self->socket, ZMQ_FD, &self->item.fd, &size) != 0)
        give_up(load, zmq_strerror(zmq_errno()));
    self->item.events = POLLIN;
}

// Until something has come, the moment is there, or it is time to look at the flags.
static void wait_for(dealer_t *self, int64_t until_ns)
{
    int events = 0;
    size_t size = sizeof events;
    int64_t left = FLAGS_MS * 1000000;
    if (zmq_getsockopt(self->socket, ZMQ_EVENTS, &events, &size) != 0 ||
        (events & ZMQ_POLLIN))
        return;
    if (until_ns - now_ns() < left)
        left = until_ns - now_ns();
    struct timespec timeout = {0, left < 0 ? 0 : left};
    (void)ppoll(&self->item, 1, &timeout, NULL);
}

static int64_t scheduled_ns(const dealer_t *self)
{
    const load_t *load = self->load;
    double turn = (double)(self->handed * load->parties[PUBLISHERS] + self->index);
    return load->rate > 0 ? load->start_ns + (int64_t)(turn * 1e9 / load->rate) : 0;
}

static bool may_hand(const dealer_t *self)
{
    const load_t *load = self->load;
    return self->handed < load->each && self->handed - self->done < load->window;
}

static void hand_over(dealer_t *self)
{
    load_t *load = self->load;
    uint8_t bytes[DOCUMENT] = {0};
    for (int64_t now; may_hand(self) && (now = now_ns()) >= scheduled_ns(self);) {
        uint64_t number = self->index * load->each + self->handed;
        memcpy(bytes, &number, sizeof number);
        load->published_ns[number] = load->rate > 0 ? scheduled_ns(self) : now;
        (void)zmq_send(self->socket, bytes, sizeof bytes, 0);
        self->handed++;
    }
}

static void publish(dealer_t *self)
{
    load_t *load = self->load;
    uint64_t number;
    hand_over(self);
    wait_for(self, may_hand(self) ? scheduled_ns(self) : INT64_MAX);
    while (
        zmq_recv(self->socket, &number, sizeof number, ZMQ_DONTWAIT) == sizeof number) {
        note_receipt(load, number, now_ns());
        self->done++;
    }
}

static void take(dealer_t *self)
{
    load_t *load = self->load;
    uint8_t bytes[DOCUMENT];
    int size = 0;
    wait_for(self, INT64_MAX);
    while ((size = zmq_recv(self->socket, bytes, sizeof bytes, ZMQ_DONTWAIT)) > 0) {
        uint64_t number;
        memcpy(&number, bytes, sizeof number);
        if (size == 1)
            atomic_fetch_add(&load->side[SUBSCRIBERS].ready, 1);
        if (size != DOCUMENT || number >= load->all)
            continue;
        if (number % load->each != self->next[number / load->each]++)
            fault(load, "floor", "a publisher's messages out of order, or twice");
        note_delivery(load, self->index, number, now_ns());
        self->done++;
        (void)zmq_send(self->socket, bytes, 8, 0);
    }
}

static void *run_dealer(void *argument)
{
    dealer_t *self = argument;
    load_t *load = self->load;
    side_t *side = &load->side[self->side];
    bool over = false;
    connect_dealer(self);
    if (self->side == SUBSCRIBERS)
        (void)zmq_send(self->socket, subscribe, 1, 0);
    else
        atomic_fetch_add(&side->ready, 1);
    while (!atomic_load(&load->close) && !atomic_load(&load->failed)) {
        if (self->side == SUBSCRIBERS)
            take(self);
        else if (atomic_load(&load->go))
            publish(self);
        else
            nap();
        size_t all = self->side == SUBSCRIBERS ? load->all : load->each;
        if (!over && atomic_load(&load->go) && self->done == all) {
            over = true;
            if (atomic_fetch_add(&side->over, 1) + 1 == side->parties)
                side->over_ns = now_ns();
        }
    }
    (void)zmq_close(self->socket);
    return NULL;
}

void floor_side_run(load_t *load, side_name_t name)
{
    static dealer_t dealer[PARTIES_MAX];
    task_t task[PARTIES_MAX];
    size_t n = load->parties[name] < PARTIES_MAX ? load->parties[name] : PARTIES_MAX;
    for (size_t i = 0; i < n; i++) {
        dealer[i] = (dealer_t){.load = load, .side = name, .index = i};
        if (task_start(&task[i], "party", run_dealer, &dealer[i]) != 0)
            fault(load, "a thread", "none can be started");
    }
    side_watch(load, name);
    for (size_t i = 0; i < n; i++)
        task_join(task[i]);
}
