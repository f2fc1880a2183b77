// learnt - all leaves are proven together; then each entry that erases is held against
// its words, and its words against the other leaves.

#include "nodes/erasing/learnt.h"

#include "lib/base/memory.h"
#include "lib/json/value.h"
#include "lib/tlog/erasure.h"
#include "lib/tlog/leaf.h"
#include "lib/tlog/merkle.h"
#include "nodes/inbox/erased.h"

#include <stdlib.h>
#include <string.h>

enum { LEARNT_ENTRIES = 256 }; // of one answer

// The answer in hand: parallel arrays of its entries, by their positions.
typedef struct {
    const value_t *answer;
    span_t note;
    checkpoint_t checkpoint;
    size_t n;
    leaf_t leaf[LEARNT_ENTRIES];
    buf_t bytes[LEARNT_ENTRIES], path[LEARNT_ENTRIES];
    span_t words[LEARNT_ENTRIES];
    uint64_t position[LEARNT_ENTRIES];
    hash_t hash[LEARNT_ENTRIES];
} reading_t;

static span_t span_at(const value_t *object, const char *key)
{
    const value_t *value = value_get(object, key);
    return span_of(value_text(value), value_length(value));
}

static int take_entry(reading_t *self, const value_t *entry, cause_t *why)
{
    if (self->n == LEARNT_ENTRIES)
        return cause_set(why, "it has more entries than are asked for");
    size_t i = self->n++;
    self->words[i] = span_at(entry, "document");
    if (!base64_decode(span_at(entry, "leaf"), &self->bytes[i]))
        return cause_set(why, "a leaf is not base64");
    if (leaf_take(&self->leaf[i], buf_span(&self->bytes[i]), why) != 0)
        return -1;
    self->position[i] = self->leaf[i].position;
    merkle_leaf(buf_span(&self->bytes[i]), &self->hash[i]);
    return i == 0 || self->position[i - 1] < self->position[i]
               ? 0
               : cause_set(why, "its entries do not rise");
}

static int check_tree(reading_t *self, cause_t *why)
{
    buf_t proof = {0};
    hash_t root;
    int result =
        base64_decode(span_at(self->answer, "proof"), &proof) &&
                merkle_run_root(self->position, self->hash, self->n,
                    self->checkpoint.size, buf_span(&proof), &root, self->path) == 0 &&
                hash_equal(&root, &self->checkpoint.root)
            ? 0
            : cause_set(why, "it is not proven to be in the hub's log");
    buf_destroy(&proof);
    return result;
}

static void put_proof(const reading_t *self, size_t i, buf_t *out)
{
    tlog_proof_write(out, buf_span(&self->bytes[i]), self->position[i],
        buf_span(&self->path[i]), self->note);
}

static void add(learnt_t *learnt, const reading_t *self, size_t by, size_t message)
{
    buf_t erasure = {0}, of = {0};
    const leaf_t *leaf = &self->leaf[message];
    learnt->item = memory_grow(learnt->item, learnt->n + 1, sizeof *learnt->item);
    learnt_item_t *item = &learnt->item[learnt->n++];
    *item =
        (learnt_item_t){.at_ms = self->leaf[by].time_ms, .position = self->position[by]};
    memcpy(item->message.author, leaf->author, sizeof leaf->author);
    memcpy(item->message.id, leaf->id, sizeof leaf->id);
    put_proof(self, by, &erasure);
    put_proof(self, message, &of);
    erased_mark(&item->mark, self->words[by], buf_span(&erasure), buf_span(&of));
    buf_destroy(&erasure);
    buf_destroy(&of);
}

// What an entry erases, as far as its leaf is shown: others are not this node's.
static int take_erasure(learnt_t *learnt, const reading_t *self, size_t by, cause_t *why)
{
    erasure_t erasure;
    hash_t hash;
    const leaf_t *leaf = &self->leaf[by];
    sha256(self->words[by], &hash);
    if (strcmp(leaf->type, "erasure") != 0 || !leaf->has_document ||
        !hash_equal(&hash, &leaf->document))
        return cause_set(why, "the words are not those that the log recorded");
    if (erasure_parse(&erasure, self->words[by], leaf->position, why) != 0)
        return -1;
    for (size_t i = 0; i < by; i++)
        for (size_t k = 0; k < erasure.n; k++)
            if (self->position[i] == erasure.position[k] &&
                leaf_is_message(&self->leaf[i]))
                add(learnt, self, by, i);
    return 0;
}

static int read_all(
    learnt_t *learnt, reading_t *self, const log_vkey_t *vkey, cause_t *why)
{
    const value_t *entries = value_get(self->answer, "entries");
    int64_t upto = value_integer(value_get(self->answer, "upto"));
    learnt->more = value_is(value_get(self->answer, "more"), VALUE_TRUE);
    self->note = span_at(self->answer, "checkpoint");
    if (!entries || checkpoint_open(&self->checkpoint, self->note, vkey, why) != 0)
        return cause_prefix(why, "its checkpoint");
    if (upto <= 0 || (uint64_t)upto > self->checkpoint.size)
        return cause_set(why, "it tells of more than there is");
    learnt->upto = (uint64_t)upto;
    value_each(entry, entries)
    {
        if (take_entry(self, entry, why) != 0)
            return -1;
    }
    if (self->n > 0 && check_tree(self, why) != 0)
        return -1;
    for (size_t i = 0; i < self->n; i++)
        if (!leaf_is_message(&self->leaf[i]) && take_erasure(learnt, self, i, why) != 0)
            return -1;
    return 0;
}

int learnt_read(learnt_t *learnt, span_t answer, const log_vkey_t *vkey, cause_t *why)
{
    const value_limits_t limits = {.depth = 8, .values = 8 * LEARNT_ENTRIES};
    value_fault_t fault;
    *learnt = (learnt_t){0};
    value_t *root = value_parse(answer, &limits, &fault);
    reading_t *self = memory_new(1, sizeof *self);
    self->answer = root;
    (void)cause_set(why, "it cannot be read");
    int result = root ? read_all(learnt, self, vkey, why) : -1;
    for (size_t i = 0; i < LEARNT_ENTRIES; i++) {
        buf_destroy(&self->bytes[i]);
        buf_destroy(&self->path[i]);
    }
    free(self);
    value_free(&root);
    if (result != 0)
        learnt_close(learnt);
    return result;
}

void learnt_close(learnt_t *self)
{
    for (size_t i = 0; i < self->n; i++)
        buf_destroy(&self->item[i].mark);
    free(self->item);
    *self = (learnt_t){0};
}
