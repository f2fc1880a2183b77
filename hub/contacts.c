// contacts - a list of names of messages; a question folds what has come of those that
// count: each names an official, and takes the place of what was said before of the same
// person, or of the one replaced.  A correction says it in the place of what it corrects:
// it does not bring back who was replaced since then.

#include "hub/contacts.h"

#include "lib/memory.h"
#include "lib/times.h"
#include "lib/value_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct contacts {
    size_t n, room;
    reference_t *message;
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
    free(self->message);
    free(self);
}

void contacts_add(contacts_t *self, const char *author, const char *id)
{
    if (self->n == self->room) {
        self->room = self->room ? 2 * self->room : 16;
        self->message = memory_grow(self->message, self->room, sizeof *self->message);
    }
    reference_t *message = &self->message[self->n++];
    *message = (reference_t){0};
    (void)snprintf(message->author, sizeof message->author, "%s", author);
    (void)snprintf(message->id, sizeof message->id, "%s", id);
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

static const char *owner_of(const json_t *item)
{
    return json_string_value(json_object_get(item, "owner"));
}

// By owner; insertion keeps the log's order within one.
static json_t *sorted(const json_t *list)
{
    json_t *out = json_array();
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        size_t at = json_array_size(out);
        while (
            at > 0 && strcmp(owner_of(json_array_get(out, at - 1)), owner_of(item)) > 0)
            at--;
        (void)json_array_insert(out, at, item);
    }
    return out;
}

json_t *contacts_directory(
    const contacts_t *self, const precedents_t *log, contacts_may_fn may, void *context)
{
    json_t *list = json_array();
    size_t first = self->n;
    size_t read = 0;
    for (; first > 0 && read < CONTACTS_READ; first--)
        read += may(context, self->message[first - 1].author);
    for (size_t i = first; i < self->n; i++)
        if (may(context, self->message[i].author))
            fold(log, &self->message[i], list);
    json_t *answer = json_pack("{s:o, s:b}", "contacts", sorted(list), "more", first > 0);
    json_decref(list);
    return answer;
}
