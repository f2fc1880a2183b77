// channel - a DEALER socket and the monitor that tells how its handshake went.
//
// The hub, or whoever has its key, must not be able to end this process: see
// lib/net/drain.h.

#include "nodes/link/channel.h"

#include "lib/base/memory.h"
#include "lib/net/drain.h"
#include "lib/net/lobby.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct channel {
    void *dealer;
    void *monitor;
    drain_t *drain; // whoever uses the DEALER or the lobby holds its lock
    lobby_t *lobby; // of one
    bool parts;     // of a message whose parts are swallowed, one was more
    bool cut;       // the hub sent too much
    bool up;
};

enum {
    // A hub that vanished is noticed by the kernel too, should nothing be said for long.
    KEEPALIVE_IDLE_S = 15,
    KEEPALIVE_EVERY_S = 5,
    KEEPALIVE_TIMES = 3,
    UNANSWERED_MS = 30000,
    READ_FRAMES = 1024, // at a time: the lock is held meanwhile
};

static const uint8_t hubs_key[32] = {0}; // the lobby's only guest

static int set_number(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value);
}

static int set_limits(void *dealer)
{
    int64_t frame_max = CHANNEL_FRAME_MAX;
    // The hub's window bounds what is queued to it, so a full pipe can only mean a dead
    // peer.
    return set_number(dealer, ZMQ_LINGER, 250) || set_number(dealer, ZMQ_SNDHWM, 20000) ||
           set_number(dealer, ZMQ_RCVHWM, 0) ||
           zmq_setsockopt(dealer, ZMQ_MAXMSGSIZE, &frame_max, sizeof frame_max) ||
           set_number(dealer, ZMQ_HANDSHAKE_IVL, 10000) ||
           set_number(dealer, ZMQ_CONNECT_TIMEOUT, 5000) ||
           set_number(dealer, ZMQ_RECONNECT_IVL, -1) ||
           set_number(dealer, ZMQ_IMMEDIATE, 1) ||
           set_number(dealer, ZMQ_TCP_KEEPALIVE, 1) ||
           set_number(dealer, ZMQ_TCP_KEEPALIVE_IDLE, KEEPALIVE_IDLE_S) ||
           set_number(dealer, ZMQ_TCP_KEEPALIVE_INTVL, KEEPALIVE_EVERY_S) ||
           set_number(dealer, ZMQ_TCP_KEEPALIVE_CNT, KEEPALIVE_TIMES) ||
           set_number(dealer, ZMQ_TCP_MAXRT, UNANSWERED_MS);
}

static int set_keys(void *dealer, const channel_keys_t *keys)
{
    return zmq_setsockopt(dealer, ZMQ_CURVE_SERVERKEY, keys->hub_key, 32) ||
           zmq_setsockopt(dealer, ZMQ_CURVE_PUBLICKEY, keys->public_key, 32) ||
           zmq_setsockopt(dealer, ZMQ_CURVE_SECRETKEY, keys->secret_key, 32);
}

static int monitor_open(channel_t *self, void *zmq)
{
    char address[64];
    (void)snprintf(address, sizeof address, "inproc://dabyl-channel-%p", (void *)self);
    int events = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
                 ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                 ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_DISCONNECTED |
                 ZMQ_EVENT_CLOSED | ZMQ_EVENT_CONNECT_RETRIED;
    if (zmq_socket_monitor(self->dealer, address, events) != 0)
        return -1;
    self->monitor = zmq_socket(zmq, ZMQ_PAIR);
    return !self->monitor || set_number(self->monitor, ZMQ_LINGER, 0) ||
           zmq_connect(self->monitor, address);
}

// The next frame of the DEALER into the lobby; false: there is none now.  A message of
// several parts is swallowed whole.
static bool read_frame(channel_t *self, zmq_msg_t *frame)
{
    int got;
    do
        got = zmq_msg_recv(frame, self->dealer, ZMQ_DONTWAIT);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return false;
    bool more = zmq_msg_more(frame) != 0;
    if (!more && !self->parts)
        (void)lobby_put(self->lobby, hubs_key, span_of("", 0), frame);
    self->parts = more;
    return true;
}

static bool read_all(void *context)
{
    channel_t *self = context;
    zmq_msg_t frame;
    (void)zmq_msg_init(&frame);
    bool more = true;
    for (int i = 0; i < READ_FRAMES && more; i++)
        more = read_frame(self, &frame);
    (void)zmq_msg_close(&frame);
    return more || lobby_waits(self->lobby);
}

// "tcp://host:port", as libzmq wants it.
int channel_check(const char *endpoint, cause_t *why)
{
    static const char scheme[] = "tcp://";
    const char *host = endpoint + strlen(scheme);
    uint64_t port = 0;
    bool tcp = strncmp(endpoint, scheme, strlen(scheme)) == 0;
    const char *colon = tcp ? strrchr(host, ':') : NULL;
    if (colon && colon > host && decimal_decode(span_text(colon + 1), &port) &&
        port > 0 && port <= UINT16_MAX)
        return 0;
    return cause_set(why,
        "hub.endpoints: '%.100s' is no address such as tcp://hub.example:7600", endpoint);
}

channel_t *channel_open(void *zmq, const char *endpoint, channel_family_t family,
    const channel_keys_t *keys, cause_t *why)
{
    channel_t *self = memory_new(1, sizeof *self);
    self->lobby = lobby_new(CHANNEL_WAITING_MAX, 2 * (size_t)CHANNEL_WAITING_MAX);
    self->dealer = zmq_socket(zmq, ZMQ_DEALER);
    bool six = family == CHANNEL_IPV6 || strchr(endpoint, '[') != NULL;
    if (!self->dealer || set_limits(self->dealer) || set_keys(self->dealer, keys) ||
        set_number(self->dealer, ZMQ_IPV6, six) || monitor_open(self, zmq) ||
        zmq_connect(self->dealer, endpoint)) {
        (void)cause_set(why, "%s: %s", endpoint, zmq_strerror(errno));
        channel_close(&self);
        return NULL;
    }
    self->drain = drain_open(self->dealer, "drain", read_all, self, why);
    if (!self->drain)
        channel_close(&self);
    return self;
}

void channel_close(channel_t **self_p)
{
    channel_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    drain_close(&self->drain);
    lobby_destroy(&self->lobby);
    if (self->dealer)
        (void)zmq_socket_monitor(self->dealer, NULL, 0);
    if (self->monitor)
        (void)zmq_close(self->monitor);
    if (self->dealer)
        (void)zmq_close(self->dealer);
    free(self);
}

// One event of the monitor: its number, and its value (an errno or a ZAP status).
static bool take_event(channel_t *self, uint16_t *event, uint32_t *value)
{
    uint8_t bytes[8];
    int size = zmq_recv(self->monitor, bytes, sizeof bytes, ZMQ_DONTWAIT);
    if (size != 6)
        return false;
    memcpy(event, bytes, sizeof *event);
    memcpy(value, bytes + 2, sizeof *value);
    (void)zmq_recv(self->monitor, bytes, sizeof bytes, 0); // the address, not needed
    return true;
}

static channel_event_t refused(uint32_t status, cause_t *why)
{
    if (status == 400)
        (void)cause_set(why,
            "the hub does not admit this node's channel key: it is unknown "
            "to the hub, or its certificate is expired or revoked");
    else
        (void)cause_set(why,
            "the hub could not decide about this node's channel key "
            "(status %u)",
            status);
    return CHANNEL_REFUSED;
}

static channel_event_t down(const channel_t *self, uint16_t event, cause_t *why)
{
    if (self->up)
        (void)cause_set(why, "the connection ended");
    else if (event == ZMQ_EVENT_CLOSED || event == ZMQ_EVENT_CONNECT_RETRIED)
        (void)cause_set(why, "nobody answers there");
    else
        // A server that cannot open our first box hangs up without a word.
        (void)cause_set(why,
            "the handshake was cut short: not a Dabyl hub, or its channel "
            "key is not that of the certificate configured here");
    return CHANNEL_DOWN;
}

channel_event_t channel_event(channel_t *self, cause_t *why)
{
    uint16_t event;
    uint32_t value;
    if (self->cut) {
        (void)cause_set(why, "the hub sent more than it ever has reason to");
        return CHANNEL_DOWN;
    }
    if (!take_event(self, &event, &value))
        return CHANNEL_QUIET;
    switch (event) {
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
        self->up = true;
        return CHANNEL_UP;
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
        return refused(value, why);
    default:
        return down(self, event, why);
    }
}

int channel_send(channel_t *self, span_t frame)
{
    int sent;
    drain_lock(self->drain);
    do
        sent = zmq_send(self->dealer, frame.data, frame.size, ZMQ_DONTWAIT);
    while (sent < 0 && errno == EINTR);
    drain_unlock(self->drain);
    return sent < 0 ? -1 : 0;
}

bool channel_receive(channel_t *self, zmq_msg_t *frame)
{
    drain_lock(self->drain);
    lobby_frame_t *next = lobby_take(self->lobby);
    if (!next && read_all(self))
        next = lobby_take(self->lobby);
    drain_unlock(self->drain);
    bool taken = next && !next->cut;
    self->cut = self->cut || (next && next->cut);
    if (taken)
        (void)zmq_msg_move(frame, &next->frame);
    lobby_free(&next);
    return taken;
}

void channel_poll_items(channel_t *self, zmq_pollitem_t item[CHANNEL_POLL_ITEMS])
{
    drain_wait(self->drain, item);
    item[DRAIN_ITEMS] = (zmq_pollitem_t){.socket = self->monitor, .events = ZMQ_POLLIN};
}

void channel_work(channel_t *self)
{
    drain_work(self->drain);
}
