// upload - the hub says how much it has, and is given the next piece of the open file.

#include "nodes/attachments/upload.h"

#include "lib/base/memory.h"
#include "lib/base/moment.h"
#include "lib/base/pio.h"
#include "lib/message/attachment.h"
#include "lib/tlog/note.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE_MOST = 1 << 20 }; // bytes, whatever the hub says it takes

struct upload {
    transfer_t transfer;
    upload_events_t events;
    char sent[PATH_MAX];
    int fd;         // of what is handed in; -1: nothing
    uint32_t piece; // bytes that the hub takes at once
    buf_t scratch;
};

upload_t *upload_open(
    const char *folder, store_t *store, const upload_events_t *events, cause_t *why)
{
    upload_t *self = memory_new(1, sizeof *self);
    self->transfer.store = store;
    self->transfer.told = events->told;
    self->transfer.context = events->context;
    self->events = *events;
    self->fd = -1;
    if (transfer_open(&self->transfer, folder, "attachments/outbox", why) != 0 ||
        path_join(self->sent, sizeof self->sent, folder, "attachments/sent", why) != 0 ||
        folder_make(self->sent, 0700, why) != 0)
        upload_close(&self);
    return self;
}

void upload_close(upload_t **self_p)
{
    upload_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    if (self->fd >= 0)
        (void)close(self->fd);
    transfer_close(&self->transfer);
    buf_destroy(&self->scratch);
    free(self);
}

const char *upload_folder(const upload_t *self)
{
    return self->transfer.folder;
}

static void close_file(upload_t *self)
{
    if (self->fd >= 0)
        (void)close(self->fd);
    self->fd = -1;
}

static void rest(upload_t *self)
{
    close_file(self);
    transfer_rest(&self->transfer);
}

static void later(upload_t *self, const char *text)
{
    close_file(self);
    transfer_later(&self->transfer, text);
}

static bool open_file(upload_t *self, const char *name)
{
    char path[PATH_MAX];
    struct stat info;
    hash_t digest;
    if (!transfer_may_try(&self->transfer, name, &digest, path))
        return false;
    self->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (self->fd < 0 || fstat(self->fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        close_file(self);
        return false;
    }
    transfer_take(&self->transfer, &digest, (uint64_t)info.st_size);
    return true;
}

static void begin(upload_t *self)
{
    names_t names;
    bool found = false;
    if (!transfer_names(&self->transfer, &names))
        return;
    for (size_t i = 0; i < names.n && !found; i++)
        found = open_file(self, names.name[i]);
    names_free(&names);
    if (!found) {
        transfer_none(&self->transfer);
        return;
    }
    give_t give = {self->transfer.digest, self->transfer.size};
    if (self->events.give(self->events.context, &give))
        self->transfer.state = TRANSFER_ASKED;
    else
        rest(self);
}

static void send_piece(upload_t *self)
{
    const transfer_t *transfer = &self->transfer;
    piece_t piece = {transfer->digest, transfer->size, transfer->offset, {0}};
    size_t most = self->piece < PIECE_MOST ? self->piece : PIECE_MOST;
    buf_clear(&self->scratch);
    buf_reserve(&self->scratch, most);
    ssize_t got = pio_read(self->fd, self->scratch.data, most, piece.offset);
    if (got <= 0 || (uint64_t)got > piece.size - piece.offset) {
        later(self, "the file was changed while it was read");
        return;
    }
    piece.data = span_of(self->scratch.data, (size_t)got);
    if (self->events.piece(self->events.context, &piece))
        self->transfer.state = TRANSFER_ASKED;
}

void upload_turn(upload_t *self, now_t now, bool may)
{
    if (transfer_turn(&self->transfer, now, may))
        begin(self);
    if (may && self->transfer.state == TRANSFER_READY)
        send_piece(self);
}

int64_t upload_due_ms(const upload_t *self)
{
    return transfer_due_ms(&self->transfer);
}

void upload_restart(upload_t *self)
{
    rest(self);
    retries_hurry(&self->transfer.retries);
}

void upload_hurry(upload_t *self)
{
    transfer_hurry(&self->transfer);
}

void upload_held(upload_t *self, const held_t *held)
{
    transfer_t *transfer = &self->transfer;
    if (!transfer_is(transfer, &held->digest) || held->size != transfer->size ||
        held->offset >= held->size)
        return;
    transfer->offset = held->offset;
    self->piece = held->piece;
    transfer->state = TRANSFER_READY;
    transfer_announce(transfer);
}

// Whether the file of this name is the one that was handed in: somebody may have put
// another in its place, as soon as the reason was there to be read.
static bool is_the_same(const upload_t *self, const char *path)
{
    struct stat sent, named;
    return fstat(self->fd, &sent) == 0 && lstat(path, &named) == 0 &&
           sent.st_dev == named.st_dev && sent.st_ino == named.st_ino;
}

static void drop(upload_t *self)
{
    char path[PATH_MAX];
    cause_t ignored;
    const transfer_t *transfer = &self->transfer;
    if (attachment_path(transfer->folder, &transfer->digest, "", path, &ignored) == 0 &&
        is_the_same(self, path))
        (void)unlink(path);
    transfer_forget(&self->transfer);
}

// "attachment.unknown" is no reason to give up: the message that names the file may still
// be on its way.
void upload_refused(upload_t *self, const hash_t *digest, const refusal_t *refusal)
{
    cause_t why;
    if (!transfer_is(&self->transfer, digest))
        return;
    if (refusal->retry || strcmp(refusal->code, "attachment.unknown") == 0) {
        later(self, refusal->text);
        return;
    }
    if (transfer_refuse(&self->transfer, refusal, &why) != 0) {
        later(self, why.text);
        return;
    }
    drop(self);
    transfer_tell(&self->transfer, TRANSFER_REFUSED, refusal->text);
    rest(self);
}

// The proof last: whoever waits for it then finds the text too.
static int keep_receipt(upload_t *self, const attachment_t *attachment,
    const link_receipt_t *receipt, span_t checkpoint, cause_t *why)
{
    char path[PATH_MAX];
    if (attachment_path(self->sent, &attachment->digest, ".attachment", path, why) != 0 ||
        file_replace(path, receipt->told, 0600, why) != 0 ||
        attachment_path(self->sent, &attachment->digest, ".tlog-proof", path, why) != 0)
        return -1;
    buf_clear(&self->scratch);
    tlog_proof_write(&self->scratch, receipt->leaf_bytes, receipt->leaf->position,
        receipt->path, checkpoint);
    return file_replace(path, buf_span(&self->scratch), 0600, why);
}

void upload_receipt(upload_t *self, const link_receipt_t *receipt, span_t checkpoint)
{
    attachment_t attachment;
    cause_t why;
    if (attachment_parse(&attachment, receipt->told, &why) != 0 ||
        !transfer_is(&self->transfer, &attachment.digest))
        return;
    if (keep_receipt(self, &attachment, receipt, checkpoint, &why) != 0) {
        later(self, why.text); // the hub gives its receipt again
        return;
    }
    self->transfer.offset = attachment.size;
    drop(self);
    transfer_tell(&self->transfer, TRANSFER_DONE, "");
    rest(self);
}

bool upload_progress(const upload_t *self, upload_progress_t *out)
{
    const transfer_t *transfer = &self->transfer;
    *out = (upload_progress_t){transfer->digest, transfer->offset, transfer->size};
    return transfer->state != TRANSFER_IDLE && transfer->announced;
}
