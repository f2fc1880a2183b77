// carry - a thread is looked at once for all whom a rule brings in: which of its messages
// stand and were the author's to hand over, under which marking.  For each node then
// those are chosen that it lacks and may have; when they are too many, what the thread
// began with and the newest.

#include "hub/decide/carry.h"

#include "lib/base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static reference_t first_of(const carry_t *self, const leaf_t *leaf)
{
    const precedents_t *log = self->recipients->log;
    reference_t name = message_name(leaf), first;
    log->first(log->context, &name, &first);
    return first;
}

bool carry_is_new(const carry_t *self, const reference_t *first, const char *node)
{
    const precedents_t *log = self->recipients->log;
    routing_t routing = {0};
    reference_t latest;
    leaf_t leaf;
    log->latest(log->context, first, &latest);
    if (!log->find(log->context, latest.author, latest.id, &leaf) ||
        recipients_record(self->recipients, &leaf, &routing) != 0)
        return false;
    const route_t *line = routing_find(&routing, node);
    bool had = strcmp(leaf.author, node) == 0 || (line && line->type == ROUTE_DELIVER);
    routing_close(&routing);
    return !had && !recipients_brought(log, first, ANY_VERSION, node);
}

typedef bool (*had_t)(const precedents_t *log, const leaf_t *leaf,
    const routing_t *routing, const char *node);

static bool had_by(
    const carry_t *self, const leaf_t *leaf, const char *node, had_t had_it)
{
    routing_t routing = {0};
    if (recipients_record(self->recipients, leaf, &routing) != 0)
        return false;
    bool had = had_it(self->recipients->log, leaf, &routing, node);
    routing_close(&routing);
    return had;
}

static void read_addressees(carry_item_t *item, const value_t *to)
{
    item->to = memory_new(value_count(to), sizeof *item->to);
    value_each(node, to)
    {
        const char *id = value_text(node);
        (void)snprintf(item->to[item->to_count++], NODE_ID_MAX, "%s", id ? id : "");
    }
}

// A marking that cannot be read lets nobody have it but whom it names.
static bool read_item(const carry_t *self, const leaf_t *leaf, carry_item_t *item)
{
    const precedents_t *log = self->recipients->log;
    value_t *root = log->document(log->context, leaf);
    if (!root)
        return false;
    const char *marking = value_text(value_get(root, "marking"));
    *item = (carry_item_t){.leaf = *leaf, .marking = TLP_CLEAR};
    while (item->marking < TLP_RED &&
           !(marking && strcmp(marking, tlp_name(item->marking)) == 0))
        item->marking++;
    item->bytes = log->bytes(log->context, leaf);
    read_addressees(item, value_get(root, "to"));
    value_free(&root);
    return true;
}

void carry_offer(carry_t *self, const leaf_t *leaf)
{
    carry_item_t item;
    if (!message_stands(self->recipients->log, leaf) ||
        !had_by(self, leaf, self->author->id, recipients_had) ||
        !read_item(self, leaf, &item))
        return;
    if (self->n == self->room) {
        self->room = self->room ? 2 * self->room : 16;
        self->item = memory_grow(self->item, self->room, sizeof *self->item);
    }
    self->item[self->n++] = item;
}

static int by_position(const void *a, const void *b)
{
    const carry_item_t *x = a, *y = b;
    return (x->leaf.position > y->leaf.position) - (x->leaf.position < y->leaf.position);
}

// What the thread began with may name itself, too.
static void drop_twice(carry_t *self)
{
    size_t kept = 0;
    for (size_t i = 0; i < self->n; i++) {
        if (kept > 0 && self->item[kept - 1].leaf.position == self->item[i].leaf.position)
            free(self->item[i].to);
        else
            self->item[kept++] = self->item[i];
    }
    self->n = kept;
}

static bool is_kind(const carries_t *what, const char *kind)
{
    for (size_t i = 0; i < what->kinds; i++)
        if (strcmp(what->kind[i], kind) == 0)
            return true;
    return false;
}

static void offer_beginning(carry_t *self, const carries_t *what, const uint64_t *except)
{
    const precedents_t *log = self->recipients->log;
    reference_t latest;
    leaf_t leaf;
    log->latest(log->context, &self->first, &latest);
    if (log->find(log->context, latest.author, latest.id, &leaf) &&
        is_kind(what, leaf.kind) && !(except && *except == leaf.position))
        carry_offer(self, &leaf);
}

void carry_thread(carry_t *self, const carries_t *what, const reference_t *first,
    const uint64_t *except)
{
    const precedents_t *log = self->recipients->log;
    size_t looked_at = 0;
    carry_clear(self);
    self->first = *first;
    offer_beginning(self, what, except);
    for (size_t i = 0; i < what->kinds; i++) {
        thread_walk_t walk = {0};
        leaf_t leaf;
        while (
            looked_at++ < CARRY_LOOKED_AT && log->refers(log->context, first, ANY_VERSION,
                                                 what->of, what->kind[i], &walk, &leaf))
            if (!(except && *except == leaf.position))
                carry_offer(self, &leaf);
    }
    if (self->n > 1)
        qsort(self->item, self->n, sizeof *self->item, by_position);
    drop_twice(self);
}

static bool is_addressed(const carry_item_t *item, const char *node)
{
    for (size_t i = 0; i < item->to_count; i++)
        if (strcmp(item->to[i], node) == 0)
            return true;
    return false;
}

// AMBER+STRICT stays with the organisations that the law or its author chose: a party
// that only had it does not choose another.
static bool may_have(const carry_t *self, const carry_item_t *item, const char *node,
    const receiver_t *receiver, bool wished)
{
    receiver_t here = *receiver;
    here.addressed = is_addressed(item, node);
    if (item->marking == TLP_AMBER_STRICT && wished && !here.addressed &&
        strcmp(item->leaf.author, self->author->id) != 0)
        return false;
    return marking_allows(item->marking, &here);
}

static void add_line(carry_t *self, const char *node, const leaf_t *leaf)
{
    route_t route = {.type = ROUTE_CARRIES, .tell = TELL_SENDER};
    (void)snprintf(route.node, sizeof route.node, "%s", node);
    memcpy(route.author, leaf->author, sizeof route.author);
    memcpy(route.id, leaf->id, sizeof route.id);
    routing_add(self->routing, &route);
    self->lines++;
}

static void add_omitted(carry_t *self, const char *node, const char *code, size_t n)
{
    route_t route = {.type = ROUTE_OMITS, .tell = TELL_SENDER, .size = n};
    (void)snprintf(route.node, sizeof route.node, "%s", node);
    (void)snprintf(route.code, sizeof route.code, "%s", code);
    if (n > 0)
        routing_add(self->routing, &route);
}

// What is chosen for one node.
typedef struct {
    bool *chosen; // of the items
    size_t n, bytes;
    size_t marked, many; // that are left out, and why
} choice_t;

static void choose(const carry_t *self, choice_t *choice, size_t i)
{
    const carry_item_t *item = &self->item[i];
    if (choice->chosen[i])
        return;
    if (choice->n == CARRY_MESSAGES || self->lines + choice->n == CARRY_LINES ||
        (choice->n > 0 && choice->bytes + item->bytes > CARRY_BYTES)) {
        choice->many++;
        return;
    }
    choice->chosen[i] = true;
    choice->n++;
    choice->bytes += item->bytes;
}

static bool is_beginning(const carry_t *self, const carry_item_t *item)
{
    reference_t first = first_of(self, &item->leaf);
    return reference_same(&first, &self->first);
}

bool carry_to(carry_t *self, const char *node, const receiver_t *receiver, bool wished)
{
    choice_t choice = {.chosen = memory_new(self->n + 1, sizeof(bool))};
    bool *may = memory_new(self->n + 1, sizeof(bool)), begun = false;
    size_t beginning = SIZE_MAX;
    for (size_t i = 0; i < self->n; i++) {
        const carry_item_t *item = &self->item[i];
        bool first = is_beginning(self, item);
        // who only read along what began it is a party by its line
        bool had =
            had_by(self, &item->leaf, node, first ? recipients_sent : recipients_had);
        may[i] = !had && may_have(self, item, node, receiver, wished);
        choice.marked += !had && !may[i];
        begun |= first && had;
        beginning = first && may[i] ? i : beginning;
    }
    if (beginning != SIZE_MAX)
        choose(self, &choice, beginning);
    for (size_t i = self->n; i-- > 0;)
        if (may[i])
            choose(self, &choice, i);
    for (size_t i = 0; i < self->n; i++)
        if (choice.chosen[i])
            add_line(self, node, &self->item[i].leaf);
    add_omitted(self, node, "marking.tlp", choice.marked);
    add_omitted(self, node, "carry.limit", choice.many);
    begun |= beginning != SIZE_MAX && choice.chosen[beginning];
    free(choice.chosen);
    free(may);
    return begun;
}

void carry_clear(carry_t *self)
{
    for (size_t i = 0; i < self->n; i++)
        free(self->item[i].to);
    self->n = 0;
}

void carry_close(carry_t *self)
{
    carry_clear(self);
    free(self->item);
    self->item = NULL;
    self->room = 0;
}
