// status - what `dabyl hub status` is told, as one JSON object.

#ifndef HUB_ASK_STATUS_H
#define HUB_ASK_STATUS_H

#include "hub/decide/drafting.h"
#include "hub/journal/retention.h"
#include "hub/law/law.h"
#include "hub/net/limits.h"
#include "hub/net/sessions.h"
#include "hub/state/inboxes.h"
#include "lib/base/times.h"
#include "lib/tlog/note.h"
#include "lib/tlog/quarantine.h"

// All is borrowed.
typedef struct {
    const char *hub, *origin;
    const checkpoint_t *checkpoint; // the newest durable one
    uint64_t rules_position;
    const law_t *law;  // in force: its rules, members and warnings
    const char *files; // why what the files say is not in force; "": it is
    const drafting_trouble_t *trouble;
    const quarantine_t *quarantine;
    const retention_t *retention;
    bool erases; // what is past its age; else that is only counted
    const limits_t *limits;
    inboxes_t *inboxes;
    sessions_t *sessions;
    uint64_t refused;    // since the start
    uint64_t unreadable; // entries that were not written, since the start
    size_t duties;       // not settled
    size_t owed_nobody;  // of these, towards a role that nobody had
    uint64_t kept;       // entries that the newest snapshot of the state has; 0: none
    int64_t kept_s;      // how old that is
    bool unkept;         // the last one could not be written
    size_t questions;    // of nodes, that wait for their answers
    size_t joins;        // requests of newcomers that nobody has looked at
    bool shut_out;       // newcomers cannot ask, although they are to
    bool clock_held;     // after a step, until an operator accepts it
    bool disk_full, rolled_back, crl_stale;
    bool reloading; // a new law is being read
    now_t now;
} hub_status_t;

void status_print(const hub_status_t *self, buf_t *out);

#endif
