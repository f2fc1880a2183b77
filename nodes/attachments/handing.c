// handing - a small state machine around one open file.

#include "nodes/attachments/handing.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/moment.h"
#include "lib/base/pio.h"
#include "lib/message/attachment.h"
#include "lib/tlog/note.h"
#include "nodes/attachments/retries.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE_MOST = 1 << 20 }; // bytes, whatever the hub says it takes

typedef enum {
    IDLE,
    ASKED, // GIVE is on the way, or a PIECE
    READY, // the next PIECE may go
} state_t;

struct handing {
    store_t *store;
    handing_events_t events;
    char outbox[PATH_MAX], sent[PATH_MAX];
    state_t state;
    int fd; // of what is being handed in; -1: nothing
    give_t give;
    held_t held;     // what the hub said last of it
    bool announced;  // that it goes
    int64_t look_ms; // when the folder may hold something new; MOMENT_NEVER: it
                     // does not
    bool may;        // as the last turn was told
    retries_t retries;
    now_t now;
    buf_t scratch;
};

static int make_folder(
    const char *folder, const char *name, char out[PATH_MAX], cause_t *why)
{
    return path_join(out, PATH_MAX, folder, name, why) == 0 ? folder_make(out, 0700, why)
                                                            : -1;
}

handing_t *handing_open(
    const char *folder, store_t *store, const handing_events_t *events, cause_t *why)
{
    handing_t *self = memory_new(1, sizeof *self);
    self->store = store;
    self->events = *events;
    self->fd = -1;
    self->look_ms = MOMENT_PAST;
    if (make_folder(folder, "attachments/outbox", self->outbox, why) != 0 ||
        make_folder(folder, "attachments/sent", self->sent, why) != 0)
        handing_close(&self);
    return self;
}

void handing_close(handing_t **self_p)
{
    handing_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    if (self->fd >= 0)
        (void)close(self->fd);
    retries_free(&self->retries);
    buf_destroy(&self->scratch);
    free(self);
}

const char *handing_folder(const handing_t *self)
{
    return self->outbox;
}

static void tell(handing_t *self, handing_event_t event, const char *text)
{
    self->events.told(
        self->events.context, event, &self->give.digest, self->held.offset, text);
}

static void rest(handing_t *self)
{
    if (self->fd >= 0)
        (void)close(self->fd);
    self->fd = -1;
    self->state = IDLE;
    self->look_ms = MOMENT_PAST; // there may be another one
}

static void later(handing_t *self, const char *text)
{
    if (retries_later(&self->retries, &self->give.digest, self->now.monotonic_ms))
        tell(self, HANDING_LATER, text);
    rest(self);
}

static bool open_file(handing_t *self, const char *name)
{
    char path[PATH_MAX];
    struct stat info;
    cause_t ignored;
    give_t give;
    if (!hex_decode(span_text(name), give.digest.bytes, sizeof(hash_t)) ||
        !retries_due(&self->retries, &give.digest, self->now.monotonic_ms) ||
        path_join(path, sizeof path, self->outbox, name, &ignored) != 0)
        return false;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        if (fd >= 0)
            (void)close(fd);
        return false;
    }
    give.size = (uint64_t)info.st_size;
    self->give = give;
    self->held = (held_t){0};
    self->announced = false;
    self->fd = fd;
    return true;
}

static void begin(handing_t *self)
{
    names_t names;
    cause_t ignored;
    self->look_ms = MOMENT_NEVER;
    if (names_list(&names, self->outbox, "", &ignored) != 0) {
        self->look_ms = self->now.monotonic_ms + RETRIES_FIRST_MS;
        return;
    }
    bool found = false;
    for (size_t i = 0; i < names.n && !found; i++)
        found = open_file(self, names.name[i]);
    names_free(&names);
    if (!found) {
        retries_drop(&self->retries, self->now.monotonic_ms);
        return;
    }
    if (self->events.give(self->events.context, &self->give))
        self->state = ASKED;
    else
        rest(self);
}

static void send_piece(handing_t *self)
{
    piece_t piece = {self->give.digest, self->give.size, self->held.offset, {0}};
    size_t most = self->held.piece < PIECE_MOST ? self->held.piece : PIECE_MOST;
    buf_clear(&self->scratch);
    buf_reserve(&self->scratch, most);
    ssize_t got = pio_read(self->fd, self->scratch.data, most, self->held.offset);
    if (got <= 0 || (uint64_t)got > piece.size - piece.offset) {
        later(self, "the file was changed while it was read");
        return;
    }
    piece.data = span_of(self->scratch.data, (size_t)got);
    if (self->events.piece(self->events.context, &piece))
        self->state = ASKED;
}

static int64_t next_look_ms(const handing_t *self)
{
    int64_t next_ms = self->look_ms;
    moment_sooner(&next_ms, retries_next_ms(&self->retries));
    return next_ms;
}

void handing_turn(handing_t *self, now_t now, bool may)
{
    self->now = now;
    self->may = may;
    if (!may)
        return;
    if (self->state == IDLE && moment_due(next_look_ms(self), now.monotonic_ms))
        begin(self);
    if (self->state == READY)
        send_piece(self);
}

int64_t handing_due_ms(const handing_t *self)
{
    if (!self->may)
        return MOMENT_NEVER;
    if (self->state == READY)
        return self->now.monotonic_ms;
    return self->state == IDLE ? next_look_ms(self) : MOMENT_NEVER;
}

void handing_restart(handing_t *self)
{
    rest(self);
    retries_hurry(&self->retries);
}

void handing_hurry(handing_t *self)
{
    self->look_ms = MOMENT_PAST;
    retries_hurry(&self->retries);
}

static bool is_mine(const handing_t *self, const hash_t *digest)
{
    return self->state != IDLE && hash_equal(&self->give.digest, digest);
}

void handing_held(handing_t *self, const held_t *held)
{
    if (!is_mine(self, &held->digest) || held->size != self->give.size ||
        held->offset >= held->size)
        return;
    self->held = *held;
    self->state = READY;
    if (!self->announced)
        tell(self, HANDING_BEGUN, "");
    self->announced = true;
}

// Whether the file of this name is the one that was handed in: somebody may have put
// another in its place, as soon as the reason was there to be read.
static bool is_the_same(const handing_t *self, const char *path)
{
    struct stat sent, named;
    return fstat(self->fd, &sent) == 0 && lstat(path, &named) == 0 &&
           sent.st_dev == named.st_dev && sent.st_ino == named.st_ino;
}

static void drop(handing_t *self, const hash_t *digest)
{
    char path[PATH_MAX];
    cause_t ignored;
    if (attachment_path(self->outbox, digest, "", path, &ignored) == 0 &&
        is_the_same(self, path))
        (void)unlink(path);
    retries_forget(&self->retries, digest);
}

// What nobody names yet may be named by a message that is on its way.
void handing_refused(handing_t *self, const hash_t *digest, const refusal_t *refusal)
{
    char name[HASH_HEX];
    cause_t why;
    if (!is_mine(self, digest))
        return;
    if (refusal->retry || strcmp(refusal->code, "attachment.unknown") == 0) {
        later(self, refusal->text);
        return;
    }
    hex_encode(digest->bytes, sizeof digest->bytes, name);
    if (store_refused(self->store, name, span_of("", 0), digest, refusal, &why) != 0) {
        later(self, why.text);
        return;
    }
    drop(self, digest);
    tell(self, HANDING_REFUSED, refusal->text);
    rest(self);
}

// The proof last: whoever waits for it then finds the text too.
static int keep_receipt(handing_t *self, const attachment_t *attachment,
    const link_receipt_t *receipt, span_t checkpoint, cause_t *why)
{
    char path[PATH_MAX];
    if (attachment_path(self->sent, &attachment->digest, ".attachment", path, why) != 0 ||
        file_replace(path, receipt->told, 0600, why) != 0 ||
        attachment_path(self->sent, &attachment->digest, ".tlog-proof", path, why) != 0)
        return -1;
    buf_clear(&self->scratch);
    tlog_proof_write(&self->scratch, receipt->leaf_text, receipt->leaf->position,
        receipt->path, checkpoint);
    return file_replace(path, buf_span(&self->scratch), 0600, why);
}

void handing_receipt(handing_t *self, const link_receipt_t *receipt, span_t checkpoint)
{
    attachment_t attachment;
    cause_t why;
    if (attachment_parse(&attachment, receipt->told, &why) != 0 ||
        !is_mine(self, &attachment.digest))
        return;
    if (keep_receipt(self, &attachment, receipt, checkpoint, &why) != 0) {
        later(self, why.text); // the hub gives its receipt again
        return;
    }
    self->held.offset = attachment.size;
    drop(self, &attachment.digest);
    tell(self, HANDING_DONE, "");
    rest(self);
}

bool handing_progress(const handing_t *self, handing_progress_t *out)
{
    *out = (handing_progress_t){self->give.digest, self->held.offset, self->give.size};
    return self->state != IDLE && self->announced;
}
