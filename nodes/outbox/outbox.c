// outbox - take, read, seal, write down, let go of the files, publish: in this order.
//
// Each step can be repeated after a crash: before the parcel is written the taken files
// are still there, and after that it names the files that it was made of.  What is added
// to a document is computed from the name of its taken file (taken_seed), so that it is
// the same when it is done again.

#include "nodes/outbox/outbox_state.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"

#include <stdlib.h>

enum {
    PARCELS_MAX = 256,
    RETRY_MS = 5000,
    TURN_FILES = 256, // looked at, with those refused
    TOGETHER_BYTES = 8 << 20,
};

static void on_left(void *context, const char *file, const char *reason)
{
    const outbox_t *self = context;
    char shown[TEXT_SHOWN_MAX];
    text_show(file, shown);
    if (self->events.left)
        self->events.left(self->events.context, shown, reason);
}

static int open_watch(outbox_t *self, cause_t *why)
{
    char path[PATH_MAX];
    if (path_join(path, sizeof path, self->options.folder, "outbox", why) != 0)
        return -1;
    folder_watch_set(&self->watch, (const char *const[]){path}, 1);
    return 0;
}

outbox_t *outbox_open(
    const outbox_options_t *options, const outbox_events_t *events, cause_t *why)
{
    outbox_t *self = memory_new(1, sizeof *self);
    self->options = *options;
    self->events = *events;
    self->watch.fd = -1;
    sorting_events_t sorting = {.context = self, .left = on_left};
    // The watch comes before the first look.
    if (open_watch(self, why) != 0 ||
        !(self->sorting = sorting_open(options->tray,
              self->watch.fd < 0 ? SORTING_BLIND_MS : SORTING_SCAN_MS, &sorting, why)))
        outbox_close(&self);
    return self;
}

void outbox_close(outbox_t **self_p)
{
    outbox_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    sorting_close(&self->sorting);
    folder_watch_close(&self->watch);
    free(self);
}

int outbox_fd(const outbox_t *self)
{
    return self->watch.fd;
}

void outbox_set_limit(outbox_t *self, size_t bytes)
{
    self->options.rules.limits.size = bytes;
}

size_t outbox_waiting(const outbox_t *self)
{
    return precedence_count(sorting_queue(self->sorting));
}

void outbox_each_waiting(
    const outbox_t *self, void (*visit)(void *context, const char *take), void *context)
{
    precedence_each(sorting_queue(self->sorting), visit, context);
}

void outbox_each_left(const outbox_t *self,
    void (*visit)(void *context, const leftover_t *item), void *context)
{
    sorting_each_left(self->sorting, visit, context);
}

// A file that cannot be sent now holds up only those that refer to it, not the others
// behind it.
static int gather_all(outbox_t *self, gathering_t *all, cause_t *why)
{
    precedence_t *queue = sorting_queue(self->sorting);
    cause_t trouble;
    const char *take;
    int result = 0;
    for (size_t i = 0;
         i < TURN_FILES && all->n < OUTBOX_TOGETHER && !all->alone &&
         all->bytes < TOGETHER_BYTES && (take = precedence_next(queue)) != NULL;
         i++) {
        gathered_t done = outbox_gather(self, all, take, &trouble);
        if (done == GATHER_LATER)
            break;
        if (done == GATHERED) {
            precedence_drop(queue);
            continue;
        }
        precedence_hold(queue);
        self->release_ms = self->now.monotonic_ms + RETRY_MS;
        self->trouble = *why = trouble;
        result = -1;
    }
    return result;
}

static int send_off(outbox_t *self, gathering_t *all, cause_t *why)
{
    const char *source[OUTBOX_TOGETHER];
    char shown[TEXT_SHOWN_MAX];
    bool sealed = parcel_head(all->parcel).size > 0;
    for (size_t i = 0; i < all->n; i++)
        source[i] = all->source[i];
    if ((!sealed && parcel_seal(all->parcel, self->options.origin, &self->options.key, 1,
                        why) != 0) ||
        pending_add(self->options.pending, all->serial, &all->parcel, source, why) != 0) {
        for (size_t i = 0; i < all->n; i++)
            sorting_again(self->sorting, source[i]);
        sorting_look(self->sorting);
        return -1;
    }
    for (size_t i = 0; i < all->n && self->events.taken; i++) {
        text_show(taken_name(source[i]), shown);
        self->events.taken(self->events.context, shown, all->id[i], all->kind[i]);
    }
    return 0;
}

static int seal_some(outbox_t *self, cause_t *why)
{
    cause_t second;
    pending_t *pending = self->options.pending;
    gathering_t *all = memory_new(1, sizeof *all);
    all->parcel = parcel_new();
    all->serial = pending_next(pending);
    int result = gather_all(self, all, why);
    if (result != 0 && all->n == 0)
        self->retry_ms = self->now.monotonic_ms + RETRY_MS;
    // What was gathered before something failed goes its way all the same.
    if (all->n > 0 && send_off(self, all, result == 0 ? why : &second) != 0) {
        self->retry_ms = self->now.monotonic_ms + RETRY_MS;
        result = -1;
    }
    parcel_destroy(&all->parcel);
    free(all);
    return result;
}

static bool may_seal(const outbox_t *self)
{
    const pending_t *pending = self->options.pending;
    return !sorting_busy(self->sorting) &&
           precedence_ready(sorting_queue(self->sorting)) &&
           pending_count(pending) < PARCELS_MAX &&
           pending_documents(pending) < OUTBOX_AHEAD;
}

int64_t outbox_due_ms(const outbox_t *self)
{
    if (self->now.monotonic_ms < self->retry_ms)
        return self->retry_ms;
    if (may_seal(self))
        return self->now.monotonic_ms;
    int64_t due = sorting_due_ms(self->sorting);
    return self->release_ms > 0 && self->release_ms < due ? self->release_ms : due;
}

static void release(outbox_t *self)
{
    if (self->release_ms == 0 || self->now.monotonic_ms < self->release_ms)
        return;
    self->release_ms = 0;
    precedence_release(sorting_queue(self->sorting));
}

static int follow(outbox_t *self, cause_t *why)
{
    int moved = tray_follow(self->options.tray, why);
    if (moved <= 0)
        return moved;
    folder_watch_close(&self->watch);
    sorting_look(self->sorting);
    return open_watch(self, why);
}

static void look_at_watch(outbox_t *self)
{
    cause_t ignored;
    if (self->watch.fd >= 0 && folder_watch_wait(&self->watch, 0, &ignored) != 0)
        sorting_look(self->sorting);
}

int outbox_turn(outbox_t *self, now_t now, cause_t *why)
{
    self->now = now;
    look_at_watch(self);
    self->retry_ms = 0;
    release(self);
    int result = pending_settle(self->options.pending, why);
    if (follow(self, why) != 0)
        result = -1;
    if (sorting_turn(self->sorting, now, &self->options.rules.limits, why) != 0) {
        self->retry_ms = now.monotonic_ms + RETRY_MS;
        result = -1;
    } else if (may_seal(self) && seal_some(self, why) != 0) {
        result = -1;
    }
    // Even if all else went well, some files wait to be tried again.
    if (result == 0 && self->release_ms > 0) {
        *why = self->trouble;
        result = -1;
    }
    return result;
}
