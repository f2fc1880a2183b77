// inboxes - a short array of nodes, found by name through a small hash; one column each.

#include "hub/state/inboxes.h"

#include "hub/journal/column.h"
#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/tlog/leaf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char node[NODE_ID_MAX];
    column_t *positions;
    uint64_t acked;
    uint64_t before; // of the log before, that need not be delivered here
    // What is urgent and not acknowledged, by number: from `first` on.
    size_t marks, marks_room, first;
    ahead_item_t *mark;
} inbox_t;

enum { REMEMBERED = 1024 }; // pages of all inboxes together

struct inboxes {
    char folder[512];
    pages_t *pages;
    size_t n, room;
    inbox_t *inbox;
    size_t buckets; // a power of two, at least twice n
    int *bucket;    // index into inbox, -1: free
};

inboxes_t *inboxes_open(const char *state_folder, cause_t *why)
{
    inboxes_t *self = memory_new(1, sizeof *self);
    self->pages = pages_new(REMEMBERED);
    if (path_join(self->folder, sizeof self->folder, state_folder, "inbox", why) != 0 ||
        folder_make(self->folder, 0700, why) != 0)
        inboxes_close(&self);
    return self;
}

static void close_inbox(inbox_t *inbox)
{
    column_close(&inbox->positions);
    free(inbox->mark);
}

void inboxes_close(inboxes_t **self_p)
{
    inboxes_t *self = *self_p;
    if (!self)
        return;
    for (size_t i = 0; i < self->n; i++)
        close_inbox(&self->inbox[i]);
    pages_destroy(&self->pages);
    free(self->inbox);
    free(self->bucket);
    free(self);
    *self_p = NULL;
}

static uint64_t hash_of(const char *text)
{
    uint64_t hash = 14695981039346656037u; // FNV-1a; node ids are certified, not hostile
    for (; *text; text++)
        hash = (hash ^ (uint8_t)*text) * 1099511628211u;
    return hash;
}

static int *bucket_of(const inboxes_t *self, const char *node)
{
    size_t i = hash_of(node) & (self->buckets - 1);
    while (self->bucket[i] >= 0 && strcmp(self->inbox[self->bucket[i]].node, node) != 0)
        i = (i + 1) & (self->buckets - 1);
    return &self->bucket[i];
}

static void make_room(inboxes_t *self)
{
    if (self->n < self->room)
        return;
    self->room = self->room ? self->room * 2 : 16;
    self->buckets = self->room * 2;
    self->inbox = memory_grow(self->inbox, self->room, sizeof *self->inbox);
    self->bucket = memory_grow(self->bucket, self->buckets, sizeof *self->bucket);
    memset(self->bucket, 0xff, self->buckets * sizeof *self->bucket);
    for (size_t i = 0; i < self->n; i++)
        *bucket_of(self, self->inbox[i].node) = (int)i;
}

// What it knows of a node is in `from`; NULL: there is nothing yet.
static int make_inbox(inboxes_t *self, const char *node, reader_t *from, cause_t *why)
{
    char path[768];
    inbox_t *inbox = &self->inbox[self->n];
    memset(inbox, 0, sizeof *inbox);
    (void)snprintf(inbox->node, sizeof inbox->node, "%s", node);
    if (path_join(path, sizeof path, self->folder, inbox->node, why) != 0)
        return -1;
    inbox->positions = from ? column_again(path, sizeof(uint64_t), from, why)
                            : column_open(path, sizeof(uint64_t), why);
    if (!inbox->positions)
        return -1;
    column_remember(inbox->positions, self->pages);
    return (int)self->n++;
}

int inboxes_of(inboxes_t *self, const char *node, cause_t *why)
{
    make_room(self);
    int *bucket = bucket_of(self, node);
    if (*bucket < 0)
        *bucket = make_inbox(self, node, NULL, why);
    return *bucket;
}

static int take_marks(inbox_t *inbox, reader_t *from, cause_t *why)
{
    inbox->acked = take_u64(from);
    inbox->before = take_u64(from);
    inbox->marks = take_u32(from);
    if (from->bad || inbox->marks > from->rest.size)
        return cause_set(why, "the inbox of %s is cut off", inbox->node);
    inbox->marks_room = inbox->marks;
    inbox->mark = memory_new(inbox->marks_room, sizeof *inbox->mark);
    for (size_t i = 0; i < inbox->marks; i++) {
        inbox->mark[i].number = take_u64(from);
        inbox->mark[i].level = take_u8(from);
        inbox->mark[i].marks = take_u8(from);
    }
    return 0;
}

static int take_inbox(inboxes_t *self, reader_t *from, cause_t *why)
{
    char node[NODE_ID_MAX];
    make_room(self);
    if (!text_copy(take_short(from), node, sizeof node))
        return cause_set(why, "an inbox without a node");
    int *bucket = bucket_of(self, node);
    if (*bucket >= 0)
        return cause_set(why, "two inboxes of %s", node);
    *bucket = make_inbox(self, node, from, why);
    return *bucket < 0 ? -1 : take_marks(&self->inbox[*bucket], from, why);
}

inboxes_t *inboxes_again(const char *state_folder, reader_t *from, cause_t *why)
{
    inboxes_t *self = inboxes_open(state_folder, why);
    for (uint32_t n = take_u32(from); self && n > 0; n--)
        if (take_inbox(self, from, why) != 0)
            inboxes_close(&self);
    return self;
}

static void save_inbox(const inbox_t *inbox, buf_t *out)
{
    buf_put_short(out, span_text(inbox->node));
    column_save(inbox->positions, out);
    buf_put_u64(out, inbox->acked);
    buf_put_u64(out, inbox->before);
    buf_put_u32(out, (uint32_t)(inbox->marks - inbox->first));
    for (size_t i = inbox->first; i < inbox->marks; i++) {
        buf_put_u64(out, inbox->mark[i].number);
        buf_put_u8(out, inbox->mark[i].level);
        buf_put_u8(out, inbox->mark[i].marks);
    }
}

static int by_node(const void *a, const void *b)
{
    const inbox_t *const *left = a, *const *right = b;
    return strcmp((*left)->node, (*right)->node);
}

// Whoever only asked has an inbox, too: of that the log says nothing.
static bool is_folded(const inbox_t *inbox)
{
    return column_count(inbox->positions) > 0 || inbox->acked > 0 || inbox->before > 0;
}

// In the order of names: that in which they came to be is not the log's alone.
void inboxes_save(const inboxes_t *self, buf_t *out)
{
    size_t n = 0;
    const inbox_t **sorted = memory_new(self->n, sizeof *sorted);
    for (size_t i = 0; i < self->n; i++)
        if (is_folded(&self->inbox[i]))
            sorted[n++] = &self->inbox[i];
    if (n > 0)
        qsort(sorted, n, sizeof *sorted, by_node);
    buf_put_u32(out, (uint32_t)n);
    for (size_t i = 0; i < n; i++)
        save_inbox(sorted[i], out);
    free(sorted);
}

const char *inboxes_node(const inboxes_t *self, int inbox)
{
    return self->inbox[inbox].node;
}

int inboxes_add(inboxes_t *self, int inbox, uint64_t position, cause_t *why)
{
    return column_add(self->inbox[inbox].positions, &position, why);
}

uint64_t inboxes_last(const inboxes_t *self, int inbox)
{
    return column_count(self->inbox[inbox].positions);
}

uint64_t inboxes_acked(const inboxes_t *self, int inbox)
{
    return self->inbox[inbox].acked;
}

void inboxes_set_before(inboxes_t *self, int inbox, uint64_t number)
{
    self->inbox[inbox].before = number;
}

bool inboxes_had_before(inboxes_t *self, int inbox)
{
    if (self->inbox[inbox].before == 0)
        return false;
    self->inbox[inbox].before--;
    return true;
}

void inboxes_set_acked(inboxes_t *self, int inbox, uint64_t number)
{
    inbox_t *at = &self->inbox[inbox];
    if (number > at->acked)
        at->acked = number;
    while (at->first < at->marks && at->mark[at->first].number <= at->acked)
        at->first++;
    if (at->first == at->marks)
        at->first = at->marks = 0;
}

void inboxes_mark(inboxes_t *self, int inbox, uint8_t level, bool played)
{
    inbox_t *at = &self->inbox[inbox];
    if (at->marks == at->marks_room && at->first > 0) {
        memmove(
            at->mark, at->mark + at->first, (at->marks - at->first) * sizeof *at->mark);
        at->marks -= at->first;
        at->first = 0;
    }
    if (at->marks == at->marks_room) {
        at->marks_room = at->marks_room ? 2 * at->marks_room : 8;
        at->mark = memory_grow(at->mark, at->marks_room, sizeof *at->mark);
    }
    at->mark[at->marks++] = (ahead_item_t){.number = inboxes_last(self, inbox),
        .level = level,
        .marks = played ? AHEAD_PLAYED : 0};
}

const ahead_item_t *inboxes_marks(const inboxes_t *self, int inbox, size_t *n)
{
    const inbox_t *at = &self->inbox[inbox];
    *n = at->marks - at->first;
    return at->mark + at->first;
}

int inboxes_get(
    const inboxes_t *self, int inbox, uint64_t number, uint64_t *position, cause_t *why)
{
    return column_get(self->inbox[inbox].positions, number - 1, position, why);
}

int inboxes_run(const inboxes_t *self, int inbox, uint64_t number, size_t n,
    uint64_t *positions, cause_t *why)
{
    return column_get_all(self->inbox[inbox].positions, number - 1, n, positions, why);
}

// Positions increase.  The newest is looked at first: that is what a duty is opened by.
int inboxes_find(
    const inboxes_t *self, int inbox, uint64_t position, uint64_t *number, cause_t *why)
{
    uint64_t low = 0, high = inboxes_last(self, inbox), at = UINT64_MAX;
    uint64_t middle = high;
    while (low < high) { // the number of the last entry not after the position
        if (inboxes_get(self, inbox, middle, &at, why) != 0)
            return -1;
        if (at <= position)
            low = middle;
        else
            high = middle - 1;
        middle = high - (high - low) / 2;
    }
    if (low > 0 && inboxes_get(self, inbox, low, &at, why) != 0)
        return -1;
    *number = low > 0 && at == position ? low : 0;
    return 0;
}

bool inboxes_stored(
    inboxes_t *self, const char *node, uint64_t position, uint64_t former_last)
{
    cause_t why;
    uint64_t number;
    int inbox = inboxes_of(self, node, &why);
    if (inbox < 0 || inboxes_find(self, inbox, position, &number, &why) != 0)
        return false;
    return number > 0 ? number <= inboxes_acked(self, inbox) : position <= former_last;
}

int inboxes_check(const inboxes_t *self, cause_t *why)
{
    return pages_check(self->pages, why);
}
