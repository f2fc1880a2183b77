// places - what connections share, by address and by key, and who has how much of it.
//
// A key that was let in and has not spoken yet holds a lease: which connection of its
// address is its own, nobody knows until then.

#ifndef HUB_NET_PLACES_H
#define HUB_NET_PLACES_H

#include "hub/net/address.h"
#include "lib/base/bytes.h"

typedef struct lease lease_t;

// An address that connections come from.  The first three numbers are those of
// hub/net/connections.c, which counts connections; places_tidy goes by the first.
typedef struct source {
    size_t open;     // connections
    size_t unspoken; // of those, have not said anything
    size_t refused;  // unspoken ones that we refused, and which are about to end
    size_t leases;
    address_t address;
    lease_t *first, *last;
    struct source *chain;
} place_source_t;

// A key, and so whose connections they are.
typedef struct owner {
    size_t connections; // spoken, and not ending: likewise counted there
    size_t leases;
    uint8_t key[32];
    struct owner *chain;
} place_owner_t;

typedef struct places places_t;

places_t *places_new(int64_t lease_ms); // after which a lease is over
void places_destroy(places_t **self_p);
// That of this address, from now on; until places_tidy finds that it has nothing.
place_source_t *places_source(places_t *self, const address_t *address);
void places_tidy(places_t *self, place_source_t *source);
// That of this key, for ever: keys are those of the roster.
place_owner_t *places_owner(places_t *self, const uint8_t key[32]);

void places_lease(
    places_t *self, place_owner_t *owner, place_source_t *source, int64_t now_ms);
// One of the address has ended or spoken: its own owner's when that has one, or else
// (NULL: nobody knows whose it was) the oldest.
void places_end_lease(places_t *self, place_source_t *source, const place_owner_t *owner);
// Those whose time is over.
void places_expire(places_t *self, int64_t now_ms);

#endif
