// daemon_link - what the link tells: answers and deliveries go to the disk before
// anything else, and what matters to people goes to the log.

#include "nodes/daemon/daemon_state.h"
#include "nodes/inbox/amended.h"
#include "nodes/inbox/announced.h"
#include "nodes/inbox/answered.h"
#include "nodes/outbox/cosigning.h"

#include "lib/base/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { RETRY_MS = 5000, REPEAT_MS = 60000, LOG_EACH = 4 };

void daemon_full(daemon_t *self, const cause_t *why)
{
    if (!self->full)
        log_line(LOG_ERROR, "store.failed",
            "reason=\"%s\" action=\"nothing is taken or acknowledged until this is "
            "mended\"",
            why->text);
    self->full = self->full_again = true;
    self->full_until_ms = self->now.monotonic_ms + RETRY_MS;
}

// The hub's own words may hold anything.
static const char *plain(span_t text, char *out, size_t room)
{
    size_t n = 0;
    for (size_t i = 0; i < text.size && n + 1 < room; i++)
        if (text.data[i] >= ' ' && text.data[i] != '"' && text.data[i] != 0x7f)
            out[n++] = (char)text.data[i];
    out[n] = 0;
    return out;
}

// A hub that is away is tried every few seconds; the log hears of it once a minute.
static void say_trouble(
    daemon_t *self, log_level_t level, const char *id, const link_event_t *event)
{
    char text[sizeof self->said];
    link_status_t status;
    (void)plain(span_text(event->text), text, sizeof text);
    if (strcmp(text, self->said) == 0 &&
        self->now.monotonic_ms - self->said_ms < REPEAT_MS)
        return;
    (void)snprintf(self->said, sizeof self->said, "%s", text);
    self->said_ms = self->now.monotonic_ms;
    link_status(self->link, &status);
    log_line(level, id, "endpoint=%s code=%s reason=\"%s\"",
        status.endpoint ? status.endpoint : "-", event->code[0] ? event->code : "-",
        text);
}

// The handshake only says no; the node's own certificates often know why.
static void say_refused(daemon_t *self, const link_event_t *event)
{
    cause_t here, text;
    bool good = credentials_valid(&self->credentials, self->now.wall_ms, &here) == 0;
    (void)cause_set(&text, "%s; %s%s", event->text,
        good ? "here they look good, so ask the hub's operator" : "this node finds: ",
        good ? "" : here.text);
    link_event_t told = {.type = event->type, .code = event->code, .text = text.text};
    say_trouble(self, LOG_ERROR, "link.refused", &told);
}

static void say_ready(daemon_t *self)
{
    link_status_t status;
    link_status(self->link, &status);
    if (self->stopped)
        log_line(LOG_INFO, "hub.proven",
            "reason=\"the hub has the log that this node knows: all goes on\"");
    self->stopped = false;
    self->said[0] = 0;
    outbox_set_limit(self->outbox, status.size_limit);
    log_line(LOG_INFO, "link.ready",
        "endpoint=%s log=%" PRIu64 " stored=%" PRIu64 " inbox=%" PRIu64 " unanswered=%zu",
        status.endpoint, status.checkpoint.size, status.stored, status.inbox_last,
        link_unanswered(self->link));
    if (status.hub_ahead_ms > 2000 || status.hub_ahead_ms < -2000)
        log_line(LOG_WARNING, "clock.differs",
            "hub_ahead_ms=%" PRId64 " action=\"set this machine's clock\"",
            status.hub_ahead_ms);
}

// What an earlier session announced may have been met or taken back since.
static void forget_ahead(const daemon_t *self)
{
    cause_t why;
    if (announced_clear(self->conf->folder, &why) != 0)
        log_line(LOG_WARNING, "inbox.ahead-kept-not", "reason=\"%s\"", why.text);
}

static void on_event(void *context, const link_event_t *event)
{
    daemon_t *self = context;
    switch (event->type) {
    case LINK_CONNECTING:
        break;
    case LINK_READY:
        say_ready(self);
        forget_ahead(self);
        daemon_attachments_restart(self);
        daemon_trust_session(self);
        daemon_trust_restart(self);
        daemon_law_restart(self);
        daemon_erased_restart(self);
        daemon_duties_soon(self);
        break;
    case LINK_LOST:
        say_trouble(self, LOG_WARNING, "link.lost", event);
        break;
    case LINK_REFUSED:
        say_refused(self, event);
        break;
    case LINK_BROKEN:
        say_trouble(self, LOG_ERROR, "link.not-proven", event);
        break;
    case LINK_STOPPED:
        say_trouble(self, LOG_ERROR, "link.stopped", event);
        if (self->stopped)
            break;
        self->stopped = true;
        log_line(LOG_ERROR,
            strcmp(event->code, "session.stored") == 0 ? "inbox.contradicted"
                                                       : "hub.rolled-back",
            "action=\"nothing is sent or taken until the hub has again the log that this "
            "node knows: tell the hub's operator, and keep state/ as it is\"");
        break;
    case LINK_RETRY:
        say_trouble(self, LOG_WARNING, "publish.later", event);
        break;
    }
}

static void settle_receipt(daemon_t *self, const link_receipt_t *receipt)
{
    cause_t why;
    parcel_item_t item = parcel_item(receipt->parcel, receipt->i);
    if (receipt->other_seal)
        log_line(LOG_WARNING, "sent.other-seal",
            "id=%s action=\"the log has this document under an earlier seal of this "
            "node\"",
            item.id);
    if (answered_note(self->conf->folder, item.document, &why) != 0)
        log_line(LOG_WARNING, "answer.kept-not", "reason=\"%s\"", why.text);
    if (amended_note(self->conf->folder, 0, item.document, &why) != 0)
        log_line(LOG_WARNING, "amended.kept-not", "reason=\"%s\"", why.text);
    cosigning_done(self->conf->folder, item.id);
    if (pending_answered(self->pending, receipt->tag, &why) != 0)
        log_line(LOG_WARNING, "spool.kept", "reason=\"%s\"", why.text);
}

static void on_receipts(
    void *context, const link_receipt_t *receipt, size_t n, span_t checkpoint)
{
    daemon_t *self = context;
    cause_t why;
    if (store_sent(self->store, receipt, n, checkpoint, &why) != 0) {
        for (size_t i = 0; i < n; i++)
            pending_unstored(self->pending, receipt[i].tag);
        daemon_full(self, &why);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        settle_receipt(self, &receipt[i]);
        log_line(n > LOG_EACH ? LOG_DEBUG : LOG_INFO, "sent.receipt",
            "id=%s kind=%s position=%" PRIu64, receipt[i].leaf->id, receipt[i].leaf->kind,
            receipt[i].leaf->position);
    }
    if (n > LOG_EACH)
        log_line(LOG_INFO, "sent.receipts", "n=%zu", n);
    upload_hurry(self->upload); // what they name may go now
    for (size_t i = 0; i < n; i++)
        daemon_duties_of(self, receipt[i].leaf->kind);
}

static void fill_refusal(const link_refused_t *refused, char code[64], refusal_t *out)
{
    *out = (refusal_t){.code = code};
    (void)plain(refused->code, code, 64);
    (void)plain(refused->pointer, out->pointer, sizeof out->pointer);
    (void)plain(refused->by, out->by, sizeof out->by);
    (void)plain(refused->text, out->text, sizeof out->text);
}

static void on_refused(void *context, const link_refused_t *refused)
{
    daemon_t *self = context;
    cause_t why;
    refusal_t refusal;
    char code[64], name[MESSAGE_ID_MAX + 8];
    parcel_item_t item = parcel_item(refused->parcel, refused->i);
    fill_refusal(refused, code, &refusal);
    (void)snprintf(name, sizeof name, "%s.json", item.id);
    // The message is kept in waiting/ before anybody is told that it waits there.
    if ((cosigning_may_help(code) &&
            cosigning_keep(self->conf->folder, item.id, item.document,
                self->credentials.vkey.origin, &self->credentials.seal, &why) != 0) ||
        store_refused(self->store, name, item.document, &item.hash, &refusal, &why) !=
            0) {
        pending_unstored(self->pending, refused->tag);
        daemon_full(self, &why);
        return;
    }
    if (pending_answered(self->pending, refused->tag, &why) != 0)
        log_line(LOG_WARNING, "spool.kept", "reason=\"%s\"", why.text);
    log_line(LOG_WARNING, "sent.refused", "id=%s code=%s pointer=\"%s\" reason=\"%s\"",
        item.id, refusal.code, refusal.pointer, refusal.text);
}

// Kept for the tools, which show what of it is not here yet.
static void on_ahead(void *context, const ahead_t *ahead)
{
    daemon_t *self = context;
    cause_t why;
    const announced_t sum = announced_sum(ahead);
    char due[TIME_TEXT] = "none";
    if (sum.owed)
        time_print(sum.due_ms, due);
    log_line(LOG_WARNING, "inbox.ahead",
        "numbers=%zu first=%" PRIu64 " highest=%u duty=%s exercises=%zu action=\"they "
        "are on their way, in their order; see dabyl inbox\"",
        sum.numbers, ahead->item[0].number, (unsigned)sum.level, due, sum.exercises);
    if (announced_write(self->conf->folder, ahead, &why) != 0)
        log_line(LOG_WARNING, "inbox.ahead-kept-not", "reason=\"%s\"", why.text);
}

static void on_certificate(void *context, const cert_t *cert)
{
    daemon_t *self = context;
    cause_t why;
    if (store_certificate(self->store, cert, &why) != 0)
        log_line(LOG_WARNING, "certificate.kept-not", "node=%s reason=\"%s\"", cert->name,
            why.text);
}

// What comes along is older than what brings it.
static int note_carried(daemon_t *self, const link_delivery_t *delivery, cause_t *why)
{
    for (size_t i = 0; i < delivery->carries; i++)
        if (!delivery->carried[i].aside &&
            amended_note(self->conf->folder, delivery->number,
                delivery->carried[i].document, why) != 0)
            return -1;
    return 0;
}

// What is corrected or withdrawn by them; it waits for no answer any more.
static int note_withdrawals(
    daemon_t *self, const link_delivery_t *delivery, size_t n, cause_t *why)
{
    for (size_t i = 0; i < n; i++)
        if (note_carried(self, &delivery[i], why) != 0 ||
            (!delivery[i].aside && amended_note(self->conf->folder, delivery[i].number,
                                       delivery[i].document, why) != 0))
            return -1;
    return 0;
}

static void say_delivery(
    daemon_t *self, const link_delivery_t *delivery, log_level_t level)
{
    const leaf_t *leaf = delivery->leaf;
    if (store_had(self->store, delivery)) {
        log_line(LOG_INFO, "inbox.had-before",
            "number=%" PRIu64 " kind=%s author=%s id=%s", delivery->number, leaf->kind,
            leaf->author, leaf->id);
        return;
    }
    if (delivery->aside) {
        log_line(LOG_ERROR, "inbox.set-aside",
            "number=%" PRIu64 " kind=%s author=%s id=%s position=%" PRIu64
            " action=\"the hub could not read this message: ask its author for it; "
            "aside/ has its leaf and proof\"",
            delivery->number, leaf->kind, leaf->author, leaf->id, leaf->position);
        return;
    }
    log_line(level, "inbox.stored", "number=%" PRIu64 " kind=%s author=%s id=%s",
        delivery->number, leaf->kind, leaf->author, leaf->id);
    if (delivery->carries > 0)
        log_line(level, "inbox.carried", "number=%" PRIu64 " older=%zu", delivery->number,
            delivery->carries);
    // The hub took it; whether it should have is for people to ask.
    if (self->credentials.crl && authority_revoked_since_ms(self->credentials.crl,
                                     delivery->author) <= leaf->time_ms)
        log_line(LOG_WARNING, "inbox.author-revoked",
            "number=%" PRIu64 " author=%s serial=%s", delivery->number, leaf->author,
            delivery->author->serial);
}

static size_t on_deliveries(
    void *context, const link_delivery_t *delivery, size_t n, span_t checkpoint)
{
    daemon_t *self = context;
    cause_t why;
    if (note_withdrawals(self, delivery, n, &why) != 0 ||
        store_inbox(self->store, delivery, n, checkpoint, &why) != 0) {
        daemon_full(self, &why);
        return 0;
    }
    for (size_t i = 0; i < n; i++)
        daemon_duties_of(self, delivery[i].leaf->kind);
    for (size_t i = 0; i < n; i++)
        say_delivery(self, &delivery[i], n > LOG_EACH ? LOG_DEBUG : LOG_INFO);
    if (n > LOG_EACH)
        log_line(
            LOG_INFO, "inbox.stored", "n=%zu last=%" PRIu64, n, delivery[n - 1].number);
    return n;
}

link_events_t daemon_link_events(daemon_t *self)
{
    link_events_t events = {
        .context = self,
        .event = on_event,
        .receipts = on_receipts,
        .refused = on_refused,
        .certificate = on_certificate,
        .ahead = on_ahead,
        .deliveries = on_deliveries,
        .explained = daemon_explained,
    };
    daemon_attachments_events(&events);
    return events;
}
