// contacts - of each owner the names of its messages; a question folds what has come of
// those that count: each names an official, and takes the place of what was said before
// of the same person, or of the one replaced.  A correction says it in the place of what
// it corrects: it does not bring back who was replaced since then.  What one owner says
// much of is forgotten of that owner alone.

#include "hub/contacts.h"

#include "lib/memory.h"
#include "lib/times.h"
#include "lib/value_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char name[NODE_ID_MAX];
    uint64_t added; // so far
    size_t room;
    char (*id)[MESSAGE_ID_MAX]; // of message i at i % CONTACTS_OF_OWNER
} owner_t;

struct contacts {
    size_t n, room;
    owner_t *owner; // by name
};

struct contacts_walk {
    char owner[NODE_ID_MAX]; // whose messages are folded, or were last
    bool within;             // in the middle of them
    uint64_t next;           // of its messages
    json_t *list;            // of this owner
    json_t *contacts;        // of those before
    size_t bytes;            // of them
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
        free(self->owner[i].id);
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

void contacts_add(contacts_t *self, const char *author, const char *id)
{
    owner_t *owner = owner_of(self, author);
    size_t at = owner->added++ % CONTACTS_OF_OWNER;
    if (at >= owner->room) {
        owner->room = owner->room ? 2 * owner->room : 4;
        owner->id = memory_grow(owner->id, owner->room, sizeof *owner->id);
    }
    (void)snprintf(owner->id[at], sizeof owner->id[at], "%s", id);
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

// A person of this owner is known by name: who left, or whose details are new, goes;
// for the same objects, or for all when none are named.
static void drop(json_t *list, const char *owner, const char *name, const json_t *objects)
{
    for (size_t i = json_array_size(list); i > 0; i--) {
        const json_t *item = json_array_get(list, i - 1);
        if (name[0] && item_is(item, "owner", owner) &&
            item_is(json_object_get(item, "official"), "name", name) &&
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
        drop(list, leaf.author, text_at(document, "/body/replaced/name"), objects);
        drop(list, leaf.author, text_at(document, "/body/official/name"), objects);
        (void)json_array_append_new(list, item);
    }
    value_free(&document);
}

contacts_walk_t *contacts_begin(void)
{
    contacts_walk_t *walk = memory_new(1, sizeof *walk);
    walk->contacts = json_array();
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
    free(walk);
}

static void begin_owner(contacts_walk_t *walk, const owner_t *owner)
{
    walk->within = true;
    walk->list = json_array();
    walk->next = 0;
    if (owner->added > CONTACTS_OF_OWNER) {
        walk->more = true;
        walk->next = owner->added - CONTACTS_OF_OWNER;
    }
}

static void end_owner(contacts_walk_t *walk)
{
    walk->bytes += json_dumpb(walk->list, NULL, 0, JSON_COMPACT);
    (void)json_array_extend(walk->contacts, walk->list);
    json_decref(walk->list);
    walk->list = NULL;
    walk->within = false;
}

// The next one whose messages may be seen; some that may not are passed at a time.
static void find_owner(
    const contacts_t *self, contacts_may_fn may, void *context, contacts_walk_t *walk)
{
    enum { AT_A_TIME = 32 };
    size_t at = place_of(self, walk->owner);
    if (at < self->n && strcmp(self->owner[at].name, walk->owner) == 0)
        at++;
    for (size_t i = 0; i < AT_A_TIME && !walk->within && at < self->n; i++, at++) {
        memcpy(walk->owner, self->owner[at].name, sizeof walk->owner);
        if (may(context, walk->owner))
            begin_owner(walk, &self->owner[at]);
    }
    walk->done = !walk->within && at == self->n;
}

static void fold_next(
    const contacts_t *self, const precedents_t *log, contacts_walk_t *walk)
{
    const owner_t *owner = &self->owner[place_of(self, walk->owner)];
    reference_t message = {0};
    if (walk->next == owner->added) {
        end_owner(walk);
        return;
    }
    (void)snprintf(message.author, sizeof message.author, "%s", owner->name);
    (void)snprintf(
        message.id, sizeof message.id, "%s", owner->id[walk->next++ % CONTACTS_OF_OWNER]);
    fold(log, &message, walk->list);
}

bool contacts_step(const contacts_t *self, const precedents_t *log, contacts_may_fn may,
    void *context, contacts_walk_t *walk, uint64_t work)
{
    if (walk->bytes > CONTACTS_BYTES || work > CONTACTS_WORK) {
        if (walk->within)
            end_owner(walk);
        walk->more = walk->done = true;
    } else if (walk->within) {
        fold_next(self, log, walk);
    } else {
        find_owner(self, may, context, walk);
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
