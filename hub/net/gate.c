// gate - order matters at opening: the ZAP handler is bound before the ROUTER, since
// CURVE lets everybody in where no handler is; and srandom() is seeded, since the ROUTER
// draws the routing ids it gives from random() and a peer that can foresee one could
// claim it.
//
// The routing-id frame loses its metadata once it was polled, so User-Id is read from the
// body.

#include "hub/net/gate.h"

#include "hub/net/doorkeeper.h"
#include "hub/net/lobby.h"
#include "hub/net/unsent.h"
#include "hub/net/zap.h"
#include "lib/base/memory.h"
#include "lib/net/drain.h"
#include "lib/sys/random.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <zmq.h>

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
    READ_FRAMES = 4096, // at a time: the lock is held meanwhile
    GRACE_MS = 1000,    // until a connection ends that has been told why
};

struct gate {
    void *context;
    void *router;
    drain_t *drain; // whoever uses the ROUTER or the lobby holds its lock
    lobby_t *lobby;
    zap_t *zap;
    bool knocked;      // somebody may wait at the ZAP handler
    zap_guest_t guest; // who is to be answered
    doorkeeper_t *doorkeeper;
    lobby_frame_t *received; // last
    char **endpoints;        // as bound
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
        .handshake_ms = (int)options->handshake_ms,
        .connections = (int)options->connections,
        .address_handshakes = (int)options->address_handshakes,
        .node_connections = (int)options->node_connections,
        .hello_ms = (int)options->hello_ms};
    memcpy(gate.secret_key, secret_key, 32);
    memcpy(gate.public_key, public_key, 32);
    return gate;
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

// Which connection this is, of those that were accepted.
static void recognise(gate_t *self, const uint8_t key[32], span_t route, zmq_msg_t *body)
{
    if (!doorkeeper_knows(self->doorkeeper, key, route))
        doorkeeper_spoke(self->doorkeeper, key, route, zmq_msg_get(body, ZMQ_SRCFD),
            zmq_msg_gets(body, "Peer-Address"));
}

// One multipart message, of which the first part was read: into the lobby, when it is a
// frame from a proven key.
static void read_message(gate_t *self, const zmq_msg_t *route)
{
    zmq_msg_t body;
    uint8_t key[32];
    size_t size = zmq_msg_size(route);
    if (!has_more(self->router))
        return;
    (void)zmq_msg_init(&body);
    if (zmq_msg_recv(&body, self->router, ZMQ_DONTWAIT) < 0)
        return;
    const char *user = zmq_msg_gets(&body, "User-Id");
    span_t name = span_of(zmq_msg_data((zmq_msg_t *)route), size);
    bool known = size <= CONNECTION_ROUTE_MAX && user &&
                 hex_decode(span_text(user), key, sizeof key);
    if (known)
        recognise(self, key, name, &body);
    if (known && !has_more(self->router))
        (void)lobby_put(self->lobby, key, name, &body);
    drop_rest(self->router);
    (void)zmq_msg_close(&body);
}

// What libzmq has, though not for ever: a peer may be as fast as this is.
static bool read_all(void *context)
{
    gate_t *self = context;
    zmq_msg_t route;
    (void)zmq_msg_init(&route);
    bool more = true;
    for (int i = 0; i < READ_FRAMES && more; i++) {
        more = zmq_msg_recv(&route, self->router, ZMQ_DONTWAIT) >= 0;
        if (more)
            read_message(self, &route);
    }
    (void)zmq_msg_close(&route);
    return more || lobby_waits(self->lobby);
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
    if (!self->context)
        abort();
    if (open_handlers(self, why) != 0 || set_options(self, options, why) != 0 ||
        !(self->doorkeeper = new_doorkeeper(self, options, why)))
        return -1;
    for (size_t i = 0; i < options->endpoint_count; i++)
        if (bind_endpoint(self, options->endpoints[i], why) != 0)
            return -1;
    self->drain = drain_open(self->router, "drain", read_all, self, why);
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

bool gate_wait(gate_t *self, struct pollfd *others, size_t n, long most_ms)
{
    enum { OURS = 1 + DRAIN_ITEMS };
    assert(n <= GATE_OTHERS);
    struct pollfd read[DRAIN_ITEMS];
    zmq_pollitem_t items[OURS + GATE_OTHERS] = {
        {zap_socket(self->zap), 0, ZMQ_POLLIN, 0}};
    drain_wait(self->drain, read);
    for (size_t i = 0; i < DRAIN_ITEMS; i++)
        items[1 + i] = (zmq_pollitem_t){NULL, read[i].fd, ZMQ_POLLIN, 0};
    for (size_t i = 0; i < n; i++)
        items[OURS + i] = (zmq_pollitem_t){NULL, others[i].fd, others[i].events, 0};
    bool something = zmq_poll(items, (int)(OURS + n), most_ms) > 0;
    for (size_t i = 0; i < n; i++)
        others[i].revents = items[OURS + i].revents;
    self->knocked = self->knocked || items[0].revents;
    drain_work(self->drain);
    return something;
}

int gate_knock(gate_t *self, const uint8_t **key, cause_t *why)
{
    if (!self->knocked)
        return 0;
    int got = zap_next(self->zap, &self->guest, why);
    self->knocked = got > 0;
    *key = self->guest.key;
    return got;
}

int gate_answer(gate_t *self, bool admitted, cause_t *why)
{
    const zap_guest_t *guest = &self->guest;
    if (admitted)
        admitted = doorkeeper_admit(self->doorkeeper, guest->key, guest->address);
    if (!admitted)
        doorkeeper_refused(self->doorkeeper, guest->address);
    return zap_answer(self->zap, admitted, why);
}

// The ids that the ROUTER gives are a zero and a number counted up from a random one.
static bool given(const lobby_frame_t *frame)
{
    return frame->route_size == 5 && frame->route[0] == 0;
}

bool gate_receive(gate_t *self, gate_message_t *message)
{
    lobby_free(&self->received);
    drain_lock(self->drain);
    lobby_frame_t *frame = lobby_take(self->lobby);
    if (!frame && read_all(self))
        frame = lobby_take(self->lobby);
    drain_unlock(self->drain);
    self->received = frame;
    if (!frame)
        return false;
    *message = (gate_message_t){.event = frame->cut     ? GATE_CUT
                                         : given(frame) ? GATE_SAID
                                                        : GATE_CLAIMED,
        .route = span_of(frame->route, frame->route_size),
        .key = frame->key,
        .frame = span_of(zmq_msg_data(&frame->frame), zmq_msg_size(&frame->frame))};
    return true;
}

// The first account is nobody's in particular.
static size_t account(int whose)
{
    return (size_t)(whose + 1);
}

static gate_result_t send_locked(gate_t *self, int whose, span_t route, span_t frame)
{
    zmq_msg_t message;
    if (zmq_send(self->router, route.data, route.size, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0)
        return errno == EAGAIN ? GATE_FULL : GATE_GONE;
    unsent_frame_t *kept = unsent_wrap(self->unsent, account(whose), frame);
    if (zmq_msg_init_data(&message, unsent_data(kept), frame.size, unsent_free, kept) !=
        0)
        abort(); // out of memory
    if (zmq_msg_send(&message, self->router, ZMQ_DONTWAIT) >= 0)
        return GATE_SENT;
    (void)zmq_msg_close(&message);
    return GATE_GONE;
}

gate_result_t gate_send(gate_t *self, int whose, span_t route, span_t frame)
{
    drain_lock(self->drain);
    gate_result_t result = send_locked(self, whose, route, frame);
    drain_unlock(self->drain);
    return result;
}

void gate_end(gate_t *self, const uint8_t key[32], span_t route)
{
    doorkeeper_end(self->doorkeeper, key, route);
}

void gate_keep(gate_t *self, const uint8_t key[32], span_t route)
{
    doorkeeper_keep(self->doorkeeper, key, route);
}

bool gate_next(gate_t *self, size_t *cursor, connection_name_t *name)
{
    return doorkeeper_next(self->doorkeeper, cursor, name);
}

bool gate_left(gate_t *self, connection_name_t *name)
{
    if (!doorkeeper_left(self->doorkeeper, name))
        return false;
    drain_lock(self->drain);
    lobby_forget(self->lobby, name->key, span_of(name->route, name->route_size));
    drain_unlock(self->drain);
    return true;
}

gate_counts_t gate_counts(gate_t *self)
{
    doorkeeper_count_t door = doorkeeper_count(self->doorkeeper);
    drain_lock(self->drain);
    gate_counts_t counts = {.waiting_bytes = lobby_bytes(self->lobby),
        .cut = lobby_cuts(self->lobby),
        .connections = door.shares.open,
        .connections_max = (size_t)door.limit,
        .full = door.full,
        .turned_away = door.shares.turned_away,
        .refused = door.shares.refused,
        .displaced = door.shares.displaced,
        .mute = door.shares.mute};
    drain_unlock(self->drain);
    memcpy(counts.key, door.shares.key, sizeof counts.key);
    address_print(&door.shares.address, counts.address);
    return counts;
}

size_t gate_unsent(const gate_t *self, int whose)
{
    return unsent_bytes(self->unsent, account(whose));
}
