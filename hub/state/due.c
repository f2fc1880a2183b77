// due - a binary heap, and for each number its place in it.

#include "hub/state/due.h"

#include "lib/base/memory.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    int64_t at_ms;
    uint64_t order;
    size_t number;
} item_t;

struct due {
    size_t n, room;
    item_t *item;
    size_t numbers;
    size_t *place; // of each number, from 1; 0: it is not there
};

due_t *due_new(void)
{
    return memory_new(1, sizeof(due_t));
}

void due_destroy(due_t **self_p)
{
    due_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    free(self->item);
    free(self->place);
    free(self);
}

static bool before(const item_t *a, const item_t *b)
{
    return a->at_ms < b->at_ms || (a->at_ms == b->at_ms && a->order < b->order);
}

static void put(due_t *self, size_t at, item_t item)
{
    self->item[at] = item;
    self->place[item.number] = at + 1;
}

static void rise(due_t *self, size_t at, item_t item)
{
    for (; at > 0 && before(&item, &self->item[(at - 1) / 2]); at = (at - 1) / 2)
        put(self, at, self->item[(at - 1) / 2]);
    put(self, at, item);
}

static void sink(due_t *self, size_t at, item_t item)
{
    for (size_t child; (child = 2 * at + 1) < self->n; at = child) {
        if (child + 1 < self->n && before(&self->item[child + 1], &self->item[child]))
            child++;
        if (!before(&self->item[child], &item))
            break;
        put(self, at, self->item[child]);
    }
    put(self, at, item);
}

static void settle(due_t *self, size_t at, item_t item)
{
    if (at > 0 && before(&item, &self->item[(at - 1) / 2]))
        rise(self, at, item);
    else
        sink(self, at, item);
}

static void make_room(due_t *self, size_t number)
{
    if (number >= self->numbers) {
        size_t numbers = number < 32 ? 64 : number * 2;
        self->place = memory_grow(self->place, numbers, sizeof *self->place);
        memset(self->place + self->numbers, 0,
            (numbers - self->numbers) * sizeof *self->place);
        self->numbers = numbers;
    }
    if (self->n == self->room) {
        self->room = self->room ? self->room * 2 : 64;
        self->item = memory_grow(self->item, self->room, sizeof *self->item);
    }
}

static void drop(due_t *self, size_t number)
{
    size_t at = self->place[number] - 1;
    item_t last = self->item[--self->n];
    self->place[number] = 0;
    if (at < self->n)
        settle(self, at, last);
}

void due_set(due_t *self, size_t number, int64_t at_ms, uint64_t order)
{
    item_t item = {at_ms, order, number};
    bool there = number < self->numbers && self->place[number] > 0;
    if (at_ms == DUE_NEVER) {
        if (there)
            drop(self, number);
        return;
    }
    make_room(self, number);
    if (there)
        settle(self, self->place[number] - 1, item);
    else
        rise(self, self->n++, item);
}

bool due_first(const due_t *self, size_t *number, int64_t *at_ms)
{
    if (self->n == 0)
        return false;
    *number = self->item[0].number;
    *at_ms = self->item[0].at_ms;
    return true;
}
