// topic_erasures - messages whose text was erased by law, of those that the asker wrote
// or had: which entries of the log say so, since a position that the asker names.
//
// What is answered are leaves under one proof, and the words of each entry that erases:
// who asks need not believe the hub that it was its own act.  Of a message only its leaf
// is shown, which the asker has; of who ordered it, and why, nothing.

#include "hub/ask/topics.h"

#include "hub/state/recipients.h"
#include "lib/base/memory.h"
#include "lib/tlog/erasure.h"

#include <stdlib.h>
#include <string.h>

enum {
    ERASURES_ENTRIES = 128,  // of one answer
    ERASURES_WORK = 8 << 20, // bytes of entries that are read for one
};

struct erasures_walk {
    uint64_t upto;     // entries before it have been looked at
    uint64_t at, end;  // of the list of all erasures
    uint64_t position; // of the one at hand
    erasure_t erasure; // what it names
    size_t named;      // of that, what was looked at
    bool theirs;       // one of those is the asker's
    size_t n, written;
    uint64_t entry[ERASURES_ENTRIES + ERASURE_MAX + 1]; // that are shown, rising
};

void erasures_drop(erasures_walk_t **walk_p)
{
    free(*walk_p);
    *walk_p = NULL;
}

static bool fail(asking_t *asking, const cause_t *why)
{
    return refuse(&asking->refusal, "ask.topic", "", "", "%s", why->text) == 0;
}

static uint64_t since_of(const asking_t *asking)
{
    int64_t since = value_integer(value_get(asking->arguments, "since"));
    return since > 0 ? (uint64_t)since : 0;
}

bool topic_erasures(const questions_t *self, const char *asker, asking_t *asking)
{
    cause_t why;
    (void)asker;
    erasures_walk_t *walk = asking->erasures = memory_new(1, sizeof *walk);
    walk->end = column_count(self->erasures);
    walk->upto = self->size;
    return column_find(self->erasures, since_of(asking), &walk->at, &why) == 0
               ? true
               : fail(asking, &why);
}

// By their positions; one that two erasures name is there once.
static bool show(erasures_walk_t *walk, uint64_t position)
{
    size_t at = walk->n;
    while (at > 0 && walk->entry[at - 1] > position)
        at--;
    if (at > 0 && walk->entry[at - 1] == position)
        return false;
    memmove(&walk->entry[at + 1], &walk->entry[at], (walk->n - at) * sizeof *walk->entry);
    walk->entry[at] = position;
    walk->n++;
    return true;
}

static int take_next(const questions_t *self, erasures_walk_t *walk, cause_t *why)
{
    entry_t entry;
    walk->named = 0;
    walk->theirs = false;
    return column_get(self->erasures, walk->at++, &walk->position, why) != 0 ||
                   entries_read(self->entries, walk->position, &entry, why) != 0
               ? -1
               : erasure_parse(&walk->erasure, entry.document, walk->position, why);
}

// What is set aside, too, was never anybody's to read.
static int look_at(
    const questions_t *self, const char *asker, asking_t *asking, cause_t *why)
{
    const precedents_t *log = &self->log;
    erasures_walk_t *walk = asking->erasures;
    span_t record;
    uint64_t position = walk->erasure.position[walk->named++];
    routing_close(&asking->routing);
    if (entries_leaf(self->entries, position, &asking->leaf, why) != 0 ||
        log->record(log->context, &asking->leaf, &record, why) != 0 ||
        routing_parse(&asking->routing, record, why) != 0)
        return -1;
    if (recipients_had(log, &asking->leaf, &asking->routing, asker))
        walk->theirs |= show(walk, position);
    return 0;
}

static bool is_full(const asking_t *asking)
{
    return asking->erasures->n >= ERASURES_ENTRIES || asking->work >= ERASURES_WORK;
}

// One message of one erasure a step.
static bool find_more(const questions_t *self, const char *asker, asking_t *asking)
{
    erasures_walk_t *walk = asking->erasures;
    cause_t why;
    int result = walk->named < walk->erasure.n ? look_at(self, asker, asking, &why)
                                               : take_next(self, walk, &why);
    if (result != 0)
        return fail(asking, &why);
    if (walk->named < walk->erasure.n)
        return true;
    if (walk->theirs)
        (void)show(walk, walk->position);
    if (walk->at < walk->end && is_full(asking)) {
        walk->end = walk->at;
        walk->upto = walk->position + 1;
        writer_bool(&asking->to, "more", true);
    }
    return true;
}

static bool write_entry(const questions_t *self, asking_t *asking, uint64_t position)
{
    entry_t entry;
    leaf_t leaf;
    cause_t why;
    writer_t *to = &asking->to;
    if (entries_read(self->entries, position, &entry, &why) != 0 ||
        leaf_take(&leaf, entry.leaf, &why) != 0)
        return fail(asking, &why);
    writer_object(to, NULL);
    writer_base64(to, "leaf", entry.leaf);
    if (!leaf_is_message(&leaf))
        writer_span(to, "document", entry.document);
    writer_end(to);
    return true;
}

static bool write_proof(const questions_t *self, asking_t *asking)
{
    cause_t why;
    buf_t proof = {0};
    const erasures_walk_t *walk = asking->erasures;
    writer_t *to = &asking->to;
    writer_end(to);
    writer_span(to, "checkpoint", self->note);
    if (walk->n > 0 &&
        tree_prove_run(self->tree, walk->entry, walk->n, self->size, &proof, &why) != 0)
        (void)fail(asking, &why);
    else if (walk->n > 0)
        writer_base64(to, "proof", buf_span(&proof));
    buf_destroy(&proof);
    return false;
}

bool topic_erasures_step(const questions_t *self, const char *asker, asking_t *asking)
{
    erasures_walk_t *walk = asking->erasures;
    if (walk->named < walk->erasure.n || walk->at < walk->end)
        return find_more(self, asker, asking);
    if (!asking->listing) {
        asking->listing = true;
        writer_integer(&asking->to, "upto", (int64_t)walk->upto);
        writer_array(&asking->to, "entries");
    }
    return walk->written < walk->n
               ? write_entry(self, asking, walk->entry[walk->written++])
               : write_proof(self, asking);
}
