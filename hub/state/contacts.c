// contacts - of each owner's node the names of its messages; a question folds, for each
// organisation and in the log's order, whatever node of it said them, what has come of
// those that count: each names an official, and takes the place of what was said before
// of the same person, or of the one replaced.  A correction says it in the place of what
// it corrects: it does not bring back who was replaced since then.  What one node says
// much of is forgotten of that node alone.

#include "hub/state/contacts.h"

#include "lib/base/memory.h"
#include "lib/base/times.h"
#include "lib/json/value_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    uint64_t position;
    char id[MESSAGE_ID_MAX];
} change_t;

typedef struct {
    char name[NODE_ID_MAX];
    uint64_t added; // so far
    size_t room;
    change_t *change; // message i at i % CONTACTS_OF_OWNER
} owner_t;

// A node whose messages are folded with those of its organisation.
typedef struct {
    char organisation[ORGANISATION_MAX];
    char name[NODE_ID_MAX];
    bool seen;     // by whoever asks
    uint64_t next; // of its messages
} part_t;

struct contacts {
    size_t n, room;
    owner_t *owner; // by name
};

struct contacts_walk {
    size_t n;
    part_t *part;      // by organisation
    size_t first, end; // of the organisation whose messages are folded, or were last
    bool within;       // in the middle of them
    json_t *list;      // of it
    json_t *contacts;  // of those before
    size_t bytes;      // of them
    bool more, done;
};

contacts_t *contacts_new(void)
{
    return memory_new(1, sizeof(contacts_t));
}

void contacts_destroy(contacts_t **self_p)
{
    contacts_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    for (size_t i = 0; i < self->n; i++)
        free(self->owner[i].change);
    free(self->owner);
    free(self);
}

// The first owner whose name is not before this one.
static size_t place_of(const contacts_t *self, const char *name)
{
    size_t low = 0, high = self->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(self->owner[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static owner_t *owner_of(contacts_t *self, const char *name)
{
    size_t at = place_of(self, name);
    if (at < self->n && strcmp(self->owner[at].name, name) == 0)
        return &self->owner[at];
    if (self->n == self->room) {
        self->room = self->room ? 2 * self->room : 16;
        self->owner = memory_grow(self->owner, self->room, sizeof *self->owner);
    }
    memmove(
        &self->owner[at + 1], &self->owner[at], (self->n++ - at) * sizeof *self->owner);
    self->owner[at] = (owner_t){0};
    (void)snprintf(self->owner[at].name, sizeof self->owner[at].name, "%s", name);
    return &self->owner[at];
}

void contacts_add(contacts_t *self, const char *author, const char *id, uint64_t position)
{
    owner_t *owner = owner_of(self, author);
    size_t at = owner->added++ % CONTACTS_OF_OWNER;
    if (at >= owner->room) {
        owner->room = owner->room ? 2 * owner->room : 4;
        owner->change = memory_grow(owner->change, owner->room, sizeof *owner->change);
    }
    change_t *change = &owner->change[at];
    change->position = position;
    (void)snprintf(change->id, sizeof change->id, "%s", id);
}

static const char *text_at(const value_t *root, const char *pointer)
{
    const char *text = value_text(value_at(root, pointer));
    return text ? text : "";
}

static bool item_is(const json_t *item, const char *key, const char *text)
{
    const char *own = json_string_value(json_object_get(item, key));
    return own && strcmp(own, text) == 0;
}

static bool is_late(const precedents_t *log, const leaf_t *leaf)
{
    static const char remark[] = "\nremark duty.late ";
    span_t record;
    cause_t why;
    return log->record(log->context, leaf, &record, &why) == 0 && record.size &&
           memmem(record.data, record.size, remark, sizeof remark - 1) != NULL;
}

// A person of an organisation is known by name: who left, or whose details are new, goes;
// for the same objects, or for all when none are named.
static void drop(json_t *list, const char *name, const json_t *objects)
{
    for (size_t i = json_array_size(list); i > 0; i--) {
        const json_t *item = json_array_get(list, i - 1);
        if (name[0] && item_is(json_object_get(item, "official"), "name", name) &&
            (!objects || json_equal(json_object_get(item, "objects"), objects)))
            (void)json_array_remove(list, i - 1);
    }
}

static json_t *make(const precedents_t *log, const leaf_t *leaf, const value_t *document)
{
    char time[TIME_TEXT];
    const char *since = text_at(document, "/body/replaced_at");
    const value_t *objects = value_at(document, "/body/objects");
    time_print(leaf->time_ms, time);
    json_t *item = json_pack("{s:s, s:o, s:s, s:s, s:b, s:I, s:s}", "owner", leaf->author,
        "official", value_json(value_at(document, "/body/official")), "reason",
        text_at(document, "/body/reason"), "since", since[0] ? since : time, "late",
        is_late(log, leaf), "position", (json_int_t)leaf->position, "time", time);
    if (item && objects)
        (void)json_object_set_new(item, "objects", value_json(objects));
    return item;
}

static void fold(const precedents_t *log, const reference_t *message, json_t *list)
{
    leaf_t leaf;
    reference_t latest;
    log->latest(log->context, message, &latest);
    if (!log->find(log->context, latest.author, latest.id, &leaf) ||
        !message_stands(log, &leaf))
        return;
    value_t *document = log->document(log->context, &leaf);
    json_t *item = NULL;
    if (strcmp(text_at(document, "/status"), "actual") == 0)
        item = make(log, &leaf, document);
    if (item) {
        const json_t *objects = json_object_get(item, "objects");
        drop(list, text_at(document, "/body/replaced/name"), objects);
        drop(list, text_at(document, "/body/official/name"), objects);
        (void)json_array_append_new(list, item);
    }
    value_free(&document);
}

static int compare_parts(const void *a, const void *b)
{
    const part_t *left = a, *right = b;
    int order = strcmp(left->organisation, right->organisation);
    return order ? order : strcmp(left->name, right->name);
}

contacts_walk_t *contacts_begin(
    const contacts_t *self, contacts_of_fn organisation, void *context)
{
    contacts_walk_t *walk = memory_new(1, sizeof *walk);
    walk->contacts = json_array();
    walk->part = memory_new(self->n, sizeof *walk->part);
    for (; walk->n < self->n; walk->n++) {
        part_t *part = &walk->part[walk->n];
        const char *name = self->owner[walk->n].name, *of = organisation(context, name);
        (void)snprintf(part->name, sizeof part->name, "%s", name);
        (void)snprintf(
            part->organisation, sizeof part->organisation, "%s", of ? of : name);
    }
    if (walk->n > 0)
        qsort(walk->part, walk->n, sizeof *walk->part, compare_parts);
    return walk;
}

void contacts_drop(contacts_walk_t **walk_p)
{
    contacts_walk_t *walk = *walk_p;
    *walk_p = NULL;
    if (!walk)
        return;
    json_decref(walk->list);
    json_decref(walk->contacts);
    free(walk->part);
    free(walk);
}

static const owner_t *owner_at(const contacts_t *self, const part_t *part)
{
    return &self->owner[place_of(self, part->name)]; // owners are never taken out
}

static void begin_part(const contacts_t *self, contacts_walk_t *walk, part_t *part)
{
    const owner_t *owner = owner_at(self, part);
    part->seen = true;
    part->next = 0;
    if (owner->added > CONTACTS_OF_OWNER) {
        walk->more = true;
        part->next = owner->added - CONTACTS_OF_OWNER;
    }
}

// The next organisation.
static void begin_group(
    const contacts_t *self, contacts_may_fn may, void *context, contacts_walk_t *walk)
{
    const char *organisation = walk->part[walk->end].organisation;
    walk->first = walk->end;
    while (walk->end < walk->n &&
           strcmp(walk->part[walk->end].organisation, organisation) == 0) {
        part_t *part = &walk->part[walk->end++];
        if (!may(context, part->name))
            continue;
        begin_part(self, walk, part);
        walk->within = true;
    }
    if (walk->within)
        walk->list = json_array();
}

static void end_group(contacts_walk_t *walk)
{
    walk->bytes += json_dumpb(walk->list, NULL, 0, JSON_COMPACT);
    (void)json_array_extend(walk->contacts, walk->list);
    json_decref(walk->list);
    walk->list = NULL;
    walk->within = false;
}

// The next one whose messages may be seen; some that may not are passed at a time.
static void find_group(
    const contacts_t *self, contacts_may_fn may, void *context, contacts_walk_t *walk)
{
    enum { AT_A_TIME = 32 };
    for (size_t i = 0; i < AT_A_TIME && !walk->within && walk->end < walk->n; i++)
        begin_group(self, may, context, walk);
    walk->done = !walk->within && walk->end == walk->n;
}

// The node of the organisation whose next message is the oldest; NULL: there are no more.
static part_t *oldest(
    const contacts_t *self, const contacts_walk_t *walk, const change_t **change)
{
    part_t *found = NULL;
    for (size_t i = walk->first; i < walk->end; i++) {
        part_t *part = &walk->part[i];
        const owner_t *owner = owner_at(self, part);
        if (!part->seen || part->next == owner->added)
            continue;
        const change_t *next = &owner->change[part->next % CONTACTS_OF_OWNER];
        if (found && next->position > (*change)->position)
            continue;
        found = part;
        *change = next;
    }
    return found;
}

static void fold_next(
    const contacts_t *self, const precedents_t *log, contacts_walk_t *walk)
{
    const change_t *change = NULL;
    part_t *part = oldest(self, walk, &change);
    reference_t message = {0};
    if (!part) {
        end_group(walk);
        return;
    }
    (void)snprintf(message.author, sizeof message.author, "%s", part->name);
    (void)snprintf(message.id, sizeof message.id, "%s", change->id);
    part->next++;
    fold(log, &message, walk->list);
}

bool contacts_step(const contacts_t *self, const precedents_t *log, contacts_may_fn may,
    void *context, contacts_walk_t *walk, uint64_t work)
{
    if (walk->bytes > CONTACTS_BYTES || work > CONTACTS_WORK) {
        if (walk->within)
            end_group(walk);
        walk->more = walk->done = true;
    } else if (walk->within) {
        fold_next(self, log, walk);
    } else {
        find_group(self, may, context, walk);
    }
    return !walk->done;
}

json_t *contacts_end(contacts_walk_t **walk_p)
{
    contacts_walk_t *walk = *walk_p;
    json_t *answer =
        json_pack("{s:O, s:b}", "contacts", walk->contacts, "more", walk->more);
    contacts_drop(walk_p);
    return answer;
}
