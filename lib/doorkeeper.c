// doorkeeper - libzmq tells by its socket monitor whom it accepted and who left.

#include "lib/doorkeeper.h"

#include "lib/background.h"
#include "lib/memory.h"

#include <errno.h>
#include <linux/filter.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <zmq.h>

struct doorkeeper {
    void *socket;
    void *monitor;
    bool running;
    pthread_t thread;

    // The thread's own.
    int *listener; // descriptors, libzmq's own
    size_t listeners, listeners_max;
    int connections, limit;
    bool deaf;
};

static void listen_within_limit(doorkeeper_t *self)
{
    static struct sock_filter nothing[] = {{BPF_RET | BPF_K, 0, 0, 0}};
    static const struct sock_fprog drop_all = {1, nothing};
    bool deaf = self->connections >= self->limit;
    if (deaf == self->deaf)
        return;
    self->deaf = deaf;
    for (size_t i = 0; i < self->listeners; i++)
        if (setsockopt(self->listener[i], SOL_SOCKET,
                deaf ? SO_ATTACH_FILTER : SO_DETACH_FILTER, &drop_all,
                sizeof drop_all) != 0)
            self->deaf = !deaf; // again at the next event
}

static void count(doorkeeper_t *self, uint16_t event, int32_t value)
{
    if (event == ZMQ_EVENT_LISTENING && self->listeners < self->listeners_max)
        self->listener[self->listeners++] = value;
    else if (event == ZMQ_EVENT_ACCEPTED)
        self->connections++;
    else if (event == ZMQ_EVENT_DISCONNECTED && self->connections > 0)
        self->connections--;
    listen_within_limit(self);
}

// Two parts: the event with its value, and an address.
static bool next_event(doorkeeper_t *self, uint16_t *event, int32_t *value)
{
    uint8_t bytes[8], address[8];
    int size;
    while ((size = zmq_recv(self->monitor, bytes, sizeof bytes, 0)) < 6)
        if (size >= 0 || errno != EINTR)
            return false;
    memcpy(event, bytes, sizeof *event); // host order, as libzmq writes it
    memcpy(value, bytes + sizeof *event, sizeof *value);
    return zmq_recv(self->monitor, address, sizeof address, 0) >= 0;
}

static void *keep(void *context)
{
    doorkeeper_t *self = context;
    uint16_t event;
    int32_t value;
    while (next_event(self, &event, &value) && event != ZMQ_EVENT_MONITOR_STOPPED)
        count(self, event, value);
    return NULL;
}

static int start(doorkeeper_t *self, cause_t *why)
{
    self->running = background_start(&self->thread, "doorkeeper", keep, self, why) == 0;
    return self->running ? 0 : -1;
}

doorkeeper_t *doorkeeper_open(
    void *context, void *socket, size_t listeners, int limit, cause_t *why)
{
    const int none = 0;
    char address[64];
    doorkeeper_t *self = memory_new(1, sizeof *self);
    self->socket = socket;
    self->listener = memory_new(listeners, sizeof *self->listener);
    self->listeners_max = listeners;
    self->limit = limit;
    (void)snprintf(address, sizeof address, "inproc://doorkeeper-%p", socket);
    self->monitor = zmq_socket(context, ZMQ_PAIR);
    if (!self->monitor ||
        zmq_setsockopt(self->monitor, ZMQ_LINGER, &none, sizeof none) != 0 ||
        zmq_setsockopt(self->monitor, ZMQ_RCVHWM, &none, sizeof none) != 0 ||
        zmq_socket_monitor(socket, address,
            ZMQ_EVENT_LISTENING | ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED |
                ZMQ_EVENT_MONITOR_STOPPED) != 0 ||
        zmq_connect(self->monitor, address) != 0)
        (void)cause_errno(why, "cannot watch connections");
    else if (start(self, why) == 0)
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
        (void)pthread_join(self->thread, NULL);
    if (self->monitor)
        (void)zmq_close(self->monitor);
    free(self->listener);
    free(self);
}
