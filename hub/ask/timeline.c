// timeline - collect the thread breadth first from what it began with, sort it by
// position, show what may be shown.  A message and its corrections are one: who refers to
// any of them is of the thread.
//
// Each step reads one entry or two, and the walk remembers where it stands: so a large
// thread is answered over many turns, and costs who asks.

#include "hub/ask/timeline.h"

#include "hub/state/recipients.h"
#include "lib/base/memory.h"
#include "lib/base/times.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum { FIND, COLLECT, SHOW, SHOWN } stage_t;

struct timeline_walk {
    reference_t message, root;
    stage_t stage;
    bool more;
    size_t n;
    leaf_t *leaf;       // TIMELINE_MESSAGES
    reference_t *first; // of each: what it began as
    size_t at;          // whose references are collected, or which is shown
    bool within;        // in the middle of its references
    thread_walk_t references;
    buf_t *item;  // of each: what is shown of it, as JSON; empty: nothing is
    size_t bytes; // of them
};

timeline_walk_t *timeline_begin(const reference_t *message)
{
    timeline_walk_t *walk = memory_new(1, sizeof *walk);
    walk->message = *message;
    walk->leaf = memory_new(TIMELINE_MESSAGES, sizeof *walk->leaf);
    walk->first = memory_new(TIMELINE_MESSAGES, sizeof *walk->first);
    walk->item = memory_new(TIMELINE_MESSAGES, sizeof *walk->item);
    return walk;
}

void timeline_drop(timeline_walk_t **walk_p)
{
    timeline_walk_t *walk = *walk_p;
    *walk_p = NULL;
    if (!walk)
        return;
    for (size_t i = 0; i < walk->n; i++)
        buf_destroy(&walk->item[i]);
    free(walk->leaf);
    free(walk->first);
    free(walk->item);
    free(walk);
}

static bool read_record(const timeline_t *self, const leaf_t *leaf, routing_t *routing)
{
    span_t record;
    cause_t why;
    return self->log->record(self->log->context, leaf, &record, &why) == 0 &&
           routing_parse(routing, record, &why) == 0;
}

static bool find(const timeline_t *self, const reference_t *name, leaf_t *leaf)
{
    return self->log->find(self->log->context, name->author, name->id, leaf);
}

static void add(timeline_walk_t *walk, const leaf_t *leaf)
{
    for (size_t i = 0; i < walk->n; i++)
        if (walk->leaf[i].position == leaf->position)
            return;
    if (walk->n < TIMELINE_MESSAGES)
        walk->leaf[walk->n++] = *leaf;
    else
        walk->more = true;
}

static int by_position(const void *a, const void *b)
{
    const leaf_t *x = a, *y = b;
    return (x->position > y->position) - (x->position < y->position);
}

static reference_t first_of(const timeline_t *self, const leaf_t *leaf)
{
    reference_t name = message_name(leaf);
    self->log->first(self->log->context, &name, &name);
    return name;
}

// Whether those who refer to this message were collected, with an earlier one of its
// chain of corrections.
static bool collected(const timeline_walk_t *walk, const reference_t *first)
{
    for (size_t i = 0; i < walk->at; i++)
        if (reference_same(&walk->first[i], first))
            return true;
    return false;
}

static void collect_next(timeline_walk_t *walk)
{
    walk->at++;
    walk->within = false;
}

// One reference further.
static void collect(const timeline_t *self, timeline_walk_t *walk, uint64_t work)
{
    leaf_t leaf;
    reference_t *first = &walk->first[walk->at];
    walk->more |= work > TIMELINE_WORK / 2; // the rest is for showing what was found
    if (walk->at == walk->n || walk->more) {
        qsort(walk->leaf, walk->n, sizeof *walk->leaf, by_position);
        walk->stage = SHOW;
        walk->at = 0;
        return;
    }
    if (!walk->within) {
        *first = first_of(self, &walk->leaf[walk->at]);
        walk->references = (thread_walk_t){0};
        walk->within = !collected(walk, first);
    }
    if (walk->within && self->log->refers(self->log->context, first, ANY_VERSION, REFERS,
                            "", &walk->references, &leaf))
        add(walk, &leaf);
    else
        collect_next(walk);
}

static void write_name(
    writer_t *to, const char *field, const char *author, const char *id)
{
    writer_object(to, field);
    writer_text(to, "author", author);
    writer_text(to, "id", id);
    writer_end(to);
}

static void write_receiver(
    const timeline_t *self, writer_t *to, const route_t *route, uint64_t position)
{
    writer_object(to, NULL);
    writer_text(to, "node", route->node);
    writer_text(to, "rule", route->rule);
    writer_text(to, "cites", route->cites);
    writer_bool(to, "stored",
        inboxes_stored(self->inboxes, route->node, position, self->former_last));
    writer_end(to);
}

// `all`: the asker is told what its author was.
static void write_receivers(const timeline_t *self, writer_t *to, const leaf_t *leaf,
    const routing_t *routing, bool all)
{
    writer_array(to, "receivers");
    for (size_t i = 0; i < routing->n; i++) {
        const route_t *route = &routing->route[i];
        bool told = all && route->tell == TELL_SENDER;
        if (route_delivers(route) && (told || strcmp(route->node, self->asker) == 0))
            write_receiver(self, to, route, leaf->position);
    }
    writer_end(to);
    writer_array(to, "remarks");
    for (size_t i = 0; i < routing->n; i++) {
        const route_t *route = &routing->route[i];
        if (route->type == ROUTE_REMARK && all && route->tell == TELL_SENDER)
            writer_text(to, NULL, route->code);
    }
    writer_end(to);
}

// A record has each field once.
static void write_references(writer_t *to, const routing_t *routing)
{
    bool has[REFERS] = {false};
    for (size_t i = 0; i < routing->n; i++) {
        const route_t *route = &routing->route[i];
        if (route->type != ROUTE_REFER || has[route->refer])
            continue;
        has[route->refer] = true;
        write_name(to, refer_name(route->refer), route->node, route->id);
    }
}

static void write_contents(const timeline_t *self, writer_t *to, const leaf_t *leaf)
{
    static const char *const pointers[][2] = {{"summary", "/summary"},
        {"level", "/body/level"}, {"answer", "/body/answer"}, {"course", "/body/course"},
        {"status", "/status"}};
    value_t *document = self->log->document(self->log->context, leaf);
    for (size_t i = 0; i < sizeof pointers / sizeof pointers[0]; i++) {
        const value_t *value = value_at(document, pointers[i][1]);
        if (value)
            writer_value(to, pointers[i][0], value);
    }
    value_free(&document);
}

// What has become of it: the newest of its chain stands for it, or takes it back.
static void write_standing(const timeline_t *self, writer_t *to, const leaf_t *leaf)
{
    reference_t name = message_name(leaf), latest;
    routing_t routing = {0};
    leaf_t newest;
    self->log->latest(self->log->context, &name, &latest);
    if (reference_same(&name, &latest) || !find(self, &latest, &newest) ||
        !read_record(self, &newest, &routing))
        return;
    const route_t *by = routing_withdraws(&routing);
    writer_object(
        to, by && by->refer == REFER_CANCELS ? "cancelled_by" : "superseded_by");
    writer_text(to, "author", latest.author);
    writer_text(to, "id", latest.id);
    writer_integer(to, "position", (int64_t)newest.position);
    writer_end(to);
    routing_close(&routing);
}

static void write_message(const timeline_t *self, const leaf_t *leaf,
    const routing_t *routing, bool all, buf_t *out)
{
    char time[TIME_TEXT];
    writer_t to = writer_to(out);
    time_print(leaf->time_ms, time);
    writer_object(&to, NULL);
    writer_integer(&to, "position", (int64_t)leaf->position);
    writer_text(&to, "time", time);
    writer_text(&to, "kind", leaf->kind);
    writer_text(&to, "author", leaf->author);
    writer_text(&to, "id", leaf->id);
    write_receivers(self, &to, leaf, routing, all);
    write_references(&to, routing);
    write_standing(self, &to, leaf);
    write_contents(self, &to, leaf);
    writer_end(&to);
}

// Nothing when it is not the asker's to know.
static void show(const timeline_t *self, const leaf_t *leaf, buf_t *out)
{
    routing_t routing = {0};
    bool own = strcmp(leaf->author, self->asker) == 0;
    if (!read_record(self, leaf, &routing))
        return;
    if (recipients_had(self->log, leaf, &routing, self->asker))
        write_message(self, leaf, &routing, own || self->nccis, out);
    routing_close(&routing);
}

// What the thread began with, then the newest and back from there.
static size_t shown(const timeline_walk_t *walk)
{
    return walk->at == 0 ? 0 : walk->n - walk->at;
}

static void show_next(const timeline_t *self, timeline_walk_t *walk, uint64_t work)
{
    size_t i = shown(walk);
    bool full = walk->bytes > TIMELINE_BYTES || work > TIMELINE_WORK;
    if (walk->at == walk->n || full) {
        walk->more |= walk->at < walk->n;
        walk->stage = SHOWN;
        return;
    }
    buf_t *item = &walk->item[i];
    show(self, &walk->leaf[i], item);
    walk->bytes += item->size;
    if (walk->bytes <= TIMELINE_BYTES)
        walk->at++;
    else
        buf_destroy(item);
}

static void begin(const timeline_t *self, timeline_walk_t *walk)
{
    leaf_t leaf;
    self->log->root(self->log->context, &walk->message, &walk->root);
    walk->stage = SHOWN;
    if (find(self, &walk->message, &leaf) && find(self, &walk->root, &leaf)) {
        add(walk, &leaf);
        walk->stage = COLLECT;
    }
}

bool timeline_step(const timeline_t *self, timeline_walk_t *walk, uint64_t work)
{
    switch (walk->stage) {
    case FIND:
        begin(self, walk);
        break;
    case COLLECT:
        collect(self, walk, work);
        break;
    case SHOW:
        show_next(self, walk, work);
        break;
    case SHOWN:
        break;
    }
    return walk->stage != SHOWN;
}

bool timeline_message(const timeline_walk_t *walk, size_t *at, reference_t *name)
{
    while (*at < walk->n && walk->item[*at].size == 0)
        ++*at;
    if (*at == walk->n)
        return false;
    *name = message_name(&walk->leaf[*at]);
    return true;
}

bool timeline_found(
    const timeline_t *self, const timeline_walk_t *walk, refusal_t *refusal)
{
    const reference_t *message = &walk->message;
    reference_t first;
    size_t at = 0;
    return timeline_message(walk, &at, &first) ||
           refuse(refusal, "reference.unknown", "/id", "",
               "there is no message %s of %s that %s was party to", message->id,
               message->author, self->asker) == 0;
}

void timeline_write(const timeline_walk_t *walk, writer_t *to)
{
    write_name(to, "incident", walk->root.author, walk->root.id);
    writer_bool(to, "more", walk->more);
    writer_array(to, "messages");
    for (size_t i = 0; i < walk->n; i++)
        if (walk->item[i].size > 0)
            writer_json(to, NULL, buf_span(&walk->item[i]));
    writer_end(to);
}
