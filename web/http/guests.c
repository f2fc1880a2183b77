// guests - a list under one lock, the oldest first.  A connection is ended by shutting
// its socket down: libmicrohttpd sees that, and closes it; until then the number is its
// own.

#include "web/http/guests.h"

#include "lib/base/memory.h"
#include "lib/base/moment.h"
#include "lib/sys/clock.h"
#include "lib/sys/task.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { BYTES_A_SECOND = 16 << 10, SPARE = 8 }; // one in eight stays free for who comes

struct guest {
    guests_t *owner;
    guest_t *before, *next;
    int fd;
    struct in6_addr address;
    int64_t due_ms; // by when it has done what it is at; MOMENT_NEVER: it is our turn
    bool idle;      // between two requests, or before the first
    bool ended;
};

struct guests {
    mutex_t mutex;
    guests_limits_t limits;
    guest_t *first, *last;
    unsigned n;
    uint64_t ended;
};

guests_t *guests_new(const guests_limits_t *limits)
{
    guests_t *self = memory_new(1, sizeof *self);
    self->limits = *limits;
    mutex_init(&self->mutex);
    return self;
}

void guests_destroy(guests_t **self_p)
{
    if (*self_p)
        mutex_destroy(&(*self_p)->mutex);
    free(*self_p);
    *self_p = NULL;
}

static void end(guest_t *guest)
{
    if (guest->ended)
        return;
    guest->ended = true;
    guest->owner->ended++;
    (void)shutdown(guest->fd, SHUT_RDWR);
}

static struct in6_addr address_of(struct MHD_Connection *connection)
{
    struct in6_addr out = IN6ADDR_ANY_INIT;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (info && info->client_addr->sa_family == AF_INET6)
        out = ((const struct sockaddr_in6 *)(const void *)info->client_addr)->sin6_addr;
    if (info && info->client_addr->sa_family == AF_INET)
        memcpy(out.s6_addr + 12,
            &((const struct sockaddr_in *)(const void *)info->client_addr)->sin_addr, 4);
    return out;
}

// Whoever has been idle longest makes room: of this address when that has too many, of
// anybody when there is hardly room for the next.  Who is being answered is known, and
// bounded by what one officer may ask at a time.
static void make_room(guests_t *self, const struct in6_addr *address)
{
    unsigned own = 0;
    guest_t *oldest = NULL, *oldest_own = NULL;
    for (guest_t *one = self->first; one; one = one->next) {
        bool same = memcmp(&one->address, address, sizeof *address) == 0;
        bool idle = one->idle && !one->ended;
        own += same && !one->ended;
        if (idle && !oldest)
            oldest = one;
        if (idle && same && !oldest_own)
            oldest_own = one;
    }
    bool crowded = self->n >= self->limits.all - self->limits.all / SPARE;
    if (own >= self->limits.each && oldest_own)
        end(oldest_own);
    else if (crowded && oldest)
        end(oldest);
}

static void append(guests_t *self, guest_t *guest)
{
    guest->before = self->last;
    guest->next = NULL;
    *(self->last ? &self->last->next : &self->first) = guest;
    self->last = guest;
}

static void unlink_guest(guests_t *self, guest_t *guest)
{
    *(guest->before ? &guest->before->next : &self->first) = guest->next;
    *(guest->next ? &guest->next->before : &self->last) = guest->before;
}

static void arrive(guests_t *self, struct MHD_Connection *connection, void **guest_p)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    guest_t *guest = memory_new(1, sizeof *guest);
    *guest = (guest_t){.owner = self,
        .fd = info ? info->connect_fd : -1,
        .address = address_of(connection),
        .due_ms = clock_ms(CLOCK_STEADY) + self->limits.slow_ms,
        .idle = true};
    mutex_lock(&self->mutex);
    make_room(self, &guest->address);
    append(self, guest);
    self->n++;
    mutex_unlock(&self->mutex);
    *guest_p = guest;
}

static void leave(guests_t *self, guest_t *guest)
{
    mutex_lock(&self->mutex);
    unlink_guest(self, guest);
    self->n--;
    mutex_unlock(&self->mutex);
    free(guest);
}

void guests_notify(void *context, struct MHD_Connection *connection, void **guest_p,
    enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        arrive(context, connection, guest_p);
    else if (*guest_p)
        leave(context, *guest_p);
}

void guests_turn(guests_t *self, int64_t now_ms)
{
    mutex_lock(&self->mutex);
    for (guest_t *one = self->first; one; one = one->next)
        if (moment_due(one->due_ms, now_ms))
            end(one);
    mutex_unlock(&self->mutex);
}

uint64_t guests_ended(guests_t *self)
{
    mutex_lock(&self->mutex);
    uint64_t n = self->ended;
    mutex_unlock(&self->mutex);
    return n;
}

static guest_t *guest_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

static void set(struct MHD_Connection *connection, int64_t due_ms, bool idle)
{
    guest_t *guest = guest_of(connection);
    if (!guest)
        return;
    mutex_lock(&guest->owner->mutex);
    guest->due_ms = due_ms;
    guest->idle = idle;
    if (idle) { // from now on the youngest
        unlink_guest(guest->owner, guest);
        append(guest->owner, guest);
    }
    mutex_unlock(&guest->owner->mutex);
}

static int64_t slow_ms(struct MHD_Connection *connection)
{
    const guest_t *guest = guest_of(connection);
    return guest ? guest->owner->limits.slow_ms : 0;
}

void guest_sends(struct MHD_Connection *connection, uint64_t size)
{
    int64_t takes_ms = (int64_t)(size / BYTES_A_SECOND) * 1000;
    set(connection, clock_ms(CLOCK_STEADY) + slow_ms(connection) + takes_ms, false);
}

void guest_waits(struct MHD_Connection *connection)
{
    set(connection, MOMENT_NEVER, false);
}

void guest_rests(struct MHD_Connection *connection)
{
    set(connection, clock_ms(CLOCK_STEADY) + slow_ms(connection), true);
}
