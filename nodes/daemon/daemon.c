// daemon - one thread and one poll: signals, the outbox's folder, the control socket and
// the link.
//
// Everything that must not be lost is on the disk before it is acted on, so the daemon
// may be killed at any instruction and goes on from there.  A full disk is no end:
// deliveries wait at the hub, answers are asked for again, files stay in the outbox.

#include "nodes/daemon/daemon_state.h"

#include "lib/base/log.h"
#include "lib/base/moment.h"
#include "lib/base/text.h"

#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum {
    CHECKPOINT_MS = 1000,
    DISK_MS = 5000,               // between tries of a disk that is full
    EXAMINE_MS = 6 * 3600 * 1000, // between looks at the own certificates
    EXPIRY_DAYS = 30,
    REMIND_EACH = 20, // more are only counted
    MINUTE_MS = 60 * 1000,
    DAY_MS = 24 * 3600 * 1000,
};

// What is shown of a service.
static void describe(const daemon_t *self, char out[256])
{
    link_status_t status;
    link_status(self->link, &status);
    (void)snprintf(out, 256, "%s%s, %" PRIu64 " deliveries stored, %zu unanswered%s%s",
        status.state == LINK_READY ? "connected to " : "no session with ",
        status.endpoint ? status.endpoint : "a hub", store_stored(self->store),
        link_unanswered(self->link), self->full ? "; NO ROOM ON THE DISK" : "",
        self->stopped ? "; STOPPED: dabyl status says why" : "");
}

static void tell_state(daemon_t *self, supervisor_state_t state)
{
    char text[256];
    describe(self, text);
    supervisor_is(self->supervisor, state, text);
}

static void supervisor_turn(daemon_t *self)
{
    char text[256];
    if (!supervisor_hungry(self->supervisor))
        return;
    describe(self, text);
    supervisor_feed(self->supervisor, text);
}

static void signals_turn(daemon_t *self)
{
    cause_t ignored; // it is logged
    struct signalfd_siginfo info;
    while (read(self->signals, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT)
            self->stopping = true;
        else if (info.ssi_signo == SIGHUP) {
            tell_state(self, SUPERVISOR_RELOADS);
            (void)daemon_reload(self, &ignored);
            tell_state(self, SUPERVISOR_READY);
        }
        // SIGCHLD only wakes us: the runner looks for itself.
    }
}

static void outbox_take(daemon_t *self)
{
    cause_t why;
    bool stuck = outbox_turn(self->outbox, self->now, &why) != 0;
    if (stuck && !self->outbox_stuck)
        log_line(LOG_ERROR, "outbox.stuck",
            "reason=\"%s\" action=\"the files stay in the outbox and are tried again\"",
            why.text);
    else if (!stuck && self->outbox_stuck)
        log_line(LOG_INFO, "outbox.goes-on", "reason=\"what was wrong is mended\"");
    self->outbox_stuck = stuck;
    (void)snprintf(
        self->outbox_trouble, sizeof self->outbox_trouble, "%s", stuck ? why.text : "");
    text_clean(self->outbox_trouble);
}

// Try again what the disk did not take.  It counts as mended when a try went well.
static void disk_turn(daemon_t *self)
{
    cause_t why;
    if (!self->full || !moment_due(self->full_until_ms, self->now.monotonic_ms))
        return;
    if (!self->full_again) {
        self->full = false;
        log_line(LOG_INFO, "store.goes-on", "reason=\"what was wrong is mended\"");
        return;
    }
    self->full_again = false;
    self->full_until_ms = self->now.monotonic_ms + DISK_MS;
    link_resume(self->link);
    if (pending_repeat(self->pending, &why) != 0)
        daemon_full(self, &why);
}

static void keep_checkpoint(daemon_t *self)
{
    cause_t why;
    link_status_t status;
    link_status(self->link, &status);
    self->checkpoint_at_ms = self->now.monotonic_ms + CHECKPOINT_MS;
    if (status.note.size > 0 &&
        store_keep_checkpoint(self->store, status.note, &why) != 0)
        daemon_full(self, &why);
}

static void examine_certificates(daemon_t *self)
{
    cause_t why;
    char ends[TIME_TEXT];
    int64_t left =
        moment_between(self->now.wall_ms, credentials_ends_ms(&self->credentials));
    self->examine_at_ms = self->now.monotonic_ms + EXAMINE_MS;
    if (credentials_valid(&self->credentials, self->now.wall_ms, &why) != 0) {
        log_line(LOG_ERROR, "certificate.bad", "reason=\"%s\"", why.text);
    } else if (left < (int64_t)EXPIRY_DAYS * DAY_MS) {
        time_print(credentials_ends_ms(&self->credentials), ends);
        log_line(LOG_WARNING, "certificate.ends",
            "at=%s action=\"ask the CA for a renewal (dabyl ca request)\"", ends);
    }
    if (self->credentials.crl &&
        authority_crl_next_update_ms(self->credentials.crl) < self->now.wall_ms)
        log_line(LOG_WARNING, "crl.stale", "action=\"fetch the CA's newest list\"");
}

static void remind_of(void *context, const waiting_item_t *item)
{
    size_t *n = context;
    if ((*n)++ < REMIND_EACH)
        log_line(LOG_WARNING, "needs.answer.still", "message=%s what=\"%s\"", item->name,
            item->text);
}

static void remind(daemon_t *self)
{
    size_t n = 0;
    if (self->conf->remind_minutes == 0) {
        self->remind_at_ms = MOMENT_NEVER;
        return;
    }
    waiting_each(self->waiting, remind_of, &n);
    if (n > REMIND_EACH)
        log_line(LOG_WARNING, "needs.answer.more", "n=%zu", n - REMIND_EACH);
    self->remind_at_ms = moment_after(
        self->now.monotonic_ms, moment_span(self->conf->remind_minutes, MINUTE_MS));
}

static int64_t next_due(const daemon_t *self)
{
    int64_t due = self->checkpoint_at_ms;
    moment_sooner(&due, link_due_ms(self->link));
    moment_sooner(&due, outbox_due_ms(self->outbox));
    moment_sooner(&due, runner_due_ms(self->runner));
    moment_sooner(&due, self->remind_at_ms);
    moment_sooner(&due, self->examine_at_ms);
    moment_sooner(&due, self->question_due_ms);
    moment_sooner(&due, self->law_at_ms);
    moment_sooner(&due, self->erased_at_ms);
    moment_sooner(&due, self->duties_at_ms);
    moment_sooner(&due, daemon_attachments_due_ms(self));
    moment_sooner(&due,
        moment_after(clock_now().monotonic_ms, supervisor_left_ms(self->supervisor)));
    if (self->full)
        moment_sooner(&due, self->full_until_ms);
    return due;
}

enum {
    ITEM_SIGNALS,
    ITEM_OUTBOX,
    ITEM_ATTACHMENTS,
    ITEM_CONTROL,
    ITEM_RUNNER,
    ITEM_LINK,
    ITEMS = ITEM_LINK + LINK_POLL_ITEMS
};

// Whether the outbox's folder changed.
static bool wait_for_input(daemon_t *self)
{
    bool takes = !daemon_asks_hub(self); // else requests wait, and must not wake us
    struct pollfd item[ITEMS] = {
        [ITEM_SIGNALS] = {.fd = self->signals, .events = POLLIN},
        [ITEM_OUTBOX] = {.fd = outbox_fd(self->outbox), .events = POLLIN},
        [ITEM_ATTACHMENTS] = {.fd = self->attachments.fd, .events = POLLIN},
        [ITEM_CONTROL] = {.fd = takes ? control_fd(self->control) : -1, .events = POLLIN},
        [ITEM_RUNNER] = {.fd = runner_fd(self->runner), .events = POLLIN},
    };
    size_t n = ITEM_LINK + link_poll_items(self->link, item + ITEM_LINK);
    int timeout_ms = moment_poll(next_due(self), clock_now().monotonic_ms);
    (void)poll(item, n, takes && control_waits(self->control) ? 0 : timeout_ms);
    link_work(self->link);
    self->now = clock_now();
    return item[ITEM_OUTBOX].revents != 0;
}

static void turn(daemon_t *self, bool outbox_changed)
{
    cause_t why;
    signals_turn(self);
    log_turn();
    if (outbox_changed || moment_due(outbox_due_ms(self->outbox), self->now.monotonic_ms))
        outbox_take(self);
    link_turn(self->link, self->now);
    daemon_attachments_turn(self);
    daemon_trust_turn(self);
    daemon_law_turn(self);
    daemon_erased_turn(self);
    daemon_duties_turn(self);
    disk_turn(self);
    daemon_control_turn(self);
    if (runner_turn(self->runner, store_stored(self->store), self->now, &why) != 0)
        daemon_full(self, &why);
    if (moment_due(self->checkpoint_at_ms, self->now.monotonic_ms))
        keep_checkpoint(self);
    if (moment_due(self->remind_at_ms, self->now.monotonic_ms))
        remind(self);
    if (moment_due(self->examine_at_ms, self->now.monotonic_ms))
        examine_certificates(self);
}

void daemon_run(daemon_t *self, supervisor_t *supervisor)
{
    self->supervisor = supervisor;
    log_line(LOG_INFO, "node.ready", "node=%s role=%s stored=%" PRIu64 " unanswered=%zu",
        self->conf->node, self->credentials.seal_cert.role, store_stored(self->store),
        link_unanswered(self->link));
    tell_state(self, SUPERVISOR_READY);
    bool outbox_changed = true;
    while (!self->stopping) {
        turn(self, outbox_changed);
        supervisor_turn(self);
        if (!self->stopping)
            outbox_changed = wait_for_input(self);
    }
    tell_state(self, SUPERVISOR_STOPS);
    keep_checkpoint(self);
    log_line(LOG_INFO, "node.stopped", "reason=\"asked to\"");
}
