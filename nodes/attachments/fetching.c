// fetching - the depot does what concerns files; this is when to ask for what.

#include "nodes/attachments/fetching.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/moment.h"
#include "lib/message/attachment.h"
#include "nodes/attachments/retries.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REQUEST_MAX = 64, KEEP_DAYS = 30, DAY_MS = 24 * 3600 * 1000 };

typedef enum {
    IDLE,
    READY,    // the next piece may be asked for
    ASKED,    // it is on the way
    CHECKING, // all is there, and being hashed
} state_t;

struct fetching {
    store_t *store;
    fetching_events_t events;
    char wanted[PATH_MAX];
    depot_t *depot;
    state_t state;
    depot_key_t key; // of what is being fetched
    uint64_t held;
    bool announced;  // that it comes
    int64_t look_ms; // when the folder may hold something new; MOMENT_NEVER: it
                     // does not
    bool may;        // as the last turn was told
    retries_t retries;
    now_t now;
};

static int open_depot(fetching_t *self, const char *folder, cause_t *why)
{
    char path[PATH_MAX];
    depot_options_t options = {.folder = path,
        .total_bytes = UINT64_MAX,
        .keep_ms = (int64_t)KEEP_DAYS * DAY_MS};
    if (path_join(path, sizeof path, folder, "attachments", why) != 0)
        return -1;
    self->depot = depot_open(&options, why);
    return self->depot ? 0 : -1;
}

fetching_t *fetching_open(
    const char *folder, store_t *store, const fetching_events_t *events, cause_t *why)
{
    fetching_t *self = memory_new(1, sizeof *self);
    self->store = store;
    self->events = *events;
    self->look_ms = MOMENT_PAST;
    if (open_depot(self, folder, why) != 0 ||
        path_join(self->wanted, sizeof self->wanted, folder, "attachments/wanted", why) !=
            0 ||
        folder_make(self->wanted, 0700, why) != 0)
        fetching_close(&self);
    return self;
}

void fetching_close(fetching_t **self_p)
{
    fetching_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    depot_close(&self->depot);
    retries_free(&self->retries);
    free(self);
}

const char *fetching_folder(const fetching_t *self)
{
    return self->wanted;
}

static void tell(fetching_t *self, fetching_event_t event, const char *text)
{
    self->events.told(self->events.context, event, &self->key.digest, self->held, text);
}

static void rest(fetching_t *self)
{
    self->state = IDLE;
    self->look_ms = MOMENT_PAST;
}

static void later(fetching_t *self, const char *text)
{
    if (retries_later(&self->retries, &self->key.digest, self->now.monotonic_ms))
        tell(self, FETCHING_LATER, text);
    rest(self);
}

static void drop_request(fetching_t *self)
{
    char path[PATH_MAX];
    cause_t ignored;
    if (attachment_path(self->wanted, &self->key.digest, "", path, &ignored) == 0)
        (void)unlink(path);
    retries_forget(&self->retries, &self->key.digest);
}

static void finish(fetching_t *self)
{
    self->held = self->key.size;
    depot_settle(self->depot, &self->key);
    drop_request(self);
    tell(self, FETCHING_DONE, "");
    rest(self);
}

static void go_on(fetching_t *self, depot_result_t result, const depot_no_t *no)
{
    switch (result) {
    case DEPOT_HELD:
        self->state = READY;
        break;
    case DEPOT_CHECKING:
        self->state = CHECKING;
        break;
    case DEPOT_WHOLE:
        finish(self);
        break;
    case DEPOT_REFUSED:
        later(self, no->trouble.text[0] ? no->trouble.text : no->refusal.text);
    }
}

// A request says which file, by its name, and how large it is.
static bool read_request(fetching_t *self, const char *name)
{
    char path[PATH_MAX];
    cause_t ignored;
    buf_t text = {0};
    depot_key_t key = {.node = "hub"};
    if (!hex_decode(span_text(name), key.digest.bytes, sizeof(hash_t)) ||
        !retries_due(&self->retries, &key.digest, self->now.monotonic_ms) ||
        path_join(path, sizeof path, self->wanted, name, &ignored) != 0 ||
        file_read_plain(path, REQUEST_MAX, &text, &ignored) != 0)
        return false;
    reader_t reader = reader_of(buf_span(&text));
    bool good = decimal_decode(take_line(&reader), &key.size) && reader_done(&reader);
    buf_destroy(&text);
    if (good)
        self->key = key;
    return good;
}

static void begin(fetching_t *self)
{
    names_t names;
    cause_t ignored;
    char path[PATH_MAX];
    depot_no_t no;
    bool found = false;
    self->look_ms = MOMENT_NEVER;
    if (names_list(&names, self->wanted, "", &ignored) != 0) {
        self->look_ms = self->now.monotonic_ms + RETRIES_FIRST_MS;
        return;
    }
    for (size_t i = 0; i < names.n && !found; i++)
        found = read_request(self, names.name[i]);
    names_free(&names);
    if (!found) {
        retries_drop(&self->retries, self->now.monotonic_ms);
        return;
    }
    self->held = 0;
    self->announced = false;
    if (depot_path(self->depot, &self->key.digest, path, sizeof path)) {
        finish(self); // it was fetched before
        return;
    }
    go_on(self, depot_give(self->depot, &self->key, &self->held, &no), &no);
}

static void ask(fetching_t *self)
{
    fetch_t fetch = {self->key.digest, self->held};
    if (self->events.fetch(self->events.context, &fetch))
        self->state = ASKED;
}

// The hub keeps only what it hashed itself: other bytes were spoiled on the way here, on
// this disk or on its.
static void check(fetching_t *self)
{
    depot_key_t key;
    depot_result_t result;
    depot_no_t no;
    if (!depot_check(self->depot, &result, &key, &no)) {
        later(self, "what came is not there any more");
        return;
    }
    if (result == DEPOT_REFUSED && strcmp(no.refusal.code, "attachment.digest") == 0)
        later(self, "the bytes that came are not those that were named: once more");
    else if (result != DEPOT_CHECKING)
        go_on(self, result, &no);
}

static int64_t next_look_ms(const fetching_t *self)
{
    int64_t next_ms = self->look_ms;
    moment_sooner(&next_ms, retries_next_ms(&self->retries));
    return next_ms;
}

void fetching_turn(fetching_t *self, now_t now, bool may)
{
    self->now = now;
    self->may = may;
    if (self->state == IDLE && may && moment_due(next_look_ms(self), now.monotonic_ms))
        begin(self);
    if (self->state == CHECKING)
        check(self);
    else if (self->state == READY && may)
        ask(self);
}

int64_t fetching_due_ms(const fetching_t *self)
{
    if (self->state == CHECKING)
        return self->now.monotonic_ms;
    if (!self->may)
        return MOMENT_NEVER;
    if (self->state == READY)
        return self->now.monotonic_ms;
    return self->state == IDLE ? next_look_ms(self) : MOMENT_NEVER;
}

void fetching_restart(fetching_t *self)
{
    if (self->state != CHECKING)
        rest(self);
    retries_hurry(&self->retries);
}

void fetching_hurry(fetching_t *self)
{
    self->look_ms = MOMENT_PAST;
    retries_hurry(&self->retries);
}

static bool is_mine(const fetching_t *self, const hash_t *digest)
{
    return self->state == ASKED && hash_equal(&self->key.digest, digest);
}

void fetching_piece(fetching_t *self, const piece_t *piece)
{
    depot_no_t no;
    if (!is_mine(self, &piece->digest))
        return;
    if (piece->size != self->key.size) {
        later(self, "the file has another size than was asked for");
        return;
    }
    if (!self->announced)
        tell(self, FETCHING_BEGUN, "");
    self->announced = true;
    depot_result_t result = depot_write(
        self->depot, &self->key, piece->offset, piece->data, &self->held, &no);
    go_on(self, result, &no);
}

void fetching_refused(fetching_t *self, const hash_t *digest, const refusal_t *refusal)
{
    char name[HASH_HEX];
    cause_t why;
    if (!is_mine(self, digest))
        return;
    if (refusal->retry) {
        later(self, refusal->text);
        return;
    }
    hex_encode(digest->bytes, sizeof digest->bytes, name);
    if (store_refused(self->store, name, span_of("", 0), digest, refusal, &why) != 0) {
        later(self, why.text);
        return;
    }
    drop_request(self);
    tell(self, FETCHING_REFUSED, refusal->text);
    rest(self);
}
