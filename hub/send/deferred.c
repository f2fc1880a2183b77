// deferred - an acknowledgement stays with its session until its entry is durable: only
// the newest of each counts.  The roots that left lately are kept to judge them by.

#include "hub/send/deferred.h"

#include "hub/send/roots.h"
#include "lib/base/memory.h"
#include "lib/base/moment.h"
#include "lib/base/refusal.h"

#include <stdlib.h>

struct deferred {
    deferred_setup_t setup;
    roots_t *roots;
    int64_t due_ms;            // monotonic; MOMENT_NEVER: no acknowledgement waits
    int64_t counted_at_ms;     // monotonic: when refusals were last drafted
    int64_t counted_before_ms; // the time before, if this one is not durable
    buf_t text;
};

deferred_t *deferred_new(const deferred_setup_t *setup)
{
    deferred_t *self = memory_new(1, sizeof *self);
    self->setup = *setup;
    self->due_ms = MOMENT_NEVER;
    self->roots = roots_new();
    return self;
}

void deferred_destroy(deferred_t **self_p)
{
    deferred_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    roots_destroy(&self->roots);
    buf_destroy(&self->text);
    free(self);
}

void deferred_checkpoint(deferred_t *self, const hash_t *root, uint64_t size)
{
    roots_add(self->roots, root, size);
}

int deferred_ack(deferred_t *self, session_t *session, span_t frame, int64_t monotonic_ms,
    cause_t *why)
{
    ack_t ack;
    if (ack_take(&ack, frame, why) != 0 ||
        window_ack(&session->window, ack.number, monotonic_ms, why) != 0)
        return -1;
    session->ack = ack;
    session->ack_waits = true;
    moment_sooner(
        &self->due_ms, moment_after(monotonic_ms, self->setup.options->ack_delay_ms));
    return 0;
}

int64_t deferred_due_ms(const deferred_t *self)
{
    return self->due_ms;
}

// What the node signs for must have been in the log under that root: an auditor asks.
static bool rooted(const deferred_t *self, const session_t *session)
{
    uint64_t size, position;
    cause_t why;
    return roots_find(self->roots, &session->ack.root, &size) &&
           inboxes_get(self->setup.inboxes, session->inbox, session->ack.number,
               &position, &why) == 0 &&
           position < size;
}

// The certificate of the node under which the signature holds, or NULL.
static const cert_t *signer(
    const deferred_t *self, const session_t *session, const roster_t *roster, now_t now)
{
    const cert_t *cert;
    for (size_t i = 0;
         (cert = roster_seal_of(roster, session->node, i, now.wall_ms)) != NULL; i++)
        if (ack_check(&session->ack, self->setup.options->origin, cert->key) == 0)
            return cert;
    return NULL;
}

static void reject(deferred_t *self, session_t *session, const char *code)
{
    session->ack_waits = false;
    refusals_count(self->setup.refusals, session->node, refusal_code(span_text(code)));
    reception_dismiss(self->setup.reception, session, code,
        "the acknowledgement does not prove what it says", "a false acknowledgement");
}

// One acknowledgement of a node: the newest says it all.
static void draft_ack(
    deferred_t *self, session_t *session, const duties_log_t *log, now_t now)
{
    const deferred_setup_t *setup = &self->setup;
    if (session->ack.number <= inboxes_acked(setup->inboxes, session->inbox)) {
        session->ack_waits = false; // nothing new: the node was sent it once more
        return;
    }
    if (!rooted(self, session)) {
        reject(self, session, "ack.root");
        return;
    }
    const cert_t *cert = signer(self, session, log->view.roster, now);
    if (!cert) {
        reject(self, session, "seal.signature");
        return;
    }
    buf_clear(&self->text);
    ack_print(&session->ack, setup->options->origin, cert->key_id, &self->text);
    draft_add_text(log->draft, "delivery", session->node, buf_span(&self->text));
    duties_delivered(setup->duties, session->node, session->ack.number, log);
}

// What turned out to need no entry, or went with its session, is due no more: the hub
// would not rest before somebody else had something to be written.
static void draft_acks(deferred_t *self, const duties_log_t *log, now_t now)
{
    bool waits = false;
    for (size_t i = 0; i < sessions_slots(self->setup.sessions); i++) {
        session_t *session = sessions_at(self->setup.sessions, i);
        if (session && session->ack_waits)
            draft_ack(self, session, log, now);
        waits = waits || (session && session->ack_waits);
    }
    if (!waits)
        self->due_ms = MOMENT_NEVER;
}

static void draft_refusals(deferred_t *self, draft_t *draft, int64_t monotonic_ms)
{
    char peer[NODE_ID_MAX];
    buf_clear(&self->text);
    while (refusals_take(self->setup.refusals, peer, sizeof peer, &self->text)) {
        draft_add_text(draft, "refusal", peer, buf_span(&self->text));
        buf_clear(&self->text);
    }
    self->counted_before_ms = self->counted_at_ms;
    self->counted_at_ms = monotonic_ms;
}

void deferred_draft(
    deferred_t *self, const duties_log_t *log, now_t now, deferred_part_t part)
{
    const deferred_setup_t *setup = &self->setup;
    bool goes = draft_count(log->draft) > 0;
    bool due = goes || moment_due(self->due_ms, now.monotonic_ms);
    int64_t pause_ms = goes ? DEFERRED_REFUSALS_MS : setup->options->refusals_ms;
    if (part == DEFERRED_ALL || (self->due_ms != MOMENT_NEVER && due))
        draft_acks(self, log, now);
    if (part == DEFERRED_ALL ||
        (refusals_any(setup->refusals) &&
            moment_between(self->counted_at_ms, now.monotonic_ms) >= pause_ms))
        draft_refusals(self, log->draft, now.monotonic_ms);
}

void deferred_undrafted(deferred_t *self)
{
    refusals_take_back(self->setup.refusals);
    self->counted_at_ms = self->counted_before_ms;
}

void deferred_durable(deferred_t *self)
{
    refusals_arrived(self->setup.refusals);
    self->counted_before_ms = self->counted_at_ms;
    self->due_ms = MOMENT_NEVER;
    for (size_t i = 0; i < sessions_slots(self->setup.sessions); i++) {
        session_t *session = sessions_at(self->setup.sessions, i);
        if (session)
            session->ack_waits = false;
    }
}
