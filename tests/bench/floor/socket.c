// socket - the ends of a channel, as Dabyl's are.

#include "tests/bench/floor/socket.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <zmq.h>

enum { LINGER_MS = 5000, ANSWER_MS = 30000 };

int socket_fail(cause_t *why, const char *what)
{
    return cause_set(why, "floor: %s: %s", what, zmq_strerror(zmq_errno()));
}

void *socket_context(int io_threads, cause_t *why)
{
    void *context = zmq_ctx_new();
    if (!context || zmq_ctx_set(context, ZMQ_IO_THREADS, io_threads) != 0)
        (void)socket_fail(why, "context");
    return context;
}

static bool set_number(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
}

static bool set_key(void *socket, int option, const uint8_t key[32])
{
    return zmq_setsockopt(socket, option, key, 32) == 0;
}

static bool set_limits(void *socket)
{
    return set_number(socket, ZMQ_SNDHWM, 0) && set_number(socket, ZMQ_RCVHWM, 0) &&
           set_number(socket, ZMQ_LINGER, LINGER_MS);
}

static void *give_up(void *socket, cause_t *why)
{
    (void)socket_fail(why, "socket");
    if (socket)
        (void)zmq_close(socket);
    return NULL;
}

void *socket_hub(void *context, const uint8_t secret_key[32], int idle_ms, cause_t *why)
{
    char endpoint[64];
    size_t size = sizeof endpoint;
    void *socket = zmq_socket(context, ZMQ_ROUTER);
    if (!socket || !set_limits(socket) || !set_number(socket, ZMQ_CURVE_SERVER, 1) ||
        !set_key(socket, ZMQ_CURVE_SECRETKEY, secret_key) ||
        !set_number(socket, ZMQ_RCVTIMEO, idle_ms) ||
        zmq_bind(socket, "tcp://127.0.0.1:*") != 0 ||
        zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, endpoint, &size) != 0 ||
        printf("%s\n", strrchr(endpoint, ':') + 1) < 0 || fflush(stdout) != 0)
        return give_up(socket, why);
    return socket;
}

void *socket_dial(void *context, int port, const uint8_t hub_key[32], cause_t *why)
{
    uint8_t public_key[32], secret_key[32];
    char endpoint[64];
    (void)snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%d", port);
    (void)crypto_box_keypair(public_key, secret_key);
    void *socket = zmq_socket(context, ZMQ_DEALER);
    if (!socket || !set_limits(socket) || !set_number(socket, ZMQ_RCVTIMEO, ANSWER_MS) ||
        !set_key(socket, ZMQ_CURVE_SERVERKEY, hub_key) ||
        !set_key(socket, ZMQ_CURVE_PUBLICKEY, public_key) ||
        !set_key(socket, ZMQ_CURVE_SECRETKEY, secret_key) ||
        zmq_connect(socket, endpoint) != 0)
        return give_up(socket, why);
    return socket;
}

bool socket_readable(void *socket)
{
    int events = 0;
    size_t size = sizeof events;
    return zmq_getsockopt(socket, ZMQ_EVENTS, &events, &size) == 0 &&
           (events & ZMQ_POLLIN);
}

int socket_route(void *socket, socket_route_t *route, int flags, cause_t *why)
{
    int size = zmq_recv(socket, route->bytes, sizeof route->bytes, flags);
    if (size < 0)
        return zmq_errno() == EAGAIN ? 0 : socket_fail(why, "receive");
    if ((size_t)size > sizeof route->bytes)
        return cause_set(why, "floor: a route of %d bytes", size);
    route->size = (size_t)size;
    return 1;
}
