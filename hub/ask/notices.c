// notices - one envelope, two occasions.  Its addressees are members of now: whoever left
// the exchange is not written to.

#include "hub/ask/notices.h"

#include "lib/base/times.h"
#include "lib/message/document.h"
#include "lib/sys/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *event; // of the schema of service.notice
    const char *occasion;
    const char *node;
    const duty_t *duty; // it is about, or NULL
    int64_t at_ms;      // when it falls due or ends
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

static void add_member(const notices_t *self, json_t *to, const char *node)
{
    if (!roster_member(self->roster, node) || json_array_size(to) == DOCUMENT_TO_MAX)
        return;
    for (size_t i = 0; i < json_array_size(to); i++)
        if (strcmp(json_string_value(json_array_get(to, i)), node) == 0)
            return;
    (void)json_array_append_new(to, json_string(node));
}

static json_t *addressees(const notices_t *self, const notice_t *notice)
{
    const duty_t *duty = notice->duty;
    json_t *to = json_array();
    add_member(self, to, notice->node);
    for (size_t i = 0; duty && i < duty->tells; i++)
        add_member(self, to, duty->tell[i]);
    for (size_t i = 0; i < roster_count(self->roster); i++) {
        const member_t *member = roster_at(self->roster, i);
        if (strcmp(member->role, "nccis") == 0 &&
            (!duty || self->takes_part(self->context, duty->exercise, member->id)))
            add_member(self, to, member->id);
    }
    return to;
}

static json_t *body_of(const notice_t *notice)
{
    char at[TIME_TEXT];
    time_print(notice->at_ms, at);
    json_t *body = json_pack("{s:s, s:s, s:s, s:s}", "event", notice->event, "at", at,
        "text", notice->text, "node", notice->node);
    if (notice->duty)
        (void)json_object_set_new(body, "about",
            json_pack("{s:s, s:s}", "author", notice->duty->message.author, "id",
                notice->duty->message.id));
    return body;
}

static void say(const notices_t *self, const notice_t *notice)
{
    char id[MESSAGE_ID_MAX], sent[TIME_TEXT], nonce[33];
    uint8_t random[16];
    bool played = notice->duty && notice->duty->exercise[0];
    name(notice, id);
    if (self->said(self->context, id))
        return;
    time_print(self->now_ms, sent);
    random_bytes(random, sizeof random);
    hex_encode(random, sizeof random, nonce);
    json_t *message = json_pack(
        "{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:{s:s}, s:o}", "dabyl", 1, "id",
        id, "kind", "service.notice", "from", self->hub, "sent", sent, "status",
        played ? "exercise" : "actual", "marking", "TLP:AMBER", "nonce", nonce, "to",
        addressees(self, notice), "summary", "en", notice->text, "body", body_of(notice));
    if (!message)
        abort();
    if (played)
        (void)json_object_set_new(
            message, "exercise", json_string(notice->duty->exercise));
    self->say(self->context, message);
}

static void say_expiry(void *context, const cert_t *cert)
{
    const notices_t *self = context;
    if (!roster_member(self->roster, cert->node))
        return;
    say(self, &(notice_t){.event = "certificate-expiring",
                  .occasion = cert->serial,
                  .node = cert->node,
                  .at_ms = cert->not_after_ms,
                  .text = "A certificate expires: renew it with `dabyl ca renew`."});
    self->log(LOG_WARNING, "certificate.expiring", "name=%s serial=%s", cert->name,
        cert->serial);
}

void notices_certificates(const notices_t *self, int64_t days)
{
    static const int64_t day_ms = 24 * 3600 * 1000;
    notices_t each = *self;
    roster_each_expiring(
        self->roster, self->now_ms, self->now_ms + days * day_ms, say_expiry, &each);
    if (roster_crl_stale(self->roster, self->now_ms))
        self->log(LOG_ERROR, "crl.stale",
            "action=\"publish a new CRL: until then nobody new is enrolled\"");
}

// An operator is alarmed by what is real.
static void log_duty(const notices_t *self, const duty_t *duty, const char *due)
{
    bool near = duty->state == DUTY_NEAR;
    if (duty->exercise[0])
        self->log(LOG_INFO, near ? "exercise.near" : "exercise.overdue",
            "exercise=%s node=%s duty=%s due=%s", duty->exercise, duty->who, duty->name,
            due);
    else
        self->log(near ? LOG_INFO : LOG_WARNING, near ? "duty.near" : "duty.overdue",
            "node=%s duty=%s message=%s due=%s", duty->who, duty->name, duty->message.id,
            due);
}

void notices_duty(const notices_t *self, const duty_t *duty)
{
    char text[400], due[TIME_TEXT], occasion[MESSAGE_ID_MAX + TIME_TEXT + 8];
    bool near = duty->state == DUTY_NEAR, played = duty->exercise[0] != 0;
    time_print(duty->due_ms, due);
    (void)snprintf(occasion, sizeof occasion, "%s %s", duty->id, due);
    (void)snprintf(text, sizeof text, "%s%s%s%s: %s (para %s) %s due at %s.",
        played ? "EXERCISE " : "", duty->exercise, played ? ", " : "", duty->who,
        duty->name, duty->cites, near ? "is" : "is overdue, and was", due);
    say(self, &(notice_t){.event = near ? "due-soon" : "overdue",
                  .occasion = occasion,
                  .node = duty->who,
                  .duty = duty,
                  .at_ms = duty->due_ms,
                  .text = text});
    log_duty(self, duty, due);
}
