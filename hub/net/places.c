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
    place_owner_t *owner;
    place_source_t *source;
    int64_t until_ms;
};

struct places {
    int64_t lease_ms;
    place_source_t *source[BUCKETS];
    place_owner_t *owner[BUCKETS];
    lease_t *first, *last;
};

places_t *places_new(int64_t lease_ms)
{
    places_t *self = memory_new(1, sizeof *self);
    self->lease_ms = lease_ms;
    return self;
}

static void free_bucket(place_source_t *sources, place_owner_t *owners)
{
    for (place_source_t *next; sources; sources = next) {
        next = sources->chain;
        free(sources);
    }
    for (place_owner_t *next; owners; owners = next) {
        next = owners->chain;
        free(owners);
    }
}

void places_destroy(places_t **self_p)
{
    places_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    for (size_t i = 0; i < BUCKETS; i++)
        free_bucket(self->source[i], self->owner[i]);
    for (lease_t *one = self->first, *next; one; one = next) {
        next = one->after;
        free(one);
    }
    free(self);
}

static place_source_t **source_bucket(places_t *self, const address_t *address)
{
    span_t bytes = span_of(address->bytes, sizeof address->bytes);
    return &self->source[span_hash(bytes) % BUCKETS];
}

place_source_t *places_source(places_t *self, const address_t *address)
{
    place_source_t **at = source_bucket(self, address);
    for (place_source_t *one = *at; one; one = one->chain)
        if (memcmp(&one->address, address, sizeof *address) == 0)
            return one;
    place_source_t *one = memory_new(1, sizeof *one);
    one->address = *address;
    one->chain = *at;
    *at = one;
    return one;
}

// Addresses are many, and most come once.
void places_tidy(places_t *self, place_source_t *source)
{
    if (source->open > 0 || source->leases > 0)
        return;
    place_source_t **at = source_bucket(self, &source->address);
    while (*at != source)
        at = &(*at)->chain;
    *at = source->chain;
    free(source);
}

place_owner_t *places_owner(places_t *self, const uint8_t key[32])
{
    place_owner_t **at = &self->owner[span_hash(span_of(key, 32)) % BUCKETS];
    for (place_owner_t *one = *at; one; one = one->chain)
        if (memcmp(one->key, key, sizeof one->key) == 0)
            return one;
    place_owner_t *one = memory_new(1, sizeof *one);
    memcpy(one->key, key, sizeof one->key);
    one->chain = *at;
    *at = one;
    return one;
}

void places_lease(
    places_t *self, place_owner_t *owner, place_source_t *source, int64_t now_ms)
{
    lease_t *lease = memory_new(1, sizeof *lease);
    *lease = (lease_t){.before = self->last,
        .owner = owner,
        .source = source,
        .until_ms = now_ms + self->lease_ms};
    *(self->last ? &self->last->after : &self->first) = lease;
    self->last = lease;
    *(source->last ? &source->last->next_here : &source->first) = lease;
    source->last = lease;
    source->leases++;
    owner->leases++;
}

static void end(places_t *self, lease_t *lease)
{
    place_source_t *source = lease->source;
    lease_t *before = NULL;
    for (lease_t *one = source->first; one != lease; one = one->next_here)
        before = one;
    *(before ? &before->next_here : &source->first) = lease->next_here;
    if (source->last == lease)
        source->last = before;
    *(lease->before ? &lease->before->after : &self->first) = lease->after;
    *(lease->after ? &lease->after->before : &self->last) = lease->before;
    source->leases--;
    lease->owner->leases--;
    free(lease);
}

// An owner has none left when another connection's end was taken for its own.
void places_end_lease(places_t *self, place_source_t *source, const place_owner_t *owner)
{
    lease_t *one = source->first;
    while (one && one->owner != owner)
        one = one->next_here;
    if (one || source->first)
        end(self, one ? one : source->first);
}

void places_expire(places_t *self, int64_t now_ms)
{
    while (self->first && self->first->until_ms <= now_ms) {
        place_source_t *source = self->first->source;
        end(self, self->first);
        places_tidy(self, source);
    }
}
