// gate_open - order matters at opening: the ZAP handler is bound before the ROUTER, since
// CURVE lets everybody in where no handler is; and srandom() is seeded, since the ROUTER
// draws the routing ids it gives from random() and a peer that can foresee one could
// claim it.

#include "hub/net/gate_inside.h"

#include "lib/base/memory.h"
#include "lib/sys/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum {
    LINGER_MS = 1000,
    BACKLOG_MAX = 1024,
    OTHER_FILES = 64, // descriptors for the journal and the like
    LATE_MAX = 256,   // connections that come in while the door is being closed
    // A peer that vanished is noticed by the kernel: it asks an idle one, and waits for
    // the answer to what was sent.
    KEEPALIVE_IDLE_S = 15,
    KEEPALIVE_EVERY_S = 5,
    KEEPALIVE_TIMES = 3,
    UNANSWERED_MS = 30000,
    GRACE_MS = 1000, // until a connection ends that has been told why
};

static int set_int(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value);
}

static int open_handlers(gate_t *self, cause_t *why)
{
    if (!(self->zap = zap_open(self->context, why)))
        return -1;
    srandom(random_below(UINT32_MAX));
    self->router = zmq_socket(self->context, ZMQ_ROUTER);
    return self->router ? 0 : cause_errno(why, "cannot make the ROUTER");
}

// Out of descriptors, libzmq's accept() would spin or abort, and the journal could not
// open its files.  What is in the backlog is accepted even when the door is closed, and
// so is who comes while it is being closed: for both there must be descriptors too.
static void bound_connections(gate_t *self, int connections)
{
    struct rlimit limit = {0};
    int room = 1 << 20;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < (rlim_t)room)
        room = (int)limit.rlim_cur;
    room = room > 2 * OTHER_FILES ? room - OTHER_FILES : OTHER_FILES;
    self->backlog = room / 8 < BACKLOG_MAX ? room / 8 : BACKLOG_MAX;
    room -= self->backlog + (room / 2 < LATE_MAX ? room / 2 : LATE_MAX);
    self->connections_max = connections < room ? connections : room;
}

static int set_options(const gate_t *self, const gate_options_t *options, cause_t *why)
{
    void *router = self->router;
    if (set_int(router, ZMQ_CURVE_SERVER, 1) != 0 ||
        zmq_setsockopt(router, ZMQ_CURVE_SECRETKEY, options->secret_key, 32) != 0 ||
        zmq_setsockopt(router, ZMQ_ZAP_DOMAIN, "dabyl", 5) != 0 ||
        zmq_setsockopt(router, ZMQ_MAXMSGSIZE, &options->frame_limit, sizeof(int64_t)) !=
            0 ||
        set_int(router, ZMQ_HANDSHAKE_IVL, options->handshake_ms) != 0 ||
        set_int(router, ZMQ_LINGER, LINGER_MS) != 0 ||
        set_int(router, ZMQ_ROUTER_MANDATORY, 1) != 0 ||
        set_int(router, ZMQ_ROUTER_HANDOVER, 0) != 0 ||
        set_int(router, ZMQ_SNDHWM, options->queue_limit) != 0 ||
        set_int(router, ZMQ_RCVHWM, 0) != 0 || // see lib/net/drain.h
        set_int(router, ZMQ_TCP_KEEPALIVE, 1) != 0 ||
        set_int(router, ZMQ_TCP_KEEPALIVE_IDLE, KEEPALIVE_IDLE_S) != 0 ||
        set_int(router, ZMQ_TCP_KEEPALIVE_INTVL, KEEPALIVE_EVERY_S) != 0 ||
        set_int(router, ZMQ_TCP_KEEPALIVE_CNT, KEEPALIVE_TIMES) != 0 ||
        set_int(router, ZMQ_TCP_MAXRT, UNANSWERED_MS) != 0 ||
        set_int(router, ZMQ_BACKLOG, self->backlog) != 0)
        return cause_errno(why, "cannot configure the ROUTER");
    return 0;
}

static int bind_endpoint(gate_t *self, const char *endpoint, cause_t *why)
{
    char bound[256];
    size_t size = sizeof bound;
    // An address of IPv4 is left one; `*` is all of both.
    bool six = strpbrk(endpoint, "[*") != NULL;
    if (set_int(self->router, ZMQ_IPV6, six) != 0 ||
        zmq_bind(self->router, endpoint) != 0 ||
        zmq_getsockopt(self->router, ZMQ_LAST_ENDPOINT, bound, &size) != 0)
        return cause_errno(why, "cannot listen on %s", endpoint);
    self->endpoints[self->endpoint_count++] = memory_text(bound);
    return 0;
}

static int64_t at_least(int64_t value, int64_t least)
{
    return value < least ? least : value;
}

gate_options_t gate_options_of(const hub_options_t *options, const uint8_t secret_key[32],
    const uint8_t public_key[32])
{
    int64_t share = at_least(options->waiting_bytes, 4 * options->frame_limit);
    gate_options_t gate = {.endpoints = (const char *const *)options->listen.text,
        .endpoint_count = options->listen.n,
        .frame_limit = options->frame_limit,
        .queue_limit = (int)options->queue_limit,
        .waiting_bytes = (size_t)share,
        .waiting_total = (size_t)at_least(options->waiting_total, 2 * share),
        .io_threads = (int)options->io_threads,
        .handshake_ms = (int)options->handshake_ms,
        .connections = (int)options->connections,
        .address_handshakes = (int)options->address_handshakes,
        .node_connections = (int)options->node_connections,
        .hello_ms = (int)options->hello_ms};
    memcpy(gate.secret_key, secret_key, 32);
    memcpy(gate.public_key, public_key, 32);
    return gate;
}

// Whatever is configured, neither an address nor a key may take all the places there are.
static size_t share(int configured, int of)
{
    int most = of / 2 > 0 ? of / 2 : 1;
    return (size_t)(configured < most ? configured : most);
}

static doorkeeper_t *new_doorkeeper(
    const gate_t *self, const gate_options_t *options, cause_t *why)
{
    doorkeeper_options_t keeper = {.listeners = options->endpoint_count,
        .connections = self->connections_max,
        .shares = {
            .handshakes = share(options->address_handshakes, self->connections_max),
            .places = share(options->node_connections, self->connections_max),
            .mute_ms = options->handshake_ms + options->hello_ms,
            .grace_ms = GRACE_MS}};
    return doorkeeper_open(self->context, self->router, &keeper, why);
}

gate_t *gate_new(void)
{
    gate_t *self = memory_new(1, sizeof *self);
    self->unsent = unsent_new();
    return self;
}

int gate_open(gate_t *self, const gate_options_t *options, cause_t *why)
{
    self->lobby = lobby_new(options->waiting_bytes, options->waiting_total);
    bound_connections(self, options->connections);
    self->endpoints = memory_new(options->endpoint_count, sizeof *self->endpoints);
    self->context = zmq_ctx_new();
    if (!self->context ||
        zmq_ctx_set(self->context, ZMQ_IO_THREADS, options->io_threads) != 0)
        abort();
    if (open_handlers(self, why) != 0 || set_options(self, options, why) != 0 ||
        !(self->doorkeeper = new_doorkeeper(self, options, why)))
        return -1;
    for (size_t i = 0; i < options->endpoint_count; i++)
        if (bind_endpoint(self, options->endpoints[i], why) != 0)
            return -1;
    self->drain = drain_open(self->router, "drain", gate_read_all, self, why);
    return self->drain ? 0 : -1;
}

void gate_close(gate_t **self_p)
{
    gate_t *self = *self_p;
    if (!self)
        return;
    drain_close(&self->drain);
    doorkeeper_close(&self->doorkeeper);
    lobby_free(&self->received);
    lobby_destroy(&self->lobby);
    if (self->router)
        (void)zmq_close(self->router);
    zap_close(&self->zap);
    if (self->context)
        (void)zmq_ctx_term(self->context);
    unsent_destroy(&self->unsent); // libzmq let everything go
    for (size_t i = 0; i < self->endpoint_count; i++)
        free(self->endpoints[i]);
    free(self->endpoints);
    free(self);
    *self_p = NULL;
}

const char *gate_endpoint(const gate_t *self, size_t i)
{
    return i < self->endpoint_count ? self->endpoints[i] : NULL;
}
