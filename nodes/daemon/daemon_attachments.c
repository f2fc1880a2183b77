// daemon_attachments - files that travel beside messages, and after them: a piece is
// handed in only while no message of this node waits for its answer.

#include "nodes/daemon/daemon_state.h"

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/base/moment.h"
#include "lib/base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SCAN_MS = 2000 }; // where folders cannot be watched

static bool give(void *context, const give_t *give)
{
    daemon_t *self = context;
    cause_t ignored;
    return link_give(self->link, give, &ignored) == 0;
}

static bool send_piece(void *context, const piece_t *piece)
{
    daemon_t *self = context;
    cause_t ignored;
    return link_piece(self->link, piece, &ignored) == 0;
}

static bool fetch(void *context, const fetch_t *fetch)
{
    daemon_t *self = context;
    cause_t ignored;
    return link_fetch(self->link, fetch, &ignored) == 0;
}

static void say(log_level_t level, const char *id, const hash_t *digest, uint64_t offset,
    const char *text)
{
    char hex[HASH_HEX];
    hex_encode(digest->bytes, sizeof digest->bytes, hex);
    if (text[0])
        log_line(level, id, "sha256=%s reason=\"%s\"", hex, text);
    else
        log_line(level, id, "sha256=%s offset=%" PRIu64, hex, offset);
}

static void upload_told(void *context, transfer_event_t event, const hash_t *digest,
    uint64_t offset, const char *text)
{
    static const char *const ids[] = {[TRANSFER_BEGUN] = "attachment.giving",
        [TRANSFER_DONE] = "attachment.given",
        [TRANSFER_LATER] = "attachment.later",
        [TRANSFER_REFUSED] = "attachment.refused"};
    (void)context;
    // LATER is normal at first: the hub does not take a file before the message that
    // names it.
    say(event == TRANSFER_LATER     ? LOG_DEBUG
        : event == TRANSFER_REFUSED ? LOG_WARNING
                                    : LOG_INFO,
        ids[event], digest, offset, text);
}

static void download_told(void *context, transfer_event_t event, const hash_t *digest,
    uint64_t offset, const char *text)
{
    static const char *const ids[] = {[TRANSFER_BEGUN] = "attachment.fetching",
        [TRANSFER_DONE] = "attachment.fetched",
        [TRANSFER_LATER] = "attachment.not-yet",
        [TRANSFER_REFUSED] = "attachment.refused"};
    (void)context;
    say(event == TRANSFER_REFUSED ? LOG_WARNING : LOG_INFO, ids[event], digest, offset,
        text);
}

int daemon_attachments_open(daemon_t *self, cause_t *why)
{
    upload_events_t out = {
        .context = self, .give = give, .piece = send_piece, .told = upload_told};
    download_events_t in = {.context = self, .fetch = fetch, .told = download_told};
    const char *folder = self->conf->folder;
    if (!(self->upload = upload_open(folder, self->store, &out, why)) ||
        !(self->download = download_open(folder, self->store, &in, why)))
        return -1;
    const char *const folders[] = {
        upload_folder(self->upload), download_folder(self->download)};
    folder_watch_set(&self->attachments, folders, 2);
    return 0;
}

static void on_held(void *context, const held_t *held)
{
    upload_held(((daemon_t *)context)->upload, held);
}

static void on_piece(void *context, const piece_t *piece)
{
    download_piece(((daemon_t *)context)->download, piece);
}

static void on_refused(void *context, const refused_item_t *item)
{
    daemon_t *self = context;
    refusal_t refusal = {.code = refusal_code(item->code), .retry = item->retry};
    (void)snprintf(refusal.text, sizeof refusal.text, "%.*s", (int)item->text.size,
        (const char *)item->text.data);
    (void)snprintf(refusal.by, sizeof refusal.by, "%.*s", (int)item->by.size,
        (const char *)item->by.data);
    text_clean(refusal.text);
    text_clean(refusal.by);
    if (!refusal.code) // of a later hub
        refusal.code = "attachment.unknown";
    upload_refused(self->upload, &item->document, &refusal);
    download_refused(self->download, &item->document, &refusal);
}

static void on_handed_in(void *context, const link_receipt_t *receipt, span_t checkpoint)
{
    upload_receipt(((daemon_t *)context)->upload, receipt, checkpoint);
}

void daemon_attachments_events(link_events_t *events)
{
    events->held = on_held;
    events->piece = on_piece;
    events->attachment_refused = on_refused;
    events->handed_in = on_handed_in;
}

void daemon_attachments_restart(daemon_t *self)
{
    upload_restart(self->upload);
    download_restart(self->download);
}

void daemon_attachments_turn(daemon_t *self)
{
    cause_t ignored;
    link_status_t status;
    link_status(self->link, &status);
    bool ready = status.state == LINK_READY;
    bool appeared = self->attachments.fd >= 0 &&
                    folder_watch_wait(&self->attachments, 0, &ignored) > 0;
    if (appeared || moment_due(self->attachments_scan_ms, self->now.monotonic_ms)) {
        upload_hurry(self->upload);
        download_hurry(self->download);
        self->attachments_scan_ms =
            self->attachments.fd >= 0 ? MOMENT_NEVER : self->now.monotonic_ms + SCAN_MS;
    }
    upload_turn(self->upload, self->now, ready && link_unanswered(self->link) == 0);
    download_turn(self->download, self->now, ready);
}

static json_int_t count(const char *folder)
{
    names_t names;
    cause_t ignored;
    if (names_list(&names, folder, "", &ignored) != 0)
        return 0;
    json_int_t n = (json_int_t)names.n;
    names_free(&names);
    return n;
}

json_t *daemon_attachments_json(const daemon_t *self)
{
    upload_progress_t progress;
    char hex[HASH_HEX];
    json_t *json = json_pack("{s:I, s:I}", "outbox", count(upload_folder(self->upload)),
        "wanted", count(download_folder(self->download)));
    if (!upload_progress(self->upload, &progress))
        return json;
    hex_encode(progress.digest.bytes, sizeof progress.digest.bytes, hex);
    (void)json_object_set_new(json, "giving",
        json_pack("{s:s, s:I, s:I}", "sha256", hex, "offset", (json_int_t)progress.offset,
            "size", (json_int_t)progress.size));
    return json;
}

int64_t daemon_attachments_due_ms(const daemon_t *self)
{
    int64_t due = self->attachments_scan_ms;
    moment_sooner(&due, upload_due_ms(self->upload));
    moment_sooner(&due, download_due_ms(self->download));
    return due;
}
