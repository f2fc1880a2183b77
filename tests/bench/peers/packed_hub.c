// packed_hub - the least that a hub with TLS can do: see packed.h.
//
//     packed_hub FOLDER JOURNAL [lose=N] [twice=N]
//
// takes ca.crt, server.crt and server.key of the folder.  A test wants to see that the
// load counts: the Nth message is acknowledged and not delivered, or delivered twice.
//
// Prints its port on 127.0.0.1 and runs until it is ended.  One thread: read all that is
// readable; write and flush what was published; answer; send.

#include "lib/base/memory.h"
#include "lib/base/pio.h"
#include "tests/bench/peers/packed.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { EVENTS = 64, READ_BYTES = 1 << 16, RECORD_BYTES = 1 << 14 };

typedef struct guest {
    int fd;
    SSL *ssl;
    bool greeted, subscribed, gone;
    bool full; // the kernel takes no more: wait until it does
    buf_t in, out;
    size_t sent; // of `out`
    uint64_t taken, answered;
    struct guest *next;
} guest_t;

typedef struct {
    int listener, epoll, journal;
    SSL_CTX *tls;
    guest_t *guests;
    buf_t batch;    // messages of this turn, framed for subscribers
    buf_t cursors;  // what subscribers have, for the journal
    uint64_t bytes; // of the journal
    uint64_t n;     // messages so far
    uint64_t lose, twice;
} hub_t;

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void watch(const hub_t *hub, int action, int fd, guest_t *guest, bool full)
{
    struct epoll_event event = {
        .events = EPOLLIN | (full ? EPOLLOUT : 0u), .data.ptr = guest};
    if (epoll_ctl(hub->epoll, action, fd, &event) != 0)
        die("epoll");
}

static void accept_guest(hub_t *hub)
{
    int one = 1;
    int fd = accept4(hub->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
        return;
    guest_t *guest = memory_new(1, sizeof *guest);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    guest->fd = fd;
    guest->ssl = SSL_new(hub->tls);
    if (!guest->ssl || SSL_set_fd(guest->ssl, fd) != 1)
        die("TLS");
    guest->next = hub->guests;
    hub->guests = guest;
    watch(hub, EPOLL_CTL_ADD, fd, guest, false);
}

// Whether a call that did not succeed is to be made again later.
static bool later(guest_t *guest, int result)
{
    int error = SSL_get_error(guest->ssl, result);
    guest->gone = error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE;
    return !guest->gone;
}

static void publish(hub_t *hub, span_t message)
{
    hub->n++;
    if (hub->n != hub->lose)
        packed_put(&hub->batch, PACKED_MESSAGE, message);
    if (hub->n == hub->twice)
        packed_put(&hub->batch, PACKED_MESSAGE, message);
}

static void hear(hub_t *hub, guest_t *guest, packed_kind_t kind, span_t rest)
{
    switch (kind) {
    case PACKED_PUBLISH:
        publish(hub, rest);
        guest->taken++;
        return;
    case PACKED_SUBSCRIBE:
        guest->subscribed = true;
        packed_put(&guest->out, PACKED_SUBSCRIBE, span_of(NULL, 0));
        return;
    case PACKED_CURSOR:
        packed_put(&hub->cursors, PACKED_CURSOR, rest);
        return;
    default:
        guest->gone = true;
    }
}

static void take_frames(hub_t *hub, guest_t *guest)
{
    packed_kind_t kind;
    span_t rest;
    size_t whole, at = 0;
    int got = 0;
    buf_t *in = &guest->in;
    while (!guest->gone && (got = packed_take(span_of(in->data + at, in->size - at),
                                &kind, &rest, &whole)) > 0) {
        hear(hub, guest, kind, rest);
        at += whole;
    }
    if (got < 0)
        guest->gone = true;
    in->size -= at;
    if (at > 0)
        memmove(in->data, in->data + at, in->size);
}

static void read_guest(hub_t *hub, guest_t *guest)
{
    ERR_clear_error();
    if (!guest->greeted) {
        int result = SSL_accept(guest->ssl);
        guest->greeted = result == 1;
        if (result != 1) {
            (void)later(guest, result);
            return;
        }
    }
    for (;;) {
        buf_reserve(&guest->in, READ_BYTES);
        int got = SSL_read(guest->ssl, guest->in.data + guest->in.size, READ_BYTES);
        if (got <= 0) {
            (void)later(guest, got);
            return;
        }
        guest->in.size += (size_t)got;
        take_frames(hub, guest);
    }
}

static void send_to(const hub_t *hub, guest_t *guest)
{
    bool full = false;
    ERR_clear_error();
    while (!full && guest->sent < guest->out.size) {
        size_t left = guest->out.size - guest->sent;
        int size = left > RECORD_BYTES ? RECORD_BYTES : (int)left;
        int got = SSL_write(guest->ssl, guest->out.data + guest->sent, size);
        if (got <= 0 && !later(guest, got))
            return;
        full = got <= 0;
        guest->sent += got > 0 ? (size_t)got : 0;
    }
    if (!full) {
        buf_clear(&guest->out);
        guest->sent = 0;
    }
    if (full != guest->full)
        watch(hub, EPOLL_CTL_MOD, guest->fd, guest, full);
    guest->full = full;
}

// Nothing leaves before this is done.
static void flush_batch(hub_t *hub)
{
    struct iovec part[2] = {
        {hub->batch.data, hub->batch.size}, {hub->cursors.data, hub->cursors.size}};
    size_t size = hub->batch.size + hub->cursors.size;
    if (pwritev(hub->journal, part, 2, (off_t)hub->bytes) != (ssize_t)size ||
        fdatasync(hub->journal) != 0)
        die("journal");
    hub->bytes += size;
    buf_clear(&hub->cursors);
}

static void answer_all(const hub_t *hub)
{
    for (guest_t *guest = hub->guests; guest; guest = guest->next) {
        if (guest->gone)
            continue;
        if (guest->answered != guest->taken)
            packed_put_number(&guest->out, PACKED_TAKEN, guest->taken);
        guest->answered = guest->taken;
        if (guest->subscribed)
            buf_put_span(&guest->out, buf_span(&hub->batch));
        if (guest->out.size > guest->sent && !guest->full)
            send_to(hub, guest);
    }
}

static void bury_the_gone(hub_t *hub)
{
    guest_t **place = &hub->guests;
    while (*place) {
        guest_t *guest = *place;
        if (!guest->gone) {
            place = &guest->next;
            continue;
        }
        *place = guest->next;
        SSL_free(guest->ssl);
        (void)close(guest->fd);
        buf_destroy(&guest->in);
        buf_destroy(&guest->out);
        free(guest);
    }
}

static void turn(hub_t *hub)
{
    struct epoll_event event[EVENTS];
    int n = epoll_wait(hub->epoll, event, EVENTS, -1);
    for (int i = 0; i < n; i++) {
        guest_t *guest = event[i].data.ptr;
        if (!guest) {
            accept_guest(hub);
            continue;
        }
        if (event[i].events & EPOLLOUT)
            send_to(hub, guest);
        if (event[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
            read_guest(hub, guest);
    }
    if (hub->batch.size > 0)
        flush_batch(hub);
    answer_all(hub);
    buf_clear(&hub->batch);
    bury_the_gone(hub);
}

static SSL_CTX *server_context(const char *folder)
{
    char ca[512], cert[512], key[512];
    (void)snprintf(ca, sizeof ca, "%s/ca.crt", folder);
    (void)snprintf(cert, sizeof cert, "%s/server.crt", folder);
    (void)snprintf(key, sizeof key, "%s/server.key", folder);
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (!context || SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1 ||
        SSL_CTX_load_verify_locations(context, ca, NULL) != 1 ||
        SSL_CTX_use_certificate_file(context, cert, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
        die(folder);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    (void)SSL_CTX_set_mode(
        context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    return context;
}

static void listen_here(hub_t *hub)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    hub->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (hub->listener < 0 ||
        bind(hub->listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(hub->listener, EVENTS) != 0 ||
        getsockname(hub->listener, (struct sockaddr *)&address, &size) != 0)
        die("listen");
    hub->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (hub->epoll < 0)
        die("epoll");
    watch(hub, EPOLL_CTL_ADD, hub->listener, NULL, false);
    (void)printf("%d\n", ntohs(address.sin_port));
    (void)fflush(stdout);
}

int main(int argc, char **argv)
{
    hub_t hub = {0};
    if (argc < 3)
        return 2;
    for (int i = 3; i < argc; i++) {
        if (strncmp(argv[i], "lose=", 5) == 0)
            hub.lose = strtoull(argv[i] + 5, NULL, 10);
        if (strncmp(argv[i], "twice=", 6) == 0)
            hub.twice = strtoull(argv[i] + 6, NULL, 10);
    }
    (void)signal(SIGPIPE, SIG_IGN);
    hub.tls = server_context(argv[1]);
    hub.journal = open(argv[2], O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
    if (hub.journal < 0)
        die(argv[2]);
    listen_here(&hub);
    for (;;)
        turn(&hub);
}
