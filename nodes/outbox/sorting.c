// sorting - a listing is made once and worked off in slices, so that neither sixty
// thousand files nor one that is written slowly keep the node from its other work.
//
// The names are put in the order in which they came: a rename sets the file's ctime.
// Times are used for this order only, never to recognise a file.

#include "nodes/outbox/sorting.h"

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LISTED_MAX = 1 << 18, LEFT_EACH_MS = 100 };
#define ENDING ".json"

typedef struct {
    long long arrived_ns;
    size_t at; // of its name
} listed_name_t;

struct sorting {
    tray_t *tray;
    sorting_events_t events;
    precedence_t *queue;
    leftovers_t *left;
    size_t n, next, room; // the listing: names of the outbox, next to be looked at
    listed_name_t *entry;
    buf_t names;
    buf_t again, again_now; // takes to be looked at, each with its zero
    bool listing, changed, unflushed;
    bool cut;   // the last listing stopped at SORTING_MOST
    bool stuck; // nothing can be taken
    cause_t trouble;
    size_t stayed; // of the last listing
    int64_t every_ms, scan_ms, not_before_ms;
    now_t now;
    document_limits_t limits;
};

static void add_again(void *context, const char *take)
{
    sorting_t *self = context;
    buf_put(&self->again, take, strlen(take) + 1);
}

sorting_t *sorting_open(
    tray_t *tray, int64_t scan_ms, const sorting_events_t *events, cause_t *why)
{
    sorting_t *self = memory_new(1, sizeof *self);
    self->tray = tray;
    self->every_ms = scan_ms;
    self->events = *events;
    self->queue = precedence_new();
    self->left = leftovers_new();
    self->changed = true;
    if (tray_each(tray, add_again, self, why) != 0)
        sorting_close(&self);
    return self;
}

void sorting_close(sorting_t **self_p)
{
    sorting_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    precedence_destroy(&self->queue);
    leftovers_destroy(&self->left);
    buf_destroy(&self->names);
    buf_destroy(&self->again);
    buf_destroy(&self->again_now);
    free(self->entry);
    free(self);
}

void sorting_look(sorting_t *self)
{
    self->changed = true;
}

void sorting_again(sorting_t *self, const char *take)
{
    add_again(self, take);
}

bool sorting_busy(const sorting_t *self)
{
    return self->listing;
}

precedence_t *sorting_queue(const sorting_t *self)
{
    return self->queue;
}

void sorting_each_left(const sorting_t *self,
    void (*visit)(void *context, const leftover_t *item), void *context)
{
    leftovers_each(self->left, visit, context);
}

static void soon(sorting_t *self, int64_t in_ms)
{
    if (self->now.monotonic_ms + in_ms < self->scan_ms)
        self->scan_ms = self->now.monotonic_ms + in_ms;
}

static void stays(
    sorting_t *self, const char *name, leftover_kind_t kind, const char *reason)
{
    self->stayed++;
    if (leftovers_stays(self->left, name, kind, reason, self->now.monotonic_ms) &&
        self->events.left)
        self->events.left(self->events.context, name, reason);
}

// A file in either of its two places.
typedef struct {
    const char *name; // of the outbox, or the take
    bool taken;
} place_t;

static void enqueue(sorting_t *self, const char *take, precedence_facts_t *facts)
{
    precedence_add(self->queue, take, facts);
}

// Take what was looked at; it joins the queue, or is looked at again when another file
// came under its name in between.
static void take(
    sorting_t *self, const place_t *place, const look_t *look, precedence_facts_t *facts)
{
    char taken[TAKEN_MAX];
    cause_t why;
    if (place->taken) {
        enqueue(self, place->name, facts);
        return;
    }
    switch (tray_take(self->tray, place->name, look, self->now.wall_ms, taken, &why)) {
    case TRAY_TAKEN:
        enqueue(self, taken, facts);
        self->unflushed = true;
        break;
    case TRAY_OTHER:
        add_again(self, taken);
        self->unflushed = true;
        soon(self, 0);
        break;
    case TRAY_GONE:
        break;
    case TRAY_STUCK:
        self->stuck = true;
        self->trouble = why;
        break;
    case TRAY_FAILED:
        stays(self, place->name, LEFT_FOR_GOOD, why.text);
    }
}

// Whether its writer may be trusted to be done; else when to look again.
static bool is_done(sorting_t *self, const place_t *place, const look_t *look, bool whole)
{
    int64_t wanted = whole          ? (look->leased ? 0 : SORTING_STILL_MS)
                     : look->leased ? SORTING_HALF_MS
                                    : SORTING_HALF_STILL_MS;
    if (wanted == 0)
        return true;
    int64_t still =
        leftovers_still_ms(self->left, place->name, &look->info, self->now.monotonic_ms);
    if (still >= wanted)
        return true;
    stays(self, place->name, LEFT_FOR_NOW,
        whole ? MARK("somebody may still be writing it") : MARK("it is half written"));
    soon(self, wanted - still);
    return false;
}

static bool is_cut_short(const refusal_t *refusal)
{
    return strcmp(refusal->code, "doc.syntax") == 0 ||
           strcmp(refusal->code, "doc.utf8") == 0;
}

static void consider_file(sorting_t *self, const place_t *place, const look_t *look)
{
    buf_t bytes = {0};
    value_t *root = NULL;
    refusal_t refusal = {0};
    precedence_facts_t facts;
    cause_t why;
    bool large = (size_t)look->info.st_size > self->limits.size, whole = true;
    if (!large && file_read_open(look->fd, self->limits.size, &bytes, &why) != 0) {
        stays(self, place->name, LEFT_FOR_GOOD, why.text);
        return;
    }
    if (!large && document_load(buf_span(&bytes), &self->limits, &root, &refusal) != 0) {
        root = NULL;
        whole = !is_cut_short(&refusal);
    }
    if (is_done(self, place, look, whole)) {
        precedence_facts_of(&facts, root);
        take(self, place, look, &facts);
        precedence_facts_close(&facts);
    } else if (place->taken) {
        add_again(self, place->name);
    }
    value_free(&root);
    buf_destroy(&bytes);
}

static void consider(sorting_t *self, const place_t *place)
{
    look_t look;
    cause_t why;
    precedence_facts_t none;
    look_result_t result = place->taken
                               ? tray_look_taken(self->tray, place->name, &look, &why)
                               : tray_look(self->tray, place->name, &look, &why);
    switch (result) {
    case LOOK_GOOD:
        consider_file(self, place, &look);
        look_close(&look);
        break;
    case LOOK_ODD: // its author learns of it like of any other refusal
        precedence_facts_of(&none, NULL);
        take(self, place, &look, &none);
        precedence_facts_close(&none);
        break;
    case LOOK_BUSY:
        stays(self, place->name, LEFT_FOR_NOW, "somebody has it open for writing");
        soon(self, SORTING_BUSY_MS);
        break;
    case LOOK_BARRED:
        stays(self, place->name, LEFT_FOR_GOOD, why.text);
        break;
    case LOOK_GONE:
        break;
    }
    if (place->taken && (result == LOOK_BUSY || result == LOOK_BARRED))
        add_again(self, place->name);
}

static int by_arrival(const void *a, const void *b, void *names)
{
    const listed_name_t *x = a, *y = b;
    if (x->arrived_ns != y->arrived_ns)
        return x->arrived_ns < y->arrived_ns ? -1 : 1;
    return strcmp((const char *)names + x->at, (const char *)names + y->at);
}

static bool ends_well(const char *name)
{
    size_t n = strlen(name), m = strlen(ENDING);
    return n > m && strcmp(name + n - m, ENDING) == 0;
}

// A name that begins with a dot is how writers say that they are not done.
static void pass_over(sorting_t *self, const char *name, const struct stat *info)
{
    if (name[0] != '.')
        stays(self, name, LEFT_FOR_GOOD, "its name does not end in .json");
    else if (!S_ISDIR(info->st_mode) && leftovers_still_ms(self->left, name, info,
                                            self->now.monotonic_ms) >= LEFTOVERS_LONG_MS)
        stays(self, name, LEFT_FOR_GOOD,
            "its name begins with a dot, as that of a file that is not finished");
}

static void list_name(sorting_t *self, const char *name)
{
    struct stat info;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
        fstatat(tray_outbox(self->tray), name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        return;
    if (name[0] == '.' || !ends_well(name)) {
        pass_over(self, name, &info);
        return;
    }
    if (self->n == self->room) {
        self->room = self->room ? 2 * self->room : 64;
        self->entry = memory_grow(self->entry, self->room, sizeof *self->entry);
    }
    self->entry[self->n++] = (listed_name_t){
        (long long)info.st_ctim.tv_sec * 1000000000 + info.st_ctim.tv_nsec,
        self->names.size};
    buf_put(&self->names, name, strlen(name) + 1);
}

static int read_names(sorting_t *self, cause_t *why)
{
    int fd = openat(tray_outbox(self->tray), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir) {
        (void)cause_errno(why, "outbox");
        if (fd >= 0)
            (void)close(fd);
        return -1;
    }
    errno = 0;
    for (const struct dirent *entry;
         self->n < LISTED_MAX && (entry = readdir(dir)) != NULL; errno = 0)
        list_name(self, entry->d_name);
    int result = errno == 0 ? 0 : cause_errno(why, "outbox");
    (void)closedir(dir);
    return result;
}

static int begin_listing(sorting_t *self, cause_t *why)
{
    buf_t taken = self->again_now;
    self->n = self->next = self->stayed = 0;
    buf_clear(&self->names);
    self->changed = false;
    self->scan_ms = self->now.monotonic_ms + self->every_ms;
    if (read_names(self, why) != 0)
        return -1;
    if (self->n > 1)
        qsort_r(self->entry, self->n, sizeof *self->entry, by_arrival, self->names.data);
    self->again_now = self->again;
    self->again = taken;
    buf_clear(&self->again);
    self->listing = true;
    return 0;
}

static void end_listing(sorting_t *self)
{
    self->listing = false;
    leftovers_sweep(self->left);
    // Ten thousand files that stay are not listed again for each one that comes.
    self->not_before_ms = self->now.monotonic_ms + (int64_t)(self->stayed / LEFT_EACH_MS);
}

// Those that an earlier process took, or that came back, before those that come now.
static void work_off(sorting_t *self)
{
    size_t looked = 0, at = 0;
    for (; at < self->again_now.size && looked < SORTING_SLICE; looked++) {
        const char *name = (const char *)self->again_now.data + at;
        consider(self, &(place_t){name, true});
        at += strlen(name) + 1;
    }
    if (at > 0) {
        memmove(
            self->again_now.data, self->again_now.data + at, self->again_now.size - at);
        self->again_now.size -= at;
    }
    for (; self->next < self->n && looked < SORTING_SLICE &&
           precedence_count(self->queue) < SORTING_MOST && !self->stuck;
         looked++, self->next++)
        consider(
            self, &(place_t){(const char *)self->names.data + self->entry[self->next].at,
                      false});
    bool full = precedence_count(self->queue) >= SORTING_MOST;
    if (self->again_now.size == 0 && (self->next == self->n || full || self->stuck)) {
        self->cut = self->next < self->n && !self->stuck;
        end_listing(self);
    }
}

// After a listing that was cut short, when there is room for many more.
static bool has_room(const sorting_t *self)
{
    return precedence_count(self->queue) <
           (size_t)(self->cut ? SORTING_MOST / 4 * 3 : SORTING_MOST);
}

static bool may_list(const sorting_t *self)
{
    return (self->changed || self->cut || self->now.monotonic_ms >= self->scan_ms) &&
           self->now.monotonic_ms >= self->not_before_ms && has_room(self);
}

int sorting_turn(
    sorting_t *self, now_t now, const document_limits_t *limits, cause_t *why)
{
    self->now = now;
    self->limits = *limits;
    self->stuck = false;
    if (!self->listing && may_list(self) && begin_listing(self, why) != 0)
        return -1;
    if (self->listing)
        work_off(self);
    // Nothing is sent before all of it has been looked at: one flush is enough.
    if (self->listing)
        return 0;
    if (self->unflushed && tray_flush(self->tray, why) != 0)
        return -1;
    self->unflushed = false;
    if (!self->stuck)
        return 0;
    *why = self->trouble;
    self->changed = true;
    return -1;
}

int64_t sorting_due_ms(const sorting_t *self)
{
    if (self->listing)
        return self->now.monotonic_ms;
    int64_t due = self->changed || self->cut ? self->now.monotonic_ms : self->scan_ms;
    if (!has_room(self))
        return INT64_MAX; // when something was sent
    return due > self->not_before_ms ? due : self->not_before_ms;
}
