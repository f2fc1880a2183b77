// notices - one envelope, two occasions.  Its addressees are members of now: whoever left
// the exchange is not written to.

#include "hub/ask/notices.h"

#include "lib/base/log.h"
#include "lib/base/times.h"
#include "lib/json/writer.h"
#include "lib/message/document.h"
#include "lib/sys/random.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    const char *event; // of the schema of service.notice
    const char *occasion;
    const char *node;
    const duty_t *duty;       // it is about, or NULL
    const reference_t *about; // a message, or NULL
    const char *exercise;     // that it is said within, or ""
    int64_t at_ms;            // when it happened, falls due or ends
    const char *text;
} notice_t;

static void name(const notice_t *notice, char id[MESSAGE_ID_MAX])
{
    buf_t text = {0};
    hash_t hash;
    buf_printf(&text, "dabyl-service/v1\n%s\n%s\n", notice->event, notice->occasion);
    sha256(buf_span(&text), &hash);
    buf_destroy(&text);
    uuid7_from(notice->at_ms, hash.bytes, id);
}

typedef struct {
    size_t n;
    const char *node[DOCUMENT_TO_MAX];
} addressees_t;

static void add_member(const notices_t *self, addressees_t *to, const char *node)
{
    if (!roster_member(self->roster, node) || to->n == DOCUMENT_TO_MAX)
        return;
    for (size_t i = 0; i < to->n; i++)
        if (strcmp(to->node[i], node) == 0)
            return;
    to->node[to->n++] = node;
}

static void find_addressees(
    const notices_t *self, const notice_t *notice, addressees_t *to)
{
    const duty_t *duty = notice->duty;
    if (notice->node)
        add_member(self, to, notice->node);
    for (size_t i = 0; duty && i < duty->tells; i++)
        add_member(self, to, duty->tell[i]);
    roster_group_t group = roster_group(self->roster, "nccis", "");
    for (size_t i = 0; !duty && i < group.n; i++) {
        const char *node = group.member[i]->id;
        if (history_takes_part(self->history, notice->exercise, node))
            add_member(self, to, node);
    }
}

static void write_addressees(const notices_t *self, const notice_t *notice, writer_t *to)
{
    addressees_t addressees = {0};
    find_addressees(self, notice, &addressees);
    writer_array(to, "to");
    for (size_t i = 0; i < addressees.n; i++)
        writer_text(to, NULL, addressees.node[i]);
    writer_end(to);
}

static void write_time(writer_t *to, const char *name, int64_t ms)
{
    char text[TIME_TEXT];
    time_print(ms, text);
    writer_text(to, name, text);
}

static void write_body(const notice_t *notice, writer_t *to)
{
    writer_object(to, "body");
    writer_text(to, "event", notice->event);
    write_time(to, "at", notice->at_ms);
    writer_text(to, "text", notice->text);
    if (notice->node)
        writer_text(to, "node", notice->node);
    if (notice->about) {
        writer_object(to, "about");
        writer_text(to, "author", notice->about->author);
        writer_text(to, "id", notice->about->id);
        writer_end(to);
    }
    writer_end(to);
}

static void write_nonce(writer_t *to)
{
    char nonce[33];
    uint8_t random[16];
    random_bytes(random, sizeof random);
    hex_encode(random, sizeof random, nonce);
    writer_text(to, "nonce", nonce);
}

static void write_message(
    const notices_t *self, const notice_t *notice, const char *id, buf_t *text)
{
    writer_t to = writer_to(text);
    bool played = notice->exercise[0] != 0;
    writer_object(&to, NULL);
    writer_integer(&to, "dabyl", 1);
    writer_text(&to, "id", id);
    writer_text(&to, "kind", "service.notice");
    writer_text(&to, "from", self->hub);
    write_time(&to, "sent", self->now_ms);
    writer_text(&to, "status", played ? "exercise" : "actual");
    writer_text(&to, "marking", "TLP:AMBER");
    write_nonce(&to);
    write_addressees(self, notice, &to);
    writer_object(&to, "summary");
    writer_text(&to, "en", notice->text);
    writer_end(&to);
    write_body(notice, &to);
    if (played)
        writer_text(&to, "exercise", notice->exercise);
    writer_end(&to);
}

// Unless the hub has said it: then a message of its own has this id.
static void say(const notices_t *self, const notice_t *notice)
{
    char id[MESSAGE_ID_MAX];
    buf_t text = {0};
    leaf_t leaf;
    name(notice, id);
    if (history_find(self->history, self->hub, id, &leaf))
        return;
    write_message(self, notice, id, &text);
    drafting_say(self->drafting, buf_span(&text));
    buf_destroy(&text);
}

static void say_expiry(const notices_t *self, const cert_t *cert)
{
    if (!roster_member(self->roster, cert->node))
        return;
    say(self, &(notice_t){.event = "certificate-expiring",
                  .occasion = cert->serial,
                  .node = cert->node,
                  .exercise = "",
                  .at_ms = cert->not_after_ms,
                  .text = "A certificate expires: renew it with `dabyl ca renew`."});
    log_line(LOG_WARNING, "certificate.expiring", "name=%s serial=%s", cert->name,
        cert->serial);
}

void notices_certificates(const notices_t *self, int64_t days)
{
    static const int64_t day_ms = 24 * 3600 * 1000;
    size_t cursor = 0;
    const cert_t *cert;
    while ((cert = roster_next_expiring(self->roster, &cursor, self->now_ms,
                self->now_ms + days * day_ms)) != NULL)
        say_expiry(self, cert);
    if (roster_crl_stale(self->roster, self->now_ms))
        log_line(LOG_ERROR, "crl.stale",
            "action=\"publish a new CRL: until then nobody new is enrolled\"");
}

// What is said of a duty in its state.
typedef struct {
    const char *event, *played, *real; // of the notice, and of the log
    const char *text;                  // between its name and when it is due
} saying_t;

static const saying_t sayings[] = {
    [DUTY_NEAR] = {"due-soon", "exercise.near", "duty.near", "is due at"},
    [DUTY_OVERDUE] = {"overdue", "exercise.overdue", "duty.overdue",
        "is overdue, and was due at"},
    [DUTY_HANDED] = {"not-signed-for", "exercise.handed", "duty.handed",
        "was handed over in time, and nobody has signed for it yet: due at"}};

// An operator is alarmed by what is real.
static void log_duty(const duty_t *duty, const char *due)
{
    const saying_t *saying = &sayings[duty->state];
    const char *towards = duty->towards[0] ? duty->towards : "-";
    if (duty->exercise[0])
        log_line(LOG_INFO, saying->played,
            "exercise=%s debtor=%s towards=%s duty=%s due=%s", duty->exercise,
            duty->debtor, towards, duty->name, due);
    else
        log_line(duty->state == DUTY_NEAR ? LOG_INFO : LOG_WARNING, saying->real,
            "debtor=%s towards=%s duty=%s message=%s due=%s", duty->debtor, towards,
            duty->name, duty->message.id, due);
}

void notices_duty(const notices_t *self, const duty_t *duty)
{
    char text[480], due[TIME_TEXT], occasion[MESSAGE_ID_MAX + TIME_TEXT + 8];
    const saying_t *saying = &sayings[duty->state];
    bool played = duty->exercise[0] != 0, owed = duty->towards[0] != 0;
    time_print(duty->due_ms, due);
    (void)snprintf(occasion, sizeof occasion, "%s %s", duty->id, due);
    (void)snprintf(text, sizeof text, "%s%s%s%s: %s%s%s (para %s) %s %s.",
        played ? "EXERCISE " : "", duty->exercise, played ? ", " : "", duty->debtor,
        duty->name, owed ? ", towards " : "", duty->towards, duty->cites, saying->text,
        due);
    say(self, &(notice_t){.event = saying->event,
                  .occasion = occasion,
                  .node = duty->debtor,
                  .duty = duty,
                  .about = &duty->message,
                  .exercise = duty->exercise,
                  .at_ms = duty->due_ms,
                  .text = text});
    log_duty(duty, due);
}

void notices_absence(const notices_t *self, const absence_t *absence)
{
    char text[900], occasion[NODE_ID_MAX + MESSAGE_ID_MAX + 2];
    bool played = absence->exercise[0] != 0;
    const char *author = absence->message.author, *id = absence->message.id;
    (void)snprintf(occasion, sizeof occasion, "%s %s", author, id);
    if (absence->known)
        (void)snprintf(text, sizeof text,
            "No node has a role that %s of %s should have reached: %s.", absence->kind,
            author, absence->roles);
    else
        (void)snprintf(text, sizeof text,
            "No node has a role that a message should have reached: %s.", absence->roles);
    say(self, &(notice_t){.event = "role-absent",
                  .occasion = occasion,
                  .about = absence->known ? &absence->message : NULL,
                  .exercise = absence->exercise,
                  .at_ms = uuid7_time_ms(id), // the same however often it is noticed
                  .text = text});
    log_often(played ? LOG_INFO : LOG_WARNING, played ? "exercise.absent" : "role.absent",
        "message=%s roles=\"%s\"", id, absence->roles);
}
