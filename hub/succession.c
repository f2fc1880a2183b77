// succession - the copy is walked twice: to prove and to count, and to give what was
// counted.  Duties come last, as they stood at the end: where the message is that brought
// one is known only when all are written.

#include "hub/succession.h"

#include "hub/journal/published_checkpoint.h"
#include "hub/state/duty_table.h"
#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/message/ack.h"
#include "lib/message/attachment.h"
#include "lib/message/routing.h"
#include "lib/tlog/erasing.h"
#include "lib/tlog/merkle.h"
#include "lib/tlog/segments.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EMITTED = 16 }; // derived messages follow their cause at once

// The newest acknowledgement of a node for one log.
typedef struct {
    leaf_t leaf;
    buf_t document;
    bool former; // for a log before the predecessor
} signed_t;

// A walk through the entries of the copy.
typedef struct {
    segments_t *segments;
    batch_t batch;
    batch_entries_t entries; // of it, when `within`
    bool within;
} copy_t;

struct succession {
    succession_setup_t setup;
    origin_t origin;
    buf_t note;
    merkle_t tree;
    buf_t hashes;
    erasures_t erasures;
    buf_t kept; // positions of what is given again, a uint64_t each
    size_t acks, acks_room;
    signed_t *ack;
    duty_table_t *duties;
    uint64_t duty_count, unreadable;
    routing_t routing;
    char emitted[EMITTED][MESSAGE_ID_MAX];
    size_t emitted_next;
    // How much of it has been given.
    struct {
        size_t acks, kept;
        duty_walk_t duties;
        const duty_t *duty; // the last one
    } given;
    copy_t copy; // that is walked for it
    buf_t text;  // of an entry
};

static bool is_type(const leaf_t *leaf, const char *type)
{
    const char *own = leaf_is_former(leaf) ? strchr(leaf->type, '.') + 1 : leaf->type;
    return strcmp(own, type) == 0;
}

// The newest checkpoint: the one that was given, or the one in the copy.
static int read_checkpoint(succession_t *self, cause_t *why)
{
    const hub_options_t *options = self->setup.options;
    origin_t *origin = &self->origin;
    checkpoint_t copied = {0};
    char path[PATH_MAX];
    if (log_vkey_read(&origin->predecessor, options->predecessor_vkey, why) != 0 ||
        file_read(options->predecessor_checkpoint, NOTE_LIMIT, &self->note, why) != 0)
        return cause_prefix(why, "predecessor");
    if (checkpoint_open(
            &origin->checkpoint, buf_span(&self->note), &origin->predecessor, why) != 0)
        return cause_prefix(why, "%s", options->predecessor_checkpoint);
    if (options->predecessor_journal[0] &&
        published_checkpoint_read(
            &copied, options->predecessor_journal, &origin->predecessor, why) != 0)
        return -1;
    if (copied.size > origin->checkpoint.size) {
        buf_clear(&self->note);
        if (path_join(path, sizeof path, options->predecessor_journal, "checkpoint",
                why) != 0 ||
            file_read(path, NOTE_LIMIT, &self->note, why) != 0)
            return -1;
        origin->checkpoint = copied;
    }
    origin->note = buf_span(&self->note);
    if (strcmp(origin->predecessor.origin, self->setup.vkey->origin) == 0 ||
        memcmp(origin->predecessor.key, self->setup.vkey->key, 32) == 0)
        return cause_set(why,
            "the successor of the log %s needs another name and another key",
            origin->predecessor.origin);
    return 0;
}

static int check_first(const succession_t *self, const entry_t *entry, cause_t *why)
{
    origin_t first;
    if (origin_parse(&first, entry->document, why) != 0)
        return -1;
    if (strcmp(first.vkey.origin, self->origin.predecessor.origin) == 0 &&
        memcmp(first.vkey.key, self->origin.predecessor.key, 32) == 0)
        return 0;
    return cause_set(why, "the copy is of the log %s and another key", first.vkey.origin);
}

static void keep(succession_t *self, uint64_t position)
{
    buf_put(&self->kept, &position, sizeof position);
}

// The ids of derived messages come from the hub's own: under another name the same would
// be derived once more.
static int check_hub(succession_t *self, const leaf_t *leaf, cause_t *why)
{
    for (size_t i = 0; i < EMITTED; i++)
        if (strcmp(self->emitted[i], leaf->id) == 0 &&
            strcmp(leaf->author, self->setup.hub) != 0)
            return cause_set(why,
                "the predecessor's hub is %s, and this hub's certificate names %s: what "
                "the law derives would be derived twice",
                leaf->author, self->setup.hub);
    for (size_t i = 0; i < self->routing.n; i++)
        if (self->routing.route[i].type == ROUTE_EMIT)
            memcpy(self->emitted[self->emitted_next++ % EMITTED],
                self->routing.route[i].id, MESSAGE_ID_MAX);
    return 0;
}

static int take_message(
    succession_t *self, const leaf_t *leaf, const entry_t *entry, cause_t *why)
{
    if (!entry->proven || routing_read(&self->routing, entry->record, why) != 0) {
        self->unreadable++;
        return 0;
    }
    keep(self, leaf->position);
    return check_hub(self, leaf, why);
}

static void take_ack(succession_t *self, const leaf_t *leaf, const entry_t *entry)
{
    bool former = leaf_is_former(leaf);
    size_t i = former ? self->acks : 0; // one a node, and each of a log before
    while (i < self->acks &&
           (self->ack[i].former || strcmp(self->ack[i].leaf.author, leaf->author) != 0))
        i++;
    if (i == self->acks) {
        if (self->acks == self->acks_room) {
            self->acks_room = self->acks_room ? 2 * self->acks_room : 64;
            self->ack = memory_grow(self->ack, self->acks_room, sizeof *self->ack);
        }
        self->ack[self->acks++] = (signed_t){.former = former};
    }
    self->ack[i].leaf = *leaf;
    buf_clear(&self->ack[i].document);
    buf_put_span(&self->ack[i].document, entry->document);
}

// The log says that it was handed in; that counts where the bytes are, too.
static void take_attachment(succession_t *self, const leaf_t *leaf, const entry_t *entry)
{
    attachment_t attachment;
    cause_t ignored;
    char hex[HASH_HEX], path[PATH_MAX];
    if (attachment_parse(&attachment, entry->document, &ignored) != 0)
        return;
    hex_encode(attachment.digest.bytes, sizeof attachment.digest.bytes, hex);
    int length =
        snprintf(path, sizeof path, "%s/whole/%s", self->setup.options->attachments, hex);
    if (length > 0 && (size_t)length < sizeof path && access(path, F_OK) == 0)
        keep(self, leaf->position);
}

static int take_duty(
    succession_t *self, const leaf_t *leaf, const entry_t *entry, cause_t *why)
{
    duty_t duty;

    if (duty_parse(&duty, entry->document, why) != 0)
        self->unreadable++;
    else
        duty_table_fold(self->duties, &duty, &(duty_entry_t){.position = leaf->position});
    return 0;
}

// Where an entry that is given again stands here; 0: it is not.
static uint64_t place_of(const succession_t *self, uint64_t former)
{
    uint64_t position;
    size_t low = 0, high = self->kept.size / sizeof position;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        memcpy(&position, self->kept.data + middle * sizeof position, sizeof position);
        if (position == former)
            return 1 + self->acks + middle;
        if (position < former)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

// Of what it names what is given again, at its places here.
static int read_erasure(const succession_t *self, const leaf_t *leaf, span_t document,
    erasure_t *here, cause_t *why)
{
    erasure_t there;
    if (erasure_parse(&there, document, leaf->position, why) != 0)
        return -1;
    *here = there;
    here->n = 0;
    for (size_t i = 0; i < there.n; i++)
        if (place_of(self, there.position[i]) > 0)
            (void)erasure_add(here, place_of(self, there.position[i]));
    return 0;
}

static int take_erasure(
    succession_t *self, const leaf_t *leaf, const entry_t *entry, cause_t *why)
{
    erasure_t erasure;
    if (read_erasure(self, leaf, entry->document, &erasure, why) != 0)
        return -1;
    if (erasure.n > 0)
        keep(self, leaf->position);
    (void)erasure_parse(&erasure, entry->document, leaf->position, why);
    erasures_name(&self->erasures, &erasure);
    return 0;
}

static int take(
    succession_t *self, const leaf_t *leaf, const entry_t *entry, cause_t *why)
{
    if (leaf->position == 0)
        return check_first(self, entry, why);
    if (is_type(leaf, "message"))
        return take_message(self, leaf, entry, why);
    if (is_type(leaf, "duty"))
        return take_duty(self, leaf, entry, why);
    if (is_type(leaf, "roster"))
        keep(self, leaf->position);
    else if (is_type(leaf, "delivery"))
        take_ack(self, leaf, entry);
    else if (is_type(leaf, "attachment"))
        take_attachment(self, leaf, entry);
    else if (is_type(leaf, "erasure"))
        return take_erasure(self, leaf, entry, why);
    return 0;
}

static int check_root(const succession_t *self, const checkpoint_t *at, cause_t *why)
{
    hash_t root;
    if (self->tree.size != at->size)
        return 0;
    merkle_root(&self->tree, &root);
    return hash_equal(&root, &at->root) ? 0
                                        : cause_set(why,
                                              "the copy's entries are not those of the "
                                              "checkpoint of size %" PRIu64,
                                              at->size);
}

static bool is_part(bool has, const hash_t *named, span_t part)
{
    hash_t hash;
    sha256(part, &hash);
    return has ? hash_equal(&hash, named) : part.size == 0;
}

static int take_entry(succession_t *self, const entry_t *entry, cause_t *why)
{
    leaf_t leaf;
    hash_t hash;
    if (leaf_take(&leaf, entry->leaf, why) != 0)
        return -1;
    if (leaf.position != self->tree.size)
        return cause_set(why, "a leaf says position %" PRIu64, leaf.position);
    bool erased =
        leaf.has_document && leaf_is_message(&leaf) && erasure_of(entry->document);
    if (erased)
        erasures_see(&self->erasures, leaf.position);
    if ((!erased && !is_part(leaf.has_document, &leaf.document, entry->document)) ||
        !is_part(leaf.has_seal, &leaf.seal, entry->seal) ||
        !is_part(leaf.has_record, &leaf.record, entry->record))
        return cause_set(
            why, "entry %" PRIu64 " is not what its leaf says", leaf.position);
    merkle_leaf(entry->leaf, &hash);
    merkle_add(&self->tree, &hash);
    buf_put(&self->hashes, hash.bytes, sizeof hash.bytes);
    if (take(self, &leaf, entry, why) != 0)
        return -1;
    return check_root(self, &self->origin.checkpoint, why);
}

static int copy_open(succession_t *self, copy_t *copy, cause_t *why)
{
    const char *folder = self->setup.options->predecessor_journal;
    *copy = (copy_t){0};
    if (erasing_finish(folder, why) != 0) // or a batch is torn
        return cause_prefix(why, "%s", folder);
    copy->segments = segments_open(folder, self->origin.predecessor.origin, 0, why);
    return copy->segments ? 0 : cause_prefix(why, "%s", folder);
}

static void copy_close(copy_t *copy)
{
    batch_close(&copy->batch);
    segments_close(&copy->segments);
}

// 1: the next entry of the copy, 0: there are no more.
static int copy_next(const succession_t *self, copy_t *copy, entry_t *entry, cause_t *why)
{
    while (!copy->within || !batch_next(&copy->entries, entry)) {
        int got = segments_next(copy->segments, &copy->batch, why);
        copy->within = got == 1;
        if (got < 0)
            return cause_prefix(why, "%s", self->setup.options->predecessor_journal);
        if (got == 0)
            return 0;
        batch_prove(&copy->batch);
        copy->entries = batch_entries(&copy->batch);
    }
    return 1;
}

static int read_entries(succession_t *self, cause_t *why)
{
    copy_t copy;
    entry_t entry;
    int got = copy_open(self, &copy, why) == 0 ? 1 : -1;
    while (got == 1 && (got = copy_next(self, &copy, &entry, why)) == 1)
        if (take_entry(self, &entry, why) != 0)
            got = cause_prefix(why, "%s", self->setup.options->predecessor_journal);
    copy_close(&copy);
    return got == 0 ? erasures_check(&self->erasures, why) : got;
}

// What lies between the copy's end and the checkpoint is known to have been there.
static int check_loss(const succession_t *self, cause_t *why)
{
    const succession_setup_t *setup = &self->setup;
    const checkpoint_t *newest = &self->origin.checkpoint;
    if (self->tree.size >= newest->size)
        return 0;
    if (setup->loses && setup->keeps == self->tree.size)
        return 0;
    return cause_set(why,
        "the copy of the predecessor's journal ends before entry %" PRIu64
        ", and its log had %" PRIu64
        ": messages, acknowledgements and duties of the %" PRIu64
        " entries between are lost but for what their authors publish again; find a "
        "newer "
        "copy, or say --accept-loss %" PRIu64,
        self->tree.size, newest->size, newest->size - self->tree.size, self->tree.size);
}

static int read_copy(succession_t *self, cause_t *why)
{
    origin_t *origin = &self->origin;
    if (self->setup.options->predecessor_journal[0] && read_entries(self, why) != 0)
        return -1;
    if (check_loss(self, why) != 0)
        return -1;
    duty_walk_t over = {0};
    while (duty_table_walk(self->duties, &over))
        self->duty_count++;
    origin->taken = self->tree.size;
    origin->formers = self->acks + self->kept.size / sizeof(uint64_t) + self->duty_count;
    return 0;
}

succession_t *succession_open(const succession_setup_t *setup, cause_t *why)
{
    succession_t *self = memory_new(1, sizeof *self);
    self->setup = *setup;
    self->duties = duty_table_new(setup->settled, NULL);
    self->origin.vkey = *setup->vkey;
    self->origin.succeeds = true;
    if (read_checkpoint(self, why) != 0 || read_copy(self, why) != 0)
        succession_close(&self);
    return self;
}

void succession_close(succession_t **self_p)
{
    succession_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    for (size_t i = 0; i < self->acks; i++)
        buf_destroy(&self->ack[i].document);
    free(self->ack);
    duty_table_destroy(&self->duties);
    routing_close(&self->routing);
    copy_close(&self->copy);
    buf_destroy(&self->text);
    buf_destroy(&self->note);
    buf_destroy(&self->hashes);
    buf_destroy(&self->kept);
    erasures_close(&self->erasures);
    free(self);
}

const origin_t *succession_origin(const succession_t *self)
{
    return &self->origin;
}

uint64_t succession_unreadable(const succession_t *self)
{
    return self->unreadable;
}

span_t succession_hashes(const succession_t *self)
{
    return buf_span(&self->hashes);
}

// As it was, but for what it is called here.
static leaf_t former_leaf(const leaf_t *leaf)
{
    leaf_t former = *leaf;
    (void)snprintf(former.type, sizeof former.type, "former.%.16s", leaf_own_type(leaf));
    former.former = leaf->position;
    return former;
}

static int give_erasure(
    succession_t *self, const leaf_t *leaf, former_t *former, cause_t *why)
{
    erasure_t erasure;
    if (read_erasure(self, leaf, former->document, &erasure, why) != 0)
        return -1;
    buf_clear(&self->text);
    erasure_print(&erasure, &self->text);
    former->document = buf_span(&self->text);
    return 0;
}

static int next_kept(succession_t *self, former_t *former, cause_t *why)
{
    uint64_t wanted;
    entry_t entry;
    leaf_t leaf;
    int got;
    memcpy(&wanted, self->kept.data + self->given.kept * sizeof wanted, sizeof wanted);
    if (!self->copy.segments && copy_open(self, &self->copy, why) != 0)
        return -1;
    while ((got = copy_next(self, &self->copy, &entry, why)) == 1) {
        if (leaf_take(&leaf, entry.leaf, why) != 0)
            return -1;
        if (leaf.position != wanted)
            continue;
        self->given.kept++;
        *former = (former_t){.leaf = former_leaf(&leaf),
            .document = entry.document,
            .record = entry.record,
            .placed = entry.proven,
            .seal = {entry.seal, entry.index, entry.path}};
        if (is_type(&leaf, "erasure") && give_erasure(self, &leaf, former, why) != 0)
            return -1;
        return 1;
    }
    return got == 0 ? cause_set(why, "the copy changed while it was read") : -1;
}

int succession_next(succession_t *self, former_t *former, cause_t *why)
{
    if (self->given.acks < self->acks) {
        const signed_t *ack = &self->ack[self->given.acks++];
        *former = (former_t){
            .leaf = former_leaf(&ack->leaf), .document = buf_span(&ack->document)};
        return 1;
    }
    if (self->given.kept < self->kept.size / sizeof(uint64_t))
        return next_kept(self, former, why);
    return 0;
}

const duty_t *succession_duty(succession_t *self)
{
    return self->given.duty = duty_table_walk(self->duties, &self->given.duties);
}

void succession_duty_entry(succession_t *self, uint64_t message, former_t *former)
{
    duty_t duty = *self->given.duty;
    *former = (former_t){.leaf = {.type = "former.duty", .time_ms = duty.at_ms}};
    former->leaf.former = duty.position;
    memcpy(former->leaf.author, duty.debtor, sizeof former->leaf.author);
    duty.position = message;
    buf_clear(&self->text);
    duty_print(&duty, &self->text);
    former->document = buf_span(&self->text);
}
