// alarm - as one JSON object a file.

#include "nodes/notify/alarm.h"

#include "lib/base/file.h"
#include "lib/base/moment.h"
#include "lib/base/text.h"
#include "lib/json/writer.h"
#include "nodes/inbox/mail.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MOST = 64 << 10 };

static const char *const states[] = {"waits", "trying", "told", "given-up"};

void alarm_begin(alarm_t *self, const notify_rule_t *rule, const char *id, int64_t at_ms)
{
    *self = (alarm_t){.on = rule->on,
        .level = -1,
        .at_ms = at_ms,
        .escalate_ms = rule->escalate_ms,
        .steps = rule->tells};
    (void)snprintf(self->id, sizeof self->id, "%s", id);
    for (size_t i = 0; i < rule->tells; i++) {
        memcpy(self->step[i].name, rule->tell[i], sizeof self->step[i].name);
        self->step[i].due_ms =
            moment_after(at_ms, moment_span((int64_t)i, rule->escalate_ms));
    }
}

static void write_reference(writer_t *to, const char *name, const reference_t *message)
{
    writer_object(to, name);
    writer_text(to, "author", message->author);
    writer_text(to, "id", message->id);
    writer_end(to);
}

static void write_step(writer_t *to, const step_t *step)
{
    writer_object(to, NULL);
    writer_text(to, "name", step->name);
    writer_text(to, "state", states[step->state]);
    writer_integer(to, "due_ms", step->due_ms);
    writer_integer(to, "begun_ms", step->begun_ms);
    writer_integer(to, "attempts", step->attempts);
    writer_integer(to, "pid", step->pid);
    writer_integer(to, "born", (int64_t)step->born);
    writer_end(to);
}

static void print(const alarm_t *self, buf_t *out)
{
    writer_t to = writer_to(out);
    writer_object(&to, NULL);
    writer_text(&to, "notice", "v1");
    writer_text(&to, "on", notify_ons[self->on]);
    writer_integer(&to, "number", (int64_t)self->number);
    writer_text(&to, "kind", self->kind);
    writer_integer(&to, "level", self->level);
    writer_bool(&to, "exercise", self->exercise);
    write_reference(&to, "message", &self->message);
    write_reference(&to, "about", &self->about);
    writer_integer(&to, "at_ms", self->at_ms);
    writer_integer(&to, "escalate_ms", self->escalate_ms);
    writer_bool(&to, "over", self->over);
    writer_array(&to, "steps");
    for (size_t i = 0; i < self->steps; i++)
        write_step(&to, &self->step[i]);
    writer_end(&to);
    writer_end(&to);
    buf_put_text(out, "\n");
}

static int path_of(const char *folder, const char *id, char path[PATH_MAX], cause_t *why)
{
    char name[ALARM_ID_MAX + 8];
    (void)snprintf(name, sizeof name, "%s.json", id);
    return path_join(path, PATH_MAX, folder, name, why);
}

int alarm_write(const alarm_t *self, const char *folder, cause_t *why)
{
    char path[PATH_MAX];
    buf_t text = {0};
    print(self, &text);
    int result = path_of(folder, self->id, path, why) == 0
                     ? file_replace(path, buf_span(&text), 0600, why)
                     : -1;
    buf_destroy(&text);
    return result;
}

static int64_t number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static bool take_reference(const json_t *object, const char *name, reference_t *out)
{
    const json_t *one = json_object_get(object, name);
    return text_copy(
               span_text(mail_text(one, "author")), out->author, sizeof out->author) &&
           text_copy(span_text(mail_text(one, "id")), out->id, sizeof out->id);
}

static size_t word_at(const char *const *words, size_t n, const char *word)
{
    size_t i = 0;
    while (i < n && strcmp(words[i], word) != 0)
        i++;
    return i;
}

static bool take_step(const json_t *object, step_t *step)
{
    size_t state = word_at(states, 4, mail_text(object, "state"));
    *step = (step_t){.state = (step_state_t)state,
        .due_ms = number(object, "due_ms"),
        .begun_ms = number(object, "begun_ms"),
        .attempts = number(object, "attempts"),
        .pid = (pid_t)number(object, "pid"),
        .born = (uint64_t)number(object, "born")};
    return state < 4 &&
           text_copy(span_text(mail_text(object, "name")), step->name, sizeof step->name);
}

static bool take(alarm_t *self, const json_t *root)
{
    const json_t *steps = json_object_get(root, "steps");
    size_t on = word_at(notify_ons, ONS, mail_text(root, "on"));
    self->on = (on_t)on;
    self->number = (uint64_t)number(root, "number");
    self->level = (int)number(root, "level");
    self->exercise = json_is_true(json_object_get(root, "exercise"));
    self->at_ms = number(root, "at_ms");
    self->escalate_ms = number(root, "escalate_ms");
    self->over = json_is_true(json_object_get(root, "over"));
    self->steps = json_array_size(steps);
    bool good =
        strcmp(mail_text(root, "notice"), "v1") == 0 && on < ONS &&
        self->steps <= NOTIFY_TELLS && take_reference(root, "message", &self->message) &&
        take_reference(root, "about", &self->about) &&
        text_copy(span_text(mail_text(root, "kind")), self->kind, sizeof self->kind);
    for (size_t i = 0; good && i < self->steps; i++)
        good = take_step(json_array_get(steps, i), &self->step[i]);
    return good;
}

int alarm_read(alarm_t *self, const char *folder, const char *id, cause_t *why)
{
    char path[PATH_MAX];
    buf_t text = {0};
    *self = (alarm_t){0};
    if (!text_copy(span_text(id), self->id, sizeof self->id))
        return cause_set(why, "%s: not the name of a notice", id);
    if (path_of(folder, id, path, why) != 0 ||
        file_read_plain(path, FILE_MOST, &text, why) != 0)
        return -1;
    json_t *root = json_loadb((const char *)text.data, text.size, 0, NULL);
    bool good = root && take(self, root);
    json_decref(root);
    buf_destroy(&text);
    return good ? 0 : cause_set(why, "%s: not a notice", path);
}

int alarm_remove(const alarm_t *self, const char *folder, cause_t *why)
{
    char path[PATH_MAX];
    if (path_of(folder, self->id, path, why) != 0)
        return -1;
    return unlink(path) == 0 || errno == ENOENT ? 0 : cause_errno(why, "%s", path);
}

bool alarm_again(const alarm_t *self, const step_t *step)
{
    return step->attempts > 1 || self->unkept;
}

bool alarm_said(const alarm_t *self)
{
    for (size_t i = 0; i < self->steps; i++)
        if (self->step[i].state < STEP_TOLD)
            return false;
    return true;
}

size_t alarm_escalated(const alarm_t *self)
{
    size_t n = 0;
    for (size_t i = 1; self->escalate_ms > 0 && !self->over && i < self->steps; i++)
        n += self->step[i].begun_ms > 0;
    return n;
}
