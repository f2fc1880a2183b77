// notifier_look - what is new at the node: deliveries by their numbers, the session with
// the hub and the disk by looking now and then; and whether somebody has answered.

#include "nodes/notify/notifier_state.h"

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/base/moment.h"
#include "lib/base/text.h"
#include "lib/sys/usage.h"
#include "nodes/inbox/answered.h"
#include "nodes/inbox/mail.h"
#include "nodes/inbox/opened.h"
#include "nodes/inbox/stored.h"
#include "nodes/net/ask.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    MESSAGES_A_TURN = 64,
    LOOK_MS = 5000, // between looks at the daemon and the disk
    ANSWER_MS = 3000
};

static bool lists_kind(const notify_rule_t *rule, const char *kind)
{
    for (size_t i = 0; i < rule->kinds; i++)
        if (strcmp(rule->kind[i], kind) == 0)
            return true;
    return rule->kinds == 0;
}

// The first rule that is about this, or NULL; `also` is what else a message is.
static const notify_rule_t *rule_for(
    const notifier_t *self, on_t on, on_t also, const alarm_t *what)
{
    for (size_t i = 0; i < self->conf->rules; i++) {
        const notify_rule_t *rule = &self->conf->rule[i];
        if ((rule->on == on || rule->on == also) &&
            (!what->exercise || rule->exercises) &&
            (rule->on != ON_MESSAGE ||
                (lists_kind(rule, what->kind) && what->level >= rule->level) ||
                (rule->level == 0 && lists_kind(rule, what->kind))))
            return rule;
    }
    return NULL;
}

static void take_name(const json_t *object, reference_t *out)
{
    if (!text_copy(
            span_text(mail_text(object, "author")), out->author, sizeof out->author) ||
        !text_copy(span_text(mail_text(object, "id")), out->id, sizeof out->id))
        *out = (reference_t){.author = ""};
}

// What a message is: a notice of the hub's about a duty, or simply a message.
static on_t describe(const mail_t *mail, alarm_t *what)
{
    const json_t *body = json_object_get(mail->root, "body");
    const char *event = mail_text(body, "event");
    what->level = mail_level(mail->root);
    what->exercise = strcmp(mail_text(mail->root, "status"), "actual") != 0;
    (void)text_copy(
        span_text(mail_text(mail->root, "kind")), what->kind, sizeof what->kind);
    (void)text_copy(span_text(mail_text(mail->root, "from")), what->message.author,
        sizeof what->message.author);
    (void)text_copy(span_text(mail_text(mail->root, "id")), what->message.id,
        sizeof what->message.id);
    if (strcmp(what->kind, "service.notice") != 0)
        return ON_MESSAGE;
    take_name(json_object_get(body, "about"), &what->about);
    if (strcmp(event, "due-soon") == 0)
        return ON_NEAR;
    return strcmp(event, "overdue") == 0 || strcmp(event, "not-signed-for") == 0
               ? ON_OVERDUE
               : ON_MESSAGE;
}

static void fill(alarm_t *alarm, const alarm_t *what, uint64_t number)
{
    alarm->number = number;
    alarm->level = what->level;
    alarm->exercise = what->exercise;
    alarm->message = what->message;
    alarm->about = what->about;
    memcpy(alarm->kind, what->kind, sizeof alarm->kind);
}

// False: it could not be kept, and is looked at again.
static bool look_at_message(notifier_t *self, uint64_t number, now_t now)
{
    mail_t mail = {0};
    cause_t why;
    char wanted[24], id[ALARM_ID_MAX];
    alarm_t what = {.level = -1}, alarm;
    (void)snprintf(wanted, sizeof wanted, "%" PRIu64, number);
    (void)snprintf(id, sizeof id, "n%" PRIu64, number);
    if (mail_open_here(&mail, self->home, wanted, &why) != 0) {
        log_line(LOG_WARNING, "notice.skipped", "number=%" PRIu64 " reason=\"%s\"",
            number, why.text);
        return true; // somebody has moved it: a person has seen it
    }
    const notify_rule_t *rule = rule_for(self, ON_MESSAGE, describe(&mail, &what), &what);
    mail_close(&mail);
    if (!rule)
        return true;
    alarm_begin(&alarm, rule, id, now.wall_ms);
    fill(&alarm, &what, number);
    return notifier_raise(self, &alarm);
}

void notifier_look_at_inbox(notifier_t *self, now_t now)
{
    uint64_t stored = 0, before = self->seen;
    cause_t why;
    if (stored_at(self->home, &stored, &why) != 0)
        return; // it is being replaced, or not there yet
    for (int i = 0; i < MESSAGES_A_TURN && self->seen < stored; i++) {
        if (!look_at_message(self, self->seen + 1, now))
            break;
        self->seen++;
    }
    if (self->seen != before && notifier_write_seen(self, &why) != 0)
        notifier_unkept(self, &why);
}

// A state that lasts: one alarm from when it is so until it is no more.
static void look_at_state(notifier_t *self, on_t on, bool wrong, now_t now)
{
    alarm_t what = {.level = -1}, alarm;
    alarm_t *there = notifier_find(self, notify_ons[on]);
    if (there && !wrong && !there->over) {
        there->over = true;
        (void)notifier_keep(self, there);
        log_line(LOG_INFO, "notice.ends", "notice=%s", there->id);
    }
    const notify_rule_t *rule = wrong && !there ? rule_for(self, on, on, &what) : NULL;
    if (!rule)
        return;
    alarm_begin(&alarm, rule, notify_ons[on], now.wall_ms);
    (void)notifier_raise(self, &alarm);
}

static bool has_session(const notifier_t *self, bool *disk_full)
{
    buf_t text = {0};
    cause_t ignored;
    bool ready = false;
    *disk_full = false;
    if (ask(self->control, span_text("status"), ANSWER_MS, &text, &ignored) == 0) {
        json_t *status = json_loadb((const char *)text.data, text.size, 0, NULL);
        *disk_full = json_is_true(json_object_get(status, "disk_full"));
        ready = strcmp(mail_text(json_object_get(status, "hub"), "state"), "ready") == 0;
        json_decref(status);
    }
    buf_destroy(&text);
    return ready;
}

// It ends where a hundredth more is free than where it began: a disk that is filled and
// cleared around the limit is told once.
static bool is_short_of_disk(const notifier_t *self)
{
    usage_disk_t disk;
    uint64_t percent = (uint64_t)self->conf->disk_percent + (self->short_of_disk ? 1 : 0);
    return usage_disk(self->home, &disk) &&
           disk.free_bytes < disk.size_bytes / 100 * percent;
}

void notifier_look_at_node(notifier_t *self, now_t now)
{
    bool full;
    if (!moment_due(self->look_at_ms, now.monotonic_ms))
        return;
    self->look_at_ms = moment_after(now.monotonic_ms, LOOK_MS);
    bool ready = has_session(self, &full);
    if (!ready && !self->lost)
        self->lost_ms = now.monotonic_ms;
    self->lost = !ready;
    look_at_state(self, ON_DISCONNECTED,
        self->lost && moment_between(self->lost_ms, now.monotonic_ms) >=
                          self->conf->disconnected_ms,
        now);
    self->short_of_disk = is_short_of_disk(self);
    look_at_state(self, ON_DISK, full || self->short_of_disk, now);
}

static bool is_seen_to(const notifier_t *self, const reference_t *message)
{
    answer_note_t note;
    if (!message->author[0])
        return false;
    if (answered_with(self->home, message, &note, 1) > 0)
        return true;
    json_t *opened = opened_json(self->home, message);
    bool seen = json_array_size(opened) > 0;
    json_decref(opened);
    return seen;
}

static bool is_said_done(const notifier_t *self, const alarm_t *alarm)
{
    char path[PATH_MAX], name[ALARM_ID_MAX + 8];
    cause_t ignored;
    (void)snprintf(name, sizeof name, "%s.done", alarm->id);
    return path_join(path, sizeof path, self->folder, name, &ignored) == 0 &&
           access(path, F_OK) == 0;
}

void notifier_look_for_answer(notifier_t *self, alarm_t *alarm)
{
    if (alarm->over || !(is_said_done(self, alarm) || is_seen_to(self, &alarm->message) ||
                           is_seen_to(self, &alarm->about)))
        return;
    alarm->over = true;
    if (notifier_keep(self, alarm))
        log_line(LOG_INFO, "notice.answered", "notice=%s", alarm->id);
}
