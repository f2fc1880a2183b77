// pending - a short list of what spool.c keeps on the disk.
//
// Which documents were answered is not noted separately: at a start the answers are
// looked for in sent/ and refused/.  A receipt counts only if it proves that the document
// is in the log.

#include "nodes/outbox/pending.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "nodes/inbox/mail.h"
#include "nodes/inbox/proof.h"
#include "nodes/inbox/stored.h"

#include <assert.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// A taken file that a parcel on the disk stands for.
typedef struct {
    char take[TAKEN_MAX];
} source_t;

// The taken file that a document was made of.
typedef struct {
    uint64_t tag;
    bool open;
    char take[TAKEN_MAX];
} made_of_t;

typedef struct {
    uint64_t serial;
    size_t open;  // documents without an answer
    bool repeat;  // an answer could not be stored
    buf_t ids;    // of its documents, MESSAGE_ID_MAX bytes each
    size_t files; // as many as documents
    made_of_t *file;
} parcel_state_t;

struct pending {
    char *folder;
    log_vkey_t vkey;
    tray_t *tray;
    spool_t *spool;
    pending_ready_fn ready;
    void *context;
    size_t n, room;
    parcel_state_t *state;
    size_t sources; // files that may still be in the tray
    source_t *source;
    size_t readings; // of a parcel that is being read: what its documents were made of
    made_of_t *reading;
    bool unflushed;  // their removal
    size_t finished; // parcels that are done with, and kept until it is
    uint64_t *serial;
};

static parcel_state_t *find(const pending_t *self, uint64_t tag)
{
    for (size_t i = 0; i < self->n; i++)
        if (self->state[i].serial == tag >> SPOOL_TAG_BITS)
            return &self->state[i];
    return NULL;
}

static void note_made_of(pending_t *self, const char *take)
{
    self->reading = memory_grow(self->reading, self->readings + 1, sizeof *self->reading);
    made_of_t *file = &self->reading[self->readings++];
    file->open = true;
    (void)snprintf(file->take, sizeof file->take, "%s", take);
}

// Its documents were made of what was noted last.
static void expect(pending_t *self, uint64_t serial, const parcel_t *parcel)
{
    assert(self->readings == parcel_count(parcel));
    if (self->n == self->room) {
        self->room = self->room ? self->room * 2 : 16;
        self->state = memory_grow(self->state, self->room, sizeof *self->state);
    }
    parcel_state_t state = {.serial = serial,
        .open = parcel_count(parcel),
        .files = self->readings,
        .file = self->reading};
    self->readings = 0;
    self->reading = NULL;
    for (size_t i = 0; i < state.open; i++) {
        parcel_item_t item = parcel_item(parcel, i);
        buf_put(&state.ids, item.id, MESSAGE_ID_MAX);
        state.file[i].tag = item.tag;
    }
    self->state[self->n++] = state;
}

static uint64_t forget(pending_t *self, parcel_state_t *state)
{
    uint64_t serial = state->serial;
    buf_destroy(&state->ids);
    free(state->file);
    *state = self->state[--self->n];
    return serial;
}

// Whether the refusal kept for this id is about this very document.
static bool was_refused(const pending_t *self, const char *id, span_t document)
{
    char path[PATH_MAX], hex[HASH_HEX];
    hash_t hash;
    (void)snprintf(path, sizeof path, "%s/refused/%s.json.reason.json", self->folder, id);
    cause_t ignored;
    json_t *reason = mail_load(path, &ignored);
    const char *about = json_string_value(json_object_get(reason, "document"));
    sha256(document, &hash);
    hex_encode(hash.bytes, sizeof hash.bytes, hex);
    bool same = about && strcmp(about, hex) == 0;
    json_decref(reason);
    return same;
}

// Whether there is a receipt for this id that is proven, and for this very document.
static bool was_taken(const pending_t *self, const char *id, span_t document)
{
    char path[PATH_MAX];
    buf_t proof = {0};
    leaf_t leaf;
    hash_t hash;
    checkpoint_t checkpoint;
    cause_t ignored;
    (void)snprintf(path, sizeof path, "%s/sent/%s.tlog-proof", self->folder, id);
    sha256(document, &hash);
    bool taken =
        file_read_plain(path, STORED_MAX, &proof, &ignored) == 0 &&
        proof_receipt(buf_span(&proof), &self->vkey, &leaf, &checkpoint, &ignored) == 0 &&
        leaf.has_document && hash_equal(&leaf.document, &hash);
    buf_destroy(&proof);
    return taken;
}

static void note_source(pending_t *self, const char *take)
{
    self->source = memory_grow(self->source, self->sources + 1, sizeof *self->source);
    (void)snprintf(
        self->source[self->sources++].take, sizeof self->source->take, "%s", take);
}

static bool is_unanswered(void *context, const spool_item_t *item)
{
    pending_t *self = context;
    note_source(self, item->source);
    bool open = !was_taken(self, item->id, item->document) &&
                !was_refused(self, item->id, item->document);
    if (open)
        note_made_of(self, item->source);
    return open;
}

// What was sealed for another log is nothing that this one takes.
static int check_origin(const pending_t *self, const parcel_t *parcel, cause_t *why)
{
    seal_head_t head;
    if (seal_head_parse(&head, parcel_head(parcel), why) != 0)
        return -1;
    return strcmp(head.origin, self->vkey.origin) == 0
               ? 0
               : cause_set(why,
                     "sealed for the log %s: to its successor a node goes over with "
                     "`dabyl node accept-log`",
                     head.origin);
}

// Publish what a parcel on the disk still wants; one that wants nothing is removed.
static int publish_again(pending_t *self, uint64_t serial, cause_t *why)
{
    self->readings = 0;
    parcel_t *parcel = spool_read(self->spool, serial, is_unanswered, self, why);
    if (!parcel || pending_settle(self, why) != 0) {
        parcel_destroy(&parcel);
        return -1;
    }
    if (parcel_count(parcel) > 0 && check_origin(self, parcel, why) != 0) {
        parcel_destroy(&parcel);
        return cause_prefix(why, "%s/state/spool", self->folder);
    }
    if (parcel_count(parcel) == 0) {
        parcel_destroy(&parcel);
        return spool_remove(self->spool, serial, why);
    }
    expect(self, serial, parcel);
    self->ready(self->context, &parcel);
    return 0;
}

static int recover(pending_t *self, cause_t *why)
{
    uint64_t *serials;
    size_t n;
    if (spool_list(self->spool, &serials, &n, why) != 0)
        return -1;
    int result = 0;
    for (size_t i = 0; i < n && result == 0; i++)
        result = publish_again(self, serials[i], why);
    free(serials);
    return result;
}

pending_t *pending_open(
    const pending_options_t *options, pending_ready_fn ready, void *context, cause_t *why)
{
    pending_t *self = memory_new(1, sizeof *self);
    self->folder = memory_text(options->folder);
    self->vkey = *options->vkey;
    self->tray = options->tray;
    self->ready = ready;
    self->context = context;
    self->spool = spool_open(self->folder, why);
    if (!self->spool || recover(self, why) != 0)
        pending_close(&self);
    return self;
}

void pending_close(pending_t **self_p)
{
    pending_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    spool_close(&self->spool);
    while (self->n > 0)
        (void)forget(self, &self->state[0]);
    free(self->state);
    free(self->source);
    free(self->reading);
    free(self->serial);
    free(self->folder);
    free(self);
}

uint64_t pending_next(pending_t *self)
{
    return spool_next(self->spool);
}

static int remove_sources(pending_t *self, cause_t *why)
{
    for (; self->sources > 0; self->sources--) {
        if (tray_remove(self->tray, self->source[self->sources - 1].take, why) != 0)
            return -1;
        self->unflushed = true;
    }
    if (self->unflushed && tray_flush(self->tray, why) != 0)
        return -1;
    self->unflushed = false;
    return 0;
}

int pending_settle(pending_t *self, cause_t *why)
{
    if (remove_sources(self, why) != 0)
        return -1;
    for (; self->finished > 0; self->finished--)
        if (spool_remove(self->spool, self->serial[self->finished - 1], why) != 0)
            return -1;
    return 0;
}

int pending_add(pending_t *self, uint64_t serial, parcel_t **parcel_p,
    const char *const *source, cause_t *why)
{
    cause_t later;
    size_t n = parcel_count(*parcel_p);
    if (spool_put(self->spool, serial, *parcel_p, source, why) != 0)
        return -1;
    self->readings = 0;
    for (size_t i = 0; i < n; i++) {
        note_made_of(self, source[i]);
        note_source(self, source[i]);
    }
    expect(self, serial, *parcel_p);
    (void)pending_settle(self, &later); // who takes the next files is told if this failed
    self->ready(self->context, parcel_p);
    return 0;
}

// A parcel goes only after the files it stands for.
static int finish(pending_t *self, uint64_t serial, cause_t *why)
{
    self->serial = memory_grow(self->serial, self->finished + 1, sizeof *self->serial);
    self->serial[self->finished++] = serial;
    return pending_settle(self, why);
}

static void close_file(parcel_state_t *state, uint64_t tag)
{
    for (size_t i = 0; i < state->files; i++)
        if (state->file[i].tag == tag)
            state->file[i].open = false;
}

int pending_answered(pending_t *self, uint64_t tag, cause_t *why)
{
    parcel_state_t *state = find(self, tag);
    if (state)
        close_file(state, tag);
    if (!state || --state->open > 0 || state->repeat)
        return 0;
    return finish(self, forget(self, state), why);
}

void pending_unstored(pending_t *self, uint64_t tag)
{
    parcel_state_t *state = find(self, tag);
    if (!state)
        return;
    state->open--;
    state->repeat = true;
}

int pending_repeat(pending_t *self, cause_t *why)
{
    for (size_t i = 0; i < self->n; i++) {
        parcel_state_t *state = &self->state[i];
        if (!state->repeat || state->open > 0)
            continue;
        parcel_state_t before = *state;
        *state = self->state[--self->n]; // publish_again enters it anew
        if (publish_again(self, before.serial, why) != 0) {
            self->state[self->n++] = before; // there is room: it was taken out just now
            return -1;
        }
        buf_destroy(&before.ids);
        free(before.file);
        i--;
    }
    return 0;
}

size_t pending_count(const pending_t *self)
{
    return self->n;
}

size_t pending_documents(const pending_t *self)
{
    size_t n = 0;
    for (size_t i = 0; i < self->n; i++)
        n += self->state[i].open;
    return n;
}

void pending_each(
    const pending_t *self, void (*visit)(void *context, const char *take), void *context)
{
    for (size_t i = 0; i < self->n; i++)
        for (size_t k = 0; k < self->state[i].files; k++)
            if (self->state[i].file[k].open)
                visit(context, self->state[i].file[k].take);
}

static bool has_id(void *context, const spool_item_t *item)
{
    return strcmp(context, item->id) == 0;
}

static bool read_one(
    const pending_t *self, uint64_t serial, const char *id, buf_t *document)
{
    cause_t ignored;
    char wanted[MESSAGE_ID_MAX];
    (void)snprintf(wanted, sizeof wanted, "%s", id);
    parcel_t *parcel = spool_read(self->spool, serial, has_id, wanted, &ignored);
    bool found = parcel && parcel_count(parcel) > 0;
    if (found)
        buf_put_span(document, parcel_item(parcel, 0).document);
    parcel_destroy(&parcel);
    return found;
}

static bool holds(const parcel_state_t *state, const char *id)
{
    for (size_t at = 0; at < state->ids.size; at += MESSAGE_ID_MAX)
        if (strcmp((const char *)state->ids.data + at, id) == 0)
            return true;
    return false;
}

bool pending_find(const pending_t *self, const char *id, buf_t *document)
{
    for (size_t i = 0; i < self->n; i++)
        if (holds(&self->state[i], id))
            return read_one(self, self->state[i].serial, id, document);
    return false;
}
