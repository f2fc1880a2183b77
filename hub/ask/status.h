// status - what `dabyl hub status` is told, as one JSON object.

#ifndef HUB_ASK_STATUS_H
#define HUB_ASK_STATUS_H

#include "hub/net/sessions.h"
#include "hub/state/inboxes.h"
#include "lib/pki/roster.h"
#include "lib/tlog/quarantine.h"

#include <jansson.h>

typedef struct {
    const char *hub, *origin;
    uint64_t entries; // of the newest durable checkpoint
    hash_t root;
    uint64_t rules_position;
    size_t rules, sessions;
    uint64_t refused; // since the start
    size_t duties;    // not settled
    bool clock_held;  // after a step, until an operator accepts it
    bool disk_full, rolled_back, crl_stale;
    bool reloading;      // a new law is being read
    size_t questions;    // of nodes, that wait for their answers
    uint64_t unreadable; // entries that were not written, since the start
    const quarantine_t *quarantine;
} hub_status_t;

// The caller owns the JSON.
json_t *status_new(const hub_status_t *status);
// What an operator must see to, in words: more than a flag can say.
void status_add_alarm(json_t *self, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
// What is not wrong, and may leave somebody untold.
void status_add_warning(json_t *self, const char *text);
// Every member but hubs: whether it is connected, what it was sent and has signed for.
void status_add_nodes(
    json_t *self, const roster_t *roster, inboxes_t *inboxes, sessions_t *sessions);
void status_print(const json_t *self, buf_t *out);

#endif
