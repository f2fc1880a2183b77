// store - the files of a delivery or a receipt are written together (stage.h);
// state/stored, which counts the deliveries, is written after them.

#include "nodes/inbox/store_state.h"

#include "lib/base/file.h"
#include "nodes/inbox/mail.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FILES_EACH = 4 };

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
    span_t leaf_bytes, span_t path, span_t checkpoint, cause_t *why)
{
    buf_clear(&self->scratch);
    tlog_proof_write(&self->scratch, leaf_bytes, leaf->position, path, checkpoint);
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
    return put_proof(self, self->sent, item.id, receipt->leaf, receipt->leaf_bytes,
        receipt->path, checkpoint, why);
}

// Whether the refusal kept under this id is about another message that had the same id.
static bool is_of_another(const store_t *self, const char *id)
{
    char name[STORE_NAME_MAX + 32], path[PATH_MAX];
    cause_t ignored;
    (void)snprintf(name, sizeof name, "refused/%s.json.reason.json", id);
    json_t *reason =
        store_path(self, name, path, &ignored) == 0 ? mail_load(path, &ignored) : NULL;
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
        if (store_path(self, name, path, &ignored) == 0)
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

void store_carried_name(
    uint64_t number, size_t place, const char *id, char out[STORE_NAME_MAX])
{
    (void)snprintf(out, STORE_NAME_MAX, "%012" PRIu64 ".%04zu-%s", number, place,
        uuid7_valid(span_text(id)) ? id : "unnamed");
}

// With its line end, so that the file is text; on the wire the end is left out.
static int put_why(
    store_t *self, stage_t *stage, const char *base, span_t line, cause_t *why)
{
    buf_clear(&self->scratch);
    buf_put_span(&self->scratch, line);
    buf_put_u8(&self->scratch, '\n');
    return put(stage, base, ".why", buf_span(&self->scratch), why);
}

static int put_delivery(
    store_t *self, const link_delivery_t *delivery, span_t checkpoint, cause_t *why)
{
    char base[STORE_NAME_MAX];
    store_name(delivery->number, delivery->leaf->id, base);
    return put(self->inbox, base, ".seal", delivery->seal, why) == 0 &&
                   put_why(self, self->inbox, base, delivery->why, why) == 0 &&
                   put_proof(self, self->inbox, base, delivery->leaf,
                       delivery->leaf_bytes, delivery->path, checkpoint, why) == 0
               ? put(self->inbox, base, ".json", delivery->document, why)
               : -1;
}

// What the log says of an entry, for a person; the proof has it as it is.
static int put_leaf(
    store_t *self, stage_t *stage, const char *base, const leaf_t *leaf, cause_t *why)
{
    char time[TIME_TEXT];
    time_print(leaf->time_ms, time);
    buf_clear(&self->scratch);
    buf_printf(&self->scratch,
        "position %" PRIu64 "\ntime %s\ntype %s\nkind %s\nauthor %s\nid %s\n",
        leaf->position, time, leaf->type, leaf->kind, leaf->author, leaf->id);
    return put(stage, base, ".leaf", buf_span(&self->scratch), why);
}

// Of what the log sets aside, all that there is.
static int put_aside(
    store_t *self, const link_delivery_t *delivery, span_t checkpoint, cause_t *why)
{
    char base[STORE_NAME_MAX];
    store_name(delivery->number, delivery->leaf->id, base);
    return put_why(self, self->aside, base, delivery->why, why) == 0 &&
                   put_proof(self, self->aside, base, delivery->leaf,
                       delivery->leaf_bytes, delivery->path, checkpoint, why) == 0
               ? put_leaf(self, self->aside, base, delivery->leaf, why)
               : -1;
}

static int put_carried_one(
    store_t *self, const char *base, const link_carried_t *carried, cause_t *why)
{
    stage_t *stage = carried->aside ? self->aside : self->carried;
    if (put_why(self, stage, base, carried->line, why) != 0 ||
        put_proof(self, stage, base, carried->leaf, carried->leaf_bytes, carried->path,
            carried->checkpoint, why) != 0)
        return -1;
    if (carried->aside)
        return put_leaf(self, stage, base, carried->leaf, why);
    return put(stage, base, ".seal", carried->seal, why) == 0
               ? put(stage, base, ".json", carried->document, why)
               : -1;
}

static int put_carried(store_t *self, const link_delivery_t *delivery, cause_t *why)
{
    for (size_t i = 0; i < delivery->carries; i++) {
        char base[STORE_NAME_MAX];
        const link_carried_t *carried = &delivery->carried[i];
        store_carried_name(delivery->number, i + 1, carried->leaf->id, base);
        if (put_carried_one(self, base, carried, why) != 0)
            return -1;
    }
    return 0;
}

static int put_one(
    store_t *self, const link_delivery_t *delivery, span_t checkpoint, cause_t *why)
{
    if (store_had(self, delivery))
        return 0;
    if (put_carried(self, delivery, why) != 0)
        return -1;
    return delivery->aside ? put_aside(self, delivery, checkpoint, why)
                           : put_delivery(self, delivery, checkpoint, why);
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
    size_t carried = 0;
    for (size_t i = 0; i < n; i++)
        carried += delivery[i].carries;
    stage_begin(self->inbox, n * FILES_EACH);
    stage_begin(self->aside, (n + carried) * FILES_EACH);
    stage_begin(self->carried, carried * FILES_EACH);
    for (size_t i = 0; i < n; i++)
        if (put_one(self, &delivery[i], checkpoint, why) != 0)
            return -1;
    if (stage_commit(self->aside, why) != 0 || stage_commit(self->carried, why) != 0 ||
        stage_commit(self->inbox, why) != 0)
        return -1;
    buf_clear(&self->proof);
    tlog_proof_write(
        &self->proof, last->leaf_bytes, last->leaf->position, last->path, checkpoint);
    if (store_write_record(self, last->number, why) != 0)
        return -1;
    for (size_t i = 0; i < n && self->sequence; i++)
        if (!store_had(self, &delivery[i]) && !delivery[i].aside)
            saw(self, &delivery[i]);
    self->stored.number = last->number;
    self->stored.position = last->leaf->position;
    return 0;
}

int store_returned(store_t *self, const returned_t *item, cause_t *why)
{
    char path[PATH_MAX];
    if (store_path(self, "refused", path, why) != 0)
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
    if (store_path(self, name, path, why) != 0)
        return -1;
    buf_clear(&self->scratch);
    cert_print_pem(cert, &self->scratch);
    return file_replace(path, buf_span(&self->scratch), 0600, why);
}

int store_keep_checkpoint(store_t *self, span_t note, cause_t *why)
{
    if (span_equal(note, buf_span(&self->checkpoint)))
        return 0;
    if (store_write_state(self, "state/checkpoint", note, why) != 0)
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
    if (store_path(self, "inbox", folder, why) != 0)
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
