// socket - libzmq's, with CURVE and without limits, on 127.0.0.1.

#ifndef TESTS_BENCH_FLOOR_SOCKET_H
#define TESTS_BENCH_FLOOR_SOCKET_H

#include "lib/base/cause.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Threads of libzmq at either end, unless `io=` says otherwise.
enum { FLOOR_IO_THREADS = 2 };

// NULL, or -1: a cause that has libzmq's words.
int socket_fail(cause_t *why, const char *what);
void *socket_context(int io_threads, cause_t *why);
// A hub's ROUTER, whose port is printed.  Receiving waits for at most `idle_ms`.
void *socket_hub(void *context, const uint8_t secret_key[32], int idle_ms, cause_t *why);
// A DEALER with new keys, which waits for an answer for half a minute.
void *socket_dial(void *context, int port, const uint8_t hub_key[32], cause_t *why);
bool socket_readable(void *socket);

// Whose frame it was.
typedef struct {
    uint8_t bytes[32];
    size_t size; // 0: nobody
} socket_route_t;

// Take the route off the next message, whose frame is then next: 1; 0: there is none.
int socket_route(void *socket, socket_route_t *route, int flags, cause_t *why);

#endif
