// porch - a loop of poll over a fixed table of guests.
//
// A guest hears the greeting, asks in one piece of known length, and is told the answer;
// whoever takes longer, says more or is one too many is hung up on.  At most so many are
// accepted; others wait in the kernel's queue until one leaves, which is soon.

#include "hub/join/porch.h"

#include "hub/join/reply.h"
#include "hub/net/address.h"
#include "lib/base/log.h"
#include "lib/base/moment.h"
#include "lib/base/times.h"
#include "lib/enrol/join.h"
#include "lib/net/tcp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    AGAIN_MS = 500, // until an address that is in use is tried again
    TRIES = 5,      // and as often before the hub is told
    HUB = 0,        // places among what is polled
    LISTENERS = 1,
    PAUSE_MS = 100, // when no descriptor or memory is left for a guest
};

typedef struct {
    int fd; // -1: nobody
    char from[ADDRESS_TEXT];
    int64_t due_ms; // monotonic
    join_keys_t keys;
    uint8_t in[JOIN_HEAD + JOIN_REQUEST_MAX + JOIN_AROUND];
    size_t got, wanted;
    buf_t out;
    size_t sent;
    bool answered;
} guest_t;

typedef struct {
    const porch_setup_t *setup;
    joins_limits_t limits;
    int fd[TCP_LISTENERS];
    size_t listeners;
    int64_t pause_ms; // until then nobody is accepted
    guest_t guest[PORCH_GUESTS];
} porch_t;

joins_limits_t porch_limits(const hub_options_t *options)
{
    return (joins_limits_t){.folder = options->joins,
        .most = (size_t)options->join_requests,
        .most_of_address = (size_t)options->join_address_requests,
        .life_ms = moment_span(options->join_hours, 3600 * 1000)};
}

static void hang_up(guest_t *guest)
{
    (void)close(guest->fd);
    guest->fd = -1;
    buf_destroy(&guest->out);
    join_keys_close(&guest->keys);
}

static void welcome(guest_t *guest, int fd, const char *from, int64_t now_ms)
{
    uint8_t hello[JOIN_HELLO];
    guest->fd = fd;
    guest->due_ms = moment_after(now_ms, PORCH_ASK_MS);
    guest->got = 0;
    guest->wanted = JOIN_HEAD;
    guest->sent = 0;
    guest->answered = false;
    (void)snprintf(guest->from, sizeof guest->from, "%s", from);
    join_keys_new(&guest->keys);
    join_hello(&guest->keys, hello);
    buf_put(&guest->out, hello, sizeof hello);
}

// The address as it counts: an IPv6 one by its /64.
static void name_of(const struct sockaddr_storage *peer, char out[ADDRESS_TEXT])
{
    char text[INET6_ADDRSTRLEN] = "";
    address_t address;
    if (peer->ss_family == AF_INET)
        (void)inet_ntop(
            AF_INET, &((const struct sockaddr_in *)peer)->sin_addr, text, sizeof text);
    else
        (void)inet_ntop(
            AF_INET6, &((const struct sockaddr_in6 *)peer)->sin6_addr, text, sizeof text);
    if (address_parse(&address, text))
        address_print(&address, out);
    else
        (void)snprintf(out, ADDRESS_TEXT, "-");
}

static guest_t *free_place(porch_t *self, const char *from)
{
    guest_t *place = NULL;
    size_t same = 0;
    for (size_t i = 0; i < PORCH_GUESTS; i++) {
        guest_t *guest = &self->guest[i];
        if (guest->fd < 0)
            place = guest;
        else
            same += strcmp(guest->from, from) == 0;
    }
    return same < PORCH_GUESTS_OF_ADDRESS ? place : NULL;
}

static bool is_full(const porch_t *self)
{
    for (size_t i = 0; i < PORCH_GUESTS; i++)
        if (self->guest[i].fd < 0)
            return false;
    return true;
}

static void accept_guest(porch_t *self, int listener, int64_t now_ms)
{
    struct sockaddr_storage peer = {0};
    socklen_t size = sizeof peer;
    char from[ADDRESS_TEXT];
    int fd =
        accept4(listener, (struct sockaddr *)&peer, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
            self->pause_ms = moment_after(now_ms, PAUSE_MS);
        return;
    }
    name_of(&peer, from);
    guest_t *place = free_place(self, from);
    if (place) {
        welcome(place, fd, from, now_ms);
        return;
    }
    log_often(LOG_WARNING, "join.crowd", "code=address address=%s", from);
    (void)close(fd);
}

// -1: it is to be hung up on.
static int answer(porch_t *self, guest_t *guest, int64_t now_ms)
{
    buf_t request = {0};
    buf_t text = {0};
    const span_t sealed = span_of(guest->in + JOIN_HEAD, guest->wanted - JOIN_HEAD);
    int result = join_take_question(&guest->keys, sealed, &request);
    if (result == 0) {
        reply_print(
            &(reply_setup_t){self->setup->options, self->setup->vkey, &self->limits},
            buf_span(&request), guest->from, &text);
        join_answer(&guest->keys, buf_span(&text), &guest->out);
        guest->answered = true;
        guest->due_ms = moment_after(now_ms, PORCH_TAKE_MS);
    }
    buf_destroy(&request);
    buf_destroy(&text);
    return result;
}

// What came is whole: the head, which says how much follows, or the question.
static int take(porch_t *self, guest_t *guest, int64_t now_ms)
{
    if (guest->wanted > JOIN_HEAD)
        return answer(self, guest, now_ms);
    const size_t size = join_take_head(&guest->keys, guest->in);
    guest->wanted = JOIN_HEAD + size;
    return size > 0 ? 0 : -1;
}

static int listen_to(porch_t *self, guest_t *guest, int64_t now_ms)
{
    ssize_t got = recv(guest->fd, guest->in + guest->got, guest->wanted - guest->got, 0);
    if (got <= 0)
        return got < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
    guest->got += (size_t)got;
    return guest->got == guest->wanted ? take(self, guest, now_ms) : 0;
}

static int speak_to(guest_t *guest)
{
    span_t rest = span_of(guest->out.data + guest->sent, guest->out.size - guest->sent);
    ssize_t sent = send(guest->fd, rest.data, rest.size, MSG_NOSIGNAL);
    if (sent < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -1;
    guest->sent += (size_t)sent;
    return guest->answered && guest->sent == guest->out.size ? -1 : 0; // it has all
}

static void serve(porch_t *self, guest_t *guest, short events, int64_t now_ms)
{
    int result = moment_due(guest->due_ms, now_ms) ? -1 : 0;
    if (result == 0 && events & POLLOUT)
        result = speak_to(guest);
    if (result == 0 && !guest->answered && events & (POLLIN | POLLHUP | POLLERR))
        result = listen_to(self, guest, now_ms);
    else if (result == 0 && guest->answered && events & (POLLHUP | POLLERR))
        result = -1;
    if (result != 0)
        hang_up(guest);
}

static short wanted_of(const guest_t *guest)
{
    const int out = guest->sent < guest->out.size ? POLLOUT : 0;
    return (short)(out | (guest->answered ? 0 : POLLIN));
}

// Waits and does what there is to do.  False: the hub has ended.
static bool turn(porch_t *self, int64_t until_ms)
{
    struct pollfd item[LISTENERS + TCP_LISTENERS + PORCH_GUESTS];
    const size_t first = LISTENERS + self->listeners;
    int64_t now_ms = clock_now().monotonic_ms;
    int64_t due_ms = until_ms;
    const bool deaf = is_full(self) || !moment_due(self->pause_ms, now_ms);
    if (!moment_due(self->pause_ms, now_ms))
        moment_sooner(&due_ms, self->pause_ms);
    item[HUB] = (struct pollfd){self->setup->hub, POLLIN, 0};
    for (size_t i = 0; i < self->listeners; i++)
        item[LISTENERS + i] = (struct pollfd){deaf ? -1 : self->fd[i], POLLIN, 0};
    for (size_t i = 0; i < PORCH_GUESTS; i++) {
        const guest_t *guest = &self->guest[i];
        item[first + i] =
            (struct pollfd){guest->fd, guest->fd < 0 ? 0 : wanted_of(guest), 0};
        if (guest->fd >= 0)
            moment_sooner(&due_ms, guest->due_ms);
    }
    if (poll(item, first + PORCH_GUESTS, moment_poll(due_ms, now_ms)) < 0)
        return errno == EINTR;
    now_ms = clock_now().monotonic_ms;
    for (size_t i = 0; i < PORCH_GUESTS; i++)
        if (self->guest[i].fd >= 0)
            serve(self, &self->guest[i], item[first + i].revents, now_ms);
    for (size_t i = 0; i < self->listeners; i++)
        if (item[LISTENERS + i].revents & POLLIN)
            accept_guest(self, self->fd[i], now_ms);
    return item[HUB].revents == 0;
}

// Who started it by hand hears nothing.
static void tell_hub(const porch_t *self, char word)
{
    (void)send(self->setup->hub, &word, sizeof word, MSG_NOSIGNAL | MSG_DONTWAIT);
}

// The porch of a hub that was just killed may have the address for another moment.  Who
// has it for longer may give it up some day.  0: the hub has ended.
static int listen_until(const porch_t *self, const tcp_address_t *address,
    int fd[TCP_LISTENERS], cause_t *why)
{
    struct pollfd hub = {self->setup->hub, POLLIN, 0};
    int n = tcp_listen(address, fd, why);
    for (int tries = 1; n < 0 && errno == EADDRINUSE; tries++) {
        if (tries == TRIES) {
            log_line(LOG_ERROR, "join.not-open", "reason=\"%s\" action=\"tried again\"",
                why->text);
            tell_hub(self, PORCH_NOT_OPEN);
        }
        if (poll(&hub, 1, AGAIN_MS) != 0)
            return 0;
        n = tcp_listen(address, fd, why);
    }
    return n;
}

// 1: it listens there.
static int listen_at(porch_t *self, const char *text, cause_t *why)
{
    tcp_address_t address;
    int fd[TCP_LISTENERS];
    if (tcp_parse(&address, text, JOIN_PORT, why) != 0)
        return -1;
    int n = listen_until(self, &address, fd, why);
    for (int i = 0; i < n; i++)
        if (self->listeners < TCP_LISTENERS)
            self->fd[self->listeners++] = fd[i];
        else
            (void)close(fd[i]);
    if (n > 0)
        log_line(LOG_INFO, "join.open", "endpoint=%s", text);
    return n > 0 ? 1 : n;
}

static void close_all(porch_t *self)
{
    for (size_t i = 0; i < PORCH_GUESTS; i++)
        if (self->guest[i].fd >= 0)
            hang_up(&self->guest[i]);
    for (size_t i = 0; i < self->listeners; i++)
        (void)close(self->fd[i]);
}

int porch_run(const porch_setup_t *setup, cause_t *why)
{
    static porch_t self; // half a megabyte
    int open = 1;
    const int64_t from_ms = clock_now().monotonic_ms;
    const int64_t until_ms = setup->open_s > 0
                                 ? moment_after(from_ms, moment_span(setup->open_s, 1000))
                                 : MOMENT_NEVER;
    self = (porch_t){.setup = setup, .limits = porch_limits(setup->options)};
    self.pause_ms = from_ms;
    for (size_t i = 0; i < PORCH_GUESTS; i++)
        self.guest[i].fd = -1;
    for (size_t i = 0; i < setup->listeners && open > 0; i++)
        open = listen_at(&self, setup->listen[i], why);
    if (open > 0)
        tell_hub(&self, PORCH_OPEN);
    while (open > 0 && !moment_due(until_ms, clock_now().monotonic_ms) &&
           turn(&self, until_ms))
        log_turn();
    close_all(&self);
    return open < 0 ? -1 : 0;
}
