// tcp - what a name stands for is tried in its order; each wait has its end.

#include "lib/net/tcp.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 64 };

static int copy(char *out, size_t room, const char *from, size_t size)
{
    if (size == 0 || size >= room)
        return -1;
    memcpy(out, from, size);
    out[size] = '\0';
    return 0;
}

static bool is_port(const char *text)
{
    uint64_t number;
    return decimal_decode(span_text(text), &number) && number > 0 && number < 65536;
}

int tcp_parse(tcp_address_t *self, const char *text, const char *port, cause_t *why)
{
    static const char scheme[] = "tcp://";
    const char *host = text;
    if (strncmp(host, scheme, sizeof scheme - 1) == 0)
        host += sizeof scheme - 1;
    const bool bracket = host[0] == '[';
    host += bracket;
    const char *end = bracket ? strchr(host, ']') : strrchr(host, ':');
    // without brackets more than one colon is a number of IPv6
    if (!end || (!bracket && memchr(host, ':', (size_t)(end - host))))
        end = host + strlen(host);
    const char *rest = end + (bracket && *end != '\0');
    if (rest[0] == ':')
        port = rest + 1;
    else if (rest[0] != '\0')
        port = "";
    if (copy(self->host, sizeof self->host, host, (size_t)(end - host)) != 0 ||
        strpbrk(self->host, " /") || !is_port(port) ||
        copy(self->port, sizeof self->port, port, strlen(port)) != 0)
        return cause_set(
            why, "'%s' is no address such as tcp://exchange.example:%s", text, "7601");
    return 0;
}

void tcp_print(const tcp_address_t *self, char out[TCP_HOST_MAX + 32])
{
    const bool bracket = strchr(self->host, ':') != NULL;
    (void)snprintf(out, TCP_HOST_MAX + 32, "tcp://%s%s%s:%s", bracket ? "[" : "",
        self->host, bracket ? "]" : "", self->port);
}

static struct addrinfo *look_up(const tcp_address_t *self, int flags, cause_t *why)
{
    struct addrinfo *list = NULL;
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = flags};
    const char *host = strcmp(self->host, "*") == 0 ? NULL : self->host;
    int result = getaddrinfo(host, self->port, &hints, &list);
    if (result == 0)
        return list;
    (void)cause_set(why, "%s: %s", self->host, gai_strerror(result));
    return NULL;
}

static int listen_one(const struct addrinfo *at)
{
    const int one = 1;
    int fd = socket(
        at->ai_family, at->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, at->ai_protocol);
    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (at->ai_family == AF_INET6)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
    if (bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    const int error = errno;
    (void)close(fd);
    errno = error;
    return -1;
}

int tcp_listen(const tcp_address_t *self, int fd[TCP_LISTENERS], cause_t *why)
{
    int n = 0;
    int error = 0;
    struct addrinfo *list = look_up(self, AI_PASSIVE, why);
    if (!list)
        return -1;
    for (const struct addrinfo *at = list; at && n < TCP_LISTENERS; at = at->ai_next) {
        fd[n] = listen_one(at);
        if (fd[n] >= 0)
            n++;
        else
            error = errno;
    }
    freeaddrinfo(list);
    errno = error;
    return n > 0 ? n : cause_errno(why, "%s:%s", self->host, self->port);
}

// Whether it is ready in time.
static bool ready(int fd, short events, int64_t most_ms)
{
    struct pollfd item = {fd, events, 0};
    int result;
    do
        result = poll(&item, 1, (int)most_ms);
    while (result < 0 && errno == EINTR);
    if (result == 0)
        errno = ETIMEDOUT;
    return result > 0;
}

static int dial_one(const struct addrinfo *at, int64_t most_ms)
{
    int error = 0;
    socklen_t size = sizeof error;
    int fd = socket(
        at->ai_family, at->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, at->ai_protocol);
    if (fd < 0)
        return -1;
    if (connect(fd, at->ai_addr, at->ai_addrlen) == 0)
        return fd;
    if (errno == EINPROGRESS && ready(fd, POLLOUT, most_ms) &&
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0) {
        if (error == 0)
            return fd;
        errno = error;
    }
    error = errno;
    (void)close(fd);
    errno = error;
    return -1;
}

int tcp_dial(const tcp_address_t *self, int64_t most_ms, cause_t *why)
{
    int fd = -1;
    struct addrinfo *list = look_up(self, 0, why);
    if (!list)
        return -1;
    for (const struct addrinfo *at = list; at && fd < 0; at = at->ai_next)
        fd = dial_one(at, most_ms);
    const int error = errno;
    freeaddrinfo(list);
    errno = error;
    return fd >= 0 ? fd : cause_errno(why, "%s:%s", self->host, self->port);
}

int tcp_write(int fd, span_t bytes, int64_t most_ms, cause_t *why)
{
    while (bytes.size > 0) {
        ssize_t sent = send(fd, bytes.data, bytes.size, MSG_NOSIGNAL);
        if (sent > 0)
            bytes = span_of(bytes.data + sent, bytes.size - (size_t)sent);
        else if (errno != EINTR && (errno != EAGAIN || !ready(fd, POLLOUT, most_ms)))
            return cause_errno(why, "the connection ended");
    }
    return 0;
}

int tcp_read(int fd, void *out, size_t size, int64_t most_ms, cause_t *why)
{
    uint8_t *at = out;
    while (size > 0) {
        ssize_t got = recv(fd, at, size, 0);
        if (got == 0)
            return cause_set(why, "the connection ended before the answer was whole");
        if (got > 0) {
            at += got;
            size -= (size_t)got;
        } else if (errno != EINTR && (errno != EAGAIN || !ready(fd, POLLIN, most_ms)))
            return cause_errno(why, "the connection ended");
    }
    return 0;
}
