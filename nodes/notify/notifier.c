// notifier - a list of alarms, each a file, and for each recipient one courier at a time.
//
// What is new becomes a file first; only then the bookmark moves on, so that a crash in
// between makes the same file again.  Steps go on by themselves: one whose way hangs or
// fails keeps no other waiting.

#include "nodes/notify/notifier_state.h"

#include "lib/base/file.h"
#include "lib/base/lock.h"
#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "lib/base/moment.h"
#include "lib/json/writer.h"
#include "nodes/config/node_paths.h"
#include "nodes/inbox/stored.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STATUS_MS = 30000 };

void notifier_unkept(notifier_t *self, const cause_t *why)
{
    if (!self->stuck)
        log_line(LOG_ERROR, "notice.unkept",
            "reason=\"%s\" action=\"it is tried again; of nothing but the disk is "
            "anybody "
            "told before\"",
            why->text);
    self->stuck = self->unkept = true;
}

// True when it is on disk, or says that nothing can be.
bool notifier_keep(notifier_t *self, alarm_t *alarm)
{
    cause_t why;
    if (alarm_write(alarm, self->folder, &why) == 0) {
        alarm->unkept = false;
        self->kept = true;
        return true;
    }
    notifier_unkept(self, &why);
    alarm->unkept = alarm->on == ON_DISK;
    return alarm->unkept;
}

alarm_t *notifier_find(notifier_t *self, const char *id)
{
    for (size_t i = 0; i < self->n; i++)
        if (strcmp(self->alarm[i].id, id) == 0)
            return &self->alarm[i];
    return NULL;
}

static void add(notifier_t *self, const alarm_t *alarm)
{
    if (self->n == self->room) {
        self->room = self->room ? 2 * self->room : 16;
        self->alarm = memory_grow(self->alarm, self->room, sizeof *self->alarm);
    }
    self->alarm[self->n++] = *alarm;
}

// A new one: on disk first.  False: try again.
bool notifier_raise(notifier_t *self, alarm_t *alarm)
{
    if (notifier_find(self, alarm->id))
        return true; // before a crash
    if (!notifier_keep(self, alarm))
        return false;
    add(self, alarm);
    log_line(LOG_INFO, "notice.begins", "notice=%s on=%s kind=%s level=%d", alarm->id,
        notify_ons[alarm->on], alarm->kind[0] ? alarm->kind : "-", alarm->level);
    return true;
}

int notifier_write_seen(notifier_t *self, cause_t *why)
{
    char path[PATH_MAX], text[32];
    (void)snprintf(text, sizeof text, "%" PRIu64 "\n", self->seen);
    return path_join(path, sizeof path, self->folder, "seen", why) == 0
               ? file_replace(path, span_text(text), 0600, why)
               : -1;
}

static bool is_under_way(const alarm_t *alarm)
{
    for (size_t i = 0; i < alarm->steps; i++)
        if (alarm->step[i].state == STEP_TRYING)
            return true;
    return false;
}

// A message is done when all were told, or, where it escalates, when it was answered; a
// state when it is over.
static bool is_done(const notifier_t *self, const alarm_t *alarm, now_t now)
{
    if (is_under_way(alarm))
        return false;
    if (alarm->over)
        return true;
    if (!alarm_said(alarm) || alarm->number == 0)
        return false;
    return alarm->escalate_ms == 0 ||
           moment_between(alarm->at_ms, now.wall_ms) >= self->conf->keep_ms;
}

static void remove_done_mark(const notifier_t *self, const alarm_t *alarm)
{
    char path[PATH_MAX], name[ALARM_ID_MAX + 8];
    cause_t ignored;
    (void)snprintf(name, sizeof name, "%s.done", alarm->id);
    if (path_join(path, sizeof path, self->folder, name, &ignored) == 0)
        (void)unlink(path);
}

static void forget_done(notifier_t *self, now_t now)
{
    cause_t why;
    size_t kept = 0;
    for (size_t i = 0; i < self->n; i++) {
        alarm_t *alarm = &self->alarm[i];
        bool done = is_done(self, alarm, now);
        if (done && !alarm->over && alarm->escalate_ms > 0)
            log_line(LOG_ERROR, "notice.unanswered", "notice=%s", alarm->id);
        if (done && alarm_remove(alarm, self->folder, &why) != 0) {
            notifier_unkept(self, &why);
            done = false;
        }
        if (done)
            remove_done_mark(self, alarm);
        else
            self->alarm[kept++] = *alarm;
    }
    self->n = kept;
}

static void put_status(const notifier_t *self, int64_t at_ms, buf_t *out)
{
    writer_t to = writer_to(out);
    size_t waiting = 0, escalated = 0;
    int64_t oldest_ms = MOMENT_NEVER;
    for (size_t i = 0; i < self->n; i++) {
        const alarm_t *alarm = &self->alarm[i];
        escalated += alarm_escalated(alarm) > 0;
        for (size_t k = 0; k < alarm->steps && !alarm->over; k++)
            if (alarm->step[k].state < STEP_TOLD && alarm->step[k].begun_ms > 0) {
                waiting++;
                moment_sooner(&oldest_ms, alarm->step[k].begun_ms);
            }
    }
    writer_object(&to, NULL);
    writer_integer(&to, "at_ms", at_ms);
    writer_integer(&to, "open", (int64_t)self->n);
    writer_integer(&to, "waiting", (int64_t)waiting);
    writer_integer(&to, "oldest_ms", waiting > 0 ? oldest_ms : 0);
    writer_integer(&to, "escalated", (int64_t)escalated);
    writer_integer(&to, "told", (int64_t)self->counts.told);
    writer_integer(&to, "given_up", (int64_t)self->counts.given_up);
    writer_end(&to);
    buf_put_text(out, "\n");
}

// When it changed, and now and then to show that somebody is there.
static void write_status(notifier_t *self, now_t now)
{
    buf_t text = {0};
    char path[PATH_MAX];
    cause_t why;
    put_status(self, 0, &text);
    bool news = !span_equal(buf_span(&text), buf_span(&self->said));
    if (news || moment_due(self->status_at_ms, now.monotonic_ms)) {
        buf_clear(&self->said);
        buf_put_span(&self->said, buf_span(&text));
        buf_clear(&text);
        put_status(self, now.wall_ms, &text);
        self->status_at_ms = moment_after(now.monotonic_ms, STATUS_MS);
        if (path_join(path, sizeof path, self->folder, "status", &why) != 0 ||
            file_replace(path, buf_span(&text), 0600, &why) != 0)
            notifier_unkept(self, &why);
        else
            self->kept = true;
    }
    buf_destroy(&text);
}

void notifier_turn(notifier_t *self, now_t now)
{
    self->unkept = self->kept = false;
    for (size_t i = 0; i < NOTIFY_RECIPIENTS; i++)
        if (self->busy[i].courier)
            notifier_look_after(self, &self->busy[i], now);
    notifier_look_at_inbox(self, now);
    notifier_look_at_node(self, now);
    for (size_t i = 0; i < self->n; i++) {
        notifier_look_for_answer(self, &self->alarm[i]);
        notifier_tell(self, &self->alarm[i], now);
    }
    forget_done(self, now);
    write_status(self, now);
    if (self->stuck && self->kept && !self->unkept) {
        self->stuck = false;
        log_line(LOG_INFO, "notice.kept", "reason=\"what was wrong is mended\"");
    }
}

size_t notifier_fds(const notifier_t *self, struct pollfd fds[NOTIFY_RECIPIENTS])
{
    size_t n = 0;
    for (size_t i = 0; i < NOTIFY_RECIPIENTS; i++)
        if (self->busy[i].courier)
            fds[n++] = (struct pollfd){courier_fd(self->busy[i].courier), POLLIN, 0};
    return n;
}

static int read_seen(notifier_t *self, cause_t *why)
{
    char path[PATH_MAX];
    buf_t text = {0};
    if (path_join(path, sizeof path, self->folder, "seen", why) != 0)
        return -1;
    if (access(path, F_OK) != 0) {
        if (stored_at(self->home, &self->seen, why) != 0)
            return -1;
        return notifier_write_seen(self, why);
    }
    int result = file_read_plain(path, 64, &text, why);
    if (result == 0 &&
        (text.size < 2 ||
            !decimal_decode(span_of(text.data, text.size - 1), &self->seen)))
        result = cause_set(why, "%s: not a number", path);
    buf_destroy(&text);
    return result;
}

// What was under way is tried again, and says that it may come a second time.
static void take_up(alarm_t *alarm, int64_t wall_ms)
{
    for (size_t i = 0; i < alarm->steps; i++) {
        step_t *step = &alarm->step[i];
        if (step->state != STEP_TRYING)
            continue;
        courier_end_former(step->pid, step->born);
        step->state = STEP_WAITS;
        step->due_ms = wall_ms;
    }
}

static int read_alarms(notifier_t *self, int64_t wall_ms, cause_t *why)
{
    names_t names = {0};
    int result = names_list(&names, self->folder, ".json", why);
    for (size_t i = 0; result == 0 && i < names.n; i++) {
        char id[ALARM_ID_MAX + 8];
        alarm_t alarm;
        (void)snprintf(
            id, sizeof id, "%.*s", (int)(strlen(names.name[i]) - 5), names.name[i]);
        result = alarm_read(&alarm, self->folder, id, why);
        if (result == 0) {
            take_up(&alarm, wall_ms);
            add(self, &alarm);
        }
    }
    names_free(&names);
    return result;
}

static int open_all(notifier_t *self, const char *folder, cause_t *why)
{
    char lock[PATH_MAX];
    node_path(folder, NODE_CONTROL, self->control);
    if (path_join(self->folder, PATH_MAX, folder, "notices", why) != 0 ||
        folder_make(self->folder, 0700, why) != 0 ||
        path_join(lock, PATH_MAX, self->folder, "lock", why) != 0)
        return -1;
    (void)snprintf(self->home, PATH_MAX, "%s", folder);
    self->lock = lock_take(lock, why);
    return self->lock >= 0 && read_seen(self, why) == 0 &&
                   read_alarms(self, clock_now().wall_ms, why) == 0
               ? 0
               : -1;
}

notifier_t *notifier_open(
    const char *folder, const char *node, const notify_conf_t *conf, cause_t *why)
{
    notifier_t *self = memory_new(1, sizeof *self);
    self->conf = conf;
    self->node = node;
    self->lock = -1;
    if (open_all(self, folder, why) != 0)
        notifier_close(&self);
    return self;
}

void notifier_close(notifier_t **self_p)
{
    notifier_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    for (size_t i = 0; i < NOTIFY_RECIPIENTS; i++)
        courier_close(&self->busy[i].courier);
    if (self->lock >= 0)
        (void)close(self->lock);
    buf_destroy(&self->said);
    free(self->alarm);
    free(self);
}

int notifier_done(const char *folder, const char *id, cause_t *why)
{
    char notices[PATH_MAX], path[PATH_MAX], name[ALARM_ID_MAX + 8];
    alarm_t alarm;
    if (strchr(id, '/') || strlen(id) >= ALARM_ID_MAX)
        return cause_set(why, "%s: not the name of a notice", id);
    (void)snprintf(name, sizeof name, "%s.done", id);
    if (path_join(notices, PATH_MAX, folder, "notices", why) != 0 ||
        alarm_read(&alarm, notices, id, why) != 0 ||
        path_join(path, PATH_MAX, notices, name, why) != 0)
        return -1;
    return file_replace(path, span_text(""), 0600, why);
}
