// precedence - a list for each class, a table of ids, and a path.
//
// The next one is found by going from the most urgent item to what it refers to, and on
// to what that refers to, as far as such items wait here.  The path is kept, so that a
// long chain is walked once.  Whoever stands on the path is not stepped on again: files
// that refer to each other in a circle go in the order in which they are met.
//
// Invariants: an item is in one list, that of its class or that of the held ones; every
// item of the path is in its class's list; `held` items are on no path.

#include "nodes/outbox/precedence.h"

#include "lib/base/memory.h"
#include "lib/base/times.h"

#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 1 << 14 };

typedef struct item {
    struct item *before, *after; // in the list
    struct item *same;           // in the bucket
    precedence_facts_t facts;
    bool held, on_path;
    char name[];
} item_t;

typedef struct {
    item_t *head, *tail;
} list_t;

struct precedence {
    size_t n, ready; // items; those not held
    list_t list[PRECEDENCE_CLASSES], held;
    item_t *bucket[BUCKETS];
    size_t depth, room; // of the path
    item_t **path;
};

static bool read_id(const char *text, uint8_t out[UUID_BYTES])
{
    return text && uuid_parse(span_text(text), out);
}

// Whatever names another message does it by author and id, wherever it stands.
static void read_references(const value_t *root, buf_t *out)
{
    uint8_t id[UUID_BYTES];
    for (size_t i = 1; i < root->span; i++)
        if (root[i].type == VALUE_OBJECT && value_text(value_get(&root[i], "author")) &&
            read_id(value_text(value_get(&root[i], "id")), id))
            buf_put(out, id, sizeof id);
}

void precedence_facts_of(precedence_facts_t *self, const value_t *root)
{
    *self = (precedence_facts_t){.urgency = PRECEDENCE_CLASSES - 1};
    if (!root || root->type != VALUE_OBJECT)
        return;
    enum { LEVELS = 6, WITHOUT = 3 }; // where there is no level: orders, answers
    const value_t *level = value_get(value_get(root, "body"), "level");
    const char *status = value_text(value_get(root, "status"));
    bool practice = status && strcmp(status, "actual") != 0;
    self->urgency = WITHOUT;
    if (level && level->type == VALUE_INTEGER && level->as.integer >= 0 &&
        level->as.integer < LEVELS)
        self->urgency = (unsigned)level->as.integer;
    if (!practice)
        self->urgency += LEVELS;
    self->has_id = read_id(value_text(value_get(root, "id")), self->id);
    read_references(root, &self->refers);
}

void precedence_facts_close(precedence_facts_t *self)
{
    buf_destroy(&self->refers);
}

static void append(list_t *list, item_t *item)
{
    item->before = list->tail;
    item->after = NULL;
    *(list->tail ? &list->tail->after : &list->head) = item;
    list->tail = item;
}

static void unlink_item(list_t *list, item_t *item)
{
    *(item->before ? &item->before->after : &list->head) = item->after;
    *(item->after ? &item->after->before : &list->tail) = item->before;
}

static item_t **bucket_of(precedence_t *self, const uint8_t *id)
{
    // The last bytes of a UUID of version 7 are random.
    return &self->bucket[((size_t)id[14] << 8 | id[15]) % BUCKETS];
}

precedence_t *precedence_new(void)
{
    precedence_t *self = memory_new(1, sizeof *self);
    return self;
}

static void item_free(item_t *item)
{
    precedence_facts_close(&item->facts);
    free(item);
}

static void free_list(list_t *list)
{
    for (item_t *item = list->head, *next; item; item = next) {
        next = item->after;
        item_free(item);
    }
}

void precedence_destroy(precedence_t **self_p)
{
    precedence_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    for (size_t i = 0; i < PRECEDENCE_CLASSES; i++)
        free_list(&self->list[i]);
    free_list(&self->held);
    free(self->path);
    free(self);
}

static void leave_path(precedence_t *self)
{
    while (self->depth > 0)
        self->path[--self->depth]->on_path = false;
}

static void step(precedence_t *self, item_t *item)
{
    if (self->depth == self->room) {
        self->room = self->room ? 2 * self->room : 16;
        self->path = memory_grow(self->path, self->room, sizeof *self->path);
    }
    self->path[self->depth++] = item;
    item->on_path = true;
}

void precedence_add(precedence_t *self, const char *name, precedence_facts_t *facts)
{
    size_t size = strlen(name) + 1;
    item_t *item = memory_new(1, sizeof *item + size);
    memcpy(item->name, name, size);
    item->facts = *facts;
    *facts = (precedence_facts_t){0};
    if (item->facts.has_id) {
        item_t **bucket = bucket_of(self, item->facts.id);
        item->same = *bucket;
        *bucket = item;
    }
    append(&self->list[item->facts.urgency], item);
    if (self->depth > 0 && self->path[0]->facts.urgency < item->facts.urgency)
        leave_path(self);
    self->n++;
    self->ready++;
}

// An item that waits under this id and is not on the path.  A held one is preferred: it
// keeps whatever refers to it from being sent.
static item_t *waits(precedence_t *self, const uint8_t *id)
{
    item_t *found = NULL;
    for (item_t *item = *bucket_of(self, id); item; item = item->same)
        if (!item->on_path && memcmp(item->facts.id, id, UUID_BYTES) == 0 &&
            (!found || item->held))
            found = item;
    return found;
}

static item_t *refers_to(precedence_t *self, const item_t *item)
{
    item_t *found = NULL;
    for (size_t at = 0; at < item->facts.refers.size && !(found && found->held);
         at += UUID_BYTES) {
        item_t *other = waits(self, item->facts.refers.data + at);
        if (other && (!found || other->held))
            found = other;
    }
    return found;
}

static void hold_top(precedence_t *self)
{
    item_t *item = self->path[--self->depth];
    item->on_path = false;
    item->held = true;
    unlink_item(&self->list[item->facts.urgency], item);
    append(&self->held, item);
    self->ready--;
}

static bool begin_path(precedence_t *self)
{
    for (size_t i = PRECEDENCE_CLASSES; i-- > 0 && self->depth == 0;)
        if (self->list[i].head)
            step(self, self->list[i].head);
    return self->depth > 0;
}

const char *precedence_next(precedence_t *self)
{
    while (self->depth > 0 || begin_path(self)) {
        item_t *item = self->path[self->depth - 1];
        item_t *first = refers_to(self, item);
        if (!first)
            return item->name;
        if (first->held)
            hold_top(self);
        else
            step(self, first);
    }
    return NULL;
}

void precedence_drop(precedence_t *self)
{
    item_t *item = self->path[--self->depth];
    unlink_item(&self->list[item->facts.urgency], item);
    if (item->facts.has_id) {
        item_t **at = bucket_of(self, item->facts.id);
        while (*at != item)
            at = &(*at)->same;
        *at = item->same;
    }
    item_free(item);
    self->n--;
    self->ready--;
}

void precedence_hold(precedence_t *self)
{
    hold_top(self);
}

void precedence_release(precedence_t *self)
{
    while (self->held.head) {
        item_t *item = self->held.head;
        unlink_item(&self->held, item);
        item->held = false;
        append(&self->list[item->facts.urgency], item);
        self->ready++;
    }
    leave_path(self); // the most urgent may be another one now
}

static void visit_list(
    const list_t *list, void (*visit)(void *context, const char *name), void *context)
{
    for (const item_t *item = list->head; item; item = item->after)
        visit(context, item->name);
}

void precedence_each(const precedence_t *self,
    void (*visit)(void *context, const char *name), void *context)
{
    for (size_t i = PRECEDENCE_CLASSES; i-- > 0;)
        visit_list(&self->list[i], visit, context);
    visit_list(&self->held, visit, context);
}

size_t precedence_count(const precedence_t *self)
{
    return self->n;
}

bool precedence_ready(const precedence_t *self)
{
    return self->ready > 0;
}
