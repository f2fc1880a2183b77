// porch - where newcomers hand in their requests for certificates and fetch what came of
// them: a process of its own that `dabyl-hub` starts beside itself.
//
// Strangers speak here, so nothing of the hub is in this process: no key, no journal, no
// socket but its own.  What can be asked of it is bounded in number, size and time, and
// when it ends, however it ends, the hub only begins another.  It keeps requests in a
// folder (lib/enrol/joins.h), and decides on nothing.

#ifndef HUB_JOIN_PORCH_H
#define HUB_JOIN_PORCH_H

#include "lib/config/hub_options.h"
#include "lib/enrol/joins.h"

enum {
    PORCH_GUESTS = 32,           // connections open at the same time
    PORCH_GUESTS_OF_ADDRESS = 4, // of one address, or of the /64 of an IPv6 one
    PORCH_ASK_MS = 10000,        // until the question is whole
    PORCH_TAKE_MS = 60000,       // and then until the answer was taken
};

typedef struct {
    const hub_options_t *options;
    const char *vkey;          // the log's verifier key
    const char *const *listen; // addresses
    size_t listeners;
    int64_t open_s; // how long it stays open; 0: as long as the hub
    int hub;        // a descriptor that ends with the hub
} porch_setup_t;

// What the porch says to the hub, where that descriptor is a socket: an octet each.
enum { PORCH_OPEN = 'o', PORCH_NOT_OPEN = 'n' }; // and it goes on trying

// The bounds on what is kept, as the configuration has them.
joins_limits_t porch_limits(const hub_options_t *options);
// Until the hub has ended or the time is over (0).  -1: it cannot listen.
int porch_run(const porch_setup_t *setup, cause_t *why);

#endif
