// doorkeeper - libzmq tells by its socket monitor whom it accepted and who left, by
// descriptor.  Descriptors are used again; the number that the kernel gives to each
// socket (SO_COOKIE) is not.  So a connection is ended by way of a duplicate of its
// descriptor, which stays the same socket whatever is closed meanwhile, once its cookie
// is seen to be the right one.

#include "hub/net/doorkeeper.h"

#include "lib/base/memory.h"
#include "lib/base/times.h"
#include "lib/sys/task.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

enum {
    LOOK_MS = 200,       // while there are connections
    QUIET_MS = 60 * 1000 // and while there are none
};

struct doorkeeper {
    void *socket;
    void *monitor;
    bool running;
    task_t thread;
    mutex_t lock;
    connections_t *connections; // under the lock
    doorkeeper_count_t count;   // its own part, under the lock

    // The thread's own.
    int *listener; // descriptors, libzmq's own
    size_t listeners, listeners_max;
    size_t limit;
    bool deaf;
    bool failed;     // the last event told of a handshake that failed
    int64_t look_ms; // when to look whose time is over
};

typedef struct {
    uint16_t what;
    int32_t value;
} event_t;

static int64_t now_ms(void)
{
    return clock_now().monotonic_ms;
}

static void listen_within_limit(doorkeeper_t *self)
{
    static struct sock_filter nothing[] = {{BPF_RET | BPF_K, 0, 0, 0}};
    static const struct sock_fprog drop_all = {1, nothing};
    bool deaf = connections_count(self->connections).open >= self->limit;
    if (deaf == self->deaf)
        return;
    self->deaf = deaf;
    self->count.full += deaf;
    for (size_t i = 0; i < self->listeners; i++)
        if (setsockopt(self->listener[i], SOL_SOCKET,
                deaf ? SO_ATTACH_FILTER : SO_DETACH_FILTER, &drop_all,
                sizeof drop_all) != 0)
            self->deaf = !deaf; // again at the next event
}

static address_t parse(const char *text)
{
    address_t address;
    if (!text || !address_parse(&address, text))
        memset(&address, 0, sizeof address);
    return address;
}

// Where the peer of this socket is; the same words that libzmq has for it.
static address_t address_of(int fd)
{
    struct sockaddr_storage peer;
    socklen_t size = sizeof peer;
    char host[NI_MAXHOST] = "";
    if (getpeername(fd, (struct sockaddr *)&peer, &size) != 0 ||
        getnameinfo((struct sockaddr *)&peer, size, host, sizeof host, NULL, 0,
            NI_NUMERICHOST) != 0)
        host[0] = 0;
    return parse(host);
}

// 0: not a socket any more.
static uint64_t cookie_of(int fd)
{
    uint64_t cookie = 0;
    socklen_t size = sizeof cookie;
    return getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size) == 0 ? cookie : 0;
}

// Without a descriptor to spare it is tried again.
static bool shut(const connection_socket_t *socket)
{
    int own = fcntl(socket->fd, F_DUPFD_CLOEXEC, 0);
    if (own < 0)
        return errno != EMFILE;
    if (cookie_of(own) == socket->id)
        (void)shutdown(own, SHUT_RDWR);
    (void)close(own);
    return true;
}

static void end_due(doorkeeper_t *self)
{
    size_t cursor = 0;
    connection_socket_t due;
    while (connections_due(self->connections, &cursor, now_ms(), &due))
        if (!shut(&due))
            connections_not_ended(self->connections, &due);
}

static void note(doorkeeper_t *self, const event_t *event)
{
    int fd = event->value;
    if (event->what == ZMQ_EVENT_LISTENING && self->listeners < self->listeners_max) {
        self->listener[self->listeners++] = fd;
    } else if (event->what == ZMQ_EVENT_ACCEPTED) {
        address_t from = address_of(fd);
        connection_socket_t one = {fd, cookie_of(fd)};
        if (!connections_accepted(self->connections, fd, one.id, &from, now_ms()))
            (void)shut(&one); // at once, and at the next look again
    } else if (event->what == ZMQ_EVENT_DISCONNECTED) {
        connections_gone(self->connections, fd, !self->failed, now_ms());
    }
    // libzmq tells of a failed handshake and of its end in one breath.
    self->failed = event->what == ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL ||
                   event->what == ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL;
}

static void set_patience(doorkeeper_t *self)
{
    int patience_ms = connections_count(self->connections).open > 0 ? LOOK_MS : QUIET_MS;
    (void)zmq_setsockopt(self->monitor, ZMQ_RCVTIMEO, &patience_ms, sizeof patience_ms);
}

// Two parts: the event with its value, and an address.  1: an event; 0: none for a while;
// -1: the monitor is gone.
static int next_event(const doorkeeper_t *self, event_t *event)
{
    uint8_t bytes[8], address[8];
    int size = zmq_recv(self->monitor, bytes, sizeof bytes, 0);
    if (size < 0)
        return errno == EINTR || errno == EAGAIN ? 0 : -1;
    if (size < 6)
        return -1;
    memcpy(&event->what, bytes, sizeof event->what); // host order, as libzmq writes it
    memcpy(&event->value, bytes + sizeof event->what, sizeof event->value);
    return zmq_recv(self->monitor, address, sizeof address, 0) >= 0 ? 1 : -1;
}

static void look(doorkeeper_t *self, const event_t *event)
{
    mutex_lock(&self->lock);
    if (event)
        note(self, event);
    if (now_ms() >= self->look_ms) {
        end_due(self);
        self->look_ms = now_ms() + LOOK_MS;
    }
    listen_within_limit(self);
    set_patience(self);
    mutex_unlock(&self->lock);
}

static void *keep(void *context)
{
    doorkeeper_t *self = context;
    event_t event = {0};
    int got;
    while ((got = next_event(self, &event)) >= 0 &&
           !(got == 1 && event.what == ZMQ_EVENT_MONITOR_STOPPED))
        look(self, got == 1 ? &event : NULL);
    return NULL;
}

static int start(doorkeeper_t *self, cause_t *why)
{
    set_patience(self);
    self->running = task_start(&self->thread, "doorkeeper", keep, self) == 0;
    return self->running ? 0 : cause_errno(why, "the thread doorkeeper");
}

static int watch(doorkeeper_t *self, void *context, cause_t *why)
{
    const int none = 0;
    const int events = ZMQ_EVENT_LISTENING | ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED |
                       ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                       ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_MONITOR_STOPPED;
    char address[64];
    (void)snprintf(address, sizeof address, "inproc://doorkeeper-%p", self->socket);
    self->monitor = zmq_socket(context, ZMQ_PAIR);
    if (!self->monitor ||
        zmq_setsockopt(self->monitor, ZMQ_LINGER, &none, sizeof none) != 0 ||
        zmq_setsockopt(self->monitor, ZMQ_RCVHWM, &none, sizeof none) != 0 ||
        zmq_socket_monitor(self->socket, address, events) != 0 ||
        zmq_connect(self->monitor, address) != 0)
        return cause_errno(why, "cannot watch connections");
    return 0;
}

doorkeeper_t *doorkeeper_open(
    void *context, void *socket, const doorkeeper_options_t *options, cause_t *why)
{
    doorkeeper_t *self = memory_new(1, sizeof *self);
    self->socket = socket;
    self->listener = memory_new(options->listeners, sizeof *self->listener);
    self->listeners_max = options->listeners;
    self->limit = (size_t)options->connections;
    self->count.limit = options->connections;
    self->connections = connections_new(&options->shares);
    mutex_init(&self->lock);
    if (watch(self, context, why) == 0 && start(self, why) == 0)
        return self;
    doorkeeper_close(&self);
    return NULL;
}

void doorkeeper_close(doorkeeper_t **self_p)
{
    doorkeeper_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    (void)zmq_socket_monitor(self->socket, NULL, 0); // the thread's last event
    if (self->running)
        task_join(self->thread);
    if (self->monitor)
        (void)zmq_close(self->monitor);
    connections_destroy(&self->connections);
    mutex_destroy(&self->lock);
    free(self->listener);
    free(self);
}

bool doorkeeper_admit(doorkeeper_t *self, const uint8_t key[32], const char *address)
{
    address_t from = parse(address);
    mutex_lock(&self->lock);
    uint64_t displaced = connections_count(self->connections).displaced;
    bool admitted = connections_admit(self->connections, key, &from, now_ms());
    if (connections_count(self->connections).displaced > displaced)
        end_due(self);
    mutex_unlock(&self->lock);
    return admitted;
}

void doorkeeper_refused(doorkeeper_t *self, const char *address)
{
    address_t from = parse(address);
    mutex_lock(&self->lock);
    connections_refused(self->connections, &from);
    mutex_unlock(&self->lock);
}

bool doorkeeper_knows(doorkeeper_t *self, const uint8_t key[32], span_t route)
{
    mutex_lock(&self->lock);
    bool known = connections_know(self->connections, key, route);
    mutex_unlock(&self->lock);
    return known;
}

void doorkeeper_spoke(
    doorkeeper_t *self, const uint8_t key[32], span_t route, int fd, const char *address)
{
    address_t from = parse(address);
    mutex_lock(&self->lock);
    connections_spoke(self->connections, key, route, fd, &from, now_ms());
    mutex_unlock(&self->lock);
}

void doorkeeper_end(doorkeeper_t *self, const uint8_t key[32], span_t route)
{
    mutex_lock(&self->lock);
    connections_end(self->connections, key, route, now_ms());
    mutex_unlock(&self->lock);
}

void doorkeeper_keep(doorkeeper_t *self, const uint8_t key[32], span_t route)
{
    mutex_lock(&self->lock);
    connections_keep(self->connections, key, route);
    mutex_unlock(&self->lock);
}

bool doorkeeper_next(doorkeeper_t *self, size_t *cursor, connection_name_t *name)
{
    mutex_lock(&self->lock);
    bool found = connections_next(self->connections, cursor, name);
    mutex_unlock(&self->lock);
    return found;
}

bool doorkeeper_left(doorkeeper_t *self, connection_name_t *name)
{
    mutex_lock(&self->lock);
    bool left = connections_left(self->connections, now_ms(), name);
    mutex_unlock(&self->lock);
    return left;
}

doorkeeper_count_t doorkeeper_count(doorkeeper_t *self)
{
    mutex_lock(&self->lock);
    doorkeeper_count_t count = self->count;
    count.shares = connections_count(self->connections);
    mutex_unlock(&self->lock);
    return count;
}
