// hub_inside - what the sources of the hub itself share; nobody else includes it.

#ifndef HUB_HUB_INSIDE_H
#define HUB_HUB_INSIDE_H

#include "hub/hub.h"

#include "hub/ask/figures.h"
#include "hub/ask/inquiries.h"
#include "hub/ask/operations.h"
#include "hub/ask/reloads.h"
#include "hub/attach/attachment_server.h"
#include "hub/decide/drafting.h"
#include "hub/housekeeping.h"
#include "hub/intake/intake.h"
#include "hub/intake/workers.h"
#include "hub/join/porter.h"
#include "hub/journal/column.h"
#include "hub/journal/draft.h"
#include "hub/journal/entries.h"
#include "hub/journal/head.h"
#include "hub/journal/journal.h"
#include "hub/journal/logmarks.h"
#include "hub/journal/owed.h"
#include "hub/journal/publisher.h"
#include "hub/journal/refusals.h"
#include "hub/journal/retention.h"
#include "hub/law/identity.h"
#include "hub/law/law.h"
#include "hub/law/law_reading.h"
#include "hub/net/gate.h"
#include "hub/net/limits.h"
#include "hub/net/reception.h"
#include "hub/net/sessions.h"
#include "hub/send/answers.h"
#include "hub/send/deferred.h"
#include "hub/send/delivery.h"
#include "hub/send/standbys.h"
#include "hub/state/contacts.h"
#include "hub/state/duties.h"
#include "hub/state/fold.h"
#include "hub/state/history.h"
#include "hub/state/inboxes.h"
#include "hub/state/snapshot.h"
#include "hub/state/tree.h"
#include "lib/base/times.h"
#include "lib/net/control.h"

enum {
    // A batch, JOURNAL_BATCH, has room for what was decided before, one more message with
    // all that follows from it, and what a turn writes beside; or for a law, LAW_BYTES,
    // and then for no message.
    DRAFT_BYTES = 8 << 20, // after so many to be written the rest waits a turn
};

// What goes by its age, as hub.conf says.
typedef struct {
    ages_t ages;
    bool erases; // else it is only counted
    int64_t a_minute, pause_ms;
} retain_rules_t;

typedef struct {
    retain_rules_t rules, next; // in force; read for a reload that is under way
    retention_t *found;
    int64_t gap_ms;    // from the log's last entry to this start
    int64_t begins_ms; // monotonic: nothing goes before
    int64_t looked_ms; // monotonic
    int64_t credit;    // messages that may go now, times 60000
    bool walks;        // there is more of the log to look at
} retain_t;

struct hub {
    const hub_options_t *options;
    hub_start_t *start;
    identity_t identity;
    logmarks_t marks; // of the log, outside of its journal
    law_t law;
    trust_t trust;
    cause_t files; // why those of the law are not in force; "": they are

    journal_t *journal;
    lookup_t *lookup;
    kin_t *kin;
    tree_t *tree;
    publisher_t *publisher;
    inboxes_t *inboxes;
    column_t *operations_done; // positions of all operators' acts
    column_t *erasures_done;   // and of all entries that erase
    history_t *history;
    duties_t *duties;
    contacts_t *contacts, *plans;
    attachments_t *attachments;
    readback_t *readback;
    fold_t *fold;
    erasures_t erasures; // what the log says is gone, and is not yet
    erasures_t ordered;  // what goes when its batch is written: no file is entered there
    retain_t retain;
    snapshots_t *snapshots;
    uint64_t kept, kept_tried; // entries that the newest snapshot has, or is to have
    int64_t kept_ms;           // when it was made; 0: there is none
    bool unkept;               // the last one could not be written

    gate_t *gate;
    control_t *control;
    porter_t *porter; // of newcomers, who are not let in at the gate
    char vkey[VKEY_MAX];
    law_reading_t *reading; // a law that is to come into force
    reloads_t *reloads;
    sessions_t *sessions;
    reception_t *reception;
    workers_t *workers;
    intake_t *intake;
    drafting_t *drafting;
    size_t decided;   // of what is in the intake; the rest waits for the next turn
    size_t turn_from; // the first one decided in this turn
    draft_t *draft;
    entries_t *entries;
    stock_t *stock;
    answers_t *answers;
    delivery_t *delivery;
    standbys_t *standbys;
    refusals_t *refusals;
    deferred_t *deferred;
    owed_t *owed;
    operations_t *operations;
    int64_t step_ms; // of the clock, that the log is owed
    attachment_server_t *attachment_server;
    inquiries_t *inquiries;
    limits_t *limits;

    head_t *head;
    buf_t scratch;

    figures_t figures; // counted since the start
    oldest_t *oldest;

    now_t now;
    int64_t entry_ms; // of this turn's entries
    housekeeping_t watch;
    int signals; // signalfd
    supervisor_t *supervisor;
    bool operator_waits;
    bool listen_for_silence; // as soon as all that was said is heard
    bool ready;              // it was said
    bool started;            // this start has its entry
    bool recorded;           // the law in force has its entries
    bool stopping;
};

// hub.c: the turn, and what of it a start needs.
bool hub_may_write(const hub_t *self);
void hub_begin_turn(hub_t *self);
int hub_commit_turn(hub_t *self, deferred_part_t part, cause_t *why);
duties_log_t hub_duties_log(const hub_t *self);
// What holds from now on: also when the law changes within a turn.
void hub_begin_drafting(hub_t *self, uint64_t rules_position);
void hub_begin_reception(hub_t *self);

// hub_state.c: what entries add up to, from a snapshot or the whole journal.
int hub_open_state(hub_t *self, cause_t *why);
void hub_close_state(hub_t *self); // also half open
int hub_check_state(const hub_t *self, cause_t *why);
void hub_forget_damage(hub_t *self);
void hub_keep_turn(hub_t *self);
void hub_keep_last(hub_t *self);

// hub_open.c
void hub_ready_turn(hub_t *self); // says it once, when it is

// hub_hear.c
void hub_take_in(hub_t *self);

// hub_law.c
int hub_open_law(hub_t *self, cause_t *why);
void hub_log_warnings(const hub_t *self);
void hub_reload_turn(hub_t *self);

// hub_record.c
void hub_record_turn(hub_t *self);
void hub_draft_owed(hub_t *self);
void hub_keep_owed(hub_t *self);

// hub_succeed.c
int hub_succeed(hub_t *self, cause_t *why);
int hub_prove_origin(hub_t *self, cause_t *why);

// hub_erase.c: documents that go lawfully.  What the log says is gone, goes, before
// anything is kept that takes it for done.
int hub_erase_owed(hub_t *self, cause_t *why);
bool hub_erased(hub_t *self, uint64_t position);
int hub_erase_look(hub_t *self, const char *name, buf_t *answer, cause_t *why);
int hub_erase_order(
    hub_t *self, operation_t *operation, const control_asker_t *asker, cause_t *why);
// What a plan says goes, by an entry beside this act; `asker` as for hub_operation.
int hub_erase_go(hub_t *self, operation_t *operation, const erasure_t *goes,
    const control_asker_t *asker, cause_t *why);

// hub_retain.c: what goes by its age.
void hub_retain_begin(hub_t *self);
int hub_retain_read(hub_t *self, cause_t *why); // hub.conf, for a reload
void hub_retain_use(hub_t *self);               // what was read
void hub_retain_turn(hub_t *self);
void hub_retain_show(hub_t *self, buf_t *answer);

// hub_operator.c
void hub_control_turn(hub_t *self);
// An operator does this: it becomes an entry of this turn's batch, with what it does by
// an entry of another type (`beside`, or NULL), and `asker`, or nobody, is told when that
// is durable.  -1: it cannot be journalled, so that it must not be done.
int hub_operation(hub_t *self, const operation_t *operation,
    const operations_beside_t *beside, const control_asker_t *asker, cause_t *why);
void hub_supervisor_turn(hub_t *self); // a turn has ended
void hub_tell_state(hub_t *self, supervisor_state_t state);

// hub_housekeeping.c
void hub_look_around(hub_t *self);
void hub_look_at_limits(hub_t *self);
void hub_due_turn(hub_t *self);

#endif
