// backlog - the inbox knows by number what is of a level, the duties know which are open:
// two lists that become one when somebody asks, so that nothing has to be taken back when
// a duty is met, and a start that reads the journal again needs nothing of its own.

#include "hub/state/backlog.h"

#include "lib/base/memory.h"

#include <stdlib.h>

typedef struct {
    size_t n, room;
    ahead_item_t *item;
} owed_list_t;

static void add_owed(owed_list_t *self, uint64_t number, const duty_t *duty)
{
    if (self->n == self->room) {
        self->room = self->room ? 2 * self->room : 64;
        self->item = memory_grow(self->item, self->room, sizeof *self->item);
    }
    self->item[self->n++] = (ahead_item_t){.number = number,
        .marks = AHEAD_OWED | (duty->exercise[0] ? AHEAD_PLAYED : 0),
        .due_ms = duty->due_ms > 0 ? duty->due_ms : 0}; // the wire has none before 1970
}

// By number, and of one number what is due first.
static int compare(const void *a, const void *b)
{
    const ahead_item_t *left = a, *right = b;
    if (left->number != right->number)
        return left->number < right->number ? -1 : 1;
    return (left->due_ms > right->due_ms) - (left->due_ms < right->due_ms);
}

static void list_owed(
    owed_list_t *self, const duties_t *duties, const char *node, uint64_t after)
{
    duty_cursor_t cursor = {0};
    const duty_t *duty;
    uint64_t number;
    while ((duty = duties_brought(duties, node, after, &cursor, &number)) != NULL)
        add_owed(self, number, duty);
    if (self->n > 0)
        qsort(self->item, self->n, sizeof *self->item, compare);
}

static void announce(ahead_t *ahead, const ahead_item_t *item)
{
    if (ahead->n < AHEAD_MAX)
        ahead->item[ahead->n++] = *item;
    else
        ahead->more++;
}

// A number stands once, with its level and with the first of its duties that is due.
static void merge(
    ahead_t *ahead, const ahead_item_t *level, size_t levels, const owed_list_t *owed)
{
    for (size_t i = 0, k = 0; i < levels || k < owed->n;) {
        ahead_item_t item = {0};
        bool leveled =
            i < levels && (k == owed->n || level[i].number <= owed->item[k].number);
        const uint64_t number = leveled ? level[i].number : owed->item[k].number;
        if (k < owed->n && owed->item[k].number == number)
            item = owed->item[k];
        while (k < owed->n && owed->item[k].number == number)
            k++;
        if (leveled) {
            item.number = number;
            item.level = level[i].level;
            item.marks |= level[i].marks;
            i++;
        }
        announce(ahead, &item);
    }
}

bool backlog_urgent(const inboxes_t *inboxes, const duties_t *duties, const char *node,
    int inbox, uint64_t after, ahead_t *ahead)
{
    owed_list_t owed = {0};
    size_t levels;
    const ahead_item_t *level = inboxes_marks(inboxes, inbox, &levels);
    if (after < inboxes_acked(inboxes, inbox))
        after = inboxes_acked(inboxes, inbox);
    for (; levels > 0 && level->number <= after; level++)
        levels--;
    ahead->n = ahead->more = 0;
    list_owed(&owed, duties, node, after);
    merge(ahead, level, levels, &owed);
    free(owed.item);
    return ahead->n > 0;
}
