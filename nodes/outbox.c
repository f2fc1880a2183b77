// outbox - read, seal, write down, let go of the files, publish: in this order.
//
// Each step can be repeated: before the parcel is written the files are still there,
// after that spool.c knows which files it was made of.  A file that cannot be read as
// JSON and is younger than two seconds is left alone: somebody may be copying instead of
// renaming.

#include "nodes/outbox.h"

#include "lib/file.h"
#include "lib/memory.h"
#include "nodes/cosigning.h"
#include "nodes/watch.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PARCELS_MAX = 256, SENT_MAX = 64 << 20, RETRY_MS = 5000, NAME_BYTES = 200 };

struct outbox {
    outbox_options_t options;
    outbox_events_t events;
    char *path; // the folder outbox
    watch_t watch;
    int64_t due_ms;
    size_t left_before, left; // files left where they are, last and this time
};

outbox_t *outbox_open(
    const outbox_options_t *options, const outbox_events_t *events, cause_t *why)
{
    cause_t ignored;
    char path[PATH_MAX];
    if (path_join(path, sizeof path, options->folder, "outbox", why) != 0 ||
        folder_make(path, 0700, why) != 0)
        return NULL;
    outbox_t *self = memory_new(1, sizeof *self);
    self->path = memory_text(path);
    self->options = *options;
    self->events = *events;
    self->watch.fd = -1;
    // Without inotify (too many watches) the folder is looked at on time alone.
    if (watch_open(&self->watch, &ignored) == 0 &&
        watch_add(&self->watch, path, &ignored) != 0)
        watch_close(&self->watch);
    return self;
}

void outbox_close(outbox_t **self_p)
{
    outbox_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    watch_close(&self->watch);
    free(self->path);
    free(self);
}

int outbox_fd(const outbox_t *self)
{
    return self->watch.fd;
}

int64_t outbox_due_ms(const outbox_t *self)
{
    return self->due_ms;
}

void outbox_set_limit(outbox_t *self, size_t bytes)
{
    self->options.rules.limits.size = bytes;
}

// What is gathered for one parcel.
typedef struct {
    parcel_t *parcel;
    size_t n;
    source_t source[OUTBOX_TOGETHER];
    char id[OUTBOX_TOGETHER][MESSAGE_ID_MAX];
    char kind[OUTBOX_TOGETHER][KIND_MAX];
    uint64_t serial;
    now_t now;
    bool alone; // one that officers have signed: its parcel is sealed already
} gathering_t;

static void leave(outbox_t *self, const char *file, const char *reason)
{
    if (self->left++ >= self->left_before && self->events.left)
        self->events.left(self->events.context, file, reason);
}

// The reason first: whoever waits for the outcome then finds it whole.
static int turn_away(outbox_t *self, const char *file, span_t bytes,
    const refusal_t *refusal, cause_t *why)
{
    char from[PATH_MAX], to[PATH_MAX], folder[PATH_MAX];
    hash_t hash;
    sha256(bytes, &hash);
    if (path_join(folder, sizeof folder, self->options.folder, "refused", why) != 0 ||
        path_join(from, sizeof from, self->path, file, why) != 0 ||
        path_join(to, sizeof to, folder, file, why) != 0 ||
        store_refused(self->options.store, file, span_of("", 0), &hash, refusal, why) !=
            0)
        return -1;
    if (rename(from, to) != 0)
        return cause_errno(why, "%s", from);
    if (self->events.refused)
        self->events.refused(self->events.context, file, refusal);
    return file_sync_folder(folder, why);
}

// What this node sent, or is about to send, under an id.
static bool read_before(const outbox_t *self, const char *id, buf_t *document)
{
    char path[PATH_MAX];
    cause_t ignored;
    (void)snprintf(path, sizeof path, "%s/sent/%s.json", self->options.folder, id);
    return pending_find(self->options.pending, id, document) ||
           file_read(path, SENT_MAX, document, &ignored) == 0;
}

static json_t *parse(span_t text)
{
    return json_loadb((const char *)text.data, text.size, 0, NULL);
}

// What the node adds differs from time to time; what the person wrote may not.
static bool same_words(span_t before, span_t now)
{
    static const char *const added[] = {"sent", "nonce"};
    json_t *a = parse(before), *b = parse(now);
    for (size_t i = 0; i < 2; i++)
        json_object_set(b, added[i], json_object_get(a, added[i]));
    bool same = a && json_equal(a, b);
    json_decref(a);
    json_decref(b);
    return same;
}

typedef enum { NEW, SAME, OTHER } known_t;

// An id that was used here before: nothing is to be done when it is the same message.
static known_t known_before(
    const outbox_t *self, const gathering_t *all, const letter_t *letter)
{
    buf_t before = {0};
    known_t known = NEW;
    for (size_t i = 0; i < all->n; i++)
        if (strcmp(parcel_item(all->parcel, i).id, letter->id) == 0)
            buf_put_span(&before, parcel_item(all->parcel, i).document);
    if (before.size > 0 || read_before(self, letter->id, &before))
        known = same_words(buf_span(&before), buf_span(&letter->document)) ? SAME : OTHER;
    buf_destroy(&before);
    return known;
}

static int drop_file(const char *path, cause_t *why)
{
    return unlink(path) == 0 ? 0 : cause_errno(why, "%s", path);
}

// What officers have signed keeps its seal, and goes alone.  True when it was dealt with,
// if only by leaving it for the next turn.
static bool gather_signed(
    outbox_t *self, gathering_t *all, const letter_t *letter, int *result, cause_t *why)
{
    buf_t seal = {0};
    span_t document = buf_span(&letter->document);
    bool found = cosigning_seal(
        self->options.folder, letter->id, document, self->options.key->id, &seal);
    if (found && all->n == 0)
        *result = parcel_restore(all->parcel, letter->id, document, buf_span(&seal),
            all->serial << SPOOL_TAG_BITS, why);
    buf_destroy(&seal);
    return found;
}

static void gather(
    gathering_t *all, const char *file, const struct stat *info, const letter_t *letter)
{
    source_t *source = &all->source[all->n];
    (void)snprintf(source->name, sizeof source->name, "%s", file);
    source->inode = info->st_ino;
    source->changed_ns = spool_changed_ns(info);
    if (!all->alone)
        parcel_add(all->parcel, letter->id, buf_span(&letter->document),
            all->serial << SPOOL_TAG_BITS | all->n);
    (void)snprintf(all->id[all->n], MESSAGE_ID_MAX, "%s", letter->id);
    (void)snprintf(all->kind[all->n], KIND_MAX, "%s", letter->kind);
    all->n++;
}

static bool young(const gathering_t *all, const struct stat *info)
{
    int64_t age = all->now.wall_ms - spool_changed_ns(info) / 1000000;
    return age >= 0 && age < OUTBOX_YOUNG_MS;
}

static int take_bytes_of(outbox_t *self, gathering_t *all, const char *file,
    const char *path, const struct stat *info, span_t bytes, cause_t *why)
{
    letter_t letter;
    refusal_t refusal = {0};
    int result = 0;
    if (letter_open(&letter, &self->options.rules, bytes, all->now.wall_ms, &refusal) !=
        0) {
        bool copying = young(all, info) && (strcmp(refusal.code, "doc.syntax") == 0 ||
                                               strcmp(refusal.code, "doc.utf8") == 0);
        if (copying)
            self->due_ms = all->now.monotonic_ms + OUTBOX_YOUNG_MS;
        else
            result = turn_away(self, file, bytes, &refusal, why);
        letter_close(&letter);
        return result;
    }
    switch (known_before(self, all, &letter)) {
    case NEW:
        if (gather_signed(self, all, &letter, &result, why))
            all->alone = true;
        if (result == 0 && (!all->alone || all->n == 0))
            gather(all, file, info, &letter);
        break;
    case SAME:
        result = drop_file(path, why);
        break;
    case OTHER:
        (void)refuse(&refusal, "id.reused", "/id", "node",
            "this node has sent another message with the id %s", letter.id);
        result = turn_away(self, file, bytes, &refusal, why);
    }
    letter_close(&letter);
    return result;
}

// One that a reason can be written beside, whose own name is longer.
static bool plain_name(const char *name)
{
    if (strlen(name) > NAME_BYTES)
        return false;
    for (; *name; name++)
        if ((unsigned char)*name < ' ' || *name == 0x7f)
            return false;
    return true;
}

static int take_file(outbox_t *self, gathering_t *all, const char *file, cause_t *why)
{
    char path[PATH_MAX];
    struct stat info;
    buf_t bytes = {0};
    refusal_t refusal;
    size_t limit = self->options.rules.limits.size;
    if (path_join(path, sizeof path, self->path, file, why) != 0)
        return -1;
    if (lstat(path, &info) != 0)
        return 0; // taken away again
    if (!S_ISREG(info.st_mode) || !plain_name(file)) {
        leave(self, file, "not a plain file with a plain name of at most 200 bytes");
        return 0;
    }
    if (strlen(file) < 6 || strcmp(file + strlen(file) - 5, ".json") != 0) {
        leave(self, file, "its name does not end in .json");
        return 0;
    }
    if ((size_t)info.st_size > limit) {
        (void)refuse(&refusal, "doc.size", "", "hub",
            "the file has %lld bytes, the hub takes %zu", (long long)info.st_size, limit);
        return turn_away(self, file, span_of("", 0), &refusal, why);
    }
    int result = 0;
    if (file_read(path, limit, &bytes, why) == 0)
        result = take_bytes_of(self, all, file, path, &info, buf_span(&bytes), why);
    else
        leave(self, file, why->text);
    buf_destroy(&bytes);
    return result;
}

static int send_off(outbox_t *self, gathering_t *all, cause_t *why)
{
    bool sealed = parcel_head(all->parcel).size > 0;
    if ((!sealed && parcel_seal(all->parcel, self->options.origin, &self->options.key, 1,
                        why) != 0) ||
        pending_add(self->options.pending, all->serial, &all->parcel, all->source, why) !=
            0)
        return -1;
    for (size_t i = 0; i < all->n && self->events.taken; i++)
        self->events.taken(
            self->events.context, all->source[i].name, all->id[i], all->kind[i]);
    return 0;
}

// When a file got its name here: a rename changes the time of the last change of status.
typedef struct {
    long long arrived_ns;
    const char *name;
} arrival_t;

static int by_arrival(const void *a, const void *b)
{
    const arrival_t *x = a, *y = b;
    if (x->arrived_ns != y->arrived_ns)
        return x->arrived_ns < y->arrived_ns ? -1 : 1;
    return strcmp(x->name, y->name);
}

// First come, first sent: an update must not leave before the notice it refers to.
static arrival_t *order(const outbox_t *self, const names_t *names)
{
    arrival_t *arrival = memory_new(names->n + 1, sizeof *arrival);
    for (size_t i = 0; i < names->n; i++) {
        char path[PATH_MAX];
        cause_t ignored;
        struct stat info = {0};
        if (path_join(path, sizeof path, self->path, names->name[i], &ignored) == 0)
            (void)lstat(path, &info);
        arrival[i] = (arrival_t){
            (long long)info.st_ctim.tv_sec * 1000000000 + info.st_ctim.tv_nsec,
            names->name[i]};
    }
    qsort(arrival, names->n, sizeof *arrival, by_arrival);
    return arrival;
}

static int gather_all(outbox_t *self, gathering_t *all, cause_t *why)
{
    names_t names;
    if (names_list(&names, self->path, "", why) != 0)
        return -1;
    int result = 0;
    cause_t trouble;
    self->left = 0;
    arrival_t *arrival = order(self, &names);
    // A file that makes trouble is no reason to hold up those behind it.
    for (size_t i = 0; i < names.n && all->n < OUTBOX_TOGETHER && !all->alone; i++)
        if (take_file(self, all, arrival[i].name, &trouble) != 0) {
            *why = trouble;
            result = -1;
        }
    self->left_before = self->left;
    free(arrival);
    names_free(&names);
    return result;
}

static void drain(const outbox_t *self)
{
    cause_t ignored;
    watch_t watch = self->watch;
    if (watch.fd >= 0)
        (void)watch_wait(&watch, 0, &ignored);
}

int outbox_turn(outbox_t *self, now_t now, cause_t *why)
{
    cause_t second;
    pending_t *pending = self->options.pending;
    drain(self);
    self->due_ms = now.monotonic_ms + RETRY_MS;
    if (pending_count(pending) >= PARCELS_MAX)
        return 0; // the hub is away: files wait as well in their folder
    if (pending_settle(pending, why) != 0)
        return -1;
    gathering_t all = {
        .parcel = parcel_new(), .serial = pending_next(pending), .now = now};
    self->due_ms = now.monotonic_ms + OUTBOX_SCAN_MS;
    int result = gather_all(self, &all, why);
    // What was gathered before something failed goes its way all the same.
    if (all.n > 0 && send_off(self, &all, result == 0 ? why : &second) != 0)
        result = -1;
    if (all.n == OUTBOX_TOGETHER || all.alone)
        self->due_ms = now.monotonic_ms;
    if (result != 0)
        self->due_ms = now.monotonic_ms + RETRY_MS;
    parcel_destroy(&all.parcel);
    return result;
}
