// hub - the broker: nodes' sealed messages in, receipts and deliveries out, everything in
// the journal first.

#ifndef HUB_HUB_H
#define HUB_HUB_H

#include "lib/base/cause.h"
#include "lib/config/hub_options.h"
#include "lib/sys/supervisor.h"
#include "lib/tlog/operation.h"
#include "lib/tlog/quarantine.h"

#include <stdbool.h>

typedef enum { CLOCK_CHECKED, CLOCK_ACCEPTED } clock_trust_t;

// What an operator orders for this start.  `quarantine` has the entries to be set aside;
// hub_open keeps in it what it learns of them.
typedef struct {
    clock_trust_t trust;
    const char *config;  // the file that the options are of
    bool loses;          // of the predecessor's entries only the first `keeps` are left,
    uint64_t keeps;      // and the operator knows it
    const char *new_log; // the origin of a log that is to begin, or NULL
    bool rebuild; // the whole journal is to be read, whatever was kept of its state
    quarantine_t quarantine;
    char by[OPERATION_BY_MAX]; // who orders it
    uint32_t uid;
} hub_start_t;

typedef struct hub hub_t;

// Recovers the journal and starts listening.  CLOCK_ACCEPTED: an operator vouches for a
// wall clock that stands before the last entry.  `start` is borrowed for as long as the
// hub lives.
hub_t *hub_open(const hub_options_t *options, hub_start_t *start, cause_t *why);
// Runs turns until SIGTERM or SIGINT (0) or a failure that only a restart can mend (-1).
// Whoever supervises is told that it is ready, and hears of it as long as turns end.
int hub_run(hub_t *self, supervisor_t *supervisor, cause_t *why);
void hub_close(hub_t **self_p);

#endif
