// entries - a position is looked for in the draft first; what is not there is read from
// the journal into one buffer, so that each look ends what was lent before.

#include "hub/journal/entries.h"

#include "lib/base/memory.h"

#include <inttypes.h>
#include <stdlib.h>

struct entries {
    const journal_t *journal;
    draft_t *draft;
    buf_t memory; // of what was read last
    work_t work;
};

entries_t *entries_new(const journal_t *journal, draft_t *draft)
{
    entries_t *self = memory_new(1, sizeof *self);
    self->journal = journal;
    self->draft = draft;
    return self;
}

void entries_set_journal(entries_t *self, const journal_t *journal)
{
    self->journal = journal;
}

void entries_destroy(entries_t **self_p)
{
    entries_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    buf_destroy(&self->memory);
    free(self);
}

work_t *entries_work(entries_t *self)
{
    return &self->work;
}

uint64_t entries_end(const entries_t *self)
{
    return draft_first(self->draft) + draft_count(self->draft);
}

bool entries_is_drafted(const entries_t *self, uint64_t position)
{
    return draft_find(self->draft, position) != NULL;
}

static int no_journal(uint64_t position, cause_t *why)
{
    return cause_set(
        why, "entry %" PRIu64 ": there is no journal to read it from", position);
}

typedef int (*read_fn)(const journal_t *journal, uint64_t position, buf_t *memory,
    entry_t *entry, cause_t *why);

static int read_by(
    entries_t *self, read_fn read, uint64_t position, entry_t *entry, cause_t *why)
{
    const draft_item_t *item = draft_find(self->draft, position);
    if (item)
        *entry = draft_entry(item);
    else if (!self->journal)
        return no_journal(position, why);
    else if (read(self->journal, position, &self->memory, entry, why) != 0)
        return -1;
    work_read(&self->work, entry_size(entry));
    return 0;
}

int entries_read(entries_t *self, uint64_t position, entry_t *entry, cause_t *why)
{
    return read_by(self, journal_read, position, entry, why);
}

int entries_read_placed(entries_t *self, uint64_t position, entry_t *entry, cause_t *why)
{
    return read_by(self, journal_read_placed, position, entry, why);
}

int entries_record(entries_t *self, uint64_t position, span_t *record, cause_t *why)
{
    const draft_item_t *item = draft_find(self->draft, position);
    if (item)
        *record = item->record;
    else if (!self->journal)
        return no_journal(position, why);
    else if (journal_read_record(self->journal, position, &self->memory, record, why) !=
             0)
        return -1;
    work_read(&self->work, record->size);
    return 0;
}

int entries_leaf(entries_t *self, uint64_t position, leaf_t *leaf, cause_t *why)
{
    span_t text;
    const draft_item_t *item = draft_find(self->draft, position);
    work_read(&self->work, 0);
    if (item)
        *leaf = item->leaf;
    else if (!self->journal)
        return no_journal(position, why);
    else if (journal_read_leaf(self->journal, position, &self->memory, &text, why) != 0 ||
             leaf_take(leaf, text, why) != 0)
        return -1;
    return 0;
}
