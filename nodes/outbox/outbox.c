// outbox - take, read, seal, write down, let go of the files, publish: in this order.
//
// Each step can be repeated after a crash: before the parcel is written the taken files
// are still there, and after that it names the files that it was made of.  What is added
// to a document is computed from the name of its taken file (take_seed), so that it is
// the same when it is done again.

#include "nodes/outbox/outbox.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "nodes/cli/folder_watch.h"
#include "nodes/outbox/cosigning.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PARCELS_MAX = 256,
    SENT_MAX = 64 << 20,
    RETRY_MS = 5000,
    TURN_FILES = 256, // looked at, with those refused
    TOGETHER_BYTES = 8 << 20,
};

struct outbox {
    outbox_options_t options;
    outbox_events_t events;
    sorting_t *sorting;
    folder_watch_t watch;
    int64_t retry_ms;   // the disk took nothing: not before; 0: it did
    int64_t release_ms; // when to try again those that could not be sent; 0: none
    cause_t trouble;    // why they could not
    now_t now;
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

// What is gathered for one parcel.
typedef struct {
    parcel_t *parcel;
    size_t n, bytes;
    char source[OUTBOX_TOGETHER][TAKE_MAX];
    char id[OUTBOX_TOGETHER][MESSAGE_ID_MAX];
    char kind[OUTBOX_TOGETHER][KIND_MAX];
    uint64_t serial;
    bool alone; // one that officers have signed: its parcel is sealed already
} gathering_t;

typedef enum {
    DONE,   // part of the parcel, refused, or nothing to be done
    LATER,  // it goes into the next parcel
    FAILED, // the cause says why; it is tried again
} step_t;

// --- what is refused
// --------------------------------------------------------------------

typedef struct {
    tray_t *tray;
    const char *take;
} moved_t;

static int move(void *context, int folder, const char *to)
{
    const moved_t *moved = context;
    return tray_move_taken(moved->tray, moved->take, folder, to);
}

// With `bytes`, these were refused, whatever the file holds by now.
static step_t turn_away(outbox_t *self, const char *take, const span_t *bytes,
    const refusal_t *refusal, cause_t *why)
{
    char mark[HASH_HEX], shown[TEXT_SHOWN_MAX];
    hash_t seed, hash;
    moved_t moved = {self->options.tray, take};
    take_seed(take, &seed);
    sha256(span_of(seed.bytes, sizeof seed.bytes), &seed); // not the seed of anything
    hex_encode(seed.bytes, 8, mark);
    returned_t item = {.name = take_name(take),
        .mark = mark,
        .refusal = refusal,
        .move = move,
        .context = &moved};
    if (bytes) {
        sha256(*bytes, &hash);
        item.hash = &hash;
        item.document = *bytes;
    }
    if (store_returned(self->options.store, &item, why) != 0 ||
        tray_remove(self->options.tray, take, why) != 0)
        return FAILED;
    text_show(take_name(take), shown);
    if (self->events.refused)
        self->events.refused(self->events.context, shown, refusal);
    return DONE;
}

// --- what was there before
// --------------------------------------------------------------

// What this node sent, or is about to send, under an id.
static bool read_before(const outbox_t *self, const char *id, buf_t *document)
{
    char path[PATH_MAX], proof[PATH_MAX];
    cause_t ignored;
    (void)snprintf(path, sizeof path, "%s/sent/%s.json", self->options.folder, id);
    (void)snprintf(
        proof, sizeof proof, "%s/sent/%s.tlog-proof", self->options.folder, id);
    // A document without its receipt, which comes last, was not sent.
    return pending_find(self->options.pending, id, document) ||
           (access(proof, F_OK) == 0 &&
               file_read_plain(path, SENT_MAX, document, &ignored) == 0);
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

// --- what is sent
// -----------------------------------------------------------------------

static void gather(gathering_t *all, const char *take, const letter_t *letter)
{
    (void)snprintf(all->source[all->n], TAKE_MAX, "%s", take);
    if (!all->alone)
        parcel_add(all->parcel, letter->id, buf_span(&letter->document),
            all->serial << SPOOL_TAG_BITS | all->n);
    (void)snprintf(all->id[all->n], MESSAGE_ID_MAX, "%s", letter->id);
    (void)snprintf(all->kind[all->n], KIND_MAX, "%s", letter->kind);
    all->bytes += letter->document.size;
    all->n++;
}

// What officers have signed keeps its seal, and goes alone.
static step_t add(outbox_t *self, gathering_t *all, const char *take,
    const letter_t *letter, cause_t *why)
{
    buf_t seal = {0};
    step_t step = DONE;
    span_t document = buf_span(&letter->document);
    bool is_signed = cosigning_seal(
        self->options.folder, letter->id, document, self->options.key->id, &seal);
    if (is_signed && all->n > 0)
        step = LATER;
    else if (is_signed && parcel_restore(all->parcel, letter->id, document,
                              buf_span(&seal), all->serial << SPOOL_TAG_BITS, why) != 0)
        step = FAILED;
    all->alone = is_signed && step == DONE;
    if (step == DONE)
        gather(all, take, letter);
    buf_destroy(&seal);
    return step;
}

static step_t take_letter(outbox_t *self, gathering_t *all, const char *take,
    const letter_t *letter, const span_t *bytes, cause_t *why)
{
    refusal_t refusal = {0};
    switch (known_before(self, all, letter)) {
    case NEW:
        return add(self, all, take, letter, why);
    case SAME:
        return tray_remove(self->options.tray, take, why) == 0 ? DONE : FAILED;
    case OTHER:
        break;
    }
    (void)refuse(&refusal, "id.reused", "/id", "node",
        "this node has sent another message with the id %s", letter->id);
    return turn_away(self, take, bytes, &refusal, why);
}

static step_t take_document(
    outbox_t *self, gathering_t *all, const char *take, span_t bytes, cause_t *why)
{
    letter_t letter;
    letter_birth_t birth = {.ms = take_ms(take)};
    refusal_t refusal = {0};
    take_seed(take, &birth.seed);
    step_t step = letter_open(&letter, &self->options.rules, bytes, &birth, &refusal) == 0
                      ? take_letter(self, all, take, &letter, &bytes, why)
                      : turn_away(self, take, &bytes, &refusal, why);
    letter_close(&letter);
    return step;
}

static step_t take_good(
    outbox_t *self, gathering_t *all, const char *take, const look_t *look, cause_t *why)
{
    buf_t bytes = {0};
    refusal_t refusal = {0};
    size_t limit = self->options.rules.limits.size;
    if ((size_t)look->info.st_size > limit) {
        (void)refuse(&refusal, "doc.size", "", "hub",
            "the file has %lld bytes, the hub takes %zu", (long long)look->info.st_size,
            limit);
        return turn_away(self, take, NULL, &refusal, why);
    }
    step_t step = file_read_open(look->fd, limit, &bytes, why) == 0
                      ? take_document(self, all, take, buf_span(&bytes), why)
                      : FAILED;
    buf_destroy(&bytes);
    return step;
}

static step_t take_one(outbox_t *self, gathering_t *all, const char *take, cause_t *why)
{
    look_t look;
    refusal_t refusal = {0};
    step_t step = FAILED;
    switch (tray_look_taken(self->options.tray, take, &look, why)) {
    case LOOK_GOOD:
        step = take_good(self, all, take, &look, why);
        break;
    case LOOK_ODD:
        (void)refuse(&refusal, "file.kind", "", "node",
            "it is no regular file, but a link, a folder, a pipe, a socket or a device");
        step = turn_away(self, take, NULL, &refusal, why);
        break;
    case LOOK_GONE:
        step = DONE;
        break;
    case LOOK_BUSY:
        (void)cause_set(why, "%s: somebody writes to it", take_name(take));
        break;
    case LOOK_BARRED:
        (void)cause_prefix(why, "%s", take_name(take));
        break;
    }
    look_close(&look);
    return step;
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
        step_t step = take_one(self, all, take, &trouble);
        if (step == LATER)
            break;
        if (step == DONE) {
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
        text_show(take_name(source[i]), shown);
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

// --- the turn
// ---------------------------------------------------------------------------

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
