// channel - a DEALER socket and the monitor that tells how its handshake went.
//
// The hub, or whoever has its key, must not be able to end this process: the input of the
// DEALER never stops (lib/net/drain.h), and what it brings is bounded here.  Events come
// by way of the monitor's thread, and may be later than frames that came after them.
// Nothing rests on that order: a hub says nothing before it was greeted, and what it said
// before the end is looked at or lost like the rest.

#include "nodes/link/channel.h"

#include "lib/base/memory.h"
#include "lib/net/drain.h"
#include "nodes/link/inlet.h"
#include "nodes/net/sockets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct channel {
    zsock_t *dealer;
    zactor_t *monitor;
    drain_t *drain; // whoever uses the DEALER or the inlet holds its lock
    inlet_t *inlet;
    bool parts; // of a message whose parts are swallowed, one was more
    bool cut;   // the hub sent too much
    bool up;
};

enum {
    // A hub that vanished is noticed by the kernel too, should nothing be said for long.
    KEEPALIVE_IDLE_S = 15,
    KEEPALIVE_EVERY_S = 5,
    KEEPALIVE_TIMES = 3,
    UNANSWERED_MS = 30000,
    READ_FRAMES = 1024, // at a time: the lock is held meanwhile
    EVENT_TEXT = 32,
};

// The hub's window bounds what is queued to it, so a full pipe can only mean a dead peer.
static void set_limits(zsock_t *dealer)
{
    zsock_set_linger(dealer, 250);
    zsock_set_sndhwm(dealer, 20000);
    zsock_set_rcvhwm(dealer, 0);
    zsock_set_rcvtimeo(dealer, 0); // what waited may have gone with its pipe
    zsock_set_maxmsgsize(dealer, CHANNEL_FRAME_MAX);
    zsock_set_handshake_ivl(dealer, 10000);
    zsock_set_connect_timeout(dealer, 5000);
    zsock_set_reconnect_ivl(dealer, -1);
    zsock_set_immediate(dealer, 1);
    zsock_set_tcp_keepalive(dealer, 1);
    zsock_set_tcp_keepalive_idle(dealer, KEEPALIVE_IDLE_S);
    zsock_set_tcp_keepalive_intvl(dealer, KEEPALIVE_EVERY_S);
    zsock_set_tcp_keepalive_cnt(dealer, KEEPALIVE_TIMES);
    zsock_set_tcp_maxrt(dealer, UNANSWERED_MS);
}

static void set_keys(zsock_t *dealer, const channel_keys_t *keys)
{
    zsock_set_curve_serverkey_bin(dealer, keys->hub_key);
    zsock_set_curve_publickey_bin(dealer, keys->public_key);
    zsock_set_curve_secretkey_bin(dealer, keys->secret_key);
}

// The next frame of the DEALER into the inlet; false: there is none now.  A message of
// several parts is swallowed whole.
static bool read_frame(channel_t *self)
{
    zframe_t *frame = sockets_waits(self->dealer) ? zframe_recv(self->dealer) : NULL;
    if (!frame)
        return false;
    bool more = zframe_more(frame) != 0;
    if (!more && !self->parts)
        inlet_put(self->inlet, &frame);
    zframe_destroy(&frame);
    self->parts = more;
    return true;
}

static bool read_all(void *context)
{
    channel_t *self = context;
    bool more = true;
    for (int i = 0; i < READ_FRAMES && more; i++)
        more = read_frame(self);
    return more || inlet_waits(self->inlet) || inlet_overflowed(self->inlet);
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

static int open_dealer(channel_t *self, const char *endpoint, channel_family_t family,
    const channel_keys_t *keys, cause_t *why)
{
    static const char *const events[] = {"HANDSHAKE_SUCCEEDED", "HANDSHAKE_FAILED_AUTH",
        "HANDSHAKE_FAILED_PROTOCOL", "HANDSHAKE_FAILED_NO_DETAIL", "DISCONNECTED",
        "CLOSED", "CONNECT_RETRIED", NULL};
    bool six = family == CHANNEL_IPV6 || strchr(endpoint, '[') != NULL;
    if (!(self->dealer = sockets_new(ZMQ_DEALER, why)))
        return -1;
    set_limits(self->dealer);
    set_keys(self->dealer, keys);
    zsock_set_ipv6(self->dealer, six);
    if (!(self->monitor = sockets_monitor(self->dealer, events, why)))
        return -1;
    return zsock_connect(self->dealer, "%s", endpoint) == 0
               ? 0
               : cause_errno(why, "cannot connect");
}

channel_t *channel_open(const char *endpoint, channel_family_t family,
    const channel_keys_t *keys, cause_t *why)
{
    channel_t *self = memory_new(1, sizeof *self);
    self->inlet = inlet_new(CHANNEL_WAITING_MAX);
    if (open_dealer(self, endpoint, family, keys, why) == 0 &&
        (self->drain =
                drain_open(zsock_resolve(self->dealer), "drain", read_all, self, why)))
        return self;
    (void)cause_prefix(why, "%s", endpoint);
    channel_close(&self);
    return NULL;
}

void channel_close(channel_t **self_p)
{
    channel_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    drain_close(&self->drain);
    inlet_destroy(&self->inlet);
    zactor_destroy(&self->monitor);
    zsock_destroy(&self->dealer);
    free(self);
}

// One event of the monitor: its name, and its value (an errno or a ZAP status).
static bool take_event(channel_t *self, char name[EVENT_TEXT], unsigned *value)
{
    if (!sockets_waits(self->monitor))
        return false;
    char *event = zstr_recv(self->monitor), *number = NULL;
    if (zsock_rcvmore(self->monitor))
        number = zstr_recv(self->monitor);
    zsock_flush(self->monitor); // the address, not needed
    (void)snprintf(name, EVENT_TEXT, "%s", event ? event : "");
    *value = number ? (unsigned)strtoul(number, NULL, 10) : 0;
    zstr_free(&event);
    zstr_free(&number);
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

static channel_event_t down(const channel_t *self, const char *event, cause_t *why)
{
    if (self->up)
        (void)cause_set(why, "the connection ended");
    else if (streq(event, "CLOSED") || streq(event, "CONNECT_RETRIED"))
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
    char event[EVENT_TEXT];
    unsigned value;
    if (self->cut) {
        (void)cause_set(why, "the hub sent more than it ever has reason to");
        return CHANNEL_DOWN;
    }
    if (!take_event(self, event, &value))
        return CHANNEL_QUIET;
    if (streq(event, "HANDSHAKE_SUCCEEDED")) {
        self->up = true;
        return CHANNEL_UP;
    }
    return streq(event, "HANDSHAKE_FAILED_AUTH") ? refused(value, why)
                                                 : down(self, event, why);
}

int channel_send(channel_t *self, span_t bytes)
{
    zframe_t *frame = zframe_new(bytes.data, bytes.size);
    int sent;
    drain_lock(self->drain);
    do
        sent = frame ? zframe_send(&frame, self->dealer, ZFRAME_DONTWAIT) : -1;
    while (sent != 0 && errno == EINTR);
    drain_unlock(self->drain);
    zframe_destroy(&frame);
    return sent;
}

zframe_t *channel_receive(channel_t *self)
{
    drain_lock(self->drain);
    zframe_t *frame = inlet_take(self->inlet);
    if (!frame && read_all(self))
        frame = inlet_take(self->inlet);
    self->cut = inlet_overflowed(self->inlet);
    drain_unlock(self->drain);
    return frame;
}

void channel_poll_items(channel_t *self, struct pollfd item[CHANNEL_POLL_ITEMS])
{
    drain_wait(self->drain, item);
    item[DRAIN_ITEMS] = (struct pollfd){.fd = zsock_fd(self->monitor), .events = POLLIN};
}

void channel_work(channel_t *self)
{
    drain_work(self->drain);
}
