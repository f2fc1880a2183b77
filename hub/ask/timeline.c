// timeline - collect the thread breadth first from what it began with, sort it by
// position, show what may be shown.  A message and its corrections are one: who refers to
// any of them is of the thread.
//
// Each step reads one entry or two, and the walk remembers where it stands: so a large
// thread is answered over many turns, and costs who asks.

#include "hub/ask/timeline.h"

#include "lib/base/memory.h"
#include "lib/base/times.h"
#include "lib/json/value_json.h"

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
    json_t **item; // of each: what is shown of it, or NULL
    size_t bytes;  // of them
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
        json_decref(walk->item[i]);
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

static void set(json_t *object, const char *key, json_t *value)
{
    if (!value || json_object_set_new(object, key, value) != 0)
        abort();
}

static json_t *receiver(const timeline_t *self, const route_t *route, uint64_t position)
{
    return json_pack("{s:s, s:s, s:s, s:b}", "node", route->node, "rule", route->rule,
        "cites", route->cites, "stored",
        self->stored(self->context, route->node, position));
}

static void add_route(const timeline_t *self, json_t *item, const leaf_t *leaf,
    const route_t *route, bool all)
{
    bool told = all && route->tell == TELL_SENDER;
    switch (route->type) {
    case ROUTE_DELIVER:
        if (told || strcmp(route->node, self->asker) == 0)
            (void)json_array_append_new(json_object_get(item, "receivers"),
                receiver(self, route, leaf->position));
        break;
    case ROUTE_REMARK:
        if (told)
            (void)json_array_append_new(
                json_object_get(item, "remarks"), json_string(route->code));
        break;
    case ROUTE_REFER:
        set(item, refer_name(route->refer),
            json_pack("{s:s, s:s}", "author", route->node, "id", route->id));
        break;
    default:
        break;
    }
}

static void add_contents(const timeline_t *self, json_t *item, const leaf_t *leaf)
{
    static const char *const pointers[][2] = {{"summary", "/summary"},
        {"level", "/body/level"}, {"answer", "/body/answer"}, {"status", "/status"}};
    value_t *document = self->log->document(self->log->context, leaf);
    for (size_t i = 0; i < sizeof pointers / sizeof pointers[0]; i++) {
        const value_t *value = value_at(document, pointers[i][1]);
        if (value)
            set(item, pointers[i][0], value_json(value));
    }
    value_free(&document);
}

// What has become of it: the newest of its chain stands for it, or takes it back.
static void add_standing(const timeline_t *self, json_t *item, const leaf_t *leaf)
{
    reference_t name = message_name(leaf), latest;
    routing_t routing = {0};
    leaf_t newest;
    self->log->latest(self->log->context, &name, &latest);
    if (reference_same(&name, &latest) || !find(self, &latest, &newest) ||
        !read_record(self, &newest, &routing))
        return;
    const route_t *by = routing_withdraws(&routing);
    set(item, by && by->refer == REFER_CANCELS ? "cancelled_by" : "superseded_by",
        json_pack("{s:s, s:s, s:I}", "author", latest.author, "id", latest.id, "position",
            (json_int_t)newest.position));
    routing_close(&routing);
}

// NULL when it is not the asker's to know.
static json_t *show(const timeline_t *self, const leaf_t *leaf)
{
    char time[TIME_TEXT];
    routing_t routing = {0};
    bool own = strcmp(leaf->author, self->asker) == 0;
    if (!read_record(self, leaf, &routing))
        return NULL;
    if (!own && !routing_find(&routing, self->asker)) {
        routing_close(&routing);
        return NULL;
    }
    time_print(leaf->time_ms, time);
    json_t *item = json_pack("{s:I, s:s, s:s, s:s, s:s, s:[], s:[]}", "position",
        (json_int_t)leaf->position, "time", time, "kind", leaf->kind, "author",
        leaf->author, "id", leaf->id, "receivers", "remarks");
    for (size_t i = 0; i < routing.n; i++)
        add_route(self, item, leaf, &routing.route[i], own || self->nccis);
    routing_close(&routing);
    add_standing(self, item, leaf);
    add_contents(self, item, leaf);
    return item;
}

// What the thread began with, then the newest and back from there.
static size_t shown(const timeline_walk_t *walk)
{
    return walk->at == 0 ? 0 : walk->n - walk->at;
}

static void show_next(const timeline_t *self, timeline_walk_t *walk, uint64_t work)
{
    size_t i = shown(walk);
    json_t *item = NULL;
    bool full = walk->bytes > TIMELINE_BYTES || work > TIMELINE_WORK;
    if (walk->at == walk->n || full) {
        walk->more |= walk->at < walk->n;
        walk->stage = SHOWN;
        return;
    }
    item = show(self, &walk->leaf[i]);
    walk->bytes += item ? json_dumpb(item, NULL, 0, JSON_COMPACT) : 0;
    if (walk->bytes <= TIMELINE_BYTES) {
        walk->item[i] = item;
        walk->at++;
    } else {
        json_decref(item);
    }
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

json_t *timeline_end(const timeline_t *self, timeline_walk_t **walk_p, refusal_t *refusal)
{
    timeline_walk_t *walk = *walk_p;
    const reference_t *message = &walk->message;
    json_t *messages = json_array(), *answer = NULL;
    for (size_t i = 0; i < walk->n; i++)
        if (walk->item[i])
            (void)json_array_append(messages, walk->item[i]);
    if (json_array_size(messages) > 0)
        answer =
            json_pack("{s:{s:s, s:s}, s:b, s:O}", "incident", "author", walk->root.author,
                "id", walk->root.id, "more", walk->more, "messages", messages);
    else
        (void)refuse(refusal, "reference.unknown", "/id", "",
            "there is no message %s of %s that %s was party to", message->id,
            message->author, self->asker);
    json_decref(messages);
    timeline_drop(walk_p);
    return answer;
}
