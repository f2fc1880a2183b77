// copied - of a batch first what was handed in, and then what is erased: only in a batch
// behind its erasure does an attachment count as handed in anew.

#include "nodes/backup/copied.h"

#include "lib/message/attachment.h"
#include "lib/tlog/erasing.h"
#include "lib/tlog/leaf.h"

#include <string.h>

static bool is_part(bool has, const hash_t *named, const hash_t *hash)
{
    return !has || hash_equal(named, hash);
}

static bool is_gone(const leaf_t *leaf, const entry_t *entry)
{
    return leaf->has_document && leaf_is_message(leaf) && erasure_of(entry->document);
}

static int check_parts(const leaf_t *leaf, const entry_t *entry, cause_t *why)
{
    const entry_hashes_t *is = entry->hashes;
    if (!is_gone(leaf, entry) &&
        !is_part(leaf->has_document, &leaf->document, &is->document))
        return cause_set(why, "the document is another than its leaf says");
    if (!is_part(leaf->has_seal, &leaf->seal, &is->seal))
        return cause_set(why, "the seal is another than its leaf says");
    return is_part(leaf->has_record, &leaf->record, &is->record)
               ? 0
               : cause_set(why, "the record is another than its leaf says");
}

static void take_attachment(erasures_t *erasures, span_t document)
{
    attachment_t attachment;
    cause_t ignored;
    if (attachment_parse(&attachment, document, &ignored) == 0)
        erasures_handed_in(erasures, &attachment.digest);
}

static int take_erasure(
    erasures_t *erasures, const leaf_t *leaf, span_t document, cause_t *why)
{
    erasure_t erasure;
    if (erasure_parse(&erasure, document, leaf->position, why) != 0)
        return -1;
    erasures_name(erasures, &erasure);
    return 0;
}

// Of what cannot be read at all the log is the judge, which sets it aside.
static int take_entry(
    erasures_t *erasures, const entry_t *entry, bool erasing, cause_t *why)
{
    leaf_t leaf;
    cause_t ignored;
    if (leaf_take(&leaf, entry->leaf, &ignored) != 0)
        return 0;
    const char *type = leaf_own_type(&leaf);
    if (erasing)
        return strcmp(type, "erasure") == 0
                   ? take_erasure(erasures, &leaf, entry->document, why)
                   : 0;
    if (check_parts(&leaf, entry, why) != 0)
        return -1;
    if (is_gone(&leaf, entry))
        erasures_see(erasures, leaf.position);
    if (strcmp(type, "attachment") == 0)
        take_attachment(erasures, entry->document);
    return 0;
}

static int take_entries(
    erasures_t *erasures, const batch_t *batch, bool erasing, cause_t *why)
{
    batch_entries_t entries = batch_entries(batch);
    entry_t entry;
    uint64_t offset = entries.offset;
    while (batch_next(&entries, &entry)) {
        if (take_entry(erasures, &entry, erasing, why) != 0)
            return batch_blame(batch, offset, why);
        offset = entries.offset;
    }
    return 0;
}

int copied_take(erasures_t *erasures, const batch_t *batch, cause_t *why)
{
    return take_entries(erasures, batch, false, why) == 0
               ? take_entries(erasures, batch, true, why)
               : -1;
}

int copied_erase(erasures_t *erasures, const char *journal, cause_t *why)
{
    while (erasures->names > 0) {
        const erasure_t one = {
            .n = 1, .position = {erasures->named[erasures->names - 1]}};
        if (erasing_run(journal, &one, why) != 0)
            return -1;
        erasures->names--;
        erasures->erased++;
    }
    return 0;
}
