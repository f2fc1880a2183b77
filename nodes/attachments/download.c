// download - decides what to ask the hub for, and when; the depot keeps the bytes.

#include "nodes/attachments/download.h"

#include "lib/base/memory.h"
#include "lib/base/moment.h"
#include "lib/message/attachment.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REQUEST_MAX = 64, KEEP_DAYS = 30, DAY_MS = 24 * 3600 * 1000 };

struct download {
    transfer_t transfer;
    download_events_t events;
    depot_t *depot;
};

static int open_depot(download_t *self, const char *folder, cause_t *why)
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

download_t *download_open(
    const char *folder, store_t *store, const download_events_t *events, cause_t *why)
{
    download_t *self = memory_new(1, sizeof *self);
    self->transfer.store = store;
    self->transfer.told = events->told;
    self->transfer.context = events->context;
    self->events = *events;
    if (open_depot(self, folder, why) != 0 ||
        transfer_open(&self->transfer, folder, "attachments/wanted", why) != 0)
        download_close(&self);
    return self;
}

void download_close(download_t **self_p)
{
    download_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    depot_close(&self->depot);
    transfer_close(&self->transfer);
    free(self);
}

const char *download_folder(const download_t *self)
{
    return self->transfer.folder;
}

// What the depot calls the file that is under way.
static depot_key_t key_of(const download_t *self)
{
    return (depot_key_t){
        .node = "hub", .digest = self->transfer.digest, .size = self->transfer.size};
}

static void drop_request(download_t *self)
{
    char path[PATH_MAX];
    cause_t ignored;
    const transfer_t *transfer = &self->transfer;
    if (attachment_path(transfer->folder, &transfer->digest, "", path, &ignored) == 0)
        (void)unlink(path);
    transfer_forget(&self->transfer);
}

static void finish(download_t *self)
{
    depot_key_t key = key_of(self);
    self->transfer.offset = self->transfer.size;
    depot_settle(self->depot, &key);
    drop_request(self);
    transfer_tell(&self->transfer, TRANSFER_DONE, "");
    transfer_rest(&self->transfer);
}

static void go_on(download_t *self, depot_result_t result, const depot_no_t *no)
{
    switch (result) {
    case DEPOT_HELD:
        self->transfer.state = TRANSFER_READY;
        break;
    case DEPOT_CHECKING:
        self->transfer.state = TRANSFER_CHECKING;
        break;
    case DEPOT_WHOLE:
        finish(self);
        break;
    case DEPOT_REFUSED:
        transfer_later(
            &self->transfer, no->trouble.text[0] ? no->trouble.text : no->refusal.text);
    }
}

// A request says which file, by its name, and how large it is.
static bool read_request(download_t *self, const char *name)
{
    char path[PATH_MAX];
    cause_t ignored;
    buf_t text = {0};
    hash_t digest;
    uint64_t size;
    if (!transfer_may_try(&self->transfer, name, &digest, path) ||
        file_read_plain(path, REQUEST_MAX, &text, &ignored) != 0)
        return false;
    reader_t reader = reader_of(buf_span(&text));
    bool good = decimal_decode(take_line(&reader), &size) && reader_done(&reader);
    buf_destroy(&text);
    if (good)
        transfer_take(&self->transfer, &digest, size);
    return good;
}

static void begin(download_t *self)
{
    names_t names;
    char path[PATH_MAX];
    depot_no_t no;
    bool found = false;
    if (!transfer_names(&self->transfer, &names))
        return;
    for (size_t i = 0; i < names.n && !found; i++)
        found = read_request(self, names.name[i]);
    names_free(&names);
    if (!found) {
        transfer_none(&self->transfer);
        return;
    }
    depot_key_t key = key_of(self);
    if (depot_path(self->depot, &key.digest, path, sizeof path))
        finish(self); // it was fetched before
    else
        go_on(self, depot_give(self->depot, &key, &self->transfer.offset, &no), &no);
}

static void ask(download_t *self)
{
    fetch_t fetch = {self->transfer.digest, self->transfer.offset};
    if (self->events.fetch(self->events.context, &fetch))
        self->transfer.state = TRANSFER_ASKED;
}

// The hub hashes every file before it keeps it.  So when the bytes here have another
// hash, they were damaged on the way, on this disk or on the hub's, and are fetched once
// more.
static void check(download_t *self)
{
    depot_key_t key;
    depot_result_t result;
    depot_no_t no;
    if (!depot_check(self->depot, &result, &key, &no)) {
        transfer_later(&self->transfer, "what came is not there any more");
        return;
    }
    if (result == DEPOT_REFUSED && strcmp(no.refusal.code, "attachment.digest") == 0)
        transfer_later(&self->transfer,
            "the bytes that came are not those that were named: once more");
    else if (result != DEPOT_CHECKING)
        go_on(self, result, &no);
}

void download_turn(download_t *self, now_t now, bool may)
{
    if (transfer_turn(&self->transfer, now, may))
        begin(self);
    if (self->transfer.state == TRANSFER_CHECKING)
        check(self);
    else if (self->transfer.state == TRANSFER_READY && may)
        ask(self);
}

int64_t download_due_ms(const download_t *self)
{
    return transfer_due_ms(&self->transfer);
}

void download_restart(download_t *self)
{
    if (self->transfer.state != TRANSFER_CHECKING)
        transfer_rest(&self->transfer);
    retries_hurry(&self->transfer.retries);
}

void download_hurry(download_t *self)
{
    transfer_hurry(&self->transfer);
}

static bool is_asked(const download_t *self, const hash_t *digest)
{
    return self->transfer.state == TRANSFER_ASKED && transfer_is(&self->transfer, digest);
}

void download_piece(download_t *self, const piece_t *piece)
{
    depot_no_t no;
    depot_key_t key = key_of(self);
    if (!is_asked(self, &piece->digest))
        return;
    if (piece->size != key.size) {
        transfer_later(&self->transfer, "the file has another size than was asked for");
        return;
    }
    transfer_announce(&self->transfer);
    depot_result_t result = depot_write(
        self->depot, &key, piece->offset, piece->data, &self->transfer.offset, &no);
    go_on(self, result, &no);
}

void download_refused(download_t *self, const hash_t *digest, const refusal_t *refusal)
{
    cause_t why;
    if (!is_asked(self, digest))
        return;
    if (refusal->retry) {
        transfer_later(&self->transfer, refusal->text);
        return;
    }
    if (transfer_refuse(&self->transfer, refusal, &why) != 0) {
        transfer_later(&self->transfer, why.text);
        return;
    }
    drop_request(self);
    transfer_tell(&self->transfer, TRANSFER_REFUSED, refusal->text);
    transfer_rest(&self->transfer);
}
