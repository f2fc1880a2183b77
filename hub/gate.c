// gate - order matters at opening: the ZAP handler is bound before the ROUTER, since
// CURVE lets everybody in where no handler is; and srandom() is seeded, since the ROUTER
// draws the routing ids it gives from random() and a peer that can foresee one could
// claim it.
//
// The routing-id frame loses its metadata once it was polled, so User-Id is read from the
// body.

#include "hub/gate.h"

#include "lib/doorkeeper.h"
#include "lib/memory.h"
#include "lib/unsent.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>

enum {
    ZAP_PARTS = 7,
    ZAP_PART_MAX = 256,
    LINGER_MS = 1000,
    BACKLOG_MAX = 1024,
    OTHER_FILES = 64,         // descriptors for the journal and the like
    LATE_MAX = 256,           // connections that come in while the door is being closed
    WAITING_BYTES = 32 << 20, // frames of one peer that libzmq may hold before a turn
};

struct gate {
    void *context;
    void *router;
    void *zap;
    doorkeeper_t *doorkeeper;
    gate_admit_fn admit;
    void *admit_context;
    char **endpoints; // as bound
    size_t endpoint_count;
    int connections_max;
    int backlog;
    unsent_t *unsent;
};

static int set_int(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value);
}

static int open_handlers(gate_t *self, cause_t *why)
{
    self->zap = zmq_socket(self->context, ZMQ_REP);
    if (!self->zap || set_int(self->zap, ZMQ_LINGER, 0) != 0 ||
        zmq_bind(self->zap, "inproc://zeromq.zap.01") != 0)
        return cause_errno(why, "cannot bind the ZAP handler");
    unsigned seed = 0;
    if (getrandom(&seed, sizeof seed, 0) != sizeof seed)
        return cause_errno(why, "getrandom");
    srandom(seed);
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
    int heartbeat_ttl = options->heartbeat_ms * 3;
    if (heartbeat_ttl > 65000)
        heartbeat_ttl = 65000; // the field on the wire is 16 bits of tenths, and wraps
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
        set_int(router, ZMQ_RCVHWM, options->intake_limit) != 0 ||
        set_int(router, ZMQ_HEARTBEAT_IVL, options->heartbeat_ms) != 0 ||
        set_int(router, ZMQ_HEARTBEAT_TTL, heartbeat_ttl) != 0 ||
        set_int(router, ZMQ_HEARTBEAT_TIMEOUT, heartbeat_ttl) != 0 ||
        set_int(router, ZMQ_TCP_KEEPALIVE, 1) != 0 ||
        set_int(router, ZMQ_IPV6, 1) != 0 || // and IPv4 all the same
        set_int(router, ZMQ_BACKLOG, self->backlog) != 0)
        return cause_errno(why, "cannot configure the ROUTER");
    return 0;
}

static int bind_endpoint(gate_t *self, const char *endpoint, cause_t *why)
{
    char bound[256];
    size_t size = sizeof bound;
    if (zmq_bind(self->router, endpoint) != 0 ||
        zmq_getsockopt(self->router, ZMQ_LAST_ENDPOINT, bound, &size) != 0)
        return cause_errno(why, "cannot listen on %s", endpoint);
    self->endpoints[self->endpoint_count++] = memory_text(bound);
    return 0;
}

// Frames that may wait in libzmq, of one peer: of the largest ones only a few.
static int waiting_frames(const hub_options_t *options)
{
    int64_t frames = WAITING_BYTES / options->frame_limit;
    int64_t least = 2;
    if (frames > options->queue_limit)
        frames = options->queue_limit;
    return (int)(frames < least ? least : frames);
}

gate_options_t gate_options_of(const hub_options_t *options, const uint8_t secret_key[32],
    const uint8_t public_key[32])
{
    gate_options_t gate = {.endpoints = (const char *const *)options->listen.text,
        .endpoint_count = options->listen.n,
        .frame_limit = options->frame_limit,
        .queue_limit = (int)options->queue_limit,
        .intake_limit = waiting_frames(options),
        .handshake_ms = (int)options->handshake_ms,
        .heartbeat_ms = (int)options->heartbeat_ms,
        .connections = (int)options->connections};
    memcpy(gate.secret_key, secret_key, 32);
    memcpy(gate.public_key, public_key, 32);
    return gate;
}

gate_t *gate_open(
    const gate_options_t *options, gate_admit_fn admit, void *context, cause_t *why)
{
    gate_t *self = memory_new(1, sizeof *self);
    self->admit = admit;
    self->admit_context = context;
    self->unsent = unsent_new();
    bound_connections(self, options->connections);
    self->endpoints = memory_new(options->endpoint_count, sizeof *self->endpoints);
    self->context = zmq_ctx_new();
    if (!self->context)
        abort();
    if (open_handlers(self, why) != 0 || set_options(self, options, why) != 0)
        goto failed;
    self->doorkeeper = doorkeeper_open(
        self->context, self->router, options->endpoint_count, self->connections_max, why);
    if (!self->doorkeeper)
        goto failed;
    for (size_t i = 0; i < options->endpoint_count; i++)
        if (bind_endpoint(self, options->endpoints[i], why) != 0)
            goto failed;
    return self;
failed:
    gate_close(&self);
    return NULL;
}

void gate_close(gate_t **self_p)
{
    gate_t *self = *self_p;
    if (!self)
        return;
    doorkeeper_close(&self->doorkeeper);
    if (self->router)
        (void)zmq_close(self->router);
    if (self->zap)
        (void)zmq_close(self->zap);
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

void gate_poll_items(const gate_t *self, zmq_pollitem_t items[GATE_SOCKETS])
{
    items[0] = (zmq_pollitem_t){self->router, 0, ZMQ_POLLIN, 0};
    items[1] = (zmq_pollitem_t){self->zap, 0, ZMQ_POLLIN, 0};
}

// The parts of one request of libzmq's own: version, request id, domain, address,
// identity, mechanism, key.  Returns how many there were, 0 when none waits, -1 when the
// socket is broken.
static int read_zap(void *zap, uint8_t part[ZAP_PARTS][ZAP_PART_MAX], int size[ZAP_PARTS])
{
    int more = 1;
    int n = 0;
    while (more) {
        uint8_t spill[ZAP_PART_MAX];
        int got =
            zmq_recv(zap, n < ZAP_PARTS ? part[n] : spill, ZAP_PART_MAX, ZMQ_DONTWAIT);
        if (got < 0)
            return errno == EAGAIN ? 0 : -1;
        if (n < ZAP_PARTS)
            size[n] = got;
        n++;
        size_t length = sizeof more;
        if (zmq_getsockopt(zap, ZMQ_RCVMORE, &more, &length) != 0)
            return -1;
    }
    return n;
}

static int answer_zap(
    void *zap, const uint8_t *request, size_t request_size, const char *user)
{
    const char *status = user ? "200" : "400";
    const char *text = user ? "OK" : "not admitted";
    return zmq_send(zap, "1.0", 3, ZMQ_SNDMORE) < 0 ||
                   zmq_send(zap, request, request_size, ZMQ_SNDMORE) < 0 ||
                   zmq_send(zap, status, 3, ZMQ_SNDMORE) < 0 ||
                   zmq_send(zap, text, strlen(text), ZMQ_SNDMORE) < 0 ||
                   zmq_send(zap, user ? user : "", user ? strlen(user) : 0, ZMQ_SNDMORE) <
                       0 ||
                   zmq_send(zap, "", 0, 0) < 0
               ? -1
               : 0;
}

static int handshakes(gate_t *self, cause_t *why)
{
    uint8_t part[ZAP_PARTS][ZAP_PART_MAX];
    int size[ZAP_PARTS];
    int n;
    while ((n = read_zap(self->zap, part, size)) > 0) {
        char user[HASH_HEX];
        bool admitted = n == ZAP_PARTS && size[5] == 5 &&
                        memcmp(part[5], "CURVE", 5) == 0 && size[6] == 32 &&
                        self->admit(self->admit_context, part[6]);
        if (admitted)
            hex_encode(part[6], 32, user);
        size_t request = n > 1 && size[1] <= ZAP_PART_MAX ? (size_t)size[1] : 0;
        if (answer_zap(self->zap, part[1], request, admitted ? user : NULL) != 0)
            return cause_errno(why, "the ZAP handler cannot answer");
    }
    return n == 0 ? 0 : cause_errno(why, "the ZAP handler cannot read");
}

int gate_turn(gate_t *self, cause_t *why)
{
    return handshakes(self, why);
}

static bool has_more(void *socket)
{
    int more = 0;
    size_t size = sizeof more;
    return zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &size) == 0 && more;
}

static void drop_rest(void *socket)
{
    zmq_msg_t part;
    while (has_more(socket)) {
        (void)zmq_msg_init(&part);
        if (zmq_msg_recv(&part, socket, ZMQ_DONTWAIT) < 0)
            return;
        (void)zmq_msg_close(&part);
    }
}

// The ids that the ROUTER gives are a zero and a number counted up from a random one.
static bool given(const uint8_t *route, size_t size)
{
    return size == 5 && route[0] == 0;
}

// One multipart message: true when it is a frame from a proven key.
static bool read_message(gate_t *self, gate_message_t *message, const zmq_msg_t *route)
{
    size_t size = zmq_msg_size(route);
    (void)zmq_msg_init(&message->frame);
    if (!has_more(self->router) ||
        zmq_msg_recv(&message->frame, self->router, ZMQ_DONTWAIT) < 0)
        return false;
    const char *user = zmq_msg_gets(&message->frame, "User-Id");
    if (has_more(self->router) || size > sizeof message->route || !user ||
        !hex_decode(span_text(user), message->key, sizeof message->key)) {
        drop_rest(self->router);
        (void)zmq_msg_close(&message->frame);
        return false;
    }
    message->route_size = (uint8_t)size;
    memcpy(message->route, zmq_msg_data((zmq_msg_t *)route), size);
    message->claimed = !given(message->route, size);
    return true;
}

int gate_receive(gate_t *self, gate_message_t *message)
{
    zmq_msg_t route;
    (void)zmq_msg_init(&route);
    bool taken = false;
    while (!taken && zmq_msg_recv(&route, self->router, ZMQ_DONTWAIT) >= 0)
        taken = read_message(self, message, &route);
    (void)zmq_msg_close(&route);
    return taken ? 1 : 0;
}

gate_result_t gate_send(gate_t *self, size_t whose, span_t route, span_t frame)
{
    zmq_msg_t message;
    if (zmq_send(self->router, route.data, route.size, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0)
        return errno == EAGAIN ? GATE_FULL : GATE_GONE;
    unsent_frame_t *kept = unsent_wrap(self->unsent, whose, frame);
    if (zmq_msg_init_data(&message, unsent_data(kept), frame.size, unsent_free, kept) !=
        0)
        abort(); // out of memory
    if (zmq_msg_send(&message, self->router, ZMQ_DONTWAIT) >= 0)
        return GATE_SENT;
    (void)zmq_msg_close(&message);
    return GATE_GONE;
}

size_t gate_unsent(const gate_t *self, size_t whose)
{
    return unsent_bytes(self->unsent, whose);
}
