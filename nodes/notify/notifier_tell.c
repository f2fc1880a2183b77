// notifier_tell - who is told when, by which program, and what becomes of it.

#include "lib/base/catalogue.h"
#include "nodes/notify/notifier_state.h"

#include "lib/base/log.h"
#include "lib/base/moment.h"
#include "nodes/inbox/mail.h"
#include "nodes/notify/notice_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PAUSE_MAX_MS = 15 * 60 * 1000 };

static way_busy_t *way_of(notifier_t *self, const char *name)
{
    for (size_t i = 0; i < NOTIFY_RECIPIENTS; i++)
        if (strcmp(self->busy[i].name, name) == 0)
            return &self->busy[i];
    return NULL;
}

static void given_up(
    notifier_t *self, const alarm_t *alarm, step_t *step, const char *reason)
{
    step->state = STEP_GIVEN_UP;
    self->counts.given_up++;
    log_line(LOG_ERROR, "notice.given-up",
        "notice=%s to=%s attempts=%" PRId64 " reason=\"%s\"", alarm->id, step->name,
        step->attempts, reason);
}

static void failed(
    notifier_t *self, const alarm_t *alarm, step_t *step, const char *reason, now_t now)
{
    int64_t pause_ms = self->conf->pause_ms;
    for (int64_t i = 1; i < step->attempts && pause_ms < PAUSE_MAX_MS; i++)
        pause_ms *= 2;
    if (moment_between(step->begun_ms, now.wall_ms) >= self->conf->try_ms) {
        given_up(self, alarm, step, reason);
        return;
    }
    step->state = STEP_WAITS;
    step->due_ms =
        moment_after(now.wall_ms, pause_ms < PAUSE_MAX_MS ? pause_ms : PAUSE_MAX_MS);
    log_line(LOG_WARNING, "notice.failed",
        "notice=%s to=%s attempts=%" PRId64 " reason=\"%s\"", alarm->id, step->name,
        step->attempts, reason);
}

static void put_quoted(buf_t *out, const char *name, const char *before, const char *text)
{
    buf_printf(out, "%s = \"%s", name, before);
    for (; *text; text++)
        buf_printf(out, "%s%c", *text == '"' || *text == '\\' ? "\\" : "", *text);
    buf_put_text(out, "\"\n");
}

// An URL may hold a secret: curl reads it, and nobody sees it among the processes.
static void put_curl(const notifier_t *self, const notice_text_t *text, buf_t *out)
{
    buf_t json = {0}, key = {0};
    notice_text_json(text, &json);
    notice_text_key(text, &key);
    put_quoted(out, "url", "", text->to->to);
    put_quoted(out, "data-binary", "", buf_text(&json)); // an object: no '@' before it
    put_quoted(out, "header", "", "Content-Type: application/json; charset=utf-8");
    put_quoted(out, "header", "Idempotency-Key: ", buf_text(&key));
    buf_printf(out, "max-time = %lld\n", (long long)(self->conf->timeout_ms / 1000));
    buf_destroy(&json);
    buf_destroy(&key);
}

// What it takes: what the program reads, and its arguments.
static courier_t *send_off(
    const notifier_t *self, const notice_text_t *text, now_t now, cause_t *why)
{
    const notify_conf_t *conf = self->conf;
    buf_t input = {0}, line = {0};
    const char *arguments[10] = {NULL};
    size_t n = 0;
    notice_text_line(text, &line);
    if (text->to->way == WAY_MAIL) {
        notice_text_mail(text, &input);
        arguments[n++] = conf->sendmail;
        arguments[n++] = "-i";
        if (conf->from[0]) {
            arguments[n++] = "-f";
            arguments[n++] = conf->from;
        }
        arguments[n++] = "--";
        arguments[n++] = text->to->to;
    } else if (text->to->way == WAY_WEBHOOK) {
        static const char *const words[] = {"--disable", "--silent", "--show-error",
            "--fail", "--proto", "=http,https", "--config", "-"};
        put_curl(self, text, &input);
        arguments[n++] = conf->curl;
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            arguments[n++] = words[i];
    } else {
        notice_text_lines(text, &input);
        arguments[n++] = text->to->to;
        arguments[n++] = buf_text(&line);
    }
    courier_task_t task = {.arguments = (char *const *)arguments,
        .input = buf_span(&input),
        .timeout_ms = moment_after(conf->timeout_ms, 1000)};
    courier_t *courier = courier_start(&task, now.monotonic_ms, why);
    buf_destroy(&input);
    buf_destroy(&line);
    return courier;
}

static courier_t *prepare(const notifier_t *self, const alarm_t *alarm,
    const step_t *step, const recipient_t *to, now_t now, cause_t *why)
{
    mail_t mail = {0};
    char wanted[24];
    cause_t ignored;
    (void)snprintf(wanted, sizeof wanted, "%" PRIu64, alarm->number);
    bool here =
        alarm->number > 0 && mail_open_here(&mail, self->home, wanted, &ignored) == 0;
    notice_text_t text = {.node = self->node,
        .language = self->conf->language,
        .from = self->conf->from,
        .alarm = alarm,
        .step = step,
        .to = to,
        .document = here ? mail.root : NULL};
    (void)catalogue_use(self->conf->language);
    courier_t *courier = send_off(self, &text, now, why);
    (void)catalogue_use("en"); // of what is logged
    if (here)
        mail_close(&mail);
    return courier;
}

// The file says that it is tried before it is.
static void try_step(notifier_t *self, alarm_t *alarm, step_t *step, now_t now)
{
    cause_t why;
    const recipient_t *to = notify_conf_recipient(self->conf, step->name);
    way_busy_t *way = way_of(self, "");
    if (!to) {
        given_up(self, alarm, step, "notify.conf has no such recipient any more");
        (void)notifier_keep(self, alarm);
        return;
    }
    step_t before = *step;
    step->state = STEP_TRYING;
    step->attempts++;
    step->pid = 0;
    if (step->begun_ms == 0)
        step->begun_ms = now.wall_ms;
    if (!way || !notifier_keep(self, alarm)) {
        *step = before;
        return;
    }
    courier_t *courier = prepare(self, alarm, step, to, now, &why);
    if (!courier) {
        failed(self, alarm, step, why.text, now);
    } else {
        step->pid = courier_pid(courier);
        step->born = courier_born(courier);
        memcpy(way->name, step->name, sizeof way->name);
        memcpy(way->alarm, alarm->id, sizeof way->alarm);
        way->courier = courier;
    }
    (void)notifier_keep(self, alarm);
}

// Who is not told yet, and whose time has come.
void notifier_tell(notifier_t *self, alarm_t *alarm, now_t now)
{
    for (size_t i = 0; i < alarm->steps && !alarm->over; i++) {
        step_t *step = &alarm->step[i];
        if (step->state == STEP_WAITS && moment_due(step->due_ms, now.wall_ms) &&
            !way_of(self, step->name))
            try_step(self, alarm, step, now);
    }
}

static step_t *step_of(alarm_t *alarm, const char *name)
{
    for (size_t i = 0; alarm && i < alarm->steps; i++)
        if (alarm->step[i].state == STEP_TRYING && strcmp(alarm->step[i].name, name) == 0)
            return &alarm->step[i];
    return NULL;
}

void notifier_look_after(notifier_t *self, way_busy_t *way, now_t now)
{
    cause_t why;
    alarm_t *alarm = notifier_find(self, way->alarm);
    step_t *step = step_of(alarm, way->name);
    int ended = courier_look(way->courier, now.monotonic_ms, &why);
    if (ended == 0)
        return;
    courier_close(&way->courier);
    way->name[0] = 0;
    if (!step)
        return;
    if (ended > 0) {
        step->state = STEP_TOLD;
        self->counts.told++;
        log_line(LOG_INFO, "notice.told", "notice=%s to=%s attempts=%" PRId64, alarm->id,
            step->name, step->attempts);
    } else {
        failed(self, alarm, step, why.text, now);
    }
    (void)notifier_keep(self, alarm);
}
