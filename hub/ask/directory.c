// directory - folds, for each organisation and in the log's order, whatever node of it
// said them, what has come of the messages that count: each names an official, and takes
// the place of what was said before of the same person, or of the one replaced.  A
// correction says it in the place of what it corrects: it does not bring back who was
// replaced since then.

#include "hub/ask/directory.h"

#include "lib/base/memory.h"
#include "lib/base/times.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A node whose messages are folded with those of its organisation.
typedef struct {
    char organisation[ORGANISATION_MAX];
    char name[NODE_ID_MAX];
    bool seen;     // by whoever asks
    uint64_t next; // of its messages
} part_t;

// An official, as the organisation's newest message about them has it.
typedef struct {
    char *name;
    buf_t objects; // JSON: what they answer for; empty: all of the owner's
    buf_t json;    // what is answered
} item_t;

struct directory_walk {
    size_t n;
    part_t *part;      // by organisation
    size_t first, end; // of the organisation whose messages are folded, or were last
    bool within;       // in the middle of them
    size_t items, room;
    item_t *item;   // of it
    buf_t contacts; // of those before
    writer_t list;  // that writes them
    bool more, done;
};

static int compare_parts(const void *a, const void *b)
{
    const part_t *left = a, *right = b;
    int order = strcmp(left->organisation, right->organisation);
    return order ? order : strcmp(left->name, right->name);
}

static void add_part(
    const directory_t *self, directory_walk_t *walk, const contacts_owner_t *owner)
{
    const char *name = contacts_author(owner);
    const member_t *member = roster_member(self->roster, name);
    part_t *part = &walk->part[walk->n++];
    (void)snprintf(part->name, sizeof part->name, "%s", name);
    (void)snprintf(part->organisation, sizeof part->organisation, "%s",
        member ? member->organisation : name);
}

directory_walk_t *directory_begin(const directory_t *self)
{
    directory_walk_t *walk = memory_new(1, sizeof *walk);
    const contacts_owner_t *owner;
    size_t n = 0;
    while (contacts_at(self->contacts, n))
        n++;
    walk->part = memory_new(n, sizeof *walk->part);
    for (size_t i = 0; (owner = contacts_at(self->contacts, i)) != NULL; i++)
        add_part(self, walk, owner);
    walk->list = writer_to(&walk->contacts);
    writer_array(&walk->list, NULL);
    if (walk->n > 0)
        qsort(walk->part, walk->n, sizeof *walk->part, compare_parts);
    return walk;
}

static void free_item(item_t *item)
{
    free(item->name);
    buf_destroy(&item->objects);
    buf_destroy(&item->json);
}

void directory_drop(directory_walk_t **walk_p)
{
    directory_walk_t *walk = *walk_p;
    *walk_p = NULL;
    if (!walk)
        return;
    for (size_t i = 0; i < walk->items; i++)
        free_item(&walk->item[i]);
    free(walk->item);
    buf_destroy(&walk->contacts);
    free(walk->part);
    free(walk);
}

static const char *text_at(const value_t *root, const char *pointer)
{
    const char *text = value_text(value_at(root, pointer));
    return text ? text : "";
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
static void drop(directory_walk_t *walk, const char *name, span_t objects)
{
    size_t kept = 0;
    for (size_t i = 0; i < walk->items; i++) {
        item_t *item = &walk->item[i];
        bool same = name[0] && strcmp(item->name, name) == 0 &&
                    (!objects.size || span_equal(buf_span(&item->objects), objects));
        if (same)
            free_item(item);
        else
            walk->item[kept++] = *item;
    }
    walk->items = kept;
}

static void write_item(const precedents_t *log, const leaf_t *leaf,
    const value_t *document, span_t objects, buf_t *json)
{
    char time[TIME_TEXT];
    const char *since = text_at(document, "/body/replaced_at");
    writer_t to = writer_to(json);
    time_print(leaf->time_ms, time);
    writer_object(&to, NULL);
    writer_text(&to, "owner", leaf->author);
    if (value_at(document, "/body/official"))
        writer_value(&to, "official", value_at(document, "/body/official"));
    writer_text(&to, "reason", text_at(document, "/body/reason"));
    writer_text(&to, "since", since[0] ? since : time);
    writer_bool(&to, "late", is_late(log, leaf));
    writer_integer(&to, "position", (int64_t)leaf->position);
    writer_text(&to, "time", time);
    if (objects.size)
        writer_json(&to, "objects", objects);
    writer_end(&to);
}

// Nobody is responsible for what somebody is responsible for by now.
static void drop_vacancies(directory_walk_t *walk, span_t objects)
{
    size_t kept = 0;
    for (size_t i = 0; i < walk->items; i++) {
        item_t *item = &walk->item[i];
        bool filled = !item->name[0] &&
                      (!objects.size || span_equal(buf_span(&item->objects), objects));
        if (filled)
            free_item(item);
        else
            walk->item[kept++] = *item;
    }
    walk->items = kept;
}

// Whether somebody else answers for these objects.
static bool is_filled(const directory_walk_t *walk, span_t objects)
{
    for (size_t i = 0; i < walk->items; i++) {
        const item_t *item = &walk->item[i];
        if (item->objects.size == 0 || span_equal(buf_span(&item->objects), objects))
            return true;
    }
    return false;
}

// A removal names no official: there is none from then on, unless another is left.
static void add(directory_walk_t *walk, const precedents_t *log, const leaf_t *leaf,
    const value_t *document)
{
    item_t item = {.name = memory_text(text_at(document, "/body/official/name"))};
    const value_t *objects = value_at(document, "/body/objects");
    writer_t to = writer_to(&item.objects);
    if (objects)
        writer_value(&to, NULL, objects);
    write_item(log, leaf, document, buf_span(&item.objects), &item.json);
    drop(walk, text_at(document, "/body/replaced/name"), buf_span(&item.objects));
    drop(walk, item.name, buf_span(&item.objects));
    drop_vacancies(walk, buf_span(&item.objects));
    if (!item.name[0] && is_filled(walk, buf_span(&item.objects))) {
        free_item(&item);
        return;
    }
    if (walk->items == walk->room) {
        walk->room = walk->room ? 2 * walk->room : 8;
        walk->item = memory_grow(walk->item, walk->room, sizeof *walk->item);
    }
    walk->item[walk->items++] = item;
}

static void fold(
    directory_walk_t *walk, const precedents_t *log, const reference_t *message)
{
    leaf_t leaf;
    reference_t latest;
    log->latest(log->context, message, &latest);
    if (!log->find(log->context, latest.author, latest.id, &leaf) ||
        !message_stands(log, &leaf))
        return;
    value_t *document = log->document(log->context, &leaf);
    if (strcmp(text_at(document, "/status"), "actual") == 0 &&
        (value_at(document, "/body/official") ||
            strcmp(text_at(document, "/body/reason"), "removal") == 0))
        add(walk, log, &leaf, document);
    value_free(&document);
}

static bool may_see(const directory_t *self, const char *author)
{
    const member_t *asker = roster_member(self->roster, self->asker);
    const member_t *owner = roster_member(self->roster, author);
    if (!asker)
        return false;
    return strcmp(asker->role, "nccis") == 0 || strcmp(asker->id, author) == 0 ||
           (owner && strcmp(owner->organisation, asker->organisation) == 0);
}

static void begin_part(const directory_t *self, directory_walk_t *walk, part_t *part)
{
    const contacts_owner_t *owner = contacts_of(self->contacts, part->name);
    part->seen = true;
    part->next = contacts_first(owner);
    walk->more |= part->next > 0;
}

// The next organisation.
static void begin_group(const directory_t *self, directory_walk_t *walk)
{
    const char *organisation = walk->part[walk->end].organisation;
    walk->first = walk->end;
    while (walk->end < walk->n &&
           strcmp(walk->part[walk->end].organisation, organisation) == 0) {
        part_t *part = &walk->part[walk->end++];
        if (!may_see(self, part->name))
            continue;
        begin_part(self, walk, part);
        walk->within = true;
    }
}

static void end_group(directory_walk_t *walk)
{
    for (size_t i = 0; i < walk->items; i++) {
        writer_json(&walk->list, NULL, buf_span(&walk->item[i].json));
        free_item(&walk->item[i]);
    }
    walk->items = 0;
    walk->within = false;
}

// The next one whose messages may be seen; some that may not are passed at a time.
static void find_group(const directory_t *self, directory_walk_t *walk)
{
    enum { AT_A_TIME = 32 };
    for (size_t i = 0; i < AT_A_TIME && !walk->within && walk->end < walk->n; i++)
        begin_group(self, walk);
    walk->done = !walk->within && walk->end == walk->n;
}

// The node of the organisation whose next message is the oldest; NULL: there are no more.
static part_t *oldest(const directory_t *self, const directory_walk_t *walk,
    const contacts_change_t **change)
{
    part_t *found = NULL;
    for (size_t i = walk->first; i < walk->end; i++) {
        part_t *part = &walk->part[i];
        const contacts_owner_t *owner = contacts_of(self->contacts, part->name);
        if (!part->seen || part->next == contacts_said(owner))
            continue;
        const contacts_change_t *next = contacts_change(owner, part->next);
        if (found && next->position > (*change)->position)
            continue;
        found = part;
        *change = next;
    }
    return found;
}

static void fold_next(const directory_t *self, directory_walk_t *walk)
{
    const contacts_change_t *change = NULL;
    part_t *part = oldest(self, walk, &change);
    reference_t message = {0};
    if (!part) {
        end_group(walk);
        return;
    }
    (void)snprintf(message.author, sizeof message.author, "%s", part->name);
    (void)snprintf(message.id, sizeof message.id, "%s", change->id);
    part->next++;
    fold(walk, self->log, &message);
}

bool directory_step(const directory_t *self, directory_walk_t *walk, uint64_t work)
{
    if (walk->contacts.size > DIRECTORY_BYTES || work > DIRECTORY_WORK) {
        if (walk->within)
            end_group(walk);
        walk->more = walk->done = true;
    } else if (walk->within) {
        fold_next(self, walk);
    } else {
        find_group(self, walk);
    }
    return !walk->done;
}

void directory_write(directory_walk_t *walk, writer_t *to)
{
    writer_end(&walk->list);
    writer_json(to, "contacts", buf_span(&walk->contacts));
    writer_bool(to, "more", walk->more);
}
