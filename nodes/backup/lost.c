// lost - rows are sorted by position for who lists them, and an index by name for who
// walks through another log.

#include "nodes/backup/lost.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/tlog/segments.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void lost_begin(lost_t *self, const log_vkey_t *vkey, uint64_t from, uint64_t to)
{
    *self = (lost_t){.vkey = *vkey, .from = from, .to = to > from ? to : from};
}

void lost_close(lost_t *self)
{
    free(self->row);
    self->row = NULL;
    self->n = 0;
}

static void keep(lost_t *self, const leaf_t *leaf, const char *node)
{
    if (self->n == self->room) {
        self->room = self->room ? 2 * self->room : 64;
        self->row = memory_grow(self->row, self->room, sizeof *self->row);
    }
    lost_row_t *row = &self->row[self->n++];
    *row = (lost_row_t){.leaf = *leaf};
    memcpy(row->node, node, sizeof row->node);
}

static int add_all(lost_t *self, span_t text, cause_t *why)
{
    holding_t held;
    leaf_t leaf;
    checkpoint_t checkpoint;
    int more;
    if (holding_open(&held, text, &self->vkey, why) != 0)
        return -1;
    while ((more = holding_next(&held, &self->vkey, &leaf, &checkpoint, why)) == 1) {
        if (leaf.position >= self->from)
            keep(self, &leaf, held.node);
        if (checkpoint.size > self->to)
            self->to = checkpoint.size;
    }
    return more;
}

int lost_add(lost_t *self, const char *path, cause_t *why)
{
    buf_t text = {0};
    int result = file_read(path, HOLDING_MAX, &text, why);
    if (result == 0 && add_all(self, buf_span(&text), why) != 0)
        result = cause_prefix(why, "%s", path);
    buf_destroy(&text);
    return result;
}

static int by_position(const void *a, const void *b)
{
    const lost_row_t *one = a, *other = b;
    if (one->leaf.position != other->leaf.position)
        return one->leaf.position < other->leaf.position ? -1 : 1;
    return strcmp(one->node, other->node);
}

static bool same_entry(const leaf_t *a, const leaf_t *b)
{
    buf_t one = {0}, other = {0};
    (void)leaf_put(a, &one);
    (void)leaf_put(b, &other);
    bool same = span_equal(buf_span(&one), buf_span(&other));
    buf_destroy(&one);
    buf_destroy(&other);
    return same;
}

int lost_sort(lost_t *self, cause_t *why)
{
    size_t kept = 0;
    if (self->n > 0)
        qsort(self->row, self->n, sizeof *self->row, by_position);
    for (size_t i = 0; i < self->n; i++) {
        const lost_row_t *row = &self->row[i];
        const lost_row_t *last = kept ? &self->row[kept - 1] : NULL;
        bool beside = last && last->leaf.position == row->leaf.position;
        if (beside && !same_entry(&last->leaf, &row->leaf))
            return cause_set(why,
                "%s and %s have proofs of two different entries at position %" PRIu64
                ": the log has told two histories",
                last->node, row->node, row->leaf.position);
        if (!beside || strcmp(last->node, row->node) != 0) // it may have it twice
            self->row[kept++] = *row;
    }
    self->n = kept;
    return 0;
}

const lost_row_t *lost_at(const lost_t *self, uint64_t position, size_t *n)
{
    size_t low = 0, high = self->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (self->row[middle].leaf.position < position)
            low = middle + 1;
        else
            high = middle;
    }
    for (*n = 0; low + *n < self->n; ++*n)
        if (self->row[low + *n].leaf.position != position)
            break;
    return *n > 0 ? &self->row[low] : NULL;
}

static int compare_names(const leaf_t *a, const leaf_t *b)
{
    int order = strcmp(a->id, b->id);
    return order ? order : strcmp(a->author, b->author);
}

static int by_name(const void *a, const void *b)
{
    const lost_row_t *const *one = a, *const *other = b;
    return compare_names(&(*one)->leaf, &(*other)->leaf);
}

// All rows of the message that this entry is.
static void found(lost_row_t **index, size_t n, const leaf_t *leaf)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_names(&index[middle]->leaf, leaf) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < n && compare_names(&index[low]->leaf, leaf) == 0; low++) {
        index[low]->again = true;
        index[low]->new_place = leaf->position;
    }
}

static int walk(segments_t *from, lost_row_t **index, size_t n, cause_t *why)
{
    batch_t batch = {0};
    entry_t entry;
    leaf_t leaf;
    cause_t ignored;
    int more;
    while ((more = segments_next(from, &batch, why)) == 1) {
        batch_entries_t entries = batch_entries(&batch);
        while (batch_next(&entries, &entry))
            if (leaf_take(&leaf, entry.leaf, &ignored) == 0 && leaf_is_message(&leaf))
                found(index, n, &leaf);
    }
    batch_close(&batch);
    return more;
}

int lost_find_again(lost_t *self, const char *journal, const char *origin, cause_t *why)
{
    lost_row_t **index = memory_new(self->n + 1, sizeof(lost_row_t *));
    size_t n = 0;
    for (size_t i = 0; i < self->n; i++)
        if (leaf_is_message(&self->row[i].leaf))
            index[n++] = &self->row[i];
    qsort(index, n, sizeof(lost_row_t *), by_name);
    segments_t *from = segments_open(journal, origin, 0, why);
    int result = from ? walk(from, index, n, why) : -1;
    segments_close(&from);
    free(index);
    return result;
}
