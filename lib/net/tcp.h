// tcp - plain sockets, for what is asked once and answered once.

#ifndef LIB_NET_TCP_H
#define LIB_NET_TCP_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

enum { TCP_HOST_MAX = 256, TCP_PORT_MAX = 8, TCP_LISTENERS = 8 };

typedef struct {
    char host[TCP_HOST_MAX]; // a name, or a number without brackets
    char port[TCP_PORT_MAX];
} tcp_address_t;

// "tcp://host:port", "host:port", "host", "[2001:db8::1]:port"; `port` is taken where
// none is said.  -1: it is no such thing.
int tcp_parse(tcp_address_t *self, const char *text, const char *port, cause_t *why);
// "tcp://host:port", with brackets where the host needs them.
void tcp_print(const tcp_address_t *self, char out[TCP_HOST_MAX + 32]);

// Listen at every address that the host has ("*": at all), without blocking; returns how
// many descriptors, or -1.
int tcp_listen(const tcp_address_t *self, int fd[TCP_LISTENERS], cause_t *why);
// A connection, within so many milliseconds, at the first address that answers.
int tcp_dial(const tcp_address_t *self, int64_t most_ms, cause_t *why);
// All of it, each within `most_ms` of waiting.  -1: it ended before, or took too long.
int tcp_write(int fd, span_t bytes, int64_t most_ms, cause_t *why);
int tcp_read(int fd, void *out, size_t size, int64_t most_ms, cause_t *why);

#endif
