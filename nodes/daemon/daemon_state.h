// daemon_state - the inside of the daemon, shared by daemon_open.c, daemon.c (its turn),
// daemon_link.c (what comes over the link), daemon_attachments.c (what travels beside
// messages), daemon_files.c (what waits), daemon_trust.c (whom it believes), daemon_law.c
// (the law in force), daemon_duties.c (what is owed), daemon_erased.c (what was erased by
// law), daemon_hold.c (what officers are to seal) and daemon_control.c (what people ask),
// nobody else.

#ifndef NODES_DAEMON_DAEMON_STATE_H
#define NODES_DAEMON_DAEMON_STATE_H

#include "lib/net/control.h"
#include "nodes/attachments/download.h"
#include "nodes/attachments/upload.h"
#include "nodes/cli/folder_watch.h"
#include "nodes/config/credentials.h"
#include "nodes/daemon/daemon.h"
#include "nodes/daemon/runner.h"
#include "nodes/daemon/waiting.h"
#include "nodes/inbox/store.h"
#include "nodes/link/link.h"
#include "nodes/outbox/outbox.h"
#include "nodes/outbox/pending.h"
#include "nodes/roles/law_copy.h"

#include <jansson.h>

struct daemon {
    const node_conf_t *conf;
    credentials_t credentials;
    schemas_t *schemas; // NULL: not configured
    int lock, signals;
    supervisor_t *supervisor;
    bool stopping;
    now_t now;
    store_t *store;
    waiting_t *waiting;
    link_t *link;
    tray_t *tray;
    pending_t *pending;
    outbox_t *outbox;
    upload_t *upload;
    download_t *download;
    folder_watch_t attachments; // the folders of the two
    int64_t attachments_scan_ms;
    runner_t *runner;
    control_t *control;
    bool full;             // the disk took no delivery or no answer
    bool full_again;       // and not either when it was last tried
    int64_t full_until_ms; // when to try again
    bool stopped;          // the hub has not the log that this node knows
    int64_t started_ms;    // monotonic
    uint64_t command_failures, command_given_up;
    uint64_t refused_here;                // files, since the start
    bool outbox_stuck;                    // the outbox failed last time
    char outbox_trouble[sizeof(cause_t)]; // why; empty: it did not
    int64_t remind_at_ms, checkpoint_at_ms, examine_at_ms;
    char said[400]; // the last trouble with the link, not to be said again and again
    int64_t said_ms;
    uint32_t question;          // number of the last one that went to the hub
    int64_t question_due_ms;    // never: none is with the hub
    bool waits_for_duties;      // it is the one about what waits
    law_copy_t law;             // as the hub said last; no parts: it has not yet
    char trust_known[HASH_HEX]; // digest of what the hub told of whom to believe
    int64_t trust_at_ms;        // when to ask for it; never: there is no session
    int64_t law_at_ms;          // when to ask for it; never: there is no session
    int64_t duties_at_ms;       // the same of the duties that this node has
    int64_t erased_at_ms;       // and of what was erased by law
    int64_t duties_not_before_ms;
};

// Numbers of the daemon's own questions, beyond those of people's.
enum {
    DAEMON_ASKS = 1 << 30,
    DAEMON_ASKS_LAW = DAEMON_ASKS,
    DAEMON_ASKS_DUTIES,
    DAEMON_ASKS_TRUST,
    DAEMON_ASKS_DUTIES_NOW, // for a person who waits for the answer
    DAEMON_ASKS_ERASED,
};

letter_rules_t daemon_letter_rules(const daemon_t *self);
link_events_t daemon_link_events(daemon_t *self);
// The disk takes nothing: say so once and try again in a while.
void daemon_full(daemon_t *self, const cause_t *why);
void daemon_control_turn(daemon_t *self);
void daemon_metrics(daemon_t *self, buf_t *out); // behind what it holds
json_t *daemon_refusal_json(const refusal_t *refusal);
// What is answered to "hold OFFICER" and a document.
json_t *daemon_hold_json(daemon_t *self, const char *officer, span_t document);
// Whether a question is with the hub; others wait for its answer.
bool daemon_asks_hub(const daemon_t *self);
int daemon_attachments_open(daemon_t *self, cause_t *why);
void daemon_attachments_events(link_events_t *events); // fills in those that concern them
void daemon_attachments_turn(daemon_t *self);
void daemon_attachments_restart(daemon_t *self); // a new session
json_t *daemon_files_json(const daemon_t *self); // for `status`: what waits, and why
int64_t daemon_attachments_due_ms(const daemon_t *self);
json_t *daemon_attachments_json(const daemon_t *self); // for `status`
// Certificates, hub's and own, CA and CRL, read again: all of them or none.
int daemon_reload(daemon_t *self, cause_t *why);
void daemon_identity(const daemon_t *self, link_identity_t *out);
void daemon_trust_restart(daemon_t *self); // a new session
void daemon_trust_session(daemon_t *self); // likewise: which key the hub has now
void daemon_trust_turn(daemon_t *self);
void daemon_trust_answered(daemon_t *self, span_t answer);
void daemon_law_open(daemon_t *self);
void daemon_law_restart(daemon_t *self); // a new session
void daemon_law_turn(daemon_t *self);
void daemon_law_answered(daemon_t *self, span_t answer);
void daemon_erased_open(daemon_t *self);
void daemon_erased_restart(daemon_t *self); // a new session
void daemon_erased_turn(daemon_t *self);
void daemon_erased_answered(daemon_t *self, span_t answer);
size_t daemon_erased_waiting(const daemon_t *self); // whose text is still here
void daemon_duties_soon(daemon_t *self);            // something may have changed
// A message of this kind has come, or was taken.
void daemon_duties_of(daemon_t *self, const char *kind);
void daemon_duties_turn(daemon_t *self);
int daemon_duties_now(daemon_t *self); // -1: there is no session
void daemon_duties_answered(daemon_t *self, span_t answer);
void daemon_explained(void *context, uint32_t request, span_t json);

#endif
