// verifier - checkpoint, leaves (for deliveries made of documents and heads of seals),
// run proof, then the seals and their authors, head by head.
//
// Signatures are the costly step, so each is checked once: a checkpoint note that is byte
// for byte the last one is not checked again, and seal heads are remembered in authors.c.

#include "nodes/link/verifier.h"

#include "lib/base/memory.h"
#include "lib/tlog/under.h"
#include "nodes/link/authors.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { SEEN = 64 }; // checkpoints remembered

typedef struct {
    leaf_t leaf;
    const cert_t *author;
    size_t bytes, bytes_size; // place in `leaves`
    size_t seal, seal_size;   // place in `seals`
} verified_t;

struct verifier {
    verifier_options_t options;
    checkpoint_t newest;
    buf_t note;
    checkpoint_t seen[SEEN]; // the newest ones, in a ring
    size_t seen_next;
    authors_t *authors;
    // The frame in hand: parallel arrays, `room` long.
    size_t n, room;
    verified_t *entry;
    uint64_t *position;
    hash_t *leaf_hash;
    buf_t *path;
    buf_t leaves, seals;
    under_t *under; // its items by the heads of their seals
    hash_t head_hash[FRAME_HEADS_MAX];
    hash_t *document;
};

verifier_t *verifier_new(const verifier_options_t *options)
{
    verifier_t *self = memory_new(1, sizeof *self);
    self->options = *options;
    self->authors = authors_new(options->ca);
    self->under = under_new();
    return self;
}

void verifier_trust(verifier_t *self, const authority_t *ca)
{
    self->options.ca = ca;
    authors_trust(self->authors, ca);
}

void verifier_destroy(verifier_t **self_p)
{
    verifier_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    for (size_t i = 0; i < self->room; i++)
        buf_destroy(&self->path[i]);
    under_destroy(&self->under);
    authors_destroy(&self->authors);
    free(self->entry);
    free(self->position);
    free(self->leaf_hash);
    free(self->path);
    free(self->document);
    buf_destroy(&self->leaves);
    buf_destroy(&self->note);
    buf_destroy(&self->seals);
    free(self);
}

// Room for a frame of n entries.
static int make_room(verifier_t *self, size_t n, cause_t *why)
{
    self->n = n;
    if (n == 0)
        return cause_set(why, "a frame without entries");
    if (n <= self->room)
        return 0;
    self->entry = memory_grow(self->entry, n, sizeof *self->entry);
    self->position = memory_grow(self->position, n, sizeof *self->position);
    self->leaf_hash = memory_grow(self->leaf_hash, n, sizeof *self->leaf_hash);
    self->path = memory_grow(self->path, n, sizeof *self->path);
    self->document = memory_grow(self->document, n, sizeof *self->document);
    for (; self->room < n; self->room++)
        self->path[self->room] = (buf_t){0};
    return 0;
}

static bool was_seen(const verifier_t *self, const checkpoint_t *checkpoint)
{
    for (size_t i = 0; i < SEEN; i++)
        if (self->seen[i].size == checkpoint->size &&
            hash_equal(&self->seen[i].root, &checkpoint->root))
            return true;
    return false;
}

static void accept(verifier_t *self, const checkpoint_t *checkpoint, span_t note)
{
    self->newest = *checkpoint;
    buf_clear(&self->note);
    buf_put_span(&self->note, note);
    self->seen[self->seen_next++ % SEEN] = *checkpoint;
}

// What a hub that lost or rewrote its log cannot hide: it signed both.
static verdict_t compare(
    verifier_t *self, const checkpoint_t *shown, span_t note, cause_t *why)
{
    const checkpoint_t *newest = &self->newest;
    if (newest->size == 0 || shown->size > newest->size) {
        accept(self, shown, note);
        return VERIFIED;
    }
    if (shown->size == newest->size && hash_equal(&shown->root, &newest->root))
        return VERIFIED;
    if (shown->size == newest->size) {
        (void)cause_set(why, "the hub signed two different logs of %llu entries",
            (unsigned long long)shown->size);
        return ROLLED_BACK;
    }
    if (was_seen(self, shown))
        return VERIFIED;
    (void)cause_set(why,
        "the hub signed a log of %llu entries after one of %llu: it was rolled back or "
        "forked",
        (unsigned long long)shown->size, (unsigned long long)newest->size);
    return ROLLED_BACK;
}

static verdict_t check_note(
    verifier_t *self, span_t note, checkpoint_t *checkpoint, cause_t *why)
{
    if (note.size > 0 && span_equal(note, buf_span(&self->note))) {
        *checkpoint = self->newest;
        return VERIFIED;
    }
    if (checkpoint_open(checkpoint, note, &self->options.vkey, why) != 0) {
        (void)cause_prefix(why, "checkpoint");
        return UNVERIFIED;
    }
    return compare(self, checkpoint, note, why);
}

verdict_t verifier_checkpoint(verifier_t *self, span_t note, cause_t *why)
{
    checkpoint_t checkpoint;
    return check_note(self, note, &checkpoint, why);
}

// A session begins with what this node saw last: whoever has not that very log cannot
// prove that it grew, also when it is the larger one.
verdict_t verifier_welcome(verifier_t *self, span_t note, span_t proof, cause_t *why)
{
    checkpoint_t shown;
    const checkpoint_t before = self->newest;
    if (checkpoint_open(&shown, note, &self->options.vkey, why) != 0) {
        (void)cause_prefix(why, "checkpoint");
        return UNVERIFIED;
    }
    if (before.size > 0 && shown.size > before.size &&
        merkle_check_consistency(
            before.size, &before.root, shown.size, &shown.root, proof) != 0) {
        (void)cause_set(why,
            "the hub does not prove that its log of %llu entries grew out of the one of "
            "%llu that this node has seen",
            (unsigned long long)shown.size, (unsigned long long)before.size);
        return ROLLED_BACK;
    }
    if (shown.size >= before.size)
        return compare(self, &shown, note, why);
    (void)cause_set(why,
        "the hub has a log of %llu entries, and this node has seen %llu of it: it was "
        "rolled back or forked",
        (unsigned long long)shown.size, (unsigned long long)before.size);
    return ROLLED_BACK;
}

static bool is_attachment(const leaf_t *leaf)
{
    return strcmp(leaf->type, "attachment") == 0 && leaf->has_document;
}

// Also one that was set aside later and is damaged in other parts.
static bool is_published(const leaf_t *leaf)
{
    return leaf_is_message(leaf) && leaf->has_document;
}

// The leaf whose octets are the last of `leaves`, from `start` on.
static int take_leaf(verifier_t *self, size_t i, size_t start, cause_t *why)
{
    verified_t *entry = &self->entry[i];
    entry->bytes = start;
    entry->bytes_size = self->leaves.size - start;
    span_t bytes = verifier_leaf_bytes(self, i);
    if (leaf_take(&entry->leaf, bytes, why) != 0)
        return cause_prefix(why, "leaf %zu", i);
    self->position[i] = entry->leaf.position;
    merkle_leaf(bytes, &self->leaf_hash[i]);
    return 0;
}

static int take_whole_leaf(verifier_t *self, size_t i, span_t bytes, cause_t *why)
{
    size_t start = self->leaves.size;
    buf_put_span(&self->leaves, bytes);
    return take_leaf(self, i, start, why);
}

// That all leaves taken belong to the checkpoint's tree.
static int check_run(
    verifier_t *self, const checkpoint_t *checkpoint, span_t proof, cause_t *why)
{
    hash_t root;
    if (self->options.paths)
        for (size_t i = 0; i < self->n; i++)
            buf_clear(&self->path[i]);
    if (merkle_run_root(self->position, self->leaf_hash, self->n, checkpoint->size, proof,
            &root, self->options.paths ? self->path : NULL) != 0)
        return cause_set(why, "the proof does not fit its entries");
    if (!hash_equal(&root, &checkpoint->root))
        return cause_set(why, "the proof leads to another root than the checkpoint's");
    return 0;
}

static verdict_t not_of(size_t i, const char *what, cause_t *why)
{
    (void)cause_set(why, "leaf %zu is not of %s", i, what);
    return UNVERIFIED;
}

static verdict_t verdict_of(int result)
{
    return result == 0 ? VERIFIED : UNVERIFIED;
}

verdict_t verifier_receipt(verifier_t *self, const receipt_t *frame, cause_t *why)
{
    checkpoint_t checkpoint;
    verdict_t verdict = check_note(self, frame->checkpoint, &checkpoint, why);
    if (verdict != VERIFIED)
        return verdict;
    if (make_room(self, frame->n, why) != 0)
        return UNVERIFIED;
    buf_clear(&self->leaves);
    for (size_t i = 0; i < frame->n; i++)
        if (take_whole_leaf(self, i, frame->item[i].leaf, why) != 0)
            return UNVERIFIED;
        else if (!is_published(&self->entry[i].leaf) &&
                 !is_attachment(&self->entry[i].leaf))
            return not_of(i, "a message or an attachment", why);
    return verdict_of(check_run(self, &checkpoint, frame->proof, why));
}

// What an item's leaf is, by its document and its seal's head.  It has to have their
// hashes as its document and seal: front and back that are none would put them in another
// place, and what is stored would not be what the log names.
static int make_leaf(verifier_t *self, const deliver_t *frame, size_t i, cause_t *why)
{
    const deliver_item_t *item = &frame->item[i];
    size_t start = self->leaves.size;
    if (item->aside)
        return take_whole_leaf(self, i, item->leaf, why);
    sha256(item->sealed.document, &self->document[i]);
    leaf_join(item->front, &self->document[i], &self->head_hash[item->sealed.head],
        item->back, &self->leaves);
    if (take_leaf(self, i, start, why) != 0)
        return -1;
    const leaf_t *leaf = &self->entry[i].leaf;
    return leaf->has_document && hash_equal(&leaf->document, &self->document[i]) &&
                   leaf->has_seal &&
                   hash_equal(&leaf->seal, &self->head_hash[item->sealed.head])
               ? 0
               : cause_set(why, "leaf %zu is not of this document and seal", i);
}

static verdict_t make_leaves(verifier_t *self, const deliver_t *frame, cause_t *why)
{
    for (size_t i = 0; i < frame->heads; i++)
        sha256(frame->head[i].text, &self->head_hash[i]);
    buf_clear(&self->leaves);
    for (size_t i = 0; i < frame->n; i++)
        if (make_leaf(self, frame, i, why) != 0)
            return UNVERIFIED;
        else if (!leaf_is_message(&self->entry[i].leaf))
            return not_of(i, "a message", why);
    return VERIFIED;
}

static void sort_by_heads(verifier_t *self, const deliver_t *frame)
{
    under_clear(self->under);
    for (size_t i = 0; i < frame->n; i++) {
        const deliver_item_t *item = &frame->item[i];
        under_add(self->under, item->aside ? UNDER_NONE : item->sealed.head,
            item->sealed.index);
    }
    under_sort(self->under, frame->heads);
    for (size_t i = 0; i < frame->n; i++)
        if (!frame->item[i].aside)
            under_is(self->under, i, &self->document[i]);
}

// Whose seal an item has, and whether that was in force when it was entered.
static int check_author(verifier_t *self, const deliver_t *frame, size_t i,
    const known_head_t *known, cause_t *why)
{
    verified_t *entry = &self->entry[i];
    const sealed_t *item = &frame->item[i].sealed;
    // What was taken over from the log before was sealed for that one.
    if (!leaf_is_former(&entry->leaf) &&
        strcmp(known->head.origin, self->options.vkey.origin) != 0)
        return cause_set(why, "the seal was made for another hub");
    entry->author = authors_at(self->authors, known, entry->leaf.time_ms, why);
    if (!entry->author)
        return -1;
    if (strcmp(entry->author->name, entry->leaf.author) != 0)
        return cause_set(why, "sealed by %s, not by the author", entry->author->name);
    seal_place_t place = {.head = frame->head[item->head].text, .index = item->index};
    if (!under_path(self->under, i, &place.path)) // it was not asked for
        return 0;
    entry->seal = self->seals.size;
    seal_place_print(&place, &self->seals);
    entry->seal_size = self->seals.size - entry->seal;
    return 0;
}

static int blame(const verifier_t *self, const deliver_t *frame, size_t i, cause_t *why)
{
    return cause_prefix(why, "inbox number %llu (%s %s)",
        (unsigned long long)frame->item[i].number, self->entry[i].leaf.author,
        self->entry[i].leaf.id);
}

static int check_head(verifier_t *self, const deliver_t *frame, size_t head, cause_t *why)
{
    under_t *under = self->under;
    const sealed_head_t *sealed = &frame->head[head];
    const known_head_t *known =
        authors_head(self->authors, sealed->text, &self->head_hash[head], why);
    if (!known)
        return blame(self, frame, under_at(under, head, 0), why);
    if (under_prove(under, head, sealed, self->options.paths) != 0) {
        (void)cause_set(why, "the documents are not where the seal has them");
        return blame(self, frame, under_at(under, head, 0), why);
    }
    for (size_t k = 0; k < under_count(under, head); k++)
        if (check_author(self, frame, under_at(under, head, k), known, why) != 0)
            return blame(self, frame, under_at(under, head, k), why);
    return 0;
}

static int check_entries(verifier_t *self, const deliver_t *frame, cause_t *why)
{
    for (size_t i = 0; i < frame->certs; i++)
        if (authors_take(self->authors, frame->cert[i], why) != 0)
            return cause_prefix(why, "certificate");
    // Its place in the log is all that is known of what is set aside.
    for (size_t i = 0; i < frame->n; i++) {
        self->entry[i].author = NULL;
        self->entry[i].seal_size = 0;
    }
    buf_clear(&self->seals);
    sort_by_heads(self, frame);
    for (size_t head = 0; head < frame->heads; head++)
        if (check_head(self, frame, head, why) != 0)
            return -1;
    authors_prove_newest(
        self->authors, frame->certs, self->entry[frame->n - 1].leaf.time_ms);
    return 0;
}

verdict_t verifier_deliver(verifier_t *self, const deliver_t *frame, cause_t *why)
{
    checkpoint_t checkpoint;
    verdict_t verdict = check_note(self, frame->checkpoint, &checkpoint, why);
    if (verdict != VERIFIED)
        return verdict;
    if (make_room(self, frame->n, why) != 0)
        return UNVERIFIED;
    verdict = make_leaves(self, frame, why);
    if (verdict != VERIFIED)
        return verdict;
    if (check_run(self, &checkpoint, frame->proof, why) != 0)
        return UNVERIFIED;
    return verdict_of(check_entries(self, frame, why));
}

const leaf_t *verifier_leaf(const verifier_t *self, size_t i)
{
    assert(i < self->n);
    return &self->entry[i].leaf;
}

span_t verifier_leaf_bytes(const verifier_t *self, size_t i)
{
    assert(i < self->n);
    const verified_t *entry = &self->entry[i];
    return span_of(self->leaves.data + entry->bytes, entry->bytes_size);
}

span_t verifier_path(const verifier_t *self, size_t i)
{
    assert(i < self->n);
    return self->options.paths ? buf_span(&self->path[i]) : span_of("", 0);
}

span_t verifier_seal(const verifier_t *self, size_t i)
{
    assert(i < self->n);
    const verified_t *entry = &self->entry[i];
    return entry->seal_size > 0
               ? span_of(self->seals.data + entry->seal, entry->seal_size)
               : span_of(NULL, 0);
}

const cert_t *verifier_author(const verifier_t *self, size_t i)
{
    assert(i < self->n);
    return self->entry[i].author;
}

const checkpoint_t *verifier_newest(const verifier_t *self)
{
    return &self->newest;
}

span_t verifier_note(const verifier_t *self)
{
    return buf_span(&self->note);
}

const cert_t *verifier_new_cert(verifier_t *self)
{
    return authors_new_cert(self->authors);
}
