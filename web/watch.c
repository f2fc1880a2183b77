// watch - two threads: one looks at the folders, one asks the daemon, which may be
// waiting for the hub and answer late.  Folders tell by inotify, which only makes waiting
// shorter: whatever it cannot tell is looked for once a second.

#include "web/watch.h"

#include "lib/base/folder.h"
#include "lib/base/memory.h"
#include "lib/base/times.h"
#include "lib/sys/clock.h"
#include "lib/sys/task.h"
#include "nodes/cli/folder_watch.h"

#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

// What comes in a burst is told once, and the first of it at once: each console asks anew
// for what it shows.
enum { LOOK_MS = 1000, GAP_MS = 500, BEAT_MS = 15000, PLACES = 5 };

// What lies where, and what it means when it changes.
static const struct {
    const char *path;
    changed_t what;
} places[PLACES] = {
    {"inbox", CHANGED_INBOX},
    {"sent", CHANGED_SENT},
    {"refused", CHANGED_REFUSED},
    {"waiting", CHANGED_WAITING},
    {"state/waiting", CHANGED_QUEUE},
};

typedef struct {
    char path[PATH_MAX];
    folder_watch_t watch;
    struct stat info; // as it was last, zeros where there was nothing
    bool changed;
    uint64_t last; // number that a name began with
} place_t;

struct watch {
    watch_options_t options;
    task_t folders, daemon;
    int wakeup;     // eventfd: the end, for the one
    wakeup_t ends;  // for the other
    size_t running; // threads
    place_t place[PLACES];
    int64_t beat_ms;
    mutex_t mutex; // over what follows
    bool ended;
    uint64_t last;                                  // newest number in the inbox
    json_t *status;                                 // the daemon's last answer, or NULL
    char node_lost[TIME_TEXT], hub_lost[TIME_TEXT]; // since when, or ""
};

static bool same(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

// A folder that is new, or another of the same name, is watched from now on.
static void look(place_t *place)
{
    struct stat info = {0};
    bool there = stat(place->path, &info) == 0;
    if (same(&info, &place->info))
        return;
    bool other = info.st_ino != place->info.st_ino || info.st_dev != place->info.st_dev;
    if (other)
        folder_watch_close(&place->watch);
    if (there && S_ISDIR(info.st_mode) && place->watch.fd < 0)
        folder_watch_set(&place->watch, (const char *const[]){place->path}, 1);
    place->info = info;
    place->changed = true;
}

static void see(void *context, const char *name)
{
    place_t *place = context;
    bool shown = name && name[0] != '.';
    uint64_t number = shown ? strtoull(name, NULL, 10) : 0;
    if (number > place->last)
        place->last = number;
    place->changed |= !name || shown;
}

static uint64_t newest(watch_t *self, uint64_t number)
{
    mutex_lock(&self->mutex);
    if (number > self->last)
        self->last = number;
    number = self->last;
    mutex_unlock(&self->mutex);
    return number;
}

static bool has_news(const watch_t *self)
{
    bool news = false;
    for (size_t i = 0; i < PLACES; i++)
        news |= self->place[i].changed;
    return news;
}

// When it may be done next.
static int64_t tell(watch_t *self, int64_t now_ms)
{
    uint64_t last = newest(self, self->place[0].last); // names in the inbox
    for (size_t i = 0; i < PLACES; i++)
        if (self->place[i].changed) {
            self->place[i].changed = false;
            streams_changed(self->options.streams, places[i].what, last);
        }
    return now_ms + GAP_MS;
}

// Until a folder tells something, or it is time to look.
static bool wait(watch_t *self, int64_t until_ms)
{
    cause_t ignored;
    struct pollfd fds[PLACES + 1];
    int64_t left_ms = until_ms - clock_ms(CLOCK_BOOT);
    for (size_t i = 0; i < PLACES; i++)
        fds[i] = (struct pollfd){self->place[i].watch.fd, POLLIN, 0};
    fds[PLACES] = (struct pollfd){self->wakeup, POLLIN, 0};
    if (left_ms <= 0 || poll(fds, PLACES + 1, (int)left_ms) <= 0)
        return true;
    for (size_t i = 0; i < PLACES; i++)
        if (fds[i].revents)
            (void)folder_watch_names(
                &self->place[i].watch, 0, see, self->place + i, &ignored);
    return !(fds[PLACES].revents & POLLIN);
}

// The moment stays that of the first time.
static void note(char since[TIME_TEXT], bool lost)
{
    if (!lost)
        since[0] = 0;
    else if (!since[0])
        time_print(clock_now().wall_ms, since);
}

static json_t *since_json(const char *since)
{
    return since[0] ? json_string(since) : json_null();
}

static json_t *describe(const watch_t *self)
{
    json_t *json = self->status ? json_copy(self->status) : json_object();
    if (json_object_set_new(json, "node_lost_since", since_json(self->node_lost)) != 0 ||
        json_object_set_new(json, "hub_lost_since", since_json(self->hub_lost)) != 0) {
        json_decref(json);
        return NULL;
    }
    return json;
}

json_t *watch_status(watch_t *self)
{
    char now[TIME_TEXT];
    time_print(clock_now().wall_ms, now);
    mutex_lock(&self->mutex);
    json_t *known = describe(self);
    json_t *json = json_deep_copy(known);
    json_decref(known);
    mutex_unlock(&self->mutex);
    if (json)
        (void)json_object_set_new(json, "now", json_string(now));
    return json;
}

// What is told when only the clock went on is nothing.
static bool take_status(watch_t *self, json_t *status)
{
    const char *state =
        json_string_value(json_object_get(json_object_get(status, "hub"), "state"));
    mutex_lock(&self->mutex);
    json_t *before = describe(self);
    note(self->node_lost, !status);
    if (status)
        note(self->hub_lost, !state || strcmp(state, "ready") != 0);
    if (status) {
        json_decref(self->status);
        self->status = status;
    }
    json_t *after = describe(self);
    bool changed = !json_equal(before, after);
    json_decref(before);
    json_decref(after);
    mutex_unlock(&self->mutex);
    return changed;
}

static void look_at_daemon(watch_t *self)
{
    cause_t ignored;
    json_t *status = asker_ask(self->options.asker, "status", LOOK_MS / 2, &ignored);
    json_t *inbox = json_object_get(status, "inbox");
    (void)newest(self, (uint64_t)json_integer_value(json_object_get(inbox, "last")));
    if (!take_status(self, status))
        return;
    json_t *told = watch_status(self);
    char *text = told ? json_dumps(told, JSON_COMPACT) : NULL;
    if (text)
        streams_status(self->options.streams, text);
    free(text);
    json_decref(told);
}

static void look_around(watch_t *self, int64_t now_ms)
{
    for (size_t i = 0; i < PLACES; i++)
        look(self->place + i);
    if (now_ms < self->beat_ms)
        return;
    self->beat_ms = now_ms + BEAT_MS;
    streams_beat(self->options.streams);
}

static void *watch_folders(void *context)
{
    watch_t *self = context;
    int64_t look_ms = 0, tell_ms = 0, until_ms;
    do {
        int64_t now_ms = clock_ms(CLOCK_BOOT);
        if (now_ms >= look_ms) {
            look_around(self, now_ms);
            look_ms = now_ms + LOOK_MS;
        }
        if (now_ms >= tell_ms && has_news(self))
            tell_ms = tell(self, now_ms);
        until_ms = has_news(self) && tell_ms < look_ms ? tell_ms : look_ms;
    } while (wait(self, until_ms));
    return NULL;
}

// False: it is the end.
static bool wait_a_while(watch_t *self)
{
    int64_t until_ms = clock_ms(CLOCK_STEADY) + LOOK_MS;
    mutex_lock(&self->mutex);
    while (!self->ended && wakeup_wait_until(&self->ends, &self->mutex, until_ms))
        continue;
    bool goes_on = !self->ended;
    mutex_unlock(&self->mutex);
    return goes_on;
}

static void *watch_daemon(void *context)
{
    watch_t *self = context;
    do
        look_at_daemon(self);
    while (wait_a_while(self));
    return NULL;
}

static int begin(watch_t *self, cause_t *why)
{
    for (size_t i = 0; i < PLACES; i++) {
        self->place[i].watch.fd = -1;
        if (path_join(self->place[i].path, PATH_MAX, self->options.node, places[i].path,
                why) != 0)
            return -1;
    }
    self->wakeup = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (self->wakeup < 0)
        return cause_errno(why, "cannot begin to watch the node");
    if (task_start(&self->folders, "web-folders", watch_folders, self) == 0)
        self->running++;
    if (self->running == 1 &&
        task_start(&self->daemon, "web-daemon", watch_daemon, self) == 0)
        self->running++;
    return self->running == 2 ? 0 : cause_errno(why, "cannot begin to watch the node");
}

watch_t *watch_open(const watch_options_t *options, cause_t *why)
{
    watch_t *self = memory_new(1, sizeof *self);
    self->options = *options;
    self->wakeup = -1;
    mutex_init(&self->mutex);
    wakeup_init(&self->ends);
    if (begin(self, why) != 0)
        watch_close(&self);
    return self;
}

static void end_tasks(watch_t *self)
{
    const uint64_t one = 1;
    mutex_lock(&self->mutex);
    self->ended = true;
    wakeup_broadcast(&self->ends);
    mutex_unlock(&self->mutex);
    if (self->running > 0 && write(self->wakeup, &one, sizeof one) == (ssize_t)sizeof one)
        task_join(self->folders);
    if (self->running > 1)
        task_join(self->daemon);
}

void watch_close(watch_t **self_p)
{
    watch_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    end_tasks(self);
    for (size_t i = 0; i < PLACES; i++)
        folder_watch_close(&self->place[i].watch);
    if (self->wakeup >= 0)
        (void)close(self->wakeup);
    json_decref(self->status);
    wakeup_destroy(&self->ends);
    mutex_destroy(&self->mutex);
    free(self);
}
