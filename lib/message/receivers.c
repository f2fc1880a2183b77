// receivers - an array that is sorted by node.  Records are written in that order but for
// the lines of feeds, so it seldom has to be; and since the same nodes mostly get one
// message after the other, what a node looks for is mostly where it was in the last.

#include "lib/message/receivers.h"

#include "lib/base/text.h"
#include "lib/message/routing.h"

#include <stdlib.h>

static int compare_nodes(span_t a, span_t b)
{
    size_t both = a.size < b.size ? a.size : b.size;
    int order = both > 0 ? memcmp(a.data, b.data, both) : 0;
    return order ? order : (a.size > b.size) - (a.size < b.size);
}

static int compare(const void *a, const void *b)
{
    const own_lines_t *x = a, *y = b;
    int order = compare_nodes(x->node, y->node);
    if (order == 0)
        order = (x->why > y->why) - (x->why < y->why);
    return order ? order : (x->text.data > y->text.data) - (x->text.data < y->text.data);
}

// The line with its LF, under the node that it names behind its first word.
static void add(receivers_t *self, span_t line, span_t rest, lines_why_t why)
{
    self->own[self->n++] = (own_lines_t){
        span_of(rest.data, text_word_size(rest)), span_of(line.data, line.size + 1), why};
}

// Lines that are somebody's, one below the other: of the record as long as they stand so
// there, else in memory of their own, which has room for all of it.
typedef struct {
    span_t lines;
    uint8_t *own;
} joined_t;

static void join(joined_t *self, span_t line, span_t record, arena_t *arena)
{
    span_t *all = &self->lines;
    size_t size = line.size + 1;
    if (!self->own && all->size > 0 && all->data + all->size != line.data) {
        self->own = arena_take(arena, record.size);
        memcpy(self->own, all->data, all->size);
        all->data = self->own;
    }
    if (self->own)
        memcpy(self->own + all->size, line.data, size);
    else if (all->size == 0)
        all->data = line.data;
    all->size += size;
}

typedef struct {
    receivers_t *to;
    span_t record;
    arena_t *arena;
    joined_t told, remarks;
    bool delivered; // by the line before: what goes along may stand behind it
} reading_t;

static void add_line(reading_t *self, span_t line)
{
    receivers_t *to = self->to;
    span_t rest = line;
    route_type_t type;
    bool goes_along = self->delivered;
    self->delivered = false;
    if (!route_take_type(&rest, &type))
        return;
    bool told = route_is_told(type, rest);
    if (told)
        join(&self->told, line, self->record, self->arena);
    if (type == ROUTE_DELIVER || type == ROUTE_BY_SUBSCRIPTION) {
        add(to, line, rest, type == ROUTE_DELIVER ? LINES_BY_LAW : LINES_BY_SUBSCRIPTION);
        self->delivered = true;
    } else if (type == ROUTE_FEED)
        add(to, line, rest, LINES_OF_FEED);
    else if (type == ROUTE_REMARK && told)
        join(&self->remarks, line, self->record, self->arena);
    else if (goes_along && (type == ROUTE_CARRIES || type == ROUTE_OMITS)) {
        to->own[to->n - 1].text.size += line.size + 1;
        self->delivered = true;
    }
}

void receivers_read(receivers_t *self, span_t record, arena_t *arena)
{
    reader_t reader = reader_of(record);
    reading_t reading = {.to = self, .record = record, .arena = arena};
    bool sorted = true;
    *self =
        (receivers_t){.own = arena_take(arena, text_lines(record) * sizeof *self->own)};
    (void)take_line(&reader); // which says what the text is
    while (reader.rest.size > 0) {
        size_t n = self->n;
        span_t line = take_line(&reader);
        if (reader.bad)
            break;
        add_line(&reading, line);
        sorted &= n == 0 || self->n == n || compare(&self->own[n - 1], &self->own[n]) < 0;
    }
    self->told = reading.told.lines;
    self->remarks = reading.remarks.lines;
    if (!sorted)
        qsort(self->own, self->n, sizeof *self->own, compare);
}

static bool is_of(const receivers_t *self, size_t i, span_t node)
{
    return i < self->n && self->own[i].why != LINES_OF_FEED &&
           span_equal(self->own[i].node, node);
}

// Where the lines of the node begin; `n` when it has none.
static size_t find(const receivers_t *self, span_t node, size_t expected)
{
    for (size_t i = expected; i < expected + 2; i++)
        if (is_of(self, i, node))
            return i;
    size_t low = 0, high = self->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_nodes(self->own[middle].node, node) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return is_of(self, low, node) ? low : self->n;
}

static uint8_t *put(uint8_t *to, span_t text)
{
    if (text.size > 0)
        memcpy(to, text.data, text.size);
    return to + text.size;
}

span_t receivers_lines(const receivers_t *self, receiver_t *receiver, arena_t *arena)
{
    size_t first = find(self, receiver->node, receiver->at), end = first + 1;
    span_t remarks = receiver->remarks ? self->remarks : (span_t){0};
    if (first == self->n)
        return (span_t){0};
    receiver->at = first;
    size_t size = self->own[first].text.size + remarks.size;
    for (; end < self->n && span_equal(self->own[end].node, receiver->node); end++)
        size += self->own[end].text.size;
    if (size == self->own[first].text.size)
        return span_of(self->own[first].text.data, size - 1);
    uint8_t *all = arena_take(arena, size), *to = all;
    for (size_t i = first; i < end; i++)
        to = put(to, self->own[i].text);
    (void)put(to, remarks);
    return span_of(all, size - 1);
}
