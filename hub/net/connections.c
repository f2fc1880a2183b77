// connections - a table by descriptor, and an index by the ROUTER's name, for who has
// spoken; what they share by address and by key is in hub/net/places.h.
//
// A place that a key was given at its handshake is a lease: it ends when the connection
// has spoken (then the connection itself counts), when a connection of its address ends
// that had finished its handshake and not spoken (the oldest lease of that address: which
// of them it was is not known), or when the connection would have been ended for saying
// nothing.  So of those that have spoken a key never has more than its places; and of
// those that have not, all keys of an address together have no more than theirs.
//
// A descriptor may have been closed and given to another connection when a frame of the
// first is read: of two names for one descriptor the later one counts, which the ROUTER
// counted up.

#include "hub/net/connections.h"

#include "hub/net/places.h"
#include "lib/base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 4096 };

typedef struct connection {
    bool used;
    bool spoken;
    bool ending; // `end_ms` holds
    bool told;   // it was handed out to be ended
    int fd;
    uint64_t id;
    place_source_t *source;
    int64_t accepted_ms, end_ms;
    uint64_t order;           // of speaking
    struct connection *chain; // by route
    connection_name_t name;
} connection_t;

typedef struct departure {
    struct departure *next;
    int64_t at_ms;
    connection_name_t name;
} departure_t;

struct connections {
    connections_limits_t limits;
    connection_t **at; // by descriptor
    size_t room;
    connection_t *route[BUCKETS];
    places_t *places;
    departure_t *left_first, *left_last;
    connections_count_t count;
    uint64_t order;
};

connections_t *connections_new(const connections_limits_t *limits)
{
    connections_t *self = memory_new(1, sizeof *self);
    self->limits = *limits;
    self->places = places_new(limits->mute_ms);
    return self;
}

void connections_destroy(connections_t **self_p)
{
    connections_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    for (size_t i = 0; i < self->room; i++)
        free(self->at[i]);
    free(self->at);
    places_destroy(&self->places);
    for (departure_t *one = self->left_first, *next; one; one = next) {
        next = one->next;
        free(one);
    }
    free(self);
}

static connection_t *at(const connections_t *self, int fd)
{
    if (fd < 0 || (size_t)fd >= self->room || !self->at[fd] || !self->at[fd]->used)
        return NULL;
    return self->at[fd];
}

static connection_t *slot(connections_t *self, int fd)
{
    size_t wanted = (size_t)fd + 1;
    if (wanted > self->room) {
        size_t room = wanted * 2;
        self->at = memory_grow(self->at, room, sizeof(connection_t *));
        memset(self->at + self->room, 0, (room - self->room) * sizeof(connection_t *));
        self->room = room;
    }
    if (!self->at[fd])
        self->at[fd] = memory_new(1, sizeof(connection_t));
    return self->at[fd];
}

static connection_t **route_bucket(connections_t *self, span_t route)
{
    return &self->route[span_hash(route) % BUCKETS];
}

static span_t route_of(const connection_name_t *name)
{
    return span_of(name->route, name->route_size);
}

static connection_t *find(connections_t *self, const uint8_t key[32], span_t route)
{
    connection_t *one = *route_bucket(self, route);
    while (one && !(span_equal(route_of(&one->name), route) &&
                      memcmp(one->name.key, key, 32) == 0))
        one = one->chain;
    return one;
}

// The connection's name is not its own any more.
static void unname(connections_t *self, connection_t *one)
{
    connection_t **link = route_bucket(self, route_of(&one->name));
    while (*link != one)
        link = &(*link)->chain;
    *link = one->chain;
    if (!one->ending)
        places_owner(self->places, one->name.key)->connections--;
}

bool connections_accepted(
    connections_t *self, int fd, uint64_t id, const address_t *from, int64_t now_ms)
{
    if (at(self, fd))
        connections_gone(self, fd, false, now_ms);
    connection_t *one = slot(self, fd);
    place_source_t *source = places_source(self->places, from);
    *one = (connection_t){
        .used = true, .fd = fd, .id = id, .source = source, .accepted_ms = now_ms};
    self->count.open++;
    places_expire(self->places, now_ms);
    source->open++;
    source->unspoken++;
    if (source->unspoken <= self->limits.handshakes + source->leases + source->refused)
        return true;
    self->count.turned_away++;
    self->count.address = *from;
    one->ending = true;
    one->end_ms = now_ms;
    return false;
}

static void depart(connections_t *self, const connection_t *one, int64_t now_ms)
{
    departure_t *departure = memory_new(1, sizeof *departure);
    departure->at_ms = now_ms;
    departure->name = one->name;
    *(self->left_last ? &self->left_last->next : &self->left_first) = departure;
    self->left_last = departure;
}

void connections_gone(connections_t *self, int fd, bool finished, int64_t now_ms)
{
    connection_t *one = at(self, fd);
    if (!one)
        return;
    place_source_t *source = one->source;
    if (one->spoken) {
        unname(self, one);
        depart(self, one, now_ms);
    } else {
        source->unspoken--;
        if (finished && source->refused > 0)
            source->refused--;
        else if (finished)
            places_end_lease(self->places, source, NULL);
    }
    one->used = false;
    source->open--;
    self->count.open--;
    places_tidy(self->places, source);
}

static connection_t *oldest_of(connections_t *self, const uint8_t key[32])
{
    connection_t *oldest = NULL;
    for (size_t i = 0; i < self->room; i++) {
        connection_t *one = at(self, (int)i);
        if (one && one->spoken && !one->ending && memcmp(one->name.key, key, 32) == 0 &&
            (!oldest || one->order < oldest->order))
            oldest = one;
    }
    return oldest;
}

static void end_at(connections_t *self, connection_t *one, int64_t end_ms)
{
    if (one->ending)
        return;
    if (one->spoken)
        places_owner(self->places, one->name.key)->connections--;
    one->ending = true;
    one->end_ms = end_ms;
}

static void displace(connections_t *self, connection_t *one, int64_t now_ms)
{
    if (!one)
        return; // all of that key's end already
    self->count.displaced++;
    memcpy(self->count.key, one->name.key, sizeof self->count.key);
    end_at(self, one, now_ms);
}

bool connections_admit(
    connections_t *self, const uint8_t key[32], const address_t *from, int64_t now_ms)
{
    places_expire(self->places, now_ms);
    place_owner_t *owner = places_owner(self->places, key);
    if (owner->connections + owner->leases >= self->limits.places) {
        connection_t *oldest = oldest_of(self, key);
        if (!oldest) {
            memcpy(self->count.key, key, sizeof self->count.key);
            self->count.refused++;
            return false;
        }
        displace(self, oldest, now_ms);
    }
    places_lease(self->places, owner, places_source(self->places, from), now_ms);
    return true;
}

void connections_refused(connections_t *self, const address_t *from)
{
    place_source_t *source = places_source(self->places, from);
    if (source->refused < source->unspoken)
        source->refused++;
    places_tidy(self->places, source);
}

// Whether `route` was given later than the one that the connection has.
static bool is_later(span_t route, const connection_name_t *than)
{
    uint32_t number[2];
    if (route.size != 5 || than->route_size != 5)
        return route.size == 5;
    for (int i = 0; i < 2; i++) {
        const uint8_t *bytes = (i ? than->route : route.data) + 1;
        number[i] = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
                    (uint32_t)bytes[2] << 8 | bytes[3];
    }
    return (int32_t)(number[0] - number[1]) > 0;
}

static void name_it(
    connections_t *self, connection_t *one, const uint8_t key[32], span_t route)
{
    memcpy(one->name.key, key, 32);
    one->name.route_size = route.size;
    memcpy(one->name.route, route.data, route.size);
    one->spoken = true;
    one->order = ++self->order;
    one->chain = *route_bucket(self, route);
    *route_bucket(self, route) = one;
    if (!one->ending)
        places_owner(self->places, key)->connections++;
}

bool connections_know(connections_t *self, const uint8_t key[32], span_t route)
{
    return find(self, key, route) != NULL;
}

void connections_spoke(connections_t *self, const uint8_t key[32], span_t route, int fd,
    const address_t *from, int64_t now_ms)
{
    if (route.size > CONNECTION_ROUTE_MAX || find(self, key, route))
        return;
    connection_t *one = at(self, fd);
    if (!one || memcmp(&one->source->address, from, sizeof *from) != 0)
        return; // it has gone, and what it said comes late
    if (one->spoken && !is_later(route, &one->name))
        return;
    if (one->spoken) {
        unname(self, one);
        depart(self, one, now_ms);
    } else {
        one->source->unspoken--;
    }
    places_end_lease(self->places, one->source, places_owner(self->places, key));
    name_it(self, one, key, route);
    if (places_owner(self->places, key)->connections > self->limits.places)
        displace(self, oldest_of(self, key), now_ms);
}

void connections_end(
    connections_t *self, const uint8_t key[32], span_t route, int64_t now_ms)
{
    connection_t *one = find(self, key, route);
    if (one)
        end_at(self, one, now_ms + self->limits.grace_ms);
}

void connections_keep(connections_t *self, const uint8_t key[32], span_t route)
{
    connection_t *one = find(self, key, route);
    if (!one || !one->ending || one->told)
        return;
    one->ending = false;
    places_owner(self->places, key)->connections++;
}

bool connections_next(const connections_t *self, size_t *cursor, connection_name_t *name)
{
    while (*cursor < self->room) {
        const connection_t *one = at(self, (int)(*cursor)++);
        if (one && one->spoken && !one->ending) {
            *name = one->name;
            return true;
        }
    }
    return false;
}

static bool is_over(const connection_t *one, int64_t now_ms)
{
    return one->ending && !one->told && now_ms >= one->end_ms;
}

static bool is_mute(const connections_t *self, const connection_t *one, int64_t now_ms)
{
    return !one->ending && !one->spoken &&
           now_ms >= one->accepted_ms + self->limits.mute_ms;
}

bool connections_due(
    connections_t *self, size_t *cursor, int64_t now_ms, connection_socket_t *socket)
{
    while (*cursor < self->room) {
        connection_t *one = at(self, (int)(*cursor)++);
        if (one && is_mute(self, one, now_ms)) {
            self->count.mute++;
            end_at(self, one, now_ms);
        }
        if (one && is_over(one, now_ms)) {
            one->told = true;
            *socket = (connection_socket_t){one->fd, one->id};
            return true;
        }
    }
    return false;
}

void connections_not_ended(connections_t *self, const connection_socket_t *socket)
{
    connection_t *one = at(self, socket->fd);
    if (one && one->id == socket->id)
        one->told = false;
}

bool connections_left(connections_t *self, int64_t now_ms, connection_name_t *name)
{
    departure_t *departure = self->left_first;
    if (!departure || now_ms < departure->at_ms + self->limits.grace_ms)
        return false;
    *name = departure->name;
    self->left_first = departure->next;
    if (!self->left_first)
        self->left_last = NULL;
    free(departure);
    return true;
}

connections_count_t connections_count(const connections_t *self)
{
    return self->count;
}
