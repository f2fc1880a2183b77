// store - the record in state/stored is written after the files it counts.
//
// It cannot be had from the inbox alone, since people and programs may take files out of
// it. After a crash between the two, the files beyond the record are counted in as far as
// they are proven, so that nothing is delivered twice, and no name alone counts.

#include "nodes/inbox/store.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "nodes/inbox/before.h"
#include "nodes/inbox/mail.h"
#include "nodes/inbox/sequence.h"
#include "nodes/inbox/stage.h"
#include "nodes/inbox/stored.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILES_EACH = 4 };

struct store {
    char *folder;
    stage_t *sent, *inbox;
    stored_t stored;
    before_t *before;     // what there was of the log before
    buf_t proof;          // of the last delivery stored
    size_t strays;        // files with the next number that are no deliveries
    cause_t stray;        // the first of them, and why
    sequence_t *sequence; // of the inbox, where store_find looked last
    buf_t checkpoint;
    buf_t scratch;
};

static int path_in(
    const store_t *self, const char *name, char out[PATH_MAX], cause_t *why)
{
    return path_join(out, PATH_MAX, self->folder, name, why);
}

static int make_folders(const store_t *self, cause_t *why)
{
    static const char *const names[] = {
        "outbox", "sent", "refused", "inbox", "state", "state/waiting", "certs/known"};
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (path_in(self, names[i], path, why) != 0 || folder_make(path, 0700, why) != 0)
            return -1;
    return 0;
}

static int open_stage(const store_t *self, const char *name, stage_t **out, cause_t *why)
{
    char path[PATH_MAX];
    if (path_in(self, name, path, why) != 0)
        return -1;
    *out = stage_open(path, why);
    return *out ? 0 : -1;
}

// A small file of state/; an absent one reads as empty.
static int read_state(const store_t *self, const char *name, buf_t *out, cause_t *why)
{
    char path[PATH_MAX];
    if (path_in(self, name, path, why) != 0)
        return -1;
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return 0;
    return file_read_plain(path, STORED_MAX, out, why);
}

static int write_state(const store_t *self, const char *name, span_t data, cause_t *why)
{
    char path[PATH_MAX];
    return path_in(self, name, path, why) == 0 ? file_replace(path, data, 0600, why) : -1;
}

static int read_record(store_t *self, const store_options_t *options, cause_t *why)
{
    buf_t text = {0};
    span_t proof;
    int result = read_state(self, "state/stored", &text, why);
    if (result == 0 && text.size > 0) {
        result = stored_parse(&self->stored, buf_span(&text), options->vkey, &proof, why);
        if (result == 0)
            buf_put_span(&self->proof, proof);
        else
            (void)cause_prefix(why, "%s/state/stored", self->folder);
    }
    buf_destroy(&text);
    return result;
}

static int write_record(store_t *self, uint64_t number, cause_t *why)
{
    buf_t text = {0};
    stored_print(&text, number, buf_span(&self->proof));
    int result = write_state(self, "state/stored", buf_span(&text), why);
    buf_destroy(&text);
    return result;
}

// Take this file for the delivery that comes next, if it is proven to be one.
static void count_file(
    store_t *self, const store_options_t *options, const char *inbox, const char *name)
{
    cause_t why;
    if (stored_follow(&self->stored, inbox, name, options->node, options->vkey,
            &self->scratch, &why) == 0) {
        buf_clear(&self->proof);
        buf_put_span(&self->proof, buf_span(&self->scratch));
        return;
    }
    (void)cause_prefix(&why, "inbox/%s", name);
    if (self->strays++ == 0)
        self->stray = why;
}

// Numbers were lost with the record: what lies there would be taken for new.
static int check_record(const store_t *self, bool lost, uint64_t last, cause_t *why)
{
    if (!lost || last <= self->stored.number)
        return 0;
    return cause_set(why,
        "%s: state/stored is missing, and inbox/ goes up to number %" PRIu64
        ", of which 1 to %" PRIu64
        " are there and proven: bring state/ back, or move the inbox's files away to "
        "have everything delivered anew",
        self->folder, last, self->stored.number);
}

static int count_files(store_t *self, const store_options_t *options, cause_t *why)
{
    char path[PATH_MAX];
    names_t names;
    uint64_t before = self->stored.number, last = 0;
    if (path_in(self, "inbox", path, why) != 0 ||
        names_list(&names, path, ".json", why) != 0)
        return -1;
    for (size_t i = 0; i < names.n; i++) {
        uint64_t number = stored_number_of(names.name[i]);
        last = number > last ? number : last;
        if (number == self->stored.number + 1)
            count_file(self, options, path, names.name[i]);
    }
    names_free(&names);
    return check_record(self, before == 0, last, why);
}

// Count in what was stored just before a crash.  When the record cannot be written, as on
// a full disk, the node starts all the same with the old number; what lies beyond it is
// delivered again once there is room.
static int count_in(store_t *self, const store_options_t *options, cause_t *why)
{
    cause_t no;
    stored_t before = self->stored;
    buf_t proof = {0};
    buf_put_span(&proof, buf_span(&self->proof));
    int result = count_files(self, options, why);
    if (result == 0 && self->stored.number > before.number &&
        write_record(self, self->stored.number, &no) != 0) {
        self->stored = before;
        buf_clear(&self->proof);
        buf_put_span(&self->proof, buf_span(&proof));
    }
    buf_destroy(&proof);
    return result;
}

// The newest checkpoint that was verified: the one kept, or the one that the last
// delivery is proven in, which was kept with it.
static int read_checkpoint(store_t *self, const store_options_t *options, cause_t *why)
{
    checkpoint_t kept;
    tlog_proof_t proof;
    if (read_state(self, "state/checkpoint", &self->checkpoint, why) != 0)
        return -1;
    if (self->stored.number == 0)
        return 0;
    if (self->checkpoint.size > 0 &&
        checkpoint_open(&kept, buf_span(&self->checkpoint), options->vkey, why) != 0)
        return cause_prefix(why, "%s/state/checkpoint", self->folder);
    if (self->checkpoint.size > 0 && kept.size >= self->stored.checkpoint.size)
        return 0;
    if (tlog_proof_parse(&proof, buf_span(&self->proof), why) != 0)
        return -1;
    buf_clear(&self->checkpoint);
    buf_put_span(&self->checkpoint, proof.note);
    tlog_proof_close(&proof);
    return 0;
}

store_t *store_open(const store_options_t *options, cause_t *why)
{
    store_t *self = memory_new(1, sizeof *self);
    self->folder = memory_text(options->folder);
    if (make_folders(self, why) != 0 || open_stage(self, "sent", &self->sent, why) != 0 ||
        open_stage(self, "inbox", &self->inbox, why) != 0 ||
        !(self->before = before_open(options->folder, why)) ||
        read_record(self, options, why) != 0 || count_in(self, options, why) != 0 ||
        read_checkpoint(self, options, why) != 0)
        store_close(&self);
    return self;
}

void store_close(store_t **self_p)
{
    store_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    stage_close(&self->sent);
    stage_close(&self->inbox);
    sequence_destroy(&self->sequence);
    before_close(&self->before);
    buf_destroy(&self->checkpoint);
    buf_destroy(&self->proof);
    buf_destroy(&self->scratch);
    free(self->folder);
    free(self);
}

uint64_t store_stored(const store_t *self)
{
    return self->stored.number;
}

uint64_t store_position(const store_t *self)
{
    return self->stored.position;
}

bool store_had(const store_t *self, const link_delivery_t *delivery)
{
    bool by_hub = delivery->author && strcmp(delivery->author->role, "hub") == 0;
    return before_had(self->before, delivery->leaf, by_hub);
}

const char *store_stray(const store_t *self)
{
    return self->strays > 0 ? self->stray.text : NULL;
}

span_t store_checkpoint(const store_t *self)
{
    return buf_span(&self->checkpoint);
}

static int put(
    stage_t *stage, const char *base, const char *ending, span_t data, cause_t *why)
{
    char name[STORE_NAME_MAX + 16];
    (void)snprintf(name, sizeof name, "%s%s", base, ending);
    return stage_put(stage, name, data, why);
}

static int put_proof(store_t *self, stage_t *stage, const char *base, const leaf_t *leaf,
    span_t leaf_text, span_t path, span_t checkpoint, cause_t *why)
{
    buf_clear(&self->scratch);
    tlog_proof_write(&self->scratch, leaf_text, leaf->position, path, checkpoint);
    return put(stage, base, ".tlog-proof", buf_span(&self->scratch), why);
}

static int put_sent(
    store_t *self, const link_receipt_t *receipt, span_t checkpoint, cause_t *why)
{
    parcel_item_t item = parcel_item(receipt->parcel, receipt->i);
    if (put(self->sent, item.id, ".json", item.document, why) != 0)
        return -1;
    buf_clear(&self->scratch);
    parcel_print_seal(receipt->parcel, receipt->i, &self->scratch);
    if (put(self->sent, item.id, ".seal", buf_span(&self->scratch), why) != 0 ||
        put(self->sent, item.id, ".told", receipt->told, why) != 0)
        return -1;
    return put_proof(self, self->sent, item.id, receipt->leaf, receipt->leaf_text,
        receipt->path, checkpoint, why);
}

// Whether the refusal kept under this id is about another message that had the same id.
static bool is_of_another(const store_t *self, const char *id)
{
    char name[STORE_NAME_MAX + 32], path[PATH_MAX];
    cause_t ignored;
    (void)snprintf(name, sizeof name, "refused/%s.json.reason.json", id);
    json_t *reason =
        path_in(self, name, path, &ignored) == 0 ? mail_load(path, &ignored) : NULL;
    const char *code = json_string_value(json_object_get(reason, "code"));
    bool other = code && strcmp(code, "id.reused") == 0;
    json_decref(reason);
    return other;
}

// An earlier try with the same id may have been refused; that is over now.
static void forget_refusal(const store_t *self, const char *id)
{
    if (is_of_another(self, id))
        return;
    char name[STORE_NAME_MAX + 32], path[PATH_MAX];
    cause_t ignored;
    static const char *const endings[] = {".json", ".json.reason.json"};
    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(name, sizeof name, "refused/%s%s", id, endings[i]);
        if (path_in(self, name, path, &ignored) == 0)
            (void)unlink(path);
    }
}

int store_sent(store_t *self, const link_receipt_t *receipt, size_t n, span_t checkpoint,
    cause_t *why)
{
    stage_begin(self->sent, n * FILES_EACH);
    for (size_t i = 0; i < n; i++)
        if (put_sent(self, &receipt[i], checkpoint, why) != 0)
            return -1;
    if (stage_commit(self->sent, why) != 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        forget_refusal(self, parcel_item(receipt[i].parcel, receipt[i].i).id);
    return 0;
}

void store_name(uint64_t number, const char *id, char out[STORE_NAME_MAX])
{
    // The hub proved what it delivers, and still a name is only made of what we know.
    (void)snprintf(out, STORE_NAME_MAX, "%012" PRIu64 "-%s", number,
        uuid7_valid(span_text(id)) ? id : "unnamed");
}

// With its line end, so that the file is text; on the wire the end is left out.
static int put_why(store_t *self, const char *base, span_t line, cause_t *why)
{
    buf_clear(&self->scratch);
    buf_put_span(&self->scratch, line);
    buf_put_u8(&self->scratch, '\n');
    return put(self->inbox, base, ".why", buf_span(&self->scratch), why);
}

static int put_delivery(
    store_t *self, const link_delivery_t *delivery, span_t checkpoint, cause_t *why)
{
    char base[STORE_NAME_MAX];
    store_name(delivery->number, delivery->leaf->id, base);
    return put(self->inbox, base, ".seal", delivery->seal, why) == 0 &&
                   put_why(self, base, delivery->why, why) == 0 &&
                   put_proof(self, self->inbox, base, delivery->leaf, delivery->leaf_text,
                       delivery->path, checkpoint, why) == 0
               ? put(self->inbox, base, ".json", delivery->document, why)
               : -1;
}

// So that store_find needs no listing of the folder for it.
static void saw(store_t *self, const link_delivery_t *delivery)
{
    char base[STORE_NAME_MAX], name[STORE_NAME_MAX + 8];
    store_name(delivery->number, delivery->leaf->id, base);
    (void)snprintf(name, sizeof name, "%s.json", base);
    (void)sequence_saw(self->sequence, name);
}

int store_inbox(store_t *self, const link_delivery_t *delivery, size_t n,
    span_t checkpoint, cause_t *why)
{
    const link_delivery_t *last = &delivery[n - 1];
    stage_begin(self->inbox, n * FILES_EACH);
    for (size_t i = 0; i < n; i++)
        if (!store_had(self, &delivery[i]) &&
            put_delivery(self, &delivery[i], checkpoint, why) != 0)
            return -1;
    if (stage_commit(self->inbox, why) != 0)
        return -1;
    buf_clear(&self->proof);
    tlog_proof_write(
        &self->proof, last->leaf_text, last->leaf->position, last->path, checkpoint);
    if (write_record(self, last->number, why) != 0)
        return -1;
    for (size_t i = 0; i < n && self->sequence; i++)
        if (!store_had(self, &delivery[i]))
            saw(self, &delivery[i]);
    self->stored.number = last->number;
    self->stored.position = last->leaf->position;
    return 0;
}

int store_returned(store_t *self, const returned_t *item, cause_t *why)
{
    char path[PATH_MAX];
    if (path_in(self, "refused", path, why) != 0)
        return -1;
    int folder = folder_open(path, why);
    if (folder < 0)
        return -1;
    int result = returned_keep(folder, path, item, why);
    (void)close(folder);
    return result;
}

int store_refused(store_t *self, const char *name, span_t document, const hash_t *hash,
    const refusal_t *refusal, cause_t *why)
{
    return store_returned(self,
        &(returned_t){.name = name,
            .mark = "",
            .hash = hash,
            .document = document,
            .refusal = refusal},
        why);
}

int store_certificate(store_t *self, const cert_t *cert, cause_t *why)
{
    char name[HASH_HEX + 32], path[PATH_MAX];
    (void)snprintf(name, sizeof name, "certs/known/%s.pem", cert->key_id);
    if (path_in(self, name, path, why) != 0)
        return -1;
    buf_clear(&self->scratch);
    cert_print_pem(cert, &self->scratch);
    return file_replace(path, buf_span(&self->scratch), 0600, why);
}

int store_keep_checkpoint(store_t *self, span_t note, cause_t *why)
{
    if (span_equal(note, buf_span(&self->checkpoint)))
        return 0;
    if (write_state(self, "state/checkpoint", note, why) != 0)
        return -1;
    buf_clear(&self->checkpoint);
    buf_put_span(&self->checkpoint, note);
    return 0;
}

// Behind the number before; what was passed is begun with anew.
static void go_to(store_t *self, const char *folder, uint64_t number)
{
    if (self->sequence && sequence_after(self->sequence) >= number)
        sequence_destroy(&self->sequence);
    if (!self->sequence)
        self->sequence = sequence_new(folder, number - 1);
    sequence_pass(self->sequence, number - 1);
    sequence_expect(self->sequence, self->stored.number);
}

// A delivery has its proof beside it; another file of its number is somebody's.
static bool has_proof(const char *folder, const char *name)
{
    char base[NAME_MAX + 16], path[PATH_MAX];
    cause_t ignored;
    (void)snprintf(base, sizeof base, "%.*s.tlog-proof",
        (int)(strlen(name) - strlen(".json")), name);
    return path_join(path, sizeof path, folder, base, &ignored) == 0 &&
           access(path, F_OK) == 0;
}

// The first of the number that has its proof, else the first.  1: its name; 0: none.
static int find_name(store_t *self, const char *folder, uint64_t number,
    char name[NAME_MAX + 1], cause_t *why)
{
    sequence_next_t next;
    int found = 0;
    for (;;) {
        if (sequence_next(self->sequence, &next, why) != 0)
            return -1;
        if (next.place != SEQUENCE_MESSAGE || next.first != number)
            return found;
        bool proven = has_proof(folder, next.name);
        if (proven || !found)
            (void)snprintf(name, NAME_MAX + 1, "%s", next.name);
        found = 1;
        if (proven)
            return found;
        sequence_took(self->sequence, &next);
    }
}

int store_find(store_t *self, uint64_t number, char *path, size_t room, cause_t *why)
{
    char folder[PATH_MAX], name[NAME_MAX + 1];
    if (path_in(self, "inbox", folder, why) != 0)
        return -1;
    go_to(self, folder, number);
    int found = find_name(self, folder, number, name, why);
    if (found != 1)
        return found;
    if (path_join(path, room, folder, name, why) != 0)
        return -1;
    if (access(path, F_OK) == 0)
        return 1;
    return errno == ENOENT ? 0 : cause_errno(why, "%s", path);
}
