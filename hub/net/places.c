// places - two tables, and leases in two lists each: that of its address, and one of all;
// both are in the order of time.

#include "hub/net/places.h"

#include "lib/base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 4096 };

struct lease {
    lease_t *next_here;
    lease_t *before, *after;
    holder_t *holder;
    origin_t *origin;
    int64_t until_ms;
};

struct places {
    int64_t lease_ms;
    origin_t *origin[BUCKETS];
    holder_t *holder[BUCKETS];
    lease_t *first, *last;
};

places_t *places_new(int64_t lease_ms)
{
    places_t *self = memory_new(1, sizeof *self);
    self->lease_ms = lease_ms;
    return self;
}

static void free_bucket(origin_t *origins, holder_t *holders)
{
    for (origin_t *next; origins; origins = next) {
        next = origins->chain;
        free(origins);
    }
    for (holder_t *next; holders; holders = next) {
        next = holders->chain;
        free(holders);
    }
}

void places_destroy(places_t **self_p)
{
    places_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    for (size_t i = 0; i < BUCKETS; i++)
        free_bucket(self->origin[i], self->holder[i]);
    for (lease_t *one = self->first, *next; one; one = next) {
        next = one->after;
        free(one);
    }
    free(self);
}

static origin_t **origin_bucket(places_t *self, const address_t *address)
{
    span_t bytes = span_of(address->bytes, sizeof address->bytes);
    return &self->origin[span_hash(bytes) % BUCKETS];
}

origin_t *places_origin(places_t *self, const address_t *address)
{
    origin_t **at = origin_bucket(self, address);
    for (origin_t *one = *at; one; one = one->chain)
        if (memcmp(&one->address, address, sizeof *address) == 0)
            return one;
    origin_t *one = memory_new(1, sizeof *one);
    one->address = *address;
    one->chain = *at;
    *at = one;
    return one;
}

// Addresses are many, and most come once.
void places_tidy(places_t *self, origin_t *origin)
{
    if (origin->open > 0 || origin->leases > 0)
        return;
    origin_t **at = origin_bucket(self, &origin->address);
    while (*at != origin)
        at = &(*at)->chain;
    *at = origin->chain;
    free(origin);
}

holder_t *places_holder(places_t *self, const uint8_t key[32])
{
    holder_t **at = &self->holder[span_hash(span_of(key, 32)) % BUCKETS];
    for (holder_t *one = *at; one; one = one->chain)
        if (memcmp(one->key, key, sizeof one->key) == 0)
            return one;
    holder_t *one = memory_new(1, sizeof *one);
    memcpy(one->key, key, sizeof one->key);
    one->chain = *at;
    *at = one;
    return one;
}

void places_lease(places_t *self, holder_t *holder, origin_t *origin, int64_t now_ms)
{
    lease_t *lease = memory_new(1, sizeof *lease);
    *lease = (lease_t){.before = self->last,
        .holder = holder,
        .origin = origin,
        .until_ms = now_ms + self->lease_ms};
    *(self->last ? &self->last->after : &self->first) = lease;
    self->last = lease;
    *(origin->last ? &origin->last->next_here : &origin->first) = lease;
    origin->last = lease;
    origin->leases++;
    holder->leases++;
}

static void end(places_t *self, lease_t *lease)
{
    origin_t *origin = lease->origin;
    lease_t *before = NULL;
    for (lease_t *one = origin->first; one != lease; one = one->next_here)
        before = one;
    *(before ? &before->next_here : &origin->first) = lease->next_here;
    if (origin->last == lease)
        origin->last = before;
    *(lease->before ? &lease->before->after : &self->first) = lease->after;
    *(lease->after ? &lease->after->before : &self->last) = lease->before;
    origin->leases--;
    lease->holder->leases--;
    free(lease);
}

// A holder has none left when another connection's end was taken for its own.
void places_end_lease(places_t *self, origin_t *origin, const holder_t *holder)
{
    lease_t *one = origin->first;
    while (one && one->holder != holder)
        one = one->next_here;
    if (one || origin->first)
        end(self, one ? one : origin->first);
}

void places_expire(places_t *self, int64_t now_ms)
{
    while (self->first && self->first->until_ms <= now_ms) {
        origin_t *origin = self->first->origin;
        end(self, self->first);
        places_tidy(self, origin);
    }
}
