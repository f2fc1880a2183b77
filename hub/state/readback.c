// readback - one entry at a time; what was read is kept for its memory.

#include "hub/state/readback.h"

#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/message/document.h"
#include "lib/tlog/operation.h"
#include "lib/tlog/origin.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct readback {
    const log_vkey_t *vkey;
    entry_parts_t parts;
    routing_t routing; // of the message that was read last, where nobody keeps it
    routing_t *to;     // where the record of a message is read to: there, or to be kept
    buf_t head;        // text of the head of the last seal that was read
    uint64_t failed;
};

readback_t *readback_new(const log_vkey_t *vkey)
{
    readback_t *self = memory_new(1, sizeof *self);
    self->vkey = vkey;
    return self;
}

void readback_destroy(readback_t **self_p)
{
    readback_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    routing_close(&self->routing);
    buf_destroy(&self->head);
    free(self);
}

// What was taken over from the log before is folded as it was there, and what it says of
// time, law and clock is over.
static entry_type_t type_of(const leaf_t *leaf)
{
    static const char *const names[] = {[ENTRY_MESSAGE] = "message",
        [ENTRY_DELIVERY] = "delivery",
        [ENTRY_ATTACHMENT] = "attachment",
        [ENTRY_DUTY] = "duty",
        [ENTRY_ERASURE] = "erasure",
        [ENTRY_CLOCK] = "clock",
        [ENTRY_QUARANTINE] = "quarantine",
        [ENTRY_OPERATOR] = "operator",
        [ENTRY_ORIGIN] = "origin"};
    bool former = leaf_is_former(leaf);
    for (size_t i = 0; i < (former ? ENTRY_CLOCK : ENTRY_OTHER); i++)
        if (strcmp(leaf_own_type(leaf), names[i]) == 0)
            return (entry_type_t)i;
    return ENTRY_OTHER;
}

// An acknowledgement is for this log, and one that was taken over for the log it names.
static bool ack_origin(
    const readback_t *self, const leaf_t *leaf, span_t document, char origin[ORIGIN_MAX])
{
    reader_t reader = reader_of(document);
    if (!leaf_is_former(leaf))
        return text_copy(span_text(self->vkey->origin), origin, ORIGIN_MAX);
    (void)take_line(&reader);
    return text_copy(take_line(&reader), origin, ORIGIN_MAX);
}

static int read_ack(readback_t *self, const leaf_t *leaf, span_t document, cause_t *why)
{
    char key_id[HASH_HEX], origin[ORIGIN_MAX];
    if (!ack_origin(self, leaf, document, origin))
        return cause_set(why, "an acknowledgement without origin");
    return ack_parse(&self->parts.ack, document, origin, key_id, why) == 0
               ? 0
               : cause_prefix(why, "the acknowledgement of %s", leaf->author);
}

// Of documents sealed together the head is read once.
static int read_head(readback_t *self, span_t text, cause_t *why)
{
    seal_head_t head;
    if (span_equal(text, buf_span(&self->head)))
        return 0;
    buf_clear(&self->head);
    if (seal_head_parse(&head, text, why) != 0)
        return -1;
    buf_put_span(&self->head, text);
    return 0;
}

// Seal and document go to its receivers, who take nothing that is not what the leaf says.
static int read_message(readback_t *self, const leaf_t *leaf, const entry_t *entry,
    known_t known, cause_t *why)
{
    self->parts.routing = self->to;
    if (routing_read(self->to, entry->record, why) != 0)
        return cause_prefix(why, "routing record");
    if (known == KNOWN_SEALED)
        return 0;
    if (!entry->proven)
        return cause_set(why, "the document is not where its seal has it");
    if (read_head(self, entry->seal, why) != 0)
        return -1;
    self->parts.erased = erasure_of(entry->document);
    return self->parts.erased ? 0 : document_fits(entry->document, leaf, why);
}

static int read_quarantine(
    entry_parts_t *read, const leaf_t *leaf, span_t document, cause_t *why)
{
    if (quarantine_parse(document, &read->aside, read->reason, why) != 0)
        return -1;
    if (read->aside > 0 && read->aside < leaf->position)
        return 0;
    return cause_set(
        why, "it sets aside entry %" PRIu64 ", which is not before it", read->aside);
}

static int read_origin(const leaf_t *leaf, span_t document, cause_t *why)
{
    origin_t origin;
    if (leaf->position > 0)
        return cause_set(why, "a log has one origin, its first entry");
    return origin_parse(&origin, document, why);
}

static bool is_part(bool has, const hash_t *named, span_t part, const hash_t *hash)
{
    return has ? part.size > 0 && hash_equal(named, hash) : part.size == 0;
}

// What is left of a message's document is what any other leaves: that it was lawful is
// found out when all was read.
static bool is_document(
    const leaf_t *leaf, const entry_t *entry, const entry_hashes_t *hashes)
{
    return is_part(
               leaf->has_document, &leaf->document, entry->document, &hashes->document) ||
           (leaf->has_document && leaf_is_message(leaf) && erasure_of(entry->document));
}

static int check_parts(const leaf_t *leaf, const entry_t *entry, cause_t *why)
{
    const entry_hashes_t *hashes = entry->hashes;
    if (is_document(leaf, entry, hashes) &&
        is_part(leaf->has_seal, &leaf->seal, entry->seal, &hashes->seal) &&
        is_part(leaf->has_record, &leaf->record, entry->record, &hashes->record))
        return 0;
    return cause_set(why, "its document, seal or record is not the one of its leaf");
}

static int read_entry(readback_t *self, const leaf_t *leaf, const entry_t *entry,
    known_t known, cause_t *why)
{
    entry_parts_t *read = &self->parts;
    read->type = type_of(leaf);
    read->erased = false;
    switch (read->type) {
    case ENTRY_MESSAGE:
        return read_message(self, leaf, entry, known, why);
    case ENTRY_DELIVERY:
        return read_ack(self, leaf, entry->document, why);
    case ENTRY_ATTACHMENT:
        return attachment_parse(&read->attachment, entry->document, why);
    case ENTRY_DUTY:
        return duty_parse(&read->duty, entry->document, why);
    case ENTRY_QUARANTINE:
        return read_quarantine(read, leaf, entry->document, why);
    case ENTRY_ERASURE:
        return erasure_parse(&read->erasure, entry->document, leaf->position, why);
    case ENTRY_OPERATOR:
        return operation_parse(&(operation_t){0}, entry->document, why);
    case ENTRY_ORIGIN:
        return read_origin(leaf, entry->document, why);
    case ENTRY_CLOCK:
    case ENTRY_OTHER:
        break;
    }
    return 0;
}

int readback_leaf(leaf_t *leaf, const entry_t *entry, uint64_t position, cause_t *why)
{
    if (leaf_take(leaf, entry->leaf, why) != 0)
        return -1;
    if (leaf->position != position)
        return cause_set(why, "the leaf says position %" PRIu64, leaf->position);
    return 0;
}

const entry_parts_t *readback_entry(readback_t *self, const leaf_t *leaf,
    const entry_t *entry, known_t known, cause_t *why)
{
    if (known == KNOWN_NOTHING && entry->hashes && check_parts(leaf, entry, why) != 0)
        return NULL;
    self->to = &self->routing;
    return read_entry(self, leaf, entry, known, why) == 0 ? &self->parts : NULL;
}

const routing_t *readback_salvage(readback_t *self, const entry_t *entry)
{
    routing_salvage(&self->routing, entry->record);
    return &self->routing;
}

const entry_parts_t *readback_drafted(
    readback_t *self, const draft_item_t *item, const entry_t *entry, cause_t *why)
{
    if (!item->routing)
        return readback_entry(self, &item->leaf, entry, KNOWN_SEALED, why);
    self->parts.type = ENTRY_MESSAGE;
    self->parts.erased = false;
    self->parts.routing = item->routing;
    return &self->parts;
}

// The leaf is read as it will be printed, and the rest by what it says.
static int check_item(readback_t *self, draft_t *draft, size_t i, cause_t *why)
{
    leaf_t leaf;
    draft_item_t *item = draft_at(draft, i);
    span_t bytes = draft_leaf(draft, item);
    if (bytes.size == 0)
        return cause_set(why, "a word of the leaf is none");
    if (leaf_take(&leaf, bytes, why) != 0)
        return -1;
    entry_t entry = draft_entry(item);
    // Intake has parsed and printed them, or the hub makes them; but for what was read
    // from a copy.
    known_t known = leaf_is_former(&leaf) ? KNOWN_NOTHING : KNOWN_SEALED;
    routing_t *kept = draft_routing(draft, item);
    self->to = kept ? kept : &self->routing;
    if (read_entry(self, &leaf, &entry, known, why) != 0)
        return -1;
    if (self->parts.type == ENTRY_MESSAGE)
        item->routing = kept;
    return 0;
}

bool readback_draft(readback_t *self, draft_t *draft, size_t from)
{
    cause_t why;
    for (size_t i = from; i < draft_count(draft); i++) {
        if (check_item(self, draft, i, &why) == 0)
            continue;
        const draft_item_t *item = draft_at(draft, i);
        log_often(LOG_ERROR, "entry.unreadable",
            "type=%s kind=%s author=%s id=%s reason=\"%s\" action=\"it was not written; "
            "report this\"",
            item->leaf.type, item->leaf.kind, item->leaf.author, item->leaf.id, why.text);
        self->failed++;
        return false;
    }
    return true;
}

bool readback_text(
    readback_t *self, draft_t *draft, const char *type, const char *author, span_t text)
{
    size_t from = draft_count(draft);
    draft_add_text(draft, type, author, text);
    if (readback_draft(self, draft, from))
        return true;
    draft_cut(draft, from);
    return false;
}

uint64_t readback_failed(const readback_t *self)
{
    return self->failed;
}
